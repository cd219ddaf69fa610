/* Sending files: what of it the system does, what is read and sent, and that each
 * byte goes once whatever happens in between. */
#include "sys_fake.h"

#include <string.h>

enum {
    SOCKET = 7,
    FILE_OPEN = 9,
    PIECE = 16 * 1024, /* what is read at once */
    PART = 8 << 20     /* what goes at once where somebody may end it */
};

/* As much as can be asked for at once. */
static size_t all_from(int64_t offset)
{
    const int64_t within = INT64_MAX - offset;
    return within < PTRDIFF_MAX ? (size_t)within : (size_t)PTRDIFF_MAX;
}

static int64_t done;

/* Sends from offset 10 on. */
static int send_file(int64_t size, psock_deadline deadline)
{
    done = -1;
    return psock_send_file(SOCKET, FILE_OPEN, 10, size, deadline, &done);
}

static void expect_regular_file(void)
{
    expect_file_size(FILE_OPEN, holds(100));
}

static void expect_ready(void)
{
    expect_regular_file();
    expect_send_file_ready(SOCKET, returns(0));
}

/* The system sends for ever, or nothing. */
static void expect_part(int64_t offset, size_t size, struct answer answer)
{
    expect_send_file(SOCKET, FILE_OPEN, offset, size, NULL, -1, answer);
}

static void expect_attempt(int64_t offset, size_t size, int64_t timeout_ns,
                           struct answer answer)
{
    expect_send_file(SOCKET, FILE_OPEN, offset, size, NULL, timeout_ns, answer);
}

static void expect_refusal(int64_t offset, size_t size)
{
    expect_part(offset, size, returns(PSOCK_ENOTSUP));
}

/* A part that was shorter than asked for: the file goes on, so the socket is full. */
static void expect_look(int64_t file_size)
{
    expect_file_size(FILE_OPEN, holds(file_size));
}

static void expect_room(int64_t timeout_ns, struct answer answer)
{
    expect_wait(SOCKET, PSOCK_SYS_WRITE, timeout_ns, answer);
}

static void expect_read(int64_t offset, size_t size, struct answer answer)
{
    expect_file_read(FILE_OPEN, offset, size, answer);
}

/* --- Files ----------------------------------------------------------------- */

static void null_path_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_file_open(NULL), PSOCK_EFAULT);
}

static void interrupted_opening_is_tried_again(void **state)
{
    (void)state;
    expect_file_open("name", times(3, returns(PSOCK_EINTR)));
    expect_file_open("name", returns(FILE_OPEN));
    assert_result(psock_file_open("name"), FILE_OPEN);
    expect_file_close(FILE_OPEN, returns(0));
    assert_result(psock_file_close(FILE_OPEN), 0);
}

static void what_the_system_says_of_a_path_is_passed_on(void **state)
{
    (void)state;
    expect_file_open("", returns(PSOCK_ENOENT));
    assert_result(psock_file_open(""), PSOCK_ENOENT);
    expect_file_open("name", returns(PSOCK_EISDIR));
    assert_result(psock_file_open("name"), PSOCK_EISDIR);
    assert_result(psock_error_native(), native_of(PSOCK_EISDIR));
}

static void no_file_is_refused_without_a_call(void **state)
{
    (void)state;
    static const psock_file none[] = {-1, PSOCK_ENOENT, INTPTR_MIN};
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        assert_result(psock_file_close(none[i]), PSOCK_EBADF);
        assert_true(psock_file_size(none[i]) == PSOCK_EBADF);
        assert_result(psock_send_file(SOCKET, none[i], 0, 1, PSOCK_NOW, &done),
                      PSOCK_EBADF);
        assert_int_equal(done, 0);
    }
}

static void size_is_the_systems_answer(void **state)
{
    (void)state;
    expect_file_size(FILE_OPEN, holds(INT64_C(5) << 30));
    assert_true(psock_file_size(FILE_OPEN) == INT64_C(5) << 30);
    expect_file_size(FILE_OPEN, returns(PSOCK_EBADF));
    assert_true(psock_file_size(FILE_OPEN) == PSOCK_EBADF);
}

/* --- Arguments --------------------------------------------------------------- */

