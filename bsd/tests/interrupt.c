/* interrupt.c: signals that come while a call waits. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
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

static void recv_is_ended_by_a_signal(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    shortly(0);
    assert_fails(recv(ends.client, &byte, 1, 0), EINTR);
    assert_int_equal(count, 1);
}

static void read_is_ended_by_a_signal(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    shortly(0);
    assert_fails(read(ends.client, &byte, 1), EINTR);
}

static void recvfrom_is_ended_by_a_signal(void **state)
{
    (void)state;
    char byte;
    int fd = bound(AF_INET, SOCK_DGRAM);
    shortly(0);
    assert_fails(recvfrom(fd, &byte, 1, 0, NULL, NULL), EINTR);
}

static void send_is_ended_by_a_signal(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fill(ends.client);
    shortly(0);
    assert_fails(send(ends.client, "x", 1, 0), EINTR);
}

static void accept_is_ended_by_a_signal(void **state)
{
    (void)state;
    int fd = listening(AF_INET);
    shortly(0);
    assert_fails(accept(fd, NULL, NULL), EINTR);
}

static void reading_a_pipe_is_ended_by_a_signal(void **state)
{
    (void)state;
    char byte;
    int ends[2];
    assert_call(pipe(ends), 0);
    keep(ends[0]);
    keep(ends[1]);
    shortly(0);
    assert_fails(read(ends[0], &byte, 1), EINTR);
}

static void poll_is_ended_by_a_signal(void **state)
{
    (void)state;
    struct pollfd entry = {bound(AF_INET, SOCK_DGRAM), POLLIN, 0};
    shortly(SA_RESTART);
    assert_fails(poll(&entry, 1, 5000), EINTR);
    shortly(0);
    assert_fails(poll(NULL, 0, -1), EINTR);
}

static void select_is_ended_by_a_signal(void **state)
{
    (void)state;
    fd_set readable;
    struct timeval time = {5, 0};
    int fd = bound(AF_INET, SOCK_DGRAM);
    FD_ZERO(&readable);
    FD_SET(fd, &readable);
    shortly(SA_RESTART);
    assert_fails(select(fd + 1, &readable, NULL, NULL, &time), EINTR);
}

static void epoll_wait_is_ended_by_a_signal(void **state)
{
    (void)state;
    struct epoll_event event;
    int fd = keep(epoll_create1(0));
    shortly(SA_RESTART);
    assert_fails(epoll_wait(fd, &event, 1, 5000), EINTR);
}

static void nanosleep_is_ended_by_a_signal_and_tells_the_rest(void **state)
{
    (void)state;
    struct timespec time = {5, 0}, rest = {0, 0};
    shortly(SA_RESTART);
    assert_fails(nanosleep(&time, &rest), EINTR);
    assert_int_equal(rest.tv_sec, 4);
}

static void sleep_is_ended_by_a_signal_and_tells_the_rest(void **state)
{
    (void)state;
    shortly(SA_RESTART);
    unsigned int left = sleep(5);
    assert_true(left == 4 || left == 5);
    assert_int_equal(count, 1);
}

static void pause_is_ended_by_a_signal(void **state)
{
    (void)state;
    shortly(SA_RESTART);
    assert_fails(pause(), EINTR);
    assert_int_equal(count, 1);
}

/* --- SA_RESTART ------------------------------------------------------------------ */

static int to_be_fed;

/* A socket that the handler sends to, so that the call that goes on has an end. */
static void feed(int number)
{
    (void)number;
    count++;
    assert_call(send(to_be_fed, "y", 1, 0), 1);
}

static void shortly_fed(int fd)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    shortly(SA_RESTART);
    action.sa_handler = feed;
    action.sa_flags = SA_RESTART;
    to_be_fed = fd;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
}

static void recv_goes_on_with_sa_restart(void **state)
{
    (void)state;
    char byte = 0;
    struct ends ends = stream(AF_INET);
    shortly_fed(ends.server);
    assert_call(recv(ends.client, &byte, 1, 0), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(count, 1);
}

static void read_goes_on_with_sa_restart(void **state)
{
    (void)state;
    char byte = 0;
    struct ends ends = datagrams(AF_INET);
    shortly_fed(ends.server);
    assert_call(read(ends.client, &byte, 1), 1);
    assert_int_equal(byte, 'y');
}

static void recv_with_a_timeout_does_not_go_on(void **state)
{
    (void)state;
    char byte;
    struct timeval time = {5, 0};
    struct ends ends = stream(AF_INET);
    assert_call(
        setsockopt(ends.client, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time),
        0);
    shortly(SA_RESTART);
    assert_fails(recv(ends.client, &byte, 1, 0), EINTR);
}

static void what_need_not_wait_is_not_ended(void **state)
{
    (void)state;
    char byte = 0;
    struct ends ends = stream(AF_INET);
    shortly(0);
    while (count == 0)
        assert_call(send(ends.server, "z", 1, 0), 1);
    assert_call(recv(ends.client, &byte, 1, 0), 1);
    assert_int_equal(byte, 'z');
}

/* --- Handlers that do not return ------------------------------------------------ */

static sigjmp_buf out;

static void jump(int number)
{
    siglongjmp(out, number);
}

/* SIGALRM comes in a moment, and its handler jumps. */
static void jump_shortly(int flags)
{
    struct sigaction action;
    shortly(flags);
    memset(&action, 0, sizeof action);
    action.sa_handler = jump;
    action.sa_flags = flags;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
}

/* The other end learns of it only if nobody holds it any more. */
static void assert_closing_ends(struct ends *ends)
{
    char byte;
    close_kept(ends->client);
    wait_readable(ends->server);
    assert_call(recv(ends->server, &byte, 1, MSG_DONTWAIT), 0);
}

static void a_handler_may_jump_out_of_recv(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct ends ends = stream(AF_INET);
        jump_shortly(i == 0 ? 0 : SA_RESTART);
        if (sigsetjmp(out, 1) == 0) {
            char byte;
            recv(ends.client, &byte, 1, 0);
            fail();
        }
        assert_closing_ends(&ends);
    }
}

