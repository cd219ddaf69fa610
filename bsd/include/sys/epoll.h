/* <sys/epoll.h> of Linux. */
#ifndef _PSOCK_BSD_SYS_EPOLL_H
#define _PSOCK_BSD_SYS_EPOLL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <fcntl.h>
#include <psock_bsd/types.h>
#include <stdint.h>

enum EPOLL_EVENTS {
    EPOLLIN = 0x001,
#define EPOLLIN EPOLLIN
    EPOLLPRI = 0x002,
#define EPOLLPRI EPOLLPRI
    EPOLLOUT = 0x004,
#define EPOLLOUT EPOLLOUT
    EPOLLERR = 0x008,
#define EPOLLERR EPOLLERR
    EPOLLHUP = 0x010,
#define EPOLLHUP EPOLLHUP
    EPOLLRDNORM = 0x040,
#define EPOLLRDNORM EPOLLRDNORM
    EPOLLRDBAND = 0x080,
#define EPOLLRDBAND EPOLLRDBAND
    EPOLLWRNORM = 0x100,
#define EPOLLWRNORM EPOLLWRNORM
    EPOLLWRBAND = 0x200,
#define EPOLLWRBAND EPOLLWRBAND
    EPOLLMSG = 0x400,
#define EPOLLMSG EPOLLMSG
    EPOLLRDHUP = 0x2000,
#define EPOLLRDHUP EPOLLRDHUP
    EPOLLEXCLUSIVE = 1u << 28,
#define EPOLLEXCLUSIVE EPOLLEXCLUSIVE
    EPOLLWAKEUP = 1u << 29,
#define EPOLLWAKEUP EPOLLWAKEUP
    EPOLLONESHOT = 1u << 30,
#define EPOLLONESHOT EPOLLONESHOT
    EPOLLET = 1u << 31
#define EPOLLET EPOLLET
};

#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3

#define EPOLL_CLOEXEC O_CLOEXEC

typedef union epoll_data {
    void *ptr;
    int fd;
    uint32_t u32;
    uint64_t u64;
} epoll_data_t;

/* Twelve bytes, as on Linux for this processor. */
struct epoll_event {
    uint32_t events;
    epoll_data_t data;
} __attribute__((__packed__));

_PSOCK_BSD_BEGIN

int epoll_create(int __size) _PSOCK_BSD_NAME(epoll_create);
int epoll_create1(int __flags) _PSOCK_BSD_NAME(epoll_create1);
int epoll_ctl(int __set, int __what, int __fd, struct epoll_event *__event)
    _PSOCK_BSD_NAME(epoll_ctl);
int epoll_wait(int __set, struct epoll_event *__events, int __room,
               int __timeout_ms) _PSOCK_BSD_NAME(epoll_wait);
int epoll_pwait(int __set, struct epoll_event *__events, int __room,
                int __timeout_ms, const sigset_t *__mask)
    _PSOCK_BSD_NAME(epoll_pwait);
int epoll_pwait2(int __set, struct epoll_event *__events, int __room,
                 const struct timespec *__timeout, const sigset_t *__mask)
    _PSOCK_BSD_NAME(epoll_pwait2);

_PSOCK_BSD_END

#endif
