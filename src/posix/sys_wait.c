/* sys_wait.c: poll() for one descriptor, and the waker that may end it. */
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
    if ((revents & (POLLERR | POLLIN)) == POLLERR)
        came |= PSOCK_SYS_FAILED;
    return (int)came;
}

/* Waits of more than a day are cut, as the caller will ask again. */
int psock_posix_timeout_ms(int64_t timeout_ns)
{
    const int64_t longest_ms = 86400000;
    if (timeout_ns < 0)
        return -1;
    int64_t timeout_ms = timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    return (int)(timeout_ms < longest_ms ? timeout_ms : longest_ms);
}

#ifdef PSOCK_HAVE_PPOLL
int psock_posix_poll(struct pollfd *entries, nfds_t count, int64_t timeout_ns)
{
    if (timeout_ns < 0)
        return ppoll(entries, count, NULL, NULL);
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000),
                               .tv_nsec = (long)(timeout_ns % 1000000000)};
    return ppoll(entries, count, &timeout, NULL);
}
#else
int psock_posix_poll(struct pollfd *entries, nfds_t count, int64_t timeout_ns)
{
    return poll(entries, count, psock_posix_timeout_ms(timeout_ns));
}
#endif

PSOCK_APART int psock_posix_canceled(void)
{
    errno = ECANCELED;
    return PSOCK_ECANCELED;
}

PSOCK_APART int psock_posix_await_set(int fd, const psock_waker *canceler,
                                      int64_t timeout_ns)
{
    struct pollfd entries[2] = {
        {.fd = fd, .events = POLLIN},
        {.fd = psock_posix_waker_fd(canceler), .events = POLLIN}};
    int ready = psock_posix_poll(entries, 2, timeout_ns);
    if (ready < 0)
        return psock_posix_error();
    return entries[0].revents != 0 || ready == 0 ? 0 : psock_posix_canceled();
}

/* Linux wakes nobody who waits to send on a Unix socket when this end of it is
 * shut down for sending, and has no event for that.  So those who have waited
 * for a while without one try again now and then. */
#ifdef PSOCK_HAVE_SILENT_SHUTDOWN
#define SILENCE_NS INT64_C(50000000)

static _Bool is_silent(int fd)
{
    int domain = AF_UNSPEC;
    socklen_t length = sizeof domain;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 &&
           domain == AF_UNIX;
}

static int wait_in_silence(struct pollfd *entries, nfds_t count,
                           int64_t timeout_ns)
{
    if ((entries[0].events & POLLOUT) == 0 ||
        (timeout_ns >= 0 && timeout_ns <= SILENCE_NS))
        return psock_posix_poll(entries, count, timeout_ns);
    int ready = psock_posix_poll(entries, count, SILENCE_NS);
    if (ready != 0)
        return ready;
    if (!is_silent(entries[0].fd))
        return psock_posix_poll(entries, count,
                                timeout_ns < 0 ? -1 : timeout_ns - SILENCE_NS);
    entries[0].revents = POLLOUT;
    return 1;
}
#else
static int wait_in_silence(struct pollfd *entries, nfds_t count,
                           int64_t timeout_ns)
{
    return psock_posix_poll(entries, count, timeout_ns);
}
#endif

int psock_sys_wait(psock_t s, unsigned events, psock_waker *canceler,
                   int64_t timeout_ns)
{
    struct pollfd entries[2] = {
        {.fd = psock_posix_fd(s), .events = poll_events(events)},
        {.fd = psock_posix_waker_fd(canceler), .events = POLLIN}};
    int ready = wait_in_silence(entries, canceler == NULL ? 1 : 2, timeout_ns);
    if (ready < 0)
        return psock_posix_error();
    if (ready == 0)
        return 0;
    if ((entries[0].revents & POLLNVAL) != 0) {
        errno = EBADF;
        return PSOCK_EBADF;
    }
    if (entries[0].revents == 0)
        return psock_posix_canceled();
    return came_events(events, entries[0].revents);
}
