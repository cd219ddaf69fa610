/* <sys/types.h> of POSIX, and what Linux adds. */
#ifndef _PSOCK_BSD_SYS_TYPES_H
#define _PSOCK_BSD_SYS_TYPES_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
/* Not where Winsock has an fd_set of its own. */
#if !defined(_WINSOCKAPI_) || defined(_PSOCK_BSD_HIDES_WINSOCK)
#include <sys/select.h>
#endif

#endif
