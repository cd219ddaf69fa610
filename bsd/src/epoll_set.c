/* epoll_set.c: what is in a set of epoll, and how it comes in and out. */
#include "epoll_set.h"

#include <stdlib.h>

struct psock_guest_mutex psock_guest_sets_mutex;

/* --- What psock waits for ----------------------------------------------------------------- */

static uint32_t wanted_of(const struct psock_guest_watch *watch)
{
    uint32_t wanted =
        psock_guest_wanted(watch->guest, (short)(watch->events & 0xffff));
    if ((watch->events & EPOLLET) != 0 && (wanted & PSOCK_READABLE) != 0)
        wanted |= PSOCK_READ_ENDED;
    wanted &= ~watch->told;
    return (watch->events & (EPOLLET | EPOLLONESHOT)) != 0
               ? wanted | PSOCK_ONE_SHOT
               : wanted;
}

void psock_guest_watch_arm(struct psock_guest_watch *watch)
{
    if (watch->by_psock)
        (void)!psock_poller_modify(watch->set->poller, watch->guest->socket,
                                   wanted_of(watch));
}

void psock_guest_watch_tell(struct psock_guest_watch *watch, short bits)
{
    if (bits == 0 || watch->is_dormant)
        return;
    watch->came |= bits;
    psock_guest_list_put(&watch->set->ready, &watch->ready);
}

static void look_from_now_on(struct psock_guest_watch *watch)
{
    watch->is_fresh = true;
    psock_guest_list_put(&watch->set->looked, &watch->looked);
    psock_poller_wake(watch->set->poller);
}

/* A description can be in a set under two numbers, but its socket only once in
 * the poller. */
static int enter(struct psock_guest_watch *watch)
{
    int error = PSOCK_ENOTSUP;
    if (watch->guest != NULL && watch->guest->class->now == NULL)
        error =
            psock_poller_add(watch->set->poller, watch->guest->socket,
                             wanted_of(watch), psock_guest_watch_token(watch));
    watch->by_psock = error == 0;
    if (error != PSOCK_ENOTSUP && error != PSOCK_EEXIST)
        return error;
    look_from_now_on(watch);
    return 0;
}

static void leave(struct psock_guest_watch *watch, psock_t s)
{
    if (watch->by_psock)
        psock_poller_remove(watch->set->poller, s);
    psock_guest_list_take(&watch->looked);
    psock_guest_list_take(&watch->ready);
    watch->came = 0;
}

/* --- In and out ------------------------------------------------------------------------------ */

static bool is_edge(const struct psock_guest_watch *watch)
{
    return watch->guest != NULL && (watch->events & EPOLLET) != 0;
}

static void link_to_guest(struct psock_guest_watch *watch)
{
    if (watch->guest == NULL)
        return;
    watch->next_of_guest = watch->guest->watches;
    watch->guest->watches = watch;
    atomic_fetch_add(&watch->guest->edges, is_edge(watch));
}

static void unlink_from_guest(struct psock_guest_watch *watch)
{
    if (watch->guest == NULL)
        return;
    struct psock_guest_watch **link = &watch->guest->watches;
    while (*link != watch)
        link = &(*link)->next_of_guest;
    *link = watch->next_of_guest;
    atomic_fetch_sub(&watch->guest->edges, is_edge(watch));
}

static void set_event(struct psock_guest_watch *watch,
                      const struct epoll_event *event)
{
    watch->events = event->events;
    watch->data = event->data;
}

struct psock_guest_watch *psock_guest_set_find(struct psock_guest_set *set,
                                               int fd,
                                               struct psock_guest *guest)
{
    struct psock_guest_watch *watch = guest == NULL ? NULL : guest->watches;
    while (watch != NULL && (watch->set != set || watch->fd != fd))
        watch = watch->next_of_guest;
    for (size_t i = 0; guest == NULL && i < set->room; i++) {
        watch = set->slots[i].watch;
        if (watch != NULL && watch->guest == NULL && watch->fd == fd)
            return watch;
        watch = NULL;
    }
    return watch;
}

