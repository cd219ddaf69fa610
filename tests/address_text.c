#include "fixture.h"

#include <stdio.h>
#include <string.h>

static psock_address untouched(void)
{
    psock_address address;
    memset(&address, 0xa5, sizeof address);
    return address;
}

/* Checks that `text` is refused for a reason, and nothing is written. */
static void assert_refused(const char *text, int reason)
{
    const psock_address expected = untouched();
    psock_address address = untouched();
    const int result = psock_address_parse(text, &address);
    if (result != reason)
        fail_msg("\"%s\" gives %s, not %s", text, psock_error_name(result),
                 psock_error_name(reason));
    assert_memory_equal(&address, &expected, sizeof expected);
}

/* The same for many, with bars between them. */
static void assert_all_refused(const char *texts, int reason)
{
    for (; texts != NULL; texts = strchr(texts, '|')) {
        char text[64] = {0};
        texts += *texts == '|';
        memcpy(text, texts, strcspn(texts, "|"));
        assert_refused(text, reason);
    }
}

static psock_address parsed(const char *text)
{
    psock_address address;
    const int result = psock_address_parse(text, &address);
    if (result != 0)
        fail_msg("\"%s\" gives %s", text, psock_error_name(result));
    return address;
}

/* Checks that `text` is read, and written again as `canonical`. */
static void assert_rewritten(const char *text, const char *canonical)
{
    const psock_address address = parsed(text);
    char written[PSOCK_ADDRESS_TEXT_SIZE];
    assert_int_equal(psock_address_format(&address, 0, written, sizeof written),
                     strlen(canonical));
    assert_string_equal(written, canonical);
}

/* Checks that what is written of `address` is read as the same address. */
static void assert_there_and_back(const psock_address *address, unsigned flags)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address back;
    assert_true(psock_address_format(address, flags, text, sizeof text) > 0);
    assert_result(psock_address_parse(text, &back), 0);
    if (psock_address_compare(address, &back) != 0)
        fail_msg("\"%s\" is read as another address", text);
    assert_int_equal(back.length, address->length);
}

/* Whether this system has abstract names. */
static _Bool has_abstract_names(void)
{
    psock_address address;
    return psock_address_unix("\0x", 2, &address) == 0;
}

/* The next of a series that is the same in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t random_below(size_t limit, uint64_t *state)
{
    return (size_t)(next_random(state) >> 16) % limit;
}

/* --- What is read --------------------------------------------------------- */

struct reading {
    const char *text;
    unsigned char bytes[16];
    uint16_t port;
    uint32_t scope;
};

static void assert_read(const struct reading *reading, int family,
                        size_t expected_length)
{
    size_t length = 0;
    const psock_address address = parsed(reading->text);
    const unsigned char *bytes = psock_address_bytes(&address, &length);
    assert_int_equal(psock_address_family(&address), family);
    assert_int_equal(length, expected_length);
    assert_memory_equal(bytes, reading->bytes, expected_length);
    assert_int_equal(psock_address_port(&address), reading->port);
    assert_int_equal(psock_address_scope(&address), reading->scope);
}

static const struct reading ipv4_readings[] = {
    {"192.0.2.7", {192, 0, 2, 7}, 0, 0},
    {"192.0.2.7:80", {192, 0, 2, 7}, 80, 0},
    {"0.0.0.0:0", {0, 0, 0, 0}, 0, 0},
    {"0.0.0.0:9", {0, 0, 0, 0}, 9, 0},
    {"255.255.255.255:65535", {255, 255, 255, 255}, 65535, 0},
    {"1.20.100.249:10000", {1, 20, 100, 249}, 10000, 0},
};

static void ipv4_is_read_with_and_without_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ipv4_readings); i++)
        assert_read(&ipv4_readings[i], PSOCK_IPV4, 4);
}

