/* Names to addresses and back, as far as that can be told without a network: what
 * the system answers to a name that it has to ask others for depends on them. */
#include "fixture.h"

#include <string.h>

enum {
    UNTOUCHED = 0x5a,
    ROOM = 64
};

static psock_address addresses[ROOM];

static psock_address parsed(const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    return address;
}

static int resolve_at_once(const char *host, const char *service, int family,
                           unsigned flags)
{
    const psock_resolve_options options = {.family = family, .flags = flags};
    return psock_resolve(host, service, &options, addresses, ROOM, PSOCK_NOW);
}

/* `texts`, ended by null, are the addresses, in this order. */
static void check_found(int count, const char *const *texts)
{
    int i = 0;
    for (; texts[i] != NULL; i++) {
        const psock_address expected = parsed(texts[i]);
        assert_true(same_address(&addresses[i], &expected));
    }
    assert_int_equal(count, i);
}

#define CHECK_FOUND(count, ...)                                                \
    check_found(count, (const char *const[]){__VA_ARGS__, NULL})

/* --- Known without asking ---------------------------------------------------- */

static void numeric_host_is_resolved_at_once(void **state)
{
    static const char *const hosts[][2] = {
        {"192.0.2.7", "192.0.2.7:80"},
        {"0.0.0.0", "0.0.0.0:80"},
        {"255.255.255.255", "255.255.255.255:80"},
        {"::", "[::]:80"},
        {"2001:DB8:0::1", "[2001:db8::1]:80"},
        {"::ffff:192.0.2.7", "[::ffff:192.0.2.7]:80"},
        {"fe80::1%7", "[fe80::1%7]:80"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        CHECK_FOUND(resolve_at_once(hosts[i][0], "80", PSOCK_NONE, 0),
                    hosts[i][1]);
        CHECK_FOUND(resolve_at_once(hosts[i][0], "80", PSOCK_NONE,
                                    PSOCK_RESOLVE_NUMERIC_HOST |
                                        PSOCK_RESOLVE_NUMERIC_SERVICE |
                                        PSOCK_RESOLVE_CONFIGURED |
                                        PSOCK_RESOLVE_PASSIVE),
                    hosts[i][1]);
    }
}

static void scope_of_a_host_may_be_the_name_of_an_interface(void **state)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE] = "";
    (void)state;
    for (uint32_t index = 1; index <= 64; index++) {
        const unsigned char bytes[16] = {0xfe, 0x80, [15] = 1};
        psock_address scoped;
        assert_result(psock_address_ipv6(bytes, 80, index, &scoped), 0);
        assert_true(psock_address_format(
                        &scoped, PSOCK_FORMAT_SCOPE_NAME | PSOCK_FORMAT_NO_PORT,
                        text, sizeof text) > 0);
        const char *name = strchr(text, '%') + 1;
        if (name[strspn(name, "0123456789")] == '\0')
            continue;
        assert_result(resolve_at_once(text, "80", PSOCK_NONE, 0), 1);
        assert_true(same_address(&addresses[0], &scoped));
        return;
    }
    skip_because("this system has no names for interfaces 1 to 64");
}

static void scope_of_no_interface_is_refused(void **state)
{
    (void)state;
    assert_result(
        resolve_at_once("fe80::1%no-such-interface", "80", PSOCK_NONE, 0),
        PSOCK_ENODEV);
}

static void localhost_is_loopback_ipv6_first(void **state)
{
    static const char *const hosts[] = {"localhost", "LOCALHOST.",
                                        "a.b.localhost"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        CHECK_FOUND(resolve_at_once(hosts[i], "80", PSOCK_NONE, 0), "[::1]:80",
                    "127.0.0.1:80");
        CHECK_FOUND(resolve_at_once(hosts[i], "80", PSOCK_IPV4, 0),
                    "127.0.0.1:80");
        CHECK_FOUND(resolve_at_once(hosts[i], "80", PSOCK_IPV6, 0), "[::1]:80");
    }
}

static void no_host_is_loopback_or_all_to_bind_to(void **state)
{
    (void)state;
    CHECK_FOUND(resolve_at_once(NULL, "80", PSOCK_NONE, 0), "[::1]:80",
                "127.0.0.1:80");
    CHECK_FOUND(resolve_at_once(NULL, "0", PSOCK_NONE, PSOCK_RESOLVE_PASSIVE),
                "[::]:0", "0.0.0.0:0");
    CHECK_FOUND(resolve_at_once(NULL, "80", PSOCK_IPV4, PSOCK_RESOLVE_PASSIVE),
                "0.0.0.0:80");
    CHECK_FOUND(resolve_at_once(NULL, "80", PSOCK_IPV6, 0), "[::1]:80");
}

