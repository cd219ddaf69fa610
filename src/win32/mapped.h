/* mapped.h: IPv4 addresses in the form that IPv6 has for them (RFC 4291, section
 * 2.5.5.2). */
#ifndef PSOCK_WIN32_MAPPED_H
#define PSOCK_WIN32_MAPPED_H

#include "platform.h"

#define PSOCK_WIN32_MAPPED_PREFIX 12 /* bytes before the address */

static inline void psock_win32_map(const void *ipv4, unsigned char mapped[16])
{
    memset(mapped, 0, PSOCK_WIN32_MAPPED_PREFIX - 2);
    memset(mapped + PSOCK_WIN32_MAPPED_PREFIX - 2, 0xff, 2);
    memcpy(mapped + PSOCK_WIN32_MAPPED_PREFIX, ipv4, 4);
}

static inline _Bool psock_win32_is_mapped(const unsigned char *ipv6)
{
    static const unsigned char prefix[PSOCK_WIN32_MAPPED_PREFIX] = {
        [10] = 0xff, [11] = 0xff};
    return memcmp(ipv6, prefix, sizeof prefix) == 0;
}

#endif