static const struct reading ipv6_readings[] = {
    {"::", {0}, 0, 0},
    {"[::]", {0}, 0, 0},
    {"[::]:80", {0}, 80, 0},
    {"::1", {[15] = 1}, 0, 0},
    {"1::", {0, 1}, 0, 0},
    {"::1:2", {[13] = 1, [15] = 2}, 0, 0},
    {"1:2::", {0, 1, 0, 2}, 0, 0},
    {"1::2", {0, 1, [15] = 2}, 0, 0},
    {"1:2:3:4:5:6:7::", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7}, 0, 0},
    {"::2:3:4:5:6:7:8", {0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}, 0, 0},
    {"1:2:3::5:6:7:8", {0, 1, 0, 2, 0, 3, 0, 0, 0, 5, 0, 6, 0, 7, 0, 8}, 0, 0},
    {"1:2:3:4:5:6:7:8", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}, 0, 0},
    {"0001:02:3:0:0:0:0:0", {0, 1, 0, 2, 0, 3}, 0, 0},
    {"ABCD:EF01:abcd:ef01::", {0xab, 0xcd, 0xef, 1, 0xab, 0xcd, 0xef, 1}, 0, 0},
    {"::192.0.2.7", {[12] = 192, 0, 2, 7}, 0, 0},
    {"::ffff:192.0.2.7", {[10] = 255, 255, 192, 0, 2, 7}, 0, 0},
    {"[::FFFF:192.0.2.7]:80", {[10] = 255, 255, 192, 0, 2, 7}, 80, 0},
    {"1:2:3:4:5:6:192.0.2.7",
     {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 192, 0, 2, 7},
     0,
     0},
    {"1::5:6:192.0.2.7", {0, 1, [9] = 5, 0, 6, 192, 0, 2, 7}, 0, 0},
    {"1:2:3:4:5::192.0.2.7",
     {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0, 192, 0, 2, 7},
     0,
     0},
    {"[2001:db8::1]:65535", {0x20, 1, 0x0d, 0xb8, [15] = 1}, 65535, 0},
    {"2001:db8::1:80", {0x20, 1, 0x0d, 0xb8, [13] = 1, 0, 0x80}, 0, 0},
};

static void ipv6_is_read_in_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ipv6_readings); i++)
        assert_read(&ipv6_readings[i], PSOCK_IPV6, 16);
}

static const struct reading scoped_readings[] = {
    {"fe80::1%1", {0xfe, 0x80, [15] = 1}, 0, 1},
    {"[fe80::1%2]", {0xfe, 0x80, [15] = 1}, 0, 2},
    {"[fe80::1%10]:80", {0xfe, 0x80, [15] = 1}, 80, 10},
    {"fe80::1%4294967295", {0xfe, 0x80, [15] = 1}, 0, 4294967295},
    {"::%7", {0}, 0, 7},
    {"::ffff:192.0.2.7%7", {[10] = 255, 255, 192, 0, 2, 7}, 0, 7},
};

static void scope_is_read_by_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(scoped_readings); i++)
        assert_read(&scoped_readings[i], PSOCK_IPV6, 16);
}

static void assert_path(const char *text, const char *path, size_t path_length)
{
    size_t length = 0;
    const psock_address address = parsed(text);
    const unsigned char *bytes = psock_address_bytes(&address, &length);
    assert_int_equal(psock_address_family(&address), PSOCK_UNIX);
    assert_int_equal(length, path_length);
    assert_memory_equal(bytes, path, length);
}

static void unix_path_is_read(void **state)
{
    (void)state;
    assert_path("unix:/run/x.sock", "/run/x.sock", 11);
    assert_path("unix:x", "x", 1);
    assert_path("unix:C:\\x y\\[z]:80", "C:\\x y\\[z]:80", 13);
    assert_path("unix:a@b", "a@b", 3);
    assert_path("unix:unix:", "unix:", 5);
    assert_path("unix:\xc3\xa9", "\xc3\xa9", 2);
}

static void escapes_in_a_path_stand_for_bytes(void **state)
{
    (void)state;
    assert_path("unix:%40x", "@x", 2);
    assert_path("unix:%25%0a%0A%7f%ff%FF", "%\n\n\x7f\xff\xff", 6);
    assert_path("unix:%2f%72un", "/run", 4);
}

static void abstract_name_is_read(void **state)
{
    (void)state;
    if (!has_abstract_names())
        skip_because("this system has no abstract names");
    assert_path("unix:@name", "\0name", 5);
    assert_path("unix:@", "\0", 1);
    assert_path("unix:@@", "\0@", 2);
    assert_path("unix:@a%00b%00", "\0a\0b\0", 5);
}

static void unix_prefix_alone_is_the_unnamed_address(void **state)
{
    const psock_address address = parsed("unix:");
    (void)state;
    assert_int_equal(psock_address_family(&address), PSOCK_UNIX);
    assert_int_equal(psock_address_kind(&address), PSOCK_ADDRESS_UNNAMED);
}

/* --- What is refused ------------------------------------------------------ */

static void text_that_is_no_address_is_refused(void **state)
{
    (void)state;
    assert_refused("", PSOCK_EINVAL);
    assert_all_refused(
        " |:|::::|.|...|...:|[|]|[]|[]:1|[::|::]|[::]]|[[::|[[::]]|%|%1|:80|"
        "80|localhost|localhost:80|a|u|unix|UNIX|Unix:/run/x|unix/run/x|"
        "unix;/run/x|@x|/run/x|tcp:192.0.2.7|inet:192.0.2.7|//192.0.2.7|"
        "192.0.2.7/24|2001:db8::/32",
        PSOCK_EINVAL);
}

