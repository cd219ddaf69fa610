/* win32_raw_message.c: see raw_message.h. */
#include "raw_message.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* Headers of older toolchains lack these. */
#ifndef IP_ECN
#define IP_ECN 50
#endif
#ifndef UDP_SEND_MSG_SIZE
#define UDP_SEND_MSG_SIZE 2
#endif
#ifndef UDP_RECV_MAX_COALESCED_SIZE
#define UDP_RECV_MAX_COALESCED_SIZE 3
#endif
#ifndef UDP_COALESCED_INFO
#define UDP_COALESCED_INFO 3
#endif

#define CONTROL_ROOM 256

/* What a program keeps of what it is told. */
struct told {
    unsigned what;
    DWORD interface_index;
    IN_ADDR local;
    int traffic_class;
    int hops;
    DWORD segment_size;
};

struct control {
    _Alignas(WSACMSGHDR) char bytes[CONTROL_ROOM];
};

struct raw_prepared {
    SOCKET near_end;
    SOCKET far_end;
    struct sockaddr_in to;
    INT to_length; /* 0 for the connected peer */
    WSABUF sent[RAW_ROW_MAX];
    WSABUF got[RAW_ROW_MAX];
    SOCKADDR_STORAGE from[RAW_ROW_MAX];
    struct control controls[RAW_ROW_MAX];
    struct told told[RAW_ROW_MAX];
};

_Alignas(RAW_PAGE) char raw_data[RAW_JOINED_ROOM];
_Alignas(RAW_PAGE) char raw_room[RAW_ROW_MAX * RAW_ROOM];

/* The macros of the toolchain's headers do the same with warnings. */
#define ITEM_ALIGNMENT _Alignof(WSACMSGHDR)
#define ITEM_LENGTH(size) (sizeof(WSACMSGHDR) + (size))
#define ITEM_SPACE(size)                                                       \
    ((ITEM_LENGTH(size) + ITEM_ALIGNMENT - 1) & ~(ITEM_ALIGNMENT - 1))

/* No function of the library by name. */
static LPFN_WSARECVMSG receive_function;

/* --- Preparing ------------------------------------------------------------ */

static void find_receive_function(SOCKET s)
{
    GUID id = WSAID_WSARECVMSG;
    DWORD size = 0;
    BENCH_REQUIRE(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id,
                           sizeof id, &receive_function,
                           sizeof receive_function, &size, NULL, NULL) == 0);
}

static _Bool set(SOCKET s, int level, int option, DWORD value)
{
    return setsockopt(s, level, option, (const char *)&value, sizeof value) ==
           0;
}

static const struct {
    unsigned feature;
    int level;
    int option;
    DWORD value;
} options[] = {
    {RAW_LOCAL, IPPROTO_IP, IP_PKTINFO, 1},
    {RAW_CLASS, IPPROTO_IP, IP_RECVTOS, 1},
    {RAW_HOPS, IPPROTO_IP, IP_RECVTTL, 1},
    {RAW_JOINS, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, RAW_JOINED_ROOM},
};

static unsigned set_options(SOCKET s, unsigned features)
{
    unsigned done = 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if ((features & options[i].feature) != 0 &&
            set(s, options[i].level, options[i].option, options[i].value))
            done |= options[i].feature;
    return done;
}

/* Whether control data count in sending: Wine takes them and does nothing. */
static _Bool heeds_control(void)
{
    struct raw_row row = {.count = 1, .features = RAW_HOPS};
    raw_open_row(&row);
    raw_want(&row);
    raw_with_rows(&row, 1);
    raw_told_rows(&row, 1);
    const _Bool heeds = row.own->told[0].hops == RAW_SENT_HOPS;
    raw_close_row(&row);
    return heeds;
}

unsigned raw_features(void)
{
    const struct raw_pair pair = raw_datagram_pair();
    unsigned features = set_options(
        (SOCKET)pair.ends[1], RAW_LOCAL | RAW_CLASS | RAW_HOPS | RAW_JOINS);
    features |= set((SOCKET)pair.ends[0], IPPROTO_UDP, UDP_SEND_MSG_SIZE, 0)
                    ? RAW_CUTS
                    : RAW_REFUSES;
    raw_close_pair(&pair);
    if ((features & RAW_HOPS) != 0 && heeds_control())
        features |= RAW_SENDS;
    return features;
}

static struct sockaddr_in name_of(SOCKET s)
{
    struct sockaddr_in name;
    int length = sizeof name;
    BENCH_REQUIRE(getsockname(s, (struct sockaddr *)&name, &length) == 0);
    return name;
}

static void connect_to(SOCKET s, const struct sockaddr_in *name)
{
    BENCH_REQUIRE(connect(s, (const struct sockaddr *)name, sizeof *name) == 0);
}

static void connect_both(struct raw_prepared *own)
{
    const struct sockaddr_in back = name_of(own->near_end);
    connect_to(own->near_end, &own->to);
    connect_to(own->far_end, &back);
}

