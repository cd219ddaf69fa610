/* Ending another thread's wait.
 *
 * Nobody can see that a thread has begun to wait, so every test here is right
 * whichever comes first, the wait or its end, and is repeated with ever more
 * time between the two. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 40
};

/* --- A thread that waits -------------------------------------------------- */

struct wait {
    psock_t s;
    psock_deadline deadline;
    char byte;
    struct running_call *call;
};

static ptrdiff_t wait_to_recv(void *argument)
{
    struct wait *wait = argument;
    return psock_recv(wait->s, &wait->byte, 1, 0, wait->deadline);
}

static ptrdiff_t wait_to_peek(void *argument)
{
    struct wait *wait = argument;
    return psock_recv(wait->s, &wait->byte, 1, PSOCK_PEEK, wait->deadline);
}

static ptrdiff_t wait_to_recv_from(void *argument)
{
    struct wait *wait = argument;
    psock_address peer;
    return psock_recv_from(wait->s, &wait->byte, 1, 0, &peer, wait->deadline);
}

static ptrdiff_t wait_to_recv_vector(void *argument)
{
    struct wait *wait = argument;
    psock_buffer buffer = {&wait->byte, 1};
    return psock_recv_vector(wait->s, &buffer, 1, 0, wait->deadline);
}

static ptrdiff_t wait_to_accept(void *argument)
{
    struct wait *wait = argument;
    return psock_accept(wait->s, NULL, wait->deadline);
}

/* Fills the connection, then waits for room. */
static ptrdiff_t wait_to_send(void *argument)
{
    static const char data[1 << 18];
    struct wait *wait = argument;
    ptrdiff_t sent;
    do {
        sent = psock_send(wait->s, data, sizeof data, 0, wait->deadline);
    } while (sent > 0);
    return sent;
}

static struct wait *begin_wait(call_body *body, psock_t s,
                               psock_deadline deadline)
{
    struct wait *wait = calloc(1, sizeof *wait);
    assert_non_null(wait);
    wait->s = s;
    wait->deadline = deadline;
    wait->call = begin_call(body, wait);
    return wait;
}

/* Also tells which byte was received.  The memory stays with a thread that does
 * not end. */
static ptrdiff_t end_wait_with(struct wait *wait, char *byte)
{
    ptrdiff_t result = end_call(wait->call);
    *byte = wait->byte;
    free(wait);
    return result;
}

static ptrdiff_t end_wait(struct wait *wait)
{
    return end_wait_with(wait, &(char){0});
}

/* One wait, ended by a shutdown. */
static ptrdiff_t interrupt(call_body *body, psock_t s, int how, int round)
{
    psock_deadline deadline = round % 2 == 0 ? PSOCK_FOREVER : in_time();
    struct wait *wait = begin_wait(body, s, deadline);
    let_it_wait(wait->call, round);
    assert_result(psock_shutdown(s, how), 0);
    return end_wait(wait);
}

static int read_how(int round)
{
    return round % 4 < 2 ? PSOCK_SHUT_READ : PSOCK_SHUT_BOTH;
}

static int write_how(int round)
{
    return round % 4 < 2 ? PSOCK_SHUT_WRITE : PSOCK_SHUT_BOTH;
}

/* --- Shutdown ends waits -------------------------------------------------- */

static call_body *const stream_receives[] = {
    wait_to_recv, wait_to_peek, wait_to_recv_from, wait_to_recv_vector};

static void close_both(const struct stream *ends)
{
    close_kept(ends->client);
    close_kept(ends->server);
}

/* Each way to receive meets each deadline and each way to shut down. */
static call_body *receive_of(int round)
{
    return stream_receives[(size_t)round / 4 % COUNT_OF(stream_receives)];
}

static void shutdown_ends_a_receive(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        assert_result(interrupt(receive_of(i), ends.client, read_how(i), i), 0);
        close_both(&ends);
    }
}