static void a_handler_may_jump_out_of_send(void **state)
{
    (void)state;
    ssize_t result;
    char bytes[4096] = {0};
    struct ends ends = stream(AF_INET);
    jump_shortly(SA_RESTART);
    if (sigsetjmp(out, 1) == 0) {
        for (;;)
            (void)!write(ends.client, bytes, sizeof bytes);
    }
    close_kept(ends.client);
    do
        result = recv(ends.server, bytes, sizeof bytes, 0);
    while (result > 0);
    assert_int_equal(result, 0);
}

/* The number that the connection would have had is free again. */
static void a_handler_may_jump_out_of_accept(void **state)
{
    (void)state;
    int fd = listening(AF_INET);
    struct address address = name_of(fd);
    int before = closed_descriptor();
    jump_shortly(SA_RESTART);
    if (sigsetjmp(out, 1) == 0) {
        accept(fd, NULL, NULL);
        fail();
    }
    assert_int_equal(closed_descriptor(), before);
    close_kept(fd);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(connect(client, as_sockaddr(&address), address.length),
                 ECONNREFUSED);
}

static void a_handler_may_jump_out_of_a_broken_write(void **state)
{
    (void)state;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = jump;
    assert_call(sigaction(SIGPIPE, &action, NULL), 0);
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    if (sigsetjmp(out, 1) == 0) {
        (void)!write(ends.client, "x", 1);
        fail();
    }
    assert_call(send(ends.server, "x", 1, 0), 1);
    wait_readable(ends.client);
    action.sa_handler = SIG_DFL;
    assert_call(sigaction(SIGPIPE, &action, NULL), 0);
    struct address name = name_of(ends.client);
    close_kept(ends.client);
    /* Its address is free again: unread data broke the connection. */
    int again = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(bind(again, as_sockaddr(&name), name.length), 0);
}

static void a_handler_may_jump_out_of_epoll_wait(void **state)
{
    (void)state;
    int ends[2] = {-1, -1};
    struct epoll_event event = {.events = EPOLLIN};
    assert_call(pipe(ends), 0);
    int set = keep(epoll_create1(0));
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, keep(ends[0]), &event), 0);
    keep(ends[1]);
    jump_shortly(SA_RESTART);
    if (sigsetjmp(out, 1) == 0) {
        epoll_wait(set, &event, 1, -1);
        fail();
    }
    assert_call(write(ends[1], "x", 1), 1);
    assert_call(epoll_wait(set, &event, 1, 5000), 1);
}

static int handler_result;

/* A call within one on the same description, left by its handler alone. */
static void jump_within(int number)
{
    static sigjmp_buf inner;
    (void)number;
    handler_result = sigsetjmp(inner, 1);
    if (handler_result == 0)
        siglongjmp(inner, 7);
    count++;
}

static void a_jump_within_a_handler_leaves_the_call_as_it_was(void **state)
{
    (void)state;
    char byte;
    struct sigaction action;
    struct ends ends = stream(AF_INET);
    shortly(0);
    memset(&action, 0, sizeof action);
    action.sa_handler = jump_within;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
    assert_fails(recv(ends.client, &byte, 1, 0), EINTR);
    assert_int_equal(handler_result, 7);
    assert_call(send(ends.server, "x", 1, 0), 1);
    assert_call(recv(ends.client, &byte, 1, 0), 1);
    assert_closing_ends(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(recv_is_ended_by_a_signal),
        claim(read_is_ended_by_a_signal),
        claim(recvfrom_is_ended_by_a_signal),
        claim(send_is_ended_by_a_signal),
        claim(accept_is_ended_by_a_signal),
        claim(reading_a_pipe_is_ended_by_a_signal),
        claim(poll_is_ended_by_a_signal),
        claim(select_is_ended_by_a_signal),
        claim(epoll_wait_is_ended_by_a_signal),
        claim(nanosleep_is_ended_by_a_signal_and_tells_the_rest),
        claim(sleep_is_ended_by_a_signal_and_tells_the_rest),
        claim(pause_is_ended_by_a_signal),
        claim(recv_goes_on_with_sa_restart),
        claim(read_goes_on_with_sa_restart),
        claim(recv_with_a_timeout_does_not_go_on),
        claim(what_need_not_wait_is_not_ended),
        claim(a_handler_may_jump_out_of_recv),
        claim(a_handler_may_jump_out_of_send),
        claim(a_handler_may_jump_out_of_accept),
        claim(a_handler_may_jump_out_of_a_broken_write),
        claim(a_handler_may_jump_out_of_epoll_wait),
        claim(a_jump_within_a_handler_leaves_the_call_as_it_was),
    };
    return cmocka_run_group_tests_name("interrupt", tests, NULL, NULL);
}
