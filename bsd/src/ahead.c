/* ahead.c: pipes that can be read and not looked into, such as what another system
 * has begun this program with.
 *
 * Whether there is something to read is known only when it has been read.  So as soon
 * as somebody asks, such a number gets a description, and a thread reads ahead: one
 * piece, when somebody wants to know and nothing is there.  The number keeps the
 * runtime's handle, for the programs that this one begins. */
#include "ahead.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* --- Reading ---------------------------------------------------------------------- */

static ssize_t attempt(struct psock_guest *guest, const struct iovec *pieces,
                       int count)
{
    ssize_t result = psock_guest_reader_take(guest->state, pieces, count);
    return result == -EAGAIN && psock_guest_reader_ask(guest)
               ? psock_guest_reader_take(guest->state, pieces, count)
               : result;
}

static bool is_empty(const struct iovec *pieces, int count)
{
    for (int i = 0; i < count; i++) {
        if (pieces[i].iov_len > 0)
            return false;
    }
    return true;
}

static ssize_t dark_read(struct psock_guest *guest, const struct iovec *pieces,
                         int count)
{
    const psock_deadline deadline = psock_guest_receive_deadline(guest, 0);
    if (is_empty(pieces, count))
        return 0;
    ssize_t result = attempt(guest, pieces, count);
    while (result == -EAGAIN &&
           (result = psock_guest_await_input(guest, deadline)) == 0)
        result = attempt(guest, pieces, count);
    return result;
}

/* --- The rest ----------------------------------------------------------------------- */

static ssize_t dark_write(struct psock_guest *guest, const struct iovec *pieces,
                          int count)
{
    const struct psock_guest_reader *reader = guest->state;
    ssize_t sum = 0;
    if ((atomic_load(&guest->flags) & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    for (int i = 0; i < count; i++) {
        ssize_t result = psock_guest_write_handle(
            reader->handle, pieces[i].iov_base, pieces[i].iov_len);
        if (result < 0 && sum == 0)
            return -psock_guest_errno(psock_guest_sent(guest, PSOCK_EPIPE, 0));
        if (result < 0)
            break;
        sum += result;
    }
    return sum;
}

static short dark_now(struct psock_guest *guest, short wanted)
{
    bool reads_only = (atomic_load(&guest->flags) & O_ACCMODE) == O_RDONLY;
    short bits = psock_guest_reader_bits(guest->state);
    if (bits == 0 && psock_guest_reader_ask(guest))
        bits = psock_guest_reader_bits(guest->state);
    if (!reads_only)
        bits |= POLLOUT | POLLWRNORM;
    return bits & (wanted | POLLERR | POLLHUP);
}

static int dark_control(struct psock_guest *guest, unsigned long request,
                        void *argument)
{
    if (request != FIONREAD)
        return -ENOTTY;
    if (argument == NULL)
        return -EFAULT;
    (void)psock_guest_reader_ask(guest);
    *(int *)argument = psock_guest_reader_unread(guest->state);
    return 0;
}

static void dark_close(struct psock_guest *guest)
{
    if (guest->state != NULL)
        psock_guest_reader_close(guest->state);
}

static const struct psock_guest_class dark_class = {
    .format = S_IFIFO,
    .read = dark_read,
    .write = dark_write,
    .close = dark_close,
    .ioctl = dark_control,
    .now = dark_now,
};

/* --- Making ------------------------------------------------------------------------- */

static bool set_up(struct psock_guest *guest, int fd)
{
    struct psock_guest_reader *reader = psock_guest_reader_open(guest, fd);
    if (reader == NULL)
        return false;
    guest->state = reader;
    int flags = atomic_load(&psock_guest_numbers[fd].plain_flags) & O_NONBLOCK;
    flags |= psock_guest_can_write(reader->handle) ? O_RDWR : O_RDONLY;
    atomic_store(&guest->flags, flags);
    guest->waker = reader->waker;
    return true;
}

/* With the lock of the table. */
static void describe(int fd)
{
    if (!psock_guest_is_plain_locked(fd) || !psock_guest_is_dark(fd))
        return;
    struct psock_guest *guest = psock_guest_new(&dark_class);
    if (guest == NULL)
        return;
    if (set_up(guest, fd))
        atomic_store(&psock_guest_numbers[fd].guest, guest);
    else
        psock_guest_drop(guest);
}

struct psock_guest *psock_guest_hold_to_wait(int fd)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest != NULL || !psock_guest_is_plain(fd) || !psock_guest_is_dark(fd))
        return guest;
    int number = errno;
    psock_guest_lock(&psock_guest_numbers_mutex);
    describe(fd);
    psock_guest_unlock(&psock_guest_numbers_mutex);
    errno = number;
    return psock_guest_hold(fd);
}
