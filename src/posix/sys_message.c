/* sys_message.c: sendmsg and recvmsg, one at a time or many at once. */
#include "error_queue.h"
#include "fragments.h"
#include "metadata.h"

/* A vector of psock's as the system's: see sys_io.c. */
static inline struct iovec *native_vector(const psock_buffer *buffers)
{
    union {
        const psock_buffer *buffers;
        struct iovec *vector;
    } same = {buffers};
    return same.vector;
}

/* A message for a batch is a byte stream's in disguise, if the socket is one:
 * whatever of it did not go would be followed by the next. */
static _Bool is_stream(int fd)
{
    int type = 0;
    socklen_t length = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
           (type == SOCK_STREAM || type == SOCK_SEQPACKET);
}

/* --- Sending -------------------------------------------------------------- */

static inline void fill_to_send(const psock_message *message,
                                struct msghdr *native)
{
    const union {
        const void *given;
        void *wanted;
    } name = {message->peer.length > 0 ? message->peer.storage.bytes : NULL};
    native->msg_name = name.wanted;
    native->msg_namelen = message->peer.length;
    native->msg_iov = native_vector(message->buffers);
    native->msg_iovlen = message->buffer_count;
    native->msg_control = NULL;
    native->msg_controllen = 0;
    native->msg_flags = 0;
}

/* Whether the address to send from, which is IPv4 or IPv6, is none of this
 * machine.  A link-local one may leave its interface to the message. */
static _Bool is_foreign(const psock_message *message)
{
    psock_address address = message->local;
    struct psock_address_view view;
    psock_sys_address_view(&message->local, &view);
    psock_sys_address_set_port(&address, 0);
    if (view.family == PSOCK_IPV6 && view.scope == 0)
        psock_sys_address_ipv6(view.bytes, 0, message->interface_index,
                               &address);
    psock_t trial =
        psock_sys_open(view.family, PSOCK_DATAGRAM,
                       view.family == PSOCK_IPV6 ? PSOCK_DUAL_STACK : 0);
    _Bool is_one =
        trial >= 0 && psock_sys_bind(trial, &address, PSOCK_BIND_FRESH) ==
                          PSOCK_EADDRNOTAVAIL;
    if (trial >= 0)
        psock_sys_close(trial);
    return is_one;
}

/* Codes with which systems refuse to cut a message in segments, on the way that
 * it would take or at all. */
static _Bool refuses_to_cut(int native)
{
    return native == EINVAL || native == EIO || native == EMSGSIZE ||
           native == ENOPROTOOPT || native == EOPNOTSUPP;
}

static int extras_failure(const psock_message *message, int native)
{
    int error = 0;
    if (psock_posix_is_cut(message) && refuses_to_cut(native))
        error = PSOCK_ENOPROTOOPT;
    else if ((native == EINVAL || native == ENETUNREACH) &&
             (message->valid & PSOCK_META_LOCAL) != 0 && is_foreign(message))
        error = PSOCK_EADDRNOTAVAIL;
    errno = native;
    return error;
}

static PSOCK_APART ptrdiff_t send_failure(psock_t s,
                                          const psock_message *message)
{
    int error = extras_failure(message, errno);
    if (error < 0)
        return error;
    return psock_posix_send_failure(
        s, message->peer.length == 0 ? NULL : &message->peer);
}

static inline ptrdiff_t send_native(psock_t s, psock_message *message,
                                    const struct msghdr *native)
{
    const int fd = psock_posix_fd(s);
    ssize_t sent = sendmsg(fd, native, PSOCK_POSIX_SEND_FLAGS);
    if (!PSOCK_LIKELY(sent >= 0) && psock_posix_was_a_report(fd))
        sent = sendmsg(fd, native, PSOCK_POSIX_SEND_FLAGS);
    if (!PSOCK_LIKELY(sent >= 0))
        return send_failure(s, message);
    message->size = (size_t)sent;
    return 1;
}

/* Where forbidding fragments is an option only. */
static ptrdiff_t send_with_option(psock_t s, psock_message *message,
                                  const struct msghdr *native)
{
    const int fd = psock_posix_fd(s);
    int before;
    int error =
        psock_posix_begin_fragments(fd, message->dont_fragment != 0, &before);
    if (error < 0)
        return error;
    ptrdiff_t result = send_native(s, message, native);
    psock_posix_end_fragments(fd, before);
    return result;
}

/* --- One message ---------------------------------------------------------- */

/* Segments of Unix datagrams are cut by psock. */
static int refuse_metadata(const psock_message *message, int type)
{
    errno = EOPNOTSUPP;
    return message->valid == PSOCK_META_SEGMENT_SIZE && type == PSOCK_DATAGRAM
               ? PSOCK_ENOPROTOOPT
               : PSOCK_EOPNOTSUPP;
}

