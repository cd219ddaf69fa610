/* gethostbyname.c: gethostbyname(), gethostbyaddr() and their kin. */
#include "fixture.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

static uint32_t first_ipv4(const struct hostent *host)
{
    uint32_t address;
    assert_non_null(host);
    assert_int_equal(host->h_addrtype, AF_INET);
    assert_int_equal(host->h_length, 4);
    assert_non_null(host->h_aliases);
    assert_non_null(host->h_addr_list[0]);
    memcpy(&address, host->h_addr, sizeof address);
    return ntohl(address);
}

/* --- By name ---------------------------------------------------------------------- */

static void localhost_is_127_0_0_1(void **state)
{
    (void)state;
    struct hostent *host = gethostbyname("localhost");
    assert_int_equal(first_ipv4(host), INADDR_LOOPBACK);
    assert_non_null(host->h_name);
    assert_string_equal(host->h_name, "localhost");
    assert_null(host->h_addr_list[1]);
}

static void a_number_stands_for_itself(void **state)
{
    (void)state;
    struct hostent *host = gethostbyname("192.0.2.7");
    assert_int_equal(first_ipv4(host), 0xc0000207);
    assert_string_equal(host->h_name, "192.0.2.7");
    assert_null(host->h_aliases[0]);
    assert_null(host->h_addr_list[1]);
    assert_int_equal(first_ipv4(gethostbyname("127.1")), 0x7f000001);
}

static void a_number_of_ipv6_stands_for_itself(void **state)
{
    (void)state;
    struct hostent *host = gethostbyname2("::1", AF_INET6);
    assert_non_null(host);
    assert_int_equal(host->h_addrtype, AF_INET6);
    assert_int_equal(host->h_length, 16);
    assert_memory_equal(host->h_addr, &in6addr_loopback, 16);
    assert_string_equal(host->h_name, "::1");
}

static void a_number_of_the_other_family_is_not_found(void **state)
{
    (void)state;
    assert_null(gethostbyname("::1"));
    assert_int_equal(h_errno, HOST_NOT_FOUND);
}

static void text_that_is_no_name_is_not_found(void **state)
{
    (void)state;
    static const char *const texts[] = {"999.9.9.9", "a b", "1.2.3.4 x",
                                        "[::1]"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        h_errno = 0;
        assert_null(gethostbyname(texts[i]));
        assert_int_equal(h_errno, HOST_NOT_FOUND);
    }
}

static void no_text_is_no_host(void **state)
{
    (void)state;
    h_errno = 0;
    assert_null(gethostbyname(""));
    assert_true(h_errno == NO_RECOVERY || h_errno == HOST_NOT_FOUND);
}

/* A resolver that reaches nobody may say that instead. */
static void names_in_invalid_are_not_found(void **state)
{
    (void)state;
    h_errno = 0;
    assert_null(gethostbyname("no.such.host.invalid"));
    assert_true(h_errno == HOST_NOT_FOUND || h_errno == TRY_AGAIN);
}

static void another_family_is_eafnosupport(void **state)
{
    (void)state;
    errno = 0;
    assert_null(gethostbyname2("localhost", 77));
    assert_int_equal(errno, EAFNOSUPPORT);
}

/* --- By address --------------------------------------------------------------------- */

static void loopback_is_called_localhost(void **state)
{
    (void)state;
    struct in_addr address;
    address.s_addr = htonl(INADDR_LOOPBACK);
    struct hostent *host = gethostbyaddr(&address, sizeof address, AF_INET);
    assert_int_equal(first_ipv4(host), INADDR_LOOPBACK);
    assert_string_equal(host->h_name, "localhost");
}

static void an_address_without_a_name_is_not_found(void **state)
{
    (void)state;
    struct in_addr address;
    address.s_addr = htonl(0xc00002c8);
    h_errno = 0;
    assert_null(gethostbyaddr(&address, sizeof address, AF_INET));
    assert_true(h_errno == HOST_NOT_FOUND || h_errno == TRY_AGAIN);
}

static void addresses_that_are_none_are_eafnosupport(void **state)
{
    (void)state;
    struct in_addr address;
    address.s_addr = htonl(INADDR_LOOPBACK);
    errno = 0;
    assert_null(gethostbyaddr(&address, 3, AF_INET));
    assert_int_equal(errno, EAFNOSUPPORT);
    assert_int_equal(h_errno, NETDB_INTERNAL);
    errno = 0;
    assert_null(gethostbyaddr(&address, 4, 77));
    assert_int_equal(errno, EAFNOSUPPORT);
    assert_int_equal(h_errno, NETDB_INTERNAL);
}

