/* answers.c: every kind of answer that a name server has. */
#include <stdlib.h>
#include <string.h>

#include "names.h"

enum {
    ADDRESSES = 256
};

static psock_address found[ADDRESSES];

static int find(const char *host, int family)
{
    const psock_resolve_options options = {.family = family};
    memset(found, 0, sizeof found);
    return psock_resolve(host, "80", &options, found, ADDRESSES, in_time());
}

/* Checks that these and no others were found, in this order. */
static void check_found(int count, const char *const *texts)
{
    int expected = 0;
    for (; texts[expected] != NULL; expected++) {
        psock_address address;
        assert_result(psock_address_parse(texts[expected], &address), 0);
        if (!same_address(&address, &found[expected])) {
            char text[PSOCK_ADDRESS_TEXT_SIZE];
            psock_address_format(&found[expected], 0, text, sizeof text);
            print_error("not %s but %s\n", texts[expected], text);
        }
        assert_true(same_address(&address, &found[expected]));
    }
    assert_result(count, expected);
}

#define check_find(host, family, ...)                                          \
    check_found(find(host, family), (const char *const[]){__VA_ARGS__, NULL})

/* --- Addresses ------------------------------------------------------------------ */

static void name_has_the_addresses_of_its_family(void **state)
{
    (void)state;
    check_find("four.test", PSOCK_NONE, "127.0.0.1:80");
    check_find("four.test", PSOCK_IPV4, "127.0.0.1:80");
    check_find("six.test", PSOCK_NONE, "[::1]:80");
    check_find("six.test", PSOCK_IPV6, "[::1]:80");
}

static void name_without_addresses_of_the_family_has_no_data(void **state)
{
    (void)state;
    assert_either(find("four.test", PSOCK_IPV6), PSOCK_EAI_NODATA,
                  PSOCK_EAI_NONAME);
    assert_either(find("six.test", PSOCK_IPV4), PSOCK_EAI_NODATA,
                  PSOCK_EAI_NONAME);
    assert_either(find("empty.test", PSOCK_NONE), PSOCK_EAI_NODATA,
                  PSOCK_EAI_NONAME);
}

static void name_of_both_families_has_ipv6_first(void **state)
{
    (void)state;
    check_find("both.test", PSOCK_NONE, "[::1]:80", "127.0.0.1:80");
    check_find("both.test", PSOCK_IPV4, "127.0.0.1:80");
    check_find("both.test", PSOCK_IPV6, "[::1]:80");
}

/* RFC 6724, section 6, rule 1. */
static void address_out_of_reach_comes_last(void **state)
{
    (void)state;
    check_find("astray.test", PSOCK_NONE, "127.0.0.1:80",
               "[2001:db8:dead::1]:80");
}

static void names_are_the_same_in_any_case_and_with_a_dot(void **state)
{
    (void)state;
    check_find("FOUR.Test", PSOCK_NONE, "127.0.0.1:80");
    check_find("four.test.", PSOCK_NONE, "127.0.0.1:80");
}

static void name_in_the_file_of_hosts_is_found(void **state)
{
    (void)state;
    check_find("written.test", PSOCK_NONE, "192.0.2.20:80");
}

static void short_name_is_completed(void **state)
{
    (void)state;
    assert_result(find("brief", PSOCK_NONE), PSOCK_EAI_NONAME);
    ask_real_server("search search.test");
    check_find("brief", PSOCK_NONE, "192.0.2.10:80");
}

static void machine_with_both_families_looks_up_both(void **state)
{
    static const psock_resolve_options options = {.flags =
                                                      PSOCK_RESOLVE_CONFIGURED};
    (void)state;
    check_found(
        psock_resolve("both.test", "80", &options, found, ADDRESSES, in_time()),
        (const char *const[]){"[::1]:80", "127.0.0.1:80", NULL});
}

/* Too many for a datagram. */
static void very_many_addresses_are_all_found_once(void **state)
{
    int ipv6 = 0;
    (void)state;
    assert_result(find("many.test", PSOCK_NONE), 200);
    for (int i = 0; i < 200; i++) {
        ipv6 += psock_address_family(&found[i]) == PSOCK_IPV6;
        assert_int_equal(psock_address_port(&found[i]), 80);
        for (int j = 0; j < i; j++)
            assert_false(same_address(&found[i], &found[j]));
    }
    assert_int_equal(ipv6, 100);
    assert_result(find("many.test", PSOCK_IPV4), 100);
    assert_result(find("many.test", PSOCK_IPV6), 100);
}

