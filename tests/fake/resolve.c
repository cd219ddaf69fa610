/* Names to addresses and back: what is asked, and in which words it is answered.
 */
#include "sys_fake.h"

#include <string.h>

enum {
    UNTOUCHED = 0x5a,
    ROOM = 8
};

static struct psock_waker waker = {40};
static psock_address addresses[ROOM];
static psock_address untouched[ROOM];
static char name[PSOCK_HOST_NAME_SIZE];
static char service_name[PSOCK_SERVICE_NAME_SIZE];

static _Bool is_started;

static int begin_untouched(void **state)
{
    is_started = 0;
    memset(addresses, UNTOUCHED, sizeof addresses);
    memset(untouched, UNTOUCHED, sizeof untouched);
    memset(name, UNTOUCHED, sizeof name);
    memset(service_name, UNTOUCHED, sizeof service_name);
    return fake_begin(state);
}

#undef test
#define test(claim)                                                            \
    cmocka_unit_test_setup_teardown(claim, begin_untouched, fake_end)

/* The question, and its answer at once.  The first needs a start. */
static void expect_question(const struct psock_sys_look_up *question,
                            const struct finding *finding)
{
    if (!is_started)
        expect_startup(returns(0));
    is_started = 1;
    expect_waker_open(gives(&waker, returns(0)));
    expect_look_up(question, finds_out(finding));
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(0));
}

static void check_addresses(int count, const char *const *texts)
{
    int i = 0;
    for (; texts[i] != NULL; i++) {
        const psock_address expected = parsed(texts[i]);
        assert_int_equal(psock_address_compare(&addresses[i], &expected), 0);
    }
    assert_int_equal(count, i);
    assert_memory_equal(&addresses[i], untouched,
                        (size_t)(ROOM - i) * sizeof *addresses);
    assert_int_equal(fake_memory_in_use(), 0);
}

#define CHECK_ADDRESSES(count, ...)                                            \
    check_addresses(count, (const char *const[]){__VA_ARGS__, NULL})

static int resolve(const char *host, const char *service,
                   const psock_resolve_options *options)
{
    return psock_resolve(host, service, options, addresses, ROOM,
                         PSOCK_FOREVER);
}

/* --- Arguments --------------------------------------------------------------- */

static void check_refused(const char *host, const char *service,
                          psock_resolve_options options, int error)
{
    options.canonical_name = name;
    assert_result(resolve(host, service, &options), error);
    assert_memory_equal(addresses, untouched, sizeof addresses);
    assert_int_equal(name[0], UNTOUCHED);
}

