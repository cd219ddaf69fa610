/* Very many connections, for some time: is anything lost or left over?
 *
 *   soak [<seconds> <connections> [<seed>]]
 *
 * Without arguments it is a short test among the others; scripts/soak is the
 * long run.  Started with "serve", it is the other process. */
#include "../fixture.h"
#include "soak.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program;
static struct soak_plan plan = {300, INT64_C(2000000000), 1};
static struct soak_report clients, server;
static int server_status;

/* --- The two processes ---------------------------------------------------- */

/* Sockets for all, and for whatever else is open. */
static void allow_descriptors(int connections)
{
    if (!host_allow_descriptors(connections + 100))
        soak_demand(PSOCK_EMFILE, "so many connections in one process");
}

static int be_the_server(char **arguments)
{
    psock_address control;
    allow_descriptors(atoi(arguments[1]));
    soak_demand(psock_address_parse(arguments[0], &control), arguments[0]);
    soak_serve(&control);
    return EXIT_SUCCESS;
}

static struct host_child *start_server(psock_t *line)
{
    psock_address address;
    char name[PSOCK_ADDRESS_TEXT_SIZE], count[24];
    psock_t listener = soak_listen(&address);
    psock_address_format(&address, 0, name, sizeof name);
    snprintf(count, sizeof count, "%d", plan.connections);
    const char *arguments[] = {"serve", name, count, NULL};
    struct host_child *child = host_child_start(program, arguments);
    *line = psock_accept(listener, NULL, in_time());
    soak_demand(*line, "waiting for the other process");
    psock_close(listener);
    return child;
}

/* The first run is a small one, after which everything is open that the system
 * keeps open for good. */
static int soak(void **state)
{
    const struct soak_plan small = {16, INT64_C(200000000), plan.seed};
    psock_t line;
    (void)state;
    allow_descriptors(plan.connections);
    struct host_child *child = start_server(&line);
    soak_load(&small, line, &clients, &server);
    soak_load(&plan, line, &clients, &server);
    psock_close(line);
    server_status = host_child_end(child);
    return 0;
}

/* --- What must be so ------------------------------------------------------ */

#define assert_count(report, count, expected)                                  \
    assert_int_equal((report).counts[count], (expected))

static void all_connections_are_held_at_once(void **state)
{
    (void)state;
    assert_count(clients, SOAK_MOST_AT_ONCE, (uint64_t)plan.connections);
    assert_true(server.counts[SOAK_MOST_AT_ONCE] >= (uint64_t)plan.connections);
}

static void nothing_is_lost_but_what_is_reset_on_purpose(void **state)
{
    (void)state;
    assert_count(clients, SOAK_LOST, 0);
    assert_count(server, SOAK_LOST, 0);
    assert_count(server, SOAK_CONNECTIONS, clients.counts[SOAK_CONNECTIONS]);
    assert_count(server, SOAK_CLEAN, clients.counts[SOAK_CLEAN]);
    assert_count(server, SOAK_RESETS, clients.counts[SOAK_RESETS]);
    assert_count(server, SOAK_CONNECTIONS,
                 server.counts[SOAK_CLEAN] + server.counts[SOAK_RESETS]);
    assert_true(server.counts[SOAK_RESETS] > 0);
}

static void every_byte_comes_back(void **state)
{
    (void)state;
    assert_true(clients.counts[SOAK_CLEAN_BYTES] > 0);
    assert_count(server, SOAK_CLEAN_BYTES, clients.counts[SOAK_CLEAN_BYTES]);
}

static void slow_readers_stop_the_server_from_sending(void **state)
{
    (void)state;
    assert_true(server.counts[SOAK_STALLS] > 0);
}

static void one_shot_readiness_is_told_to_one_thread(void **state)
{
    (void)state;
    assert_count(server, SOAK_TOLD_TWICE, 0);
}

static void every_ring_is_heard(void **state)
{
    (void)state;
    assert_true(clients.counts[SOAK_RINGS] > 1);
    assert_true(server.counts[SOAK_RINGS] > 1);
    assert_count(clients, SOAK_RINGS_HEARD, clients.counts[SOAK_RINGS]);
    assert_count(server, SOAK_RINGS_HEARD, server.counts[SOAK_RINGS]);
}

/* On some systems psock keeps what a thread waited with for the next wait: as
 * many as were ever needed at once, which may be more than before. */
