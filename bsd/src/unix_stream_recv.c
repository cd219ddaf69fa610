/* unix_stream_recv.c: receiving on Unix streams, with the rights that come beside
 * the bytes. */
#include "unix_pieces.h"

enum {
    BLOCK = 4096
};

/* --- Receiving -------------------------------------------------------------- */

/* What may be received at once: not beyond the message that has the next rights. */
static size_t limit(struct unix_box *box, size_t size)
{
    if (atomic_load(&box->rights_count) == 0)
        return size;
    psock_guest_unix_lock();
    uint64_t at = atomic_load(&box->received);
    uint64_t room = size;
    if (box->rights != NULL && box->rights->end - at < room)
        room = box->rights->end - at;
    psock_guest_unix_unlock();
    return (size_t)room;
}

/* The rights that came with the bytes up to `end`, in order; null. */
static struct unix_rights *rights_until(struct unix_box *box, uint64_t end,
                                        bool keeps)
{
    psock_guest_unix_lock();
    struct unix_rights *first = box->rights;
    struct unix_rights **at = &box->rights;
    while (*at != NULL && (*at)->offset < end) {
        at = &(*at)->next;
        if (!keeps)
            atomic_fetch_sub(&box->rights_count, 1);
    }
    if (at == &box->rights)
        first = NULL;
    if (first != NULL && !keeps) {
        box->rights = *at;
        *at = NULL;
    }
    psock_guest_unix_unlock();
    return first;
}

static void received(struct psock_guest *guest, struct msghdr *message,
                     int flags, size_t size)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    bool keeps = (flags & MSG_PEEK) != 0;
    struct ucred *sender =
        (atomic_load(&guest->options) & PSOCK_GUEST_PASSCRED) != 0
            ? &box->peer_is
            : NULL;
    uint64_t end =
        (keeps ? atomic_load(&box->received)
               : atomic_fetch_add(&box->received, (unsigned long long)size)) +
        size;
    struct unix_rights *rights = NULL;
    if (size != 0 && atomic_load(&box->rights_count) != 0)
        rights = rights_until(box, end, keeps);
    psock_guest_unix_give(message, flags, sender, rights, keeps);
}

/* Of a stream that was reset only the first call tells. */
static ptrdiff_t received_error(struct unix_box *box, ptrdiff_t result)
{
    if (result == PSOCK_ETIMEDOUT)
        return PSOCK_EAGAIN;
    if (result == PSOCK_ENOTCONN || result == PSOCK_EPIPE)
        return 0;
    if (result == PSOCK_ECONNRESET && !box->reset) {
        box->reset = true;
        box->refused = false;
        return result;
    }
    return result == PSOCK_ECONNRESET ? 0 : result;
}

/* The peer went with data unread, and has said so on the way. */
static ptrdiff_t ended(struct unix_box *box)
{
    psock_guest_unix_lock();
    bool refused = box->refused;
    box->refused = false;
    psock_guest_unix_unlock();
    return refused ? PSOCK_ECONNRESET : 0;
}

static ptrdiff_t recv_some(struct psock_guest *guest,
                           const struct msghdr *message, size_t begin,
                           size_t size, int flags, psock_deadline deadline)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    struct unix_pieces pieces;
    ptrdiff_t result;
    psock_guest_unix_cut(message, begin, limit(box, size), &pieces);
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_recv_vector(guest->socket, pieces.list, pieces.count,
                                   (flags & MSG_PEEK) != 0 ? PSOCK_PEEK : 0,
                                   deadline);
    while (psock_guest_goes_on_in(guest, &result, true));
    if ((flags & MSG_PEEK) == 0)
        psock_guest_edge_received(guest, result);
    if (result < 0)
        return received_error(box, result);
    return result == 0 && size != 0 && atomic_load(&box->peer_is_deaf)
               ? ended(box)
               : result;
}

/* MSG_WAITALL ends where rights come. */
static ptrdiff_t recv_all(struct psock_guest *guest, struct msghdr *message,
                          size_t size, int flags)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_deadline deadline = psock_guest_receive_deadline(guest, flags);
    bool waits = (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0;
    size_t done = 0;
    ptrdiff_t result;
    do {
        result = recv_some(guest, message, done, size - done, flags, deadline);
        if (result > 0)
            done += (size_t)result;
    } while (waits && result > 0 && done < size &&
             atomic_load(&box->rights_count) == 0);
    return done > 0 ? (ptrdiff_t)done : result;
}

ssize_t psock_guest_unix_stream_recv(struct psock_guest *guest,
                                     struct msghdr *message, int flags)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    ssize_t size = psock_guest_unix_size(message);
    if (size < 0)
        return size;
    if ((flags & MSG_OOB) != 0)
        return -EOPNOTSUPP;
    if (!box->connected)
        return -EINVAL;
    message->msg_flags = 0;
    ptrdiff_t result =
        size == 0 ? 0 : recv_all(guest, message, (size_t)size, flags);
    if (result < 0)
        return -psock_guest_errno(result);
    received(guest, message, flags, (size_t)result);
    if (message->msg_name != NULL && box->peer_name.length != 0 && result > 0)
        psock_guest_unix_name_out(&box->peer_name, message->msg_name,
                                  &message->msg_namelen);
    else
        message->msg_namelen = 0;
    return result;
}

/* --- Closing ---------------------------------------------------------------- */

void psock_guest_unix_drain(struct psock_guest *guest)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    char block[BLOCK];
    bool any = false;
    if (box->peer == NULL)
        return;
    atomic_store(&box->peer->peer_is_deaf, 1);
    while (psock_recv(guest->socket, block, sizeof block, 0, PSOCK_NOW) > 0)
        any = true;
    psock_guest_unix_lock();
    if (box->peer != NULL)
        box->peer->refused = any;
    psock_guest_unix_unlock();
}
