/* What the system tells of TCP connections. */
#include "fixture.h"

#include <string.h>

static psock_tcp_info info_of(psock_t s)
{
    psock_tcp_info info;
    memset(&info, 0x5a, sizeof info);
    int result = psock_get_tcp_info(s, &info);
    if (result == PSOCK_ENOTSUP)
        skip_because("this system tells nothing of TCP connections");
    assert_result(result, 0);
    assert_true((info.valid & PSOCK_TCP_STATE) != 0);
    return info;
}

/* Acknowledgements may take a moment. */
static void wait_for_state(psock_t s, unsigned expected)
{
    psock_deadline end = in_time();
    while (info_of(s).state != expected && psock_deadline_left_ns(end) > 0)
        host_yield();
    assert_int_equal(info_of(s).state, expected);
}

static _Bool is_told(const psock_tcp_info *info, unsigned part)
{
    return (info->valid & part) != 0;
}

/* --- States --------------------------------------------------------------- */

static void fresh_stream_is_closed(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_int_equal(info_of(s).state, PSOCK_TCP_CLOSED);
}

static void listener_listens(void **state)
{
    psock_t listener = listening(family_of(state));
    (void)connected_to(listener);
    psock_tcp_info info = info_of(listener);
    assert_int_equal(info.state, PSOCK_TCP_LISTEN);
    assert_int_equal(info.valid, PSOCK_TCP_STATE);
}

static void undecided_attempt_has_sent_its_request(void **state)
{
    struct queue queue = full_queue(family_of(state));
    assert_int_equal(info_of(queue.pending).state, PSOCK_TCP_SYN_SENT);
}

static void states_follow_the_end_of_a_connection(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    wait_for_state(ends.client, PSOCK_TCP_ESTABLISHED);
    wait_for_state(ends.server, PSOCK_TCP_ESTABLISHED);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    wait_for_state(ends.client, PSOCK_TCP_FIN_WAIT_2);
    wait_for_state(ends.server, PSOCK_TCP_CLOSE_WAIT);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
    assert_result(psock_shutdown(ends.server, PSOCK_SHUT_WRITE), 0);
    wait_for_state(ends.server, PSOCK_TCP_CLOSED);
}

static void reset_connection_is_closed(void **state)
{
    struct stream ends = stream_over(family_of(state));
    (void)info_of(ends.client);
    assert_result(psock_close_reset(let_go(ends.server)), 0);
    wait_for_state(ends.client, PSOCK_TCP_CLOSED);
}

/* --- Numbers -------------------------------------------------------------- */

static void bytes_are_counted_at_both_ends(void **state)
{
    static unsigned char data[100000];
    struct stream ends = stream_over(family_of(state));
    psock_tcp_info before = info_of(ends.client);
    assert_true(before.bytes_sent == 0 && before.bytes_received == 0);
    send_all(ends.client, data, sizeof data);
    recv_all(ends.server, data, sizeof data);
    send_all(ends.server, data, 33);
    recv_all(ends.client, data, 33);
    psock_tcp_info client = info_of(ends.client);
    psock_tcp_info server = info_of(ends.server);
    if (is_told(&client, PSOCK_TCP_BYTES_SENT))
        assert_true(client.bytes_sent - client.bytes_retransmitted ==
                    sizeof data);
    if (is_told(&client, PSOCK_TCP_BYTES_RECEIVED))
        assert_true(client.bytes_received == 33);
    if (is_told(&server, PSOCK_TCP_BYTES_RECEIVED))
        assert_true(server.bytes_received == sizeof data);
}

static void end_is_not_counted_as_a_byte(void **state)
{
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "five!");
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    wait_for_state(ends.server, PSOCK_TCP_CLOSE_WAIT);
    psock_tcp_info client = info_of(ends.client);
    psock_tcp_info server = info_of(ends.server);
    if (is_told(&client, PSOCK_TCP_BYTES_SENT))
        assert_true(client.bytes_sent == 5);
    if (is_told(&server, PSOCK_TCP_BYTES_RECEIVED))
        assert_true(server.bytes_received == 5);
}

static void round_trips_take_time(void **state)
{
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "there");
    recv_text(ends.server, "there");
    send_text(ends.server, "back");
    recv_text(ends.client, "back");
    psock_tcp_info info = info_of(ends.client);
    assert_true(is_told(&info, PSOCK_TCP_ROUND_TRIP));
    assert_in_range(info.round_trip_us, 1, 10000000);
    if (is_told(&info, PSOCK_TCP_LEAST_ROUND_TRIP))
        assert_in_range(info.least_round_trip_us, 0, 10000000);
    if (is_told(&info, PSOCK_TCP_CONNECTED_FOR))
        assert_in_range(info.connected_for_ms, 0, 60000);
}

static void connection_has_windows_and_a_segment_size(void **state)
{
    psock_tcp_info info = info_of(stream_over(family_of(state)).client);
    if (is_told(&info, PSOCK_TCP_SEGMENT_SIZE))
        assert_in_range(info.segment_size_bytes, 88, 1 << 20);
    if (is_told(&info, PSOCK_TCP_CONGESTION_WINDOW))
        assert_true(info.congestion_window_bytes >= info.segment_size_bytes);
    if (is_told(&info, PSOCK_TCP_SEND_WINDOW))
        assert_true(info.send_window_bytes > 0);
    if (is_told(&info, PSOCK_TCP_RECEIVE_WINDOW))
        assert_true(info.receive_window_bytes > 0);
}

