/* select.c: select(): sets, numbers, timeouts and errors. */
#include "fixture.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

static fd_set set_of(int fd)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return set;
}

static struct timeval ms(long ms)
{
    struct timeval timeout = {ms / 1000, ms % 1000 * 1000};
    return timeout;
}

/* --- What is told -------------------------------------------------------------------- */

static void data_are_readable_and_room_is_writable(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fd_set read = set_of(ends.server), write = set_of(ends.server);
    assert_call(select(ends.server + 1, &read, &write, NULL, NULL), 1);
    assert_false(FD_ISSET(ends.server, &read));
    assert_true(FD_ISSET(ends.server, &write));
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    read = set_of(ends.server);
    assert_call(select(ends.server + 1, &read, &write, NULL, NULL), 2);
    assert_true(FD_ISSET(ends.server, &read));
    assert_true(FD_ISSET(ends.server, &write));
}

static void a_timeout_empties_the_sets(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fd_set read = set_of(ends.server), except = set_of(ends.server);
    struct timeval timeout = ms(20);
    assert_call(select(ends.server + 1, &read, NULL, &except, &timeout), 0);
    assert_false(FD_ISSET(ends.server, &read));
    assert_false(FD_ISSET(ends.server, &except));
}

static void one_set_for_two_uses_is_read_before_it_is_written(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    fd_set set = set_of(ends.server);
    fd_set *volatile other_name = &set;
    assert_call(select(ends.server + 1, &set, other_name, NULL, NULL), 2);
    assert_true(FD_ISSET(ends.server, &set));
}

static void the_end_is_readable(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    fd_set read = set_of(ends.server);
    assert_call(select(ends.server + 1, &read, NULL, NULL, NULL), 1);
    assert_true(FD_ISSET(ends.server, &read));
}

static void an_urgent_byte_is_an_exception(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "!", 1, MSG_OOB), 1);
    fd_set except = set_of(ends.server);
    struct timeval timeout = ms(5000);
    assert_call(select(ends.server + 1, NULL, NULL, &except, &timeout), 1);
    assert_true(FD_ISSET(ends.server, &except));
}

static void a_fresh_stream_is_readable_and_writable(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    fd_set read = set_of(fd), write = set_of(fd), except = set_of(fd);
    assert_call(select(fd + 1, &read, &write, &except, NULL), 2);
    assert_true(FD_ISSET(fd, &read));
    assert_true(FD_ISSET(fd, &write));
    assert_false(FD_ISSET(fd, &except));
}

static void a_hang_up_is_no_exception(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    fd_set except = set_of(fd);
    struct timeval timeout = ms(30);
    const long long begin = clock_ms();
    assert_call(select(fd + 1, NULL, NULL, &except, &timeout), 0);
    assert_true(clock_ms() - begin >= 30);
}

static int refused(void)
{
    struct address address = deserted(AF_INET, SOCK_STREAM);
    int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    assert_fails(connect(fd, as_sockaddr(&address), address.length),
                 EINPROGRESS);
    return fd;
}

