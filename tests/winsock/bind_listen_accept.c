/* bind_listen_accept.c: who may have an address, and what comes from a
 * listener. */
#include "scene.h"

#define EXCLUSIVE_ON "SO_EXCLUSIVEADDRUSE 01000000 length 4 = 0"
#define REUSE_ON "SO_REUSEADDR 01000000 length 4 = 0"

static int bind_by(int type, int mode)
{
    psock_t s = scene_open(type);
    const psock_address loopback = scene_address("127.0.0.1");
    int error = psock_bind(s, &loopback, mode);
    scene_close(s);
    return error;
}

/* --- The options of the modes ----------------------------------------------- */

static void bind_reuseaddr_fresh_is_exclusive(void **state)
{
    (void)state;
    assert_int_equal(bind_by(PSOCK_STREAM, PSOCK_BIND_FRESH), 0);
    assert_true(fake_recorded_in_order(EXCLUSIVE_ON, "bind #1", NULL));
    assert_int_equal(fake_recorded("SO_REUSEADDR"), 0);
}

static void bind_reuseaddr_rebind_sets_nothing(void **state)
{
    (void)state;
    assert_int_equal(bind_by(PSOCK_STREAM, PSOCK_BIND_REBIND), 0);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
}

static void bind_reuseaddr_rebind_of_datagrams_is_fresh(void **state)
{
    (void)state;
    assert_int_equal(bind_by(PSOCK_DATAGRAM, PSOCK_BIND_REBIND), 0);
    assert_true(fake_recorded_in_order(EXCLUSIVE_ON, "bind #1", NULL));
    assert_int_equal(fake_recorded("SO_REUSEADDR"), 0);
}

static void bind_reuseaddr_shared_datagrams_reuse(void **state)
{
    (void)state;
    assert_int_equal(bind_by(PSOCK_DATAGRAM, PSOCK_BIND_SHARED), 0);
    assert_true(fake_recorded_in_order(REUSE_ON, "bind #1", NULL));
    assert_int_equal(fake_recorded("SO_EXCLUSIVEADDRUSE"), 0);
}

static void bind_reuseaddr_shared_streams_are_refused(void **state)
{
    (void)state;
    assert_int_equal(bind_by(PSOCK_STREAM, PSOCK_BIND_SHARED), PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_bind), 0);
    assert_int_equal(fake_recorded("SO_REUSEADDR"), 0);
}

/* A mode's option must not stand in the way of the next attempt's. */
static void bind_reuse_exclusive_conflict_failed_bind_leaves_none(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address far_away = scene_address("192.0.2.99");
    const psock_address loopback = scene_address("127.0.0.1");
    (void)state;
    assert_int_equal(psock_bind(s, &far_away, PSOCK_BIND_FRESH),
                     PSOCK_EADDRNOTAVAIL);
    assert_int_equal(psock_error_native(), WSAEADDRNOTAVAIL);
    assert_int_equal(psock_bind(s, &loopback, PSOCK_BIND_SHARED), 0);
    scene_close(s);
}

/* --- Two sockets, one port -------------------------------------------------- */

static int bind_second(int type, int first_mode, const char *first_text,
                       int second_mode, const char *second_text)
{
    psock_address address = scene_address(first_text);
    psock_t first = scene_open(type);
    psock_t second = scene_open(type);
    assert_int_equal(psock_bind(first, &address, first_mode), 0);
    assert_int_equal(psock_local(first, &address), 0);
    const uint16_t port = psock_address_port(&address);
    address = scene_address(second_text);
    assert_int_equal(psock_address_set_port(&address, port), 0);
    int error = psock_bind(second, &address, second_mode);
    scene_close_two(first, second);
    return error;
}

static void bind_reuseaddr_two_fresh_do_not_share(void **state)
{
    (void)state;
    assert_int_equal(bind_second(PSOCK_STREAM, PSOCK_BIND_FRESH, "127.0.0.1",
                                 PSOCK_BIND_FRESH, "127.0.0.1"),
                     PSOCK_EADDRINUSE);
}

