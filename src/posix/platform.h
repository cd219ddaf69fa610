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
#ifndef __APPLE_USE_RFC_3542
#define __APPLE_USE_RFC_3542 /* IPV6_PKTINFO and its like */
#endif

#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64 /* sizes of files, where a long has 32 bits */
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
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

#define PSOCK_POSIX_SEND_FLAGS (MSG_DONTWAIT | PSOCK_POSIX_NO_SIGNAL)

/* Of psock's flags for receiving.  The peek bit is moved to its native place by a
 * product, which takes no branch. */
static inline int psock_posix_receive_flags(unsigned flags)
{
    int native = (flags & PSOCK_SYS_MAY_WAIT) != 0 ? 0 : MSG_DONTWAIT;
    return native + (int)(flags & PSOCK_PEEK) * (MSG_PEEK / PSOCK_PEEK);
}

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

/* A descriptor that is readable for as long as the waker is rung: see
 * sys_waker.c. */
struct psock_waker {
    atomic_bool rung;
    int read_fd;
    int write_fd;
};

/* What to poll for `waker`; nothing for null. */
static inline int psock_posix_waker_fd(const psock_waker *waker)
{
    return waker == NULL ? -1 : waker->read_fd;
}

/* sys_io.c: whether what just failed on `fd` did so because of a report of an
 * undelivered datagram, and only because of that. */
PSOCK_APART _Bool psock_posix_was_a_report(int fd);

/* sys_io.c: what the last failure of a receive, or of a send to `peer`, means. */
PSOCK_APART ptrdiff_t psock_posix_receive_failure(int fd);
PSOCK_APART ptrdiff_t psock_posix_send_failure(psock_t s,
                                               const psock_address *peer);

/* error_queue.c: whether reports of undelivered datagrams were asked for. */
_Bool psock_posix_reports(int fd);

/* sys_wait.c: poll(), with a timeout in nanoseconds that is never cut short by
 * rounding; below zero for none. */
int psock_posix_poll(struct pollfd *entries, nfds_t count, int64_t timeout_ns);

/* sys_wait.c: the same in milliseconds, and not more than a day. */
int psock_posix_timeout_ms(int64_t timeout_ns);

/* sys_wait.c: what a wait returns that was canceled. */
PSOCK_APART int psock_posix_canceled(void);

/* sys_wait.c: waits until there is something in a set of descriptors that is a
 * descriptor itself, for a thread that may be canceled.  Returns 0, also when
 * the time has passed, or an error. */
PSOCK_APART int psock_posix_await_set(int fd, const psock_waker *canceler,
                                      int64_t timeout_ns);

/* sys_poll.c: readiness as poll() has it, asked for and answered. */
short psock_posix_poll_events(uint32_t wanted);
uint32_t psock_posix_came(uint32_t wanted, const struct pollfd *entry);

/* pollers.c: takes a descriptor that is about to be closed out of all pollers. */
void psock_posix_poller_forget(int fd);

/* A poller's place among those that have to be told. */
struct psock_posix_poller_link {
    struct psock_posix_poller_link *next;
    struct psock_posix_poller_link *before;
};

void psock_posix_poller_begin(struct psock_posix_poller_link *link);
void psock_posix_poller_end(struct psock_posix_poller_link *link);

/* sys_poller_*.c: takes `fd`, if it is there, out of the poller of `link`. */
void psock_posix_poller_drop(struct psock_posix_poller_link *link, int fd);

/* The system's number of an enum psock_type: sys_socket.c. */
int psock_posix_type(int type);

/* The error of a call that failed with `address`: sys_socket.c. */
int psock_posix_address_error(int fd, const psock_address *address);

/* Gives a new descriptor what the system did not when it made it: sys_native.c.
 */
int psock_posix_equip(int fd);

/* sys_native.c */
int psock_posix_set_nonblocking(int fd, int nonblocking);

/* sys_native.c: takes the limit of waiting sends away, before `fd` is given to
 * somebody who may wait in one. */
void psock_posix_lift_send_limit(int fd);

#endif
