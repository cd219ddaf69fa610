/* What all calls share that try first and wait only in vain: the seven that
 * transfer data, and accept. */
#include "sys_fake.h"

enum {
    SOCKET = 7,
    URGENT_BYTE = 200
};

static unsigned char memory[16];
static psock_buffer buffers[2] = {{memory, 8}, {memory + 8, 8}};
static psock_address peer;

/* One of the eight: what it asks of the system, and the call itself. */
struct subject {
    void (*expect)(unsigned flags, struct answer answer);
    ptrdiff_t (*call)(psock_deadline deadline);
    unsigned event;
    unsigned flags_for_ever;
};

/* --- The eight ------------------------------------------------------------ */

static void expect_a_send(unsigned flags, struct answer answer)
{
    (void)flags;
    expect_send(SOCKET, memory, sizeof memory, answer);
}

static ptrdiff_t call_send(psock_deadline deadline)
{
    return psock_send(SOCKET, memory, sizeof memory, 0, deadline);
}

static void expect_a_recv(unsigned flags, struct answer answer)
{
    expect_recv(SOCKET, memory, sizeof memory, flags, answer);
}

static ptrdiff_t call_recv(psock_deadline deadline)
{
    return psock_recv(SOCKET, memory, sizeof memory, 0, deadline);
}

static void expect_a_send_to(unsigned flags, struct answer answer)
{
    (void)flags;
    expect_send_to(SOCKET, memory, sizeof memory, &peer, answer);
}

static ptrdiff_t call_send_to(psock_deadline deadline)
{
    return psock_send_to(SOCKET, memory, sizeof memory, 0, &peer, deadline);
}

static void expect_a_recv_from(unsigned flags, struct answer answer)
{
    expect_recv_from(SOCKET, memory, sizeof memory, flags, &peer, answer);
}

static ptrdiff_t call_recv_from(psock_deadline deadline)
{
    return psock_recv_from(SOCKET, memory, sizeof memory, 0, &peer, deadline);
}

static void expect_a_send_vector(unsigned flags, struct answer answer)
{
    (void)flags;
    expect_send_vector(SOCKET, buffers, COUNT_OF(buffers), answer);
}

static ptrdiff_t call_send_vector(psock_deadline deadline)
{
    return psock_send_vector(SOCKET, buffers, COUNT_OF(buffers), 0, deadline);
}

static void expect_a_recv_vector(unsigned flags, struct answer answer)
{
    expect_recv_vector(SOCKET, buffers, COUNT_OF(buffers), flags, answer);
}

static ptrdiff_t call_recv_vector(psock_deadline deadline)
{
    return psock_recv_vector(SOCKET, buffers, COUNT_OF(buffers), 0, deadline);
}

static void expect_a_send_urgent(unsigned flags, struct answer answer)
{
    (void)flags;
    expect_send_urgent(SOCKET, URGENT_BYTE, answer);
}

static ptrdiff_t call_send_urgent(psock_deadline deadline)
{
    return psock_send_urgent(SOCKET, URGENT_BYTE, deadline);
}

static void expect_an_accept(unsigned flags, struct answer answer)
{
    (void)flags;
    expect_accept(SOCKET, &peer, answer);
}

static ptrdiff_t call_accept(psock_deadline deadline)
{
    return handed_over(psock_accept(SOCKET, &peer, deadline));
}

static struct subject subject_send = {expect_a_send, call_send, PSOCK_SYS_WRITE,
                                      0};
static struct subject subject_recv = {expect_a_recv, call_recv, PSOCK_SYS_READ,
                                      PSOCK_SYS_MAY_WAIT};
static struct subject subject_send_to = {expect_a_send_to, call_send_to,
                                         PSOCK_SYS_WRITE, 0};
static struct subject subject_recv_from = {expect_a_recv_from, call_recv_from,
                                           PSOCK_SYS_READ, PSOCK_SYS_MAY_WAIT};
static struct subject subject_send_vector = {
    expect_a_send_vector, call_send_vector, PSOCK_SYS_WRITE, 0};
static struct subject subject_recv_vector = {
    expect_a_recv_vector, call_recv_vector, PSOCK_SYS_READ, PSOCK_SYS_MAY_WAIT};
static struct subject subject_send_urgent = {
    expect_a_send_urgent, call_send_urgent, PSOCK_SYS_WRITE, 0};
static struct subject subject_accept = {expect_an_accept, call_accept,
                                        PSOCK_SYS_READ, 0};

