/* contender_select.c: select(), with sets as long as they have to be. */
#include "contender.h"

#include <winsock2.h>

#include <stdlib.h>
#include <string.h>

#include "answer.h"

/* An fd_set, whose length is what the program says it is. */
struct sockets {
    u_int count;
    SOCKET all[1 << 12];
};

struct set {
    struct sockets wanted;
    struct sockets ready;
};

static void *open_set(void)
{
    struct set *set = calloc(1, sizeof *set);
    BENCH_REQUIRE(set != NULL);
    return set;
}

static void close_set(void *set)
{
    free(set);
}

static void add(void *context, struct connection *connection)
{
    struct sockets *wanted = &((struct set *)context)->wanted;
    BENCH_REQUIRE(wanted->count < sizeof wanted->all / sizeof *wanted->all);
    wanted->all[wanted->count++] = (SOCKET)connection->socket;
}

/* Nothing is ever taken out but all of it. */
static void take_out(void *context, struct connection *connection)
{
    struct set *set = context;
    (void)connection;
    set->wanted.count = 0;
}

static void serve(void *context, uint64_t count)
{
    struct set *set = context;
    while (count > 0) {
        memcpy(&set->ready, &set->wanted,
               offsetof(struct sockets, all) +
                   set->wanted.count * sizeof *set->wanted.all);
        int ready = select(0, (fd_set *)&set->ready, NULL, NULL, NULL);
        BENCH_REQUIRE(ready > 0);
        for (int i = 0; i < ready; i++)
            answer((intptr_t)set->ready.all[i]);
        count -= (uint64_t)ready;
    }
}

const struct contender contender_select = {.name = "select",
                                           .role = ROLE_PEER,
                                           .open = open_set,
                                           .close = close_set,
                                           .add = add,
                                           .remove = take_out,
                                           .serve = serve};
