/* <netpacket/packet.h> of Linux: the hardware address of an interface, as
 * getifaddrs() tells it.  There are no sockets of this family. */
#ifndef _PSOCK_BSD_NETPACKET_PACKET_H
#define _PSOCK_BSD_NETPACKET_PACKET_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/socket.h>

#ifndef AF_PACKET
#define AF_PACKET 17
#define PF_PACKET AF_PACKET
#endif

struct sockaddr_ll {
    unsigned short sll_family;
    unsigned short sll_protocol;
    int sll_ifindex;
    unsigned short sll_hatype;
    unsigned char sll_pkttype;
    unsigned char sll_halen;
    unsigned char sll_addr[8];
};

#define PACKET_HOST 0
#define PACKET_BROADCAST 1
#define PACKET_MULTICAST 2
#define PACKET_OTHERHOST 3
#define PACKET_OUTGOING 4

#endif