void raw_open_row(struct raw_row *row)
{
    struct raw_prepared *own = calloc(1, sizeof *own);
    BENCH_REQUIRE(own != NULL && row->count <= RAW_ROW_MAX);
    row->own = own;
    row->pair = raw_datagram_pair();
    own->near_end = (SOCKET)row->pair.ends[0];
    own->far_end = (SOCKET)row->pair.ends[1];
    own->to = name_of(own->far_end);
    own->to_length = row->connected ? 0 : sizeof own->to;
    if (row->connected)
        connect_both(own);
    find_receive_function(own->far_end);
    for (size_t i = 0; i < RAW_ROW_MAX; i++) {
        own->sent[i] =
            (WSABUF){RAW_DATAGRAM, raw_data + i % RAW_SEGMENTS * RAW_DATAGRAM};
        own->got[i] = (WSABUF){RAW_ROOM, raw_room + i * RAW_ROOM};
    }
}

void raw_want(const struct raw_row *row)
{
    const unsigned told = RAW_LOCAL | RAW_CLASS | RAW_HOPS | RAW_JOINS;
    BENCH_REQUIRE(set_options(row->own->far_end, row->features) ==
                  (row->features & told));
}

void raw_close_row(struct raw_row *row)
{
    raw_close_pair(&row->pair);
    free(row->own);
    row->own = NULL;
}

/* --- One by one ----------------------------------------------------------- */

static void receive_plainly(struct raw_prepared *own, size_t i)
{
    int length = sizeof own->from[i];
    BENCH_REQUIRE(recvfrom(own->far_end, own->got[i].buf, RAW_ROOM, 0,
                           (struct sockaddr *)&own->from[i],
                           &length) == RAW_DATAGRAM);
}

static void plain_row(struct raw_prepared *own, size_t count)
{
    for (size_t i = 0; i < count; i++)
        BENCH_REQUIRE(sendto(own->near_end, own->sent[i].buf, RAW_DATAGRAM, 0,
                             (const struct sockaddr *)&own->to,
                             sizeof own->to) == RAW_DATAGRAM);
    for (size_t i = 0; i < count; i++)
        receive_plainly(own, i);
}

void raw_plain_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--)
        plain_row(row->own, row->count);
}

static void connected_row(struct raw_prepared *own, size_t count)
{
    for (size_t i = 0; i < count; i++)
        BENCH_REQUIRE(send(own->near_end, own->sent[i].buf, RAW_DATAGRAM, 0) ==
                      RAW_DATAGRAM);
    for (size_t i = 0; i < count; i++)
        BENCH_REQUIRE(recv(own->far_end, own->got[i].buf, RAW_ROOM, 0) ==
                      RAW_DATAGRAM);
}

void raw_connected_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--)
        connected_row(row->own, row->count);
}

static void send_message(struct raw_prepared *own, WSABUF *piece,
                         WSABUF control)
{
    DWORD sent = 0;
    WSAMSG message = {.name = own->to_length == 0 ? NULL
                                                  : (struct sockaddr *)&own->to,
                      .namelen = own->to_length,
                      .lpBuffers = piece,
                      .dwBufferCount = 1,
                      .Control = control};
    BENCH_REQUIRE(WSASendMsg(own->near_end, &message, 0, &sent, NULL, NULL) ==
                      0 &&
                  sent == piece->len);
}

/* Returns the bytes of data; the message has the control data. */
static DWORD receive_message(struct raw_prepared *own, size_t i, WSABUF piece,
                             WSAMSG *message)
{
    DWORD size = 0;
    message->name = (struct sockaddr *)&own->from[i];
    message->namelen = sizeof own->from[i];
    message->lpBuffers = &piece;
    message->dwBufferCount = 1;
    message->dwFlags = 0;
    BENCH_REQUIRE(receive_function(own->far_end, message, &size, NULL, NULL) ==
                      0 &&
                  (message->dwFlags & (MSG_TRUNC | MSG_CTRUNC)) == 0);
    return size;
}

static void send_row(const struct raw_row *row)
{
    const WSABUF nothing = {0, NULL};
    for (size_t i = 0; i < row->count; i++)
        send_message(row->own, &row->own->sent[i], nothing);
}

static void receive_row(const struct raw_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        WSAMSG message = {.Control = {0, NULL}};
        BENCH_REQUIRE(receive_message(row->own, i, row->own->got[i],
                                      &message) == RAW_DATAGRAM);
    }
}

void raw_message_rows(const void *context, uint64_t count)
{
    for (; count > 0; count--) {
        send_row(context);
        receive_row(context);
    }
}

/* --- Many in one call: there is none -------------------------------------- */

void raw_batch_rows(const void *context, uint64_t count)
{
    raw_message_rows(context, count);
}

void raw_fill_rows(const void *context, uint64_t count)
{
    for (; count > 0; count--)
        send_row(context);
}

void raw_drain_rows(const void *context, uint64_t count)
{
    for (; count > 0; count--)
        receive_row(context);
}

/* --- Control data --------------------------------------------------------- */

