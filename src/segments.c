/* segments.c: cutting a message where the system does not, or not so much of it.
 *
 * A piece has the message's own memory: its buffers begin and end where the cuts
 * are.  Pieces are sent many at a time, like any messages. */
#include "segments.h"

#define PIECES 32
#define PIECE_BUFFERS 128

/* Where in a message the next piece begins. */
struct cut {
    const psock_message *message;
    size_t buffer; /* the first with data left */
    size_t used;   /* bytes of it that are behind the cut */
    size_t left;   /* bytes of the message from the cut on */
};

struct pieces {
    size_t count;
    size_t buffer_count;
    psock_buffer buffers[PIECE_BUFFERS];
    psock_message messages[PIECES];
};

/* Takes up to `size` bytes that lie in one buffer. */
static psock_buffer cut_off(struct cut *cut, size_t size)
{
    const psock_buffer *whole = &cut->message->buffers[cut->buffer];
    psock_buffer part = {(char *)whole->data + cut->used,
                         whole->size - cut->used};
    if (part.size > size)
        part.size = size;
    cut->used += part.size;
    cut->left -= part.size;
    if (cut->used == whole->size) {
        cut->buffer++;
        cut->used = 0;
    }
    return part;
}

static void pass_empty_buffers(struct cut *cut)
{
    while (cut->left > 0 &&
           cut->message->buffers[cut->buffer].size == cut->used) {
        cut->buffer++;
        cut->used = 0;
    }
}

/* What a piece is sent with: all of the message that counts, which is little of
 * it as a rule. */
static void copy_terms(const psock_message *message, unsigned without,
                       psock_message *piece)
{
    piece->peer.length = 0;
    if (message->peer.length > 0)
        piece->peer = message->peer;
    if ((message->valid & PSOCK_META_LOCAL) != 0)
        piece->local = message->local;
    piece->valid = message->valid & ~without;
    piece->control = message->control;
    piece->segment_size = message->segment_size;
    piece->interface_index = message->interface_index;
    piece->ecn = message->ecn;
    piece->traffic_class = message->traffic_class;
    piece->hop_limit = message->hop_limit;
    piece->dont_fragment = message->dont_fragment;
}

/* Adds a piece of `size` bytes; the last has what is left. */
static void add_piece(struct pieces *pieces, struct cut *cut, size_t size,
                      unsigned without)
{
    psock_message *piece = &pieces->messages[pieces->count++];
    psock_buffer *buffers = &pieces->buffers[pieces->buffer_count];
    size_t left = size < cut->left ? size : cut->left;
    copy_terms(cut->message, without, piece);
    piece->buffers = buffers;
    piece->buffer_count = 0;
    while (left > 0) {
        pass_empty_buffers(cut);
        psock_buffer part = cut_off(cut, left);
        buffers[piece->buffer_count++] = part;
        left -= part.size;
    }
    pieces->buffer_count += piece->buffer_count;
}

/* Fills `pieces` from the cut on; one piece has at most as many buffers as the
 * message. */
static PSOCK_ASIDE void fill(struct pieces *pieces, struct cut *cut,
                             size_t size, unsigned without)
{
    pieces->count = 0;
    pieces->buffer_count = 0;
    do {
        add_piece(pieces, cut, size, without);
    } while (cut->left > 0 && pieces->count < PIECES &&
             PIECE_BUFFERS - pieces->buffer_count >= PSOCK_MESSAGE_BUFFERS_MAX);
}

static size_t bytes_of(const struct pieces *pieces, ptrdiff_t count)
{
    size_t size = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        size += pieces->messages[i].size;
    return size;
}

/* Sends all from `cut` on in pieces of `size`.  Returns 0, also when no more goes
 * now, or the error that stopped it; adds to `sent` what went. */
static PSOCK_APART int send_pieces(psock_t s, struct cut cut, size_t size,
                                   unsigned without, size_t *sent)
{
    struct pieces pieces;
    do {
        fill(&pieces, &cut, size, without);
        ptrdiff_t went =
            psock_sys_send_messages(s, pieces.messages, pieces.count);
        if (went < 0)
            return (int)went;
        *sent += bytes_of(&pieces, went);
        if ((size_t)went < pieces.count)
            return 0;
    } while (cut.left > 0);
    return 0;
}

/* The cut `sent` bytes from the beginning. */
static struct cut cut_at(const psock_message *message, size_t sent, size_t size)
{
    struct cut cut = {.message = message, .left = size};
    while (sent > 0) {
        pass_empty_buffers(&cut);
        sent -= cut_off(&cut, sent).size;
    }
    return cut;
}

ptrdiff_t psock_send_segments(psock_t s, psock_message *message,
                              _Bool system_cuts)
{
    const size_t size = psock_message_bytes(message);
    size_t at_once = psock_bytes_at_once(message->segment_size);
    size_t sent = 0;
    int error = PSOCK_ENOPROTOOPT;
    if (at_once < message->segment_size)
        at_once = message->segment_size;
    if (system_cuts)
        error = send_pieces(s, cut_at(message, 0, size), at_once, 0, &sent);
    if (error == PSOCK_ENOPROTOOPT)
        error =
            send_pieces(s, cut_at(message, sent, size), message->segment_size,
                        PSOCK_META_SEGMENT_SIZE, &sent);
    if (error < 0 && sent == 0)
        return error;
    message->size = sent;
    return sent == size;
}
