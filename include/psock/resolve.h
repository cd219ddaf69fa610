/* resolve.h: from names to addresses, and back.
 *
 * Any thread may ask, and as many at once as like.  A host is what stands in a URL,
 * without the brackets: "::1" of "http://[::1]:8080/", with "8080" for the service.
 * Text with both in it, "[::1]:8080", is read by psock_address_parse().
 *
 * The system's resolver is asked, whatever that asks in turn (files, DNS and
 * others), but in the background: so every call keeps its deadline and can be
 * ended by a waker (waker.h), even where the resolver hangs.  What is not waited
 * for any more is stopped where the system can (PSOCK_CAP_STOP_LOOK_UP), and
 * elsewhere left alone until it comes to its end, with all that belongs to it.
 * On Windows nobody can wait for that end.  So from the first look-up on, or trial of
 * the capability, Winsock stays started and the module of psock loaded: the last
 * psock_cleanup() does not end sockets that are still open any more.
 *
 * Nobody is asked, and nothing is waited for, where the answer is known:
 *   - numeric hosts (address.h) and numeric services, "0" to "65535";
 *   - a null host;
 *   - "localhost" and what ends in ".localhost": ::1, then 127.0.0.1; what ends
 *     in ".invalid": PSOCK_EAI_NONAME (RFC 6761).  Of these two addresses the
 *     name is "localhost".
 * What cannot be a name of a host is PSOCK_EAI_NONAME at once, so that nobody reads
 * it as something of their own: the empty one; one that ends in a number and is no
 * address, such as "127.1" or "0x7f.1"; one with brackets, a port, a scope, or what
 * else of ASCII a URL has in no host, such as blanks and control characters; one
 * beyond the limits of DNS (RFC 1035, 2.3.4).
 *
 * Text is UTF-8.  An internationalised name is looked up by its ASCII form (RFC
 * 5891), which the system makes: PSOCK_ENOTSUP where it cannot
 * (PSOCK_CAP_INTERNATIONAL_NAMES).
 *
 * Errors common to the calls that look up:
 *   PSOCK_EAGAIN       PSOCK_NOW, and somebody would have to be asked
 *   PSOCK_ETIMEDOUT    the deadline passed
 *   PSOCK_ECANCELED    ended by psock_cancel_with()
 *   PSOCK_EAI_AGAIN    no answer now: a name server is silent or in trouble
 *   PSOCK_EAI_FAIL     a name server failed for good; some systems say
 *                      PSOCK_EAI_NONAME
 *   PSOCK_EAI_NONAME   no such name
 *   PSOCK_EAI_NODATA   the name is there, with no address of the family; some
 *                      systems say PSOCK_EAI_NONAME
 *   PSOCK_EAI_SERVICE  no such service for the type, or a number that is written
 *                      otherwise or greater
 *   PSOCK_EAI_MEMORY, PSOCK_ENOMEM, PSOCK_EMFILE, PSOCK_ENFILE  exhausted */
#ifndef PSOCK_RESOLVE_H
#define PSOCK_RESOLVE_H

#include <psock/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The sizes that hold any name of a host and of a service, with a zero byte. */
#define PSOCK_HOST_NAME_SIZE 1025
#define PSOCK_SERVICE_NAME_SIZE 64

enum psock_resolve_flags {
    /* The host, or the service, is a number, or PSOCK_EAI_NONAME or
     * PSOCK_EAI_SERVICE; of psock_resolve_address(): is to be written as one. */
    PSOCK_RESOLVE_NUMERIC_HOST = 1 << 0,
    PSOCK_RESOLVE_NUMERIC_SERVICE = 1 << 1,
    /* A null host stands for all local addresses, to bind to, and not for
     * loopback. */
    PSOCK_RESOLVE_PASSIVE = 1 << 2,
    /* Of names that are asked for only the families of which this machine has an
     * address, other than loopback. */
    PSOCK_RESOLVE_CONFIGURED = 1 << 3,
    /* psock_resolve_address(): an address without a name is an error. */
    PSOCK_RESOLVE_NAME_REQUIRED = 1 << 4
};

