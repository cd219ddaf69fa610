/* connect.c: attempts to connect, from the first call to what comes of it. */
#include "scene.h"

#include "host.h"

/* --- What reaches Windows ---------------------------------------------------- */

static void connect_einprogress_ends_well(void **state)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &where, psock_deadline_ms(5000)), 0);
    assert_int_equal(fake_recorded("connect #2 127.0.0.1"), 1);
    assert_int_equal(fake_recorded("= error 10035"), 1);
    scene_close_two(s, listener);
}

static psock_t listener_everywhere(int family, uint16_t *port)
{
    psock_address where;
    psock_t s = psock_open(family, PSOCK_STREAM, 0);
    assert_true(s >= 0);
    assert_int_equal(psock_listen(s, 1), 0);
    assert_int_equal(psock_local(s, &where), 0);
    *port = psock_address_port(&where);
    return s;
}

static void check_any_is_loopback(int family, const char *reached)
{
    uint16_t port;
    psock_address any;
    psock_t listener = listener_everywhere(family, &port);
    psock_t s = psock_open(family, PSOCK_STREAM, 0);
    assert_int_equal(psock_address_any(family, port, &any), 0);
    assert_int_equal(psock_connect(s, &any, PSOCK_FOREVER), 0);
    assert_int_equal(fake_recorded(reached), 1);
    scene_close_two(s, listener);
}

static void connect_anyaddr_means_loopback(void **state)
{
    (void)state;
    check_any_is_loopback(PSOCK_IPV4, "connect #2 127.0.0.1:");
    check_any_is_loopback(PSOCK_IPV6, "connect #4 [0:0:0:0:0:0:0:1]:");
}

static void connect_anyaddr_means_loopback_for_datagrams(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address any = scene_address("0.0.0.0:9");
    (void)state;
    assert_int_equal(psock_connect(s, &any, PSOCK_NOW), 0);
    assert_int_equal(fake_recorded("connect #1 127.0.0.1:9 "), 1);
    scene_close(s);
}

static void connect_port0_is_refused(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    const psock_address nowhere = scene_address("127.0.0.1:0");
    (void)state;
    assert_int_equal(psock_connect(s, &nowhere, PSOCK_FOREVER),
                     PSOCK_ECONNREFUSED);
    assert_int_equal(psock_error_native(), WSAEADDRNOTAVAIL);
    scene_close(s);
}

static void connect_listening_is_connected_already(void **state)
{
    psock_address where;
    psock_t s = scene_listener(&where);
    (void)state;
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), PSOCK_EISCONN);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    scene_close(s);
}

static void connect_again_when_done_is_connected_already(void **state)
{
    psock_t peer;
    psock_address where;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_local(peer, &where), 0);
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), PSOCK_EISCONN);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EISCONN);
    scene_close_two(s, peer);
}

static void wrong_family_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    const psock_address peer = scene_address("[::1]:80");
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_FOREVER),
                     PSOCK_EAFNOSUPPORT);
    scene_close(s);
}

/* An address that claims to be shorter than its family's. */
static void err_efault_for_lengths_short_address_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    psock_address peer = scene_address("127.0.0.1:80");
    (void)state;
    peer.length = 8;
    int error = psock_connect(s, &peer, PSOCK_FOREVER);
    assert_true(error == PSOCK_EAFNOSUPPORT || error == PSOCK_EINVAL);
    scene_close(s);
}

static void connect_unreach_codes_are_told(void **state)
{
    static const struct {
        int native;
        int error;
    } rows[] = {{WSAENETUNREACH, PSOCK_ENETUNREACH},
                {WSAEHOSTUNREACH, PSOCK_EHOSTUNREACH},
                {WSAEADDRNOTAVAIL, PSOCK_EADDRNOTAVAIL},
                {WSAENOBUFS, PSOCK_ENOBUFS},
                {WSAEADDRINUSE, PSOCK_EADDRINUSE},
                {WSAEACCES, PSOCK_EACCES}};
    const psock_address peer = scene_address("192.0.2.99:80");
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_fail_next(FAKE_connect, rows[i].native, 1);
        assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), rows[i].error);
        assert_int_equal(psock_error_native(), rows[i].native);
    }
    scene_close(s);
}

/* --- Refusals ---------------------------------------------------------------- */

static void connect_refused_delay_loopback_is_asked_once(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, PSOCK_FOREVER),
                     PSOCK_ECONNREFUSED);
    assert_int_equal(psock_error_native(), WSAECONNREFUSED);
    assert_true(fake_recorded_in_order("SIO_TCP_INITIAL_RTO fffffe",
                                       "connect #2 127.0.0.1", NULL));
    scene_close(s);
}

