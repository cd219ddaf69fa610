/* connect.c: connect() that waits; for the other see connect_nonblocking.c. */
#include "fixture.h"

#include <string.h>
#include <sys/time.h>

static int connect_to(int fd, struct address address)
{
    return connect(fd, as_sockaddr(&address), address.length);
}

static int socket_of(int family, int type)
{
    return keep(socket(family, type, 0));
}

static int pending_error(int fd)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length), 0);
    return value;
}

static struct address unspecified(int family, uint16_t port)
{
    struct address address = loopback(family, port);
    if (family == AF_INET)
        ((struct sockaddr_in *)&address.storage)->sin_addr.s_addr =
            htonl(INADDR_ANY);
    else
        ((struct sockaddr_in6 *)&address.storage)->sin6_addr = in6addr_any;
    return address;
}

static struct address no_family(void)
{
    struct address address = loopback(AF_INET, 0);
    memset(&address.storage, 0, sizeof address.storage);
    return address;
}

static struct address everybody(uint16_t port)
{
    struct address address = loopback(AF_INET, port);
    ((struct sockaddr_in *)&address.storage)->sin_addr.s_addr =
        htonl(INADDR_BROADCAST);
    return address;
}

/* --- Streams ---------------------------------------------------------------- */

static void it_connects(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        struct ends ends = stream(families[i]);
        struct address client = name_of(ends.client);
        struct address peer = peer_of(ends.server);
        assert_int_equal(port_of(&client), port_of(&peer));
        assert_int_equal(pending_error(ends.client), 0);
    }
}

static void connecting_again_is_eisconn(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_fails(connect_to(ends.client, name_of(ends.server)), EISCONN);
    assert_fails(connect_to(ends.client, deserted(AF_INET, SOCK_STREAM)),
                 EISCONN);
    assert_fails(connect_to(ends.server, name_of(ends.client)), EISCONN);
    assert_call(send(ends.client, "x", 1, 0), 1);
}

static void a_listener_is_eisconn(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    assert_fails(connect_to(listener, name_of(listener)), EISCONN);
}

static void nobody_there_is_econnrefused(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        int fd = socket_of(families[i], SOCK_STREAM);
        assert_fails(connect_to(fd, deserted(families[i], SOCK_STREAM)),
                     ECONNREFUSED);
        assert_int_equal(pending_error(fd), 0);
    }
}

static void a_refused_socket_can_try_again(void **state)
{
    (void)state;
    int fd = socket_of(AF_INET, SOCK_STREAM);
    struct address nobody = deserted(AF_INET, SOCK_STREAM);
    assert_fails(connect_to(fd, nobody), ECONNREFUSED);
    assert_fails(connect_to(fd, nobody), ECONNREFUSED);
    assert_fails(connect_to(fd, nobody), ECONNREFUSED);
    int listener = listening(AF_INET);
    assert_call(connect_to(fd, name_of(listener)), 0);
    int server = keep(accept(listener, NULL, NULL));
    assert_call(send(fd, "x", 1, 0), 1);
    char byte;
    assert_call(recv(server, &byte, 1, 0), 1);
    assert_fails(connect_to(fd, name_of(listener)), EISCONN);
}

static void options_outlast_a_refusal(void **state)
{
    (void)state;
    int one = 1;
    int fd = socket_of(AF_INET, SOCK_STREAM);
    assert_call(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one), 0);
    assert_fails(connect_to(fd, deserted(AF_INET, SOCK_STREAM)), ECONNREFUSED);
    assert_call(connect_to(fd, name_of(listening(AF_INET))), 0);
    int value = 0;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &length), 0);
    assert_int_equal(value != 0, 1);
}

static void port_0_is_econnrefused(void **state)
{
    (void)state;
    assert_fails(
        connect_to(socket_of(AF_INET, SOCK_STREAM), loopback(AF_INET, 0)),
        ECONNREFUSED);
}

