/* unix_listener.c: Unix sockets that listen, and what they accept. */
#include "unix.h"

#include <poll.h>
#include <stdlib.h>

/* --- Listening -------------------------------------------------------------- */

static int become_listener(struct psock_guest *guest, struct unix_box *box,
                           int backlog)
{
    if (box->waker == NULL && psock_waker_open(&box->waker) != 0)
        return -ENOMEM;
    if (!box->listening && psock_listen(box->anchor, SOMAXCONN) < 0)
        return -EADDRINUSE;
    box->backlog = backlog < 0 || backlog > SOMAXCONN ? SOMAXCONN : backlog;
    box->listening = true;
    box->peer_is = psock_guest_unix_self();
    guest->waker = box->waker;
    guest->class = &psock_guest_unix_listener_class;
    atomic_store(&guest->connecting, PSOCK_GUEST_LISTENING);
    psock_guest_unix_unblock(box);
    psock_guest_unix_tell_hub(PSOCK_INVALID);
    return 0;
}

int psock_guest_unix_listen(struct psock_guest *guest, int backlog)
{
    if (guest->type == SOCK_DGRAM)
        return -EOPNOTSUPP;
    if (!psock_guest_is_emulated(guest))
        return -EINVAL;
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    int result = box->anchor < 0 || box->connected
                     ? -EINVAL
                     : become_listener(guest, box, backlog);
    psock_guest_unix_unlock();
    if (result == 0)
        psock_guest_changed(guest);
    return result;
}

/* As on Linux there is room for one more than the backlog. */
bool psock_guest_unix_accepts(const struct unix_box *listener)
{
    return listener->waiting <= listener->backlog;
}

void psock_guest_unix_arrive(struct unix_box *listener,
                             struct unix_arrival *arrival)
{
    arrival->next = NULL;
    *listener->last_arrival = arrival;
    listener->last_arrival = &arrival->next;
    listener->waiting++;
    psock_guest_unix_ring(listener);
}

/* --- Accepting -------------------------------------------------------------- */

static struct unix_arrival *take_arrival(struct unix_box *listener)
{
    psock_guest_unix_lock();
    struct unix_arrival *first = listener->arrivals;
    if (first != NULL) {
        listener->arrivals = first->next;
        if (first->next == NULL)
            listener->last_arrival = &listener->arrivals;
        listener->waiting--;
        psock_guest_unix_unblock(listener);
        psock_guest_unix_tell_hub(PSOCK_INVALID);
    }
    psock_guest_unix_unlock();
    return first;
}

static struct psock_guest *open_arrival(struct unix_arrival *arrival,
                                        struct sockaddr *address,
                                        socklen_t *length)
{
    struct unix_name peer = arrival->box->peer_name;
    struct psock_guest *guest =
        psock_guest_unix_wrap(arrival->box, arrival->socket);
    free(arrival);
    if (guest != NULL && address != NULL)
        psock_guest_unix_name_out(&peer, address, length);
    return guest;
}

static int cannot_accept(struct psock_guest *listener)
{
    if (!psock_guest_is_emulated(listener))
        return EINVAL;
    if (listener->type == SOCK_DGRAM)
        return EOPNOTSUPP;
    return psock_guest_unix_box(listener)->listening ? 0 : EINVAL;
}

struct psock_guest *psock_guest_unix_accept(struct psock_guest *listener,
                                            struct sockaddr *address,
                                            socklen_t *length)
{
    struct unix_box *box = psock_guest_unix_box(listener);
    psock_deadline deadline = psock_guest_receive_deadline(listener, 0);
    int result = -cannot_accept(listener);
    while (result == 0) {
        struct unix_arrival *arrival = take_arrival(box);
        if (arrival != NULL)
            return open_arrival(arrival, address, length);
        result = atomic_load(&box->shut) != 0
                     ? -EINVAL
                     : psock_guest_await_input(listener, deadline);
    }
    errno = -result;
    return NULL;
}
