/* getaddrinfo.c: getaddrinfo(), freeaddrinfo(). */
#include "fixture.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNTOUCHED ((struct addrinfo *)-1)

static struct addrinfo hints_of(int flags, int family, int type, int protocol)
{
    struct addrinfo hints;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = flags;
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = protocol;
    return hints;
}

/* Checks that a host or service is refused, and that nothing is written then. */
static void assert_refused(const char *host, const char *service,
                           struct addrinfo hints, int expected)
{
    struct addrinfo *result = UNTOUCHED;
    int error = getaddrinfo(host, service, &hints, &result);
    if (error != expected)
        fail_msg("\"%s\", \"%s\": %d (%s), not %d", host ? host : "(null)",
                 service ? service : "(null)", error, gai_strerror(error),
                 expected);
    assert_ptr_equal(result, UNTOUCHED);
}

static struct addrinfo *find(const char *host, const char *service,
                             struct addrinfo hints)
{
    struct addrinfo *result = NULL;
    int error = getaddrinfo(host, service, &hints, &result);
    if (error != 0)
        fail_msg("\"%s\", \"%s\": %d (%s)", host ? host : "(null)",
                 service ? service : "(null)", error, gai_strerror(error));
    assert_non_null(result);
    return result;
}

static size_t count_of(const struct addrinfo *list)
{
    size_t count = 0;
    for (; list != NULL; list = list->ai_next)
        count++;
    return count;
}

static const struct sockaddr_in *as_in(const struct addrinfo *one)
{
    assert_int_equal(one->ai_family, AF_INET);
    assert_int_equal(one->ai_addr->sa_family, AF_INET);
    assert_int_equal(one->ai_addrlen, sizeof(struct sockaddr_in));
    return (const struct sockaddr_in *)(const void *)one->ai_addr;
}

static const struct sockaddr_in6 *as_in6(const struct addrinfo *one)
{
    assert_int_equal(one->ai_family, AF_INET6);
    assert_int_equal(one->ai_addr->sa_family, AF_INET6);
    assert_int_equal(one->ai_addrlen, sizeof(struct sockaddr_in6));
    return (const struct sockaddr_in6 *)(const void *)one->ai_addr;
}

/* --- Numbers ------------------------------------------------------------------------ */

static void a_number_of_ipv4_is_one_address(void **state)
{
    (void)state;
    struct addrinfo *list =
        find("192.0.2.7", "80", hints_of(0, AF_UNSPEC, SOCK_STREAM, 0));
    const struct sockaddr_in *address = as_in(list);
    assert_int_equal(address->sin_addr.s_addr, htonl(0xc0000207));
    assert_int_equal(address->sin_port, htons(80));
    assert_int_equal(list->ai_socktype, SOCK_STREAM);
    assert_int_equal(list->ai_protocol, IPPROTO_TCP);
    assert_null(list->ai_canonname);
    assert_null(list->ai_next);
    freeaddrinfo(list);
}

static void a_number_of_ipv6_is_one_address(void **state)
{
    (void)state;
    struct addrinfo *list =
        find("2001:db8::7", "443", hints_of(0, AF_UNSPEC, SOCK_DGRAM, 0));
    const struct sockaddr_in6 *address = as_in6(list);
    struct in6_addr expected;
    assert_call(inet_pton(AF_INET6, "2001:db8::7", &expected), 1);
    assert_true(IN6_ARE_ADDR_EQUAL(&address->sin6_addr, &expected));
    assert_int_equal(address->sin6_port, htons(443));
    assert_int_equal(address->sin6_flowinfo, 0);
    assert_int_equal(address->sin6_scope_id, 0);
    assert_int_equal(list->ai_protocol, IPPROTO_UDP);
    assert_null(list->ai_next);
    freeaddrinfo(list);
}

