/* file.c: read(), write(), readv() and writev(): of everything that has a number. */
#include "plain.h"

#include <limits.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* --- One piece ---------------------------------------------------------------- */

static ssize_t read_from(struct psock_guest *guest, void *buffer, size_t size)
{
    const struct iovec piece = {buffer, size};
    if (guest->class->read == NULL)
        return -EINVAL;
    if (size == 0 && S_ISSOCK(guest->class->format))
        return 0;
    if (guest->class == &psock_guest_socket_class)
        return psock_guest_recv(guest, buffer, size, 0);
    if (buffer == NULL && size > 0)
        return -EFAULT;
    return guest->class->read(guest, &piece, 1);
}

static ssize_t write_to(struct psock_guest *guest, const void *data,
                        size_t size)
{
    const struct iovec piece = {(void *)(uintptr_t)data, size};
    if (guest->class->write == NULL)
        return -EINVAL;
    if (guest->class == &psock_guest_socket_class)
        return psock_guest_send(guest, data, size, 0);
    if (data == NULL && size > 0)
        return -EFAULT;
    return guest->class->write(guest, &piece, 1);
}

static size_t clamped(size_t size)
{
    return size < PSOCK_GUEST_MOST ? size : PSOCK_GUEST_MOST;
}

/* After a call on a number of the C runtime: dup2() may have made it a description's
 * meanwhile, which is then held. */
static struct psock_guest *hold_successor(int fd, ssize_t result, int number)
{
    if (result >= 0 || errno != EBADF)
        return NULL;
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest != NULL)
        errno = number;
    return guest;
}

ssize_t read(int fd, void *buffer, size_t size)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL) {
        const int number = errno;
        ssize_t plain = psock_guest_plain_read(fd, buffer, size);
        guest = hold_successor(fd, plain, number);
        if (guest == NULL)
            return plain;
    }
    ssize_t result = read_from(guest, buffer, clamped(size));
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}

ssize_t write(int fd, const void *data, size_t size)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL) {
        const int number = errno;
        ssize_t plain = psock_guest_plain_write(fd, data, size);
        guest = hold_successor(fd, plain, number);
        if (guest == NULL)
            return plain;
    }
    ssize_t result = write_to(guest, data, clamped(size));
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}

/* --- Several pieces ----------------------------------------------------------- */

/* What is wrong with `pieces`, or 0. */
static int check(const struct iovec *pieces, int count)
{
    size_t sum = 0;
    if (count < 0 || count > IOV_MAX)
        return EINVAL;
    if (pieces == NULL && count > 0)
        return EFAULT;
    for (int i = 0; i < count; i++) {
        if (pieces[i].iov_len > SSIZE_MAX - sum)
            return EINVAL;
        sum += pieces[i].iov_len;
    }
    for (int i = 0; i < count; i++) {
        if (pieces[i].iov_base == NULL && pieces[i].iov_len > 0)
            return EFAULT;
    }
    return 0;
}

static size_t sum_of(const struct iovec *pieces, int count)
{
    size_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += pieces[i].iov_len;
    return sum;
}

/* The result of several calls: what was moved before an error counts. */
static bool is_over(ssize_t result, size_t size, ssize_t *sum)
{
    if (result > 0)
        *sum += result;
    else if (result < 0 && *sum == 0)
        *sum = -1;
    return result < 0 || (size_t)result < size;
}

static ssize_t read_plain_pieces(int fd, const struct iovec *pieces, int count)
{
    ssize_t sum = 0;
    int number = errno;
    for (int i = 0; i < count; i++) {
        ssize_t result =
            psock_guest_plain_read(fd, pieces[i].iov_base, pieces[i].iov_len);
        if (is_over(result, pieces[i].iov_len, &sum))
            break;
        if (i + 1 < count && psock_guest_plain_unread(fd) == 0)
            break;
    }
    if (sum >= 0)
        errno = number;
    return sum;
}

static ssize_t write_plain_pieces(int fd, const struct iovec *pieces, int count)
{
    ssize_t sum = 0;
    int number = errno;
    for (int i = 0; i < count; i++) {
        ssize_t result =
            psock_guest_plain_write(fd, pieces[i].iov_base, pieces[i].iov_len);
        if (is_over(result, pieces[i].iov_len, &sum))
            break;
    }
    if (sum >= 0)
        errno = number;
    return sum;
}

/* Pieces of nothing are never moved, unlike one of nothing.  Of a pipe the wrong end
 * is told first. */
static bool is_nothing(const struct psock_guest *guest,
                       const struct iovec *pieces, int count)
{
    return !S_ISFIFO(guest->class->format) && sum_of(pieces, count) == 0;
}

static ssize_t read_pieces(struct psock_guest *guest,
                           const struct iovec *pieces, int count)
{
    if (guest->class->read == NULL)
        return -EINVAL;
    return is_nothing(guest, pieces, count)
               ? 0
               : guest->class->read(guest, pieces, count);
}

static ssize_t write_pieces(struct psock_guest *guest,
                            const struct iovec *pieces, int count)
{
    if (guest->class->write == NULL)
        return -EINVAL;
    return is_nothing(guest, pieces, count)
               ? 0
               : guest->class->write(guest, pieces, count);
}

typedef ssize_t move_plain(int fd, const struct iovec *pieces, int count);
typedef ssize_t move_of_guest(struct psock_guest *guest,
                              const struct iovec *pieces, int count);

static ssize_t move_pieces(int fd, const struct iovec *pieces, int count,
                           move_plain *plain, move_of_guest *of_guest)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL && !psock_guest_is_plain(fd))
        return psock_guest_fail(EBADF);
    ssize_t result = -check(pieces, count);
    if (guest == NULL)
        return result < 0 ? psock_guest_returned(result)
                          : plain(fd, pieces, count);
    if (result == 0)
        result = of_guest(guest, pieces, count);
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}

ssize_t readv(int fd, const struct iovec *pieces, int count)
{
    return move_pieces(fd, pieces, count, read_plain_pieces, read_pieces);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    return move_pieces(fd, pieces, count, write_plain_pieces, write_pieces);
}
