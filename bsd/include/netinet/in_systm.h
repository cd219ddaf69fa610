/* <netinet/in_systm.h> of BSD: numbers as they go over the network. */
#ifndef _PSOCK_BSD_NETINET_IN_SYSTM_H
#define _PSOCK_BSD_NETINET_IN_SYSTM_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/types.h>

typedef uint16_t n_short;
typedef uint32_t n_long;
typedef uint32_t n_time;

#endif
