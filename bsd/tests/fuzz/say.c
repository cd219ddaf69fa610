/* say.c: results as words. */
#include "say.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

struct word {
    int number;
    const char *name;
};

/* clang-format off */
#define ERROR(name) {name, #name}
static const struct word errors[] = {
    ERROR(EACCES), ERROR(EADDRINUSE), ERROR(EADDRNOTAVAIL), ERROR(EAFNOSUPPORT),
    ERROR(EAGAIN), ERROR(EALREADY), ERROR(EBADF), ERROR(ECONNABORTED),
    ERROR(ECONNREFUSED), ERROR(ECONNRESET), ERROR(EDESTADDRREQ), ERROR(EDOM),
    ERROR(EEXIST), ERROR(EFAULT), ERROR(EHOSTUNREACH), ERROR(EINPROGRESS),
    ERROR(EINTR), ERROR(EINVAL), ERROR(EIO), ERROR(EISCONN), ERROR(EISDIR),
    ERROR(ELOOP), ERROR(EMFILE), ERROR(EMSGSIZE), ERROR(ENAMETOOLONG),
    ERROR(ENETUNREACH), ERROR(ENOBUFS), ERROR(ENODEV), ERROR(ENOENT),
    ERROR(ENOMEM), ERROR(ENOPROTOOPT), ERROR(ENOSYS), ERROR(ENOTCONN),
    ERROR(ENOTDIR), ERROR(ENOTSOCK), ERROR(ENOTTY), ERROR(ENXIO),
    ERROR(EOPNOTSUPP), ERROR(EPERM), ERROR(EPIPE), ERROR(EPROTO),
    ERROR(EPROTONOSUPPORT), ERROR(EPROTOTYPE), ERROR(ESOCKTNOSUPPORT),
    ERROR(ESPIPE), ERROR(ETIMEDOUT), ERROR(ETOOMANYREFS),
};

#define EVENT(name) {name, #name}
static const struct word events_of_poll[] = {
    EVENT(POLLIN), EVENT(POLLPRI), EVENT(POLLOUT), EVENT(POLLERR),
    EVENT(POLLHUP), EVENT(POLLNVAL), EVENT(POLLRDHUP),
};
/* clang-format on */

static const char *name_of_error(int number)
{
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (errors[i].number == number)
            return errors[i].name;
    return strerror(number);
}

void say_result(long long result)
{
    if (result == -1)
        printf("-1 %s", name_of_error(errno));
    else
        printf("%lld", result);
}

void say_events(int events)
{
    const char *between = "";
    for (size_t i = 0; i < COUNT_OF(events_of_poll); i++) {
        if ((events & events_of_poll[i].number) == 0)
            continue;
        printf("%s%s", between, events_of_poll[i].name);
        between = "|";
    }
    if (*between == 0)
        printf("nothing");
}

unsigned hash_of(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    unsigned hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * 16777619u;
    return hash;
}
