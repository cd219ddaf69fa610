/* psock_pair() of each type.  Its sockets are Unix ones on systems that have
 * them, and connected by loopback elsewhere; a program need not know. */
#include "fixture.h"

#include <string.h>

static int stream_type = PSOCK_STREAM;
static int datagram_type = PSOCK_DATAGRAM;
static int seqpacket_type = PSOCK_SEQPACKET;

static _Bool has_seqpacket_pairs(void)
{
    return psock_capability(PSOCK_CAP_UNIX_SEQPACKET) == 0 &&
           psock_capability(PSOCK_CAP_UNIX_PAIR) == 0;
}

static int type_of(void **state)
{
    int type = *(const int *)*state;
    if (type == PSOCK_SEQPACKET && !has_seqpacket_pairs())
        skip_because("this system has no such Unix sockets");
    return type;
}

static struct stream pair_of(int type)
{
    psock_t pair[2];
    assert_result(psock_pair(type, pair), 0);
    return (struct stream){keep(pair[0]), keep(pair[1])};
}

/* --- What every pair does --------------------------------------------------- */

static void pair_moves_data_both_ways(void **state)
{
    struct stream ends = pair_of(type_of(state));
    send_text(ends.client, "ping");
    recv_text(ends.server, "ping");
    send_text(ends.server, "pong");
    recv_text(ends.client, "pong");
}

/* By names, where there are any: an end that has a port is the other's peer. */
static void ends_are_connected_to_each_other(void **state)
{
    struct stream ends = pair_of(type_of(state));
    psock_address client = local_of(ends.client);
    psock_address server = local_of(ends.server);
    psock_address clients_peer = peer_of(ends.client);
    psock_address servers_peer = peer_of(ends.server);
    assert_true(same_address(&clients_peer, &server));
    assert_true(same_address(&servers_peer, &client));
}

