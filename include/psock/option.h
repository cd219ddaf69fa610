/* option.h: what can be set of a socket and asked about it.
 *
 * An option is a number with a meaning, a unit and a range that are the same on
 * every system.  A system that lacks it, or can only set or only tell it, says
 * PSOCK_ENOTSUP, and never pretends; a value out of range is PSOCK_EINVAL, and
 * an option of another kind of socket PSOCK_EOPNOTSUPP.  All three leave the
 * socket as it was, and the last two do not depend on the system.
 *
 * What is not here: sharing and exclusiveness of addresses (psock_bind()),
 * timeouts (deadlines), blocking mode and inheritance by children, which are
 * psock's own; and filters, for which see native.h. */
#ifndef PSOCK_OPTION_H
#define PSOCK_OPTION_H

#include <psock/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers never change; new ones are appended.  A switch is 0 or 1.  "Get"
 * means that it cannot be set.
 *
 * Of an IPv6 socket that serves IPv4 too, what is of IPv4 and IPv6 is set for
 * both, for IPv4 as far as the system can, and told of IPv6. */
enum psock_option {
    /* Of any socket. */
    PSOCK_OPTION_FAMILY = 0,    /* get: enum psock_family */
    PSOCK_OPTION_TYPE = 1,      /* get: enum psock_type */
    PSOCK_OPTION_PROTOCOL = 2,  /* get: by the Internet's number, 6 for TCP */
    PSOCK_OPTION_LISTENING = 3, /* get: 1 after psock_listen(), else 0 */
    /* Get: the error (enum psock_error) that the next call would find, which is
     * thereby told, or 0. */
    PSOCK_OPTION_ERROR = 4,
    /* How much the system keeps for the program to read, and for the network to
     * take.  A size that the system can have is had exactly; from others it
     * makes the next that it can have (Linux: 1152 or 2304 bytes at least, at
     * most net.core.rmem_max and wmem_max), and get tells what holds. */
    PSOCK_OPTION_RECEIVE_BUFFER_BYTES = 5,
    PSOCK_OPTION_SEND_BUFFER_BYTES = 6,
    /* Get: what a receive would give at once: of sockets of whole messages the
     * size of the next one, which for a raw one of IPv4 has its header; 0 for
     * none, for an empty one, and where nothing can be received. */
    PSOCK_OPTION_UNREAD_BYTES = 7,
    /* Get, of TCP: taken by send, not yet acknowledged. */
    PSOCK_OPTION_UNSENT_BYTES = 8,
    /* Of TCP: readable, and a receive may wait, until so much is there, or the
     * end, or a failure.  Systems limit it to what their buffer can hold. */
    PSOCK_OPTION_RECEIVE_LOW_BYTES = 9,

    /* Of IPv4 and IPv6, of any type. */
    PSOCK_OPTION_DONT_ROUTE = 10, /* switch: send to neighbours only */
    /* The interface by index that the socket sends by, 0 for any; where the
     * system can (not Windows) it receives from there only, too.  Linux: to
     * change it again needs rights. */
    PSOCK_OPTION_INTERFACE = 11,
    PSOCK_OPTION_PRIORITY = 12,     /* of what is sent, 0 to 6 without rights */
    PSOCK_OPTION_MARK = 13,         /* for packet filters; needs rights */
    PSOCK_OPTION_BUSY_POLL_US = 14, /* polls the device before it sleeps */
    /* The processor that handled what came in last, -1 for none; to set it is a
     * wish of a listener among several. */
    PSOCK_OPTION_INCOMING_CPU = 15,

    /* Of any socket. */
    PSOCK_OPTION_COOKIE = 16, /* get: a number no other socket has */

