#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "raw.h"
#include "report.h"

#define MOST_VARIANTS 8
#define MOST_GROUPS 16

/* Where the second raw variant must lie for the others to mean anything. */
#define FLOOR_LOW 0.98
#define FLOOR_HIGH 1.02

/* What is allowed over the raw variant that a goal cannot be below. */
#define BOTTOM_MARGIN 1.02

struct options {
    struct bench_effort effort;
    double loosest_goal;
    _Bool lines;
    _Bool list;
    uint64_t count; /* operations for --count; 0: measure */
    const char *count_variant;
    const char *groups[MOST_GROUPS];
    size_t group_count;
};

void bench_fail(const char *what, const char *file)
{
    fprintf(stderr, "%s: not so: %s (%d)\n", file, what, raw_error());
    exit(2);
}

/* --- Options -------------------------------------------------------------- */

/* Each takes its arguments and returns what follows them; null when they are
 * not what it wants. */
typedef char **option_reader(char **arguments, struct options *options);

static char **read_group(char **arguments, struct options *options)
{
    if (*arguments == NULL || options->group_count == MOST_GROUPS)
        return NULL;
    options->groups[options->group_count++] = *arguments;
    return arguments + 1;
}

/* A number above zero; 0 where there is none. */
static double number(const char *text)
{
    double value = text == NULL ? 0 : strtod(text, NULL);
    return value > 0 ? value : 0;
}

static char **read_pairs(char **arguments, struct options *options)
{
    options->effort.pairs = (size_t)number(*arguments);
    return options->effort.pairs == 0 ? NULL : arguments + 1;
}

static char **read_slice(char **arguments, struct options *options)
{
    options->effort.slice_ns = (uint64_t)(number(*arguments) * 1000);
    return options->effort.slice_ns == 0 ? NULL : arguments + 1;
}

static char **read_goal(char **arguments, struct options *options)
{
    options->loosest_goal = number(*arguments);
    return options->loosest_goal < 1 ? NULL : arguments + 1;
}

static char **read_tsv(char **arguments, struct options *options)
{
    options->lines = 1;
    return arguments;
}

static char **read_list(char **arguments, struct options *options)
{
    options->list = 1;
    return arguments;
}

static char **read_count(char **arguments, struct options *options)
{
    options->count = (uint64_t)number(*arguments);
    if (options->count == 0 || arguments[1] == NULL || arguments[2] == NULL ||
        options->group_count == MOST_GROUPS)
        return NULL;
    options->groups[options->group_count++] = arguments[1];
    options->count_variant = arguments[2];
    return arguments + 3;
}

static const struct {
    const char *name;
    option_reader *read;
} option_readers[] = {
    {"--group", read_group},    {"--pairs", read_pairs},
    {"--slice-us", read_slice}, {"--goal", read_goal},
    {"--tsv", read_tsv},        {"--list", read_list},
    {"--count", read_count},
};

static char **read_option(char **arguments, struct options *options)
{
    const size_t count = sizeof option_readers / sizeof *option_readers;
    for (size_t i = 0; i < count; i++)
        if (strcmp(*arguments, option_readers[i].name) == 0)
            return option_readers[i].read(arguments + 1, options);
    return NULL;
}

static void read_options(char **arguments, struct options *options)
{
    while (*arguments != NULL) {
        const char *option = *arguments;
        arguments = read_option(arguments, options);
        if (arguments == NULL) {
            fprintf(stderr, "what to make of %s? (harness.h tells)\n", option);
            exit(2);
        }
    }
}

/* --- Measuring ------------------------------------------------------------ */

static _Bool is_wanted(const struct bench_group *group,
                       const struct options *options)
{
    for (size_t i = 0; i < options->group_count; i++)
        if (strcmp(group->name, options->groups[i]) == 0)
            return 1;
    return options->group_count == 0;
}

/* What the system itself takes cannot be gone below. */
static double possible_goal(double goal, double bottom)
{
    return goal > 0 && goal < bottom * BOTTOM_MARGIN ? bottom * BOTTOM_MARGIN
                                                     : goal;
}

static double goal_of(double goal, double bottom, const struct options *options)
{
    const _Bool loosened = goal >= 1 && goal < options->loosest_goal;
    return loosened ? options->loosest_goal : possible_goal(goal, bottom);
}

