/* scene.c: plays a scene, and checks what came of it. */
#include "net.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LINES_MAX = NET_ATTEMPTS_MAX + 1,
    UNTOUCHED = 12345
};

/* What must make no difference. */
static const struct way {
    const char *name;
    unsigned manners;
    _Bool prepares;
    _Bool reports;
    size_t capacity;
} ways[] = {
    {"as told", 0, 1, 1, NET_ATTEMPTS_MAX},
    {"stopping late, without a report", NET_STOPS_LATE, 0, 0, 0},
    {"interrupted", NET_STOPS_LATE | NET_INTERRUPTS, 0, 1, NET_ATTEMPTS_MAX},
    {"impatient, with a short report", NET_IS_IMPATIENT, 1, 1, 1},
    {"impatient and interrupted, with a report of nobody",
     NET_IS_IMPATIENT | NET_INTERRUPTS, 1, 1, 0},
};

/* A scene as it is played, and how it went. */
static struct run {
    const struct scene *scene;
    const struct way *way;
    psock_address source;
    psock_dial_attempt lines[LINES_MAX];
    psock_dial_report report;
    int64_t began_ns;
    int64_t ended_ns;
    psock_t result;
    _Bool is_short; /* of memory */
} run;

/* --- Playing -------------------------------------------------------------- */

static const char context[] = "what goes to prepare";

static int prepare(psock_t s, const psock_address *peer, void *given)
{
    assert_ptr_equal(given, context);
    return net_prepare(s, peer);
}

static _Bool has_failure_of(const char *kind)
{
    return run.scene->fails != NULL && strstr(run.scene->fails, kind) != NULL;
}

static void ready_report(void)
{
    memset(&run.report, 0, sizeof run.report);
    run.report.attempts = run.way->capacity == 0 ? NULL : run.lines;
    run.report.capacity = run.way->capacity;
    run.report.count = UNTOUCHED;
    run.report.ipv4.result = UNTOUCHED;
    run.report.ipv6.result = UNTOUCHED;
    for (size_t i = 0; i < LINES_MAX; i++)
        run.lines[i] = (psock_dial_attempt){.error = UNTOUCHED};
}

static psock_dial_options options_of_run(void)
{
    psock_dial_options options = run.scene->options;
    ready_report();
    options.report = run.way->reports ? &run.report : NULL;
    if (run.way->prepares || has_failure_of("prepare")) {
        options.prepare = prepare;
        options.context = (void *)(uintptr_t)context;
    }
    if (run.scene->source != NULL) {
        run.source = scene_address(run.scene->source[0], 0);
        options.source = &run.source;
    }
    return options;
}

static psock_deadline deadline_of_run(void)
{
    const char *deadline = run.scene->deadline;
    if (deadline == NULL)
        return PSOCK_FOREVER;
    if (strcmp(deadline, "past") == 0)
        return run.began_ns - 1;
    if (strcmp(deadline, "long past") == 0)
        return INT64_MIN;
    if (strcmp(deadline, "far") == 0)
        return PSOCK_FOREVER - 1;
    return strcmp(deadline, "now") == 0 ? PSOCK_NOW
                                        : run.began_ns + scene_moment(deadline);
}

/* Where all is as usual, the same as no options. */
static _Bool is_usual(const psock_dial_options *options)
{
    static const psock_dial_options usual;
    return memcmp(options, &usual, sizeof usual) == 0;
}

static psock_t dial_known(const psock_dial_options *options)
{
    psock_address addresses[NET_ATTEMPTS_MAX];
    const size_t count = strlen(run.scene->known);
    assert_true(count <= NET_ATTEMPTS_MAX);
    for (size_t i = 0; i < count; i++)
        addresses[i] = scene_address(run.scene->known[i], NET_PORT);
    return psock_dial_addresses(addresses, count, options, deadline_of_run());
}

static const char *host_of(const struct scene *scene)
{
    if (scene->host == NULL)
        return "peer.test";
    return strcmp(scene->host, "null") == 0 ? NULL : scene->host;
}

static psock_t dial(void)
{
    const struct scene *scene = run.scene;
    const psock_dial_options options = options_of_run();
    const psock_dial_options *given = is_usual(&options) ? NULL : &options;
    if (scene->known != NULL)
        return dial_known(given);
    return psock_dial(host_of(scene),
                      scene->service == NULL ? "80" : scene->service, given,
                      deadline_of_run());
}

static void play_as(const struct scene *scene, const struct way *way)
{
    run.scene = scene;
    run.way = way;
    run.began_ns = script_clock_now();
    net_begin(scene, way->manners);
    if (scene->cancel != NULL)
        assert_null(psock_cancel_with(net_canceler()));
    run.result = dial();
    run.ended_ns = script_clock_now();
    if (scene->cancel != NULL)
        assert_ptr_equal(psock_cancel_with(NULL), net_canceler());
}