/* Sockets of other kinds pass over what they are sent with, without a word.  Of
 * what has a destination only those of IPv4 and IPv6 are known by it. */
static int carrier_error(int fd, const psock_message *message)
{
    struct psock_address_view peer;
    int family = PSOCK_NONE;
    int type = 0;
    psock_sys_address_view(&message->peer, &peer);
    if (peer.family == PSOCK_IPV4 || peer.family == PSOCK_IPV6)
        return 0;
    int error = psock_sys_kind(fd, &family, &type);
    if (error < 0)
        return error;
    return family == PSOCK_UNIX || type == PSOCK_STREAM
               ? refuse_metadata(message, type)
               : 0;
}

static PSOCK_ASIDE ptrdiff_t send_with_extras(psock_t s, psock_message *message,
                                              struct msghdr *native)
{
    _Alignas(struct cmsghdr) unsigned char
        bytes[PSOCK_POSIX_METADATA_TO_SEND + PSOCK_CONTROL_MAX];
    struct psock_posix_pool pool = {bytes, sizeof bytes};
    int error =
        message->valid == 0 ? 0 : carrier_error(psock_posix_fd(s), message);
    if (error == 0)
        error =
            psock_posix_put_metadata(psock_posix_fd(s), message, &pool, native);
    if (error < 0)
        return error;
    return psock_posix_needs_option(message)
               ? send_with_option(s, message, native)
               : send_native(s, message, native);
}

static inline ptrdiff_t send_one(psock_t s, psock_message *message)
{
    struct msghdr native;
    fill_to_send(message, &native);
    return psock_posix_has_extras(message)
               ? send_with_extras(s, message, &native)
               : send_native(s, message, &native);
}

/* --- Many messages -------------------------------------------------------- */

#ifdef PSOCK_HAVE_MANY_MESSAGES
#define POOL_TO_SEND (32 * PSOCK_POSIX_METADATA_TO_SEND)

/* Fills in as many messages as there is room for their metadata, and none that
 * is to be sent by itself, or is told by that what is wrong with it.  If the
 * socket takes what one of them has, it does so of all. */
static inline size_t fill_many(int fd, const psock_message *messages,
                               size_t count, struct psock_posix_pool *pool,
                               struct mmsghdr *native)
{
    _Bool carries = 0; /* metadata, for all that is known */
    for (size_t i = 0; i < count; i++) {
        const psock_message *message = &messages[i];
        fill_to_send(message, &native[i].msg_hdr);
        if (PSOCK_LIKELY(!psock_posix_has_extras(message)))
            continue;
        if (message->valid != 0 && !carries)
            carries = carrier_error(fd, message) == 0;
        if ((message->valid != 0 && !carries) ||
            psock_posix_needs_option(message) ||
            psock_posix_put_metadata(fd, message, pool, &native[i].msg_hdr) < 0)
            return i;
    }
    return count;
}

/* As many of them as one call takes, or the first by itself. */
static PSOCK_ASIDE ptrdiff_t send_some(psock_t s, psock_message *messages,
                                       size_t count)
{
    _Alignas(struct cmsghdr) unsigned char bytes[POOL_TO_SEND];
    struct psock_posix_pool pool = {bytes, sizeof bytes};
    struct mmsghdr native[PSOCK_SYS_MESSAGES_MAX];
    const int fd = psock_posix_fd(s);
    count = fill_many(fd, messages, count, &pool, native);
    if (count < 2)
        return send_one(s, messages);
    int sent = sendmmsg(fd, native, (unsigned)count, PSOCK_POSIX_SEND_FLAGS);
    if (!PSOCK_LIKELY(sent >= 0))
        return psock_posix_was_a_report(fd) ? send_one(s, messages)
                                            : send_failure(s, messages);
    for (int i = 0; i < sent; i++)
        messages[i].size = native[i].msg_len;
    return sent;
}
#else
static ptrdiff_t send_some(psock_t s, psock_message *messages, size_t count)
{
    (void)count;
    return send_one(s, messages);
}
#endif

/* That the peer has refused one of those before would be told to nobody.  So the
 * rest is tried again, and it is the next call that fails. */
static inline ptrdiff_t send_more(psock_t s, psock_message *messages,
                                  size_t count, size_t done)
{
    ptrdiff_t sent = send_some(s, messages + done, count - done);
    if (!PSOCK_LIKELY(sent != PSOCK_ECONNREFUSED) && done > 0)
        sent = send_some(s, messages + done, count - done);
    return sent;
}

/* A stream that is given peers takes a message in part: no other may follow. */
static _Bool went_whole(const psock_message *message)
{
    return message->size == psock_message_bytes(message);
}

/* Where some did not go, that may have been because of a report, or of what they
 * are to be sent with; the next attempt shows. */