static void connect_refused_delay_unknown_request_is_no_failure(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, PSOCK_FOREVER),
                     PSOCK_ECONNREFUSED);
    assert_int_equal(fake_recorded("SIO_TCP_INITIAL_RTO"), 1);
    assert_int_equal(fake_recorded("= error 10045"), 1);
    scene_close(s);
}

static void connect_refused_delay_other_hosts_are_asked_as_usual(void **state)
{
    const psock_address far_away = scene_address("192.0.2.99:80");
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &far_away, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(fake_recorded("SIO_TCP_INITIAL_RTO"), 0);
    scene_close(s);
}

/* The only sign of a failure is one that neither readers nor writers get. */
static void connect_fail_select_refusal_ends_the_wait(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, psock_deadline_ms(20000)),
                     PSOCK_ECONNREFUSED);
    assert_int_equal(fake_calls(FAKE_select), 0);
    scene_close(s);
}

static psock_t refused(psock_address *nobody)
{
    *nobody = scene_nobody();
    psock_t s = scene_open(PSOCK_STREAM);
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, nobody, PSOCK_NOW), PSOCK_EAGAIN);
    fake_decide_connect(s, WSAECONNREFUSED);
    fake_hold_connects(0);
    return s;
}

static void connect_fail_wsapoll_refusal_is_told_to_the_next_call(void **state)
{
    psock_address nobody;
    psock_t s = refused(&nobody);
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), PSOCK_ECONNREFUSED);
    scene_close(s);
}

/* Windows would tell it for ever; a second time is a new attempt. */
static void err_soerror_sticky_refusal_is_told_once(void **state)
{
    psock_address nobody;
    psock_t s = refused(&nobody);
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), PSOCK_ECONNREFUSED);
    fake_hold_connects(1);
    fake_forget();
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(fake_calls(FAKE_connect), 1);
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(fake_calls(FAKE_connect), 1);
    scene_close(s);
}

static void connect_retry_same_socket_may_succeed(void **state)
{
    psock_address nobody;
    psock_address where;
    psock_t s = refused(&nobody);
    psock_t listener = scene_listener(&where);
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), PSOCK_ECONNREFUSED);
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), 0);
    scene_close_two(s, listener);
}

static void err_soerror_wsa_codes_are_translated(void **state)
{
    static const struct {
        int native;
        int error;
    } rows[] = {{WSAETIMEDOUT, PSOCK_ETIMEDOUT},
                {WSAEHOSTUNREACH, PSOCK_EHOSTUNREACH},
                {WSAENETUNREACH, PSOCK_ENETUNREACH},
                {WSAECONNRESET, PSOCK_ECONNRESET}};
    const psock_address peer = scene_address("192.0.2.99:80");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        psock_t s = scene_connecting();
        fake_decide_connect(s, rows[i].native);
        assert_int_equal(psock_connect(s, &peer, psock_deadline_ms(5000)),
                         rows[i].error);
        assert_int_equal(psock_error_native(), rows[i].native);
        scene_close(s);
    }
}

/* --- While it is undecided ----------------------------------------------------- */

static void connect_again_while_pending_goes_on(void **state)
{
    const psock_address peer = scene_address("192.0.2.99:80");
    psock_t s = scene_connecting();
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(psock_connect(s, &peer, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
    assert_int_equal(fake_calls(FAKE_connect), 0);
    scene_close(s);
}

static void connect_pending_io_would_wait(void **state)
{
    psock_t s = scene_connecting();
    (void)state;
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(fake_recorded("= error 10057"), 2);
    scene_close(s);
}

static void connect_pending_io_waits_for_the_deadline(void **state)
{
    char byte;
    psock_t s = scene_connecting();
    (void)state;
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
    assert_int_equal(psock_send(s, "a", 1, 0, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
    scene_close(s);
}

static void connect_pending_io_is_told_of_the_failure(void **state)
{
    char byte;
    psock_t s = scene_connecting();
    (void)state;
    fake_decide_connect(s, WSAECONNREFUSED);
    assert_int_equal(psock_send(s, "a", 1, 0, psock_deadline_ms(5000)),
                     PSOCK_ECONNREFUSED);
    assert_int_equal(psock_error_native(), WSAECONNREFUSED);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER),
                     PSOCK_ECONNREFUSED);
    scene_close(s);
}

static void connect_pending_names_no_peer_yet(void **state)
{
    psock_address peer;
    psock_t s = scene_connecting();
    (void)state;
    assert_int_equal(psock_peer(s, &peer), PSOCK_ENOTCONN);
    assert_int_equal(psock_error_native(), WSAENOTCONN);
    scene_close(s);
}

static void accept_everything(void *context)
{
    psock_t *accepted = context;
    accepted[1] = psock_accept(accepted[0], NULL, PSOCK_NOW);
}

/* An attempt that succeeded and was never asked about is a connection. */
static void connect_pending_names_the_peer_once_connected(void **state)
{
    psock_address peer;
    psock_address where;
    psock_t ends[2] = {scene_listener(&where), PSOCK_INVALID};
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EAGAIN);
    accept_everything(ends);
    assert_int_equal(psock_peer(s, &peer), 0);
    assert_int_equal(psock_address_compare(&peer, &where), 0);
    scene_send(s, "early");
    scene_expect(ends[1], "early");
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), 0);
    scene_close_two(ends[0], ends[1]);
    scene_close(s);
}

