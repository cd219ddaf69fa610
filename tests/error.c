#include "fixture.h"

#include <stdio.h>
#include <string.h>

/* The numbers are a promise, so they stand here once more. */
#define CODE(number, name)                                                     \
    {                                                                          \
        number, PSOCK_##name, #name                                            \
    }

static const struct code {
    int number;
    int error;
    const char *name;
} codes[] = {
    CODE(-1, EAGAIN),
    CODE(-2, EINVAL),
    CODE(-3, EBADF),
    CODE(-4, ENOTSOCK),
    CODE(-5, EACCES),
    CODE(-6, EPERM),
    CODE(-7, EFAULT),
    CODE(-8, ENOMEM),
    CODE(-9, EMFILE),
    CODE(-10, ENFILE),
    CODE(-11, ENOBUFS),
    CODE(-12, EADDRINUSE),
    CODE(-13, EADDRNOTAVAIL),
    CODE(-14, EAFNOSUPPORT),
    CODE(-15, EPROTONOSUPPORT),
    CODE(-16, EPROTOTYPE),
    CODE(-17, ESOCKTNOSUPPORT),
    CODE(-18, EOPNOTSUPP),
    CODE(-19, ENOTSUP),
    CODE(-20, ENOPROTOOPT),
    CODE(-21, EMSGSIZE),
    CODE(-22, EDESTADDRREQ),
    CODE(-23, EISCONN),
    CODE(-24, ENOTCONN),
    CODE(-25, EALREADY),
    CODE(-26, EINPROGRESS),
    CODE(-27, ECONNREFUSED),
    CODE(-28, ECONNRESET),
    CODE(-29, ECONNABORTED),
    CODE(-30, ETIMEDOUT),
    CODE(-31, EPIPE),
    CODE(-32, EHOSTUNREACH),
    CODE(-33, EHOSTDOWN),
    CODE(-34, ENETUNREACH),
    CODE(-35, ENETDOWN),
    CODE(-36, ENETRESET),
    CODE(-37, EINTR),
    CODE(-38, ECANCELED),
    CODE(-39, ENOENT),
    CODE(-40, ENOTDIR),
    CODE(-41, ELOOP),
    CODE(-42, ENAMETOOLONG),
    CODE(-43, EROFS),
    CODE(-44, EEXIST),
    CODE(-45, ENOTEMPTY),
    CODE(-46, EIO),
    CODE(-47, EPROTO),
    CODE(-48, ENOSPC),
    CODE(-49, ESHUTDOWN),
    CODE(-50, ETOOMANYREFS),
    CODE(-51, EUSERS),
    CODE(-52, EDQUOT),
    CODE(-53, ESTALE),
    CODE(-54, EREMOTE),
    CODE(-55, EBUSY),
    CODE(-56, EOVERFLOW),
    CODE(-57, ENODEV),
    CODE(-58, EPFNOSUPPORT),
    CODE(-59, EEOF),
    CODE(-60, EISDIR),
    CODE(-101, EAI_AGAIN),
    CODE(-102, EAI_BADFLAGS),
    CODE(-103, EAI_FAIL),
    CODE(-104, EAI_FAMILY),
    CODE(-105, EAI_MEMORY),
    CODE(-106, EAI_NONAME),
    CODE(-107, EAI_SERVICE),
    CODE(-108, EAI_SOCKTYPE),
    CODE(-109, EAI_OVERFLOW),
    CODE(-110, EAI_NODATA),
};

static _Bool is_code(ptrdiff_t number)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].number == number)
            return 1;
    return 0;
}

/* --- Names and texts ------------------------------------------------------ */

static void numbers_never_change(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        assert_int_equal(codes[i].error, codes[i].number);
}

static void each_error_has_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        assert_string_equal(psock_error_name(codes[i].error), codes[i].name);
}

static void each_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const char *text = psock_error_text(codes[i].error);
        assert_true(strlen(text) > 0);
        assert_string_not_equal(text, psock_error_text(-1000));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(text, psock_error_text(codes[j].error));
    }
}

static void texts_fit_into_a_line_of_a_log(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const char *text = psock_error_text(codes[i].error);
        for (const char *c = text; *c != '\0'; c++)
            assert_in_range(*c, ' ', '~');
        assert_true(text[strlen(text) - 1] != '.');
    }
}

static void results_that_are_no_error_are_called_ok(void **state)
{
    (void)state;
    assert_string_equal(psock_error_name(0), "OK");
    assert_string_equal(psock_error_name(1), "OK");
    assert_string_equal(psock_error_name(PTRDIFF_MAX), "OK");
    assert_string_equal(psock_error_text(1), psock_error_text(0));
}

