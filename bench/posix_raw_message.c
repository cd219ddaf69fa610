/* posix_raw_message.c: see raw_message.h. */
#define _GNU_SOURCE /* sendmmsg, recvmmsg, struct in_pktinfo */

#include "raw_message.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "harness.h"

/* For all that is told of one datagram, and more. */
#define CONTROL_ROOM 256

/* What a program keeps of what it is told. */
struct told {
    unsigned what;
    unsigned interface_index;
    struct in_addr local;
    uint8_t traffic_class;
    uint8_t hops;
    uint16_t segment_size;
    int64_t time_ns;
};

struct control {
    _Alignas(struct cmsghdr) char bytes[CONTROL_ROOM];
};

struct raw_prepared {
    int near;
    int far;
    struct sockaddr_in to;
    socklen_t to_length; /* 0 for the connected peer */
    struct iovec sent_pieces[RAW_ROW_MAX];
    struct mmsghdr sent[RAW_ROW_MAX];
    struct iovec got_pieces[RAW_ROW_MAX];
    struct mmsghdr got[RAW_ROW_MAX];
    struct sockaddr_storage from[RAW_ROW_MAX];
    struct control controls[RAW_ROW_MAX];
    struct told told[RAW_ROW_MAX];
};

_Alignas(RAW_PAGE) char raw_data[RAW_JOINED_ROOM];
_Alignas(RAW_PAGE) char raw_room[RAW_ROW_MAX * RAW_ROOM];

_Static_assert(RAW_SEGMENTS *RAW_DATAGRAM <= RAW_JOINED_ROOM &&
                   RAW_JOINED_ROOM <= RAW_ROW_MAX * RAW_ROOM,
               "what is joined fits");

/* --- Preparing ------------------------------------------------------------ */

static int can_cut(int s)
{
    int size = 0;
    return setsockopt(s, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) == 0;
}

static int switch_on(int s, int level, int option)
{
    int on = 1;
    return setsockopt(s, level, option, &on, sizeof on) == 0;
}

unsigned raw_features(void)
{
    const struct raw_pair pair = raw_datagram_pair();
    unsigned features = RAW_LOCAL | RAW_CLASS | RAW_HOPS | RAW_TIME | RAW_SENDS;
    if (can_cut((int)pair.ends[0]))
        features |= RAW_CUTS | RAW_REFUSES;
    if (switch_on((int)pair.ends[1], IPPROTO_UDP, UDP_GRO))
        features |= RAW_JOINS;
    raw_close_pair(&pair);
    return features;
}

static struct sockaddr_in name_of(int s)
{
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    BENCH_REQUIRE(getsockname(s, (struct sockaddr *)&name, &length) == 0);
    return name;
}

static void connect_to(int s, const struct sockaddr_in *name)
{
    BENCH_REQUIRE(connect(s, (const struct sockaddr *)name, sizeof *name) == 0);
}

static void connect_both(struct raw_prepared *own)
{
    const struct sockaddr_in back = name_of(own->near);
    connect_to(own->near, &own->to);
    connect_to(own->far, &back);
}

/* Each datagram from its own place, as each has its own data. */
static void prepare_sending(struct raw_prepared *own, size_t i)
{
    own->sent_pieces[i] =
        (struct iovec){.iov_base = raw_data + i % RAW_SEGMENTS * RAW_DATAGRAM,
                       .iov_len = RAW_DATAGRAM};
    own->sent[i].msg_hdr =
        (struct msghdr){.msg_name = own->to_length == 0 ? NULL : &own->to,
                        .msg_namelen = own->to_length,
                        .msg_iov = &own->sent_pieces[i],
                        .msg_iovlen = 1};
}

static void prepare_receiving(struct raw_prepared *own, size_t i)
{
    own->got_pieces[i] = (struct iovec){.iov_base = raw_room + i * RAW_ROOM,
                                        .iov_len = RAW_ROOM};
    own->got[i].msg_hdr = (struct msghdr){.msg_name = &own->from[i],
                                          .msg_iov = &own->got_pieces[i],
                                          .msg_iovlen = 1};
}

/* No checksums and no cutting: the system does not do the one without the other.
 */
