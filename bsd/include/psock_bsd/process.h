/* process.h: the calls of <unistd.h> about the process; part of it. */
#ifndef _PSOCK_BSD_PROCESS_H
#define _PSOCK_BSD_PROCESS_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

_PSOCK_BSD_BEGIN

/* --- Signals ---------------------------------------------------------------- */

unsigned int alarm(unsigned int __seconds) _PSOCK_BSD_NAME(alarm);
useconds_t ualarm(useconds_t __first_us, useconds_t __interval_us)
    _PSOCK_BSD_NAME(ualarm);
int pause(void) _PSOCK_BSD_NAME(pause);

/* --- Whose the process is --------------------------------------------------- */

pid_t getppid(void) _PSOCK_BSD_NAME(getppid);
uid_t getuid(void) _PSOCK_BSD_NAME(getuid);
uid_t geteuid(void) _PSOCK_BSD_NAME(geteuid);
gid_t getgid(void) _PSOCK_BSD_NAME(getgid);
gid_t getegid(void) _PSOCK_BSD_NAME(getegid);
int setuid(uid_t __user) _PSOCK_BSD_NAME(setuid);
int seteuid(uid_t __user) _PSOCK_BSD_NAME(seteuid);
int setreuid(uid_t __true, uid_t __effective) _PSOCK_BSD_NAME(setreuid);
int setresuid(uid_t __true, uid_t __effective, uid_t __saved)
    _PSOCK_BSD_NAME(setresuid);
int getresuid(uid_t *__true, uid_t *__effective, uid_t *__saved)
    _PSOCK_BSD_NAME(getresuid);
int setgid(gid_t __group) _PSOCK_BSD_NAME(setgid);
int setegid(gid_t __group) _PSOCK_BSD_NAME(setegid);
int setregid(gid_t __true, gid_t __effective) _PSOCK_BSD_NAME(setregid);
int setresgid(gid_t __true, gid_t __effective, gid_t __saved)
    _PSOCK_BSD_NAME(setresgid);
int getresgid(gid_t *__true, gid_t *__effective, gid_t *__saved)
    _PSOCK_BSD_NAME(getresgid);
int getgroups(int __size, gid_t *__groups) _PSOCK_BSD_NAME(getgroups);
int setgroups(size_t __count, const gid_t *__groups)
    _PSOCK_BSD_NAME(setgroups);
int initgroups(const char *__name, gid_t __group) _PSOCK_BSD_NAME(initgroups);
char *getlogin(void) _PSOCK_BSD_NAME(getlogin);
int getlogin_r(char *__name, size_t __size) _PSOCK_BSD_NAME(getlogin_r);

/* --- Sessions: each process is its own --------------------------------------- */

pid_t setsid(void) _PSOCK_BSD_NAME(setsid);
pid_t getsid(pid_t __process) _PSOCK_BSD_NAME(getsid);
pid_t getpgrp(void) _PSOCK_BSD_NAME(getpgrp);
pid_t getpgid(pid_t __process) _PSOCK_BSD_NAME(getpgid);
int setpgid(pid_t __process, pid_t __group) _PSOCK_BSD_NAME(setpgid);
int setpgrp(void) _PSOCK_BSD_NAME(setpgrp);
pid_t tcgetpgrp(int __fd) _PSOCK_BSD_NAME(tcgetpgrp);
int tcsetpgrp(int __fd, pid_t __group) _PSOCK_BSD_NAME(tcsetpgrp);
int nice(int __more) _PSOCK_BSD_NAME(nice);

/* --- Copies of the process: they cannot be had ------------------------------- */

/* Clang knows vfork() itself, and wants no warning added. */
#ifdef __clang__
#define _PSOCK_BSD_CANNOT_BE_HAD(name)
#else
#define _PSOCK_BSD_CANNOT_BE_HAD(name)                                         \
    __attribute__((warning(name "() cannot be had on Windows, and fails with " \
                                "ENOSYS: see docs/porting.md, fork")))
#endif

