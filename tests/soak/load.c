/* load.c: all clients of the soak, in one thread with one poller; and a second
 * thread, that sleeps in a call and is woken again and again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "load.h"

enum {
    BATCH = 256,
    TICK_MS = 10,
    PATIENCE_MS = 60000,
    PROGRESS_S = 10
};

#define SECOND_NS INT64_C(1000000000)

/* --- The sleeper ---------------------------------------------------------- */

/* Any call that waits can be ended so: here are three, in turn. */
struct sleeper {
    struct soak_bell bell;
    struct host_thread *thread;
    psock_t socket; /* to which nothing comes */
    psock_poller *poller;
    uint64_t woken_otherwise;
};

static ptrdiff_t sleep_in_recv(struct sleeper *sleeper)
{
    return psock_recv(sleeper->socket, &(char){0}, 1, 0, PSOCK_FOREVER);
}

static ptrdiff_t sleep_in_poll(struct sleeper *sleeper)
{
    psock_pollable entry = {sleeper->socket, NULL, PSOCK_READABLE, 0};
    return psock_poll(&entry, 1, PSOCK_FOREVER);
}

static ptrdiff_t sleep_in_poller(struct sleeper *sleeper)
{
    psock_poller_event event;
    return psock_poller_wait(sleeper->poller, &event, 1, PSOCK_FOREVER);
}

static void sleep_and_wake(void *argument)
{
    static ptrdiff_t (*const ways[])(struct sleeper *) = {
        sleep_in_recv, sleep_in_poll, sleep_in_poller};
    struct sleeper *sleeper = argument;
    psock_cancel_with(sleeper->bell.waker);
    for (size_t i = 0;; i++) {
        if (ways[i % 3](sleeper) != PSOCK_ECANCELED)
            sleeper->woken_otherwise++;
        if (!soak_bell_hear(&sleeper->bell))
            break;
    }
    psock_cancel_with(NULL);
}

static void start_sleeper(struct sleeper *sleeper)
{
    psock_address address;
    sleeper->woken_otherwise = 0;
    soak_bell_open(&sleeper->bell);
    sleeper->socket = psock_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0);
    soak_demand(sleeper->socket, "opening the sleeper's socket");
    soak_demand(psock_address_loopback(PSOCK_IPV4, 0, &address), "loopback");
    soak_demand(psock_bind(sleeper->socket, &address, PSOCK_BIND_FRESH),
                "binding the sleeper's socket");
    soak_demand(psock_poller_open(&sleeper->poller), "the sleeper's poller");
    soak_demand(psock_poller_add(sleeper->poller, sleeper->socket,
                                 PSOCK_READABLE, NULL),
                "adding the sleeper's socket");
    sleeper->thread = host_thread_start(sleep_and_wake, sleeper);
}

/* The ring before the last must be heard first, or this one is none. */
static void stop_sleeper(struct sleeper *sleeper, struct soak_report *report)
{
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    while (!soak_bell_is_heard(&sleeper->bell) && soak_now_ns() < deadline)
        host_yield();
    atomic_store(&sleeper->bell.last, sleeper->bell.rung + 1);
    soak_bell_ring_again(&sleeper->bell);
    if (!host_thread_join(sleeper->thread, PATIENCE_MS))
        soak_demand(PSOCK_ETIMEDOUT, "waking the sleeper");
    report->counts[SOAK_RINGS] = sleeper->bell.rung;
    report->counts[SOAK_RINGS_HEARD] =
        atomic_load(&sleeper->bell.heard) - sleeper->woken_otherwise;
    psock_poller_close(sleeper->poller);
    psock_close(sleeper->socket);
    psock_waker_close(sleeper->bell.waker);
}

/* --- Making the clients --------------------------------------------------- */

static void fill_pattern(struct load *load)
{
    uint64_t state = load->plan->seed;
    for (size_t i = 0; i < LOAD_PATTERN_PERIOD; i++)
        load->pattern[i] = (unsigned char)(soak_random(&state) >> 56);
    memcpy(load->pattern + LOAD_PATTERN_PERIOD, load->pattern, LOAD_PIECE_MAX);
}

/* There are only a few slow ones, as each fills the system's buffers. */
static unsigned slow_clients(const struct soak_plan *plan)
{
    unsigned few = (unsigned)plan->connections / 16 + 1;
    return few < 32 ? few : 32;
}

static struct load *make_load(const struct soak_plan *plan)
{
    size_t count = (size_t)plan->connections;
    struct load *load = calloc(1, sizeof *load);
    struct load_client *clients = calloc(count, sizeof *clients);
    if (load == NULL || clients == NULL)
        soak_demand(PSOCK_ENOMEM, "clients");
    load->plan = plan;
    load->clients = clients;
    load->now_ns = soak_now_ns();
    fill_pattern(load);
    for (unsigned i = 0; i < count; i++) {
        clients[i].number = i;
        clients[i].is_slow = i < slow_clients(plan);
        clients[i].random = plan->seed + i;
        load_put_absent(load, &clients[i]);
    }
    soak_demand(psock_poller_open(&load->poller), "opening a poller");
    return load;
}

static void free_load(struct load *load)
{
    psock_poller_close(load->poller);
    free(load->clients);
    free(load);
}

/* --- What all of them do -------------------------------------------------- */

static size_t open_count(const struct load *load)
{
    return (size_t)load->plan->connections - load->absent_count;
}

