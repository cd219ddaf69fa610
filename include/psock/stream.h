/* stream.h: what programs do with streams: connect to a name, serve on a port,
 * send all of it, receive all of it, hand it on.
 *
 * Each call is made of many and has one deadline over all of them, and all of
 * them end when the waker rings to which the thread is bound (waker.h):
 *
 *     psock_cancel_with(waker);
 *     s = psock_dial("psock.example", "80", NULL, psock_deadline_ms(10000));
 *     psock_cancel_with(NULL);
 *
 * Any thread may make them, and options are only read: many may share one, but for
 * a report and for what `prepare` does, which is called by the thread that dials or
 * serves.  Set options to zero before any member, as there will be more of them:
 * `= {0}`, and in C++ `= {}`. */
#ifndef PSOCK_STREAM_H
#define PSOCK_STREAM_H

#include <psock/io.h>
#include <psock/resolve.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Connecting to a name -------------------------------------------------- */

/* One attempt to connect, as it went. */
typedef struct psock_dial_attempt {
    psock_address peer;
    int error; /* 0 for the connection that was returned; PSOCK_ECANCELED for one
                * that was not needed any more, or still open at the end */
    int64_t began_ns; /* both: nanoseconds after the call began */
    int64_t ended_ns;
} psock_dial_attempt;

/* What the resolver said of one family. */
typedef struct psock_dial_look_up {
    int result; /* how many addresses, or the error; PSOCK_ECANCELED for an answer
                 * that was not waited for.  0 when nobody was asked */
    int64_t ended_ns;
} psock_dial_look_up;

/* What a dial did, to explain how it ended.  Written whatever the result, unless an
 * argument was wrong, and then as it was: PSOCK_EFAULT, PSOCK_EINVAL,
 * PSOCK_EAFNOSUPPORT. */
typedef struct psock_dial_report {
    psock_dial_attempt *attempts; /* room of yours, for the first `capacity` */
    size_t capacity;
    size_t count; /* receives how many were made, in the order in which they
                   * began; may be more than `capacity` */
    psock_dial_look_up ipv6;
    psock_dial_look_up ipv4;
} psock_dial_report;

/* How to dial.  All zero is the default, and so is a null pointer to one. */
typedef struct psock_dial_options {
    int family; /* PSOCK_IPV4 or PSOCK_IPV6 for that one only; PSOCK_NONE */
    int preferred_family; /* which comes first: PSOCK_IPV4, or PSOCK_IPV6, which
                           * PSOCK_NONE stands for too */
    unsigned flags;       /* 0 */
    const psock_address *source; /* where to connect from, or null; then only
                                  * peers of its family are tried */
    int64_t attempt_delay_ms; /* how long to wait for an attempt before the next
                               * begins beside it: 10 to 2000; 0 is 250 */
    int64_t resolution_delay_ms; /* how long to wait for addresses of the first
                                  * family when there are some of the second; 0
                                  * is 50, below zero does not wait */
    /* Unless null: called with each socket before it is bound and connected, for
     * options.  Below zero, the attempt has failed with that error, whichever it
     * is.  The socket is psock's to close. */
    int (*prepare)(psock_t s, const psock_address *peer, void *context);
    void *context;             /* for `prepare` */
    psock_dial_report *report; /* null, or receives what was done */
} psock_dial_options;

/* Connects a stream to `service` at `host`, whichever address of it answers first:
 * Happy Eyeballs version 2 (RFC 8305).  Both families are looked up at once, and
 * addresses of both are tried in turn, each once: the next one when one has failed,
 * or when the last has not answered within the delay.  32 at most are open at
 * once.  The first connection is returned and everything else closed.
 *
 * host     as for psock_resolve(), so without brackets; null is loopback
 * service  as for psock_resolve(), and not port 0
 *
 * Returns the socket, yours to close, or with nothing left open
 *   PSOCK_EAGAIN     PSOCK_NOW, and it would have to wait
 *   PSOCK_ETIMEDOUT  the deadline passed, in whatever step (or every peer's
 *                    system was silent to the end)
 *   PSOCK_ECANCELED  ended by psock_cancel_with()
 *   PSOCK_EFAULT     `service` is null, or a report has a capacity and no room
 *   PSOCK_EINVAL     options that are out of range, or unknown; port 0; text that
 *                    is not UTF-8
 *   PSOCK_EAFNOSUPPORT  a source of another family than `family`, or of none; a
 *                    path, where names have none
 *   the errors of psock_resolve() when there is no address
 *   the error of an attempt when all have failed: of the first that reached the
 *   other side, such as PSOCK_ECONNREFUSED, or else of the first */
