/* unix_datagram.c: sending datagrams, and messages of connections. */
#include "unix.h"

#include <stdlib.h>
#include <string.h>

/* To where a message goes, and what is to be sent. */
struct parcel {
    struct unix_mail *mail;
    bool named; /* `place` is where, not the peer */
    struct unix_place place;
};

static void copy_in(const struct msghdr *message, unsigned char *to)
{
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        const struct iovec *piece = &message->msg_iov[i];
        if (piece->iov_len != 0)
            memcpy(to, piece->iov_base, piece->iov_len);
        to += piece->iov_len;
    }
}

static int make_mail(struct unix_box *box, const struct msghdr *message,
                     size_t size, struct unix_mail **mail)
{
    struct unix_rights *rights = NULL;
    int result = message->msg_controllen == 0
                     ? 0
                     : psock_guest_unix_take_rights(message, &rights);
    if (result < 0)
        return result;
    *mail = malloc(sizeof **mail + size);
    if (*mail == NULL) {
        psock_guest_unix_drop_rights(rights);
        return -ENOMEM;
    }
    memset(*mail, 0, sizeof **mail);
    (*mail)->sender = psock_guest_unix_self();
    (*mail)->rights = rights;
    (*mail)->size = size;
    (*mail)->from = box->name;
    copy_in(message, (*mail)->bytes);
    return 0;
}

static int find_place(struct unix_box *box, const struct msghdr *message,
                      struct parcel *parcel)
{
    struct unix_name to;
    parcel->named = box->type == SOCK_DGRAM && message->msg_name != NULL &&
                    message->msg_namelen != 0;
    if (!parcel->named)
        return box->connected ? 0 : -ENOTCONN;
    int result =
        psock_guest_unix_name_in(message->msg_name, message->msg_namelen, &to);
    if (result == 0)
        result = psock_guest_unix_locate(&to, &parcel->place);
    if (result == 0 && parcel->place.type != SOCK_DGRAM)
        result = -EPROTOTYPE;
    return result;
}

/* The peer is gone: a connection has ended, and a datagram socket is on its own
 * again. */
static int peer_is_gone(struct unix_box *box)
{
    if (box->type != SOCK_DGRAM) {
        int result = box->refused ? -ECONNRESET : -EPIPE;
        box->refused = false;
        return result;
    }
    psock_guest_unix_let_go(box->peer);
    box->peer = NULL;
    box->connected = false;
    return -ECONNREFUSED;
}

/* With the lock held: one attempt to give `mail` to `to`. */
static int give(struct unix_box *box, struct unix_box *to,
                struct unix_mail *mail)
{
    if ((atomic_load(&to->shut) & 1) != 0)
        return -EPIPE;
    if (to->type == SOCK_DGRAM && to->connected && to->peer != box)
        return -EPERM;
    if (psock_guest_unix_has_room(to)) {
        psock_guest_unix_deliver(to, mail);
        return 0;
    }
    return psock_guest_unix_want_room(box, to) < 0 ? -ENOMEM : -EAGAIN;
}

enum {
    ELSEWHERE = 1
};

static int try_to_send(struct unix_box *box, struct parcel *parcel)
{
    if ((atomic_load(&box->shut) & 2) != 0)
        return -EPIPE;
    if (!parcel->named && box->remote) {
        parcel->place = box->to;
        return ELSEWHERE;
    }
    struct unix_box *to =
        parcel->named ? psock_guest_unix_find(&parcel->place) : box->peer;
    if (to == NULL && parcel->named)
        return ELSEWHERE;
    if (to == NULL || to->closed)
        return peer_is_gone(box);
    return give(box, to, parcel->mail);
}

static int send_parcel(struct unix_box *box, struct parcel *parcel,
                       psock_deadline deadline)
{
    for (;;) {
        psock_guest_unix_lock();
        int result = try_to_send(box, parcel);
        psock_guest_unix_unlock();
        if (result != -EAGAIN)
            return result;
        result = psock_guest_unix_wait_for_room(box, deadline);
        if (result < 0)
            return result;
    }
}

/* Numbers mean nothing to another process. */
static int post(struct psock_guest *guest, struct parcel *parcel,
                psock_deadline deadline)
{
    if (parcel->mail->rights != NULL)
        return -EOPNOTSUPP;
    return psock_guest_unix_post(guest, &parcel->place, parcel->mail, deadline);
}

ssize_t psock_guest_unix_mail_send(struct psock_guest *guest,
                                   const struct msghdr *message, int flags)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    struct parcel parcel = {0};
    ssize_t size = psock_guest_unix_size(message);
    if (size < 0)
        return size;
    if ((flags & MSG_OOB) != 0)
        return -EOPNOTSUPP;
    int result = find_place(box, message, &parcel);
    if (result == 0 && size > UNIX_MESSAGE_MAX)
        result = -EMSGSIZE;
    if (result == 0)
        result = make_mail(box, message, (size_t)size, &parcel.mail);
    if (result < 0)
        return result;
    psock_deadline deadline = psock_guest_send_deadline(guest, flags);
    result = send_parcel(box, &parcel, deadline);
    if (result == 0)
        return size;
    if (result == ELSEWHERE)
        result = post(guest, &parcel, deadline);
    psock_guest_unix_free_mail(parcel.mail);
    return result < 0 ? result : size;
}
