/* signal_pending.c: what is to be done about signals, and for whom they are pending
 * until it is done. */
#include "signal_state.h"

atomic_bool psock_guest_signals_pending;

static const psock_guest_signals ignored_by_default =
    1ULL << (SIGCHLD - 1) | 1ULL << (SIGURG - 1) | 1ULL << (SIGWINCH - 1) |
    1ULL << (SIGCONT - 1) | 1ULL << (SIGSTOP - 1) | 1ULL << (SIGTSTP - 1) |
    1ULL << (SIGTTIN - 1) | 1ULL << (SIGTTOU - 1);

bool psock_guest_signal_is_ignored(int number)
{
    if (psock_guest_signal_state.actions[number].sa_handler == SIG_IGN)
        return true;
    return psock_guest_signal_state.actions[number].sa_handler == SIG_DFL &&
           (ignored_by_default & psock_guest_signal_bit(number)) != 0;
}

void psock_guest_signal_action(int number, const struct sigaction *action,
                               struct sigaction *old)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    struct sigaction before = psock_guest_signal_state.actions[number];
    if (action != NULL)
        psock_guest_signal_state.actions[number] = *action;
    if (action != NULL && psock_guest_signal_is_ignored(number)) {
        psock_guest_signal_state.of_process &= ~psock_guest_signal_bit(number);
        psock_guest_signal_state.main_thread.pending &=
            ~psock_guest_signal_bit(number);
    }
    psock_guest_unlock(&psock_guest_signal_state.lock);
    if (old != NULL)
        *old = before;
}

bool psock_guest_signals_restart(psock_guest_signals ran)
{
    bool restart = true;
    psock_guest_lock(&psock_guest_signal_state.lock);
    for (int number = 1; number < NSIG; number++) {
        if ((ran & psock_guest_signal_bit(number)) != 0 &&
            (psock_guest_signal_state.actions[number].sa_flags & SA_RESTART) ==
                0)
            restart = false;
    }
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return restart;
}

/* --- Becoming pending --------------------------------------------------------- */

static struct psock_guest_signal_thread *taker_of(psock_guest_signals bit)
{
    if ((psock_guest_signal_state.main_thread.blocked & bit) == 0)
        return &psock_guest_signal_state.main_thread;
    for (struct psock_guest_signal_thread *at =
             psock_guest_signal_state.threads;
         at != NULL; at = at->next) {
        if ((at->blocked & bit) == 0)
            return at;
    }
    return NULL;
}

static void make_pending(struct psock_guest_signal_thread *target,
                         psock_guest_signals bit)
{
    if (target != NULL)
        target->pending |= bit;
    else
        psock_guest_signal_state.of_process |= bit;
    for (struct psock_guest_signal_thread *at =
             psock_guest_signal_state.threads;
         at != NULL; at = at->next) {
        if (at == target || (target == NULL && (at->awaited & bit) != 0))
            psock_guest_signal_ring(at);
    }
    atomic_store(&psock_guest_signals_pending, true);
}

static void generate(struct psock_guest_signal_thread *target,
                     const siginfo_t *info)
{
    psock_guest_signals bit = psock_guest_signal_bit(info->si_signo);
    if (target == NULL)
        target = taker_of(bit);
    bool is_blocked = target == NULL || (target->blocked & bit) != 0;
    if (!is_blocked && psock_guest_signal_is_ignored(info->si_signo))
        return;
    if (!is_blocked &&
        psock_guest_signal_state.actions[info->si_signo].sa_handler == SIG_DFL)
        psock_guest_end(128 + info->si_signo);
    psock_guest_signal_state.infos[info->si_signo] = *info;
    make_pending(target, bit);
}

void psock_guest_signal_generate(struct psock_guest_signal_thread *target,
                                 const siginfo_t *info)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    generate(target, info);
    psock_guest_unlock(&psock_guest_signal_state.lock);
}

bool psock_guest_signal_to(unsigned long id, const siginfo_t *info)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    struct psock_guest_signal_thread *at = psock_guest_signal_state.threads;
    while (at != NULL && at->id != id)
        at = at->next;
    if (at != NULL)
        generate(at, info);
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return at != NULL;
}
