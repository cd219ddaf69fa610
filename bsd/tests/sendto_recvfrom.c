/* sendto_recvfrom.c: sendto() and recvfrom(): where to, and where from. */
#include "fixture.h"

#include <limits.h>
#include <string.h>

static ssize_t send_to(int fd, const void *data, size_t size, struct address to)
{
    return sendto(fd, data, size, MSG_NOSIGNAL, as_sockaddr(&to), to.length);
}

static struct address room(void)
{
    struct address address;
    memset(&address, 0x5a, sizeof address);
    address.length = sizeof address.storage;
    return address;
}

static ssize_t recv_from(int fd, void *buffer, size_t size,
                         struct address *from)
{
    return recvfrom(fd, buffer, size, 0, as_sockaddr(from), &from->length);
}

static void the_sender_is_told(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};
    static const socklen_t lengths[] = {sizeof(struct sockaddr_in),
                                        sizeof(struct sockaddr_in6)};
    char buffer[8];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        int sender = bound(families[i], SOCK_DGRAM);
        int receiver = bound(families[i], SOCK_DGRAM);
        assert_call(send_to(sender, "abc", 3, name_of(receiver)), 3);
        struct address from = room();
        assert_call(recv_from(receiver, buffer, sizeof buffer, &from), 3);
        struct address name = name_of(sender);
        assert_int_equal(from.length, lengths[i]);
        assert_memory_equal(&from.storage, &name.storage, lengths[i]);
    }
}

static void an_answer_finds_its_way(void **state)
{
    char byte = 0;
    (void)state;
    int client = keep(socket(AF_INET, SOCK_DGRAM, 0));
    int server = bound(AF_INET, SOCK_DGRAM);
    assert_call(send_to(client, "?", 1, name_of(server)), 1);
    struct address from = room();
    assert_call(recv_from(server, &byte, 1, &from), 1);
    assert_call(send_to(server, "!", 1, from), 1);
    assert_call(recv(client, &byte, 1, 0), 1);
    assert_int_equal(byte, '!');
}

static void a_short_address_is_cut(void **state)
{
    char byte;
    (void)state;
    int sender = bound(AF_INET, SOCK_DGRAM);
    int receiver = bound(AF_INET, SOCK_DGRAM);
    assert_call(send_to(sender, "x", 1, name_of(receiver)), 1);
    struct address from = room();
    from.length = 4;
    assert_call(recv_from(receiver, &byte, 1, &from), 1);
    assert_int_equal(from.length, sizeof(struct sockaddr_in));
    assert_int_equal(((unsigned char *)&from.storage)[4], 0x5a);
}

static void the_sender_need_not_be_told(void **state)
{
    char byte;
    (void)state;
    int sender = bound(AF_INET, SOCK_DGRAM);
    int receiver = bound(AF_INET, SOCK_DGRAM);
    assert_call(send_to(sender, "x", 1, name_of(receiver)), 1);
    assert_call(send_to(sender, "y", 1, name_of(receiver)), 1);
    socklen_t length = 77;
    assert_call(recvfrom(receiver, &byte, 1, 0, NULL, NULL), 1);
    assert_call(recvfrom(receiver, &byte, 1, 0, NULL, &length), 1);
    assert_int_equal(length, 77);
}

static void on_a_stream_nobody_is_told(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "x", 1, 0), 1);
    struct address from = room();
    assert_call(recv_from(ends.server, &byte, 1, &from), 1);
    assert_int_equal(from.length, 0);
    assert_int_equal(((unsigned char *)&from.storage)[0], 0x5a);
}

static void on_a_stream_the_address_does_not_count(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send_to(ends.client, "x", 1, loopback(AF_INET, 9)), 1);
    assert_call(send_to(ends.client, "y", 1, loopback(AF_INET6, 9)), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
    assert_fails(send_to(keep(socket(AF_INET, SOCK_STREAM, 0)), "x", 1,
                         name_of(ends.client)),
                 EPIPE);
}

static void a_connected_socket_may_send_elsewhere(void **state)
{
    char byte;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    int other = bound(AF_INET, SOCK_DGRAM);
    if (send_to(ends.client, "x", 1, name_of(other)) < 0) {
        assert_int_equal(errno, EISCONN);
        skip_because("a connected socket sends to its peer only");
    }
    assert_call(recv(other, &byte, 1, 0), 1);
}

static void without_a_destination_it_is_edestaddrreq(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_fails(sendto(fd, "x", 1, 0, NULL, 0), EDESTADDRREQ);
    assert_fails(sendto(fd, "x", 1, 0, NULL, 16), EDESTADDRREQ);
    assert_fails(send(fd, "x", 1, 0), EDESTADDRREQ);
    assert_fails(send(bound(AF_INET6, SOCK_DGRAM), "x", 1, 0), EDESTADDRREQ);
}

static void port_0_is_einval(void **state)
{
    (void)state;
    assert_fails(send_to(keep(socket(AF_INET, SOCK_DGRAM, 0)), "x", 1,
                         loopback(AF_INET, 0)),
                 EINVAL);
    assert_fails(
        send_to(bound(AF_INET6, SOCK_DGRAM), "x", 1, loopback(AF_INET6, 0)),
        EINVAL);
}

