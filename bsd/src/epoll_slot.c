/* epoll_slot.c: tokens, by which a set knows what psock's poller tells of, and
 * whether it is still there: the number of a place, and how often that was given
 * away. */
#include "epoll_set.h"

#include <stdlib.h>

#define SLOT_BITS (sizeof(uintptr_t) * 4)
#define SLOTS_MAX ((uintptr_t)1 << SLOT_BITS)

void *psock_guest_watch_token(const struct psock_guest_watch *watch)
{
    const uintptr_t generation = watch->set->slots[watch->slot].generation;
    return (void *)(generation << SLOT_BITS | watch->slot);
}

struct psock_guest_watch *psock_guest_watch_of(struct psock_guest_set *set,
                                               void *token)
{
    const size_t slot = (uintptr_t)token & (SLOTS_MAX - 1);
    struct psock_guest_watch *watch =
        slot < set->room ? set->slots[slot].watch : NULL;
    return watch != NULL && psock_guest_watch_token(watch) == token ? watch
                                                                    : NULL;
}

static bool grow(struct psock_guest_set *set)
{
    const size_t room = set->room == 0 ? 16 : set->room * 2;
    if (room > SLOTS_MAX)
        return false;
    struct psock_guest_slot *slots = realloc(set->slots, room * sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = set->room; i < room; i++)
        slots[i] = (struct psock_guest_slot){.next_free = i + 1};
    set->slots = slots;
    set->first_free = set->room;
    set->room = room;
    return true;
}

bool psock_guest_slot_take(struct psock_guest_watch *watch)
{
    struct psock_guest_set *set = watch->set;
    if (set->first_free == set->room && !grow(set))
        return false;
    watch->slot = set->first_free;
    set->first_free = set->slots[watch->slot].next_free;
    set->slots[watch->slot].watch = watch;
    return true;
}

void psock_guest_slot_give(struct psock_guest_watch *watch)
{
    struct psock_guest_slot *slot = &watch->set->slots[watch->slot];
    slot->watch = NULL;
    slot->generation++;
    slot->next_free = watch->set->first_free;
    watch->set->first_free = watch->slot;
}
