/* options_ip.c: the options of IPv4 and IPv6, other than those of groups. */
#include "fixture.h"

#include <netinet/udp.h>
#include <string.h>

static int fresh(int family, int type)
{
    return keep(socket(family, type, 0));
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

static void check_round_trip(int fd, int level, int option, int value)
{
    assert_call(set(fd, level, option, value), 0);
    assert_int_equal(get(fd, level, option), value);
}

/* --- IPv4 ------------------------------------------------------------------------ */

static void time_to_live_is_told_as_it_was_set(void **state)
{
    (void)state;
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        int fd = fresh(AF_INET, types[i]);
        assert_in_range(get(fd, IPPROTO_IP, IP_TTL), 1, 255);
        check_round_trip(fd, IPPROTO_IP, IP_TTL, 1);
        check_round_trip(fd, IPPROTO_IP, IP_TTL, 77);
        check_round_trip(fd, IPPROTO_IP, IP_TTL, 255);
        assert_call(set(fd, IPPROTO_IP, IP_TTL, -1), 0);
        assert_in_range(get(fd, IPPROTO_IP, IP_TTL), 2, 254);
    }
}

static void time_to_live_out_of_range_is_einval(void **state)
{
    (void)state;
    int fd = fresh(AF_INET, SOCK_DGRAM);
    assert_call(set(fd, IPPROTO_IP, IP_TTL, 9), 0);
    assert_fails(set(fd, IPPROTO_IP, IP_TTL, 0), EINVAL);
    assert_fails(set(fd, IPPROTO_IP, IP_TTL, 256), EINVAL);
    assert_fails(set(fd, IPPROTO_IP, IP_TTL, -2), EINVAL);
    assert_int_equal(get(fd, IPPROTO_IP, IP_TTL), 9);
}

static void one_byte_does_for_ipv4(void **state)
{
    (void)state;
    unsigned char byte = 99;
    socklen_t length = 1;
    int fd = fresh(AF_INET, SOCK_DGRAM);
    assert_call(setsockopt(fd, IPPROTO_IP, IP_TTL, &byte, 1), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_TTL), 99);
    byte = 0;
    assert_call(getsockopt(fd, IPPROTO_IP, IP_TTL, &byte, &length), 0);
    assert_int_equal(length, 1);
    assert_int_equal(byte, 99);
    assert_fails(setsockopt(fd, IPPROTO_IP, IP_TTL, &byte, 0), EINVAL);
}

static void type_of_service_is_told_as_it_was_set(void **state)
{
    (void)state;
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        int fd = fresh(AF_INET, types[i]);
        assert_int_equal(get(fd, IPPROTO_IP, IP_TOS), 0);
        check_round_trip(fd, IPPROTO_IP, IP_TOS, 0x10);
        check_round_trip(fd, IPPROTO_IP, IP_TOS, 0xb8);
        check_round_trip(fd, IPPROTO_IP, IP_TOS, 0);
    }
}

static void congestion_bits_of_a_stream_are_not_the_programs(void **state)
{
    (void)state;
    int fd = fresh(AF_INET, SOCK_STREAM);
    assert_call(set(fd, IPPROTO_IP, IP_TOS, 0x13), 0);
    assert_int_equal(get(fd, IPPROTO_IP, IP_TOS), 0x10);
    fd = fresh(AF_INET, SOCK_DGRAM);
    check_round_trip(fd, IPPROTO_IP, IP_TOS, 0x12);
}

static void path_discovery_is_told_as_it_was_set(void **state)
{
    (void)state;
    static const int ways[] = {IP_PMTUDISC_DONT, IP_PMTUDISC_DO,
                               IP_PMTUDISC_PROBE, IP_PMTUDISC_WANT};
    static const int ways_6[] = {IPV6_PMTUDISC_DONT, IPV6_PMTUDISC_DO,
                                 IPV6_PMTUDISC_PROBE, IPV6_PMTUDISC_WANT};
    int v4 = fresh(AF_INET, SOCK_DGRAM);
    int v6 = fresh(AF_INET6, SOCK_DGRAM);
    assert_int_equal(get(v4, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_WANT);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        check_round_trip(v4, IPPROTO_IP, IP_MTU_DISCOVER, ways[i]);
        check_round_trip(v6, IPPROTO_IPV6, IPV6_MTU_DISCOVER, ways_6[i]);
    }
    assert_fails(set(v4, IPPROTO_IP, IP_MTU_DISCOVER, 6), EINVAL);
    assert_fails(set(v4, IPPROTO_IP, IP_MTU_DISCOVER, -1), EINVAL);
    assert_fails(set(v6, IPPROTO_IPV6, IPV6_MTU_DISCOVER, 6), EINVAL);
}

