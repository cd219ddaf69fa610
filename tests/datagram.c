#include "fixture.h"

#include <stdlib.h>
#include <string.h>

/* --- There and back ------------------------------------------------------- */

static ptrdiff_t send_text_to(psock_t s, const char *text, psock_t receiver)
{
    psock_address address = local_of(receiver);
    return psock_send_to(s, text, strlen(text), 0, &address, in_time());
}

/* Receives one datagram, which must be `text`, and tells who sent it. */
static psock_address receive_text(psock_t s, const char *text)
{
    char buffer[256];
    psock_address sender;
    assert_result(
        psock_recv_from(s, buffer, sizeof buffer, 0, &sender, in_time()),
        (ptrdiff_t)strlen(text));
    assert_memory_equal(buffer, text, strlen(text));
    return sender;
}

static void receiver_learns_the_sender(void **state)
{
    int family = family_of(state);
    psock_t a = datagram(family), b = datagram(family);
    assert_result(send_text_to(a, "ping", b), 4);
    psock_address sender = receive_text(b, "ping");
    psock_address expected = local_of(a);
    assert_true(same_address(&sender, &expected));
    assert_result(psock_send_to(b, "pong", 4, 0, &sender, in_time()), 4);
    (void)receive_text(a, "pong");
}

static void sender_without_an_address_gets_one(void **state)
{
    int family = family_of(state);
    psock_t a = open_kept(family, PSOCK_DATAGRAM), b = datagram(family);
    assert_result(send_text_to(a, "hello", b), 5);
    psock_address sender = receive_text(b, "hello");
    psock_address local = local_of(a);
    assert_int_not_equal(psock_address_port(&local), 0);
    assert_int_equal(psock_address_port(&sender), psock_address_port(&local));
}

static void connected_sockets_send_and_receive(void **state)
{
    char buffer[16];
    struct stream ends = datagrams_over(family_of(state));
    assert_result(psock_send(ends.client, "ping", 4, 0, in_time()), 4);
    assert_result(psock_recv(ends.server, buffer, 16, 0, in_time()), 4);
    assert_memory_equal(buffer, "ping", 4);
}

static void unconnected_socket_receives_from_anybody(void **state)
{
    int family = family_of(state);
    psock_t receiver = datagram(family);
    for (int i = 0; i < 3; i++) {
        char buffer[16];
        assert_result(send_text_to(datagram(family), "hello", receiver), 5);
        assert_result(psock_recv(receiver, buffer, 16, 0, in_time()), 5);
    }
}

static void connected_socket_receives_from_its_peer_alone(void **state)
{
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    assert_result(send_text_to(datagram(family), "stranger", ends.server), 8);
    send_text(ends.client, "friend");
    psock_address sender = receive_text(ends.server, "friend");
    psock_address friend = local_of(ends.client);
    assert_true(same_address(&sender, &friend));
}

static void every_deadline_carries_datagrams(void **state)
{
    char buffer[16];
    struct stream ends = datagrams_over(family_of(state));
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER,
                                        -1};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        assert_result(psock_send(ends.client, "hello", 5, 0, deadlines[i]), 5);
        assert_result(
            psock_recv(ends.server, buffer, 16, PSOCK_PEEK, in_time()), 5);
        assert_result(psock_recv(ends.server, buffer, 16, 0, deadlines[i]), 5);
    }
}

static void unspecified_address_means_loopback(void **state)
{
    int family = family_of(state);
    psock_t receiver = datagram(family), s = open_kept(family, PSOCK_DATAGRAM);
    psock_address local = local_of(receiver), any;
    assert_result(psock_address_any(family, psock_address_port(&local), &any),
                  0);
    assert_result(psock_send_to(s, "hello", 5, 0, &any, in_time()), 5);
    (void)receive_text(receiver, "hello");
}

/* --- One at a time, and whole --------------------------------------------- */

