/* Arrays of messages: what is wrong with them, how many go in one call, and what
 * the waiting makes of odd results.  Cutting in segments is in segments.c. */
#include "sys_fake.h"

#include <limits.h>
#include <string.h>

enum {
    SOCKET = 8,
    MANY = 150, /* more than two calls take */
    UNTOUCHED = 99
};

static unsigned char memory[MANY];
static psock_buffer buffers[MANY];
static psock_message messages[MANY];
static psock_address peer;

/* Messages of one byte each. */
static int begin(void **state)
{
    fake_begin(state);
    for (size_t i = 0; i < MANY; i++) {
        buffers[i] = (psock_buffer){memory + i, 1};
        messages[i] = (psock_message){
            .buffers = &buffers[i], .buffer_count = 1, .size = UNTOUCHED};
    }
    return psock_address_loopback(PSOCK_IPV4, 80, &peer);
}

#define test_message(claim)                                                    \
    cmocka_unit_test_setup_teardown(claim, begin, fake_end)

static ptrdiff_t send_them(size_t count, psock_deadline deadline)
{
    return psock_send_messages(SOCKET, messages, count, 0, deadline);
}

static ptrdiff_t receive(size_t count, unsigned flags, psock_deadline deadline)
{
    return psock_recv_messages(SOCKET, messages, count, flags, deadline);
}

static void expect_message_send_of(size_t first, size_t count,
                                   struct answer answer)
{
    expect_send_messages(SOCKET, messages + first, count, answer);
}

static void expect_recv_of(size_t first, size_t count, unsigned flags,
                           struct answer answer)
{
    expect_recv_messages(SOCKET, messages + first, count, flags, answer);
}

/* --- Arguments of both ---------------------------------------------------- */

static void unknown_flags_of_messages_are_refused_without_a_call(void **state)
{
    (void)state;
    const unsigned unknown[] = {1 << 2, 1 << 30, UINT_MAX, PSOCK_SYS_MAY_WAIT};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        assert_result(
            psock_send_messages(SOCKET, messages, 1, unknown[i], PSOCK_NOW),
            PSOCK_EINVAL);
        assert_result(receive(1, unknown[i], PSOCK_NOW), PSOCK_EINVAL);
        assert_result(receive(0, unknown[i], PSOCK_NOW), PSOCK_EINVAL);
    }
    assert_result(
        psock_send_messages(SOCKET, messages, 1, PSOCK_PEEK, PSOCK_NOW),
        PSOCK_EINVAL);
    assert_result(psock_send_messages(SOCKET, messages, 1,
                                      PSOCK_WITH_UNDELIVERED, PSOCK_NOW),
                  PSOCK_EINVAL);
}

static void null_messages_are_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_send_messages(SOCKET, NULL, 1, 0, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_recv_messages(SOCKET, NULL, 1, 0, PSOCK_FOREVER),
                  PSOCK_EFAULT);
}

static void no_messages_are_none_on_a_socket_that_is_one(void **state)
{
    (void)state;
    psock_message *none = NULL;
    expect_checking(SOCKET, returns(0));
    assert_result(send_them(0, PSOCK_FOREVER), 0);
    expect_checking(SOCKET, returns(0));
    assert_result(psock_send_messages(SOCKET, none, 0, 0, PSOCK_FOREVER), 0);
    expect_checking(SOCKET, returns(0));
    assert_result(receive(0, PSOCK_PEEK, PSOCK_FOREVER), 0);
    expect_checking(SOCKET, returns(PSOCK_ENOTSOCK));
    assert_result(receive(0, 0, PSOCK_FOREVER), PSOCK_ENOTSOCK);
    assert_result(psock_send_messages(-1, messages, 0, 0, PSOCK_NOW),
                  PSOCK_EBADF);
    assert_result(psock_recv_messages(-1, none, 0, 0, PSOCK_NOW), PSOCK_EBADF);
}

static void bad_descriptor_of_messages_is_the_systems_to_refuse(void **state)
{
    (void)state;
    expect_send_messages(-1, messages, 1, returns(PSOCK_EBADF));
    assert_result(psock_send_messages(-1, messages, 1, 0, PSOCK_FOREVER),
                  PSOCK_EBADF);
    expect_recv_messages(-1, messages, 1, 0, returns(PSOCK_EBADF));
    assert_result(psock_recv_messages(-1, messages, 1, 0, PSOCK_NOW),
                  PSOCK_EBADF);
}

/* --- What is wrong with a message to send --------------------------------- */

