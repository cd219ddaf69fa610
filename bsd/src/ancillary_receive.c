/* ancillary_receive.c: control data of what was received, in the order and the
 * layout of Linux. */
#include "ancillary.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* Where items go. */
struct room {
    unsigned char *bytes;
    size_t size;
    size_t used;
    int flags;
};

/* What does not fit is cut, and told; of a header that does not fit there is
 * nothing. */
static void put(struct room *room, int level, int type, const void *data,
                size_t size)
{
    struct cmsghdr header = {
        .cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type};
    const size_t left = room->size - room->used;
    if (left < sizeof header || left < CMSG_LEN(size))
        room->flags |= MSG_CTRUNC;
    if (left < sizeof header)
        return;
    if (header.cmsg_len > left)
        header.cmsg_len = left;
    unsigned char *at = room->bytes + room->used;
    memcpy(at, &header, sizeof header);
    memcpy(at + CMSG_LEN(0), data, header.cmsg_len - CMSG_LEN(0));
    room->used += CMSG_SPACE(size) < left ? CMSG_SPACE(size) : left;
}

static void put_int(struct room *room, int level, int type, int value)
{
    put(room, level, type, &value, sizeof value);
}

/* --- One item each ----------------------------------------------------------------- */

#define NS_PER_S 1000000000
#define NS_PER_US 1000

/* Where the system did not note the time, it is that of now. */
static struct timespec arrival(const psock_message *from)
{
    struct timespec time;
    memset(&time, 0, sizeof time);
    if ((from->valid & PSOCK_META_TIMESTAMP) != 0) {
        time.tv_sec = (time_t)(from->timestamp_ns / NS_PER_S);
        time.tv_nsec = (long)(from->timestamp_ns % NS_PER_S);
    } else {
        clock_gettime(CLOCK_REALTIME, &time);
    }
    return time;
}

static void put_timestamp(struct room *room, const psock_message *from)
{
    const struct timespec time = arrival(from);
    struct timeval us;
    memset(&us, 0, sizeof us);
    us.tv_sec = time.tv_sec;
    us.tv_usec = (long)(time.tv_nsec / NS_PER_US);
    put(room, SOL_SOCKET, SCM_TIMESTAMP, &us, sizeof us);
}

static void put_timestamp_ns(struct room *room, const psock_message *from)
{
    const struct timespec time = arrival(from);
    put(room, SOL_SOCKET, SCM_TIMESTAMPNS, &time, sizeof time);
}

static void put_joined(struct room *room, const psock_message *from)
{
    if ((from->valid & PSOCK_META_SEGMENT_SIZE) != 0)
        put_int(room, IPPROTO_UDP, UDP_GRO, (int)from->segment_size);
}

/* An address of this machine is the one to answer from; a group's is not. */
static void put_pktinfo(struct room *room, const psock_message *from)
{
    psock_address local;
    struct in_pktinfo info;
    if ((from->valid & PSOCK_META_LOCAL) == 0 ||
        psock_address_unmap(&from->local, &local) < 0 ||
        psock_address_family(&local) != PSOCK_IPV4)
        return;
    memset(&info, 0, sizeof info);
    memcpy(&info.ipi_addr, psock_address_bytes(&local, NULL),
           sizeof info.ipi_addr);
    info.ipi_ifindex = (int)from->interface_index;
    if ((psock_address_kind(&local) &
         (PSOCK_ADDRESS_MULTICAST | PSOCK_ADDRESS_BROADCAST)) == 0)
        info.ipi_spec_dst = info.ipi_addr;
    put(room, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
}

static void put_pktinfo_6(struct room *room, const psock_message *from)
{
    struct in6_pktinfo info;
    if ((from->valid & PSOCK_META_LOCAL) == 0 ||
        psock_address_family(&from->local) != PSOCK_IPV6)
        return;
    memset(&info, 0, sizeof info);
    memcpy(&info.ipi6_addr, psock_address_bytes(&from->local, NULL),
           sizeof info.ipi6_addr);
    info.ipi6_ifindex = from->interface_index;
    put(room, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
}

static bool came_by_ipv4(const psock_message *from)
{
    return psock_address_family(&from->peer) == PSOCK_IPV4 ||
           (psock_address_kind(&from->peer) & PSOCK_ADDRESS_V4_MAPPED) != 0;
}

static void put_ttl(struct room *room, const psock_message *from)
{
    if ((from->valid & PSOCK_META_HOP_LIMIT) != 0 && came_by_ipv4(from))
        put_int(room, IPPROTO_IP, IP_TTL, from->hop_limit);
}

static void put_tos(struct room *room, const psock_message *from)
{
    if ((from->valid & PSOCK_META_TRAFFIC_CLASS) != 0 && came_by_ipv4(from))
        put(room, IPPROTO_IP, IP_TOS, &from->traffic_class, 1);
}

static void put_hop_limit_6(struct room *room, const psock_message *from)
{
    if ((from->valid & PSOCK_META_HOP_LIMIT) != 0 && !came_by_ipv4(from))
        put_int(room, IPPROTO_IPV6, IPV6_HOPLIMIT, from->hop_limit);
}

static void put_traffic_class_6(struct room *room, const psock_message *from)
{
    if ((from->valid & PSOCK_META_TRAFFIC_CLASS) != 0 && !came_by_ipv4(from))
        put_int(room, IPPROTO_IPV6, IPV6_TCLASS, from->traffic_class);
}

/* --- All of them -------------------------------------------------------------------- */

static const struct {
    unsigned wish;
    void (*put)(struct room *room, const psock_message *from);
} items[] = {
    {PSOCK_GUEST_WISH_TIMESTAMP, put_timestamp},
    {PSOCK_GUEST_WISH_TIMESTAMPNS, put_timestamp_ns},
    {PSOCK_GUEST_WISH_JOINED, put_joined},
    {PSOCK_GUEST_WISH_PKTINFO_6, put_pktinfo_6},
    {PSOCK_GUEST_WISH_HOPLIMIT_6, put_hop_limit_6},
    {PSOCK_GUEST_WISH_TCLASS_6, put_traffic_class_6},
    {PSOCK_GUEST_WISH_PKTINFO, put_pktinfo},
    {PSOCK_GUEST_WISH_TTL, put_ttl},
    {PSOCK_GUEST_WISH_TOS, put_tos},
};

int psock_guest_write_items(const struct psock_guest *guest,
                            const psock_message *from, struct msghdr *to)
{
    const unsigned wanted = psock_guest_wishes(guest);
    struct room room = {.bytes = to->msg_control};
    if (room.bytes != NULL)
        room.size = to->msg_controllen;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if ((wanted & items[i].wish) != 0)
            items[i].put(&room, from);
    to->msg_controllen = room.used;
    return room.flags;
}