void psock_guest_set_remove(struct psock_guest_watch *watch)
{
    leave(watch, watch->guest == NULL ? PSOCK_INVALID : watch->guest->socket);
    unlink_from_guest(watch);
    psock_guest_slot_give(watch);
    free(watch);
}

int psock_guest_set_add(struct psock_guest_set *set, int fd,
                        struct psock_guest *guest,
                        const struct epoll_event *event)
{
    struct psock_guest_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return PSOCK_ENOMEM;
    watch->set = set;
    watch->guest = guest;
    watch->fd = fd;
    set_event(watch, event);
    if (!psock_guest_slot_take(watch)) {
        free(watch);
        return PSOCK_ENOMEM;
    }
    link_to_guest(watch);
    int error = enter(watch);
    if (error < 0)
        psock_guest_set_remove(watch);
    return error;
}

/* What is true now is told anew, as of one that has just come. */
void psock_guest_set_change(struct psock_guest_watch *watch,
                            const struct epoll_event *event)
{
    const unsigned before = is_edge(watch);
    set_event(watch, event);
    if (watch->guest != NULL)
        atomic_fetch_add(&watch->guest->edges, is_edge(watch) - before);
    psock_guest_list_take(&watch->ready);
    watch->came = watch->last = 0;
    watch->told = 0;
    watch->has_total = watch->is_dormant = false;
    if (watch->by_psock) {
        psock_guest_list_take(&watch->looked);
        psock_guest_watch_arm(watch);
    } else {
        look_from_now_on(watch);
    }
}

/* --- What happens to descriptions ---------------------------------------------------------------- */

void psock_guest_unwatch(struct psock_guest *guest)
{
    psock_guest_lock(&psock_guest_sets_mutex);
    while (guest->watches != NULL)
        psock_guest_set_remove(guest->watches);
    psock_guest_unlock(&psock_guest_sets_mutex);
}

/* Not in the set any more, if there is no memory to come back. */
static void enter_anew(struct psock_guest_watch *watch, psock_t old)
{
    leave(watch, old);
    watch->told = 0;
    if (enter(watch) < 0)
        psock_guest_set_remove(watch);
}

void psock_guest_renewed(struct psock_guest *guest, psock_t old)
{
    struct psock_guest_watch *next;
    psock_guest_lock(&psock_guest_sets_mutex);
    for (struct psock_guest_watch *watch = guest->watches; watch != NULL;
         watch = next) {
        next = watch->next_of_guest;
        enter_anew(watch, old);
    }
    psock_guest_unlock(&psock_guest_sets_mutex);
}

void psock_guest_watch_changed(struct psock_guest_watch *watch)
{
    if (watch->by_psock && watch->guest->class->now != NULL)
        enter_anew(watch, watch->guest->socket);
    else if (!watch->by_psock)
        look_from_now_on(watch);
}

void psock_guest_changed(struct psock_guest *guest)
{
    struct psock_guest_watch *next;
    if (guest->watches == NULL)
        return;
    psock_guest_lock(&psock_guest_sets_mutex);
    for (struct psock_guest_watch *watch = guest->watches; watch != NULL;
         watch = next) {
        next = watch->next_of_guest;
        psock_guest_watch_changed(watch);
    }
    psock_guest_unlock(&psock_guest_sets_mutex);
}

/* --- Sets ------------------------------------------------------------------------------------------ */

int psock_guest_set_open(struct psock_guest_set **set)
{
    struct psock_guest_set *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    psock_guest_list_begin(&made->looked);
    psock_guest_list_begin(&made->ready);
    int error = psock_poller_open(&made->poller);
    if (error < 0) {
        free(made);
        return error;
    }
    *set = made;
    return 0;
}

void psock_guest_set_close(struct psock_guest_set *set)
{
    psock_guest_lock(&psock_guest_sets_mutex);
    for (size_t i = 0; i < set->room; i++)
        if (set->slots[i].watch != NULL)
            psock_guest_set_remove(set->slots[i].watch);
    psock_guest_unlock(&psock_guest_sets_mutex);
    psock_poller_close(set->poller);
    free(set->slots);
    free(set);
}
