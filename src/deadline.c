/* deadline.c: moments, and waiting until one. */
#include "policy.h"

#define NANOSECONDS_PER_MS INT64_C(1000000)

psock_deadline psock_deadline_ns(int64_t timeout_ns)
{
    int64_t now = psock_sys_clock_ns();
    if (timeout_ns > INT64_MAX - now)
        return PSOCK_FOREVER;
    return timeout_ns > 0 ? now + timeout_ns : now;
}

psock_deadline psock_deadline_ms(int64_t timeout_ms)
{
    if (timeout_ms > INT64_MAX / NANOSECONDS_PER_MS)
        return PSOCK_FOREVER;
    if (timeout_ms < 0)
        timeout_ms = 0;
    return psock_deadline_ns(timeout_ms * NANOSECONDS_PER_MS);
}

int64_t psock_deadline_left_ns(psock_deadline deadline)
{
    if (deadline == PSOCK_FOREVER)
        return INT64_MAX;
    if (deadline <= 0)
        return 0;
    int64_t left = deadline - psock_sys_clock_ns();
    return left > 0 ? left : 0;
}

int64_t psock_timeout_ns(psock_deadline deadline)
{
    return deadline == PSOCK_FOREVER ? -1 : psock_deadline_left_ns(deadline);
}

/* One wait, of as much as is left.  The system may wake early. */
static int wait_once(psock_t s, unsigned events, psock_deadline deadline)
{
    int64_t timeout_ns = psock_timeout_ns(deadline);
    if (timeout_ns == 0)
        return PSOCK_ETIMEDOUT;
    return psock_sys_wait(s, events, psock_canceler(), timeout_ns);
}

int psock_wait_for(psock_t s, unsigned events, psock_deadline deadline)
{
    if (deadline == PSOCK_NOW)
        return PSOCK_EAGAIN;
    int result;
    do {
        result = wait_once(s, events, deadline);
    } while (result == 0 || result == PSOCK_EINTR);
    return result;
}

/* Until when to wait before trying again what no event will tell. */
#define PAUSE_NS INT64_C(2000000)

int psock_pause(psock_deadline deadline)
{
    if (deadline == PSOCK_NOW)
        return PSOCK_EAGAIN;
    int64_t left_ns = psock_deadline_left_ns(deadline);
    if (left_ns == 0)
        return PSOCK_ETIMEDOUT;
    int result = psock_sys_poll(NULL, 0, psock_canceler(),
                                left_ns < PAUSE_NS ? left_ns : PAUSE_NS);
    return result == PSOCK_EINTR ? 0 : result;
}

int psock_may_go_on(psock_deadline deadline)
{
    if (deadline == PSOCK_NOW)
        return 0;
    if (deadline != PSOCK_FOREVER && psock_deadline_left_ns(deadline) == 0)
        return PSOCK_ETIMEDOUT;
    psock_waker *canceler = psock_canceler();
    int result = canceler == NULL ? 0 : psock_sys_poll(NULL, 0, canceler, 0);
    return result == PSOCK_ECANCELED ? result : 0;
}
