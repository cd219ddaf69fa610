/* win32_raw.c: see raw.h. */
#include "raw.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <stdlib.h>

#include "harness.h"

#define RAW_BACKLOG 1024
#define RAW_LIMIT_MS 10000

static char room[64];

/* --- The machine ---------------------------------------------------------- */

static void stay_on_one_cpu(void)
{
    DWORD_PTR allowed;
    DWORD_PTR machine;
    BENCH_REQUIRE(
        GetProcessAffinityMask(GetCurrentProcess(), &allowed, &machine));
    BENCH_REQUIRE(
        SetProcessAffinityMask(GetCurrentProcess(), allowed & (~allowed + 1)));
}

void raw_start(void)
{
    WSADATA data;
    BENCH_REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    stay_on_one_cpu();
}

uint64_t raw_clock_ns(void)
{
    LARGE_INTEGER now;
    LARGE_INTEGER per_second;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&per_second);
    return (uint64_t)((double)now.QuadPart * 1e9 / (double)per_second.QuadPart);
}

int raw_error(void)
{
    return WSAGetLastError();
}

/* --- Sockets -------------------------------------------------------------- */

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

static SOCKET open_socket(int type)
{
    SOCKET s = socket(AF_INET, type, 0);
    BENCH_REQUIRE(s != INVALID_SOCKET);
    return s;
}

static SOCKET bound_socket(int type, uint16_t *port)
{
    struct sockaddr_in name = loopback(0);
    int length = sizeof name;
    SOCKET s = open_socket(type);
    BENCH_REQUIRE(bind(s, (struct sockaddr *)&name, length) == 0);
    BENCH_REQUIRE(getsockname(s, (struct sockaddr *)&name, &length) == 0);
    *port = ntohs(name.sin_port);
    return s;
}

static SOCKET connected_socket(uint16_t port)
{
    struct sockaddr_in name = loopback(port);
    SOCKET s = open_socket(SOCK_STREAM);
    BENCH_REQUIRE(connect(s, (struct sockaddr *)&name, sizeof name) == 0);
    return s;
}

static void reset_on_close(SOCKET s)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    BENCH_REQUIRE(setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&at_once,
                             sizeof at_once) == 0);
}

static void no_delay(SOCKET s)
{
    BOOL on = TRUE;
    BENCH_REQUIRE(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (const char *)&on,
                             sizeof on) == 0);
}

static void set_nonblocking(SOCKET s)
{
    u_long on = 1;
    BENCH_REQUIRE(ioctlsocket(s, (long)FIONBIO, &on) == 0);
}

intptr_t raw_listener(uint16_t *port)
{
    SOCKET s = bound_socket(SOCK_STREAM, port);
    BENCH_REQUIRE(listen(s, RAW_BACKLOG) == 0);
    return (intptr_t)s;
}

void raw_close(intptr_t s)
{
    BENCH_REQUIRE(closesocket((SOCKET)s) == 0);
}

/* --- Streams -------------------------------------------------------------- */

struct raw_pair raw_stream_pair(void)
{
    uint16_t port;
    intptr_t listener = raw_listener(&port);
    SOCKET near_end = connected_socket(port);
    SOCKET far_end = accept((SOCKET)listener, NULL, NULL);
    BENCH_REQUIRE(far_end != INVALID_SOCKET);
    no_delay(near_end);
    no_delay(far_end);
    raw_close(listener);
    return (struct raw_pair){{(intptr_t)near_end, (intptr_t)far_end}};
}

/* Ends when its connection does. */
static DWORD WINAPI echo(void *context)
{
    char bytes[sizeof room];
    int got;
    SOCKET s = (SOCKET)context;
    while ((got = recv(s, bytes, sizeof bytes, 0)) > 0)
        BENCH_REQUIRE(send(s, bytes, got, 0) == got);
    BENCH_REQUIRE(closesocket(s) == 0);
    return 0;
}

struct raw_pair raw_echo_pair(void)
{
    struct raw_pair pair = raw_stream_pair();
    HANDLE thread = CreateThread(NULL, 0, echo, (void *)pair.ends[1], 0, NULL);
    BENCH_REQUIRE(thread != NULL);
    BENCH_REQUIRE(CloseHandle(thread));
    pair.ends[1] = -1;
    return pair;
}

void raw_close_pair(const struct raw_pair *pair)
{
    if (pair->ends[1] >= 0)
        raw_close(pair->ends[1]);
    raw_close(pair->ends[0]);
}

void raw_reset_pair(const struct raw_pair *pair)
{
    reset_on_close((SOCKET)pair->ends[1]);
    raw_close_pair(pair);
}