static void numbers_of_ipv4_are_read_as_inet_aton_reads_them(void **state)
{
    (void)state;
    static const char *const texts[] = {"127.1", "0x7f.1", "0177.0.0.1",
                                        "2130706433"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct addrinfo *list =
            find(texts[i], NULL, hints_of(AI_NUMERICHOST, 0, SOCK_STREAM, 0));
        assert_int_equal(as_in(list)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
        freeaddrinfo(list);
    }
}

static void what_looks_like_a_number_and_is_none_is_noname(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",          "[::1]", "[::1]:80",     "127.0.0.1 ", "999.1.1.1",
        "1.2.3.4.5", "::1::", "127.0.0.1:80", "a b",        "1:2:3"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_refused(texts[i], "80", hints_of(0, 0, SOCK_STREAM, 0),
                       EAI_NONAME);
}

static void a_name_is_not_a_number(void **state)
{
    (void)state;
    assert_refused("localhost", NULL,
                   hints_of(AI_NUMERICHOST, 0, SOCK_STREAM, 0), EAI_NONAME);
    assert_refused("", NULL, hints_of(AI_NUMERICHOST, 0, SOCK_STREAM, 0),
                   EAI_NONAME);
}

static void a_number_of_the_other_family_is_addrfamily(void **state)
{
    (void)state;
    assert_refused("127.0.0.1", NULL, hints_of(0, AF_INET6, SOCK_STREAM, 0),
                   EAI_ADDRFAMILY);
    assert_refused("::1", NULL, hints_of(0, AF_INET, SOCK_STREAM, 0),
                   EAI_ADDRFAMILY);
}

static void a_number_of_ipv4_is_mapped_on_request(void **state)
{
    (void)state;
    struct addrinfo *list = find(
        "192.0.2.7", "80", hints_of(AI_V4MAPPED, AF_INET6, SOCK_STREAM, 0));
    const struct sockaddr_in6 *address = as_in6(list);
    assert_true(IN6_IS_ADDR_V4MAPPED(&address->sin6_addr));
    assert_memory_equal(&address->sin6_addr.s6_addr[12], "\xc0\x00\x02\x07", 4);
    assert_int_equal(address->sin6_port, htons(80));
    freeaddrinfo(list);
}

static void a_mapped_number_is_ipv4_on_request(void **state)
{
    (void)state;
    struct addrinfo *list =
        find("::ffff:192.0.2.7", NULL, hints_of(0, AF_INET, SOCK_STREAM, 0));
    assert_int_equal(as_in(list)->sin_addr.s_addr, htonl(0xc0000207));
    freeaddrinfo(list);
}

/* --- Scopes -------------------------------------------------------------------------- */

static uint32_t scope_of(const char *text)
{
    struct addrinfo *list = find(text, NULL, hints_of(0, 0, SOCK_STREAM, 0));
    uint32_t scope = as_in6(list)->sin6_scope_id;
    freeaddrinfo(list);
    return scope;
}

static void a_scope_is_an_index_or_the_name_of_an_interface(void **state)
{
    (void)state;
    char text[64];
    struct if_nameindex *interfaces = if_nameindex();
    assert_non_null(interfaces);
    for (struct if_nameindex *one = interfaces; one->if_index != 0; one++) {
        snprintf(text, sizeof text, "fe80::1%%%s", one->if_name);
        assert_int_equal(scope_of(text), one->if_index);
        snprintf(text, sizeof text, "fe80::1%%%u", one->if_index);
        assert_int_equal(scope_of(text), one->if_index);
        snprintf(text, sizeof text, "ff02::1%%%s", one->if_name);
        assert_int_equal(scope_of(text), one->if_index);
    }
    if_freenameindex(interfaces);
}

static void a_scope_by_number_is_not_looked_up(void **state)
{
    (void)state;
    assert_int_equal(scope_of("fe80::1%4294967295"), 4294967295u);
    assert_int_equal(scope_of("fe80::1%0"), 0);
    assert_int_equal(scope_of("2001:db8::1%7"), 7);
}

static void a_scope_of_no_interface_is_noname(void **state)
{
    (void)state;
    struct addrinfo hints = hints_of(0, 0, SOCK_STREAM, 0);
    assert_refused("fe80::1%no-such-one", NULL, hints, EAI_NONAME);
    assert_refused("fe80::1%", NULL, hints, EAI_NONAME);
    assert_refused("2001:db8::1%no-such-one", NULL, hints, EAI_NONAME);
}

/* --- Kinds of sockets ----------------------------------------------------------------- */

static void without_a_type_all_kinds_are_told(void **state)
{
    (void)state;
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW};
    static const int protocols[] = {IPPROTO_TCP, IPPROTO_UDP, 0};
    struct addrinfo *list = find("127.0.0.1", "80", hints_of(0, 0, 0, 0));
    const struct addrinfo *one = list;
    assert_int_equal(count_of(list), 3);
    for (size_t i = 0; i < 3; i++, one = one->ai_next) {
        assert_int_equal(one->ai_socktype, types[i]);
        assert_int_equal(one->ai_protocol, protocols[i]);
        assert_int_equal(as_in(one)->sin_port, htons(80));
    }
    freeaddrinfo(list);
}

