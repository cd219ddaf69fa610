/* fake_unix.c: what is different about sockets that have a path.
 *
 * Windows keeps the path in a reparse point.  It says of a directory that is not
 * there that the network is down, and refuses connections to no file as those to
 * a file whose socket is gone. */
#include "fake_world.h"

#include <string.h>

static const char *path_of(const struct fake_name *name)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&name->storage;
    static _Thread_local char path[sizeof un->sun_path + 1];
    memcpy(path, un->sun_path, sizeof un->sun_path);
    path[sizeof un->sun_path] = '\0';
    return path;
}

static _Bool is_utf8(const char *path)
{
    WCHAR wide[sizeof((struct sockaddr_un *)0)->sun_path + 1];
    return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide,
                               sizeof wide / sizeof *wide) != 0;
}

/* Neither unnamed nor abstract names are there. */
static int path_error(const char *path)
{
    if (path[0] == '\0')
        return WSAEINVAL;
    return is_utf8(path) && fake_has_directory(path) ? 0 : WSAENETDOWN;
}

/* The two options that share addresses are taken, and refused here. */
int fake_unix_bind(struct fake_object *s, const struct fake_name *name)
{
    const char *path = path_of(name);
    int error = path_error(path);
    if (s->numbers[FAKE_EXCLUSIVE] || s->numbers[FAKE_REUSE])
        return WSAEOPNOTSUPP;
    if (error != 0)
        return error;
    if (fake_find_file(path) != NULL)
        return WSAEADDRINUSE;
    s->file_id = fake_file_id(fake_add_file(path, FAKE_SOCKET_FILE));
    return 0;
}

/* What an attempt comes to where nobody listens, or 0. */
int fake_unix_outcome(const struct fake_name *to)
{
    const char *path = path_of(to);
    int error = path_error(path);
    if (error != 0)
        return error;
    const struct fake_file *file = fake_find_file(path);
    if (file != NULL && fake_file_tag(file) != FAKE_SOCKET_FILE)
        return WSAEINVAL;
    return 0;
}

/* Whether the file at the path is still that which `s` made. */
_Bool fake_unix_is_at(const struct fake_object *s, const struct fake_name *to)
{
    const struct fake_file *file = fake_find_file(path_of(to));
    return file != NULL && s->file_id == fake_file_id(file);
}

/* An end without a path: what is told may be less than a family, or nonsense. */
int fake_unix_tell_unnamed(struct sockaddr *to, int *length)
{
    const int told = fake_script.unnamed_length;
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    if (to == NULL || length == NULL)
        return WSAEFAULT;
    if (told > 0 && told <= *length)
        memcpy(to, &un, (size_t)told < sizeof un ? (size_t)told : sizeof un);
    *length = told;
    return 0;
}
