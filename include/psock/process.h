/* process.h: what sockets can do between processes of one machine: tell who is
 * at the other end, and hand a socket over. */
#ifndef PSOCK_PROCESS_H
#define PSOCK_PROCESS_H

#include <psock/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The bits of psock_credentials' `valid`. */
enum psock_credentials_valid {
    PSOCK_CREDENTIALS_PROCESS = 1 << 0,
    PSOCK_CREDENTIALS_USER = 1 << 1,
    PSOCK_CREDENTIALS_GROUP = 1 << 2
};

/* Who is at the other end, as the system knows it and the peer cannot forge.
 * Numbers of users and groups are POSIX's. */
typedef struct psock_credentials {
    uint32_t valid; /* enum psock_credentials_valid */
    uint32_t process;
    uint32_t user;
    uint32_t group;
    uint32_t reserved[4];
} psock_credentials;

/* Tells which process connected, listened, or made the pair, at the other end of
 * a connected Unix socket.  By now that may be gone, its number another's, and
 * the socket somebody else's.
 *
 * Returns 0, or
 *   PSOCK_EOPNOTSUPP  no Unix socket (Windows tells of TCP within the machine,
 *                     too)
 *   PSOCK_ENOTCONN    not connected
 *   PSOCK_ENOTSUP     this system does not tell
 *
 * Linux: SO_PEERCRED (unix(7)).  Windows: SIO_AF_UNIX_GETPEERPID; the owner of
 * the other end in the system's table of TCP connections. */
PSOCK_API PSOCK_CHECKED int
psock_peer_credentials(psock_t s, psock_credentials *credentials);

/* Sends the socket `passed` to the process at the other end of `channel`, which
 * is the machine's own: a connected Unix socket, an end of psock_pair(), or
 * (Windows) TCP within the machine.
 *
 * The receiver gets a socket of its own for the same connection.  The caller
 * keeps `passed`, to close it, which may be done at once.  Nothing else may go
 * over the channel meanwhile: other calls that receive from a stream would take
 * the message for data.
 *
 * Returns 0, or the errors of psock_send(), and
 *   PSOCK_EOPNOTSUPP  `channel` is no channel to a process of this machine
 *   PSOCK_EPERM       this process may not give sockets to that one
 *   PSOCK_ETOOMANYREFS too many are on their way
 *   PSOCK_EPROTO      the deadline passed when half of the message was gone
 *                     (never, where it is SCM_RIGHTS): close the channel
 * PSOCK_EAGAIN, PSOCK_ETIMEDOUT and PSOCK_ECANCELED: nothing was sent.
 *
 * POSIX: SCM_RIGHTS.  Windows: WSADuplicateSocketW. */
PSOCK_API PSOCK_CHECKED int psock_send_socket(psock_t channel, psock_t passed,
                                              psock_deadline deadline);

/* Receives a socket that the other end has sent so.
 *
 * Returns the socket, yours to close, with all that psock's own have
 * (socket.h); or the errors of psock_recv(), and
 *   PSOCK_EPROTO      something else came, or half a message with nothing behind
 *                     it for two seconds, and is still there for psock_recv(); or
 *                     what looked right was not: then it is gone
 *   PSOCK_ENOTCONN    the other end was closed, and nothing came any more
 *   PSOCK_EOPNOTSUPP  `channel` is no channel to a process of this machine
 *   PSOCK_EMFILE      too many descriptors; the one sent is lost
 * PSOCK_EAGAIN, PSOCK_ETIMEDOUT and PSOCK_ECANCELED: nothing was taken. */
PSOCK_API PSOCK_CHECKED psock_t psock_recv_socket(psock_t channel,
                                                  psock_deadline deadline);

#ifdef __cplusplus
}
#endif

#endif
