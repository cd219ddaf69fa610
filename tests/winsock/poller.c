/* poller.c: pollers, on polls of AFD that end in a completion port. */
#include "states.h"

#include "host.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define NT_NO_MEMORY ((int)0xC0000017)
#define NT_ACCESS_DENIED ((int)0xC0000022)
#define NT_NO_RESOURCES ((int)0xC000009A)
#define NT_TOO_MANY_FILES ((int)0xC000011F)

static char token;

static psock_poller *open_poller(void)
{
    psock_poller *poller = NULL;
    assert_int_equal(psock_poller_open(&poller), 0);
    return poller;
}

static void close_poller(psock_poller *poller)
{
    assert_int_equal(psock_poller_close(poller), 0);
    assert_int_equal(fake_open_ports(), 0);
    assert_int_equal(fake_open_devices(), 0);
    assert_int_equal(fake_pending_polls(), 0);
}

static void add(psock_poller *poller, psock_t s, uint32_t wanted)
{
    assert_int_equal(psock_poller_add(poller, s, wanted, &token), 0);
}

static void modify(psock_poller *poller, psock_t s, uint32_t wanted)
{
    assert_int_equal(psock_poller_modify(poller, s, wanted), 0);
}

/* A poller with `s` in it. */
static psock_poller *poller_of(psock_t s, uint32_t wanted)
{
    psock_poller *poller = open_poller();
    add(poller, s, wanted);
    return poller;
}

/* What comes of the one socket in `poller`: the bits, or 0. */
static uint32_t came_by(psock_poller *poller, psock_deadline deadline)
{
    psock_poller_event events[4] = {{0}};
    int result = psock_poller_wait(poller, events, 4, deadline);
    if (result == 1) {
        assert_ptr_equal(events[0].token, &token);
        assert_int_not_equal(events[0].came, 0);
        return events[0].came;
    }
    assert_int_equal(result, deadline == PSOCK_NOW ? PSOCK_EAGAIN : 1);
    return 0;
}

static uint32_t came_now(psock_poller *poller)
{
    return came_by(poller, PSOCK_NOW);
}

static int end(void **state)
{
    states_close_all();
    return scene_end(state);
}

/* --- Every state ------------------------------------------------------------ */

static void check_wish(psock_poller *poller, psock_t s, uint32_t wanted,
                       uint32_t came)
{
    modify(poller, s, wanted);
    for (int again = 0; again < 2; again++)
        assert_int_equal(came_now(poller), states_due(came, wanted));
    modify(poller, s, wanted | PSOCK_ONE_SHOT);
    assert_int_equal(came_now(poller), states_due(came, wanted));
    if (states_due(came, wanted) != 0)
        assert_int_equal(came_now(poller), 0);
    modify(poller, s, wanted | PSOCK_ONE_SHOT);
    assert_int_equal(came_now(poller), states_due(came, wanted));
}

static void check_added(psock_t s, uint32_t wanted, uint32_t came)
{
    psock_poller *poller = poller_of(s, wanted);
    assert_int_equal(came_now(poller), states_due(came, wanted));
    close_poller(poller);
}

static void check_state(psock_t s, uint32_t came)
{
    psock_poller *poller = poller_of(s, 0);
    for (size_t i = 0; i < WISH_COUNT; i++)
        check_wish(poller, s, states_wishes[i], came);
    close_poller(poller);
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

/* --- What ends a wait ------------------------------------------------------------ */

/* Something that happens to `s` while it is waited for. */
struct happening {
    psock_poller *poller;
    psock_t s;
    psock_t peer;
};

static void send_from_peer(void *context)
{
    scene_send(((struct happening *)context)->peer, "came");
}

static void send_urgent_from_peer(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_send_urgent(happening->peer, '!', PSOCK_NOW), 0);
}

static void end_from_peer(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_shutdown(happening->peer, PSOCK_SHUT_WRITE), 0);
}

static void reset_by_peer(void *context)
{
    fake_break(((struct happening *)context)->s, WSAECONNRESET);
}

static void end_reading(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_shutdown(happening->s, PSOCK_SHUT_READ), 0);
}

static void end_both(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_shutdown(happening->s, PSOCK_SHUT_BOTH), 0);
}

static void ask_for_writable(void *context)
{
    struct happening *happening = context;
    modify(happening->poller, happening->s, PSOCK_WRITABLE);
}

static void take_out_and_put_in(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    add(happening->poller, happening->s, PSOCK_WRITABLE);
}

