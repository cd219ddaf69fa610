/* poller.c: what a poller can be asked, and the waiting until a deadline.
 *
 * What is in a poller is known here, so that the same mistakes have the same
 * errors whatever the system, and no call is made for what is wanted already;
 * the twin just waits. */
#include "interest.h"

#include <limits.h>
#include <stdlib.h>

struct psock_poller {
    struct psock_sys_poller *system;
    atomic_bool wake_is_due; /* rung, and no wait has returned since */
    _Atomic(const void *) usual_thread; /* the first to wait here */
    atomic_bool usual_thread_waits;
    atomic_uint other_threads_waiting;
    struct psock_table table; /* of psock_interest */
};

#define WANTED_IN_A_POLLER (PSOCK_CAN_BE_WANTED | PSOCK_ONE_SHOT)

/* --- Who waits ------------------------------------------------------------- */

/* Its address tells this thread from all others. */
static _Thread_local char this_thread;

/* Counting costs more than all else that a wait does here.  Most pollers are
 * waited in by one thread only: that one just says that it does, and the others
 * are counted. */
static PSOCK_APART _Bool enter_first_or_counted(psock_poller *poller)
{
    const void *nobody = NULL;
    if (atomic_compare_exchange_strong(&poller->usual_thread, &nobody,
                                       &this_thread))
        return 1;
    atomic_fetch_add(&poller->other_threads_waiting, 1);
    return 0;
}

static inline _Bool enter(psock_poller *poller)
{
    _Bool usual = PSOCK_LIKELY(atomic_load_explicit(&poller->usual_thread,
                                                    memory_order_relaxed) ==
                               &this_thread) ||
                  enter_first_or_counted(poller);
    if (PSOCK_LIKELY(usual))
        atomic_store_explicit(&poller->usual_thread_waits, 1,
                              memory_order_relaxed);
    return usual;
}

static inline void leave(psock_poller *poller, _Bool usual)
{
    if (PSOCK_LIKELY(usual))
        atomic_store_explicit(&poller->usual_thread_waits, 0,
                              memory_order_release);
    else
        atomic_fetch_sub(&poller->other_threads_waiting, 1);
}

static _Bool is_waited_in(const psock_poller *poller)
{
    return atomic_load(&poller->usual_thread_waits) ||
           atomic_load(&poller->other_threads_waiting) != 0;
}

/* --- Opening and closing -------------------------------------------------- */

static int open_system_poller(psock_poller *poller)
{
    int error = psock_ensure_started();
    return error < 0 ? error : psock_sys_poller_open(&poller->system);
}

int psock_poller_open(psock_poller **poller)
{
    if (poller == NULL)
        return PSOCK_EFAULT;
    psock_poller *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    int error = open_system_poller(made);
    if (error < 0) {
        free(made);
        return error;
    }
    *poller = made;
    return 0;
}

int psock_poller_close(psock_poller *poller)
{
    if (poller == NULL)
        return PSOCK_EFAULT;
    if (is_waited_in(poller))
        return PSOCK_EBUSY;
    psock_sys_poller_close(poller->system);
    psock_interest_free(&poller->table);
    free(poller);
    return 0;
}

/* --- What is in it -------------------------------------------------------- */

static int request_error(const psock_poller *poller, psock_t s, uint32_t wanted)
{
    if (poller == NULL)
        return PSOCK_EFAULT;
    if (s < 0)
        return PSOCK_EBADF;
    return (wanted & ~(uint32_t)WANTED_IN_A_POLLER) == 0 ? 0 : PSOCK_EINVAL;
}

/* Why `s` is not in the poller. */
static PSOCK_APART int absence(psock_t s)
{
    int error = psock_sys_check(s);
    return error < 0 ? error : PSOCK_ENOENT;
}

static int add_to_system(psock_poller *poller, psock_t s, uint32_t wanted,
                         void *token, struct psock_interest *interest)
{
    const uint32_t before = psock_interest_hold(interest);
    const uint32_t state = psock_interest_state(s, wanted);
    int error = PSOCK_EEXIST;
    if (!psock_interest_is_current(before, state))
        error = psock_sys_poller_add(poller->system, s, wanted, token,
                                     &interest->mark);
    psock_interest_let_go(interest, error < 0 ? before : state);
    return error;
}

int psock_poller_add(psock_poller *poller, psock_t s, uint32_t wanted,
                     void *token)
{
    int error = request_error(poller, s, wanted);
    if (error == 0)
        error = psock_sys_check(s);
    if (error < 0)
        return error;
    struct psock_interest *interest = psock_interest_make(&poller->table, s);
    if (interest == NULL)
        return PSOCK_ENOMEM;
    return add_to_system(poller, s, wanted, token, interest);
}

/* Lets go of what was in the poller after a change that came to `error`.  What
 * the system has lost, as it was closed past psock, is not there any more. */
static void let_go_changed(struct psock_interest *interest, int error,
                           uint32_t before, uint32_t after)
{
    if (error == PSOCK_ENOENT || error == PSOCK_EBADF)
        after = 0;
    else if (error < 0)
        after = before;
    psock_interest_let_go(interest, after);
}