/* --- Deadlines of every kind ---------------------------------------------- */

/* Made anew for each call, as the clock has moved on. */
enum deadline_kind {
    NOW,
    LONG_PAST,
    NEGATIVE,
    JUST_PASSED,
    FINITE,
    FOR_EVER,
    DEADLINE_KINDS
};

static psock_deadline deadline_of(int kind)
{
    const psock_deadline deadlines[DEADLINE_KINDS] = {
        [NOW] = PSOCK_NOW,      [LONG_PAST] = 1,
        [NEGATIVE] = INT64_MIN, [JUST_PASSED] = in(0),
        [FINITE] = in(ms(100)), [FOR_EVER] = PSOCK_FOREVER,
    };
    return deadlines[kind];
}

static void expect_attempt(const struct subject *subject,
                           psock_deadline deadline, struct answer answer)
{
    subject->expect(deadline == PSOCK_FOREVER ? subject->flags_for_ever : 0,
                    answer);
}

/* For the tests of a deadline 100 ms ahead. */
static void expect_finite_attempt(const struct subject *subject,
                                  struct answer answer)
{
    subject->expect(0, answer);
}

static void expect_a_wait(const struct subject *subject, int64_t timeout_ns,
                          struct answer answer)
{
    expect_wait(SOCKET, subject->event, timeout_ns, answer);
}

static void assert_finite_result(const struct subject *subject,
                                 ptrdiff_t expected)
{
    assert_result(subject->call(in(ms(100))), expected);
}

/* --- What needs no wait --------------------------------------------------- */

static void check_success(const struct subject *subject, int kind,
                          ptrdiff_t result)
{
    const psock_deadline deadline = deadline_of(kind);
    expect_attempt(subject, deadline, returns(result));
    assert_result(subject->call(deadline), result);
}

static void success_is_one_call_whatever_the_deadline(void **state)
{
    for (int kind = NOW; kind < DEADLINE_KINDS; kind++) {
        check_success(*state, kind, 0);
        check_success(*state, kind, 1);
        check_success(*state, kind, sizeof memory);
    }
    assert_int_equal(script_clock_reads(), 0);
}

static const int final_errors[] = {
    PSOCK_EBADF,      PSOCK_ENOTSOCK,    PSOCK_EINVAL,  PSOCK_ENOTCONN,
    PSOCK_ECONNRESET, PSOCK_EPIPE,       PSOCK_ENOBUFS, PSOCK_ENOMEM,
    PSOCK_EMSGSIZE,   PSOCK_EMFILE,      PSOCK_ENFILE,  PSOCK_EOPNOTSUPP,
    PSOCK_ETIMEDOUT,  PSOCK_EINPROGRESS, PSOCK_EIO,
};

static void check_failure(const struct subject *subject, int kind, int error)
{
    const psock_deadline deadline = deadline_of(kind);
    expect_attempt(subject, deadline, returns(error));
    assert_result(subject->call(deadline), error);
    assert_int_equal(psock_error_native(), native_of(error));
}

static void failure_is_passed_through_at_once(void **state)
{
    for (int kind = NOW; kind < DEADLINE_KINDS; kind++)
        for (size_t i = 0; i < COUNT_OF(final_errors); i++)
            check_failure(*state, kind, final_errors[i]);
    assert_int_equal(script_clock_reads(), 0);
}

static void now_gives_up_at_once(void **state)
{
    const struct subject *subject = *state;
    expect_attempt(subject, PSOCK_NOW, returns(PSOCK_EAGAIN));
    assert_result(subject->call(PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(script_clock_reads(), 0);
}

static void past_deadline_times_out_after_one_attempt(void **state)
{
    const struct subject *subject = *state;
    for (int kind = LONG_PAST; kind <= JUST_PASSED; kind++) {
        const psock_deadline deadline = deadline_of(kind);
        expect_attempt(subject, deadline, returns(PSOCK_EAGAIN));
        assert_result(subject->call(deadline), PSOCK_ETIMEDOUT);
    }
}

/* --- Interrupted attempts ------------------------------------------------- */

static void check_interrupted(const struct subject *subject, int kind)
{
    const psock_deadline deadline = deadline_of(kind);
    for (int i = 0; i < 20; i++)
        expect_attempt(subject, deadline, returns(PSOCK_EINTR));
    expect_attempt(subject, deadline, returns(3));
    assert_result(subject->call(deadline), 3);
}

static void interrupted_attempt_is_repeated_at_once(void **state)
{
    for (int kind = NOW; kind < DEADLINE_KINDS; kind++)
        check_interrupted(*state, kind);
    assert_int_equal(script_clock_reads(), 0);
}

static void interrupted_attempt_is_not_given_up_for_now(void **state)
{
    const struct subject *subject = *state;
    expect_attempt(subject, PSOCK_NOW, returns(PSOCK_EINTR));
    expect_attempt(subject, PSOCK_NOW, returns(PSOCK_EAGAIN));
    assert_result(subject->call(PSOCK_NOW), PSOCK_EAGAIN);
}

static void interrupted_attempt_fails_as_the_next_does(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EINTR));
    expect_finite_attempt(subject, returns(PSOCK_ECONNRESET));
    assert_finite_result(subject, PSOCK_ECONNRESET);
}

