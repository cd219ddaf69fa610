/* <netinet/in.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_NETINET_IN_H
#define _PSOCK_BSD_NETINET_IN_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/socket.h>

/* --- Byte order ----------------------------------------------------------- */

_PSOCK_BSD_BEGIN
uint32_t htonl(uint32_t __number) _PSOCK_BSD_NAME(htonl);
uint32_t ntohl(uint32_t __number) _PSOCK_BSD_NAME(ntohl);
uint16_t htons(uint16_t __number) _PSOCK_BSD_NAME(htons);
uint16_t ntohs(uint16_t __number) _PSOCK_BSD_NAME(ntohs);
_PSOCK_BSD_END

/* Windows runs on little-endian machines only. */
#define htonl(number) __builtin_bswap32(number)
#define ntohl(number) __builtin_bswap32(number)
#define htons(number) __builtin_bswap16(number)
#define ntohs(number) __builtin_bswap16(number)

/* --- Protocols ------------------------------------------------------------ */

#define IPPROTO_IP 0
#define IPPROTO_HOPOPTS 0
#define IPPROTO_ICMP 1
#define IPPROTO_IGMP 2
#define IPPROTO_IPIP 4
#define IPPROTO_TCP 6
#define IPPROTO_EGP 8
#define IPPROTO_PUP 12
#define IPPROTO_UDP 17
#define IPPROTO_IDP 22
#define IPPROTO_IPV6 41
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_GRE 47
#define IPPROTO_ESP 50
#define IPPROTO_AH 51
#define IPPROTO_ICMPV6 58
#define IPPROTO_NONE 59
#define IPPROTO_DSTOPTS 60
#define IPPROTO_SCTP 132
#define IPPROTO_UDPLITE 136
#define IPPROTO_RAW 255
#define IPPROTO_MAX 256

/* Levels of options. */
#define SOL_IP 0
#define SOL_IPV6 41
#define SOL_RAW 255
#define SOL_ICMPV6 58

#define IPPORT_ECHO 7
#define IPPORT_DISCARD 9
#define IPPORT_SYSTAT 11
#define IPPORT_DAYTIME 13
#define IPPORT_FTP 21
#define IPPORT_TELNET 23
#define IPPORT_SMTP 25
#define IPPORT_TIMESERVER 37
#define IPPORT_TFTP 69
#define IPPORT_FINGER 79
#define IPPORT_RESERVED 1024
#define IPPORT_USERRESERVED 5000

/* --- IPv4 ----------------------------------------------------------------- */

struct in_addr {
    in_addr_t s_addr;
};

struct sockaddr_in {
    sa_family_t sin_family;
    in_port_t sin_port;
    struct in_addr sin_addr;
    unsigned char sin_zero[8];
};

#define INET_ADDRSTRLEN 16

#define INADDR_ANY ((in_addr_t)0x00000000)
#define INADDR_BROADCAST ((in_addr_t)0xffffffff)
#define INADDR_NONE ((in_addr_t)0xffffffff)
#define INADDR_LOOPBACK ((in_addr_t)0x7f000001)
#define INADDR_UNSPEC_GROUP ((in_addr_t)0xe0000000)
#define INADDR_ALLHOSTS_GROUP ((in_addr_t)0xe0000001)
#define INADDR_ALLRTRS_GROUP ((in_addr_t)0xe0000002)
#define INADDR_MAX_LOCAL_GROUP ((in_addr_t)0xe00000ff)

#define IN_LOOPBACKNET 127
#define IN_CLASSA(a) ((((in_addr_t)(a)) & 0x80000000) == 0)
#define IN_CLASSA_NET 0xff000000
#define IN_CLASSA_NSHIFT 24
#define IN_CLASSA_HOST 0x00ffffff
#define IN_CLASSA_MAX 128
#define IN_CLASSB(a) ((((in_addr_t)(a)) & 0xc0000000) == 0x80000000)
#define IN_CLASSB_NET 0xffff0000
#define IN_CLASSB_NSHIFT 16
#define IN_CLASSB_HOST 0x0000ffff
#define IN_CLASSB_MAX 65536
#define IN_CLASSC(a) ((((in_addr_t)(a)) & 0xe0000000) == 0xc0000000)
#define IN_CLASSC_NET 0xffffff00
#define IN_CLASSC_NSHIFT 8
#define IN_CLASSC_HOST 0x000000ff
#define IN_CLASSD(a) ((((in_addr_t)(a)) & 0xf0000000) == 0xe0000000)
#define IN_MULTICAST(a) IN_CLASSD(a)
#define IN_EXPERIMENTAL(a) ((((in_addr_t)(a)) & 0xe0000000) == 0xe0000000)
#define IN_BADCLASS(a) ((((in_addr_t)(a)) & 0xf0000000) == 0xf0000000)

