/* option.c: options, by the way in which Windows has them, or has them not. */
#include "fake_option.h"
#include "scene.h"

#define YES(expression) assert_int_equal((expression), 0)

static int64_t value_of(psock_t s, int option)
{
    int64_t value = -1000;
    YES(psock_get_option(s, option, &value));
    return value;
}

static int refusal_of(psock_t s, int option)
{
    int64_t value = -1000;
    int error = psock_get_option(s, option, &value);
    assert_int_equal(value, -1000);
    return error;
}

static psock_t ipv6(int type, unsigned flags)
{
    psock_t s = psock_open(PSOCK_IPV6, type, flags);
    assert_true(s >= 0);
    return s;
}

/* --- The form of a value ------------------------------------------------------- */

static void check_switch(psock_t s, int option)
{
    YES(psock_set_option(s, option, 1));
    assert_int_equal(value_of(s, option), 1);
    YES(psock_set_option(s, option, 0));
    assert_int_equal(value_of(s, option), 0);
}

static void opt_len_1byte_answers_are_widened(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    psock_t other = ipv6(PSOCK_STREAM, 0);
    (void)state;
    check_switch(s, PSOCK_OPTION_NO_DELAY);
    check_switch(s, PSOCK_OPTION_KEEPALIVE);
    assert_int_equal(value_of(other, PSOCK_OPTION_IPV6_ONLY), 1);
    scene_close_two(s, other);
}

static void opt_len_1byte_four_bytes_are_given(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_NO_DELAY, 1));
    YES(psock_set_option(s, PSOCK_OPTION_URGENT_INLINE, 1));
    YES(psock_set_option(s, PSOCK_OPTION_HOP_LIMIT, 255));
    assert_int_equal(fake_recorded("TCP_NODELAY 01000000 length 4 = 0"), 1);
    assert_int_equal(fake_recorded("SO_OOBINLINE 01000000 length 4 = 0"), 1);
    assert_int_equal(fake_recorded("IP_TTL ff000000 length 4 = 0"), 1);
    scene_close(s);
}

static void opt_bool_truncation_large_switches_do_not_get_there(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_NO_DELAY, 0x100),
                     PSOCK_EINVAL);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    scene_close(s);
}

static void opt_bufsize_is_what_was_asked_for(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_RECEIVE_BUFFER_BYTES, 4096));
    YES(psock_set_option(s, PSOCK_OPTION_SEND_BUFFER_BYTES, 300));
    assert_int_equal(value_of(s, PSOCK_OPTION_RECEIVE_BUFFER_BYTES), 4096);
    assert_int_equal(value_of(s, PSOCK_OPTION_SEND_BUFFER_BYTES), 300);
    scene_close(s);
}

static void opt_linger_struct_has_a_switch_beside_the_time(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(value_of(s, PSOCK_OPTION_LINGER_S), -1);
    YES(psock_set_option(s, PSOCK_OPTION_LINGER_S, 65535));
    assert_int_equal(value_of(s, PSOCK_OPTION_LINGER_S), 65535);
    YES(psock_set_option(s, PSOCK_OPTION_LINGER_S, 0));
    assert_int_equal(value_of(s, PSOCK_OPTION_LINGER_S), 0);
    YES(psock_set_option(s, PSOCK_OPTION_LINGER_S, -1));
    assert_int_equal(value_of(s, PSOCK_OPTION_LINGER_S), -1);
    assert_int_equal(fake_recorded("SO_LINGER 0100ffff length 4 = 0"), 1);
    scene_close(s);
}

static void opt_linger_struct_longer_times_are_refused(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_LINGER_S, 65536),
                     PSOCK_EINVAL);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    scene_close(s);
}

/* --- What a socket is ------------------------------------------------------------ */