static const struct {
    void (*happens)(void *context);
    uint32_t wanted;
    uint32_t came;
} endings[] = {
    {send_from_peer, PSOCK_READABLE, PSOCK_READABLE},
    {send_urgent_from_peer, PSOCK_URGENT, PSOCK_URGENT},
    {end_from_peer, PSOCK_READABLE, PSOCK_READABLE | PSOCK_READ_ENDED},
    {end_from_peer, PSOCK_READ_ENDED, PSOCK_READ_ENDED},
    {reset_by_peer, PSOCK_READ_ENDED, BROKEN_BITS},
    {reset_by_peer, PSOCK_URGENT, BROKEN_BITS & ~PSOCK_READ_ENDED},
    {reset_by_peer, 0, BROKEN_BITS & ~PSOCK_READ_ENDED},
    {end_reading, PSOCK_READABLE, PSOCK_READABLE | PSOCK_READ_ENDED},
    {end_both, 0, HUNG_UP_BITS},
    {ask_for_writable, PSOCK_READABLE, PSOCK_WRITABLE},
    {take_out_and_put_in, PSOCK_READABLE, PSOCK_WRITABLE},
};

static void check_endings(void)
{
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct happening happening;
        happening.s = states_connected(&happening.peer);
        happening.poller = poller_of(happening.s, endings[i].wanted);
        fake_when_waiting(endings[i].happens, &happening);
        assert_int_equal(came_by(happening.poller, PSOCK_FOREVER),
                         endings[i].came);
        close_poller(happening.poller);
    }
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

static void cancel_and_send(void *context)
{
    fake_cancel_polls();
    send_from_peer(context);
}

static void thr_io_cancel_on_exit_polls_begin_again(void **state)
{
    struct happening happening;
    (void)state;
    happening.s = states_connected(&happening.peer);
    happening.poller = poller_of(happening.s, PSOCK_READABLE);
    fake_when_waiting(cancel_and_send, &happening);
    assert_int_equal(came_by(happening.poller, PSOCK_FOREVER), PSOCK_READABLE);
    scene_expect(happening.s, "came");
    assert_int_equal(came_now(happening.poller), 0);
    fake_cancel_polls();
    send_from_peer(&happening);
    assert_int_equal(came_by(happening.poller, PSOCK_FOREVER), PSOCK_READABLE);
    close_poller(happening.poller);
}

static void put_in(void *context)
{
    struct happening *happening = context;
    add(happening->poller, happening->s, PSOCK_WRITABLE);
}

static void adding_while_waiting_counts_at_once(void **state)
{
    struct happening happening = {.poller = open_poller()};
    (void)state;
    happening.s = states_connected(NULL);
    fake_when_waiting(put_in, &happening);
    assert_int_equal(came_by(happening.poller, PSOCK_FOREVER), PSOCK_WRITABLE);
    close_poller(happening.poller);
}

/* --- Failures to connect ------------------------------------------------------------ */

static void refuse(void *context)
{
    fake_decide_connect(*(psock_t *)context, WSAECONNREFUSED);
}

static void connect_fail_wsapoll_refusal_is_told_unasked(void **state)
{
    const psock_address peer = scene_address("192.0.2.99:80");
    (void)state;
    for (size_t i = 0; i < WISH_COUNT; i++) {
        psock_t s = states_keep(scene_connecting());
        psock_poller *poller = poller_of(s, states_wishes[i]);
        fake_when_waiting(refuse, &s);
        assert_int_equal(came_by(poller, PSOCK_FOREVER),
                         states_due(BROKEN_BITS, states_wishes[i]));
        assert_int_equal(psock_connect(s, &peer, PSOCK_NOW),
                         PSOCK_ECONNREFUSED);
        assert_int_equal(came_now(poller), HUNG_UP_BITS);
        close_poller(poller);
    }
}

/* A socket that was never connected hangs there, and then it connects. */
static void connecting_in_a_poller_ends_the_hanging(void **state)
{
    psock_address where;
    psock_t s = states_keep(scene_open(PSOCK_STREAM));
    psock_poller *poller = poller_of(s, EVERYTHING);
    (void)state;
    states_keep(scene_listener(&where));
    assert_int_equal(came_now(poller), HUNG_UP_BITS);
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(came_now(poller), 0);
    fake_decide_connect(s, 0);
    assert_int_equal(came_by(poller, PSOCK_FOREVER), PSOCK_WRITABLE);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), 0);
    assert_int_equal(came_now(poller), PSOCK_WRITABLE);
    close_poller(poller);
}

/* --- Levels, and telling once ----------------------------------------------------------- */

static void told_as_long_as_it_is_true(void **state)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_poller *poller = poller_of(s, PSOCK_READABLE);
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(came_now(poller), 0);
        scene_send(peer, "data");
        for (int again = 0; again < 3; again++)
            assert_int_equal(came_by(poller, PSOCK_FOREVER), PSOCK_READABLE);
        scene_expect(s, "data");
    }
    close_poller(poller);
}

/* A poll that found something, which is gone by the time somebody looks. */
static void what_is_gone_before_a_wait_is_not_told(void **state)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_poller *poller = poller_of(s, PSOCK_READABLE);
    (void)state;
    assert_int_equal(came_now(poller), 0);
    scene_send(peer, "data");
    assert_int_equal(fake_queued_packets(), 1);
    scene_expect(s, "data");
    for (int again = 0; again < 2; again++)
        assert_int_equal(came_now(poller), 0);
    scene_send(peer, "more");
    assert_int_equal(came_by(poller, PSOCK_FOREVER), PSOCK_READABLE);
    close_poller(poller);
}

