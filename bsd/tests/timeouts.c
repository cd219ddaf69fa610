/* timeouts.c: SO_RCVTIMEO and SO_SNDTIMEO. */
#include "fixture.h"

#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define SHORT_MS 60

static int set(int fd, int option, long seconds, long microseconds)
{
    struct timeval timeout;
    memset(&timeout, 0, sizeof timeout);
    timeout.tv_sec = seconds;
    timeout.tv_usec = microseconds;
    return setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof timeout);
}

static struct timeval get(int fd, int option)
{
    struct timeval timeout;
    socklen_t length = sizeof timeout;
    memset(&timeout, 0xaa, sizeof timeout);
    assert_call(getsockopt(fd, SOL_SOCKET, option, &timeout, &length), 0);
    assert_int_equal(length, sizeof timeout);
    return timeout;
}

static void set_short(int fd, int option)
{
    assert_call(set(fd, option, 0, SHORT_MS * 1000L), 0);
}

static const int options[] = {SO_RCVTIMEO, SO_SNDTIMEO};

/* Checks that a time of at least SHORT_MS has passed since `begin`, and not one
 * that another unit of time would make of it. */
static void check_waited(long long begin)
{
    assert_in_range(clock_ms() - begin, SHORT_MS - 1, 5000);
}

/* --- Setting ----------------------------------------------------------------------- */

static void fresh_socket_has_no_timeouts(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        struct timeval timeout = get(fd, options[i]);
        assert_int_equal(timeout.tv_sec, 0);
        assert_int_equal(timeout.tv_usec, 0);
    }
}

static void timeouts_are_told_as_they_were_set(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        assert_call(set(fd, options[i], 5, 500000), 0);
        struct timeval timeout = get(fd, options[i]);
        assert_int_equal(timeout.tv_sec, 5);
        assert_in_range(timeout.tv_usec, 500000, 520000);
        assert_call(set(fd, options[i], 100000, 0), 0);
        assert_int_equal(get(fd, options[i]).tv_sec, 100000);
        assert_call(set(fd, options[i], 0, 0), 0);
        assert_int_equal(get(fd, options[i]).tv_sec, 0);
    }
}

static void one_timeout_is_not_the_other(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(set(fd, SO_RCVTIMEO, 7, 0), 0);
    assert_int_equal(get(fd, SO_SNDTIMEO).tv_sec, 0);
    assert_call(set(fd, SO_SNDTIMEO, 9, 0), 0);
    assert_int_equal(get(fd, SO_RCVTIMEO).tv_sec, 7);
    assert_int_equal(get(fd, SO_SNDTIMEO).tv_sec, 9);
}

static void less_than_a_timeval_is_einval(void **state)
{
    (void)state;
    struct timeval timeout = {1, 0};
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        assert_fails(setsockopt(fd, SOL_SOCKET, options[i], &timeout, 0),
                     EINVAL);
        assert_fails(setsockopt(fd, SOL_SOCKET, options[i], &timeout, 4),
                     EINVAL);
        assert_fails(setsockopt(fd, SOL_SOCKET, options[i], &timeout,
                                sizeof timeout - 1),
                     EINVAL);
    }
}

static void microseconds_that_make_a_second_are_edom(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        assert_fails(set(fd, options[i], 0, 1000000), EDOM);
        assert_fails(set(fd, options[i], 1, -1), EDOM);
        assert_int_equal(get(fd, options[i]).tv_sec, 0);
    }
}

static void timeout_without_memory_is_efault(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, NULL, sizeof(struct timeval)),
        EFAULT);
}

static void timeout_is_given_as_far_as_there_is_room(void **state)
{
    (void)state;
    time_t seconds = 0;
    socklen_t length = sizeof seconds;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(set(fd, SO_RCVTIMEO, 42, 0), 0);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &seconds, &length), 0);
    assert_int_equal(length, sizeof seconds);
    assert_int_equal(seconds, 42);
}

/* --- Waiting ------------------------------------------------------------------------ */

static void recv_is_eagain_when_the_time_is_over(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    set_short(ends.client, SO_RCVTIMEO);
    long long begin = clock_ms();
    assert_fails(recv(ends.client, &byte, 1, 0), EAGAIN);
    check_waited(begin);
}

static void read_is_eagain_when_the_time_is_over(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    set_short(ends.client, SO_RCVTIMEO);
    long long begin = clock_ms();
    assert_fails(read(ends.client, &byte, 1), EAGAIN);
    check_waited(begin);
}