static void opt_type_domain_proto_are_told(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    psock_t other = ipv6(PSOCK_STREAM, 0);
    (void)state;
    assert_int_equal(value_of(s, PSOCK_OPTION_FAMILY), PSOCK_IPV4);
    assert_int_equal(value_of(s, PSOCK_OPTION_TYPE), PSOCK_DATAGRAM);
    assert_int_equal(value_of(s, PSOCK_OPTION_PROTOCOL), IPPROTO_UDP);
    assert_int_equal(value_of(other, PSOCK_OPTION_FAMILY), PSOCK_IPV6);
    assert_int_equal(value_of(other, PSOCK_OPTION_TYPE), PSOCK_STREAM);
    assert_int_equal(value_of(other, PSOCK_OPTION_PROTOCOL), IPPROTO_TCP);
    scene_close_two(s, other);
}

static void listening_ends_with_the_listener_being_shut_down(void **state)
{
    psock_t s = scene_listener(NULL);
    psock_t other = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(value_of(s, PSOCK_OPTION_LISTENING), 1);
    assert_int_equal(value_of(other, PSOCK_OPTION_LISTENING), 0);
    YES(psock_shutdown(s, PSOCK_SHUT_READ));
    assert_int_equal(value_of(s, PSOCK_OPTION_LISTENING), 0);
    scene_close_two(s, other);
}

static void opt_hdrincl_is_of_raw_sockets(void **state)
{
    (void)state;
    fake_set_privileged(1);
    psock_t s = psock_open_raw(PSOCK_IPV4, 1);
    psock_t other = scene_open(PSOCK_DATAGRAM);
    assert_true(s >= 0);
    check_switch(s, PSOCK_OPTION_HEADER_INCLUDED);
    check_switch(s, PSOCK_OPTION_BROADCAST);
    assert_int_equal(value_of(s, PSOCK_OPTION_TYPE), PSOCK_RAW);
    assert_int_equal(psock_set_option(other, PSOCK_OPTION_HEADER_INCLUDED, 1),
                     PSOCK_EOPNOTSUPP);
    scene_close_two(s, other);
}

/* --- Both levels of IPv6 sockets --------------------------------------------------- */

static const struct {
    int option;
    int value;
    int ipv4;
    int ipv6;
} of_both[] = {
    {PSOCK_OPTION_HOP_LIMIT, 9, IP_TTL, IPV6_UNICAST_HOPS},
    {PSOCK_OPTION_DONT_FRAGMENT, 1, IP_DONTFRAGMENT, IPV6_DONTFRAG},
    {PSOCK_OPTION_MULTICAST_HOP_LIMIT, 0, IP_MULTICAST_TTL,
     IPV6_MULTICAST_HOPS},
    {PSOCK_OPTION_MULTICAST_LOOP, 0, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP},
};

#define BOTH_COUNT (sizeof of_both / sizeof *of_both)

static void opt_v4_options_on_v6_are_set_too(void **state)
{
    psock_t s = ipv6(PSOCK_DATAGRAM, PSOCK_DUAL_STACK);
    (void)state;
    for (size_t i = 0; i < BOTH_COUNT; i++) {
        const int value = of_both[i].value;
        YES(psock_set_option(s, of_both[i].option, value));
        assert_int_equal(value_of(s, of_both[i].option), value);
        assert_int_equal(fake_option(s, IPPROTO_IPV6, of_both[i].ipv6), value);
        assert_int_equal(fake_option(s, IPPROTO_IP, of_both[i].ipv4), value);
    }
    scene_close(s);
}

static void opt_v4_options_on_v6_may_not_be_there(void **state)
{
    psock_t s = ipv6(PSOCK_DATAGRAM, 0);
    (void)state;
    for (size_t i = 0; i < BOTH_COUNT; i++) {
        const int value = of_both[i].value;
        YES(psock_set_option(s, of_both[i].option, value));
        assert_int_equal(value_of(s, of_both[i].option), value);
        assert_int_not_equal(fake_option(s, IPPROTO_IP, of_both[i].ipv4),
                             value);
    }
    scene_close(s);
}

