/* unix.h: what the files of Unix sockets lend each other.
 *
 * A Unix socket that is not the system's has a box behind its description.  Ends
 * that are in one process know each other's boxes: messages go from box to box in
 * memory, streams through the two ends of a psock_pair().  What is in another
 * process is reached at a port of loopback, which the file of the name tells with a
 * secret that both sides prove to know (unix_hello.c).
 *
 * One lock is for all boxes; nothing waits while it is held. */
#ifndef PSOCK_GUEST_UNIX_H
#define PSOCK_GUEST_UNIX_H

#include "guest.h"

#include <sys/un.h>

/* --- Names (unix_name.c) --------------------------------------------------- */

/* The bytes of sun_path that count: none for the unnamed, a path with its zero
 * byte, or an abstract name. */
struct unix_name {
    unsigned length;
    char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
};

/* Reads an address of a program, -EINVAL or -EFAULT. */
int psock_guest_unix_name_in(const struct sockaddr *address, socklen_t length,
                             struct unix_name *name);
void psock_guest_unix_name_out(const struct unix_name *name,
                               struct sockaddr *to, socklen_t *length);
bool psock_guest_unix_same_name(const struct unix_name *a,
                                const struct unix_name *b);

/* --- Files (unix_file.c) --------------------------------------------------- */

enum {
    UNIX_SECRET_SIZE = 16
};

/* What the file of a name says. */
struct unix_place {
    int type;
    int family; /* enum psock_family of the port */
    uint16_t port;
    unsigned char secret[UNIX_SECRET_SIZE];
};

/* The path of the file for `name`: itself, or one among the temporary files for an
 * abstract name.  -ENAMETOOLONG. */
int psock_guest_unix_path(const struct unix_name *name, char *path,
                          size_t size);

/* -EADDRINUSE where something is there, or what the file system says. */
int psock_guest_unix_make_file(const char *path,
                               const struct unix_place *place);

/* -ENOENT, -ECONNREFUSED for what is no socket's, -EACCES. */
int psock_guest_unix_read_file(const char *path, struct unix_place *place);

/* --- Proofs (unix_proof.c) -------------------------------------------------- */

enum {
    UNIX_PROOF_SIZE = 16
};

/* What only those can make who know the secret. */
void psock_guest_unix_proof(const unsigned char secret[UNIX_SECRET_SIZE],
                            const void *bytes, size_t size,
                            unsigned char proof[UNIX_PROOF_SIZE]);
/* Takes the same time wherever they differ. */
bool psock_guest_unix_same(const void *a, const void *b, size_t size);

/* --- Messages and what comes with them (unix_rights.c) ----------------------- */

/* A number on its way: a description, or else a number of the C runtime. */
struct unix_right {
    struct psock_guest *guest;
    int plain;
};

enum {
    UNIX_RIGHTS_MAX = 253
}; /* as Linux */

/* Descriptors that were sent, in order with what else comes: at `offset` of a
 * stream. */
struct unix_rights {
    struct unix_rights *next;
    uint64_t offset;
    uint64_t end; /* of what was sent with them */
    int count;
    struct unix_right items[];
};

struct unix_mail {
    struct unix_mail *next;
    struct unix_name from;
    struct ucred sender;
    struct unix_rights *rights;
    size_t size;
    unsigned char bytes[];
};

/* Reads the control data of a message: what is to be passed, null for nothing.
 * -EINVAL, -EBADF, -ENOMEM, -ETOOMANYREFS. */
int psock_guest_unix_take_rights(const struct msghdr *message,
                                 struct unix_rights **rights);
void psock_guest_unix_drop_rights(struct unix_rights *rights);

/* Writes what comes with a message into its control data, by giving numbers, and
 * sets msg_controllen and MSG_CTRUNC.  `keeps` leaves the rights as they are; else
 * they are used up.  Null `sender`: no credentials. */
void psock_guest_unix_give(struct msghdr *message, int flags,
                           const struct ucred *sender,
                           struct unix_rights *rights, bool keeps);

/* --- Boxes (unix_box.c) ----------------------------------------------------- */

/* A connection that nobody has accepted yet. */
struct unix_arrival {
    struct unix_arrival *next;
    struct unix_box *box;
    psock_t socket;
};

struct unix_box {
    unsigned references;
    struct psock_guest *guest; /* whose memory is never given back */
    struct unix_box *next_rung;
    int type;
    bool closed;     /* its description is gone */
    bool held_up;    /* mail from another process waits for room in it */
    bool abandoned;  /* of a connection: the other end is gone */
    bool reset;      /* receiving has said so */
    bool refused;    /* the other end went with unread mail: ECONNRESET, once */
    atomic_int shut; /* 1: reading, 2: writing */
    atomic_int peer_is_deaf; /* the peer is in this process and reads no more */
    atomic_bool peer_is_gone; /* of a connection: closed, or shut both ways */
    psock_waker *waker;       /* rung while there is something to be received */
    psock_waker *room;        /* rung when what it is blocked by has room */

