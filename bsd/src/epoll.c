/* epoll.c: making sets of epoll and putting descriptions into them. */
#include "epoll_set.h"

#include <fcntl.h>

#define DEPTH_MAX 4

/* With EPOLLEXCLUSIVE only these. */
#define EXCLUSIVE_EVENTS                                                       \
    (EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET |        \
     EPOLLEXCLUSIVE)

/* --- Making a set ------------------------------------------------------------------- */

int epoll_create1(int flags)
{
    if ((flags & ~EPOLL_CLOEXEC) != 0)
        return psock_guest_fail(EINVAL);
    struct psock_guest *guest = psock_guest_new(&psock_guest_epoll_class);
    if (guest == NULL)
        return -1;
    struct psock_guest_set *set = NULL;
    int error = psock_guest_set_open(&set);
    guest->state = set;
    atomic_store(&guest->flags, O_RDWR);
    if (error < 0) {
        psock_guest_drop(guest);
        return psock_guest_fail(psock_guest_errno(error));
    }
    return psock_guest_number(guest, 0, flags != 0 ? FD_CLOEXEC : 0);
}

int epoll_create(int size)
{
    return size <= 0 ? psock_guest_fail(EINVAL) : epoll_create1(0);
}

/* --- Sets in sets ---------------------------------------------------------------------- */

static bool is_set(const struct psock_guest *guest)
{
    return guest != NULL && guest->class == &psock_guest_epoll_class;
}

/* Whether `to` would be below itself, or too far below, if it had `from`. */
static bool is_loop(const struct psock_guest_set *from,
                    const struct psock_guest_set *to, int depth)
{
    if (from == to || depth > DEPTH_MAX)
        return true;
    for (size_t i = 0; i < from->room; i++) {
        const struct psock_guest_watch *watch = from->slots[i].watch;
        if (watch != NULL && is_set(watch->guest) &&
            is_loop(watch->guest->state, to, depth + 1))
            return true;
    }
    return false;
}

/* --- Changing a set ----------------------------------------------------------------------- */

struct control {
    struct psock_guest_set *set;
    int what;
    int fd;
    struct psock_guest *guest; /* null for a number of the C runtime */
    const struct epoll_event *event;
};

static int add(const struct control *control,
               const struct psock_guest_watch *watch)
{
    if (watch != NULL)
        return PSOCK_EEXIST;
    if (is_set(control->guest) &&
        is_loop(control->guest->state, control->set, 1))
        return PSOCK_ELOOP;
    return psock_guest_set_add(control->set, control->fd, control->guest,
                               control->event);
}

static int change(const struct control *control,
                  struct psock_guest_watch *watch)
{
    if (watch == NULL)
        return PSOCK_ENOENT;
    if ((watch->events & EPOLLEXCLUSIVE) != 0)
        return PSOCK_EINVAL;
    psock_guest_set_change(watch, control->event);
    return 0;
}

static int remove_watch(struct psock_guest_watch *watch)
{
    if (watch == NULL)
        return PSOCK_ENOENT;
    psock_guest_set_remove(watch);
    return 0;
}

/* The lock is held. */
static int carry_out(const struct control *control)
{
    struct psock_guest_watch *watch =
        psock_guest_set_find(control->set, control->fd, control->guest);
    switch (control->what) {
    case EPOLL_CTL_ADD:
        return add(control, watch);
    case EPOLL_CTL_MOD:
        return change(control, watch);
    case EPOLL_CTL_DEL:
        return remove_watch(watch);
    default:
        return PSOCK_EINVAL;
    }
}

/* --- What may be asked ----------------------------------------------------------------------- */

static int exclusive_error(const struct control *control)
{
    if (control->what == EPOLL_CTL_DEL ||
        (control->event->events & EPOLLEXCLUSIVE) == 0)
        return 0;
    if (control->what == EPOLL_CTL_MOD || is_set(control->guest) ||
        (control->event->events & ~(uint32_t)EXCLUSIVE_EVENTS) != 0)
        return PSOCK_EINVAL;
    return 0;
}

static int target_error(int fd, const struct psock_guest *guest)
{
    if (guest != NULL)
        return 0;
    if (!psock_guest_is_plain(fd))
        return PSOCK_EBADF;
    return psock_guest_plain_waits(fd) ? 0 : PSOCK_EPERM;
}

static int control_held(struct control *control, struct psock_guest *owner)
{
    int error = target_error(control->fd, control->guest);
    if (error < 0)
        return error;
    if (!is_set(owner) || owner == control->guest)
        return PSOCK_EINVAL;
    error = exclusive_error(control);
    if (error < 0)
        return error;
    control->set = owner->state;
    psock_guest_lock(&psock_guest_sets_mutex);
    error = carry_out(control);
    psock_guest_unlock(&psock_guest_sets_mutex);
    return error;
}

static int control_open(struct control *control, int set_fd)
{
    struct psock_guest *owner = psock_guest_hold(set_fd);
    if (owner == NULL && !psock_guest_is_plain(set_fd))
        return PSOCK_EBADF;
    control->guest = psock_guest_hold_to_wait(control->fd);
    int error = control_held(control, owner);
    if (control->guest != NULL)
        psock_guest_drop(control->guest);
    if (owner != NULL)
        psock_guest_drop(owner);
    return error;
}

int epoll_ctl(int set, int what, int fd, struct epoll_event *event)
{
    struct control control = {.what = what, .fd = fd, .event = event};
    if (what != EPOLL_CTL_DEL && event == NULL)
        return psock_guest_fail(EFAULT);
    return (int)psock_guest_result(control_open(&control, set));
}