static void mtu_is_only_of_connected_sockets(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = fresh(AF_INET, SOCK_DGRAM);
    assert_fails_either(getsockopt(fd, IPPROTO_IP, IP_MTU, &value, &length),
                        ENOTCONN, ENOPROTOOPT);
    assert_fails(set(fd, IPPROTO_IP, IP_MTU, 1500), ENOPROTOOPT);
    fd = datagrams(AF_INET).client;
    if (getsockopt(fd, IPPROTO_IP, IP_MTU, &value, &length) != 0) {
        assert_int_equal(errno, ENOPROTOOPT);
        skip_because("this system does not tell the MTU of a path");
    }
    assert_in_range(value, 576, 1 << 30);
}

static void header_is_included_by_raw_sockets_only(void **state)
{
    (void)state;
    int fd = fresh(AF_INET, SOCK_DGRAM);
    assert_int_equal(get(fd, IPPROTO_IP, IP_HDRINCL), 0);
    assert_fails(set(fd, IPPROTO_IP, IP_HDRINCL, 1), ENOPROTOOPT);
    assert_fails(set(fresh(AF_INET, SOCK_STREAM), IPPROTO_IP, IP_HDRINCL, 1),
                 ENOPROTOOPT);
}

static void fresh_socket_has_no_ip_options(void **state)
{
    (void)state;
    char options[40];
    socklen_t length = sizeof options;
    int fd = fresh(AF_INET, SOCK_STREAM);
    assert_call(getsockopt(fd, IPPROTO_IP, IP_OPTIONS, options, &length), 0);
    assert_int_equal(length, 0);
    assert_call(setsockopt(fd, IPPROTO_IP, IP_OPTIONS, NULL, 0), 0);
    assert_fails(setsockopt(fd, IPPROTO_IP, IP_OPTIONS, options, 41), EINVAL);
}

static void metadata_are_told_on_request(void **state)
{
    (void)state;
    static const int options[] = {IP_PKTINFO, IP_RECVTTL, IP_RECVERR};
    int fd = fresh(AF_INET, SOCK_DGRAM);
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        assert_int_equal(get(fd, IPPROTO_IP, options[i]), 0);
        check_round_trip(fd, IPPROTO_IP, options[i], 1);
        check_round_trip(fd, IPPROTO_IP, options[i], 0);
    }
}

static void metadata_can_be_asked_for_of_streams(void **state)
{
    (void)state;
    static const int options[] = {IP_PKTINFO, IP_RECVTTL, IP_RECVTOS};
    int fd = fresh(AF_INET, SOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(options); i++)
        check_round_trip(fd, IPPROTO_IP, options[i], 1);
}

/* --- IPv6 ------------------------------------------------------------------------ */

static void ipv6_socket_serves_ipv4_until_told_otherwise(void **state)
{
    (void)state;
    int fd = fresh(AF_INET6, SOCK_STREAM);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
    check_round_trip(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    check_round_trip(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    fd = fresh(AF_INET6, SOCK_DGRAM);
    check_round_trip(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

static struct address any_6(void)
{
    struct address any = loopback(AF_INET6, 0);
    ((struct sockaddr_in6 *)&any.storage)->sin6_addr = in6addr_any;
    return any;
}

static void whom_a_bound_socket_serves_is_decided(void **state)
{
    (void)state;
    int fd = fresh(AF_INET6, SOCK_STREAM);
    struct address any = any_6();
    assert_call(bind(fd, as_sockaddr(&any), any.length), 0);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1), EINVAL);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
}

static int listening_to_all(int only_ipv6)
{
    int fd = fresh(AF_INET6, SOCK_STREAM);
    struct address any = any_6();
    assert_call(set(fd, IPPROTO_IPV6, IPV6_V6ONLY, only_ipv6), 0);
    assert_call(bind(fd, as_sockaddr(&any), any.length), 0);
    assert_call(listen(fd, 4), 0);
    return fd;
}

static void listener_for_ipv6_only_has_no_clients_of_ipv4(void **state)
{
    (void)state;
    struct address name = name_of(listening_to_all(1));
    struct address v4 = loopback(AF_INET, port_of(&name));
    int client = fresh(AF_INET, SOCK_STREAM);
    assert_fails(connect(client, as_sockaddr(&v4), v4.length), ECONNREFUSED);
}

static void listener_for_both_has_clients_of_ipv4(void **state)
{
    (void)state;
    int listener = listening_to_all(0);
    struct address name = name_of(listener);
    struct address v4 = loopback(AF_INET, port_of(&name));
    int client = fresh(AF_INET, SOCK_STREAM);
    assert_call(connect(client, as_sockaddr(&v4), v4.length), 0);
    int server = keep(accept(listener, NULL, NULL));
    struct address peer = peer_of(server);
    assert_true(IN6_IS_ADDR_V4MAPPED(
        &((struct sockaddr_in6 *)&peer.storage)->sin6_addr));
}

static void hop_limit_is_told_as_it_was_set(void **state)
{
    (void)state;
    int fd = fresh(AF_INET6, SOCK_DGRAM);
    assert_in_range(get(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 1, 255);
    check_round_trip(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 1);
    check_round_trip(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255);
    assert_call(set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1), 0);
    assert_in_range(get(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 2, 254);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 256), EINVAL);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -2), EINVAL);
}

