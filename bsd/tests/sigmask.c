/* sigmask.c: signals that are blocked. */
#include "fixture.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static pthread_t handled_by;

static void note(int number)
{
    (void)number;
    count++;
    handled_by = pthread_self();
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

static void sets_hold_what_was_added(void **state)
{
    (void)state;
    sigset_t set;
    assert_call(sigemptyset(&set), 0);
    assert_call(sigismember(&set, SIGUSR1), 0);
    assert_call(sigaddset(&set, SIGUSR1), 0);
    assert_call(sigaddset(&set, SIGRTMAX), 0);
    assert_call(sigismember(&set, SIGUSR1), 1);
    assert_call(sigismember(&set, SIGRTMAX), 1);
    assert_call(sigismember(&set, SIGUSR2), 0);
    assert_call(sigdelset(&set, SIGUSR1), 0);
    assert_call(sigismember(&set, SIGUSR1), 0);
    assert_call(sigfillset(&set), 0);
    assert_call(sigismember(&set, SIGTERM), 1);
}

static void a_set_has_no_signal_that_there_is_not(void **state)
{
    (void)state;
    sigset_t set;
    sigemptyset(&set);
    assert_fails(sigaddset(&set, 0), EINVAL);
    assert_fails(sigaddset(&set, 65), EINVAL);
    assert_fails(sigdelset(&set, -1), EINVAL);
    assert_fails(sigismember(&set, 1000), EINVAL);
}

static void a_blocked_signal_is_pending_until_it_is_not_blocked(void **state)
{
    (void)state;
    sigset_t pending;
    handle(SIGUSR1);
    block(SIGUSR1);
    assert_call(raise(SIGUSR1), 0);
    assert_int_equal(count, 0);
    assert_call(sigpending(&pending), 0);
    assert_call(sigismember(&pending, SIGUSR1), 1);
    unblock(SIGUSR1);
    assert_int_equal(count, 1);
    assert_call(sigpending(&pending), 0);
    assert_call(sigismember(&pending, SIGUSR1), 0);
}

static void a_blocked_signal_that_comes_twice_is_handled_once(void **state)
{
    (void)state;
    handle(SIGUSR1);
    block(SIGUSR1);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    unblock(SIGUSR1);
    assert_int_equal(count, 1);
}

static void sigprocmask_tells_the_set_of_before(void **state)
{
    (void)state;
    sigset_t set = set_of(SIGUSR1);
    sigset_t old;
    assert_call(sigprocmask(SIG_SETMASK, &set, NULL), 0);
    assert_call(sigprocmask(SIG_BLOCK, NULL, &old), 0);
    assert_call(sigismember(&old, SIGUSR1), 1);
    assert_call(sigismember(&old, SIGUSR2), 0);
    sigemptyset(&set);
    assert_call(pthread_sigmask(SIG_SETMASK, &set, &old), 0);
    assert_call(sigismember(&old, SIGUSR1), 1);
}

static void sigprocmask_in_another_way_is_einval(void **state)
{
    (void)state;
    sigset_t set = set_of(SIGUSR1);
    assert_fails(sigprocmask(17, &set, NULL), EINVAL);
    assert_int_equal(pthread_sigmask(17, &set, NULL), EINVAL);
}

static void sigkill_is_never_blocked(void **state)
{
    (void)state;
    sigset_t old;
    block(SIGKILL);
    assert_call(sigprocmask(SIG_BLOCK, NULL, &old), 0);
    assert_call(sigismember(&old, SIGKILL), 0);
}

static void ppoll_lets_through_what_its_mask_does(void **state)
{
    (void)state;
    sigset_t none;
    struct pollfd entry = {bound(AF_INET, SOCK_DGRAM), POLLIN, 0};
    sigemptyset(&none);
    handle(SIGUSR1);
    block(SIGUSR1);
    raise(SIGUSR1);
    assert_fails(ppoll(&entry, 1, NULL, &none), EINTR);
    assert_int_equal(count, 1);
    unblock(SIGUSR1);
}

static void pselect_lets_through_what_its_mask_does(void **state)
{
    (void)state;
    sigset_t none;
    fd_set readable;
    int fd = bound(AF_INET, SOCK_DGRAM);
    FD_ZERO(&readable);
    FD_SET(fd, &readable);
    sigemptyset(&none);
    handle(SIGUSR1);
    block(SIGUSR1);
    raise(SIGUSR1);
    assert_fails(pselect(fd + 1, &readable, NULL, NULL, NULL, &none), EINTR);
    assert_int_equal(count, 1);
    unblock(SIGUSR1);
}

static sigjmp_buf before_signal;

static void jump_away(int number)
{
    siglongjmp(before_signal, number);
}

static void siglongjmp_unblocks_the_signal_that_it_left(void **state)
{
    (void)state;
    struct sigaction action;
    sigset_t now;
    memset(&action, 0, sizeof action);
    action.sa_handler = jump_away;
    assert_call(sigaction(SIGUSR1, &action, NULL), 0);
    int number = sigsetjmp(before_signal, 1);
    if (number == 0)
        raise(SIGUSR1);
    assert_int_equal(number, SIGUSR1);
    assert_call(sigprocmask(SIG_BLOCK, NULL, &now), 0);
    assert_call(sigismember(&now, SIGUSR1), 0);
}

static void *interrupt(void *thread)
{
    let_others_wait();
    pthread_kill(*(pthread_t *)thread, SIGUSR1);
    return NULL;
}

static void pthread_kill_ends_a_wait_of_its_thread(void **state)
{
    (void)state;
    char byte;
    pthread_t own = pthread_self();
    handle(SIGUSR1);
    int fd = bound(AF_INET, SOCK_DGRAM);
    struct helper *helper = begin(interrupt, &own);
    assert_fails(recv(fd, &byte, 1, 0), EINTR);
    finish(helper);
    assert_int_equal(count, 1);
    assert_true(pthread_equal(handled_by, own));
}

static void *receive_until_interrupted(void *fd)
{
    char byte;
    ssize_t size = recv(*(int *)fd, &byte, 1, 0);
    return size < 0 && errno == EINTR ? fd : NULL;
}

static void pthread_kill_reaches_the_thread_that_it_names(void **state)
{
    (void)state;
    int fd = bound(AF_INET, SOCK_DGRAM);
    pthread_t thread;
    void *result = NULL;
    handle(SIGUSR1);
    assert_int_equal(
        pthread_create(&thread, NULL, receive_until_interrupted, &fd), 0);
    let_others_wait();
    assert_int_equal(pthread_kill(thread, SIGUSR1), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &fd);
    assert_int_equal(count, 1);
}

static void pthread_kill_with_no_signal_asks(void **state)
{
    (void)state;
    assert_int_equal(pthread_kill(pthread_self(), 0), 0);
    assert_int_equal(pthread_kill(pthread_self(), 65), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(sets_hold_what_was_added),
        claim(a_set_has_no_signal_that_there_is_not),
        claim(a_blocked_signal_is_pending_until_it_is_not_blocked),
        claim(a_blocked_signal_that_comes_twice_is_handled_once),
        claim(sigprocmask_tells_the_set_of_before),
        claim(sigprocmask_in_another_way_is_einval),
        claim(sigkill_is_never_blocked),
        claim(ppoll_lets_through_what_its_mask_does),
        claim(pselect_lets_through_what_its_mask_does),
        claim(siglongjmp_unblocks_the_signal_that_it_left),
        claim(pthread_kill_ends_a_wait_of_its_thread),
        claim(pthread_kill_reaches_the_thread_that_it_names),
        claim(pthread_kill_with_no_signal_asks),
    };
    return cmocka_run_group_tests_name("sigmask", tests, NULL, NULL);
}
