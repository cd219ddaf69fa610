/* Wakers: ringing and resetting them, and ending with them whatever waits. */
#include "fixture.h"

#include <stdatomic.h>
#include <string.h>

enum {
    ROUNDS = 40
};

static psock_pollable entry_of(psock_waker *waker)
{
    return (psock_pollable){.socket = PSOCK_INVALID, .waker = waker};
}

static _Bool is_rung(psock_waker *waker)
{
    psock_pollable entry = entry_of(waker);
    int result = psock_poll(&entry, 1, PSOCK_NOW);
    if (result != 1)
        assert_result(result, PSOCK_EAGAIN);
    return result == 1;
}

/* --- One thread ------------------------------------------------------------ */

static void null_is_refused(void **state)
{
    (void)state;
    assert_result(psock_waker_open(NULL), PSOCK_EFAULT);
    assert_result(psock_waker_close(NULL), PSOCK_EFAULT);
    assert_result(psock_waker_ring(NULL), PSOCK_EFAULT);
    assert_result(psock_waker_reset(NULL), PSOCK_EFAULT);
}

static void waker_is_rung_until_it_is_reset(void **state)
{
    psock_waker *waker = kept_waker();
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_false(is_rung(waker));
        assert_result(psock_waker_ring(waker), 0);
        assert_true(is_rung(waker));
        assert_true(is_rung(waker));
        assert_result(psock_waker_reset(waker), 1);
    }
    assert_false(is_rung(waker));
}

static void reset_says_whether_it_was_rung(void **state)
{
    psock_waker *waker = kept_waker();
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_result(psock_waker_reset(waker), 0);
        assert_result(psock_waker_ring(waker), 0);
        assert_result(psock_waker_reset(waker), 1);
        assert_result(psock_waker_reset(waker), 0);
    }
}

static void many_rings_are_one(void **state)
{
    psock_waker *waker = kept_waker();
    (void)state;
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 100000; j++)
            assert_result(psock_waker_ring(waker), 0);
        assert_true(is_rung(waker));
        assert_result(psock_waker_reset(waker), 1);
        assert_false(is_rung(waker));
        assert_result(psock_waker_reset(waker), 0);
    }
}

static void wakers_are_rung_one_by_one(void **state)
{
    enum {
        WAKERS = 8
    };
    psock_waker *wakers[WAKERS];
    (void)state;
    for (int i = 0; i < WAKERS; i++)
        wakers[i] = kept_waker();
    for (int i = 0; i < WAKERS; i++) {
        assert_result(psock_waker_ring(wakers[i]), 0);
        for (int j = 0; j < WAKERS; j++)
            assert_int_equal(is_rung(wakers[j]), i == j);
        assert_result(psock_waker_reset(wakers[i]), 1);
    }
}

/* Closing gives everything back: many more than could be open. */
static void wakers_are_opened_and_closed_often(void **state)
{
    (void)state;
    for (int i = 0; i < 30000; i++) {
        psock_waker *waker;
        assert_result(psock_waker_open(&waker), 0);
        if (i % 2 == 0)
            assert_result(psock_waker_ring(waker), 0);
        assert_result(psock_waker_close(waker), 0);
    }
}

/* --- Binding --------------------------------------------------------------- */

static void binding_returns_what_was_bound_before(void **state)
{
    psock_waker *one = kept_waker(), *two = kept_waker();
    (void)state;
    assert_null(psock_cancel_with(NULL));
    assert_null(psock_cancel_with(one));
    assert_ptr_equal(psock_cancel_with(one), one);
    assert_ptr_equal(psock_cancel_with(two), one);
    assert_ptr_equal(psock_cancel_with(NULL), two);
    assert_null(psock_cancel_with(NULL));
}

/* Waits in a thread of its own, and tells what that thread was bound to. */
static ptrdiff_t ask_binding(void *argument)
{
    psock_waker *before = psock_cancel_with(argument);
    (void)psock_cancel_with(NULL);
    return before == NULL;
}

static void binding_is_of_one_thread(void **state)
{
    psock_waker *waker = kept_waker();
    (void)state;
    (void)psock_cancel_with(waker);
    assert_result(end_call(begin_call(ask_binding, waker)), 1);
    assert_ptr_equal(psock_cancel_with(NULL), waker);
}

/* --- Every call that waits ------------------------------------------------- */

/* What one call is made on, and counts. */
struct scene {
    psock_t s;
    psock_t peer;
    psock_address address;
    psock_poller *poller;
    psock_deadline deadline;
    psock_waker *waker;
};

/* Makes what the call needs in order to wait. */
typedef void prepare(struct scene *scene, int family);

/* Does what the call waits for, so that it can be done without a waker. */
typedef void let_go_on(struct scene *scene);

struct row {
    int family;
    prepare *prepare;
    call_body *call;
    let_go_on *go_on; /* null where nothing lets it go on at once */
};

static void on_a_stream(struct scene *scene, int family)
{
    struct stream ends = stream_over(family);
    scene->s = ends.client;
    scene->peer = ends.server;
}

