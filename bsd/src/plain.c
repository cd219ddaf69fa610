/* plain.c: reading and writing what the C runtime has. */
#include "plain.h"
#include "signals.h"

#include <fcntl.h>
#include <io.h>
#include <poll.h>
#include <unistd.h>

enum {
    LOOK_MS = 10
};

static bool is_nonblocking(int fd)
{
    return (atomic_load(&psock_guest_numbers[fd].plain_flags) & O_NONBLOCK) !=
           0;
}

/* Whether the call may go on: 0, or the error. */
static int check(int fd, const void *bytes, size_t size, short wanted)
{
    if (!psock_guest_is_plain(fd))
        return EBADF;
    if (bytes == NULL && size > 0)
        return EFAULT;
    if (is_nonblocking(fd) && psock_guest_plain_now(fd, wanted) == 0)
        return EAGAIN;
    return 0;
}

static unsigned clamped(size_t size)
{
    return size < PSOCK_GUEST_MOST ? (unsigned)size : PSOCK_GUEST_MOST;
}

static bool is_known_to_be_empty(int fd)
{
    return psock_guest_plain_unread(fd) == 0 &&
           psock_guest_plain_now(fd, POLLIN) == 0;
}

/* The runtime's own wait knows no signals.  Where one can come, there is a look from
 * time to time instead, as far as looking tells.  Returns 0, or EINTR. */
static int wait_for_bytes(int fd)
{
    while (atomic_load_explicit(&psock_guest_signals_possible,
                                memory_order_relaxed) &&
           is_known_to_be_empty(fd)) {
        psock_guest_may_wait();
        ptrdiff_t result = psock_poll(NULL, 0, psock_deadline_ms(LOOK_MS));
        if (result == PSOCK_ECANCELED && !psock_guest_goes_on(&result, true))
            return psock_guest_errno(result);
    }
    return 0;
}

/* What the runtime calls EINVAL of a directory. */
static int read_error(int fd, int number)
{
    struct psock_guest_identity identity;
    return number == EINVAL && psock_guest_identity_of(fd, &identity) &&
                   identity.is_directory
               ? EISDIR
               : number;
}

/* Null: nothing is to be asked about the number, or it can be looked into. */
static struct psock_guest *to_be_interrupted(int fd)
{
    return atomic_load_explicit(&psock_guest_signals_possible,
                                memory_order_relaxed) &&
                   psock_guest_plain_unread(fd) == -EINVAL
               ? psock_guest_hold_to_wait(fd)
               : NULL;
}

static ssize_t read_described(struct psock_guest *guest, void *buffer,
                              size_t size)
{
    const struct iovec piece = {buffer, size};
    ssize_t result = buffer == NULL && size > 0
                         ? -EFAULT
                         : guest->class->read(guest, &piece, 1);
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}

ssize_t psock_guest_plain_read(int fd, void *buffer, size_t size)
{
    struct psock_guest *guest = to_be_interrupted(fd);
    if (guest != NULL)
        return read_described(guest, buffer, size);
    int number = check(fd, buffer, size, POLLIN);
    if (number == 0)
        number = wait_for_bytes(fd);
    if (number != 0)
        return psock_guest_fail(number);
    ssize_t result = _read(fd, buffer, clamped(size));
    if (result >= 0)
        psock_guest_look_for_signals(NULL);
    return result < 0 ? psock_guest_fail(read_error(fd, errno)) : result;
}

/* O_APPEND that fcntl() has set, of which the C runtime does not know. */
static void find_the_end(int fd)
{
    if ((atomic_load(&psock_guest_numbers[fd].plain_flags) & O_APPEND) != 0) {
        int number = errno;
        _lseeki64(fd, 0, SEEK_END);
        errno = number;
    }
}

ssize_t psock_guest_plain_write(int fd, const void *data, size_t size)
{
    int number = check(fd, data, size, POLLOUT);
    if (number != 0)
        return psock_guest_fail(number);
    find_the_end(fd);
    ssize_t result = _write(fd, data, clamped(size));
    if (result < 0 && (errno == EPIPE || errno == EINVAL) &&
        psock_guest_plain_now(fd, 0) != 0)
        return psock_guest_result(psock_guest_sent(NULL, PSOCK_EPIPE, 0));
    if (result >= 0)
        psock_guest_look_for_signals(NULL);
    return result;
}
