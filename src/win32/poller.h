/* poller.h: what is in a poller, and who finds it: for sys_poller.c,
 * registration.c, poller_device.c, registry.c and sys_waker.c.
 *
 * The locks, in the order in which they are taken: that of the registry, that of
 * a poller, the one of the wakers, and the one of the shadow.  A poller's is not
 * held while a thread waits in it. */
#ifndef PSOCK_WIN32_POLLER_H
#define PSOCK_WIN32_POLLER_H

/* What a packet in the port is about: its key. */
enum packet_key {
    PACKET_OF_POLL,   /* with a struct poller_request */
    PACKET_OF_WAKER,  /* with a struct waker_subscriber */
    PACKET_OF_CANCEL, /* psock_cancel_with() of a thread that waits */
    PACKET_OF_LACK,   /* there was no room for a poll, which is due again */
    PACKET_OF_WAKE    /* psock_poller_wake() */
};

/* --- Sockets -------------------------------------------------------------- */

struct poller_link {
    struct poller_link *next;
    struct poller_link *before;
};

/* A handle of AFD's own to send polls through.  One has few registrations:
 * canceling a poll takes as long as there are polls on its handle. */
struct poller_device {
    HANDLE handle;
    unsigned users;
    struct poller_device *next;
    struct poller_device *next_with_room;
};

/* A poll that is under way, or could be.  The system writes to it, so it stays
 * where it is until its packet has come. */
struct poller_request {
    IO_STATUS_BLOCK status;
    struct afd_poll_of_one ask;
    struct registration *registration; /* null: the answer is nobody's */
    uint64_t turn;                     /* of the poller, when it began */
};

/* A socket in a poller. */
struct registration {
    struct poller_link link; /* in one of two lists of the poller */
    struct registration *next_of_socket;
    struct psock_sys_poller *poller;
    psock_t socket;
    HANDLE handle; /* the socket, or what is below it */
    void *token;
    uint32_t wanted;
    ULONG asked;    /* AFD's events of the poll under way */
    _Bool armed;    /* a poll is under way */
    _Bool doubtful; /* and has been since before the last change */
    _Bool settled;  /* it is, or was, something else than never connected */
    struct poller_device *device;
    struct poller_request *request;
};

/* --- The poller ----------------------------------------------------------- */

struct psock_sys_poller {
    HANDLE port;
    SRWLOCK lock; /* for all that follows; see above */
    unsigned waiting;
    unsigned waiting_shortly; /* of these, until polls are tried again */
    uint64_t turns;           /* how often a thread has begun to wait */
    size_t packets_due;       /* with something to free or to reuse */
    struct poller_link to_arm;
    struct poller_link resting; /* armed, or told of and not asked again */
    struct poller_device *devices;
    struct poller_device *devices_with_room;
    struct waker_subscriber *wakers;
    struct bound_wait *bound_waits;
    CONDITION_VARIABLE bound_wait_ended;
};

/* Whether no poll is due. */
static inline _Bool
psock_win32_is_all_armed(const struct psock_sys_poller *poller)
{
    return poller->to_arm.next == &poller->to_arm;
}

/* --- poller_device.c: the poller's lock is held ---------------------------- */

int psock_win32_take_device(struct psock_sys_poller *poller,
                            struct poller_device **device);
void psock_win32_give_device(struct psock_sys_poller *poller,
                             struct poller_device *device);
void psock_win32_close_devices(struct psock_sys_poller *poller);

/* --- registration.c: the poller's lock is held, but in the first three ------ */

/* Null when there is no memory. */
struct registration *psock_win32_make_registration(psock_t s, uint32_t wanted,
                                                   void *token);

/* Finds out whether AFD knows the socket, and by which of its handles. */
int psock_win32_prepare(struct registration *registration);

/* It is in no poller. */
void psock_win32_free_registration(struct registration *registration);

/* With the registry's lock held too.  A poll that is under way frees its request
 * when it has come. */
int psock_win32_put_in(struct psock_sys_poller *poller,
                       struct registration *registration);
void psock_win32_take_out(struct registration *registration);

/* Wants something else of it, or the same again.  A poll under way that asks for
 * all that is wanted, and more, may go on. */
int psock_win32_change(struct registration *registration, uint32_t wanted);

/* The poll under way, if any, does not know what is true now.  Without memory
 * for another request the next poll has to wait for the end of this one. */
void psock_win32_poll_anew(struct registration *registration);

/* The next poll is due when a thread begins to wait. */
void psock_win32_ask_again(struct registration *registration);

/* Begins the polls that are due. */
void psock_win32_arm_all(struct psock_sys_poller *poller);

/* What is changed counts at once for those who wait, and for others when they
 * do.  If there is no room for it now, one who waits tries again soon. */
void psock_win32_arm_for_those_who_wait(struct psock_sys_poller *poller);

/* --- registry.c: where each socket is registered --------------------------- */

/* Whether nothing is, which costs one load. */
_Bool psock_win32_registry_is_empty(void);

void psock_win32_registry_lock(void);
void psock_win32_registry_unlock(void);

/* With the lock held: the first registration of `s`; the others follow by their
 * members `next_of_socket`. */
struct registration *psock_win32_registry_first(psock_t s);

/* With the lock held: puts a registration in; false when there is no memory. */
_Bool psock_win32_registry_enter(struct registration *registration);

/* With the lock held. */
void psock_win32_registry_leave(struct registration *registration);

/* --- Wakers --------------------------------------------------------------- */

/* A waker in a poller. */
struct waker_subscriber {
    struct waker_subscriber *next; /* of the waker */
    struct waker_subscriber *next_in_poller;
    psock_waker *waker; /* null once it is out */
    struct psock_sys_poller *poller;
    HANDLE port;
    void *token;
    _Bool posted; /* a packet is in the port */
};

/* sys_waker.c: for the poller, whose lock is held.  Changes of what is
 * subscribed to which waker have the registry's lock held too. */
void psock_win32_subscribe(struct waker_subscriber *subscriber);

/* Returns whether a packet is still in the port, which is due to come. */
_Bool psock_win32_unsubscribe(struct waker_subscriber *subscriber);

/* Posts a packet if the waker is rung and none is in the port. */
void psock_win32_tell_again(struct waker_subscriber *subscriber);

/* Its packet has come.  Returns whether the waker is rung. */
_Bool psock_win32_is_told(struct waker_subscriber *subscriber);

#endif
