/* io.h: sending and receiving.
 *
 * One rule for every call here: it tries at once, and waits, until its deadline
 * and not a moment longer, only when nothing at all could be done.  The count
 * returned is what was done; on an error nothing was sent and nothing taken
 * from the socket.  Signals neither end nor lengthen a wait.
 *
 * Streams move from one byte to `size`, as much as goes without more waiting;
 * loop for the rest.  Datagrams go and come whole.
 *
 * Errors common to all, beside those of socket.h:
 *   PSOCK_EAGAIN      PSOCK_NOW, and it would have to wait
 *   PSOCK_ETIMEDOUT   the deadline passed while waiting
 *   PSOCK_ECANCELED   the wait was ended by another thread (waker.h)
 *   PSOCK_EINVAL      unknown flags, or too many buffers
 *   PSOCK_ENOTCONN    a stream that was never connected
 *   PSOCK_ECONNRESET  the peer reset the connection; what a call after that
 *                     one reports is the system's choice among this error,
 *                     PSOCK_ENOTCONN, PSOCK_EPIPE and (receiving) 0 */
#ifndef PSOCK_IO_H
#define PSOCK_IO_H

#include <psock/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

enum psock_io_flags {
    /* Receiving: leave the data where they are, to be received again. */
    PSOCK_PEEK = 1 << 0
};

/* One piece of memory for the vectored calls; sending only reads it. */
typedef struct psock_buffer {
    void *data;
    size_t size;
} psock_buffer;

/* The most buffers that one call takes. */
#define PSOCK_BUFFERS_MAX 1024

/* Sends on a connected socket.  `flags` is 0.
 *
 * Returns the bytes taken, 1 to `size` for a stream, all for a datagram (0 is
 * returned for a `size` of 0, which on a datagram socket sends an empty one),
 * or
 *   PSOCK_EPIPE         shut down for sending (once the peer has closed too,
 *                       some systems say PSOCK_ENOTCONN)
 *   PSOCK_EDESTADDRREQ  a datagram socket that is not connected
 *   PSOCK_ECONNREFUSED  a connected datagram socket, of an earlier datagram
 *                       (receiving says so too; not every system always does)
 *   PSOCK_EMSGSIZE      longer than one datagram may be */
PSOCK_API ptrdiff_t psock_send(psock_t s, const void *data, size_t size,
                               unsigned flags, psock_deadline deadline);

/* Receives on a connected socket, or on a bound datagram socket from anybody.
 * `flags` is 0 or PSOCK_PEEK.
 *
 * Returns the bytes received.  For a stream that is 1 to `size`, or 0 once the
 * peer has ended its sending or this end was shut down for reading (or `size`
 * is 0).  A datagram is taken whole: what does not fit in `size` is lost, and
 * an empty one gives 0, as does a wait on a datagram socket that was shut down
 * for reading. */
PSOCK_API ptrdiff_t psock_recv(psock_t s, void *buffer, size_t size,
                               unsigned flags, psock_deadline deadline);

/* Sends one datagram to `peer`.  On a connected stream `peer` does not matter.
 * The unspecified address means loopback.
 *
 * Returns and errors as psock_send(), and
 *   PSOCK_EAFNOSUPPORT  `peer` is not of the family of `s`
 *   PSOCK_EINVAL        the port of `peer` is 0
 *   PSOCK_EACCES        a broadcast address, and broadcasting is not allowed
 *   PSOCK_EISCONN       connected already (only some systems mind) */
PSOCK_API ptrdiff_t psock_send_to(psock_t s, const void *data, size_t size,
                                  unsigned flags, const psock_address *peer,
                                  psock_deadline deadline);

/* As psock_recv(), and `peer`, unless null, receives the sender's address: of
 * family PSOCK_NONE where there is none to tell, as on a stream. */
PSOCK_API ptrdiff_t psock_recv_from(psock_t s, void *buffer, size_t size,
                                    unsigned flags, psock_address *peer,
                                    psock_deadline deadline);

/* psock_send() of `count` buffers in order, as if they were one.  A datagram is
 * made of all of them.  PSOCK_EINVAL when `count` is above PSOCK_BUFFERS_MAX or
 * the sizes together do not fit in a ptrdiff_t. */
PSOCK_API ptrdiff_t psock_send_vector(psock_t s, const psock_buffer *buffers,
                                      size_t count, unsigned flags,
                                      psock_deadline deadline);

/* psock_recv() into `count` buffers, each filled before the next. */
PSOCK_API ptrdiff_t psock_recv_vector(psock_t s, const psock_buffer *buffers,
                                      size_t count, unsigned flags,
                                      psock_deadline deadline);

/* Sends one urgent byte (RFC 6093) on a stream: the peer can be told of it, by
 * PSOCK_URGENT, before it has read what was sent earlier, and receives it apart
 * from that.  TCP only, and for old protocols: some systems have room for one
 * such byte, and the next takes its place.
 *
 * Returns 0, or as psock_send(), PSOCK_EOPNOTSUPP where there is no such thing.
 */
PSOCK_API PSOCK_CHECKED int psock_send_urgent(psock_t s, unsigned char byte,
                                              psock_deadline deadline);

/* Takes the urgent byte.  Never waits: psock_poll() does, for PSOCK_URGENT.  Take
 * it before receiving on: some systems drop it when a receive comes to where it
 * was sent.
 *
 * Returns the byte, 0 to 255, or PSOCK_EAGAIN when there is none, or
 * PSOCK_EOPNOTSUPP where there is no such thing. */
PSOCK_API PSOCK_CHECKED int psock_recv_urgent(psock_t s);

#ifdef __cplusplus
}
#endif

#endif
