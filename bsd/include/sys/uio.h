/* <sys/uio.h> of POSIX, and what Linux adds. */
#ifndef _PSOCK_BSD_SYS_UIO_H
#define _PSOCK_BSD_SYS_UIO_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

#define UIO_MAXIOV 1024
#ifndef IOV_MAX
#define IOV_MAX UIO_MAXIOV
#endif

_PSOCK_BSD_BEGIN

ssize_t readv(int __fd, const struct iovec *__pieces, int __count)
    _PSOCK_BSD_NAME(readv);
ssize_t writev(int __fd, const struct iovec *__pieces, int __count)
    _PSOCK_BSD_NAME(writev);
ssize_t preadv(int __fd, const struct iovec *__pieces, int __count,
               off64_t __offset) _PSOCK_BSD_NAME(preadv);
ssize_t pwritev(int __fd, const struct iovec *__pieces, int __count,
                off64_t __offset) _PSOCK_BSD_NAME(pwritev);

_PSOCK_BSD_END

#endif
