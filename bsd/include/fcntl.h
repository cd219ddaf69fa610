/* <fcntl.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_FCNTL_H
#define _PSOCK_BSD_FCNTL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <io.h>
#include <psock_bsd/begin.h>
#include_next <fcntl.h>
#include <psock_bsd/end.h>

/* --- For open() -------------------------------------------------------------- */

/* Beside those of the C runtime, which end at 0x40000. */
#define O_NONBLOCK 0x100000
#define O_CLOEXEC 0x200000
#define O_DIRECTORY 0x400000
#define O_NOFOLLOW 0x800000
#define O_SYNC 0x1000000
#define O_ASYNC 0x2000000
#define O_NOCTTY 0x4000000
#define O_NOATIME 0x8000000
#define O_DSYNC O_SYNC
#define O_RSYNC O_SYNC
#define O_FSYNC O_SYNC
#define O_NDELAY O_NONBLOCK
#define O_LARGEFILE 0
#define O_TTY_INIT 0
#define FNONBLOCK O_NONBLOCK
#define FNDELAY O_NDELAY
#define FAPPEND O_APPEND
#define FASYNC O_ASYNC

/* --- For fcntl() ------------------------------------------------------------- */

#define F_DUPFD 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_SETOWN 8
#define F_GETOWN 9
#define F_SETSIG 10
#define F_GETSIG 11
#define F_DUPFD_CLOEXEC 1030

#define FD_CLOEXEC 1

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

struct flock {
    short l_type;
    short l_whence;
    off64_t l_start;
    off64_t l_len;
    pid_t l_pid;
};

/* --- For openat() and its kin ------------------------------------------------- */

#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR 0x200
#define AT_EACCESS 0x200
#define AT_SYMLINK_FOLLOW 0x400

#define POSIX_FADV_NORMAL 0
#define POSIX_FADV_RANDOM 1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED 3
#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE 5

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

_PSOCK_BSD_BEGIN

int open(const char *__path, int __flags, ...) _PSOCK_BSD_NAME(open);
int open64(const char *__path, int __flags, ...) _PSOCK_BSD_NAME(open);
int openat(int __directory, const char *__path, int __flags, ...)
    _PSOCK_BSD_NAME(openat);
int openat64(int __directory, const char *__path, int __flags, ...)
    _PSOCK_BSD_NAME(openat);
int creat(const char *__path, mode_t __mode) _PSOCK_BSD_NAME(creat);
int creat64(const char *__path, mode_t __mode) _PSOCK_BSD_NAME(creat);
int fcntl(int __fd, int __command, ...) _PSOCK_BSD_NAME(fcntl);
int posix_fadvise(int __fd, off64_t __offset, off64_t __size, int __advice)
    _PSOCK_BSD_NAME(posix_fadvise);
int posix_fallocate(int __fd, off64_t __offset, off64_t __size)
    _PSOCK_BSD_NAME(posix_fallocate);

_PSOCK_BSD_END

#endif
