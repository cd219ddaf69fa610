#include "fixture.h"

#include <string.h>

/* An address made of text that is known to be good. */
static psock_address made_of(const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    return address;
}

static psock_address unix_of(const char *path, size_t length)
{
    psock_address address;
    assert_result(psock_address_unix(path, length, &address), 0);
    return address;
}

/* The same for an abstract name, whose first byte is zero. */
static psock_address abstract_of(const char *name, size_t length)
{
    psock_address address;
    int result = psock_address_unix(name, length, &address);
    if (result == PSOCK_ENOTSUP)
        skip_because("this system has no abstract names");
    assert_result(result, 0);
    return address;
}

/* Fills an address with bytes that no address has, to see who writes to it. */
static psock_address untouched(void)
{
    psock_address address;
    memset(&address, 0xa5, sizeof address);
    return address;
}

static void assert_untouched(const psock_address *address)
{
    const psock_address expected = untouched();
    assert_memory_equal(address, &expected, sizeof expected);
}

static void assert_bytes(const psock_address *address, const void *expected,
                         size_t expected_length)
{
    size_t length = 0;
    const unsigned char *bytes = psock_address_bytes(address, &length);
    assert_int_equal(length, expected_length);
    assert_non_null(bytes);
    assert_memory_equal(bytes, expected, expected_length);
}

static void assert_no_bytes(const psock_address *address)
{
    size_t length = 99;
    assert_null(psock_address_bytes(address, &length));
    assert_int_equal(length, 0);
}

/* The next of a series that is the same in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const unsigned char ipv4_bytes[4] = {192, 0, 2, 7};
static const unsigned char ipv6_bytes[16] = {0x20, 1, 0x0d, 0xb8, [15] = 7};

/* --- IPv4 and IPv6 -------------------------------------------------------- */

static void ipv4_gives_back_what_it_was_made_of(void **state)
{
    psock_address address = untouched();
    (void)state;
    assert_result(psock_address_ipv4(ipv4_bytes, 8080, &address), 0);
    assert_int_equal(psock_address_family(&address), PSOCK_IPV4);
    assert_int_equal(psock_address_port(&address), 8080);
    assert_int_equal(psock_address_scope(&address), 0);
    assert_bytes(&address, ipv4_bytes, sizeof ipv4_bytes);
    assert_int_equal(address.reserved, 0);
}

static void ipv6_gives_back_what_it_was_made_of(void **state)
{
    psock_address address = untouched();
    (void)state;
    assert_result(psock_address_ipv6(ipv6_bytes, 65535, 4294967295, &address),
                  0);
    assert_int_equal(psock_address_family(&address), PSOCK_IPV6);
    assert_int_equal(psock_address_port(&address), 65535);
    assert_int_equal(psock_address_scope(&address), 4294967295);
    assert_bytes(&address, ipv6_bytes, sizeof ipv6_bytes);
    assert_int_equal(address.reserved, 0);
}

static void bytes_lie_inside_the_address(void **state)
{
    psock_address address = made_of("192.0.2.7:80");
    const unsigned char *bytes = psock_address_bytes(&address, NULL);
    (void)state;
    assert_true(bytes >= address.storage.bytes);
    assert_true(bytes + 4 <= address.storage.bytes + address.length);
}

static void address_can_be_remade_of_its_own_bytes(void **state)
{
    psock_address ipv4 = made_of("192.0.2.7:80");
    psock_address ipv6 = made_of("[2001:db8::7]:80");
    psock_address path = unix_of("/run/x", 6);
    const unsigned char *bytes = psock_address_bytes(&ipv4, NULL);
    (void)state;
    assert_result(psock_address_ipv4(bytes, 81, &ipv4), 0);
    assert_bytes(&ipv4, ipv4_bytes, sizeof ipv4_bytes);
    bytes = psock_address_bytes(&ipv6, NULL);
    assert_result(psock_address_ipv6(bytes, 81, 3, &ipv6), 0);
    assert_bytes(&ipv6, ipv6_bytes, sizeof ipv6_bytes);
    bytes = psock_address_bytes(&path, NULL);
    assert_result(psock_address_unix((const char *)bytes + 1, 5, &path), 0);
    assert_bytes(&path, "run/x", 5);
}

