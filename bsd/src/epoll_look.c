/* epoll_look.c: looking at what psock does not wait for: descriptions that are
 * asked themselves, pipes and consoles of the C runtime, and streams that are
 * edge-triggered and not read.
 *
 * Descriptions are asked without the lock, since what they answer may take locks
 * of theirs, and a few at a time. */
#include "epoll_set.h"

#define AT_ONCE 32

struct question {
    void *token;
    struct psock_guest *guest; /* held; null for a number of the C runtime */
    int fd;
    short events;
    short bits;
    bool is_fresh;
};

/* --- Asking --------------------------------------------------------------------- */

static short answer(const struct question *question)
{
    if (question->guest == NULL)
        return psock_guest_plain_now(question->fd, question->events);
    int bits = psock_guest_wait(question->guest, question->events, PSOCK_NOW);
    return bits < 0 ? 0 : (short)bits;
}

/* One whose last hold is gone is about to leave the set. */
static bool ask(struct question *question, struct psock_guest_watch *watch)
{
    if (watch->guest != NULL && !psock_guest_hold_if_held(watch->guest))
        return false;
    *question = (struct question){.token = psock_guest_watch_token(watch),
                                  .guest = watch->guest,
                                  .fd = watch->fd,
                                  .events = (short)(watch->events & 0xffff),
                                  .is_fresh = watch->is_fresh};
    watch->is_fresh = false;
    return true;
}

/* --- Being told ------------------------------------------------------------------- */

static short news(struct psock_guest_watch *watch, short bits, bool is_fresh)
{
    const short before = watch->last;
    watch->last = bits;
    if ((watch->events & EPOLLET) == 0 || is_fresh || (bits & ~before) != 0)
        return bits;
    return 0;
}

/* It has changed since it was asked, and would be told of twice: so it is asked
 * again, once. */
static bool is_outdated(struct psock_guest_watch *watch)
{
    const bool is = (watch->events & EPOLLET) != 0 && watch->is_fresh &&
                    !watch->is_asked_again;
    watch->is_asked_again = is;
    return is;
}

/* Closed numbers of the C runtime leave here. */
static void take_answer(struct psock_guest_set *set,
                        const struct question *question)
{
    struct psock_guest_watch *watch =
        psock_guest_watch_of(set, question->token);
    if (watch == NULL || is_outdated(watch))
        return;
    if ((question->bits & POLLNVAL) != 0)
        psock_guest_set_remove(watch);
    else
        psock_guest_watch_tell(watch,
                               news(watch, question->bits, question->is_fresh));
}

/* --- The look ---------------------------------------------------------------------- */

/* Nobody tells when these change. */
static bool is_silent(const struct psock_guest_watch *watch)
{
    return watch->by_psock || watch->guest == NULL ||
           watch->guest->waker == NULL;
}

/* Asks `count` from the beginning of the list, which they then are at the end of.
 * Returns how many questions there are. */
static size_t ask_some(struct psock_guest_set *set, struct question *questions,
                       size_t count, bool *is_any_silent)
{
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) {
        struct psock_guest_link *link = set->looked.next;
        struct psock_guest_watch *watch = (struct psock_guest_watch *)link;
        if (link == &set->looked)
            break;
        psock_guest_list_take(link);
        psock_guest_list_put(&set->looked, link);
        if (watch->is_dormant)
            continue;
        *is_any_silent |= is_silent(watch);
        if (watch->by_psock)
            psock_guest_edge_look(watch);
        else
            asked += ask(&questions[asked], watch);
    }
    return asked;
}

static bool look_at_some(struct psock_guest_set *set, size_t count)
{
    struct question questions[AT_ONCE];
    bool is_any_silent = false;
    psock_guest_lock(&psock_guest_sets_mutex);
    size_t asked = ask_some(set, questions, count, &is_any_silent);
    psock_guest_unlock(&psock_guest_sets_mutex);
    for (size_t i = 0; i < asked; i++)
        questions[i].bits = answer(&questions[i]);
    psock_guest_lock(&psock_guest_sets_mutex);
    for (size_t i = 0; i < asked; i++)
        take_answer(set, &questions[i]);
    psock_guest_unlock(&psock_guest_sets_mutex);
    for (size_t i = 0; i < asked; i++)
        if (questions[i].guest != NULL)
            psock_guest_drop(questions[i].guest);
    return is_any_silent;
}

static size_t count_looked(struct psock_guest_set *set)
{
    size_t count = 0;
    psock_guest_lock(&psock_guest_sets_mutex);
    for (struct psock_guest_link *link = set->looked.next; link != &set->looked;
         link = link->next)
        count++;
    psock_guest_unlock(&psock_guest_sets_mutex);
    return count;
}

bool psock_guest_set_look(struct psock_guest_set *set)
{
    bool again = false;
    for (size_t left = count_looked(set); left > 0;) {
        size_t some = left < AT_ONCE ? left : AT_ONCE;
        again |= look_at_some(set, some);
        left -= some;
    }
    return again;
}
