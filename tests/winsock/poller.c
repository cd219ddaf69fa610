/* poller.c: pollers, on polls of AFD that end in a completion port. */
#include "pollers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define NT_NO_MEMORY ((int)0xC0000017)
#define NT_ACCESS_DENIED ((int)0xC0000022)
#define NT_NO_RESOURCES ((int)0xC000009A)
#define NT_TOO_MANY_FILES ((int)0xC000011F)

/* --- Every state ---------------------------------------------------------- */

static void check_wish(psock_poller *poller, psock_t s, uint32_t wanted,
                       uint32_t came)
{
    pollers_modify(poller, s, wanted);
    for (int again = 0; again < 2; again++)
        assert_int_equal(pollers_came_now(poller), states_due(came, wanted));
    pollers_modify(poller, s, wanted | PSOCK_ONE_SHOT);
    assert_int_equal(pollers_came_now(poller), states_due(came, wanted));
    if (states_due(came, wanted) != 0)
        assert_int_equal(pollers_came_now(poller), 0);
    pollers_modify(poller, s, wanted | PSOCK_ONE_SHOT);
    assert_int_equal(pollers_came_now(poller), states_due(came, wanted));
}

static void check_added(psock_t s, uint32_t wanted, uint32_t came)
{
    psock_poller *poller = pollers_with(s, wanted);
    assert_int_equal(pollers_came_now(poller), states_due(came, wanted));
    pollers_close(poller);
}

static void check_state(psock_t s, uint32_t came)
{
    psock_poller *poller = pollers_with(s, 0);
    for (size_t i = 0; i < WISH_COUNT; i++)
        check_wish(poller, s, states_wishes[i], came);
    pollers_close(poller);
    for (size_t i = 0; i < WISH_COUNT; i++)
        check_added(s, states_wishes[i], came);
}

static void state_is_told(void **state)
{
    const struct state *row = *state;
    check_state(row->make(), row->came);
}

static void state_is_told_below(const struct state *row, enum fake_layer layer)
{
    psock_t s = row->make();
    fake_put_layer(s, layer);
    check_state(s, row->came);
}

static void state_is_told_by_base_handle(void **state)
{
    state_is_told_below(*state, FAKE_LAYER_BASE_HANDLE);
}

static void state_is_told_by_bsp_handle(void **state)
{
    state_is_told_below(*state, FAKE_LAYER_BSP_POLL);
}

static void state_is_told_of_slow_cancels(void **state)
{
    const struct state *row = *state;
    fake_cancel_slowly();
    check_state(row->make(), row->came);
}

/* --- What ends a wait ----------------------------------------------------- */

static void ask_for_writable(void *context)
{
    struct happening *happening = context;
    pollers_modify(happening->poller, happening->s, PSOCK_WRITABLE);
}

static void take_out_and_put_in(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    pollers_add(happening->poller, happening->s, PSOCK_WRITABLE);
}

static const struct ending changes_that_end[] = {
    {ask_for_writable, PSOCK_READABLE, PSOCK_WRITABLE},
    {take_out_and_put_in, PSOCK_READABLE, PSOCK_WRITABLE},
};

static void check_ending(const struct ending *ending)
{
    struct happening happening;
    happening.s = states_connected(&happening.peer);
    happening.poller = pollers_with(happening.s, ending->wanted);
    fake_when_waiting(ending->happens, &happening);
    assert_int_equal(pollers_came_by(happening.poller, PSOCK_FOREVER),
                     ending->came);
    pollers_close(happening.poller);
}

static void check_endings(void)
{
    for (size_t i = 0; i < ENDING_COUNT; i++)
        check_ending(&happening_endings[i]);
    for (size_t i = 0; i < COUNT_OF(changes_that_end); i++)
        check_ending(&changes_that_end[i]);
}

static void what_happens_ends_the_wait(void **state)
{
    (void)state;
    check_endings();
}

static void what_happens_ends_the_wait_with_slow_cancels(void **state)
{
    (void)state;
    fake_cancel_slowly();
    check_endings();
}

