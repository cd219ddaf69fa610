/* names.h: what the tests of names share.  scripts/names has the zone. */
#ifndef PSOCK_TESTS_NAMES_H
#define PSOCK_TESTS_NAMES_H

#include "../fixture.h"

#define NANOSECONDS_PER_MS INT64_C(1000000)

/* How late a call may be. */
#define LATE_NS (50 * NANOSECONDS_PER_MS)

/* --- servers.c --------------------------------------------------------------- */

/* The name servers behind the real one: one that is silent has ".hung.test", and
 * one that does what it is asked for in the first label has ".played.test":
 *
 *   code-<n>      answers with this code
 *   late4-<ms>    has ::1, and 127.0.0.1 after a while
 *   late6-<ms>    has 127.0.0.1, and ::1 after a while */
void servers_start(void);
void servers_stop(void);

/* --- names.c ----------------------------------------------------------------- */

/* Has the system's resolver ask the real name server or the silent one from now
 * on, for a second in all; `line` is more of its configuration. */
void ask_real_server(const char *line);
void ask_silent_server(void);

/* Closes what is kept, and checks that no descriptor and no thread is left of all
 * look-ups when they have come to their end. */
void check_quiet(void);

/* A name that nobody has asked for, of which the name server is silent. */
const char *hung_name(void);

/* Makes `call` at several deadlines and checks that it ends with `expected` at each
 * of them.  The machine may be busy, so one of three tries has to be on time. */
typedef ptrdiff_t timed_call(psock_deadline deadline, const void *argument);

void check_deadlines(timed_call *call, const void *argument, int expected);

void check_took(int64_t since_ns, int64_t least_ms, int64_t most_ms);

/* --- Tests -------------------------------------------------------------------- */

/* A test fails when it leaves a descriptor open. */
int set_up(void **state);
int tear_down(void **state);

#define NAMES_TEST(test)                                                       \
    {                                                                          \
#test, test, set_up, tear_down, NULL                                   \
    }

struct claims {
    const struct CMUnitTest *tests;
    size_t count;
};

#define CLAIMS(tests)                                                          \
    {                                                                          \
        tests, COUNT_OF(tests)                                                 \
    }

extern const struct claims answer_claims;   /* answers.c */
extern const struct claims silence_claims;  /* silence.c */
extern const struct claims dial_claims;     /* dials.c */
extern const struct claims given_up_claims; /* given_up.c */

#endif
