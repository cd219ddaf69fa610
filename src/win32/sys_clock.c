/* sys_clock.c: the performance counter, and giving time away. */
#include "platform.h"

#define NANOSECONDS_PER_SECOND INT64_C(1000000000)

/* Its rate is fixed when the system starts.  Seconds and the rest are converted
 * apart, as the product of the whole would overflow within hours. */
int64_t psock_sys_clock_ns(void)
{
    LARGE_INTEGER count;
    LARGE_INTEGER rate;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&rate);
    int64_t seconds = count.QuadPart / rate.QuadPart;
    int64_t rest = count.QuadPart % rate.QuadPart;
    return seconds * NANOSECONDS_PER_SECOND +
           rest * NANOSECONDS_PER_SECOND / rate.QuadPart;
}

void psock_sys_yield(void)
{
    SwitchToThread();
}
