/* stream.c: sending, receiving and handing on until all is done.
 *
 * Each loop makes the calls of io.h with the one deadline, and these try before
 * they wait: so what goes at once costs one call, and no clock is read. */
#include "policy.h"

static inline void tell_done(size_t *done, size_t count)
{
    if (done != NULL)
        *done = count;
}

/* Nothing to do is done, but not for what is no socket. */
static PSOCK_APART int nothing_to_do(psock_t s)
{
    return s < 0 ? PSOCK_EBADF : psock_sys_check(s);
}

/* --- One buffer ------------------------------------------------------------- */

static int send_bytes(psock_t s, const unsigned char *data, size_t size,
                      psock_deadline deadline, size_t *sent)
{
    if (size == 0)
        return nothing_to_do(s);
    if (data == NULL)
        return PSOCK_EFAULT;
    do {
        ptrdiff_t part = psock_send(s, data + *sent, size - *sent, 0, deadline);
        if (part < 0)
            return (int)part;
        *sent += (size_t)part;
    } while (*sent < size);
    return 0;
}

int psock_send_all(psock_t s, const void *data, size_t size,
                   psock_deadline deadline, size_t *done)
{
    size_t sent = 0;
    int error = send_bytes(s, data, size, deadline, &sent);
    tell_done(done, sent);
    return error;
}

static int receive_bytes(psock_t s, unsigned char *buffer, size_t size,
                         psock_deadline deadline, size_t *received)
{
    if (size == 0)
        return nothing_to_do(s);
    if (buffer == NULL)
        return PSOCK_EFAULT;
    do {
        ptrdiff_t part =
            psock_recv(s, buffer + *received, size - *received, 0, deadline);
        if (part <= 0)
            return part < 0 ? (int)part : PSOCK_EEOF;
        *received += (size_t)part;
    } while (*received < size);
    return 0;
}

int psock_recv_exactly(psock_t s, void *buffer, size_t size,
                       psock_deadline deadline, size_t *done)
{
    size_t received = 0;
    int error = receive_bytes(s, buffer, size, deadline, &received);
    tell_done(done, received);
    return error;
}

/* --- Many buffers ------------------------------------------------------------ */

/* What of the buffers is still to be sent: all but the first `gone` bytes of the
 * first one. */
struct remainder {
    const psock_buffer *buffers;
    size_t count;
    size_t gone;
};

/* Buffers of which some is sent already are copied, this many at most, since the
 * caller's stay as they are. */
#define COPIED_MAX 32

/* Takes away what was sent, and what is empty behind that. */
static void take_away(struct remainder *remainder, size_t sent)
{
    while (remainder->count > 0 &&
           sent >= remainder->buffers->size - remainder->gone) {
        sent -= remainder->buffers->size - remainder->gone;
        remainder->buffers++;
        remainder->count--;
        remainder->gone = 0;
    }
    remainder->gone += sent;
}

/* How many of the first `count` buffers, above zero, one call can take. */
static size_t fitting(const psock_buffer *buffers, size_t count)
{
    size_t room = PTRDIFF_MAX;
    size_t i = 0;
    while (i < count && i < PSOCK_BUFFERS_MAX && buffers[i].size <= room)
        room -= buffers[i++].size;
    return i;
}

static size_t copy_some(const struct remainder *remainder,
                        psock_buffer copy[COPIED_MAX])
{
    const psock_buffer *first = remainder->buffers;
    size_t count = 1;
    copy[0].data = (unsigned char *)first->data + remainder->gone;
    copy[0].size = first->size - remainder->gone;
    for (; count < COPIED_MAX && count < remainder->count; count++)
        copy[count] = first[count];
    return count;
}