static void one_shot_is_told_once_until_asked_again(void **state)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_poller *poller = poller_of(s, PSOCK_READABLE | PSOCK_ONE_SHOT);
    (void)state;
    scene_send(peer, "data");
    assert_int_equal(came_now(poller), PSOCK_READABLE);
    fake_break(s, WSAECONNRESET);
    assert_int_equal(came_now(poller), 0);
    modify(poller, s, PSOCK_ONE_SHOT);
    assert_int_equal(came_now(poller), BROKEN_BITS & ~PSOCK_READ_ENDED);
    assert_int_equal(came_now(poller), 0);
    close_poller(poller);
}

static void unchanged_wishes_cost_no_call(void **state)
{
    psock_t s = states_connected(NULL);
    psock_poller *poller = poller_of(s, PSOCK_READABLE);
    (void)state;
    assert_int_equal(came_now(poller), 0);
    fake_forget();
    for (int i = 0; i < 5; i++)
        modify(poller, s, PSOCK_READABLE);
    assert_string_equal(fake_record_text(), "");
    close_poller(poller);
}

/* --- Changes in every state of a registration ------------------------------------------- */

/* How far a registration for READABLE has come when something changes. */
static void not_begun(struct happening *happening)
{
    (void)happening;
}

static void poll_is_under_way(struct happening *happening)
{
    assert_int_equal(came_now(happening->poller), 0);
    assert_int_equal(fake_pending_polls(), 1);
}

static void packet_is_queued(struct happening *happening)
{
    poll_is_under_way(happening);
    scene_send(happening->peer, "data");
    assert_int_equal(fake_queued_packets(), 1);
}

static void told(struct happening *happening)
{
    packet_is_queued(happening);
    assert_int_equal(came_now(happening->poller), PSOCK_READABLE);
}

static void told_once(struct happening *happening)
{
    modify(happening->poller, happening->s, PSOCK_READABLE | PSOCK_ONE_SHOT);
    scene_send(happening->peer, "data");
    assert_int_equal(came_now(happening->poller), PSOCK_READABLE);
    assert_int_equal(came_now(happening->poller), 0);
}

static void (*const stages[])(struct happening *happening) = {
    not_begun, poll_is_under_way, packet_is_queued, told, told_once};

static void then_modified(struct happening *happening)
{
    modify(happening->poller, happening->s, PSOCK_WRITABLE);
    for (int again = 0; again < 2; again++)
        assert_int_equal(came_now(happening->poller), PSOCK_WRITABLE);
    modify(happening->poller, happening->s, PSOCK_URGENT);
    assert_int_equal(came_now(happening->poller), 0);
}

static void then_removed(struct happening *happening)
{
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    assert_int_equal(psock_poller_remove(happening->poller, happening->s),
                     PSOCK_ENOENT);
    assert_int_equal(came_now(happening->poller), 0);
}

static void then_put_in_again(struct happening *happening)
{
    then_removed(happening);
    add(happening->poller, happening->s, PSOCK_WRITABLE);
    assert_int_equal(came_now(happening->poller), PSOCK_WRITABLE);
}

static void then_closed(struct happening *happening)
{
    scene_close(happening->s);
    assert_int_equal(came_now(happening->poller), 0);
    assert_int_equal(psock_poller_remove(happening->poller, happening->s),
                     PSOCK_EBADF);
    happening->s = PSOCK_INVALID;
}

/* A datagram socket that gets the number of one just closed. */
static psock_t open_with_number(psock_t number)
{
    fake_reuse_handles();
    for (int i = 0; i < 10; i++) {
        psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
        if (s == number)
            return s;
        states_keep(s);
    }
    return PSOCK_INVALID;
}

static void then_another_takes_its_number(struct happening *happening)
{
    const psock_t before = happening->s;
    scene_close(before);
    happening->s = open_with_number(before);
    assert_int_equal(happening->s, before);
    assert_int_equal(came_now(happening->poller), 0);
    assert_int_equal(psock_poller_modify(happening->poller, before, 0),
                     PSOCK_ENOENT);
    add(happening->poller, happening->s, PSOCK_READABLE);
    assert_int_equal(came_now(happening->poller), 0);
    modify(happening->poller, happening->s, PSOCK_WRITABLE);
    assert_int_equal(came_now(happening->poller), PSOCK_WRITABLE);
}

/* It is removed, then closed, and the poller knows nothing of it. */
static void then_closed_past_psock(struct happening *happening)
{
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    assert_int_equal(psock_winsock.closesocket((SOCKET)happening->s), 0);
    assert_int_equal(came_now(happening->poller), 0);
    happening->s = PSOCK_INVALID;
}

static void then_the_poller_is_closed(struct happening *happening)
{
    close_poller(happening->poller);
    happening->poller = NULL;
}