pid_t fork(void) _PSOCK_BSD_NAME(fork) _PSOCK_BSD_CANNOT_BE_HAD("fork");
pid_t vfork(void) _PSOCK_BSD_NAME(vfork) _PSOCK_BSD_CANNOT_BE_HAD("vfork");
int daemon(int __stays, int __keeps_output) _PSOCK_BSD_NAME(daemon)
    _PSOCK_BSD_CANNOT_BE_HAD("daemon");

/* --- Files that have no such thing ------------------------------------------ */

int chroot(const char *__path) _PSOCK_BSD_NAME(chroot);
int chown(const char *__path, uid_t __user, gid_t __group)
    _PSOCK_BSD_NAME(chown);
int lchown(const char *__path, uid_t __user, gid_t __group)
    _PSOCK_BSD_NAME(lchown);
int fchown(int __fd, uid_t __user, gid_t __group) _PSOCK_BSD_NAME(fchown);
int link(const char *__from, const char *__to) _PSOCK_BSD_NAME(link);
int symlink(const char *__text, const char *__path) _PSOCK_BSD_NAME(symlink);
ssize_t readlink(const char *_PSOCK_BSD_RESTRICT __path,
                 char *_PSOCK_BSD_RESTRICT __buffer, size_t __size)
    _PSOCK_BSD_NAME(readlink);
void sync(void) _PSOCK_BSD_NAME(sync);

/* --- What the system has ----------------------------------------------------- */

int getpagesize(void) _PSOCK_BSD_NAME(getpagesize);
int getdtablesize(void) _PSOCK_BSD_NAME(getdtablesize);
long sysconf(int __name) _PSOCK_BSD_NAME(sysconf);
long pathconf(const char *__path, int __name) _PSOCK_BSD_NAME(pathconf);
long fpathconf(int __fd, int __name) _PSOCK_BSD_NAME(fpathconf);
size_t confstr(int __name, char *__buffer, size_t __size)
    _PSOCK_BSD_NAME(confstr);

_PSOCK_BSD_END

/* The numbers are Linux's. */
#define _SC_ARG_MAX 0
#define _SC_CHILD_MAX 1
#define _SC_CLK_TCK 2
#define _SC_NGROUPS_MAX 3
#define _SC_OPEN_MAX 4
#define _SC_STREAM_MAX 5
#define _SC_TZNAME_MAX 6
#define _SC_JOB_CONTROL 7
#define _SC_SAVED_IDS 8
#define _SC_REALTIME_SIGNALS 9
#define _SC_FSYNC 15
#define _SC_MAPPED_FILES 16
#define _SC_VERSION 29
#define _SC_PAGESIZE 30
#define _SC_RTSIG_MAX 31
#define _SC_LINE_MAX 43
#define _SC_UIO_MAXIOV 60
#define _SC_IOV_MAX _SC_UIO_MAXIOV
#define _SC_THREADS 67
#define _SC_THREAD_SAFE_FUNCTIONS 68
#define _SC_GETGR_R_SIZE_MAX 69
#define _SC_GETPW_R_SIZE_MAX 70
#define _SC_LOGIN_NAME_MAX 71
#define _SC_TTY_NAME_MAX 72
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84
#define _SC_PHYS_PAGES 85
#define _SC_AVPHYS_PAGES 86
#define _SC_ATEXIT_MAX 87
#define _SC_MONOTONIC_CLOCK 149
#define _SC_HOST_NAME_MAX 180
#define _SC_IPV6 235
#define _SC_PAGE_SIZE _SC_PAGESIZE
#define _PC_LINK_MAX 0
#define _PC_MAX_CANON 1
#define _PC_MAX_INPUT 2
#define _PC_NAME_MAX 3
#define _PC_PATH_MAX 4
#define _PC_PIPE_BUF 5
#define _PC_CHOWN_RESTRICTED 6
#define _PC_NO_TRUNC 7
#define _PC_VDISABLE 8

#define _CS_PATH 0

#ifndef HOST_NAME_MAX
#define HOST_NAME_MAX 64
#endif

#endif
