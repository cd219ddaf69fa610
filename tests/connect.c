#include "fixture.h"

/* --- Outcomes ------------------------------------------------------------- */

static void connect_works_with_every_deadline(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    const psock_deadline deadlines[] = {in_time(), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        psock_t s = open_kept(family, PSOCK_STREAM);
        assert_result(psock_connect(s, &address, deadlines[i]), 0);
        psock_t server = keep(psock_accept(listener, NULL, in_time()));
        send_text(s, "hello");
        recv_text(server, "hello");
    }
}

static void connect_now_is_finished_by_a_second_call(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    psock_t s = open_kept(family, PSOCK_STREAM);
    int result = psock_connect(s, &address, PSOCK_NOW);
    if (result == PSOCK_EAGAIN)
        result = psock_connect(s, &address, in_time());
    assert_result(result, 0);
    assert_result(psock_connect(s, &address, in_time()), PSOCK_EISCONN);
    send_text(s, "hello");
    recv_text(keep(psock_accept(listener, NULL, in_time())), "hello");
}

static void connect_now_is_finished_by_asking_again(void **state)
{
    int family = family_of(state);
    psock_address address = local_of(listening(family));
    psock_t s = open_kept(family, PSOCK_STREAM);
    psock_deadline end = in_time();
    int result;
    do {
        result = psock_connect(s, &address, PSOCK_NOW);
    } while (result == PSOCK_EAGAIN && psock_deadline_left_ns(end) > 0);
    assert_result(result, 0);
    assert_result(psock_connect(s, &address, PSOCK_NOW), PSOCK_EISCONN);
}

static void connect_past_its_deadline_still_tries(void **state)
{
    int family = family_of(state);
    psock_address address = local_of(listening(family));
    psock_t s = open_kept(family, PSOCK_STREAM);
    psock_deadline end = in_time();
    int result;
    do {
        result = psock_connect(s, &address, -1);
    } while (result == PSOCK_ETIMEDOUT && psock_deadline_left_ns(end) > 0);
    assert_result(result, 0);
}

static void connect_from_a_bound_socket_keeps_its_address(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener), peer;
    psock_t s = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    psock_address before = local_of(s);
    assert_result(psock_connect(s, &address, in_time()), 0);
    psock_address after = local_of(s);
    assert_true(same_address(&before, &after));
    keep(psock_accept(listener, &peer, in_time()));
    assert_true(same_address(&peer, &before));
}

static void connect_where_nobody_listens_is_refused(void **state)
{
    int family = family_of(state);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    const psock_deadline deadlines[] = {in_time(), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++)
        assert_result(psock_connect(open_kept(family, PSOCK_STREAM), &nobody,
                                    deadlines[i]),
                      PSOCK_ECONNREFUSED);
}

static void connect_now_where_nobody_listens_is_refused_in_the_end(void **state)
{
    int family = family_of(state);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    psock_t s = open_kept(family, PSOCK_STREAM);
    int result = psock_connect(s, &nobody, PSOCK_NOW);
    if (result == PSOCK_EAGAIN)
        result = psock_connect(s, &nobody, in_time());
    assert_result(result, PSOCK_ECONNREFUSED);
}

static void unspecified_address_means_loopback(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address local = local_of(listener), any;
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_address_any(family, psock_address_port(&local), &any),
                  0);
    assert_result(psock_connect(s, &any, in_time()), 0);
    psock_address peer = peer_of(s);
    assert_true(same_address(&peer, &local));
}

/* A datagram socket is connected to the loopback address just so. */
static void unspecified_address_means_loopback_to_datagrams(void **state)
{
    int family = family_of(state);
    psock_t receiver = datagram(family);
    psock_address local = local_of(receiver), any;
    psock_t s = open_kept(family, PSOCK_DATAGRAM);
    assert_result(psock_address_any(family, psock_address_port(&local), &any),
                  0);
    assert_result(psock_connect(s, &any, PSOCK_NOW), 0);
    send_text(s, "hello");
    recv_text(receiver, "hello");
}

static void port_zero_is_refused(void **state)
{
    int family = family_of(state);
    psock_address address = loopback(family, 0);
    assert_result(
        psock_connect(open_kept(family, PSOCK_STREAM), &address, in_time()),
        PSOCK_ECONNREFUSED);
}

static void address_of_another_family_is_refused(void **state)
{
    int family = family_of(state);
    int other = family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4;
    psock_address addresses[] = {loopback(other, 9), {.length = 0}};
    static const int types[] = {PSOCK_STREAM, PSOCK_DATAGRAM};
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        for (size_t j = 0; j < COUNT_OF(types); j++)
            assert_result(psock_connect(open_kept(family, types[j]),
                                        &addresses[i], in_time()),
                          PSOCK_EAFNOSUPPORT);
}

/* --- Connected already ---------------------------------------------------- */

