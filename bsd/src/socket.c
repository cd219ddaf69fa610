/* socket.c: making sockets, and what closes them. */
#include "socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>

#define TYPE_FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

/* --- What may be asked for ------------------------------------------------- */

enum {
    TYPE_COUNT = 11,
    ANY_PROTOCOL = -1
};

/* The protocol of each type of IPv4 and IPv6; 0: no such type there. */
static const int protocols[TYPE_COUNT] = {
    [SOCK_STREAM] = IPPROTO_TCP,
    [SOCK_DGRAM] = IPPROTO_UDP,
    [SOCK_RAW] = ANY_PROTOCOL,
};

static bool is_ping(int domain, int type, int protocol)
{
    return type == SOCK_DGRAM &&
           protocol == (domain == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/* 0, or what is wrong with these, of IPv4 and IPv6. */
static int internet_error(int domain, int type, int protocol)
{
    if (protocol < 0 || protocol >= IPPROTO_MAX)
        return EINVAL;
    if (protocols[type] == 0)
        return ESOCKTNOSUPPORT;
    if (protocols[type] == ANY_PROTOCOL)
        return protocol == 0 ? EPROTONOSUPPORT : 0;
    if (is_ping(domain, type, protocol))
        return EACCES;
    return protocol == 0 || protocol == protocols[type] ? 0 : EPROTONOSUPPORT;
}

static int argument_error(int domain, int type, int protocol)
{
    if (domain != AF_UNIX && domain != AF_INET && domain != AF_INET6)
        return EAFNOSUPPORT;
    if (type < 0 || type >= TYPE_COUNT)
        return EINVAL;
    return domain == AF_UNIX ? 0 : internet_error(domain, type, protocol);
}

/* --- Making ---------------------------------------------------------------- */

psock_t psock_guest_open(int domain, int type, int protocol)
{
    const int family = domain == AF_INET ? PSOCK_IPV4 : PSOCK_IPV6;
    if (type == SOCK_RAW)
        return psock_open_raw(family, protocol);
    return psock_open(family,
                      type == SOCK_STREAM ? PSOCK_STREAM : PSOCK_DATAGRAM,
                      domain == AF_INET6 ? PSOCK_DUAL_STACK : 0);
}

static struct psock_guest *make(int domain, int type, int protocol)
{
    if (domain == AF_UNIX)
        return psock_guest_unix_new(type, protocol);
    if (type != SOCK_RAW)
        protocol = protocols[type];
    psock_t s = psock_guest_open(domain, type, protocol);
    if (s < 0) {
        errno = psock_guest_errno(s);
        return NULL;
    }
    return psock_guest_new_socket(s, domain, type, protocol);
}

struct psock_guest *psock_guest_new_socket(psock_t s, int domain, int type,
                                           int protocol)
{
    struct psock_guest *guest = psock_guest_new(&psock_guest_socket_class);
    if (guest == NULL) {
        psock_close(s);
        errno = ENOMEM;
        return NULL;
    }
    guest->socket = s;
    guest->domain = domain;
    guest->type = type;
    guest->protocol = protocol;
    atomic_store(&guest->flags, O_RDWR);
    return guest;
}

int psock_guest_publish(struct psock_guest *guest, int flags)
{
    if (guest == NULL)
        return -1;
    if ((flags & SOCK_NONBLOCK) != 0)
        atomic_fetch_or(&guest->flags, O_NONBLOCK);
    return psock_guest_number(guest, 0,
                              (flags & SOCK_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
}

int socket(int domain, int type, int protocol)
{
    const int flags = type & TYPE_FLAGS;
    const int kind = type & ~TYPE_FLAGS;
    const int error = argument_error(domain, kind, protocol);
    if (error != 0)
        return psock_guest_fail(error);
    return psock_guest_publish(make(domain, kind, protocol), flags);
}

/* --- The class ------------------------------------------------------------- */

static ssize_t read_socket(struct psock_guest *guest,
                           const struct iovec *pieces, int count)
{
    if (count == 1)
        return psock_guest_recv(guest, pieces->iov_base, pieces->iov_len, 0);
    return psock_guest_stream_recv(guest, pieces, (size_t)count, 0);
}

static ssize_t write_socket(struct psock_guest *guest,
                            const struct iovec *pieces, int count)
{
    if (count == 1)
        return psock_guest_send(guest, pieces->iov_base, pieces->iov_len, 0);
    return psock_guest_stream_send(guest, pieces, (size_t)count, 0);
}

static void close_socket(struct psock_guest *guest)
{
    if (guest->domain == AF_UNIX)
        psock_guest_unix_close(guest);
    if (guest->socket >= 0)
        psock_close(guest->socket);
}

const struct psock_guest_class psock_guest_socket_class = {
    .format = S_IFSOCK,
    .read = read_socket,
    .write = write_socket,
    .close = close_socket,
    .ioctl = psock_guest_socket_ioctl,
};

int isfdtype(int fd, int type)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -1;
    return (status.st_mode & S_IFMT) == (unsigned)type;
}
