#include "fixture.h"

#include <limits.h>

static psock_address any_address(int family, uint16_t port)
{
    psock_address address;
    assert_result(psock_address_any(family, port, &address), 0);
    return address;
}

static psock_address parsed(const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    return address;
}

static psock_address elsewhere(int family)
{
    return parsed(family == PSOCK_IPV4 ? "198.51.100.1:0" : "[2001:db8::1]:0");
}

/* --- One socket ----------------------------------------------------------- */

static void port_zero_lets_the_system_choose(void **state)
{
    int family = family_of(state);
    psock_address any = any_address(family, 0);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_bind(s, &any, PSOCK_BIND_FRESH), 0);
    psock_address local = local_of(s);
    assert_int_not_equal(psock_address_port(&local), 0);
    assert_true(psock_address_kind(&local) & PSOCK_ADDRESS_ANY);
}

static void chosen_port_can_be_named(void **state)
{
    int family = family_of(state);
    psock_t s = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    psock_address address = local_of(s);
    close_kept(s);
    s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_bind(s, &address, PSOCK_BIND_FRESH), 0);
    psock_address local = local_of(s);
    assert_true(same_address(&local, &address));
}

static void binding_twice_is_refused(void **state)
{
    int family = family_of(state);
    psock_address address = loopback(family, 0);
    psock_t sockets[] = {bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH),
                         datagram(family), listening(family),
                         stream_over(family).client};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        psock_address before = local_of(sockets[i]);
        assert_result(psock_bind(sockets[i], &address, PSOCK_BIND_FRESH),
                      PSOCK_EINVAL);
        psock_address after = local_of(sockets[i]);
        assert_true(same_address(&before, &after));
    }
}

static void address_of_another_family_is_refused(void **state)
{
    int family = family_of(state);
    int other = family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4;
    psock_address addresses[] = {any_address(other, 0),
                                 loopback(other, 0),
                                 parsed("unix:psock"),
                                 {.length = 0}};
    psock_t s = open_kept(family, PSOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++)
            assert_result(psock_bind(s, &addresses[i], mode),
                          PSOCK_EAFNOSUPPORT);
}

static void address_of_no_machine_here_is_refused(void **state)
{
    int family = family_of(state);
    psock_address address = elsewhere(family);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_bind(s, &address, PSOCK_BIND_FRESH),
                  PSOCK_EADDRNOTAVAIL);
    assert_result(psock_bind(s, &address, PSOCK_BIND_REBIND),
                  PSOCK_EADDRNOTAVAIL);
}

static void address_of_no_machine_here_is_refused_to_datagrams(void **state)
{
    int family = family_of(state);
    psock_address address = elsewhere(family);
    psock_t s = open_kept(family, PSOCK_DATAGRAM);
    int error = psock_bind(s, &address, PSOCK_BIND_FRESH);
    if (error == 0)
        skip_because("this system binds datagram sockets to any address");
    assert_result(error, PSOCK_EADDRNOTAVAIL);
}

static void unknown_modes_are_refused(void **state)
{
    static const int modes[] = {-1, 3, INT_MAX, INT_MIN};
    int family = family_of(state);
    psock_address address = loopback(family, 0);
    psock_t s = open_kept(family, PSOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(modes); i++)
        assert_result(psock_bind(s, &address, modes[i]), PSOCK_EINVAL);
}

static void socket_can_be_bound_after_a_refusal(void **state)
{
    int family = family_of(state);
    psock_address wrong = elsewhere(family), right = loopback(family, 0);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_bind(s, &wrong, PSOCK_BIND_FRESH), PSOCK_EADDRNOTAVAIL);
    assert_result(psock_bind(s, &right, PSOCK_BIND_FRESH), 0);
}

static void datagram_socket_binds_to_a_multicast_group(void **state)
{
    (void)state;
    psock_address group = parsed("224.0.0.251:0");
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_DATAGRAM);
    assert_result(psock_bind(s, &group, PSOCK_BIND_SHARED), 0);
    psock_address local = local_of(s);
    assert_int_not_equal(psock_address_port(&local), 0);
}

/* --- Two sockets ---------------------------------------------------------- */

/* What comes of asking for `address`: the first error, of listening too if it
 * is a stream. */
