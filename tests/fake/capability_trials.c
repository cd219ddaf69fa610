/* What a capability tries with sockets in hand: each step can fail, and nothing
 * stays open. */
#include "sys_fake.h"

#include <string.h>

enum {
    ONE = 10,
    OTHER = 12,
    THIRD = 14
};

static psock_address any;
static psock_address loopback;
static psock_address at_port;
static psock_address gone;
static psock_address unnamed;

static int set_the_stage(void **state)
{
    (void)state;
    return psock_address_any(PSOCK_IPV4, 0, &any) < 0 ||
           psock_address_loopback(PSOCK_IPV4, 0, &loopback) < 0 ||
           psock_address_loopback(PSOCK_IPV4, 1001, &at_port) < 0 ||
           psock_address_loopback(PSOCK_IPV4, 1002, &gone) < 0 ||
           psock_address_unix("", 0, &unnamed) < 0;
}

/* --- Steps ---------------------------------------------------------------- */

enum {
    FAILURE = PSOCK_ENOBUFS
};

/* Expects a step, unless one before it has failed. */
#define STEP(call)                                                             \
    do {                                                                       \
        if (!steps->is_over)                                                   \
            call;                                                              \
    } while (0)

/* A socket, what is tried on it, and its end. */
static void with_socket(struct steps *steps, int family, int type, psock_t s,
                        void (*trial)(struct steps *steps, int argument),
                        int argument)
{
    STEP(expect_open(family, type, 0, next(steps, returns(s))));
    if (steps->is_over)
        return;
    trial(steps, argument);
    expect_close(s, returns(0));
}

static void expect_bound(struct steps *steps, psock_t s,
                         const psock_address *name)
{
    STEP(expect_local(s, next(steps, from(&any, returns(0)))));
    STEP(expect_bind(s, &loopback, PSOCK_BIND_FRESH, next(steps, returns(0))));
    STEP(expect_local(s, next(steps, from(name, returns(0)))));
}

/* --- Trials --------------------------------------------------------------- */

static void try_nothing(struct steps *steps, int argument)
{
    (void)steps;
    (void)argument;
}

static void try_unix(struct steps *steps, int type)
{
    with_socket(steps, PSOCK_UNIX, type, ONE, try_nothing, 0);
}

static void try_raw(struct steps *steps, int argument)
{
    (void)argument;
    STEP(expect_open_raw(PSOCK_IPV4, 1, next(steps, returns(ONE))));
    STEP(expect_close(ONE, returns(0)));
}

static void with_pair(struct steps *steps, void (*trial)(struct steps *steps))
{
    STEP(expect_pair(PSOCK_STREAM, next(steps, pairs(ONE, OTHER))));
    if (steps->is_over)
        return;
    trial(steps);
    expect_close(OTHER, returns(0));
    expect_close(ONE, returns(0));
}

static void ask_family(struct steps *steps)
{
    STEP(expect_local(ONE, next(steps, from(&unnamed, returns(0)))));
}

static void try_unix_pair(struct steps *steps, int argument)
{
    (void)argument;
    with_socket(steps, PSOCK_UNIX, PSOCK_STREAM, THIRD, try_nothing, 0);
    if (!steps->is_over)
        with_pair(steps, ask_family);
}

static void ask_credentials(struct steps *steps)
{
    STEP(expect_peer_credentials(ONE, next(steps, returns(0))));
}

static void try_credentials(struct steps *steps, int argument)
{
    (void)argument;
    with_pair(steps, ask_credentials);
}

static void pass_one(struct steps *steps)
{
    static const char message[] = "psock @\1";
    STEP(expect_checking(ONE, next(steps, returns(0))));
    STEP(expect_check_channel(ONE, next(steps, returns(0))));
    STEP(expect_wait(ONE, PSOCK_SYS_WRITE, 0,
                     next(steps, came(PSOCK_SYS_WRITE))));
    STEP(expect_pack_socket(ONE, ONE, next(steps, returns(0))));
    STEP(expect_send_carrying(ONE, message, 8, ONE, next(steps, returns(8))));
    STEP(expect_check_channel(OTHER, next(steps, returns(0))));
    STEP(expect_kind(OTHER, next(steps, is_of(PSOCK_UNIX, PSOCK_STREAM))));
    STEP(expect_wait(OTHER, PSOCK_SYS_READ, 0, came(PSOCK_SYS_READ)));
    STEP(expect_recv(OTHER, ANYWHERE, 8, PSOCK_PEEK,
                     next(steps, carries(message, 8, -1))));
    STEP(expect_recv_carrying(OTHER, 8,
                              next(steps, carries(message, 8, THIRD))));
    if (steps->is_over)
        return;
    expect_unpack_socket(NULL, THIRD, next(steps, returns(THIRD)));
    expect_close(THIRD, returns(0));
}

