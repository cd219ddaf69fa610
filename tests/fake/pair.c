/* Pairs of a system that makes none by itself: each step that can fail, who comes
 * between, and that nothing stays open. */
#include "sys_fake.h"

enum {
    LISTENER = 10,
    CLIENT = 12,
    SERVER = 14,
    STRANGER = 16,
    UNTOUCHED = 99,
    STRANGERS_MAX = 64,
    STRAYS_MAX = 65536
};

static psock_address unnamed;
static psock_address at_path;
static psock_address from_path;
static psock_address loopback[2]; /* without a port */
static psock_address at_port[2];
static psock_address from_port[2];
static psock_address elsewhere;

static const int families[2] = {PSOCK_IPV4, PSOCK_IPV6};
static psock_t pair[2];

static int set_the_stage(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        if (psock_address_loopback(families[i], 0, &loopback[i]) < 0 ||
            psock_address_loopback(families[i], 1001, &at_port[i]) < 0 ||
            psock_address_loopback(families[i], 1002, &from_port[i]) < 0)
            return -1;
    return psock_address_unix("", 0, &unnamed) < 0 ||
           psock_address_unix("/t/at", 5, &at_path) < 0 ||
           psock_address_unix("/t/from", 7, &from_path) < 0 ||
           psock_address_parse("192.0.2.1:9", &elsewhere) < 0;
}

static int begin(void **state)
{
    pair[0] = pair[1] = UNTOUCHED;
    return fake_begin(state);
}

#define test_pair(claim) cmocka_unit_test_setup_teardown(claim, begin, fake_end)

/* Both ends go to the test. */
static void assert_pair(int type, psock_t one, psock_t other)
{
    assert_result(psock_pair(type, pair), 0);
    assert_int_equal(handed_over(pair[0]), one);
    assert_int_equal(handed_over(pair[1]), other);
    pair[0] = pair[1] = UNTOUCHED;
}

static void assert_no_pair(int type, int error)
{
    assert_result(psock_pair(type, pair), error);
    assert_int_equal(pair[0], UNTOUCHED);
    assert_int_equal(pair[1], UNTOUCHED);
}

static const int exhaustions[] = {PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOBUFS,
                                  PSOCK_ENOMEM};
static const int lacks[] = {PSOCK_ENOTSUP,       PSOCK_EAFNOSUPPORT,
                            PSOCK_EPFNOSUPPORT,  PSOCK_ESOCKTNOSUPPORT,
                            PSOCK_EOPNOTSUPP,    PSOCK_EPROTONOSUPPORT,
                            PSOCK_EADDRNOTAVAIL, PSOCK_ENETUNREACH};

/* --- The system's own ----------------------------------------------------- */

static void pair_of_the_system_is_handed_out(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (int type = PSOCK_STREAM; type <= PSOCK_SEQPACKET; type++) {
        expect_pair(type, pairs(20, 22));
        assert_pair(type, 20, 22);
    }
}

static void
pair_that_fails_though_the_system_has_such_is_the_error(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EMFILE, PSOCK_EACCES, PSOCK_EINTR,
                                 PSOCK_EIO};
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_pair(PSOCK_STREAM, returns(errors[i]));
        assert_no_pair(PSOCK_STREAM, errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

static void pair_of_no_type_is_refused_without_a_call(void **state)
{
    (void)state;
    static const int types[] = {0, PSOCK_RAW, -1, 99};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        assert_no_pair(types[i], PSOCK_ESOCKTNOSUPPORT);
    assert_result(psock_pair(PSOCK_STREAM, NULL), PSOCK_EFAULT);
}

static void pair_needs_the_system_started(void **state)
{
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_no_pair(PSOCK_STREAM, PSOCK_ENETDOWN);
}

static void pair_of_packets_can_be_had_of_the_system_only(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(lacks); i++) {
        expect_pair(PSOCK_SEQPACKET, returns(lacks[i]));
        assert_no_pair(PSOCK_SEQPACKET, PSOCK_ESOCKTNOSUPPORT);
    }
}

/* --- Steps, any of which can fail ----------------------------------------- */

static void expect_opening(struct steps *steps, int family, int type, psock_t s)
{
    if (!steps->is_over)
        expect_open(family, type, 0, next(steps, returns(s)));
}