static void ipv4_sockets_have_their_own_numbers_of_options(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    for (size_t i = 0; i < BOTH_COUNT; i++) {
        const int value = of_both[i].value;
        YES(psock_set_option(s, of_both[i].option, value));
        assert_int_equal(value_of(s, of_both[i].option), value);
        assert_int_equal(fake_option(s, IPPROTO_IP, of_both[i].ipv4), value);
    }
    scene_close(s);
}

/* --- Interfaces ------------------------------------------------------------------- */

static void check_interface(psock_t s, int option, const char *record)
{
    YES(psock_set_option(s, option, 1));
    assert_int_equal(value_of(s, option), 1);
    assert_int_equal(fake_recorded(record), 1);
    YES(psock_set_option(s, option, 0));
    assert_int_equal(value_of(s, option), 0);
}

static void opt_bindtodevice_ipv4_indexes_are_in_network_order(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    check_interface(s, PSOCK_OPTION_INTERFACE, "IP_UNICAST_IF 00000001");
    check_interface(s, PSOCK_OPTION_MULTICAST_INTERFACE,
                    "IP_MULTICAST_IF 00000001");
    scene_close(s);
}

static void opt_bindtodevice_ipv6_indexes_are_in_host_order(void **state)
{
    psock_t s = ipv6(PSOCK_DATAGRAM, 0);
    (void)state;
    check_interface(s, PSOCK_OPTION_INTERFACE, "IPV6_UNICAST_IF 01000000");
    check_interface(s, PSOCK_OPTION_MULTICAST_INTERFACE,
                    "IPV6_MULTICAST_IF 01000000");
    scene_close(s);
}

static void opt_bindtodevice_both_orders_for_both_protocols(void **state)
{
    psock_t s = ipv6(PSOCK_STREAM, PSOCK_DUAL_STACK);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_INTERFACE, 1));
    assert_true(fake_recorded_in_order("IPV6_UNICAST_IF 01000000 length 4 = 0",
                                       "IP_UNICAST_IF 00000001 length 4 = 0",
                                       NULL));
    scene_close(s);
}

static void opt_bindtodevice_no_such_interface_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_forget();
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_INTERFACE, 4000000),
                     PSOCK_ENODEV);
    assert_int_equal(
        psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, 4000000),
        PSOCK_ENODEV);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    scene_close(s);
}

/* --- Patience, and what else came late ---------------------------------------------- */

static void opt_user_timeout_is_in_milliseconds(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_DEAD_PEER_MS, 5000));
    assert_int_equal(value_of(s, PSOCK_OPTION_DEAD_PEER_MS), 5000);
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_MAXRTMS), 5000);
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_MAXRT), 0);
    scene_close(s);
}

static void opt_user_timeout_is_never_shorter(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_DEAD_PEER_MS, 1));
    assert_int_equal(value_of(s, PSOCK_OPTION_DEAD_PEER_MS), 1000);
    YES(psock_set_option(s, PSOCK_OPTION_DEAD_PEER_MS, 2001));
    assert_int_equal(value_of(s, PSOCK_OPTION_DEAD_PEER_MS), 3000);
    YES(psock_set_option(s, PSOCK_OPTION_DEAD_PEER_MS, 0));
    assert_int_equal(value_of(s, PSOCK_OPTION_DEAD_PEER_MS), 0);
    scene_close(s);
}

static void opt_user_timeout_was_in_seconds(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_DEAD_PEER_MS, 2001));
    assert_int_equal(value_of(s, PSOCK_OPTION_DEAD_PEER_MS), 3000);
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_MAXRT), 3);
    scene_close(s);
}

static void opt_user_timeout_has_not_the_number_of_elsewhere(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_DEAD_PEER_MS, 5000));
    assert_int_equal(
        fake_option(s, IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR), 0);
    scene_close(s);
}

