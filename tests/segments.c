#include "messages.h"

#include <string.h>

enum {
    MOST = 1 << 18
};

static unsigned char sent[MOST];
static unsigned char received[1 << 16];

/* A message with `size` bytes in segments of `segment_size`, in one buffer. */
struct row {
    size_t size;
    uint32_t segment_size;
};

static psock_message in_segments(const psock_buffer *buffers, size_t count,
                                 uint32_t segment_size, const psock_address *to)
{
    psock_message message = {.buffers = buffers,
                             .buffer_count = count,
                             .valid = PSOCK_META_SEGMENT_SIZE,
                             .segment_size = segment_size};
    if (to != NULL)
        message.peer = *to;
    return message;
}

static void send_row(psock_t s, struct row row, const psock_address *to)
{
    const psock_buffer buffer = {sent, row.size};
    psock_message message = in_segments(&buffer, 1, row.segment_size, to);
    fill(sent, row.size, 0);
    assert_result(psock_send_messages(s, &message, 1, 0, in_time()), 1);
    assert_int_equal(message.size, row.size);
}

/* One datagram that is the next part of what was sent, `size` bytes long. */
static void expect_part(psock_t s, size_t offset, size_t size)
{
    assert_result(psock_recv(s, received, sizeof received, 0, in_time()),
                  (ptrdiff_t)size);
    assert_memory_equal(received, sent + offset, size);
}

static void expect_parts(psock_t s, size_t from, size_t to, size_t segment_size)
{
    for (size_t offset = from; offset < to; offset += segment_size)
        expect_part(s, offset,
                    to - offset < segment_size ? to - offset : segment_size);
}

/* Asks for as much room as the larger rows need. */
static void need_room(psock_t s)
{
    int64_t room;
    assert_result(
        psock_set_option(s, PSOCK_OPTION_RECEIVE_BUFFER_BYTES, 1 << 20), 0);
    assert_result(psock_get_option(s, PSOCK_OPTION_RECEIVE_BUFFER_BYTES, &room),
                  0);
    if (room < 1 << 17)
        skip_because("this machine keeps too little for a socket to receive");
}

/* --- As datagrams ---------------------------------------------------------- */

static const struct row rows[] = {
    {1, 1},          {2, 1},        {63, 1},       {64, 1},
    {65, 1},         {200, 1},      {3, 2},        {4, 2},
    {100, 100},      {100, 1000},   {100, 65535},  {100, UINT32_MAX},
    {2400, 1200},    {2401, 1200},  {3599, 1200},  {7680, 120},
    {7681, 120},     {9000, 100},   {65000, 1000}, {65001, 1000},
    {65507, 8192},   {66000, 8192}, {60000, 9000}, {100000, 4000},
    {130000, 65000},
};

