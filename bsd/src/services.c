/* services.c: getservbyname() and its kin. */
#include "names.h"

#include <string.h>

struct psock_guest_database psock_guest_services = {
    .file = "services", .common = psock_guest_common_services};

/* What a thread was told last, and how far its getservent() has come. */
static _Thread_local struct servent last;
static _Thread_local size_t position;

/* --- Looking up ----------------------------------------------------------------- */

static bool goes_over(const struct psock_guest_entry *entry,
                      const char *protocol)
{
    return protocol == NULL || strcmp(entry->protocol, protocol) == 0;
}

const struct psock_guest_entry *psock_guest_service(const char *name,
                                                    const char *protocol)
{
    const struct psock_guest_entry *entry =
        psock_guest_entries(&psock_guest_services);
    while ((entry = psock_guest_entry_called(entry, name)) != NULL) {
        if (goes_over(entry, protocol))
            return entry;
        entry++;
    }
    return NULL;
}

const struct psock_guest_entry *psock_guest_service_at(int port,
                                                       const char *protocol)
{
    const struct psock_guest_entry *entry =
        psock_guest_entries(&psock_guest_services);
    for (; entry->name != NULL; entry++)
        if (entry->number == port && goes_over(entry, protocol))
            return entry;
    return NULL;
}

static const struct psock_guest_entry *next_service(void)
{
    const struct psock_guest_entry *entry =
        psock_guest_entries(&psock_guest_services) + position;
    if (entry->name == NULL)
        return NULL;
    position++;
    return entry;
}

/* --- Telling -------------------------------------------------------------------- */

static struct servent service_of(const struct psock_guest_entry *entry)
{
    struct servent service = {.s_name = entry->name,
                              .s_aliases = entry->aliases,
                              .s_port = htons((uint16_t)entry->number),
                              .s_proto = entry->protocol};
    return service;
}

static struct servent *tell(const struct psock_guest_entry *entry)
{
    if (entry == NULL)
        return NULL;
    last = service_of(entry);
    return &last;
}

static int tell_in(const struct psock_guest_entry *entry,
                   struct servent *service, struct psock_guest_room room,
                   struct servent **result)
{
    *result = NULL;
    if (entry == NULL)
        return 0;
    struct servent copy = service_of(entry);
    copy.s_aliases = psock_guest_take_texts(&room, entry->aliases);
    copy.s_name = psock_guest_take_text(&room, entry->name);
    copy.s_proto = psock_guest_take_text(&room, entry->protocol);
    if (copy.s_aliases == NULL || copy.s_name == NULL || copy.s_proto == NULL)
        return ERANGE;
    *service = copy;
    *result = service;
    return 0;
}

/* --- The functions of POSIX and Linux -------------------------------------------- */

struct servent *getservbyname(const char *name, const char *protocol)
{
    return tell(psock_guest_service(name, protocol));
}

struct servent *getservbyport(int port, const char *protocol)
{
    return tell(psock_guest_service_at(ntohs((uint16_t)port), protocol));
}

int getservbyname_r(const char *name, const char *protocol,
                    struct servent *service, char *buffer, size_t size,
                    struct servent **result)
{
    return tell_in(psock_guest_service(name, protocol), service,
                   (struct psock_guest_room){buffer, size}, result);
}

int getservbyport_r(int port, const char *protocol, struct servent *service,
                    char *buffer, size_t size, struct servent **result)
{
    return tell_in(psock_guest_service_at(ntohs((uint16_t)port), protocol),
                   service, (struct psock_guest_room){buffer, size}, result);
}

void setservent(int stay_open)
{
    (void)stay_open;
    position = 0;
}

struct servent *getservent(void)
{
    return tell(next_service());
}

void endservent(void)
{
    position = 0;
}

/* An entry that does not fit is told again, and the end is an error here. */
int getservent_r(struct servent *service, char *buffer, size_t size,
                 struct servent **result)
{
    size_t before = position;
    int error = tell_in(next_service(), service,
                        (struct psock_guest_room){buffer, size}, result);
    if (error != 0)
        position = before;
    return error == 0 && *result == NULL ? ENOENT : error;
}