static void bind_reuseaddr_two_rebound_do_not_share(void **state)
{
    (void)state;
    assert_int_equal(bind_second(PSOCK_STREAM, PSOCK_BIND_REBIND, "127.0.0.1",
                                 PSOCK_BIND_REBIND, "127.0.0.1"),
                     PSOCK_EADDRINUSE);
}

static void bind_reuseaddr_two_shared_datagrams_do(void **state)
{
    (void)state;
    assert_int_equal(bind_second(PSOCK_DATAGRAM, PSOCK_BIND_SHARED, "0.0.0.0",
                                 PSOCK_BIND_SHARED, "0.0.0.0"),
                     0);
}

static void bind_eacces_of_a_sharer_is_in_use(void **state)
{
    (void)state;
    assert_int_equal(bind_second(PSOCK_DATAGRAM, PSOCK_BIND_FRESH, "127.0.0.1",
                                 PSOCK_BIND_SHARED, "127.0.0.1"),
                     PSOCK_EADDRINUSE);
    assert_int_equal(fake_recorded("= error 10013"), 1);
}

static void bind_wildcard_vs_specific_fresh_keeps_all_addresses(void **state)
{
    (void)state;
    assert_int_equal(bind_second(PSOCK_STREAM, PSOCK_BIND_FRESH, "0.0.0.0",
                                 PSOCK_BIND_FRESH, "127.0.0.1"),
                     PSOCK_EADDRINUSE);
}

/* Ranges that the system keeps for itself, as Hyper-V's, answer so. */
static void bind_eacces_of_a_kept_range_is_in_use(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    const psock_address address = scene_address("127.0.0.1:50000");
    (void)state;
    fake_fail_next(FAKE_bind, WSAEACCES, 1);
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH),
                     PSOCK_EADDRINUSE);
    assert_int_equal(psock_error_native(), WSAEACCES);
    scene_close(s);
}

/* Connections of a listener stand in the way of a fresh one, not of one that is
 * bound again. */
static void bind_exclusive_vs_timewait_rebind_ignores_connections(void **state)
{
    psock_address where;
    psock_t listener = scene_open(PSOCK_STREAM);
    psock_t next = scene_open(PSOCK_STREAM);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    where = scene_address("127.0.0.1");
    assert_int_equal(psock_bind(listener, &where, PSOCK_BIND_REBIND), 0);
    assert_int_equal(psock_local(listener, &where), 0);
    assert_int_equal(psock_listen(listener, 1), 0);
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), 0);
    psock_t accepted = psock_accept(listener, NULL, PSOCK_NOW);
    scene_close(listener);
    assert_int_equal(psock_bind(next, &where, PSOCK_BIND_FRESH),
                     PSOCK_EADDRINUSE);
    assert_int_equal(psock_bind(next, &where, PSOCK_BIND_REBIND), 0);
    scene_close(next);
    scene_close_two(s, accepted);
}

/* --- Addresses --------------------------------------------------------------- */

static void check_bound_to_any(const char *group, int family, const char *any)
{
    psock_t s = psock_open(family, PSOCK_DATAGRAM, 0);
    const psock_address address = scene_address(group);
    fake_forget();
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_SHARED), 0);
    assert_int_equal(fake_recorded(any), 1);
    scene_close(s);
}

static void mc_bind_group_binds_every_address(void **state)
{
    (void)state;
    check_bound_to_any("224.0.0.251:5353", PSOCK_IPV4,
                       "0.0.0.0:5353 length 16 = 0");
    check_bound_to_any("[ff02::fb]:5353", PSOCK_IPV6,
                       "[0:0:0:0:0:0:0:0]:5353 length 28 = 0");
}

static void bind_broadcast_addr_binds_every_address(void **state)
{
    (void)state;
    check_bound_to_any("255.255.255.255:9", PSOCK_IPV4,
                       "0.0.0.0:9 length 16 = 0");
}