static void invalid_names_are_none_at_once(void **state)
{
    static const char *const hosts[] = {
        "invalid",    "a.invalid", "A.INVALID.", "",          ".",
        "a..b",       "127.1",     "0x7f.1",     "010.0.0.1", "2130706433",
        "127.0.0.1.", "256.1.1.1", "[::1]",      "[::1]:80",  "127.0.0.1:80",
        "::1%",       "host%eth0", " localhost", "a b",       "a\x01"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        assert_result(resolve_at_once(hosts[i], "80", PSOCK_NONE, 0),
                      PSOCK_EAI_NONAME);
}

/* What is something else around a host, and never in one. */
static void signs_of_urls_are_in_no_name(void **state)
{
    static const char signs[] = "\t\n\r\x1f\x7f !\"#%/:<>?@[\\]^`{|}";
    static const char taken[] = "!\"`{}";
    (void)state;
    for (size_t i = 0; i < sizeof signs - 1; i++) {
        const char host[] = {'a', signs[i], 'b', '\0'};
        assert_result(resolve_at_once(host, "80", PSOCK_NONE, 0),
                      strchr(taken, signs[i]) == NULL ? PSOCK_EAI_NONAME
                                                      : PSOCK_EAGAIN);
    }
}

static void numeric_flag_takes_no_names(void **state)
{
    (void)state;
    assert_result(resolve_at_once("localhost", "80", PSOCK_NONE,
                                  PSOCK_RESOLVE_NUMERIC_HOST),
                  PSOCK_EAI_NONAME);
    assert_result(resolve_at_once("::1", "http", PSOCK_NONE,
                                  PSOCK_RESOLVE_NUMERIC_SERVICE),
                  PSOCK_EAI_SERVICE);
}

static void numeric_services_are_read_strictly(void **state)
{
    static const char *const good[][2] = {{"0", "192.0.2.7:0"},
                                          {"1", "192.0.2.7:1"},
                                          {"65535", "192.0.2.7:65535"}};
    static const char *const bad[] = {"",    " 80", "80 ",   "+80",       "-1",
                                      "080", "00",  "65536", "8080808080"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK_FOUND(resolve_at_once("192.0.2.7", good[i][0], PSOCK_NONE, 0),
                    good[i][1]);
    CHECK_FOUND(resolve_at_once("192.0.2.7", NULL, PSOCK_NONE, 0),
                "192.0.2.7:0");
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_result(resolve_at_once("192.0.2.7", bad[i], PSOCK_NONE, 0),
                      PSOCK_EAI_SERVICE);
}

static void numeric_host_has_its_own_family(void **state)
{
    (void)state;
    assert_result(resolve_at_once("192.0.2.7", "80", PSOCK_IPV6, 0),
                  PSOCK_EAI_FAMILY);
    assert_result(resolve_at_once("::1", "80", PSOCK_IPV4, 0),
                  PSOCK_EAI_FAMILY);
}

static void addresses_beyond_the_capacity_are_counted(void **state)
{
    (void)state;
    memset(addresses, UNTOUCHED, sizeof addresses);
    assert_result(psock_resolve("localhost", "80", NULL, NULL, 0, PSOCK_NOW),
                  2);
    assert_result(
        psock_resolve("localhost", "80", NULL, addresses, 1, PSOCK_NOW), 2);
    const psock_address first = parsed("[::1]:80");
    assert_true(same_address(&addresses[0], &first));
    assert_int_equal(addresses[1].storage.bytes[0], UNTOUCHED);
}

static void known_host_has_the_name_it_was_given(void **state)
{
    char name[PSOCK_HOST_NAME_SIZE];
    const psock_resolve_options options = {.canonical_name = name};
    (void)state;
    assert_result(
        psock_resolve("LocalHost", "80", &options, addresses, ROOM, PSOCK_NOW),
        2);
    assert_string_equal(name, "LocalHost");
    assert_result(psock_resolve("2001:DB8:0::1", "80", &options, addresses,
                                ROOM, PSOCK_NOW),
                  1);
    assert_string_equal(name, "2001:DB8:0::1");
    assert_result(
        psock_resolve(NULL, "80", &options, addresses, ROOM, PSOCK_NOW), 2);
    assert_string_equal(name, "");
}

/* --- Bad arguments ------------------------------------------------------------ */

static void check_refused(const char *host, const char *service,
                          psock_resolve_options options, int error)
{
    char name[PSOCK_HOST_NAME_SIZE] = "before";
    options.canonical_name = name;
    memset(addresses, UNTOUCHED, sizeof addresses);
    assert_result(
        psock_resolve(host, service, &options, addresses, ROOM, in_time()),
        error);
    assert_string_equal(name, "before");
    assert_int_equal(addresses[0].storage.bytes[0], UNTOUCHED);
}

static void bad_questions_change_nothing(void **state)
{
    char long_host[PSOCK_HOST_NAME_SIZE + 1] = "";
    char long_service[PSOCK_SERVICE_NAME_SIZE + 1] = "";
    memset(long_host, 'a', PSOCK_HOST_NAME_SIZE);
    memset(long_service, 'a', PSOCK_SERVICE_NAME_SIZE);
    const psock_resolve_options none = {0};
    (void)state;
    check_refused(NULL, NULL, none, PSOCK_EFAULT);
    check_refused("a\xff", "80", none, PSOCK_EINVAL);
    check_refused("localhost", "\xc3", none, PSOCK_EINVAL);
    check_refused(long_host, "80", none, PSOCK_ENAMETOOLONG);
    check_refused("localhost", long_service, none, PSOCK_ENAMETOOLONG);
    check_refused("localhost", "80", (psock_resolve_options){.flags = 1u << 30},
                  PSOCK_EINVAL);
    check_refused("localhost", "80",
                  (psock_resolve_options){.flags = PSOCK_RESOLVE_NAME_REQUIRED},
                  PSOCK_EINVAL);
    check_refused("localhost", "80",
                  (psock_resolve_options){.family = PSOCK_UNIX},
                  PSOCK_EAI_FAMILY);
    check_refused("localhost", "80",
                  (psock_resolve_options){.type = PSOCK_SEQPACKET},
                  PSOCK_EAI_SOCKTYPE);
    assert_result(psock_resolve("localhost", "80", NULL, NULL, 1, in_time()),
                  PSOCK_EFAULT);
}

/* --- Asking the system -------------------------------------------------------- */

/* What psock keeps open until it is cleaned up is not counted. */
static int count_descriptors(void)
{
    assert_result(psock_startup(), 0);
    assert_result(psock_cleanup(), 0);
    return host_descriptor_count();
}

/* The system has threads of its own that look up, which come and go, and each may
 * have something open. */
enum {
    DESCRIPTORS_OF_THREADS = 150
};

static int descriptors_before;

static int note_some_descriptors(void **state)
{
    (void)state;
    descriptors_before = count_descriptors();
    return 0;
}

static int await_some_descriptors(void **state)
{
    const psock_deadline end = psock_deadline_ms(10000);
    const int most = descriptors_before + DESCRIPTORS_OF_THREADS;
    (void)state;
    (void)psock_cancel_with(NULL);
    while (count_descriptors() > most && psock_deadline_left_ns(end) > 0)
        host_yield();
    assert_in_range(count_descriptors(), 0, most);
    return 0;
}

/* A test in which the system is asked.  They come last. */
#define ASKING(name, test, family)                                             \
    {                                                                          \
        name, test, note_some_descriptors, await_some_descriptors, family      \
    }

#define test_asking(test) ASKING(#test, test, &fixture_ipv4)
#define test_asking_both(test)                                                 \
    ASKING(#test ".ipv4", test, &fixture_ipv4),                                \
        ASKING(#test ".ipv6", test, &fixture_ipv6)

/* The port of "domain", which both types have; skips where nobody knows. */
static void need_services(void)
{
    const int count =
        psock_resolve(NULL, "domain", NULL, addresses, ROOM, in_time());
    if (count == PSOCK_EAI_SERVICE)
        skip_because("this system has no names of services");
    CHECK_FOUND(count, "[::1]:53", "127.0.0.1:53");
}

static void service_goes_by_its_name(void **state)
{
    const psock_resolve_options of_datagrams = {.family = PSOCK_IPV4,
                                                .type = PSOCK_DATAGRAM};
    (void)state;
    need_services();
    CHECK_FOUND(
        psock_resolve("192.0.2.7", "http", NULL, addresses, ROOM, in_time()),
        "192.0.2.7:80");
    CHECK_FOUND(psock_resolve("localhost", "domain", &of_datagrams, addresses,
                              ROOM, in_time()),
                "127.0.0.1:53");
}

static void unknown_service_is_an_error_of_its_own(void **state)
{
    (void)state;
    check_refused("192.0.2.7", "no-such-service", (psock_resolve_options){0},
                  PSOCK_EAI_SERVICE);
}

/* What a system may answer that asks in vain. */
static _Bool is_of_resolver(int result)
{
    return result == PSOCK_EAI_AGAIN || result == PSOCK_EAI_FAIL ||
           result == PSOCK_EAI_NONAME || result == PSOCK_EAI_NODATA ||
           result == PSOCK_ETIMEDOUT;
}

static void check_addresses_of(int count, int family, uint16_t port)
{
    assert_in_range(count, 1, ROOM);
    for (int i = 0; i < count; i++) {
        assert_int_equal(psock_address_port(&addresses[i]), port);
        assert_int_equal(psock_address_family(&addresses[i]), family);
        for (int j = 0; j < i; j++)
            assert_false(same_address(&addresses[i], &addresses[j]));
    }
}

/* Most machines know themselves. */
static void own_name_is_resolved_to_addresses_of_the_family(void **state)
{
    const int family = family_of(state);
    char host[PSOCK_HOST_NAME_SIZE];
    char name[PSOCK_HOST_NAME_SIZE] = "before";
    const psock_resolve_options options = {.family = family,
                                           .canonical_name = name};
    assert_true(psock_host_name(host, sizeof host) > 0);
    const int count = psock_resolve(host, "81", &options, addresses, ROOM,
                                    psock_deadline_ms(3000));
    if (count > 0)
        check_addresses_of(count, family, 81);
    else
        assert_true(is_of_resolver(count));
    assert_int_equal(strcmp(name, "before") != 0, count > 0);
}

static void who_may_not_wait_is_told_so_and_leaves_nothing(void **state)
{
    char name[16];
    const psock_address address = parsed("192.0.2.7:80");
    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_result(resolve_at_once("name.example", "80", PSOCK_NONE, 0),
                      PSOCK_EAGAIN);
        assert_result(resolve_at_once("::1", "http", PSOCK_NONE, 0),
                      PSOCK_EAGAIN);
        assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, name,
                                            sizeof name, NULL, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
    }
}

/* In time for the answer or not: it ends, and at once. */
static void ring_ends_looking_up(void **state)
{
    psock_waker *waker;
    (void)state;
    assert_result(psock_waker_open(&waker), 0);
    assert_result(psock_waker_ring(waker), 0);
    (void)psock_cancel_with(waker);
    const int64_t began_ns = clock_ns();
    const int result = psock_resolve("name.example", "80", NULL, addresses,
                                     ROOM, PSOCK_FOREVER);
    const int64_t took_ns = clock_ns() - began_ns;
    (void)psock_cancel_with(NULL);
    assert_result(psock_waker_close(waker), 0);
    if (result != PSOCK_ECANCELED)
        assert_true(result > 0 || is_of_resolver(result));
    assert_true(took_ns < INT64_C(1000000000));
}

static void looking_up_keeps_its_deadline(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        const int64_t began_ns = clock_ns();
        const int result =
            psock_resolve("name.example", "80", NULL, addresses, ROOM,
                          psock_deadline_ns(i * INT64_C(100000)));
        assert_true(result > 0 || is_of_resolver(result));
        assert_true(clock_ns() - began_ns < INT64_C(1000000000));
    }
}

static void look_ups_given_up_leave_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * DESCRIPTORS_OF_THREADS; i++) {
        const int result = psock_resolve("name.example", "80", NULL, addresses,
                                         ROOM, psock_deadline_ms(0));
        assert_true(result > 0 || is_of_resolver(result));
    }
}

