/* poller.c: waiting for many sockets, beside everybody who does it.
 *
 * The contenders have connections of their own, of which some are ready, and
 * share a crowd of those on which nothing happens.  Only the server's part is
 * timed. */
#include <psock/psock.h>

#include <stdio.h>
#include <stdlib.h>

#include "contender.h"
#include "harness.h"
#include "raw.h"
#include "report.h"

#define MOST_CONTENDERS 8
#define MOST_ACTIVE 64
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define TEXT_OF(number) TEXT_OF_AS_WRITTEN(number)
#define TEXT_OF_AS_WRITTEN(number) #number

/* A contender and what it waits for. */
struct entrant {
    const struct contender *contender;
    void *set;
    struct raw_pair pairs[MOST_ACTIVE];
    struct connection *active;
    struct connection *idle;
};

static struct entrant entrants[MOST_CONTENDERS];
static size_t active_count;
static struct raw_crowd crowd;

/* --- Gathering ------------------------------------------------------------ */

/* psock is to know every socket that it gets; to others that is no difference.
 */
static void adopt(intptr_t s)
{
    BENCH_REQUIRE(psock_native_adopt(s) == s);
}

static struct connection *some_connections(size_t count)
{
    struct connection *connections = calloc(count + 1, sizeof *connections);
    BENCH_REQUIRE(connections != NULL);
    return connections;
}

static void connect_active(struct entrant *entrant)
{
    entrant->active = some_connections(active_count);
    for (size_t i = 0; i < active_count; i++) {
        entrant->pairs[i] = raw_stream_pair();
        raw_set_nonblocking(&entrant->pairs[i]);
        adopt(entrant->pairs[i].ends[0]);
        entrant->active[i].socket = entrant->pairs[i].ends[0];
        entrant->contender->add(entrant->set, &entrant->active[i]);
    }
}

static void add_crowd(struct entrant *entrant)
{
    entrant->idle = some_connections(crowd.count);
    for (size_t i = 0; i < crowd.count; i++) {
        entrant->idle[i].socket = crowd.sockets[i];
        entrant->contender->add(entrant->set, &entrant->idle[i]);
    }
}

static void enter(struct entrant *entrant, const struct contender *contender)
{
    entrant->contender = contender;
    entrant->set = contender->open();
    add_crowd(entrant);
    connect_active(entrant);
}

static void assemble(size_t count)
{
    crowd = raw_open_crowd(count);
    if (crowd.count < count)
        printf("\nonly %zu of %zu idle connections: descriptors are limited\n",
               crowd.count, count);
    for (size_t i = 0; i < crowd.count; i++)
        adopt(crowd.sockets[i]);
}

static void gather(size_t active, size_t idle)
{
    active_count = active;
    if (idle > 0)
        assemble(idle);
    for (size_t i = 0; i < contender_count; i++)
        enter(&entrants[i], contenders[i]);
}

static void leave(struct entrant *entrant)
{
    const struct contender *contender = entrant->contender;
    for (size_t i = 0; i < crowd.count; i++)
        contender->remove(entrant->set, &entrant->idle[i]);
    for (size_t i = 0; i < active_count; i++)
        contender->remove(entrant->set, &entrant->active[i]);
    contender->close(entrant->set);
    for (size_t i = 0; i < active_count; i++)
        raw_reset_pair(&entrant->pairs[i]);
    free(entrant->active);
    free(entrant->idle);
}

static void disperse(void)
{
    for (size_t i = 0; i < contender_count; i++)
        leave(&entrants[i]);
    if (crowd.count > 0)
        raw_close_crowd(&crowd);
    crowd.count = 0;
}

/* --- Echo: of so many connections one is busy, or some -------------------- */

#define BUSY 16

static void prod(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    for (uint64_t i = 0; i < count; i++)
        raw_prod(&entrant->pairs[i]);
}

static void take(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    for (uint64_t i = 0; i < count; i++)
        raw_take(&entrant->pairs[i]);
}

