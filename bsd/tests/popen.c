/* popen.c: popen() and pclose(), and pipes from other programs. */
#include "fixture.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOMENT_US = 300000
};

static const char *self;

/* This program, as a child that is told what to do. */
static FILE *begin_child(const char *what, const char *mode)
{
    char command[600];
    snprintf(command, sizeof command, "\"%s\" %s", self, what);
    FILE *file = popen(command, mode);
    assert_non_null(file);
    return file;
}

static int be_child(const char *what)
{
    char line[64];
    if (strcmp(what, "waits") == 0)
        usleep(MOMENT_US);
    if (strcmp(what, "fails") == 0)
        return 7;
    if (strcmp(what, "reads") == 0)
        return fgets(line, sizeof line, stdin) != NULL &&
                       strcmp(line, "a question\n") == 0
                   ? 3
                   : 4;
    puts("an answer");
    return 0;
}

static void what_a_program_prints_is_read(void **state)
{
    char line[64];
    (void)state;
    FILE *file = begin_child("answers", "r");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "an answer\n");
    assert_null(fgets(line, sizeof line, file));
    assert_true(feof(file));
    assert_int_equal(pclose(file), 0);
}

static void what_is_printed_is_read_by_a_program(void **state)
{
    (void)state;
    FILE *file = begin_child("reads", "w");
    assert_true(fputs("a question\n", file) >= 0);
    int status = pclose(file);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
}

static void pclose_tells_how_it_ended(void **state)
{
    (void)state;
    int status = pclose(begin_child("fails", "r"));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void output_of_a_program_is_polled(void **state)
{
    char bytes[64] = "";
    struct stat status;
    (void)state;
    FILE *file = begin_child("waits", "r");
    struct pollfd entry = {.fd = fileno(file), .events = POLLIN};
    assert_call(fstat(entry.fd, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_call(poll(&entry, 1, 0), 0);
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents & POLLIN, POLLIN);
    assert_call(read(entry.fd, bytes, sizeof bytes), 10);
    assert_string_equal(bytes, "an answer\n");
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLHUP);
    assert_int_equal(pclose(file), 0);
}

static void note(int number)
{
    (void)number;
}

static void waiting_for_output_is_ended_by_a_signal(void **state)
{
    const struct sigaction action = {.sa_handler = note};
    const struct itimerval soon = {.it_value = {.tv_usec = 30000}};
    struct sigaction before;
    char bytes[64];
    (void)state;
    FILE *file = begin_child("waits", "r");
    assert_call(sigaction(SIGALRM, &action, &before), 0);
    assert_call(setitimer(ITIMER_REAL, &soon, NULL), 0);
    assert_fails(read(fileno(file), bytes, sizeof bytes), EINTR);
    assert_call(read(fileno(file), bytes, sizeof bytes), 10);
    assert_call(sigaction(SIGALRM, &before, NULL), 0);
    assert_int_equal(pclose(file), 0);
}

static void bad_modes_are_einval(void **state)
{
    (void)state;
    errno = 0;
    assert_null(popen("true", "x"));
    assert_int_equal(errno, EINVAL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        claim(what_a_program_prints_is_read),
        claim(what_is_printed_is_read_by_a_program),
        claim(pclose_tells_how_it_ended),
        claim(output_of_a_program_is_polled),
        claim(waiting_for_output_is_ended_by_a_signal),
        claim(bad_modes_are_einval),
    };
    self = argv[0];
    if (argc > 1)
        return be_child(argv[1]);
    return cmocka_run_group_tests_name("popen", tests, NULL, NULL);
}