static void assert_one_kind(int type, int protocol, int got_type,
                            int got_protocol)
{
    struct addrinfo *list =
        find("127.0.0.1", NULL, hints_of(0, 0, type, protocol));
    assert_int_equal(list->ai_socktype, got_type);
    assert_int_equal(list->ai_protocol, got_protocol);
    assert_null(list->ai_next);
    freeaddrinfo(list);
}

static void a_type_or_a_protocol_chooses_a_kind(void **state)
{
    (void)state;
    assert_one_kind(SOCK_STREAM, 0, SOCK_STREAM, IPPROTO_TCP);
    assert_one_kind(SOCK_DGRAM, 0, SOCK_DGRAM, IPPROTO_UDP);
    assert_one_kind(SOCK_RAW, 0, SOCK_RAW, 0);
    assert_one_kind(0, IPPROTO_TCP, SOCK_STREAM, IPPROTO_TCP);
    assert_one_kind(0, IPPROTO_UDP, SOCK_DGRAM, IPPROTO_UDP);
    assert_one_kind(SOCK_RAW, IPPROTO_ICMP, SOCK_RAW, IPPROTO_ICMP);
    assert_one_kind(0, IPPROTO_ICMP, SOCK_RAW, IPPROTO_ICMP);
}

static void types_that_there_are_not_are_socktype(void **state)
{
    (void)state;
    assert_refused("127.0.0.1", NULL, hints_of(0, 0, 99, 0), EAI_SOCKTYPE);
    assert_refused("127.0.0.1", NULL, hints_of(0, 0, SOCK_RDM, 0),
                   EAI_SOCKTYPE);
    assert_refused("127.0.0.1", NULL, hints_of(0, 0, SOCK_STREAM, IPPROTO_UDP),
                   EAI_SOCKTYPE);
}

/* --- Services -------------------------------------------------------------------------- */

static in_port_t port_found(const char *service, int type)
{
    struct addrinfo *list = find("127.0.0.1", service, hints_of(0, 0, type, 0));
    in_port_t port = ntohs(as_in(list)->sin_port);
    freeaddrinfo(list);
    return port;
}

static void services_are_names_or_numbers(void **state)
{
    (void)state;
    assert_int_equal(port_found("http", SOCK_STREAM), 80);
    assert_int_equal(port_found("domain", SOCK_DGRAM), 53);
    assert_int_equal(port_found("0", SOCK_STREAM), 0);
    assert_int_equal(port_found("65535", SOCK_STREAM), 65535);
    assert_int_equal(port_found("00080", SOCK_STREAM), 80);
    assert_int_equal(port_found(NULL, SOCK_STREAM), 0);
}

static void a_named_service_has_the_kinds_that_it_is_known_for(void **state)
{
    (void)state;
    struct addrinfo *list = find("127.0.0.1", "ssh", hints_of(0, 0, 0, 0));
    assert_int_equal(list->ai_socktype, SOCK_STREAM);
    assert_null(list->ai_next);
    freeaddrinfo(list);
    list = find("127.0.0.1", "domain", hints_of(0, 0, 0, 0));
    assert_int_equal(count_of(list), 2);
    assert_int_equal(list->ai_next->ai_protocol, IPPROTO_UDP);
    freeaddrinfo(list);
}

static void unknown_services_are_service(void **state)
{
    (void)state;
    struct addrinfo stream = hints_of(0, 0, SOCK_STREAM, 0);
    assert_refused("127.0.0.1", "no-such-service", stream, EAI_SERVICE);
    assert_refused("127.0.0.1", "80x", stream, EAI_SERVICE);
    assert_refused("127.0.0.1", "-1", stream, EAI_SERVICE);
    assert_refused("127.0.0.1", "no-such-service", hints_of(0, 0, 0, 0),
                   EAI_SERVICE);
    assert_refused("127.0.0.1", "tftp", stream, EAI_SERVICE);
}

