/* signal_wait.c: how signals end waits, and waiting for signals. */
#include "signals.h"

#include <unistd.h>

/* --- Around calls that wait --------------------------------------------------- */

void psock_guest_may_wait(void)
{
    if (!atomic_load_explicit(&psock_guest_signals_possible,
                              memory_order_relaxed))
        return;
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own == NULL)
        return;
    atomic_store_explicit(&own->missed, 0, memory_order_relaxed);
    psock_guest_signal_bind(own);
}

/* The waker first, so that what comes after is not lost. */
static bool was_ended(struct psock_guest *guest, ptrdiff_t *result,
                      bool restarts)
{
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    bool canceled = *result == PSOCK_ECANCELED;
    if (own == NULL)
        return false;
    if (canceled && own->waker != NULL)
        psock_waker_reset(own->waker);
    psock_guest_signals ran = psock_guest_signal_deliver_in(own, guest);
    if (!canceled)
        return false;
    if (ran == 0 || (restarts && psock_guest_signals_restart(ran)))
        return true;
    *result = PSOCK_EINTR;
    return false;
}

bool psock_guest_goes_on_in(struct psock_guest *guest, ptrdiff_t *result,
                            bool restarts)
{
    if (*result != PSOCK_ECANCELED && !psock_guest_is_signaled())
        return false;
    return was_ended(guest, result, restarts);
}

bool psock_guest_goes_on(ptrdiff_t *result, bool restarts)
{
    return psock_guest_goes_on_in(NULL, result, restarts);
}

void psock_guest_handle_signals(struct psock_guest *guest)
{
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own != NULL)
        psock_guest_signal_deliver_in(own, guest);
}

ptrdiff_t psock_guest_sent(struct psock_guest *guest, ptrdiff_t result,
                           int flags)
{
    if (result == PSOCK_EPIPE && (flags & MSG_NOSIGNAL) == 0)
        psock_guest_raise(guest, SIGPIPE);
    return result;
}

void psock_guest_swap_mask(const sigset_t *mask, sigset_t *old)
{
    struct psock_guest_signal_thread *own;
    if (mask == NULL || (own = psock_guest_signal_own()) == NULL)
        return;
    atomic_store(&psock_guest_signals_possible, true);
    psock_guest_signal_bind(own);
    *old = (sigset_t)psock_guest_signal_block(own, *mask);
}

void psock_guest_restore_mask(const sigset_t *mask, const sigset_t *old)
{
    struct psock_guest_signal_thread *own;
    if (mask == NULL || (own = psock_guest_signal_own()) == NULL)
        return;
    psock_guest_signal_block(own, *old);
    psock_guest_signal_deliver(own);
}

/* --- Waiting for signals ------------------------------------------------------ */

/* Until a handler has run. */
static int wait_for_handler(void)
{
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    ptrdiff_t result;
    if (own == NULL || psock_guest_signal_bind(own) != 0)
        return psock_guest_fail(ENOMEM);
    atomic_store(&psock_guest_signals_possible, true);
    atomic_store(&own->missed, 0);
    do
        result = psock_poll(NULL, 0, PSOCK_FOREVER);
    while (psock_guest_goes_on(&result, false));
    return psock_guest_fail(EINTR);
}

int pause(void)
{
    return wait_for_handler();
}

int sigsuspend(const sigset_t *mask)
{
    if (mask == NULL)
        return psock_guest_fail(EFAULT);
    sigset_t old = 0;
    psock_guest_swap_mask(mask, &old);
    int result = wait_for_handler();
    psock_guest_restore_mask(mask, &old);
    return result;
}

/* An awaited signal, or an error of POSIX below zero. */
static int wait_once(struct psock_guest_signal_thread *own,
                     psock_guest_signals set, siginfo_t *info,
                     psock_deadline deadline)
{
    int number = psock_guest_signal_take(own, set, info);
    if (number != 0)
        return number;
    ptrdiff_t result = psock_poll(NULL, 0, deadline);
    if (result != PSOCK_ECANCELED)
        return -EAGAIN;
    psock_waker_reset(own->waker);
    number = psock_guest_signal_take(own, set, info);
    if (number == 0 && psock_guest_signal_deliver(own) != 0)
        return -EINTR;
    return number;
}

static int wait_for_one(psock_guest_signals set, siginfo_t *info,
                        psock_deadline deadline)
{
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    int number;
    if (own == NULL || psock_guest_signal_bind(own) != 0)
        return -ENOMEM;
    atomic_store(&psock_guest_signals_possible, true);
    psock_guest_watch_console();
    psock_guest_signal_await(own, set);
    do
        number = wait_once(own, set, info, deadline);
    while (number == 0);
    psock_guest_signal_await(own, 0);
    return number;
}

int sigwait(const sigset_t *set, int *number)
{
    siginfo_t info;
    int result;
    do
        result = wait_for_one(*set, &info, PSOCK_FOREVER);
    while (result == -EINTR);
    if (result < 0)
        return -result;
    *number = result;
    return 0;
}

static int wait_and_tell(const sigset_t *set, siginfo_t *info,
                         psock_deadline deadline)
{
    siginfo_t unused;
    return (int)psock_guest_returned(
        wait_for_one(*set, info != NULL ? info : &unused, deadline));
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    return wait_and_tell(set, info, PSOCK_FOREVER);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info,
                 const struct timespec *timeout)
{
    if (timeout == NULL)
        return sigwaitinfo(set, info);
    if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
        timeout->tv_nsec >= 1000000000)
        return psock_guest_fail(EINVAL);
    if (timeout->tv_sec > INT32_MAX)
        return sigwaitinfo(set, info);
    return wait_and_tell(
        set, info,
        psock_deadline_ns(timeout->tv_sec * 1000000000LL + timeout->tv_nsec));
}
