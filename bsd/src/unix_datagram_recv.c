/* unix_datagram_recv.c: receiving datagrams, and messages of connections. */
#include "unix.h"

#include <string.h>

static size_t copy_out(const struct unix_mail *mail, struct msghdr *message)
{
    size_t done = 0;
    for (size_t i = 0; i < message->msg_iovlen && done < mail->size; i++) {
        const struct iovec *piece = &message->msg_iov[i];
        size_t length = mail->size - done;
        length = length < piece->iov_len ? length : piece->iov_len;
        if (length != 0)
            memcpy(piece->iov_base, mail->bytes + done, length);
        done += length;
    }
    if (done < mail->size)
        message->msg_flags |= MSG_TRUNC;
    return done;
}

static ssize_t open_mail(struct psock_guest *guest, struct unix_mail *mail,
                         struct msghdr *message, int flags)
{
    bool keeps = (flags & MSG_PEEK) != 0;
    bool passes = (atomic_load(&guest->options) & PSOCK_GUEST_PASSCRED) != 0;
    message->msg_flags = 0;
    size_t size = copy_out(mail, message);
    if ((flags & MSG_TRUNC) != 0)
        size = mail->size;
    if (message->msg_name != NULL && mail->from.length != 0)
        psock_guest_unix_name_out(&mail->from, message->msg_name,
                                  &message->msg_namelen);
    else
        message->msg_namelen = 0;
    psock_guest_unix_give(message, flags, passes ? &mail->sender : NULL,
                          mail->rights, keeps);
    if (!keeps)
        mail->rights = NULL;
    return (ssize_t)size;
}

/* With the lock held: what an empty box says. */
static int nothing(struct unix_box *box, psock_deadline deadline)
{
    bool shut = (atomic_load(&box->shut) & 1) != 0;
    if (box->type == SOCK_DGRAM)
        return shut && deadline != PSOCK_NOW ? 0 : -EAGAIN;
    bool ended = box->abandoned || box->peer == NULL ||
                 (atomic_load(&box->peer->shut) & 2) != 0;
    return shut || ended ? 0 : -EAGAIN;
}

static ssize_t nobody(struct msghdr *message)
{
    message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = 0;
    return 0;
}

/* The next message in `*mail`, or what to return.  What is only looked at stays,
 * and is read while nobody can take it away. */
static ssize_t next_mail(struct psock_guest *guest, struct msghdr *message,
                         int flags, psock_deadline deadline,
                         struct unix_mail **mail)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    ssize_t result = 0;
    psock_guest_unix_lock();
    if (box->refused)
        result = -ECONNRESET;
    else if (box->first == NULL)
        result = nothing(box, deadline) < 0 ? -EAGAIN : nobody(message);
    else if ((flags & MSG_PEEK) != 0)
        result = open_mail(guest, box->first, message, flags);
    else
        *mail = psock_guest_unix_take(box);
    box->refused = false;
    psock_guest_unix_unlock();
    return result;
}

static ssize_t recv_mail(struct psock_guest *guest, struct msghdr *message,
                         int flags)
{
    psock_deadline deadline = psock_guest_receive_deadline(guest, flags);
    for (;;) {
        struct unix_mail *mail = NULL;
        ssize_t result = next_mail(guest, message, flags, deadline, &mail);
        if (mail != NULL) {
            result = open_mail(guest, mail, message, flags);
            psock_guest_unix_free_mail(mail);
            return result;
        }
        if (result != -EAGAIN)
            return result;
        result = psock_guest_await_input(guest, deadline);
        if (result < 0)
            return result;
    }
}

ssize_t psock_guest_unix_mail_recv(struct psock_guest *guest,
                                   struct msghdr *message, int flags)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    ssize_t size = psock_guest_unix_size(message);
    if (size < 0)
        return size;
    if ((flags & MSG_OOB) != 0)
        return -EOPNOTSUPP;
    if (box->type != SOCK_DGRAM && !box->connected)
        return -ENOTCONN;
    return recv_mail(guest, message, flags);
}
