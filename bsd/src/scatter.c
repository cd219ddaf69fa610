/* scatter.c: receiving into several pieces, and whatever flags ask for beyond one
 * transfer: all of it, its end thrown away, urgent bytes. */
#include "pieces.h"

/* No datagram of IP is longer. */
enum {
    DATAGRAM_MAX = 65535,
    DISCARD_BYTES = 65536
};

/* How long to wait for more than what is there already, of which no event tells. */
enum {
    LOOK_AGAIN_MS = 5
};

static ptrdiff_t recv_once(struct psock_guest *guest,
                           const struct psock_guest_pieces *pieces,
                           unsigned peek, psock_deadline deadline)
{
    ptrdiff_t result;
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_recv_vector(guest->socket, pieces->first, pieces->count,
                                   peek, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    if (peek == 0)
        psock_guest_received(guest, result);
    psock_guest_look_for_signals(guest);
    return result;
}

static ssize_t recv_all(struct psock_guest *guest,
                        struct psock_guest_pieces *pieces,
                        psock_deadline deadline)
{
    size_t received = 0;
    ptrdiff_t result;
    do {
        result = recv_once(guest, pieces, 0, deadline);
        if (result <= 0)
            break;
        received += (size_t)result;
        psock_guest_skip_pieces(pieces, (size_t)result);
    } while (pieces->size > 0);
    return received > 0 ? (ssize_t)received
                        : psock_guest_recv_result(guest, result, deadline);
}

static bool has_ended(const struct psock_guest *guest)
{
    psock_pollable entry = {.socket = guest->socket,
                            .wanted = PSOCK_READ_ENDED};
    return psock_poll(&entry, 1, PSOCK_NOW) == 1;
}

/* A moment, unless a signal or the deadline comes first. */
static bool pauses(psock_deadline deadline)
{
    psock_deadline soon = psock_deadline_ms(LOOK_AGAIN_MS);
    return soon < deadline && psock_poll(NULL, 0, soon) == PSOCK_ETIMEDOUT;
}

static ssize_t peek_all(struct psock_guest *guest,
                        const struct psock_guest_pieces *pieces,
                        psock_deadline deadline)
{
    ptrdiff_t result;
    for (;;) {
        bool ended = has_ended(guest);
        result = recv_once(guest, pieces, PSOCK_PEEK, deadline);
        if (result <= 0 || (size_t)result >= pieces->size || ended ||
            !pauses(deadline))
            break;
    }
    return psock_guest_recv_result(guest, result, deadline);
}

/* MSG_TRUNC on a stream: what is received goes nowhere. */
static ssize_t discard(struct psock_guest *guest, size_t size, int flags,
                       psock_deadline deadline)
{
    char nowhere[DISCARD_BYTES];
    const unsigned peek = (flags & MSG_PEEK) != 0 ? PSOCK_PEEK : 0;
    struct psock_guest_pieces pieces = {.first = pieces.buffers, .count = 1};
    size_t discarded = 0;
    ptrdiff_t result;
    do {
        pieces.buffers[0].data = nowhere;
        pieces.buffers[0].size = size - discarded < sizeof nowhere
                                     ? size - discarded
                                     : sizeof nowhere;
        result = recv_once(guest, &pieces, peek, deadline);
        if (result <= 0)
            break;
        discarded += (size_t)result;
        if ((flags & MSG_WAITALL) == 0)
            deadline = PSOCK_NOW;
    } while (discarded < size && peek == 0);
    return discarded > 0 ? (ssize_t)discarded
                         : psock_guest_recv_result(guest, result, deadline);
}

/* MSG_TRUNC on datagrams: room for the whole tells its length. */
static ssize_t measure(struct psock_guest *guest,
                       struct psock_guest_pieces *pieces, unsigned peek,
                       psock_deadline deadline)
{
    char rest[DATAGRAM_MAX];
    if (pieces->count < PSOCK_BUFFERS_MAX) {
        pieces->first[pieces->count].data = rest;
        pieces->first[pieces->count].size = sizeof rest;
        pieces->count++;
    }
    return psock_guest_recv_result(
        guest, recv_once(guest, pieces, peek, deadline), deadline);
}

static ssize_t put_byte(const struct psock_guest_pieces *pieces,
                        unsigned char byte)
{
    size_t i = 0;
    while (i < pieces->count && pieces->first[i].size == 0)
        i++;
    if (i == pieces->count)
        return 0;
    if (pieces->first[i].data == NULL)
        return -EFAULT;
    *(unsigned char *)pieces->first[i].data = byte;
    return 1;
}

/* There is none, or no connection that could have one: the same error, but of a
 * listener. */
static ssize_t recv_urgent(struct psock_guest *guest,
                           const struct psock_guest_pieces *pieces)
{
    if (atomic_load(&guest->connecting) == PSOCK_GUEST_LISTENING)
        return -ENOTCONN;
    int result = psock_recv_urgent(guest->socket);
    if (result == PSOCK_EAGAIN || result == PSOCK_ENOTCONN)
        return -EINVAL;
    return result < 0 ? psock_guest_recv_result(guest, result, PSOCK_NOW)
                      : put_byte(pieces, (unsigned char)result);
}

static ssize_t recv_emulated(struct psock_guest *guest,
                             const struct iovec *pieces, size_t count,
                             int flags)
{
    struct iovec copies[PSOCK_BUFFERS_MAX];
    struct msghdr message = {.msg_iov = copies, .msg_iovlen = count};
    for (size_t i = 0; i < count; i++)
        copies[i] = pieces[i];
    return psock_guest_unix_recv(guest, &message, flags);
}

static ssize_t recv_stream(struct psock_guest *guest,
                           struct psock_guest_pieces *pieces, int flags,
                           psock_deadline deadline)
{
    const unsigned peek = (flags & MSG_PEEK) != 0 ? PSOCK_PEEK : 0;
    if ((flags & MSG_OOB) != 0)
        return recv_urgent(guest, pieces);
    if ((flags & MSG_TRUNC) != 0 && pieces->size > 0)
        return discard(guest, pieces->size, flags, deadline);
    if ((flags & MSG_WAITALL) != 0 && deadline != PSOCK_NOW)
        return peek == 0 ? recv_all(guest, pieces, deadline)
                         : peek_all(guest, pieces, deadline);
    return psock_guest_recv_result(
        guest, recv_once(guest, pieces, peek, deadline), deadline);
}

static ssize_t recv_whole(struct psock_guest *guest,
                          struct psock_guest_pieces *pieces, int flags,
                          psock_deadline deadline)
{
    const unsigned peek = (flags & MSG_PEEK) != 0 ? PSOCK_PEEK : 0;
    if ((flags & MSG_TRUNC) != 0)
        return measure(guest, pieces, peek, deadline);
    return psock_guest_recv_result(
        guest, recv_once(guest, pieces, peek, deadline), deadline);
}

ssize_t psock_guest_stream_recv(struct psock_guest *guest,
                                const struct iovec *from, size_t count,
                                int flags)
{
    struct psock_guest_pieces pieces;
    int error = psock_guest_take_pieces(&pieces, from, count);
    if (error < 0)
        return error;
    if (psock_guest_is_emulated(guest))
        return recv_emulated(guest, from, count, flags);
    if ((flags & MSG_ERRQUEUE) != 0)
        return -EAGAIN;
    const psock_deadline deadline = psock_guest_receive_deadline(guest, flags);
    return guest->type == SOCK_STREAM
               ? recv_stream(guest, &pieces, flags, deadline)
               : recv_whole(guest, &pieces, flags, deadline);
}