static void try_passing(struct steps *steps, int argument)
{
    (void)argument;
    with_pair(steps, pass_one);
}

static void try_batches(struct steps *steps, int argument)
{
    (void)argument;
    STEP(expect_batches(next(steps, returns(0))));
}

static void send_one(struct steps *steps, int argument)
{
    (void)argument;
    expect_bound(steps, ONE, &at_port);
    STEP(expect_send_of_messages(ONE, 1, next(steps, returns(1))));
}

static void try_sending(struct steps *steps, int argument)
{
    with_socket(steps, PSOCK_IPV4, PSOCK_DATAGRAM, ONE, send_one, argument);
}

static void expect_datagrams_of(struct steps *steps)
{
    STEP(expect_kind(ONE, next(steps, is_of(PSOCK_IPV4, PSOCK_DATAGRAM))));
}

static void want(struct steps *steps, int metadata)
{
    expect_datagrams_of(steps);
    STEP(expect_want_metadata(ONE, (unsigned)metadata,
                              next(steps, returns(metadata))));
}

static void try_receiving(struct steps *steps, int metadata)
{
    with_socket(steps, PSOCK_IPV4, PSOCK_DATAGRAM, ONE, want, metadata);
}

static void take_port(struct steps *steps, int argument)
{
    (void)argument;
    expect_bound(steps, OTHER, &gone);
}

static psock_message report;

static void be_told(struct steps *steps, int argument)
{
    (void)argument;
    report = (psock_message){.peer = gone,
                             .flags = PSOCK_UNDELIVERED,
                             .undelivered = PSOCK_UNDELIVERED_PORT};
    expect_bound(steps, ONE, &at_port);
    if (!steps->is_over)
        with_socket(steps, PSOCK_IPV4, PSOCK_DATAGRAM, OTHER, take_port, 0);
    expect_datagrams_of(steps);
    STEP(expect_want_undelivered(ONE, 1, next(steps, returns(0))));
    STEP(expect_send_to(ONE, ANYWHERE, 1, &gone, next(steps, returns(1))));
    STEP(expect_recv_messages(ONE, ANYWHERE, 1, PSOCK_WITH_UNDELIVERED,
                              next(steps, delivers(&report, 1))));
}

static void try_undelivered(struct steps *steps, int argument)
{
    with_socket(steps, PSOCK_IPV4, PSOCK_DATAGRAM, ONE, be_told, argument);
}

static void join(struct steps *steps, int with_source)
{
    psock_address group;
    const char *text = with_source ? "232.80.83.1:0" : "239.255.80.83:0";
    assert_result(psock_address_parse(text, &group), 0);
    expect_datagrams_of(steps);
    STEP(expect_multicast(
        ONE, with_source ? PSOCK_SYS_JOIN_SOURCE : PSOCK_SYS_JOIN, &group,
        with_source ? &loopback : NULL, 0, next(steps, returns(0))));
}

static void try_multicast(struct steps *steps, int with_source)
{
    with_socket(steps, PSOCK_IPV4, PSOCK_DATAGRAM, ONE, join, with_source);
}

static void expect_tcp(struct steps *steps, psock_t s)
{
    STEP(expect_kind(s, next(steps, is_of(PSOCK_IPV4, PSOCK_STREAM))));
}

static void ask_option(struct steps *steps, int option)
{
    expect_tcp(steps, ONE);
    STEP(expect_get_option(ONE, PSOCK_IPV4, PSOCK_STREAM, option,
                           next(steps, holds(0))));
}

static void try_option(struct steps *steps, int option)
{
    with_socket(steps, PSOCK_IPV4, PSOCK_STREAM, ONE, ask_option, option);
}

static void set_times(struct steps *steps, int argument)
{
    static const psock_keepalive times_wanted = {60000, 10000, 5, 0};
    (void)argument;
    expect_tcp(steps, ONE);
    STEP(expect_set_keepalive(ONE, &times_wanted, next(steps, returns(0))));
}

static void try_keepalive(struct steps *steps, int argument)
{
    with_socket(steps, PSOCK_IPV4, PSOCK_STREAM, ONE, set_times, argument);
}

static void connect_and_ask(struct steps *steps, int argument)
{
    (void)argument;
    STEP(expect_connect(OTHER, &at_port, ms(1000), next(steps, returns(0))));
    expect_tcp(steps, OTHER);
    STEP(expect_get_tcp_info(OTHER, next(steps, returns(0))));
}

static void listen_and_ask(struct steps *steps, int argument)
{
    expect_bound(steps, ONE, &at_port);
    STEP(expect_listen(ONE, PSOCK_BACKLOG_DEFAULT, next(steps, returns(0))));
    with_socket(steps, PSOCK_IPV4, PSOCK_STREAM, OTHER, connect_and_ask,
                argument);
}

