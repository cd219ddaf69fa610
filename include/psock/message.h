/* message.h: datagrams with all that comes with them, many in one call.
 *
 * A message is a datagram, its peer, and what else is known or wanted of it: the
 * local address, the interface, ECN, the hop limit and so on.  The bits of
 * `valid` say which of those members count: what was received, or what to send
 * with.  Where a system cannot send with one of them, the call fails with
 * PSOCK_ENOTSUP instead of sending without; psock_capability() tells before.
 *
 * The rules of io.h hold: a call tries at once, waits only when nothing could be
 * done, and returns what was done.  No call here allocates. */
#ifndef PSOCK_MESSAGE_H
#define PSOCK_MESSAGE_H

#include <psock/control.h>
#include <psock/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What can be known of a datagram: the bits of `valid`, of what to ask for by
 * psock_want_metadata(), and of its answer. */
enum psock_metadata {
    /* `local`: received, the address the datagram was sent to, which may be a
     * group's, and is of the family of `peer`; to send, the address to send
     * from.  Its port counts for nothing: received it is 0. */
    PSOCK_META_LOCAL = 1 << 0,
    /* `interface_index`: where it came in, or has to go out.  Told and wanted
     * together with PSOCK_META_LOCAL by most systems. */
    PSOCK_META_INTERFACE = 1 << 1,
    /* `ecn`: 0 not capable, 1 ECT(1), 2 ECT(0), 3 congestion (RFC 3168).  Sent
     * alone, it goes with a traffic class of 0 otherwise. */
    PSOCK_META_ECN = 1 << 2,
    /* `traffic_class`: the whole byte, ECN in its lowest two bits (RFC 2474).
     * To send with both, the ECN bits are those of `ecn`. */
    PSOCK_META_TRAFFIC_CLASS = 1 << 3,
    /* `hop_limit`: IPv4's time to live, 0 to 255 as received, 1 to 255 to send
     * with. */
    PSOCK_META_HOP_LIMIT = 1 << 4,
    /* `segment_size`: to send, in pieces of that many bytes, the last as long as
     * the rest; received, the datagrams of a message: psock_message_segment().
     */
    PSOCK_META_SEGMENT_SIZE = 1 << 5,
    /* `timestamp_ns`: received only: when the system got it. */
    PSOCK_META_TIMESTAMP = 1 << 6,
    /* `dont_fragment`: to send only: 1 forbids routers, and this system, to cut
     * the datagram in fragments, 0 lets them.  Where the system knows it of the
     * whole socket only, it is set for the moment of the call, and another
     * thread's datagram of that moment can get it too. */
    PSOCK_META_DONT_FRAGMENT = 1 << 7,

    /* For psock_want_metadata() only: PSOCK_META_SEGMENT_SIZE also of a system
     * that is known to lose the size at times. */
    PSOCK_META_SEGMENT_SIZE_ANYWAY = 1 << 16
};

/* What is special about a message received: the bits of its `flags`. */
enum psock_message_flags {
    /* It was longer than the room for it; the rest is lost. */
    PSOCK_TRUNCATED = 1 << 0,
    /* There was more metadata or control data than room for it. */
    PSOCK_CONTROL_TRUNCATED = 1 << 1,
    /* No datagram at all: one that was sent to `peer` did not arrive, as
     * `undelivered` says.  See psock_want_undelivered(). */
    PSOCK_UNDELIVERED = 1 << 2,
    /* Perhaps several datagrams in one whose size the system has lost; it was
     * asked to give them one by one from now on. */
    PSOCK_MAYBE_JOINED = 1 << 3
};

/* Why a datagram did not arrive (RFC 792, RFC 1191, RFC 4443). */
enum psock_undelivered {
    PSOCK_UNDELIVERED_OTHER = 0,
    PSOCK_UNDELIVERED_PORT = 1,       /* nobody has that port there */
    PSOCK_UNDELIVERED_HOST = 2,       /* no way to the host */
    PSOCK_UNDELIVERED_NETWORK = 3,    /* no way to the network */
    PSOCK_UNDELIVERED_PROHIBITED = 4, /* a rule on the way forbids it */
    PSOCK_UNDELIVERED_HOPS = 5,       /* the hop limit was used up */
    PSOCK_UNDELIVERED_SIZE = 6        /* too long; `mtu` is what would go */
};