static void check_change(void (*stage)(struct happening *happening),
                         void (*change)(struct happening *happening))
{
    struct happening happening;
    happening.s = scene_connected(&happening.peer);
    happening.poller = poller_of(happening.s, PSOCK_READABLE);
    stage(&happening);
    change(&happening);
    if (happening.poller != NULL)
        close_poller(happening.poller);
    if (happening.s >= 0)
        scene_close(happening.s);
    scene_close(happening.peer);
}

static void check_changes(void (*change)(struct happening *happening))
{
    for (size_t i = 0; i < COUNT_OF(stages); i++)
        check_change(stages[i], change);
    fake_cancel_slowly();
    for (size_t i = 0; i < COUNT_OF(stages); i++)
        check_change(stages[i], change);
}

static void modified_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_modified);
}

static void removed_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_removed);
}

static void put_in_again_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_put_in_again);
}

static void closed_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_closed);
}

static void closed_past_psock_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_closed_past_psock);
}

static void number_taken_by_another_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_another_takes_its_number);
}

static void poller_closed_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_the_poller_is_closed);
}

/* --- Changes while a thread waits --------------------------------------------------------- */

static void take_out(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    scene_send(happening->peer, "data");
}

static void close_it(void *context)
{
    struct happening *happening = context;
    scene_send(happening->peer, "data");
    scene_close(happening->s);
}

static void ask_for_nothing(void *context)
{
    struct happening *happening = context;
    modify(happening->poller, happening->s, PSOCK_WRITABLE | PSOCK_ONE_SHOT);
    modify(happening->poller, happening->s, PSOCK_URGENT);
    scene_send(happening->peer, "data");
}

/* The poll under way need not be another, but what it found is gone. */
static void receive_and_ask_for_more(void *context)
{
    struct happening *happening = context;
    scene_send(happening->peer, "data");
    scene_expect(happening->s, "data");
    modify(happening->poller, happening->s, PSOCK_READABLE | PSOCK_READ_ENDED);
}

static void (*const silencers[])(void *context) = {
    take_out, close_it, ask_for_nothing, receive_and_ask_for_more};

/* Nothing is told of what was changed so before the wait returns. */
static void check_silence(void (*silence)(void *context))
{
    psock_poller_event event;
    struct happening happening;
    happening.s = scene_connected(&happening.peer);
    happening.poller = poller_of(happening.s, PSOCK_READABLE);
    fake_when_waiting(silence, &happening);
    assert_int_equal(
        psock_poller_wait(happening.poller, &event, 1, psock_deadline_ms(20)),
        PSOCK_ETIMEDOUT);
    close_poller(happening.poller);
    if (silence != close_it)
        scene_close(happening.s);
    scene_close(happening.peer);
}

static void what_is_changed_during_a_wait_is_not_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(silencers); i++)
        check_silence(silencers[i]);
    fake_cancel_slowly();
    for (size_t i = 0; i < COUNT_OF(silencers); i++)
        check_silence(silencers[i]);
}

/* The kernel tells of that, and psock has nothing to tell. */
static void close_past_psock(void *context)
{
    psock_winsock.closesocket((SOCKET) * (psock_t *)context);
}

static void closing_past_psock_is_not_told(void **state)
{
    psock_poller_event event;
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    psock_poller *poller = poller_of(s, PSOCK_READABLE);
    (void)state;
    fake_when_waiting(close_past_psock, &s);
    assert_int_equal(
        psock_poller_wait(poller, &event, 1, psock_deadline_ms(20)),
        PSOCK_ETIMEDOUT);
    assert_int_equal(came_now(poller), 0);
    close_poller(poller);
}

/* --- Many ------------------------------------------------------------------------------------ */

#define CROWD 100
#define NARROW 3

/* Each is told before one is told again. */
static void fairness_all_have_their_turn(void **state)
{
    static char told_of[CROWD];
    psock_poller *poller = open_poller();
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
    close_poller(poller);
}

static void those_that_are_ready_come_in_one_wait(void **state)
{
    psock_poller_event events[CROWD];
    psock_poller *poller = open_poller();
    (void)state;
    for (size_t i = 0; i < 50; i++)
        add(poller, states_datagram(), PSOCK_WRITABLE);
    assert_int_equal(psock_poller_wait(poller, events, CROWD, PSOCK_NOW), 50);
    close_poller(poller);
}

/* Canceling goes through all polls of a device, so it has a few only, but not
 * one each. */
static void devices_are_shared_by_some(void **state)
{
    psock_t sockets[CROWD];
    psock_poller *poller = open_poller();
    (void)state;
    for (size_t i = 0; i < CROWD; i++)
        sockets[i] = states_datagram();
    for (int again = 0; again < 3; again++) {
        unsigned before = fake_open_devices();
        for (size_t i = 0; i < CROWD; i++)
            add(poller, sockets[i], PSOCK_READABLE);
        assert_int_equal(came_now(poller), 0);
        assert_in_range(fake_open_devices(), 2, CROWD / 8);
        if (again > 0)
            assert_int_equal(fake_open_devices(), before);
        for (size_t i = 0; i < CROWD; i++)
            assert_int_equal(psock_poller_remove(poller, sockets[i]), 0);
        assert_int_equal(came_now(poller), 0);
    }
    assert_int_equal(fake_open_ports(), 1);
    close_poller(poller);
}

