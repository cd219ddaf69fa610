/* resolve.c: names to addresses and back: what the system is asked, and what is
 * made of its answers. */
#include "scene.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define HOST "host.test"
#define ROOM 8

static psock_address addresses[ROOM];

static int resolve(const char *host, const char *service)
{
    memset(addresses, 0, sizeof addresses);
    return psock_resolve(host, service, NULL, addresses, ROOM, PSOCK_FOREVER);
}

static int resolve_for(const psock_resolve_options *options)
{
    memset(addresses, 0, sizeof addresses);
    return psock_resolve(HOST, "80", options, addresses, ROOM, PSOCK_FOREVER);
}

static void expect(int place, const char *text)
{
    const psock_address expected = scene_address(text);
    assert_int_equal(psock_address_compare(&addresses[place], &expected), 0);
}

static void add_host(void)
{
    fake_add_host(HOST, "192.0.2.7");
    fake_add_host(HOST, "2001:db8::7");
}

/* --- What is asked ---------------------------------------------------------- */

static void addresses_come_in_their_order(void **state)
{
    (void)state;
    fake_add_host(HOST, "192.0.2.9");
    fake_add_host(HOST, "2001:db8::7");
    fake_add_host(HOST, "192.0.2.7");
    assert_int_equal(resolve(HOST, "80"), 3);
    expect(0, "192.0.2.9:80");
    expect(1, "[2001:db8::7]:80");
    expect(2, "192.0.2.7:80");
}

static void hosts_are_asked_for_in_the_background(void **state)
{
    (void)state;
    add_host();
    assert_int_equal(resolve(HOST, NULL), 2);
    assert_int_equal(fake_recorded("GetAddrInfoExW host.test - family 0 type 1 "
                                   "flags 0 in 0"),
                     1);
    assert_int_equal(fake_calls(FAKE_QueueUserWorkItem), 0);
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 1);
}

static void hosts_are_asked_for_by_threads_of_old_systems(void **state)
{
    (void)state;
    add_host();
    assert_int_equal(resolve(HOST, NULL), 2);
    assert_int_equal(
        fake_recorded("GetAddrInfoW host.test - family 0 type 1 flags 0"), 1);
    assert_int_equal(fake_calls(FAKE_QueueUserWorkItem), 1);
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoW), 1);
}

static void wishes_reach_the_system(void **state)
{
    char name[PSOCK_HOST_NAME_SIZE];
    const psock_resolve_options options[] = {
        {.family = PSOCK_IPV4, .type = PSOCK_DATAGRAM},
        {.family = PSOCK_IPV6},
        {.flags = PSOCK_RESOLVE_CONFIGURED},
        {.canonical_name = name}};
    static const char *const asked[] = {
        "family 2 type 2 flags 0", "family 23 type 1 flags 0",
        "family 0 type 1 flags 0x400", "family 0 type 1 flags 0x2"};
    (void)state;
    add_host();
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        fake_forget();
        assert_true(resolve_for(&options[i]) > 0);
        assert_true(fake_recorded(asked[i]) > 0);
    }
}

static void each_family_comes_alone_when_wanted(void **state)
{
    (void)state;
    add_host();
    assert_int_equal(
        resolve_for(&(psock_resolve_options){.family = PSOCK_IPV6}), 1);
    expect(0, "[2001:db8::7]:80");
    assert_int_equal(
        resolve_for(&(psock_resolve_options){.family = PSOCK_IPV4}), 1);
    expect(0, "192.0.2.7:80");
}

static void services_give_the_port(void **state)
{
    (void)state;
    add_host();
    fake_add_service("echo", SOCK_STREAM, 7);
    fake_add_service("echo", SOCK_DGRAM, 8);
    assert_int_equal(resolve(HOST, "echo"), 2);
    expect(0, "192.0.2.7:7");
    assert_int_equal(
        psock_resolve(HOST, "echo",
                      &(psock_resolve_options){.type = PSOCK_DATAGRAM},
                      addresses, ROOM, PSOCK_FOREVER),
        2);
    expect(1, "[2001:db8::7]:8");
}

static void service_alone_is_found_by_waiting(void **state)
{
    (void)state;
    fake_add_service("echo", SOCK_STREAM, 7);
    assert_int_equal(resolve("192.0.2.9", "echo"), 1);
    expect(0, "192.0.2.9:7");
    assert_int_equal(fake_recorded("GetAddrInfoW - echo family 0"), 1);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoExW), 0);
}

