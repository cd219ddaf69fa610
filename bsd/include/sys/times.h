/* <sys/times.h> of POSIX.1-2024. */
#ifndef _PSOCK_BSD_SYS_TIMES_H
#define _PSOCK_BSD_SYS_TIMES_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <time.h>

/* In ticks, of which sysconf(_SC_CLK_TCK) make a second. */
struct tms {
    clock_t tms_utime;
    clock_t tms_stime;
    clock_t tms_cutime;
    clock_t tms_cstime;
};

_PSOCK_BSD_BEGIN
clock_t times(struct tms *__times) _PSOCK_BSD_NAME(times);
_PSOCK_BSD_END

#endif
