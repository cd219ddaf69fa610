/* <syslog.h>: another name of <sys/syslog.h>. */
#ifndef _PSOCK_BSD_SYSLOG_H
#define _PSOCK_BSD_SYSLOG_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/syslog.h>

#endif
