/* kqueue_own.c: changing a queue, and the events in it that are our own. */
#include "kqueue.h"

static const struct {
    short filter;
    unsigned notes;
} filters[FILTERS] = {
    [FILTER_READ] = {EVFILT_READ, 0},
    [FILTER_WRITE] = {EVFILT_WRITE, 0},
    [FILTER_URGENT] = {EVFILT_EXCEPT, NOTE_OOB},
};

int psock_kqueue_change(int queue_fd, const struct kevent *changes, int count)
{
    if (kevent(queue_fd, changes, count, NULL, 0, NULL) < 0)
        return psock_posix_error();
    return 0;
}

/* The first failure would keep the others from being made. */
void psock_kqueue_change_surely(int queue_fd, const struct kevent *changes,
                                int count)
{
    if (count == 0 || psock_kqueue_change(queue_fd, changes, count) == 0)
        return;
    for (int i = 0; i < count; i++)
        (void)psock_kqueue_change(queue_fd, &changes[i], 1);
}

void psock_kqueue_set_change(struct kevent *change, int fd, int filter,
                             unsigned flags, void *udata)
{
    EV_SET(change, (uintptr_t)fd, filters[filter].filter, (unsigned short)flags,
           filters[filter].notes, 0, udata);
}

#ifdef PSOCK_HAVE_USER_EVENTS
enum {
    IDENT_OF_WAKE,
    IDENT_OF_KEEP_SHORT
};

static int change_user_event(const struct psock_sys_poller *poller, int ident,
                             unsigned flags, unsigned notes)
{
    struct kevent change;
    EV_SET(&change, (uintptr_t)ident, EVFILT_USER, (unsigned short)flags, notes,
           0, NULL);
    return psock_kqueue_change(poller->queue_fd, &change, 1);
}

/* The second is triggered for good; enabled and disabled is what changes. */
int psock_kqueue_open_own(struct psock_sys_poller *poller)
{
    int error = change_user_event(poller, IDENT_OF_WAKE, EV_ADD | EV_CLEAR, 0);
    if (error == 0)
        error = change_user_event(poller, IDENT_OF_KEEP_SHORT,
                                  EV_ADD | EV_DISABLE, 0);
    if (error == 0)
        error = change_user_event(poller, IDENT_OF_KEEP_SHORT, 0, NOTE_TRIGGER);
    return error;
}

void psock_kqueue_close_own(struct psock_sys_poller *poller)
{
    (void)poller;
}

void psock_kqueue_keep_short(struct psock_sys_poller *poller, _Bool is_short)
{
    (void)change_user_event(poller, IDENT_OF_KEEP_SHORT,
                            is_short ? EV_ENABLE : EV_DISABLE, 0);
}

/* The queue gives it to one wait only. */
_Bool psock_kqueue_is_wake(const struct psock_sys_poller *poller,
                           const struct kevent *event)
{
    (void)poller;
    return event->filter == EVFILT_USER && event->ident == IDENT_OF_WAKE;
}

void psock_kqueue_wake(struct psock_sys_poller *poller)
{
    (void)change_user_event(poller, IDENT_OF_WAKE, 0, NOTE_TRIGGER);
}
#else
static int watch_waker(const struct psock_sys_poller *poller,
                       const psock_waker *waker)
{
    struct kevent change;
    psock_kqueue_set_change(&change, psock_posix_waker_fd(waker), FILTER_READ,
                            EV_ADD, NULL);
    return psock_kqueue_change(poller->queue_fd, &change, 1);
}

int psock_kqueue_open_own(struct psock_sys_poller *poller)
{
    int error = psock_sys_waker_open(&poller->wake);
    if (error == 0)
        error = psock_sys_waker_open(&poller->keep_short);
    if (error == 0)
        error = watch_waker(poller, poller->wake);
    if (error == 0)
        error = watch_waker(poller, poller->keep_short);
    return error;
}

void psock_kqueue_close_own(struct psock_sys_poller *poller)
{
    if (poller->wake != NULL)
        psock_sys_waker_close(poller->wake);
    if (poller->keep_short != NULL)
        psock_sys_waker_close(poller->keep_short);
}

void psock_kqueue_keep_short(struct psock_sys_poller *poller, _Bool is_short)
{
    if (is_short)
        psock_sys_waker_ring(poller->keep_short);
    else
        (void)psock_sys_waker_reset(poller->keep_short);
}

/* Several waits may see it; one takes it. */
_Bool psock_kqueue_is_wake(const struct psock_sys_poller *poller,
                           const struct kevent *event)
{
    return event->ident == (uintptr_t)psock_posix_waker_fd(poller->wake) &&
           psock_sys_waker_reset(poller->wake);
}

void psock_kqueue_wake(struct psock_sys_poller *poller)
{
    psock_sys_waker_ring(poller->wake);
}
#endif
