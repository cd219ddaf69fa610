/* ws2tcpip.h: a stand-in; see windows.h beside it. */
#ifndef STAND_IN_WS2TCPIP_H
#define STAND_IN_WS2TCPIP_H

#include <winsock2.h>

typedef int socklen_t;

#define in6_addr stand_in_in6_addr
#define sockaddr_in6 stand_in_sockaddr_in6

struct in6_addr {
    union {
        UCHAR Byte[16];
        USHORT Word[8];
    } u;
};
#define s6_addr u.Byte

struct sockaddr_in6 {
    ADDRESS_FAMILY sin6_family;
    USHORT sin6_port;
    ULONG sin6_flowinfo;
    struct in6_addr sin6_addr;
    ULONG sin6_scope_id;
};

#define INADDR_ANY 0x00000000u
#define INADDR_LOOPBACK 0x7f000001u
#define INADDR_BROADCAST 0xffffffffu

#define IPV6_V6ONLY 27

#endif