static void each_receive_takes_one_datagram(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    send_text(ends.client, "one");
    send_text(ends.client, "two");
    (void)receive_text(ends.server, "one");
    (void)receive_text(ends.server, "two");
}

static void what_does_not_fit_is_lost(void **state)
{
    char buffer[8] = "########";
    struct stream ends = datagrams_over(family_of(state));
    send_text(ends.client, "a long datagram");
    send_text(ends.client, "next");
    assert_result(psock_recv(ends.server, buffer, 6, 0, in_time()), 6);
    assert_memory_equal(buffer, "a long##", 8);
    (void)receive_text(ends.server, "next");
}

static void what_does_not_fit_is_lost_with_its_sender_told(void **state)
{
    char buffer[8];
    psock_address sender;
    struct stream ends = datagrams_over(family_of(state));
    psock_address expected = local_of(ends.client);
    send_text(ends.client, "a long datagram");
    assert_result(
        psock_recv_from(ends.server, buffer, 6, 0, &sender, in_time()), 6);
    assert_memory_equal(buffer, "a long", 6);
    assert_true(same_address(&sender, &expected));
}

static void peeking_leaves_the_whole_datagram(void **state)
{
    char buffer[8];
    struct stream ends = datagrams_over(family_of(state));
    send_text(ends.client, "a long datagram");
    for (int i = 0; i < 3; i++) {
        assert_result(psock_recv(ends.server, buffer, 6, PSOCK_PEEK, in_time()),
                      6);
        assert_memory_equal(buffer, "a long", 6);
    }
    (void)receive_text(ends.server, "a long datagram");
}

static void receiving_nothing_takes_a_datagram(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    send_text(ends.client, "lost");
    send_text(ends.client, "next");
    assert_result(psock_recv(ends.server, NULL, 0, 0, in_time()), 0);
    (void)receive_text(ends.server, "next");
}

