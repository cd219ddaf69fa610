/* shutdown.c: shutdown(). */
#include "socket.h"

static bool has_peer(const struct psock_guest *guest)
{
    psock_address peer;
    return psock_peer(guest->socket, &peer) == 0;
}

/* An attempt to connect is over: it was reset, as others say. */
static void give_up(struct psock_guest *guest)
{
    atomic_store(&guest->connecting, PSOCK_GUEST_IDLE);
    atomic_store(&guest->error, ECONNRESET);
}

/* What becomes of a stream. */
static void note_end(struct psock_guest *guest, int how, bool had_peer)
{
    const int state = atomic_load(&guest->connecting);
    if (state == PSOCK_GUEST_PENDING && had_peer)
        atomic_store(&guest->connecting, PSOCK_GUEST_CONNECTED);
    else if (state == PSOCK_GUEST_PENDING)
        give_up(guest);
    else if (state == PSOCK_GUEST_LISTENING && how != SHUT_WR)
        atomic_store(&guest->connecting, PSOCK_GUEST_IDLE);
}

static int end_stream(struct psock_guest *guest, int how)
{
    const int state = atomic_load(&guest->connecting);
    if (state == PSOCK_GUEST_FAILED || state == PSOCK_GUEST_BROKEN)
        return -ENOTCONN;
    const bool had_peer = has_peer(guest);
    int error = psock_shutdown(guest->socket, how);
    if (error == 0)
        note_end(guest, how, had_peer);
    return -psock_guest_errno(error);
}

/* Datagrams without a peer end too, although that is called an error. */
static int end_datagrams(struct psock_guest *guest, int how)
{
    int error = psock_shutdown(guest->socket, how);
    if (error == 0 && !has_peer(guest))
        return -ENOTCONN;
    return -psock_guest_errno(error);
}

static int shut(struct psock_guest *guest, int how)
{
    if (how < SHUT_RD || how > SHUT_RDWR)
        return -EINVAL;
    if (guest->domain == AF_UNIX)
        return psock_guest_unix_shutdown(guest, how);
    int error = guest->type == SOCK_STREAM ? end_stream(guest, how)
                                           : end_datagrams(guest, how);
    if (error == 0)
        atomic_fetch_or(&guest->shut, how + 1);
    return error;
}

int shutdown(int fd, int how)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int result = shut(guest, how);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(result);
}
