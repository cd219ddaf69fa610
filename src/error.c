/* error.c: what errors are called and what they mean. */
#include <limits.h>
#include <string.h>

#include "policy.h"

struct error_words {
    const char *name;
    const char *text;
};

#define WORDS(name, text) [-PSOCK_##name] = {#name, text}

static const struct error_words words[] = {
    [PSOCK_OK] = {"OK", "no error"},
    WORDS(EAGAIN, "would have to wait"),
    WORDS(EINVAL, "invalid argument or state"),
    WORDS(EBADF, "not an open descriptor"),
    WORDS(ENOTSOCK, "not a socket"),
    WORDS(EACCES, "permission denied"),
    WORDS(EPERM, "operation needs privileges"),
    WORDS(EFAULT, "bad pointer"),
    WORDS(ENOMEM, "out of memory"),
    WORDS(EMFILE, "too many open descriptors in this process"),
    WORDS(ENFILE, "too many open descriptors in the system"),
    WORDS(ENOBUFS, "out of buffer space"),
    WORDS(EADDRINUSE, "address in use"),
    WORDS(EADDRNOTAVAIL, "address not available"),
    WORDS(EAFNOSUPPORT, "address family not supported"),
    WORDS(EPROTONOSUPPORT, "protocol not supported"),
    WORDS(EPROTOTYPE, "protocol does not fit the socket type"),
    WORDS(ESOCKTNOSUPPORT, "socket type not supported"),
    WORDS(EOPNOTSUPP, "operation not supported on this socket"),
    WORDS(ENOTSUP, "not supported by this system"),
    WORDS(ENOPROTOOPT, "no such socket option"),
    WORDS(EMSGSIZE, "message too long"),
    WORDS(EDESTADDRREQ, "destination address required"),
    WORDS(EISCONN, "already connected"),
    WORDS(ENOTCONN, "not connected"),
    WORDS(EALREADY, "operation already under way"),
    WORDS(EINPROGRESS, "operation in progress"),
    WORDS(ECONNREFUSED, "connection refused"),
    WORDS(ECONNRESET, "connection reset by peer"),
    WORDS(ECONNABORTED, "connection aborted"),
    WORDS(ETIMEDOUT, "timed out"),
    WORDS(EPIPE, "connection is closed for sending"),
    WORDS(EHOSTUNREACH, "host unreachable"),
    WORDS(EHOSTDOWN, "host is down"),
    WORDS(ENETUNREACH, "network unreachable"),
    WORDS(ENETDOWN, "network is down"),
    WORDS(ENETRESET, "connection lost with its network"),
    WORDS(EINTR, "interrupted"),
    WORDS(ECANCELED, "canceled"),
    WORDS(ENOENT, "no such file or name"),
    WORDS(ENOTDIR, "not a directory"),
    WORDS(ELOOP, "too many symbolic links"),
    WORDS(ENAMETOOLONG, "name too long"),
    WORDS(EROFS, "read-only file system"),
    WORDS(EEXIST, "already exists"),
    WORDS(ENOTEMPTY, "directory not empty"),
    WORDS(EIO, "input/output error"),
    WORDS(EPROTO, "protocol error"),
    WORDS(ENOSPC, "not enough space"),
    WORDS(ESHUTDOWN, "socket is shut down"),
    WORDS(ETOOMANYREFS, "too many references"),
    WORDS(EUSERS, "too many users"),
    WORDS(EDQUOT, "quota exceeded"),
    WORDS(ESTALE, "stale file handle"),
    WORDS(EREMOTE, "object is remote"),
    WORDS(EBUSY, "busy"),
    WORDS(EOVERFLOW, "value too large"),
    WORDS(ENODEV, "no such device"),
    WORDS(EPFNOSUPPORT, "protocol family not supported"),
    WORDS(EEOF, "unexpected end"),
    WORDS(EISDIR, "is a directory"),
    WORDS(EAI_AGAIN, "name resolution failed for now"),
    WORDS(EAI_BADFLAGS, "invalid resolver flags"),
    WORDS(EAI_FAIL, "name resolution failed"),
    WORDS(EAI_FAMILY, "address family not supported by the resolver"),
    WORDS(EAI_MEMORY, "resolver out of memory"),
    WORDS(EAI_NONAME, "unknown name"),
    WORDS(EAI_SERVICE, "unknown service"),
    WORDS(EAI_SOCKTYPE, "socket type not supported by the resolver"),
    WORDS(EAI_OVERFLOW, "name does not fit the space"),
    WORDS(EAI_NODATA, "name has no address"),
};

static const struct error_words unknown = {"EUNKNOWN", "unknown error"};

static const struct error_words *words_of(ptrdiff_t error)
{
    const ptrdiff_t count = (ptrdiff_t)(sizeof words / sizeof *words);
    if (error > 0)
        error = PSOCK_OK;
    if (error <= -count || words[-error].name == NULL)
        return &unknown;
    return &words[-error];
}

const char *psock_error_name(ptrdiff_t error)
{
    return words_of(error)->name;
}

const char *psock_error_text(ptrdiff_t error)
{
    return words_of(error)->text;
}

int psock_error_native(void)
{
    return psock_sys_error_native();
}

/* Text under construction: keeps what fits, always ended by a zero byte. */
struct line {
    char *text;
    size_t size;
    size_t length;
};

static void append(struct line *line, const char *text)
{
    size_t room = line->size - line->length - 1;
    size_t length = strlen(text);
    if (length > room)
        length = room;
    memcpy(line->text + line->length, text, length);
    line->length += length;
    line->text[line->length] = '\0';
}

static void append_number(struct line *line, int number)
{
    char digits[12];
    char *first = digits + sizeof digits - 1;
    unsigned rest = number < 0 ? 0u - (unsigned)number : (unsigned)number;
    *first = '\0';
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        *--first = '-';
    append(line, first);
}

static _Bool is_explained(ptrdiff_t error, int native)
{
    return error < 0 && error >= INT_MIN && native != 0 &&
           psock_sys_error_explains(native, (int)error);
}

int psock_error_describe(ptrdiff_t error, char *text, size_t size)
{
    int native = psock_sys_error_native(); /* before anything can change it */
    if (text == NULL)
        return PSOCK_EFAULT;
    if (size == 0)
        return PSOCK_ENOSPC;
    struct line line = {text, size, 0};
    append(&line, psock_error_name(error));
    if (is_explained(error, native)) {
        append(&line, " (");
        append_number(&line, native);
        append(&line, ")");
    }
    append(&line, ": ");
    append(&line, psock_error_text(error));
    return (int)line.length;
}