static void thr_io_cancel_on_exit_polls_begin_again(void **state)
{
    struct happening happening;
    (void)state;
    happening.s = states_connected(&happening.peer);
    happening.poller = pollers_with(happening.s, PSOCK_READABLE);
    fake_when_waiting(happening_cancels, &happening);
    assert_int_equal(pollers_came_by(happening.poller, PSOCK_FOREVER),
                     PSOCK_READABLE);
    scene_expect(happening.s, "came");
    assert_int_equal(pollers_came_now(happening.poller), 0);
    fake_cancel_polls();
    happening_data(&happening);
    assert_int_equal(pollers_came_by(happening.poller, PSOCK_FOREVER),
                     PSOCK_READABLE);
    pollers_close(happening.poller);
}

static void put_in(void *context)
{
    struct happening *happening = context;
    pollers_add(happening->poller, happening->s, PSOCK_WRITABLE);
}

static void adding_while_waiting_counts_at_once(void **state)
{
    struct happening happening = {.poller = pollers_open()};
    (void)state;
    happening.s = states_connected(NULL);
    fake_when_waiting(put_in, &happening);
    assert_int_equal(pollers_came_by(happening.poller, PSOCK_FOREVER),
                     PSOCK_WRITABLE);
    pollers_close(happening.poller);
}

/* --- Failures to connect -------------------------------------------------- */

static void connect_fail_wsapoll_refusal_is_told_unasked(void **state)
{
    const psock_address peer = scene_address("192.0.2.99:80");
    (void)state;
    for (size_t i = 0; i < WISH_COUNT; i++) {
        psock_t s = states_keep(scene_connecting());
        psock_poller *poller = pollers_with(s, states_wishes[i]);
        fake_when_waiting(happening_refusal, &s);
        assert_int_equal(pollers_came_by(poller, PSOCK_FOREVER),
                         states_due(BROKEN_BITS, states_wishes[i]));
        assert_int_equal(psock_connect(s, &peer, PSOCK_NOW),
                         PSOCK_ECONNREFUSED);
        assert_int_equal(pollers_came_now(poller), HUNG_UP_BITS);
        pollers_close(poller);
    }
}

/* A socket that was never connected hangs there, and then it connects. */
static void connecting_in_a_poller_ends_the_hanging(void **state)
{
    psock_address where;
    psock_t s = states_keep(scene_open(PSOCK_STREAM));
    psock_poller *poller = pollers_with(s, EVERYTHING);
    (void)state;
    states_keep(scene_listener(&where));
    assert_int_equal(pollers_came_now(poller), HUNG_UP_BITS);
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(pollers_came_now(poller), 0);
    fake_decide_connect(s, 0);
    assert_int_equal(pollers_came_by(poller, PSOCK_FOREVER), PSOCK_WRITABLE);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), 0);
    assert_int_equal(pollers_came_now(poller), PSOCK_WRITABLE);
    pollers_close(poller);
}

/* --- Levels, and telling once --------------------------------------------- */

static void told_as_long_as_it_is_true(void **state)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_poller *poller = pollers_with(s, PSOCK_READABLE);
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pollers_came_now(poller), 0);
        scene_send(peer, "data");
        for (int again = 0; again < 3; again++)
            assert_int_equal(pollers_came_by(poller, PSOCK_FOREVER),
                             PSOCK_READABLE);
        scene_expect(s, "data");
    }
    pollers_close(poller);
}

/* A poll that found something, which is gone by the time somebody looks. */
static void what_is_gone_before_a_wait_is_not_told(void **state)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_poller *poller = pollers_with(s, PSOCK_READABLE);
    (void)state;
    assert_int_equal(pollers_came_now(poller), 0);
    scene_send(peer, "data");
    assert_int_equal(fake_queued_packets(), 1);
    scene_expect(s, "data");
    for (int again = 0; again < 2; again++)
        assert_int_equal(pollers_came_now(poller), 0);
    scene_send(peer, "more");
    assert_int_equal(pollers_came_by(poller, PSOCK_FOREVER), PSOCK_READABLE);
    pollers_close(poller);
}

static void one_shot_is_told_once_until_asked_again(void **state)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_poller *poller = pollers_with(s, PSOCK_READABLE | PSOCK_ONE_SHOT);
    (void)state;
    scene_send(peer, "data");
    assert_int_equal(pollers_came_now(poller), PSOCK_READABLE);
    fake_break(s, WSAECONNRESET);
    assert_int_equal(pollers_came_now(poller), 0);
    pollers_modify(poller, s, PSOCK_ONE_SHOT);
    assert_int_equal(pollers_came_now(poller), BROKEN_BITS & ~PSOCK_READ_ENDED);
    assert_int_equal(pollers_came_now(poller), 0);
    pollers_close(poller);
}

