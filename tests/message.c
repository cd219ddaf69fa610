#include "messages.h"

#include <string.h>
#include <time.h>

#define EVERYTHING_TOLD                                                        \
    (PSOCK_META_LOCAL | PSOCK_META_INTERFACE | PSOCK_META_ECN |                \
     PSOCK_META_TRAFFIC_CLASS | PSOCK_META_HOP_LIMIT |                         \
     PSOCK_META_SEGMENT_SIZE | PSOCK_META_TIMESTAMP)

static const unsigned bits_told[] = {
    PSOCK_META_LOCAL,         PSOCK_META_INTERFACE, PSOCK_META_ECN,
    PSOCK_META_TRAFFIC_CLASS, PSOCK_META_HOP_LIMIT, PSOCK_META_SEGMENT_SIZE,
    PSOCK_META_TIMESTAMP};

/* Asks for `wanted` and returns what is granted; skips the test when that is
 * nothing. */
static unsigned want(psock_t s, unsigned wanted)
{
    int granted = psock_want_metadata(s, wanted);
    assert_true(granted >= 0);
    assert_int_equal((unsigned)granted & ~wanted, 0);
    if (granted == 0)
        skip_because("this system does not tell that metadatum");
    return (unsigned)granted;
}

/* Sends by `letter`, which may be refused where the system cannot. */
static void send_or_skip(psock_t s, struct letter *letter)
{
    ptrdiff_t sent = psock_send_messages(s, &letter->message, 1, 0, in_time());
    if (sent == PSOCK_ENOTSUP)
        skip_because("this system cannot send with that metadatum");
    assert_result(sent, 1);
}

/* Some systems take the wish and do not fulfil it. */
static void need_choice_of_local(void)
{
    if (psock_capability(PSOCK_CAP_SEND_LOCAL) < 0)
        skip_because("this system cannot send with that metadatum");
}

/* One message of "text" as the receiver is told of it. */
static psock_message told_of(const struct path *path, struct letter *letter)
{
    struct letter received;
    make_room(&received, LETTER_SIZE);
    send_or_skip(path->sender, letter);
    recv_letter(path->receiver, &received);
    assert_letter(&received, "text");
    return received.message;
}

static psock_message told_of_plain(const struct path *path)
{
    struct letter letter;
    write_letter(&letter, "text", &path->to);
    return told_of(path, &letter);
}

/* --- Told of what is received --------------------------------------------- */

static void message_tells_its_sender_and_its_size(void **state)
{
    struct path path = path_over(state);
    psock_message message = told_of_plain(&path);
    psock_address local = local_of(path.sender), sender;
    assert_result(psock_address_unmap(&message.peer, &sender), 0);
    assert_int_equal(psock_address_port(&sender), psock_address_port(&local));
    sender = plain_address(&sender);
    assert_true(same_address(&sender, &path.own));
    assert_int_equal(message.flags, 0);
}

static void nothing_is_told_that_was_not_asked_for(void **state)
{
    struct path path = path_over(state);
    assert_int_equal(told_of_plain(&path).valid, 0);
}

/* What systems tell together. */
static unsigned with_neighbours(unsigned bits)
{
    const unsigned where = PSOCK_META_LOCAL | PSOCK_META_INTERFACE;
    const unsigned class = PSOCK_META_ECN | PSOCK_META_TRAFFIC_CLASS;
    return bits | ((bits & where) != 0 ? where : 0) |
           ((bits & class) != 0 ? class : 0);
}

/* Datagrams that come alone need not be told the size of. */
static void assert_told(const struct path *path, unsigned granted)
{
    const unsigned valid = told_of_plain(path).valid;
    assert_int_equal(granted & ~valid & ~(unsigned)PSOCK_META_SEGMENT_SIZE, 0);
    assert_int_equal(valid & ~with_neighbours(granted), 0);
}

static void what_is_granted_is_told_and_nothing_else(void **state)
{
    struct path path = path_over(state);
    for (size_t i = 0; i < COUNT_OF(bits_told); i++) {
        int granted = psock_want_metadata(path.receiver, bits_told[i]);
        assert_true(granted == 0 || granted == (int)bits_told[i]);
        assert_told(&path, (unsigned)granted);
    }
}

static void all_that_is_granted_is_told_together(void **state)
{
    struct path path = path_over(state);
    assert_told(&path, want(path.receiver, EVERYTHING_TOLD));
}

static void new_wish_replaces_the_one_before(void **state)
{
    struct path path = path_over(state);
    (void)want(path.receiver, EVERYTHING_TOLD);
    unsigned granted = want(path.receiver, PSOCK_META_HOP_LIMIT);
    assert_int_equal(told_of_plain(&path).valid, granted);
    assert_result(psock_want_metadata(path.receiver, 0), 0);
    assert_int_equal(told_of_plain(&path).valid, 0);
}

static void granting_agrees_with_the_capabilities(void **state)
{
    static const struct {
        unsigned bit;
        int capability;
    } rows[] = {
        {PSOCK_META_LOCAL, PSOCK_CAP_RECV_LOCAL},
        {PSOCK_META_INTERFACE, PSOCK_CAP_RECV_LOCAL},
        {PSOCK_META_ECN, PSOCK_CAP_RECV_ECN},
        {PSOCK_META_TRAFFIC_CLASS, PSOCK_CAP_RECV_TRAFFIC_CLASS},
        {PSOCK_META_HOP_LIMIT, PSOCK_CAP_RECV_HOP_LIMIT},
        {PSOCK_META_TIMESTAMP, PSOCK_CAP_RECV_TIMESTAMP},
        {PSOCK_META_SEGMENT_SIZE, PSOCK_CAP_RECV_SEGMENTS},
    };
    psock_t s = datagram(family_of(state));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(psock_want_metadata(s, rows[i].bit) != 0,
                         psock_capability(rows[i].capability) == 0);
}

static void local_address_is_where_the_datagram_was_sent_to(void **state)
{
    struct path path = path_over(state);
    (void)want(path.receiver, PSOCK_META_LOCAL);
    psock_message message = told_of_plain(&path);
    assert_int_equal(psock_address_port(&message.local), 0);
    psock_address local = plain_address(&message.local);
    assert_true(same_address(&local, &path.own));
}

static void each_datagram_has_its_own_local_address(void **state)
{
    struct path path = path_over(state);
    psock_address second = address_on(&path, "127.0.0.2");
    struct letter letter;
    (void)want(path.receiver, PSOCK_META_LOCAL);
    write_letter(&letter, "text", &second);
    psock_message message = told_of(&path, &letter);
    psock_address local = plain_address(&message.local);
    second = plain_address(&second);
    assert_true(same_address(&local, &second));
    assert_int_equal(psock_address_family(&message.local),
                     psock_address_family(&message.peer));
    message = told_of_plain(&path);
    local = plain_address(&message.local);
    assert_true(same_address(&local, &path.own));
}

