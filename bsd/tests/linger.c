/* linger.c: SO_LINGER. */
#include "fixture.h"

#include <string.h>

static int set(int fd, int on, int seconds)
{
    struct linger linger = {on, seconds};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static struct linger get(int fd)
{
    struct linger linger = {77, 77};
    socklen_t length = sizeof linger;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length), 0);
    assert_int_equal(length, sizeof linger);
    return linger;
}

static void check_round_trip(int fd, int seconds)
{
    assert_call(set(fd, 1, seconds), 0);
    assert_int_equal(get(fd).l_onoff, 1);
    assert_int_equal(get(fd).l_linger, seconds);
}

static void linger_is_two_ints(void **state)
{
    (void)state;
    struct linger linger;
    assert_int_equal(sizeof linger, 2 * sizeof(int));
    assert_int_equal(sizeof linger.l_onoff, sizeof(int));
}

static void fresh_socket_does_not_linger(void **state)
{
    (void)state;
    assert_int_equal(get(keep(socket(AF_INET, SOCK_STREAM, 0))).l_onoff, 0);
    assert_int_equal(get(keep(socket(AF_INET, SOCK_DGRAM, 0))).l_onoff, 0);
}

static void linger_is_told_as_it_was_set(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    check_round_trip(fd, 0);
    check_round_trip(fd, 30);
    check_round_trip(fd, 70000);
    assert_call(set(fd, 0, 0), 0);
    assert_int_equal(get(fd).l_onoff, 0);
}

static void datagram_sockets_have_the_option_too(void **state)
{
    (void)state;
    check_round_trip(keep(socket(AF_INET, SOCK_DGRAM, 0)), 5);
}

static void any_number_but_zero_lingers(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(set(fd, 0x100, 3), 0);
    assert_int_equal(get(fd).l_onoff, 1);
    assert_int_equal(get(fd).l_linger, 3);
}

static void less_than_a_linger_is_einval(void **state)
{
    (void)state;
    struct linger linger = {1, 1};
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, 4), EINVAL);
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, 7), EINVAL);
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, 0), EINVAL);
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_LINGER, NULL, sizeof linger),
                 EFAULT);
    assert_int_equal(get(fd).l_onoff, 0);
}

static void linger_is_given_as_far_as_there_is_room(void **state)
{
    (void)state;
    int on = 0;
    socklen_t length = sizeof on;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(set(fd, 1, 9), 0);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_LINGER, &on, &length), 0);
    assert_int_equal(length, sizeof on);
    assert_int_equal(on, 1);
}

static void closing_with_no_time_to_linger_resets(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.server, 1, 0), 0);
    close_kept(ends.server);
    wait_readable(ends.client);
    errno = 0;
    ssize_t result = recv(ends.client, &byte, 1, 0);
    if (result == 0)
        skip_because("this system reports a reset as the end of the stream");
    assert_int_equal(result, -1);
    assert_int_equal(errno, ECONNRESET);
}

static void closing_with_time_to_linger_sends_everything(void **state)
{
    (void)state;
    char buffer[8];
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.client, 1, 5), 0);
    assert_call(send(ends.client, "goodbye", 7, 0), 7);
    close_kept(ends.client);
    assert_call(recv(ends.server, buffer, 7, MSG_WAITALL), 7);
    assert_memory_equal(buffer, "goodbye", 7);
    assert_call(recv(ends.server, buffer, 7, 0), 0);
}

static void closing_without_lingering_sends_everything(void **state)
{
    (void)state;
    static char sent[50000];
    static char received[sizeof sent];
    struct ends ends = stream(AF_INET);
    memset(sent, 'z', sizeof sent);
    assert_call(send(ends.client, sent, sizeof sent, 0), sizeof sent);
    close_kept(ends.client);
    assert_call(recv(ends.server, received, sizeof received, MSG_WAITALL),
                sizeof received);
    assert_memory_equal(sent, received, sizeof sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(linger_is_two_ints),
        claim(fresh_socket_does_not_linger),
        claim(linger_is_told_as_it_was_set),
        claim(datagram_sockets_have_the_option_too),
        claim(any_number_but_zero_lingers),
        claim(less_than_a_linger_is_einval),
        claim(linger_is_given_as_far_as_there_is_room),
        claim(closing_with_no_time_to_linger_resets),
        claim(closing_with_time_to_linger_sends_everything),
        claim(closing_without_lingering_sends_everything),
    };
    return cmocka_run_group_tests_name("linger", tests, NULL, NULL);
}
