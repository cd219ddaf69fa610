/* contender_datagrams.h: libuv's way with datagrams, beside raw_message.h. */
#ifndef BENCH_CONTENDER_DATAGRAMS_H
#define BENCH_CONTENDER_DATAGRAMS_H

#include <stddef.h>
#include <stdint.h>

#ifdef BENCH_LIBUV

/* Makes a pair of sockets and its handles, for rows of `count`. */
void libuv_open_row(size_t count);
void libuv_close_row(void);

/* Rows, in one loop's thread: sent by uv_udp_try_send(), and by uv_udp_send();
 * received, in either case, with UV_UDP_RECVMMSG.  No context. */
void libuv_try_rows(const void *context, uint64_t count);
void libuv_send_rows(const void *context, uint64_t count);

/* Its part of a table of variants. */
#define LIBUV_VARIANTS                                                         \
    {"libuv, uv_udp_try_send", libuv_try_rows, NULL, 0, BENCH_UNCOUNTED},      \
        {"libuv, uv_udp_send", libuv_send_rows, NULL, 0, BENCH_UNCOUNTED},

#else

static inline void libuv_open_row(size_t count)
{
    (void)count;
}

static inline void libuv_close_row(void)
{
}

#define LIBUV_VARIANTS

#endif

#endif