/* --- What came of it, as text --------------------------------------------- */

struct text {
    char text[4096];
    size_t length;
};

static void add(struct text *text, const char *word)
{
    const size_t length = strlen(word);
    assert_true(text->length + length < sizeof text->text);
    memcpy(text->text + text->length, word, length + 1);
    text->length += length;
}

static void add_moment(struct text *text, int64_t moment_ns)
{
    char word[64];
    const int64_t time_ns = moment_ns - run.began_ns;
    snprintf(word, sizeof word,
             time_ns % ms(1) == 0 ? "%" PRId64 : "%" PRId64 ".%06" PRId64,
             time_ns / ms(1), time_ns % ms(1));
    add(text, word);
}

/* Who is to be tried in place `i`: 0 for nobody. */
static char expected_peer(size_t i)
{
    const char *at = run.scene->tries == NULL ? "" : run.scene->tries;
    for (; i > 0; i--) {
        at += strcspn(at, ",");
        at += strspn(at, ", ");
    }
    return at[0];
}

static char peer_of(size_t i)
{
    const char peer = net_books.attempts[i].peer;
    if (peer == 0 && net_books.attempts[i].error < 0)
        return expected_peer(i);
    return peer;
}

static void tell_tries(struct text *text)
{
    for (size_t i = 0; i < net_books.attempt_count; i++) {
        const char peer = peer_of(i);
        const char name[] = {peer, ' ', 0};
        add(text, i == 0 ? "" : ", ");
        add(text, peer == 0 ? "? " : name);
        add_moment(text, net_books.attempts[i].opened_ns);
    }
}

static void tell_end(struct text *text)
{
    add_moment(text, run.ended_ns);
    add(text, " ");
    if (run.result < 0) {
        add(text, psock_error_name(run.result));
        return;
    }
    const struct net_attempt *winner = net_attempt_of(run.result);
    const char name[] = {winner->peer, 0};
    add(text, name);
}

static void tell_asks(struct text *text)
{
    for (size_t i = 0; i < net_books.look_up_count; i++) {
        const int family = net_books.look_ups[i].family;
        add(text, family == PSOCK_IPV6   ? "6"
                  : family == PSOCK_IPV4 ? "4"
                                         : "p");
    }
}

static void check_text(const char *what, const char *text, const char *expected)
{
    if (strcmp(text, expected) != 0)
        fail_msg("%s: %s \"%s\", not \"%s\"", run.way->name, what, text,
                 expected);
}

#define check(condition) check_that((condition), #condition, __LINE__)

static void check_that(_Bool condition, const char *text, int line)
{
    if (!condition)
        fail_msg("%s: line %d: not so: %s", run.way->name, line, text);
}

/* --- Checks --------------------------------------------------------------- */

/* Whom the options let be asked. */
static const char *expected_asks(void)
{
    const struct scene *scene = run.scene;
    if (scene->asks != NULL)
        return scene->asks;
    if (scene->known != NULL || scene->host != NULL)
        return scene->port == NULL ? "" : "p";
    const int family = scene->source != NULL ? psock_address_family(&run.source)
                                             : scene->options.family;
    if (family != PSOCK_NONE)
        return family == PSOCK_IPV6 ? "6" : "4";
    return scene->options.preferred_family == PSOCK_IPV4 ? "46" : "64";
}

static void check_story(void)
{
    struct text tries = {.length = 0}, ends = tries, asks = tries;
    tell_tries(&tries);
    tell_end(&ends);
    tell_asks(&asks);
    check_text("was tried:", tries.text,
               run.scene->tries == NULL ? "" : run.scene->tries);
    check_text("ended:", ends.text, run.scene->ends);
    if (strcmp(expected_asks(), "*") != 0)
        check_text("was asked:", asks.text, expected_asks());
}

static _Bool has_won(const struct net_attempt *attempt)
{
    return run.result >= 0 && attempt->socket == run.result;
}

static void check_attempts(void)
{
    for (size_t i = 0; i < net_books.attempt_count; i++) {
        const struct net_attempt *attempt = &net_books.attempts[i];
        const _Bool won = has_won(attempt);
        check(attempt->is_open == won && (!won || attempt->is_connected));
        check(attempt->error < 0 || attempt->is_begun);
    }
}

static void check_look_ups(void)
{
    for (size_t i = 0; i < net_books.look_up_count; i++)
        check(net_books.look_ups[i].look_up == NULL ||
              net_books.look_ups[i].is_stopped);
}

/* What an attempt is to be reported with: what somebody was told, unless it was
 * a connection that cannot be used. */
