/* Errors over codes that no real system would give on request. */
#include "sys_fake.h"

#include <limits.h>
#include <string.h>

static void check_description(ptrdiff_t error, const char *expected)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    const int length = psock_error_describe(error, text, sizeof text);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void code_behind_the_error_is_shown(void **state)
{
    (void)state;
    fake_set_native(1009);
    check_description(
        PSOCK_EMFILE,
        "EMFILE (1009): too many open descriptors in this process");
    fake_set_native(1101);
    check_description(PSOCK_EAI_AGAIN,
                      "EAI_AGAIN (1101): name resolution failed for now");
}

static void code_of_a_call_that_failed_is_shown(void **state)
{
    (void)state;
    expect_close(7, returns(PSOCK_EIO));
    check_description(psock_close(7), "EIO (1046): input/output error");
}

static void code_behind_another_error_is_left_out(void **state)
{
    (void)state;
    fake_set_native(1009);
    check_description(PSOCK_ENFILE,
                      "ENFILE: too many open descriptors in the system");
}

static void code_of_zero_is_no_cause(void **state)
{
    (void)state;
    fake_set_native(0);
    check_description(PSOCK_EIO, "EIO: input/output error");
}

static void unknown_codes_are_behind_eio(void **state)
{
    (void)state;
    fake_set_native(INT_MAX);
    check_description(PSOCK_EIO, "EIO (2147483647): input/output error");
    fake_set_native(-5);
    check_description(PSOCK_EIO, "EIO (-5): input/output error");
    fake_set_native(INT_MIN);
    check_description(PSOCK_EIO, "EIO (-2147483648): input/output error");
}

static void success_has_no_code(void **state)
{
    (void)state;
    fake_set_native(1009);
    check_description(0, "OK: no error");
    check_description(5, "OK: no error");
}

static void errors_psock_does_not_have_show_no_code(void **state)
{
    (void)state;
    fake_set_native(1009);
    check_description(-1000, "EUNKNOWN: unknown error");
    check_description(PTRDIFF_MIN, "EUNKNOWN: unknown error");
}

static void refused_description_makes_no_call(void **state)
{
    (void)state;
    char text = '#';
    assert_result(psock_error_describe(PSOCK_EIO, NULL, 9), PSOCK_EFAULT);
    assert_result(psock_error_describe(PSOCK_EIO, &text, 0), PSOCK_ENOSPC);
    assert_int_equal(text, '#');
}

static void code_is_whatever_the_system_says(void **state)
{
    (void)state;
    static const int codes[] = {0, 1, -1, INT_MAX, INT_MIN};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        fake_set_native(codes[i]);
        assert_int_equal(psock_error_native(), codes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(code_behind_the_error_is_shown),
        test(code_of_a_call_that_failed_is_shown),
        test(code_behind_another_error_is_left_out),
        test(code_of_zero_is_no_cause),
        test(unknown_codes_are_behind_eio),
        test(success_has_no_code),
        test(errors_psock_does_not_have_show_no_code),
        test(refused_description_makes_no_call),
        test(code_is_whatever_the_system_says),
    };
    return cmocka_run_group_tests_name("fake.error", tests, NULL, NULL);
}
