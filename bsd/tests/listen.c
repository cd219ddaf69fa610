/* listen.c: listen(). */
#include "fixture.h"

#include <poll.h>
#include <unistd.h>

static int listens(int fd)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &length), 0);
    return value;
}

static void a_listener_accepts(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "x", 1, 0), 1);
    char byte;
    assert_call(recv(ends.server, &byte, 1, 0), 1);
}

static void so_acceptconn_tells_of_listening(void **state)
{
    (void)state;
    int fd = bound(AF_INET, SOCK_STREAM);
    assert_int_equal(listens(fd), 0);
    assert_call(listen(fd, 1), 0);
    assert_int_equal(listens(fd), 1);
}

static void without_an_address_it_gets_a_port(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(listen(fd, 4), 0);
    struct address name = name_of(fd);
    assert_true(port_of(&name) > 0);
    struct address address = loopback(AF_INET, port_of(&name));
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    keep(accept(fd, NULL, NULL));
}

static void any_backlog_will_do(void **state)
{
    static const int backlogs[] = {-1,   -2147483647 - 1, 0,         1,
                                   4096, SOMAXCONN,       2147483647};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(backlogs); i++) {
        int fd = bound(AF_INET, SOCK_STREAM);
        assert_call(listen(fd, backlogs[i]), 0);
        struct address name = name_of(fd);
        int client = keep(socket(AF_INET, SOCK_STREAM, 0));
        assert_call(connect(client, as_sockaddr(&name), name.length), 0);
        keep(accept(fd, NULL, NULL));
    }
}

static void somaxconn_is_at_least_128(void **state)
{
    (void)state;
    assert_true(SOMAXCONN >= 128);
}

static void listening_twice_is_harmless(void **state)
{
    (void)state;
    int fd = listening(AF_INET);
    assert_call(listen(fd, 1), 0);
    assert_call(listen(fd, 8), 0);
}

static void a_connected_socket_cannot_listen(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_fails(listen(ends.client, 1), EINVAL);
    assert_fails(listen(ends.server, 1), EINVAL);
}

static void datagrams_cannot_listen(void **state)
{
    (void)state;
    assert_fails(listen(keep(socket(AF_INET, SOCK_DGRAM, 0)), 1), EOPNOTSUPP);
    assert_fails(listen(bound(AF_INET6, SOCK_DGRAM), 1), EOPNOTSUPP);
}

static void several_connections_wait_in_the_queue(void **state)
{
    enum {
        CLIENTS = 8
    };
    (void)state;
    int fd = listening(AF_INET);
    struct address name = name_of(fd);
    for (int i = 0; i < CLIENTS; i++) {
        int client = keep(socket(AF_INET, SOCK_STREAM, 0));
        assert_call(connect(client, as_sockaddr(&name), name.length), 0);
    }
    for (int i = 0; i < CLIENTS; i++)
        keep(accept(fd, NULL, NULL));
    set_nonblocking(fd);
    assert_fails(accept(fd, NULL, NULL), EAGAIN);
}

static void data_are_not_for_listeners(void **state)
{
    (void)state;
    char byte;
    int fd = listening(AF_INET);
    assert_fails(recv(fd, &byte, 1, 0), ENOTCONN);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void after_shutdown_it_listens_again(void **state)
{
    (void)state;
    int fd = listening(AF_INET);
    assert_call(shutdown(fd, SHUT_RD), 0);
    assert_fails(accept(fd, NULL, NULL), EINVAL);
    assert_call(listen(fd, 4), 0);
    struct address name = name_of(fd);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(connect(client, as_sockaddr(&name), name.length), 0);
    keep(accept(fd, NULL, NULL));
}

static void after_shutdown_it_connects(void **state)
{
    (void)state;
    int fd = listening(AF_INET);
    assert_call(shutdown(fd, SHUT_RDWR), 0);
    struct address to = name_of(listening(AF_INET));
    assert_call(connect(fd, as_sockaddr(&to), to.length), 0);
    assert_call(send(fd, "x", 1, 0), 1);
}

static void bad_arguments_are_told(void **state)
{
    (void)state;
    assert_fails(listen(-1, 1), EBADF);
    assert_fails(listen(closed_descriptor(), 1), EBADF);
    assert_fails(listen(temporary_file(), 1), ENOTSOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_listener_accepts),
        claim(so_acceptconn_tells_of_listening),
        claim(without_an_address_it_gets_a_port),
        claim(any_backlog_will_do),
        claim(somaxconn_is_at_least_128),
        claim(listening_twice_is_harmless),
        claim(a_connected_socket_cannot_listen),
        claim(datagrams_cannot_listen),
        claim(several_connections_wait_in_the_queue),
        claim(data_are_not_for_listeners),
        claim(after_shutdown_it_listens_again),
        claim(after_shutdown_it_connects),
        claim(bad_arguments_are_told),
    };
    return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
