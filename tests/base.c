#include "fixture.h"

#include <stdio.h>

/* --- First use ------------------------------------------------------------ */

enum {
    THREADS = 8,
    ROUNDS = 20
};

struct first_use {
    struct host_gate *gate;
    int result;
};

static void use_first(void *argument)
{
    struct first_use *use = argument;
    host_gate_wait(use->gate);
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0);
    use->result = s < 0 ? (int)s : psock_close(s);
}

static void use_from_threads(void (*use_it)(void *))
{
    struct first_use uses[THREADS];
    struct host_thread *threads[THREADS];
    struct host_gate *gate = host_gate_make();
    for (int i = 0; i < THREADS; i++) {
        uses[i] = (struct first_use){gate, -1};
        threads[i] = host_thread_start(use_it, &uses[i]);
    }
    host_gate_open(gate);
    for (int i = 0; i < THREADS; i++)
        assert_true(host_thread_join(threads[i], 10000));
    host_gate_free(gate);
    for (int i = 0; i < THREADS; i++)
        assert_result(uses[i].result, 0);
}

/* Runs first in this program, so that nothing of psock was used before. */
static void first_use_works_from_threads_at_once(void **state)
{
    use_from_threads(use_first);
    (void)warm_up(state);
}

static void first_use_after_each_cleanup_works_from_threads(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        assert_result(psock_startup(), 0);
        assert_result(psock_cleanup(), 0);
        use_from_threads(use_first);
    }
}

/* --- Startup, counted ----------------------------------------------------- */

static void cleanup_without_startup_is_refused(void **state)
{
    (void)state;
    assert_result(psock_cleanup(), PSOCK_EINVAL);
}

static void automatic_start_is_not_counted(void **state)
{
    (void)state;
    open_kept(PSOCK_IPV4, PSOCK_STREAM);
    assert_result(psock_cleanup(), PSOCK_EINVAL);
}

static void each_startup_is_undone_by_one_cleanup(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_result(psock_startup(), 0);
    for (int i = 0; i < 3; i++)
        assert_result(psock_cleanup(), 0);
    assert_result(psock_cleanup(), PSOCK_EINVAL);
}

static void sockets_outlive_every_cleanup_but_the_last(void **state)
{
    assert_result(psock_startup(), 0);
    assert_result(psock_startup(), 0);
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_cleanup(), 0);
    send_text(ends.client, "still here");
    recv_text(ends.server, "still here");
    close_kept(ends.client);
    close_kept(ends.server);
    assert_result(psock_cleanup(), 0);
}

static void use_after_the_last_cleanup_starts_anew(void **state)
{
    assert_result(psock_startup(), 0);
    assert_result(psock_cleanup(), 0);
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "again");
    recv_text(ends.server, "again");
}

static void start_and_clean_up(void *argument)
{
    struct first_use *use = argument;
    host_gate_wait(use->gate);
    use->result = 0;
    for (int i = 0; i < 200 && use->result == 0; i++) {
        use->result = psock_startup();
        if (use->result == 0)
            use->result = psock_cleanup();
    }
}

static void startups_are_counted_across_threads(void **state)
{
    (void)state;
    use_from_threads(start_and_clean_up);
    assert_result(psock_cleanup(), PSOCK_EINVAL);
}

/* --- Deadlines ------------------------------------------------------------ */

/* Every way of asking for a moment that has just passed. */
static psock_deadline passed_deadline(int i)
{
    switch (i) {
    case 0:
        return psock_deadline_ms(0);
    case 1:
        return psock_deadline_ms(-1);
    case 2:
        return psock_deadline_ms(INT64_MIN);
    case 3:
        return psock_deadline_ns(0);
    case 4:
        return psock_deadline_ns(-1);
    default:
        return psock_deadline_ns(INT64_MIN);
    }
}

static void timeout_of_zero_or_less_has_just_passed(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        int64_t before_ns = clock_ns();
        psock_deadline deadline = passed_deadline(i);
        assert_true(deadline >= before_ns);
        assert_true(deadline <= clock_ns());
        assert_true(psock_deadline_left_ns(deadline) == 0);
    }
}

static void passed_deadline_is_not_now(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        assert_true(passed_deadline(i) > PSOCK_NOW);
}

static void milliseconds_are_counted_from_now(void **state)
{
    (void)state;
    int64_t before_ns = clock_ns();
    psock_deadline deadline = psock_deadline_ms(500);
    int64_t after_ns = clock_ns();
    assert_true(deadline >= before_ns + INT64_C(500000000));
    assert_true(deadline <= after_ns + INT64_C(500000000));
}

