/* bind.c: bind(), and who may have which address. */
#include "fixture.h"

#include <string.h>

static int bind_to(int fd, struct address address)
{
    return bind(fd, as_sockaddr(&address), address.length);
}

static int stream_socket(void)
{
    return keep(socket(AF_INET, SOCK_STREAM, 0));
}

static void set_reuse(int fd)
{
    int one = 1;
    assert_call(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), 0);
}

static void port_0_is_made_a_free_one(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct address name = name_of(bound(AF_INET, types[i]));
        assert_true(port_of(&name) > 0);
        name = name_of(bound(AF_INET6, types[i]));
        assert_true(port_of(&name) > 0);
    }
}

static void binding_again_is_einval(void **state)
{
    (void)state;
    int fd = bound(AF_INET, SOCK_STREAM);
    assert_fails(bind_to(fd, loopback(AF_INET, 0)), EINVAL);
    fd = bound(AF_INET6, SOCK_DGRAM);
    assert_fails(bind_to(fd, loopback(AF_INET6, 0)), EINVAL);
    struct ends ends = stream(AF_INET);
    assert_fails(bind_to(ends.client, loopback(AF_INET, 0)), EINVAL);
}

static void a_taken_address_is_eaddrinuse(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct address name = name_of(bound(AF_INET, types[i]));
        int fd = keep(socket(AF_INET, types[i], 0));
        assert_fails(bind_to(fd, name), EADDRINUSE);
        assert_call(bind_to(fd, loopback(AF_INET, 0)), 0);
    }
}

static void streams_and_datagrams_have_ports_of_their_own(void **state)
{
    (void)state;
    struct address name = name_of(bound(AF_INET, SOCK_STREAM));
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    int result = bind_to(fd, name);
    if (result != 0)
        assert_int_equal(errno, EADDRINUSE); /* another program's, by chance */
}

static void any_and_one_address_conflict(void **state)
{
    (void)state;
    int wild = stream_socket();
    struct address any = loopback(AF_INET, 0);
    ((struct sockaddr_in *)&any.storage)->sin_addr.s_addr = htonl(INADDR_ANY);
    assert_call(bind_to(wild, any), 0);
    struct address name = name_of(wild);
    assert_fails(bind_to(stream_socket(), loopback(AF_INET, port_of(&name))),
                 EADDRINUSE);
}

static void a_listener_keeps_its_address_from_those_that_reuse(void **state)
{
    (void)state;
    int first = stream_socket();
    set_reuse(first);
    assert_call(bind_to(first, loopback(AF_INET, 0)), 0);
    assert_call(listen(first, 4), 0);
    int second = stream_socket();
    set_reuse(second);
    errno = 0;
    if (bind_to(second, name_of(first)) == 0)
        assert_call(listen(second, 4), -1);
    assert_int_equal(errno, EADDRINUSE);
}

static void a_listener_can_be_restarted_where_it_was(void **state)
{
    (void)state;
    int first = stream_socket();
    set_reuse(first);
    assert_call(bind_to(first, loopback(AF_INET, 0)), 0);
    assert_call(listen(first, 4), 0);
    struct address name = name_of(first);
    int client = stream_socket();
    assert_call(connect(client, as_sockaddr(&name), name.length), 0);
    int server = keep(accept(first, NULL, NULL));
    close_kept(server); /* first to close: its end dies out */
    close_kept(client);
    close_kept(first);
    int second = stream_socket();
    set_reuse(second);
    assert_call(bind_to(second, name), 0);
    assert_call(listen(second, 4), 0);
}

static void reuseport_is_kept_and_shares_datagrams(void **state)
{
    (void)state;
    int on = 1;
    int first = keep(socket(AF_INET, SOCK_DGRAM, 0));
    int second = keep(socket(AF_INET, SOCK_DGRAM, 0));
    int fds[2] = {first, second};
    struct address address = loopback(AF_INET, 0);
    for (int i = 0; i < 2; i++) {
        int value = -1;
        socklen_t length = sizeof value;
        assert_call(
            setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), 0);
        assert_call(
            getsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &value, &length), 0);
        assert_int_equal(value, 1);
    }
    assert_call(bind(first, as_sockaddr(&address), address.length), 0);
    address = name_of(first);
    assert_call(bind(second, as_sockaddr(&address), address.length), 0);
}

static void datagrams_share_an_address_if_both_ask(void **state)
{
    (void)state;
    int first = keep(socket(AF_INET, SOCK_DGRAM, 0));
    set_reuse(first);
    assert_call(bind_to(first, loopback(AF_INET, 0)), 0);
    int second = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_fails(bind_to(second, name_of(first)), EADDRINUSE);
    set_reuse(second);
    assert_call(bind_to(second, name_of(first)), 0);
}

static struct address ipv4(const unsigned char bytes[4], uint16_t port)
{
    struct address address = loopback(AF_INET, port);
    memcpy(&((struct sockaddr_in *)&address.storage)->sin_addr, bytes, 4);
    return address;
}

static void a_foreign_address_is_eaddrnotavail(void **state)
{
    static const unsigned char foreign[] = {192, 0, 2, 7};
    (void)state;
    int fd = stream_socket();
    assert_fails(bind_to(fd, ipv4(foreign, 0)), EADDRNOTAVAIL);
    assert_call(bind_to(fd, loopback(AF_INET, 0)), 0);
}

