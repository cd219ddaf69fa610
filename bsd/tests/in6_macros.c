/* in6_macros.c: IN6_IS_ADDR_... and the like of <netinet/in.h>. */
#include "fixture.h"

#include <arpa/inet.h>
#include <string.h>

enum kind {
    UNSPECIFIED = 1 << 0,
    LOOPBACK = 1 << 1,
    MULTICAST = 1 << 2,
    LINKLOCAL = 1 << 3,
    SITELOCAL = 1 << 4,
    V4MAPPED = 1 << 5,
    V4COMPAT = 1 << 6,
    MC_NODELOCAL = 1 << 7,
    MC_LINKLOCAL = 1 << 8,
    MC_SITELOCAL = 1 << 9,
    MC_ORGLOCAL = 1 << 10,
    MC_GLOBAL = 1 << 11
};

static int kind_of(const struct in6_addr *a)
{
    return (IN6_IS_ADDR_UNSPECIFIED(a) ? UNSPECIFIED : 0) |
           (IN6_IS_ADDR_LOOPBACK(a) ? LOOPBACK : 0) |
           (IN6_IS_ADDR_MULTICAST(a) ? MULTICAST : 0) |
           (IN6_IS_ADDR_LINKLOCAL(a) ? LINKLOCAL : 0) |
           (IN6_IS_ADDR_SITELOCAL(a) ? SITELOCAL : 0) |
           (IN6_IS_ADDR_V4MAPPED(a) ? V4MAPPED : 0) |
           (IN6_IS_ADDR_V4COMPAT(a) ? V4COMPAT : 0) |
           (IN6_IS_ADDR_MC_NODELOCAL(a) ? MC_NODELOCAL : 0) |
           (IN6_IS_ADDR_MC_LINKLOCAL(a) ? MC_LINKLOCAL : 0) |
           (IN6_IS_ADDR_MC_SITELOCAL(a) ? MC_SITELOCAL : 0) |
           (IN6_IS_ADDR_MC_ORGLOCAL(a) ? MC_ORGLOCAL : 0) |
           (IN6_IS_ADDR_MC_GLOBAL(a) ? MC_GLOBAL : 0);
}

static void each_address_is_of_its_kind_only(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int kind;
    } cases[] = {
        {"::", UNSPECIFIED},
        {"::1", LOOPBACK},
        {"::2", V4COMPAT},
        {"::192.0.2.7", V4COMPAT},
        {"::ffff:192.0.2.7", V4MAPPED},
        {"::fffe:192.0.2.7", 0},
        {"fe80::1", LINKLOCAL},
        {"febf:ffff::1", LINKLOCAL},
        {"fec0::1", SITELOCAL},
        {"feff::1", SITELOCAL},
        {"ff00::1", MULTICAST},
        {"ff01::1", MULTICAST | MC_NODELOCAL},
        {"ff02::1", MULTICAST | MC_LINKLOCAL},
        {"ff15::1", MULTICAST | MC_SITELOCAL},
        {"ff08::1", MULTICAST | MC_ORGLOCAL},
        {"ff0e::1", MULTICAST | MC_GLOBAL},
        {"2001:db8::1", 0},
        {"fc00::1", 0},
        {"1::", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct in6_addr address;
        assert_call(inet_pton(AF_INET6, cases[i].text, &address), 1);
        if (kind_of(&address) != cases[i].kind)
            fail_msg("%s is of %x", cases[i].text, (unsigned)kind_of(&address));
    }
}

static void equal_addresses_are_equal_in_every_byte(void **state)
{
    (void)state;
    struct in6_addr a = in6addr_loopback;
    struct in6_addr b = in6addr_loopback;
    assert_true(IN6_ARE_ADDR_EQUAL(&a, &b));
    for (int i = 0; i < 16; i++) {
        b = a;
        b.s6_addr[i] ^= 0x80;
        assert_false(IN6_ARE_ADDR_EQUAL(&a, &b));
    }
}

static void the_objects_are_what_the_initializers_say(void **state)
{
    (void)state;
    struct in6_addr any = IN6ADDR_ANY_INIT;
    struct in6_addr loopback_address = IN6ADDR_LOOPBACK_INIT;
    assert_memory_equal(&any, &in6addr_any, 16);
    assert_memory_equal(&loopback_address, &in6addr_loopback, 16);
    assert_memory_equal(&in6addr_any, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_int_equal(in6addr_loopback.s6_addr[15], 1);
    assert_int_equal(in6addr_loopback.s6_addr32[3], htonl(1));
    assert_int_equal(in6addr_loopback.s6_addr16[7], htons(1));
}

static void structures_have_the_sizes_that_travel(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct in_addr), 4);
    assert_int_equal(sizeof(struct in6_addr), 16);
    assert_int_equal(sizeof(struct sockaddr), 16);
    assert_int_equal(sizeof(struct sockaddr_in), 16);
    assert_int_equal(sizeof(struct sockaddr_in6), 28);
    assert_int_equal(sizeof(struct sockaddr_storage), 128);
    assert_int_equal(offsetof(struct sockaddr_in, sin_port), 2);
    assert_int_equal(offsetof(struct sockaddr_in, sin_addr), 4);
    assert_int_equal(offsetof(struct sockaddr_in6, sin6_addr), 8);
    assert_int_equal(offsetof(struct sockaddr_in6, sin6_scope_id), 24);
}

static void ipv4_has_classes_and_groups(void **state)
{
    (void)state;
    assert_true(IN_CLASSA(0x0a000001));
    assert_true(IN_CLASSB(0xac100001));
    assert_true(IN_CLASSC(0xc0a80001));
    assert_true(IN_CLASSD(0xe0000001));
    assert_true(IN_MULTICAST(INADDR_ALLHOSTS_GROUP));
    assert_false(IN_MULTICAST(INADDR_LOOPBACK));
    assert_true(IN_BADCLASS(0xf0000001));
    assert_int_equal(INADDR_ANY, 0);
    assert_int_equal(INADDR_BROADCAST, 0xffffffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(each_address_is_of_its_kind_only),
        claim(equal_addresses_are_equal_in_every_byte),
        claim(the_objects_are_what_the_initializers_say),
        claim(structures_have_the_sizes_that_travel),
        claim(ipv4_has_classes_and_groups),
    };
    return cmocka_run_group_tests_name("in6_macros", tests, NULL, NULL);
}
