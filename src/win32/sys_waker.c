/* sys_waker.c: a flag, and who has to hear of it.
 *
 * Threads that wait look at the flag when they begin, under the lock that ringing
 * takes after it has set the flag (shadow.c): so either they see the ring or it
 * finds them.  Pollers that have the waker get a packet for each change from not
 * rung to rung, unless the last one is still on its way; what is rung beyond
 * that they see when they begin to wait.
 *
 * Whoever is woken by a ring may close the waker while the thread that rings is
 * still about to wake others, so closing waits for that. */
#include "platform.h"
#include "poller.h"

#include <stdlib.h>

/* For the change to rung, the lists of subscribers, and what is in them.  Only
 * the one of the shadow is taken under it. */
static SRWLOCK lock = SRWLOCK_INIT;

int psock_sys_waker_open(psock_waker **waker)
{
    psock_waker *made = calloc(1, sizeof *made);
    if (made == NULL)
        return psock_win32_no_memory();
    made->event = psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
    if (made->event == NULL) {
        int error = psock_win32_error();
        free(made);
        return error;
    }
    *waker = made;
    return 0;
}

/* Until the thread that has rung is done. */
static void await_ring(void)
{
    AcquireSRWLockExclusive(&lock);
    ReleaseSRWLockExclusive(&lock);
}

void psock_sys_waker_close(psock_waker *waker)
{
    psock_win32_waker_leaves_pollers(waker);
    await_ring();
    psock_winsock.CloseHandle(waker->event);
    free(waker);
}

static void post(struct waker_subscriber *subscriber)
{
    subscriber->posted = psock_winsock.PostQueuedCompletionStatus(
                             subscriber->port, 0, PACKET_OF_WAKER,
                             (OVERLAPPED *)subscriber) != 0;
}

static void tell_subscribers(psock_waker *waker)
{
    for (struct waker_subscriber *each = waker->subscribers; each != NULL;
         each = each->next)
        if (!each->posted)
            post(each);
}

static void wake_all(psock_waker *waker)
{
    int native = psock_winsock.WSAGetLastError();
    psock_win32_wake_listeners(waker);
    tell_subscribers(waker);
    psock_winsock.WSASetLastError(native);
}

static void ring_and_wake(psock_waker *waker)
{
    AcquireSRWLockExclusive(&lock);
    if (InterlockedExchange(&waker->rung, 1) == 0)
        wake_all(waker);
    ReleaseSRWLockExclusive(&lock);
}

/* One is put in the place of one, so that what came before this ring too is
 * seen by whoever resets it. */
void psock_sys_waker_ring(psock_waker *waker)
{
    if (InterlockedCompareExchange(&waker->rung, 1, 1) == 0)
        ring_and_wake(waker);
}

_Bool psock_sys_waker_reset(psock_waker *waker)
{
    return InterlockedExchange(&waker->rung, 0) != 0;
}

psock_t psock_sys_waker_descriptor(const psock_waker *waker)
{
    return (psock_t)waker->event;
}

/* --- For pollers ---------------------------------------------------------- */

void psock_win32_subscribe(struct waker_subscriber *subscriber)
{
    AcquireSRWLockExclusive(&lock);
    subscriber->next = subscriber->waker->subscribers;
    subscriber->waker->subscribers = subscriber;
    ReleaseSRWLockExclusive(&lock);
}

_Bool psock_win32_unsubscribe(struct waker_subscriber *subscriber)
{
    AcquireSRWLockExclusive(&lock);
    struct waker_subscriber **link = &subscriber->waker->subscribers;
    while (*link != subscriber)
        link = &(*link)->next;
    *link = subscriber->next;
    subscriber->waker = NULL;
    _Bool posted = subscriber->posted;
    ReleaseSRWLockExclusive(&lock);
    return posted;
}

void psock_win32_tell_again(struct waker_subscriber *subscriber)
{
    if (!psock_win32_is_rung(subscriber->waker))
        return;
    AcquireSRWLockExclusive(&lock);
    if (!subscriber->posted)
        post(subscriber);
    ReleaseSRWLockExclusive(&lock);
}

_Bool psock_win32_is_told(struct waker_subscriber *subscriber)
{
    AcquireSRWLockExclusive(&lock);
    subscriber->posted = 0;
    _Bool rung = psock_win32_is_rung(subscriber->waker);
    ReleaseSRWLockExclusive(&lock);
    return rung;
}