static void assert_all_closed(const struct soak_report *report)
{
    uint64_t before = report->counts[SOAK_DESCRIPTORS_BEFORE];
    assert_true(before > 0);
    assert_in_range(report->counts[SOAK_DESCRIPTORS_AFTER], 1,
                    before + SOAK_THREADS);
}

static void every_descriptor_is_closed(void **state)
{
    (void)state;
    assert_all_closed(&clients);
    assert_all_closed(&server);
}

/* From the middle to the end, some for the allocator's own. */
static void assert_steady_memory(const struct soak_report *report)
{
    uint64_t halfway = report->counts[SOAK_MEMORY_HALFWAY];
    assert_in_range(report->counts[SOAK_MEMORY_AT_END], 1,
                    halfway + halfway / 4 + 16 * 1024 * 1024);
}

static void memory_does_not_grow(void **state)
{
    (void)state;
    assert_steady_memory(&clients);
    assert_steady_memory(&server);
}

static void the_server_ends_well(void **state)
{
    (void)state;
    assert_int_equal(server_status, EXIT_SUCCESS);
}

/* --- What was so ---------------------------------------------------------- */

static void print_row(const char *what, enum soak_count count, uint64_t unit)
{
    printf("  %-28s %12" PRIu64 " %12" PRIu64 "\n", what,
           clients.counts[count] / unit, server.counts[count] / unit);
}

static int print_counts(void **state)
{
    (void)state;
    printf("soak: %d connections for %d s, seed %" PRIu64 "\n",
           plan.connections, (int)(plan.duration_ns / 1000000000), plan.seed);
    printf("  %-28s %12s %12s\n", "", "clients", "server");
    print_row("connections", SOAK_CONNECTIONS, 1);
    print_row("most at once", SOAK_MOST_AT_ONCE, 1);
    print_row("fewest at once after that", SOAK_FEWEST_AT_ONCE, 1);
    print_row("ended clean", SOAK_CLEAN, 1);
    print_row("reset on purpose", SOAK_RESETS, 1);
    print_row("  seen as the end", SOAK_RESETS_AS_END, 1);
    print_row("lost", SOAK_LOST, 1);
    print_row("MB received", SOAK_BYTES, 1000000);
    print_row("waits for room to send", SOAK_STALLS, 1);
    print_row("rings", SOAK_RINGS, 1);
    print_row("rings heard", SOAK_RINGS_HEARD, 1);
    print_row("descriptors before", SOAK_DESCRIPTORS_BEFORE, 1);
    print_row("descriptors after", SOAK_DESCRIPTORS_AFTER, 1);
    print_row("KiB of memory, halfway", SOAK_MEMORY_HALFWAY, 1024);
    print_row("KiB of memory, at the end", SOAK_MEMORY_AT_END, 1024);
    fflush(stdout);
    return 0;
}

static int soak_and_print(void **state)
{
    return soak(state) || print_counts(state);
}

/* --- The program ---------------------------------------------------------- */

static _Bool read_plan(int argc, char **argv)
{
    if (argc == 1)
        return 1;
    if (argc > 4 || argc < 3)
        return 0;
    plan.duration_ns = strtol(argv[1], NULL, 10) * INT64_C(1000000000);
    plan.connections = (int)strtol(argv[2], NULL, 10);
    if (argc == 4)
        plan.seed = strtoull(argv[3], NULL, 10);
    return plan.duration_ns > 0 && plan.connections > 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_connections_are_held_at_once),
        cmocka_unit_test(nothing_is_lost_but_what_is_reset_on_purpose),
        cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(slow_readers_stop_the_server_from_sending),
        cmocka_unit_test(one_shot_readiness_is_told_to_one_thread),
        cmocka_unit_test(every_ring_is_heard),
        cmocka_unit_test(every_descriptor_is_closed),
        cmocka_unit_test(memory_does_not_grow),
        cmocka_unit_test(the_server_ends_well),
    };
    program = argv[0];
    if (argc == 4 && strcmp(argv[1], "serve") == 0)
        return be_the_server(argv + 2);
    if (!read_plan(argc, argv)) {
        fputs("usage: soak [<seconds> <connections> [<seed>]]\n", stderr);
        return EXIT_FAILURE;
    }
    return cmocka_run_group_tests_name("soak", tests, soak_and_print, NULL);
}
