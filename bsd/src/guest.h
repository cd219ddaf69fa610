/* guest.h: what the files of psock-bsd lend each other.
 *
 * Each file of this folder has the calls of POSIX that its name tells, written as
 * POSIX declares them: the headers of bsd/include give them the names that they
 * are linked by.  What is only ours begins with psock_guest_.
 *
 * A descriptor is a number of the C runtime's own, so that files and sockets never
 * share one.  Behind the numbers of sockets and the like (pipes, eventfds, epolls)
 * the C runtime has a placeholder, and descriptor.c a description; several
 * numbers (dup()) may have the same.  All other numbers are the C runtime's. */
#ifndef PSOCK_GUEST_H
#define PSOCK_GUEST_H

#include <psock/psock.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* --- Descriptions (descriptor.c) ------------------------------------------- */

struct psock_guest;

/* Options that the system lacks, or does not tell as they were set.  What is kept
 * differs from the option's default by the bits that are set: zero is the default
 * of each. */
enum psock_guest_kept {
    PSOCK_GUEST_KEPT_NOTHING,
    PSOCK_GUEST_KEPT_DEBUG,
    PSOCK_GUEST_KEPT_DONTROUTE,
    PSOCK_GUEST_KEPT_BROADCAST,
    PSOCK_GUEST_KEPT_PRIORITY,
    PSOCK_GUEST_KEPT_SEND_BUFFER,
    PSOCK_GUEST_KEPT_RECEIVE_BUFFER,
    PSOCK_GUEST_KEPT_LINGERS,
    PSOCK_GUEST_KEPT_LINGER_S,
    PSOCK_GUEST_KEPT_KEEPALIVE,
    PSOCK_GUEST_KEPT_KEEPIDLE,
    PSOCK_GUEST_KEPT_KEEPINTVL,
    PSOCK_GUEST_KEPT_KEEPCNT,
    PSOCK_GUEST_KEPT_NODELAY,
    PSOCK_GUEST_KEPT_CORK,
    PSOCK_GUEST_KEPT_QUICKACK,
    PSOCK_GUEST_KEPT_DEFER_ACCEPT,
    PSOCK_GUEST_KEPT_NOTSENT_LOWAT,
    PSOCK_GUEST_KEPT_FASTOPEN,
    PSOCK_GUEST_KEPT_MAXSEG,
    PSOCK_GUEST_KEPT_TTL,
    PSOCK_GUEST_KEPT_HOPS,
    PSOCK_GUEST_KEPT_TOS,
    PSOCK_GUEST_KEPT_TCLASS,
    PSOCK_GUEST_KEPT_MTU_DISCOVER,
    PSOCK_GUEST_KEPT_MTU_DISCOVER_6,
    PSOCK_GUEST_KEPT_DONTFRAG,
    PSOCK_GUEST_KEPT_RECVERR,
    PSOCK_GUEST_KEPT_RECVERR_6,
    PSOCK_GUEST_KEPT_GROUP_ADDRESS, /* IP_MULTICAST_IF, in network order */
    PSOCK_GUEST_KEPT_GROUP_INTERFACE,
    PSOCK_GUEST_KEPT_GROUP_TTL,
    PSOCK_GUEST_KEPT_GROUP_LOOP,
    PSOCK_GUEST_KEPT_GROUP_ALL,
    PSOCK_GUEST_KEPT_GROUP_HOPS,
    PSOCK_GUEST_KEPT_GROUP_LOOP_6,
    PSOCK_GUEST_KEPT_SEGMENT,
    PSOCK_GUEST_KEPT_WISHES, /* enum psock_guest_wishes (ancillary.c) */
    PSOCK_GUEST_KEPT_COUNT
};

/* What a description does when it is not called by its own name.  A null member is
 * what such a thing cannot do.  Each call holds the description. */
struct psock_guest_class {
    mode_t format; /* for fstat(): S_IFSOCK, S_IFIFO, 0 for anonymous ones */