static void refuse_to_cut(int s)
{
    BENCH_REQUIRE(switch_on(s, SOL_SOCKET, SO_NO_CHECK));
}

void raw_open_row(struct raw_row *row)
{
    struct raw_prepared *own = calloc(1, sizeof *own);
    BENCH_REQUIRE(own != NULL && row->count <= RAW_ROW_MAX);
    row->own = own;
    row->pair = raw_datagram_pair();
    own->near = (int)row->pair.ends[0];
    own->far = (int)row->pair.ends[1];
    own->to = name_of(own->far);
    own->to_length = row->connected ? 0 : sizeof own->to;
    if (row->connected)
        connect_both(own);
    if ((row->features & RAW_REFUSES) != 0)
        refuse_to_cut(own->near);
    for (size_t i = 0; i < RAW_ROW_MAX; i++) {
        prepare_sending(own, i);
        prepare_receiving(own, i);
    }
}

void raw_want(const struct raw_row *row)
{
    static const struct {
        unsigned feature;
        int level;
        int option;
    } options[] = {
        {RAW_LOCAL, IPPROTO_IP, IP_PKTINFO},
        {RAW_CLASS, IPPROTO_IP, IP_RECVTOS},
        {RAW_HOPS, IPPROTO_IP, IP_RECVTTL},
        {RAW_TIME, SOL_SOCKET, SO_TIMESTAMPNS},
        {RAW_JOINS, IPPROTO_UDP, UDP_GRO},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if ((row->features & options[i].feature) != 0)
            BENCH_REQUIRE(
                switch_on(row->own->far, options[i].level, options[i].option));
}

void raw_close_row(struct raw_row *row)
{
    raw_close_pair(&row->pair);
    free(row->own);
    row->own = NULL;
}

/* --- One by one ----------------------------------------------------------- */

static void plain_row(struct raw_prepared *own, size_t count)
{
    for (size_t i = 0; i < count; i++)
        BENCH_REQUIRE(sendto(own->near, own->sent_pieces[i].iov_base,
                             RAW_DATAGRAM, MSG_NOSIGNAL,
                             (const struct sockaddr *)&own->to,
                             sizeof own->to) == RAW_DATAGRAM);
    for (size_t i = 0; i < count; i++) {
        socklen_t length = sizeof own->from[i];
        BENCH_REQUIRE(recvfrom(own->far, own->got_pieces[i].iov_base, RAW_ROOM,
                               0, (struct sockaddr *)&own->from[i],
                               &length) == RAW_DATAGRAM);
    }
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
        BENCH_REQUIRE(send(own->near, own->sent_pieces[i].iov_base,
                           RAW_DATAGRAM, MSG_NOSIGNAL) == RAW_DATAGRAM);
    for (size_t i = 0; i < count; i++)
        BENCH_REQUIRE(recv(own->far, own->got_pieces[i].iov_base, RAW_ROOM,
                           0) == RAW_DATAGRAM);
}

void raw_connected_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--)
        connected_row(row->own, row->count);
}

static void receive_message(struct raw_prepared *own, size_t i)
{
    struct iovec piece = {.iov_base = raw_room + i * RAW_ROOM,
                          .iov_len = RAW_ROOM};
    struct msghdr message = {.msg_name = &own->from[i],
                             .msg_namelen = sizeof own->from[i],
                             .msg_iov = &piece,
                             .msg_iovlen = 1};
    BENCH_REQUIRE(recvmsg(own->far, &message, 0) == RAW_DATAGRAM &&
                  (message.msg_flags & MSG_TRUNC) == 0);
}

static void send_message(struct raw_prepared *own, size_t i)
{
    struct iovec piece = {.iov_base = own->sent_pieces[i].iov_base,
                          .iov_len = RAW_DATAGRAM};
    struct msghdr message = {.msg_name = own->to_length == 0 ? NULL : &own->to,
                             .msg_namelen = own->to_length,
                             .msg_iov = &piece,
                             .msg_iovlen = 1};
    BENCH_REQUIRE(sendmsg(own->near, &message, MSG_NOSIGNAL) == RAW_DATAGRAM);
}

