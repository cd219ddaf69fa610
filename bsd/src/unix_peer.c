/* unix_peer.c: the peers of Unix datagram sockets. */
#include "unix.h"

/* With the lock held. */
static void set_peer(struct unix_box *box, struct unix_box *peer)
{
    struct unix_box *old = box->peer;
    if (peer != NULL)
        psock_guest_unix_hold(peer);
    box->peer = peer;
    psock_guest_unix_let_go(old);
    psock_guest_unix_unblock(box);
}

int psock_guest_unix_disconnect(struct psock_guest *guest)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    set_peer(box, NULL);
    box->connected = box->remote = false;
    psock_guest_unix_unlock();
    atomic_store(&guest->connecting, PSOCK_GUEST_IDLE);
    return 0;
}

/* Whether somebody is there at all. */
int psock_guest_unix_probe(const struct unix_place *place)
{
    struct ucred peer;
    psock_t s = psock_guest_unix_call(place, 0, false, NULL,
                                      psock_deadline_ms(2000), &peer);
    if (s >= 0)
        psock_close(s);
    return s < 0 ? (int)s : 0;
}

/* One that is connected to somebody else takes nothing from us. */
int psock_guest_unix_connect_datagrams(struct psock_guest *guest,
                                       const struct unix_name *to)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    struct unix_place place;
    int result = psock_guest_unix_locate(to, &place);
    if (result == 0 && place.type != SOCK_DGRAM)
        result = -EPROTOTYPE;
    if (result == 0 && !psock_guest_unix_is_here(&place))
        result = psock_guest_unix_probe(&place);
    if (result < 0)
        return result;
    psock_guest_unix_lock();
    struct unix_box *peer = psock_guest_unix_find(&place);
    if (peer != NULL && peer->connected && peer->peer != box)
        result = -EPERM;
    if (result == 0) {
        set_peer(box, peer);
        box->connected = true;
        box->remote = peer == NULL;
        box->to = place;
        box->peer_name = *to;
        atomic_store(&guest->connecting, PSOCK_GUEST_CONNECTED);
    }
    psock_guest_unix_unlock();
    return result;
}
