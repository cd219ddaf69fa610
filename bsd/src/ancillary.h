/* ancillary.h: what a program wants to be told with each message, and control data
 * as Linux lays them out. */
#ifndef PSOCK_GUEST_ANCILLARY_H
#define PSOCK_GUEST_ANCILLARY_H

#include "guest.h"

/* The bits of PSOCK_GUEST_KEPT_WISHES: an option each. */
enum psock_guest_wishes {
    PSOCK_GUEST_WISH_TIMESTAMP = 1 << 0,
    PSOCK_GUEST_WISH_TIMESTAMPNS = 1 << 1,
    PSOCK_GUEST_WISH_JOINED = 1 << 2,     /* UDP_GRO */
    PSOCK_GUEST_WISH_PKTINFO = 1 << 3,    /* IP_PKTINFO */
    PSOCK_GUEST_WISH_TTL = 1 << 4,        /* IP_RECVTTL */
    PSOCK_GUEST_WISH_TOS = 1 << 5,        /* IP_RECVTOS */
    PSOCK_GUEST_WISH_PKTINFO_6 = 1 << 6,  /* IPV6_RECVPKTINFO */
    PSOCK_GUEST_WISH_HOPLIMIT_6 = 1 << 7, /* IPV6_RECVHOPLIMIT */
    PSOCK_GUEST_WISH_TCLASS_6 = 1 << 8    /* IPV6_RECVTCLASS */
};

static inline unsigned psock_guest_wishes(const struct psock_guest *guest)
{
    return (unsigned)atomic_load_explicit(&guest->kept[PSOCK_GUEST_KEPT_WISHES],
                                          memory_order_relaxed);
}

/* Of the wishes `which`, has `wanted` and no other.  Returns 0 or
 * -ENOPROTOOPT where the system cannot. */
int psock_guest_wish(struct psock_guest *guest, unsigned which,
                     unsigned wanted);

/* Reads the control data of `from` into the members of `to`.  Returns 0 or
 * -EINVAL. */
int psock_guest_read_items(const struct psock_guest *guest,
                           const struct msghdr *from, psock_message *to);

/* Writes what is wanted of `from` as control data of `to`, and its length.
 * Returns MSG_CTRUNC where not all fits, or 0. */
int psock_guest_write_items(const struct psock_guest *guest,
                            const psock_message *from, struct msghdr *to);

#endif