static void a_refused_attempt_is_writable(void **state)
{
    (void)state;
    int fd = refused();
    int error = 0;
    socklen_t length = sizeof error;
    fd_set write = set_of(fd);
    struct timeval timeout = ms(5000);
    assert_call(select(fd + 1, NULL, &write, NULL, &timeout), 1);
    assert_true(FD_ISSET(fd, &write));
    assert_call(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
    assert_int_equal(error, ECONNREFUSED);
}

static void a_refused_attempt_is_readable_and_no_exception(void **state)
{
    (void)state;
    int fd = refused();
    fd_set read = set_of(fd), except = set_of(fd);
    struct timeval timeout = ms(5000);
    assert_call(select(fd + 1, &read, NULL, &except, &timeout), 1);
    assert_true(FD_ISSET(fd, &read));
    assert_false(FD_ISSET(fd, &except));
}

/* --- Numbers --------------------------------------------------------------------------- */

static void no_sets_are_a_sleep(void **state)
{
    (void)state;
    struct timeval timeout = ms(50);
    const long long begin = clock_ms();
    assert_call(select(0, NULL, NULL, NULL, &timeout), 0);
    assert_true(clock_ms() - begin >= 50);
}

static void empty_sets_are_a_sleep(void **state)
{
    (void)state;
    fd_set read, write;
    struct timeval timeout = ms(50);
    FD_ZERO(&read);
    FD_ZERO(&write);
    const long long begin = clock_ms();
    assert_call(select(FD_SETSIZE, &read, &write, NULL, &timeout), 0);
    assert_true(clock_ms() - begin >= 50);
}

static void numbers_from_the_count_on_are_not_looked_at(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int low = ends.client < ends.server ? ends.client : ends.server;
    int high = ends.client < ends.server ? ends.server : ends.client;
    fd_set write = set_of(low);
    FD_SET(high, &write);
    assert_call(select(low + 1, NULL, &write, NULL, NULL), 1);
    assert_true(FD_ISSET(low, &write));
}

static void a_closed_number_is_ebadf_and_leaves_the_sets(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int closed = let_go(ends.server);
    assert_call(close(closed), 0);
    fd_set write = set_of(ends.client);
    FD_SET(closed, &write);
    int count = (ends.client > closed ? ends.client : closed) + 1;
    assert_fails(select(count, NULL, &write, NULL, NULL), EBADF);
    assert_true(FD_ISSET(ends.client, &write));
    assert_true(FD_ISSET(closed, &write));
}

static void a_negative_count_is_einval(void **state)
{
    (void)state;
    fd_set read;
    FD_ZERO(&read);
    volatile int count = -1;
    assert_fails(select(count, &read, NULL, NULL, NULL), EINVAL);
}

/* --- Time -------------------------------------------------------------------------------- */

static void a_negative_timeout_is_einval(void **state)
{
    (void)state;
    struct timeval seconds = {-1, 0}, microseconds = {0, -1};
    assert_fails(select(0, NULL, NULL, NULL, &seconds), EINVAL);
    assert_fails(select(0, NULL, NULL, NULL, &microseconds), EINVAL);
}

static void more_than_a_second_of_microseconds_is_right(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fd_set write = set_of(ends.client);
    struct timeval timeout = {0, 2500000};
    assert_call(select(ends.client + 1, NULL, &write, NULL, &timeout), 1);
    assert_int_equal(timeout.tv_sec, 2);
}

static void the_timeout_becomes_what_is_left(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fd_set write = set_of(ends.client);
    struct timeval timeout = ms(10000);
    assert_call(select(ends.client + 1, NULL, &write, NULL, &timeout), 1);
    assert_true(timeout.tv_sec == 9 && timeout.tv_usec > 0);
    timeout = ms(15);
    fd_set read = set_of(ends.client);
    assert_call(select(ends.client + 1, &read, NULL, NULL, &timeout), 0);
    assert_true(timeout.tv_sec == 0 && timeout.tv_usec == 0);
}

static void a_timeout_of_zero_looks_and_stays(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fd_set read = set_of(ends.client), write = set_of(ends.client);
    struct timeval timeout = {0, 0};
    assert_call(select(ends.client + 1, &read, NULL, NULL, &timeout), 0);
    assert_call(select(ends.client + 1, NULL, &write, NULL, &timeout), 1);
    assert_true(timeout.tv_sec == 0 && timeout.tv_usec == 0);
}

/* --- Many -------------------------------------------------------------------------------- */

#define PAIRS 100

static void two_hundred_sockets_fit(void **state)
{
    (void)state;
    static int fds[PAIRS][2];
    fd_set write;
    int highest = 0;
    FD_ZERO(&write);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, fds[i]), 0);
        for (size_t side = 0; side < 2; side++) {
            keep(fds[i][side]);
            FD_SET(fds[i][side], &write);
            if (fds[i][side] > highest)
                highest = fds[i][side];
        }
    }
    assert_true(highest < FD_SETSIZE);
    fd_set read = write;
    assert_call(select(highest + 1, NULL, &write, NULL, NULL), 2 * PAIRS);
    assert_call(send(fds[PAIRS - 1][0], "x", 1, 0), 1);
    assert_call(select(highest + 1, &read, NULL, NULL, NULL), 1);
    assert_true(FD_ISSET(fds[PAIRS - 1][1], &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(data_are_readable_and_room_is_writable),
        claim(a_timeout_empties_the_sets),
        claim(one_set_for_two_uses_is_read_before_it_is_written),
        claim(the_end_is_readable),
        claim(an_urgent_byte_is_an_exception),
        claim(a_fresh_stream_is_readable_and_writable),
        claim(a_hang_up_is_no_exception),
        claim(a_refused_attempt_is_writable),
        claim(a_refused_attempt_is_readable_and_no_exception),
        claim(no_sets_are_a_sleep),
        claim(empty_sets_are_a_sleep),
        claim(numbers_from_the_count_on_are_not_looked_at),
        claim(a_closed_number_is_ebadf_and_leaves_the_sets),
        claim(a_negative_count_is_einval),
        claim(a_negative_timeout_is_einval),
        claim(more_than_a_second_of_microseconds_is_right),
        claim(the_timeout_becomes_what_is_left),
        claim(a_timeout_of_zero_looks_and_stays),
        claim(two_hundred_sockets_fit),
    };
    return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