static void connect_pending_shutdown_gives_up(void **state)
{
    const psock_address peer = scene_address("192.0.2.99:80");
    psock_t s = scene_connecting();
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_BOTH), 0);
    assert_int_equal(psock_connect(s, &peer, PSOCK_FOREVER),
                     PSOCK_ECONNABORTED);
    scene_close(s);
}

static void give_up(void *context)
{
    psock_shutdown(*(psock_t *)context, PSOCK_SHUT_BOTH);
}

static void connect_pending_shutdown_wakes_the_waiter(void **state)
{
    const psock_address peer = scene_address("192.0.2.99:80");
    psock_t s = scene_connecting();
    (void)state;
    fake_when_waiting(give_up, &s);
    assert_int_equal(psock_connect(s, &peer, PSOCK_FOREVER),
                     PSOCK_ECONNABORTED);
    scene_close(s);
}

struct attempt {
    psock_t socket;
    struct host_gate *started;
    int result;
};

static void connect_for_ever(void *context)
{
    struct attempt *attempt = context;
    const psock_address peer = scene_address("192.0.2.99:80");
    host_gate_open(attempt->started);
    attempt->result =
        psock_connect(attempt->socket, &peer, psock_deadline_ms(20000));
}

/* Whether the thread waits already or not yet makes no difference. */
static void connect_pending_shutdown_wakes_another_thread(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        struct attempt attempt = {.socket = scene_connecting(),
                                  .started = host_gate_make()};
        struct host_thread *thread =
            host_thread_start(connect_for_ever, &attempt);
        host_gate_wait(attempt.started);
        give_up(&attempt.socket);
        assert_true(host_thread_join(thread, 20000));
        assert_int_equal(attempt.result, PSOCK_ECONNABORTED);
        host_gate_free(attempt.started);
        scene_close(attempt.socket);
    }
}

/* --- Odd turns ----------------------------------------------------------------- */

static void deadline_passes_and_the_attempt_goes_on(void **state)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &where, psock_deadline_ms(5)),
                     PSOCK_ETIMEDOUT);
    fake_decide_connect(s, 0);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), 0);
    scene_close_two(s, listener);
}

static void break_connection(void *context)
{
    fake_break(*(psock_t *)context, WSAECONNRESET);
}

/* Connected and reset again before anybody looked: neither for ever pending nor
 * a connection that works. */
static void reset_right_after_connecting_ends_the_wait(void **state)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EAGAIN);
    break_connection(&s);
    int error = psock_connect(s, &where, psock_deadline_ms(5000));
    assert_true(error == 0 || error == PSOCK_ECONNRESET);
    assert_int_equal(scene_receive(s), PSOCK_ECONNRESET);
    scene_close_two(s, listener);
}

static void sockname_after_connect_any_datagrams_know_their_source(void **state)
{
    psock_address local;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address peer = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), 0);
    assert_int_equal(psock_local(s, &local), 0);
    assert_true((psock_address_kind(&local) & PSOCK_ADDRESS_LOOPBACK) != 0);
    assert_int_not_equal(psock_address_port(&local), 0);
    assert_int_equal(fake_recorded("SIO_ROUTING_INTERFACE_QUERY"), 1);
    scene_close(s);
}

static void sockname_after_connect_any_no_route_no_matter(void **state)
{
    psock_address local;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address peer = scene_address("192.0.2.99:9");
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), 0);
    fake_fail_next(FAKE_WSAIoctl, WSAENETUNREACH, 1);
    assert_int_equal(psock_local(s, &local), 0);
    assert_true((psock_address_kind(&local) & PSOCK_ADDRESS_ANY) != 0);
    scene_close(s);
}

