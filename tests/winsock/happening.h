/* happening.h: what happens to a socket while it is waited for, and what must
 * come of it, for the tests of psock_poll() and of pollers. */
#ifndef PSOCK_TESTS_HAPPENING_H
#define PSOCK_TESTS_HAPPENING_H

#include "states.h"

struct happening {
    psock_poller *poller; /* if it is in one */
    psock_t s;
    psock_t peer;
};

/* For fake_when_waiting(), with a struct happening. */
void happening_data(void *context);
void happening_urgent_byte(void *context);
void happening_end(void *context);
void happening_reset(void *context);
void happening_shut_reading(void *context);
void happening_shut_writing(void *context);
void happening_shut_both(void *context);

/* The system cancels all polls, and then data come. */
void happening_cancels(void *context);

/* For fake_when_waiting() too, with a psock_t and with a psock_waker. */
void happening_refusal(void *context);
void happening_success(void *context);
void happening_ring(void *context);

/* What ends the wait of those who want something, and what comes to them. */
struct ending {
    void (*happens)(void *context);
    uint32_t wanted;
    uint32_t came;
};

/* Those that select() does not tell unasked, resets, come last. */
#define ENDING_COUNT 9
#define ENDINGS_BY_SELECT 7
extern const struct ending happening_endings[ENDING_COUNT];

#endif
