/* multicast.c: membership of groups, and what is sent to them. */
#include "fixture.h"

#include <net/if.h>
#include <string.h>

#define GROUP "\xef\xff\x4d\x4d" /* 239.255.77.77 */
#define OTHER "\xef\xff\x4d\x4e"

static struct in_addr address_of(const char *bytes)
{
    struct in_addr address;
    memcpy(&address, bytes, sizeof address);
    return address;
}

static struct in_addr here(void)
{
    struct in_addr address = {htonl(INADDR_LOOPBACK)};
    return address;
}

static struct ip_mreq membership(const char *group)
{
    struct ip_mreq request;
    request.imr_multiaddr = address_of(group);
    request.imr_interface = here();
    return request;
}

static int change(int fd, int option, const char *group)
{
    struct ip_mreq request = membership(group);
    return setsockopt(fd, IPPROTO_IP, option, &request, sizeof request);
}

static int fresh(int family)
{
    return keep(socket(family, SOCK_DGRAM, 0));
}

static int get(int fd, int level, int option)
{
    int value = -77;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, level, option, &value, &length), 0);
    assert_int_equal(length, sizeof value);
    return value;
}

static int set(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value);
}

static unsigned loopback_index(void)
{
    unsigned index = if_nametoindex("lo");
    assert_true(index > 0);
    return index;
}

/* --- Joining and leaving -------------------------------------------------------------- */

static void group_is_joined_once_and_left_once(void **state)
{
    (void)state;
    int fd = fresh(AF_INET);
    assert_fails(change(fd, IP_DROP_MEMBERSHIP, GROUP), EADDRNOTAVAIL);
    assert_call(change(fd, IP_ADD_MEMBERSHIP, GROUP), 0);
    assert_fails(change(fd, IP_ADD_MEMBERSHIP, GROUP), EADDRINUSE);
    assert_call(change(fd, IP_ADD_MEMBERSHIP, OTHER), 0);
    assert_call(change(fd, IP_DROP_MEMBERSHIP, GROUP), 0);
    assert_fails(change(fd, IP_DROP_MEMBERSHIP, GROUP), EADDRNOTAVAIL);
    assert_call(change(fd, IP_DROP_MEMBERSHIP, OTHER), 0);
}

static void several_sockets_join_one_group(void **state)
{
    (void)state;
    assert_call(change(fresh(AF_INET), IP_ADD_MEMBERSHIP, GROUP), 0);
    assert_call(change(fresh(AF_INET), IP_ADD_MEMBERSHIP, GROUP), 0);
}

static void interface_may_be_told_by_its_index(void **state)
{
    (void)state;
    struct ip_mreqn request;
    int fd = fresh(AF_INET);
    memset(&request, 0, sizeof request);
    request.imr_multiaddr = address_of(GROUP);
    request.imr_ifindex = (int)loopback_index();
    assert_call(
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request),
        0);
    assert_fails(
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request),
        EADDRINUSE);
    assert_call(setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request,
                           sizeof request),
                0);
}

static void address_that_is_no_group_is_einval(void **state)
{
    (void)state;
    assert_fails(change(fresh(AF_INET), IP_ADD_MEMBERSHIP, "\x7f\0\0\1"),
                 EINVAL);
}

static void interface_that_is_not_there_is_enodev(void **state)
{
    (void)state;
    struct ip_mreq request = membership(GROUP);
    request.imr_interface = address_of("\xc0\0\2\1");
    int fd = fresh(AF_INET);
    assert_fails(
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request),
        ENODEV);
}

static void less_than_a_request_is_einval(void **state)
{
    (void)state;
    struct ip_mreq request = membership(GROUP);
    int fd = fresh(AF_INET);
    assert_fails(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, 4),
                 EINVAL);
    assert_fails(setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, 4),
                 EINVAL);
    assert_fails(
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, NULL, sizeof request),
        EFAULT);
}

static void streams_join_no_groups(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(change(fd, IP_ADD_MEMBERSHIP, GROUP), EPROTO);
}

static struct group_req any_group(int family)
{
    static const unsigned char bytes[16] = {0xff, 0x01, [15] = 0x77};
    struct group_req request;
    memset(&request, 0, sizeof request);
    request.gr_interface = loopback_index();
    if (family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)&request.gr_group;
        in->sin_family = AF_INET;
        in->sin_addr = address_of(GROUP);
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&request.gr_group;
        in6->sin6_family = AF_INET6;
        memcpy(&in6->sin6_addr, bytes, sizeof bytes);
    }
    return request;
}

static void check_protocol_independent(int family, int level)
{
    struct group_req request = any_group(family);
    int fd = fresh(family);
    assert_fails(
        setsockopt(fd, level, MCAST_LEAVE_GROUP, &request, sizeof request),
        EADDRNOTAVAIL);
    assert_call(
        setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof request), 0);
    assert_fails(
        setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof request),
        EADDRINUSE);
    assert_call(
        setsockopt(fd, level, MCAST_LEAVE_GROUP, &request, sizeof request), 0);
    assert_fails(setsockopt(fd, level, MCAST_JOIN_GROUP, &request, 8), EINVAL);
}