static void as_many_addresses_as_fit_are_written(void **state)
{
    (void)state;
    memset(found, 0, sizeof found);
    assert_result(psock_resolve("many.test", "80", NULL, found, 7, in_time()),
                  200);
    for (int i = 0; i < 8; i++)
        assert_int_equal(psock_address_family(&found[i]) != PSOCK_NONE, i < 7);
    assert_result(psock_resolve("many.test", "80", NULL, NULL, 0, in_time()),
                  200);
}

/* As scripts/names makes it. */
static const char *longest_name(void)
{
    static char name[254];
    memset(name, 'd', sizeof name - 1);
    for (int i = 0; i < 3; i++) {
        memset(name + 63 * i, 'a' + i, 62);
        name[63 * i + 62] = '.';
    }
    memcpy(name + 248, ".test", sizeof ".test");
    return name;
}

static void longest_name_is_found(void **state)
{
    (void)state;
    assert_int_equal(strlen(longest_name()), 253);
    check_find(longest_name(), PSOCK_NONE, "192.0.2.11:80");
}

static void name_that_cannot_be_is_none(void **state)
{
    char label[70];
    char host[PSOCK_HOST_NAME_SIZE + 1];
    (void)state;
    memset(label, 'x', sizeof label);
    memcpy(label + 64, ".test", sizeof ".test");
    assert_result(find(label, PSOCK_NONE), PSOCK_EAI_NONAME);
    for (size_t i = 0; i < sizeof host; i++)
        host[i] = i % 2 == 0 ? 'x' : '.';
    host[600] = '\0';
    assert_either(find(host, PSOCK_NONE), PSOCK_EAI_NONAME, PSOCK_EAI_FAIL);
    host[600] = 'x';
    host[sizeof host - 1] = '\0';
    assert_result(find(host, PSOCK_NONE), PSOCK_ENAMETOOLONG);
}

/* --- The name that a host really has ---------------------------------------------- */

static void check_canonical(const char *host, const char *expected)
{
    char name[PSOCK_HOST_NAME_SIZE] = "untouched";
    const psock_resolve_options options = {.canonical_name = name};
    assert_true(
        psock_resolve(host, "80", &options, found, ADDRESSES, in_time()) > 0);
    assert_string_equal(name, expected);
}

static void alias_has_the_addresses_of_what_it_stands_for(void **state)
{
    (void)state;
    check_find("alias.test", PSOCK_NONE, "192.0.2.7:80");
    check_find("over.test", PSOCK_NONE, "[::1]:80", "127.0.0.1:80");
}

static void canonical_name_is_at_the_end_of_the_aliases(void **state)
{
    (void)state;
    check_canonical("alias.test", "real.test");
    check_canonical("real.test", "real.test");
    check_canonical("over.test", "both.test");
}

static void canonical_name_is_left_alone_by_a_failure(void **state)
{
    char name[PSOCK_HOST_NAME_SIZE] = "untouched";
    const psock_resolve_options options = {.canonical_name = name};
    (void)state;
    assert_result(psock_resolve("absent.test", "80", &options, found, ADDRESSES,
                                in_time()),
                  PSOCK_EAI_NONAME);
    assert_string_equal(name, "untouched");
}

/* --- Failures --------------------------------------------------------------------- */

static void name_that_nobody_has_is_none(void **state)
{
    (void)state;
    assert_result(find("absent.test", PSOCK_NONE), PSOCK_EAI_NONAME);
    assert_result(find("absent.test", PSOCK_IPV4), PSOCK_EAI_NONAME);
    assert_result(find("absent.test", PSOCK_IPV6), PSOCK_EAI_NONAME);
}

/* It may work in a moment, or by another. */
static void server_in_trouble_gives_no_answer_now(void **state)
{
    (void)state;
    assert_result(find("code-2.played.test", PSOCK_NONE), PSOCK_EAI_AGAIN);
    assert_result(find("code-5.played.test", PSOCK_NONE), PSOCK_EAI_AGAIN);
}

/* It says that it could not read the question, which some systems take for a
 * no. */
static void server_that_understands_nothing_gives_no_address(void **state)
{
    (void)state;
    assert_either(find("code-1.played.test", PSOCK_NONE), PSOCK_EAI_FAIL,
                  PSOCK_EAI_NONAME);
}

