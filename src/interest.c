/* interest.c: tables by descriptor, and the generations that tell a descriptor
 * from a later one of the same number. */
#include "interest.h"

#include <stdlib.h>

/* --- Tables --------------------------------------------------------------- */

/* Makes the part, unless another thread is faster. */
static PSOCK_APART void *make_part(struct psock_table *table, unsigned part,
                                   size_t entry_size)
{
    void *there = NULL;
    void *made = calloc((size_t)PSOCK_TABLE_FIRST_PART << part, entry_size);
    if (made == NULL)
        return NULL;
    if (atomic_compare_exchange_strong(&table->parts[part], &there, made))
        return made;
    free(made);
    return there;
}

static void *part_made(struct psock_table *table, size_t *index,
                       size_t entry_size)
{
    unsigned part = psock_table_part(index);
    if (part >= PSOCK_TABLE_PARTS)
        return NULL;
    void *there =
        atomic_load_explicit(&table->parts[part], memory_order_acquire);
    return there != NULL ? there : make_part(table, part, entry_size);
}

/* --- Generations ---------------------------------------------------------- */

/* They stay until the process ends, as another thread may be looking at any
 * time. */
struct psock_table psock_generations;
static atomic_bool generations_matter;

static _Bool make_generation(psock_t s)
{
    size_t index = psock_sys_index(s);
    if (part_made(&psock_generations, &index, sizeof(atomic_uint)) == NULL)
        return 0;
    atomic_store_explicit(&generations_matter, 1, memory_order_relaxed);
    return 1;
}

static PSOCK_APART void next_generation(psock_t s)
{
    size_t index = psock_sys_index(s);
    atomic_uint *part = psock_table_find(&psock_generations, &index);
    if (part != NULL)
        atomic_fetch_add_explicit(&part[index], 1, memory_order_relaxed);
}

void psock_descriptor_closes(psock_t s)
{
    if (!PSOCK_LIKELY(
            !atomic_load_explicit(&generations_matter, memory_order_relaxed)))
        next_generation(s);
}

/* --- Interests ------------------------------------------------------------ */

struct psock_interest *psock_interest_make(struct psock_table *table, psock_t s)
{
    size_t index = psock_sys_index(s);
    if (!make_generation(s))
        return NULL;
    struct psock_interest *part =
        part_made(table, &index, sizeof(struct psock_interest));
    return part == NULL ? NULL : &part[index];
}

void psock_interest_free(struct psock_table *table)
{
    for (size_t i = 0; i < PSOCK_TABLE_PARTS; i++)
        free(atomic_load_explicit(&table->parts[i], memory_order_relaxed));
}

/* Two threads that change the same socket's entry at once are rare, and what
 * the one holds it for is one system call, so the other just tries again. */
uint32_t psock_interest_hold(struct psock_interest *interest)
{
    for (;;) {
        uint32_t state =
            atomic_load_explicit(&interest->state, memory_order_relaxed);
        if ((state & PSOCK_HELD) == 0 &&
            atomic_compare_exchange_weak_explicit(
                &interest->state, &state, state | PSOCK_HELD,
                memory_order_acquire, memory_order_relaxed))
            return state;
        if ((state & PSOCK_HELD) != 0)
            psock_sys_yield();
    }
}

void psock_interest_let_go(struct psock_interest *interest, uint32_t state)
{
    atomic_store_explicit(&interest->state, state, memory_order_release);
}
