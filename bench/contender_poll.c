/* contender_poll.c: poll(), and what Windows has in its place: every socket is
 * looked at in every wait. */
#include "contender.h"

#ifdef _WIN32
#include <winsock2.h>
#define poll(entries, count, timeout_ms)                                       \
    WSAPoll(entries, (ULONG)(count), timeout_ms)
#define NAME "WSAPoll"
#define WANTED POLLRDNORM
#else
#include <poll.h>
#define NAME "poll(2)"
#define WANTED POLLIN
#endif

#include <stdlib.h>

#include "answer.h"

struct set {
    struct pollfd *entries;
    size_t count;
    size_t room;
};

static void *open_set(void)
{
    struct set *set = calloc(1, sizeof *set);
    BENCH_REQUIRE(set != NULL);
    return set;
}

static void close_set(void *context)
{
    struct set *set = context;
    free(set->entries);
    free(set);
}

static void make_room(struct set *set)
{
    if (set->count < set->room)
        return;
    set->room = set->room == 0 ? 64 : 2 * set->room;
    set->entries = realloc(set->entries, set->room * sizeof *set->entries);
    BENCH_REQUIRE(set->entries != NULL);
}

static void add(void *context, struct connection *connection)
{
    struct set *set = context;
    make_room(set);
    set->entries[set->count++] = (struct pollfd){
        .fd = (answer_socket)connection->socket, .events = WANTED};
}

/* Nothing is ever taken out but all of it. */
static void take_out(void *context, struct connection *connection)
{
    struct set *set = context;
    (void)connection;
    set->count = 0;
}

/* Answers those among the entries that are ready. */
static void answer_ready(const struct set *set, uint64_t ready)
{
    for (const struct pollfd *entry = set->entries; ready > 0; entry++)
        if (entry->revents != 0) {
            answer((intptr_t)entry->fd);
            ready--;
        }
}

static void serve(void *context, uint64_t count)
{
    const struct set *set = context;
    while (count > 0) {
        int ready = poll(set->entries, set->count, -1);
        BENCH_REQUIRE(ready > 0);
        answer_ready(set, (uint64_t)ready);
        count -= (uint64_t)ready;
    }
}

const struct contender contender_poll = {.name = NAME,
                                         .role = ROLE_PEER,
                                         .open = open_set,
                                         .close = close_set,
                                         .add = add,
                                         .remove = take_out,
                                         .serve = serve};