static void opt_user_timeout_may_lack_altogether(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_fail_next(FAKE_setsockopt, WSAENOPROTOOPT, 2);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_DEAD_PEER_MS, 5000),
                     PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAENOPROTOOPT);
    fake_fail_after(FAKE_getsockopt, 1, WSAENOPROTOOPT, 2);
    assert_int_equal(refusal_of(s, PSOCK_OPTION_DEAD_PEER_MS), PSOCK_ENOTSUP);
    scene_close(s);
}

static void opt_fastopen_is_a_switch(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_FAST_OPEN, 5));
    assert_int_equal(value_of(s, PSOCK_OPTION_FAST_OPEN), 1);
    assert_int_equal(fake_recorded("TCP_FASTOPEN 01000000 length 4 = 0"), 1);
    YES(psock_set_option(s, PSOCK_OPTION_FAST_OPEN, 0));
    assert_int_equal(value_of(s, PSOCK_OPTION_FAST_OPEN), 0);
    scene_close(s);
}

static void opt_fastopen_is_not_of_old_systems(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_FAST_OPEN, 5),
                     PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAENOPROTOOPT);
    assert_int_equal(refusal_of(s, PSOCK_OPTION_FAST_OPEN), PSOCK_ENOTSUP);
    scene_close(s);
}

/* Some say "invalid" of an option that they do not know. */
static void invalid_is_the_value_of_an_option_that_can_be_asked(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    fake_fail_next(FAKE_setsockopt, WSAEINVAL, 1);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_FAST_OPEN, 5),
                     PSOCK_EINVAL);
    fake_fail_next(FAKE_setsockopt, WSAEINVAL, 1);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_HOP_LIMIT, 5),
                     PSOCK_EINVAL);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    scene_close(s);
}

static void invalid_is_an_option_that_cannot_be_asked_either(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    fake_fail_next(FAKE_setsockopt, WSAEINVAL, 1);
    fake_fail_after(FAKE_getsockopt, 1, WSAEINVAL, 1);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_FAST_OPEN, 5),
                     PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    fake_fail_after(FAKE_getsockopt, 1, WSAEINVAL, 1);
    assert_int_equal(refusal_of(s, PSOCK_OPTION_FAST_OPEN), PSOCK_ENOTSUP);
    scene_close(s);
}

static void ack_frequency_is_a_control(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    YES(psock_set_option(s, PSOCK_OPTION_ACK_FREQUENCY, 3));
    assert_int_equal(fake_acks_each(s), 3);
    assert_int_equal(refusal_of(s, PSOCK_OPTION_ACK_FREQUENCY), PSOCK_ENOTSUP);
    scene_close(s);
}

static void ack_frequency_is_not_of_old_systems(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_ACK_FREQUENCY, 3),
                     PSOCK_ENOTSUP);
    scene_close(s);
}

/* --- What Windows has not ----------------------------------------------------------- */

static const int lacking[] = {
    PSOCK_OPTION_UNSENT_BYTES,
    PSOCK_OPTION_RECEIVE_LOW_BYTES,
    PSOCK_OPTION_DONT_ROUTE,
    PSOCK_OPTION_PRIORITY,
    PSOCK_OPTION_MARK,
    PSOCK_OPTION_BUSY_POLL_US,
    PSOCK_OPTION_INCOMING_CPU,
    PSOCK_OPTION_COOKIE,
    PSOCK_OPTION_CORK,
    PSOCK_OPTION_QUICK_ACK,
    PSOCK_OPTION_UNSENT_LOW_BYTES,
    PSOCK_OPTION_THIN_STREAM,
    PSOCK_OPTION_DEFER_ACCEPT_S,
    PSOCK_OPTION_FAST_OPEN_CONNECT,
    PSOCK_OPTION_TRAFFIC_CLASS,
    PSOCK_OPTION_FREE_BIND,
    PSOCK_OPTION_TRANSPARENT,
};

#define LACKING_COUNT (sizeof lacking / sizeof *lacking)

static void check_lacking(psock_t s, int option)
{
    psock_option_info info;
    YES(psock_option_describe(option, &info));
    assert_int_equal(refusal_of(s, option), PSOCK_ENOTSUP);
    if (info.can_set)
        assert_int_equal(psock_set_option(s, option, info.minimum),
                         PSOCK_ENOTSUP);
}