/* As many as one call takes, or as were copied. */
static ptrdiff_t send_some(psock_t s, const struct remainder *remainder,
                           psock_deadline deadline)
{
    psock_buffer copy[COPIED_MAX];
    const psock_buffer *buffers = remainder->buffers;
    size_t count = remainder->count;
    if (remainder->gone > 0) {
        count = copy_some(remainder, copy);
        buffers = copy;
    }
    return psock_send_vector(s, buffers, fitting(buffers, count), 0, deadline);
}

/* What is wrong with any of them is told before the first byte goes.  All of
 * them together are what a size_t can count. */
static int buffers_error(const psock_buffer *buffers, size_t count)
{
    size_t room = SIZE_MAX;
    if (buffers == NULL && count != 0)
        return PSOCK_EFAULT;
    for (size_t i = 0; i < count; i++) {
        if (buffers[i].size > PTRDIFF_MAX || buffers[i].size > room)
            return PSOCK_EINVAL;
        if (buffers[i].data == NULL && buffers[i].size != 0)
            return PSOCK_EFAULT;
        room -= buffers[i].size;
    }
    return 0;
}

static int send_buffers(psock_t s, struct remainder *remainder,
                        psock_deadline deadline, size_t *sent)
{
    int error = buffers_error(remainder->buffers, remainder->count);
    if (error < 0)
        return error;
    take_away(remainder, 0);
    if (remainder->count == 0)
        return nothing_to_do(s);
    do {
        ptrdiff_t part = send_some(s, remainder, deadline);
        if (part < 0)
            return (int)part;
        take_away(remainder, (size_t)part);
        *sent += (size_t)part;
    } while (remainder->count > 0);
    return 0;
}

int psock_send_all_vector(psock_t s, const psock_buffer *buffers, size_t count,
                          psock_deadline deadline, size_t *done)
{
    size_t sent = 0;
    struct remainder remainder = {.buffers = buffers, .count = count};
    int error = send_buffers(s, &remainder, deadline, &sent);
    tell_done(done, sent);
    return error;
}

/* --- From one to another ------------------------------------------------------ */

static int copy_error(const psock_copy_state *state, uint64_t limit)
{
    if (state == NULL)
        return PSOCK_EFAULT;
    if (state->buffer == NULL || state->size == 0 ||
        state->begin > state->size ||
        state->held > state->size - state->begin || state->copied > limit)
        return PSOCK_EINVAL;
    return 0;
}

/* The least of what is there and what may still be copied. */
static size_t within(size_t size, const psock_copy_state *state, uint64_t limit)
{
    uint64_t left = limit - state->copied;
    return size < left ? size : (size_t)left;
}

/* Returns what came, 0 at the end, or an error. */
static ptrdiff_t fetch(psock_t from, psock_copy_state *state, uint64_t limit,
                       psock_deadline deadline)
{
    ptrdiff_t received = psock_recv(
        from, state->buffer, within(state->size, state, limit), 0, deadline);
    if (received > 0) {
        state->begin = 0;
        state->held = (size_t)received;
    }
    return received;
}

static ptrdiff_t pass_on(psock_t to, psock_copy_state *state, uint64_t limit,
                         psock_deadline deadline)
{
    const unsigned char *first = state->buffer;
    ptrdiff_t sent = psock_send(to, first + state->begin,
                                within(state->held, state, limit), 0, deadline);
    if (sent > 0) {
        state->begin += (size_t)sent;
        state->held -= (size_t)sent;
        state->copied += (uint64_t)sent;
    }
    return sent;
}

int psock_copy(psock_t from, psock_t to, psock_copy_state *state,
               uint64_t limit, psock_deadline deadline)
{
    int error = copy_error(state, limit);
    if (error < 0)
        return error;
    while (error == 0 && state->copied < limit) {
        if (state->held == 0) {
            ptrdiff_t received = fetch(from, state, limit, deadline);
            if (received <= 0)
                return (int)received;
        }
        ptrdiff_t sent = pass_on(to, state, limit, deadline);
        if (sent < 0)
            return (int)sent;
        error = state->copied < limit ? psock_may_go_on(deadline) : 0;
    }
    return error;
}
