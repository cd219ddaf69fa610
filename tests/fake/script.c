#include "script.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    STEPS_MAX = 256
};

static struct {
    struct call call;
    struct answer answer;
} steps[STEPS_MAX];

static size_t step_count;
static size_t steps_taken;
static int64_t clock_ns;
static int clock_reads;
static char complaint[1024];

void script_begin(void)
{
    step_count = 0;
    steps_taken = 0;
    clock_reads = 0;
    clock_ns = INT64_C(1000000000);
}

const char *script_add(struct call call, struct answer answer)
{
    if (step_count == STEPS_MAX)
        return "the script is too long";
    steps[step_count].call = call;
    steps[step_count].answer = answer;
    step_count++;
    return NULL;
}

const char script_any_text[] = "anything";

static _Bool same_text(const char *called, const char *expected)
{
    if (expected == script_any_text)
        return 1;
    return called == NULL || expected == NULL ? called == expected
                                              : strcmp(called, expected) == 0;
}

const char script_any_bytes[] = "anything";

static _Bool same_bytes(const struct call *called, const struct call *expected)
{
    if (expected->bytes == script_any_bytes)
        return 1;
    return called->byte_count == expected->byte_count &&
           (called->byte_count == 0 ||
            memcmp(called->bytes, expected->bytes, called->byte_count) == 0);
}

static _Bool same_addresses(const struct call *a, const struct call *b)
{
    return memcmp(&a->address, &b->address, sizeof a->address) == 0 &&
           memcmp(&a->second, &b->second, sizeof a->second) == 0;
}

static _Bool same_arguments(const struct call *called,
                            const struct call *expected)
{
    for (size_t i = 0; i < SCRIPT_ARGUMENTS_MAX; i++)
        if (called->arguments[i] != expected->arguments[i] &&
            expected->arguments[i] != SCRIPT_ANYTHING)
            return 0;
    return 1;
}

static _Bool same_call(const struct call *a, const struct call *b)
{
    return same_text(a->name, b->name) && same_text(a->text, b->text) &&
           same_arguments(a, b) && same_addresses(a, b) && same_bytes(a, b);
}

/* --- Complaints ----------------------------------------------------------- */

/* Writes "wait(7, 1, 100)" and the like. */
static void describe(const struct call *call, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "%s(", call->name);
    if (call->text != NULL)
        length += (size_t)snprintf(text + length, size - length, "\"%.120s\"",
                                   call->text);
    for (size_t i = 0; i < call->count; i++)
        length += (size_t)snprintf(text + length, size - length,
                                   i == 0 ? "%" PRId64 : ", %" PRId64,
                                   call->arguments[i]);
    snprintf(text + length, size - length, ")");
}

static const char *complain_of(const struct call *call, const char *expected)
{
    char called[400];
    describe(call, called, sizeof called);
    snprintf(complaint, sizeof complaint, "step %zu of %zu is %s, called is %s",
             steps_taken + 1, step_count, expected, called);
    return complaint;
}

static const char *complain_of_another(const struct call *call,
                                       const struct call *next)
{
    char expected[400];
    describe(next, expected, sizeof expected - 60);
    if (!same_addresses(call, next))
        strcat(expected, " with another address");
    if (!same_bytes(call, next))
        strcat(expected, " with other bytes");
    return complain_of(call, expected);
}

/* --- Steps ---------------------------------------------------------------- */

const char *script_take(const struct call *call, struct answer *answer)
{
    if (steps_taken == step_count)
        return complain_of(call, "not there");
    if (!same_call(call, &steps[steps_taken].call))
        return complain_of_another(call, &steps[steps_taken].call);
    *answer = steps[steps_taken].answer;
    if (answer->repeats > 0)
        steps[steps_taken].answer.repeats--;
    else
        steps_taken++;
    clock_ns += answer->elapsed_ns;
    return NULL;
}

const char *script_left_over(void)
{
    char next[400];
    if (steps_taken == step_count)
        return NULL;
    describe(&steps[steps_taken].call, next, sizeof next);
    snprintf(complaint, sizeof complaint,
             "%zu of %zu steps were not taken, the first is %s",
             step_count - steps_taken, step_count, next);
    return complaint;
}

/* --- The clock ------------------------------------------------------------ */

int64_t script_clock_read(void)
{
    clock_reads++;
    return clock_ns;
}

int64_t script_clock_now(void)
{
    return clock_ns;
}

int script_clock_reads(void)
{
    return clock_reads;
}

void script_clock_set(int64_t now_ns)
{
    clock_ns = now_ns;
}
