/* metadata.c: from the members of psock_message to control data and back.
 *
 * The numbers of both IP versions are the same on Windows, but for the level. */
#include "metadata.h"

#include "../undelivered_kinds.h"
#include "mapped.h"

#define CONGESTION 3 /* RFC 3168; nobody may send with it */

static inline _Bool has(const psock_message *message, unsigned bits)
{
    return (message->valid & bits) != 0;
}

static int cannot_send_with_it(void)
{
    psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
    return PSOCK_ENOTSUP;
}

/* --- IPv4 or IPv6 ---------------------------------------------------------- */

static int version_of(const struct psock_address_view *view)
{
    if (view->family == PSOCK_IPV4)
        return 4;
    if (view->family != PSOCK_IPV6)
        return 0;
    return psock_win32_is_mapped(view->bytes) ? 4 : 6;
}

int psock_win32_destination(psock_t s, const psock_message *message,
                            psock_address *to)
{
    struct psock_address_view view;
    *to = message->peer;
    if (to->length == 0 && psock_sys_peer(s, to) < 0)
        return 0;
    psock_sys_address_view(to, &view);
    return version_of(&view);
}

/* --- To send --------------------------------------------------------------- */

void psock_win32_put_item(struct psock_win32_control *control, int level,
                          int type, const void *data, size_t size)
{
    const psock_control_item item = {level, type, data, size};
    psock_sys_control_write(control->bytes + control->size, &item);
    control->size += psock_sys_control_space(size);
}

static void put_number(struct psock_win32_control *control, int level, int type,
                       DWORD number)
{
    psock_win32_put_item(control, level, type, &number, sizeof number);
}

/* struct in6_pktinfo. */
struct source_6 {
    unsigned char address[16];
    ULONG interface_index;
};

/* The interface: the one that is asked for, or that of a link-local address. */
static uint32_t interface_to_send(const psock_message *message,
                                  const struct psock_address_view *local)
{
    return has(message, PSOCK_META_INTERFACE) ? message->interface_index
                                              : local->scope;
}

static void put_source_4(struct psock_win32_control *control, uint32_t index,
                         const struct psock_address_view *local)
{
    struct psock_win32_source_4 source = {.interface_index = index};
    if (local->length != 0)
        memcpy(source.address, local->bytes + local->length - 4, 4);
    psock_win32_put_item(control, IPPROTO_IP, IP_PKTINFO, &source,
                         sizeof source);
}

static void put_source_6(struct psock_win32_control *control, uint32_t index,
                         const struct psock_address_view *local)
{
    struct source_6 source = {.interface_index = index};
    if (local->length != 0)
        memcpy(source.address, local->bytes, sizeof source.address);
    psock_win32_put_item(control, IPPROTO_IPV6, IPV6_PKTINFO, &source,
                         sizeof source);
}

static int put_source(psock_t s, struct psock_win32_control *control,
                      int version, const psock_message *message)
{
    struct psock_address_view local = {.family = PSOCK_NONE};
    if (has(message, PSOCK_META_LOCAL)) {
        psock_sys_address_view(&message->local, &local);
        if (version_of(&local) != version) {
            psock_winsock.WSASetLastError(WSAEAFNOSUPPORT);
            return PSOCK_EAFNOSUPPORT;
        }
    }
    if (!psock_win32_can(s, PSOCK_WIN32_READS_CONTROL))
        return cannot_send_with_it();
    const uint32_t index = interface_to_send(message, &local);
    if (version == 4)
        put_source_4(control, index, &local);
    else
        put_source_6(control, index, &local);
    return 0;
}

/* ECN has control data of its own, so that it can be had without the rest. */
static int put_ecn(psock_t s, struct psock_win32_control *control, int version,
                   const psock_message *message)
{
    if (!psock_win32_can(s, version == 4 ? PSOCK_WIN32_SENDS_ECN_4
                                         : PSOCK_WIN32_SENDS_ECN_6))
        return cannot_send_with_it();
    put_number(control, psock_win32_level(version), IP_ECN, message->ecn);
    return 0;
}

static int put_traffic_class(psock_t s, struct psock_win32_control *control,
                             int version, DWORD whole)
{
    if (!psock_win32_can(s, PSOCK_WIN32_SENDS_TRAFFIC_CLASS))
        return cannot_send_with_it();
    put_number(control, psock_win32_level(version),
               version == 4 ? IP_TOS : IPV6_TCLASS, whole);
    return 0;
}