static void serve(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->serve(entrant->set, count);
}

/* Once round, so that all have asked the system for what they wait for: some do
 * so only when they wait. */
static void gather_echoes(size_t count)
{
    gather(BUSY, count - BUSY);
    for (size_t i = 0; i < contender_count; i++) {
        prod(&entrants[i], BUSY);
        serve(&entrants[i], BUSY);
        take(&entrants[i], BUSY);
    }
}

static void gather_few(void)
{
    gather_echoes(RAW_FEW);
}

static void gather_many(void)
{
    gather_echoes(RAW_MANY);
}

static void gather_multitude(void)
{
    gather_echoes(RAW_MULTITUDE);
}

static _Bool can_serve(const struct contender *contender)
{
    return contender->serve != NULL;
}

/* --- Waiting alone: so many are readable and stay it ---------------------- */

static void gather_readable(size_t count)
{
    gather(count, 0);
    for (size_t i = 0; i < contender_count; i++)
        prod(&entrants[i], count);
}

static void gather_1(void)
{
    gather_readable(1);
}

static void gather_16(void)
{
    gather_readable(16);
}

static void gather_64(void)
{
    gather_readable(64);
}

static void look(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->look(entrant->set, count, active_count);
}

static _Bool can_look(const struct contender *contender)
{
    return contender->look != NULL;
}

/* --- Changes: one socket, on which nothing happens ------------------------ */

static void gather_one(void)
{
    gather(1, 0);
}

static void modify(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->modify(entrant->set, entrant->active, count);
}

static _Bool can_modify(const struct contender *contender)
{
    return contender->modify != NULL;
}

static void swing(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->swing(entrant->set, entrant->active, count);
}

static _Bool can_swing(const struct contender *contender)
{
    return contender->swing != NULL;
}

static void repeat(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->repeat(entrant->set, entrant->active, count);
}

static _Bool can_repeat(const struct contender *contender)
{
    return contender->repeat != NULL;
}

/* It must not be in to be put in. */
static void gather_one_outside(void)
{
    gather_one();
    for (size_t i = 0; i < contender_count; i++)
        entrants[i].contender->remove(entrants[i].set, entrants[i].active);
}

static void disperse_outside(void)
{
    for (size_t i = 0; i < contender_count; i++)
        entrants[i].contender->add(entrants[i].set, entrants[i].active);
    disperse();
}

static void pass(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->pass(entrant->set, entrant->active, count);
}

static _Bool can_pass(const struct contender *contender)
{
    return contender->pass != NULL;
}

/* --- Waking --------------------------------------------------------------- */

static void wake(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->wake(entrant->set, count);
}

static _Bool can_wake(const struct contender *contender)
{
    return contender->wake != NULL;
}

static void wake_twice(const void *context, uint64_t count)
{
    const struct entrant *entrant = context;
    entrant->contender->wake_twice(entrant->set, count);
}

static _Bool can_wake_twice(const struct contender *contender)
{
    return contender->wake_twice != NULL;
}

/* --- Growth: what an echo among many takes over one among few ------------- */

static double among_few_ns[MOST_CONTENDERS];

static void note_few(const struct bench_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        among_few_ns[i] = rows[i].result.ns;
}

static void tell_growth(const struct bench_row *rows, size_t count)
{
    printf("  from " TEXT_OF(RAW_FEW) " to " TEXT_OF(RAW_MULTITUDE) ":");
    for (size_t i = 0; i < count; i++)
        printf("%s %s %.2f", i == 0 ? "" : ",", rows[i].variant->name,
               rows[i].result.ns / among_few_ns[i]);
    printf("\n");
}

static void note_multitude(const struct bench_row *rows, size_t count)
{
    if (among_few_ns[0] > 0)
        tell_growth(rows, count);
}

/* --- The groups ----------------------------------------------------------- */

