/* open_and_inherit.c: how sockets are made and taken over: overlapped,
 * non-blocking, not inherited, quiet about lost datagrams. */
#include "scene.h"

/* --- Opening --------------------------------------------------------------- */

static void desc_overlapped_flags_are_passed(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_STREAM));
    assert_int_equal(
        fake_recorded("WSASocketW family 2 type 1 protocol 0 flags 81 = 0"), 1);
    assert_int_equal(fake_calls(FAKE_SetHandleInformation), 0);
}

static void inh_default_sockets_are_not_inherited(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_false(fake_is_inheritable(s));
    scene_close(s);
}

static void inh_default_flag_refused_is_made_up_for(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_DATAGRAM));
    assert_true(fake_recorded_in_order(
        "WSASocketW family 2 type 2 protocol 0 flags 81 = error 10022",
        "WSASocketW family 2 type 2 protocol 0 flags 1 = 0",
        "SetHandleInformation #1 mask 1 flags 0 = 1", NULL));
}

static void inh_default_no_way_to_prevent_it_is_a_failure(void **state)
{
    (void)state;
    fake_fail_next(FAKE_SetHandleInformation, ERROR_ACCESS_DENIED, 1);
    assert_int_equal(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), PSOCK_EACCES);
    assert_int_equal(psock_error_native(), ERROR_ACCESS_DENIED);
    assert_int_equal(fake_open_sockets(), 0);
}

/* The first answer to an unsupported family may be WSAEINVAL too. */
static void refusal_without_the_flag_too_is_the_error(void **state)
{
    (void)state;
    fake_fail_after(FAKE_WSASocketW, 0, WSAEINVAL, 1);
    scene_close(scene_open(PSOCK_STREAM));
    fake_fail_next(FAKE_WSASocketW, WSAEINVAL, 2);
    assert_int_equal(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), PSOCK_EINVAL);
}

static void nb_set_sockets_are_nonblocking(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_true(fake_is_nonblocking(s));
    assert_int_equal(fake_recorded("ioctlsocket #1 FIONBIO 1 = 0"), 1);
    scene_close(s);
}

static void nb_set_failure_closes_the_socket(void **state)
{
    (void)state;
    fake_fail_next(FAKE_ioctlsocket, WSAENETDOWN, 1);
    assert_int_equal(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), PSOCK_ENETDOWN);
    assert_int_equal(fake_open_sockets(), 0);
    assert_int_equal(psock_error_native(), WSAENETDOWN);
}

static void check_stack(unsigned flags, int only)
{
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_STREAM, flags);
    assert_true(s >= 0);
    assert_int_equal(fake_option(s, IPPROTO_IPV6, IPV6_V6ONLY), only);
    scene_close(s);
}

static void opt_v6only_default_is_always_said(void **state)
{
    (void)state;
    check_stack(0, 1);
    check_stack(PSOCK_DUAL_STACK, 0);
    assert_int_equal(fake_recorded("IPV6_V6ONLY 01000000 length 4 = 0"), 1);
    assert_int_equal(fake_recorded("IPV6_V6ONLY 00000000 length 4 = 0"), 1);
}

static void opt_v6only_default_failure_closes_the_socket(void **state)
{
    (void)state;
    fake_fail_next(FAKE_setsockopt, WSAENOPROTOOPT, 1);
    assert_int_equal(psock_open(PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK),
                     PSOCK_ENOPROTOOPT);
    assert_int_equal(fake_open_sockets(), 0);
}

static void ipv4_sockets_are_not_asked_for_ipv6_options(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_STREAM));
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
}

static void dgram_connreset_is_switched_off(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_DATAGRAM));
    assert_int_equal(fake_recorded("SIO_UDP_CONNRESET 00000000 length 4 = 0"),
                     1);
    assert_int_equal(fake_recorded("SIO_UDP_NETRESET 00000000 length 4 = 0"),
                     1);
}

