/* <sys/random.h> of Linux: bytes that nobody can guess. */
#ifndef _PSOCK_BSD_SYS_RANDOM_H
#define _PSOCK_BSD_SYS_RANDOM_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <unistd.h>

#define GRND_NONBLOCK 0x01
#define GRND_RANDOM 0x02
#define GRND_INSECURE 0x04

_PSOCK_BSD_BEGIN

/* There are always enough, so it never waits. */
ssize_t getrandom(void *__bytes, size_t __size, unsigned int __flags)
    _PSOCK_BSD_NAME(getrandom);

_PSOCK_BSD_END

#endif
