/* signals.h: what the files about signals lend each other. */
#ifndef PSOCK_GUEST_SIGNALS_H
#define PSOCK_GUEST_SIGNALS_H

#include "guest.h"

#include <signal.h>

/* A set of signals: 1 << (number - 1). */
typedef unsigned long long psock_guest_signals;

static inline psock_guest_signals psock_guest_signal_bit(int number)
{
    return 1ULL << (number - 1);
}

static inline bool psock_guest_is_signal(int number)
{
    return number > 0 && number < NSIG;
}

/* What a call holds that handlers run in: a description, or null, and a number that
 * is reserved, or -1. */
struct psock_guest_loan {
    struct psock_guest *guest;
    int reserved;
    uintptr_t frame; /* where on the stack the call is */
};

enum {
    PSOCK_GUEST_LOANS = 8
};

/* What a thread has of its own.  All of it is under the lock, but for what only the
 * thread itself uses. */
struct psock_guest_signal_thread {
    psock_guest_signals blocked;
    psock_guest_signals pending;
    psock_guest_signals awaited;        /* by sigwait() */
    _Atomic psock_guest_signals missed; /* handled elsewhere: a wait ends all
                                           the same */
    psock_waker *waker;                 /* null until its first wait */
    unsigned long id;
    struct psock_guest_signal_thread *next;

    /* Its own (signal_loan.c). */
    struct psock_guest_loan loans[PSOCK_GUEST_LOANS];
    unsigned loan_count;
    int reserved; /* a number + 1; 0 for none */
};

/* --- State (signal_thread.c, signal_pending.c, signal_deliver.c) ------------- */

/* Whether signals can come that end waits.  Never goes back. */
extern atomic_bool psock_guest_signals_possible;

/* Of this thread; null without memory. */
struct psock_guest_signal_thread *psock_guest_signal_own(void);

/* Binds this thread's waits to its waker.  Returns 0 or -ENOMEM. */
int psock_guest_signal_bind(struct psock_guest_signal_thread *own);

/* Makes a signal pending for `target`, or for a thread of the process that does
 * not block it where it is null; ends the process where that is the default.
 * Whoever has it in hand is woken, and handles it. */
void psock_guest_signal_generate(struct psock_guest_signal_thread *target,
                                 const siginfo_t *info);

/* The same for a thread with this number of the system: false if it has none. */
bool psock_guest_signal_to(unsigned long id, const siginfo_t *info);

/* Takes one pending signal out of `wanted` from this thread or the process: its
 * number, or 0. */
int psock_guest_signal_take(struct psock_guest_signal_thread *own,
                            psock_guest_signals wanted, siginfo_t *info);

/* Runs what is pending and not blocked.  Returns the signals whose handlers ran. */
psock_guest_signals
psock_guest_signal_deliver(struct psock_guest_signal_thread *own);

/* The same in a call that holds `guest`, or null (signal_loan.c). */
psock_guest_signals
psock_guest_signal_deliver_in(struct psock_guest_signal_thread *own,
                              struct psock_guest *guest);

/* Whether SA_RESTART is set of all of them. */
bool psock_guest_signals_restart(psock_guest_signals ran);

/* Sets the blocked signals, and returns those of before. */
psock_guest_signals
psock_guest_signal_block(struct psock_guest_signal_thread *own,
                         psock_guest_signals blocked);

/* The pending ones of this thread and of the process. */
psock_guest_signals
psock_guest_signal_pending(struct psock_guest_signal_thread *own);

/* Says what this thread waits for: 0 for nothing any more. */
void psock_guest_signal_await(struct psock_guest_signal_thread *own,
                              psock_guest_signals awaited);

/* Whether the main thread blocks it. */
bool psock_guest_signal_is_blocked(int number);

/* Reads and writes what is to be done. */
void psock_guest_signal_action(int number, const struct sigaction *action,
                               struct sigaction *old);

/* When the main thread has not come by for its signals: takes them for it. */
void psock_guest_signal_stand_in(struct psock_guest_signal_thread *own);
bool psock_guest_signal_waits_for_main(void);

/* A thread ends: called by the system's side. */
void psock_guest_signal_thread_ended(void *own);

/* --- Sending (signal_send.c) ------------------------------------------------- */

/* raise() in a call that holds `guest`, or null. */
int psock_guest_raise(struct psock_guest *guest, int number);

/* A signal for the process from outside of its threads: an alarm, the console.
 * Never waits. */
void psock_guest_signal_process(int number, int code);

/* Whether there is anybody but the default for it: for the console. */
bool psock_guest_signal_is_cared_for(int number);

/* --- The system (system_signal.c) -------------------------------------------- */

/* A pointer of this thread: thread_ended() is called with it when it ends. */
void *psock_guest_signal_local(void);
bool psock_guest_signal_set_local(void *own);

unsigned long psock_guest_thread_id(void);
bool psock_guest_is_main_thread(void);

/* Number of a thread by its handle; 0 for none. */
unsigned long psock_guest_thread_of(void *handle);

/* Ends the process at once, without atexit(). */
_Noreturn void psock_guest_end(int status);

/* From now on the console's events are signals. */
void psock_guest_watch_console(void);

/* Waits without ending by signals. */
void psock_guest_rest_ms(unsigned int time_ms);

/* Hands a signal that the C runtime raises itself to us, or back to it. */
void psock_guest_watch_fault(int number, __sighandler_t handler);

#endif
