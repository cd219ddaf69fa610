/* inet_pton.c: inet_pton(). */
#include "fixture.h"

#include <arpa/inet.h>
#include <string.h>

#define CANARY 0xa5

static void canary(unsigned char bytes[20])
{
    memset(bytes, CANARY, 20);
}

static void assert_canary(const unsigned char *bytes, size_t from)
{
    for (size_t i = from; i < 20; i++)
        assert_int_equal(bytes[i], CANARY);
}

static void ipv4_in_four_parts_is_read_in_network_order(void **state)
{
    (void)state;
    unsigned char bytes[20];
    canary(bytes);
    assert_call(inet_pton(AF_INET, "192.0.2.7", bytes), 1);
    assert_memory_equal(bytes, "\xc0\x00\x02\x07", 4);
    assert_canary(bytes, 4);
    assert_call(inet_pton(AF_INET, "255.255.255.255", bytes), 1);
    assert_memory_equal(bytes, "\xff\xff\xff\xff", 4);
    assert_call(inet_pton(AF_INET, "0.0.0.0", bytes), 1);
    assert_memory_equal(bytes, "\0\0\0\0", 4);
}

static void other_forms_of_ipv4_are_refused_and_write_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"",           "1",
                                        "1.2",        "1.2.3",
                                        "1.2.3.",     ".1.2.3.4",
                                        "1..2.3",     "1.2.3.4.",
                                        "1.2.3.4.5",  "256.1.1.1",
                                        "1.2.3.256",  "01.2.3.4",
                                        "1.2.3.04",   "00.0.0.0",
                                        "0x1.2.3.4",  "1.2.3.4 ",
                                        " 1.2.3.4",   "1.2.3.4x",
                                        "1.2.3.-4",   "+1.2.3.4",
                                        "a.b.c.d",    "1.2.3.4:123",
                                        "1.2.3.4/24", "::1",
                                        "1.2.3.1000", "127.127.127.255:123"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        unsigned char bytes[20];
        canary(bytes);
        if (inet_pton(AF_INET, texts[i], bytes) != 0)
            fail_msg("\"%s\" was read", texts[i]);
        assert_canary(bytes, 0);
    }
}

static void ipv6_is_read_in_all_its_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned char bytes[16];
    } cases[] = {
        {"::", {0}},
        {"::1", {[15] = 1}},
        {"1::", {0, 1}},
        {"2001:db8::1", {0x20, 1, 0xd, 0xb8, [15] = 1}},
        {"2001:DB8:0:0:0:0:0:1", {0x20, 1, 0xd, 0xb8, [15] = 1}},
        {"2001:0db8::0001", {0x20, 1, 0xd, 0xb8, [15] = 1}},
        {"1:2:3:4:5:6:7:8", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
        {"1:2:3:4:5:6:7::", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7}},
        {"::2:3:4:5:6:7:8", {0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
        {"ffff:FFFF::abCD", {0xff, 0xff, 0xff, 0xff, [14] = 0xab, 0xcd}},
        {"::ffff:192.0.2.7", {[10] = 0xff, 0xff, 192, 0, 2, 7}},
        {"::192.0.2.7", {[12] = 192, 0, 2, 7}},
        {"64:ff9b::1.2.3.4", {0, 0x64, 0xff, 0x9b, [12] = 1, 2, 3, 4}},
        {"1:2:3:4:5:6:1.2.3.4",
         {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1, 2, 3, 4}},
        {"fe80::1:2", {0xfe, 0x80, [13] = 1, 0, 2}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned char bytes[20];
        canary(bytes);
        if (inet_pton(AF_INET6, cases[i].text, bytes) != 1)
            fail_msg("\"%s\" was refused", cases[i].text);
        assert_memory_equal(bytes, cases[i].bytes, 16);
        assert_canary(bytes, 16);
    }
}

static void what_is_no_ipv6_is_refused_and_writes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ":",
        ":::",
        "1",
        "1:",
        ":1",
        "1:2",
        "1::2::3",
        ":1::2",
        "1::2:",
        "12345::",
        "00001::",
        "g::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1 ",
        " ::1",
        "[::1]",
        "::1%1",
        "fe80::1%lo",
        "::1/128",
        "::ffff:1.2.3",
        "::ffff:1.2.3.4.5",
        "::ffff:256.2.3.4",
        "::ffff:01.2.3.4",
        "1.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3.4:5",
        "[beef::cafe]:10239",
        "1:2:3:4:5:6:7:",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        unsigned char bytes[20];
        canary(bytes);
        if (inet_pton(AF_INET6, texts[i], bytes) != 0)
            fail_msg("\"%s\" was read", texts[i]);
        assert_canary(bytes, 0);
    }
}

static void another_family_is_eafnosupport(void **state)
{
    (void)state;
    unsigned char bytes[20];
    canary(bytes);
    assert_fails(inet_pton(AF_UNIX, "127.0.0.1", bytes), EAFNOSUPPORT);
    assert_fails(inet_pton(AF_UNSPEC, "127.0.0.1", bytes), EAFNOSUPPORT);
    assert_fails(inet_pton(-1, "::1", bytes), EAFNOSUPPORT);
    assert_canary(bytes, 0);
}

static void errno_is_left_alone_by_text_that_is_no_address(void **state)
{
    (void)state;
    unsigned char bytes[20];
    errno = 0;
    assert_call(inet_pton(AF_INET, "nonsense", bytes), 0);
    assert_call(inet_pton(AF_INET6, "nonsense", bytes), 0);
    assert_int_equal(errno, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(ipv4_in_four_parts_is_read_in_network_order),
        claim(other_forms_of_ipv4_are_refused_and_write_nothing),
        claim(ipv6_is_read_in_all_its_forms),
        claim(what_is_no_ipv6_is_refused_and_writes_nothing),
        claim(another_family_is_eafnosupport),
        claim(errno_is_left_alone_by_text_that_is_no_address),
    };
    return cmocka_run_group_tests_name("inet_pton", tests, NULL, NULL);
}
