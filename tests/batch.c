#include "messages.h"

#include <string.h>

enum {
    MANY = 1000,
    TEXT_SIZE = 16
};

/* An array of messages, each with memory of its own. */
static psock_message messages[MANY];
static psock_buffer buffers[MANY];
static unsigned char bytes[MANY][TEXT_SIZE];

/* Makes `count` messages to `to`, or to the peer, each with its number. */
static void write_many(size_t count, const psock_address *to)
{
    memset(messages, 0, sizeof messages);
    for (size_t i = 0; i < count; i++) {
        fill(bytes[i], TEXT_SIZE, i);
        buffers[i] = (psock_buffer){bytes[i], TEXT_SIZE};
        messages[i].buffers = &buffers[i];
        messages[i].buffer_count = 1;
        if (to != NULL)
            messages[i].peer = *to;
    }
}

static void make_much_room(void)
{
    memset(messages, 0xa5, sizeof messages);
    memset(bytes, 0xa5, sizeof bytes);
    for (size_t i = 0; i < MANY; i++) {
        buffers[i] = (psock_buffer){bytes[i], TEXT_SIZE};
        messages[i].buffers = &buffers[i];
        messages[i].buffer_count = 1;
        messages[i].control = NULL;
    }
}

static void assert_number(size_t place, size_t number)
{
    unsigned char expected[TEXT_SIZE];
    fill(expected, TEXT_SIZE, number);
    assert_int_equal(messages[place].size, TEXT_SIZE);
    assert_int_equal(messages[place].flags, 0);
    assert_memory_equal(bytes[place], expected, TEXT_SIZE);
}

/* Receives `count` messages, by arrays of `at_once`, which are number `first`,
 * `first` + `step` and so on. */
static void recv_numbers(psock_t s, size_t count, size_t at_once, size_t first,
                         size_t step)
{
    for (size_t done = 0; done < count;) {
        make_much_room();
        ptrdiff_t received =
            psock_recv_messages(s, messages, at_once, 0, in_time());
        assert_in_range(received, 1, count - done);
        for (size_t i = 0; i < (size_t)received; i++)
            assert_number(i, first + (done + i) * step);
        done += (size_t)received;
    }
}

/* --- How many -------------------------------------------------------------- */

static void no_messages_are_sent_and_received(void **state)
{
    struct path path = path_over(state);
    assert_result(psock_send_messages(path.sender, NULL, 0, 0, PSOCK_NOW), 0);
    assert_result(psock_send_messages(path.sender, messages, 0, 0, PSOCK_NOW),
                  0);
    assert_result(psock_recv_messages(path.receiver, NULL, 0, 0, PSOCK_FOREVER),
                  0);
    assert_result(
        psock_recv_messages(path.receiver, messages, 0, 0, PSOCK_FOREVER), 0);
}

static void messages_arrive_in_order_and_whole(void **state)
{
    static const size_t counts[] = {1, 2, 63, 64, 65, 128, 129};
    struct path path = path_over(state);
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        const ptrdiff_t count = (ptrdiff_t)counts[i];
        write_many(counts[i], &path.to);
        assert_result(
            psock_send_messages(path.sender, messages, counts[i], 0, in_time()),
            count);
        for (size_t j = 0; j < counts[i]; j++)
            assert_int_equal(messages[j].size, TEXT_SIZE);
        recv_numbers(path.receiver, counts[i], MANY, 0, 1);
        assert_result(
            psock_recv_messages(path.receiver, messages, MANY, 0, PSOCK_NOW),
            PSOCK_EAGAIN);
    }
}

static void all_that_is_there_is_received_at_once(void **state)
{
    static const size_t counts[] = {1, 63, 64, 65, 130};
    struct path path = path_over(state);
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        write_many(counts[i], &path.to);
        assert_result(
            psock_send_messages(path.sender, messages, counts[i], 0, in_time()),
            (ptrdiff_t)counts[i]);
        make_much_room();
        assert_result(
            psock_recv_messages(path.receiver, messages, MANY, 0, in_time()),
            (ptrdiff_t)counts[i]);
    }
}

