/* shutdown.c: shutdown(): half an end, and the end. */
#include "fixture.h"

#include <poll.h>

static void the_peer_reads_to_the_end(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), 3);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 0);
}

static void the_other_direction_goes_on(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 0);
    assert_call(send(ends.server, "late", 4, 0), 4);
    assert_call(recv(ends.client, buffer, sizeof buffer, 0), 4);
}

static void sending_after_the_end_is_epipe(void **state)
{
    static const int hows[] = {SHUT_WR, SHUT_RDWR};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        struct ends ends = stream(AF_INET);
        assert_call(shutdown(ends.client, hows[i]), 0);
        assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
        assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
    }
}

static void what_has_come_is_read_after_shut_rd(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    wait_readable(ends.server);
    assert_call(shutdown(ends.server, SHUT_RD), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 3);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 0);
}

static void what_comes_after_shut_rd_is_read_too(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.server, SHUT_RD), 0);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 0);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    for (int i = 0; i < 100; i++) {
        ssize_t size = recv(ends.server, buffer, sizeof buffer, 0);
        if (size == 3)
            return;
        assert_int_equal(size, 0);
        let_others_wait();
    }
    fail();
}

static void sending_goes_on_after_shut_rd(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_RD), 0);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 3);
}

struct wait {
    int fd;
    ssize_t result;
    int error;
};

static void *wait_in_recv(void *context)
{
    char byte;
    struct wait *wait = context;
    wait->result = recv(wait->fd, &byte, 1, 0);
    wait->error = errno;
    return NULL;
}

static void it_ends_a_wait_for_data(void **state)
{
    static const int hows[] = {SHUT_RD, SHUT_RDWR};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        struct ends ends = stream(AF_INET);
        struct wait wait = {.fd = ends.client, .result = -2};
        struct helper *helper = begin(wait_in_recv, &wait);
        let_others_wait();
        assert_call(shutdown(ends.client, hows[i]), 0);
        finish(helper);
        assert_int_equal(wait.result, 0);
    }
}

static void it_ends_a_wait_for_datagrams(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct wait wait = {.fd = ends.client, .result = -2};
    struct helper *helper = begin(wait_in_recv, &wait);
    let_others_wait();
    assert_call(shutdown(ends.client, SHUT_RD), 0);
    finish(helper);
    assert_int_equal(wait.result, 0);
}

static void *wait_in_send(void *context)
{
    struct wait *wait = context;
    wait->result = send(wait->fd, "x", 1, MSG_NOSIGNAL);
    wait->error = errno;
    return NULL;
}

static void it_ends_a_wait_for_room(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fill(ends.client);
    struct wait wait = {.fd = ends.client, .result = -2};
    struct helper *helper = begin(wait_in_send, &wait);
    let_others_wait();
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    finish(helper);
    assert_int_equal(wait.result, -1);
    assert_int_equal(wait.error, EPIPE);
}

static void doing_it_twice_is_harmless(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(shutdown(ends.client, SHUT_RD), 0);
    assert_call(shutdown(ends.client, SHUT_RDWR), 0);
}

static void unconnected_streams_are_enotconn(void **state)
{
    static const int hows[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
        assert_fails(shutdown(fd, hows[i]), ENOTCONN);
        assert_fails(shutdown(bound(AF_INET, SOCK_STREAM), hows[i]), ENOTCONN);
    }
}

static void unconnected_datagrams_are_enotconn(void **state)
{
    (void)state;
    assert_fails(shutdown(bound(AF_INET, SOCK_DGRAM), SHUT_RD), ENOTCONN);
    assert_fails(shutdown(bound(AF_INET, SOCK_DGRAM), SHUT_WR), ENOTCONN);
    assert_fails(shutdown(keep(socket(AF_INET6, SOCK_DGRAM, 0)), SHUT_RDWR),
                 ENOTCONN);
}

static void connected_datagrams_end(void **state)
{
    char byte;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
    assert_call(shutdown(ends.client, SHUT_RD), 0);
    assert_call(recv(ends.client, &byte, 1, 0), 0);
    assert_fails(recv(ends.client, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static void a_listener_may_be_shut_for_writing(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    assert_call(shutdown(listener, SHUT_WR), 0);
    struct address name = name_of(listener);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(connect(client, as_sockaddr(&name), name.length), 0);
    keep(accept(listener, NULL, NULL));
}

static void other_hows_are_einval(void **state)
{
    static const int hows[] = {-1, 3, 4, 99, -2147483647 - 1, 2147483647};
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        assert_fails(shutdown(ends.client, hows[i]), EINVAL);
        assert_fails(shutdown(bound(AF_INET, SOCK_DGRAM), hows[i]), EINVAL);
    }
}

static void bad_descriptors_are_told(void **state)
{
    (void)state;
    assert_fails(shutdown(-1, SHUT_RD), EBADF);
    assert_fails(shutdown(closed_descriptor(), SHUT_RDWR), EBADF);
    assert_fails(shutdown(temporary_file(), SHUT_RD), ENOTSOCK);
    assert_fails(shutdown(temporary_file(), 99), ENOTSOCK);
    assert_fails(shutdown(-1, 99), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(the_peer_reads_to_the_end),
        claim(the_other_direction_goes_on),
        claim(sending_after_the_end_is_epipe),
        claim(what_has_come_is_read_after_shut_rd),
        claim(what_comes_after_shut_rd_is_read_too),
        claim(sending_goes_on_after_shut_rd),
        claim(it_ends_a_wait_for_data),
        claim(it_ends_a_wait_for_datagrams),
        claim(it_ends_a_wait_for_room),
        claim(doing_it_twice_is_harmless),
        claim(unconnected_streams_are_enotconn),
        claim(unconnected_datagrams_are_enotconn),
        claim(connected_datagrams_end),
        claim(a_listener_may_be_shut_for_writing),
        claim(other_hows_are_einval),
        claim(bad_descriptors_are_told),
    };
    return cmocka_run_group_tests_name("shutdown", tests, NULL, NULL);
}
