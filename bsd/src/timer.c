/* timer.c: timerfd_create() and its kin: a clock to be waited for.
 *
 * How often it has gone off is reckoned whenever somebody asks, so nothing runs
 * between; who waits for one beside others looks at it from time to time. */
#include "clock.h"
#include "eight.h"
#include "ready.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/timerfd.h>

#define NS_IN_S 1000000000LL

struct timer {
    struct psock_guest_mutex mutex;
    bool is_of_real_time;   /* what it was made for */
    bool follows_real_time; /* set to a moment of it */
    long long next_ns;      /* 0: it does not run */
    long long interval_ns;
    uint64_t unread;
};

/* --- Reckoning, with the lock held ------------------------------------------------ */

static long long clock_ns(const struct timer *timer)
{
    return timer->follows_real_time ? psock_guest_real_ns()
                                    : psock_guest_monotonic_ns();
}

static void bring_up_to_date(struct timer *timer)
{
    const long long late_ns = clock_ns(timer) - timer->next_ns;
    if (timer->next_ns == 0 || late_ns < 0)
        return;
    if (timer->interval_ns == 0) {
        timer->unread++;
        timer->next_ns = 0;
        return;
    }
    const long long times = late_ns / timer->interval_ns + 1;
    timer->unread += (uint64_t)times;
    timer->next_ns += times * timer->interval_ns;
}

static struct timespec spec_of(long long ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_IN_S),
                             .tv_nsec = (long)(ns % NS_IN_S)};
}

/* One that goes off this very moment has still something left. */
static void tell_left(struct timer *timer, struct itimerspec *left)
{
    bring_up_to_date(timer);
    long long left_ns =
        timer->next_ns == 0 ? 0 : timer->next_ns - clock_ns(timer);
    if (timer->next_ns != 0 && left_ns <= 0)
        left_ns = 1;
    left->it_value = spec_of(left_ns);
    left->it_interval = spec_of(timer->interval_ns);
}

static void set(struct timer *timer, int flags, long long value_ns,
                long long interval_ns)
{
    const bool is_moment = (flags & TFD_TIMER_ABSTIME) != 0;
    timer->follows_real_time = is_moment && timer->is_of_real_time;
    timer->interval_ns = interval_ns;
    timer->unread = 0;
    timer->next_ns = value_ns;
    if (value_ns != 0 && !is_moment)
        timer->next_ns += clock_ns(timer);
}

/* --- What such a description does ---------------------------------------------------- */

static short timer_now(struct psock_guest *guest, short wanted)
{
    struct timer *timer = guest->state;
    psock_guest_lock(&timer->mutex);
    bring_up_to_date(timer);
    short bits = timer->unread > 0 ? POLLIN : 0;
    psock_guest_unlock(&timer->mutex);
    return bits & wanted;
}

static uint64_t take_unread(struct timer *timer)
{
    psock_guest_lock(&timer->mutex);
    bring_up_to_date(timer);
    uint64_t unread = timer->unread;
    timer->unread = 0;
    psock_guest_unlock(&timer->mutex);
    return unread;
}

static ptrdiff_t take_until(struct psock_guest *guest, uint64_t *value)
{
    psock_deadline deadline = psock_guest_receive_deadline(guest, 0);
    ptrdiff_t result = 1;
    while ((*value = take_unread(guest->state)) == 0 && result > 0)
        result = psock_guest_wait(guest, POLLIN, deadline);
    return *value > 0 ? (ptrdiff_t)sizeof *value : result;
}

static ssize_t timer_read(struct psock_guest *guest, const struct iovec *pieces,
                          int count)
{
    ptrdiff_t result;
    uint64_t value;
    if (!psock_guest_has_eight(pieces, count))
        return -EINVAL;
    psock_guest_may_wait();
    do
        result = take_until(guest, &value);
    while (psock_guest_goes_on_in(guest, &result, true));
    if (result < 0)
        return -psock_guest_errno(result);
    psock_guest_put_eight(value, pieces);
    return result;
}

static void timer_close(struct psock_guest *guest)
{
    free(guest->state);
}

static const struct psock_guest_class timer_class = {
    .read = timer_read, .close = timer_close, .now = timer_now};

/* --- The calls -------------------------------------------------------------------------- */

static struct psock_guest *new_timer(clockid_t clock, int flags)
{
    struct psock_guest *guest = psock_guest_new(&timer_class);
    if (guest == NULL)
        return NULL;
    struct timer *timer = calloc(1, sizeof *timer);
    guest->state = timer;
    if (timer == NULL) {
        psock_guest_drop(guest);
        errno = ENOMEM;
        return NULL;
    }
    timer->is_of_real_time = clock == CLOCK_REALTIME;
    atomic_store(&guest->flags, O_RDWR | (flags & TFD_NONBLOCK));
    return guest;
}

int timerfd_create(clockid_t clock, int flags)
{
    if ((clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC &&
         clock != CLOCK_BOOTTIME) ||
        (flags & ~(TFD_NONBLOCK | TFD_CLOEXEC)) != 0)
        return psock_guest_fail(EINVAL);
    struct psock_guest *guest = new_timer(clock, flags);
    if (guest == NULL)
        return -1;
    return psock_guest_number(guest, 0,
                              (flags & TFD_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
}

/* Held; null with errno. */
static struct psock_guest *hold_timer(int fd)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest != NULL && guest->class == &timer_class)
        return guest;
    errno = guest != NULL || psock_guest_is_plain(fd) ? EINVAL : EBADF;
    if (guest != NULL)
        psock_guest_drop(guest);
    return NULL;
}

/* Nanoseconds, at most what they can be; below zero for no time. */
static long long ns_of(const struct timespec *time)
{
    const int64_t seconds = time->tv_sec;
    if (seconds < 0 || time->tv_nsec < 0 || time->tv_nsec >= NS_IN_S)
        return -1;
    if (seconds > INT64_MAX / NS_IN_S / 4)
        return INT64_MAX / 4;
    return seconds * NS_IN_S + time->tv_nsec;
}

static int set_held(struct timer *timer, int flags,
                    const struct itimerspec *time, struct itimerspec *before)
{
    const long long value_ns = ns_of(&time->it_value);
    const long long interval_ns = ns_of(&time->it_interval);
    if (value_ns < 0 || interval_ns < 0)
        return psock_guest_fail(EINVAL);
    psock_guest_lock(&timer->mutex);
    if (before != NULL)
        tell_left(timer, before);
    set(timer, flags, value_ns, interval_ns);
    psock_guest_unlock(&timer->mutex);
    return 0;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *time,
                    struct itimerspec *before)
{
    if (time == NULL)
        return psock_guest_fail(EFAULT);
    if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) != 0)
        return psock_guest_fail(EINVAL);
    struct psock_guest *guest = hold_timer(fd);
    if (guest == NULL)
        return -1;
    int result = set_held(guest->state, flags, time, before);
    if (result == 0)
        psock_guest_changed(guest);
    psock_guest_drop(guest);
    return result;
}

int timerfd_gettime(int fd, struct itimerspec *left)
{
    if (left == NULL)
        return psock_guest_fail(EFAULT);
    struct psock_guest *guest = hold_timer(fd);
    if (guest == NULL)
        return -1;
    struct timer *timer = guest->state;
    psock_guest_lock(&timer->mutex);
    tell_left(timer, left);
    psock_guest_unlock(&timer->mutex);
    psock_guest_drop(guest);
    return 0;
}
