/* Opening, closing, names and the other calls that never wait. */
#include "sys_fake.h"

#include <limits.h>

enum {
    SOCKET = 7
};

static psock_address local;

static int set_the_stage(void **state)
{
    (void)state;
    return psock_address_loopback(PSOCK_IPV4, 80, &local);
}

static const int errors[] = {
    PSOCK_EBADF,  PSOCK_ENOTSOCK, PSOCK_EINVAL,     PSOCK_EADDRINUSE,
    PSOCK_EACCES, PSOCK_ENOTCONN, PSOCK_EOPNOTSUPP, PSOCK_EINTR,
    PSOCK_EIO,    PSOCK_ENOBUFS,  PSOCK_EAGAIN,
};

static const int exhaustions[] = {PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOBUFS,
                                  PSOCK_ENOMEM};

static psock_t open_socket(int family, int type, unsigned flags)
{
    return handed_over(psock_open(family, type, flags));
}

/* --- Opening -------------------------------------------------------------- */

static const struct kind {
    int family;
    int type;
    unsigned flags;
} kinds[] = {
    {PSOCK_IPV4, PSOCK_STREAM, 0},
    {PSOCK_IPV4, PSOCK_DATAGRAM, 0},
    {PSOCK_IPV6, PSOCK_STREAM, 0},
    {PSOCK_IPV6, PSOCK_DATAGRAM, 0},
    {PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK},
    {PSOCK_IPV6, PSOCK_DATAGRAM, PSOCK_DUAL_STACK},
    {PSOCK_UNIX, PSOCK_STREAM, 0},
    {PSOCK_UNIX, PSOCK_DATAGRAM, 0},
};

static void every_kind_of_socket_is_asked_for_as_it_is(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct kind *kind = &kinds[i];
        expect_open(kind->family, kind->type, kind->flags, returns(SOCKET));
        assert_result(open_socket(kind->family, kind->type, kind->flags),
                      SOCKET);
    }
}

static void descriptor_zero_is_a_socket(void **state)
{
    (void)state;
    psock_address address;
    expect_startup(returns(0));
    expect_open(PSOCK_IPV4, PSOCK_STREAM, 0, returns(0));
    assert_result(open_socket(PSOCK_IPV4, PSOCK_STREAM, 0), 0);
    expect_local(0, returns(PSOCK_EIO));
    assert_result(psock_bind(0, &local, PSOCK_BIND_FRESH), PSOCK_EIO);
    expect_listen(0, 1, returns(0));
    assert_result(psock_listen(0, 1), 0);
    expect_accept(0, NULL, returns(PSOCK_EAGAIN));
    assert_result(psock_accept(0, NULL, PSOCK_NOW), PSOCK_EAGAIN);
    expect_connect(0, &local, 0, returns(0));
    assert_result(psock_connect(0, &local, PSOCK_NOW), 0);
    expect_shutdown(0, PSOCK_SHUT_BOTH, returns(0));
    assert_result(psock_shutdown(0, PSOCK_SHUT_BOTH), 0);
    expect_local(0, from(&local, returns(0)));
    assert_result(psock_local(0, &address), 0);
    expect_peer(0, from(&local, returns(0)));
    assert_result(psock_peer(0, &address), 0);
    expect_release(0, returns(0));
    assert_result(psock_native_release(0), 0);
    expect_close(0, returns(0));
    assert_result(psock_close(0), 0);
}

static const struct {
    struct kind kind;
    int error;
} bad_kinds[] = {
    {{PSOCK_NONE, PSOCK_STREAM, 0}, PSOCK_EAFNOSUPPORT},
    {{2, PSOCK_STREAM, 0}, PSOCK_EAFNOSUPPORT},
    {{-1, PSOCK_STREAM, 0}, PSOCK_EAFNOSUPPORT},
    {{INT_MAX, 0, 0}, PSOCK_EAFNOSUPPORT},
    {{PSOCK_IPV4, 0, 0}, PSOCK_ESOCKTNOSUPPORT},
    {{PSOCK_IPV6, 3, 0}, PSOCK_ESOCKTNOSUPPORT},
    {{PSOCK_UNIX, -1, 0}, PSOCK_ESOCKTNOSUPPORT},
    {{PSOCK_IPV4, PSOCK_STREAM, PSOCK_DUAL_STACK}, PSOCK_EINVAL},
    {{PSOCK_UNIX, PSOCK_STREAM, PSOCK_DUAL_STACK}, PSOCK_EINVAL},
    {{PSOCK_IPV6, PSOCK_STREAM, 2}, PSOCK_EINVAL},
    {{PSOCK_IPV6, PSOCK_STREAM, 2 | PSOCK_DUAL_STACK}, PSOCK_EINVAL},
    {{PSOCK_IPV4, PSOCK_STREAM, UINT_MAX}, PSOCK_EINVAL},
};

/* Not even a start is made. */
static void socket_that_cannot_be_is_refused_without_a_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad_kinds); i++) {
        const struct kind *kind = &bad_kinds[i].kind;
        assert_result(psock_open(kind->family, kind->type, kind->flags),
                      bad_kinds[i].error);
    }
}

