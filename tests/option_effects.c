/* What options do, as far as it shows on the loopback interface.  That they are
 * told as they were set is in option.c. */
#include "fixture.h"

#include <string.h>

static int64_t get(psock_t s, int option)
{
    int64_t value = 0;
    assert_result(psock_get_option(s, option, &value), 0);
    return value;
}

static void set(psock_t s, int option, int64_t value)
{
    assert_result(psock_set_option(s, option, value), 0);
}

/* Sets an option that the system, or this user, may do without. */
static void set_if_there(psock_t s, int option, int64_t value)
{
    int result = psock_set_option(s, option, value);
    if (result == PSOCK_ENOTSUP || result == PSOCK_EPERM)
        skip_because("this system, or this user, lacks the option");
    assert_result(result, 0);
}

/* Likewise. */
static int64_t get_if_there(psock_t s, int option)
{
    int64_t value = 0;
    int result = psock_get_option(s, option, &value);
    if (result == PSOCK_ENOTSUP)
        skip_because("this system, or this user, lacks the option");
    assert_result(result, 0);
    return value;
}

static int wait_readable(psock_t s, psock_deadline deadline)
{
    psock_pollable entry = {.socket = s, .wanted = PSOCK_READABLE};
    return psock_poll(&entry, 1, deadline);
}

/* --- What a socket is ----------------------------------------------------- */

static void listening_is_told_of_listeners_only(void **state)
{
    int family = family_of(state);
    psock_t s = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    assert_true(get(s, PSOCK_OPTION_LISTENING) == 0);
    assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    assert_true(get(s, PSOCK_OPTION_LISTENING) == 1);
    assert_true(get(connected_to(s), PSOCK_OPTION_LISTENING) == 0);
    assert_true(get(datagram(family), PSOCK_OPTION_LISTENING) == 0);
}

static void accepted_socket_is_of_the_listeners_kind(void **state)
{
    int family = family_of(state);
    struct stream ends = stream_over(family);
    assert_true(get(ends.server, PSOCK_OPTION_FAMILY) == family);
    assert_true(get(ends.server, PSOCK_OPTION_TYPE) == PSOCK_STREAM);
}

static void no_two_sockets_have_one_cookie(void **state)
{
    struct stream ends = stream_over(family_of(state));
    int64_t cookie = get_if_there(ends.client, PSOCK_OPTION_COOKIE);
    assert_true(get(ends.client, PSOCK_OPTION_COOKIE) == cookie);
    assert_true(get(ends.server, PSOCK_OPTION_COOKIE) != cookie);
}

/* --- What waits to be received -------------------------------------------- */

static void unread_bytes_of_a_stream_are_all_that_came(void **state)
{
    struct stream ends = stream_over(family_of(state));
    assert_true(get(ends.server, PSOCK_OPTION_UNREAD_BYTES) == 0);
    send_text(ends.client, "hello");
    send_text(ends.client, ", world");
    psock_deadline end = in_time();
    while (get(ends.server, PSOCK_OPTION_UNREAD_BYTES) < 12 &&
           psock_deadline_left_ns(end) > 0)
        host_yield();
    assert_true(get(ends.server, PSOCK_OPTION_UNREAD_BYTES) == 12);
    recv_text(ends.server, "hello");
    assert_true(get(ends.server, PSOCK_OPTION_UNREAD_BYTES) == 7);
    recv_text(ends.server, ", world");
    assert_true(get(ends.server, PSOCK_OPTION_UNREAD_BYTES) == 0);
}

/* Waits until the next message is there, and asks for its size. */
static int64_t next_size(psock_t s)
{
    assert_result(wait_readable(s, in_time()), 1);
    return get(s, PSOCK_OPTION_UNREAD_BYTES);
}

static void check_next_sizes(psock_t from, psock_t to)
{
    char room[16];
    assert_true(get(to, PSOCK_OPTION_UNREAD_BYTES) == 0);
    send_text(from, "three");
    assert_true(next_size(to) == 5);
    send_text(from, "and eleven.");
    assert_true(next_size(to) == 5);
    assert_result(psock_recv(to, room, sizeof room, 0, in_time()), 5);
    assert_true(next_size(to) == 11);
    assert_true(next_size(to) == 11);
    assert_result(psock_recv(to, room, sizeof room, 0, in_time()), 11);
    assert_true(get(to, PSOCK_OPTION_UNREAD_BYTES) == 0);
}

