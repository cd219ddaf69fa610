/* alarm.c: signals that come when it is time. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SHORTLY_US 30000

static volatile sig_atomic_t count;

static void note(int number)
{
    (void)number;
    count++;
}

/* SIGALRM comes in a moment. */
static void shortly(int flags)
{
    struct sigaction action;
    struct itimerval timer;
    memset(&action, 0, sizeof action);
    memset(&timer, 0, sizeof timer);
    action.sa_handler = note;
    action.sa_flags = flags;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
    timer.it_value.tv_usec = SHORTLY_US;
    count = 0;
    assert_call(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void alarm_tells_the_seconds_left(void **state)
{
    (void)state;
    assert_int_equal(alarm(100), 0);
    assert_int_equal(alarm(50), 100);
    assert_int_equal(alarm(0), 50);
    assert_int_equal(alarm(0), 0);
}

static void alarm_takes_one_second(void **state)
{
    (void)state;
    long long start = clock_ms();
    shortly(0);
    assert_int_equal(alarm(1), 1);
    assert_fails(pause(), EINTR);
    assert_in_range(clock_ms() - start, 990, 1500);
}

static void a_timer_that_was_taken_back_does_not_come(void **state)
{
    (void)state;
    struct timespec time = {0, 2 * SHORTLY_US * 1000};
    shortly(0);
    alarm(0);
    assert_call(nanosleep(&time, NULL), 0);
    assert_int_equal(count, 0);
}

static void an_interval_comes_again_and_again(void **state)
{
    (void)state;
    struct itimerval timer = {{0, 10000}, {0, 10000}}, old;
    shortly(0);
    assert_call(setitimer(ITIMER_REAL, &timer, NULL), 0);
    while (count < 3)
        assert_fails(pause(), EINTR);
    memset(&timer, 0, sizeof timer);
    assert_call(setitimer(ITIMER_REAL, &timer, &old), 0);
    assert_int_equal(old.it_interval.tv_sec, 0);
    assert_int_equal(old.it_interval.tv_usec, 10000);
}

static void getitimer_tells_what_is_left(void **state)
{
    (void)state;
    struct itimerval timer = {{0, 0}, {100, 0}}, now;
    assert_call(setitimer(ITIMER_REAL, &timer, NULL), 0);
    assert_call(getitimer(ITIMER_REAL, &now), 0);
    assert_true(now.it_value.tv_sec == 99 || now.it_value.tv_sec == 100);
    alarm(0);
    assert_call(getitimer(ITIMER_REAL, &now), 0);
    assert_int_equal(now.it_value.tv_sec, 0);
    assert_int_equal(now.it_value.tv_usec, 0);
}

static void a_timer_that_there_is_not_is_einval(void **state)
{
    (void)state;
    struct itimerval timer = {{0, 0}, {0, 2000000}}, now;
    assert_fails(getitimer((__typeof__(ITIMER_REAL))17, &now), EINVAL);
    assert_fails(setitimer(ITIMER_REAL, &timer, NULL), EINVAL);
    timer.it_value.tv_usec = -1;
    assert_fails(setitimer(ITIMER_REAL, &timer, NULL), EINVAL);
}

static void ualarm_counts_microseconds(void **state)
{
    (void)state;
    shortly(0);
    assert_true(ualarm(20000, 0) <= SHORTLY_US);
    assert_fails(pause(), EINTR);
    assert_int_equal(count, 1);
}

static void a_signal_comes_to_a_thread_that_only_computes(void **state)
{
    (void)state;
    long long start = clock_ms();
    shortly(0);
    while (count == 0 && clock_ms() - start < 5000)
        continue;
    assert_int_equal(count, 1);
}

static void a_timer_of_centuries_does_not_come(void **state)
{
    (void)state;
    struct timespec time = {0, SHORTLY_US * 1000};
    struct itimerval timer;
    shortly(0);
    memset(&timer, 0, sizeof timer);
    timer.it_value.tv_sec = (time_t)(INT64_MAX / 1000000000 + 1);
    assert_call(setitimer(ITIMER_REAL, &timer, NULL), 0);
    assert_call(nanosleep(&time, NULL), 0);
    assert_call(getitimer(ITIMER_REAL, &timer), 0);
    assert_true(timer.it_value.tv_sec > INT32_MAX);
    assert_int_equal(count, 0);
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(alarm_tells_the_seconds_left),
        claim(alarm_takes_one_second),
        claim(a_timer_that_was_taken_back_does_not_come),
        claim(an_interval_comes_again_and_again),
        claim(getitimer_tells_what_is_left),
        claim(a_timer_that_there_is_not_is_einval),
        claim(ualarm_counts_microseconds),
        claim(a_signal_comes_to_a_thread_that_only_computes),
        claim(a_timer_of_centuries_does_not_come),
    };
    return cmocka_run_group_tests_name("alarm", tests, NULL, NULL);
}