/* Among them the eight that sockaddr_in has for nothing. */
static void every_byte_in_use_is_set(void **state)
{
    psock_address clean = {.length = 0};
    psock_address dirty = untouched();
    (void)state;
    assert_result(psock_address_ipv4(ipv4_bytes, 80, &clean), 0);
    assert_result(psock_address_ipv4(ipv4_bytes, 80, &dirty), 0);
    assert_int_equal(dirty.length, clean.length);
    assert_memory_equal(&dirty, &clean, clean.length);
    assert_result(psock_address_ipv6(ipv6_bytes, 80, 3, &clean), 0);
    assert_result(psock_address_ipv6(ipv6_bytes, 80, 3, &dirty), 0);
    assert_int_equal(dirty.length, clean.length);
    assert_memory_equal(&dirty, &clean, clean.length);
}

static void any_address_is_all_zero(void **state)
{
    static const unsigned char zeros[16] = {0};
    psock_address address;
    (void)state;
    assert_result(psock_address_any(PSOCK_IPV4, 80, &address), 0);
    assert_bytes(&address, zeros, 4);
    assert_int_equal(psock_address_port(&address), 80);
    assert_result(psock_address_any(PSOCK_IPV6, 81, &address), 0);
    assert_bytes(&address, zeros, 16);
    assert_int_equal(psock_address_port(&address), 81);
    assert_int_equal(psock_address_scope(&address), 0);
}

static void loopback_address_is_the_first(void **state)
{
    static const unsigned char ipv4[4] = {127, 0, 0, 1};
    static const unsigned char ipv6[16] = {[15] = 1};
    psock_address address;
    (void)state;
    assert_result(psock_address_loopback(PSOCK_IPV4, 80, &address), 0);
    assert_bytes(&address, ipv4, 4);
    assert_int_equal(psock_address_port(&address), 80);
    assert_result(psock_address_loopback(PSOCK_IPV6, 81, &address), 0);
    assert_bytes(&address, ipv6, 16);
    assert_int_equal(psock_address_port(&address), 81);
}

static void families_without_special_addresses_are_refused(void **state)
{
    static const int families[] = {PSOCK_NONE, PSOCK_UNIX, 2, 10, 23, -1, 1000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        psock_address address = untouched();
        assert_result(psock_address_any(families[i], 80, &address),
                      PSOCK_EAFNOSUPPORT);
        assert_result(psock_address_loopback(families[i], 80, &address),
                      PSOCK_EAFNOSUPPORT);
        assert_untouched(&address);
    }
}

/* --- Ports ---------------------------------------------------------------- */

static void port_can_be_changed(void **state)
{
    static const char *const hosts[] = {"192.0.2.7:80", "[fe80::1%5]:80"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        const psock_address before = made_of(hosts[i]);
        psock_address address = before;
        assert_result(psock_address_set_port(&address, 65535), 0);
        assert_int_equal(psock_address_port(&address), 65535);
        assert_int_equal(psock_address_scope(&address),
                         psock_address_scope(&before));
        assert_true(psock_address_compare(&before, &address) < 0);
        assert_result(psock_address_set_port(&address, 80), 0);
        assert_int_equal(psock_address_compare(&before, &address), 0);
    }
}

static void families_without_ports_refuse_one(void **state)
{
    psock_address none = {.length = 0};
    psock_address path = unix_of("/run/x", 6);
    const psock_address before = path;
    (void)state;
    assert_result(psock_address_set_port(&none, 80), PSOCK_EAFNOSUPPORT);
    assert_result(psock_address_set_port(&path, 80), PSOCK_EAFNOSUPPORT);
    assert_memory_equal(&path, &before, sizeof path);
    assert_int_equal(psock_address_port(&path), 0);
}

/* --- Unix ----------------------------------------------------------------- */

static void path_gives_back_what_it_was_made_of(void **state)
{
    psock_address address = untouched();
    (void)state;
    assert_result(psock_address_unix("/run/x\xff", 7, &address), 0);
    assert_int_equal(psock_address_family(&address), PSOCK_UNIX);
    assert_int_equal(psock_address_port(&address), 0);
    assert_int_equal(psock_address_scope(&address), 0);
    assert_bytes(&address, "/run/x\xff", 7);
}

static void paths_fit_up_to_the_longest(void **state)
{
    char path[PSOCK_ADDRESS_PATH_MAX];
    (void)state;
    memset(path, 'p', sizeof path);
    for (size_t length = 1; length <= sizeof path; length++) {
        psock_address address = unix_of(path, length);
        assert_bytes(&address, path, length);
        assert_int_equal(psock_address_kind(&address), 0);
    }
}

static void path_too_long_is_refused(void **state)
{
    char path[2 * PSOCK_ADDRESS_PATH_MAX];
    psock_address address = untouched();
    (void)state;
    memset(path, 'p', sizeof path);
    for (size_t length = PSOCK_ADDRESS_PATH_MAX + 1; length <= sizeof path;
         length++)
        assert_result(psock_address_unix(path, length, &address),
                      PSOCK_ENAMETOOLONG);
    assert_untouched(&address);
}

