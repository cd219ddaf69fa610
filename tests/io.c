#include "fixture.h"

#include <stdlib.h>
#include <string.h>

/* --- Three ways to send and to receive ------------------------------------ */

typedef ptrdiff_t way(psock_t s, void *data, size_t size, unsigned flags,
                      psock_deadline deadline);

static ptrdiff_t by_send(psock_t s, void *data, size_t size, unsigned flags,
                         psock_deadline deadline)
{
    return psock_send(s, data, size, flags, deadline);
}

/* The peer does not matter on a stream. */
static ptrdiff_t by_send_to(psock_t s, void *data, size_t size, unsigned flags,
                            psock_deadline deadline)
{
    psock_address peer = local_of(s);
    return psock_send_to(s, data, size, flags, &peer, deadline);
}

static ptrdiff_t by_send_vector(psock_t s, void *data, size_t size,
                                unsigned flags, psock_deadline deadline)
{
    size_t half = size / 2;
    const psock_buffer buffers[] = {{data, half},
                                    {(char *)data + half, size - half}};
    return psock_send_vector(s, buffers, 2, flags, deadline);
}

static ptrdiff_t by_recv(psock_t s, void *data, size_t size, unsigned flags,
                         psock_deadline deadline)
{
    return psock_recv(s, data, size, flags, deadline);
}

static ptrdiff_t by_recv_from(psock_t s, void *data, size_t size,
                              unsigned flags, psock_deadline deadline)
{
    return psock_recv_from(s, data, size, flags, NULL, deadline);
}

static ptrdiff_t by_recv_vector(psock_t s, void *data, size_t size,
                                unsigned flags, psock_deadline deadline)
{
    size_t half = size / 2;
    const psock_buffer buffers[] = {{data, half},
                                    {(char *)data + half, size - half}};
    return psock_recv_vector(s, buffers, 2, flags, deadline);
}

enum {
    WAYS = 3
};
static way *const send_ways[WAYS] = {by_send, by_send_to, by_send_vector};
static way *const recv_ways[WAYS] = {by_recv, by_recv_from, by_recv_vector};

/* --- Bytes arrive --------------------------------------------------------- */

static void every_size_arrives_intact(void **state)
{
    unsigned char sent[1600], received[1600];
    struct stream ends = stream_over(family_of(state));
    for (size_t size = 0; size <= sizeof sent; size += size < 300 ? 1 : 13) {
        fill(sent, size, size);
        memset(received, 0, sizeof received);
        send_all(ends.client, sent, size);
        recv_all(ends.server, received, size);
        assert_memory_equal(received, sent, size);
    }
}

static void every_way_of_sending_meets_every_way_of_receiving(void **state)
{
    char received[5];
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < WAYS * WAYS; i++) {
        char sent[] = {'h', 'e', 'l', 'l', (char)i};
        assert_result(send_ways[i / WAYS](ends.client, sent, 5, 0, in_time()),
                      5);
        size_t done = 0;
        while (done < 5) {
            ptrdiff_t got = recv_ways[i % WAYS](ends.server, received + done,
                                                5 - done, 0, in_time());
            assert_in_range(got, 1, 5);
            done += (size_t)got;
        }
        assert_memory_equal(received, sent, 5);
    }
}

static void every_deadline_carries_data(void **state)
{
    char byte = 'x';
    struct stream ends = stream_over(family_of(state));
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER,
                                        -1};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++)
        for (int j = 0; j < WAYS; j++) {
            assert_result(send_ways[j](ends.client, &byte, 1, 0, deadlines[i]),
                          1);
            assert_result(
                psock_recv(ends.server, &byte, 1, PSOCK_PEEK, in_time()), 1);
            assert_result(recv_ways[j](ends.server, &byte, 1, 0, deadlines[i]),
                          1);
        }
}

static void receive_takes_what_there_is(void **state)
{
    char text[100];
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < WAYS; i++) {
        send_text(ends.client, "a");
        assert_result(
            recv_ways[i](ends.server, text, sizeof text, 0, PSOCK_FOREVER), 1);
    }
}

