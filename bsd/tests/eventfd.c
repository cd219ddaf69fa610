/* eventfd.c: eventfd(): a counter that can be waited for. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

static void reading_takes_the_whole_count(void **state)
{
    (void)state;
    int fd = keep(eventfd(3, 0));
    uint64_t value = 4;
    assert_call(write(fd, &value, sizeof value), 8);
    assert_call(read(fd, &value, sizeof value), 8);
    assert_true(value == 7);
}

static void a_semaphore_is_taken_one_by_one(void **state)
{
    (void)state;
    int fd = keep(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
    eventfd_t value = 0;
    for (int i = 0; i < 2; i++) {
        assert_call(eventfd_read(fd, &value), 0);
        assert_true(value == 1);
    }
    assert_fails(eventfd_read(fd, &value), EAGAIN);
}

static void zero_is_not_to_be_read(void **state)
{
    (void)state;
    int fd = keep(eventfd(0, EFD_NONBLOCK));
    eventfd_t value;
    assert_fails(eventfd_read(fd, &value), EAGAIN);
    assert_call(eventfd_write(fd, 0), 0);
    assert_fails(eventfd_read(fd, &value), EAGAIN);
}

static void a_count_that_does_not_fit_is_eagain(void **state)
{
    (void)state;
    int fd = keep(eventfd(1, EFD_NONBLOCK));
    eventfd_t value;
    assert_call(eventfd_write(fd, UINT64_MAX - 2), 0);
    assert_fails(eventfd_write(fd, 1), EAGAIN);
    assert_call(eventfd_read(fd, &value), 0);
    assert_true(value == UINT64_MAX - 1);
    assert_call(eventfd_write(fd, 1), 0);
}

static void the_largest_number_is_einval(void **state)
{
    (void)state;
    assert_fails(eventfd_write(keep(eventfd(0, 0)), UINT64_MAX), EINVAL);
}

static void fewer_than_eight_bytes_are_einval(void **state)
{
    (void)state;
    int fd = keep(eventfd(1, 0));
    char bytes[8] = {0};
    assert_fails(read(fd, bytes, 7), EINVAL);
    assert_fails(write(fd, bytes, 7), EINVAL);
    assert_fails(read(fd, bytes, 0), EINVAL);
}

static void reading_into_more_than_eight_bytes_gives_eight(void **state)
{
    (void)state;
    int fd = keep(eventfd(5, 0));
    uint64_t values[2] = {0, 9};
    assert_call(read(fd, values, sizeof values), 8);
    assert_true(values[0] == 5);
    assert_true(values[1] == 9);
}

static void flags_are_checked_and_kept(void **state)
{
    (void)state;
    assert_fails(eventfd(0, 0x40), EINVAL);
    int fd = keep(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
    fd = keep(eventfd(0, 0));
    assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_call(fcntl(fd, F_GETFD), 0);
}

static void it_is_no_socket(void **state)
{
    (void)state;
    char byte = 0;
    assert_fails(send(keep(eventfd(0, 0)), &byte, 1, 0), ENOTSOCK);
}

static void *add_one(void *context)
{
    let_others_wait();
    assert_call(eventfd_write(*(int *)context, 1), 0);
    return NULL;
}

static void reading_waits_for_a_write(void **state)
{
    (void)state;
    int fd = keep(eventfd(0, 0));
    struct helper *helper = begin(add_one, &fd);
    eventfd_t value = 0;
    assert_call(eventfd_read(fd, &value), 0);
    assert_true(value == 1);
    finish(helper);
}

static void *take_all(void *context)
{
    eventfd_t value;
    let_others_wait();
    assert_call(eventfd_read(*(int *)context, &value), 0);
    return NULL;
}

static void writing_waits_for_a_read(void **state)
{
    (void)state;
    int fd = keep(eventfd(0, 0));
    assert_call(eventfd_write(fd, UINT64_MAX - 1), 0);
    struct helper *helper = begin(take_all, &fd);
    assert_call(eventfd_write(fd, 2), 0);
    finish(helper);
    eventfd_t value = 0;
    assert_call(eventfd_read(fd, &value), 0);
    assert_true(value == 2);
}

static void poll_waits_for_a_write(void **state)
{
    (void)state;
    int fd = keep(eventfd(0, 0));
    struct helper *helper = begin(add_one, &fd);
    struct pollfd entry = {fd, POLLIN, 0};
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLIN);
    finish(helper);
}

static void a_closed_number_is_ebadf(void **state)
{
    (void)state;
    eventfd_t value;
    int fd = closed_descriptor();
    assert_fails(eventfd_read(fd, &value), EBADF);
    assert_fails(eventfd_write(fd, 1), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(reading_takes_the_whole_count),
        claim(a_semaphore_is_taken_one_by_one),
        claim(zero_is_not_to_be_read),
        claim(a_count_that_does_not_fit_is_eagain),
        claim(the_largest_number_is_einval),
        claim(fewer_than_eight_bytes_are_einval),
        claim(reading_into_more_than_eight_bytes_gives_eight),
        claim(flags_are_checked_and_kept),
        claim(it_is_no_socket),
        claim(reading_waits_for_a_write),
        claim(writing_waits_for_a_read),
        claim(poll_waits_for_a_write),
        claim(a_closed_number_is_ebadf),
    };
    return cmocka_run_group_tests_name("eventfd", tests, NULL, NULL);
}