PSOCK_API PSOCK_CHECKED psock_t psock_dial(const char *host,
                                           const char *service,
                                           const psock_dial_options *options,
                                           psock_deadline deadline);

/* The same with addresses that are known already, tried in the order in which
 * they stand, whatever family is preferred; Unix addresses, too.  A Unix listener
 * whose queue is full is waited for when it is alone, and otherwise counts as
 * PSOCK_ECONNREFUSED.
 *
 * Returns as psock_dial(), and PSOCK_EAI_NODATA where no address is left to try,
 * since there is none of the family; PSOCK_EFAULT when `addresses` is null and
 * `count` is not 0; PSOCK_EAFNOSUPPORT for an address of no family. */
PSOCK_API PSOCK_CHECKED psock_t psock_dial_addresses(
    const psock_address *addresses, size_t count,
    const psock_dial_options *options, psock_deadline deadline);

/* --- Serving ---------------------------------------------------------------- */

/* The most sockets of one service. */
#define PSOCK_LISTENERS_MAX 8

/* The listeners of one service: a plain value, to be copied at will. */
typedef struct psock_listeners {
    psock_t sockets[PSOCK_LISTENERS_MAX]; /* for poll.h and poller.h, too */
    size_t count;
} psock_listeners;

/* How to serve.  All zero is the default, and so is a null pointer to one. */
typedef struct psock_serve_options {
    int family;     /* PSOCK_IPV4 or PSOCK_IPV6 for that one only; PSOCK_NONE */
    unsigned flags; /* 0 */
    int mode;    /* enum psock_bind_mode; FRESH is the default, and REBIND what
                     * a server that is restarted wants */
    int backlog; /* as for psock_listen() */
    /* Unless null: called with each socket before it is bound, for options.
     * Below zero, serving has failed with that error.  A port that turns out to
     * be taken is chosen anew, with new sockets. */
    int (*prepare)(psock_t s, const psock_address *local, void *context);
    void *context; /* for `prepare` */
} psock_serve_options;

/* Listens at `service` on all addresses of `host`, all with the same port, also
 * where it is chosen by the system (port 0).
 *
 * host       a name or numeric address of this machine (psock_resolve()); null is
 *            all local addresses of both families, by one socket where that can
 *            serve both and by two elsewhere; of one, where there is one only.
 *            "::" is those of IPv6 alone
 * service    a name or a number; null is port 0
 * listeners  receives the sockets, yours to close: psock_serve_close()
 *
 * Addresses that this machine does not have, or whose family it does not have,
 * are passed over, unless all are.  Any other failure is that of the whole, with
 * nothing left open.  Nobody can connect before all are bound.
 *
 * Returns 0, or
 *   PSOCK_EADDRINUSE  the port is taken on any of the addresses, of whichever
 *                     family; or, of port 0, each of many that were tried
 *   PSOCK_EINVAL      options that are unknown or out of range; text that is not
 *                     UTF-8
 *   PSOCK_EOVERFLOW   a name of more than PSOCK_LISTENERS_MAX addresses
 *   PSOCK_EFAULT      `listeners` is null
 *   the errors of psock_resolve(), psock_open(), psock_bind(), psock_listen(),
 *   and of `prepare`
 *
 * Windows: one socket for both with PSOCK_BIND_FRESH, two with
 * PSOCK_BIND_REBIND: a socket for both that is not exclusive could be bound
 * beside an IPv4 socket that has the port. */
PSOCK_API PSOCK_CHECKED int psock_serve(const char *host, const char *service,
                                        const psock_serve_options *options,
                                        psock_listeners *listeners,
                                        psock_deadline deadline);

/* The same at one address that is known; a Unix one, too, whose path stays after
 * closing: psock_remove_path().
 *
 * Returns as psock_serve(), and PSOCK_EAFNOSUPPORT for an address of no family, or
 * of another than that of the options. */
PSOCK_API PSOCK_CHECKED int
psock_serve_address(const psock_address *address,
                    const psock_serve_options *options,
                    psock_listeners *listeners);

/* Takes a connection from any of `listeners`, none of them always first, as
 * psock_accept() does from one.  The address of an IPv4 peer is an IPv4 address,
 * also where the socket serves both families.  Any number of threads may do
 * this.
 *
 * peer  receives the other end's address; may be null
 *
 * Returns the socket, yours to close, or the errors of psock_accept(), of
 * whichever listener has one; PSOCK_EINVAL when there are none, or more than there
 * can be; PSOCK_EFAULT. */