static void rest_of_the_data_waits_for_the_next_receive(void **state)
{
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "in three pieces");
    recv_text(ends.server, "in ");
    recv_text(ends.server, "three ");
    recv_text(ends.server, "pieces");
}

/* --- Much ----------------------------------------------------------------- */

enum {
    MUCH = 64 << 20,
    PIECE = 256 << 10
};

struct progress {
    unsigned calls;
    size_t sent;
    size_t received;
    _Bool saw_partial_send;
};

static void send_some(psock_t s, unsigned char *data, struct progress *so_far)
{
    size_t rest = MUCH - so_far->sent;
    if (rest == 0)
        return;
    ptrdiff_t sent = send_ways[so_far->calls++ % WAYS](s, data + so_far->sent,
                                                       rest, 0, PSOCK_NOW);
    if (sent < 0)
        assert_result(sent, PSOCK_EAGAIN);
    else
        so_far->sent += (size_t)sent;
    if (sent > 0 && (size_t)sent < rest)
        so_far->saw_partial_send = 1;
}

static void receive_some(psock_t s, const unsigned char *data,
                         struct progress *so_far)
{
    static unsigned char piece[PIECE];
    ptrdiff_t received =
        recv_ways[so_far->calls++ % WAYS](s, piece, PIECE, 0, PSOCK_NOW);
    if (received < 0) {
        assert_result(received, PSOCK_EAGAIN);
        return;
    }
    assert_int_equal(memcmp(piece, data + so_far->received, (size_t)received),
                     0);
    so_far->received += (size_t)received;
}

static void much_data_arrive_intact_by_partial_sends(void **state)
{
    struct progress so_far = {0};
    struct stream ends = stream_over(family_of(state));
    unsigned char *data = malloc(MUCH);
    assert_non_null(data);
    fill(data, MUCH, 0);
    psock_deadline end = psock_deadline_ms(50000);
    while (so_far.received < MUCH && psock_deadline_left_ns(end) > 0) {
        send_some(ends.client, data, &so_far);
        receive_some(ends.server, data, &so_far);
    }
    free(data);
    assert_int_equal(so_far.received, MUCH);
    assert_true(so_far.saw_partial_send);
}

static void send_that_may_wait_takes_what_it_can_and_returns(void **state)
{
    const psock_deadline deadlines[] = {in_time(), PSOCK_FOREVER};
    unsigned char *data = calloc(1, MUCH);
    assert_non_null(data);
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        struct stream ends = stream_over(family_of(state));
        ptrdiff_t sent = psock_send(ends.client, data, MUCH, 0, deadlines[i]);
        assert_in_range(sent, 1, MUCH - 1);
    }
    free(data);
}

/* Lengths that would be negative, or zero, in narrower types. */
static const uint64_t wide_sizes[] = {UINT64_C(1) << 31, UINT64_C(1) << 32};

static void *wide_memory(void)
{
    void *memory = NULL;
    if (sizeof(size_t) > sizeof(uint32_t))
        memory = malloc((size_t)wide_sizes[1]);
    if (memory == NULL)
        skip_because("this process has no room for so long a buffer");
    return memory;
}

static void length_beyond_the_systems_width_is_received_into(void **state)
{
    struct stream ends = stream_over(family_of(state));
    char *memory = wide_memory();
    for (size_t i = 0; i < COUNT_OF(wide_sizes); i++) {
        send_text(ends.client, "hello");
        ptrdiff_t received = psock_recv(ends.server, memory,
                                        (size_t)wide_sizes[i], 0, in_time());
        assert_result(received, 5);
        assert_memory_equal(memory, "hello", 5);
    }
    free(memory);
}

static void length_beyond_the_systems_width_is_sent_in_part(void **state)
{
    int family = family_of(state);
    char *memory = wide_memory();
    for (size_t i = 0; i < COUNT_OF(wide_sizes); i++) {
        struct stream ends = stream_over(family);
        ptrdiff_t sent = psock_send(ends.client, memory, (size_t)wide_sizes[i],
                                    0, in_time());
        assert_true(sent > 0);
        assert_true((uint64_t)sent < wide_sizes[i]);
    }
    free(memory);
}