static psock_buffer too_many[PSOCK_MESSAGE_BUFFERS_MAX + 1];
static const psock_buffer no_place = {NULL, 1};
static const psock_buffer endless[] = {{memory, PTRDIFF_MAX}, {memory, 1}};
static const psock_buffer wrapped[] = {{memory, 1}, {memory, SIZE_MAX}};
static psock_control no_bytes = {NULL, 8, 8};
static psock_control beyond_room = {memory, 8, 9};
static psock_control too_much = {memory, 4096, PSOCK_CONTROL_MAX + 1};

#define WITH(bit) .buffers = buffers, .buffer_count = 1, .valid = (bit)

static const struct wrong {
    psock_message message;
    int error;
} wrongs[] = {
    {{WITH(1u << 8)}, PSOCK_EINVAL},
    {{WITH(1u << 31)}, PSOCK_EINVAL},
    {{WITH(PSOCK_META_TIMESTAMP)}, PSOCK_EINVAL},
    {{WITH(PSOCK_META_SEGMENT_SIZE_ANYWAY)}, PSOCK_EINVAL},
    {{WITH(PSOCK_META_ECN), .ecn = 4}, PSOCK_EINVAL},
    {{WITH(PSOCK_META_ECN), .ecn = 255}, PSOCK_EINVAL},
    {{WITH(PSOCK_META_HOP_LIMIT), .hop_limit = 0}, PSOCK_EINVAL},
    {{WITH(PSOCK_META_DONT_FRAGMENT), .dont_fragment = 2}, PSOCK_EINVAL},
    {{WITH(PSOCK_META_SEGMENT_SIZE), .segment_size = 0}, PSOCK_EINVAL},
    {{.buffers = too_many, .buffer_count = COUNT_OF(too_many)}, PSOCK_EINVAL},
    {{.buffers = NULL, .buffer_count = SIZE_MAX}, PSOCK_EINVAL},
    {{.buffers = NULL, .buffer_count = 1}, PSOCK_EFAULT},
    {{.buffers = &no_place, .buffer_count = 1}, PSOCK_EFAULT},
    {{.buffers = endless, .buffer_count = 2}, PSOCK_EINVAL},
    {{.buffers = wrapped, .buffer_count = 2}, PSOCK_EINVAL},
    {{.valid = PSOCK_META_SEGMENT_SIZE,
      .segment_size = 1,
      .buffers = &no_place,
      .buffer_count = 1},
     PSOCK_EFAULT},
    {{WITH(0), .control = &no_bytes}, PSOCK_EFAULT},
    {{WITH(0), .control = &beyond_room}, PSOCK_EINVAL},
    {{WITH(0), .control = &too_much}, PSOCK_EINVAL},
};

static void wrong_message_is_refused_without_a_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
        messages[0] = wrongs[i].message;
        messages[0].size = UNTOUCHED;
        assert_result(send_them(3, PSOCK_FOREVER), wrongs[i].error);
        assert_int_equal(messages[0].size, UNTOUCHED);
    }
}

static void wrong_message_waits_for_its_turn(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
        messages[2] = wrongs[i].message;
        messages[2].size = UNTOUCHED;
        messages[3].size = UNTOUCHED;
        expect_message_send_of(0, 2, returns(2));
        assert_result(send_them(5, PSOCK_FOREVER), 2);
        assert_int_equal(messages[1].size, 1);
        assert_int_equal(messages[2].size, 0);
        assert_int_equal(messages[3].size, UNTOUCHED);
    }
}

static void wrong_message_in_a_later_call_is_found_there(void **state)
{
    (void)state;
    messages[64] = wrongs[0].message;
    expect_message_send_of(0, 64, returns(64));
    assert_result(send_them(MANY, PSOCK_FOREVER), 64);
    messages[70] = messages[64];
    messages[64] = messages[63];
    expect_message_send_of(0, 64, returns(64));
    expect_message_send_of(64, 6, returns(6));
    assert_result(send_them(MANY, PSOCK_FOREVER), 70);
    assert_int_equal(messages[70].size, 0);
}

/* --- What is right with it ------------------------------------------------ */

static void check_sent(const psock_message *message)
{
    messages[0] = *message;
    expect_message_send_of(0, 1, returns(1));
    assert_result(send_them(1, PSOCK_NOW), 1);
}