static void shutdown_ends_a_receive_of_datagrams(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        psock_t s = datagram(family);
        assert_result(interrupt(receive_of(i), s, read_how(i), i), 0);
        close_kept(s);
    }
}

static void shutdown_ends_a_receive_from_a_connected_peer(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = datagrams_over(family);
        assert_result(interrupt(wait_to_recv, ends.client, read_how(i), i), 0);
        close_both(&ends);
    }
}

static void shutdown_ends_an_accept(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        psock_t s = listening(family);
        assert_result(interrupt(wait_to_accept, s, read_how(i), i),
                      PSOCK_EINVAL);
        close_kept(s);
    }
}

static void shutdown_ends_a_send(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        assert_result(interrupt(wait_to_send, ends.client, write_how(i), i),
                      PSOCK_EPIPE);
        close_both(&ends);
    }
}

/* --- What others do ends waits -------------------------------------------- */

static void check_arrivals(call_body *receive, struct stream ends)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct wait *wait = begin_wait(receive, ends.client,
                                       i % 2 == 0 ? PSOCK_FOREVER : in_time());
        let_it_wait(wait->call, i);
        send_text(ends.server, "x");
        assert_result(end_wait(wait), 1);
    }
}

static void arriving_data_end_a_receive(void **state)
{
    check_arrivals(wait_to_recv, stream_over(family_of(state)));
}

static void arriving_datagram_ends_a_receive(void **state)
{
    check_arrivals(wait_to_recv_from, datagrams_over(family_of(state)));
}

static void arriving_connection_ends_an_accept(void **state)
{
    psock_t listener = listening(family_of(state));
    for (int i = 0; i < ROUNDS; i++) {
        struct wait *wait = begin_wait(wait_to_accept, listener,
                                       i % 2 == 0 ? PSOCK_FOREVER : in_time());
        let_it_wait(wait->call, i);
        psock_t client = connected_to(listener);
        close_kept(keep(end_wait(wait)));
        close_kept(client);
    }
}

static void end_of_the_peer_ends_a_receive(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        struct wait *wait = begin_wait(wait_to_recv, ends.client,
                                       i % 2 == 0 ? PSOCK_FOREVER : in_time());
        let_it_wait(wait->call, i);
        close_kept(ends.server);
        assert_result(end_wait(wait), 0);
        close_kept(ends.client);
    }
}

static void reset_by_the_peer_ends_a_receive(void **state)
{
    need_resets();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        struct wait *wait = begin_wait(wait_to_recv, ends.client,
                                       i % 2 == 0 ? PSOCK_FOREVER : in_time());
        let_it_wait(wait->call, i);
        assert_result(psock_close_reset(let_go(ends.server)), 0);
        assert_result(end_wait(wait), PSOCK_ECONNRESET);
        close_kept(ends.client);
    }
}

static void reset_by_the_peer_ends_a_send(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        struct wait *wait = begin_wait(wait_to_send, ends.client,
                                       i % 2 == 0 ? PSOCK_FOREVER : in_time());
        let_it_wait(wait->call, i);
        assert_result(psock_close_reset(let_go(ends.server)), 0);
        assert_either(end_wait(wait), PSOCK_ECONNRESET, PSOCK_EPIPE);
        close_kept(ends.client);
    }
}

static ptrdiff_t one_send(void *argument)
{
    struct wait *wait = argument;
    return psock_send(wait->s, "x", 1, 0, wait->deadline);
}

static void room_ends_a_send(void **state)
{
    static char drain[1 << 20];
    struct stream ends = clogged(family_of(state));
    struct wait *wait = begin_wait(one_send, ends.client, PSOCK_FOREVER);
    let_it_wait(wait->call, ROUNDS);
    while (psock_recv(ends.server, drain, sizeof drain, 0,
                      psock_deadline_ms(SHORT_MS)) > 0)
        continue;
    assert_result(end_wait(wait), 1);
}

