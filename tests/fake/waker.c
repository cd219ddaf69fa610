/* Wakers, and which of them cancels what which thread waits for. */
#include "sys_fake.h"

#include "host.h"
#include "policy.h"

static struct psock_waker first = {40};
static struct psock_waker second = {42};

static unsigned bound_threads(void)
{
    return PSOCK_SYS_MAY_WAIT - atomic_load(&psock_leave_to_wait);
}

/* --- Opening and closing -------------------------------------------------- */

static psock_waker *open_waker(struct psock_waker *made)
{
    psock_waker *waker = NULL;
    expect_waker_open(gives(made, returns(0)));
    assert_result(psock_waker_open(&waker), 0);
    return waker;
}

static void waker_is_what_the_system_makes(void **state)
{
    (void)state;
    expect_startup(returns(0));
    assert_ptr_equal(open_waker(&first), &first);
    expect_waker_close(&first, returns(0));
    assert_result(psock_waker_close(&first), 0);
}

static void null_wakers_are_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_waker_open(NULL), PSOCK_EFAULT);
    assert_result(psock_waker_close(NULL), PSOCK_EFAULT);
    assert_result(psock_waker_ring(NULL), PSOCK_EFAULT);
    assert_result(psock_waker_reset(NULL), PSOCK_EFAULT);
}

static void waker_needs_a_start(void **state)
{
    (void)state;
    psock_waker *waker = &second;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_waker_open(&waker), PSOCK_ENETDOWN);
    assert_ptr_equal(waker, &second);
}

static void exhaustion_gives_no_waker(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOMEM};
    psock_waker *waker = &second;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_waker_open(returns(errors[i]));
        assert_result(psock_waker_open(&waker), errors[i]);
        assert_ptr_equal(waker, &second);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

/* --- Ringing -------------------------------------------------------------- */

static void every_ring_is_passed_to_the_system(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        expect_waker_ring(&first, returns(0));
        assert_result(psock_waker_ring(&first), 0);
    }
}

/* It may be rung in the middle of anything. */
static void ring_leaves_the_systems_code(void **state)
{
    (void)state;
    fake_set_native(native_of(PSOCK_EIO));
    expect_waker_ring(&first, returns(0));
    assert_result(psock_waker_ring(&first), 0);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EIO));
}

static void reset_tells_whether_it_was_rung(void **state)
{
    (void)state;
    expect_waker_reset(&first, returns(1));
    assert_result(psock_waker_reset(&first), 1);
    expect_waker_reset(&first, returns(0));
    assert_result(psock_waker_reset(&first), 0);
}

/* --- Binding -------------------------------------------------------------- */

static void thread_is_bound_to_nothing_at_first(void **state)
{
    (void)state;
    assert_int_equal(bound_threads(), 0);
    assert_null(psock_bound_waker());
    assert_null(psock_canceler());
    assert_null(psock_cancel_with(NULL));
    assert_int_equal(bound_threads(), 0);
}

static void binding_tells_what_was_bound_before(void **state)
{
    (void)state;
    assert_null(psock_cancel_with(&first));
    assert_ptr_equal(psock_canceler(), &first);
    assert_ptr_equal(psock_cancel_with(&second), &first);
    assert_ptr_equal(psock_canceler(), &second);
    assert_ptr_equal(psock_cancel_with(&second), &second);
    assert_ptr_equal(psock_cancel_with(NULL), &second);
    assert_null(psock_canceler());
    assert_null(psock_cancel_with(NULL));
}

static void bound_thread_counts_once(void **state)
{
    (void)state;
    static const struct {
        struct psock_waker *waker;
        unsigned count;
    } bindings[] = {{&first, 1}, {&first, 1}, {&second, 1}, {NULL, 0},
                    {NULL, 0},   {&first, 1}, {NULL, 0}};
    for (size_t i = 0; i < COUNT_OF(bindings); i++) {
        (void)psock_cancel_with(bindings[i].waker);
        assert_int_equal(bound_threads(), bindings[i].count);
    }
}

/* A function that binds for itself gives back what it found. */
static void bindings_nest(void **state)
{
    (void)state;
    psock_waker *outermost = psock_cancel_with(&first);
    psock_waker *outer = psock_cancel_with(&second);
    assert_ptr_equal(psock_canceler(), &second);
    (void)psock_cancel_with(outer);
    assert_ptr_equal(psock_canceler(), &first);
    (void)psock_cancel_with(outermost);
    assert_null(psock_canceler());
    assert_int_equal(bound_threads(), 0);
}

/* --- Threads -------------------------------------------------------------- */

