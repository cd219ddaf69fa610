/* connection.c: connect(), as often and in as many steps as POSIX has it. */
#include "socket.h"
#include "system_socket.h"

/* --- Where to --------------------------------------------------------------- */

/* Nobody alone is there. */
static bool is_for_many(const psock_address *peer)
{
    return (psock_address_kind(peer) &
            (PSOCK_ADDRESS_MULTICAST | PSOCK_ADDRESS_BROADCAST)) != 0;
}

static bool is_of_the_other_stack(const struct psock_guest *guest,
                                  const psock_address *peer)
{
    return (psock_address_kind(peer) & PSOCK_ADDRESS_V4_MAPPED) != 0 &&
           (atomic_load(&guest->options) & PSOCK_GUEST_V6ONLY) != 0;
}

static int read_peer(const struct psock_guest *guest,
                     const struct sockaddr *address, socklen_t length,
                     psock_address *peer)
{
    int error =
        guest->type == SOCK_STREAM
            ? psock_guest_address_for(guest->domain, address, length, peer)
            : psock_guest_destination_in(guest, address, length, peer);
    if (error == 0 && guest->type == SOCK_STREAM && is_for_many(peer))
        return -ENETUNREACH;
    if (error == 0 && is_of_the_other_stack(guest, peer))
        return -ENETUNREACH;
    return error;
}

/* --- Streams ---------------------------------------------------------------- */

static int connected(struct psock_guest *guest)
{
    atomic_store(&guest->connecting, PSOCK_GUEST_CONNECTED);
    return 0;
}

/* Told here and now: the socket is as before. */
static int failed(struct psock_guest *guest, ptrdiff_t error)
{
    atomic_store(&guest->connecting, PSOCK_GUEST_IDLE);
    return -psock_guest_errno(error);
}

static bool is_late(ptrdiff_t result, psock_deadline deadline)
{
    return result == PSOCK_EAGAIN ||
           (result == PSOCK_ETIMEDOUT && deadline != PSOCK_FOREVER &&
            psock_deadline_left_ns(deadline) == 0);
}

/* Waits for the end of the attempt that is under way; `so_far` is what to say when
 * that takes too long. */
static int wait_for_attempt(struct psock_guest *guest,
                            const psock_address *peer, int so_far)
{
    ptrdiff_t result;
    const psock_deadline deadline = psock_guest_send_deadline(guest, 0);
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_connect(guest->socket, peer, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    if (result == 0 || result == PSOCK_EISCONN)
        return connected(guest);
    if (is_late(result, deadline))
        return so_far;
    return result == PSOCK_EINTR ? -EINTR : failed(guest, result);
}

/* A socket that was shut down, or has failed before, may do nothing else any
 * more. */
static int begin_attempt(struct psock_guest *guest, const psock_address *peer)
{
    int result = PSOCK_ECONNABORTED;
    if (atomic_load(&guest->shut) == 0)
        result = psock_connect(guest->socket, peer, PSOCK_NOW);
    if (result != PSOCK_ECONNABORTED || psock_guest_renew(guest) < 0)
        return result;
    return psock_connect(guest->socket, peer, PSOCK_NOW);
}

/* An attempt that succeeds at once has been under way all the same: that is what
 * others say of it. */
static int attempt(struct psock_guest *guest, const psock_address *peer)
{
    const bool waits = psock_guest_send_deadline(guest, 0) != PSOCK_NOW;
    int result = begin_attempt(guest, peer);
    psock_guest_sent_of(guest, -1, 1);
    if (result < 0 && result != PSOCK_EAGAIN)
        return failed(guest, result);
    if (result == 0 && waits)
        return connected(guest);
    atomic_store(&guest->connecting, PSOCK_GUEST_PENDING);
    return waits ? wait_for_attempt(guest, peer, -EINPROGRESS) : -EINPROGRESS;
}

/* The address does not count: there is one attempt only. */
static int go_on(struct psock_guest *guest)
{
    psock_address peer;
    int error = psock_address_loopback(
        guest->domain == AF_INET ? PSOCK_IPV4 : PSOCK_IPV6, 1, &peer);
    return error < 0 ? -psock_guest_errno(error)
                     : wait_for_attempt(guest, &peer, -EALREADY);
}

static int connect_stream(struct psock_guest *guest,
                          const struct sockaddr *address, socklen_t length)
{
    psock_address peer;
    int error;
    switch (atomic_load(&guest->connecting)) {
    case PSOCK_GUEST_PENDING:
        return go_on(guest);
    case PSOCK_GUEST_FAILED:
        return failed(guest, PSOCK_ECONNABORTED);
    case PSOCK_GUEST_IDLE:
        error = read_peer(guest, address, length, &peer);
        return error < 0 ? error : attempt(guest, &peer);
    default:
        return -EISCONN;
    }
}

static int disconnect_stream(struct psock_guest *guest)
{
    if (atomic_load(&guest->connecting) == PSOCK_GUEST_IDLE)
        return 0;
    return psock_guest_renew(guest);
}

/* --- Datagrams -------------------------------------------------------------- */

static int connect_datagram(struct psock_guest *guest,
                            const struct sockaddr *address, socklen_t length)
{
    psock_address peer;
    int error = read_peer(guest, address, length, &peer);
    if (error < 0)
        return error;
    return -psock_guest_errno(psock_connect(guest->socket, &peer, PSOCK_NOW));
}

static int disconnect_datagram(struct psock_guest *guest)
{
    psock_address peer;
    if (psock_peer(guest->socket, &peer) == 0)
        psock_guest_system_disconnect(guest->socket, guest->domain == AF_INET6);
    return 0;
}

/* --- The call --------------------------------------------------------------- */

static int connect_internet(struct psock_guest *guest,
                            const struct sockaddr *address, socklen_t length)
{
    const bool is_stream = guest->type == SOCK_STREAM;
    if (length < sizeof(sa_family_t))
        return -EINVAL;
    if (psock_guest_family_of(address) == AF_UNSPEC)
        return is_stream ? disconnect_stream(guest)
                         : disconnect_datagram(guest);
    return is_stream ? connect_stream(guest, address, length)
                     : connect_datagram(guest, address, length);
}

static int connect_guest(struct psock_guest *guest,
                         const struct sockaddr *address, socklen_t length)
{
    if (length > sizeof(struct sockaddr_storage))
        return -EINVAL;
    if (address == NULL && length > 0)
        return -EFAULT;
    if (guest->domain == AF_UNIX)
        return psock_guest_unix_connect(guest, address, length);
    return connect_internet(guest, address, length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int result = connect_guest(guest, address, length);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(result);
}
