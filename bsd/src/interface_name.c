/* interface_name.c: names and indexes of interfaces.
 *
 * The names of Windows are longer than POSIX's (IF_NAMESIZE), and its loopback is
 * called otherwise than where programs come from. */
#include "names.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Names ------------------------------------------------------------------------ */

static bool is_loopback(const psock_interface *interface)
{
    return (interface->flags & PSOCK_INTERFACE_LOOPBACK) != 0;
}

static bool is_first_loopback(const psock_interface *interfaces, int at)
{
    if (!is_loopback(&interfaces[at]))
        return false;
    while (at-- > 0)
        if (is_loopback(&interfaces[at]))
            return false;
    return true;
}

void psock_guest_interface_name(const psock_interface *interfaces, int at,
                                char *name)
{
    const psock_interface *interface = &interfaces[at];
    size_t size = strlen(interface->name) + 1;
    if (is_first_loopback(interfaces, at))
        strcpy(name, "lo");
    else if (size <= IF_NAMESIZE)
        memcpy(name, interface->name, size);
    else
        (void)snprintf(name, IF_NAMESIZE, "if%u", (unsigned)interface->index);
}

unsigned psock_guest_interface_flags(const psock_interface *interface)
{
    static const struct {
        unsigned psock;
        unsigned flag;
    } pairs[] = {
        {PSOCK_INTERFACE_UP, IFF_UP},
        {PSOCK_INTERFACE_RUNNING, IFF_RUNNING},
        {PSOCK_INTERFACE_LOOPBACK, IFF_LOOPBACK},
        {PSOCK_INTERFACE_POINT_TO_POINT, IFF_POINTOPOINT},
        {PSOCK_INTERFACE_BROADCAST, IFF_BROADCAST},
        {PSOCK_INTERFACE_MULTICAST, IFF_MULTICAST},
    };
    unsigned flags = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if ((interface->flags & pairs[i].psock) != 0)
            flags |= pairs[i].flag;
    return flags;
}

/* --- To an index and back ------------------------------------------------------------ */

/* Its place in a list; -1 for none. */
static int place_of(const psock_interface *interfaces, int count,
                    const char *name)
{
    char its_name[IF_NAMESIZE];
    for (int i = 0; i < count; i++) {
        psock_guest_interface_name(interfaces, i, its_name);
        if (strcmp(its_name, name) == 0)
            return i;
    }
    return -1;
}

/* By what else people call it; an index is no name. */
static uint32_t index_by_other_name(const char *name)
{
    uint32_t index;
    if (name[strspn(name, "0123456789")] == '\0' ||
        psock_interface_index(name, &index) < 0)
        return 0;
    return index;
}

unsigned int if_nametoindex(const char *name)
{
    psock_interface *interfaces;
    int count = psock_interfaces(&interfaces);
    if (count < 0)
        return (unsigned)(psock_guest_result(count) + 1);
    int place = place_of(interfaces, count, name);
    uint32_t index = place >= 0 ? interfaces[place].index : 0;
    psock_interfaces_free(interfaces);
    if (index == 0)
        index = index_by_other_name(name);
    if (index == 0)
        errno = ENODEV;
    return index;
}

char *if_indextoname(unsigned int index, char *name)
{
    psock_interface *interfaces;
    bool found = false;
    int count = psock_interfaces(&interfaces);
    for (int i = 0; i < count && !found; i++) {
        found = interfaces[i].index == index;
        if (found)
            psock_guest_interface_name(interfaces, i, name);
    }
    if (count >= 0)
        psock_interfaces_free(interfaces);
    if (found)
        return name;
    errno = ENXIO;
    return NULL;
}

/* --- Lists ---------------------------------------------------------------------------- */

/* One piece: the list, and behind it the names. */
static struct if_nameindex *make_list(const psock_interface *interfaces,
                                      int count)
{
    size_t list_size = ((size_t)count + 1) * sizeof(struct if_nameindex);
    struct if_nameindex *list =
        calloc(1, list_size + (size_t)count * IF_NAMESIZE);
    if (list == NULL)
        return NULL;
    char *names = (char *)list + list_size;
    for (int i = 0; i < count; i++) {
        list[i].if_index = interfaces[i].index;
        list[i].if_name = names + (size_t)i * IF_NAMESIZE;
        psock_guest_interface_name(interfaces, i, list[i].if_name);
    }
    return list;
}

struct if_nameindex *if_nameindex(void)
{
    psock_interface *interfaces;
    int count = psock_interfaces(&interfaces);
    if (count < 0) {
        errno = ENOBUFS;
        return NULL;
    }
    struct if_nameindex *list = make_list(interfaces, count);
    psock_interfaces_free(interfaces);
    if (list == NULL)
        errno = ENOBUFS;
    return list;
}

void if_freenameindex(struct if_nameindex *list)
{
    free(list);
}
