/* posix_raw.c: see raw.h. */
#define _GNU_SOURCE /* accept4, sched_setaffinity */

#include "raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define RAW_BACKLOG 1024
#define RAW_LIMIT_MS 10000

static char room[64];

/* --- The machine ---------------------------------------------------------- */

static void stay_on_this_cpu(void)
{
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((size_t)sched_getcpu(), &here);
    BENCH_REQUIRE(sched_setaffinity(0, sizeof here, &here) == 0);
}

void raw_start(void)
{
    signal(SIGPIPE, SIG_IGN);
    stay_on_this_cpu();
}

uint64_t raw_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int raw_error(void)
{
    return errno;
}

/* --- Sockets -------------------------------------------------------------- */

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int open_socket(int type)
{
    int s = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    BENCH_REQUIRE(s >= 0);
    return s;
}

static int bound_socket(int type, uint16_t *port)
{
    struct sockaddr_in name = loopback(0);
    socklen_t length = sizeof name;
    int s = open_socket(type);
    BENCH_REQUIRE(bind(s, (struct sockaddr *)&name, length) == 0);
    BENCH_REQUIRE(getsockname(s, (struct sockaddr *)&name, &length) == 0);
    *port = ntohs(name.sin_port);
    return s;
}

static int connected_socket(uint16_t port)
{
    struct sockaddr_in name = loopback(port);
    int s = open_socket(SOCK_STREAM);
    BENCH_REQUIRE(connect(s, (struct sockaddr *)&name, sizeof name) == 0);
    return s;
}

static void reset_on_close(int s)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    BENCH_REQUIRE(
        setsockopt(s, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
}

static void no_delay(int s)
{
    int on = 1;
    BENCH_REQUIRE(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
}

intptr_t raw_listener(uint16_t *port)
{
    int s = bound_socket(SOCK_STREAM, port);
    BENCH_REQUIRE(listen(s, RAW_BACKLOG) == 0);
    return s;
}

void raw_close(intptr_t s)
{
    BENCH_REQUIRE(close((int)s) == 0);
}

/* --- Streams -------------------------------------------------------------- */

struct raw_pair raw_stream_pair(void)
{
    uint16_t port;
    int listener = (int)raw_listener(&port);
    int near = connected_socket(port);
    int far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    BENCH_REQUIRE(far >= 0);
    no_delay(near);
    no_delay(far);
    raw_close(listener);
    return (struct raw_pair){{near, far}};
}

static _Noreturn void echo(int s)
{
    char bytes[sizeof room];
    ssize_t got;
    while ((got = recv(s, bytes, sizeof bytes, 0)) > 0)
        BENCH_REQUIRE(send(s, bytes, (size_t)got, MSG_NOSIGNAL) == got);
    _exit(0);
}

struct raw_pair raw_echo_pair(void)
{
    struct raw_pair pair = raw_stream_pair();
    pid_t child = fork();
    BENCH_REQUIRE(child >= 0);
    if (child == 0)
        echo((int)pair.ends[1]);
    raw_close(pair.ends[1]);
    pair.ends[1] = -1;
    return pair;
}

/* An echo has ended when its connection has, which later echoes still have
 * copies of. */
static void end_echo(const struct raw_pair *pair)
{
    shutdown((int)pair->ends[0], SHUT_RDWR);
    BENCH_REQUIRE(wait(NULL) > 0);
}

void raw_close_pair(const struct raw_pair *pair)
{
    if (pair->ends[1] < 0)
        end_echo(pair);
    else
        raw_close(pair->ends[1]);
    raw_close(pair->ends[0]);
}

void raw_reset_pair(const struct raw_pair *pair)
{
    reset_on_close((int)pair->ends[1]);
    raw_close_pair(pair);
}

void raw_stream_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const int near = (int)pair->ends[0];
    const int far = (int)pair->ends[1];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send(near, "x", 1, MSG_NOSIGNAL) == 1);
        BENCH_REQUIRE(recv(far, room, sizeof room, 0) == 1);
        BENCH_REQUIRE(send(far, "x", 1, MSG_NOSIGNAL) == 1);
        BENCH_REQUIRE(recv(near, room, sizeof room, 0) == 1);
    }
}

