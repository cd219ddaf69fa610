/* races.c: what other threads do between two calls of a wait, and what comes of
 * it when the system runs short. */
#include "pollers.h"

#include "host.h"

#define NO_ROOM ((int)0xC000009A) /* STATUS_INSUFFICIENT_RESOURCES */

static psock_waker *open_waker(void)
{
    psock_waker *waker = NULL;
    assert_int_equal(psock_waker_open(&waker), 0);
    return waker;
}

/* --- Closing what has just rung ------------------------------------------- */

static struct closing {
    psock_waker *waker;
    struct host_thread *thread;
    _Bool ended_early;
    int(WSAAPI *last_error)(void);
} closing;

static void close_it(void *context)
{
    (void)context;
    assert_int_equal(psock_waker_close(closing.waker), 0);
}

/* In the middle of the ring, another thread, as if woken by it, closes. */
static int WSAAPI last_error_and_close(void)
{
    psock_winsock.WSAGetLastError = closing.last_error;
    closing.thread = host_thread_start(close_it, NULL);
    closing.ended_early = host_thread_join(closing.thread, 100);
    return psock_winsock.WSAGetLastError();
}

static void closing_waits_for_the_ring(void **state)
{
    (void)state;
    closing = (struct closing){.waker = open_waker(),
                               .last_error = psock_winsock.WSAGetLastError};
    psock_winsock.WSAGetLastError = last_error_and_close;
    assert_int_equal(psock_waker_ring(closing.waker), 0);
    assert_false(closing.ended_early);
    assert_true(host_thread_join(closing.thread, 20000));
}

/* --- Two waits that one ring cancels --------------------------------------- */

/* The second thread begins its wait and stays there, past its first look, until
 * the first, which is past its own, has taken all that the ring sent. */
static struct canceled {
    psock_poller *poller;
    psock_waker *waker;
    struct host_gate *is_in;
    struct host_gate *may_go_on;
    struct host_thread *thread;
    int result;
} canceled;

static int wait_for_two(void)
{
    psock_poller_event events[2];
    psock_cancel_with(canceled.waker);
    int result = psock_poller_wait(canceled.poller, events, 2, PSOCK_FOREVER);
    psock_cancel_with(NULL);
    return result;
}

static void second_is_in(void *context)
{
    (void)context;
    host_gate_open(canceled.is_in);
    host_gate_wait(canceled.may_go_on);
}

static void second_waits(void *context)
{
    (void)context;
    fake_after(FAKE_GetQueuedCompletionStatusEx, second_is_in, NULL);
    canceled.result = wait_for_two();
}

static void second_comes_and_ring(void *context)
{
    (void)context;
    canceled.thread = host_thread_start(second_waits, NULL);
    host_gate_wait(canceled.is_in);
    assert_int_equal(psock_waker_ring(canceled.waker), 0);
}

static void ring_that_one_thread_takes_cancels_all(void **state)
{
    (void)state;
    canceled = (struct canceled){
        .poller = pollers_with(states_datagram(), PSOCK_READABLE),
        .waker = open_waker(),
        .is_in = host_gate_make(),
        .may_go_on = host_gate_make()};
    assert_int_equal(pollers_came_now(canceled.poller), 0);
    fake_after(FAKE_GetQueuedCompletionStatusEx, second_comes_and_ring, NULL);
    assert_int_equal(wait_for_two(), PSOCK_ECANCELED);
    host_gate_open(canceled.may_go_on);
    assert_true(host_thread_join(canceled.thread, 20000));
    assert_int_equal(canceled.result, PSOCK_ECANCELED);
    pollers_close(canceled.poller);
    assert_int_equal(psock_waker_close(canceled.waker), 0);
    host_gate_free(canceled.is_in);
    host_gate_free(canceled.may_go_on);
}

/* --- Packets that tell nothing -------------------------------------------- */

static void packets_of_old_polls_hide_nothing_from_the_canceled(void **state)
{
    psock_t s = states_datagram();
    psock_waker *waker = open_waker();
    psock_poller *poller = pollers_with(s, PSOCK_READABLE);
    (void)state;
    assert_int_equal(pollers_came_now(poller), 0);
    pollers_modify(poller, s, PSOCK_WRITABLE);
    assert_int_equal(psock_waker_ring(waker), 0);
    psock_cancel_with(waker);
    assert_int_equal(pollers_wait_one(poller, PSOCK_FOREVER), 1);
    psock_cancel_with(NULL);
    pollers_close(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* --- Shortage ------------------------------------------------------------- */

static psock_poller *short_poller;

static void add_without_room(void *context)
{
    fake_fail_after(FAKE_NtDeviceIoControlFile, 1, NO_ROOM, 2);
    pollers_add(short_poller, *(psock_t *)context, PSOCK_WRITABLE);
}

/* The one that waits was there first, and nothing else wakes it. */
static void poll_without_room_is_tried_again_for_those_who_wait(void **state)
{
    psock_t s = states_datagram();
    (void)state;
    short_poller = pollers_open();
    fake_when_waiting(add_without_room, &s);
    assert_int_equal(pollers_came_by(short_poller, PSOCK_FOREVER),
                     PSOCK_WRITABLE);
    pollers_close(short_poller);
}

/* --- Threads at work ------------------------------------------------------ */

static void port_holds_no_thread_back(void **state)
{
    (void)state;
    pollers_close(pollers_open());
    assert_int_equal(fake_recorded("new threads 2147483647"), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(closing_waits_for_the_ring),
        CASE(ring_that_one_thread_takes_cancels_all),
        CASE(packets_of_old_polls_hide_nothing_from_the_canceled),
        CASE(poll_without_room_is_tried_again_for_those_who_wait),
        CASE(port_holds_no_thread_back),
    };
    return cmocka_run_group_tests_name("winsock.races", tests, NULL, NULL);
}
