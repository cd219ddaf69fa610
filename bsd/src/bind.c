/* bind.c: bind(), and bindresvport() of BSD. */
#include "socket.h"

#include <netinet/in.h>
#include <string.h>

/* "May be used again" is for what a dead listener has left, and of datagrams for
 * those who listen together.  Streams that would share a port for load cannot: the
 * first has it, and the second is told. */
static int bind_mode(const struct psock_guest *guest)
{
    const unsigned reused = PSOCK_GUEST_REUSEADDR | PSOCK_GUEST_REUSEPORT;
    if ((atomic_load(&guest->options) & reused) == 0)
        return PSOCK_BIND_FRESH;
    return guest->type == SOCK_STREAM ? PSOCK_BIND_REBIND : PSOCK_BIND_SHARED;
}

/* Old programs leave the family out of "any" of IPv4. */
static bool is_any_without_family(int domain, const struct sockaddr *address,
                                  socklen_t length)
{
    struct sockaddr_in in;
    if (domain != AF_INET || address == NULL || length < sizeof in)
        return false;
    memcpy(&in, address, sizeof in);
    return in.sin_family == AF_UNSPEC && in.sin_addr.s_addr == INADDR_ANY;
}

static int read_local(int domain, const struct sockaddr *address,
                      socklen_t length, psock_address *local)
{
    if (is_any_without_family(domain, address, length)) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return -psock_guest_errno(
            psock_address_any(PSOCK_IPV4, ntohs(in.sin_port), local));
    }
    return psock_guest_address_for(domain, address, length, local);
}

int psock_guest_bind(struct psock_guest *guest, const psock_address *local)
{
    int error = psock_bind(guest->socket, local, bind_mode(guest));
    if (error == 0)
        atomic_fetch_or(&guest->options, PSOCK_GUEST_BOUND);
    return -psock_guest_errno(error);
}

static int bind_guest(struct psock_guest *guest, const struct sockaddr *address,
                      socklen_t length)
{
    psock_address local;
    if (length > sizeof(struct sockaddr_storage))
        return -EINVAL;
    if (address == NULL && length > 0)
        return -EFAULT;
    if (guest->domain == AF_UNIX)
        return psock_guest_unix_bind(guest, address, length);
    int error = read_local(guest->domain, address, length, &local);
    return error < 0 ? error : psock_guest_bind(guest, &local);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int result = bind_guest(guest, address, length);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(result);
}

/* The ports that once were for privileged users only. */
enum {
    FIRST_RESERVED = 600,
    LAST_RESERVED = IPPORT_RESERVED - 1
};

static int bind_reserved(int fd, struct sockaddr_in *address)
{
    for (int port = LAST_RESERVED; port >= FIRST_RESERVED; port--) {
        address->sin_port = htons((uint16_t)port);
        if (bind(fd, (struct sockaddr *)address, sizeof *address) == 0)
            return 0;
        if (errno != EADDRINUSE)
            return -1;
    }
    return -1;
}

int bindresvport(int fd, struct sockaddr_in *address)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    if (address == NULL)
        address = &any;
    else if (address->sin_family != AF_INET)
        return psock_guest_fail(EAFNOSUPPORT);
    return bind_reserved(fd, address);
}