static void opt_nodelay_cork_quickack_and_others_are_not_pretended(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    psock_t other = ipv6(PSOCK_STREAM, PSOCK_DUAL_STACK);
    (void)state;
    fake_forget();
    for (size_t i = 0; i < LACKING_COUNT; i++) {
        check_lacking(s, lacking[i]);
        check_lacking(other, lacking[i]);
    }
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
    scene_close_two(s, other);
}

static void dgram_tos_set_is_not_pretended(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_forget();
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_TRAFFIC_CLASS, 0x28),
                     PSOCK_ENOTSUP);
    assert_int_equal(refusal_of(s, PSOCK_OPTION_TRAFFIC_CLASS), PSOCK_ENOTSUP);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_MULTICAST_ALL, 0),
                     PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    scene_close(s);
}

static void segment_size_can_be_asked_only(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(value_of(s, PSOCK_OPTION_SEGMENT_BYTES), 1460);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_SEGMENT_BYTES, 1000),
                     PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    scene_close(s);
}

static void congestion_control_has_no_name_here(void **state)
{
    char name[PSOCK_CONGESTION_NAME_SIZE] = "before";
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_get_congestion(s, name, sizeof name), PSOCK_ENOTSUP);
    assert_string_equal(name, "before");
    assert_int_equal(psock_set_congestion(s, "cubic"), PSOCK_ENOTSUP);
    scene_close(s);
}

/* --- The path -------------------------------------------------------------------------- */

static psock_t connected_to(psock_t s, const char *text)
{
    const psock_address peer = scene_address(text);
    YES(psock_connect(s, &peer, PSOCK_NOW));
    return s;
}

static void dgram_df_path_is_known_when_connected(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(refusal_of(s, PSOCK_OPTION_PATH_MTU_BYTES),
                     PSOCK_ENOTCONN);
    connected_to(s, "127.0.0.1:9");
    assert_int_equal(value_of(s, PSOCK_OPTION_PATH_MTU_BYTES), 1500);
    scene_close(s);
}

static void dgram_df_path_of_either_protocol_is_known(void **state)
{
    psock_t s = ipv6(PSOCK_DATAGRAM, PSOCK_DUAL_STACK);
    psock_t other = ipv6(PSOCK_DATAGRAM, PSOCK_DUAL_STACK);
    (void)state;
    assert_int_equal(refusal_of(s, PSOCK_OPTION_PATH_MTU_BYTES),
                     PSOCK_ENOTCONN);
    connected_to(s, "[::ffff:127.0.0.1]:9");
    connected_to(other, "[::1]:9");
    assert_int_equal(value_of(s, PSOCK_OPTION_PATH_MTU_BYTES), 1500);
    assert_int_equal(value_of(other, PSOCK_OPTION_PATH_MTU_BYTES), 1500);
    scene_close_two(s, other);
}

static void dgram_df_path_is_not_told_by_old_systems(void **state)
{
    psock_t s = connected_to(scene_open(PSOCK_DATAGRAM), "127.0.0.1:9");
    (void)state;
    assert_int_equal(refusal_of(s, PSOCK_OPTION_PATH_MTU_BYTES), PSOCK_ENOTSUP);
    check_switch(s, PSOCK_OPTION_DONT_FRAGMENT);
    scene_close(s);
}

/* --- What waits to be read --------------------------------------------------------------- */

static void send_to(psock_t s, const char *text, const psock_address *to)
{
    const size_t size = strlen(text);
    assert_int_equal(psock_send_to(s, text, size, 0, to, PSOCK_NOW), size);
}

static void dgram_fionread_is_the_next_one_only(void **state)
{
    psock_address where;
    psock_t s = scene_bound(PSOCK_DATAGRAM, &where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 0);
    send_to(sender, "0123456789", &where);
    send_to(sender, "abc", &where);
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 10);
    scene_expect(s, "0123456789");
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 3);
    scene_expect(s, "abc");
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 0);
    scene_close_two(s, sender);
}

