/* What psock_poll() can be asked, and its waiting. */
#include "sys_fake.h"

#include <limits.h>

enum {
    SOCKET = 8,
    UNTOUCHED = 0x5a5a
};

static struct psock_waker waker = {40};
static struct psock_waker canceler = {42};
static psock_pollable entries[3];

/* A socket, a waker, and a place that is passed over. */
static void fill_entries(void)
{
    entries[0] = (psock_pollable){SOCKET, NULL, PSOCK_READABLE, UNTOUCHED};
    entries[1] = (psock_pollable){PSOCK_INVALID, &waker, 0, UNTOUCHED};
    entries[2] = (psock_pollable){PSOCK_INVALID, NULL, 0, UNTOUCHED};
}

static void start(void)
{
    fill_entries();
    expect_startup(returns(0));
}

static int poll_all(psock_deadline deadline)
{
    return psock_poll(entries, COUNT_OF(entries), deadline);
}

static void expect_a_look(int64_t timeout_ns, struct answer answer)
{
    expect_poll(entries, COUNT_OF(entries), NULL, timeout_ns, answer);
}

static void assert_untouched(void)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        assert_int_equal(entries[i].came, UNTOUCHED);
}

/* --- Arguments ------------------------------------------------------------ */

/* Not even a start is made in these tests. */
static void null_entries_are_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_poll(NULL, 1, PSOCK_FOREVER), PSOCK_EFAULT);
    assert_result(psock_poll(NULL, SIZE_MAX, PSOCK_NOW), PSOCK_EFAULT);
}

/* Nor are they looked at: there are not that many. */
static void too_many_entries_are_refused_without_a_call(void **state)
{
    (void)state;
    fill_entries();
    assert_result(psock_poll(entries, (size_t)INT_MAX + 1, PSOCK_FOREVER),
                  PSOCK_EINVAL);
    assert_result(psock_poll(entries, SIZE_MAX, PSOCK_NOW), PSOCK_EINVAL);
    assert_untouched();
}

static const uint32_t unknown_bits[] = {
    PSOCK_FAILED,
    PSOCK_HUNG_UP,
    PSOCK_NO_SOCKET,
    PSOCK_ONE_SHOT,
    PSOCK_ONE_SHOT | PSOCK_READABLE,
    1u << 7,
    1u << 30,
    UINT32_MAX,
};

static void bits_that_cannot_be_wanted_are_refused_without_a_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown_bits); i++)
        for (size_t place = 0; place < COUNT_OF(entries); place++) {
            fill_entries();
            entries[place].wanted = unknown_bits[i];
            assert_result(poll_all(PSOCK_FOREVER), PSOCK_EINVAL);
            assert_untouched();
        }
}

static void
socket_and_waker_in_one_entry_are_refused_without_a_call(void **state)
{
    (void)state;
    static const psock_t sockets[] = {0, SOCKET, INTPTR_MAX};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        fill_entries();
        entries[1].socket = sockets[i];
        assert_result(poll_all(PSOCK_FOREVER), PSOCK_EINVAL);
        assert_untouched();
    }
}

static void everything_that_can_be_wanted_is_passed_through(void **state)
{
    (void)state;
    static const uint32_t bits[] = {PSOCK_READABLE, PSOCK_URGENT,
                                    PSOCK_WRITABLE, PSOCK_READ_ENDED};
    static const uint32_t came[] = {PSOCK_HUNG_UP, 0, 0};
    start();
    for (unsigned choice = 0; choice < 1u << COUNT_OF(bits); choice++) {
        entries[0].wanted = 0;
        for (size_t i = 0; i < COUNT_OF(bits); i++)
            entries[0].wanted |= (choice >> i & 1) * bits[i];
        const uint32_t wanted = entries[0].wanted;
        expect_a_look(-1, finds(came, COUNT_OF(came)));
        assert_result(poll_all(PSOCK_FOREVER), 1);
        assert_int_equal(entries[0].wanted, wanted);
    }
}

static void polling_needs_a_start(void **state)
{
    (void)state;
    fill_entries();
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(poll_all(PSOCK_FOREVER), PSOCK_ENETDOWN);
    assert_untouched();
}

/* --- What is ready -------------------------------------------------------- */