static void unknown_service_is_told(void **state)
{
    (void)state;
    add_host();
    assert_int_equal(resolve(HOST, "nothing"), PSOCK_EAI_SERVICE);
    assert_int_equal(psock_error_native(), WSATYPE_NOT_FOUND);
    assert_int_equal(resolve("192.0.2.9", "nothing"), PSOCK_EAI_SERVICE);
}

/* Nothing else was asked for. */
static void service_alone_is_what_is_missing(void **state)
{
    static const int codes[] = {WSAHOST_NOT_FOUND, WSASERVICE_NOT_FOUND,
                                WSANO_DATA, WSATYPE_NOT_FOUND};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        fake_fail_next(FAKE_GetAddrInfoW, codes[i], 1);
        assert_int_equal(resolve("192.0.2.9", "echo"), PSOCK_EAI_SERVICE);
        assert_int_equal(psock_error_native(), codes[i]);
    }
}

/* --- Text ------------------------------------------------------------------- */

#define BUECHER                                                                \
    "b\xc3\xbc"                                                                \
    "cher.test"
#define DUCK "\xf0\x9f\xa6\x86.test"

static void names_beyond_ascii_are_asked_for(void **state)
{
    (void)state;
    fake_add_host(BUECHER, "192.0.2.7");
    fake_add_host(DUCK, "192.0.2.8");
    assert_int_equal(resolve(BUECHER, "80"), 1);
    expect(0, "192.0.2.7:80");
    assert_int_equal(resolve(DUCK, "80"), 1);
    expect(0, "192.0.2.8:80");
}

/* Found out by making it ASCII, before anybody is asked. */
static void name_that_cannot_be_ascii_is_none(void **state)
{
    (void)state;
    fake_fail_next(FAKE_GetAddrInfoExW, WSANO_RECOVERY, 1);
    assert_int_equal(resolve(BUECHER, "80"), PSOCK_EAI_NONAME);
    fake_fail_next(FAKE_GetAddrInfoExW, WSANO_RECOVERY, 1);
    assert_int_equal(resolve(HOST, "80"), PSOCK_EAI_FAIL);
    fake_answer_with(WSANO_RECOVERY);
    assert_int_equal(resolve(BUECHER, "80"), PSOCK_EAI_FAIL);
}

static void check_canonical_name(const WCHAR *answered, const char *expected)
{
    char name[PSOCK_HOST_NAME_SIZE] = "?";
    fake_call_hosts(answered);
    assert_int_equal(
        resolve_for(&(psock_resolve_options){.canonical_name = name}), 2);
    assert_string_equal(name, expected);
    expect(0, "192.0.2.7:80");
}

static void canonical_name_is_told(void **state)
{
    static const WCHAR ascii[] = {'w', '.', 't', 'e', 's', 't', 0};
    static const WCHAR beyond[] = {0xfc, 0xd83e, 0xdd86, 0};
    (void)state;
    add_host();
    check_canonical_name(ascii, "w.test");
    check_canonical_name(beyond, "\xc3\xbc\xf0\x9f\xa6\x86");
}

/* The addresses are good. */
static void canonical_name_that_is_no_text_is_the_hosts(void **state)
{
    static const WCHAR first_half[] = {'w', 0xd83e, 'x', 0};
    static const WCHAR second_half[] = {'w', 0xdd86, 0};
    static const WCHAR cut[] = {'w', 0xd83e, 0};
    (void)state;
    add_host();
    check_canonical_name(first_half, HOST);
    check_canonical_name(second_half, HOST);
    check_canonical_name(cut, HOST);
}

/* 3 bytes for each unit. */
static void canonical_name_that_does_not_fit_is_the_hosts(void **state)
{
    WCHAR name[400];
    (void)state;
    add_host();
    for (size_t i = 0; i + 1 < COUNT_OF(name); i++)
        name[i] = 0x2603;
    name[COUNT_OF(name) - 1] = 0;
    check_canonical_name(name, HOST);
}

/* --- Odd answers ------------------------------------------------------------- */

static void address_that_comes_twice_is_told_once(void **state)
{
    (void)state;
    add_host();
    add_host();
    assert_int_equal(resolve(HOST, "80"), 2);
    expect(0, "192.0.2.7:80");
    expect(1, "[2001:db8::7]:80");
}

