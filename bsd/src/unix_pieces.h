/* unix_pieces.h: the memory of messages. */
#ifndef PSOCK_GUEST_UNIX_PIECES_H
#define PSOCK_GUEST_UNIX_PIECES_H

#include "unix.h"

enum {
    UNIX_PIECES_MAX = 1024
};

/* Some of the bytes of a message. */
struct unix_pieces {
    psock_buffer list[UNIX_PIECES_MAX];
    size_t count;
};

/* At most `size` bytes of the message, from `begin` on. */
void psock_guest_unix_cut(const struct msghdr *message, size_t begin,
                          size_t size, struct unix_pieces *pieces);

#endif
