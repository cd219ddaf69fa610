/* sys_interface.c: what getifaddrs() and its relatives say, and a thread that
 * hears of changes. */
#include "platform.h"
#include "changes.h"
#include "links.h"
#include "threads.h"

#include <ifaddrs.h>
#include <stdlib.h>

/* An address, and whose it is. */
struct place {
    const struct ifaddrs *entry;
    uint32_t index;
};

struct psock_sys_interfaces {
    struct psock_posix_links links;
    struct ifaddrs *entries;
    struct place *places;
    size_t place_count;
};

/* --- Which address is whose ----------------------------------------------- */

static _Bool is_address(const struct ifaddrs *entry)
{
    return entry->ifa_addr != NULL && (entry->ifa_addr->sa_family == AF_INET ||
                                       entry->ifa_addr->sa_family == AF_INET6);
}

static size_t count_entries(const struct ifaddrs *entry)
{
    size_t count = 0;
    for (; entry != NULL; entry = entry->ifa_next)
        count++;
    return count;
}

/* The links come in an order, and the addresses of each together, so the next
 * one's is mostly the last one's. */
static void find_places(struct psock_sys_interfaces *in)
{
    size_t last = 0;
    for (struct ifaddrs *entry = in->entries; entry != NULL;
         entry = entry->ifa_next) {
        if (!is_address(entry) ||
            !psock_posix_find_link(&in->links, entry->ifa_name, &last))
            continue;
        in->places[in->place_count].entry = entry;
        in->places[in->place_count++].index = in->links.all[last].index;
    }
}

static int read_addresses(struct psock_sys_interfaces *in)
{
    if (getifaddrs(&in->entries) < 0)
        return psock_posix_error();
    in->places = calloc(count_entries(in->entries) + 1, sizeof *in->places);
    if (in->places == NULL)
        return PSOCK_ENOMEM;
    find_places(in);
    psock_posix_note_hardware(&in->links, in->entries);
    return 0;
}

static int read_all(struct psock_sys_interfaces **interfaces)
{
    struct psock_sys_interfaces *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    int error = psock_posix_read_links(&made->links);
    if (error == 0)
        error = read_addresses(made);
    if (error < 0) {
        const int native = errno;
        psock_sys_interfaces_free(made);
        errno = native;
        return error;
    }
    *interfaces = made;
    return 0;
}

/* Of lists that change while they are read the last one has to do. */
#define READINGS_MAX 16

/* What belongs together is found by its name, so the names have to stay. */
int psock_sys_interfaces_read(struct psock_sys_interfaces **interfaces)
{
    int error = read_all(interfaces);
    for (int i = 1; i < READINGS_MAX && error == 0 &&
                    psock_posix_links_changed(&(*interfaces)->links);
         i++) {
        psock_sys_interfaces_free(*interfaces);
        error = read_all(interfaces);
    }
    return error;
}

void psock_sys_interfaces_free(struct psock_sys_interfaces *interfaces)
{
    free(interfaces->places);
    if (interfaces->entries != NULL)
        freeifaddrs(interfaces->entries);
    psock_posix_free_links(&interfaces->links);
    free(interfaces);
}

/* --- Interfaces ----------------------------------------------------------- */

static const struct {
    unsigned native;
    unsigned flag;
} flags[] = {
    {IFF_UP, PSOCK_INTERFACE_UP},
    {IFF_RUNNING, PSOCK_INTERFACE_RUNNING},
    {IFF_LOOPBACK, PSOCK_INTERFACE_LOOPBACK},
    {IFF_POINTOPOINT, PSOCK_INTERFACE_POINT_TO_POINT},
    {IFF_BROADCAST, PSOCK_INTERFACE_BROADCAST},
    {IFF_MULTICAST, PSOCK_INTERFACE_MULTICAST},
};

static unsigned flags_of(const struct psock_posix_link *link)
{
    unsigned found = 0;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if ((link->flags & flags[i].native) != 0)
            found |= flags[i].flag;
    return found;
}

_Bool psock_sys_interface_at(const struct psock_sys_interfaces *interfaces,
                             size_t i, psock_interface *interface_found)
{
    if (i >= interfaces->links.count)
        return 0;
    const struct psock_posix_link *link = &interfaces->links.all[i];
    *interface_found = (psock_interface){.index = link->index,
                                         .flags = flags_of(link),
                                         .mtu = link->mtu,
                                         .name = link->name};
    interface_found->hardware_length = link->hardware_length;
    if (link->hardware_length > 0)
        memcpy(interface_found->hardware, link->hardware,
               link->hardware_length);
    return 1;
}

/* --- Addresses ------------------------------------------------------------ */

/* How much of a system's address there is to read: some leave out zeros at the
 * end of a mask, and say so. */
#ifdef PSOCK_HAVE_SA_LEN
static size_t size_of(const struct sockaddr *from, size_t size)
{
    return from->sa_len < size ? from->sa_len : size;
}
#else
static size_t size_of(const struct sockaddr *from, size_t size)
{
    (void)from;
    return size;
}
#endif

