/* unix.c: making Unix sockets, alone and in pairs. */
#include "unix.h"

#include <fcntl.h>

/* --- Making ----------------------------------------------------------------- */

static const struct psock_guest_class *class_of(int type)
{
    return type == SOCK_STREAM ? &psock_guest_unix_stream_class
                               : &psock_guest_unix_mail_class;
}

struct psock_guest *psock_guest_unix_wrap(struct unix_box *box, psock_t socket)
{
    struct psock_guest *guest = psock_guest_new(class_of(box->type));
    if (guest == NULL) {
        psock_close(socket);
        psock_guest_unix_lock();
        psock_guest_unix_let_go(box);
        psock_guest_unix_unlock();
        return NULL;
    }
    guest->socket = socket;
    guest->domain = AF_UNIX;
    guest->type = box->type;
    guest->state = box;
    box->guest = guest;
    guest->waker = box->waker;
    atomic_store(&guest->flags, O_RDWR);
    atomic_store(&guest->options, PSOCK_GUEST_EMULATED);
    atomic_store(&guest->connecting,
                 box->connected ? PSOCK_GUEST_CONNECTED : PSOCK_GUEST_IDLE);
    return guest;
}

/* Also where data do not go through it, a socket has options. */
static psock_t open_socket(int type)
{
    int kind = type == SOCK_STREAM ? PSOCK_STREAM : PSOCK_DATAGRAM;
    psock_t s = psock_open(PSOCK_IPV4, kind, 0);
    return s >= 0 ? s : psock_open(PSOCK_IPV6, kind, 0);
}

/* -ESOCKTNOSUPPORT and -EPROTONOSUPPORT, or the type: raw ones are datagrams, as on
 * Linux. */
static int check_type(int type, int protocol)
{
    if (protocol != 0 && protocol != PF_UNIX)
        return -EPROTONOSUPPORT;
    if (type == SOCK_RAW)
        return SOCK_DGRAM;
    if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
        return -ESOCKTNOSUPPORT;
    return type;
}

/* Also where the system has streams of its own: what there is in all respects is
 * ours alone. */
struct psock_guest *psock_guest_unix_new(int type, int protocol)
{
    type = check_type(type, protocol);
    if (type < 0) {
        errno = -type;
        return NULL;
    }
    psock_t s = open_socket(type);
    if (s < 0) {
        errno = psock_guest_errno(s);
        return NULL;
    }
    struct unix_box *box = psock_guest_unix_new_box(type);
    if (box != NULL)
        return psock_guest_unix_wrap(box, s);
    psock_close(s);
    return NULL;
}

/* --- Pairs ------------------------------------------------------------------ */

static int open_pair(int type, psock_t sockets[2])
{
    if (type == SOCK_STREAM) {
        int result = psock_pair(PSOCK_STREAM, sockets);
        return result < 0 ? -psock_guest_errno(result) : 0;
    }
    for (int i = 0; i < 2; i++) {
        sockets[i] = open_socket(type);
        if (sockets[i] < 0 && i == 1)
            psock_close(sockets[0]);
        if (sockets[i] < 0)
            return -psock_guest_errno(sockets[i]);
    }
    return 0;
}

static int new_boxes(int type, struct unix_box *boxes[2])
{
    boxes[0] = psock_guest_unix_new_box(type);
    boxes[1] = psock_guest_unix_new_box(type);
    if (boxes[0] != NULL && boxes[1] != NULL) {
        psock_guest_unix_join(boxes[0], boxes[1]);
        return 0;
    }
    psock_guest_unix_let_go(boxes[0]);
    psock_guest_unix_let_go(boxes[1]);
    return -ENOMEM;
}

static int wrap_pair(struct unix_box *boxes[2], psock_t sockets[2],
                     struct psock_guest *pair[2])
{
    pair[0] = psock_guest_unix_wrap(boxes[0], sockets[0]);
    pair[1] = psock_guest_unix_wrap(boxes[1], sockets[1]);
    if (pair[0] != NULL && pair[1] != NULL)
        return 0;
    for (int i = 0; i < 2; i++) {
        if (pair[i] != NULL)
            psock_guest_drop(pair[i]);
    }
    return -ENOMEM;
}

int psock_guest_unix_pair(int type, int protocol, struct psock_guest *pair[2])
{
    psock_t sockets[2] = {PSOCK_INVALID, PSOCK_INVALID};
    struct unix_box *boxes[2] = {NULL, NULL};
    type = check_type(type, protocol);
    if (type < 0)
        return type;
    int result = open_pair(type, sockets);
    if (result < 0)
        return result;
    result = new_boxes(type, boxes);
    if (result == 0)
        return wrap_pair(boxes, sockets, pair);
    psock_close(sockets[0]);
    psock_close(sockets[1]);
    return result;
}