static ptrdiff_t resolve_service(void *argument)
{
    psock_address found[4];
    const int count = psock_resolve(NULL, "domain", NULL, found,
                                    COUNT_OF(found), psock_deadline_ms(30000));
    *(int *)argument = count > 0 ? psock_address_port(&found[0]) : 0;
    return count;
}

static void many_threads_look_up_at_once(void **state)
{
    enum {
        THREADS = 100
    };
    struct running_call *calls[THREADS];
    int ports[THREADS];
    (void)state;
    need_services();
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(resolve_service, &ports[i]);
    for (int i = 0; i < THREADS; i++) {
        assert_result(end_call(calls[i]), 2);
        assert_int_equal(ports[i], 53);
    }
}

/* --- Names beyond ASCII -------------------------------------------------------- */

static void international_name_is_asked_for_where_that_can_be(void **state)
{
    const int result = psock_resolve("\xc3\xbc.example", "80", NULL, addresses,
                                     ROOM, psock_deadline_ms(3000));
    (void)state;
    if (psock_capability(PSOCK_CAP_INTERNATIONAL_NAMES) < 0)
        assert_result(result, PSOCK_ENOTSUP);
    else
        assert_true(result > 0 || is_of_resolver(result));
}

/* "127.1" in wide digits, which a system may read as an address. */
static void wide_number_is_no_name(void **state)
{
    const int result =
        psock_resolve("\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97\xef\xbc\x8e"
                      "\xef\xbc\x91",
                      "80", NULL, addresses, ROOM, psock_deadline_ms(3000));
    (void)state;
    if (psock_capability(PSOCK_CAP_INTERNATIONAL_NAMES) < 0)
        assert_result(result, PSOCK_ENOTSUP);
    else
        assert_true(is_of_resolver(result));
}