    /* Of TCP. */
    PSOCK_OPTION_NO_DELAY = 17,  /* switch: send small pieces at once */
    PSOCK_OPTION_CORK = 18,      /* switch: send full pieces only */
    PSOCK_OPTION_KEEPALIVE = 19, /* switch; psock_set_keepalive() has times */
    /* How long psock_close() goes on sending while it waits, in whole seconds;
     * 0 closes by a reset, -1 is the default: it does not wait. */
    PSOCK_OPTION_LINGER_S = 20,
    /* How long data may stay unacknowledged before the connection counts as
     * dead, 0 for the system's default.  Windows: whole seconds before Windows
     * 10 2004, rounded up. */
    PSOCK_OPTION_DEAD_PEER_MS = 21,
    /* The longest segment (RFC 9293).  Settable before connecting; a connection
     * tells what came of it. */
    PSOCK_OPTION_SEGMENT_BYTES = 22,
    PSOCK_OPTION_QUICK_ACK = 23,     /* switch: acknowledge at once, for now */
    PSOCK_OPTION_ACK_FREQUENCY = 24, /* segments for each acknowledgement */
    /* Writable only while less than this is unsent; 0 for the system's. */
    PSOCK_OPTION_UNSENT_LOW_BYTES = 25,
    PSOCK_OPTION_THIN_STREAM = 26, /* switch: retry early when little flows */
    /* A listener wakes when data have come, or after so long, 0 for at once.
     * Linux: rounded up to 1, 3, 7, 15, 31, 63, 127 and on from there by 120.
     */
    PSOCK_OPTION_DEFER_ACCEPT_S = 27,
    /* A listener takes data with the first packet (RFC 7413): how many such
     * may wait, 0 for none; systems limit it.  Windows knows only whether, and
     * tells 1 then. */
    PSOCK_OPTION_FAST_OPEN = 28,
    PSOCK_OPTION_FAST_OPEN_CONNECT = 29, /* switch, before connecting */
    PSOCK_OPTION_URGENT_INLINE = 30, /* switch: urgent bytes among the rest */

    /* Of IPv4 and IPv6. */
    PSOCK_OPTION_HOP_LIMIT = 31, /* 1 to 255: IPv4's time to live */
    /* The byte of RFC 2474, 0 to 255.  The two lowest bits are for ECN: of TCP
     * they are the system's, whatever is set, and told as 0. */
    PSOCK_OPTION_TRAFFIC_CLASS = 32,
    /* Switch, of datagram and raw sockets: what is too long for the way is
     * refused (PSOCK_EMSGSIZE), by this system or by a router, and not cut in
     * fragments; 0 lets all of them cut.  In the beginning it is 0, and systems
     * may do both: Linux forbids routers to cut what it has cut itself. */
    PSOCK_OPTION_DONT_FRAGMENT = 33,
    /* Get, of a connected one: what goes whole, its IP header included. */
    PSOCK_OPTION_PATH_MTU_BYTES = 34,
    /* Switch: no IPv4 by mapped addresses.  What psock_open() was told; to be
     * changed before the socket has an address, or it is PSOCK_EINVAL. */
    PSOCK_OPTION_IPV6_ONLY = 35,
    PSOCK_OPTION_FREE_BIND = 36, /* switch: bind what is no address here yet */
    PSOCK_OPTION_TRANSPARENT = 37, /* switch: bind foreign ones; needs rights */

    /* Of datagrams, and of raw sockets. */
    PSOCK_OPTION_BROADCAST = 38, /* switch, of IPv4: may send to everybody */
    /* 0 to 255; 0: the system decides. */
    PSOCK_OPTION_MULTICAST_HOP_LIMIT = 39,
    /* Switch: programs on this machine get it too.  Windows asks it of the
     * receiver, others of the sender: set it on both. */
    PSOCK_OPTION_MULTICAST_LOOP = 40,
    /* By index, 0 for the system's.  Linux does not tell it of IPv4. */
    PSOCK_OPTION_MULTICAST_INTERFACE = 41,
    /* Switch: receive what is for groups of other sockets (multicast.h). */
    PSOCK_OPTION_MULTICAST_ALL = 42,