static void groups_are_joined_by_requests_of_both_families(void **state)
{
    (void)state;
    check_protocol_independent(AF_INET, IPPROTO_IP);
    check_protocol_independent(AF_INET6, IPPROTO_IPV6);
}

static struct ipv6_mreq membership_6(void)
{
    struct group_req same = any_group(AF_INET6);
    struct ipv6_mreq request;
    memset(&request, 0, sizeof request);
    request.ipv6mr_multiaddr =
        ((struct sockaddr_in6 *)&same.gr_group)->sin6_addr;
    request.ipv6mr_interface = loopback_index();
    return request;
}

static int change_6(int fd, int option)
{
    struct ipv6_mreq request = membership_6();
    return setsockopt(fd, IPPROTO_IPV6, option, &request, sizeof request);
}

static void group_of_ipv6_is_joined_once_and_left_once(void **state)
{
    (void)state;
    int fd = fresh(AF_INET6);
    assert_fails(change_6(fd, IPV6_LEAVE_GROUP), EADDRNOTAVAIL);
    assert_call(change_6(fd, IPV6_JOIN_GROUP), 0);
    assert_fails(change_6(fd, IPV6_JOIN_GROUP), EADDRINUSE);
    assert_call(change_6(fd, IPV6_LEAVE_GROUP), 0);
    assert_call(change_6(fd, IPV6_ADD_MEMBERSHIP), 0);
    assert_call(change_6(fd, IPV6_DROP_MEMBERSHIP), 0);
}

static void address_of_ipv6_that_is_no_group_is_einval(void **state)
{
    (void)state;
    struct ipv6_mreq request = membership_6();
    request.ipv6mr_multiaddr = in6addr_loopback;
    int fd = fresh(AF_INET6);
    assert_fails(
        setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request),
        EINVAL);
}

static void named_source_is_joined_and_left(void **state)
{
    (void)state;
    struct ip_mreq_source request;
    int fd = fresh(AF_INET);
    request.imr_multiaddr = address_of(GROUP);
    request.imr_interface = here();
    request.imr_sourceaddr = here();
    if (setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &request,
                   sizeof request) != 0) {
        assert_int_equal(errno, ENOPROTOOPT);
        skip_because("this system has no source-specific multicast");
    }
    assert_fails(setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &request,
                            sizeof request),
                 EADDRNOTAVAIL);
    assert_call(setsockopt(fd, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &request,
                           sizeof request),
                0);
}

/* --- What is sent ------------------------------------------------------------------------ */

static void options_of_sending_are_told_as_they_were_set(void **state)
{
    (void)state;
    int fd = fresh(AF_INET);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_TTL), 1);
    assert_call(set(fd, IPPROTO_IP, IP_MULTICAST_TTL, 42), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_TTL), 42);
    assert_call(set(fd, IPPROTO_IP, IP_MULTICAST_TTL, 0), 0);
    assert_call(set(fd, IPPROTO_IP, IP_MULTICAST_TTL, -1), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_TTL), 1);
    assert_fails(set(fd, IPPROTO_IP, IP_MULTICAST_TTL, 256), EINVAL);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
    assert_call(set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_ALL), 1);
    assert_call(set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_ALL), 0);
    assert_fails(set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 2), EINVAL);
}

static void one_byte_does_for_options_of_sending(void **state)
{
    (void)state;
    unsigned char byte = 7;
    int fd = fresh(AF_INET);
    assert_call(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &byte, 1), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_TTL), 7);
    byte = 0;
    assert_call(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &byte, 1), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 0);
}

static void options_of_sending_by_ipv6_are_told_as_they_were_set(void **state)
{
    (void)state;
    int fd = fresh(AF_INET6);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 1);
    assert_call(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 9), 0);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 9);
    assert_call(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, -1), 0);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 1);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 256), EINVAL);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 1);
    assert_call(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0), 0);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 0);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 2), EINVAL);
    int index = (int)loopback_index();
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF), 0);
    assert_call(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, index), 0);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF), index);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, 99999), ENODEV);
}

static void streams_send_to_no_groups(void **state)
{
    (void)state;
    int v4 = keep(socket(AF_INET, SOCK_STREAM, 0));
    int v6 = keep(socket(AF_INET6, SOCK_STREAM, 0));
    struct in_addr address = here();
    assert_fails(set(v4, IPPROTO_IP, IP_MULTICAST_TTL, 4), EINVAL);
    assert_fails(
        setsockopt(v4, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address),
        EINVAL);
    assert_fails(set(v6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 4), ENOPROTOOPT);
}

static void interface_to_send_by_is_told_as_its_address(void **state)
{
    (void)state;
    struct in_addr address = here();
    struct in_addr told;
    socklen_t length = sizeof told;
    int fd = fresh(AF_INET);
    assert_call(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &told, &length), 0);
    assert_int_equal(told.s_addr, INADDR_ANY);
    assert_call(
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address),
        0);
    assert_call(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &told, &length), 0);
    assert_int_equal(length, sizeof told);
    assert_int_equal(told.s_addr, address.s_addr);
    address = address_of("\xc0\0\2\1");
    assert_fails(
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address),
        EADDRNOTAVAIL);
    assert_fails(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address, 3),
                 EINVAL);
}

