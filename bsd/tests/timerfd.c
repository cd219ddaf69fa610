/* timerfd.c: timerfd_create() and its kin: a clock to be waited for. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void start(int fd, long value_ms, long interval_ms)
{
    struct itimerspec time = {
        .it_value = {value_ms / 1000, value_ms % 1000 * 1000000},
        .it_interval = {interval_ms / 1000, interval_ms % 1000 * 1000000}};
    assert_call(timerfd_settime(fd, 0, &time, NULL), 0);
}

static uint64_t times(int fd)
{
    uint64_t value = 0;
    assert_call(read(fd, &value, sizeof value), 8);
    return value;
}

static void one_that_was_not_set_is_not_to_be_read(void **state)
{
    (void)state;
    int fd = keep(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    uint64_t value;
    assert_fails(read(fd, &value, sizeof value), EAGAIN);
    struct pollfd entry = {fd, POLLIN | POLLOUT, 0};
    assert_call(poll(&entry, 1, 0), 0);
}

static void it_goes_off_once_and_not_early(void **state)
{
    (void)state;
    int fd = keep(timerfd_create(CLOCK_MONOTONIC, 0));
    struct pollfd entry = {fd, POLLIN, 0};
    const long long begin = clock_ms();
    start(fd, 40, 0);
    assert_call(poll(&entry, 1, 5000), 1);
    assert_true(clock_ms() - begin >= 39);
    assert_true(times(fd) == 1);
    assert_call(poll(&entry, 1, 60), 0);
}

static void reading_waits(void **state)
{
    (void)state;
    int fd = keep(timerfd_create(CLOCK_REALTIME, 0));
    const long long begin = clock_ms();
    start(fd, 30, 0);
    assert_true(times(fd) == 1);
    assert_true(clock_ms() - begin >= 29);
}

static void with_an_interval_it_counts(void **state)
{
    (void)state;
    int fd = keep(timerfd_create(CLOCK_MONOTONIC, 0));
    start(fd, 5, 5);
    poll(NULL, 0, 40);
    assert_true(times(fd) >= 7);
    assert_true(times(fd) >= 1);
}

static void a_moment_that_has_passed_is_told_at_once(void **state)
{
    (void)state;
    int fd = keep(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
    struct itimerspec time = {.it_value = {1, 0}};
    assert_call(timerfd_settime(fd, TFD_TIMER_ABSTIME, &time, NULL), 0);
    assert_true(times(fd) == 1);
}

static void what_is_left_is_told(void **state)
{
    (void)state;
    int fd = keep(timerfd_create(CLOCK_MONOTONIC, 0));
    struct itimerspec left = {{7, 7}, {7, 7}}, none = {{0, 0}, {0, 0}};
    assert_call(timerfd_gettime(fd, &left), 0);
    assert_true(left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
    start(fd, 10000, 2000);
    assert_call(timerfd_gettime(fd, &left), 0);
    assert_true(left.it_value.tv_sec == 9);
    assert_true(left.it_interval.tv_sec == 2);
    assert_call(timerfd_settime(fd, 0, &none, &left), 0);
    assert_true(left.it_value.tv_sec == 9);
    assert_call(timerfd_gettime(fd, &left), 0);
    assert_true(left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
}

static void a_set_of_epoll_has_it(void **state)
{
    (void)state;
    int fd = keep(timerfd_create(CLOCK_MONOTONIC, 0));
    int set = keep(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event), 0);
    start(fd, 20, 0);
    assert_call(epoll_wait(set, &event, 1, 5000), 1);
    assert_int_equal(event.events, EPOLLIN);
    assert_true(times(fd) == 1);
    assert_call(epoll_wait(set, &event, 1, 0), 0);
}

static void errors_are_told(void **state)
{
    (void)state;
    struct itimerspec time = {.it_value = {0, 1000000000}};
    uint64_t value = 1;
    assert_fails(timerfd_create(99, 0), EINVAL);
    assert_fails(timerfd_create(CLOCK_MONOTONIC, 1), EINVAL);
    int fd = keep(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_fails(timerfd_settime(fd, 0, &time, NULL), EINVAL);
    assert_fails(timerfd_gettime(keep(eventfd(0, 0)), &time), EINVAL);
    assert_fails(timerfd_gettime(closed_descriptor(), &time), EBADF);
    assert_fails(read(fd, &value, 7), EINVAL);
    assert_fails(write(fd, &value, 8), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(one_that_was_not_set_is_not_to_be_read),
        claim(it_goes_off_once_and_not_early),
        claim(reading_waits),
        claim(with_an_interval_it_counts),
        claim(a_moment_that_has_passed_is_told_at_once),
        claim(what_is_left_is_told),
        claim(a_set_of_epoll_has_it),
        claim(errors_are_told),
    };
    return cmocka_run_group_tests_name("timerfd", tests, NULL, NULL);
}
