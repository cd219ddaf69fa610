/* event.c: eventfd(): a counter to be waited for. */
#include "eight.h"
#include "ready.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define COUNT_MAX (UINT64_MAX - 1)
#define COUNT_BYTES ((ptrdiff_t)sizeof(uint64_t))

/* Its waker is rung while there is something to read. */
struct counter {
    struct psock_guest_mutex mutex;
    uint64_t count;
    bool is_semaphore;
};

/* --- Attempts, which do not wait ---------------------------------------------- */

static void show(struct psock_guest *guest, const struct counter *counter)
{
    if (counter->count > 0)
        psock_waker_ring(guest->waker);
    else
        psock_waker_reset(guest->waker);
}

static ptrdiff_t try_to_take(struct psock_guest *guest, uint64_t *value)
{
    struct counter *counter = guest->state;
    psock_guest_lock(&counter->mutex);
    *value = counter->is_semaphore && counter->count > 0 ? 1 : counter->count;
    counter->count -= *value;
    show(guest, counter);
    psock_guest_unlock(&counter->mutex);
    return *value == 0 ? PSOCK_EAGAIN : COUNT_BYTES;
}

static ptrdiff_t try_to_add(struct psock_guest *guest, uint64_t *value)
{
    struct counter *counter = guest->state;
    psock_guest_lock(&counter->mutex);
    bool fits = *value <= COUNT_MAX - counter->count;
    if (fits)
        counter->count += *value;
    show(guest, counter);
    psock_guest_unlock(&counter->mutex);
    return fits ? COUNT_BYTES : PSOCK_EAGAIN;
}

/* --- Calls, which do -------------------------------------------------------------- */

typedef ptrdiff_t attempt_call(struct psock_guest *guest, uint64_t *value);

static ptrdiff_t try_until(struct psock_guest *guest, attempt_call *attempt,
                           uint64_t *value, short wanted)
{
    psock_deadline deadline = psock_guest_receive_deadline(guest, 0);
    ptrdiff_t result = attempt(guest, value);
    while (result == PSOCK_EAGAIN && deadline != PSOCK_NOW) {
        result = psock_guest_wait(guest, wanted, deadline);
        if (result > 0)
            result = attempt(guest, value);
    }
    return result;
}

static ssize_t call(struct psock_guest *guest, attempt_call *attempt,
                    uint64_t *value, short wanted)
{
    ptrdiff_t result;
    psock_guest_may_wait();
    do
        result = try_until(guest, attempt, value, wanted);
    while (psock_guest_goes_on_in(guest, &result, true));
    if (result < 0)
        return -psock_guest_errno(result);
    psock_guest_changed(guest);
    return result;
}

/* --- What such a description does ------------------------------------------------------ */

static ssize_t event_read(struct psock_guest *guest, const struct iovec *pieces,
                          int count)
{
    uint64_t value = 0;
    if (!psock_guest_has_eight(pieces, count))
        return -EINVAL;
    ssize_t result = call(guest, try_to_take, &value, POLLIN);
    if (result > 0)
        psock_guest_put_eight(value, pieces);
    return result;
}

static ssize_t event_write(struct psock_guest *guest,
                           const struct iovec *pieces, int count)
{
    if (!psock_guest_has_eight(pieces, count))
        return -EINVAL;
    uint64_t value = psock_guest_get_eight(pieces);
    if (value == UINT64_MAX)
        return -EINVAL;
    return call(guest, try_to_add, &value, POLLOUT);
}

static short event_now(struct psock_guest *guest, short wanted)
{
    struct counter *counter = guest->state;
    psock_guest_lock(&counter->mutex);
    short bits = (short)((counter->count > 0 ? POLLIN : 0) |
                         (counter->count < COUNT_MAX ? POLLOUT : 0));
    psock_guest_unlock(&counter->mutex);
    return bits & wanted;
}

static void event_close(struct psock_guest *guest)
{
    psock_waker_close(guest->waker);
    free(guest->state);
}

static const struct psock_guest_class event_class = {.read = event_read,
                                                     .write = event_write,
                                                     .close = event_close,
                                                     .now = event_now};

/* --- Making one --------------------------------------------------------------------------- */

static int prepare(struct psock_guest *guest, unsigned count, int flags)
{
    struct counter *counter = calloc(1, sizeof *counter);
    if (counter == NULL)
        return PSOCK_ENOMEM;
    counter->count = count;
    counter->is_semaphore = (flags & EFD_SEMAPHORE) != 0;
    guest->state = counter;
    atomic_store(&guest->flags, O_RDWR | (flags & EFD_NONBLOCK));
    int error = psock_waker_open(&guest->waker);
    if (error < 0)
        return error;
    show(guest, counter);
    return 0;
}

int eventfd(unsigned int count, int flags)
{
    if ((flags & ~(EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)) != 0)
        return psock_guest_fail(EINVAL);
    struct psock_guest *guest = psock_guest_new(&event_class);
    if (guest == NULL)
        return -1;
    int error = prepare(guest, count, flags);
    if (error < 0) {
        psock_guest_drop(guest);
        return psock_guest_fail(psock_guest_errno(error));
    }
    return psock_guest_number(guest, 0,
                              (flags & EFD_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
}

int eventfd_read(int fd, eventfd_t *value)
{
    return read(fd, value, sizeof *value) == COUNT_BYTES ? 0 : -1;
}

int eventfd_write(int fd, eventfd_t value)
{
    return write(fd, &value, sizeof value) == COUNT_BYTES ? 0 : -1;
}