static void the_unspecified_address_is_loopback(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        int listener = listening(families[i]);
        struct address name = name_of(listener);
        int fd = socket_of(families[i], SOCK_STREAM);
        assert_call(connect_to(fd, unspecified(families[i], port_of(&name))),
                    0);
        keep(accept(listener, NULL, NULL));
    }
}

static void a_bound_socket_connects_from_its_address(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    int fd = bound(AF_INET, SOCK_STREAM);
    struct address before = name_of(fd);
    assert_call(connect_to(fd, name_of(listener)), 0);
    struct address peer = {.length = sizeof peer.storage};
    keep(accept(listener, as_sockaddr(&peer), &peer.length));
    assert_int_equal(port_of(&peer), port_of(&before));
}

static void nobody_connects_to_everybody(void **state)
{
    (void)state;
    assert_fails(connect_to(socket_of(AF_INET, SOCK_STREAM), everybody(80)),
                 ENETUNREACH);
}

static void a_family_of_none_disconnects(void **state)
{
    (void)state;
    int fd = socket_of(AF_INET, SOCK_STREAM);
    assert_call(connect_to(fd, no_family()), 0);
    struct ends ends = stream(AF_INET);
    assert_call(connect_to(ends.client, no_family()), 0);
    struct address peer = {.length = sizeof peer.storage};
    assert_fails(getpeername(ends.client, as_sockaddr(&peer), &peer.length),
                 ENOTCONN);
    assert_call(connect_to(ends.client, name_of(listening(AF_INET))), 0);
}

static void so_sndtimeo_does_not_disturb(void **state)
{
    (void)state;
    struct timeval patience = {5, 0};
    int fd = socket_of(AF_INET, SOCK_STREAM);
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience), 0);
    assert_call(connect_to(fd, name_of(listening(AF_INET))), 0);
    fd = socket_of(AF_INET, SOCK_STREAM);
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience), 0);
    assert_fails(connect_to(fd, deserted(AF_INET, SOCK_STREAM)), ECONNREFUSED);
}

/* --- Datagrams -------------------------------------------------------------- */

static void datagrams_connect_at_once(void **state)
{
    (void)state;
    int fd = socket_of(AF_INET, SOCK_DGRAM);
    struct address to = name_of(bound(AF_INET, SOCK_DGRAM));
    assert_call(connect_to(fd, to), 0);
    struct address peer = peer_of(fd);
    assert_int_equal(port_of(&peer), port_of(&to));
    struct address name = name_of(fd);
    assert_true(port_of(&name) > 0);
    assert_int_equal(((struct sockaddr_in *)&name.storage)->sin_addr.s_addr,
                     htonl(INADDR_LOOPBACK));
}