void raw_message_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--) {
        for (size_t i = 0; i < row->count; i++)
            send_message(row->own, i);
        for (size_t i = 0; i < row->count; i++)
            receive_message(row->own, i);
    }
}

/* --- Many in one call ----------------------------------------------------- */

static void send_batch(struct raw_prepared *own, size_t count)
{
    BENCH_REQUIRE(sendmmsg(own->near, own->sent, (unsigned)count,
                           MSG_NOSIGNAL) == (int)count);
    for (size_t i = 0; i < count; i++)
        BENCH_REQUIRE(own->sent[i].msg_len == RAW_DATAGRAM);
}

static void receive_batch(struct raw_prepared *own, size_t count)
{
    for (size_t i = 0; i < count; i++)
        own->got[i].msg_hdr.msg_namelen = sizeof own->from[i];
    BENCH_REQUIRE(recvmmsg(own->far, own->got, (unsigned)count, MSG_WAITFORONE,
                           NULL) == (int)count);
    for (size_t i = 0; i < count; i++)
        BENCH_REQUIRE(own->got[i].msg_len == RAW_DATAGRAM &&
                      (own->got[i].msg_hdr.msg_flags & MSG_TRUNC) == 0);
}

void raw_batch_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--) {
        send_batch(row->own, row->count);
        receive_batch(row->own, row->count);
    }
}

void raw_fill_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--)
        send_batch(row->own, row->count);
}

void raw_drain_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--)
        receive_batch(row->own, row->count);
}

/* --- Control data --------------------------------------------------------- */

static void keep(struct told *told, struct cmsghdr *item)
{
    struct in_pktinfo arrival;
    struct timespec time;
    int number;
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
        memcpy(&arrival, CMSG_DATA(item), sizeof arrival);
        told->local = arrival.ipi_addr;
        told->interface_index = (unsigned)arrival.ipi_ifindex;
        told->what |= RAW_LOCAL;
    } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TOS) {
        told->traffic_class = *CMSG_DATA(item);
        told->what |= RAW_CLASS;
    } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TTL) {
        memcpy(&number, CMSG_DATA(item), sizeof number);
        told->hops = (uint8_t)number;
        told->what |= RAW_HOPS;
    } else if (item->cmsg_level == SOL_SOCKET &&
               item->cmsg_type == SO_TIMESTAMPNS) {
        memcpy(&time, CMSG_DATA(item), sizeof time);
        told->time_ns = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
        told->what |= RAW_TIME;
    } else if (item->cmsg_level == IPPROTO_UDP && item->cmsg_type == UDP_GRO) {
        memcpy(&number, CMSG_DATA(item), sizeof number);
        told->segment_size = (uint16_t)number;
        told->what |= RAW_JOINS;
    }
}

static void keep_all(struct told *told, struct msghdr *message)
{
    told->what = 0;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item != NULL;
         item = CMSG_NXTHDR(message, item))
        keep(told, item);
}

/* Returns the bytes of data. */
static size_t receive_told(struct raw_prepared *own, size_t i, size_t room)
{
    struct iovec piece = {.iov_base = raw_room + i * RAW_ROOM, .iov_len = room};
    struct msghdr message = {.msg_name = &own->from[i],
                             .msg_namelen = sizeof own->from[i],
                             .msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = own->controls[i].bytes,
                             .msg_controllen = sizeof own->controls[i]};
    ssize_t got = recvmsg(own->far, &message, 0);
    BENCH_REQUIRE(got > 0 &&
                  (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0);
    keep_all(&own->told[i], &message);
    return (size_t)got;
}

static void told_row(const struct raw_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        BENCH_REQUIRE(receive_told(row->own, i, RAW_ROOM) == RAW_DATAGRAM &&
                      row->own->told[i].what == row->features);
}

void raw_told_rows(const void *context, uint64_t count)
{
    for (; count > 0; count--)
        told_row(context);
}

static void make_room(struct raw_prepared *own, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct msghdr *message = &own->got[i].msg_hdr;
        message->msg_namelen = sizeof own->from[i];
        message->msg_control = own->controls[i].bytes;
        message->msg_controllen = sizeof own->controls[i];
    }
}

