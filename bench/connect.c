/* connect.c: connections from beginning to end.
 *
 * They are made and closed in batches, of which one step is timed.  Whichever
 * end is closed last is reset, so that nothing lingers. */
#include <stdio.h>

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

/* psock's sockets of the batch.  What is not timed is done in the raw way to
 * them, too, so that only what is timed differs. */
static psock_t held[RAW_BATCH];

static void close_held(const struct listener *listener, uint64_t count)
{
    for (uint64_t i = 0; listener == &ours && i < count; i++)
        raw_hold(i, held[i]);
    raw_closes(count);
}

static void listen_all(void)
{
    raw.socket = raw_listener(&raw.port);
    raw_again.socket = raw_listener(&raw_again.port);
    ours.socket = raw_listener(&ours.port);
    BENCH_REQUIRE(psock_address_loopback(PSOCK_IPV4, ours.port, &destination) ==
                  0);
}

static void unlisten_all(void)
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

static void dial_raw(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_dial(listener->port, count);
}

static void close_and_hang_up(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    close_held(listener, count);
    raw_hang_up(count);
}

static void accept_raw(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_accepts(listener->socket, count);
}

static void accept_raw_uninherited(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_uninherited_accepts(listener->socket, count);
}

static void accept_by(psock_t listener, psock_deadline deadline, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        psock_address peer;
        held[i] = psock_accept(listener, &peer, deadline);
        BENCH_REQUIRE(held[i] >= 0);
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
    {"raw, not inherited", accept_raw_uninherited, &raw_again, 0, 0},
    {"PSOCK_FOREVER", accept_forever, &ours, 1.025, 0},
    {"deadline", accept_in_time, &ours, 1.025, 0},
};

/* --- Connecting ----------------------------------------------------------- */

static void close_and_drain(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    close_held(listener, count);
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

static psock_t connected(psock_deadline deadline)
{
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    BENCH_REQUIRE(s >= 0);
    BENCH_REQUIRE(psock_connect(s, &destination, deadline) == 0);
    return s;
}

static void connect_forever(const void *context, uint64_t count)
{
    (void)context;
    for (uint64_t i = 0; i < count; i++)
        held[i] = connected(PSOCK_FOREVER);
}

static void connect_in_time(const void *context, uint64_t count)
{
    (void)context;
    for (uint64_t i = 0; i < count; i++)
        held[i] = connected(psock_deadline_ms(LIMIT_MS));
}

/* A limit to connecting is set before and taken off after. */
static const struct bench_variant connect_variants[] = {
    {"raw", connect_raw, &raw, 0, 0},
    {"raw again", connect_raw, &raw_again, 0, 0},
    {"raw, may not wait for ever", connect_raw_polled, &raw_again, 0, 2},
    {"PSOCK_FOREVER", connect_forever, &ours, 1.01, 0},
    {"deadline", connect_in_time, &ours, 1.05, 1},
};

/* --- Dialing -------------------------------------------------------------- */

static char port_text[8];

static void listen_and_write(void)
{
    listen_all();
    snprintf(port_text, sizeof port_text, "%u", (unsigned)ours.port);
}

static void dial_by(psock_deadline deadline, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        held[i] = psock_dial("127.0.0.1", port_text, NULL, deadline);
        BENCH_REQUIRE(held[i] >= 0);
    }
}

static void dial_forever(const void *context, uint64_t count)
{
    (void)context;
    dial_by(PSOCK_FOREVER, count);
}

static void dial_in_time(const void *context, uint64_t count)
{
    (void)context;
    dial_by(psock_deadline_ms(LIMIT_MS), count);
}

/* The raw ones are those of connecting: nobody is asked for an address.  Beside
 * the calls of a limit there is one that makes sure that it did not connect to
 * itself. */
static const struct bench_variant dial_variants[] = {
    {"raw", connect_raw, &raw, 0, 0},
    {"raw again", connect_raw, &raw_again, 0, 0},
    {"raw, may not wait for ever", connect_raw_polled, &raw_again, 0, 2},
    {"PSOCK_FOREVER", dial_forever, &ours, 1.10, 1},
    {"deadline", dial_in_time, &ours, 1.10, 2},
};

/* --- Closing -------------------------------------------------------------- */

static void connect_batch(const void *context, uint64_t count)
{
    connect_raw(context, count);
    for (uint64_t i = 0; i < count; i++)
        held[i] = raw_held(i);
}

static void close_raw(const void *context, uint64_t count)
{
    (void)context;
    raw_closes(count);
}

static void close_ours(const void *context, uint64_t count)
{
    (void)context;
    for (uint64_t i = 0; i < count; i++)
        BENCH_REQUIRE(psock_close(held[i]) == 0);
}

static void drain(const void *context, uint64_t count)
{
    const struct listener *listener = context;
    raw_drain(listener->socket, count);
}

/* psock asks first whether it is a socket that it closes. */
static const struct bench_variant close_variants[] = {
    {"raw", close_raw, &raw, 0, 0},
    {"raw again", close_raw, &raw_again, 0, 0},
    {"psock", close_ours, &ours, 0, 1},
};

static const struct bench_group groups[] = {
    {.name = "accept",
     .operation = "accept with the peer's address",
     .calls = 1,
     .instructions = 30,
     .slack = 0.025,
     .batch = RAW_BATCH,
     .prepare = listen_and_adopt,
     .dispose = unlisten_all,
     .before = dial_raw,
     .after = close_and_hang_up,
     .variants = accept_variants,
     .variant_count = COUNT_OF(accept_variants)},
    {.name = "connect",
     .operation = "open, and connect by TCP",
     .calls = 2,
     .instructions = 70,
     .slack = 0.02,
     .batch = RAW_BATCH,
     .prepare = listen_all,
     .dispose = unlisten_all,
     .after = close_and_drain,
     .variants = connect_variants,
     .variant_count = COUNT_OF(connect_variants)},
    {.name = "dial",
     .operation = "connect to a numeric address and port, written out",
     .calls = 2,
     .instructions = 750,
     .slack = 0.02,
     .batch = RAW_BATCH,
     .prepare = listen_and_write,
     .dispose = unlisten_all,
     .after = close_and_drain,
     .variants = dial_variants,
     .variant_count = COUNT_OF(dial_variants)},
    {.name = "close",
     .operation = "close a connection",
     .calls = 1,
     .batch = RAW_BATCH,
     .prepare = listen_all,
     .dispose = unlisten_all,
     .before = connect_batch,
     .after = drain,
     .variants = close_variants,
     .variant_count = COUNT_OF(close_variants)},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, groups, COUNT_OF(groups));
}
