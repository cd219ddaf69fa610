/* datagram.c: datagrams, cut, lost, unheard. */
#include "scene.h"

static psock_t receiver(psock_address *where)
{
    return scene_bound(PSOCK_DATAGRAM, where);
}

static void send_to(psock_t s, const char *text, const psock_address *to)
{
    const size_t size = strlen(text);
    assert_int_equal(psock_send_to(s, text, size, 0, to, PSOCK_NOW), size);
}

/* --- Cut ------------------------------------------------------------------------ */

static void dgram_trunc_is_a_success_that_fills(void **state)
{
    char buffer[4];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    send_to(sender, "0123456789", &where);
    send_to(sender, "next", &where);
    assert_int_equal(psock_recv(s, buffer, sizeof buffer, 0, PSOCK_NOW), 4);
    assert_memory_equal(buffer, "0123", 4);
    scene_expect(s, "next");
    scene_close_two(s, sender);
}

static void dgram_trunc_tells_the_sender(void **state)
{
    char buffer[4];
    psock_address where;
    psock_address from;
    psock_address own;
    psock_t s = receiver(&where);
    psock_t sender = receiver(&own);
    (void)state;
    send_to(sender, "0123456789", &where);
    assert_int_equal(
        psock_recv_from(s, buffer, sizeof buffer, 0, &from, PSOCK_NOW), 4);
    assert_int_equal(psock_address_compare(&from, &own), 0);
    scene_close_two(s, sender);
}

static void dgram_trunc_of_vectors_fills_them(void **state)
{
    char first[3];
    char second[2];
    psock_address where;
    const psock_buffer in[] = {{first, 3}, {second, 2}};
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    send_to(sender, "0123456789", &where);
    assert_int_equal(psock_recv_vector(s, in, 2, 0, PSOCK_NOW), 5);
    assert_memory_equal(first, "012", 3);
    assert_memory_equal(second, "34", 2);
    scene_close_two(s, sender);
}

static void dgram_peek_trunc_leaves_it_whole(void **state)
{
    char buffer[4];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    send_to(sender, "0123456789", &where);
    assert_int_equal(
        psock_recv(s, buffer, sizeof buffer, PSOCK_PEEK, PSOCK_NOW), 4);
    scene_expect(s, "0123456789");
    scene_close_two(s, sender);
}

static void dgram_zero_recv_takes_the_datagram(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    send_to(sender, "0123456789", &where);
    assert_int_equal(psock_recv(s, NULL, 0, 0, PSOCK_NOW), 0);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close_two(s, sender);
}

static void io_zero_send_empty_datagrams_go(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    send_to(sender, "", &where);
    assert_int_equal(scene_receive(s), 0);
    assert_int_equal(psock_connect(sender, &where, PSOCK_NOW), 0);
    assert_int_equal(psock_send_vector(sender, NULL, 0, 0, PSOCK_NOW), 0);
    assert_int_equal(scene_receive(s), 0);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close_two(s, sender);
}

static void dgram_from_short_never_reaches_windows(void **state)
{
    char buffer[8];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    send_to(sender, "data", &where);
    assert_int_equal(
        psock_recv_from(s, buffer, sizeof buffer, 0, NULL, PSOCK_NOW), 4);
    assert_int_equal(fake_recorded("room 128 = 4"), 1);
    scene_close_two(s, sender);
}

static void dgram_max_size_longer_is_told(void **state)
{
    static char data[300000];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(psock_send_to(sender, data, 65507, 0, &where, PSOCK_NOW),
                     65507);
    assert_int_equal(psock_send_to(sender, data, 65508, 0, &where, PSOCK_NOW),
                     PSOCK_EMSGSIZE);
    assert_int_equal(
        psock_send_to(sender, data, sizeof data, 0, &where, PSOCK_NOW),
        PSOCK_EMSGSIZE);
    assert_int_equal(psock_connect(sender, &where, PSOCK_NOW), 0);
    assert_int_equal(psock_send(sender, data, sizeof data, 0, PSOCK_NOW),
                     PSOCK_EMSGSIZE);
    scene_close_two(s, sender);
}

static void err_emfile_enobufs_datagrams_are_not_cut(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address peer = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), 0);
    fake_fail_next(FAKE_send, WSAENOBUFS, 1);
    assert_int_equal(psock_send(s, "data", 4, 0, PSOCK_FOREVER), PSOCK_ENOBUFS);
    assert_int_equal(psock_error_native(), WSAENOBUFS);
    assert_int_equal(fake_calls(FAKE_send), 1);
    scene_close(s);
}