static void arguments_of_no_resolution_are_refused(void **state)
{
    (void)state;
    check_refused(NULL, NULL, (psock_resolve_options){0}, PSOCK_EFAULT);
    assert_result(psock_resolve("a", NULL, NULL, NULL, 1, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    check_refused("a", NULL,
                  (psock_resolve_options){.flags = PSOCK_RESOLVE_NAME_REQUIRED},
                  PSOCK_EINVAL);
    check_refused("a", NULL, (psock_resolve_options){.flags = 1u << 31},
                  PSOCK_EINVAL);
    check_refused("::1", NULL, (psock_resolve_options){.family = PSOCK_UNIX},
                  PSOCK_EAI_FAMILY);
    check_refused("::1", NULL, (psock_resolve_options){.family = 99},
                  PSOCK_EAI_FAMILY);
    check_refused("::1", NULL, (psock_resolve_options){.type = PSOCK_SEQPACKET},
                  PSOCK_EAI_SOCKTYPE);
    check_refused("::1", NULL, (psock_resolve_options){.type = -1},
                  PSOCK_EAI_SOCKTYPE);
    check_refused("\xff", NULL, (psock_resolve_options){0}, PSOCK_EINVAL);
    check_refused("127.1", NULL, (psock_resolve_options){0}, PSOCK_EAI_NONAME);
    check_refused("::1", "080", (psock_resolve_options){0}, PSOCK_EAI_SERVICE);
}

/* --- What is known ------------------------------------------------------------- */

static void known_addresses_are_told_without_a_call(void **state)
{
    (void)state;
    CHECK_ADDRESSES(
        psock_resolve("192.0.2.7", "80", NULL, addresses, ROOM, PSOCK_NOW),
        "192.0.2.7:80");
    CHECK_ADDRESSES(
        psock_resolve("localhost", NULL, NULL, addresses, ROOM, PSOCK_NOW),
        "[::1]:0", "127.0.0.1:0");
    assert_int_equal(fake_allocations(), 0);
}

static void known_host_is_called_as_it_is_given(void **state)
{
    static const char *const hosts[] = {"192.0.2.7", "LocalHost.",
                                        "a.localhost", "0:0::1"};
    const psock_resolve_options options = {.canonical_name = name};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        assert_true(resolve(hosts[i], "80", &options) > 0);
        assert_string_equal(name, hosts[i]);
    }
    assert_result(resolve(NULL, "80", &options), 2);
    assert_string_equal(name, "");
}

static void all_that_is_there_is_counted_and_what_fits_is_told(void **state)
{
    (void)state;
    assert_result(psock_resolve(NULL, "80", NULL, NULL, 0, PSOCK_NOW), 2);
    assert_result(psock_resolve(NULL, "80", NULL, addresses, 0, PSOCK_NOW), 2);
    assert_memory_equal(addresses, untouched, sizeof addresses);
    assert_result(psock_resolve(NULL, "80", NULL, addresses, 1, PSOCK_NOW), 2);
    CHECK_ADDRESSES(1, "[::1]:80");
}

static void service_of_a_known_host_is_asked_for_by_itself(void **state)
{
    const psock_resolve_options options = {.type = PSOCK_DATAGRAM,
                                           .canonical_name = name};
    const struct psock_sys_look_up question = {.service = "domain",
                                               .type = PSOCK_DATAGRAM};
    (void)state;
    expect_question(&question, FOUND("[::1]:53", "127.0.0.1:53"));
    CHECK_ADDRESSES(resolve("192.0.2.7", "domain", &options), "192.0.2.7:53");
    assert_string_equal(name, "192.0.2.7");
}

static void unknown_service_of_a_known_host_is_an_error(void **state)
{
    const struct psock_sys_look_up question = {.service = "nonsense",
                                               .type = PSOCK_STREAM};
    (void)state;
    expect_question(&question, failed(PSOCK_EAI_SERVICE));
    check_refused("192.0.2.7", "nonsense", (psock_resolve_options){0},
                  PSOCK_EAI_SERVICE);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EAI_SERVICE));
}

/* --- What is asked --------------------------------------------------------------- */

static void host_is_asked_for_with_the_port_that_is_known(void **state)
{
    const struct psock_sys_look_up question = {.host = "example.org",
                                               .type = PSOCK_STREAM};
    (void)state;
    expect_question(&question, FOUND("[2001:db8::1]:0", "192.0.2.7:0"));
    CHECK_ADDRESSES(resolve("example.org", "443", NULL), "[2001:db8::1]:443",
                    "192.0.2.7:443");
}

static void host_and_service_are_asked_for_at_once(void **state)
{
    const psock_resolve_options options = {.family = PSOCK_IPV4,
                                           .type = PSOCK_DATAGRAM,
                                           .flags = PSOCK_RESOLVE_CONFIGURED |
                                                    PSOCK_RESOLVE_PASSIVE};
    const struct psock_sys_look_up question = {.host = "example.org",
                                               .service = "domain",
                                               .family = PSOCK_IPV4,
                                               .type = PSOCK_DATAGRAM,
                                               .configured = 1};
    (void)state;
    expect_question(&question, FOUND("192.0.2.7:53", "192.0.2.8:53"));
    CHECK_ADDRESSES(resolve("example.org", "domain", &options), "192.0.2.7:53",
                    "192.0.2.8:53");
}

static void real_name_is_told_to_who_wants_it(void **state)
{
    const psock_resolve_options options = {.canonical_name = name};
    const struct psock_sys_look_up question = {
        .host = "www.example.org", .type = PSOCK_STREAM, .wants_name = 1};
    struct finding finding = *FOUND("192.0.2.7:0");
    (void)state;
    finding.host_name = "a.example.net";
    expect_question(&question, &finding);
    CHECK_ADDRESSES(resolve("www.example.org", NULL, &options), "192.0.2.7:0");
    assert_string_equal(name, "a.example.net");
}

static void host_without_another_name_has_the_one_given(void **state)
{
    const psock_resolve_options options = {.canonical_name = name};
    const struct psock_sys_look_up question = {
        .host = "www.example.org", .type = PSOCK_STREAM, .wants_name = 1};
    (void)state;
    expect_question(&question, FOUND("192.0.2.7:0"));
    CHECK_ADDRESSES(resolve("www.example.org", NULL, &options), "192.0.2.7:0");
    assert_string_equal(name, "www.example.org");
}

