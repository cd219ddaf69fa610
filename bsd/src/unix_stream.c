/* unix_stream.c: sending on Unix streams: by the socket below, with rights that go
 * beside the bytes. */
#include "unix_pieces.h"

#include <poll.h>

/* --- Sending ---------------------------------------------------------------- */

/* A Unix stream is never reset for those who send. */
static ptrdiff_t sent_error(ptrdiff_t result)
{
    if (result == PSOCK_ECONNRESET || result == PSOCK_ECONNABORTED ||
        result == PSOCK_ENOTCONN || result == PSOCK_ESHUTDOWN)
        return PSOCK_EPIPE;
    return result == PSOCK_ETIMEDOUT ? PSOCK_EAGAIN : result;
}

static bool is_broken(struct unix_box *box)
{
    return atomic_load(&box->peer_is_deaf) ||
           (atomic_load(&box->shut) & 2) != 0;
}

static ptrdiff_t send_at_once(struct psock_guest *guest,
                              const struct unix_pieces *pieces)
{
    if (is_broken(psock_guest_unix_box(guest)))
        return PSOCK_EPIPE;
    ptrdiff_t result = psock_send_vector(guest->socket, pieces->list,
                                         pieces->count, 0, PSOCK_NOW);
    psock_guest_edge_sent(guest);
    return sent_error(result);
}

static ptrdiff_t send_some(struct psock_guest *guest,
                           struct unix_pieces *pieces, psock_deadline deadline)
{
    ptrdiff_t result;
    if (is_broken(psock_guest_unix_box(guest)))
        return PSOCK_EPIPE;
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_send_vector(guest->socket, pieces->list, pieces->count,
                                   0, deadline);
    while (psock_guest_goes_on_in(guest, &result, true));
    psock_guest_edge_sent(guest);
    return sent_error(result);
}

/* Where it may wait it sends all but what is `done`, and what fails later is told by
 * the next call. */
static ptrdiff_t send_all(struct psock_guest *guest,
                          const struct msghdr *message, size_t done,
                          size_t size, psock_deadline deadline)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    ptrdiff_t result = 0;
    while (done < size) {
        struct unix_pieces pieces;
        psock_guest_unix_cut(message, done, size - done, &pieces);
        result = send_some(guest, &pieces, deadline);
        if (result <= 0)
            break;
        done += (size_t)result;
        atomic_fetch_add(&box->sent, (unsigned long long)result);
    }
    return done > 0 ? (ptrdiff_t)done : result;
}

/* --- Rights beside a stream -------------------------------------------------- */

static ptrdiff_t put_rights(struct unix_box *box, struct unix_rights *rights,
                            size_t size)
{
    ptrdiff_t result = PSOCK_EOPNOTSUPP;
    psock_guest_unix_lock();
    struct unix_box *peer = box->peer;
    if (peer != NULL)
        result = peer->closed ? PSOCK_EPIPE : 0;
    if (result == 0) {
        struct unix_rights **at = &peer->rights;
        while (*at != NULL)
            at = &(*at)->next;
        rights->offset = atomic_load(&box->sent);
        rights->end = rights->offset + size;
        *at = rights;
        atomic_fetch_add(&peer->rights_count, 1);
    }
    psock_guest_unix_unlock();
    return result;
}

/* Nothing of the message went, so nobody has come to them; but the peer may have
 * been closed with them.  Returns what is still there. */
static struct unix_rights *take_back(struct unix_box *box,
                                     struct unix_rights *rights)
{
    struct unix_rights *found = NULL;
    psock_guest_unix_lock();
    struct unix_rights **at = box->peer == NULL ? NULL : &box->peer->rights;
    while (at != NULL && *at != NULL && *at != rights)
        at = &(*at)->next;
    if (at != NULL && *at == rights) {
        *at = rights->next;
        rights->next = NULL;
        atomic_fetch_sub(&box->peer->rights_count, 1);
        found = rights;
    }
    psock_guest_unix_unlock();
    return found;
}

/* One attempt, which does not wait and lets no signal in, as it has the lock of
 * those who send.  Leaves in `*rights` what is still to be sent. */
static ptrdiff_t try_with_rights(struct psock_guest *guest,
                                 const struct msghdr *message, size_t size,
                                 struct unix_rights **rights)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    struct unix_pieces pieces;
    psock_guest_unix_cut(message, 0, size, &pieces);
    psock_guest_lock(&box->sending);
    ptrdiff_t sent = put_rights(box, *rights, size);
    if (sent == 0) {
        sent = send_at_once(guest, &pieces);
        *rights = sent > 0 ? NULL : take_back(box, *rights);
        atomic_fetch_add(&box->sent, sent > 0 ? (unsigned long long)sent : 0);
    }
    psock_guest_unlock(&box->sending);
    return sent;
}

/* Waits until an attempt may succeed: 0, or what to return. */
static ptrdiff_t wait_for_room(struct psock_guest *guest,
                               psock_deadline deadline)
{
    ptrdiff_t result;
    if (deadline == PSOCK_NOW)
        return PSOCK_EAGAIN;
    psock_guest_may_wait();
    do
        result = psock_guest_wait(guest, POLLOUT, deadline);
    while (psock_guest_goes_on_in(guest, &result, true));
    return result > 0 ? 0 : sent_error(result);
}

/* The rights go with the first bytes, and the rest is like any. */
static ptrdiff_t send_with_rights(struct psock_guest *guest,
                                  const struct msghdr *message, size_t size,
                                  psock_deadline deadline,
                                  struct unix_rights *rights)
{
    ptrdiff_t sent;
    do
        sent = try_with_rights(guest, message, size, &rights);
    while (sent == PSOCK_EAGAIN && rights != NULL &&
           (sent = wait_for_room(guest, deadline)) == 0);
    psock_guest_unix_drop_rights(rights);
    if (sent <= 0 || deadline == PSOCK_NOW)
        return sent;
    return send_all(guest, message, (size_t)sent, size, deadline);
}

static ssize_t nothing_sent(struct psock_guest *guest, int flags)
{
    if (!is_broken(psock_guest_unix_box(guest)))
        return 0;
    return -psock_guest_errno(psock_guest_sent(guest, PSOCK_EPIPE, flags));
}

ssize_t psock_guest_unix_stream_send(struct psock_guest *guest,
                                     const struct msghdr *message, int flags)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    struct unix_rights *rights = NULL;
    ssize_t size = psock_guest_unix_size(message);
    if (size < 0)
        return size;
    if ((flags & MSG_OOB) != 0)
        return -EOPNOTSUPP;
    if (message->msg_controllen != 0) {
        int result = psock_guest_unix_take_rights(message, &rights);
        if (result < 0)
            return result;
    }
    ssize_t wrong = message->msg_name != NULL && message->msg_namelen != 0
                        ? (box->connected ? -EISCONN : -EOPNOTSUPP)
                        : (box->connected ? 0 : -ENOTCONN);
    if (wrong != 0 || size == 0) {
        psock_guest_unix_drop_rights(rights);
        return wrong == 0 ? nothing_sent(guest, flags) : wrong;
    }
    const psock_deadline deadline = psock_guest_send_deadline(guest, flags);
    ptrdiff_t sent =
        rights == NULL
            ? send_all(guest, message, 0, (size_t)size, deadline)
            : send_with_rights(guest, message, (size_t)size, deadline, rights);
    sent = psock_guest_sent(guest, sent, flags);
    return sent < 0 ? -psock_guest_errno(sent) : sent;
}
