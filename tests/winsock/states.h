/* states.h: sockets in every state that there is to be ready in, for the tests
 * of psock_poll() and of pollers on the fake Winsock. */
#ifndef PSOCK_TESTS_STATES_H
#define PSOCK_TESTS_STATES_H

#include "scene.h"

#define EVERYTHING                                                             \
    (PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE | PSOCK_READ_ENDED)

#define HUNG_UP_BITS (PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP)
#define BROKEN_BITS (HUNG_UP_BITS | PSOCK_READ_ENDED | PSOCK_FAILED)

/* What can be wanted: all, nothing, and each bit alone. */
#define WISH_COUNT 6
extern const uint32_t states_wishes[WISH_COUNT];

struct state {
    const char *name;
    psock_t (*make)(void);
    uint32_t came;
    int by_select; /* enum select_limit */
};

/* What select() cannot tell of. */
enum select_limit {
    SELECT_TELLS,
    SELECT_TELLS_READERS, /* of an end or a reset those who would read */
    SELECT_MISSES_END     /* as long as it is behind data */
};

/* All of them; the last has no name. */
extern const struct state states[];

/* What comes of `came` to those who want no more than `wanted`. */
uint32_t states_due(uint32_t came, uint32_t wanted);

/* Keeps a socket to be closed by states_close_all(). */
psock_t states_keep(psock_t s);
void states_close_all(void);

/* Connected streams, and datagram sockets, both ends kept; `peer` may be null.
 */
psock_t states_connected(psock_t *peer);
psock_t states_datagram(void);
psock_t states_datagrams(psock_t *peer);

/* The end of a test, which closes what was kept. */
int states_end(void **state);

/* A test on one profile or on both, with that end. */
#define CASE_ON(test, begin, suffix)                                           \
    {                                                                          \
#test suffix, test, begin, states_end, NULL                            \
    }
#define CASE(test) CASE_ON(test, scene_on_windows_10, "")
#define CASE_ON_BOTH(test)                                                     \
    CASE(test), CASE_ON(test, scene_on_windows_7, "_windows_7")

/* A test of each state, under the name of its group and its own, on a profile.
 * Runs them and returns how many failed. */
int states_run(const char *group, int (*begin)(void **state),
               void (*check)(void **state));

#endif