static inline ptrdiff_t send_many(psock_t s, psock_message *messages,
                                  size_t count)
{
    size_t done = 0;
    ptrdiff_t sent;
    do {
        sent = send_more(s, messages, count, done);
        if (PSOCK_LIKELY(sent > 0))
            done += (size_t)sent;
    } while (sent > 0 && done < count && went_whole(&messages[done - 1]));
    return done > 0 ? (ptrdiff_t)done : sent;
}

ptrdiff_t psock_sys_send_messages(psock_t s, psock_message *messages,
                                  size_t count)
{
    const _Bool many = count > 1 && (messages->peer.length > 0 ||
                                     !is_stream(psock_posix_fd(s)));
    return many ? send_many(s, messages, count) : send_one(s, messages);
}

/* --- Receiving ------------------------------------------------------------ */

/* Room for what comes with a message that has none of its own for it. */
struct metadata_room {
    unsigned char bytes[PSOCK_POSIX_METADATA_TO_TELL];
};

static inline void fill_to_receive(psock_message *message,
                                   struct metadata_room *room,
                                   struct msghdr *native)
{
    psock_control *control = message->control;
    native->msg_name = message->peer.storage.bytes;
    native->msg_namelen = sizeof message->peer.storage;
    native->msg_iov = native_vector(message->buffers);
    native->msg_iovlen = message->buffer_count;
    native->msg_control = control == NULL ? room->bytes : control->bytes;
    native->msg_controllen = control == NULL ? sizeof *room : control->room;
    native->msg_flags = 0;
}

static inline unsigned message_flags(int native)
{
    unsigned flags = 0;
    if (PSOCK_LIKELY((native & (MSG_TRUNC | MSG_CTRUNC)) == 0))
        return 0;
    if ((native & MSG_TRUNC) != 0)
        flags |= PSOCK_TRUNCATED;
    if ((native & MSG_CTRUNC) != 0)
        flags |= PSOCK_CONTROL_TRUNCATED;
    return flags;
}

static inline void take_message(const struct msghdr *native, size_t size,
                                psock_message *message)
{
    message->peer.length = native->msg_namelen;
    message->peer.reserved = 0;
    message->size = size;
    message->valid = 0;
    message->flags = message_flags(native->msg_flags);
    if (native->msg_controllen > 0)
        psock_posix_take_metadata(native, message);
    if (!PSOCK_LIKELY(message->control == NULL))
        message->control->size = native->msg_controllen;
}

#ifdef MSG_CMSG_CLOEXEC
#define NOT_INHERITED MSG_CMSG_CLOEXEC
#else
#define NOT_INHERITED 0
#endif

static inline int message_receive_flags(unsigned flags)
{
    return psock_posix_receive_flags(flags) | NOT_INHERITED;
}

/* A report is there to be taken when nothing else is, or when it has made the
 * call fail. */
static PSOCK_APART ptrdiff_t receive_failure(psock_t s, psock_message *message,
                                             unsigned flags)
{
    int native = errno;
    if ((flags & PSOCK_WITH_UNDELIVERED) != 0 &&
        psock_posix_take_report(psock_posix_fd(s), message))
        return 1;
    errno = native;
    return psock_posix_receive_failure(psock_posix_fd(s));
}

static inline ptrdiff_t receive_one(psock_t s, psock_message *message,
                                    unsigned flags)
{
    struct metadata_room room;
    struct msghdr native;
    fill_to_receive(message, &room, &native);
    ssize_t received =
        recvmsg(psock_posix_fd(s), &native, message_receive_flags(flags));
    if (!PSOCK_LIKELY(received >= 0))
        return receive_failure(s, message, flags);
    take_message(&native, (size_t)received, message);
    return 1;
}

#ifdef PSOCK_HAVE_MANY_MESSAGES
static inline _Bool may_be_an_end(const psock_message *message)
{
    return message->size == 0 && message->peer.length == 0;
}

/* A stream that has ended fills all of the `count` that is left with its end: one
 * is told.  Fewer than all have not ended: they are messages of nothing. */
static PSOCK_APART ptrdiff_t with_one_end(int fd, const psock_message *messages,
                                          ptrdiff_t received, size_t count)
{
    if ((size_t)received == count && is_stream(fd))
        while (received > 1 && may_be_an_end(&messages[received - 2]))
            received--;
    return received;
}

