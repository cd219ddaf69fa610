/* multicast.c: groups, as real Windows has them and where Wine has less. */
#include "scene.h"

#include <stdio.h>

#define LOOPBACK_INDEX 1
#define NO_INDEX 999

static psock_t member(void)
{
    const psock_address any = scene_address("0.0.0.0");
    psock_t s = scene_open(PSOCK_DATAGRAM);
    assert_int_equal(psock_bind(s, &any, PSOCK_BIND_SHARED), 0);
    return s;
}

static psock_t member_6(void)
{
    const psock_address any = scene_address("::");
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, 0);
    assert_true(s >= 0);
    assert_int_equal(psock_bind(s, &any, PSOCK_BIND_SHARED), 0);
    return s;
}

static int join_on(psock_t s, const char *group, uint32_t interface_index)
{
    const psock_address address = scene_address(group);
    return psock_multicast_join(s, &address, interface_index);
}

static int leave_on(psock_t s, const char *group, uint32_t interface_index)
{
    const psock_address address = scene_address(group);
    return psock_multicast_leave(s, &address, interface_index);
}

static int join(psock_t s, const char *group)
{
    return join_on(s, group, LOOPBACK_INDEX);
}

static int leave(psock_t s, const char *group)
{
    return leave_on(s, group, LOOPBACK_INDEX);
}

typedef int source_call(psock_t s, const psock_address *group,
                        const psock_address *source, uint32_t interface_index);

static int with_source(source_call *call, psock_t s, const char *group,
                       const char *source)
{
    const psock_address group_address = scene_address(group);
    const psock_address source_address = scene_address(source);
    return call(s, &group_address, &source_address, LOOPBACK_INDEX);
}

#define GROUP "239.1.2.3"
#define GROUP_6 "ff15::123"

/* --- mc-v6, mc-if: one way to join for both ---------------------------------- */

static void mc_v6_joins_as_ipv4_does(void **state)
{
    psock_t s = member(), s_6 = member_6();
    (void)state;
    assert_int_equal(join(s, GROUP), 0);
    assert_int_equal(join(s_6, GROUP_6), 0);
    assert_int_equal(fake_recorded("MCAST_JOIN_GROUP 01000000"), 2);
    assert_int_equal(leave(s, GROUP), 0);
    assert_int_equal(leave(s_6, GROUP_6), 0);
    scene_close_two(s, s_6);
}

static void mc_if_is_an_index_in_host_order(void **state)
{
    psock_t s = member();
    (void)state;
    assert_int_equal(join_on(s, GROUP, 0), 0);
    assert_int_equal(fake_recorded("MCAST_JOIN_GROUP 00000000"), 1);
    assert_int_equal(join_on(s, "239.1.2.4", LOOPBACK_INDEX), 0);
    assert_int_equal(fake_recorded("MCAST_JOIN_GROUP 01000000"), 1);
    scene_close(s);
}

static void mc_if_that_is_not_there_is_told(void **state)
{
    psock_t s = member(), s_6 = member_6();
    (void)state;
    assert_int_equal(join_on(s, GROUP, NO_INDEX), PSOCK_ENODEV);
    assert_int_equal(leave_on(s, GROUP, NO_INDEX), PSOCK_ENODEV);
    assert_int_equal(join_on(s_6, GROUP_6, NO_INDEX), PSOCK_ENODEV);
    scene_close_two(s, s_6);
}

/* Ports and scopes of addresses are not what Windows expects in requests. */
static void mc_v6_requests_have_neither_port_nor_scope(void **state)
{
    psock_t s = member_6();
    (void)state;
    assert_int_equal(join_on(s, "[ff12::123%1]:4711", 0), 0);
    assert_int_equal(fake_recorded("MCAST_JOIN_GROUP 01000000"), 1);
    assert_string_equal(fake_complaints(), "");
    assert_int_equal(join(s, "ff12::123"), PSOCK_EADDRINUSE);
    scene_close(s);
}

/* --- mc-join-errors ------------------------------------------------------------ */

static void check_second_join(int native)
{
    psock_t s = member(), s_6 = member_6();
    if (native != 0)
        fake_refuse_second_memberships_by(native);
    assert_int_equal(join(s, GROUP), 0);
    assert_int_equal(join(s, GROUP), PSOCK_EADDRINUSE);
    assert_int_equal(join(s_6, GROUP_6), 0);
    assert_int_equal(join(s_6, GROUP_6), PSOCK_EADDRINUSE);
    assert_int_equal(leave(s, GROUP), 0);
    assert_int_equal(join(s, GROUP), 0);
    scene_close_two(s, s_6);
}

