/* pselect.c: pselect(): its timeout and its mask. */
#include "fixture.h"

#include <signal.h>
#include <sys/select.h>
#include <time.h>

static fd_set set_of(int fd)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return set;
}

static void it_tells_what_select_tells(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fd_set read = set_of(ends.client), write = set_of(ends.client);
    struct timespec timeout = {5, 0};
    assert_call(pselect(ends.client + 1, &read, &write, NULL, &timeout, NULL),
                1);
    assert_false(FD_ISSET(ends.client, &read));
    assert_true(FD_ISSET(ends.client, &write));
}

static void it_waits_and_leaves_the_timeout(void **state)
{
    (void)state;
    struct timespec timeout = {0, 40000000};
    const long long begin = clock_ms();
    assert_call(pselect(0, NULL, NULL, NULL, &timeout, NULL), 0);
    assert_true(clock_ms() - begin >= 39);
    assert_true(timeout.tv_sec == 0 && timeout.tv_nsec == 40000000);
}

static void a_wrong_timeout_is_einval(void **state)
{
    (void)state;
    struct timespec wrong[] = {{-1, 0}, {0, -1}, {0, 1000000000}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_fails(pselect(0, NULL, NULL, NULL, &wrong[i], NULL), EINVAL);
}

static void a_negative_count_is_einval(void **state)
{
    (void)state;
    volatile int count = -1;
    assert_fails(pselect(count, NULL, NULL, NULL, NULL, NULL), EINVAL);
}

static void a_closed_number_is_ebadf(void **state)
{
    (void)state;
    int fd = closed_descriptor();
    fd_set read = set_of(fd);
    assert_fails(pselect(fd + 1, &read, NULL, NULL, NULL, NULL), EBADF);
}

static volatile sig_atomic_t came;

static void note(int number)
{
    came = number;
}

static void a_signal_that_the_mask_lets_through_is_eintr(void **state)
{
    (void)state;
    sigset_t blocked, before;
    struct sigaction action = {.sa_handler = note};
    struct sigaction old;
    struct ends ends = stream(AF_INET);
    fd_set read = set_of(ends.client);
    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    assert_call(sigaction(SIGUSR1, &action, &old), 0);
    assert_call(sigprocmask(SIG_BLOCK, &blocked, &before), 0);
    assert_call(raise(SIGUSR1), 0);
    assert_int_equal(came, 0);
    assert_fails(pselect(ends.client + 1, &read, NULL, NULL, NULL, &before),
                 EINTR);
    assert_int_equal(came, SIGUSR1);
    assert_true(FD_ISSET(ends.client, &read));
    assert_call(sigprocmask(SIG_SETMASK, &before, NULL), 0);
    assert_call(sigaction(SIGUSR1, &old, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(it_tells_what_select_tells),
        claim(it_waits_and_leaves_the_timeout),
        claim(a_wrong_timeout_is_einval),
        claim(a_negative_count_is_einval),
        claim(a_closed_number_is_ebadf),
        claim(a_signal_that_the_mask_lets_through_is_eintr),
    };
    return cmocka_run_group_tests_name("pselect", tests, NULL, NULL);
}
