/* sys_message.c: WSASendMsg and WSARecvMsg, one message at a time: Windows has no
 * call for many. */
#include "metadata.h"
#include "moment.h"
#include "vector.h"

/* What a datagram, or a share of a stream, may have: more than any datagram. */
#define LONGEST_MESSAGE (256 * 1024)

/* The most data of a datagram that goes in one frame of an Ethernet. */
#define LONGEST_IN_A_FRAME 1472

/* Windows wants one buffer at least. */
static inline size_t convert_message(const psock_message *message,
                                     WSABUF *buffers, DWORD *count)
{
    const size_t size =
        psock_win32_convert(message->buffers, message->buffer_count,
                            LONGEST_MESSAGE, buffers, count);
    if (!PSOCK_LIKELY(*count > 0)) {
        buffers[0] = (WSABUF){.len = 0, .buf = NULL};
        *count = 1;
    }
    return size;
}

static _Bool is_stream(psock_t s)
{
    DWORD type = 0;
    int length = sizeof type;
    int native = psock_winsock.WSAGetLastError();
    _Bool is_one = psock_winsock.getsockopt((SOCKET)s, SOL_SOCKET, SO_TYPE,
                                            (char *)&type, &length) == 0 &&
                   type == SOCK_STREAM;
    psock_winsock.WSASetLastError(native);
    return is_one;
}

/* Whether a call has failed because streams are no business of WSASendMsg() and
 * WSARecvMsg(). */
static PSOCK_APART _Bool failed_for_a_stream(psock_t s)
{
    const int native = psock_winsock.WSAGetLastError();
    return (native == WSAEINVAL || native == WSAEOPNOTSUPP) && is_stream(s);
}

/* --- Sending -------------------------------------------------------------- */

/* Sends to the message's peer, or to the socket's own.  Returns the bytes, or
 * SOCKET_ERROR; `control` may be null. */
static ptrdiff_t send_native(psock_t s, const psock_message *message,
                             struct psock_win32_control *control)
{
    psock_address loopback;
    psock_address to = *psock_win32_reachable(&message->peer, &loopback);
    WSABUF buffers[PSOCK_MESSAGE_BUFFERS_MAX];
    DWORD sent = 0;
    WSAMSG native = {.lpBuffers = buffers};
    convert_message(message, buffers, &native.dwBufferCount);
    if (to.length > 0) {
        native.name = (struct sockaddr *)to.storage.bytes;
        native.namelen = (int)to.length;
    }
    if (control != NULL && control->size > 0) {
        native.Control.buf = (char *)control->bytes;
        native.Control.len = (ULONG)control->size;
    }
    if (psock_winsock.WSASendMsg((SOCKET)s, &native, 0, &sent, NULL, NULL) != 0)
        return SOCKET_ERROR;
    return (ptrdiff_t)sent;
}

static ptrdiff_t send_message_failure(psock_t s, const psock_message *message)
{
    return message->peer.length == 0
               ? psock_win32_send_failure(s)
               : psock_win32_send_to_failure(s, &message->peer);
}

static int portless_error(psock_t s, const psock_message *message)
{
    return message->peer.length > 0 &&
                   psock_win32_is_portless(s, &message->peer)
               ? PSOCK_EINVAL
               : 0;
}

/* Buffers and a peer; a stream pays no attention to the latter. */
static ptrdiff_t send_gathered(psock_t s, const psock_message *message)
{
    int error = portless_error(s, message);
    if (error < 0)
        return error;
    ptrdiff_t sent = send_native(s, message, NULL);
    if (PSOCK_LIKELY(sent != SOCKET_ERROR))
        return sent;
    if (failed_for_a_stream(s))
        return psock_sys_send_vector(s, message->buffers,
                                     message->buffer_count);
    return send_message_failure(s, message);
}

static inline ptrdiff_t send_plain(psock_t s, const psock_message *message)
{
    static const psock_buffer nothing = {NULL, 0};
    const psock_buffer *first =
        message->buffer_count == 0 ? &nothing : message->buffers;
    if (message->buffer_count > 1)
        return message->peer.length > 0
                   ? send_gathered(s, message)
                   : psock_sys_send_vector(s, first, message->buffer_count);
    return message->peer.length > 0
               ? psock_sys_send_to(s, first->data, first->size, &message->peer)
               : psock_sys_send(s, first->data, first->size);
}

