/* signal_send.c: raise(), kill() and what sends signals from outside. */
#include "signals.h"

#include "process.h"

#include <unistd.h>

/* How long the main thread may take to come by, before others act for it. */
enum {
    GRACE_STEPS = 20,
    GRACE_STEP_MS = 10
};

static siginfo_t info_of(int number, int code)
{
    siginfo_t info = {.si_signo = number, .si_code = code};
    info.si_pid = getpid();
    info.si_uid = getuid();
    return info;
}

int psock_guest_raise(struct psock_guest *guest, int number)
{
    if (!psock_guest_is_signal(number))
        return psock_guest_fail(EINVAL);
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own == NULL)
        return psock_guest_fail(EAGAIN);
    siginfo_t info = info_of(number, SI_TKILL);
    psock_guest_signal_generate(own, &info);
    psock_guest_signal_deliver_in(own, guest);
    return 0;
}

int raise(int number)
{
    return psock_guest_raise(NULL, number);
}

/* --- Those that come when the main thread is busy ----------------------------- */

static atomic_bool somebody_stands_by;

/* The main thread computes, or is in a call that is not ours: its handler then
 * runs here, as it would have run in the midst of that. */
static void stand_by(void *context)
{
    (void)context;
    for (int i = 0; i < GRACE_STEPS && psock_guest_signal_waits_for_main(); i++)
        psock_guest_rest_ms(GRACE_STEP_MS);
    atomic_store(&somebody_stands_by, false);
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own != NULL)
        psock_guest_signal_stand_in(own);
}

static void send_to_process(const siginfo_t *info)
{
    psock_guest_signal_generate(NULL, info);
    if (psock_guest_is_main_thread() || !psock_guest_signal_waits_for_main())
        return;
    if (atomic_exchange(&somebody_stands_by, true))
        return;
    if (psock_guest_thread(stand_by, NULL) != 0)
        atomic_store(&somebody_stands_by, false);
}

void psock_guest_signal_process(int number, int code)
{
    siginfo_t info = info_of(number, code);
    send_to_process(&info);
}

/* Ctrl-C with nobody who handles, ignores or waits for it is the console's. */
bool psock_guest_signal_is_cared_for(int number)
{
    struct sigaction action;
    psock_guest_signal_action(number, NULL, &action);
    return action.sa_handler != SIG_DFL ||
           psock_guest_signal_is_blocked(number);
}

/* --- kill() ------------------------------------------------------------------- */

static int send_to_own(const siginfo_t *info)
{
    if (info->si_signo == 0)
        return 0;
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own == NULL)
        return psock_guest_fail(EAGAIN);
    send_to_process(info);
    psock_guest_signal_deliver(own);
    return 0;
}

static int send_to(pid_t process, const siginfo_t *info)
{
    if (info->si_signo < 0 || info->si_signo >= NSIG)
        return psock_guest_fail(EINVAL);
    if (process == 0 || process == getpid() || process == -getpid())
        return send_to_own(info);
    if (process < 0)
        return psock_guest_fail(process == -1 ? EPERM : ESRCH);
    return (int)psock_guest_returned(
        psock_guest_kill_process(process, info->si_signo));
}

int kill(pid_t process, int number)
{
    siginfo_t info = info_of(number, SI_USER);
    return send_to(process, &info);
}

int killpg(pid_t group, int number)
{
    if (group < 0)
        return psock_guest_fail(EINVAL);
    return kill(-group, number);
}

int sigqueue(pid_t process, int number, const union sigval value)
{
    siginfo_t info = info_of(number, SI_QUEUE);
    info.si_value = value;
    return send_to(process, &info);
}

/* pthread_kill(): the errors are returned. */
int _psock_bsd_thread_signal(void *thread, int number)
{
    unsigned long id = psock_guest_thread_of(thread);
    siginfo_t info = info_of(number, SI_TKILL);
    if (number < 0 || number >= NSIG)
        return EINVAL;
    if (id == 0)
        return ESRCH;
    if (number == 0)
        return 0;
    if (id == psock_guest_thread_id())
        return raise(number) == 0 ? 0 : EAGAIN;
    psock_guest_signal_to(id, &info);
    return 0;
}
