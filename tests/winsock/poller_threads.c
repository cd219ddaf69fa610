/* poller_threads.c: several threads with one poller. */
#include "pollers.h"

#include "host.h"

/* --- Several threads ------------------------------------------------------ */

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
    waiting->result = pollers_wait_one(waiting->poller, PSOCK_FOREVER);
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
    psock_poller *poller = pollers_open();
    (void)state;
    for (int i = 0; i < WAITERS; i++) {
        pollers_add(poller, states_connected(&peer[i]),
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
    pollers_close(poller);
}

/* One after the other, each by its own waker, and no other thread. */
static void canceler_ends_the_wait_of_its_thread(void **state)
{
    struct waiting waiting[WAITERS];
    struct host_thread *threads[WAITERS];
    psock_poller *poller = pollers_with(states_datagram(), PSOCK_READABLE);
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
    pollers_close(poller);
    for (int i = 0; i < WAITERS; i++)
        assert_int_equal(psock_waker_close(waiting[i].waker), 0);
}

static void each_wake_ends_one_of_several_waits(void **state)
{
    struct waiting waiting[WAITERS];
    struct host_thread *threads[WAITERS];
    psock_poller *poller = pollers_with(states_datagram(), PSOCK_READABLE);
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
    pollers_close(poller);
}

/* --- Threads that change what others wait for ----------------------------- */

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
    psock_poller *poller = pollers_open();
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
    pollers_close(poller);
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(one_shot_goes_to_one_thread),
        CASE(canceler_ends_the_wait_of_its_thread),
        CASE(each_wake_ends_one_of_several_waits),
        CASE(threads_change_what_others_wait_for),
    };
    return cmocka_run_group_tests_name("winsock.poller_threads", tests, NULL,
                                       NULL);
}
