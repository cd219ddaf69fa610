/* load.h: the clients of the soak, and what they have in common. */
#ifndef PSOCK_TESTS_SOAK_LOAD_H
#define PSOCK_TESTS_SOAK_LOAD_H

#include "soak.h"

/* What is sent: bytes without order, which begin again after a prime number of
 * them.  A connection begins somewhere in there, and so knows what must come
 * back.  The beginning is there once more at the end, so that pieces that long
 * can be had from anywhere. */
enum {
    LOAD_PATTERN_PERIOD = 1000003,
    LOAD_PIECE_MAX = 64 * 1024
};

enum load_phase {
    LOAD_ABSENT,
    LOAD_CONNECTING,
    LOAD_TALKING,   /* sends a little when it has all back */
    LOAD_POURING,   /* sends all it can, and does not read yet */
    LOAD_FINISHING, /* ends its sending, and reads to the end */
    LOAD_LEAVING_UNREAD
};

struct load_client {
    struct load_client *next_absent;
    psock_t socket;
    unsigned number;
    enum load_phase phase;
    _Bool is_slow;
    _Bool has_shut_down;
    int ending; /* enum soak_ending */
    uint64_t random;
    size_t start; /* in the pattern */
    uint64_t sent, received, allowed;
    int64_t until_ns; /* when to end; when slow, to read */
};

struct load {
    const struct soak_plan *plan;
    psock_poller *poller;
    psock_address server;
    struct load_client *clients;
    struct load_client *absent;
    size_t absent_count, connecting_count;
    _Bool is_complete; /* all have been connected at once, the time runs */
    int64_t now_ns, stop_ns;
    struct soak_report report;
    unsigned char pattern[LOAD_PATTERN_PERIOD + LOAD_PIECE_MAX];
    unsigned char received[LOAD_PIECE_MAX];
};

/* For how long a client is going to talk, or a slow one not going to read. */
void load_choose_time(const struct load *load, struct load_client *client);

/* Nobody's is over before all are connected. */
_Bool load_time_is_over(const struct load *load,
                        const struct load_client *client);

void load_put_absent(struct load *load, struct load_client *client);

/* Starts an attempt to connect for one that is absent. */
void load_connect(struct load *load, struct load_client *client);

/* Something has come for it. */
void load_serve(struct load *load, struct load_client *client, uint32_t came);

/* For a slow one: time to read has come. */
void load_begin_to_read(struct load *load, struct load_client *client);

/* Ends a connection that does not end by itself. */
void load_give_up(struct load *load, struct load_client *client);

#endif
