/* <sys/mman.h> of POSIX.1-2024, as far as it goes: private memory, and private
 * copies of files. */
#ifndef _PSOCK_BSD_SYS_MMAN_H
#define _PSOCK_BSD_SYS_MMAN_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON MAP_ANONYMOUS
#define MAP_NORESERVE 0x4000
#define MAP_POPULATE 0x8000
#define MAP_FILE 0
#define MAP_FAILED ((void *)-1)

#define MS_ASYNC 1
#define MS_INVALIDATE 2
#define MS_SYNC 4

#define MADV_NORMAL 0
#define MADV_RANDOM 1
#define MADV_SEQUENTIAL 2
#define MADV_WILLNEED 3
#define MADV_DONTNEED 4
#define POSIX_MADV_NORMAL 0
#define POSIX_MADV_RANDOM 1
#define POSIX_MADV_SEQUENTIAL 2
#define POSIX_MADV_WILLNEED 3
#define POSIX_MADV_DONTNEED 4

#define MCL_CURRENT 1
#define MCL_FUTURE 2

_PSOCK_BSD_BEGIN

/* MAP_ANONYMOUS, alone or with files that are read into memory: a mapping that
 * writes to its file (MAP_SHARED, PROT_WRITE) is ENODEV, MAP_FIXED ENOTSUP. */
void *mmap(void *__at, size_t __size, int __protection, int __flags, int __fd,
           off64_t __offset) _PSOCK_BSD_NAME(mmap);

/* Whole mappings only: parts are EINVAL. */
int munmap(void *__at, size_t __size) _PSOCK_BSD_NAME(munmap);
int mprotect(void *__at, size_t __size, int __protection)
    _PSOCK_BSD_NAME(mprotect);
int msync(void *__at, size_t __size, int __flags) _PSOCK_BSD_NAME(msync);
int madvise(void *__at, size_t __size, int __advice) _PSOCK_BSD_NAME(madvise);
int posix_madvise(void *__at, size_t __size, int __advice)
    _PSOCK_BSD_NAME(posix_madvise);
int mlock(const void *__at, size_t __size) _PSOCK_BSD_NAME(mlock);
int munlock(const void *__at, size_t __size) _PSOCK_BSD_NAME(munlock);
int mlockall(int __flags) _PSOCK_BSD_NAME(mlockall);
int munlockall(void) _PSOCK_BSD_NAME(munlockall);

_PSOCK_BSD_END

#endif