static void keep(struct told *told, WSACMSGHDR *item)
{
    IN_PKTINFO arrival;
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
        memcpy(&arrival, WSA_CMSG_DATA(item), sizeof arrival);
        told->local = arrival.ipi_addr;
        told->interface_index = arrival.ipi_ifindex;
        told->what |= RAW_LOCAL;
    } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TOS) {
        memcpy(&told->traffic_class, WSA_CMSG_DATA(item), sizeof(int));
        told->what |= RAW_CLASS;
    } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TTL) {
        memcpy(&told->hops, WSA_CMSG_DATA(item), sizeof(int));
        told->what |= RAW_HOPS;
    } else if (item->cmsg_level == IPPROTO_UDP &&
               item->cmsg_type == UDP_COALESCED_INFO) {
        memcpy(&told->segment_size, WSA_CMSG_DATA(item), sizeof(DWORD));
        told->what |= RAW_JOINS;
    }
}

static void keep_all(struct told *told, const WSABUF *control)
{
    told->what = 0;
    for (size_t at = 0; at + sizeof(WSACMSGHDR) <= control->len;) {
        WSACMSGHDR *item = (WSACMSGHDR *)(void *)(control->buf + at);
        keep(told, item);
        at += ITEM_SPACE(item->cmsg_len - sizeof *item);
    }
}

static DWORD receive_told(struct raw_prepared *own, size_t i, WSABUF piece)
{
    WSAMSG message = {.Control = {CONTROL_ROOM, own->controls[i].bytes}};
    DWORD size = receive_message(own, i, piece, &message);
    keep_all(&own->told[i], &message.Control);
    return size;
}

static void told_row(const struct raw_row *row)
{
    struct raw_prepared *own = row->own;
    for (size_t i = 0; i < row->count; i++)
        BENCH_REQUIRE(receive_told(own, i, own->got[i]) == RAW_DATAGRAM &&
                      own->told[i].what == row->features);
}

void raw_told_rows(const void *context, uint64_t count)
{
    for (; count > 0; count--)
        told_row(context);
}

void raw_told_batch_rows(const void *context, uint64_t count)
{
    raw_told_rows(context, count);
}

/* Appends an item to the control data, whose room is all there. */
static void put(WSABUF *control, int level, int type, const void *data,
                size_t size)
{
    WSACMSGHDR *item = (WSACMSGHDR *)(void *)(control->buf + control->len);
    item->cmsg_level = level;
    item->cmsg_type = type;
    item->cmsg_len = ITEM_LENGTH(size);
    memcpy(WSA_CMSG_DATA(item), data, size);
    control->len += (ULONG)ITEM_SPACE(size);
}

static void put_features(WSABUF *control, unsigned features)
{
    const int ecn = RAW_ECN;
    const int hops = RAW_SENT_HOPS;
    if ((features & RAW_LOCAL) != 0) {
        IN_PKTINFO local = {.ipi_ifindex = 0};
        local.ipi_addr.s_addr = htonl(INADDR_LOOPBACK);
        put(control, IPPROTO_IP, IP_PKTINFO, &local, sizeof local);
    }
    if ((features & RAW_CLASS) != 0)
        put(control, IPPROTO_IP, IP_ECN, &ecn, sizeof ecn);
    if ((features & RAW_HOPS) != 0)
        put(control, IPPROTO_IP, IP_HOPLIMIT, &hops, sizeof hops);
}

void raw_with_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--)
        for (size_t i = 0; i < row->count; i++) {
            struct control room;
            WSABUF control = {0, room.bytes};
            put_features(&control, row->features);
            send_message(row->own, &row->own->sent[i], control);
        }
}

/* --- Rows in one message -------------------------------------------------- */

static void send_cut(struct raw_prepared *own, size_t count)
{
    const DWORD size = RAW_DATAGRAM;
    struct control room;
    WSABUF control = {0, room.bytes};
    WSABUF piece = {(ULONG)(count * RAW_DATAGRAM), raw_data};
    put(&control, IPPROTO_UDP, UDP_SEND_MSG_SIZE, &size, sizeof size);
    send_message(own, &piece, control);
}

void raw_cut_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--) {
        send_cut(row->own, row->count);
        for (size_t i = 0; i < row->count; i++)
            receive_plainly(row->own, i);
    }
}

/* Looks at where each datagram lies, and how long it is. */
static size_t look_at(const struct told *told, size_t size)
{
    const size_t step =
        (told->what & RAW_JOINS) != 0 ? told->segment_size : size;
    size_t found = 0;
    for (size_t at = 0; at < size; at += step) {
        const size_t left = size - at;
        BENCH_REQUIRE((left < step ? left : step) == RAW_DATAGRAM &&
                      raw_room[at] == 0);
        found++;
    }
    return found;
}

static void receive_joined(struct raw_prepared *own, size_t count)
{
    const WSABUF piece = {RAW_JOINED_ROOM, raw_room};
    while (count > 0) {
        size_t size = receive_told(own, 0, piece);
        size_t found = look_at(&own->told[0], size);
        BENCH_REQUIRE(found > 0 && found <= count);
        count -= found;
    }
}

void raw_joined_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--) {
        send_cut(row->own, row->count);
        receive_joined(row->own, row->count);
    }
}
