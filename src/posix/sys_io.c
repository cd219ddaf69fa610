/* sys_io.c: send and recv.
 *
 * Descriptors stay in the system's blocking mode, and every call that must not
 * wait says so by MSG_DONTWAIT.  So a receive that may wait for ever costs what
 * a plain blocking one does, and nobody has to remember a mode. */
#include "platform.h"

/* Linux says EPIPE also where there never was a connection to send on.
 * Receiving tells: it finds an end where there was one. */
static PSOCK_APART ptrdiff_t broken_pipe(psock_t s)
{
    char byte;
    if (recv(psock_posix_fd(s), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
        errno != ENOTCONN)
        errno = EPIPE;
    return psock_posix_error();
}

/* Without a connection nobody can refuse, so that is a report, of which there may
 * be any number. */
static PSOCK_APART ptrdiff_t send_error(psock_t s)
{
    if (errno == ECONNREFUSED && psock_posix_was_a_report(psock_posix_fd(s)))
        return PSOCK_EINTR;
    int error = psock_posix_error();
    return error == PSOCK_EPIPE ? broken_pipe(s) : error;
}

static inline ptrdiff_t send_result(psock_t s, ssize_t sent)
{
    return PSOCK_LIKELY(sent >= 0) ? sent : send_error(s);
}

/* --- Reports of undelivered datagrams ------------------------------------- */

/* What the network may have reported, and a call by itself may have failed with.
 */
static const int may_be_reports[] = {
#ifdef ENONET
    ENONET,
#endif
    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EMSGSIZE, EHOSTDOWN,
    ENOPROTOOPT,  EOPNOTSUPP,   EACCES,      EPROTO};

static _Bool may_be_a_report(int native)
{
    for (size_t i = 0; i < sizeof may_be_reports / sizeof may_be_reports[0];
         i++)
        if (native == may_be_reports[i])
            return 1;
    return 0;
}

/* A report that somebody asked for also makes the next call on the socket fail,
 * whatever it is about.  That its own peer refused a connected socket tells
 * unasked. */
PSOCK_APART _Bool psock_posix_was_a_report(int fd)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    const int native = errno;
    const _Bool was_one =
        may_be_a_report(native) && psock_posix_reports(fd) &&
        (native != ECONNREFUSED ||
         getpeername(fd, (struct sockaddr *)&peer, &length) < 0);
    errno = native;
    return was_one;
}

/* Linux says EINVAL of a Unix stream that has nobody at the other end. */
static PSOCK_APART int no_connection(int fd)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
        errno = EINVAL;
    return psock_posix_error();
}

PSOCK_APART ptrdiff_t psock_posix_receive_failure(int fd)
{
    int error = psock_posix_error();
    if (error == PSOCK_EINVAL)
        return no_connection(fd);
    if (error != PSOCK_EAGAIN && psock_posix_was_a_report(fd))
        return PSOCK_EINTR;
    return error;
}

static inline ptrdiff_t receive_result(psock_t s, ssize_t received)
{
    if (PSOCK_LIKELY(received >= 0))
        return received;
    return errno == EAGAIN ? PSOCK_EAGAIN
                           : psock_posix_receive_failure(psock_posix_fd(s));
}

/* A failure that was a report of an earlier datagram is gone with it; this one
 * has not been tried yet. */
static PSOCK_APART ptrdiff_t send_again(psock_t s, const void *data,
                                        size_t size)
{
    const int fd = psock_posix_fd(s);
    ssize_t sent = -1;
    if (psock_posix_was_a_report(fd))
        sent = send(fd, data, size, PSOCK_POSIX_SEND_FLAGS);
    return send_result(s, sent);
}

ptrdiff_t psock_sys_send(psock_t s, const void *data, size_t size)
{
    ssize_t sent = send(psock_posix_fd(s), data, size, PSOCK_POSIX_SEND_FLAGS);
    return PSOCK_LIKELY(sent >= 0) ? sent : send_again(s, data, size);
}

ptrdiff_t psock_sys_recv(psock_t s, void *buffer, size_t size, unsigned flags)
{
    return receive_result(s, recv(psock_posix_fd(s), buffer, size,
                                  psock_posix_receive_flags(flags)));
}

/* Codes of an address of the wrong family, among other things. */
static _Bool may_be_the_family(int error)
{
    return error == PSOCK_EINVAL || error == PSOCK_ENETUNREACH ||
           error == PSOCK_EAFNOSUPPORT;
}

PSOCK_APART ptrdiff_t psock_posix_send_failure(psock_t s,
                                               const psock_address *peer)
{
    if (peer != NULL && may_be_the_family(psock_posix_error()))
        return psock_posix_address_error(psock_posix_fd(s), peer);
    return send_result(s, -1);
}

