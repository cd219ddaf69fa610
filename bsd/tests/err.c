/* err.c: err(), warn() and error(). */
#include "fixture.h"

#include <err.h>
#include <error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int kept_stderr;
static int file;

static void catch_stderr(void)
{
    file = temporary_file();
    fflush(stderr);
    kept_stderr = keep(dup(STDERR_FILENO));
    assert_call(dup2(file, STDERR_FILENO), STDERR_FILENO);
}

/* The messages begin with the program's name, and that with "bsd_err". */
static void expect_stderr(const char *message)
{
    char text[256];
    fflush(stderr);
    assert_call(dup2(kept_stderr, STDERR_FILENO), STDERR_FILENO);
    assert_call(lseek(file, 0, SEEK_SET), 0);
    ssize_t size = read(file, text, sizeof text - 1);
    assert_true(size >= 0);
    text[size] = '\0';
    assert_non_null(strstr(text, "bsd_err"));
    assert_non_null(strchr(text, ':'));
    assert_string_equal(strchr(text, ':'), message);
}

static void warn_tells_the_error(void **state)
{
    (void)state;
    catch_stderr();
    errno = ECONNREFUSED;
    warn("connect to %s", "here");
    expect_stderr(": connect to here: Connection refused\n");
}

static void warnx_tells_the_message_alone(void **state)
{
    (void)state;
    catch_stderr();
    errno = ECONNREFUSED;
    warnx("port %d is taken", 80);
    expect_stderr(": port 80 is taken\n");
}

static void warn_without_a_message_tells_the_error(void **state)
{
    (void)state;
    catch_stderr();
    errno = EPIPE;
    warn(NULL);
    expect_stderr(": Broken pipe\n");
}

static void error_goes_on_with_status_zero(void **state)
{
    (void)state;
    unsigned before = error_message_count;
    catch_stderr();
    error(0, EADDRINUSE, "bind %d", 7);
    expect_stderr(": bind 7: Address already in use\n");
    assert_int_equal(error_message_count, before + 1);
    catch_stderr();
    error(0, 0, "plain");
    expect_stderr(": plain\n");
}

static void error_at_line_tells_the_place(void **state)
{
    (void)state;
    catch_stderr();
    error_at_line(0, 0, "conf", 12, "no such word");
    expect_stderr(":conf:12: no such word\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(warn_tells_the_error),
        claim(warnx_tells_the_message_alone),
        claim(warn_without_a_message_tells_the_error),
        claim(error_goes_on_with_status_zero),
        claim(error_at_line_tells_the_place),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