static void ends_of_every_range_are_sent(void **state)
{
    (void)state;
    static psock_control most = {memory, 4096, PSOCK_CONTROL_MAX};
    static psock_control none = {NULL, 100, 0};
    static const psock_buffer nothing = {NULL, 0};
    const psock_message rights[] = {
        {WITH(PSOCK_META_ECN), .ecn = 0},
        {WITH(PSOCK_META_ECN), .ecn = 3},
        {WITH(PSOCK_META_HOP_LIMIT), .hop_limit = 1},
        {WITH(PSOCK_META_HOP_LIMIT), .hop_limit = 255},
        {WITH(PSOCK_META_TRAFFIC_CLASS), .traffic_class = 0},
        {WITH(PSOCK_META_TRAFFIC_CLASS), .traffic_class = 255},
        {WITH(PSOCK_META_DONT_FRAGMENT), .dont_fragment = 0},
        {WITH(PSOCK_META_DONT_FRAGMENT), .dont_fragment = 1},
        {WITH(PSOCK_META_INTERFACE), .interface_index = UINT32_MAX},
        {WITH(PSOCK_META_LOCAL), .local = peer},
        {WITH(PSOCK_META_LOCAL | PSOCK_META_INTERFACE | PSOCK_META_ECN |
              PSOCK_META_TRAFFIC_CLASS | PSOCK_META_HOP_LIMIT |
              PSOCK_META_DONT_FRAGMENT),
         .local = peer, .ecn = 1, .hop_limit = 7},
        {.buffers = too_many, .buffer_count = PSOCK_MESSAGE_BUFFERS_MAX},
        {.buffers = NULL, .buffer_count = 0},
        {.buffers = &nothing, .buffer_count = 1},
        {WITH(0), .control = &most},
        {WITH(0), .control = &none},
        {WITH(0), .peer = peer},
    };
    for (size_t i = 0; i < COUNT_OF(rights); i++)
        check_sent(&rights[i]);
}

static void member_without_its_bit_does_not_count(void **state)
{
    (void)state;
    check_sent(&(psock_message){WITH(0), .ecn = 255, .dont_fragment = 9,
                                .hop_limit = 0, .segment_size = 0});
    check_sent(
        &(psock_message){WITH(PSOCK_META_ECN), .ecn = 2, .dont_fragment = 9});
}

/* --- How many go ---------------------------------------------------------- */

static void sizes_of_what_was_sent_are_told(void **state)
{
    (void)state;
    messages[1].buffers = buffers;
    messages[1].buffer_count = 30;
    messages[2].buffer_count = 0;
    expect_message_send_of(0, 3, returns(3));
    assert_result(send_them(3, PSOCK_NOW), 3);
    assert_int_equal(messages[0].size, 1);
    assert_int_equal(messages[1].size, 30);
    assert_int_equal(messages[2].size, 0);
}

static void
short_count_is_the_result_and_the_next_has_gone_in_no_part(void **state)
{
    (void)state;
    for (size_t sent = 1; sent < 5; sent++) {
        messages[sent].size = UNTOUCHED;
        messages[sent + 1].size = UNTOUCHED;
        expect_message_send_of(0, 5, returns((ptrdiff_t)sent));
        assert_result(send_them(5, PSOCK_FOREVER), (ptrdiff_t)sent);
        assert_int_equal(messages[sent - 1].size, 1);
        assert_int_equal(messages[sent].size, 0);
        assert_int_equal(messages[sent + 1].size, UNTOUCHED);
    }
}

static void more_than_one_call_takes_go_in_several(void **state)
{
    (void)state;
    expect_message_send_of(0, 64, returns(64));
    expect_message_send_of(64, 64, returns(64));
    expect_message_send_of(128, 22, returns(22));
    assert_result(send_them(MANY, PSOCK_NOW), MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(messages[i].size, 1);
}

static void failure_after_some_were_sent_is_left_to_the_next_call(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EAGAIN, PSOCK_EINTR, PSOCK_ECONNREFUSED,
                                 PSOCK_ENOBUFS, PSOCK_ECANCELED};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        messages[64].size = UNTOUCHED;
        expect_message_send_of(0, 64, returns(64));
        expect_message_send_of(64, 64, returns(errors[i]));
        assert_result(send_them(MANY, PSOCK_FOREVER), 64);
        assert_int_equal(messages[64].size, 0);
    }
}

static void short_count_of_a_later_call_is_added(void **state)
{
    (void)state;
    expect_message_send_of(0, 64, returns(64));
    expect_message_send_of(64, 64, returns(63));
    assert_result(send_them(MANY, PSOCK_FOREVER), 127);
    assert_int_equal(messages[126].size, 1);
    assert_int_equal(messages[127].size, 0);
    assert_int_equal(messages[128].size, UNTOUCHED);
}

/* --- Waiting -------------------------------------------------------------- */

static void messages_wait_until_one_can_be_sent(void **state)
{
    (void)state;
    expect_message_send_of(0, 5, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9),
                after(ms(2), came(PSOCK_SYS_WRITE)));
    expect_message_send_of(0, 5, returns(PSOCK_EINTR));
    expect_message_send_of(0, 5, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(7), came(PSOCK_SYS_WRITE));
    expect_message_send_of(0, 5, returns(2));
    assert_result(send_them(5, in(ms(9))), 2);
}

