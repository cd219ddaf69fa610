#include "fixture.h"

#include <stdlib.h>
#include <string.h>

enum {
    MEGABYTE = 1 << 20,
    LOTS = 4 * MEGABYTE + 7,
    ROOM = 64 * 1024
};

/* What goes through the tests, and what comes out. */
static unsigned char *sent;
static unsigned char *received;

static int make_data(void **state)
{
    sent = malloc(LOTS);
    received = malloc(LOTS);
    if (sent == NULL || received == NULL)
        return -1;
    fill(sent, LOTS, 0);
    return warm_up(state);
}

static int free_data(void **state)
{
    (void)state;
    free(sent);
    free(received);
    return 0;
}

static void assert_all_came(size_t size)
{
    assert_memory_equal(received, sent, size);
}

/* --- Threads at the other end -------------------------------------------------- */

/* Receives so much, or what there is. */
struct reader {
    psock_t s;
    size_t size;
};

static ptrdiff_t read_all(void *argument)
{
    const struct reader *reader = argument;
    size_t done;
    int error =
        psock_recv_exactly(reader->s, received, reader->size, in_time(), &done);
    return error < 0 ? error : (ptrdiff_t)done;
}

/* Sends all that there is, in one call, and ends. */
static ptrdiff_t write_all(void *argument)
{
    const psock_t s = *(const psock_t *)argument;
    size_t done;
    int error = psock_send_all(s, sent, LOTS, in_time(), &done);
    if (error == 0)
        error = psock_shutdown(s, PSOCK_SHUT_WRITE);
    return error < 0 ? error : (ptrdiff_t)done;
}

/* --- All, exactly ------------------------------------------------------------------ */

static void megabytes_arrive_by_one_call_each(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct reader reader = {ends.server, LOTS};
    struct running_call *call = begin_call(read_all, &reader);
    size_t done = 0;
    assert_result(psock_send_all(ends.client, sent, LOTS, in_time(), &done), 0);
    assert_int_equal(done, LOTS);
    assert_result(end_call(call), LOTS);
    assert_all_came(LOTS);
}

/* Sends megabytes until the system takes no more, which nobody reads meanwhile;
 * returns how much went, and checks that the deadline was kept. */
static size_t fill_up(psock_t s)
{
    size_t done = 0;
    size_t all = 0;
    int result = 0;
    int64_t before = 0;
    for (int i = 0; i < 64 && result == 0; i++, all += done) {
        before = clock_ns();
        result =
            psock_send_all(s, sent, LOTS, psock_deadline_ms(SHORT_MS), &done);
    }
    assert_result(result, PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before >= SHORT_NS);
    return all;
}

static void sending_goes_on_where_the_deadline_stopped_it(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct reader reader = {ends.server, LOTS};
    const size_t gone = fill_up(ends.client);
    const size_t in_last = gone % LOTS;
    size_t rest = 0;
    for (size_t whole = gone / LOTS; whole > 0; whole--)
        assert_result(read_all(&reader), LOTS);
    struct running_call *call = begin_call(read_all, &reader);
    assert_result(psock_send_all(ends.client, sent + in_last, LOTS - in_last,
                                 in_time(), &rest),
                  0);
    assert_int_equal(rest, LOTS - in_last);
    assert_result(end_call(call), LOTS);
    assert_all_came(LOTS);
}

static void sending_that_may_not_wait_tells_what_went(void **state)
{
    struct stream ends = stream_over(family_of(state));
    size_t all = 0;
    size_t done = 0;
    int result = 0;
    for (int i = 0; i < 64 && result == 0; i++, all += done)
        result = psock_send_all(ends.client, sent, LOTS, PSOCK_NOW, &done);
    assert_result(result, PSOCK_EAGAIN);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    for (size_t come = 0; come < all; come += done) {
        const size_t size = all - come < LOTS ? all - come : LOTS;
        assert_result(
            psock_recv_exactly(ends.server, received, size, in_time(), &done),
            0);
        assert_all_came(size);
    }
    assert_result(
        psock_recv_exactly(ends.server, received, 1, in_time(), &done),
        PSOCK_EEOF);
}