static int take(int type, const psock_address *address, int mode)
{
    psock_t s = open_kept(psock_address_family(address), type);
    int error = psock_bind(s, address, mode);
    if (error == 0 && type == PSOCK_STREAM)
        error = psock_listen(s, PSOCK_BACKLOG_DEFAULT);
    return error;
}

static int take_after(int family, int type, int first_mode, int second_mode)
{
    psock_t first = bound(family, type, first_mode);
    psock_address address = local_of(first);
    if (type == PSOCK_STREAM)
        assert_result(psock_listen(first, PSOCK_BACKLOG_DEFAULT), 0);
    return take(type, &address, second_mode);
}

static void live_listener_keeps_others_out_in_any_mode(void **state)
{
    int family = family_of(state);
    for (int a = PSOCK_BIND_FRESH; a <= PSOCK_BIND_REBIND; a++)
        for (int b = PSOCK_BIND_FRESH; b <= PSOCK_BIND_REBIND; b++)
            assert_result(take_after(family, PSOCK_STREAM, a, b),
                          PSOCK_EADDRINUSE);
}

static void bound_stream_keeps_fresh_ones_out(void **state)
{
    int family = family_of(state);
    psock_address address =
        local_of(bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH));
    assert_result(take(PSOCK_STREAM, &address, PSOCK_BIND_FRESH),
                  PSOCK_EADDRINUSE);
    assert_result(take(PSOCK_STREAM, &address, PSOCK_BIND_REBIND),
                  PSOCK_EADDRINUSE);
}

static void refused_rival_leaves_the_listener_alone(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    assert_result(take(PSOCK_STREAM, &address, PSOCK_BIND_REBIND),
                  PSOCK_EADDRINUSE);
    psock_t client = connected_to(listener);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    send_text(client, "hello");
    recv_text(server, "hello");
}

/* Datagram sockets share when both ask for it, and only then. */
static void datagram_sockets_share_only_by_agreement(void **state)
{
    int family = family_of(state);
    for (int a = PSOCK_BIND_FRESH; a <= PSOCK_BIND_SHARED; a++)
        for (int b = PSOCK_BIND_FRESH; b <= PSOCK_BIND_SHARED; b++) {
            _Bool agreed = a == PSOCK_BIND_SHARED && b == PSOCK_BIND_SHARED;
            assert_result(take_after(family, PSOCK_DATAGRAM, a, b),
                          agreed ? 0 : PSOCK_EADDRINUSE);
        }
}

static void listeners_share_where_the_system_can(void **state)
{
    psock_address address = loopback(family_of(state), 0);
    if (psock_capability(PSOCK_CAP_SHARED_LISTENER) < 0) {
        assert_result(take(PSOCK_STREAM, &address, PSOCK_BIND_SHARED),
                      PSOCK_ENOTSUP);
        return;
    }
    assert_result(take_after(family_of(state), PSOCK_STREAM, PSOCK_BIND_SHARED,
                             PSOCK_BIND_SHARED),
                  0);
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++)
        assert_result(
            take_after(family_of(state), PSOCK_STREAM, mode, PSOCK_BIND_SHARED),
            PSOCK_EADDRINUSE);
}

static void listener_on_every_address_keeps_one_address(void **state)
{
    int family = family_of(state);
    psock_address any = any_address(family, 0);
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++) {
        psock_t s = open_kept(family, PSOCK_STREAM);
        assert_result(psock_bind(s, &any, mode), 0);
        assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
        psock_address local = local_of(s);
        psock_address one = loopback(family, psock_address_port(&local));
        assert_result(take(PSOCK_STREAM, &one, mode), PSOCK_EADDRINUSE);
    }
}

/* Tries several ports, as others may have some of them.  `changed` is whether the
 * socket is made to serve the other and changed before it is bound. */