static void dgram_fionread_empty_ones_have_nothing(void **state)
{
    psock_address where;
    psock_t s = scene_bound(PSOCK_DATAGRAM, &where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    send_to(sender, "", &where);
    send_to(sender, "behind", &where);
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 0);
    scene_expect(s, "");
    scene_expect(s, "behind");
    scene_close_two(s, sender);
}

static void dgram_fionread_longest_one_is_told_whole(void **state)
{
    static char data[65507];
    psock_address where;
    psock_t s = scene_bound(PSOCK_DATAGRAM, &where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(
        psock_send_to(sender, data, sizeof data, 0, &where, PSOCK_NOW),
        sizeof data);
    send_to(sender, "more", &where);
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), sizeof data);
    scene_close_two(s, sender);
}

static void dgram_fionread_unbound_ones_stay_unbound(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 0);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    assert_int_equal(fake_calls(FAKE_bind), 0);
    scene_close(s);
}

static void unread_bytes_are_none_where_none_can_come(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    fake_fail_next(FAKE_ioctlsocket, WSAEINVAL, 1);
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 0);
    fake_fail_next(FAKE_ioctlsocket, WSAENETDOWN, 1);
    assert_int_equal(refusal_of(s, PSOCK_OPTION_UNREAD_BYTES), PSOCK_ENETDOWN);
    scene_close(s);
}

static void fionread_of_a_stream_is_all_that_came(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "0123456789");
    scene_send(peer, "abc");
    assert_int_equal(value_of(s, PSOCK_OPTION_UNREAD_BYTES), 13);
    scene_expect(s, "0123456789abc");
    scene_close_two(s, peer);
}

/* --- What waits to be told ---------------------------------------------------------------- */

static void opt_error_attempts_under_way_have_none(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    const psock_address nobody = scene_nobody();
    (void)state;
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    fake_decide_connect(s, WSAECONNREFUSED);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), PSOCK_ECONNREFUSED);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    scene_close(s);
}

static void opt_error_success_stays_to_be_told(void **state)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EAGAIN);
    fake_decide_connect(s, 0);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    YES(psock_connect(s, &where, PSOCK_NOW));
    scene_close_two(s, listener);
}

static void opt_error_resets_are_found_where_a_receive_looks(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    fake_break(s, WSAECONNRESET);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), PSOCK_ECONNRESET);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    scene_close_two(s, peer);
}

static void opt_error_data_and_ends_are_none(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "data");
    scene_close(peer);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    scene_expect(s, "data");
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    scene_close(s);
}

static void opt_error_refusals_of_datagrams_are_told_once(void **state)
{
    const psock_address nobody = scene_address("127.0.0.1:9");
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    YES(psock_connect(s, &nobody, PSOCK_NOW));
    scene_send(s, "knock");
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), PSOCK_ECONNREFUSED);
    assert_int_equal(value_of(s, PSOCK_OPTION_ERROR), 0);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close(s);
}

/* --- Other failures ------------------------------------------------------------------------- */

static void opt_stale_state_has_its_own_errors(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_fail_next(FAKE_setsockopt, WSAENETRESET, 1);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_NO_DELAY, 1),
                     PSOCK_ENETRESET);
    fake_fail_after(FAKE_getsockopt, 1, WSAENOTCONN, 1);
    assert_int_equal(refusal_of(s, PSOCK_OPTION_NO_DELAY), PSOCK_ENOTCONN);
    assert_int_equal(psock_error_native(), WSAENOTCONN);
    scene_close_two(s, peer);
}

