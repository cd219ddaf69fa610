/* error.c: the errors of psock as POSIX numbers them. */
#include "guest.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* By the number of psock's error without its sign. */
static const short numbers[] = {
    [-PSOCK_EAGAIN] = EAGAIN,
    [-PSOCK_EINVAL] = EINVAL,
    [-PSOCK_EBADF] = EBADF,
    [-PSOCK_ENOTSOCK] = ENOTSOCK,
    [-PSOCK_EACCES] = EACCES,
    [-PSOCK_EPERM] = EPERM,
    [-PSOCK_EFAULT] = EFAULT,
    [-PSOCK_ENOMEM] = ENOMEM,
    [-PSOCK_EMFILE] = EMFILE,
    [-PSOCK_ENFILE] = ENFILE,
    [-PSOCK_ENOBUFS] = ENOBUFS,
    [-PSOCK_EADDRINUSE] = EADDRINUSE,
    [-PSOCK_EADDRNOTAVAIL] = EADDRNOTAVAIL,
    [-PSOCK_EAFNOSUPPORT] = EAFNOSUPPORT,
    [-PSOCK_EPROTONOSUPPORT] = EPROTONOSUPPORT,
    [-PSOCK_EPROTOTYPE] = EPROTOTYPE,
    [-PSOCK_ESOCKTNOSUPPORT] = ESOCKTNOSUPPORT,
    [-PSOCK_EOPNOTSUPP] = EOPNOTSUPP,
    [-PSOCK_ENOTSUP] = ENOTSUP,
    [-PSOCK_ENOPROTOOPT] = ENOPROTOOPT,
    [-PSOCK_EMSGSIZE] = EMSGSIZE,
    [-PSOCK_EDESTADDRREQ] = EDESTADDRREQ,
    [-PSOCK_EISCONN] = EISCONN,
    [-PSOCK_ENOTCONN] = ENOTCONN,
    [-PSOCK_EALREADY] = EALREADY,
    [-PSOCK_EINPROGRESS] = EINPROGRESS,
    [-PSOCK_ECONNREFUSED] = ECONNREFUSED,
    [-PSOCK_ECONNRESET] = ECONNRESET,
    [-PSOCK_ECONNABORTED] = ECONNABORTED,
    [-PSOCK_ETIMEDOUT] = ETIMEDOUT,
    [-PSOCK_EPIPE] = EPIPE,
    [-PSOCK_EHOSTUNREACH] = EHOSTUNREACH,
    [-PSOCK_EHOSTDOWN] = EHOSTDOWN,
    [-PSOCK_ENETUNREACH] = ENETUNREACH,
    [-PSOCK_ENETDOWN] = ENETDOWN,
    [-PSOCK_ENETRESET] = ENETRESET,
    [-PSOCK_EINTR] = EINTR,
    [-PSOCK_ECANCELED] = ECANCELED,
    [-PSOCK_ENOENT] = ENOENT,
    [-PSOCK_ENOTDIR] = ENOTDIR,
    [-PSOCK_ELOOP] = ELOOP,
    [-PSOCK_ENAMETOOLONG] = ENAMETOOLONG,
    [-PSOCK_EROFS] = EROFS,
    [-PSOCK_EEXIST] = EEXIST,
    [-PSOCK_ENOTEMPTY] = ENOTEMPTY,
    [-PSOCK_EIO] = EIO,
    [-PSOCK_EPROTO] = EPROTO,
    [-PSOCK_ENOSPC] = ENOSPC,
    [-PSOCK_ESHUTDOWN] = ESHUTDOWN,
    [-PSOCK_ETOOMANYREFS] = ETOOMANYREFS,
    [-PSOCK_EUSERS] = EUSERS,
    [-PSOCK_EDQUOT] = EDQUOT,
    [-PSOCK_ESTALE] = ESTALE,
    [-PSOCK_EREMOTE] = EREMOTE,
    [-PSOCK_EBUSY] = EBUSY,
    [-PSOCK_EOVERFLOW] = EOVERFLOW,
    [-PSOCK_ENODEV] = ENODEV,
    [-PSOCK_EPFNOSUPPORT] = EPFNOSUPPORT,
    [-PSOCK_EEOF] = EIO,
    [-PSOCK_EISDIR] = EISDIR,
};

int psock_guest_errno(ptrdiff_t error)
{
    if (error >= 0)
        return 0;
    if ((size_t)-error < COUNT_OF(numbers))
        return numbers[-error];
    return EIO;
}

int psock_guest_fail(int number)
{
    errno = number;
    return -1;
}

ssize_t psock_guest_result(ptrdiff_t result)
{
    return result < 0 ? psock_guest_fail(psock_guest_errno(result)) : result;
}

ssize_t psock_guest_returned(ssize_t result)
{
    return result < 0 ? psock_guest_fail((int)-result) : result;
}
