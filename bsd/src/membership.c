/* membership.c: options that join and leave groups, of either family, from any
 * source or from named ones. */
#include "option.h"

#include <netinet/in.h>
#include <string.h>

/* --- Which interface ----------------------------------------------------------- */

static bool has_address(const psock_interface *interface, struct in_addr wanted)
{
    for (size_t i = 0; i < interface->address_count; i++) {
        size_t length = 0;
        const unsigned char *bytes =
            psock_address_bytes(&interface->addresses[i].address, &length);
        if (length == sizeof wanted && memcmp(bytes, &wanted, length) == 0)
            return true;
    }
    return false;
}

static int find_by_address(struct in_addr wanted, uint32_t *index)
{
    psock_interface *interfaces = NULL;
    int count = psock_interfaces(&interfaces);
    int error = -ENODEV;
    for (int i = 0; i < count && error < 0; i++) {
        if (!has_address(&interfaces[i], wanted))
            continue;
        *index = interfaces[i].index;
        error = 0;
    }
    psock_interfaces_free(interfaces);
    return error;
}

/* By its index, by an address of it, or any. */
int psock_guest_find_interface(const struct ip_mreqn *wanted, uint32_t *index)
{
    char name[PSOCK_INTERFACE_NAME_SIZE];
    *index = (uint32_t)wanted->imr_ifindex;
    if (*index != 0)
        return psock_interface_name(*index, name, sizeof name) < 0 ? -ENODEV
                                                                   : 0;
    return wanted->imr_address.s_addr == INADDR_ANY
               ? 0
               : find_by_address(wanted->imr_address, index);
}

/* --- What is asked for ----------------------------------------------------------- */

struct request {
    psock_address group;
    psock_address source;
    uint32_t interface_index;
};

static psock_address address_of(struct in_addr in)
{
    psock_address address;
    memset(&address, 0, sizeof address);
    (void)!psock_address_ipv4((const unsigned char *)&in, 0, &address);
    return address;
}

/* Either of the two structures, told by their lengths. */
static int read_group(const void *value, socklen_t length,
                      struct request *request)
{
    struct ip_mreqn asked;
    memset(&asked, 0, sizeof asked);
    memcpy(&asked, value,
           length < sizeof asked ? sizeof(struct ip_mreq) : sizeof asked);
    request->group = address_of(asked.imr_multiaddr);
    if (!IN_MULTICAST(ntohl(asked.imr_multiaddr.s_addr)))
        return -EINVAL;
    return psock_guest_find_interface(&asked, &request->interface_index);
}

static int read_source(const void *value, socklen_t length,
                       struct request *request)
{
    struct ip_mreq_source asked;
    struct ip_mreqn place;
    (void)length;
    memcpy(&asked, value, sizeof asked);
    memset(&place, 0, sizeof place);
    place.imr_address = asked.imr_interface;
    request->group = address_of(asked.imr_multiaddr);
    request->source = address_of(asked.imr_sourceaddr);
    return psock_guest_find_interface(&place, &request->interface_index);
}

static int read_group_6(const void *value, socklen_t length,
                        struct request *request)
{
    struct ipv6_mreq asked;
    (void)length;
    memcpy(&asked, value, sizeof asked);
    request->interface_index = asked.ipv6mr_interface;
    (void)!psock_address_ipv6(asked.ipv6mr_multiaddr.s6_addr, 0, 0,
                              &request->group);
    return 0;
}

static int read_address(const struct sockaddr_storage *storage,
                        psock_address *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    memcpy(&in, storage, sizeof in);
    memcpy(&in6, storage, sizeof in6);
    if (storage->ss_family == AF_INET)
        return psock_address_ipv4((const unsigned char *)&in.sin_addr, 0,
                                  address);
    if (storage->ss_family == AF_INET6)
        return psock_address_ipv6(in6.sin6_addr.s6_addr, 0, 0, address);
    return -EINVAL;
}

static int read_any_group(const void *value, socklen_t length,
                          struct request *request)
{
    struct group_req asked;
    (void)length;
    memcpy(&asked, value, sizeof asked);
    request->interface_index = asked.gr_interface;
    return read_address(&asked.gr_group, &request->group) < 0 ? -EINVAL : 0;
}

static int read_any_source(const void *value, socklen_t length,
                           struct request *request)
{
    struct group_source_req asked;
    (void)length;
    memcpy(&asked, value, sizeof asked);
    request->interface_index = asked.gsr_interface;
    return read_address(&asked.gsr_group, &request->group) < 0 ||
                   read_address(&asked.gsr_source, &request->source) < 0
               ? -EADDRNOTAVAIL
               : 0;
}

/* --- What is done ------------------------------------------------------------------ */

struct change {
    int name;
    size_t size; /* of what is given, at least */
    int (*read)(const void *value, socklen_t length, struct request *request);
    int (*of_group)(psock_t s, const psock_address *group, uint32_t index);
    int (*of_source)(psock_t s, const psock_address *group,
                     const psock_address *source, uint32_t index);
};

#define GROUP(name, type, read, of_group)                                      \
    {                                                                          \
        name, sizeof(type), read, of_group, NULL                               \
    }
#define SOURCE(name, type, read, of_source)                                    \
    {                                                                          \
        name, sizeof(type), read, NULL, of_source                              \
    }

