/* resolve_stop.c: look-ups that nobody waits for any more, and what is left of
 * them in the system. */
#include "scene.h"

#include "host.h"

#define HOST "host.test"

static psock_address found;

static int resolve_within(psock_deadline deadline)
{
    return psock_resolve(HOST, "80", NULL, &found, 1, deadline);
}

static void answer(void *context)
{
    (void)context;
    assert_true(fake_answer());
}

/* A host whose answer comes by fake_answer() only. */
static void add_slow_host(void)
{
    fake_add_host(HOST, "192.0.2.7");
    fake_set_answering(FAKE_ANSWERS_LATER);
}

/* --- Stopping what the system can stop ---------------------------------------- */

static void look_up_past_its_deadline_is_stopped(void **state)
{
    (void)state;
    add_slow_host();
    assert_int_equal(resolve_within(psock_deadline_ms(5)), PSOCK_ETIMEDOUT);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoExCancel), 1);
    assert_int_equal(fake_unanswered(), 0);
}

static void ring(void *waker)
{
    assert_int_equal(psock_waker_ring(waker), 0);
}

static void waker_stops_a_look_up(void **state)
{
    psock_waker *waker;
    (void)state;
    add_slow_host();
    assert_int_equal(psock_waker_open(&waker), 0);
    psock_cancel_with(waker);
    fake_when_waiting(ring, waker);
    assert_int_equal(resolve_within(PSOCK_FOREVER), PSOCK_ECANCELED);
    psock_cancel_with(NULL);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoExCancel), 1);
    assert_int_equal(fake_unanswered(), 0);
    assert_int_equal(psock_waker_close(waker), 0);
}

static void answered_look_up_is_not_stopped(void **state)
{
    (void)state;
    add_slow_host();
    fake_when_waiting(answer, NULL);
    assert_int_equal(resolve_within(PSOCK_FOREVER), 1);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoExCancel), 0);
}

/* The caller goes on, and the system when it likes. */
static void stopping_does_not_wait_for_the_end(void **state)
{
    (void)state;
    add_slow_host();
    fake_answer_cancels_later();
    assert_int_equal(resolve_within(psock_deadline_ms(5)), PSOCK_ETIMEDOUT);
    assert_int_equal(fake_unanswered(), 1);
    assert_true(fake_answer());
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 0);
}

/* The handle has just ended, and the answer is on its way. */
static void answer_that_overtakes_the_stop_is_given_back(void **state)
{
    (void)state;
    add_slow_host();
    fake_fail_next(FAKE_GetAddrInfoExCancel, WSA_INVALID_HANDLE, 1);
    assert_int_equal(resolve_within(psock_deadline_ms(5)), PSOCK_ETIMEDOUT);
    assert_int_equal(fake_unanswered(), 1);
    assert_true(fake_answer());
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 1);
}

/* --- Letting go of what it cannot stop ------------------------------------------- */

static void look_up_without_a_handle_runs_to_its_end(void **state)
{
    (void)state;
    add_slow_host();
    fake_give_no_handles();
    assert_int_equal(resolve_within(psock_deadline_ms(5)), PSOCK_ETIMEDOUT);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoExCancel), 0);
    assert_int_equal(fake_unanswered(), 1);
    assert_true(fake_answer());
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 1);
}

static void abandoned_look_ups_do_not_mix(void **state)
{
    (void)state;
    add_slow_host();
    fake_give_no_handles();
    for (int i = 0; i < 5; i++)
        assert_int_equal(resolve_within(psock_deadline_ms(1)), PSOCK_ETIMEDOUT);
    assert_int_equal(fake_unanswered(), 5);
    fake_set_answering(FAKE_ANSWERS_AT_ONCE);
    assert_int_equal(resolve_within(PSOCK_FOREVER), 1);
    for (int i = 0; i < 5; i++)
        assert_true(fake_answer());
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 6);
}

static void unhang(void *context)
{
    (void)context;
    fake_hang_names(0);
}

