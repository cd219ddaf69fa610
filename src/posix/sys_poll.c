/* sys_poll.c: poll() for several descriptors. */
#include "platform.h"

#include <stdlib.h>

/* Sets up to this size need no memory from elsewhere. */
#define ENTRIES_KEPT 128

#ifdef PSOCK_HAVE_POLLRDHUP
#define ENDED_EVENT POLLRDHUP
#else
#define ENDED_EVENT POLLIN
#endif

short psock_posix_poll_events(uint32_t wanted)
{
    int events = 0;
    if ((wanted & PSOCK_READABLE) != 0)
        events |= POLLIN;
    if ((wanted & (PSOCK_READABLE | PSOCK_READ_ENDED)) != 0)
        events |= ENDED_EVENT;
    if ((wanted & PSOCK_URGENT) != 0)
        events |= POLLPRI;
    if ((wanted & PSOCK_WRITABLE) != 0)
        events |= POLLOUT;
    return (short)events;
}

/* An end of input that the system does not tell shows in a receive of nothing.
 */
#ifdef PSOCK_HAVE_POLLRDHUP
static _Bool has_ended(const struct pollfd *entry)
{
    return (entry->revents & POLLRDHUP) != 0;
}
#else
static _Bool has_ended(const struct pollfd *entry)
{
    char byte;
    int type = 0;
    socklen_t length = sizeof type;
    return (entry->revents & POLLIN) != 0 &&
           getsockopt(entry->fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
           type == SOCK_STREAM &&
           recv(entry->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}
#endif

static uint32_t came_bits(uint32_t wanted, const struct pollfd *entry)
{
    uint32_t came = 0;
    if ((entry->revents & POLLIN) != 0)
        came |= PSOCK_READABLE & wanted;
    if ((entry->revents & POLLPRI) != 0)
        came |= PSOCK_URGENT & wanted;
    if ((entry->revents & POLLOUT) != 0)
        came |= PSOCK_WRITABLE;
    if ((entry->revents & POLLERR) != 0)
        came |= PSOCK_FAILED | PSOCK_READABLE | PSOCK_WRITABLE;
    if ((entry->revents & POLLHUP) != 0)
        came |= PSOCK_HUNG_UP | PSOCK_READABLE | PSOCK_WRITABLE;
    if ((wanted & (PSOCK_READABLE | PSOCK_READ_ENDED)) != 0 && has_ended(entry))
        came |= PSOCK_READ_ENDED;
    return came;
}

uint32_t psock_posix_came(uint32_t wanted, const struct pollfd *entry)
{
    return entry->revents == 0 ? 0 : came_bits(wanted, entry);
}

/* Left out, since poll() refuses more entries than there may be descriptors,
 * and arrays with many empty places are common. */
static _Bool is_passed_over(const psock_pollable *entry)
{
    return entry->waker == NULL && entry->socket < 0;
}

/* poll() takes any descriptor, so each is asked first what it is; what is no
 * socket gets an entry that is passed over by poll(). */
static _Bool fill_one(const psock_pollable *from, struct pollfd *to)
{
    *to = (struct pollfd){.fd = -1};
    if (from->waker != NULL) {
        *to = (struct pollfd){.fd = psock_posix_waker_fd(from->waker),
                              .events = POLLIN};
        return 1;
    }
    if (psock_sys_check(from->socket) < 0)
        return 0;
    *to = (struct pollfd){.fd = psock_posix_fd(from->socket),
                          .events = psock_posix_poll_events(from->wanted)};
    return 1;
}

/* Returns how many are no sockets. */
static int fill_all(const psock_pollable *entries, size_t count,
                    struct pollfd *native, size_t *filled)
{
    int others = 0;
    struct pollfd *next = native;
    for (size_t i = 0; i < count; i++)
        if (!is_passed_over(&entries[i]))
            others += !fill_one(&entries[i], next++);
    *filled = (size_t)(next - native);
    return others;
}

static uint32_t came_one(const psock_pollable *entry,
                         const struct pollfd *native)
{
    if (entry->waker != NULL)
        return native->revents != 0 ? PSOCK_READABLE : 0;
    if (native->fd < 0 || (native->revents & POLLNVAL) != 0)
        return PSOCK_NO_SOCKET;
    return psock_posix_came(entry->wanted, native);
}

static int answer(psock_pollable *entries, size_t count,
                  const struct pollfd *native)
{
    int ready = 0;
    for (size_t i = 0; i < count; i++) {
        entries[i].came = 0;
        if (!is_passed_over(&entries[i]))
            entries[i].came = came_one(&entries[i], native++);
        ready += entries[i].came != 0;
    }
    return ready;
}

/* The last of the native entries is the canceler's, if there is one. */
static int poll_with(psock_pollable *entries, size_t count,
                     psock_waker *canceler, int64_t timeout_ns,
                     struct pollfd *native)
{
    size_t filled;
    int others = fill_all(entries, count, native, &filled);
    struct pollfd *last = &native[filled];
    *last =
        (struct pollfd){.fd = psock_posix_waker_fd(canceler), .events = POLLIN};
    int ready = psock_posix_poll(native, filled + (canceler != NULL),
                                 others > 0 ? 0 : timeout_ns);
    if (ready < 0)
        return psock_posix_error();
    ready += others - (last->revents != 0);
    if (ready > 0)
        return answer(entries, count, native);
    return last->revents == 0 ? 0 : psock_posix_canceled();
}

int psock_sys_poll(psock_pollable *entries, size_t count, psock_waker *canceler,
                   int64_t timeout_ns)
{
    struct pollfd kept[ENTRIES_KEPT];
    if (count < ENTRIES_KEPT)
        return poll_with(entries, count, canceler, timeout_ns, kept);
    struct pollfd *native = malloc((count + 1) * sizeof *native);
    if (native == NULL)
        return PSOCK_ENOMEM;
    int result = poll_with(entries, count, canceler, timeout_ns, native);
    int error = errno;
    free(native);
    errno = error;
    return result;
}