static void only_unspecified_addresses_ask_for_a_route(void **state)
{
    psock_address local;
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    const psock_address peer = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), 0);
    fake_forget();
    assert_int_equal(psock_local(s, &local), 0);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
    scene_close(s);
}

static void only_connected_sockets_ask_for_a_route(void **state)
{
    psock_address local;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address any = scene_address("0.0.0.0");
    (void)state;
    assert_int_equal(psock_bind(s, &any, PSOCK_BIND_FRESH), 0);
    fake_forget();
    assert_int_equal(psock_local(s, &local), 0);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
    scene_close(s);
}

static void dgram_broadcast_connect_may_be_repeated(void **state)
{
    psock_address peer;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address first = scene_address("127.0.0.1:9");
    const psock_address second = scene_address("127.0.0.1:10");
    (void)state;
    assert_int_equal(psock_connect(s, &first, PSOCK_NOW), 0);
    assert_int_equal(psock_connect(s, &second, PSOCK_NOW), 0);
    assert_int_equal(psock_peer(s, &peer), 0);
    assert_int_equal(psock_address_compare(&peer, &second), 0);
    scene_close(s);
}

static void dgram_broadcast_connect_takes_the_option(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address everybody = scene_address("255.255.255.255:9");
    (void)state;
    assert_int_equal(psock_connect(s, &everybody, PSOCK_NOW), PSOCK_EACCES);
    assert_int_equal(psock_error_native(), WSAEACCES);
    assert_int_equal(fake_calls(FAKE_connect), 0);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_BROADCAST, 1), 0);
    assert_int_equal(psock_connect(s, &everybody, PSOCK_NOW), 0);
    scene_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_BOTH(connect_einprogress_ends_well),
        ON_WINDOWS_10(connect_anyaddr_means_loopback),
        ON_WINDOWS_10(connect_anyaddr_means_loopback_for_datagrams),
        ON_WINDOWS_10(connect_port0_is_refused),
        ON_WINDOWS_10(connect_listening_is_connected_already),
        ON_WINDOWS_10(connect_again_when_done_is_connected_already),
        ON_WINDOWS_10(wrong_family_is_told),
        ON_WINDOWS_10(err_efault_for_lengths_short_address_is_told),
        ON_WINDOWS_10(connect_unreach_codes_are_told),
        ON_WINDOWS_10(connect_refused_delay_loopback_is_asked_once),
        ON_WINDOWS_7(connect_refused_delay_unknown_request_is_no_failure),
        ON_WINDOWS_10(connect_refused_delay_other_hosts_are_asked_as_usual),
        ON_BOTH(connect_fail_select_refusal_ends_the_wait),
        ON_BOTH(connect_fail_wsapoll_refusal_is_told_to_the_next_call),
        ON_WINDOWS_10(err_soerror_sticky_refusal_is_told_once),
        ON_WINDOWS_10(connect_retry_same_socket_may_succeed),
        ON_WINDOWS_10(err_soerror_wsa_codes_are_translated),
        ON_WINDOWS_10(connect_again_while_pending_goes_on),
        ON_WINDOWS_10(connect_pending_io_would_wait),
        ON_WINDOWS_10(connect_pending_io_waits_for_the_deadline),
        ON_WINDOWS_10(connect_pending_io_is_told_of_the_failure),
        ON_WINDOWS_10(connect_pending_names_no_peer_yet),
        ON_WINDOWS_10(connect_pending_names_the_peer_once_connected),
        ON_WINDOWS_10(connect_pending_shutdown_gives_up),
        ON_WINDOWS_10(connect_pending_shutdown_wakes_the_waiter),
        ON_WINDOWS_10(connect_pending_shutdown_wakes_another_thread),
        ON_WINDOWS_10(deadline_passes_and_the_attempt_goes_on),
        ON_WINDOWS_10(reset_right_after_connecting_ends_the_wait),
        ON_WINDOWS_10(sockname_after_connect_any_datagrams_know_their_source),
        ON_WINDOWS_10(sockname_after_connect_any_no_route_no_matter),
        ON_WINDOWS_10(only_unspecified_addresses_ask_for_a_route),
        ON_WINDOWS_10(only_connected_sockets_ask_for_a_route),
        ON_WINDOWS_10(dgram_broadcast_connect_may_be_repeated),
        ON_WINDOWS_10(dgram_broadcast_connect_takes_the_option),
    };
    return cmocka_run_group_tests_name("winsock.connect", tests, NULL, NULL);
}