/* --- Peeking -------------------------------------------------------------- */

static void peeking_leaves_the_data(void **state)
{
    char text[5];
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "hello");
    recv_text(ends.server, "h");
    for (int i = 0; i < WAYS * 2; i++) {
        assert_result(
            recv_ways[i % WAYS](ends.server, text, 4, PSOCK_PEEK, in_time()),
            4);
        assert_memory_equal(text, "ello", 4);
    }
    recv_text(ends.server, "ello");
}

static void peeking_waits_as_receiving_does(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < WAYS; i++) {
        assert_result(
            recv_ways[i](ends.server, &byte, 1, PSOCK_PEEK, PSOCK_NOW),
            PSOCK_EAGAIN);
        assert_result(recv_ways[i](ends.server, &byte, 1, PSOCK_PEEK,
                                   psock_deadline_ms(1)),
                      PSOCK_ETIMEDOUT);
    }
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    for (int i = 0; i < WAYS; i++)
        assert_result(
            recv_ways[i](ends.server, &byte, 1, PSOCK_PEEK, in_time()), 0);
}

/* --- Vectors -------------------------------------------------------------- */

enum {
    VECTOR_BYTES = 20000
};

/* Spreads `bytes` over `count` buffers of uneven sizes, some empty; returns the
 * bytes used. */
static size_t spread(unsigned char *bytes, psock_buffer *buffers, size_t count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size = i % 5 == 3 ? 0 : i * 7 % 31;
        if (i + 1 == count)
            size = 11;
        buffers[i] = (psock_buffer){size == 0 ? NULL : bytes + used, size};
        used += size;
    }
    assert_in_range(used, 1, VECTOR_BYTES);
    return used;
}

static const size_t vector_counts[] = {1,  2,  3,  8,   15,  16,   17,
                                       31, 64, 65, 128, 500, 1023, 1024};

static void sent_vector_is_as_one_piece(void **state)
{
    static unsigned char bytes[VECTOR_BYTES], received[VECTOR_BYTES];
    static psock_buffer buffers[PSOCK_BUFFERS_MAX];
    struct stream ends = stream_over(family_of(state));
    fill(bytes, sizeof bytes, 0);
    for (size_t i = 0; i < COUNT_OF(vector_counts); i++) {
        size_t size = spread(bytes, buffers, vector_counts[i]);
        assert_result(psock_send_vector(ends.client, buffers, vector_counts[i],
                                        0, in_time()),
                      (ptrdiff_t)size);
        recv_all(ends.server, received, size);
        assert_memory_equal(received, bytes, size);
    }
}

static void received_vector_is_filled_in_order(void **state)
{
    static unsigned char bytes[VECTOR_BYTES], received[VECTOR_BYTES];
    static psock_buffer buffers[PSOCK_BUFFERS_MAX];
    struct stream ends = stream_over(family_of(state));
    fill(bytes, sizeof bytes, 0);
    for (size_t i = 0; i < COUNT_OF(vector_counts); i++) {
        size_t size = spread(received, buffers, vector_counts[i]);
        memset(received, 0, sizeof received);
        send_all(ends.client, bytes, size);
        while (psock_recv(ends.server, received, size, PSOCK_PEEK, in_time()) <
               (ptrdiff_t)size)
            host_yield();
        memset(received, 0, sizeof received);
        assert_result(psock_recv_vector(ends.server, buffers, vector_counts[i],
                                        0, in_time()),
                      (ptrdiff_t)size);
        assert_memory_equal(received, bytes, size);
    }
}

static void partly_filled_vector_keeps_the_rest(void **state)
{
    char first[3] = "###", second[4] = "####";
    const psock_buffer buffers[] = {{first, 3}, {second, 4}};
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "abcd");
    char seen[4];
    while (psock_recv(ends.server, seen, 4, PSOCK_PEEK, in_time()) < 4)
        host_yield();
    assert_result(psock_recv_vector(ends.server, buffers, 2, 0, in_time()), 4);
    assert_memory_equal(first, "abc", 3);
    assert_memory_equal(second, "d###", 4);
}