static void told_batch(const struct raw_row *row)
{
    struct raw_prepared *own = row->own;
    make_room(own, row->count);
    BENCH_REQUIRE(recvmmsg(own->far, own->got, (unsigned)row->count,
                           MSG_WAITFORONE, NULL) == (int)row->count);
    for (size_t i = 0; i < row->count; i++) {
        struct mmsghdr *got = &own->got[i];
        BENCH_REQUIRE(got->msg_len == RAW_DATAGRAM &&
                      (got->msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0);
        keep_all(&own->told[i], &got->msg_hdr);
        BENCH_REQUIRE(own->told[i].what == row->features);
    }
}

void raw_told_batch_rows(const void *context, uint64_t count)
{
    for (; count > 0; count--)
        told_batch(context);
}

/* Puts an item in front of `next`, and returns what comes after it. */
static struct cmsghdr *put(struct msghdr *message, struct cmsghdr *next,
                           int level, int type, const void *data, size_t size)
{
    next->cmsg_level = level;
    next->cmsg_type = type;
    next->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(next), data, size);
    message->msg_controllen += CMSG_SPACE(size);
    return (struct cmsghdr *)((char *)next + CMSG_SPACE(size));
}

static void put_features(struct msghdr *message, unsigned features)
{
    const int ecn = RAW_ECN;
    const int hops = RAW_SENT_HOPS;
    struct cmsghdr *next = message->msg_control;
    if ((features & RAW_LOCAL) != 0) {
        const struct in_pktinfo local = {.ipi_spec_dst.s_addr =
                                             htonl(INADDR_LOOPBACK)};
        next = put(message, next, IPPROTO_IP, IP_PKTINFO, &local, sizeof local);
    }
    if ((features & RAW_CLASS) != 0)
        next = put(message, next, IPPROTO_IP, IP_TOS, &ecn, sizeof ecn);
    if ((features & RAW_HOPS) != 0)
        (void)put(message, next, IPPROTO_IP, IP_TTL, &hops, sizeof hops);
}

static void send_with(struct raw_prepared *own, size_t i, unsigned features)
{
    struct control control;
    struct iovec piece = {.iov_base = own->sent_pieces[i].iov_base,
                          .iov_len = RAW_DATAGRAM};
    struct msghdr message = {.msg_name = &own->to,
                             .msg_namelen = sizeof own->to,
                             .msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes};
    put_features(&message, features);
    BENCH_REQUIRE(sendmsg(own->near, &message, MSG_NOSIGNAL) == RAW_DATAGRAM);
}

void raw_with_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--)
        for (size_t i = 0; i < row->count; i++)
            send_with(row->own, i, row->features);
}

/* --- Rows in one message -------------------------------------------------- */

static void send_cut(struct raw_prepared *own, size_t count)
{
    const uint16_t size = RAW_DATAGRAM;
    struct control control;
    struct iovec piece = {.iov_base = raw_data,
                          .iov_len = count * RAW_DATAGRAM};
    struct msghdr message = {.msg_name = &own->to,
                             .msg_namelen = sizeof own->to,
                             .msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes};
    (void)put(&message, message.msg_control, IPPROTO_UDP, UDP_SEGMENT, &size,
              sizeof size);
    BENCH_REQUIRE(sendmsg(own->near, &message, MSG_NOSIGNAL) ==
                  (ssize_t)piece.iov_len);
}

void raw_cut_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    struct raw_prepared *own = row->own;
    for (; count > 0; count--) {
        send_cut(own, row->count);
        for (size_t i = 0; i < row->count; i++) {
            socklen_t length = sizeof own->from[i];
            BENCH_REQUIRE(recvfrom(own->far, own->got_pieces[i].iov_base,
                                   RAW_ROOM, 0,
                                   (struct sockaddr *)&own->from[i],
                                   &length) == RAW_DATAGRAM);
        }
    }
}

/* Looks at where each datagram lies, and how long it is. */
static size_t look_at(const struct told *told, size_t size)
{
    const size_t step = told->what == RAW_JOINS ? told->segment_size : size;
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
    while (count > 0) {
        size_t size = receive_told(own, 0, RAW_JOINED_ROOM);
        size_t found = look_at(&own->told[0], size);
        BENCH_REQUIRE(found <= count);
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
