/* interface_ioctl.c: what ioctl() tells of interfaces: SIOCGIFCONF, SIOCGIF.... */
#include "names.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <psock_bsd/sockios.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- One interface ------------------------------------------------------------------- */

/* The first address of IPv4; null for none. */
static const psock_interface_address *ipv4_of(const psock_interface *interface)
{
    for (size_t i = 0; i < interface->address_count; i++)
        if (psock_address_family(&interface->addresses[i].address) ==
            PSOCK_IPV4)
            return &interface->addresses[i];
    return NULL;
}

static int put_address(const psock_address *from, struct sockaddr *to)
{
    socklen_t length = sizeof *to;
    if (psock_address_family(from) == PSOCK_IPV4)
        psock_guest_address_out(from, to, &length);
    else
        *to = (struct sockaddr){.sa_family = AF_INET};
    return 0;
}

static int get_address(const psock_interface *interface, struct ifreq *request)
{
    const psock_interface_address *found = ipv4_of(interface);
    return found == NULL ? -EADDRNOTAVAIL
                         : put_address(&found->address, &request->ifr_addr);
}

static int get_mask(const psock_interface *interface, struct ifreq *request)
{
    const psock_interface_address *found = ipv4_of(interface);
    return found == NULL ? -EADDRNOTAVAIL
                         : put_address(&found->mask, &request->ifr_netmask);
}

/* The broadcast address, or that of the other end. */
static int get_peer(const psock_interface *interface, struct ifreq *request)
{
    const psock_interface_address *found = ipv4_of(interface);
    return found == NULL ? -EADDRNOTAVAIL
                         : put_address(&found->peer, &request->ifr_broadaddr);
}

static int get_flags(const psock_interface *interface, struct ifreq *request)
{
    request->ifr_flags = (short)psock_guest_interface_flags(interface);
    return 0;
}

static int get_mtu(const psock_interface *interface, struct ifreq *request)
{
    request->ifr_mtu = interface->mtu > INT32_MAX ? 65536 : (int)interface->mtu;
    return 0;
}

static int get_index(const psock_interface *interface, struct ifreq *request)
{
    request->ifr_ifindex = (int)interface->index;
    return 0;
}

static int get_metric(const psock_interface *interface, struct ifreq *request)
{
    (void)interface;
    request->ifr_metric = 0;
    return 0;
}

static int get_hardware(const psock_interface *interface, struct ifreq *request)
{
    struct sockaddr *address = &request->ifr_hwaddr;
    size_t length = interface->hardware_length;
    bool is_loopback = (interface->flags & PSOCK_INTERFACE_LOOPBACK) != 0;
    memset(address, 0, sizeof *address);
    address->sa_family = length == IFHWADDRLEN ? ARPHRD_ETHER : ARPHRD_VOID;
    if (is_loopback)
        address->sa_family = ARPHRD_LOOPBACK;
    if (length <= sizeof address->sa_data)
        memcpy(address->sa_data, interface->hardware, length);
    return 0;
}

static const struct {
    unsigned long request;
    int (*get)(const psock_interface *interface, struct ifreq *request);
} getters[] = {
    {SIOCGIFADDR, get_address},    {SIOCGIFNETMASK, get_mask},
    {SIOCGIFBRDADDR, get_peer},    {SIOCGIFDSTADDR, get_peer},
    {SIOCGIFFLAGS, get_flags},     {SIOCGIFMTU, get_mtu},
    {SIOCGIFINDEX, get_index},     {SIOCGIFMETRIC, get_metric},
    {SIOCGIFHWADDR, get_hardware},
};

static const psock_interface *named(const psock_interface *interfaces,
                                    int count, struct ifreq *request)
{
    char name[IFNAMSIZ];
    request->ifr_name[IFNAMSIZ - 1] = '\0';
    for (int i = 0; i < count; i++) {
        psock_guest_interface_name(interfaces, i, name);
        if (strcmp(name, request->ifr_name) == 0)
            return &interfaces[i];
    }
    return NULL;
}

static int get_of_one(unsigned long number, const psock_interface *interfaces,
                      int count, struct ifreq *request)
{
    size_t i = 0;
    while (i < COUNT_OF(getters) && getters[i].request != number)
        i++;
    if (i == COUNT_OF(getters))
        return -ENOTTY;
    const psock_interface *interface = named(interfaces, count, request);
    return interface == NULL ? -ENODEV : getters[i].get(interface, request);
}

/* --- Names, and all at once ------------------------------------------------------------ */

static int get_name(struct ifreq *request)
{
    char name[IF_NAMESIZE];
    if (request->ifr_ifindex <= 0 ||
        if_indextoname((unsigned)request->ifr_ifindex, name) == NULL)
        return -ENODEV;
    memcpy(request->ifr_name, name, sizeof name);
    return 0;
}

/* Those of IPv4 are counted, and written as long as there is room. */
struct listing {
    struct ifreq *entries; /* null: only to be counted */
    size_t room;
    size_t count;
};

static void list_one(const psock_interface *interfaces, int at,
                     struct listing *listing)
{
    if (ipv4_of(&interfaces[at]) == NULL)
        return;
    if (listing->entries != NULL) {
        if (listing->count == listing->room)
            return;
        struct ifreq *entry = &listing->entries[listing->count];
        memset(entry, 0, sizeof *entry);
        psock_guest_interface_name(interfaces, at, entry->ifr_name);
        (void)get_address(&interfaces[at], entry);
    }
    listing->count++;
}

static int get_all(const psock_interface *interfaces, int count,
                   struct ifconf *all)
{
    size_t size = all->ifc_len < 0 ? 0 : (size_t)all->ifc_len;
    struct listing listing = {all->ifc_req, size / sizeof(struct ifreq), 0};
    for (int i = 0; i < count; i++)
        list_one(interfaces, i, &listing);
    all->ifc_len = (int)(listing.count * sizeof(struct ifreq));
    return 0;
}

/* What would change an interface is not for everybody. */
static bool is_change(unsigned long request)
{
    static const unsigned long changes[] = {
        SIOCSIFFLAGS,   SIOCSIFADDR,   SIOCSIFDSTADDR, SIOCSIFBRDADDR,
        SIOCSIFNETMASK, SIOCSIFMETRIC, SIOCSIFMTU,     SIOCSIFHWADDR,
        SIOCADDMULTI,   SIOCDELMULTI,  SIOCADDRT,      SIOCDELRT};
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        if (changes[i] == request)
            return true;
    return false;
}

int psock_guest_interface_ioctl(unsigned long request, void *argument)
{
    psock_interface *interfaces;
    if (request < SIOCADDRT || request > SIOCGIFINDEX)
        return -ENOTTY;
    if (is_change(request))
        return -EPERM;
    if (argument == NULL)
        return -EFAULT;
    if (request == SIOCGIFNAME)
        return get_name(argument);
    int count = psock_interfaces(&interfaces);
    if (count < 0)
        return -psock_guest_errno(count);
    int result = request == SIOCGIFCONF
                     ? get_all(interfaces, count, argument)
                     : get_of_one(request, interfaces, count, argument);
    psock_interfaces_free(interfaces);
    return result;
}
