/* afunix.h: a stand-in; see windows.h beside it. */
#ifndef STAND_IN_AFUNIX_H
#define STAND_IN_AFUNIX_H

#include <winsock2.h>

#define UNIX_PATH_MAX 108
#define SIO_AF_UNIX_GETPEERPID _WSAIOR(IOC_VENDOR, 256)

#define sockaddr_un stand_in_sockaddr_un

typedef struct sockaddr_un {
    ADDRESS_FAMILY sun_family;
    char sun_path[UNIX_PATH_MAX];
} SOCKADDR_UN;

#endif
