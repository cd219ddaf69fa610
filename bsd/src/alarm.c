/* alarm.c: alarm(), ualarm(), setitimer(): one thread that waits for the time. */
#include "signals.h"

#include <sys/time.h>
#include <unistd.h>

static struct psock_guest_mutex lock;
static psock_deadline next = PSOCK_FOREVER;
static int64_t interval_ns;
static psock_waker *changed; /* null until there is the thread */

/* --- The thread ---------------------------------------------------------------- */

/* Whether the time has come; sets the next. */
static bool is_due(void)
{
    psock_guest_lock(&lock);
    bool due = next != PSOCK_FOREVER && psock_deadline_left_ns(next) == 0;
    if (due)
        next = interval_ns > 0 ? psock_deadline_ns(interval_ns) : PSOCK_FOREVER;
    psock_guest_unlock(&lock);
    return due;
}

static psock_deadline when(void)
{
    psock_guest_lock(&lock);
    psock_deadline deadline = next;
    psock_guest_unlock(&lock);
    return deadline;
}

static void keep_time(void *context)
{
    psock_cancel_with(context);
    for (;;) {
        psock_waker_reset(context);
        psock_deadline deadline = when();
        if (deadline == PSOCK_FOREVER || psock_deadline_left_ns(deadline) > 0)
            (void)!psock_poll(NULL, 0, deadline);
        if (is_due())
            psock_guest_signal_process(SIGALRM, SI_KERNEL);
    }
}

static int begin(void)
{
    if (changed != NULL)
        return 0;
    if (psock_waker_open(&changed) < 0)
        return -EAGAIN;
    if (psock_guest_thread(keep_time, changed) == 0)
        return 0;
    psock_waker_close(changed);
    changed = NULL;
    return -EAGAIN;
}

/* --- Setting and asking ---------------------------------------------------------- */

/* What is left, and the interval, in nanoseconds; 0 for none. */
struct timer {
    int64_t left_ns;
    int64_t interval_ns;
};

static struct timer current(void)
{
    struct timer timer = {0, 0};
    if (next == PSOCK_FOREVER)
        return timer;
    timer.left_ns = psock_deadline_left_ns(next);
    if (timer.left_ns == 0)
        timer.left_ns = 1000;
    timer.interval_ns = interval_ns;
    return timer;
}

static int set(struct timer timer, struct timer *old)
{
    psock_guest_lock(&lock);
    *old = current();
    int result = timer.left_ns > 0 ? begin() : 0;
    if (result == 0) {
        next = timer.left_ns > 0 ? psock_deadline_ns(timer.left_ns)
                                 : PSOCK_FOREVER;
        interval_ns = timer.interval_ns;
        if (changed != NULL)
            psock_waker_ring(changed);
    }
    psock_guest_unlock(&lock);
    if (timer.left_ns > 0)
        atomic_store(&psock_guest_signals_possible, true);
    return result;
}

/* At most a lifetime. */
static int64_t ns_of(struct timeval time)
{
    const int64_t seconds = time.tv_sec;
    if (seconds >= INT64_MAX / 1000000000 / 4)
        return INT64_MAX / 4;
    return seconds * 1000000000 + (int64_t)time.tv_usec * 1000;
}

static struct timeval time_of(int64_t time_ns)
{
    struct timeval time;
    int64_t time_us = (time_ns + 999) / 1000;
    time.tv_sec = (time_t)(time_us / 1000000);
    time.tv_usec = (long)(time_us % 1000000);
    return time;
}

static bool is_time(struct timeval time)
{
    return time.tv_sec >= 0 && time.tv_usec >= 0 && time.tv_usec < 1000000;
}

static void tell_timer(struct timer timer, struct itimerval *out)
{
    out->it_interval = time_of(timer.interval_ns);
    out->it_value = time_of(timer.left_ns);
}

int setitimer(int which, const struct itimerval *timer, struct itimerval *old)
{
    struct timer wanted = {0, 0}, before;
    if (which != ITIMER_REAL)
        return psock_guest_fail(EINVAL);
    if (timer != NULL) {
        if (!is_time(timer->it_value) || !is_time(timer->it_interval))
            return psock_guest_fail(EINVAL);
        wanted.left_ns = ns_of(timer->it_value);
        wanted.interval_ns = ns_of(timer->it_interval);
    }
    int result = set(wanted, &before);
    if (result == 0 && old != NULL)
        tell_timer(before, old);
    return (int)psock_guest_returned(result);
}

int getitimer(int which, struct itimerval *timer)
{
    if (which != ITIMER_REAL)
        return psock_guest_fail(EINVAL);
    if (timer == NULL)
        return psock_guest_fail(EFAULT);
    psock_guest_lock(&lock);
    struct timer now = current();
    psock_guest_unlock(&lock);
    tell_timer(now, timer);
    return 0;
}

/* Rounded to the nearest second, and never to none while there is something. */
unsigned int alarm(unsigned int seconds)
{
    struct timer wanted = {(int64_t)seconds * 1000000000, 0}, before;
    if (set(wanted, &before) != 0 || before.left_ns == 0)
        return 0;
    unsigned int left =
        (unsigned int)((before.left_ns + 500000000) / 1000000000);
    return left == 0 ? 1 : left;
}

useconds_t ualarm(useconds_t first_us, useconds_t interval_us)
{
    struct timer wanted = {first_us * 1000LL, interval_us * 1000LL}, before;
    if (set(wanted, &before) != 0)
        return 0;
    return (useconds_t)((before.left_ns + 999) / 1000);
}
