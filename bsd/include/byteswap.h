/* <byteswap.h> of GNU. */
#ifndef _PSOCK_BSD_BYTESWAP_H
#define _PSOCK_BSD_BYTESWAP_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <stdint.h>

#define bswap_16(number) __builtin_bswap16(number)
#define bswap_32(number) __builtin_bswap32(number)
#define bswap_64(number) __builtin_bswap64(number)

#endif
