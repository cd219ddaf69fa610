/* epoll_wait.c: epoll_wait() and its kin, and waiting for a set itself. */
#include "epoll_set.h"

#include <fcntl.h>
#include <limits.h>

#define AT_ONCE 64

/* --- From the poller ---------------------------------------------------------------- */

static void comes(struct psock_guest_set *set, const psock_poller_event *event)
{
    struct psock_guest_watch *watch = psock_guest_watch_of(set, event->token);
    if (watch == NULL)
        return;
    if (watch->guest->class->now != NULL) {
        psock_guest_watch_changed(watch);
        return;
    }
    uint32_t came = event->came;
    if ((watch->events & EPOLLET) != 0)
        came = psock_guest_edge_came(watch, came);
    if (came != 0)
        psock_guest_watch_tell(
            watch, psock_guest_came(watch->guest, came,
                                    (short)(watch->events & 0xffff)));
}

static int take_some(struct psock_guest_set *set, size_t room,
                     psock_deadline deadline)
{
    psock_poller_event events[AT_ONCE];
    int count = psock_poller_wait(set->poller, events,
                                  room < AT_ONCE ? room : AT_ONCE, deadline);
    if (count <= 0)
        return count;
    psock_guest_lock(&psock_guest_sets_mutex);
    for (int i = 0; i < count; i++)
        comes(set, &events[i]);
    psock_guest_unlock(&psock_guest_sets_mutex);
    return count;
}

/* Only the first turn waits.  Returns what it came to. */
static int take(struct psock_guest_set *set, size_t room,
                psock_deadline deadline)
{
    const int first = take_some(set, room, deadline);
    int count = first;
    while (count == AT_ONCE && room > AT_ONCE) {
        room -= AT_ONCE;
        count = take_some(set, room, PSOCK_NOW);
    }
    return first;
}

/* --- To the program -------------------------------------------------------------------- */

static void hand_over(struct psock_guest_watch *watch,
                      struct epoll_event *event)
{
    event->events = (uint16_t)watch->came;
    event->data = watch->data;
    watch->came = 0;
    watch->is_dormant = (watch->events & EPOLLONESHOT) != 0;
    psock_guest_list_take(&watch->ready);
}

/* What is told by its level is asked about again instead. */
static void forget_levels(struct psock_guest_set *set)
{
    struct psock_guest_link *next;
    for (struct psock_guest_link *link = set->ready.next; link != &set->ready;
         link = next) {
        struct psock_guest_watch *watch = psock_guest_watch_of_ready(link);
        next = link->next;
        if ((watch->events & (EPOLLET | EPOLLONESHOT)) != 0)
            continue;
        watch->came = 0;
        psock_guest_list_take(link);
    }
}

/* Of what is left, and of what is told by its level and looked at, the poller
 * wakes nobody. */
static void wake_another(struct psock_guest_set *set)
{
    if (set->waiting > 1 && !(psock_guest_list_is_empty(&set->ready) &&
                              psock_guest_list_is_empty(&set->looked)))
        psock_poller_wake(set->poller);
}

static int deliver(struct psock_guest_set *set, struct epoll_event *events,
                   int room)
{
    int count = 0;
    psock_guest_lock(&psock_guest_sets_mutex);
    while (count < room && !psock_guest_list_is_empty(&set->ready))
        hand_over(psock_guest_watch_of_ready(set->ready.next),
                  &events[count++]);
    forget_levels(set);
    if (count > 0)
        wake_another(set);
    psock_guest_unlock(&psock_guest_sets_mutex);
    return count;
}

/* --- The wait ----------------------------------------------------------------------------- */

static bool is_anything_ready(struct psock_guest_set *set)
{
    psock_guest_lock(&psock_guest_sets_mutex);
    bool is_any = !psock_guest_list_is_empty(&set->ready);
    psock_guest_unlock(&psock_guest_sets_mutex);
    return is_any;
}

/* Until when to wait in the poller. */
static psock_deadline look_and_plan(struct psock_guest_set *set,
                                    psock_deadline deadline)
{
    bool looks_again = psock_guest_set_look(set);
    if (is_anything_ready(set))
        return PSOCK_NOW;
    if (!looks_again)
        return deadline;
    psock_deadline soon = psock_deadline_ms(LOOK_AGAIN_MS);
    return soon < deadline ? soon : deadline;
}