static void mc_join_errors_second_one_is_in_use(void **state)
{
    (void)state;
    check_second_join(0);
}

static void mc_join_errors_reported_code_means_the_same(void **state)
{
    (void)state;
    check_second_join(WSAEINVAL);
}

static void mc_join_errors_wines_code_means_the_same(void **state)
{
    (void)state;
    check_second_join(WSAEADDRINUSE);
}

/* The socket that was asked to find out is gone, and the code still there. */
static void mc_join_errors_finding_out_leaves_nothing(void **state)
{
    psock_t s = member();
    (void)state;
    assert_int_equal(join(s, GROUP), 0);
    assert_int_equal(join(s, GROUP), PSOCK_EADDRINUSE);
    assert_int_equal(psock_error_native(), WSAEADDRNOTAVAIL);
    assert_int_equal(fake_open_sockets(), 1);
    assert_int_equal(leave(s, GROUP), 0);
    scene_close(s);
}

/* A failure that says what it is needs no finding out. */
static void mc_join_errors_others_are_told_as_they_are(void **state)
{
    psock_t s = member();
    (void)state;
    fake_forget();
    fake_fail_next(FAKE_setsockopt, WSAENOBUFS, 1);
    assert_int_equal(join(s, GROUP), PSOCK_ENOBUFS);
    assert_int_equal(fake_calls(FAKE_WSASocketW), 0);
    scene_close(s);
}

static void mc_join_errors_no_socket_to_find_out_with(void **state)
{
    psock_t s = member();
    (void)state;
    assert_int_equal(join(s, GROUP), 0);
    fake_fail_next(FAKE_WSASocketW, WSAEMFILE, 2);
    assert_int_equal(join(s, GROUP), PSOCK_EADDRNOTAVAIL);
    scene_close(s);
}

static void mc_join_errors_leaving_what_is_not_joined(void **state)
{
    psock_t s = member(), s_6 = member_6();
    (void)state;
    assert_int_equal(leave(s, GROUP), PSOCK_EADDRNOTAVAIL);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    assert_int_equal(leave(s_6, GROUP_6), PSOCK_EADDRNOTAVAIL);
    scene_close_two(s, s_6);
}

static void mc_join_errors_socket_that_is_not_bound_yet(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address any = scene_address("0.0.0.0");
    (void)state;
    fake_want_binding_before_joining();
    assert_int_equal(join(s, GROUP), PSOCK_EINVAL);
    assert_int_equal(psock_bind(s, &any, PSOCK_BIND_FRESH), 0);
    assert_int_equal(join(s, GROUP), 0);
    scene_close(s);
}

/* --- mc-join-any ----------------------------------------------------------------- */

static void mc_join_any_without_a_way_to_groups_is_no_device(void **state)
{
    static const int codes[] = {WSAEHOSTUNREACH, WSAENETUNREACH,
                                WSAEADDRNOTAVAIL, WSAEINVAL};
    psock_t s = member();
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        /* The join, options of the socket that is asked, its join. */
        fake_fail_next(FAKE_setsockopt, codes[i], 9);
        assert_int_equal(join_on(s, GROUP, 0), PSOCK_ENODEV);
        fake_fail_next(FAKE_setsockopt, 0, 0);
    }
    assert_int_equal(join_on(s, GROUP, 0), 0);
    scene_close(s);
}

/* --- mc-source ------------------------------------------------------------------- */

static void mc_source_is_joined_blocked_and_left(void **state)
{
    psock_t s = member();
    (void)state;
    assert_int_equal(
        with_source(psock_multicast_join_source, s, GROUP, "127.0.0.1"), 0);
    assert_int_equal(fake_recorded("MCAST_JOIN_SOURCE_GROUP 01000000"), 1);
    assert_int_equal(
        with_source(psock_multicast_leave_source, s, GROUP, "127.0.0.1"), 0);
    assert_int_equal(join(s, GROUP), 0);
    assert_int_equal(
        with_source(psock_multicast_block_source, s, GROUP, "127.0.0.1"), 0);
    assert_int_equal(
        with_source(psock_multicast_unblock_source, s, GROUP, "127.0.0.1"), 0);
    scene_close(s);
}