static void each_segment_arrives_as_a_datagram(void **state)
{
    struct path path = path_over(state);
    need_room(path.receiver);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        send_row(path.sender, rows[i], &path.to);
        expect_parts(path.receiver, 0, rows[i].size, rows[i].segment_size);
        assert_result(psock_recv(path.receiver, received, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
    }
}

static void connected_sockets_send_segments_too(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    static const struct row few[] = {{1, 1}, {9, 2}, {100, 100}, {10, 100}};
    for (size_t i = 0; i < COUNT_OF(few); i++) {
        send_row(ends.client, few[i], NULL);
        expect_parts(ends.server, 0, few[i].size, few[i].segment_size);
    }
}

static void message_of_nothing_is_one_empty_datagram(void **state)
{
    struct path path = path_over(state);
    send_row(path.sender, (struct row){0, 1}, &path.to);
    expect_part(path.receiver, 0, 0);
    assert_result(psock_recv(path.receiver, received, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

/* Segments begin and end anywhere in the buffers. */
static void buffers_may_be_cut_anywhere(void **state)
{
    static const size_t sizes[] = {1, 7, 100, 0, 1300, 13, 4096, 2, 0, 999};
    static const uint32_t segment_sizes[] = {1, 6, 7, 8, 100, 511, 1200, 7000};
    struct path path = path_over(state);
    psock_buffer buffers[COUNT_OF(sizes)];
    size_t size = 0;
    need_room(path.receiver);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        buffers[i] = (psock_buffer){sent + size, sizes[i]};
        size += sizes[i];
    }
    fill(sent, size, 0);
    for (size_t i = 0; i < COUNT_OF(segment_sizes); i++) {
        if (size / segment_sizes[i] > 200)
            continue;
        psock_message message =
            in_segments(buffers, COUNT_OF(buffers), segment_sizes[i], &path.to);
        assert_result(
            psock_send_messages(path.sender, &message, 1, 0, in_time()), 1);
        assert_int_equal(message.size, size);
        expect_parts(path.receiver, 0, size, segment_sizes[i]);
    }
}

/* As many buffers as there can be, so that many lie in one segment. */
static void most_buffers_are_cut_too(void **state)
{
    struct path path = path_over(state);
    psock_buffer buffers[PSOCK_MESSAGE_BUFFERS_MAX];
    const size_t each = 1031, size = each * PSOCK_MESSAGE_BUFFERS_MAX;
    static const uint32_t segment_sizes[] = {1000, 1031, 2500, 20000, 60000};
    need_room(path.receiver);
    for (size_t i = 0; i < COUNT_OF(buffers); i++)
        buffers[i] = (psock_buffer){sent + i * each, each};
    fill(sent, size, 0);
    for (size_t i = 0; i < COUNT_OF(segment_sizes); i++) {
        psock_message message =
            in_segments(buffers, COUNT_OF(buffers), segment_sizes[i], &path.to);
        assert_result(
            psock_send_messages(path.sender, &message, 1, 0, in_time()), 1);
        expect_parts(path.receiver, 0, size, segment_sizes[i]);
    }
}

static void segments_go_with_metadata(void **state)
{
    struct path path = path_over(state);
    const psock_buffer buffer = {sent, 5000};
    psock_message message = in_segments(&buffer, 1, 70, &path.to);
    if (psock_want_metadata(path.receiver, PSOCK_META_HOP_LIMIT) == 0)
        skip_because("this system does not tell that metadatum");
    message.valid |= PSOCK_META_HOP_LIMIT;
    message.hop_limit = 21;
    fill(sent, 5000, 0);
    assert_result(psock_send_messages(path.sender, &message, 1, 0, in_time()),
                  1);
    for (size_t offset = 0; offset < 5000; offset += 70) {
        struct letter letter;
        make_room(&letter, LETTER_SIZE);
        recv_letter(path.receiver, &letter);
        assert_int_equal(letter.message.hop_limit, 21);
        assert_int_equal(letter.message.size,
                         offset + 70 > 5000 ? 5000 - offset : 70);
    }
}

static void segmented_and_plain_messages_keep_their_order(void **state)
{
    struct path path = path_over(state);
    psock_buffer buffers[40];
    psock_message messages[40];
    fill(sent, 40 * 100, 0);
    for (size_t i = 0; i < 40; i++) {
        buffers[i] = (psock_buffer){sent + i * 100, 100};
        messages[i] = in_segments(&buffers[i], 1, 40, &path.to);
        if (i % 3 == 0)
            messages[i].valid = 0;
    }
    assert_result(psock_send_messages(path.sender, messages, 40, 0, in_time()),
                  40);
    for (size_t i = 0; i < 40; i++)
        expect_parts(path.receiver, i * 100, (i + 1) * 100,
                     i % 3 == 0 ? 100 : 40);
}

static void sending_in_segments_agrees_with_the_capability(void **state)
{
    struct path path = path_over(state);
    int capability = psock_capability(PSOCK_CAP_SEND_SEGMENTS);
    assert_true(capability <= 0);
    send_row(path.sender, (struct row){5000, 1000}, &path.to);
    expect_parts(path.receiver, 0, 5000, 1000);
    assert_result(psock_capability(PSOCK_CAP_SEND_SEGMENTS), capability);
}

/* --- What is wrong -------------------------------------------------------- */

static void segments_of_no_size_are_refused(void **state)
{
    struct path path = path_over(state);
    const psock_buffer buffer = {sent, 100};
    psock_message message = in_segments(&buffer, 1, 0, &path.to);
    assert_result(psock_send_messages(path.sender, &message, 1, 0, in_time()),
                  PSOCK_EINVAL);
    assert_nothing_came(path.receiver);
}

static void segments_longer_than_a_datagram_are_refused(void **state)
{
    struct path path = path_over(state);
    static const uint32_t sizes[] = {65528, 65536, 100000, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const psock_buffer buffer = {sent, 200000};
        psock_message message = in_segments(&buffer, 1, sizes[i], &path.to);
        message.size = 77;
        assert_result(
            psock_send_messages(path.sender, &message, 1, 0, in_time()),
            PSOCK_EMSGSIZE);
    }
    assert_nothing_came(path.receiver);
}

static void segments_need_a_destination(void **state)
{
    struct path path = path_over(state);
    static const size_t sizes[] = {100, 70000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const psock_buffer buffer = {sent, sizes[i]};
        psock_message message = in_segments(&buffer, 1, 10, NULL);
        assert_result(
            psock_send_messages(path.sender, &message, 1, 0, in_time()),
            PSOCK_EDESTADDRREQ);
    }
}

/* --- In part --------------------------------------------------------------- */

/* Moves what is left of a message after a part of it has gone into `rest`. */
static psock_message rest_of(const psock_message *message, psock_buffer *rest)
{
    psock_message left = *message;
    rest->data = (char *)message->buffers[0].data + message->size;
    rest->size = message->buffers[0].size - message->size;
    left.buffers = rest;
    return left;
}

/* The queue of a Unix datagram socket makes its senders wait. */
static void message_that_goes_in_part_is_gone_on_with(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    const size_t size = 9990, segment_size = 100;
    psock_buffer buffer = {sent, size};
    psock_message message =
        in_segments(&buffer, 1, (uint32_t)segment_size, NULL);
    size_t done = 0;
    fill(sent, size, 0);
    while (done < size) {
        ptrdiff_t went =
            psock_send_messages(ends.client, &message, 1, 0, in_time());
        assert_in_range(went, 0, 1);
        assert_true(message.size > 0);
        if (went == 0)
            assert_int_equal(message.size % segment_size, 0);
        expect_parts(ends.server, done, done + message.size, segment_size);
        assert_result(psock_recv(ends.server, received, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
        done += message.size;
        message = rest_of(&message, &buffer);
    }
    assert_int_equal(done, size);
}

static void part_of_a_later_message_is_told_by_its_size(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    const psock_buffer first = {sent, 100}, second = {sent + 100, 50000};
    psock_message messages[] = {in_segments(&first, 1, 100, NULL),
                                in_segments(&second, 1, 100, NULL)};
    fill(sent, 50100, 0);
    messages[1].size = 77;
    assert_result(psock_send_messages(ends.client, messages, 2, 0, PSOCK_NOW),
                  1);
    assert_int_equal(messages[0].size, 100);
    assert_in_range(messages[1].size, 100, 49900);
    expect_parts(ends.server, 0, 100 + messages[1].size, 100);
    assert_result(psock_recv(ends.server, received, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

/* --- Received joined ------------------------------------------------------- */

/* Receives by messages with 64 KiB of room, and finds in them the datagrams
 * that were sent, however they were joined. */
static void expect_joined_parts(psock_t s, size_t size, size_t segment_size)
{
    size_t done = 0;
    while (done < size) {
        psock_buffer room = {received, sizeof received}, segment;
        psock_message message = {.buffers = &room, .buffer_count = 1};
        assert_result(psock_recv_messages(s, &message, 1, 0, in_time()), 1);
        assert_int_equal(message.flags, 0);
        size_t index = 0;
        while (psock_message_segment(&message, index, &segment) == 1) {
            size_t left = size - done;
            assert_int_equal(segment.size,
                             left < segment_size ? left : segment_size);
            assert_memory_equal(segment.data, sent + done, segment.size);
            done += segment.size;
            index++;
        }
        assert_true(index > 0);
    }
    assert_int_equal(done, size);
}

static void joined_datagrams_are_found_one_by_one(void **state)
{
    struct path path = path_over(state);
    int granted = psock_want_metadata(path.receiver, PSOCK_META_SEGMENT_SIZE);
    assert_true(granted == 0 || granted == PSOCK_META_SEGMENT_SIZE);
    need_room(path.receiver);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        send_row(path.sender, rows[i], &path.to);
        expect_joined_parts(path.receiver, rows[i].size, rows[i].segment_size);
        assert_result(psock_recv(path.receiver, received, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
    }
}

static void plain_datagrams_are_not_joined_by_mistake(void **state)
{
    static const size_t sizes[] = {100, 100, 100, 50, 100, 0, 100, 7};
    struct path path = path_over(state);
    (void)!psock_want_metadata(path.receiver, PSOCK_META_SEGMENT_SIZE);
    fill(sent, 1000, 0);
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_result(
            psock_send_to(path.sender, sent, sizes[i], 0, &path.to, in_time()),
            (ptrdiff_t)sizes[i]);
    for (size_t i = 0; i < COUNT_OF(sizes);) {
        psock_buffer room = {received, sizeof received}, segment;
        psock_message message = {.buffers = &room, .buffer_count = 1};
        assert_result(
            psock_recv_messages(path.receiver, &message, 1, 0, in_time()), 1);
        for (size_t index = 0;
             psock_message_segment(&message, index, &segment) == 1; index++) {
            assert_in_range(i, 0, COUNT_OF(sizes) - 1);
            assert_int_equal(segment.size, sizes[i++]);
        }
    }
    assert_result(psock_recv(path.receiver, received, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void joining_is_off_unless_asked_for(void **state)
{
    struct path path = path_over(state);
    send_row(path.sender, (struct row){3000, 1000}, &path.to);
    for (size_t i = 0; i < 3; i++) {
        psock_buffer room = {received, sizeof received};
        psock_message message = {.buffers = &room, .buffer_count = 1};
        assert_result(
            psock_recv_messages(path.receiver, &message, 1, 0, in_time()), 1);
        assert_int_equal(message.size, 1000);
        assert_int_equal(message.valid, 0);
    }
}

/* --- Finding segments in a message ----------------------------------------- */

static void message_without_segments_is_its_only_one(void **state)
{
    psock_buffer buffer = {received, 100}, segment = {NULL, 7};
    psock_message message = {
        .buffers = &buffer, .buffer_count = 1, .size = 60, .segment_size = 10};
    (void)state;
    assert_result(psock_message_segment(&message, 0, &segment), 1);
    assert_ptr_equal(segment.data, received);
    assert_int_equal(segment.size, 60);
    segment.size = 7;
    assert_result(psock_message_segment(&message, 1, &segment), 0);
    assert_result(psock_message_segment(&message, SIZE_MAX, &segment), 0);
    assert_int_equal(segment.size, 7);
    message.size = 0;
    assert_result(psock_message_segment(&message, 0, &segment), 1);
    assert_int_equal(segment.size, 0);
    assert_result(psock_message_segment(&message, 1, &segment), 0);
}

static void segments_are_found_by_number(void **state)
{
    psock_buffer buffer = {received, 100}, segment;
    psock_message message = {.buffers = &buffer,
                             .buffer_count = 1,
                             .valid = PSOCK_META_SEGMENT_SIZE,
                             .size = 25,
                             .segment_size = 10};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_result(psock_message_segment(&message, i, &segment), 1);
        assert_ptr_equal(segment.data, received + i * 10);
        assert_int_equal(segment.size, i == 2 ? 5 : 10);
    }
    assert_result(psock_message_segment(&message, 3, &segment), 0);
    message.size = 20;
    assert_result(psock_message_segment(&message, 2, &segment), 0);
    message.segment_size = UINT32_MAX;
    assert_result(psock_message_segment(&message, 0, &segment), 1);
    assert_int_equal(segment.size, 20);
    assert_result(psock_message_segment(&message, 1, &segment), 0);
}

static void segment_in_two_buffers_is_refused(void **state)
{
    psock_buffer buffers[] = {{received, 15}, {received + 50, 50}}, segment;
    psock_message message = {.buffers = buffers,
                             .buffer_count = 2,
                             .valid = PSOCK_META_SEGMENT_SIZE,
                             .size = 40,
                             .segment_size = 10};
    (void)state;
    assert_result(psock_message_segment(&message, 0, &segment), 1);
    assert_result(psock_message_segment(&message, 1, &segment), PSOCK_EINVAL);
    assert_result(psock_message_segment(&message, 2, &segment), 1);
    assert_ptr_equal(segment.data, received + 55);
    assert_result(psock_message_segment(NULL, 0, &segment), PSOCK_EFAULT);
    assert_result(psock_message_segment(&message, 0, NULL), PSOCK_EFAULT);
}

/* Sizes that only a liar has lead nowhere outside the buffers. */
static void segments_of_a_lying_message_are_refused(void **state)
{
    psock_buffer buffer = {received, 100}, segment;
    psock_message message = {.buffers = &buffer,
                             .buffer_count = 1,
                             .valid = PSOCK_META_SEGMENT_SIZE,
                             .size = 1000,
                             .segment_size = 60};
    (void)state;
    assert_result(psock_message_segment(&message, 0, &segment), 1);
    assert_result(psock_message_segment(&message, 1, &segment), PSOCK_EINVAL);
    assert_result(psock_message_segment(&message, 2, &segment), PSOCK_EINVAL);
    message.size = SIZE_MAX;
    assert_result(psock_message_segment(&message, 5, &segment), PSOCK_EINVAL);
    message.size = 1000;
    message.segment_size = 0;
    assert_result(psock_message_segment(&message, 0, &segment), PSOCK_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_nets(each_segment_arrives_as_a_datagram),
        test_all(connected_sockets_send_segments_too),
        test_nets(message_of_nothing_is_one_empty_datagram),
        test_nets(buffers_may_be_cut_anywhere),
        test_nets(most_buffers_are_cut_too),
        test_nets(segments_go_with_metadata),
        test_nets(segmented_and_plain_messages_keep_their_order),
        test_nets(sending_in_segments_agrees_with_the_capability),
        test_nets(segments_of_no_size_are_refused),
        test_nets(segments_longer_than_a_datagram_are_refused),
        test_nets(segments_need_a_destination),
        test_unix(message_that_goes_in_part_is_gone_on_with),
        test_unix(part_of_a_later_message_is_told_by_its_size),
        test_nets(joined_datagrams_are_found_one_by_one),
        test_nets(plain_datagrams_are_not_joined_by_mistake),
        test_nets(joining_is_off_unless_asked_for),
        test_once(message_without_segments_is_its_only_one),
        test_once(segments_are_found_by_number),
        test_once(segment_in_two_buffers_is_refused),
        test_once(segments_of_a_lying_message_are_refused),
    };
    return cmocka_run_group_tests_name("segments", tests, warm_up, NULL);
}