static void messages_wait_for_the_first_only(void **state)
{
    (void)state;
    expect_message_send_of(0, 64, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, -1, came(PSOCK_SYS_WRITE));
    expect_message_send_of(0, 64, returns(64));
    expect_message_send_of(64, 64, returns(PSOCK_EAGAIN));
    assert_result(send_them(MANY, PSOCK_FOREVER), 64);
}

static void check_deadline_passes(psock_deadline deadline, int error)
{
    expect_message_send_of(0, 2, returns(PSOCK_EAGAIN));
    assert_result(send_them(2, deadline), error);
    expect_recv_of(0, 2, 0, returns(PSOCK_EAGAIN));
    assert_result(receive(2, 0, deadline), error);
}

static void deadline_that_has_passed_is_one_attempt(void **state)
{
    (void)state;
    check_deadline_passes(PSOCK_NOW, PSOCK_EAGAIN);
    check_deadline_passes(in(0), PSOCK_ETIMEDOUT);
    check_deadline_passes(1, PSOCK_ETIMEDOUT);
    check_deadline_passes(INT64_MIN, PSOCK_ETIMEDOUT);
}

static void deadline_that_passes_in_the_wait_ends_it(void **state)
{
    (void)state;
    expect_message_send_of(0, 2, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9), after(ms(9), returns(0)));
    assert_result(send_them(2, in(ms(9))), PSOCK_ETIMEDOUT);
    expect_recv_of(0, 2, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), after(ms(5), returns(0)));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(4), after(ms(4), returns(0)));
    assert_result(receive(2, 0, in(ms(9))), PSOCK_ETIMEDOUT);
    assert_int_equal(messages[0].size, UNTOUCHED);
}

static void waits_of_messages_can_be_canceled(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_message_send_of(0, 2, returns(PSOCK_EAGAIN));
    expect_wait_with(SOCKET, PSOCK_SYS_WRITE, &waker, -1,
                     returns(PSOCK_ECANCELED));
    assert_result(send_them(2, PSOCK_FOREVER), PSOCK_ECANCELED);
    expect_recv_of(0, 2, 0, returns(PSOCK_EAGAIN));
    expect_wait_with(SOCKET, PSOCK_SYS_READ, &waker, -1,
                     returns(PSOCK_ECANCELED));
    assert_result(receive(2, 0, PSOCK_FOREVER), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

static void wait_of_messages_that_fails_is_the_error(void **state)
{
    (void)state;
    expect_message_send_of(0, 2, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, -1, returns(PSOCK_ENOMEM));
    assert_result(send_them(2, PSOCK_FOREVER), PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ENOMEM));
}

/* --- Receiving ------------------------------------------------------------ */

static void what_was_received_is_told_and_buffers_stay(void **state)
{
    (void)state;
    char text[] = "x";
    const psock_buffer data = {text, 1};
    const psock_message came_in = {.peer = peer,
                                   .size = 1,
                                   .valid = PSOCK_META_ECN,
                                   .flags = PSOCK_TRUNCATED,
                                   .buffers = &data,
                                   .buffer_count = 1,
                                   .ecn = 3};
    memory[0] = '#';
    expect_recv_of(0, 3, 0, delivers(&came_in, 1));
    assert_result(receive(3, 0, PSOCK_NOW), 1);
    assert_int_equal(memory[0], 'x');
    assert_ptr_equal(messages[0].buffers, &buffers[0]);
    assert_int_equal(messages[0].flags, PSOCK_TRUNCATED);
    assert_int_equal(messages[0].ecn, 3);
    assert_int_equal(psock_address_compare(&messages[0].peer, &peer), 0);
    assert_int_equal(messages[1].size, UNTOUCHED);
}

/* The system may wait for the first, and not once there is something. */
static void more_than_one_call_gives_come_in_several(void **state)
{
    (void)state;
    expect_recv_of(0, 64, PSOCK_SYS_MAY_WAIT, returns(64));
    expect_recv_of(64, 64, 0, returns(64));
    expect_recv_of(128, 22, 0, returns(21));
    assert_result(receive(MANY, 0, PSOCK_FOREVER), MANY - 1);
}

static void short_count_of_a_receive_is_the_result(void **state)
{
    (void)state;
    expect_recv_of(0, 64, 0, returns(63));
    assert_result(receive(MANY, 0, in(ms(5))), 63);
}

static void failure_after_some_came_is_left_to_the_next_call(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EAGAIN, PSOCK_EINTR, PSOCK_ECONNREFUSED,
                                 PSOCK_ENOMEM};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_recv_of(0, 64, 0, returns(64));
        expect_recv_of(64, 6, 0, returns(errors[i]));
        assert_result(receive(70, 0, in(ms(5))), 64);
    }
}

