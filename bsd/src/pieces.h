/* pieces.h: several pieces of memory, and how much of them is done. */
#ifndef PSOCK_GUEST_PIECES_H
#define PSOCK_GUEST_PIECES_H

#include "socket.h"

struct psock_guest_pieces {
    psock_buffer buffers[PSOCK_BUFFERS_MAX];
    psock_buffer *first; /* of those not yet done */
    size_t count;
    size_t size; /* of them together */
};

/* Starts with all of `from`.  0, or -EMSGSIZE (too many), -EINVAL (too long). */
int psock_guest_take_pieces(struct psock_guest_pieces *pieces,
                            const struct iovec *from, size_t count);

/* The first `size` bytes are done. */
void psock_guest_skip_pieces(struct psock_guest_pieces *pieces, size_t size);

#endif