static void on_datagrams(struct scene *scene, int family)
{
    struct stream ends = datagrams_over(family);
    scene->s = ends.client;
    scene->peer = ends.server;
}

static void on_a_clogged_stream(struct scene *scene, int family)
{
    struct stream ends = clogged(family);
    scene->s = ends.client;
    scene->peer = ends.server;
    scene->address = local_of(ends.server);
}

static void on_a_listener(struct scene *scene, int family)
{
    scene->s = listening(family);
}

static void on_an_undecided_attempt(struct scene *scene, int family)
{
    struct queue queue = full_queue(family);
    scene->s = queue.pending;
    scene->peer = queue.listener;
    scene->address = queue.address;
}

static void on_an_attempt_not_begun(struct scene *scene, int family)
{
    on_an_undecided_attempt(scene, family);
    scene->s = open_kept(family, PSOCK_STREAM);
}

static void on_a_poller(struct scene *scene, int family)
{
    on_a_stream(scene, family);
    scene->poller = kept_poller();
    assert_result(
        psock_poller_add(scene->poller, scene->s, PSOCK_READABLE, NULL), 0);
}

static ptrdiff_t by_recv(void *argument)
{
    struct scene *scene = argument;
    return psock_recv(scene->s, &(char){0}, 1, 0, scene->deadline);
}

static ptrdiff_t by_peek(void *argument)
{
    struct scene *scene = argument;
    return psock_recv(scene->s, &(char){0}, 1, PSOCK_PEEK, scene->deadline);
}

static ptrdiff_t by_recv_from(void *argument)
{
    struct scene *scene = argument;
    psock_address peer;
    return psock_recv_from(scene->s, &(char){0}, 1, 0, &peer, scene->deadline);
}

static ptrdiff_t by_recv_vector(void *argument)
{
    struct scene *scene = argument;
    const psock_buffer buffer = {&(char){0}, 1};
    return psock_recv_vector(scene->s, &buffer, 1, 0, scene->deadline);
}

static ptrdiff_t by_send(void *argument)
{
    struct scene *scene = argument;
    return psock_send(scene->s, "x", 1, 0, scene->deadline);
}

static ptrdiff_t by_send_to(void *argument)
{
    struct scene *scene = argument;
    return psock_send_to(scene->s, "x", 1, 0, &scene->address, scene->deadline);
}

static ptrdiff_t by_send_vector(void *argument)
{
    struct scene *scene = argument;
    const psock_buffer buffer = {&(char){'x'}, 1};
    return psock_send_vector(scene->s, &buffer, 1, 0, scene->deadline);
}

static ptrdiff_t by_send_urgent(void *argument)
{
    struct scene *scene = argument;
    int result = psock_send_urgent(scene->s, '!', scene->deadline);
    return result < 0 ? result : 1;
}

static ptrdiff_t by_accept(void *argument)
{
    struct scene *scene = argument;
    psock_t s = psock_accept(scene->s, NULL, scene->deadline);
    return s < 0 ? s : psock_close(s) + 1;
}

static ptrdiff_t by_connect(void *argument)
{
    struct scene *scene = argument;
    int result = psock_connect(scene->s, &scene->address, scene->deadline);
    return result < 0 ? result : 1;
}

static ptrdiff_t by_poll(void *argument)
{
    struct scene *scene = argument;
    psock_pollable entry = {.socket = scene->s, .wanted = PSOCK_READABLE};
    return psock_poll(&entry, 1, scene->deadline);
}

static ptrdiff_t by_poll_of_nothing(void *argument)
{
    struct scene *scene = argument;
    return psock_poll(NULL, 0, scene->deadline);
}

static ptrdiff_t by_poll_of_many(void *argument)
{
    struct scene *scene = argument;
    psock_pollable entries[300];
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        entries[i] =
            (psock_pollable){.socket = i % 2 == 0 ? scene->s : PSOCK_INVALID,
                             .wanted = PSOCK_READABLE};
    ptrdiff_t result = psock_poll(entries, COUNT_OF(entries), scene->deadline);
    return result > 1 ? 1 : result;
}

static ptrdiff_t by_poller_wait(void *argument)
{
    struct scene *scene = argument;
    psock_poller_event event;
    return psock_poller_wait(scene->poller, &event, 1, scene->deadline);
}

static void peer_sends(struct scene *scene)
{
    send_text(scene->peer, "x");
    assert_result(psock_recv(scene->s, &(char){0}, 1, PSOCK_PEEK, in_time()),
                  1);
}

static void peer_receives(struct scene *scene)
{
    static char drain[1 << 20];
    psock_pollable entry = {.socket = scene->s, .wanted = PSOCK_WRITABLE};
    while (psock_poll(&entry, 1, PSOCK_NOW) < 0)
        (void)psock_recv(scene->peer, drain, sizeof drain, 0, PSOCK_NOW);
}

static void somebody_connects(struct scene *scene)
{
    psock_pollable entry = {.socket = scene->s, .wanted = PSOCK_READABLE};
    connected_to(scene->s);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
}