static void connect_pending_options_may_be_refused(void **state)
{
    psock_t s = scene_connecting();
    (void)state;
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_KEEPALIVE, 1),
                     PSOCK_EINVAL);
    YES(psock_set_option(s, PSOCK_OPTION_NO_DELAY, 1));
    scene_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(opt_len_1byte_answers_are_widened),
        ON_BOTH(opt_len_1byte_four_bytes_are_given),
        ON_WINDOWS_10(opt_bool_truncation_large_switches_do_not_get_there),
        ON_WINDOWS_10(opt_bufsize_is_what_was_asked_for),
        ON_WINDOWS_10(opt_linger_struct_has_a_switch_beside_the_time),
        ON_WINDOWS_10(opt_linger_struct_longer_times_are_refused),
        ON_WINDOWS_10(opt_type_domain_proto_are_told),
        ON_WINDOWS_10(listening_ends_with_the_listener_being_shut_down),
        ON_WINDOWS_10(opt_hdrincl_is_of_raw_sockets),
        ON_BOTH(opt_v4_options_on_v6_are_set_too),
        ON_BOTH(opt_v4_options_on_v6_may_not_be_there),
        ON_WINDOWS_10(ipv4_sockets_have_their_own_numbers_of_options),
        ON_WINDOWS_10(opt_bindtodevice_ipv4_indexes_are_in_network_order),
        ON_WINDOWS_10(opt_bindtodevice_ipv6_indexes_are_in_host_order),
        ON_WINDOWS_10(opt_bindtodevice_both_orders_for_both_protocols),
        ON_WINDOWS_10(opt_bindtodevice_no_such_interface_is_told),
        ON_WINDOWS_10(opt_user_timeout_is_in_milliseconds),
        ON_WINDOWS_10(opt_user_timeout_is_never_shorter),
        ON_WINDOWS_7(opt_user_timeout_was_in_seconds),
        ON_WINDOWS_10(opt_user_timeout_has_not_the_number_of_elsewhere),
        ON_WINDOWS_10(opt_user_timeout_may_lack_altogether),
        ON_WINDOWS_10(opt_fastopen_is_a_switch),
        ON_WINDOWS_7(opt_fastopen_is_not_of_old_systems),
        ON_WINDOWS_10(invalid_is_the_value_of_an_option_that_can_be_asked),
        ON_WINDOWS_10(invalid_is_an_option_that_cannot_be_asked_either),
        ON_WINDOWS_10(ack_frequency_is_a_control),
        ON_WINDOWS_7(ack_frequency_is_not_of_old_systems),
        ON_BOTH(opt_nodelay_cork_quickack_and_others_are_not_pretended),
        ON_WINDOWS_10(dgram_tos_set_is_not_pretended),
        ON_WINDOWS_10(segment_size_can_be_asked_only),
        ON_WINDOWS_10(congestion_control_has_no_name_here),
        ON_WINDOWS_10(dgram_df_path_is_known_when_connected),
        ON_WINDOWS_10(dgram_df_path_of_either_protocol_is_known),
        ON_WINDOWS_7(dgram_df_path_is_not_told_by_old_systems),
        ON_WINDOWS_10(dgram_fionread_is_the_next_one_only),
        ON_WINDOWS_10(dgram_fionread_empty_ones_have_nothing),
        ON_WINDOWS_10(dgram_fionread_longest_one_is_told_whole),
        ON_WINDOWS_10(dgram_fionread_unbound_ones_stay_unbound),
        ON_WINDOWS_10(unread_bytes_are_none_where_none_can_come),
        ON_WINDOWS_10(fionread_of_a_stream_is_all_that_came),
        ON_WINDOWS_10(opt_error_attempts_under_way_have_none),
        ON_WINDOWS_10(opt_error_success_stays_to_be_told),
        ON_WINDOWS_10(opt_error_resets_are_found_where_a_receive_looks),
        ON_WINDOWS_10(opt_error_data_and_ends_are_none),
        ON_WINDOWS_10(opt_error_refusals_of_datagrams_are_told_once),
        ON_WINDOWS_10(opt_stale_state_has_its_own_errors),
        ON_WINDOWS_10(connect_pending_options_may_be_refused),
    };
    return cmocka_run_group_tests_name("winsock.option", tests, NULL, NULL);
}