static void interruptions_take_from_the_time(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, after(ms(30), returns(PSOCK_EINTR)));
    expect_finite_attempt(subject, after(ms(30), returns(PSOCK_EINTR)));
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(40), came(subject->event));
    expect_finite_attempt(subject, returns(3));
    assert_finite_result(subject, 3);
}

static void attempt_after_a_wait_may_be_interrupted_too(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), came(subject->event));
    expect_finite_attempt(subject, returns(PSOCK_EINTR));
    expect_finite_attempt(subject, returns(3));
    assert_finite_result(subject, 3);
}

/* --- Waiting until a deadline --------------------------------------------- */

static void wait_is_for_what_is_left(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, after(ms(1), returns(PSOCK_EAGAIN)));
    expect_a_wait(subject, ms(99), after(ms(10), came(subject->event)));
    expect_finite_attempt(subject, returns(5));
    assert_finite_result(subject, 5);
}

static void one_look_at_the_clock_is_enough_for_a_wait(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), came(subject->event));
    expect_finite_attempt(subject, returns(5));
    assert_finite_result(subject, 5);
    assert_int_equal(script_clock_reads(), 1);
}

static void wait_that_ends_early_is_taken_up_again(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(40), returns(0)));
    expect_a_wait(subject, ms(60), after(ms(60) - 1, returns(0)));
    expect_a_wait(subject, 1, came(subject->event));
    expect_finite_attempt(subject, returns(5));
    assert_finite_result(subject, 5);
}

static void interrupted_wait_is_taken_up_again(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(40), returns(PSOCK_EINTR)));
    expect_a_wait(subject, ms(60), returns(PSOCK_EINTR));
    expect_a_wait(subject, ms(60), came(subject->event));
    expect_finite_attempt(subject, returns(5));
    assert_finite_result(subject, 5);
}

static void false_readiness_is_waited_out(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(40), came(subject->event)));
    expect_finite_attempt(subject, after(ms(5), returns(PSOCK_EAGAIN)));
    expect_a_wait(subject, ms(55), came(subject->event));
    expect_finite_attempt(subject, returns(5));
    assert_finite_result(subject, 5);
}

static void readiness_is_believed_after_the_deadline(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(150), came(subject->event)));
    expect_finite_attempt(subject, returns(5));
    assert_finite_result(subject, 5);
}

static void failure_after_a_wait_is_passed_through(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), came(subject->event));
    expect_finite_attempt(subject, returns(PSOCK_ENOBUFS));
    assert_finite_result(subject, PSOCK_ENOBUFS);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ENOBUFS));
}

static const int wait_errors[] = {PSOCK_EBADF, PSOCK_ENOTSOCK, PSOCK_ENOMEM,
                                  PSOCK_EINVAL, PSOCK_ENOBUFS};

static void failed_wait_is_the_result(void **state)
{
    const struct subject *subject = *state;
    for (size_t i = 0; i < COUNT_OF(wait_errors); i++) {
        expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
        expect_a_wait(subject, ms(100), returns(wait_errors[i]));
        assert_finite_result(subject, wait_errors[i]);
        assert_int_equal(psock_error_native(), native_of(wait_errors[i]));
    }
}

/* --- Deadlines that pass on the way --------------------------------------- */

static void deadline_may_pass_in_the_attempt(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, after(ms(100), returns(PSOCK_EAGAIN)));
    assert_finite_result(subject, PSOCK_ETIMEDOUT);
}

static void deadline_may_pass_in_an_interruption(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, after(ms(200), returns(PSOCK_EINTR)));
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    assert_finite_result(subject, PSOCK_ETIMEDOUT);
}