static void mc_source_conflicts_have_the_same_errors(void **state)
{
    psock_t s = member_6();
    (void)state;
    assert_int_equal(
        with_source(psock_multicast_join_source, s, GROUP_6, "::1"), 0);
    assert_int_equal(
        with_source(psock_multicast_join_source, s, GROUP_6, "::1"),
        PSOCK_EADDRINUSE);
    assert_int_equal(join(s, GROUP_6), PSOCK_EADDRINUSE);
    assert_int_equal(
        with_source(psock_multicast_block_source, s, GROUP_6, "::1"),
        PSOCK_EADDRNOTAVAIL);
    assert_int_equal(
        with_source(psock_multicast_leave_source, s, GROUP_6, "2001:db8::1"),
        PSOCK_EADDRNOTAVAIL);
    assert_int_equal(leave(s, GROUP_6), 0);
    assert_int_equal(join(s, GROUP_6), 0);
    assert_int_equal(
        with_source(psock_multicast_join_source, s, GROUP_6, "::1"),
        PSOCK_EADDRINUSE);
    assert_int_equal(
        with_source(psock_multicast_leave_source, s, GROUP_6, "::1"),
        PSOCK_EADDRNOTAVAIL);
    scene_close(s);
}

/* Too many sources are no second membership. */
static void mc_source_too_many_are_told(void **state)
{
    psock_t s = member();
    int result = 0;
    (void)state;
    for (int i = 1; result == 0 && i < 20; i++) {
        char source[32];
        snprintf(source, sizeof source, "127.0.0.%d", i);
        result = with_source(psock_multicast_join_source, s, GROUP, source);
    }
    assert_int_equal(result, PSOCK_ENOBUFS);
    scene_close(s);
}

/* --- Where there are no requests --------------------------------------------------- */

static void without_requests_groups_are_joined_by_address(void **state)
{
    psock_t s = member(), s_6 = member_6();
    (void)state;
    fake_have_no_group_requests();
    assert_int_equal(join(s, GROUP), 0);
    assert_int_equal(fake_recorded("IP_ADD_MEMBERSHIP ef010203"), 1);
    assert_int_equal(join(s, GROUP), PSOCK_EADDRINUSE);
    assert_int_equal(leave(s, GROUP), 0);
    assert_int_equal(leave(s, GROUP), PSOCK_EADDRNOTAVAIL);
    assert_int_equal(join_on(s, GROUP, 0), 0);
    assert_int_equal(join(s_6, GROUP_6), 0);
    assert_int_equal(leave(s_6, GROUP_6), 0);
    assert_int_equal(join_on(s, "239.9.9.9", NO_INDEX), PSOCK_ENODEV);
    assert_int_equal(join_on(s_6, GROUP_6, NO_INDEX), PSOCK_ENODEV);
    scene_close_two(s, s_6);
}

static void without_requests_there_are_no_sources(void **state)
{
    psock_t s = member();
    (void)state;
    fake_have_no_group_requests();
    assert_int_equal(
        with_source(psock_multicast_join_source, s, GROUP, "127.0.0.1"),
        PSOCK_ENOTSUP);
    assert_int_equal(
        with_source(psock_multicast_block_source, s, GROUP, "127.0.0.1"),
        PSOCK_ENOTSUP);
    scene_close(s);
}

static void without_addresses_there_is_no_interface(void **state)
{
    psock_t s = member();
    (void)state;
    fake_have_no_group_requests();
    fake_fail_next(FAKE_GetIpAddrTable, ERROR_NOT_SUPPORTED, 2);
    assert_int_equal(join(s, GROUP), PSOCK_ENODEV);
    assert_int_equal(join(s, GROUP), 0);
    scene_close(s);
}

static void without_indexes_groups_are_left_by_address(void **state)
{
    int64_t value;
    psock_t s = member();
    (void)state;
    fake_have_no_group_requests();
    assert_int_equal(
        psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, LOOPBACK_INDEX),
        0);
    assert_true(fake_recorded_in_order(
        "IP_MULTICAST_IF 00000001 length 4 = error 10022",
        "IP_MULTICAST_IF 7f000001 length 4 = 0", NULL));
    assert_int_equal(
        psock_get_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, &value), 0);
    assert_int_equal(value, LOOPBACK_INDEX);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, 0),
                     0);
    assert_int_equal(
        psock_get_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, &value), 0);
    assert_int_equal(value, 0);
    scene_close(s);
}

static void without_an_address_there_is_no_leaving_by_it(void **state)
{
    psock_t s = member();
    (void)state;
    fake_have_no_group_requests();
    fake_fail_next(FAKE_GetIpAddrTable, ERROR_NOT_SUPPORTED, 1);
    assert_int_equal(
        psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, LOOPBACK_INDEX),
        PSOCK_EINVAL);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    scene_close(s);
}

/* --- Who hears ----------------------------------------------------------------- */

static void say(psock_t from, const char *text, const char *group, psock_t to)
{
    psock_address address = scene_address(group), local;
    assert_int_equal(psock_local(to, &local), 0);
    assert_int_equal(
        psock_address_set_port(&address, psock_address_port(&local)), 0);
    assert_int_equal(
        psock_send_to(from, text, strlen(text), 0, &address, PSOCK_NOW),
        strlen(text));
}

