/* selftest_options.c: the fake takes options, and refuses them, as Windows does.
 *
 * Which do what is from the conformance tests of Wine, which run on Windows, and
 * from Microsoft's pages of options; what neither says, and the fake has to
 * decide, is not claimed here. */
#include "fake_option.h"

#include "claim.h"

/* --- What a claim is made of ------------------------------------------------------- */

struct asking {
    int family;
    int type;
    int level;
    int name;
};

static SOCKET open_for(const struct asking *asking)
{
    return psock_winsock.WSASocketW(asking->family, asking->type, 0, NULL, 0,
                                    WSA_FLAG_OVERLAPPED);
}

/* The length of the answer with `room` for it, or the error. */
static int ask(const struct asking *asking, int room)
{
    char value[8];
    int length = room;
    SOCKET s = open_for(asking);
    int result = claim_outcome(psock_winsock.getsockopt(
        s, asking->level, asking->name, value, &length));
    return claim_close(s, result < 0 ? result : length);
}

static int tell(const struct asking *asking, DWORD value, int length)
{
    SOCKET s = open_for(asking);
    return claim_close(
        s, claim_outcome(psock_winsock.setsockopt(
               s, asking->level, asking->name, (const char *)&value, length)));
}

/* What is answered in four bytes, of which the fourth part is not written, after
 * `value` was set. */
static int kept(const struct asking *asking, DWORD value, int length)
{
    DWORD answer = 0xaaaaaaaa;
    int room = sizeof answer;
    SOCKET s = open_for(asking);
    psock_winsock.setsockopt(s, asking->level, asking->name,
                             (const char *)&value, length);
    psock_winsock.getsockopt(s, asking->level, asking->name, (char *)&answer,
                             &room);
    return claim_close(s, (int)answer);
}

#define STREAM(level, name) AF_INET, SOCK_STREAM, level, name
#define DATAGRAM(level, name) AF_INET, SOCK_DGRAM, level, name
#define STREAM_6(level, name) AF_INET6, SOCK_STREAM, level, name
#define DATAGRAM_6(level, name) AF_INET6, SOCK_DGRAM, level, name

#define ASKS(claim, room, ...)                                                 \
    static int claim(void)                                                     \
    {                                                                          \
        return ask(&(const struct asking){__VA_ARGS__}, room);                 \
    }
#define TELLS(claim, value, length, ...)                                       \
    static int claim(void)                                                     \
    {                                                                          \
        return tell(&(const struct asking){__VA_ARGS__}, value, length);       \
    }
#define KEEPS(claim, value, length, ...)                                       \
    static int claim(void)                                                     \
    {                                                                          \
        return kept(&(const struct asking){__VA_ARGS__}, value, length);       \
    }

/* --- Lengths ------------------------------------------------------------------------ */

#define BROADCAST DATAGRAM(SOL_SOCKET, SO_BROADCAST)
#define DONTROUTE STREAM(SOL_SOCKET, SO_DONTROUTE)
#define OOBINLINE STREAM(SOL_SOCKET, SO_OOBINLINE)
#define RCVBUF STREAM(SOL_SOCKET, SO_RCVBUF)
#define TTL DATAGRAM(IPPROTO_IP, IP_TTL)
#define HOPS_6 DATAGRAM_6(IPPROTO_IPV6, IPV6_UNICAST_HOPS)
#define GROUP_TTL DATAGRAM(IPPROTO_IP, IP_MULTICAST_TTL)
#define GROUP_LOOP DATAGRAM(IPPROTO_IP, IP_MULTICAST_LOOP)
#define KEEPCNT STREAM(IPPROTO_TCP, TCP_KEEPCNT)
#define KEEPINTVL STREAM(IPPROTO_TCP, TCP_KEEPINTVL)
#define KEEPIDLE STREAM(IPPROTO_TCP, TCP_KEEPALIVE)
#define NODELAY STREAM(IPPROTO_TCP, TCP_NODELAY)
#define DONTFRAG_6 STREAM_6(IPPROTO_IPV6, IPV6_DONTFRAG)

ASKS(route_answer, 4, DONTROUTE)
ASKS(broadcast_answer, 4, BROADCAST)
ASKS(broadcast_little_answer, 2, BROADCAST)
ASKS(ttl_answer, 4, TTL)
ASKS(ttl_little_answer, 2, TTL)
ASKS(buffer_little_answer, 3, RCVBUF)
ASKS(count_little_answer, 2, KEEPCNT)
ASKS(nodelay_no_room, 0, NODELAY)
TELLS(broadcast_of_nothing, 1, 0, BROADCAST)
TELLS(broadcast_of_one_byte, 1, 1, BROADCAST)
TELLS(ttl_of_nothing, 1, 0, TTL)
TELLS(ttl_of_one_byte, 1, 1, TTL)
TELLS(idle_of_one_byte, 1, 1, KEEPIDLE)
TELLS(interval_of_two_bytes, 1, 2, KEEPINTVL)
TELLS(nodelay_of_nothing, 1, 0, NODELAY)