/* With the question whether it is bound already. */
static void expect_binding(struct steps *steps, psock_t s,
                           const psock_address *any, const psock_address *local)
{
    if (!steps->is_over)
        expect_local(s, next(steps, from(any, returns(0))));
    if (!steps->is_over)
        expect_bind(s, local, PSOCK_BIND_FRESH, next(steps, returns(0)));
    if (steps->is_over)
        expect_close(s, returns(0));
}

static void expect_name(struct steps *steps, psock_t s,
                        const psock_address *name)
{
    if (!steps->is_over)
        expect_local(s, next(steps, from(name, returns(0))));
}

/* Whether the peer of `s` is `other`, as it is. */
static void expect_connected(psock_t s, psock_t other,
                             const psock_address *name)
{
    expect_peer(s, from(name, returns(0)));
    expect_local(other, from(name, returns(0)));
}

/* From the listener's name to the connection. */
static void expect_meeting(struct steps *steps, const psock_address *at,
                           const psock_address *from_address)
{
    expect_name(steps, LISTENER, at);
    if (!steps->is_over)
        expect_connect(CLIENT, at, 0, next(steps, returns(0)));
    if (!steps->is_over)
        expect_accept(LISTENER, NULL, next(steps, returns(SERVER)));
    if (!steps->is_over) {
        expect_connected(SERVER, CLIENT, from_address);
        expect_connected(CLIENT, SERVER, at);
    }
    expect_close(LISTENER, returns(0));
    if (steps->is_over)
        expect_close(CLIENT, returns(0));
}

/* --- Streams by a path ---------------------------------------------------- */

static void expect_path_sockets(struct steps *steps)
{
    expect_opening(steps, PSOCK_UNIX, PSOCK_STREAM, LISTENER);
    if (steps->is_over)
        return;
    expect_binding(steps, LISTENER, &unnamed, &at_path);
    if (steps->is_over)
        return;
    expect_listen(LISTENER, 4, next(steps, returns(0)));
    expect_opening(steps, PSOCK_UNIX, PSOCK_STREAM, CLIENT);
    if (!steps->is_over)
        expect_binding(steps, CLIENT, &unnamed, &from_path);
    if (steps->is_over)
        expect_close(LISTENER, returns(0));
    else
        expect_meeting(steps, &at_path, &from_path);
}

/* The steps after which each path is there to be taken away. */
enum {
    AT_IS_BOUND = 5,
    FROM_IS_BOUND = 9
};

/* Returns whether the step that fails is one of these. */
static _Bool expect_streams_by_path(int step, int error)
{
    struct steps steps = {.left = step, .error = error};
    expect_temporary_path(next(&steps, from(&at_path, returns(0))));
    if (!steps.is_over)
        expect_temporary_path(next(&steps, from(&from_path, returns(0))));
    if (steps.is_over)
        return 1;
    expect_path_sockets(&steps);
    if (step < 0 || step >= AT_IS_BOUND)
        expect_remove_path(&at_path, returns(0));
    if (step < 0 || step >= FROM_IS_BOUND)
        expect_remove_path(&from_path, returns(0));
    return steps.is_over;
}

static void streams_are_paired_by_a_path(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(lacks); i++) {
        expect_pair(PSOCK_STREAM, returns(lacks[i]));
        expect_streams_by_path(-1, 0);
        assert_pair(PSOCK_STREAM, SERVER, CLIENT);
    }
}

/* The first call starts the system, once for all that follow in a test. */
static void start(void)
{
    expect_startup(returns(0));
    expect_pair(PSOCK_STREAM, returns(PSOCK_EIO));
    assert_no_pair(PSOCK_STREAM, PSOCK_EIO);
}

static void exhaustion_at_any_step_by_a_path_leaves_nothing(void **state)
{
    (void)state;
    start();
    int step = 0;
    for (_Bool fails = 1; fails; step++) {
        script_begin();
        expect_pair(PSOCK_STREAM, returns(PSOCK_ENOTSUP));
        fails = expect_streams_by_path(step, exhaustions[step % 4]);
        if (fails) {
            assert_no_pair(PSOCK_STREAM, exhaustions[step % 4]);
            assert_int_equal(psock_error_native(),
                             native_of(exhaustions[step % 4]));
        } else {
            assert_pair(PSOCK_STREAM, SERVER, CLIENT);
        }
        assert_null(fake_complaint_of_sockets());
    }
    assert_int_equal(step, 13); /* twelve that fail, and none */
}

