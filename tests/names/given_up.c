/* given_up.c: ten thousand dials that are given up at random steps leave nothing
 * behind. */
#include <stdatomic.h>
#include <stdio.h>

#include "names.h"

enum {
    DIALS = 10000,
    DIALS_BEFORE = 5000, /* until memory has to be what it stays */
    DIALERS = 20,
    MOMENT_MAX_US = 24000
};

/* All that one thread does, and what it saw. */
struct dialer {
    psock_waker *waker;
    psock_address peers[4]; /* silent all of them */
    uint32_t seed;
    int dials;
    int by_deadline;
    int by_waker;
    int while_looking_up; /* with no attempt yet, with one, with more */
    int with_one;
    int with_more;
    int wrong;
    atomic_bool waits_for_ring;
};

static uint32_t draw(struct dialer *dialer, uint32_t limit)
{
    dialer->seed = dialer->seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)dialer->seed * limit) >> 32);
}

/* --- Who and how ------------------------------------------------------------------- */

static psock_t dial_list(struct dialer *dialer,
                         const psock_dial_options *options,
                         psock_deadline deadline)
{
    return psock_dial_addresses(dialer->peers, 1 + draw(dialer, 4), options,
                                deadline);
}

static psock_t dial_hung(struct dialer *dialer,
                         const psock_dial_options *options,
                         psock_deadline deadline)
{
    char name[32];
    snprintf(name, sizeof name, "n%u.hung.test", (unsigned)dialer->seed);
    return psock_dial(name, "80", options, deadline);
}

static psock_t dial_silent(struct dialer *dialer,
                           const psock_dial_options *options,
                           psock_deadline deadline)
{
    return psock_dial(draw(dialer, 2) == 0 ? "silent.test" : "many.test", "80",
                      options, deadline);
}

static psock_t dial_number(struct dialer *dialer,
                           const psock_dial_options *options,
                           psock_deadline deadline)
{
    (void)dialer;
    return psock_dial("10.78.0.99", "80", options, deadline);
}

typedef psock_t dial_one(struct dialer *dialer,
                         const psock_dial_options *options,
                         psock_deadline deadline);

static dial_one *const ways[] = {dial_list, dial_hung, dial_silent,
                                 dial_number};

/* --- One dial ---------------------------------------------------------------------- */

static void count_step(struct dialer *dialer, const psock_dial_report *report)
{
    if (report->count == 0)
        dialer->while_looking_up++;
    else if (report->count == 1)
        dialer->with_one++;
    else
        dialer->with_more++;
}

static psock_t dial_some_way(struct dialer *dialer, psock_deadline deadline)
{
    psock_dial_report report = {.count = 0};
    const psock_dial_options options = {.attempt_delay_ms = 10,
                                        .report = &report};
    dial_one *way = ways[draw(dialer, COUNT_OF(ways))];
    const psock_t result = way(dialer, &options, deadline);
    count_step(dialer, &report);
    return result;
}

static void give_up_by_deadline(struct dialer *dialer)
{
    const int64_t timeout_ns = draw(dialer, MOMENT_MAX_US) * INT64_C(1000);
    const psock_t result = dial_some_way(dialer, psock_deadline_ns(timeout_ns));
    if (result == PSOCK_ETIMEDOUT)
        dialer->by_deadline++;
    else
        dialer->wrong = (int)result;
}

static void give_up_by_waker(struct dialer *dialer)
{
    (void)psock_cancel_with(dialer->waker);
    atomic_store(&dialer->waits_for_ring, 1);
    const psock_t result = dial_some_way(dialer, in_time());
    (void)psock_cancel_with(NULL);
    if (result == PSOCK_ECANCELED)
        dialer->by_waker++;
    else
        dialer->wrong = (int)result;
    while (atomic_load(&dialer->waits_for_ring))
        host_yield();
    (void)psock_waker_reset(dialer->waker);
}

static ptrdiff_t dial_and_give_up(void *argument)
{
    struct dialer *dialer = argument;
    for (int i = 0; i < dialer->dials && dialer->wrong == 0; i++) {
        if (draw(dialer, 2) == 0)
            give_up_by_deadline(dialer);
        else
            give_up_by_waker(dialer);
    }
    return 0;
}

/* --- All of them -------------------------------------------------------------------- */

