/* contenders.c: see contender.h. */
#include "contender.h"

const struct contender *const contenders[] = {
    &contender_raw,         &contender_raw, &contender_psock,
#ifndef _WIN32 /* there each one that waits makes Wine slower for all */
    &contender_psock_whole,
#endif
#ifdef BENCH_LIBUV
    &contender_libuv,
#endif
#ifdef BENCH_LIBEVENT
    &contender_libevent,
#endif
    &contender_poll,
#ifdef _WIN32
    &contender_select,
#endif
};

const size_t contender_count = sizeof contenders / sizeof *contenders;
