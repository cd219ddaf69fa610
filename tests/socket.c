#include "fixture.h"

#include <limits.h>

/* --- Opening -------------------------------------------------------------- */

static const int types[] = {PSOCK_STREAM, PSOCK_DATAGRAM};

static void every_type_opens(void **state)
{
    int family = family_of(state);
    for (size_t i = 0; i < COUNT_OF(types); i++)
        assert_result(psock_close(psock_open(family, types[i], 0)), 0);
}

static void open_sockets_are_different(void **state)
{
    int family = family_of(state);
    psock_t a = open_kept(family, PSOCK_STREAM);
    psock_t b = open_kept(family, PSOCK_STREAM);
    assert_true(a != b);
}

static void unknown_families_are_refused(void **state)
{
    static const int families[] = {PSOCK_NONE, 2,  3,  5,       7,
                                   10,         23, -1, INT_MAX, INT_MIN};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++)
        assert_result(psock_open(families[i], PSOCK_STREAM, 0),
                      PSOCK_EAFNOSUPPORT);
}

static void unknown_types_are_refused(void **state)
{
    static const int strangers[] = {0, 3, 5, -1, INT_MAX, INT_MIN};
    int family = family_of(state);
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        assert_result(psock_open(family, strangers[i], 0),
                      PSOCK_ESOCKTNOSUPPORT);
}

static void unknown_flags_are_refused(void **state)
{
    int family = family_of(state);
    for (unsigned bit = 1; bit < 32; bit++)
        assert_result(psock_open(family, PSOCK_STREAM, 1u << bit),
                      PSOCK_EINVAL);
}

static void dual_stack_is_for_ipv6_alone(void **state)
{
    (void)state;
    assert_result(psock_open(PSOCK_IPV4, PSOCK_STREAM, PSOCK_DUAL_STACK),
                  PSOCK_EINVAL);
    assert_result(psock_open(PSOCK_UNIX, PSOCK_STREAM, PSOCK_DUAL_STACK),
                  PSOCK_EINVAL);
}

/* --- Dual stack ----------------------------------------------------------- */

static psock_t listening_on_any(unsigned flags)
{
    psock_address any;
    psock_t s = keep(psock_open(PSOCK_IPV6, PSOCK_STREAM, flags));
    assert_result(psock_address_any(PSOCK_IPV6, 0, &any), 0);
    assert_result(psock_bind(s, &any, PSOCK_BIND_FRESH), 0);
    assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    return s;
}

static int connect_by_ipv4(psock_t listener)
{
    psock_address own = local_of(listener);
    psock_address address = loopback(PSOCK_IPV4, psock_address_port(&own));
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    return psock_connect(s, &address, in_time());
}

static void dual_stack_listener_serves_ipv4(void **state)
{
    psock_address peer;
    (void)family_of(state);
    psock_t listener = listening_on_any(PSOCK_DUAL_STACK);
    assert_result(connect_by_ipv4(listener), 0);
    keep(psock_accept(listener, &peer, in_time()));
    assert_true(psock_address_kind(&peer) & PSOCK_ADDRESS_V4_MAPPED);
    assert_true(psock_address_kind(&peer) & PSOCK_ADDRESS_LOOPBACK);
}

static void plain_ipv6_listener_does_not_serve_ipv4(void **state)
{
    (void)family_of(state);
    assert_result(connect_by_ipv4(listening_on_any(0)), PSOCK_ECONNREFUSED);
}

/* --- Closing -------------------------------------------------------------- */

static void closing_twice_is_refused(void **state)
{
    int family = family_of(state);
    psock_t s = psock_open(family, PSOCK_STREAM, 0);
    assert_result(psock_close(s), 0);
    assert_result(psock_close(s), PSOCK_EBADF);
    assert_result(psock_close_reset(s), PSOCK_EBADF);
}

static void data_sent_before_closing_arrive(void **state)
{
    unsigned char sent[5000], received[5000], byte;
    struct stream ends = stream_over(family_of(state));
    fill(sent, sizeof sent, 0);
    send_all(ends.client, sent, sizeof sent);
    close_kept(ends.client);
    recv_all(ends.server, received, sizeof received);
    assert_memory_equal(received, sent, sizeof sent);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
}

static void close_reset_is_seen_as_a_reset(void **state)
{
    need_resets();
    char byte;
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_close_reset(let_go(ends.client)), 0);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()),
                  PSOCK_ECONNRESET);
}

