/* io.c: one attempt, and waiting only when it did nothing.
 *
 * In the ordinary case each call is its attempt and a comparison or two.  What
 * follows an attempt in vain is the same for all six and stands apart, so that
 * it costs the ordinary case nothing. */
#include "policy.h"

/* A call kept together, so that it can be tried again. */
struct transfer {
    psock_t socket;
    const void *data; /* what to send, or the buffers of a vector */
    void *room;       /* where to receive */
    size_t size;      /* in bytes, or the count of buffers */
    unsigned flags;
    const psock_address *to;
    psock_address *from;
};

typedef ptrdiff_t attempt_call(const struct transfer *transfer);

/* Whether `result` is the caller's, with nothing left to try. */
static inline _Bool is_final(ptrdiff_t result, psock_deadline deadline)
{
    if (PSOCK_LIKELY(result >= 0))
        return 1;
    if (result == PSOCK_EAGAIN)
        return deadline == PSOCK_NOW;
    return result != PSOCK_EINTR;
}

/* What a receive gives that has reached the end, where there is no sender. */
static ptrdiff_t reach_end(const struct transfer *transfer)
{
    if (transfer->from != NULL)
        *transfer->from = (psock_address){.length = 0};
    return 0;
}

/* Tries again until there is a result or the deadline has passed.  A receive
 * that finds nothing although the wait says that nothing more will come has
 * reached the end. */
static PSOCK_APART ptrdiff_t try_again(attempt_call *attempt,
                                       const struct transfer *transfer,
                                       unsigned event, psock_deadline deadline,
                                       ptrdiff_t result)
{
    int came = 0;
    while (!is_final(result, deadline)) {
        if (result == PSOCK_EAGAIN) {
            if (event == PSOCK_SYS_READ && (came & PSOCK_SYS_ENDED) != 0)
                return reach_end(transfer);
            came = psock_wait_for(transfer->socket, event, deadline);
            if (came < 0)
                return came;
        }
        result = attempt(transfer);
    }
    return result;
}

/* What is wrong with a plain memory argument or the flags, or 0. */
static inline int memory_error(const void *memory, size_t size, unsigned flags,
                               unsigned known_flags)
{
    if (memory == NULL && size != 0)
        return PSOCK_EFAULT;
    return (flags & ~known_flags) != 0 ? PSOCK_EINVAL : 0;
}

/* The same for a vector, whose sizes together must fit the result. */
static int vector_error(const psock_buffer *buffers, size_t count,
                        unsigned flags, unsigned known_flags)
{
    if (count > PSOCK_BUFFERS_MAX || (flags & ~known_flags) != 0)
        return PSOCK_EINVAL;
    if (buffers == NULL && count != 0)
        return PSOCK_EFAULT;
    size_t room = PTRDIFF_MAX;
    for (size_t i = 0; i < count; i++) {
        if (buffers[i].size > room)
            return PSOCK_EINVAL;
        if (buffers[i].data == NULL && buffers[i].size != 0)
            return PSOCK_EFAULT;
        room -= buffers[i].size;
    }
    return 0;
}

/* A receive that may wait for ever may do so in the system, where that saves a
 * call. */
static inline unsigned receive_flags(unsigned flags, psock_deadline deadline)
{
    return deadline == PSOCK_FOREVER ? flags | PSOCK_SYS_MAY_WAIT : flags;
}

static ptrdiff_t send_attempt(const struct transfer *t)
{
    return psock_sys_send(t->socket, t->data, t->size);
}

ptrdiff_t psock_send(psock_t s, const void *data, size_t size, unsigned flags,
                     psock_deadline deadline)
{
    int error = memory_error(data, size, flags, 0);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    ptrdiff_t sent = psock_sys_send(s, data, size);
    if (PSOCK_LIKELY(is_final(sent, deadline)))
        return sent;
    struct transfer transfer = {.socket = s, .data = data, .size = size};
    return try_again(send_attempt, &transfer, PSOCK_SYS_WRITE, deadline, sent);
}

