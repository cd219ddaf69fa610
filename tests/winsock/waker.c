/* waker.c: wakers: rung, reset, and ending whatever a thread waits for. */
#include "states.h"

#include "host.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static psock_waker *open_waker(void)
{
    psock_waker *waker = NULL;
    assert_int_equal(psock_waker_open(&waker), 0);
    return waker;
}

static void close_waker(psock_waker *waker)
{
    assert_int_equal(psock_waker_close(waker), 0);
}

static void ring(void *waker)
{
    assert_int_equal(psock_waker_ring(waker), 0);
}

/* --- Opening, ringing, resetting ------------------------------------------ */

static void opening_that_fails_is_told(void **state)
{
    psock_waker *waker = NULL;
    (void)state;
    fake_fail_next(FAKE_CreateEventW, ERROR_NOT_ENOUGH_MEMORY, 1);
    assert_int_equal(psock_waker_open(&waker), PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    fake_fail_next(FAKE_CreateEventW, ERROR_TOO_MANY_OPEN_FILES, 1);
    assert_int_equal(psock_waker_open(&waker), PSOCK_EMFILE);
    assert_null(waker);
    assert_int_equal(fake_open_events(), 0);
}

static void waker_is_not_inherited(void **state)
{
    psock_waker *waker = open_waker();
    (void)state;
    assert_int_equal(fake_open_events(), 1);
    assert_int_equal(fake_inheritable_handles(), 0);
    close_waker(waker);
    assert_int_equal(fake_open_events(), 0);
}

static void many_rings_are_one(void **state)
{
    psock_waker *waker = open_waker();
    (void)state;
    assert_int_equal(psock_waker_reset(waker), 0);
    for (int i = 0; i < 5; i++)
        ring(waker);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(psock_waker_reset(waker), 0);
    close_waker(waker);
}

static void ringing_where_nobody_waits_costs_no_call(void **state)
{
    psock_waker *waker = open_waker();
    (void)state;
    fake_forget();
    for (int i = 0; i < 5; i++)
        ring(waker);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_string_equal(fake_record_text(), "");
    close_waker(waker);
}

/* --- Calls that wait ------------------------------------------------------ */

/* One that would wait on `s`, which `make` makes; and what ends the waiting as
 * the program hoped. */
struct call {
    psock_t (*make)(void);
    int (*wait)(psock_t s, psock_deadline deadline);
    void (*end)(psock_t s);
    int result;
};

static psock_t other_end;

static psock_t idle(void)
{
    return states_connected(&other_end);
}

static psock_t clogged(void)
{
    psock_t s = states_connected(&other_end);
    fake_set_room(1);
    scene_send(s, "full");
    return s;
}

static psock_t idle_datagram(void)
{
    return states_datagrams(&other_end);
}

static psock_address listener_name;

static psock_t idle_listener(void)
{
    return states_keep(scene_listener(&listener_name));
}

static psock_t connecting(void)
{
    psock_t s = states_keep(scene_open(PSOCK_STREAM));
    states_keep(scene_listener(&listener_name));
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &listener_name, PSOCK_NOW), PSOCK_EAGAIN);
    return s;
}

static int receive(psock_t s, psock_deadline deadline)
{
    char buffer[8];
    return (int)psock_recv(s, buffer, sizeof buffer, 0, deadline);
}

static int receive_from(psock_t s, psock_deadline deadline)
{
    char buffer[8];
    psock_address from;
    return (int)psock_recv_from(s, buffer, sizeof buffer, 0, &from, deadline);
}

static int receive_vector(psock_t s, psock_deadline deadline)
{
    char buffer[8];
    const psock_buffer in = {buffer, sizeof buffer};
    return (int)psock_recv_vector(s, &in, 1, 0, deadline);
}

static int send_some(psock_t s, psock_deadline deadline)
{
    return (int)psock_send(s, "data", 4, 0, deadline);
}

static int send_vector(psock_t s, psock_deadline deadline)
{
    char data[] = "data";
    const psock_buffer out = {data, 4};
    return (int)psock_send_vector(s, &out, 1, 0, deadline);
}

static int send_urgent(psock_t s, psock_deadline deadline)
{
    return psock_send_urgent(s, '!', deadline);
}

