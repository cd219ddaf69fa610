/* shadow.c: a hash table and a short list under one lock.
 *
 * Neither is on the data path: entries are made and looked up by shutdown,
 * close, connect and accept, and by calls that found nothing to do. */
#include "platform.h"

#include <stdlib.h>

/* An entry is free when it has no bits. */
struct shadow_entry {
    psock_t socket;
    unsigned bits;
};

/* Room enough for most programs: connecting and closing should not go to the
 * heap each time.  The room is a power of two, at most half of it in use. */
#define ENTRIES_KEPT 32

/* The last of the locks: whoever holds it takes no other.  A poller's come
 * before it (poller.h). */
static SRWLOCK lock = SRWLOCK_INIT;
static struct shadow_entry kept_entries[ENTRIES_KEPT];
static struct shadow_entry *entries = kept_entries;
static size_t entry_room = ENTRIES_KEPT;
static size_t entry_count;
static LONG volatile entries_in_use; /* entry_count for readers without lock */
static struct shadow_waiter *waiters;

/* Where the search for `s` begins: handles are close together and multiples of
 * four, so the product's upper half spreads them. */
static size_t home_of(psock_t s)
{
    uint64_t product = (uint64_t)s * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(product >> 32) & (entry_room - 1);
}

/* The entry of `s`, or the free one where it would be. */
static struct shadow_entry *slot_of(psock_t s)
{
    size_t i = home_of(s);
    while (entries[i].bits != 0 && entries[i].socket != s)
        i = (i + 1) & (entry_room - 1);
    return &entries[i];
}

static unsigned bits_of(psock_t s)
{
    return slot_of(s)->bits;
}

static void set_count(size_t count)
{
    entry_count = count;
    InterlockedExchange(&entries_in_use, (LONG)count);
}

static void free_entries(struct shadow_entry *old)
{
    if (old != kept_entries)
        free(old);
}

static _Bool make_room(void)
{
    if (2 * entry_count < entry_room)
        return 1;
    struct shadow_entry *old = entries;
    const size_t old_room = entry_room;
    struct shadow_entry *grown = calloc(2 * old_room, sizeof *grown);
    if (grown == NULL)
        return 0;
    entries = grown;
    entry_room = 2 * old_room;
    for (size_t i = 0; i < old_room; i++)
        if (old[i].bits != 0)
            *slot_of(old[i].socket) = old[i];
    free_entries(old);
    return 1;
}

/* Goes back to the room that is always there once nothing needs more. */
static void shrink(void)
{
    if (entry_count > 0 || entries == kept_entries)
        return;
    free_entries(entries);
    memset(kept_entries, 0, sizeof kept_entries);
    entries = kept_entries;
    entry_room = ENTRIES_KEPT;
}

/* Frees an entry and moves up those behind it that could be reached only past
 * it. */
static void drop(struct shadow_entry *entry)
{
    const size_t mask = entry_room - 1;
    size_t hole = (size_t)(entry - entries);
    for (size_t i = (hole + 1) & mask; entries[i].bits != 0;
         i = (i + 1) & mask) {
        size_t distance = (i - home_of(entries[i].socket)) & mask;
        if (distance < ((i - hole) & mask))
            continue;
        entries[hole] = entries[i];
        hole = i;
    }
    entries[hole].bits = 0;
    set_count(entry_count - 1);
    shrink();
}

/* --- The bits of a socket ------------------------------------------------- */

unsigned psock_win32_shadow(psock_t s)
{
    if (InterlockedCompareExchange(&entries_in_use, 0, 0) == 0)
        return 0;
    AcquireSRWLockShared(&lock);
    unsigned bits = bits_of(s);
    ReleaseSRWLockShared(&lock);
    return bits;
}

/* Whether there is an entry to put bits into. */
static _Bool add_bits(psock_t s, unsigned bits)
{
    if (bits_of(s) == 0) {
        if (!make_room())
            return 0;
        set_count(entry_count + 1);
    }
    struct shadow_entry *entry = slot_of(s);
    entry->socket = s;
    entry->bits |= bits;
    return 1;
}

int psock_win32_shadow_add(psock_t s, unsigned bits)
{
    AcquireSRWLockExclusive(&lock);
    _Bool added = add_bits(s, bits);
    ReleaseSRWLockExclusive(&lock);
    return added ? 0 : PSOCK_ENOMEM;
}

static void remove_bits(psock_t s, unsigned bits)
{
    struct shadow_entry *entry = slot_of(s);
    if (entry->bits == 0)
        return;
    if ((entry->bits & ~bits) == 0)
        drop(entry);
    else
        entry->bits &= ~bits;
}

void psock_win32_shadow_remove(psock_t s, unsigned bits)
{
    if (InterlockedCompareExchange(&entries_in_use, 0, 0) == 0)
        return;
    AcquireSRWLockExclusive(&lock);
    remove_bits(s, bits);
    ReleaseSRWLockExclusive(&lock);
}

void psock_win32_forget(psock_t s)
{
    psock_win32_unsettle(s);
    psock_win32_shadow_remove(s, ~0u);
}

/* --- Who waits ------------------------------------------------------------ */

NTSTATUS psock_win32_waiter_enter(struct shadow_waiter *waiter,
                                  waiter_start *start, void *context)
{
    AcquireSRWLockExclusive(&lock);
    waiter->next = waiters;
    waiters = waiter;
    NTSTATUS result = start(waiter, context);
    ReleaseSRWLockExclusive(&lock);
    return result;
}

void psock_win32_waiter_leave(struct shadow_waiter *waiter)
{
    AcquireSRWLockExclusive(&lock);
    struct shadow_waiter **link = &waiters;
    while (*link != waiter)
        link = &(*link)->next;
    *link = waiter->next;
    ReleaseSRWLockExclusive(&lock);
}

unsigned psock_win32_shadow_held(psock_t s)
{
    return entry_count == 0 ? 0 : bits_of(s);
}

static _Bool waits_for_socket(const struct shadow_waiter *waiter, psock_t s)
{
    for (size_t i = 0; i < waiter->count; i++)
        if (waiter->entries[i].waker == NULL && waiter->entries[i].socket == s)
            return 1;
    return 0;
}

static _Bool listens_to(const struct shadow_waiter *waiter,
                        const psock_waker *waker)
{
    if (waiter->canceler == waker)
        return 1;
    for (size_t i = 0; i < waiter->count; i++)
        if (waiter->entries[i].waker == waker)
            return 1;
    return 0;
}

static void wake_waiters(psock_t s)
{
    AcquireSRWLockExclusive(&lock);
    for (struct shadow_waiter *waiter = waiters; waiter != NULL;
         waiter = waiter->next) {
        if (!waits_for_socket(waiter, s))
            continue;
        waiter->woken = 1;
        waiter->disturb(waiter);
    }
    ReleaseSRWLockExclusive(&lock);
}

void psock_win32_wake(psock_t s)
{
    wake_waiters(s);
    psock_win32_wake_pollers(s);
}

void psock_win32_wake_listeners(const psock_waker *waker)
{
    AcquireSRWLockExclusive(&lock);
    for (struct shadow_waiter *waiter = waiters; waiter != NULL;
         waiter = waiter->next)
        if (listens_to(waiter, waker))
            waiter->disturb(waiter);
    ReleaseSRWLockExclusive(&lock);
}
