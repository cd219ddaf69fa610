/* sys_wait.c: poll() for one descriptor. */
#include "platform.h"

#ifdef PSOCK_HAVE_POLLRDHUP
#define READ_EVENTS (POLLIN | POLLRDHUP)
#define ENDED_EVENTS (POLLHUP | POLLRDHUP)
#else
#define READ_EVENTS POLLIN
#define ENDED_EVENTS POLLHUP
#endif

/* An end of input that only readers asked about does not wake a writer, who
 * could do nothing with it and would ask again at once. */
static short poll_events(unsigned events)
{
    int wanted = 0;
    if ((events & PSOCK_SYS_READ) != 0)
        wanted |= READ_EVENTS;
    if ((events & PSOCK_SYS_WRITE) != 0)
        wanted |= POLLOUT;
    return (short)wanted;
}

/* Failures count as ready in every direction: the attempt will tell. */
static int came_events(unsigned events, int revents)
{
    unsigned came = 0;
    if ((revents & (POLLIN | POLLOUT)) == 0 || (revents & POLLERR) != 0)
        came |= events;
    if ((revents & POLLIN) != 0)
        came |= PSOCK_SYS_READ;
    if ((revents & POLLOUT) != 0)
        came |= PSOCK_SYS_WRITE;
    if ((revents & ENDED_EVENTS) != 0)
        came |= PSOCK_SYS_ENDED;
    return (int)came;
}

#ifdef PSOCK_HAVE_PPOLL
static int poll_one(struct pollfd *entry, int64_t timeout_ns)
{
    if (timeout_ns < 0)
        return ppoll(entry, 1, NULL, NULL);
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000),
                               .tv_nsec = (long)(timeout_ns % 1000000000)};
    return ppoll(entry, 1, &timeout, NULL);
}
#else
/* Rounds up, so that a wait never ends before its time; waits of more than a
 * day are cut, as the caller will ask again. */
static int poll_one(struct pollfd *entry, int64_t timeout_ns)
{
    const int64_t longest_ms = 86400000;
    if (timeout_ns < 0)
        return poll(entry, 1, -1);
    int64_t timeout_ms = timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    if (timeout_ms > longest_ms)
        timeout_ms = longest_ms;
    return poll(entry, 1, (int)timeout_ms);
}
#endif

int psock_sys_wait(psock_t s, unsigned events, int64_t timeout_ns)
{
    struct pollfd entry = {.fd = psock_posix_fd(s),
                           .events = poll_events(events)};
    int ready = poll_one(&entry, timeout_ns);
    if (ready < 0)
        return psock_posix_error();
    if (ready == 0)
        return 0;
    if ((entry.revents & POLLNVAL) != 0) {
        errno = EBADF;
        return PSOCK_EBADF;
    }
    return came_events(events, entry.revents);
}
