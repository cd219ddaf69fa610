/* call.c: sending and receiving.
 *
 * The data are always there, or always not, so what is timed is the way through
 * the call and nothing else. */
#include <psock/psock.h>

#include "harness.h"
#include "raw.h"

#define LIMIT_MS 10000
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static char room[64];

/* What a group works on: the sockets of the two raw variants, and psock's,
 * which were made in the same way and then adopted. */
static struct raw_pair raw;
static struct raw_pair raw_again;
static struct raw_pair ours;

static void adopt(void)
{
    for (size_t i = 0; i < 2; i++)
        if (ours.ends[i] >= 0)
            BENCH_REQUIRE(psock_native_adopt(ours.ends[i]) == ours.ends[i]);
}

static void make_pairs(struct raw_pair (*make)(void))
{
    raw = make();
    raw_again = make();
    ours = make();
    adopt();
}

static void close_pairs(void)
{
    raw_close_pair(&ours);
    raw_close_pair(&raw_again);
    raw_close_pair(&raw);
}

/* --- One byte on a stream ------------------------------------------------- */

static void make_streams(void)
{
    make_pairs(raw_stream_pair);
}

static void raw_trips(const void *pair, uint64_t count)
{
    raw_stream_round_trips(pair, count);
}

/* The deadline is seen through, so that it is no constant to the compiler, as
 * it seldom is one in a program. */
static void trips(const void *deadline_seen, uint64_t count)
{
    const volatile psock_deadline *seen = deadline_seen;
    const psock_deadline deadline = *seen;
    const psock_t near = ours.ends[0];
    const psock_t far = ours.ends[1];
    for (; count > 0; count--) {
        BENCH_REQUIRE(psock_send(near, "x", 1, 0, deadline) == 1);
        BENCH_REQUIRE(psock_recv(far, room, sizeof room, 0, deadline) == 1);
        BENCH_REQUIRE(psock_send(far, "x", 1, 0, deadline) == 1);
        BENCH_REQUIRE(psock_recv(near, room, sizeof room, 0, deadline) == 1);
    }
}

static void send_soon(psock_t s)
{
    BENCH_REQUIRE(psock_send(s, "x", 1, 0, psock_deadline_ms(LIMIT_MS)) == 1);
}

static void recv_soon(psock_t s)
{
    BENCH_REQUIRE(
        psock_recv(s, room, sizeof room, 0, psock_deadline_ms(LIMIT_MS)) == 1);
}

static void soon_trips(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        send_soon(ours.ends[0]);
        recv_soon(ours.ends[1]);
        send_soon(ours.ends[1]);
        recv_soon(ours.ends[0]);
    }
}

static const psock_deadline forever = PSOCK_FOREVER;
static const psock_deadline now = PSOCK_NOW;
static const psock_deadline far_away = PSOCK_FOREVER - 1;

static const struct bench_variant stream_variants[] = {
    {"raw", raw_trips, &raw, 0, 0},
    {"raw again", raw_trips, &raw_again, 0, 0},
    {"PSOCK_FOREVER", trips, &forever, 1.015, 0},
    {"PSOCK_NOW", trips, &now, 1.015, 0},
    {"deadline", trips, &far_away, 1.02, 0},
    {"deadline made for each call", soon_trips, NULL, 0, 0},
};

/* --- Two buffers of one byte ---------------------------------------------- */

static void raw_vector_trips(const void *pair, uint64_t count)
{
    raw_vector_round_trips(pair, count);
}

static void vector_trips(const void *deadline_seen, uint64_t count)
{
    const volatile psock_deadline *seen = deadline_seen;
    const psock_deadline deadline = *seen;
    const psock_t near = ours.ends[0];
    const psock_t far = ours.ends[1];
    const psock_buffer pieces[2] = {{room, 1}, {room + 1, 1}};
    for (; count > 0; count--) {
        BENCH_REQUIRE(psock_send_vector(near, pieces, 2, 0, deadline) == 2);
        BENCH_REQUIRE(psock_recv_vector(far, pieces, 2, 0, deadline) == 2);
        BENCH_REQUIRE(psock_send_vector(far, pieces, 2, 0, deadline) == 2);
        BENCH_REQUIRE(psock_recv_vector(near, pieces, 2, 0, deadline) == 2);
    }
}

static const struct bench_variant vector_variants[] = {
    {"raw", raw_vector_trips, &raw, 0, 0},
    {"raw again", raw_vector_trips, &raw_again, 0, 0},
    {"PSOCK_FOREVER", vector_trips, &forever, 1.015, 0},
    {"PSOCK_NOW", vector_trips, &now, 1.015, 0},
};

/* --- One byte in a datagram ----------------------------------------------- */

static psock_address destination;

static void make_datagrams(void)
{
    make_pairs(raw_datagram_pair);
    BENCH_REQUIRE(psock_local(ours.ends[1], &destination) == 0);
}

