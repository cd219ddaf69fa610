/* contender_psock.c: psock's poller. */
#include "contender.h"

#include <psock/psock.h>

#include "answer.h"

#define MOST_EVENTS 64

static volatile intptr_t seen;

static void *open_set(void)
{
    psock_poller *poller;
    BENCH_REQUIRE(psock_poller_open(&poller) == 0);
    return poller;
}

static void close_set(void *poller)
{
    BENCH_REQUIRE(psock_poller_close(poller) == 0);
}

static void add(void *poller, struct connection *connection)
{
    BENCH_REQUIRE(psock_poller_add(poller, connection->socket, PSOCK_READABLE,
                                   connection) == 0);
}

static void take_out(void *poller, struct connection *connection)
{
    BENCH_REQUIRE(psock_poller_remove(poller, connection->socket) == 0);
}

static void serve(void *poller, uint64_t count)
{
    psock_poller_event events[MOST_EVENTS];
    while (count > 0) {
        int ready =
            psock_poller_wait(poller, events, MOST_EVENTS, PSOCK_FOREVER);
        BENCH_REQUIRE(ready > 0);
        for (int i = 0; i < ready; i++) {
            const struct connection *connection = events[i].token;
            answer(connection->socket);
        }
        count -= (uint64_t)ready;
    }
}

/* Receiving and sending through psock, too. */
static void answer_whole(psock_t s)
{
    char byte;
    BENCH_REQUIRE(psock_recv(s, &byte, 1, 0, PSOCK_NOW) == 1);
    BENCH_REQUIRE(psock_send(s, &byte, 1, 0, PSOCK_NOW) == 1);
}

static void serve_whole(void *poller, uint64_t count)
{
    psock_poller_event events[MOST_EVENTS];
    while (count > 0) {
        int ready =
            psock_poller_wait(poller, events, MOST_EVENTS, PSOCK_FOREVER);
        BENCH_REQUIRE(ready > 0);
        for (int i = 0; i < ready; i++) {
            const struct connection *connection = events[i].token;
            answer_whole(connection->socket);
        }
        count -= (uint64_t)ready;
    }
}

static void look(void *poller, uint64_t count, size_t ready)
{
    psock_poller_event events[MOST_EVENTS];
    for (; count > 0; count--) {
        int found =
            psock_poller_wait(poller, events, MOST_EVENTS, PSOCK_FOREVER);
        BENCH_REQUIRE(found == (int)ready);
        for (int i = 0; i < found; i++) {
            const struct connection *connection = events[i].token;
            seen = connection->socket;
        }
    }
}

static void ask(void *poller, const struct connection *connection,
                uint32_t wanted)
{
    BENCH_REQUIRE(psock_poller_modify(poller, connection->socket, wanted) == 0);
}

static void modify(void *poller, struct connection *connection, uint64_t count)
{
    for (; count > 0; count--) {
        ask(poller, connection, PSOCK_READABLE | PSOCK_WRITABLE);
        ask(poller, connection, PSOCK_READABLE);
    }
}

static int look_now(void *poller)
{
    psock_poller_event events[MOST_EVENTS];
    return psock_poller_wait(poller, events, MOST_EVENTS, PSOCK_NOW);
}

static void swing(void *poller, struct connection *connection, uint64_t count)
{
    for (; count > 0; count--) {
        ask(poller, connection, PSOCK_READABLE | PSOCK_WRITABLE);
        BENCH_REQUIRE(look_now(poller) == 1);
        ask(poller, connection, PSOCK_READABLE);
        BENCH_REQUIRE(look_now(poller) == PSOCK_EAGAIN);
    }
}

static void repeat(void *poller, struct connection *connection, uint64_t count)
{
    for (; count > 0; count--)
        ask(poller, connection, PSOCK_READABLE);
}

static void pass(void *poller, struct connection *connection, uint64_t count)
{
    for (; count > 0; count--) {
        add(poller, connection);
        take_out(poller, connection);
    }
}

static void wait_for_wake(void *poller)
{
    psock_poller_event events[MOST_EVENTS];
    BENCH_REQUIRE(
        psock_poller_wait(poller, events, MOST_EVENTS, PSOCK_FOREVER) == 0);
}

static void wake(void *poller, uint64_t count)
{
    for (; count > 0; count--) {
        BENCH_REQUIRE(psock_poller_wake(poller) == 0);
        wait_for_wake(poller);
    }
}

static void wake_twice(void *poller, uint64_t count)
{
    for (; count > 0; count--) {
        BENCH_REQUIRE(psock_poller_wake(poller) == 0);
        BENCH_REQUIRE(psock_poller_wake(poller) == 0);
        wait_for_wake(poller);
    }
}

const struct contender contender_psock = {.name = "psock",
                                          .role = ROLE_OURS,
                                          .open = open_set,
                                          .close = close_set,
                                          .add = add,
                                          .remove = take_out,
                                          .serve = serve,
                                          .look = look,
                                          .modify = modify,
                                          .swing = swing,
                                          .repeat = repeat,
                                          .pass = pass,
                                          .wake = wake,
                                          .wake_twice = wake_twice};

const struct contender contender_psock_whole = {
    .name = "psock, also to receive and send",
    .role = ROLE_PEER,
    .open = open_set,
    .close = close_set,
    .add = add,
    .remove = take_out,
    .serve = serve_whole};