static void scopes_are_kept(void **state)
{
    (void)state;
    fake_add_host(HOST, "fe80::1%7");
    fake_add_host(HOST, "fe80::1%8");
    assert_int_equal(resolve(HOST, "80"), 2);
    expect(0, "[fe80::1%7]:80");
    expect(1, "[fe80::1%8]:80");
}

static void addresses_of_a_wrong_length_are_none(void **state)
{
    (void)state;
    fake_add_host(HOST, "192.0.2.7");
    fake_set_answered_length(sizeof(struct sockaddr_in) - 1);
    assert_int_equal(resolve(HOST, "80"), PSOCK_EAI_NODATA);
    assert_int_equal(psock_error_native(), WSANO_DATA);
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 1);
}

/* An IPv6 address cut to the size of the other family. */
static void longer_family_is_not_read_past_its_end(void **state)
{
    (void)state;
    add_host();
    fake_set_answered_length(sizeof(struct sockaddr_in));
    assert_int_equal(resolve(HOST, "80"), 1);
    expect(0, "192.0.2.7:80");
}

static void host_without_the_family_has_no_data(void **state)
{
    (void)state;
    fake_add_host(HOST, "192.0.2.7");
    assert_int_equal(
        resolve_for(&(psock_resolve_options){.family = PSOCK_IPV6}),
        PSOCK_EAI_NODATA);
    assert_int_equal(psock_error_native(), WSANO_DATA);
}

static void unknown_host_is_told(void **state)
{
    (void)state;
    assert_int_equal(resolve(HOST, "80"), PSOCK_EAI_NONAME);
    assert_int_equal(psock_error_native(), WSAHOST_NOT_FOUND);
}

/* --- When answers come -------------------------------------------------------- */

static void answer(void *context)
{
    assert_true(fake_answer());
    (void)context;
}

static void answer_ends_the_wait(void **state)
{
    (void)state;
    add_host();
    fake_set_answering(FAKE_ANSWERS_LATER);
    fake_when_waiting(answer, NULL);
    assert_int_equal(resolve(HOST, "80"), 2);
    expect(0, "192.0.2.7:80");
}

/* The system writes the handle after all is over. */
static void answer_may_come_before_the_call_returns(void **state)
{
    (void)state;
    add_host();
    fake_set_answering(FAKE_ANSWERS_LATER);
    fake_after(FAKE_GetAddrInfoExW, answer, NULL);
    assert_int_equal(resolve(HOST, "80"), 2);
    expect(1, "[2001:db8::7]:80");
}

static void answer_may_come_at_once(void **state)
{
    (void)state;
    add_host();
    fake_set_answering(FAKE_ANSWERS_AT_ONCE);
    assert_int_equal(resolve(HOST, "80"), 2);
    expect(0, "192.0.2.7:80");
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 1);
    assert_int_equal(fake_calls(FAKE_QueueUserWorkItem), 0);
}

static void failure_at_once_is_an_answer(void **state)
{
    static const struct {
        int native;
        int error;
    } answers[] = {{WSAHOST_NOT_FOUND, PSOCK_EAI_NONAME},
                   {WSANO_DATA, PSOCK_EAI_NODATA},
                   {WSA_NOT_ENOUGH_MEMORY, PSOCK_EAI_MEMORY}};
    (void)state;
    add_host();
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        fake_fail_next(FAKE_GetAddrInfoExW, answers[i].native, 1);
        assert_int_equal(resolve(HOST, "80"), answers[i].error);
        assert_int_equal(psock_error_native(), answers[i].native);
    }
    assert_int_equal(fake_calls(FAKE_GetAddrInfoW), 0);
}

/* So it is for threads that act for another user. */
static void refusal_at_once_is_asked_again_by_waiting(void **state)
{
    static const int refusals[] = {WSATRY_AGAIN, WSA_E_CANCELLED, WSAEINVAL,
                                   WSAEOPNOTSUPP};
    (void)state;
    add_host();
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        fake_fail_next(FAKE_GetAddrInfoExW, refusals[i], 1);
        assert_int_equal(resolve(HOST, "80"), 2);
        expect(0, "192.0.2.7:80");
        assert_int_equal(fake_calls(FAKE_GetAddrInfoW), i + 1);
    }
}

/* --- Errors -------------------------------------------------------------------- */