static ssize_t send_two(int s)
{
    struct iovec pieces[2] = {{.iov_base = room, .iov_len = 1},
                              {.iov_base = room + 1, .iov_len = 1}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    return sendmsg(s, &message, MSG_NOSIGNAL);
}

static ssize_t recv_two(int s)
{
    struct iovec pieces[2] = {{.iov_base = room, .iov_len = 1},
                              {.iov_base = room + 1, .iov_len = 1}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    return recvmsg(s, &message, 0);
}

void raw_vector_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const int near = (int)pair->ends[0];
    const int far = (int)pair->ends[1];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send_two(near) == 2);
        BENCH_REQUIRE(recv_two(far) == 2);
        BENCH_REQUIRE(send_two(far) == 2);
        BENCH_REQUIRE(recv_two(near) == 2);
    }
}

void raw_echo_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const int s = (int)pair->ends[0];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send(s, "x", 1, MSG_NOSIGNAL) == 1);
        BENCH_REQUIRE(recv(s, room, sizeof room, 0) == 1);
    }
}

static ssize_t recv_in_time(int s)
{
    struct pollfd entry = {.fd = s, .events = POLLIN};
    ssize_t got = recv(s, room, sizeof room, MSG_DONTWAIT);
    while (got < 0 && errno == EAGAIN && poll(&entry, 1, RAW_LIMIT_MS) == 1)
        got = recv(s, room, sizeof room, MSG_DONTWAIT);
    return got;
}

void raw_polled_echo_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const int s = (int)pair->ends[0];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send(s, "x", 1, MSG_NOSIGNAL) == 1);
        BENCH_REQUIRE(recv_in_time(s) == 1);
    }
}

/* MSG_DONTWAIT does it. */
void raw_set_nonblocking(const struct raw_pair *pair)
{
    (void)pair;
}

void raw_empty_receives(const struct raw_pair *pair, uint64_t count)
{
    const int s = (int)pair->ends[0];
    for (; count > 0; count--)
        BENCH_REQUIRE(recv(s, room, sizeof room, MSG_DONTWAIT) < 0 &&
                      errno == EAGAIN);
}

/* --- Crowds --------------------------------------------------------------- */

/* Descriptors for all but a crowd. */
#define OTHER_DESCRIPTORS 512

/* Raises the limit to what is needed, or to what is allowed. */
static size_t descriptors_for(size_t wanted)
{
    struct rlimit limit;
    BENCH_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = wanted;
    if (limit.rlim_max < wanted)
        limit.rlim_max = wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return wanted;
    BENCH_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    BENCH_REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    return limit.rlim_cur < wanted ? limit.rlim_cur : wanted;
}

/* Ends when the lifeline does, by resets, so that nothing lingers. */
static _Noreturn void be_the_others(uint16_t port, size_t count, int lifeline)
{
    char byte;
    for (size_t i = 0; i < count; i++)
        reset_on_close(connected_socket(port));
    BENCH_REQUIRE(read(lifeline, &byte, 1) == 0);
    _exit(0);
}

/* Another process, which doubles what descriptors allow.  Returns its
 * lifeline. */
static int start_others(int listener, uint16_t port, size_t count)
{
    int lifeline[2];
    BENCH_REQUIRE(pipe(lifeline) == 0);
    pid_t child = fork();
    BENCH_REQUIRE(child >= 0);
    if (child == 0) {
        raw_close(listener);
        raw_close(lifeline[1]);
        be_the_others(port, count, lifeline[0]);
    }
    raw_close(lifeline[0]);
    return lifeline[1];
}

/* Not for ever: the others may have failed. */
static int accept_in_time(int listener)
{
    struct pollfd entry = {.fd = listener, .events = POLLIN};
    BENCH_REQUIRE(poll(&entry, 1, RAW_LIMIT_MS) == 1);
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

struct raw_crowd raw_open_crowd(size_t count)
{
    uint16_t port;
    size_t allowed = descriptors_for(count + OTHER_DESCRIPTORS);
    struct raw_crowd crowd = {.count = allowed - OTHER_DESCRIPTORS};
    BENCH_REQUIRE(allowed > OTHER_DESCRIPTORS);
    crowd.sockets = calloc(crowd.count, sizeof *crowd.sockets);
    BENCH_REQUIRE(crowd.sockets != NULL);
    int listener = (int)raw_listener(&port);
    crowd.others = start_others(listener, port, crowd.count);
    for (size_t i = 0; i < crowd.count; i++) {
        crowd.sockets[i] = accept_in_time(listener);
        BENCH_REQUIRE(crowd.sockets[i] >= 0);
    }
    raw_close(listener);
    return crowd;
}

void raw_close_crowd(const struct raw_crowd *crowd)
{
    raw_close(crowd->others);
    BENCH_REQUIRE(wait(NULL) > 0);
    for (size_t i = 0; i < crowd->count; i++)
        raw_close(crowd->sockets[i]);
    free(crowd->sockets);
}

void raw_prod(const struct raw_pair *pair)
{
    BENCH_REQUIRE(send((int)pair->ends[1], "x", 1, MSG_NOSIGNAL) == 1);
}

void raw_take(const struct raw_pair *pair)
{
    BENCH_REQUIRE(recv((int)pair->ends[1], room, sizeof room, 0) == 1);
}

void *raw_poll_entries(const intptr_t *sockets, size_t count)
{
    struct pollfd *entries = calloc(count, sizeof *entries);
    BENCH_REQUIRE(entries != NULL);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct pollfd){.fd = (int)sockets[i], .events = POLLIN};
    return entries;
}

