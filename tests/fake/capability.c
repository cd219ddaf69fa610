#include "sys_fake.h"

/* As good a descriptor as any, and the one most easily taken for none. */
enum {
    SOCKET = 0
};

/* What each capability tries.  MODE_NONE: nothing is bound. */
enum {
    MODE_NONE = -1
};

struct attempt {
    int capability;
    int family;
    int type;
    unsigned flags;
    int mode;
};

static const struct attempt attempts[] = {
    {PSOCK_CAP_IPV4, PSOCK_IPV4, PSOCK_STREAM, 0, PSOCK_BIND_FRESH},
    {PSOCK_CAP_IPV6, PSOCK_IPV6, PSOCK_STREAM, 0, PSOCK_BIND_FRESH},
    {PSOCK_CAP_SHARED_LISTENER, PSOCK_IPV4, PSOCK_STREAM, 0, PSOCK_BIND_SHARED},
    {PSOCK_CAP_DUAL_STACK, PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK,
     MODE_NONE},
    {PSOCK_CAP_UNIX_STREAM, PSOCK_UNIX, PSOCK_STREAM, 0, MODE_NONE},
    {PSOCK_CAP_UNIX_DATAGRAM, PSOCK_UNIX, PSOCK_DATAGRAM, 0, MODE_NONE},
};

static const int errors[] = {
    PSOCK_EAFNOSUPPORT, PSOCK_EADDRNOTAVAIL, PSOCK_ENOTSUP, PSOCK_EMFILE,
    PSOCK_ENFILE,       PSOCK_ENOBUFS,       PSOCK_ENOMEM,
};

static void expect_attempt_to_open(const struct attempt *attempt,
                                   struct answer answer)
{
    expect_open(attempt->family, attempt->type, attempt->flags, answer);
}

static void expect_attempt_to_bind(const struct attempt *attempt,
                                   struct answer answer)
{
    psock_address any;
    psock_address loopback;
    assert_result(psock_address_any(attempt->family, 0, &any), 0);
    assert_result(psock_address_loopback(attempt->family, 0, &loopback), 0);
    expect_local(SOCKET, from(&any, returns(0)));
    expect_bind(SOCKET, &loopback, attempt->mode, answer);
}

/* --- Having it ------------------------------------------------------------ */

static void check_attempt(const struct attempt *attempt)
{
    expect_attempt_to_open(attempt, returns(SOCKET));
    if (attempt->mode != MODE_NONE)
        expect_attempt_to_bind(attempt, returns(0));
    expect_close(SOCKET, returns(0));
    assert_result(psock_capability(attempt->capability), 0);
}

static void capability_is_tried_with_a_socket_of_its_own(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(attempts); i++)
        check_attempt(&attempts[i]);
}

static void capability_is_tried_anew_each_time(void **state)
{
    (void)state;
    const struct attempt *attempt = &attempts[0];
    expect_startup(returns(0));
    check_attempt(attempt);
    expect_attempt_to_open(attempt, returns(PSOCK_EAFNOSUPPORT));
    assert_result(psock_capability(attempt->capability), PSOCK_EAFNOSUPPORT);
    check_attempt(attempt);
}

static void abstract_names_are_asked_for_without_a_socket(void **state)
{
    (void)state;
    assert_result(psock_capability(PSOCK_CAP_UNIX_ABSTRACT), 0);
    fake_set_abstract_names(0);
    assert_result(psock_capability(PSOCK_CAP_UNIX_ABSTRACT), PSOCK_ENOTSUP);
}

/* --- Lacking it ----------------------------------------------------------- */

static void check_lack(const struct attempt *attempt, int error)
{
    assert_result(psock_capability(attempt->capability), error);
    assert_int_equal(psock_error_native(), native_of(error));
}

static void socket_that_cannot_be_opened_is_the_answer(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(attempts); i++)
        for (size_t j = 0; j < COUNT_OF(errors); j++) {
            expect_attempt_to_open(&attempts[i], returns(errors[j]));
            check_lack(&attempts[i], errors[j]);
        }
}

static void socket_that_cannot_be_bound_is_closed_again(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; attempts[i].mode != MODE_NONE; i++)
        for (size_t j = 0; j < COUNT_OF(errors); j++) {
            expect_attempt_to_open(&attempts[i], returns(SOCKET));
            expect_attempt_to_bind(&attempts[i], returns(errors[j]));
            expect_close(SOCKET, returns(0));
            check_lack(&attempts[i], errors[j]);
        }
}

static void failure_to_close_is_told_after_a_success(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_attempt_to_open(&attempts[0], returns(SOCKET));
    expect_attempt_to_bind(&attempts[0], returns(0));
    expect_close(SOCKET, returns(PSOCK_EIO));
    check_lack(&attempts[0], PSOCK_EIO);
}

static void failure_to_close_does_not_hide_the_first(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_attempt_to_open(&attempts[0], returns(SOCKET));
    expect_attempt_to_bind(&attempts[0], returns(PSOCK_EADDRNOTAVAIL));
    expect_close(SOCKET, returns(PSOCK_EIO));
    assert_result(psock_capability(PSOCK_CAP_IPV4), PSOCK_EADDRNOTAVAIL);
}

static void system_that_does_not_start_is_the_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        expect_startup(returns(PSOCK_ENETDOWN));
        check_lack(&attempts[i], PSOCK_ENETDOWN);
    }
}

static void strangers_are_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_capability(-1), PSOCK_EINVAL);
    assert_result(psock_capability(PSOCK_CAP_COUNT), PSOCK_EINVAL);
    assert_null(psock_capability_name(-1));
    assert_null(psock_capability_name(PSOCK_CAP_COUNT));
    assert_non_null(psock_capability_name(0));
    assert_non_null(psock_capability_name(PSOCK_CAP_COUNT - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(capability_is_tried_with_a_socket_of_its_own),
        test(capability_is_tried_anew_each_time),
        test(abstract_names_are_asked_for_without_a_socket),
        test(socket_that_cannot_be_opened_is_the_answer),
        test(socket_that_cannot_be_bound_is_closed_again),
        test(failure_to_close_is_told_after_a_success),
        test(failure_to_close_does_not_hide_the_first),
        test(system_that_does_not_start_is_the_answer),
        test(strangers_are_refused_without_a_call),
    };
    return cmocka_run_group_tests_name("fake.capability", tests, NULL, NULL);
}
