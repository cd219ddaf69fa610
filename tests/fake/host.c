/* What is said of hosts and services without asking anybody. */
#include "sys_fake.h"

#include "query.h"

#include <string.h>

static int read_host(const char *host, int family, unsigned flags,
                     struct psock_target *target)
{
    return psock_target_read(host, "80", family, flags, target);
}

/* `texts` in order, null-ended, is what is known; nobody is to be asked. */
static void check_known(const char *host, int family, unsigned flags,
                        const char *const *texts)
{
    struct psock_target target;
    size_t count = 0;
    assert_result(read_host(host, family, flags, &target), 0);
    assert_null(target.host);
    assert_null(target.service);
    assert_int_equal(target.port, 80);
    for (; texts[count] != NULL; count++) {
        const psock_address expected = parsed(texts[count]);
        assert_in_range(target.count, count + 1, PSOCK_KNOWN_MAX);
        assert_int_equal(
            psock_address_compare(&target.addresses[count], &expected), 0);
    }
    assert_int_equal(target.count, count);
}

static void check_error(const char *host, const char *service, int family,
                        unsigned flags, int error)
{
    struct psock_target target;
    assert_result(psock_target_read(host, service, family, flags, &target),
                  error);
}

static void check_asked(const char *host)
{
    struct psock_target target;
    assert_result(read_host(host, PSOCK_NONE, 0, &target), 0);
    assert_ptr_equal(target.host, host);
    assert_int_equal(target.count, 0);
    assert_int_equal(target.port, 80);
}

#define KNOWN(...) ((const char *const[]){__VA_ARGS__, NULL})

/* --- Hosts that are known -------------------------------------------------- */

static void no_host_is_loopback_of_each_family_asked_for(void **state)
{
    (void)state;
    check_known(NULL, PSOCK_NONE, 0, KNOWN("[::1]:80", "127.0.0.1:80"));
    check_known(NULL, PSOCK_IPV4, 0, KNOWN("127.0.0.1:80"));
    check_known(NULL, PSOCK_IPV6, 0, KNOWN("[::1]:80"));
}

static void no_host_is_all_addresses_to_a_server(void **state)
{
    const unsigned passive = PSOCK_RESOLVE_PASSIVE;
    (void)state;
    check_known(NULL, PSOCK_NONE, passive, KNOWN("[::]:80", "0.0.0.0:80"));
    check_known(NULL, PSOCK_IPV4, passive, KNOWN("0.0.0.0:80"));
    check_known(NULL, PSOCK_IPV6, passive, KNOWN("[::]:80"));
}

static void localhost_is_loopback_however_it_is_written(void **state)
{
    static const char *const hosts[] = {
        "localhost",   "localhost.",       "LOCALHOST",   "LocalHost.",
        "a.localhost", "A.b-c.LOCALHOST.", "1.localhost", "x_y.localhost"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        check_known(hosts[i], PSOCK_NONE, 0, KNOWN("[::1]:80", "127.0.0.1:80"));
        check_known(hosts[i], PSOCK_IPV4, 0, KNOWN("127.0.0.1:80"));
        check_known(hosts[i], PSOCK_IPV6, 0, KNOWN("[::1]:80"));
    }
    check_known("localhost", PSOCK_NONE, PSOCK_RESOLVE_PASSIVE,
                KNOWN("[::1]:80", "127.0.0.1:80"));
}

