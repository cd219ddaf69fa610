/* wait.c: until when calls wait, and what they do when signals end a wait. */
#include "guest.h"

#include <fcntl.h>
#include <poll.h>

static psock_deadline deadline_of(struct psock_guest *guest, int flags,
                                  long long timeout_us)
{
    if ((flags & MSG_DONTWAIT) != 0 ||
        (atomic_load_explicit(&guest->flags, memory_order_relaxed) &
         O_NONBLOCK) != 0)
        return PSOCK_NOW;
    if (timeout_us == 0)
        return PSOCK_FOREVER;
    return psock_deadline_ns(timeout_us < INT64_MAX / 1000 ? timeout_us * 1000
                                                           : INT64_MAX);
}

psock_deadline psock_guest_receive_deadline(struct psock_guest *guest,
                                            int flags)
{
    return deadline_of(
        guest, flags,
        atomic_load_explicit(&guest->receive_timeout_us, memory_order_relaxed));
}

psock_deadline psock_guest_send_deadline(struct psock_guest *guest, int flags)
{
    return deadline_of(
        guest, flags,
        atomic_load_explicit(&guest->send_timeout_us, memory_order_relaxed));
}

int psock_guest_error_of_wait(ptrdiff_t result)
{
    if (result >= 0)
        return 0;
    return result == PSOCK_ETIMEDOUT ? -EAGAIN : -psock_guest_errno(result);
}

int psock_guest_await_input(struct psock_guest *guest, psock_deadline deadline)
{
    ptrdiff_t result;
    if (deadline == PSOCK_NOW)
        return -EAGAIN;
    psock_guest_may_wait();
    do
        result = psock_guest_wait(guest, POLLIN, deadline);
    while (psock_guest_goes_on_in(guest, &result, true));
    return psock_guest_error_of_wait(result);
}