/* --- Several threads in one socket ---------------------------------------- */

enum {
    THREADS = 4
};

static void begin_waits(struct wait **waits, call_body *body, psock_t s)
{
    for (int i = 0; i < THREADS; i++)
        waits[i] = begin_wait(body, s, i % 2 == 0 ? PSOCK_FOREVER : in_time());
}

static void shutdown_ends_every_threads_receive(void **state)
{
    int family = family_of(state);
    for (int round = 0; round < ROUNDS / 2; round++) {
        struct wait *waits[THREADS];
        struct stream ends = stream_over(family);
        begin_waits(waits, wait_to_recv, ends.client);
        for (int i = 0; i < THREADS; i++)
            let_it_wait(waits[i]->call, round);
        assert_result(psock_shutdown(ends.client, PSOCK_SHUT_READ), 0);
        for (int i = 0; i < THREADS; i++)
            assert_result(end_wait(waits[i]), 0);
        close_both(&ends);
    }
}

static void shutdown_ends_every_threads_accept(void **state)
{
    int family = family_of(state);
    for (int round = 0; round < ROUNDS / 2; round++) {
        struct wait *waits[THREADS];
        psock_t s = listening(family);
        begin_waits(waits, wait_to_accept, s);
        for (int i = 0; i < THREADS; i++)
            let_it_wait(waits[i]->call, round);
        assert_result(psock_shutdown(s, PSOCK_SHUT_READ), 0);
        for (int i = 0; i < THREADS; i++)
            assert_result(end_wait(waits[i]), PSOCK_EINVAL);
        close_kept(s);
    }
}

static void each_byte_goes_to_one_of_the_receiving_threads(void **state)
{
    struct stream ends = stream_over(family_of(state));
    for (int round = 0; round < ROUNDS / 2; round++) {
        int seen[THREADS] = {0};
        struct wait *waits[THREADS];
        begin_waits(waits, wait_to_recv, ends.client);
        for (int i = 0; i < THREADS; i++)
            let_it_wait(waits[i]->call, round);
        send_all(ends.server, "\0\1\2\3", THREADS);
        for (int i = 0; i < THREADS; i++) {
            char byte;
            assert_result(end_wait_with(waits[i], &byte), 1);
            seen[byte & (THREADS - 1)]++;
        }
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(seen[i], 1);
    }
}

static void each_connection_goes_to_one_of_the_accepting_threads(void **state)
{
    psock_t listener = listening(family_of(state));
    for (int round = 0; round < ROUNDS / 4; round++) {
        struct wait *waits[THREADS];
        psock_t clients[THREADS];
        begin_waits(waits, wait_to_accept, listener);
        for (int i = 0; i < THREADS; i++)
            let_it_wait(waits[i]->call, round);
        for (int i = 0; i < THREADS; i++)
            clients[i] = connected_to(listener);
        for (int i = 0; i < THREADS; i++)
            close_kept(keep(end_wait(waits[i])));
        for (int i = 0; i < THREADS; i++)
            close_kept(clients[i]);
    }
}

/* A sender that waits must not be woken by what concerns receivers alone, nor
 * keep them waiting. */
static void receiver_and_sender_wait_independently(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct wait *sender = begin_wait(wait_to_send, ends.client, PSOCK_FOREVER);
    struct wait *receiver =
        begin_wait(wait_to_recv, ends.client, PSOCK_FOREVER);
    let_it_wait(sender->call, ROUNDS);
    let_it_wait(receiver->call, ROUNDS);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_result(end_wait(sender), PSOCK_EPIPE);
    send_text(ends.server, "x");
    assert_result(end_wait(receiver), 1);
}

/* --- Disturbances --------------------------------------------------------- */

static void disturb(struct wait *wait)
{
    psock_deadline end = psock_deadline_ms(5);
    do {
        host_thread_disturb(wait->call->thread);
        host_yield();
    } while (psock_deadline_left_ns(end) > 0);
}