static void raw_sockets_have_no_services(void **state)
{
    (void)state;
    assert_refused("127.0.0.1", "80", hints_of(0, 0, SOCK_RAW, 0), EAI_SERVICE);
}

static void a_service_that_must_be_a_number_and_is_none_is_noname(void **state)
{
    (void)state;
    assert_refused("127.0.0.1", "http",
                   hints_of(AI_NUMERICSERV, 0, SOCK_STREAM, 0), EAI_NONAME);
    freeaddrinfo(
        find("127.0.0.1", "80", hints_of(AI_NUMERICSERV, 0, SOCK_STREAM, 0)));
}

/* --- Flags and hints -------------------------------------------------------------------- */

static void no_host_and_no_service_is_noname(void **state)
{
    (void)state;
    assert_refused(NULL, NULL, hints_of(0, 0, 0, 0), EAI_NONAME);
    assert_refused(NULL, NULL, hints_of(AI_PASSIVE, 0, SOCK_STREAM, 0),
                   EAI_NONAME);
}

static void no_host_is_loopback_to_connect_to(void **state)
{
    (void)state;
    struct addrinfo *list = find(NULL, "80", hints_of(0, 0, SOCK_STREAM, 0));
    assert_int_equal(count_of(list), 2);
    assert_true(IN6_IS_ADDR_LOOPBACK(&as_in6(list)->sin6_addr));
    assert_int_equal(as_in(list->ai_next)->sin_addr.s_addr,
                     htonl(INADDR_LOOPBACK));
    assert_int_equal(as_in(list->ai_next)->sin_port, htons(80));
    freeaddrinfo(list);
}

static void no_host_is_every_address_to_bind_to(void **state)
{
    (void)state;
    struct addrinfo *list =
        find(NULL, "80", hints_of(AI_PASSIVE, 0, SOCK_STREAM, 0));
    assert_int_equal(count_of(list), 2);
    assert_int_equal(as_in(list)->sin_addr.s_addr, INADDR_ANY);
    assert_true(IN6_IS_ADDR_UNSPECIFIED(&as_in6(list->ai_next)->sin6_addr));
    freeaddrinfo(list);
    list = find(NULL, "80", hints_of(AI_PASSIVE, AF_INET6, SOCK_STREAM, 0));
    assert_true(IN6_IS_ADDR_UNSPECIFIED(&as_in6(list)->sin6_addr));
    assert_null(list->ai_next);
    freeaddrinfo(list);
}