/* Options of IPPROTO_IP. */
#define IP_OPTIONS 1
#define IP_HDRINCL 2
#define IP_TOS 3
#define IP_TTL 4
#define IP_MULTICAST_IF 9
#define IP_MULTICAST_TTL 10
#define IP_MULTICAST_LOOP 11
#define IP_ADD_MEMBERSHIP 12
#define IP_DROP_MEMBERSHIP 13
#define IP_ADD_SOURCE_MEMBERSHIP 15
#define IP_DROP_SOURCE_MEMBERSHIP 16
#define IP_BLOCK_SOURCE 17
#define IP_UNBLOCK_SOURCE 18
#define IP_PKTINFO 19
#define IP_RECVTTL 21
#define IP_RECVTOS 40
#define IP_MULTICAST_ALL 49
#define IP_MTU_DISCOVER 71
#define IP_MTU 73
#define IP_RECVERR 75

#define IP_PMTUDISC_DONT 0
#define IP_PMTUDISC_WANT 1
#define IP_PMTUDISC_DO 2
#define IP_PMTUDISC_PROBE 3
#define IPV6_PMTUDISC_DONT 0
#define IPV6_PMTUDISC_WANT 1
#define IPV6_PMTUDISC_DO 2
#define IPV6_PMTUDISC_PROBE 3

#define IP_DEFAULT_MULTICAST_TTL 1
#define IP_DEFAULT_MULTICAST_LOOP 1
#define IP_MAX_MEMBERSHIPS 20

struct ip_mreq {
    struct in_addr imr_multiaddr;
    struct in_addr imr_interface;
};

struct ip_mreqn {
    struct in_addr imr_multiaddr;
    struct in_addr imr_address;
    int imr_ifindex;
};

struct ip_mreq_source {
    struct in_addr imr_multiaddr;
    struct in_addr imr_interface;
    struct in_addr imr_sourceaddr;
};

struct in_pktinfo {
    int ipi_ifindex;
    struct in_addr ipi_spec_dst;
    struct in_addr ipi_addr;
};

/* --- IPv6 ----------------------------------------------------------------- */

struct in6_addr {
    union {
        uint8_t __bytes[16];
        uint16_t __pairs[8];
        uint32_t __quads[4];
    } __in6;
};
#define s6_addr __in6.__bytes
#define s6_addr16 __in6.__pairs
#define s6_addr32 __in6.__quads

struct sockaddr_in6 {
    sa_family_t sin6_family;
    in_port_t sin6_port;
    uint32_t sin6_flowinfo;
    struct in6_addr sin6_addr;
    uint32_t sin6_scope_id;
};

struct ipv6_mreq {
    struct in6_addr ipv6mr_multiaddr;
    unsigned int ipv6mr_interface;
};

struct in6_pktinfo {
    struct in6_addr ipi6_addr;
    unsigned int ipi6_ifindex;
};

#define INET6_ADDRSTRLEN 46

#define IN6ADDR_ANY_INIT                                                       \
    {                                                                          \
        {                                                                      \
            {                                                                  \
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                 \
            }                                                                  \
        }                                                                      \
    }
#define IN6ADDR_LOOPBACK_INIT                                                  \
    {                                                                          \
        {                                                                      \
            {                                                                  \
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1                 \
            }                                                                  \
        }                                                                      \
    }

_PSOCK_BSD_BEGIN
extern const struct in6_addr in6addr_any _PSOCK_BSD_NAME(in6addr_any);
extern const struct in6_addr in6addr_loopback _PSOCK_BSD_NAME(in6addr_loopback);

int bindresvport(int __fd, struct sockaddr_in *__address)
    _PSOCK_BSD_NAME(bindresvport);
_PSOCK_BSD_END

#define _PSOCK_BSD_IN6(a) ((const struct in6_addr *)(a))
#define IN6_ARE_ADDR_EQUAL(a, b)                                               \
    (_PSOCK_BSD_IN6(a)->s6_addr32[0] == _PSOCK_BSD_IN6(b)->s6_addr32[0] &&     \
     _PSOCK_BSD_IN6(a)->s6_addr32[1] == _PSOCK_BSD_IN6(b)->s6_addr32[1] &&     \
     _PSOCK_BSD_IN6(a)->s6_addr32[2] == _PSOCK_BSD_IN6(b)->s6_addr32[2] &&     \
     _PSOCK_BSD_IN6(a)->s6_addr32[3] == _PSOCK_BSD_IN6(b)->s6_addr32[3])
