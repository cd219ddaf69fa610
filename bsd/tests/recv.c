/* recv.c: recv() on streams. */
#include "fixture.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>

static void it_returns_what_is_there(void **state)
{
    char buffer[16];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    wait_readable(ends.server);
    assert_call(recv(ends.server, buffer, 2, 0), 2);
    assert_memory_equal(buffer, "ab", 2);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 4);
    assert_memory_equal(buffer, "cdef", 4);
}

static void on_a_nonblocking_socket_it_is_eagain(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    set_nonblocking(ends.server);
    assert_fails(recv(ends.server, &byte, 1, 0), EAGAIN);
    assert_fails(recv(ends.server, &byte, 1, MSG_WAITALL), EAGAIN);
    assert_fails(recv(ends.server, &byte, 1, MSG_PEEK), EWOULDBLOCK);
}

static void msg_dontwait_does_not_wait(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    long long begin_ms = clock_ms();
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
    assert_true(clock_ms() - begin_ms < 1000);
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    assert_call(recv(ends.server, &byte, 1, MSG_DONTWAIT), 1);
}

static void set_timeout(int fd, long microseconds)
{
    struct timeval patience = {0, microseconds};
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
}

static void so_rcvtimeo_ends_the_wait_with_eagain(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    set_timeout(ends.server, 100000);
    long long begin_ms = clock_ms();
    assert_fails(recv(ends.server, &byte, 1, 0), EAGAIN);
    long long taken_ms = clock_ms() - begin_ms;
    assert_true(taken_ms >= 80 && taken_ms < 3000);
}

static void after_the_end_it_is_0(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    close_kept(ends.client);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), 3);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_PEEK), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_DONTWAIT), 0);
}

/* --- MSG_WAITALL ------------------------------------------------------------ */

static void *send_the_rest_later(void *fd)
{
    let_others_wait();
    send(*(int *)fd, "world", 5, 0);
    return NULL;
}

static void msg_waitall_waits_for_all(void **state)
{
    char buffer[10];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    struct helper *helper = begin(send_the_rest_later, &ends.client);
    ssize_t received = recv(ends.server, buffer, sizeof buffer, MSG_WAITALL);
    finish(helper);
    assert_int_equal(received, 10);
    assert_memory_equal(buffer, "helloworld", 10);
}

static void msg_waitall_gives_what_came_before_the_end(void **state)
{
    char buffer[10];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), 5);
}

static void msg_waitall_gives_what_came_in_time(void **state)
{
    char buffer[10];
    (void)state;
    struct ends ends = stream(AF_INET);
    set_timeout(ends.server, 100000);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), 5);
    assert_fails(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), EAGAIN);
}

static void msg_waitall_does_not_wait_where_nobody_may(void **state)
{
    char buffer[10];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    wait_readable(ends.server);
    assert_call(
        recv(ends.server, buffer, sizeof buffer, MSG_WAITALL | MSG_DONTWAIT),
        5);
}

static void msg_waitall_may_only_look(void **state)
{
    char buffer[10];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    struct helper *helper = begin(send_the_rest_later, &ends.client);
    ssize_t received =
        recv(ends.server, buffer, sizeof buffer, MSG_WAITALL | MSG_PEEK);
    finish(helper);
    assert_int_equal(received, 10);
    assert_memory_equal(buffer, "helloworld", 10);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), 10);
}

static int tells_of_the_end(int fd)
{
    struct pollfd entry = {.fd = fd, .events = POLLRDHUP};
    return poll(&entry, 1, 500) == 1;
}

static void looking_at_all_ends_with_the_stream(void **state)
{
    char buffer[10];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    wait_readable(ends.server);
    if (!tells_of_the_end(ends.server))
        skip_because("the end shows when all was read, and not before");
    assert_call(
        recv(ends.server, buffer, sizeof buffer, MSG_WAITALL | MSG_PEEK), 5);
}

/* --- MSG_PEEK, MSG_TRUNC ---------------------------------------------------- */

static void msg_peek_leaves_the_data(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    wait_readable(ends.server);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_PEEK), 3);
    assert_call(recv(ends.server, buffer, 1, MSG_PEEK), 1);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 3);
    assert_memory_equal(buffer, "abc", 3);
    assert_fails(recv(ends.server, buffer, 1, MSG_DONTWAIT), EAGAIN);
}