static void unchanged_wishes_cost_no_call(void **state)
{
    psock_t s = states_connected(NULL);
    psock_poller *poller = pollers_with(s, PSOCK_READABLE);
    (void)state;
    assert_int_equal(pollers_came_now(poller), 0);
    fake_forget();
    for (int i = 0; i < 5; i++)
        pollers_modify(poller, s, PSOCK_READABLE);
    assert_string_equal(fake_record_text(), "");
    pollers_close(poller);
}

/* --- Many ----------------------------------------------------------------- */

#define CROWD 100
#define NARROW 3

/* Each is told before one is told again. */
static void fairness_all_have_their_turn(void **state)
{
    static char told_of[CROWD];
    psock_poller *poller = pollers_open();
    (void)state;
    memset(told_of, 0, sizeof told_of);
    for (size_t i = 0; i < CROWD; i++)
        assert_int_equal(psock_poller_add(poller, states_datagram(),
                                          PSOCK_WRITABLE, &told_of[i]),
                         0);
    for (int count = 0; count < 2 * CROWD;) {
        psock_poller_event events[NARROW];
        int came = psock_poller_wait(poller, events, NARROW, PSOCK_NOW);
        assert_true(came > 0);
        for (int i = 0; i < came; i++)
            ++*(char *)events[i].token;
        count += came;
        for (size_t i = 0; i < CROWD; i++)
            assert_in_range(told_of[i], count / CROWD > 0 ? 1 : 0, 3);
    }
    pollers_close(poller);
}

static void those_that_are_ready_come_in_one_wait(void **state)
{
    psock_poller_event events[CROWD];
    psock_poller *poller = pollers_open();
    (void)state;
    for (size_t i = 0; i < 50; i++)
        pollers_add(poller, states_datagram(), PSOCK_WRITABLE);
    assert_int_equal(psock_poller_wait(poller, events, CROWD, PSOCK_NOW), 50);
    pollers_close(poller);
}

/* Canceling goes through all polls of a device, so it has a few only, but not
 * one each. */
static void devices_are_shared_by_some(void **state)
{
    psock_t sockets[CROWD];
    psock_poller *poller = pollers_open();
    (void)state;
    for (size_t i = 0; i < CROWD; i++)
        sockets[i] = states_datagram();
    for (int again = 0; again < 3; again++) {
        unsigned before = fake_open_devices();
        for (size_t i = 0; i < CROWD; i++)
            pollers_add(poller, sockets[i], PSOCK_READABLE);
        assert_int_equal(pollers_came_now(poller), 0);
        assert_in_range(fake_open_devices(), 2, CROWD / 8);
        if (again > 0)
            assert_int_equal(fake_open_devices(), before);
        for (size_t i = 0; i < CROWD; i++)
            assert_int_equal(psock_poller_remove(poller, sockets[i]), 0);
        assert_int_equal(pollers_came_now(poller), 0);
    }
    assert_int_equal(fake_open_ports(), 1);
    pollers_close(poller);
}

static void socket_may_be_in_several_pollers(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_poller *one = pollers_with(s, PSOCK_READABLE);
    psock_poller *other = pollers_with(s, PSOCK_WRITABLE);
    (void)state;
    assert_int_equal(pollers_came_now(one), 0);
    assert_int_equal(pollers_came_now(other), PSOCK_WRITABLE);
    scene_send(peer, "data");
    assert_int_equal(pollers_came_now(one), PSOCK_READABLE);
    assert_int_equal(pollers_came_now(other), PSOCK_WRITABLE);
    assert_int_equal(psock_poller_close(other), 0);
    scene_close(s);
    assert_int_equal(pollers_came_now(one), 0);
    pollers_close(one);
    scene_close(peer);
}

/* --- What cannot be added ------------------------------------------------- */

