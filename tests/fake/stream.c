/* Sending and receiving all, and copying: each stop that there can be, and that
 * what follows it is neither less nor more. */
#include "sys_fake.h"

#include <string.h>

enum {
    SOCKET = 8,
    FROM = 10,
    TO = 12,
    SIZE = 10,
    COPIED_MAX = 32, /* buffers that lie elsewhere when one is half sent */
    UNTOUCHED = 99
};

static unsigned char data[SIZE];
static size_t done;

static int begin(void **state)
{
    done = UNTOUCHED;
    return fake_begin(state);
}

#define test_all(claim) cmocka_unit_test_setup_teardown(claim, begin, fake_end)

/* --- One buffer ----------------------------------------------------------------- */

static void what_goes_at_once_costs_one_call(void **state)
{
    (void)state;
    const psock_deadline deadlines[] = {PSOCK_NOW, 1, in(ms(9)), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        expect_send(SOCKET, data, SIZE, returns(SIZE));
        assert_result(psock_send_all(SOCKET, data, SIZE, deadlines[i], &done),
                      0);
        assert_int_equal(done, SIZE);
    }
    assert_int_equal(script_clock_reads(), 0);
}

static void rest_is_sent_from_where_it_begins(void **state)
{
    (void)state;
    expect_send(SOCKET, data, SIZE, returns(3));
    expect_send(SOCKET, data + 3, SIZE - 3, returns(1));
    expect_send(SOCKET, data + 4, SIZE - 4, returns(PSOCK_EINTR));
    expect_send(SOCKET, data + 4, SIZE - 4, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9), after(ms(2), came(2)));
    expect_send(SOCKET, data + 4, SIZE - 4, returns(5));
    expect_send(SOCKET, data + 9, 1, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(7), after(ms(1), came(2)));
    expect_send(SOCKET, data + 9, 1, returns(1));
    assert_result(psock_send_all(SOCKET, data, SIZE, in(ms(9)), &done), 0);
    assert_int_equal(done, SIZE);
}

/* What ends sending and receiving where they are. */
struct stop {
    int error;
    int result;
    psock_deadline deadline;
};

static const struct stop stops[] = {
    {PSOCK_EAGAIN, PSOCK_EAGAIN, PSOCK_NOW},
    {PSOCK_EAGAIN, PSOCK_ETIMEDOUT, 1},
    {PSOCK_ECONNRESET, PSOCK_ECONNRESET, PSOCK_FOREVER},
    {PSOCK_EPIPE, PSOCK_EPIPE, PSOCK_NOW},
    {PSOCK_ENOBUFS, PSOCK_ENOBUFS, 1},
};

static void sending_tells_how_far_it_came(void **state)
{
    (void)state;
    for (size_t gone = 0; gone < SIZE; gone++)
        for (size_t i = 0; i < COUNT_OF(stops); i++) {
            if (gone > 0)
                expect_send(SOCKET, data, SIZE, returns((ptrdiff_t)gone));
            expect_send(SOCKET, data + gone, SIZE - gone,
                        returns(stops[i].error));
            assert_result(
                psock_send_all(SOCKET, data, SIZE, stops[i].deadline, &done),
                stops[i].result);
            assert_int_equal(done, gone);
            script_begin();
        }
}

static void receiving_tells_how_far_it_came(void **state)
{
    (void)state;
    for (size_t come = 0; come < SIZE; come++)
        for (size_t i = 0; i < COUNT_OF(stops); i++) {
            const unsigned flags =
                stops[i].deadline == PSOCK_FOREVER ? PSOCK_SYS_MAY_WAIT : 0;
            if (come > 0)
                expect_recv(SOCKET, data, SIZE, flags, returns((int)come));
            expect_recv(SOCKET, data + come, SIZE - come, flags,
                        returns(stops[i].error));
            assert_result(psock_recv_exactly(SOCKET, data, SIZE,
                                             stops[i].deadline, &done),
                          stops[i].result);
            assert_int_equal(done, come);
            script_begin();
        }
}

