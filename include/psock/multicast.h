/* multicast.h: membership of groups, from any source or from named ones, IPv4
 * and IPv6 alike, by interface index (RFC 3678).
 *
 * Hop limit, interface and loopback of what is sent to groups are options:
 * PSOCK_OPTION_MULTICAST_HOP_LIMIT and its neighbours in option.h.  Closing a
 * socket leaves its groups.
 *
 * An IPv6 group with a scope (ff02::fb%2) names its interface itself: the index
 * beside it is the same or 0.  Ports count for nothing.
 *
 * Errors common to all, beside those of socket.h:
 *   PSOCK_EOPNOTSUPP     not a datagram (or raw) socket
 *   PSOCK_EAFNOSUPPORT   `group` or `source` is not of the family of `s`
 *   PSOCK_EINVAL         `group` is no group, `source` is one or nobody's
 *                        address, the scope of `group` is another interface
 *                        than the one given, or (Windows, perhaps) `s` is not
 *                        bound yet
 *   PSOCK_ENODEV         there is no such interface, or for index 0 none that
 *                        does multicast
 *   PSOCK_ENOTSUP        no source-specific multicast here */
#ifndef PSOCK_MULTICAST_H
#define PSOCK_MULTICAST_H

#include <psock/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Joins `group` on the interface `interface_index`, 0 for the one that the
 * system thinks of, to receive what anybody sends to it, at the port that `s` is
 * bound to.
 *
 * A socket bound to any address receives, on some systems (Linux; option
 * PSOCK_OPTION_MULTICAST_ALL), what comes for groups that other sockets have
 * joined, too; PSOCK_META_LOCAL (message.h) tells which group it was.
 *
 * Returns 0, or PSOCK_EADDRINUSE when it is a member already. */
PSOCK_API PSOCK_CHECKED int psock_multicast_join(psock_t s,
                                                 const psock_address *group,
                                                 uint32_t interface_index);

/* Leaves it again, sources and all.
 *
 * Returns 0, or PSOCK_EADDRNOTAVAIL when it is no member there. */
PSOCK_API PSOCK_CHECKED int psock_multicast_leave(psock_t s,
                                                  const psock_address *group,
                                                  uint32_t interface_index);

/* Joins `group` for what `source` sends to it; again for further sources.
 *
 * Returns 0, or PSOCK_EADDRINUSE when that source is joined already or the group
 * from any source, or the system's error for too many of them. */
PSOCK_API PSOCK_CHECKED int
psock_multicast_join_source(psock_t s, const psock_address *group,
                            const psock_address *source,
                            uint32_t interface_index);

/* Leaves one source; with the last, the group.
 *
 * Returns 0, or PSOCK_EADDRNOTAVAIL when it was not joined. */
PSOCK_API PSOCK_CHECKED int
psock_multicast_leave_source(psock_t s, const psock_address *group,
                             const psock_address *source,
                             uint32_t interface_index);

/* As a member from any source, receives no more from `source`, or does again.
 *
 * Returns 0, or PSOCK_EADDRNOTAVAIL when it is no member there, when `source` is
 * blocked already, or was not. */
PSOCK_API PSOCK_CHECKED int
psock_multicast_block_source(psock_t s, const psock_address *group,
                             const psock_address *source,
                             uint32_t interface_index);
PSOCK_API PSOCK_CHECKED int
psock_multicast_unblock_source(psock_t s, const psock_address *group,
                               const psock_address *source,
                               uint32_t interface_index);

#ifdef __cplusplus
}
#endif

#endif