static void socket_may_be_in_several_pollers(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_poller *one = poller_of(s, PSOCK_READABLE);
    psock_poller *other = poller_of(s, PSOCK_WRITABLE);
    (void)state;
    assert_int_equal(came_now(one), 0);
    assert_int_equal(came_now(other), PSOCK_WRITABLE);
    scene_send(peer, "data");
    assert_int_equal(came_now(one), PSOCK_READABLE);
    assert_int_equal(came_now(other), PSOCK_WRITABLE);
    assert_int_equal(psock_poller_close(other), 0);
    scene_close(s);
    assert_int_equal(came_now(one), 0);
    close_poller(one);
    scene_close(peer);
}

/* --- What cannot be added ----------------------------------------------------------------------- */

static void misuse_is_told(void **state)
{
    psock_t s = states_datagram();
    psock_t file = fake_open_file();
    psock_t closed = scene_open(PSOCK_STREAM);
    psock_poller *poller = poller_of(s, 0);
    (void)state;
    scene_close(closed);
    assert_int_equal(psock_poller_add(poller, s, 0, NULL), PSOCK_EEXIST);
    assert_int_equal(psock_poller_add(poller, file, 0, NULL), PSOCK_ENOTSOCK);
    assert_int_equal(psock_poller_add(poller, closed, 0, NULL), PSOCK_EBADF);
    assert_int_equal(psock_poller_modify(poller, closed, 0), PSOCK_EBADF);
    assert_int_equal(psock_poller_modify(poller, file, 0), PSOCK_ENOTSOCK);
    assert_int_equal(psock_poller_remove(poller, states_datagram()),
                     PSOCK_ENOENT);
    close_poller(poller);
    fake_close_foreign(file);
}

static void desc_lsp_ifs_sockets_that_afd_cannot_know_are_refused(void **state)
{
    psock_t s = states_datagram();
    psock_poller *poller = open_poller();
    (void)state;
    fake_put_layer(s, FAKE_LAYER_CLOSED);
    assert_int_equal(psock_poller_add(poller, s, 0, NULL), PSOCK_ENOTSUP);
    assert_int_equal(psock_poller_remove(poller, s), PSOCK_ENOENT);
    add(poller, states_datagram(), PSOCK_WRITABLE);
    assert_int_equal(came_now(poller), PSOCK_WRITABLE);
    close_poller(poller);
}

/* --- Failures -------------------------------------------------------------------------------------- */

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
        psock_poller *poller = open_poller();
        fake_fail_next(adding_failures[i].call, adding_failures[i].code, 3);
        assert_int_equal(psock_poller_add(poller, s, PSOCK_WRITABLE, &token),
                         adding_failures[i].error);
        assert_int_not_equal(psock_error_native(), 0);
        fake_fail_next(adding_failures[i].call, 0, 0);
        assert_int_equal(fake_open_devices(), 0);
        assert_int_equal(fake_pending_polls(), 0);
        assert_int_equal(psock_poller_remove(poller, s), PSOCK_ENOENT);
        add(poller, s, PSOCK_WRITABLE);
        assert_int_equal(came_now(poller), PSOCK_WRITABLE);
        close_poller(poller);
    }
}

static void poll_without_room_is_tried_again(void **state)
{
    psock_t s = states_datagram();
    psock_poller *poller = poller_of(s, PSOCK_WRITABLE);
    (void)state;
    assert_int_equal(came_now(poller), PSOCK_WRITABLE);
    fake_fail_next(FAKE_NtDeviceIoControlFile, NT_NO_RESOURCES, 3);
    assert_int_equal(came_by(poller, PSOCK_FOREVER), PSOCK_WRITABLE);
    assert_int_equal(came_now(poller), PSOCK_WRITABLE);
    close_poller(poller);
}

static void waiting_that_fails_is_told(void **state)
{
    psock_poller_event event;
    psock_t s = states_datagram();
    psock_poller *poller = poller_of(s, PSOCK_WRITABLE);
    (void)state;
    fake_fail_next(FAKE_GetQueuedCompletionStatusEx, ERROR_NOT_ENOUGH_MEMORY,
                   1);
    assert_int_equal(psock_poller_wait(poller, &event, 1, PSOCK_FOREVER),
                     PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    assert_int_equal(came_now(poller), PSOCK_WRITABLE);
    close_poller(poller);
}

/* --- Time ---------------------------------------------------------------------------------------------- */

static void check_time(void)
{
    static const int64_t timeout_ns = 20000000;
    psock_poller_event event;
    psock_poller *poller = poller_of(states_datagram(), PSOCK_READABLE);
    int64_t before_ns = scene_clock_ns();
    assert_int_equal(
        psock_poller_wait(poller, &event, 1, psock_deadline_ns(timeout_ns)),
        PSOCK_ETIMEDOUT);
    assert_true(scene_clock_ns() - before_ns >= timeout_ns);
    close_poller(poller);
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
    psock_poller *poller = poller_of(states_datagram(), PSOCK_READABLE);
    (void)state;
    assert_int_equal(
        psock_poller_wait(poller, &event, 1, psock_deadline_ns(900000)),
        PSOCK_ETIMEDOUT);
    assert_in_range(fake_calls(FAKE_GetQueuedCompletionStatusEx), 1, 4);
    close_poller(poller);
}

/* --- Waking -------------------------------------------------------------------------------------------- */

static void wake(void *context)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(psock_poller_wake(context), 0);
}