static void malformed_ipv4_is_refused(void **state)
{
    (void)state;
    assert_all_refused(
        "1|1.2|1.2.3|1.2.3.:|1.:.3.4|:.2.3.4|1.2.3.|1.2.3.4.|1.2.3.4.5|"
        ".1.2.3.4|1..2.3|1.2..4|"
        "256.0.0.0|0.256.0.0|0.0.256.0|0.0.0.256|1.2.3.1000|1.2.3.999|"
        "01.2.3.4|1.02.3.4|1.2.03.4|1.2.3.04|1.2.3.00|1.2.3.004|0x1.2.3.4|"
        "1.2.3.0x4|1.2.3.4 | 1.2.3.4|1. 2.3.4|1.2.3.4\n|+1.2.3.4|-1.2.3.4|"
        "1.2.3.-4|1.2.3.4a|a.2.3.4|1.2.3.a|1,2,3,4|1.2.3.4%1|[1.2.3.4]|"
        "[1.2.3.4]:8|3232235777|0xc0a80101|1.2.3.4/8|1.2.3.4]|1.2.3.4\x80|"
        "\xd9\xa1.2.3.4|1.2.3.4::|4294967297.2.3.4|1.2.3.4294967300",
        PSOCK_EINVAL);
}

static void malformed_port_is_refused(void **state)
{
    (void)state;
    assert_all_refused(
        "1.2.3.4:|1.2.3.4:x|1.2.3.4: "
        "|1.2.3.4::|[::1]:x|1.2.3.4:65536|1.2.3.4:99999|1.2.3.4:100000|"
        "1.2.3.4:4294967376|1.2.3.4:080|1.2.3.4:00|1.2.3.4:+80|1.2.3.4:-1|"
        "1.2.3.4: 80|1.2.3.4:80 |1.2.3.4:8 0|1.2.3.4:80:|1.2.3.4:80:80|"
        "1.2.3.4::80|1.2.3.4:0x50|1.2.3.4:http|1.2.3.4:80a|1.2.3.4:80\n|"
        "1.2.3.4 :80|1.2.3.4.80|[::1]:|[::1]:65536|[::1]:080|[::1]: 80|"
        "[::1]80|[::1] :80|[::1]:80]|[::1].80|[::1]::80|"
        "[::1]:18446744073709551696|[::1]#80",
        PSOCK_EINVAL);
}

static void malformed_ipv6_is_refused(void **state)
{
    (void)state;
    assert_all_refused(
        ":1|1:|::1:|:::|:::1|1:::|1:::2|::1::|1::2::3|1:2:3:4:5:6:7|"
        "1:2:3:4:5:6:7:|:2:3:4:5:6:7:8|1:2:3:4:5:6:7:8:|1:2:3:4:5:6:7:8:9|"
        ":1:2:3:4:5:6:7:8|1:2:3:4:5:6:7:8::|::1:2:3:4:5:6:7:8|"
        "1:2:3:4::5:6:7:8|1:2:3:4:5:6:7:8::9|12345::|::12345|::00001|::g|g::|"
        "::1g|::0x1|::-1|::+1|:: 1| ::1|::1 |::1\n|::1,|::1.2.3|::1.2.3.4.5|"
        "::1.2.3.4:5|::1.2.3.4::|::1.2.3.256|::01.2.3.4|::1.2.3.04|1.2.3.4::|"
        "1.2.3.4:1::|::1.2.3.|::.1.2.3|::1.2.a.4|1:2:3:4:5:6:7:1.2.3.4|"
        "1:2:3:4:5:1.2.3.4|1:2:3:4:5:6::1.2.3.4|::2:3:4:5:6:7:1.2.3.4|"
        "::ffff:1.2.3.4.|::12345.2.3.4|::a.2.3.4|[::1|::1]|[::1]]|[::1]x|"
        "[::1]%1|[ ::1]|[::1 ]|[:1]|[1:]|[1:2:3:4:5:6:7]|"
        "[1:2:3:4:5:6:7:8:9]:80|2001:db8|::ffff:0x7f.1|fe80:|1\xef\xbc\x9a:1|"
        "::\xff",
        PSOCK_EINVAL);
}

static void malformed_scope_is_refused(void **state)
{
    (void)state;
    assert_all_refused(
        "fe80::1%|[fe80::1%]|[fe80::1%]:80|fe80::1%0|[fe80::1%0]:80|"
        "fe80::1%01|fe80::1%00|fe80::1%4294967296|fe80::1%99999999999999999|"
        "fe80::1%1:80|fe80::1%1]|[fe80::1%1|[fe80::1%1:80|[fe80::1]%1|"
        "fe80::1%lo:80|[fe80::1%a:b]:80|[fe80::1%1]80|[fe80::1%no]:65536|"
        "fe80:%1:1|%1::|fe80::1%no]",
        PSOCK_EINVAL);
}

