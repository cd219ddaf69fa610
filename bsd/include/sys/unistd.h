/* <sys/unistd.h>: another name of <unistd.h>. */
#ifndef _PSOCK_BSD_SYS_UNISTD_H
#define _PSOCK_BSD_SYS_UNISTD_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <unistd.h>

#endif
