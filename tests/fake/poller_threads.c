/* Pollers that several threads are at: who waits, and that what one thread
 * changes, no other does meanwhile. */
#include "stage.h"

#include "host.h"
#include "interest.h"

enum {
    SOCKET = 8,
    THREADS_MAX = 4,
    ROUNDS = 5000,
    JOIN_MS = 50000
};

static int begin(void **state)
{
    begin_open(state);
    fake_set_yielding(host_yield);
    return 0;
}

/* One whose threads yield to each other. */
#define test_yielding(claim)                                                   \
    cmocka_unit_test_setup_teardown(claim, begin, end_open)

/* --- Threads that all begin at once ------------------------------------------ */

/* A thread may not fail the test, so it counts what is not as it should be. */
struct worker {
    void (*work)(struct worker *self);
    int number;
    int count;
    int mistakes;
    struct host_gate *start;
    struct host_thread *thread;
};

static void run_worker(void *argument)
{
    struct worker *self = argument;
    host_gate_wait(self->start);
    self->work(self);
}

/* Has `count` threads do the works in turn; returns what they counted. */
static int run_together(void (*const *works)(struct worker *), size_t kinds,
                        int count)
{
    struct worker workers[THREADS_MAX];
    struct host_gate *start = host_gate_make();
    int sum = 0;
    for (int i = 0; i < count; i++) {
        workers[i] = (struct worker){
            .work = works[(size_t)i % kinds], .number = i, .start = start};
        workers[i].thread = host_thread_start(run_worker, &workers[i]);
    }
    host_gate_open(start);
    for (int i = 0; i < count; i++) {
        assert_true(host_thread_join(workers[i].thread, JOIN_MS));
        assert_int_equal(workers[i].mistakes, 0);
        sum += workers[i].count;
    }
    host_gate_free(start);
    return sum;
}

static int run_alike(void (*work)(struct worker *), int count)
{
    return run_together(&work, 1, count);
}

/* --- Holding an entry -------------------------------------------------------- */

static struct psock_interest entry;
static int held_by_one; /* by whoever holds `entry` */

static void hold_and_count(struct worker *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        const uint32_t state = psock_interest_hold(&entry);
        self->mistakes += (state & PSOCK_HELD) != 0;
        held_by_one++;
        psock_interest_let_go(&entry, state + (1u << PSOCK_GENERATION_SHIFT));
    }
}

static void entry_is_held_by_one_thread_at_a_time(void **state)
{
    (void)state;
    held_by_one = 0;
    atomic_store(&entry.state, PSOCK_PRESENT);
    run_alike(hold_and_count, THREADS_MAX);
    assert_int_equal(held_by_one, THREADS_MAX * ROUNDS);
    const uint32_t rounds = THREADS_MAX * ROUNDS;
    assert_int_equal(atomic_load(&entry.state),
                     PSOCK_PRESENT + (rounds << PSOCK_GENERATION_SHIFT));
}

static int yields;

static void let_go_at_the_third(void)
{
    if (++yields == 3)
        psock_interest_let_go(&entry, PSOCK_PRESENT | PSOCK_READABLE);
}

static void thread_that_must_wait_for_an_entry_yields(void **state)
{
    (void)state;
    yields = 0;
    fake_set_yielding(let_go_at_the_third);
    atomic_store(&entry.state, PSOCK_PRESENT | PSOCK_HELD);
    assert_int_equal(psock_interest_hold(&entry),
                     PSOCK_PRESENT | PSOCK_READABLE);
    assert_int_equal(yields, 3);
    assert_int_equal(atomic_load(&entry.state),
                     PSOCK_PRESENT | PSOCK_READABLE | PSOCK_HELD);
}

static void entry_that_is_free_is_held_at_once(void **state)
{
    (void)state;
    yields = 0;
    fake_set_yielding(let_go_at_the_third);
    atomic_store(&entry.state, 0);
    assert_int_equal(psock_interest_hold(&entry), 0);
    assert_int_equal(yields, 0);
}

/* --- Changing the same socket ------------------------------------------------- */