static void exhaustion_leaves_nothing_open(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(exhaustions); i++) {
        expect_open(PSOCK_IPV6, PSOCK_STREAM, 0, returns(exhaustions[i]));
        assert_result(psock_open(PSOCK_IPV6, PSOCK_STREAM, 0), exhaustions[i]);
        assert_int_equal(psock_error_native(), native_of(exhaustions[i]));
    }
}

static void exhaustion_passes(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_open(PSOCK_IPV4, PSOCK_STREAM, 0, returns(PSOCK_EMFILE));
    assert_result(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), PSOCK_EMFILE);
    expect_open(PSOCK_IPV4, PSOCK_STREAM, 0, returns(SOCKET));
    assert_result(open_socket(PSOCK_IPV4, PSOCK_STREAM, 0), SOCKET);
}

/* --- Closing -------------------------------------------------------------- */

static void negative_descriptors_are_not_closed(void **state)
{
    (void)state;
    assert_result(psock_close(PSOCK_INVALID), PSOCK_EBADF);
    assert_result(psock_close(INTPTR_MIN), PSOCK_EBADF);
    assert_result(psock_close_reset(PSOCK_INVALID), PSOCK_EBADF);
}

/* A second call might close what another thread has just opened. */
static void closing_is_never_repeated(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_close(SOCKET, returns(errors[i]));
        assert_result(psock_close(SOCKET), errors[i]);
        expect_close_reset(SOCKET, returns(errors[i]));
        assert_result(psock_close_reset(SOCKET), errors[i]);
    }
}

static void both_ways_of_closing_close(void **state)
{
    (void)state;
    expect_close(SOCKET, returns(0));
    assert_result(psock_close(SOCKET), 0);
    expect_close_reset(0, returns(0));
    assert_result(psock_close_reset(0), 0);
}

/* --- Binding and listening ------------------------------------------------ */

static const int modes[] = {PSOCK_BIND_FRESH, PSOCK_BIND_REBIND,
                            PSOCK_BIND_SHARED};

static void expect_local_text(const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    expect_local(SOCKET, from(&address, returns(0)));
}

static void address_and_mode_are_passed_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        expect_local_text("0.0.0.0");
        expect_bind(SOCKET, &local, modes[i], returns(0));
        assert_result(psock_bind(SOCKET, &local, modes[i]), 0);
    }
}

static void failure_to_bind_is_passed_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_local_text("[::]");
        expect_bind(SOCKET, &local, PSOCK_BIND_FRESH, returns(errors[i]));
        assert_result(psock_bind(SOCKET, &local, PSOCK_BIND_FRESH), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

/* Setting its options anew would change what the first bind asked for. */
static void bound_socket_is_left_as_it_is(void **state)
{
    (void)state;
    static const char *const addresses[] = {"127.0.0.1:1", "0.0.0.0:80",
                                            "[::]:65535", "unix:x", "unix:@"};
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        expect_local_text(addresses[i]);
        assert_result(psock_bind(SOCKET, &local, PSOCK_BIND_SHARED),
                      PSOCK_EINVAL);
    }
}

static void unnamed_unix_socket_is_not_bound_yet(void **state)
{
    (void)state;
    expect_local_text("unix:");
    expect_bind(SOCKET, &local, PSOCK_BIND_FRESH, returns(0));
    assert_result(psock_bind(SOCKET, &local, PSOCK_BIND_FRESH), 0);
}

static void socket_that_has_no_names_is_not_bound(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_local(SOCKET, returns(errors[i]));
        assert_result(psock_bind(SOCKET, &local, PSOCK_BIND_FRESH), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

static void bad_bind_is_refused_without_a_call(void **state)
{
    (void)state;
    const psock_address none = {.length = 0};
    assert_result(psock_bind(-1, &local, PSOCK_BIND_FRESH), PSOCK_EBADF);
    assert_result(psock_bind(SOCKET, NULL, PSOCK_BIND_FRESH), PSOCK_EFAULT);
    assert_result(psock_bind(SOCKET, &none, PSOCK_BIND_FRESH),
                  PSOCK_EAFNOSUPPORT);
    assert_result(psock_bind(SOCKET, &local, -1), PSOCK_EINVAL);
    assert_result(psock_bind(SOCKET, &local, PSOCK_BIND_SHARED + 1),
                  PSOCK_EINVAL);
}

static void backlog_is_passed_through(void **state)
{
    (void)state;
    static const int backlogs[] = {PSOCK_BACKLOG_DEFAULT, 1, INT_MAX};
    for (size_t i = 0; i < COUNT_OF(backlogs); i++) {
        expect_listen(SOCKET, backlogs[i], returns(0));
        assert_result(psock_listen(SOCKET, backlogs[i]), 0);
    }
    expect_listen(SOCKET, 5, returns(PSOCK_EADDRINUSE));
    assert_result(psock_listen(SOCKET, 5), PSOCK_EADDRINUSE);
}

static void bad_listen_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_listen(-1, 5), PSOCK_EBADF);
    assert_result(psock_listen(SOCKET, -1), PSOCK_EINVAL);
    assert_result(psock_listen(SOCKET, INT_MIN), PSOCK_EINVAL);
}