static void the_unspecified_address_is_loopback(void **state)
{
    char byte;
    (void)state;
    int receiver = bound(AF_INET, SOCK_DGRAM);
    struct address to = name_of(receiver);
    ((struct sockaddr_in *)&to.storage)->sin_addr.s_addr = htonl(INADDR_ANY);
    assert_call(send_to(keep(socket(AF_INET, SOCK_DGRAM, 0)), "x", 1, to), 1);
    assert_call(recv(receiver, &byte, 1, 0), 1);
}

static void no_family_is_taken_for_ipv4(void **state)
{
    char byte;
    (void)state;
    int receiver = bound(AF_INET, SOCK_DGRAM);
    struct address to = name_of(receiver);
    to.storage.ss_family = AF_UNSPEC;
    assert_call(send_to(keep(socket(AF_INET, SOCK_DGRAM, 0)), "x", 1, to), 1);
    assert_call(recv(receiver, &byte, 1, 0), 1);
}

static void no_family_is_the_peer_to_ipv6(void **state)
{
    char byte;
    (void)state;
    struct address nobody;
    memset(&nobody, 0, sizeof nobody);
    nobody.length = sizeof(struct sockaddr_in6);
    struct ends ends = datagrams(AF_INET6);
    assert_call(send_to(ends.client, "x", 1, nobody), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
    assert_fails(send_to(keep(socket(AF_INET6, SOCK_DGRAM, 0)), "x", 1, nobody),
                 EDESTADDRREQ);
}

static void another_family_is_told(void **state)
{
    (void)state;
    assert_fails(send_to(keep(socket(AF_INET, SOCK_DGRAM, 0)), "x", 1,
                         loopback(AF_INET6, 9)),
                 EAFNOSUPPORT);
    struct address odd = loopback(AF_INET6, 9);
    odd.storage.ss_family = 99;
    assert_fails(send_to(keep(socket(AF_INET6, SOCK_DGRAM, 0)), "x", 1, odd),
                 EINVAL);
}

static void broadcasting_needs_permission(void **state)
{
    (void)state;
    struct address everybody = loopback(AF_INET, 9);
    ((struct sockaddr_in *)&everybody.storage)->sin_addr.s_addr =
        htonl(INADDR_BROADCAST);
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_fails_either(send_to(fd, "x", 1, everybody), EACCES, ENETUNREACH);
}

static void lengths_that_do_not_fit_are_einval(void **state)
{
    static const socklen_t lengths[] = {0, 1, 2, 15, 129, (socklen_t)-1};
    (void)state;
    struct address to = loopback(AF_INET, 9);
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_fails(sendto(fd, "x", 1, 0, as_sockaddr(&to), lengths[i]),
                     EINVAL);
    to = loopback(AF_INET6, 9);
    fd = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    assert_fails(sendto(fd, "x", 1, 0, as_sockaddr(&to), 23), EINVAL);
}

static void an_address_needs_a_length(void **state)
{
    char byte;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct address from = room();
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    assert_fails(recvfrom(ends.server, &byte, 1, 0, as_sockaddr(&from), NULL),
                 EFAULT);
}

static void a_negative_length_is_einval(void **state)
{
    char byte;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct address from = room();
    from.length = (socklen_t)-1;
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    assert_fails(recv_from(ends.server, &byte, 1, &from), EINVAL);
}

static void bad_descriptors_are_told(void **state)
{
    char byte;
    (void)state;
    struct address address = loopback(AF_INET, 9);
    int file = temporary_file();
    assert_fails(send_to(-1, "x", 1, address), EBADF);
    assert_fails(send_to(INT_MAX, "x", 1, address), EBADF);
    assert_fails(send_to(closed_descriptor(), "x", 1, address), EBADF);
    assert_fails(send_to(file, "x", 1, address), ENOTSOCK);
    assert_fails(recv_from(-1, &byte, 1, &address), EBADF);
    assert_fails(recv_from(closed_descriptor(), &byte, 1, &address), EBADF);
    assert_fails(recv_from(file, &byte, 1, &address), ENOTSOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(the_sender_is_told),
        claim(an_answer_finds_its_way),
        claim(a_short_address_is_cut),
        claim(the_sender_need_not_be_told),
        claim(on_a_stream_nobody_is_told),
        claim(on_a_stream_the_address_does_not_count),
        claim(a_connected_socket_may_send_elsewhere),
        claim(without_a_destination_it_is_edestaddrreq),
        claim(port_0_is_einval),
        claim(the_unspecified_address_is_loopback),
        claim(no_family_is_taken_for_ipv4),
        claim(no_family_is_the_peer_to_ipv6),
        claim(another_family_is_told),
        claim(broadcasting_needs_permission),
        claim(lengths_that_do_not_fit_are_einval),
        claim(an_address_needs_a_length),
        claim(a_negative_length_is_einval),
        claim(bad_descriptors_are_told),
    };
    return cmocka_run_group_tests_name("sendto_recvfrom", tests, NULL, NULL);
}
