/* error_text.c: the errors of <errno.h> by name and in words, those of Linux. */
#include "guest.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct error {
    int number;
    const char *name;
    const char *text;
} errors[] = {
    {0, "0", "Success"},
    {ENOENT, "ENOENT", "No such file or directory"},
    {EPERM, "EPERM", "Operation not permitted"},
    {ESRCH, "ESRCH", "No such process"},
    {EINTR, "EINTR", "Interrupted system call"},
    {EIO, "EIO", "Input/output error"},
    {ENXIO, "ENXIO", "No such device or address"},
    {E2BIG, "E2BIG", "Argument list too long"},
    {ENOEXEC, "ENOEXEC", "Exec format error"},
    {EBADF, "EBADF", "Bad file descriptor"},
    {ECHILD, "ECHILD", "No child processes"},
    {EAGAIN, "EAGAIN", "Resource temporarily unavailable"},
    {ENOMEM, "ENOMEM", "Cannot allocate memory"},
    {EACCES, "EACCES", "Permission denied"},
    {EFAULT, "EFAULT", "Bad address"},
    {EBUSY, "EBUSY", "Device or resource busy"},
    {EEXIST, "EEXIST", "File exists"},
    {EXDEV, "EXDEV", "Invalid cross-device link"},
    {ENODEV, "ENODEV", "No such device"},
    {ENOTDIR, "ENOTDIR", "Not a directory"},
    {EISDIR, "EISDIR", "Is a directory"},
    {EINVAL, "EINVAL", "Invalid argument"},
    {ENFILE, "ENFILE", "Too many open files in system"},
    {EMFILE, "EMFILE", "Too many open files"},
    {ENOTTY, "ENOTTY", "Inappropriate ioctl for device"},
    {EFBIG, "EFBIG", "File too large"},
    {ENOSPC, "ENOSPC", "No space left on device"},
    {ESPIPE, "ESPIPE", "Illegal seek"},
    {EROFS, "EROFS", "Read-only file system"},
    {EMLINK, "EMLINK", "Too many links"},
    {EPIPE, "EPIPE", "Broken pipe"},
    {EDOM, "EDOM", "Numerical argument out of domain"},
    {ERANGE, "ERANGE", "Numerical result out of range"},
    {EDEADLK, "EDEADLK", "Resource deadlock avoided"},
    {ENAMETOOLONG, "ENAMETOOLONG", "File name too long"},
    {ENOLCK, "ENOLCK", "No locks available"},
    {ENOSYS, "ENOSYS", "Function not implemented"},
    {ENOTEMPTY, "ENOTEMPTY", "Directory not empty"},
    {EILSEQ, "EILSEQ", "Invalid or incomplete multibyte or wide character"},
    {EADDRINUSE, "EADDRINUSE", "Address already in use"},
    {EADDRNOTAVAIL, "EADDRNOTAVAIL", "Cannot assign requested address"},
    {EAFNOSUPPORT, "EAFNOSUPPORT", "Address family not supported by protocol"},
    {EALREADY, "EALREADY", "Operation already in progress"},
    {EBADMSG, "EBADMSG", "Bad message"},
    {ECANCELED, "ECANCELED", "Operation canceled"},
    {ECONNABORTED, "ECONNABORTED", "Software caused connection abort"},
    {ECONNREFUSED, "ECONNREFUSED", "Connection refused"},
    {ECONNRESET, "ECONNRESET", "Connection reset by peer"},
    {EDESTADDRREQ, "EDESTADDRREQ", "Destination address required"},
    {EHOSTUNREACH, "EHOSTUNREACH", "No route to host"},
    {EIDRM, "EIDRM", "Identifier removed"},
    {EINPROGRESS, "EINPROGRESS", "Operation now in progress"},
    {EISCONN, "EISCONN", "Transport endpoint is already connected"},
    {ELOOP, "ELOOP", "Too many levels of symbolic links"},
    {EMSGSIZE, "EMSGSIZE", "Message too long"},
    {ENETDOWN, "ENETDOWN", "Network is down"},
    {ENETRESET, "ENETRESET", "Network dropped connection on reset"},
    {ENETUNREACH, "ENETUNREACH", "Network is unreachable"},
    {ENOBUFS, "ENOBUFS", "No buffer space available"},
    {ENODATA, "ENODATA", "No data available"},
    {ENOLINK, "ENOLINK", "Link has been severed"},
    {ENOMSG, "ENOMSG", "No message of desired type"},
    {ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available"},
    {ENOSR, "ENOSR", "Out of streams resources"},
    {ENOSTR, "ENOSTR", "Device not a stream"},
    {ENOTCONN, "ENOTCONN", "Transport endpoint is not connected"},
    {ENOTRECOVERABLE, "ENOTRECOVERABLE", "State not recoverable"},
    {ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket"},
    {EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported"},
    {EOVERFLOW, "EOVERFLOW", "Value too large for defined data type"},
    {EOWNERDEAD, "EOWNERDEAD", "Owner died"},
    {EPROTO, "EPROTO", "Protocol error"},
    {EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported"},
    {EPROTOTYPE, "EPROTOTYPE", "Protocol wrong type for socket"},
    {ETIME, "ETIME", "Timer expired"},
    {ETIMEDOUT, "ETIMEDOUT", "Connection timed out"},
    {ETXTBSY, "ETXTBSY", "Text file busy"},
    {ENOTBLK, "ENOTBLK", "Block device required"},
    {ESHUTDOWN, "ESHUTDOWN", "Cannot send after transport endpoint shutdown"},
    {ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "Socket type not supported"},
    {EPFNOSUPPORT, "EPFNOSUPPORT", "Protocol family not supported"},
    {EHOSTDOWN, "EHOSTDOWN", "Host is down"},
    {ETOOMANYREFS, "ETOOMANYREFS", "Too many references: cannot splice"},
    {EUSERS, "EUSERS", "Too many users"},
    {EDQUOT, "EDQUOT", "Disk quota exceeded"},
    {ESTALE, "ESTALE", "Stale file handle"},
    {EREMOTE, "EREMOTE", "Object is remote"},
    {EMULTIHOP, "EMULTIHOP", "Multihop attempted"},
    {ECHRNG, "ECHRNG", "Channel number out of range"},
    {EL2NSYNC, "EL2NSYNC", "Level 2 not synchronized"},
    {EL3HLT, "EL3HLT", "Level 3 halted"},
    {EL3RST, "EL3RST", "Level 3 reset"},
    {ELNRNG, "ELNRNG", "Link number out of range"},
    {EUNATCH, "EUNATCH", "Protocol driver not attached"},
    {ENOCSI, "ENOCSI", "No CSI structure available"},
    {EL2HLT, "EL2HLT", "Level 2 halted"},
    {EBADE, "EBADE", "Invalid exchange"},
    {EBADR, "EBADR", "Invalid request descriptor"},
    {EXFULL, "EXFULL", "Exchange full"},
    {ENOANO, "ENOANO", "No anode"},
    {EBADRQC, "EBADRQC", "Invalid request code"},
    {EBADSLT, "EBADSLT", "Invalid slot"},
    {EBFONT, "EBFONT", "Bad font file format"},
    {ENONET, "ENONET", "Machine is not on the network"},
    {ENOPKG, "ENOPKG", "Package not installed"},
    {EADV, "EADV", "Advertise error"},
    {ESRMNT, "ESRMNT", "Srmount error"},
    {ECOMM, "ECOMM", "Communication error on send"},
    {EDOTDOT, "EDOTDOT", "RFS specific error"},
    {ENOTUNIQ, "ENOTUNIQ", "Name not unique on network"},
    {EBADFD, "EBADFD", "File descriptor in bad state"},
    {EREMCHG, "EREMCHG", "Remote address changed"},
    {ELIBACC, "ELIBACC", "Can not access a needed shared library"},
    {ELIBBAD, "ELIBBAD", "Accessing a corrupted shared library"},
    {ELIBSCN, "ELIBSCN", ".lib section in a.out corrupted"},
    {ELIBMAX, "ELIBMAX", "Attempting to link in too many shared libraries"},
    {ELIBEXEC, "ELIBEXEC", "Cannot exec a shared library directly"},
    {ERESTART, "ERESTART", "Interrupted system call should be restarted"},
    {ESTRPIPE, "ESTRPIPE", "Streams pipe error"},
    {EUCLEAN, "EUCLEAN", "Structure needs cleaning"},
    {ENOTNAM, "ENOTNAM", "Not a XENIX named type file"},
    {ENAVAIL, "ENAVAIL", "No XENIX semaphores available"},
    {EISNAM, "EISNAM", "Is a named type file"},
    {EREMOTEIO, "EREMOTEIO", "Remote I/O error"},
    {ENOMEDIUM, "ENOMEDIUM", "No medium found"},
    {EMEDIUMTYPE, "EMEDIUMTYPE", "Wrong medium type"},
    {ENOKEY, "ENOKEY", "Required key not available"},
    {EKEYEXPIRED, "EKEYEXPIRED", "Key has expired"},
    {EKEYREVOKED, "EKEYREVOKED", "Key has been revoked"},
    {EKEYREJECTED, "EKEYREJECTED", "Key was rejected by service"},
    {ERFKILL, "ERFKILL", "Operation not possible due to RF-kill"},
    {EHWPOISON, "EHWPOISON", "Memory page has hardware error"},
};

/* For "Unknown error" and any number. */
#define UNKNOWN_SIZE 32

static const struct error *find(int number)
{
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        if (errors[i].number == number)
            return &errors[i];
    }
    return NULL;
}

const char *strerrorname_np(int number)
{
    const struct error *error = find(number);
    return error != NULL ? error->name : NULL;
}

const char *strerrordesc_np(int number)
{
    const struct error *error = find(number);
    return error != NULL ? error->text : NULL;
}

char *strerror(int number)
{
    static _Thread_local char unknown[UNKNOWN_SIZE];
    const struct error *error = find(number);
    if (error != NULL)
        return (char *)(uintptr_t)error->text;
    __mingw_snprintf(unknown, sizeof unknown, "Unknown error %d", number);
    return unknown;
}

/* That of GNU, which needs the buffer for numbers without a text only. */
char *psock_guest_strerror_r_text(int number, char *buffer, size_t size)
    _PSOCK_BSD_NAME(strerror_r_text);

char *psock_guest_strerror_r_text(int number, char *buffer, size_t size)
{
    const struct error *error = find(number);
    if (error != NULL)
        return (char *)(uintptr_t)error->text;
    if (size > 0)
        __mingw_snprintf(buffer, size, "Unknown error %d", number);
    return buffer;
}

/* That of POSIX. */
int psock_guest_strerror_r(int number, char *buffer, size_t size)
    _PSOCK_BSD_NAME(strerror_r);

int psock_guest_strerror_r(int number, char *buffer, size_t size)
{
    bool known = find(number) != NULL;
    char unknown[UNKNOWN_SIZE];
    const char *text =
        psock_guest_strerror_r_text(number, unknown, sizeof unknown);
    size_t length = strlen(text);
    if (size > 0) {
        size_t kept = length < size ? length : size - 1;
        memcpy(buffer, text, kept);
        buffer[kept] = '\0';
    }
    if (!known)
        return EINVAL;
    return length < size ? 0 : ERANGE;
}
