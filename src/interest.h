/* interest.h: what a poller has been told of each descriptor.
 *
 * A descriptor is a small number that the system gives out again after closing
 * (psock_sys_index()), so a table by that number takes one look where a hash
 * would search, and no lock: its parts never move once they are there.  Each
 * part has twice the entries of the one before. */
#ifndef PSOCK_INTEREST_H
#define PSOCK_INTEREST_H

#include "policy.h"

#define PSOCK_TABLE_PARTS 21
#define PSOCK_TABLE_FIRST_PART 256

struct psock_table {
    _Atomic(void *) parts[PSOCK_TABLE_PARTS];
};

/* What one poller wants of one descriptor. */
struct psock_interest {
    /* PSOCK_PRESENT and what is wanted, and when: the generation of the
     * descriptor.  PSOCK_HELD while a thread is changing the entry. */
    _Atomic uint32_t state;
    void *mark; /* the twin's */
};

#define PSOCK_WANTED_MASK 0x7fu
#define PSOCK_WANTED_ONCE 0x80u
#define PSOCK_PRESENT 0x100u
#define PSOCK_HELD 0x200u
#define PSOCK_GENERATION_SHIFT 10

/* Which part has entry `index`, and where in it. */
static inline unsigned psock_table_part(size_t *index)
{
    unsigned part = 0;
    for (size_t size = PSOCK_TABLE_FIRST_PART; *index >= size; size *= 2) {
        *index -= size;
        part++;
    }
    return part;
}

/* The part that has entry `index`, which becomes the place in it; null when
 * there is none. */
static inline void *psock_table_find(struct psock_table *table, size_t *index)
{
    unsigned part = psock_table_part(index);
    if (part >= PSOCK_TABLE_PARTS)
        return NULL;
    return atomic_load_explicit(&table->parts[part], memory_order_acquire);
}

/* How often each descriptor has been closed: of the whole process, counted only
 * near such as were ever in a poller. */
extern struct psock_table psock_generations;

static inline uint32_t psock_generation(psock_t s)
{
    size_t index = psock_sys_index(s);
    const atomic_uint *part = psock_table_find(&psock_generations, &index);
    if (part == NULL)
        return 0;
    return atomic_load_explicit(&part[index], memory_order_relaxed);
}

/* The entry for `s`, or null when nothing near it was ever entered. */
static inline struct psock_interest *
psock_interest_find(struct psock_table *table, psock_t s)
{
    size_t index = psock_sys_index(s);
    struct psock_interest *part = psock_table_find(table, &index);
    return part == NULL ? NULL : &part[index];
}

/* The same, making room; null when there is none. */
struct psock_interest *psock_interest_make(struct psock_table *table,
                                           psock_t s);

void psock_interest_free(struct psock_table *table);

/* What the state of an entry for `s` is when `wanted` is wanted of it. */
static inline uint32_t psock_interest_state(psock_t s, uint32_t wanted)
{
    uint32_t once = (wanted & PSOCK_ONE_SHOT) != 0 ? PSOCK_WANTED_ONCE : 0;
    return PSOCK_PRESENT | once | (wanted & PSOCK_WANTED_MASK) |
           psock_generation(s) << PSOCK_GENERATION_SHIFT;
}

/* Keeps other threads away from `interest`, and returns its state. */
uint32_t psock_interest_hold(struct psock_interest *interest);

/* Lets them at it again, with a new state. */
void psock_interest_let_go(struct psock_interest *interest, uint32_t state);

/* What tells one descriptor from another of its number.  A waker is entered as
 * what wants PSOCK_NO_SOCKET, which no socket can. */
#define PSOCK_IDENTITY_MASK                                                    \
    ((UINT32_MAX << PSOCK_GENERATION_SHIFT) | PSOCK_PRESENT | PSOCK_NO_SOCKET)

/* Whether the entry that had the state `before` is of the same descriptor as
 * one that would now get the state `now`. */
static inline _Bool psock_interest_is_current(uint32_t before, uint32_t now)
{
    return ((before ^ now) & PSOCK_IDENTITY_MASK) == 0;
}

#endif