static void interface_is_the_one_it_came_in_by(void **state)
{
    struct path path = path_over(state);
    (void)want(path.receiver, PSOCK_META_INTERFACE);
    assert_int_equal(told_of_plain(&path).interface_index, LOOPBACK_INDEX);
}

/* Whole seconds are all that ISO C tells of the time of day. */
static void timestamp_is_the_time_of_arrival(void **state)
{
    struct path path = path_over(state);
    const int64_t second_ns = 1000000000;
    (void)want(path.receiver, PSOCK_META_TIMESTAMP);
    int64_t before_ns = (int64_t)time(NULL) * second_ns;
    int64_t first_ns = told_of_plain(&path).timestamp_ns;
    int64_t second_one_ns = told_of_plain(&path).timestamp_ns;
    int64_t after_ns = ((int64_t)time(NULL) + 1) * second_ns;
    assert_true(before_ns - second_ns <= first_ns);
    assert_true(first_ns <= second_one_ns);
    assert_true(second_one_ns <= after_ns + second_ns);
}

/* --- Sent with ------------------------------------------------------------- */

static psock_message told_of_hop_limit(const struct path *path, int hop_limit)
{
    struct letter letter;
    write_letter(&letter, "text", &path->to);
    letter.message.valid = PSOCK_META_HOP_LIMIT;
    letter.message.hop_limit = (uint8_t)hop_limit;
    return told_of(path, &letter);
}

static void hop_limit_is_the_messages_own(void **state)
{
    static const int limits[] = {1, 7, 64, 128, 255};
    struct path path = path_over(state);
    (void)want(path.receiver, PSOCK_META_HOP_LIMIT);
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        assert_int_equal(told_of_hop_limit(&path, limits[i]).hop_limit,
                         limits[i]);
}

static void hop_limit_of_the_socket_is_for_the_other_messages(void **state)
{
    struct path path = path_over(state);
    (void)want(path.receiver, PSOCK_META_HOP_LIMIT);
    assert_result(psock_set_option(path.sender, PSOCK_OPTION_HOP_LIMIT, 9), 0);
    assert_int_equal(told_of_plain(&path).hop_limit, 9);
    assert_int_equal(told_of_hop_limit(&path, 8).hop_limit, 8);
    assert_int_equal(told_of_plain(&path).hop_limit, 9);
}

static void ecn_arrives_as_it_was_sent(void **state)
{
    struct path path = path_over(state);
    (void)want(path.receiver, PSOCK_META_ECN);
    for (uint8_t ecn = 0; ecn < 3; ecn++) {
        struct letter letter;
        write_letter(&letter, "text", &path.to);
        letter.message.valid = PSOCK_META_ECN;
        letter.message.ecn = ecn;
        assert_int_equal(told_of(&path, &letter).ecn, ecn);
    }
}

/* Some systems leave the mark to routers. */
static void congestion_is_told_if_it_can_be_sent(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    (void)want(path.receiver, PSOCK_META_ECN);
    write_letter(&letter, "text", &path.to);
    letter.message.valid = PSOCK_META_ECN;
    letter.message.ecn = 3;
    assert_int_equal(told_of(&path, &letter).ecn, 3);
}

static void traffic_class_arrives_as_it_was_sent(void **state)
{
    static const uint8_t classes[] = {0, 0x28, 0xb8, 0xb9, 0xba, 0xe0};
    struct path path = path_over(state);
    (void)want(path.receiver, PSOCK_META_TRAFFIC_CLASS);
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        struct letter letter;
        write_letter(&letter, "text", &path.to);
        letter.message.valid = PSOCK_META_TRAFFIC_CLASS;
        letter.message.traffic_class = classes[i];
        assert_int_equal(told_of(&path, &letter).traffic_class, classes[i]);
    }
}

static void ecn_goes_before_the_lowest_bits_of_the_traffic_class(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    (void)want(path.receiver, PSOCK_META_TRAFFIC_CLASS);
    write_letter(&letter, "text", &path.to);
    letter.message.valid = PSOCK_META_TRAFFIC_CLASS | PSOCK_META_ECN;
    letter.message.traffic_class = 0xb9;
    letter.message.ecn = 2;
    assert_int_equal(told_of(&path, &letter).traffic_class, 0xba);
}

static void metadata_of_one_message_are_not_of_the_next(void **state)
{
    struct path path = path_over(state);
    (void)want(path.receiver, PSOCK_META_HOP_LIMIT);
    int before = told_of_plain(&path).hop_limit;
    assert_int_equal(told_of_hop_limit(&path, before - 1).hop_limit,
                     before - 1);
    assert_int_equal(told_of_plain(&path).hop_limit, before);
}

static void chosen_local_address_is_the_sender_that_is_seen(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    psock_address chosen = address_on(&path, "127.0.0.2"), any;
    need_choice_of_local();
    assert_result(psock_address_any(PSOCK_IPV4, 0, &any), 0);
    assert_result(psock_bind(path.sender, &any, PSOCK_BIND_FRESH), 0);
    write_letter(&letter, "text", &path.to);
    letter.message.valid = PSOCK_META_LOCAL;
    letter.message.local = chosen;
    psock_message message = told_of(&path, &letter);
    psock_address seen = plain_address(&message.peer), own;
    chosen = plain_address(&chosen);
    own = local_of(path.sender);
    assert_true(same_address(&seen, &chosen));
    assert_int_equal(psock_address_port(&message.peer),
                     psock_address_port(&own));
}

static void answer_goes_out_from_where_the_question_came_in(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    psock_address asked = path.to;
    need_choice_of_local();
    if (psock_address_family(&asked) == PSOCK_IPV4)
        asked = address_on(&path, "127.0.0.2");
    (void)want(path.receiver, PSOCK_META_LOCAL | PSOCK_META_INTERFACE);
    write_letter(&letter, "text", &asked);
    psock_message question = told_of(&path, &letter);
    write_letter(&letter, "answer", &question.peer);
    letter.message.valid = question.valid;
    letter.message.local = question.local;
    letter.message.interface_index = question.interface_index;
    send_or_skip(path.receiver, &letter);
    make_room(&letter, LETTER_SIZE);
    recv_letter(path.sender, &letter);
    assert_letter(&letter, "answer");
    assert_true(same_address(&letter.message.peer, &asked));
}

