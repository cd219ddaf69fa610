/* claim.h: tests of the fake itself, as tables of claims.
 *
 * A claim is a number that real Windows answers: what a call returns, or its
 * error below zero.  The ids are those of the catalogue's probe, so that its
 * recorded output can be laid beside these tables.  Claims go to the table of
 * calls directly; psock is not involved. */
#ifndef PSOCK_TESTS_CLAIM_H
#define PSOCK_TESTS_CLAIM_H

#include "fake_winsock.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

struct claim {
    const char *id;
    int (*observe)(void);
    int expected;
};

/* Runs each claim as a test of its own in a world of its own, started once. */
int claim_run(const char *group, const struct fake_profile *profile,
              const struct claim *claims, size_t count);

#define CLAIM_RUN(group, claims) CLAIM_RUN_ON(group, &win10_2004plus, claims)

#define CLAIM_RUN_ON(group, profile, claims)                                   \
    claim_run(group, profile, claims, sizeof(claims) / sizeof *(claims))

/* The result of a call, or its error below zero. */
int claim_outcome(int result);
int claim_socket_outcome(SOCKET s); /* 1 for a socket, which is closed */

/* --- Sockets and addresses to make claims about ---------------------------- */

/* 127.0.0.1, or any IPv4 address in host order. */
struct sockaddr_in claim_ipv4(ULONG address, u_short port);
#define CLAIM_LOOPBACK 0x7f000001u

SOCKET claim_open(int type);          /* IPv4, non-blocking */
SOCKET claim_open_bound(int type);    /* to 127.0.0.1 */
SOCKET claim_listener(void);          /* on 127.0.0.1 */
SOCKET claim_connected(SOCKET *peer); /* a pair of streams */
struct sockaddr_in claim_name_of(SOCKET s);

int claim_bind(SOCKET s, const struct sockaddr_in *name, int length);
int claim_connect(SOCKET s, const struct sockaddr_in *name, int length);
int claim_send_to(SOCKET s, const char *text, const struct sockaddr_in *name,
                  int length);
int claim_error_of(SOCKET s); /* SO_ERROR */

/* Closes one or two sockets and passes `result` on. */
int claim_close(SOCKET s, int result);
int claim_close_two(SOCKET s, SOCKET other, int result);

#endif