static void mc_bind_group_streams_are_refused(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    const psock_address group = scene_address("224.0.0.251:5353");
    (void)state;
    assert_int_equal(psock_bind(s, &group, PSOCK_BIND_FRESH),
                     PSOCK_EADDRNOTAVAIL);
    scene_close(s);
}

static void bind_wrong_family_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    const psock_address address = scene_address("[::1]:0");
    (void)state;
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH),
                     PSOCK_EAFNOSUPPORT);
    scene_close(s);
}

/* Real Windows has several codes for it. */
static void bind_wrong_family_is_told_whatever_the_code(void **state)
{
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_STREAM, 0);
    const psock_address address = scene_address("127.0.0.1");
    static const int codes[] = {WSAEFAULT, WSAEINVAL, WSAEAFNOSUPPORT};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake_fail_next(FAKE_bind, codes[i], 1);
        assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH),
                         PSOCK_EAFNOSUPPORT);
        assert_int_equal(psock_error_native(), codes[i]);
    }
    scene_close(s);
}

static void binding_twice_is_invalid(void **state)
{
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    const psock_address address = scene_address("127.0.0.1");
    (void)state;
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH), PSOCK_EINVAL);
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_REBIND), PSOCK_EINVAL);
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_SHARED), PSOCK_EINVAL);
    scene_close(s);
}

/* --- Names of the unbound ---------------------------------------------------- */

static void check_unbound_name(int family, int type, const char *text)
{
    char told[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address address;
    psock_t s = psock_open(family, type, 0);
    assert_true(s >= 0);
    assert_int_equal(psock_local(s, &address), 0);
    assert_true(psock_address_format(&address, 0, told, sizeof told) > 0);
    assert_string_equal(told, text);
    scene_close(s);
}

static void sockname_unbound_is_any(void **state)
{
    (void)state;
    check_unbound_name(PSOCK_IPV4, PSOCK_STREAM, "0.0.0.0:0");
    check_unbound_name(PSOCK_IPV4, PSOCK_DATAGRAM, "0.0.0.0:0");
    check_unbound_name(PSOCK_IPV6, PSOCK_STREAM, "[::]:0");
}

static void err_efault_for_lengths_names_have_room(void **state)
{
    psock_address address;
    psock_t s = scene_bound(PSOCK_STREAM, &address);
    (void)state;
    assert_int_equal(fake_recorded("getsockname #1 room 128 = 0"), 1);
    scene_close(s);
}

/* --- Listening ---------------------------------------------------------------- */

static void listen_unbound_gets_an_address(void **state)
{
    psock_address where;
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_listen(s, 3), 0);
    assert_true(fake_recorded_in_order(EXCLUSIVE_ON, "bind #1 0.0.0.0:0",
                                       "listen #1 backlog 3 = 0", NULL));
    assert_int_equal(psock_local(s, &where), 0);
    assert_int_not_equal(psock_address_port(&where), 0);
    scene_close(s);
}

static void listen_backlog_default_is_the_systems(void **state)
{
    (void)state;
    scene_close(scene_listener(NULL));
    assert_int_equal(fake_recorded("listen #1 backlog 2147483647"), 1);
}

static void listen_dgram_is_not_supported(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(psock_listen(s, 1), PSOCK_EOPNOTSUPP);
    scene_close(s);
}

/* Wine's first answer; and no address is given on the way. */
static void listen_dgram_is_not_supported_by_another_code(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_fail_next(FAKE_listen, WSAEINVAL, 2);
    assert_int_equal(psock_listen(s, 1), PSOCK_EOPNOTSUPP);
    assert_int_equal(fake_calls(FAKE_bind), 0);
    scene_close(s);
}

static void listen_connected_is_invalid(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_listen(s, 1), PSOCK_EINVAL);
    assert_int_equal(psock_error_native(), WSAEISCONN);
    scene_close_two(s, peer);
}

