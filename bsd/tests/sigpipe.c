/* sigpipe.c: sending where nobody reads, with each disposition of SIGPIPE; and how
 * signals end a process. */
#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void note(int number)
{
    assert_int_equal(number, SIGPIPE);
    count++;
}

/* An end that cannot send any more. */
static int broken(void)
{
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    count = 0;
    return ends.client;
}

static void send_with_sigpipe_ignored_is_epipe(void **state)
{
    (void)state;
    int fd = broken();
    signal(SIGPIPE, SIG_IGN);
    assert_fails(send(fd, "x", 1, 0), EPIPE);
    assert_fails(write(fd, "x", 1), EPIPE);
}

static void send_raises_sigpipe_before_it_returns(void **state)
{
    (void)state;
    int fd = broken();
    signal(SIGPIPE, note);
    assert_fails(send(fd, "x", 1, 0), EPIPE);
    assert_int_equal(count, 1);
}

static void write_and_writev_raise_sigpipe(void **state)
{
    (void)state;
    struct iovec piece = {(char[]){"x"}, 1};
    int fd = broken();
    signal(SIGPIPE, note);
    assert_fails(write(fd, "x", 1), EPIPE);
    assert_fails(writev(fd, &piece, 1), EPIPE);
    assert_int_equal(count, 2);
}

static void sendmsg_and_sendto_raise_sigpipe(void **state)
{
    (void)state;
    struct iovec piece = {(char[]){"x"}, 1};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    int fd = broken();
    signal(SIGPIPE, note);
    assert_fails(sendmsg(fd, &message, 0), EPIPE);
    assert_fails(sendto(fd, "x", 1, 0, NULL, 0), EPIPE);
    assert_int_equal(count, 2);
}

static void msg_nosignal_raises_nothing(void **state)
{
    (void)state;
    int fd = broken();
    signal(SIGPIPE, note);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
    assert_int_equal(count, 0);
}

static void a_blocked_sigpipe_is_pending_for_the_thread(void **state)
{
    (void)state;
    sigset_t set, pending;
    int fd = broken();
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    signal(SIGPIPE, note);
    assert_call(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    assert_fails(send(fd, "x", 1, 0), EPIPE);
    assert_int_equal(count, 0);
    assert_call(sigpending(&pending), 0);
    assert_call(sigismember(&pending, SIGPIPE), 1);
    assert_call(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
    assert_int_equal(count, 1);
}

static void writing_to_a_pipe_without_a_reader_raises_sigpipe(void **state)
{
    (void)state;
    int ends[2];
    assert_call(pipe(ends), 0);
    close(ends[0]);
    keep(ends[1]);
    count = 0;
    signal(SIGPIPE, note);
    assert_fails(write(ends[1], "x", 1), EPIPE);
    assert_int_equal(count, 1);
}

/* --- Processes that end -------------------------------------------------------- */

static const char *own_name;

static int run_as(const char *part)
{
    char command[1024];
    snprintf(command, sizeof command, "\"%s\" %s", own_name, part);
    return system(command);
}

/* A shell may tell of the signal itself, or as 128 and its number. */
static int is_ended_by(int status, int number)
{
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == number;
    return WIFEXITED(status) && WEXITSTATUS(status) == 128 + number;
}

static void sigpipe_ends_a_process_by_default(void **state)
{
    (void)state;
    assert_true(is_ended_by(run_as("send"), SIGPIPE));
}

static void a_process_that_ignores_sigpipe_goes_on(void **state)
{
    (void)state;
    int status = run_as("ignore");
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void raise_ends_a_process_by_default(void **state)
{
    (void)state;
    assert_true(is_ended_by(run_as("raise"), SIGUSR1));
}

static void kill_ends_the_own_process_by_default(void **state)
{
    (void)state;
    assert_true(is_ended_by(run_as("kill"), SIGTERM));
}

static void an_alarm_ends_a_process_by_default(void **state)
{
    (void)state;
    assert_true(is_ended_by(run_as("alarm"), SIGALRM));
}

static void exit_tells_its_status(void **state)
{
    (void)state;
    int status = run_as("exit");
    assert_true(WIFEXITED(status));
    assert_false(WIFSIGNALED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

static int act_send(void)
{
    send(broken(), "x", 1, 0);
    return 7;
}

static int act_ignore(void)
{
    signal(SIGPIPE, SIG_IGN);
    return act_send();
}

static int act_raise(void)
{
    raise(SIGUSR1);
    return 7;
}

static int act_kill(void)
{
    kill(getpid(), SIGTERM);
    return 7;
}

static int act_alarm(void)
{
    char byte;
    ualarm(20000, 0);
    recv(bound(AF_INET, SOCK_DGRAM), &byte, 1, 0);
    return 7;
}

static int act_exit(void)
{
    return 42;
}

static int act(const char *part)
{
    static const struct {
        const char *name;
        int (*body)(void);
    } parts[] = {
        {"send", act_send}, {"ignore", act_ignore}, {"raise", act_raise},
        {"kill", act_kill}, {"alarm", act_alarm},   {"exit", act_exit},
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (strcmp(parts[i].name, part) == 0)
            return parts[i].body();
    }
    return 99;
}

int main(int count_of_words, char **words)
{
    const struct CMUnitTest tests[] = {
        claim(send_with_sigpipe_ignored_is_epipe),
        claim(send_raises_sigpipe_before_it_returns),
        claim(write_and_writev_raise_sigpipe),
        claim(sendmsg_and_sendto_raise_sigpipe),
        claim(msg_nosignal_raises_nothing),
        claim(a_blocked_sigpipe_is_pending_for_the_thread),
        claim(writing_to_a_pipe_without_a_reader_raises_sigpipe),
        claim(sigpipe_ends_a_process_by_default),
        claim(a_process_that_ignores_sigpipe_goes_on),
        claim(raise_ends_a_process_by_default),
        claim(kill_ends_the_own_process_by_default),
        claim(an_alarm_ends_a_process_by_default),
        claim(exit_tells_its_status),
    };
    own_name = words[0];
    if (count_of_words > 1)
        return act(words[1]);
    return cmocka_run_group_tests_name("sigpipe", tests, NULL, NULL);
}