static void numeric_host_is_the_address_it_says(void **state)
{
    static const char *const hosts[][2] = {
        {"192.0.2.7", "192.0.2.7:80"},
        {"0.0.0.0", "0.0.0.0:80"},
        {"255.255.255.255", "255.255.255.255:80"},
        {"::", "[::]:80"},
        {"2001:DB8::1", "[2001:db8::1]:80"},
        {"::ffff:192.0.2.7", "[::ffff:192.0.2.7]:80"},
        {"fe80::1%7", "[fe80::1%7]:80"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        check_known(hosts[i][0], PSOCK_NONE, 0, KNOWN(hosts[i][1]));
        check_known(hosts[i][0], PSOCK_NONE, PSOCK_RESOLVE_NUMERIC_HOST,
                    KNOWN(hosts[i][1]));
    }
}

static void scope_goes_by_the_name_of_an_interface(void **state)
{
    (void)state;
    expect_scope_index("eth0", returns(3));
    check_known("fe80::1%eth0", PSOCK_IPV6, 0, KNOWN("[fe80::1%3]:80"));
    expect_scope_index("Ethernet 2", returns(4));
    check_known("fe80::1%Ethernet 2", PSOCK_IPV6, 0, KNOWN("[fe80::1%4]:80"));
    expect_scope_index("nothing", returns(0));
    check_error("fe80::1%nothing", NULL, PSOCK_NONE, 0, PSOCK_ENODEV);
}

static void numeric_host_of_another_family_is_refused(void **state)
{
    (void)state;
    check_known("192.0.2.7", PSOCK_IPV4, 0, KNOWN("192.0.2.7:80"));
    check_known("::1", PSOCK_IPV6, 0, KNOWN("[::1]:80"));
    check_error("192.0.2.7", NULL, PSOCK_IPV6, 0, PSOCK_EAI_FAMILY);
    check_error("::1", NULL, PSOCK_IPV4, 0, PSOCK_EAI_FAMILY);
    check_error("::ffff:192.0.2.7", NULL, PSOCK_IPV4, 0, PSOCK_EAI_FAMILY);
}

/* --- Names ----------------------------------------------------------------- */

static void names_have_to_be_asked_for(void **state)
{
    static const char *const hosts[] = {
        "a",
        "example.org",
        "example.org.",
        "xn--bcher-kva.example",
        "\xc3\xbc.example",
        "\xe3\x81\x82\xe3\x80\x82\xe4\xbe\x8b",
        "_service.example",
        "-a.example",
        "1.example",
        "3com.example",
        "127.0.0.1.example",
        "1a",
        "0x1g",
        "x0",
        "0y",
        "localhosts",
        "notlocalhost",
        "localhost.example",
        "invalid.example",
        "notinvalid",
        "\xf0\x9f\x98\x80",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        check_asked(hosts[i]);
}

static void names_that_nobody_can_have_are_known_to_be_none(void **state)
{
    static const char *const hosts[] = {
        "",           ".",         "..",
        "a..b",       ".a",        "a..",
        ".localhost", "invalid",   "invalid.",
        "a.INVALID",  "[::1]",     "[::1]:80",
        "::1%",       "::1%0",     "::1%007",
        "1:2",        "::1::",     "192.0.2.7:80",
        "a:80",       "host%eth0", "192.0.2.7%1",
        "%",          " ",         " a",
        "a ",         "a b",       "a\tb",
        "a\nb",       "a\x01",     "a\x7f",
        "a/b",        "a\\b",      "a@b",
        "a?b",        "a#b",       "<a>",
        "a^b",        "a|b",       "unix:/a",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        check_error(hosts[i], "80", PSOCK_NONE, 0, PSOCK_EAI_NONAME);
}

/* What some system or other reads as an address. */
static void names_that_end_in_a_number_are_none(void **state)
{
    static const char *const hosts[] = {
        "0",          "127.1",       "127.0.1",   "2130706433", "127.0.0.1.",
        "010.0.0.1",  "127.0.0.01",  "256.0.0.1", "1.2.3.4.5",  "0x7f.1",
        "0X7F000001", "0x",          "1.0x",      "a.0xf.",     "example.7",
        "example.08", "127.0.0.0x1",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        check_error(hosts[i], "80", PSOCK_NONE, 0, PSOCK_EAI_NONAME);
}

static void numeric_host_is_not_looked_up_as_a_name(void **state)
{
    static const char *const hosts[] = {"localhost", "example.org", "127.1",
                                        "a"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        check_error(hosts[i], NULL, PSOCK_NONE, PSOCK_RESOLVE_NUMERIC_HOST,
                    PSOCK_EAI_NONAME);
}

/* --- Limits ---------------------------------------------------------------- */

/* A name of labels of `label` bytes, `length` in all, `c` its letter. */
static const char *name_of(size_t length, size_t label, char c)
{
    static char name[PSOCK_HOST_NAME_SIZE + 2];
    memset(name, c, length);
    for (size_t i = label; i + 1 < length; i += label + 1)
        name[i] = '.';
    name[length] = '\0';
    return name;
}

static void label_has_63_bytes_at_most(void **state)
{
    (void)state;
    check_asked(name_of(63, 63, 'a'));
    check_asked(name_of(127, 63, 'a'));
    check_error(name_of(64, 64, 'a'), NULL, PSOCK_NONE, 0, PSOCK_EAI_NONAME);
    check_error(name_of(128, 64, 'a'), NULL, PSOCK_NONE, 0, PSOCK_EAI_NONAME);
}

static void name_has_253_bytes_at_most_without_the_last_dot(void **state)
{
    char name[256];
    (void)state;
    check_asked(name_of(253, 49, 'a'));
    check_error(name_of(254, 49, 'a'), NULL, PSOCK_NONE, 0, PSOCK_EAI_NONAME);
    strcpy(name, name_of(253, 49, 'a'));
    strcat(name, ".");
    check_asked(name);
}

/* Nobody can tell how long the ASCII form will be. */
static void name_beyond_ascii_may_be_longer(void **state)
{
    char name[1024] = "";
    (void)state;
    for (int i = 0; i < 50; i++)
        strcat(name, "\xc3\xbc");
    check_asked(name);
    for (int i = 0; i < 4; i++) {
        strcat(name, ".");
        strcat(name, name_of(60, 60, 'a'));
    }
    check_asked(name);
    strcat(name, "a.");
    strcat(name, name_of(64, 64, 'a'));
    check_error(name, NULL, PSOCK_NONE, 0, PSOCK_EAI_NONAME);
}

static void text_beyond_the_sizes_is_too_long(void **state)
{
    static char service[PSOCK_SERVICE_NAME_SIZE + 1];
    struct psock_target target;
    (void)state;
    check_error(name_of(PSOCK_HOST_NAME_SIZE - 1, 50, 'a'), NULL, PSOCK_NONE, 0,
                PSOCK_EAI_NONAME);
    check_error(name_of(PSOCK_HOST_NAME_SIZE, 50, 'a'), NULL, PSOCK_NONE, 0,
                PSOCK_ENAMETOOLONG);
    memset(service, 'a', PSOCK_SERVICE_NAME_SIZE - 1);
    assert_result(psock_target_read(NULL, service, PSOCK_NONE, 0, &target), 0);
    assert_ptr_equal(target.service, service);
    service[PSOCK_SERVICE_NAME_SIZE - 1] = 'a';
    check_error(NULL, service, PSOCK_NONE, 0, PSOCK_ENAMETOOLONG);
}

/* --- UTF-8 ------------------------------------------------------------------ */

static void text_that_is_not_utf8_is_refused(void **state)
{
    static const char *const texts[] = {
        "\x80",
        "a\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2 ",
        "\xc3\xc3",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xef\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf0\x9f\x98",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf8\x88\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xfc.a",
        "\xe2\x28\xa1",
        "\xf0\x9f\x28\x80",
        "\xf0\x9f\x98\xc0",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        check_error(texts[i], NULL, PSOCK_NONE, 0, PSOCK_EINVAL);
        check_error(NULL, texts[i], PSOCK_NONE, 0, PSOCK_EINVAL);
    }
}

static void first_and_last_of_each_length_are_utf8(void **state)
{
    static const char *const texts[] = {
        "\x01",
        "\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xec\xbf\xbf",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf3\xbf\xbf\xbf",
        "\xf4\x8f\xbf\xbf",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_true(psock_is_utf8(texts[i]));
}

/* --- Services --------------------------------------------------------------- */

static void numeric_service_is_its_port(void **state)
{
    static const struct {
        const char *service;
        uint16_t port;
    } services[] = {{"0", 0}, {"1", 1}, {"80", 80}, {"65535", 65535}};
    struct psock_target target;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(services); i++)
        for (unsigned flags = 0; flags <= PSOCK_RESOLVE_NUMERIC_SERVICE;
             flags += PSOCK_RESOLVE_NUMERIC_SERVICE) {
            assert_result(psock_target_read("::1", services[i].service,
                                            PSOCK_NONE, flags, &target),
                          0);
            assert_null(target.service);
            assert_int_equal(target.port, services[i].port);
            assert_int_equal(psock_address_port(&target.addresses[0]),
                             services[i].port);
        }
}

static void no_service_is_port_0(void **state)
{
    struct psock_target target;
    (void)state;
    assert_result(psock_target_read("::1", NULL, PSOCK_NONE, 0, &target), 0);
    assert_null(target.service);
    assert_int_equal(target.port, 0);
}

static void named_service_has_to_be_asked_for(void **state)
{
    static const char *const services[] = {"http", "HTTP",   "whois++",
                                           "9pfs", "ms-sql", "z39.50"};
    struct psock_target target;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(services); i++) {
        assert_result(psock_target_read("example.org", services[i], PSOCK_NONE,
                                        0, &target),
                      0);
        assert_ptr_equal(target.service, services[i]);
        assert_string_equal(target.host, "example.org");
        assert_int_equal(target.port, 0);
        check_error(NULL, services[i], PSOCK_NONE,
                    PSOCK_RESOLVE_NUMERIC_SERVICE, PSOCK_EAI_SERVICE);
    }
}

static void services_that_are_neither_are_known_to_be_none(void **state)
{
    static const char *const services[] = {
        "",      " ",       " 80",   "80 ",   "+80",
        "-1",    "080",     "00",    "65536", "99999999999999999999",
        "8.0",   "80\n",    "http ", "ht tp", "a\x7f",
        "a\x01", "\xc3\xbc"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(services); i++)
        check_error(NULL, services[i], PSOCK_NONE, 0, PSOCK_EAI_SERVICE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(no_host_is_loopback_of_each_family_asked_for),
        test(no_host_is_all_addresses_to_a_server),
        test(localhost_is_loopback_however_it_is_written),
        test(numeric_host_is_the_address_it_says),
        test(scope_goes_by_the_name_of_an_interface),
        test(numeric_host_of_another_family_is_refused),
        test(names_have_to_be_asked_for),
        test(names_that_nobody_can_have_are_known_to_be_none),
        test(names_that_end_in_a_number_are_none),
        test(numeric_host_is_not_looked_up_as_a_name),
        test(label_has_63_bytes_at_most),
        test(name_has_253_bytes_at_most_without_the_last_dot),
        test(name_beyond_ascii_may_be_longer),
        test(text_beyond_the_sizes_is_too_long),
        test(text_that_is_not_utf8_is_refused),
        test(first_and_last_of_each_length_are_utf8),
        test(numeric_service_is_its_port),
        test(no_service_is_port_0),
        test(named_service_has_to_be_asked_for),
        test(services_that_are_neither_are_known_to_be_none),
    };
    return cmocka_run_group_tests_name("fake.host", tests, NULL, NULL);
}
