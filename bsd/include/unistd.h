/* <unistd.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_UNISTD_H
#define _PSOCK_BSD_UNISTD_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <stdlib.h>
#include <io.h>

/* ftruncate() is no macro, and no inline function. */
#define FTRUNCATE_DEFINED
#define _FILE_OFFSET_BITS_SET_FTRUNCATE

#pragma push_macro("sleep")
#undef sleep
#define sleep _psock_bsd_hidden_sleep
#pragma push_macro("usleep")
#undef usleep
#define usleep _psock_bsd_hidden_usleep
#pragma push_macro("ftruncate")
#undef ftruncate
#define ftruncate _psock_bsd_hidden_ftruncate
#pragma push_macro("truncate")
#undef truncate
#define truncate _psock_bsd_hidden_truncate
#pragma push_macro("ftruncate64")
#undef ftruncate64
#define ftruncate64 _psock_bsd_hidden_ftruncate64
#pragma push_macro("truncate64")
#undef truncate64
#define truncate64 _psock_bsd_hidden_truncate64

#include <psock_bsd/begin.h>
#include_next <unistd.h>
#include <psock_bsd/end.h>

#undef sleep
#pragma pop_macro("sleep")
#undef usleep
#pragma pop_macro("usleep")
#undef ftruncate
#pragma pop_macro("ftruncate")
#undef truncate
#pragma pop_macro("truncate")
#undef ftruncate64
#pragma pop_macro("ftruncate64")
#undef truncate64
#pragma pop_macro("truncate64")

#include <psock_bsd/process.h>

#define _POSIX_VERSION 200809L
#define _POSIX2_VERSION 200809L
#define _XOPEN_VERSION 700
#define _POSIX_IPV6 200809L
#define _POSIX_FSYNC 200809L
#define _POSIX_MONOTONIC_CLOCK 200809L

#define F_ULOCK 0
#define F_LOCK 1
#define F_TLOCK 2
#define F_TEST 3

#define CLOSE_RANGE_CLOEXEC 4

/* GNU: until no signal interrupts it. */
#if defined(_GNU_SOURCE) && !defined(TEMP_FAILURE_RETRY)
#define TEMP_FAILURE_RETRY(call)                                               \
    (__extension__({                                                           \
        long long __result;                                                    \
        do                                                                     \
            __result = (long long)(call);                                      \
        while (__result == -1 && errno == EINTR);                              \
        __result;                                                              \
    }))
#endif

#ifndef _POSIX_VDISABLE
#define _POSIX_VDISABLE 0
#endif

_PSOCK_BSD_BEGIN

/* --- Descriptors ------------------------------------------------------------- */

ssize_t read(int __fd, void *__buffer, size_t __size) _PSOCK_BSD_NAME(read);
ssize_t write(int __fd, const void *__data, size_t __size)
    _PSOCK_BSD_NAME(write);
ssize_t pread(int __fd, void *__buffer, size_t __size, off64_t __offset)
    _PSOCK_BSD_NAME(pread);
ssize_t pwrite(int __fd, const void *__data, size_t __size, off64_t __offset)
    _PSOCK_BSD_NAME(pwrite);
ssize_t pread64(int __fd, void *__buffer, size_t __size, off64_t __offset)
    _PSOCK_BSD_NAME(pread);
ssize_t pwrite64(int __fd, const void *__data, size_t __size, off64_t __offset)
    _PSOCK_BSD_NAME(pwrite);
int close(int __fd) _PSOCK_BSD_NAME(close);
int close_range(unsigned int __first, unsigned int __last, int __flags)
    _PSOCK_BSD_NAME(close_range);
void closefrom(int __lowest) _PSOCK_BSD_NAME(closefrom);
int dup(int __fd) _PSOCK_BSD_NAME(dup);
int dup2(int __from, int __to) _PSOCK_BSD_NAME(dup2);
int dup3(int __from, int __to, int __flags) _PSOCK_BSD_NAME(dup3);
int pipe(int __ends[2]) _PSOCK_BSD_NAME(pipe);
int pipe2(int __ends[2], int __flags) _PSOCK_BSD_NAME(pipe2);
off64_t lseek(int __fd, off64_t __offset, int __whence) _PSOCK_BSD_NAME(lseek);
off64_t lseek64(int __fd, off64_t __offset, int __whence) _PSOCK_BSD_NAME(lseek);
int isatty(int __fd) _PSOCK_BSD_NAME(isatty);
char *ttyname(int __fd) _PSOCK_BSD_NAME(ttyname);
int ttyname_r(int __fd, char *__buffer, size_t __size)
    _PSOCK_BSD_NAME(ttyname_r);
int fsync(int __fd) _PSOCK_BSD_NAME(fsync);
int fdatasync(int __fd) _PSOCK_BSD_NAME(fdatasync);
int ftruncate(int __fd, off64_t __size) _PSOCK_BSD_NAME(ftruncate);
int ftruncate64(int __fd, off64_t __size) _PSOCK_BSD_NAME(ftruncate);
int lockf(int __fd, int __command, off64_t __size) _PSOCK_BSD_NAME(lockf);

/* --- Files and directories ---------------------------------------------------- */

int truncate(const char *__path, off64_t __size) _PSOCK_BSD_NAME(truncate);
int truncate64(const char *__path, off64_t __size) _PSOCK_BSD_NAME(truncate);
int access(const char *__path, int __mode) _PSOCK_BSD_NAME(access);
int faccessat(int __directory, const char *__path, int __mode, int __flags)
    _PSOCK_BSD_NAME(faccessat);
int unlink(const char *__path) _PSOCK_BSD_NAME(unlink);
int unlinkat(int __directory, const char *__path, int __flags)
    _PSOCK_BSD_NAME(unlinkat);
int rmdir(const char *__path) _PSOCK_BSD_NAME(rmdir);
int chdir(const char *__path) _PSOCK_BSD_NAME(chdir);
char *getcwd(char *__buffer, size_t __size) _PSOCK_BSD_NAME(getcwd);

char *mktemp(char *__pattern);

/* --- Programs: the C runtime's -------------------------------------------------- */

pid_t getpid(void);
int execl(const char *__path, const char *__first, ...);
int execle(const char *__path, const char *__first, ...);
int execlp(const char *__name, const char *__first, ...);
int execv(const char *__path, char *const __arguments[]);
int execve(const char *__path, char *const __arguments[],
           char *const __environment[]);
int execvp(const char *__name, char *const __arguments[]);
int execvpe(const char *__name, char *const __arguments[],
            char *const __environment[]);

/* --- Time and names ------------------------------------------------------------ */

unsigned int sleep(unsigned int __seconds) _PSOCK_BSD_NAME(sleep);
int usleep(useconds_t __time_us) _PSOCK_BSD_NAME(usleep);
#if !defined(_WINSOCKAPI_) || defined(_PSOCK_BSD_HIDES_WINSOCK)
int gethostname(char *__name, size_t __size) _PSOCK_BSD_NAME(gethostname);
#endif
int sethostname(const char *__name, size_t __size)
    _PSOCK_BSD_NAME(sethostname);
int getdomainname(char *__name, size_t __size) _PSOCK_BSD_NAME(getdomainname);
int setdomainname(const char *__name, size_t __size)
    _PSOCK_BSD_NAME(setdomainname);
long gethostid(void) _PSOCK_BSD_NAME(gethostid);
int getentropy(void *__bytes, size_t __size) _PSOCK_BSD_NAME(getentropy);

_PSOCK_BSD_END

#endif
