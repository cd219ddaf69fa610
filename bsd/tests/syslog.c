/* syslog.c: messages with a priority, told to standard error too. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

/* What stands in standard error after `body`. */
static const char *told_by(void (*body)(void))
{
    static char text[4096];
    int before = keep(dup(STDERR_FILENO));
    int file = temporary_file();
    fflush(stderr);
    assert_call(dup2(file, STDERR_FILENO), STDERR_FILENO);
    body();
    fflush(stderr);
    assert_call(dup2(before, STDERR_FILENO), STDERR_FILENO);
    assert_call(lseek(file, 0, SEEK_SET), 0);
    ssize_t size = read(file, text, sizeof text - 1);
    assert_true(size >= 0);
    text[size] = '\0';
    return text;
}

static void say_number(void)
{
    openlog("teller", LOG_PERROR, LOG_USER);
    syslog(LOG_INFO, "number %d", 17);
    closelog();
}

static void log_perror_tells_standard_error(void **state)
{
    (void)state;
    assert_string_equal(told_by(say_number), "teller: number 17\n");
}

static void say_error(void)
{
    openlog("teller", LOG_PERROR, LOG_DAEMON);
    errno = ECONNREFUSED;
    syslog(LOG_ERR, "connect: %m, 100%% sure");
    closelog();
}

static void percent_m_is_the_text_of_errno(void **state)
{
    (void)state;
    char expected[128];
    snprintf(expected, sizeof expected, "teller: connect: %s, 100%% sure\n",
             strerror(ECONNREFUSED));
    assert_string_equal(told_by(say_error), expected);
}

static void say_with_pid(void)
{
    openlog("teller", LOG_PERROR | LOG_PID, LOG_LOCAL3);
    syslog(LOG_WARNING, "here");
    closelog();
}

static void log_pid_tells_the_process(void **state)
{
    (void)state;
    char expected[64];
    snprintf(expected, sizeof expected, "teller[%d]: here\n", (int)getpid());
    assert_string_equal(told_by(say_with_pid), expected);
}

static void say_what_is_masked(void)
{
    openlog("teller", LOG_PERROR, LOG_USER);
    int before = setlogmask(LOG_UPTO(LOG_ERR));
    syslog(LOG_INFO, "not this");
    syslog(LOG_ERR, "this");
    assert_int_equal(setlogmask(before), LOG_UPTO(LOG_ERR));
    closelog();
}

static void setlogmask_keeps_the_less_important_out(void **state)
{
    (void)state;
    assert_string_equal(told_by(say_what_is_masked), "teller: this\n");
}

static void setlogmask_of_none_only_asks(void **state)
{
    (void)state;
    int mask = setlogmask(0);
    assert_int_equal(mask, LOG_UPTO(LOG_DEBUG));
    assert_int_equal(setlogmask(0), mask);
}

static void syslog_leaves_no_descriptor_behind(void **state)
{
    (void)state;
    int first = closed_descriptor();
    openlog("teller", 0, LOG_USER);
    syslog(LOG_DEBUG, "a message that nobody collects");
    closelog();
    assert_int_equal(closed_descriptor(), first);
}

static void priorities_are_made_and_taken_apart(void **state)
{
    (void)state;
    int priority = LOG_MAKEPRI(LOG_LOCAL7, LOG_NOTICE);
    assert_int_equal(LOG_PRI(priority), LOG_NOTICE);
    assert_int_equal(LOG_FAC(priority), LOG_LOCAL7 >> 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(log_perror_tells_standard_error),
        claim(percent_m_is_the_text_of_errno),
        claim(log_pid_tells_the_process),
        claim(setlogmask_keeps_the_less_important_out),
        claim(setlogmask_of_none_only_asks),
        claim(syslog_leaves_no_descriptor_behind),
        claim(priorities_are_made_and_taken_apart),
    };
    return cmocka_run_group_tests_name("syslog", tests, NULL, NULL);
}