static void receiving_goes_on_where_the_deadline_stopped_it(void **state)
{
    struct stream ends = stream_over(family_of(state));
    size_t done = 77;
    assert_result(
        psock_recv_exactly(ends.server, received, 10, PSOCK_NOW, &done),
        PSOCK_EAGAIN);
    assert_int_equal(done, 0);
    send_all(ends.client, sent, 6);
    int64_t before = clock_ns();
    assert_result(psock_recv_exactly(ends.server, received, 10,
                                     psock_deadline_ms(SHORT_MS), &done),
                  PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before >= SHORT_NS);
    assert_int_equal(done, 6);
    send_all(ends.client, sent + 6, 6);
    assert_result(
        psock_recv_exactly(ends.server, received + 6, 4, in_time(), &done), 0);
    assert_int_equal(done, 4);
    assert_all_came(10);
    recv_all(ends.server, received, 2); /* nothing after them was taken */
    assert_memory_equal(received, sent + 10, 2);
}

static void end_before_all_came_gives_what_came(void **state)
{
    struct stream ends = stream_over(family_of(state));
    size_t done = 77;
    send_all(ends.client, sent, 6);
    close_kept(ends.client);
    assert_result(
        psock_recv_exactly(ends.server, received, 10, in_time(), &done),
        PSOCK_EEOF);
    assert_int_equal(done, 6);
    assert_all_came(6);
    assert_result(psock_recv_exactly(ends.server, received, 1, in_time(), NULL),
                  PSOCK_EEOF);
}

static void nothing_is_sent_and_received_at_once(void **state)
{
    struct stream ends = stream_over(family_of(state));
    size_t done = 77;
    assert_result(psock_send_all(ends.client, NULL, 0, PSOCK_NOW, &done), 0);
    assert_int_equal(done, 0);
    done = 77;
    assert_result(psock_recv_exactly(ends.server, NULL, 0, PSOCK_NOW, &done),
                  0);
    assert_int_equal(done, 0);
    done = 77;
    assert_result(psock_send_all_vector(ends.client, NULL, 0, PSOCK_NOW, &done),
                  0);
    assert_int_equal(done, 0);
    close_kept(ends.client);
    assert_result(psock_send_all(ends.client, NULL, 0, PSOCK_NOW, &done),
                  PSOCK_EBADF);
    assert_result(psock_recv_exactly(ends.client, NULL, 0, PSOCK_NOW, &done),
                  PSOCK_EBADF);
}

static void sending_all_after_the_end_is_refused(void **state)
{
    struct stream ends = stream_over(family_of(state));
    size_t done = 77;
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_result(psock_send_all(ends.client, sent, 9, in_time(), &done),
                  PSOCK_EPIPE);
    assert_int_equal(done, 0);
}

/* --- Many buffers --------------------------------------------------------------------- */

enum {
    BUFFERS = 3 * PSOCK_BUFFERS_MAX
};

/* Cuts `size` bytes of what is to be sent into buffers of all sizes, empty ones
 * among them; the last takes the rest. */
static void cut(psock_buffer buffers[BUFFERS], size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < BUFFERS; i++) {
        size_t part = i * 7919 % 2600;
        part = i % 5 == 0 ? 0 : part < size - at ? part : size - at;
        if (i == BUFFERS - 1)
            part = size - at;
        buffers[i] = (psock_buffer){part == 0 ? NULL : sent + at, part};
        at += part;
    }
    assert_int_equal(at, size);
}

static void thousands_of_buffers_arrive_by_one_call(void **state)
{
    static psock_buffer buffers[BUFFERS];
    static psock_buffer before[BUFFERS];
    struct stream ends = stream_over(family_of(state));
    struct reader reader = {ends.server, LOTS};
    struct running_call *call = begin_call(read_all, &reader);
    size_t done = 0;
    cut(buffers, LOTS);
    memcpy(before, buffers, sizeof before);
    assert_result(
        psock_send_all_vector(ends.client, buffers, BUFFERS, in_time(), &done),
        0);
    assert_int_equal(done, LOTS);
    assert_result(end_call(call), LOTS);
    assert_all_came(LOTS);
    assert_memory_equal(buffers, before, sizeof before);
}

