/* masked.c: what ppoll(), pselect() and epoll_pwait2() have in common. */
#include "ready.h"

#define NS_IN_S 1000000000

int psock_guest_timeout(const struct timespec *timeout,
                        psock_deadline *deadline)
{
    *deadline = PSOCK_FOREVER;
    if (timeout == NULL)
        return 0;
    const int64_t seconds = timeout->tv_sec;
    if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
        timeout->tv_nsec >= NS_IN_S)
        return -EINVAL;
    if (seconds < INT64_MAX / NS_IN_S)
        *deadline = psock_deadline_ns(seconds * NS_IN_S + timeout->tv_nsec);
    return 0;
}

/* None of these calls is begun anew by SA_RESTART. */
static ptrdiff_t call_until_told(ptrdiff_t (*call)(void *context),
                                 void *context, struct psock_guest *held)
{
    ptrdiff_t result;
    psock_guest_may_wait();
    do
        result = call(context);
    while (psock_guest_goes_on_in(held, &result, false));
    return psock_guest_result(result);
}

ptrdiff_t psock_guest_masked(ptrdiff_t (*call)(void *context), void *context,
                             const sigset_t *mask, struct psock_guest *held)
{
    sigset_t before;
    psock_guest_swap_mask(mask, &before);
    ptrdiff_t result = call_until_told(call, context, held);
    psock_guest_restore_mask(mask, &before);
    return result;
}