    struct unix_name name;
    struct unix_name peer_name;
    struct ucred peer_is;
    struct unix_box *peer; /* in this process */
    bool connected;

    /* Messages. */
    struct unix_mail *first;
    struct unix_mail **last;
    size_t bytes;
    size_t count;
    int room_is_news; /* how often others may look before it is forgotten */
    struct unix_box *blocked;      /* boxes that would send here */
    struct unix_box *next_blocked; /* the next of those, itself for the last */

    /* A stream's: how far it is, and the rights in it. */
    atomic_ullong sent;
    atomic_ullong received;
    atomic_int rights_count;
    struct unix_rights *rights;
    struct psock_guest_mutex sending;

    /* What is bound. */
    struct unix_box *next_bound;
    struct unix_place place;
    psock_t anchor;  /* listens at the port, or will */
    char *removable; /* the file of an abstract name */

    /* What listens. */
    bool listening;
    int backlog;
    int waiting;
    struct unix_arrival *arrivals;
    struct unix_arrival **last_arrival;

    /* Datagrams for another process: to where, and by what connection. */
    bool remote;
    struct unix_place to;
    struct unix_place courier_to;
    psock_t courier;
};

/* What one box holds, as on Linux, and the longest message. */
enum {
    UNIX_ROOM = 212992,
    UNIX_MESSAGE_MAX = UNIX_ROOM - 32,
    UNIX_MAIL = 512
};

static inline struct unix_box *psock_guest_unix_box(struct psock_guest *guest)
{
    return guest->state;
}

void psock_guest_unix_lock(void);
/* Tells the sets of epoll.c of all boxes that were rung meanwhile. */
void psock_guest_unix_unlock(void);

/* With one hold, or null with errno. */
struct unix_box *psock_guest_unix_new_box(int type);

/* All of these with the lock held. */
void psock_guest_unix_hold(struct unix_box *box);
/* Lets go; what has to be closed outside of the lock is left to sweep(). */
void psock_guest_unix_let_go(struct unix_box *box);
void psock_guest_unix_ring(struct unix_box *box);
/* Of messages: whether `to` has room for one more. */
bool psock_guest_unix_has_room(const struct unix_box *to);
/* Puts `mail` into it. */
void psock_guest_unix_deliver(struct unix_box *to, struct unix_mail *mail);
/* Takes the first one out of it. */
struct unix_mail *psock_guest_unix_take(struct unix_box *box);
/* Rings `box` as soon as `to` has room. */
void psock_guest_unix_block(struct unix_box *box, struct unix_box *to);
void psock_guest_unix_unblock(struct unix_box *box);
/* Makes two boxes the ends of one connection. */
void psock_guest_unix_join(struct unix_box *a, struct unix_box *b);
/* The box in this process that is bound to `place`; null. */
struct unix_box *psock_guest_unix_find(const struct unix_place *place);
/* The bound boxes one after another, from null to null. */
struct unix_box *psock_guest_unix_next_bound(struct unix_box *box);
void psock_guest_unix_enlist(struct unix_box *box);
void psock_guest_unix_delist(struct unix_box *box);

/* Without the lock. */
void psock_guest_unix_free_mail(struct unix_mail *mail);
struct ucred psock_guest_unix_self(void);

/* --- Sockets of the system's (unix_real.c) ------------------------------------ */

/* Whether `name` is a file of one. */
bool psock_guest_unix_is_real(const struct unix_name *name);

/* Connects to it, which makes `guest` a socket of the system's, too. */
int psock_guest_unix_connect_real(struct psock_guest *guest,
                                  const struct unix_name *to);

/* --- Classes (unix.c) -------------------------------------------------------- */

extern const struct psock_guest_class psock_guest_unix_stream_class;
extern const struct psock_guest_class psock_guest_unix_listener_class;
extern const struct psock_guest_class psock_guest_unix_mail_class;

/* A description around `box` and `socket`, which become its own, also when it
 * fails; null with errno. */
struct psock_guest *psock_guest_unix_wrap(struct unix_box *box, psock_t socket);

short psock_guest_unix_mail_now(struct psock_guest *guest, short wanted);
short psock_guest_unix_listener_now(struct psock_guest *guest, short wanted);

/* With the lock held: prepares for the next.  -ENOMEM. */
int psock_guest_unix_want_room(struct unix_box *box, struct unix_box *of);
/* Waits until `box`, which wants room, may try again: the same. */
int psock_guest_unix_wait_for_room(struct unix_box *box,
                                   psock_deadline deadline);

/* --- Moving data (unix_stream.c, unix_datagram.c) ----------------------------- */

ssize_t psock_guest_unix_stream_send(struct psock_guest *guest,
                                     const struct msghdr *message, int flags);
