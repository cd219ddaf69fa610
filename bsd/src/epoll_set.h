/* epoll_set.h: sets of epoll, for the files epoll*.c.
 *
 * A set has a poller of psock for sockets.  What psock cannot wait for is looked
 * at: when it changes (psock_guest_changed()), or where nobody tells of that, from
 * time to time while a thread waits in the set.
 *
 * One lock is for all sets and what is in them, and never held while a thread
 * waits.  Sets do not hold what they tell of: it leaves them when it is closed,
 * and is still whole while the lock is held. */
#ifndef PSOCK_GUEST_EPOLL_SET_H
#define PSOCK_GUEST_EPOLL_SET_H

#include "ready.h"

#include <sys/epoll.h>

/* A place in a list that begins and ends at its head. */
struct psock_guest_link {
    struct psock_guest_link *next;
    struct psock_guest_link *before;
};

/* What one epoll_ctl() put into a set. */
struct psock_guest_watch {
    struct psock_guest_link looked; /* comes first */
    struct psock_guest_link ready;
    struct psock_guest_set *set;
    struct psock_guest *guest; /* null for a number of the C runtime */
    struct psock_guest_watch *next_of_guest;
    size_t slot;
    int fd;
    uint32_t events;
    epoll_data_t data;
    short came;      /* to be told by the next wait */
    bool by_psock;   /* it is in the poller */
    bool is_dormant; /* EPOLLONESHOT, and told */

    /* With EPOLLET.  Of psock's bits those that were told and are not waited
     * for; and how much had come to a stream by then. */
    uint32_t told;
    bool has_total;
    unsigned long long total;
    short last;          /* of what is looked at: what was true */
    bool is_fresh;       /* and whether it has changed since */
    bool is_asked_again; /* as it changed while it was asked */
};

struct psock_guest_slot {
    struct psock_guest_watch *watch; /* null: free */
    uintptr_t generation;
    size_t next_free;
};

struct psock_guest_set {
    psock_poller *poller;
    struct psock_guest_slot *slots;
    size_t room;
    size_t first_free; /* `room` for none */
    struct psock_guest_link looked;
    struct psock_guest_link ready;
    unsigned waiting; /* threads */
};

extern const struct psock_guest_class psock_guest_epoll_class;
extern struct psock_guest_mutex psock_guest_sets_mutex;

/* --- Sets (epoll_set.c): errors are psock's -------------------------------------- */

int psock_guest_set_open(struct psock_guest_set **set);
void psock_guest_set_close(struct psock_guest_set *set);

/* The rest of this file is called with the lock held, unless said otherwise. */

struct psock_guest_watch *psock_guest_set_find(struct psock_guest_set *set,
                                               int fd,
                                               struct psock_guest *guest);
int psock_guest_set_add(struct psock_guest_set *set, int fd,
                        struct psock_guest *guest,
                        const struct epoll_event *event);
void psock_guest_set_change(struct psock_guest_watch *watch,
                            const struct epoll_event *event);
void psock_guest_set_remove(struct psock_guest_watch *watch);

/* To be looked at anew.  A Unix socket may have become one that psock does not wait
 * for. */
void psock_guest_watch_changed(struct psock_guest_watch *watch);

/* Begins to wait in psock for what was not told. */
void psock_guest_watch_arm(struct psock_guest_watch *watch);

/* Has the next wait tell `bits`, if there are any. */
void psock_guest_watch_tell(struct psock_guest_watch *watch, short bits);

/* --- Tokens (epoll_slot.c) --------------------------------------------------------- */

/* False when there is no memory. */
bool psock_guest_slot_take(struct psock_guest_watch *watch);
void psock_guest_slot_give(struct psock_guest_watch *watch);

/* A watch as the poller knows it: one that is gone is not found. */
void *psock_guest_watch_token(const struct psock_guest_watch *watch);
struct psock_guest_watch *psock_guest_watch_of(struct psock_guest_set *set,
                                               void *token);

/* --- Lists (epoll_list.c) -------------------------------------------------------- */

void psock_guest_list_begin(struct psock_guest_link *head);
bool psock_guest_list_is_empty(const struct psock_guest_link *head);
bool psock_guest_list_has(const struct psock_guest_link *link);

/* At the end; one that is in it already stays where it is. */
void psock_guest_list_put(struct psock_guest_link *head,
                          struct psock_guest_link *link);

/* One that is in no list stays there. */
void psock_guest_list_take(struct psock_guest_link *link);

struct psock_guest_watch *
psock_guest_watch_of_ready(struct psock_guest_link *link);

/* --- Edges (epoll_edge.c) ---------------------------------------------------------- */

/* What of `came` is news of a watch with EPOLLET: all that is true now, or 0. */
uint32_t psock_guest_edge_came(struct psock_guest_watch *watch, uint32_t came);

/* Looks whether more has come to a stream than what was told of. */
void psock_guest_edge_look(struct psock_guest_watch *watch);

/* --- Looking (epoll_look.c) ----------------------------------------------------------- */

/* Looks at what is not in the poller, without the lock.  Returns whether it has to
 * be done again from time to time. */
bool psock_guest_set_look(struct psock_guest_set *set);

#endif
