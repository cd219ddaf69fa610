/* net.h: the third twin as a network in which things happen at their moments,
 * instead of a script of calls.  In which order somebody calls does not matter
 * to it, and what it was asked for is in its books.
 *
 * While there is a scene, sockets, wakers, waits and look-ups of sys_fake_*.c
 * are answered from here. */
#ifndef PSOCK_TESTS_FAKE_NET_H
#define PSOCK_TESTS_FAKE_NET_H

#include "scene.h"

/* What a system may do as well, without a difference to who uses it right. */
enum net_manner {
    NET_STOPS_LATE = 1 << 0,  /* a stopped look-up is answered much later */
    NET_INTERRUPTS = 1 << 1,  /* waits end early, outcomes are open once more */
    NET_IS_IMPATIENT = 1 << 2 /* connecting never waits by itself */
};

enum {
    NET_PORT = 80, /* of all peers */
    NET_ATTEMPTS_MAX = 256,
    NET_LOOK_UPS_MAX = 8
};

/* A socket, from its making on. */
struct net_attempt {
    psock_t socket; /* below zero where it could not be made */
    int family;
    char peer;   /* 0 while nobody knows */
    char source; /* 0 for not bound */
    _Bool is_prepared;
    _Bool is_open;
    _Bool is_begun;
    _Bool is_connected;
    _Bool was_open_once_more;
    int error;              /* what somebody was told, or 0 */
    int64_t opened_ns;      /* all moments: of the clock */
    int64_t begun_ns;       /* of connecting */
    int64_t told_ns;        /* of the outcome */
    int64_t decided_ns;     /* INT64_MAX for never */
    struct scene_words how; /* the peer's manner */
};

struct net_look_up {
    struct psock_sys_look_up *look_up; /* null once it is answered */
    int family;                        /* PSOCK_NONE of a service alone */
    _Bool is_stopped;
    int result;
    int64_t answered_ns; /* when it will be or was; INT64_MAX for never */
};

struct net_books {
    struct net_attempt attempts[NET_ATTEMPTS_MAX];
    size_t attempt_count;
    struct net_look_up look_ups[NET_LOOK_UPS_MAX];
    size_t look_up_count;
    int open_wakers;
};

extern struct net_books net_books;

/* The network is there from here to there.  `ways`: enum net_manner bits. */
void net_begin(const struct scene *scene, unsigned ways);
void net_end(void);

/* What `fails` has for the next call of this kind: 0 or the error. */
int net_failure(const char *kind);

/* The waker that the scene rings. */
psock_waker *net_canceler(void);

/* The attempt with that socket, which has to be open. */
struct net_attempt *net_attempt_of(psock_t s);

/* Answers what was not answered yet, of which nobody may want to know. */
void net_answer_late(void);

/* To be called by `prepare` of what is dialed. */
int net_prepare(psock_t s, const psock_address *peer);

/* --- What net.c and net_socket.c lend each other -------------------------- */

const struct scene *net_scene(void);
_Bool net_has(enum net_manner manner);

/* The moment at which a wait that begins now has to end. */
int64_t net_limit(int64_t timeout_ns);

/* Lets time pass until `attempt` is decided, or to that moment. */
void net_wait_for(const struct net_attempt *attempt, int64_t limit_ns);

/* How it is decided: 0 or the error. */
int net_outcome(const struct net_attempt *attempt);

/* --- For the bodies of sys_fake_*.c --------------------------------------- */

_Bool net_is_there(void);

int net_startup(void);
psock_t net_open(int family, int type);
int net_close(psock_t s);
int net_bind(psock_t s, const psock_address *local);
int net_connect(psock_t s, const psock_address *peer, int64_t patience_ns);
int net_connect_result(psock_t s, const psock_address *peer);
int net_local(psock_t s, psock_address *local);
int net_peer(psock_t s, psock_address *peer);
int net_waker_open(psock_waker **waker);
void net_waker_close(psock_waker *waker);
void net_waker_ring(psock_waker *waker);
_Bool net_waker_reset(psock_waker *waker);
int net_wait(psock_t s, unsigned events, psock_waker *canceler,
             int64_t timeout_ns);
int net_poll(psock_pollable *entries, size_t count, psock_waker *canceler,
             int64_t timeout_ns);
int net_begin_look_up(struct psock_sys_look_up *look_up);
void net_stop_look_up(struct psock_sys_look_up *look_up);

#endif
