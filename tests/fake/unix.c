/* Paths of Unix sockets, which outlive them, and the sockets of other types than
 * the first two. */
#include "sys_fake.h"

#include <limits.h>

enum {
    SOCKET = 8,
    ASKER = 12
};

static psock_address unnamed;
static psock_address path;
static psock_address abstract_name;
static psock_address ipv4;
static psock_address no_address;

static int set_the_stage(void **state)
{
    (void)state;
    fake_set_abstract_names(1);
    return psock_address_unix("", 0, &unnamed) < 0 ||
           psock_address_unix("/run/x", 6, &path) < 0 ||
           psock_address_unix("\0x", 2, &abstract_name) < 0 ||
           psock_address_loopback(PSOCK_IPV4, 80, &ipv4) < 0;
}

/* --- Seqpacket and raw ---------------------------------------------------- */

static void packets_in_order_are_of_unix_only(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_open(PSOCK_UNIX, PSOCK_SEQPACKET, 0, returns(SOCKET));
    assert_result(handed_over(psock_open(PSOCK_UNIX, PSOCK_SEQPACKET, 0)),
                  SOCKET);
    assert_result(psock_open(PSOCK_IPV4, PSOCK_SEQPACKET, 0),
                  PSOCK_ESOCKTNOSUPPORT);
    assert_result(psock_open(PSOCK_IPV6, PSOCK_SEQPACKET, 0),
                  PSOCK_ESOCKTNOSUPPORT);
}

static void raw_socket_has_a_call_of_its_own(void **state)
{
    (void)state;
    assert_result(psock_open(PSOCK_IPV4, PSOCK_RAW, 0), PSOCK_ESOCKTNOSUPPORT);
    assert_result(psock_open(PSOCK_UNIX, PSOCK_RAW, 0), PSOCK_ESOCKTNOSUPPORT);
}

static void raw_socket_is_asked_for_as_it_is(void **state)
{
    (void)state;
    static const int protocols[] = {1, 58, 255};
    static const int errors[] = {PSOCK_EPERM, PSOCK_EPROTONOSUPPORT,
                                 PSOCK_EMFILE, PSOCK_EAFNOSUPPORT};
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        expect_open_raw(PSOCK_IPV4, protocols[i], returns(SOCKET));
        assert_result(handed_over(psock_open_raw(PSOCK_IPV4, protocols[i])),
                      SOCKET);
        expect_open_raw(PSOCK_IPV6, protocols[i], returns(SOCKET));
        assert_result(handed_over(psock_open_raw(PSOCK_IPV6, protocols[i])),
                      SOCKET);
    }
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_open_raw(PSOCK_IPV4, 1, returns(errors[i]));
        assert_result(psock_open_raw(PSOCK_IPV4, 1), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

static void raw_socket_that_cannot_be_is_refused_without_a_call(void **state)
{
    (void)state;
    static const int families[] = {PSOCK_NONE, PSOCK_UNIX, -1, 99};
    static const int protocols[] = {0, -1, 256, INT_MAX, INT_MIN};
    for (size_t i = 0; i < COUNT_OF(families); i++)
        assert_result(psock_open_raw(families[i], 1), PSOCK_EAFNOSUPPORT);
    for (size_t i = 0; i < COUNT_OF(protocols); i++)
        assert_result(psock_open_raw(PSOCK_IPV4, protocols[i]), PSOCK_EINVAL);
}

static void raw_socket_needs_the_system_started(void **state)
{
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_open_raw(PSOCK_IPV4, 1), PSOCK_ENETDOWN);
}

/* --- Taking a path away --------------------------------------------------- */

static void path_is_taken_away_by_the_system(void **state)
{
    (void)state;
    static const int results[] = {0, PSOCK_ENOENT, PSOCK_EEXIST, PSOCK_EACCES};
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        expect_remove_path(&path, returns(results[i]));
        assert_result(psock_remove_path(&path), results[i]);
    }
}