static void unread_bytes_are_those_of_the_next_datagram(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    check_next_sizes(ends.client, ends.server);
}

static void unread_bytes_of_an_empty_datagram_are_none(void **state)
{
    char room[8];
    struct stream ends = datagrams_over(family_of(state));
    assert_result(psock_send(ends.client, "", 0, 0, in_time()), 0);
    send_text(ends.client, "full");
    assert_true(next_size(ends.server) == 0);
    assert_result(psock_recv(ends.server, room, sizeof room, 0, in_time()), 0);
    assert_true(next_size(ends.server) == 4);
}

static void unread_bytes_are_those_of_the_longest_datagram(void **state)
{
    static char data[60000];
    struct stream ends = datagrams_over(family_of(state));
    ptrdiff_t sent = psock_send(ends.client, data, sizeof data, 0, in_time());
    assert_result(sent, sizeof data);
    assert_true(next_size(ends.server) == sizeof data);
}

static struct stream packets(void)
{
    struct stream ends;
    if (psock_capability(PSOCK_CAP_UNIX_SEQPACKET) < 0)
        skip_because("this system has no such Unix sockets");
    psock_t listener = bound(PSOCK_UNIX, PSOCK_SEQPACKET, PSOCK_BIND_FRESH);
    psock_address address = local_of(listener);
    assert_result(psock_listen(listener, PSOCK_BACKLOG_DEFAULT), 0);
    ends.client = open_kept(PSOCK_UNIX, PSOCK_SEQPACKET);
    assert_result(psock_connect(ends.client, &address, in_time()), 0);
    ends.server = keep(psock_accept(listener, NULL, in_time()));
    return ends;
}

static void unread_bytes_are_those_of_the_next_packet(void **state)
{
    struct stream ends = packets();
    (void)state;
    check_next_sizes(ends.client, ends.server);
    close_kept(ends.client);
    assert_true(get(ends.server, PSOCK_OPTION_UNREAD_BYTES) == 0);
}

static void asking_for_unread_bytes_takes_no_failure(void **state)
{
    char room[8];
    struct stream ends = packets();
    (void)state;
    send_text(ends.server, "unread");
    assert_true(next_size(ends.client) == 6);
    close_kept(ends.client);
    assert_true(get(ends.server, PSOCK_OPTION_UNREAD_BYTES) == 0);
    assert_result(psock_recv(ends.server, room, sizeof room, 0, in_time()),
                  PSOCK_ECONNRESET);
}

static void listener_has_no_unread_bytes(void **state)
{
    psock_t listener = listening(family_of(state));
    assert_true(get(listener, PSOCK_OPTION_UNREAD_BYTES) == 0);
    send_text(connected_to(listener), "early");
    assert_result(wait_readable(listener, in_time()), 1);
    assert_true(get(listener, PSOCK_OPTION_UNREAD_BYTES) == 0);
}