static int put_class(psock_t s, struct psock_win32_control *control,
                     int version, const psock_message *message)
{
    const unsigned ecn = has(message, PSOCK_META_ECN)
                             ? message->ecn
                             : message->traffic_class & 3;
    if (ecn == CONGESTION)
        return cannot_send_with_it();
    if (!has(message, PSOCK_META_TRAFFIC_CLASS))
        return put_ecn(s, control, version, message);
    return put_traffic_class(s, control, version,
                             (message->traffic_class & ~3u) | ecn);
}

static int put_segment_size(psock_t s, struct psock_win32_control *control,
                            const psock_message *message)
{
    if (!psock_win32_is_longer(message, message->segment_size))
        return 0;
    if (!psock_win32_can(s, PSOCK_WIN32_SENDS_SEGMENTS)) {
        psock_winsock.WSASetLastError(WSAENOPROTOOPT);
        return PSOCK_ENOPROTOOPT;
    }
    put_number(control, IPPROTO_UDP, UDP_SEND_MSG_SIZE, message->segment_size);
    return 0;
}

/* A socket without a peer is sent nothing to, whatever the control data are. */
static int put_members(psock_t s, const psock_message *message,
                       struct psock_win32_control *control)
{
    int error = 0;
    psock_address to;
    const int version = psock_win32_destination(s, message, &to);
    if (version != 0 && has(message, PSOCK_META_LOCAL | PSOCK_META_INTERFACE))
        error = put_source(s, control, version, message);
    if (version != 0 && error == 0 &&
        has(message, PSOCK_META_ECN | PSOCK_META_TRAFFIC_CLASS))
        error = put_class(s, control, version, message);
    if (error == 0 && has(message, PSOCK_META_SEGMENT_SIZE))
        error = put_segment_size(s, control, message);
    return error;
}

int psock_win32_put_metadata(psock_t s, const psock_message *message,
                             struct psock_win32_control *control)
{
    control->size = 0;
    int error = message->valid == 0 ? 0 : put_members(s, message, control);
    if (error < 0 || message->control == NULL || message->control->size == 0)
        return error;
    if (!psock_win32_can(s, PSOCK_WIN32_READS_CONTROL))
        return cannot_send_with_it();
    memcpy(control->bytes + control->size, message->control->bytes,
           message->control->size);
    control->size += message->control->size;
    return 0;
}

/* --- As received ----------------------------------------------------------- */

/* An IPv6 socket names what it has received by IPv4 as it names the sender. */
static void take_local_4(const unsigned char *address, psock_message *message)
{
    unsigned char mapped[16];
    struct psock_address_view peer;
    psock_sys_address_view(&message->peer, &peer);
    psock_win32_map(address, mapped);
    if (peer.family == PSOCK_IPV6)
        psock_sys_address_ipv6(mapped, 0, 0, &message->local);
    else
        psock_sys_address_ipv4(address, 0, &message->local);
}

static void take_source_4(const void *data, psock_message *message)
{
    struct psock_win32_source_4 source;
    memcpy(&source, data, sizeof source);
    take_local_4(source.address, message);
    message->interface_index = source.interface_index;
    message->valid |= PSOCK_META_LOCAL | PSOCK_META_INTERFACE;
}

static _Bool is_link_local(const unsigned char *bytes)
{
    return (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) ||
           (bytes[0] == 0xff && (bytes[1] & 0x0f) == 2);
}

static void take_source_6(const void *data, psock_message *message)
{
    struct source_6 source;
    memcpy(&source, data, sizeof source);
    const _Bool needs_scope = is_link_local(source.address);
    psock_sys_address_ipv6(source.address, 0,
                           needs_scope ? source.interface_index : 0,
                           &message->local);
    message->interface_index = source.interface_index;
    message->valid |= PSOCK_META_LOCAL | PSOCK_META_INTERFACE;
}

static DWORD read_number(const void *data)
{
    DWORD number;
    memcpy(&number, data, sizeof number);
    return number;
}

static void take_class(const void *data, psock_message *message)
{
    message->traffic_class = (uint8_t)read_number(data);
    message->ecn = message->traffic_class & 3;
    message->valid |= PSOCK_META_TRAFFIC_CLASS | PSOCK_META_ECN;
}

static void take_ecn(const void *data, psock_message *message)
{
    message->ecn = read_number(data) & 3;
    message->valid |= PSOCK_META_ECN;
}

static void take_hop_limit(const void *data, psock_message *message)
{
    message->hop_limit = (uint8_t)read_number(data);
    message->valid |= PSOCK_META_HOP_LIMIT;
}

static void take_segment_size(const void *data, psock_message *message)
{
    message->segment_size = read_number(data);
    if (message->segment_size != 0)
        message->valid |= PSOCK_META_SEGMENT_SIZE;
}

#define FILETIME_OF_1970 INT64_C(116444736000000000) /* in units of 100 ns */

