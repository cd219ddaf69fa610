/* sys_poller_epoll.c: the poller of Linux.
 *
 * The system keeps what is wanted and the token, so they are not kept here.  It
 * writes its events straight into the caller's array, where each is then turned
 * into ours in its place. */
#include "platform.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

struct psock_sys_poller {
    struct psock_posix_poller_link link; /* stays first */
    int epoll_fd;
    int wake_fd; /* its address in this struct is the token of waking */
};

/* These bits are the same in both; the others are few. */
#define SAME_BITS                                                              \
    (PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE | PSOCK_FAILED |           \
     PSOCK_HUNG_UP)

#define IS_SAME(ours, native) ((uint32_t)(ours) == (uint32_t)(native))

_Static_assert(IS_SAME(PSOCK_READABLE, EPOLLIN) &&
                   IS_SAME(PSOCK_URGENT, EPOLLPRI) &&
                   IS_SAME(PSOCK_WRITABLE, EPOLLOUT) &&
                   IS_SAME(PSOCK_FAILED, EPOLLERR) &&
                   IS_SAME(PSOCK_HUNG_UP, EPOLLHUP),
               "the bits are translated by leaving them as they are");
_Static_assert(sizeof(struct epoll_event) <= sizeof(psock_poller_event),
               "the system's events fit where ours will be");

static int control(const struct psock_sys_poller *poller, int operation, int fd,
                   uint32_t events, void *token)
{
    struct epoll_event event = {.events = events, .data = {.ptr = token}};
    if (epoll_ctl(poller->epoll_fd, operation, fd, &event) < 0)
        return psock_posix_error();
    return 0;
}

/* --- Opening and closing -------------------------------------------------- */

/* The wake descriptor is told at each write and never read: its count has room
 * for more than five centuries of a thousand million wakes a second. */
static int open_wake(struct psock_sys_poller *poller)
{
    poller->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (poller->wake_fd < 0)
        return psock_posix_error();
    int error = control(poller, EPOLL_CTL_ADD, poller->wake_fd,
                        EPOLLIN | EPOLLET, &poller->wake_fd);
    if (error < 0) {
        int native = errno;
        close(poller->wake_fd);
        errno = native;
    }
    return error;
}

static int open_epoll(struct psock_sys_poller *poller)
{
    poller->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poller->epoll_fd < 0)
        return psock_posix_error();
    int error = open_wake(poller);
    if (error < 0) {
        int native = errno;
        close(poller->epoll_fd);
        errno = native;
    }
    return error;
}

