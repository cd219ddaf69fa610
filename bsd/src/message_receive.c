/* message_receive.c: recvmsg(). */
#include "ancillary.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>

static ssize_t receive_stream(struct psock_guest *guest, struct msghdr *message,
                              int flags)
{
    ssize_t received = psock_guest_stream_recv(guest, message->msg_iov,
                                               message->msg_iovlen, flags);
    if (received < 0)
        return received;
    if (message->msg_name != NULL)
        message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = flags & MSG_OOB;
    return received;
}

/* Writes all but the data, and its size. */
static void tell(struct psock_guest *guest, const psock_message *datagram,
                 struct msghdr *message)
{
    message->msg_flags = psock_guest_write_items(guest, datagram, message);
    if ((datagram->flags & PSOCK_TRUNCATED) != 0)
        message->msg_flags |= MSG_TRUNC;
    if (message->msg_name == NULL)
        return;
    if (psock_address_family(&datagram->peer) == PSOCK_NONE)
        message->msg_namelen = 0;
    else
        psock_guest_address_out(&datagram->peer, message->msg_name,
                                &message->msg_namelen);
}

static ssize_t receive_once(struct psock_guest *guest, psock_message *datagram,
                            int flags)
{
    ptrdiff_t result;
    const unsigned peek = (flags & MSG_PEEK) != 0 ? PSOCK_PEEK : 0;
    const psock_deadline deadline = psock_guest_receive_deadline(guest, flags);
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result =
            psock_recv_messages(guest->socket, datagram, 1, peek, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    psock_guest_look_for_signals(guest);
    if (peek == 0)
        psock_guest_received(guest,
                             result < 0 ? result : (ptrdiff_t)datagram->size);
    return result < 0 ? psock_guest_recv_result(guest, result, deadline)
                      : (ssize_t)datagram->size;
}

/* With room for all of it, so that its whole size is known. */
static ssize_t receive_whole(struct psock_guest *guest, struct msghdr *message,
                             int flags)
{
    psock_message datagram;
    psock_buffer whole = {malloc(PSOCK_GUEST_WHOLE_BYTES),
                          PSOCK_GUEST_WHOLE_BYTES};
    const size_t room = psock_guest_message_size(message);
    if (whole.data == NULL)
        return -ENOMEM;
    memset(&datagram, 0, sizeof datagram);
    datagram.buffers = &whole;
    datagram.buffer_count = 1;
    ssize_t size = receive_once(guest, &datagram, flags);
    if (size >= 0) {
        psock_guest_scatter(&whole, (size_t)size, message);
        if ((size_t)size > room)
            datagram.flags |= PSOCK_TRUNCATED;
        tell(guest, &datagram, message);
    }
    free(whole.data);
    if (size > (ssize_t)room && (flags & MSG_TRUNC) == 0)
        return (ssize_t)room;
    return size;
}

static ssize_t receive_datagram(struct psock_guest *guest,
                                struct msghdr *message, int flags)
{
    psock_message datagram;
    if ((flags & MSG_ERRQUEUE) != 0)
        return -EAGAIN;
    if ((flags & MSG_TRUNC) != 0 ||
        message->msg_iovlen > PSOCK_MESSAGE_BUFFERS_MAX)
        return receive_whole(guest, message, flags);
    memset(&datagram, 0, sizeof datagram);
    datagram.buffers = psock_guest_buffers_of(message);
    datagram.buffer_count = message->msg_iovlen;
    ssize_t size = receive_once(guest, &datagram, flags);
    if (size >= 0)
        tell(guest, &datagram, message);
    return size;
}

ssize_t psock_guest_receive_message(struct psock_guest *guest,
                                    struct msghdr *message, int flags)
{
    int error = psock_guest_message_error(message);
    if (error < 0)
        return error;
    if (psock_guest_is_emulated(guest))
        return psock_guest_unix_recv(guest, message, flags);
    return guest->type == SOCK_STREAM ? receive_stream(guest, message, flags)
                                      : receive_datagram(guest, message, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    ssize_t received = psock_guest_receive_message(guest, message, flags);
    psock_guest_drop(guest);
    return psock_guest_returned(received);
}