static void msg_trunc_throws_the_data_away(void **state)
{
    char buffer[8] = "unseen";
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    wait_readable(ends.server);
    assert_call(recv(ends.server, buffer, 4, MSG_TRUNC), 4);
    assert_string_equal(buffer, "unseen");
    assert_call(recv(ends.server, NULL, 1, MSG_TRUNC), 1);
    assert_call(recv(ends.server, buffer, 8, 0), 1);
    assert_int_equal(buffer[0], 'f');
}

static void flags_that_mean_nothing_here_are_fine(void **state)
{
    static const int flags[] = {MSG_NOSIGNAL, MSG_DONTROUTE,   MSG_CONFIRM,
                                MSG_EOR,      MSG_CTRUNC,      MSG_MORE,
                                0x200000,     MSG_CMSG_CLOEXEC};
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        assert_call(send(ends.client, "x", 1, 0), 1);
        assert_call(recv(ends.server, &byte, 1, flags[i]), 1);
    }
}

/* --- Errors ----------------------------------------------------------------- */

static void never_connected_is_enotconn(void **state)
{
    char byte;
    (void)state;
    assert_fails(recv(keep(socket(AF_INET, SOCK_STREAM, 0)), &byte, 1, 0),
                 ENOTCONN);
    assert_fails(recv(bound(AF_INET6, SOCK_STREAM), &byte, 1, 0), ENOTCONN);
    assert_fails(recv(listening(AF_INET), &byte, 1, 0), ENOTCONN);
}

static void room_for_nothing_waits_for_data(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_fails(recv(ends.server, &byte, 0, MSG_DONTWAIT), EAGAIN);
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    assert_call(recv(ends.server, &byte, 0, 0), 0);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
}

static void memory_that_is_not_there_is_efault(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    assert_fails(recv(ends.server, NULL, 1, 0), EFAULT);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
}

static void bad_descriptors_are_told(void **state)
{
    char byte;
    (void)state;
    assert_fails(recv(-1, &byte, 1, 0), EBADF);
    assert_fails(recv(INT_MAX, &byte, 1, 0), EBADF);
    assert_fails(recv(closed_descriptor(), &byte, 1, 0), EBADF);
    assert_fails(recv(temporary_file(), &byte, 1, 0), ENOTSOCK);
}

static void *echo(void *fd)
{
    char buffer[64];
    ssize_t size;
    while ((size = recv(*(int *)fd, buffer, sizeof buffer, 0)) > 0)
        send(*(int *)fd, buffer, (size_t)size, 0);
    return NULL;
}

static void both_directions_go_at_once(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    struct helper *helper = begin(echo, &ends.server);
    for (int i = 0; i < 100; i++) {
        memset(buffer, i, sizeof buffer);
        assert_call(send(ends.client, buffer, sizeof buffer, 0), sizeof buffer);
        assert_call(recv(ends.client, buffer, sizeof buffer, MSG_WAITALL),
                    sizeof buffer);
        assert_int_equal(buffer[7], i);
    }
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    finish(helper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(it_returns_what_is_there),
        claim(on_a_nonblocking_socket_it_is_eagain),
        claim(msg_dontwait_does_not_wait),
        claim(so_rcvtimeo_ends_the_wait_with_eagain),
        claim(after_the_end_it_is_0),
        claim(msg_waitall_waits_for_all),
        claim(msg_waitall_gives_what_came_before_the_end),
        claim(msg_waitall_gives_what_came_in_time),
        claim(msg_waitall_does_not_wait_where_nobody_may),
        claim(msg_waitall_may_only_look),
        claim(looking_at_all_ends_with_the_stream),
        claim(msg_peek_leaves_the_data),
        claim(msg_trunc_throws_the_data_away),
        claim(flags_that_mean_nothing_here_are_fine),
        claim(never_connected_is_enotconn),
        claim(room_for_nothing_waits_for_data),
        claim(memory_that_is_not_there_is_efault),
        claim(bad_descriptors_are_told),
        claim(both_directions_go_at_once),
    };
    return cmocka_run_group_tests_name("recv", tests, NULL, NULL);
}