/* --- Sending with more ---------------------------------------------------- */

static _Bool is_no_interface(const psock_message *message)
{
    char name[PSOCK_SYS_SCOPE_NAME_SIZE];
    return (message->valid & PSOCK_META_INTERFACE) != 0 &&
           message->interface_index != 0 &&
           !psock_sys_scope_name(message->interface_index, name);
}

/* Whether `local` is no address of this machine, which Windows says of a socket
 * that is to have it, but not of a datagram. */
static _Bool is_foreign(const psock_address *local)
{
    psock_address address = *local;
    struct psock_address_view view;
    psock_sys_address_set_port(&address, 0);
    psock_sys_address_view(local, &view);
    psock_t trial =
        psock_sys_open(view.family, PSOCK_DATAGRAM,
                       view.family == PSOCK_IPV6 ? PSOCK_DUAL_STACK : 0);
    _Bool is_one =
        trial >= 0 && psock_sys_bind(trial, &address, PSOCK_BIND_SHARED) ==
                          PSOCK_EADDRNOTAVAIL;
    if (trial >= 0)
        psock_sys_close(trial);
    return is_one;
}

/* Codes with which Windows refuses to cut a message, or to send pieces that are
 * longer than the way takes. */
static _Bool refuses_to_cut(int native)
{
    return native == WSAEINVAL || native == WSAEMSGSIZE ||
           native == WSAENOPROTOOPT || native == WSAEOPNOTSUPP;
}

/* Codes with which Windows refuses the address or the interface to send from. */
static _Bool refuses_the_source(int native)
{
    return native == WSAEINVAL || native == WSAEADDRNOTAVAIL ||
           native == WSAENETUNREACH || native == WSAEHOSTUNREACH;
}

static int extras_error(const psock_message *message, _Bool is_cut, int native)
{
    if (refuses_the_source(native) && is_no_interface(message))
        return PSOCK_ENODEV;
    if (refuses_the_source(native) &&
        (message->valid & PSOCK_META_LOCAL) != 0 && is_foreign(&message->local))
        return PSOCK_EADDRNOTAVAIL;
    if (is_cut && refuses_to_cut(native))
        return PSOCK_ENOPROTOOPT;
    return native == WSAEINVAL ? PSOCK_EINVAL : 0;
}

static PSOCK_APART ptrdiff_t send_extras_failure(psock_t s,
                                                 const psock_message *message,
                                                 _Bool is_cut)
{
    int native = psock_winsock.WSAGetLastError();
    int error = extras_error(message, is_cut, native);
    psock_winsock.WSASetLastError(native);
    return error < 0 ? error : send_message_failure(s, message);
}

static ptrdiff_t send_for_the_moment(psock_t s, const psock_message *message,
                                     struct psock_win32_control *control)
{
    struct psock_win32_moment moment;
    int error = psock_win32_begin_moment(s, message, &moment);
    if (error < 0)
        return error;
    ptrdiff_t sent = send_native(s, message, control);
    psock_win32_end_moment(s, &moment);
    return PSOCK_LIKELY(sent != SOCKET_ERROR)
               ? sent
               : send_extras_failure(
                     s, message,
                     (message->valid & PSOCK_META_SEGMENT_SIZE) != 0);
}

static int refuse_stream(void)
{
    psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
    return PSOCK_EOPNOTSUPP;
}

static ptrdiff_t send_datagram(psock_t s, const psock_message *message)
{
    struct psock_win32_control control;
    int error = portless_error(s, message);
    if (error == 0)
        error = psock_win32_put_metadata(s, message, &control);
    return error < 0 ? error : send_for_the_moment(s, message, &control);
}

