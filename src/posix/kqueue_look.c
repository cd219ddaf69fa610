/* kqueue_look.c: what is true of a socket now.
 *
 * poll() tells of the ends of a connection in another way on each system that has
 * kqueue, so this asks a queue, the second of the poller. */
#include "kqueue.h"

int psock_kqueue_socket_option(int fd, int option)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) < 0 ? -1 : value;
}

/* Some of the systems go on telling after it was received. */
static _Bool has_urgent(const struct kqueue_record *record)
{
    char byte;
    return PSOCK_KQUEUE_HAS_URGENT && (record->wanted & PSOCK_URGENT) != 0 &&
           recv(record->fd, &byte, 1, MSG_OOB | MSG_PEEK | MSG_DONTWAIT) == 1;
}

uint32_t psock_kqueue_bits(const struct kevent *event)
{
    _Bool ended = (event->flags & EV_EOF) != 0;
    uint32_t bits = 0;
    if ((event->flags & EV_ERROR) != 0)
        return 0;
    if (event->filter == EVFILT_READ)
        bits |= PSOCK_READABLE | (ended ? PSOCK_READ_ENDED : 0);
    if (event->filter == EVFILT_WRITE)
        bits |= PSOCK_WRITABLE | (ended ? PSOCK_KQUEUE_WRITE_ENDED : 0);
    if (ended && event->fflags != 0)
        bits |= PSOCK_FAILED;
    return bits;
}

/* What is true of both directions.  An event that was told is gone, the other
 * has to be taken out. */
static uint32_t look_at_directions(const struct psock_sys_poller *poller,
                                   int fd)
{
    static const struct timespec at_once = {0, 0};
    struct kevent changes[2];
    struct kevent told[2];
    uint32_t bits = 0;
    psock_kqueue_set_change(&changes[0], fd, FILTER_READ, EV_ADD | EV_ONESHOT,
                            NULL);
    psock_kqueue_set_change(&changes[1], fd, FILTER_WRITE, EV_ADD | EV_ONESHOT,
                            NULL);
    int count = kevent(poller->look_fd, changes, 2, told, 2, &at_once);
    for (int i = 0; i < count; i++)
        bits |= psock_kqueue_bits(&told[i]);
    changes[0].flags = EV_DELETE;
    changes[1].flags = EV_DELETE;
    if ((bits & PSOCK_READABLE) == 0)
        psock_kqueue_change_surely(poller->look_fd, &changes[0], 1);
    if ((bits & PSOCK_WRITABLE) == 0)
        psock_kqueue_change_surely(poller->look_fd, &changes[1], 1);
    return bits;
}

/* Whether nothing has begun on a stream, of which neither direction has anything
 * to tell.  If it is connecting it has no peer either, but a receive would have
 * to wait.  (Before it failed, or it would tell and take an error.) */
static _Bool is_idle(struct kqueue_record *record)
{
    char byte;
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (!record->is_stream || record->is_connected)
        return 0;
    record->is_connected =
        getpeername(record->fd, (struct sockaddr *)&peer, &length) == 0;
    return !record->is_connected &&
           psock_kqueue_socket_option(record->fd, SO_ACCEPTCONN) == 0 &&
           recv(record->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == ENOTCONN || errno == EINVAL);
}

static uint32_t look_at_stream(const struct psock_sys_poller *poller,
                               struct kqueue_record *record)
{
    uint32_t bits = look_at_directions(poller, record->fd);
    uint32_t came = bits & ~PSOCK_KQUEUE_WRITE_ENDED;
    if (bits == 0 && is_idle(record))
        return PSOCK_KQUEUE_IDLE;
    if ((came & PSOCK_FAILED) != 0 || ((came & PSOCK_READ_ENDED) != 0 &&
                                       (bits & PSOCK_KQUEUE_WRITE_ENDED) != 0))
        came |= PSOCK_HUNG_UP;
    return has_urgent(record) ? came | PSOCK_URGENT : came;
}

/* Of an error, the queue tells only that something can be received. */
static uint32_t look_at_datagrams(const struct psock_sys_poller *poller, int fd)
{
    struct pollfd entry = {.fd = fd};
    uint32_t bits = look_at_directions(poller, fd);
    uint32_t came = bits & ~PSOCK_KQUEUE_WRITE_ENDED;
    if ((came & PSOCK_READ_ENDED) != 0 &&
        (bits & PSOCK_KQUEUE_WRITE_ENDED) != 0)
        came |= PSOCK_HUNG_UP;
    if (poll(&entry, 1, 0) > 0 && (entry.revents & POLLERR) != 0)
        came |= PSOCK_FAILED;
    return came;
}

static uint32_t look_at_waker(int fd)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    return poll(&entry, 1, 0) > 0 ? PSOCK_READABLE : 0;
}

uint32_t psock_kqueue_look(const struct psock_sys_poller *poller,
                           struct kqueue_record *record)
{
    if (record->is_waker)
        return look_at_waker(record->fd);
    if (!record->is_stream)
        return look_at_datagrams(poller, record->fd);
    return look_at_stream(poller, record);
}
