/* packet_headers.c: the structures of what goes over the network. */
#include "fixture.h"

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <string.h>

static const unsigned char ipv4[] = {0x45, 0xb8, 0x00, 0x54, 0x12, 0x34, 0x40,
                                     0x00, 0x40, 0x11, 0xab, 0xcd, 127,  0,
                                     0,    1,    192,  0,    2,    7};

static void header_of_ipv4_has_the_names_of_linux(void **state)
{
    (void)state;
    struct iphdr header;
    assert_int_equal(sizeof header, sizeof ipv4);
    memcpy(&header, ipv4, sizeof header);
    assert_int_equal(header.version, 4);
    assert_int_equal(header.ihl, 5);
    assert_int_equal(header.tos, IPTOS_DSCP_EF);
    assert_int_equal(ntohs(header.tot_len), 84);
    assert_int_equal(ntohs(header.id), 0x1234);
    assert_int_equal(ntohs(header.frag_off), IP_DF);
    assert_int_equal(header.ttl, IPDEFTTL);
    assert_int_equal(header.protocol, IPPROTO_UDP);
    assert_int_equal(ntohs(header.check), 0xabcd);
    assert_int_equal(ntohl(header.saddr), INADDR_LOOPBACK);
    assert_int_equal(ntohl(header.daddr), 0xc0000207);
}

static void header_of_ipv4_has_the_names_of_bsd(void **state)
{
    (void)state;
    struct ip header;
    assert_int_equal(sizeof header, sizeof ipv4);
    memcpy(&header, ipv4, sizeof header);
    assert_int_equal(header.ip_v, IPVERSION);
    assert_int_equal(header.ip_hl, 5);
    assert_int_equal(ntohs(header.ip_len), 84);
    assert_int_equal(ntohs(header.ip_off) & IP_OFFMASK, 0);
    assert_int_equal(header.ip_p, IPPROTO_UDP);
    assert_int_equal(ntohl(header.ip_src.s_addr), INADDR_LOOPBACK);
    assert_int_equal(ntohl(header.ip_dst.s_addr), 0xc0000207);
}

static void header_of_ipv6_is_laid_out_as_it_is_sent(void **state)
{
    (void)state;
    struct ip6_hdr header;
    unsigned char bytes[40] = {0x60, 0, 0, 0, 0, 8, IPPROTO_ICMPV6, 255};
    bytes[23] = 1;
    assert_int_equal(sizeof header, sizeof bytes);
    memcpy(&header, bytes, sizeof header);
    assert_int_equal(header.ip6_vfc >> 4, 6);
    assert_int_equal(ntohs(header.ip6_plen), 8);
    assert_int_equal(header.ip6_nxt, IPPROTO_ICMPV6);
    assert_int_equal(header.ip6_hlim, 255);
    assert_true(IN6_IS_ADDR_LOOPBACK(&header.ip6_src));
    assert_true(IN6_IS_ADDR_UNSPECIFIED(&header.ip6_dst));
    assert_int_equal(sizeof(struct ip6_frag), 8);
    assert_int_equal(sizeof(struct ip6_ext), 2);
}

static void header_of_udp_has_both_kinds_of_names(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {0, 53, 0x30, 0x39, 0, 12, 0xab, 0xcd};
    struct udphdr header;
    assert_int_equal(sizeof header, sizeof bytes);
    memcpy(&header, bytes, sizeof header);
    assert_int_equal(ntohs(header.source), 53);
    assert_int_equal(ntohs(header.uh_dport), 12345);
    assert_int_equal(ntohs(header.len), 12);
    assert_int_equal(ntohs(header.uh_ulen), 12);
    assert_int_equal(ntohs(header.check), 0xabcd);
}

