/* poll_call.c: poll() and ppoll(). */
#include "number.h"
#include "ready.h"

struct poll_call {
    struct pollfd *entries;
    nfds_t count;
    psock_deadline deadline;
};

static ptrdiff_t poll_once(void *context)
{
    struct poll_call *call = context;
    return psock_guest_poll(call->entries, call->count, call->deadline);
}

static int poll_until(struct pollfd *entries, nfds_t count,
                      psock_deadline deadline, const sigset_t *mask)
{
    struct poll_call call = {entries, count, deadline};
    if (count > (nfds_t)atomic_load(&psock_guest_numbers_allowed))
        return psock_guest_fail(EINVAL);
    if (entries == NULL && count != 0)
        return psock_guest_fail(EFAULT);
    return (int)psock_guest_masked(poll_once, &call, mask, NULL);
}

int poll(struct pollfd *entries, nfds_t count, int timeout_ms)
{
    return poll_until(
        entries, count,
        timeout_ms < 0 ? PSOCK_FOREVER : psock_deadline_ms(timeout_ms), NULL);
}

int ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
    psock_deadline deadline;
    int error = psock_guest_timeout(timeout, &deadline);
    if (error < 0)
        return psock_guest_fail(-error);
    return poll_until(entries, count, deadline, mask);
}