static void close_reset_drops_the_descriptor(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_close_reset(let_go(ends.client)), 0);
    assert_result(psock_close(ends.client), PSOCK_EBADF);
}

static void close_reset_just_closes_what_is_not_connected(void **state)
{
    int family = family_of(state);
    psock_t sockets[] = {open_kept(family, PSOCK_STREAM),
                         open_kept(family, PSOCK_DATAGRAM), listening(family),
                         datagram(family)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        assert_result(psock_close_reset(let_go(sockets[i])), 0);
}

static void closing_with_unread_data_is_seen_as_a_reset(void **state)
{
    need_resets();
    char byte;
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "never read");
    assert_result(psock_recv(ends.server, &byte, 1, PSOCK_PEEK, in_time()), 1);
    close_kept(ends.server);
    assert_result(psock_recv(ends.client, &byte, 1, 0, in_time()),
                  PSOCK_ECONNRESET);
}

/* --- Listening ------------------------------------------------------------ */

static void listening_unbound_gets_an_address(void **state)
{
    int family = family_of(state);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    psock_address local = local_of(s);
    assert_int_equal(psock_address_family(&local), family);
    assert_int_not_equal(psock_address_port(&local), 0);
    assert_true(psock_address_kind(&local) & PSOCK_ADDRESS_ANY);
}

static void listening_unbound_serves(void **state)
{
    int family = family_of(state);
    psock_t listener = open_kept(family, PSOCK_STREAM);
    assert_result(psock_listen(listener, PSOCK_BACKLOG_DEFAULT), 0);
    psock_address local = local_of(listener);
    psock_address address = loopback(family, psock_address_port(&local));
    psock_t client = open_kept(family, PSOCK_STREAM);
    assert_result(psock_connect(client, &address, in_time()), 0);
    keep(psock_accept(listener, NULL, in_time()));
}

static void listening_twice_is_harmless(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_t client = connected_to(listener);
    assert_result(psock_listen(listener, 5), 0);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    send_text(client, "queued before");
    recv_text(server, "queued before");
}

static void any_backlog_of_zero_or_more_is_fine(void **state)
{
    static const int backlogs[] = {PSOCK_BACKLOG_DEFAULT, 1, 128, INT_MAX};
    int family = family_of(state);
    for (size_t i = 0; i < COUNT_OF(backlogs); i++) {
        psock_t s = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
        assert_result(psock_listen(s, backlogs[i]), 0);
        connected_to(s);
        keep(psock_accept(s, NULL, in_time()));
    }
}

static void negative_backlog_is_refused(void **state)
{
    psock_t s = bound(family_of(state), PSOCK_STREAM, PSOCK_BIND_FRESH);
    assert_result(psock_listen(s, -1), PSOCK_EINVAL);
    assert_result(psock_listen(s, INT_MIN), PSOCK_EINVAL);
    assert_result(psock_accept(s, NULL, PSOCK_NOW), PSOCK_EINVAL);
}

static void datagram_socket_cannot_listen(void **state)
{
    int family = family_of(state);
    assert_result(psock_listen(open_kept(family, PSOCK_DATAGRAM), 1),
                  PSOCK_EOPNOTSUPP);
    assert_result(psock_listen(datagram(family), 1), PSOCK_EOPNOTSUPP);
}

static void connected_stream_cannot_listen(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_listen(ends.client, 1), PSOCK_EINVAL);
    assert_result(psock_listen(ends.server, 1), PSOCK_EINVAL);
    send_text(ends.client, "still connected");
    recv_text(ends.server, "still connected");
}

/* --- Accepting ------------------------------------------------------------ */

static void accept_gives_a_stream_of_its_own(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_t client = connected_to(listener);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    assert_true(server != listener);
    close_kept(listener);
    send_text(server, "outlives the listener");
    recv_text(client, "outlives the listener");
}

static void accept_tells_the_peer(void **state)
{
    psock_address peer;
    psock_t listener = listening(family_of(state));
    psock_address client = local_of(connected_to(listener));
    keep(psock_accept(listener, &peer, in_time()));
    assert_true(same_address(&peer, &client));
}

static void accept_takes_connections_in_order(void **state)
{
    psock_address clients[5], peer;
    psock_t listener = listening(family_of(state));
    for (size_t i = 0; i < COUNT_OF(clients); i++)
        clients[i] = local_of(connected_to(listener));
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        keep(psock_accept(listener, &peer, in_time()));
        assert_true(same_address(&peer, &clients[i]));
    }
}

