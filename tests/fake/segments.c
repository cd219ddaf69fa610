/* Messages in segments: where the system cuts, where it does not, where it stops
 * to, and what of them went; and finding the segments of what was received. */
#include "sys_fake.h"

#include <string.h>

enum {
    SOCKET = 8,
    PIECES = 32, /* of one call */
    UNTOUCHED = 99
};

static unsigned char memory[140000];
static psock_buffer whole;
static psock_message message;

/* One message of `size` bytes in segments of `segment_size`. */
static void make(size_t size, uint32_t segment_size)
{
    whole = (psock_buffer){memory, size};
    message = (psock_message){.buffers = &whole,
                              .buffer_count = 1,
                              .size = UNTOUCHED,
                              .valid = PSOCK_META_SEGMENT_SIZE,
                              .segment_size = segment_size};
}

static ptrdiff_t send_it(psock_deadline deadline)
{
    return psock_send_messages(SOCKET, &message, 1, 0, deadline);
}

/* --- What is expected ----------------------------------------------------- */

static psock_buffer piece_buffers[64];
static psock_message pieces[64];

/* The next `count` pieces of `size` bytes from `offset` on, the last no longer
 * than the message. */
static void expect_pieces(size_t offset, size_t size, size_t count,
                          uint32_t valid, struct answer answer)
{
    for (size_t i = 0; i < count; i++) {
        const size_t begin = offset + i * size;
        const size_t left = whole.size - begin;
        piece_buffers[i] =
            (psock_buffer){memory + begin, left < size ? left : size};
        pieces[i] = message;
        pieces[i].valid = valid;
        pieces[i].buffers = &piece_buffers[i];
        pieces[i].buffer_count = 1;
    }
    expect_send_messages(SOCKET, pieces, count, answer);
}

/* As datagrams, which the system has nothing to cut of. */
static void expect_datagrams(size_t offset, size_t count, struct answer answer)
{
    expect_pieces(offset, message.segment_size, count,
                  message.valid & ~(uint32_t)PSOCK_META_SEGMENT_SIZE, answer);
}

/* As pieces that the system is to cut further. */
static void expect_parts(size_t offset, size_t size, size_t count,
                         struct answer answer)
{
    expect_pieces(offset, size, count, message.valid, answer);
}

static void expect_whole(struct answer answer)
{
    expect_send_messages(SOCKET, &message, 1, answer);
}

/* --- The system cuts ------------------------------------------------------ */

static void check_goes_whole(size_t size, uint32_t segment_size)
{
    make(size, segment_size);
    expect_whole(returns(1));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, size);
}

static void message_that_the_system_can_cut_is_left_to_it(void **state)
{
    (void)state;
    check_goes_whole(0, 1);
    check_goes_whole(1, 1);
    check_goes_whole(64, 1);
    check_goes_whole(6400, 100);
    check_goes_whole(64800, 1200);
    check_goes_whole(65000, 65000);
    check_goes_whole(65000, 32500);
}

/* Nothing is to be cut of it, whatever the size of its segments. */
static void message_of_one_segment_is_left_to_the_system(void **state)
{
    (void)state;
    check_goes_whole(100, 100);
    check_goes_whole(100, UINT32_MAX);
    check_goes_whole(PSOCK_DATAGRAM_MAX, PSOCK_DATAGRAM_MAX);
    check_goes_whole(PSOCK_DATAGRAM_MAX, PSOCK_DATAGRAM_MAX + 1);
}

static void
segment_that_no_datagram_holds_is_refused_without_a_call(void **state)
{
    (void)state;
    make(PSOCK_DATAGRAM_MAX + 1, PSOCK_DATAGRAM_MAX + 1);
    assert_result(send_it(PSOCK_FOREVER), PSOCK_EMSGSIZE);
    make(sizeof memory, UINT32_MAX);
    assert_result(send_it(PSOCK_FOREVER), PSOCK_EMSGSIZE);
    assert_int_equal(message.size, UNTOUCHED);
}

static void more_segments_than_go_at_once_go_in_parts(void **state)
{
    (void)state;
    make(6500, 100);
    expect_parts(0, 6400, 2, returns(2));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, 6500);
}