/* What has a destination of IPv4 or IPv6 is a datagram, or fails. */
static ptrdiff_t send_with_extras(psock_t s, const psock_message *message)
{
    struct psock_address_view peer;
    psock_sys_address_view(&message->peer, &peer);
    const _Bool is_known =
        peer.family == PSOCK_IPV4 || peer.family == PSOCK_IPV6;
    if (!is_known && is_stream(s))
        return refuse_stream();
    ptrdiff_t sent = send_datagram(s, message);
    if (!PSOCK_LIKELY(sent >= 0) && is_known && is_stream(s))
        return refuse_stream();
    return sent;
}

static inline _Bool is_plain(const psock_message *message)
{
    return message->valid == 0 &&
           (message->control == NULL || message->control->size == 0);
}

static inline ptrdiff_t send_message(psock_t s, psock_message *message)
{
    ptrdiff_t sent = PSOCK_LIKELY(is_plain(message))
                         ? send_plain(s, message)
                         : send_with_extras(s, message);
    if (PSOCK_LIKELY(sent >= 0))
        message->size = (size_t)sent;
    return sent;
}

/* Of a stream one message goes, and of one that is given a peer, too, none after
 * one that has gone in part. */
ptrdiff_t psock_sys_send_messages(psock_t s, psock_message *messages,
                                  size_t count)
{
    size_t sent = 0;
    if (count > 1 && messages->peer.length == 0 && is_stream(s))
        count = 1;
    while (sent < count) {
        psock_message *message = &messages[sent];
        ptrdiff_t result = send_message(s, message);
        if (!PSOCK_LIKELY(result >= 0))
            return sent > 0 ? (ptrdiff_t)sent : result;
        sent++;
        if (!PSOCK_LIKELY(!psock_win32_is_longer(message, (size_t)result)))
            break;
    }
    return (ptrdiff_t)sent;
}

/* --- Receiving ------------------------------------------------------------ */

/* One call, with all that it writes to. */
struct receipt {
    psock_address from;
    WSAMSG native;
    DWORD received;
    size_t room;
    struct psock_win32_control control;
};

/* Control data and the name begin with zeros, so that it is seen where the system
 * has written none. */
static inline void prepare_receipt(const struct psock_win32_room *room,
                                   unsigned flags, struct receipt *receipt)
{
    receipt->from = (psock_address){.length = 0};
    memset(&receipt->control.aligned, 0, sizeof receipt->control.aligned);
    receipt->received = 0;
    receipt->room = room->size;
    receipt->native =
        (WSAMSG){.name = (struct sockaddr *)receipt->from.storage.bytes,
                 .namelen = sizeof receipt->from.storage.bytes,
                 .lpBuffers = room->buffers,
                 .dwBufferCount = room->count,
                 .Control = {.buf = (char *)receipt->control.bytes,
                             .len = sizeof receipt->control.bytes},
                 .dwFlags = (flags & PSOCK_PEEK) != 0 ? MSG_PEEK : 0};
}

/* Where there is no WSARecvMsg(): all but the control data. */
static PSOCK_APART int receive_name(psock_t s, struct receipt *receipt)
{
    WSAMSG *native = &receipt->native;
    native->Control.len = 0;
    return psock_winsock.WSARecvFrom(
        (SOCKET)s, native->lpBuffers, native->dwBufferCount, &receipt->received,
        &native->dwFlags, native->name, &native->namelen, NULL, NULL);
}

static inline int receive_native(psock_t s, struct receipt *receipt)
{
    LPFN_WSARECVMSG receive = psock_win32_recv_msg(s);
    return PSOCK_LIKELY(receive != NULL)
               ? receive((SOCKET)s, &receipt->native, &receipt->received, NULL,
                         NULL)
               : receive_name(s, receipt);
}

static inline void name_sender(struct receipt *receipt)
{
    const WSAMSG *native = &receipt->native;
    if (native->name->sa_family != AF_UNSPEC && native->namelen > 0)
        receipt->from.length = (uint32_t)native->namelen;
}

/* Copies the whole items that there is room for. */
static void copy_control(const struct receipt *receipt, size_t used,
                         psock_message *message)
{
    psock_control *control = message->control;
    const unsigned char *bytes = receipt->control.bytes;
    psock_control_item item;
    size_t fit = 0;
    while (fit < used) {
        size_t step = psock_sys_control_read(bytes + fit, used - fit, &item);
        if (step == 0 || step > control->room - fit)
            break;
        fit += step;
    }
    if (fit > 0)
        memcpy(control->bytes, bytes, fit);
    if (fit < used)
        message->flags |= PSOCK_CONTROL_TRUNCATED;
    control->size = fit;
}

