/* networks.c: getnetbyname() and its kin. */
#include "names.h"

#include <arpa/inet.h>

/* Networks of the old classes, in the way of inet_network(). */
static struct psock_guest_database networks = {
    .file = "networks",
    .common = "default 0.0.0.0\nloopback 127.0.0.0\nlink-local 169.254.0.0\n"};

/* What a thread was told last, and how far its getnetent() has come. */
static _Thread_local struct netent last;
static _Thread_local size_t position;

/* --- Looking up ----------------------------------------------------------------- */

static const struct psock_guest_entry *network_called(const char *name)
{
    return psock_guest_entry_called(psock_guest_entries(&networks), name);
}

/* The same with and without zeros at the end: 127 is 127.0.0.0. */
static uint32_t complete(uint32_t network)
{
    while (network != 0 && (network & 0xff000000) == 0)
        network <<= 8;
    return network;
}

static const struct psock_guest_entry *network_at(uint32_t number, int family)
{
    const struct psock_guest_entry *entry = psock_guest_entries(&networks);
    if (family != AF_INET && family != AF_UNSPEC)
        return NULL;
    for (; entry->name != NULL; entry++)
        if (complete(inet_network(entry->value)) == complete(number))
            return entry;
    return NULL;
}

static const struct psock_guest_entry *next_network(void)
{
    const struct psock_guest_entry *entry =
        psock_guest_entries(&networks) + position;
    if (entry->name == NULL)
        return NULL;
    position++;
    return entry;
}

/* --- Telling -------------------------------------------------------------------- */

static struct netent as_network(const struct psock_guest_entry *entry)
{
    struct netent network = {.n_name = entry->name,
                             .n_aliases = entry->aliases,
                             .n_addrtype = AF_INET,
                             .n_net = complete(inet_network(entry->value))};
    return network;
}

static struct netent *tell(const struct psock_guest_entry *entry)
{
    h_errno = entry == NULL ? HOST_NOT_FOUND : NETDB_SUCCESS;
    if (entry == NULL)
        return NULL;
    last = as_network(entry);
    return &last;
}

static bool copy_network(const struct psock_guest_entry *entry,
                         struct netent *network, struct psock_guest_room *room)
{
    struct netent copy = as_network(entry);
    copy.n_aliases = psock_guest_take_texts(room, entry->aliases);
    copy.n_name = psock_guest_take_text(room, entry->name);
    if (copy.n_aliases == NULL || copy.n_name == NULL)
        return false;
    *network = copy;
    return true;
}

static int tell_in(const struct psock_guest_entry *entry,
                   struct netent *network, struct psock_guest_room room,
                   struct netent **result, int *error)
{
    *result = NULL;
    *error = entry == NULL ? HOST_NOT_FOUND : NETDB_SUCCESS;
    if (entry == NULL)
        return 0;
    if (!copy_network(entry, network, &room)) {
        *error = NETDB_INTERNAL;
        return ERANGE;
    }
    *result = network;
    return 0;
}

/* --- The functions of POSIX and Linux -------------------------------------------- */

struct netent *getnetbyname(const char *name)
{
    return tell(network_called(name));
}

struct netent *getnetbyaddr(uint32_t number, int family)
{
    return tell(network_at(number, family));
}

int getnetbyname_r(const char *name, struct netent *network, char *buffer,
                   size_t size, struct netent **result, int *error)
{
    return tell_in(network_called(name), network,
                   (struct psock_guest_room){buffer, size}, result, error);
}

int getnetbyaddr_r(uint32_t number, int family, struct netent *network,
                   char *buffer, size_t size, struct netent **result,
                   int *error)
{
    return tell_in(network_at(number, family), network,
                   (struct psock_guest_room){buffer, size}, result, error);
}

void setnetent(int stay_open)
{
    (void)stay_open;
    position = 0;
}

struct netent *getnetent(void)
{
    return tell(next_network());
}

void endnetent(void)
{
    position = 0;
}

/* An entry that does not fit is told again, and the end is an error here. */
int getnetent_r(struct netent *network, char *buffer, size_t size,
                struct netent **result, int *error)
{
    size_t before = position;
    int number =
        tell_in(next_network(), network,
                (struct psock_guest_room){buffer, size}, result, error);
    if (number != 0)
        position = before;
    return number == 0 && *result == NULL ? ENOENT : number;
}