static void raw_datagram_trips(const void *pair, uint64_t count)
{
    raw_datagrams(pair, count);
}

static void datagram_trips(const void *deadline_seen, uint64_t count)
{
    const volatile psock_deadline *seen = deadline_seen;
    const psock_deadline deadline = *seen;
    const psock_t near = ours.ends[0];
    const psock_t far = ours.ends[1];
    for (; count > 0; count--) {
        psock_address from;
        BENCH_REQUIRE(psock_send_to(near, "x", 1, 0, &destination, deadline) ==
                      1);
        BENCH_REQUIRE(
            psock_recv_from(far, room, sizeof room, 0, &from, deadline) == 1);
    }
}

static const struct bench_variant datagram_variants[] = {
    {"raw", raw_datagram_trips, &raw, 0, 0},
    {"raw again", raw_datagram_trips, &raw_again, 0, 0},
    {"PSOCK_FOREVER", datagram_trips, &forever, 1.015, 0},
    {"PSOCK_NOW", datagram_trips, &now, 1.015, 0},
};

/* --- Nothing there -------------------------------------------------------- */

static void make_empty(void)
{
    make_streams();
    raw_set_nonblocking(&raw);
    raw_set_nonblocking(&raw_again);
}

static void raw_empty(const void *pair, uint64_t count)
{
    raw_empty_receives(pair, count);
}

static void empty(const void *context, uint64_t count)
{
    const psock_t s = ours.ends[0];
    (void)context;
    for (; count > 0; count--)
        BENCH_REQUIRE(psock_recv(s, room, sizeof room, 0, PSOCK_NOW) ==
                      PSOCK_EAGAIN);
}

static const struct bench_variant empty_variants[] = {
    {"raw", raw_empty, &raw, 0, 0},
    {"raw again", raw_empty, &raw_again, 0, 0},
    {"PSOCK_NOW", empty, NULL, 1.06, 0},
};

/* --- Nothing there yet ---------------------------------------------------- */

static void make_echoes(void)
{
    make_pairs(raw_echo_pair);
}

static void raw_waits(const void *pair, uint64_t count)
{
    raw_echo_round_trips(pair, count);
}

static void raw_polled_waits(const void *pair, uint64_t count)
{
    raw_polled_echo_round_trips(pair, count);
}

static void waits(const void *deadline_seen, uint64_t count)
{
    const volatile psock_deadline *seen = deadline_seen;
    const psock_deadline deadline = *seen;
    const psock_t s = ours.ends[0];
    for (; count > 0; count--) {
        BENCH_REQUIRE(psock_send(s, "x", 1, 0, deadline) == 1);
        BENCH_REQUIRE(psock_recv(s, room, sizeof room, 0, deadline) == 1);
    }
}

/* A receive in vain and a wait come before the one that succeeds. */
static const struct bench_variant wait_variants[] = {
    {"raw", raw_waits, &raw, 0, 0},
    {"raw again", raw_waits, &raw_again, 0, 0},
    {"raw, may not wait for ever", raw_polled_waits, &raw_again, 0, 2},
    {"PSOCK_FOREVER", waits, &forever, 1.015, 0},
    {"deadline", waits, &far_away, 1.06, 2},
};

static const struct bench_group groups[] = {
    {.name = "stream",
     .operation = "send and receive one byte by TCP, there and back",
     .calls = 4,
     .instructions = 35,
     .slack = 0.015,
     .prepare = make_streams,
     .dispose = close_pairs,
     .variants = stream_variants,
     .variant_count = COUNT_OF(stream_variants)},
    {.name = "vector",
     .operation = "send and receive two buffers by TCP, there and back",
     .calls = 4,
     .instructions = 60,
     .slack = 0.015,
     .prepare = make_streams,
     .dispose = close_pairs,
     .variants = vector_variants,
     .variant_count = COUNT_OF(vector_variants)},
    {.name = "datagram",
     .operation = "send and receive one byte by UDP, with addresses",
     .calls = 2,
     .instructions = 43,
     .slack = 0.025,
     .prepare = make_datagrams,
     .dispose = close_pairs,
     .variants = datagram_variants,
     .variant_count = COUNT_OF(datagram_variants)},
    {.name = "empty",
     .operation = "receive where nothing is",
     .calls = 1,
     .instructions = 38,
     .slack = 0.03,
     .prepare = make_empty,
     .dispose = close_pairs,
     .variants = empty_variants,
     .variant_count = COUNT_OF(empty_variants)},
    {.name = "wait",
     .operation = "send one byte by TCP and wait for the peer to return it",
     .calls = 2,
     .slack = 0.02,
     .prepare = make_echoes,
     .dispose = close_pairs,
     .variants = wait_variants,
     .variant_count = COUNT_OF(wait_variants)},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, groups, COUNT_OF(groups));
}
