/* sys_io.c: send and recv, and what Winsock means by their errors.
 *
 * Sockets are non-blocking (sys_socket.c), so every call here returns at once.
 */
#include "vector.h"

/* Windows takes whatever it is given into its own memory when the send buffer
 * is not full yet.  A limit keeps that memory bounded and makes partial sends
 * the ordinary thing they are elsewhere; no datagram is nearly that long. */
#define LONGEST_SEND (256 * 1024)

/* Lengths are int here, and very long receives exhaust locked memory. */
#define LONGEST_RECEIVE (16 * 1024 * 1024)

static inline int clamp(size_t size, int longest)
{
    return size > (size_t)longest ? longest : (int)size;
}

static inline int receive_flags_of(unsigned flags)
{
    return (flags & PSOCK_PEEK) != 0 ? MSG_PEEK : 0;
}

static int pending_error(psock_t s)
{
    int native = 0;
    int length = sizeof native;
    psock_winsock.getsockopt((SOCKET)s, SOL_SOCKET, SO_ERROR, (char *)&native,
                             &length);
    return native;
}

/* While an attempt is pending there is nothing to send on yet; once it has
 * failed, that is the answer. */
static int not_connected(psock_t s, int *native)
{
    const unsigned state = psock_win32_shadow(s);
    if ((state & SHADOW_CONNECTING) == 0 || (state & SHADOW_ABANDONED) != 0)
        return PSOCK_ENOTCONN;
    int failure = pending_error(s);
    if (failure == 0)
        return PSOCK_EAGAIN;
    *native = failure;
    return psock_sys_error(failure);
}

/* Would-block is also what some systems say of an attempt that is pending; one
 * that was given up will never be more. */
static int would_block(unsigned state)
{
    return (state & SHADOW_ABANDONED) != 0 ? PSOCK_ENOTCONN : PSOCK_EAGAIN;
}

/* What codes mean on a stream beyond their names. */
static int stream_error(psock_t s, int error, int *native)
{
    switch (error) {
    case PSOCK_ECONNABORTED: /* this end has given the connection up */
        return PSOCK_ECONNRESET;
    case PSOCK_ENETRESET: /* the peer no longer answers keep-alive probes */
        return PSOCK_ETIMEDOUT;
    case PSOCK_ESHUTDOWN:
        return PSOCK_EPIPE;
    case PSOCK_ENOTCONN:
        return not_connected(s, native);
    default:
        return error;
    }
}

/* --- Sending -------------------------------------------------------------- */

/* Only a missing destination can be wrong with the state of a datagram socket.
 */
static int datagram_send_error(int error)
{
    switch (error) {
    case PSOCK_ENOTCONN:
    case PSOCK_EINVAL:
        return PSOCK_EDESTADDRREQ;
    case PSOCK_ESHUTDOWN:
        return PSOCK_EPIPE;
    default:
        return error;
    }
}

PSOCK_APART ptrdiff_t psock_win32_send_failure(psock_t s)
{
    int native = psock_winsock.WSAGetLastError();
    int error = psock_win32_socket_error(s);
    if (error == PSOCK_EAGAIN)
        return would_block(psock_win32_shadow(s));
    if (error == PSOCK_EBADF || error == PSOCK_ENOTSOCK)
        return error;
    error = psock_win32_is_datagram(s) ? datagram_send_error(error)
                                       : stream_error(s, error, &native);
    psock_winsock.WSASetLastError(native);
    return error;
}

/* Too much at once for the memory that can be locked: less may do. */
static PSOCK_APART ptrdiff_t send_less(psock_t s, const char *data, int size)
{
    int sent = SOCKET_ERROR;
    if (psock_win32_is_datagram(s)) {
        psock_winsock.WSASetLastError(WSAENOBUFS);
        return PSOCK_ENOBUFS;
    }
    while (sent == SOCKET_ERROR && size > 1) {
        size /= 2;
        sent = psock_winsock.send((SOCKET)s, data, size, 0);
        if (sent == SOCKET_ERROR &&
            psock_winsock.WSAGetLastError() != WSAENOBUFS)
            return psock_win32_send_failure(s);
    }
    return sent == SOCKET_ERROR ? PSOCK_ENOBUFS : sent;
}

ptrdiff_t psock_sys_send(psock_t s, const void *data, size_t size)
{
    int length = clamp(size, LONGEST_SEND);
    int sent = psock_winsock.send((SOCKET)s, data, length, 0);
    if (PSOCK_LIKELY(sent != SOCKET_ERROR))
        return sent;
    if (psock_winsock.WSAGetLastError() == WSAENOBUFS)
        return send_less(s, data, length);
    return psock_win32_send_failure(s);
}

/* --- Receiving ------------------------------------------------------------ */

/* Somebody's port or network could not be reached by an earlier datagram.  An
 * unconnected socket is not told of that: it tries again. */
static int undelivered_error(psock_t s, int error)
{
    return psock_win32_has_peer(s) ? error : PSOCK_EINTR;
}

