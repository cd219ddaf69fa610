/* keepalive.c: probing of silent connections, by options, by a control, or by
 * some of each. */
#include "fake_option.h"
#include "scene.h"

#define HOUR_MS 3600000

static psock_keepalive set(psock_t s, int64_t idle_ms, int64_t interval_ms,
                           int probes)
{
    const psock_keepalive wanted = {
        .idle_ms = idle_ms, .interval_ms = interval_ms, .probes = probes};
    psock_keepalive applied = {-1, -1, -1, -1};
    assert_int_equal(psock_set_keepalive(s, &wanted, &applied), 0);
    assert_int_equal(applied.reserved, 0);
    return applied;
}

static int refusal(psock_t s, int64_t idle_ms, int64_t interval_ms, int probes)
{
    const psock_keepalive wanted = {
        .idle_ms = idle_ms, .interval_ms = interval_ms, .probes = probes};
    psock_keepalive applied = {-1, -1, -1, -1};
    int error = psock_set_keepalive(s, &wanted, &applied);
    assert_int_equal(applied.idle_ms, -1);
    assert_int_equal(applied.probes, -1);
    return error;
}

static void check_applied(psock_keepalive applied, int64_t idle_ms,
                          int64_t interval_ms, int probes)
{
    assert_int_equal(applied.idle_ms, idle_ms);
    assert_int_equal(applied.interval_ms, interval_ms);
    assert_int_equal(applied.probes, probes);
}

static void check_options(psock_t s, int idle_s, int interval_s, int count)
{
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_KEEPALIVE), idle_s);
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_KEEPINTVL), interval_s);
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_KEEPCNT), count);
}

static void check_control(psock_t s, DWORD idle_ms, DWORD interval_ms)
{
    DWORD idle;
    DWORD interval;
    fake_kept_alive(s, &idle, &interval);
    assert_int_equal(idle, idle_ms);
    assert_int_equal(interval, interval_ms);
}

static int is_on(psock_t s)
{
    return fake_option(s, SOL_SOCKET, SO_KEEPALIVE);
}

/* --- By options --------------------------------------------------------------------- */

static void opt_keepalive_params_are_options(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 60000, 5000, 4), 60000, 5000, 4);
    check_options(s, 60, 5, 4);
    assert_int_equal(is_on(s), 1);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
    scene_close(s);
}

static void opt_keepalive_params_are_rounded_up(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 1, 1001, 255), 1000, 2000, 255);
    scene_close(s);
}

static void opt_keepalive_params_of_zero_are_the_systems(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 0, 0, 0), 2 * HOUR_MS, 1000, 10);
    assert_int_equal(fake_calls(FAKE_setsockopt), 1);
    assert_int_equal(is_on(s), 1);
    check_applied(set(s, 0, 3000, 0), 2 * HOUR_MS, 3000, 10);
    check_applied(set(s, 60000, 0, 0), 60000, 3000, 10);
    scene_close(s);
}

static void opt_keepalive_params_may_be_of_no_interest(void **state)
{
    const psock_keepalive wanted = {.idle_ms = 60000};
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(psock_set_keepalive(s, &wanted, NULL), 0);
    check_options(s, 60, 1, 10);
    scene_close(s);
}

static void opt_keepalive_params_refused_later_come_back(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_fail_after(FAKE_setsockopt, 3, WSAENOBUFS, 1);
    assert_int_equal(refusal(s, 60000, 5000, 4), PSOCK_ENOBUFS);
    assert_int_equal(psock_error_native(), WSAENOBUFS);
    check_options(s, 7200, 1, 10);
    assert_int_equal(is_on(s), 0);
    scene_close(s);
}

static void opt_keepalive_params_too_large_change_nothing(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(refusal(s, 60000, 5000, 256), PSOCK_EINVAL);
    assert_int_equal(refusal(s, 0x100000000, 5000, 4), PSOCK_EINVAL);
    assert_int_equal(refusal(s, 60000, INT64_MAX, 4), PSOCK_EINVAL);
    assert_int_equal(psock_error_native(), WSAEINVAL);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
    scene_close(s);
}

static void opt_keepalive_params_of_attempts_change_nothing(void **state)
{
    psock_t s = scene_connecting();
    (void)state;
    assert_int_equal(refusal(s, 60000, 5000, 4), PSOCK_EINVAL);
    check_options(s, 7200, 1, 10);
    scene_close(s);
}

static void opt_keepalive_udp_is_not_there(void **state)
{
    int64_t on;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(refusal(s, 60000, 5000, 4), PSOCK_EOPNOTSUPP);
    assert_int_equal(psock_set_option(s, PSOCK_OPTION_KEEPALIVE, 1),
                     PSOCK_EOPNOTSUPP);
    assert_int_equal(psock_get_option(s, PSOCK_OPTION_KEEPALIVE, &on),
                     PSOCK_EOPNOTSUPP);
    scene_close(s);
}

