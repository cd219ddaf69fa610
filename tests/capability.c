#include "fixture.h"

#include <limits.h>
#include <string.h>

static const char *const names[] = {
    [PSOCK_CAP_IPV4] = "ipv4",
    [PSOCK_CAP_IPV6] = "ipv6",
    [PSOCK_CAP_DUAL_STACK] = "dual-stack",
    [PSOCK_CAP_SHARED_LISTENER] = "shared-listener",
    [PSOCK_CAP_UNIX_STREAM] = "unix-stream",
    [PSOCK_CAP_UNIX_DATAGRAM] = "unix-datagram",
    [PSOCK_CAP_UNIX_ABSTRACT] = "unix-abstract",
};

static const int strangers[] = {-1, PSOCK_CAP_COUNT, INT_MAX, INT_MIN};

/* --- Numbers and names ---------------------------------------------------- */

static void numbers_never_change(void **state)
{
    (void)state;
    assert_int_equal(PSOCK_CAP_IPV4, 0);
    assert_int_equal(PSOCK_CAP_IPV6, 1);
    assert_int_equal(PSOCK_CAP_DUAL_STACK, 2);
    assert_int_equal(PSOCK_CAP_SHARED_LISTENER, 3);
    assert_int_equal(PSOCK_CAP_UNIX_STREAM, 4);
    assert_int_equal(PSOCK_CAP_UNIX_DATAGRAM, 5);
    assert_int_equal(PSOCK_CAP_UNIX_ABSTRACT, 6);
}

static void every_capability_has_its_name(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(names), PSOCK_CAP_COUNT);
    for (int i = 0; i < PSOCK_CAP_COUNT; i++)
        assert_string_equal(psock_capability_name(i), names[i]);
}

static void numbers_that_are_no_capability_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        assert_result(psock_capability(strangers[i]), PSOCK_EINVAL);
        assert_null(psock_capability_name(strangers[i]));
    }
}

/* --- Answers agree with what happens -------------------------------------- */

static int result_of(psock_t s)
{
    return s < 0 ? (int)s : psock_close(s);
}

static int open_and_close(int family, int type, unsigned flags)
{
    return result_of(psock_open(family, type, flags));
}

static void every_system_has_ipv4(void **state)
{
    (void)state;
    assert_result(psock_capability(PSOCK_CAP_IPV4), 0);
}

static void ipv6_is_told_as_binding_finds_it(void **state)
{
    (void)state;
    psock_address address = loopback(PSOCK_IPV6, 0);
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_STREAM, 0);
    int result = s < 0 ? (int)s : psock_bind(s, &address, PSOCK_BIND_FRESH);
    if (s >= 0)
        assert_result(psock_close(s), 0);
    assert_result(psock_capability(PSOCK_CAP_IPV6), result);
}

static void dual_stack_is_told_as_opening_finds_it(void **state)
{
    (void)state;
    assert_result(psock_capability(PSOCK_CAP_DUAL_STACK),
                  open_and_close(PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK));
}

static void shared_listener_is_told_as_binding_finds_it(void **state)
{
    (void)state;
    psock_address address = loopback(PSOCK_IPV4, 0);
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    int result = psock_bind(s, &address, PSOCK_BIND_SHARED);
    assert_result(psock_capability(PSOCK_CAP_SHARED_LISTENER), result);
}

static void unix_sockets_are_told_as_opening_finds_them(void **state)
{
    (void)state;
    assert_result(psock_capability(PSOCK_CAP_UNIX_STREAM),
                  open_and_close(PSOCK_UNIX, PSOCK_STREAM, 0));
    assert_result(psock_capability(PSOCK_CAP_UNIX_DATAGRAM),
                  open_and_close(PSOCK_UNIX, PSOCK_DATAGRAM, 0));
}

static void abstract_names_are_told_as_making_one_finds_them(void **state)
{
    (void)state;
    psock_address address;
    assert_result(psock_capability(PSOCK_CAP_UNIX_ABSTRACT),
                  psock_address_parse("unix:@psock", &address));
}

static void answers_stay_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < PSOCK_CAP_COUNT; i++)
        assert_result(psock_capability(i), psock_capability(i));
}

static void lack_comes_with_the_systems_reason(void **state)
{
    (void)state;
    for (int i = 0; i < PSOCK_CAP_COUNT; i++) {
        int error = psock_capability(i);
        if (error < 0 && error != PSOCK_ENOTSUP)
            assert_int_not_equal(psock_error_native(), 0);
    }
}

/* The descriptors are counted after each test. */
static void asking_often_leaves_nothing_open(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        (void)psock_capability(i % PSOCK_CAP_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(numbers_never_change),
        test_once(every_capability_has_its_name),
        test_once(numbers_that_are_no_capability_are_refused),
        test_once(every_system_has_ipv4),
        test_once(ipv6_is_told_as_binding_finds_it),
        test_once(dual_stack_is_told_as_opening_finds_it),
        test_once(shared_listener_is_told_as_binding_finds_it),
        test_once(unix_sockets_are_told_as_opening_finds_them),
        test_once(abstract_names_are_told_as_making_one_finds_them),
        test_once(answers_stay_the_same),
        test_once(lack_comes_with_the_systems_reason),
        test_once(asking_often_leaves_nothing_open),
    };
    return cmocka_run_group_tests_name("capability", tests, warm_up, NULL);
}