static void connecting_twice_is_refused(void **state)
{
    int family = family_of(state);
    psock_address address = local_of(listening(family));
    struct stream ends = stream_over(family);
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        assert_result(psock_connect(ends.client, &address, deadlines[i]),
                      PSOCK_EISCONN);
        assert_result(psock_connect(ends.server, &address, deadlines[i]),
                      PSOCK_EISCONN);
    }
    send_text(ends.client, "unharmed");
    recv_text(ends.server, "unharmed");
}

static void listener_cannot_connect(void **state)
{
    int family = family_of(state);
    psock_address address = local_of(listening(family));
    psock_t listener = listening(family);
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++)
        assert_result(psock_connect(listener, &address, deadlines[i]),
                      PSOCK_EISCONN);
}

static void refused_listener_still_accepts_without_waiting(void **state)
{
    int family = family_of(state);
    psock_address address = local_of(listening(family));
    psock_t listener = listening(family);
    assert_result(psock_connect(listener, &address, in_time()), PSOCK_EISCONN);
    assert_result(psock_accept(listener, NULL, PSOCK_NOW), PSOCK_EAGAIN);
    connected_to(listener);
    keep(psock_accept(listener, NULL, in_time()));
}

static void datagram_socket_connects_again_to_another_peer(void **state)
{
    int family = family_of(state);
    psock_t s = open_kept(family, PSOCK_DATAGRAM);
    for (int i = 0; i < 3; i++) {
        psock_t receiver = datagram(family);
        psock_address address = local_of(receiver);
        assert_result(psock_connect(s, &address, PSOCK_NOW), 0);
        psock_address peer = peer_of(s);
        assert_true(same_address(&peer, &address));
        send_text(s, "to you");
        recv_text(receiver, "to you");
    }
}

/* --- Not decided in time -------------------------------------------------- */

static void undecided_connect_waits_until_its_deadline(void **state)
{
    struct queue queue = full_queue(family_of(state));
    int64_t before_ns = clock_ns();
    assert_result(psock_connect(queue.pending, &queue.address,
                                psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
}

static void first_undecided_connect_waits_until_its_deadline(void **state)
{
    int family = family_of(state);
    struct queue queue = full_queue(family);
    psock_t s = open_kept(family, PSOCK_STREAM);
    int64_t before_ns = clock_ns();
    assert_result(psock_connect(s, &queue.address, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
}

static void undecided_connect_now_is_under_way(void **state)
{
    int family = family_of(state);
    struct queue queue = full_queue(family);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(psock_connect(s, &queue.address, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_connect(s, &queue.address, PSOCK_NOW), PSOCK_EAGAIN);
}

static void undecided_connection_has_no_peer_yet(void **state)
{
    struct queue queue = full_queue(family_of(state));
    psock_address peer;
    assert_result(psock_peer(queue.pending, &peer), PSOCK_ENOTCONN);
}

static void undecided_connection_carries_no_data_yet(void **state)
{
    char byte;
    struct queue queue = full_queue(family_of(state));
    assert_result(psock_send(queue.pending, "x", 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
    assert_result(psock_recv(queue.pending, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void undecided_connection_can_be_closed(void **state)
{
    struct queue queue = full_queue(family_of(state));
    close_kept(queue.pending);
}

/* The attempt goes on by itself; a second call brings it to its end. */
static void undecided_connect_goes_on(void **state)
{
    struct queue queue = full_queue(family_of(state));
    for (psock_t s = 0; s >= 0;) {
        s = psock_accept(queue.listener, NULL, PSOCK_NOW);
        if (s >= 0)
            keep(s);
    }
    assert_result(psock_connect(queue.pending, &queue.address, in_time()), 0);
    assert_result(psock_connect(queue.pending, &queue.address, in_time()),
                  PSOCK_EISCONN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(connect_works_with_every_deadline),
        test_both(connect_now_is_finished_by_a_second_call),
        test_both(connect_now_is_finished_by_asking_again),
        test_both(connect_past_its_deadline_still_tries),
        test_both(connect_from_a_bound_socket_keeps_its_address),
        test_both(connect_where_nobody_listens_is_refused),
        test_both(connect_now_where_nobody_listens_is_refused_in_the_end),
        test_both(unspecified_address_means_loopback),
        test_both(unspecified_address_means_loopback_to_datagrams),
        test_both(port_zero_is_refused),
        test_both(address_of_another_family_is_refused),
        test_both(connecting_twice_is_refused),
        test_both(listener_cannot_connect),
        test_both(refused_listener_still_accepts_without_waiting),
        test_both(datagram_socket_connects_again_to_another_peer),
        test_both(undecided_connect_waits_until_its_deadline),
        test_both(first_undecided_connect_waits_until_its_deadline),
        test_both(undecided_connect_now_is_under_way),
        test_both(undecided_connection_has_no_peer_yet),
        test_both(undecided_connection_carries_no_data_yet),
        test_both(undecided_connection_can_be_closed),
        test_once(undecided_connect_goes_on),
    };
    return cmocka_run_group_tests_name("connect", tests, warm_up, NULL);
}