/* --- By the control ------------------------------------------------------------------ */

/* 60 s, and then 4 probes of 5 s each: in 10 probes, 2 s each. */
static void opt_keepalive_params_give_up_at_the_same_time(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 60000, 5000, 4), 60000, 2000, 10);
    check_control(s, 60000, 2000);
    assert_int_equal(is_on(s), 1);
    scene_close(s);
}

static void opt_keepalive_params_of_the_control_are_milliseconds(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 1, 1001, 0), 1, 1001, 10);
    check_control(s, 1, 1001);
    check_applied(set(s, 1, 1, 1), 1, 1, 10);
    scene_close(s);
}

static void opt_keepalive_params_that_cannot_be_asked_are_zero(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 0, 0, 0), 0, 0, 10);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
    assert_int_equal(is_on(s), 1);
    scene_close(s);
}

static void opt_keepalive_params_left_out_are_said(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 0, 0, 5), 2 * HOUR_MS, 500, 10);
    check_control(s, 2 * HOUR_MS, 500);
    check_applied(set(s, 60000, 0, 0), 60000, 1000, 10);
    check_control(s, 60000, 1000);
    scene_close(s);
}

static void opt_keepalive_params_no_way_to_set_them_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_fail_next(FAKE_WSAIoctl, WSAEOPNOTSUPP, 1);
    assert_int_equal(refusal(s, 60000, 5000, 4), PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAEOPNOTSUPP);
    assert_int_equal(is_on(s), 0);
    scene_close(s);
}

static void opt_keepalive_params_whose_product_is_too_large(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    assert_int_equal(refusal(s, 60000, 0xffffffff, 11), PSOCK_EINVAL);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    check_applied(set(s, 60000, 0xffffffff, 10), 60000, 0xffffffff, 10);
    scene_close(s);
}

/* --- By some of each ------------------------------------------------------------------ */

static int scene_on_windows_10_1703(void **state)
{
    static struct fake_profile profile;
    (void)state;
    profile = win10_2004plus;
    profile.name = "win10_1703";
    profile.build = WINDOWS_10_1703;
    fake_begin(&profile);
    return 0;
}

static void opt_keepalive_params_the_number_may_be_an_option(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 60000, 5000, 4), 60000, 5000, 4);
    check_control(s, 60000, 5000);
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_KEEPCNT), 4);
    scene_close(s);
}

static void opt_keepalive_params_the_number_alone_needs_no_control(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    check_applied(set(s, 0, 0, 4), 0, 0, 4);
    assert_int_equal(fake_calls(FAKE_WSAIoctl), 0);
    scene_close(s);
}

static void opt_keepalive_params_the_number_comes_back(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_fail_next(FAKE_WSAIoctl, WSAENOBUFS, 1);
    assert_int_equal(refusal(s, 60000, 5000, 4), PSOCK_ENOBUFS);
    assert_int_equal(fake_option(s, IPPROTO_TCP, TCP_KEEPCNT), 10);
    assert_int_equal(is_on(s), 0);
    scene_close(s);
}

#define ON_WINDOWS_10_1703(test)                                               \
    {                                                                          \
#test, test, scene_on_windows_10_1703, scene_end, NULL                 \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(opt_keepalive_params_are_options),
        ON_WINDOWS_10(opt_keepalive_params_are_rounded_up),
        ON_WINDOWS_10(opt_keepalive_params_of_zero_are_the_systems),
        ON_WINDOWS_10(opt_keepalive_params_may_be_of_no_interest),
        ON_WINDOWS_10(opt_keepalive_params_refused_later_come_back),
        ON_BOTH(opt_keepalive_params_too_large_change_nothing),
        ON_WINDOWS_10(opt_keepalive_params_of_attempts_change_nothing),
        ON_BOTH(opt_keepalive_udp_is_not_there),
        ON_WINDOWS_7(opt_keepalive_params_give_up_at_the_same_time),
        ON_WINDOWS_7(opt_keepalive_params_of_the_control_are_milliseconds),
        ON_WINDOWS_7(opt_keepalive_params_that_cannot_be_asked_are_zero),
        ON_WINDOWS_7(opt_keepalive_params_left_out_are_said),
        ON_WINDOWS_7(opt_keepalive_params_no_way_to_set_them_is_told),
        ON_WINDOWS_7(opt_keepalive_params_whose_product_is_too_large),
        ON_WINDOWS_10_1703(opt_keepalive_params_the_number_may_be_an_option),
        ON_WINDOWS_10_1703(
            opt_keepalive_params_the_number_alone_needs_no_control),
        ON_WINDOWS_10_1703(opt_keepalive_params_the_number_comes_back),
    };
    return cmocka_run_group_tests_name("winsock.keepalive", tests, NULL, NULL);
}