void raw_stream_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const SOCKET near_end = (SOCKET)pair->ends[0];
    const SOCKET far_end = (SOCKET)pair->ends[1];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send(near_end, "x", 1, 0) == 1);
        BENCH_REQUIRE(recv(far_end, room, sizeof room, 0) == 1);
        BENCH_REQUIRE(send(far_end, "x", 1, 0) == 1);
        BENCH_REQUIRE(recv(near_end, room, sizeof room, 0) == 1);
    }
}

static DWORD send_two(SOCKET s)
{
    DWORD sent = 0;
    WSABUF pieces[2] = {{1, room}, {1, room + 1}};
    BENCH_REQUIRE(WSASend(s, pieces, 2, &sent, 0, NULL, NULL) == 0);
    return sent;
}

static DWORD recv_two(SOCKET s)
{
    DWORD received = 0;
    DWORD flags = 0;
    WSABUF pieces[2] = {{1, room}, {1, room + 1}};
    BENCH_REQUIRE(WSARecv(s, pieces, 2, &received, &flags, NULL, NULL) == 0);
    return received;
}

void raw_vector_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const SOCKET near_end = (SOCKET)pair->ends[0];
    const SOCKET far_end = (SOCKET)pair->ends[1];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send_two(near_end) == 2);
        BENCH_REQUIRE(recv_two(far_end) == 2);
        BENCH_REQUIRE(send_two(far_end) == 2);
        BENCH_REQUIRE(recv_two(near_end) == 2);
    }
}

void raw_echo_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const SOCKET s = (SOCKET)pair->ends[0];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send(s, "x", 1, 0) == 1);
        BENCH_REQUIRE(recv(s, room, sizeof room, 0) == 1);
    }
}

/* Windows has no way to say it per call, so the program asks first. */
static int recv_in_time(SOCKET s)
{
    struct timeval limit = {.tv_sec = RAW_LIMIT_MS / 1000};
    fd_set readable = {.fd_count = 1, .fd_array = {s}};
    if (select(0, &readable, NULL, NULL, &limit) != 1)
        return SOCKET_ERROR;
    return recv(s, room, sizeof room, 0);
}

void raw_polled_echo_round_trips(const struct raw_pair *pair, uint64_t count)
{
    const SOCKET s = (SOCKET)pair->ends[0];
    for (; count > 0; count--) {
        BENCH_REQUIRE(send(s, "x", 1, 0) == 1);
        BENCH_REQUIRE(recv_in_time(s) == 1);
    }
}

void raw_set_nonblocking(const struct raw_pair *pair)
{
    set_nonblocking((SOCKET)pair->ends[0]);
}

void raw_empty_receives(const struct raw_pair *pair, uint64_t count)
{
    const SOCKET s = (SOCKET)pair->ends[0];
    for (; count > 0; count--)
        BENCH_REQUIRE(recv(s, room, sizeof room, 0) == SOCKET_ERROR &&
                      WSAGetLastError() == WSAEWOULDBLOCK);
}

/* --- Crowds --------------------------------------------------------------- */

/* The other ends, in this process, which may have as many as it likes. */
static SOCKET *others;

struct raw_crowd raw_open_crowd(size_t count)
{
    struct raw_crowd crowd = {.count = count};
    crowd.sockets = calloc(count, sizeof *crowd.sockets);
    others = calloc(count, sizeof *others);
    BENCH_REQUIRE(crowd.sockets != NULL && others != NULL);
    for (size_t i = 0; i < count; i++) {
        struct raw_pair pair = raw_stream_pair();
        raw_set_nonblocking(&pair);
        crowd.sockets[i] = pair.ends[0];
        others[i] = (SOCKET)pair.ends[1];
    }
    return crowd;
}

void raw_close_crowd(const struct raw_crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++) {
        const struct raw_pair pair = {{crowd->sockets[i], (intptr_t)others[i]}};
        raw_reset_pair(&pair);
    }
    free(crowd->sockets);
    free(others);
}

void raw_prod(const struct raw_pair *pair)
{
    BENCH_REQUIRE(send((SOCKET)pair->ends[1], "x", 1, 0) == 1);
}

void raw_take(const struct raw_pair *pair)
{
    BENCH_REQUIRE(recv((SOCKET)pair->ends[1], room, sizeof room, 0) == 1);
}