static void vector_without_bytes_does_nothing(void **state)
{
    const psock_buffer empty[] = {{NULL, 0}, {NULL, 0}};
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "x");
    assert_result(psock_send_vector(ends.client, empty, 2, 0, in_time()), 0);
    assert_result(psock_send_vector(ends.client, NULL, 0, 0, in_time()), 0);
    char byte;
    assert_result(psock_recv(ends.server, &byte, 1, PSOCK_PEEK, in_time()), 1);
    assert_result(psock_recv_vector(ends.server, empty, 2, 0, in_time()), 0);
    assert_result(psock_recv_vector(ends.server, NULL, 0, 0, in_time()), 0);
    recv_text(ends.server, "x");
}

static void too_many_buffers_are_refused(void **state)
{
    static char byte;
    static psock_buffer buffers[PSOCK_BUFFERS_MAX + 1];
    struct stream ends = stream_over(family_of(state));
    for (size_t i = 0; i < COUNT_OF(buffers); i++)
        buffers[i] = (psock_buffer){&byte, 1};
    for (size_t more = 0; more < 2; more++) {
        size_t count = more == 0 ? COUNT_OF(buffers) : SIZE_MAX;
        assert_result(
            psock_send_vector(ends.client, buffers, count, 0, in_time()),
            PSOCK_EINVAL);
        assert_result(
            psock_recv_vector(ends.client, buffers, count, 0, in_time()),
            PSOCK_EINVAL);
    }
}

static void sizes_beyond_any_count_are_refused(void **state)
{
    static char byte;
    static const psock_buffer vectors[][2] = {
        {{&byte, PTRDIFF_MAX}, {&byte, 1}},
        {{&byte, 1}, {&byte, PTRDIFF_MAX}},
        {{&byte, SIZE_MAX}, {&byte, 1}},
        {{&byte, SIZE_MAX}, {&byte, 2}},
        {{&byte, SIZE_MAX / 2 + 1}, {&byte, SIZE_MAX / 2 + 1}},
    };
    struct stream ends = stream_over(family_of(state));
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        assert_result(
            psock_send_vector(ends.client, vectors[i], 2, 0, in_time()),
            PSOCK_EINVAL);
        assert_result(
            psock_recv_vector(ends.client, vectors[i], 2, 0, in_time()),
            PSOCK_EINVAL);
    }
}

/* --- Flags ---------------------------------------------------------------- */

static void unknown_flags_are_refused(void **state)
{
    char byte = 'x';
    struct stream ends = stream_over(family_of(state));
    send_text(ends.server, "x");
    for (unsigned bit = 0; bit < 32; bit++)
        for (int i = 0; i < WAYS; i++) {
            unsigned flag = 1u << bit;
            assert_result(send_ways[i](ends.client, &byte, 1, flag, PSOCK_NOW),
                          PSOCK_EINVAL);
            if (flag != PSOCK_PEEK)
                assert_result(
                    recv_ways[i](ends.client, &byte, 1, flag, PSOCK_NOW),
                    PSOCK_EINVAL);
        }
    recv_text(ends.client, "x");
}

/* --- Waiting -------------------------------------------------------------- */

static void receive_now_does_not_wait(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < WAYS; i++)
        assert_result(recv_ways[i](ends.client, &byte, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
}

static void receive_waits_until_its_deadline(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < WAYS; i++) {
        int64_t before_ns = clock_ns();
        assert_result(
            recv_ways[i](ends.client, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
            PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= SHORT_NS);
    }
}

static void wait_below_a_millisecond_is_not_cut(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    for (int64_t wait_ns = 1; wait_ns < 2000000; wait_ns = wait_ns * 3 + 1) {
        int64_t before_ns = clock_ns();
        assert_result(
            psock_recv(ends.client, &byte, 1, 0, psock_deadline_ns(wait_ns)),
            PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= wait_ns);
    }
}

static void receive_past_its_deadline_times_out(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    const psock_deadline deadlines[] = {-1, INT64_MIN, 1, psock_deadline_ms(0)};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++)
        for (int j = 0; j < WAYS; j++)
            assert_result(recv_ways[j](ends.client, &byte, 1, 0, deadlines[i]),
                          PSOCK_ETIMEDOUT);
}