static void mc_filter_by_bind_members_hear_their_own_groups(void **state)
{
    psock_t s = member(), other = scene_open(PSOCK_DATAGRAM);
    psock_t from = scene_bound(PSOCK_DATAGRAM, NULL);
    psock_address local;
    (void)state;
    assert_int_equal(psock_local(s, &local), 0);
    assert_int_equal(psock_bind(other, &local, PSOCK_BIND_SHARED), 0);
    assert_int_equal(join(s, GROUP), 0);
    say(from, "hello", GROUP, s);
    scene_expect(s, "hello");
    assert_int_equal(scene_receive(other), PSOCK_EAGAIN);
    assert_int_equal(leave(s, GROUP), 0);
    say(from, "again", GROUP, s);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close_two(s, other);
    scene_close(from);
}

static void mc_bind_group_hears_what_any_would(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    psock_t from = scene_bound(PSOCK_DATAGRAM, NULL);
    const psock_address group = scene_address(GROUP);
    (void)state;
    assert_int_equal(psock_bind(s, &group, PSOCK_BIND_SHARED), 0);
    assert_int_equal(join(s, GROUP), 0);
    say(from, "hello", GROUP, s);
    scene_expect(s, "hello");
    scene_close_two(s, from);
}

/* The receiver's option counts here, and not the sender's. */
static void mc_loop_side_is_the_receivers(void **state)
{
    psock_t s = member(), from = scene_bound(PSOCK_DATAGRAM, NULL);
    (void)state;
    assert_int_equal(join(s, GROUP), 0);
    assert_int_equal(psock_set_option(from, PSOCK_OPTION_MULTICAST_LOOP, 0), 0);
    say(from, "hello", GROUP, s);
    scene_expect(s, "hello");
    assert_int_equal(psock_set_option(from, PSOCK_OPTION_MULTICAST_LOOP, 1), 0);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_MULTICAST_LOOP, 0), 0);
    say(from, "hello", GROUP, s);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close_two(s, from);
}

static void mc_option_types_are_whole_numbers(void **state)
{
    psock_t s = member();
    (void)state;
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_MULTICAST_HOP_LIMIT, 255),
                     0);
    assert_int_equal(fake_recorded("IP_MULTICAST_TTL ff000000 length 4"), 1);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_MULTICAST_HOP_LIMIT, 256),
                     PSOCK_EINVAL);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_MULTICAST_LOOP, 1), 0);
    assert_int_equal(fake_recorded("IP_MULTICAST_LOOP 01000000 length 4"), 1);
    assert_int_equal(
        psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, LOOPBACK_INDEX),
        0);
    assert_int_equal(fake_recorded("IP_MULTICAST_IF 00000001 length 4"), 1);
    scene_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(mc_v6_joins_as_ipv4_does),
        ON_BOTH(mc_if_is_an_index_in_host_order),
        ON_BOTH(mc_if_that_is_not_there_is_told),
        ON_BOTH(mc_v6_requests_have_neither_port_nor_scope),
        ON_BOTH(mc_join_errors_second_one_is_in_use),
        ON_BOTH(mc_join_errors_reported_code_means_the_same),
        ON_BOTH(mc_join_errors_wines_code_means_the_same),
        ON_BOTH(mc_join_errors_finding_out_leaves_nothing),
        ON_BOTH(mc_join_errors_others_are_told_as_they_are),
        ON_BOTH(mc_join_errors_no_socket_to_find_out_with),
        ON_BOTH(mc_join_errors_leaving_what_is_not_joined),
        ON_BOTH(mc_join_errors_socket_that_is_not_bound_yet),
        ON_WINDOWS_10(mc_join_any_without_a_way_to_groups_is_no_device),
        ON_BOTH(mc_source_is_joined_blocked_and_left),
        ON_BOTH(mc_source_conflicts_have_the_same_errors),
        ON_BOTH(mc_source_too_many_are_told),
        ON_BOTH(without_requests_groups_are_joined_by_address),
        ON_BOTH(without_requests_there_are_no_sources),
        ON_BOTH(without_addresses_there_is_no_interface),
        ON_BOTH(without_indexes_groups_are_left_by_address),
        ON_BOTH(without_an_address_there_is_no_leaving_by_it),
        ON_BOTH(mc_filter_by_bind_members_hear_their_own_groups),
        ON_BOTH(mc_bind_group_hears_what_any_would),
        ON_BOTH(mc_loop_side_is_the_receivers),
        ON_BOTH(mc_option_types_are_whole_numbers),
    };
    return cmocka_run_group_tests_name("multicast", tests, NULL, NULL);
}