/* What another thread saw, and was bound to when it left. */
struct visit {
    psock_waker *bind_to;
    psock_waker *found;
    psock_waker *canceler;
    unsigned count;
};

static void visit(void *argument)
{
    struct visit *self = argument;
    self->found = psock_canceler();
    (void)psock_cancel_with(self->bind_to);
    self->canceler = psock_canceler();
    self->count = bound_threads();
    (void)psock_cancel_with(NULL);
}

static struct visit visit_with(psock_waker *waker)
{
    struct visit result = {.bind_to = waker};
    struct host_thread *thread = host_thread_start(visit, &result);
    assert_true(host_thread_join(thread, 10000));
    return result;
}

static void each_thread_is_bound_for_itself(void **state)
{
    (void)state;
    (void)psock_cancel_with(&first);
    const struct visit other = visit_with(&second);
    assert_null(other.found);
    assert_ptr_equal(other.canceler, &second);
    assert_int_equal(other.count, 2);
    assert_ptr_equal(psock_canceler(), &first);
    assert_int_equal(bound_threads(), 1);
    (void)psock_cancel_with(NULL);
}

static void thread_beside_a_bound_one_cannot_be_canceled(void **state)
{
    (void)state;
    (void)psock_cancel_with(&first);
    const struct visit other = visit_with(NULL);
    assert_null(other.canceler);
    assert_int_equal(other.count, 1);
    (void)psock_cancel_with(NULL);
}

/* --- Numbers that come back ------------------------------------------------ */

static struct psock_sys_poller system_poller;
static int mark;

static psock_poller *poller_with(psock_waker *waker)
{
    psock_poller *poller;
    expect_poller_open(gives(&system_poller, returns(0)));
    assert_result(psock_poller_open(&poller), 0);
    expect_poller_add_waker(&system_poller, waker, NULL,
                            gives(&mark, returns(0)));
    assert_result(psock_poller_add_waker(poller, waker, NULL), 0);
    return poller;
}

static void pollers_forget_a_waker_that_is_closed(void **state)
{
    (void)state;
    expect_startup(returns(0));
    psock_waker *waker = open_waker(&first);
    psock_poller *poller = poller_with(waker);
    expect_waker_close(waker, returns(0));
    assert_result(psock_waker_close(waker), 0);
    waker = open_waker(&first);
    assert_result(psock_poller_remove_waker(poller, waker), PSOCK_ENOENT);
    expect_poller_add_waker(&system_poller, waker, NULL,
                            gives(&mark, returns(0)));
    assert_result(psock_poller_add_waker(poller, waker, NULL), 0);
    expect_waker_close(waker, returns(0));
    assert_result(psock_waker_close(waker), 0);
    expect_poller_close(&system_poller, returns(0));
    assert_result(psock_poller_close(poller), 0);
}

static psock_poller *poller_of_the_closed;

/* Another thread could do this as soon as the system has closed the waker. */
static void reopen_and_add(void)
{
    assert_ptr_equal(open_waker(&first), &first);
    expect_poller_add_waker(&system_poller, &first, NULL,
                            gives(&mark, returns(0)));
    assert_result(psock_poller_add_waker(poller_of_the_closed, &first, NULL),
                  0);
}

static void waker_is_forgotten_before_its_number_comes_back(void **state)
{
    (void)state;
    expect_startup(returns(0));
    psock_waker *waker = open_waker(&first);
    poller_of_the_closed = poller_with(waker);
    expect_waker_close(waker, while_doing(reopen_and_add, returns(0)));
    assert_result(psock_waker_close(waker), 0);
    assert_result(psock_poller_add_waker(poller_of_the_closed, &first, NULL),
                  PSOCK_EEXIST);
    expect_waker_close(&first, returns(0));
    assert_result(psock_waker_close(&first), 0);
    expect_poller_close(&system_poller, returns(0));
    assert_result(psock_poller_close(poller_of_the_closed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(waker_is_what_the_system_makes),
        test(null_wakers_are_refused_without_a_call),
        test(waker_needs_a_start),
        test(exhaustion_gives_no_waker),
        test(every_ring_is_passed_to_the_system),
        test(ring_leaves_the_systems_code),
        test(reset_tells_whether_it_was_rung),
        test(thread_is_bound_to_nothing_at_first),
        test(binding_tells_what_was_bound_before),
        test(bound_thread_counts_once),
        test(bindings_nest),
        test(each_thread_is_bound_for_itself),
        test(thread_beside_a_bound_one_cannot_be_canceled),
        test(pollers_forget_a_waker_that_is_closed),
        test(waker_is_forgotten_before_its_number_comes_back),
    };
    return cmocka_run_group_tests_name("fake.waker", tests, NULL, NULL);
}
