/* win32.h: the names by which the recorder knows Windows; the twin of posix.h.
 */
#ifndef PSOCK_RECORD_WIN32_H
#define PSOCK_RECORD_WIN32_H

#define WIN32_LEAN_AND_MEAN
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <windows.h>

#include <errno.h>

typedef SOCKET raw;

#define NO_RAW INVALID_SOCKET

#define RAW_EINVAL WSAEINVAL
#define RAW_ECONNRESET WSAECONNRESET

/* win32_afd.c */
void observe_afd(void);

#endif