static void native_code_of_what_stopped_them_is_kept(void **state)
{
    (void)state;
    expect_send(SOCKET, data, SIZE, returns(4));
    expect_send(SOCKET, data + 4, 6, returns(PSOCK_ECONNRESET));
    assert_result(psock_send_all(SOCKET, data, SIZE, PSOCK_NOW, &done),
                  PSOCK_ECONNRESET);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ECONNRESET));
}

static void exactly_so_much_is_received(void **state)
{
    (void)state;
    expect_recv(SOCKET, data, 5, 0, brings("ab"));
    expect_recv(SOCKET, data + 2, 3, 0, returns(PSOCK_EINTR));
    expect_recv(SOCKET, data + 2, 3, 0, brings("c"));
    expect_recv(SOCKET, data + 3, 2, 0, brings("de"));
    assert_result(psock_recv_exactly(SOCKET, data, 5, PSOCK_NOW, &done), 0);
    assert_int_equal(done, 5);
    assert_memory_equal(data, "abcde", 5);
}

static void end_before_all_came_is_an_error_with_what_came(void **state)
{
    (void)state;
    for (size_t come = 0; come < SIZE; come++) {
        if (come > 0)
            expect_recv(SOCKET, data, SIZE, 0, returns((int)come));
        expect_recv(SOCKET, data + come, SIZE - come, 0, returns(0));
        assert_result(psock_recv_exactly(SOCKET, data, SIZE, 1, &done),
                      PSOCK_EEOF);
        assert_int_equal(done, come);
    }
}

static void done_need_not_be_asked_for(void **state)
{
    (void)state;
    psock_buffer buffer = {data, 1};
    expect_send(SOCKET, data, 1, returns(1));
    expect_recv(SOCKET, data, 1, 0, returns(0));
    expect_send_vector(SOCKET, &buffer, 1, returns(PSOCK_EAGAIN));
    assert_result(psock_send_all(SOCKET, data, 1, PSOCK_NOW, NULL), 0);
    assert_result(psock_recv_exactly(SOCKET, data, 1, PSOCK_NOW, NULL),
                  PSOCK_EEOF);
    assert_result(psock_send_all_vector(SOCKET, &buffer, 1, PSOCK_NOW, NULL),
                  PSOCK_EAGAIN);
}

/* --- Nothing ----------------------------------------------------------------------- */

static void check_nothing(psock_t s, int result)
{
    psock_buffer empty[3] = {{NULL, 0}, {data, 0}, {NULL, 0}};
    assert_result(psock_send_all(s, NULL, 0, PSOCK_FOREVER, &done), result);
    assert_int_equal(done, 0);
    done = UNTOUCHED;
    assert_result(psock_recv_exactly(s, NULL, 0, PSOCK_NOW, &done), result);
    assert_int_equal(done, 0);
    done = UNTOUCHED;
    assert_result(psock_send_all_vector(s, NULL, 0, PSOCK_NOW, &done), result);
    assert_int_equal(done, 0);
    done = UNTOUCHED;
    assert_result(psock_send_all_vector(s, empty, 3, PSOCK_NOW, &done), result);
    assert_int_equal(done, 0);
}

static void nothing_is_done_without_touching_what_is_there(void **state)
{
    (void)state;
    expect_checking(SOCKET, times(4, returns(0)));
    check_nothing(SOCKET, 0);
}

static void nothing_cannot_be_done_to_what_is_no_socket(void **state)
{
    (void)state;
    check_nothing(PSOCK_INVALID, PSOCK_EBADF);
    expect_checking(SOCKET, times(4, returns(PSOCK_ENOTSOCK)));
    check_nothing(SOCKET, PSOCK_ENOTSOCK);
}

static void missing_memory_is_told_before_a_call_with_nothing_done(void **state)
{
    (void)state;
    psock_buffer buffers[2] = {{data, 1}, {NULL, 1}};
    assert_result(psock_send_all(SOCKET, NULL, 1, PSOCK_NOW, &done),
                  PSOCK_EFAULT);
    assert_int_equal(done, 0);
    done = UNTOUCHED;
    assert_result(psock_recv_exactly(SOCKET, NULL, 1, PSOCK_NOW, &done),
                  PSOCK_EFAULT);
    assert_int_equal(done, 0);
    done = UNTOUCHED;
    assert_result(psock_send_all_vector(SOCKET, NULL, 1, PSOCK_NOW, &done),
                  PSOCK_EFAULT);
    assert_int_equal(done, 0);
    done = UNTOUCHED;
    assert_result(psock_send_all_vector(SOCKET, buffers, 2, PSOCK_NOW, &done),
                  PSOCK_EFAULT);
    assert_int_equal(done, 0);
}