static void unknown_numbers_are_called_so(void **state)
{
    (void)state;
    for (ptrdiff_t number = -1; number > -70000; number--)
        assert_int_equal(strcmp(psock_error_name(number), "EUNKNOWN") == 0,
                         !is_code(number));
    assert_string_equal(psock_error_name(PTRDIFF_MIN), "EUNKNOWN");
    assert_string_equal(psock_error_name(PTRDIFF_MIN + 1), "EUNKNOWN");
    assert_true(strlen(psock_error_text(PTRDIFF_MIN)) > 0);
}

/* --- The system's own code ------------------------------------------------ */

static int refuse_a_connection(void)
{
    psock_address nobody = deserted(PSOCK_IPV4, PSOCK_STREAM);
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    return psock_connect(s, &nobody, in_time());
}

static int bind_elsewhere(void)
{
    psock_address elsewhere;
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    assert_result(psock_address_parse("192.0.2.1:0", &elsewhere), 0);
    return psock_bind(s, &elsewhere, PSOCK_BIND_FRESH);
}

/* Writes "NAME (native): text" as it should be. */
static void expect_native(char *text, size_t size, int error, int native)
{
    snprintf(text, size, "%s (%d): %s", psock_error_name(error), native,
             psock_error_text(error));
}

static void expect_plain(char *text, size_t size, int error)
{
    snprintf(text, size, "%s: %s", psock_error_name(error),
             psock_error_text(error));
}

static void check_description(int error, const char *expected)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    int length = psock_error_describe(error, text, sizeof text);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(text));
}

static void failure_leaves_the_systems_code(void **state)
{
    (void)state;
    char expected[PSOCK_ERROR_TEXT_SIZE];
    assert_result(refuse_a_connection(), PSOCK_ECONNREFUSED);
    int native = psock_error_native();
    assert_int_not_equal(native, 0);
    expect_native(expected, sizeof expected, PSOCK_ECONNREFUSED, native);
    check_description(PSOCK_ECONNREFUSED, expected);
}

static void looking_at_an_error_leaves_the_systems_code(void **state)
{
    (void)state;
    char text[PSOCK_ERROR_TEXT_SIZE];
    assert_result(bind_elsewhere(), PSOCK_EADDRNOTAVAIL);
    int native = psock_error_native();
    (void)psock_error_name(PSOCK_EADDRNOTAVAIL);
    (void)psock_error_text(PSOCK_EADDRNOTAVAIL);
    assert_true(psock_error_describe(PSOCK_EINVAL, text, sizeof text) > 0);
    assert_true(psock_error_describe(PSOCK_EINVAL, text, 1) == 0);
    assert_int_equal(psock_error_native(), native);
}

static void code_that_is_not_the_cause_is_left_out(void **state)
{
    (void)state;
    char expected[PSOCK_ERROR_TEXT_SIZE];
    assert_result(refuse_a_connection(), PSOCK_ECONNREFUSED);
    expect_plain(expected, sizeof expected, PSOCK_EINVAL);
    check_description(PSOCK_EINVAL, expected);
    expect_plain(expected, sizeof expected, -1000);
    check_description(-1000, expected);
}

static void success_is_described_without_a_code(void **state)
{
    (void)state;
    assert_result(refuse_a_connection(), PSOCK_ECONNREFUSED);
    check_description(0, "OK: no error");
}

/* Each of these fails in the system, not in psock. */
static int fail_in_the_system(int i)
{
    psock_address any;
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    switch (i) {
    case 0:
        return psock_peer(s, &any);
    case 1:
        return (int)psock_recv(s, &any, 1, 0, PSOCK_NOW);
    case 2:
        return bind_elsewhere();
    default:
        return refuse_a_connection();
    }
}

static void each_failure_in_the_system_shows_its_code(void **state)
{
    (void)state;
    char text[PSOCK_ERROR_TEXT_SIZE];
    for (int i = 0; i < 4; i++) {
        int error = fail_in_the_system(i);
        assert_true(error < 0);
        assert_true(psock_error_describe(error, text, sizeof text) > 0);
        assert_non_null(strchr(text, '('));
    }
}

/* Whether a description of `error`, right after the system failed with `native`,
 * has the number. */
static _Bool shows(int native, int error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    char number[16];
    snprintf(number, sizeof number, "(%d)", native);
    host_native_fail(native);
    assert_true(psock_error_describe(error, text, sizeof text) > 0);
    return strstr(text, number) != NULL;
}