/* --- From one to the other ----------------------------------------------------------------- */

/* A member of GROUP at a port of the system's choice; sends by loopback, too. */
static int member(void)
{
    struct address any = loopback(AF_INET, 0);
    struct in_addr address = here();
    int fd = fresh(AF_INET);
    ((struct sockaddr_in *)&any.storage)->sin_addr.s_addr = INADDR_ANY;
    assert_call(bind(fd, as_sockaddr(&any), any.length), 0);
    assert_call(change(fd, IP_ADD_MEMBERSHIP, GROUP), 0);
    assert_call(
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address),
        0);
    return fd;
}

static struct address group_at(int fd)
{
    struct address name = name_of(fd);
    struct address to = loopback(AF_INET, port_of(&name));
    ((struct sockaddr_in *)&to.storage)->sin_addr = address_of(GROUP);
    return to;
}

static void member_receives_what_is_sent_to_the_group(void **state)
{
    (void)state;
    char buffer[8];
    int receiver = member();
    int sender = member();
    struct address to = group_at(receiver);
    assert_call(sendto(sender, "hello", 5, 0, as_sockaddr(&to), to.length), 5);
    wait_readable(receiver);
    assert_call(recv(receiver, buffer, sizeof buffer, 0), 5);
    assert_memory_equal(buffer, "hello", 5);
}

static void sender_may_choose_the_interface_by_index(void **state)
{
    (void)state;
    char buffer[8];
    struct ip_mreqn choice;
    int receiver = member();
    int sender = fresh(AF_INET);
    struct address to = group_at(receiver);
    memset(&choice, 0, sizeof choice);
    choice.imr_ifindex = (int)loopback_index();
    assert_call(
        setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &choice, sizeof choice),
        0);
    assert_call(sendto(sender, "hello", 5, 0, as_sockaddr(&to), to.length), 5);
    wait_readable(receiver);
    assert_call(recv(receiver, buffer, sizeof buffer, 0), 5);
}

static void members_that_share_a_port_all_receive(void **state)
{
    (void)state;
    char buffer[8];
    int one = 1;
    int first = fresh(AF_INET);
    int second = fresh(AF_INET);
    struct address any = loopback(AF_INET, 0);
    ((struct sockaddr_in *)&any.storage)->sin_addr.s_addr = INADDR_ANY;
    assert_call(setsockopt(first, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one),
                0);
    assert_call(setsockopt(second, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one),
                0);
    assert_call(bind(first, as_sockaddr(&any), any.length), 0);
    any = name_of(first);
    assert_call(bind(second, as_sockaddr(&any), any.length), 0);
    assert_call(change(first, IP_ADD_MEMBERSHIP, GROUP), 0);
    assert_call(change(second, IP_ADD_MEMBERSHIP, GROUP), 0);
    struct address to = group_at(first);
    assert_call(sendto(member(), "hello", 5, 0, as_sockaddr(&to), to.length),
                5);
    wait_readable(first);
    wait_readable(second);
    assert_call(recv(first, buffer, sizeof buffer, 0), 5);
    assert_call(recv(second, buffer, sizeof buffer, 0), 5);
}

static void group_itself_can_be_bound(void **state)
{
    (void)state;
    char buffer[8];
    int receiver = fresh(AF_INET);
    struct address group = loopback(AF_INET, 0);
    ((struct sockaddr_in *)&group.storage)->sin_addr = address_of(GROUP);
    assert_call(bind(receiver, as_sockaddr(&group), group.length), 0);
    assert_call(change(receiver, IP_ADD_MEMBERSHIP, GROUP), 0);
    struct address to = group_at(receiver);
    assert_call(sendto(member(), "hello", 5, 0, as_sockaddr(&to), to.length),
                5);
    wait_readable(receiver);
    assert_call(recv(receiver, buffer, sizeof buffer, 0), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(group_is_joined_once_and_left_once),
        claim(several_sockets_join_one_group),
        claim(interface_may_be_told_by_its_index),
        claim(address_that_is_no_group_is_einval),
        claim(interface_that_is_not_there_is_enodev),
        claim(less_than_a_request_is_einval),
        claim(streams_join_no_groups),
        claim(groups_are_joined_by_requests_of_both_families),
        claim(group_of_ipv6_is_joined_once_and_left_once),
        claim(address_of_ipv6_that_is_no_group_is_einval),
        claim(named_source_is_joined_and_left),
        claim(options_of_sending_are_told_as_they_were_set),
        claim(one_byte_does_for_options_of_sending),
        claim(options_of_sending_by_ipv6_are_told_as_they_were_set),
        claim(streams_send_to_no_groups),
        claim(interface_to_send_by_is_told_as_its_address),
        claim(member_receives_what_is_sent_to_the_group),
        claim(sender_may_choose_the_interface_by_index),
        claim(members_that_share_a_port_all_receive),
        claim(group_itself_can_be_bound),
    };
    return cmocka_run_group_tests_name("multicast", tests, NULL, NULL);
}