/* A group but for its variants. */
struct subject {
    struct bench_group group;
    void (*run)(const void *context, uint64_t count);
    _Bool (*fits)(const struct contender *contender);
    double goal; /* of ours */
    int more_calls;
    /* Null: all that fit are measured beside the raw one.  Otherwise ours is
     * measured beside this. */
    const struct contender *rival;
};

#define ECHO(crowd_text, busy_text, busy)                                      \
    .name = "echo-" crowd_text "-" busy_text,                                  \
    .operation = crowd_text " connections, " busy_text                         \
                            " busy: wait, receive a byte, send it back",       \
    .calls = 1, .slack = RAW_ECHO_SLACK, .batch = (busy), .rate = "echoes/s",  \
    .dispose = disperse, .before = prod, .after = take

#define READY(count_text, count)                                               \
    .name = "ready-" count_text,                                               \
    .operation = "wait, and be told of " count_text " that are readable",      \
    .calls = (count), .dispose = disperse

static const struct subject subjects[] = {
    {.group = {ECHO(TEXT_OF(RAW_FEW), "1", 1), .prepare = gather_few,
               .note = note_few},
     .run = serve,
     .fits = can_serve,
     .goal = RAW_ECHO_GOAL},
    {.group = {ECHO(TEXT_OF(RAW_MANY), "1", 1), .prepare = gather_many},
     .run = serve,
     .fits = can_serve,
     .goal = RAW_ECHO_GOAL,
     .more_calls = BENCH_UNCOUNTED},
    {.group = {ECHO(TEXT_OF(RAW_MULTITUDE), "1", 1),
               .prepare = gather_multitude, .note = note_multitude},
     .run = serve,
     .fits = can_serve,
     .goal = RAW_ECHO_GOAL,
     .more_calls = BENCH_UNCOUNTED},
    {.group = {ECHO(TEXT_OF(RAW_FEW), "16", BUSY), .prepare = gather_few},
     .run = serve,
     .fits = can_serve,
     .goal = RAW_ECHO_GOAL},
    {.group = {ECHO(TEXT_OF(RAW_MANY), "16", BUSY), .prepare = gather_many},
     .run = serve,
     .fits = can_serve,
     .goal = RAW_ECHO_GOAL,
     .more_calls = BENCH_UNCOUNTED},
    {.group = {ECHO(TEXT_OF(RAW_MULTITUDE), "16", BUSY),
               .prepare = gather_multitude},
     .run = serve,
     .fits = can_serve,
     .goal = RAW_ECHO_GOAL,
     .more_calls = BENCH_UNCOUNTED},
    {.group = {READY("1", 1), .prepare = gather_1, .slack = 0.07,
               .instructions = 120},
     .run = look,
     .fits = can_look,
     .goal = 1.05},
    {.group = {READY("16", 16), .prepare = gather_16, .slack = 0.04,
               .instructions = 30},
     .run = look,
     .fits = can_look,
     .goal = 1.03},
    {.group = {READY("64", 64), .prepare = gather_64, .slack = 0.035,
               .instructions = 30},
     .run = look,
     .fits = can_look,
     .goal = 1.015},
    {.group = {.name = "modify",
               .operation = "ask for writing also, then no longer",
               .calls = 2,
               .instructions = 90,
               .slack = 0.06,
               .prepare = gather_one,
               .dispose = disperse},
     .run = modify,
     .fits = can_modify,
     .goal = 1.02},
    {.group = {.name = "modify-wait",
               .operation = "the same with a look after each",
               .calls = 4,
               .instructions = 120,
               .slack = 0.06,
               .prepare = gather_one,
               .dispose = disperse},
     .run = swing,
     .fits = can_swing,
     .goal = 1.02},
    {.group = {.name = "unchanged",
               .operation = "ask for what is asked for already",
               .calls = 1,
               .slack = 0.05,
               .prepare = gather_one,
               .dispose = disperse},
     .run = repeat,
     .fits = can_repeat,
     .goal = 0.1,
     .more_calls = -1},
    {.group = {.name = "add-remove",
               .operation = "put a socket in, and take it out",
               .calls = 2,
               .prepare = gather_one_outside,
               .dispose = disperse_outside},
     .run = pass,
     .fits = can_pass,
     .more_calls = 1},
    {.group = {.name = "wake",
               .operation = "wake a wait, and wait",
               .calls = 2,
               .instructions = 90,
               .slack = 0.08,
               .prepare = gather_one,
               .dispose = disperse},
     .run = wake,
     .fits = can_wake,
     .goal = 1.02},
    {.group = {.name = "wake-twice",
               .operation = "wake a wait twice, and wait",
               .calls = 2,
               .slack = 0.08,
               .prepare = gather_one,
               .dispose = disperse},
     .run = wake_twice,
     .fits = can_wake_twice,
     .goal = 1.0,
     .more_calls = -1},
#ifdef RAW_PLAIN_WAIT
    {.group = {.name = "echo-" RAW_PLAIN_WAIT,
               .operation = TEXT_OF(
                   RAW_MULTITUDE) " connections, 1 busy, beside " RAW_PLAIN_WAIT
                                  " as the raw one",
               .calls = 1,
               .batch = 1,
               .most_pairs = 5,
               .rate = "echoes/s",
               .prepare = gather_multitude,
               .dispose = disperse,
               .before = prod,
               .after = take},
     .run = serve,
     .goal = 0.01,
     .more_calls = BENCH_UNCOUNTED,
     .rival = &contender_poll},
#endif
};