static void less_than_receive_low_bytes_is_not_readable(void **state)
{
    struct stream ends = stream_over(family_of(state));
    set_if_there(ends.server, PSOCK_OPTION_RECEIVE_LOW_BYTES, 10);
    send_text(ends.client, "hello");
    assert_result(wait_readable(ends.server, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    send_text(ends.client, "world");
    assert_result(wait_readable(ends.server, in_time()), 1);
    recv_text(ends.server, "helloworld");
    send_text(ends.client, "bye");
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_result(wait_readable(ends.server, in_time()), 1);
    recv_text(ends.server, "bye");
}

/* --- What waits to be sent ------------------------------------------------ */

static void unsent_bytes_are_those_the_peer_has_no_room_for(void **state)
{
    static char room[1 << 18];
    struct stream ends = clogged(family_of(state));
    assert_true(get_if_there(ends.client, PSOCK_OPTION_UNSENT_BYTES) > 0);
    psock_deadline end = in_time();
    while (get(ends.client, PSOCK_OPTION_UNSENT_BYTES) > 0 &&
           psock_deadline_left_ns(end) > 0)
        psock_recv(ends.server, room, sizeof room, 0, psock_deadline_ms(1));
    assert_true(get(ends.client, PSOCK_OPTION_UNSENT_BYTES) == 0);
}

static void end_of_sending_is_no_unsent_byte(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_true(get_if_there(s, PSOCK_OPTION_UNSENT_BYTES) == 0);
    assert_true(get(listener, PSOCK_OPTION_UNSENT_BYTES) == 0);
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_true(get(ends.client, PSOCK_OPTION_UNSENT_BYTES) == 0);
}

/* --- Failures ------------------------------------------------------------- */

static void failure_to_connect_is_told_once(void **state)
{
    int family = family_of(state);
    psock_t s = open_kept(family, PSOCK_STREAM);
    psock_pollable entry = {.socket = s, .wanted = PSOCK_WRITABLE};
    psock_address nobody = deserted(family, PSOCK_STREAM);
    int result = psock_connect(s, &nobody, PSOCK_NOW);
    if (result == PSOCK_ECONNREFUSED)
        skip_because("this system decides at once about connections to itself");
    assert_result(result, PSOCK_EAGAIN);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
    assert_true(get(s, PSOCK_OPTION_ERROR) == PSOCK_ECONNREFUSED);
    assert_true(get(s, PSOCK_OPTION_ERROR) == 0);
}

/* What a receive says after it is the system's choice (io.h). */
static void reset_is_told_once(void **state)
{
    need_resets();
    struct stream ends = stream_over(family_of(state));
    assert_true(get(ends.client, PSOCK_OPTION_ERROR) == 0);
    assert_result(psock_close_reset(let_go(ends.server)), 0);
    assert_result(wait_readable(ends.client, in_time()), 1);
    assert_true(get(ends.client, PSOCK_OPTION_ERROR) == PSOCK_ECONNRESET);
    assert_true(get(ends.client, PSOCK_OPTION_ERROR) == 0);
}

static void asking_for_a_failure_takes_no_data(void **state)
{
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "data");
    assert_result(wait_readable(ends.server, in_time()), 1);
    assert_true(get(ends.server, PSOCK_OPTION_ERROR) == 0);
    recv_text(ends.server, "data");
}

/* --- Streams -------------------------------------------------------------- */

/* Some systems send what is corked after 200 ms all the same, so a look that
 * comes so late, on a slow machine, does not count. */
#define CORK_LASTS_NS INT64_C(150000000)

static _Bool cork_holds(struct stream ends)
{
    int64_t before_ns = clock_ns();
    send_text(ends.client, "held");
    int result = wait_readable(ends.server, psock_deadline_ms(SHORT_MS));
    return clock_ns() - before_ns < CORK_LASTS_NS && result == PSOCK_ETIMEDOUT;
}

static void corked_stream_sends_when_it_is_uncorked(void **state)
{
    struct stream ends = stream_over(family_of(state));
    set_if_there(ends.client, PSOCK_OPTION_CORK, 1);
    for (int tries = 0; !cork_holds(ends); tries++) {
        assert_in_range(tries, 0, 9);
        set(ends.client, PSOCK_OPTION_CORK, 0);
        recv_text(ends.server, "held");
        set(ends.client, PSOCK_OPTION_CORK, 1);
    }
    set(ends.client, PSOCK_OPTION_CORK, 0);
    recv_text(ends.server, "held");
}

/* Sends two small pieces and returns how much of them arrives at once, before
 * the receiver acknowledges the first, which it has been asked to put off.  It
 * does for 40 ms at least, and later looks do not count: 0 then. */
#define PUT_OFF_NS INT64_C(30000000)

static int64_t arrived_at_once(struct stream ends)
{
    set(ends.server, PSOCK_OPTION_QUICK_ACK, 0);
    int64_t before_ns = clock_ns();
    send_text(ends.client, "1");
    send_text(ends.client, "2");
    int64_t arrived = get(ends.server, PSOCK_OPTION_UNREAD_BYTES);
    if (clock_ns() - before_ns > PUT_OFF_NS)
        arrived = 0;
    recv_text(ends.server, "12");
    return arrived;
}

static int64_t arrived_with(struct stream ends, int no_delay)
{
    int64_t arrived = 0;
    set(ends.client, PSOCK_OPTION_NO_DELAY, no_delay);
    for (int tries = 0; tries < 10 && arrived == 0; tries++)
        arrived = arrived_at_once(ends);
    return arrived;
}

static void small_pieces_wait_unless_there_is_no_delay(void **state)
{
    struct stream ends = stream_over(family_of(state));
    (void)get_if_there(ends.server, PSOCK_OPTION_QUICK_ACK);
    assert_true(arrived_with(ends, 0) == 1);
    assert_true(arrived_with(ends, 1) == 2);
    assert_true(arrived_with(ends, 0) == 1);
}

static void small_pieces_arrive_with_no_delay(void **state)
{
    struct stream ends = stream_over(family_of(state));
    set(ends.client, PSOCK_OPTION_NO_DELAY, 1);
    for (int i = 0; i < 100; i++) {
        send_text(ends.client, "1");
        send_text(ends.client, "2");
        recv_text(ends.server, "12");
    }
}

static void linger_of_zero_closes_by_a_reset(void **state)
{
    char byte;
    need_resets();
    struct stream ends = stream_over(family_of(state));
    set(ends.client, PSOCK_OPTION_LINGER_S, 0);
    close_kept(ends.client);
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()),
                  PSOCK_ECONNRESET);
}

