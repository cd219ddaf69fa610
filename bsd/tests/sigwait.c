/* sigwait.c: waiting for signals that are blocked. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;

static void note(int number)
{
    (void)number;
    count++;
}

static sigset_t set_of(int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    return set;
}

static void handle(int number)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    assert_call(sigaction(number, &action, NULL), 0);
    count = 0;
}

static void block(int number)
{
    sigset_t set = set_of(number);
    assert_call(sigprocmask(SIG_BLOCK, &set, NULL), 0);
}

static void unblock(int number)
{
    sigset_t set = set_of(number);
    assert_call(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}

static void sigsuspend_runs_a_pending_handler_and_is_eintr(void **state)
{
    (void)state;
    sigset_t none;
    sigemptyset(&none);
    handle(SIGUSR1);
    block(SIGUSR1);
    raise(SIGUSR1);
    assert_fails(sigsuspend(&none), EINTR);
    assert_int_equal(count, 1);
    sigset_t old;
    assert_call(sigprocmask(SIG_BLOCK, NULL, &old), 0);
    assert_call(sigismember(&old, SIGUSR1), 1);
    unblock(SIGUSR1);
}

static void sigwait_takes_a_pending_signal(void **state)
{
    (void)state;
    sigset_t set = set_of(SIGUSR1);
    int number = 0;
    handle(SIGUSR1);
    block(SIGUSR1);
    kill(getpid(), SIGUSR1);
    assert_int_equal(sigwait(&set, &number), 0);
    assert_int_equal(number, SIGUSR1);
    unblock(SIGUSR1);
    assert_int_equal(count, 0);
}

static void *send_usr1(void *unused)
{
    let_others_wait();
    kill(getpid(), SIGUSR1);
    return unused;
}

static void sigwait_waits_for_a_signal_of_another_thread(void **state)
{
    (void)state;
    sigset_t set = set_of(SIGUSR1);
    int number = 0;
    block(SIGUSR1);
    struct helper *helper = begin(send_usr1, NULL);
    assert_int_equal(sigwait(&set, &number), 0);
    assert_int_equal(number, SIGUSR1);
    finish(helper);
    unblock(SIGUSR1);
}

static void *wait_for_usr2(void *number)
{
    sigset_t set = set_of(SIGUSR2);
    return sigwait(&set, number) == 0 ? number : NULL;
}

static void sigwait_in_another_thread_takes_what_all_block(void **state)
{
    (void)state;
    int number = 0;
    handle(SIGUSR2);
    block(SIGUSR2);
    struct helper *helper = begin(wait_for_usr2, &number);
    kill(getpid(), SIGUSR2);
    assert_ptr_equal(finish(helper), &number);
    assert_int_equal(number, SIGUSR2);
    assert_int_equal(count, 0);
    unblock(SIGUSR2);
}

static void sigtimedwait_gives_up_with_eagain(void **state)
{
    (void)state;
    struct timespec moment = {0, 20000000};
    sigset_t set = set_of(SIGUSR1);
    siginfo_t info;
    block(SIGUSR1);
    assert_fails(sigtimedwait(&set, &info, &moment), EAGAIN);
    kill(getpid(), SIGUSR1);
    assert_call(sigtimedwait(&set, &info, &moment), SIGUSR1);
    assert_int_equal(info.si_signo, SIGUSR1);
    assert_int_equal(info.si_pid, getpid());
    moment.tv_nsec = -1;
    assert_fails(sigtimedwait(&set, &info, &moment), EINVAL);
    unblock(SIGUSR1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(sigsuspend_runs_a_pending_handler_and_is_eintr),
        claim(sigwait_takes_a_pending_signal),
        claim(sigwait_waits_for_a_signal_of_another_thread),
        claim(sigwait_in_another_thread_takes_what_all_block),
        claim(sigtimedwait_gives_up_with_eagain),
    };
    return cmocka_run_group_tests_name("sigwait", tests, NULL, NULL);
}