static void try_tcp_info(struct steps *steps, int argument)
{
    with_socket(steps, PSOCK_IPV4, PSOCK_STREAM, ONE, listen_and_ask, argument);
}

static void try_international_names(struct steps *steps, int argument)
{
    (void)argument;
    STEP(expect_can_name_internationally(next(steps, returns(0))));
}

static void try_stopping(struct steps *steps, int argument)
{
    (void)argument;
    STEP(expect_can_stop_look_up(next(steps, returns(0))));
}

static void try_sending_files(struct steps *steps, int argument)
{
    (void)argument;
    STEP(expect_can_send_file(next(steps, returns(0))));
}

static struct psock_waker waker = {.descriptor = THIRD};
static char watch;

static void try_watching(struct steps *steps, int argument)
{
    (void)argument;
    STEP(expect_waker_open(next(steps, gives(&waker, returns(0)))));
    if (steps->is_over)
        return;
    STEP(expect_watch_open(&waker, next(steps, gives(&watch, returns(0)))));
    if (!steps->is_over)
        expect_watch_close((psock_interface_watch *)&watch, returns(0));
    expect_waker_close(&waker, returns(0));
}

/* --- Every capability ----------------------------------------------------- */

#define LOCAL_BITS (PSOCK_META_LOCAL | PSOCK_META_INTERFACE)

static struct subject {
    void (*try_it)(struct steps *steps, int argument);
    int capability;
    int argument;
} subjects[] = {
    {try_unix, PSOCK_CAP_UNIX_SEQPACKET, PSOCK_SEQPACKET},
    {try_unix_pair, PSOCK_CAP_UNIX_PAIR, 0},
    {try_credentials, PSOCK_CAP_PEER_CREDENTIALS, 0},
    {try_passing, PSOCK_CAP_PASS_SOCKETS, 0},
    {try_raw, PSOCK_CAP_RAW, 0},
    {try_batches, PSOCK_CAP_BATCHES, 0},
    {try_sending, PSOCK_CAP_SEND_SEGMENTS, 0},
    {try_receiving, PSOCK_CAP_RECV_SEGMENTS, PSOCK_META_SEGMENT_SIZE},
    {try_undelivered, PSOCK_CAP_UNDELIVERED, 0},
    {try_receiving, PSOCK_CAP_RECV_LOCAL, LOCAL_BITS},
    {try_receiving, PSOCK_CAP_RECV_ECN, PSOCK_META_ECN},
    {try_receiving, PSOCK_CAP_RECV_TRAFFIC_CLASS, PSOCK_META_TRAFFIC_CLASS},
    {try_receiving, PSOCK_CAP_RECV_HOP_LIMIT, PSOCK_META_HOP_LIMIT},
    {try_receiving, PSOCK_CAP_RECV_TIMESTAMP, PSOCK_META_TIMESTAMP},
    {try_sending, PSOCK_CAP_SEND_LOCAL, 0},
    {try_sending, PSOCK_CAP_SEND_ECN, 0},
    {try_sending, PSOCK_CAP_SEND_TRAFFIC_CLASS, 0},
    {try_sending, PSOCK_CAP_SEND_HOP_LIMIT, 0},
    {try_sending, PSOCK_CAP_SEND_DONT_FRAGMENT, 0},
    {try_multicast, PSOCK_CAP_MULTICAST, 0},
    {try_multicast, PSOCK_CAP_MULTICAST_SOURCE, 1},
    {try_keepalive, PSOCK_CAP_KEEPALIVE_TIMES, 0},
    {try_option, PSOCK_CAP_DEAD_PEER, PSOCK_OPTION_DEAD_PEER_MS},
    {try_tcp_info, PSOCK_CAP_TCP_INFO, 0},
    {try_option, PSOCK_CAP_BIND_INTERFACE, PSOCK_OPTION_INTERFACE},
    {try_option, PSOCK_CAP_FAST_OPEN, PSOCK_OPTION_FAST_OPEN},
    {try_international_names, PSOCK_CAP_INTERNATIONAL_NAMES, 0},
    {try_stopping, PSOCK_CAP_STOP_LOOK_UP, 0},
    {try_sending_files, PSOCK_CAP_SEND_FILE, 0},
    {try_watching, PSOCK_CAP_WATCH_INTERFACES, 0},
};

/* The first call starts the system, once for all that follow in a test. */
static int begin(void **state)
{
    fake_begin(state);
    expect_startup(returns(0));
    expect_batches(returns(0));
    return psock_capability(PSOCK_CAP_BATCHES);
}

#define test_trial(claim)                                                      \
    cmocka_unit_test_setup_teardown(claim, begin, fake_end)

static void
capability_is_there_when_every_step_of_its_trial_succeeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        struct steps steps = {.left = -1};
        script_begin();
        subjects[i].try_it(&steps, subjects[i].argument);
        assert_result(psock_capability(subjects[i].capability), 0);
        assert_null(script_left_over());
    }
}

