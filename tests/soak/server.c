/* server.c: the server of the soak.
 *
 * Two threads wait in one poller.  Each socket is in it with PSOCK_ONE_SHOT,
 * so it belongs to the thread that was told of it until that asks again.
 * What cannot be sent at once is waited for, and until then nothing more is
 * received: so a slow reader slows its own sending down. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "soak.h"

enum {
    BATCH = 64,
    BUFFER_SIZE = 16 * 1024,
    TICK_MS = 10,
    PATIENCE_MS = 60000
};

struct connection {
    psock_t socket;
    atomic_bool is_served;
    int ending; /* below zero: not known yet */
    uint64_t received;
    size_t filled, sent;
    unsigned char bytes[BUFFER_SIZE];
};

struct worker {
    struct server *server;
    struct host_thread *thread;
    struct soak_report report;
};

struct server {
    psock_t listener;
    psock_poller *poller;
    struct soak_bell bell;
    atomic_int live;
    atomic_bool is_ending;
    struct worker workers[SOAK_WORKERS];
    struct soak_report report;
};

/* --- One connection ------------------------------------------------------- */

/* The first byte is not sent back. */
static void take_in(struct connection *connection, size_t size)
{
    connection->filled = size;
    connection->sent = 0;
    connection->received += size;
    if (connection->ending < 0) {
        connection->ending = connection->bytes[0] % SOAK_ENDINGS;
        connection->received--;
        connection->sent++;
    }
}

/* Returns what is to be sent back, 0 at the end, or an error. */
static ptrdiff_t receive(struct connection *connection)
{
    if (connection->sent < connection->filled)
        return 1;
    ptrdiff_t received = psock_recv(connection->socket, connection->bytes,
                                    sizeof connection->bytes, 0, PSOCK_NOW);
    if (received > 0)
        take_in(connection, (size_t)received);
    return received;
}

static ptrdiff_t send_back(struct worker *worker, struct connection *connection)
{
    size_t size = connection->filled - connection->sent;
    if (size == 0)
        return 1;
    ptrdiff_t sent =
        psock_send(connection->socket, connection->bytes + connection->sent,
                   size, 0, PSOCK_NOW);
    if (sent > 0)
        connection->sent += (size_t)sent;
    if (connection->sent < connection->filled)
        worker->report.counts[SOAK_STALLS]++;
    return sent;
}

static void complain(struct worker *worker, const struct connection *connection,
                     ptrdiff_t result)
{
    char what[64];
    snprintf(what, sizeof what, "server: lost after %" PRIu64 " bytes",
             connection->received);
    soak_complain(&worker->report, what, connection->ending, result);
}

/* What a connection that ended with `result` (0 or an error) counts as. */
static void count_end(struct worker *worker,
                      const struct connection *connection, ptrdiff_t result)
{
    uint64_t *counts = worker->report.counts;
    counts[SOAK_BYTES] += connection->received;
    if (connection->ending >= 0 && soak_is_reset(connection->ending)) {
        counts[SOAK_RESETS]++;
        counts[SOAK_RESETS_AS_END] +=
            result == 0 && connection->ending != SOAK_SERVER_RESET;
    } else if (connection->ending >= 0 && result == 0) {
        counts[SOAK_CLEAN]++;
        counts[SOAK_CLEAN_BYTES] += connection->received;
    } else {
        complain(worker, connection, result);
    }
}

/* The thread that asked for the event may still be in that call, so the socket
 * is in use: removing waits for that, closing does not. */
static void end_connection(struct worker *worker, struct connection *connection,
                           ptrdiff_t result)
{
    struct server *server = worker->server;
    count_end(worker, connection, result);
    soak_demand(psock_poller_remove(server->poller, connection->socket),
                "removing");
    if (connection->ending == SOAK_SERVER_RESET)
        psock_close_reset(connection->socket);
    else
        psock_close(connection->socket);
    free(connection);
    if (atomic_fetch_sub(&server->live, 1) == 1)
        psock_poller_wake(server->poller);
}

/* From then on the connection may be another thread's, even before it is told
 * that it has asked. */
static void ask_again(struct worker *worker, struct connection *connection)
{
    uint32_t wanted =
        connection->sent < connection->filled ? PSOCK_WRITABLE : PSOCK_READABLE;
    atomic_store(&connection->is_served, 0);
    soak_demand(psock_poller_modify(worker->server->poller, connection->socket,
                                    wanted | PSOCK_ONE_SHOT),
                "asking again");
}

static void serve(struct worker *worker, struct connection *connection)
{
    if (atomic_exchange(&connection->is_served, 1)) {
        worker->report.counts[SOAK_TOLD_TWICE]++;
        return;
    }
    ptrdiff_t result = receive(connection);
    if (result > 0)
        result = send_back(worker, connection);
    if (result > 0 || result == PSOCK_EAGAIN)
        ask_again(worker, connection);
    else
        end_connection(worker, connection, result);
}

/* --- Accepting ------------------------------------------------------------ */

static void begin_connection(struct worker *worker, psock_t s)
{
    struct server *server = worker->server;
    struct connection *connection = malloc(sizeof *connection);
    soak_demand(connection == NULL ? PSOCK_ENOMEM : 0, "a connection");
    connection->socket = s;
    connection->ending = -1;
    connection->received = 0;
    connection->filled = connection->sent = 0;
    atomic_init(&connection->is_served, 0);
    worker->report.counts[SOAK_CONNECTIONS]++;
    soak_note_most(&worker->report,
                   (uint64_t)atomic_fetch_add(&server->live, 1) + 1);
    soak_demand(psock_poller_add(server->poller, s,
                                 PSOCK_READABLE | PSOCK_ONE_SHOT, connection),
                "adding a connection");
}