/* With the peer reading in small pieces, sends stop in the middle of buffers. */
static ptrdiff_t read_in_pieces(void *argument)
{
    const struct reader *reader = argument;
    size_t done = 0;
    while (done < reader->size) {
        size_t piece = 1 + done % 4099;
        if (piece > reader->size - done)
            piece = reader->size - done;
        ptrdiff_t part =
            psock_recv(reader->s, received + done, piece, 0, in_time());
        if (part <= 0)
            return part < 0 ? part : PSOCK_EEOF;
        done += (size_t)part;
    }
    return (ptrdiff_t)done;
}

static void buffers_arrive_whole_however_sends_are_cut(void **state)
{
    static psock_buffer buffers[BUFFERS];
    struct stream ends = stream_over(family_of(state));
    struct reader reader = {ends.server, LOTS};
    size_t done = 0;
    assert_result(
        psock_set_option(ends.client, PSOCK_OPTION_SEND_BUFFER_BYTES, 9000), 0);
    cut(buffers, LOTS);
    struct running_call *call = begin_call(read_in_pieces, &reader);
    assert_result(
        psock_send_all_vector(ends.client, buffers, BUFFERS, in_time(), &done),
        0);
    assert_int_equal(done, LOTS);
    assert_result(end_call(call), LOTS);
    assert_all_came(LOTS);
}

