/* divergences.c: rows of docs/differences.md that are no header's business:
 * what psock leaves to the system, within the bounds that the row names. */
#include "fixture.h"

/* --- Connecting ----------------------------------------------------------- */

static psock_t refused_once(int family)
{
    psock_address bad = deserted(family, PSOCK_STREAM);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_connect(s, &bad, in_time()), PSOCK_ECONNREFUSED);
    return s;
}

static void connect_retry_same_socket_works_or_is_aborted(void **state)
{
    int family = family_of(state);
    psock_address good = local_of(listening(family));
    psock_t s = refused_once(family);
    assert_either(psock_connect(s, &good, in_time()), 0, PSOCK_ECONNABORTED);
}

static void connect_failed_then_listen_works_or_is_invalid(void **state)
{
    psock_t s = refused_once(family_of(state));
    assert_either(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0, PSOCK_EINVAL);
}

static void connect_unreach_codes_of_a_family_not_served(void **state)
{
    static const unsigned char mapped[16] = {
        [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
    psock_address peer = local_of(listening(PSOCK_IPV4));
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    uint16_t port = psock_address_port(&peer);
    assert_result(psock_address_ipv6(mapped, port, 0, &peer), 0);
    assert_either(psock_connect(s, &peer, in_time()), PSOCK_ENETUNREACH,
                  PSOCK_EADDRNOTAVAIL);
}

static void connect_tcp_unspec_is_no_way_to_disconnect(void **state)
{
    static const psock_address none = {.length = 0};
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_connect(ends.client, &none, PSOCK_NOW),
                  PSOCK_EAFNOSUPPORT);
    send_text(ends.client, "still here");
    recv_text(ends.server, "still here");
}

static void connect_self_works_or_is_refused(void **state)
{
    psock_t s = bound(family_of(state), PSOCK_STREAM, PSOCK_BIND_FRESH);
    psock_address own = local_of(s);
    assert_either(psock_connect(s, &own, in_time()), 0, PSOCK_ECONNREFUSED);
}

/* Refused when the second socket binds, or when it connects. */
static void connect_eaddrinuse_dup_tuple_is_never_made(void **state)
{
    int family = family_of(state);
    psock_address peer = local_of(listening(family));
    psock_t first = bound(family, PSOCK_STREAM, PSOCK_BIND_REBIND);
    psock_address local = local_of(first);
    assert_result(psock_connect(first, &peer, in_time()), 0);
    psock_t second = open_kept(family, PSOCK_STREAM);
    int result = psock_bind(second, &local, PSOCK_BIND_REBIND);
    if (result == 0)
        result = psock_connect(second, &peer, in_time());
    assert_either(result, PSOCK_EADDRNOTAVAIL, PSOCK_EADDRINUSE);
}

/* A stream whose connecting stays undecided. */
static psock_t undecided(int family, psock_address *peer)
{
    psock_t listener = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    assert_result(psock_listen(listener, 1), 0);
    *peer = local_of(listener);
    for (int i = 0; i < 64; i++) {
        psock_t s = open_kept(family, PSOCK_STREAM);
        int result = psock_connect(s, peer, psock_deadline_ms(SHORT_MS));
        if (result == PSOCK_ETIMEDOUT)
            return s;
        if (result < 0)
            break;
    }
    skip_because("this system leaves no connection to itself undecided");
    return PSOCK_INVALID;
}

static void connect_pending_shutdown_gives_the_attempt_up(void **state)
{
    char byte;
    psock_address peer;
    psock_t s = undecided(family_of(state), &peer);
    assert_result(psock_shutdown(s, PSOCK_SHUT_BOTH), 0);
    assert_either((int)psock_recv(s, &byte, 1, 0, in_time()), PSOCK_ECONNRESET,
                  PSOCK_ENOTCONN);
    assert_either((int)psock_send(s, "x", 1, 0, in_time()), PSOCK_EPIPE,
                  PSOCK_ENOTCONN);
}

/* --- Names ---------------------------------------------------------------- */

static void bind_scope_id_is_needed_for_a_link(void **state)
{
    psock_address address;
    static const unsigned char nobodys[16] = {
        0xfe, 0x80, [8] = 0x02, [14] = 0x50, [15] = 0x43};
    psock_t s = open_kept(family_of(state), PSOCK_DATAGRAM);
    assert_result(psock_address_ipv6(nobodys, 0, 0, &address), 0);
    assert_either(psock_bind(s, &address, PSOCK_BIND_FRESH), PSOCK_EINVAL,
                  PSOCK_EADDRNOTAVAIL);
}

static void sockname_after_connect_any_is_the_source(void **state)
{
    int family = family_of(state);
    psock_address any;
    psock_address peer = local_of(datagram(family));
    psock_t s = open_kept(family, PSOCK_DATAGRAM);
    assert_result(psock_address_any(family, 0, &any), 0);
    assert_result(psock_bind(s, &any, PSOCK_BIND_FRESH), 0);
    psock_address before = local_of(s);
    assert_result(psock_connect(s, &peer, PSOCK_NOW), 0);
    psock_address after = local_of(s);
    assert_true(psock_address_kind(&before) & PSOCK_ADDRESS_ANY);
    assert_true(psock_address_kind(&after) & PSOCK_ADDRESS_LOOPBACK);
    assert_int_equal(psock_address_port(&after), psock_address_port(&before));
}

static void peername_after_reset_is_the_peer_or_none(void **state)
{
    char byte;
    psock_address peer;
    struct stream ends = stream_over(family_of(state));
    psock_address expected = local_of(ends.server);
    assert_result(psock_close_reset(let_go(ends.server)), 0);
    assert_true(psock_recv(ends.client, &byte, 1, 0, in_time()) <= 0);
    int result = psock_peer(ends.client, &peer);
    assert_either(result, 0, PSOCK_ENOTCONN);
    assert_true(result < 0 || same_address(&peer, &expected));
}

/* --- Receiving ------------------------------------------------------------ */

static void io_zero_recv_waits_as_any_other(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_recv(ends.server, &byte, 0, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
    send_text(ends.client, "x");
    assert_result(psock_recv(ends.server, &byte, 0, 0, in_time()), 0);
    recv_text(ends.server, "x");
}

/* The number may come back; what was known of the old socket must not. */
static void desc_reuse_after_close_starts_afresh(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < 8; i++) {
        struct stream ends = stream_over(family);
        assert_result(psock_shutdown(ends.server, PSOCK_SHUT_READ), 0);
        close_kept(ends.server);
        close_kept(ends.client);
        ends = stream_over(family);
        send_text(ends.client, "new");
        recv_text(ends.server, "new");
        send_text(ends.server, "new");
        recv_text(ends.client, "new");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(connect_retry_same_socket_works_or_is_aborted),
        test_both(connect_failed_then_listen_works_or_is_invalid),
        test_ipv6(connect_unreach_codes_of_a_family_not_served),
        test_both(connect_tcp_unspec_is_no_way_to_disconnect),
        test_both(connect_self_works_or_is_refused),
        test_both(connect_eaddrinuse_dup_tuple_is_never_made),
        test_both(connect_pending_shutdown_gives_the_attempt_up),
        test_ipv6(bind_scope_id_is_needed_for_a_link),
        test_both(sockname_after_connect_any_is_the_source),
        test_both(peername_after_reset_is_the_peer_or_none),
        test_both(io_zero_recv_waits_as_any_other),
        test_both(desc_reuse_after_close_starts_afresh),
    };
    return cmocka_run_group_tests_name("divergences", tests, warm_up, NULL);
}
