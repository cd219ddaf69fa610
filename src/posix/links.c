/* links.c: names and indexes come from if_nameindex(), which has all interfaces,
 * flags and sizes by ioctl(), which every system has. */
#include "links.h"

#include <ifaddrs.h>
#include <stdlib.h>

/* --- Flags and sizes ------------------------------------------------------ */

/* A name of the system's always fits. */
static struct ifreq request_of(const char *name)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, name, strnlen(name, sizeof request.ifr_name - 1));
    return request;
}

/* False when the link has gone. */
static _Bool ask_link(int fd, struct psock_posix_link *link)
{
    struct ifreq request = request_of(link->name);
    if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        return 0;
    link->flags = (unsigned short)request.ifr_flags;
    request = request_of(link->name);
    if (ioctl(fd, SIOCGIFMTU, &request) == 0 && request.ifr_mtu > 0)
        link->mtu = (uint32_t)request.ifr_mtu;
    return 1;
}

/* Any socket will do that has to do with interfaces. */
static psock_t open_any(void)
{
    const psock_t s = psock_sys_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0);
    return s >= 0 ? s : psock_sys_open(PSOCK_IPV6, PSOCK_DATAGRAM, 0);
}

/* --- The list ------------------------------------------------------------- */

static size_t count_names(const struct if_nameindex *names)
{
    size_t count = 0;
    while (names[count].if_index != 0)
        count++;
    return count;
}

static void ask_all(psock_t s, struct psock_posix_links *links)
{
    for (const struct if_nameindex *each = links->names; each->if_index != 0;
         each++) {
        struct psock_posix_link *link = &links->all[links->count];
        link->name = each->if_name;
        link->index = each->if_index;
        links->count += ask_link(psock_posix_fd(s), link);
    }
}

int psock_posix_read_links(struct psock_posix_links *links)
{
    links->names = if_nameindex();
    if (links->names == NULL)
        return psock_posix_error();
    links->all = calloc(count_names(links->names) + 1, sizeof *links->all);
    if (links->all == NULL)
        return PSOCK_ENOMEM;
    const psock_t s = open_any();
    if (s < 0)
        return (int)s;
    ask_all(s, links);
    (void)!psock_sys_close(s);
    return 0;
}

void psock_posix_free_links(struct psock_posix_links *links)
{
    free(links->all);
    if (links->names != NULL)
        if_freenameindex(links->names);
}

static _Bool is_same_list(const struct if_nameindex *one,
                          const struct if_nameindex *other)
{
    for (; one->if_index != 0 && one->if_index == other->if_index;
         one++, other++)
        if (strcmp(one->if_name, other->if_name) != 0)
            return 0;
    return one->if_index == other->if_index;
}

/* One that could not be asked about has gone, or has another name, or had. */
_Bool psock_posix_links_changed(const struct psock_posix_links *links)
{
    struct if_nameindex *now = if_nameindex();
    if (now == NULL)
        return 0;
    const _Bool changed = links->count < count_names(links->names) ||
                          !is_same_list(links->names, now);
    if_freenameindex(now);
    return changed;
}

/* --- By name -------------------------------------------------------------- */

/* Starts at the guess. */
static _Bool find_same(const struct psock_posix_links *links, const char *name,
                       size_t *place)
{
    for (size_t i = 0; i < links->count; i++) {
        const size_t at = (*place + i) % links->count;
        if (strcmp(links->all[at].name, name) == 0) {
            *place = at;
            return 1;
        }
    }
    return 0;
}

/* Linux has addresses with a label, such as "eth0:1", in place of the name that it
 * begins with. */
static _Bool find_beginning(const struct psock_posix_links *links,
                            const char *name, size_t *place)
{
    size_t longest = 0;
    for (size_t i = 0; i < links->count; i++) {
        const size_t length = strlen(links->all[i].name);
        if (length > longest &&
            strncmp(links->all[i].name, name, length) == 0) {
            longest = length;
            *place = i;
        }
    }
    return longest > 0;
}

_Bool psock_posix_find_link(const struct psock_posix_links *links,
                            const char *name, size_t *place)
{
    return find_same(links, name, place) || find_beginning(links, name, place);
}

/* --- Hardware ------------------------------------------------------------- */

#if defined(PSOCK_HAVE_PACKET_ADDRESSES)
#include <netpacket/packet.h>

static size_t find_hardware(const struct sockaddr *from,
                            const unsigned char **bytes)
{
    if (from->sa_family != AF_PACKET)
        return 0;
    const unsigned char *start = (const unsigned char *)from;
    *bytes = start + offsetof(struct sockaddr_ll, sll_addr);
    return start[offsetof(struct sockaddr_ll, sll_halen)];
}
#elif defined(PSOCK_HAVE_LINK_ADDRESSES)
#include <net/if_dl.h>

static size_t find_hardware(const struct sockaddr *from,
                            const unsigned char **bytes)
{
    const struct sockaddr_dl *link = (const void *)from;
    if (from->sa_family != AF_LINK)
        return 0;
    *bytes = (const unsigned char *)link->sdl_data + link->sdl_nlen;
    return link->sdl_alen;
}
#else
static size_t find_hardware(const struct sockaddr *from,
                            const unsigned char **bytes)
{
    (void)from;
    (void)bytes;
    return 0;
}
#endif

static void note_one(struct psock_posix_links *links,
                     const struct ifaddrs *entry, size_t *place)
{
    const unsigned char *bytes = NULL;
    const size_t length = find_hardware(entry->ifa_addr, &bytes);
    if (length == 0 || length > PSOCK_HARDWARE_ADDRESS_MAX ||
        !find_same(links, entry->ifa_name, place))
        return;
    links->all[*place].hardware = bytes;
    links->all[*place].hardware_length = length;
}

void psock_posix_note_hardware(struct psock_posix_links *links,
                               const struct ifaddrs *entry)
{
    size_t place = 0;
    for (; entry != NULL; entry = entry->ifa_next)
        if (entry->ifa_addr != NULL)
            note_one(links, entry, &place);
}
