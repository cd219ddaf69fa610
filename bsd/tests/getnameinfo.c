/* getnameinfo.c: getnameinfo(). */
#include "fixture.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define BOTH_NUMERIC (NI_NUMERICHOST | NI_NUMERICSERV)

static struct address of_text(const char *text, uint16_t port)
{
    struct address address =
        loopback(strchr(text, ':') == NULL ? AF_INET : AF_INET6, port);
    struct sockaddr_in *in = (struct sockaddr_in *)&address.storage;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address.storage;
    if (in->sin_family == AF_INET)
        assert_call(inet_pton(AF_INET, text, &in->sin_addr), 1);
    else
        assert_call(inet_pton(AF_INET6, text, &in6->sin6_addr), 1);
    return address;
}

static void assert_names(struct address address, int flags, const char *host,
                         const char *service)
{
    char got_host[NI_MAXHOST];
    char got_service[NI_MAXSERV];
    assert_call(getnameinfo(as_sockaddr(&address), address.length, got_host,
                            sizeof got_host, got_service, sizeof got_service,
                            flags),
                0);
    assert_string_equal(got_host, host);
    assert_string_equal(got_service, service);
}

static void addresses_are_written_as_numbers(void **state)
{
    (void)state;
    assert_names(of_text("192.0.2.7", 80), BOTH_NUMERIC, "192.0.2.7", "80");
    assert_names(of_text("2001:db8::7", 65535), BOTH_NUMERIC, "2001:db8::7",
                 "65535");
    assert_names(of_text("0.0.0.0", 0), BOTH_NUMERIC, "0.0.0.0", "0");
    assert_names(of_text("::ffff:192.0.2.7", 1), BOTH_NUMERIC,
                 "::ffff:192.0.2.7", "1");
}

static void services_have_the_names_of_their_type(void **state)
{
    (void)state;
    assert_names(of_text("192.0.2.7", 80), NI_NUMERICHOST, "192.0.2.7", "http");
    assert_names(of_text("::1", 22), NI_NUMERICHOST, "::1", "ssh");
    assert_names(of_text("::1", 69), NI_NUMERICHOST | NI_DGRAM, "::1", "tftp");
    assert_names(of_text("::1", 69), NI_NUMERICHOST, "::1", "69");
    assert_names(of_text("::1", 47999), NI_NUMERICHOST, "::1", "47999");
    assert_names(of_text("::1", 512), NI_NUMERICHOST, "::1", "exec");
    assert_names(of_text("::1", 512), NI_NUMERICHOST | NI_DGRAM, "::1", "biff");
}

static void loopback_is_localhost(void **state)
{
    (void)state;
    assert_names(loopback(AF_INET, 80), NI_NUMERICSERV | NI_NAMEREQD,
                 "localhost", "80");
}

/* Nobody has a name for the addresses of documentation. */
static void an_address_without_a_name_is_written_as_a_number(void **state)
{
    (void)state;
    assert_names(of_text("192.0.2.200", 80), NI_NUMERICSERV, "192.0.2.200",
                 "80");
}

static void a_required_name_that_there_is_not_is_noname(void **state)
{
    (void)state;
    char host[NI_MAXHOST];
    struct address address = of_text("192.0.2.200", 80);
    int error = getnameinfo(as_sockaddr(&address), address.length, host,
                            sizeof host, NULL, 0, NI_NAMEREQD);
    assert_true(error == EAI_NONAME || error == EAI_AGAIN);
    assert_call(getnameinfo(as_sockaddr(&address), address.length, host,
                            sizeof host, NULL, 0, NI_NAMEREQD | NI_NUMERICHOST),
                EAI_NONAME);
}

static void scopes_of_a_link_are_written_by_name(void **state)
{
    (void)state;
    char expected[64];
    struct if_nameindex *interfaces = if_nameindex();
    assert_non_null(interfaces);
    for (struct if_nameindex *one = interfaces; one->if_index != 0; one++) {
        struct address address = of_text("fe80::1", 80);
        ((struct sockaddr_in6 *)&address.storage)->sin6_scope_id =
            one->if_index;
        snprintf(expected, sizeof expected, "fe80::1%%%s", one->if_name);
        assert_names(address, BOTH_NUMERIC, expected, "80");
    }
    if_freenameindex(interfaces);
}

static void other_scopes_are_written_by_number(void **state)
{
    (void)state;
    struct address address = of_text("2001:db8::1", 80);
    ((struct sockaddr_in6 *)&address.storage)->sin6_scope_id = 1;
    assert_names(address, BOTH_NUMERIC, "2001:db8::1%1", "80");
    address = of_text("fe80::1", 80);
    ((struct sockaddr_in6 *)&address.storage)->sin6_scope_id = 4000000000u;
    assert_names(address, BOTH_NUMERIC, "fe80::1%4000000000", "80");
}