static void answers_are_counted_beyond_the_room(void **state)
{
    const struct psock_sys_look_up question = {.host = "example.org",
                                               .type = PSOCK_STREAM};
    (void)state;
    expect_question(&question, FOUND("192.0.2.7:0", "192.0.2.8:0",
                                     "192.0.2.7:0", "192.0.2.9:0"));
    assert_result(
        psock_resolve("example.org", "80", NULL, addresses, 2, PSOCK_FOREVER),
        3);
    CHECK_ADDRESSES(2, "192.0.2.7:80", "192.0.2.8:80");
}

static void each_failure_of_the_resolver_is_told(void **state)
{
    static const int errors[] = {
        PSOCK_EAI_AGAIN,  PSOCK_EAI_FAIL, PSOCK_EAI_NONAME, PSOCK_EAI_NODATA,
        PSOCK_EAI_MEMORY, PSOCK_ENOMEM,   PSOCK_EMFILE,     PSOCK_ENOTSUP};
    const struct psock_sys_look_up question = {
        .host = "example.org", .type = PSOCK_STREAM, .wants_name = 1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_question(&question, failed(errors[i]));
        check_refused("example.org", "80", (psock_resolve_options){0},
                      errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
        assert_int_equal(fake_memory_in_use(), 0);
    }
}

static void who_may_not_wait_asks_nobody(void **state)
{
    psock_address address = parsed("192.0.2.7:80");
    (void)state;
    assert_result(
        psock_resolve("example.org", "80", NULL, addresses, ROOM, PSOCK_NOW),
        PSOCK_EAGAIN);
    assert_result(
        psock_resolve("::1", "http", NULL, addresses, ROOM, PSOCK_NOW),
        PSOCK_EAGAIN);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, name,
                                        sizeof name, NULL, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
    assert_memory_equal(addresses, untouched, sizeof addresses);
    assert_int_equal(name[0], UNTOUCHED);
}

/* --- Names of addresses ------------------------------------------------------------ */

static int name_of(const char *text, unsigned flags)
{
    const psock_address address = parsed(text);
    return psock_resolve_address(&address, PSOCK_STREAM, flags, name,
                                 sizeof name, service_name, sizeof service_name,
                                 PSOCK_FOREVER);
}

static void check_names(const char *host, const char *service)
{
    assert_string_equal(name, host);
    assert_string_equal(service_name, service);
    assert_int_equal(fake_memory_in_use(), 0);
}

#define NUMERIC (PSOCK_RESOLVE_NUMERIC_HOST | PSOCK_RESOLVE_NUMERIC_SERVICE)

static void numbers_are_written_without_a_call(void **state)
{
    static const char *const texts[][3] = {
        {"192.0.2.7:80", "192.0.2.7", "80"},
        {"[2001:db8::1]:65535", "2001:db8::1", "65535"},
        {"[fe80::1%7]:0", "fe80::1%7", "0"},
        {"127.0.0.1:10", "127.0.0.1", "10"},
        {"[::ffff:192.0.2.7]:9", "::ffff:192.0.2.7", "9"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_result(name_of(texts[i][0], NUMERIC), 0);
        check_names(texts[i][1], texts[i][2]);
    }
}

static void loopback_is_called_localhost_without_a_call(void **state)
{
    (void)state;
    assert_result(name_of("127.0.0.1:80", PSOCK_RESOLVE_NUMERIC_SERVICE), 0);
    check_names("localhost", "80");
    assert_result(name_of("[::1]:0", PSOCK_RESOLVE_NAME_REQUIRED), 0);
    check_names("localhost", "0");
}

/* The question as the system gets it. */
static struct psock_sys_look_up question_of(const psock_address *address,
                                            unsigned flags)
{
    return (struct psock_sys_look_up){
        .address = address, .type = PSOCK_STREAM, .flags = flags};
}

static void expect_names_of(const char *text, unsigned flags,
                            const struct finding *finding)
{
    static psock_address address;
    address = parsed(text);
    const struct psock_sys_look_up question = question_of(&address, flags);
    expect_question(&question, finding);
}

static void name_and_service_are_asked_for(void **state)
{
    const struct finding names = {.host_name = "a.example",
                                  .service_name = "http"};
    (void)state;
    expect_names_of("192.0.2.7:80", 0, &names);
    assert_result(name_of("192.0.2.7:80", 0), 0);
    check_names("a.example", "http");
}

static void what_has_no_name_is_written_as_a_number(void **state)
{
    const struct finding names = {.host_name = NULL};
    (void)state;
    expect_names_of("[2001:db8::1%3]:81", 0, &names);
    assert_result(name_of("[2001:db8::1%3]:81", 0), 0);
    check_names("2001:db8::1%3", "81");
}

static void name_that_is_required_and_missing_is_an_error(void **state)
{
    const struct finding names = {.service_name = "http"};
    (void)state;
    expect_names_of("192.0.2.7:80", PSOCK_RESOLVE_NAME_REQUIRED, &names);
    assert_result(name_of("192.0.2.7:80", PSOCK_RESOLVE_NAME_REQUIRED),
                  PSOCK_EAI_NONAME);
    assert_int_equal(name[0], UNTOUCHED);
    assert_int_equal(service_name[0], UNTOUCHED);
}

static void failure_to_find_a_name_is_told(void **state)
{
    (void)state;
    expect_names_of("192.0.2.7:80", 0, failed(PSOCK_EAI_AGAIN));
    assert_result(name_of("192.0.2.7:80", 0), PSOCK_EAI_AGAIN);
    assert_int_equal(name[0], UNTOUCHED);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EAI_AGAIN));
    assert_int_equal(fake_memory_in_use(), 0);
}

