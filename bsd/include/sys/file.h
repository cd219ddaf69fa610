/* <sys/file.h> of Linux. */
#ifndef _PSOCK_BSD_SYS_FILE_H
#define _PSOCK_BSD_SYS_FILE_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <fcntl.h>

#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8

#define L_SET SEEK_SET
#define L_INCR SEEK_CUR
#define L_XTND SEEK_END

_PSOCK_BSD_BEGIN

int flock(int __fd, int __operation) _PSOCK_BSD_NAME(flock);

_PSOCK_BSD_END

#endif
