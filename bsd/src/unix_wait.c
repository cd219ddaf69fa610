/* unix_wait.c: how calls on Unix sockets wait, and what polling sees of them. */
#include "unix.h"

#include <poll.h>
#include <sys/stat.h>

/* --- Waiting ---------------------------------------------------------------- */

int psock_guest_unix_want_room(struct unix_box *box, struct unix_box *of)
{
    if (box->room == NULL && psock_waker_open(&box->room) != 0)
        return -ENOMEM;
    psock_waker_reset(box->room);
    psock_guest_unix_block(box, of);
    return 0;
}

/* A thread that shares the box can take the ring for its own: so nobody waits for
 * one longer than a moment without trying again. */
int psock_guest_unix_wait_for_room(struct unix_box *box,
                                   psock_deadline deadline)
{
    psock_pollable entry = {PSOCK_INVALID, box->room, PSOCK_READABLE, 0};
    psock_deadline moment = psock_deadline_ms(250);
    ptrdiff_t result;
    if (deadline == PSOCK_NOW)
        return -EAGAIN;
    psock_guest_may_wait();
    do
        result = psock_poll(&entry, 1, moment < deadline ? moment : deadline);
    while (psock_guest_goes_on_in(box->guest, &result, true));
    if (result == PSOCK_ETIMEDOUT && moment < deadline)
        return 0;
    return psock_guest_error_of_wait(result);
}

enum {
    SENDING = POLLOUT | POLLWRNORM | POLLWRBAND
};

/* --- Polling ---------------------------------------------------------------- */

static bool can_send(struct unix_box *box)
{
    struct unix_box *peer = box->peer;
    return (atomic_load(&box->shut) & 2) != 0 || peer == NULL || peer->closed ||
           psock_guest_unix_has_room(peer);
}

/* What a connection of messages and a datagram socket have in common. */
static short bits_of(struct psock_guest *guest, struct unix_box *box)
{
    int shut = atomic_load(&box->shut) | (box->abandoned ? 3 : 0);
    short bits = 0;
    if (box->first != NULL)
        bits |= POLLIN | POLLRDNORM;
    if ((shut & 1) != 0)
        bits |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (box->type != SOCK_DGRAM && box->peer != NULL &&
        (atomic_load(&box->peer->shut) & 2) != 0)
        bits |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (shut == 3 || atomic_load(&box->peer_is_gone) ||
        (box->type != SOCK_DGRAM && !box->connected))
        bits |= POLLHUP;
    if (box->refused || atomic_load(&guest->error) != 0)
        bits |= POLLERR;
    return bits;
}

/* What comes unasked stays in. */
static short wanted_of(short bits, short wanted)
{
    return (short)(bits & (wanted | POLLERR | POLLHUP));
}

/* TCP, which streams go by, tells only that the peer sends no more. */
short psock_guest_unix_hang_up(const struct psock_guest *guest)
{
    const struct unix_box *box = guest->state;
    return guest->type == SOCK_STREAM && psock_guest_is_emulated(guest) &&
                   atomic_load(&box->peer_is_gone)
               ? POLLHUP
               : 0;
}

/* Whether nobody needs the ring any more that told of room: who waits for something
 * else must not take it away from who waits for that. */
static bool is_seen(struct unix_box *box, short wanted)
{
    if ((wanted & SENDING) != 0)
        box->room_is_news = 0;
    return box->room_is_news == 0 || --box->room_is_news == 0;
}

short psock_guest_unix_mail_now(struct psock_guest *guest, short wanted)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    short bits = bits_of(guest, box);
    if (can_send(box))
        bits |= SENDING;
    else if ((wanted & SENDING) != 0)
        psock_guest_unix_block(box, box->peer);
    if ((bits & ~SENDING) == 0 && is_seen(box, wanted))
        psock_waker_reset(box->waker);
    psock_guest_unix_unlock();
    return wanted_of(bits, wanted);
}

short psock_guest_unix_listener_now(struct psock_guest *guest, short wanted)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    short bits = box->arrivals != NULL ? POLLIN | POLLRDNORM : 0;
    if (atomic_load(&box->shut) != 0)
        bits |= POLLIN | POLLRDNORM | POLLHUP;
    if (bits == 0)
        psock_waker_reset(box->waker);
    psock_guest_unix_unlock();
    return wanted_of(bits, wanted);
}
