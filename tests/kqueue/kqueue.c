/* kqueue.c: a small kqueue made of epoll, so that the poller of the BSDs and
 * macOS can be tested where neither is.
 *
 * It does what kqueue(2) says of the filters for reading, writing, urgent data
 * and user events, and what the BSDs are known to do beyond that:
 *  - a stream that was never connected makes no event;
 *  - EV_EOF is on a reading event when nothing more will come, on a writing event
 *    when nothing more can be sent, and on both when the connection is over;
 *    fflags then has the error that waits to be received, if there is one;
 *  - a datagram socket's error makes it readable and writable and is not shown;
 *  - the descriptor of the queue is readable when there are events;
 *  - what was told and is still true moves behind what waits to be told;
 *  - closing a descriptor takes its events out.
 *
 * A queue is an epoll of four others, one for each filter, in which each event
 * is one entry, with its own edge or level.  Those know too what was closed.
 *
 * Linux shows three things differently, and so does this: the value in fflags
 * cannot be had without clearing it, so it is the same for all errors; a stream
 * that was never connected keeps the queue readable; and an attempt to connect
 * that has failed and told so, and a listener that was shut down, become streams
 * that were never connected, except to events that have seen them before. */
#define _GNU_SOURCE

#include <sys/event.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum filter {
    FILTER_READ,
    FILTER_WRITE,
    FILTER_EXCEPT,
    FILTER_USER,
    FILTERS
};

/* An event that was asked for. */
struct knote {
    struct kevent asked; /* flags: those that last */
    int fd;              /* what epoll watches */
    _Bool is_disabled;
    _Bool has_begun; /* to listen, or to connect, as far as is known */
};

struct knotes {
    struct knote **by_ident;
    size_t count;
};

struct queue {
    int fds[FILTERS];
    struct knotes knotes[FILTERS];
    unsigned turn; /* the filter that is asked first */
};

#define QUEUES_MAX 65536

static _Atomic(struct queue *) queues[QUEUES_MAX]; /* by descriptor */

/* --- One lock for all ------------------------------------------------------ */

/* kevent() may be called by a signal handler, since it is a system call, so no
 * handler may run on a thread that has the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void acquire(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
    pthread_mutex_lock(&lock);
}

static void release(const sigset_t *before)
{
    int error = errno;
    pthread_mutex_unlock(&lock);
    pthread_sigmask(SIG_SETMASK, before, NULL);
    errno = error;
}

/* --- Queues ---------------------------------------------------------------- */

static struct queue *find_queue(int kq)
{
    return kq >= 0 && kq < QUEUES_MAX ? queues[kq] : NULL;
}

static void free_knote(struct knote *note)
{
    if (note->asked.filter == EVFILT_USER && note->fd >= 0)
        close(note->fd);
    free(note);
}

static void free_queue(struct queue *queue)
{
    for (int filter = 0; filter < FILTERS; filter++) {
        struct knotes *notes = &queue->knotes[filter];
        for (size_t i = 0; i < notes->count; i++)
            if (notes->by_ident[i] != NULL)
                free_knote(notes->by_ident[i]);
        free(notes->by_ident);
        if (queue->fds[filter] >= 0)
            close(queue->fds[filter]);
    }
    free(queue);
}

/* The one of a filter, inside the queue's own. */
static int open_filter(int kq)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd >= 0 && epoll_ctl(kq, EPOLL_CTL_ADD, fd, &event) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static struct queue *open_queue(int kq)
{
    _Bool failed = 0;
    struct queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return NULL;
    for (int filter = 0; filter < FILTERS; filter++) {
        queue->fds[filter] = failed ? -1 : open_filter(kq);
        failed |= queue->fds[filter] < 0;
    }
    if (!failed)
        return queue;
    free_queue(queue);
    return NULL;
}

int kqueue(void)
{
    sigset_t before;
    int kq = epoll_create1(0);
    if (kq < 0)
        return -1;
    struct queue *queue = kq < QUEUES_MAX ? open_queue(kq) : NULL;
    if (queue == NULL) {
        int error = errno;
        close(kq);
        errno = error;
        return -1;
    }
    acquire(&before);
    queues[kq] = queue;
    release(&before);
    return kq;
}

/* The programs are linked so that close() comes here: a queue ends with its
 * descriptor. */
