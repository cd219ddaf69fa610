/* request.c: what ioctl() asks of sockets, and sockatmark(). */
#include "socket.h"
#include "system_socket.h"

#include <sys/ioctl.h>

static int unsent(struct psock_guest *guest)
{
    int64_t bytes = 0;
    int error =
        psock_get_option(guest->socket, PSOCK_OPTION_UNSENT_BYTES, &bytes);
    if (error == PSOCK_EOPNOTSUPP || error == PSOCK_ENOTSUP)
        return -EINVAL;
    if (error < 0)
        return -psock_guest_errno(error);
    return bytes < INT32_MAX ? (int)bytes : INT32_MAX;
}

static int count_bytes(struct psock_guest *guest, unsigned long request,
                       int *bytes)
{
    if (atomic_load(&guest->connecting) == PSOCK_GUEST_LISTENING)
        return -EINVAL;
    int result = request == FIONREAD ? psock_guest_socket_unread(guest->socket)
                                     : unsent(guest);
    if (result < 0)
        return result;
    *bytes = result;
    return 0;
}

static int at_mark(struct psock_guest *guest, int *is)
{
    if (guest->type != SOCK_STREAM)
        return -ENOTTY;
    *is = guest->socket >= 0 && psock_guest_system_at_mark(guest->socket);
    return 0;
}

int psock_guest_socket_ioctl(struct psock_guest *guest, unsigned long request,
                             void *argument)
{
    const bool is_known =
        request == FIONREAD || request == TIOCOUTQ || request == SIOCATMARK;
    if (!is_known)
        return -ENOTTY;
    if (argument == NULL)
        return -EFAULT;
    if (request == SIOCATMARK)
        return at_mark(guest, argument);
    return count_bytes(guest, request, argument);
}

int sockatmark(int fd)
{
    int is = 0;
    return ioctl(fd, SIOCATMARK, &is) < 0 ? -1 : is;
}