static void datagrams_can_change_their_peer(void **state)
{
    char byte = 0;
    (void)state;
    int fd = socket_of(AF_INET, SOCK_DGRAM);
    int first = bound(AF_INET, SOCK_DGRAM);
    int second = bound(AF_INET, SOCK_DGRAM);
    assert_call(connect_to(fd, name_of(first)), 0);
    assert_call(connect_to(fd, name_of(second)), 0);
    assert_call(send(fd, "2", 1, 0), 1);
    assert_call(recv(second, &byte, 1, 0), 1);
    assert_int_equal(byte, '2');
    assert_fails(recv(first, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static void datagrams_can_lose_their_peer(void **state)
{
    static const socklen_t lengths[] = {2, 8, 16, 128};
    (void)state;
    struct address nobody = no_family();
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct ends ends = datagrams(AF_INET);
        assert_call(connect(ends.client, as_sockaddr(&nobody), lengths[i]), 0);
        struct address peer = {.length = sizeof peer.storage};
        assert_fails(getpeername(ends.client, as_sockaddr(&peer), &peer.length),
                     ENOTCONN);
        assert_fails(send(ends.client, "x", 1, 0), EDESTADDRREQ);
    }
    int fd = socket_of(AF_INET6, SOCK_DGRAM);
    assert_call(connect_to(fd, name_of(bound(AF_INET6, SOCK_DGRAM))), 0);
    assert_call(connect_to(fd, no_family()), 0);
    assert_fails(send(fd, "x", 1, 0), EDESTADDRREQ);
}

static void connected_datagrams_come_from_the_peer_only(void **state)
{
    char byte = 0;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    int stranger = bound(AF_INET, SOCK_DGRAM);
    struct address to = name_of(ends.server);
    assert_call(sendto(stranger, "s", 1, 0, as_sockaddr(&to), to.length), 1);
    assert_call(send(ends.client, "c", 1, 0), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
    assert_int_equal(byte, 'c');
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static void broadcasting_needs_permission(void **state)
{
    (void)state;
    int one = 1;
    int fd = socket_of(AF_INET, SOCK_DGRAM);
    assert_fails(connect_to(fd, everybody(9)), EACCES);
    assert_call(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one), 0);
    int result = connect_to(fd, everybody(9));
    if (result != 0)
        assert_int_equal(errno, ENETUNREACH); /* no network at all */
}

/* --- Arguments -------------------------------------------------------------- */

static void another_family_is_eafnosupport(void **state)
{
    (void)state;
    struct address address = loopback(AF_INET6, 9);
    assert_fails(connect_to(socket_of(AF_INET, SOCK_STREAM), address),
                 EAFNOSUPPORT);
    assert_fails(connect_to(socket_of(AF_INET, SOCK_DGRAM), address),
                 EAFNOSUPPORT);
    address = loopback(AF_INET, 9);
    assert_fails(connect(socket_of(AF_INET6, SOCK_STREAM),
                         as_sockaddr(&address), sizeof(struct sockaddr_in6)),
                 EAFNOSUPPORT);
}

static void lengths_that_do_not_fit_are_einval(void **state)
{
    static const socklen_t lengths[] = {0, 1, 2, 15, 129, (socklen_t)-1};
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    (void)state;
    struct address address = loopback(AF_INET, 9);
    for (size_t type = 0; type < COUNT_OF(types); type++)
        for (size_t i = 0; i < COUNT_OF(lengths); i++)
            assert_fails(connect(socket_of(AF_INET, types[type]),
                                 as_sockaddr(&address), lengths[i]),
                         EINVAL);
    address = loopback(AF_INET6, 9);
    assert_fails(
        connect(socket_of(AF_INET6, SOCK_STREAM), as_sockaddr(&address), 16),
        EINVAL);
}

static void bad_arguments_are_told(void **state)
{
    (void)state;
    struct address address = loopback(AF_INET, 9);
    assert_fails(connect_to(-1, address), EBADF);
    assert_fails(connect_to(closed_descriptor(), address), EBADF);
    assert_fails(connect_to(temporary_file(), address), ENOTSOCK);
    assert_fails(connect(socket_of(AF_INET, SOCK_STREAM), NULL, 16), EFAULT);
    assert_fails(connect(socket_of(AF_INET, SOCK_DGRAM), NULL, 16), EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(it_connects),
        claim(connecting_again_is_eisconn),
        claim(a_listener_is_eisconn),
        claim(nobody_there_is_econnrefused),
        claim(a_refused_socket_can_try_again),
        claim(options_outlast_a_refusal),
        claim(port_0_is_econnrefused),
        claim(the_unspecified_address_is_loopback),
        claim(a_bound_socket_connects_from_its_address),
        claim(nobody_connects_to_everybody),
        claim(a_family_of_none_disconnects),
        claim(so_sndtimeo_does_not_disturb),
        claim(datagrams_connect_at_once),
        claim(datagrams_can_change_their_peer),
        claim(datagrams_can_lose_their_peer),
        claim(connected_datagrams_come_from_the_peer_only),
        claim(broadcasting_needs_permission),
        claim(another_family_is_eafnosupport),
        claim(lengths_that_do_not_fit_are_einval),
        claim(bad_arguments_are_told),
    };
    return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}