static void malformed_unix_name_is_refused(void **state)
{
    (void)state;
    assert_all_refused(
        "unix:%|unix:/x%|unix:/x%4|unix:/x%%|unix:/x%g0|unix:/x%0g|"
        "unix:/x%4/|unix:/x% 41|unix:%00|unix:%00name|unix:/x%00|unix:/x%00y|"
        "unix:/x\n|unix:\t/x|unix:/x\x7f|unix:\x01|unix:@%|unix:@%1|"
        "unix:@x%zz|unix:@x\n|unix:%x41|unix:%-1|"
        "unix:%\xff"
        "0|unix:%0\xff",
        PSOCK_EINVAL);
}

static void scope_without_an_interface_is_refused(void **state)
{
    char longest[400] = "fe80::1%";
    (void)state;
    assert_all_refused("fe80::1%no-such-interface|[fe80::1%no-such]:80|"
                       "fe80::1%0x1|fe80::1%1 |fe80::1% 1|fe80::1%-1|"
                       "fe80::1%+1|fe80::1%%|fe80::1%\xff\xff|fe80::1%no such",
                       PSOCK_ENODEV);
    for (size_t length = 8; length < sizeof longest - 1; length++) {
        longest[length] = 'n';
        assert_refused(longest, PSOCK_ENODEV);
    }
}

static void write_text(char *text, const char *start, const char *unit,
                       size_t count)
{
    strcpy(text, start);
    while (count-- > 0)
        strcat(text, unit);
}

static void unix_path_too_long_is_refused(void **state)
{
    char text[1000];
    (void)state;
    write_text(text, "unix:", "p", PSOCK_ADDRESS_PATH_MAX);
    parsed(text);
    strcat(text, "p");
    assert_refused(text, PSOCK_ENAMETOOLONG);
    write_text(text, "unix:", "%70", PSOCK_ADDRESS_PATH_MAX);
    parsed(text);
    strcat(text, "p");
    assert_refused(text, PSOCK_ENAMETOOLONG);
    write_text(text, "unix:", "p", 900);
    assert_refused(text, PSOCK_ENAMETOOLONG);
    strcat(text, "%");
    assert_refused(text, PSOCK_EINVAL);
}

static void abstract_name_too_long_is_refused(void **state)
{
    char text[1000];
    (void)state;
    if (has_abstract_names()) {
        write_text(text, "unix:@", "%00", PSOCK_ADDRESS_PATH_MAX);
        parsed(text);
    }
    write_text(text, "unix:@", "n", PSOCK_ADDRESS_PATH_MAX + 1);
    assert_refused(text, PSOCK_ENAMETOOLONG);
}

static void abstract_name_is_refused_where_there_are_none(void **state)
{
    psock_address address;
    (void)state;
    if (has_abstract_names())
        assert_result(psock_address_parse("unix:@name", &address), 0);
    else
        assert_all_refused("unix:@name|unix:@", PSOCK_ENOTSUP);
}

/* --- What is written ------------------------------------------------------ */

/* Checks that each of the texts, with bars between them, is written as it was
 * read. */
static void assert_all_canonical(const char *texts)
{
    for (; texts != NULL; texts = strchr(texts, '|')) {
        char text[64] = {0};
        texts += *texts == '|';
        memcpy(text, texts, strcspn(texts, "|"));
        assert_rewritten(text, text);
    }
}

static void canonical_text_is_written_as_it_was_read(void **state)
{
    (void)state;
    assert_all_canonical("0.0.0.0:0|192.0.2.7:80|255.255.255.255:65535|"
                         "1.10.100.9:99|[::]:0|[::1]:80|[2001:db8::1]:443|"
                         "[1:2:3:4:5:6:7:8]:9|[::ffff:192.0.2.7]:80|"
                         "[fe80::1%2]:80|[fe80::1%4294967295]:80|unix:|"
                         "unix:/run/x.sock|unix:%40x|unix:/x%20y%25%FF%0A%7F|"
                         "unix:a@b");
}

static void other_text_is_written_canonically(void **state)
{
    (void)state;
    assert_rewritten("192.0.2.7", "192.0.2.7:0");
    assert_rewritten("::1", "[::1]:0");
    assert_rewritten("[::1]", "[::1]:0");
    assert_rewritten("2001:DB8:0:0:0:0:0:00AF", "[2001:db8::af]:0");
    assert_rewritten("fe80::1%2", "[fe80::1%2]:0");
    assert_rewritten("unix:%2Frun%2fx", "unix:/run/x");
    assert_rewritten("unix:/a b", "unix:/a%20b");
    assert_rewritten("unix:/\xc3\xa9", "unix:/%C3%A9");
    assert_rewritten("unix:%ff", "unix:%FF");
}