static void path_with_a_zero_byte_inside_is_refused(void **state)
{
    psock_address address = untouched();
    (void)state;
    assert_result(psock_address_unix("/run\0x", 6, &address), PSOCK_EINVAL);
    assert_result(psock_address_unix("/run/x", 7, &address), PSOCK_EINVAL);
    assert_untouched(&address);
}

static void path_of_no_bytes_is_the_unnamed_address(void **state)
{
    psock_address address = untouched();
    (void)state;
    assert_result(psock_address_unix("", 0, &address), 0);
    assert_int_equal(psock_address_family(&address), PSOCK_UNIX);
    assert_no_bytes(&address);
    assert_int_equal(psock_address_kind(&address), PSOCK_ADDRESS_UNNAMED);
}

/* The zero byte is for systems that look for it, and counted for those that
 * look for it in the length. */
static void length_counts_the_zero_byte_of_a_path(void **state)
{
    const psock_address unnamed = unix_of("", 0);
    char path[PSOCK_ADDRESS_PATH_MAX];
    (void)state;
    memset(path, 'p', sizeof path);
    for (size_t length = 1; length <= sizeof path; length++) {
        const psock_address address = unix_of(path, length);
        assert_int_equal(address.length, unnamed.length + length + 1);
        assert_int_equal(address.storage.bytes[address.length - 1], 0);
    }
}

static void length_counts_no_zero_byte_behind_an_abstract_name(void **state)
{
    const psock_address unnamed = unix_of("", 0);
    const psock_address address = abstract_of("\0name", 5);
    (void)state;
    assert_int_equal(address.length, unnamed.length + 5);
}

/* Systems differ in whether a path's length counts its zero byte, none, or all
 * the room there is. */
static void path_is_the_same_whatever_its_length_counts(void **state)
{
    const psock_address exact = unix_of("/run/x", 6);
    psock_address address = exact;
    (void)state;
    memset(address.storage.bytes + exact.length, 0,
           sizeof address.storage - exact.length);
    for (uint32_t length = exact.length - 1; length <= 128; length++) {
        address.length = length;
        assert_bytes(&address, "/run/x", 6);
        assert_int_equal(psock_address_compare(&address, &exact), 0);
        assert_true(psock_address_hash(&address, 1) ==
                    psock_address_hash(&exact, 1));
    }
}

static void abstract_name_keeps_every_byte(void **state)
{
    static const char name[] = "\0name\0\xff\0";
    (void)state;
    for (size_t length = 1; length < sizeof name; length++) {
        psock_address address = abstract_of(name, length);
        assert_int_equal(psock_address_family(&address), PSOCK_UNIX);
        assert_bytes(&address, name, length);
        assert_int_equal(psock_address_kind(&address), PSOCK_ADDRESS_ABSTRACT);
    }
}

static void abstract_names_fit_up_to_the_longest(void **state)
{
    char name[PSOCK_ADDRESS_PATH_MAX + 2];
    psock_address address;
    (void)state;
    memset(name, 'n', sizeof name);
    name[0] = '\0';
    address = abstract_of(name, sizeof name - 1);
    assert_bytes(&address, name, sizeof name - 1);
    address = untouched();
    assert_result(psock_address_unix(name, sizeof name, &address),
                  PSOCK_ENAMETOOLONG);
    assert_untouched(&address);
}

static void abstract_name_is_made_or_refused_whole(void **state)
{
    psock_address address = untouched();
    int result = psock_address_unix("\0name", 5, &address);
    (void)state;
    if (result == PSOCK_ENOTSUP)
        assert_untouched(&address);
    else
        assert_result(result, 0);
}

static void abstract_name_path_and_unnamed_differ(void **state)
{
    const psock_address abstract_one = abstract_of("\0x", 2);
    const psock_address abstract_none = abstract_of("\0", 1);
    const psock_address path = unix_of("x", 1);
    const psock_address unnamed = unix_of("", 0);
    (void)state;
    assert_int_not_equal(psock_address_compare(&abstract_one, &path), 0);
    assert_int_not_equal(psock_address_compare(&abstract_one, &abstract_none),
                         0);
    assert_int_not_equal(psock_address_compare(&abstract_none, &unnamed), 0);
    assert_int_not_equal(psock_address_compare(&path, &unnamed), 0);
}

/* --- No address ----------------------------------------------------------- */