static void chosen_interface_is_left_by(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    need_choice_of_local();
    write_letter(&letter, "text", &path.to);
    letter.message.valid = PSOCK_META_INTERFACE;
    letter.message.interface_index = LOOPBACK_INDEX;
    (void)told_of(&path, &letter);
}

static void everything_is_sent_and_told_together(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    unsigned granted = want(path.receiver, EVERYTHING_TOLD);
    need_choice_of_local();
    write_letter(&letter, "text", &path.to);
    letter.message.valid = PSOCK_META_LOCAL | PSOCK_META_INTERFACE |
                           PSOCK_META_ECN | PSOCK_META_TRAFFIC_CLASS |
                           PSOCK_META_HOP_LIMIT | PSOCK_META_DONT_FRAGMENT |
                           PSOCK_META_SEGMENT_SIZE;
    letter.message.local = path.own;
    letter.message.interface_index = LOOPBACK_INDEX;
    letter.message.ecn = 1;
    letter.message.traffic_class = 0xb8;
    letter.message.hop_limit = 33;
    letter.message.dont_fragment = 1;
    letter.message.segment_size = 100;
    psock_message message = told_of(&path, &letter);
    if ((granted & PSOCK_META_TRAFFIC_CLASS) != 0)
        assert_int_equal(message.traffic_class, 0xb9);
    if ((granted & PSOCK_META_HOP_LIMIT) != 0)
        assert_int_equal(message.hop_limit, 33);
}

/* --- Fragments ------------------------------------------------------------- */

static void forbidding_fragments_leaves_the_option_alone(void **state)
{
    struct path path = path_over(state);
    for (int value = 0; value < 2; value++) {
        int64_t after;
        struct letter letter;
        assert_result(
            psock_set_option(path.sender, PSOCK_OPTION_DONT_FRAGMENT, value),
            0);
        write_letter(&letter, "text", &path.to);
        letter.message.valid = PSOCK_META_DONT_FRAGMENT;
        letter.message.dont_fragment = !value;
        (void)told_of(&path, &letter);
        assert_result(
            psock_get_option(path.sender, PSOCK_OPTION_DONT_FRAGMENT, &after),
            0);
        assert_int_equal(after, value);
    }
}

static ptrdiff_t send_with_and_without_fragments(void *argument)
{
    const struct path *path = argument;
    struct letter letter;
    ptrdiff_t sent = 1;
    write_letter(&letter, "text", &path->to);
    letter.message.valid = PSOCK_META_DONT_FRAGMENT;
    for (int i = 0; i < 2000 && (sent == 1 || sent == PSOCK_EAGAIN); i++) {
        letter.message.dont_fragment = i & 1;
        sent =
            psock_send_messages(path->sender, &letter.message, 1, 0, in_time());
    }
    return sent;
}

/* What one thread sets for the moment is not what another finds and puts back. */
static void threads_that_forbid_fragments_leave_the_option_alone(void **state)
{
    struct path path = path_over(state);
    int64_t before, after;
    enum {
        THREADS = 3
    };
    struct running_call *calls[THREADS];
    assert_result(
        psock_get_option(path.sender, PSOCK_OPTION_DONT_FRAGMENT, &before), 0);
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(send_with_and_without_fragments, &path);
    for (int i = 0; i < THREADS; i++)
        assert_result(end_call(calls[i]), 1);
    assert_result(
        psock_get_option(path.sender, PSOCK_OPTION_DONT_FRAGMENT, &after), 0);
    assert_int_equal(after, before);
}

/* 65527 bytes and the headers of IPv6 are more than the 65536 bytes that the
 * loopback interfaces of these systems take. */
static void long_datagram_goes_if_it_may_be_cut_in_fragments(void **state)
{
    static unsigned char sent[PSOCK_DATAGRAM_MAX], received[PSOCK_DATAGRAM_MAX];
    struct path path = path_over(state);
    const psock_buffer from = {sent, sizeof sent};
    const psock_buffer to = {received, sizeof received};
    psock_message message = {.peer = path.to,
                             .buffers = &from,
                             .buffer_count = 1,
                             .valid = PSOCK_META_DONT_FRAGMENT,
                             .dont_fragment = 1};
    fill(sent, sizeof sent, 0);
    ptrdiff_t result =
        psock_send_messages(path.sender, &message, 1, 0, in_time());
    if (result == 1)
        skip_because("this system's loopback interface takes any datagram");
    assert_result(result, PSOCK_EMSGSIZE);
    message.dont_fragment = 0;
    assert_result(psock_send_messages(path.sender, &message, 1, 0, in_time()),
                  1);
    message.buffers = &to;
    assert_result(psock_recv_messages(path.receiver, &message, 1, 0, in_time()),
                  1);
    assert_int_equal(message.size, sizeof sent);
    assert_memory_equal(received, sent, sizeof sent);
}

/* --- Room ------------------------------------------------------------------ */

static void short_room_is_told(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    for (int round = 0; round < 2; round++) {
        write_letter(&letter, "a long datagram", &path.to);
        send_letter(path.sender, &letter);
    }
    make_room(&letter, 6);
    recv_letter(path.receiver, &letter);
    assert_int_equal(letter.message.flags, PSOCK_TRUNCATED);
    assert_int_equal(letter.message.size, 6);
    assert_memory_equal(letter.bytes, "a long\xa5", 7);
    make_room(&letter, 15);
    recv_letter(path.receiver, &letter);
    assert_int_equal(letter.message.flags, 0);
    assert_letter(&letter, "a long datagram");
}

static void no_room_at_all_takes_the_datagram(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    write_letter(&letter, "lost", &path.to);
    send_letter(path.sender, &letter);
    write_letter(&letter, "next", &path.to);
    send_letter(path.sender, &letter);
    make_room(&letter, 0);
    letter.message.buffer_count = 0;
    letter.message.buffers = NULL;
    recv_letter(path.receiver, &letter);
    assert_int_equal(letter.message.size, 0);
    assert_int_equal(letter.message.flags, PSOCK_TRUNCATED);
    expect_letter(path.receiver, "next");
}

static void empty_message_arrives(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    (void)want(path.receiver, PSOCK_META_HOP_LIMIT);
    for (int without = 0; without < 2; without++) {
        write_letter(&letter, "", &path.to);
        if (without)
            letter.message.buffer_count = 0;
        send_letter(path.sender, &letter);
        make_room(&letter, LETTER_SIZE);
        recv_letter(path.receiver, &letter);
        assert_int_equal(letter.message.size, 0);
        assert_int_equal(letter.message.flags, 0);
        assert_int_equal(letter.message.valid, PSOCK_META_HOP_LIMIT);
    }
}

