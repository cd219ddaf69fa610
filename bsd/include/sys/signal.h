/* <sys/signal.h>: another name of <signal.h>. */
#ifndef _PSOCK_BSD_SYS_SIGNAL_H
#define _PSOCK_BSD_SYS_SIGNAL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <signal.h>

#endif