static int wait_one(psock_poller *poller, psock_deadline deadline)
{
    psock_poller_event event;
    return psock_poller_wait(poller, &event, 1, deadline);
}

static void waking_ends_one_wait(void **state)
{
    psock_poller *poller = poller_of(states_datagram(), PSOCK_READABLE);
    (void)state;
    for (int again = 0; again < 2; again++) {
        wake(poller);
        assert_int_equal(wait_one(poller, PSOCK_FOREVER), 0);
        assert_int_equal(wait_one(poller, PSOCK_NOW), PSOCK_EAGAIN);
        fake_when_waiting(wake, poller);
        assert_int_equal(wait_one(poller, PSOCK_FOREVER), 0);
        assert_int_equal(wait_one(poller, PSOCK_NOW), PSOCK_EAGAIN);
    }
    close_poller(poller);
}

static void waking_costs_one_call_and_no_error(void **state)
{
    psock_poller *poller = open_poller();
    (void)state;
    fake_fail_next(FAKE_PostQueuedCompletionStatus, ERROR_NOT_ENOUGH_MEMORY, 1);
    psock_winsock.WSASetLastError(WSAEADDRINUSE);
    wake(poller);
    assert_int_equal(psock_winsock.WSAGetLastError(), WSAEADDRINUSE);
    assert_int_equal(fake_calls(FAKE_PostQueuedCompletionStatus), 1);
    close_poller(poller);
}

/* --- Wakers in it ----------------------------------------------------------------------------------------- */

static psock_waker *waker_in(psock_poller *poller)
{
    psock_waker *waker = NULL;
    assert_int_equal(psock_waker_open(&waker), 0);
    assert_int_equal(psock_poller_add_waker(poller, waker, &token), 0);
    return waker;
}

static void ring(void *context)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(psock_waker_ring(context), 0);
}

