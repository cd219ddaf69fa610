/* What sockets are ready for, state by state: the table at enum psock_readiness,
 * and what it leaves to be concluded.  Each row is made on real sockets and
 * looked at by psock_poll() and by a poller, with everything wanted and with
 * each bit alone. */
#include "fixture.h"

#define EVERYTHING                                                             \
    (PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE | PSOCK_READ_ENDED)

static const uint32_t wishes[] = {EVERYTHING,     0,
                                  PSOCK_READABLE, PSOCK_URGENT,
                                  PSOCK_WRITABLE, PSOCK_READ_ENDED};

/* --- Rows ----------------------------------------------------------------- */

/* Makes a socket of the family that is in some state, or comes into it soon. */
typedef psock_t make_state(int family);

struct row {
    int family;
    make_state *make;
    uint32_t came;
};

/* What comes of `came` to those who want no more than `wanted`. */
static uint32_t due(uint32_t came, uint32_t wanted)
{
    uint32_t mask = wanted | PSOCK_FAILED | PSOCK_HUNG_UP | PSOCK_NO_SOCKET;
    if ((came & (PSOCK_FAILED | PSOCK_HUNG_UP)) != 0)
        mask |= PSOCK_READABLE | PSOCK_WRITABLE;
    if ((wanted & PSOCK_READABLE) != 0)
        mask |= PSOCK_READ_ENDED;
    return came & mask;
}

/* --- Looking -------------------------------------------------------------- */

/* The value of `came` before a look, which must stay if nothing comes. */
#define UNTOUCHED UINT32_C(0x5a5a5a5a)

static uint32_t poll_now(psock_t s, uint32_t wanted)
{
    psock_pollable entry = {.socket = s, .wanted = wanted, .came = UNTOUCHED};
    int result = psock_poll(&entry, 1, PSOCK_NOW);
    if (result == 1)
        assert_int_not_equal(entry.came, 0);
    if (result == 1)
        return entry.came;
    assert_result(result, PSOCK_EAGAIN);
    assert_int_equal(entry.came, UNTOUCHED);
    return 0;
}

static uint32_t wait_now(psock_poller *poller, void *token)
{
    psock_poller_event events[2];
    int result = psock_poller_wait(poller, events, 2, PSOCK_NOW);
    if (result != 1)
        assert_result(result, PSOCK_EAGAIN);
    if (result != 1)
        return 0;
    assert_ptr_equal(events[0].token, token);
    assert_int_not_equal(events[0].came, 0);
    return events[0].came;
}