static void peeking_sees_the_first_message_only(void **state)
{
    (void)state;
    expect_recv_of(0, 1, PSOCK_PEEK, returns(1));
    assert_result(receive(MANY, PSOCK_PEEK, PSOCK_NOW), 1);
    expect_recv_of(0, 1, PSOCK_PEEK | PSOCK_SYS_MAY_WAIT, returns(1));
    assert_result(receive(MANY, PSOCK_PEEK, PSOCK_FOREVER), 1);
}

static void system_may_not_wait_where_reports_are_wanted(void **state)
{
    (void)state;
    const unsigned flags = PSOCK_WITH_UNDELIVERED;
    expect_recv_of(0, 2, flags, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, -1, came(PSOCK_SYS_FAILED));
    expect_recv_of(0, 2, flags, returns(1));
    assert_result(receive(2, flags, PSOCK_FOREVER), 1);
}

static void system_may_not_wait_where_messages_can_be_canceled(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_recv_of(0, 2, 0, returns(1));
    assert_result(receive(2, 0, PSOCK_FOREVER), 1);
    (void)psock_cancel_with(NULL);
}

static void
room_that_cannot_be_used_is_refused_when_it_is_its_turn(void **state)
{
    (void)state;
    psock_control nowhere = {NULL, 8, 0};
    for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
        const struct wrong *wrong = &wrongs[i];
        if (wrong->message.valid != 0 || wrong->message.control != NULL)
            continue;
        messages[0] = wrong->message;
        assert_result(receive(3, 0, PSOCK_FOREVER), wrong->error);
        messages[0] = messages[1];
        messages[2] = wrong->message;
        expect_recv_of(0, 2, 0, returns(2));
        assert_result(receive(3, 0, PSOCK_NOW), 2);
    }
    messages[0].control = &nowhere;
    assert_result(receive(3, 0, PSOCK_FOREVER), PSOCK_EFAULT);
    messages[0].buffer_count = SIZE_MAX;
    assert_result(receive(3, 0, PSOCK_FOREVER), PSOCK_EINVAL);
}

/* What is in use of it, or wrong with what is to be written, is nothing to a
 * receive. */
static void only_what_is_read_of_a_message_to_fill_counts(void **state)
{
    (void)state;
    psock_control full = {memory, 8, 9};
    messages[0].control = &full;
    messages[0].valid = UINT32_MAX;
    messages[0].flags = UINT32_MAX;
    messages[0].segment_size = 0;
    expect_recv_of(0, 1, 0, returns(PSOCK_EAGAIN));
    assert_result(receive(1, 0, PSOCK_NOW), PSOCK_EAGAIN);
}

static void room_of_no_bytes_for_control_data_may_have_no_place(void **state)
{
    (void)state;
    psock_control none = {NULL, 0, 0};
    messages[0].control = &none;
    expect_recv_of(0, 1, 0, returns(1));
    assert_result(receive(1, 0, PSOCK_NOW), 1);
}

/* --- The end -------------------------------------------------------------- */

static void end_gives_one_message_of_nothing(void **state)
{
    (void)state;
    psock_control control = {memory, 8, 8};
    messages[0].peer = peer;
    messages[0].valid = messages[0].flags = UINT32_MAX;
    messages[0].control = &control;
    expect_recv_of(0, 3, PSOCK_SYS_MAY_WAIT, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, -1, came(PSOCK_SYS_ENDED));
    expect_recv_of(0, 3, PSOCK_SYS_MAY_WAIT, returns(PSOCK_EAGAIN));
    assert_result(receive(3, 0, PSOCK_FOREVER), 1);
    assert_int_equal(messages[0].size, 0);
    assert_int_equal(messages[0].valid, 0);
    assert_int_equal(messages[0].flags, 0);
    assert_int_equal(messages[0].peer.length, 0);
    assert_int_equal(control.size, 0);
    assert_int_equal(messages[1].size, UNTOUCHED);
}

static void message_before_the_end_comes_first(void **state)
{
    (void)state;
    expect_recv_of(0, 3, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_ENDED));
    expect_recv_of(0, 3, 0, returns(2));
    assert_result(receive(3, 0, in(ms(9))), 2);
}

/* --- Reports in the way --------------------------------------------------- */