static void deadline_may_pass_in_the_wait(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(100), returns(0)));
    assert_finite_result(subject, PSOCK_ETIMEDOUT);
}

static void deadline_may_pass_in_an_interrupted_wait(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(101), returns(PSOCK_EINTR)));
    assert_finite_result(subject, PSOCK_ETIMEDOUT);
}

static void deadline_may_pass_before_false_readiness_shows(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(99), came(subject->event)));
    expect_finite_attempt(subject, after(ms(1), returns(PSOCK_EAGAIN)));
    assert_finite_result(subject, PSOCK_ETIMEDOUT);
}

static void timeout_is_not_told_a_nanosecond_early(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, ms(100), after(ms(100) - 1, returns(0)));
    expect_a_wait(subject, 1, after(1, returns(0)));
    assert_finite_result(subject, PSOCK_ETIMEDOUT);
}

/* A socket can look ready for good and be not, as one whose error queue nobody
 * empties does. */
static void false_readiness_for_good_ends_with_the_deadline(void **state)
{
    const struct subject *subject = *state;
    expect_finite_attempt(subject, returns(PSOCK_EAGAIN));
    for (int i = 0; i < 10; i++) {
        expect_a_wait(subject, ms(100 - 10 * i), came(subject->event));
        expect_finite_attempt(subject, after(ms(10), returns(PSOCK_EAGAIN)));
    }
    assert_finite_result(subject, PSOCK_ETIMEDOUT);
}

/* --- Waiting for ever ----------------------------------------------------- */

static void waiting_for_ever_sets_no_limit(void **state)
{
    const struct subject *subject = *state;
    expect_attempt(subject, PSOCK_FOREVER, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, -1, after(ms(100000), came(subject->event)));
    expect_attempt(subject, PSOCK_FOREVER, returns(5));
    assert_result(subject->call(PSOCK_FOREVER), 5);
    assert_int_equal(script_clock_reads(), 0);
}

static void waiting_for_ever_goes_on_after_every_wake(void **state)
{
    const struct subject *subject = *state;
    expect_attempt(subject, PSOCK_FOREVER, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, -1, returns(0));
    expect_a_wait(subject, -1, returns(PSOCK_EINTR));
    expect_a_wait(subject, -1, came(subject->event));
    expect_attempt(subject, PSOCK_FOREVER, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, -1, came(subject->event));
    expect_attempt(subject, PSOCK_FOREVER, returns(5));
    assert_result(subject->call(PSOCK_FOREVER), 5);
}

static void waiting_for_ever_ends_with_a_failed_wait(void **state)
{
    const struct subject *subject = *state;
    expect_attempt(subject, PSOCK_FOREVER, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, -1, returns(PSOCK_ENOMEM));
    assert_result(subject->call(PSOCK_FOREVER), PSOCK_ENOMEM);
}

/* --- Threads that a waker can cancel --------------------------------------- */

static struct psock_waker waker = {40};

static ptrdiff_t call_bound(const struct subject *subject,
                            psock_deadline deadline)
{
    assert_null(psock_cancel_with(&waker));
    const ptrdiff_t result = subject->call(deadline);
    assert_ptr_equal(psock_cancel_with(NULL), &waker);
    return result;
}

static void expect_a_bound_wait(const struct subject *subject,
                                int64_t timeout_ns, struct answer answer)
{
    expect_wait_with(SOCKET, subject->event, &waker, timeout_ns, answer);
}

static void every_wait_of_a_bound_thread_can_be_canceled(void **state)
{
    const struct subject *subject = *state;
    subject->expect(0, returns(PSOCK_EAGAIN));
    expect_a_bound_wait(subject, ms(100), after(ms(40), returns(0)));
    expect_a_bound_wait(subject, ms(60), returns(PSOCK_EINTR));
    expect_a_bound_wait(subject, ms(60), came(subject->event));
    subject->expect(0, returns(PSOCK_EAGAIN));
    expect_a_bound_wait(subject, ms(60), came(subject->event));
    subject->expect(0, returns(5));
    assert_result(call_bound(subject, in(ms(100))), 5);
}

/* A wait in the system's receive could not be. */
static void bound_thread_waits_for_ever_where_it_can_be_canceled(void **state)
{
    const struct subject *subject = *state;
    subject->expect(0, returns(PSOCK_EAGAIN));
    expect_a_bound_wait(subject, -1, returns(PSOCK_ECANCELED));
    assert_result(call_bound(subject, PSOCK_FOREVER), PSOCK_ECANCELED);
    assert_int_equal(script_clock_reads(), 0);
}