/* --- Addresses to names --------------------------------------------------------- */

static void check_names(const char *text, unsigned flags, const char *host,
                        const char *service)
{
    const psock_address address = parsed(text);
    char found_host[PSOCK_HOST_NAME_SIZE];
    char found_service[PSOCK_SERVICE_NAME_SIZE];
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, flags,
                                        found_host, sizeof found_host,
                                        found_service, sizeof found_service,
                                        PSOCK_NOW),
                  0);
    assert_string_equal(found_host, host);
    assert_string_equal(found_service, service);
}

static void address_is_written_as_a_number_at_once(void **state)
{
    const unsigned numeric =
        PSOCK_RESOLVE_NUMERIC_HOST | PSOCK_RESOLVE_NUMERIC_SERVICE;
    (void)state;
    check_names("192.0.2.7:80", numeric, "192.0.2.7", "80");
    check_names("[2001:db8::1]:65535", numeric, "2001:db8::1", "65535");
    check_names("[fe80::1%7]:0", numeric, "fe80::1%7", "0");
    check_names("127.0.0.1:1", numeric, "127.0.0.1", "1");
}

static void loopback_address_is_localhost_at_once(void **state)
{
    (void)state;
    check_names("127.0.0.1:80",
                PSOCK_RESOLVE_NUMERIC_SERVICE | PSOCK_RESOLVE_NAME_REQUIRED,
                "localhost", "80");
    check_names("[::1]:0", 0, "localhost", "0");
}

