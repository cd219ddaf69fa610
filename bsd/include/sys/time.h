/* <sys/time.h> of POSIX.1-2008, and what Linux adds. */
#ifndef _PSOCK_BSD_SYS_TIME_H
#define _PSOCK_BSD_SYS_TIME_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/begin.h>
#include_next <sys/time.h>
#include <psock_bsd/end.h>
#include <psock_bsd/itimer.h>
/* Not where Winsock has an fd_set of its own. */
#if !defined(_WINSOCKAPI_) || defined(_PSOCK_BSD_HIDES_WINSOCK)
#include <sys/select.h>
#endif
#include <time.h>

#undef timerisset
#undef timercmp
#undef timerclear
#define timerisset(time) ((time)->tv_sec != 0 || (time)->tv_usec != 0)
#define timerclear(time) ((void)((time)->tv_sec = (time)->tv_usec = 0))
#define timercmp(first, second, order)                                         \
    ((first)->tv_sec == (second)->tv_sec                                       \
         ? (first)->tv_usec order(second)->tv_usec                             \
         : (first)->tv_sec order(second)->tv_sec)
#define timeradd(first, second, sum)                                           \
    do {                                                                       \
        (sum)->tv_sec = (first)->tv_sec + (second)->tv_sec;                    \
        (sum)->tv_usec = (first)->tv_usec + (second)->tv_usec;                 \
        if ((sum)->tv_usec >= 1000000) {                                       \
            ++(sum)->tv_sec;                                                   \
            (sum)->tv_usec -= 1000000;                                         \
        }                                                                      \
    } while (0)
#define timersub(first, second, rest)                                          \
    do {                                                                       \
        (rest)->tv_sec = (first)->tv_sec - (second)->tv_sec;                   \
        (rest)->tv_usec = (first)->tv_usec - (second)->tv_usec;                \
        if ((rest)->tv_usec < 0) {                                             \
            --(rest)->tv_sec;                                                  \
            (rest)->tv_usec += 1000000;                                        \
        }                                                                      \
    } while (0)

#define TIMEVAL_TO_TIMESPEC(from, to)                                          \
    ((void)((to)->tv_sec = (from)->tv_sec,                                     \
            (to)->tv_nsec = (from)->tv_usec * 1000))
#define TIMESPEC_TO_TIMEVAL(to, from)                                          \
    ((void)((to)->tv_sec = (from)->tv_sec,                                     \
            (to)->tv_usec = (from)->tv_nsec / 1000))

_PSOCK_BSD_BEGIN
int gettimeofday(struct timeval *_PSOCK_BSD_RESTRICT __now,
                 void *_PSOCK_BSD_RESTRICT __zone)
    _PSOCK_BSD_NAME(gettimeofday);
int settimeofday(const struct timeval *__now, const struct timezone *__zone)
    _PSOCK_BSD_NAME(settimeofday);
int utimes(const char *__path, const struct timeval __times[2])
    _PSOCK_BSD_NAME(utimes);
_PSOCK_BSD_END

#endif
