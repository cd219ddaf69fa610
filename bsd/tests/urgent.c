/* urgent.c: MSG_OOB, SO_OOBINLINE and sockatmark(). */
#include "fixture.h"

#include <poll.h>
#include <sys/ioctl.h>

static void wait_urgent(int fd)
{
    struct pollfd entry = {.fd = fd, .events = POLLPRI};
    assert_call(poll(&entry, 1, 5000), 1);
    assert_int_equal(entry.revents & POLLPRI, POLLPRI);
}

static void an_urgent_byte_is_received_apart(void **state)
{
    char buffer[8] = "";
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "ab", 2, 0), 2);
    assert_call(send(ends.client, "!", 1, MSG_OOB), 1);
    wait_urgent(ends.server);
    assert_call(recv(ends.server, buffer, 8, MSG_OOB), 1);
    assert_int_equal(buffer[0], '!');
    assert_call(recv(ends.server, buffer, 8, 0), 2);
    assert_memory_equal(buffer, "ab", 2);
}

static void the_last_of_several_is_the_urgent_one(void **state)
{
    char buffer[8] = "";
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "ab!", 3, MSG_OOB), 3);
    wait_urgent(ends.server);
    assert_call(recv(ends.server, buffer, 8, MSG_OOB), 1);
    assert_int_equal(buffer[0], '!');
    assert_call(recv(ends.server, buffer, 8, 0), 2);
    assert_memory_equal(buffer, "ab", 2);
}

static void none_is_einval(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_fails(recv(ends.server, &byte, 1, MSG_OOB), EINVAL);
    assert_fails(recv(keep(socket(AF_INET, SOCK_STREAM, 0)), &byte, 1, MSG_OOB),
                 EINVAL);
}

static void it_is_received_once(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "!", 1, MSG_OOB), 1);
    wait_urgent(ends.server);
    assert_call(recv(ends.server, &byte, 1, MSG_OOB), 1);
    assert_fails(recv(ends.server, &byte, 1, MSG_OOB), EINVAL);
}

static void at_mark_is_0_without_one(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(sockatmark(ends.server), 0);
    assert_call(send(ends.client, "ab", 2, 0), 2);
    wait_readable(ends.server);
    assert_call(sockatmark(ends.server), 0);
}

static void reading_stops_at_the_mark(void **state)
{
    char buffer[8];
    int is = -1;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "ab", 2, 0), 2);
    assert_call(send(ends.client, "!", 1, MSG_OOB), 1);
    assert_call(send(ends.client, "cd", 2, 0), 2);
    wait_urgent(ends.server);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 2);
    assert_memory_equal(buffer, "ab", 2);
    assert_call(sockatmark(ends.server), 1);
    assert_call(ioctl(ends.server, SIOCATMARK, &is), 0);
    assert_int_equal(is, 1);
    assert_call(recv(ends.server, buffer, 1, MSG_OOB), 1);
    assert_int_equal(buffer[0], '!');
    wait_readable(ends.server);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 2);
    assert_memory_equal(buffer, "cd", 2);
    assert_call(sockatmark(ends.server), 0);
}

static void inline_it_is_among_the_rest(void **state)
{
    char buffer[8];
    int one = 1;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(
        setsockopt(ends.server, SOL_SOCKET, SO_OOBINLINE, &one, sizeof one), 0);
    assert_call(send(ends.client, "ab", 2, 0), 2);
    assert_call(send(ends.client, "!", 1, MSG_OOB), 1);
    for (int i = 0; i < 3; i++)
        assert_call(recv(ends.server, buffer + i, 1, 0), 1);
    assert_memory_equal(buffer, "ab!", 3);
    assert_fails(recv(ends.server, buffer, 1, MSG_OOB), EINVAL);
}

static void bad_descriptors_are_told(void **state)
{
    (void)state;
    assert_fails(sockatmark(-1), EBADF);
    assert_fails(sockatmark(closed_descriptor()), EBADF);
    assert_fails(sockatmark(temporary_file()), ENOTTY);
}

static void of_a_listener_it_is_enotconn(void **state)
{
    char byte;
    (void)state;
    assert_fails(recv(listening(AF_INET), &byte, 1, MSG_OOB), ENOTCONN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(an_urgent_byte_is_received_apart),
        claim(the_last_of_several_is_the_urgent_one),
        claim(none_is_einval),
        claim(of_a_listener_it_is_enotconn),
        claim(it_is_received_once),
        claim(at_mark_is_0_without_one),
        claim(reading_stops_at_the_mark),
        claim(inline_it_is_among_the_rest),
        claim(bad_descriptors_are_told),
    };
    return cmocka_run_group_tests_name("urgent", tests, NULL, NULL);
}
