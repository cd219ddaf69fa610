/* message_send.c: sendmsg(). */
#include "ancillary.h"
#include "message.h"
#include "option.h"

#include <stdlib.h>
#include <string.h>

static int read_peer(const struct psock_guest *guest,
                     const struct msghdr *message, psock_address *peer)
{
    if (message->msg_name == NULL || message->msg_namelen == 0)
        return 0;
    int kind = psock_guest_destination_in(guest, message->msg_name,
                                          message->msg_namelen, peer);
    if (kind > 0)
        memset(peer, 0, sizeof *peer);
    return kind < 0 ? kind : 0;
}

/* Hints of a message that this system cannot send with. */
#define CAN_BE_LEFT_OUT                                                        \
    (PSOCK_META_LOCAL | PSOCK_META_INTERFACE | PSOCK_META_TRAFFIC_CLASS |      \
     PSOCK_META_DONT_FRAGMENT)

static ptrdiff_t send_datagram_once(struct psock_guest *guest,
                                    psock_message *datagram,
                                    psock_deadline deadline)
{
    ptrdiff_t result;
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_send_messages(guest->socket, datagram, 1, 0, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    psock_guest_look_for_signals(guest);
    return result;
}

static ssize_t send_prepared(struct psock_guest *guest, psock_message *datagram,
                             int flags)
{
    const psock_deadline deadline = psock_guest_send_deadline(guest, flags);
    ptrdiff_t result = send_datagram_once(guest, datagram, deadline);
    if (result == PSOCK_ENOTSUP && (datagram->valid & CAN_BE_LEFT_OUT) != 0) {
        datagram->valid &= ~(uint32_t)CAN_BE_LEFT_OUT;
        result = send_datagram_once(guest, datagram, deadline);
    }
    psock_guest_sent_of(guest, result, 1);
    return result < 0 ? psock_guest_send_result(guest, result, deadline, flags)
                      : (ssize_t)datagram->size;
}

static ssize_t send_gathered(struct psock_guest *guest,
                             const struct msghdr *message,
                             psock_message *datagram, int flags)
{
    psock_buffer whole = {.size = psock_guest_message_size(message)};
    if (whole.size > PSOCK_GUEST_WHOLE_BYTES)
        return -EMSGSIZE;
    whole.data = malloc(PSOCK_GUEST_WHOLE_BYTES);
    if (whole.data == NULL)
        return -ENOBUFS;
    psock_guest_gather(message, &whole);
    datagram->buffers = &whole;
    datagram->buffer_count = 1;
    ssize_t sent = send_prepared(guest, datagram, flags);
    free(whole.data);
    return sent;
}

/* What was set for the whole socket; an item of the message's own comes after. */
static void add_segment_size(const struct psock_guest *guest,
                             psock_message *datagram)
{
    const int size = psock_guest_kept(guest, PSOCK_GUEST_KEPT_SEGMENT, 0);
    if (size == 0)
        return;
    datagram->segment_size = (uint32_t)size;
    datagram->valid |= PSOCK_META_SEGMENT_SIZE;
}

static ssize_t send_datagram(struct psock_guest *guest,
                             const struct msghdr *message, int flags)
{
    psock_message datagram;
    if ((flags & MSG_OOB) != 0)
        return -EOPNOTSUPP;
    memset(&datagram, 0, sizeof datagram);
    datagram.buffers = psock_guest_buffers_of(message);
    datagram.buffer_count = message->msg_iovlen;
    add_segment_size(guest, &datagram);
    int error = read_peer(guest, message, &datagram.peer);
    if (error == 0)
        error = psock_guest_read_items(guest, message, &datagram);
    if (error < 0)
        return error;
    return message->msg_iovlen > PSOCK_MESSAGE_BUFFERS_MAX
               ? send_gathered(guest, message, &datagram, flags)
               : send_prepared(guest, &datagram, flags);
}

static ssize_t send_stream(struct psock_guest *guest,
                           const struct msghdr *message, int flags)
{
    psock_message unused;
    memset(&unused, 0, sizeof unused);
    int error = psock_guest_read_items(guest, message, &unused);
    if (error < 0)
        return error;
    return psock_guest_stream_send(guest, message->msg_iov, message->msg_iovlen,
                                   flags);
}

ssize_t psock_guest_send_message(struct psock_guest *guest,
                                 const struct msghdr *message, int flags)
{
    int error = psock_guest_message_error(message);
    if (error < 0)
        return error;
    if (psock_guest_is_emulated(guest))
        return psock_guest_unix_send(guest, message, flags);
    return guest->type == SOCK_STREAM ? send_stream(guest, message, flags)
                                      : send_datagram(guest, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    ssize_t sent = psock_guest_send_message(guest, message, flags);
    psock_guest_drop(guest);
    return psock_guest_returned(sent);
}