static void buffers_of_a_message_are_one_datagram(void **state)
{
    char one[] = "one ", two[] = "datagram", first[3], rest[16];
    struct path path = path_over(state);
    const psock_buffer from[] = {{one, 4}, {NULL, 0}, {two, 8}};
    const psock_buffer to[] = {{first, 3}, {NULL, 0}, {rest, 16}};
    psock_message message = {
        .peer = path.to, .buffers = from, .buffer_count = 3};
    assert_result(psock_send_messages(path.sender, &message, 1, 0, in_time()),
                  1);
    assert_int_equal(message.size, 12);
    message.buffers = to;
    assert_result(psock_recv_messages(path.receiver, &message, 1, 0, in_time()),
                  1);
    assert_int_equal(message.size, 12);
    assert_memory_equal(first, "one", 3);
    assert_memory_equal(rest, " datagram", 9);
}

static void most_buffers_are_sent_and_one_more_is_refused(void **state)
{
    unsigned char bytes[PSOCK_MESSAGE_BUFFERS_MAX + 1], came[128];
    psock_buffer buffers[PSOCK_MESSAGE_BUFFERS_MAX + 1];
    struct path path = path_over(state);
    psock_message message = {
        .peer = path.to, .buffers = buffers, .buffer_count = COUNT_OF(buffers)};
    fill(bytes, sizeof bytes, 0);
    for (size_t i = 0; i < COUNT_OF(buffers); i++)
        buffers[i] = (psock_buffer){&bytes[i], 1};
    assert_result(psock_send_messages(path.sender, &message, 1, 0, in_time()),
                  PSOCK_EINVAL);
    assert_result(psock_recv_messages(path.receiver, &message, 1, 0, PSOCK_NOW),
                  PSOCK_EINVAL);
    message.buffer_count = PSOCK_MESSAGE_BUFFERS_MAX;
    assert_result(psock_send_messages(path.sender, &message, 1, 0, in_time()),
                  1);
    assert_result(psock_recv(path.receiver, came, sizeof came, 0, in_time()),
                  PSOCK_MESSAGE_BUFFERS_MAX);
    assert_memory_equal(came, bytes, PSOCK_MESSAGE_BUFFERS_MAX);
}

/* --- What is wrong -------------------------------------------------------- */

static void bits_that_cannot_be_sent_are_refused(void **state)
{
    struct path path = path_over(state);
    const unsigned known =
        (EVERYTHING_TOLD & ~PSOCK_META_TIMESTAMP) | PSOCK_META_DONT_FRAGMENT;
    struct letter letter;
    write_letter(&letter, "text", &path.to);
    for (unsigned bit = 0; bit < 32; bit++) {
        letter.message.valid = 1u << bit;
        if ((letter.message.valid & known) == 0)
            assert_result(psock_send_messages(path.sender, &letter.message, 1,
                                              0, in_time()),
                          PSOCK_EINVAL);
    }
    assert_nothing_came(path.receiver);
}

static void values_out_of_range_are_refused(void **state)
{
    struct path path = path_over(state);
    const struct {
        unsigned valid;
        psock_message with;
    } rows[] = {
        {PSOCK_META_ECN, {.ecn = 4}},
        {PSOCK_META_ECN, {.ecn = 255}},
        {PSOCK_META_HOP_LIMIT, {.hop_limit = 0}},
        {PSOCK_META_DONT_FRAGMENT, {.dont_fragment = 2}},
        {PSOCK_META_SEGMENT_SIZE, {.segment_size = 0}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct letter letter;
        psock_message message = rows[i].with;
        write_letter(&letter, "text", &path.to);
        message.valid = rows[i].valid;
        message.peer = path.to;
        message.buffers = &letter.buffer;
        message.buffer_count = 1;
        assert_result(
            psock_send_messages(path.sender, &message, 1, 0, in_time()),
            PSOCK_EINVAL);
    }
    assert_nothing_came(path.receiver);
}

/* The same values are nobody's business while their bits are off. */
static void values_without_their_bits_count_for_nothing(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    write_letter(&letter, "text", &path.to);
    letter.message.ecn = 255;
    letter.message.dont_fragment = 9;
    letter.message.interface_index = UINT32_MAX;
    letter.message.local.length = UINT32_MAX;
    letter.message.flags = UINT32_MAX;
    (void)told_of(&path, &letter);
}

static void local_address_of_no_machine_here_is_refused(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    need_choice_of_local();
    write_letter(&letter, "text", &path.to);
    letter.message.valid = PSOCK_META_LOCAL;
    letter.message.local =
        address_on(&path, psock_address_family(&path.to) == PSOCK_IPV4
                              ? "203.0.113.77"
                              : "2001:db8:77::77");
    ptrdiff_t sent =
        psock_send_messages(path.sender, &letter.message, 1, 0, in_time());
    assert_result(sent, PSOCK_EADDRNOTAVAIL);
    assert_nothing_came(path.receiver);
}

static void local_address_of_another_family_is_refused(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    int family = psock_address_family(&path.to);
    const psock_address locals[] = {
        {.length = 0},
        loopback(family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4, 0)};
    need_choice_of_local();
    for (size_t i = 0; i < COUNT_OF(locals); i++) {
        write_letter(&letter, "text", &path.to);
        letter.message.valid = PSOCK_META_LOCAL;
        letter.message.local = locals[i];
        assert_either(
            psock_send_messages(path.sender, &letter.message, 1, 0, in_time()),
            PSOCK_EAFNOSUPPORT, PSOCK_ENOTSUP);
    }
    assert_nothing_came(path.receiver);
}

/* A connection has a version of its own, which is nothing in the message. */
static void local_address_has_to_be_of_the_connection(void **state)
{
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    const psock_address locals[] = {
        {.length = 0},
        loopback(family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4, 0)};
    struct letter letter;
    need_choice_of_local();
    for (size_t i = 0; i < COUNT_OF(locals); i++) {
        write_letter(&letter, "text", NULL);
        letter.message.valid = PSOCK_META_LOCAL;
        letter.message.local = locals[i];
        assert_either(
            psock_send_messages(ends.client, &letter.message, 1, 0, in_time()),
            PSOCK_EAFNOSUPPORT, PSOCK_ENOTSUP);
    }
    send_text(ends.client, "next");
    expect_letter(ends.server, "next");
}

static void group_is_no_address_to_send_from(void **state)
{
    struct path path = path_over(state);
    psock_t connected = datagram(psock_address_family(&path.to));
    struct letter letter;
    need_choice_of_local();
    assert_result(psock_connect(connected, &path.to, in_time()), 0);
    for (int i = 0; i < 2; i++) {
        write_letter(&letter, "text", i == 0 ? &path.to : NULL);
        letter.message.valid = PSOCK_META_LOCAL;
        letter.message.local =
            address_on(&path, psock_address_family(&path.to) == PSOCK_IPV4
                                  ? "224.0.0.1:0"
                                  : "[ff02::1]:0");
        assert_either(psock_send_messages(i == 0 ? path.sender : connected,
                                          &letter.message, 1, 0, in_time()),
                      PSOCK_EINVAL, PSOCK_EADDRNOTAVAIL);
    }
    assert_nothing_came(path.receiver);
}

static void interface_unknown_to_the_system_is_refused(void **state)
{
    static const uint32_t indexes[] = {0x7ffffff0, UINT32_MAX};
    struct path path = path_over(state);
    need_choice_of_local();
    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        struct letter letter;
        write_letter(&letter, "text", &path.to);
        letter.message.valid = PSOCK_META_INTERFACE;
        letter.message.interface_index = indexes[i];
        ptrdiff_t sent =
            psock_send_messages(path.sender, &letter.message, 1, 0, in_time());
        assert_either(sent, PSOCK_ENODEV, PSOCK_EADDRNOTAVAIL);
    }
    assert_nothing_came(path.receiver);
}

