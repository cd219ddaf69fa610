/* Urgent bytes: sent and received apart from the data around them.  Which
 * readiness they make is in readiness.c. */
#include "fixture.h"

#include <string.h>

/* Waits for an urgent byte and takes it. */
static int take_urgent(psock_t s)
{
    psock_pollable entry = {.socket = s, .wanted = PSOCK_URGENT};
    assert_result(psock_poll(&entry, 1, in_time()), 1);
    assert_int_equal(entry.came, PSOCK_URGENT);
    return psock_recv_urgent(s);
}

/* --- There and back ------------------------------------------------------- */

static void urgent_byte_arrives_apart_from_the_data(void **state)
{
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "before");
    assert_result(psock_send_urgent(ends.client, '!', in_time()), 0);
    send_text(ends.client, "after");
    assert_result(take_urgent(ends.server), '!');
    recv_text(ends.server, "before");
    recv_text(ends.server, "after");
    assert_result(psock_recv(ends.server, &(char){0}, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void urgent_byte_is_received_after_the_data_too(void **state)
{
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "before");
    assert_result(psock_send_urgent(ends.client, '!', in_time()), 0);
    recv_text(ends.server, "before");
    assert_result(take_urgent(ends.server), '!');
    send_text(ends.client, "after");
    recv_text(ends.server, "after");
}

static void every_byte_is_sent_both_ways(void **state)
{
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < 256; i++) {
        assert_result(
            psock_send_urgent(ends.client, (unsigned char)i, PSOCK_NOW), 0);
        assert_result(take_urgent(ends.server), i);
        assert_result(psock_send_urgent(ends.server, (unsigned char)(255 - i),
                                        PSOCK_FOREVER),
                      0);
        assert_result(take_urgent(ends.client), 255 - i);
    }
}

static void urgent_byte_is_taken_once(void **state)
{
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < 3; i++) {
        assert_result(psock_recv_urgent(ends.server), PSOCK_EAGAIN);
        assert_result(psock_send_urgent(ends.client, '!', in_time()), 0);
        assert_result(take_urgent(ends.server), '!');
        assert_result(psock_recv_urgent(ends.server), PSOCK_EAGAIN);
    }
}

static void next_urgent_byte_takes_the_place(void **state)
{
    psock_pollable entry = {.wanted = PSOCK_URGENT};
    struct stream ends = stream_over(family_of(state));
    entry.socket = ends.server;
    assert_result(psock_send_urgent(ends.client, '1', in_time()), 0);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
    assert_result(psock_send_urgent(ends.client, '2', in_time()), 0);
    send_text(ends.client, "x");
    entry.wanted = PSOCK_READABLE;
    assert_result(psock_poll(&entry, 1, in_time()), 1);
    assert_result(take_urgent(ends.server), '2');
    assert_result(psock_recv_urgent(ends.server), PSOCK_EAGAIN);
}

