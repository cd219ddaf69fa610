/* names.c: names, and dialing by name, for scripts/names:
 *
 *     test_names <path of resolv.conf>
 *     test_names skip <reason>
 *
 * The script has a name server at 127.0.0.53, and a network of its own, where what
 * is sent to 10.78.0.0/24 and fd78::/64 is lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

static const char *configuration;

/* --- Which server is asked ----------------------------------------------------- */

static void configure(const char *server, const char *line)
{
    FILE *file = fopen(configuration, "wb");
    assert_non_null(file);
    fprintf(file, "nameserver %s\noptions timeout:1 attempts:1\n%s\n", server,
            line);
    assert_int_equal(fclose(file), 0);
}

void ask_real_server(const char *line)
{
    configure("127.0.0.53", line);
}

void ask_silent_server(void)
{
    configure("10.78.0.53", "");
}

const char *hung_name(void)
{
    static char names[64][32];
    static unsigned number;
    char *name = names[number % COUNT_OF(names)];
    snprintf(name, sizeof *names, "n%u.hung.test", number++);
    return name;
}

/* --- Time ---------------------------------------------------------------------- */

static int64_t lateness_ns(timed_call *call, const void *argument,
                           int64_t timeout_ms, int expected)
{
    const int64_t before_ns = clock_ns();
    assert_result(call(psock_deadline_ms(timeout_ms), argument), expected);
    return clock_ns() - before_ns - timeout_ms * NANOSECONDS_PER_MS;
}

/* All are well below the second after which the resolver itself gives up. */
void check_deadlines(timed_call *call, const void *argument, int expected)
{
    static const int64_t timeouts_ms[] = {10, 100, 333, 700};
    for (size_t i = 0; i < COUNT_OF(timeouts_ms); i++) {
        int64_t late_ns = INT64_MAX;
        for (int tries = 0; tries < 3 && late_ns > LATE_NS; tries++) {
            late_ns = lateness_ns(call, argument, timeouts_ms[i], expected);
            assert_true(late_ns >= 0);
        }
        if (late_ns > LATE_NS)
            print_error("%ld ms: %ld us late\n", (long)timeouts_ms[i],
                        (long)(late_ns / 1000));
        assert_in_range(late_ns, 0, LATE_NS);
    }
}

void check_took(int64_t since_ns, int64_t least_ms, int64_t most_ms)
{
    const int64_t took_ns = clock_ns() - since_ns;
    if (took_ns < least_ms * NANOSECONDS_PER_MS ||
        took_ns > most_ms * NANOSECONDS_PER_MS)
        print_error("took %ld us\n", (long)(took_ns / 1000));
    assert_in_range(took_ns, least_ms * NANOSECONDS_PER_MS,
                    most_ms * NANOSECONDS_PER_MS);
}

/* --- Quiet --------------------------------------------------------------------- */

static int descriptors_when_quiet;
static int threads_when_quiet;

/* What psock keeps open until it is cleaned up is not counted. */
static int count_descriptors(void)
{
    assert_result(psock_startup(), 0);
    assert_result(psock_cleanup(), 0);
    return host_descriptor_count();
}

static _Bool is_quiet(_Bool with_threads)
{
    return count_descriptors() <= descriptors_when_quiet &&
           (!with_threads || host_thread_count() <= threads_when_quiet);
}

/* Nothing tells when the system's resolver is done.  It may keep threads for some
 * seconds more. */
static _Bool becomes_quiet(_Bool with_threads)
{
    const psock_deadline end = psock_deadline_ms(20000);
    while (psock_deadline_left_ns(end) > 0) {
        if (is_quiet(with_threads))
            return 1;
        (void)!psock_poll(NULL, 0, psock_deadline_ms(5));
    }
    return 0;
}

void check_quiet(void)
{
    close_kept_all();
    assert_true(becomes_quiet(1));
}

int set_up(void **state)
{
    (void)state;
    ask_real_server("");
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    close_kept_all();
    if (becomes_quiet(0))
        return 0;
    print_error("%d descriptors more\n",
                count_descriptors() - descriptors_when_quiet);
    return -1;
}

/* --- The program ----------------------------------------------------------------- */

static ptrdiff_t resolve_once(void *argument)
{
    psock_address address;
    (void)argument;
    return psock_resolve("both.test", "80", NULL, &address, 1, in_time());
}

/* Whatever the resolver loads and keeps. */
static void warm_up_resolver(void)
{
    enum {
        AT_ONCE = 8
    };
    struct running_call *calls[AT_ONCE];
    for (size_t i = 0; i < AT_ONCE; i++)
        calls[i] = begin_call(resolve_once, NULL);
    for (size_t i = 0; i < AT_ONCE; i++)
        assert_result(end_call(calls[i]), 2);
}

static int start(void **state)
{
    (void)warm_up(state);
    ask_real_server("");
    servers_start();
    warm_up_resolver();
    descriptors_when_quiet = count_descriptors();
    threads_when_quiet = host_thread_count();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    servers_stop();
    return 0;
}

enum {
    TESTS_MAX = 128
};

static struct CMUnitTest tests[TESTS_MAX];
static size_t test_count;

static void add(const struct claims *claims)
{
    assert_in_range(test_count + claims->count, 1, TESTS_MAX);
    memcpy(tests + test_count, claims->tests,
           claims->count * sizeof *claims->tests);
    test_count += claims->count;
}

static const char *reason;

static void skip_it(void **state)
{
    (void)state;
    skip_because(reason);
}

static void skip_all(void)
{
    for (size_t i = 0; i < test_count; i++)
        tests[i] =
            (struct CMUnitTest){tests[i].name, skip_it, NULL, NULL, NULL};
}

int main(int count, char **arguments)
{
    add(&answer_claims);
    add(&silence_claims);
    add(&dial_claims);
    add(&given_up_claims);
    if (count == 2) {
        configuration = arguments[1];
        return _cmocka_run_group_tests("names", tests, test_count, start, stop);
    }
    if (count != 3 || strcmp(arguments[1], "skip") != 0) {
        fprintf(stderr, "usage: test_names <path of resolv.conf> | skip "
                        "<reason>\n");
        return 2;
    }
    reason = arguments[2];
    skip_all();
    return _cmocka_run_group_tests("names", tests, test_count, NULL, NULL);
}
