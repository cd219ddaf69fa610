/* race.h: attempts to connect that are open side by side: for dial.c. */
#ifndef PSOCK_RACE_H
#define PSOCK_RACE_H

#include "policy.h"

/* The most attempts that are open at once; further ones wait for one of them. */
#define PSOCK_RACERS_MAX 32

/* What went wrong, and what the system said of it. */
struct psock_failure {
    int error; /* 0 for nothing yet */
    int native;
};

struct psock_racer {
    psock_t socket;
    size_t number; /* among all attempts, from 0 */
    psock_address peer;
};

struct psock_race {
    psock_dial_options options;
    int64_t began_ns; /* the moment; 0 when nobody wants a report */
    size_t begun;     /* how many attempts there were, open ones among them */
    size_t open; /* how many are open, the first of `racers`, oldest first */
    struct psock_failure failure; /* of the attempt that came farthest */
    struct psock_racer racers[PSOCK_RACERS_MAX];
};

/* Readies a race, and the report, if one is wanted.  `options` may be null. */
void psock_race_ready(struct psock_race *race,
                      const psock_dial_options *options);

/* The nanoseconds since the dial began; 0 when nobody wants a report. */
int64_t psock_race_time_ns(const struct psock_race *race);

/* The whole dial of one address, with nothing beside it.  Returns the socket, or
 * the error. */
psock_t psock_race_alone(struct psock_race *race, const psock_address *peer,
                         psock_deadline deadline);

/* Begins one attempt more; there are less than PSOCK_RACERS_MAX.
 *
 * Returns the socket when it is connected at once, PSOCK_EINPROGRESS when the
 * attempt is open, or the error with which it failed. */
psock_t psock_race_begin(struct psock_race *race, const psock_address *peer);

/* Asks how the attempt in place `i` is doing.  Returns as psock_race_begin(); what
 * is decided is not in the race any more, and the next is in its place. */
psock_t psock_race_look(struct psock_race *race, size_t i);

/* Gives up what is open. */
void psock_race_end(struct psock_race *race);

#endif
