/* contender_epoll.c: Linux itself. */
#include "contender.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "answer.h"

#define MOST_EVENTS 64

/* The bell stays unread: with EPOLLET each ring counts, so that nobody need read
 * it back. */
struct set {
    int poller;
    int bell;
};

static volatile intptr_t seen;

static void control(const struct set *set, int operation, int descriptor,
                    struct epoll_event event)
{
    BENCH_REQUIRE(epoll_ctl(set->poller, operation, descriptor, &event) == 0);
}

static void *open_set(void)
{
    struct set *set = malloc(sizeof *set);
    BENCH_REQUIRE(set != NULL);
    set->poller = epoll_create1(EPOLL_CLOEXEC);
    set->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    BENCH_REQUIRE(set->poller >= 0 && set->bell >= 0);
    control(set, EPOLL_CTL_ADD, set->bell,
            (struct epoll_event){.events = EPOLLIN | EPOLLET});
    return set;
}

static void close_set(void *context)
{
    struct set *set = context;
    close(set->poller);
    close(set->bell);
    free(set);
}

static void ask(const struct set *set, int operation,
                struct connection *connection, uint32_t events)
{
    control(set, operation, (int)connection->socket,
            (struct epoll_event){.events = events, .data.ptr = connection});
}

static void add(void *set, struct connection *connection)
{
    ask(set, EPOLL_CTL_ADD, connection, EPOLLIN);
}

static void take_out(void *set, struct connection *connection)
{
    ask(set, EPOLL_CTL_DEL, connection, 0);
}

static void serve(void *context, uint64_t count)
{
    const struct set *set = context;
    struct epoll_event events[MOST_EVENTS];
    while (count > 0) {
        int ready = epoll_wait(set->poller, events, MOST_EVENTS, -1);
        BENCH_REQUIRE(ready > 0);
        for (int i = 0; i < ready; i++) {
            const struct connection *connection = events[i].data.ptr;
            answer(connection->socket);
        }
        count -= (uint64_t)ready;
    }
}

static void look(void *context, uint64_t count, size_t ready)
{
    const struct set *set = context;
    struct epoll_event events[MOST_EVENTS];
    for (; count > 0; count--) {
        int found = epoll_wait(set->poller, events, MOST_EVENTS, -1);
        BENCH_REQUIRE(found == (int)ready);
        for (int i = 0; i < found; i++) {
            const struct connection *connection = events[i].data.ptr;
            seen = connection->socket;
        }
    }
}

static void modify(void *set, struct connection *connection, uint64_t count)
{
    for (; count > 0; count--) {
        ask(set, EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLOUT);
        ask(set, EPOLL_CTL_MOD, connection, EPOLLIN);
    }
}

static int look_now(const struct set *set)
{
    struct epoll_event events[MOST_EVENTS];
    return epoll_wait(set->poller, events, MOST_EVENTS, 0);
}

static void swing(void *context, struct connection *connection, uint64_t count)
{
    const struct set *set = context;
    for (; count > 0; count--) {
        ask(set, EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLOUT);
        BENCH_REQUIRE(look_now(set) == 1);
        ask(set, EPOLL_CTL_MOD, connection, EPOLLIN);
        BENCH_REQUIRE(look_now(set) == 0);
    }
}

/* Without a table of its own a program cannot know. */
static void repeat(void *set, struct connection *connection, uint64_t count)
{
    for (; count > 0; count--)
        ask(set, EPOLL_CTL_MOD, connection, EPOLLIN);
}

static void pass(void *set, struct connection *connection, uint64_t count)
{
    for (; count > 0; count--) {
        add(set, connection);
        take_out(set, connection);
    }
}

static void ring(const struct set *set)
{
    const uint64_t one = 1;
    BENCH_REQUIRE(write(set->bell, &one, sizeof one) == sizeof one);
}

static void wait_for_ring(const struct set *set)
{
    struct epoll_event events[MOST_EVENTS];
    BENCH_REQUIRE(epoll_wait(set->poller, events, MOST_EVENTS, -1) == 1);
    BENCH_REQUIRE(events[0].data.ptr == NULL);
}

static void wake(void *set, uint64_t count)
{
    for (; count > 0; count--) {
        ring(set);
        wait_for_ring(set);
    }
}

static void wake_twice(void *set, uint64_t count)
{
    for (; count > 0; count--) {
        ring(set);
        ring(set);
        wait_for_ring(set);
    }
}

const struct contender contender_raw = {.name = "raw",
                                        .role = ROLE_RAW,
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
