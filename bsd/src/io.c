/* io.c: send() and recv().
 *
 * What programs do all day, one piece on a socket that is like all, costs psock's
 * call and a few comparisons; all else stands in gather.c and scatter.c. */
#include "socket.h"

#define LIKELY(condition) __builtin_expect((condition), 1)

/* Longer calls do this much: a ssize_t holds it on every system. */
#define LONGEST ((size_t)0x7ffff000)

#define SPECIAL_SOCKETS (PSOCK_GUEST_EMULATED | PSOCK_GUEST_SEGMENTS)
#define SPECIAL_RECEIVES (MSG_OOB | MSG_WAITALL | MSG_TRUNC | MSG_ERRQUEUE)

static inline bool is_special(const struct psock_guest *guest)
{
    return (atomic_load_explicit(&guest->options, memory_order_relaxed) &
            SPECIAL_SOCKETS) != 0;
}

static inline size_t clamp(size_t size)
{
    return LIKELY(size <= LONGEST) ? size : LONGEST;
}

/* --- Sending --------------------------------------------------------------- */

static inline ptrdiff_t send_once(struct psock_guest *guest, const void *data,
                                  size_t size, psock_deadline deadline)
{
    ptrdiff_t result;
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_send(guest->socket, data, size, 0, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    psock_guest_sent_of(guest, result, size);
    psock_guest_look_for_signals(guest);
    return result;
}

/* A call that may wait sends all of a stream's data; what went before an error
 * counts. */
static ssize_t send_rest(struct psock_guest *guest, const char *data,
                         size_t size, size_t sent, psock_deadline deadline)
{
    while (sent < size) {
        ptrdiff_t result = send_once(guest, data + sent, size - sent, deadline);
        if (result < 0)
            break;
        sent += (size_t)result;
    }
    return (ssize_t)sent;
}

static ssize_t send_specially(struct psock_guest *guest, const void *data,
                              size_t size, int flags)
{
    const union {
        const void *data;
        void *base;
    } same = {.data = data};
    const struct iovec piece = {.iov_base = same.base, .iov_len = size};
    return psock_guest_stream_send(guest, &piece, 1, flags);
}

ssize_t psock_guest_send(struct psock_guest *guest, const void *data,
                         size_t size, int flags)
{
    size = clamp(size);
    if (!LIKELY(!is_special(guest) && (flags & MSG_OOB) == 0))
        return send_specially(guest, data, size, flags);
    const psock_deadline deadline = psock_guest_send_deadline(guest, flags);
    ptrdiff_t result = send_once(guest, data, size, deadline);
    if (LIKELY(result == (ptrdiff_t)size))
        return result;
    if (result >= 0 && deadline != PSOCK_NOW)
        return send_rest(guest, data, size, (size_t)result, deadline);
    return psock_guest_send_result(guest, result, deadline, flags);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    ssize_t result = psock_guest_send(guest, data, size, flags);
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}

/* --- Receiving ------------------------------------------------------------- */

static ssize_t recv_specially(struct psock_guest *guest, void *buffer,
                              size_t size, int flags)
{
    const struct iovec piece = {.iov_base = buffer, .iov_len = size};
    return psock_guest_stream_recv(guest, &piece, 1, flags);
}

ssize_t psock_guest_recv(struct psock_guest *guest, void *buffer, size_t size,
                         int flags)
{
    ptrdiff_t result;
    size = clamp(size);
    if (!LIKELY(!psock_guest_is_emulated(guest) &&
                (flags & SPECIAL_RECEIVES) == 0))
        return recv_specially(guest, buffer, size, flags);
    const unsigned peek = (flags & MSG_PEEK) != 0 ? PSOCK_PEEK : 0;
    const psock_deadline deadline = psock_guest_receive_deadline(guest, flags);
    if (deadline != PSOCK_NOW)
        psock_guest_may_wait();
    do
        result = psock_recv(guest->socket, buffer, size, peek, deadline);
    while (result < 0 &&
           psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    if (peek == 0)
        psock_guest_received(guest, result);
    psock_guest_look_for_signals(guest);
    return LIKELY(result > 0)
               ? result
               : psock_guest_recv_result(guest, result, deadline);
}

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    ssize_t result = psock_guest_recv(guest, buffer, size, flags);
    psock_guest_drop(guest);
    return psock_guest_returned(result);
}