/* Returns what the poller said, EAGAIN or ETIMEDOUT only when `deadline` has come
 * to that. */
static int take_turn(struct psock_guest_set *set, size_t room,
                     psock_deadline deadline)
{
    const psock_deadline until = look_and_plan(set, deadline);
    int result = take(set, room, until);
    if (until != deadline &&
        (result == PSOCK_EAGAIN || result == PSOCK_ETIMEDOUT))
        return 0;
    return result;
}

struct wait_call {
    struct psock_guest_set *set;
    struct epoll_event *events;
    int room;
    psock_deadline deadline;
};

static void count_waiting(struct psock_guest_set *set, unsigned change)
{
    psock_guest_lock(&psock_guest_sets_mutex);
    set->waiting += change;
    psock_guest_unlock(&psock_guest_sets_mutex);
}

static ptrdiff_t wait_for_some(const struct wait_call *call)
{
    for (;;) {
        int result = take_turn(call->set, (size_t)call->room, call->deadline);
        int count = deliver(call->set, call->events, call->room);
        if (count > 0)
            return count;
        if (result == PSOCK_EAGAIN || result == PSOCK_ETIMEDOUT)
            return 0;
        if (result < 0)
            return result;
    }
}

static ptrdiff_t wait_once(void *context)
{
    const struct wait_call *call = context;
    count_waiting(call->set, 1);
    ptrdiff_t result = wait_for_some(call);
    count_waiting(call->set, (unsigned)-1);
    return result;
}

/* A set as something to wait for.  What is told only once stays for the wait that
 * comes. */
static short set_now(struct psock_guest *guest, short wanted)
{
    struct psock_guest_set *set = guest->state;
    int result;
    do
        result = take_turn(set, AT_ONCE, PSOCK_NOW);
    while (result >= 0 && !is_anything_ready(set));
    bool is_any = is_anything_ready(set);
    psock_guest_lock(&psock_guest_sets_mutex);
    forget_levels(set);
    psock_guest_unlock(&psock_guest_sets_mutex);
    return is_any ? READ_BITS & wanted : 0;
}

static void set_close(struct psock_guest *guest)
{
    if (guest->state != NULL)
        psock_guest_set_close(guest->state);
}

const struct psock_guest_class psock_guest_epoll_class = {.close = set_close,
                                                          .now = set_now};

/* --- The calls -------------------------------------------------------------------------------- */

static int wait_in(struct psock_guest *guest, struct epoll_event *events,
                   int room, psock_deadline deadline, const sigset_t *mask)
{
    struct wait_call call = {guest->state, events, room, deadline};
    if (guest->class != &psock_guest_epoll_class)
        return psock_guest_fail(EINVAL);
    if (events == NULL)
        return psock_guest_fail(EFAULT);
    return (int)psock_guest_masked(wait_once, &call, mask, guest);
}

static int wait_until(int fd, struct epoll_event *events, int room,
                      psock_deadline deadline, const sigset_t *mask)
{
    if (room <= 0 || (size_t)room > INT_MAX / sizeof *events)
        return psock_guest_fail(EINVAL);
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL)
        return psock_guest_fail(psock_guest_is_plain(fd) ? EINVAL : EBADF);
    int result = wait_in(guest, events, room, deadline, mask);
    psock_guest_drop(guest);
    return result;
}

int epoll_pwait2(int fd, struct epoll_event *events, int room,
                 const struct timespec *timeout, const sigset_t *mask)
{
    psock_deadline deadline;
    int error = psock_guest_timeout(timeout, &deadline);
    if (error < 0)
        return psock_guest_fail(-error);
    return wait_until(fd, events, room, deadline, mask);
}

int epoll_pwait(int fd, struct epoll_event *events, int room, int timeout_ms,
                const sigset_t *mask)
{
    psock_deadline deadline =
        timeout_ms < 0 ? PSOCK_FOREVER : psock_deadline_ms(timeout_ms);
    return wait_until(fd, events, room, deadline, mask);
}

int epoll_wait(int fd, struct epoll_event *events, int room, int timeout_ms)
{
    return epoll_pwait(fd, events, room, timeout_ms, NULL);
}
