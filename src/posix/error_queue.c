/* error_queue.c: from struct sock_extended_err to PSOCK_UNDELIVERED. */
#include "error_queue.h"

#ifdef PSOCK_HAVE_ERROR_QUEUE
#include <linux/errqueue.h>

#include "../undelivered_kinds.h"

static _Bool is_on(int fd, int level, int option)
{
    int on = 0;
    socklen_t length = sizeof on;
    return getsockopt(fd, level, option, &on, &length) == 0 && on != 0;
}

_Bool psock_posix_reports(int fd)
{
    return is_on(fd, IPPROTO_IP, IP_RECVERR) ||
           is_on(fd, IPPROTO_IPV6, IPV6_RECVERR);
}

/* A report is the failure of the next call as well, which remains when the report
 * is gone.  Of a connected socket it is its own peer's. */
static void forget_failure(int fd)
{
    psock_address peer;
    int failure;
    socklen_t length = sizeof failure;
    if (psock_sys_peer(fd, &peer) < 0)
        (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &length);
}

/* An IPv4 socket has only the first, an IPv6 socket needs both if it serves
 * IPv4, too. */
int psock_posix_want_reports(int fd, int wanted)
{
    int of_4 = setsockopt(fd, IPPROTO_IP, IP_RECVERR, &wanted, sizeof wanted);
    int of_6 =
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &wanted, sizeof wanted);
    if (of_4 < 0 && of_6 < 0)
        return psock_posix_error();
    if (!wanted)
        forget_failure(fd);
    return 0;
}

/* What this system says itself is that a datagram is longer than the way takes. */
static uint8_t kind_of(const struct sock_extended_err *report)
{
    if (report->ee_origin == SO_EE_ORIGIN_LOCAL)
        return PSOCK_UNDELIVERED_SIZE;
    return (uint8_t)undelivered_kind(report->ee_origin == SO_EE_ORIGIN_ICMP ? 4
                                                                            : 6,
                                     report->ee_type, report->ee_code);
}

/* Behind the report comes the address of whoever sent it, without a port. */
static void take_reporter(const psock_control_item *item,
                          psock_message *message)
{
    const size_t offset = sizeof(struct sock_extended_err);
    struct psock_address_view view;
    psock_address reporter = {.length = (uint32_t)(item->size - offset)};
    if (reporter.length > sizeof reporter.storage)
        reporter.length = sizeof reporter.storage;
    memcpy(reporter.storage.bytes, (const char *)item->data + offset,
           reporter.length);
    psock_sys_address_view(&reporter, &view);
    if (view.family == PSOCK_NONE)
        reporter.length = 0;
    else
        psock_sys_address_set_port(&reporter, 0);
    message->reporter = reporter;
}

static _Bool is_of_the_network(int origin)
{
    return origin == SO_EE_ORIGIN_LOCAL || origin == SO_EE_ORIGIN_ICMP ||
           origin == SO_EE_ORIGIN_ICMP6;
}

/* Whether `item` is a report, which is thereby taken. */
static _Bool take_item_of_report(const psock_control_item *item,
                                 psock_message *message)
{
    struct sock_extended_err report;
    const _Bool is_one =
        (item->level == IPPROTO_IP && item->type == IP_RECVERR) ||
        (item->level == IPPROTO_IPV6 && item->type == IPV6_RECVERR);
    if (!is_one || item->size < sizeof report)
        return 0;
    memcpy(&report, item->data, sizeof report);
    if (!is_of_the_network(report.ee_origin))
        return 0;
    message->undelivered = kind_of(&report);
    message->mtu =
        message->undelivered == PSOCK_UNDELIVERED_SIZE ? report.ee_info : 0;
    take_reporter(item, message);
    return 1;
}

static _Bool take_items_of_report(const struct msghdr *native,
                                  psock_message *message)
{
    psock_control_item item;
    const unsigned char *at = native->msg_control;
    size_t left = native->msg_controllen;
    size_t step = 1;
    while (left > 0 && step > 0) {
        step = psock_sys_control_read(at, left, &item);
        if (step > 0 && take_item_of_report(&item, message))
            return 1;
        at += step;
        left -= step;
    }
    return 0;
}

static void tell_report(const struct msghdr *native, psock_message *message)
{
    message->peer.length = native->msg_namelen;
    message->peer.reserved = 0;
    message->size = 0;
    message->valid = 0;
    message->flags = PSOCK_UNDELIVERED;
    if (message->control != NULL)
        message->control->size = 0;
}

/* What is in the queue and no report (of transmission times, say) is passed
 * over. */
_Bool psock_posix_take_report(int fd, psock_message *message)
{
    _Alignas(struct cmsghdr) unsigned char control[512];
    psock_message scratch;
    psock_message *taken = message == NULL ? &scratch : message;
    scratch.control = NULL;
    for (;;) {
        struct msghdr native = {.msg_name = taken->peer.storage.bytes,
                                .msg_namelen = sizeof taken->peer.storage,
                                .msg_control = control,
                                .msg_controllen = sizeof control};
        if (recvmsg(fd, &native, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return 0;
        if (!take_items_of_report(&native, taken))
            continue;
        tell_report(&native, taken);
        return 1;
    }
}
#else
_Bool psock_posix_reports(int fd)
{
    (void)fd;
    return 0;
}

int psock_posix_want_reports(int fd, int wanted)
{
    (void)fd;
    if (!wanted)
        return 0;
    errno = ENOPROTOOPT;
    return PSOCK_ENOTSUP;
}

_Bool psock_posix_take_report(int fd, psock_message *message)
{
    (void)fd;
    (void)message;
    return 0;
}
#endif