static void what_has_no_path_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_remove_path(NULL), PSOCK_EFAULT);
    assert_result(psock_remove_path(&ipv4), PSOCK_EAFNOSUPPORT);
    assert_result(psock_remove_path(&no_address), PSOCK_EAFNOSUPPORT);
    assert_result(psock_remove_path(&unnamed), PSOCK_EINVAL);
    assert_result(psock_remove_path(&abstract_name), PSOCK_EINVAL);
}

/* --- A path that is in the way -------------------------------------------- */

static void expect_binding(const psock_address *local, int mode,
                           struct answer answer)
{
    expect_local(SOCKET, from(&unnamed, returns(0)));
    expect_bind(SOCKET, local, mode, answer);
}

/* The question whether anybody answers, up to the connecting. */
static void expect_question(int type)
{
    expect_binding(&path, PSOCK_BIND_REBIND, returns(PSOCK_EADDRINUSE));
    expect_kind(SOCKET, is_of(PSOCK_UNIX, type));
    expect_open(PSOCK_UNIX, type, 0, returns(ASKER));
}

static void expect_last_attempt(struct answer answer)
{
    expect_bind(SOCKET, &path, PSOCK_BIND_REBIND, answer);
}

static int rebind(void)
{
    return psock_bind(SOCKET, &path, PSOCK_BIND_REBIND);
}

/* The question opens a socket, for which the system is started by then. */
static int begin_started(void **state)
{
    fake_begin(state);
    expect_startup(returns(0));
    expect_open(PSOCK_UNIX, PSOCK_STREAM, 0, returns(SOCKET));
    return psock_open(PSOCK_UNIX, PSOCK_STREAM, 0) != SOCKET;
}

static int end_started(void **state)
{
    expect_close(SOCKET, returns(0));
    assert_result(psock_close(SOCKET), 0);
    return fake_end(state);
}

#define test_started(claim)                                                    \
    cmocka_unit_test_setup_teardown(claim, begin_started, end_started)

static void path_that_nobody_answers_to_is_taken_away(void **state)
{
    (void)state;
    static const int types[] = {PSOCK_STREAM, PSOCK_DATAGRAM, PSOCK_SEQPACKET};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        expect_question(types[i]);
        expect_connect(ASKER, &path, 0, returns(PSOCK_ECONNREFUSED));
        expect_close(ASKER, returns(0));
        expect_remove_path(&path, returns(0));
        expect_last_attempt(returns(0));
        assert_result(rebind(), 0);
    }
}

static void path_that_somebody_answers_to_stays(void **state)
{
    (void)state;
    static const int answers[] = {
        0,           PSOCK_EAGAIN, PSOCK_EACCES, PSOCK_EPROTOTYPE, PSOCK_ENOENT,
        PSOCK_EINVAL};
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        expect_question(PSOCK_STREAM);
        expect_connect(ASKER, &path, 0, returns(answers[i]));
        expect_close(ASKER, returns(0));
        expect_last_attempt(returns(PSOCK_EADDRINUSE));
        assert_result(rebind(), PSOCK_EADDRINUSE);
        assert_int_equal(psock_error_native(), native_of(PSOCK_EADDRINUSE));
    }
}

static void answer_that_takes_its_time_is_waited_for(void **state)
{
    (void)state;
    expect_question(PSOCK_STREAM);
    expect_connect(ASKER, &path, 0, returns(PSOCK_EINPROGRESS));
    expect_wait(ASKER, PSOCK_SYS_WRITE, ms(1000), came(PSOCK_SYS_WRITE));
    expect_connect_result(ASKER, &path, returns(PSOCK_ECONNREFUSED));
    expect_close(ASKER, returns(0));
    expect_remove_path(&path, returns(0));
    expect_last_attempt(returns(0));
    assert_result(rebind(), 0);
    expect_question(PSOCK_STREAM);
    expect_connect(ASKER, &path, 0, returns(PSOCK_EINTR));
    expect_wait(ASKER, PSOCK_SYS_WRITE, ms(1000), after(ms(1000), returns(0)));
    expect_close(ASKER, returns(0));
    expect_last_attempt(returns(PSOCK_EADDRINUSE));
    assert_result(rebind(), PSOCK_EADDRINUSE);
}

