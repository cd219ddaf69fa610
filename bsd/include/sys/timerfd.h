/* <sys/timerfd.h> of Linux. */
#ifndef _PSOCK_BSD_SYS_TIMERFD_H
#define _PSOCK_BSD_SYS_TIMERFD_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <fcntl.h>
#include <time.h>

#define TFD_NONBLOCK O_NONBLOCK
#define TFD_CLOEXEC O_CLOEXEC

#define TFD_TIMER_ABSTIME 1
#define TFD_TIMER_CANCEL_ON_SET 2

_PSOCK_BSD_BEGIN

int timerfd_create(clockid_t __clock, int __flags)
    _PSOCK_BSD_NAME(timerfd_create);
int timerfd_settime(int __fd, int __flags, const struct itimerspec *__time,
                    struct itimerspec *__before)
    _PSOCK_BSD_NAME(timerfd_settime);
int timerfd_gettime(int __fd, struct itimerspec *__left)
    _PSOCK_BSD_NAME(timerfd_gettime);

_PSOCK_BSD_END

#endif
