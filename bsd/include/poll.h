/* <poll.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_POLL_H
#define _PSOCK_BSD_POLL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/no_winsock.h>
#include <psock_bsd/types.h>

typedef unsigned long nfds_t;

struct pollfd {
    int fd;
    short events;
    short revents;
};

#define POLLIN 0x001
#define POLLPRI 0x002
#define POLLOUT 0x004
#define POLLERR 0x008
#define POLLHUP 0x010
#define POLLNVAL 0x020
#define POLLRDNORM 0x040
#define POLLRDBAND 0x080
#define POLLWRNORM 0x100
#define POLLWRBAND 0x200
#define POLLMSG 0x400
#define POLLREMOVE 0x1000
#define POLLRDHUP 0x2000

_PSOCK_BSD_BEGIN

int poll(struct pollfd *__entries, nfds_t __count, int __timeout_ms)
    _PSOCK_BSD_NAME(poll);
int ppoll(struct pollfd *__entries, nfds_t __count,
          const struct timespec *__timeout, const sigset_t *__mask)
    _PSOCK_BSD_NAME(ppoll);

_PSOCK_BSD_END

#endif
