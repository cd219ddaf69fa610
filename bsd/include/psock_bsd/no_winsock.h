/* no_winsock.h: keeps Winsock out of a file that has BSD sockets.  Both have a
 * fd_set, a struct sockaddr and a select(), which are not the same. */
#ifndef _PSOCK_BSD_NO_WINSOCK_H
#define _PSOCK_BSD_NO_WINSOCK_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#if (defined(_WINSOCKAPI_) || defined(_WINSOCK2API_)) &&                       \
    !defined(_PSOCK_BSD_HIDES_WINSOCK)
#error This file has Winsock and BSD sockets at once: include <windows.h> after \
the BSD headers, or define WIN32_LEAN_AND_MEAN; see docs/porting.md
#endif

/* What <windows.h> looks for before it includes Winsock. */
#define _PSOCK_BSD_HIDES_WINSOCK
#ifndef _WINSOCKAPI_
#define _WINSOCKAPI_
#endif
#ifndef _WINSOCK2API_
#define _WINSOCK2API_
#endif
#define _WS2TCPIP_H_
#define _MSWSOCK_
#define _WS2IPDEF_
#define _WS2DEF_

#endif
