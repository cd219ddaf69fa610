/* datagram.c: sendto() and recvfrom(). */
#include "socket.h"

#include <string.h>

/* No datagram of IP is longer. */
enum {
    DATAGRAM_MAX = 65535
};

/* --- Sending --------------------------------------------------------------- */

static struct iovec piece_of(const void *data, size_t size)
{
    const union {
        const void *data;
        void *base;
    } same = {.data = data};
    return (struct iovec){.iov_base = same.base, .iov_len = size};
}

/* Unix sockets, and those whose datagrams are cut in segments. */
static ssize_t send_message_to(struct psock_guest *guest,
                               const struct iovec *piece, int flags,
                               const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_storage name;
    struct iovec copy = *piece;
    struct msghdr message = {
        .msg_name = &name, .msg_iov = &copy, .msg_iovlen = 1};
    if (length > sizeof name)
        return -EINVAL;
    memcpy(&name, address, length);
    message.msg_namelen = length;
    if (psock_guest_is_emulated(guest))
        return psock_guest_unix_send(guest, &message, flags);
    return psock_guest_send_message(guest, &message, flags);
}

static ssize_t send_datagram(struct psock_guest *guest, const void *data,
                             size_t size, int flags, const psock_address *to)
{
    ptrdiff_t result;
    const psock_deadline deadline = psock_guest_send_deadline(guest, flags);
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_send_to(guest->socket, data, size, 0, to, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    psock_guest_sent_of(guest, result, size);
    psock_guest_look_for_signals(guest);
    return psock_guest_send_result(guest, result, deadline, flags);
}

static ssize_t send_to_internet(struct psock_guest *guest, const void *data,
                                size_t size, int flags,
                                const struct sockaddr *address,
                                socklen_t length)
{
    psock_address to;
    if (size > DATAGRAM_MAX)
        return -EMSGSIZE;
    if ((flags & MSG_OOB) != 0)
        return -EOPNOTSUPP;
    int kind = psock_guest_destination_in(guest, address, length, &to);
    if (kind < 0)
        return kind;
    return kind > 0 ? psock_guest_send(guest, data, size, flags)
                    : send_datagram(guest, data, size, flags, &to);
}

static ssize_t send_to(struct psock_guest *guest, const void *data, size_t size,
                       int flags, const struct sockaddr *address,
                       socklen_t length)
{
    const struct iovec piece = piece_of(data, size);
    if (address == NULL)
        return psock_guest_send(guest, data, size, flags);
    if (length > sizeof(struct sockaddr_storage))
        return -EINVAL;
    if (guest->domain == AF_UNIX ||
        (atomic_load(&guest->options) & PSOCK_GUEST_SEGMENTS) != 0)
        return send_message_to(guest, &piece, flags, address, length);
    if (guest->type == SOCK_STREAM)
        return psock_guest_send(guest, data, size, flags);
    return send_to_internet(guest, data, size, flags, address, length);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags,
               const struct sockaddr *address, socklen_t length)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    ssize_t result = send_to(guest, data, size, flags, address, length);
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}

/* --- Receiving ------------------------------------------------------------- */

static ssize_t recv_emulated(struct psock_guest *guest, void *buffer,
                             size_t size, int flags, struct sockaddr *address,
                             socklen_t *length)
{
    struct iovec piece = piece_of(buffer, size);
    struct msghdr message = {.msg_name = address,
                             .msg_namelen = *length,
                             .msg_iov = &piece,
                             .msg_iovlen = 1};
    ssize_t result = psock_guest_unix_recv(guest, &message, flags);
    if (result >= 0)
        *length = message.msg_namelen;
    return result;
}

static ptrdiff_t recv_datagram(struct psock_guest *guest, void *buffer,
                               size_t size, int flags, psock_address *from)
{
    ptrdiff_t result;
    const unsigned peek = (flags & MSG_PEEK) != 0 ? PSOCK_PEEK : 0;
    const psock_deadline deadline = psock_guest_receive_deadline(guest, flags);
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result =
            psock_recv_from(guest->socket, buffer, size, peek, from, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    if (peek == 0)
        psock_guest_received(guest, result);
    psock_guest_look_for_signals(guest);
    return psock_guest_recv_result(guest, result, deadline);
}

/* MSG_TRUNC wants the whole length, which only room for the whole tells. */
static ptrdiff_t recv_measured(struct psock_guest *guest, void *buffer,
                               size_t size, int flags, psock_address *from)
{
    char whole[DATAGRAM_MAX];
    if (buffer == NULL && size > 0)
        return -EFAULT;
    ptrdiff_t result = recv_datagram(guest, whole, sizeof whole, flags, from);
    if (result > 0 && size > 0)
        memcpy(buffer, whole, (size_t)result < size ? (size_t)result : size);
    return result;
}

static ssize_t recv_from_internet(struct psock_guest *guest, void *buffer,
                                  size_t size, int flags,
                                  struct sockaddr *address, socklen_t *length)
{
    psock_address from = {.length = 0};
    ptrdiff_t result;
    if (guest->type == SOCK_STREAM || (flags & MSG_ERRQUEUE) != 0)
        result = psock_guest_recv(guest, buffer, size, flags);
    else if ((flags & MSG_TRUNC) != 0)
        result = recv_measured(guest, buffer, size, flags, &from);
    else
        result = recv_datagram(guest, buffer, size, flags, &from);
    if (result >= 0)
        psock_guest_address_out(&from, address, length);
    return result;
}

static ssize_t recv_from(struct psock_guest *guest, void *buffer, size_t size,
                         int flags, struct sockaddr *address, socklen_t *length)
{
    int error = psock_guest_room_error(address, length);
    if (error < 0)
        return error;
    if (address == NULL)
        return psock_guest_recv(guest, buffer, size, flags);
    if (psock_guest_is_emulated(guest))
        return recv_emulated(guest, buffer, size, flags, address, length);
    return recv_from_internet(guest, buffer, size, flags, address, length);
}

ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags,
                 struct sockaddr *restrict address, socklen_t *restrict length)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    ssize_t result = recv_from(guest, buffer, size, flags, address, length);
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}
