/* unix_close.c: shutting Unix sockets, and closing them. */
#include "unix.h"

#include <stdlib.h>
#include <unistd.h>

/* --- Shutting --------------------------------------------------------------- */

static void shut_box(struct unix_box *box, int bits)
{
    atomic_fetch_or(&box->shut, bits);
    if ((bits & 1) != 0 && box->peer != NULL)
        atomic_store(&box->peer->peer_is_deaf, 1);
    if (atomic_load(&box->shut) == 3 && box->peer != NULL &&
        box->type != SOCK_DGRAM)
        atomic_store(&box->peer->peer_is_gone, true);
    psock_guest_unix_ring(box);
    psock_guest_unix_unblock(box);
    if (box->peer != NULL && box->type != SOCK_DGRAM) {
        psock_guest_unix_ring(box->peer);
        psock_guest_unix_unblock(box->peer);
    }
}

int psock_guest_unix_shutdown(struct psock_guest *guest, int how)
{
    if (how < SHUT_RD || how > SHUT_RDWR)
        return -EINVAL;
    if (!psock_guest_is_emulated(guest))
        return -psock_guest_errno(psock_shutdown(guest->socket, how));
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    bool can = box->connected || box->listening;
    if (can || box->type != SOCK_STREAM)
        shut_box(box, how + 1);
    psock_guest_unix_unlock();
    if (box->type == SOCK_STREAM && box->connected)
        psock_shutdown(guest->socket, how);
    return 0;
}

/* --- Closing ---------------------------------------------------------------- */

/* What a box leaves to be closed when nobody has the lock. */
struct remains {
    struct unix_mail *mail;
    struct unix_rights *rights;
    struct unix_arrival *arrivals;
    char *file;
    psock_t courier;
};

static void part_from_peer(struct unix_box *box)
{
    struct unix_box *peer = box->peer;
    box->peer = NULL;
    if (peer == NULL)
        return;
    if (box->type != SOCK_DGRAM) {
        peer->abandoned = true;
        atomic_store(&peer->peer_is_gone, true);
        peer->refused = peer->refused || box->first != NULL;
        atomic_store(&peer->peer_is_deaf, 1);
    }
    psock_guest_unix_ring(peer);
    psock_guest_unix_let_go(peer);
}

static struct remains close_box(struct unix_box *box)
{
    box->closed = true;
    box->guest = NULL;
    part_from_peer(box);
    psock_guest_unix_unblock(box);
    struct remains remains = {box->first, box->rights, box->arrivals,
                              box->removable, box->courier};
    box->first = NULL;
    box->last = &box->first;
    box->rights = NULL;
    box->arrivals = NULL;
    box->removable = NULL;
    if (box->anchor >= 0) {
        psock_guest_unix_delist(box);
        psock_guest_unix_tell_hub(box->anchor);
    }
    psock_guest_unix_let_go(box);
    return remains;
}

static void close_wholly(struct unix_box *box);

static void clear(struct remains *remains)
{
    psock_guest_unix_free_mail(remains->mail);
    psock_guest_unix_drop_rights(remains->rights);
    for (struct unix_arrival *each = remains->arrivals; each != NULL;) {
        struct unix_arrival *next = each->next;
        psock_guest_unix_lock();
        if (each->box->peer != NULL)
            each->box->peer->refused = true;
        psock_guest_unix_unlock();
        psock_close(each->socket);
        close_wholly(each->box);
        free(each);
        each = next;
    }
    if (remains->file != NULL)
        unlink(remains->file);
    free(remains->file);
    if (remains->courier >= 0)
        psock_close(remains->courier);
}

static void close_wholly(struct unix_box *box)
{
    psock_guest_unix_lock();
    struct remains remains = close_box(box);
    psock_guest_unix_unlock();
    clear(&remains);
}

void psock_guest_unix_close(struct psock_guest *guest)
{
    if (guest->state == NULL)
        return;
    close_wholly(guest->state);
    guest->state = NULL;
}
