/* connect.c: connections from beginning to end.
 *
 * Each connection of a batch is closed at once, and the other end, which is not
 * timed, is then closed by a reset, so that nothing lingers. */
#include <psock/psock.h>

#include "harness.h"
#include "raw.h"

#define LIMIT_MS 10000
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

struct listener {
    intptr_t socket;
    uint16_t port;
};

static struct listener raw;
static struct listener raw_again;
static struct listener ours;
static psock_address destination;

static void listen_all(void)
{
    raw.socket = raw_listener(&raw.port);
    raw_again.socket = raw_listener(&raw_again.port);
    ours.socket = raw_listener(&ours.port);
    BENCH_REQUIRE(psock_address_loopback(PSOCK_IPV4, ours.port, &destination) ==
                  0);
}

static void close_all(void)
{
    raw_close(raw.socket);
    raw_close(raw_again.socket);
    raw_close(ours.socket);
}

/* --- Accepting ------------------------------------------------------------ */

static void listen_and_adopt(void)
{
    listen_all();
    BENCH_REQUIRE(psock_native_adopt(ours.socket) == ours.socket);
}

static void dial(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_dial(listener->port, count);
}

static void hang_up(const void *context, uint64_t count)
{
    (void)context;
    raw_hang_up(count);
}

static void accept_raw(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_accepts(listener->socket, count);
}

static void accept_by(psock_t listener, psock_deadline deadline, uint64_t count)
{
    for (; count > 0; count--) {
        psock_address peer;
        psock_t s = psock_accept(listener, &peer, deadline);
        BENCH_REQUIRE(s >= 0);
        BENCH_REQUIRE(psock_close(s) == 0);
    }
}

static void accept_forever(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    accept_by(listener->socket, PSOCK_FOREVER, count);
}

static void accept_in_time(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    accept_by(listener->socket, psock_deadline_ms(LIMIT_MS), count);
}

static const struct bench_variant accept_variants[] = {
    {"raw", accept_raw, &raw, 0, 0},
    {"raw again", accept_raw, &raw_again, 0, 0},
    {"PSOCK_FOREVER", accept_forever, &ours, 1.025, 0},
    {"deadline", accept_in_time, &ours, 1.025, 0},
};

/* --- Connecting ----------------------------------------------------------- */

static void drain(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_drain(listener->socket, count);
}

static void connect_raw(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_connects(listener->port, count);
}

static void connect_raw_polled(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_polled_connects(listener->port, count);
}

static void connect_once(psock_deadline deadline)
{
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    BENCH_REQUIRE(s >= 0);
    BENCH_REQUIRE(psock_connect(s, &destination, deadline) == 0);
    BENCH_REQUIRE(psock_close(s) == 0);
}

static void connect_forever(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--)
        connect_once(PSOCK_FOREVER);
}

static void connect_in_time(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--)
        connect_once(psock_deadline_ms(LIMIT_MS));
}

/* A limit to connecting is set before and taken off after. */
static const struct bench_variant connect_variants[] = {
    {"raw", connect_raw, &raw, 0, 0},
    {"raw again", connect_raw, &raw_again, 0, 0},
    {"raw, may not wait for ever", connect_raw_polled, &raw_again, 0, 2},
    {"PSOCK_FOREVER", connect_forever, &ours, 1.01, 0},
    {"deadline", connect_in_time, &ours, 1.05, 2},
};

static const struct bench_group groups[] = {
    {.name = "accept",
     .operation = "accept with the peer's address, and close",
     .calls = 2,
     .slack = 0.025,
     .batch = RAW_DIALED_MAX,
     .prepare = listen_and_adopt,
     .dispose = close_all,
     .before = dial,
     .after = hang_up,
     .variants = accept_variants,
     .variant_count = COUNT_OF(accept_variants)},
    {.name = "connect",
     .operation = "open, connect by TCP, and close",
     .calls = 3,
     .slack = 0.02,
     .batch = RAW_DIALED_MAX,
     .prepare = listen_all,
     .dispose = close_all,
     .after = drain,
     .variants = connect_variants,
     .variant_count = COUNT_OF(connect_variants)},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, groups, COUNT_OF(groups));
}
