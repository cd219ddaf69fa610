/* changes.c: what is told goes unread but for whether it is a change: whoever
 * wants to know more looks. */
#include "changes.h"

/* --- What each system has ------------------------------------------------- */

#if defined(PSOCK_HAVE_ROUTE_NETLINK)
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

static int open_any(void)
{
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

static int subscribe(int fd)
{
    struct sockaddr_nl local;
    memset(&local, 0, sizeof local);
    local.nl_family = AF_NETLINK;
    local.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    return bind(fd, (const struct sockaddr *)&local, sizeof local);
}

/* Nothing else was asked for. */
static _Bool is_change(const unsigned char *message, size_t size)
{
    (void)message;
    return size > 0;
}
#elif defined(PSOCK_HAVE_ROUTE_SOCKETS)
#include <net/route.h>

/* Not everywhere. */
#ifndef RTM_IFANNOUNCE
#define RTM_IFANNOUNCE RTM_IFINFO
#endif

static int open_any(void)
{
    const int fd = socket(PF_ROUTE, SOCK_RAW, AF_UNSPEC);
    if (fd >= 0)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

static int subscribe(int fd)
{
    (void)fd;
    return 0;
}

/* Every message begins with its length, a version, and its type; routes that come
 * and go are told of, too. */
static _Bool is_change(const unsigned char *message, size_t size)
{
    static const unsigned char kinds[] = {
        RTM_IFINFO,
        RTM_NEWADDR,
        RTM_DELADDR,
        RTM_IFANNOUNCE,
    };
    return size > 3 && memchr(kinds, message[3], sizeof kinds) != NULL;
}
#else
static int open_any(void)
{
    errno = EOPNOTSUPP;
    return -1;
}

static int subscribe(int fd)
{
    (void)fd;
    return 0;
}

static _Bool is_change(const unsigned char *message, size_t size)
{
    (void)message;
    return size > 0;
}
#endif

/* --- Opening -------------------------------------------------------------- */

/* A shortage is one; all else means that this process is not told. */
static int open_failure(void)
{
    const int error = psock_posix_error();
    switch (error) {
    case PSOCK_EMFILE:
    case PSOCK_ENFILE:
    case PSOCK_ENOMEM:
        return error;
    case PSOCK_ENOBUFS:
        return PSOCK_ENOMEM;
    default:
        return PSOCK_ENOTSUP;
    }
}

int psock_posix_open_changes(void)
{
    const int fd = open_any();
    if (fd < 0)
        return open_failure();
    if (subscribe(fd) == 0)
        return fd;
    const int error = open_failure();
    const int native = errno;
    close(fd);
    errno = native;
    return error;
}

/* --- Reading -------------------------------------------------------------- */

/* The rest of a message that does not fit is dropped, and not missed. */
_Bool psock_posix_read_changes(int fd)
{
    unsigned char message[64];
    _Bool changed = 0;
    for (;;) {
        const ssize_t size = recv(fd, message, sizeof message, MSG_DONTWAIT);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno != ENOBUFS)
            return changed;
        changed |= size < 0 || is_change(message, (size_t)size);
    }
}
