/* mswsock.h: a stand-in; see windows.h beside it. */
#ifndef STAND_IN_MSWSOCK_H
#define STAND_IN_MSWSOCK_H

#include <winsock2.h>

#define SO_CONNECT_TIME 0x700C

typedef struct _WSACMSGHDR {
    SIZE_T cmsg_len;
    INT cmsg_level;
    INT cmsg_type;
} WSACMSGHDR;

typedef INT(WSAAPI *LPFN_WSARECVMSG)(
    SOCKET s, WSAMSG *message, DWORD *received, WSAOVERLAPPED *overlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE completion);

typedef struct _TRANSMIT_FILE_BUFFERS TRANSMIT_FILE_BUFFERS;

typedef BOOL(WSAAPI *LPFN_TRANSMITFILE)(SOCKET s, HANDLE file, DWORD size,
                                        DWORD size_of_each,
                                        WSAOVERLAPPED *overlapped,
                                        TRANSMIT_FILE_BUFFERS *around,
                                        DWORD flags);

#define WSAID_TRANSMITFILE                                                     \
    {                                                                          \
        0xb5367df0, 0xcbac, 0x11cf,                                            \
        {                                                                      \
            0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92                     \
        }                                                                      \
    }

#define WSAID_WSARECVMSG                                                       \
    {                                                                          \
        0xf689d7c8, 0x6f1f, 0x436b,                                            \
        {                                                                      \
            0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22                     \
        }                                                                      \
    }

#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#define SIO_BSP_HANDLE_POLL _WSAIOR(IOC_WS2, 29)
#define SIO_BASE_HANDLE _WSAIOR(IOC_WS2, 34)

#endif
