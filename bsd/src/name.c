/* name.c: getsockname() and getpeername(). */
#include "guest.h"

static bool is_lost(const struct psock_guest *guest)
{
    int state = atomic_load(&guest->connecting);
    return state == PSOCK_GUEST_FAILED || state == PSOCK_GUEST_BROKEN;
}

static int ask(struct psock_guest *guest, bool peer, psock_address *name)
{
    if (!peer)
        return -psock_guest_errno(psock_local(guest->socket, name));
    if (is_lost(guest))
        return -ENOTCONN;
    return -psock_guest_errno(psock_peer(guest->socket, name));
}

/* Whether there is a name, which has no room to go to. */
static int ask_unix(struct psock_guest *guest, bool peer)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    return psock_guest_unix_name(guest, peer, (struct sockaddr *)&name,
                                 &length);
}

/* Here an address is always wanted. */
static int room_error(const struct sockaddr *to, const socklen_t *length)
{
    if (length == NULL)
        return -EFAULT;
    return to == NULL && *length > 0 ? -EFAULT
                                     : psock_guest_room_error(to, length);
}

static int tell_name(struct psock_guest *guest, bool peer,
                     struct sockaddr *address, socklen_t *length)
{
    psock_address name;
    int error = room_error(address, length);
    if (error == 0 && guest->domain == AF_UNIX)
        return psock_guest_unix_name(guest, peer, address, length);
    int state = guest->domain == AF_UNIX ? ask_unix(guest, peer)
                                         : ask(guest, peer, &name);
    if (state < 0 || error < 0)
        return state < 0 ? state : error;
    psock_guest_address_out(&name, address, length);
    return 0;
}

static int name_of(int fd, bool peer, struct sockaddr *address,
                   socklen_t *length)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int result = tell_name(guest, peer, address, length);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(result);
}

int getsockname(int fd, struct sockaddr *restrict address,
                socklen_t *restrict length)
{
    return name_of(fd, false, address, length);
}

int getpeername(int fd, struct sockaddr *restrict address,
                socklen_t *restrict length)
{
    return name_of(fd, true, address, length);
}
