/* bsd.c: the calls of POSIX, as psock-bsd has them on Windows, beside the raw ones.
 * Elsewhere they are the system's own, and the ratio is 1. */
#include "harness.h"
#include "raw.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define POLLED 8

static char room[64];

static struct raw_pair raw;
static struct raw_pair raw_again;
static int ours[2];

/* --- Streams -------------------------------------------------------------- */

static struct sockaddr_in loopback(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

static void bind_to_loopback(int fd, struct sockaddr_in *name)
{
    socklen_t length = sizeof *name;
    *name = loopback();
    BENCH_REQUIRE(bind(fd, (struct sockaddr *)name, sizeof *name) == 0);
    BENCH_REQUIRE(getsockname(fd, (struct sockaddr *)name, &length) == 0);
}

static void connect_ours(void)
{
    struct sockaddr_in name;
    int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    bind_to_loopback(listener, &name);
    BENCH_REQUIRE(listen(listener, 1) == 0);
    ours[0] = socket(AF_INET, SOCK_STREAM, 0);
    BENCH_REQUIRE(connect(ours[0], (struct sockaddr *)&name, sizeof name) == 0);
    ours[1] = accept(listener, NULL, NULL);
    BENCH_REQUIRE(ours[1] >= 0 && close(listener) == 0);
    for (int i = 0; i < 2; i++)
        BENCH_REQUIRE(
            setsockopt(ours[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
}

static void make_streams(void)
{
    raw = raw_stream_pair();
    raw_again = raw_stream_pair();
    connect_ours();
}

static void close_all(void)
{
    close(ours[0]);
    close(ours[1]);
    raw_close_pair(&raw_again);
    raw_close_pair(&raw);
}

static void raw_trips(const void *pair, uint64_t count)
{
    raw_stream_round_trips(pair, count);
}

static void trips(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        BENCH_REQUIRE(send(ours[0], "x", 1, 0) == 1);
        BENCH_REQUIRE(recv(ours[1], room, sizeof room, 0) == 1);
        BENCH_REQUIRE(send(ours[1], "x", 1, 0) == 1);
        BENCH_REQUIRE(recv(ours[0], room, sizeof room, 0) == 1);
    }
}

static void file_trips(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        BENCH_REQUIRE(write(ours[0], "x", 1) == 1);
        BENCH_REQUIRE(read(ours[1], room, sizeof room) == 1);
        BENCH_REQUIRE(write(ours[1], "x", 1) == 1);
        BENCH_REQUIRE(read(ours[0], room, sizeof room) == 1);
    }
}

static const struct bench_variant stream_variants[] = {
    {"raw", raw_trips, &raw, 0, 0},
    {"raw again", raw_trips, &raw_again, 0, 0},
    {"send(), recv()", trips, NULL, 1.10, 0},
    {"write(), read()", file_trips, NULL, 1.10, 0},
};

/* --- Datagrams ------------------------------------------------------------ */

static struct sockaddr_in destination;

static void make_datagrams(void)
{
    struct sockaddr_in name;
    raw = raw_datagram_pair();
    raw_again = raw_datagram_pair();
    ours[0] = socket(AF_INET, SOCK_DGRAM, 0);
    ours[1] = socket(AF_INET, SOCK_DGRAM, 0);
    bind_to_loopback(ours[0], &name);
    bind_to_loopback(ours[1], &destination);
}

static void raw_datagram_trips(const void *pair, uint64_t count)
{
    raw_datagrams(pair, count);
}

static void datagram_trips(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        BENCH_REQUIRE(sendto(ours[0], "x", 1, 0,
                             (struct sockaddr *)&destination,
                             sizeof destination) == 1);
        BENCH_REQUIRE(recvfrom(ours[1], room, sizeof room, 0,
                               (struct sockaddr *)&from, &length) == 1);
    }
}

static const struct bench_variant datagram_variants[] = {
    {"raw", raw_datagram_trips, &raw, 0, 0},
    {"raw again", raw_datagram_trips, &raw_again, 0, 0},
    {"sendto(), recvfrom()", datagram_trips, NULL, 1.10, 0},
};

/* --- Waiting for one of several --------------------------------------------- */

static void *raw_entries;
static struct raw_pair polled_pairs[POLLED];
static struct pollfd entries[POLLED];
static int ours_polled[POLLED][2];

/* The last of them has something to read. */
static void make_polled(void)
{
    intptr_t sockets[POLLED];
    for (int i = 0; i < POLLED; i++) {
        polled_pairs[i] = raw_stream_pair();
        sockets[i] = polled_pairs[i].ends[0];
        connect_ours();
        ours_polled[i][0] = ours[0];
        ours_polled[i][1] = ours[1];
        entries[i] = (struct pollfd){.fd = ours[0], .events = POLLIN};
    }
    raw_prod(&polled_pairs[POLLED - 1]);
    BENCH_REQUIRE(send(ours[1], "x", 1, 0) == 1);
    raw_entries = raw_poll_entries(sockets, POLLED);
}

static void close_polled(void)
{
    free(raw_entries);
    for (int i = 0; i < POLLED; i++) {
        raw_close_pair(&polled_pairs[i]);
        close(ours_polled[i][0]);
        close(ours_polled[i][1]);
    }
}

static void raw_poll_trips(const void *context, uint64_t count)
{
    (void)context;
    raw_polls(raw_entries, POLLED, count);
}

static void polls(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--)
        BENCH_REQUIRE(poll(entries, POLLED, -1) == 1);
}

static const struct bench_variant poll_variants[] = {
    {"raw", raw_poll_trips, NULL, 0, 0},
    {"raw again", raw_poll_trips, NULL, 0, 0},
    {"poll()", polls, NULL, 1.10, 0},
};

static const struct bench_group groups[] = {
    {.name = "bsd-stream",
     .operation = "send and receive one byte by TCP, there and back",
     .calls = 4,
     .slack = 0.02,
     .prepare = make_streams,
     .dispose = close_all,
     .variants = stream_variants,
     .variant_count = COUNT_OF(stream_variants)},
    {.name = "bsd-datagram",
     .operation = "send and receive one byte by UDP, with addresses",
     .calls = 2,
     .slack = 0.02,
     .prepare = make_datagrams,
     .dispose = close_all,
     .variants = datagram_variants,
     .variant_count = COUNT_OF(datagram_variants)},
    {.name = "bsd-poll",
     .operation = "wait for 8 streams of which one is readable",
     .calls = 1,
     .slack = 0.02,
     .prepare = make_polled,
     .dispose = close_polled,
     .variants = poll_variants,
     .variant_count = COUNT_OF(poll_variants)},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, groups, COUNT_OF(groups));
}