static void
more_bytes_than_go_at_once_go_in_parts_of_whole_segments(void **state)
{
    (void)state;
    make(130000, 1200);
    expect_parts(0, 64800, 3, returns(3));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, 130000);
}

static void more_parts_than_go_in_one_call_go_in_several(void **state)
{
    (void)state;
    make((PIECES + 2) * 64 - 5, 1);
    expect_parts(0, 64, PIECES, returns(PIECES));
    expect_parts(PIECES * 64, 64, 2, returns(2));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, (PIECES + 2) * 64 - 5);
}

static void
parts_that_went_are_told_and_the_rest_is_for_the_caller(void **state)
{
    (void)state;
    make((PIECES + 2) * 64, 1);
    expect_parts(0, 64, PIECES, returns(5));
    assert_result(send_it(PSOCK_FOREVER), 0);
    assert_int_equal(message.size, 5 * 64);
    static const int errors[] = {PSOCK_EAGAIN, PSOCK_EINTR, PSOCK_ENOBUFS};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_parts(0, 64, PIECES, returns(PIECES));
        expect_parts(PIECES * 64, 64, 2, returns(errors[i]));
        assert_result(send_it(PSOCK_FOREVER), 0);
        assert_int_equal(message.size, PIECES * 64);
    }
}

/* --- The system does not cut ---------------------------------------------- */

static void message_that_the_system_does_not_cut_goes_in_datagrams(void **state)
{
    (void)state;
    make(43, 10);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(5));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, 43);
}

static void empty_message_in_segments_is_one_empty_datagram(void **state)
{
    (void)state;
    make(0, 10);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 1, returns(1));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, 0);
    message.buffer_count = 0;
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 1, returns(1));
    assert_result(send_it(PSOCK_NOW), 1);
}

static void more_datagrams_than_go_in_one_call_go_in_several(void **state)
{
    (void)state;
    make(2 * PIECES - 1, 1);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, PIECES, returns(PIECES));
    expect_datagrams(PIECES, PIECES - 1, returns(PIECES - 1));
    assert_result(send_it(PSOCK_NOW), 1);
}

static void
datagrams_that_went_are_told_and_the_rest_is_for_the_caller(void **state)
{
    (void)state;
    for (size_t went = 1; went < 5; went++) {
        make(43, 10);
        expect_whole(returns(PSOCK_ENOPROTOOPT));
        expect_datagrams(0, 5, returns((ptrdiff_t)went));
        assert_result(send_it(PSOCK_FOREVER), 0);
        assert_int_equal(message.size, went * 10);
    }
}

static void failure_after_some_datagrams_is_left_to_the_next_call(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EAGAIN, PSOCK_EINTR, PSOCK_ECONNREFUSED,
                                 PSOCK_ENOPROTOOPT, PSOCK_ENOBUFS};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        make(400, 10);
        expect_whole(returns(PSOCK_ENOPROTOOPT));
        expect_datagrams(0, PIECES, returns(PIECES));
        expect_datagrams(PIECES * 10, 8, returns(errors[i]));
        assert_result(send_it(PSOCK_FOREVER), 0);
        assert_int_equal(message.size, PIECES * 10);
    }
}

static void failure_of_the_first_datagram_is_the_error(void **state)
{
    (void)state;
    make(43, 10);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(PSOCK_EMSGSIZE));
    assert_result(send_it(PSOCK_FOREVER), PSOCK_EMSGSIZE);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EMSGSIZE));
}

static void datagrams_wait_until_one_can_be_sent(void **state)
{
    (void)state;
    make(43, 10);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(PSOCK_EINTR));
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9), came(PSOCK_SYS_WRITE));
    expect_whole(returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9),
                after(ms(4), came(PSOCK_SYS_WRITE)));
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(5), came(PSOCK_SYS_WRITE));
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(5));
    assert_result(send_it(in(ms(9))), 1);
}