static void destination_is_checked_as_in_other_calls(void **state)
{
    struct path path = path_over(state);
    int family = psock_address_family(&path.to);
    struct letter letter;
    const psock_address port_zero = loopback(family, 0);
    const psock_address other =
        loopback(family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4, 9);
    write_letter(&letter, "text", NULL);
    assert_result(
        psock_send_messages(path.sender, &letter.message, 1, 0, in_time()),
        PSOCK_EDESTADDRREQ);
    write_letter(&letter, "text", &port_zero);
    assert_result(
        psock_send_messages(path.sender, &letter.message, 1, 0, in_time()),
        PSOCK_EINVAL);
    write_letter(&letter, "text", &other);
    assert_result(
        psock_send_messages(path.sender, &letter.message, 1, 0, in_time()),
        PSOCK_EAFNOSUPPORT);
}

static void too_long_a_message_is_refused(void **state)
{
    static char data[65536];
    struct path path = path_over(state);
    const psock_buffer buffer = {data, sizeof data};
    psock_message message = {
        .peer = path.to, .buffers = &buffer, .buffer_count = 1};
    assert_result(psock_send_messages(path.sender, &message, 1, 0, in_time()),
                  PSOCK_EMSGSIZE);
    assert_nothing_came(path.receiver);
}

static void null_pointers_in_messages_are_refused(void **state)
{
    struct path path = path_over(state);
    const psock_buffer nowhere = {NULL, 1};
    psock_control no_room = {NULL, 8, 8};
    struct letter letter;
    psock_message *message = &letter.message;
    write_letter(&letter, "text", &path.to);
    assert_result(psock_send_messages(path.sender, NULL, 1, 0, PSOCK_NOW),
                  PSOCK_EFAULT);
    assert_result(psock_recv_messages(path.receiver, NULL, 1, 0, PSOCK_NOW),
                  PSOCK_EFAULT);
    message->control = &no_room;
    assert_result(psock_send_messages(path.sender, message, 1, 0, PSOCK_NOW),
                  PSOCK_EFAULT);
    assert_result(psock_recv_messages(path.receiver, message, 1, 0, PSOCK_NOW),
                  PSOCK_EFAULT);
    message->control = NULL;
    message->buffers = &nowhere;
    assert_result(psock_send_messages(path.sender, message, 1, 0, PSOCK_NOW),
                  PSOCK_EFAULT);
    assert_result(psock_recv_messages(path.receiver, message, 1, 0, PSOCK_NOW),
                  PSOCK_EFAULT);
    message->buffers = NULL;
    assert_result(psock_send_messages(path.sender, message, 1, 0, PSOCK_NOW),
                  PSOCK_EFAULT);
    assert_nothing_came(path.receiver);
}

static void sizes_that_no_result_can_tell_are_refused(void **state)
{
    struct path path = path_over(state);
    char byte;
    const psock_buffer buffers[] = {{&byte, PTRDIFF_MAX}, {&byte, 1}};
    psock_message message = {
        .peer = path.to, .buffers = buffers, .buffer_count = 2};
    assert_result(psock_send_messages(path.sender, &message, 1, 0, PSOCK_NOW),
                  PSOCK_EINVAL);
    assert_result(psock_recv_messages(path.receiver, &message, 1, 0, PSOCK_NOW),
                  PSOCK_EINVAL);
}

static void too_much_control_data_is_refused(void **state)
{
    static unsigned char bytes[PSOCK_CONTROL_MAX + 64];
    struct path path = path_over(state);
    struct letter letter;
    psock_control control = {bytes, sizeof bytes, PSOCK_CONTROL_MAX + 1};
    write_letter(&letter, "text", &path.to);
    letter.message.control = &control;
    assert_result(
        psock_send_messages(path.sender, &letter.message, 1, 0, in_time()),
        PSOCK_EINVAL);
    control = (psock_control){bytes, 16, 17};
    assert_result(
        psock_send_messages(path.sender, &letter.message, 1, 0, in_time()),
        PSOCK_EINVAL);
    assert_nothing_came(path.receiver);
}

static void flags_that_messages_do_not_have_are_refused(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    write_letter(&letter, "text", &path.to);
    for (unsigned bit = 0; bit < 32; bit++) {
        unsigned flag = 1u << bit;
        assert_result(psock_send_messages(path.sender, &letter.message, 1, flag,
                                          PSOCK_NOW),
                      PSOCK_EINVAL);
        if ((flag & (PSOCK_PEEK | PSOCK_WITH_UNDELIVERED)) == 0)
            assert_result(psock_recv_messages(path.receiver, &letter.message, 1,
                                              flag, PSOCK_NOW),
                          PSOCK_EINVAL);
    }
    assert_nothing_came(path.receiver);
}

static void what_is_no_socket_takes_no_messages(void **state)
{
    psock_t closed = datagram(family_of(state)), foreign = host_foreign_open();
    const struct {
        psock_t s;
        int error;
    } rows[] = {
        {-1, PSOCK_EBADF}, {closed, PSOCK_EBADF}, {foreign, PSOCK_ENOTSOCK}};
    psock_address to = loopback(family_of(state), 9);
    struct letter letter;
    close_kept(closed);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        write_letter(&letter, "text", NULL);
        letter.message.valid = PSOCK_META_ECN;
        assert_result(
            psock_send_messages(rows[i].s, &letter.message, 1, 0, PSOCK_NOW),
            rows[i].error);
    }
    write_letter(&letter, "text", &to);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t count = 0; count < 2; count++) {
            assert_result(psock_send_messages(rows[i].s, &letter.message, count,
                                              0, PSOCK_NOW),
                          rows[i].error);
            assert_result(psock_recv_messages(rows[i].s, &letter.message, count,
                                              0, PSOCK_NOW),
                          rows[i].error);
            assert_result(psock_want_metadata(rows[i].s, 0), rows[i].error);
            assert_result(psock_want_undelivered(rows[i].s, 1), rows[i].error);
        }
    host_foreign_close(foreign);
}