void *raw_poll_entries(const intptr_t *sockets, size_t count)
{
    WSAPOLLFD *entries = calloc(count, sizeof *entries);
    BENCH_REQUIRE(entries != NULL);
    for (size_t i = 0; i < count; i++)
        entries[i] =
            (WSAPOLLFD){.fd = (SOCKET)sockets[i], .events = POLLRDNORM};
    return entries;
}

void raw_polls(void *entries, size_t size, uint64_t count)
{
    for (; count > 0; count--)
        BENCH_REQUIRE(WSAPoll(entries, (ULONG)size, -1) == 1);
}

/* --- Datagrams ------------------------------------------------------------ */

struct raw_pair raw_datagram_pair(void)
{
    uint16_t port;
    struct raw_pair pair;
    pair.ends[0] = (intptr_t)bound_socket(SOCK_DGRAM, &port);
    pair.ends[1] = (intptr_t)bound_socket(SOCK_DGRAM, &port);
    return pair;
}

static int recv_from_anybody(SOCKET s)
{
    struct sockaddr_storage from;
    int length = sizeof from;
    return recvfrom(s, room, sizeof room, 0, (struct sockaddr *)&from, &length);
}

void raw_datagrams(const struct raw_pair *pair, uint64_t count)
{
    struct sockaddr_in to;
    int length = sizeof to;
    const SOCKET near_end = (SOCKET)pair->ends[0];
    const SOCKET far_end = (SOCKET)pair->ends[1];
    BENCH_REQUIRE(getsockname(far_end, (struct sockaddr *)&to, &length) == 0);
    for (; count > 0; count--) {
        BENCH_REQUIRE(
            sendto(near_end, "x", 1, 0, (struct sockaddr *)&to, length) == 1);
        BENCH_REQUIRE(recv_from_anybody(far_end) == 1);
    }
}

/* --- Connections ---------------------------------------------------------- */

static SOCKET dialed[RAW_BATCH];

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
        raw_close((intptr_t)dialed[i]);
}

void raw_drain(intptr_t listener, uint64_t count)
{
    for (; count > 0; count--) {
        SOCKET s = accept((SOCKET)listener, NULL, NULL);
        BENCH_REQUIRE(s != INVALID_SOCKET);
        reset_on_close(s);
        raw_close((intptr_t)s);
    }
}

static SOCKET held[RAW_BATCH];

void raw_accepts(intptr_t listener, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct sockaddr_storage peer;
        int length = sizeof peer;
        SOCKET s = accept((SOCKET)listener, (struct sockaddr *)&peer, &length);
        BENCH_REQUIRE(s != INVALID_SOCKET);
        held[i] = s;
    }
}

void raw_uninherited_accepts(intptr_t listener, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct sockaddr_storage peer;
        int length = sizeof peer;
        SOCKET s = accept((SOCKET)listener, (struct sockaddr *)&peer, &length);
        BENCH_REQUIRE(s != INVALID_SOCKET);
        BENCH_REQUIRE(SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, 0));
        held[i] = s;
    }
}

void raw_connects(uint16_t port, uint64_t count)
{
    const struct sockaddr_in name = loopback(port);
    for (uint64_t i = 0; i < count; i++) {
        SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
        BENCH_REQUIRE(s != INVALID_SOCKET);
        BENCH_REQUIRE(connect(s, (const struct sockaddr *)&name, sizeof name) ==
                      0);
        held[i] = s;
    }
}

/* Whether an attempt that was begun ends well in time. */
static _Bool connect_in_time(SOCKET s, const struct sockaddr_in *name)
{
    struct timeval limit = {.tv_sec = RAW_LIMIT_MS / 1000};
    fd_set decided = {.fd_count = 1, .fd_array = {s}};
    fd_set failed = decided;
    if (connect(s, (const struct sockaddr *)name, sizeof *name) == 0)
        return 1;
    return WSAGetLastError() == WSAEWOULDBLOCK &&
           select(0, NULL, &decided, &failed, &limit) == 1 &&
           decided.fd_count == 1;
}

void raw_polled_connects(uint16_t port, uint64_t count)
{
    const struct sockaddr_in name = loopback(port);
    for (uint64_t i = 0; i < count; i++) {
        SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
        BENCH_REQUIRE(s != INVALID_SOCKET);
        set_nonblocking(s);
        BENCH_REQUIRE(connect_in_time(s, &name));
        held[i] = s;
    }
}

void raw_closes(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        BENCH_REQUIRE(closesocket(held[i]) == 0);
}

intptr_t raw_held(uint64_t index)
{
    return (intptr_t)held[index];
}

void raw_hold(uint64_t index, intptr_t s)
{
    held[index] = (SOCKET)s;
}
