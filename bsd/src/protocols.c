/* protocols.c: getprotobyname() and its kin. */
#include "names.h"

struct psock_guest_database psock_guest_protocols = {
    .file = "protocol", .common = psock_guest_common_protocols};

/* What a thread was told last, and how far its getprotoent() has come. */
static _Thread_local struct protoent last;
static _Thread_local size_t position;

/* --- Looking up ----------------------------------------------------------------- */

static const struct psock_guest_entry *protocol_called(const char *name)
{
    return psock_guest_entry_called(psock_guest_entries(&psock_guest_protocols),
                                    name);
}

static const struct psock_guest_entry *protocol_of(int number)
{
    const struct psock_guest_entry *entry =
        psock_guest_entries(&psock_guest_protocols);
    for (; entry->name != NULL; entry++)
        if (entry->number == number)
            return entry;
    return NULL;
}

static const struct psock_guest_entry *next_protocol(void)
{
    const struct psock_guest_entry *entry =
        psock_guest_entries(&psock_guest_protocols) + position;
    if (entry->name == NULL)
        return NULL;
    position++;
    return entry;
}

/* --- Telling -------------------------------------------------------------------- */

static struct protoent as_protocol(const struct psock_guest_entry *entry)
{
    struct protoent protocol = {.p_name = entry->name,
                                .p_aliases = entry->aliases,
                                .p_proto = (int)entry->number};
    return protocol;
}

static struct protoent *tell(const struct psock_guest_entry *entry)
{
    if (entry == NULL)
        return NULL;
    last = as_protocol(entry);
    return &last;
}

static int tell_in(const struct psock_guest_entry *entry,
                   struct protoent *protocol, struct psock_guest_room room,
                   struct protoent **result)
{
    *result = NULL;
    if (entry == NULL)
        return 0;
    struct protoent copy = as_protocol(entry);
    copy.p_aliases = psock_guest_take_texts(&room, entry->aliases);
    copy.p_name = psock_guest_take_text(&room, entry->name);
    if (copy.p_aliases == NULL || copy.p_name == NULL)
        return ERANGE;
    *protocol = copy;
    *result = protocol;
    return 0;
}

/* --- The functions of POSIX and Linux -------------------------------------------- */

struct protoent *getprotobyname(const char *name)
{
    return tell(protocol_called(name));
}

struct protoent *getprotobynumber(int number)
{
    return tell(protocol_of(number));
}

int getprotobyname_r(const char *name, struct protoent *protocol, char *buffer,
                     size_t size, struct protoent **result)
{
    return tell_in(protocol_called(name), protocol,
                   (struct psock_guest_room){buffer, size}, result);
}

int getprotobynumber_r(int number, struct protoent *protocol, char *buffer,
                       size_t size, struct protoent **result)
{
    return tell_in(protocol_of(number), protocol,
                   (struct psock_guest_room){buffer, size}, result);
}

void setprotoent(int stay_open)
{
    (void)stay_open;
    position = 0;
}

struct protoent *getprotoent(void)
{
    return tell(next_protocol());
}

void endprotoent(void)
{
    position = 0;
}

/* An entry that does not fit is told again, and the end is an error here. */
int getprotoent_r(struct protoent *protocol, char *buffer, size_t size,
                  struct protoent **result)
{
    size_t before = position;
    int error = tell_in(next_protocol(), protocol,
                        (struct psock_guest_room){buffer, size}, result);
    if (error != 0)
        position = before;
    return error == 0 && *result == NULL ? ENOENT : error;
}
