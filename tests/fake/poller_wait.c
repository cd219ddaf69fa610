/* Waiting in a poller, and waking who waits. */
#include "stage.h"

#include <string.h>

enum {
    SOCKET = 8
};

static struct psock_waker canceler = {42};
static int token;

/* --- Arguments and events ------------------------------------------------- */

static psock_poller_event events[4];

static void expect_a_look(int64_t timeout_ns, struct answer answer)
{
    expect_poller_wait(&system_poller, events, COUNT_OF(events), NULL,
                       timeout_ns, answer);
}

static int wait_in_it(psock_deadline deadline)
{
    return psock_poller_wait(poller, events, COUNT_OF(events), deadline);
}

static const psock_poller_event two_events[] = {
    {.token = &token, .came = PSOCK_READABLE | PSOCK_READ_ENDED},
    {.token = NULL, .came = PSOCK_WRITABLE},
};

static struct answer tells_two(void)
{
    return tells(two_events, COUNT_OF(two_events));
}

static void wait_without_room_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_poller_wait(poller, NULL, 1, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_poller_wait(poller, NULL, 0, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_poller_wait(poller, events, 0, PSOCK_FOREVER),
                  PSOCK_EINVAL);
    assert_result(psock_poller_wait(NULL, events, 0, PSOCK_FOREVER),
                  PSOCK_EFAULT);
}

static void events_are_told(void **state)
{
    (void)state;
    memset(events, 0, sizeof events);
    expect_a_look(ms(100), tells_two());
    assert_result(wait_in_it(in(ms(100))), 2);
    assert_memory_equal(events, two_events, sizeof two_events);
    assert_null(events[2].token);
}

static void room_is_passed_through_as_it_is(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 1000000, SIZE_MAX / 2};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        expect_poller_wait(&system_poller, events, counts[i], NULL, -1,
                           tells(two_events, 1));
        assert_result(
            psock_poller_wait(poller, events, counts[i], PSOCK_FOREVER), 1);
    }
}

static void waiting_allocates_nothing(void **state)
{
    (void)state;
    const int before = fake_allocations();
    expect_a_look(0, tells_two());
    assert_result(wait_in_it(PSOCK_NOW), 2);
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(fake_allocations(), before);
}

/* --- Deadlines ------------------------------------------------------------ */

static void now_is_one_look(void **state)
{
    (void)state;
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(script_clock_reads(), 0);
}

static void past_deadline_is_one_look(void **state)
{
    (void)state;
    const psock_deadline past[] = {1, -1, INT64_MIN, in(0), in(-1)};
    for (size_t i = 0; i < COUNT_OF(past); i++) {
        expect_a_look(0, returns(0));
        assert_result(wait_in_it(past[i]), PSOCK_ETIMEDOUT);
    }
}

static void last_look_is_taken_after_the_deadline(void **state)
{
    (void)state;
    expect_a_look(ms(100), after(ms(100), returns(0)));
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(in(ms(100))), PSOCK_ETIMEDOUT);
    expect_a_look(ms(100), after(ms(100), returns(0)));
    expect_a_look(0, tells_two());
    assert_result(wait_in_it(in(ms(100))), 2);
}

static void wait_that_ends_early_is_taken_up_again(void **state)
{
    (void)state;
    expect_a_look(ms(100), after(ms(40), returns(0)));
    expect_a_look(ms(60), after(ms(60) - 1, returns(0)));
    expect_a_look(1, tells_two());
    assert_result(wait_in_it(in(ms(100))), 2);
}

static void interrupted_wait_is_taken_up_again(void **state)
{
    (void)state;
    expect_a_look(ms(100), after(ms(40), returns(PSOCK_EINTR)));
    expect_a_look(ms(60), returns(PSOCK_EINTR));
    expect_a_look(ms(60), tells_two());
    assert_result(wait_in_it(in(ms(100))), 2);
}