static void name_bits(uint32_t came)
{
    static const char *const names[] = {"READABLE", "URGENT",  "WRITABLE",
                                        "FAILED",   "HUNG_UP", "READ_ENDED",
                                        "NO_SOCKET"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if ((came >> i & 1) != 0)
            print_error(" %s", names[i]);
    print_error(" (0x%x)", (unsigned)came);
}

/* Checks bits, and names them if they are wrong. */
static void check_bits(uint32_t came, uint32_t expected, uint32_t wanted,
                       const char *who)
{
    if (came == expected)
        return;
    print_error("%s, wanting", who);
    name_bits(wanted);
    print_error(", came");
    name_bits(came);
    print_error(", due");
    name_bits(expected);
    print_error("\n");
    fail();
}

/* What the other end did takes a while to arrive. */
static void settle(psock_t s, uint32_t expected)
{
    uint32_t came;
    psock_deadline end = psock_deadline_ms(3000);
    do {
        came = poll_now(s, EVERYTHING);
        host_yield();
    } while (came != expected && psock_deadline_left_ns(end) > 0);
    check_bits(came, expected, EVERYTHING, "psock_poll(), given time");
}

/* --- Two ways to look, and one more --------------------------------------- */

static void check_poll(psock_t s, uint32_t expected)
{
    for (size_t i = 0; i < COUNT_OF(wishes); i++)
        for (int again = 0; again < 2; again++)
            check_bits(poll_now(s, wishes[i]), due(expected, wishes[i]),
                       wishes[i], "psock_poll()");
}

static void check_level(psock_poller *poller, psock_t s, uint32_t expected)
{
    for (size_t i = 0; i < COUNT_OF(wishes); i++) {
        assert_result(psock_poller_modify(poller, s, wishes[i]), 0);
        for (int again = 0; again < 2; again++)
            check_bits(wait_now(poller, &fixture_ipv4),
                       due(expected, wishes[i]), wishes[i], "a poller");
    }
}

static void check_one_shot(psock_poller *poller, psock_t s, uint32_t expected)
{
    for (size_t i = 0; i < COUNT_OF(wishes); i++)
        for (int again = 0; again < 2; again++) {
            assert_result(
                psock_poller_modify(poller, s, wishes[i] | PSOCK_ONE_SHOT), 0);
            check_bits(wait_now(poller, &fixture_ipv4),
                       due(expected, wishes[i]), wishes[i],
                       "a poller that tells once");
            if (due(expected, wishes[i]) != 0)
                check_bits(wait_now(poller, &fixture_ipv4), 0, wishes[i],
                           "a poller that has told once");
        }
}

/* Being added is as good as being modified. */
static void check_added(psock_t s, uint32_t expected)
{
    for (size_t i = 0; i < COUNT_OF(wishes); i++) {
        psock_poller *poller = kept_poller();
        assert_result(psock_poller_add(poller, s, wishes[i], &fixture_ipv6), 0);
        check_bits(wait_now(poller, &fixture_ipv6), due(expected, wishes[i]),
                   wishes[i], "a fresh poller");
        assert_result(psock_poller_remove(poller, s), 0);
        check_bits(wait_now(poller, &fixture_ipv6), 0, wishes[i],
                   "an empty poller");
    }
}

static void check_all(psock_t s, uint32_t expected)
{
    psock_poller *poller = kept_poller();
    settle(s, expected);
    assert_result(psock_poller_add(poller, s, 0, &fixture_ipv4), 0);
    check_poll(s, expected);
    check_level(poller, s, expected);
    check_one_shot(poller, s, expected);
    check_poll(s, expected);
    check_added(s, expected);
}

/* --- Streams that are not connected ---------------------------------------- */

static psock_t fresh(int family)
{
    return open_kept(family, PSOCK_STREAM);
}

static psock_t bound_only(int family)
{
    return bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
}

static psock_t listener_idle(int family)
{
    return listening(family);
}

static psock_t listener_with_a_connection(int family)
{
    psock_t listener = listening(family);
    connected_to(listener);
    return listener;
}

static psock_t listener_with_its_connection_accepted(int family)
{
    psock_t listener = listener_with_a_connection(family);
    keep(psock_accept(listener, NULL, in_time()));
    return listener;
}

/* --- Attempts to connect --------------------------------------------------- */

static psock_t connecting(int family)
{
    return full_queue(family).pending;
}

static psock_t connect_now(int family, const psock_address *peer)
{
    psock_t s = open_kept(family, PSOCK_STREAM);
    int result = psock_connect(s, peer, PSOCK_NOW);
    if (result != 0)
        assert_either(result, PSOCK_EAGAIN, PSOCK_ECONNREFUSED);
    return s;
}

static psock_t connect_decided(int family)
{
    psock_address address = local_of(listening(family));
    return connect_now(family, &address);
}

/* The attempt is repeated by the system, which is then refused. */
static psock_t connect_refused(int family)
{
    struct queue queue = full_queue(family);
    close_kept(queue.listener);
    return queue.pending;
}

static psock_t connect_refused_and_told(int family)
{
    struct queue queue = full_queue(family);
    close_kept(queue.listener);
    assert_result(psock_connect(queue.pending, &queue.address, in_time()),
                  PSOCK_ECONNREFUSED);
    return queue.pending;
}

static psock_t connect_refused_within_the_call(int family)
{
    psock_t s = open_kept(family, PSOCK_STREAM);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    assert_result(psock_connect(s, &nobody, in_time()), PSOCK_ECONNREFUSED);
    return s;
}

static psock_t connect_refused_within_an_endless_call(int family)
{
    psock_t s = open_kept(family, PSOCK_STREAM);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    assert_result(psock_connect(s, &nobody, PSOCK_FOREVER), PSOCK_ECONNREFUSED);
    return s;
}

static psock_t connect_refused_by_asking_again(int family)
{
    psock_address nobody = deserted(family, PSOCK_STREAM);
    psock_t s = open_kept(family, PSOCK_STREAM);
    psock_deadline end = in_time();
    int result;
    do {
        result = psock_connect(s, &nobody, PSOCK_NOW);
    } while (result == PSOCK_EAGAIN && psock_deadline_left_ns(end) > 0);
    assert_result(result, PSOCK_ECONNREFUSED);
    return s;
}

/* --- Connections ----------------------------------------------------------- */

static psock_t connected(int family)
{
    return stream_over(family).client;
}

static psock_t accepted(int family)
{
    return stream_over(family).server;
}

static psock_t without_room_to_send(int family)
{
    return clogged(family).client;
}

static psock_t without_room_to_send_and_data(int family)
{
    struct stream ends = clogged(family);
    send_text(ends.server, "x");
    return ends.client;
}

static psock_t data(int family)
{
    struct stream ends = stream_over(family);
    send_text(ends.client, "xy");
    return ends.server;
}

static psock_t data_received_in_part(int family)
{
    psock_t s = data(family);
    recv_text(s, "x");
    return s;
}

static psock_t data_all_received(int family)
{
    psock_t s = data(family);
    recv_text(s, "xy");
    return s;
}

static psock_t end(int family)
{
    struct stream ends = stream_over(family);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    return ends.server;
}

static psock_t end_received(int family)
{
    psock_t s = end(family);
    assert_result(psock_recv(s, &(char){0}, 1, 0, in_time()), 0);
    return s;
}

static psock_t ended_after_data(int family)
{
    struct stream ends = stream_over(family);
    send_text(ends.client, "xy");
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    return ends.server;
}

static psock_t data_and_end(int family)
{
    psock_t s = ended_after_data(family);
    psock_pollable entry = {.socket = s, .wanted = PSOCK_READ_ENDED};
    if (psock_poll(&entry, 1, psock_deadline_ms(1000)) == PSOCK_ETIMEDOUT)
        skip_because("this system tells of an end when all data are received");
    return s;
}

static psock_t end_after_its_data(int family)
{
    psock_t s = ended_after_data(family);
    recv_text(s, "xy");
    return s;
}

/* --- Shut down ------------------------------------------------------------- */

static psock_t shut_for_reading(int family)
{
    psock_t s = connected(family);
    assert_result(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    return s;
}

static psock_t shut_for_reading_with_data(int family)
{
    psock_t s = data(family);
    assert_result(psock_recv(s, &(char){0}, 1, PSOCK_PEEK, in_time()), 1);
    assert_result(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    return s;
}

static psock_t shut_for_writing(int family)
{
    psock_t s = connected(family);
    assert_result(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    return s;
}

static psock_t shut_for_writing_with_data(int family)
{
    psock_t s = data(family);
    assert_result(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    return s;
}

static psock_t shut_for_both(int family)
{
    psock_t s = connected(family);
    assert_result(psock_shutdown(s, PSOCK_SHUT_BOTH), 0);
    return s;
}

static psock_t shut_one_after_the_other(int family)
{
    psock_t s = shut_for_reading(family);
    assert_result(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    return s;
}

static psock_t shut_by_each_end(int family)
{
    psock_t s = end(family);
    assert_result(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    return s;
}

static psock_t shut_by_each_end_with_data(int family)
{
    psock_t s = ended_after_data(family);
    assert_result(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    return s;
}

/* --- Reset ----------------------------------------------------------------- */

static psock_t reset(int family)
{
    need_resets();
    struct stream ends = stream_over(family);
    assert_result(psock_close_reset(let_go(ends.client)), 0);
    return ends.server;
}

static psock_t reset_by_unread_data(int family)
{
    need_resets();
    struct stream ends = stream_over(family);
    send_text(ends.server, "x");
    assert_result(psock_recv(ends.client, &(char){0}, 1, PSOCK_PEEK, in_time()),
                  1);
    close_kept(ends.client);
    return ends.server;
}

/* --- Datagrams ------------------------------------------------------------- */

static psock_t datagram_unbound(int family)
{
    return open_kept(family, PSOCK_DATAGRAM);
}

static psock_t datagram_idle(int family)
{
    return datagram(family);
}

static psock_t datagram_connected(int family)
{
    return datagrams_over(family).client;
}

static psock_t datagram_arrived(int family)
{
    struct stream ends = datagrams_over(family);
    send_text(ends.client, "x");
    return ends.server;
}

static psock_t datagram_empty(int family)
{
    struct stream ends = datagrams_over(family);
    assert_result(psock_send(ends.client, NULL, 0, 0, in_time()), 0);
    return ends.server;
}

static psock_t datagram_received(int family)
{
    psock_t s = datagram_arrived(family);
    recv_text(s, "x");
    return s;
}

/* What an unconnected socket sent in vain is not its concern. */
static psock_t datagram_refused_unconnected(int family)
{
    psock_t s = datagram(family), gone = datagram(family);
    psock_address nobody = local_of(gone);
    close_kept(gone);
    assert_result(psock_send_to(s, "x", 1, 0, &nobody, in_time()), 1);
    return s;
}

/* --- Urgent bytes ---------------------------------------------------------- */

static psock_t urgent_byte(int family)
{
    struct stream ends = stream_over(family);
    assert_result(psock_send_urgent(ends.client, '!', in_time()), 0);
    return ends.server;
}

static psock_t data_before_an_urgent_byte(int family)
{
    struct stream ends = stream_over(family);
    send_text(ends.client, "x");
    assert_result(psock_send_urgent(ends.client, '!', in_time()), 0);
    return ends.server;
}

static psock_t urgent_byte_received(int family)
{
    psock_t s = urgent_byte(family);
    settle(s, PSOCK_URGENT | PSOCK_WRITABLE);
    assert_result(psock_recv_urgent(s), '!');
    return s;
}

/* --- The tests ------------------------------------------------------------- */

static void row_is_told(void **state)
{
    const struct row *row = *state;
    int family = family_of(state);
    check_all(row->make(family), row->came);
}

/* On a connected datagram socket the system may tell of a refusal before a
 * receive does, and not of anything else. */
static void refused_datagram_is_told_or_not(void **state)
{
    static const uint32_t told = PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_FAILED;
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    close_kept(ends.server);
    assert_result(psock_send(ends.client, "x", 1, 0, in_time()), 1);
    uint32_t came = poll_now(ends.client, EVERYTHING);
    for (int i = 0; i < 100 && came == PSOCK_WRITABLE; i++)
        came = poll_now(ends.client, EVERYTHING);
    if (came != PSOCK_WRITABLE)
        check_all(ends.client, told);
}

static void check_no_socket(psock_poller *poller, psock_t s, int error)
{
    check_poll(s, PSOCK_NO_SOCKET);
    for (size_t i = 0; i < COUNT_OF(wishes); i++)
        assert_result(psock_poller_add(poller, s, wishes[i], NULL), error);
    check_bits(wait_now(poller, NULL), 0, EVERYTHING, "a poller");
}

static void closed_socket_is_told_as_none(void **state)
{
    psock_t s = connected(family_of(state));
    psock_poller *poller = kept_poller(); /* and not with the number of `s` */
    close_kept(s);
    check_no_socket(poller, s, PSOCK_EBADF);
}

static void other_descriptor_is_told_as_no_socket(void **state)
{
    psock_t foreign = host_foreign_open();
    (void)state;
    check_no_socket(kept_poller(), foreign, PSOCK_ENOTSOCK);
    host_foreign_close(foreign);
}

static void negative_socket_is_passed_over(void **state)
{
    psock_poller *poller = kept_poller();
    (void)state;
    check_poll(PSOCK_INVALID, 0);
    check_poll(INTPTR_MIN, 0);
    assert_result(psock_poller_add(poller, PSOCK_INVALID, EVERYTHING, NULL),
                  PSOCK_EBADF);
}

#define R PSOCK_READABLE
#define U PSOCK_URGENT
#define W PSOCK_WRITABLE
#define ENDED PSOCK_READ_ENDED
#define HUNG PSOCK_HUNG_UP
#define FAILED PSOCK_FAILED

#define ROW_IN(make, came, family, suffix)                                     \
    FIXTURE_TEST(#make suffix, row_is_told, (&(struct row){family, make, came}))

#define ROW(make, came)                                                        \
    ROW_IN(make, came, PSOCK_IPV4, ".ipv4"),                                   \
        ROW_IN(make, came, PSOCK_IPV6, ".ipv6")

#define ROW_OF_ALL(make, came)                                                 \
    ROW(make, came), ROW_IN(make, came, PSOCK_UNIX, ".unix")

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW_OF_ALL(fresh, R | W | HUNG),
        ROW_OF_ALL(bound_only, R | W | HUNG),
        ROW_OF_ALL(listener_idle, 0),
        ROW_OF_ALL(listener_with_a_connection, R),
        ROW_OF_ALL(listener_with_its_connection_accepted, 0),
        ROW(connecting, 0),
        ROW_OF_ALL(connect_decided, W),
        ROW(connect_refused, R | W | ENDED | HUNG | FAILED),
        ROW_IN(connect_refused_and_told, R | W | HUNG, PSOCK_IPV4, ".ipv4"),
        ROW_OF_ALL(connect_refused_within_the_call, R | W | HUNG),
        ROW_OF_ALL(connect_refused_within_an_endless_call, R | W | HUNG),
        ROW_OF_ALL(connect_refused_by_asking_again, R | W | HUNG),
        ROW_OF_ALL(connected, W),
        ROW_OF_ALL(accepted, W),
        ROW_OF_ALL(without_room_to_send, 0),
        ROW_OF_ALL(without_room_to_send_and_data, R),
        ROW_OF_ALL(data, R | W),
        ROW_OF_ALL(data_received_in_part, R | W),
        ROW_OF_ALL(data_all_received, W),
        ROW_OF_ALL(end, R | W | ENDED),
        ROW_OF_ALL(end_received, R | W | ENDED),
        ROW_OF_ALL(data_and_end, R | W | ENDED),
        ROW_OF_ALL(end_after_its_data, R | W | ENDED),
        ROW_OF_ALL(shut_for_reading, R | W | ENDED),
        ROW_OF_ALL(shut_for_reading_with_data, R | W | ENDED),
        ROW_OF_ALL(shut_for_writing, W),
        ROW_OF_ALL(shut_for_writing_with_data, R | W),
        ROW_OF_ALL(shut_for_both, R | W | ENDED | HUNG),
        ROW_OF_ALL(shut_one_after_the_other, R | W | ENDED | HUNG),
        ROW_OF_ALL(shut_by_each_end, R | W | ENDED | HUNG),
        ROW_OF_ALL(shut_by_each_end_with_data, R | W | ENDED | HUNG),
        ROW(reset, R | W | ENDED | HUNG | FAILED),
        ROW_OF_ALL(reset_by_unread_data, R | W | ENDED | HUNG | FAILED),
        ROW(datagram_unbound, W),
        ROW(datagram_idle, W),
        ROW(datagram_connected, W),
        ROW(datagram_arrived, R | W),
        ROW(datagram_empty, R | W),
        ROW(datagram_received, W),
        ROW(datagram_refused_unconnected, W),
        ROW(urgent_byte, U | W),
        ROW(data_before_an_urgent_byte, R | U | W),
        ROW(urgent_byte_received, W),
        test_both(refused_datagram_is_told_or_not),
        test_both(closed_socket_is_told_as_none),
        test_once(other_descriptor_is_told_as_no_socket),
        test_once(negative_socket_is_passed_over),
    };
    return cmocka_run_group_tests_name("readiness", tests, warm_up, NULL);
}
