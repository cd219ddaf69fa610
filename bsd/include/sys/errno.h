/* <sys/errno.h>: another name of <errno.h>. */
#ifndef _PSOCK_BSD_SYS_ERRNO_H
#define _PSOCK_BSD_SYS_ERRNO_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <errno.h>

#endif