/* Sends until it fails: a clogged stream may have found room again by now.
 * Tells how long the failing call took. */
static ptrdiff_t send_until_it_fails(way *send, psock_t s, int64_t wait_ns,
                                     int64_t *took_ns)
{
    static char data[1 << 16];
    ptrdiff_t result;
    do {
        int64_t before_ns = clock_ns();
        result = send(s, data, sizeof data, 0,
                      wait_ns == 0 ? PSOCK_NOW : psock_deadline_ns(wait_ns));
        *took_ns = clock_ns() - before_ns;
    } while (result > 0);
    return result;
}

static void send_now_does_not_wait(void **state)
{
    int64_t took_ns;
    struct stream ends = clogged(family_of(state));
    for (int i = 0; i < WAYS; i++)
        assert_result(
            send_until_it_fails(send_ways[i], ends.client, 0, &took_ns),
            PSOCK_EAGAIN);
}

static void send_waits_until_its_deadline(void **state)
{
    int64_t took_ns;
    struct stream ends = clogged(family_of(state));
    for (int i = 0; i < WAYS; i++) {
        assert_result(
            send_until_it_fails(send_ways[i], ends.client, SHORT_NS, &took_ns),
            PSOCK_ETIMEDOUT);
        assert_true(took_ns >= SHORT_NS);
    }
}

static void send_past_its_deadline_times_out(void **state)
{
    int64_t took_ns;
    struct stream ends = clogged(family_of(state));
    for (int i = 0; i < WAYS; i++)
        assert_result(
            send_until_it_fails(send_ways[i], ends.client, -1, &took_ns),
            PSOCK_ETIMEDOUT);
}

static void clogged_stream_still_receives(void **state)
{
    struct stream ends = clogged(family_of(state));
    send_text(ends.server, "the other way");
    recv_text(ends.client, "the other way");
}

static void no_bytes_are_sent_at_once(void **state)
{
    struct stream ends = stream_over(family_of(state));
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        assert_result(psock_send(ends.client, NULL, 0, 0, deadlines[i]), 0);
        assert_result(psock_send(ends.client, "x", 0, 0, deadlines[i]), 0);
    }
    char byte;
    assert_result(psock_recv(ends.server, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void no_bytes_are_received_from_data(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "x");
    assert_result(psock_recv(ends.server, &byte, 1, PSOCK_PEEK, in_time()), 1);
    assert_result(psock_recv(ends.server, NULL, 0, 0, PSOCK_NOW), 0);
    assert_result(psock_recv(ends.server, &byte, 0, 0, PSOCK_FOREVER), 0);
    recv_text(ends.server, "x");
}

/* --- The sender of a stream's bytes --------------------------------------- */

static void stream_names_no_sender(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    psock_address peer = loopback(PSOCK_IPV4, 1);
    send_text(ends.client, "x");
    assert_result(psock_recv_from(ends.server, &byte, 1, 0, &peer, in_time()),
                  1);
    assert_int_equal(psock_address_family(&peer), PSOCK_NONE);
}

static void receiver_of_a_streams_bytes_does_not_matter(void **state)
{
    int family = family_of(state);
    struct stream ends = stream_over(family);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    assert_result(psock_send_to(ends.client, "hello", 5, 0, &nobody, in_time()),
                  5);
    recv_text(ends.server, "hello");
}

/* --- No connection -------------------------------------------------------- */

static void check_unconnected_send(ptrdiff_t result)
{
    if (result == PSOCK_ECONNRESET)
        skip_because("this system says reset of a stream never connected");
    assert_result(result, PSOCK_ENOTCONN);
}

static void sending_unconnected_is_refused(void **state)
{
    char byte = 'x';
    int family = family_of(state);
    psock_t s = open_kept(family, PSOCK_STREAM);
    check_unconnected_send(psock_send(s, &byte, 1, 0, PSOCK_NOW));
    check_unconnected_send(psock_send(s, &byte, 1, 0, in_time()));
    check_unconnected_send(psock_send(s, &byte, 1, 0, PSOCK_FOREVER));
    check_unconnected_send(by_send_vector(s, &byte, 1, 0, in_time()));
    psock_address peer = loopback(family, 9);
    check_unconnected_send(psock_send_to(s, &byte, 1, 0, &peer, in_time()));
    psock_t listener = listening(family);
    check_unconnected_send(psock_send(listener, &byte, 1, 0, in_time()));
}

static void receiving_unconnected_is_refused(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t sockets[] = {open_kept(family, PSOCK_STREAM),
                         bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH),
                         listening(family)};
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(sockets) * COUNT_OF(deadlines); i++)
        for (int j = 0; j < WAYS; j++)
            assert_result(
                recv_ways[j](sockets[i / 3], &byte, 1, 0, deadlines[i % 3]),
                PSOCK_ENOTCONN);
}