static void
report_that_nobody_wants_is_dropped_once_it_is_in_the_way(void **state)
{
    (void)state;
    expect_recv_of(0, 3, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9),
                after(ms(1), came(PSOCK_SYS_FAILED)));
    expect_recv_of(0, 3, 0, returns(PSOCK_EAGAIN));
    expect_drop_undelivered(SOCKET, returns(0));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(8), came(PSOCK_SYS_READ));
    expect_recv_of(0, 3, 0, returns(1));
    assert_result(receive(3, 0, in(ms(9))), 1);
}

static void
report_gone_by_an_interrupted_receive_is_not_dropped_again(void **state)
{
    (void)state;
    expect_recv_of(0, 3, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_FAILED));
    expect_recv_of(0, 3, 0, returns(PSOCK_EINTR));
    expect_recv_of(0, 3, 0, returns(1));
    assert_result(receive(3, 0, in(ms(9))), 1);
}

static void end_beside_a_report_is_the_end(void **state)
{
    (void)state;
    const unsigned events = PSOCK_SYS_FAILED | PSOCK_SYS_ENDED;
    expect_recv_of(0, 1, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(events));
    expect_recv_of(0, 1, 0, returns(PSOCK_EAGAIN));
    assert_result(receive(1, 0, in(ms(9))), 1);
    assert_int_equal(messages[0].size, 0);
}

static void failure_that_is_told_is_not_dropped(void **state)
{
    (void)state;
    expect_recv_of(0, 1, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_FAILED));
    expect_recv_of(0, 1, 0, returns(PSOCK_ECONNREFUSED));
    assert_result(receive(1, 0, in(ms(9))), PSOCK_ECONNREFUSED);
}

static void deadline_passes_while_reports_come(void **state)
{
    (void)state;
    for (int64_t left = 9; left > 0; left--) {
        expect_recv_of(0, 1, 0, returns(PSOCK_EAGAIN));
        if (left < 9)
            expect_drop_undelivered(SOCKET, returns(0));
        expect_wait(SOCKET, PSOCK_SYS_READ, ms(left),
                    after(ms(1), came(PSOCK_SYS_FAILED)));
    }
    expect_recv_of(0, 1, 0, returns(PSOCK_EAGAIN));
    expect_drop_undelivered(SOCKET, returns(0));
    assert_result(receive(1, 0, in(ms(9))), PSOCK_ETIMEDOUT);
}

static void plain_receive_drops_reports_too(void **state)
{
    (void)state;
    expect_recv(SOCKET, memory, 9, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_FAILED));
    expect_recv(SOCKET, memory, 9, 0, returns(PSOCK_EAGAIN));
    expect_drop_undelivered(SOCKET, returns(0));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_READ));
    expect_recv(SOCKET, memory, 9, 0, returns(3));
    assert_result(psock_recv(SOCKET, memory, 9, 0, in(ms(9))), 3);
}

/* Another thread may have taken what the wait told of. */
static void receive_that_wants_reports_drops_none(void **state)
{
    (void)state;
    const unsigned flags = PSOCK_WITH_UNDELIVERED;
    expect_recv_of(0, 1, flags, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_FAILED));
    expect_recv_of(0, 1, flags, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_FAILED));
    expect_recv_of(0, 1, flags, returns(1));
    assert_result(receive(1, flags, in(ms(9))), 1);
}

/* What cannot be received is nothing to those who send, but ends their waits; so
 * they pause instead. */
static void send_drops_no_report_and_pauses_beside_it(void **state)
{
    (void)state;
    const unsigned events = PSOCK_SYS_WRITE | PSOCK_SYS_FAILED;
    expect_message_send_of(0, 1, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9), came(events));
    expect_message_send_of(0, 1, returns(PSOCK_EAGAIN));
    expect_poll(NULL, 0, NULL, ms(2), after(ms(2), returns(0)));
    expect_message_send_of(0, 1, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(7), came(events));
    expect_message_send_of(0, 1, returns(1));
    assert_result(send_them(1, in(ms(9))), 1);
}

static void deadline_passes_in_a_pause_beside_a_report(void **state)
{
    (void)state;
    const unsigned events = PSOCK_SYS_WRITE | PSOCK_SYS_FAILED;
    expect_send(SOCKET, memory, 9, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(1), came(events));
    expect_send(SOCKET, memory, 9, returns(PSOCK_EAGAIN));
    expect_poll(NULL, 0, NULL, ms(1), after(ms(1), returns(0)));
    expect_send(SOCKET, memory, 9, returns(PSOCK_EAGAIN));
    assert_result(psock_send(SOCKET, memory, 9, 0, in(ms(1))), PSOCK_ETIMEDOUT);
}

