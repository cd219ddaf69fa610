/* registry.c: the registrations of every socket, in all pollers.
 *
 * A socket that is closed leaves its pollers first, and one that is shut down
 * wakes them, so they have to be found by its number.  Handles are small numbers
 * that are given out again, so that is an index. */
#include "platform.h"
#include "poller.h"

#include <stdlib.h>

static SRWLOCK lock = SRWLOCK_INIT;
static struct first {
    struct registration *registration;
} * firsts; /* by psock_sys_index() */
static size_t room;
static size_t count;
static LONG volatile in_use; /* whether there are any, for those without lock */

_Bool psock_win32_registry_is_empty(void)
{
    return InterlockedCompareExchange(&in_use, 0, 0) == 0;
}

void psock_win32_registry_lock(void)
{
    AcquireSRWLockExclusive(&lock);
}

void psock_win32_registry_unlock(void)
{
    ReleaseSRWLockExclusive(&lock);
}

struct registration *psock_win32_registry_first(psock_t s)
{
    size_t index = psock_sys_index(s);
    return index < room ? firsts[index].registration : NULL;
}

static _Bool make_room(size_t index)
{
    if (index < room)
        return 1;
    size_t wider = room == 0 ? 256 : room;
    while (wider <= index)
        wider *= 2;
    struct first *grown = realloc(firsts, wider * sizeof *grown);
    if (grown == NULL)
        return 0;
    for (size_t i = room; i < wider; i++)
        grown[i].registration = NULL;
    firsts = grown;
    room = wider;
    return 1;
}

static void set_count(size_t new_count)
{
    count = new_count;
    InterlockedExchange(&in_use, new_count != 0);
}

_Bool psock_win32_registry_enter(struct registration *registration)
{
    size_t index = psock_sys_index(registration->socket);
    if (!make_room(index))
        return 0;
    registration->next_of_socket = firsts[index].registration;
    firsts[index].registration = registration;
    set_count(count + 1);
    return 1;
}

void psock_win32_registry_leave(struct registration *registration)
{
    struct registration **link =
        &firsts[psock_sys_index(registration->socket)].registration;
    while (*link != registration)
        link = &(*link)->next_of_socket;
    *link = registration->next_of_socket;
    set_count(count - 1);
    if (count > 0)
        return;
    free(firsts);
    firsts = NULL;
    room = 0;
}
