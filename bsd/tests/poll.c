/* poll.c: poll() and ppoll(): entries, counts, timeouts and errors. */
#include "fixture.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* --- Entries --------------------------------------------------------------------- */

static void no_entries_are_a_sleep(void **state)
{
    (void)state;
    const long long begin = clock_ms();
    assert_call(poll(NULL, 0, 60), 0);
    assert_true(clock_ms() - begin >= 60);
}

static void numbers_below_zero_are_passed_over(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entries[3] = {{-1, POLLIN | POLLOUT, 0x7f},
                                {ends.client, POLLOUT, 0},
                                {INT_MIN, POLLOUT, 0x7f}};
    assert_call(poll(entries, 3, 1000), 1);
    assert_int_equal(entries[0].revents, 0);
    assert_int_equal(entries[1].revents, POLLOUT);
    assert_int_equal(entries[2].revents, 0);
}

static void only_numbers_below_zero_are_a_sleep(void **state)
{
    (void)state;
    struct pollfd entry = {-1, POLLIN, 0};
    const long long begin = clock_ms();
    assert_call(poll(&entry, 1, 40), 0);
    assert_true(clock_ms() - begin >= 40);
}

static void a_closed_number_is_counted_beside_others(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entries[3] = {{ends.client, POLLIN, 0},
                                {closed_descriptor(), POLLIN, 0},
                                {ends.server, POLLOUT, 0}};
    assert_call(poll(entries, 3, -1), 2);
    assert_int_equal(entries[0].revents, 0);
    assert_int_equal(entries[1].revents, POLLNVAL);
    assert_int_equal(entries[2].revents, POLLOUT);
}

static void the_same_number_twice_is_counted_twice(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entries[3] = {{ends.client, POLLOUT, 0},
                                {ends.client, POLLOUT | POLLIN, 0},
                                {ends.client, POLLIN, 0}};
    assert_call(poll(entries, 3, 1000), 2);
    assert_int_equal(entries[0].revents, POLLOUT);
    assert_int_equal(entries[1].revents, POLLOUT);
    assert_int_equal(entries[2].revents, 0);
}

static void bits_that_cannot_be_asked_for_are_no_error(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.client, 0x7fff, 0};
    assert_call(poll(&entry, 1, 0), 1);
    assert_int_equal(entry.revents, POLLOUT | POLLWRNORM);
    entry.events = POLLERR | POLLHUP | POLLNVAL | POLLPRI | POLLRDBAND;
    assert_call(poll(&entry, 1, 0), 0);
    assert_int_equal(entry.revents, 0);
}

static void a_timeout_clears_what_was_there(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.client, POLLIN, 0x7f};
    assert_call(poll(&entry, 1, 0), 0);
    assert_int_equal(entry.revents, 0);
}

static void events_stay_as_they_were(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.client, POLLIN | POLLOUT, 0};
    assert_call(poll(&entry, 1, 0), 1);
    assert_int_equal(entry.fd, ends.client);
    assert_int_equal(entry.events, POLLIN | POLLOUT);
}

#define MANY 300

static void many_entries_each_have_their_own(void **state)
{
    (void)state;
    static struct pollfd entries[MANY];
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < MANY; i++)
        entries[i] =
            (struct pollfd){ends.client, i % 3 == 0 ? POLLOUT : POLLIN, 0};
    assert_call(poll(entries, MANY, 1000), MANY / 3);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(entries[i].revents, i % 3 == 0 ? POLLOUT : 0);
}

static void a_dup_is_as_ready_as_the_first(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int other = keep(dup(ends.server));
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(other);
    close_kept(ends.server);
    struct pollfd entry = {other, POLLIN, 0};
    assert_call(poll(&entry, 1, 0), 1);
}

/* --- Time --------------------------------------------------------------------------- */

static void a_timeout_is_never_early(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.client, POLLIN, 0};
    for (int timeout_ms = 1; timeout_ms < 40; timeout_ms += 7) {
        struct timespec begin, end;
        clock_gettime(CLOCK_MONOTONIC, &begin);
        assert_call(poll(&entry, 1, timeout_ms), 0);
        clock_gettime(CLOCK_MONOTONIC, &end);
        long long us = (end.tv_sec - begin.tv_sec) * 1000000LL +
                       (end.tv_nsec - begin.tv_nsec) / 1000;
        assert_true(us >= timeout_ms * 1000LL);
    }
}

static void *send_a_byte(void *context)
{
    let_others_wait();
    assert_call(send(*(int *)context, "x", 1, 0), 1);
    return NULL;
}

static void what_comes_ends_a_wait_without_a_timeout(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct helper *helper = begin(send_a_byte, &ends.client);
    struct pollfd entry = {ends.server, POLLIN, 0};
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLIN);
    finish(helper);
}

static void *shut_down(void *context)
{
    let_others_wait();
    assert_call(shutdown(*(int *)context, SHUT_RDWR), 0);
    return NULL;
}

static void a_shutdown_by_another_thread_ends_a_wait(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct helper *helper = begin(shut_down, &ends.server);
    struct pollfd entry = {ends.server, POLLIN, 0};
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLIN | POLLHUP);
    finish(helper);
}

