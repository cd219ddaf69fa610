/* inet_ntop.c: inet_ntop(). */
#include "fixture.h"

#include <arpa/inet.h>
#include <string.h>

static void ipv4_is_written_in_four_parts(void **state)
{
    (void)state;
    char text[INET_ADDRSTRLEN];
    assert_ptr_equal(inet_ntop(AF_INET, "\xc0\x00\x02\x07", text, sizeof text),
                     text);
    assert_string_equal(text, "192.0.2.7");
    assert_non_null(inet_ntop(AF_INET, "\xff\xff\xff\xff", text, sizeof text));
    assert_string_equal(text, "255.255.255.255");
    assert_non_null(inet_ntop(AF_INET, "\0\0\0\0", text, sizeof text));
    assert_string_equal(text, "0.0.0.0");
}

/* Each is read, and written back as it stands or as `written`. */
static void ipv6_is_written_in_its_shortest_form(void **state)
{
    (void)state;
    static const struct {
        const char *read;
        const char *written;
    } cases[] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"::2", "::2"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
        {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
        {"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
        {"0:0:1:2:3:4:5:6", "::1:2:3:4:5:6"},
        {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
        {"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"},
        {"2001:DB8:0:0:0:0:0:A", "2001:db8::a"},
        {"2001:0db8:0001::", "2001:db8:1::"},
        {"::ffff:192.0.2.7", "::ffff:192.0.2.7"},
        {"::192.0.2.7", "::192.0.2.7"},
        {"::102:304", "::1.2.3.4"},
        {"::304", "::304"},
        {"::ffff:0:1.2.3.4", "::ffff:0:102:304"},
        {"fe80::5efe:1.2.3.4", "fe80::5efe:102:304"},
        {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"0:0:0:0:0:fffe:1:2", "::fffe:1:2"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct in6_addr address;
        char text[INET6_ADDRSTRLEN];
        assert_call(inet_pton(AF_INET6, cases[i].read, &address), 1);
        assert_non_null(inet_ntop(AF_INET6, &address, text, sizeof text));
        assert_string_equal(text, cases[i].written);
    }
}

static void a_buffer_of_just_the_length_is_enough(void **state)
{
    (void)state;
    char text[16] = "xxxxxxxxxxxxxxx";
    assert_non_null(inet_ntop(AF_INET, "\x7f\0\0\1", text, 10));
    assert_string_equal(text, "127.0.0.1");
    assert_int_equal(text[10], 'x');
    assert_non_null(inet_ntop(AF_INET6, &in6addr_loopback, text, 4));
    assert_string_equal(text, "::1");
}

static void assert_no_room(int family, const void *address, socklen_t size)
{
    char text[64];
    errno = 0;
    assert_null(inet_ntop(family, address, text, size));
    assert_int_equal(errno, ENOSPC);
}

static void a_smaller_buffer_is_enospc(void **state)
{
    (void)state;
    assert_no_room(AF_INET, "\x7f\0\0\1", 9);
    assert_no_room(AF_INET, "\x7f\0\0\1", 1);
    assert_no_room(AF_INET, "\x7f\0\0\1", 0);
    assert_no_room(AF_INET6, &in6addr_loopback, 3);
    assert_no_room(AF_INET6, &in6addr_loopback, 0);
}

static void another_family_is_eafnosupport(void **state)
{
    (void)state;
    char text[64] = "before";
    errno = 0;
    assert_null(inet_ntop(AF_UNIX, "\x7f\0\0\1", text, sizeof text));
    assert_int_equal(errno, EAFNOSUPPORT);
    assert_null(inet_ntop(-1, "\x7f\0\0\1", text, sizeof text));
    assert_int_equal(errno, EAFNOSUPPORT);
    assert_string_equal(text, "before");
}

static void the_sizes_of_posix_hold_the_longest_texts(void **state)
{
    (void)state;
    assert_int_equal(INET_ADDRSTRLEN, sizeof "255.255.255.255");
    assert_int_equal(INET6_ADDRSTRLEN,
                     sizeof "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(ipv4_is_written_in_four_parts),
        claim(ipv6_is_written_in_its_shortest_form),
        claim(a_buffer_of_just_the_length_is_enough),
        claim(a_smaller_buffer_is_enospc),
        claim(another_family_is_eafnosupport),
        claim(the_sizes_of_posix_hold_the_longest_texts),
    };
    return cmocka_run_group_tests_name("inet_ntop", tests, NULL, NULL);
}