static void read_ipv4(const struct sockaddr *from, psock_address *address)
{
    struct sockaddr_in in;
    unsigned char bytes[4];
    memset(&in, 0, sizeof in);
    memcpy(&in, from, size_of(from, sizeof in));
    memcpy(bytes, &in.sin_addr, sizeof bytes);
    psock_sys_address_ipv4(bytes, 0, address);
}

static void read_ipv6(const struct sockaddr *from, psock_address *address)
{
    struct sockaddr_in6 in6;
    unsigned char bytes[16];
    memset(&in6, 0, sizeof in6);
    memcpy(&in6, from, size_of(from, sizeof in6));
    memcpy(bytes, &in6.sin6_addr, sizeof bytes);
    psock_sys_address_ipv6(bytes, 0, in6.sin6_scope_id, address);
}

/* Reads an address of `family`, which a mask need not have as its own. */
static void read_address(int family, const struct sockaddr *from,
                         psock_address *address)
{
    if (from == NULL)
        memset(address, 0, sizeof *address);
    else if (family == AF_INET)
        read_ipv4(from, address);
    else
        read_ipv6(from, address);
}

static _Bool is_same(const psock_address *one, const psock_address *other)
{
    return one->length == other->length &&
           memcmp(one->storage.bytes, other->storage.bytes, one->length) == 0;
}

/* Where there is no peer, some systems give the address once more. */
static void read_peer(const struct ifaddrs *entry,
                      psock_interface_address *address)
{
    const int family = entry->ifa_addr->sa_family;
    const struct sockaddr *peer = entry->ifa_dstaddr;
    if (peer != NULL && peer->sa_family != family)
        peer = NULL;
    read_address(family, peer, &address->peer);
    if (is_same(&address->peer, &address->address))
        read_address(family, NULL, &address->peer);
}

_Bool psock_sys_interface_address_at(
    const struct psock_sys_interfaces *interfaces, size_t i, uint32_t *index,
    psock_interface_address *address)
{
    if (i >= interfaces->place_count)
        return 0;
    const struct ifaddrs *entry = interfaces->places[i].entry;
    const int family = entry->ifa_addr->sa_family;
    memset(address, 0, sizeof *address);
    address->prefix_length = PSOCK_SYS_PREFIX_UNKNOWN;
    read_address(family, entry->ifa_addr, &address->address);
    read_address(family, entry->ifa_netmask, &address->mask);
    read_peer(entry, address);
    *index = interfaces->places[i].index;
    return 1;
}

/* --- Changes -------------------------------------------------------------- */

/* What the thread reads comes from `changes` until `end` is rung. */
struct psock_interface_watch {
    psock_waker *waker;
    psock_waker *end;
    int changes;
    pid_t process;
    pthread_t thread;
};

/* Returns when there is something to read, or with false at the end. */
static _Bool await_changes(const struct psock_interface_watch *watch)
{
    struct pollfd entries[] = {
        {.fd = psock_posix_waker_fd(watch->end), .events = POLLIN},
        {.fd = watch->changes, .events = POLLIN},
    };
    while (psock_posix_poll(entries, 2, -1) < 0)
        continue;
    return entries[0].revents == 0 && (entries[1].revents & POLLNVAL) == 0;
}

static void *follow(void *argument)
{
    struct psock_interface_watch *watch = argument;
    while (await_changes(watch))
        if (psock_posix_read_changes(watch->changes))
            psock_sys_waker_ring(watch->waker);
    return NULL;
}

static int start_thread(struct psock_interface_watch *watch)
{
    const int native = psock_posix_start_thread(&watch->thread, follow, watch);
    if (native == 0)
        return 0;
    errno = native;
    return PSOCK_ENOMEM;
}

static int begin(struct psock_interface_watch *watch)
{
    watch->process = getpid();
    watch->changes = psock_posix_open_changes();
    if (watch->changes < 0)
        return watch->changes;
    int error = psock_sys_waker_open(&watch->end);
    return error < 0 ? error : start_thread(watch);
}

static void let_go(struct psock_interface_watch *watch)
{
    if (watch->end != NULL)
        psock_sys_waker_close(watch->end);
    if (watch->changes >= 0)
        close(watch->changes);
    free(watch);
}

int psock_sys_watch_open(psock_waker *waker, psock_interface_watch **watch)
{
    psock_interface_watch *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    made->waker = waker;
    int error = begin(made);
    if (error < 0) {
        const int native = errno;
        let_go(made);
        errno = native;
        return error;
    }
    *watch = made;
    return 0;
}

/* A child that was forked has no such thread, and its `end` is its parent's. */
void psock_sys_watch_close(psock_interface_watch *watch)
{
    if (watch->process == getpid()) {
        psock_sys_waker_ring(watch->end);
        pthread_join(watch->thread, NULL);
    }
    let_go(watch);
}
