/* poller_wakers.c: waking those who wait in a poller, and wakers in it. */
#include "pollers.h"

/* --- Waking --------------------------------------------------------------- */

static void wake(void *context)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(psock_poller_wake(context), 0);
}

static void waking_ends_one_wait(void **state)
{
    psock_poller *poller = pollers_with(states_datagram(), PSOCK_READABLE);
    (void)state;
    for (int again = 0; again < 2; again++) {
        wake(poller);
        assert_int_equal(pollers_wait_one(poller, PSOCK_FOREVER), 0);
        assert_int_equal(pollers_wait_one(poller, PSOCK_NOW), PSOCK_EAGAIN);
        fake_when_waiting(wake, poller);
        assert_int_equal(pollers_wait_one(poller, PSOCK_FOREVER), 0);
        assert_int_equal(pollers_wait_one(poller, PSOCK_NOW), PSOCK_EAGAIN);
    }
    pollers_close(poller);
}

static void waking_costs_one_call_and_no_error(void **state)
{
    psock_poller *poller = pollers_open();
    (void)state;
    fake_fail_next(FAKE_PostQueuedCompletionStatus, ERROR_NOT_ENOUGH_MEMORY, 1);
    psock_winsock.WSASetLastError(WSAEADDRINUSE);
    wake(poller);
    assert_int_equal(psock_winsock.WSAGetLastError(), WSAEADDRINUSE);
    assert_int_equal(fake_calls(FAKE_PostQueuedCompletionStatus), 1);
    pollers_close(poller);
}

/* --- Wakers in it --------------------------------------------------------- */

static psock_waker *waker_in(psock_poller *poller)
{
    psock_waker *waker = NULL;
    assert_int_equal(psock_waker_open(&waker), 0);
    assert_int_equal(psock_poller_add_waker(poller, waker, &pollers_token), 0);
    return waker;
}

static void ring(void *context)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(psock_waker_ring(context), 0);
}

static void ring_is_told_until_it_is_reset(void **state)
{
    psock_poller *poller = pollers_open();
    psock_waker *waker = waker_in(poller);
    (void)state;
    for (int again = 0; again < 3; again++) {
        assert_int_equal(pollers_came_now(poller), 0);
        fake_when_waiting(ring, waker);
        for (int i = 0; i < 3; i++)
            assert_int_equal(pollers_came_by(poller, PSOCK_FOREVER),
                             PSOCK_READABLE);
        assert_int_equal(psock_waker_reset(waker), 1);
    }
    pollers_close(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

static void waker_that_was_rung_before_is_told(void **state)
{
    psock_waker *waker = NULL;
    psock_poller *poller = pollers_open();
    (void)state;
    assert_int_equal(psock_waker_open(&waker), 0);
    ring(waker);
    assert_int_equal(psock_poller_add_waker(poller, waker, &pollers_token), 0);
    assert_int_equal(psock_poller_add_waker(poller, waker, &pollers_token),
                     PSOCK_EEXIST);
    assert_int_equal(pollers_came_now(poller), PSOCK_READABLE);
    assert_int_equal(psock_poller_remove_waker(poller, waker), 0);
    assert_int_equal(psock_poller_remove_waker(poller, waker), PSOCK_ENOENT);
    assert_int_equal(pollers_came_now(poller), 0);
    pollers_close(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* Its packet is in the port when it goes. */
static void waker_may_go_when_it_has_rung(void **state)
{
    psock_poller *poller = pollers_open();
    psock_waker *removed = waker_in(poller);
    psock_waker *closed = waker_in(poller);
    psock_waker *left = waker_in(poller);
    (void)state;
    assert_int_equal(pollers_came_now(poller), 0);
    ring(removed);
    ring(closed);
    assert_int_equal(psock_poller_remove_waker(poller, removed), 0);
    assert_int_equal(psock_waker_close(closed), 0);
    assert_int_equal(pollers_came_now(poller), 0);
    ring(left);
    pollers_close(poller);
    assert_int_equal(psock_waker_close(removed), 0);
    assert_int_equal(psock_waker_close(left), 0);
}

static void waker_that_is_reset_again_is_not_told(void **state)
{
    psock_poller *poller = pollers_open();
    psock_waker *waker = waker_in(poller);
    (void)state;
    assert_int_equal(pollers_came_now(poller), 0);
    ring(waker);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(pollers_came_now(poller), 0);
    ring(waker);
    assert_int_equal(pollers_came_now(poller), PSOCK_READABLE);
    pollers_close(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* --- Canceled waits ------------------------------------------------------- */

static void check_canceled(psock_poller *poller, psock_waker *waker)
{
    fake_when_waiting(ring, waker);
    assert_int_equal(pollers_wait_one(poller, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(pollers_wait_one(poller, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(pollers_wait_one(poller, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(pollers_wait_one(poller, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
}

static void canceler_ends_waits(void **state)
{
    psock_waker *waker = NULL;
    psock_t s = states_datagram();
    psock_poller *poller = pollers_with(s, PSOCK_READABLE);
    (void)state;
    assert_int_equal(psock_waker_open(&waker), 0);
    psock_cancel_with(waker);
    check_canceled(poller, waker);
    check_canceled(poller, waker);
    ring(waker);
    pollers_modify(poller, s, PSOCK_WRITABLE);
    assert_int_equal(pollers_came_by(poller, PSOCK_FOREVER), PSOCK_WRITABLE);
    psock_cancel_with(NULL);
    pollers_close(poller);
    assert_int_equal(psock_waker_close(waker), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(waking_ends_one_wait),
        CASE(waking_costs_one_call_and_no_error),
        CASE(ring_is_told_until_it_is_reset),
        CASE(waker_that_was_rung_before_is_told),
        CASE(waker_may_go_when_it_has_rung),
        CASE(waker_that_is_reset_again_is_not_told),
        CASE(canceler_ends_waits),
    };
    return cmocka_run_group_tests_name("winsock.poller_wakers", tests, NULL,
                                       NULL);
}