static void port_has_the_name_of_its_service(void **state)
{
    const psock_address address = parsed("127.0.0.1:53");
    char host[PSOCK_HOST_NAME_SIZE];
    char service[PSOCK_SERVICE_NAME_SIZE];
    (void)state;
    need_services();
    for (int type = PSOCK_STREAM; type <= PSOCK_DATAGRAM; type++) {
        assert_result(psock_resolve_address(&address, type, 0, host,
                                            sizeof host, service,
                                            sizeof service, in_time()),
                      0);
        assert_string_equal(host, "localhost");
        assert_string_equal(service, "domain");
    }
}

static void port_without_a_service_is_a_number(void **state)
{
    const psock_address address = parsed("192.0.2.7:4");
    char service[PSOCK_SERVICE_NAME_SIZE];
    (void)state;
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, NULL, 0,
                                        service, sizeof service, in_time()),
                  0);
    assert_string_equal(service, "4");
}

static void name_that_does_not_fit_is_an_error(void **state)
{
    const psock_address address = parsed("127.0.0.1:80");
    char host[16] = "before";
    char service[16] = "before";
    (void)state;
    assert_result(psock_resolve_address(&address, PSOCK_STREAM,
                                        PSOCK_RESOLVE_NUMERIC_SERVICE, host, 9,
                                        service, sizeof service, PSOCK_NOW),
                  PSOCK_EAI_OVERFLOW);
    assert_string_equal(host, "before");
    assert_string_equal(service, "before");
    assert_result(psock_resolve_address(&address, PSOCK_STREAM,
                                        PSOCK_RESOLVE_NUMERIC_SERVICE, host, 10,
                                        service, 3, PSOCK_NOW),
                  0);
    assert_string_equal(host, "localhost");
    assert_string_equal(service, "80");
}