static void assert_none(const psock_address *address)
{
    assert_int_equal(psock_address_family(address), PSOCK_NONE);
    assert_int_equal(psock_address_port(address), 0);
    assert_int_equal(psock_address_scope(address), 0);
    assert_int_equal(psock_address_kind(address), 0);
    assert_no_bytes(address);
}

static void zeroed_address_is_none(void **state)
{
    psock_address address;
    (void)state;
    memset(&address, 0, sizeof address);
    assert_none(&address);
}

static void address_that_lies_about_its_length_is_none(void **state)
{
    static const char *const texts[] = {"192.0.2.7:80", "[2001:db8::7]:80"};
    static const uint32_t lengths[] = {0, 1, 2, 7, 15, 129, 0xffffffff};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (size_t j = 0; j < COUNT_OF(lengths); j++) {
            psock_address address = made_of(texts[i]);
            address.length = lengths[j];
            assert_none(&address);
        }
}

/* Whatever the bytes are, all that reads them stays within them. */
static void any_bytes_are_an_address_or_none(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        psock_address address;
        unsigned char *bytes = address.storage.bytes;
        char text[PSOCK_ADDRESS_TEXT_SIZE];
        for (size_t at = 0; at < sizeof address.storage; at++)
            bytes[at] = (unsigned char)next_random(&seed);
        bytes[0] = (unsigned char)(next_random(&seed) % 32);
        bytes[1] = (unsigned char)(next_random(&seed) % 4 == 0 ? bytes[0] : 0);
        address.length = (uint32_t)(next_random(&seed) % 140);
        assert_true(psock_address_format(&address, 0, text, sizeof text) >= 0);
        assert_int_equal(psock_address_compare(&address, &address), 0);
        assert_true(psock_address_kind(&address) < 1024);
    }
}

static void null_pointers_are_answered(void **state)
{
    psock_address address = untouched();
    (void)state;
    assert_result(psock_address_ipv4(NULL, 0, &address), PSOCK_EFAULT);
    assert_result(psock_address_ipv6(NULL, 0, 0, &address), PSOCK_EFAULT);
    assert_result(psock_address_unix(NULL, 0, &address), PSOCK_EFAULT);
    assert_result(psock_address_unmap(NULL, &address), PSOCK_EFAULT);
    assert_untouched(&address);
    assert_result(psock_address_ipv4(ipv4_bytes, 0, NULL), PSOCK_EFAULT);
    assert_result(psock_address_ipv6(ipv6_bytes, 0, 0, NULL), PSOCK_EFAULT);
    assert_result(psock_address_unix("x", 1, NULL), PSOCK_EFAULT);
    assert_result(psock_address_unmap(&address, NULL), PSOCK_EFAULT);
    assert_result(psock_address_any(PSOCK_IPV4, 0, NULL), PSOCK_EFAULT);
    assert_result(psock_address_loopback(PSOCK_IPV4, 0, NULL), PSOCK_EFAULT);
    assert_result(psock_address_set_port(NULL, 0), PSOCK_EFAULT);
}

static void null_address_is_none(void **state)
{
    const psock_address none = {.length = 0};
    const psock_address some = made_of("0.0.0.0");
    (void)state;
    assert_none(NULL);
    assert_null(psock_address_bytes(NULL, NULL));
    assert_int_equal(psock_address_compare(NULL, NULL), 0);
    assert_int_equal(psock_address_compare(NULL, &none), 0);
    assert_true(psock_address_compare(NULL, &some) < 0);
    assert_true(psock_address_compare(&some, NULL) > 0);
    assert_true(psock_address_hash(NULL, 9) == psock_address_hash(&none, 9));
}

/* --- Mapped addresses ----------------------------------------------------- */

static void mapped_address_is_unmapped(void **state)
{
    const psock_address mapped = made_of("[::ffff:192.0.2.7%3]:80");
    const psock_address expected = made_of("192.0.2.7:80");
    psock_address address = untouched();
    (void)state;
    assert_result(psock_address_unmap(&mapped, &address), 0);
    assert_int_equal(psock_address_compare(&address, &expected), 0);
}

static void address_can_be_unmapped_in_place(void **state)
{
    psock_address address = made_of("[::ffff:192.0.2.7]:80");
    const psock_address expected = made_of("192.0.2.7:80");
    (void)state;
    assert_result(psock_address_unmap(&address, &address), 0);
    assert_int_equal(psock_address_compare(&address, &expected), 0);
    assert_result(psock_address_unmap(&address, &address), 0);
    assert_int_equal(psock_address_compare(&address, &expected), 0);
}