/* --- Values ------------------------------------------------------------------------- */

TELLS(ttl_256, 0x100, 4, TTL)
TELLS(hops_256, 0x100, 4, HOPS_6)
TELLS(count_256, 0x100, 4, KEEPCNT)
KEEPS(interval_256, 0x100, 4, KEEPINTVL)
KEEPS(loop_256, 0x100, 4, GROUP_LOOP)
KEEPS(inline_256, 0x100, 4, OOBINLINE)
KEEPS(fragment_256, 0x100, 4, DONTFRAG_6)
KEEPS(route_256, 0x100, 4, DONTROUTE)
KEEPS(group_ttl_of_two_bytes, 0xffff000b, 2, GROUP_TTL)
KEEPS(buffer_0, 0, 4, RCVBUF)

/* --- Of which sockets ---------------------------------------------------------------- */

#define HDRINCL DATAGRAM(IPPROTO_IP, IP_HDRINCL)
#define GROUP_IF_STREAM STREAM(IPPROTO_IP, IP_MULTICAST_IF)
#define GROUP_TTL_STREAM STREAM(IPPROTO_IP, IP_MULTICAST_TTL)
#define GROUP_HOPS_STREAM_6 STREAM_6(IPPROTO_IPV6, IPV6_MULTICAST_HOPS)
#define UNICAST_IF_STREAM STREAM(IPPROTO_IP, IP_UNICAST_IF)
#define MTU DATAGRAM(IPPROTO_IP, IP_MTU)
#define MTU_6 DATAGRAM_6(IPPROTO_IPV6, IPV6_MTU)
#define ODD STREAM(IPPROTO_IP, -1)
#define ODD_6 STREAM_6(IPPROTO_IPV6, -1)
#define KEEPALIVE_DATAGRAM DATAGRAM(SOL_SOCKET, SO_KEEPALIVE)
#define FASTOPEN STREAM(IPPROTO_TCP, TCP_FASTOPEN)
#define MAXRTMS STREAM(IPPROTO_TCP, TCP_MAXRTMS)

ASKS(header_of_datagrams, 4, HDRINCL)
ASKS(group_interface_of_streams, 4, GROUP_IF_STREAM)
ASKS(group_ttl_of_streams, 4, GROUP_TTL_STREAM)
ASKS(group_hops_of_streams, 4, GROUP_HOPS_STREAM_6)
ASKS(interface_of_streams, 4, UNICAST_IF_STREAM)
ASKS(path_of_nobody, 4, MTU)
ASKS(path_of_nobody_6, 4, MTU_6)
ASKS(odd_option, 4, ODD)
ASKS(odd_option_6, 4, ODD_6)
ASKS(keepalive_of_datagrams, 4, KEEPALIVE_DATAGRAM)
ASKS(idle, 4, KEEPIDLE)
ASKS(interval, 4, KEEPINTVL)
ASKS(count, 4, KEEPCNT)
ASKS(fast_open, 4, FASTOPEN)
ASKS(patience, 4, MAXRTMS)

/* --- Controls ------------------------------------------------------------------------- */

static int control(SOCKET s, DWORD code, DWORD in, DWORD out_size)
{
    char out[256];
    DWORD returned = 0;
    int result = claim_outcome(psock_winsock.WSAIoctl(
        s, code, &in, sizeof in, out, out_size, &returned, NULL, NULL));
    return result < 0 ? result : (int)returned;
}

static int info_of_version(DWORD version, DWORD out_size)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    return claim_close_two(s, peer,
                           control(s, SIO_TCP_INFO, version, out_size));
}

static int info_0(void)
{
    return info_of_version(0, 256);
}

static int info_1(void)
{
    return info_of_version(1, 256);
}

static int info_with_little_room(void)
{
    return info_of_version(0, 87);
}

static int info_of_datagrams(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    return claim_close(s, control(s, SIO_TCP_INFO, 0, 256));
}

static int acks_of_streams(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, control(s, SIO_TCP_SET_ACK_FREQUENCY, 1, 0));
}

static int times_cut_short(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, control(s, SIO_KEEPALIVE_VALS, 1, 0));
}

