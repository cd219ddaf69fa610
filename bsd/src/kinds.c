/* kinds.c: the kinds of socket that getaddrinfo() tells of, and their ports. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct known {
    int type;
    int protocol;     /* 0: any, and no services */
    const char *name; /* as services have it */
    bool unasked;     /* also without a type or protocol in the hints */
} known[] = {
    {SOCK_STREAM, IPPROTO_TCP, "tcp", true},
    {SOCK_DGRAM, IPPROTO_UDP, "udp", true},
    {SOCK_DGRAM, IPPROTO_UDPLITE, "udplite", false},
    {SOCK_STREAM, IPPROTO_SCTP, "sctp", false},
    {SOCK_SEQPACKET, IPPROTO_SCTP, "sctp", false},
    {SOCK_RAW, 0, "raw", true},
};

static bool is_allowed(const struct known *one, const struct addrinfo *hints)
{
    return (hints->ai_socktype == 0 || hints->ai_socktype == one->type) &&
           (hints->ai_protocol == 0 || one->protocol == 0 ||
            hints->ai_protocol == one->protocol);
}

/* --- Services -------------------------------------------------------------------- */

/* A service looked at: one with a name is to be found for each kind. */
struct service {
    bool given;
    const char *name; /* null for a number */
    uint16_t port;
};

static bool is_nothing(const char *service)
{
    return service == NULL || service[0] == '\0' || strcmp(service, "*") == 0;
}

/* Numbers as strtoul() reads them, but only those that are ports. */
static int read_service(const char *text, int flags, struct service *service)
{
    char *end;
    memset(service, 0, sizeof *service);
    if (is_nothing(text))
        return 0;
    service->given = true;
    long number = strtol(text, &end, 10);
    if (*end != '\0') {
        service->name = text;
        return (flags & AI_NUMERICSERV) != 0 ? EAI_NONAME : 0;
    }
    service->port = (uint16_t)number;
    return number < 0 || number > UINT16_MAX ? EAI_SERVICE : 0;
}

/* --- Kinds ----------------------------------------------------------------------- */

static int add_kind(const struct known *one, const struct addrinfo *hints,
                    const struct service *service,
                    struct psock_guest_kinds *kinds)
{
    struct psock_guest_kind kind = {one->type, one->protocol, service->port};
    if (one->protocol == 0)
        kind.protocol = hints->ai_protocol;
    if (service->name != NULL) {
        const struct psock_guest_entry *entry =
            psock_guest_service(service->name, one->name);
        if (entry == NULL)
            return EAI_SERVICE;
        kind.port = (uint16_t)entry->number;
    }
    kinds->kind[kinds->count++] = kind;
    return 0;
}

/* The first that the hints allow. */
static int find_one(const struct addrinfo *hints, const struct service *service,
                    struct psock_guest_kinds *kinds)
{
    size_t i = 0;
    while (i < COUNT_OF(known) && !is_allowed(&known[i], hints))
        i++;
    if (i == COUNT_OF(known))
        return EAI_SOCKTYPE;
    if (known[i].protocol == 0 && service->given)
        return EAI_SERVICE;
    return add_kind(&known[i], hints, service, kinds);
}

/* A service with a name has the kinds that it is known for. */
static int find_all(const struct addrinfo *hints, const struct service *service,
                    struct psock_guest_kinds *kinds)
{
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (service->name != NULL || known[i].unasked)
            (void)add_kind(&known[i], hints, service, kinds);
    return kinds->count == 0 ? EAI_SERVICE : 0;
}

int psock_guest_find_kinds(const char *service, const struct addrinfo *hints,
                           struct psock_guest_kinds *kinds)
{
    struct service read;
    int error = read_service(service, hints->ai_flags, &read);
    kinds->count = 0;
    if (error != 0)
        return error;
    return hints->ai_socktype == 0 && hints->ai_protocol == 0
               ? find_all(hints, &read, kinds)
               : find_one(hints, &read, kinds);
}