static void abstract_name_is_written_with_an_at_sign(void **state)
{
    (void)state;
    if (!has_abstract_names())
        skip_because("this system has no abstract names");
    assert_all_canonical("unix:@|unix:@name|unix:@@|unix:@%00%00x|unix:@a%00b");
}

/* RFC 5952, 4.1. */
static void ipv6_groups_lose_leading_zeros(void **state)
{
    (void)state;
    assert_rewritten("2001:0db8:0010:0100:1000:000f:00ff:0fff",
                     "[2001:db8:10:100:1000:f:ff:fff]:0");
    assert_rewritten("0001:0000:0001:0000:0001:0000:0001:0000",
                     "[1:0:1:0:1:0:1:0]:0");
}

/* RFC 5952, 4.2.1. */
static void ipv6_zeros_are_shortened_as_far_as_they_go(void **state)
{
    (void)state;
    assert_rewritten("2001:db8:0:0:0:0:2:1", "[2001:db8::2:1]:0");
    assert_rewritten("2001:db8::0:1", "[2001:db8::1]:0");
    assert_rewritten("0:0:0:0:0:0:0:0", "[::]:0");
    assert_rewritten("0:0:0:0:0:0:0:1", "[::1]:0");
    assert_rewritten("1:0:0:0:0:0:0:0", "[1::]:0");
    assert_rewritten("0:0:0:0:0:1:0:0", "[::1:0:0]:0");
}

/* RFC 5952, 4.2.2. */
static void one_group_of_zeros_is_written_out(void **state)
{
    (void)state;
    assert_rewritten("2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:0");
    assert_rewritten("2001:db8::1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:0");
    assert_rewritten("::2:3:4:5:6:7:8", "[0:2:3:4:5:6:7:8]:0");
    assert_rewritten("1:2:3:4:5:6:7::", "[1:2:3:4:5:6:7:0]:0");
}

/* RFC 5952, 4.2.3. */
static void longest_run_of_zeros_is_shortened(void **state)
{
    (void)state;
    assert_rewritten("2001:0:0:1:0:0:0:1", "[2001:0:0:1::1]:0");
    assert_rewritten("2001:0:0:0:1:0:0:1", "[2001::1:0:0:1]:0");
    assert_rewritten("0:0:1:0:0:0:0:1", "[0:0:1::1]:0");
    assert_rewritten("1:0:0:2:0:0:0:0", "[1:0:0:2::]:0");
}

/* RFC 5952, 4.2.3. */
static void first_of_equal_runs_of_zeros_is_shortened(void **state)
{
    (void)state;
    assert_rewritten("2001:db8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:0");
    assert_rewritten("0:0:1:0:0:1:0:0", "[::1:0:0:1:0:0]:0");
    assert_rewritten("1:0:0:0:1:0:0:0", "[1::1:0:0:0]:0");
}

/* RFC 5952, 4.3. */
static void ipv6_is_written_in_lower_case(void **state)
{
    (void)state;
    assert_rewritten("ABCD:EF01:ABCD:EF01:ABCD:EF01:ABCD:EF01",
                     "[abcd:ef01:abcd:ef01:abcd:ef01:abcd:ef01]:0");
}

/* RFC 5952, 5; no others, ISATAP and IPv4-compatible addresses among them. */
static void mapped_addresses_alone_are_written_with_dots(void **state)
{
    (void)state;
    assert_rewritten("::ffff:c000:207", "[::ffff:192.0.2.7]:0");
    assert_rewritten("::ffff:0:0", "[::ffff:0.0.0.0]:0");
    assert_rewritten("::192.0.2.7", "[::c000:207]:0");
    assert_rewritten("::ffff:0:192.0.2.7", "[::ffff:0:c000:207]:0");
    assert_rewritten("fe80::5efe:192.0.2.7", "[fe80::5efe:c000:207]:0");
    assert_rewritten("64:ff9b::192.0.2.7", "[64:ff9b::c000:207]:0");
    assert_rewritten("::1:ffff:192.0.2.7", "[::1:ffff:c000:207]:0");
}

static void assert_written_without_port(const char *text, const char *expected)
{
    const psock_address address = parsed(text);
    char written[PSOCK_ADDRESS_TEXT_SIZE];
    assert_int_equal(psock_address_format(&address, PSOCK_FORMAT_NO_PORT,
                                          written, sizeof written),
                     strlen(expected));
    assert_string_equal(written, expected);
}

static void port_is_left_out_on_request(void **state)
{
    (void)state;
    assert_written_without_port("192.0.2.7:80", "192.0.2.7");
    assert_written_without_port("[2001:db8::1]:80", "2001:db8::1");
    assert_written_without_port("[fe80::1%2]:80", "fe80::1%2");
    assert_written_without_port("[::]:80", "::");
    assert_written_without_port("unix:/run/x", "unix:/run/x");
}

