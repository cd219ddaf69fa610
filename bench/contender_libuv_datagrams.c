/* contender_libuv_datagrams.c: libuv, by uv_udp_t. */
#define _GNU_SOURCE /* uv.h wants all of pthread.h */

#include "contender_datagrams.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "harness.h"
#include "raw_message.h"

/* It divides the room for its batches in pieces of 64 KiB, of which it uses no
 * more than this. */
#define PIECES 20
#define PIECE 65536

static struct {
    uv_loop_t loop;
    uv_udp_t sender;
    uv_udp_t receiver;
    struct sockaddr_in to;
    uv_udp_send_t requests[RAW_ROW_MAX];
    size_t row;
    size_t sent;
    size_t received;
} uv;

static char *room;
static char data[RAW_DATAGRAM];

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(room, PIECES * PIECE);
}

/* Without an address it is the end of a batch or of what there is. */
static void on_datagram(uv_udp_t *handle, ssize_t size, const uv_buf_t *buffer,
                        const struct sockaddr *from, unsigned flags)
{
    (void)handle;
    (void)buffer;
    (void)flags;
    BENCH_REQUIRE(size == (from == NULL ? 0 : RAW_DATAGRAM));
    if (from != NULL)
        uv.received++;
}

static void on_sent(uv_udp_send_t *request, int status)
{
    (void)request;
    BENCH_REQUIRE(status == 0);
    uv.sent++;
}

void libuv_open_row(size_t count)
{
    int length = sizeof uv.to;
    const struct raw_pair pair = raw_datagram_pair();
    room = malloc((size_t)PIECES * PIECE);
    BENCH_REQUIRE(room != NULL && count <= RAW_ROW_MAX);
    uv.row = count;
    BENCH_REQUIRE(uv_loop_init(&uv.loop) == 0);
    BENCH_REQUIRE(uv_udp_init(&uv.loop, &uv.sender) == 0);
    BENCH_REQUIRE(uv_udp_init_ex(&uv.loop, &uv.receiver,
                                 AF_UNSPEC | UV_UDP_RECVMMSG) == 0);
    BENCH_REQUIRE(uv_udp_open(&uv.sender, (uv_os_sock_t)pair.ends[0]) == 0);
    BENCH_REQUIRE(uv_udp_open(&uv.receiver, (uv_os_sock_t)pair.ends[1]) == 0);
    BENCH_REQUIRE(uv_udp_getsockname(&uv.receiver, (struct sockaddr *)&uv.to,
                                     &length) == 0);
    BENCH_REQUIRE(uv_udp_recv_start(&uv.receiver, give_room, on_datagram) == 0);
}

void libuv_close_row(void)
{
    uv_close((uv_handle_t *)&uv.sender, NULL);
    uv_close((uv_handle_t *)&uv.receiver, NULL);
    uv_run(&uv.loop, UV_RUN_DEFAULT);
    BENCH_REQUIRE(uv_loop_close(&uv.loop) == 0);
    free(room);
}

static void receive_row(void)
{
    while (uv.received < uv.row)
        uv_run(&uv.loop, UV_RUN_ONCE);
    BENCH_REQUIRE(uv.received == uv.row);
    uv.received = 0;
}

void libuv_try_rows(const void *context, uint64_t count)
{
    const uv_buf_t buffer = uv_buf_init(data, RAW_DATAGRAM);
    (void)context;
    for (; count > 0; count--) {
        for (size_t i = 0; i < uv.row; i++)
            BENCH_REQUIRE(uv_udp_try_send(&uv.sender, &buffer, 1,
                                          (const struct sockaddr *)&uv.to) ==
                          RAW_DATAGRAM);
        receive_row();
    }
}

void libuv_send_rows(const void *context, uint64_t count)
{
    const uv_buf_t buffer = uv_buf_init(data, RAW_DATAGRAM);
    (void)context;
    for (; count > 0; count--) {
        for (size_t i = 0; i < uv.row; i++)
            BENCH_REQUIRE(uv_udp_send(&uv.requests[i], &uv.sender, &buffer, 1,
                                      (const struct sockaddr *)&uv.to,
                                      on_sent) == 0);
        while (uv.sent < uv.row)
            uv_run(&uv.loop, UV_RUN_ONCE);
        uv.sent = 0;
        receive_row();
    }
}