/* --- The end -------------------------------------------------------------- */

static void end_of_the_stream_stays_the_end(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    close_kept(ends.client);
    assert_result(psock_recv(ends.server, &byte, 1, 0, PSOCK_FOREVER), 0);
    for (int i = 0; i < WAYS * 2; i++)
        assert_result(recv_ways[i % WAYS](ends.server, &byte, 1, 0, PSOCK_NOW),
                      0);
}

static void every_way_of_sending_after_shutdown_is_a_broken_pipe(void **state)
{
    char byte = 'x';
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    for (int i = 0; i < WAYS; i++)
        assert_result(send_ways[i](ends.client, &byte, 1, 0, in_time()),
                      PSOCK_EPIPE);
}

static _Bool is_after_a_reset(ptrdiff_t result)
{
    return result == PSOCK_ECONNRESET || result == PSOCK_ENOTCONN ||
           result == PSOCK_EPIPE;
}

/* Were there a signal, this program would not live to see the end. */
static void sending_to_a_closed_peer_fails_without_a_signal(void **state)
{
    char byte = 'x';
    for (int i = 0; i < WAYS; i++) {
        struct stream ends = stream_over(family_of(state));
        psock_deadline end = in_time();
        ptrdiff_t result = 0;
        close_kept(ends.server);
        while (result >= 0 && psock_deadline_left_ns(end) > 0)
            result = send_ways[i](ends.client, &byte, 1, 0, in_time());
        assert_either(result, PSOCK_ECONNRESET, PSOCK_EPIPE);
        result = send_ways[i](ends.client, &byte, 1, 0, in_time());
        assert_true(is_after_a_reset(result));
    }
}

static void calls_after_a_reset_end_too(void **state)
{
    need_resets();
    char byte = 'x';
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_close_reset(let_go(ends.client)), 0);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()),
                  PSOCK_ECONNRESET);
    for (int i = 0; i < WAYS * 2; i++) {
        ptrdiff_t received =
            recv_ways[i % WAYS](ends.server, &byte, 1, 0, PSOCK_FOREVER);
        assert_true(received == 0 || is_after_a_reset(received));
        assert_true(is_after_a_reset(
            send_ways[i % WAYS](ends.server, &byte, 1, 0, PSOCK_FOREVER)));
    }
}

/* Whether data that came before the reset can still be read is the system's
 * choice; made-up data are not. */
static void data_before_a_reset_come_whole_or_not_at_all(void **state)
{
    char text[10];
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "before");
    assert_result(psock_recv(ends.server, text, 1, PSOCK_PEEK, in_time()), 1);
    assert_result(psock_close_reset(let_go(ends.client)), 0);
    ptrdiff_t received = psock_recv(ends.server, text, 10, 0, in_time());
    assert_either(received, 6, PSOCK_ECONNRESET);
    if (received == 6)
        assert_memory_equal(text, "before", 6);
}

/* --- Both ways at once ---------------------------------------------------- */

enum {
    FLOW = 4 << 20,
    FLOW_PIECE = 10007
};

