/* open.c: open() and creat(). */
#include "plain.h"

#include <fcntl.h>
#include <io.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

/* --- Devices ------------------------------------------------------------------ */

static ssize_t read_random(struct psock_guest *guest,
                           const struct iovec *pieces, int count)
{
    ssize_t sum = 0;
    (void)guest;
    for (int i = 0; i < count; i++) {
        if (psock_guest_random(pieces[i].iov_base, pieces[i].iov_len) != 0)
            return -EIO;
        sum += (ssize_t)pieces[i].iov_len;
    }
    return sum;
}

static short always_readable(struct psock_guest *guest, short wanted)
{
    (void)guest;
    return wanted;
}

static const struct psock_guest_class random_class = {
    .format = S_IFCHR,
    .read = read_random,
    .now = always_readable,
};

static int open_random(int flags)
{
    struct psock_guest *guest = psock_guest_new(&random_class);
    if (guest == NULL)
        return -1;
    atomic_store(&guest->flags, flags & (O_ACCMODE | O_NONBLOCK));
    return psock_guest_number(guest, 0,
                              (flags & O_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
}

static bool is_random(const char *path)
{
    return strcmp(path, "/dev/urandom") == 0 ||
           strcmp(path, "/dev/random") == 0;
}

static const char *translated(const char *path)
{
    return strcmp(path, "/dev/null") == 0  ? "NUL"
           : strcmp(path, "/dev/tty") == 0 ? "CON"
                                           : path;
}

/* --- Files -------------------------------------------------------------------- */

static int runtime_flags(int flags)
{
    int kept = flags & (O_APPEND | O_TEXT);
    if ((flags & O_ACCMODE) == O_RDONLY)
        kept |= O_RDONLY;
    if ((flags & O_CLOEXEC) != 0)
        kept |= O_NOINHERIT;
    return kept;
}

static int number_of(intptr_t handle, int flags)
{
    int fd = _open_osfhandle(handle, runtime_flags(flags));
    if (psock_guest_is_allowed(fd)) {
        psock_guest_set_number(
            fd,
            PSOCK_GUEST_OPENED |
                (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC)),
            (flags & O_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
        return fd;
    }
    if (fd >= 0)
        _close(fd);
    else
        psock_guest_close_handle(handle);
    return psock_guest_fail(EMFILE);
}

static int open_file(const char *path, int flags, mode_t mode)
{
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    if (is_random(path))
        return open_random(flags);
    if (psock_guest_unix_is_socket_file(path))
        return psock_guest_fail((flags & O_EXCL) != 0 ? EEXIST : ENXIO);
    intptr_t handle = psock_guest_open_handle(translated(path), flags, mode);
    return handle < 0 ? psock_guest_fail((int)-handle)
                      : number_of(handle, flags);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int mode = (flags & O_CREAT) != 0 ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return open_file(path, flags, (mode_t)mode);
}

int openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int mode = (flags & O_CREAT) != 0 ? va_arg(arguments, int) : 0;
    va_end(arguments);
    int number = psock_guest_at(directory, path);
    return number != 0 ? psock_guest_fail(number)
                       : open_file(path, flags, (mode_t)mode);
}

int creat(const char *path, mode_t mode)
{
    return open_file(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
