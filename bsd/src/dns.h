/* dns.h: what the files about DNS lend each other. */
#ifndef PSOCK_GUEST_DNS_H
#define PSOCK_GUEST_DNS_H

#include "guest.h"

#include <resolv.h>

static inline unsigned psock_guest_get16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static inline void psock_guest_put16(uint16_t number, unsigned char *at)
{
    at[0] = (unsigned char)(number >> 8);
    at[1] = (unsigned char)number;
}

/* A place in a message, and where the first pointer was that led away. */
struct psock_guest_cursor {
    const unsigned char *message;
    const unsigned char *end;
    const unsigned char *at;
    const unsigned char *after; /* null: not led away yet */
    int jumps;
};

/* Moves over the next label, which is returned with its length before it; null for
 * a name that is broken.  (dns_name.c) */
const unsigned char *psock_guest_next_label(struct psock_guest_cursor *cursor);

/* The name servers of IPv4 that this system asks: how many there are, up to
 * `capacity`.  `domain` receives the domain that it is in, or "".
 * (system_names.c) */
int psock_guest_name_servers(struct in_addr *servers, int capacity,
                             char *domain, size_t domain_size);

#endif