static void accept_now_does_not_wait(void **state)
{
    psock_t listener = listening(family_of(state));
    assert_result(psock_accept(listener, NULL, PSOCK_NOW), PSOCK_EAGAIN);
}

static void accept_waits_until_its_deadline(void **state)
{
    psock_t listener = listening(family_of(state));
    int64_t before_ns = clock_ns();
    assert_result(psock_accept(listener, NULL, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
}

static void accept_past_its_deadline_still_tries(void **state)
{
    psock_t listener = listening(family_of(state));
    assert_result(psock_accept(listener, NULL, -1), PSOCK_ETIMEDOUT);
    connected_to(listener);
    psock_deadline end = in_time();
    psock_t s;
    do {
        s = psock_accept(listener, NULL, -1);
    } while (s == PSOCK_ETIMEDOUT && psock_deadline_left_ns(end) > 0);
    keep(s);
}

static void accepted_stream_does_not_inherit_the_listeners_mode(void **state)
{
    char byte;
    psock_t listener = listening(family_of(state));
    connected_to(listener);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    int64_t before_ns = clock_ns();
    assert_result(psock_recv(server, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
}

static void only_a_listener_accepts(void **state)
{
    int family = family_of(state);
    struct stream ends = stream_over(family);
    psock_t sockets[] = {open_kept(family, PSOCK_STREAM),
                         bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH),
                         ends.client, ends.server};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_result(psock_accept(sockets[i], NULL, PSOCK_NOW), PSOCK_EINVAL);
        assert_result(psock_accept(sockets[i], NULL, in_time()), PSOCK_EINVAL);
        assert_result(psock_accept(sockets[i], NULL, PSOCK_FOREVER),
                      PSOCK_EINVAL);
    }
}

static void datagram_socket_cannot_accept(void **state)
{
    int family = family_of(state);
    psock_t sockets[] = {open_kept(family, PSOCK_DATAGRAM), datagram(family)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_result(psock_accept(sockets[i], NULL, PSOCK_NOW),
                      PSOCK_EOPNOTSUPP);
        assert_result(psock_accept(sockets[i], NULL, in_time()),
                      PSOCK_EOPNOTSUPP);
    }
}

/* Whether the dead one is still handed out is the system's choice; the living
 * one behind it must be. */
static void connection_that_died_in_the_queue_does_no_harm(void **state)
{
    psock_address peer;
    psock_t listener = listening(family_of(state));
    psock_t dying = connected_to(listener);
    assert_result(psock_close_reset(let_go(dying)), 0);
    psock_address living = local_of(connected_to(listener));
    keep(psock_accept(listener, &peer, in_time()));
    if (!same_address(&peer, &living))
        keep(psock_accept(listener, &peer, in_time()));
    assert_true(same_address(&peer, &living));
}

/* --- Shutting down -------------------------------------------------------- */

static void peer_reads_to_the_end_after_shutdown_write(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "last words");
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    recv_text(ends.server, "last words");
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
    assert_result(psock_recv(ends.server, &byte, 1, 0, PSOCK_NOW), 0);
}

static void half_closed_stream_still_receives(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    send_text(ends.server, "answer");
    recv_text(ends.client, "answer");
    assert_result(psock_shutdown(ends.server, PSOCK_SHUT_WRITE), 0);
    char byte;
    assert_result(psock_recv(ends.client, &byte, 1, 0, in_time()), 0);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
}

static void sending_after_shutdown_write_is_a_broken_pipe(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_result(psock_send(ends.client, "x", 1, 0, PSOCK_NOW), PSOCK_EPIPE);
    assert_result(psock_send(ends.client, "x", 1, 0, in_time()), PSOCK_EPIPE);
    assert_result(psock_send(ends.client, "x", 1, 0, PSOCK_FOREVER),
                  PSOCK_EPIPE);
}

static void receiving_after_shutdown_read_is_the_end(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_READ), 0);
    assert_result(psock_recv(ends.client, &byte, 1, 0, PSOCK_NOW), 0);
    assert_result(psock_recv(ends.client, &byte, 1, 0, in_time()), 0);
    assert_result(psock_recv(ends.client, &byte, 1, 0, PSOCK_FOREVER), 0);
}