/* --- Into buffers --------------------------------------------------------------------- */

static void results_can_be_had_in_a_buffer(void **state)
{
    (void)state;
    struct hostent host;
    struct hostent *result = NULL;
    char buffer[1024];
    int error = 77;
    assert_call(gethostbyname_r("localhost", &host, buffer, sizeof buffer,
                                &result, &error),
                0);
    assert_ptr_equal(result, &host);
    assert_int_equal(first_ipv4(&host), INADDR_LOOPBACK);
    assert_true(host.h_name >= buffer && host.h_name < buffer + sizeof buffer);
}

static void a_buffer_that_is_too_small_is_erange(void **state)
{
    (void)state;
    static const char *const names[] = {"localhost", "127.0.0.1"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct hostent host;
        struct hostent *result = &host;
        char buffer[10];
        int error = 0;
        assert_call(gethostbyname_r(names[i], &host, buffer, sizeof buffer,
                                    &result, &error),
                    ERANGE);
        assert_null(result);
        assert_int_equal(error, NETDB_INTERNAL);
    }
}

static void a_growing_buffer_is_large_enough_in_the_end(void **state)
{
    (void)state;
    struct hostent host;
    struct hostent *result = NULL;
    int error;
    size_t size = 1;
    char *buffer = malloc(size);
    while (gethostbyname_r("localhost", &host, buffer, size, &result, &error) ==
           ERANGE) {
        size *= 2;
        assert_true(size < 65536);
        free(buffer);
        buffer = malloc(size);
    }
    assert_int_equal(first_ipv4(result), INADDR_LOOPBACK);
    free(buffer);
}

static void no_result_is_no_error(void **state)
{
    (void)state;
    struct hostent host;
    struct hostent *result = &host;
    char buffer[1024];
    int error = 0;
    assert_call(gethostbyname_r("999.9.9.9", &host, buffer, sizeof buffer,
                                &result, &error),
                0);
    assert_null(result);
    assert_int_equal(error, HOST_NOT_FOUND);
}

static void addresses_can_be_looked_up_into_a_buffer(void **state)
{
    (void)state;
    struct in_addr address;
    struct hostent host;
    struct hostent *result = NULL;
    char buffer[1024];
    int error = 77;
    address.s_addr = htonl(INADDR_LOOPBACK);
    assert_call(gethostbyaddr_r(&address, sizeof address, AF_INET, &host,
                                buffer, sizeof buffer, &result, &error),
                0);
    assert_ptr_equal(result, &host);
    assert_string_equal(host.h_name, "localhost");
}

/* --- Lists ---------------------------------------------------------------------------- */

static void the_known_hosts_have_localhost_among_them(void **state)
{
    (void)state;
    int found = 0;
    struct hostent *host;
    sethostent(1);
    while ((host = gethostent()) != NULL) {
        assert_true(host->h_length == 4 || host->h_length == 16);
        if (host->h_addrtype == AF_INET && first_ipv4(host) == INADDR_LOOPBACK)
            found++;
    }
    endhostent();
    assert_true(found > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(localhost_is_127_0_0_1),
        claim(a_number_stands_for_itself),
        claim(a_number_of_ipv6_stands_for_itself),
        claim(a_number_of_the_other_family_is_not_found),
        claim(text_that_is_no_name_is_not_found),
        claim(no_text_is_no_host),
        claim(names_in_invalid_are_not_found),
        claim(another_family_is_eafnosupport),
        claim(loopback_is_called_localhost),
        claim(an_address_without_a_name_is_not_found),
        claim(addresses_that_are_none_are_eafnosupport),
        claim(results_can_be_had_in_a_buffer),
        claim(a_buffer_that_is_too_small_is_erange),
        claim(a_growing_buffer_is_large_enough_in_the_end),
        claim(no_result_is_no_error),
        claim(addresses_can_be_looked_up_into_a_buffer),
        claim(the_known_hosts_have_localhost_among_them),
    };
    return cmocka_run_group_tests_name("gethostbyname", tests, NULL, NULL);
}
