#include "sys_fake.h"

#include "policy.h"

/* --- From a time to a moment ---------------------------------------------- */

static void deadline_is_now_and_the_time(void **state)
{
    (void)state;
    assert_true(psock_deadline_ns(1) == in(1));
    assert_true(psock_deadline_ms(1) == in(1000000));
    assert_true(psock_deadline_ms(2500) == in(INT64_C(2500000000)));
}

static void time_of_zero_or_less_is_now(void **state)
{
    (void)state;
    static const int64_t times[] = {0, -1, -1000, INT64_MIN + 1, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        assert_true(psock_deadline_ns(times[i]) == in(0));
        assert_true(psock_deadline_ms(times[i]) == in(0));
    }
}

static void longest_time_the_clock_holds_is_finite(void **state)
{
    (void)state;
    const int64_t longest = INT64_MAX - script_clock_now();
    assert_true(psock_deadline_ns(longest - 1) == INT64_MAX - 1);
    assert_true(psock_deadline_ns(longest - 1) != PSOCK_FOREVER);
}

static void time_beyond_the_clock_is_for_ever(void **state)
{
    (void)state;
    const int64_t longest = INT64_MAX - script_clock_now();
    assert_true(psock_deadline_ns(longest) == PSOCK_FOREVER);
    assert_true(psock_deadline_ns(longest + 1) == PSOCK_FOREVER);
    assert_true(psock_deadline_ns(INT64_MAX) == PSOCK_FOREVER);
}

static void milliseconds_that_overflow_are_for_ever(void **state)
{
    (void)state;
    const int64_t most_ms = INT64_MAX / 1000000;
    assert_true(psock_deadline_ms(most_ms) == PSOCK_FOREVER);
    assert_true(psock_deadline_ms(most_ms + 1) == PSOCK_FOREVER);
    assert_true(psock_deadline_ms(INT64_MAX) == PSOCK_FOREVER);
    script_clock_set(1);
    assert_true(psock_deadline_ms(most_ms) == 1 + most_ms * 1000000);
}

static void clock_at_its_end_gives_no_finite_deadline(void **state)
{
    (void)state;
    script_clock_set(INT64_MAX);
    assert_true(psock_deadline_ns(1) == PSOCK_FOREVER);
    assert_true(psock_deadline_ms(1) == PSOCK_FOREVER);
}

static void clock_is_read_once_per_deadline(void **state)
{
    (void)state;
    (void)psock_deadline_ns(1);
    assert_int_equal(script_clock_reads(), 1);
    (void)psock_deadline_ms(1);
    assert_int_equal(script_clock_reads(), 2);
}

/* --- From a moment to a time ---------------------------------------------- */

static void what_is_left_is_the_time_until_the_moment(void **state)
{
    (void)state;
    assert_true(psock_deadline_left_ns(in(1)) == 1);
    assert_true(psock_deadline_left_ns(in(ms(70))) == ms(70));
    assert_true(psock_deadline_left_ns(INT64_MAX - 1) ==
                INT64_MAX - 1 - script_clock_now());
}

static void nothing_is_left_of_the_past(void **state)
{
    (void)state;
    static const psock_deadline past[] = {PSOCK_NOW, 1, -1, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(past); i++)
        assert_true(psock_deadline_left_ns(past[i]) == 0);
    assert_true(psock_deadline_left_ns(in(0)) == 0);
    assert_true(psock_deadline_left_ns(in(-1)) == 0);
}

static void all_is_left_of_for_ever(void **state)
{
    (void)state;
    assert_true(psock_deadline_left_ns(PSOCK_FOREVER) == INT64_MAX);
    script_clock_set(INT64_MAX);
    assert_true(psock_deadline_left_ns(PSOCK_FOREVER) == INT64_MAX);
}

static void clock_is_not_read_where_it_does_not_matter(void **state)
{
    (void)state;
    (void)psock_deadline_left_ns(PSOCK_NOW);
    (void)psock_deadline_left_ns(PSOCK_FOREVER);
    (void)psock_deadline_left_ns(-1);
    assert_int_equal(script_clock_reads(), 0);
}

/* --- From a moment to the timeout of one wait ------------------------------- */

static void timeout_is_what_is_left(void **state)
{
    (void)state;
    assert_true(psock_timeout_ns(in(1)) == 1);
    assert_true(psock_timeout_ns(in(ms(70))) == ms(70));
    assert_true(psock_timeout_ns(PSOCK_FOREVER - 1) ==
                PSOCK_FOREVER - 1 - script_clock_now());
    assert_int_equal(script_clock_reads(), 3);
}

static void timeout_of_the_past_is_zero(void **state)
{
    (void)state;
    static const psock_deadline past[] = {PSOCK_NOW, 1, -1, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(past); i++)
        assert_true(psock_timeout_ns(past[i]) == 0);
    assert_true(psock_timeout_ns(in(0)) == 0);
}

static void timeout_of_for_ever_is_below_zero(void **state)
{
    (void)state;
    assert_true(psock_timeout_ns(PSOCK_FOREVER) < 0);
    assert_int_equal(script_clock_reads(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(deadline_is_now_and_the_time),
        test(time_of_zero_or_less_is_now),
        test(longest_time_the_clock_holds_is_finite),
        test(time_beyond_the_clock_is_for_ever),
        test(milliseconds_that_overflow_are_for_ever),
        test(clock_at_its_end_gives_no_finite_deadline),
        test(clock_is_read_once_per_deadline),
        test(what_is_left_is_the_time_until_the_moment),
        test(nothing_is_left_of_the_past),
        test(all_is_left_of_for_ever),
        test(clock_is_not_read_where_it_does_not_matter),
        test(timeout_is_what_is_left),
        test(timeout_of_the_past_is_zero),
        test(timeout_of_for_ever_is_below_zero),
    };
    return cmocka_run_group_tests_name("fake.deadline", tests, NULL, NULL);
}
