/* message.c: what is wrong with a message, and its pieces. */
#include "message.h"

#include <limits.h>
#include <string.h>

/* --- What is wrong with a message ------------------------------------------------ */

static int pieces_error(const struct msghdr *message)
{
    size_t room = PTRDIFF_MAX;
    if (message->msg_iovlen > PSOCK_BUFFERS_MAX)
        return -EMSGSIZE;
    if (message->msg_iov == NULL && message->msg_iovlen > 0)
        return -EFAULT;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        const struct iovec *piece = &message->msg_iov[i];
        if (piece->iov_len > room)
            return -EINVAL;
        if (piece->iov_base == NULL && piece->iov_len > 0)
            return -EFAULT;
        room -= piece->iov_len;
    }
    return 0;
}

int psock_guest_message_error(const struct msghdr *message)
{
    if (message == NULL)
        return -EFAULT;
    if (message->msg_name != NULL && message->msg_namelen > INT_MAX)
        return -EINVAL;
    return pieces_error(message);
}

size_t psock_guest_message_size(const struct msghdr *message)
{
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return size;
}

/* --- Many pieces ------------------------------------------------------------------- */

void psock_guest_gather(const struct msghdr *message, psock_buffer *whole)
{
    char *to = whole->data;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        const struct iovec *piece = &message->msg_iov[i];
        if (piece->iov_len > 0)
            memcpy(to, piece->iov_base, piece->iov_len);
        to += piece->iov_len;
    }
}

void psock_guest_scatter(const psock_buffer *whole, size_t size,
                         const struct msghdr *message)
{
    const char *from = whole->data;
    for (size_t i = 0; i < message->msg_iovlen && size > 0; i++) {
        const struct iovec *piece = &message->msg_iov[i];
        const size_t share = piece->iov_len < size ? piece->iov_len : size;
        if (share > 0)
            memcpy(piece->iov_base, from, share);
        from += share;
        size -= share;
    }
}