static void accept_all(struct worker *worker)
{
    struct server *server = worker->server;
    psock_t s;
    while ((s = psock_accept(server->listener, NULL, PSOCK_NOW)) >= 0)
        begin_connection(worker, s);
    if (s != PSOCK_EAGAIN)
        soak_demand(s, "accepting");
    soak_demand(psock_poller_modify(server->poller, server->listener,
                                    PSOCK_READABLE | PSOCK_ONE_SHOT),
                "asking for more connections");
}

/* --- The threads ---------------------------------------------------------- */

static void attend(struct worker *worker, void *token)
{
    struct server *server = worker->server;
    if (token == &server->listener)
        accept_all(worker);
    else if (token == &server->bell)
        soak_bell_hear(&server->bell);
    else
        serve(worker, token);
}

static _Bool is_over(struct server *server)
{
    return atomic_load(&server->is_ending) && atomic_load(&server->live) == 0;
}

/* A wake ends one wait; the thread that it ends passes it on. */
static void work(void *argument)
{
    struct worker *worker = argument;
    psock_poller *poller = worker->server->poller;
    psock_poller_event events[BATCH];
    while (!is_over(worker->server)) {
        int count = psock_poller_wait(poller, events, BATCH, PSOCK_FOREVER);
        soak_demand(count, "waiting");
        for (int i = 0; i < count; i++)
            attend(worker, events[i].token);
    }
    psock_poller_wake(poller);
}

static void start(struct server *server, psock_address *address)
{
    memset(server, 0, sizeof *server);
    atomic_init(&server->live, 0);
    atomic_init(&server->is_ending, 0);
    server->listener = soak_listen(address);
    soak_bell_open(&server->bell);
    soak_demand(psock_poller_open(&server->poller), "opening a poller");
    soak_demand(psock_poller_add(server->poller, server->listener,
                                 PSOCK_READABLE | PSOCK_ONE_SHOT,
                                 &server->listener),
                "adding the listener");
    soak_demand(psock_poller_add_waker(server->poller, server->bell.waker,
                                       &server->bell),
                "adding the bell");
    for (int i = 0; i < SOAK_WORKERS; i++) {
        server->workers[i].server = server;
        server->workers[i].thread =
            host_thread_start(work, &server->workers[i]);
    }
}

static void stop(struct server *server)
{
    atomic_store(&server->is_ending, 1);
    psock_poller_wake(server->poller);
    for (int i = 0; i < SOAK_WORKERS; i++) {
        if (!host_thread_join(server->workers[i].thread, PATIENCE_MS))
            soak_demand(PSOCK_ETIMEDOUT, "the end of the last connections");
        soak_add(&server->report, &server->workers[i].report);
    }
    soak_demand(psock_poller_close(server->poller), "closing the poller");
    server->report.counts[SOAK_RINGS] = server->bell.rung;
    server->report.counts[SOAK_RINGS_HEARD] = atomic_load(&server->bell.heard);
    psock_waker_close(server->bell.waker);
    psock_close(server->listener);
}

/* --- The orders ----------------------------------------------------------- */

/* The next order, or an error: the line has ended.  While there is none, the
 * bell is rung. */
static int next_order(struct server *server, psock_t line)
{
    unsigned char order;
    ptrdiff_t received;
    do {
        soak_bell_ring_again(&server->bell);
        received = psock_recv(line, &order, 1, 0, psock_deadline_ms(TICK_MS));
    } while (received == PSOCK_ETIMEDOUT);
    soak_demand(received != 0 ? received : PSOCK_ECONNRESET, "the next order");
    return order;
}

/* The last ring must be heard as well. */
static void await_bell(struct server *server, psock_t line)
{
    psock_pollable ignored = {line, NULL, 0, 0};
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    while (!soak_bell_is_heard(&server->bell) && soak_now_ns() < deadline)
        if (psock_poll(&ignored, 1, psock_deadline_ms(1)) > 0)
            soak_demand(PSOCK_ECONNRESET, "the line");
}

static void serve_round(struct server *server, psock_t line, int descriptors)
{
    psock_address address;
    start(server, &address);
    soak_send(line, &address, sizeof address);
    while (next_order(server, line) == SOAK_HALFWAY)
        server->report.counts[SOAK_MEMORY_HALFWAY] = host_peak_memory();
    await_bell(server, line);
    stop(server);
    server->report.counts[SOAK_MEMORY_AT_END] = host_peak_memory();
    server->report.counts[SOAK_DESCRIPTORS_BEFORE] = (uint64_t)descriptors;
    server->report.counts[SOAK_DESCRIPTORS_AFTER] =
        (uint64_t)host_descriptor_count();
    soak_send(line, &server->report, sizeof server->report);
}

void soak_serve(const psock_address *control)
{
    static struct server server;
    unsigned char order;
    psock_t line = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    soak_demand(line, "opening the line");
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    soak_demand(psock_connect(line, control, deadline), "the line");
    while (psock_recv(line, &order, 1, 0, PSOCK_FOREVER) == 1)
        serve_round(&server, line, host_descriptor_count());
    psock_close(line);
}