static void no_address_is_written_as_empty_text(void **state)
{
    const psock_address none = {.length = 0};
    char text[2] = "x";
    (void)state;
    assert_result(psock_address_format(&none, 0, text, 1), 0);
    assert_string_equal(text, "");
    assert_result(psock_address_format(&none, 0, text, 0), PSOCK_ENOSPC);
}

static void unknown_flags_are_refused(void **state)
{
    const psock_address address = parsed("192.0.2.7:80");
    (void)state;
    for (unsigned bit = 2; bit < 32; bit++) {
        char text[PSOCK_ADDRESS_TEXT_SIZE] = "untouched";
        assert_result(
            psock_address_format(&address, 1u << bit, text, sizeof text),
            PSOCK_EINVAL);
        assert_string_equal(text, "untouched");
    }
}

static void null_pointers_are_refused(void **state)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE] = "untouched";
    psock_address address = untouched();
    const psock_address expected = untouched();
    (void)state;
    assert_result(psock_address_parse(NULL, &address), PSOCK_EFAULT);
    assert_result(psock_address_parse("::1", NULL), PSOCK_EFAULT);
    assert_memory_equal(&address, &expected, sizeof address);
    assert_result(psock_address_format(NULL, 0, text, sizeof text),
                  PSOCK_EFAULT);
    assert_result(psock_address_format(&address, 0, NULL, sizeof text),
                  PSOCK_EFAULT);
    assert_string_equal(text, "untouched");
}

/* Checks every size of the buffer for what is written of `address`. */
static void assert_every_size(const psock_address *address)
{
    char expected[PSOCK_ADDRESS_TEXT_SIZE];
    const int length =
        psock_address_format(address, 0, expected, sizeof expected);
    assert_true(length >= 0);
    for (size_t size = 0; size <= sizeof expected + 1; size++) {
        char text[PSOCK_ADDRESS_TEXT_SIZE + 2];
        memset(text, '#', sizeof text);
        const int result = psock_address_format(address, 0, text, size);
        const size_t written = size > (size_t)length ? (size_t)length + 1 : 0;
        assert_result(result, written > 0 ? length : PSOCK_ENOSPC);
        assert_memory_equal(text, expected, written);
        for (size_t at = written; at < sizeof text; at++)
            assert_int_equal(text[at], '#');
    }
}

static void buffer_is_filled_whole_or_not_touched(void **state)
{
    static const char *const texts[] = {
        "192.0.2.7:80", "[::]:0",      "[fe80::1:2:3:4%4294967295]:65535",
        "unix:",        "unix:/run/x", "[::ffff:192.0.2.7]:80"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const psock_address address = parsed(texts[i]);
        assert_every_size(&address);
    }
}

static void longest_text_fits_the_size_promised(void **state)
{
    char path[PSOCK_ADDRESS_PATH_MAX];
    psock_address address;
    (void)state;
    memset(path, 0xff, sizeof path);
    assert_result(psock_address_unix(path, sizeof path, &address), 0);
    assert_every_size(&address);
    assert_there_and_back(&address, 0);
}

/* --- There and back ------------------------------------------------------- */

enum {
    MANY = 20000
};

static void any_ipv4_is_read_back(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (int i = 0; i < MANY; i++) {
        const uint64_t random = next_random(&seed);
        unsigned char bytes[4];
        psock_address address;
        memcpy(bytes, &random, sizeof bytes);
        assert_result(
            psock_address_ipv4(bytes, (uint16_t)(random >> 40), &address), 0);
        assert_there_and_back(&address, 0);
    }
}

/* Groups of zeros in every pattern, others of any length. */
static void any_ipv6_is_read_back(void **state)
{
    uint64_t seed = 4;
    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        unsigned char bytes[16] = {0};
        psock_address address;
        for (unsigned group = 0; group < 8; group++) {
            const uint64_t random = next_random(&seed);
            const uint64_t value = random >> 32 & 0xffff >> random % 16;
            if ((i >> group & 1) == 0)
                continue;
            bytes[2 * group] = (unsigned char)(value >> 8);
            bytes[2 * group + 1] = (unsigned char)value;
        }
        const uint64_t rest = next_random(&seed);
        const uint32_t scope = i % 3 == 0 ? (uint32_t)(rest >> rest % 32) : 0;
        assert_result(
            psock_address_ipv6(bytes, (uint16_t)rest, scope, &address), 0);
        assert_there_and_back(&address, 0);
    }
}