static void echo_of_icmp_has_both_kinds_of_names(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {8, 0, 0x12, 0x34, 0, 7, 0, 9};
    struct icmphdr header;
    struct icmp whole;
    assert_int_equal(sizeof header, ICMP_MINLEN);
    memcpy(&header, bytes, sizeof header);
    assert_int_equal(header.type, ICMP_ECHO);
    assert_int_equal(ntohs(header.checksum), 0x1234);
    assert_int_equal(ntohs(header.un.echo.id), 7);
    assert_int_equal(ntohs(header.un.echo.sequence), 9);
    memset(&whole, 0, sizeof whole);
    memcpy(&whole, bytes, sizeof bytes);
    assert_int_equal(whole.icmp_type, ICMP_ECHO);
    assert_int_equal(ntohs(whole.icmp_cksum), 0x1234);
    assert_int_equal(ntohs(whole.icmp_id), 7);
    assert_int_equal(ntohs(whole.icmp_seq), 9);
    assert_int_equal((char *)whole.icmp_data - (char *)&whole, ICMP_MINLEN);
    assert_int_equal(sizeof whole, 28);
}

static void filter_of_icmpv6_has_a_bit_for_each_type(void **state)
{
    (void)state;
    struct icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    assert_true(ICMP6_FILTER_WILLBLOCK(ICMP6_ECHO_REPLY, &filter));
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    assert_true(ICMP6_FILTER_WILLPASS(ICMP6_ECHO_REPLY, &filter));
    assert_true(ICMP6_FILTER_WILLBLOCK(ICMP6_ECHO_REQUEST, &filter));
    ICMP6_FILTER_SETPASSALL(&filter);
    assert_true(ICMP6_FILTER_WILLPASS(ICMP6_ECHO_REQUEST, &filter));
    assert_int_equal(sizeof filter, 32);
}

static void messages_of_icmpv6_have_their_sizes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct icmp6_hdr), 8);
    assert_int_equal(sizeof(struct nd_router_solicit), 8);
    assert_int_equal(sizeof(struct nd_router_advert), 16);
    assert_int_equal(sizeof(struct nd_neighbor_solicit), 24);
    assert_int_equal(sizeof(struct nd_neighbor_advert), 24);
    assert_int_equal(sizeof(struct nd_redirect), 40);
    assert_int_equal(sizeof(struct nd_opt_prefix_info), 32);
    assert_int_equal(sizeof(struct mld_hdr), 24);
}

static void frames_of_ethernet_have_their_sizes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct ether_addr), ETH_ALEN);
    assert_int_equal(sizeof(struct ether_header), ETHER_HDR_LEN);
    assert_int_equal(sizeof(struct ethhdr), ETH_HLEN);
    assert_int_equal(sizeof(struct arphdr), 8);
    assert_int_equal(sizeof(struct ether_arp), 28);
    assert_int_equal(ETHERTYPE_IP, 0x0800);
    assert_int_equal(ETHERMTU, 1500);
}

static void fields_of_the_traffic_class_are_masked(void **state)
{
    (void)state;
    assert_int_equal(IPTOS_ECN(0xbb), IPTOS_ECN_CE);
    assert_int_equal(IPTOS_DSCP(0xbb), IPTOS_DSCP_EF);
    assert_int_equal(IPTOS_TOS(0xff), IPTOS_TOS_MASK);
    assert_int_equal(IPTOS_PREC(0xff), IPTOS_PREC_NETCONTROL);
    assert_int_equal(IPTOS_LOWDELAY, 0x10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(header_of_ipv4_has_the_names_of_linux),
        claim(header_of_ipv4_has_the_names_of_bsd),
        claim(header_of_ipv6_is_laid_out_as_it_is_sent),
        claim(header_of_udp_has_both_kinds_of_names),
        claim(echo_of_icmp_has_both_kinds_of_names),
        claim(filter_of_icmpv6_has_a_bit_for_each_type),
        claim(messages_of_icmpv6_have_their_sizes),
        claim(frames_of_ethernet_have_their_sizes),
        claim(fields_of_the_traffic_class_are_masked),
    };
    return cmocka_run_group_tests_name("packet_headers", tests, NULL, NULL);
}