static void misuse_is_told(void **state)
{
    psock_t s = states_datagram();
    psock_t file = fake_open_file();
    psock_t closed = scene_open(PSOCK_STREAM);
    psock_poller *poller = pollers_with(s, 0);
    (void)state;
    scene_close(closed);
    assert_int_equal(psock_poller_add(poller, s, 0, NULL), PSOCK_EEXIST);
    assert_int_equal(psock_poller_add(poller, file, 0, NULL), PSOCK_ENOTSOCK);
    assert_int_equal(psock_poller_add(poller, closed, 0, NULL), PSOCK_EBADF);
    assert_int_equal(psock_poller_modify(poller, closed, 0), PSOCK_EBADF);
    assert_int_equal(psock_poller_modify(poller, file, 0), PSOCK_ENOTSOCK);
    assert_int_equal(psock_poller_remove(poller, states_datagram()),
                     PSOCK_ENOENT);
    pollers_close(poller);
    fake_close_foreign(file);
}

static void desc_lsp_ifs_sockets_that_afd_cannot_know_are_refused(void **state)
{
    psock_t s = states_datagram();
    psock_poller *poller = pollers_open();
    (void)state;
    fake_put_layer(s, FAKE_LAYER_CLOSED);
    assert_int_equal(psock_poller_add(poller, s, 0, NULL), PSOCK_ENOTSUP);
    assert_int_equal(psock_poller_remove(poller, s), PSOCK_ENOENT);
    pollers_add(poller, states_datagram(), PSOCK_WRITABLE);
    assert_int_equal(pollers_came_now(poller), PSOCK_WRITABLE);
    pollers_close(poller);
}

/* --- Failures ------------------------------------------------------------- */

static void check_failing_open(int native, int error)
{
    psock_poller *poller = NULL;
    fake_fail_next(FAKE_CreateIoCompletionPort, native, 1);
    assert_int_equal(psock_poller_open(&poller), error);
    assert_null(poller);
    assert_int_equal(psock_error_native(), native);
    assert_int_equal(fake_open_ports(), 0);
}

static void opening_that_fails_is_told(void **state)
{
    (void)state;
    check_failing_open(ERROR_NOT_ENOUGH_MEMORY, PSOCK_ENOMEM);
    check_failing_open(ERROR_TOO_MANY_OPEN_FILES, PSOCK_EMFILE);
}

/* Each call that adding makes, and what becomes of its failures.  The request
 * that comes first shows whether AFD knows the socket. */
static const struct {
    enum fake_call call;
    int code;
    int error;
} adding_failures[] = {
    {FAKE_CreateEventW, ERROR_NOT_ENOUGH_MEMORY, PSOCK_ENOMEM},
    {FAKE_NtDeviceIoControlFile, NT_NO_RESOURCES, PSOCK_ENOMEM},
    {FAKE_NtDeviceIoControlFile, NT_ACCESS_DENIED, PSOCK_ENOTSUP},
    {FAKE_NtCreateFile, NT_NO_MEMORY, PSOCK_ENOMEM},
    {FAKE_NtCreateFile, NT_TOO_MANY_FILES, PSOCK_EMFILE},
    {FAKE_NtCreateFile, NT_ACCESS_DENIED, PSOCK_ENOTSUP},
    {FAKE_CreateIoCompletionPort, ERROR_NOT_ENOUGH_MEMORY, PSOCK_ENOMEM},
};

static void adding_that_fails_leaves_nothing(void **state)
{
    psock_t s = states_datagram();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(adding_failures); i++) {
        psock_poller *poller = pollers_open();
        fake_fail_next(adding_failures[i].call, adding_failures[i].code, 3);
        assert_int_equal(
            psock_poller_add(poller, s, PSOCK_WRITABLE, &pollers_token),
            adding_failures[i].error);
        assert_int_not_equal(psock_error_native(), 0);
        fake_fail_next(adding_failures[i].call, 0, 0);
        assert_int_equal(fake_open_devices(), 0);
        assert_int_equal(fake_pending_polls(), 0);
        assert_int_equal(psock_poller_remove(poller, s), PSOCK_ENOENT);
        pollers_add(poller, s, PSOCK_WRITABLE);
        assert_int_equal(pollers_came_now(poller), PSOCK_WRITABLE);
        pollers_close(poller);
    }
}