static int modify_in_system(psock_poller *poller, psock_t s, uint32_t wanted,
                            struct psock_interest *interest, uint32_t state)
{
    const uint32_t before = psock_interest_hold(interest);
    if (!psock_interest_is_current(before, state)) {
        psock_interest_let_go(interest, before);
        return absence(s);
    }
    int error =
        psock_sys_poller_modify(poller->system, s, wanted, interest->mark);
    let_go_changed(interest, error, before, state);
    return error == PSOCK_ENOENT ? absence(s) : error;
}

int psock_poller_modify(psock_poller *poller, psock_t s, uint32_t wanted)
{
    int error = request_error(poller, s, wanted);
    if (error < 0)
        return error;
    struct psock_interest *interest = psock_interest_find(&poller->table, s);
    if (interest == NULL)
        return absence(s);
    const uint32_t state = psock_interest_state(s, wanted);
    if ((wanted & PSOCK_ONE_SHOT) == 0 &&
        atomic_load_explicit(&interest->state, memory_order_acquire) == state)
        return 0;
    return modify_in_system(poller, s, wanted, interest, state);
}

static int remove_from_system(psock_poller *poller, psock_t s,
                              struct psock_interest *interest)
{
    const uint32_t before = psock_interest_hold(interest);
    if (!psock_interest_is_current(before, psock_interest_state(s, 0))) {
        psock_interest_let_go(interest, before);
        return absence(s);
    }
    int error = psock_sys_poller_remove(poller->system, s, interest->mark);
    let_go_changed(interest, error, before, 0);
    return error == PSOCK_ENOENT ? absence(s) : error;
}

int psock_poller_remove(psock_poller *poller, psock_t s)
{
    int error = request_error(poller, s, 0);
    if (error < 0)
        return error;
    struct psock_interest *interest = psock_interest_find(&poller->table, s);
    if (interest == NULL)
        return absence(s);
    return remove_from_system(poller, s, interest);
}

/* --- Wakers in it, numbered like sockets, and told from them ---------------- */

int psock_poller_add_waker(psock_poller *poller, psock_waker *waker,
                           void *token)
{
    if (poller == NULL || waker == NULL)
        return PSOCK_EFAULT;
    psock_t s = psock_sys_waker_descriptor(waker);
    struct psock_interest *interest = psock_interest_make(&poller->table, s);
    if (interest == NULL)
        return PSOCK_ENOMEM;
    const uint32_t before = psock_interest_hold(interest);
    const uint32_t state = psock_interest_state(s, PSOCK_NO_SOCKET);
    int error = PSOCK_EEXIST;
    if (!psock_interest_is_current(before, state))
        error = psock_sys_poller_add_waker(poller->system, waker, token,
                                           &interest->mark);
    psock_interest_let_go(interest, error < 0 ? before : state);
    return error;
}

int psock_poller_remove_waker(psock_poller *poller, psock_waker *waker)
{
    if (poller == NULL || waker == NULL)
        return PSOCK_EFAULT;
    psock_t s = psock_sys_waker_descriptor(waker);
    struct psock_interest *interest = psock_interest_find(&poller->table, s);
    if (interest == NULL)
        return PSOCK_ENOENT;
    const uint32_t before = psock_interest_hold(interest);
    const uint32_t state = psock_interest_state(s, PSOCK_NO_SOCKET);
    int error = PSOCK_ENOENT;
    if (psock_interest_is_current(before, state))
        error = psock_sys_poller_remove_waker(poller->system, waker,
                                              interest->mark);
    let_go_changed(interest, error, before, 0);
    return error;
}

/* --- Waiting -------------------------------------------------------------- */

static int wait_error(const psock_poller *poller,
                      const psock_poller_event *events, size_t count)
{
    if (poller == NULL || events == NULL)
        return PSOCK_EFAULT;
    return count == 0 ? PSOCK_EINVAL : 0;
}

/* Whoever wakes from here on wakes another wait. */
static PSOCK_APART void answer_wake(psock_poller *poller)
{
    atomic_exchange(&poller->wake_is_due, 0);
}

static inline int wait_until(psock_poller *poller, psock_poller_event *events,
                             size_t count, psock_deadline deadline)
{
    int result;
    int64_t timeout_ns;
    _Bool woken = 0;
    do {
        timeout_ns = psock_timeout_ns(deadline);
        result = psock_sys_poller_wait(poller->system, events, count,
                                       psock_canceler_within(timeout_ns),
                                       timeout_ns, &woken);
    } while (!PSOCK_LIKELY(result > 0) && !woken &&
             ((result == 0 && timeout_ns != 0) || result == PSOCK_EINTR));
    if (!PSOCK_LIKELY(!woken))
        answer_wake(poller);
    if (PSOCK_LIKELY(result != 0) || woken)
        return result;
    return deadline == PSOCK_NOW ? PSOCK_EAGAIN : PSOCK_ETIMEDOUT;
}

int psock_poller_wait(psock_poller *poller, psock_poller_event *events,
                      size_t count, psock_deadline deadline)
{
    int error = wait_error(poller, events, count);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    const _Bool usual = enter(poller);
    int result = wait_until(poller, events, count, deadline);
    leave(poller, usual);
    return result;
}

int psock_poller_wake(psock_poller *poller)
{
    if (poller == NULL)
        return PSOCK_EFAULT;
    if (!atomic_exchange(&poller->wake_is_due, 1))
        psock_sys_poller_wake(poller->system);
    return 0;
}