    /* Of others. */
    PSOCK_OPTION_HEADER_INCLUDED = 43, /* switch, of raw IPv4 sockets */
    PSOCK_OPTION_PASS_CREDENTIALS = 44 /* switch, of Unix: in control data */
};

#define PSOCK_OPTION_COUNT 45

/* What an option is. */
typedef struct psock_option_info {
    const char *name; /* "hop-limit"; static text */
    const char *unit; /* "bytes", "ms", "s", "us", "switch", or "" */
    /* What can be set; systems may round, and tell more than that. */
    int64_t minimum;
    int64_t maximum;
    int can_set; /* 1, or 0 */
    /* Of which sockets it is: bits 1 << enum psock_type, and of which families:
     * bits 1 << enum psock_family.  Bit 0 is for those without a name here. */
    uint32_t types;
    uint32_t families;
} psock_option_info;

/* Describes `option`, the same on every system.  Returns 0, or PSOCK_EINVAL for
 * a number that is none. */
PSOCK_API PSOCK_CHECKED int psock_option_describe(int option,
                                                  psock_option_info *info);

/* Sets `option`.
 *
 * Returns 0, or, in this order,
 *   PSOCK_EINVAL      no such option
 *   PSOCK_EOPNOTSUPP  it cannot be set
 *   PSOCK_EINVAL      `value` is out of its range
 *   PSOCK_EOPNOTSUPP  not of this kind of socket
 *   PSOCK_ENOTSUP     this system lacks it, or cannot set it
 *   PSOCK_EPERM       it needs privileges
 *   PSOCK_ENODEV      no such interface
 *   PSOCK_EINVAL      this system refuses the value, or refuses it now */
PSOCK_API PSOCK_CHECKED int psock_set_option(psock_t s, int option,
                                             int64_t value);

/* Asks for `option`.
 *
 * Returns 0, or
 *   PSOCK_EINVAL      no such option
 *   PSOCK_EOPNOTSUPP  not of this kind of socket
 *   PSOCK_ENOTSUP     this system lacks it, or cannot tell it
 *   PSOCK_ENOTCONN    only a connected socket has it */
PSOCK_API PSOCK_CHECKED int psock_get_option(psock_t s, int option,
                                             int64_t *value);

/* When a silent connection is probed, and given up: after `idle_ms` of silence,
 * then each `interval_ms`, `probes` times.  0 leaves a member as it is: as it was
 * set, or the system's default (before Windows 10 1709 always the default). */
typedef struct psock_keepalive {
    int64_t idle_ms;
    int64_t interval_ms;
    int32_t probes;
    int32_t reserved; /* zero */
} psock_keepalive;

/* Switches probing of a TCP socket on, with these times, or changes nothing.
 *
 * Systems count in whole seconds, rounded up here, and some have a fixed number
 * of probes: the interval is then made such that the connection is given up at
 * the same time.
 *
 * applied  receives what holds now; may be null.  What the system does not tell
 *          is 0.
 *
 * Returns 0, or PSOCK_EINVAL for a member below zero or above what the system
 * can hold, PSOCK_EOPNOTSUPP for no TCP socket, PSOCK_ENOTSUP.
 *
 * Linux: TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT (tcp(7)), of at most 32767 s
 * and 127 probes.  Windows: the same
 * from Windows 10 1709 on, SIO_KEEPALIVE_VALS before. */
PSOCK_API PSOCK_CHECKED int psock_set_keepalive(psock_t s,
                                                const psock_keepalive *wanted,
                                                psock_keepalive *applied);

/* The size that holds any name of a congestion control. */
#define PSOCK_CONGESTION_NAME_SIZE 16