static void *close_and_send(void *context)
{
    struct ends *ends = context;
    let_others_wait();
    close_kept(ends->server);
    assert_call(send(ends->client, "x", 1, 0), 1);
    return NULL;
}

/* What ends the wait finds the number closed. */
static void a_close_by_another_thread_ends_no_wait(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.server, POLLIN, 0};
    struct helper *helper = begin(close_and_send, &ends);
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLNVAL);
    finish(helper);
}

/* --- Errors --------------------------------------------------------------------------- */

static void entries_at_null_are_efault(void **state)
{
    (void)state;
    struct pollfd *volatile nowhere = NULL;
    assert_fails(poll(nowhere, 1, 0), EFAULT);
    assert_fails(ppoll(nowhere, 1, NULL, NULL), EFAULT);
}

static void more_entries_than_there_can_be_numbers_are_einval(void **state)
{
    (void)state;
    struct pollfd entry = {-1, 0, 0};
    volatile nfds_t too_many = (nfds_t)1 << 30;
    assert_fails(poll(&entry, too_many, 0), EINVAL);
}

/* --- ppoll() ----------------------------------------------------------------------------- */

static void ppoll_waits_as_poll_does(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.client, POLLIN, 0};
    struct timespec timeout = {0, 30000000};
    const long long begin = clock_ms();
    assert_call(ppoll(&entry, 1, &timeout, NULL), 0);
    assert_true(clock_ms() - begin >= 29);
    assert_int_equal(timeout.tv_nsec, 30000000);
    entry.events = POLLOUT;
    assert_call(ppoll(&entry, 1, NULL, NULL), 1);
    assert_int_equal(entry.revents, POLLOUT);
}

static void ppoll_with_a_wrong_timeout_is_einval(void **state)
{
    (void)state;
    struct timespec wrong[] = {{-1, 0}, {0, -1}, {0, 1000000000}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_fails(ppoll(NULL, 0, &wrong[i], NULL), EINVAL);
}

static void ppoll_takes_very_long_timeouts(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.client, POLLOUT, 0};
    struct timespec long_time = {0x7fffffff, 999999999};
    assert_call(ppoll(&entry, 1, &long_time, NULL), 1);
}

static volatile sig_atomic_t came;

static void note(int number)
{
    came = number;
}

static void ppoll_lets_through_what_its_mask_does(void **state)
{
    (void)state;
    sigset_t blocked, before;
    struct sigaction action = {.sa_handler = note};
    struct sigaction old;
    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    assert_call(sigaction(SIGUSR1, &action, &old), 0);
    assert_call(sigprocmask(SIG_BLOCK, &blocked, &before), 0);
    came = 0;
    assert_call(raise(SIGUSR1), 0);
    assert_call(poll(NULL, 0, 1), 0);
    assert_int_equal(came, 0);
    assert_fails(ppoll(NULL, 0, NULL, &before), EINTR);
    assert_int_equal(came, SIGUSR1);
    sigset_t now;
    assert_call(sigprocmask(SIG_SETMASK, &before, &now), 0);
    assert_true(sigismember(&now, SIGUSR1));
    assert_call(sigaction(SIGUSR1, &old, NULL), 0);
}

static void interrupt_soon(int flags, struct sigaction *before)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = flags};
    struct itimerval soon = {.it_value = {0, 30000}};
    sigemptyset(&action.sa_mask);
    came = 0;
    assert_call(sigaction(SIGALRM, &action, before), 0);
    assert_call(setitimer(ITIMER_REAL, &soon, NULL), 0);
}

static void a_signal_ends_a_wait_whatever_its_flags(void **state)
{
    (void)state;
    static const int flags[] = {0, SA_RESTART};
    struct ends ends = stream(AF_INET);
    struct pollfd entry = {ends.client, POLLIN, 0};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct sigaction before;
        interrupt_soon(flags[i], &before);
        assert_fails(poll(&entry, 1, 5000), EINTR);
        assert_int_equal(came, SIGALRM);
        assert_call(sigaction(SIGALRM, &before, NULL), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(no_entries_are_a_sleep),
        claim(numbers_below_zero_are_passed_over),
        claim(only_numbers_below_zero_are_a_sleep),
        claim(a_closed_number_is_counted_beside_others),
        claim(the_same_number_twice_is_counted_twice),
        claim(bits_that_cannot_be_asked_for_are_no_error),
        claim(a_timeout_clears_what_was_there),
        claim(events_stay_as_they_were),
        claim(many_entries_each_have_their_own),
        claim(a_dup_is_as_ready_as_the_first),
        claim(a_timeout_is_never_early),
        claim(what_comes_ends_a_wait_without_a_timeout),
        claim(a_shutdown_by_another_thread_ends_a_wait),
        claim(a_close_by_another_thread_ends_no_wait),
        claim(entries_at_null_are_efault),
        claim(more_entries_than_there_can_be_numbers_are_einval),
        claim(ppoll_waits_as_poll_does),
        claim(ppoll_with_a_wrong_timeout_is_einval),
        claim(ppoll_takes_very_long_timeouts),
        claim(ppoll_lets_through_what_its_mask_does),
        claim(a_signal_ends_a_wait_whatever_its_flags),
    };
    return cmocka_run_group_tests_name("poll", tests, NULL, NULL);
}
