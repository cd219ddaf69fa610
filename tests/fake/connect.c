#include "sys_fake.h"

enum {
    SOCKET = 7
};

static psock_address peer;
static struct psock_waker waker = {40};

static int set_the_stage(void **state)
{
    (void)state;
    return psock_address_loopback(PSOCK_IPV4, 80, &peer);
}

static void expect_the_wait(int64_t timeout_ns, struct answer answer)
{
    expect_wait(SOCKET, PSOCK_SYS_WRITE, timeout_ns, answer);
}

/* The three ways in which an attempt is under way. */
static const int open_outcomes[] = {PSOCK_EINPROGRESS, PSOCK_EALREADY,
                                    PSOCK_EINTR};

static const int final_errors[] = {
    PSOCK_ECONNREFUSED, PSOCK_ETIMEDOUT,     PSOCK_ENETUNREACH,
    PSOCK_EHOSTUNREACH, PSOCK_EISCONN,       PSOCK_EAFNOSUPPORT,
    PSOCK_EADDRINUSE,   PSOCK_EADDRNOTAVAIL, PSOCK_EACCES,
    PSOCK_ENOBUFS,      PSOCK_EBADF,
};

/* --- Arguments ------------------------------------------------------------ */

static void bad_arguments_are_refused_without_a_call(void **state)
{
    (void)state;
    const psock_address none = {.length = 0};
    const psock_address liar = {.length = UINT32_MAX};
    assert_result(psock_connect(-1, &peer, PSOCK_FOREVER), PSOCK_EBADF);
    assert_result(psock_connect(SOCKET, NULL, PSOCK_FOREVER), PSOCK_EFAULT);
    assert_result(psock_connect(SOCKET, &none, PSOCK_FOREVER),
                  PSOCK_EAFNOSUPPORT);
    assert_result(psock_connect(SOCKET, &liar, PSOCK_FOREVER),
                  PSOCK_EAFNOSUPPORT);
    assert_int_equal(script_clock_reads(), 0);
}

/* --- Patience: how long the system may take by itself --------------------- */

static void check_patience(psock_deadline deadline, int64_t patience_ns)
{
    expect_connect(SOCKET, &peer, patience_ns, returns(0));
    assert_result(psock_connect(SOCKET, &peer, deadline), 0);
}

static void patience_is_what_the_deadline_leaves(void **state)
{
    (void)state;
    check_patience(in(ms(100)), ms(100));
    check_patience(in(1), 1);
    check_patience(in(0), 0);
    check_patience(1, 0);
    check_patience(INT64_MIN, 0);
    check_patience(PSOCK_FOREVER - 1, PSOCK_FOREVER - 1 - script_clock_now());
}

static void now_has_no_patience_and_for_ever_no_end_of_it(void **state)
{
    (void)state;
    check_patience(PSOCK_NOW, 0);
    check_patience(PSOCK_FOREVER, -1);
    assert_int_equal(script_clock_reads(), 0);
}

/* The system could not be interrupted. */
static void system_has_no_patience_where_somebody_may_cancel(void **state)
{
    (void)state;
    (void)psock_cancel_with(&waker);
    check_patience(PSOCK_FOREVER, 0);
    check_patience(in(ms(100)), 0);
    check_patience(PSOCK_NOW, 0);
    (void)psock_cancel_with(NULL);
    check_patience(PSOCK_FOREVER, -1);
}

/* --- Outcomes without a wait ---------------------------------------------- */

static void failure_is_passed_through_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(final_errors); i++) {
        expect_connect(SOCKET, &peer, -1, returns(final_errors[i]));
        assert_result(psock_connect(SOCKET, &peer, PSOCK_FOREVER),
                      final_errors[i]);
        assert_int_equal(psock_error_native(), native_of(final_errors[i]));
    }
}

