/* sys_clock.c: CLOCK_MONOTONIC, and giving time away. */
#include "platform.h"

int64_t psock_sys_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void psock_sys_yield(void)
{
    sched_yield();
}