#define _PSOCK_BSD_IN6_96(a, quad)                                             \
    (_PSOCK_BSD_IN6(a)->s6_addr32[0] == 0 &&                                   \
     _PSOCK_BSD_IN6(a)->s6_addr32[1] == 0 &&                                   \
     _PSOCK_BSD_IN6(a)->s6_addr32[2] == (quad))
#define IN6_IS_ADDR_UNSPECIFIED(a)                                             \
    (_PSOCK_BSD_IN6_96(a, 0) && _PSOCK_BSD_IN6(a)->s6_addr32[3] == 0)
#define IN6_IS_ADDR_LOOPBACK(a)                                                \
    (_PSOCK_BSD_IN6_96(a, 0) && _PSOCK_BSD_IN6(a)->s6_addr32[3] == htonl(1u))
#define IN6_IS_ADDR_V4MAPPED(a) _PSOCK_BSD_IN6_96(a, htonl(0xffffu))
#define IN6_IS_ADDR_V4COMPAT(a)                                                \
    (_PSOCK_BSD_IN6_96(a, 0) &&                                                \
     ntohl(_PSOCK_BSD_IN6(a)->s6_addr32[3]) > 1)
#define IN6_IS_ADDR_MULTICAST(a) (_PSOCK_BSD_IN6(a)->s6_addr[0] == 0xff)
#define IN6_IS_ADDR_LINKLOCAL(a)                                               \
    (_PSOCK_BSD_IN6(a)->s6_addr[0] == 0xfe &&                                  \
     (_PSOCK_BSD_IN6(a)->s6_addr[1] & 0xc0) == 0x80)
#define IN6_IS_ADDR_SITELOCAL(a)                                               \
    (_PSOCK_BSD_IN6(a)->s6_addr[0] == 0xfe &&                                  \
     (_PSOCK_BSD_IN6(a)->s6_addr[1] & 0xc0) == 0xc0)
#define _PSOCK_BSD_IN6_GROUP(a, scope)                                         \
    (IN6_IS_ADDR_MULTICAST(a) &&                                               \
     (_PSOCK_BSD_IN6(a)->s6_addr[1] & 0xf) == (scope))
#define IN6_IS_ADDR_MC_NODELOCAL(a) _PSOCK_BSD_IN6_GROUP(a, 0x1)
#define IN6_IS_ADDR_MC_LINKLOCAL(a) _PSOCK_BSD_IN6_GROUP(a, 0x2)
#define IN6_IS_ADDR_MC_SITELOCAL(a) _PSOCK_BSD_IN6_GROUP(a, 0x5)
#define IN6_IS_ADDR_MC_ORGLOCAL(a) _PSOCK_BSD_IN6_GROUP(a, 0x8)
#define IN6_IS_ADDR_MC_GLOBAL(a) _PSOCK_BSD_IN6_GROUP(a, 0xe)

/* Options of IPPROTO_IPV6. */
#define IPV6_HOPOPTS 1
#define IPV6_UNICAST_HOPS 4
#define IPV6_MULTICAST_IF 9
#define IPV6_MULTICAST_HOPS 10
#define IPV6_MULTICAST_LOOP 11
#define IPV6_JOIN_GROUP 12
#define IPV6_ADD_MEMBERSHIP IPV6_JOIN_GROUP
#define IPV6_LEAVE_GROUP 13
#define IPV6_DROP_MEMBERSHIP IPV6_LEAVE_GROUP
#define IPV6_DONTFRAG 14
#define IPV6_PKTINFO 19
#define IPV6_HOPLIMIT 21
#define IPV6_CHECKSUM 26
#define IPV6_V6ONLY 27
#define IPV6_TCLASS 39
#define IPV6_RECVPKTINFO 1049
#define IPV6_RECVHOPLIMIT 1051
#define IPV6_RECVTCLASS 1066
#define IPV6_MTU_DISCOVER 71
#define IPV6_MTU 72
#define IPV6_RECVERR 75

/* --- Groups of either family (RFC 3678) ------------------------------------ */

#define MCAST_JOIN_GROUP 41
#define MCAST_LEAVE_GROUP 42
#define MCAST_BLOCK_SOURCE 43
#define MCAST_UNBLOCK_SOURCE 44
#define MCAST_JOIN_SOURCE_GROUP 45
#define MCAST_LEAVE_SOURCE_GROUP 46

struct group_req {
    uint32_t gr_interface;
    struct sockaddr_storage gr_group;
};

struct group_source_req {
    uint32_t gsr_interface;
    struct sockaddr_storage gsr_group;
    struct sockaddr_storage gsr_source;
};

#endif
