/* contender_libevent.c: libevent 2, its events persistent. */
#include "contender.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "answer.h"

/* libevent's own way of being woken is an eventfd that it reads back; it rings
 * that for other threads only, so here is one of the same kind. */
struct set {
    struct event_base *base;
    struct event *bell;
    int bell_descriptor;
};

/* What is waited for, since callbacks end the loop. */
static uint64_t left;
static struct event_base *looping;
static volatile intptr_t seen;

static void count_one(void)
{
    if (--left == 0)
        event_base_loopbreak(looping);
}

static void loop_until(const struct set *set, uint64_t count)
{
    left = count;
    looping = set->base;
    BENCH_REQUIRE(event_base_dispatch(set->base) == 0);
}

static void on_bell(evutil_socket_t bell, short what, void *context)
{
    uint64_t rings;
    (void)what;
    (void)context;
    BENCH_REQUIRE(read(bell, &rings, sizeof rings) == sizeof rings);
    count_one();
}

static void *open_set(void)
{
    struct set *set = malloc(sizeof *set);
    BENCH_REQUIRE(set != NULL);
    set->base = event_base_new();
    set->bell_descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    BENCH_REQUIRE(set->base != NULL && set->bell_descriptor >= 0);
    set->bell = event_new(set->base, set->bell_descriptor, EV_READ | EV_PERSIST,
                          on_bell, NULL);
    BENCH_REQUIRE(set->bell != NULL && event_add(set->bell, NULL) == 0);
    return set;
}

static void close_set(void *context)
{
    struct set *set = context;
    event_free(set->bell);
    event_base_free(set->base);
    close(set->bell_descriptor);
    free(set);
}

/* --- Serving and looking -------------------------------------------------- */

/* What the callbacks of all sockets do; the loops below choose. */
static void (*work)(intptr_t s);

static void look_at(intptr_t s)
{
    seen = s;
}

static void on_socket(evutil_socket_t s, short what, void *context)
{
    const struct connection *connection = context;
    (void)s;
    (void)what;
    work(connection->socket);
    count_one();
}

static void add(void *context, struct connection *connection)
{
    struct set *set = context;
    struct event *event =
        event_new(set->base, (evutil_socket_t)connection->socket,
                  EV_READ | EV_PERSIST, on_socket, connection);
    BENCH_REQUIRE(event != NULL && event_add(event, NULL) == 0);
    connection->handle = event;
}

static void take_out(void *set, struct connection *connection)
{
    (void)set;
    event_free(connection->handle);
}

static void serve(void *set, uint64_t count)
{
    work = answer;
    loop_until(set, count);
}

static void look(void *set, uint64_t count, size_t ready)
{
    work = look_at;
    loop_until(set, count * ready);
}

/* --- Changes -------------------------------------------------------------- */

static void on_writable(evutil_socket_t s, short what, void *context)
{
    (void)s;
    (void)what;
    (void)context;
    left--;
}

/* Writing is an event of its own, as libevent would have it. */
static struct event *writing_event(const struct set *set,
                                   const struct connection *connection)
{
    struct event *event =
        event_new(set->base, (evutil_socket_t)connection->socket,
                  EV_WRITE | EV_PERSIST, on_writable, NULL);
    BENCH_REQUIRE(event != NULL);
    return event;
}

static void modify(void *set, struct connection *connection, uint64_t count)
{
    struct event *writing = writing_event(set, connection);
    for (; count > 0; count--) {
        BENCH_REQUIRE(event_add(writing, NULL) == 0);
        BENCH_REQUIRE(event_del(writing) == 0);
    }
    event_free(writing);
}

static void look_now(const struct set *set)
{
    event_base_loop(set->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static void swing(void *set, struct connection *connection, uint64_t count)
{
    struct event *writing = writing_event(set, connection);
    for (; count > 0; count--) {
        left = 1;
        BENCH_REQUIRE(event_add(writing, NULL) == 0);
        look_now(set);
        BENCH_REQUIRE(left == 0);
        BENCH_REQUIRE(event_del(writing) == 0);
        look_now(set);
        BENCH_REQUIRE(left == 0);
    }
    event_free(writing);
}

static void repeat(void *set, struct connection *connection, uint64_t count)
{
    (void)set;
    for (; count > 0; count--)
        BENCH_REQUIRE(event_add(connection->handle, NULL) == 0);
}

static void pass(void *set, struct connection *connection, uint64_t count)
{
    add(set, connection);
    event_del(connection->handle);
    for (; count > 0; count--) {
        BENCH_REQUIRE(event_add(connection->handle, NULL) == 0);
        BENCH_REQUIRE(event_del(connection->handle) == 0);
    }
    take_out(set, connection);
}

/* --- Waking --------------------------------------------------------------- */

static void ring(const struct set *set)
{
    const uint64_t one = 1;
    BENCH_REQUIRE(write(set->bell_descriptor, &one, sizeof one) == sizeof one);
}

static void wake(void *set, uint64_t count)
{
    for (; count > 0; count--) {
        ring(set);
        loop_until(set, 1);
    }
}

const struct contender contender_libevent = {.name = "libevent",
                                             .role = ROLE_PEER,
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
                                             .wake = wake};