static void wishes_nobody_can_grant_are_refused(void **state)
{
    psock_t s = datagram(family_of(state));
    const unsigned known = EVERYTHING_TOLD | PSOCK_META_SEGMENT_SIZE_ANYWAY;
    for (unsigned bit = 0; bit < 32; bit++)
        if ((known & (1u << bit)) == 0)
            assert_result(psock_want_metadata(s, 1u << bit), PSOCK_EINVAL);
    assert_result(
        psock_want_metadata(open_kept(family_of(state), PSOCK_STREAM), 0),
        PSOCK_EOPNOTSUPP);
    assert_result(
        psock_want_undelivered(open_kept(family_of(state), PSOCK_STREAM), 1),
        PSOCK_EOPNOTSUPP);
}

static void unix_sockets_have_no_metadata(void **state)
{
    if (psock_capability(PSOCK_CAP_UNIX_DATAGRAM) < 0)
        skip_because("this system has no such Unix sockets");
    psock_t s = datagram(family_of(state));
    assert_result(psock_want_metadata(s, PSOCK_META_LOCAL), PSOCK_EOPNOTSUPP);
    assert_result(psock_want_undelivered(s, 1), PSOCK_EOPNOTSUPP);
}

/* --- Waiting --------------------------------------------------------------- */

static void receiving_messages_ends_with_its_deadline(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    make_room(&letter, LETTER_SIZE);
    assert_result(
        psock_recv_messages(path.receiver, &letter.message, 1, 0, PSOCK_NOW),
        PSOCK_EAGAIN);
    assert_result(psock_recv_messages(path.receiver, &letter.message, 1, 0, -1),
                  PSOCK_ETIMEDOUT);
    int64_t before_ns = clock_ns();
    assert_result(psock_recv_messages(path.receiver, &letter.message, 1, 0,
                                      psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
    assert_int_equal(letter.bytes[0], 0xa5);
}

static void every_deadline_carries_messages(void **state)
{
    static const psock_deadline deadlines[] = {PSOCK_NOW, -1, PSOCK_FOREVER};
    struct path path = path_over(state);
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        struct letter letter;
        write_letter(&letter, "text", &path.to);
        assert_result(psock_send_messages(path.sender, &letter.message, 1, 0,
                                          deadlines[i]),
                      1);
        make_room(&letter, LETTER_SIZE);
        assert_result(psock_recv_messages(path.receiver, &letter.message, 1,
                                          PSOCK_PEEK, in_time()),
                      1);
        assert_result(psock_recv_messages(path.receiver, &letter.message, 1, 0,
                                          deadlines[i]),
                      1);
        assert_letter(&letter, "text");
    }
}

static ptrdiff_t receive_a_letter(void *argument)
{
    struct letter letter;
    make_room(&letter, LETTER_SIZE);
    ptrdiff_t received = psock_recv_messages(*(psock_t *)argument,
                                             &letter.message, 1, 0, in_time());
    return received == 1 ? (ptrdiff_t)letter.message.size : received;
}

static void message_that_comes_ends_the_wait(void **state)
{
    struct path path = path_over(state);
    for (int round = 0; round < 10; round++) {
        struct letter letter;
        struct running_call *call =
            begin_call(receive_a_letter, &path.receiver);
        let_it_wait(call, round);
        write_letter(&letter, "text", &path.to);
        send_letter(path.sender, &letter);
        assert_result(end_call(call), 4);
    }
}

struct canceled_receive {
    psock_t s;
    psock_waker *waker;
};

static ptrdiff_t receive_until_canceled(void *argument)
{
    struct canceled_receive *receive = argument;
    (void)psock_cancel_with(receive->waker);
    ptrdiff_t received = receive_a_letter(&receive->s);
    (void)psock_cancel_with(NULL);
    return received;
}

static void waker_ends_a_wait_for_messages(void **state)
{
    struct path path = path_over(state);
    for (int round = 0; round < 10; round++) {
        struct canceled_receive receive = {path.receiver, kept_waker()};
        struct running_call *call =
            begin_call(receive_until_canceled, &receive);
        let_it_wait(call, round);
        assert_result(psock_waker_ring(receive.waker), 0);
        assert_result(end_call(call), PSOCK_ECANCELED);
    }
}

static void peeking_sees_the_first_message_and_leaves_it(void **state)
{
    struct path path = path_over(state);
    struct letter letters[2];
    psock_message messages[2];
    write_letter(&letters[0], "first", &path.to);
    send_letter(path.sender, &letters[0]);
    write_letter(&letters[0], "second", &path.to);
    send_letter(path.sender, &letters[0]);
    for (int i = 0; i < 2; i++) {
        make_room(&letters[0], LETTER_SIZE);
        make_room(&letters[1], LETTER_SIZE);
        messages[0] = letters[0].message;
        messages[1] = letters[1].message;
        assert_result(psock_recv_messages(path.receiver, messages, 2,
                                          PSOCK_PEEK, in_time()),
                      1);
        assert_int_equal(messages[0].size, 5);
        assert_memory_equal(letters[0].bytes, "first", 5);
        assert_int_equal(letters[1].bytes[0], 0xa5);
    }
    expect_letter(path.receiver, "first");
    expect_letter(path.receiver, "second");
}

static void shutting_down_gives_an_empty_message_from_nobody(void **state)
{
    struct path path = path_over(state);
    struct letter letter;
    make_room(&letter, LETTER_SIZE);
    assert_result(psock_shutdown(path.receiver, PSOCK_SHUT_READ), 0);
    assert_result(
        psock_recv_messages(path.receiver, &letter.message, 1, 0, in_time()),
        1);
    assert_int_equal(letter.message.size, 0);
    assert_int_equal(letter.message.valid, 0);
    assert_int_equal(letter.message.flags, 0);
    assert_int_equal(psock_address_family(&letter.message.peer), PSOCK_NONE);
}

/* --- Other sockets --------------------------------------------------------- */

static void connected_sockets_need_no_peer(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    psock_address client = local_of(ends.client);
    struct letter letter;
    write_letter(&letter, "hello", NULL);
    send_letter(ends.client, &letter);
    make_room(&letter, LETTER_SIZE);
    recv_letter(ends.server, &letter);
    assert_letter(&letter, "hello");
    if (psock_address_family(&client) != PSOCK_UNIX)
        assert_true(same_address(&letter.message.peer, &client));
}

static void connected_sockets_send_with_metadata(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    struct letter letter;
    (void)want(ends.server, PSOCK_META_HOP_LIMIT);
    write_letter(&letter, "hello", NULL);
    letter.message.valid = PSOCK_META_HOP_LIMIT | PSOCK_META_DONT_FRAGMENT;
    letter.message.hop_limit = 44;
    send_or_skip(ends.client, &letter);
    make_room(&letter, LETTER_SIZE);
    recv_letter(ends.server, &letter);
    assert_int_equal(letter.message.hop_limit, 44);
}

static void connection_of_ipv6_leads_to_ipv4_with_metadata(void **state)
{
    struct path path = path_over(state);
    unsigned char bytes[16] = {[10] = 0xff, [11] = 0xff, 127, 0, 0, 1};
    psock_address mapped;
    psock_t s = keep(psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, PSOCK_DUAL_STACK));
    struct letter letter;
    need_choice_of_local();
    assert_result(
        psock_address_ipv6(bytes, psock_address_port(&path.to), 0, &mapped), 0);
    assert_result(psock_connect(s, &mapped, in_time()), 0);
    (void)want(path.receiver, PSOCK_META_HOP_LIMIT);
    write_letter(&letter, "text", NULL);
    letter.message.valid = PSOCK_META_INTERFACE | PSOCK_META_HOP_LIMIT;
    letter.message.interface_index = LOOPBACK_INDEX;
    letter.message.hop_limit = 44;
    send_or_skip(s, &letter);
    make_room(&letter, LETTER_SIZE);
    recv_letter(path.receiver, &letter);
    assert_letter(&letter, "text");
    assert_int_equal(letter.message.hop_limit, 44);
}

