/* soak.h: a server that sends everything back, and very many clients, in two
 * processes and for as long as wanted.
 *
 * The clients make connections that end in all the ways there are, on purpose;
 * both sides count, and in the end the counts must agree. */
#ifndef PSOCK_TESTS_SOAK_H
#define PSOCK_TESTS_SOAK_H

#include <stdatomic.h>

#include <psock/psock.h>

/* --- Connections ---------------------------------------------------------- */

/* How a connection is going to end.  Its first byte says so, and so the server
 * can tell what is meant from what went wrong. */
enum soak_ending {
    SOAK_HALF_CLOSE,   /* the client ends its sending and reads to the end */
    SOAK_CLOSE,        /* it closes when it has everything back */
    SOAK_RESET,        /* it resets, in the middle */
    SOAK_UNREAD,       /* it closes with something unread: a reset, too */
    SOAK_SERVER_RESET, /* it ends its sending, and the server resets */
    SOAK_ENDINGS
};

extern const char *const soak_ending_names[SOAK_ENDINGS];

_Bool soak_is_reset(int ending);

/* --- Counting ------------------------------------------------------------- */

enum soak_count {
    SOAK_CONNECTIONS,
    SOAK_MOST_AT_ONCE,
    SOAK_FEWEST_AT_ONCE, /* after that; counted by the clients */
    SOAK_CLEAN,          /* ended without a reset, everything sent back */
    SOAK_RESETS,         /* on purpose */
    SOAK_RESETS_AS_END,  /* those among them that came as the end of stream */
    SOAK_LOST,           /* ended otherwise than meant */
    SOAK_CLEAN_BYTES,    /* of the clean ones, one way */
    SOAK_BYTES,          /* of all, received here */
    SOAK_STALLS,         /* the peer did not read, and sending had to wait */
    SOAK_TOLD_TWICE,     /* one-shot readiness that two threads were told of */
    SOAK_RINGS,
    SOAK_RINGS_HEARD,
    SOAK_DESCRIPTORS_BEFORE,
    SOAK_DESCRIPTORS_AFTER,
    SOAK_MEMORY_HALFWAY,
    SOAK_MEMORY_AT_END,
    SOAK_COUNTS
};

struct soak_report {
    uint64_t counts[SOAK_COUNTS];
};

void soak_add(struct soak_report *report, const struct soak_report *part);
/* Counts a connection as lost, and of the first few says how: `result` is 0 for
 * the end of stream, or an error. */
void soak_complain(struct soak_report *report, const char *what, int ending,
                   ptrdiff_t result);

void soak_note_most(struct soak_report *report, uint64_t now_open);

/* --- What both sides need ------------------------------------------------- */

/* Ends this process unless `result` is none of an error, and says what failed.
 * The other process then loses its line to this one, and ends too. */
ptrdiff_t soak_demand(ptrdiff_t result, const char *what);

uint64_t soak_random(uint64_t *state);
uint64_t soak_random_below(uint64_t *state, uint64_t limit);

int64_t soak_now_ns(void);

/* Whole transfers over the line between the processes. */
void soak_send(psock_t s, const void *data, size_t size);
void soak_recv(psock_t s, void *data, size_t size);

/* A listener on the loopback address, and its address. */
psock_t soak_listen(psock_address *address);

/* --- Bells: wakers that are rung again and again -------------------------- */

/* One thread rings, and again only when another has heard it. */
struct soak_bell {
    psock_waker *waker;
    uint64_t rung;
    atomic_ullong heard;
    atomic_ullong last; /* the ring after which no more will come */
};

void soak_bell_open(struct soak_bell *bell);
void soak_bell_ring_again(struct soak_bell *bell);
_Bool soak_bell_is_heard(struct soak_bell *bell);

/* Returns false when that was the last. */
_Bool soak_bell_hear(struct soak_bell *bell);

/* --- The two processes ---------------------------------------------------- */

/* No process has more. */
enum {
    SOAK_WORKERS = 2,
    SOAK_THREADS = SOAK_WORKERS + 1
};

/* What the clients' process says to the server's, over their line, a byte at a
 * time.  The server answers SOAK_BEGIN with its address, and SOAK_END with its
 * report. */
enum soak_order {
    SOAK_BEGIN,
    SOAK_HALFWAY,
    SOAK_END
};

/* Serves until the line to `control` ends. */
void soak_serve(const psock_address *control);

/* What the clients are to do. */
struct soak_plan {
    int connections;
    int64_t duration_ns;
    uint64_t seed;
};

/* Does it, on a server at the other end of `line`. */
void soak_load(const struct soak_plan *plan, psock_t line,
               struct soak_report *clients, struct soak_report *server);

#endif