static void shutdown_read_gives_first_what_has_come(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    send_text(ends.server, "come");
    assert_result(psock_recv(ends.client, &byte, 1, PSOCK_PEEK, in_time()), 1);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_READ), 0);
    recv_text(ends.client, "come");
    assert_result(psock_recv(ends.client, &byte, 1, 0, in_time()), 0);
}

static void shutdown_read_leaves_sending_alone(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_READ), 0);
    send_text(ends.client, "one way");
    recv_text(ends.server, "one way");
}

static void shutdown_both_ends_both(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_BOTH), 0);
    assert_result(psock_recv(ends.client, &byte, 1, 0, PSOCK_NOW), 0);
    assert_result(psock_send(ends.client, "x", 1, 0, PSOCK_NOW), PSOCK_EPIPE);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
}

static void shutting_down_twice_is_harmless(void **state)
{
    int family = family_of(state);
    for (int how = PSOCK_SHUT_READ; how <= PSOCK_SHUT_BOTH; how++) {
        struct stream ends = stream_over(family);
        assert_result(psock_shutdown(ends.client, how), 0);
        assert_result(psock_shutdown(ends.client, how), 0);
    }
}

static void shutdown_leaves_the_descriptor_open(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_address before = local_of(ends.client);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_BOTH), 0);
    psock_address after = local_of(ends.client);
    assert_true(same_address(&before, &after));
    assert_result(psock_close(let_go(ends.client)), 0);
}

static void unconnected_stream_cannot_be_shut_down(void **state)
{
    int family = family_of(state);
    psock_t fresh = open_kept(family, PSOCK_STREAM);
    psock_t idle = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    for (int how = PSOCK_SHUT_READ; how <= PSOCK_SHUT_BOTH; how++) {
        assert_result(psock_shutdown(fresh, how), PSOCK_ENOTCONN);
        assert_result(psock_shutdown(idle, how), PSOCK_ENOTCONN);
    }
}

static void unknown_hows_are_refused(void **state)
{
    static const int hows[] = {-1, 3, INT_MAX, INT_MIN};
    struct stream ends = stream_over(family_of(state));
    for (size_t i = 0; i < COUNT_OF(hows); i++)
        assert_result(psock_shutdown(ends.client, hows[i]), PSOCK_EINVAL);
    send_text(ends.client, "unharmed");
    recv_text(ends.server, "unharmed");
}

static void accepting_is_over_after_the_listeners_shutdown(void **state)
{
    int family = family_of(state);
    static const int hows[] = {PSOCK_SHUT_READ, PSOCK_SHUT_BOTH};
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        psock_t s = listening(family);
        assert_result(psock_shutdown(s, hows[i]), 0);
        assert_result(psock_accept(s, NULL, PSOCK_NOW), PSOCK_EINVAL);
        assert_result(psock_accept(s, NULL, in_time()), PSOCK_EINVAL);
        assert_result(psock_accept(s, NULL, PSOCK_FOREVER), PSOCK_EINVAL);
    }
}

static void datagram_socket_can_be_shut_down(void **state)
{
    char byte;
    struct stream ends = datagrams_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_BOTH), 0);
    assert_result(psock_recv(ends.client, &byte, 1, 0, in_time()), 0);
    assert_result(psock_send(ends.client, "x", 1, 0, in_time()), PSOCK_EPIPE);
}

static void unconnected_datagram_socket_can_be_shut_down(void **state)
{
    char byte;
    psock_t s = datagram(family_of(state));
    assert_result(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    assert_result(psock_recv(s, &byte, 1, 0, in_time()), 0);
    assert_result(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
}

/* Without a wait, systems may not see that nothing will come. */
static void shut_down_datagram_socket_is_not_waited_for(void **state)
{
    char byte;
    psock_t s = datagram(family_of(state));
    assert_result(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    assert_either(psock_recv(s, &byte, 1, 0, PSOCK_NOW), 0, PSOCK_EAGAIN);
}

/* --- Names ---------------------------------------------------------------- */

static void unbound_socket_has_the_any_address(void **state)
{
    int family = family_of(state);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        psock_address local = local_of(open_kept(family, types[i]));
        psock_address any;
        assert_result(psock_address_any(family, 0, &any), 0);
        assert_true(same_address(&local, &any));
    }
}

static void bound_socket_has_its_address(void **state)
{
    int family = family_of(state);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        psock_address local =
            local_of(bound(family, types[i], PSOCK_BIND_FRESH));
        psock_address expected = loopback(family, psock_address_port(&local));
        assert_int_not_equal(psock_address_port(&local), 0);
        assert_true(same_address(&local, &expected));
    }
}

static void ends_of_a_connection_name_each_other(void **state)
{
    int family = family_of(state);
    struct stream pairs[] = {stream_over(family), datagrams_over(family)};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        psock_address client = local_of(pairs[i].client);
        psock_address server = local_of(pairs[i].server);
        psock_address clients_peer = peer_of(pairs[i].client);
        psock_address servers_peer = peer_of(pairs[i].server);
        assert_true(same_address(&clients_peer, &server));
        assert_true(same_address(&servers_peer, &client));
    }
}

