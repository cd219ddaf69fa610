/* measure.h: the ratios of a group. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "harness.h"

struct bench_effort {
    uint64_t slice_ns;
    size_t pairs;
};

/* What a variant took.  The ratio is to the raw variant. */
struct bench_result {
    double ns; /* one operation, the median */
    double ratio;
    double lower_quartile;
    double upper_quartile;
};

/* Fills one result for each variant. */
void bench_measure(const struct bench_group *group,
                   const struct bench_effort *effort,
                   struct bench_result *results);

/* Does exactly `count` operations, in batches, inside bench_counted(). */
void bench_do(const struct bench_group *group,
              const struct bench_variant *variant, uint64_t count);

#endif
