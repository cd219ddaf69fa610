/* host_entries.c: gethostent(): the lines of the file of hosts, those of IPv4, as
 * on Linux. */
#include "names.h"

#include <string.h>

/* Lines begin with an address: that is the entry's name, and its value a name. */
static struct psock_guest_database hosts = {.file = "hosts",
                                            .common = "127.0.0.1 localhost\n"};

/* What a thread was told last, and how far it has come. */
static _Thread_local struct hostent last;
static _Thread_local char last_buffer[4096];
static _Thread_local size_t position;

/* The next line with an address of IPv4; false at the end. */
static bool next_host(const struct psock_guest_entry **entry,
                      psock_address *address)
{
    for (;;) {
        *entry = psock_guest_entries(&hosts) + position;
        if ((*entry)->name == NULL)
            return false;
        position++;
        if (psock_guest_numeric((*entry)->name, address) > 0 &&
            psock_address_family(address) == PSOCK_IPV4)
            return true;
    }
}

static char **copy_address(const psock_address *address, int *length,
                           struct psock_guest_room *room)
{
    size_t size;
    const unsigned char *bytes = psock_address_bytes(address, &size);
    char **list = psock_guest_take(room, 2 * sizeof *list);
    char *copy = psock_guest_take(room, size);
    if (list == NULL || copy == NULL)
        return NULL;
    list[0] = memcpy(copy, bytes, size);
    list[1] = NULL;
    *length = (int)size;
    return list;
}

static bool write_host(const struct psock_guest_entry *entry,
                       const psock_address *address, struct hostent *host,
                       struct psock_guest_room *room)
{
    host->h_addr_list = copy_address(address, &host->h_length, room);
    host->h_addrtype = AF_INET;
    host->h_aliases = psock_guest_take_texts(room, entry->aliases);
    host->h_name = psock_guest_take_text(room, entry->value);
    return host->h_addr_list != NULL && host->h_aliases != NULL &&
           host->h_name != NULL;
}

int gethostent_r(struct hostent *host, char *buffer, size_t size,
                 struct hostent **result, int *error)
{
    struct psock_guest_room room = {buffer, size};
    const struct psock_guest_entry *entry;
    psock_address address;
    size_t before = position;
    *result = NULL;
    *error = HOST_NOT_FOUND;
    if (!next_host(&entry, &address))
        return ENOENT;
    if (!write_host(entry, &address, host, &room)) {
        position = before;
        *error = NETDB_INTERNAL;
        return ERANGE;
    }
    *error = NETDB_SUCCESS;
    *result = host;
    return 0;
}

struct hostent *gethostent(void)
{
    struct hostent *result;
    (void)gethostent_r(&last, last_buffer, sizeof last_buffer, &result,
                       &h_errno);
    return result;
}

void sethostent(int stay_open)
{
    (void)stay_open;
    position = 0;
}

void endhostent(void)
{
    position = 0;
}