static void one_buffer_without_memory_keeps_all_back(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_buffer buffers[2] = {{sent, 5}, {NULL, 5}};
    size_t done = 77;
    assert_result(
        psock_send_all_vector(ends.client, buffers, 2, in_time(), &done),
        PSOCK_EFAULT);
    assert_int_equal(done, 0);
    assert_result(psock_recv(ends.server, received, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

/* --- Copying ------------------------------------------------------------------------------ */

/* A client whose data a proxy hands to a server. */
struct chain {
    struct stream in;
    struct stream out;
    psock_copy_state copy;
    psock_waker *waker;
    psock_deadline deadline;
};

static unsigned char room[ROOM];

static struct chain chain_over(int family)
{
    struct chain chain = {.in = stream_over(family),
                          .out = stream_over(family),
                          .copy = {.buffer = room, .size = sizeof room},
                          .deadline = in_time()};
    return chain;
}

static int hand_on(struct chain *chain, uint64_t limit, psock_deadline deadline)
{
    return psock_copy(chain->in.server, chain->out.client, &chain->copy, limit,
                      deadline);
}

static ptrdiff_t be_a_proxy(void *argument)
{
    struct chain *chain = argument;
    (void)psock_cancel_with(chain->waker);
    int result = hand_on(chain, UINT64_MAX, chain->deadline);
    (void)psock_cancel_with(NULL);
    return result;
}

static void megabytes_go_through_a_proxy_to_their_end(void **state)
{
    struct chain chain = chain_over(family_of(state));
    struct running_call *writer = begin_call(write_all, &chain.in.client);
    struct running_call *proxy = begin_call(be_a_proxy, &chain);
    struct reader reader = {chain.out.server, LOTS};
    assert_result(read_all(&reader), LOTS);
    assert_result(end_call(writer), LOTS);
    assert_result(end_call(proxy), 0);
    assert_true(chain.copy.copied == LOTS);
    assert_int_equal(chain.copy.held, 0);
    assert_all_came(LOTS);
    assert_result(psock_recv(chain.out.server, received, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN); /* nobody was shut down */
    send_text(chain.in.server, "back");
    recv_text(chain.in.client, "back");
}

/* Nobody reads until the copy has stopped, which it may again and again. */
static void copy_goes_on_where_it_was_stopped(void **state)
{
    struct chain chain = chain_over(family_of(state));
    size_t come = 0;
    int result = hand_on(&chain, UINT64_MAX, psock_deadline_ms(SHORT_MS));
    assert_result(result, PSOCK_ETIMEDOUT);
    struct running_call *writer = begin_call(write_all, &chain.in.client);
    do {
        result = hand_on(&chain, UINT64_MAX, psock_deadline_ms(1));
        size_t out = (size_t)chain.copy.copied - come;
        recv_all(chain.out.server, received + come, out);
        come += out;
    } while (result == PSOCK_ETIMEDOUT);
    assert_result(result, 0);
    assert_result(end_call(writer), LOTS);
    assert_int_equal(come, LOTS);
    assert_all_came(LOTS);
}

/* What is on its way to a receiver that takes no more stays with the state. */
static void copy_to_a_full_receiver_goes_on_when_there_is_room(void **state)
{
    struct chain chain = chain_over(family_of(state));
    const size_t gone = fill_up(chain.out.client);
    send_all(chain.in.client, sent, 100);
    assert_result(hand_on(&chain, UINT64_MAX, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_true(chain.copy.copied + chain.copy.held == 100);
    for (size_t left = gone; left > 0;) {
        const size_t size = left < LOTS ? left : LOTS;
        recv_all(chain.out.server, received, size);
        assert_all_came(size);
        left -= size;
    }
    assert_result(hand_on(&chain, 100, in_time()), 0);
    recv_all(chain.out.server, received, 100);
    assert_all_came(100);
}

static void copy_that_is_canceled_can_go_on(void **state)
{
    struct chain chain = chain_over(family_of(state));
    for (int round = 0; round < 20; round++) {
        chain.waker = kept_waker();
        send_all(chain.in.client, sent, 100);
        struct running_call *proxy = begin_call(be_a_proxy, &chain);
        let_it_wait(proxy, round * 10);
        assert_result(psock_waker_ring(chain.waker), 0);
        assert_result(end_call(proxy), PSOCK_ECANCELED);
    }
    assert_result(psock_shutdown(chain.in.client, PSOCK_SHUT_WRITE), 0);
    assert_result(hand_on(&chain, UINT64_MAX, in_time()), 0);
    assert_true(chain.copy.copied == 2000);
    for (int round = 0; round < 20; round++) {
        recv_all(chain.out.server, received, 100);
        assert_all_came(100);
    }
}

/* However much there is to copy: a copy could go on for ever. */
static void copy_that_need_not_wait_ends_when_the_waker_rings(void **state)
{
    struct chain chain = chain_over(family_of(state));
    chain.copy.size = 1;
    chain.waker = kept_waker();
    send_text(chain.in.client, "abc");
    assert_result(
        psock_recv(chain.in.server, received, 1, PSOCK_PEEK, in_time()), 1);
    assert_result(psock_waker_ring(chain.waker), 0);
    assert_result(be_a_proxy(&chain), PSOCK_ECANCELED);
    assert_true(chain.copy.copied == 1);
    assert_result(hand_on(&chain, 3, in_time()), 0);
    recv_text(chain.out.server, "abc");
}

static void copy_takes_nothing_beyond_its_limit(void **state)
{
    struct chain chain = chain_over(family_of(state));
    send_all(chain.in.client, sent, 10);
    assert_result(hand_on(&chain, 4, in_time()), 0);
    assert_result(hand_on(&chain, 4, in_time()), 0);
    assert_result(hand_on(&chain, 7, in_time()), 0);
    assert_true(chain.copy.copied == 7);
    recv_all(chain.out.server, received, 7);
    assert_all_came(7);
    recv_all(chain.in.server, received + 7, 3);
    assert_all_came(10);
    assert_result(hand_on(&chain, 100, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(hand_on(&chain, 6, PSOCK_NOW), PSOCK_EINVAL);
}

static ptrdiff_t echo(void *argument)
{
    const psock_t s = *(const psock_t *)argument;
    psock_copy_state copy = {.buffer = room, .size = sizeof room};
    return psock_copy(s, s, &copy, UINT64_MAX, in_time());
}

static void copy_to_itself_is_an_echo(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct running_call *call = begin_call(echo, &ends.server);
    struct running_call *writer = begin_call(write_all, &ends.client);
    struct reader reader = {ends.client, LOTS};
    assert_result(read_all(&reader), LOTS);
    assert_all_came(LOTS);
    assert_result(end_call(writer), LOTS);
    assert_result(end_call(call), 0);
}

/* What the receiver does not want any more stays with the state. */
static void copy_to_nobody_keeps_what_it_holds(void **state)
{
    struct chain chain = chain_over(family_of(state));
    send_all(chain.in.client, sent, 10);
    assert_result(psock_shutdown(chain.out.client, PSOCK_SHUT_WRITE), 0);
    assert_result(hand_on(&chain, UINT64_MAX, in_time()), PSOCK_EPIPE);
    assert_int_equal(chain.copy.held, 10);
    assert_true(chain.copy.copied == 0);
    chain.out = stream_over(family_of(state));
    assert_result(psock_shutdown(chain.in.client, PSOCK_SHUT_WRITE), 0);
    assert_result(hand_on(&chain, UINT64_MAX, in_time()), 0);
    recv_all(chain.out.server, received, 10);
    assert_all_came(10);
}

/* --- Bad arguments ------------------------------------------------------------------ */

static void nothing_is_counted_of_what_cannot_be(void **state)
{
    struct stream ends = stream_over(family_of(state));
    const psock_buffer none = {.data = NULL, .size = 1};
    size_t done[6] = {9, 9, 9, 9, 9, 9};
    char byte;
    assert_result(psock_send_all(-1, "x", 1, in_time(), &done[0]), PSOCK_EBADF);
    assert_result(psock_send_all(ends.client, NULL, 1, in_time(), &done[1]),
                  PSOCK_EFAULT);
    assert_result(
        psock_send_all_vector(ends.client, &none, 1, in_time(), &done[2]),
        PSOCK_EFAULT);
    assert_result(
        psock_send_all_vector(ends.client, NULL, 1, in_time(), &done[3]),
        PSOCK_EFAULT);
    assert_result(psock_recv_exactly(-1, &byte, 1, in_time(), &done[4]),
                  PSOCK_EBADF);
    assert_result(psock_recv_exactly(ends.client, NULL, 1, in_time(), &done[5]),
                  PSOCK_EFAULT);
    for (size_t i = 0; i < COUNT_OF(done); i++)
        assert_int_equal(done[i], 0);
    assert_result(psock_recv_exactly(ends.server, &byte, 1, PSOCK_NOW, NULL),
                  PSOCK_EAGAIN);
}

static void state_of_no_copy_is_refused(void **state)
{
    struct stream ends = stream_over(family_of(state));
    const psock_copy_state states[] = {
        {.size = 4},
        {.buffer = room},
        {.buffer = room, .size = 4, .begin = 5},
        {.buffer = room, .size = 4, .held = 5},
        {.buffer = room, .size = 4, .begin = 2, .held = 3},
        {.buffer = room, .size = 4, .copied = 9},
    };
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        psock_copy_state copy = states[i];
        assert_result(psock_copy(ends.client, ends.client, &copy, 8, in_time()),
                      PSOCK_EINVAL);
        assert_memory_equal(&copy, &states[i], sizeof copy);
    }
    assert_result(psock_copy(ends.client, ends.client, NULL, 8, in_time()),
                  PSOCK_EFAULT);
}

/* Not even at what is no socket. */
static void copy_at_its_limit_looks_at_nothing(void **state)
{
    psock_copy_state copy = {.buffer = room, .size = 4, .copied = 7};
    (void)state;
    assert_result(psock_copy(-1, -1, &copy, 7, in_time()), 0);
    assert_result(psock_copy(-1, -1, &copy, 8, in_time()), PSOCK_EBADF);
    assert_int_equal(copy.copied, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_all(megabytes_arrive_by_one_call_each),
        test_all(sending_goes_on_where_the_deadline_stopped_it),
        test_both(sending_that_may_not_wait_tells_what_went),
        test_all(receiving_goes_on_where_the_deadline_stopped_it),
        test_all(end_before_all_came_gives_what_came),
        test_all(nothing_is_sent_and_received_at_once),
        test_all(sending_all_after_the_end_is_refused),
        test_all(thousands_of_buffers_arrive_by_one_call),
        test_all(buffers_arrive_whole_however_sends_are_cut),
        test_both(one_buffer_without_memory_keeps_all_back),
        test_all(megabytes_go_through_a_proxy_to_their_end),
        test_both(copy_goes_on_where_it_was_stopped),
        test_both(copy_to_a_full_receiver_goes_on_when_there_is_room),
        test_both(copy_that_is_canceled_can_go_on),
        test_all(copy_that_need_not_wait_ends_when_the_waker_rings),
        test_all(copy_takes_nothing_beyond_its_limit),
        test_all(copy_to_itself_is_an_echo),
        test_all(copy_to_nobody_keeps_what_it_holds),
        test_all(nothing_is_counted_of_what_cannot_be),
        test_all(state_of_no_copy_is_refused),
        test_once(copy_at_its_limit_looks_at_nothing),
    };
    return cmocka_run_group_tests_name("stream", tests, make_data, free_data);
}