/* The first frame that is longer than can be, and has no size of the datagrams
 * in it, is taken for a proof that the system loses it. */
static PSOCK_APART void stop_joining(psock_t s, psock_message *message)
{
    const DWORD none = 0;
    if ((psock_win32_shadow(s) & SHADOW_JOINS) == 0)
        return;
    psock_winsock.setsockopt((SOCKET)s, IPPROTO_UDP,
                             UDP_RECV_MAX_COALESCED_SIZE, (const char *)&none,
                             sizeof none);
    psock_win32_shadow_remove(s, SHADOW_JOINS);
    message->flags |= PSOCK_MAYBE_JOINED;
}

static inline size_t control_received(const struct receipt *receipt)
{
    const size_t room = sizeof receipt->control.bytes;
    const size_t size = receipt->native.Control.len;
    return size < room ? size : room;
}

static inline void take_message(psock_t s, const struct receipt *receipt,
                                size_t size, unsigned flags,
                                psock_message *message)
{
    message->peer = receipt->from;
    message->size = size;
    message->valid = 0;
    message->flags = flags;
    const size_t used = psock_win32_take_metadata(
        receipt->control.bytes, control_received(receipt), message);
    if (!PSOCK_LIKELY(message->control == NULL))
        copy_control(receipt, used, message);
    if (!PSOCK_LIKELY(size <= LONGEST_IN_A_FRAME) &&
        (message->valid & PSOCK_META_SEGMENT_SIZE) == 0)
        stop_joining(s, message);
}

/* --- Undelivered datagrams ------------------------------------------------ */

static void take_undelivered(psock_t s, const struct receipt *receipt,
                             psock_message *message)
{
    message->peer = receipt->from;
    if (message->peer.length == 0)
        (void)psock_sys_peer(s, &message->peer);
    message->size = 0;
    message->valid = 0;
    message->flags = PSOCK_UNDELIVERED;
    message->reporter = (psock_address){.length = 0};
    if (message->control != NULL)
        message->control->size = 0;
}

/* Takes the report that a look has found, which the next look would find again.
 * Where another thread is quicker, a datagram is lost, as any may be. */
static void drop_report(psock_t s)
{
    struct receipt receipt;
    WSABUF nothing = {.len = 0, .buf = NULL};
    const struct psock_win32_room room = {&nothing, 1, 0};
    prepare_receipt(&room, 0, &receipt);
    (void)receive_native(s, &receipt);
}

/* A report that came in the place of a datagram, with what the network said. */
static PSOCK_APART ptrdiff_t take_report(psock_t s,
                                         const struct receipt *receipt,
                                         unsigned flags, psock_message *message)
{
    if ((flags & PSOCK_WITH_UNDELIVERED) == 0) {
        if ((flags & PSOCK_PEEK) != 0)
            drop_report(s);
        return PSOCK_EINTR;
    }
    if (!psock_win32_take_report(receipt->control.bytes,
                                 control_received(receipt), message)) {
        message->undelivered = PSOCK_UNDELIVERED_OTHER;
        message->mtu = 0;
    }
    take_undelivered(s, receipt, message);
    return 1;
}

struct failure_report {
    int native;
    enum psock_undelivered reason;
};

/* The codes of a receive that tell of an earlier datagram. */
static const struct failure_report failure_reports[] = {
    {WSAECONNRESET, PSOCK_UNDELIVERED_PORT},
    {WSAENETRESET, PSOCK_UNDELIVERED_HOPS},
    {WSAECONNREFUSED, PSOCK_UNDELIVERED_PORT},
    {WSAEHOSTUNREACH, PSOCK_UNDELIVERED_HOST},
    {WSAENETUNREACH, PSOCK_UNDELIVERED_NETWORK},
    {ERROR_PORT_UNREACHABLE, PSOCK_UNDELIVERED_PORT},
    {ERROR_HOST_UNREACHABLE, PSOCK_UNDELIVERED_HOST},
    {ERROR_NETWORK_UNREACHABLE, PSOCK_UNDELIVERED_NETWORK},
    {ERROR_PROTOCOL_UNREACHABLE, PSOCK_UNDELIVERED_OTHER},
};