/* --- Unbound, unconnected ---------------------------------------------------------- */

static void dgram_recv_unbound_has_nothing_yet(void **state)
{
    psock_address local;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    assert_true(fake_recorded_in_order(
        "recv #1 size 64 flags 0 = error 10022", "bind #1 0.0.0.0:0",
        "recv #1 size 64 flags 0 = error 10035", NULL));
    assert_int_equal(psock_local(s, &local), 0);
    assert_int_not_equal(psock_address_port(&local), 0);
    scene_close(s);
}

static void dgram_recv_unbound_waits_for_the_deadline(void **state)
{
    char byte;
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, 0);
    (void)state;
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
    scene_close(s);
}

static void dgram_recv_unbound_failure_to_bind_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_fail_next(FAKE_bind, WSAENOBUFS, 1);
    assert_int_equal(scene_receive(s), PSOCK_ENOBUFS);
    scene_close(s);
}

static void dgram_send_unconnected_has_no_destination(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    char byte = 'a';
    const psock_buffer buffer = {&byte, 1};
    (void)state;
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER),
                     PSOCK_EDESTADDRREQ);
    assert_int_equal(psock_error_native(), WSAENOTCONN);
    assert_int_equal(psock_send_vector(s, &buffer, 1, 0, PSOCK_FOREVER),
                     PSOCK_EDESTADDRREQ);
    scene_close(s);
}

static void dgram_send_unconnected_by_an_older_code_too(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_fail_next(FAKE_send, WSAEINVAL, 1);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER),
                     PSOCK_EDESTADDRREQ);
    scene_close(s);
}

/* --- Destinations -------------------------------------------------------------------- */

static void connect_anyaddr_sending_to_any_is_loopback(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    psock_address any;
    (void)state;
    assert_int_equal(
        psock_address_any(PSOCK_IPV4, psock_address_port(&where), &any), 0);
    send_to(sender, "data", &any);
    scene_expect(s, "data");
    scene_close_two(s, sender);
}

static void connect_anyaddr_sending_to_any_is_loopback_in_ipv6(void **state)
{
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, 0);
    const psock_address any = scene_address("[::]:9");
    (void)state;
    send_to(s, "data", &any);
    assert_int_equal(fake_recorded("to [0:0:0:0:0:0:0:1]:9 length 28"), 1);
    scene_close(s);
}

static void dgram_port0_is_invalid_without_a_call(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address nowhere = scene_address("127.0.0.1:0");
    (void)state;
    assert_int_equal(psock_send_to(s, "a", 1, 0, &nowhere, PSOCK_FOREVER),
                     PSOCK_EINVAL);
    assert_int_equal(fake_calls(FAKE_sendto), 0);
    scene_close(s);
}

static void opt_broadcast_is_needed_for_everybody(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address everybody = scene_address("255.255.255.255:9");
    (void)state;
    assert_int_equal(psock_send_to(s, "a", 1, 0, &everybody, PSOCK_FOREVER),
                     PSOCK_EACCES);
    assert_int_equal(psock_error_native(), WSAEACCES);
    scene_close(s);
}

static void another_family_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address other = scene_address("[::1]:9");
    (void)state;
    assert_int_equal(psock_send_to(s, "a", 1, 0, &other, PSOCK_FOREVER),
                     PSOCK_EAFNOSUPPORT);
    scene_close(s);
}

static void dgram_connected_sendto_may_be_refused(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(psock_connect(sender, &where, PSOCK_NOW), 0);
    send_to(sender, "data", &where);
    fake_fail_next(FAKE_sendto, WSAEISCONN, 1);
    assert_int_equal(psock_send_to(sender, "a", 1, 0, &where, PSOCK_NOW),
                     PSOCK_EISCONN);
    scene_close_two(s, sender);
}

/* --- Unheard --------------------------------------------------------------------------- */

static void dgram_connreset_is_not_even_raised(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = receiver(NULL);
    (void)state;
    send_to(s, "a", &nobody);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    assert_int_equal(fake_recorded("= error 10054"), 0);
    scene_close(s);
}

/* The switch does not work everywhere; then the reports are passed over. */
static psock_t reported_to(void)
{
    fake_fail_next(FAKE_WSAIoctl, WSAEOPNOTSUPP, 2);
    return receiver(NULL);
}

static void dgram_connreset_is_swallowed_when_unconnected(void **state)
{
    psock_address where;
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    psock_t s = reported_to();
    (void)state;
    assert_int_equal(psock_local(s, &where), 0);
    fake_report_undelivered(s, WSAECONNRESET);
    fake_report_undelivered(s, WSAECONNRESET);
    send_to(sender, "data", &where);
    scene_expect(s, "data");
    scene_close_two(s, sender);
}

