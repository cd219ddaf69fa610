/* <sys/fcntl.h>: another name of <fcntl.h>. */
#ifndef _PSOCK_BSD_SYS_FCNTL_H
#define _PSOCK_BSD_SYS_FCNTL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <fcntl.h>

#endif
