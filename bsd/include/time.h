/* <time.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_TIME_H
#define _PSOCK_BSD_TIME_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

/* Some of these are in a library for threads, some are static functions, and some
 * know no moment before 1970. */
#pragma push_macro("nanosleep")
#undef nanosleep
#define nanosleep _psock_bsd_hidden_nanosleep
#pragma push_macro("clock_nanosleep")
#undef clock_nanosleep
#define clock_nanosleep _psock_bsd_hidden_clock_nanosleep
#pragma push_macro("clock_getres")
#undef clock_getres
#define clock_getres _psock_bsd_hidden_clock_getres
#pragma push_macro("clock_gettime")
#undef clock_gettime
#define clock_gettime _psock_bsd_hidden_clock_gettime
#pragma push_macro("clock_settime")
#undef clock_settime
#define clock_settime _psock_bsd_hidden_clock_settime
#pragma push_macro("localtime")
#undef localtime
#define localtime _psock_bsd_hidden_localtime
#pragma push_macro("gmtime")
#undef gmtime
#define gmtime _psock_bsd_hidden_gmtime
#pragma push_macro("strftime")
#undef strftime
#define strftime _psock_bsd_hidden_strftime
#pragma push_macro("ctime")
#undef ctime
#define ctime _psock_bsd_hidden_ctime
#pragma push_macro("localtime_r")
#undef localtime_r
#define localtime_r _psock_bsd_hidden_localtime_r
#pragma push_macro("gmtime_r")
#undef gmtime_r
#define gmtime_r _psock_bsd_hidden_gmtime_r
#pragma push_macro("ctime_r")
#undef ctime_r
#define ctime_r _psock_bsd_hidden_ctime_r
#pragma push_macro("asctime_r")
#undef asctime_r
#define asctime_r _psock_bsd_hidden_asctime_r
#include <psock_bsd/begin.h>
#include_next <time.h>
#include <psock_bsd/end.h>
#if __has_include(<pthread_time.h>)
#include <psock_bsd/begin.h>
#include <pthread_time.h>
#include <psock_bsd/end.h>
#endif
#undef nanosleep
#pragma pop_macro("nanosleep")
#undef clock_nanosleep
#pragma pop_macro("clock_nanosleep")
#undef clock_getres
#pragma pop_macro("clock_getres")
#undef clock_gettime
#pragma pop_macro("clock_gettime")
#undef clock_settime
#pragma pop_macro("clock_settime")
#undef localtime
#pragma pop_macro("localtime")
#undef gmtime
#pragma pop_macro("gmtime")
#undef ctime
#pragma pop_macro("ctime")
#undef strftime
#pragma pop_macro("strftime")
#undef localtime_r
#pragma pop_macro("localtime_r")
#undef gmtime_r
#pragma pop_macro("gmtime_r")
#undef ctime_r
#pragma pop_macro("ctime_r")
#undef asctime_r
#pragma pop_macro("asctime_r")

#ifndef TIMER_ABSTIME
#define TIMER_ABSTIME 1
#endif
#ifndef CLOCK_REALTIME
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
typedef int clockid_t;
#endif
#ifndef CLOCK_REALTIME_COARSE
#define CLOCK_REALTIME_COARSE 4
#endif
#define CLOCK_MONOTONIC_RAW 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7

#ifndef TIME_UTC
#define TIME_UTC 1
#endif

/* Time of the processor in millionths of a second, as POSIX has it. */
#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000000)

_PSOCK_BSD_BEGIN
clock_t clock(void) _PSOCK_BSD_NAME(clock);
int clock_gettime(clockid_t __clock, struct timespec *__now)
    _PSOCK_BSD_NAME(clock_gettime);
int clock_getres(clockid_t __clock, struct timespec *__step)
    _PSOCK_BSD_NAME(clock_getres);
int clock_settime(clockid_t __clock, const struct timespec *__now)
    _PSOCK_BSD_NAME(clock_settime);
int clock_nanosleep(clockid_t __clock, int __flags,
                    const struct timespec *__wanted, struct timespec *__left)
    _PSOCK_BSD_NAME(clock_nanosleep);
int nanosleep(const struct timespec *__wanted, struct timespec *__left)
    _PSOCK_BSD_NAME(nanosleep);
int timespec_get(struct timespec *__now, int __base)
    _PSOCK_BSD_NAME(timespec_get);

struct tm *gmtime(const time_t *__time) _PSOCK_BSD_NAME(gmtime);
struct tm *gmtime_r(const time_t *_PSOCK_BSD_RESTRICT __time,
                    struct tm *_PSOCK_BSD_RESTRICT __date)
    _PSOCK_BSD_NAME(gmtime_r);
struct tm *localtime(const time_t *__time) _PSOCK_BSD_NAME(localtime);
struct tm *localtime_r(const time_t *_PSOCK_BSD_RESTRICT __time,
                       struct tm *_PSOCK_BSD_RESTRICT __date)
    _PSOCK_BSD_NAME(localtime_r);
time_t timegm(struct tm *__date) _PSOCK_BSD_NAME(timegm);
time_t timelocal(struct tm *__date) _PSOCK_BSD_NAME(timelocal);

char *asctime(const struct tm *__date) _PSOCK_BSD_NAME(asctime);
char *asctime_r(const struct tm *_PSOCK_BSD_RESTRICT __date,
                char *_PSOCK_BSD_RESTRICT __text) _PSOCK_BSD_NAME(asctime_r);
char *ctime(const time_t *__time) _PSOCK_BSD_NAME(ctime);
char *ctime_r(const time_t *__time, char *__text) _PSOCK_BSD_NAME(ctime_r);
size_t strftime(char *_PSOCK_BSD_RESTRICT __text, size_t __size,
                const char *_PSOCK_BSD_RESTRICT __format,
                const struct tm *_PSOCK_BSD_RESTRICT __date)
    _PSOCK_BSD_NAME(strftime)
        __attribute__((__format__(__gnu_strftime__, 3, 0)));
char *strptime(const char *_PSOCK_BSD_RESTRICT __text,
               const char *_PSOCK_BSD_RESTRICT __format,
               struct tm *_PSOCK_BSD_RESTRICT __date)
    _PSOCK_BSD_NAME(strptime);
_PSOCK_BSD_END

#endif