static const struct {
    int native;
    int error;
} codes[] = {
    {WSATRY_AGAIN, PSOCK_EAI_AGAIN},
    {WSAEINVAL, PSOCK_EAI_FAIL},
    {WSANO_RECOVERY, PSOCK_EAI_FAIL},
    {WSAEAFNOSUPPORT, PSOCK_EAI_FAMILY},
    {WSA_NOT_ENOUGH_MEMORY, PSOCK_EAI_MEMORY},
    {WSAENOBUFS, PSOCK_EAI_MEMORY},
    {WSAHOST_NOT_FOUND, PSOCK_EAI_NONAME},
    {WSASERVICE_NOT_FOUND, PSOCK_EAI_NONAME},
    {WSANO_DATA, PSOCK_EAI_NODATA},
    {WSATYPE_NOT_FOUND, PSOCK_EAI_SERVICE},
    {WSAESOCKTNOSUPPORT, PSOCK_EAI_SOCKTYPE},
    {WSAETIMEDOUT, PSOCK_EAI_AGAIN},
    {WSAENETDOWN, PSOCK_EAI_AGAIN},
    {WSA_E_CANCELLED, PSOCK_EAI_AGAIN}, /* and not by us */
    {WSA_OPERATION_ABORTED, PSOCK_EAI_AGAIN},
    {WSAEMFILE, PSOCK_EMFILE},
    {DNS_ERROR_RCODE_NAME_ERROR, PSOCK_EAI_NONAME},
    {DNS_ERROR_RCODE_SERVER_FAILURE, PSOCK_EAI_AGAIN},
    {DNS_INFO_NO_RECORDS, PSOCK_EAI_NODATA},
    {4711, PSOCK_EAI_FAIL},
    /* As Wine lets them through. */
    {-2, PSOCK_EAI_NONAME},
    {-3, PSOCK_EAI_AGAIN},
    {-5, PSOCK_EAI_NODATA},
    {-9, PSOCK_EAI_NODATA},
    {-12, PSOCK_EAI_OVERFLOW},
    {-99, PSOCK_EAI_FAIL},
};

static void codes_in_the_background_mean_errors(void **state)
{
    (void)state;
    add_host();
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        fake_answer_with(codes[i].native);
        assert_int_equal(resolve(HOST, "80"), codes[i].error);
        assert_int_equal(psock_error_native(), codes[i].native);
    }
}

static void codes_by_waiting_mean_errors(void **state)
{
    (void)state;
    add_host();
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        fake_fail_next(FAKE_GetAddrInfoW, codes[i].native, 1);
        assert_int_equal(resolve(HOST, "80"), codes[i].error);
        assert_int_equal(psock_error_native(), codes[i].native);
    }
}

static void description_has_the_code(void **state)
{
    char text[100];
    (void)state;
    add_host();
    fake_answer_with(WSANO_RECOVERY);
    int error = resolve(HOST, "80");
    assert_true(psock_error_describe(error, text, sizeof text) > 0);
    assert_non_null(strstr(text, "EAI_FAIL (11003)"));
    fake_answer_with(WSAETIMEDOUT);
    error = resolve(HOST, "80");
    assert_true(psock_error_describe(error, text, sizeof text) > 0);
    assert_non_null(strstr(text, "EAI_AGAIN (10060)"));
    fake_answer_with(4711);
    error = resolve(HOST, "80");
    assert_true(psock_error_describe(error, text, sizeof text) > 0);
    assert_non_null(strstr(text, "EAI_FAIL (4711)"));
}

static void no_thread_for_a_look_up_is_told(void **state)
{
    (void)state;
    add_host();
    fake_fail_next(FAKE_GetAddrInfoExW, WSATRY_AGAIN, 1);
    fake_fail_next(FAKE_QueueUserWorkItem, ERROR_NOT_ENOUGH_MEMORY, 1);
    assert_int_equal(resolve(HOST, "80"), PSOCK_EAI_MEMORY);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    assert_int_equal(fake_open_events(), 0);
    assert_int_equal(resolve(HOST, "80"), 2);
}

/* --- Addresses to names ----------------------------------------------------------- */

struct names {
    char host[PSOCK_HOST_NAME_SIZE];
    char service[PSOCK_SERVICE_NAME_SIZE];
};

static int name_address(struct names *names, int type, unsigned flags)
{
    const psock_address address = scene_address("192.0.2.7:7");
    memset(names, 0, sizeof *names);
    return psock_resolve_address(&address, type, flags, names->host,
                                 sizeof names->host, names->service,
                                 sizeof names->service, PSOCK_FOREVER);
}