static _Bool is_stopping(const struct load *load)
{
    return load->is_complete && load->now_ns >= load->stop_ns;
}

static struct load_client *take_absent(struct load *load)
{
    struct load_client *client = load->absent;
    load->absent = client->next_absent;
    load->absent_count--;
    return client;
}

/* Not all at a time: there is a limit to what may wait to be accepted. */
static void connect_absent(struct load *load)
{
    size_t connecting_max = 64 + (size_t)load->plan->connections / 32;
    while (!is_stopping(load) && load->absent_count > 0 &&
           load->connecting_count < connecting_max)
        load_connect(load, take_absent(load));
    soak_note_most(&load->report, open_count(load));
}

static void serve_batch(struct load *load)
{
    psock_poller_event events[BATCH];
    int count = psock_poller_wait(load->poller, events, BATCH,
                                  psock_deadline_ms(TICK_MS));
    if (count != PSOCK_ETIMEDOUT)
        soak_demand(count, "waiting");
    load->now_ns = soak_now_ns();
    for (int i = 0; i < count; i++)
        load_serve(load, events[i].token, events[i].came);
}

static void look_at_slow(struct load *load)
{
    for (unsigned i = 0; i < slow_clients(load->plan); i++) {
        struct load_client *client = &load->clients[i];
        if (client->phase == LOAD_POURING && load_time_is_over(load, client))
            load_begin_to_read(load, client);
    }
}

/* The time begins when all are there. */
static void connect_all(struct load *load)
{
    int64_t limit_ns = load->now_ns + PATIENCE_MS * (SECOND_NS / 1000);
    while (load->absent_count > 0 || load->connecting_count > 0) {
        connect_absent(load);
        serve_batch(load);
        if (load->now_ns > limit_ns)
            soak_demand(PSOCK_ETIMEDOUT, "connecting all clients");
    }
    load->is_complete = 1;
    load->stop_ns = load->now_ns + load->plan->duration_ns;
    for (int i = 0; i < load->plan->connections; i++)
        load_choose_time(load, &load->clients[i]);
}

static void tell_progress(const struct load *load)
{
    printf("soak: %4d s to go, %zu open, %" PRIu64 " connections, %" PRIu64
           " MB back, %" PRIu64 " lost\n",
           (int)((load->stop_ns - load->now_ns) / SECOND_NS), open_count(load),
           load->report.counts[SOAK_CONNECTIONS],
           load->report.counts[SOAK_BYTES] / 1000000,
           load->report.counts[SOAK_LOST]);
    fflush(stdout);
}

static void note_fewest(struct load *load)
{
    uint64_t *fewest = &load->report.counts[SOAK_FEWEST_AT_ONCE];
    uint64_t now_open = open_count(load) - load->connecting_count;
    if (*fewest == 0 || *fewest > now_open)
        *fewest = now_open;
}

/* Goes on until `until_ns`, ringing and telling. */
static void go_on(struct load *load, struct sleeper *sleeper, int64_t until_ns)
{
    int64_t tell_ns = load->now_ns + PROGRESS_S * SECOND_NS;
    while (load->now_ns < until_ns) {
        connect_absent(load);
        serve_batch(load);
        look_at_slow(load);
        soak_bell_ring_again(&sleeper->bell);
        note_fewest(load);
        if (load->now_ns >= tell_ns) {
            tell_ns += PROGRESS_S * SECOND_NS;
            tell_progress(load);
        }
    }
}

static void end_all(struct load *load)
{
    int64_t limit_ns = load->stop_ns + PATIENCE_MS * (SECOND_NS / 1000);
    while (open_count(load) > 0 && load->now_ns < limit_ns) {
        serve_batch(load);
        look_at_slow(load);
    }
    for (int i = 0; i < load->plan->connections; i++)
        if (load->clients[i].phase != LOAD_ABSENT)
            load_give_up(load, &load->clients[i]);
}

/* --- The line to the server ----------------------------------------------- */

static void order(psock_t line, enum soak_order order)
{
    unsigned char byte = (unsigned char)order;
    soak_send(line, &byte, 1);
}

static void run(struct load *load, struct sleeper *sleeper, psock_t line)
{
    connect_all(load);
    go_on(load, sleeper, load->stop_ns - load->plan->duration_ns / 2);
    order(line, SOAK_HALFWAY);
    load->report.counts[SOAK_MEMORY_HALFWAY] = host_peak_memory();
    go_on(load, sleeper, load->stop_ns);
    end_all(load);
    order(line, SOAK_END);
}

void soak_load(const struct soak_plan *plan, psock_t line,
               struct soak_report *clients, struct soak_report *server)
{
    struct sleeper sleeper;
    uint64_t descriptors = (uint64_t)host_descriptor_count();
    struct load *load = make_load(plan);
    start_sleeper(&sleeper);
    order(line, SOAK_BEGIN);
    soak_recv(line, &load->server, sizeof load->server);
    run(load, &sleeper, line);
    stop_sleeper(&sleeper, &load->report);
    soak_recv(line, server, sizeof *server);
    load->report.counts[SOAK_MEMORY_AT_END] = host_peak_memory();
    *clients = load->report;
    free_load(load);
    clients->counts[SOAK_DESCRIPTORS_BEFORE] = descriptors;
    clients->counts[SOAK_DESCRIPTORS_AFTER] = (uint64_t)host_descriptor_count();
}
