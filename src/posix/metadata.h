/* metadata.h: what psock_message says, as control data of the system. */
#ifndef PSOCK_POSIX_METADATA_H
#define PSOCK_POSIX_METADATA_H

#include "platform.h"

/* The most that the members of one message need in sending; control data of the
 * caller's come on top. */
#define PSOCK_POSIX_METADATA_TO_SEND 256

/* The most that all metadata need in receiving, those of both families where a
 * socket serves both. */
#define PSOCK_POSIX_METADATA_TO_TELL 256

/* Room for the control data of several messages. */
struct psock_posix_pool {
    unsigned char *bytes;
    size_t left;
};

/* Whether `message` has anything to be sent with. */
static inline _Bool psock_posix_has_extras(const psock_message *message)
{
    return message->valid != 0 || message->control != NULL;
}

/* Whether `message` is to be cut in segments by the system. */
_Bool psock_posix_is_cut(const psock_message *message);

/* Whether it asks for what an IPv4 socket can only be told as a whole. */
_Bool psock_posix_needs_option(const psock_message *message);

/* Writes what `message` is to be sent with into the pool, and sets it in
 * `native`.  Returns 0; PSOCK_ENOSPC when the pool is used up; PSOCK_ENOTSUP;
 * PSOCK_EAFNOSUPPORT when the local address does not go with the peer's. */
int psock_posix_put_metadata(int fd, const psock_message *message,
                             struct psock_posix_pool *pool,
                             struct msghdr *native);

/* Reads what came with a message. */
void psock_posix_take_metadata(const struct msghdr *native,
                               psock_message *message);

#endif
