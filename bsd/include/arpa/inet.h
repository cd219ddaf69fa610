/* <arpa/inet.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_ARPA_INET_H
#define _PSOCK_BSD_ARPA_INET_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <netinet/in.h>

_PSOCK_BSD_BEGIN

int inet_pton(int __family, const char *_PSOCK_BSD_RESTRICT __text,
              void *_PSOCK_BSD_RESTRICT __address) _PSOCK_BSD_NAME(inet_pton);
const char *inet_ntop(int __family,
                      const void *_PSOCK_BSD_RESTRICT __address,
                      char *_PSOCK_BSD_RESTRICT __text, socklen_t __size)
    _PSOCK_BSD_NAME(inet_ntop);

/* Of IPv4, with parts left out and in other bases: "127.1", "0x7f.1". */
int inet_aton(const char *__text, struct in_addr *__address)
    _PSOCK_BSD_NAME(inet_aton);
in_addr_t inet_addr(const char *__text) _PSOCK_BSD_NAME(inet_addr);
char *inet_ntoa(struct in_addr __address) _PSOCK_BSD_NAME(inet_ntoa);

/* Networks of the old classes: in host order, but for struct in_addr. */
in_addr_t inet_network(const char *__text) _PSOCK_BSD_NAME(inet_network);
struct in_addr inet_makeaddr(in_addr_t __network, in_addr_t __host)
    _PSOCK_BSD_NAME(inet_makeaddr);
in_addr_t inet_lnaof(struct in_addr __address) _PSOCK_BSD_NAME(inet_lnaof);
in_addr_t inet_netof(struct in_addr __address) _PSOCK_BSD_NAME(inet_netof);

_PSOCK_BSD_END

#endif