static void what_came_is_told_of_each_entry(void **state)
{
    (void)state;
    static const uint32_t came[] = {PSOCK_READABLE | PSOCK_READ_ENDED,
                                    PSOCK_READABLE, 0};
    start();
    expect_a_look(ms(100), finds(came, COUNT_OF(came)));
    assert_result(poll_all(in(ms(100))), 2);
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        assert_int_equal(entries[i].came, came[i]);
}

static void very_many_entries_are_passed_through_as_they_are(void **state)
{
    (void)state;
    static psock_pollable many[5000];
    static uint32_t came[5000];
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = (psock_pollable){(psock_t)i, NULL, PSOCK_WRITABLE, UNTOUCHED};
        came[i] = PSOCK_WRITABLE;
    }
    expect_poll(many, COUNT_OF(many), NULL, 0, finds(came, COUNT_OF(came)));
    assert_result(psock_poll(many, COUNT_OF(many), PSOCK_NOW), 5000);
    assert_int_equal(many[4999].came, PSOCK_WRITABLE);
    assert_int_equal(fake_allocations(), 0);
}

static void what_the_last_look_finds_counts(void **state)
{
    (void)state;
    static const uint32_t came[] = {PSOCK_FAILED | PSOCK_HUNG_UP, 0, 0};
    start();
    expect_a_look(ms(100), after(ms(100), returns(0)));
    expect_a_look(0, finds(came, COUNT_OF(came)));
    assert_result(poll_all(in(ms(100))), 1);
    assert_int_equal(entries[0].came, came[0]);
}

/* --- Deadlines ------------------------------------------------------------ */

static void now_is_one_look(void **state)
{
    (void)state;
    start();
    expect_a_look(0, returns(0));
    assert_result(poll_all(PSOCK_NOW), PSOCK_EAGAIN);
    assert_untouched();
    assert_int_equal(script_clock_reads(), 0);
}

static void past_deadline_is_one_look(void **state)
{
    (void)state;
    const psock_deadline past[] = {1, -1, INT64_MIN, in(0), in(-1)};
    start();
    for (size_t i = 0; i < COUNT_OF(past); i++) {
        expect_a_look(0, returns(0));
        assert_result(poll_all(past[i]), PSOCK_ETIMEDOUT);
    }
    assert_untouched();
}

static void last_look_is_taken_after_the_deadline(void **state)
{
    (void)state;
    start();
    expect_a_look(ms(100), after(ms(100), returns(0)));
    expect_a_look(0, returns(0));
    assert_result(poll_all(in(ms(100))), PSOCK_ETIMEDOUT);
    assert_untouched();
}

static void wait_that_ends_early_is_taken_up_again(void **state)
{
    (void)state;
    static const uint32_t came[] = {PSOCK_READABLE, 0, 0};
    start();
    expect_a_look(ms(100), after(ms(40), returns(0)));
    expect_a_look(ms(60), after(ms(60) - 1, returns(0)));
    expect_a_look(1, finds(came, COUNT_OF(came)));
    assert_result(poll_all(in(ms(100))), 1);
}

static void interrupted_wait_is_taken_up_again(void **state)
{
    (void)state;
    static const uint32_t came[] = {0, PSOCK_READABLE, 0};
    start();
    expect_a_look(ms(100), after(ms(40), returns(PSOCK_EINTR)));
    expect_a_look(ms(60), returns(PSOCK_EINTR));
    expect_a_look(ms(60), finds(came, COUNT_OF(came)));
    assert_result(poll_all(in(ms(100))), 1);
}

static void interruption_does_not_take_the_last_look(void **state)
{
    (void)state;
    start();
    expect_a_look(0, returns(PSOCK_EINTR));
    expect_a_look(0, returns(0));
    assert_result(poll_all(PSOCK_NOW), PSOCK_EAGAIN);
    expect_a_look(ms(9), after(ms(9), returns(PSOCK_EINTR)));
    expect_a_look(0, returns(PSOCK_EINTR));
    expect_a_look(0, returns(0));
    assert_result(poll_all(in(ms(9))), PSOCK_ETIMEDOUT);
}

static void for_ever_goes_on_after_every_wake(void **state)
{
    (void)state;
    static const uint32_t came[] = {0, PSOCK_READABLE, 0};
    start();
    for (int i = 0; i < 20; i++) {
        expect_a_look(-1, after(ms(100000), returns(0)));
        expect_a_look(-1, returns(PSOCK_EINTR));
    }
    expect_a_look(-1, finds(came, COUNT_OF(came)));
    assert_result(poll_all(PSOCK_FOREVER), 1);
    assert_int_equal(script_clock_reads(), 0);
}