static void dgram_connreset_alone_would_wait(void **state)
{
    char byte;
    psock_t s = reported_to();
    (void)state;
    fake_report_undelivered(s, WSAECONNRESET);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    fake_report_undelivered(s, WSAECONNRESET);
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
    scene_close(s);
}

static void dgram_netreset_is_swallowed_when_unconnected(void **state)
{
    psock_t s = reported_to();
    (void)state;
    fake_report_undelivered(s, WSAENETRESET);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close(s);
}

static void dgram_connreset_is_asked_for_when_connected(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    const psock_address peer = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(fake_recorded("SIO_UDP_CONNRESET 01000000 length 4"), 0);
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), 0);
    assert_int_equal(fake_recorded("SIO_UDP_CONNRESET 01000000 length 4"), 1);
    scene_close(s);
}

static void dgram_connreset_is_refused_when_connected(void **state)
{
    psock_t s = reported_to();
    const psock_address peer = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), 0);
    fake_report_undelivered(s, WSAECONNRESET);
    assert_int_equal(scene_receive(s), PSOCK_ECONNREFUSED);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close(s);
}

static void err_ntstatus_leak_unreachable_port_is_refused(void **state)
{
    psock_t s = reported_to();
    const psock_address peer = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), 0);
    fake_report_undelivered(s, ERROR_PORT_UNREACHABLE);
    assert_int_equal(scene_receive(s), PSOCK_ECONNREFUSED);
    scene_close(s);
}

/* --- Shut down --------------------------------------------------------------------------- */

static void shut_unconnected_datagrams_end_sending(void **state)
{
    psock_t s = receiver(NULL);
    const psock_address peer = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    assert_int_equal(psock_send_to(s, "a", 1, 0, &peer, PSOCK_FOREVER),
                     PSOCK_EPIPE);
    scene_close(s);
}

static void shut_rd_recv_datagrams_end_without_waiting(void **state)
{
    char byte;
    psock_t s = receiver(NULL);
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(dgram_trunc_is_a_success_that_fills),
        ON_WINDOWS_10(dgram_trunc_tells_the_sender),
        ON_WINDOWS_10(dgram_trunc_of_vectors_fills_them),
        ON_WINDOWS_10(dgram_peek_trunc_leaves_it_whole),
        ON_WINDOWS_10(dgram_zero_recv_takes_the_datagram),
        ON_WINDOWS_10(io_zero_send_empty_datagrams_go),
        ON_WINDOWS_10(dgram_from_short_never_reaches_windows),
        ON_WINDOWS_10(dgram_max_size_longer_is_told),
        ON_WINDOWS_10(err_emfile_enobufs_datagrams_are_not_cut),
        ON_WINDOWS_10(dgram_recv_unbound_has_nothing_yet),
        ON_WINDOWS_10(dgram_recv_unbound_waits_for_the_deadline),
        ON_WINDOWS_10(dgram_recv_unbound_failure_to_bind_is_told),
        ON_WINDOWS_10(dgram_send_unconnected_has_no_destination),
        ON_WINDOWS_10(dgram_send_unconnected_by_an_older_code_too),
        ON_WINDOWS_10(connect_anyaddr_sending_to_any_is_loopback),
        ON_WINDOWS_10(connect_anyaddr_sending_to_any_is_loopback_in_ipv6),
        ON_WINDOWS_10(dgram_port0_is_invalid_without_a_call),
        ON_WINDOWS_10(opt_broadcast_is_needed_for_everybody),
        ON_WINDOWS_10(another_family_is_told),
        ON_WINDOWS_10(dgram_connected_sendto_may_be_refused),
        ON_BOTH(dgram_connreset_is_not_even_raised),
        ON_BOTH(dgram_connreset_is_swallowed_when_unconnected),
        ON_BOTH(dgram_connreset_alone_would_wait),
        ON_BOTH(dgram_netreset_is_swallowed_when_unconnected),
        ON_WINDOWS_10(dgram_connreset_is_asked_for_when_connected),
        ON_WINDOWS_10(dgram_connreset_is_refused_when_connected),
        ON_WINDOWS_10(err_ntstatus_leak_unreachable_port_is_refused),
        ON_WINDOWS_10(shut_unconnected_datagrams_end_sending),
        ON_WINDOWS_10(shut_rd_recv_datagrams_end_without_waiting),
    };
    return cmocka_run_group_tests_name("winsock.datagram", tests, NULL, NULL);
}