static void nanoseconds_are_counted_from_now(void **state)
{
    (void)state;
    int64_t before_ns = clock_ns();
    psock_deadline deadline = psock_deadline_ns(123456789);
    int64_t after_ns = clock_ns();
    assert_true(deadline >= before_ns + 123456789);
    assert_true(deadline <= after_ns + 123456789);
}

static void timeout_beyond_the_clock_is_forever(void **state)
{
    (void)state;
    assert_true(psock_deadline_ms(INT64_MAX) == PSOCK_FOREVER);
    assert_true(psock_deadline_ms(INT64_MAX / 1000000 + 1) == PSOCK_FOREVER);
    assert_true(psock_deadline_ms(INT64_MAX / 1000000) == PSOCK_FOREVER);
    assert_true(psock_deadline_ns(INT64_MAX) == PSOCK_FOREVER);
    assert_true(psock_deadline_ns(INT64_MAX - 1) == PSOCK_FOREVER);
}

static void long_timeout_within_the_clock_is_finite(void **state)
{
    (void)state;
    int64_t timeout_ns = INT64_MAX / 4;
    psock_deadline deadline = psock_deadline_ns(timeout_ns);
    assert_true(deadline > timeout_ns);
    assert_true(deadline < PSOCK_FOREVER);
    assert_true(psock_deadline_left_ns(deadline) > timeout_ns - INT64_MAX / 8);
}

static void nothing_is_left_of_now_and_of_negative_deadlines(void **state)
{
    (void)state;
    assert_true(psock_deadline_left_ns(PSOCK_NOW) == 0);
    assert_true(psock_deadline_left_ns(-1) == 0);
    assert_true(psock_deadline_left_ns(INT64_MIN) == 0);
    assert_true(psock_deadline_left_ns(1) == 0);
}

static void forever_stays_forever(void **state)
{
    (void)state;
    assert_true(psock_deadline_left_ns(PSOCK_FOREVER) == INT64_MAX);
}

static void what_is_left_shrinks_to_zero(void **state)
{
    (void)state;
    psock_deadline deadline = psock_deadline_ms(2);
    int64_t left_ns = psock_deadline_left_ns(deadline);
    assert_true(left_ns <= 2000000);
    while (left_ns > 0) {
        int64_t next_ns = psock_deadline_left_ns(deadline);
        assert_true(next_ns <= left_ns);
        left_ns = next_ns;
    }
    assert_true(clock_ns() >= deadline);
}

static void clock_never_goes_back(void **state)
{
    (void)state;
    int64_t last_ns = clock_ns();
    for (int i = 0; i < 10000; i++) {
        int64_t next_ns = clock_ns();
        assert_true(next_ns >= last_ns);
        last_ns = next_ns;
    }
}

/* --- Version -------------------------------------------------------------- */

static void version_is_that_of_the_header(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", PSOCK_VERSION_MAJOR,
             PSOCK_VERSION_MINOR, PSOCK_VERSION_PATCH);
    assert_string_equal(psock_version(), text);
}

static void socket_value_holds_a_pointer(void **state)
{
    (void)state;
    assert_int_equal(sizeof(psock_t), sizeof(void *));
    assert_true(PSOCK_INVALID < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_use_works_from_threads_at_once),
        test_once(first_use_after_each_cleanup_works_from_threads),
        test_once(cleanup_without_startup_is_refused),
        test_once(automatic_start_is_not_counted),
        test_once(each_startup_is_undone_by_one_cleanup),
        test_once(sockets_outlive_every_cleanup_but_the_last),
        test_once(use_after_the_last_cleanup_starts_anew),
        test_once(startups_are_counted_across_threads),
        test_once(timeout_of_zero_or_less_has_just_passed),
        test_once(passed_deadline_is_not_now),
        test_once(milliseconds_are_counted_from_now),
        test_once(nanoseconds_are_counted_from_now),
        test_once(timeout_beyond_the_clock_is_forever),
        test_once(long_timeout_within_the_clock_is_finite),
        test_once(nothing_is_left_of_now_and_of_negative_deadlines),
        test_once(forever_stays_forever),
        test_once(what_is_left_shrinks_to_zero),
        test_once(clock_never_goes_back),
        test_once(version_is_that_of_the_header),
        test_once(socket_value_holds_a_pointer),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