static void short_arrays_receive_what_they_can_take(void **state)
{
    static const size_t rooms[] = {1, 3, 63, 64, 65};
    struct path path = path_over(state);
    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        write_many(100, &path.to);
        assert_result(
            psock_send_messages(path.sender, messages, 100, 0, in_time()), 100);
        recv_numbers(path.receiver, 100, rooms[i], 0, 1);
    }
}

/* More than a receiver keeps, so there are several of them. */
static void thousand_messages_go_to_their_receivers(void **state)
{
    enum {
        RECEIVERS = 20
    };
    int family = family_of(state);
    psock_t receivers[RECEIVERS], s = open_kept(family, PSOCK_DATAGRAM);
    psock_address addresses[RECEIVERS];
    for (size_t i = 0; i < RECEIVERS; i++) {
        receivers[i] = datagram(family);
        addresses[i] = local_of(receivers[i]);
    }
    write_many(MANY, NULL);
    for (size_t i = 0; i < MANY; i++)
        messages[i].peer = addresses[i % RECEIVERS];
    assert_result(psock_send_messages(s, messages, MANY, 0, in_time()), MANY);
    for (size_t i = 0; i < RECEIVERS; i++)
        recv_numbers(receivers[i], MANY / RECEIVERS, MANY, i, RECEIVERS);
}

static void change_fragments(psock_message *message)
{
    message->valid = PSOCK_META_DONT_FRAGMENT;
    message->dont_fragment = 1;
}

static void add_all_metadata(psock_message *message)
{
    message->valid = PSOCK_META_INTERFACE | PSOCK_META_ECN |
                     PSOCK_META_HOP_LIMIT | PSOCK_META_TRAFFIC_CLASS;
    message->interface_index = LOOPBACK_INDEX;
    message->hop_limit = 9;
}

/* As much as a message may have, in items that no system knows. */
static void add_most_control_data(psock_message *message)
{
    static unsigned char room[PSOCK_CONTROL_MAX];
    static psock_control control = {room, sizeof room, 0};
    while (psock_control_put(&control, 12345, 1, room, 4) == 0)
        continue;
    message->control = &control;
}

/* Whatever they have, and however few of them the system can be given at once. */
static void messages_with_much_beside_them_all_go(void **state)
{
    static void (*const ways[])(psock_message *) = {
        change_fragments, add_all_metadata, add_most_control_data};
    struct path path = path_over(state);
    const size_t count = 60;
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        write_many(count, &path.to);
        for (size_t i = 0; i < count; i++)
            ways[way](&messages[i]);
        ptrdiff_t sent =
            psock_send_messages(path.sender, messages, count, 0, in_time());
        if (sent == PSOCK_ENOTSUP || sent == PSOCK_EINVAL)
            continue;
        assert_result(sent, (ptrdiff_t)count);
        recv_numbers(path.receiver, count, MANY, 0, 1);
    }
}

static void waiting_ends_with_the_first_message(void **state)
{
    struct path path = path_over(state);
    write_many(3, &path.to);
    assert_result(psock_send_messages(path.sender, messages, 3, 0, in_time()),
                  3);
    make_much_room();
    assert_result(
        psock_recv_messages(path.receiver, messages, 10, 0, PSOCK_FOREVER), 3);
}

/* --- What they have in them ------------------------------------------------ */

static void empty_messages_are_counted_too(void **state)
{
    struct path path = path_over(state);
    write_many(9, &path.to);
    for (size_t i = 0; i < 9; i += 2)
        buffers[i].size = 0;
    assert_result(psock_send_messages(path.sender, messages, 9, 0, in_time()),
                  9);
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(messages[i].size, i % 2 == 0 ? 0 : TEXT_SIZE);
    make_much_room();
    assert_result(
        psock_recv_messages(path.receiver, messages, 20, 0, in_time()), 9);
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(messages[i].size, i % 2 == 0 ? 0 : TEXT_SIZE);
        assert_int_equal(messages[i].flags, 0);
    }
}

