/* <netinet/ether.h> of Linux: addresses of Ethernet as text. */
#ifndef _PSOCK_BSD_NETINET_ETHER_H
#define _PSOCK_BSD_NETINET_ETHER_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <netinet/if_ether.h>

_PSOCK_BSD_BEGIN

char *ether_ntoa(const struct ether_addr *__address)
    _PSOCK_BSD_NAME(ether_ntoa);
char *ether_ntoa_r(const struct ether_addr *__address, char *__text)
    _PSOCK_BSD_NAME(ether_ntoa_r);
struct ether_addr *ether_aton(const char *__text) _PSOCK_BSD_NAME(ether_aton);
struct ether_addr *ether_aton_r(const char *__text,
                                struct ether_addr *__address)
    _PSOCK_BSD_NAME(ether_aton_r);

_PSOCK_BSD_END

#endif