static void listen_twice_is_harmless(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    assert_int_equal(psock_listen(s, 7), 0);
    scene_close(s);
}

/* --- Accepting ---------------------------------------------------------------- */

static void nb_inherit_accept_sockets_are_psocks_own(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_true(fake_is_nonblocking(peer));
    scene_close_two(s, peer);
}

static void inh_default_accepted_are_not_inherited(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_false(fake_is_inheritable(peer));
    scene_close_two(s, peer);
}

static void accept_addrlen_small_never_reaches_windows(void **state)
{
    psock_address where;
    psock_address from;
    psock_address own;
    psock_t listener = scene_listener(&where);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), 0);
    psock_t peer = psock_accept(listener, &from, PSOCK_FOREVER);
    assert_true(peer >= 0);
    assert_int_equal(psock_local(s, &own), 0);
    assert_int_equal(psock_address_compare(&from, &own), 0);
    assert_int_equal(fake_recorded("accept #1 room 128 = 0"), 1);
    scene_close(listener);
    scene_close_two(s, peer);
}

static psock_t listener_with(int connections, psock_t *visitors)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    for (int i = 0; i < connections; i++) {
        visitors[i] = scene_open(PSOCK_STREAM);
        assert_int_equal(psock_connect(visitors[i], &where, PSOCK_FOREVER), 0);
    }
    return listener;
}

/* A connection that died in the queue is passed over. */
static void accept_after_rst_the_next_is_taken(void **state)
{
    psock_t visitor;
    psock_t listener = listener_with(1, &visitor);
    static const int codes[] = {WSAECONNRESET, ERROR_NETNAME_DELETED,
                                WSAECONNABORTED};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        fake_fail_next(FAKE_accept, codes[i], 2);
    psock_t s = psock_accept(listener, NULL, PSOCK_NOW);
    assert_true(s >= 0);
    assert_int_equal(fake_calls(FAKE_accept), 3);
    scene_close(listener);
    scene_close_two(s, visitor);
}

static void accept_after_rst_none_left_would_wait(void **state)
{
    psock_t listener = scene_listener(NULL);
    (void)state;
    fake_fail_next(FAKE_accept, WSAECONNRESET, 1);
    assert_int_equal(psock_accept(listener, NULL, PSOCK_NOW), PSOCK_EAGAIN);
    scene_close(listener);
}

/* What was accepted and cannot be equipped is closed, and the error stays. */
static void accepting_closes_what_cannot_be_equipped(void **state)
{
    psock_t visitor;
    psock_t listener = listener_with(1, &visitor);
    (void)state;
    fake_fail_next(FAKE_SetHandleInformation, ERROR_ACCESS_DENIED, 1);
    assert_int_equal(psock_accept(listener, NULL, PSOCK_NOW), PSOCK_EACCES);
    assert_int_equal(psock_error_native(), ERROR_ACCESS_DENIED);
    assert_int_equal(fake_open_sockets(), 2);
    scene_close_two(listener, visitor);
}

static void accepting_passes_exhaustion_on(void **state)
{
    psock_t listener = scene_listener(NULL);
    (void)state;
    fake_fail_next(FAKE_accept, WSAEMFILE, 1);
    assert_int_equal(psock_accept(listener, NULL, PSOCK_FOREVER), PSOCK_EMFILE);
    fake_fail_next(FAKE_accept, WSAENOBUFS, 1);
    assert_int_equal(psock_accept(listener, NULL, PSOCK_FOREVER),
                     PSOCK_ENOBUFS);
    scene_close(listener);
}

static void accepting_without_listening_is_invalid(void **state)
{
    psock_t s = scene_bound(PSOCK_STREAM, NULL);
    psock_t datagram = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(psock_accept(s, NULL, PSOCK_FOREVER), PSOCK_EINVAL);
    assert_int_equal(psock_accept(datagram, NULL, PSOCK_FOREVER),
                     PSOCK_EOPNOTSUPP);
    scene_close_two(s, datagram);
}

