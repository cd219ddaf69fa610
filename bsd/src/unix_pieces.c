/* unix_pieces.c: the memory of messages. */
#include "unix_pieces.h"

#include <limits.h>

ssize_t psock_guest_unix_size(const struct msghdr *message)
{
    size_t sum = 0;
    if (message->msg_iovlen > UNIX_PIECES_MAX)
        return -EMSGSIZE;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        const struct iovec *piece = &message->msg_iov[i];
        if (piece->iov_len > SSIZE_MAX - sum)
            return -EINVAL;
        if (piece->iov_base == NULL && piece->iov_len != 0)
            return -EFAULT;
        sum += piece->iov_len;
    }
    return (ssize_t)sum;
}

void psock_guest_unix_cut(const struct msghdr *message, size_t begin,
                          size_t size, struct unix_pieces *pieces)
{
    pieces->count = 0;
    for (size_t i = 0; i < message->msg_iovlen && size != 0; i++) {
        const struct iovec *piece = &message->msg_iov[i];
        if (begin >= piece->iov_len) {
            begin -= piece->iov_len;
            continue;
        }
        size_t length = piece->iov_len - begin;
        length = length < size ? length : size;
        pieces->list[pieces->count++] =
            (psock_buffer){(char *)piece->iov_base + begin, length};
        begin = 0;
        size -= length;
    }
}
