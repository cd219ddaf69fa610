/* harness.h: times psock beside the raw calls of the system it stands on.
 *
 * Absolute times drift with the machine, so only ratios are trusted: a variant
 * and the raw one take turns in short slices, both see the same machine, and
 * the figure is the median of hundreds of ratios of two neighbouring slices.
 * The second variant of each group is the raw one again, on sockets of its own:
 * how far it is from 1 is how far all the others may be for no reason. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct bench_row; /* report.h */

/* For `more_calls`: it is not psock's, and nobody counts. */
#define BENCH_UNCOUNTED INT_MIN

/* One way to do what a group is about. */
struct bench_variant {
    const char *name;
    /* Does it `count` times. */
    void (*run)(const void *context, uint64_t count);
    const void *context;
    double goal;    /* the ratio to reach, or 0 */
    int more_calls; /* system calls it needs over the raw variant's */
};

/* Ways to do the same.  The first is the raw one, the second the same again. */
struct bench_group {
    const char *name;
    const char *operation; /* what is done, in words */
    const char *unit;      /* heads what `calls` counts; null: "ns/call" */
    unsigned calls;        /* socket calls in one operation */
    unsigned instructions; /* in a call over the raw one's, at most; 0: not
                              worth counting */
    double slack;          /* what noise may add to a ratio */
    uint64_t batch;        /* most operations between `before` and `after`; 0:
                              any number */
    /* Which raw variant shows how far below 1 one can get: there, with a hundredth
     * or two for us, goals below 1 end.  0: they do not. */
    size_t bottom;
    size_t most_pairs; /* where one of them takes long; 0: any number */
    const char *rate;  /* heads how many operations are done in a second;
                              null where nobody asks */
    void (*prepare)(void);
    void (*dispose)(void);
    /* Around each batch, not timed. */
    void (*before)(const void *context, uint64_t count);
    void (*after)(const void *context, uint64_t count);
    /* Gets what was found, when it has been printed. */
    void (*note)(const struct bench_row *rows, size_t count);
    const struct bench_variant *variants;
    size_t variant_count;
};

/* The main() of a program with these groups.  Its options:
 *
 *   --group NAME           only this group; may be repeated
 *   --pairs N              pairs of slices for each ratio
 *   --slice-us N           the length of a slice
 *   --goal RATIO           no goal of 1 or more is stricter than this
 *   --tsv                  lines for machines instead of tables
 *   --list                 what there is for --count: group, variant, calls in
 *                          an operation, system calls over the raw variant's
 *                          and instructions in a call over the raw one's that
 *                          are fine; 0 where the last are not worth counting
 *   --count N GROUP VARIANT  does exactly N operations and no timing, inside
 *                          bench_counted(), and says what they allocated
 *
 * Returns 0 when all goals were reached. */
int bench_main(int argc, char **argv, const struct bench_group *groups,
               size_t group_count);

/* Ends the program unless `fine`. */
#define BENCH_REQUIRE(fine) ((fine) ? (void)0 : bench_fail(#fine, __FILE__))

_Noreturn void bench_fail(const char *what, const char *file);

#endif
