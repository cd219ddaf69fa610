/* <netinet/udp.h> as Linux has it. */
#ifndef _PSOCK_BSD_NETINET_UDP_H
#define _PSOCK_BSD_NETINET_UDP_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/types.h>

#define SOL_UDP 17

/* Options and control data of IPPROTO_UDP. */
#define UDP_SEGMENT 103
#define UDP_GRO 104

/* The header (RFC 768), by the names of BSD and of Linux. */
struct udphdr {
    __extension__ union {
        struct {
            uint16_t uh_sport;
            uint16_t uh_dport;
            uint16_t uh_ulen;
            uint16_t uh_sum;
        };
        struct {
            uint16_t source;
            uint16_t dest;
            uint16_t len;
            uint16_t check;
        };
    };
};

#endif