/* --- Streams by loopback -------------------------------------------------- */

static void expect_no_delay(struct steps *steps, int family, psock_t s)
{
    if (!steps->is_over)
        expect_kind(s, next(steps, is_of(family, PSOCK_STREAM)));
    if (!steps->is_over)
        expect_set_option(s, family, PSOCK_STREAM, PSOCK_OPTION_NO_DELAY, 1,
                          next(steps, returns(0)));
}

/* Returns whether the step that fails is one of these. */
static _Bool expect_streams_by_loopback(int which, int step, int error)
{
    struct steps steps = {.left = step, .error = error};
    const int family = families[which];
    expect_opening(&steps, family, PSOCK_STREAM, LISTENER);
    if (steps.is_over)
        return 1;
    expect_binding(&steps, LISTENER, &loopback[which], &loopback[which]);
    if (steps.is_over)
        return 1;
    expect_listen(LISTENER, 4, next(&steps, returns(0)));
    expect_opening(&steps, family, PSOCK_STREAM, CLIENT);
    if (steps.is_over) {
        expect_close(LISTENER, returns(0));
        return 1;
    }
    expect_meeting(&steps, &at_port[which], &from_port[which]);
    if (steps.is_over)
        return 1;
    expect_no_delay(&steps, family, SERVER);
    expect_no_delay(&steps, family, CLIENT);
    if (steps.is_over) {
        expect_close(SERVER, returns(0));
        expect_close(CLIENT, returns(0));
    }
    return steps.is_over;
}

static void expect_no_way_but_loopback(int type)
{
    expect_pair(type, returns(PSOCK_EAFNOSUPPORT));
    if (type == PSOCK_STREAM)
        expect_temporary_path(returns(PSOCK_ENOTSUP));
}

static void streams_are_paired_by_loopback(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_no_way_but_loopback(PSOCK_STREAM);
    expect_streams_by_loopback(0, -1, 0);
    assert_pair(PSOCK_STREAM, SERVER, CLIENT);
}

static void failure_at_any_step_by_loopback_leaves_nothing(void **state)
{
    (void)state;
    start();
    int step = 0;
    for (_Bool fails = 1; fails; step++) {
        const int error = step % 2 == 0 ? PSOCK_EMFILE : PSOCK_EACCES;
        script_begin();
        expect_no_way_but_loopback(PSOCK_STREAM);
        fails = expect_streams_by_loopback(0, step, error);
        if (fails)
            assert_no_pair(PSOCK_STREAM, error);
        else
            assert_pair(PSOCK_STREAM, SERVER, CLIENT);
        assert_null(fake_complaint_of_sockets());
    }
    assert_int_equal(step, 13);
}

static void lack_of_one_family_leads_to_the_other(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(lacks); i++) {
        expect_no_way_but_loopback(PSOCK_STREAM);
        expect_streams_by_loopback(0, i % 2 == 0 ? 0 : 2, lacks[i]);
        expect_streams_by_loopback(1, -1, 0);
        assert_pair(PSOCK_STREAM, SERVER, CLIENT);
    }
    expect_no_way_but_loopback(PSOCK_STREAM);
    expect_streams_by_loopback(0, 0, PSOCK_EAFNOSUPPORT);
    expect_streams_by_loopback(1, 0, PSOCK_EADDRNOTAVAIL);
    assert_no_pair(PSOCK_STREAM, PSOCK_EADDRNOTAVAIL);
}

static void failure_by_a_path_leads_to_loopback(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EACCES, PSOCK_ENOENT, PSOCK_ETIMEDOUT,
                                 PSOCK_EINVAL};
    start();
    for (int step = 0; step < 12; step++) {
        script_begin();
        expect_pair(PSOCK_STREAM, returns(PSOCK_ENOTSUP));
        expect_streams_by_path(step, errors[step % 4]);
        expect_streams_by_loopback(0, -1, 0);
        assert_pair(PSOCK_STREAM, SERVER, CLIENT);
        assert_null(fake_complaint_of_sockets());
    }
}