static void canceled_wait_is_not_followed_by_an_attempt(void **state)
{
    const struct subject *subject = *state;
    subject->expect(0, returns(PSOCK_EAGAIN));
    expect_a_bound_wait(subject, ms(100), returns(PSOCK_ECANCELED));
    assert_result(call_bound(subject, in(ms(100))), PSOCK_ECANCELED);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ECANCELED));
}

static void bound_thread_does_what_needs_no_wait(void **state)
{
    const struct subject *subject = *state;
    for (int kind = NOW; kind < DEADLINE_KINDS; kind++) {
        subject->expect(0, returns(5));
        assert_result(call_bound(subject, deadline_of(kind)), 5);
    }
}

static void bound_thread_gives_up_as_others_do(void **state)
{
    const struct subject *subject = *state;
    subject->expect(0, returns(PSOCK_EAGAIN));
    assert_result(call_bound(subject, PSOCK_NOW), PSOCK_EAGAIN);
    subject->expect(0, returns(PSOCK_EAGAIN));
    assert_result(call_bound(subject, in(0)), PSOCK_ETIMEDOUT);
}

static void thread_that_is_bound_no_more_waits_as_before(void **state)
{
    const struct subject *subject = *state;
    subject->expect(0, returns(5));
    assert_result(call_bound(subject, PSOCK_FOREVER), 5);
    expect_attempt(subject, PSOCK_FOREVER, returns(PSOCK_EAGAIN));
    expect_a_wait(subject, -1, came(subject->event));
    expect_attempt(subject, PSOCK_FOREVER, returns(5));
    assert_result(subject->call(PSOCK_FOREVER), 5);
}

#define test_all(claim)                                                        \
    test_of(claim, "send", &subject_send),                                     \
        test_of(claim, "recv", &subject_recv),                                 \
        test_of(claim, "send_to", &subject_send_to),                           \
        test_of(claim, "recv_from", &subject_recv_from),                       \
        test_of(claim, "send_vector", &subject_send_vector),                   \
        test_of(claim, "recv_vector", &subject_recv_vector),                   \
        test_of(claim, "send_urgent", &subject_send_urgent),                   \
        test_of(claim, "accept", &subject_accept)

static int make_peer(void **state)
{
    (void)state;
    return psock_address_loopback(PSOCK_IPV4, 80, &peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_all(success_is_one_call_whatever_the_deadline),
        test_all(failure_is_passed_through_at_once),
        test_all(now_gives_up_at_once),
        test_all(past_deadline_times_out_after_one_attempt),
        test_all(interrupted_attempt_is_repeated_at_once),
        test_all(interrupted_attempt_is_not_given_up_for_now),
        test_all(interrupted_attempt_fails_as_the_next_does),
        test_all(interruptions_take_from_the_time),
        test_all(attempt_after_a_wait_may_be_interrupted_too),
        test_all(wait_is_for_what_is_left),
        test_all(one_look_at_the_clock_is_enough_for_a_wait),
        test_all(wait_that_ends_early_is_taken_up_again),
        test_all(interrupted_wait_is_taken_up_again),
        test_all(false_readiness_is_waited_out),
        test_all(readiness_is_believed_after_the_deadline),
        test_all(failure_after_a_wait_is_passed_through),
        test_all(failed_wait_is_the_result),
        test_all(deadline_may_pass_in_the_attempt),
        test_all(deadline_may_pass_in_an_interruption),
        test_all(deadline_may_pass_in_the_wait),
        test_all(deadline_may_pass_in_an_interrupted_wait),
        test_all(deadline_may_pass_before_false_readiness_shows),
        test_all(timeout_is_not_told_a_nanosecond_early),
        test_all(false_readiness_for_good_ends_with_the_deadline),
        test_all(waiting_for_ever_sets_no_limit),
        test_all(waiting_for_ever_goes_on_after_every_wake),
        test_all(waiting_for_ever_ends_with_a_failed_wait),
        test_all(every_wait_of_a_bound_thread_can_be_canceled),
        test_all(bound_thread_waits_for_ever_where_it_can_be_canceled),
        test_all(canceled_wait_is_not_followed_by_an_attempt),
        test_all(bound_thread_does_what_needs_no_wait),
        test_all(bound_thread_gives_up_as_others_do),
        test_all(thread_that_is_bound_no_more_waits_as_before),
    };
    return cmocka_run_group_tests_name("fake.waiting", tests, make_peer, NULL);
}