/* Who is bound to a waker wants his own waits ended, not this one. */
static void question_whether_anybody_answers_is_not_canceled(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_question(PSOCK_STREAM);
    expect_connect(ASKER, &path, 0, returns(PSOCK_EINPROGRESS));
    expect_wait(ASKER, PSOCK_SYS_WRITE, ms(1000), came(PSOCK_SYS_WRITE));
    expect_connect_result(ASKER, &path, returns(0));
    expect_close(ASKER, returns(0));
    expect_last_attempt(returns(PSOCK_EADDRINUSE));
    assert_result(rebind(), PSOCK_EADDRINUSE);
    assert_ptr_equal(psock_cancel_with(NULL), &waker);
}

static void path_stays_where_the_question_cannot_be_asked(void **state)
{
    (void)state;
    expect_binding(&path, PSOCK_BIND_REBIND, returns(PSOCK_EADDRINUSE));
    expect_kind(SOCKET, returns(PSOCK_ENOBUFS));
    expect_last_attempt(returns(PSOCK_EADDRINUSE));
    assert_result(rebind(), PSOCK_EADDRINUSE);
    expect_binding(&path, PSOCK_BIND_REBIND, returns(PSOCK_EADDRINUSE));
    expect_kind(SOCKET, is_of(PSOCK_UNIX, PSOCK_STREAM));
    expect_open(PSOCK_UNIX, PSOCK_STREAM, 0, returns(PSOCK_EMFILE));
    expect_last_attempt(returns(PSOCK_EADDRINUSE));
    assert_result(rebind(), PSOCK_EADDRINUSE);
}

static void
path_that_cannot_be_taken_away_is_the_systems_to_refuse(void **state)
{
    (void)state;
    expect_question(PSOCK_STREAM);
    expect_connect(ASKER, &path, 0, returns(PSOCK_ECONNREFUSED));
    expect_close(ASKER, returns(0));
    expect_remove_path(&path, returns(PSOCK_EEXIST));
    expect_last_attempt(returns(PSOCK_EADDRINUSE));
    assert_result(rebind(), PSOCK_EADDRINUSE);
}

static void only_rebinding_of_a_path_asks(void **state)
{
    (void)state;
    expect_binding(&path, PSOCK_BIND_FRESH, returns(PSOCK_EADDRINUSE));
    assert_result(psock_bind(SOCKET, &path, PSOCK_BIND_FRESH),
                  PSOCK_EADDRINUSE);
    expect_binding(&path, PSOCK_BIND_SHARED, returns(PSOCK_EADDRINUSE));
    assert_result(psock_bind(SOCKET, &path, PSOCK_BIND_SHARED),
                  PSOCK_EADDRINUSE);
    expect_binding(&path, PSOCK_BIND_REBIND, returns(PSOCK_EACCES));
    assert_result(rebind(), PSOCK_EACCES);
    expect_binding(&ipv4, PSOCK_BIND_REBIND, returns(PSOCK_EADDRINUSE));
    assert_result(psock_bind(SOCKET, &ipv4, PSOCK_BIND_REBIND),
                  PSOCK_EADDRINUSE);
    expect_binding(&path, PSOCK_BIND_REBIND, returns(0));
    assert_result(rebind(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(packets_in_order_are_of_unix_only),
        test(raw_socket_has_a_call_of_its_own),
        test(raw_socket_is_asked_for_as_it_is),
        test(raw_socket_that_cannot_be_is_refused_without_a_call),
        test(raw_socket_needs_the_system_started),
        test(path_is_taken_away_by_the_system),
        test(what_has_no_path_is_refused_without_a_call),
        test_started(path_that_nobody_answers_to_is_taken_away),
        test_started(path_that_somebody_answers_to_stays),
        test_started(answer_that_takes_its_time_is_waited_for),
        test_started(question_whether_anybody_answers_is_not_canceled),
        test_started(path_stays_where_the_question_cannot_be_asked),
        test_started(path_that_cannot_be_taken_away_is_the_systems_to_refuse),
        test_started(only_rebinding_of_a_path_asks),
    };
    return cmocka_run_group_tests_name("fake.unix", tests, set_the_stage, NULL);
}