static void range_below_zero_is_refused_without_a_call(void **state)
{
    (void)state;
    static const struct {
        psock_t socket;
        int64_t offset;
        int64_t size;
        int error;
    } bad[] = {{SOCKET, -1, 1, PSOCK_EINVAL},
               {SOCKET, 0, -1, PSOCK_EINVAL},
               {SOCKET, INT64_MIN, INT64_MIN, PSOCK_EINVAL},
               {-1, 0, 1, PSOCK_EBADF},
               {-1, -1, -1, PSOCK_EBADF}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        done = -1;
        assert_result(psock_send_file(bad[i].socket, FILE_OPEN, bad[i].offset,
                                      bad[i].size, PSOCK_FOREVER, &done),
                      bad[i].error);
        assert_int_equal(done, 0);
    }
}

static void socket_that_is_not_fit_sends_no_file(void **state)
{
    (void)state;
    expect_regular_file();
    expect_send_file_ready(SOCKET, returns(PSOCK_ENOTSOCK));
    assert_result(send_file(5, PSOCK_FOREVER), PSOCK_ENOTSOCK);
    assert_int_equal(done, 0);
}

static void what_is_no_file_is_not_sent(void **state)
{
    (void)state;
    expect_file_size(FILE_OPEN, returns(PSOCK_EINVAL));
    assert_result(send_file(5, PSOCK_FOREVER), PSOCK_EINVAL);
    assert_int_equal(done, 0);
}

static void nothing_of_a_file_is_sent_without_an_attempt(void **state)
{
    (void)state;
    expect_ready();
    assert_result(send_file(0, PSOCK_FOREVER), 0);
    assert_int_equal(done, 0);
}

static void count_of_a_file_may_go_untold(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 5, returns(5));
    assert_result(
        psock_send_file(SOCKET, FILE_OPEN, 10, 5, PSOCK_FOREVER, NULL), 0);
}

/* Where an offset and a size would come to more than can be told. */
static void last_offset_is_behind_every_end(void **state)
{
    (void)state;
    expect_ready();
    assert_result(
        psock_send_file(SOCKET, FILE_OPEN, INT64_MAX, 5, PSOCK_FOREVER, &done),
        PSOCK_EEOF);
    expect_ready();
    assert_result(psock_send_file(SOCKET, FILE_OPEN, INT64_MAX, PSOCK_FILE_REST,
                                  PSOCK_FOREVER, &done),
                  0);
    expect_ready();
    expect_part(INT64_MAX - 2, 2, returns(PSOCK_ENOTSUP));
    expect_read(INT64_MAX - 2, 2, returns(2));
    expect_send(SOCKET, ANYWHERE, 2, returns(2));
    assert_result(psock_send_file(SOCKET, FILE_OPEN, INT64_MAX - 2, 5,
                                  PSOCK_FOREVER, &done),
                  PSOCK_EEOF);
    assert_int_equal(done, 2);
}

/* --- By the system ----------------------------------------------------------- */

static void file_goes_in_one_call_of_the_systems(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 100, returns(100));
    assert_result(send_file(100, PSOCK_FOREVER), 0);
    assert_int_equal(done, 100);
    assert_int_equal(script_clock_reads(), 0);
}

static void file_goes_on_where_the_last_part_ended(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 100, returns(30));
    expect_look(1000);
    expect_room(-1, came(PSOCK_SYS_WRITE));
    expect_part(40, 70, returns(PSOCK_EINTR));
    expect_part(40, 70, returns(69));
    expect_look(110);
    expect_room(-1, came(PSOCK_SYS_WRITE));
    expect_part(109, 1, returns(1));
    assert_result(send_file(100, PSOCK_FOREVER), 0);
    assert_int_equal(done, 100);
}

static void full_socket_is_waited_for_before_the_next_part(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 100, returns(PSOCK_EAGAIN));
    expect_room(-1, came(PSOCK_SYS_WRITE));
    expect_part(10, 100, returns(100));
    assert_result(send_file(100, PSOCK_FOREVER), 0);
    assert_int_equal(done, 100);
}

static void end_before_the_size_is_told_with_the_count(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 100, returns(30));
    expect_look(40);
    expect_part(40, 70, returns(0));
    assert_result(send_file(100, PSOCK_FOREVER), PSOCK_EEOF);
    assert_int_equal(done, 30);
}