static void connected_datagram_socket_gets_a_local_address(void **state)
{
    int family = family_of(state);
    psock_address peer = local_of(datagram(family));
    psock_t s = open_kept(family, PSOCK_DATAGRAM);
    assert_result(psock_connect(s, &peer, PSOCK_NOW), 0);
    psock_address local = local_of(s);
    assert_int_not_equal(psock_address_port(&local), 0);
    assert_true(psock_address_kind(&local) & PSOCK_ADDRESS_LOOPBACK);
}

static void unconnected_socket_has_no_peer(void **state)
{
    psock_address peer;
    int family = family_of(state);
    psock_t sockets[] = {open_kept(family, PSOCK_STREAM),
                         bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH),
                         listening(family), open_kept(family, PSOCK_DATAGRAM),
                         datagram(family)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        assert_result(psock_peer(sockets[i], &peer), PSOCK_ENOTCONN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(every_type_opens),
        test_both(open_sockets_are_different),
        test_once(unknown_families_are_refused),
        test_both(unknown_types_are_refused),
        test_both(unknown_flags_are_refused),
        test_once(dual_stack_is_for_ipv6_alone),
        test_ipv6(dual_stack_listener_serves_ipv4),
        test_ipv6(plain_ipv6_listener_does_not_serve_ipv4),
        test_both(closing_twice_is_refused),
        test_both(data_sent_before_closing_arrive),
        test_both(close_reset_is_seen_as_a_reset),
        test_both(close_reset_drops_the_descriptor),
        test_both(close_reset_just_closes_what_is_not_connected),
        test_both(closing_with_unread_data_is_seen_as_a_reset),
        test_both(listening_unbound_gets_an_address),
        test_both(listening_unbound_serves),
        test_both(listening_twice_is_harmless),
        test_both(any_backlog_of_zero_or_more_is_fine),
        test_both(negative_backlog_is_refused),
        test_both(datagram_socket_cannot_listen),
        test_both(connected_stream_cannot_listen),
        test_both(accept_gives_a_stream_of_its_own),
        test_both(accept_tells_the_peer),
        test_both(accept_takes_connections_in_order),
        test_both(accept_now_does_not_wait),
        test_both(accept_waits_until_its_deadline),
        test_both(accept_past_its_deadline_still_tries),
        test_both(accepted_stream_does_not_inherit_the_listeners_mode),
        test_both(only_a_listener_accepts),
        test_both(datagram_socket_cannot_accept),
        test_both(connection_that_died_in_the_queue_does_no_harm),
        test_both(peer_reads_to_the_end_after_shutdown_write),
        test_both(half_closed_stream_still_receives),
        test_both(sending_after_shutdown_write_is_a_broken_pipe),
        test_both(receiving_after_shutdown_read_is_the_end),
        test_both(shutdown_read_gives_first_what_has_come),
        test_both(shutdown_read_leaves_sending_alone),
        test_both(shutdown_both_ends_both),
        test_both(shutting_down_twice_is_harmless),
        test_both(shutdown_leaves_the_descriptor_open),
        test_both(unconnected_stream_cannot_be_shut_down),
        test_both(unknown_hows_are_refused),
        test_both(accepting_is_over_after_the_listeners_shutdown),
        test_both(datagram_socket_can_be_shut_down),
        test_both(unconnected_datagram_socket_can_be_shut_down),
        test_both(shut_down_datagram_socket_is_not_waited_for),
        test_both(unbound_socket_has_the_any_address),
        test_both(bound_socket_has_its_address),
        test_both(ends_of_a_connection_name_each_other),
        test_both(connected_datagram_socket_gets_a_local_address),
        test_both(unconnected_socket_has_no_peer),
    };
    return cmocka_run_group_tests_name("socket", tests, warm_up, NULL);
}
