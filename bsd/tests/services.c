/* services.c: getservbyname() and its kin. */
#include "fixture.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

/* Whether this system has a list of services at all. */
static void need_services(void)
{
    if (getservbyname("http", "tcp") == NULL)
        skip_because("this system has no list of services");
}

/* --- Looking up ---------------------------------------------------------------------- */

static void common_services_are_found_by_name_and_by_port(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *protocol;
        int port;
    } cases[] = {
        {"echo", "tcp", 7},     {"echo", "udp", 7},    {"discard", "tcp", 9},
        {"ftp", "tcp", 21},     {"ssh", "tcp", 22},    {"telnet", "tcp", 23},
        {"smtp", "tcp", 25},    {"domain", "tcp", 53}, {"domain", "udp", 53},
        {"bootps", "udp", 67},  {"tftp", "udp", 69},   {"http", "tcp", 80},
        {"pop3", "tcp", 110},   {"ntp", "udp", 123},   {"snmp", "udp", 161},
        {"ldap", "tcp", 389},   {"https", "tcp", 443}, {"syslog", "udp", 514},
        {"imaps", "tcp", 993},  {"pop3s", "tcp", 995}, {"nfs", "tcp", 2049},
        {"mysql", "tcp", 3306}, {"sip", "udp", 5060},
    };
    need_services();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct servent *service =
            getservbyname(cases[i].name, cases[i].protocol);
        if (service == NULL)
            fail_msg("no %s/%s", cases[i].name, cases[i].protocol);
        assert_string_equal(service->s_name, cases[i].name);
        assert_string_equal(service->s_proto, cases[i].protocol);
        assert_int_equal(service->s_port, htons((uint16_t)cases[i].port));
        assert_non_null(service->s_aliases);
        service =
            getservbyport(htons((uint16_t)cases[i].port), cases[i].protocol);
        assert_non_null(service);
        assert_string_equal(service->s_name, cases[i].name);
    }
}

static void a_service_is_found_by_its_other_name(void **state)
{
    (void)state;
    need_services();
    struct servent *service = getservbyname("mail", "tcp");
    assert_non_null(service);
    assert_string_equal(service->s_name, "smtp");
    assert_string_equal(service->s_aliases[0], "mail");
}

static void without_a_protocol_any_will_do(void **state)
{
    (void)state;
    need_services();
    struct servent *service = getservbyname("tftp", NULL);
    assert_non_null(service);
    assert_string_equal(service->s_proto, "udp");
    service = getservbyport(htons(80), NULL);
    assert_non_null(service);
    assert_string_equal(service->s_name, "http");
}

static void what_is_not_there_is_null(void **state)
{
    (void)state;
    assert_null(getservbyname("no-such-service", "tcp"));
    assert_null(getservbyname("no-such-service", NULL));
    assert_null(getservbyname("", "tcp"));
    assert_null(getservbyname("http", "no-such-protocol"));
    assert_null(getservbyname("tftp", "tcp"));
    assert_null(getservbyname("HTTP", "tcp"));
    assert_null(getservbyport(htons(47999), "tcp"));
}

/* --- Into buffers --------------------------------------------------------------------- */

static void results_can_be_had_in_a_buffer(void **state)
{
    (void)state;
    struct servent service;
    struct servent *result = NULL;
    char buffer[512];
    need_services();
    assert_call(getservbyname_r("https", "tcp", &service, buffer, sizeof buffer,
                                &result),
                0);
    assert_ptr_equal(result, &service);
    assert_int_equal(service.s_port, htons(443));
    assert_call(getservbyport_r(htons(22), "tcp", &service, buffer,
                                sizeof buffer, &result),
                0);
    assert_string_equal(service.s_name, "ssh");
}

static void a_buffer_that_is_too_small_is_erange(void **state)
{
    (void)state;
    struct servent service;
    struct servent *result = &service;
    char buffer[4];
    need_services();
    assert_call(getservbyname_r("http", "tcp", &service, buffer, sizeof buffer,
                                &result),
                ERANGE);
    assert_null(result);
}

static void no_result_is_no_error(void **state)
{
    (void)state;
    struct servent service;
    struct servent *result = &service;
    char buffer[512];
    assert_call(getservbyname_r("no-such-service", "tcp", &service, buffer,
                                sizeof buffer, &result),
                0);
    assert_null(result);
}

/* --- Lists ---------------------------------------------------------------------------- */

static int count_named(const char *name)
{
    int count = 0;
    struct servent *service;
    setservent(0);
    while ((service = getservent()) != NULL) {
        assert_non_null(service->s_name);
        assert_non_null(service->s_proto);
        count += strcmp(service->s_name, name) == 0 &&
                 strcmp(service->s_proto, "tcp") == 0;
    }
    endservent();
    return count;
}

static void all_can_be_told_in_a_row_and_again(void **state)
{
    (void)state;
    need_services();
    assert_int_equal(count_named("http"), 1);
    assert_int_equal(count_named("http"), 1);
    assert_int_equal(count_named("no-such-service"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(common_services_are_found_by_name_and_by_port),
        claim(a_service_is_found_by_its_other_name),
        claim(without_a_protocol_any_will_do),
        claim(what_is_not_there_is_null),
        claim(results_can_be_had_in_a_buffer),
        claim(a_buffer_that_is_too_small_is_erange),
        claim(no_result_is_no_error),
        claim(all_can_be_told_in_a_row_and_again),
    };
    return cmocka_run_group_tests_name("services", tests, NULL, NULL);
}