static int take_both_families(unsigned flags, int changed)
{
    const unsigned opened_with = changed ? flags ^ PSOCK_DUAL_STACK : flags;
    int error = PSOCK_EADDRINUSE;
    for (int i = 0; i < 10 && error == PSOCK_EADDRINUSE; i++) {
        psock_address any6 = any_address(PSOCK_IPV6, 0);
        psock_t s = keep(psock_open(PSOCK_IPV6, PSOCK_STREAM, opened_with));
        if (changed)
            assert_result(psock_set_option(s, PSOCK_OPTION_IPV6_ONLY,
                                           flags != PSOCK_DUAL_STACK),
                          0);
        assert_result(psock_bind(s, &any6, PSOCK_BIND_FRESH), 0);
        assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
        psock_address local = local_of(s);
        psock_address any4 =
            any_address(PSOCK_IPV4, psock_address_port(&local));
        error = take(PSOCK_STREAM, &any4, PSOCK_BIND_FRESH);
    }
    return error;
}

static void ipv6_listener_leaves_ipv4_to_others(void **state)
{
    (void)family_of(state);
    assert_result(take_both_families(0, 0), 0);
    assert_result(take_both_families(0, 1), 0);
}

static void dual_stack_listener_takes_ipv4_too(void **state)
{
    (void)family_of(state);
    assert_result(take_both_families(PSOCK_DUAL_STACK, 0), PSOCK_EADDRINUSE);
    assert_result(take_both_families(PSOCK_DUAL_STACK, 1), PSOCK_EADDRINUSE);
}

static void families_are_settled_once_bound(void **state)
{
    psock_t s = bound(family_of(state), PSOCK_STREAM, PSOCK_BIND_FRESH);
    assert_result(psock_set_option(s, PSOCK_OPTION_IPV6_ONLY, 0), PSOCK_EINVAL);
    assert_result(psock_get_option(s, PSOCK_OPTION_IPV6_ONLY, &(int64_t){0}),
                  0);
}

/* --- Restarting ----------------------------------------------------------- */

/* Leaves an address on which a connection, closed from its side, dies out. */
static psock_address with_a_dying_connection(int family, int mode)
{
    char byte;
    psock_t listener = bound(family, PSOCK_STREAM, mode);
    assert_result(psock_listen(listener, PSOCK_BACKLOG_DEFAULT), 0);
    psock_address address = local_of(listener);
    psock_t client = connected_to(listener);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    close_kept(server);
    assert_result(psock_recv(client, &byte, 1, 0, in_time()), 0);
    close_kept(client);
    close_kept(listener);
    return address;
}

static void rebinding_looks_past_dying_connections(void **state)
{
    int family = family_of(state);
    psock_address address = with_a_dying_connection(family, PSOCK_BIND_REBIND);
    for (int i = 0; i < 3; i++) {
        psock_t s = open_kept(family, PSOCK_STREAM);
        assert_result(psock_bind(s, &address, PSOCK_BIND_REBIND), 0);
        assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
        connected_to(s);
        close_kept(keep(psock_accept(s, NULL, in_time())));
        close_kept(s);
    }
}

static void fresh_binding_waits_for_dying_connections(void **state)
{
    psock_address address =
        with_a_dying_connection(family_of(state), PSOCK_BIND_FRESH);
    int error = take(PSOCK_STREAM, &address, PSOCK_BIND_FRESH);
    if (error == 0)
        skip_because("this system never counts dying connections");
    assert_result(error, PSOCK_EADDRINUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(port_zero_lets_the_system_choose),
        test_both(chosen_port_can_be_named),
        test_both(binding_twice_is_refused),
        test_both(address_of_another_family_is_refused),
        test_both(address_of_no_machine_here_is_refused),
        test_both(address_of_no_machine_here_is_refused_to_datagrams),
        test_both(unknown_modes_are_refused),
        test_both(socket_can_be_bound_after_a_refusal),
        test_once(datagram_socket_binds_to_a_multicast_group),
        test_both(live_listener_keeps_others_out_in_any_mode),
        test_both(bound_stream_keeps_fresh_ones_out),
        test_both(refused_rival_leaves_the_listener_alone),
        test_both(datagram_sockets_share_only_by_agreement),
        test_both(listeners_share_where_the_system_can),
        test_both(listener_on_every_address_keeps_one_address),
        test_ipv6(ipv6_listener_leaves_ipv4_to_others),
        test_ipv6(dual_stack_listener_takes_ipv4_too),
        test_ipv6(families_are_settled_once_bound),
        test_both(rebinding_looks_past_dying_connections),
        test_both(fresh_binding_waits_for_dying_connections),
    };
    return cmocka_run_group_tests_name("bind", tests, warm_up, NULL);
}
