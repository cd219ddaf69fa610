#include "measure.h"

#include <stdlib.h>

#include "raw.h"

/* Operations in a slice, at least: fewer than these would make it a measurement
 * of the clock, or, where a call is slow, of chance. */
#define FEWEST_OPERATIONS 8

/* A variant that takes so many times as long as the raw one needs only few
 * pairs to show it. */
#define MANY_TIMES 8
#define FEW_PAIRS 9

/* Where tools switch their counters on and off.  Called through a pointer that
 * may change, it stays one function with this name. */
void bench_counted(const struct bench_variant *variant, uint64_t count);

void bench_counted(const struct bench_variant *variant, uint64_t count)
{
    variant->run(variant->context, count);
}

typedef void counted_call(const struct bench_variant *variant, uint64_t count);

static counted_call *volatile counted = bench_counted;

static uint64_t next_batch(const struct bench_group *group, uint64_t left)
{
    return group->batch != 0 && left > group->batch ? group->batch : left;
}

static uint64_t timed_batch(const struct bench_group *group,
                            const struct bench_variant *variant, uint64_t count)
{
    if (group->before != NULL)
        group->before(variant->context, count);
    uint64_t start_ns = raw_clock_ns();
    counted(variant, count);
    uint64_t spent_ns = raw_clock_ns() - start_ns;
    if (group->after != NULL)
        group->after(variant->context, count);
    return spent_ns;
}

static uint64_t timed(const struct bench_group *group,
                      const struct bench_variant *variant, uint64_t count)
{
    uint64_t spent_ns = 0;
    while (count > 0) {
        uint64_t batch = next_batch(group, count);
        spent_ns += timed_batch(group, variant, batch);
        count -= batch;
    }
    return spent_ns;
}

void bench_do(const struct bench_group *group,
              const struct bench_variant *variant, uint64_t count)
{
    (void)timed(group, variant, count);
}

static uint64_t whole_batches(const struct bench_group *group, uint64_t count)
{
    if (group->batch == 0)
        return count;
    return (count + group->batch - 1) / group->batch * group->batch;
}

/* A variant, the operations that make a slice of it, and what one takes. */
struct side {
    const struct bench_variant *variant;
    uint64_t count;
    double ns;
};

/* How many operations make a slice.  The first ones are not counted: they start
 * what starts with the first use. */
static struct side calibrated(const struct bench_group *group,
                              const struct bench_variant *variant,
                              uint64_t slice_ns)
{
    uint64_t count = FEWEST_OPERATIONS;
    (void)timed(group, variant, count);
    uint64_t spent_ns = timed(group, variant, count);
    while (spent_ns < slice_ns / 4) {
        count *= 2;
        spent_ns = timed(group, variant, count);
    }
    const double ns = (double)spent_ns / (double)count;
    count = (uint64_t)((double)slice_ns / ns);
    if (count < FEWEST_OPERATIONS)
        count = FEWEST_OPERATIONS;
    return (struct side){variant, whole_batches(group, count), ns};
}

/* --- Statistics ----------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

/* Of sorted numbers. */
static double quantile(const double *sorted, size_t count, double part)
{
    return sorted[(size_t)(part * (double)(count - 1) + 0.5)];
}

static void sort(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, compare_numbers);
}

/* --- Pairs ---------------------------------------------------------------- */

static double slice(const struct bench_group *group, const struct side *side)
{
    return (double)timed(group, side->variant, side->count) /
           (double)side->count;
}

/* One slice of each, each of them first in every second pair. */
static void measure_pair(const struct bench_group *group,
                         const struct side sides[2], size_t first,
                         double spent_ns[2])
{
    spent_ns[first] = slice(group, &sides[first]);
    spent_ns[1 - first] = slice(group, &sides[1 - first]);
}

static struct bench_result summary(double *times, double *ratios, size_t pairs)
{
    sort(times, pairs);
    sort(ratios, pairs);
    return (struct bench_result){
        .ns = quantile(times, pairs, 0.5),
        .ratio = quantile(ratios, pairs, 0.5),
        .lower_quartile = quantile(ratios, pairs, 0.25),
        .upper_quartile = quantile(ratios, pairs, 0.75)};
}

static struct bench_result measure_sides(const struct bench_group *group,
                                         const struct side sides[2],
                                         size_t pairs)
{
    double *times = calloc(2 * pairs, sizeof *times);
    BENCH_REQUIRE(times != NULL);
    double *ratios = times + pairs;
    for (size_t i = 0; i < pairs; i++) {
        double spent_ns[2];
        measure_pair(group, sides, i % 2, spent_ns);
        times[i] = spent_ns[1];
        ratios[i] = spent_ns[1] / spent_ns[0];
    }
    struct bench_result result = summary(times, ratios, pairs);
    free(times);
    return result;
}

static size_t enough_pairs(const struct bench_group *group,
                           const struct side sides[2], size_t pairs)
{
    if (group->most_pairs != 0 && pairs > group->most_pairs)
        pairs = group->most_pairs;
    if (sides[1].ns > MANY_TIMES * sides[0].ns && pairs > FEW_PAIRS)
        pairs = FEW_PAIRS;
    return pairs;
}

void bench_measure(const struct bench_group *group,
                   const struct bench_effort *effort,
                   struct bench_result *results)
{
    const struct bench_variant *variants = group->variants;
    struct side sides[2] = {calibrated(group, &variants[0], effort->slice_ns)};
    for (size_t i = 1; i < group->variant_count; i++) {
        sides[1] = calibrated(group, &variants[i], effort->slice_ns);
        results[i] = measure_sides(group, sides,
                                   enough_pairs(group, sides, effort->pairs));
    }
    results[0] =
        (struct bench_result){results[1].ns / results[1].ratio, 1.0, 1.0, 1.0};
}
