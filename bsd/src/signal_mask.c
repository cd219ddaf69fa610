/* signal_mask.c: sets of signals, and those that a thread blocks. */
#include "signals.h"

#include <setjmp.h>

int sigemptyset(sigset_t *set)
{
    if (set == NULL)
        return psock_guest_fail(EINVAL);
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    if (set == NULL)
        return psock_guest_fail(EINVAL);
    *set = (sigset_t)~0ULL;
    return 0;
}

int sigaddset(sigset_t *set, int number)
{
    if (set == NULL || !psock_guest_is_signal(number))
        return psock_guest_fail(EINVAL);
    *set |= (sigset_t)psock_guest_signal_bit(number);
    return 0;
}

int sigdelset(sigset_t *set, int number)
{
    if (set == NULL || !psock_guest_is_signal(number))
        return psock_guest_fail(EINVAL);
    *set &= (sigset_t)~psock_guest_signal_bit(number);
    return 0;
}

int sigismember(const sigset_t *set, int number)
{
    if (set == NULL || !psock_guest_is_signal(number))
        return psock_guest_fail(EINVAL);
    return (*set & psock_guest_signal_bit(number)) != 0;
}

static psock_guest_signals changed(int how, psock_guest_signals before,
                                   psock_guest_signals set)
{
    if (how == SIG_BLOCK)
        return before | set;
    return how == SIG_UNBLOCK ? before & ~set : set;
}

/* Returns an error of POSIX, as pthread_sigmask() does. */
static int change_mask(int how, const sigset_t *set, sigset_t *old)
{
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own == NULL)
        return ENOMEM;
    psock_guest_signals before = own->blocked;
    if (set != NULL) {
        if (how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
            return EINVAL;
        psock_guest_signal_block(own, changed(how, before, *set));
        psock_guest_watch_console();
        psock_guest_signal_deliver(own);
    }
    if (old != NULL)
        *old = (sigset_t)before;
    return 0;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    return change_mask(how, set, old);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    int number = change_mask(how, set, old);
    return number == 0 ? 0 : psock_guest_fail(number);
}

int sigpending(sigset_t *set)
{
    if (set == NULL)
        return psock_guest_fail(EFAULT);
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own == NULL)
        return psock_guest_fail(ENOMEM);
    *set = (sigset_t)(psock_guest_signal_pending(own) & own->blocked);
    return 0;
}

static int change_one(int how, int number)
{
    sigset_t set = 0;
    if (sigaddset(&set, number) != 0)
        return -1;
    return sigprocmask(how, &set, NULL);
}

int sighold(int number)
{
    return change_one(SIG_BLOCK, number);
}

int sigrelse(int number)
{
    return change_one(SIG_UNBLOCK, number);
}

void psock_guest_block_signals(void)
{
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own != NULL)
        psock_guest_signal_block(own, ~0ULL);
}

/* --- Jumps ------------------------------------------------------------------- */

void _psock_bsd_note_mask(struct _psock_bsd_jump *jump, int keeps_mask)
{
    jump->__keeps_mask = keeps_mask;
    if (keeps_mask)
        sigprocmask(SIG_BLOCK, NULL, &jump->__mask);
}

void _psock_bsd_restore_mask(const struct _psock_bsd_jump *jump)
{
    if (jump->__keeps_mask)
        sigprocmask(SIG_SETMASK, &jump->__mask, NULL);
}