/* One message.  Zero it before the first use, so that what is added later finds
 * zeros.  Buffers and control data are the caller's. */
typedef struct psock_message {
    /* Sending: to whom, of family PSOCK_NONE for the connected peer.
     * Receiving: the sender, of family PSOCK_NONE where there is none. */
    psock_address peer;

    /* Written: the bytes of data received, or sent: in whole datagrams. */
    size_t size;
    uint32_t valid; /* enum psock_metadata */
    uint32_t flags; /* enum psock_message_flags; written on receiving */

    /* What to send, or where to receive: at most PSOCK_MESSAGE_BUFFERS_MAX. */
    const psock_buffer *buffers;
    size_t buffer_count;

    /* More control data, or null.  Sending adds it to what `valid` asks for.
     * Receiving fills it with all that came, what `valid` tells included. */
    psock_control *control;

    uint32_t segment_size;
    uint32_t interface_index;
    int64_t timestamp_ns; /* since 1970-01-01 00:00 UTC */
    uint32_t mtu;         /* with PSOCK_UNDELIVERED_SIZE; 0 where unknown */
    uint8_t ecn;
    uint8_t traffic_class;
    uint8_t hop_limit;
    uint8_t dont_fragment;
    uint8_t undelivered; /* enum psock_undelivered */
    uint8_t reserved[7];

    psock_address local;
    /* Of an undelivered datagram: who says so, of family PSOCK_NONE where that
     * is not known. */
    psock_address reporter;
} psock_message;

/* The most buffers of one message. */
#define PSOCK_MESSAGE_BUFFERS_MAX 64

/* The most bytes of the data of one datagram that any system takes; a message
 * that is sent in segments may have more. */
#define PSOCK_DATAGRAM_MAX 65527

enum psock_recv_messages_flags {
    /* Beside PSOCK_PEEK, which leaves no report where it is: report undelivered
     * datagrams too, each in the place of a message.  Needs
     * psock_want_undelivered(). */
    PSOCK_WITH_UNDELIVERED = 1 << 1
};

/* Sends `count` messages in order, as many as go without waiting, and waits for
 * the first only.  `flags` is 0.
 *
 * Each has its data, and is one datagram or, with PSOCK_META_SEGMENT_SIZE, a row
 * of them, which the system cuts where it can, at a fraction of the cost, and
 * psock where it cannot.
 *
 * Returns how many were sent whole, from the first on; 0 for a `count` of 0 and
 * where the first, in segments, has gone in part.  `size` of each of them is
 * written, and that of the next, where that has gone in part, with what has; it
 * is 0 otherwise.  To go on, send from there, without those bytes.  Or, with
 * nothing sent, the errors of psock_send_to(), and
 *   PSOCK_EINVAL        an unknown bit in `valid`, a member out of range, a
 *                       segment size of 0, more than PSOCK_MESSAGE_BUFFERS_MAX
 *                       buffers or PSOCK_CONTROL_MAX of control data
 *   PSOCK_EMSGSIZE      a datagram, or a segment, that is too long
 *   PSOCK_ENOTSUP       this system cannot send with what `valid` asks for
 *   PSOCK_EADDRNOTAVAIL `local` is no address of this machine (some systems
 *                       say so of an unknown interface, too)
 *   PSOCK_ENODEV        there is no such interface
 * A message that is wrong is found when it is its turn: those before it are sent
 * and counted, and the next call, which begins with it, tells.
 *
 * A connected stream takes a message without a peer as psock_send_vector() takes
 * buffers, with PSOCK_EOPNOTSUPP for anything in `valid`, and one message a call.
 *
 * Linux: sendmmsg(2), UDP_SEGMENT (udp(7)).  Windows: WSASendMsg,
 * UDP_SEND_MSG_SIZE. */
PSOCK_API ptrdiff_t psock_send_messages(psock_t s, psock_message *messages,
                                        size_t count, unsigned flags,
                                        psock_deadline deadline);

/* Receives up to `count` messages, as many as are there, and waits for the first
 * only.  `flags` is of PSOCK_PEEK, which sees the first message only, and
 * PSOCK_WITH_UNDELIVERED.
 *
 * Of each message `buffers`, `buffer_count` and `control` are read, and all else
 * is written as far as it is valid.
 *
 * Returns how many were received, 0 for a `count` of 0; or, with nothing
 * written, the errors of psock_recv().  A datagram socket that was shut down for
 * reading gives one empty message without a peer to those who wait, and a stream
 * that has ended gives one of `size` 0.
 *
 * Linux: recvmmsg(2).  Windows: WSARecvMsg. */