static void other_addresses_are_unmapped_as_they_are(void **state)
{
    static const char *const texts[] = {"192.0.2.7:80",
                                        "[::192.0.2.7]:80",
                                        "[::fffe:192.0.2.7]:80",
                                        "[::ffff:0:0:1]:80",
                                        "[::1]:80",
                                        "[fe80::1%2]:80",
                                        "unix:/run/x",
                                        "unix:"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const psock_address from = made_of(texts[i]);
        psock_address to = untouched();
        assert_result(psock_address_unmap(&from, &to), 0);
        assert_int_equal(to.length, from.length);
        assert_memory_equal(to.storage.bytes, from.storage.bytes, from.length);
    }
}

/* --- Kinds ---------------------------------------------------------------- */

static const struct {
    const char *text;
    unsigned kind;
} kinds[] = {
    {"0.0.0.0", PSOCK_ADDRESS_ANY},
    {"0.0.0.1", 0},
    {"9.255.255.255", 0},
    {"10.0.0.0", PSOCK_ADDRESS_PRIVATE},
    {"10.255.255.255", PSOCK_ADDRESS_PRIVATE},
    {"11.0.0.0", 0},
    {"126.255.255.255", 0},
    {"127.0.0.0", PSOCK_ADDRESS_LOOPBACK},
    {"127.255.255.255", PSOCK_ADDRESS_LOOPBACK},
    {"128.0.0.0", 0},
    {"169.253.255.255", 0},
    {"169.254.0.0", PSOCK_ADDRESS_LINK_LOCAL},
    {"169.254.255.255", PSOCK_ADDRESS_LINK_LOCAL},
    {"169.255.0.0", 0},
    {"172.15.255.255", 0},
    {"172.16.0.0", PSOCK_ADDRESS_PRIVATE},
    {"172.31.255.255", PSOCK_ADDRESS_PRIVATE},
    {"172.32.0.0", 0},
    {"192.0.1.255", 0},
    {"192.0.2.0", PSOCK_ADDRESS_DOCUMENTATION},
    {"192.0.2.255", PSOCK_ADDRESS_DOCUMENTATION},
    {"192.0.3.0", 0},
    {"192.167.255.255", 0},
    {"192.168.0.0", PSOCK_ADDRESS_PRIVATE},
    {"192.168.255.255", PSOCK_ADDRESS_PRIVATE},
    {"192.169.0.0", 0},
    {"198.51.99.255", 0},
    {"198.51.100.0", PSOCK_ADDRESS_DOCUMENTATION},
    {"198.51.100.255", PSOCK_ADDRESS_DOCUMENTATION},
    {"198.51.101.0", 0},
    {"203.0.112.255", 0},
    {"203.0.113.0", PSOCK_ADDRESS_DOCUMENTATION},
    {"203.0.113.255", PSOCK_ADDRESS_DOCUMENTATION},
    {"203.0.114.0", 0},
    {"223.255.255.255", 0},
    {"224.0.0.0", PSOCK_ADDRESS_MULTICAST},
    {"239.255.255.255", PSOCK_ADDRESS_MULTICAST},
    {"240.0.0.0", 0},
    {"255.255.255.254", 0},
    {"255.255.255.255", PSOCK_ADDRESS_BROADCAST},
    {"::", PSOCK_ADDRESS_ANY},
    {"::1", PSOCK_ADDRESS_LOOPBACK},
    {"::2", 0},
    {"1::", 0},
    {"::127.0.0.1", 0},
    {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    {"2001:db8::", PSOCK_ADDRESS_DOCUMENTATION},
    {"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", PSOCK_ADDRESS_DOCUMENTATION},
    {"2001:db9::", 0},
    {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    {"3fff::", PSOCK_ADDRESS_DOCUMENTATION},
    {"3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", PSOCK_ADDRESS_DOCUMENTATION},
    {"3fff:1000::", 0},
    {"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    {"fc00::", PSOCK_ADDRESS_PRIVATE},
    {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PSOCK_ADDRESS_PRIVATE},
    {"fe00::", 0},
    {"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    {"fe80::", PSOCK_ADDRESS_LINK_LOCAL},
    {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PSOCK_ADDRESS_LINK_LOCAL},
    {"fec0::", 0},
    {"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    {"ff00::", PSOCK_ADDRESS_MULTICAST},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PSOCK_ADDRESS_MULTICAST},
    {"::fffe:255.255.255.255", 0},
    {"::ffff:0.0.0.0", PSOCK_ADDRESS_V4_MAPPED | PSOCK_ADDRESS_ANY},
    {"::ffff:8.8.8.8", PSOCK_ADDRESS_V4_MAPPED},
    {"::ffff:10.1.2.3", PSOCK_ADDRESS_V4_MAPPED | PSOCK_ADDRESS_PRIVATE},
    {"::ffff:127.0.0.1", PSOCK_ADDRESS_V4_MAPPED | PSOCK_ADDRESS_LOOPBACK},
    {"::ffff:255.255.255.255",
     PSOCK_ADDRESS_V4_MAPPED | PSOCK_ADDRESS_BROADCAST},
    {"::1:0:0:0", 0},
    {"unix:/run/x", 0},
    {"unix:", PSOCK_ADDRESS_UNNAMED},
};

static void kinds_end_where_their_blocks_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        psock_address address = made_of(kinds[i].text);
        if (psock_address_kind(&address) != kinds[i].kind)
            fail_msg("%s is of kind %#x, not %#x", kinds[i].text,
                     psock_address_kind(&address), kinds[i].kind);
    }
}

/* --- Order ---------------------------------------------------------------- */

/* In the order that address.h promises within a family. */
static const char *const ipv4_in_order[] = {
    "0.0.0.0:0", "0.0.0.0:1",   "0.0.0.0:256",  "0.0.0.1:0",
    "1.0.0.0:0", "127.0.0.1:0", "128.0.0.0:80", "255.255.255.255:0"};

static const char *const ipv6_in_order[] = {
    "[::]:0",  "[::%1]:0",    "[::%256]:0", "[::]:1",     "[::]:256",
    "[::1]:0", "[::1:0:0]:0", "[1::]:0",    "[fe80::]:0", "[ff00::]:0"};

static const char *const paths_in_order[] = {
    "unix:",      "unix:!",   "unix:/", "unix:/a",
    "unix:/a%01", "unix:/aa", "unix:/b"};

static void assert_order(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            const psock_address a = made_of(texts[i]);
            const psock_address b = made_of(texts[j]);
            const int result = psock_address_compare(&a, &b);
            assert_int_equal((result > 0) - (result < 0), (i > j) - (i < j));
        }
}

static void addresses_are_ordered_by_bytes_then_port_then_scope(void **state)
{
    (void)state;
    assert_order(ipv4_in_order, COUNT_OF(ipv4_in_order));
    assert_order(ipv6_in_order, COUNT_OF(ipv6_in_order));
    assert_order(paths_in_order, COUNT_OF(paths_in_order));
}

enum {
    SAMPLE = 90
};

/* Few values for each part, so that many are equal in some of them. */
static psock_address random_address(uint64_t *seed)
{
    const uint64_t random = next_random(seed);
    const unsigned char bytes[16] = {[3] = random & 1, [15] = random >> 1 & 1};
    const uint16_t port = random >> 2 & 1;
    const uint32_t scope = random >> 3 & 1;
    psock_address address = {.length = 0};
    if ((random >> 4 & 3) == 1)
        assert_result(psock_address_ipv4(bytes, port, &address), 0);
    if ((random >> 4 & 3) == 2)
        assert_result(psock_address_ipv6(bytes, port, scope, &address), 0);
    if ((random >> 4 & 3) == 3)
        assert_result(psock_address_unix("aab", random >> 6 & 3, &address), 0);
    return address;
}

static void make_sample(psock_address *sample)
{
    uint64_t seed = 2;
    for (size_t i = 0; i < SAMPLE; i++)
        sample[i] = random_address(&seed);
}

static void order_is_the_reverse_the_other_way_round(void **state)
{
    psock_address sample[SAMPLE];
    (void)state;
    make_sample(sample);
    for (size_t i = 0; i < SAMPLE; i++)
        for (size_t j = 0; j < SAMPLE; j++) {
            const int there = psock_address_compare(&sample[i], &sample[j]);
            const int back = psock_address_compare(&sample[j], &sample[i]);
            assert_int_equal((there > 0) - (there < 0),
                             (back < 0) - (back > 0));
        }
}

static void order_is_transitive(void **state)
{
    psock_address s[SAMPLE];
    (void)state;
    make_sample(s);
    for (size_t i = 0; i < SAMPLE; i++)
        for (size_t j = 0; j < SAMPLE; j++)
            for (size_t k = 0; k < SAMPLE; k++)
                if (psock_address_compare(&s[i], &s[j]) <= 0 &&
                    psock_address_compare(&s[j], &s[k]) <= 0)
                    assert_true(psock_address_compare(&s[i], &s[k]) <= 0);
}

/* --- Hashes --------------------------------------------------------------- */

static void equal_addresses_have_equal_hashes(void **state)
{
    psock_address sample[SAMPLE];
    (void)state;
    make_sample(sample);
    for (size_t i = 0; i < SAMPLE; i++)
        for (size_t j = 0; j < SAMPLE; j++) {
            const _Bool equal =
                psock_address_compare(&sample[i], &sample[j]) == 0;
            assert_true((psock_address_hash(&sample[i], 5) ==
                         psock_address_hash(&sample[j], 5)) == equal);
        }
}

static void assert_hashed_apart(const psock_address *changed,
                                const psock_address *address)
{
    assert_int_not_equal(psock_address_compare(changed, address), 0);
    assert_true(psock_address_hash(changed, 5) !=
                psock_address_hash(address, 5));
}

static void every_bit_of_ipv4_changes_the_hash(void **state)
{
    const psock_address address = made_of("192.0.2.7:80");
    psock_address changed;
    (void)state;
    for (unsigned bit = 0; bit < 32; bit++) {
        unsigned char bytes[4];
        memcpy(bytes, ipv4_bytes, sizeof bytes);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_result(psock_address_ipv4(bytes, 80, &changed), 0);
        assert_hashed_apart(&changed, &address);
    }
    for (unsigned bit = 0; bit < 16; bit++) {
        const uint16_t port = (uint16_t)(80 ^ 1u << bit);
        assert_result(psock_address_ipv4(ipv4_bytes, port, &changed), 0);
        assert_hashed_apart(&changed, &address);
    }
}

static void every_bit_of_ipv6_changes_the_hash(void **state)
{
    const psock_address address = made_of("[2001:db8::7%1]:80");
    psock_address changed;
    (void)state;
    for (unsigned bit = 0; bit < 128; bit++) {
        unsigned char bytes[16];
        memcpy(bytes, ipv6_bytes, sizeof bytes);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_result(psock_address_ipv6(bytes, 80, 1, &changed), 0);
        assert_hashed_apart(&changed, &address);
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        const uint32_t scope = 1 ^ UINT32_C(1) << bit;
        assert_result(psock_address_ipv6(ipv6_bytes, 80, scope, &changed), 0);
        assert_hashed_apart(&changed, &address);
    }
}

static void every_byte_of_a_path_changes_the_hash(void **state)
{
    char path[PSOCK_ADDRESS_PATH_MAX];
    psock_address address;
    (void)state;
    memset(path, 'p', sizeof path);
    address = unix_of(path, sizeof path);
    for (size_t at = 0; at < sizeof path; at++) {
        path[at] = 'q';
        const psock_address changed = unix_of(path, sizeof path);
        assert_hashed_apart(&changed, &address);
        path[at] = 'p';
    }
}

static void hash_does_not_see_what_is_no_part_of_the_address(void **state)
{
    psock_address clean = {.length = 0};
    psock_address dirty = untouched();
    (void)state;
    assert_result(psock_address_ipv6(ipv6_bytes, 80, 3, &clean), 0);
    assert_result(psock_address_ipv6(ipv6_bytes, 80, 3, &dirty), 0);
    assert_int_equal(psock_address_compare(&clean, &dirty), 0);
    assert_true(psock_address_hash(&clean, 5) == psock_address_hash(&dirty, 5));
}

static void seed_changes_every_hash(void **state)
{
    const psock_address address = made_of("[2001:db8::7]:80");
    const uint64_t unseeded = psock_address_hash(&address, 0);
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++)
        assert_true(psock_address_hash(&address, UINT64_C(1) << bit) !=
                    unseeded);
}

enum {
    BUCKETS = 65536
};

/* Counts a hash by the 16 bits of it that a table would take. */
static void count_hash(unsigned char *buckets, uint64_t hash, unsigned shift)
{
    unsigned char *bucket = &buckets[hash >> shift & (BUCKETS - 1)];
    if (*bucket < 255)
        ++*bucket;
}

/* Of as many hashes as buckets, chance leaves 36.8 % of the buckets empty and
 * puts about 8 in the fullest. */
static void assert_well_spread(const unsigned char *buckets)
{
    size_t empty = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        assert_in_range(buckets[i], 0, 14);
        empty += buckets[i] == 0;
    }
    assert_in_range(empty, BUCKETS * 35 / 100, BUCKETS * 39 / 100);
}

