/* When silent connections are probed and given up. */
#include "fixture.h"

static psock_keepalive set(psock_t s, psock_keepalive wanted)
{
    psock_keepalive applied = {-1, -1, -1, 0};
    int result = psock_set_keepalive(s, &wanted, &applied);
    if (result == PSOCK_ENOTSUP)
        skip_because("this system has no times for keepalive");
    assert_result(result, 0);
    return applied;
}

static _Bool is_on(psock_t s)
{
    int64_t on = -1;
    assert_result(psock_get_option(s, PSOCK_OPTION_KEEPALIVE, &on), 0);
    return on != 0;
}

/* Where a time is told, 0 being what is not: not less than wanted, and not by a
 * second more. */
static void check_time(int64_t applied_ms, int64_t wanted_ms)
{
    if (applied_ms == 0)
        return;
    assert_true(applied_ms >= wanted_ms);
    assert_true(applied_ms < wanted_ms + 1000);
}

/* Which number of probes it is may be the system's choice, but not how long
 * they take together. */
static void check_probing(psock_keepalive applied, int64_t interval_ms,
                          int probes)
{
    assert_true(applied.probes >= 0);
    if (applied.probes == probes)
        check_time(applied.interval_ms, interval_ms);
    else if (applied.probes != 0 && applied.interval_ms != 0)
        assert_in_range(applied.interval_ms * applied.probes,
                        interval_ms * probes,
                        interval_ms * probes + applied.probes);
}

static void times_are_applied(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_false(is_on(s));
    psock_keepalive applied = set(s, (psock_keepalive){5000, 2000, 3, 0});
    assert_true(is_on(s));
    check_time(applied.idle_ms, 5000);
    check_probing(applied, 2000, 3);
    assert_int_equal(applied.reserved, 0);
}

static void times_are_applied_to_a_connection(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_keepalive applied =
        set(ends.client, (psock_keepalive){60000, 1000, 4, 0});
    assert_true(is_on(ends.client));
    assert_false(is_on(ends.server));
    check_time(applied.idle_ms, 60000);
    check_probing(applied, 1000, 4);
    send_text(ends.client, "alive");
    recv_text(ends.server, "alive");
}

static void parts_of_a_second_are_rounded_up(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    psock_keepalive applied = set(s, (psock_keepalive){1, 1001, 5, 0});
    check_time(applied.idle_ms, 1);
    check_probing(applied, 1001, 5);
}

static void zeros_switch_on_and_change_no_times(void **state)
{
    const psock_keepalive zeros = {0, 0, 0, 0};
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    psock_keepalive before = set(s, zeros);
    assert_true(is_on(s));
    assert_result(psock_set_option(s, PSOCK_OPTION_KEEPALIVE, 0), 0);
    psock_keepalive after = set(s, zeros);
    assert_true(is_on(s));
    assert_memory_equal(&after, &before, sizeof before);
}

static void zeros_leave_members_as_they_are(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    psock_keepalive whole = set(s, (psock_keepalive){7000, 3000, 10, 0});
    psock_keepalive changed = set(s, (psock_keepalive){9000, 0, 0, 0});
    check_time(changed.idle_ms, 9000);
    if (changed.interval_ms != whole.interval_ms)
        skip_because("this system puts what is left out to its default");
    assert_int_equal(changed.probes, whole.probes);
}

static void what_was_applied_need_not_be_told(void **state)
{
    const psock_keepalive wanted = {5000, 2000, 3, 0};
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    (void)set(s, wanted);
    assert_result(psock_set_option(s, PSOCK_OPTION_KEEPALIVE, 0), 0);
    assert_result(psock_set_keepalive(s, &wanted, NULL), 0);
    assert_true(is_on(s));
}

static void check_bad_members_are_refused(psock_t s)
{
    static const psock_keepalive bad[] = {
        {-1, 2000, 3, 0},        {5000, -1, 3, 0},
        {5000, 2000, -1, 0},     {5000, 2000, 3, 1},
        {INT64_MIN, 2000, 3, 0}, {5000, INT64_MAX, 3, 0},
        {INT64_MAX, 0, 0, 0},    {5000, 2000, INT32_MAX, 0},
        {5000, 2000, 256, 0},    {INT64_C(1) << 32, 2000, 3, 0},
    };
    psock_keepalive applied = {1, 2, 3, 4};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_result(psock_set_keepalive(s, &bad[i], &applied), PSOCK_EINVAL);
        assert_false(is_on(s));
    }
    assert_true(applied.idle_ms == 1 && applied.interval_ms == 2);
    assert_true(applied.probes == 3 && applied.reserved == 4);
}

static void bad_members_are_refused_and_switch_nothing_on(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    check_bad_members_are_refused(s);
}

static void bad_members_change_no_times(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    psock_keepalive before = set(s, (psock_keepalive){7000, 3000, 10, 0});
    assert_result(psock_set_option(s, PSOCK_OPTION_KEEPALIVE, 0), 0);
    check_bad_members_are_refused(s);
    psock_keepalive after = set(s, (psock_keepalive){7000, 0, 0, 0});
    if (after.interval_ms != before.interval_ms)
        skip_because("this system puts what is left out to its default");
    assert_memory_equal(&after, &before, sizeof before);
}

static void keepalive_is_for_streams_only(void **state)
{
    const psock_keepalive wanted = {5000, 2000, 3, 0};
    psock_t other = datagram(family_of(state));
    psock_t foreign = host_foreign_open();
    psock_t closed = open_kept(family_of(state), PSOCK_STREAM);
    close_kept(closed);
    assert_result(psock_set_keepalive(other, &wanted, NULL), PSOCK_EOPNOTSUPP);
    assert_result(psock_set_keepalive(closed, &wanted, NULL), PSOCK_EBADF);
    assert_result(psock_set_keepalive(PSOCK_INVALID, &wanted, NULL),
                  PSOCK_EBADF);
    assert_result(psock_set_keepalive(foreign, &wanted, NULL), PSOCK_ENOTSOCK);
    host_foreign_close(foreign);
}

static void local_streams_have_no_keepalive(void **state)
{
    const psock_keepalive wanted = {5000, 2000, 3, 0};
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_set_keepalive(s, &wanted, NULL), PSOCK_EOPNOTSUPP);
}

static void keepalive_needs_what_is_wanted(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_set_keepalive(s, NULL, NULL), PSOCK_EFAULT);
    assert_false(is_on(s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(times_are_applied),
        test_both(times_are_applied_to_a_connection),
        test_both(parts_of_a_second_are_rounded_up),
        test_both(zeros_switch_on_and_change_no_times),
        test_both(zeros_leave_members_as_they_are),
        test_both(what_was_applied_need_not_be_told),
        test_both(bad_members_are_refused_and_switch_nothing_on),
        test_both(bad_members_change_no_times),
        test_both(keepalive_is_for_streams_only),
        test_unix(local_streams_have_no_keepalive),
        test_both(keepalive_needs_what_is_wanted),
    };
    return cmocka_run_group_tests_name("keepalive", tests, warm_up, NULL);
}
