/* silence.c: deadlines and wakers while the name server is silent. */
#include <stdatomic.h>
#include <string.h>

#include "names.h"

/* --- Calls ---------------------------------------------------------------------- */

static ptrdiff_t look_up(psock_deadline deadline, const void *host)
{
    psock_address address;
    return psock_resolve(host == NULL ? hung_name() : host, "80", NULL,
                         &address, 1, deadline);
}

/* Of this network the name server is silent. */
static ptrdiff_t look_up_address(psock_deadline deadline, const void *nothing)
{
    char host[PSOCK_HOST_NAME_SIZE];
    psock_address address;
    (void)nothing;
    assert_result(psock_address_parse("198.51.100.7", &address), 0);
    return psock_resolve_address(&address, PSOCK_STREAM, 0, host, sizeof host,
                                 NULL, 0, deadline);
}

static ptrdiff_t dial(psock_deadline deadline, const void *nothing)
{
    (void)nothing;
    return psock_dial(hung_name(), "80", NULL, deadline);
}

/* --- Deadlines ------------------------------------------------------------------ */

static void look_up_keeps_its_deadline(void **state)
{
    (void)state;
    check_deadlines(look_up, NULL, PSOCK_ETIMEDOUT);
}

static void look_up_keeps_its_deadline_with_no_other_server(void **state)
{
    (void)state;
    ask_silent_server();
    check_deadlines(look_up, "four.test", PSOCK_ETIMEDOUT);
}

static void look_up_of_an_address_keeps_its_deadline(void **state)
{
    (void)state;
    check_deadlines(look_up_address, NULL, PSOCK_ETIMEDOUT);
}

static void dial_keeps_its_deadline_over_the_look_up(void **state)
{
    (void)state;
    check_deadlines(dial, NULL, PSOCK_ETIMEDOUT);
}

static void look_up_now_asks_nobody(void **state)
{
    (void)state;
    ask_silent_server();
    for (int i = 0; i < 1000; i++)
        assert_result(look_up(PSOCK_NOW, NULL), PSOCK_EAGAIN);
    assert_result(look_up_address(PSOCK_NOW, NULL), PSOCK_EAGAIN);
    assert_result(dial(PSOCK_NOW, NULL), PSOCK_EAGAIN);
}

static void look_up_past_its_deadline_ends_at_once(void **state)
{
    (void)state;
    const int64_t before_ns = clock_ns();
    assert_result(look_up(-1, NULL), PSOCK_ETIMEDOUT);
    assert_result(look_up_address(-1, NULL), PSOCK_ETIMEDOUT);
    check_took(before_ns, 0, 500);
}

/* Without a deadline of the caller's. */
static void silence_is_no_answer_now_when_the_system_gives_up(void **state)
{
    (void)state;
    ask_silent_server();
    const int64_t before_ns = clock_ns();
    assert_result(look_up(PSOCK_FOREVER, "four.test"), PSOCK_EAI_AGAIN);
    check_took(before_ns, 900, 8000);
}

static void dial_fails_as_both_look_ups_do(void **state)
{
    psock_dial_report report = {.count = 99};
    const psock_dial_options options = {.report = &report};
    (void)state;
    ask_silent_server();
    assert_result(psock_dial("four.test", "80", &options, PSOCK_FOREVER),
                  PSOCK_EAI_AGAIN);
    assert_int_equal(report.count, 0);
    assert_result(report.ipv4.result, PSOCK_EAI_AGAIN);
    assert_result(report.ipv6.result, PSOCK_EAI_AGAIN);
    assert_true(report.ipv4.ended_ns >= 900 * NANOSECONDS_PER_MS);
}

/* --- Wakers --------------------------------------------------------------------- */

struct bound_call {
    timed_call *call;
    psock_waker *waker;
    int64_t ended_ns;
};

static ptrdiff_t make_bound_call(void *argument)
{
    struct bound_call *bound_call = argument;
    psock_waker *before = psock_cancel_with(bound_call->waker);
    ptrdiff_t result = bound_call->call(in_time(), NULL);
    bound_call->ended_ns = clock_ns();
    (void)psock_cancel_with(before);
    return result;
}

/* How long after the ring the call went on. */
static int64_t ring_and_measure(timed_call *call, int round)
{
    struct bound_call bound_call = {.call = call, .waker = kept_waker()};
    struct running_call *running = begin_call(make_bound_call, &bound_call);
    let_it_wait(running, round);
    const int64_t rung_ns = clock_ns();
    assert_result(psock_waker_ring(bound_call.waker), 0);
    assert_result(end_call(running), PSOCK_ECANCELED);
    return bound_call.ended_ns - rung_ns;
}

static void check_ring_ends(timed_call *call)
{
    for (int round = 1; round <= 4096; round *= 8) {
        int64_t late_ns = INT64_MAX;
        for (int tries = 0; tries < 3 && late_ns > LATE_NS; tries++)
            late_ns = ring_and_measure(call, round);
        assert_true(late_ns <= LATE_NS);
    }
}

static void ring_ends_a_look_up(void **state)
{
    (void)state;
    check_ring_ends(look_up);
}

static void ring_ends_a_look_up_of_an_address(void **state)
{
    (void)state;
    check_ring_ends(look_up_address);
}

static void ring_ends_a_dial_that_looks_up(void **state)
{
    (void)state;
    check_ring_ends(dial);
}