    /* read(), write() and their kin: at least one byte, or an error of POSIX below
     * zero (-EAGAIN, -EINTR).  They wait as the description's flags say, deal with
     * signals, and raise SIGPIPE themselves. */
    ssize_t (*read)(struct psock_guest *guest, const struct iovec *pieces,
                    int count);
    ssize_t (*write)(struct psock_guest *guest, const struct iovec *pieces,
                     int count);

    /* The last number is closed and the last call has returned. */
    void (*close)(struct psock_guest *guest);

    /* ioctl() other than those that are the same for all: -errno. */
    int (*ioctl)(struct psock_guest *guest, unsigned long request,
                 void *argument);

    /* POLLIN, POLLOUT and so on that are true now, of those in `wanted` and of
     * those that come unasked.  Null: psock tells, of the member `socket`. */
    short (*now)(struct psock_guest *guest, short wanted);
};

/* An open file description of POSIX: made by one thread, used by many.  Its memory
 * is never given back, only used again, so that a number can be looked up without a
 * lock. */
struct psock_guest {
    /* Numbers and calls that hold it; 0: it is in the pool. */
    atomic_uint references;
    const struct psock_guest_class *class;
    atomic_int
        flags; /* O_NONBLOCK and what else F_SETFL sets; O_RDWR and so on */

    psock_t socket; /* PSOCK_INVALID where there is none */
    /* What `now` is asked about again when this is rung; rung for as long as it may
     * have something new.  Null where psock waits for `socket`, or where nobody
     * rings and a wait has to look from time to time. */
    psock_waker *waker;

    /* Of sockets: what Winsock does not tell, or not so. */
    int domain;
    int type;                        /* SOCK_STREAM and so on, without flags */
    int protocol;                    /* as getsockopt(SO_PROTOCOL) tells it */
    atomic_llong receive_timeout_us; /* 0 for none */
    atomic_llong send_timeout_us;
    atomic_int connecting; /* enum psock_guest_connecting */
    atomic_int shut;       /* SHUT_RD + 1, SHUT_WR + 1, both: 3 */
    atomic_int error;      /* for SO_ERROR: told once, before psock's own */
    atomic_uint options;   /* enum psock_guest_options */

    atomic_int kept[PSOCK_GUEST_KEPT_COUNT]; /* enum psock_guest_kept */

    void *state; /* of the class, or of an emulated Unix socket (unix.c) */

    /* For epoll.c: the places in sets that tell of this, and of them those that
     * are edge-triggered; and how many bytes were received for their sake. */
    struct psock_guest_watch *watches;
    atomic_uint edges;
    atomic_ullong taken;
};

enum psock_guest_connecting {
    PSOCK_GUEST_IDLE,
    PSOCK_GUEST_PENDING,   /* an attempt is under way */
    PSOCK_GUEST_CONNECTED, /* and connect() has said so */
    PSOCK_GUEST_LISTENING,
    PSOCK_GUEST_FAILED, /* and SO_ERROR, or a transfer, has said so */
    PSOCK_GUEST_BROKEN  /* a connection is, and that has been said */
};

/* Options that are remembered and not asked for. */
enum psock_guest_options {
    PSOCK_GUEST_REUSEADDR = 1 << 0,
    PSOCK_GUEST_BOUND = 1 << 1,
    PSOCK_GUEST_V6ONLY = 1 << 2,
    PSOCK_GUEST_OOBINLINE = 1 << 3,
    PSOCK_GUEST_EMULATED = 1 << 4, /* a Unix socket over IP: see unix.c */
    PSOCK_GUEST_PASSCRED = 1 << 5,
    PSOCK_GUEST_SEGMENTS = 1 << 6, /* UDP_SEGMENT: send by send_message() */
    PSOCK_GUEST_ENDED = 1 << 7,    /* a stream whose end was received */
    PSOCK_GUEST_REUSEPORT = 1 << 8
};

/* A new description of `class`, held by the caller, with the rest zero and no
 * socket; null with errno (ENOMEM) when there is no memory. */
struct psock_guest *psock_guest_new(const struct psock_guest_class *class);

