/* signal_state.h: what signal_thread.c, signal_pending.c and signal_deliver.c share.
 * All of it is under the lock. */
#ifndef PSOCK_GUEST_SIGNAL_STATE_H
#define PSOCK_GUEST_SIGNAL_STATE_H

#include "signals.h"

#define PSOCK_GUEST_NEVER_BLOCKED                                              \
    (1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1))

struct psock_guest_signal_state {
    struct psock_guest_mutex lock;
    struct sigaction actions[NSIG];
    siginfo_t infos[NSIG];
    psock_guest_signals of_process; /* pending, and nobody takes them */
    struct psock_guest_signal_thread main_thread;
    struct psock_guest_signal_thread *threads;
};
extern struct psock_guest_signal_state psock_guest_signal_state;

/* Ends the wait of a thread, now or when it comes to wait. */
void psock_guest_signal_ring(struct psock_guest_signal_thread *thread);

/* Whether nothing is done about it. */
bool psock_guest_signal_is_ignored(int number);

#endif
