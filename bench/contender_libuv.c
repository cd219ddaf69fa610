/* contender_libuv.c: libuv, by uv_poll_t and uv_async_t. */
#define _GNU_SOURCE /* uv.h wants all of pthread.h */

#include "contender.h"

#include <stdlib.h>
#include <uv.h>

#include "answer.h"

struct set {
    uv_loop_t loop;
    uv_async_t bell;
};

/* What is waited for, since callbacks end the loop. */
static uint64_t left;
static volatile intptr_t seen;

static void count_one(uv_loop_t *loop)
{
    if (--left == 0)
        uv_stop(loop);
}

static void loop_until(struct set *set, uint64_t count)
{
    left = count;
    uv_run(&set->loop, UV_RUN_DEFAULT);
    BENCH_REQUIRE(left == 0);
}

static void on_bell(uv_async_t *bell)
{
    count_one(bell->loop);
}

static void *open_set(void)
{
    struct set *set = malloc(sizeof *set);
    BENCH_REQUIRE(set != NULL);
    BENCH_REQUIRE(uv_loop_init(&set->loop) == 0);
    BENCH_REQUIRE(uv_async_init(&set->loop, &set->bell, on_bell) == 0);
    return set;
}

/* --- Serving and looking -------------------------------------------------- */

/* What the callbacks of all sockets do; the loops below choose. */
static void (*work)(intptr_t s);

static void look_at(intptr_t s)
{
    seen = s;
}

static void on_socket(uv_poll_t *handle, int status, int events)
{
    const struct connection *connection = handle->data;
    BENCH_REQUIRE(status == 0);
    (void)events;
    work(connection->socket);
    count_one(handle->loop);
}

static void ask(struct connection *connection, int events, uv_poll_cb callback)
{
    BENCH_REQUIRE(uv_poll_start(connection->handle, events, callback) == 0);
}

static void add(void *context, struct connection *connection)
{
    struct set *set = context;
    uv_poll_t *handle = malloc(sizeof *handle);
    BENCH_REQUIRE(handle != NULL);
    BENCH_REQUIRE(uv_poll_init_socket(&set->loop, handle,
                                      (uv_os_sock_t)connection->socket) == 0);
    handle->data = connection;
    connection->handle = handle;
    ask(connection, UV_READABLE, on_socket);
}

#ifdef _WIN32
/* Wine never ends the closing of a handle whose socket others wait for, too, so
 * sets are left behind; when the sockets are closed, nothing happens in them any
 * more. */
static void take_out(void *set, struct connection *connection)
{
    (void)set;
    (void)connection;
}

static void close_set(void *set)
{
    (void)set;
}
#else
static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

/* What closing leaves to do is done in close_set(). */
static void take_out(void *set, struct connection *connection)
{
    (void)set;
    uv_close(connection->handle, free_handle);
}

static void close_set(void *context)
{
    struct set *set = context;
    uv_close((uv_handle_t *)&set->bell, NULL);
    uv_run(&set->loop, UV_RUN_DEFAULT);
    BENCH_REQUIRE(uv_loop_close(&set->loop) == 0);
    free(set);
}
#endif

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

/* --- Changes: libuv makes them when it waits next ------------------------- */

static void on_writable(uv_poll_t *handle, int status, int events)
{
    (void)handle;
    BENCH_REQUIRE(status == 0 && events == UV_WRITABLE);
    left--;
}

static void swing(void *context, struct connection *connection, uint64_t count)
{
    struct set *set = context;
    for (; count > 0; count--) {
        left = 1;
        ask(connection, UV_READABLE | UV_WRITABLE, on_writable);
        uv_run(&set->loop, UV_RUN_NOWAIT);
        BENCH_REQUIRE(left == 0);
        ask(connection, UV_READABLE, on_writable);
        uv_run(&set->loop, UV_RUN_NOWAIT);
        BENCH_REQUIRE(left == 0);
    }
}

/* --- Waking --------------------------------------------------------------- */

static void wake(void *context, uint64_t count)
{
    struct set *set = context;
    for (; count > 0; count--) {
        uv_async_send(&set->bell);
        loop_until(set, 1);
    }
}

static void wake_twice(void *context, uint64_t count)
{
    struct set *set = context;
    for (; count > 0; count--) {
        uv_async_send(&set->bell);
        uv_async_send(&set->bell);
        loop_until(set, 1);
    }
}

const struct contender contender_libuv = {.name = "libuv",
                                          .role = ROLE_PEER,
                                          .open = open_set,
                                          .close = close_set,
                                          .add = add,
                                          .remove = take_out,
                                          .serve = serve,
                                          .look = look,
                                          .swing = swing,
                                          .wake = wake,
                                          .wake_twice = wake_twice};