static int datagram_receive_error(psock_t s, int error)
{
    switch (error) {
    case PSOCK_ECONNRESET:
    case PSOCK_ECONNREFUSED:
        return undelivered_error(s, PSOCK_ECONNREFUSED);
    case PSOCK_ENETRESET:
    case PSOCK_EHOSTUNREACH:
        return undelivered_error(s, PSOCK_EHOSTUNREACH);
    case PSOCK_ENETUNREACH:
        return undelivered_error(s, PSOCK_ENETUNREACH);
    case PSOCK_EINVAL: /* unbound; elsewhere it just has nothing yet */
        error =
            psock_win32_is_bound(s) ? PSOCK_EINVAL : psock_win32_bind_any(s);
        return error < 0 ? error : PSOCK_EINTR;
    default:
        return error;
    }
}

/* Nothing is there.  A stream that was shut down for reading has thereby come
 * to its end. */
static int nothing_there(psock_t s)
{
    const unsigned state = psock_win32_shadow(s);
    if ((state & SHADOW_READ_ENDED) == 0)
        return would_block(state);
    int native = psock_winsock.WSAGetLastError();
    int result = psock_win32_is_datagram(s) ? PSOCK_EAGAIN : 0;
    psock_winsock.WSASetLastError(native);
    return result;
}

static int receive_error(psock_t s, int error, int *native)
{
    if (psock_win32_is_datagram(s))
        return datagram_receive_error(s, error);
    return stream_error(s, error, native);
}

/* A datagram longer than the `size` bytes there were for it is a success that
 * filled them. */
PSOCK_APART ptrdiff_t psock_win32_receive_failure(psock_t s, size_t size)
{
    int native = psock_winsock.WSAGetLastError();
    if (native == WSAEMSGSIZE)
        return (ptrdiff_t)size;
    int error = psock_win32_socket_error(s);
    if (error == PSOCK_EAGAIN)
        return nothing_there(s);
    if (error == PSOCK_EBADF || error == PSOCK_ENOTSOCK)
        return error;
    if (error == PSOCK_ESHUTDOWN || error == PSOCK_EPIPE)
        return 0; /* ended by somebody's own calls, or a provider's way */
    error = receive_error(s, error, &native);
    psock_winsock.WSASetLastError(native);
    return error;
}

/* Whether reports can be among the datagrams of `s`, which these calls could not
 * tell apart. */
static inline _Bool has_reports(psock_t s)
{
    return !PSOCK_LIKELY(atomic_load_explicit(&psock_win32_reports_come,
                                              memory_order_relaxed) == 0) &&
           (psock_win32_shadow(s) & SHADOW_ERROR_QUEUE) != 0;
}

static PSOCK_APART ptrdiff_t receive_past_reports(psock_t s, void *buffer,
                                                  size_t size, unsigned flags,
                                                  psock_address *peer)
{
    WSABUF whole = {.len = (ULONG)clamp(size, LONGEST_RECEIVE), .buf = buffer};
    const struct psock_win32_room room = {&whole, 1, whole.len};
    return psock_win32_receive_datagram(s, &room, flags, peer);
}

ptrdiff_t psock_sys_recv(psock_t s, void *buffer, size_t size, unsigned flags)
{
    if (has_reports(s))
        return receive_past_reports(s, buffer, size, flags, NULL);
    int length = clamp(size, LONGEST_RECEIVE);
    int received =
        psock_winsock.recv((SOCKET)s, buffer, length, receive_flags_of(flags));
    if (PSOCK_LIKELY(received != SOCKET_ERROR))
        return received;
    return psock_win32_receive_failure(s, (size_t)length);
}

/* --- With addresses ------------------------------------------------------- */

PSOCK_APART ptrdiff_t psock_win32_send_to_failure(psock_t s,
                                                  const psock_address *peer)
{
    int native = psock_winsock.WSAGetLastError();
    int error = psock_win32_address_error(s, peer);
    if (error == PSOCK_EAFNOSUPPORT && native != WSAEWOULDBLOCK)
        return error;
    return psock_win32_send_failure(s);
}

/* Windows sends to no port without a word.  Raw sockets know no ports. */
_Bool psock_win32_is_portless(psock_t s, const psock_address *peer)
{
    int family;
    int type;
    struct psock_address_view view;
    psock_sys_address_view(peer, &view);
    if (view.port != 0 || view.family == PSOCK_UNIX ||
        view.family == PSOCK_NONE || !psock_win32_kind(s, &family, &type) ||
        type != SOCK_DGRAM)
        return 0;
    psock_winsock.WSASetLastError(WSAEINVAL);
    return 1;
}