/* Some files say that they are shorter than they are, or do not say. */
static void size_alone_ends_no_file(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 100, returns(30));
    expect_look(0);
    expect_part(40, 70, returns(30));
    expect_file_size(FILE_OPEN, returns(PSOCK_EIO));
    expect_part(70, 40, returns(40));
    assert_result(send_file(100, PSOCK_FOREVER), 0);
    assert_int_equal(done, 100);
}

static void rest_of_a_file_ends_where_the_file_does(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, all_from(10), returns(30));
    expect_look(40);
    expect_part(40, all_from(40), returns(0));
    assert_result(send_file(PSOCK_FILE_REST, PSOCK_FOREVER), 0);
    assert_int_equal(done, 30);
}

static void empty_rest_of_a_file_is_no_error(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, all_from(10), returns(0));
    assert_result(send_file(PSOCK_FILE_REST, PSOCK_FOREVER), 0);
    assert_int_equal(done, 0);
}

static void failure_of_the_connection_keeps_the_count(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 100, returns(30));
    expect_look(1000);
    expect_room(-1, came(PSOCK_SYS_WRITE));
    expect_part(40, 70, returns(PSOCK_ECONNRESET));
    assert_result(send_file(100, PSOCK_FOREVER), PSOCK_ECONNRESET);
    assert_int_equal(done, 30);
    assert_result(psock_error_native(), native_of(PSOCK_ECONNRESET));
}

/* --- Time ------------------------------------------------------------------- */

