/* settled.c: a table in which each socket has one place, which it may share. */
#include "platform.h"

#include <stdatomic.h>

#define PLACES 1024

/* 0: nobody, for that is no handle. */
static _Atomic(psock_t) places[PLACES];

/* Handles are close together and multiples of four, so the first thousand have
 * places of their own. */
static _Atomic(psock_t) *place_of(psock_t s)
{
    return &places[((size_t)s >> 2) % PLACES];
}

_Bool psock_win32_is_settled(psock_t s)
{
    return atomic_load_explicit(place_of(s), memory_order_relaxed) == s;
}

void psock_win32_settle(psock_t s)
{
    if (!psock_win32_is_settled(s))
        atomic_store_explicit(place_of(s), s, memory_order_relaxed);
}

void psock_win32_unsettle(psock_t s)
{
    if (psock_win32_is_settled(s))
        atomic_store_explicit(place_of(s), 0, memory_order_relaxed);
}