static void empty_datagram_arrives(void **state)
{
    char byte = '#';
    psock_address sender;
    struct stream ends = datagrams_over(family_of(state));
    psock_address expected = local_of(ends.client);
    assert_result(psock_send(ends.client, NULL, 0, 0, in_time()), 0);
    assert_result(psock_recv_from(ends.server, &byte, 1, 0, &sender, in_time()),
                  0);
    assert_int_equal(byte, '#');
    assert_true(same_address(&sender, &expected));
    assert_result(psock_recv(ends.server, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void empty_datagram_arrives_by_every_way_of_sending(void **state)
{
    char byte;
    struct stream ends = datagrams_over(family_of(state));
    psock_t stranger = datagram(family_of(state));
    psock_address address = local_of(stranger);
    const psock_buffer empty = {NULL, 0};
    assert_result(psock_send_vector(ends.client, &empty, 1, 0, in_time()), 0);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
    assert_result(psock_send_vector(ends.client, NULL, 0, 0, in_time()), 0);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
    psock_t s = open_kept(family_of(state), PSOCK_DATAGRAM);
    assert_result(psock_send_to(s, NULL, 0, 0, &address, in_time()), 0);
    assert_result(psock_recv(stranger, &byte, 1, 0, in_time()), 0);
}

/* --- Vectors -------------------------------------------------------------- */

static char part_a[] = "one ", part_b[] = "datagram";

static void sent_vector_is_one_datagram(void **state)
{
    const psock_buffer buffers[] = {{part_a, 4}, {NULL, 0}, {part_b, 8}};
    struct stream ends = datagrams_over(family_of(state));
    assert_result(psock_send_vector(ends.client, buffers, 3, 0, in_time()), 12);
    (void)receive_text(ends.server, "one datagram");
}

static void received_datagram_fills_a_vector(void **state)
{
    char first[3], second[6] = "######";
    const psock_buffer buffers[] = {{first, 3}, {NULL, 0}, {second, 6}};
    struct stream ends = datagrams_over(family_of(state));
    send_text(ends.client, "hello");
    assert_result(psock_recv_vector(ends.server, buffers, 3, 0, in_time()), 5);
    assert_memory_equal(first, "hel", 3);
    assert_memory_equal(second, "lo####", 6);
}

static void what_does_not_fit_into_a_vector_is_lost(void **state)
{
    char first[3], second[2];
    const psock_buffer buffers[] = {{first, 3}, {second, 2}};
    struct stream ends = datagrams_over(family_of(state));
    send_text(ends.client, "hello, world");
    send_text(ends.client, "next");
    assert_result(
        psock_recv_vector(ends.server, buffers, 2, PSOCK_PEEK, in_time()), 5);
    assert_result(psock_recv_vector(ends.server, buffers, 2, 0, in_time()), 5);
    assert_memory_equal(first, "hel", 3);
    assert_memory_equal(second, "lo", 2);
    (void)receive_text(ends.server, "next");
}

static void as_many_buffers_as_allowed_are_one_datagram(void **state)
{
    static psock_buffer buffers[PSOCK_BUFFERS_MAX];
    unsigned char bytes[PSOCK_BUFFERS_MAX], received[PSOCK_BUFFERS_MAX + 1];
    struct stream ends = datagrams_over(family_of(state));
    fill(bytes, sizeof bytes, 0);
    for (size_t i = 0; i < PSOCK_BUFFERS_MAX; i++)
        buffers[i] = (psock_buffer){&bytes[i], 1};
    assert_result(psock_send_vector(ends.client, buffers, PSOCK_BUFFERS_MAX, 0,
                                    in_time()),
                  PSOCK_BUFFERS_MAX);
    assert_result(
        psock_recv(ends.server, received, sizeof received, 0, in_time()),
        PSOCK_BUFFERS_MAX);
    assert_memory_equal(received, bytes, sizeof bytes);
}

/* --- Sizes ---------------------------------------------------------------- */

/* What fits after the headers that count (RFC 768, RFC 791, RFC 8200). */
static size_t largest(int family)
{
    return family == PSOCK_IPV4 ? 65535 - 20 - 8 : 65535 - 8;
}

static void largest_datagram_arrives(void **state)
{
    static unsigned char sent[65536], received[65536];
    int family = family_of(state);
    size_t size = largest(family);
    struct stream ends = datagrams_over(family);
    fill(sent, size, 0);
    assert_result(psock_send(ends.client, sent, size, 0, in_time()),
                  (ptrdiff_t)size);
    assert_result(
        psock_recv(ends.server, received, sizeof received, 0, in_time()),
        (ptrdiff_t)size);
    assert_memory_equal(received, sent, size);
}

static void larger_than_largest_is_refused(void **state)
{
    static char data[65537];
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    psock_t s = datagram(family);
    psock_address address = local_of(ends.server);
    for (size_t size = largest(family) + 1; size <= sizeof data;
         size += sizeof data - largest(family) - 1) {
        const psock_buffer buffer = {data, size};
        assert_result(psock_send(ends.client, data, size, 0, in_time()),
                      PSOCK_EMSGSIZE);
        assert_result(psock_send_to(s, data, size, 0, &address, in_time()),
                      PSOCK_EMSGSIZE);
        assert_result(psock_send_vector(ends.client, &buffer, 1, 0, in_time()),
                      PSOCK_EMSGSIZE);
    }
}

/* Lengths that would be negative, or zero, in narrower types.  The memory is
 * never looked at. */
static void length_beyond_the_systems_width_is_refused(void **state)
{
    static char data[1];
    static const uint64_t sizes[] = {UINT64_C(1) << 31, UINT64_C(1) << 32,
                                     (UINT64_C(1) << 32) + 1};
    struct stream ends = datagrams_over(family_of(state));
    psock_address address = local_of(ends.server);
    if (sizeof(size_t) == sizeof(uint32_t))
        skip_because("this process has no room for so long a buffer");
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        size_t size = (size_t)sizes[i];
        assert_result(psock_send(ends.client, data, size, 0, in_time()),
                      PSOCK_EMSGSIZE);
        assert_result(
            psock_send_to(ends.client, data, size, 0, &address, in_time()),
            PSOCK_EMSGSIZE);
    }
}

static void refused_datagram_sends_nothing(void **state)
{
    static char data[65537];
    struct stream ends = datagrams_over(family_of(state));
    assert_result(psock_send(ends.client, data, sizeof data, 0, in_time()),
                  PSOCK_EMSGSIZE);
    send_text(ends.client, "next");
    (void)receive_text(ends.server, "next");
}

/* --- Destinations --------------------------------------------------------- */

static void sending_without_a_destination_is_refused(void **state)
{
    char byte = 'x';
    const psock_buffer buffer = {&byte, 1};
    int family = family_of(state);
    psock_t sockets[] = {open_kept(family, PSOCK_DATAGRAM), datagram(family)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_result(psock_send(sockets[i], &byte, 1, 0, PSOCK_NOW),
                      PSOCK_EDESTADDRREQ);
        assert_result(psock_send(sockets[i], &byte, 1, 0, PSOCK_FOREVER),
                      PSOCK_EDESTADDRREQ);
        assert_result(psock_send(sockets[i], NULL, 0, 0, in_time()),
                      PSOCK_EDESTADDRREQ);
        assert_result(psock_send_vector(sockets[i], &buffer, 1, 0, in_time()),
                      PSOCK_EDESTADDRREQ);
    }
}

static void port_zero_is_refused(void **state)
{
    int family = family_of(state);
    psock_address address = loopback(family, 0);
    assert_result(
        psock_send_to(datagram(family), "x", 1, 0, &address, in_time()),
        PSOCK_EINVAL);
}

static void address_of_another_family_is_refused(void **state)
{
    int family = family_of(state);
    int other = family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4;
    psock_address addresses[] = {loopback(other, 9), {.length = 0}};
    psock_t sockets[] = {datagram(family), open_kept(family, PSOCK_DATAGRAM)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        for (size_t j = 0; j < COUNT_OF(addresses); j++)
            assert_result(
                psock_send_to(sockets[i], "x", 1, 0, &addresses[j], in_time()),
                PSOCK_EAFNOSUPPORT);
}

/* An address of the family that means none, as the system has it. */
static void address_of_no_family_is_no_destination(void **state)
{
    unsigned char zeros[28] = {0};
    psock_address nowhere;
    psock_t s = datagram(family_of(state));
    struct stream ends = datagrams_over(family_of(state));
    for (size_t length = 0; length <= sizeof zeros; length += 4) {
        assert_result(psock_address_from_native(zeros, length, &nowhere), 0);
        assert_either(psock_send_to(s, "x", 1, 0, &nowhere, in_time()),
                      PSOCK_EAFNOSUPPORT, PSOCK_EDESTADDRREQ);
        assert_result(psock_connect(ends.client, &nowhere, PSOCK_NOW),
                      PSOCK_EAFNOSUPPORT);
    }
    send_text(ends.client, "still connected");
    (void)receive_text(ends.server, "still connected");
}

static void broadcasting_is_not_allowed_by_itself(void **state)
{
    psock_address everybody;
    (void)state;
    assert_result(psock_address_parse("255.255.255.255:9", &everybody), 0);
    ptrdiff_t result =
        psock_send_to(datagram(PSOCK_IPV4), "x", 1, 0, &everybody, in_time());
    if (result == PSOCK_ENETUNREACH)
        skip_because("this machine has no route to send a broadcast by");
    assert_result(result, PSOCK_EACCES);
}

static void connecting_to_everybody_is_not_allowed_by_itself(void **state)
{
    psock_address everybody;
    (void)state;
    assert_result(psock_address_parse("255.255.255.255:9", &everybody), 0);
    int result = psock_connect(datagram(PSOCK_IPV4), &everybody, in_time());
    if (result == PSOCK_ENETUNREACH)
        skip_because("this machine has no route to send a broadcast by");
    assert_result(result, PSOCK_EACCES);
}

static void connected_socket_may_mind_another_destination(void **state)
{
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    psock_t other = datagram(family);
    ptrdiff_t sent = send_text_to(ends.client, "hello", other);
    assert_either(sent, 5, PSOCK_EISCONN);
    if (sent == 5)
        (void)receive_text(other, "hello");
    send_text(ends.client, "peer");
    (void)receive_text(ends.server, "peer");
}

static void connecting_to_another_peer_leaves_the_first(void **state)
{
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    psock_t other = datagram(family);
    psock_address address = local_of(other), own = local_of(ends.client);
    assert_result(psock_connect(ends.client, &address, PSOCK_NOW), 0);
    send_text(ends.client, "hello");
    (void)receive_text(other, "hello");
    send_text(ends.server, "stranger now");
    assert_result(psock_send_to(other, "friend", 6, 0, &own, in_time()), 6);
    (void)receive_text(ends.client, "friend");
}

/* Which of them it is, is the system's choice. */
static void datagram_to_a_shared_address_reaches_one_of_them(void **state)
{
    char buffer[8];
    int family = family_of(state);
    psock_t first = bound(family, PSOCK_DATAGRAM, PSOCK_BIND_SHARED);
    psock_t second = open_kept(family, PSOCK_DATAGRAM);
    psock_t s = datagram(family);
    psock_address address = local_of(first);
    assert_result(psock_bind(second, &address, PSOCK_BIND_SHARED), 0);
    for (int i = 0; i < 4; i++) {
        psock_pollable entries[] = {
            {.socket = first, .wanted = PSOCK_READABLE},
            {.socket = second, .wanted = PSOCK_READABLE}};
        assert_result(psock_send_to(s, "hello", 5, 0, &address, in_time()), 5);
        assert_result(psock_poll(entries, 2, in_time()), 1);
        psock_t ready = entries[0].came != 0 ? first : second;
        assert_result(psock_recv(ready, buffer, 8, 0, PSOCK_NOW), 5);
        assert_result(psock_recv(first, buffer, 8, 0, PSOCK_NOW), PSOCK_EAGAIN);
        assert_result(psock_recv(second, buffer, 8, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
    }
}

/* --- Nobody there --------------------------------------------------------- */

/* Sends where a socket was, often enough for a system that minds to notice. */
static void send_to_nobody(psock_t s, int family)
{
    psock_t gone = datagram(family);
    psock_address closed = local_of(gone);
    close_kept(gone);
    for (int i = 0; i < 5; i++)
        assert_result(psock_send_to(s, "x", 1, 0, &closed, in_time()), 1);
}

static void receiving_survives_undelivered_datagrams(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    for (int i = 0; i < 3; i++) {
        send_to_nobody(s, family);
        assert_result(psock_recv(s, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
        assert_result(psock_recv(s, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
                      PSOCK_ETIMEDOUT);
        assert_result(send_text_to(other, "hello", s), 5);
        (void)receive_text(s, "hello");
    }
}

static void sending_survives_undelivered_datagrams(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    send_to_nobody(s, family);
    assert_result(send_text_to(s, "hello", other), 5);
    (void)receive_text(other, "hello");
}

/* Whether a connected one learns of it, and on which call, is the system's
 * choice; it goes on working. */
static void connected_socket_may_learn_that_nobody_is_there(void **state)
{
    char byte;
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    close_kept(ends.server);
    for (int i = 0; i < 5; i++) {
        assert_either(psock_send(ends.client, "x", 1, 0, in_time()), 1,
                      PSOCK_ECONNREFUSED);
        assert_either(
            psock_recv(ends.client, &byte, 1, 0, psock_deadline_ms(1)),
            PSOCK_ETIMEDOUT, PSOCK_ECONNREFUSED);
    }
    psock_t other = datagram(family);
    psock_address address = local_of(other);
    assert_result(psock_connect(ends.client, &address, PSOCK_NOW), 0);
    send_text(ends.client, "hello");
    (void)receive_text(other, "hello");
}

/* --- Waiting -------------------------------------------------------------- */

static void receiving_now_does_not_wait(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t sockets[] = {datagram(family), datagrams_over(family).client,
                         open_kept(family, PSOCK_DATAGRAM)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        assert_result(psock_recv(sockets[i], &byte, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
}

static void receiving_waits_until_its_deadline(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t sockets[] = {datagram(family), datagrams_over(family).client,
                         open_kept(family, PSOCK_DATAGRAM)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        int64_t before_ns = clock_ns();
        assert_result(psock_recv_from(sockets[i], &byte, 1, 0, NULL,
                                      psock_deadline_ms(SHORT_MS)),
                      PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= SHORT_NS);
        assert_result(psock_recv(sockets[i], &byte, 1, 0, -1), PSOCK_ETIMEDOUT);
    }
}

static void unknown_flags_are_refused(void **state)
{
    char byte = 'x';
    psock_t s = datagram(family_of(state));
    psock_address address = local_of(s);
    for (unsigned bit = 0; bit < 32; bit++) {
        unsigned flag = 1u << bit;
        assert_result(psock_send_to(s, &byte, 1, flag, &address, PSOCK_NOW),
                      PSOCK_EINVAL);
        if (flag != PSOCK_PEEK)
            assert_result(psock_recv_from(s, &byte, 1, flag, NULL, PSOCK_NOW),
                          PSOCK_EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(receiver_learns_the_sender),
        test_both(sender_without_an_address_gets_one),
        test_both(connected_sockets_send_and_receive),
        test_both(unconnected_socket_receives_from_anybody),
        test_both(connected_socket_receives_from_its_peer_alone),
        test_both(every_deadline_carries_datagrams),
        test_both(unspecified_address_means_loopback),
        test_both(each_receive_takes_one_datagram),
        test_both(what_does_not_fit_is_lost),
        test_both(what_does_not_fit_is_lost_with_its_sender_told),
        test_both(peeking_leaves_the_whole_datagram),
        test_both(receiving_nothing_takes_a_datagram),
        test_both(empty_datagram_arrives),
        test_both(empty_datagram_arrives_by_every_way_of_sending),
        test_both(sent_vector_is_one_datagram),
        test_both(received_datagram_fills_a_vector),
        test_both(what_does_not_fit_into_a_vector_is_lost),
        test_both(as_many_buffers_as_allowed_are_one_datagram),
        test_both(largest_datagram_arrives),
        test_both(larger_than_largest_is_refused),
        test_both(length_beyond_the_systems_width_is_refused),
        test_both(refused_datagram_sends_nothing),
        test_both(sending_without_a_destination_is_refused),
        test_both(port_zero_is_refused),
        test_both(address_of_another_family_is_refused),
        test_both(address_of_no_family_is_no_destination),
        test_once(broadcasting_is_not_allowed_by_itself),
        test_once(connecting_to_everybody_is_not_allowed_by_itself),
        test_both(connected_socket_may_mind_another_destination),
        test_both(connecting_to_another_peer_leaves_the_first),
        test_both(datagram_to_a_shared_address_reaches_one_of_them),
        test_both(receiving_survives_undelivered_datagrams),
        test_both(sending_survives_undelivered_datagrams),
        test_both(connected_socket_may_learn_that_nobody_is_there),
        test_both(receiving_now_does_not_wait),
        test_both(receiving_waits_until_its_deadline),
        test_both(unknown_flags_are_refused),
    };
    return cmocka_run_group_tests_name("datagram", tests, warm_up, NULL);
}