/* A report comes alone, so what is behind it is asked for. */
static void reports_and_what_is_behind_them_come_in_one_call(void **state)
{
    (void)state;
    const unsigned flags = PSOCK_WITH_UNDELIVERED;
    const psock_message report = {.peer = peer, .flags = PSOCK_UNDELIVERED};
    const psock_message data = {.peer = peer};
    expect_recv_of(0, 5, flags, delivers(&report, 1));
    expect_recv_of(1, 4, flags, delivers(&report, 1));
    expect_recv_of(2, 3, flags, delivers(&data, 1));
    assert_result(receive(5, flags, PSOCK_NOW), 3);
    expect_recv_of(0, 2, flags, delivers(&report, 1));
    expect_recv_of(1, 1, flags, delivers(&report, 1));
    assert_result(receive(2, flags, PSOCK_NOW), 2);
    expect_recv_of(0, 2, flags, delivers(&report, 1));
    expect_recv_of(1, 1, flags, returns(PSOCK_EAGAIN));
    assert_result(receive(2, flags, PSOCK_FOREVER), 1);
}

/* --- What to be told ------------------------------------------------------ */

static const struct kind {
    int family;
    int type;
    _Bool has_metadata;
    _Bool has_reports;
} kinds[] = {
    {PSOCK_IPV4, PSOCK_DATAGRAM, 1, 1},
    {PSOCK_IPV6, PSOCK_DATAGRAM, 1, 1},
    {PSOCK_IPV4, PSOCK_RAW, 1, 0},
    {PSOCK_IPV6, PSOCK_RAW, 1, 0},
    {PSOCK_IPV4, PSOCK_STREAM, 0, 0},
    {PSOCK_IPV6, PSOCK_STREAM, 0, 0},
    {PSOCK_UNIX, PSOCK_DATAGRAM, 0, 0},
    {PSOCK_UNIX, PSOCK_STREAM, 0, 0},
    {PSOCK_UNIX, PSOCK_SEQPACKET, 0, 0},
    {PSOCK_NONE, PSOCK_DATAGRAM, 0, 0},
    {PSOCK_IPV4, 0, 0, 0},
    {PSOCK_NONE, 0, 0, 0},
};

static void check_metadata_of(const struct kind *kind)
{
    expect_kind(SOCKET, is_of(kind->family, kind->type));
    if (kind->has_metadata)
        expect_want_metadata(SOCKET, PSOCK_META_ECN, returns(PSOCK_META_ECN));
    assert_result(psock_want_metadata(SOCKET, PSOCK_META_ECN),
                  kind->has_metadata ? PSOCK_META_ECN : PSOCK_EOPNOTSUPP);
}

static void check_reports_of(const struct kind *kind)
{
    expect_kind(SOCKET, is_of(kind->family, kind->type));
    if (kind->has_reports)
        expect_want_undelivered(SOCKET, 1, returns(0));
    assert_result(psock_want_undelivered(SOCKET, 1),
                  kind->has_reports ? 0 : PSOCK_EOPNOTSUPP);
}

static void only_datagrams_have_metadata_and_reports(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        check_metadata_of(&kinds[i]);
        check_reports_of(&kinds[i]);
    }
}

static void
metadata_that_nobody_can_tell_are_refused_without_a_call(void **state)
{
    (void)state;
    const unsigned unknown[] = {PSOCK_META_DONT_FRAGMENT,
                                1u << 8,
                                1u << 15,
                                1u << 17,
                                1u << 31,
                                UINT_MAX};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        assert_result(psock_want_metadata(SOCKET, unknown[i]), PSOCK_EINVAL);
        assert_result(
            psock_want_metadata(SOCKET, unknown[i] | PSOCK_META_LOCAL),
            PSOCK_EINVAL);
    }
    assert_result(psock_want_metadata(-1, PSOCK_META_LOCAL), PSOCK_EBADF);
    assert_result(psock_want_undelivered(-1, 1), PSOCK_EBADF);
}

static void what_is_granted_is_the_systems_word(void **state)
{
    (void)state;
    const unsigned all = 127 | PSOCK_META_SEGMENT_SIZE_ANYWAY;
    expect_kind(SOCKET, is_of(PSOCK_IPV6, PSOCK_DATAGRAM));
    expect_want_metadata(SOCKET, all, returns(5));
    assert_result(psock_want_metadata(SOCKET, all), 5);
    expect_kind(SOCKET, is_of(PSOCK_IPV6, PSOCK_DATAGRAM));
    expect_want_metadata(SOCKET, 0, returns(0));
    assert_result(psock_want_metadata(SOCKET, 0), 0);
    expect_kind(SOCKET, is_of(PSOCK_IPV4, PSOCK_DATAGRAM));
    expect_want_metadata(SOCKET, all, returns(PSOCK_ENOBUFS));
    assert_result(psock_want_metadata(SOCKET, all), PSOCK_ENOBUFS);
}