static void dual_stack_listeners_see_mapped_addresses(void **state)
{
    psock_address where;
    psock_address from;
    psock_t listener = psock_open(PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_listen(listener, 1), 0);
    assert_int_equal(psock_local(listener, &where), 0);
    const uint16_t port = psock_address_port(&where);
    where = scene_address("127.0.0.1");
    assert_int_equal(psock_address_set_port(&where, port), 0);
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), 0);
    psock_t peer = psock_accept(listener, &from, PSOCK_NOW);
    assert_true(peer >= 0);
    assert_true((psock_address_kind(&from) & PSOCK_ADDRESS_V4_MAPPED) != 0);
    scene_close(listener);
    scene_close_two(s, peer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(bind_reuseaddr_fresh_is_exclusive),
        ON_WINDOWS_10(bind_reuseaddr_rebind_sets_nothing),
        ON_WINDOWS_10(bind_reuseaddr_rebind_of_datagrams_is_fresh),
        ON_WINDOWS_10(bind_reuseaddr_shared_datagrams_reuse),
        ON_WINDOWS_10(bind_reuseaddr_shared_streams_are_refused),
        ON_WINDOWS_10(bind_reuse_exclusive_conflict_failed_bind_leaves_none),
        ON_WINDOWS_10(bind_reuseaddr_two_fresh_do_not_share),
        ON_WINDOWS_10(bind_reuseaddr_two_rebound_do_not_share),
        ON_WINDOWS_10(bind_reuseaddr_two_shared_datagrams_do),
        ON_WINDOWS_10(bind_eacces_of_a_sharer_is_in_use),
        ON_WINDOWS_10(bind_wildcard_vs_specific_fresh_keeps_all_addresses),
        ON_WINDOWS_10(bind_eacces_of_a_kept_range_is_in_use),
        ON_WINDOWS_10(bind_exclusive_vs_timewait_rebind_ignores_connections),
        ON_WINDOWS_10(mc_bind_group_binds_every_address),
        ON_WINDOWS_10(bind_broadcast_addr_binds_every_address),
        ON_WINDOWS_10(mc_bind_group_streams_are_refused),
        ON_WINDOWS_10(bind_wrong_family_is_told),
        ON_WINDOWS_10(bind_wrong_family_is_told_whatever_the_code),
        ON_WINDOWS_10(binding_twice_is_invalid),
        ON_WINDOWS_10(sockname_unbound_is_any),
        ON_WINDOWS_10(err_efault_for_lengths_names_have_room),
        ON_WINDOWS_10(listen_unbound_gets_an_address),
        ON_WINDOWS_10(listen_backlog_default_is_the_systems),
        ON_WINDOWS_10(listen_dgram_is_not_supported),
        ON_WINDOWS_10(listen_dgram_is_not_supported_by_another_code),
        ON_WINDOWS_10(listen_connected_is_invalid),
        ON_WINDOWS_10(listen_twice_is_harmless),
        ON_BOTH(nb_inherit_accept_sockets_are_psocks_own),
        ON_BOTH(inh_default_accepted_are_not_inherited),
        ON_WINDOWS_10(accept_addrlen_small_never_reaches_windows),
        ON_WINDOWS_10(accept_after_rst_the_next_is_taken),
        ON_WINDOWS_10(accept_after_rst_none_left_would_wait),
        ON_WINDOWS_10(accepting_closes_what_cannot_be_equipped),
        ON_WINDOWS_10(accepting_passes_exhaustion_on),
        ON_WINDOWS_10(accepting_without_listening_is_invalid),
        ON_WINDOWS_10(dual_stack_listeners_see_mapped_addresses),
    };
    return cmocka_run_group_tests_name("winsock.bind_listen_accept", tests,
                                       NULL, NULL);
}
