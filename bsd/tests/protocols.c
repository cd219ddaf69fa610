/* protocols.c: getprotobyname(), getnetbyname() and their kin. */
#include "fixture.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

/* Whether this system has a list of protocols at all. */
static void need_protocols(void)
{
    if (getprotobyname("tcp") == NULL)
        skip_because("this system has no list of protocols");
}

static void need_networks(void)
{
    if (getnetbyname("loopback") == NULL)
        skip_because("this system has no list of networks");
}

/* --- Protocols ------------------------------------------------------------------------ */

static void common_protocols_are_found_by_name_and_by_number(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int number;
    } cases[] = {
        {"ip", IPPROTO_IP},     {"icmp", IPPROTO_ICMP},
        {"igmp", IPPROTO_IGMP}, {"tcp", IPPROTO_TCP},
        {"udp", IPPROTO_UDP},   {"ipv6", IPPROTO_IPV6},
        {"gre", IPPROTO_GRE},   {"esp", IPPROTO_ESP},
        {"ah", IPPROTO_AH},     {"ipv6-icmp", IPPROTO_ICMPV6},
        {"sctp", IPPROTO_SCTP},
    };
    need_protocols();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct protoent *protocol = getprotobyname(cases[i].name);
        if (protocol == NULL)
            fail_msg("no %s", cases[i].name);
        assert_string_equal(protocol->p_name, cases[i].name);
        assert_int_equal(protocol->p_proto, cases[i].number);
        protocol = getprotobynumber(cases[i].number);
        assert_non_null(protocol);
        assert_string_equal(protocol->p_name, cases[i].name);
    }
}

static void a_protocol_is_found_by_its_other_name(void **state)
{
    (void)state;
    need_protocols();
    struct protoent *protocol = getprotobyname("TCP");
    assert_non_null(protocol);
    assert_string_equal(protocol->p_name, "tcp");
    assert_string_equal(protocol->p_aliases[0], "TCP");
}

static void protocols_that_there_are_not_are_null(void **state)
{
    (void)state;
    assert_null(getprotobyname("no-such-protocol"));
    assert_null(getprotobyname(""));
    assert_null(getprotobynumber(254));
    assert_null(getprotobynumber(-1));
}

static void protocols_can_be_had_in_a_buffer(void **state)
{
    (void)state;
    struct protoent protocol;
    struct protoent *result = NULL;
    char buffer[512];
    need_protocols();
    assert_call(
        getprotobyname_r("udp", &protocol, buffer, sizeof buffer, &result), 0);
    assert_ptr_equal(result, &protocol);
    assert_int_equal(protocol.p_proto, IPPROTO_UDP);
    assert_call(getprotobynumber_r(IPPROTO_TCP, &protocol, buffer,
                                   sizeof buffer, &result),
                0);
    assert_string_equal(protocol.p_name, "tcp");
    assert_call(
        getprotobynumber_r(254, &protocol, buffer, sizeof buffer, &result), 0);
    assert_null(result);
    assert_call(getprotobyname_r("udp", &protocol, buffer, 2, &result), ERANGE);
    assert_null(result);
}

static void all_protocols_can_be_told_in_a_row_and_again(void **state)
{
    (void)state;
    need_protocols();
    for (int turn = 0; turn < 2; turn++) {
        int count = 0;
        struct protoent *protocol;
        setprotoent(0);
        while ((protocol = getprotoent()) != NULL)
            count += protocol->p_proto == IPPROTO_TCP;
        endprotoent();
        assert_int_equal(count, 1);
    }
}

/* --- Networks ------------------------------------------------------------------------- */

static void the_loopback_network_is_found(void **state)
{
    (void)state;
    need_networks();
    struct netent *network = getnetbyname("loopback");
    assert_string_equal(network->n_name, "loopback");
    assert_int_equal(network->n_addrtype, AF_INET);
    assert_int_equal(network->n_net, 0x7f000000);
    network = getnetbyaddr(0x7f000000, AF_INET);
    assert_non_null(network);
    assert_string_equal(network->n_name, "loopback");
}

static void networks_that_there_are_not_are_null(void **state)
{
    (void)state;
    h_errno = 0;
    assert_null(getnetbyname("no-such-network"));
    assert_int_not_equal(h_errno, 0);
}

static void networks_can_be_had_in_a_buffer(void **state)
{
    (void)state;
    struct netent network;
    struct netent *result = NULL;
    char buffer[512];
    int error = 77;
    need_networks();
    assert_call(getnetbyname_r("loopback", &network, buffer, sizeof buffer,
                               &result, &error),
                0);
    assert_ptr_equal(result, &network);
    assert_int_equal(network.n_net, 0x7f000000);
    assert_call(
        getnetbyname_r("loopback", &network, buffer, 2, &result, &error),
        ERANGE);
    assert_int_equal(error, NETDB_INTERNAL);
}

static void all_networks_can_be_told_in_a_row(void **state)
{
    (void)state;
    int count = 0;
    struct netent *network;
    need_networks();
    setnetent(0);
    while ((network = getnetent()) != NULL)
        count += strcmp(network->n_name, "loopback") == 0;
    endnetent();
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(common_protocols_are_found_by_name_and_by_number),
        claim(a_protocol_is_found_by_its_other_name),
        claim(protocols_that_there_are_not_are_null),
        claim(protocols_can_be_had_in_a_buffer),
        claim(all_protocols_can_be_told_in_a_row_and_again),
        claim(the_loopback_network_is_found),
        claim(networks_that_there_are_not_are_null),
        claim(networks_can_be_had_in_a_buffer),
        claim(all_networks_can_be_told_in_a_row),
    };
    return cmocka_run_group_tests_name("protocols", tests, NULL, NULL);
}