/* --- Shutting down -------------------------------------------------------- */

static void every_shutdown_is_passed_through(void **state)
{
    (void)state;
    for (int how = PSOCK_SHUT_READ; how <= PSOCK_SHUT_BOTH; how++) {
        expect_shutdown(SOCKET, how, returns(0));
        assert_result(psock_shutdown(SOCKET, how), 0);
        expect_shutdown(SOCKET, how, returns(PSOCK_ENOTCONN));
        assert_result(psock_shutdown(SOCKET, how), PSOCK_ENOTCONN);
    }
}

static void bad_shutdown_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_shutdown(-1, PSOCK_SHUT_BOTH), PSOCK_EBADF);
    assert_result(psock_shutdown(SOCKET, -1), PSOCK_EINVAL);
    assert_result(psock_shutdown(SOCKET, PSOCK_SHUT_BOTH + 1), PSOCK_EINVAL);
}

/* --- Names ---------------------------------------------------------------- */

static void names_come_as_the_system_has_them(void **state)
{
    (void)state;
    psock_address address = {.length = 0};
    expect_local(SOCKET, from(&local, returns(0)));
    assert_result(psock_local(SOCKET, &address), 0);
    assert_memory_equal(&address, &local, sizeof local);
    address.length = 0;
    expect_peer(SOCKET, from(&local, returns(0)));
    assert_result(psock_peer(SOCKET, &address), 0);
    assert_memory_equal(&address, &local, sizeof local);
}

static void address_is_untouched_by_a_failure(void **state)
{
    (void)state;
    psock_address address = local;
    expect_local(SOCKET, returns(PSOCK_EBADF));
    assert_result(psock_local(SOCKET, &address), PSOCK_EBADF);
    expect_peer(SOCKET, returns(PSOCK_ENOTCONN));
    assert_result(psock_peer(SOCKET, &address), PSOCK_ENOTCONN);
    assert_memory_equal(&address, &local, sizeof local);
}

static void names_without_a_place_are_refused_without_a_call(void **state)
{
    (void)state;
    psock_address address;
    assert_result(psock_local(SOCKET, NULL), PSOCK_EFAULT);
    assert_result(psock_peer(SOCKET, NULL), PSOCK_EFAULT);
    assert_result(psock_local(-1, &address), PSOCK_EBADF);
    assert_result(psock_peer(-1, &address), PSOCK_EBADF);
}

/* --- Sockets from elsewhere ----------------------------------------------- */

static void adopted_socket_is_the_same_number(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_adopt(SOCKET, returns(0));
    assert_result(psock_native_adopt(SOCKET), SOCKET);
    expect_adopt(0, returns(0));
    assert_result(psock_native_adopt(0), 0);
}

/* Closing it would be a call that is not expected. */
static void socket_that_is_not_adopted_stays_open(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_adopt(SOCKET, returns(errors[i]));
        assert_result(psock_native_adopt(SOCKET), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

static void adoption_needs_a_start(void **state)
{
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_native_adopt(SOCKET), PSOCK_ENETDOWN);
}

static void released_socket_is_the_callers(void **state)
{
    (void)state;
    expect_release(SOCKET, returns(0));
    assert_result(psock_native_release(SOCKET), 0);
    expect_release(SOCKET, returns(PSOCK_EBADF));
    assert_result(psock_native_release(SOCKET), PSOCK_EBADF);
}

static void negative_descriptors_are_neither_adopted_nor_released(void **state)
{
    (void)state;
    assert_result(psock_native_adopt(-1), PSOCK_EBADF);
    assert_result(psock_native_adopt(INTPTR_MIN), PSOCK_EBADF);
    assert_result(psock_native_release(-1), PSOCK_EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(every_kind_of_socket_is_asked_for_as_it_is),
        test(descriptor_zero_is_a_socket),
        test(socket_that_cannot_be_is_refused_without_a_call),
        test(exhaustion_leaves_nothing_open),
        test(exhaustion_passes),
        test(negative_descriptors_are_not_closed),
        test(closing_is_never_repeated),
        test(both_ways_of_closing_close),
        test(address_and_mode_are_passed_through),
        test(failure_to_bind_is_passed_through),
        test(bound_socket_is_left_as_it_is),
        test(unnamed_unix_socket_is_not_bound_yet),
        test(socket_that_has_no_names_is_not_bound),
        test(bad_bind_is_refused_without_a_call),
        test(backlog_is_passed_through),
        test(bad_listen_is_refused_without_a_call),
        test(every_shutdown_is_passed_through),
        test(bad_shutdown_is_refused_without_a_call),
        test(names_come_as_the_system_has_them),
        test(address_is_untouched_by_a_failure),
        test(names_without_a_place_are_refused_without_a_call),
        test(adopted_socket_is_the_same_number),
        test(socket_that_is_not_adopted_stays_open),
        test(adoption_needs_a_start),
        test(released_socket_is_the_callers),
        test(negative_descriptors_are_neither_adopted_nor_released),
    };
    return cmocka_run_group_tests_name("fake.socket", tests, set_the_stage,
                                       NULL);
}
