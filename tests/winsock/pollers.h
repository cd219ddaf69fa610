/* pollers.h: what the tests of pollers on the fake Winsock start from. */
#ifndef PSOCK_TESTS_POLLERS_H
#define PSOCK_TESTS_POLLERS_H

#include "happening.h"

/* Closing asserts that nothing of the last poller is left. */
psock_poller *pollers_open(void);
void pollers_close(psock_poller *poller);

/* A poller with `s` in it. */
psock_poller *pollers_with(psock_t s, uint32_t wanted);

/* All by the same token. */
extern char pollers_token;
void pollers_add(psock_poller *poller, psock_t s, uint32_t wanted);
void pollers_modify(psock_poller *poller, psock_t s, uint32_t wanted);

/* What comes of the one thing in `poller` that may: the bits, or 0. */
uint32_t pollers_came_by(psock_poller *poller, psock_deadline deadline);
uint32_t pollers_came_now(psock_poller *poller);

/* The result of a wait with room for one event. */
int pollers_wait_one(psock_poller *poller, psock_deadline deadline);

#endif
