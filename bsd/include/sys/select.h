/* <sys/select.h> of POSIX.1-2024.
 *
 * A set is an array of bits, one for each number, that can be copied by
 * assignment.  A program may define FD_SETSIZE before its first include: in all
 * of its files alike. */
#ifndef _PSOCK_BSD_SYS_SELECT_H
#define _PSOCK_BSD_SYS_SELECT_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/no_winsock.h>
#include <psock_bsd/types.h>

#ifndef FD_SETSIZE
#define FD_SETSIZE 1024
#endif

typedef unsigned int fd_mask;
#define NFDBITS 32

typedef struct {
    fd_mask fds_bits[(FD_SETSIZE + NFDBITS - 1) / NFDBITS];
} fd_set;

/* Each looks at its arguments once, and not past the end of the set. */
#define FD_SET(fd, set) _psock_bsd_fd_set((fd), (set))
#define FD_CLR(fd, set) _psock_bsd_fd_clear((fd), (set))
#define FD_ISSET(fd, set) _psock_bsd_fd_is_set((fd), (set))
#define FD_ZERO(set) ((void)__builtin_memset((set), 0, sizeof(fd_set)))

_PSOCK_BSD_BEGIN

static __inline__ __attribute__((unused)) void _psock_bsd_fd_set(int __fd,
                                                                 fd_set *__set)
{
    if (__fd >= 0 && __fd < FD_SETSIZE)
        __set->fds_bits[__fd / NFDBITS] |= (fd_mask)1 << __fd % NFDBITS;
}

static __inline__ __attribute__((unused)) void
_psock_bsd_fd_clear(int __fd, fd_set *__set)
{
    if (__fd >= 0 && __fd < FD_SETSIZE)
        __set->fds_bits[__fd / NFDBITS] &= ~((fd_mask)1 << __fd % NFDBITS);
}

static __inline__ __attribute__((unused)) int
_psock_bsd_fd_is_set(int __fd, const fd_set *__set)
{
    return __fd >= 0 && __fd < FD_SETSIZE &&
           (__set->fds_bits[__fd / NFDBITS] >> __fd % NFDBITS & 1) != 0;
}

int select(int __count, fd_set *_PSOCK_BSD_RESTRICT __read,
           fd_set *_PSOCK_BSD_RESTRICT __write,
           fd_set *_PSOCK_BSD_RESTRICT __except,
           struct timeval *_PSOCK_BSD_RESTRICT __timeout)
    _PSOCK_BSD_NAME(select);
int pselect(int __count, fd_set *_PSOCK_BSD_RESTRICT __read,
            fd_set *_PSOCK_BSD_RESTRICT __write,
            fd_set *_PSOCK_BSD_RESTRICT __except,
            const struct timespec *_PSOCK_BSD_RESTRICT __timeout,
            const sigset_t *_PSOCK_BSD_RESTRICT __mask)
    _PSOCK_BSD_NAME(pselect);

_PSOCK_BSD_END

#endif