/* --- Beyond ASCII -------------------------------------------------------------------- */

static void international_name_is_found_by_either_form(void **state)
{
    (void)state;
    check_find("xn--bcher-kva.test", PSOCK_NONE, "192.0.2.8:80");
    if (psock_capability(PSOCK_CAP_INTERNATIONAL_NAMES) < 0)
        skip_because("this system turns no names into their ASCII form");
    check_find("b\xc3\xbc"
               "cher.test",
               PSOCK_NONE, "192.0.2.8:80");
    check_find("B\xc3\x9c"
               "CHER.test",
               PSOCK_NONE, "192.0.2.8:80");
}

static void name_that_cannot_be_turned_into_ascii_has_no_address(void **state)
{
    const char *const host = "a\xe2\x80\xa8.test";
    (void)state;
    if (psock_capability(PSOCK_CAP_INTERNATIONAL_NAMES) < 0)
        assert_result(find(host, PSOCK_NONE), PSOCK_ENOTSUP);
    else
        assert_either(find(host, PSOCK_NONE), PSOCK_EAI_NONAME, PSOCK_EAI_FAIL);
}

/* --- Addresses to names ---------------------------------------------------------------- */

static int name_of(const char *text, unsigned flags, char *host, char *service)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    return psock_resolve_address(
        &address, PSOCK_STREAM, flags, host,
        host == NULL ? 0 : PSOCK_HOST_NAME_SIZE, service,
        service == NULL ? 0 : PSOCK_SERVICE_NAME_SIZE, in_time());
}

static void check_name(const char *text, const char *expected)
{
    char host[PSOCK_HOST_NAME_SIZE] = "";
    assert_result(name_of(text, 0, host, NULL), 0);
    assert_string_equal(host, expected);
}

static void address_has_a_name(void **state)
{
    (void)state;
    check_name("192.0.2.9", "named.test");
    check_name("2001:db8::9", "named.test");
    check_name("192.0.2.20", "written.test");
    check_name("192.0.2.7", "real.test");
}

static void address_without_a_name_is_written_as_a_number(void **state)
{
    (void)state;
    check_name("192.0.2.99", "192.0.2.99");
    check_name("2001:db8::99", "2001:db8::99");
}

static void address_without_a_name_that_is_wanted_is_an_error(void **state)
{
    char host[PSOCK_HOST_NAME_SIZE] = "untouched";
    (void)state;
    assert_result(
        name_of("192.0.2.99", PSOCK_RESOLVE_NAME_REQUIRED, host, NULL),
        PSOCK_EAI_NONAME);
    assert_string_equal(host, "untouched");
    assert_result(name_of("192.0.2.9", PSOCK_RESOLVE_NAME_REQUIRED, host, NULL),
                  0);
    assert_string_equal(host, "named.test");
}

static void address_asked_for_as_a_number_is_one(void **state)
{
    char host[PSOCK_HOST_NAME_SIZE] = "";
    (void)state;
    assert_result(name_of("192.0.2.9", PSOCK_RESOLVE_NUMERIC_HOST, host, NULL),
                  0);
    assert_string_equal(host, "192.0.2.9");
}

/* As it was asked for, or in UTF-8. */
static void international_name_comes_back_in_a_form_that_is_found(void **state)
{
    char host[PSOCK_HOST_NAME_SIZE] = "";
    (void)state;
    assert_result(name_of("192.0.2.8", 0, host, NULL), 0);
    if (strcmp(host, "b\xc3\xbc"
                     "cher.test") != 0)
        assert_string_equal(host, "xn--bcher-kva.test");
    check_find(host, PSOCK_NONE, "192.0.2.8:80");
}

static void name_that_does_not_fit_is_not_written(void **state)
{
    char host[] = "untouched!";
    psock_address address;
    (void)state;
    assert_result(psock_address_parse("192.0.2.9", &address), 0);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, host,
                                        sizeof "named.test" - 1, NULL, 0,
                                        in_time()),
                  PSOCK_EAI_OVERFLOW);
    assert_string_equal(host, "untouched!");
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, host,
                                        sizeof "named.test", NULL, 0,
                                        in_time()),
                  0);
    assert_string_equal(host, "named.test");
}

/* --- Services ----------------------------------------------------------------------------- */