static void any_wish_for_reports_is_the_same_wish(void **state)
{
    (void)state;
    const int wishes[] = {0, 1, 2, -1, INT_MIN, INT_MAX};
    for (size_t i = 0; i < COUNT_OF(wishes); i++) {
        expect_kind(SOCKET, is_of(PSOCK_IPV4, PSOCK_DATAGRAM));
        expect_want_undelivered(SOCKET, wishes[i] != 0, returns(0));
        assert_result(psock_want_undelivered(SOCKET, wishes[i]), 0);
    }
    expect_kind(SOCKET, is_of(PSOCK_IPV4, PSOCK_DATAGRAM));
    expect_want_undelivered(SOCKET, 1, returns(PSOCK_ENOTSUP));
    assert_result(psock_want_undelivered(SOCKET, 1), PSOCK_ENOTSUP);
}

static void what_is_no_socket_has_no_metadata(void **state)
{
    (void)state;
    expect_kind(SOCKET, returns(PSOCK_ENOTSOCK));
    assert_result(psock_want_metadata(SOCKET, 0), PSOCK_ENOTSOCK);
    expect_kind(SOCKET, returns(PSOCK_EBADF));
    assert_result(psock_want_undelivered(SOCKET, 0), PSOCK_EBADF);
}

static int set_the_stage(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(too_many); i++)
        too_many[i] = (psock_buffer){memory + i, 1};
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_message(unknown_flags_of_messages_are_refused_without_a_call),
        test_message(null_messages_are_refused_without_a_call),
        test_message(no_messages_are_none_on_a_socket_that_is_one),
        test_message(bad_descriptor_of_messages_is_the_systems_to_refuse),
        test_message(wrong_message_is_refused_without_a_call),
        test_message(wrong_message_waits_for_its_turn),
        test_message(wrong_message_in_a_later_call_is_found_there),
        test_message(ends_of_every_range_are_sent),
        test_message(member_without_its_bit_does_not_count),
        test_message(sizes_of_what_was_sent_are_told),
        test_message(
            short_count_is_the_result_and_the_next_has_gone_in_no_part),
        test_message(more_than_one_call_takes_go_in_several),
        test_message(failure_after_some_were_sent_is_left_to_the_next_call),
        test_message(short_count_of_a_later_call_is_added),
        test_message(messages_wait_until_one_can_be_sent),
        test_message(messages_wait_for_the_first_only),
        test_message(deadline_that_has_passed_is_one_attempt),
        test_message(deadline_that_passes_in_the_wait_ends_it),
        test_message(waits_of_messages_can_be_canceled),
        test_message(wait_of_messages_that_fails_is_the_error),
        test_message(what_was_received_is_told_and_buffers_stay),
        test_message(more_than_one_call_gives_come_in_several),
        test_message(short_count_of_a_receive_is_the_result),
        test_message(failure_after_some_came_is_left_to_the_next_call),
        test_message(peeking_sees_the_first_message_only),
        test_message(system_may_not_wait_where_reports_are_wanted),
        test_message(system_may_not_wait_where_messages_can_be_canceled),
        test_message(room_that_cannot_be_used_is_refused_when_it_is_its_turn),
        test_message(only_what_is_read_of_a_message_to_fill_counts),
        test_message(room_of_no_bytes_for_control_data_may_have_no_place),
        test_message(end_gives_one_message_of_nothing),
        test_message(message_before_the_end_comes_first),
        test_message(report_that_nobody_wants_is_dropped_once_it_is_in_the_way),
        test_message(
            report_gone_by_an_interrupted_receive_is_not_dropped_again),
        test_message(end_beside_a_report_is_the_end),
        test_message(failure_that_is_told_is_not_dropped),
        test_message(deadline_passes_while_reports_come),
        test_message(plain_receive_drops_reports_too),
        test_message(receive_that_wants_reports_drops_none),
        test_message(send_drops_no_report_and_pauses_beside_it),
        test_message(deadline_passes_in_a_pause_beside_a_report),
        test_message(reports_and_what_is_behind_them_come_in_one_call),
        test_message(only_datagrams_have_metadata_and_reports),
        test_message(metadata_that_nobody_can_tell_are_refused_without_a_call),
        test_message(what_is_granted_is_the_systems_word),
        test_message(any_wish_for_reports_is_the_same_wish),
        test_message(what_is_no_socket_has_no_metadata),
    };
    return cmocka_run_group_tests_name("fake.message", tests, set_the_stage,
                                       NULL);
}