static void failure_to_find_the_service_of_loopback_is_told(void **state)
{
    (void)state;
    expect_names_of("127.0.0.1:80", PSOCK_RESOLVE_NUMERIC_HOST,
                    failed(PSOCK_EAI_FAIL));
    assert_result(name_of("127.0.0.1:80", 0), PSOCK_EAI_FAIL);
    assert_int_equal(name[0], UNTOUCHED);
}

static void what_is_not_wanted_is_not_asked_for(void **state)
{
    const psock_address address = parsed("192.0.2.7:80");
    const psock_address portless = parsed("192.0.2.7:0");
    const struct finding names = {.host_name = "a.example"};
    const struct finding service = {.service_name = "http"};
    (void)state;
    expect_names_of("192.0.2.7:80", PSOCK_RESOLVE_NUMERIC_SERVICE, &names);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, name,
                                        sizeof name, NULL, 0, PSOCK_FOREVER),
                  0);
    assert_string_equal(name, "a.example");
    expect_names_of("192.0.2.7:80", PSOCK_RESOLVE_NUMERIC_HOST, &service);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, 0, NULL, 0,
                                        service_name, sizeof service_name,
                                        PSOCK_FOREVER),
                  0);
    assert_string_equal(service_name, "http");
    assert_result(psock_resolve_address(&portless, PSOCK_STREAM, 0, NULL, 0,
                                        service_name, sizeof service_name,
                                        PSOCK_NOW),
                  0);
    assert_string_equal(service_name, "0");
}

/* Nobody who wants the name of a service only has required that of a host. */
static void name_that_is_not_wanted_cannot_be_missing(void **state)
{
    const psock_address address = parsed("192.0.2.7:80");
    (void)state;
    assert_result(psock_resolve_address(&address, PSOCK_STREAM,
                                        PSOCK_RESOLVE_NAME_REQUIRED |
                                            PSOCK_RESOLVE_NUMERIC_SERVICE,
                                        NULL, 0, service_name,
                                        sizeof service_name, PSOCK_NOW),
                  0);
    assert_string_equal(service_name, "80");
}

static void name_that_does_not_fit_is_not_cut(void **state)
{
    const psock_address address = parsed("192.0.2.7:80");
    static const struct {
        size_t host_size;
        size_t service_size;
        int result;
    } sizes[] = {{10, 3, 0},
                 {9, 3, PSOCK_EAI_OVERFLOW},
                 {10, 2, PSOCK_EAI_OVERFLOW},
                 {0, 3, PSOCK_EAI_OVERFLOW},
                 {10, 0, PSOCK_EAI_OVERFLOW}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        memset(name, UNTOUCHED, sizeof name);
        memset(service_name, UNTOUCHED, sizeof service_name);
        assert_result(psock_resolve_address(&address, PSOCK_DATAGRAM, NUMERIC,
                                            name, sizes[i].host_size,
                                            service_name, sizes[i].service_size,
                                            PSOCK_NOW),
                      sizes[i].result);
        assert_int_equal(name[0], sizes[i].result == 0 ? '1' : UNTOUCHED);
        assert_int_equal(service_name[0],
                         sizes[i].result == 0 ? '8' : UNTOUCHED);
    }
}