static void file_that_may_not_wait_goes_as_far_as_it_can(void **state)
{
    (void)state;
    expect_ready();
    expect_attempt(10, 5 * (size_t)PART, 0, returns(PSOCK_EAGAIN));
    assert_result(send_file(5 * (int64_t)PART, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(done, 0);
    expect_ready();
    expect_attempt(10, 100, 0, returns(30));
    expect_look(1000);
    assert_result(send_file(100, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(done, 30);
}

static void one_deadline_holds_for_all_parts_of_a_file(void **state)
{
    (void)state;
    expect_ready();
    expect_attempt(10, 100, ms(100), after(ms(10), returns(30)));
    expect_look(1000);
    expect_room(ms(90), after(ms(10), came(PSOCK_SYS_WRITE)));
    expect_attempt(40, 70, ms(80), after(ms(30), returns(PSOCK_EAGAIN)));
    expect_room(ms(50), after(ms(50), came(0)));
    assert_result(send_file(100, in(ms(100))), PSOCK_ETIMEDOUT);
    assert_int_equal(done, 30);
}

/* A reader that keeps up does not keep the sender beyond its time. */
static void deadline_ends_a_file_that_never_waits(void **state)
{
    (void)state;
    expect_ready();
    const int64_t size = 5 * (int64_t)PART;
    expect_attempt(10, PART, ms(100), after(ms(60), returns(PART)));
    expect_attempt(10 + PART, PART, ms(40), after(ms(60), returns(PART)));
    assert_result(send_file(size, in(ms(100))), PSOCK_ETIMEDOUT);
    assert_int_equal(done, 2 * PART);
}

static void file_that_is_out_in_time_is_not_late(void **state)
{
    (void)state;
    expect_ready();
    expect_attempt(10, 100, ms(100), after(ms(200), returns(100)));
    assert_result(send_file(100, in(ms(100))), 0);
    assert_int_equal(done, 100);
}

static void deadline_in_the_past_gets_one_part(void **state)
{
    (void)state;
    expect_ready();
    expect_attempt(10, 100, 0, returns(30));
    expect_look(1000);
    assert_result(send_file(100, in(0)), PSOCK_ETIMEDOUT);
    assert_int_equal(done, 30);
}

static void parts_are_short_where_somebody_may_end_them(void **state)
{
    (void)state;
    const int64_t size = 2 * (int64_t)PART + 1;
    expect_ready();
    expect_attempt(10, PART, ms(100), returns(PART));
    expect_attempt(10 + PART, PART, ms(100), returns(PART));
    expect_attempt(10 + 2 * PART, 1, ms(100), returns(1));
    assert_result(send_file(size, in(ms(100))), 0);
    assert_true(done == size);
}

static void waker_ends_a_file_between_its_parts(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    const int64_t size = 2 * (int64_t)PART + 5;
    (void)psock_cancel_with(&waker);
    expect_ready();
    expect_send_file(SOCKET, FILE_OPEN, 10, PART, &waker, -1, returns(PART));
    expect_poll(NULL, 0, &waker, 0, returns(0));
    expect_send_file(SOCKET, FILE_OPEN, 10 + PART, PART, &waker, -1,
                     returns(PART));
    expect_poll(NULL, 0, &waker, 0, returns(PSOCK_ECANCELED));
    assert_result(send_file(size, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(done, 2 * PART);
    (void)psock_cancel_with(NULL);
}

static void waker_ends_a_file_that_waits_for_room(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_ready();
    expect_send_file(SOCKET, FILE_OPEN, 10, 5, &waker, -1,
                     returns(PSOCK_EAGAIN));
    expect_wait_with(SOCKET, PSOCK_SYS_WRITE, &waker, -1,
                     returns(PSOCK_ECANCELED));
    assert_result(send_file(5, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(done, 0);
    (void)psock_cancel_with(NULL);
}

static void waker_within_a_part_ends_the_file(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_ready();
    expect_send_file(SOCKET, FILE_OPEN, 10, 5, &waker, -1,
                     returns(PSOCK_ECANCELED));
    assert_result(send_file(5, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(done, 0);
    (void)psock_cancel_with(NULL);
}

/* --- Reading and sending ------------------------------------------------------ */

static void what_the_system_does_not_send_is_read_and_sent(void **state)
{
    (void)state;
    expect_ready();
    expect_refusal(10, 5);
    expect_read(10, 5, brings("hello"));
    expect_send_of(SOCKET, "hello", 5, returns(5));
    assert_result(send_file(5, PSOCK_FOREVER), 0);
    assert_int_equal(done, 5);
}

static void system_that_stops_leaves_the_rest_to_be_read(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 8, returns(3));
    expect_look(1000);
    expect_room(-1, came(PSOCK_SYS_WRITE));
    expect_refusal(13, 5);
    expect_read(13, 5, brings("hello"));
    expect_send_of(SOCKET, "hello", 5, returns(5));
    assert_result(send_file(8, PSOCK_FOREVER), 0);
    assert_int_equal(done, 8);
}

/* Bytes that differ from those around them. */
static const char *long_text(void)
{
    static char text[PIECE + 1];
    for (size_t i = 0; i < PIECE; i++)
        text[i] = (char)('!' + i % 89);
    return text;
}

static void long_file_is_read_in_pieces(void **state)
{
    (void)state;
    const char *text = long_text();
    expect_ready();
    expect_refusal(10, PIECE + 5);
    expect_read(10, PIECE, brings(text));
    expect_send_of(SOCKET, text, PIECE, returns(PIECE - 100));
    expect_send_of(SOCKET, text + PIECE - 100, 100, returns(100));
    expect_read(10 + PIECE, 5, brings("hello"));
    expect_send_of(SOCKET, "hello", 5, returns(5));
    assert_result(send_file(PIECE + 5, PSOCK_FOREVER), 0);
    assert_int_equal(done, PIECE + 5);
}

static void short_read_is_not_the_end(void **state)
{
    (void)state;
    expect_ready();
    expect_refusal(10, 8);
    expect_read(10, 8, brings("hel"));
    expect_send_of(SOCKET, "hel", 3, returns(3));
    expect_read(13, 5, returns(PSOCK_EINTR));
    expect_read(13, 5, brings("lo"));
    expect_send_of(SOCKET, "lo", 2, returns(2));
    expect_read(15, 3, returns(0));
    assert_result(send_file(8, PSOCK_FOREVER), PSOCK_EEOF);
    assert_int_equal(done, 5);
}

static void rest_that_is_read_ends_where_the_file_does(void **state)
{
    (void)state;
    expect_ready();
    expect_refusal(10, all_from(10));
    expect_read(10, PIECE, brings("hello"));
    expect_send_of(SOCKET, "hello", 5, returns(5));
    expect_read(15, PIECE, returns(0));
    assert_result(send_file(PSOCK_FILE_REST, PSOCK_FOREVER), 0);
    assert_int_equal(done, 5);
}

/* Bytes read and not sent do not count, and are read again by whoever goes on. */
static void only_what_was_sent_counts(void **state)
{
    (void)state;
    expect_ready();
    expect_attempt(10, 8, 0, returns(PSOCK_ENOTSUP));
    expect_read(10, 8, brings("hello..."));
    expect_send_of(SOCKET, "hello...", 8, returns(5));
    expect_send_of(SOCKET, "...", 3, returns(PSOCK_EAGAIN));
    assert_result(send_file(8, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(done, 5);
}

static void full_socket_is_waited_for_with_the_bytes_kept(void **state)
{
    (void)state;
    expect_ready();
    expect_attempt(10, 5, ms(100), returns(PSOCK_ENOTSUP));
    expect_read(10, 5, after(ms(30), brings("hello")));
    expect_send_of(SOCKET, "hello", 5, returns(2));
    expect_send_of(SOCKET, "llo", 3, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(70),
                after(ms(20), came(PSOCK_SYS_WRITE)));
    expect_send_of(SOCKET, "llo", 3, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(50), after(ms(50), came(0)));
    assert_result(send_file(5, in(ms(100))), PSOCK_ETIMEDOUT);
    assert_int_equal(done, 2);
}

static void deadline_ends_reading_that_never_waits(void **state)
{
    (void)state;
    const char *text = long_text();
    expect_ready();
    expect_attempt(10, 2 * PIECE, ms(100), returns(PSOCK_ENOTSUP));
    expect_read(10, PIECE, after(ms(100), brings(text)));
    expect_send_of(SOCKET, text, PIECE, returns(PIECE));
    assert_result(send_file(2 * PIECE, in(ms(100))), PSOCK_ETIMEDOUT);
    assert_int_equal(done, PIECE);
}

static void file_that_cannot_be_read_keeps_the_count(void **state)
{
    (void)state;
    expect_ready();
    expect_part(10, 8, returns(3));
    expect_look(13);
    expect_refusal(13, 5);
    expect_read(13, 5, returns(PSOCK_EIO));
    assert_result(send_file(8, PSOCK_FOREVER), PSOCK_EIO);
    assert_int_equal(done, 3);
}

static void socket_that_the_system_refuses_is_sent_to_in_parts(void **state)
{
    (void)state;
    expect_regular_file();
    expect_send_file_ready(SOCKET, returns(PSOCK_ENOTSUP));
    expect_read(10, 5, brings("hello"));
    expect_send_of(SOCKET, "hello", 5, returns(5));
    assert_result(send_file(5, PSOCK_FOREVER), 0);
    assert_int_equal(done, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(null_path_is_refused_without_a_call),
        test(interrupted_opening_is_tried_again),
        test(what_the_system_says_of_a_path_is_passed_on),
        test(no_file_is_refused_without_a_call),
        test(size_is_the_systems_answer),
        test(range_below_zero_is_refused_without_a_call),
        test(socket_that_is_not_fit_sends_no_file),
        test(what_is_no_file_is_not_sent),
        test(nothing_of_a_file_is_sent_without_an_attempt),
        test(count_of_a_file_may_go_untold),
        test(last_offset_is_behind_every_end),
        test(file_goes_in_one_call_of_the_systems),
        test(file_goes_on_where_the_last_part_ended),
        test(full_socket_is_waited_for_before_the_next_part),
        test(end_before_the_size_is_told_with_the_count),
        test(size_alone_ends_no_file),
        test(rest_of_a_file_ends_where_the_file_does),
        test(empty_rest_of_a_file_is_no_error),
        test(failure_of_the_connection_keeps_the_count),
        test(file_that_may_not_wait_goes_as_far_as_it_can),
        test(one_deadline_holds_for_all_parts_of_a_file),
        test(deadline_ends_a_file_that_never_waits),
        test(file_that_is_out_in_time_is_not_late),
        test(deadline_in_the_past_gets_one_part),
        test(parts_are_short_where_somebody_may_end_them),
        test(waker_ends_a_file_between_its_parts),
        test(waker_ends_a_file_that_waits_for_room),
        test(waker_within_a_part_ends_the_file),
        test(what_the_system_does_not_send_is_read_and_sent),
        test(system_that_stops_leaves_the_rest_to_be_read),
        test(long_file_is_read_in_pieces),
        test(short_read_is_not_the_end),
        test(rest_that_is_read_ends_where_the_file_does),
        test(only_what_was_sent_counts),
        test(full_socket_is_waited_for_with_the_bytes_kept),
        test(deadline_ends_reading_that_never_waits),
        test(file_that_cannot_be_read_keeps_the_count),
        test(socket_that_the_system_refuses_is_sent_to_in_parts),
    };
    return cmocka_run_group_tests_name("fake.file", tests, NULL, NULL);
}
