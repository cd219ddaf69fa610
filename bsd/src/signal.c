/* signal.c: what is to be done when signals come. */
#include "signals.h"

#include <string.h>

/* Those that the console's events become. */
static const psock_guest_signals of_the_console =
    1ULL << (SIGINT - 1) | 1ULL << (SIGQUIT - 1) | 1ULL << (SIGHUP - 1) |
    1ULL << (SIGTERM - 1);

/* Those that the C runtime raises. */
static const psock_guest_signals of_the_runtime =
    1ULL << (SIGABRT - 1) | 1ULL << (SIGSEGV - 1) | 1ULL << (SIGFPE - 1) |
    1ULL << (SIGILL - 1);

static void watch(int number, __sighandler_t handler)
{
    psock_guest_signals bit = psock_guest_signal_bit(number);
    if ((of_the_runtime & bit) != 0)
        psock_guest_watch_fault(number, handler);
    if (handler == SIG_DFL)
        return;
    if ((of_the_console & bit) != 0)
        psock_guest_watch_console();
    if (handler != SIG_IGN)
        atomic_store(&psock_guest_signals_possible, true);
}

int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    if (!psock_guest_is_signal(number))
        return psock_guest_fail(EINVAL);
    if (action != NULL && (number == SIGKILL || number == SIGSTOP))
        return psock_guest_fail(EINVAL);
    struct sigaction copy;
    if (action != NULL)
        copy = *action;
    psock_guest_signal_action(number, action != NULL ? &copy : NULL, old);
    if (action != NULL)
        watch(number, copy.sa_handler);
    return 0;
}

static __sighandler_t set_handler(int number, __sighandler_t handler,
                                  unsigned int flags)
{
    struct sigaction action, old = {.sa_handler = SIG_DFL};
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = (int)flags;
    if (handler == SIG_ERR || !psock_guest_is_signal(number)) {
        errno = EINVAL;
        return SIG_ERR;
    }
    return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* siginterrupt() is remembered by signals that signal() sets later. */
static atomic_ullong interrupting;

__sighandler_t signal(int number, __sighandler_t handler)
{
    bool interrupts =
        psock_guest_is_signal(number) &&
        (atomic_load(&interrupting) & psock_guest_signal_bit(number)) != 0;
    return set_handler(number, handler, interrupts ? 0 : SA_RESTART);
}

__sighandler_t bsd_signal(int number, __sighandler_t handler)
{
    return signal(number, handler);
}

__sighandler_t sysv_signal(int number, __sighandler_t handler)
{
    return set_handler(number, handler,
                       SA_RESETHAND | SA_NODEFER | SA_INTERRUPT);
}

int siginterrupt(int number, int interrupts)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    if (sigaction(number, NULL, &action) != 0)
        return -1;
    if (interrupts) {
        atomic_fetch_or(&interrupting, psock_guest_signal_bit(number));
        action.sa_flags &= ~SA_RESTART;
    } else {
        atomic_fetch_and(&interrupting, ~psock_guest_signal_bit(number));
        action.sa_flags |= SA_RESTART;
    }
    return sigaction(number, &action, NULL);
}

int sigignore(int number)
{
    return set_handler(number, SIG_IGN, 0) == SIG_ERR ? -1 : 0;
}

/* Handlers run on the stack that their thread has: another is noted, not used. */
int sigaltstack(const stack_t *stack, stack_t *old)
{
    static stack_t noted = {NULL, SS_DISABLE, 0};
    if (stack != NULL && (stack->ss_flags & ~SS_DISABLE) != 0)
        return psock_guest_fail(EINVAL);
    if (stack != NULL && stack->ss_flags == 0 && stack->ss_size < MINSIGSTKSZ)
        return psock_guest_fail(ENOMEM);
    if (old != NULL)
        *old = noted;
    if (stack != NULL)
        noted = *stack;
    return 0;
}