static void now_leaves_the_attempt_under_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(open_outcomes); i++) {
        expect_connect(SOCKET, &peer, 0, returns(open_outcomes[i]));
        assert_result(psock_connect(SOCKET, &peer, PSOCK_NOW), PSOCK_EAGAIN);
    }
    assert_int_equal(script_clock_reads(), 0);
}

static void past_deadline_leaves_the_attempt_under_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(open_outcomes); i++) {
        expect_connect(SOCKET, &peer, 0, returns(open_outcomes[i]));
        assert_result(psock_connect(SOCKET, &peer, in(0)), PSOCK_ETIMEDOUT);
    }
}

static void patience_may_take_all_the_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(open_outcomes); i++) {
        expect_connect(SOCKET, &peer, ms(100),
                       after(ms(100), returns(open_outcomes[i])));
        assert_result(psock_connect(SOCKET, &peer, in(ms(100))),
                      PSOCK_ETIMEDOUT);
    }
}

/* --- Outcomes after a wait ------------------------------------------------ */

static void check_outcome(int open_outcome, int result)
{
    expect_connect(SOCKET, &peer, ms(100),
                   after(ms(10), returns(open_outcome)));
    expect_the_wait(ms(90), after(ms(5), came(PSOCK_SYS_WRITE)));
    expect_connect_result(SOCKET, &peer, returns(result));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), result);
}

static void outcome_is_waited_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(open_outcomes); i++)
        check_outcome(open_outcomes[i], 0);
}

static void failure_shows_after_the_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(final_errors); i++) {
        check_outcome(PSOCK_EINPROGRESS, final_errors[i]);
        assert_int_equal(psock_error_native(), native_of(final_errors[i]));
    }
}

static void outcome_that_is_still_open_is_waited_for_again(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100), returns(PSOCK_EINPROGRESS));
    for (int i = 0; i < 3; i++) {
        expect_the_wait(ms(100 - 10 * i), after(ms(10), came(PSOCK_SYS_WRITE)));
        expect_connect_result(SOCKET, &peer, returns(open_outcomes[i]));
    }
    expect_the_wait(ms(70), came(PSOCK_SYS_WRITE));
    expect_connect_result(SOCKET, &peer, returns(0));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), 0);
}

static void outcome_that_stays_open_ends_with_the_deadline(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100), returns(PSOCK_EINPROGRESS));
    for (int i = 0; i < 10; i++) {
        expect_the_wait(ms(100 - 10 * i), came(PSOCK_SYS_WRITE));
        expect_connect_result(SOCKET, &peer,
                              after(ms(10), returns(PSOCK_EALREADY)));
    }
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), PSOCK_ETIMEDOUT);
}

static void wait_for_the_outcome_is_taken_up_again(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100), returns(PSOCK_EINPROGRESS));
    expect_the_wait(ms(100), after(ms(40), returns(PSOCK_EINTR)));
    expect_the_wait(ms(60), after(ms(59), returns(0)));
    expect_the_wait(ms(1), came(PSOCK_SYS_WRITE));
    expect_connect_result(SOCKET, &peer, returns(0));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), 0);
}

static void end_shows_as_an_outcome(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100), returns(PSOCK_EINPROGRESS));
    expect_the_wait(ms(100), came(PSOCK_SYS_ENDED));
    expect_connect_result(SOCKET, &peer, returns(PSOCK_ECONNREFUSED));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))),
                  PSOCK_ECONNREFUSED);
}

static void deadline_may_pass_in_the_wait(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100), returns(PSOCK_EINPROGRESS));
    expect_the_wait(ms(100), after(ms(100), returns(0)));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), PSOCK_ETIMEDOUT);
}

static void failed_wait_is_the_result(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100), returns(PSOCK_EINPROGRESS));
    expect_the_wait(ms(100), returns(PSOCK_ENOMEM));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ENOMEM));
}