/* --- Many buffers -------------------------------------------------------------------- */

enum {
    MANY = 2 * PSOCK_BUFFERS_MAX + 10
};

static psock_buffer many[MANY];

/* Buffers of so many bytes each, one behind the other in no memory at all. */
static void lay_out(size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++)
        many[i] = (psock_buffer){(void *)(intptr_t)(100 + i * size), size};
}

static void all_buffers_that_a_call_takes_go_in_one(void **state)
{
    (void)state;
    lay_out(MANY, 2);
    expect_send_vector(SOCKET, many, 3, returns(6));
    assert_result(psock_send_all_vector(SOCKET, many, 3, PSOCK_NOW, &done), 0);
    assert_int_equal(done, 6);
    expect_send_vector(SOCKET, many, PSOCK_BUFFERS_MAX,
                       returns(2 * PSOCK_BUFFERS_MAX));
    assert_result(psock_send_all_vector(SOCKET, many, PSOCK_BUFFERS_MAX,
                                        PSOCK_NOW, &done),
                  0);
    assert_int_equal(script_clock_reads(), 0);
}

static void buffers_beyond_what_a_call_takes_follow(void **state)
{
    (void)state;
    lay_out(MANY, 2);
    const ptrdiff_t whole = 2 * PSOCK_BUFFERS_MAX;
    expect_send_vector(SOCKET, many, PSOCK_BUFFERS_MAX, returns(whole));
    expect_send_vector(SOCKET, many + PSOCK_BUFFERS_MAX, PSOCK_BUFFERS_MAX,
                       returns(whole));
    expect_send_vector(SOCKET, many + MANY - 10, 10, returns(20));
    assert_result(psock_send_all_vector(SOCKET, many, MANY, PSOCK_NOW, &done),
                  0);
    assert_int_equal(done, 2 * MANY);
}

/* A half-sent buffer is given from its middle, in buffers that lie elsewhere. */
static void buffers_half_sent_go_on_in_the_middle(void **state)
{
    (void)state;
    psock_buffer before[6];
    lay_out(6, 4);
    memcpy(before, many, sizeof before);
    expect_send_vector(SOCKET, many, 6, returns(9)); /* 1 of the third */
    expect_send_vector(SOCKET, ANYWHERE, 4, returns(1));
    expect_send_vector(SOCKET, ANYWHERE, 4, returns(2)); /* to its end */
    expect_send_vector(SOCKET, many + 3, 3, returns(4));
    expect_send_vector(SOCKET, many + 4, 2, returns(7));
    expect_send_vector(SOCKET, ANYWHERE, 1, returns(1));
    assert_result(psock_send_all_vector(SOCKET, many, 6, PSOCK_NOW, &done), 0);
    assert_int_equal(done, 24);
    assert_memory_equal(many, before, sizeof before);
}

static void few_buffers_lie_elsewhere_at_once(void **state)
{
    (void)state;
    lay_out(MANY, 4);
    expect_send_vector(SOCKET, many, 100, returns(1));
    expect_send_vector(SOCKET, ANYWHERE, COPIED_MAX,
                       returns(4 * COPIED_MAX - 1));
    expect_send_vector(SOCKET, many + COPIED_MAX, 100 - COPIED_MAX,
                       returns(4 * (100 - COPIED_MAX)));
    assert_result(psock_send_all_vector(SOCKET, many, 100, PSOCK_NOW, &done),
                  0);
    assert_int_equal(done, 400);
}

static void empty_buffers_are_passed_over(void **state)
{
    (void)state;
    lay_out(9, 4);
    many[0].size = many[1].size = many[4].size = many[8].size = 0;
    many[1].data = NULL;
    expect_send_vector(SOCKET, many + 2, 7, returns(8)); /* all before [4] */
    expect_send_vector(SOCKET, many + 5, 4, returns(12));
    assert_result(psock_send_all_vector(SOCKET, many, 9, PSOCK_NOW, &done), 0);
    assert_int_equal(done, 20);
}