/* --- ... is ended by a ring ------------------------------------------------ */

struct bound_call {
    struct scene scene;
    call_body *call;
};

static ptrdiff_t make_bound_call(void *argument)
{
    struct bound_call *bound_call = argument;
    (void)psock_cancel_with(bound_call->scene.waker);
    ptrdiff_t result = bound_call->call(&bound_call->scene);
    (void)psock_cancel_with(NULL);
    return result;
}

static struct bound_call bound_call_of(void **state)
{
    const struct row *row = *state;
    struct bound_call bound_call = {.call = row->call};
    row->prepare(&bound_call.scene, family_of(state));
    bound_call.scene.waker = kept_waker();
    return bound_call;
}

/* A waker that is rung already ends the wait at once, again and again. */
static void check_ring_before(struct bound_call *bound_call)
{
    assert_result(psock_waker_ring(bound_call->scene.waker), 0);
    for (int i = 0; i < 4; i++) {
        bound_call->scene.deadline = i % 2 == 0 ? PSOCK_FOREVER : in_time();
        assert_result(make_bound_call(bound_call), PSOCK_ECANCELED);
    }
    assert_result(psock_waker_reset(bound_call->scene.waker), 1);
}

static void check_ring_during(struct bound_call *bound_call)
{
    for (int i = 0; i < ROUNDS; i++) {
        bound_call->scene.deadline = i % 2 == 0 ? PSOCK_FOREVER : in_time();
        struct running_call *call = begin_call(make_bound_call, bound_call);
        let_it_wait(call, i);
        assert_result(psock_waker_ring(bound_call->scene.waker), 0);
        assert_result(end_call(call), PSOCK_ECANCELED);
        assert_result(psock_waker_reset(bound_call->scene.waker), 1);
    }
}

/* Bound to a waker that nobody rings, a wait keeps its time. */
#define BRIEFLY_NS INT64_C(5000000)

static void check_deadlines(struct bound_call *bound_call)
{
    int64_t before_ns = clock_ns();
    bound_call->scene.deadline = psock_deadline_ns(BRIEFLY_NS);
    assert_result(make_bound_call(bound_call), PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= BRIEFLY_NS);
}

/* What need not wait is done; what may not wait says so. */
static void check_no_wait(struct bound_call *bound_call, let_go_on *go_on)
{
    assert_result(psock_waker_ring(bound_call->scene.waker), 0);
    bound_call->scene.deadline = PSOCK_NOW;
    assert_result(make_bound_call(bound_call), PSOCK_EAGAIN);
    if (go_on == NULL)
        return;
    static const psock_deadline deadlines[] = {PSOCK_NOW, -1, PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        go_on(&bound_call->scene);
        bound_call->scene.deadline = deadlines[i];
        assert_result(make_bound_call(bound_call), 1);
    }
}

/* The ring does not outlast the binding. */
static void check_unbound(struct bound_call *bound_call)
{
    assert_result(psock_waker_ring(bound_call->scene.waker), 0);
    bound_call->scene.deadline = psock_deadline_ns(BRIEFLY_NS);
    assert_result(bound_call->call(&bound_call->scene), PSOCK_ETIMEDOUT);
}

static void ring_ends_it(void **state)
{
    const struct row *row = *state;
    struct bound_call bound_call = bound_call_of(state);
    check_ring_before(&bound_call);
    check_ring_during(&bound_call);
    check_deadlines(&bound_call);
    check_unbound(&bound_call);
    check_no_wait(&bound_call, row->go_on);
}

/* --- Nothing is lost ------------------------------------------------------- */

enum {
    BYTES = 20000
};

/* One thread moves bytes one way, as often canceled as the other can. */
struct mover {
    psock_t s;
    psock_waker *waker;
    ptrdiff_t (*move)(psock_t s, unsigned char *bytes, size_t size);
    unsigned char bytes[BYTES];
    size_t most; /* at a time */
    atomic_int canceled;
};

static ptrdiff_t move_out(psock_t s, unsigned char *bytes, size_t size)
{
    return psock_send(s, bytes, size, 0, in_time());
}

static ptrdiff_t move_in(psock_t s, unsigned char *bytes, size_t size)
{
    return psock_recv(s, bytes, size, 0, in_time());
}

static ptrdiff_t move_all(void *argument)
{
    struct mover *mover = argument;
    size_t done = 0;
    (void)psock_cancel_with(mover->waker);
    while (done < BYTES) {
        size_t rest = BYTES - done;
        ptrdiff_t moved = mover->move(mover->s, mover->bytes + done,
                                      rest < mover->most ? rest : mover->most);
        if (moved == PSOCK_ECANCELED)
            atomic_fetch_add(&mover->canceled, psock_waker_reset(mover->waker));
        else if (moved <= 0)
            break;
        else
            done += (size_t)moved;
    }
    (void)psock_cancel_with(NULL);
    return (ptrdiff_t)done;
}

