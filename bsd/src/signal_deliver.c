/* signal_deliver.c: taking what is pending, and running handlers. */
#include "signal_state.h"

static void look_again(void)
{
    psock_guest_signals pending = psock_guest_signal_state.of_process;
    for (struct psock_guest_signal_thread *at =
             psock_guest_signal_state.threads;
         at != NULL; at = at->next)
        pending |= at->pending;
    atomic_store(&psock_guest_signals_pending, pending != 0);
}

static int take(struct psock_guest_signal_thread *own,
                psock_guest_signals wanted, siginfo_t *info)
{
    psock_guest_signals bits =
        (own->pending | psock_guest_signal_state.of_process) & wanted;
    if (bits == 0)
        return 0;
    int number = __builtin_ctzll(bits) + 1;
    psock_guest_signals bit = psock_guest_signal_bit(number);
    if ((own->pending & bit) != 0)
        own->pending &= ~bit;
    else
        psock_guest_signal_state.of_process &= ~bit;
    *info = psock_guest_signal_state.infos[number];
    look_again();
    return number;
}

int psock_guest_signal_take(struct psock_guest_signal_thread *own,
                            psock_guest_signals wanted, siginfo_t *info)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    int number = take(own, wanted, info);
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return number;
}

static void call(const struct sigaction *action, siginfo_t *info)
{
    int number = errno;
    if ((action->sa_flags & SA_SIGINFO) != 0)
        action->sa_sigaction(info->si_signo, info, NULL);
    else
        action->sa_handler(info->si_signo);
    errno = number;
}

/* With the lock held, but for the handler.  Returns whether one ran. */
static bool act(struct psock_guest_signal_thread *own, siginfo_t *info)
{
    struct sigaction action = psock_guest_signal_state.actions[info->si_signo];
    if (psock_guest_signal_is_ignored(info->si_signo))
        return false;
    if (action.sa_handler == SIG_DFL)
        psock_guest_end(128 + info->si_signo);
    if (((unsigned)action.sa_flags & SA_RESETHAND) != 0)
        psock_guest_signal_state.actions[info->si_signo].sa_handler = SIG_DFL;
    psock_guest_signals before = own->blocked;
    own->blocked |= action.sa_mask & ~PSOCK_GUEST_NEVER_BLOCKED;
    if ((action.sa_flags & SA_NODEFER) == 0)
        own->blocked |= psock_guest_signal_bit(info->si_signo);
    psock_guest_unlock(&psock_guest_signal_state.lock);
    call(&action, info);
    psock_guest_lock(&psock_guest_signal_state.lock);
    own->blocked = before;
    return true;
}

psock_guest_signals
psock_guest_signal_deliver(struct psock_guest_signal_thread *own)
{
    siginfo_t info;
    int number;
    psock_guest_lock(&psock_guest_signal_state.lock);
    psock_guest_signals ran = atomic_exchange(&own->missed, 0);
    while ((number = take(own, ~own->blocked, &info)) != 0) {
        if (act(own, &info))
            ran |= psock_guest_signal_bit(number);
    }
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return ran;
}

/* The main thread does not come by: `own` takes what it has, and the main thread's
 * next wait ends as it would have. */
void psock_guest_signal_stand_in(struct psock_guest_signal_thread *own)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    psock_guest_signals bits = psock_guest_signal_state.main_thread.pending &
                               ~psock_guest_signal_state.main_thread.blocked;
    psock_guest_signal_state.main_thread.pending &= ~bits;
    atomic_fetch_or(&psock_guest_signal_state.main_thread.missed, bits);
    own->blocked = psock_guest_signal_state.main_thread.blocked;
    own->pending |= bits;
    psock_guest_unlock(&psock_guest_signal_state.lock);
    if (bits != 0)
        psock_guest_signal_deliver(own);
}

bool psock_guest_signal_waits_for_main(void)
{
    psock_guest_lock(&psock_guest_signal_state.lock);
    bool are = (psock_guest_signal_state.main_thread.pending &
                ~psock_guest_signal_state.main_thread.blocked) != 0;
    psock_guest_unlock(&psock_guest_signal_state.lock);
    return are;
}