static void datagrams_are_not_waited_for_beyond_the_deadline(void **state)
{
    (void)state;
    make(43, 10);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(PSOCK_EAGAIN));
    assert_result(send_it(PSOCK_NOW), PSOCK_EAGAIN);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(PSOCK_EAGAIN));
    assert_result(send_it(in(0)), PSOCK_ETIMEDOUT);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9), after(ms(9), returns(0)));
    assert_result(send_it(in(ms(9))), PSOCK_ETIMEDOUT);
}

static void every_piece_has_all_that_the_message_has(void **state)
{
    (void)state;
    static psock_control control = {memory, 8, 8};
    make(43, 10);
    message.valid |= PSOCK_META_ECN | PSOCK_META_HOP_LIMIT | PSOCK_META_LOCAL;
    message.ecn = 2;
    message.hop_limit = 9;
    message.control = &control;
    assert_result(psock_address_loopback(PSOCK_IPV4, 80, &message.peer), 0);
    assert_result(psock_address_loopback(PSOCK_IPV4, 0, &message.local), 0);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(5));
    const psock_message before = message;
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.valid, before.valid);
    assert_ptr_equal(message.buffers, before.buffers);
    assert_int_equal(message.buffer_count, 1);
}

/* --- The system stops cutting --------------------------------------------- */

static void parts_that_the_system_does_not_cut_go_in_datagrams(void **state)
{
    (void)state;
    make(70, 1);
    expect_parts(0, 64, 2, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, PIECES, returns(PIECES));
    expect_datagrams(PIECES, PIECES, returns(PIECES));
    expect_datagrams(2 * PIECES, 6, returns(6));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, 70);
}

static void rest_goes_in_datagrams_where_the_system_stops_to_cut(void **state)
{
    (void)state;
    const size_t at_once = 64 * 4;
    make(PIECES * at_once + 10, 4);
    expect_parts(0, at_once, PIECES, returns(PIECES));
    expect_parts(PIECES * at_once, at_once, 1, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(PIECES * at_once, 3, returns(3));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, PIECES * at_once + 10);
}

static void part_of_the_rest_counts_with_what_went_before(void **state)
{
    (void)state;
    const size_t at_once = 64 * 4;
    make(PIECES * at_once + 10, 4);
    expect_parts(0, at_once, PIECES, returns(PIECES));
    expect_parts(PIECES * at_once, at_once, 1, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(PIECES * at_once, 3, returns(1));
    assert_result(send_it(PSOCK_FOREVER), 0);
    assert_int_equal(message.size, PIECES * at_once + 4);
    expect_parts(0, at_once, PIECES, returns(PIECES));
    expect_parts(PIECES * at_once, at_once, 1, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(PIECES * at_once, 3, returns(PSOCK_ENOMEM));
    assert_result(send_it(PSOCK_FOREVER), 0);
    assert_int_equal(message.size, PIECES * at_once);
}

/* Two of them are more than the system is given at once, so there is nothing for
 * it to cut; but to refuse, where it sends no segments on that socket. */
static void long_segments_go_one_by_one(void **state)
{
    (void)state;
    make(80001, 40000);
    expect_parts(0, 40000, 3, returns(3));
    assert_result(send_it(PSOCK_NOW), 1);
    make(131000, 65500);
    expect_parts(0, 65500, 2, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 2, returns(2));
    assert_result(send_it(PSOCK_NOW), 1);
    make(131000, 65500);
    expect_parts(0, 65500, 2, returns(PSOCK_EMSGSIZE));
    assert_result(send_it(PSOCK_NOW), PSOCK_EMSGSIZE);
    expect_parts(0, 65500, 2, returns(PSOCK_EOPNOTSUPP));
    message.size = UNTOUCHED;
    assert_result(send_it(PSOCK_NOW), PSOCK_EOPNOTSUPP);
    assert_int_equal(message.size, UNTOUCHED);
}

/* --- Many buffers --------------------------------------------------------- */

static psock_buffer small[PSOCK_MESSAGE_BUFFERS_MAX];

/* Buffers of these sizes, one after the other in memory, so that what is
 * expected is the same as of one. */
static void make_of(const size_t *sizes, size_t size_count, size_t count,
                    uint32_t segment_size)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        small[i] = (psock_buffer){memory + size, sizes[i % size_count]};
        size += small[i].size;
    }
    make(size, segment_size);
    message.buffers = small;
    message.buffer_count = count;
}