/* How many steps there are, each of which fails once. */
static int fail_every_step(const struct subject *subject)
{
    struct steps steps;
    int step = 0;
    do {
        steps = (struct steps){.left = step++, .error = FAILURE};
        script_begin();
        subject->try_it(&steps, subject->argument);
        const int expected = steps.is_over ? FAILURE : 0;
        assert_result(psock_capability(subject->capability), expected);
        assert_null(fake_complaint_of_sockets());
    } while (steps.is_over);
    return step - 1;
}

static void trial_that_fails_at_any_step_leaves_nothing_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        assert_true(fail_every_step(&subjects[i]) > 0);
}

static void metadata_that_are_granted_in_part_are_not_there(void **state)
{
    (void)state;
    expect_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0, returns(ONE));
    expect_kind(ONE, is_of(PSOCK_IPV4, PSOCK_DATAGRAM));
    expect_want_metadata(ONE, LOCAL_BITS, returns(PSOCK_META_LOCAL));
    expect_close(ONE, returns(0));
    assert_result(psock_capability(PSOCK_CAP_RECV_LOCAL), PSOCK_ENOTSUP);
}

static void system_that_does_not_cut_has_no_segments(void **state)
{
    (void)state;
    struct steps all = {.left = -1};
    expect_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0, returns(ONE));
    expect_bound(&all, ONE, &at_port);
    expect_send_of_messages(ONE, 1, returns(PSOCK_ENOPROTOOPT));
    expect_close(ONE, returns(0));
    assert_result(psock_capability(PSOCK_CAP_SEND_SEGMENTS), PSOCK_ENOTSUP);
}

static void pair_by_loopback_is_no_unix_pair(void **state)
{
    (void)state;
    expect_open(PSOCK_UNIX, PSOCK_STREAM, 0, returns(THIRD));
    expect_close(THIRD, returns(0));
    expect_pair(PSOCK_STREAM, pairs(ONE, OTHER));
    expect_local(ONE, from(&at_port, returns(0)));
    expect_close(OTHER, returns(0));
    expect_close(ONE, returns(0));
    assert_result(psock_capability(PSOCK_CAP_UNIX_PAIR), PSOCK_ENOTSUP);
}

static void expect_up_to_the_report(void)
{
    struct steps steps = {.left = -1};
    expect_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0, returns(ONE));
    expect_bound(&steps, ONE, &at_port);
    with_socket(&steps, PSOCK_IPV4, PSOCK_DATAGRAM, OTHER, take_port, 0);
    expect_datagrams_of(&steps);
    expect_want_undelivered(ONE, 1, returns(0));
    expect_send_to(ONE, ANYWHERE, 1, &gone, returns(1));
}

static void report_that_does_not_come_in_time_is_none(void **state)
{
    (void)state;
    expect_up_to_the_report();
    expect_recv_messages(ONE, ANYWHERE, 1, PSOCK_WITH_UNDELIVERED,
                         returns(PSOCK_EAGAIN));
    expect_wait(ONE, PSOCK_SYS_READ, ms(250), after(ms(250), returns(0)));
    expect_close(ONE, returns(0));
    assert_result(psock_capability(PSOCK_CAP_UNDELIVERED), PSOCK_ENOTSUP);
}

static void report_of_something_else_does_not_count(void **state)
{
    (void)state;
    const psock_message others[] = {
        {.peer = at_port, .undelivered = PSOCK_UNDELIVERED_PORT},
        {.peer = gone, .undelivered = PSOCK_UNDELIVERED_HOST}};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        expect_up_to_the_report();
        expect_recv_messages(ONE, ANYWHERE, 1, PSOCK_WITH_UNDELIVERED,
                             delivers(&others[i], 1));
        expect_close(ONE, returns(0));
        assert_result(psock_capability(PSOCK_CAP_UNDELIVERED), PSOCK_ENOTSUP);
    }
}

static void batches_are_asked_about_of_a_system_that_runs(void **state)
{
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_capability(PSOCK_CAP_BATCHES), PSOCK_ENETDOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_trial(capability_is_there_when_every_step_of_its_trial_succeeds),
        test_trial(trial_that_fails_at_any_step_leaves_nothing_open),
        test_trial(metadata_that_are_granted_in_part_are_not_there),
        test_trial(system_that_does_not_cut_has_no_segments),
        test_trial(pair_by_loopback_is_no_unix_pair),
        test_trial(report_that_does_not_come_in_time_is_none),
        test_trial(report_of_something_else_does_not_count),
        test(batches_are_asked_about_of_a_system_that_runs),
    };
    return cmocka_run_group_tests_name("fake.capability_trials", tests,
                                       set_the_stage, NULL);
}
