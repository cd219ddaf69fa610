/* poll.h: waiting for a few sockets at once, and what it means to be ready.
 *
 * The bits mean the same for psock_poll() and for a poller (poller.h), and come
 * for the same happenings on every system. */
#ifndef PSOCK_POLL_H
#define PSOCK_POLL_H

#include <psock/socket.h>
#include <psock/waker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a socket can be ready for.  All of it lasts: a bit comes again with
 * every wait for as long as it is true.
 *
 * An attempt to connect that is under way has none of the bits, and an idle
 * listener none either.  A datagram socket is writable from the start.  Of a Unix
 * stream both directions end when the peer is closed, and no reset is told.
 *
 *                             what comes, if all was asked for, beside WRITABLE
 *                             of a connection that has room
 *   data                      READABLE
 *   urgent byte               URGENT
 *   peer ended its sending    READABLE READ_ENDED
 *   shut down for reading     READABLE READ_ENDED
 *   shut down for writing     WRITABLE
 *   both of these, or by
 *     each end one            READABLE WRITABLE READ_ENDED HUNG_UP
 *   reset by the peer         READABLE WRITABLE READ_ENDED HUNG_UP FAILED
 *     once that was told      the same, perhaps without FAILED
 *   attempt to connect failed READABLE WRITABLE READ_ENDED HUNG_UP FAILED
 *     once that was told      READABLE WRITABLE HUNG_UP
 *   stream never connected    READABLE WRITABLE HUNG_UP
 *   listener: a connection    READABLE
 *   datagram, also an empty   READABLE
 *   not an open socket        NO_SOCKET */
enum psock_readiness {
    /* A receive would not wait: there are data, a datagram or the end; or an
     * accept would not.  Of an error, receiving tells. */
    PSOCK_READABLE = 1 << 0,
    /* There is an urgent byte to receive (psock_recv_urgent()). */
    PSOCK_URGENT = 1 << 1,
    /* A send would not wait; or an attempt to connect is decided, and
     * psock_connect() tells how. */
    PSOCK_WRITABLE = 1 << 2,
    /* The connection broke, and sending or receiving tells how; or an attempt to
     * connect failed, and psock_connect() tells how.  Comes unasked, and HUNG_UP
     * with it.  On a connected datagram socket: an earlier datagram was refused,
     * where the system tells before a receive does; then without HUNG_UP. */
    PSOCK_FAILED = 1 << 3,
    /* Nothing will be sent or received here any more.  Comes unasked.  With it
     * or FAILED always come READABLE and WRITABLE, since no call would wait. */
    PSOCK_HUNG_UP = 1 << 4,
    /* Nothing more will come after what is there to be read.  Comes to those who
     * ask for it or for READABLE. */
    PSOCK_READ_ENDED = 1 << 5,
    /* It is not open, or no socket: psock_poll() only, unasked, alone. */
    PSOCK_NO_SOCKET = 1 << 6
};

/* One of the things to wait for: a socket, or a waker. */
typedef struct psock_pollable {
    psock_t socket;     /* below zero: passed over, unless there is a waker */
    psock_waker *waker; /* null for a socket; otherwise `socket` is negative */
    uint32_t wanted;    /* READABLE, URGENT, WRITABLE and READ_ENDED, together;
                         * 0 waits for what comes unasked */
    uint32_t came;      /* enum psock_readiness bits; READABLE for a waker that
                         * is rung, whatever was wanted */
} psock_pollable;

/* Waits until one at least of `entries` is ready, or until `deadline`.
 *
 * Writes the member `came` of all entries, 0 where nothing came.  The same
 * socket may be there twice; each entry then has what it wanted.  With no
 * entries, or only such as are passed over, the call just waits.
 *
 * Returns how many entries have something in `came`, or, with all entries as
 * they were,
 *   PSOCK_EAGAIN     PSOCK_NOW, and nothing is ready
 *   PSOCK_ETIMEDOUT  the deadline passed
 *   PSOCK_ECANCELED  ended by psock_cancel_with()
 *   PSOCK_EFAULT     `entries` is null and `count` is not 0
 *   PSOCK_EINVAL     unknown bits in `wanted`, a socket and a waker in one
 *                    entry, or a `count` of more than INT_MAX; on POSIX also
 *                    more entries with a socket or a waker than this process
 *                    may have descriptors
 *   PSOCK_ENOMEM     no memory for very many entries
 *
 * The cost of a call grows with the number of entries, as each is looked at,
 * whether it is a socket too; for many sockets there is poller.h.
 *
 * POSIX poll(), which takes a stop for each entry beforehand since it accepts
 * what is no socket; Windows: one request to the AFD driver. */
PSOCK_API PSOCK_CHECKED int psock_poll(psock_pollable *entries, size_t count,
                                       psock_deadline deadline);

#ifdef __cplusplus
}
#endif

#endif
