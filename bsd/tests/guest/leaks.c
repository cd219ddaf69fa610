/* leaks.c: what was opened and closed hundreds of times leaves nothing behind: no
 * handle of the system's, no number, no memory. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <psapi.h>

#include "../unix_socket.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>

enum {
    WARM_UP = 32,
    CYCLES = 200,
    PATIENCE_MS = 5000,
    LONGEST_GAP = 64,
    /* What a heap may keep for later. */
    SLACK = 256 * 1024
};

/* --- What is counted ------------------------------------------------------------ */

/* Where the system does not tell: it gives out the lowest number that is free, so
 * what stays open lies behind no long gap. */
static DWORD count_by_number(void)
{
    DWORD count = 0;
    DWORD flags;
    ULONG_PTR gap = 0;
    for (ULONG_PTR number = 4; gap < LONGEST_GAP; number += 4) {
        BOOL is_open = GetHandleInformation((HANDLE)number, &flags);
        count += is_open ? 1 : 0;
        gap = is_open ? 0 : gap + 1;
    }
    return count;
}

static DWORD handles(void)
{
    DWORD count = 0;
    GetProcessHandleCount(GetCurrentProcess(), &count);
    return count != 0 ? count : count_by_number();
}

static int next_number(void)
{
    int fd = dup(1);
    close(fd);
    return fd;
}

static size_t memory(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
    GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    return counters.PagefileUsage;
}

/* --- Cycles ---------------------------------------------------------------------- */

/* Some things are closed by threads that nobody waits for. */
static void rest(DWORD count, size_t size)
{
    const long long end = clock_ms() + PATIENCE_MS;
    while ((handles() > count || memory() > size + SLACK) && clock_ms() < end)
        Sleep(10);
}

static void repeat(void (*cycle)(void), int times)
{
    for (int i = 0; i < times; i++)
        cycle();
}

/* What is made once, and late, as by a signal that nobody took in time.  What leaks
 * does so with every cycle. */
#define MADE_ONCE 4

static void assert_leaves_nothing(void (*cycle)(void), int cycles)
{
    repeat(cycle, WARM_UP);
    Sleep(50);
    const DWORD before = handles() + MADE_ONCE;
    const int number = next_number();
    const size_t size = memory();
    repeat(cycle, cycles);
    rest(before, size);
    const DWORD after = handles();
    const size_t grown = memory();
    if (after > before || grown > size + SLACK)
        print_message("handles %lu, then %lu; memory %lu, then %lu\n", before,
                      after, (unsigned long)size, (unsigned long)grown);
    assert_true(after <= before);
    assert_int_equal(next_number(), number);
    assert_true(grown <= size + SLACK);
}

/* --- Sockets ----------------------------------------------------------------------- */

static void open_sockets(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    static const int families[] = {AF_INET, AF_INET6, AF_UNIX};
    for (size_t i = 0; i < COUNT_OF(types) * COUNT_OF(families); i++) {
        int fd = socket(families[i / 2], types[i % 2], 0);
        int copy = dup(fd);
        assert_int_not_equal(copy, -1);
        close(fd);
        close(copy);
    }
}

static void sockets_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(open_sockets, CYCLES);
}

static int listener;

static void connect_and_accept(void)
{
    struct address address = name_of(listener);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    int server = accept(listener, NULL, NULL);
    assert_call(send(client, "x", 1, 0), 1);
    wait_readable(server);
    close(server);
    close(client);
}

static void connections_leave_nothing(void **state)
{
    (void)state;
    listener = listening(AF_INET);
    assert_leaves_nothing(connect_and_accept, CYCLES);
}

/* Each attempt takes another socket. */
static void be_refused(void)
{
    struct sockaddr_in nobody = {.sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                 .sin_port = htons(1)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)connect(fd, (struct sockaddr *)&nobody, sizeof nobody);
    (void)connect(fd, (struct sockaddr *)&nobody, sizeof nobody);
    nobody.sin_family = AF_UNSPEC;
    (void)connect(fd, (struct sockaddr *)&nobody, sizeof nobody);
    close(fd);
}

static void refused_connections_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(be_refused, 50);
}

static void fail_to_accept(void)
{
    assert_fails(accept(listener, NULL, NULL), EAGAIN);
    assert_fails(accept(0, NULL, NULL), ENOTSOCK);
}

static void failed_calls_leave_nothing(void **state)
{
    (void)state;
    listener = listening(AF_INET);
    set_nonblocking(listener);
    assert_leaves_nothing(fail_to_accept, CYCLES);
}

/* --- Pairs and pipes ----------------------------------------------------------------- */

static void open_pairs(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        int fds[2] = {-1, -1};
        assert_call(socketpair(AF_UNIX, types[i], 0, fds), 0);
        assert_call(send(fds[0], "text", 4, 0), 4);
        close(fds[0]);
        close(fds[1]);
    }
}

static void pairs_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(open_pairs, CYCLES);
}

static void open_pipe(void)
{
    int ends[2] = {-1, -1};
    assert_call(pipe(ends), 0);
    assert_call(write(ends[1], "x", 1), 1);
    struct pollfd entry = {.fd = ends[0], .events = POLLIN};
    assert_call(poll(&entry, 1, 1000), 1);
    dup2(ends[0], ends[1]);
    close(ends[0]);
    close(ends[1]);
}

static void pipes_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(open_pipe, CYCLES);
}

