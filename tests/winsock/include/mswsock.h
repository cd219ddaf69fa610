/* mswsock.h: a stand-in; see windows.h beside it. */
#ifndef STAND_IN_MSWSOCK_H
#define STAND_IN_MSWSOCK_H

#include <winsock2.h>

#define SO_CONNECT_TIME 0x700C

#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#define SIO_BSP_HANDLE_POLL _WSAIOR(IOC_WS2, 29)
#define SIO_BASE_HANDLE _WSAIOR(IOC_WS2, 34)

#endif
