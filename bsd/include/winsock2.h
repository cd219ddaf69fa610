/* <winsock2.h>: Winsock's own, for files that have nothing of BSD sockets. */
#pragma GCC system_header
#ifndef _WIN32
#error A Unix has no <winsock2.h>: this is built to be one, see docs/porting.md
#endif
#ifdef _PSOCK_BSD_HIDES_WINSOCK
#error This file has Winsock and BSD sockets at once, or a branch of its own for \
Windows: see docs/porting.md, "Finding the next blocker"
#endif
#include <psock_bsd/begin.h>
#include_next <winsock2.h>
#include <psock_bsd/end.h>
