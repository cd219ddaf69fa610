/* address.c: the addresses of programs, and psock's. */
#include "socket.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

/* Programs of before RFC 3493 have no scope in theirs. */
#define IPV6_SHORTEST offsetof(struct sockaddr_in6, sin6_scope_id)

static psock_address read_ipv4(const struct sockaddr *address)
{
    struct sockaddr_in in;
    unsigned char bytes[4];
    psock_address made = {.length = 0};
    memcpy(&in, address, sizeof in);
    memcpy(bytes, &in.sin_addr, sizeof bytes);
    (void)!psock_address_ipv4(bytes, ntohs(in.sin_port), &made);
    return made;
}

static psock_address read_ipv6(const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_in6 in6 = {.sin6_scope_id = 0};
    psock_address made = {.length = 0};
    memcpy(&in6, address, length < sizeof in6 ? length : sizeof in6);
    (void)!psock_address_ipv6((const unsigned char *)&in6.sin6_addr,
                              ntohs(in6.sin6_port), in6.sin6_scope_id, &made);
    return made;
}

/* The same place, as a socket of IPv6 knows it. */
static psock_address mapped(const psock_address *ipv4)
{
    unsigned char bytes[16] = {[10] = 0xff, [11] = 0xff};
    psock_address made = {.length = 0};
    size_t length;
    memcpy(bytes + 12, psock_address_bytes(ipv4, &length), 4);
    (void)!psock_address_ipv6(bytes, psock_address_port(ipv4), 0, &made);
    return made;
}

/* What is wrong with memory that should hold an address, or 0. */
static int memory_error(const struct sockaddr *address, socklen_t length)
{
    if (length > sizeof(struct sockaddr_storage))
        return -EINVAL;
    if (address == NULL && length > 0)
        return -EFAULT;
    return length < sizeof(sa_family_t) ? -EINVAL : 0;
}

sa_family_t psock_guest_family_of(const struct sockaddr *address)
{
    sa_family_t family;
    memcpy(&family, address, sizeof family);
    return family;
}

static int read_as(int family, const struct sockaddr *address, socklen_t length,
                   psock_address *out)
{
    const size_t shortest =
        family == AF_INET ? sizeof(struct sockaddr_in) : IPV6_SHORTEST;
    if (length < shortest)
        return -EINVAL;
    *out = family == AF_INET ? read_ipv4(address) : read_ipv6(address, length);
    return 0;
}

int psock_guest_address_in(const struct sockaddr *address, socklen_t length,
                           psock_address *out)
{
    int error = memory_error(address, length);
    if (error < 0)
        return error;
    const int family = psock_guest_family_of(address);
    if (family != AF_INET && family != AF_INET6)
        return -EAFNOSUPPORT;
    return read_as(family, address, length, out);
}

int psock_guest_address_for(int domain, const struct sockaddr *address,
                            socklen_t length, psock_address *out)
{
    psock_address read;
    int error = memory_error(address, length);
    if (error == 0)
        error = read_as(domain, address, length, &read);
    if (error == 0 && psock_guest_family_of(address) != domain)
        error = -EAFNOSUPPORT;
    if (error == 0)
        *out = read;
    return error;
}

/* IPv4 takes an address without a family for its own. */
static int ipv4_destination(const struct sockaddr *address, socklen_t length,
                            psock_address *out)
{
    if (length < sizeof(struct sockaddr_in))
        return -EINVAL;
    const int family = psock_guest_family_of(address);
    if (family != AF_INET && family != AF_UNSPEC)
        return -EAFNOSUPPORT;
    *out = read_ipv4(address);
    return 0;
}

static int ipv4_destination_of_ipv6(const struct psock_guest *guest,
                                    const struct sockaddr *address,
                                    socklen_t length, psock_address *out)
{
    psock_address ipv4;
    int error = read_as(AF_INET, address, length, &ipv4);
    if (error < 0)
        return error;
    if ((atomic_load(&guest->options) & PSOCK_GUEST_V6ONLY) != 0)
        return -ENETUNREACH;
    *out = mapped(&ipv4);
    return 0;
}

static int ipv6_destination(const struct psock_guest *guest,
                            const struct sockaddr *address, socklen_t length,
                            psock_address *out)
{
    switch (psock_guest_family_of(address)) {
    case AF_INET6:
        return read_as(AF_INET6, address, length, out);
    case AF_INET:
        return ipv4_destination_of_ipv6(guest, address, length, out);
    case AF_UNSPEC:
        return 1;
    default:
        return -EINVAL;
    }
}

/* Raw sockets know no ports, and psock wants none. */
int psock_guest_destination_in(const struct psock_guest *guest,
                               const struct sockaddr *address, socklen_t length,
                               psock_address *out)
{
    int error = memory_error(address, length);
    if (error < 0)
        return error;
    error = guest->domain == AF_INET
                ? ipv4_destination(address, length, out)
                : ipv6_destination(guest, address, length, out);
    if (error == 0 && guest->type == SOCK_RAW)
        (void)!psock_address_set_port(out, 0);
    return error;
}

int psock_guest_room_error(const struct sockaddr *to, const socklen_t *length)
{
    if (to == NULL)
        return 0;
    if (length == NULL)
        return -EFAULT;
    return *length > INT32_MAX ? -EINVAL : 0;
}

/* psock has addresses as the system does, which are laid out as ours. */
void psock_guest_address_out(const psock_address *from, struct sockaddr *to,
                             socklen_t *length)
{
    if (to == NULL)
        return;
    memcpy(to, from->storage.bytes,
           *length < from->length ? *length : from->length);
    *length = from->length;
}