static void lingering_close_waits_for_what_is_unsent(void **state)
{
    struct stream ends = clogged(family_of(state));
    set(ends.client, PSOCK_OPTION_LINGER_S, 1);
    int64_t before_ns = clock_ns();
    close_kept(ends.client);
    int64_t took_ns = clock_ns() - before_ns;
    assert_true(took_ns >= INT64_C(900000000));
    assert_true(took_ns < INT64_C(9000000000));
}

static void lingering_close_does_not_wait_for_nothing(void **state)
{
    char byte;
    struct stream ends = stream_over(family_of(state));
    set(ends.client, PSOCK_OPTION_LINGER_S, 60);
    send_text(ends.client, "x");
    recv_text(ends.server, "x");
    int64_t before_ns = clock_ns();
    close_kept(ends.client);
    assert_true(clock_ns() - before_ns < INT64_C(9000000000));
    assert_result(psock_recv(ends.server, &byte, 1, 0, in_time()), 0);
}

static void urgent_byte_inline_is_among_the_data(void **state)
{
    struct stream ends = stream_over(family_of(state));
    set(ends.server, PSOCK_OPTION_URGENT_INLINE, 1);
    send_text(ends.client, "before");
    assert_result(psock_send_urgent(ends.client, '!', in_time()), 0);
    send_text(ends.client, "after");
    recv_text(ends.server, "before!after");
    assert_result(psock_recv_urgent(ends.server), PSOCK_EAGAIN);
}

