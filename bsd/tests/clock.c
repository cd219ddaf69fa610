/* clock.c: clocks, dates, and the arithmetic of times. */
#include "fixture.h"

#include <string.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static void clocks_tell_valid_times(void **state)
{
    static const clockid_t clocks[] = {
        CLOCK_REALTIME,          CLOCK_MONOTONIC,     CLOCK_PROCESS_CPUTIME_ID,
        CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
        CLOCK_MONOTONIC_COARSE,  CLOCK_BOOTTIME,
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(clocks); i++) {
        struct timespec now = {-1, -1};
        assert_call(clock_gettime(clocks[i], &now), 0);
        assert_true(now.tv_sec >= 0);
        assert_in_range(now.tv_nsec, 0, 999999999);
        assert_call(clock_getres(clocks[i], &now), 0);
        assert_int_equal(now.tv_sec, 0);
        assert_true(now.tv_nsec > 0);
        assert_call(clock_getres(clocks[i], NULL), 0);
    }
}

static void an_unknown_clock_is_einval(void **state)
{
    (void)state;
    struct timespec now;
    assert_fails(clock_gettime(4321, &now), EINVAL);
    assert_fails(clock_getres(4321, &now), EINVAL);
}

static void setting_the_monotonic_clock_is_einval(void **state)
{
    (void)state;
    struct timespec now = {0, 0};
    assert_fails(clock_settime(CLOCK_MONOTONIC, &now), EINVAL);
}

static long long ns_of(struct timespec time)
{
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void the_monotonic_clock_never_goes_back(void **state)
{
    (void)state;
    long long last = 0;
    for (int i = 0; i < 10000; i++) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        assert_true(ns_of(now) >= last);
        last = ns_of(now);
    }
}

static void the_clocks_of_the_day_agree(void **state)
{
    (void)state;
    struct timeval now;
    struct timespec precise;
    time_t before = time(NULL);
    assert_call(gettimeofday(&now, NULL), 0);
    assert_call(clock_gettime(CLOCK_REALTIME, &precise), 0);
    assert_in_range(now.tv_usec, 0, 999999);
    assert_true(now.tv_sec - before <= 2 && before - now.tv_sec <= 1);
    assert_true(precise.tv_sec - now.tv_sec <= 1);
    assert_true(before > 1600000000);
}

static void seconds_are_a_time_t(void **state)
{
    (void)state;
    struct timeval time;
    struct timespec precise;
    assert_int_equal(sizeof time.tv_sec, sizeof(time_t));
    assert_int_equal(sizeof precise.tv_sec, sizeof(time_t));
    time_t *seconds = &time.tv_sec;
    *seconds = 7;
    assert_non_null(localtime(&time.tv_sec));
}

static void times_are_added_and_compared(void **state)
{
    (void)state;
    struct timeval first = {1, 600000}, second = {2, 500000}, result;
    timeradd(&first, &second, &result);
    assert_int_equal(result.tv_sec, 4);
    assert_int_equal(result.tv_usec, 100000);
    timersub(&second, &first, &result);
    assert_int_equal(result.tv_sec, 0);
    assert_int_equal(result.tv_usec, 900000);
    assert_true(timercmp(&first, &second, <));
    assert_true(timercmp(&first, &second, !=));
    assert_false(timercmp(&first, &second, >));
    assert_true(timerisset(&result));
    timerclear(&result);
    assert_false(timerisset(&result));
    struct timespec precise;
    TIMEVAL_TO_TIMESPEC(&first, &precise);
    assert_int_equal(precise.tv_nsec, 600000000);
}

/* --- Dates ---------------------------------------------------------------------- */

static void expect_date(time_t time, const char *expected)
{
    struct tm date;
    char text[64];
    assert_non_null(gmtime_r(&time, &date));
    assert_true(strftime(text, sizeof text, "%a %Y-%m-%d %H:%M:%S %j", &date) >
                0);
    assert_string_equal(text, expected);
    assert_true(timegm(&date) == time);
}

static void moments_have_their_dates(void **state)
{
    (void)state;
    expect_date(0, "Thu 1970-01-01 00:00:00 001");
    expect_date(951782400, "Tue 2000-02-29 00:00:00 060");
    expect_date(1234567890, "Fri 2009-02-13 23:31:30 044");
    expect_date(2147483647, "Tue 2038-01-19 03:14:07 019");
    expect_date(-1, "Wed 1969-12-31 23:59:59 365");
    expect_date(-2147483647, "Fri 1901-12-13 20:45:53 347");
}

static void timegm_puts_dates_in_order(void **state)
{
    (void)state;
    struct tm date;
    memset(&date, 0, sizeof date);
    date.tm_year = 100;
    date.tm_mon = 13;
    date.tm_mday = 32;
    assert_true(timegm(&date) == 983664000);
    assert_int_equal(date.tm_mon, 2);
    assert_int_equal(date.tm_mday, 4);
}