/* The thread is in the system's call then. */
static void hung_call_is_left_behind(void **state)
{
    (void)state;
    fake_add_host(HOST, "192.0.2.7");
    fake_hang_names(1);
    assert_int_equal(resolve_within(psock_deadline_ms(20)), PSOCK_ETIMEDOUT);
    unhang(NULL);
    assert_int_equal(resolve_within(PSOCK_FOREVER), 1);
}

static int name_within(psock_deadline deadline)
{
    char host[PSOCK_HOST_NAME_SIZE];
    const psock_address address = scene_address("192.0.2.7:7");
    return psock_resolve_address(&address, PSOCK_STREAM, 0, host, sizeof host,
                                 NULL, 0, deadline);
}

static void hung_name_of_an_address_is_left_behind(void **state)
{
    (void)state;
    fake_add_name("192.0.2.7", HOST);
    fake_hang_names(1);
    assert_int_equal(name_within(psock_deadline_ms(20)), PSOCK_ETIMEDOUT);
    unhang(NULL);
    assert_int_equal(name_within(PSOCK_FOREVER), 0);
}

static void work_that_is_stopped_early_does_not_begin(void **state)
{
    (void)state;
    fake_add_name("192.0.2.7", HOST);
    fake_hold_work();
    assert_int_equal(name_within(psock_deadline_ms(5)), PSOCK_ETIMEDOUT);
    assert_true(fake_run_work());
    assert_int_equal(fake_calls(FAKE_GetNameInfoW), 0);
}

static void
look_up_by_waiting_that_is_stopped_early_does_not_begin(void **state)
{
    (void)state;
    fake_add_host(HOST, "192.0.2.7");
    fake_hold_work();
    assert_int_equal(resolve_within(psock_deadline_ms(5)), PSOCK_ETIMEDOUT);
    assert_true(fake_run_work());
    assert_int_equal(fake_calls(FAKE_GetAddrInfoW), 0);
}

/* --- What the system says of that -------------------------------------------------- */

static void stopping_is_found_out_by_a_handle(void **state)
{
    (void)state;
    fake_add_host("localhost", "127.0.0.1");
    fake_set_answering(FAKE_ANSWERS_LATER);
    assert_int_equal(psock_capability(PSOCK_CAP_STOP_LOOK_UP), 0);
    assert_int_equal(fake_recorded("GetAddrInfoExW localhost"), 1);
    assert_int_equal(fake_unanswered(), 0);
}

static void stopping_is_there_when_the_trial_ends_at_once(void **state)
{
    (void)state;
    fake_add_host("localhost", "127.0.0.1");
    fake_set_answering(FAKE_ANSWERS_AT_ONCE);
    assert_int_equal(psock_capability(PSOCK_CAP_STOP_LOOK_UP), 0);
    assert_int_equal(fake_calls(FAKE_FreeAddrInfoExW), 1);
}

static void stopping_is_not_there_without_handles(void **state)
{
    (void)state;
    fake_add_host("localhost", "127.0.0.1");
    fake_give_no_handles();
    assert_int_equal(psock_capability(PSOCK_CAP_STOP_LOOK_UP), PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoExCancel), 0);
}

static void stopping_is_not_there_on_old_systems(void **state)
{
    (void)state;
    assert_int_equal(psock_capability(PSOCK_CAP_STOP_LOOK_UP), PSOCK_ENOTSUP);
}

static void international_names_are_found_out_without_a_question(void **state)
{
    (void)state;
    assert_int_equal(psock_capability(PSOCK_CAP_INTERNATIONAL_NAMES), 0);
    fake_fail_next(FAKE_RtlIdnToAscii, (int)0xC0000716, 1);
    assert_int_equal(psock_capability(PSOCK_CAP_INTERNATIONAL_NAMES),
                     PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAEOPNOTSUPP);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoExW), 0);
    assert_int_equal(fake_calls(FAKE_GetAddrInfoW), 0);
}

/* --- What stays ---------------------------------------------------------------------- */

