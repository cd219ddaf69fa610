/* socket.h: making sockets, giving them addresses, connecting and closing.
 *
 * Every socket that psock makes, by whatever call, is not inherited by child
 * processes and raises no signal when its peer is gone; an unconnected datagram
 * socket does not fail because somebody could not be reached.  (Windows makes
 * accepted sockets inherited: a child that another thread starts just before
 * psock_accept() returns can get one.)
 *
 * Threads: one socket may be used from several threads at once, sending in one
 * and receiving in another.  Closing it while another thread uses it is an
 * error in the program, as the number may come back as another socket;
 * psock_shutdown(), or a waker (waker.h), ends the other thread's wait first.
 *
 * Errors common to all calls that take a socket:
 *   PSOCK_EBADF    `s` is negative, or not open
 *   PSOCK_ENOTSOCK `s` is open, but no socket
 *   PSOCK_EFAULT   a pointer that is needed is null
 * and beyond those listed, any error.h error that the system reports. */
#ifndef PSOCK_SOCKET_H
#define PSOCK_SOCKET_H

#include <psock/address.h>

#ifdef __cplusplus
extern "C" {
#endif

enum psock_type {
    PSOCK_STREAM = 1,
    PSOCK_DATAGRAM = 2,
    PSOCK_SEQPACKET =
        3,        /* Unix: a connection of messages, in order and whole */
    PSOCK_RAW = 4 /* see psock_open_raw() */
};

enum psock_open_flags {
    /* An IPv6 socket that serves IPv4 too, by IPv4-mapped addresses.  Without
     * it IPv6 sockets are for IPv6 only, whatever the system's default. */
    PSOCK_DUAL_STACK = 1 << 0
};

/* Makes a socket of an enum psock_family and an enum psock_type but PSOCK_RAW.
 *
 * Returns the socket, yours to close, or
 *   PSOCK_EAFNOSUPPORT     no such family here, or `family` is none
 *   PSOCK_ESOCKTNOSUPPORT  `type` is none, or the family has no such type
 *   PSOCK_EINVAL           unknown flags, or PSOCK_DUAL_STACK without IPv6
 *   PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOBUFS, PSOCK_ENOMEM  exhausted
 *
 * POSIX socket(); Windows WSASocketW. */
PSOCK_API PSOCK_CHECKED psock_t psock_open(int family, int type,
                                           unsigned flags);

/* Makes a raw socket of PSOCK_IPV4 or PSOCK_IPV6, for datagrams of the IP
 * protocol `protocol` (1 is ICMP, 58 ICMPv6), 1 to 255.  What comes in has its
 * IPv4 header in front (of IPv6 nothing); what goes out gets one
 * (PSOCK_OPTION_HEADER_INCLUDED).  Addresses come with port 0, and are given with
 * it: some systems take another for a protocol.
 *
 * Returns the socket, yours to close, or the errors of psock_open(), and
 *   PSOCK_EPERM            it needs privileges that this process has not
 *   PSOCK_EINVAL           no such protocol number
 *   PSOCK_EPROTONOSUPPORT  not that protocol here (Windows: no raw TCP)
 *
 * Linux: CAP_NET_RAW (raw(7)).  Windows: administrators. */
PSOCK_API PSOCK_CHECKED psock_t psock_open_raw(int family, int protocol);

/* Makes two sockets of an enum psock_type but PSOCK_RAW that are connected to
 * each other and to nobody else, for two threads or for parent and child.
 *
 * They are Unix sockets where the system has such of that type.  Elsewhere they
 * are of IPv4 or IPv6 within the machine, and psock makes sure that nobody
 * slipped in between: each end's address is what the other is connected to.
 *
 * Returns 0 with both sockets, yours to close, or the errors of psock_open(),
 * psock_bind() and psock_connect(); PSOCK_ESOCKTNOSUPPORT for a type that can be
 * had in neither way.
 *
 * POSIX: socketpair(). */
PSOCK_API PSOCK_CHECKED int psock_pair(int type, psock_t pair[2]);

/* Closes `s`.  Data already sent still goes out; data received and not yet read
 * make a stream's peer see a reset.  Waits only where a time to linger was set
 * (PSOCK_OPTION_LINGER_S).  The socket is gone whatever the result, but what is no socket
 * is left alone: PSOCK_EBADF, PSOCK_ENOTSOCK. */
PSOCK_API int psock_close(psock_t s);

/* Closes a connected stream by a reset: what was not yet delivered is dropped,
 * and the peer sees PSOCK_ECONNRESET.  Other sockets are just closed. */
PSOCK_API int psock_close_reset(psock_t s);

/* Who else may have the address that psock_bind() asks for. */
enum psock_bind_mode {
    /* Nobody: any other socket there, or an old connection still dying out
     * (TIME_WAIT), is PSOCK_EADDRINUSE.  What to use unless you know better. */
    PSOCK_BIND_FRESH = 0,
    /* A restarted server: dying connections do not count; another listener
     * still does.  The sockets that left them must have been bound so too.
     * Of a Unix path: a socket's file that nobody answers to is taken away, and
     * nothing else ever is.  A listener that is there sees a connection that is
     * closed at once; one that is bound and does not listen yet does not answer,
     * and loses its path.  Two processes that do this at the same moment can
     * both succeed; only the later has the path then. */
    PSOCK_BIND_REBIND = 1,
    /* All who ask for it: datagram sockets that receive the same multicast, or
     * listeners that share the connections of one address. */
    PSOCK_BIND_SHARED = 2
};

/* Gives `s` a local address.  Port 0 lets the system choose one.
 *
 * Returns 0, or
 *   PSOCK_EADDRINUSE     another socket is there (see enum psock_bind_mode);
 *                        if not at once, psock_listen() says so
 *   PSOCK_EADDRNOTAVAIL  no address of this machine
 *   PSOCK_EACCES         the port is reserved for privileged users
 *   PSOCK_EAFNOSUPPORT   `local` is not of the family of `s`
 *   PSOCK_EINVAL         `s` has an address already, or no such mode
 *   PSOCK_ENOTSUP        PSOCK_BIND_SHARED of a Unix socket, or of a stream on
 *                        a system without it
 *
 * Datagram sockets have no dying connections: REBIND is FRESH for them.
 *
 * Linux: FRESH sets nothing, REBIND sets SO_REUSEADDR, SHARED sets SO_REUSEADDR
 * for datagrams and SO_REUSEPORT for streams.
 * Windows: FRESH sets SO_EXCLUSIVEADDRUSE, REBIND nothing, SHARED sets
 * SO_REUSEADDR for datagrams.  Ports that the system keeps for itself are
 * PSOCK_EADDRINUSE, with WSAEACCES as the native code.  After REBIND a program
 * of the same user that asks for SO_REUSEADDR can take the port. */
PSOCK_API PSOCK_CHECKED int psock_bind(psock_t s, const psock_address *local,
                                       int mode);

/* The number for psock_listen() that leaves the backlog to the system. */
#define PSOCK_BACKLOG_DEFAULT 0

/* Makes `s` accept connections, up to about `backlog` waiting to be accepted.
 * A socket without an address gets one: every local address, a port of the
 * system's choice.  Repeating it is harmless.
 *
 * Returns 0, or
 *   PSOCK_EADDRINUSE   another listener has the address
 *   PSOCK_EINVAL       `backlog` is negative, or `s` is connected
 *   PSOCK_EOPNOTSUPP   not a stream socket, nor PSOCK_SEQPACKET
 *
 * When the backlog is full, new connections wait or are refused, as the system
 * likes. */
PSOCK_API PSOCK_CHECKED int psock_listen(psock_t s, int backlog);

/* Takes a connection from `listener`, waiting for one until `deadline`.
 *
 * peer  receives the other end's address; may be null
 *
 * Returns the connected socket, yours to close, or
 *   PSOCK_EAGAIN       PSOCK_NOW, and none is there
 *   PSOCK_ETIMEDOUT    the deadline passed
 *   PSOCK_ECANCELED    the wait was ended by another thread (waker.h)
 *   PSOCK_EINVAL       `listener` does not listen, or was shut down for reading
 *   PSOCK_EOPNOTSUPP   not a stream socket, nor PSOCK_SEQPACKET
 *   PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOBUFS, PSOCK_ENOMEM  exhausted: the
 *                      connection stays in the queue
 *
 * Connections that died in the queue are passed over. */
PSOCK_API PSOCK_CHECKED psock_t psock_accept(psock_t listener,
                                             psock_address *peer,
                                             psock_deadline deadline);

/* Connects `s` to `peer`, waiting until `deadline`.
 *
 * A stream is connected when the peer's system has agreed.  If the wait ends
 * before that, the attempt goes on by itself: call again, with the same peer,
 * to go on waiting, or close the socket.  After any other error only closing is
 * left.  A datagram socket never waits; connecting it again changes the peer.
 * The unspecified address (0.0.0.0 or ::) means loopback.
 *
 * Returns 0, or
 *   PSOCK_EAGAIN         PSOCK_NOW, and the attempt is under way (or, of a Unix
 *                        listener whose queue is full, could not begin)
 *   PSOCK_ETIMEDOUT      the deadline passed, or the peer never answered (the
 *                        system's own limit)
 *   PSOCK_ECANCELED      the wait was ended by another thread (waker.h)
 *   PSOCK_ECONNREFUSED   nobody listens there
 *   PSOCK_ECONNABORTED   shut down while it was connecting
 *   PSOCK_EISCONN        connected already, or a listener
 *   PSOCK_EAFNOSUPPORT   `peer` is not of the family of `s`
 *   PSOCK_EADDRNOTAVAIL  no local port is left, or no such peer is possible
 *   PSOCK_ENETUNREACH, PSOCK_EHOSTUNREACH  no way there */
PSOCK_API PSOCK_CHECKED int psock_connect(psock_t s, const psock_address *peer,
                                          psock_deadline deadline);

enum psock_shutdown_how {
    PSOCK_SHUT_READ = 0,
    PSOCK_SHUT_WRITE = 1,
    PSOCK_SHUT_BOTH = 2
};

/* Ends one or both directions of `s`, for everybody who uses it, and wakes
 * those who wait in it.  An attempt to connect ends whatever `how` is.
 *
 * READ   receives give what has come, then 0, and never wait again (with
 *        PSOCK_NOW a datagram socket goes on saying PSOCK_EAGAIN); on a
 *        listener, accepting is over: PSOCK_EINVAL
 * WRITE  the peer reads to the end of what was sent, then 0; sending is
 *        PSOCK_EPIPE
 *
 * It does not close: psock_close() is still due.  Doing it twice is harmless.
 *
 * Returns 0, or
 *   PSOCK_ENOTCONN  a stream that is not connected, connecting or listening
 *   PSOCK_EINVAL    no such `how` */
PSOCK_API int psock_shutdown(psock_t s, int how);

/* The address of this end.  A socket without one has the "any" address of its
 * family with port 0, or the unnamed Unix address. */
PSOCK_API PSOCK_CHECKED int psock_local(psock_t s, psock_address *local);

/* The address of the other end.
 *
 * Returns 0, or PSOCK_ENOTCONN when there is none: never connected, not yet,
 * or (on some systems) not any more. */
PSOCK_API PSOCK_CHECKED int psock_peer(psock_t s, psock_address *peer);

/* Takes away the file of the Unix address `local`, as is due after closing the
 * socket that was bound to it; closing alone leaves it.  Only a socket's file is
 * taken away, and abstract names and unnamed addresses have none.
 *
 * Returns 0; or PSOCK_ENOENT; PSOCK_EEXIST when there is something that is no
 * socket; PSOCK_EAFNOSUPPORT for no Unix address; PSOCK_EINVAL for one without a
 * path; or what else the file system says. */
PSOCK_API int psock_remove_path(const psock_address *local);

/* The bodies of psock_adopt() and psock_release(), for which see native.h: it
 * has them with the system's own types. */
PSOCK_API PSOCK_CHECKED psock_t psock_native_adopt(intptr_t native);
PSOCK_API PSOCK_CHECKED int psock_native_release(psock_t s);

#ifdef __cplusplus
}
#endif

#endif