PSOCK_API ptrdiff_t psock_recv_messages(psock_t s, psock_message *messages,
                                        size_t count, unsigned flags,
                                        psock_deadline deadline);

/* The body of psock_message_segment() for all but the usual case. */
PSOCK_API PSOCK_CHECKED int
psock_message_find_segment(const psock_message *message, size_t index,
                           psock_buffer *segment);

/* Finds datagram number `index` of a message that was received with a
 * `segment_size`; any other message is its only datagram, number 0.
 *
 * Returns 1 with where it is in `segment`; 0 when there is none of that number;
 * or PSOCK_EINVAL when it lies in two buffers: give one buffer to each message
 * to rule that out.  PSOCK_EFAULT for a null pointer. */
PSOCK_CHECKED static inline int
psock_message_segment(const psock_message *message, size_t index,
                      psock_buffer *segment)
{
    uint64_t offset;
    size_t left;
    if (message == NULL || segment == NULL || message->buffer_count != 1 ||
        (message->valid & PSOCK_META_SEGMENT_SIZE) == 0 ||
        message->size > message->buffers->size || index > 0xffffffff)
        return psock_message_find_segment(message, index, segment);
    offset = (uint64_t)index * message->segment_size;
    if (offset >= message->size || message->segment_size == 0)
        return psock_message_find_segment(message, index, segment);
    left = message->size - (size_t)offset;
    segment->data = (char *)message->buffers->data + offset;
    segment->size = left < message->segment_size ? left : message->segment_size;
    return 1;
}

/* Asks the system to tell the metadata `wanted` with each message received on
 * the datagram (or raw) socket `s` from now on, and no other; but where it tells
 * two of them by one, `valid` has both.
 *
 * PSOCK_META_SEGMENT_SIZE lets the system join datagrams of one sender and of
 * one size (the last may be shorter) in one message, which saves most of the
 * cost of receiving; give each message 64 KiB of room then, and use no call but
 * psock_recv_messages().  Windows has been seen to join datagrams without telling
 * their size; so there it is granted only to PSOCK_META_SEGMENT_SIZE_ANYWAY, and
 * taken back where that is noticed (PSOCK_MAYBE_JOINED).
 *
 * Returns the bits that are granted, which may be fewer (PSOCK_META_SEGMENT_SIZE
 * stands for the wish for it anyway, too), or
 *   PSOCK_EINVAL      unknown bits, or PSOCK_META_DONT_FRAGMENT
 *   PSOCK_EOPNOTSUPP  no datagram or raw socket of IPv4 or IPv6 */
PSOCK_API PSOCK_CHECKED int psock_want_metadata(psock_t s, unsigned wanted);

/* Asks that datagrams which could not be delivered be reported, or, with 0 for
 * `wanted`, not any more, as in the beginning.
 *
 * By itself a datagram socket never fails because somebody else was not there:
 * only a connected one reports that its own peer refused.  With this on,
 * psock_recv_messages() with PSOCK_WITH_UNDELIVERED has a message for each
 * report that the network sends back, with PSOCK_UNDELIVERED in its flags, when
 * no datagram is there to be received before it, or earlier.  All other calls
 * pass over reports, and a psock_recv() or the like that waits drops them.  Such
 * reports can be forged, and are lost like any datagram.
 *
 * While one is there, psock_poll() and pollers tell PSOCK_READABLE, and some
 * systems PSOCK_FAILED.
 *
 * Returns 0, or
 *   PSOCK_EOPNOTSUPP  no datagram socket of IPv4 or IPv6
 *   PSOCK_ENOTSUP     this system cannot
 *
 * Linux: IP_RECVERR (ip(7)).  Windows: SIO_UDP_CONNRESET and SIO_UDP_NETRESET,
 * which tell only that a port or a host could not be reached, and IP_RECVERR
 * where it is to be had. */
PSOCK_API PSOCK_CHECKED int psock_want_undelivered(psock_t s, int wanted);

#ifdef __cplusplus
}
#endif

#endif
