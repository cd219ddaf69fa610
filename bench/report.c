#include "report.h"

#include <stdio.h>

static const char *const verdict_words[] = {
    [BENCH_SHOWN] = "-",       [BENCH_MET] = "met",   [BENCH_NEAR] = "near",
    [BENCH_MISSED] = "MISSED", [BENCH_VOID] = "void",
};

/* Times are told per socket call, or what else the group counts, which is what
 * people compare. */
static double call_ns(const struct bench_row *row)
{
    return row->result.ns / (double)row->group->calls;
}

static void print_title(const struct bench_group *group)
{
    printf("\n%s: %s\n", group->name, group->operation);
    printf("  %-32s %9s", "", group->unit != NULL ? group->unit : "ns/call");
    if (group->rate != NULL)
        printf("  %9s", group->rate);
    printf("  %6s  %13s  %6s\n", "ratio", "quartiles", "goal");
}

static void print_goal(const struct bench_row *row)
{
    if (row->goal > 0)
        printf("  %6.3f  %s", row->goal, verdict_words[row->verdict]);
    else if (row->verdict == BENCH_VOID)
        printf("  %6s  void", "");
}

static void print_row(const struct bench_row *row)
{
    const struct bench_result *result = &row->result;
    printf("  %-32s %9.1f", row->variant->name, call_ns(row));
    if (row->group->rate != NULL)
        printf("  %9.0f", 1e9 / result->ns);
    if (row->variant != row->group->variants)
        printf("  %6.3f  %5.3f - %5.3f", result->ratio, result->lower_quartile,
               result->upper_quartile);
    print_goal(row);
    printf("\n");
}

void bench_report_table(const struct bench_row *rows, size_t count)
{
    print_title(rows->group);
    for (size_t i = 0; i < count; i++)
        print_row(&rows[i]);
    fflush(stdout);
}

void bench_report_lines(const struct bench_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct bench_result *result = &rows[i].result;
        printf("time\t%s\t%s\t%.2f\t%.4f\t%.4f\t%.4f\t%.3f\t%s\n",
               rows[i].group->name, rows[i].variant->name, call_ns(&rows[i]),
               result->ratio, result->lower_quartile, result->upper_quartile,
               rows[i].goal, verdict_words[rows[i].verdict]);
    }
    fflush(stdout);
}
