/* unix_name.c: the addresses of Unix sockets. */
#include "unix.h"

#include <string.h>

enum {
    PATH_AT = offsetof(struct sockaddr_un, sun_path)
};

/* A path ends at its first zero byte, or without one; an abstract name has all the
 * bytes that its length says. */
int psock_guest_unix_name_in(const struct sockaddr *address, socklen_t length,
                             struct unix_name *name)
{
    if (address == NULL)
        return length == 0 ? -EINVAL : -EFAULT;
    if (length <= PATH_AT || length > sizeof(struct sockaddr_un) ||
        address->sa_family != AF_UNIX)
        return -EINVAL;
    memset(name, 0, sizeof *name);
    memcpy(name->path, (const char *)address + PATH_AT, length - PATH_AT);
    name->length = length - PATH_AT;
    if (name->path[0] != 0)
        name->length = (unsigned)strlen(name->path) + 1;
    return 0;
}

void psock_guest_unix_name_out(const struct unix_name *name,
                               struct sockaddr *to, socklen_t *length)
{
    char whole[PATH_AT + sizeof name->path];
    const sa_family_t family = AF_UNIX;
    memcpy(whole, &family, sizeof family);
    memcpy(whole + PATH_AT, name->path, name->length);
    const socklen_t size = PATH_AT + name->length;
    if (to != NULL)
        memcpy(to, whole, *length < size ? *length : size);
    *length = size;
}

bool psock_guest_unix_same_name(const struct unix_name *a,
                                const struct unix_name *b)
{
    return a->length == b->length && memcmp(a->path, b->path, a->length) == 0;
}