/* Gives it the lowest free number, or the lowest from `lowest` on, and lets go of
 * the caller's hold, whatever the result.  `flags` is of FD_CLOEXEC.
 *
 * Returns the number, or -1 with errno (EMFILE), the description then closed
 * unless somebody else has it. */
int psock_guest_number(struct psock_guest *guest, int lowest, int flags);

/* The same in two steps, for calls that must not find out afterwards that there is
 * no number.  Returns the lowest free one, which is EBADF for everybody, or
 * -EMFILE; settle() or give_back() follows. */
int psock_guest_reserve(int flags);
void psock_guest_settle(int fd, struct psock_guest *guest);
void psock_guest_give_back(int fd);

/* Takes the description out from behind `fd`, and leaves the placeholder, for the C
 * runtime to close as it closes a stream.  Returns it with the table's hold, or
 * null. */
struct psock_guest *psock_guest_release(int fd);

/* The description behind `fd`, held; null, with errno unchanged, where the number
 * is the C runtime's or nobody's.  Takes no lock. */
struct psock_guest *psock_guest_hold(int fd);

/* The same, for calls that ask whether it is ready: a pipe of the C runtime that can
 * be read and not looked into has a description from then on (ahead.c). */
struct psock_guest *psock_guest_hold_to_wait(int fd);

/* The same; null with errno EBADF or ENOTSOCK where it is no socket. */
struct psock_guest *psock_guest_hold_socket(int fd);

/* One more hold. */
void psock_guest_hold_again(struct psock_guest *guest);

/* One more, unless the last one is gone: for those who know `guest` and do not
 * hold it. */
bool psock_guest_hold_if_held(struct psock_guest *guest);

/* Lets go.  The last one closes.  errno stays as it was. */
void psock_guest_drop(struct psock_guest *guest);

/* Whether `fd` is an open number of the C runtime with no description behind it. */
bool psock_guest_is_plain(int fd);

/* --- Errors (error.c) ------------------------------------------------------ */

/* The number of POSIX for an error of psock: ECONNREFUSED for PSOCK_ECONNREFUSED.
 * Those of the resolver are not among them. */
int psock_guest_errno(ptrdiff_t error);

/* Sets errno and returns -1. */
int psock_guest_fail(int number);

/* A result of psock as POSIX returns it: itself from 0 on, or -1 with errno. */
ssize_t psock_guest_result(ptrdiff_t result);

/* The same of an inner call of ours, whose errors are numbers of POSIX below 0. */
ssize_t psock_guest_returned(ssize_t result);

/* --- Waiting and signals (wait.c, signal.c) --------------------------------- */

/* Until when a call on `guest` may wait: by O_NONBLOCK, `flags` with MSG_DONTWAIT,
 * and SO_RCVTIMEO or SO_SNDTIMEO. */
psock_deadline psock_guest_receive_deadline(struct psock_guest *guest,
                                            int flags);
psock_deadline psock_guest_send_deadline(struct psock_guest *guest, int flags);

/* After a wait of psock that ended with `*result`: true when a signal ended it and
 * the call is to be made again; otherwise `*result` is what to return, PSOCK_EINTR
 * among it.  `restarts` tells whether the call is one that SA_RESTART is about.
 * Handlers have run by then.
 *
 *     do
 *         result = psock_recv(...);
 *     while (psock_guest_goes_on(&result, true)); */
bool psock_guest_goes_on(ptrdiff_t *result, bool restarts);

/* The same of a call that holds `guest`, which handlers may jump out of. */
bool psock_guest_goes_on_in(struct psock_guest *guest, ptrdiff_t *result,
                            bool restarts);

/* Before a wait: lets signals end it that came before, and binds this thread to
 * what signals ring.  Costs next to nothing while no signal can come from outside
 * (no alarm(), no handler). */
void psock_guest_may_wait(void);

/* Whether a signal may have come: for calls that go on without asking goes_on().
 * Then they call handle_signals() at their end, which runs the handlers, with what
 * they hold, or null. */
extern atomic_bool psock_guest_signals_pending;
void psock_guest_handle_signals(struct psock_guest *guest);

