/* fake_option_table.c: every option that Windows has at four levels.
 *
 * What has no line here is unknown to Windows.  Which lengths and values are
 * taken, and of which sockets, is as the conformance tests of Wine have found it
 * on Windows; what they do not tell is as Microsoft documents it. */
#include "fake_option.h"

#define OPTION(option_level, option_name, its_form, of, its_values)            \
    .level = option_level, .name = option_name, .text = #option_name,          \
    .form = its_form, .wants = of, .values = its_values

static const struct fake_option options[] = {
    {OPTION(SOL_SOCKET, SO_EXCLUSIVEADDRUSE, FLAG, ANY_SOCKET, BOOLEAN_VALUE),
     .number = FAKE_EXCLUSIVE, .before_bind = 1},
    {OPTION(SOL_SOCKET, SO_REUSEADDR, FLAG, ANY_SOCKET, BOOLEAN_VALUE),
     .number = FAKE_REUSE},
    {OPTION(SOL_SOCKET, SO_BROADCAST, FLAG, PACKETS_ONLY, BOOLEAN_VALUE),
     .number = FAKE_BROADCAST},
    {OPTION(SOL_SOCKET, SO_OOBINLINE, FLAG, STREAM_ONLY, BOOLEAN_VALUE)},
    {OPTION(SOL_SOCKET, SO_DEBUG, FLAG, ANY_SOCKET, BOOLEAN_VALUE)},
    {OPTION(SOL_SOCKET, SO_KEEPALIVE, BYTE_ANSWER, STREAM_ONLY, BOOLEAN_VALUE),
     .number = FAKE_KEEPALIVE, .not_while_connecting = 1},
    {OPTION(SOL_SOCKET, SO_DONTROUTE, BYTE_ANSWER, ANY_SOCKET, BOOLEAN_VALUE)},
    {OPTION(SOL_SOCKET, SO_SNDBUF, WHOLE, ANY_SOCKET, ANY_VALUE),
     .initial = 65536, .number = FAKE_SEND_BUFFER},
    {OPTION(SOL_SOCKET, SO_RCVBUF, WHOLE, ANY_SOCKET, ANY_VALUE),
     .initial = 65536, .number = FAKE_RECEIVE_BUFFER},
    {OPTION(SOL_SOCKET, SO_SNDTIMEO, WHOLE, ANY_SOCKET, ANY_VALUE),
     .number = FAKE_SEND_TIMEOUT},
    {OPTION(SOL_SOCKET, SO_RCVTIMEO, WHOLE, ANY_SOCKET, ANY_VALUE),
     .number = FAKE_RECEIVE_TIMEOUT},
    {OPTION(SOL_SOCKET, SO_LINGER, SPECIAL, STREAM_ONLY, ANY_VALUE)},
    {OPTION(SOL_SOCKET, SO_ERROR, SPECIAL, ANY_SOCKET, ANY_VALUE)},
    {OPTION(SOL_SOCKET, SO_TYPE, SPECIAL, ANY_SOCKET, NOT_SETTABLE)},
    {OPTION(SOL_SOCKET, SO_ACCEPTCONN, SPECIAL, ANY_SOCKET, NOT_SETTABLE)},
    {OPTION(SOL_SOCKET, SO_CONNECT_TIME, SPECIAL, STREAM_ONLY, NOT_SETTABLE)},
    {OPTION(SOL_SOCKET, SO_PROTOCOL_INFOW, SPECIAL, ANY_SOCKET, NOT_SETTABLE)},

    {OPTION(IPPROTO_TCP, TCP_NODELAY, BYTE_ANSWER, STREAM_ONLY, BOOLEAN_VALUE),
     .number = FAKE_NODELAY},
    {OPTION(IPPROTO_TCP, TCP_KEEPALIVE, WHOLE, STREAM_ONLY, ANY_VALUE),
     .initial = 7200},
    {OPTION(IPPROTO_TCP, TCP_MAXSEG, WHOLE, STREAM_ONLY, NOT_SETTABLE),
     .initial = 1460},
    {OPTION(IPPROTO_TCP, TCP_MAXRT, WHOLE, STREAM_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_TCP, TCP_STDURG, BYTE_ANSWER, STREAM_ONLY, BOOLEAN_VALUE)},
    {OPTION(IPPROTO_TCP, TCP_TIMESTAMPS, BYTE_ANSWER, STREAM_ONLY,
            BOOLEAN_VALUE)},
    {OPTION(IPPROTO_TCP, TCP_MAXRTMS, WHOLE, STREAM_ONLY, WHOLE_SECONDS),
     .since = WINDOWS_10_2004},
    {OPTION(IPPROTO_TCP, TCP_FASTOPEN, BYTE_ANSWER, STREAM_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_1607},
    {OPTION(IPPROTO_TCP, TCP_KEEPCNT, WHOLE, STREAM_ONLY, BYTE_VALUE),
     .initial = 10, .since = WINDOWS_10_1703},
    {OPTION(IPPROTO_TCP, TCP_KEEPINTVL, WHOLE, STREAM_ONLY, ANY_VALUE),
     .initial = 1, .since = WINDOWS_10_1709},
    {OPTION(IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, BYTE_ANSWER,
            STREAM_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_2004},

    {OPTION(IPPROTO_IP, IP_HDRINCL, FLAG, RAW_ONLY, BOOLEAN_VALUE)},
    {OPTION(IPPROTO_IP, IP_TOS, SMALL, ANY_SOCKET, BYTE_VALUE)},
    {OPTION(IPPROTO_IP, IP_TTL, SMALL, ANY_SOCKET, BYTE_VALUE), .initial = 128,
     .number = FAKE_HOPS_4},
    {OPTION(IPPROTO_IP, IP_MULTICAST_IF, WHOLE, PACKETS_ONLY, GROUP_INDEX)},
    {OPTION(IPPROTO_IP, IP_MULTICAST_TTL, SMALL, PACKETS_ONLY, BYTE_VALUE),
     .initial = 1, .number = FAKE_GROUP_HOPS_4},
    {OPTION(IPPROTO_IP, IP_MULTICAST_LOOP, SMALL, PACKETS_ONLY, BOOLEAN_VALUE),
     .initial = 1},
    {OPTION(IPPROTO_IP, IP_DONTFRAGMENT, SMALL, ANY_SOCKET, BOOLEAN_VALUE),
     .number = FAKE_WHOLE_4},
    {OPTION(IPPROTO_IP, IP_UNICAST_IF, WHOLE, ANY_SOCKET, NETWORK_INDEX)},
    {OPTION(IPPROTO_IP, IP_MTU, SPECIAL, ANY_SOCKET, NOT_SETTABLE),
     .initial = 1500, .since = WINDOWS_10_2004},

    {OPTION(IPPROTO_IPV6, IPV6_HDRINCL, FLAG, RAW_ONLY, BOOLEAN_VALUE)},
    {OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS, SMALL, ANY_SOCKET, BYTE_VALUE),
     .initial = 128, .number = FAKE_HOPS_6},
    {OPTION(IPPROTO_IPV6, IPV6_MULTICAST_IF, WHOLE, PACKETS_ONLY, HOST_INDEX)},
    {OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, SMALL, PACKETS_ONLY, BYTE_VALUE),
     .initial = 1, .number = FAKE_GROUP_HOPS_6},
    {OPTION(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, SMALL, PACKETS_ONLY,
            BOOLEAN_VALUE),
     .initial = 1},
    {OPTION(IPPROTO_IPV6, IPV6_DONTFRAG, SMALL, ANY_SOCKET, BOOLEAN_VALUE),
     .number = FAKE_WHOLE_6},
    {OPTION(IPPROTO_IPV6, IPV6_V6ONLY, BYTE_ANSWER, ANY_SOCKET, BOOLEAN_VALUE),
     .initial = 1, .number = FAKE_V6_ONLY, .before_bind = 1},
    {OPTION(IPPROTO_IPV6, IPV6_UNICAST_IF, WHOLE, ANY_SOCKET, HOST_INDEX)},
    {OPTION(IPPROTO_IPV6, IPV6_MTU, SPECIAL, ANY_SOCKET, NOT_SETTABLE),
     .initial = 1500, .since = WINDOWS_10_2004},

    {OPTION(IPPROTO_IP, IP_PKTINFO, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .number = FAKE_TELL_SOURCE_4},
    {OPTION(IPPROTO_IP, IP_RECVTOS, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_1607, .number = FAKE_TELL_CLASS_4},
    {OPTION(IPPROTO_IP, IP_RECVECN, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_2004, .number = FAKE_TELL_ECN_4},
    {OPTION(IPPROTO_IP, IP_RECVTTL, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .number = FAKE_TELL_HOPS_4},
    {OPTION(IPPROTO_IP, IP_RECVERR, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_2004, .number = FAKE_TELL_REPORTS_4},
    {OPTION(IPPROTO_IPV6, IPV6_PKTINFO, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .number = FAKE_TELL_SOURCE_6},
    {OPTION(IPPROTO_IPV6, IPV6_TCLASS, WHOLE, PACKETS_ONLY, BYTE_VALUE),
     .since = WINDOWS_10_2004},
    {OPTION(IPPROTO_IPV6, IPV6_RECVTCLASS, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_1607, .number = FAKE_TELL_CLASS_6},
    {OPTION(IPPROTO_IPV6, IPV6_RECVECN, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_2004, .number = FAKE_TELL_ECN_6},
    {OPTION(IPPROTO_IPV6, IPV6_HOPLIMIT, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .number = FAKE_TELL_HOPS_6},
    {OPTION(IPPROTO_IPV6, IPV6_RECVERR, WHOLE, PACKETS_ONLY, BOOLEAN_VALUE),
     .since = WINDOWS_10_2004, .number = FAKE_TELL_REPORTS_6},

    {OPTION(IPPROTO_UDP, UDP_SEND_MSG_SIZE, WHOLE, DATAGRAM_ONLY, ANY_VALUE),
     .since = WINDOWS_10_2004, .number = FAKE_CUT},
    {OPTION(IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, WHOLE, DATAGRAM_ONLY,
            ANY_VALUE),
     .since = WINDOWS_10_2004, .number = FAKE_JOIN},

    {OPTION(IPPROTO_IP, IP_ADD_MEMBERSHIP, SPECIAL, PACKETS_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_IP, IP_DROP_MEMBERSHIP, SPECIAL, PACKETS_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_IP, MCAST_JOIN_GROUP, SPECIAL, PACKETS_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_IP, MCAST_LEAVE_GROUP, SPECIAL, PACKETS_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_IP, MCAST_BLOCK_SOURCE, SPECIAL, PACKETS_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_IP, MCAST_UNBLOCK_SOURCE, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, MCAST_JOIN_GROUP, SPECIAL, PACKETS_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, MCAST_LEAVE_GROUP, SPECIAL, PACKETS_ONLY, ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, MCAST_BLOCK_SOURCE, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, MCAST_UNBLOCK_SOURCE, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
    {OPTION(IPPROTO_IPV6, MCAST_LEAVE_SOURCE_GROUP, SPECIAL, PACKETS_ONLY,
            ANY_VALUE)},
};

#define OPTION_COUNT (sizeof options / sizeof *options)

_Static_assert(OPTION_COUNT <= FAKE_OPTION_ROOM, "room for each in a socket");

const struct fake_option *fake_find_option(int level, int name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].level == level && options[i].name == name)
            return options[i].since <= fake_script.profile->build ? &options[i]
                                                                  : NULL;
    return NULL;
}

int *fake_number_of(struct fake_object *s, const struct fake_option *option)
{
    if (option->number != 0)
        return &s->numbers[option->number];
    return &s->numbers[FAKE_NUMBER_COUNT + (option - options)];
}

void fake_set_initial_options(struct fake_object *s)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        *fake_number_of(s, &options[i]) = options[i].initial;
}

/* --- Of which sockets ------------------------------------------------------- */

/* What serves no IPv4 has no options of it; that IPV6_V6ONLY is there for all is
 * as Windows has it. */
static _Bool has_level(const struct fake_object *s, int level, int name)
{
    switch (level) {
    case SOL_SOCKET:
        return 1;
    case IPPROTO_TCP:
        return s->type == SOCK_STREAM && s->family != AF_UNIX;
    case IPPROTO_IP:
        return s->family == AF_INET ||
               (s->family == AF_INET6 && !s->numbers[FAKE_V6_ONLY]);
    case IPPROTO_IPV6:
        return s->family == AF_INET6 || name == IPV6_V6ONLY;
    case IPPROTO_UDP:
        return s->type == SOCK_DGRAM && fake_find_option(level, name) != NULL;
    default:
        return 0;
    }
}

/* A level unknown, or not of this kind of socket, is WSAEINVAL; an option unknown
 * at its level is WSAENOPROTOOPT; those two that Windows once had are WSAEINVAL
 * again; and so are those of IP that are not of this type of socket. */
int fake_option_error(const struct fake_object *s, int level, int name)
{
    const struct fake_option *option = fake_find_option(level, name);
    if (!has_level(s, level, name))
        return WSAEINVAL;
    if (level == SOL_SOCKET && (name == SO_RCVLOWAT || name == SO_SNDLOWAT))
        return WSAEINVAL;
    if (option == NULL || (s->family == AF_UNIX && name == SO_KEEPALIVE))
        return WSAENOPROTOOPT;
    if ((option->wants >> s->type & 1) == 0)
        return level == SOL_SOCKET ? WSAENOPROTOOPT : WSAEINVAL;
    return 0;
}

/* --- Values ----------------------------------------------------------------- */

#define INTERFACE_INDEX 1 /* there is one */

#define INTERFACE_ADDRESS 0x7f000001u

static int index_error(u_long index)
{
    return index > INTERFACE_INDEX ? WSAEINVAL : 0;
}

/* Wine knows interfaces by their addresses only. */
static int group_index_error(u_long number)
{
    if (number == INTERFACE_ADDRESS)
        return 0;
    return fake_script.no_group_requests && number != 0 ? WSAEINVAL
                                                        : index_error(number);
}

int fake_take_value(const struct fake_option *option, int *number)
{
    switch (option->values) {
    case BOOLEAN_VALUE:
        *number = *number != 0;
        return 0;
    case BYTE_VALUE:
        return *number < 0 || *number > 255 ? WSAEINVAL : 0;
    case HOST_INDEX:
        return index_error((u_long)*number);
    case NETWORK_INDEX:
        return index_error(ntohl((u_long)*number));
    case GROUP_INDEX:
        return group_index_error(ntohl((u_long)*number));
    case WHOLE_SECONDS:
        *number -= *number % 1000;
        return 0;
    case NOT_SETTABLE:
        return WSAENOPROTOOPT;
    default:
        return 0;
    }
}

/* As Microsoft documents it, an index is told in host byte order; Wine tells what
 * it was told. */
int fake_answer_value(const struct fake_option *option, int number)
{
    const _Bool is_index =
        option->values == NETWORK_INDEX || option->values == GROUP_INDEX;
    if (!is_index || fake_script.no_group_requests)
        return number;
    const u_long told = ntohl((u_long)number);
    return told == INTERFACE_ADDRESS ? INTERFACE_INDEX : (int)told;
}
