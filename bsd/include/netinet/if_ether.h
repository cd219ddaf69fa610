/* <netinet/if_ether.h> of Linux: frames of Ethernet. */
#ifndef _PSOCK_BSD_NETINET_IF_ETHER_H
#define _PSOCK_BSD_NETINET_IF_ETHER_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <net/ethernet.h>
#include <net/if_arp.h>

/* A request or an answer about IPv4 addresses (RFC 826). */
struct ether_arp {
    struct arphdr ea_hdr;
    uint8_t arp_sha[ETH_ALEN];
    uint8_t arp_spa[4];
    uint8_t arp_tha[ETH_ALEN];
    uint8_t arp_tpa[4];
};

#define arp_hrd ea_hdr.ar_hrd
#define arp_pro ea_hdr.ar_pro
#define arp_hln ea_hdr.ar_hln
#define arp_pln ea_hdr.ar_pln
#define arp_op ea_hdr.ar_op

#endif