static void any_path_is_read_back(void **state)
{
    uint64_t seed = 5;
    (void)state;
    for (int i = 0; i < MANY; i++) {
        char path[PSOCK_ADDRESS_PATH_MAX];
        psock_address address;
        const size_t length = random_below(sizeof path + 1, &seed);
        for (size_t at = 0; at < length; at++)
            path[at] = (char)(1 + random_below(255, &seed));
        if (i % 8 == 0)
            path[0] = '@';
        assert_result(psock_address_unix(path, length, &address), 0);
        assert_there_and_back(&address, 0);
        assert_there_and_back(&address, PSOCK_FORMAT_NO_PORT);
    }
}

static void any_abstract_name_is_read_back(void **state)
{
    uint64_t seed = 6;
    (void)state;
    if (!has_abstract_names())
        skip_because("this system has no abstract names");
    for (int i = 0; i < MANY; i++) {
        char name[PSOCK_ADDRESS_PATH_MAX + 1] = {0};
        psock_address address;
        const size_t length = 1 + random_below(PSOCK_ADDRESS_PATH_MAX, &seed);
        for (size_t at = 1; at < length; at++)
            name[at] = (char)random_below(256, &seed);
        assert_result(psock_address_unix(name, length, &address), 0);
        assert_there_and_back(&address, 0);
    }
}

static void host_without_port_is_read_back_as_port_0(void **state)
{
    static const char *const texts[] = {"192.0.2.7:0", "[2001:db8::1%3]:0",
                                        "[::ffff:1.2.3.4]:0", "[1::]:0"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const psock_address address = parsed(texts[i]);
        assert_there_and_back(&address, PSOCK_FORMAT_NO_PORT);
    }
}

/* --- Interfaces by name --------------------------------------------------- */

/* Writes a link-local address on the first interface that the system has a name
 * for, with the name; false where there is none. */
static _Bool write_with_name(psock_address *address, char *text, size_t size)
{
    for (unsigned scope = 1; scope <= 64; scope++) {
        char numbered[40];
        snprintf(numbered, sizeof numbered, "[fe80::1%%%u]:80", scope);
        *address = parsed(numbered);
        assert_true(psock_address_format(address, PSOCK_FORMAT_SCOPE_NAME, text,
                                         size) > 0);
        if (strcmp(text, numbered) != 0)
            return 1;
    }
    return 0;
}

static void scope_written_by_name_is_read_back(void **state)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address address, back;
    (void)state;
    if (!write_with_name(&address, text, sizeof text))
        skip_because("this system has no names for interfaces 1 to 64");
    assert_result(psock_address_parse(text, &back), 0);
    assert_int_equal(psock_address_compare(&address, &back), 0);
    assert_int_equal(psock_address_port(&back), 80);
    assert_there_and_back(&address, PSOCK_FORMAT_SCOPE_NAME);
}

static void scope_name_is_written_without_port_too(void **state)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE], host[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address address;
    (void)state;
    if (!write_with_name(&address, text, sizeof text))
        skip_because("this system has no names for interfaces 1 to 64");
    const int length = psock_address_format(
        &address, PSOCK_FORMAT_SCOPE_NAME | PSOCK_FORMAT_NO_PORT, host,
        sizeof host);
    assert_int_equal(length, strlen(text) - strlen("[]:80"));
    assert_memory_equal(host, text + 1, (size_t)length);
}

static void scope_without_a_name_is_written_by_number(void **state)
{
    const psock_address address = parsed("[fe80::1%4294967294]:80");
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    (void)state;
    assert_true(psock_address_format(&address, PSOCK_FORMAT_SCOPE_NAME, text,
                                     sizeof text) > 0);
    assert_string_equal(text, "[fe80::1%4294967294]:80");
}

static void no_scope_needs_no_name(void **state)
{
    const psock_address address = parsed("[fe80::1]:80");
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    (void)state;
    assert_true(psock_address_format(&address, PSOCK_FORMAT_SCOPE_NAME, text,
                                     sizeof text) > 0);
    assert_string_equal(text, "[fe80::1]:80");
}

/* --- Damage --------------------------------------------------------------- */

/* Text that every reader has a part in. */
static const char *const good_texts[] = {
    "192.0.2.70:8080",         "[2001:db8::10:0:7]:443",
    "[1:2:3:4:5:6:7:8]:9",     "[fe80::1:ffff:10.20.30.40%12]:65535",
    "::ffff:192.0.2.7",        "1:2::%1",
    "unix:/run/%41b%20c.sock", "unix:@a%00b"};

/* Whatever the text is: it is refused with nothing written, or the address it
 * stands for is the one that the canonical text stands for. */
static void assert_consistent(const char *text)
{
    const psock_address expected = untouched();
    psock_address address = untouched();
    const int result = psock_address_parse(text, &address);
    if (result == 0) {
        assert_there_and_back(&address, 0);
        return;
    }
    assert_true(result == PSOCK_EINVAL || result == PSOCK_ENODEV ||
                result == PSOCK_ENAMETOOLONG || result == PSOCK_ENOTSUP);
    assert_memory_equal(&address, &expected, sizeof expected);
}