static void new_pair_has_nothing_to_receive(void **state)
{
    char byte;
    struct stream ends = pair_of(type_of(state));
    assert_result(psock_recv(ends.client, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
    assert_result(psock_recv(ends.server, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static ptrdiff_t receive_one(void *argument)
{
    char byte = 0;
    ptrdiff_t size = psock_recv(*(psock_t *)argument, &byte, 1, 0, in_time());
    return size == 1 ? byte : size;
}

static void other_thread_waits_at_its_end(void **state)
{
    struct stream ends = pair_of(type_of(state));
    struct running_call *call = begin_call(receive_one, &ends.server);
    let_it_wait(call, 20);
    send_text(ends.client, "x");
    assert_result(end_call(call), 'x');
}

/* The fixture counts the descriptors.  A reset leaves no connection behind that
 * takes its time to die. */
static void thousand_pairs_leave_nothing(void **state)
{
    int type = type_of(state);
    for (int i = 0; i < 1000; i++) {
        psock_t pair[2];
        assert_result(psock_pair(type, pair), 0);
        assert_result(psock_close_reset(pair[0]), 0);
        assert_result(psock_close(pair[1]), 0);
    }
}

static void rung_waker_does_not_keep_a_pair_from_being_made(void **state)
{
    psock_waker *waker = kept_waker();
    assert_result(psock_waker_ring(waker), 0);
    assert_null(psock_cancel_with(waker));
    psock_t pair[2] = {-1, -1};
    int made = psock_pair(type_of(state), pair);
    assert_ptr_equal(psock_cancel_with(NULL), waker);
    assert_result(made, 0);
    close_kept(keep(pair[0]));
    close_kept(keep(pair[1]));
}

/* --- Messages --------------------------------------------------------------- */

static void pair_keeps_the_bounds_of_messages(void **state)
{
    char text[16];
    struct stream ends = pair_of(type_of(state));
    send_text(ends.client, "one");
    send_text(ends.client, "three");
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 3);
    assert_memory_equal(text, "one", 3);
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 5);
    assert_memory_equal(text, "three", 5);
}

static void pair_takes_empty_messages(void **state)
{
    char text[16];
    struct stream ends = pair_of(type_of(state));
    assert_result(psock_send(ends.client, NULL, 0, 0, in_time()), 0);
    send_text(ends.client, "next");
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 0);
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 4);
    assert_memory_equal(text, "next", 4);
}

static psock_t bound_like(const psock_address *address)
{
    return bound(psock_address_family(address), PSOCK_DATAGRAM,
                 PSOCK_BIND_FRESH);
}

static void strangers_datagrams_do_not_come_in(void **state)
{
    (void)state;
    struct stream ends = pair_of(PSOCK_DATAGRAM);
    psock_address address = local_of(ends.server);
    if (psock_address_port(&address) != 0) {
        psock_t stranger = bound_like(&address);
        assert_result(
            psock_send_to(stranger, "stranger", 8, 0, &address, in_time()), 8);
    }
    send_text(ends.client, "friend");
    recv_text(ends.server, "friend");
    assert_result(psock_recv(ends.server, &(char){0}, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

/* --- Connections ------------------------------------------------------------ */

static void closing_one_end_is_the_end_of_the_other(void **state)
{
    char text[16];
    struct stream ends = pair_of(type_of(state));
    send_text(ends.client, "last");
    close_kept(ends.client);
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 4);
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 0);
}

static void pair_can_be_shut_down_one_way(void **state)
{
    char text[16];
    struct stream ends = pair_of(type_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 0);
    send_text(ends.server, "back");
    recv_text(ends.client, "back");
    assert_result(psock_send(ends.client, "x", 1, 0, in_time()), PSOCK_EPIPE);
}

/* As Unix sockets never do. */
static void stream_pair_does_not_wait_with_small_pieces(void **state)
{
    (void)state;
    struct stream ends = pair_of(PSOCK_STREAM);
    psock_address address = local_of(ends.client);
    int64_t client = 1, server = 1;
    if (psock_address_family(&address) != PSOCK_UNIX) {
        client = server = 0;
        assert_result(
            psock_get_option(ends.client, PSOCK_OPTION_NO_DELAY, &client), 0);
        assert_result(
            psock_get_option(ends.server, PSOCK_OPTION_NO_DELAY, &server), 0);
    }
    assert_int_equal(client, 1);
    assert_int_equal(server, 1);
}

static void large_stream_arrives_whole(void **state)
{
    (void)state;
    enum {
        SIZE = 1 << 15
    };
    static unsigned char sent[SIZE], received[SIZE];
    struct stream ends = pair_of(PSOCK_STREAM);
    fill(sent, SIZE, 0);
    send_all(ends.server, sent, SIZE);
    recv_all(ends.client, received, SIZE);
    assert_memory_equal(sent, received, SIZE);
}

/* --- Bad input -------------------------------------------------------------- */

static void pairs_of_no_such_type_are_refused(void **state)
{
    (void)state;
    static const int types[] = {0, -1, PSOCK_RAW, 5, 1 << 30};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        psock_t pair[2] = {-7, -8};
        assert_result(psock_pair(types[i], pair), PSOCK_ESOCKTNOSUPPORT);
        assert_int_equal(pair[0], -7);
        assert_int_equal(pair[1], -8);
    }
}

static void pair_without_room_for_it_is_refused(void **state)
{
    (void)state;
    assert_result(psock_pair(PSOCK_STREAM, NULL), PSOCK_EFAULT);
}

static void pair_without_descriptors_is_refused(void **state)
{
    psock_t pair[2] = {-7, -8};
    int type = type_of(state);
    if (!host_forbid_descriptors(1))
        skip_because("this system has descriptors without end");
    int result = psock_pair(type, pair);
    host_forbid_descriptors(0);
    assert_result(result, PSOCK_EMFILE);
    assert_int_equal(pair[0], -7);
    assert_int_equal(pair[1], -8);
}

/* Elsewhere it is a type that needs Unix sockets. */
static void seqpacket_pair_is_had_or_refused(void **state)
{
    (void)state;
    psock_t pair[2] = {-7, -8};
    int result = psock_pair(PSOCK_SEQPACKET, pair);
    assert_result(result, has_seqpacket_pairs() ? 0 : PSOCK_ESOCKTNOSUPPORT);
    for (int i = 0; i < 2 && result == 0; i++)
        close_kept(keep(pair[i]));
}

#define test_type(test, type) FIXTURE_TEST(#test "." #type, test, &type##_type)
#define test_messages(test)                                                    \
    test_type(test, datagram), test_type(test, seqpacket)
#define test_connections(test)                                                 \
    test_type(test, stream), test_type(test, seqpacket)
#define test_types(test) test_type(test, stream), test_messages(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_types(pair_moves_data_both_ways),
        test_types(ends_are_connected_to_each_other),
        test_types(new_pair_has_nothing_to_receive),
        test_types(other_thread_waits_at_its_end),
        test_types(thousand_pairs_leave_nothing),
        test_types(rung_waker_does_not_keep_a_pair_from_being_made),
        test_types(pair_without_descriptors_is_refused),
        test_messages(pair_keeps_the_bounds_of_messages),
        test_messages(pair_takes_empty_messages),
        test_once(strangers_datagrams_do_not_come_in),
        test_connections(closing_one_end_is_the_end_of_the_other),
        test_connections(pair_can_be_shut_down_one_way),
        test_once(stream_pair_does_not_wait_with_small_pieces),
        test_once(large_stream_arrives_whole),
        test_once(pairs_of_no_such_type_are_refused),
        test_once(pair_without_room_for_it_is_refused),
        test_once(seqpacket_pair_is_had_or_refused),
    };
    return cmocka_run_group_tests_name("pair", tests, warm_up, NULL);
}