/* A message with a number of each kind, that nobody receives, or half of it. */
static void send_numbers(void)
{
    int fds[2] = {-1, -1};
    int ends[2] = {-1, -1};
    char byte = 'x';
    struct iovec piece = {&byte, 1};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {.header = {CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_call(pipe(ends), 0);
    memcpy(CMSG_DATA(&control.header), (int[]){ends[0], 1}, 2 * sizeof(int));
    assert_call(sendmsg(fds[0], &message, 0), 1);
    assert_call(sendmsg(fds[0], &message, 0), 1);
    assert_call(recv(fds[1], &byte, 1, 0), 1);
    close(ends[0]);
    close(ends[1]);
    close(fds[0]);
    close(fds[1]);
}

/* The other end is gone already. */
static void send_numbers_to_nobody(void)
{
    int fds[2] = {-1, -1};
    char byte = 'x';
    struct iovec piece = {&byte, 1};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    int sent = socket(AF_INET, SOCK_DGRAM, 0);
    memcpy(CMSG_DATA(&control.header), &sent, sizeof sent);
    close(fds[1]);
    assert_fails(sendmsg(fds[0], &message, MSG_NOSIGNAL), EPIPE);
    close(sent);
    close(fds[0]);
}

static void numbers_for_nobody_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(send_numbers_to_nobody, CYCLES);
}

static void numbers_that_nobody_takes_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(send_numbers, CYCLES);
}

/* --- Names of Unix sockets --------------------------------------------------------------- */

static void listen_and_connect(void)
{
    static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct address name = bytes_address("\0leaks", 6);
        int server = socket(AF_UNIX, types[i], 0);
        int client = socket(AF_UNIX, types[i], 0);
        assert_call(bind(server, as_sockaddr(&name), name.length), 0);
        assert_call(listen(server, 1), 0);
        assert_call(connect(client, as_sockaddr(&name), name.length), 0);
        if (types[i] == SOCK_STREAM)
            close(accept(server, NULL, NULL));
        close(server);
        close(client);
    }
}

static void unix_listeners_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(listen_and_connect, 100);
}

static void send_to_a_name(void)
{
    struct address name = bytes_address("\0leaks-too", 10);
    int server = socket(AF_UNIX, SOCK_DGRAM, 0);
    int client = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_call(bind(server, as_sockaddr(&name), name.length), 0);
    assert_call(sendto(client, "x", 1, 0, as_sockaddr(&name), name.length), 1);
    close(client);
    close(server);
}

static void unix_datagrams_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(send_to_a_name, 100);
}

/* --- What is waited for ------------------------------------------------------------------- */

static void watch_all(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(EPOLL_CLOEXEC);
    int outer = epoll_create1(EPOLL_CLOEXEC);
    int fds[] = {eventfd(1, 0), timerfd_create(CLOCK_MONOTONIC, 0),
                 socket(AF_INET, SOCK_DGRAM, 0), set};
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        assert_call(epoll_ctl(fds[i] == set ? outer : set, EPOLL_CTL_ADD,
                              fds[i], &event),
                    0);
    assert_call(epoll_wait(outer, &event, 1, 1000), 1);
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        close(fds[i]);
    close(outer);
}

static void sets_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(watch_all, CYCLES);
}

/* --- Streams and names ----------------------------------------------------------------------- */

static void open_stream(void)
{
    int fds[2] = {-1, -1};
    char line[16];
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    FILE *reader = fdopen(fds[0], "r");
    FILE *writer = fdopen(fds[1], "w");
    assert_true(fputs("line\n", writer) >= 0);
    fclose(writer);
    assert_non_null(fgets(line, sizeof line, reader));
    fclose(reader);
}

static void streams_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(open_stream, CYCLES);
}

static void look_up(void)
{
    struct addrinfo *found = NULL;
    struct ifaddrs *interfaces = NULL;
    char host[NI_MAXHOST];
    assert_call(getaddrinfo("127.0.0.1", "80", NULL, &found), 0);
    assert_call(getnameinfo(found->ai_addr, (socklen_t)found->ai_addrlen, host,
                            sizeof host, NULL, 0, NI_NUMERICHOST),
                0);
    freeaddrinfo(found);
    assert_call(getaddrinfo("localhost", NULL, NULL, &found), 0);
    freeaddrinfo(found);
    assert_call(getifaddrs(&interfaces), 0);
    freeifaddrs(interfaces);
}

static void names_leave_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(look_up, 30);
}

/* --- Threads --------------------------------------------------------------------------------- */

static void on_signal(int number)
{
    (void)number;
}

/* Meets signals, by a wait while they can come. */
static void *wait_a_little(void *context)
{
    poll(NULL, 0, 1);
    return context;
}

static void run_thread(void)
{
    const struct itimerval soon = {.it_value.tv_usec = 1000};
    setitimer(ITIMER_REAL, &soon, NULL);
    finish(begin(wait_a_little, NULL));
}

static void threads_leave_nothing(void **state)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)state;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
    assert_leaves_nothing(run_thread, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(sockets_leave_nothing),
        claim(connections_leave_nothing),
        claim(refused_connections_leave_nothing),
        claim(failed_calls_leave_nothing),
        claim(pairs_leave_nothing),
        claim(pipes_leave_nothing),
        claim(numbers_that_nobody_takes_leave_nothing),
        claim(numbers_for_nobody_leave_nothing),
        claim(unix_listeners_leave_nothing),
        claim(unix_datagrams_leave_nothing),
        claim(sets_leave_nothing),
        claim(streams_leave_nothing),
        claim(names_leave_nothing),
        claim(threads_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