static void stream_takes_a_message_as_so_many_bytes(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct letter letters[2];
    psock_message messages[2];
    write_letter(&letters[0], "one", NULL);
    write_letter(&letters[1], "two", NULL);
    messages[0] = letters[0].message;
    messages[1] = letters[1].message;
    assert_result(psock_send_messages(ends.client, messages, 2, 0, in_time()),
                  1);
    assert_int_equal(messages[0].size, 3);
    recv_text(ends.server, "one");
    send_text(ends.server, "answer");
    make_room(&letters[0], LETTER_SIZE);
    recv_letter(ends.client, &letters[0]);
    assert_in_range(letters[0].message.size, 1, 6);
    assert_memory_equal(letters[0].bytes, "answer", letters[0].message.size);
    assert_int_equal(letters[0].message.flags, 0);
}

/* More than any stream takes at once. */
static void stream_message_in_part_ends_the_array(void **state)
{
    static unsigned char much[1 << 25];
    struct stream ends = stream_over(family_of(state));
    const psock_buffer buffer = {much, sizeof much};
    psock_message messages[] = {{.buffers = &buffer, .buffer_count = 1},
                                {.buffers = &buffer, .buffer_count = 1}};
    assert_result(psock_peer(ends.client, &messages[0].peer), 0);
    messages[1].peer = messages[0].peer;
    assert_result(psock_send_messages(ends.client, messages, 2, 0, in_time()),
                  1);
    assert_in_range(messages[0].size, 1, sizeof much - 1);
}

static void stream_sends_no_metadata(void **state)
{
    static const unsigned bits[] = {
        PSOCK_META_LOCAL,         PSOCK_META_INTERFACE, PSOCK_META_ECN,
        PSOCK_META_TRAFFIC_CLASS, PSOCK_META_HOP_LIMIT, PSOCK_META_SEGMENT_SIZE,
        PSOCK_META_DONT_FRAGMENT};
    struct stream ends = stream_over(family_of(state));
    struct letter letter;
    write_letter(&letter, "text", NULL);
    letter.message.hop_limit = 1;
    letter.message.segment_size = 2;
    letter.message.interface_index = LOOPBACK_INDEX;
    letter.message.local = loopback(PSOCK_IPV4, 0);
    for (size_t i = 0; i < COUNT_OF(bits); i++) {
        letter.message.valid = bits[i];
        assert_result(
            psock_send_messages(ends.client, &letter.message, 1, 0, in_time()),
            PSOCK_EOPNOTSUPP);
    }
    send_text(ends.client, "next");
    recv_text(ends.server, "next");
}

/* Segments that are too long to be given to a system together. */
static void stream_sends_no_long_segments(void **state)
{
    static unsigned char bytes[100000];
    struct stream ends = stream_over(family_of(state));
    const psock_buffer buffer = {bytes, sizeof bytes};
    static const uint32_t sizes[] = {32501, 40000, 65500};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        psock_message message = {.buffers = &buffer,
                                 .buffer_count = 1,
                                 .size = 77,
                                 .valid = PSOCK_META_SEGMENT_SIZE,
                                 .segment_size = sizes[i]};
        assert_result(
            psock_send_messages(ends.client, &message, 1, 0, in_time()),
            PSOCK_EOPNOTSUPP);
        assert_int_equal(message.size, 77);
    }
    send_text(ends.client, "next");
    recv_text(ends.server, "next");
}

/* What one message may be sent with, the next of an array may not. */
static void unix_socket_refuses_metadata_behind_control_data(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    psock_control none = {NULL, 0, 0};
    struct letter letters[2];
    psock_message messages[2];
    write_letter(&letters[0], "one", NULL);
    write_letter(&letters[1], "two", NULL);
    messages[0] = letters[0].message;
    messages[1] = letters[1].message;
    messages[0].control = &none;
    messages[1].valid = PSOCK_META_ECN;
    assert_result(psock_send_messages(ends.client, messages, 2, 0, in_time()),
                  1);
    assert_result(
        psock_send_messages(ends.client, &messages[1], 1, 0, in_time()),
        PSOCK_EOPNOTSUPP);
    expect_letter(ends.server, "one");
}

static void ended_stream_gives_a_message_of_nothing(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct letter letter;
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    make_room(&letter, LETTER_SIZE);
    recv_letter(ends.server, &letter);
    assert_int_equal(letter.message.size, 0);
}

static void message_to_an_ended_stream_is_a_broken_pipe(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct letter letter;
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    write_letter(&letter, "text", NULL);
    assert_result(
        psock_send_messages(ends.client, &letter.message, 1, 0, in_time()),
        PSOCK_EPIPE);
}

/* --- Control data ---------------------------------------------------------- */

