/* stdio_exit.c: what exit() does with streams.  This program is its own child. */
#include "fixture.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char *program;

/* --- The child -------------------------------------------------------------------- */

static FILE *late_stream;

static void say_last(void)
{
    fputs("at exit\n", late_stream);
}

static int connection(const char *port)
{
    struct address address = loopback(AF_INET, (uint16_t)atoi(port));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, as_sockaddr(&address), address.length) != 0)
        _exit(9);
    return fd;
}

static int leave_a_stream(int fd)
{
    late_stream = fdopen(fd, "w");
    fputs("buffered, ", late_stream);
    atexit(say_last);
    exit(3);
}

static int leave_stdout(int fd)
{
    printf("before, ");
    dup2(fd, STDOUT_FILENO);
    printf("after");
    return 4;
}

static int leave_at_once(int fd)
{
    fputs("lost", fdopen(fd, "w"));
    _exit(5);
}

/* --- The parent ------------------------------------------------------------------- */

static void expect_of_child(const char *what, const char *text, int status)
{
    char port[16], buffer[64];
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    snprintf(port, sizeof port, "%u", port_of(&address));
    char *argument = strdup(what);
    char *arguments[] = {program, argument, port, NULL};
    pid_t child;
    assert_int_equal(
        posix_spawn(&child, program, NULL, NULL, arguments, environ), 0);
    free(argument);
    wait_readable(listener);
    int fd = keep(accept(listener, NULL, NULL));
    size_t size = 0;
    ssize_t got;
    while ((got = recv(fd, buffer + size, sizeof buffer - 1 - size, 0)) > 0)
        size += (size_t)got;
    buffer[size] = '\0';
    assert_string_equal(buffer, text);
    int ended;
    assert_call(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), status);
}

static void exit_sends_what_is_buffered(void **state)
{
    (void)state;
    expect_of_child("stream", "buffered, at exit\n", 3);
}

static void returning_from_main_flushes_stdout(void **state)
{
    (void)state;
    expect_of_child("stdout", "before, after", 4);
}

static void leaving_at_once_sends_nothing(void **state)
{
    (void)state;
    expect_of_child("at once", "", 5);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        claim(exit_sends_what_is_buffered),
        claim(returning_from_main_flushes_stdout),
        claim(leaving_at_once_sends_nothing),
    };
    program = argv[0];
    if (argc < 3)
        return cmocka_run_group_tests_name("stdio_exit", tests, NULL, NULL);
    if (strcmp(argv[1], "stream") == 0)
        return leave_a_stream(connection(argv[2]));
    if (strcmp(argv[1], "stdout") == 0)
        return leave_stdout(connection(argv[2]));
    return leave_at_once(connection(argv[2]));
}
