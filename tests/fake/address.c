/* Addresses over a representation of their own, and what they ask the system:
 * the names of scopes, and nothing else. */
#include "sys_fake.h"

#include <stdio.h>
#include <string.h>

enum {
    LONGEST_NAME = PSOCK_SYS_SCOPE_NAME_SIZE - 1
};

static void check_refused(const char *text, int error)
{
    psock_address address;
    psock_address before;
    memset(&address, '#', sizeof address);
    before = address;
    assert_result(psock_address_parse(text, &address), error);
    assert_memory_equal(&address, &before, sizeof before);
}

static void check_text(const psock_address *address, unsigned flags,
                       const char *expected)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    assert_result(psock_address_format(address, flags, text, sizeof text),
                  (ptrdiff_t)strlen(expected));
    assert_string_equal(text, expected);
}

/* A text of `length` letters between two others. */
static const char *with_name(const char *before, size_t length,
                             const char *after)
{
    static char text[PSOCK_ADDRESS_TEXT_SIZE];
    char name[LONGEST_NAME + 2];
    memset(name, 'n', length);
    name[length] = '\0';
    snprintf(text, sizeof text, "%s%s%s", before, name, after);
    return text;
}

/* --- Any representation will do ------------------------------------------- */

static void text_comes_back_from_every_representation(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0.0.0.0:0",       "192.0.2.7:80",    "[::]:0",
        "[fe80::1%2]:443", "[2001:db8::1]:1", "[::ffff:1.2.3.4]:5",
        "unix:",           "unix:/run/x",     "unix:@name",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const psock_address address = parsed(texts[i]);
        check_text(&address, 0, texts[i]);
    }
}

static void parts_come_back_from_every_representation(void **state)
{
    (void)state;
    psock_address address = parsed("[fe80::1%4000000000]:65535");
    size_t length = 0;
    const unsigned char *bytes = psock_address_bytes(&address, &length);
    assert_int_equal(psock_address_family(&address), PSOCK_IPV6);
    assert_int_equal(psock_address_port(&address), 65535);
    assert_true(psock_address_scope(&address) == 4000000000);
    assert_int_equal(length, 16);
    assert_int_equal(bytes[0], 0xfe);
    assert_result(psock_address_set_port(&address, 1), 0);
    check_text(&address, 0, "[fe80::1%4000000000]:1");
}

static void order_and_hash_do_not_depend_on_the_representation(void **state)
{
    (void)state;
    const psock_address a = parsed("192.0.2.1:2");
    const psock_address b = parsed("192.0.2.2:1");
    psock_address c = parsed("192.0.2.1:3");
    assert_true(psock_address_compare(&a, &b) < 0);
    assert_true(psock_address_compare(&c, &a) > 0);
    assert_result(psock_address_set_port(&c, 2), 0);
    assert_int_equal(psock_address_compare(&a, &c), 0);
    assert_true(psock_address_hash(&a, 5) == psock_address_hash(&c, 5));
    assert_true(psock_address_hash(&a, 5) != psock_address_hash(&b, 5));
}

static void address_that_lies_about_its_length_is_none(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 1, 10, 12, 129, UINT32_MAX};
    psock_address address = parsed("192.0.2.1:2");
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        address.length = lengths[i];
        assert_int_equal(psock_address_family(&address), PSOCK_NONE);
        check_text(&address, 0, "");
        assert_result(psock_address_set_port(&address, 1), PSOCK_EAFNOSUPPORT);
    }
}

static void abstract_name_is_refused_where_the_system_has_none(void **state)
{
    (void)state;
    fake_set_abstract_names(0);
    check_refused("unix:@name", PSOCK_ENOTSUP);
}

/* --- What the system filled in -------------------------------------------- */

static void address_of_the_system_is_taken_as_it_is(void **state)
{
    (void)state;
    const psock_address made = parsed("[fe80::1%2]:443");
    psock_address address;
    memset(&address, '#', sizeof address);
    assert_result(
        psock_address_from_native(made.storage.bytes, made.length, &address),
        0);
    assert_memory_equal(&address, &made, sizeof made);
}

static void address_of_the_system_may_be_of_any_length_that_fits(void **state)
{
    (void)state;
    unsigned char bytes[129] = {0};
    psock_address address;
    assert_result(psock_address_from_native(NULL, 0, &address), 0);
    assert_int_equal(psock_address_family(&address), PSOCK_NONE);
    assert_result(psock_address_from_native(bytes, 0, &address), 0);
    assert_int_equal(address.length, 0);
    bytes[127] = 1;
    assert_result(psock_address_from_native(bytes, 128, &address), 0);
    assert_int_equal(address.length, 128);
    assert_memory_equal(address.storage.bytes, bytes, 128);
}

static void bad_address_of_the_system_is_refused(void **state)
{
    (void)state;
    const unsigned char bytes[129] = {0};
    psock_address address = parsed("192.0.2.7:80");
    const psock_address before = address;
    assert_result(psock_address_from_native(bytes, 1, NULL), PSOCK_EFAULT);
    assert_result(psock_address_from_native(NULL, 1, &address), PSOCK_EFAULT);
    assert_result(psock_address_from_native(bytes, 129, &address),
                  PSOCK_EINVAL);
    assert_result(psock_address_from_native(bytes, SIZE_MAX, &address),
                  PSOCK_EINVAL);
    assert_memory_equal(&address, &before, sizeof before);
}

/* --- Names of scopes, read ------------------------------------------------ */

