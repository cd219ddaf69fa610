/* kqueue.h: what the files of the kqueue poller share: sys_poller_kqueue.c, which
 * says how it works, kqueue_look.c and kqueue_own.c. */
#ifndef PSOCK_POSIX_KQUEUE_H
#define PSOCK_POSIX_KQUEUE_H

#include "platform.h"

#include <pthread.h>
#include <sys/event.h>
#include <sys/time.h>

/* How a filter is asked for. */
enum asking {
    ASK_NOT,
    ASK_LEVEL,
    ASK_EDGE
};

enum {
    FILTER_READ,
    FILTER_WRITE,
    FILTER_URGENT,
    FILTERS
};

#ifdef EVFILT_EXCEPT
#define PSOCK_KQUEUE_HAS_URGENT 1
#else
#define PSOCK_KQUEUE_HAS_URGENT 0
#define EVFILT_EXCEPT 0 /* never asked for */
#define NOTE_OOB 0
#endif

struct kqueue_record {
    void *token;
    uint32_t wanted;
    int fd;
    _Bool is_there;
    _Bool is_waker;
    _Bool is_stream;
    _Bool is_told;                /* with ONE_SHOT: its filters are disabled */
    _Bool is_connected;           /* or has been */
    unsigned char asked[FILTERS]; /* enum asking */
    unsigned long since;          /* the change that made it what it is */
    uint64_t wait;                /* the wait that it has an event in, */
    size_t event;                 /* and which */
    size_t standing;              /* one more than its place there, or 0 */
};

struct psock_sys_poller {
    struct psock_posix_poller_link link; /* stays first */
    int queue_fd;
    int look_fd;       /* the second queue */
    psock_waker *wake; /* these two are null where there are user events */
    psock_waker *keep_short;
    pthread_mutex_t lock;
    atomic_ulong changes;
    uint64_t waits;
    struct kqueue_record **records; /* by descriptor; once made they stay */
    size_t record_room;
    struct kqueue_record **standing; /* with room for all records */
    size_t standing_count;
    size_t standing_start; /* whose turn it is */
    _Bool is_kept_short;
};

/* --- kqueue_own.c ---------------------------------------------------------- */

/* Makes one change, or several up to the first that fails. */
int psock_kqueue_change(int queue_fd, const struct kevent *changes, int count);

/* Makes changes that can only fail where there is nothing left to change. */
void psock_kqueue_change_surely(int queue_fd, const struct kevent *changes,
                                int count);

/* A change for the event of one of the filters above. */
void psock_kqueue_set_change(struct kevent *change, int fd, int filter,
                             unsigned flags, void *udata);

/* The events of our own, whose udata is null: one that wakes one wait, and one
 * that, while it is on, keeps all waits from lasting. */
int psock_kqueue_open_own(struct psock_sys_poller *poller);
void psock_kqueue_close_own(struct psock_sys_poller *poller);
void psock_kqueue_keep_short(struct psock_sys_poller *poller, _Bool is_short);
void psock_kqueue_wake(struct psock_sys_poller *poller);

/* Whether the wait that has `event` is the one that is woken. */
_Bool psock_kqueue_is_wake(const struct psock_sys_poller *poller,
                           const struct kevent *event);

/* --- kqueue_look.c --------------------------------------------------------- */

/* enum psock_readiness bits of one event; PSOCK_KQUEUE_WRITE_ENDED beside them
 * where nothing more can be sent. */
#define PSOCK_KQUEUE_WRITE_ENDED (1u << 30)
uint32_t psock_kqueue_bits(const struct kevent *event);

/* What is true of a stream that was never connected. */
#define PSOCK_KQUEUE_IDLE (PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP)

/* The bits that are true of what `record` is for. */
uint32_t psock_kqueue_look(const struct psock_sys_poller *poller,
                           struct kqueue_record *record);

int psock_kqueue_socket_option(int fd, int option);

#endif