static int port_of(const char *host, const char *service, int type)
{
    const psock_resolve_options options = {.type = type};
    int result =
        psock_resolve(host, service, &options, found, ADDRESSES, in_time());
    return result < 0 ? result : psock_address_port(&found[result - 1]);
}

static void service_has_the_port_of_its_type(void **state)
{
    static const char *const hosts[] = {"both.test", "localhost", "192.0.2.1",
                                        NULL};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        assert_result(port_of(hosts[i], "psock-stream", PSOCK_STREAM), 4711);
        assert_result(port_of(hosts[i], "psock-datagram", PSOCK_DATAGRAM),
                      4712);
        assert_result(port_of(hosts[i], "psock-both", PSOCK_STREAM), 4713);
        assert_result(port_of(hosts[i], "psock-both", PSOCK_DATAGRAM), 4714);
    }
}

static void service_of_another_type_is_none(void **state)
{
    static const char *const hosts[] = {"both.test", "localhost", NULL};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        assert_result(port_of(hosts[i], "psock-stream", PSOCK_DATAGRAM),
                      PSOCK_EAI_SERVICE);
        assert_result(port_of(hosts[i], "psock-datagram", PSOCK_STREAM),
                      PSOCK_EAI_SERVICE);
        assert_result(port_of(hosts[i], "psock-nothing", PSOCK_STREAM),
                      PSOCK_EAI_SERVICE);
    }
}

static void port_has_the_service_of_its_type(void **state)
{
    char host[PSOCK_HOST_NAME_SIZE], service[PSOCK_SERVICE_NAME_SIZE];
    psock_address address;
    (void)state;
    assert_result(name_of("192.0.2.9:4711", 0, host, service), 0);
    assert_string_equal(host, "named.test");
    assert_string_equal(service, "psock-stream");
    assert_result(name_of("192.0.2.9:4712", 0, NULL, service), 0);
    assert_string_equal(service, "4712");
    assert_result(psock_address_parse("192.0.2.9:4712", &address), 0);
    assert_result(psock_resolve_address(&address, PSOCK_DATAGRAM, 0, NULL, 0,
                                        service, sizeof service, in_time()),
                  0);
    assert_string_equal(service, "psock-datagram");
}

static const struct CMUnitTest tests[] = {
    NAMES_TEST(name_has_the_addresses_of_its_family),
    NAMES_TEST(name_without_addresses_of_the_family_has_no_data),
    NAMES_TEST(name_of_both_families_has_ipv6_first),
    NAMES_TEST(address_out_of_reach_comes_last),
    NAMES_TEST(names_are_the_same_in_any_case_and_with_a_dot),
    NAMES_TEST(name_in_the_file_of_hosts_is_found),
    NAMES_TEST(short_name_is_completed),
    NAMES_TEST(machine_with_both_families_looks_up_both),
    NAMES_TEST(very_many_addresses_are_all_found_once),
    NAMES_TEST(as_many_addresses_as_fit_are_written),
    NAMES_TEST(longest_name_is_found),
    NAMES_TEST(name_that_cannot_be_is_none),
    NAMES_TEST(alias_has_the_addresses_of_what_it_stands_for),
    NAMES_TEST(canonical_name_is_at_the_end_of_the_aliases),
    NAMES_TEST(canonical_name_is_left_alone_by_a_failure),
    NAMES_TEST(name_that_nobody_has_is_none),
    NAMES_TEST(server_in_trouble_gives_no_answer_now),
    NAMES_TEST(server_that_understands_nothing_gives_no_address),
    NAMES_TEST(international_name_is_found_by_either_form),
    NAMES_TEST(name_that_cannot_be_turned_into_ascii_has_no_address),
    NAMES_TEST(address_has_a_name),
    NAMES_TEST(address_without_a_name_is_written_as_a_number),
    NAMES_TEST(address_without_a_name_that_is_wanted_is_an_error),
    NAMES_TEST(address_asked_for_as_a_number_is_one),
    NAMES_TEST(international_name_comes_back_in_a_form_that_is_found),
    NAMES_TEST(name_that_does_not_fit_is_not_written),
    NAMES_TEST(service_has_the_port_of_its_type),
    NAMES_TEST(service_of_another_type_is_none),
    NAMES_TEST(port_has_the_service_of_its_type),
};

const struct claims answer_claims = CLAIMS(tests);