static void each_code_of_the_system_has_its_error(void **state)
{
    (void)state;
    size_t count;
    const struct host_native_error *rows = host_native_errors(&count);
    assert_true(count > 40);
    for (size_t i = 0; i < count; i++) {
        if (!shows(rows[i].native, rows[i].error))
            fail_msg("%s is not %s", rows[i].name,
                     psock_error_name(rows[i].error));
        if (rows[i].error != PSOCK_EIO && shows(rows[i].native, PSOCK_EIO))
            fail_msg("%s is nothing known", rows[i].name);
    }
}

static void code_the_system_does_not_have_is_an_io_error(void **state)
{
    (void)state;
    int unknown = host_native_unknown();
    assert_true(shows(unknown, PSOCK_EIO));
    assert_false(shows(unknown, PSOCK_EINVAL));
}

struct failure {
    struct host_gate *gate;
    int native_before;
    int native_after;
};

static void fail_differently(void *argument)
{
    psock_address peer;
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    struct failure *failure = argument;
    failure->native_before =
        psock_peer(s, &peer) == PSOCK_ENOTCONN ? psock_error_native() : 0;
    host_gate_wait(failure->gate);
    failure->native_after = psock_error_native();
    psock_close(s);
}

static void systems_code_is_each_threads_own(void **state)
{
    (void)state;
    struct failure failure = {host_gate_make(), 0, 0};
    struct host_thread *thread = host_thread_start(fail_differently, &failure);
    assert_result(bind_elsewhere(), PSOCK_EADDRNOTAVAIL);
    int native = psock_error_native();
    host_gate_open(failure.gate);
    assert_true(host_thread_join(thread, 10000));
    host_gate_free(failure.gate);
    assert_int_not_equal(failure.native_before, 0);
    assert_int_not_equal(failure.native_before, native);
    assert_int_equal(failure.native_after, failure.native_before);
}

/* --- Descriptions of every size ------------------------------------------- */

static void check_cut(int error, const char *whole, size_t size)
{
    char text[PSOCK_ERROR_TEXT_SIZE + 2];
    size_t length = strlen(whole) < size ? strlen(whole) : size - 1;
    memset(text, '#', sizeof text);
    assert_result(psock_error_describe(error, text, size), (ptrdiff_t)length);
    assert_memory_equal(text, whole, length);
    assert_int_equal(text[length], '\0');
    for (size_t i = length + 1; i < sizeof text; i++)
        assert_int_equal(text[i], '#');
}

static void description_is_cut_to_any_size(void **state)
{
    (void)state;
    char whole[PSOCK_ERROR_TEXT_SIZE];
    assert_result(refuse_a_connection(), PSOCK_ECONNREFUSED);
    int length = psock_error_describe(PSOCK_ECONNREFUSED, whole, sizeof whole);
    assert_true(length > 0);
    for (size_t size = 1; size <= PSOCK_ERROR_TEXT_SIZE; size++)
        check_cut(PSOCK_ECONNREFUSED, whole, size);
}

static void every_description_fits(void **state)
{
    (void)state;
    const size_t longest_code = strlen(" (-2147483648)");
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        size_t length = strlen(codes[i].name) + longest_code + strlen(": ") +
                        strlen(psock_error_text(codes[i].error));
        assert_in_range(length, 1, PSOCK_ERROR_TEXT_SIZE - 1);
    }
}

static void description_without_room_is_refused(void **state)
{
    (void)state;
    char text = '#';
    assert_result(psock_error_describe(PSOCK_EIO, &text, 0), PSOCK_ENOSPC);
    assert_int_equal(text, '#');
    assert_result(psock_error_describe(PSOCK_EIO, NULL, 100), PSOCK_EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(numbers_never_change),
        test_once(each_error_has_its_name),
        test_once(each_error_has_a_text_of_its_own),
        test_once(texts_fit_into_a_line_of_a_log),
        test_once(results_that_are_no_error_are_called_ok),
        test_once(unknown_numbers_are_called_so),
        test_once(failure_leaves_the_systems_code),
        test_once(looking_at_an_error_leaves_the_systems_code),
        test_once(code_that_is_not_the_cause_is_left_out),
        test_once(success_is_described_without_a_code),
        test_once(each_failure_in_the_system_shows_its_code),
        test_once(each_code_of_the_system_has_its_error),
        test_once(code_the_system_does_not_have_is_an_io_error),
        test_once(systems_code_is_each_threads_own),
        test_once(description_is_cut_to_any_size),
        test_once(every_description_fits),
        test_once(description_without_room_is_refused),
    };
    return cmocka_run_group_tests_name("error", tests, warm_up, NULL);
}