static void dgram_netreset_unknown_switch_is_no_failure(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_DATAGRAM));
    assert_int_equal(fake_recorded("SIO_UDP_NETRESET 00000000 length 4 = "
                                   "error 10045"),
                     1);
}

static void dgram_connreset_streams_have_no_such_switch(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_STREAM));
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
}

static void unix_availability_is_found_by_trying(void **state)
{
    (void)state;
    assert_int_equal(psock_capability(PSOCK_CAP_UNIX_STREAM), 0);
}

static void unix_availability_lacking_is_told(void **state)
{
    (void)state;
    assert_int_equal(psock_capability(PSOCK_CAP_UNIX_STREAM),
                     PSOCK_EAFNOSUPPORT);
    assert_int_equal(psock_error_native(), WSAEAFNOSUPPORT);
}

static void unix_types_datagrams_there_are_none(void **state)
{
    (void)state;
    assert_int_equal(psock_open(PSOCK_UNIX, PSOCK_DATAGRAM, 0),
                     PSOCK_ESOCKTNOSUPPORT);
}

static void bind_reuseaddr_no_shared_listeners_are_promised(void **state)
{
    (void)state;
    assert_int_equal(psock_capability(PSOCK_CAP_SHARED_LISTENER),
                     PSOCK_ENOTSUP);
}

/* --- Descriptors ----------------------------------------------------------- */

/* Each call gets the socket whole: one cut to 32 bits is no socket here. */
static void desc_truncation_values_pass_whole(void **state)
{
    psock_t peer;
    psock_address where;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_true(sizeof s == 4 || s > INT32_MAX);
    scene_send(s, "whole");
    scene_expect(peer, "whole");
    assert_int_equal(psock_local(s, &where), 0);
    assert_int_equal(psock_peer(s, &where), 0);
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_BOTH), 0);
    scene_close_two(s, peer);
}

/* Nothing of a closed socket's state may come back with its number. */
static void desc_reuse_after_close_state_is_forgotten(void **state)
{
    psock_t peer;
    (void)state;
    fake_reuse_handles();
    psock_t s = scene_connected(&peer);
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    scene_close_two(s, peer);
    psock_t again = scene_connected(&peer);
    assert_true(again == s || peer == s);
    assert_int_equal(scene_receive(again), PSOCK_EAGAIN);
    assert_int_equal(scene_receive(peer), PSOCK_EAGAIN);
    scene_close_two(again, peer);
}

static void desc_reuse_after_close_attempts_are_forgotten(void **state)
{
    (void)state;
    fake_reuse_handles();
    psock_t s = scene_connecting();
    scene_close(s);
    psock_t again = scene_open(PSOCK_STREAM);
    assert_true(again == s);
    assert_int_equal(scene_receive(again), PSOCK_ENOTCONN);
    scene_close(again);
}

/* --- Sockets made by others ------------------------------------------------ */

static void nb_query_adopted_sockets_are_made_nonblocking(void **state)
{
    psock_t foreign = fake_open_foreign(AF_INET, SOCK_STREAM);
    (void)state;
    assert_true(psock_native_adopt(foreign) == foreign);
    assert_true(fake_is_nonblocking(foreign));
    assert_false(fake_is_inheritable(foreign));
    scene_close(foreign);
}

static void dgram_connreset_is_switched_off_for_adopted_ones(void **state)
{
    psock_t foreign = fake_open_foreign(AF_INET, SOCK_DGRAM);
    (void)state;
    assert_true(psock_native_adopt(foreign) == foreign);
    assert_int_equal(fake_recorded("SIO_UDP_CONNRESET 00000000 length 4 = 0"),
                     1);
    scene_close(foreign);
}

static void adopting_a_file_is_refused(void **state)
{
    psock_t file = fake_open_file();
    (void)state;
    assert_true(psock_native_adopt(file) == PSOCK_ENOTSOCK);
    fake_close_foreign(file);
}

/* Handles of layered providers that the system does not know are kept from
 * children by that. */
