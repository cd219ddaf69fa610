/* listener.c: listen() and accept(). */
#include "socket.h"

#include <fcntl.h>
#include <sys/stat.h>

/* A negative number is a very large one, and none lets one wait. */
static int backlog_of(int wanted)
{
    if (wanted < 0 || wanted > SOMAXCONN)
        return SOMAXCONN;
    return wanted == 0 ? 1 : wanted;
}

static int listen_to(struct psock_guest *guest, int backlog)
{
    const int state = atomic_load(&guest->connecting);
    if (guest->domain == AF_UNIX)
        return psock_guest_unix_listen(guest, backlog);
    if (guest->type != SOCK_STREAM)
        return -EOPNOTSUPP;
    if (state != PSOCK_GUEST_IDLE && state != PSOCK_GUEST_LISTENING)
        return -EINVAL;
    if (state == PSOCK_GUEST_IDLE && atomic_load(&guest->shut) != 0)
        (void)psock_guest_renew(guest);
    int error = psock_listen(guest->socket, backlog_of(backlog));
    if (error == 0)
        atomic_store(&guest->connecting, PSOCK_GUEST_LISTENING);
    return -psock_guest_errno(error);
}

int listen(int fd, int backlog)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int result = listen_to(guest, backlog);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(result);
}

/* A connection, or an error of psock. */
static psock_t wait_for_connection(struct psock_guest *listener,
                                   psock_address *peer)
{
    const psock_deadline deadline = psock_guest_receive_deadline(listener, 0);
    ptrdiff_t result;
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_accept(listener->socket, peer, deadline);
    while (result < 0 && psock_guest_goes_on_in(listener, &result,
                                                deadline == PSOCK_FOREVER));
    psock_guest_look_for_signals(listener);
    return result == PSOCK_ETIMEDOUT ? PSOCK_EAGAIN : result;
}

static struct psock_guest *accept_internet(struct psock_guest *listener,
                                           struct sockaddr *address,
                                           socklen_t *length)
{
    psock_address peer;
    psock_t s = wait_for_connection(listener, &peer);
    psock_guest_received(listener, s < 0 ? s : 1);
    if (s < 0) {
        errno = psock_guest_errno(s);
        return NULL;
    }
    struct psock_guest *accepted = psock_guest_new_socket(
        s, listener->domain, listener->type, listener->protocol);
    if (accepted == NULL)
        return NULL;
    atomic_store(&accepted->connecting, PSOCK_GUEST_CONNECTED);
    psock_guest_inherit_options(listener, accepted);
    psock_guest_address_out(&peer, address, length);
    return accepted;
}

/* The connection, or null with errno. */
static struct psock_guest *accept_any(struct psock_guest *listener,
                                      struct sockaddr *address,
                                      socklen_t *length)
{
    const int error = psock_guest_room_error(address, length);
    if (error == 0 && listener->domain == AF_UNIX)
        return psock_guest_unix_accept(listener, address, length);
    if (error == 0 && listener->type == SOCK_STREAM)
        return accept_internet(listener, address, length);
    errno = error < 0 ? -error : EOPNOTSUPP;
    return NULL;
}

/* The number comes first: without one, the connection is left to be accepted. */
static int accept_to_number(struct psock_guest *listener,
                            struct sockaddr *address, socklen_t *length,
                            int flags)
{
    const int fd =
        psock_guest_reserve((flags & SOCK_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
    if (fd < 0)
        return psock_guest_fail(-fd);
    psock_guest_note_reserved(fd);
    struct psock_guest *accepted = accept_any(listener, address, length);
    psock_guest_note_reserved(-1);
    if (accepted == NULL) {
        psock_guest_give_back(fd);
        return -1;
    }
    if ((flags & SOCK_NONBLOCK) != 0)
        atomic_fetch_or(&accepted->flags, O_NONBLOCK);
    psock_guest_settle(fd, accepted);
    return fd;
}

/* Unknown flags are told before what `fd` is, but not before whether it is. */
static bool has_bad_flags(int fd, int flags)
{
    struct stat status;
    return (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0 &&
           fstat(fd, &status) == 0;
}

int accept4(int fd, struct sockaddr *restrict address,
            socklen_t *restrict length, int flags)
{
    if (has_bad_flags(fd, flags))
        return psock_guest_fail(EINVAL);
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int result = accept_to_number(guest, address, length, flags);
    psock_guest_drop(guest);
    return result;
}

int accept(int fd, struct sockaddr *restrict address,
           socklen_t *restrict length)
{
    return accept4(fd, address, length, 0);
}