int __real_close(int fd);
int __wrap_close(int fd);

int __wrap_close(int fd)
{
    sigset_t before;
    struct queue *queue = find_queue(fd);
    if (queue == NULL)
        return __real_close(fd);
    acquire(&before);
    queues[fd] = NULL;
    free_queue(queue);
    release(&before);
    return __real_close(fd);
}

/* --- What is true of a descriptor ------------------------------------------ */

static const uint32_t filter_events[FILTERS] = {
    [FILTER_READ] = EPOLLIN | EPOLLRDHUP,
    [FILTER_WRITE] = EPOLLOUT,
    [FILTER_EXCEPT] = EPOLLPRI,
    [FILTER_USER] = EPOLLIN,
};

static int get_option(int fd, int option)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) < 0 ? -1 : value;
}

static unsigned state_of(int fd)
{
    struct pollfd entry = {.fd = fd,
                           .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};
    return poll(&entry, 1, 0) > 0 ? (unsigned)entry.revents : 0;
}

/* Both directions are at an end.  Linux calls a stream that was never connected
 * hung up, too; it is not shut down for reading, though. */
static _Bool is_over(struct knote *note, unsigned state)
{
    if ((state & POLLERR) != 0 && (state & POLLHUP) != 0)
        note->has_begun = 1;
    return (state & POLLHUP) != 0 &&
           ((state & POLLRDHUP) != 0 || note->has_begun ||
            get_option(note->fd, SO_TYPE) != SOCK_STREAM);
}

/* A stream that is shut down for writing refuses even to send nothing. */
static _Bool is_shut_for_writing(int fd, unsigned state)
{
    return (state & (POLLERR | POLLHUP)) == 0 && (state & POLLOUT) != 0 &&
           get_option(fd, SO_TYPE) == SOCK_STREAM &&
           send(fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == EPIPE;
}

static void set_end(struct kevent *event, unsigned state)
{
    event->flags |= EV_EOF;
    event->fflags = (state & POLLERR) != 0 ? ECONNRESET : 0;
}

static _Bool is_readable(struct knote *note, unsigned state,
                         struct kevent *event)
{
    int size = 0;
    _Bool over = is_over(note, state);
    if (ioctl(note->fd, FIONREAD, &size) == 0)
        event->data = size;
    else
        event->data = (state & POLLIN) != 0; /* a listener */
    if (over || (state & POLLRDHUP) != 0)
        set_end(event, state);
    return over || (state & (POLLIN | POLLERR)) != 0;
}

static _Bool is_writable(struct knote *note, unsigned state,
                         struct kevent *event)
{
    int queued = 0;
    _Bool over = is_over(note, state);
    if (ioctl(note->fd, TIOCOUTQ, &queued) == 0)
        event->data = get_option(note->fd, SO_SNDBUF) - queued;
    if (over || is_shut_for_writing(note->fd, state))
        set_end(event, state);
    if ((state & POLLHUP) != 0)
        return over;
    return (state & (POLLOUT | POLLERR)) != 0;
}

static _Bool is_exceptional(struct knote *note, unsigned state,
                            struct kevent *event)
{
    event->fflags = note->asked.fflags & NOTE_OOB;
    return (state & POLLPRI) != 0 && event->fflags != 0;
}

static _Bool is_triggered(struct knote *note, unsigned state,
                          struct kevent *event)
{
    uint64_t count;
    (void)event;
    if ((state & POLLIN) == 0)
        return 0;
    return (note->asked.flags & EV_CLEAR) == 0 ||
           read(note->fd, &count, sizeof count) == sizeof count;
}

static _Bool (*const filter_is_true[FILTERS])(struct knote *note,
                                              unsigned state,
                                              struct kevent *event) = {
    [FILTER_READ] = is_readable,
    [FILTER_WRITE] = is_writable,
    [FILTER_EXCEPT] = is_exceptional,
    [FILTER_USER] = is_triggered,
};

/* --- Changes --------------------------------------------------------------- */

static int filter_number(short filter)
{
    switch (filter) {
    case EVFILT_READ:
        return FILTER_READ;
    case EVFILT_WRITE:
        return FILTER_WRITE;
    case EVFILT_EXCEPT:
        return FILTER_EXCEPT;
    default:
        return filter == EVFILT_USER ? FILTER_USER : -1;
    }
}

/* A disabled event stays, so that it is known when its descriptor is closed: by
 * the edges of nothing. */
static int watch(const struct queue *queue, int operation, struct knote *note)
{
    int filter = filter_number(note->asked.filter);
    struct epoll_event event = {.events = filter_events[filter],
                                .data.ptr = note};
    if ((note->asked.flags & EV_CLEAR) != 0)
        event.events |= EPOLLET;
    if (note->is_disabled)
        event.events = EPOLLET;
    return epoll_ctl(queue->fds[filter], operation, note->fd, &event);
}

static struct knote **place_of_note(struct queue *queue,
                                    const struct kevent *change)
{
    struct knotes *notes = &queue->knotes[filter_number(change->filter)];
    if (change->ident >= notes->count)
        return NULL;
    return &notes->by_ident[change->ident];
}

static struct knote **make_place(struct queue *queue,
                                 const struct kevent *change)
{
    struct knotes *notes = &queue->knotes[filter_number(change->filter)];
    size_t count = change->ident + 16;
    if (change->ident >= notes->count) {
        struct knote **grown =
            realloc(notes->by_ident, count * sizeof(struct knote *));
        if (grown == NULL)
            return NULL;
        memset(grown + notes->count, 0,
               (count - notes->count) * sizeof(struct knote *));
        notes->by_ident = grown;
        notes->count = count;
    }
    return &notes->by_ident[change->ident];
}

static void forget(struct knote **place)
{
    free_knote(*place);
    *place = NULL;
}

/* Whether the descriptor is still the one that was added.  epoll knows. */
static void look_for_closing(struct queue *queue, struct knote **place)
{
    if (place == NULL || *place == NULL ||
        (*place)->asked.filter == EVFILT_USER)
        return;
    if (watch(queue, EPOLL_CTL_MOD, *place) < 0)
        forget(place);
}

static int add_note(struct queue *queue, const struct kevent *change)
{
    struct knote **place = make_place(queue, change);
    struct knote *note = calloc(1, sizeof *note);
    if (place == NULL || note == NULL) {
        free(note);
        return ENOMEM;
    }
    note->asked = *change;
    note->fd = change->filter == EVFILT_USER
                   ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)
                   : (int)change->ident;
    note->is_disabled = (change->flags & EV_DISABLE) != 0;
    note->has_begun = get_option(note->fd, SO_ACCEPTCONN) == 1;
    if (note->fd < 0 || watch(queue, EPOLL_CTL_ADD, note) < 0) {
        int error = errno;
        free_knote(note);
        return error;
    }
    *place = note;
    return 0;
}