static void arguments_of_no_address_are_refused(void **state)
{
    const psock_address address = parsed("192.0.2.7:80");
    const psock_address unix_address = parsed("unix:/a");
    const psock_address none = {.length = 0};
    const struct {
        const psock_address *address;
        int type;
        unsigned flags;
        int error;
    } calls[] = {
        {NULL, PSOCK_STREAM, 0, PSOCK_EFAULT},
        {&unix_address, PSOCK_STREAM, 0, PSOCK_EAI_FAMILY},
        {&none, PSOCK_STREAM, 0, PSOCK_EAI_FAMILY},
        {&address, 0, 0, PSOCK_EAI_SOCKTYPE},
        {&address, PSOCK_SEQPACKET, 0, PSOCK_EAI_SOCKTYPE},
        {&address, PSOCK_STREAM, PSOCK_RESOLVE_PASSIVE, PSOCK_EINVAL},
        {&address, PSOCK_STREAM, 1u << 31, PSOCK_EINVAL},
        {&address, PSOCK_STREAM,
         PSOCK_RESOLVE_NUMERIC_HOST | PSOCK_RESOLVE_NAME_REQUIRED,
         PSOCK_EAI_BADFLAGS},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        assert_result(psock_resolve_address(calls[i].address, calls[i].type,
                                            calls[i].flags, name, sizeof name,
                                            service_name, sizeof service_name,
                                            PSOCK_FOREVER),
                      calls[i].error);
    assert_int_equal(name[0], UNTOUCHED);
    assert_int_equal(service_name[0], UNTOUCHED);
}

static void rooms_that_are_not_there_are_refused(void **state)
{
    const psock_address address = parsed("192.0.2.7:80");
    (void)state;
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, NUMERIC, NULL,
                                        0, NULL, 0, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, NUMERIC, NULL,
                                        1, service_name, sizeof service_name,
                                        PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_resolve_address(&address, PSOCK_STREAM, NUMERIC, name,
                                        sizeof name, NULL, 1, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_int_equal(name[0], UNTOUCHED);
    assert_int_equal(service_name[0], UNTOUCHED);
}

/* --- This machine -------------------------------------------------------------------- */

static void host_name_is_the_systems(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_host_name(sizeof name, brings("here"));
    assert_result(psock_host_name(name, sizeof name), 4);
    assert_string_equal(name, "here");
    expect_host_name(4, returns(PSOCK_ENAMETOOLONG));
    assert_result(psock_host_name(name, 4), PSOCK_ENAMETOOLONG);
}

static void no_room_for_the_host_name_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_host_name(NULL, sizeof name), PSOCK_EFAULT);
    assert_result(psock_host_name(name, 0), PSOCK_ENAMETOOLONG);
    assert_int_equal(name[0], UNTOUCHED);
}

static void host_name_needs_a_start(void **state)
{
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_host_name(name, sizeof name), PSOCK_ENETDOWN);
    assert_int_equal(name[0], UNTOUCHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(arguments_of_no_resolution_are_refused),
        test(known_addresses_are_told_without_a_call),
        test(known_host_is_called_as_it_is_given),
        test(all_that_is_there_is_counted_and_what_fits_is_told),
        test(service_of_a_known_host_is_asked_for_by_itself),
        test(unknown_service_of_a_known_host_is_an_error),
        test(host_is_asked_for_with_the_port_that_is_known),
        test(host_and_service_are_asked_for_at_once),
        test(real_name_is_told_to_who_wants_it),
        test(host_without_another_name_has_the_one_given),
        test(answers_are_counted_beyond_the_room),
        test(each_failure_of_the_resolver_is_told),
        test(who_may_not_wait_asks_nobody),
        test(numbers_are_written_without_a_call),
        test(loopback_is_called_localhost_without_a_call),
        test(name_and_service_are_asked_for),
        test(what_has_no_name_is_written_as_a_number),
        test(name_that_is_required_and_missing_is_an_error),
        test(failure_to_find_a_name_is_told),
        test(failure_to_find_the_service_of_loopback_is_told),
        test(what_is_not_wanted_is_not_asked_for),
        test(name_that_is_not_wanted_cannot_be_missing),
        test(name_that_does_not_fit_is_not_cut),
        test(arguments_of_no_address_are_refused),
        test(rooms_that_are_not_there_are_refused),
        test(host_name_is_the_systems),
        test(no_room_for_the_host_name_is_refused_without_a_call),
        test(host_name_needs_a_start),
    };
    return cmocka_run_group_tests_name("fake.resolve", tests, NULL, NULL);
}