static void passive_is_of_no_matter_with_a_host(void **state)
{
    (void)state;
    struct addrinfo *list =
        find("127.0.0.1", "80", hints_of(AI_PASSIVE, 0, SOCK_STREAM, 0));
    assert_int_equal(as_in(list)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(list->ai_flags, AI_PASSIVE);
    freeaddrinfo(list);
}

static void a_star_stands_for_nothing(void **state)
{
    (void)state;
    struct addrinfo *list =
        find("*", "80", hints_of(AI_PASSIVE, AF_INET, SOCK_STREAM, 0));
    assert_int_equal(as_in(list)->sin_addr.s_addr, INADDR_ANY);
    freeaddrinfo(list);
    assert_int_equal(port_found("*", SOCK_STREAM), 0);
    assert_refused("*", "*", hints_of(0, 0, 0, 0), EAI_NONAME);
}

static void unknown_flags_are_badflags(void **state)
{
    (void)state;
    assert_refused("127.0.0.1", NULL, hints_of(0x10000, 0, SOCK_STREAM, 0),
                   EAI_BADFLAGS);
    assert_refused(NULL, "80", hints_of(AI_CANONNAME, 0, SOCK_STREAM, 0),
                   EAI_BADFLAGS);
}

static void another_family_is_family(void **state)
{
    (void)state;
    assert_refused("127.0.0.1", NULL, hints_of(0, AF_UNIX, SOCK_STREAM, 0),
                   EAI_FAMILY);
    assert_refused("127.0.0.1", NULL, hints_of(0, 12345, SOCK_STREAM, 0),
                   EAI_FAMILY);
}

static void the_canonical_name_is_with_the_first_address_only(void **state)
{
    (void)state;
    struct addrinfo *list =
        find("127.0.0.1", NULL, hints_of(AI_CANONNAME, 0, 0, 0));
    assert_string_equal(list->ai_canonname, "127.0.0.1");
    assert_non_null(list->ai_next);
    assert_null(list->ai_next->ai_canonname);
    freeaddrinfo(list);
    list = find("localhost", NULL, hints_of(AI_CANONNAME, 0, 0, 0));
    assert_non_null(list->ai_canonname);
    assert_string_not_equal(list->ai_canonname, "");
    freeaddrinfo(list);
}

static void hints_may_be_left_out(void **state)
{
    (void)state;
    struct addrinfo *list = NULL;
    assert_call(getaddrinfo("127.0.0.1", "80", NULL, &list), 0);
    assert_int_equal(count_of(list), 3);
    assert_int_equal(list->ai_flags, AI_V4MAPPED | AI_ADDRCONFIG);
    freeaddrinfo(list);
}

/* --- Names ------------------------------------------------------------------------------ */

static bool is_loopback(const struct addrinfo *one)
{
    if (one->ai_family == AF_INET)
        return as_in(one)->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
    return IN6_IS_ADDR_LOOPBACK(&as_in6(one)->sin6_addr);
}

static void localhost_is_loopback(void **state)
{
    (void)state;
    static const int flags[] = {0, AI_ADDRCONFIG, AI_V4MAPPED | AI_ADDRCONFIG};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct addrinfo *list =
            find("localhost", "80", hints_of(flags[i], 0, SOCK_STREAM, 0));
        for (struct addrinfo *one = list; one != NULL; one = one->ai_next)
            assert_true(is_loopback(one));
        freeaddrinfo(list);
    }
}