/* Makes the i-th of a row of addresses such as tables see. */
typedef psock_address made_in_row(unsigned i);

static psock_address host_in_row(unsigned i)
{
    const unsigned char bytes[4] = {10, 0, (unsigned char)(i >> 8),
                                    (unsigned char)i};
    psock_address address;
    assert_result(psock_address_ipv4(bytes, 443, &address), 0);
    return address;
}

static psock_address port_in_row(unsigned i)
{
    psock_address address;
    assert_result(psock_address_loopback(PSOCK_IPV4, (uint16_t)i, &address), 0);
    return address;
}

static psock_address network_in_row(unsigned i)
{
    unsigned char bytes[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};
    psock_address address;
    bytes[4] = (unsigned char)(i >> 8);
    bytes[5] = (unsigned char)i;
    assert_result(psock_address_ipv6(bytes, 443, 0, &address), 0);
    return address;
}

static psock_address path_in_row(unsigned i)
{
    char path[] = "/run/psock/client-aaaa.sock";
    for (size_t at = 18; at < 22; at++, i >>= 4)
        path[at] = (char)('a' + (i & 15));
    return unix_of(path, sizeof path - 1);
}

static void assert_row_well_spread(made_in_row *make, unsigned shift)
{
    static unsigned char buckets[BUCKETS];
    memset(buckets, 0, sizeof buckets);
    for (unsigned i = 0; i < BUCKETS; i++) {
        const psock_address address = make(i);
        count_hash(buckets, psock_address_hash(&address, 77), shift);
    }
    assert_well_spread(buckets);
}

