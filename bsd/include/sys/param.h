/* <sys/param.h> of Linux. */
#ifndef _PSOCK_BSD_SYS_PARAM_H
#define _PSOCK_BSD_SYS_PARAM_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <limits.h>
#include <psock_bsd/begin.h>
#include_next <sys/param.h>
#include <psock_bsd/end.h>

#ifndef MAXPATHLEN
#define MAXPATHLEN 260
#endif
#ifndef MAXHOSTNAMELEN
#define MAXHOSTNAMELEN 64
#endif
#ifndef NOFILE
#define NOFILE 2048
#endif
#ifndef NBBY
#define NBBY 8
#endif
#ifndef DEV_BSIZE
#define DEV_BSIZE 512
#endif
#ifndef MAXSYMLINKS
#define MAXSYMLINKS 20
#endif
#ifndef NGROUPS
#define NGROUPS 1
#endif
#ifndef HZ
#define HZ 100
#endif

#ifndef MIN
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef MAX
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef howmany
#define howmany(x, y) (((x) + ((y)-1)) / (y))
#endif
#ifndef roundup
#define roundup(x, y) ((((x) + ((y)-1)) / (y)) * (y))
#endif
#ifndef powerof2
#define powerof2(x) ((((x)-1) & (x)) == 0)
#endif
#ifndef setbit
#define setbit(a, i) ((a)[(i) / NBBY] |= 1 << ((i) % NBBY))
#define clrbit(a, i) ((a)[(i) / NBBY] &= ~(1 << ((i) % NBBY)))
#define isset(a, i) ((a)[(i) / NBBY] & (1 << ((i) % NBBY)))
#define isclr(a, i) (((a)[(i) / NBBY] & (1 << ((i) % NBBY))) == 0)
#endif

#endif