static void peer_without_room_has_a_small_window(void **state)
{
    struct stream ends = clogged(family_of(state));
    psock_tcp_info client = info_of(ends.client);
    psock_tcp_info server = info_of(ends.server);
    psock_tcp_info fresh = info_of(stream_over(family_of(state)).client);
    if (is_told(&client, PSOCK_TCP_SEND_WINDOW))
        assert_true(client.send_window_bytes < fresh.send_window_bytes);
    if (is_told(&server, PSOCK_TCP_BYTES_RECEIVED) &&
        is_told(&client, PSOCK_TCP_BYTES_SENT))
        assert_true(client.bytes_sent >= server.bytes_received);
}

static void idle_connection_has_nothing_under_way(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_deadline end = in_time();
    send_text(ends.client, "data");
    recv_text(ends.server, "data");
    while (info_of(ends.client).unacknowledged_bytes > 0 &&
           psock_deadline_left_ns(end) > 0)
        host_yield();
    assert_true(info_of(ends.client).unacknowledged_bytes == 0);
}

/* What is under way is what has not been acknowledged and does not wait: less
 * than the receiver had, and no more than both. */
static void what_is_under_way_is_no_more_than_unsent(void **state)
{
    int64_t unsent = 0;
    struct stream ends = clogged(family_of(state));
    psock_tcp_info info = info_of(ends.client);
    if (psock_get_option(ends.client, PSOCK_OPTION_UNSENT_BYTES, &unsent) < 0)
        skip_because("this system, or this user, lacks the option");
    assert_true(unsent > 0);
    assert_true(info.unacknowledged_bytes <= (uint64_t)unsent);
}

/* --- What is not valid ---------------------------------------------------- */

static void check_zero_unless(const psock_tcp_info *info, unsigned part,
                              uint64_t value)
{
    if (!is_told(info, part))
        assert_true(value == 0);
}

static void check_zeros(psock_t s)
{
    psock_tcp_info info = info_of(s);
    check_zero_unless(&info, PSOCK_TCP_ROUND_TRIP,
                      (uint64_t)info.round_trip_us);
    check_zero_unless(&info, PSOCK_TCP_ROUND_TRIP_VARIATION,
                      (uint64_t)info.round_trip_variation_us);
    check_zero_unless(&info, PSOCK_TCP_LEAST_ROUND_TRIP,
                      (uint64_t)info.least_round_trip_us);
    check_zero_unless(&info, PSOCK_TCP_CONGESTION_WINDOW,
                      info.congestion_window_bytes);
    check_zero_unless(&info, PSOCK_TCP_SEND_WINDOW, info.send_window_bytes);
    check_zero_unless(&info, PSOCK_TCP_RECEIVE_WINDOW,
                      info.receive_window_bytes);
    check_zero_unless(&info, PSOCK_TCP_SEGMENT_SIZE, info.segment_size_bytes);
    check_zero_unless(&info, PSOCK_TCP_UNACKNOWLEDGED,
                      info.unacknowledged_bytes);
    check_zero_unless(&info, PSOCK_TCP_BYTES_SENT, info.bytes_sent);
    check_zero_unless(&info, PSOCK_TCP_BYTES_RECEIVED, info.bytes_received);
    check_zero_unless(&info, PSOCK_TCP_BYTES_RETRANSMITTED,
                      info.bytes_retransmitted);
    check_zero_unless(&info, PSOCK_TCP_RETRANSMISSIONS, info.retransmissions);
    check_zero_unless(&info, PSOCK_TCP_CONNECTED_FOR,
                      (uint64_t)info.connected_for_ms);
    for (size_t i = 0; i < COUNT_OF(info.reserved); i++)
        assert_true(info.reserved[i] == 0);
}

static void what_is_not_told_is_zero(void **state)
{
    psock_t listener = listening(family_of(state));
    check_zeros(listener);
    check_zeros(connected_to(listener));
    check_zeros(open_kept(family_of(state), PSOCK_STREAM));
}

/* --- Mistakes ------------------------------------------------------------- */

static void check_refused(psock_t s, int error)
{
    psock_tcp_info info = {.valid = 12345};
    assert_result(psock_get_tcp_info(s, &info), error);
    assert_int_equal(info.valid, 12345);
}

static void info_is_told_of_streams_only(void **state)
{
    check_streams_only(family_of(state), check_refused);
}

static void local_streams_have_no_info(void **state)
{
    check_refused(open_kept(family_of(state), PSOCK_STREAM), PSOCK_EOPNOTSUPP);
}

static void info_needs_a_place(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_get_tcp_info(s, NULL), PSOCK_EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(fresh_stream_is_closed),
        test_both(listener_listens),
        test_both(undecided_attempt_has_sent_its_request),
        test_both(states_follow_the_end_of_a_connection),
        test_both(reset_connection_is_closed),
        test_both(bytes_are_counted_at_both_ends),
        test_both(end_is_not_counted_as_a_byte),
        test_both(round_trips_take_time),
        test_both(connection_has_windows_and_a_segment_size),
        test_both(peer_without_room_has_a_small_window),
        test_both(idle_connection_has_nothing_under_way),
        test_both(what_is_under_way_is_no_more_than_unsent),
        test_both(what_is_not_told_is_zero),
        test_both(info_is_told_of_streams_only),
        test_unix(local_streams_have_no_info),
        test_both(info_needs_a_place),
    };
    return cmocka_run_group_tests_name("tcp_info", tests, warm_up, NULL);
}
