/* post.h: messages for the tests of psock on the fake Winsock, each with one
 * buffer. */
#ifndef PSOCK_TESTS_POST_H
#define PSOCK_TESTS_POST_H

#include "scene.h"

#define POST_ROOM 4096

struct post {
    psock_message message;
    psock_buffer buffer;
    char bytes[POST_ROOM];
};

/* One with `size` bytes to send, all alike, to `peer`, or to the socket's own if
 * that is null. */
void post_make(struct post *post, size_t size, const psock_address *peer);

/* One with room for `size` bytes. */
void post_empty(struct post *post, size_t size);

/* Sends or receives one at once, and returns what the call returns. */
ptrdiff_t post_send(psock_t s, struct post *post);
ptrdiff_t post_receive(psock_t s, struct post *post, unsigned flags);

/* Receives one with room enough and asserts that there is one. */
void post_expect(psock_t s, struct post *post);

/* A datagram socket of a family, bound to every address, where others reach it
 * by `loopback`, which is a text without a port. */
psock_t post_open(int family, unsigned flags, const char *loopback,
                  psock_address *where);

#endif
