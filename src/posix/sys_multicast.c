/* sys_multicast.c: membership by the requests of RFC 3678, which are the same
 * for IPv4 and IPv6 and know interfaces by index; joining groups alone where
 * there are none. */
#include "platform.h"

/* What the system is asked with. */
struct request {
    int fd;
    int level;
    const psock_address *group;
    const psock_address *source;
    uint32_t interface_index;
};

static int set_request(const struct request *request, int option,
                       const void *value, socklen_t size)
{
    if (setsockopt(request->fd, request->level, option, value, size) < 0)
        return psock_posix_error();
    return 0;
}

#ifdef PSOCK_HAVE_GROUP_REQUESTS
static int ask_for_group(const struct request *request, int option)
{
    struct group_req value;
    memset(&value, 0, sizeof value);
    value.gr_interface = request->interface_index;
    memcpy(&value.gr_group, request->group->storage.bytes,
           request->group->length);
    return set_request(request, option, &value, sizeof value);
}

static int ask_for_source(const struct request *request, int option,
                          const psock_address *source)
{
    struct group_source_req value;
    memset(&value, 0, sizeof value);
    value.gsr_interface = request->interface_index;
    memcpy(&value.gsr_group, request->group->storage.bytes,
           request->group->length);
    memcpy(&value.gsr_source, source->storage.bytes, source->length);
    return set_request(request, option, &value, sizeof value);
}

/* Linux takes a request for the other kind of membership (from any source, or
 * from named ones) as a wish to change the kind, and the socket falls silent.
 * It is asked first: nobody blocks the unspecified address, and only who
 * receives from any source is told just that. */
#ifdef PSOCK_HAVE_SOURCE_SWITCHES
static _Bool receives_from_any(const struct request *request)
{
    static const unsigned char zeros[16];
    psock_address nobody;
    if (request->level == IPPROTO_IPV6)
        psock_sys_address_ipv6(zeros, 0, 0, &nobody);
    else
        psock_sys_address_ipv4(zeros, 0, &nobody);
    return ask_for_source(request, MCAST_UNBLOCK_SOURCE, &nobody) ==
           PSOCK_EADDRNOTAVAIL;
}

static int kind_error(const struct request *request,
                      enum psock_sys_membership change)
{
    const _Bool blocks =
        change == PSOCK_SYS_BLOCK_SOURCE || change == PSOCK_SYS_UNBLOCK_SOURCE;
    if (receives_from_any(request) == blocks)
        return 0;
    if (blocks)
        return psock_posix_error();
    errno = change == PSOCK_SYS_JOIN_SOURCE ? EADDRINUSE : EADDRNOTAVAIL;
    return psock_posix_error();
}
#else
static int kind_error(const struct request *request,
                      enum psock_sys_membership change)
{
    (void)request;
    (void)change;
    return 0;
}
#endif

static int change_source(const struct request *request,
                         enum psock_sys_membership change, int option)
{
    int error = kind_error(request, change);
    if (error < 0)
        return error;
    return ask_for_source(request, option, request->source);
}

static const int options[] = {
    [PSOCK_SYS_JOIN] = MCAST_JOIN_GROUP,
    [PSOCK_SYS_LEAVE] = MCAST_LEAVE_GROUP,
    [PSOCK_SYS_JOIN_SOURCE] = MCAST_JOIN_SOURCE_GROUP,
    [PSOCK_SYS_LEAVE_SOURCE] = MCAST_LEAVE_SOURCE_GROUP,
    [PSOCK_SYS_BLOCK_SOURCE] = MCAST_BLOCK_SOURCE,
    [PSOCK_SYS_UNBLOCK_SOURCE] = MCAST_UNBLOCK_SOURCE,
};

static int make_request(const struct request *request,
                        enum psock_sys_membership change)
{
    if (request->source == NULL)
        return ask_for_group(request, options[change]);
    return change_source(request, change, options[change]);
}
#else
static int ask_ipv4(const struct request *request,
                    const struct psock_address_view *group, _Bool joins)
{
    struct ip_mreqn value;
    memset(&value, 0, sizeof value);
    memcpy(&value.imr_multiaddr, group->bytes, sizeof value.imr_multiaddr);
    value.imr_ifindex = (int)request->interface_index;
    return set_request(request, joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP,
                       &value, sizeof value);
}

static int ask_ipv6(const struct request *request,
                    const struct psock_address_view *group, _Bool joins)
{
    struct ipv6_mreq value;
    memset(&value, 0, sizeof value);
    memcpy(&value.ipv6mr_multiaddr, group->bytes,
           sizeof value.ipv6mr_multiaddr);
    value.ipv6mr_interface = request->interface_index;
    return set_request(request, joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP,
                       &value, sizeof value);
}

static int make_request(const struct request *request,
                        enum psock_sys_membership change)
{
    struct psock_address_view group;
    if (request->source != NULL) {
        errno = EOPNOTSUPP;
        return PSOCK_ENOTSUP;
    }
    psock_sys_address_view(request->group, &group);
    return group.family == PSOCK_IPV6
               ? ask_ipv6(request, &group, change == PSOCK_SYS_JOIN)
               : ask_ipv4(request, &group, change == PSOCK_SYS_JOIN);
}
#endif

/* Joining a source again is "not available", and leaving where nothing was
 * joined at all is "invalid". */
static int meaning_of(int error, enum psock_sys_membership change)
{
    const _Bool joins =
        change == PSOCK_SYS_JOIN || change == PSOCK_SYS_JOIN_SOURCE;
    if (joins)
        return error == PSOCK_EADDRNOTAVAIL ? PSOCK_EADDRINUSE : error;
    return error == PSOCK_EINVAL ? PSOCK_EADDRNOTAVAIL : error;
}

int psock_sys_multicast(psock_t s, enum psock_sys_membership change,
                        const psock_address *group, const psock_address *source,
                        uint32_t interface_index)
{
    struct psock_address_view view;
    psock_sys_address_view(group, &view);
    const int level = view.family == PSOCK_IPV6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const struct request request = {psock_posix_fd(s), level, group, source,
                                    interface_index};
    return meaning_of(make_request(&request, change), change);
}