/* --- Who comes between ---------------------------------------------------- */

/* Loopback up to the accepting, which the test goes on with. */
static void expect_listening(struct answer connected)
{
    struct steps steps = {.left = -1};
    expect_startup(returns(0));
    expect_no_way_but_loopback(PSOCK_STREAM);
    expect_opening(&steps, PSOCK_IPV4, PSOCK_STREAM, LISTENER);
    expect_binding(&steps, LISTENER, &loopback[0], &loopback[0]);
    expect_listen(LISTENER, 4, returns(0));
    expect_opening(&steps, PSOCK_IPV4, PSOCK_STREAM, CLIENT);
    expect_local(LISTENER, from(&at_port[0], returns(0)));
    expect_connect(CLIENT, &at_port[0], 0, connected);
}

static void expect_friend(void)
{
    expect_accept(LISTENER, NULL, returns(SERVER));
    expect_connected(SERVER, CLIENT, &from_port[0]);
}

static void expect_success(void)
{
    struct steps steps = {.left = -1};
    expect_connected(CLIENT, SERVER, &at_port[0]);
    expect_close(LISTENER, returns(0));
    expect_no_delay(&steps, PSOCK_IPV4, SERVER);
    expect_no_delay(&steps, PSOCK_IPV4, CLIENT);
}

/* The listener and both ends, of which the accepted one may not be there. */
static void expect_all_closed(psock_t accepted)
{
    expect_close(LISTENER, returns(0));
    if (accepted >= 0)
        expect_close(accepted, returns(0));
    expect_close(CLIENT, returns(0));
}

static void expect_stranger(void)
{
    expect_accept(LISTENER, NULL, returns(STRANGER));
    expect_peer(STRANGER, from(&elsewhere, returns(0)));
    expect_local(CLIENT, from(&from_port[0], returns(0)));
    expect_close(STRANGER, returns(0));
}

static void strangers_who_come_first_are_sent_away(void **state)
{
    (void)state;
    expect_listening(returns(0));
    for (int i = 0; i < 5; i++)
        expect_stranger();
    expect_friend();
    expect_success();
    assert_pair(PSOCK_STREAM, SERVER, CLIENT);
}

static void stranger_who_left_again_is_sent_away(void **state)
{
    (void)state;
    expect_listening(returns(0));
    expect_accept(LISTENER, NULL, returns(STRANGER));
    expect_peer(STRANGER, returns(PSOCK_ENOTCONN));
    expect_close(STRANGER, returns(0));
    expect_accept(LISTENER, NULL, returns(PSOCK_ECONNABORTED));
    expect_friend();
    expect_success();
    assert_pair(PSOCK_STREAM, SERVER, CLIENT);
}

static void ends_that_cannot_be_compared_are_not_handed_out(void **state)
{
    (void)state;
    expect_listening(returns(0));
    expect_accept(LISTENER, NULL, returns(STRANGER));
    expect_peer(STRANGER, from(&from_port[0], returns(0)));
    expect_local(CLIENT, returns(PSOCK_EIO));
    expect_close(STRANGER, returns(0));
    expect_all_closed(PSOCK_INVALID);
    assert_no_pair(PSOCK_STREAM, PSOCK_EIO);
}

static void too_many_strangers_are_given_up_to(void **state)
{
    (void)state;
    expect_listening(returns(0));
    for (int i = 0; i < STRANGERS_MAX; i++) {
        expect_accept(LISTENER, NULL, returns(STRANGER));
        expect_peer(STRANGER, returns(PSOCK_ENOTCONN));
        expect_close(STRANGER, returns(0));
    }
    expect_all_closed(PSOCK_INVALID);
    assert_no_pair(PSOCK_STREAM, PSOCK_ECONNABORTED);
}

