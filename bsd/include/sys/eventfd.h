/* <sys/eventfd.h> of Linux. */
#ifndef _PSOCK_BSD_SYS_EVENTFD_H
#define _PSOCK_BSD_SYS_EVENTFD_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <fcntl.h>
#include <stdint.h>

typedef uint64_t eventfd_t;

#define EFD_SEMAPHORE 1
#define EFD_NONBLOCK O_NONBLOCK
#define EFD_CLOEXEC O_CLOEXEC

_PSOCK_BSD_BEGIN

int eventfd(unsigned int __count, int __flags) _PSOCK_BSD_NAME(eventfd);
int eventfd_read(int __fd, eventfd_t *__value) _PSOCK_BSD_NAME(eventfd_read);
int eventfd_write(int __fd, eventfd_t __value) _PSOCK_BSD_NAME(eventfd_write);

_PSOCK_BSD_END

#endif
