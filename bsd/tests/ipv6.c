/* ipv6.c: sockets of IPv6, which serve IPv4 too unless told. */
#include "fixture.h"

#include <arpa/inet.h>
#include <string.h>

static int v6only(int fd)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &length), 0);
    return value;
}

static int set_v6only(int fd, int value)
{
    return setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof value);
}

static struct address any_ipv6(uint16_t port)
{
    struct address address = loopback(AF_INET6, port);
    ((struct sockaddr_in6 *)&address.storage)->sin6_addr = in6addr_any;
    return address;
}

static struct address mapped_loopback(uint16_t port)
{
    static const unsigned char bytes[16] = {0, 0, 0,    0,    0,   0, 0, 0,
                                            0, 0, 0xff, 0xff, 127, 0, 0, 1};
    struct address address = loopback(AF_INET6, port);
    memcpy(&((struct sockaddr_in6 *)&address.storage)->sin6_addr, bytes, 16);
    return address;
}

/* A socket of IPv6 that is bound to every address. */
static int wild(int type, int only)
{
    int fd = keep(socket(AF_INET6, type, 0));
    assert_call(set_v6only(fd, only), 0);
    struct address any = any_ipv6(0);
    assert_call(bind(fd, as_sockaddr(&any), any.length), 0);
    return fd;
}

static int connect_to(int fd, struct address address)
{
    return connect(fd, as_sockaddr(&address), address.length);
}

static void it_serves_both_by_default(void **state)
{
    (void)state;
    assert_int_equal(v6only(keep(socket(AF_INET6, SOCK_STREAM, 0))), 0);
    assert_int_equal(v6only(keep(socket(AF_INET6, SOCK_DGRAM, 0))), 0);
}

static void ipv6_v6only_is_kept(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET6, SOCK_STREAM, 0));
    assert_call(set_v6only(fd, 1), 0);
    assert_int_equal(v6only(fd), 1);
    assert_call(set_v6only(fd, 0), 0);
    assert_int_equal(v6only(fd), 0);
}

static void bound_it_stays_as_it_is(void **state)
{
    (void)state;
    assert_fails(set_v6only(bound(AF_INET6, SOCK_STREAM), 1), EINVAL);
}

static void a_listener_of_both_accepts_ipv4(void **state)
{
    char text[INET6_ADDRSTRLEN];
    (void)state;
    int listener = wild(SOCK_STREAM, 0);
    assert_call(listen(listener, 4), 0);
    struct address name = name_of(listener);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(connect_to(client, loopback(AF_INET, port_of(&name))), 0);
    struct address peer = {.length = sizeof peer.storage};
    int fd = keep(accept(listener, as_sockaddr(&peer), &peer.length));
    assert_int_equal(peer.storage.ss_family, AF_INET6);
    assert_int_equal(peer.length, sizeof(struct sockaddr_in6));
    assert_non_null(
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&peer.storage)->sin6_addr,
                  text, sizeof text));
    assert_string_equal(text, "::ffff:127.0.0.1");
    assert_call(send(fd, "x", 1, 0), 1);
}

static void a_listener_of_one_refuses_ipv4(void **state)
{
    (void)state;
    int listener = wild(SOCK_STREAM, 1);
    assert_call(listen(listener, 4), 0);
    struct address name = name_of(listener);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(connect_to(client, loopback(AF_INET, port_of(&name))),
                 ECONNREFUSED);
    client = keep(socket(AF_INET6, SOCK_STREAM, 0));
    assert_call(connect_to(client, loopback(AF_INET6, port_of(&name))), 0);
}

static void it_connects_to_mapped_addresses(void **state)
{
    (void)state;
    struct address name = name_of(listening(AF_INET));
    int client = keep(socket(AF_INET6, SOCK_STREAM, 0));
    assert_call(connect_to(client, mapped_loopback(port_of(&name))), 0);
    struct address peer = peer_of(client);
    assert_int_equal(peer.storage.ss_family, AF_INET6);
    assert_int_equal(port_of(&peer), port_of(&name));
}

