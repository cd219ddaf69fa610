/* io.c: one attempt, and waiting only when it did nothing.
 *
 * In the ordinary case each call is its attempt and a comparison or two.  What
 * follows an attempt in vain is the same for all six and stands apart, so that
 * it costs the ordinary case nothing. */
#include "transfer.h"

static inline ptrdiff_t send_attempt(const struct transfer *t)
{
    return psock_sys_send(t->socket, t->data, t->size);
}

static inline ptrdiff_t recv_attempt(const struct transfer *t)
{
    return psock_sys_recv(t->socket, t->room, t->size, receive_flags(t));
}

static inline ptrdiff_t send_to_attempt(const struct transfer *t)
{
    return psock_sys_send_to(t->socket, t->data, t->size, t->to);
}

static inline ptrdiff_t recv_from_attempt(const struct transfer *t)
{
    return psock_sys_recv_from(t->socket, t->room, t->size, receive_flags(t),
                               t->from);
}

static inline ptrdiff_t send_vector_attempt(const struct transfer *t)
{
    return psock_sys_send_vector(t->socket, t->data, t->size);
}

static inline ptrdiff_t recv_vector_attempt(const struct transfer *t)
{
    return psock_sys_recv_vector(t->socket, t->data, t->size, receive_flags(t));
}

/* What a receive gives that has reached the end, where there is no sender to
 * tell. */
static ptrdiff_t reach_end(attempt_call *attempt,
                           const struct transfer *transfer)
{
    if (attempt == recv_from_attempt && transfer->from != NULL)
        *transfer->from = (psock_address){.length = 0};
    return 0;
}

/* Waits after an attempt in vain.  Where the last wait told of a failure that the
 * attempt did not find, there are reports in the way (message.h), which would end
 * each wait at once: a receive that was not asked for them drops them; a send
 * leaves them to who was, and has no other event to wait for. */
static int wait_again(const struct transfer *transfer, unsigned event, int came)
{
    const _Bool is_in_the_way = (came & PSOCK_SYS_FAILED) != 0;
    if (is_in_the_way && event == PSOCK_SYS_WRITE)
        return psock_pause(transfer->deadline);
    if (is_in_the_way && (transfer->flags & PSOCK_WITH_UNDELIVERED) == 0)
        psock_sys_drop_undelivered(transfer->socket);
    return psock_wait_for(transfer->socket, event, transfer->deadline);
}

/* Tries again until there is a result or the deadline has passed.  A receive
 * that finds nothing although the wait says that nothing more will come has
 * reached the end. */
PSOCK_APART ptrdiff_t psock_try_again(attempt_call *attempt,
                                      const struct transfer *transfer,
                                      unsigned event, ptrdiff_t result)
{
    int came = 0;
    while (!is_final(result, transfer->deadline)) {
        if (result == PSOCK_EAGAIN) {
            if (event == PSOCK_SYS_READ && (came & PSOCK_SYS_ENDED) != 0)
                return reach_end(attempt, transfer);
            came = wait_again(transfer, event, came);
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
    if (!PSOCK_LIKELY(memory != NULL))
        return size == 0 ? flags_error(flags, known_flags) : PSOCK_EFAULT;
    return flags_error(flags, known_flags);
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

ptrdiff_t psock_send(psock_t s, const void *data, size_t size, unsigned flags,
                     psock_deadline deadline)
{
    int error = memory_error(data, size, flags, 0);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    struct transfer transfer;
    transfer.socket = s;
    transfer.data = data;
    transfer.size = size;
    transfer.deadline = deadline;
    return try_it(send_attempt, &transfer, PSOCK_SYS_WRITE);
}

ptrdiff_t psock_recv(psock_t s, void *buffer, size_t size, unsigned flags,
                     psock_deadline deadline)
{
    int error = memory_error(buffer, size, flags, PSOCK_PEEK);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    struct transfer transfer;
    transfer.socket = s;
    transfer.room = buffer;
    transfer.size = size;
    transfer.deadline = deadline;
    transfer.flags = flags;
    return try_it(recv_attempt, &transfer, PSOCK_SYS_READ);
}

ptrdiff_t psock_send_to(psock_t s, const void *data, size_t size,
                        unsigned flags, const psock_address *peer,
                        psock_deadline deadline)
{
    int error = memory_error(data, size, flags, 0);
    if (!PSOCK_LIKELY(error == 0 && peer != NULL))
        return error < 0 ? error : PSOCK_EFAULT;
    struct transfer transfer;
    transfer.socket = s;
    transfer.data = data;
    transfer.size = size;
    transfer.deadline = deadline;
    transfer.to = peer;
    return try_it(send_to_attempt, &transfer, PSOCK_SYS_WRITE);
}

ptrdiff_t psock_recv_from(psock_t s, void *buffer, size_t size, unsigned flags,
                          psock_address *peer, psock_deadline deadline)
{
    int error = memory_error(buffer, size, flags, PSOCK_PEEK);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    struct transfer transfer;
    transfer.socket = s;
    transfer.room = buffer;
    transfer.size = size;
    transfer.deadline = deadline;
    transfer.from = peer;
    transfer.flags = flags;
    return try_it(recv_from_attempt, &transfer, PSOCK_SYS_READ);
}

ptrdiff_t psock_send_vector(psock_t s, const psock_buffer *buffers,
                            size_t count, unsigned flags,
                            psock_deadline deadline)
{
    int error = vector_error(buffers, count, flags, 0);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    struct transfer transfer;
    transfer.socket = s;
    transfer.data = buffers;
    transfer.size = count;
    transfer.deadline = deadline;
    return try_it(send_vector_attempt, &transfer, PSOCK_SYS_WRITE);
}

ptrdiff_t psock_recv_vector(psock_t s, const psock_buffer *buffers,
                            size_t count, unsigned flags,
                            psock_deadline deadline)
{
    int error = vector_error(buffers, count, flags, PSOCK_PEEK);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    struct transfer transfer;
    transfer.socket = s;
    transfer.data = buffers;
    transfer.size = count;
    transfer.deadline = deadline;
    transfer.flags = flags;
    return try_it(recv_vector_attempt, &transfer, PSOCK_SYS_READ);
}

int psock_send_urgent(psock_t s, unsigned char byte, psock_deadline deadline)
{
    if (s < 0)
        return PSOCK_EBADF;
    int result = psock_sys_send_urgent(s, byte);
    while (result == PSOCK_EAGAIN || result == PSOCK_EINTR) {
        int came = result == PSOCK_EAGAIN
                       ? psock_wait_for(s, PSOCK_SYS_WRITE, deadline)
                       : 0;
        if (came < 0)
            return came;
        result = psock_sys_send_urgent(s, byte);
    }
    return result;
}

int psock_recv_urgent(psock_t s)
{
    int result;
    if (s < 0)
        return PSOCK_EBADF;
    do {
        result = psock_sys_recv_urgent(s);
    } while (result == PSOCK_EINTR);
    return result;
}