static void trigger(const struct knote *note)
{
    const uint64_t one = 1;
    if (write(note->fd, &one, sizeof one) < 0)
        abort(); /* it never waits, and the count does not come to its end */
}

/* Adding again changes what is told, and enables. */
static int modify_note(struct queue *queue, struct knote *note,
                       const struct kevent *change)
{
    if ((change->flags & EV_ADD) != 0)
        note->asked.udata = change->udata;
    if ((change->flags & (EV_ADD | EV_ENABLE)) != 0)
        note->is_disabled = 0;
    if ((change->flags & EV_DISABLE) != 0)
        note->is_disabled = 1;
    return watch(queue, EPOLL_CTL_MOD, note) < 0 ? errno : 0;
}

static int delete_note(struct queue *queue, struct knote **place)
{
    int filter = filter_number((*place)->asked.filter);
    epoll_ctl(queue->fds[filter], EPOLL_CTL_DEL, (*place)->fd, NULL);
    forget(place);
    return 0;
}

/* Returns an errno value. */
static int apply(struct queue *queue, const struct kevent *change)
{
    int error = 0;
    if (filter_number(change->filter) < 0)
        return EINVAL;
    if (change->filter != EVFILT_USER && fcntl((int)change->ident, F_GETFD) < 0)
        return EBADF;
    struct knote **place = place_of_note(queue, change);
    look_for_closing(queue, place);
    _Bool is_there = place != NULL && *place != NULL;
    if (!is_there && (change->flags & EV_ADD) == 0)
        return ENOENT;
    if ((change->flags & EV_DELETE) != 0)
        return delete_note(queue, place);
    if (is_there)
        error = modify_note(queue, *place, change);
    else
        error = add_note(queue, change);
    if (error == 0 && change->filter == EVFILT_USER &&
        (change->fflags & NOTE_TRIGGER) != 0)
        trigger(*place_of_note(queue, change));
    return error;
}