static void short_room_cuts_its_own_message_alone(void **state)
{
    struct path path = path_over(state);
    write_many(5, &path.to);
    assert_result(psock_send_messages(path.sender, messages, 5, 0, in_time()),
                  5);
    make_much_room();
    buffers[2].size = 3;
    assert_result(psock_recv_messages(path.receiver, messages, 5, 0, in_time()),
                  5);
    for (size_t i = 0; i < 5; i++)
        if (i != 2)
            assert_number(i, i);
    assert_int_equal(messages[2].size, 3);
    assert_int_equal(messages[2].flags, PSOCK_TRUNCATED);
    assert_int_equal(bytes[2][3], 0xa5);
}

static void each_message_has_metadata_of_its_own(void **state)
{
    struct path path = path_over(state);
    if (psock_want_metadata(path.receiver, PSOCK_META_HOP_LIMIT) == 0)
        skip_because("this system does not tell that metadatum");
    write_many(100, &path.to);
    for (size_t i = 0; i < 100; i++)
        if (i % 3 != 0) {
            messages[i].valid = PSOCK_META_HOP_LIMIT;
            messages[i].hop_limit = (uint8_t)(100 + i);
        }
    assert_result(psock_send_messages(path.sender, messages, 100, 0, in_time()),
                  100);
    make_much_room();
    assert_result(
        psock_recv_messages(path.receiver, messages, 100, 0, in_time()), 100);
    for (size_t i = 0; i < 100; i++) {
        assert_number(i, i);
        assert_int_equal(messages[i].valid, PSOCK_META_HOP_LIMIT);
        if (i % 3 != 0)
            assert_int_equal(messages[i].hop_limit, 100 + i);
    }
}

static void each_message_tells_its_own_sender(void **state)
{
    int family = family_of(state);
    psock_t receiver = datagram(family), senders[3];
    psock_address to = local_of(receiver);
    for (size_t i = 0; i < 3; i++) {
        senders[i] = datagram(family);
        write_many(1, &to);
        assert_result(
            psock_send_messages(senders[i], messages, 1, 0, in_time()), 1);
    }
    make_much_room();
    assert_result(psock_recv_messages(receiver, messages, 5, 0, in_time()), 3);
    for (size_t i = 0; i < 3; i++) {
        psock_address sender = local_of(senders[i]);
        assert_true(same_address(&messages[i].peer, &sender));
    }
}

/* --- What stops them ------------------------------------------------------- */

static void break_peer(psock_message *message)
{
    message->peer = loopback(psock_address_family(&message->peer), 0);
}

static void break_pointer(psock_message *message)
{
    message->buffers = NULL;
}

static void break_bits(psock_message *message)
{
    message->valid = 1u << 30;
}

static void break_hop_limit(psock_message *message)
{
    message->valid = PSOCK_META_HOP_LIMIT;
    message->hop_limit = 0;
}

static void break_size(psock_message *message)
{
    static char data[65536];
    static const psock_buffer too_long = {data, sizeof data};
    message->buffers = &too_long;
}

static const struct {
    void (*make)(psock_message *message);
    int error;
} wrongs[] = {
    {break_peer, PSOCK_EINVAL},   {break_pointer, PSOCK_EFAULT},
    {break_bits, PSOCK_EINVAL},   {break_hop_limit, PSOCK_EINVAL},
    {break_size, PSOCK_EMSGSIZE},
};

/* Sends 70 messages of which number `place` is wrong. */
static void send_until_wrong(const struct path *path, size_t wrong,
                             size_t place)
{
    write_many(70, &path->to);
    wrongs[wrong].make(&messages[place]);
    messages[place].size = 99;
    if (place > 0) {
        assert_result(
            psock_send_messages(path->sender, messages, 70, 0, in_time()),
            (ptrdiff_t)place);
        assert_int_equal(messages[place - 1].size, TEXT_SIZE);
        assert_int_equal(messages[place].size, 0);
    }
    assert_result(psock_send_messages(path->sender, messages + place,
                                      70 - place, 0, in_time()),
                  wrongs[wrong].error);
    if (place > 0)
        recv_numbers(path->receiver, place, MANY, 0, 1);
    assert_nothing_came(path->receiver);
}

static void wrong_message_is_found_when_it_is_its_turn(void **state)
{
    static const size_t places[] = {0, 1, 5, 63, 64, 65, 69};
    struct path path = path_over(state);
    for (size_t i = 0; i < COUNT_OF(wrongs); i++)
        for (size_t j = 0; j < COUNT_OF(places); j++)
            send_until_wrong(&path, i, places[j]);
}

