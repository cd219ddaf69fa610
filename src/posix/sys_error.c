/* sys_error.c: errno values as psock errors. */
#include "platform.h"

struct error_pair {
    int native;
    int error;
};

/* Pairs rather than an array by number: the numbers are the system's, and two
 * names may share one (EWOULDBLOCK and EAGAIN, EOPNOTSUPP and ENOTSUP).  The
 * first pair of a number is what it means; those after it, at the end, are what
 * some calls make of it. */
static const struct error_pair error_pairs[] = {
    {EAGAIN, PSOCK_EAGAIN},
    {EWOULDBLOCK, PSOCK_EAGAIN},
    {EINTR, PSOCK_EINTR},
    {EINPROGRESS, PSOCK_EINPROGRESS},
    {EALREADY, PSOCK_EALREADY},
    {ECONNREFUSED, PSOCK_ECONNREFUSED},
    {ECONNRESET, PSOCK_ECONNRESET},
    {ECONNABORTED, PSOCK_ECONNABORTED},
    {ETIMEDOUT, PSOCK_ETIMEDOUT},
    {EPIPE, PSOCK_EPIPE},
    {EINVAL, PSOCK_EINVAL},
    {EBADF, PSOCK_EBADF},
    {ENOTSOCK, PSOCK_ENOTSOCK},
    {EACCES, PSOCK_EACCES},
    {EPERM, PSOCK_EPERM},
    {EFAULT, PSOCK_EFAULT},
    {ENOMEM, PSOCK_ENOMEM},
    {EMFILE, PSOCK_EMFILE},
    {ENFILE, PSOCK_ENFILE},
    {ENOBUFS, PSOCK_ENOBUFS},
    {EADDRINUSE, PSOCK_EADDRINUSE},
    {EADDRNOTAVAIL, PSOCK_EADDRNOTAVAIL},
    {EAFNOSUPPORT, PSOCK_EAFNOSUPPORT},
    {EPROTONOSUPPORT, PSOCK_EPROTONOSUPPORT},
    {EPROTOTYPE, PSOCK_EPROTOTYPE},
    {EOPNOTSUPP, PSOCK_EOPNOTSUPP},
    {ENOTSUP, PSOCK_ENOTSUP},
    {ENOSYS, PSOCK_ENOTSUP},
    {ENOPROTOOPT, PSOCK_ENOPROTOOPT},
    {EMSGSIZE, PSOCK_EMSGSIZE},
    {EDESTADDRREQ, PSOCK_EDESTADDRREQ},
    {EISCONN, PSOCK_EISCONN},
    {ENOTCONN, PSOCK_ENOTCONN},
    {EHOSTUNREACH, PSOCK_EHOSTUNREACH},
    {ENETUNREACH, PSOCK_ENETUNREACH},
    {ENETDOWN, PSOCK_ENETDOWN},
    {ENETRESET, PSOCK_ENETRESET},
    {ECANCELED, PSOCK_ECANCELED},
    {ENOENT, PSOCK_ENOENT},
    {ENOTDIR, PSOCK_ENOTDIR},
    {ELOOP, PSOCK_ELOOP},
    {ENAMETOOLONG, PSOCK_ENAMETOOLONG},
    {EROFS, PSOCK_EROFS},
    {EEXIST, PSOCK_EEXIST},
    {ENOTEMPTY, PSOCK_ENOTEMPTY},
    {EIO, PSOCK_EIO},
    {EPROTO, PSOCK_EPROTO},
    {ENOSPC, PSOCK_ENOSPC},
    {EBUSY, PSOCK_EBUSY},
    {EOVERFLOW, PSOCK_EOVERFLOW},
    {ENODEV, PSOCK_ENODEV},
    {ENXIO, PSOCK_ENODEV},
    {EDQUOT, PSOCK_EDQUOT},
    {ESTALE, PSOCK_ESTALE},
#ifdef ESOCKTNOSUPPORT
    {ESOCKTNOSUPPORT, PSOCK_ESOCKTNOSUPPORT},
#endif
#ifdef EPFNOSUPPORT
    {EPFNOSUPPORT, PSOCK_EPFNOSUPPORT},
#endif
#ifdef EHOSTDOWN
    {EHOSTDOWN, PSOCK_EHOSTDOWN},
#endif
#ifdef ESHUTDOWN
    {ESHUTDOWN, PSOCK_ESHUTDOWN},
#endif
#ifdef ETOOMANYREFS
    {ETOOMANYREFS, PSOCK_ETOOMANYREFS},
#endif
#ifdef EUSERS
    {EUSERS, PSOCK_EUSERS},
#endif
#ifdef EREMOTE
    {EREMOTE, PSOCK_EREMOTE},
#endif

    {EPIPE, PSOCK_ENOTCONN},
    {EINVAL, PSOCK_EAFNOSUPPORT},
};

static PSOCK_APART int look_up(int native)
{
    const size_t count = sizeof error_pairs / sizeof *error_pairs;
    for (size_t i = 0; i < count; i++)
        if (error_pairs[i].native == native)
            return error_pairs[i].error;
    return PSOCK_EIO;
}

int psock_sys_error(int native)
{
    return native == EAGAIN ? PSOCK_EAGAIN : look_up(native);
}

_Bool psock_sys_error_explains(int native, int error)
{
    const size_t count = sizeof error_pairs / sizeof *error_pairs;
    for (size_t i = 0; i < count; i++)
        if (error_pairs[i].native == native && error_pairs[i].error == error)
            return 1;
    return look_up(native) == error;
}

int psock_sys_error_native(void)
{
    return errno;
}
