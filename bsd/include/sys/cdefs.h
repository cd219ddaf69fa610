/* <sys/cdefs.h> of BSD, as far as programs use it. */
#ifndef _PSOCK_BSD_SYS_CDEFS_H
#define _PSOCK_BSD_SYS_CDEFS_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/begin.h>
#include_next <sys/cdefs.h>
#include <psock_bsd/end.h>

#ifndef __CONCAT
#define __CONCAT(first, second) first##second
#endif
#ifndef __STRING
#define __STRING(text) #text
#endif
#ifndef __THROW
#define __THROW
#endif

/* What the version control of BSD puts into a source. */
#define __RCSID(text) struct __psock_bsd_unused
#define __FBSDID(text) struct __psock_bsd_unused
#define __COPYRIGHT(text) struct __psock_bsd_unused
#define __SCCSID(text) struct __psock_bsd_unused

#endif
