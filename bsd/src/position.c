/* position.c: calls about where in a file, and how long it is. */
#include "plain.h"

#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* What is wrong with `fd` for such a call: `unfit` where it has no position. */
static int check(int fd, int unfit)
{
    struct _stat64 status;
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest != NULL) {
        psock_guest_drop(guest);
        return unfit;
    }
    if (!psock_guest_is_plain(fd) || _fstat64(fd, &status) != 0)
        return EBADF;
    return S_ISFIFO(status.st_mode) || psock_guest_is_terminal(fd) ? unfit : 0;
}

/* errno is what it was, where the call was good. */
static int checked(int fd, int unfit)
{
    int before = errno;
    int number = check(fd, unfit);
    errno = before;
    return number;
}

/* --- The position ------------------------------------------------------------- */

off64_t lseek(int fd, off64_t offset, int whence)
{
    int number = checked(fd, ESPIPE);
    if (number == 0 && (whence < SEEK_SET || whence > SEEK_END))
        number = EINVAL;
    return number != 0 ? psock_guest_fail(number)
                       : _lseeki64(fd, offset, whence);
}

static int check_at(int fd, const void *bytes, size_t size, off64_t offset)
{
    if (offset < 0)
        return EINVAL;
    int number = checked(fd, ESPIPE);
    return number == 0 && bytes == NULL && size > 0 ? EFAULT : number;
}

ssize_t pread(int fd, void *buffer, size_t size, off64_t offset)
{
    int number = check_at(fd, buffer, size, offset);
    return psock_guest_returned(
        number != 0 ? -number : psock_guest_read_at(fd, buffer, size, offset));
}

ssize_t pwrite(int fd, const void *data, size_t size, off64_t offset)
{
    int number = check_at(fd, data, size, offset);
    return psock_guest_returned(
        number != 0 ? -number : psock_guest_write_at(fd, data, size, offset));
}

ssize_t preadv(int fd, const struct iovec *pieces, int count, off64_t offset)
{
    ssize_t sum = 0;
    if (count < 0 || count > IOV_MAX)
        return psock_guest_fail(EINVAL);
    for (int i = 0; i < count; i++) {
        ssize_t result =
            pread(fd, pieces[i].iov_base, pieces[i].iov_len, offset + sum);
        if (result < 0)
            return sum > 0 ? sum : -1;
        sum += result;
        if ((size_t)result < pieces[i].iov_len)
            break;
    }
    return sum;
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off64_t offset)
{
    ssize_t sum = 0;
    if (count < 0 || count > IOV_MAX)
        return psock_guest_fail(EINVAL);
    for (int i = 0; i < count; i++) {
        ssize_t result =
            pwrite(fd, pieces[i].iov_base, pieces[i].iov_len, offset + sum);
        if (result < 0)
            return sum > 0 ? sum : -1;
        sum += result;
    }
    return sum;
}

/* --- The length --------------------------------------------------------------- */

int ftruncate(int fd, off64_t size)
{
    int number = size < 0 ? EINVAL : checked(fd, EINVAL);
    if (number == 0)
        number = _chsize_s(fd, size);
    if (number == EACCES || number == EBADF)
        number = psock_guest_is_plain(fd) ? EINVAL : EBADF;
    return number == 0 ? 0 : psock_guest_fail(number);
}

int truncate(const char *path, off64_t size)
{
    if (size < 0)
        return psock_guest_fail(EINVAL);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int result = ftruncate(fd, size);
    int number = errno;
    close(fd);
    errno = number;
    return result;
}

int posix_fallocate(int fd, off64_t offset, off64_t size)
{
    struct _stat64 status;
    int number = offset < 0 || size <= 0 ? EINVAL : checked(fd, ESPIPE);
    if (number == 0 && _fstat64(fd, &status) != 0)
        number = EBADF;
    if (number != 0 || status.st_size >= offset + size)
        return number;
    return _chsize_s(fd, offset + size);
}

int posix_fadvise(int fd, off64_t offset, off64_t size, int advice)
{
    (void)offset;
    if (size < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE)
        return EINVAL;
    return checked(fd, ESPIPE);
}

static bool is_read_only(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) == O_RDONLY;
}

/* What is open for reading has nothing to be written, and Windows refuses it. */
int fsync(int fd)
{
    struct stat status;
    int number = checked(fd, EINVAL);
    if (number == 0 && fstat(fd, &status) == 0 && S_ISCHR(status.st_mode))
        number = EINVAL;
    if (number != 0)
        return psock_guest_fail(number);
    return is_read_only(fd) ? 0 : _commit(fd);
}

int fdatasync(int fd)
{
    return fsync(fd);
}