/* A signal can end the system's own wait, and the attempt goes on. */
static void waiting_for_ever_survives_an_interruption(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, -1, returns(PSOCK_EINTR));
    expect_the_wait(-1, returns(PSOCK_EINTR));
    expect_the_wait(-1, returns(0));
    expect_the_wait(-1, came(PSOCK_SYS_WRITE));
    expect_connect_result(SOCKET, &peer, returns(0));
    assert_result(psock_connect(SOCKET, &peer, PSOCK_FOREVER), 0);
    assert_int_equal(script_clock_reads(), 0);
}

/* --- Listeners whose queue is full ---------------------------------------- */

static void expect_a_pause(int64_t timeout_ns, struct answer answer)
{
    expect_poll(NULL, 0, NULL, timeout_ns, answer);
}

static void full_queue_is_told_at_once_to_now(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EAGAIN));
    assert_result(psock_connect(SOCKET, &peer, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(script_clock_reads(), 0);
}

static void full_queue_times_out(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100),
                   after(ms(100), returns(PSOCK_EAGAIN)));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), PSOCK_ETIMEDOUT);
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EAGAIN));
    assert_result(psock_connect(SOCKET, &peer, in(0)), PSOCK_ETIMEDOUT);
}

static void full_queue_is_tried_for_as_long_as_is_left(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100),
                   after(ms(60), returns(PSOCK_EAGAIN)));
    expect_a_pause(ms(2), after(ms(2), returns(0)));
    expect_connect(SOCKET, &peer, ms(38),
                   after(ms(37) - 1, returns(PSOCK_EAGAIN)));
    expect_a_pause(ms(1) + 1, after(ms(1), returns(0)));
    expect_connect(SOCKET, &peer, 1, returns(0));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), 0);
}

static void full_queue_is_tried_for_ever(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        expect_connect(SOCKET, &peer, -1, returns(PSOCK_EAGAIN));
        expect_a_pause(ms(2), after(ms(2), returns(0)));
    }
    expect_connect(SOCKET, &peer, -1, returns(PSOCK_ECONNREFUSED));
    assert_result(psock_connect(SOCKET, &peer, PSOCK_FOREVER),
                  PSOCK_ECONNREFUSED);
    assert_int_equal(script_clock_reads(), 0);
}

/* Where the system has no patience, only pauses pass the time. */
static void pauses_end_with_the_deadline(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(5), returns(PSOCK_EAGAIN));
    expect_a_pause(ms(2), after(ms(2), returns(0)));
    expect_connect(SOCKET, &peer, ms(3), returns(PSOCK_EAGAIN));
    expect_a_pause(ms(2), after(ms(2), returns(0)));
    expect_connect(SOCKET, &peer, ms(1), returns(PSOCK_EAGAIN));
    expect_a_pause(ms(1), after(ms(1), returns(0)));
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EAGAIN));
    assert_result(psock_connect(SOCKET, &peer, in(ms(5))), PSOCK_ETIMEDOUT);
}

static void pause_may_be_interrupted(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, -1, returns(PSOCK_EAGAIN));
    expect_a_pause(ms(2), returns(PSOCK_EINTR));
    expect_connect(SOCKET, &peer, -1, returns(0));
    assert_result(psock_connect(SOCKET, &peer, PSOCK_FOREVER), 0);
}

static void failed_pause_is_the_result(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, -1, returns(PSOCK_EAGAIN));
    expect_a_pause(ms(2), returns(PSOCK_ENOMEM));
    assert_result(psock_connect(SOCKET, &peer, PSOCK_FOREVER), PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ENOMEM));
}

/* The queue has room again, but the listener is slow to answer. */
static void attempt_that_begins_after_a_pause_is_waited_for(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, ms(100), returns(PSOCK_EAGAIN));
    expect_a_pause(ms(2), after(ms(2), returns(0)));
    expect_connect(SOCKET, &peer, ms(98), returns(PSOCK_EINPROGRESS));
    expect_the_wait(ms(98), came(PSOCK_SYS_WRITE));
    expect_connect_result(SOCKET, &peer, returns(0));
    assert_result(psock_connect(SOCKET, &peer, in(ms(100))), 0);
}