static void disturbed_wait_lasts_until_its_deadline(void **state)
{
    static call_body *const bodies[] = {wait_to_recv, wait_to_recv_from,
                                        wait_to_recv_vector};
    struct stream ends = stream_over(family_of(state));
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        int64_t before_ns = clock_ns();
        struct wait *wait =
            begin_wait(bodies[i], ends.client, psock_deadline_ms(SHORT_MS));
        host_gate_wait(wait->call->about_to_wait);
        disturb(wait);
        assert_result(end_wait(wait), PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= SHORT_NS);
    }
}

static void disturbed_wait_still_gets_its_data(void **state)
{
    struct stream ends = stream_over(family_of(state));
    for (size_t i = 0; i < COUNT_OF(stream_receives); i++) {
        struct wait *wait =
            begin_wait(stream_receives[i], ends.client, PSOCK_FOREVER);
        host_gate_wait(wait->call->about_to_wait);
        disturb(wait);
        send_text(ends.server, "x");
        disturb(wait);
        assert_result(end_wait(wait), 1);
    }
}

static void disturbed_accept_still_gets_its_connection(void **state)
{
    psock_t listener = listening(family_of(state));
    struct wait *wait = begin_wait(wait_to_accept, listener, PSOCK_FOREVER);
    host_gate_wait(wait->call->about_to_wait);
    disturb(wait);
    connected_to(listener);
    disturb(wait);
    keep(end_wait(wait));
}

struct endless_connects {
    psock_address address;
    struct host_gate *about_to_start;
    int result;
};

static void connect_often(void *argument)
{
    struct endless_connects *connects = argument;
    host_gate_open(connects->about_to_start);
    for (int i = 0; i < 200 && connects->result == 0; i++) {
        psock_t s = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
        connects->result = psock_connect(
            s, &connects->address, i % 2 == 0 ? PSOCK_FOREVER : in_time());
        psock_close_reset(s);
    }
}

static void disturbed_connects_succeed(void **state)
{
    psock_t listener = listening(family_of(state));
    struct endless_connects connects = {local_of(listener), host_gate_make(),
                                        0};
    struct host_thread *thread = host_thread_start(connect_often, &connects);
    host_gate_wait(connects.about_to_start);
    do {
        host_thread_disturb(thread);
        psock_t s = psock_accept(listener, NULL, PSOCK_NOW);
        if (s >= 0)
            assert_result(psock_close(s), 0);
    } while (!host_thread_join(thread, 0));
    host_gate_free(connects.about_to_start);
    assert_result(connects.result, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(shutdown_ends_a_receive),
        test_both(shutdown_ends_a_receive_of_datagrams),
        test_once(shutdown_ends_a_receive_from_a_connected_peer),
        test_both(shutdown_ends_an_accept),
        test_both(shutdown_ends_a_send),
        test_both(arriving_data_end_a_receive),
        test_both(arriving_datagram_ends_a_receive),
        test_both(arriving_connection_ends_an_accept),
        test_both(end_of_the_peer_ends_a_receive),
        test_both(reset_by_the_peer_ends_a_receive),
        test_both(reset_by_the_peer_ends_a_send),
        test_both(room_ends_a_send),
        test_both(shutdown_ends_every_threads_receive),
        test_both(shutdown_ends_every_threads_accept),
        test_both(each_byte_goes_to_one_of_the_receiving_threads),
        test_both(each_connection_goes_to_one_of_the_accepting_threads),
        test_once(receiver_and_sender_wait_independently),
        test_both(disturbed_wait_lasts_until_its_deadline),
        test_both(disturbed_wait_still_gets_its_data),
        test_both(disturbed_accept_still_gets_its_connection),
        test_once(disturbed_connects_succeed),
    };
    return cmocka_run_group_tests_name("interrupt", tests, warm_up, NULL);
}
