/* report.h: results as tables or as lines for machines. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "measure.h"

enum bench_verdict {
    BENCH_SHOWN, /* there is no goal */
    BENCH_MET,   /* at the goal or better */
    BENCH_NEAR,  /* above it by no more than noise may add */
    BENCH_MISSED,
    BENCH_VOID /* the raw variants differ: nothing here means anything */
};

struct bench_row {
    const struct bench_group *group;
    const struct bench_variant *variant;
    struct bench_result result;
    double goal;
    enum bench_verdict verdict;
};

void bench_report_table(const struct bench_row *rows, size_t count);
void bench_report_lines(const struct bench_row *rows, size_t count);

#endif