/* Each call is right, or what it asked for has been done by another thread. */
static void add_and_remove_one(struct worker *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        const int added =
            psock_poller_add(poller, SOCKET, PSOCK_READABLE, NULL);
        self->mistakes += added != 0 && added != PSOCK_EEXIST;
        const int removed = psock_poller_remove(poller, SOCKET);
        self->mistakes += removed != 0 && removed != PSOCK_ENOENT;
        self->count += (added == 0) - (removed == 0);
    }
}

static void modify_one(struct worker *self)
{
    static const uint32_t wanted[] = {PSOCK_READABLE, PSOCK_WRITABLE,
                                      PSOCK_READABLE | PSOCK_ONE_SHOT, 0};
    for (int i = 0; i < ROUNDS; i++) {
        const int modified =
            psock_poller_modify(poller, SOCKET, wanted[(size_t)i % 4]);
        self->mistakes += modified != 0 && modified != PSOCK_ENOENT;
    }
}

static void socket_is_changed_by_one_thread_at_a_time(void **state)
{
    (void)state;
    static void (*const works[])(struct worker *) = {add_and_remove_one,
                                                     modify_one};
    fake_admit_crowd();
    assert_int_equal(run_together(works, COUNT_OF(works), THREADS_MAX), 0);
    assert_int_equal(fake_crowd_so_far().breaches, 0);
    assert_true(fake_crowd_so_far().calls >= 2);
    assert_int_equal(psock_poller_remove(poller, SOCKET), PSOCK_ENOENT);
}

/* --- Changing many sockets ---------------------------------------------------- */

enum {
    SOCKETS = 4000, /* in five parts of a table */
    TURNS = 4
};

/* This one's share of them: neighbours are another's. */
static psock_t share(const struct worker *self, int i)
{
    const int index = i * 2 + self->number % 2;
    return fake_descriptor_of((size_t)index);
}

static void add_and_remove_a_share(struct worker *self)
{
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < SOCKETS / 2; i++)
            self->mistakes += psock_poller_add(poller, share(self, i),
                                               PSOCK_READABLE, NULL) != 0;
        for (int i = 0; i < SOCKETS / 2; i++)
            self->mistakes += psock_poller_remove(poller, share(self, i)) != 0;
    }
}

static void add_a_share(struct worker *self)
{
    for (int i = 0; i < SOCKETS / 2; i++)
        self->mistakes +=
            psock_poller_add(poller, share(self, i), PSOCK_READABLE, NULL) != 0;
}

static void find_all(struct worker *self)
{
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < SOCKETS; i++) {
            const int found = psock_poller_modify(
                poller, fake_descriptor_of((size_t)i), PSOCK_READABLE);
            self->mistakes += found != 0 && found != PSOCK_ENOENT;
        }
}

static void neighbours_are_added_and_removed_at_once(void **state)
{
    (void)state;
    fake_admit_crowd();
    run_alike(add_and_remove_a_share, 2);
    assert_int_equal(fake_crowd_so_far().breaches, 0);
    assert_int_equal(fake_crowd_so_far().calls, 2 * TURNS * SOCKETS);
}

/* Two threads make each part of the tables together. */
static void nothing_is_lost_while_parts_are_made(void **state)
{
    (void)state;
    fake_admit_crowd();
    run_alike(add_a_share, 2);
    assert_int_equal(fake_crowd_so_far().calls, SOCKETS);
    for (int i = 0; i < SOCKETS; i++)
        assert_result(psock_poller_add(poller, fake_descriptor_of((size_t)i),
                                       PSOCK_READABLE, NULL),
                      PSOCK_EEXIST);
    for (int i = 0; i < SOCKETS; i++)
        assert_result(
            psock_poller_remove(poller, fake_descriptor_of((size_t)i)), 0);
    assert_int_equal(fake_crowd_so_far().breaches, 0);
}

static void sockets_are_found_while_others_come_and_go(void **state)
{
    (void)state;
    static void (*const works[])(struct worker *) = {
        add_and_remove_a_share, add_and_remove_a_share, find_all};
    fake_admit_crowd();
    run_together(works, COUNT_OF(works), 3);
    assert_int_equal(fake_crowd_so_far().breaches, 0);
    assert_true(fake_crowd_so_far().calls >= 2 * TURNS * SOCKETS);
}

/* --- Closing beside it ---------------------------------------------------------- */

/* Sockets of this one's own, which are in no poller. */
static void close_a_share(struct worker *self)
{
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < SOCKETS / 2; i++)
            psock_descriptor_closes(share(self, i));
}