static PSOCK_ASIDE ptrdiff_t receive_many(psock_t s, psock_message *messages,
                                          size_t count, unsigned flags)
{
    struct metadata_room rooms[PSOCK_SYS_MESSAGES_MAX];
    struct mmsghdr native[PSOCK_SYS_MESSAGES_MAX];
    for (size_t i = 0; i < count; i++)
        fill_to_receive(&messages[i], &rooms[i], &native[i].msg_hdr);
    int received =
        recvmmsg(psock_posix_fd(s), native, (unsigned)count,
                 message_receive_flags(flags) | MSG_WAITFORONE, NULL);
    if (!PSOCK_LIKELY(received >= 0))
        return receive_failure(s, messages, flags);
    for (int i = 0; i < received; i++)
        take_message(&native[i].msg_hdr, native[i].msg_len, &messages[i]);
    if (!PSOCK_LIKELY(!may_be_an_end(&messages[received - 1])))
        return with_one_end(psock_posix_fd(s), messages, received, count);
    return received;
}
#else
static PSOCK_ASIDE ptrdiff_t receive_many(psock_t s, psock_message *messages,
                                          size_t count, unsigned flags)
{
    size_t received = 0;
    ptrdiff_t result;
    if (is_stream(psock_posix_fd(s)))
        return receive_one(s, messages, flags);
    do {
        result = receive_one(s, &messages[received], flags);
        flags &= ~PSOCK_SYS_MAY_WAIT;
        received += result > 0;
    } while (result > 0 && received < count);
    return received > 0 ? (ptrdiff_t)received : result;
}
#endif

ptrdiff_t psock_sys_recv_messages(psock_t s, psock_message *messages,
                                  size_t count, unsigned flags)
{
    return count == 1 ? receive_one(s, messages, flags)
                      : receive_many(s, messages, count, flags);
}

void psock_sys_drop_undelivered(psock_t s)
{
    int native = errno;
    while (psock_posix_take_report(psock_posix_fd(s), NULL))
        continue;
    errno = native;
}

/* --- What to be told ------------------------------------------------------ */

struct wish {
    unsigned bits; /* what the option is for */
    int level;
    int option;
};

/* Of any socket; of IPv4; of IPv6. */
static const struct wish common_wishes[] = {
#ifdef SO_TIMESTAMPNS
    {PSOCK_META_TIMESTAMP, SOL_SOCKET, SO_TIMESTAMPNS},
#endif
#ifdef UDP_GRO
    {PSOCK_META_SEGMENT_SIZE, IPPROTO_UDP, UDP_GRO},
#endif
    {0, 0, 0}};
static const struct wish wishes_4[] = {
#ifdef IP_PKTINFO
    {PSOCK_META_LOCAL | PSOCK_META_INTERFACE, IPPROTO_IP, IP_PKTINFO},
#endif
    {PSOCK_META_ECN | PSOCK_META_TRAFFIC_CLASS, IPPROTO_IP, IP_RECVTOS},
    {PSOCK_META_HOP_LIMIT, IPPROTO_IP, IP_RECVTTL},
    {0, 0, 0}};
static const struct wish wishes_6[] = {
    {PSOCK_META_LOCAL | PSOCK_META_INTERFACE, IPPROTO_IPV6, IPV6_RECVPKTINFO},
    {PSOCK_META_ECN | PSOCK_META_TRAFFIC_CLASS, IPPROTO_IPV6, IPV6_RECVTCLASS},
    {PSOCK_META_HOP_LIMIT, IPPROTO_IPV6, IPV6_RECVHOPLIMIT},
    {0, 0, 0}};

/* Switches what is wanted on and the rest off; returns what is on. */
static unsigned make_wishes(int fd, const struct wish *wishes, unsigned wanted)
{
    unsigned granted = 0;
    for (; wishes->bits != 0; wishes++) {
        int on = (wishes->bits & wanted) != 0;
        if (setsockopt(fd, wishes->level, wishes->option, &on, sizeof on) == 0)
            granted |= wishes->bits & wanted;
    }
    return granted;
}

/* An IPv6 socket that serves both needs the wishes of both. */
int psock_sys_want_metadata(psock_t s, unsigned wanted)
{
    int family = PSOCK_NONE;
    int type = 0;
    const int fd = psock_posix_fd(s);
    int error = psock_sys_kind(s, &family, &type);
    if (error < 0)
        return error;
    if ((wanted & PSOCK_META_SEGMENT_SIZE_ANYWAY) != 0)
        wanted |= PSOCK_META_SEGMENT_SIZE;
    unsigned granted = make_wishes(fd, common_wishes, wanted);
    unsigned granted_4 = make_wishes(fd, wishes_4, wanted);
    if (family == PSOCK_IPV4)
        return (int)(granted | granted_4);
    return (int)(granted | make_wishes(fd, wishes_6, wanted));
}

int psock_sys_want_undelivered(psock_t s, int wanted)
{
    return psock_posix_want_reports(psock_posix_fd(s), wanted);
}

#ifdef PSOCK_HAVE_MANY_MESSAGES
int psock_sys_batches(void)
{
    return 0;
}
#else
int psock_sys_batches(void)
{
    errno = ENOSYS;
    return PSOCK_ENOTSUP;
}
#endif