static void datagram_calls_are_eagain_when_the_time_is_over(void **state)
{
    (void)state;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message;
    struct address from;
    int fd = bound(AF_INET, SOCK_DGRAM);
    memset(&message, 0, sizeof message);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    from.length = sizeof from.storage;
    set_short(fd, SO_RCVTIMEO);
    long long begin = clock_ms();
    assert_fails(recvmsg(fd, &message, 0), EAGAIN);
    check_waited(begin);
    begin = clock_ms();
    assert_fails(recvfrom(fd, &byte, 1, 0, as_sockaddr(&from), &from.length),
                 EAGAIN);
    check_waited(begin);
}

static void accept_is_eagain_when_the_time_is_over(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    set_short(listener, SO_RCVTIMEO);
    long long begin = clock_ms();
    assert_fails(accept(listener, NULL, NULL), EAGAIN);
    check_waited(begin);
}

static void send_is_eagain_when_the_time_is_over(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fill(ends.client);
    set_short(ends.client, SO_SNDTIMEO);
    long long begin = clock_ms();
    assert_fails(send(ends.client, "x", 1, 0), EAGAIN);
    check_waited(begin);
}

static void send_of_much_returns_what_went_in_time(void **state)
{
    (void)state;
    static char much[32 * 1024 * 1024];
    struct ends ends = stream(AF_INET);
    set_short(ends.client, SO_SNDTIMEO);
    ssize_t sent = send(ends.client, much, sizeof much, 0);
    assert_in_range(sent, 1, sizeof much - 1);
}

static void recv_of_all_returns_what_came_in_time(void **state)
{
    (void)state;
    char buffer[8];
    struct ends ends = stream(AF_INET);
    set_short(ends.client, SO_RCVTIMEO);
    assert_call(send(ends.server, "abc", 3, 0), 3);
    long long begin = clock_ms();
    assert_call(recv(ends.client, buffer, sizeof buffer, MSG_WAITALL), 3);
    check_waited(begin);
}

static void one_microsecond_is_not_forever(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.client, SO_RCVTIMEO, 0, 1), 0);
    assert_fails(recv(ends.client, &byte, 1, 0), EAGAIN);
}

static void time_below_zero_is_over_at_once(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.client, SO_RCVTIMEO, -5, 0), 0);
    assert_fails(recv(ends.client, &byte, 1, 0), EAGAIN);
}

static void data_end_the_wait(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.client, SO_RCVTIMEO, 5, 0), 0);
    assert_call(send(ends.server, "x", 1, 0), 1);
    assert_call(recv(ends.client, &byte, 1, 0), 1);
}

static void nonblocking_call_does_not_wait_for_its_time(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.client, SO_RCVTIMEO, 5, 0), 0);
    long long begin = clock_ms();
    assert_fails(recv(ends.client, &byte, 1, MSG_DONTWAIT), EAGAIN);
    set_nonblocking(ends.client);
    assert_fails(recv(ends.client, &byte, 1, 0), EAGAIN);
    assert_true(clock_ms() - begin < 4000);
}

static void connection_goes_on_after_a_timeout(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    set_short(ends.client, SO_RCVTIMEO);
    assert_fails(recv(ends.client, &byte, 1, 0), EAGAIN);
    assert_call(send(ends.server, "x", 1, 0), 1);
    assert_call(recv(ends.client, &byte, 1, 0), 1);
    assert_int_equal(byte, 'x');
    assert_call(send(ends.client, "y", 1, 0), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(fresh_socket_has_no_timeouts),
        claim(timeouts_are_told_as_they_were_set),
        claim(one_timeout_is_not_the_other),
        claim(less_than_a_timeval_is_einval),
        claim(microseconds_that_make_a_second_are_edom),
        claim(timeout_without_memory_is_efault),
        claim(timeout_is_given_as_far_as_there_is_room),
        claim(recv_is_eagain_when_the_time_is_over),
        claim(read_is_eagain_when_the_time_is_over),
        claim(datagram_calls_are_eagain_when_the_time_is_over),
        claim(accept_is_eagain_when_the_time_is_over),
        claim(send_is_eagain_when_the_time_is_over),
        claim(send_of_much_returns_what_went_in_time),
        claim(recv_of_all_returns_what_came_in_time),
        claim(one_microsecond_is_not_forever),
        claim(time_below_zero_is_over_at_once),
        claim(data_end_the_wait),
        claim(nonblocking_call_does_not_wait_for_its_time),
        claim(connection_goes_on_after_a_timeout),
    };
    return cmocka_run_group_tests_name("timeouts", tests, NULL, NULL);
}
