/* <sys/un.h> of POSIX: addresses of Unix sockets. */
#ifndef _PSOCK_BSD_SYS_UN_H
#define _PSOCK_BSD_SYS_UN_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <string.h>

struct sockaddr_un {
    sa_family_t sun_family;
    char sun_path[108];
};

/* The length of an address whose path ends in a zero byte. */
#define SUN_LEN(address)                                                       \
    (offsetof(struct sockaddr_un, sun_path) + strlen((address)->sun_path))

#endif
