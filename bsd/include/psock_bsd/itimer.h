/* itimer.h: timers that raise signals; part of <sys/time.h>. */
#ifndef _PSOCK_BSD_ITIMER_H
#define _PSOCK_BSD_ITIMER_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#define ITIMER_REAL 0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF 2

struct itimerval {
    struct timeval it_interval;
    struct timeval it_value;
};

_PSOCK_BSD_BEGIN

/* ITIMER_REAL alone: the others are EINVAL. */
int setitimer(int __which, const struct itimerval *_PSOCK_BSD_RESTRICT __timer,
              struct itimerval *_PSOCK_BSD_RESTRICT __old)
    _PSOCK_BSD_NAME(setitimer);
int getitimer(int __which, struct itimerval *__timer)
    _PSOCK_BSD_NAME(getitimer);

_PSOCK_BSD_END

#endif