static int expected_error(const struct net_attempt *attempt)
{
    if (has_won(attempt))
        return 0;
    if (attempt->is_connected)
        return PSOCK_ECONNREFUSED;
    if (attempt->error == PSOCK_EAGAIN)
        return run.result == PSOCK_ECONNREFUSED || net_books.attempt_count > 1
                   ? PSOCK_ECONNREFUSED
                   : PSOCK_ECANCELED;
    return attempt->error == 0 ? PSOCK_ECANCELED : attempt->error;
}

static void check_line(size_t i)
{
    const struct net_attempt *attempt = &net_books.attempts[i];
    const psock_dial_attempt *line = &run.lines[i];
    const int error = expected_error(attempt);
    const int64_t ended_ns =
        error == PSOCK_ECANCELED ? run.ended_ns : attempt->told_ns;
    check(scene_letter(&line->peer) == peer_of(i) || run.scene->tries == NULL);
    check(line->error == error);
    check(line->began_ns == attempt->opened_ns - run.began_ns);
    check(line->ended_ns == ended_ns - run.began_ns);
}

/* A look-up that failed before the resolver knew of it. */
static _Bool could_not_be_asked(int result)
{
    return (run.is_short && result == PSOCK_ENOMEM) ||
           (has_failure_of("waker") && result == PSOCK_EMFILE);
}

/* An answer at the very end may be taken or not. */
static void check_look_up_line(const psock_dial_look_up *line, int family)
{
    const struct net_look_up *entry = net_books.look_ups;
    const struct net_look_up *end = entry + net_books.look_up_count;
    while (entry < end && entry->family != family)
        entry++;
    if (entry == end) {
        check(line->result == 0 || could_not_be_asked(line->result));
        check(line->ended_ns == 0);
        return;
    }
    const _Bool in_time = line->result == entry->result &&
                          line->ended_ns == entry->answered_ns - run.began_ns &&
                          entry->answered_ns <= run.ended_ns;
    const _Bool not_awaited = line->result == PSOCK_ECANCELED &&
                              line->ended_ns == run.ended_ns - run.began_ns &&
                              entry->answered_ns >= run.ended_ns;
    check(in_time || not_awaited);
}

/* Of what was refused before anything was done there may be no report. */
static _Bool may_go_unreported(void)
{
    return net_books.attempt_count == 0 && net_books.look_up_count == 0 &&
           (run.result == PSOCK_EINVAL || run.result == PSOCK_EFAULT ||
            run.result == PSOCK_EAFNOSUPPORT) &&
           run.report.count == UNTOUCHED;
}

static void check_report(void)
{
    const size_t count = net_books.attempt_count;
    const size_t lines = count < run.way->capacity ? count : run.way->capacity;
    if (!run.way->reports || may_go_unreported())
        return;
    check(run.report.count == count);
    for (size_t i = 0; i < lines; i++)
        check_line(i);
    check(run.lines[lines].error == UNTOUCHED);
    check_look_up_line(&run.report.ipv6, PSOCK_IPV6);
    check_look_up_line(&run.report.ipv4, PSOCK_IPV4);
}

/* Also what comes when nobody waits for it any more leaves nothing behind. */
static void clear_away(int memory_in_use)
{
    if (run.result >= 0)
        check(psock_close(run.result) == 0);
    net_answer_late();
    check(net_books.open_wakers == 0);
    check(fake_memory_in_use() == memory_in_use);
    net_end();
}

void play(const struct scene *scene)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        const int memory_in_use = fake_memory_in_use();
        if (scene->is_undisturbed && (ways[i].manners & NET_INTERRUPTS) != 0)
            continue;
        run.is_short = 0;
        play_as(scene, &ways[i]);
        check_story();
        check_attempts();
        check_look_ups();
        check_report();
        clear_away(memory_in_use);
    }
}

/* --- Want of memory ------------------------------------------------------- */

static _Bool is_want_of_memory(psock_t result)
{
    return result == PSOCK_ENOMEM || result == PSOCK_EAI_MEMORY;
}

/* Returns whether the allocation after `count` others was asked for at all. */
static _Bool play_without(const struct scene *scene, const struct way *way,
                          int count)
{
    const int memory_in_use = fake_memory_in_use();
    const int allocations = fake_allocations();
    fake_fail_allocation(count);
    run.is_short = 1;
    play_as(scene, way);
    fake_fail_allocation(-1);
    check(run.result >= 0 || is_want_of_memory(run.result));
    check_attempts();
    check_look_ups();
    check_report();
    const _Bool failed = fake_allocations() - allocations > count;
    clear_away(memory_in_use);
    return failed;
}

void play_short_of_memory(const struct scene *scene)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        int count = 0;
        while (play_without(scene, &ways[i], count))
            count++;
        check(count > 0);
    }
}