static PSOCK_APART ptrdiff_t send_to_again(psock_t s, const void *data,
                                           size_t size,
                                           const psock_address *peer)
{
    const void *name = peer->storage.bytes;
    const int fd = psock_posix_fd(s);
    ssize_t sent = -1;
    if (psock_posix_was_a_report(fd))
        sent =
            sendto(fd, data, size, PSOCK_POSIX_SEND_FLAGS, name, peer->length);
    return sent >= 0 ? sent : psock_posix_send_failure(s, peer);
}

ptrdiff_t psock_sys_send_to(psock_t s, const void *data, size_t size,
                            const psock_address *peer)
{
    const void *name = peer->storage.bytes;
    ssize_t sent = sendto(psock_posix_fd(s), data, size, PSOCK_POSIX_SEND_FLAGS,
                          name, peer->length);
    return PSOCK_LIKELY(sent >= 0) ? sent : send_to_again(s, data, size, peer);
}

/* The system writes the sender where it belongs, and only when there is one to
 * tell: a copy would cost as much as all else here. */
ptrdiff_t psock_sys_recv_from(psock_t s, void *buffer, size_t size,
                              unsigned flags, psock_address *peer)
{
    socklen_t length = sizeof peer->storage;
    void *name = peer == NULL ? NULL : peer->storage.bytes;
    ssize_t received =
        recvfrom(psock_posix_fd(s), buffer, size,
                 psock_posix_receive_flags(flags), name, &length);
    if (PSOCK_LIKELY(peer != NULL && received >= 0)) {
        peer->length = length;
        peer->reserved = 0;
    }
    return receive_result(s, received);
}

/* psock_buffer has the layout of struct iovec, so that vectors are passed on as
 * they are. */
_Static_assert(sizeof(psock_buffer) == sizeof(struct iovec) &&
                   offsetof(psock_buffer, data) ==
                       offsetof(struct iovec, iov_base) &&
                   offsetof(psock_buffer, size) ==
                       offsetof(struct iovec, iov_len),
               "psock_buffer is struct iovec by another name");

static inline struct msghdr message_of(const psock_buffer *buffers,
                                       size_t count)
{
    struct msghdr message = {.msg_iovlen = count};
    union {
        const psock_buffer *buffers;
        struct iovec *vector;
    } same = {buffers};
    message.msg_iov = same.vector;
    return message;
}

static PSOCK_APART ptrdiff_t send_vector_again(psock_t s,
                                               const struct msghdr *message)
{
    const int fd = psock_posix_fd(s);
    ssize_t sent = -1;
    if (psock_posix_was_a_report(fd))
        sent = sendmsg(fd, message, PSOCK_POSIX_SEND_FLAGS);
    return send_result(s, sent);
}

ptrdiff_t psock_sys_send_vector(psock_t s, const psock_buffer *buffers,
                                size_t count)
{
    struct msghdr message = message_of(buffers, count);
    ssize_t sent = sendmsg(psock_posix_fd(s), &message, PSOCK_POSIX_SEND_FLAGS);
    return PSOCK_LIKELY(sent >= 0) ? sent : send_vector_again(s, &message);
}

ptrdiff_t psock_sys_recv_vector(psock_t s, const psock_buffer *buffers,
                                size_t count, unsigned flags)
{
    struct msghdr message = message_of(buffers, count);
    return receive_result(s, recvmsg(psock_posix_fd(s), &message,
                                     psock_posix_receive_flags(flags)));
}

/* --- Urgent bytes --------------------------------------------------------- */

/* Other protocols ignore the request, or have something else of that name. */
static int urgent_error(int fd)
{
    int type = 0;
    socklen_t type_length = sizeof type;
    struct sockaddr_storage local = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof local;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) < 0 ||
        getsockname(fd, (struct sockaddr *)&local, &length) < 0)
        return psock_posix_error();
    if (type == SOCK_STREAM && local.ss_family != AF_UNIX)
        return 0;
    errno = EOPNOTSUPP;
    return PSOCK_EOPNOTSUPP;
}

int psock_sys_send_urgent(psock_t s, unsigned char byte)
{
    int fd = psock_posix_fd(s);
    int error = urgent_error(fd);
    if (error < 0)
        return error;
    ptrdiff_t result =
        send_result(s, send(fd, &byte, 1, PSOCK_POSIX_SEND_FLAGS | MSG_OOB));
    return result < 0 ? (int)result : 0;
}

/* EINVAL means that there is none, whatever the reason. */
static int no_urgent_byte(int fd)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (errno != EINVAL)
        return psock_posix_error();
    if (getpeername(fd, (struct sockaddr *)&peer, &length) < 0)
        return psock_posix_error();
    errno = EAGAIN;
    return PSOCK_EAGAIN;
}

int psock_sys_recv_urgent(psock_t s)
{
    unsigned char byte;
    int fd = psock_posix_fd(s);
    int error = urgent_error(fd);
    if (error < 0)
        return error;
    ssize_t received = recv(fd, &byte, 1, MSG_OOB | MSG_DONTWAIT);
    if (received == 1)
        return byte;
    return received == 0 ? PSOCK_EAGAIN : no_urgent_byte(fd);
}