static void hashes_are_well_spread(void **state)
{
    static made_in_row *const all[] = {host_in_row, port_in_row, network_in_row,
                                       path_in_row};
    static const unsigned shifts[] = {0, 24, 48};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all); i++)
        for (size_t j = 0; j < COUNT_OF(shifts); j++)
            assert_row_well_spread(all[i], shifts[j]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_gives_back_what_it_was_made_of),
        cmocka_unit_test(ipv6_gives_back_what_it_was_made_of),
        cmocka_unit_test(bytes_lie_inside_the_address),
        cmocka_unit_test(address_can_be_remade_of_its_own_bytes),
        cmocka_unit_test(every_byte_in_use_is_set),
        cmocka_unit_test(any_address_is_all_zero),
        cmocka_unit_test(loopback_address_is_the_first),
        cmocka_unit_test(families_without_special_addresses_are_refused),
        cmocka_unit_test(port_can_be_changed),
        cmocka_unit_test(families_without_ports_refuse_one),
        cmocka_unit_test(path_gives_back_what_it_was_made_of),
        cmocka_unit_test(paths_fit_up_to_the_longest),
        cmocka_unit_test(path_too_long_is_refused),
        cmocka_unit_test(path_with_a_zero_byte_inside_is_refused),
        cmocka_unit_test(path_of_no_bytes_is_the_unnamed_address),
        cmocka_unit_test(length_counts_the_zero_byte_of_a_path),
        cmocka_unit_test(length_counts_no_zero_byte_behind_an_abstract_name),
        cmocka_unit_test(path_is_the_same_whatever_its_length_counts),
        cmocka_unit_test(abstract_name_keeps_every_byte),
        cmocka_unit_test(abstract_names_fit_up_to_the_longest),
        cmocka_unit_test(abstract_name_is_made_or_refused_whole),
        cmocka_unit_test(abstract_name_path_and_unnamed_differ),
        cmocka_unit_test(zeroed_address_is_none),
        cmocka_unit_test(address_that_lies_about_its_length_is_none),
        cmocka_unit_test(any_bytes_are_an_address_or_none),
        cmocka_unit_test(null_pointers_are_answered),
        cmocka_unit_test(null_address_is_none),
        cmocka_unit_test(mapped_address_is_unmapped),
        cmocka_unit_test(address_can_be_unmapped_in_place),
        cmocka_unit_test(other_addresses_are_unmapped_as_they_are),
        cmocka_unit_test(kinds_end_where_their_blocks_end),
        cmocka_unit_test(addresses_are_ordered_by_bytes_then_port_then_scope),
        cmocka_unit_test(order_is_the_reverse_the_other_way_round),
        cmocka_unit_test(order_is_transitive),
        cmocka_unit_test(equal_addresses_have_equal_hashes),
        cmocka_unit_test(every_bit_of_ipv4_changes_the_hash),
        cmocka_unit_test(every_bit_of_ipv6_changes_the_hash),
        cmocka_unit_test(every_byte_of_a_path_changes_the_hash),
        cmocka_unit_test(hash_does_not_see_what_is_no_part_of_the_address),
        cmocka_unit_test(seed_changes_every_hash),
        cmocka_unit_test(hashes_are_well_spread),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