static void control_data_come_beside_the_metadata(void **state)
{
    struct path path = path_over(state);
    unsigned char bytes[512];
    psock_control control = {bytes, sizeof bytes, 99};
    psock_control_item item;
    size_t position = 0, items = 0;
    struct letter letter;
    (void)want(path.receiver, PSOCK_META_HOP_LIMIT);
    write_letter(&letter, "text", &path.to);
    send_letter(path.sender, &letter);
    make_room(&letter, LETTER_SIZE);
    letter.message.control = &control;
    recv_letter(path.receiver, &letter);
    assert_int_equal(letter.message.valid, PSOCK_META_HOP_LIMIT);
    assert_int_equal(letter.message.flags, 0);
    while (psock_control_next(&control, &position, &item) == 1)
        items++;
    assert_int_equal(items, 1);
    assert_int_equal(position, control.size);
}

static void too_little_room_for_control_data_is_told(void **state)
{
    struct path path = path_over(state);
    unsigned char bytes[1];
    psock_control control = {bytes, sizeof bytes, 1};
    struct letter letter;
    (void)want(path.receiver, PSOCK_META_HOP_LIMIT);
    write_letter(&letter, "text", &path.to);
    send_letter(path.sender, &letter);
    make_room(&letter, LETTER_SIZE);
    letter.message.control = &control;
    recv_letter(path.receiver, &letter);
    assert_int_equal(letter.message.flags, PSOCK_CONTROL_TRUNCATED);
    assert_letter(&letter, "text");
    assert_int_equal(control.size, 0);
}

static void without_metadata_there_are_no_control_data(void **state)
{
    struct path path = path_over(state);
    unsigned char bytes[64];
    psock_control control = {bytes, sizeof bytes, 64};
    struct letter letter;
    write_letter(&letter, "text", &path.to);
    send_letter(path.sender, &letter);
    make_room(&letter, LETTER_SIZE);
    letter.message.control = &control;
    recv_letter(path.receiver, &letter);
    assert_int_equal(control.size, 0);
    assert_int_equal(letter.message.flags, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_nets(message_tells_its_sender_and_its_size),
        test_nets(nothing_is_told_that_was_not_asked_for),
        test_nets(what_is_granted_is_told_and_nothing_else),
        test_nets(all_that_is_granted_is_told_together),
        test_nets(new_wish_replaces_the_one_before),
        test_once(granting_agrees_with_the_capabilities),
        test_nets(local_address_is_where_the_datagram_was_sent_to),
        FIXTURE_TEST("each_datagram_has_its_own_local_address.ipv4",
                     each_datagram_has_its_own_local_address, &net_ipv4),
        FIXTURE_TEST("each_datagram_has_its_own_local_address.mapped",
                     each_datagram_has_its_own_local_address, &net_mapped),
        test_nets(interface_is_the_one_it_came_in_by),
        test_nets(timestamp_is_the_time_of_arrival),
        test_nets(hop_limit_is_the_messages_own),
        test_nets(hop_limit_of_the_socket_is_for_the_other_messages),
        test_nets(ecn_arrives_as_it_was_sent),
        test_nets(congestion_is_told_if_it_can_be_sent),
        test_nets(traffic_class_arrives_as_it_was_sent),
        test_nets(ecn_goes_before_the_lowest_bits_of_the_traffic_class),
        test_nets(metadata_of_one_message_are_not_of_the_next),
        FIXTURE_TEST("chosen_local_address_is_the_sender_that_is_seen.ipv4",
                     chosen_local_address_is_the_sender_that_is_seen,
                     &net_ipv4),
        FIXTURE_TEST("chosen_local_address_is_the_sender_that_is_seen.mapped",
                     chosen_local_address_is_the_sender_that_is_seen,
                     &net_mapped),
        test_nets(answer_goes_out_from_where_the_question_came_in),
        test_nets(chosen_interface_is_left_by),
        test_nets(everything_is_sent_and_told_together),
        test_nets(threads_that_forbid_fragments_leave_the_option_alone),
        test_nets(forbidding_fragments_leaves_the_option_alone),
        FIXTURE_TEST("long_datagram_goes_if_it_may_be_cut_in_fragments",
                     long_datagram_goes_if_it_may_be_cut_in_fragments,
                     &net_ipv6),
        test_nets(short_room_is_told),
        test_nets(no_room_at_all_takes_the_datagram),
        test_nets(empty_message_arrives),
        test_nets(buffers_of_a_message_are_one_datagram),
        test_nets(most_buffers_are_sent_and_one_more_is_refused),
        test_nets(bits_that_cannot_be_sent_are_refused),
        test_nets(values_out_of_range_are_refused),
        test_nets(values_without_their_bits_count_for_nothing),
        test_nets(local_address_of_no_machine_here_is_refused),
        test_nets(local_address_of_another_family_is_refused),
        test_both(local_address_has_to_be_of_the_connection),
        test_nets(group_is_no_address_to_send_from),
        test_nets(interface_unknown_to_the_system_is_refused),
        test_nets(destination_is_checked_as_in_other_calls),
        test_nets(too_long_a_message_is_refused),
        test_nets(null_pointers_in_messages_are_refused),
        test_nets(sizes_that_no_result_can_tell_are_refused),
        test_nets(too_much_control_data_is_refused),
        test_nets(flags_that_messages_do_not_have_are_refused),
        test_both(what_is_no_socket_takes_no_messages),
        test_both(wishes_nobody_can_grant_are_refused),
        test_unix(unix_sockets_have_no_metadata),
        test_nets(receiving_messages_ends_with_its_deadline),
        test_nets(every_deadline_carries_messages),
        test_nets(message_that_comes_ends_the_wait),
        test_nets(waker_ends_a_wait_for_messages),
        test_nets(peeking_sees_the_first_message_and_leaves_it),
        test_nets(shutting_down_gives_an_empty_message_from_nobody),
        test_all(connected_sockets_need_no_peer),
        test_both(connected_sockets_send_with_metadata),
        FIXTURE_TEST("connection_of_ipv6_leads_to_ipv4_with_metadata",
                     connection_of_ipv6_leads_to_ipv4_with_metadata,
                     &net_mapped),
        test_all(stream_takes_a_message_as_so_many_bytes),
        test_both(stream_message_in_part_ends_the_array),
        test_all(stream_sends_no_metadata),
        test_all(stream_sends_no_long_segments),
        test_unix(unix_socket_refuses_metadata_behind_control_data),
        test_all(ended_stream_gives_a_message_of_nothing),
        test_all(message_to_an_ended_stream_is_a_broken_pipe),
        test_nets(control_data_come_beside_the_metadata),
        test_nets(too_little_room_for_control_data_is_told),
        test_nets(without_metadata_there_are_no_control_data),
    };
    return cmocka_run_group_tests_name("message", tests, warm_up, NULL);
}
