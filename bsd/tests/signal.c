/* signal.c: signals that a process sends itself, and what it does about them. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static volatile sig_atomic_t last;

static void note(int number)
{
    count++;
    last = number;
}

static void forget(void)
{
    count = 0;
    last = 0;
}

static void set(int number, void (*handler)(int), int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    assert_call(sigaction(number, &action, NULL), 0);
    forget();
}

static void raise_runs_the_handler_before_it_returns(void **state)
{
    (void)state;
    set(SIGUSR1, note, 0);
    assert_call(raise(SIGUSR1), 0);
    assert_int_equal(count, 1);
    assert_int_equal(last, SIGUSR1);
}

static void
kill_of_the_own_process_runs_the_handler_before_it_returns(void **state)
{
    (void)state;
    set(SIGTERM, note, 0);
    assert_call(kill(getpid(), SIGTERM), 0);
    assert_int_equal(count, 1);
    assert_int_equal(last, SIGTERM);
    set(SIGTERM, SIG_DFL, 0);
}

static void signal_returns_the_handler_of_before(void **state)
{
    (void)state;
    set(SIGUSR2, SIG_DFL, 0);
    assert_true(signal(SIGUSR2, note) == SIG_DFL);
    assert_true(signal(SIGUSR2, SIG_IGN) == note);
    assert_true(signal(SIGUSR2, SIG_DFL) == SIG_IGN);
}

static void a_handler_of_signal_stays(void **state)
{
    (void)state;
    forget();
    signal(SIGUSR1, note);
    raise(SIGUSR1);
    raise(SIGUSR1);
    assert_int_equal(count, 2);
    assert_true(signal(SIGUSR1, SIG_DFL) == note);
}

static void signal_sets_sa_restart(void **state)
{
    (void)state;
    struct sigaction action;
    signal(SIGUSR1, note);
    assert_call(sigaction(SIGUSR1, NULL, &action), 0);
    assert_int_not_equal(action.sa_flags & SA_RESTART, 0);
    assert_true(action.sa_handler == note);
}

static void an_ignored_signal_does_nothing(void **state)
{
    (void)state;
    set(SIGUSR1, SIG_IGN, 0);
    assert_call(raise(SIGUSR1), 0);
    assert_call(kill(getpid(), SIGUSR1), 0);
}

static void sigchld_sigurg_and_sigwinch_are_ignored_by_default(void **state)
{
    (void)state;
    static const int numbers[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        set(numbers[i], SIG_DFL, 0);
        assert_call(raise(numbers[i]), 0);
    }
}

static void sa_resethand_is_for_one_signal(void **state)
{
    (void)state;
    struct sigaction action;
    set(SIGUSR1, note, (int)SA_RESETHAND);
    raise(SIGUSR1);
    assert_int_equal(count, 1);
    assert_call(sigaction(SIGUSR1, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_DFL);
}

static siginfo_t seen;

static void note_info(int number, siginfo_t *info, void *context)
{
    (void)context;
    count++;
    last = number;
    seen = *info;
}

static void set_info(int number)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = note_info;
    action.sa_flags = SA_SIGINFO;
    assert_call(sigaction(number, &action, NULL), 0);
    forget();
}

static void sa_siginfo_tells_who_sent_it(void **state)
{
    (void)state;
    set_info(SIGUSR1);
    assert_call(kill(getpid(), SIGUSR1), 0);
    assert_int_equal(seen.si_signo, SIGUSR1);
    assert_int_equal(seen.si_code, SI_USER);
    assert_int_equal(seen.si_pid, getpid());
    assert_int_equal(seen.si_uid, getuid());
}

static void sigqueue_carries_a_value(void **state)
{
    (void)state;
    union sigval value;
    value.sival_int = 42;
    set_info(SIGUSR2);
    assert_call(sigqueue(getpid(), SIGUSR2, value), 0);
    assert_int_equal(count, 1);
    assert_int_equal(seen.si_code, SI_QUEUE);
    assert_int_equal(seen.si_value.sival_int, 42);
}

static volatile sig_atomic_t depth;
static volatile sig_atomic_t deepest;

static void raise_again(int number)
{
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (count++ == 0)
        raise(number);
    depth--;
}

static void a_signal_is_blocked_while_its_handler_runs(void **state)
{
    (void)state;
    set(SIGUSR1, raise_again, 0);
    deepest = 0;
    raise(SIGUSR1);
    assert_int_equal(count, 2);
    assert_int_equal(deepest, 1);
}

static void sa_nodefer_lets_a_handler_be_called_within_itself(void **state)
{
    (void)state;
    set(SIGUSR1, raise_again, SA_NODEFER);
    deepest = 0;
    raise(SIGUSR1);
    assert_int_equal(count, 2);
    assert_int_equal(deepest, 2);
}

static void raise_the_second(int number)
{
    (void)number;
    raise(SIGUSR2);
    assert_int_equal(count, 0);
}

static void sa_mask_blocks_while_the_handler_runs(void **state)
{
    (void)state;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    set(SIGUSR2, note, 0);
    action.sa_handler = raise_the_second;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR2);
    assert_call(sigaction(SIGUSR1, &action, NULL), 0);
    raise(SIGUSR1);
    assert_int_equal(count, 1);
    assert_int_equal(last, SIGUSR2);
}

static void a_handler_may_be_set_for_sigabrt_sigsegv_and_sigfpe(void **state)
{
    (void)state;
    static const int numbers[] = {SIGABRT, SIGSEGV, SIGFPE, SIGILL,
                                  SIGINT,  SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct sigaction old;
        set(numbers[i], SIG_DFL, 0);
        set(numbers[i], note, 0);
        assert_call(raise(numbers[i]), 0);
        assert_int_equal(last, numbers[i]);
        assert_call(sigaction(numbers[i], NULL, &old), 0);
        assert_true(old.sa_handler == note);
        set(numbers[i], SIG_DFL, 0);
    }
}

static void sigkill_and_sigstop_cannot_be_handled(void **state)
{
    (void)state;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    assert_fails(sigaction(SIGKILL, &action, NULL), EINVAL);
    assert_fails(sigaction(SIGSTOP, &action, NULL), EINVAL);
    errno = 0;
    assert_true(signal(SIGKILL, note) == SIG_ERR);
    assert_int_equal(errno, EINVAL);
    assert_call(sigaction(SIGKILL, NULL, &action), 0);
}

static void a_number_that_is_no_signal_is_einval(void **state)
{
    (void)state;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    assert_fails(sigaction(0, NULL, &action), EINVAL);
    assert_fails(sigaction(65, NULL, &action), EINVAL);
    assert_fails(sigaction(-1, NULL, &action), EINVAL);
    assert_fails(kill(getpid(), 65), EINVAL);
    assert_fails(kill(getpid(), -1), EINVAL);
    assert_fails(raise(65), EINVAL);
    errno = 0;
    assert_true(signal(65, note) == SIG_ERR);
    assert_int_equal(errno, EINVAL);
}

static void signal_zero_asks_whether_a_process_is_there(void **state)
{
    (void)state;
    assert_call(kill(getpid(), 0), 0);
    assert_call(kill(0, 0), 0);
    assert_fails(kill(0x3ffffff3, 0), ESRCH);
}

static void strsignal_knows_the_words(void **state)
{
    (void)state;
    assert_string_equal(strsignal(SIGPIPE), "Broken pipe");
    assert_string_equal(strsignal(SIGTERM), "Terminated");
    assert_string_equal(strsignal(SIGALRM), "Alarm clock");
    assert_string_equal(strsignal(1000), "Unknown signal 1000");
}

static void sigaltstack_tells_what_was_set(void **state)
{
    (void)state;
    static char memory[65536];
    stack_t stack, old;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = memory;
    stack.ss_size = sizeof memory;
    assert_call(sigaltstack(&stack, NULL), 0);
    assert_call(sigaltstack(NULL, &old), 0);
    assert_ptr_equal(old.ss_sp, memory);
    stack.ss_flags = SS_DISABLE;
    assert_call(sigaltstack(&stack, NULL), 0);
    stack.ss_flags = 0x1000;
    assert_fails(sigaltstack(&stack, NULL), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(raise_runs_the_handler_before_it_returns),
        claim(kill_of_the_own_process_runs_the_handler_before_it_returns),
        claim(signal_returns_the_handler_of_before),
        claim(a_handler_of_signal_stays),
        claim(signal_sets_sa_restart),
        claim(an_ignored_signal_does_nothing),
        claim(sigchld_sigurg_and_sigwinch_are_ignored_by_default),
        claim(sa_resethand_is_for_one_signal),
        claim(sa_siginfo_tells_who_sent_it),
        claim(sigqueue_carries_a_value),
        claim(a_signal_is_blocked_while_its_handler_runs),
        claim(sa_nodefer_lets_a_handler_be_called_within_itself),
        claim(sa_mask_blocks_while_the_handler_runs),
        claim(a_handler_may_be_set_for_sigabrt_sigsegv_and_sigfpe),
        claim(sigkill_and_sigstop_cannot_be_handled),
        claim(a_number_that_is_no_signal_is_einval),
        claim(signal_zero_asks_whether_a_process_is_there),
        claim(strsignal_knows_the_words),
        claim(sigaltstack_tells_what_was_set),
    };
    return cmocka_run_group_tests_name("signal", tests, NULL, NULL);
}
