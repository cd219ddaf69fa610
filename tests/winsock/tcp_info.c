/* tcp_info.c: what SIO_TCP_INFO tells, and what can be known where it does not. */
#include "scene.h"

static psock_tcp_info info_of(psock_t s)
{
    psock_tcp_info info;
    memset(&info, 0xaa, sizeof info);
    assert_int_equal(psock_get_tcp_info(s, &info), 0);
    return info;
}

static int refusal(psock_t s)
{
    psock_tcp_info info = {.valid = 77};
    int error = psock_get_tcp_info(s, &info);
    assert_int_equal(info.valid, 77);
    return error;
}

#define EVERYTHING_TOLD                                                        \
    (PSOCK_TCP_STATE | PSOCK_TCP_ROUND_TRIP | PSOCK_TCP_LEAST_ROUND_TRIP |     \
     PSOCK_TCP_CONGESTION_WINDOW | PSOCK_TCP_SEND_WINDOW |                     \
     PSOCK_TCP_RECEIVE_WINDOW | PSOCK_TCP_SEGMENT_SIZE |                       \
     PSOCK_TCP_UNACKNOWLEDGED | PSOCK_TCP_BYTES_SENT |                         \
     PSOCK_TCP_BYTES_RECEIVED | PSOCK_TCP_BYTES_RETRANSMITTED |                \
     PSOCK_TCP_CONNECTED_FOR)

static void tcp_info_every_member_has_its_place(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const psock_tcp_info info = info_of(s);
    (void)state;
    assert_int_equal(info.valid, EVERYTHING_TOLD);
    assert_int_equal(info.state, PSOCK_TCP_ESTABLISHED);
    assert_int_equal(info.round_trip_us, 1500);
    assert_int_equal(info.least_round_trip_us, 900);
    assert_int_equal(info.congestion_window_bytes, 14600);
    assert_int_equal(info.send_window_bytes, 65535);
    assert_int_equal(info.receive_window_bytes, 65280);
    assert_int_equal(info.segment_size_bytes, 1460);
    assert_int_equal(info.unacknowledged_bytes, 77);
    assert_int_equal(info.bytes_sent, 6000000000);
    assert_int_equal(info.bytes_received, 7000000000);
    assert_int_equal(info.bytes_retransmitted, 2920);
    assert_int_equal(info.connected_for_ms, 5000000000);
    scene_close_two(s, peer);
}

static void tcp_info_what_is_not_told_is_zero(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const psock_tcp_info info = info_of(s);
    (void)state;
    assert_int_equal(info.round_trip_variation_us, 0);
    assert_int_equal(info.retransmissions, 0);
    for (size_t i = 0; i < sizeof info.reserved / sizeof *info.reserved; i++)
        assert_int_equal(info.reserved[i], 0);
    scene_close_two(s, peer);
}

static void tcp_info_version_0_is_asked_for(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    info_of(s);
    assert_int_equal(fake_recorded("SIO_TCP_INFO 00000000 length 4 = 0"), 1);
    scene_close_two(s, peer);
}

static void check_state(psock_t s, uint32_t expected)
{
    const psock_tcp_info info = info_of(s);
    assert_int_equal(info.valid, PSOCK_TCP_STATE);
    assert_int_equal(info.state, expected);
    assert_int_equal(info.round_trip_us, 0);
}

static void tcp_info_without_a_connection_is_its_state(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    psock_t listener = scene_listener(NULL);
    psock_t attempt = scene_connecting();
    (void)state;
    check_state(s, PSOCK_TCP_CLOSED);
    check_state(listener, PSOCK_TCP_LISTEN);
    check_state(attempt, PSOCK_TCP_SYN_SENT);
    scene_close_two(s, listener);
    scene_close(attempt);
}

static void tcp_info_not_connected_is_said_in_two_ways(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_fail_next(FAKE_WSAIoctl, WSAENOTCONN, 1);
    check_state(s, PSOCK_TCP_CLOSED);
    scene_close(s);
}

static void tcp_info_connections_it_is_invalid_for_have_none(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_fail_next(FAKE_WSAIoctl, WSAEINVAL, 1);
    assert_int_equal(refusal(s), PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    scene_close_two(s, peer);
}

static void tcp_info_is_not_of_old_systems(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_t fresh = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(refusal(s), PSOCK_ENOTSUP);
    assert_int_equal(refusal(fresh), PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAEOPNOTSUPP);
    scene_close_two(s, peer);
    scene_close(fresh);
}

static void tcp_info_is_of_tcp_only(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(refusal(s), PSOCK_EOPNOTSUPP);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 2); /* in opening it */
    scene_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(tcp_info_every_member_has_its_place),
        ON_WINDOWS_10(tcp_info_what_is_not_told_is_zero),
        ON_WINDOWS_10(tcp_info_version_0_is_asked_for),
        ON_WINDOWS_10(tcp_info_without_a_connection_is_its_state),
        ON_WINDOWS_10(tcp_info_not_connected_is_said_in_two_ways),
        ON_WINDOWS_10(tcp_info_connections_it_is_invalid_for_have_none),
        ON_WINDOWS_7(tcp_info_is_not_of_old_systems),
        ON_WINDOWS_10(tcp_info_is_of_tcp_only),
    };
    return cmocka_run_group_tests_name("winsock.tcp_info", tests, NULL, NULL);
}
