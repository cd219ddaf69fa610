/* links.h: the interfaces without their addresses. */
#ifndef PSOCK_POSIX_LINKS_H
#define PSOCK_POSIX_LINKS_H

#include "platform.h"

struct ifaddrs;

struct psock_posix_link {
    const char *name;
    const unsigned char *hardware;
    size_t hardware_length;
    uint32_t index;
    uint32_t mtu;
    unsigned flags; /* IFF_UP and the like */
};

struct psock_posix_links {
    struct if_nameindex *names;
    struct psock_posix_link *all;
    size_t count;
};

/* Reads those that there are.  What it has made is to be freed after a failure,
 * too. */
int psock_posix_read_links(struct psock_posix_links *links);
void psock_posix_free_links(struct psock_posix_links *links);

/* Whether they have come, gone or changed their names since: what was asked about
 * them by name may then be of another one. */
_Bool psock_posix_links_changed(const struct psock_posix_links *links);

/* The place of the link that goes by `name`, an address's name for it.  `place`
 * has a guess, and then the answer; false when there is none. */
_Bool psock_posix_find_link(const struct psock_posix_links *links,
                            const char *name, size_t *place);

/* Finds the hardware addresses, which stay where they are, in the list that begins
 * with `entry`. */
void psock_posix_note_hardware(struct psock_posix_links *links,
                               const struct ifaddrs *entry);

#endif