static const struct change ipv4_changes[] = {
    GROUP(IP_ADD_MEMBERSHIP, struct ip_mreq, read_group, psock_multicast_join),
    GROUP(IP_DROP_MEMBERSHIP, struct ip_mreq, read_group,
          psock_multicast_leave),
    SOURCE(IP_ADD_SOURCE_MEMBERSHIP, struct ip_mreq_source, read_source,
           psock_multicast_join_source),
    SOURCE(IP_DROP_SOURCE_MEMBERSHIP, struct ip_mreq_source, read_source,
           psock_multicast_leave_source),
    SOURCE(IP_BLOCK_SOURCE, struct ip_mreq_source, read_source,
           psock_multicast_block_source),
    SOURCE(IP_UNBLOCK_SOURCE, struct ip_mreq_source, read_source,
           psock_multicast_unblock_source),
};

static const struct change ipv6_changes[] = {
    GROUP(IPV6_JOIN_GROUP, struct ipv6_mreq, read_group_6,
          psock_multicast_join),
    GROUP(IPV6_LEAVE_GROUP, struct ipv6_mreq, read_group_6,
          psock_multicast_leave),
};

static const struct change changes[] = {
    GROUP(MCAST_JOIN_GROUP, struct group_req, read_any_group,
          psock_multicast_join),
    GROUP(MCAST_LEAVE_GROUP, struct group_req, read_any_group,
          psock_multicast_leave),
    SOURCE(MCAST_JOIN_SOURCE_GROUP, struct group_source_req, read_any_source,
           psock_multicast_join_source),
    SOURCE(MCAST_LEAVE_SOURCE_GROUP, struct group_source_req, read_any_source,
           psock_multicast_leave_source),
    SOURCE(MCAST_BLOCK_SOURCE, struct group_source_req, read_any_source,
           psock_multicast_block_source),
    SOURCE(MCAST_UNBLOCK_SOURCE, struct group_source_req, read_any_source,
           psock_multicast_unblock_source),
};

/* A source that is there already is an address that cannot be had, to Linux. */
static int apply(psock_t s, const struct change *change,
                 const struct request *request)
{
    if (change->of_group != NULL)
        return change->of_group(s, &request->group, request->interface_index);
    int error = change->of_source(s, &request->group, &request->source,
                                  request->interface_index);
    return error == PSOCK_EADDRINUSE ? PSOCK_EADDRNOTAVAIL : error;
}

static int change_membership(struct psock_guest *guest,
                             const struct change *change, const void *value,
                             socklen_t length)
{
    struct request request;
    if (length < change->size)
        return -EINVAL;
    if (value == NULL)
        return -EFAULT;
    memset(&request, 0, sizeof request);
    int error = change->read(value, length, &request);
    if (error < 0)
        return error;
    error = apply(guest->socket, change, &request);
    return error < 0 ? psock_guest_option_error(error) : 0;
}

static const struct change *find_change(const struct change *table,
                                        size_t count, int name)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].name == name)
            return &table[i];
    return NULL;
}

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static int take_ipv4(struct psock_guest *guest,
                     const struct psock_guest_option *option, const void *value,
                     socklen_t length)
{
    return change_membership(
        guest, find_change(ipv4_changes, COUNT_OF(ipv4_changes), option->name),
        value, length);
}

static int take_ipv6(struct psock_guest *guest,
                     const struct psock_guest_option *option, const void *value,
                     socklen_t length)
{
    return change_membership(
        guest, find_change(ipv6_changes, COUNT_OF(ipv6_changes), option->name),
        value, length);
}

static int take_any(struct psock_guest *guest,
                    const struct psock_guest_option *option, const void *value,
                    socklen_t length)
{
    return change_membership(
        guest, find_change(changes, COUNT_OF(changes), option->name), value,
        length);
}

/* --- The rows ------------------------------------------------------------------------ */

#define ROW(the_name, take)                                                    \
    {                                                                          \
        .name = (the_name), .form = PSOCK_GUEST_BYTES, .of_streams = EPROTO,   \
        .set_bytes = (take)                                                    \
    }
#define ROWS_OF_ANY                                                            \
    ROW(MCAST_JOIN_GROUP, take_any), ROW(MCAST_LEAVE_GROUP, take_any),         \
        ROW(MCAST_JOIN_SOURCE_GROUP, take_any),                                \
        ROW(MCAST_LEAVE_SOURCE_GROUP, take_any),                               \
        ROW(MCAST_BLOCK_SOURCE, take_any), ROW(MCAST_UNBLOCK_SOURCE, take_any)

static const struct psock_guest_option ipv4_options[] = {
    ROW(IP_ADD_MEMBERSHIP, take_ipv4),
    ROW(IP_DROP_MEMBERSHIP, take_ipv4),
    ROW(IP_ADD_SOURCE_MEMBERSHIP, take_ipv4),
    ROW(IP_DROP_SOURCE_MEMBERSHIP, take_ipv4),
    ROW(IP_BLOCK_SOURCE, take_ipv4),
    ROW(IP_UNBLOCK_SOURCE, take_ipv4),
    ROWS_OF_ANY,
};

static const struct psock_guest_option ipv6_options[] = {
    ROW(IPV6_JOIN_GROUP, take_ipv6),
    ROW(IPV6_LEAVE_GROUP, take_ipv6),
    ROWS_OF_ANY,
};

const struct psock_guest_options_of psock_guest_membership_options = {
    ipv4_options, COUNT_OF(ipv4_options)};
const struct psock_guest_options_of psock_guest_membership_6_options = {
    ipv6_options, COUNT_OF(ipv6_options)};
