/* <sys/stat.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_SYS_STAT_H
#define _PSOCK_BSD_SYS_STAT_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <_mingw_stat64.h>
#include <io.h>

#pragma push_macro("fstat")
#undef fstat
#define fstat _psock_bsd_hidden_fstat
#pragma push_macro("stat")
#undef stat
#define stat _psock_bsd_hidden_stat
#pragma push_macro("wstat")
#undef wstat
#define wstat _psock_bsd_hidden_wstat

#include <psock_bsd/begin.h>
#include_next <sys/stat.h>
#include <psock_bsd/end.h>

#undef fstat
#pragma pop_macro("fstat")
#undef stat
#pragma pop_macro("stat")
#undef wstat
#pragma pop_macro("wstat")

/* --- Kinds of file ----------------------------------------------------------- */

#define S_IFLNK 0xA000
#define S_IFSOCK 0xC000
#define _S_IFLNK S_IFLNK
#define _S_IFSOCK S_IFSOCK

#define S_ISLNK(mode) (((mode)&S_IFMT) == S_IFLNK)
#define S_ISSOCK(mode) (((mode)&S_IFMT) == S_IFSOCK)

/* --- Permissions ------------------------------------------------------------- */

#define S_ISUID 0x0800
#define S_ISGID 0x0400
#define S_ISVTX 0x0200
#define ACCESSPERMS 0777
#define ALLPERMS 07777
#define DEFFILEMODE 0666

/* --- What is told of a file -------------------------------------------------- */

struct stat {
    dev_t st_dev;
    unsigned long long st_ino;
    mode_t st_mode;
    nlink_t st_nlink;
    uid_t st_uid;
    gid_t st_gid;
    dev_t st_rdev;
    off64_t st_size;
    blksize_t st_blksize;
    blkcnt_t st_blocks;
    struct timespec st_atim;
    struct timespec st_mtim;
    struct timespec st_ctim;
};
#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec

#define UTIME_NOW ((1l << 30) - 1l)
#define UTIME_OMIT ((1l << 30) - 2l)

_PSOCK_BSD_BEGIN

int stat(const char *_PSOCK_BSD_RESTRICT __path,
         struct stat *_PSOCK_BSD_RESTRICT __status) _PSOCK_BSD_NAME(stat);
int lstat(const char *_PSOCK_BSD_RESTRICT __path,
          struct stat *_PSOCK_BSD_RESTRICT __status) _PSOCK_BSD_NAME(lstat);
int fstat(int __fd, struct stat *__status) _PSOCK_BSD_NAME(fstat);
int fstatat(int __directory, const char *_PSOCK_BSD_RESTRICT __path,
            struct stat *_PSOCK_BSD_RESTRICT __status, int __flags)
    _PSOCK_BSD_NAME(fstatat);

int chmod(const char *__path, mode_t __mode) _PSOCK_BSD_NAME(chmod);
int fchmod(int __fd, mode_t __mode) _PSOCK_BSD_NAME(fchmod);
mode_t umask(mode_t __mask) _PSOCK_BSD_NAME(umask);
int mkdir(const char *__path, mode_t __mode) _PSOCK_BSD_NAME(mkdir);
int mkdirat(int __directory, const char *__path, mode_t __mode)
    _PSOCK_BSD_NAME(mkdirat);
int mkfifo(const char *__path, mode_t __mode) _PSOCK_BSD_NAME(mkfifo);
int mknod(const char *__path, mode_t __mode, dev_t __device)
    _PSOCK_BSD_NAME(mknod);
int futimens(int __fd, const struct timespec __times[2])
    _PSOCK_BSD_NAME(futimens);
int utimensat(int __directory, const char *__path,
              const struct timespec __times[2], int __flags)
    _PSOCK_BSD_NAME(utimensat);

_PSOCK_BSD_END

#endif