ptrdiff_t psock_sys_send_to(psock_t s, const void *data, size_t size,
                            const psock_address *peer)
{
    psock_address loopback;
    const psock_address *to = psock_win32_reachable(peer, &loopback);
    if (psock_win32_is_portless(s, to))
        return PSOCK_EINVAL;
    int sent = psock_winsock.sendto(
        (SOCKET)s, data, clamp(size, LONGEST_SEND), 0,
        (const struct sockaddr *)to->storage.bytes, (int)to->length);
    return PSOCK_LIKELY(sent != SOCKET_ERROR)
               ? sent
               : psock_win32_send_to_failure(s, peer);
}

/* The sender is told to whoever has room for the longest address: with less,
 * the datagram would stay in the queue.  On a stream Windows leaves the room
 * untouched. */
ptrdiff_t psock_sys_recv_from(psock_t s, void *buffer, size_t size,
                              unsigned flags, psock_address *peer)
{
    psock_address from = {.length = 0};
    struct sockaddr *name = (struct sockaddr *)from.storage.bytes;
    int name_length = sizeof from.storage.bytes;
    if (has_reports(s))
        return receive_past_reports(s, buffer, size, flags, peer);
    int length = clamp(size, LONGEST_RECEIVE);
    ptrdiff_t received = psock_winsock.recvfrom(
        (SOCKET)s, buffer, length, receive_flags_of(flags), name, &name_length);
    if (!PSOCK_LIKELY(received != SOCKET_ERROR))
        received = psock_win32_receive_failure(s, (size_t)length);
    if (peer != NULL && received >= 0) {
        from.length = name->sa_family == AF_UNSPEC ? 0 : (uint32_t)name_length;
        *peer = from;
    }
    return received;
}

/* --- Vectors -------------------------------------------------------------- */

static const psock_buffer *first_with_data(const psock_buffer *buffers)
{
    while (buffers->size == 0)
        buffers++;
    return buffers;
}

/* Windows wants one buffer at least, even for nothing. */
ptrdiff_t psock_sys_send_vector(psock_t s, const psock_buffer *buffers,
                                size_t count)
{
    DWORD sent;
    DWORD taken;
    WSABUF vector[PSOCK_BUFFERS_MAX];
    if (psock_win32_convert(buffers, count, LONGEST_SEND, vector, &taken) == 0)
        return psock_sys_send(s, "", 0);
    if (PSOCK_LIKELY(psock_winsock.WSASend((SOCKET)s, vector, taken, &sent, 0,
                                           NULL, NULL) == 0))
        return (ptrdiff_t)sent;
    if (psock_winsock.WSAGetLastError() == WSAENOBUFS &&
        !psock_win32_is_datagram(s)) {
        buffers = first_with_data(buffers);
        return psock_sys_send(s, buffers->data, buffers->size);
    }
    return psock_win32_send_failure(s);
}

ptrdiff_t psock_sys_recv_vector(psock_t s, const psock_buffer *buffers,
                                size_t count, unsigned flags)
{
    char nothing;
    DWORD received;
    DWORD native_flags = (DWORD)receive_flags_of(flags);
    WSABUF vector[PSOCK_BUFFERS_MAX];
    struct psock_win32_room room = {.buffers = vector};
    room.size = psock_win32_convert(buffers, count, LONGEST_RECEIVE, vector,
                                    &room.count);
    if (room.size == 0)
        return psock_sys_recv(s, &nothing, 0, flags);
    if (has_reports(s))
        return psock_win32_receive_datagram(s, &room, flags, NULL);
    if (PSOCK_LIKELY(psock_winsock.WSARecv((SOCKET)s, vector, room.count,
                                           &received, &native_flags, NULL,
                                           NULL) == 0))
        return (ptrdiff_t)received;
    return psock_win32_receive_failure(s, room.size);
}

/* --- Urgent bytes --------------------------------------------------------- */

int psock_sys_send_urgent(psock_t s, unsigned char byte)
{
    if (psock_win32_is_datagram(s)) {
        psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
        return PSOCK_EOPNOTSUPP;
    }
    int sent = psock_winsock.send((SOCKET)s, (const char *)&byte, 1, MSG_OOB);
    return PSOCK_LIKELY(sent != SOCKET_ERROR)
               ? 0
               : (int)psock_win32_send_failure(s);
}

/* WSAEINVAL is what Windows says when there is none, or no connection. */
static int no_urgent_byte(psock_t s)
{
    int native = psock_winsock.WSAGetLastError();
    int error = psock_win32_socket_error(s);
    if (error == PSOCK_EINVAL)
        error = psock_win32_has_peer(s) ? PSOCK_EAGAIN : PSOCK_ENOTCONN;
    else
        error = stream_error(s, error, &native);
    psock_winsock.WSASetLastError(native);
    return error;
}

int psock_sys_recv_urgent(psock_t s)
{
    char byte;
    if (psock_win32_is_datagram(s)) {
        psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
        return PSOCK_EOPNOTSUPP;
    }
    int received = psock_winsock.recv((SOCKET)s, &byte, 1, MSG_OOB);
    if (received == 1)
        return (unsigned char)byte;
    return received == 0 ? PSOCK_EAGAIN : no_urgent_byte(s);
}