static void pieces_span_buffers_and_pass_empty_ones(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 7, 0, 0, 1, 12, 0};
    for (uint32_t segment_size = 1; segment_size <= 21; segment_size++) {
        make_of(sizes, COUNT_OF(sizes), COUNT_OF(sizes), segment_size);
        expect_whole(returns(PSOCK_ENOPROTOOPT));
        const size_t count = (20 + segment_size - 1) / segment_size;
        expect_datagrams(0, count, returns((ptrdiff_t)count));
        assert_result(send_it(PSOCK_NOW), 1);
        assert_int_equal(message.size, 20);
    }
}

static void place_to_go_on_is_found_among_many_buffers(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 37, 350};
    const size_t at_once = 64 * 2;
    make_of(sizes, COUNT_OF(sizes), 63, 2);
    assert_int_equal(whole.size, 21 * 387);
    expect_parts(0, at_once, PIECES, returns(PIECES));
    expect_parts(PIECES * at_once, at_once, PIECES, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(PIECES * at_once, PIECES, returns(PIECES - 1));
    assert_result(send_it(PSOCK_NOW), 0);
    assert_int_equal(message.size, PIECES * at_once + (PIECES - 1) * 2);
}

/* A call ends where the next piece might have more buffers than are left; 64
 * buffers in 30 pieces are 93 of them. */
static void pieces_with_many_buffers_go_in_more_calls(void **state)
{
    (void)state;
    static const size_t sizes[] = {5};
    make_of(sizes, 1, 64, 11);
    size_t buffers = 0;
    size_t first = 0;
    while (buffers <= 64) {
        buffers += (first * 11 + 10) / 5 - first * 11 / 5 + 1;
        first++;
    }
    assert_true(first < 30);
    expect_whole(returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, first, returns((ptrdiff_t)first));
    expect_datagrams(first * 11, 30 - first, returns(30 - (ptrdiff_t)first));
    assert_result(send_it(PSOCK_NOW), 1);
    assert_int_equal(message.size, 320);
}

/* --- Among others --------------------------------------------------------- */

static psock_message row[4];

/* The second in segments, the others as they are. */
static void make_row(size_t size, uint32_t segment_size)
{
    make(size, segment_size);
    for (size_t i = 0; i < COUNT_OF(row); i++) {
        row[i] = message;
        row[i].valid = i == 1 ? message.valid : 0;
    }
}

static ptrdiff_t send_row(void)
{
    return psock_send_messages(SOCKET, row, COUNT_OF(row), 0, PSOCK_FOREVER);
}

static void message_in_segments_is_one_of_many(void **state)
{
    (void)state;
    make_row(43, 10);
    expect_send_messages(SOCKET, row, 4, returns(4));
    assert_result(send_row(), 4);
    assert_int_equal(row[1].size, 43);
}

/* Whether it cuts, the system says of the first only that it is given. */
static void message_not_cut_among_many_is_asked_about_again(void **state)
{
    (void)state;
    make_row(43, 10);
    expect_send_messages(SOCKET, row, 4, returns(1));
    expect_send_messages(SOCKET, row + 1, 3, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(5));
    expect_send_messages(SOCKET, row + 2, 2, returns(2));
    assert_result(send_row(), 4);
    assert_int_equal(row[1].size, 43);
}

static void
short_count_before_segments_is_the_result_where_no_more_goes(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EAGAIN, PSOCK_EINTR, PSOCK_ENOBUFS};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        make_row(43, 10);
        expect_send_messages(SOCKET, row, 4, returns(1));
        expect_send_messages(SOCKET, row + 1, 3, returns(errors[i]));
        assert_result(send_row(), 1);
        assert_int_equal(row[1].size, 0);
        assert_int_equal(row[2].size, UNTOUCHED);
    }
}