static void wrong_room_is_found_when_it_is_its_turn(void **state)
{
    struct path path = path_over(state);
    write_many(5, &path.to);
    assert_result(psock_send_messages(path.sender, messages, 5, 0, in_time()),
                  5);
    make_much_room();
    messages[2].buffers = NULL;
    assert_result(psock_recv_messages(path.receiver, messages, 5, 0, in_time()),
                  2);
    assert_number(0, 0);
    assert_number(1, 1);
    assert_result(
        psock_recv_messages(path.receiver, messages + 2, 3, 0, in_time()),
        PSOCK_EFAULT);
    recv_numbers(path.receiver, 3, MANY, 2, 1);
}

static void peeking_sees_one_message_of_many(void **state)
{
    struct path path = path_over(state);
    write_many(3, &path.to);
    assert_result(psock_send_messages(path.sender, messages, 3, 0, in_time()),
                  3);
    make_much_room();
    assert_result(
        psock_recv_messages(path.receiver, messages, 3, PSOCK_PEEK, in_time()),
        1);
    assert_number(0, 0);
    recv_numbers(path.receiver, 3, MANY, 0, 1);
}

/* The queue of a Unix datagram socket makes its senders wait. */
static void full_queue_takes_the_first_of_them(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    write_many(MANY, NULL);
    ptrdiff_t sent =
        psock_send_messages(ends.client, messages, MANY, 0, PSOCK_NOW);
    assert_in_range(sent, 1, MANY - 1);
    assert_int_equal(messages[sent - 1].size, TEXT_SIZE);
    assert_int_equal(messages[sent].size, 0);
    assert_result(
        psock_send_messages(ends.client, messages + sent, 1, 0, PSOCK_NOW),
        PSOCK_EAGAIN);
    assert_result(psock_send_messages(ends.client, messages + sent, 1, 0,
                                      psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    recv_numbers(ends.server, (size_t)sent, MANY, 0, 1);
    assert_result(psock_recv_messages(ends.server, messages, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static ptrdiff_t send_all_messages(void *argument)
{
    static psock_message all[MANY];
    static psock_buffer parts[MANY];
    static unsigned char data[MANY][TEXT_SIZE];
    for (size_t i = 0; i < MANY; i++) {
        fill(data[i], TEXT_SIZE, i);
        parts[i] = (psock_buffer){data[i], TEXT_SIZE};
        all[i] = (psock_message){.buffers = &parts[i], .buffer_count = 1};
    }
    for (size_t done = 0; done < MANY;) {
        ptrdiff_t sent = psock_send_messages(*(psock_t *)argument, all + done,
                                             MANY - done, 0, in_time());
        if (sent <= 0)
            return sent;
        done += (size_t)sent;
    }
    return MANY;
}

static void sender_of_many_goes_on_where_it_stopped(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    struct running_call *call = begin_call(send_all_messages, &ends.client);
    recv_numbers(ends.server, MANY, 17, 0, 1);
    assert_result(end_call(call), MANY);
    assert_result(psock_recv_messages(ends.server, messages, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_nets(no_messages_are_sent_and_received),
        test_nets(messages_arrive_in_order_and_whole),
        test_nets(all_that_is_there_is_received_at_once),
        test_nets(short_arrays_receive_what_they_can_take),
        test_both(thousand_messages_go_to_their_receivers),
        test_nets(messages_with_much_beside_them_all_go),
        test_nets(waiting_ends_with_the_first_message),
        test_nets(empty_messages_are_counted_too),
        test_nets(short_room_cuts_its_own_message_alone),
        test_nets(each_message_has_metadata_of_its_own),
        test_both(each_message_tells_its_own_sender),
        test_nets(wrong_message_is_found_when_it_is_its_turn),
        test_nets(wrong_room_is_found_when_it_is_its_turn),
        test_nets(peeking_sees_one_message_of_many),
        test_unix(full_queue_takes_the_first_of_them),
        test_unix(sender_of_many_goes_on_where_it_stopped),
    };
    return cmocka_run_group_tests_name("batch", tests, warm_up, NULL);
}
