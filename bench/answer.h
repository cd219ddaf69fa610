/* answer.h: what every contender does with a socket that is readable.  Here, so
 * that it is part of each contender's loop and no call. */
#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#ifdef _WIN32
#include <winsock2.h>
#define MSG_DONTWAIT 0 /* sockets that wait are not measured here */
#define MSG_NOSIGNAL 0
typedef SOCKET answer_socket;
#else
#include <sys/socket.h>
typedef int answer_socket;
#endif

#include "harness.h"

static inline void answer(intptr_t s)
{
    char byte;
    BENCH_REQUIRE(recv((answer_socket)s, &byte, 1, MSG_DONTWAIT) == 1);
    BENCH_REQUIRE(
        send((answer_socket)s, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1);
}

#endif