static ptrdiff_t recv_attempt(const struct transfer *t)
{
    return psock_sys_recv(t->socket, t->room, t->size, t->flags);
}

ptrdiff_t psock_recv(psock_t s, void *buffer, size_t size, unsigned flags,
                     psock_deadline deadline)
{
    int error = memory_error(buffer, size, flags, PSOCK_PEEK);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    flags = receive_flags(flags, deadline);
    ptrdiff_t received = psock_sys_recv(s, buffer, size, flags);
    if (PSOCK_LIKELY(is_final(received, deadline)))
        return received;
    struct transfer transfer = {
        .socket = s, .room = buffer, .size = size, .flags = flags};
    return try_again(recv_attempt, &transfer, PSOCK_SYS_READ, deadline,
                     received);
}

static ptrdiff_t send_to_attempt(const struct transfer *t)
{
    return psock_sys_send_to(t->socket, t->data, t->size, t->to);
}

ptrdiff_t psock_send_to(psock_t s, const void *data, size_t size,
                        unsigned flags, const psock_address *peer,
                        psock_deadline deadline)
{
    int error = memory_error(data, size, flags, 0);
    if (!PSOCK_LIKELY(error == 0 && peer != NULL))
        return error < 0 ? error : PSOCK_EFAULT;
    ptrdiff_t sent = psock_sys_send_to(s, data, size, peer);
    if (PSOCK_LIKELY(is_final(sent, deadline)))
        return sent;
    struct transfer transfer = {
        .socket = s, .data = data, .size = size, .to = peer};
    return try_again(send_to_attempt, &transfer, PSOCK_SYS_WRITE, deadline,
                     sent);
}

static ptrdiff_t recv_from_attempt(const struct transfer *t)
{
    return psock_sys_recv_from(t->socket, t->room, t->size, t->flags, t->from);
}

ptrdiff_t psock_recv_from(psock_t s, void *buffer, size_t size, unsigned flags,
                          psock_address *peer, psock_deadline deadline)
{
    int error = memory_error(buffer, size, flags, PSOCK_PEEK);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    flags = receive_flags(flags, deadline);
    ptrdiff_t received = psock_sys_recv_from(s, buffer, size, flags, peer);
    if (PSOCK_LIKELY(is_final(received, deadline)))
        return received;
    struct transfer transfer = {.socket = s,
                                .room = buffer,
                                .size = size,
                                .flags = flags,
                                .from = peer};
    return try_again(recv_from_attempt, &transfer, PSOCK_SYS_READ, deadline,
                     received);
}

static ptrdiff_t send_vector_attempt(const struct transfer *t)
{
    return psock_sys_send_vector(t->socket, t->data, t->size);
}

ptrdiff_t psock_send_vector(psock_t s, const psock_buffer *buffers,
                            size_t count, unsigned flags,
                            psock_deadline deadline)
{
    int error = vector_error(buffers, count, flags, 0);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    ptrdiff_t sent = psock_sys_send_vector(s, buffers, count);
    if (PSOCK_LIKELY(is_final(sent, deadline)))
        return sent;
    struct transfer transfer = {.socket = s, .data = buffers, .size = count};
    return try_again(send_vector_attempt, &transfer, PSOCK_SYS_WRITE, deadline,
                     sent);
}

static ptrdiff_t recv_vector_attempt(const struct transfer *t)
{
    return psock_sys_recv_vector(t->socket, t->data, t->size, t->flags);
}

ptrdiff_t psock_recv_vector(psock_t s, const psock_buffer *buffers,
                            size_t count, unsigned flags,
                            psock_deadline deadline)
{
    int error = vector_error(buffers, count, flags, PSOCK_PEEK);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    flags = receive_flags(flags, deadline);
    ptrdiff_t received = psock_sys_recv_vector(s, buffers, count, flags);
    if (PSOCK_LIKELY(is_final(received, deadline)))
        return received;
    struct transfer transfer = {
        .socket = s, .data = buffers, .size = count, .flags = flags};
    return try_again(recv_vector_attempt, &transfer, PSOCK_SYS_READ, deadline,
                     received);
}
