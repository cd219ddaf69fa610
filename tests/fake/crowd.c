/* crowd.c: the fake while many threads are at it, and memory, which they share.
 * Nothing in here fails a test: only the thread that runs it may. */
#include "sys_fake.h"

#include <stdatomic.h>
#include <stdlib.h>

/* --- Memory --------------------------------------------------------------- */

/* The shared half's calloc() and free(), by tests/CMakeLists.txt. */
void *psock_fake_calloc(size_t count, size_t size);
void psock_fake_free(void *memory);

static atomic_int allocations;
static atomic_int in_use;
static atomic_int allocation_that_fails; /* by its number */
static atomic_size_t last_allocation;
static void (*_Atomic while_allocating)(void);

void fake_begin_memory(void)
{
    atomic_store(&allocations, 0);
    atomic_store(&allocation_that_fails, -1);
    atomic_store(&last_allocation, 0);
    atomic_store(&in_use, 0);
    fake_while_allocating(NULL);
}

void fake_fail_allocation(int count)
{
    atomic_store(&allocation_that_fails, atomic_load(&allocations) + count);
}

void fake_while_allocating(void (*what)(void))
{
    atomic_store(&while_allocating, what);
}

int fake_allocations(void)
{
    return atomic_load(&allocations);
}

size_t fake_last_allocation(void)
{
    return atomic_load(&last_allocation);
}

void *psock_fake_calloc(size_t count, size_t size)
{
    const int number = atomic_fetch_add(&allocations, 1);
    atomic_store(&last_allocation, count);
    void (*what)(void) = atomic_exchange(&while_allocating, NULL);
    if (what != NULL)
        what();
    if (number == atomic_load(&allocation_that_fails))
        return NULL;
    void *memory = calloc(count, size);
    atomic_fetch_add(&in_use, memory != NULL);
    return memory;
}

void psock_fake_free(void *memory)
{
    atomic_fetch_sub(&in_use, memory != NULL);
    free(memory);
}

void *fake_lend(size_t size)
{
    void *memory = malloc(size);
    atomic_fetch_add(&in_use, memory != NULL);
    return memory;
}

int fake_memory_in_use(void)
{
    return atomic_load(&in_use);
}

/* --- The crowd ------------------------------------------------------------ */

enum {
    DESCRIPTORS = 1 << 14
};

/* Where a descriptor is, in the one poller of a crowd. */
enum place {
    OUTSIDE,
    INSIDE,
    ON_THE_WAY /* a call for it is under way */
};

static atomic_bool is_crowded;
static atomic_int places[DESCRIPTORS];
static atomic_int calls;
static atomic_int wakes;
static atomic_int breaches;

void fake_begin_crowd(void)
{
    atomic_store(&is_crowded, 0);
    atomic_store(&calls, 0);
    atomic_store(&wakes, 0);
    atomic_store(&breaches, 0);
    for (size_t i = 0; i < DESCRIPTORS; i++)
        atomic_store_explicit(&places[i], OUTSIDE, memory_order_relaxed);
}

void fake_admit_crowd(void)
{
    atomic_store(&is_crowded, 1);
}

_Bool fake_is_crowded(void)
{
    return atomic_load(&is_crowded);
}

struct fake_crowd fake_crowd_so_far(void)
{
    return (struct fake_crowd){atomic_load(&calls), atomic_load(&wakes),
                               atomic_load(&breaches)};
}

/* What is changed must be where the change supposes it, and by itself. */
void fake_crowd_change(psock_t s, enum fake_crowd_call call)
{
    static const enum place places_before[] = {
        [FAKE_CROWD_ADD] = OUTSIDE,
        [FAKE_CROWD_MODIFY] = INSIDE,
        [FAKE_CROWD_REMOVE] = INSIDE,
    };
    const enum place after = call == FAKE_CROWD_REMOVE ? OUTSIDE : INSIDE;
    atomic_fetch_add(&calls, 1);
    if (s < 0 || s >= DESCRIPTORS) {
        atomic_fetch_add(&breaches, 1);
        return;
    }
    if (atomic_exchange(&places[s], ON_THE_WAY) != (int)places_before[call])
        atomic_fetch_add(&breaches, 1);
    if (atomic_exchange(&places[s], after) != ON_THE_WAY)
        atomic_fetch_add(&breaches, 1);
}

void fake_crowd_wake(void)
{
    atomic_fetch_add(&wakes, 1);
}