static void what_is_not_wanted_is_left_out(void **state)
{
    (void)state;
    char text[NI_MAXHOST] = "before";
    struct address address = of_text("192.0.2.7", 80);
    struct sockaddr *at = as_sockaddr(&address);
    assert_call(getnameinfo(at, address.length, text, sizeof text, NULL, 0,
                            BOTH_NUMERIC),
                0);
    assert_string_equal(text, "192.0.2.7");
    assert_call(getnameinfo(at, address.length, NULL, 0, text, sizeof text,
                            BOTH_NUMERIC),
                0);
    assert_string_equal(text, "80");
    assert_call(getnameinfo(at, address.length, text, 0, NULL, 0, BOTH_NUMERIC),
                0);
    assert_string_equal(text, "80");
}

static void a_buffer_that_is_too_small_is_overflow(void **state)
{
    (void)state;
    char text[64];
    struct address address = of_text("192.0.2.7", 443);
    struct sockaddr *at = as_sockaddr(&address);
    assert_call(
        getnameinfo(at, address.length, text, 10, NULL, 0, BOTH_NUMERIC), 0);
    assert_call(getnameinfo(at, address.length, text, 9, NULL, 0, BOTH_NUMERIC),
                EAI_OVERFLOW);
    assert_call(getnameinfo(at, address.length, text, 1, NULL, 0, BOTH_NUMERIC),
                EAI_OVERFLOW);
    assert_call(getnameinfo(at, address.length, NULL, 0, text, 3, BOTH_NUMERIC),
                EAI_OVERFLOW);
    assert_call(
        getnameinfo(at, address.length, NULL, 0, text, 4, NI_NUMERICHOST),
        EAI_OVERFLOW);
}

static void unknown_flags_are_badflags(void **state)
{
    (void)state;
    char text[64];
    struct address address = of_text("192.0.2.7", 443);
    assert_call(getnameinfo(as_sockaddr(&address), address.length, text,
                            sizeof text, NULL, 0, 0x10000),
                EAI_BADFLAGS);
}

static void addresses_that_are_none_are_family(void **state)
{
    (void)state;
    char text[64];
    struct address v4 = of_text("192.0.2.7", 443);
    struct address v6 = of_text("::1", 443);
    assert_call(getnameinfo(as_sockaddr(&v4), sizeof(struct sockaddr_in) - 1,
                            text, sizeof text, NULL, 0, BOTH_NUMERIC),
                EAI_FAMILY);
    assert_call(getnameinfo(as_sockaddr(&v6), sizeof(struct sockaddr_in), text,
                            sizeof text, NULL, 0, BOTH_NUMERIC),
                EAI_FAMILY);
    assert_call(getnameinfo(as_sockaddr(&v4), 1, text, sizeof text, NULL, 0,
                            BOTH_NUMERIC),
                EAI_FAMILY);
    assert_call(getnameinfo(as_sockaddr(&v4), 0, text, sizeof text, NULL, 0,
                            BOTH_NUMERIC),
                EAI_FAMILY);
    v4.storage.ss_family = AF_UNSPEC;
    assert_call(getnameinfo(as_sockaddr(&v4), v4.length, text, sizeof text,
                            NULL, 0, BOTH_NUMERIC),
                EAI_FAMILY);
}

static void a_longer_length_is_fine(void **state)
{
    (void)state;
    struct address address = of_text("192.0.2.7", 80);
    address.length = sizeof address.storage;
    assert_names(address, BOTH_NUMERIC, "192.0.2.7", "80");
    address = of_text("2001:db8::7", 80);
    address.length = sizeof address.storage;
    assert_names(address, BOTH_NUMERIC, "2001:db8::7", "80");
}

static void a_required_name_of_nothing_is_noname(void **state)
{
    (void)state;
    struct address address = of_text("192.0.2.7", 80);
    assert_call(getnameinfo(as_sockaddr(&address), address.length, NULL, 0,
                            NULL, 0, NI_NAMEREQD),
                EAI_NONAME);
}

static void a_unix_address_is_this_host_and_a_path(void **state)
{
    (void)state;
    struct address address;
    char name[NI_MAXHOST];
    struct sockaddr_un *un = (struct sockaddr_un *)&address.storage;
    memset(&address, 0, sizeof address);
    un->sun_family = AF_UNIX;
    strcpy(un->sun_path, "/run/some.sock");
    address.length = sizeof *un;
    assert_names(address, BOTH_NUMERIC, "localhost", "/run/some.sock");
    assert_call(gethostname(name, sizeof name), 0);
    assert_names(address, 0, name, "/run/some.sock");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(addresses_are_written_as_numbers),
        claim(services_have_the_names_of_their_type),
        claim(loopback_is_localhost),
        claim(an_address_without_a_name_is_written_as_a_number),
        claim(a_required_name_that_there_is_not_is_noname),
        claim(scopes_of_a_link_are_written_by_name),
        claim(other_scopes_are_written_by_number),
        claim(what_is_not_wanted_is_left_out),
        claim(a_buffer_that_is_too_small_is_overflow),
        claim(unknown_flags_are_badflags),
        claim(addresses_that_are_none_are_family),
        claim(a_longer_length_is_fine),
        claim(a_required_name_of_nothing_is_noname),
        claim(a_unix_address_is_this_host_and_a_path),
    };
    return cmocka_run_group_tests_name("getnameinfo", tests, NULL, NULL);
}
