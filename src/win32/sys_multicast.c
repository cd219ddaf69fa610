/* sys_multicast.c: membership by the requests of RFC 3678, which Windows has
 * since Vista; joining groups alone where there are none.
 *
 * The older options for named sources are not used: Wine hands their members to
 * the system below in the wrong order. */
#include "platform.h"

/* What Windows is asked for; of the addresses only the bytes. */
struct request {
    enum psock_sys_membership change;
    struct psock_address_view group;
    struct psock_address_view source; /* of family PSOCK_NONE for any */
    uint32_t interface_index;
};

static _Bool is_join(const struct request *request)
{
    return request->change == PSOCK_SYS_JOIN ||
           request->change == PSOCK_SYS_JOIN_SOURCE;
}

static int set_request(psock_t s, const struct request *request, int option,
                       const void *value, size_t size)
{
    const int level =
        request->group.family == PSOCK_IPV6 ? IPPROTO_IPV6 : IPPROTO_IP;
    if (psock_winsock.setsockopt((SOCKET)s, level, option, value, (int)size) !=
        0)
        return psock_win32_socket_error(s);
    return 0;
}

/* --- The requests ---------------------------------------------------------- */

static void put_address(const struct psock_address_view *view,
                        SOCKADDR_STORAGE *storage)
{
    psock_address address;
    if (view->family == PSOCK_IPV6)
        psock_sys_address_ipv6(view->bytes, 0, 0, &address);
    else
        psock_sys_address_ipv4(view->bytes, 0, &address);
    memcpy(storage, address.storage.bytes, address.length);
}

static int ask_for_group(psock_t s, const struct request *request, int option)
{
    GROUP_REQ value;
    memset(&value, 0, sizeof value);
    value.gr_interface = request->interface_index;
    put_address(&request->group, &value.gr_group);
    return set_request(s, request, option, &value, sizeof value);
}

static int ask_for_source(psock_t s, const struct request *request, int option)
{
    GROUP_SOURCE_REQ value;
    memset(&value, 0, sizeof value);
    value.gsr_interface = request->interface_index;
    put_address(&request->group, &value.gsr_group);
    put_address(&request->source, &value.gsr_source);
    return set_request(s, request, option, &value, sizeof value);
}

static const int options[] = {
    [PSOCK_SYS_JOIN] = MCAST_JOIN_GROUP,
    [PSOCK_SYS_LEAVE] = MCAST_LEAVE_GROUP,
    [PSOCK_SYS_JOIN_SOURCE] = MCAST_JOIN_SOURCE_GROUP,
    [PSOCK_SYS_LEAVE_SOURCE] = MCAST_LEAVE_SOURCE_GROUP,
    [PSOCK_SYS_BLOCK_SOURCE] = MCAST_BLOCK_SOURCE,
    [PSOCK_SYS_UNBLOCK_SOURCE] = MCAST_UNBLOCK_SOURCE,
};

/* --- Where there are none -------------------------------------------------- */

/* The older option knows an interface by its address. */
static int ask_ipv4(psock_t s, const struct request *request)
{
    struct ip_mreq value;
    DWORD address = 0;
    memset(&value, 0, sizeof value);
    memcpy(&value.imr_multiaddr, request->group.bytes,
           sizeof value.imr_multiaddr);
    if (request->interface_index != 0)
        address = psock_win32_interface_address(request->interface_index);
    if (request->interface_index != 0 && address == 0) {
        psock_winsock.WSASetLastError(WSAEADDRNOTAVAIL);
        return PSOCK_EADDRNOTAVAIL;
    }
    memcpy(&value.imr_interface, &address, sizeof value.imr_interface);
    return set_request(
        s, request, is_join(request) ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP,
        &value, sizeof value);
}

static int ask_ipv6(psock_t s, const struct request *request)
{
    struct ipv6_mreq value;
    memset(&value, 0, sizeof value);
    memcpy(&value.ipv6mr_multiaddr, request->group.bytes,
           sizeof value.ipv6mr_multiaddr);
    value.ipv6mr_interface = request->interface_index;
    return set_request(s, request,
                       is_join(request) ? IPV6_ADD_MEMBERSHIP
                                        : IPV6_DROP_MEMBERSHIP,
                       &value, sizeof value);
}

static int make_old_request(psock_t s, const struct request *request)
{
    if (request->source.family != PSOCK_NONE)
        return PSOCK_ENOTSUP;
    return request->group.family == PSOCK_IPV6 ? ask_ipv6(s, request)
                                               : ask_ipv4(s, request);
}

static int make_request(psock_t s, const struct request *request)
{
    const int option = options[request->change];
    int error = request->source.family == PSOCK_NONE
                    ? ask_for_group(s, request, option)
                    : ask_for_source(s, request, option);
    return error == PSOCK_ENOPROTOOPT ? make_old_request(s, request) : error;
}

/* --- What a failure means -------------------------------------------------- */

static _Bool is_refusal(int error)
{
    return error == PSOCK_EADDRNOTAVAIL || error == PSOCK_EINVAL ||
           error == PSOCK_EHOSTUNREACH || error == PSOCK_ENETUNREACH;
}

/* What a socket is told that is a member of nothing. */
static int ask_another(const struct request *request)
{
    psock_t another = psock_sys_open(request->group.family, PSOCK_DATAGRAM, 0);
    if (another < 0)
        return (int)another;
    int error = psock_win32_bind_any(another);
    if (error == 0)
        error = make_request(another, request);
    psock_sys_close(another);
    return error;
}

/* Windows says "not available" or "invalid" of a second membership, of an
 * interface that cannot have any, and of a socket that is not bound, depending
 * on its version.  What another socket may join, this one has joined already,
 * or cannot yet. */
static int join_refusal(psock_t s, const struct request *request, int error)
{
    const int native = psock_winsock.WSAGetLastError();
    const int other = ask_another(request);
    const _Bool unbound = error == PSOCK_EINVAL && !psock_win32_is_bound(s);
    psock_winsock.WSASetLastError(native);
    if (is_refusal(other))
        return PSOCK_ENODEV;
    if (other < 0)
        return error;
    return unbound ? PSOCK_EINVAL : PSOCK_EADDRINUSE;
}

int psock_sys_multicast(psock_t s, enum psock_sys_membership change,
                        const psock_address *group, const psock_address *source,
                        uint32_t interface_index)
{
    struct request request = {.change = change,
                              .source = {.family = PSOCK_NONE},
                              .interface_index = interface_index};
    psock_sys_address_view(group, &request.group);
    if (source != NULL)
        psock_sys_address_view(source, &request.source);
    int error = make_request(s, &request);
    if (!is_refusal(error))
        return error;
    return is_join(&request) ? join_refusal(s, &request, error)
                             : PSOCK_EADDRNOTAVAIL;
}