static void module_stays_loaded(void **state)
{
    (void)state;
    fake_add_host(HOST, "192.0.2.7");
    assert_int_equal(resolve_within(PSOCK_FOREVER), 1);
    assert_true(fake_is_pinned());
}

/* The system goes on after it has told the end, so there is one start too many from
 * then on. */
static void winsock_stays_started(void **state)
{
    (void)state;
    fake_add_host(HOST, "192.0.2.7");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(psock_startup(), 0);
        assert_int_equal(resolve_within(PSOCK_FOREVER), 1);
        assert_int_equal(fake_started(), 3);
        assert_int_equal(psock_cleanup(), 0);
        assert_int_equal(fake_started(), 1);
    }
}

static void what_needs_no_look_up_keeps_winsock_from_nothing(void **state)
{
    const unsigned before = fake_started();
    (void)state;
    assert_int_equal(psock_startup(), 0);
    assert_int_equal(
        psock_resolve("192.0.2.7", "80", NULL, &found, 1, PSOCK_FOREVER), 1);
    assert_int_equal(psock_cleanup(), 0);
    assert_int_equal(fake_started(), before);
}

/* --- Many at once -------------------------------------------------------------------- */

#define THREADS 6
#define ROUNDS 60

/* Deadlines that some answers keep and some do not, so that stopping and answering
 * meet at every moment. */
static void resolve_many(void *context)
{
    _Bool *went_well = context;
    *went_well = 1;
    for (int i = 0; i < ROUNDS; i++) {
        psock_address address;
        const int result = psock_resolve(HOST, "80", NULL, &address, 1,
                                         psock_deadline_ns((int64_t)i * 10000));
        if (result != 1 && result != PSOCK_ETIMEDOUT)
            *went_well = 0;
    }
}

static void run_many(void)
{
    struct host_thread *threads[THREADS];
    _Bool went_well[THREADS];
    fake_add_host(HOST, "192.0.2.7");
    for (int i = 0; i < THREADS; i++)
        threads[i] = host_thread_start(resolve_many, &went_well[i]);
    for (int i = 0; i < THREADS; i++)
        assert_true(host_thread_join(threads[i], 60000));
    for (int i = 0; i < THREADS; i++)
        assert_true(went_well[i]);
}

static void answers_and_stops_may_meet(void **state)
{
    (void)state;
    run_many();
}

static void answers_and_stops_may_meet_without_handles(void **state)
{
    (void)state;
    fake_give_no_handles();
    run_many();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(what_needs_no_look_up_keeps_winsock_from_nothing),
        ON_WINDOWS_10(look_up_past_its_deadline_is_stopped),
        ON_WINDOWS_10(waker_stops_a_look_up),
        ON_WINDOWS_10(answered_look_up_is_not_stopped),
        ON_WINDOWS_10(stopping_does_not_wait_for_the_end),
        ON_WINDOWS_10(answer_that_overtakes_the_stop_is_given_back),
        ON_WINDOWS_10(look_up_without_a_handle_runs_to_its_end),
        ON_WINDOWS_10(abandoned_look_ups_do_not_mix),
        ON_WINDOWS_7(hung_call_is_left_behind),
        ON_BOTH(hung_name_of_an_address_is_left_behind),
        ON_BOTH(work_that_is_stopped_early_does_not_begin),
        ON_WINDOWS_7(look_up_by_waiting_that_is_stopped_early_does_not_begin),
        ON_WINDOWS_10(stopping_is_found_out_by_a_handle),
        ON_WINDOWS_10(stopping_is_there_when_the_trial_ends_at_once),
        ON_WINDOWS_10(stopping_is_not_there_without_handles),
        ON_WINDOWS_7(stopping_is_not_there_on_old_systems),
        ON_BOTH(international_names_are_found_out_without_a_question),
        ON_BOTH(module_stays_loaded),
        ON_BOTH(winsock_stays_started),
        ON_BOTH(answers_and_stops_may_meet),
        ON_WINDOWS_10(answers_and_stops_may_meet_without_handles),
    };
    return cmocka_run_group_tests_name("winsock.resolve_stop", tests, NULL,
                                       NULL);
}