static void a_foreign_address_is_eaddrnotavail_to_datagrams(void **state)
{
    static const unsigned char foreign[] = {192, 0, 2, 7};
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    int result = bind_to(fd, ipv4(foreign, 0));
    if (result == 0)
        skip_because("this system binds datagram sockets to any address");
    assert_int_equal(errno, EADDRNOTAVAIL);
    assert_call(bind_to(fd, loopback(AF_INET, 0)), 0);
}

static void datagrams_bind_to_groups_and_everybody(void **state)
{
    static const unsigned char groups[][4] = {
        {224, 0, 0, 251}, {239, 1, 2, 3}, {255, 255, 255, 255}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
        assert_call(bind_to(fd, ipv4(groups[i], 0)), 0);
        struct address name = name_of(fd);
        assert_true(port_of(&name) > 0);
    }
}

static void any_without_a_family_is_taken_for_ipv4(void **state)
{
    (void)state;
    struct address address = loopback(AF_INET, 0);
    struct sockaddr_in *in = (struct sockaddr_in *)&address.storage;
    in->sin_family = AF_UNSPEC;
    assert_fails(bind_to(stream_socket(), address), EAFNOSUPPORT);
    in->sin_addr.s_addr = htonl(INADDR_ANY);
    int fd = stream_socket();
    assert_call(bind_to(fd, address), 0);
    struct address name = name_of(fd);
    assert_int_equal(name.storage.ss_family, AF_INET);
    assert_true(port_of(&name) > 0);
}

static void another_family_is_eafnosupport(void **state)
{
    (void)state;
    assert_fails(bind_to(stream_socket(), loopback(AF_INET6, 0)), EAFNOSUPPORT);
    int fd = keep(socket(AF_INET6, SOCK_STREAM, 0));
    struct address address = loopback(AF_INET, 0);
    assert_fails(bind(fd, as_sockaddr(&address), sizeof(struct sockaddr_in)),
                 EINVAL); /* too short for its own */
    address.length = sizeof(struct sockaddr_in6);
    assert_fails(bind_to(fd, address), EAFNOSUPPORT);
}

static void lengths_that_do_not_fit_are_einval(void **state)
{
    static const socklen_t lengths[] = {0,  1,   2,    8,
                                        15, 129, 4096, (socklen_t)-1};
    (void)state;
    struct address address = loopback(AF_INET, 0);
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_fails(bind(stream_socket(), as_sockaddr(&address), lengths[i]),
                     EINVAL);
    int fd = keep(socket(AF_INET6, SOCK_STREAM, 0));
    address = loopback(AF_INET6, 0);
    assert_fails(bind(fd, as_sockaddr(&address), 23), EINVAL);
    assert_call(bind(fd, as_sockaddr(&address), 24), 0); /* of RFC 2133 */
}

static void a_length_beyond_the_address_is_fine(void **state)
{
    (void)state;
    struct address address = loopback(AF_INET, 0);
    assert_call(
        bind(stream_socket(), as_sockaddr(&address), sizeof address.storage),
        0);
}

static void what_is_in_sin_zero_does_not_count(void **state)
{
    static const unsigned char zeros[8];
    (void)state;
    struct address address = loopback(AF_INET, 0);
    struct sockaddr_in *in = (struct sockaddr_in *)&address.storage;
    memset(in->sin_zero, 0x5a, sizeof in->sin_zero);
    int fd = stream_socket();
    assert_call(bind_to(fd, address), 0);
    address = name_of(fd);
    assert_memory_equal(in->sin_zero, zeros, sizeof zeros);
}

static void bad_arguments_are_told(void **state)
{
    (void)state;
    struct address address = loopback(AF_INET, 0);
    assert_fails(bind(-1, as_sockaddr(&address), address.length), EBADF);
    assert_fails(
        bind(closed_descriptor(), as_sockaddr(&address), address.length),
        EBADF);
    assert_fails(bind(temporary_file(), as_sockaddr(&address), address.length),
                 ENOTSOCK);
    assert_fails(bind(stream_socket(), NULL, address.length), EFAULT);
}

static void bindresvport_takes_a_low_port(void **state)
{
    (void)state;
    int fd = stream_socket();
    if (bindresvport(fd, NULL) != 0) {
        assert_int_equal(errno, EACCES);
        skip_because("low ports are for privileged users here");
    }
    struct address name = name_of(fd);
    assert_true(port_of(&name) >= 512 && port_of(&name) < 1024);
    assert_fails(bindresvport(-1, NULL), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(port_0_is_made_a_free_one),
        claim(binding_again_is_einval),
        claim(a_taken_address_is_eaddrinuse),
        claim(streams_and_datagrams_have_ports_of_their_own),
        claim(any_and_one_address_conflict),
        claim(a_listener_keeps_its_address_from_those_that_reuse),
        claim(a_listener_can_be_restarted_where_it_was),
        claim(datagrams_share_an_address_if_both_ask),
        claim(reuseport_is_kept_and_shares_datagrams),
        claim(a_foreign_address_is_eaddrnotavail),
        claim(a_foreign_address_is_eaddrnotavail_to_datagrams),
        claim(datagrams_bind_to_groups_and_everybody),
        claim(any_without_a_family_is_taken_for_ipv4),
        claim(another_family_is_eafnosupport),
        claim(lengths_that_do_not_fit_are_einval),
        claim(a_length_beyond_the_address_is_fine),
        claim(what_is_in_sin_zero_does_not_count),
        claim(bad_arguments_are_told),
        claim(bindresvport_takes_a_low_port),
    };
    return cmocka_run_group_tests_name("bind", tests, NULL, NULL);
}