/* How to look up.  All zero is the default, and so is a null pointer to one. */
typedef struct psock_resolve_options {
    int family; /* PSOCK_IPV4, PSOCK_IPV6, or PSOCK_NONE for both */
    int type;   /* whose service it is: PSOCK_STREAM, which 0 stands for too,
                     * or PSOCK_DATAGRAM */
    unsigned flags;       /* enum psock_resolve_flags, but NAME_REQUIRED */
    char *canonical_name; /* null, or receives the name that the host really has
                           * (PSOCK_HOST_NAME_SIZE bytes); the host as given
                           * where nobody was asked, "" for a null host.  With it,
                           * the options are one thread's */
} psock_resolve_options;

/* Finds the addresses of `host`, each with the port of `service`, in the order in
 * which to try them (RFC 6724), each once.
 *
 * host       a name, a numeric address without port or brackets, perhaps with a
 *            scope ("fe80::1%eth0"), or null
 * service    a name, a number, or null for port 0
 * addresses  receives as many as fit, up to `capacity`; may be null with 0
 *
 * Returns how many there are, which may be more than `capacity`: above zero; or,
 * beside the errors above,
 *   PSOCK_EFAULT        `host` and `service` are both null, or `addresses` is
 *   PSOCK_EINVAL        unknown flags, or text that is not UTF-8
 *   PSOCK_ENAMETOOLONG  a host or service that does not fit the sizes above
 *   PSOCK_ENODEV        a scope that names no interface here
 *   PSOCK_EAI_FAMILY, PSOCK_EAI_SOCKTYPE  no such family or type, or a numeric
 *                       host of another family
 *
 * POSIX: getaddrinfo(), in threads of psock's, 64 at most: while so many hang, those
 * given up among them, further questions wait.  Windows: GetAddrInfoExW(). */
PSOCK_API PSOCK_CHECKED int psock_resolve(const char *host, const char *service,
                                          const psock_resolve_options *options,
                                          psock_address *addresses,
                                          size_t capacity,
                                          psock_deadline deadline);

/* Finds the name of an IPv4 or IPv6 address, and of its port.  Without a name,
 * they are written as numbers.
 *
 * type     whose port it is: PSOCK_STREAM or PSOCK_DATAGRAM
 * flags    NUMERIC_HOST, NUMERIC_SERVICE and NAME_REQUIRED, together
 * host     receives the name of the host; null with a size of 0 leaves it out
 * service  the same for the port
 *
 * Returns 0, or, beside the errors above, PSOCK_EAI_OVERFLOW when one does not
 * fit, PSOCK_EAI_FAMILY for another family, PSOCK_EAI_SOCKTYPE, PSOCK_EINVAL for
 * unknown flags, PSOCK_EAI_BADFLAGS for a number and a name required of one host,
 * PSOCK_EFAULT for a null `address`, or where nothing is to be written.
 *
 * A name is whatever the owner of the address says it is: do not trust it.
 *
 * POSIX getnameinfo(); Windows GetNameInfoW(). */
PSOCK_API PSOCK_CHECKED int
psock_resolve_address(const psock_address *address, int type, unsigned flags,
                      char *host, size_t host_size, char *service,
                      size_t service_size, psock_deadline deadline);

/* Writes the name by which this machine knows itself, in UTF-8; with or without a
 * domain, as the system has it.  Asks nobody.
 *
 * Returns the length without the zero byte, or PSOCK_ENAMETOOLONG when it does
 * not fit `size`, with nothing written; PSOCK_EFAULT.
 *
 * POSIX gethostname(); Windows GetComputerNameExW(). */
PSOCK_API PSOCK_CHECKED int psock_host_name(char *name, size_t size);

#ifdef __cplusplus
}
#endif

#endif
