/* metadata.c: from the members of psock_message to control data and back. */
#include "metadata.h"

/* --- To send -------------------------------------------------------------- */

enum ip_version {
    IP_UNKNOWN = 0,
    IP_4 = 1 << 0, /* IPv4-mapped addresses included */
    IP_6 = 1 << 1
};

static inline _Bool asks(const psock_message *message, unsigned bits)
{
    return (message->valid & bits) != 0;
}

static unsigned version_of(const psock_address *address)
{
    struct sockaddr_in6 name;
    memcpy(&name, address->storage.bytes, sizeof name);
    if (address->length < sizeof(struct sockaddr_in))
        return IP_UNKNOWN;
    if (name.sin6_family == AF_INET)
        return IP_4;
    if (name.sin6_family != AF_INET6)
        return IP_UNKNOWN;
    return IN6_IS_ADDR_V4MAPPED(&name.sin6_addr) ? IP_4 : IP_6;
}

/* A connected socket has an address of the version that it sends. */
static unsigned version_of_socket(int fd)
{
    psock_address local = {.length = 0};
    return psock_sys_local(fd, &local) < 0 ? IP_UNKNOWN : version_of(&local);
}

/* What a connected socket is given for both versions, where systems pass over
 * control data of the other.  An address is of one of them, so the socket is
 * asked. */
#ifdef PSOCK_HAVE_MIXED_CONTROL
#define GIVEN_FOR_BOTH (~(PSOCK_META_LOCAL | PSOCK_META_INTERFACE))
#else
#define GIVEN_FOR_BOTH 0
#endif

static unsigned version_to_send(int fd, const psock_message *message)
{
    if (message->peer.length > 0)
        return version_of(&message->peer);
    return asks(message, ~(unsigned)GIVEN_FOR_BOTH) ? version_of_socket(fd)
                                                    : IP_4 | IP_6;
}

/* The pool is aligned, and sizes are known to the compiler: so this is less than
 * psock_sys_control_write(), a few instructions. */
static inline void put(struct psock_posix_pool *pool, int level, int type,
                       const void *data, size_t size)
{
    struct cmsghdr *item = (struct cmsghdr *)(void *)pool->bytes;
    item->cmsg_level = level;
    item->cmsg_type = type;
    item->cmsg_len = CMSG_LEN(size);
    memset(CMSG_DATA(item), 0, CMSG_SPACE(size) - CMSG_LEN(0));
    memcpy(CMSG_DATA(item), data, size);
    pool->bytes += CMSG_SPACE(size);
    pool->left -= CMSG_SPACE(size);
}

static inline void put_int(struct psock_posix_pool *pool, int level, int type,
                           int value)
{
    put(pool, level, type, &value, sizeof value);
}

/* The interface: the one that is asked for, or that of a link-local address. */
static uint32_t interface_to_send(const psock_message *message)
{
    struct sockaddr_in6 name;
    if (asks(message, PSOCK_META_INTERFACE))
        return message->interface_index;
    memcpy(&name, message->local.storage.bytes, sizeof name);
    return name.sin6_family == AF_INET6 ? name.sin6_scope_id : 0;
}

/* Of an address that is IPv4, or IPv4-mapped: the last four bytes. */
static inline struct in_addr address_4(const psock_address *address)
{
    struct in_addr found;
    struct sockaddr_in name;
    struct sockaddr_in6 mapped;
    memcpy(&name, address->storage.bytes, sizeof name);
    if (name.sin_family == AF_INET)
        return name.sin_addr;
    memcpy(&mapped, address->storage.bytes, sizeof mapped);
    memcpy(&found, &mapped.sin6_addr.s6_addr[12], sizeof found);
    return found;
}

static PSOCK_APART int refuse_local(void)
{
    errno = EAFNOSUPPORT;
    return PSOCK_EAFNOSUPPORT;
}