static inline bool psock_guest_is_signaled(void)
{
    return atomic_load_explicit(&psock_guest_signals_pending,
                                memory_order_relaxed);
}

/* Handlers run in whoever is in a call, also in one that need not wait. */
static inline void psock_guest_look_for_signals(struct psock_guest *guest)
{
    if (__builtin_expect(psock_guest_is_signaled(), 0))
        psock_guest_handle_signals(guest);
}

/* Raises SIGPIPE for a result of PSOCK_EPIPE, unless `flags` has MSG_NOSIGNAL;
 * returns `result`. */
ptrdiff_t psock_guest_sent(struct psock_guest *guest, ptrdiff_t result,
                           int flags);

/* Notes that this thread's call has reserved `fd`, or -1, for handlers that jump out
 * of it (signal_loan.c). */
void psock_guest_note_reserved(int fd);

/* At the beginning of a thread of our own: signals are never for it. */
void psock_guest_block_signals(void);

/* For ppoll(), pselect(), epoll_pwait(): blocks what `mask` says while the call
 * waits, and what was blocked before afterwards; nothing for null. */
void psock_guest_swap_mask(const sigset_t *mask, sigset_t *old);
void psock_guest_restore_mask(const sigset_t *mask, const sigset_t *old);

/* What a wait of psock came to: 0, -EAGAIN where it was too long, -EINTR and so on. */
int psock_guest_error_of_wait(ptrdiff_t result);

/* Waits until there is something to be received, as one that SA_RESTART is about: the
 * same. */
int psock_guest_await_input(struct psock_guest *guest, psock_deadline deadline);

/* --- Addresses (address.c) -------------------------------------------------- */

/* Reads a struct sockaddr of a program.  Returns 0 or an error of POSIX below
 * zero: -EINVAL for a length that does not fit the family, -EAFNOSUPPORT,
 * -EFAULT.  Unix addresses are not for this (unix.c). */
int psock_guest_address_in(const struct sockaddr *address, socklen_t length,
                           psock_address *out);

/* Reads where `guest`, of IPv4 or IPv6, is to send to.  Returns 0; 1 where the
 * address says "nowhere else" and the connected peer gets it; or -EINVAL,
 * -EAFNOSUPPORT, -EFAULT. */
int psock_guest_destination_in(const struct psock_guest *guest,
                               const struct sockaddr *address, socklen_t length,
                               psock_address *out);

/* What is wrong with the room for an address, that may be null where none is
 * wanted, or 0: -EFAULT, -EINVAL. */
int psock_guest_room_error(const struct sockaddr *to, const socklen_t *length);

/* Writes one into `*length` bytes at `to`, cut if need be, and its whole length
 * into `*length`.  A null `to` writes nothing. */
void psock_guest_address_out(const psock_address *from, struct sockaddr *to,
                             socklen_t *length);

/* --- The system (system.c, system_ready.c) ---------------------------------- */

/* The only files that call Windows.  A lock that needs no making: zero. */
struct psock_guest_mutex {
    void *opaque;
};
void psock_guest_lock(struct psock_guest_mutex *mutex);
void psock_guest_unlock(struct psock_guest_mutex *mutex);
bool psock_guest_try_lock(struct psock_guest_mutex *mutex);

/* Runs `body` in a thread of its own, which nobody waits for.  Returns 0 or
 * -EAGAIN. */
int psock_guest_thread(void (*body)(void *context), void *context);

/* Fills `size` bytes that nobody can guess.  Returns 0, or -EIO with none. */
int psock_guest_random(void *bytes, size_t size);

/* POLLIN, POLLOUT, POLLHUP and so on of a number of the C runtime that are true now
 * (files: always both; pipes: by looking; a console: by its events); POLLNVAL. */
short psock_guest_plain_now(int fd, short wanted);

/* Whether a number of the C runtime is a pipe or a console, which can make a
 * reader wait, and not a file. */
bool psock_guest_plain_waits(int fd);

/* What stands in `pipe` or the like of the C runtime to be read now: bytes, or an
 * error of POSIX below zero. */
