/* contender.h: ways of waiting for many sockets, to be measured beside each
 * other.
 *
 * Each way is a file of its own, contender_*.c.  What is timed is whole loops
 * (raw.h), written as somebody would write them who knows that way well. */
#ifndef BENCH_CONTENDER_H
#define BENCH_CONTENDER_H

#include <stddef.h>
#include <stdint.h>

enum role {
    ROLE_RAW, /* what the others are measured against */
    ROLE_OURS,
    ROLE_PEER
};

/* What a way tells of: one socket that was put in. */
struct connection {
    intptr_t socket;
    void *handle; /* the way's */
};

struct contender {
    const char *name;
    enum role role;

    /* A set with nothing in it. */
    void *(*open)(void);
    void (*close)(void *set);

    /* Puts a socket in, to be read from.  What is told of it comes with
     * `connection`. */
    void (*add)(void *set, struct connection *connection);
    void (*remove)(void *set, struct connection *connection);

    /* Waits, and sends back each byte that comes, until there were `count`. */
    void (*serve)(void *set, uint64_t count);

    /* The others are null for ways that have no such thing.  `look` waits
     * `count` times, with `ready` sockets readable, and is told of each. */
    void (*look)(void *set, uint64_t count, size_t ready);

    /* Asks for writing also, and then no longer. */
    void (*modify)(void *set, struct connection *connection, uint64_t count);

    /* The same with a wait after each: one that finds the socket writable, and
     * one that finds nothing. */
    void (*swing)(void *set, struct connection *connection, uint64_t count);

    /* Asks for what is asked for already. */
    void (*repeat)(void *set, struct connection *connection, uint64_t count);

    /* Puts in a socket and takes it out again. */
    void (*pass)(void *set, struct connection *connection, uint64_t count);

    /* Wakes a wait as another thread would, and waits; the other does so
     * twice before it waits. */
    void (*wake)(void *set, uint64_t count);
    void (*wake_twice)(void *set, uint64_t count);
};

/* All there are here: raw, the same again, and the others. */
extern const struct contender *const contenders[];
extern const size_t contender_count;

extern const struct contender contender_raw;
extern const struct contender contender_psock;
extern const struct contender contender_psock_whole;
extern const struct contender contender_libuv;
extern const struct contender contender_libevent;
extern const struct contender contender_poll;
extern const struct contender contender_select;

#endif
