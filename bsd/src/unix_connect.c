/* unix_connect.c: connecting Unix sockets. */
#include "unix.h"

#include <stdlib.h>

enum {
    PATH_SIZE = 400
};

int psock_guest_unix_locate(const struct unix_name *name,
                            struct unix_place *place)
{
    char path[PATH_SIZE];
    int result = psock_guest_unix_path(name, path, sizeof path);
    if (result == 0)
        result = psock_guest_unix_read_file(path, place);
    return result == -ENOENT && name->path[0] == 0 ? -ECONNREFUSED : result;
}

/* --- Connections within the process ----------------------------------------- */

/* What a connection needs, made before anybody has to be asked. */
struct ends {
    psock_t client;
    struct unix_arrival *server;
};

static void drop_ends(struct ends *ends)
{
    if (ends->client >= 0)
        psock_close(ends->client);
    if (ends->server == NULL)
        return;
    psock_close(ends->server->socket);
    psock_guest_unix_let_go(ends->server->box);
    free(ends->server);
}

/* Of messages the sockets carry no data: the client keeps its own. */
static int open_sockets(int type, psock_t sockets[2])
{
    sockets[0] = PSOCK_INVALID;
    if (type == SOCK_STREAM)
        return psock_pair(PSOCK_STREAM, sockets);
    sockets[1] = psock_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0);
    return sockets[1] < 0 ? (int)sockets[1] : 0;
}

static int make_ends(int type, struct ends *ends)
{
    psock_t sockets[2];
    int result = open_sockets(type, sockets);
    if (result < 0)
        return -psock_guest_errno(result);
    ends->client = sockets[0];
    ends->server = calloc(1, sizeof *ends->server);
    struct unix_box *box = psock_guest_unix_new_box(type);
    if (ends->server != NULL && box != NULL) {
        *ends->server = (struct unix_arrival){NULL, box, sockets[1]};
        return 0;
    }
    psock_close(sockets[1]);
    psock_guest_unix_let_go(box);
    free(ends->server);
    ends->server = NULL;
    drop_ends(ends);
    return -ENOMEM;
}

/* With the lock held: whether `box` may be connected to `listener` now. */
static int check_ends(const struct unix_box *box,
                      const struct unix_box *listener)
{
    if (box->connected)
        return -EISCONN;
    if (box->listening)
        return -EINVAL;
    if (listener == NULL || !listener->listening || listener->shut != 0)
        return -ECONNREFUSED;
    return psock_guest_unix_accepts(listener) ? 0 : -EAGAIN;
}

/* Without the lock, which epoll.c's is taken before. */
static void swap_socket(struct psock_guest *guest, psock_t s)
{
    psock_t old = guest->socket;
    guest->socket = s;
    psock_guest_renewed(guest, old);
    psock_close(old);
}

static void arrived(struct psock_guest *guest, struct ends *ends)
{
    if (ends->client >= 0)
        swap_socket(guest, ends->client);
    ends->client = PSOCK_INVALID;
    ends->server = NULL;
    atomic_store(&guest->connecting, PSOCK_GUEST_CONNECTED);
}

/* One attempt: -EAGAIN has the box ready to wait for room. */
static int try_here(struct psock_guest *guest, const struct unix_place *place,
                    struct ends *ends)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    struct unix_box *listener = psock_guest_unix_find(place);
    int result = check_ends(box, listener);
    if (result == -EAGAIN && psock_guest_unix_want_room(box, listener) < 0)
        result = -ENOMEM;
    if (result == 0) {
        ends->server->box->name = listener->name;
        psock_guest_unix_join(box, ends->server->box);
        psock_guest_unix_arrive(listener, ends->server);
    }
    psock_guest_unix_unlock();
    if (result == 0)
        arrived(guest, ends);
    return result;
}

static int connect_here(struct psock_guest *guest,
                        const struct unix_place *place)
{
    struct ends ends = {PSOCK_INVALID, NULL};
    psock_deadline deadline = psock_guest_send_deadline(guest, 0);
    int result = make_ends(guest->type, &ends);
    if (result < 0)
        return result;
    do {
        result = try_here(guest, place, &ends);
        if (result != -EAGAIN)
            break;
        result = psock_guest_unix_wait_for_room(psock_guest_unix_box(guest),
                                                deadline);
    } while (result == 0);
    drop_ends(&ends);
    return result;
}

/* --- Connections to other processes ----------------------------------------- */

/* Those of messages are for one process only. */
static int connect_there(struct psock_guest *guest, const struct unix_name *to,
                         const struct unix_place *place)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    struct ucred peer;
    psock_deadline deadline = psock_guest_send_deadline(guest, 0);
    if (guest->type != SOCK_STREAM) {
        int result = psock_guest_unix_probe(place);
        return result < 0 ? result : -EPROTONOSUPPORT;
    }
    psock_t s = psock_guest_unix_call(place, SOCK_STREAM, deadline != PSOCK_NOW,
                                      &box->name, deadline, &peer);
    if (s < 0)
        return (int)s;
    psock_guest_unix_lock();
    box->connected = true;
    box->peer_name = *to;
    box->peer_is = peer;
    psock_guest_unix_unlock();
    swap_socket(guest, s);
    atomic_store(&guest->connecting, PSOCK_GUEST_CONNECTED);
    return 0;
}

static int check_idle(struct unix_box *box)
{
    psock_guest_unix_lock();
    int result = box->connected ? -EISCONN : box->listening ? -EINVAL : 0;
    psock_guest_unix_unlock();
    return result;
}

bool psock_guest_unix_is_here(const struct unix_place *place)
{
    psock_guest_unix_lock();
    bool here = psock_guest_unix_find(place) != NULL;
    psock_guest_unix_unlock();
    return here;
}

static int connect_ours(struct psock_guest *guest, const struct unix_name *to)
{
    struct unix_place place = {.type = 0};
    int result = psock_guest_unix_locate(to, &place);
    if (result < 0)
        return result;
    if (place.type != guest->type)
        return -EPROTOTYPE;
    result = check_idle(psock_guest_unix_box(guest));
    if (result < 0)
        return result;
    return psock_guest_unix_is_here(&place) ? connect_here(guest, &place)
                                            : connect_there(guest, to, &place);
}

static int connect_stream(struct psock_guest *guest, const struct unix_name *to)
{
    if (!psock_guest_unix_is_real(to))
        return connect_ours(guest, to);
    int result = check_idle(psock_guest_unix_box(guest));
    return result < 0 ? result : psock_guest_unix_connect_real(guest, to);
}

/* --- connect() -------------------------------------------------------------- */

int psock_guest_unix_connect(struct psock_guest *guest,
                             const struct sockaddr *address, socklen_t length)
{
    struct unix_name to;
    if (address == NULL)
        return length == 0 ? -EINVAL : -EFAULT;
    if (guest->type == SOCK_DGRAM && length >= sizeof address->sa_family &&
        address->sa_family == AF_UNSPEC)
        return psock_guest_unix_disconnect(guest);
    int result = psock_guest_unix_name_in(address, length, &to);
    if (result < 0)
        return result;
    if (!psock_guest_is_emulated(guest))
        return -EISCONN;
    return guest->type == SOCK_DGRAM
               ? psock_guest_unix_connect_datagrams(guest, &to)
               : connect_stream(guest, &to);
}
