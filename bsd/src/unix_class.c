/* unix_class.c: what the descriptions of Unix sockets do. */
#include "unix.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

ssize_t psock_guest_unix_send(struct psock_guest *guest,
                              const struct msghdr *message, int flags)
{
    ssize_t result = guest->type == SOCK_STREAM
                         ? psock_guest_unix_stream_send(guest, message, flags)
                         : psock_guest_unix_mail_send(guest, message, flags);
    psock_guest_look_for_signals(guest);
    return result;
}

ssize_t psock_guest_unix_recv(struct psock_guest *guest, struct msghdr *message,
                              int flags)
{
    ssize_t result = guest->type == SOCK_STREAM
                         ? psock_guest_unix_stream_recv(guest, message, flags)
                         : psock_guest_unix_mail_recv(guest, message, flags);
    psock_guest_look_for_signals(guest);
    return result;
}

/* The pieces are only read; a message has no other way to say so. */
static struct msghdr message_of(const struct iovec *pieces, int count)
{
    union {
        const struct iovec *fixed;
        struct iovec *pieces;
    } either = {pieces};
    struct msghdr message = {0};
    message.msg_iov = either.pieces;
    message.msg_iovlen = (size_t)count;
    return message;
}

static ssize_t read_pieces(struct psock_guest *guest,
                           const struct iovec *pieces, int count)
{
    struct msghdr message = message_of(pieces, count);
    return psock_guest_unix_recv(guest, &message, 0);
}

static ssize_t write_pieces(struct psock_guest *guest,
                            const struct iovec *pieces, int count)
{
    struct msghdr message = message_of(pieces, count);
    return psock_guest_unix_send(guest, &message, 0);
}

static void close_guest(struct psock_guest *guest)
{
    if (guest->type == SOCK_STREAM)
        psock_guest_unix_drain(guest);
    psock_guest_unix_close(guest);
    psock_close(guest->socket);
}

static int unread(struct psock_guest *guest)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    psock_guest_unix_lock();
    int size = box->first == NULL ? 0 : (int)box->first->size;
    psock_guest_unix_unlock();
    return size;
}

static int control_mail(struct psock_guest *guest, unsigned long request,
                        void *argument)
{
    if (request != FIONREAD)
        return psock_guest_socket_class.ioctl(guest, request, argument);
    if (argument == NULL)
        return -EFAULT;
    *(int *)argument = unread(guest);
    return 0;
}

static int control_stream(struct psock_guest *guest, unsigned long request,
                          void *argument)
{
    if (request == FIONREAD && guest->class->now != NULL)
        return -EINVAL;
    return psock_guest_socket_class.ioctl(guest, request, argument);
}

const struct psock_guest_class psock_guest_unix_stream_class = {
    S_IFSOCK, read_pieces, write_pieces, close_guest, control_stream, NULL};

const struct psock_guest_class psock_guest_unix_listener_class = {
    S_IFSOCK,    read_pieces,    write_pieces,
    close_guest, control_stream, psock_guest_unix_listener_now};

const struct psock_guest_class psock_guest_unix_mail_class = {
    S_IFSOCK,    read_pieces,  write_pieces,
    close_guest, control_mail, psock_guest_unix_mail_now};