struct crowd {
    struct dialer dialers[DIALERS];
    atomic_bool is_over;
};

/* Rings for one after another, with pauses as long as chance has it. */
static ptrdiff_t ring_for_all(void *argument)
{
    struct crowd *crowd = argument;
    struct dialer chance = {.seed = 7};
    while (!atomic_load(&crowd->is_over)) {
        struct dialer *dialer = &crowd->dialers[draw(&chance, DIALERS)];
        if (atomic_load(&dialer->waits_for_ring)) {
            (void)psock_waker_ring(dialer->waker);
            atomic_store(&dialer->waits_for_ring, 0);
        }
        (void)!psock_poll(NULL, 0, psock_deadline_ns(draw(&chance, 1000000)));
    }
    return 0;
}

static void ready_peers(struct dialer *dialer)
{
    static const char *const texts[] = {"[fd78::99]:80", "10.78.0.99:80",
                                        "[fd78::98]:80", "10.78.0.98:80"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_result(psock_address_parse(texts[i], &dialer->peers[i]), 0);
}

static void run_crowd(struct crowd *crowd, int dials)
{
    struct running_call *calls[DIALERS];
    atomic_store(&crowd->is_over, 0);
    for (int i = 0; i < DIALERS; i++) {
        crowd->dialers[i].dials = dials / DIALERS;
        calls[i] = begin_call(dial_and_give_up, &crowd->dialers[i]);
    }
    struct running_call *ringer = begin_call(ring_for_all, crowd);
    for (int i = 0; i < DIALERS; i++)
        while (!has_ended(calls[i], 1000))
            continue;
    for (int i = 0; i < DIALERS; i++)
        assert_result(end_call(calls[i]), 0);
    atomic_store(&crowd->is_over, 1);
    assert_result(end_call(ringer), 0);
}

static struct dialer sum_of(const struct crowd *crowd)
{
    struct dialer sum = {.dials = 0};
    for (int i = 0; i < DIALERS; i++) {
        const struct dialer *dialer = &crowd->dialers[i];
        assert_result(dialer->wrong, 0);
        sum.by_deadline += dialer->by_deadline;
        sum.by_waker += dialer->by_waker;
        sum.while_looking_up += dialer->while_looking_up;
        sum.with_one += dialer->with_one;
        sum.with_more += dialer->with_more;
    }
    return sum;
}

/* Chance has to have come to every step. */
static void check_sum(const struct crowd *crowd)
{
    const struct dialer sum = sum_of(crowd);
    print_message("%d by deadline, %d by waker; %d while looking up, %d with "
                  "one attempt, %d with more\n",
                  sum.by_deadline, sum.by_waker, sum.while_looking_up,
                  sum.with_one, sum.with_more);
    assert_int_equal(sum.by_deadline + sum.by_waker, DIALS);
    assert_true(sum.by_deadline > DIALS / 4 && sum.by_waker > DIALS / 4);
    assert_true(sum.while_looking_up > DIALS / 20);
    assert_true(sum.with_one > DIALS / 20 && sum.with_more > DIALS / 20);
}

/* From the middle to the end, some for the allocator's own. */
static void check_memory(uint64_t before, uint64_t after)
{
    print_message("peak memory %lu KiB, then %lu KiB\n",
                  (unsigned long)(before / 1024),
                  (unsigned long)(after / 1024));
    assert_in_range(after, before, before + before / 4 + 8 * 1024 * 1024);
}

static void dials_given_up_at_any_step_leave_nothing_behind(void **state)
{
    static struct crowd crowd;
    (void)state;
    for (int i = 0; i < DIALERS; i++) {
        crowd.dialers[i].seed = (uint32_t)i * 7919 + 1;
        crowd.dialers[i].waker = kept_waker();
        ready_peers(&crowd.dialers[i]);
    }
    run_crowd(&crowd, DIALS_BEFORE);
    const uint64_t memory_before = host_peak_memory();
    run_crowd(&crowd, DIALS - DIALS_BEFORE);
    const uint64_t memory_after = host_peak_memory();
    check_memory(memory_before, memory_after);
    check_sum(&crowd);
    check_quiet();
}

static const struct CMUnitTest tests[] = {
    NAMES_TEST(dials_given_up_at_any_step_leave_nothing_behind),
};

const struct claims given_up_claims = CLAIMS(tests);