ssize_t psock_guest_unix_stream_recv(struct psock_guest *guest,
                                     struct msghdr *message, int flags);
ssize_t psock_guest_unix_mail_send(struct psock_guest *guest,
                                   const struct msghdr *message, int flags);
ssize_t psock_guest_unix_mail_recv(struct psock_guest *guest,
                                   struct msghdr *message, int flags);

/* Before a stream whose peer is in this process is closed: takes out what nobody has
 * read, so that the peer gets all that was sent to it before it learns of that. */
void psock_guest_unix_drain(struct psock_guest *guest);

/* The bytes of a message: -EFAULT, -EMSGSIZE, -EINVAL. */
ssize_t psock_guest_unix_size(const struct msghdr *message);

/* --- Connecting and listening (unix_connect.c, unix_listener.c) ------------- */

/* Where the socket of a name is. */
int psock_guest_unix_locate(const struct unix_name *name,
                            struct unix_place *place);

/* Whether what is at `place` is in this process. */
bool psock_guest_unix_is_here(const struct unix_place *place);
/* Whether anybody is there: -ECONNREFUSED. */
int psock_guest_unix_probe(const struct unix_place *place);
int psock_guest_unix_connect_datagrams(struct psock_guest *guest,
                                       const struct unix_name *to);
int psock_guest_unix_disconnect(struct psock_guest *guest);

/* With the lock held: whether `listener` can take one more. */
bool psock_guest_unix_accepts(const struct unix_box *listener);
/* With the lock held: queues it, which becomes the listener's. */
void psock_guest_unix_arrive(struct unix_box *listener,
                             struct unix_arrival *arrival);

/* --- Other processes (unix_hello.c, unix_hub.c, unix_courier.c) -------------- */

/* What is exchanged when a process connects to another's port.  All of it goes as
 * it stands in memory: it never leaves the machine. */
struct unix_hello {
    char magic[8];
    unsigned char nonce[16];
};

struct unix_challenge {
    unsigned char nonce[16];
    unsigned char proof[UNIX_PROOF_SIZE];
};

struct unix_request {
    unsigned char proof[UNIX_PROOF_SIZE];
    uint32_t process;
    uint8_t type;  /* SOCK_STREAM, SOCK_DGRAM; 0 only asks who is there */
    uint8_t waits; /* for room in the queue */
    uint8_t name_length;
    uint8_t reserved;
    char name[112];
};

struct unix_answer {
    uint32_t error; /* of enum unix_error */
    uint32_t process;
};

/* Numbers of errno may differ between builds. */
enum unix_error {
    UNIX_DONE,
    UNIX_REFUSED,
    UNIX_FULL,
    UNIX_OTHER_TYPE,
    UNIX_NOT_ALLOWED,
    UNIX_DEAF
};

/* A datagram on its way. */
struct unix_letter {
    uint32_t size;
    uint8_t waits;
    uint8_t name_length;
    uint8_t reserved[2];
    char name[112];
};

extern const char psock_guest_unix_magic[8];

void psock_guest_unix_prove_server(const struct unix_place *place,
                                   const struct unix_hello *hello,
                                   struct unix_challenge *challenge);
void psock_guest_unix_prove_client(const struct unix_place *place,
                                   const struct unix_hello *hello,
                                   const struct unix_challenge *challenge,
                                   const struct unix_request *request,
                                   unsigned char proof[UNIX_PROOF_SIZE]);

/* Connects to `place` and proves: the socket with the peer's process in `peer`, or
 * an error of POSIX below zero. */
psock_t psock_guest_unix_call(const struct unix_place *place, int type,
                              bool waits, const struct unix_name *name,
                              psock_deadline deadline, struct ucred *peer);

/* Receives all of `size` bytes by `deadline`: 0 or an error of POSIX below zero,
 * -EAGAIN when it passed, -ECONNREFUSED when there is nobody. */
int psock_guest_unix_read_all(psock_t s, void *bytes, size_t size,
                              psock_deadline deadline);

/* Sends all of two buffers: the same. */
int psock_guest_unix_write_all(psock_t s, const psock_buffer buffers[2],
                               psock_deadline deadline);

/* Makes the socket that listens at a place, of any port, not yet listening. */
psock_t psock_guest_unix_open_anchor(struct unix_place *place);

/* The hub's thread accepts and answers for whatever is bound here.  With the lock
 * held: lets it look anew; it closes `gone`, which may be PSOCK_INVALID. */
int psock_guest_unix_start_hub(void);
void psock_guest_unix_tell_hub(psock_t gone);
void psock_guest_unix_hub(void *context);

/* Gives a datagram to another process, and waits until it is in the box there. */
int psock_guest_unix_post(struct psock_guest *guest,
                          const struct unix_place *to,
                          const struct unix_mail *mail,
                          psock_deadline deadline);

/* The number of POSIX for an error of enum unix_error, below zero. */
int psock_guest_unix_answered(uint32_t error);

#endif
