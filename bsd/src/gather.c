/* gather.c: sending of several pieces, and of urgent bytes. */
#include "pieces.h"

static ptrdiff_t send_once(struct psock_guest *guest,
                           const struct psock_guest_pieces *pieces,
                           psock_deadline deadline)
{
    ptrdiff_t result;
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_send_vector(guest->socket, pieces->first, pieces->count,
                                   0, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    psock_guest_sent_of(guest, result, pieces->size);
    psock_guest_look_for_signals(guest);
    return result;
}

/* All that can be sent; what went before an error counts. */
static ssize_t send_all(struct psock_guest *guest,
                        struct psock_guest_pieces *pieces, int flags)
{
    const psock_deadline deadline = psock_guest_send_deadline(guest, flags);
    size_t sent = 0;
    ptrdiff_t result;
    do {
        result = send_once(guest, pieces, deadline);
        if (result < 0)
            break;
        sent += (size_t)result;
        psock_guest_skip_pieces(pieces, (size_t)result);
    } while (pieces->size > 0 && deadline != PSOCK_NOW);
    return sent > 0 || result >= 0
               ? (ssize_t)sent
               : psock_guest_send_result(guest, result, deadline, flags);
}

/* Takes the last byte away from what is to be sent. */
static unsigned char take_last(struct psock_guest_pieces *pieces)
{
    psock_buffer *last = pieces->first + pieces->count - 1;
    while (last->size == 0)
        last--;
    pieces->size--;
    return ((const unsigned char *)last->data)[--last->size];
}

static ssize_t send_urgent_byte(struct psock_guest *guest, unsigned char byte,
                                int flags)
{
    ptrdiff_t result;
    const psock_deadline deadline = psock_guest_send_deadline(guest, flags);
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_send_urgent(guest->socket, byte, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    return result == 0
               ? 1
               : psock_guest_send_result(guest, result, deadline, flags);
}

/* The last of the bytes is the urgent one. */
static ssize_t send_urgently(struct psock_guest *guest,
                             struct psock_guest_pieces *pieces, int flags)
{
    if (guest->type != SOCK_STREAM)
        return -EOPNOTSUPP;
    if (pieces->size == 0)
        return 0;
    if (pieces->first->data == NULL)
        return -EFAULT;
    const unsigned char byte = take_last(pieces);
    const size_t before = pieces->size;
    ssize_t sent = before > 0 ? send_all(guest, pieces, flags) : 0;
    if (sent < 0 || (size_t)sent < before)
        return sent;
    ssize_t last = send_urgent_byte(guest, byte, flags);
    return last < 0 && sent > 0 ? sent : sent + last;
}

/* Unix sockets, and those whose datagrams are cut in segments. */
static ssize_t send_message(struct psock_guest *guest,
                            const struct psock_guest_pieces *pieces, int flags)
{
    struct iovec copies[PSOCK_BUFFERS_MAX];
    struct msghdr message = {.msg_iov = copies, .msg_iovlen = pieces->count};
    for (size_t i = 0; i < pieces->count; i++) {
        copies[i].iov_base = pieces->first[i].data;
        copies[i].iov_len = pieces->first[i].size;
    }
    if (psock_guest_is_emulated(guest))
        return psock_guest_unix_send(guest, &message, flags);
    return psock_guest_send_message(guest, &message, flags);
}

ssize_t psock_guest_stream_send(struct psock_guest *guest,
                                const struct iovec *from, size_t count,
                                int flags)
{
    struct psock_guest_pieces pieces;
    int error = psock_guest_take_pieces(&pieces, from, count);
    if (error < 0)
        return error;
    if ((atomic_load(&guest->options) &
         (PSOCK_GUEST_EMULATED | PSOCK_GUEST_SEGMENTS)) != 0)
        return send_message(guest, &pieces, flags);
    if ((flags & MSG_OOB) != 0)
        return send_urgently(guest, &pieces, flags);
    return send_all(guest, &pieces, flags);
}