static void every_beginning_of_good_text_is_handled(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good_texts); i++)
        for (size_t length = 0; length <= strlen(good_texts[i]); length++) {
            char text[64] = {0};
            memcpy(text, good_texts[i], length);
            assert_consistent(text);
        }
}

static void every_other_byte_in_good_text_is_handled(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good_texts); i++)
        for (size_t at = 0; at < strlen(good_texts[i]); at++)
            for (int byte = 1; byte < 256; byte++) {
                char text[64];
                strcpy(text, good_texts[i]);
                text[at] = (char)byte;
                assert_consistent(text);
            }
}

static void every_byte_left_out_or_doubled_is_handled(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good_texts); i++)
        for (size_t at = 0; at < strlen(good_texts[i]); at++) {
            char text[64];
            strcpy(text, good_texts[i]);
            strcpy(text + at, good_texts[i] + at + 1);
            assert_consistent(text);
            strcpy(text + at + 1, good_texts[i] + at);
            text[at] = good_texts[i][at];
            assert_consistent(text);
        }
}

static void any_text_of_the_right_characters_is_handled(void **state)
{
    static const char characters[] = "0127af::::..%[]";
    uint64_t seed = 7;
    (void)state;
    for (int i = 0; i < 10 * MANY; i++) {
        char text[24] = {0};
        const size_t length = random_below(sizeof text - 1, &seed);
        for (size_t at = 0; at < length; at++)
            text[at] = characters[random_below(sizeof characters - 1, &seed)];
        assert_consistent(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_is_read_with_and_without_port),
        cmocka_unit_test(ipv6_is_read_in_every_form),
        cmocka_unit_test(scope_is_read_by_number),
        cmocka_unit_test(unix_path_is_read),
        cmocka_unit_test(escapes_in_a_path_stand_for_bytes),
        cmocka_unit_test(abstract_name_is_read),
        cmocka_unit_test(unix_prefix_alone_is_the_unnamed_address),
        cmocka_unit_test(text_that_is_no_address_is_refused),
        cmocka_unit_test(malformed_ipv4_is_refused),
        cmocka_unit_test(malformed_port_is_refused),
        cmocka_unit_test(malformed_ipv6_is_refused),
        cmocka_unit_test(malformed_scope_is_refused),
        cmocka_unit_test(malformed_unix_name_is_refused),
        cmocka_unit_test(scope_without_an_interface_is_refused),
        cmocka_unit_test(unix_path_too_long_is_refused),
        cmocka_unit_test(abstract_name_too_long_is_refused),
        cmocka_unit_test(abstract_name_is_refused_where_there_are_none),
        cmocka_unit_test(canonical_text_is_written_as_it_was_read),
        cmocka_unit_test(other_text_is_written_canonically),
        cmocka_unit_test(abstract_name_is_written_with_an_at_sign),
        cmocka_unit_test(ipv6_groups_lose_leading_zeros),
        cmocka_unit_test(ipv6_zeros_are_shortened_as_far_as_they_go),
        cmocka_unit_test(one_group_of_zeros_is_written_out),
        cmocka_unit_test(longest_run_of_zeros_is_shortened),
        cmocka_unit_test(first_of_equal_runs_of_zeros_is_shortened),
        cmocka_unit_test(ipv6_is_written_in_lower_case),
        cmocka_unit_test(mapped_addresses_alone_are_written_with_dots),
        cmocka_unit_test(port_is_left_out_on_request),
        cmocka_unit_test(no_address_is_written_as_empty_text),
        cmocka_unit_test(unknown_flags_are_refused),
        cmocka_unit_test(null_pointers_are_refused),
        cmocka_unit_test(buffer_is_filled_whole_or_not_touched),
        cmocka_unit_test(longest_text_fits_the_size_promised),
        cmocka_unit_test(any_ipv4_is_read_back),
        cmocka_unit_test(any_ipv6_is_read_back),
        cmocka_unit_test(any_path_is_read_back),
        cmocka_unit_test(any_abstract_name_is_read_back),
        cmocka_unit_test(host_without_port_is_read_back_as_port_0),
        cmocka_unit_test(scope_written_by_name_is_read_back),
        cmocka_unit_test(scope_name_is_written_without_port_too),
        cmocka_unit_test(scope_without_a_name_is_written_by_number),
        cmocka_unit_test(no_scope_needs_no_name),
        cmocka_unit_test(every_beginning_of_good_text_is_handled),
        cmocka_unit_test(every_other_byte_in_good_text_is_handled),
        cmocka_unit_test(every_byte_left_out_or_doubled_is_handled),
        cmocka_unit_test(any_text_of_the_right_characters_is_handled),
    };
    return cmocka_run_group_tests_name("address_text", tests, NULL, NULL);
}
