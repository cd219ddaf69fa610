/* messages.h: what the tests of messages start from. */
#ifndef PSOCK_TESTS_MESSAGES_H
#define PSOCK_TESTS_MESSAGES_H

#include "fixture.h"

#define LETTER_SIZE 2048

/* The loopback interface has this number wherever these tests run. */
#define LOOPBACK_INDEX 1

/* A message of one buffer, with the memory for it. */
struct letter {
    psock_message message;
    psock_buffer buffer;
    unsigned char bytes[LETTER_SIZE];
};

/* Makes `letter` room for a message, with junk wherever it shall be written. */
void make_room(struct letter *letter, size_t size);

/* Makes `letter` a message of `text` to `to`, or with null to the peer. */
void write_letter(struct letter *letter, const char *text,
                  const psock_address *to);

/* Sends or receives one message, which must go well. */
void send_letter(psock_t s, struct letter *letter);
void recv_letter(psock_t s, struct letter *letter);

void assert_letter(const struct letter *letter, const char *text);

/* Receives a message, which must be `text`. */
void expect_letter(psock_t s, const char *text);

/* Checks that nothing but what is sent from now on will come: sends something
 * and receives just that. */
void assert_nothing_came(psock_t s);

/* --- Two sockets, of IPv4, of IPv6, and of both --------------------------- */

/* Begins as the state of a test does (fixture.h). */
struct net {
    int family;
    _Bool mapped; /* received by a socket of IPv6 */
};

extern struct net net_ipv4, net_ipv6, net_mapped;

#define test_nets(test)                                                        \
    FIXTURE_TEST(#test ".ipv4", test, &net_ipv4),                              \
        FIXTURE_TEST(#test ".ipv6", test, &net_ipv6),                          \
        FIXTURE_TEST(#test ".mapped", test, &net_mapped)

struct path {
    psock_t sender;    /* bound to nothing yet */
    psock_t receiver;  /* bound to any address */
    psock_address to;  /* the receiver, by the loopback address */
    psock_address own; /* the same without a port */
};

/* Skips the test where the system has not got that net. */
struct path path_over(void **state);

/* `text` with the port of the receiver. */
psock_address address_on(const struct path *path, const char *text);

/* The same address without a port, and without being mapped. */
psock_address plain_address(const psock_address *address);

#endif