static void stop_among_buffers_tells_the_bytes_that_went(void **state)
{
    (void)state;
    lay_out(5, 4);
    for (size_t i = 0; i < COUNT_OF(stops); i++) {
        expect_send_vector(SOCKET, many, 5, returns(6));
        expect_send_vector(SOCKET, ANYWHERE, 4, returns(stops[i].error));
        assert_result(
            psock_send_all_vector(SOCKET, many, 5, stops[i].deadline, &done),
            stops[i].result);
        assert_int_equal(done, 6);
        script_begin();
    }
}

/* Also where those before it would have gone in a call of their own. */
static void buffer_without_memory_keeps_all_before_it_back(void **state)
{
    (void)state;
    lay_out(MANY, 1);
    many[MANY - 1].data = NULL;
    assert_result(psock_send_all_vector(SOCKET, many, MANY, PSOCK_NOW, &done),
                  PSOCK_EFAULT);
    assert_int_equal(done, 0);
}

static void sizes_beyond_a_count_of_bytes_go_in_several_calls(void **state)
{
    (void)state;
    const size_t most = PTRDIFF_MAX;
    lay_out(3, 1);
    many[1].size = most;
    expect_send_vector(SOCKET, many, 1, returns(1));
    expect_send_vector(SOCKET, many + 1, 1, returns(PTRDIFF_MAX));
    expect_send_vector(SOCKET, many + 2, 1, returns(1));
    assert_result(psock_send_all_vector(SOCKET, many, 3, PSOCK_NOW, &done), 0);
    assert_int_equal(done, most + 2);
}

static void sizes_that_cannot_be_are_refused_with_nothing_sent(void **state)
{
    (void)state;
    const size_t most = PTRDIFF_MAX;
    lay_out(4, 1);
    many[3].size = most + 1;
    assert_result(psock_send_all_vector(SOCKET, many, 4, PSOCK_NOW, &done),
                  PSOCK_EINVAL);
    assert_int_equal(done, 0);
    many[1].size = many[2].size = many[3].size = most;
    done = UNTOUCHED;
    assert_result(psock_send_all_vector(SOCKET, many, 4, PSOCK_NOW, &done),
                  PSOCK_EINVAL);
    assert_int_equal(done, 0);
}

/* --- Copying: the calls ----------------------------------------------------------------- */

static unsigned char room[4];
static psock_copy_state copy;

static void begin_copy(void)
{
    copy = (psock_copy_state){.buffer = room, .size = sizeof room};
}

static void copy_ends_with_its_source(void **state)
{
    (void)state;
    begin_copy();
    expect_recv(FROM, room, 4, PSOCK_SYS_MAY_WAIT, brings("abcd"));
    expect_send(TO, room, 4, returns(4));
    expect_recv(FROM, room, 4, PSOCK_SYS_MAY_WAIT, brings("ef"));
    expect_send(TO, room, 2, returns(2));
    expect_recv(FROM, room, 4, PSOCK_SYS_MAY_WAIT, returns(0));
    assert_result(psock_copy(FROM, TO, &copy, UINT64_MAX, PSOCK_FOREVER), 0);
    assert_int_equal(copy.copied, 6);
    assert_int_equal(copy.held, 0);
}

static void nothing_beyond_the_limit_is_received(void **state)
{
    (void)state;
    begin_copy();
    expect_recv(FROM, room, 4, 0, brings("abcd"));
    expect_send(TO, room, 4, returns(4));
    expect_recv(FROM, room, 2, 0, brings("ef"));
    expect_send(TO, room, 2, returns(2));
    assert_result(psock_copy(FROM, TO, &copy, 6, PSOCK_NOW), 0);
    assert_int_equal(copy.copied, 6);
    assert_result(psock_copy(FROM, TO, &copy, 6, PSOCK_NOW), 0);
    assert_result(psock_copy(PSOCK_INVALID, PSOCK_INVALID, &copy, 6, PSOCK_NOW),
                  0);
}

