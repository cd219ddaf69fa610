/* option_table.c: every option in a line, the same on every system. */
#include "policy.h"

/* Sets of types and of families.  Bit 0 is for those without a name here. */
enum {
    STREAM = 1 << PSOCK_STREAM,
    DATAGRAM = 1 << PSOCK_DATAGRAM,
    RAW = 1 << PSOCK_RAW,
    PACKETS = DATAGRAM | RAW,
    IP_TYPES = STREAM | PACKETS,
    LOCAL_TYPES = STREAM | DATAGRAM | 1 << PSOCK_SEQPACKET,
    ALL_TYPES = 1 | IP_TYPES | LOCAL_TYPES,

    LOCAL = 1 << PSOCK_UNIX,
    IPV4 = 1 << PSOCK_IPV4,
    IPV6 = 1 << PSOCK_IPV6,
    IP = IPV4 | IPV6,
    ALL = 1 | IP | LOCAL
};

#define GET(name, unit, least, most, types, families)                          \
    {                                                                          \
        name, unit, least, most, 0, types, families                            \
    }
#define SET(name, unit, least, most, types, families)                          \
    {                                                                          \
        name, unit, least, most, 1, types, families                            \
    }
#define SWITCH(name, types, families) SET(name, "switch", 0, 1, types, families)

#define MOST INT32_MAX

static const psock_option_info options[PSOCK_OPTION_COUNT] = {
    [PSOCK_OPTION_FAMILY] = GET("family", "", 0, PSOCK_IPV6, ALL_TYPES, ALL),
    [PSOCK_OPTION_TYPE] = GET("type", "", 0, PSOCK_RAW, ALL_TYPES, ALL),
    [PSOCK_OPTION_PROTOCOL] = GET("protocol", "", 0, 65535, ALL_TYPES, ALL),
    [PSOCK_OPTION_LISTENING] = GET("listening", "switch", 0, 1, ALL_TYPES, ALL),
    [PSOCK_OPTION_ERROR] = GET("error", "", INT32_MIN, 0, ALL_TYPES, ALL),
    [PSOCK_OPTION_RECEIVE_BUFFER_BYTES] =
        SET("receive-buffer", "bytes", 1, MOST, ALL_TYPES, ALL),
    [PSOCK_OPTION_SEND_BUFFER_BYTES] =
        SET("send-buffer", "bytes", 1, MOST, ALL_TYPES, ALL),
    [PSOCK_OPTION_UNREAD_BYTES] =
        GET("unread", "bytes", 0, MOST, ALL_TYPES, ALL),
    [PSOCK_OPTION_UNSENT_BYTES] = GET("unsent", "bytes", 0, MOST, STREAM, IP),
    [PSOCK_OPTION_RECEIVE_LOW_BYTES] =
        SET("receive-low", "bytes", 1, MOST, STREAM, IP),
    [PSOCK_OPTION_DONT_ROUTE] = SWITCH("dont-route", IP_TYPES, IP),
    [PSOCK_OPTION_INTERFACE] =
        SET("interface", "", 0, UINT32_MAX, IP_TYPES, IP),
    [PSOCK_OPTION_PRIORITY] = SET("priority", "", 0, MOST, IP_TYPES, IP),
    [PSOCK_OPTION_MARK] = SET("mark", "", 0, UINT32_MAX, IP_TYPES, IP),
    [PSOCK_OPTION_BUSY_POLL_US] = SET("busy-poll", "us", 0, MOST, IP_TYPES, IP),
    [PSOCK_OPTION_INCOMING_CPU] =
        SET("incoming-cpu", "", -1, MOST, IP_TYPES, IP),
    [PSOCK_OPTION_COOKIE] = GET("cookie", "", 0, INT64_MAX, ALL_TYPES, ALL),

    [PSOCK_OPTION_NO_DELAY] = SWITCH("no-delay", STREAM, IP),
    [PSOCK_OPTION_CORK] = SWITCH("cork", STREAM, IP),
    [PSOCK_OPTION_KEEPALIVE] = SWITCH("keepalive", STREAM, IP),
    [PSOCK_OPTION_LINGER_S] = SET("linger", "s", -1, 65535, STREAM, IP),
    [PSOCK_OPTION_DEAD_PEER_MS] = SET("dead-peer", "ms", 0, MOST, STREAM, IP),
    [PSOCK_OPTION_SEGMENT_BYTES] =
        SET("segment", "bytes", 88, 32767, STREAM, IP),
    [PSOCK_OPTION_QUICK_ACK] = SWITCH("quick-ack", STREAM, IP),
    [PSOCK_OPTION_ACK_FREQUENCY] = SET("ack-frequency", "", 1, 255, STREAM, IP),
    [PSOCK_OPTION_UNSENT_LOW_BYTES] =
        SET("unsent-low", "bytes", 0, MOST, STREAM, IP),
    [PSOCK_OPTION_THIN_STREAM] = SWITCH("thin-stream", STREAM, IP),
    [PSOCK_OPTION_DEFER_ACCEPT_S] =
        SET("defer-accept", "s", 0, 3600, STREAM, IP),
    [PSOCK_OPTION_FAST_OPEN] = SET("fast-open", "", 0, MOST, STREAM, IP),
    [PSOCK_OPTION_FAST_OPEN_CONNECT] = SWITCH("fast-open-connect", STREAM, IP),
    [PSOCK_OPTION_URGENT_INLINE] = SWITCH("urgent-inline", STREAM, IP),

    [PSOCK_OPTION_HOP_LIMIT] = SET("hop-limit", "", 1, 255, IP_TYPES, IP),
    [PSOCK_OPTION_TRAFFIC_CLASS] =
        SET("traffic-class", "", 0, 255, IP_TYPES, IP),
    [PSOCK_OPTION_DONT_FRAGMENT] = SWITCH("dont-fragment", PACKETS, IP),
    [PSOCK_OPTION_PATH_MTU_BYTES] =
        GET("path-mtu", "bytes", 1, MOST, IP_TYPES, IP),
    [PSOCK_OPTION_IPV6_ONLY] = SWITCH("ipv6-only", STREAM | DATAGRAM, IPV6),
    [PSOCK_OPTION_FREE_BIND] = SWITCH("free-bind", IP_TYPES, IP),
    [PSOCK_OPTION_TRANSPARENT] = SWITCH("transparent", IP_TYPES, IP),

    [PSOCK_OPTION_BROADCAST] = SWITCH("broadcast", PACKETS, IPV4),
    [PSOCK_OPTION_MULTICAST_HOP_LIMIT] =
        SET("multicast-hop-limit", "", 0, 255, PACKETS, IP),
    [PSOCK_OPTION_MULTICAST_LOOP] = SWITCH("multicast-loop", PACKETS, IP),
    [PSOCK_OPTION_MULTICAST_INTERFACE] =
        SET("multicast-interface", "", 0, UINT32_MAX, PACKETS, IP),
    [PSOCK_OPTION_MULTICAST_ALL] = SWITCH("multicast-all", PACKETS, IP),

    [PSOCK_OPTION_HEADER_INCLUDED] = SWITCH("header-included", RAW, IPV4),
    [PSOCK_OPTION_PASS_CREDENTIALS] =
        SWITCH("pass-credentials", LOCAL_TYPES, LOCAL),
};

int psock_option_describe(int option, psock_option_info *info)
{
    if (info == NULL)
        return PSOCK_EFAULT;
    if (option < 0 || option >= PSOCK_OPTION_COUNT)
        return PSOCK_EINVAL;
    *info = options[option];
    return 0;
}
