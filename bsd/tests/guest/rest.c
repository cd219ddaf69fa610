/* rest.c: who waits does not keep the processor busy, whatever is waited for. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "../unix_socket.h"

#include <io.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>

enum {
    WAIT_MS = 150,
    /* What is looked at from time to time costs a little. */
    BUSY_MS = 60
};

static int64_t ns100_of(const FILETIME *time)
{
    return (int64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static int busy_ms(void)
{
    FILETIME begun, ended, kernel, user;
    assert_true(
        GetProcessTimes(GetCurrentProcess(), &begun, &ended, &kernel, &user));
    return (int)((ns100_of(&kernel) + ns100_of(&user)) / 10000);
}

/* --- Ways to wait ---------------------------------------------------------------- */

static void wait_by_poll(int fd, short events)
{
    struct pollfd entry = {.fd = fd, .events = events};
    assert_call(poll(&entry, 1, WAIT_MS), 0);
}

static void wait_by_epoll(int fd, short events)
{
    struct epoll_event event = {.events = (uint32_t)events};
    int set = keep(epoll_create1(0));
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event), 0);
    assert_call(epoll_wait(set, &event, 1, WAIT_MS), 0);
    close_kept(set);
}

static void assert_rests(int fd, short events)
{
    static void (*const ways[])(int, short) = {wait_by_poll, wait_by_epoll};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const int before = busy_ms();
        ways[i](fd, events);
        assert_in_range(busy_ms() - before, 0, BUSY_MS);
    }
}

/* --- What is waited for ------------------------------------------------------------ */

static void sockets_rest(void **state)
{
    (void)state;
    assert_rests(stream(AF_INET).client, POLLIN);
    assert_rests(bound(AF_INET, SOCK_DGRAM), POLLIN);
    assert_rests(listening(AF_INET), POLLIN);
}

static void pipes_rest(void **state)
{
    static const char bytes[4096];
    (void)state;
    int ends[2] = {-1, -1};
    assert_call(pipe(ends), 0);
    assert_rests(keep(ends[0]), POLLIN);
    set_nonblocking(keep(ends[1]));
    while (write(ends[1], bytes, sizeof bytes) > 0)
        continue;
    assert_rests(ends[1], POLLOUT);
}

static void counters_and_clocks_rest(void **state)
{
    const struct itimerspec late = {.it_value.tv_sec = 100};
    (void)state;
    assert_rests(keep(eventfd(0, 0)), POLLIN);
    int clock = keep(timerfd_create(CLOCK_MONOTONIC, 0));
    assert_call(timerfd_settime(clock, 0, &late, NULL), 0);
    assert_rests(clock, POLLIN);
}

static void sets_rest(void **state)
{
    struct epoll_event event = {.events = EPOLLIN};
    (void)state;
    int set = keep(epoll_create1(0));
    int fd = bound(AF_INET, SOCK_DGRAM);
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event), 0);
    assert_rests(set, POLLIN);
}

static void edges_rest(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    int set = keep(epoll_create1(0));
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, ends.client, &event), 0);
    assert_call(send(ends.server, "x", 1, 0), 1);
    assert_call(epoll_wait(set, &event, 1, 5000), 1);
    const int before = busy_ms();
    assert_call(epoll_wait(set, &event, 1, WAIT_MS), 0);
    assert_in_range(busy_ms() - before, 0, BUSY_MS);
}

static void unix_sockets_rest(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_rests(ends.client, POLLIN);
        fill(ends.client);
        assert_rests(ends.client, POLLOUT);
        assert_rests(ends.client, POLLIN);
    }
}

/* A datagram that nobody reads, and one who waits for room. */
static void unix_sockets_with_mail_rest(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_DGRAM);
    fill(ends.client);
    send_text(ends.server, "x");
    assert_rests(ends.client, POLLOUT);
}

static void unix_names_rest(void **state)
{
    (void)state;
    int listener = listening_at(SOCK_STREAM, temporary_path(), 4);
    int datagrams = bound_at(SOCK_DGRAM, temporary_path());
    assert_rests(listener, POLLIN);
    assert_rests(datagrams, POLLIN);
}

static void a_connection_that_nobody_accepts_rests(void **state)
{
    const char *path = temporary_path();
    (void)state;
    listening_at(SOCK_STREAM, path, 4);
    int client = connected_to(SOCK_STREAM, path);
    assert_rests(client, POLLIN);
}

static void on_signal(int number)
{
    (void)number;
}

static void alarms_rest(void **state)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)state;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
    alarm(100);
    assert_rests(bound(AF_INET, SOCK_DGRAM), POLLIN);
    alarm(0);
    assert_rests(bound(AF_INET, SOCK_DGRAM), POLLIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(sockets_rest),
        claim(pipes_rest),
        claim(counters_and_clocks_rest),
        claim(sets_rest),
        claim(edges_rest),
        claim(unix_sockets_rest),
        claim(unix_sockets_with_mail_rest),
        claim(unix_names_rest),
        claim(a_connection_that_nobody_accepts_rests),
        claim(alarms_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