static void part_of_a_message_among_many_is_told(void **state)
{
    (void)state;
    make_row(43, 10);
    expect_send_messages(SOCKET, row, 4, returns(1));
    expect_send_messages(SOCKET, row + 1, 3, returns(PSOCK_ENOPROTOOPT));
    expect_datagrams(0, 5, returns(2));
    assert_result(send_row(), 1);
    assert_int_equal(row[1].size, 20);
}

static void message_too_long_at_once_goes_by_itself(void **state)
{
    (void)state;
    make_row(70, 1);
    expect_send_messages(SOCKET, row, 1, returns(1));
    expect_parts(0, 64, 2, returns(2));
    expect_send_messages(SOCKET, row + 2, 2, returns(2));
    assert_result(send_row(), 4);
}

static void message_that_went_in_part_ends_the_count(void **state)
{
    (void)state;
    make_row(70, 1);
    expect_send_messages(SOCKET, row, 1, returns(1));
    expect_parts(0, 64, 2, returns(1));
    assert_result(send_row(), 1);
    assert_int_equal(row[0].size, 70);
    assert_int_equal(row[1].size, 64);
    assert_int_equal(row[2].size, UNTOUCHED);
}

static void message_that_cannot_go_in_part_ends_the_count(void **state)
{
    (void)state;
    make_row(70, 1);
    expect_send_messages(SOCKET, row, 1, returns(1));
    expect_parts(0, 64, 2, returns(PSOCK_EAGAIN));
    assert_result(send_row(), 1);
    assert_int_equal(row[1].size, 0);
}

/* --- Segments of what was received ---------------------------------------- */

static void check_segment(size_t index, size_t offset, size_t size)
{
    psock_buffer found = {NULL, UNTOUCHED};
    assert_result(psock_message_segment(&message, index, &found), 1);
    assert_int_equal(found.size, size);
    if (size > 0)
        assert_ptr_equal(found.data, memory + offset);
}

static void check_no_segment(size_t index, int result)
{
    psock_buffer found = {NULL, UNTOUCHED};
    assert_result(psock_message_segment(&message, index, &found), result);
    assert_int_equal(found.size, UNTOUCHED);
}

static void segments_are_all_of_the_message(void **state)
{
    (void)state;
    make(100, 30);
    message.size = 100;
    check_segment(0, 0, 30);
    check_segment(2, 60, 30);
    check_segment(3, 90, 10);
    check_no_segment(4, 0);
    check_no_segment(101, 0);
    check_no_segment(SIZE_MAX, 0);
    message.size = 90;
    check_segment(2, 60, 30);
    check_no_segment(3, 0);
}

static void message_that_was_not_joined_is_its_only_segment(void **state)
{
    (void)state;
    make(100, 30);
    message.size = 100;
    message.valid = 0;
    check_segment(0, 0, 100);
    check_no_segment(1, 0);
    message.valid = PSOCK_META_SEGMENT_SIZE;
    message.segment_size = 0;
    check_segment(0, 0, 100);
    check_no_segment(1, 0);
    message.segment_size = UINT32_MAX;
    check_segment(0, 0, 100);
    check_no_segment(1, 0);
}

static void empty_message_has_one_segment_of_nothing(void **state)
{
    (void)state;
    make(100, 30);
    message.size = 0;
    check_segment(0, 0, 0);
    check_no_segment(1, 0);
    message.valid = 0;
    check_segment(0, 0, 0);
    check_no_segment(1, 0);
    message.buffer_count = 0;
    check_segment(0, 0, 0);
}

static void segment_in_two_buffers_is_refused(void **state)
{
    (void)state;
    static const size_t sizes[] = {40, 0, 40};
    make_of(sizes, COUNT_OF(sizes), 3, 30);
    message.size = 80;
    check_segment(0, 0, 30);
    check_no_segment(1, PSOCK_EINVAL);
    check_segment(2, 60, 20);
    message.segment_size = 40;
    check_segment(0, 0, 40);
    check_segment(1, 40, 40);
}