static void connection_under_way_is_waited_for_after_accepting(void **state)
{
    (void)state;
    expect_listening(returns(PSOCK_EINPROGRESS));
    expect_stranger();
    expect_accept(LISTENER, NULL, returns(PSOCK_EAGAIN));
    expect_wait(LISTENER, PSOCK_SYS_READ, ms(10000),
                after(ms(1), came(PSOCK_SYS_READ)));
    expect_friend();
    expect_connect(CLIENT, &at_port[0], ms(9999), returns(PSOCK_EALREADY));
    expect_wait(CLIENT, PSOCK_SYS_WRITE, ms(9999), came(PSOCK_SYS_WRITE));
    expect_connect_result(CLIENT, &at_port[0], returns(0));
    expect_success();
    assert_pair(PSOCK_STREAM, SERVER, CLIENT);
}

static void connection_under_way_that_fails_leaves_nothing(void **state)
{
    (void)state;
    expect_listening(returns(PSOCK_EINPROGRESS));
    expect_friend();
    expect_connect(CLIENT, &at_port[0], ms(10000), returns(PSOCK_EACCES));
    expect_all_closed(SERVER);
    assert_no_pair(PSOCK_STREAM, PSOCK_EACCES);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EACCES));
}

static void connection_that_nobody_accepts_times_out(void **state)
{
    (void)state;
    expect_listening(returns(PSOCK_EINPROGRESS));
    expect_accept(LISTENER, NULL, returns(PSOCK_EAGAIN));
    expect_wait(LISTENER, PSOCK_SYS_READ, ms(10000),
                after(ms(10000), returns(0)));
    expect_all_closed(PSOCK_INVALID);
    assert_no_pair(PSOCK_STREAM, PSOCK_ETIMEDOUT);
}

/* Somebody has the listener's address who is not the listener. */
static void impostor_at_the_other_end_is_not_handed_out(void **state)
{
    (void)state;
    expect_listening(returns(0));
    expect_friend();
    expect_peer(CLIENT, from(&at_port[0], returns(0)));
    expect_local(SERVER, from(&elsewhere, returns(0)));
    expect_all_closed(SERVER);
    assert_no_pair(PSOCK_STREAM, PSOCK_ECONNABORTED);
}

static void pair_is_not_canceled_and_the_thread_stays_bound(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_listening(returns(0));
    expect_accept(LISTENER, NULL, returns(PSOCK_EAGAIN));
    expect_wait(LISTENER, PSOCK_SYS_READ, ms(10000), came(PSOCK_SYS_READ));
    expect_friend();
    expect_success();
    assert_pair(PSOCK_STREAM, SERVER, CLIENT);
    assert_ptr_equal(psock_cancel_with(NULL), &waker);
    expect_pair(PSOCK_STREAM, returns(PSOCK_EMFILE));
    (void)psock_cancel_with(&waker);
    assert_no_pair(PSOCK_STREAM, PSOCK_EMFILE);
    assert_ptr_equal(psock_cancel_with(NULL), &waker);
}

/* --- Datagrams ------------------------------------------------------------ */

static void expect_datagram_sockets(struct steps *steps, int which)
{
    const psock_t ends[2] = {CLIENT, SERVER};
    for (int i = 0; i < 2 && !steps->is_over; i++) {
        expect_opening(steps, families[which], PSOCK_DATAGRAM, ends[i]);
        if (!steps->is_over)
            expect_binding(steps, ends[i], &loopback[which], &loopback[which]);
        if (steps->is_over && i == 1)
            expect_close(CLIENT, returns(0));
    }
}

static void expect_drained(psock_t s)
{
    expect_recv(s, ANYWHERE, 1, 0, returns(PSOCK_EAGAIN));
}

/* Returns whether the step that fails is one of these. */
static _Bool expect_datagrams(int which, int step, int error)
{
    struct steps steps = {.left = step, .error = error};
    expect_datagram_sockets(&steps, which);
    if (steps.is_over)
        return 1;
    expect_name(&steps, CLIENT, &from_port[which]);
    expect_name(&steps, SERVER, &at_port[which]);
    if (!steps.is_over)
        expect_connect(CLIENT, &at_port[which], 0, next(&steps, returns(0)));
    if (!steps.is_over)
        expect_connect(SERVER, &from_port[which], 0, next(&steps, returns(0)));
    if (steps.is_over) {
        expect_close(CLIENT, returns(0));
        expect_close(SERVER, returns(0));
    }
    return steps.is_over;
}

