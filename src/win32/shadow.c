/* shadow.c: a small table and a short list under one lock.
 *
 * Neither is on the data path: entries are made and looked up by shutdown,
 * close, connect and accept, and by calls that found nothing to do. */
#include "platform.h"

#include <stdlib.h>

struct shadow_entry {
    psock_t socket;
    unsigned bits;
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct shadow_entry *entries;
static size_t entry_count;
static size_t entry_room;
static LONG volatile entries_in_use; /* entry_count for readers without lock */
static struct shadow_waiter *waiters;

static struct shadow_entry *find(psock_t s)
{
    for (size_t i = 0; i < entry_count; i++)
        if (entries[i].socket == s)
            return &entries[i];
    return NULL;
}

static void publish_count(void)
{
    InterlockedExchange(&entries_in_use, (LONG)entry_count);
}

static _Bool make_room(void)
{
    if (entry_count < entry_room)
        return 1;
    size_t room = entry_room == 0 ? 16 : 2 * entry_room;
    struct shadow_entry *grown = realloc(entries, room * sizeof *grown);
    if (grown == NULL)
        return 0;
    entries = grown;
    entry_room = room;
    return 1;
}

static struct shadow_entry *find_or_make(psock_t s)
{
    struct shadow_entry *entry = find(s);
    if (entry != NULL || !make_room())
        return entry;
    entry = &entries[entry_count++];
    *entry = (struct shadow_entry){.socket = s};
    publish_count();
    return entry;
}

static void drop(struct shadow_entry *entry)
{
    *entry = entries[--entry_count];
    publish_count();
    if (entry_count > 0)
        return;
    free(entries);
    entries = NULL;
    entry_room = 0;
}

unsigned psock_win32_shadow(psock_t s)
{
    if (InterlockedCompareExchange(&entries_in_use, 0, 0) == 0)
        return 0;
    AcquireSRWLockExclusive(&lock);
    const struct shadow_entry *entry = find(s);
    unsigned bits = entry == NULL ? 0 : entry->bits;
    ReleaseSRWLockExclusive(&lock);
    return bits;
}

int psock_win32_shadow_add(psock_t s, unsigned bits)
{
    AcquireSRWLockExclusive(&lock);
    struct shadow_entry *entry = find_or_make(s);
    if (entry != NULL)
        entry->bits |= bits;
    ReleaseSRWLockExclusive(&lock);
    return entry == NULL ? PSOCK_ENOMEM : 0;
}

void psock_win32_shadow_remove(psock_t s, unsigned bits)
{
    if (InterlockedCompareExchange(&entries_in_use, 0, 0) == 0)
        return;
    AcquireSRWLockExclusive(&lock);
    struct shadow_entry *entry = find(s);
    if (entry != NULL) {
        entry->bits &= ~bits;
        if (entry->bits == 0)
            drop(entry);
    }
    ReleaseSRWLockExclusive(&lock);
}

void psock_win32_forget(psock_t s)
{
    psock_win32_shadow_remove(s, ~0u);
}

NTSTATUS psock_win32_waiter_enter(
    struct shadow_waiter *waiter,
    NTSTATUS (*start)(struct shadow_waiter *waiter, void *context),
    void *context)
{
    AcquireSRWLockExclusive(&lock);
    const struct shadow_entry *entry = find(waiter->socket);
    waiter->state = entry == NULL ? 0 : entry->bits;
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

void psock_win32_wake(psock_t s)
{
    AcquireSRWLockExclusive(&lock);
    for (struct shadow_waiter *waiter = waiters; waiter != NULL;
         waiter = waiter->next) {
        if (waiter->socket == s)
            psock_winsock.CancelIoEx(waiter->handle, &waiter->overlapped);
    }
    ReleaseSRWLockExclusive(&lock);
}
