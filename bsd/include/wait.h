/* <wait.h>: another name of <sys/wait.h>. */
#ifndef _PSOCK_BSD_WAIT_H
#define _PSOCK_BSD_WAIT_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/wait.h>

#endif