int psock_guest_plain_unread(int fd);

/* How many bytes stand in a stream, or the next datagram, to be received now, or an
 * error of POSIX below zero. */
int psock_guest_socket_unread(psock_t s);

/* --- Waiting for one description (poll.c) ------------------------------------ */

/* Waits until one of `wanted` (POLLIN, POLLOUT), or what comes unasked, is true of
 * `guest`, of any class.  Returns the bits, or an error of psock:
 * PSOCK_EAGAIN, PSOCK_ETIMEDOUT, PSOCK_ECANCELED (then: goes_on()). */
int psock_guest_wait(struct psock_guest *guest, short wanted,
                     psock_deadline deadline);

/* --- Sets that tell of descriptions (epoll.c) -------------------------------- */

/* The last hold is gone: takes `guest` out of all sets.  To be called before the
 * class's close(), without a lock of the caller's. */
void psock_guest_unwatch(struct psock_guest *guest);

/* Another socket has taken the place of `old`, which is about to be closed. */
void psock_guest_renewed(struct psock_guest *guest, psock_t old);

/* For descriptions without a socket: something has changed that `now` tells of.
 * Costs one load while no set has it. */
void psock_guest_changed(struct psock_guest *guest);

/* The same for sockets, by the calls below. */
void psock_guest_edge_received(struct psock_guest *guest, ptrdiff_t result);
void psock_guest_edge_sent(struct psock_guest *guest);

/* After whatever takes data or connections out of a socket (not MSG_PEEK), with
 * its result. */
static inline void psock_guest_received(struct psock_guest *guest,
                                        ptrdiff_t result)
{
    if (atomic_load_explicit(&guest->edges, memory_order_relaxed) != 0)
        psock_guest_edge_received(guest, result);
}

/* After whatever sends: a result below `asked` means that there was no room. */
static inline void psock_guest_sent_of(struct psock_guest *guest,
                                       ptrdiff_t result, size_t asked)
{
    if (atomic_load_explicit(&guest->edges, memory_order_relaxed) != 0 &&
        (result < 0 || (size_t)result < asked))
        psock_guest_edge_sent(guest);
}

/* --- Interfaces (interface_ioctl.c) ------------------------------------------- */

/* ioctl() with SIOCGIFCONF and the like: 0, or an error of POSIX below zero;
 * -ENOTTY for what is none of them. */
int psock_guest_interface_ioctl(unsigned long request, void *argument);

/* --- Sockets (socket.c) ------------------------------------------------------ */

extern const struct psock_guest_class psock_guest_socket_class;

/* A new socket description over `s`, which becomes its own, also when it fails;
 * null with errno.  Flags of the type count: O_NONBLOCK is in `flags`. */
struct psock_guest *psock_guest_new_socket(psock_t s, int domain, int type,
                                           int protocol);

/* Gives the guest a number, O_NONBLOCK and FD_CLOEXEC as `flags`, of SOCK_NONBLOCK
 * and SOCK_CLOEXEC, tells; as psock_guest_number(), null being an error already in
 * errno. */
int psock_guest_publish(struct psock_guest *guest, int flags);

/* A failure of the connection, or of the attempt to make it, has been told. */
void psock_guest_told(struct psock_guest *guest);

/* Whether a connection broke, and nobody was told: some systems show it in poll()
 * only, and as an orderly end otherwise. */
bool psock_guest_is_broken(const struct psock_guest *guest);

/* send() and recv() on one piece or several: bytes, or an error of POSIX below zero;
 * SIGPIPE is raised.  Not for sockets that is_emulated() is true of, but for
 * psock_guest_send() and psock_guest_recv(), which are for all sockets. */
ssize_t psock_guest_send(struct psock_guest *guest, const void *data,
                         size_t size, int flags);
ssize_t psock_guest_recv(struct psock_guest *guest, void *buffer, size_t size,
                         int flags);
ssize_t psock_guest_stream_send(struct psock_guest *guest,
                                const struct iovec *pieces, size_t count,
                                int flags);