static void closing_beside_a_poller_changes_nothing_in_it(void **state)
{
    (void)state;
    static void (*const works[])(struct worker *) = {add_and_remove_a_share,
                                                     close_a_share};
    fake_admit_crowd();
    run_together(works, COUNT_OF(works), 2);
    assert_int_equal(fake_crowd_so_far().breaches, 0);
    assert_int_equal(fake_crowd_so_far().calls, TURNS * SOCKETS);
}

/* --- Waking --------------------------------------------------------------- */

static void wake_often(struct worker *self)
{
    for (int i = 0; i < ROUNDS; i++)
        self->mistakes += psock_poller_wake(poller) != 0;
}

static void wakes_of_many_threads_are_one_call(void **state)
{
    (void)state;
    fake_admit_crowd();
    run_alike(wake_often, THREADS_MAX);
    assert_int_equal(fake_crowd_so_far().wakes, 1);
}

/* --- Who waits ------------------------------------------------------------- */

static psock_poller_event event;

static void expect_a_wait_with(void (*meanwhile)(void))
{
    expect_poller_wait(&system_poller, &event, 1, NULL, -1,
                       while_doing(meanwhile, returns(PSOCK_ENOMEM)));
}

/* The threads of these tests take turns at the script. */
static int closing_result;

static void close_meanwhile(void)
{
    closing_result = psock_poller_close(poller);
}

static void wait_once(struct worker *self)
{
    self->mistakes +=
        psock_poller_wait(poller, &event, 1, PSOCK_FOREVER) != PSOCK_ENOMEM;
}

static void assert_busy_while_another_thread_waits(void)
{
    closing_result = 0;
    expect_a_wait_with(close_meanwhile);
    run_alike(wait_once, 1);
    assert_result(closing_result, PSOCK_EBUSY);
}

static void assert_busy_while_this_thread_waits(void)
{
    closing_result = 0;
    expect_a_wait_with(close_meanwhile);
    assert_result(psock_poller_wait(poller, &event, 1, PSOCK_FOREVER),
                  PSOCK_ENOMEM);
    assert_result(closing_result, PSOCK_EBUSY);
}

/* Whether it was the first thread to wait, or came later.  In the end none
 * waits, and end_open() can close the poller. */
static void no_thread_can_close_what_one_waits_in(void **state)
{
    (void)state;
    assert_busy_while_this_thread_waits();
    assert_busy_while_another_thread_waits();
    assert_busy_while_another_thread_waits();
    assert_busy_while_this_thread_waits();
}

static void first_thread_to_wait_may_be_another(void **state)
{
    (void)state;
    assert_busy_while_another_thread_waits();
    assert_busy_while_this_thread_waits();
    assert_busy_while_another_thread_waits();
}

/* A thread waits while another, which came later, begins and ends its wait. */
static void wait_through_anothers_wait(void)
{
    assert_busy_while_another_thread_waits();
    close_meanwhile();
}

static void wait_that_ends_does_not_hide_one_that_goes_on(void **state)
{
    (void)state;
    expect_a_wait_with(wait_through_anothers_wait);
    assert_result(psock_poller_wait(poller, &event, 1, PSOCK_FOREVER),
                  PSOCK_ENOMEM);
    assert_result(closing_result, PSOCK_EBUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_yielding(entry_is_held_by_one_thread_at_a_time),
        test_yielding(thread_that_must_wait_for_an_entry_yields),
        test_yielding(entry_that_is_free_is_held_at_once),
        test_yielding(socket_is_changed_by_one_thread_at_a_time),
        test_yielding(neighbours_are_added_and_removed_at_once),
        test_yielding(nothing_is_lost_while_parts_are_made),
        test_yielding(sockets_are_found_while_others_come_and_go),
        test_yielding(closing_beside_a_poller_changes_nothing_in_it),
        test_yielding(wakes_of_many_threads_are_one_call),
        test_yielding(no_thread_can_close_what_one_waits_in),
        test_yielding(first_thread_to_wait_may_be_another),
        test_yielding(wait_that_ends_does_not_hide_one_that_goes_on),
    };
    return cmocka_run_group_tests_name("fake.poller_threads", tests, NULL,
                                       NULL);
}