static void end_is_the_end_only_when_all_that_was_held_is_sent(void **state)
{
    (void)state;
    begin_copy();
    expect_recv(FROM, room, 4, 0, brings("abc"));
    expect_send(TO, room, 3, returns(1));
    expect_send(TO, room + 1, 2, returns(PSOCK_EAGAIN));
    assert_result(psock_copy(FROM, TO, &copy, 100, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(copy.begin, 1);
    assert_int_equal(copy.held, 2);
    expect_send(TO, room + 1, 2, returns(2));
    expect_recv(FROM, room, 4, 0, returns(0));
    assert_result(psock_copy(FROM, TO, &copy, 100, PSOCK_NOW), 0);
    assert_int_equal(copy.copied, 3);
}

/* Less than what is held may be wanted by now. */
static void limit_holds_for_what_is_held_too(void **state)
{
    (void)state;
    begin_copy();
    expect_recv(FROM, room, 4, 0, brings("abcd"));
    expect_send(TO, room, 4, returns(PSOCK_EAGAIN));
    assert_result(psock_copy(FROM, TO, &copy, 100, PSOCK_NOW), PSOCK_EAGAIN);
    expect_send(TO, room, 3, returns(3));
    assert_result(psock_copy(FROM, TO, &copy, 3, PSOCK_NOW), 0);
    assert_int_equal(copy.copied, 3);
    assert_int_equal(copy.held, 1);
    expect_send(TO, room + 3, 1, returns(1));
    expect_recv(FROM, room, 4, 0, returns(0));
    assert_result(psock_copy(FROM, TO, &copy, 100, PSOCK_NOW), 0);
}

static void one_deadline_is_over_the_whole_copy(void **state)
{
    (void)state;
    begin_copy();
    expect_recv(FROM, room, 4, 0, returns(PSOCK_EAGAIN));
    expect_wait(FROM, PSOCK_SYS_READ, ms(9), after(ms(2), came(1)));
    expect_recv(FROM, room, 4, 0, brings("abcd"));
    expect_send(TO, room, 4, returns(1));
    expect_send(TO, room + 1, 3, returns(PSOCK_EAGAIN));
    expect_wait(TO, PSOCK_SYS_WRITE, ms(7), after(ms(7), returns(0)));
    assert_result(psock_copy(FROM, TO, &copy, 100, in(ms(9))), PSOCK_ETIMEDOUT);
    assert_int_equal(copy.copied, 1);
    assert_int_equal(copy.held, 3);
}

static void copy_can_be_canceled_and_goes_on(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    begin_copy();
    (void)psock_cancel_with(&waker);
    expect_recv(FROM, room, 4, 0, brings("ab"));
    expect_send(TO, room, 2, returns(PSOCK_EAGAIN));
    expect_wait_with(TO, PSOCK_SYS_WRITE, &waker, -1, returns(PSOCK_ECANCELED));
    assert_result(psock_copy(FROM, TO, &copy, 100, PSOCK_FOREVER),
                  PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
    expect_send(TO, room, 2, returns(2));
    expect_recv(FROM, room, 4, PSOCK_SYS_MAY_WAIT, returns(0));
    assert_result(psock_copy(FROM, TO, &copy, 100, PSOCK_FOREVER), 0);
    assert_int_equal(copy.copied, 2);
}

/* Two that never make it wait could keep it for ever. */
static void copy_that_never_waits_ends_at_its_deadline(void **state)
{
    (void)state;
    begin_copy();
    expect_recv(FROM, room, 4, 0, brings("abcd"));
    expect_send(TO, room, 4, after(ms(8), returns(4)));
    expect_recv(FROM, room, 4, 0, brings("efgh"));
    expect_send(TO, room, 4, after(ms(1), returns(4)));
    assert_result(psock_copy(FROM, TO, &copy, 100, in(ms(9))), PSOCK_ETIMEDOUT);
    assert_int_equal(copy.copied, 8);
    assert_int_equal(copy.held, 0);
}

static void copy_that_never_waits_ends_when_the_waker_rings(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    begin_copy();
    (void)psock_cancel_with(&waker);
    expect_recv(FROM, room, 4, 0, brings("abcd"));
    expect_send(TO, room, 4, returns(4));
    expect_poll(NULL, 0, &waker, 0, returns(0));
    expect_recv(FROM, room, 4, 0, brings("efgh"));
    expect_send(TO, room, 4, returns(3));
    expect_poll(NULL, 0, &waker, 0, returns(PSOCK_ECANCELED));
    assert_result(psock_copy(FROM, TO, &copy, 100, PSOCK_FOREVER),
                  PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
    assert_int_equal(copy.copied, 7);
    assert_int_equal(copy.held, 1);
}

static void state_that_cannot_be_is_refused_and_stays(void **state)
{
    (void)state;
    static const psock_copy_state wrong[] = {
        {.buffer = NULL, .size = 4},
        {.buffer = room, .size = 0},
        {.buffer = room, .size = 4, .begin = 5},
        {.buffer = room, .size = 4, .held = 5},
        {.buffer = room, .size = 4, .begin = 1, .held = 4},
        {.buffer = room, .size = 4, .begin = SIZE_MAX, .held = 2},
        {.buffer = room, .size = 4, .begin = 2, .held = SIZE_MAX},
        {.buffer = room, .size = 4, .copied = 8},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        copy = wrong[i];
        assert_result(psock_copy(FROM, TO, &copy, 7, PSOCK_NOW), PSOCK_EINVAL);
        assert_memory_equal(&copy, &wrong[i], sizeof copy);
    }
    assert_result(psock_copy(FROM, TO, NULL, 7, PSOCK_NOW), PSOCK_EFAULT);
}

/* --- Copying: the bytes ----------------------------------------------------------------- */

/* A copy of LENGTH bytes as chance has it, whose calls stop wherever they can; what
 * was sent is taken down at the moment of sending. */
enum {
    LENGTH = 60,
    ROUNDS = 2000,
    STEPS_AT_ONCE = 100
};

static unsigned char source[LENGTH];
static unsigned char arrived[LENGTH];
static size_t arrived_count;

/* How much of what is held goes with each send, in order. */
static size_t going[STEPS_AT_ONCE];
static size_t going_count;
static size_t gone_count;

static uint32_t chance;

static size_t up_to(size_t most)
{
    chance = chance * UINT32_C(1664525) + UINT32_C(1013904223);
    return (size_t)(chance >> 16) % (most + 1);
}

static void take_down(void)
{
    const size_t size = going[gone_count++];
    assert_true(size <= copy.held);
    assert_true(size <= LENGTH - arrived_count);
    memcpy(arrived + arrived_count, room + copy.begin, size);
    arrived_count += size;
}

/* What psock's books should say. */
static struct {
    size_t received;
    size_t begin;
    size_t held;
    uint64_t copied;
} book;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static const int endings[] = {PSOCK_EAGAIN, PSOCK_ECONNRESET, PSOCK_EPIPE,
                              PSOCK_ENOBUFS};

/* Expects one receive: 1 for data or an interruption, 0 for the end, or the error
 * that it ends with. */
static int expect_some_in(size_t limit)
{
    const size_t room_left = least(sizeof room, limit - (size_t)book.copied);
    const size_t most = least(room_left, LENGTH - book.received);
    const size_t outcome = up_to(9);
    struct answer answer = returns(PSOCK_EINTR);
    if (outcome < COUNT_OF(endings))
        answer = returns(endings[outcome]);
    else if (outcome > COUNT_OF(endings))
        answer = returns(most == 0 ? 0 : 1 + (ptrdiff_t)up_to(most - 1));
    if (answer.result > 0) {
        answer.data = (const char *)source + book.received;
        book.received += (size_t)answer.result;
        book.begin = 0;
        book.held = (size_t)answer.result;
    }
    expect_recv(FROM, room, room_left, 0, answer);
    return answer.result == PSOCK_EINTR || answer.result > 0
               ? 1
               : (int)answer.result;
}

static int expect_some_out(size_t limit)
{
    const size_t most = least(book.held, limit - (size_t)book.copied);
    const size_t outcome = up_to(9);
    const size_t size = 1 + up_to(most - 1);
    if (outcome < COUNT_OF(endings)) {
        expect_send(TO, room + book.begin, most, returns(endings[outcome]));
        return endings[outcome];
    }
    if (outcome == COUNT_OF(endings)) {
        expect_send(TO, room + book.begin, most, returns(PSOCK_EINTR));
        return 1;
    }
    expect_send(TO, room + book.begin, most,
                while_doing(take_down, returns((ptrdiff_t)size)));
    going[going_count++] = size;
    book.begin += size;
    book.held -= size;
    book.copied += size;
    return 1;
}

static int expect_copying(size_t limit)
{
    int outcome = 1;
    for (int i = 0; i < STEPS_AT_ONCE && outcome > 0; i++) {
        if (book.copied == limit)
            return 0;
        outcome =
            book.held == 0 ? expect_some_in(limit) : expect_some_out(limit);
    }
    return outcome;
}

static void copy_all(size_t limit)
{
    int result;
    do {
        script_begin();
        going_count = gone_count = 0;
        result = expect_copying(limit);
        assert_true(result <= 0);
        assert_result(psock_copy(FROM, TO, &copy, limit, PSOCK_NOW), result);
        assert_int_equal(copy.held, book.held);
        assert_int_equal(copy.copied, book.copied);
        assert_null(fake_complaint_of_sockets());
    } while (result < 0);
}

static void no_byte_is_lost_or_sent_twice_wherever_copying_stops(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH; i++)
        source[i] = (unsigned char)(i * 7 + 1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        chance = round;
        const size_t limit = up_to(LENGTH + 10);
        begin_copy();
        book.received = book.begin = book.held = 0;
        book.copied = 0;
        arrived_count = 0;
        copy_all(limit);
        assert_int_equal(arrived_count, least(limit, LENGTH));
        assert_int_equal(book.received, arrived_count);
        assert_memory_equal(arrived, source, arrived_count);
    }
}

static void socket_can_be_copied_to_itself(void **state)
{
    (void)state;
    begin_copy();
    expect_recv(SOCKET, room, 4, 0, brings("abc"));
    expect_send(SOCKET, room, 3, returns(3));
    expect_recv(SOCKET, room, 4, 0, returns(0));
    assert_result(psock_copy(SOCKET, SOCKET, &copy, 100, PSOCK_NOW), 0);
    assert_int_equal(copy.copied, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_all(what_goes_at_once_costs_one_call),
        test_all(rest_is_sent_from_where_it_begins),
        test_all(sending_tells_how_far_it_came),
        test_all(receiving_tells_how_far_it_came),
        test_all(native_code_of_what_stopped_them_is_kept),
        test_all(exactly_so_much_is_received),
        test_all(end_before_all_came_is_an_error_with_what_came),
        test_all(done_need_not_be_asked_for),
        test_all(nothing_is_done_without_touching_what_is_there),
        test_all(nothing_cannot_be_done_to_what_is_no_socket),
        test_all(missing_memory_is_told_before_a_call_with_nothing_done),
        test_all(all_buffers_that_a_call_takes_go_in_one),
        test_all(buffers_beyond_what_a_call_takes_follow),
        test_all(buffers_half_sent_go_on_in_the_middle),
        test_all(few_buffers_lie_elsewhere_at_once),
        test_all(empty_buffers_are_passed_over),
        test_all(stop_among_buffers_tells_the_bytes_that_went),
        test_all(buffer_without_memory_keeps_all_before_it_back),
        test_all(sizes_beyond_a_count_of_bytes_go_in_several_calls),
        test_all(sizes_that_cannot_be_are_refused_with_nothing_sent),
        test_all(copy_ends_with_its_source),
        test_all(nothing_beyond_the_limit_is_received),
        test_all(end_is_the_end_only_when_all_that_was_held_is_sent),
        test_all(limit_holds_for_what_is_held_too),
        test_all(one_deadline_is_over_the_whole_copy),
        test_all(copy_can_be_canceled_and_goes_on),
        test_all(copy_that_never_waits_ends_at_its_deadline),
        test_all(copy_that_never_waits_ends_when_the_waker_rings),
        test_all(state_that_cannot_be_is_refused_and_stays),
        test_all(no_byte_is_lost_or_sent_twice_wherever_copying_stops),
        test_all(socket_can_be_copied_to_itself),
    };
    return cmocka_run_group_tests_name("fake.stream", tests, NULL, NULL);
}
