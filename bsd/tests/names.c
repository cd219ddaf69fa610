/* names.c: getsockname() and getpeername(). */
#include "fixture.h"

#include <string.h>
#include <unistd.h>

typedef int name_call(int fd, struct sockaddr *address, socklen_t *length);

static int own_name(int fd, struct sockaddr *address, socklen_t *length)
{
    return getsockname(fd, address, length);
}

static int peers_name(int fd, struct sockaddr *address, socklen_t *length)
{
    return getpeername(fd, address, length);
}

static name_call *const calls[] = {own_name, peers_name};

static void an_unbound_socket_is_any_and_port_0(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct address name = name_of(keep(socket(AF_INET, types[i], 0)));
        assert_int_equal(name.length, sizeof(struct sockaddr_in));
        assert_int_equal(name.storage.ss_family, AF_INET);
        assert_int_equal(port_of(&name), 0);
        name = name_of(keep(socket(AF_INET6, types[i], 0)));
        assert_int_equal(name.length, sizeof(struct sockaddr_in6));
        assert_int_equal(name.storage.ss_family, AF_INET6);
        assert_int_equal(port_of(&name), 0);
    }
}

static void each_end_names_the_other(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        struct ends ends = stream(families[i]);
        struct address name = name_of(ends.client);
        struct address peer = peer_of(ends.server);
        assert_int_equal(name.length, peer.length);
        assert_memory_equal(&name.storage, &peer.storage, name.length);
        name = name_of(ends.server);
        peer = peer_of(ends.client);
        assert_memory_equal(&name.storage, &peer.storage, name.length);
    }
}

static void the_rest_of_an_ipv4_address_is_zero(void **state)
{
    static const unsigned char zeros[8];
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct sockaddr_in in;
        socklen_t length = sizeof in;
        memset(&in, 0x5a, sizeof in);
        assert_call(calls[i](ends.client, (struct sockaddr *)&in, &length), 0);
        assert_memory_equal(in.sin_zero, zeros, sizeof zeros);
    }
}

static void a_short_address_is_cut(void **state)
{
    static const socklen_t rooms[] = {0, 1, 4, 15, 16};
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t call = 0; call < COUNT_OF(calls); call++) {
        for (size_t i = 0; i < COUNT_OF(rooms); i++) {
            struct address name;
            unsigned char *bytes = (unsigned char *)&name.storage;
            memset(&name, 0x5a, sizeof name);
            name.length = rooms[i];
            assert_call(
                calls[call](ends.client, as_sockaddr(&name), &name.length), 0);
            assert_int_equal(name.length, sizeof(struct sockaddr_in));
            assert_int_equal(bytes[rooms[i]], 0x5a);
        }
    }
}

static void more_room_than_needed_is_not_written(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct address name;
        memset(&name, 0x5a, sizeof name);
        name.length = sizeof name.storage;
        assert_call(calls[i](ends.client, as_sockaddr(&name), &name.length), 0);
        assert_int_equal(name.length, sizeof(struct sockaddr_in));
        assert_int_equal(((unsigned char *)&name.storage)[16], 0x5a);
    }
}

static void a_negative_length_is_einval(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct address name = {.length = (socklen_t)-1};
        assert_fails(calls[i](ends.client, as_sockaddr(&name), &name.length),
                     EINVAL);
    }
}

static void null_pointers_are_efault(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct address name = {.length = sizeof name.storage};
        assert_fails(calls[i](ends.client, NULL, &name.length), EFAULT);
        assert_fails(calls[i](ends.client, as_sockaddr(&name), NULL), EFAULT);
    }
}

static void without_a_peer_it_is_enotconn(void **state)
{
    (void)state;
    const int lonely[] = {
        keep(socket(AF_INET, SOCK_STREAM, 0)),
        keep(socket(AF_INET6, SOCK_DGRAM, 0)),
        bound(AF_INET, SOCK_STREAM),
        bound(AF_INET, SOCK_DGRAM),
        listening(AF_INET),
    };
    for (size_t i = 0; i < COUNT_OF(lonely); i++) {
        struct address peer = {.length = sizeof peer.storage};
        assert_fails(getpeername(lonely[i], as_sockaddr(&peer), &peer.length),
                     ENOTCONN);
        assert_fails(getpeername(lonely[i], NULL, &peer.length), ENOTCONN);
    }
}

static void a_refused_socket_has_no_peer(void **state)
{
    (void)state;
    struct address nobody = deserted(AF_INET, SOCK_STREAM);
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(connect(fd, as_sockaddr(&nobody), nobody.length),
                 ECONNREFUSED);
    struct address peer = {.length = sizeof peer.storage};
    assert_fails(getpeername(fd, as_sockaddr(&peer), &peer.length), ENOTCONN);
}

static void the_peer_keeps_its_name_after_the_end(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    struct address before = peer_of(ends.client);
    close_kept(ends.server);
    assert_call(recv(ends.client, &byte, 1, 0), 0);
    struct address after = peer_of(ends.client);
    assert_int_equal(port_of(&after), port_of(&before));
}

static void bad_descriptors_are_told(void **state)
{
    (void)state;
    struct address name = {.length = sizeof name.storage};
    int file = temporary_file();
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        assert_fails(calls[i](-1, as_sockaddr(&name), &name.length), EBADF);
        assert_fails(calls[i](closed_descriptor(), NULL, NULL), EBADF);
        assert_fails(calls[i](file, as_sockaddr(&name), &name.length),
                     ENOTSOCK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(an_unbound_socket_is_any_and_port_0),
        claim(each_end_names_the_other),
        claim(the_rest_of_an_ipv4_address_is_zero),
        claim(a_short_address_is_cut),
        claim(more_room_than_needed_is_not_written),
        claim(a_negative_length_is_einval),
        claim(null_pointers_are_efault),
        claim(without_a_peer_it_is_enotconn),
        claim(a_refused_socket_has_no_peer),
        claim(the_peer_keeps_its_name_after_the_end),
        claim(bad_descriptors_are_told),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
