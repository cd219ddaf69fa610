/* interface.c: getifaddrs().
 *
 * As Linux has it, each interface is there once as hardware (AF_PACKET), and then
 * once more for each of its addresses. */
#include "names.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>

union any_address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_ll hardware;
};

/* The list is one piece of memory, an array of these. */
struct node {
    struct ifaddrs public;
    union any_address address;
    union any_address mask;
    union any_address peer;
    char name[IF_NAMESIZE];
};

/* The list as it grows. */
struct list {
    struct node *nodes;
    size_t count;
};

static struct node *add(struct list *list, const psock_interface *interfaces,
                        int at)
{
    struct node *node = &list->nodes[list->count++];
    if (list->count > 1)
        node[-1].public.ifa_next = &node->public;
    psock_guest_interface_name(interfaces, at, node->name);
    node->public.ifa_name = node->name;
    node->public.ifa_flags = psock_guest_interface_flags(&interfaces[at]);
    return node;
}

/* --- Hardware ----------------------------------------------------------------------- */

static void add_hardware(struct list *list, const psock_interface *interfaces,
                         int at)
{
    struct node *node = add(list, interfaces, at);
    const psock_interface *interface = &interfaces[at];
    struct sockaddr_ll *address = &node->address.hardware;
    bool is_loopback = (interface->flags & PSOCK_INTERFACE_LOOPBACK) != 0;
    bool is_ethernet = interface->hardware_length == IFHWADDRLEN;
    address->sll_family = AF_PACKET;
    address->sll_ifindex = (int)interface->index;
    address->sll_hatype = is_ethernet ? ARPHRD_ETHER : ARPHRD_VOID;
    if (is_loopback)
        address->sll_hatype = ARPHRD_LOOPBACK;
    address->sll_halen = is_ethernet || is_loopback ? IFHWADDRLEN : 0;
    memcpy(address->sll_addr, interface->hardware, address->sll_halen);
    node->public.ifa_addr = &node->address.any;
}

/* --- Addresses ------------------------------------------------------------------------ */

/* Null where there is none. */
static struct sockaddr *write_address(const psock_address *from,
                                      union any_address *to)
{
    socklen_t length = sizeof *to;
    if (psock_address_family(from) == PSOCK_NONE)
        return NULL;
    psock_guest_address_out(from, &to->any, &length);
    return &to->any;
}

static void add_address(struct list *list, const psock_interface *interfaces,
                        int at, const psock_interface_address *address)
{
    struct node *node = add(list, interfaces, at);
    node->public.ifa_addr = write_address(&address->address, &node->address);
    node->public.ifa_netmask = write_address(&address->mask, &node->mask);
    node->public.ifa_broadaddr = write_address(&address->peer, &node->peer);
}

static void add_addresses(struct list *list, const psock_interface *interfaces,
                          int at, int family)
{
    const psock_interface *interface = &interfaces[at];
    for (size_t i = 0; i < interface->address_count; i++)
        if (psock_address_family(&interface->addresses[i].address) == family)
            add_address(list, interfaces, at, &interface->addresses[i]);
}

/* --- Lists ---------------------------------------------------------------------------- */

static size_t nodes_needed(const psock_interface *interfaces, int count)
{
    size_t needed = (size_t)count;
    for (int i = 0; i < count; i++)
        needed += interfaces[i].address_count;
    return needed;
}

static struct node *make_list(const psock_interface *interfaces, int count)
{
    size_t needed = nodes_needed(interfaces, count);
    struct list list = {calloc(needed + 1, sizeof(struct node)), 0};
    if (list.nodes == NULL)
        return NULL;
    for (int i = 0; i < count; i++)
        add_hardware(&list, interfaces, i);
    for (int i = 0; i < count; i++)
        add_addresses(&list, interfaces, i, PSOCK_IPV4);
    for (int i = 0; i < count; i++)
        add_addresses(&list, interfaces, i, PSOCK_IPV6);
    return list.nodes;
}

int getifaddrs(struct ifaddrs **list)
{
    psock_interface *interfaces;
    int count = psock_interfaces(&interfaces);
    if (count < 0)
        return (int)psock_guest_result(count);
    struct node *nodes = make_list(interfaces, count);
    psock_interfaces_free(interfaces);
    if (nodes == NULL)
        return psock_guest_fail(ENOMEM);
    *list = count == 0 ? NULL : &nodes->public;
    if (count == 0)
        free(nodes);
    return 0;
}

/* The list is the first member of the piece. */
void freeifaddrs(struct ifaddrs *list)
{
    free(list);
}
