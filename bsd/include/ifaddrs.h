/* <ifaddrs.h> of Linux and the BSDs. */
#ifndef _PSOCK_BSD_IFADDRS_H
#define _PSOCK_BSD_IFADDRS_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/socket.h>

/* An address of an interface: of AF_INET, AF_INET6, and of AF_PACKET (see
 * <netpacket/packet.h>), which each interface has once. */
struct ifaddrs {
    struct ifaddrs *ifa_next;
    char *ifa_name;
    unsigned int ifa_flags; /* IFF_... of <net/if.h> */
    struct sockaddr *ifa_addr;
    struct sockaddr *ifa_netmask;
    union {
        struct sockaddr *ifu_broadaddr;
        struct sockaddr *ifu_dstaddr;
    } ifa_ifu;
    void *ifa_data;
};
#define ifa_broadaddr ifa_ifu.ifu_broadaddr
#define ifa_dstaddr ifa_ifu.ifu_dstaddr

_PSOCK_BSD_BEGIN

int getifaddrs(struct ifaddrs **__list) _PSOCK_BSD_NAME(getifaddrs);
void freeifaddrs(struct ifaddrs *__list) _PSOCK_BSD_NAME(freeifaddrs);

_PSOCK_BSD_END

#endif