#ifdef IP_PKTINFO
static int put_source_4(struct psock_posix_pool *pool,
                        const psock_message *message)
{
    struct in_pktinfo info;
    memset(&info, 0, sizeof info);
    if (asks(message, PSOCK_META_LOCAL)) {
        if (version_of(&message->local) != IP_4)
            return refuse_local();
        info.ipi_spec_dst = address_4(&message->local);
    }
    info.ipi_ifindex = (int)interface_to_send(message);
    put(pool, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    return 0;
}
#else
static int put_source_4(struct psock_posix_pool *pool,
                        const psock_message *message)
{
    (void)pool;
    (void)message;
    errno = ENOPROTOOPT;
    return PSOCK_ENOTSUP;
}
#endif

static int put_source_6(struct psock_posix_pool *pool,
                        const psock_message *message)
{
    struct in6_pktinfo info;
    struct psock_address_view view;
    memset(&info, 0, sizeof info);
    if (asks(message, PSOCK_META_LOCAL)) {
        psock_sys_address_view(&message->local, &view);
        if (version_of(&message->local) != IP_6)
            return refuse_local();
        memcpy(&info.ipi6_addr, view.bytes, sizeof info.ipi6_addr);
    }
    info.ipi6_ifindex = interface_to_send(message);
    put(pool, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    return 0;
}

static int put_source(struct psock_posix_pool *pool, unsigned version,
                      const psock_message *message)
{
    int error = 0;
    if ((version & IP_4) != 0)
        error = put_source_4(pool, message);
    if ((version & IP_6) != 0 && error == 0)
        error = put_source_6(pool, message);
    return error;
}

/* The same number for both versions, each by its own name. */
static void put_both(struct psock_posix_pool *pool, unsigned version,
                     int type_4, int type_6, int value)
{
    if ((version & IP_4) != 0)
        put_int(pool, IPPROTO_IP, type_4, value);
    if ((version & IP_6) != 0)
        put_int(pool, IPPROTO_IPV6, type_6, value);
}

static int traffic_class_to_send(const psock_message *message)
{
    const int class =
        asks(message, PSOCK_META_TRAFFIC_CLASS) ? message->traffic_class : 0;
    return asks(message, PSOCK_META_ECN) ? (class & ~3) | message->ecn : class;
}

#ifdef UDP_SEGMENT
static int put_segment_size(struct psock_posix_pool *pool,
                            const psock_message *message)
{
    const uint16_t size = (uint16_t)message->segment_size;
    put(pool, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
    return 0;
}
#else
static int put_segment_size(struct psock_posix_pool *pool,
                            const psock_message *message)
{
    (void)pool;
    (void)message;
    errno = ENOPROTOOPT;
    return PSOCK_ENOPROTOOPT;
}
#endif

static int put_members(int fd, const psock_message *message,
                       struct psock_posix_pool *pool)
{
    const unsigned version = version_to_send(fd, message);
    int error = 0;
    if (psock_posix_is_cut(message))
        error = put_segment_size(pool, message);
    if (asks(message, PSOCK_META_ECN | PSOCK_META_TRAFFIC_CLASS))
        put_both(pool, version, IP_TOS, IPV6_TCLASS,
                 traffic_class_to_send(message));
    if (asks(message, PSOCK_META_HOP_LIMIT))
        put_both(pool, version, IP_TTL, IPV6_HOPLIMIT, message->hop_limit);
    if (asks(message, PSOCK_META_DONT_FRAGMENT) && (version & IP_6) != 0)
        put_int(pool, IPPROTO_IPV6, IPV6_DONTFRAG, message->dont_fragment);
    if (error == 0 && asks(message, PSOCK_META_LOCAL | PSOCK_META_INTERFACE))
        error = put_source(pool, version, message);
    return error;
}

static void put_callers(struct psock_posix_pool *pool,
                        const psock_control *control)
{
    memcpy(pool->bytes, control->bytes, control->size);
    pool->bytes += CMSG_ALIGN(control->size);
    pool->left -= CMSG_ALIGN(control->size);
}

_Bool psock_posix_is_cut(const psock_message *message)
{
    return asks(message, PSOCK_META_SEGMENT_SIZE) &&
           psock_message_bytes(message) > message->segment_size;
}

_Bool psock_posix_needs_option(const psock_message *message)
{
    return asks(message, PSOCK_META_DONT_FRAGMENT) &&
           version_of(&message->peer) != IP_6;
}

int psock_posix_put_metadata(int fd, const psock_message *message,
                             struct psock_posix_pool *pool,
                             struct msghdr *native)
{
    unsigned char *const begin = pool->bytes;
    const psock_control *control = message->control;
    const size_t extra = control == NULL ? 0 : CMSG_ALIGN(control->size);
    if (pool->left < PSOCK_POSIX_METADATA_TO_SEND + extra)
        return PSOCK_ENOSPC;
    int error = message->valid == 0 ? 0 : put_members(fd, message, pool);
    native->msg_control = begin;
    native->msg_controllen = (size_t)(pool->bytes - begin);
    if (extra != 0) {
        native->msg_controllen += control->size;
        put_callers(pool, control);
    }
    return error;
}

/* --- As received ---------------------------------------------------------- */

/* What systems without them never tell. */
#ifdef SCM_TIMESTAMPNS
#define TIMESTAMP_ITEM SCM_TIMESTAMPNS
#else
#define TIMESTAMP_ITEM (-1)
#endif
#ifdef UDP_GRO
#define SEGMENTS_ITEM UDP_GRO
#else
#define SEGMENTS_ITEM (-1)
#endif

/* An IPv6 socket that serves both families tells IPv4 senders by mapped
 * addresses. */
static inline _Bool is_of_ipv6(const psock_address *address)
{
    sa_family_t family;
    memcpy(&family,
           address->storage.bytes + offsetof(struct sockaddr, sa_family),
           sizeof family);
    return family == AF_INET6;
}

/* The address that a datagram was sent to, without a port, and of the family of
 * its sender's. */
static inline void take_local_4(const unsigned char *bytes,
                                psock_message *message)
{
    unsigned char mapped[16] = {[10] = 0xff, [11] = 0xff};
    message->valid |= PSOCK_META_LOCAL;
    if (PSOCK_LIKELY(!is_of_ipv6(&message->peer))) {
        psock_sys_address_ipv4(bytes, 0, &message->local);
        return;
    }
    memcpy(mapped + 12, bytes, 4);
    psock_sys_address_ipv6(mapped, 0, 0, &message->local);
}

#ifdef IP_PKTINFO
#define SOURCE_ITEM IP_PKTINFO
static void take_pktinfo_4(const psock_control_item *item,
                           psock_message *message)
{
    struct in_pktinfo info;
    if (item->size < sizeof info)
        return;
    memcpy(&info, item->data, sizeof info);
    take_local_4((const unsigned char *)&info.ipi_addr, message);
    message->interface_index = (uint32_t)info.ipi_ifindex;
    message->valid |= PSOCK_META_INTERFACE;
}
#else
#define SOURCE_ITEM (-1)
static void take_pktinfo_4(const psock_control_item *item,
                           psock_message *message)
{
    (void)item;
    (void)message;
}
#endif

static void take_pktinfo_6(const void *data, psock_message *message)
{
    struct in6_pktinfo info;
    memcpy(&info, data, sizeof info);
    const _Bool needs_scope = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ||
                              IN6_IS_ADDR_MC_LINKLOCAL(&info.ipi6_addr);
    psock_sys_address_ipv6((const unsigned char *)&info.ipi6_addr, 0,
                           needs_scope ? info.ipi6_ifindex : 0,
                           &message->local);
    message->interface_index = info.ipi6_ifindex;
    message->valid |= PSOCK_META_LOCAL | PSOCK_META_INTERFACE;
}

static void take_traffic_class(unsigned char value, psock_message *message)
{
    message->traffic_class = value;
    message->ecn = value & 3;
    message->valid |= PSOCK_META_TRAFFIC_CLASS | PSOCK_META_ECN;
}

static void take_byte(const void *data, psock_message *message)
{
    take_traffic_class(*(const unsigned char *)data, message);
}

static int read_int(const void *data)
{
    int value;
    memcpy(&value, data, sizeof value);
    return value;
}

static void take_class(const void *data, psock_message *message)
{
    take_traffic_class((unsigned char)read_int(data), message);
}

static void take_hop_limit(const void *data, psock_message *message)
{
    message->hop_limit = (uint8_t)read_int(data);
    message->valid |= PSOCK_META_HOP_LIMIT;
}

static void take_segment_size(const void *data, psock_message *message)
{
    message->segment_size = (uint32_t)read_int(data);
    message->valid |= PSOCK_META_SEGMENT_SIZE;
}

static void take_timestamp(const void *data, psock_message *message)
{
    struct timespec time;
    memcpy(&time, data, sizeof time);
    message->timestamp_ns =
        (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_nsec;
    message->valid |= PSOCK_META_TIMESTAMP;
}

/* Descriptors that nobody asked for are in this process all the same. */
static void close_descriptors(const psock_control_item *item)
{
    for (size_t at = 0; at + sizeof(int) <= item->size; at += sizeof(int))
        close(read_int((const unsigned char *)item->data + at));
}

/* Switches and not a table: this is done for each item of each message. */
static inline void take_of_ip_4(const psock_control_item *item,
                                psock_message *message)
{
    switch (item->type) {
    case SOURCE_ITEM:
        take_pktinfo_4(item, message);
        break;
    case IP_TOS:
        if (item->size >= 1)
            take_byte(item->data, message);
        break;
    case IP_TTL:
        if (item->size >= sizeof(int))
            take_hop_limit(item->data, message);
        break;
    default:
        break;
    }
}

static inline void take_of_ip_6(const psock_control_item *item,
                                psock_message *message)
{
    switch (item->type) {
    case IPV6_PKTINFO:
        if (item->size >= sizeof(struct in6_pktinfo))
            take_pktinfo_6(item->data, message);
        break;
    case IPV6_TCLASS:
        if (item->size >= sizeof(int))
            take_class(item->data, message);
        break;
    case IPV6_HOPLIMIT:
        if (item->size >= sizeof(int))
            take_hop_limit(item->data, message);
        break;
    default:
        break;
    }
}

static inline void take_of_socket(const psock_control_item *item,
                                  psock_message *message)
{
    if (item->type == TIMESTAMP_ITEM && item->size >= sizeof(struct timespec))
        take_timestamp(item->data, message);
    if (item->type == SCM_RIGHTS && message->control == NULL)
        close_descriptors(item);
}

static inline void take_of_udp(const psock_control_item *item,
                               psock_message *message)
{
    if (item->type == SEGMENTS_ITEM && item->size >= sizeof(int))
        take_segment_size(item->data, message);
}

static inline void take_item(const psock_control_item *item,
                             psock_message *message)
{
    switch (item->level) {
    case IPPROTO_IP:
        take_of_ip_4(item, message);
        break;
    case IPPROTO_IPV6:
        take_of_ip_6(item, message);
        break;
    case IPPROTO_UDP:
        take_of_udp(item, message);
        break;
    case SOL_SOCKET:
        take_of_socket(item, message);
        break;
    default:
        break;
    }
}

void psock_posix_take_metadata(const struct msghdr *native,
                               psock_message *message)
{
    psock_control_item item;
    const unsigned char *at = native->msg_control;
    size_t left = native->msg_controllen;
    while (left > 0) {
        size_t step = psock_sys_control_read(at, left, &item);
        if (step == 0)
            return;
        take_item(&item, message);
        at += step;
        left -= step;
    }
}