static const struct failure_report *find_report(int native)
{
    for (size_t i = 0; i < sizeof failure_reports / sizeof *failure_reports;
         i++)
        if (failure_reports[i].native == native)
            return &failure_reports[i];
    return NULL;
}

/* Whether the failure of a call is a report that somebody wants. */
static _Bool is_wanted_report(psock_t s, int native, unsigned flags,
                              psock_message *message)
{
    const struct failure_report *report = find_report(native);
    if (report == NULL || (flags & PSOCK_WITH_UNDELIVERED) == 0 ||
        (psock_win32_shadow(s) & SHADOW_REPORTS) == 0)
        return 0;
    message->undelivered = (uint8_t)report->reason;
    message->mtu = 0;
    return 1;
}

/* --- What a receive that failed has received ------------------------------ */

/* More than there was room for: Windows says by flags of what, Wine says that it
 * is the data by none. */
static ptrdiff_t take_truncated(psock_t s, struct receipt *receipt,
                                psock_message *message)
{
    const DWORD native = receipt->native.dwFlags;
    size_t size = receipt->room;
    unsigned flags = PSOCK_TRUNCATED;
    if ((native & MSG_CTRUNC) != 0) {
        flags = PSOCK_CONTROL_TRUNCATED;
        if ((native & MSG_TRUNC) != 0)
            flags |= PSOCK_TRUNCATED;
        else if (receipt->received < size)
            size = receipt->received;
    }
    take_message(s, receipt, size, flags, message);
    return 1;
}

/* Streams are no business of WSARecvMsg(). */
static ptrdiff_t receive_stream(psock_t s, psock_message *message,
                                unsigned flags)
{
    ptrdiff_t received = psock_sys_recv_vector(s, message->buffers,
                                               message->buffer_count, flags);
    if (received < 0)
        return received;
    message->peer = (psock_address){.length = 0};
    message->size = (size_t)received;
    message->valid = 0;
    message->flags = 0;
    if (message->control != NULL)
        message->control->size = 0;
    return 1;
}

static PSOCK_APART ptrdiff_t message_failure(psock_t s, struct receipt *receipt,
                                             unsigned flags,
                                             psock_message *message)
{
    const int native = psock_winsock.WSAGetLastError();
    name_sender(receipt);
    if (native == WSAEMSGSIZE)
        return (receipt->native.dwFlags & MSG_ERRQUEUE) != 0
                   ? take_report(s, receipt, flags, message)
                   : take_truncated(s, receipt, message);
    if (is_wanted_report(s, native, flags, message)) {
        take_undelivered(s, receipt, message);
        return 1;
    }
    psock_winsock.WSASetLastError(native);
    if (failed_for_a_stream(s))
        return receive_stream(s, message, flags);
    return psock_win32_receive_failure(s, receipt->room);
}

static inline ptrdiff_t receive_into(psock_t s,
                                     const struct psock_win32_room *room,
                                     psock_message *message, unsigned flags)
{
    struct receipt receipt;
    prepare_receipt(room, flags, &receipt);
    if (!PSOCK_LIKELY(receive_native(s, &receipt) == 0))
        return message_failure(s, &receipt, flags, message);
    name_sender(&receipt);
    if (!PSOCK_LIKELY((receipt.native.dwFlags & MSG_ERRQUEUE) == 0))
        return take_report(s, &receipt, flags, message);
    take_message(s, &receipt, receipt.received, 0, message);
    return 1;
}

static inline ptrdiff_t receive_message(psock_t s, psock_message *message,
                                        unsigned flags)
{
    WSABUF buffers[PSOCK_MESSAGE_BUFFERS_MAX];
    struct psock_win32_room room = {.buffers = buffers};
    room.size = convert_message(message, buffers, &room.count);
    return receive_into(s, &room, message, flags);
}