static void poll_without_room_is_tried_again(void **state)
{
    psock_t s = states_datagram();
    psock_poller *poller = pollers_with(s, PSOCK_WRITABLE);
    (void)state;
    assert_int_equal(pollers_came_now(poller), PSOCK_WRITABLE);
    fake_fail_next(FAKE_NtDeviceIoControlFile, NT_NO_RESOURCES, 3);
    assert_int_equal(pollers_came_by(poller, PSOCK_FOREVER), PSOCK_WRITABLE);
    assert_int_equal(pollers_came_now(poller), PSOCK_WRITABLE);
    pollers_close(poller);
}

static void waiting_that_fails_is_told(void **state)
{
    psock_poller_event event;
    psock_t s = states_datagram();
    psock_poller *poller = pollers_with(s, PSOCK_WRITABLE);
    (void)state;
    fake_fail_next(FAKE_GetQueuedCompletionStatusEx, ERROR_NOT_ENOUGH_MEMORY,
                   1);
    assert_int_equal(psock_poller_wait(poller, &event, 1, PSOCK_FOREVER),
                     PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    assert_int_equal(pollers_came_now(poller), PSOCK_WRITABLE);
    pollers_close(poller);
}

/* --- Time ----------------------------------------------------------------- */

static void check_time(void)
{
    static const int64_t timeout_ns = 20000000;
    psock_poller_event event;
    psock_poller *poller = pollers_with(states_datagram(), PSOCK_READABLE);
    int64_t before_ns = scene_clock_ns();
    assert_int_equal(
        psock_poller_wait(poller, &event, 1, psock_deadline_ns(timeout_ns)),
        PSOCK_ETIMEDOUT);
    assert_true(scene_clock_ns() - before_ns >= timeout_ns);
    pollers_close(poller);
}

static void poll_timeout_round_no_wait_ends_before_its_time(void **state)
{
    (void)state;
    check_time();
    fake_hurry(8);
    check_time();
}

static void poll_timeout_round_short_waits_do_not_spin(void **state)
{
    psock_poller_event event;
    psock_poller *poller = pollers_with(states_datagram(), PSOCK_READABLE);
    (void)state;
    assert_int_equal(
        psock_poller_wait(poller, &event, 1, psock_deadline_ns(900000)),
        PSOCK_ETIMEDOUT);
    assert_in_range(fake_calls(FAKE_GetQueuedCompletionStatusEx), 1, 4);
    pollers_close(poller);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE_ON_BOTH(what_happens_ends_the_wait),
        CASE(what_happens_ends_the_wait_with_slow_cancels),
        CASE(thr_io_cancel_on_exit_polls_begin_again),
        CASE(adding_while_waiting_counts_at_once),
        CASE_ON_BOTH(connect_fail_wsapoll_refusal_is_told_unasked),
        CASE_ON_BOTH(connecting_in_a_poller_ends_the_hanging),
        CASE(told_as_long_as_it_is_true),
        CASE(what_is_gone_before_a_wait_is_not_told),
        CASE(one_shot_is_told_once_until_asked_again),
        CASE(unchanged_wishes_cost_no_call),
        CASE(fairness_all_have_their_turn),
        CASE(those_that_are_ready_come_in_one_wait),
        CASE(devices_are_shared_by_some),
        CASE(socket_may_be_in_several_pollers),
        CASE(misuse_is_told),
        CASE(desc_lsp_ifs_sockets_that_afd_cannot_know_are_refused),
        CASE(opening_that_fails_is_told),
        CASE(adding_that_fails_leaves_nothing),
        CASE(poll_without_room_is_tried_again),
        CASE(waiting_that_fails_is_told),
        CASE(poll_timeout_round_no_wait_ends_before_its_time),
        CASE(poll_timeout_round_short_waits_do_not_spin),
    };
    int failed =
        cmocka_run_group_tests_name("winsock.poller", tests, NULL, NULL);
    failed += states_run("in_a_poller", scene_on_windows_10, state_is_told);
    failed += states_run("in_a_poller_on_windows_7", scene_on_windows_7,
                         state_is_told);
    failed += states_run("in_a_poller_by_base_handle", scene_on_windows_10,
                         state_is_told_by_base_handle);
    failed += states_run("in_a_poller_by_bsp_handle", scene_on_windows_10,
                         state_is_told_by_bsp_handle);
    return failed + states_run("in_a_poller_with_slow_cancels",
                               scene_on_windows_10,
                               state_is_told_of_slow_cancels);
}
