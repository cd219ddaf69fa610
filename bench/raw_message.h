/* raw_message.h: rows of datagrams, sent and received by the system itself in
 * each way that it has.
 *
 * As in raw.h, whole loops, in posix_raw_message.c and win32_raw_message.c.  A
 * row is sent, then received, by one thread, so that nothing is lost and nobody
 * waits.  What can be prepared for many rows is, but what a program changes with
 * each datagram is written for each. */
#ifndef BENCH_RAW_MESSAGE_H
#define BENCH_RAW_MESSAGE_H

#include "raw.h"

/* The data of a datagram, the most datagrams in a row, and how many of them go
 * as one where the system cuts. */
#define RAW_DATAGRAM 1200
#define RAW_ROW_MAX 64
#define RAW_SEGMENTS 54

/* Room for what the system has joined, and for a datagram. */
#define RAW_JOINED_ROOM 65536
#define RAW_ROOM 2048
#define RAW_PAGE 4096

/* What is sent, and where it is received; by all alike, as another place in
 * memory can be a faster one. */
extern char raw_data[RAW_JOINED_ROOM];
extern char raw_room[RAW_ROW_MAX * RAW_ROOM];

enum raw_feature {
    /* What can be told of a datagram, or (but for the time) sent with it. */
    RAW_LOCAL = 1 << 0, /* the local address and the interface */
    RAW_CLASS = 1 << 1, /* the traffic class, with ECN */
    RAW_HOPS = 1 << 2,
    RAW_TIME = 1 << 3,

    RAW_CUTS = 1 << 4,    /* cuts what is sent in segments */
    RAW_JOINS = 1 << 5,   /* joins what is received */
    RAW_REFUSES = 1 << 6, /* there are sockets that do not cut */
    RAW_SENDS = 1 << 7    /* heeds control data in sending */
};

/* What of these the system has. */
unsigned raw_features(void);

/* The ECN and the hops that are sent. */
#define RAW_ECN 2
#define RAW_SENT_HOPS 40

struct raw_row {
    struct raw_pair pair;
    size_t count; /* datagrams */
    _Bool connected;
    unsigned features;        /* what is told or sent */
    struct raw_prepared *own; /* the system's structures */
};

/* Makes the sockets, with `count`, `connected` and `features` filled in.  Of the
 * features only RAW_REFUSES is seen to; raw_want() asks for those that are
 * told, and RAW_JOINS, at end 1. */
void raw_open_row(struct raw_row *row);
void raw_want(const struct raw_row *row);
void raw_close_row(struct raw_row *row);

/* The rest goes through `count` rows; each takes a struct raw_row. */

/* sendto() and recvfrom(). */
void raw_plain_rows(const void *row, uint64_t count);

/* send() and recv(). */
void raw_connected_rows(const void *row, uint64_t count);

/* sendmsg() and recvmsg(). */
void raw_message_rows(const void *row, uint64_t count);

/* As many as possible in one call. */
void raw_batch_rows(const void *row, uint64_t count);

/* The whole row in one message; received by recvfrom(), and joined. */
void raw_cut_rows(const void *row, uint64_t count);
void raw_joined_rows(const void *row, uint64_t count);

/* Half of raw_batch_rows(): only sends, only receives. */
void raw_fill_rows(const void *row, uint64_t count);
void raw_drain_rows(const void *row, uint64_t count);

/* Receives one by one, and many in one call, and keeps what is told of each. */
void raw_told_rows(const void *row, uint64_t count);
void raw_told_batch_rows(const void *row, uint64_t count);

/* Sends one by one, each with the features. */
void raw_with_rows(const void *row, uint64_t count);

#endif