static void size_that_is_a_lie_leads_to_no_segment(void **state)
{
    (void)state;
    make(100, 30);
    message.size = 1000;
    check_segment(2, 60, 30);
    check_no_segment(3, PSOCK_EINVAL);
    check_no_segment(4, PSOCK_EINVAL);
    check_no_segment(33, PSOCK_EINVAL);
    check_no_segment(34, 0);
    message.size = UINT32_MAX;
    message.segment_size = 1;
    check_no_segment(UINT32_MAX - 1, PSOCK_EINVAL);
    check_no_segment(UINT32_MAX, 0);
    message.valid = 0;
    check_no_segment(0, PSOCK_EINVAL);
    message.size = SIZE_MAX;
    check_no_segment(0, PSOCK_EINVAL);
    message.valid = PSOCK_META_SEGMENT_SIZE;
    check_no_segment(SIZE_MAX / 2, PSOCK_EINVAL);
}

/* Where a product would wrap around, it must not lead back into the message. */
static void index_of_any_size_leads_to_no_wrong_segment(void **state)
{
    (void)state;
    for (int bit = 7; bit < 32; bit++) {
        make(100, (uint32_t)1 << bit);
        message.size = 100;
        check_segment(0, 0, 100);
        for (size_t index = 1; index != 0; index <<= 1)
            check_no_segment(index, 0);
        check_no_segment(SIZE_MAX, 0);
    }
}

static void null_arguments_of_a_segment_are_refused(void **state)
{
    (void)state;
    psock_buffer found = {NULL, UNTOUCHED};
    make(100, 30);
    assert_result(psock_message_segment(NULL, 0, &found), PSOCK_EFAULT);
    assert_result(psock_message_segment(&message, 0, NULL), PSOCK_EFAULT);
    assert_int_equal(found.size, UNTOUCHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(message_that_the_system_can_cut_is_left_to_it),
        test(message_of_one_segment_is_left_to_the_system),
        test(segment_that_no_datagram_holds_is_refused_without_a_call),
        test(more_segments_than_go_at_once_go_in_parts),
        test(more_bytes_than_go_at_once_go_in_parts_of_whole_segments),
        test(more_parts_than_go_in_one_call_go_in_several),
        test(parts_that_went_are_told_and_the_rest_is_for_the_caller),
        test(message_that_the_system_does_not_cut_goes_in_datagrams),
        test(empty_message_in_segments_is_one_empty_datagram),
        test(more_datagrams_than_go_in_one_call_go_in_several),
        test(datagrams_that_went_are_told_and_the_rest_is_for_the_caller),
        test(failure_after_some_datagrams_is_left_to_the_next_call),
        test(failure_of_the_first_datagram_is_the_error),
        test(datagrams_wait_until_one_can_be_sent),
        test(datagrams_are_not_waited_for_beyond_the_deadline),
        test(every_piece_has_all_that_the_message_has),
        test(parts_that_the_system_does_not_cut_go_in_datagrams),
        test(rest_goes_in_datagrams_where_the_system_stops_to_cut),
        test(part_of_the_rest_counts_with_what_went_before),
        test(long_segments_go_one_by_one),
        test(pieces_span_buffers_and_pass_empty_ones),
        test(place_to_go_on_is_found_among_many_buffers),
        test(pieces_with_many_buffers_go_in_more_calls),
        test(message_in_segments_is_one_of_many),
        test(message_not_cut_among_many_is_asked_about_again),
        test(short_count_before_segments_is_the_result_where_no_more_goes),
        test(part_of_a_message_among_many_is_told),
        test(message_too_long_at_once_goes_by_itself),
        test(message_that_went_in_part_ends_the_count),
        test(message_that_cannot_go_in_part_ends_the_count),
        test(segments_are_all_of_the_message),
        test(message_that_was_not_joined_is_its_only_segment),
        test(empty_message_has_one_segment_of_nothing),
        test(segment_in_two_buffers_is_refused),
        test(size_that_is_a_lie_leads_to_no_segment),
        test(index_of_any_size_leads_to_no_wrong_segment),
        test(null_arguments_of_a_segment_are_refused),
    };
    return cmocka_run_group_tests_name("fake.segments", tests, NULL, NULL);
}