static void urgent_byte_is_nothing_to_a_receive(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    psock_pollable entry = {.socket = ends.server, .wanted = PSOCK_URGENT};
    assert_result(psock_send_urgent(ends.client, '!', in_time()), 0);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
    assert_result(psock_recv(ends.server, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
    assert_result(psock_recv(ends.server, &byte, 1, 0, psock_deadline_ms(1)),
                  PSOCK_ETIMEDOUT);
    send_text(ends.client, "x");
    recv_text(ends.server, "x");
}

static void much_data_around_urgent_bytes_arrive_intact(void **state)
{
    static unsigned char sent[1 << 12], received[sizeof sent];
    struct stream ends = stream_over(family_of(state));
    fill(sent, sizeof sent, 0);
    for (int i = 0; i < 50; i++) {
        send_all(ends.client, sent, sizeof sent);
        assert_result(
            psock_send_urgent(ends.client, (unsigned char)i, in_time()), 0);
        send_all(ends.client, sent, sizeof sent);
        assert_result(take_urgent(ends.server), i);
        for (int again = 0; again < 2; again++) {
            memset(received, 0, sizeof received);
            recv_all(ends.server, received, sizeof received);
            assert_memory_equal(received, sent, sizeof sent);
        }
    }
}

/* --- Waiting -------------------------------------------------------------- */

static void urgent_byte_waits_for_room_until_its_deadline(void **state)
{
    struct stream ends = clogged(family_of(state));
    assert_result(psock_send_urgent(ends.client, '!', PSOCK_NOW), PSOCK_EAGAIN);
    int64_t before_ns = clock_ns();
    assert_result(
        psock_send_urgent(ends.client, '!', psock_deadline_ms(SHORT_MS)),
        PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
}

/* --- Mistakes -------------------------------------------------------------- */

static void check_refused(psock_t s, int error)
{
    assert_result(psock_send_urgent(s, '!', in_time()), error);
    assert_result(psock_send_urgent(s, '!', PSOCK_NOW), error);
    assert_result(psock_recv_urgent(s), error);
}

static void what_is_no_socket_is_refused(void **state)
{
    psock_t closed = stream_over(family_of(state)).client;
    close_kept(closed);
    check_refused(closed, PSOCK_EBADF);
    check_refused(PSOCK_INVALID, PSOCK_EBADF);
    check_refused(INTPTR_MIN, PSOCK_EBADF);
    psock_t foreign = host_foreign_open();
    check_refused(foreign, PSOCK_ENOTSOCK);
    host_foreign_close(foreign);
}

static void unconnected_streams_have_none(void **state)
{
    int family = family_of(state);
    psock_t fresh = open_kept(family, PSOCK_STREAM);
    if (psock_send_urgent(fresh, '!', PSOCK_NOW) == PSOCK_ECONNRESET)
        skip_because("this system says reset of a stream never connected");
    check_refused(fresh, PSOCK_ENOTCONN);
    check_refused(listening(family), PSOCK_ENOTCONN);
}

static void datagram_sockets_have_none(void **state)
{
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    check_refused(ends.client, PSOCK_EOPNOTSUPP);
    check_refused(datagram(family), PSOCK_EOPNOTSUPP);
    send_text(ends.client, "datagram");
    assert_result(psock_recv(ends.server, &(char){0}, 1, PSOCK_PEEK, in_time()),
                  1);
    assert_result(psock_recv_urgent(ends.server), PSOCK_EOPNOTSUPP);
    recv_text(ends.server, "datagram");
}

static void local_streams_have_none(void **state)
{
    struct stream ends = stream_over(family_of(state));
    check_refused(ends.client, PSOCK_EOPNOTSUPP);
    send_text(ends.client, "data");
    assert_result(psock_recv(ends.server, &(char){0}, 1, PSOCK_PEEK, in_time()),
                  1);
    assert_result(psock_recv_urgent(ends.server), PSOCK_EOPNOTSUPP);
    recv_text(ends.server, "data");
}

static void stream_shut_for_writing_sends_none(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_result(psock_send_urgent(ends.client, '!', in_time()), PSOCK_EPIPE);
    assert_result(psock_send_urgent(ends.server, '!', in_time()), 0);
    assert_result(take_urgent(ends.client), '!');
}

static void urgent_byte_to_a_peer_that_is_gone_fails_in_the_end(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_close_reset(let_go(ends.server)), 0);
    psock_deadline end = in_time();
    int result;
    do {
        result = psock_send_urgent(ends.client, '!', in_time());
    } while (result == 0 && psock_deadline_left_ns(end) > 0);
    assert_either(result, PSOCK_ECONNRESET, PSOCK_EPIPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(urgent_byte_arrives_apart_from_the_data),
        test_both(urgent_byte_is_received_after_the_data_too),
        test_both(every_byte_is_sent_both_ways),
        test_both(urgent_byte_is_taken_once),
        test_both(next_urgent_byte_takes_the_place),
        test_both(urgent_byte_is_nothing_to_a_receive),
        test_both(much_data_around_urgent_bytes_arrive_intact),
        test_both(urgent_byte_waits_for_room_until_its_deadline),
        test_both(what_is_no_socket_is_refused),
        test_both(unconnected_streams_have_none),
        test_both(datagram_sockets_have_none),
        test_unix(local_streams_have_none),
        test_both(stream_shut_for_writing_sends_none),
        test_both(urgent_byte_to_a_peer_that_is_gone_fails_in_the_end),
    };
    return cmocka_run_group_tests_name("urgent", tests, warm_up, NULL);
}