static void listener_that_defers_waits_for_data(void **state)
{
    psock_t listener = listening(family_of(state));
    set_if_there(listener, PSOCK_OPTION_DEFER_ACCEPT_S, 60);
    psock_t client = connected_to(listener);
    assert_result(psock_accept(listener, NULL, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    send_text(client, "data");
    recv_text(keep(psock_accept(listener, NULL, in_time())), "data");
}

static void segment_size_bounds_that_of_the_connection(void **state)
{
    static unsigned char data[10000], received[sizeof data];
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    psock_t client = open_kept(family_of(state), PSOCK_STREAM);
    set_if_there(client, PSOCK_OPTION_SEGMENT_BYTES, 1000);
    assert_result(psock_connect(client, &address, in_time()), 0);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    assert_in_range(get(client, PSOCK_OPTION_SEGMENT_BYTES), 900, 1000);
    assert_in_range(get(server, PSOCK_OPTION_SEGMENT_BYTES), 900, 1000);
    fill(data, sizeof data, 0);
    send_all(client, data, sizeof data);
    recv_all(server, received, sizeof received);
    assert_memory_equal(received, data, sizeof data);
}

static void writable_is_only_who_has_little_unsent(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_pollable entry = {.socket = ends.client, .wanted = PSOCK_WRITABLE};
    static char data[1 << 20];
    set_if_there(ends.client, PSOCK_OPTION_UNSENT_LOW_BYTES, 1000);
    set(ends.server, PSOCK_OPTION_RECEIVE_BUFFER_BYTES, 8192);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
    ptrdiff_t sent = psock_send(ends.client, data, sizeof data, 0, in_time());
    assert_true(sent > 0);
    assert_result(psock_poll(&entry, 1, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    recv_all(ends.server, data, (size_t)sent);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
}

/* Systems begin with a cookie, so the first such connection may be an ordinary
 * one; what is sent arrives in any case. */
static void fast_open_connection_carries_its_data(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    set_if_there(listener, PSOCK_OPTION_FAST_OPEN, 5);
    for (int i = 0; i < 3; i++) {
        psock_t client = open_kept(family_of(state), PSOCK_STREAM);
        set_if_there(client, PSOCK_OPTION_FAST_OPEN_CONNECT, 1);
        assert_result(psock_connect(client, &address, in_time()), 0);
        send_text(client, "early");
        recv_text(keep(psock_accept(listener, NULL, in_time())), "early");
    }
}

/* --- Packets -------------------------------------------------------------- */

/* Sends a datagram from `from` to `to` and returns it with `wanted`. */
static psock_message received_with(psock_t from, psock_t to,
                                   const psock_address *address,
                                   unsigned wanted)
{
    static char room[64];
    static psock_buffer buffer = {.data = room, .size = sizeof room};
    psock_message message = {.buffers = &buffer, .buffer_count = 1};
    int granted = psock_want_metadata(to, wanted);
    assert_true(granted >= 0);
    if ((unsigned)granted != wanted)
        skip_because("this system does not tell it with datagrams");
    assert_result(psock_send_to(from, "x", 1, 0, address, in_time()), 1);
    assert_result(psock_recv_messages(to, &message, 1, 0, in_time()), 1);
    assert_true((message.valid & wanted) == wanted);
    return message;
}

static void hop_limit_goes_with_every_datagram(void **state)
{
    psock_t from = datagram(family_of(state));
    psock_t to = datagram(family_of(state));
    psock_address address = local_of(to);
    set(from, PSOCK_OPTION_HOP_LIMIT, 7);
    assert_int_equal(
        received_with(from, to, &address, PSOCK_META_HOP_LIMIT).hop_limit, 7);
    set(from, PSOCK_OPTION_HOP_LIMIT, 255);
    assert_int_equal(
        received_with(from, to, &address, PSOCK_META_HOP_LIMIT).hop_limit, 255);
}

static void traffic_class_goes_with_every_datagram(void **state)
{
    psock_t from = datagram(family_of(state));
    psock_t to = datagram(family_of(state));
    psock_address address = local_of(to);
    set_if_there(from, PSOCK_OPTION_TRAFFIC_CLASS, 0xb9);
    assert_int_equal(received_with(from, to, &address, PSOCK_META_TRAFFIC_CLASS)
                         .traffic_class,
                     0xb9);
}

/* An IPv6 socket that serves IPv4 too, and where it sends by IPv4. */
static psock_t both_to(psock_t to, psock_address *address)
{
    char text[64] = "[::ffff:127.0.0.1]:9";
    if (psock_capability(PSOCK_CAP_DUAL_STACK) < 0)
        skip_because("this system has no sockets for both families");
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, PSOCK_DUAL_STACK);
    assert_result(psock_address_parse(text, address), 0);
    psock_address local = local_of(to);
    assert_result(psock_address_set_port(address, psock_address_port(&local)),
                  0);
    return keep(s);
}

static void hop_limit_of_both_families_is_one(void **state)
{
    psock_address address;
    psock_t to = datagram(family_of(state));
    psock_t from = both_to(to, &address);
    set(from, PSOCK_OPTION_HOP_LIMIT, 9);
    assert_int_equal(
        received_with(from, to, &address, PSOCK_META_HOP_LIMIT).hop_limit, 9);
}

static void traffic_class_of_both_families_is_one(void **state)
{
    psock_address address;
    psock_t to = datagram(family_of(state));
    psock_t from = both_to(to, &address);
    set_if_there(from, PSOCK_OPTION_TRAFFIC_CLASS, 0x28);
    assert_int_equal(received_with(from, to, &address, PSOCK_META_TRAFFIC_CLASS)
                         .traffic_class,
                     0x28);
}

/* The loopback interface has this number wherever these tests run. */
#define LOOPBACK 1

static void socket_of_the_loopback_interface_talks_over_it(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    if (psock_set_option(ends.client, PSOCK_OPTION_INTERFACE, LOOPBACK) ==
        PSOCK_EINVAL)
        skip_because("this system refuses interfaces by their index");
    set_if_there(ends.client, PSOCK_OPTION_INTERFACE, LOOPBACK);
    set(ends.server, PSOCK_OPTION_INTERFACE, LOOPBACK);
    send_text(ends.client, "there");
    recv_text(ends.server, "there");
    send_text(ends.server, "and back");
    recv_text(ends.client, "and back");
    psock_t listener = listening(family_of(state));
    set(listener, PSOCK_OPTION_INTERFACE, LOOPBACK);
    send_text(connected_to(listener), "stream");
    recv_text(keep(psock_accept(listener, NULL, in_time())), "stream");
}

static void broadcasting_takes_the_option(void **state)
{
    psock_address everybody;
    psock_t s = datagram(family_of(state));
    assert_result(psock_address_parse("255.255.255.255:9", &everybody), 0);
    ptrdiff_t before = psock_send_to(s, "x", 1, 0, &everybody, in_time());
    if (before == PSOCK_ENETUNREACH)
        skip_because("this machine has no route to send a broadcast by");
    assert_result(before, PSOCK_EACCES);
    set(s, PSOCK_OPTION_BROADCAST, 1);
    assert_true(psock_send_to(s, "x", 1, 0, &everybody, in_time()) !=
                PSOCK_EACCES);
    set(s, PSOCK_OPTION_BROADCAST, 0);
    assert_result(psock_send_to(s, "x", 1, 0, &everybody, in_time()),
                  PSOCK_EACCES);
}

/* Of IPv6 only: the longest datagram of IPv4 goes through the loopback
 * interface whole. */
static void datagram_too_long_to_go_whole_is_refused(void **state)
{
    static char data[65527];
    struct stream ends = datagrams_over(family_of(state));
    int64_t mtu = get_if_there(ends.client, PSOCK_OPTION_PATH_MTU_BYTES);
    if (mtu > (int64_t)sizeof data)
        mtu -= 48; /* the headers of IPv6 and UDP */
    if (mtu >= (int64_t)sizeof data)
        skip_because("this system sends every datagram to itself whole");
    set_if_there(ends.client, PSOCK_OPTION_DONT_FRAGMENT, 1);
    assert_result(psock_send(ends.client, data, sizeof data, 0, in_time()),
                  PSOCK_EMSGSIZE);
    set(ends.client, PSOCK_OPTION_DONT_FRAGMENT, 0);
    assert_result(psock_send(ends.client, data, sizeof data, 0, in_time()),
                  sizeof data);
    recv_all(ends.server, data, sizeof data);
}

static void connected_sockets_know_the_mtu_of_the_path(void **state)
{
    int64_t value = 7;
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    assert_true(get_if_there(ends.client, PSOCK_OPTION_PATH_MTU_BYTES) >= 1280);
    assert_true(get(stream_over(family).client, PSOCK_OPTION_PATH_MTU_BYTES) >=
                1280);
    assert_result(
        psock_get_option(datagram(family), PSOCK_OPTION_PATH_MTU_BYTES, &value),
        PSOCK_ENOTCONN);
    assert_true(value == 7);
}

/* --- Addresses of others -------------------------------------------------- */

static int bind_to_foreign(psock_t s, int family)
{
    psock_address foreign;
    assert_result(psock_address_parse(family == PSOCK_IPV4 ? "192.0.2.7:0"
                                                           : "[2001:db8::7]:0",
                                      &foreign),
                  0);
    return psock_bind(s, &foreign, PSOCK_BIND_FRESH);
}

static void check_foreign_address_with(int family, int option)
{
    psock_t s = open_kept(family, PSOCK_STREAM);
    set_if_there(s, option, 1);
    set(s, option, 0);
    assert_result(bind_to_foreign(s, family), PSOCK_EADDRNOTAVAIL);
    set(s, option, 1);
    assert_result(bind_to_foreign(s, family), 0);
}

static void free_bind_takes_what_is_no_address_here(void **state)
{
    check_foreign_address_with(family_of(state), PSOCK_OPTION_FREE_BIND);
}

static void transparent_socket_takes_foreign_addresses(void **state)
{
    check_foreign_address_with(family_of(state), PSOCK_OPTION_TRANSPARENT);
}

/* --- Sockets that are over ------------------------------------------------ */

/* Options of a connection that is over may fail, but not by anything that would
 * be misleading. */
static void options_outlive_the_connection(void **state)
{
    static const int settable[] = {
        PSOCK_OPTION_NO_DELAY, PSOCK_OPTION_KEEPALIVE,
        PSOCK_OPTION_RECEIVE_BUFFER_BYTES, PSOCK_OPTION_LINGER_S};
    char byte;
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_close_reset(let_go(ends.server)), 0);
    (void)psock_recv(ends.client, &byte, 1, 0, in_time());
    for (size_t i = 0; i < COUNT_OF(settable); i++) {
        int result = psock_set_option(ends.client, settable[i], 1);
        assert_either(result, 0, PSOCK_EINVAL);
        if (result == 0)
            (void)get(ends.client, settable[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_all(listening_is_told_of_listeners_only),
        test_all(accepted_socket_is_of_the_listeners_kind),
        test_all(no_two_sockets_have_one_cookie),
        test_all(unread_bytes_of_a_stream_are_all_that_came),
        test_all(unread_bytes_are_those_of_the_next_datagram),
        test_all(unread_bytes_of_an_empty_datagram_are_none),
        test_all(unread_bytes_are_those_of_the_longest_datagram),
        test_once(unread_bytes_are_those_of_the_next_packet),
        test_once(asking_for_unread_bytes_takes_no_failure),
        test_all(listener_has_no_unread_bytes),
        test_both(less_than_receive_low_bytes_is_not_readable),
        test_both(unsent_bytes_are_those_the_peer_has_no_room_for),
        test_both(end_of_sending_is_no_unsent_byte),
        test_both(failure_to_connect_is_told_once),
        test_both(reset_is_told_once),
        test_all(asking_for_a_failure_takes_no_data),
        test_both(corked_stream_sends_when_it_is_uncorked),
        test_both(small_pieces_wait_unless_there_is_no_delay),
        test_both(small_pieces_arrive_with_no_delay),
        test_both(linger_of_zero_closes_by_a_reset),
        test_both(lingering_close_waits_for_what_is_unsent),
        test_both(lingering_close_does_not_wait_for_nothing),
        test_both(urgent_byte_inline_is_among_the_data),
        test_both(listener_that_defers_waits_for_data),
        test_both(segment_size_bounds_that_of_the_connection),
        test_both(writable_is_only_who_has_little_unsent),
        test_both(fast_open_connection_carries_its_data),
        test_both(hop_limit_goes_with_every_datagram),
        test_both(traffic_class_goes_with_every_datagram),
        test_once(hop_limit_of_both_families_is_one),
        test_once(traffic_class_of_both_families_is_one),
        test_both(socket_of_the_loopback_interface_talks_over_it),
        test_once(broadcasting_takes_the_option),
        test_ipv6(datagram_too_long_to_go_whole_is_refused),
        test_both(connected_sockets_know_the_mtu_of_the_path),
        test_both(free_bind_takes_what_is_no_address_here),
        test_both(transparent_socket_takes_foreign_addresses),
        test_both(options_outlive_the_connection),
    };
    return cmocka_run_group_tests_name("option_effects", tests, warm_up, NULL);
}