static int accept_one(psock_t s, psock_deadline deadline)
{
    psock_t accepted = psock_accept(s, NULL, deadline);
    if (accepted < 0)
        return (int)accepted;
    states_keep(accepted);
    return 0;
}

static int connect_there(psock_t s, psock_deadline deadline)
{
    return psock_connect(s, &listener_name, deadline);
}

static int poll_one(psock_t s, psock_deadline deadline)
{
    psock_pollable entry = {.socket = s, .wanted = PSOCK_READABLE};
    return psock_poll(&entry, 1, deadline);
}

static int poll_none(psock_t s, psock_deadline deadline)
{
    (void)s;
    return psock_poll(NULL, 0, deadline);
}

static int wait_in_poller(psock_t s, psock_deadline deadline)
{
    psock_poller *poller = NULL;
    psock_poller_event event;
    assert_int_equal(psock_poller_open(&poller), 0);
    assert_int_equal(psock_poller_add(poller, s, PSOCK_READABLE, NULL), 0);
    int result = psock_poller_wait(poller, &event, 1, deadline);
    assert_int_equal(psock_poller_close(poller), 0);
    return result;
}

static void send_from_peer(psock_t s)
{
    (void)s;
    scene_send(other_end, "came");
}

static void read_by_peer(psock_t s)
{
    (void)s;
    while (scene_receive(other_end) > 0)
        ;
}

static void visit(psock_t s)
{
    psock_t visitor = states_keep(scene_open(PSOCK_STREAM));
    (void)s;
    int result = psock_connect(visitor, &listener_name, PSOCK_NOW);
    assert_true(result == 0 || result == PSOCK_EAGAIN);
}

static void decide(psock_t s)
{
    fake_decide_connect(s, 0);
}

static void end_nothing(psock_t s)
{
    (void)s;
}

/* The result of the last would be a timeout: nothing else ends it. */
static const struct call calls[] = {
    {idle, receive, send_from_peer, 4},
    {idle, receive_from, send_from_peer, 4},
    {idle, receive_vector, send_from_peer, 4},
    {idle_datagram, receive, send_from_peer, 4},
    {idle_datagram, receive_from, send_from_peer, 4},
    {clogged, send_some, read_by_peer, 4},
    {clogged, send_vector, read_by_peer, 4},
    {clogged, send_urgent, read_by_peer, 0},
    {idle_listener, accept_one, visit, 0},
    {connecting, connect_there, decide, 0},
    {idle, poll_one, send_from_peer, 1},
    {idle, wait_in_poller, send_from_peer, 1},
    {idle, poll_none, end_nothing, PSOCK_ETIMEDOUT},
};

#define LAYERS_ARE_NONE (-1)

static psock_t make(const struct call *call, int layer)
{
    psock_t s = call->make();
    if (layer != LAYERS_ARE_NONE)
        fake_put_layer(s, (enum fake_layer)layer);
    return s;
}

static _Bool is_possible(const struct call *call, int layer)
{
    return call->wait != wait_in_poller || layer != FAKE_LAYER_CLOSED;
}

static const int layers[] = {LAYERS_ARE_NONE, FAKE_LAYER_BASE_HANDLE,
                             FAKE_LAYER_BSP_POLL, FAKE_LAYER_CLOSED};

static void for_each_call(void (*check)(const struct call *call, psock_t s,
                                        psock_waker *waker))
{
    psock_waker *waker = open_waker();
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        for (size_t j = 0; j < COUNT_OF(layers); j++) {
            if (!is_possible(&calls[i], layers[j]))
                continue;
            fake_set_room(100000);
            fake_hold_connects(0);
            check(&calls[i], make(&calls[i], layers[j]), waker);
            psock_cancel_with(NULL);
            psock_waker_reset(waker);
            fake_when_waiting(NULL, NULL);
            states_close_all();
        }
    close_waker(waker);
}

/* Nothing is lost or taken: without the waker it goes on as if nothing had
 * been. */
static void check_it_goes_on(const struct call *call, psock_t s)
{
    psock_cancel_with(NULL);
    call->end(s);
    assert_int_equal(
        call->wait(s, psock_deadline_ms(call->end == end_nothing ? 1 : 20000)),
        call->result);
}