ssize_t psock_guest_stream_recv(struct psock_guest *guest,
                                const struct iovec *pieces, size_t count,
                                int flags);

/* What psock's result of sending or receiving, waiting until `deadline`, is to
 * POSIX: bytes, or an error below zero.  A connection's failure is told once: then
 * sending is -EPIPE, with SIGPIPE unless `flags` has MSG_NOSIGNAL, and receiving 0. */
ssize_t psock_guest_send_result(struct psock_guest *guest, ptrdiff_t result,
                                psock_deadline deadline, int flags);
ssize_t psock_guest_recv_result(struct psock_guest *guest, ptrdiff_t result,
                                psock_deadline deadline);

/* --- Options and messages (option*.c, message.c) ------------------------------ */

/* What SO_ERROR tells, and thereby takes away: a number of POSIX, or 0. */
int psock_guest_take_error(struct psock_guest *guest);

/* Gives `accepted` the options that a connection has from its listener. */
void psock_guest_inherit_options(const struct psock_guest *listener,
                                 struct psock_guest *accepted);

/* sendmsg() and recvmsg() of sockets of any kind, whose errors are numbers of
 * POSIX below 0; `message` has been looked at. */
ssize_t psock_guest_send_message(struct psock_guest *guest,
                                 const struct msghdr *message, int flags);
ssize_t psock_guest_receive_message(struct psock_guest *guest,
                                    struct msghdr *message, int flags);

/* --- Unix sockets (unix*.c) -------------------------------------------------- */

/* All: errors of POSIX below zero; `guest` is of AF_UNIX, emulated or not. */

/* Makes one of SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET; null with errno. */
struct psock_guest *psock_guest_unix_new(int type, int protocol);

/* Makes a pair. */
int psock_guest_unix_pair(int type, int protocol, struct psock_guest *pair[2]);

int psock_guest_unix_bind(struct psock_guest *guest,
                          const struct sockaddr *address, socklen_t length);
int psock_guest_unix_connect(struct psock_guest *guest,
                             const struct sockaddr *address, socklen_t length);
int psock_guest_unix_listen(struct psock_guest *guest, int backlog);

/* The connection, held by the caller; null with errno. */
struct psock_guest *psock_guest_unix_accept(struct psock_guest *listener,
                                            struct sockaddr *address,
                                            socklen_t *length);
int psock_guest_unix_name(struct psock_guest *guest, bool peer,
                          struct sockaddr *address, socklen_t *length);

/* sendmsg() and recvmsg(), complete, and all other ways to send and receive on a
 * socket that is_emulated() is true of. */
ssize_t psock_guest_unix_send(struct psock_guest *guest,
                              const struct msghdr *message, int flags);
ssize_t psock_guest_unix_recv(struct psock_guest *guest, struct msghdr *message,
                              int flags);

/* POLLHUP where the other end of a stream was closed in this process, or 0. */
short psock_guest_unix_hang_up(const struct psock_guest *guest);

int psock_guest_unix_shutdown(struct psock_guest *guest, int how);

/* Who is at the other end (SO_PEERCRED): 0 for pid where that is not known. */
int psock_guest_unix_credentials(struct psock_guest *guest, struct ucred *peer);

/* Whether the file at `path` is an emulated Unix socket's, for stat(). */
bool psock_guest_unix_is_socket_file(const char *path);

/* Makes the file `path`, which must not be there, for its owner only, with `size`
 * bytes in it (system_private.c).  Returns 0 or an error of POSIX below zero. */
int psock_guest_private_file(const char *path, const void *bytes, size_t size);

/* What of a description's closing is unix.c's. */
void psock_guest_unix_close(struct psock_guest *guest);

/* Whether calls that move data on this socket are unix.c's.  Other Unix sockets
 * (streams that are connected, pairs) are like all sockets there. */
static inline bool psock_guest_is_emulated(const struct psock_guest *guest)
{
    return (atomic_load_explicit(&guest->options, memory_order_relaxed) &
            PSOCK_GUEST_EMULATED) != 0;
}

#endif