void raw_polls(void *entries, size_t size, uint64_t count)
{
    for (; count > 0; count--)
        BENCH_REQUIRE(poll(entries, size, -1) == 1);
}

/* --- Datagrams ------------------------------------------------------------ */

struct raw_pair raw_datagram_pair(void)
{
    uint16_t port;
    struct raw_pair pair;
    pair.ends[0] = bound_socket(SOCK_DGRAM, &port);
    pair.ends[1] = bound_socket(SOCK_DGRAM, &port);
    return pair;
}

static ssize_t recv_from_anybody(int s)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    return recvfrom(s, room, sizeof room, 0, (struct sockaddr *)&from, &length);
}

void raw_datagrams(const struct raw_pair *pair, uint64_t count)
{
    struct sockaddr_in to;
    socklen_t length = sizeof to;
    const int near = (int)pair->ends[0];
    const int far = (int)pair->ends[1];
    BENCH_REQUIRE(getsockname(far, (struct sockaddr *)&to, &length) == 0);
    for (; count > 0; count--) {
        BENCH_REQUIRE(sendto(near, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&to,
                             length) == 1);
        BENCH_REQUIRE(recv_from_anybody(far) == 1);
    }
}

/* --- Connections ---------------------------------------------------------- */

static int dialed[RAW_BATCH];

void raw_dial(uint16_t port, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        dialed[i] = connected_socket(port);
        reset_on_close(dialed[i]);
    }
}

void raw_hang_up(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        raw_close(dialed[i]);
}

void raw_drain(intptr_t listener, uint64_t count)
{
    for (; count > 0; count--) {
        int s = accept4((int)listener, NULL, NULL, SOCK_CLOEXEC);
        BENCH_REQUIRE(s >= 0);
        reset_on_close(s);
        raw_close(s);
    }
}

static int held[RAW_BATCH];

void raw_accepts(intptr_t listener, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        int s = accept4((int)listener, (struct sockaddr *)&peer, &length,
                        SOCK_CLOEXEC);
        BENCH_REQUIRE(s >= 0);
        held[i] = s;
    }
}

/* SOCK_CLOEXEC does it. */
void raw_uninherited_accepts(intptr_t listener, uint64_t count)
{
    raw_accepts(listener, count);
}

void raw_connects(uint16_t port, uint64_t count)
{
    const struct sockaddr_in name = loopback(port);
    for (uint64_t i = 0; i < count; i++) {
        int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        BENCH_REQUIRE(s >= 0);
        BENCH_REQUIRE(connect(s, (const struct sockaddr *)&name, sizeof name) ==
                      0);
        held[i] = s;
    }
}

/* Whether an attempt that was begun ends well in time. */
static int connect_in_time(int s, const struct sockaddr_in *name)
{
    int error = -1;
    socklen_t length = sizeof error;
    struct pollfd entry = {.fd = s, .events = POLLOUT};
    if (connect(s, (const struct sockaddr *)name, sizeof *name) == 0)
        return 0;
    if (errno != EINPROGRESS || poll(&entry, 1, RAW_LIMIT_MS) != 1 ||
        getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
        return -1;
    return error;
}

void raw_polled_connects(uint16_t port, uint64_t count)
{
    const struct sockaddr_in name = loopback(port);
    for (uint64_t i = 0; i < count; i++) {
        int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        BENCH_REQUIRE(s >= 0);
        BENCH_REQUIRE(connect_in_time(s, &name) == 0);
        held[i] = s;
    }
}

void raw_closes(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        BENCH_REQUIRE(close(held[i]) == 0);
}

intptr_t raw_held(uint64_t index)
{
    return held[index];
}

void raw_hold(uint64_t index, intptr_t s)
{
    held[index] = (int)s;
}