static struct bench_variant variants[COUNT_OF(subjects)][MOST_CONTENDERS];
static struct bench_group groups[COUNT_OF(subjects)];

static int more_calls_of(const struct subject *subject,
                         const struct contender *contender)
{
    if (contender->role == ROLE_PEER || subject->more_calls == BENCH_UNCOUNTED)
        return BENCH_UNCOUNTED;
    return contender->role == ROLE_OURS ? subject->more_calls : 0;
}

static struct bench_variant variant_of(const struct subject *subject,
                                       size_t entrant)
{
    const struct contender *contender = contenders[entrant];
    return (struct bench_variant){
        .name = contender->name,
        .run = subject->run,
        .context = &entrants[entrant],
        .goal = contender->role == ROLE_OURS ? subject->goal : 0,
        .more_calls = more_calls_of(subject, contender)};
}

/* The raw one is there twice. */
static size_t choose_all(const struct subject *subject,
                         struct bench_variant *chosen)
{
    size_t count = 0;
    for (size_t i = 0; i < contender_count; i++)
        if (subject->fits(contenders[i]))
            chosen[count++] = variant_of(subject, i);
    return count;
}

static size_t entrant_of(const struct contender *contender)
{
    size_t i = 0;
    while (contenders[i] != contender)
        i++;
    return i;
}

static size_t choose_two(const struct subject *subject,
                         struct bench_variant *chosen)
{
    chosen[0] = variant_of(subject, entrant_of(subject->rival));
    chosen[1] = chosen[0];
    chosen[2] = variant_of(subject, entrant_of(&contender_psock));
    return 3;
}

static void fill(struct bench_group *group, struct bench_variant *chosen,
                 const struct subject *subject)
{
    *group = subject->group;
    group->variants = chosen;
    group->variant_count = subject->rival == NULL ? choose_all(subject, chosen)
                                                  : choose_two(subject, chosen);
    chosen[1].name = "raw again";
}

/* Leaves out what has no raw one here. */
static size_t fill_all(void)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        if (subjects[i].rival != NULL || subjects[i].fits(&contender_raw)) {
            fill(&groups[count], variants[count], &subjects[i]);
            count++;
        }
    return count;
}

int main(int argc, char **argv)
{
    BENCH_REQUIRE(contender_count <= MOST_CONTENDERS);
    return bench_main(argc, argv, groups, fill_all());
}