/* Which congestion control a TCP socket has, by the system's name ("cubic").
 *
 * Return 0, or PSOCK_ENOTSUP, PSOCK_EOPNOTSUPP for no TCP socket, PSOCK_ENOSPC
 * for too small a `name`; setting: PSOCK_ENOENT when there is none of that
 * name, PSOCK_EPERM when this user may not have it, PSOCK_EINVAL for one too
 * long. */
PSOCK_API PSOCK_CHECKED int psock_get_congestion(psock_t s, char *name,
                                                 size_t size);
PSOCK_API PSOCK_CHECKED int psock_set_congestion(psock_t s, const char *name);

/* The bits of psock_tcp_info's `valid`. */
enum psock_tcp_info_valid {
    PSOCK_TCP_STATE = 1 << 0,
    PSOCK_TCP_ROUND_TRIP = 1 << 1,
    PSOCK_TCP_ROUND_TRIP_VARIATION = 1 << 2,
    PSOCK_TCP_LEAST_ROUND_TRIP = 1 << 3,
    PSOCK_TCP_CONGESTION_WINDOW = 1 << 4,
    PSOCK_TCP_SEND_WINDOW = 1 << 5,
    PSOCK_TCP_RECEIVE_WINDOW = 1 << 6,
    PSOCK_TCP_SEGMENT_SIZE = 1 << 7,
    PSOCK_TCP_UNACKNOWLEDGED = 1 << 8,
    PSOCK_TCP_BYTES_SENT = 1 << 9,
    PSOCK_TCP_BYTES_RECEIVED = 1 << 10,
    PSOCK_TCP_BYTES_RETRANSMITTED = 1 << 11,
    PSOCK_TCP_RETRANSMISSIONS = 1 << 12,
    PSOCK_TCP_CONNECTED_FOR = 1 << 13
};

/* States of a TCP connection (RFC 9293, section 3.3.2). */
enum psock_tcp_state {
    PSOCK_TCP_CLOSED = 0,
    PSOCK_TCP_LISTEN = 1,
    PSOCK_TCP_SYN_SENT = 2,
    PSOCK_TCP_SYN_RECEIVED = 3,
    PSOCK_TCP_ESTABLISHED = 4,
    PSOCK_TCP_FIN_WAIT_1 = 5,
    PSOCK_TCP_FIN_WAIT_2 = 6,
    PSOCK_TCP_CLOSE_WAIT = 7,
    PSOCK_TCP_CLOSING = 8,
    PSOCK_TCP_LAST_ACK = 9,
    PSOCK_TCP_TIME_WAIT = 10
};

/* What the system tells of a TCP connection: those members whose bit is in
 * `valid`; the others are 0. */
typedef struct psock_tcp_info {
    uint32_t valid;        /* enum psock_tcp_info_valid */
    uint32_t state;        /* enum psock_tcp_state */
    int64_t round_trip_us; /* smoothed (RFC 6298) */
    int64_t round_trip_variation_us;
    int64_t least_round_trip_us;
    uint64_t congestion_window_bytes;
    uint64_t send_window_bytes;    /* what the peer has room for */
    uint64_t receive_window_bytes; /* what this end has room for */
    uint64_t segment_size_bytes;   /* to send */
    uint64_t unacknowledged_bytes; /* sent and under way */
    uint64_t bytes_sent;           /* retransmissions included */
    uint64_t bytes_received;
    uint64_t bytes_retransmitted;
    uint64_t retransmissions; /* segments */
    int64_t connected_for_ms;
    uint64_t reserved[4];
} psock_tcp_info;

/* Asks the system about the TCP socket `s`.
 *
 * Returns 0, or PSOCK_ENOTSUP, or PSOCK_EOPNOTSUPP for no TCP socket.  Of one
 * that is not connected there may be no more to tell than its state.
 *
 * Linux: TCP_INFO (tcp(7)).  Windows: SIO_TCP_INFO. */
PSOCK_API PSOCK_CHECKED int psock_get_tcp_info(psock_t s, psock_tcp_info *info);

#ifdef __cplusplus
}
#endif

#endif