static void ring_is_told_until_it_is_reset(void **state)
{
    psock_poller *poller = open_poller();
    psock_waker *waker = waker_in(poller);
    (void)state;
    for (int again = 0; again < 3; again++) {
        assert_int_equal(came_now(poller), 0);
        fake_when_waiting(ring, waker);
        for (int i = 0; i < 3; i++)
            assert_int_equal(came_by(poller, PSOCK_FOREVER), PSOCK_READABLE);
        assert_int_equal(psock_waker_reset(waker), 1);
    }
    close_poller(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

static void waker_that_was_rung_before_is_told(void **state)
{
    psock_waker *waker = NULL;
    psock_poller *poller = open_poller();
    (void)state;
    assert_int_equal(psock_waker_open(&waker), 0);
    ring(waker);
    assert_int_equal(psock_poller_add_waker(poller, waker, &token), 0);
    assert_int_equal(psock_poller_add_waker(poller, waker, &token),
                     PSOCK_EEXIST);
    assert_int_equal(came_now(poller), PSOCK_READABLE);
    assert_int_equal(psock_poller_remove_waker(poller, waker), 0);
    assert_int_equal(psock_poller_remove_waker(poller, waker), PSOCK_ENOENT);
    assert_int_equal(came_now(poller), 0);
    close_poller(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* Its packet is in the port when it goes. */
static void waker_may_go_when_it_has_rung(void **state)
{
    psock_poller *poller = open_poller();
    psock_waker *removed = waker_in(poller);
    psock_waker *closed = waker_in(poller);
    psock_waker *left = waker_in(poller);
    (void)state;
    assert_int_equal(came_now(poller), 0);
    ring(removed);
    ring(closed);
    assert_int_equal(psock_poller_remove_waker(poller, removed), 0);
    assert_int_equal(psock_waker_close(closed), 0);
    assert_int_equal(came_now(poller), 0);
    ring(left);
    close_poller(poller);
    assert_int_equal(psock_waker_close(removed), 0);
    assert_int_equal(psock_waker_close(left), 0);
}

static void waker_that_is_reset_again_is_not_told(void **state)
{
    psock_poller *poller = open_poller();
    psock_waker *waker = waker_in(poller);
    (void)state;
    assert_int_equal(came_now(poller), 0);
    ring(waker);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(came_now(poller), 0);
    ring(waker);
    assert_int_equal(came_now(poller), PSOCK_READABLE);
    close_poller(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* --- Canceled waits ------------------------------------------------------------------------------------------ */

static void check_canceled(psock_poller *poller, psock_waker *waker)
{
    fake_when_waiting(ring, waker);
    assert_int_equal(wait_one(poller, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(wait_one(poller, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(wait_one(poller, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(wait_one(poller, psock_deadline_ms(1)), PSOCK_ETIMEDOUT);
}

static void canceler_ends_waits(void **state)
{
    psock_waker *waker = NULL;
    psock_t s = states_datagram();
    psock_poller *poller = poller_of(s, PSOCK_READABLE);
    (void)state;
    assert_int_equal(psock_waker_open(&waker), 0);
    psock_cancel_with(waker);
    check_canceled(poller, waker);
    check_canceled(poller, waker);
    ring(waker);
    modify(poller, s, PSOCK_WRITABLE);
    assert_int_equal(came_by(poller, PSOCK_FOREVER), PSOCK_WRITABLE);
    psock_cancel_with(NULL);
    close_poller(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* --- Several threads ------------------------------------------------------------------------------------------ */

#define WAITERS 4

struct waiting {
    psock_poller *poller;
    psock_waker *waker; /* bound to it, if there is one */
    int result;
};

static void wait_in(void *context)
{
    struct waiting *waiting = context;
    psock_cancel_with(waiting->waker);
    waiting->result = wait_one(waiting->poller, PSOCK_FOREVER);
    psock_cancel_with(NULL);
}

static void start_waiters(struct waiting *waiting,
                          struct host_thread *threads[WAITERS])
{
    for (int i = 0; i < WAITERS; i++)
        threads[i] = host_thread_start(wait_in, &waiting[i]);
    fake_await_waiting(WAITERS);
}

static void one_shot_goes_to_one_thread(void **state)
{
    struct waiting waiting[WAITERS];
    struct host_thread *threads[WAITERS];
    psock_t peer[WAITERS];
    psock_poller *poller = open_poller();
    (void)state;
    for (int i = 0; i < WAITERS; i++) {
        add(poller, states_connected(&peer[i]),
            PSOCK_READABLE | PSOCK_ONE_SHOT);
        waiting[i] = (struct waiting){.poller = poller};
    }
    start_waiters(waiting, threads);
    assert_int_equal(psock_poller_close(poller), PSOCK_EBUSY);
    for (int i = 0; i < WAITERS; i++)
        scene_send(peer[i], "data");
    for (int i = 0; i < WAITERS; i++) {
        assert_true(host_thread_join(threads[i], 20000));
        assert_int_equal(waiting[i].result, 1);
    }
    close_poller(poller);
}

/* One after the other, each by its own waker, and no other thread. */
static void canceler_ends_the_wait_of_its_thread(void **state)
{
    struct waiting waiting[WAITERS];
    struct host_thread *threads[WAITERS];
    psock_poller *poller = poller_of(states_datagram(), PSOCK_READABLE);
    (void)state;
    for (int i = 0; i < WAITERS; i++) {
        waiting[i] = (struct waiting){.poller = poller};
        assert_int_equal(psock_waker_open(&waiting[i].waker), 0);
    }
    start_waiters(waiting, threads);
    for (int i = 0; i < WAITERS; i++) {
        assert_int_equal(psock_waker_ring(waiting[i].waker), 0);
        assert_true(host_thread_join(threads[i], 20000));
        assert_int_equal(waiting[i].result, PSOCK_ECANCELED);
    }
    close_poller(poller);
    for (int i = 0; i < WAITERS; i++)
        assert_int_equal(psock_waker_close(waiting[i].waker), 0);
}

static void each_wake_ends_one_of_several_waits(void **state)
{
    struct waiting waiting[WAITERS];
    struct host_thread *threads[WAITERS];
    psock_poller *poller = poller_of(states_datagram(), PSOCK_READABLE);
    int left = WAITERS;
    (void)state;
    for (int i = 0; i < WAITERS; i++)
        waiting[i] = (struct waiting){.poller = poller};
    start_waiters(waiting, threads);
    while (left > 0) {
        assert_int_equal(psock_poller_wake(poller), 0);
        for (int i = 0; i < WAITERS; i++)
            if (threads[i] != NULL && host_thread_join(threads[i], 1)) {
                assert_int_equal(waiting[i].result, 0);
                threads[i] = NULL;
                left--;
            }
    }
    close_poller(poller);
}

/* --- Threads that change what others wait for ---------------------------------- */

#define CHANGERS 2
#define OWN 8
#define CHANGES 2000

struct changer {
    psock_poller *poller;
    psock_address where[OWN];
    psock_t sockets[OWN]; /* its tokens are their places */
    _Bool is_in[OWN];
    unsigned random;
};

static unsigned random_below(struct changer *changer, unsigned limit)
{
    changer->random = changer->random * 1103515245u + 12345u;
    return (changer->random >> 16) % limit;
}

static void open_anew(struct changer *changer, unsigned i)
{
    changer->sockets[i] = scene_bound(PSOCK_DATAGRAM, &changer->where[i]);
    changer->is_in[i] = 0;
}

static void put_in_or_out(struct changer *changer, unsigned i)
{
    psock_t s = changer->sockets[i];
    int result = changer->is_in[i]
                     ? psock_poller_remove(changer->poller, s)
                     : psock_poller_add(changer->poller, s, PSOCK_READABLE,
                                        &changer->sockets[i]);
    assert_int_equal(result, 0);
    changer->is_in[i] = !changer->is_in[i];
}

static void ask_otherwise(struct changer *changer, unsigned i)
{
    static const uint32_t asked[] = {PSOCK_READABLE, PSOCK_WRITABLE,
                                     PSOCK_WRITABLE | PSOCK_ONE_SHOT, 0};
    assert_int_equal(psock_poller_modify(changer->poller, changer->sockets[i],
                                         asked[random_below(changer, 4)]),
                     changer->is_in[i] ? 0 : PSOCK_ENOENT);
}

static void send_there(struct changer *changer, unsigned i)
{
    psock_t s = changer->sockets[random_below(changer, OWN)];
    assert_int_equal(psock_send_to(s, "a", 1, 0, &changer->where[i], PSOCK_NOW),
                     1);
}

static void receive_or_close(struct changer *changer, unsigned i)
{
    if (random_below(changer, 2) == 0) {
        (void)scene_receive(changer->sockets[i]);
        return;
    }
    scene_close(changer->sockets[i]);
    open_anew(changer, i);
}

static void change_often(void *context)
{
    static void (*const changes[])(struct changer * changer, unsigned i) = {
        put_in_or_out, ask_otherwise, send_there, receive_or_close};
    struct changer *changer = context;
    for (unsigned i = 0; i < OWN; i++)
        open_anew(changer, i);
    for (int i = 0; i < CHANGES; i++)
        changes[random_below(changer, 4)](changer, random_below(changer, OWN));
    for (unsigned i = 0; i < OWN; i++)
        scene_close(changer->sockets[i]);
}

struct watcher {
    struct changer *changers;
    int ended;
};

static _Bool is_token(const struct changer *changer, const void *event_token)
{
    for (unsigned i = 0; i < OWN; i++)
        if (event_token == &changer->sockets[i])
            return 1;
    return 0;
}

/* Until it is woken. */
static void watch(void *context)
{
    struct watcher *watcher = context;
    int result = 1;
    while (result > 0) {
        psock_poller_event events[OWN];
        result = psock_poller_wait(watcher->changers->poller, events, OWN,
                                   PSOCK_FOREVER);
        for (int i = 0; i < result; i++)
            assert_true(is_token(&watcher->changers[0], events[i].token) ||
                        is_token(&watcher->changers[1], events[i].token));
    }
    watcher->ended = result;
}

static void check_changers(void)
{
    psock_poller *poller = open_poller();
    struct changer changers[CHANGERS] = {{.poller = poller, .random = 1},
                                         {.poller = poller, .random = 2}};
    struct watcher watcher = {.changers = changers, .ended = -1};
    struct host_thread *watching = host_thread_start(watch, &watcher);
    struct host_thread *changing = host_thread_start(change_often, changers);
    change_often(&changers[1]);
    assert_true(host_thread_join(changing, 60000));
    assert_int_equal(psock_poller_wake(poller), 0);
    assert_true(host_thread_join(watching, 20000));
    assert_int_equal(watcher.ended, 0);
    close_poller(poller);
}

static void threads_change_what_others_wait_for(void **state)
{
    (void)state;
    check_changers();
    fake_reuse_handles();
    check_changers();
    fake_cancel_slowly();
    check_changers();
}

#define CASE_ON(test, begin, suffix)                                           \
    {                                                                          \
#test suffix, test, begin, end, NULL                                   \
    }
#define CASE(test) CASE_ON(test, scene_on_windows_10, "")
#define CASE_ON_BOTH(test)                                                     \
    CASE(test), CASE_ON(test, scene_on_windows_7, "_windows_7")

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
        CASE(modified_at_every_stage),
        CASE(removed_at_every_stage),
        CASE(put_in_again_at_every_stage),
        CASE(closed_at_every_stage),
        CASE(closed_past_psock_at_every_stage),
        CASE(number_taken_by_another_at_every_stage),
        CASE(poller_closed_at_every_stage),
        CASE(what_is_changed_during_a_wait_is_not_told),
        CASE(closing_past_psock_is_not_told),
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
        CASE(waking_ends_one_wait),
        CASE(waking_costs_one_call_and_no_error),
        CASE(ring_is_told_until_it_is_reset),
        CASE(waker_that_was_rung_before_is_told),
        CASE(waker_may_go_when_it_has_rung),
        CASE(waker_that_is_reset_again_is_not_told),
        CASE(canceler_ends_waits),
        CASE(one_shot_goes_to_one_thread),
        CASE(canceler_ends_the_wait_of_its_thread),
        CASE(each_wake_ends_one_of_several_waits),
        CASE(threads_change_what_others_wait_for),
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
