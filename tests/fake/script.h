/* script.h: the calls of sys.h that a test expects, in order, what each of them
 * answers, and a clock that only the answers move. */
#ifndef PSOCK_TESTS_FAKE_SCRIPT_H
#define PSOCK_TESTS_FAKE_SCRIPT_H

#include "sys.h"

enum {
    SCRIPT_ARGUMENTS_MAX = 6
};

/* An argument that is expected so may be anything: for what lies where a test
 * cannot know. */
#define SCRIPT_ANYTHING ((int64_t)INTPTR_MIN)

/* The same of a text. */
extern const char script_any_text[];

/* The same of bytes, as many as there are. */
extern const char script_any_bytes[];

/* A call with its arguments: numbers as they are, pointers as numbers, and by
 * content what is read through them. */
struct call {
    const char *name;
    int64_t arguments[SCRIPT_ARGUMENTS_MAX];
    size_t count;
    psock_address address; /* zero where the call takes none, */
    psock_address second;  /* or no second one */
    const char *text;      /* null where it takes none */
    const void *bytes;     /* null where it takes none, */
    size_t byte_count;     /* as many as this */
};

/* What a call does.  Outputs are for calls that succeed. */
struct answer {
    ptrdiff_t result;
    const char *data;              /* for a buffer; null leaves it as it is */
    psock_address address;         /* for an address that is asked for */
    int64_t numbers[2];            /* for a value, a kind, or two sockets */
    const void *structure;         /* for one that is asked for, by its type */
    const psock_message *messages; /* for those received: `result` of them */
    void *object;         /* for what is made: a waker, a poller, a mark */
    const uint32_t *came; /* for the entries of a poll, */
    size_t came_count;    /* as many as this */
    const psock_poller_event *events; /* for a poller: `result` of them */
    _Bool woken;                      /* whether a poller's wait was */
    int native;                       /* what the system's own code is then */
    size_t repeats;                   /* how often it is given again */
    int64_t elapsed_ns;               /* how far the clock moves meanwhile */
    void (*meanwhile)(void);          /* what else happens meanwhile */
};

/* An empty script; the clock back at its beginning. */
void script_begin(void);

/* Returns null, or the complaint that the script is too long. */
const char *script_add(struct call call, struct answer answer);

/* Takes the next answer, which is for `call`, and lets its time pass.  Returns
 * null, or the complaint that another call is expected. */
const char *script_take(const struct call *call, struct answer *answer);

/* Null, or the complaint that calls expected were not made. */
const char *script_left_over(void);

/* The clock.  Only reading it counts as a call. */
int64_t script_clock_read(void);
int64_t script_clock_now(void);
int script_clock_reads(void);
void script_clock_set(int64_t now_ns);

#endif