static void traffic_class_is_told_as_it_was_set(void **state)
{
    (void)state;
    int fd = fresh(AF_INET6, SOCK_DGRAM);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_TCLASS), 0);
    check_round_trip(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x20);
    assert_call(set(fd, IPPROTO_IPV6, IPV6_TCLASS, -1), 0);
    assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_TCLASS), 0);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_TCLASS, 256), EINVAL);
    assert_fails(set(fd, IPPROTO_IPV6, IPV6_TCLASS, -2), EINVAL);
}

static void metadata_of_ipv6_are_told_on_request(void **state)
{
    (void)state;
    static const int options[] = {IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT,
                                  IPV6_RECVERR, IPV6_DONTFRAG};
    int fd = fresh(AF_INET6, SOCK_DGRAM);
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        assert_int_equal(get(fd, IPPROTO_IPV6, options[i]), 0);
        check_round_trip(fd, IPPROTO_IPV6, options[i], 1);
        check_round_trip(fd, IPPROTO_IPV6, options[i], 0);
    }
}

static void options_of_ipv4_are_options_of_ipv6_sockets_too(void **state)
{
    (void)state;
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        int fd = fresh(AF_INET6, types[i]);
        check_round_trip(fd, IPPROTO_IP, IP_TTL, 33);
        check_round_trip(fd, IPPROTO_IP, IP_TOS, 0x08);
        check_round_trip(fd, IPPROTO_IP, IP_PKTINFO, 1);
        assert_true(get(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS) != 33);
    }
}

/* --- UDP -------------------------------------------------------------------------- */

static void options_of_udp_are_told_as_they_were_set(void **state)
{
    (void)state;
    int fd = fresh(AF_INET, SOCK_DGRAM);
    assert_int_equal(get(fd, IPPROTO_UDP, UDP_SEGMENT), 0);
    check_round_trip(fd, IPPROTO_UDP, UDP_SEGMENT, 1200);
    check_round_trip(fd, IPPROTO_UDP, UDP_SEGMENT, 0);
    assert_fails(set(fd, IPPROTO_UDP, UDP_SEGMENT, 65536), EINVAL);
    assert_fails(set(fd, IPPROTO_UDP, UDP_SEGMENT, -1), EINVAL);
    check_round_trip(fd, IPPROTO_UDP, UDP_GRO, 1);
    check_round_trip(fd, IPPROTO_UDP, UDP_GRO, 0);
}

static void options_of_udp_are_none_of_streams(void **state)
{
    (void)state;
    assert_fails(set(fresh(AF_INET, SOCK_STREAM), IPPROTO_UDP, UDP_SEGMENT, 1),
                 ENOPROTOOPT);
}

static void socket_with_segments_sends_datagrams_of_their_size(void **state)
{
    (void)state;
    char buffer[64];
    struct ends ends = datagrams(AF_INET);
    assert_call(set(ends.client, IPPROTO_UDP, UDP_SEGMENT, 10), 0);
    assert_call(send(ends.client, "0123456789abcdefghijxyz", 23, 0), 23);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 10);
    assert_memory_equal(buffer, "0123456789", 10);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 10);
    assert_memory_equal(buffer, "abcdefghij", 10);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 3);
    assert_memory_equal(buffer, "xyz", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(time_to_live_is_told_as_it_was_set),
        claim(time_to_live_out_of_range_is_einval),
        claim(one_byte_does_for_ipv4),
        claim(type_of_service_is_told_as_it_was_set),
        claim(congestion_bits_of_a_stream_are_not_the_programs),
        claim(path_discovery_is_told_as_it_was_set),
        claim(mtu_is_only_of_connected_sockets),
        claim(header_is_included_by_raw_sockets_only),
        claim(fresh_socket_has_no_ip_options),
        claim(metadata_are_told_on_request),
        claim(metadata_can_be_asked_for_of_streams),
        claim(ipv6_socket_serves_ipv4_until_told_otherwise),
        claim(whom_a_bound_socket_serves_is_decided),
        claim(listener_for_ipv6_only_has_no_clients_of_ipv4),
        claim(listener_for_both_has_clients_of_ipv4),
        claim(hop_limit_is_told_as_it_was_set),
        claim(traffic_class_is_told_as_it_was_set),
        claim(metadata_of_ipv6_are_told_on_request),
        claim(options_of_ipv4_are_options_of_ipv6_sockets_too),
        claim(options_of_udp_are_told_as_they_were_set),
        claim(options_of_udp_are_none_of_streams),
        claim(socket_with_segments_sends_datagrams_of_their_size),
    };
    return cmocka_run_group_tests_name("options_ip", tests, NULL, NULL);
}