static void dates_have_their_words(void **state)
{
    (void)state;
    time_t moment = 1000000000 - 8 * 86400;
    struct tm date;
    char text[64];
    assert_non_null(gmtime_r(&moment, &date));
    assert_string_equal(asctime_r(&date, text), "Sat Sep  1 01:46:40 2001\n");
    assert_string_equal(asctime(&date), text);
    assert_non_null(ctime_r(&moment, text));
    assert_int_equal(strlen(text), 25);
}

static void expect_format(const char *format, const char *expected)
{
    time_t moment = 999308800;
    struct tm date;
    char text[128];
    gmtime_r(&moment, &date);
    assert_int_equal(strftime(text, sizeof text, format, &date),
                     strlen(expected));
    assert_string_equal(text, expected);
}

static void strftime_knows_what_posix_adds(void **state)
{
    (void)state;
    expect_format("%F %T|%e|%D|%R|%I %p", "2001-09-01 01:46:40| 1|09/01/01|"
                                          "01:46|01 AM");
    expect_format("%C|%y|%u|%w|%h|%%|%n|%t", "20|01|6|6|Sep|%|\n|\t");
    expect_format("%a, %d %b %Y %H:%M:%S GMT", "Sat, 01 Sep 2001 01:46:40 GMT");
    expect_format("%A %B %c", "Saturday September Sat Sep  1 01:46:40 2001");
    expect_format("%G-W%V %U %W %g", "2001-W35 34 35 01");
    expect_format("", "");
}

static void strftime_without_room_is_nothing(void **state)
{
    (void)state;
    time_t moment = 999308800;
    char text[8];
    assert_int_equal(strftime(text, 4, "%Y", gmtime(&moment)), 0);
    assert_int_equal(strftime(text, 5, "%Y", gmtime(&moment)), 4);
    assert_string_equal(text, "2001");
}

static void strptime_reads_dates(void **state)
{
    (void)state;
    struct tm date;
    const char *text = "Sat, 01 Sep 2001 01:46:40 GMT";
    memset(&date, 0, sizeof date);
    assert_ptr_equal(strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date),
                     text + strlen(text));
    assert_true(timegm(&date) == 999308800);
    memset(&date, 0, sizeof date);
    assert_string_equal(strptime("2024-02-29T12:30:15Z", "%FT%T", &date), "Z");
    assert_true(timegm(&date) == 1709209815);
    assert_null(strptime("25:00", "%H:%M", &date));
    assert_null(strptime("Xyz", "%b", &date));
}

static void strptime_finds_the_day_of_the_week_anew(void **state)
{
    (void)state;
    struct tm date;
    assert_non_null(strptime("2007-03-12", "%F", &date));
    assert_int_equal(date.tm_wday, 1);
    assert_non_null(strptime("May", "%b", &date));
    assert_int_equal(date.tm_wday, 6);
    assert_non_null(strptime("02", "%m", &date));
    assert_int_equal(date.tm_wday, 1);
    assert_int_equal(date.tm_yday, 42);
    assert_non_null(strptime("8", "%d", &date));
    assert_int_equal(date.tm_wday, 4);
    assert_int_equal(date.tm_yday, 38);
}

static void processor_time_goes_on_while_working(void **state)
{
    (void)state;
    struct tms start, now;
    assert_true(times(&start) != (clock_t)-1);
    clock_t begun = clock();
    long long until = clock_ms() + 2000;
    volatile unsigned sum = 0;
    do {
        for (unsigned i = 0; i < 1000000; i++)
            sum = sum + i;
        times(&now);
    } while (now.tms_utime + now.tms_stime ==
                 start.tms_utime + start.tms_stime &&
             clock_ms() < until);
    assert_true(now.tms_utime + now.tms_stime >
                start.tms_utime + start.tms_stime);
    assert_true(clock() - begun >= CLOCKS_PER_SEC / 1000);
    assert_int_equal(CLOCKS_PER_SEC, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(clocks_tell_valid_times),
        claim(an_unknown_clock_is_einval),
        claim(setting_the_monotonic_clock_is_einval),
        claim(the_monotonic_clock_never_goes_back),
        claim(the_clocks_of_the_day_agree),
        claim(seconds_are_a_time_t),
        claim(times_are_added_and_compared),
        claim(moments_have_their_dates),
        claim(timegm_puts_dates_in_order),
        claim(dates_have_their_words),
        claim(strftime_knows_what_posix_adds),
        claim(strftime_without_room_is_nothing),
        claim(strptime_reads_dates),
        claim(strptime_finds_the_day_of_the_week_anew),
        claim(processor_time_goes_on_while_working),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
