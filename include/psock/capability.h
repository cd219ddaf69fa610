/* capability.h: what this system can do, found out by trying, never by its
 * version. */
#ifndef PSOCK_CAPABILITY_H
#define PSOCK_CAPABILITY_H

#include <psock/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers never change; new ones are appended. */
enum psock_capability_id {
    PSOCK_CAP_IPV4 = 0,             /* IPv4, with a loopback address */
    PSOCK_CAP_IPV6 = 1,             /* IPv6, with a loopback address */
    PSOCK_CAP_DUAL_STACK = 2,       /* PSOCK_DUAL_STACK */
    PSOCK_CAP_SHARED_LISTENER = 3,  /* PSOCK_BIND_SHARED of stream sockets */
    PSOCK_CAP_UNIX_STREAM = 4,      /* stream sockets of family PSOCK_UNIX */
    PSOCK_CAP_UNIX_DATAGRAM = 5,    /* datagram sockets of family PSOCK_UNIX */
    PSOCK_CAP_UNIX_ABSTRACT = 6,    /* abstract Unix names */
    PSOCK_CAP_UNIX_SEQPACKET = 7,   /* PSOCK_SEQPACKET of family PSOCK_UNIX */
    PSOCK_CAP_UNIX_PAIR = 8,        /* psock_pair() of Unix sockets */
    PSOCK_CAP_PEER_CREDENTIALS = 9, /* psock_peer_credentials() of a pair */
    PSOCK_CAP_PASS_SOCKETS = 10,    /* psock_send_socket() over a pair */
    PSOCK_CAP_RAW = 11,             /* psock_open_raw(), for this user */
    PSOCK_CAP_BATCHES = 12,       /* many messages in one call of the system */
    PSOCK_CAP_SEND_SEGMENTS = 13, /* the system cuts messages in segments */
    PSOCK_CAP_RECV_SEGMENTS = 14, /* PSOCK_META_SEGMENT_SIZE, received */
    PSOCK_CAP_UNDELIVERED = 15,   /* reports arrive, with peer and kind */
    PSOCK_CAP_RECV_LOCAL = 16, /* PSOCK_META_LOCAL and _INTERFACE, received */
    PSOCK_CAP_RECV_ECN = 17,   /* PSOCK_META_ECN, and so on */
    PSOCK_CAP_RECV_TRAFFIC_CLASS = 18,
    PSOCK_CAP_RECV_HOP_LIMIT = 19,
    PSOCK_CAP_RECV_TIMESTAMP = 20,
    PSOCK_CAP_SEND_LOCAL = 21, /* messages sent with PSOCK_META_LOCAL */
    PSOCK_CAP_SEND_ECN = 22,   /* and so on */
    PSOCK_CAP_SEND_TRAFFIC_CLASS = 23,
    PSOCK_CAP_SEND_HOP_LIMIT = 24,
    PSOCK_CAP_SEND_DONT_FRAGMENT = 25,
    PSOCK_CAP_MULTICAST = 26,        /* groups, of IPv4 */
    PSOCK_CAP_MULTICAST_SOURCE = 27, /* source-specific, of IPv4 */
    PSOCK_CAP_KEEPALIVE_TIMES = 28,  /* psock_set_keepalive() */
    PSOCK_CAP_DEAD_PEER = 29,        /* PSOCK_OPTION_DEAD_PEER_MS */
    PSOCK_CAP_TCP_INFO = 30,         /* psock_get_tcp_info() */
    PSOCK_CAP_BIND_INTERFACE = 31,   /* PSOCK_OPTION_INTERFACE */
    PSOCK_CAP_FAST_OPEN = 32,        /* PSOCK_OPTION_FAST_OPEN */
    PSOCK_CAP_INTERNATIONAL_NAMES =
        33,                         /* psock_resolve() of names beyond ASCII */
    PSOCK_CAP_STOP_LOOK_UP = 34,    /* look-ups not waited for are stopped */
    PSOCK_CAP_SEND_FILE = 35,       /* the system sends files by itself */
    PSOCK_CAP_WATCH_INTERFACES = 36 /* psock_interface_watch_open() */
};

#define PSOCK_CAP_COUNT 37

/* Tells whether this system has `capability`.
 *
 * Returns 0 when it has; otherwise the error with which the attempt failed
 * (psock_error_native() has the system's own code), PSOCK_ENOTSUP when there
 * was nothing to try, PSOCK_EINVAL for a number that is no capability.  Each
 * call tries anew, with sockets of its own that it closes again. */
PSOCK_API int psock_capability(int capability);

/* A short name for tables and logs: "ipv6", "shared-listener".  Static text;
 * null for a number that is no capability. */
PSOCK_API const char *psock_capability_name(int capability);

#ifdef __cplusplus
}
#endif

#endif
