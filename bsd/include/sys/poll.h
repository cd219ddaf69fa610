/* <sys/poll.h>: another name of <poll.h>. */
#ifndef _PSOCK_BSD_SYS_POLL_H
#define _PSOCK_BSD_SYS_POLL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <poll.h>

#endif