static void check_rung_during(const struct call *call, psock_t s,
                              psock_waker *waker)
{
    assert_null(psock_cancel_with(waker));
    fake_when_waiting(ring, waker);
    assert_int_equal(call->wait(s, PSOCK_FOREVER), PSOCK_ECANCELED);
    check_it_goes_on(call, s);
}

static void ring_during_a_wait_ends_it(void **state)
{
    (void)state;
    for_each_call(check_rung_during);
}

static void ring_during_a_wait_ends_it_with_slow_cancels(void **state)
{
    (void)state;
    fake_cancel_slowly();
    for_each_call(check_rung_during);
}

static void check_rung_before(const struct call *call, psock_t s,
                              psock_waker *waker)
{
    psock_cancel_with(waker);
    ring(waker);
    for (int again = 0; again < 2; again++)
        assert_int_equal(call->wait(s, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(call->wait(s, psock_deadline_ms(20000)), PSOCK_ECANCELED);
    check_it_goes_on(call, s);
}

static void ring_before_a_wait_ends_it(void **state)
{
    (void)state;
    for_each_call(check_rung_before);
}

static void check_no_need_to_wait(const struct call *call, psock_t s,
                                  psock_waker *waker)
{
    if (call->end == end_nothing)
        return;
    psock_cancel_with(waker);
    ring(waker);
    call->end(s);
    assert_int_equal(call->wait(s, PSOCK_FOREVER), call->result);
}

static void calls_that_need_not_wait_are_not_canceled(void **state)
{
    (void)state;
    for_each_call(check_no_need_to_wait);
}

static void check_reset(const struct call *call, psock_t s, psock_waker *waker)
{
    psock_cancel_with(waker);
    ring(waker);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(call->wait(s, psock_deadline_ms(1)), PSOCK_ETIMEDOUT);
}

static void ring_that_was_reset_ends_nothing(void **state)
{
    (void)state;
    for_each_call(check_reset);
}

static void check_unbound(const struct call *call, psock_t s,
                          psock_waker *waker)
{
    psock_cancel_with(waker);
    assert_ptr_equal(psock_cancel_with(NULL), waker);
    ring(waker);
    assert_int_equal(call->wait(s, psock_deadline_ms(1)), PSOCK_ETIMEDOUT);
}

static void waker_of_nobody_ends_nothing(void **state)
{
    (void)state;
    for_each_call(check_unbound);
}

/* What both do at once is told to whom it matters. */
static void ring_and_send(void *waker)
{
    ring(waker);
    scene_send(other_end, "came");
}

static void data_that_come_with_the_ring_are_received(void **state)
{
    psock_waker *waker = open_waker();
    psock_t s = idle();
    (void)state;
    psock_cancel_with(waker);
    fake_when_waiting(ring_and_send, waker);
    int result = receive(s, PSOCK_FOREVER);
    assert_true(result == 4 || result == PSOCK_ECANCELED);
    psock_cancel_with(NULL);
    if (result == PSOCK_ECANCELED)
        assert_int_equal(receive(s, PSOCK_NOW), 4);
    close_waker(waker);
}

/* Also when it cannot tell a poller, which then sees for itself. */
static void ring_leaves_the_last_error_alone(void **state)
{
    psock_poller_event event;
    psock_poller *poller = NULL;
    psock_waker *waker = open_waker();
    (void)state;
    assert_int_equal(psock_poller_open(&poller), 0);
    assert_int_equal(psock_poller_add_waker(poller, waker, NULL), 0);
    fake_fail_next(FAKE_PostQueuedCompletionStatus, ERROR_NOT_ENOUGH_MEMORY, 1);
    psock_winsock.WSASetLastError(WSAEADDRINUSE);
    ring(waker);
    assert_int_equal(psock_winsock.WSAGetLastError(), WSAEADDRINUSE);
    assert_int_equal(fake_calls(FAKE_PostQueuedCompletionStatus), 1);
    assert_int_equal(psock_poller_wait(poller, &event, 1, PSOCK_FOREVER), 1);
    assert_int_equal(psock_poller_close(poller), 0);
    close_waker(waker);
}

/* --- Rings and waits of two threads --------------------------------------- */

#define ROUNDS 1000

struct game {
    psock_waker *mine;
    psock_waker *theirs;
    void (*wait)(psock_waker *waker);
    psock_t socket;
    psock_poller *poller;
};

static _Thread_local const struct game *playing;

static void wait_by_poll(psock_waker *waker)
{
    psock_pollable entry = {.socket = PSOCK_INVALID, .waker = waker};
    assert_int_equal(psock_poll(&entry, 1, psock_deadline_ms(20000)), 1);
}

static void wait_by_poll_with_socket(psock_waker *waker)
{
    psock_pollable entries[] = {
        {.socket = playing->socket, .wanted = PSOCK_READABLE},
        {.socket = PSOCK_INVALID, .waker = waker}};
    assert_int_equal(psock_poll(entries, 2, psock_deadline_ms(20000)), 1);
    assert_int_equal(entries[1].came, PSOCK_READABLE);
}

static void wait_by_poller(psock_waker *waker)
{
    psock_poller_event event;
    assert_int_equal(
        psock_poller_wait(playing->poller, &event, 1, psock_deadline_ms(20000)),
        1);
    assert_ptr_equal(event.token, waker);
}

static void wait_by_receive(psock_waker *waker)
{
    psock_cancel_with(waker);
    assert_int_equal(receive(playing->socket, psock_deadline_ms(20000)),
                     PSOCK_ECANCELED);
    psock_cancel_with(NULL);
}

static void wait_by_canceled_poller(psock_waker *waker)
{
    psock_poller_event event;
    psock_cancel_with(waker);
    assert_int_equal(
        psock_poller_wait(playing->poller, &event, 1, psock_deadline_ms(20000)),
        PSOCK_ECANCELED);
    psock_cancel_with(NULL);
}

/* Two who wake each other by turns: a ring that is lost stops them. */
static void play(void *context)
{
    playing = context;
    for (int i = 0; i < ROUNDS; i++) {
        playing->wait(playing->mine);
        assert_int_equal(psock_waker_reset(playing->mine), 1);
        ring(playing->theirs);
    }
}

static struct game game_for(void (*wait)(psock_waker *waker))
{
    struct game game = {.mine = open_waker(),
                        .wait = wait,
                        .socket = scene_bound(PSOCK_DATAGRAM, NULL)};
    assert_int_equal(psock_poller_open(&game.poller), 0);
    assert_int_equal(
        psock_poller_add(game.poller, game.socket, PSOCK_READABLE, NULL), 0);
    if (wait == wait_by_poller)
        assert_int_equal(
            psock_poller_add_waker(game.poller, game.mine, game.mine), 0);
    return game;
}

static void end_game(struct game *game)
{
    assert_int_equal(psock_poller_close(game->poller), 0);
    close_waker(game->mine);
    scene_close(game->socket);
}

static void check_game(void (*wait)(psock_waker *waker))
{
    struct game one = game_for(wait);
    struct game other = game_for(wait);
    one.theirs = other.mine;
    other.theirs = one.mine;
    struct host_thread *thread = host_thread_start(play, &other);
    ring(one.mine);
    play(&one);
    assert_true(host_thread_join(thread, 20000));
    end_game(&one);
    end_game(&other);
}

static void no_ring_is_lost(void **state)
{
    (void)state;
    check_game(wait_by_poll);
    check_game(wait_by_poll_with_socket);
    check_game(wait_by_poller);
    check_game(wait_by_receive);
    check_game(wait_by_canceled_poller);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(opening_that_fails_is_told),
        CASE(waker_is_not_inherited),
        CASE(many_rings_are_one),
        CASE(ringing_where_nobody_waits_costs_no_call),
        CASE_ON_BOTH(ring_during_a_wait_ends_it),
        CASE(ring_during_a_wait_ends_it_with_slow_cancels),
        CASE_ON_BOTH(ring_before_a_wait_ends_it),
        CASE(calls_that_need_not_wait_are_not_canceled),
        CASE(ring_that_was_reset_ends_nothing),
        CASE(waker_of_nobody_ends_nothing),
        CASE(data_that_come_with_the_ring_are_received),
        CASE(ring_leaves_the_last_error_alone),
        CASE_ON_BOTH(no_ring_is_lost),
    };
    return cmocka_run_group_tests_name("winsock.waker", tests, NULL, NULL);
}
