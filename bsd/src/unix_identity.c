/* unix_identity.c: the names of a socket and its peer, and who that is. */
#include "unix.h"

#include <unistd.h>

/* --- Names ------------------------------------------------------------------ */

static int real_name(struct psock_guest *guest, bool peer,
                     struct sockaddr *address, socklen_t *length)
{
    psock_address found;
    int result = peer ? psock_peer(guest->socket, &found)
                      : psock_local(guest->socket, &found);
    if (result < 0)
        return -psock_guest_errno(result);
    struct unix_name name = {0, {0}};
    size_t size = 0;
    const unsigned char *bytes = psock_address_bytes(&found, &size);
    for (; name.length < size && name.length < sizeof name.path - 1;
         name.length++)
        name.path[name.length] = (char)bytes[name.length];
    name.length += name.length != 0 && name.path[0] != 0;
    psock_guest_unix_name_out(&name, address, length);
    return 0;
}

int psock_guest_unix_name(struct psock_guest *guest, bool peer,
                          struct sockaddr *address, socklen_t *length)
{
    if (length == NULL || address == NULL)
        return -EFAULT;
    if (!psock_guest_is_emulated(guest))
        return real_name(guest, peer, address, length);
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    bool known = !peer || box->connected;
    struct unix_name name = peer ? box->peer_name : box->name;
    psock_guest_unix_unlock();
    if (!known)
        return -ENOTCONN;
    psock_guest_unix_name_out(&name, address, length);
    return 0;
}

int psock_guest_unix_credentials(struct psock_guest *guest, struct ucred *peer)
{
    static const struct ucred unknown = {0, (uid_t)-1, (gid_t)-1};
    psock_credentials told;
    struct unix_box *box = psock_guest_unix_box(guest);
    if (psock_guest_is_emulated(guest)) {
        psock_guest_unix_lock();
        bool known = box->listening || box->peer_is.pid != 0;
        *peer = known ? box->peer_is : unknown;
        psock_guest_unix_unlock();
        return 0;
    }
    *peer = unknown;
    if (psock_peer_credentials(guest->socket, &told) == 0 &&
        (told.valid & PSOCK_CREDENTIALS_PROCESS) != 0)
        *peer = (struct ucred){(pid_t)told.process, getuid(), getgid()};
    return 0;
}
