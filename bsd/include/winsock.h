/* <winsock.h>: <windows.h> includes it, and finds nothing in it where BSD sockets
 * are. */
#pragma GCC system_header
#ifndef _WIN32
#error A Unix has no <winsock.h>: this is built to be one, see docs/porting.md
#endif
#include <psock_bsd/begin.h>
#include_next <winsock.h>
#include <psock_bsd/end.h>