static void interruption_does_not_take_the_last_look(void **state)
{
    (void)state;
    expect_a_look(0, returns(PSOCK_EINTR));
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
    expect_a_look(ms(9), after(ms(9), returns(PSOCK_EINTR)));
    expect_a_look(0, returns(PSOCK_EINTR));
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(in(ms(9))), PSOCK_ETIMEDOUT);
}

static void for_ever_goes_on_after_every_wake_of_the_system(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        expect_a_look(-1, after(ms(100000), returns(0)));
        expect_a_look(-1, returns(PSOCK_EINTR));
    }
    expect_a_look(-1, tells_two());
    assert_result(wait_in_it(PSOCK_FOREVER), 2);
    assert_int_equal(script_clock_reads(), 0);
}

static void failed_wait_is_passed_through(void **state)
{
    (void)state;
    static const int failures[] = {PSOCK_ENOMEM, PSOCK_EBADF, PSOCK_EIO};
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        expect_a_look(-1, returns(failures[i]));
        assert_result(wait_in_it(PSOCK_FOREVER), failures[i]);
        assert_int_equal(psock_error_native(), native_of(failures[i]));
    }
}

static void every_wait_of_a_bound_thread_can_be_canceled(void **state)
{
    (void)state;
    (void)psock_cancel_with(&canceler);
    expect_poller_wait(&system_poller, events, COUNT_OF(events), &canceler,
                       ms(100), after(ms(40), returns(PSOCK_EINTR)));
    expect_poller_wait(&system_poller, events, COUNT_OF(events), &canceler,
                       ms(60), returns(PSOCK_ECANCELED));
    assert_result(wait_in_it(in(ms(100))), PSOCK_ECANCELED);
    expect_poller_wait(&system_poller, events, COUNT_OF(events), &canceler, -1,
                       tells_two());
    assert_result(wait_in_it(PSOCK_FOREVER), 2);
    (void)psock_cancel_with(NULL);
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
}

/* It never waits, so there is nothing to cancel. */
static void look_of_a_bound_thread_cannot_be_canceled(void **state)
{
    (void)state;
    (void)psock_cancel_with(&canceler);
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(in(0)), PSOCK_ETIMEDOUT);
    expect_poller_wait(&system_poller, events, COUNT_OF(events), &canceler,
                       ms(9), after(ms(9), returns(0)));
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(in(ms(9))), PSOCK_ETIMEDOUT);
    (void)psock_cancel_with(NULL);
}

/* --- Waking --------------------------------------------------------------- */

static void have_woken(void)
{
    expect_poller_wake(&system_poller, returns(0));
    assert_result(psock_poller_wake(poller), 0);
}

static void have_been_woken(void)
{
    expect_a_look(-1, woken(returns(0)));
    assert_result(wait_in_it(PSOCK_FOREVER), 0);
}

static void many_wakes_are_one_call(void **state)
{
    (void)state;
    have_woken();
    for (int i = 0; i < 20; i++)
        assert_result(psock_poller_wake(poller), 0);
    have_been_woken();
}

static void wake_after_a_wake_that_was_told_is_another(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        have_woken();
        have_been_woken();
    }
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
}

/* The system may tell of events first, and fail, and wake another wait. */
static void wake_lasts_until_it_is_told(void **state)
{
    (void)state;
    have_woken();
    expect_a_look(-1, tells_two());
    assert_result(wait_in_it(PSOCK_FOREVER), 2);
    assert_result(psock_poller_wake(poller), 0);
    expect_a_look(-1, returns(PSOCK_ENOMEM));
    assert_result(wait_in_it(PSOCK_FOREVER), PSOCK_ENOMEM);
    assert_result(psock_poller_wake(poller), 0);
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_poller_wake(poller), 0);
    have_been_woken();
    have_woken();
    have_been_woken();
}

static void wake_ends_a_wait_whatever_its_deadline(void **state)
{
    (void)state;
    const psock_deadline deadlines[] = {PSOCK_NOW, 1, in(0)};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        have_woken();
        expect_a_look(0, woken(returns(0)));
        assert_result(wait_in_it(deadlines[i]), 0);
    }
    have_woken();
    expect_a_look(ms(100), after(ms(40), returns(0)));
    expect_a_look(ms(60), returns(PSOCK_EINTR));
    expect_a_look(ms(60), woken(returns(0)));
    assert_result(wait_in_it(in(ms(100))), 0);
}