/* --- Threads that a waker can cancel --------------------------------------- */

static int connect_bound(psock_deadline deadline)
{
    assert_null(psock_cancel_with(&waker));
    const int result = psock_connect(SOCKET, &peer, deadline);
    assert_ptr_equal(psock_cancel_with(NULL), &waker);
    return result;
}

static void wait_for_the_outcome_can_be_canceled(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EINPROGRESS));
    expect_wait_with(SOCKET, PSOCK_SYS_WRITE, &waker, -1,
                     returns(PSOCK_ECANCELED));
    assert_result(connect_bound(PSOCK_FOREVER), PSOCK_ECANCELED);
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EALREADY));
    expect_wait_with(SOCKET, PSOCK_SYS_WRITE, &waker, ms(9),
                     came(PSOCK_SYS_WRITE));
    expect_connect_result(SOCKET, &peer, returns(0));
    assert_result(connect_bound(in(ms(9))), 0);
}

static void pause_can_be_canceled(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EAGAIN));
    expect_poll(NULL, 0, &waker, ms(2), after(ms(2), returns(0)));
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EAGAIN));
    expect_poll(NULL, 0, &waker, ms(2), returns(PSOCK_ECANCELED));
    assert_result(connect_bound(PSOCK_FOREVER), PSOCK_ECANCELED);
}

/* --- Calling again -------------------------------------------------------- */

static void attempt_is_taken_up_by_calling_again(void **state)
{
    (void)state;
    expect_connect(SOCKET, &peer, 0, returns(PSOCK_EINPROGRESS));
    assert_result(psock_connect(SOCKET, &peer, PSOCK_NOW), PSOCK_EAGAIN);
    expect_connect(SOCKET, &peer, ms(5), returns(PSOCK_EALREADY));
    expect_the_wait(ms(5), after(ms(5), returns(0)));
    assert_result(psock_connect(SOCKET, &peer, in(ms(5))), PSOCK_ETIMEDOUT);
    expect_connect(SOCKET, &peer, -1, returns(PSOCK_EALREADY));
    expect_the_wait(-1, came(PSOCK_SYS_WRITE));
    expect_connect_result(SOCKET, &peer, returns(0));
    assert_result(psock_connect(SOCKET, &peer, PSOCK_FOREVER), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(bad_arguments_are_refused_without_a_call),
        test(patience_is_what_the_deadline_leaves),
        test(now_has_no_patience_and_for_ever_no_end_of_it),
        test(system_has_no_patience_where_somebody_may_cancel),
        test(failure_is_passed_through_at_once),
        test(now_leaves_the_attempt_under_way),
        test(past_deadline_leaves_the_attempt_under_way),
        test(patience_may_take_all_the_time),
        test(outcome_is_waited_for),
        test(failure_shows_after_the_wait),
        test(outcome_that_is_still_open_is_waited_for_again),
        test(outcome_that_stays_open_ends_with_the_deadline),
        test(wait_for_the_outcome_is_taken_up_again),
        test(end_shows_as_an_outcome),
        test(deadline_may_pass_in_the_wait),
        test(failed_wait_is_the_result),
        test(waiting_for_ever_survives_an_interruption),
        test(full_queue_is_told_at_once_to_now),
        test(full_queue_times_out),
        test(full_queue_is_tried_for_as_long_as_is_left),
        test(full_queue_is_tried_for_ever),
        test(pauses_end_with_the_deadline),
        test(pause_may_be_interrupted),
        test(failed_pause_is_the_result),
        test(attempt_that_begins_after_a_pause_is_waited_for),
        test(wait_for_the_outcome_can_be_canceled),
        test(pause_can_be_canceled),
        test(attempt_is_taken_up_by_calling_again),
    };
    return cmocka_run_group_tests_name("fake.connect", tests, set_the_stage,
                                       NULL);
}