static void datagrams_are_paired_by_loopback(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_no_way_but_loopback(PSOCK_DATAGRAM);
    expect_datagrams(0, 0, PSOCK_EAFNOSUPPORT);
    expect_datagrams(1, -1, 0);
    expect_drained(CLIENT);
    expect_drained(SERVER);
    assert_pair(PSOCK_DATAGRAM, CLIENT, SERVER);
}

static void failure_at_any_step_of_datagrams_leaves_nothing(void **state)
{
    (void)state;
    start();
    int step = 0;
    for (_Bool fails = 1; fails; step++) {
        const int error = step % 2 == 0 ? PSOCK_ENFILE : PSOCK_EACCES;
        script_begin();
        expect_no_way_but_loopback(PSOCK_DATAGRAM);
        fails = expect_datagrams(0, step, error);
        if (!fails) {
            expect_drained(CLIENT);
            expect_drained(SERVER);
            assert_pair(PSOCK_DATAGRAM, CLIENT, SERVER);
        } else {
            assert_no_pair(PSOCK_DATAGRAM, error);
        }
        assert_null(fake_complaint_of_sockets());
    }
    assert_int_equal(step, 11);
}

static void what_strangers_sent_before_is_dropped(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_no_way_but_loopback(PSOCK_DATAGRAM);
    expect_datagrams(0, -1, 0);
    expect_recv(CLIENT, ANYWHERE, 1, 0, brings("s"));
    expect_recv(CLIENT, ANYWHERE, 1, 0, returns(0));
    expect_recv(CLIENT, ANYWHERE, 1, 0, returns(PSOCK_EINTR));
    expect_drained(CLIENT);
    expect_recv(SERVER, ANYWHERE, 1, 0, returns(PSOCK_EMSGSIZE));
    expect_recv(SERVER, ANYWHERE, 1, 0, returns(PSOCK_ECONNREFUSED));
    expect_drained(SERVER);
    assert_pair(PSOCK_DATAGRAM, CLIENT, SERVER);
}

static void strangers_who_never_stop_are_given_up_to(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_no_way_but_loopback(PSOCK_DATAGRAM);
    expect_datagrams(0, -1, 0);
    expect_drained(CLIENT);
    expect_recv(SERVER, ANYWHERE, 1, 0, times(STRAYS_MAX, returns(1)));
    expect_close(CLIENT, returns(0));
    expect_close(SERVER, returns(0));
    assert_no_pair(PSOCK_DATAGRAM, PSOCK_ECONNABORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_pair(pair_of_the_system_is_handed_out),
        test_pair(pair_that_fails_though_the_system_has_such_is_the_error),
        test_pair(pair_of_no_type_is_refused_without_a_call),
        test_pair(pair_needs_the_system_started),
        test_pair(pair_of_packets_can_be_had_of_the_system_only),
        test_pair(streams_are_paired_by_a_path),
        test_pair(exhaustion_at_any_step_by_a_path_leaves_nothing),
        test_pair(streams_are_paired_by_loopback),
        test_pair(failure_at_any_step_by_loopback_leaves_nothing),
        test_pair(lack_of_one_family_leads_to_the_other),
        test_pair(failure_by_a_path_leads_to_loopback),
        test_pair(strangers_who_come_first_are_sent_away),
        test_pair(stranger_who_left_again_is_sent_away),
        test_pair(ends_that_cannot_be_compared_are_not_handed_out),
        test_pair(too_many_strangers_are_given_up_to),
        test_pair(connection_under_way_is_waited_for_after_accepting),
        test_pair(connection_under_way_that_fails_leaves_nothing),
        test_pair(connection_that_nobody_accepts_times_out),
        test_pair(impostor_at_the_other_end_is_not_handed_out),
        test_pair(pair_is_not_canceled_and_the_thread_stays_bound),
        test_pair(datagrams_are_paired_by_loopback),
        test_pair(failure_at_any_step_of_datagrams_leaves_nothing),
        test_pair(what_strangers_sent_before_is_dropped),
        test_pair(strangers_who_never_stop_are_given_up_to),
    };
    return cmocka_run_group_tests_name("fake.pair", tests, set_the_stage, NULL);
}
