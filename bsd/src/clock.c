/* clock.c: clocks, and sleeping. */
#include "clock.h"

#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#define NS_PER_SECOND 1000000000LL
#define NS_PER_TICK (NS_PER_SECOND / 100)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

unsigned sleep(unsigned seconds) _PSOCK_BSD_NAME(sleep);
int usleep(unsigned us) _PSOCK_BSD_NAME(usleep);

/* --- Clocks ---------------------------------------------------------------- */

static long long process_ns(void)
{
    struct psock_guest_cpu used = psock_guest_process_cpu();
    return used.user_ns + used.system_ns;
}

static long long thread_ns(void)
{
    struct psock_guest_cpu used = psock_guest_thread_cpu();
    return used.user_ns + used.system_ns;
}

typedef long long clock_now_ns(void);

static clock_now_ns *const clocks[] = {
    [CLOCK_REALTIME] = psock_guest_real_ns,
    [CLOCK_MONOTONIC] = psock_guest_monotonic_ns,
    [CLOCK_PROCESS_CPUTIME_ID] = process_ns,
    [CLOCK_THREAD_CPUTIME_ID] = thread_ns,
    [CLOCK_REALTIME_COARSE] = psock_guest_real_ns,
    [CLOCK_MONOTONIC_RAW] = psock_guest_monotonic_ns,
    [CLOCK_MONOTONIC_COARSE] = psock_guest_monotonic_ns,
    [CLOCK_BOOTTIME] = psock_guest_monotonic_ns,
};

static clock_now_ns *clock_of(clockid_t id)
{
    return id >= 0 && (size_t)id < COUNT_OF(clocks) ? clocks[id] : NULL;
}

static struct timespec timespec_of(long long ns)
{
    struct timespec time;
    time.tv_sec = (time_t)(ns / NS_PER_SECOND);
    time.tv_nsec = (long)(ns % NS_PER_SECOND);
    return time;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    clock_now_ns *clock_now = clock_of(id);
    if (clock_now == NULL)
        return psock_guest_fail(EINVAL);
    if (now == NULL)
        return psock_guest_fail(EFAULT);
    *now = timespec_of(clock_now());
    return 0;
}

int clock_getres(clockid_t id, struct timespec *step)
{
    if (clock_of(id) == NULL)
        return psock_guest_fail(EINVAL);
    if (step != NULL)
        *step = timespec_of(100);
    return 0;
}

int clock_settime(clockid_t id, const struct timespec *now)
{
    (void)now;
    return psock_guest_fail(id == CLOCK_REALTIME ? EPERM : EINVAL);
}

int timespec_get(struct timespec *now, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base
                                                                       : 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    if (zone != NULL)
        *(struct timezone *)zone = (struct timezone){0, 0};
    if (now == NULL)
        return 0;
    struct timespec time = timespec_of(psock_guest_real_ns());
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return 0;
}

int settimeofday(const struct timeval *now, const struct timezone *zone)
{
    (void)now;
    (void)zone;
    return psock_guest_fail(EPERM);
}

/* --- Time of the processor --------------------------------------------------- */

clock_t clock(void)
{
    return (clock_t)(process_ns() / 1000);
}

clock_t times(struct tms *times)
{
    struct psock_guest_cpu used = psock_guest_process_cpu();
    if (times != NULL) {
        times->tms_utime = (clock_t)(used.user_ns / NS_PER_TICK);
        times->tms_stime = (clock_t)(used.system_ns / NS_PER_TICK);
        times->tms_cutime = 0;
        times->tms_cstime = 0;
    }
    return (clock_t)(psock_guest_monotonic_ns() / NS_PER_TICK);
}

/* --- Sleeping ---------------------------------------------------------------- */

/* Returns 0 or an error of POSIX below zero: -EINTR. */
static int sleep_until(psock_deadline deadline)
{
    ptrdiff_t result;
    psock_guest_may_wait();
    do
        result = psock_poll(NULL, 0, deadline);
    while (psock_guest_goes_on(&result, false));
    return result == PSOCK_ETIMEDOUT || result == PSOCK_EAGAIN
               ? 0
               : -psock_guest_errno(result);
}

static int check_timespec(const struct timespec *time)
{
    if (time == NULL)
        return -EFAULT;
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= NS_PER_SECOND)
        return -EINVAL;
    return 0;
}

static long long ns_of(const struct timespec *time)
{
    long long seconds = time->tv_sec;
    if (seconds >= INT64_MAX / NS_PER_SECOND)
        return INT64_MAX;
    return seconds * NS_PER_SECOND + time->tv_nsec;
}

static int sleep_for(const struct timespec *wanted, struct timespec *left)
{
    psock_deadline deadline = psock_deadline_ns(ns_of(wanted));
    int error = sleep_until(deadline);
    if (error == -EINTR && left != NULL)
        *left = timespec_of(psock_deadline_left_ns(deadline));
    return error;
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    int error = check_timespec(wanted);
    if (error == 0)
        error = sleep_for(wanted, left);
    return error < 0 ? psock_guest_fail(-error) : 0;
}

/* Returns the error itself, as POSIX wants it. */
int clock_nanosleep(clockid_t id, int flags, const struct timespec *wanted,
                    struct timespec *left)
{
    clock_now_ns *clock_now = clock_of(id);
    if (clock_now == NULL || id == CLOCK_THREAD_CPUTIME_ID)
        return EINVAL;
    if (id == CLOCK_PROCESS_CPUTIME_ID)
        return EOPNOTSUPP;
    int error = check_timespec(wanted);
    if (error < 0)
        return -error;
    if ((flags & TIMER_ABSTIME) == 0)
        return -sleep_for(wanted, left);
    long long ns = ns_of(wanted) - clock_now();
    return ns > 0 ? -sleep_until(psock_deadline_ns(ns)) : 0;
}

/* Returns the whole seconds that are left. */
unsigned sleep(unsigned seconds)
{
    struct timespec wanted = {(time_t)seconds, 0};
    struct timespec left = {0, 0};
    return sleep_for(&wanted, &left) == 0 ? 0 : (unsigned)left.tv_sec;
}

int usleep(unsigned us)
{
    struct timespec wanted = timespec_of(us * 1000LL);
    return nanosleep(&wanted, NULL);
}