static enum bench_verdict verdict_on(const struct bench_row *row)
{
    if (row->goal <= 0)
        return BENCH_SHOWN;
    if (row->result.ratio <= row->goal)
        return BENCH_MET;
    return row->result.ratio <= row->goal + row->group->slack ? BENCH_NEAR
                                                              : BENCH_MISSED;
}

static _Bool is_void(const struct bench_row *floor)
{
    return floor->result.ratio < FLOOR_LOW || floor->result.ratio > FLOOR_HIGH;
}

/* Returns whether all is as it should be. */
static _Bool judge(struct bench_row *rows, size_t count)
{
    _Bool good = !is_void(&rows[1]);
    for (size_t i = 0; i < count; i++) {
        rows[i].verdict = is_void(&rows[1]) ? BENCH_VOID : verdict_on(&rows[i]);
        good = good && rows[i].verdict != BENCH_MISSED;
    }
    return good;
}

static _Bool measure_once(const struct bench_group *group,
                          const struct options *options, struct bench_row *rows)
{
    struct bench_result results[MOST_VARIANTS];
    bench_measure(group, &options->effort, results);
    const double bottom = group->bottom == 0 ? 0 : results[group->bottom].ratio;
    for (size_t i = 0; i < group->variant_count; i++) {
        const struct bench_variant *variant = &group->variants[i];
        rows[i] =
            (struct bench_row){.group = group,
                               .variant = variant,
                               .result = results[i],
                               .goal = goal_of(variant->goal, bottom, options)};
    }
    return judge(rows, group->variant_count);
}

/* A second chance, since another program may have been at work. */
static _Bool measure(const struct bench_group *group,
                     const struct options *options)
{
    struct bench_row rows[MOST_VARIANTS];
    BENCH_REQUIRE(group->variant_count >= 2 &&
                  group->variant_count <= MOST_VARIANTS);
    _Bool good = measure_once(group, options, rows);
    if (!good)
        good = measure_once(group, options, rows);
    if (options->lines)
        bench_report_lines(rows, group->variant_count);
    else
        bench_report_table(rows, group->variant_count);
    if (group->note != NULL)
        group->note(rows, group->variant_count);
    return good;
}

/* --- Counting ------------------------------------------------------------- */

/* Only of a variant that has a goal, and makes no more calls than the raw one,
 * do instructions say anything. */
static unsigned instructions_of(const struct bench_group *group,
                                const struct bench_variant *variant)
{
    return variant->goal > 0 && variant->more_calls == 0 ? group->instructions
                                                         : 0;
}

static void list(const struct bench_group *group)
{
    for (size_t i = 0; i < group->variant_count; i++)
        if (group->variants[i].more_calls != BENCH_UNCOUNTED)
            printf("%s\t%s\t%u\t%d\t%u\n", group->name, group->variants[i].name,
                   group->calls, group->variants[i].more_calls,
                   instructions_of(group, &group->variants[i]));
}

/* The first operation is not one of the counted: it starts what starts with the
 * first use. */
static void count_variant(const struct bench_group *group,
                          const struct bench_variant *variant, uint64_t count)
{
    if (group->before != NULL)
        group->before(variant->context, 1);
    variant->run(variant->context, 1);
    if (group->after != NULL)
        group->after(variant->context, 1);
    uint64_t before = bench_allocations();
    bench_do(group, variant, count);
    printf("allocations\t%llu\n",
           (unsigned long long)(bench_allocations() - before));
}

static void count(const struct bench_group *group,
                  const struct options *options)
{
    for (size_t i = 0; i < group->variant_count; i++)
        if (strcmp(group->variants[i].name, options->count_variant) == 0)
            count_variant(group, &group->variants[i], options->count);
}

/* --- The program ---------------------------------------------------------- */

static _Bool work_on(const struct bench_group *group,
                     const struct options *options)
{
    _Bool good = 1;
    if (group->prepare != NULL)
        group->prepare();
    if (options->count == 0)
        good = measure(group, options);
    else
        count(group, options);
    if (group->dispose != NULL)
        group->dispose();
    return good;
}

int bench_main(int argc, char **argv, const struct bench_group *groups,
               size_t group_count)
{
    _Bool good = 1;
    struct options options = {.effort = {.slice_ns = 250000, .pairs = 400}};
    (void)argc;
    read_options(argv + 1, &options);
    raw_start();
    for (size_t i = 0; i < group_count; i++) {
        if (options.list)
            list(&groups[i]);
        else if (is_wanted(&groups[i], &options))
            good = work_on(&groups[i], &options) && good;
    }
    return good ? 0 : 1;
}
