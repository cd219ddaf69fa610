/* unix_real.c: connections to Unix sockets of the system's, whose servers know
 * nothing of ours. */
#include "unix.h"

#include "plain.h"

bool psock_guest_unix_is_real(const struct unix_name *name)
{
    return name->path[0] != 0 && psock_guest_is_system_socket(name->path);
}

static ptrdiff_t connect_socket(struct psock_guest *guest, psock_t s,
                                const struct unix_name *to)
{
    psock_address peer;
    psock_deadline deadline = psock_guest_send_deadline(guest, 0);
    ptrdiff_t result = psock_address_unix(to->path, to->length - 1, &peer);
    if (result < 0)
        return result;
    psock_guest_may_wait();
    do
        result = psock_connect(s, &peer, deadline);
    while (psock_guest_goes_on_in(guest, &result, true));
    return result;
}

/* From now on it is a socket like all others. */
static void become_real(struct psock_guest *guest, psock_t s)
{
    psock_t old = guest->socket;
    psock_guest_unix_close(guest);
    guest->socket = s;
    guest->waker = NULL;
    guest->class = &psock_guest_socket_class;
    atomic_fetch_and(&guest->options, ~(unsigned)PSOCK_GUEST_EMULATED);
    atomic_store(&guest->connecting, PSOCK_GUEST_CONNECTED);
    psock_guest_renewed(guest, old);
    psock_close(old);
}

int psock_guest_unix_connect_real(struct psock_guest *guest,
                                  const struct unix_name *to)
{
    if (guest->type != SOCK_STREAM)
        return -EPROTOTYPE;
    psock_t s = psock_open(PSOCK_UNIX, PSOCK_STREAM, 0);
    if (s < 0)
        return -ECONNREFUSED;
    ptrdiff_t result = connect_socket(guest, s, to);
    if (result == 0) {
        become_real(guest, s);
        return 0;
    }
    psock_close(s);
    if (result == PSOCK_EINVAL)
        return -ECONNREFUSED;
    return result == PSOCK_ETIMEDOUT ? -EAGAIN : -psock_guest_errno(result);
}
