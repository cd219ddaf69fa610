/* sleep.c: nanosleep() and its kin. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000L

static struct timespec ms(long count)
{
    struct timespec time = {count / 1000, count % 1000 * MS};
    return time;
}

static long long now_ns(clockid_t clock)
{
    struct timespec now;
    assert_call(clock_gettime(clock, &now), 0);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void nanosleep_lasts_at_least_as_long(void **state)
{
    (void)state;
    static const long times_ns[] = {0, 1, 300000, 5 * MS, 30 * MS};
    for (size_t i = 0; i < COUNT_OF(times_ns); i++) {
        struct timespec wanted = {0, times_ns[i]};
        long long start = now_ns(CLOCK_MONOTONIC);
        assert_call(nanosleep(&wanted, NULL), 0);
        assert_true(now_ns(CLOCK_MONOTONIC) - start >= times_ns[i]);
    }
}

static void nanosleep_does_not_last_much_longer(void **state)
{
    (void)state;
    struct timespec wanted = ms(50);
    long long start = clock_ms();
    assert_call(nanosleep(&wanted, NULL), 0);
    assert_true(clock_ms() - start < 1000);
}

static void a_wrong_time_is_einval(void **state)
{
    (void)state;
    struct timespec times[] = {{-1, 0}, {0, -1}, {0, 1000000000}};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        assert_fails(nanosleep(&times[i], NULL), EINVAL);
        assert_int_equal(clock_nanosleep(CLOCK_MONOTONIC, 0, &times[i], NULL),
                         EINVAL);
    }
}

static void clock_nanosleep_returns_its_errors(void **state)
{
    (void)state;
    struct timespec wanted = ms(1);
    errno = 0;
    assert_int_equal(clock_nanosleep(4321, 0, &wanted, NULL), EINVAL);
    assert_int_equal(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &wanted, NULL),
                     EINVAL);
    assert_int_equal(errno, 0);
}

static void clock_nanosleep_waits_for_a_moment(void **state)
{
    (void)state;
    long long moment = now_ns(CLOCK_MONOTONIC) + 20 * MS;
    struct timespec wanted = {moment / 1000000000, moment % 1000000000};
    assert_int_equal(
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wanted, NULL), 0);
    assert_true(now_ns(CLOCK_MONOTONIC) >= moment);
    assert_int_equal(
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wanted, NULL), 0);
    moment = now_ns(CLOCK_REALTIME) + 20 * MS;
    wanted.tv_sec = moment / 1000000000;
    wanted.tv_nsec = moment % 1000000000;
    assert_int_equal(
        clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &wanted, NULL), 0);
    assert_true(now_ns(CLOCK_REALTIME) >= moment - MS);
}

static void usleep_counts_millionths(void **state)
{
    (void)state;
    long long start = now_ns(CLOCK_MONOTONIC);
    assert_call(usleep(20000), 0);
    assert_true(now_ns(CLOCK_MONOTONIC) - start >= 20 * MS);
    assert_call(usleep(0), 0);
    assert_int_equal(sleep(0), 0);
}

/* --- Signals -------------------------------------------------------------------- */

static volatile sig_atomic_t rung;

static void ring(int number)
{
    (void)number;
    rung++;
}

static void ring_in_ms(long wanted)
{
    struct sigaction action;
    struct itimerval timer;
    memset(&action, 0, sizeof action);
    memset(&timer, 0, sizeof timer);
    action.sa_handler = ring;
    action.sa_flags = SA_RESTART;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
    timer.it_value.tv_usec = wanted * 1000;
    rung = 0;
    assert_call(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void a_signal_ends_nanosleep_and_the_rest_is_told(void **state)
{
    (void)state;
    struct timespec wanted = ms(3000);
    struct timespec left = {-1, -1};
    ring_in_ms(50);
    assert_fails(nanosleep(&wanted, &left), EINTR);
    assert_int_equal(rung, 1);
    assert_true(left.tv_sec == 2);
    assert_in_range(left.tv_nsec, 0, 999999999);
}

static void a_signal_ends_sleep(void **state)
{
    (void)state;
    ring_in_ms(50);
    assert_int_equal(sleep(3), 2);
    assert_int_equal(rung, 1);
}

static void a_signal_ends_usleep(void **state)
{
    (void)state;
    ring_in_ms(50);
    assert_fails(usleep(900000), EINTR);
    assert_int_equal(rung, 1);
}

static void a_signal_ends_clock_nanosleep(void **state)
{
    (void)state;
    struct timespec wanted = ms(900);
    struct timespec left = {-1, -1};
    ring_in_ms(50);
    assert_int_equal(clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, &left),
                     EINTR);
    assert_int_equal(left.tv_sec, 0);
    assert_in_range(left.tv_nsec, 1, 900 * MS);
}

static void an_ignored_signal_does_not_end_it(void **state)
{
    (void)state;
    ring_in_ms(20);
    signal(SIGALRM, SIG_IGN);
    struct timespec wanted = ms(100);
    long long start = clock_ms();
    assert_call(nanosleep(&wanted, NULL), 0);
    assert_true(clock_ms() - start >= 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(nanosleep_lasts_at_least_as_long),
        claim(nanosleep_does_not_last_much_longer),
        claim(a_wrong_time_is_einval),
        claim(clock_nanosleep_returns_its_errors),
        claim(clock_nanosleep_waits_for_a_moment),
        claim(usleep_counts_millionths),
        claim(a_signal_ends_nanosleep_and_the_rest_is_told),
        claim(a_signal_ends_sleep),
        claim(a_signal_ends_usleep),
        claim(a_signal_ends_clock_nanosleep),
        claim(an_ignored_signal_does_not_end_it),
    };
    return cmocka_run_group_tests_name("sleep", tests, NULL, NULL);
}
