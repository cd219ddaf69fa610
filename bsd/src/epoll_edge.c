/* epoll_edge.c: EPOLLET: telling once of what has come.
 *
 * What was told is not waited for any more until a call on the description has
 * taken something, or found no room: then psock is asked anew.  A stream is told of
 * again when its bytes, those that were taken and those that are there, have
 * become more, be it that nobody reads: that is looked for from time to time.
 * Listeners and datagrams are told of again whenever something is left after
 * somebody has taken, which is more often than need be. */
#include "epoll_set.h"

#define OVER (PSOCK_READ_ENDED | PSOCK_HUNG_UP | PSOCK_FAILED)
#define BROKEN (PSOCK_HUNG_UP | PSOCK_FAILED)

static bool is_counted(const struct psock_guest *guest)
{
    return guest->type != SOCK_DGRAM &&
           atomic_load(&guest->connecting) != PSOCK_GUEST_LISTENING;
}

/* Whether there are more bytes than were told of. */
static bool has_more(struct psock_guest_watch *watch, int unread)
{
    if (unread < 0)
        return true;
    const unsigned long long total =
        atomic_load(&watch->guest->taken) + (unsigned)unread;
    bool more = !watch->has_total || total > watch->total;
    if (more)
        watch->total = total;
    watch->has_total = true;
    return more;
}

/* --- What comes --------------------------------------------------------------------- */

static uint32_t news_of_stream(struct psock_guest_watch *watch, uint32_t news)
{
    if ((news & PSOCK_READABLE) == 0 || (news & OVER) != 0 ||
        !is_counted(watch->guest))
        return news;
    psock_guest_list_put(&watch->set->looked, &watch->looked);
    return has_more(watch, psock_guest_socket_unread(watch->guest->socket))
               ? news
               : news & ~(uint32_t)PSOCK_READABLE;
}

uint32_t psock_guest_edge_came(struct psock_guest_watch *watch, uint32_t came)
{
    uint32_t news = news_of_stream(watch, came & ~watch->told);
    watch->told |= came;
    if ((watch->told & BROKEN) == 0)
        psock_guest_watch_arm(watch);
    return news == 0 ? 0 : watch->told;
}

static void wait_again(struct psock_guest_watch *watch, uint32_t bit)
{
    if ((watch->events & EPOLLET) == 0 || !watch->by_psock ||
        (watch->told & bit) == 0 || (watch->told & BROKEN) != 0)
        return;
    watch->told &= ~bit;
    psock_guest_watch_arm(watch);
}

void psock_guest_edge_look(struct psock_guest_watch *watch)
{
    int unread = psock_guest_socket_unread(watch->guest->socket);
    if (unread == 0) {
        psock_guest_list_take(&watch->looked);
        wait_again(watch, PSOCK_READABLE);
    } else if (has_more(watch, unread)) {
        psock_guest_watch_tell(
            watch, psock_guest_came(watch->guest, watch->told,
                                    (short)(watch->events & 0xffff)));
    }
}

/* --- What calls do ---------------------------------------------------------------------- */

/* The end is told once, and what is read before it changes nothing. */
void psock_guest_edge_received(struct psock_guest *guest, ptrdiff_t result)
{
    if (result > 0)
        atomic_fetch_add(&guest->taken, (unsigned long long)result);
    psock_guest_lock(&psock_guest_sets_mutex);
    for (struct psock_guest_watch *watch = guest->watches; watch != NULL;
         watch = watch->next_of_guest) {
        if ((watch->told & OVER) != 0)
            continue;
        if (watch->by_psock)
            psock_guest_list_take(&watch->looked);
        wait_again(watch, PSOCK_READABLE);
    }
    psock_guest_unlock(&psock_guest_sets_mutex);
}

void psock_guest_edge_sent(struct psock_guest *guest)
{
    psock_guest_lock(&psock_guest_sets_mutex);
    for (struct psock_guest_watch *watch = guest->watches; watch != NULL;
         watch = watch->next_of_guest)
        wait_again(watch, PSOCK_WRITABLE);
    psock_guest_unlock(&psock_guest_sets_mutex);
}