static void events_that_come_with_a_wake_are_told(void **state)
{
    (void)state;
    have_woken();
    expect_a_look(-1, woken(tells_two()));
    assert_result(wait_in_it(PSOCK_FOREVER), 2);
    assert_memory_equal(events, two_events, sizeof two_events);
    have_woken();
    have_been_woken();
}

static void wake_during_a_wait_ends_it(void **state)
{
    (void)state;
    expect_a_look(-1, while_doing(have_woken, woken(returns(0))));
    assert_result(wait_in_it(PSOCK_FOREVER), 0);
}

static void wake_leaves_the_systems_code(void **state)
{
    (void)state;
    fake_set_native(native_of(PSOCK_EIO));
    have_woken();
    assert_int_equal(psock_error_native(), native_of(PSOCK_EIO));
    have_been_woken();
}

/* --- Closing a poller that is waited in -------------------------------------- */

static void close_in_vain_while_waiting(void)
{
    assert_result(psock_poller_close(poller), PSOCK_EBUSY);
}

static void poller_that_is_waited_in_is_not_closed(void **state)
{
    (void)state;
    expect_checking(SOCKET, returns(0));
    expect_poller_add(&system_poller, SOCKET, 0, NULL, returns(0));
    assert_result(psock_poller_add(poller, SOCKET, 0, NULL), 0);
    expect_a_look(-1, while_doing(close_in_vain_while_waiting, tells_two()));
    assert_result(wait_in_it(PSOCK_FOREVER), 2);
    assert_result(psock_poller_modify(poller, SOCKET, 0), 0);
}

/* end_open() closes it. */
static void poller_can_be_closed_after_every_kind_of_wait(void **state)
{
    (void)state;
    static const int failures[] = {PSOCK_ECANCELED, PSOCK_ENOMEM};
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        expect_a_look(-1, returns(failures[i]));
        assert_result(wait_in_it(PSOCK_FOREVER), failures[i]);
        close_on(poller, &system_poller);
        poller = open_on(&system_poller);
    }
    expect_a_look(0, returns(0));
    assert_result(wait_in_it(PSOCK_NOW), PSOCK_EAGAIN);
    close_on(poller, &system_poller);
    poller = open_on(&system_poller);
    assert_result(psock_poller_wait(poller, events, 0, PSOCK_NOW),
                  PSOCK_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_open(wait_without_room_is_refused_without_a_call),
        test_open(events_are_told),
        test_open(room_is_passed_through_as_it_is),
        test_open(waiting_allocates_nothing),
        test_open(now_is_one_look),
        test_open(past_deadline_is_one_look),
        test_open(last_look_is_taken_after_the_deadline),
        test_open(wait_that_ends_early_is_taken_up_again),
        test_open(interrupted_wait_is_taken_up_again),
        test_open(interruption_does_not_take_the_last_look),
        test_open(for_ever_goes_on_after_every_wake_of_the_system),
        test_open(failed_wait_is_passed_through),
        test_open(every_wait_of_a_bound_thread_can_be_canceled),
        test_open(look_of_a_bound_thread_cannot_be_canceled),
        test_open(many_wakes_are_one_call),
        test_open(wake_after_a_wake_that_was_told_is_another),
        test_open(wake_lasts_until_it_is_told),
        test_open(wake_ends_a_wait_whatever_its_deadline),
        test_open(events_that_come_with_a_wake_are_told),
        test_open(wake_during_a_wait_ends_it),
        test_open(wake_leaves_the_systems_code),
        test_open(poller_that_is_waited_in_is_not_closed),
        test_open(poller_can_be_closed_after_every_kind_of_wait),
    };
    return cmocka_run_group_tests_name("fake.poller_wait", tests, NULL, NULL);
}