static void check_names(int type, unsigned flags, const char *host,
                        const char *service)
{
    struct names names;
    assert_int_equal(name_address(&names, type, flags), 0);
    assert_string_equal(names.host, host);
    assert_string_equal(names.service, service);
}

static void add_names(void)
{
    fake_add_name("192.0.2.7", HOST);
    fake_add_service("echo", SOCK_STREAM, 7);
    fake_add_service("sound", SOCK_DGRAM, 7);
}

static void address_has_names(void **state)
{
    (void)state;
    add_names();
    check_names(PSOCK_STREAM, 0, HOST, "echo");
    check_names(PSOCK_DATAGRAM, 0, HOST, "sound");
    assert_int_equal(fake_calls(FAKE_QueueUserWorkItem), 2);
}

static void only_what_is_wanted_is_asked_for(void **state)
{
    (void)state;
    add_names();
    check_names(PSOCK_STREAM, PSOCK_RESOLVE_NUMERIC_HOST, "192.0.2.7", "echo");
    assert_int_equal(fake_recorded("for its host"), 0);
    fake_forget();
    check_names(PSOCK_STREAM, PSOCK_RESOLVE_NUMERIC_SERVICE, HOST, "7");
    assert_int_equal(fake_recorded("for its service"), 0);
    assert_int_equal(fake_recorded("flags 0x4 for its host"), 1);
}

static void what_has_no_name_is_a_number(void **state)
{
    struct names names;
    (void)state;
    check_names(PSOCK_STREAM, 0, "192.0.2.7", "7");
    assert_int_equal(
        name_address(&names, PSOCK_STREAM, PSOCK_RESOLVE_NAME_REQUIRED),
        PSOCK_EAI_NONAME);
}

static void no_data_for_an_address_is_no_name(void **state)
{
    (void)state;
    fake_fail_after(FAKE_GetNameInfoW, 1, WSANO_DATA, 1);
    check_names(PSOCK_STREAM, 0, "192.0.2.7", "7");
}

static void trouble_with_a_name_is_told(void **state)
{
    static const struct {
        int native;
        int error;
    } answers[] = {{WSATRY_AGAIN, PSOCK_EAI_AGAIN},
                   {WSANO_RECOVERY, PSOCK_EAI_FAIL},
                   {WSA_NOT_ENOUGH_MEMORY, PSOCK_EAI_MEMORY},
                   {ERROR_INSUFFICIENT_BUFFER, PSOCK_EAI_OVERFLOW},
                   {-12, PSOCK_EAI_OVERFLOW}};
    struct names names;
    (void)state;
    add_names();
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        fake_fail_after(FAKE_GetNameInfoW, 1, answers[i].native, 1);
        assert_int_equal(name_address(&names, PSOCK_STREAM, 0),
                         answers[i].error);
        assert_int_equal(psock_error_native(), answers[i].native);
        assert_string_equal(names.host, "");
    }
}

static void name_that_is_no_text_is_none(void **state)
{
    static const WCHAR half[] = {'w', 0xd83e, 'x', 0};
    static const WCHAR beyond[] = {0xfc, 0};
    (void)state;
    add_names();
    fake_call_hosts(half);
    check_names(PSOCK_STREAM, 0, "192.0.2.7", "7");
    fake_call_hosts(beyond);
    check_names(PSOCK_STREAM, PSOCK_RESOLVE_NUMERIC_SERVICE, "\xc3\xbc", "7");
}

static void no_thread_for_a_name_is_told(void **state)
{
    struct names names;
    (void)state;
    fake_fail_next(FAKE_QueueUserWorkItem, ERROR_NOT_ENOUGH_MEMORY, 1);
    assert_int_equal(name_address(&names, PSOCK_STREAM, 0), PSOCK_EAI_MEMORY);
    assert_int_equal(fake_calls(FAKE_GetNameInfoW), 0);
}

/* --- This machine ------------------------------------------------------------------ */

static void machine_has_a_name(void **state)
{
    char name[8] = "?";
    (void)state;
    fake_name_machine("seven77");
    assert_int_equal(psock_host_name(name, sizeof name), 7);
    assert_string_equal(name, "seven77");
}

