/* platform.h: the system headers of this side, and what its files share.  Every
 * sys_*.c here starts with it; nothing else includes it.
 *
 * Systems differ here too, and are asked for features (PSOCK_HAVE_..., from
 * cmake/features.cmake), never for their names, around whole functions. */
#ifndef PSOCK_POSIX_PLATFORM_H
#define PSOCK_POSIX_PLATFORM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, ppoll, POLLRDHUP; implies POSIX.1-2008 */
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../policy.h"

#ifdef MSG_NOSIGNAL
#define PSOCK_POSIX_NO_SIGNAL MSG_NOSIGNAL
#else
#define PSOCK_POSIX_NO_SIGNAL 0 /* SO_NOSIGPIPE serves instead */
#endif

/* sys_native.c: what is no descriptor.  A call, so that the choice below is a
 * branch never taken and not a computation. */
PSOCK_APART int psock_posix_no_fd(void);

/* The descriptor in `s`, or one that cannot be when `s` holds more than any. */
static inline int psock_posix_fd(psock_t s)
{
    return PSOCK_LIKELY((uintptr_t)s <= INT_MAX) ? (int)s : psock_posix_no_fd();
}

/* The last failed call's error. */
static inline int psock_posix_error(void)
{
    return psock_sys_error(errno);
}

/* The error of a call that failed with `address`: sys_socket.c. */
int psock_posix_address_error(int fd, const psock_address *address);

/* Gives a new descriptor what the system did not when it made it: sys_native.c.
 */
int psock_posix_equip(int fd);

/* sys_native.c */
int psock_posix_set_nonblocking(int fd, int nonblocking);

#endif