static void rung_waker_ends_a_look_up_at_once(void **state)
{
    psock_waker *waker = kept_waker();
    (void)state;
    assert_result(psock_waker_ring(waker), 0);
    (void)psock_cancel_with(waker);
    assert_result(look_up(in_time(), NULL), PSOCK_ECANCELED);
    assert_result(look_up_address(in_time(), NULL), PSOCK_ECANCELED);
    assert_result(dial(in_time(), NULL), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

/* --- Many at once ----------------------------------------------------------------- */

enum {
    CROWD = 50,
    LEFT_ALONE = 300,
    TIMEOUT_MS = 400
};

struct timed {
    char host[32];
    int64_t late_ns;
};

static ptrdiff_t look_up_in_time(void *argument)
{
    struct timed *timed = argument;
    const int64_t before_ns = clock_ns();
    ptrdiff_t result = look_up(psock_deadline_ms(TIMEOUT_MS), timed->host);
    timed->late_ns = clock_ns() - before_ns - TIMEOUT_MS * NANOSECONDS_PER_MS;
    return result;
}

/* Returns by how much the last of very many was late. */
static int64_t look_up_many(void)
{
    static struct timed timed[CROWD];
    struct running_call *calls[CROWD];
    int64_t latest_ns = 0;
    for (size_t i = 0; i < CROWD; i++) {
        strcpy(timed[i].host, hung_name());
        calls[i] = begin_call(look_up_in_time, &timed[i]);
    }
    for (size_t i = 0; i < CROWD; i++) {
        assert_result(end_call(calls[i]), PSOCK_ETIMEDOUT);
        assert_true(timed[i].late_ns >= 0);
        if (timed[i].late_ns > latest_ns)
            latest_ns = timed[i].late_ns;
    }
    return latest_ns;
}

/* Round after round, with what was left alone still under way. */
static void very_many_look_ups_keep_their_deadlines(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        int64_t late_ns = INT64_MAX;
        for (int tries = 0; tries < 3 && late_ns > LATE_NS; tries++)
            late_ns = look_up_many();
        assert_in_range(late_ns, 0, LATE_NS);
    }
}

/* Leaves more look-ups alone than are ever asked at once. */
static void leave_very_many_alone(void)
{
    for (int i = 0; i < LEFT_ALONE; i++)
        assert_result(look_up(psock_deadline_ns(1), NULL), PSOCK_ETIMEDOUT);
}

static void look_ups_left_alone_hold_up_nobody(void **state)
{
    (void)state;
    leave_very_many_alone();
    check_deadlines(look_up, NULL, PSOCK_ETIMEDOUT);
    leave_very_many_alone();
    check_ring_ends(look_up);
}

static void what_is_known_is_told_while_look_ups_hang(void **state)
{
    static const char *const hosts[] = {"192.0.2.1", "localhost", "::1", NULL};
    psock_address address;
    (void)state;
    ask_silent_server();
    leave_very_many_alone();
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        assert_true(
            psock_resolve(hosts[i], "80", NULL, &address, 1, PSOCK_NOW) >= 1);
}

/* Some systems have a thread for each of them, but not for any number. */
static void look_ups_left_alone_are_bounded_and_end(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        leave_very_many_alone();
        assert_in_range(host_thread_count(), 0, 600);
    }
    check_quiet();
}

/* --- A server that answers again --------------------------------------------------- */

static void next_look_up_asks_the_server_that_is_there_now(void **state)
{
    psock_address address, expected;
    (void)state;
    ask_silent_server();
    assert_result(look_up(psock_deadline_ms(SHORT_MS), "four.test"),
                  PSOCK_ETIMEDOUT);
    ask_real_server("");
    assert_result(psock_resolve("four.test", "80", NULL, &address, 1,
                                psock_deadline_ms(900)),
                  1);
    assert_result(psock_address_parse("127.0.0.1:80", &expected), 0);
    assert_true(same_address(&address, &expected));
}

/* As soon as the system has given up some of them.  So many questions at once may
 * be too much for the name server's queue, and then it says nothing. */
static void look_up_behind_very_many_is_answered_in_the_end(void **state)
{
    const psock_deadline deadline = in_time();
    ptrdiff_t result = PSOCK_EAI_AGAIN;
    (void)state;
    ask_real_server("options attempts:3");
    leave_very_many_alone();
    while (result == PSOCK_EAI_AGAIN)
        result = look_up(deadline, "four.test");
    assert_result(result, 1);
    check_quiet();
}

static const struct CMUnitTest tests[] = {
    NAMES_TEST(look_up_keeps_its_deadline),
    NAMES_TEST(look_up_keeps_its_deadline_with_no_other_server),
    NAMES_TEST(look_up_of_an_address_keeps_its_deadline),
    NAMES_TEST(dial_keeps_its_deadline_over_the_look_up),
    NAMES_TEST(look_up_now_asks_nobody),
    NAMES_TEST(look_up_past_its_deadline_ends_at_once),
    NAMES_TEST(silence_is_no_answer_now_when_the_system_gives_up),
    NAMES_TEST(dial_fails_as_both_look_ups_do),
    NAMES_TEST(ring_ends_a_look_up),
    NAMES_TEST(ring_ends_a_look_up_of_an_address),
    NAMES_TEST(ring_ends_a_dial_that_looks_up),
    NAMES_TEST(rung_waker_ends_a_look_up_at_once),
    NAMES_TEST(very_many_look_ups_keep_their_deadlines),
    NAMES_TEST(look_ups_left_alone_hold_up_nobody),
    NAMES_TEST(what_is_known_is_told_while_look_ups_hang),
    NAMES_TEST(look_ups_left_alone_are_bounded_and_end),
    NAMES_TEST(next_look_up_asks_the_server_that_is_there_now),
    NAMES_TEST(look_up_behind_very_many_is_answered_in_the_end),
};

const struct claims silence_claims = CLAIMS(tests);
