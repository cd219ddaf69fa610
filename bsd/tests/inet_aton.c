/* inet_aton.c: inet_aton() and the other old functions of IPv4. */
#include "fixture.h"

#include <arpa/inet.h>
#include <netinet/ether.h>
#include <string.h>

static void assert_aton(const char *text, uint32_t expected)
{
    struct in_addr address;
    address.s_addr = 0xa5a5a5a5;
    if (inet_aton(text, &address) != 1)
        fail_msg("\"%s\" was refused", text);
    if (ntohl(address.s_addr) != expected)
        fail_msg("\"%s\" is %08x", text, (unsigned)ntohl(address.s_addr));
    assert_int_equal(inet_addr(text), htonl(expected));
}

static void parts_may_be_left_out_and_be_of_other_bases(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t address;
    } cases[] = {
        {"127.0.0.1", 0x7f000001},
        {"127.1", 0x7f000001},
        {"127.0.1", 0x7f000001},
        {"1", 1},
        {"0", 0},
        {"2130706433", 0x7f000001},
        {"0x7f000001", 0x7f000001},
        {"0X7F.1", 0x7f000001},
        {"017700000001", 0x7f000001},
        {"0177.1", 0x7f000001},
        {"10.0x10.020.1", 0x0a101001},
        {"1.65535", 0x0100ffff},
        {"1.16777215", 0x01ffffff},
        {"1.2.65535", 0x0102ffff},
        {"4294967295", 0xffffffff},
        {"255.255.255.255", 0xffffffff},
        {"1.2.3.4 ", 0x01020304},
        {"1.2.3.4 and more", 0x01020304},
        {"1.2.3.4\t", 0x01020304},
        {"1.2.3.4\n", 0x01020304},
        {"00.0.0.0", 0},
        {"010.0.0.1", 0x08000001},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_aton(cases[i].text, cases[i].address);
}

static void what_is_no_address_is_refused_and_writes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           " ",           " 1.2.3.4",
        "x",          "1.2.3.4x",    "1.2.3.",
        ".1.2.3",     "1..2",        "1.2.3.4.",
        "1.2.3.4.5",  "256.1.1.1",   "1.256.1.1",
        "1.2.3.256",  "1.16777216",  "1.2.65536",
        "4294967296", "08",          "1.2.3.09",
        "0x",         "0xg",         "-1",
        "+1",         "1.2.3.4:80",  "::1",
        "1.2.3.-4",   "0x100000000", "99999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct in_addr address;
        address.s_addr = 0xa5a5a5a5;
        if (inet_aton(texts[i], &address) != 0)
            fail_msg("\"%s\" was read", texts[i]);
        assert_int_equal(address.s_addr, 0xa5a5a5a5);
        assert_int_equal(inet_addr(texts[i]), INADDR_NONE);
    }
}

static void inet_ntoa_writes_four_parts(void **state)
{
    (void)state;
    struct in_addr address;
    address.s_addr = htonl(0xc0000207);
    assert_string_equal(inet_ntoa(address), "192.0.2.7");
    address.s_addr = INADDR_NONE;
    assert_string_equal(inet_ntoa(address), "255.255.255.255");
}

static void *write_another(void *context)
{
    (void)context;
    struct in_addr address;
    address.s_addr = htonl(0x0a000001);
    assert_string_equal(inet_ntoa(address), "10.0.0.1");
    return NULL;
}

static void inet_ntoa_of_another_thread_leaves_the_text_alone(void **state)
{
    (void)state;
    struct in_addr address;
    address.s_addr = htonl(0xc0000207);
    char *text = inet_ntoa(address);
    finish(begin(write_another, NULL));
    assert_string_equal(text, "192.0.2.7");
}

static void inet_network_puts_bytes_in_a_row(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        in_addr_t network;
    } cases[] = {
        {"127", 127},
        {"10.1", 0x0a01},
        {"192.0.2", 0xc00002},
        {"1.2.3.4", 0x01020304},
        {"0x7f.0x1", 0x7f01},
        {"010.1", 0x0801},
        {"0", 0},
        {"1.2 ", 0x0102},
        {"", INADDR_NONE},
        {"256", INADDR_NONE},
        {"1.2.3.4.5", INADDR_NONE},
        {"1.x", INADDR_NONE},
        {"1 2", INADDR_NONE},
        {"08", INADDR_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (inet_network(cases[i].text) != cases[i].network)
            fail_msg("\"%s\" is %08x", cases[i].text,
                     (unsigned)inet_network(cases[i].text));
}

static void assert_parts(uint32_t address, in_addr_t network, in_addr_t host)
{
    struct in_addr whole;
    whole.s_addr = htonl(address);
    assert_int_equal(inet_netof(whole), network);
    assert_int_equal(inet_lnaof(whole), host);
    assert_int_equal(inet_makeaddr(network, host).s_addr, whole.s_addr);
}

static void addresses_are_taken_apart_and_put_together_by_class(void **state)
{
    (void)state;
    assert_parts(0x7f000001, 127, 1);
    assert_parts(0x0a123456, 10, 0x123456);
    assert_parts(0xac100203, 0xac10, 0x0203);
    assert_parts(0xc0000207, 0xc00002, 7);
}

static void ether_addresses_are_written_and_read(void **state)
{
    (void)state;
    struct ether_addr address;
    assert_ptr_equal(ether_aton_r("02:fc:0:A:bB:1", &address), &address);
    assert_memory_equal(&address, "\x02\xfc\x00\x0a\xbb\x01", 6);
    char text[32];
    assert_ptr_equal(ether_ntoa_r(&address, text), text);
    assert_string_equal(text, "2:fc:0:a:bb:1");
    assert_string_equal(ether_ntoa(&address), "2:fc:0:a:bb:1");
    assert_memory_equal(ether_aton("ff:ff:ff:ff:ff:ff"),
                        "\xff\xff\xff\xff\xff\xff", 6);
}

static void what_is_no_ether_address_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",          "1:2:3:4:5", "1:2:3:4:5:", "g:2:3:4:5:6", "1-2-3-4-5-6",
        "1:2:3:4::6"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_null(ether_aton(texts[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(parts_may_be_left_out_and_be_of_other_bases),
        claim(what_is_no_address_is_refused_and_writes_nothing),
        claim(inet_ntoa_writes_four_parts),
        claim(inet_ntoa_of_another_thread_leaves_the_text_alone),
        claim(inet_network_puts_bytes_in_a_row),
        claim(addresses_are_taken_apart_and_put_together_by_class),
        claim(ether_addresses_are_written_and_read),
        claim(what_is_no_ether_address_is_refused),
    };
    return cmocka_run_group_tests_name("inet_aton", tests, NULL, NULL);
}
