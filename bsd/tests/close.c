/* close.c: close(). */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void closing_what_is_not_open_is_ebadf(void **state)
{
    (void)state;
    int fd = closed_descriptor();
    assert_fails(close(fd), EBADF);
    assert_fails(close(-1), EBADF);
    assert_fails(close(1 << 20), EBADF);
}

static void a_closed_socket_is_gone_for_every_call(void **state)
{
    (void)state;
    char byte = 0;
    struct address address = loopback(AF_INET, 1);
    int fd = closed_descriptor();
    assert_fails(send(fd, &byte, 1, 0), EBADF);
    assert_fails(recv(fd, &byte, 1, 0), EBADF);
    assert_fails(read(fd, &byte, 1), EBADF);
    assert_fails(write(fd, &byte, 1), EBADF);
    assert_fails(listen(fd, 1), EBADF);
    assert_fails(bind(fd, as_sockaddr(&address), address.length), EBADF);
    assert_fails(connect(fd, as_sockaddr(&address), address.length), EBADF);
    assert_fails(shutdown(fd, SHUT_RD), EBADF);
    assert_fails(fcntl(fd, F_GETFL), EBADF);
}

static void closing_one_end_is_the_end_for_the_other(void **state)
{
    (void)state;
    char buffer[8];
    struct ends ends = stream(AF_INET);
    assert_call(write(ends.client, "last", 4), 4);
    close_kept(ends.client);
    assert_call(read(ends.server, buffer, sizeof buffer), 4);
    assert_memory_equal(buffer, "last", 4);
    assert_call(read(ends.server, buffer, sizeof buffer), 0);
}

static void a_file_that_was_closed_is_ebadf(void **state)
{
    (void)state;
    char byte;
    int fd = temporary_file();
    close_kept(fd);
    assert_fails(read(fd, &byte, 1), EBADF);
    assert_fails(close(fd), EBADF);
}

static void closing_well_leaves_errno(void **state)
{
    (void)state;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    errno = ECONNREFUSED;
    assert_call(close(fd), 0);
    assert_int_equal(errno, ECONNREFUSED);
}

/* What a thread waits in stays until it returns. */
static void *receive_one(void *context)
{
    static ssize_t result;
    char byte;
    result = recv(*(int *)context, &byte, 1, 0);
    return &result;
}

static void closing_does_not_end_a_receive_in_another_thread(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct helper *helper = begin(receive_one, &ends.server);
    let_others_wait();
    close_kept(ends.server);
    let_others_wait();
    assert_call(send(ends.client, "x", 1, MSG_NOSIGNAL), 1);
    assert_int_equal(*(ssize_t *)finish(helper), 1);
}

static void a_listener_that_was_closed_leaves_its_port(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    close_kept(listener);
    int again = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(bind(again, as_sockaddr(&address), address.length), 0);
    assert_call(listen(again, 1), 0);
}

static void closefrom_closes_all_from_a_number_on(void **state)
{
    (void)state;
    int first = socket(AF_INET, SOCK_DGRAM, 0);
    int second = dup(first);
    assert_true(first >= 0 && second > first);
    closefrom(second);
    assert_fails(fcntl(second, F_GETFD), EBADF);
    assert_true(fcntl(first, F_GETFD) >= 0);
    assert_call(close_range((unsigned)first, (unsigned)first, 0), 0);
    assert_fails(fcntl(first, F_GETFD), EBADF);
    assert_fails(close_range(5, 4, 0), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(closing_what_is_not_open_is_ebadf),
        claim(a_closed_socket_is_gone_for_every_call),
        claim(closing_one_end_is_the_end_for_the_other),
        claim(a_file_that_was_closed_is_ebadf),
        claim(closing_well_leaves_errno),
        claim(closing_does_not_end_a_receive_in_another_thread),
        claim(a_listener_that_was_closed_leaves_its_port),
        claim(closefrom_closes_all_from_a_number_on),
    };
    return cmocka_run_group_tests_name("close", tests, NULL, NULL);
}