static void name_of_a_scope_is_looked_up_once(void **state)
{
    (void)state;
    expect_scope_index("eth0", returns(3));
    const psock_address bracketed = parsed("[fe80::1%eth0]:80");
    assert_int_equal(psock_address_scope(&bracketed), 3);
    expect_scope_index("eth0", returns(4));
    const psock_address bare = parsed("fe80::1%eth0");
    assert_int_equal(psock_address_scope(&bare), 4);
}

static void name_without_an_interface_is_refused(void **state)
{
    (void)state;
    expect_scope_index("eth9", returns(0));
    check_refused("[fe80::1%eth9]:80", PSOCK_ENODEV);
}

static void number_of_a_scope_is_not_looked_up(void **state)
{
    (void)state;
    const psock_address address = parsed("fe80::1%7");
    assert_int_equal(psock_address_scope(&address), 7);
    check_refused("fe80::1%0", PSOCK_EINVAL);
    check_refused("fe80::1%4294967296", PSOCK_EINVAL);
}

static void malformed_text_is_refused_before_any_look_up(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "[fe80::1%eth0",        "[fe80::1%eth0]x",    "[fe80::1%eth0]:",
        "[fe80::1%eth0]:65536", "[fe80::1%eth0]:80 ", "fe80::1%eth0]",
        "fe80::1%eth0:80",      "fe80:::1%eth0",      "fe80::1%",
        "[fe80::1%]:80",        "192.0.2.1%eth0",     "[fe80::1%eth0]:-1",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        check_refused(texts[i], PSOCK_EINVAL);
}

static void longest_name_is_looked_up(void **state)
{
    (void)state;
    static char name[LONGEST_NAME + 1];
    memset(name, 'n', LONGEST_NAME);
    expect_scope_index(name, returns(3));
    const psock_address address =
        parsed(with_name("[fe80::1%", LONGEST_NAME, "]:80"));
    assert_int_equal(psock_address_scope(&address), 3);
}

static void name_too_long_for_any_interface_is_not_looked_up(void **state)
{
    (void)state;
    check_refused(with_name("fe80::1%", LONGEST_NAME + 1, ""), PSOCK_ENODEV);
}

/* --- Names of scopes, written --------------------------------------------- */

static void scope_is_written_by_name_on_request(void **state)
{
    (void)state;
    const psock_address address = parsed("[fe80::1%3]:80");
    expect_scope_name(3, brings("eth0"));
    check_text(&address, PSOCK_FORMAT_SCOPE_NAME, "[fe80::1%eth0]:80");
    check_text(&address, 0, "[fe80::1%3]:80");
    check_text(&address, PSOCK_FORMAT_NO_PORT, "fe80::1%3");
}

static void name_is_not_asked_for_where_there_is_no_scope(void **state)
{
    (void)state;
    static const char *const texts[] = {"[fe80::1]:80", "192.0.2.1:80",
                                        "unix:/run/x"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const psock_address address = parsed(texts[i]);
        check_text(&address, PSOCK_FORMAT_SCOPE_NAME, texts[i]);
    }
}

static void scope_without_a_name_is_written_by_number(void **state)
{
    (void)state;
    const psock_address address = parsed("fe80::1%3");
    expect_scope_name(3, returns(0));
    check_text(&address, PSOCK_FORMAT_SCOPE_NAME, "[fe80::1%3]:0");
}

/* Such a name would be read as another scope, or not at all. */
static void name_that_cannot_be_read_back_is_written_by_number(void **state)
{
    (void)state;
    static const char *const names[] = {"12", "0", "", "eth0:1", "a]", "]:80"};
    const psock_address address = parsed("fe80::1%3");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        expect_scope_name(3, brings(names[i]));
        check_text(&address, PSOCK_FORMAT_SCOPE_NAME, "[fe80::1%3]:0");
    }
}

static void longest_text_fits(void **state)
{
    (void)state;
    static char name[LONGEST_NAME + 1];
    const char *host = "1111:2222:3333:4444:5555:6666:7777:8888";
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    memset(name, 'n', LONGEST_NAME);
    snprintf(text, sizeof text, "[%s%%3]:65535", host);
    const psock_address address = parsed(text);
    expect_scope_name(3, brings(name));
    snprintf(text, sizeof text, "[%s%%%s]:65535", host, name);
    check_text(&address, PSOCK_FORMAT_SCOPE_NAME, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(text_comes_back_from_every_representation),
        test(parts_come_back_from_every_representation),
        test(order_and_hash_do_not_depend_on_the_representation),
        test(address_that_lies_about_its_length_is_none),
        test(abstract_name_is_refused_where_the_system_has_none),
        test(address_of_the_system_is_taken_as_it_is),
        test(address_of_the_system_may_be_of_any_length_that_fits),
        test(bad_address_of_the_system_is_refused),
        test(name_of_a_scope_is_looked_up_once),
        test(name_without_an_interface_is_refused),
        test(number_of_a_scope_is_not_looked_up),
        test(malformed_text_is_refused_before_any_look_up),
        test(longest_name_is_looked_up),
        test(name_too_long_for_any_interface_is_not_looked_up),
        test(scope_is_written_by_name_on_request),
        test(name_is_not_asked_for_where_there_is_no_scope),
        test(scope_without_a_name_is_written_by_number),
        test(name_that_cannot_be_read_back_is_written_by_number),
        test(longest_text_fits),
    };
    return cmocka_run_group_tests_name("fake.address", tests, NULL, NULL);
}
