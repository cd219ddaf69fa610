/* signal_thread.c: the threads that signals are for, and what they block.
 *
 * A signal is for one thread as soon as there is one that does not block it: the
 * main thread, as on Linux, before all others.  Threads are known from the first
 * time that they wait while signals are possible. */
#include "signal_state.h"

#include <stdlib.h>

struct psock_guest_signal_state psock_guest_signal_state = {
    .threads = &psock_guest_signal_state.main_thread};

atomic_bool psock_guest_signals_possible;

/* --- Threads ------------------------------------------------------------------ */

/* Signals that a thread blocks are inherited by those it makes: as a thread is met
 * late, by what the main thread blocks. */
static struct psock_guest_signal_thread *new_thread(void)
{
    struct psock_guest_signal_thread *own = calloc(1, sizeof *own);
    if (own == NULL || !psock_guest_signal_set_local(own)) {
        free(own);
        return NULL;
    }
    own->id = psock_guest_thread_id();
    psock_guest_lock(&psock_guest_signal_state.lock);
    own->blocked = psock_guest_signal_state.main_thread.blocked;
    own->next = psock_guest_signal_state.threads;
    psock_guest_signal_state.threads = own;
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return own;
}

struct psock_guest_signal_thread *psock_guest_signal_own(void)
{
    struct psock_guest_signal_thread *own = psock_guest_signal_local();
    if (own != NULL)
        return own;
    if (!psock_guest_is_main_thread())
        return new_thread();
    psock_guest_signal_state.main_thread.id = psock_guest_thread_id();
    psock_guest_signal_set_local(&psock_guest_signal_state.main_thread);
    return &psock_guest_signal_state.main_thread;
}

void psock_guest_signal_ring(struct psock_guest_signal_thread *thread)
{
    if (thread->waker != NULL)
        psock_waker_ring(thread->waker);
}

static void ring_if_deliverable(struct psock_guest_signal_thread *thread)
{
    if (((thread->pending | psock_guest_signal_state.of_process) &
         ~thread->blocked) != 0)
        psock_guest_signal_ring(thread);
}

/* What a thread has left undone is anybody's. */
static void hand_on(psock_guest_signals left)
{
    struct psock_guest_signal_thread *each = psock_guest_signal_state.threads;
    psock_guest_signal_state.of_process |= left;
    for (; left != 0 && each != NULL; each = each->next)
        ring_if_deliverable(each);
}

void psock_guest_signal_thread_ended(void *ended)
{
    struct psock_guest_signal_thread *own = ended;
    if (own == &psock_guest_signal_state.main_thread)
        return;
    psock_guest_lock(&psock_guest_signal_state.lock);
    struct psock_guest_signal_thread **at = &psock_guest_signal_state.threads;
    while (*at != own)
        at = &(*at)->next;
    *at = own->next;
    hand_on(own->pending);
    psock_guest_unlock(&psock_guest_signal_state.lock);
    psock_cancel_with(NULL);
    if (own->waker != NULL)
        psock_waker_close(own->waker);
    free(own);
}

int psock_guest_signal_bind(struct psock_guest_signal_thread *own)
{
    if (own->waker != NULL)
        return 0;
    psock_waker *waker;
    if (psock_waker_open(&waker) < 0)
        return -ENOMEM;
    psock_guest_lock(&psock_guest_signal_state.lock);
    own->waker = waker;
    ring_if_deliverable(own);
    psock_guest_unlock(&psock_guest_signal_state.lock);
    psock_cancel_with(waker);
    return 0;
}

/* --- What is set --------------------------------------------------------------- */

psock_guest_signals
psock_guest_signal_block(struct psock_guest_signal_thread *own,
                         psock_guest_signals blocked)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    psock_guest_signals before = own->blocked;
    own->blocked = blocked & ~PSOCK_GUEST_NEVER_BLOCKED;
    ring_if_deliverable(own);
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return before;
}

bool psock_guest_signal_is_blocked(int number)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    bool is_blocked = (psock_guest_signal_state.main_thread.blocked &
                       psock_guest_signal_bit(number)) != 0;
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return is_blocked;
}

psock_guest_signals
psock_guest_signal_pending(struct psock_guest_signal_thread *own)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    psock_guest_signals pending =
        own->pending | psock_guest_signal_state.of_process;
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return pending;
}

void psock_guest_signal_await(struct psock_guest_signal_thread *own,
                              psock_guest_signals awaited)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    own->awaited = awaited;
    psock_guest_unlock(&psock_guest_signal_state.lock);
}