static void name_of_the_machine_is_utf_8(void **state)
{
    char name[64] = "?";
    (void)state;
    fake_name_machine("b\xc3\xbc"
                      "cher");
    assert_int_equal(psock_host_name(name, sizeof name), 7);
    assert_string_equal(name, "b\xc3\xbc"
                              "cher");
}

static void name_of_the_machine_that_does_not_fit_is_not_written(void **state)
{
    char name[8] = "?";
    (void)state;
    fake_name_machine("eight888");
    assert_int_equal(psock_host_name(name, sizeof name), PSOCK_ENAMETOOLONG);
    assert_string_equal(name, "?");
    fake_name_machine("b\xc3\xbc"
                      "cher1"); /* 7 units, 8 bytes */
    assert_int_equal(psock_host_name(name, sizeof name), PSOCK_ENAMETOOLONG);
    assert_int_equal(psock_host_name(name, 0), PSOCK_ENAMETOOLONG);
    assert_string_equal(name, "?");
}

static void name_of_the_machine_may_not_be_had(void **state)
{
    char name[8] = "?";
    (void)state;
    fake_fail_next(FAKE_GetComputerNameExW, ERROR_ACCESS_DENIED, 1);
    assert_int_equal(psock_host_name(name, sizeof name), PSOCK_EACCES);
    assert_int_equal(psock_error_native(), ERROR_ACCESS_DENIED);
    fake_fail_next(FAKE_GetComputerNameExW, ERROR_MORE_DATA, 1);
    assert_int_equal(psock_host_name(name, sizeof name), PSOCK_ENAMETOOLONG);
    assert_string_equal(name, "?");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_BOTH(addresses_come_in_their_order),
        ON_WINDOWS_10(hosts_are_asked_for_in_the_background),
        ON_WINDOWS_7(hosts_are_asked_for_by_threads_of_old_systems),
        ON_BOTH(wishes_reach_the_system),
        ON_BOTH(each_family_comes_alone_when_wanted),
        ON_BOTH(services_give_the_port),
        ON_WINDOWS_10(service_alone_is_found_by_waiting),
        ON_BOTH(unknown_service_is_told),
        ON_WINDOWS_10(service_alone_is_what_is_missing),
        ON_BOTH(names_beyond_ascii_are_asked_for),
        ON_WINDOWS_10(name_that_cannot_be_ascii_is_none),
        ON_BOTH(canonical_name_is_told),
        ON_BOTH(canonical_name_that_is_no_text_is_the_hosts),
        ON_WINDOWS_10(canonical_name_that_does_not_fit_is_the_hosts),
        ON_BOTH(address_that_comes_twice_is_told_once),
        ON_BOTH(scopes_are_kept),
        ON_WINDOWS_10(addresses_of_a_wrong_length_are_none),
        ON_BOTH(longer_family_is_not_read_past_its_end),
        ON_BOTH(host_without_the_family_has_no_data),
        ON_BOTH(unknown_host_is_told),
        ON_WINDOWS_10(answer_ends_the_wait),
        ON_WINDOWS_10(answer_may_come_before_the_call_returns),
        ON_WINDOWS_10(answer_may_come_at_once),
        ON_WINDOWS_10(failure_at_once_is_an_answer),
        ON_WINDOWS_10(refusal_at_once_is_asked_again_by_waiting),
        ON_WINDOWS_10(codes_in_the_background_mean_errors),
        ON_WINDOWS_7(codes_by_waiting_mean_errors),
        ON_WINDOWS_10(description_has_the_code),
        ON_WINDOWS_10(no_thread_for_a_look_up_is_told),
        ON_BOTH(address_has_names),
        ON_WINDOWS_10(only_what_is_wanted_is_asked_for),
        ON_BOTH(what_has_no_name_is_a_number),
        ON_WINDOWS_10(no_data_for_an_address_is_no_name),
        ON_WINDOWS_10(trouble_with_a_name_is_told),
        ON_WINDOWS_10(name_that_is_no_text_is_none),
        ON_WINDOWS_10(no_thread_for_a_name_is_told),
        ON_WINDOWS_10(machine_has_a_name),
        ON_WINDOWS_10(name_of_the_machine_is_utf_8),
        ON_WINDOWS_10(name_of_the_machine_that_does_not_fit_is_not_written),
        ON_WINDOWS_10(name_of_the_machine_may_not_be_had),
    };
    return cmocka_run_group_tests_name("winsock.resolve", tests, NULL, NULL);
}