/* Only datagrams have a sender to tell: a stream's message is the last. */
ptrdiff_t psock_sys_recv_messages(psock_t s, psock_message *messages,
                                  size_t count, unsigned flags)
{
    size_t received = 0;
    while (received < count) {
        ptrdiff_t result = receive_message(s, &messages[received], flags);
        if (!PSOCK_LIKELY(result > 0))
            return received > 0 ? (ptrdiff_t)received : result;
        if (messages[received++].peer.length == 0)
            break;
    }
    return (ptrdiff_t)received;
}

ptrdiff_t psock_win32_receive_datagram(psock_t s,
                                       const struct psock_win32_room *room,
                                       unsigned flags, psock_address *peer)
{
    psock_message message = {.buffer_count = 0};
    ptrdiff_t result = receive_into(s, room, &message, flags & PSOCK_PEEK);
    if (result <= 0)
        return result;
    if (peer != NULL)
        *peer = message.peer;
    return (ptrdiff_t)message.size;
}

/* They wait among the datagrams, and receiving takes them. */
void psock_sys_drop_undelivered(psock_t s)
{
    (void)s;
}

/* --- What to be told ------------------------------------------------------ */

/* The number is the same for both IP versions. */
struct wish {
    unsigned bits; /* what the option is for */
    int option;
};

static const struct wish wishes[] = {
    {PSOCK_META_LOCAL | PSOCK_META_INTERFACE, IP_PKTINFO},
    {PSOCK_META_ECN, IP_RECVECN},
    {PSOCK_META_TRAFFIC_CLASS, IP_RECVTOS},
    {PSOCK_META_HOP_LIMIT, IP_RECVTTL},
};

static _Bool set_wish(psock_t s, int level, int option, _Bool wanted)
{
    const DWORD value = wanted;
    return psock_winsock.setsockopt((SOCKET)s, level, option,
                                    (const char *)&value, sizeof value) == 0;
}

/* What an IPv6 socket receives by IPv4 is told by IPv4's option, which only one
 * that serves both has. */
static _Bool grant_wish(psock_t s, int family, int option, _Bool wanted)
{
    if (family == PSOCK_IPV4)
        return set_wish(s, IPPROTO_IP, option, wanted);
    set_wish(s, IPPROTO_IP, option, wanted);
    return set_wish(s, IPPROTO_IPV6, option, wanted);
}

static unsigned grant_wishes(psock_t s, int family, unsigned wanted)
{
    unsigned granted = 0;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (grant_wish(s, family, wishes[i].option,
                       (wanted & wishes[i].bits) != 0))
            granted |= wanted & wishes[i].bits;
    return granted;
}

/* Systems that tell ECN not by itself may tell the traffic class, which has it. */
static unsigned grant_ecn(psock_t s, int family, unsigned wanted,
                          unsigned granted)
{
    if ((wanted & ~granted & PSOCK_META_ECN) != 0 &&
        grant_wish(s, family, IP_RECVTOS, 1))
        granted |= PSOCK_META_ECN;
    return granted;
}

/* TIMESTAMPING_CONFIG, which not all headers have. */
struct timestamping {
    ULONG flags;
    USHORT sent;
};

#define TIMESTAMPING_RECEIVED 1

static unsigned grant_timestamps(psock_t s, unsigned wanted)
{
    struct timestamping config = {.flags = 0};
    DWORD returned;
    if ((wanted & PSOCK_META_TIMESTAMP) != 0)
        config.flags = TIMESTAMPING_RECEIVED;
    return psock_winsock.WSAIoctl((SOCKET)s, SIO_TIMESTAMPING, &config,
                                  sizeof config, NULL, 0, &returned, NULL,
                                  NULL) == 0
               ? wanted & PSOCK_META_TIMESTAMP
               : 0;
}

static _Bool set_joining(psock_t s, DWORD longest)
{
    return psock_winsock.setsockopt(
               (SOCKET)s, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE,
               (const char *)&longest, sizeof longest) == 0;
}

/* Remembered before it is switched on, and switched off before it is forgotten.
 */
