/* scene.h: what the tests of psock on the fake Winsock start from.
 *
 * They go through psock's public calls only, and look at the fake's record to
 * see what reached Windows.  Every test runs in an empty world that must be
 * empty again at its end, without a complaint. */
#ifndef PSOCK_TESTS_SCENE_H
#define PSOCK_TESTS_SCENE_H

#include "fake_winsock.h"

#include <string.h>

#include "test.h"

int scene_on_windows_10(void **state);
int scene_on_windows_7(void **state);
int scene_end(void **state);

/* A test on one profile or on both. */
#define ON_WINDOWS_10(test)                                                    \
    {                                                                          \
#test, test, scene_on_windows_10, scene_end, NULL                      \
    }
#define ON_WINDOWS_7(test)                                                     \
    {                                                                          \
#test, test, scene_on_windows_7, scene_end, NULL                       \
    }
#define ON_BOTH(test)                                                          \
    ON_WINDOWS_10(test),                                                       \
    {                                                                          \
#test "_windows_7", test, scene_on_windows_7, scene_end, NULL          \
    }

/* The address of a text that is one. */
psock_address scene_address(const char *text);

/* A loopback address where nobody listens and nobody receives. */
psock_address scene_nobody(void);

/* IPv4 sockets; each call asserts that all went well. */
psock_t scene_open(int type);
psock_t scene_bound(int type, psock_address *where);
psock_t scene_listener(psock_address *where);
psock_t scene_connected(psock_t *peer);
psock_t scene_connecting(void); /* an attempt that nobody decides */
void scene_close(psock_t s);
void scene_close_two(psock_t s, psock_t other);

/* Sends `text` and asserts that all of it went. */
void scene_send(psock_t s, const char *text);

/* Receives what is there, and asserts that it is `text`. */
void scene_expect(psock_t s, const char *text);

/* Receives at once and returns the result. */
ptrdiff_t scene_receive(psock_t s);

/* Monotonic nanoseconds. */
int64_t scene_clock_ns(void);

#endif