static void desc_lsp_ifs_foreign_handles_are_taken(void **state)
{
    psock_t foreign = fake_open_foreign(AF_INET, SOCK_STREAM);
    (void)state;
    fake_put_layer(foreign, FAKE_LAYER_CLOSED);
    assert_true(psock_native_adopt(foreign) == foreign);
    scene_close(foreign);
}

static void adopting_in_vain_changes_nothing(void **state)
{
    psock_t foreign = fake_open_foreign(AF_INET, SOCK_STREAM);
    (void)state;
    fake_fail_next(FAKE_ioctlsocket, WSAENETDOWN, 1);
    assert_true(psock_native_adopt(foreign) == PSOCK_ENETDOWN);
    assert_int_equal(psock_error_native(), WSAENETDOWN);
    assert_true(fake_is_inheritable(foreign));
    fake_close_foreign(foreign);
}

static void adopting_where_inheriting_stays_changes_nothing(void **state)
{
    psock_t foreign = fake_open_foreign(AF_INET, SOCK_STREAM);
    (void)state;
    fake_fail_next(FAKE_SetHandleInformation, ERROR_ACCESS_DENIED, 1);
    assert_true(psock_native_adopt(foreign) == PSOCK_EACCES);
    assert_int_equal(psock_error_native(), ERROR_ACCESS_DENIED);
    assert_false(fake_is_nonblocking(foreign));
    assert_true(fake_is_inheritable(foreign));
    fake_close_foreign(foreign);
}

static void released_sockets_are_blocking(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_native_release(s), 0);
    assert_false(fake_is_nonblocking(s));
    assert_false(fake_is_inheritable(s));
    fake_close_foreign(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(desc_overlapped_flags_are_passed),
        ON_BOTH(inh_default_sockets_are_not_inherited),
        ON_WINDOWS_7(inh_default_flag_refused_is_made_up_for),
        ON_WINDOWS_7(inh_default_no_way_to_prevent_it_is_a_failure),
        ON_WINDOWS_10(refusal_without_the_flag_too_is_the_error),
        ON_WINDOWS_10(nb_set_sockets_are_nonblocking),
        ON_WINDOWS_10(nb_set_failure_closes_the_socket),
        ON_WINDOWS_10(opt_v6only_default_is_always_said),
        ON_WINDOWS_10(opt_v6only_default_failure_closes_the_socket),
        ON_WINDOWS_10(ipv4_sockets_are_not_asked_for_ipv6_options),
        ON_WINDOWS_10(dgram_connreset_is_switched_off),
        ON_WINDOWS_7(dgram_netreset_unknown_switch_is_no_failure),
        ON_WINDOWS_10(dgram_connreset_streams_have_no_such_switch),
        ON_WINDOWS_10(unix_availability_is_found_by_trying),
        ON_WINDOWS_7(unix_availability_lacking_is_told),
        ON_WINDOWS_10(unix_types_datagrams_there_are_none),
        ON_WINDOWS_10(bind_reuseaddr_no_shared_listeners_are_promised),
        ON_BOTH(desc_truncation_values_pass_whole),
        ON_WINDOWS_10(desc_reuse_after_close_state_is_forgotten),
        ON_WINDOWS_10(desc_reuse_after_close_attempts_are_forgotten),
        ON_WINDOWS_10(nb_query_adopted_sockets_are_made_nonblocking),
        ON_WINDOWS_10(dgram_connreset_is_switched_off_for_adopted_ones),
        ON_WINDOWS_10(adopting_a_file_is_refused),
        ON_WINDOWS_10(desc_lsp_ifs_foreign_handles_are_taken),
        ON_WINDOWS_10(adopting_in_vain_changes_nothing),
        ON_WINDOWS_10(adopting_where_inheriting_stays_changes_nothing),
        ON_WINDOWS_10(released_sockets_are_blocking),
    };
    return cmocka_run_group_tests_name("winsock.open_and_inherit", tests, NULL,
                                       NULL);
}