PSOCK_API PSOCK_CHECKED psock_t
psock_serve_accept(const psock_listeners *listeners, psock_address *peer,
                   psock_deadline deadline);

/* The port that all of `listeners` have; 0 for none, and for Unix addresses; or
 * PSOCK_EFAULT, PSOCK_EINVAL for more than there can be, or the error of
 * psock_local(). */
PSOCK_API PSOCK_CHECKED int psock_serve_port(const psock_listeners *listeners);

/* Closes all of `listeners`, and leaves none in it; copies of it are then of no
 * use.  A thread that accepts from them has to be ended before, as with
 * psock_close().  Returns 0, PSOCK_EFAULT, PSOCK_EINVAL for more than there can be,
 * or the first error of psock_close(). */
PSOCK_API int psock_serve_close(psock_listeners *listeners);

/* --- All of it --------------------------------------------------------------
 *
 * These are for streams.  Nobody looks whether a socket is one: of datagrams it is
 * up to the caller to know what comes of it. */

/* Sends all of `data`.  Where that is nothing, the socket is only looked at:
 * what is none is PSOCK_EBADF or PSOCK_ENOTSOCK.
 *
 * done  receives how many bytes went, whatever the result; may be null
 *
 * Returns 0 when all went, or the error with which psock_send() stopped:
 * PSOCK_EAGAIN for PSOCK_NOW, PSOCK_ETIMEDOUT or PSOCK_ECANCELED, after which
 * sending can go on where it stopped; or of the connection. */
PSOCK_API PSOCK_CHECKED int psock_send_all(psock_t s, const void *data,
                                           size_t size, psock_deadline deadline,
                                           size_t *done);

/* The same of `count` buffers in order, which stay as they are.  There may be
 * more than PSOCK_BUFFERS_MAX, and they may be empty, all of them, too.
 *
 * Returns as psock_send_all(), and before anything is sent PSOCK_EFAULT for one
 * without memory, and PSOCK_EINVAL for one of a size that does not fit a
 * ptrdiff_t, or all that do not fit a size_t. */
PSOCK_API PSOCK_CHECKED int
psock_send_all_vector(psock_t s, const psock_buffer *buffers, size_t count,
                      psock_deadline deadline, size_t *done);

/* Receives exactly `size` bytes, and none after them.  Where that are none, the
 * socket is only looked at, as by psock_send_all().
 *
 * done  receives how many bytes came, whatever the result; may be null
 *
 * Returns 0 when all came, PSOCK_EEOF when the stream ended before, or the error
 * with which psock_recv() stopped.  What came is in `buffer` either way. */
PSOCK_API PSOCK_CHECKED int psock_recv_exactly(psock_t s, void *buffer,
                                               size_t size,
                                               psock_deadline deadline,
                                               size_t *done);

/* A copy under way: see psock_copy(). */
typedef struct psock_copy_state {
    void *buffer;    /* room of yours; 64 KiB is a good size */
    size_t size;     /* of it, above zero */
    size_t begin;    /* where in it is what was received and not sent yet */
    size_t held;     /* and how much */
    uint64_t copied; /* the bytes sent so far, in all calls */
} psock_copy_state;

/* Sends to `to` what comes from `from`, until `from` ends or `limit` bytes have
 * been copied, in all calls with this state.
 *
 * state  with the buffer set and all else zero for the first call, and then as it
 *        was left: a copy that stopped goes on with the next call, and no byte is
 *        lost or sent twice
 * limit  the most to copy; UINT64_MAX for all
 *
 * Nothing beyond `limit` is received, and neither socket is shut down.  Both may
 * be one, which sends back what comes.  Where `limit` is reached already, neither
 * is looked at.
 *
 * Returns 0 when `limit` is reached, or `from` has ended and all of it was sent
 * (`copied` tells); PSOCK_EFAULT when `state` is null; PSOCK_EINVAL for a state
 * that cannot be, which stays as it is: no buffer, more in it than there is room,
 * more copied than `limit`; PSOCK_EAGAIN, PSOCK_ETIMEDOUT or PSOCK_ECANCELED; or
 * what receiving or sending failed with. */
PSOCK_API PSOCK_CHECKED int psock_copy(psock_t from, psock_t to,
                                       psock_copy_state *state, uint64_t limit,
                                       psock_deadline deadline);

#ifdef __cplusplus
}
#endif

#endif
