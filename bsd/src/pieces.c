/* pieces.c: see pieces.h. */
#include "pieces.h"

int psock_guest_take_pieces(struct psock_guest_pieces *pieces,
                            const struct iovec *from, size_t count)
{
    if (count > PSOCK_BUFFERS_MAX)
        return -EMSGSIZE;
    pieces->first = pieces->buffers;
    pieces->count = count;
    pieces->size = 0;
    for (size_t i = 0; i < count; i++) {
        if (from[i].iov_len > PTRDIFF_MAX - pieces->size)
            return -EINVAL;
        pieces->buffers[i].data = from[i].iov_base;
        pieces->buffers[i].size = from[i].iov_len;
        pieces->size += from[i].iov_len;
    }
    return 0;
}

void psock_guest_skip_pieces(struct psock_guest_pieces *pieces, size_t size)
{
    pieces->size -= size;
    while (pieces->count > 0 && size >= pieces->first->size) {
        size -= pieces->first->size;
        pieces->first++;
        pieces->count--;
    }
    if (size > 0) {
        pieces->first->data = (char *)pieces->first->data + size;
        pieces->first->size -= size;
    }
}