static int64_t time_of_day_ns(void)
{
    FILETIME time;
    GetSystemTimePreciseAsFileTime(&time);
    const uint64_t units =
        (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    return ((int64_t)units - FILETIME_OF_1970) * 100;
}

/* The stamp is of the performance counter, and 0 where there is none.  It is made
 * a time of day by how long ago it was; one that is still to come is of some
 * other clock, in the network adapter. */
static void take_timestamp(const void *data, psock_message *message)
{
    LARGE_INTEGER now;
    LARGE_INTEGER rate;
    uint64_t stamp;
    memcpy(&stamp, data, sizeof stamp);
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&rate);
    if (stamp == 0 || stamp > (uint64_t)now.QuadPart)
        return;
    const int64_t ago = now.QuadPart - (int64_t)stamp;
    message->timestamp_ns =
        time_of_day_ns() - ago / rate.QuadPart * INT64_C(1000000000) -
        ago % rate.QuadPart * INT64_C(1000000000) / rate.QuadPart;
    message->valid |= PSOCK_META_TIMESTAMP;
}

struct taker {
    int level;
    int type;
    size_t size; /* the least */
    void (*take)(const void *data, psock_message *message);
};

/* Before Windows 10 1703 the traffic class and the hop limit of IPv4 came by the
 * names that they have for IPv6. */
static const struct taker takers[] = {
    {IPPROTO_IP, IP_PKTINFO, sizeof(struct psock_win32_source_4),
     take_source_4},
    {IPPROTO_IPV6, IPV6_PKTINFO, sizeof(struct source_6), take_source_6},
    {IPPROTO_IP, IP_ECN, sizeof(DWORD), take_ecn},
    {IPPROTO_IPV6, IPV6_ECN, sizeof(DWORD), take_ecn},
    {IPPROTO_IP, IP_TOS, sizeof(DWORD), take_class},
    {IPPROTO_IP, IP_TCLASS, sizeof(DWORD), take_class},
    {IPPROTO_IPV6, IPV6_TCLASS, sizeof(DWORD), take_class},
    {IPPROTO_IP, IP_TTL, sizeof(DWORD), take_hop_limit},
    {IPPROTO_IP, IP_HOPLIMIT, sizeof(DWORD), take_hop_limit},
    {IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof(DWORD), take_hop_limit},
    {IPPROTO_UDP, UDP_COALESCED_INFO, sizeof(DWORD), take_segment_size},
    {SOL_SOCKET, SO_TIMESTAMP, sizeof(uint64_t), take_timestamp},
};

static void take_item(const psock_control_item *item, psock_message *message)
{
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (item->type == takers[i].type && item->level == takers[i].level &&
            item->size >= takers[i].size)
            takers[i].take(item->data, message);
}

size_t psock_win32_take_metadata(const unsigned char *bytes, size_t size,
                                 psock_message *message)
{
    psock_control_item item;
    size_t used = 0;
    while (used < size) {
        size_t step = psock_sys_control_read(bytes + used, size - used, &item);
        if (step == 0)
            return used;
        take_item(&item, message);
        used += step;
    }
    return used;
}

/* --- Reports of undelivered datagrams -------------------------------------- */

/* struct in_recverr, which not all headers have. */
struct network_report {
    int protocol;
    ULONG mtu;
    UCHAR type;
    UCHAR code;
};

static enum psock_undelivered reason_of(const struct network_report *report)
{
    return undelivered_kind(report->protocol == IPPROTO_ICMP ? 4 : 6,
                            report->type, report->code);
}

static _Bool is_report(const psock_control_item *item)
{
    return item->type == IP_RECVERR &&
           (item->level == IPPROTO_IP || item->level == IPPROTO_IPV6) &&
           item->size >= offsetof(struct network_report, code) + 1;
}

static void take_reason(const psock_control_item *item, psock_message *message)
{
    struct network_report report = {.protocol = 0};
    memcpy(&report, item->data,
           item->size < sizeof report ? item->size : sizeof report);
    const enum psock_undelivered reason = reason_of(&report);
    message->undelivered = (uint8_t)reason;
    message->mtu = reason == PSOCK_UNDELIVERED_SIZE ? report.mtu : 0;
}

_Bool psock_win32_take_report(const unsigned char *bytes, size_t size,
                              psock_message *message)
{
    psock_control_item item;
    size_t step;
    for (size_t at = 0; at < size; at += step) {
        step = psock_sys_control_read(bytes + at, size - at, &item);
        if (step == 0)
            return 0;
        if (is_report(&item)) {
            take_reason(&item, message);
            return 1;
        }
    }
    return 0;
}