/* Until the mover, which has nothing to move, has been canceled once more. */
static void ring_until_canceled(struct mover *mover, struct running_call *call)
{
    int before = atomic_load(&mover->canceled);
    psock_deadline end = in_time();
    while (atomic_load(&mover->canceled) == before &&
           psock_deadline_left_ns(end) > 0) {
        assert_result(psock_waker_ring(mover->waker), 0);
        let_it_wait(call, 1);
    }
    assert_true(atomic_load(&mover->canceled) > before);
}

/* Feeds a receiver slowly, so that it often waits, and cancels it. */
static void canceled_receive_takes_nothing(void **state)
{
    static unsigned char sent[BYTES];
    static struct mover mover;
    struct stream ends = stream_over(family_of(state));
    fill(sent, BYTES, 0);
    mover = (struct mover){
        .s = ends.client, .waker = kept_waker(), .move = move_in, .most = 7};
    struct running_call *call = begin_call(move_all, &mover);
    ring_until_canceled(&mover, call);
    for (size_t done = 0; done < BYTES; done += 5) {
        send_all(ends.server, sent + done, 5);
        psock_waker_ring(mover.waker);
        if (done % 500 == 0)
            ring_until_canceled(&mover, call);
    }
    assert_result(end_call(call), BYTES);
    assert_memory_equal(mover.bytes, sent, BYTES);
    assert_result(psock_recv(ends.client, sent, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_true(mover.canceled > 0);
}

struct sink {
    unsigned char bytes[BYTES];
    size_t count;
};

/* The zero bytes are what the stream was clogged with. */
static void drain(psock_t s, struct sink *sink)
{
    static unsigned char some[1 << 16];
    ptrdiff_t received = psock_recv(s, some, sizeof some, 0, PSOCK_NOW);
    for (ptrdiff_t i = 0; i < received; i++)
        if (some[i] != 0 && sink->count < BYTES)
            sink->bytes[sink->count++] = some[i];
}

static void canceled_send_sends_nothing(void **state)
{
    static struct sink sink;
    static struct mover mover;
    struct stream ends = clogged(family_of(state));
    mover = (struct mover){
        .s = ends.client, .waker = kept_waker(), .move = move_out, .most = 100};
    sink.count = 0;
    for (size_t i = 0; i < BYTES; i++)
        mover.bytes[i] = (unsigned char)(i % 251 + 1);
    struct running_call *call = begin_call(move_all, &mover);
    for (int i = 0; i < ROUNDS; i++)
        ring_until_canceled(&mover, call);
    for (psock_deadline end = in_time();
         sink.count < BYTES && psock_deadline_left_ns(end) > 0;) {
        drain(ends.server, &sink);
        assert_result(psock_waker_ring(mover.waker), 0);
    }
    assert_result(end_call(call), BYTES);
    assert_memory_equal(sink.bytes, mover.bytes, BYTES);
}

struct acceptor {
    psock_t listener;
    psock_waker *waker;
    int wanted;
    atomic_int canceled;
};

static ptrdiff_t accept_all(void *argument)
{
    struct acceptor *acceptor = argument;
    ptrdiff_t accepted = 0;
    (void)psock_cancel_with(acceptor->waker);
    while (accepted < acceptor->wanted) {
        psock_t s = psock_accept(acceptor->listener, NULL, in_time());
        if (s == PSOCK_ECANCELED)
            atomic_fetch_add(&acceptor->canceled,
                             psock_waker_reset(acceptor->waker));
        else if (s < 0)
            break;
        else
            accepted += psock_close(s) == 0;
    }
    (void)psock_cancel_with(NULL);
    return accepted;
}

static void canceled_accept_accepts_nothing(void **state)
{
    struct acceptor acceptor = {.listener = listening(family_of(state)),
                                .waker = kept_waker(),
                                .wanted = 200};
    struct running_call *call = begin_call(accept_all, &acceptor);
    psock_deadline end = in_time();
    while (atomic_load(&acceptor.canceled) == 0 &&
           psock_deadline_left_ns(end) > 0)
        assert_result(psock_waker_ring(acceptor.waker), 0);
    for (int i = 0; i < acceptor.wanted; i++) {
        assert_result(psock_waker_ring(acceptor.waker), 0);
        let_it_wait(call, i % ROUNDS);
        close_kept(connected_to(acceptor.listener));
    }
    assert_result(end_call(call), acceptor.wanted);
    assert_true(atomic_load(&acceptor.canceled) > 0);
}

/* What was canceled goes on by itself, and a later call brings it to its end. */
static void canceled_connect_goes_on(void **state)
{
    struct queue queue = full_queue(family_of(state));
    psock_waker *waker = kept_waker();
    (void)psock_cancel_with(waker);
    assert_result(psock_waker_ring(waker), 0);
    assert_result(psock_connect(queue.pending, &queue.address, PSOCK_FOREVER),
                  PSOCK_ECANCELED);
    for (psock_t s = 0; s >= 0;) {
        s = psock_accept(queue.listener, NULL, PSOCK_NOW);
        if (s >= 0)
            keep(s);
    }
    assert_result(psock_waker_reset(waker), 1);
    assert_result(psock_connect(queue.pending, &queue.address, in_time()), 0);
    (void)psock_cancel_with(NULL);
    assert_result(psock_connect(queue.pending, &queue.address, in_time()),
                  PSOCK_EISCONN);
}

static void canceled_poll_leaves_its_entries_alone(void **state)
{
    psock_waker *waker = kept_waker();
    psock_pollable entry = {.socket = datagram(family_of(state)),
                            .wanted = PSOCK_READABLE,
                            .came = 0x5a5a5a5a};
    psock_pollable before = entry;
    (void)psock_cancel_with(waker);
    assert_result(psock_waker_ring(waker), 0);
    assert_result(psock_poll(&entry, 1, PSOCK_FOREVER), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
    assert_memory_equal(&entry, &before, sizeof entry);
}

/* A thread may wait for what it is bound to: then that is an answer. */
static void bound_waker_is_an_entry_like_others(void **state)
{
    psock_waker *waker = kept_waker();
    psock_pollable entry = entry_of(waker);
    (void)state;
    (void)psock_cancel_with(waker);
    assert_result(psock_waker_ring(waker), 0);
    assert_result(psock_poll(&entry, 1, PSOCK_FOREVER), 1);
    (void)psock_cancel_with(NULL);
    assert_int_equal(entry.came, PSOCK_READABLE);
}

/* A canceled wait tells nothing of what would have been told once. */
static void canceled_wait_keeps_what_comes_once(void **state)
{
    struct scene scene = {.deadline = PSOCK_FOREVER, .waker = kept_waker()};
    on_a_poller(&scene, family_of(state));
    assert_result(psock_poller_modify(scene.poller, scene.s,
                                      PSOCK_READABLE | PSOCK_ONE_SHOT),
                  0);
    (void)psock_cancel_with(scene.waker);
    assert_result(psock_waker_ring(scene.waker), 0);
    assert_result(by_poller_wait(&scene), PSOCK_ECANCELED);
    peer_sends(&scene);
    assert_result(by_poller_wait(&scene), 1);
    assert_result(by_poller_wait(&scene), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

static void wake_is_told_before_a_cancellation(void **state)
{
    struct scene scene = {.deadline = PSOCK_FOREVER, .waker = kept_waker()};
    on_a_poller(&scene, family_of(state));
    (void)psock_cancel_with(scene.waker);
    assert_result(psock_waker_ring(scene.waker), 0);
    assert_result(psock_poller_wake(scene.poller), 0);
    assert_result(by_poller_wait(&scene), 0);
    assert_result(by_poller_wait(&scene), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

/* --- Several threads, one waker --------------------------------------------- */

enum {
    THREADS = 4
};

static void ring_ends_the_waits_of_all_that_are_bound(void **state)
{
    struct bound_call bound_calls[THREADS];
    struct running_call *calls[THREADS];
    psock_waker *waker = kept_waker();
    static call_body *const bodies[THREADS] = {by_recv, by_peek, by_poll,
                                               by_recv_from};
    struct scene scene = {.waker = waker};
    on_a_stream(&scene, family_of(state));
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < THREADS; i++) {
            scene.deadline = i % 2 == 0 ? PSOCK_FOREVER : in_time();
            bound_calls[i] =
                (struct bound_call){.scene = scene, .call = bodies[i]};
            calls[i] = begin_call(make_bound_call, &bound_calls[i]);
        }
        for (int i = 0; i < THREADS; i++)
            let_it_wait(calls[i], round);
        assert_result(psock_waker_ring(waker), 0);
        for (int i = 0; i < THREADS; i++)
            assert_result(end_call(calls[i]), PSOCK_ECANCELED);
        assert_result(psock_waker_reset(waker), 1);
    }
}

static void ring_leaves_other_threads_alone(void **state)
{
    struct scene scene = {.deadline = PSOCK_FOREVER, .waker = kept_waker()};
    on_a_stream(&scene, family_of(state));
    struct bound_call bound_call = {.scene = scene, .call = by_recv};
    struct running_call *unbound = begin_call(by_peek, &scene);
    struct running_call *bound_one = begin_call(make_bound_call, &bound_call);
    let_it_wait(unbound, ROUNDS);
    assert_result(psock_waker_ring(scene.waker), 0);
    assert_result(end_call(bound_one), PSOCK_ECANCELED);
    assert_false(has_ended(unbound, SHORT_MS));
    send_text(scene.peer, "x");
    assert_result(end_call(unbound), 1);
}

/* --- No wake is lost -------------------------------------------------------- */

enum {
    TURNS = 20000,
    TURNS_AT_LEAST = 500,
    STRESS_MS = 400
};

/* Two threads that take turns, each of which waits to be called by the other. */
struct player {
    struct player *other;
    psock_waker *waker;
    psock_poller *poller;
    psock_t idle;
    void (*call)(struct player *other);
    _Bool (*await)(struct player *self);
    psock_deadline end;
    atomic_bool is_last; /* the turn that comes now */
    int turns;
    int *baton; /* counts both players' turns, for whoever has the turn */
};

static void call_by_ring(struct player *other)
{
    psock_waker_ring(other->waker);
}

static void call_by_wake(struct player *other)
{
    psock_poller_wake(other->poller);
}

static _Bool await_in_poll(struct player *self)
{
    psock_pollable entries[] = {
        {.socket = self->idle, .wanted = PSOCK_READABLE},
        entry_of(self->waker)};
    return psock_poll(entries, 2, in_time()) == 1 &&
           psock_waker_reset(self->waker) == 1;
}

static _Bool await_wake(struct player *self)
{
    psock_poller_event event;
    return psock_poller_wait(self->poller, &event, 1, in_time()) == 0;
}

static _Bool await_in_poller(struct player *self)
{
    psock_poller_event event;
    return psock_poller_wait(self->poller, &event, 1, in_time()) == 1 &&
           psock_waker_reset(self->waker) == 1;
}

static _Bool await_canceled_receive(struct player *self)
{
    psock_waker *before = psock_cancel_with(self->waker);
    ptrdiff_t result = psock_recv(self->idle, &(char){0}, 1, 0, in_time());
    (void)psock_cancel_with(before);
    return result == PSOCK_ECANCELED && psock_waker_reset(self->waker) == 1;
}

static _Bool await_canceled_wait(struct player *self)
{
    psock_poller_event event;
    psock_waker *before = psock_cancel_with(self->waker);
    int result = psock_poller_wait(self->poller, &event, 1, in_time());
    (void)psock_cancel_with(before);
    return result == PSOCK_ECANCELED && psock_waker_reset(self->waker) == 1;
}

/* Whoever has had enough says so with its last call. */
static ptrdiff_t take_turns(void *argument)
{
    struct player *self = argument;
    for (;;) {
        if (!self->await(self))
            return -1;
        if (atomic_load(&self->is_last))
            break;
        self->turns++;
        ++*self->baton;
        if (self->turns == TURNS || (self->turns >= TURNS_AT_LEAST &&
                                     psock_deadline_left_ns(self->end) == 0)) {
            atomic_store(&self->other->is_last, 1);
            break;
        }
        self->call(self->other);
    }
    self->call(self->other);
    return self->turns;
}

static void check_turns(void (*call)(struct player *),
                        _Bool (*await)(struct player *), _Bool with_waker)
{
    struct player players[2];
    struct running_call *calls[2];
    int baton = 0;
    for (int i = 0; i < 2; i++) {
        players[i] = (struct player){.other = &players[1 - i],
                                     .waker = kept_waker(),
                                     .poller = kept_poller(),
                                     .idle = datagram(PSOCK_IPV4),
                                     .baton = &baton,
                                     .call = call,
                                     .await = await,
                                     .end = psock_deadline_ms(STRESS_MS)};
        if (with_waker)
            assert_result(psock_poller_add_waker(players[i].poller,
                                                 players[i].waker, NULL),
                          0);
    }
    for (int i = 0; i < 2; i++)
        calls[i] = begin_call(take_turns, &players[i]);
    call(&players[0]);
    for (int i = 0; i < 2; i++)
        assert_true(end_call(calls[i]) >= TURNS_AT_LEAST - 1);
    assert_int_equal(baton, players[0].turns + players[1].turns);
}

static void no_ring_is_lost_to_poll(void **state)
{
    (void)state;
    check_turns(call_by_ring, await_in_poll, 0);
}

static void no_ring_is_lost_to_a_poller(void **state)
{
    (void)state;
    check_turns(call_by_ring, await_in_poller, 1);
}

static void no_wake_is_lost_to_a_poller(void **state)
{
    (void)state;
    check_turns(call_by_wake, await_wake, 0);
}

static void no_ring_is_lost_to_a_receive(void **state)
{
    (void)state;
    check_turns(call_by_ring, await_canceled_receive, 0);
}

static void no_ring_is_lost_to_a_bound_wait(void **state)
{
    (void)state;
    check_turns(call_by_ring, await_canceled_wait, 0);
}

/* Several threads ring for every piece of work, and one does it.  Each ringer
 * goes on only when its piece was seen, so that every ring is needed. */
struct work {
    psock_waker *waker;
    psock_poller *poller; /* null to ring, else woken */
    atomic_int given;
    atomic_int seen;
    atomic_int ringers;
    psock_deadline end;
};

static void call_for(struct work *work)
{
    if (work->poller != NULL)
        psock_poller_wake(work->poller);
    else
        psock_waker_ring(work->waker);
}

/* The last of all rings once more, so that the worker sees the end. */
static ptrdiff_t ring_for_work(void *argument)
{
    struct work *work = argument;
    psock_deadline limit = in_time();
    int pieces = 0;
    _Bool goes_on = 1;
    while (goes_on) {
        int number = atomic_fetch_add(&work->given, 1) + 1;
        call_for(work);
        while (atomic_load(&work->seen) < number &&
               psock_deadline_left_ns(limit) > 0)
            host_yield();
        goes_on = atomic_load(&work->seen) >= number && pieces++ < TURNS &&
                  psock_deadline_left_ns(work->end) > 0;
    }
    atomic_fetch_sub(&work->ringers, 1);
    call_for(work);
    return pieces;
}

static _Bool await_work(struct work *work)
{
    psock_pollable entry = entry_of(work->waker);
    psock_poller_event event;
    if (work->poller != NULL)
        return psock_poller_wait(work->poller, &event, 1, in_time()) == 0;
    return psock_poll(&entry, 1, in_time()) == 1 &&
           psock_waker_reset(work->waker) == 1;
}

static void check_work(struct work *work)
{
    struct running_call *calls[THREADS];
    atomic_store(&work->ringers, THREADS);
    work->end = psock_deadline_ms(STRESS_MS);
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(ring_for_work, work);
    while (atomic_load(&work->ringers) > 0) {
        assert_true(await_work(work));
        atomic_store(&work->seen, atomic_load(&work->given));
    }
    for (int i = 0; i < THREADS; i++)
        assert_true(end_call(calls[i]) > 0);
}

static void every_ring_of_several_threads_is_followed_by_a_wake(void **state)
{
    struct work work = {.waker = kept_waker()};
    (void)state;
    check_work(&work);
}

static void every_wake_of_several_threads_is_followed_by_one(void **state)
{
    struct work work = {.poller = kept_poller()};
    (void)state;
    check_work(&work);
}

/* Threads ring and reset at once; in the end the waker does what it should. */
static ptrdiff_t ring_and_reset(void *argument)
{
    psock_waker *waker = argument;
    ptrdiff_t resets = 0;
    for (int i = 0; i < TURNS; i++) {
        psock_waker_ring(waker);
        resets += psock_waker_reset(waker);
    }
    return resets;
}

static void rings_and_resets_of_several_threads_agree(void **state)
{
    struct running_call *calls[THREADS];
    psock_waker *waker = kept_waker();
    ptrdiff_t resets = 0;
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(ring_and_reset, waker);
    for (int i = 0; i < THREADS; i++)
        resets += end_call(calls[i]);
    resets += psock_waker_reset(waker);
    assert_in_range(resets, 1, THREADS * TURNS);
    waker_is_rung_until_it_is_reset(state);
    assert_false(is_rung(waker));
    assert_result(psock_waker_ring(waker), 0);
    assert_true(is_rung(waker));
    assert_result(psock_waker_reset(waker), 1);
    assert_false(is_rung(waker));
}

/* --- Signal handlers and last errors ---------------------------------------- */

static void interrupt_ring(void *argument)
{
    (void)psock_waker_ring(argument);
}

static void signal_handler_ends_the_wait_it_interrupts(void **state)
{
    struct scene scene = {.deadline = PSOCK_FOREVER, .waker = kept_waker()};
    on_a_stream(&scene, family_of(state));
    for (int i = 0; i < ROUNDS; i++) {
        struct bound_call bound_call = {.scene = scene, .call = by_recv};
        struct running_call *call = begin_call(make_bound_call, &bound_call);
        let_it_wait(call, i);
        _Bool done = interrupt_call(call, interrupt_ring, scene.waker);
        if (!done)
            assert_result(psock_waker_ring(scene.waker), 0);
        assert_result(end_call(call), PSOCK_ECANCELED);
        if (!done)
            skip_because("this system has no signal handlers");
        assert_result(psock_waker_reset(scene.waker), 1);
    }
}

static void ringing_leaves_the_last_error_alone(void **state)
{
    size_t count;
    psock_waker *waker = kept_waker();
    const struct host_native_error *errors = host_native_errors(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        host_native_fail(errors[i].native);
        (void)psock_waker_ring(waker);
        assert_int_equal(psock_error_native(), errors[i].native);
        assert_result(psock_waker_reset(waker), 1);
    }
}

/* --- Child processes -------------------------------------------------------- */

/* Started with an argument, this program is the child, and tells how many
 * descriptors it has. */
static const char *program;
static const char *const child_arguments[] = {"child", NULL};

static int descriptors_of_a_child(void)
{
    int count = host_child_end(host_child_start(program, child_arguments));
    assert_in_range(count, 1, 254);
    return count;
}

static void child_inherits_no_waker_and_no_poller(void **state)
{
    enum {
        EACH = 12 /* more would hide from the child what lies behind them */
    };
    int before = descriptors_of_a_child();
    for (int i = 0; i < EACH; i++) {
        (void)kept_waker();
        (void)kept_poller();
    }
    assert_in_range(descriptors_of_a_child(), 1, before + EACH / 2);
    for (int i = 0; i < EACH; i++)
        host_make_inheritable(datagram(family_of(state)));
    assert_in_range(descriptors_of_a_child(), before + EACH / 2, 254);
}

/* Returns whether all came to a good end. */
static ptrdiff_t start_children(void *argument)
{
    const psock_deadline end = psock_deadline_ms(500);
    (void)argument;
    while (psock_deadline_left_ns(end) > 0)
        if (host_child_end(host_child_start(program, child_arguments)) <= 0)
            return 0;
    return 1;
}

/* Where a child begins as a copy of this process, it shares what is open here
 * for a moment. */
static void closed_waker_is_forgotten_while_children_start(void **state)
{
    psock_poller_event event;
    psock_poller *poller = kept_poller();
    struct running_call *call = begin_call(start_children, NULL);
    (void)state;
    while (!has_ended(call, 0)) {
        psock_waker *waker;
        assert_result(psock_waker_open(&waker), 0);
        assert_result(psock_poller_add_waker(poller, waker, NULL), 0);
        assert_result(psock_waker_ring(waker), 0);
        assert_result(psock_waker_close(waker), 0);
        assert_result(psock_poller_wait(poller, &event, 1, PSOCK_NOW),
                      PSOCK_EAGAIN);
    }
    assert_int_equal(end_call(call), 1);
}

#define ROW_IN(prepare, call, go_on, family, suffix)                           \
    FIXTURE_TEST("ring_ends_" #call "_" #prepare suffix, ring_ends_it,         \
                 (&(struct row){family, prepare, call, go_on}))

#define ROW(prepare, call, go_on)                                              \
    ROW_IN(prepare, call, go_on, PSOCK_IPV4, ".ipv4"),                         \
        ROW_IN(prepare, call, go_on, PSOCK_IPV6, ".ipv6")

#define ROW_OF_ALL(prepare, call, go_on)                                       \
    ROW(prepare, call, go_on), ROW_IN(prepare, call, go_on, PSOCK_UNIX, ".unix")

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        test_once(null_is_refused),
        test_once(waker_is_rung_until_it_is_reset),
        test_once(reset_says_whether_it_was_rung),
        test_once(many_rings_are_one),
        test_once(wakers_are_rung_one_by_one),
        test_once(wakers_are_opened_and_closed_often),
        test_once(binding_returns_what_was_bound_before),
        test_once(binding_is_of_one_thread),
        ROW_OF_ALL(on_a_stream, by_recv, peer_sends),
        ROW_OF_ALL(on_a_stream, by_peek, peer_sends),
        ROW_OF_ALL(on_a_stream, by_recv_from, peer_sends),
        ROW_OF_ALL(on_a_stream, by_recv_vector, peer_sends),
        ROW(on_datagrams, by_recv, peer_sends),
        ROW(on_datagrams, by_recv_from, peer_sends),
        ROW_OF_ALL(on_a_clogged_stream, by_send, peer_receives),
        ROW(on_a_clogged_stream, by_send_to, peer_receives),
        ROW_OF_ALL(on_a_clogged_stream, by_send_vector, peer_receives),
        ROW(on_a_clogged_stream, by_send_urgent, peer_receives),
        ROW_OF_ALL(on_a_listener, by_accept, somebody_connects),
        ROW_OF_ALL(on_an_undecided_attempt, by_connect, NULL),
        ROW_OF_ALL(on_an_attempt_not_begun, by_connect, NULL),
        ROW_OF_ALL(on_a_stream, by_poll, peer_sends),
        ROW(on_a_stream, by_poll_of_many, peer_sends),
        ROW_IN(on_a_stream, by_poll_of_nothing, NULL, PSOCK_IPV4, ".ipv4"),
        ROW_OF_ALL(on_a_poller, by_poller_wait, peer_sends),
        test_all(canceled_receive_takes_nothing),
        test_all(canceled_send_sends_nothing),
        test_all(canceled_accept_accepts_nothing),
        test_once(canceled_connect_goes_on),
        test_once(canceled_poll_leaves_its_entries_alone),
        test_once(bound_waker_is_an_entry_like_others),
        test_once(canceled_wait_keeps_what_comes_once),
        test_once(wake_is_told_before_a_cancellation),
        test_both(ring_ends_the_waits_of_all_that_are_bound),
        test_once(ring_leaves_other_threads_alone),
        test_once(no_ring_is_lost_to_poll),
        test_once(no_ring_is_lost_to_a_poller),
        test_once(no_wake_is_lost_to_a_poller),
        test_once(no_ring_is_lost_to_a_receive),
        test_once(no_ring_is_lost_to_a_bound_wait),
        test_once(every_ring_of_several_threads_is_followed_by_a_wake),
        test_once(every_wake_of_several_threads_is_followed_by_one),
        test_once(rings_and_resets_of_several_threads_agree),
        test_once(signal_handler_ends_the_wait_it_interrupts),
        test_once(ringing_leaves_the_last_error_alone),
        test_once(child_inherits_no_waker_and_no_poller),
        test_once(closed_waker_is_forgotten_while_children_start),
    };
    program = arguments[0];
    if (count > 1)
        return host_descriptor_count();
    return cmocka_run_group_tests_name("waker", tests, warm_up, NULL);
}
