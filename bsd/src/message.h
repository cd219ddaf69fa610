/* message.h: what sendmsg() and recvmsg() have in common. */
#ifndef PSOCK_GUEST_MESSAGE_H
#define PSOCK_GUEST_MESSAGE_H

#include "guest.h"

/* More than any datagram of IP has. */
#define PSOCK_GUEST_WHOLE_BYTES 65536

/* A piece of memory is the same to POSIX and to psock. */
_Static_assert(sizeof(struct iovec) == sizeof(psock_buffer) &&
                   offsetof(struct iovec, iov_len) ==
                       offsetof(psock_buffer, size),
               "iovec and psock_buffer have the same members");

static inline const psock_buffer *
psock_guest_buffers_of(const struct msghdr *message)
{
    return (const psock_buffer *)(const void *)message->msg_iov;
}

/* What is wrong with it: 0 or an error of POSIX below zero. */
int psock_guest_message_error(const struct msghdr *message);

/* The bytes of all its pieces. */
size_t psock_guest_message_size(const struct msghdr *message);

/* psock takes fewer pieces than POSIX: more of them go through one. */
void psock_guest_gather(const struct msghdr *message, psock_buffer *whole);
void psock_guest_scatter(const psock_buffer *whole, size_t size,
                         const struct msghdr *message);

#endif