static void only_internet_addresses_have_names(void **state)
{
    const psock_address unix_address = parsed("unix:/a");
    const psock_address address = parsed("127.0.0.1:80");
    char host[16] = "before";
    (void)state;
    assert_result(psock_resolve_address(&unix_address, PSOCK_STREAM, 0, host,
                                        sizeof host, NULL, 0, in_time()),
                  PSOCK_EAI_FAMILY);
    assert_result(psock_resolve_address(&address, PSOCK_SEQPACKET, 0, host,
                                        sizeof host, NULL, 0, in_time()),
                  PSOCK_EAI_SOCKTYPE);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM,
                                        PSOCK_RESOLVE_CONFIGURED, host,
                                        sizeof host, NULL, 0, in_time()),
                  PSOCK_EINVAL);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, NULL, 0,
                                        NULL, 0, in_time()),
                  PSOCK_EFAULT);
    assert_result(psock_resolve_address(NULL, PSOCK_STREAM, 0, host,
                                        sizeof host, NULL, 0, in_time()),
                  PSOCK_EFAULT);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, host,
                                        sizeof host, NULL, 1, in_time()),
                  PSOCK_EFAULT);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM,
                                        PSOCK_RESOLVE_NUMERIC_HOST |
                                            PSOCK_RESOLVE_NAME_REQUIRED,
                                        host, sizeof host, NULL, 0, in_time()),
                  PSOCK_EAI_BADFLAGS);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM,
                                        PSOCK_RESOLVE_NUMERIC_HOST, host, 0,
                                        NULL, 0, in_time()),
                  PSOCK_EAI_OVERFLOW);
    assert_string_equal(host, "before");
}

/* --- This machine ---------------------------------------------------------------- */

static void host_name_is_told_whole_or_not(void **state)
{
    char name[PSOCK_HOST_NAME_SIZE];
    char less[PSOCK_HOST_NAME_SIZE] = "before";
    (void)state;
    const int length = psock_host_name(name, sizeof name);
    assert_in_range(length, 1, PSOCK_HOST_NAME_SIZE - 1);
    assert_int_equal(strlen(name), length);
    assert_result(psock_host_name(less, (size_t)length), PSOCK_ENAMETOOLONG);
    assert_result(psock_host_name(less, 0), PSOCK_ENAMETOOLONG);
    assert_string_equal(less, "before");
    assert_result(psock_host_name(less, (size_t)length + 1), length);
    assert_string_equal(less, name);
    assert_result(psock_host_name(NULL, 8), PSOCK_EFAULT);
}

/* --- The program ------------------------------------------------------------------ */

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(numeric_host_is_resolved_at_once),
        test_once(scope_of_a_host_may_be_the_name_of_an_interface),
        test_once(scope_of_no_interface_is_refused),
        test_once(localhost_is_loopback_ipv6_first),
        test_once(no_host_is_loopback_or_all_to_bind_to),
        test_once(invalid_names_are_none_at_once),
        test_once(signs_of_urls_are_in_no_name),
        test_once(numeric_flag_takes_no_names),
        test_once(numeric_services_are_read_strictly),
        test_once(numeric_host_has_its_own_family),
        test_once(addresses_beyond_the_capacity_are_counted),
        test_once(known_host_has_the_name_it_was_given),
        test_once(bad_questions_change_nothing),
        test_once(who_may_not_wait_is_told_so_and_leaves_nothing),
        test_once(address_is_written_as_a_number_at_once),
        test_once(loopback_address_is_localhost_at_once),
        test_once(name_that_does_not_fit_is_an_error),
        test_once(only_internet_addresses_have_names),
        test_once(host_name_is_told_whole_or_not),
        test_asking(service_goes_by_its_name),
        test_asking(unknown_service_is_an_error_of_its_own),
        test_asking_both(own_name_is_resolved_to_addresses_of_the_family),
        test_asking(ring_ends_looking_up),
        test_asking(looking_up_keeps_its_deadline),
        test_asking(look_ups_given_up_leave_nothing),
        test_asking(many_threads_look_up_at_once),
        test_asking(international_name_is_asked_for_where_that_can_be),
        test_asking(wide_number_is_no_name),
        test_asking(port_has_the_name_of_its_service),
        test_asking(port_without_a_service_is_a_number),
    };
    return cmocka_run_group_tests_name("resolve", tests, warm_up, NULL);
}