static void localhost_of_ipv4_is_127_0_0_1(void **state)
{
    (void)state;
    struct addrinfo *list =
        find("localhost", "80", hints_of(0, AF_INET, SOCK_STREAM, 0));
    assert_int_equal(as_in(list)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(as_in(list)->sin_port, htons(80));
    assert_null(list->ai_next);
    freeaddrinfo(list);
}

static void localhost_of_ipv6_can_be_had_with_mapped_ones(void **state)
{
    (void)state;
    bool found = false;
    struct addrinfo *list =
        find("localhost", "80",
             hints_of(AI_V4MAPPED | AI_ALL, AF_INET6, SOCK_STREAM, 0));
    for (struct addrinfo *one = list; one != NULL; one = one->ai_next) {
        const struct sockaddr_in6 *address = as_in6(one);
        found = found || (IN6_IS_ADDR_V4MAPPED(&address->sin6_addr) &&
                          address->sin6_addr.s6_addr[12] == 127);
    }
    assert_true(found);
    freeaddrinfo(list);
}

static void the_name_of_this_host_has_an_address_or_a_reason(void **state)
{
    (void)state;
    char name[256];
    struct addrinfo *list = NULL;
    struct addrinfo hints = hints_of(0, 0, SOCK_STREAM, 0);
    assert_call(gethostname(name, sizeof name), 0);
    int error = getaddrinfo(name, NULL, &hints, &list);
    if (error != 0)
        assert_true(error == EAI_NONAME || error == EAI_AGAIN ||
                    error == EAI_NODATA);
    else
        freeaddrinfo(list);
}

/* A resolver that reaches nobody may say that instead. */
static void names_in_invalid_are_not_there(void **state)
{
    (void)state;
    struct addrinfo *list = UNTOUCHED;
    struct addrinfo hints = hints_of(0, 0, SOCK_STREAM, 0);
    int error = getaddrinfo("no.such.host.invalid", "80", &hints, &list);
    assert_true(error == EAI_NONAME || error == EAI_AGAIN);
    assert_ptr_equal(list, UNTOUCHED);
}

static void names_beyond_the_limits_are_noname(void **state)
{
    (void)state;
    char name[400];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_refused(name, NULL, hints_of(0, 0, SOCK_STREAM, 0), EAI_NONAME);
    assert_refused("a..b", NULL, hints_of(0, 0, SOCK_STREAM, 0), EAI_NONAME);
}

static void a_listener_on_ipv4_is_reached_by_localhost(void **state)
{
    (void)state;
    char port[16];
    int connected = -1;
    int listener = listening(AF_INET);
    struct address name = name_of(listener);
    snprintf(port, sizeof port, "%u", port_of(&name));
    struct addrinfo *list =
        find("localhost", port, hints_of(0, 0, SOCK_STREAM, 0));
    for (struct addrinfo *one = list; one != NULL && connected != 0;
         one = one->ai_next) {
        int fd =
            keep(socket(one->ai_family, one->ai_socktype, one->ai_protocol));
        connected = connect(fd, one->ai_addr, one->ai_addrlen);
    }
    freeaddrinfo(list);
    assert_int_equal(connected, 0);
}

/* --- Memory ------------------------------------------------------------------------------ */

static void a_part_of_a_list_can_be_freed(void **state)
{
    (void)state;
    struct addrinfo *list = find("127.0.0.1", "80", hints_of(0, 0, 0, 0));
    freeaddrinfo(list->ai_next);
    list->ai_next = NULL;
    assert_int_equal(as_in(list)->sin_port, htons(80));
    freeaddrinfo(list);
}

/* Counts what went wrong. */
static void *resolve_often(void *context)
{
    int *failures = context;
    for (int i = 0; i < 20; i++) {
        struct addrinfo hints = hints_of(0, AF_INET, SOCK_STREAM, 0);
        struct addrinfo *list = NULL;
        int error = getaddrinfo("localhost", "http", &hints, &list);
        *failures += error != 0 || as_in(list)->sin_port != htons(80);
        if (error == 0)
            freeaddrinfo(list);
    }
    return NULL;
}

static void threads_may_resolve_at_once(void **state)
{
    (void)state;
    struct helper *helpers[4];
    int failures[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < COUNT_OF(helpers); i++)
        helpers[i] = begin(resolve_often, &failures[i]);
    for (size_t i = 0; i < COUNT_OF(helpers); i++) {
        finish(helpers[i]);
        assert_int_equal(failures[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_number_of_ipv4_is_one_address),
        claim(a_number_of_ipv6_is_one_address),
        claim(numbers_of_ipv4_are_read_as_inet_aton_reads_them),
        claim(what_looks_like_a_number_and_is_none_is_noname),
        claim(a_name_is_not_a_number),
        claim(a_number_of_the_other_family_is_addrfamily),
        claim(a_number_of_ipv4_is_mapped_on_request),
        claim(a_mapped_number_is_ipv4_on_request),
        claim(a_scope_is_an_index_or_the_name_of_an_interface),
        claim(a_scope_by_number_is_not_looked_up),
        claim(a_scope_of_no_interface_is_noname),
        claim(without_a_type_all_kinds_are_told),
        claim(a_type_or_a_protocol_chooses_a_kind),
        claim(types_that_there_are_not_are_socktype),
        claim(services_are_names_or_numbers),
        claim(a_named_service_has_the_kinds_that_it_is_known_for),
        claim(unknown_services_are_service),
        claim(raw_sockets_have_no_services),
        claim(a_service_that_must_be_a_number_and_is_none_is_noname),
        claim(no_host_and_no_service_is_noname),
        claim(no_host_is_loopback_to_connect_to),
        claim(no_host_is_every_address_to_bind_to),
        claim(passive_is_of_no_matter_with_a_host),
        claim(a_star_stands_for_nothing),
        claim(unknown_flags_are_badflags),
        claim(another_family_is_family),
        claim(the_canonical_name_is_with_the_first_address_only),
        claim(hints_may_be_left_out),
        claim(localhost_is_loopback),
        claim(localhost_of_ipv4_is_127_0_0_1),
        claim(localhost_of_ipv6_can_be_had_with_mapped_ones),
        claim(the_name_of_this_host_has_an_address_or_a_reason),
        claim(names_in_invalid_are_not_there),
        claim(names_beyond_the_limits_are_noname),
        claim(a_listener_on_ipv4_is_reached_by_localhost),
        claim(a_part_of_a_list_can_be_freed),
        claim(threads_may_resolve_at_once),
    };
    return cmocka_run_group_tests_name("getaddrinfo", tests, NULL, NULL);
}