int main(void)
{
    static const struct claim claims[] = {
        {"opt.len.SO_DONTROUTE", route_answer, 1},
        {"opt.len.SO_BROADCAST", broadcast_answer, 4},
        {"opt.len.SO_BROADCAST.2", broadcast_little_answer, 1},
        {"opt.len.IP_TTL", ttl_answer, 4},
        {"opt.len.IP_TTL.2", ttl_little_answer, 1},
        {"opt.len.SO_RCVBUF.3", buffer_little_answer, -WSAEFAULT},
        {"opt.len.TCP_KEEPCNT.2", count_little_answer, -WSAEFAULT},
        {"opt.len.TCP_NODELAY.0", nodelay_no_room, -WSAEFAULT},
        {"opt.set.SO_BROADCAST.0", broadcast_of_nothing, 0},
        {"opt.set.SO_BROADCAST.1", broadcast_of_one_byte, 0},
        {"opt.set.IP_TTL.0", ttl_of_nothing, -WSAEFAULT},
        {"opt.set.IP_TTL.1", ttl_of_one_byte, 0},
        {"opt.set.TCP_KEEPALIVE.1", idle_of_one_byte, -WSAEFAULT},
        {"opt.set.TCP_KEEPINTVL.2", interval_of_two_bytes, -WSAEFAULT},
        {"opt.set.TCP_NODELAY.0", nodelay_of_nothing, -WSAEFAULT},
        {"opt.0x100.IP_TTL", ttl_256, -WSAEINVAL},
        {"opt.0x100.IPV6_UNICAST_HOPS", hops_256, -WSAEINVAL},
        {"opt.0x100.TCP_KEEPCNT", count_256, -WSAEINVAL},
        {"opt.0x100.TCP_KEEPINTVL", interval_256, 0x100},
        {"opt.0x100.IP_MULTICAST_LOOP", loop_256, 1},
        {"opt.0x100.SO_OOBINLINE", inline_256, 1},
        {"opt.0x100.IPV6_DONTFRAG", fragment_256, 1},
        {"opt.0x100.SO_DONTROUTE", route_256, (int)0xaaaaaa00},
        {"opt.IP_MULTICAST_TTL.2", group_ttl_of_two_bytes, 0xb},
        {"opt.rcvbuf0", buffer_0, 0},
        {"opt.IP_HDRINCL.udp", header_of_datagrams, -WSAEINVAL},
        {"opt.IP_MULTICAST_IF.tcp", group_interface_of_streams, -WSAEINVAL},
        {"opt.IP_MULTICAST_TTL.tcp", group_ttl_of_streams, -WSAEINVAL},
        {"opt.IPV6_MULTICAST_HOPS.tcp", group_hops_of_streams, -WSAEINVAL},
        {"opt.IP_UNICAST_IF.tcp", interface_of_streams, 4},
        {"opt.IP_MTU.fresh", path_of_nobody, -WSAENOTCONN},
        {"opt.IPV6_MTU.fresh", path_of_nobody_6, -WSAENOTCONN},
        {"opt.ip.badname", odd_option, -WSAENOPROTOOPT},
        {"opt.ip6.badname", odd_option_6, -WSAENOPROTOOPT},
        {"opt.SO_KEEPALIVE.udp", keepalive_of_datagrams, -WSAENOPROTOOPT},
        {"opt.TCP_KEEPALIVE", idle, 4},
        {"opt.TCP_KEEPINTVL", interval, 4},
        {"opt.TCP_KEEPCNT", count, 4},
        {"opt.TCP_FASTOPEN", fast_open, 1},
        {"opt.TCP_MAXRTMS", patience, 4},
        {"ioctl.SIO_TCP_INFO.0", info_0, 88},
        {"ioctl.SIO_TCP_INFO.1", info_1, 136},
        {"ioctl.SIO_TCP_INFO.short", info_with_little_room, -WSAEFAULT},
        {"ioctl.SIO_TCP_INFO.udp", info_of_datagrams, -WSAEOPNOTSUPP},
        {"ioctl.SIO_TCP_SET_ACK_FREQUENCY", acks_of_streams, 0},
        {"ioctl.SIO_KEEPALIVE_VALS.short", times_cut_short, -WSAEFAULT},
    };
    static const struct claim older[] = {
        {"opt.TCP_KEEPALIVE", idle, 4},
        {"opt.TCP_KEEPINTVL", interval, -WSAENOPROTOOPT},
        {"opt.TCP_KEEPCNT", count, -WSAENOPROTOOPT},
        {"opt.TCP_FASTOPEN", fast_open, -WSAENOPROTOOPT},
        {"opt.TCP_MAXRTMS", patience, -WSAENOPROTOOPT},
        {"opt.IP_MTU.fresh", path_of_nobody, -WSAENOPROTOOPT},
        {"ioctl.SIO_TCP_INFO.0", info_0, -WSAEOPNOTSUPP},
        {"ioctl.SIO_TCP_SET_ACK_FREQUENCY", acks_of_streams, -WSAEOPNOTSUPP},
    };
    return CLAIM_RUN("fake.options", claims) +
           CLAIM_RUN_ON("fake.options.windows_7", &win7_like, older);
}