static void no_entries_just_wait(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_poll(NULL, 0, NULL, ms(100), after(ms(100), returns(0)));
    expect_poll(NULL, 0, NULL, 0, returns(0));
    assert_result(psock_poll(NULL, 0, in(ms(100))), PSOCK_ETIMEDOUT);
    expect_poll(entries, 0, NULL, 0, returns(0));
    assert_result(psock_poll(entries, 0, PSOCK_NOW), PSOCK_EAGAIN);
}

/* --- Failures ------------------------------------------------------------- */

static void failure_is_passed_through(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_ENOMEM, PSOCK_EINVAL, PSOCK_EIO};
    start();
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_a_look(ms(100), after(ms(40), returns(0)));
        expect_a_look(ms(60), returns(errors[i]));
        assert_result(poll_all(in(ms(100))), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
    assert_untouched();
}

/* --- Threads that a waker can cancel --------------------------------------- */

static void expect_a_bound_look(int64_t timeout_ns, struct answer answer)
{
    expect_poll(entries, COUNT_OF(entries), &canceler, timeout_ns, answer);
}

static int poll_bound(psock_deadline deadline)
{
    assert_null(psock_cancel_with(&canceler));
    const int result = poll_all(deadline);
    assert_ptr_equal(psock_cancel_with(NULL), &canceler);
    return result;
}

static void every_wait_of_a_bound_thread_can_be_canceled(void **state)
{
    (void)state;
    start();
    expect_a_bound_look(ms(100), after(ms(40), returns(0)));
    expect_a_bound_look(ms(60), returns(PSOCK_EINTR));
    expect_a_bound_look(ms(60), returns(PSOCK_ECANCELED));
    assert_result(poll_bound(in(ms(100))), PSOCK_ECANCELED);
    assert_untouched();
    expect_a_bound_look(-1, returns(PSOCK_ECANCELED));
    assert_result(poll_bound(PSOCK_FOREVER), PSOCK_ECANCELED);
}

static void bound_thread_is_told_what_is_ready(void **state)
{
    (void)state;
    static const uint32_t came[] = {PSOCK_READABLE, 0, 0};
    start();
    expect_a_bound_look(-1, finds(came, COUNT_OF(came)));
    assert_result(poll_bound(PSOCK_FOREVER), 1);
    assert_int_equal(entries[0].came, PSOCK_READABLE);
}

/* It never waits, so there is nothing to cancel. */
static void look_of_a_bound_thread_cannot_be_canceled(void **state)
{
    (void)state;
    start();
    expect_a_look(0, returns(0));
    assert_result(poll_bound(PSOCK_NOW), PSOCK_EAGAIN);
    expect_a_look(0, returns(0));
    assert_result(poll_bound(in(0)), PSOCK_ETIMEDOUT);
    expect_a_bound_look(ms(9), after(ms(9), returns(0)));
    expect_a_look(0, returns(0));
    assert_result(poll_bound(in(ms(9))), PSOCK_ETIMEDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(null_entries_are_refused_without_a_call),
        test(too_many_entries_are_refused_without_a_call),
        test(bits_that_cannot_be_wanted_are_refused_without_a_call),
        test(socket_and_waker_in_one_entry_are_refused_without_a_call),
        test(everything_that_can_be_wanted_is_passed_through),
        test(polling_needs_a_start),
        test(what_came_is_told_of_each_entry),
        test(very_many_entries_are_passed_through_as_they_are),
        test(what_the_last_look_finds_counts),
        test(now_is_one_look),
        test(past_deadline_is_one_look),
        test(last_look_is_taken_after_the_deadline),
        test(wait_that_ends_early_is_taken_up_again),
        test(interrupted_wait_is_taken_up_again),
        test(interruption_does_not_take_the_last_look),
        test(for_ever_goes_on_after_every_wake),
        test(no_entries_just_wait),
        test(failure_is_passed_through),
        test(every_wait_of_a_bound_thread_can_be_canceled),
        test(bound_thread_is_told_what_is_ready),
        test(look_of_a_bound_thread_cannot_be_canceled),
    };
    return cmocka_run_group_tests_name("fake.poll", tests, NULL, NULL);
}