static void of_one_only_there_is_no_way_to_ipv4(void **state)
{
    (void)state;
    struct address name = name_of(listening(AF_INET));
    int client = keep(socket(AF_INET6, SOCK_STREAM, 0));
    assert_call(set_v6only(client, 1), 0);
    assert_fails(connect_to(client, mapped_loopback(port_of(&name))),
                 ENETUNREACH);
}

static void datagrams_of_both_go_to_and_fro(void **state)
{
    char byte = 0;
    (void)state;
    int server = wild(SOCK_DGRAM, 0);
    struct address name = name_of(server);
    int client = keep(socket(AF_INET, SOCK_DGRAM, 0));
    struct address to = loopback(AF_INET, port_of(&name));
    assert_call(sendto(client, "?", 1, 0, as_sockaddr(&to), to.length), 1);
    struct address from = {.length = sizeof from.storage};
    assert_call(recvfrom(server, &byte, 1, 0, as_sockaddr(&from), &from.length),
                1);
    assert_int_equal(from.storage.ss_family, AF_INET6);
    assert_call(sendto(server, "!", 1, 0, as_sockaddr(&from), from.length), 1);
    assert_call(recv(client, &byte, 1, 0), 1);
    assert_int_equal(byte, '!');
}

static void datagrams_take_ipv4_destinations(void **state)
{
    char byte = 0;
    (void)state;
    int server = bound(AF_INET, SOCK_DGRAM);
    struct address name = name_of(server);
    int client = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    assert_call(sendto(client, "x", 1, 0, as_sockaddr(&name), name.length), 1);
    assert_call(recv(server, &byte, 1, 0), 1);
}

static void ipv4_and_ipv6_conflict_unless_told(void **state)
{
    (void)state;
    int both = wild(SOCK_STREAM, 0);
    struct address name = name_of(both);
    struct address any = loopback(AF_INET, port_of(&name));
    ((struct sockaddr_in *)&any.storage)->sin_addr.s_addr = htonl(INADDR_ANY);
    int ipv4 = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(bind(ipv4, as_sockaddr(&any), any.length), EADDRINUSE);
}

static void an_ipv6_server_may_stand_beside_an_ipv4_one(void **state)
{
    (void)state;
    int ipv6 = wild(SOCK_STREAM, 1);
    struct address name = name_of(ipv6);
    struct address any = loopback(AF_INET, port_of(&name));
    ((struct sockaddr_in *)&any.storage)->sin_addr.s_addr = htonl(INADDR_ANY);
    int ipv4 = keep(socket(AF_INET, SOCK_STREAM, 0));
    int result = bind(ipv4, as_sockaddr(&any), any.length);
    if (result != 0) /* another program has that one, by chance */
        assert_int_equal(errno, EADDRINUSE);
    else
        assert_call(listen(ipv4, 1), 0);
    assert_call(listen(ipv6, 1), 0);
}

static void the_scope_is_part_of_the_address(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    struct sockaddr_in6 in6;
    memset(&in6, 0, sizeof in6);
    in6.sin6_family = AF_INET6;
    in6.sin6_addr = in6addr_loopback;
    in6.sin6_flowinfo = 0;
    assert_call(bind(fd, (struct sockaddr *)&in6, sizeof in6), 0);
    struct address name = name_of(fd);
    assert_int_equal(((struct sockaddr_in6 *)&name.storage)->sin6_scope_id, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(it_serves_both_by_default),
        claim(ipv6_v6only_is_kept),
        claim(bound_it_stays_as_it_is),
        claim(a_listener_of_both_accepts_ipv4),
        claim(a_listener_of_one_refuses_ipv4),
        claim(it_connects_to_mapped_addresses),
        claim(of_one_only_there_is_no_way_to_ipv4),
        claim(datagrams_of_both_go_to_and_fro),
        claim(datagrams_take_ipv4_destinations),
        claim(ipv4_and_ipv6_conflict_unless_told),
        claim(an_ipv6_server_may_stand_beside_an_ipv4_one),
        claim(the_scope_is_part_of_the_address),
    };
    return cmocka_run_group_tests_name("ipv6", tests, NULL, NULL);
}