struct flow {
    psock_t s;
    size_t first_place;
    _Bool arrived;
};

static void send_flow(void *argument)
{
    struct flow *flow = argument;
    unsigned char piece[FLOW_PIECE];
    for (size_t done = 0; done < FLOW;) {
        size_t size = FLOW - done < FLOW_PIECE ? FLOW - done : FLOW_PIECE;
        fill(piece, size, flow->first_place + done);
        ptrdiff_t sent = psock_send(flow->s, piece, size, 0, in_time());
        if (sent <= 0)
            return;
        done += (size_t)sent;
    }
    flow->arrived = 1;
}

static void receive_flow(void *argument)
{
    struct flow *flow = argument;
    unsigned char piece[FLOW_PIECE], expected[FLOW_PIECE];
    for (size_t done = 0; done < FLOW;) {
        ptrdiff_t got = psock_recv(flow->s, piece, sizeof piece, 0, in_time());
        if (got <= 0)
            return;
        fill(expected, (size_t)got, flow->first_place + done);
        if (memcmp(piece, expected, (size_t)got) != 0)
            return;
        done += (size_t)got;
    }
    flow->arrived = 1;
}

static void threads_send_and_receive_on_one_socket_at_once(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct flow flows[] = {{ends.client, 0, 0},
                           {ends.server, 0, 0},
                           {ends.server, 7, 0},
                           {ends.client, 7, 0}};
    struct host_thread *threads[COUNT_OF(flows)];
    for (size_t i = 0; i < COUNT_OF(flows); i++)
        threads[i] =
            host_thread_start(i % 2 == 0 ? send_flow : receive_flow, &flows[i]);
    for (size_t i = 0; i < COUNT_OF(flows); i++)
        assert_true(host_thread_join(threads[i], 30000));
    for (size_t i = 0; i < COUNT_OF(flows); i++)
        assert_true(flows[i].arrived);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(every_size_arrives_intact),
        test_both(every_way_of_sending_meets_every_way_of_receiving),
        test_both(every_deadline_carries_data),
        test_both(receive_takes_what_there_is),
        test_both(rest_of_the_data_waits_for_the_next_receive),
        test_once(much_data_arrive_intact_by_partial_sends),
        test_once(send_that_may_wait_takes_what_it_can_and_returns),
        test_once(length_beyond_the_systems_width_is_received_into),
        test_once(length_beyond_the_systems_width_is_sent_in_part),
        test_both(peeking_leaves_the_data),
        test_both(peeking_waits_as_receiving_does),
        test_both(sent_vector_is_as_one_piece),
        test_both(received_vector_is_filled_in_order),
        test_both(partly_filled_vector_keeps_the_rest),
        test_both(vector_without_bytes_does_nothing),
        test_both(too_many_buffers_are_refused),
        test_both(sizes_beyond_any_count_are_refused),
        test_both(unknown_flags_are_refused),
        test_both(receive_now_does_not_wait),
        test_both(receive_waits_until_its_deadline),
        test_both(wait_below_a_millisecond_is_not_cut),
        test_both(receive_past_its_deadline_times_out),
        test_both(send_now_does_not_wait),
        test_both(send_waits_until_its_deadline),
        test_both(send_past_its_deadline_times_out),
        test_both(clogged_stream_still_receives),
        test_both(no_bytes_are_sent_at_once),
        test_both(no_bytes_are_received_from_data),
        test_both(stream_names_no_sender),
        test_both(receiver_of_a_streams_bytes_does_not_matter),
        test_both(sending_unconnected_is_refused),
        test_both(receiving_unconnected_is_refused),
        test_both(end_of_the_stream_stays_the_end),
        test_both(every_way_of_sending_after_shutdown_is_a_broken_pipe),
        test_both(sending_to_a_closed_peer_fails_without_a_signal),
        test_both(calls_after_a_reset_end_too),
        test_both(data_before_a_reset_come_whole_or_not_at_all),
        test_both(threads_send_and_receive_on_one_socket_at_once),
    };
    return cmocka_run_group_tests_name("io", tests, warm_up, NULL);
}
