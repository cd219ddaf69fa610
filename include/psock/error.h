/* error.h: one set of errors for every system.
 *
 * The numbers never change; new ones are appended.  The comment says what a
 * program that sees the error can do, where that is not plain from the name. */
#ifndef PSOCK_ERROR_H
#define PSOCK_ERROR_H

#include <psock/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum psock_error {
    PSOCK_OK = 0,
    PSOCK_EAGAIN = -1,         /* it would have to wait: wait, then repeat */
    PSOCK_EINVAL = -2,         /* an argument or the socket's state is wrong */
    PSOCK_EBADF = -3,          /* not an open descriptor */
    PSOCK_ENOTSOCK = -4,       /* an open descriptor, but no socket */
    PSOCK_EACCES = -5,         /* the system's rules forbid it */
    PSOCK_EPERM = -6,          /* it needs privileges */
    PSOCK_EFAULT = -7,         /* a null or bad pointer */
    PSOCK_ENOMEM = -8,         /* no memory */
    PSOCK_EMFILE = -9,         /* this process has too many descriptors */
    PSOCK_ENFILE = -10,        /* the system has too many descriptors */
    PSOCK_ENOBUFS = -11,       /* the system is out of buffers: later, less */
    PSOCK_EADDRINUSE = -12,    /* another socket has that address */
    PSOCK_EADDRNOTAVAIL = -13, /* not an address of this machine */
    PSOCK_EAFNOSUPPORT = -14,  /* no such family here, or of this socket */
    PSOCK_EPROTONOSUPPORT = -15, /* no such protocol for the family and type */
    PSOCK_EPROTOTYPE = -16,      /* the protocol does not fit the type */
    PSOCK_ESOCKTNOSUPPORT = -17, /* no such type of socket */
    PSOCK_EOPNOTSUPP = -18,      /* not for this kind of socket */
    PSOCK_ENOTSUP = -19,         /* this system cannot do it */
    PSOCK_ENOPROTOOPT = -20,     /* no such option at that level */
    PSOCK_EMSGSIZE = -21,        /* longer than one datagram may be */
    PSOCK_EDESTADDRREQ = -22,    /* no destination given and none connected */
    PSOCK_EISCONN = -23,         /* connected already */
    PSOCK_ENOTCONN = -24,        /* not connected */
    PSOCK_EALREADY = -25,        /* an attempt is under way already */
    PSOCK_EINPROGRESS = -26,     /* begun, not finished */
    PSOCK_ECONNREFUSED = -27,    /* nobody listens there */
    PSOCK_ECONNRESET = -28,      /* the peer is gone; only closing is left */
    PSOCK_ECONNABORTED = -29,    /* gone before it could be accepted */
    PSOCK_ETIMEDOUT = -30,       /* the deadline, or the system's own, passed */
    PSOCK_EPIPE = -31,           /* sending is over on this connection */
    PSOCK_EHOSTUNREACH = -32,    /* no way to that host */
    PSOCK_EHOSTDOWN = -33,       /* that host is down */
    PSOCK_ENETUNREACH = -34,     /* no way to that network */
    PSOCK_ENETDOWN = -35,        /* the network, or its library, is down */
    PSOCK_ENETRESET = -36,       /* the connection was lost with its network */
    PSOCK_EINTR = -37,           /* interrupted; psock goes on instead */
    PSOCK_ECANCELED = -38,       /* ended on request */
    PSOCK_ENOENT = -39,          /* no such file or name */
    PSOCK_ENOTDIR = -40,         /* a part of the path is no directory */
    PSOCK_ELOOP = -41,           /* too many symbolic links */
    PSOCK_ENAMETOOLONG = -42,    /* a name or path is too long */
    PSOCK_EROFS = -43,           /* the file system is read-only */
    PSOCK_EEXIST = -44,          /* it is there already */
    PSOCK_ENOTEMPTY = -45,       /* the directory is not empty */
    PSOCK_EIO = -46,             /* a failure no other name fits */
    PSOCK_EPROTO = -47,          /* the other end broke the protocol */
    PSOCK_ENOSPC = -48,          /* the space given is too small */
    PSOCK_ESHUTDOWN = -49,       /* shut down; psock says EPIPE or 0 */
    PSOCK_ETOOMANYREFS = -50,    /* too many descriptors in flight */
    PSOCK_EUSERS = -51,          /* too many users */
    PSOCK_EDQUOT = -52,          /* a quota is used up */
    PSOCK_ESTALE = -53,          /* a file handle has become stale */
    PSOCK_EREMOTE = -54,         /* the object is remote */
    PSOCK_EBUSY = -55,           /* in use */
    PSOCK_EOVERFLOW = -56,       /* a value does not fit */
    PSOCK_ENODEV = -57,          /* no such device or interface */
    PSOCK_EPFNOSUPPORT = -58,    /* no such protocol family */
    PSOCK_EEOF = -59,            /* it ended before all was there */
    PSOCK_EISDIR = -60,          /* a directory */

    /* Of the resolver (RFC 3493, section 6.1). */
    PSOCK_EAI_AGAIN = -101,    /* no answer now: try later */
    PSOCK_EAI_BADFLAGS = -102, /* flags that do not go together */
    PSOCK_EAI_FAIL = -103,     /* the name server failed for good */
    PSOCK_EAI_FAMILY = -104,   /* no such family */
    PSOCK_EAI_MEMORY = -105,   /* no memory */
    PSOCK_EAI_NONAME = -106,   /* no such name */
    PSOCK_EAI_SERVICE = -107,  /* no such service for the type */
    PSOCK_EAI_SOCKTYPE = -108, /* no such type of socket */
    PSOCK_EAI_OVERFLOW = -109, /* the space given is too small */
    PSOCK_EAI_NODATA = -110    /* the name is there, without an address */
};

/* The size that holds any text of psock_error_describe(). */
#define PSOCK_ERROR_TEXT_SIZE 128

/* The name of `error` without its prefix: "ECONNREFUSED", "EAI_NONAME"; "OK"
 * for 0 and above, "EUNKNOWN" for a number psock does not have.  Static text,
 * never null. */
PSOCK_API const char *psock_error_name(ptrdiff_t error);

/* What `error` means, in a few English words whatever the locale: "connection
 * refused".  Static text, never null. */
PSOCK_API const char *psock_error_text(ptrdiff_t error);

/* The system's own code for what last failed on this thread: errno, or what
 * WSAGetLastError() says.  Useful in a log, directly after a call of psock
 * returned an error; any later call may change it. */
PSOCK_API int psock_error_native(void);

/* Writes `error` for a log: "ECONNREFUSED (10061): connection refused".
 *
 * The number is the system's own code for what last failed on this thread, and
 * is left out where that cannot be the cause of `error`.  So describe an error
 * before anything else fails on the thread.
 *
 * text  receives at most `size` bytes, cut if need be and always ended by a
 *       zero byte; PSOCK_ERROR_TEXT_SIZE is enough for any error
 *
 * Returns the length written, without the zero byte; PSOCK_EFAULT for a null
 * `text`, PSOCK_ENOSPC for a `size` of 0. */
PSOCK_API int psock_error_describe(ptrdiff_t error, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