int psock_sys_poller_open(struct psock_sys_poller **poller)
{
    struct psock_sys_poller *made = malloc(sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    int error = open_epoll(made);
    if (error < 0) {
        free(made);
        return error;
    }
    psock_posix_poller_begin(&made->link);
    *poller = made;
    return 0;
}

void psock_sys_poller_close(struct psock_sys_poller *poller)
{
    psock_posix_poller_end(&poller->link);
    close(poller->epoll_fd);
    close(poller->wake_fd);
    free(poller);
}

/* --- What is in it -------------------------------------------------------- */

static uint32_t epoll_events(uint32_t wanted)
{
    uint32_t events = wanted & SAME_BITS;
    if ((wanted & (PSOCK_READABLE | PSOCK_READ_ENDED)) != 0)
        events |= EPOLLRDHUP;
    if ((wanted & PSOCK_ONE_SHOT) != 0)
        events |= EPOLLONESHOT;
    return events;
}

int psock_sys_poller_add(struct psock_sys_poller *poller, psock_t s,
                         uint32_t wanted, void *token, void **mark)
{
    int error = control(poller, EPOLL_CTL_ADD, psock_posix_fd(s),
                        epoll_events(wanted), token);
    if (error == 0)
        *mark = token;
    return error;
}

int psock_sys_poller_modify(struct psock_sys_poller *poller, psock_t s,
                            uint32_t wanted, void *mark)
{
    return control(poller, EPOLL_CTL_MOD, psock_posix_fd(s),
                   epoll_events(wanted), mark);
}

int psock_sys_poller_remove(struct psock_sys_poller *poller, psock_t s,
                            void *mark)
{
    return control(poller, EPOLL_CTL_DEL, psock_posix_fd(s), 0, mark);
}

/* The system drops what is closed by itself, but not before the last process
 * that shares it has closed it too, and a child that another thread starts shares
 * everything for a moment. */
void psock_posix_poller_drop(struct psock_posix_poller_link *link, int fd)
{
    (void)control((struct psock_sys_poller *)link, EPOLL_CTL_DEL, fd, 0, NULL);
}

int psock_sys_poller_add_waker(struct psock_sys_poller *poller,
                               psock_waker *waker, void *token, void **mark)
{
    int error = control(poller, EPOLL_CTL_ADD, psock_posix_waker_fd(waker),
                        EPOLLIN, token);
    if (error == 0)
        *mark = token;
    return error;
}

int psock_sys_poller_remove_waker(struct psock_sys_poller *poller,
                                  psock_waker *waker, void *mark)
{
    return control(poller, EPOLL_CTL_DEL, psock_posix_waker_fd(waker), 0, mark);
}

/* --- Waiting -------------------------------------------------------------- */

/* The bits of an end or a failure, which few events have. */
static PSOCK_APART uint32_t last_bits(uint32_t events)
{
    uint32_t came = 0;
    if ((events & EPOLLRDHUP) != 0)
        came |= PSOCK_READ_ENDED;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
        came |= PSOCK_READABLE | PSOCK_WRITABLE;
    return came;
}

static inline uint32_t came_bits(uint32_t events)
{
    uint32_t came = events & SAME_BITS;
    if (!PSOCK_LIKELY((events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) == 0))
        came |= last_bits(events);
    return came;
}

/* The system's event number `i` in the caller's array, which need not be where
 * ours of that number is. */
static inline struct epoll_event native_event(const psock_poller_event *events,
                                              size_t i)
{
    struct epoll_event native;
    memcpy(&native, (const unsigned char *)events + i * sizeof native,
           sizeof native);
    return native;
}

/* Ours are longer, so they are made from the last to the first.  Returns
 * whether waking is among them. */
static inline _Bool convert(const struct psock_sys_poller *poller,
                            psock_poller_event *events, size_t count)
{
    _Bool woken = 0;
    for (size_t i = count; i-- > 0;) {
        const struct epoll_event native = native_event(events, i);
        woken |= native.data.ptr == &poller->wake_fd;
        events[i].token = native.data.ptr;
        events[i].came = came_bits(native.events);
    }
    return woken;
}

/* Waking is no event of the caller's. */
static PSOCK_APART int take_out_wake(const struct psock_sys_poller *poller,
                                     psock_poller_event *events, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (events[i].token != &poller->wake_fd)
            events[kept++] = events[i];
    return kept;
}

int psock_sys_poller_wait(struct psock_sys_poller *poller,
                          psock_poller_event *events, size_t count,
                          psock_waker *canceler, int64_t timeout_ns,
                          _Bool *woken)
{
    if (!PSOCK_LIKELY(canceler == NULL)) {
        int error =
            psock_posix_await_set(poller->epoll_fd, canceler, timeout_ns);
        if (error < 0)
            return error;
        timeout_ns = 0;
    }
    int most = count < INT_MAX / (int)sizeof *events
                   ? (int)count
                   : INT_MAX / (int)sizeof *events;
    int ready = epoll_wait(poller->epoll_fd, (struct epoll_event *)events, most,
                           psock_posix_timeout_ms(timeout_ns));
    if (!PSOCK_LIKELY(ready >= 0))
        return psock_posix_error();
    if (PSOCK_LIKELY(!convert(poller, events, (size_t)ready)))
        return ready;
    *woken = 1;
    return take_out_wake(poller, events, ready);
}

void psock_sys_poller_wake(struct psock_sys_poller *poller)
{
    const uint64_t one = 1;
    int native = errno;
    while (write(poller->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    errno = native;
}