/* Errors go to the events as long as there is room. */
static int apply_all(struct queue *queue, const struct kevent *changes,
                     int change_count, struct kevent *events, int event_count)
{
    int told = 0;
    for (int i = 0; i < change_count; i++) {
        int error = apply(queue, &changes[i]);
        if (error == 0 && (changes[i].flags & EV_RECEIPT) == 0)
            continue;
        if (told < event_count) {
            events[told] = changes[i];
            events[told].flags = EV_ERROR;
            events[told++].data = error;
        } else if (error != 0) {
            errno = error;
            return -1;
        }
    }
    return told;
}

/* --- Events ---------------------------------------------------------------- */

static void after_telling(struct queue *queue, struct knote *note)
{
    if ((note->asked.flags & EV_ONESHOT) != 0) {
        delete_note(queue, place_of_note(queue, &note->asked));
    } else if ((note->asked.flags & EV_DISPATCH) != 0) {
        note->is_disabled = 1;
        watch(queue, EPOLL_CTL_MOD, note);
    }
}

static _Bool tell_note(struct queue *queue, struct knote *note,
                       struct kevent *event)
{
    struct kevent told = note->asked;
    int filter = filter_number(told.filter);
    told.flags &= EV_CLEAR | EV_ONESHOT | EV_DISPATCH;
    told.fflags = 0;
    told.data = 0;
    if (note->is_disabled ||
        !filter_is_true[filter](note, state_of(note->fd), &told))
        return 0;
    *event = told;
    after_telling(queue, note);
    return 1;
}

static int tell_filter(struct queue *queue, unsigned filter,
                       struct kevent *events, int event_count)
{
    int told = 0;
    struct epoll_event ready[64];
    if (event_count > 64)
        event_count = 64;
    if (event_count == 0)
        return 0;
    int count = epoll_wait(queue->fds[filter], ready, event_count, 0);
    for (int i = 0; i < count; i++)
        told += tell_note(queue, ready[i].data.ptr, &events[told]);
    return told;
}

static int tell(struct queue *queue, struct kevent *events, int event_count)
{
    int told = 0;
    unsigned first = queue->turn++;
    for (unsigned i = 0; i < FILTERS; i++)
        told += tell_filter(queue, (first + i) % FILTERS, events + told,
                            event_count - told);
    return told;
}

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Below zero: for ever. */
static int64_t end_ns(const struct timespec *timeout)
{
    if (timeout == NULL)
        return -1;
    return clock_ns() + (int64_t)timeout->tv_sec * 1000000000 +
           timeout->tv_nsec;
}

static int left_ms(int64_t end)
{
    if (end < 0)
        return -1;
    int64_t left_ns = end - clock_ns();
    return left_ns <= 0 ? 0 : (int)((left_ns + 999999) / 1000000);
}

static int tell_soon(int kq, struct kevent *events, int event_count)
{
    sigset_t before;
    acquire(&before);
    struct queue *queue = find_queue(kq);
    int told = queue == NULL ? 0 : tell(queue, events, event_count);
    release(&before);
    return told;
}

static int wait_for(int kq, struct kevent *events, int event_count,
                    const struct timespec *timeout)
{
    struct epoll_event ready;
    int64_t end = end_ns(timeout);
    for (;;) {
        int told = tell_soon(kq, events, event_count);
        if (told > 0)
            return told;
        int timeout_ms = left_ms(end);
        int result = epoll_wait(kq, &ready, 1, timeout_ms);
        if (result < 0 || (result == 0 && timeout_ms == 0))
            return result;
        if (timeout_ms == 0)
            return tell_soon(kq, events, event_count);
    }
}

int kevent(int kq, const struct kevent *changes, int change_count,
           struct kevent *events, int event_count,
           const struct timespec *timeout)
{
    sigset_t before;
    acquire(&before);
    struct queue *queue = find_queue(kq);
    int told = -1;
    if (queue == NULL)
        errno = EBADF;
    else
        told = apply_all(queue, changes, change_count, events, event_count);
    release(&before);
    if (told != 0 || event_count == 0)
        return told;
    return wait_for(kq, events, event_count, timeout);
}