static unsigned grant_joining(psock_t s, unsigned wanted)
{
    if ((wanted & PSOCK_META_SEGMENT_SIZE_ANYWAY) != 0 &&
        psock_win32_shadow_add(s, SHADOW_JOINS) == 0 &&
        set_joining(s, PSOCK_DATAGRAM_MAX))
        return PSOCK_META_SEGMENT_SIZE;
    if ((psock_win32_shadow(s) & SHADOW_JOINS) != 0) {
        set_joining(s, 0);
        psock_win32_shadow_remove(s, SHADOW_JOINS);
    }
    return 0;
}

int psock_sys_want_metadata(psock_t s, unsigned wanted)
{
    int family = PSOCK_NONE;
    int type = 0;
    int error = psock_sys_kind(s, &family, &type);
    if (error < 0)
        return error;
    if (psock_win32_recv_msg(s) == NULL)
        wanted = 0;
    unsigned granted = grant_wishes(s, family, wanted);
    granted = grant_ecn(s, family, wanted, granted);
    granted |= grant_timestamps(s, wanted);
    return (int)(granted | grant_joining(s, wanted));
}

/* --- Wanting undelivered datagrams ---------------------------------------- */

atomic_int psock_win32_reports_come;

static void stop_details(psock_t s)
{
    set_wish(s, IPPROTO_IP, IP_RECVERR, 0);
    set_wish(s, IPPROTO_IPV6, IPV6_RECVERR, 0);
}

/* The peer of a connected socket is reported in any case. */
static int stop_reports(psock_t s)
{
    const unsigned state = psock_win32_shadow(s);
    psock_win32_ignore_undelivered(s);
    if (psock_win32_has_peer(s))
        psock_win32_report_refusal(s);
    if ((state & SHADOW_ERROR_QUEUE) != 0)
        stop_details(s);
    psock_win32_shadow_remove(s, SHADOW_REPORTS);
    return 0;
}

/* With this on, a report is a message among the others, marked by MSG_ERRQUEUE.
 * That it is such is remembered before, for those who receive at this moment, and
 * for as long as there may be some. */
static void ask_for_details(psock_t s)
{
    int family = PSOCK_NONE;
    int type = 0;
    const unsigned state = psock_win32_shadow(s);
    if (psock_sys_kind(s, &family, &type) < 0 ||
        psock_win32_shadow_add(s, SHADOW_ERROR_QUEUE) < 0)
        return;
    atomic_store(&psock_win32_reports_come, 1);
    if (grant_wish(s, family, IP_RECVERR, 1))
        return;
    stop_details(s);
    psock_win32_shadow_remove(s, SHADOW_ERROR_QUEUE & ~state);
}

/* Systems without the second switch do not report all, or (Wine) nothing. */
static int start_reports(psock_t s)
{
    if (!psock_win32_switch_report(s, SIO_UDP_NETRESET, 1) ||
        !psock_win32_switch_report(s, SIO_UDP_CONNRESET, 1)) {
        stop_reports(s);
        psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
        return PSOCK_ENOTSUP;
    }
    if (psock_win32_shadow_add(s, SHADOW_REPORTS) < 0) {
        stop_reports(s);
        return psock_win32_no_memory();
    }
    ask_for_details(s);
    return 0;
}

int psock_sys_want_undelivered(psock_t s, int wanted)
{
    return wanted ? start_reports(s) : stop_reports(s);
}

static _Bool is_on(psock_t s, int level, int option)
{
    DWORD value = 0;
    int length = sizeof value;
    return psock_winsock.getsockopt((SOCKET)s, level, option, (char *)&value,
                                    &length) == 0 &&
           value != 0;
}

int psock_win32_recall_wishes(psock_t s)
{
    unsigned state = 0;
    if (is_on(s, IPPROTO_IP, IP_RECVERR) ||
        is_on(s, IPPROTO_IPV6, IPV6_RECVERR))
        state |= SHADOW_ERROR_QUEUE;
    if (is_on(s, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE))
        state |= SHADOW_JOINS;
    if (state == 0)
        return 0;
    atomic_store(&psock_win32_reports_come, 1);
    return psock_win32_shadow_add(s, state) < 0 ? psock_win32_no_memory() : 0;
}

int psock_sys_batches(void)
{
    psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
    return PSOCK_ENOTSUP;
}
