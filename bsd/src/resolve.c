/* resolve.c: getaddrinfo(). */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MAX 64
#define KNOWN_FLAGS                                                            \
    (AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL |       \
     AI_ADDRCONFIG | AI_IDN | AI_CANONIDN | AI_IDN_ALLOW_UNASSIGNED |          \
     AI_IDN_USE_STD3_ASCII_RULES | AI_NUMERICSERV)

/* What is known of a host. */
struct found {
    psock_address addresses[ADDRESSES_MAX];
    int count;
    char name[PSOCK_HOST_NAME_SIZE];
};

/* --- Families --------------------------------------------------------------------- */

static int psock_family_of(int family)
{
    if (family == AF_UNSPEC)
        return PSOCK_NONE;
    return family == AF_INET ? PSOCK_IPV4 : PSOCK_IPV6;
}

/* Makes an address of IPv4 one of IPv6 that stands for it. */
static int map(psock_address *address)
{
    unsigned char bytes[16] = {[10] = 0xff, [11] = 0xff};
    memcpy(bytes + 12, psock_address_bytes(address, NULL), 4);
    return psock_address_ipv6(bytes, 0, 0, address);
}

/* Makes a numeric address one of the family asked for, if it can be. */
static int fit(const struct addrinfo *hints, psock_address *address)
{
    int wanted = psock_family_of(hints->ai_family);
    int error = 0;
    if (wanted == PSOCK_IPV4)
        error = psock_address_unmap(address, address);
    if (wanted == PSOCK_NONE || wanted == psock_address_family(address))
        return psock_guest_eai(error);
    if (wanted == PSOCK_IPV4 || (hints->ai_flags & AI_V4MAPPED) == 0)
        return EAI_ADDRFAMILY;
    return psock_guest_eai(map(address));
}

/* --- Hosts ------------------------------------------------------------------------ */

/* No host: this machine, to connect to or to bind to. */
static int find_self(const struct addrinfo *hints, struct found *found)
{
    bool passive = (hints->ai_flags & AI_PASSIVE) != 0;
    int order[] = {passive ? PSOCK_IPV4 : PSOCK_IPV6,
                   passive ? PSOCK_IPV6 : PSOCK_IPV4};
    int wanted = psock_family_of(hints->ai_family);
    for (int i = 0; i < 2; i++) {
        psock_address *address = &found->addresses[found->count];
        if (wanted != PSOCK_NONE && wanted != order[i])
            continue;
        int error = passive ? psock_address_any(order[i], 0, address)
                            : psock_address_loopback(order[i], 0, address);
        found->count += error == 0;
    }
    return 0;
}

/* Adds what the host has in `family`; 0, or psock's error. */
static int ask(const char *host, int family, const struct addrinfo *hints,
               struct found *found)
{
    unsigned flags =
        (hints->ai_flags & AI_ADDRCONFIG) != 0 ? PSOCK_RESOLVE_CONFIGURED : 0;
    int result = psock_guest_look_up(host, family, flags, found->name,
                                     found->addresses + found->count,
                                     (size_t)(ADDRESSES_MAX - found->count));
    if (result < 0)
        return result;
    found->count += result;
    return 0;
}

static int ask_mapped(const char *host, const struct addrinfo *hints,
                      struct found *found)
{
    int first = found->count;
    int error = ask(host, PSOCK_IPV4, hints, found);
    for (int i = first; i < found->count && error == 0; i++)
        error = map(&found->addresses[i]);
    return error;
}

static int find_named(const char *host, const struct addrinfo *hints,
                      struct found *found)
{
    const int mapped = AI_V4MAPPED | AI_ALL;
    int error = ask(host, psock_family_of(hints->ai_family), hints, found);
    if (hints->ai_family == AF_INET6 && (hints->ai_flags & AI_V4MAPPED) != 0 &&
        (found->count == 0 || (hints->ai_flags & mapped) == mapped))
        error = ask_mapped(host, hints, found);
    return found->count > 0 ? 0 : psock_guest_eai(error);
}

static int find_host(const char *host, const struct addrinfo *hints,
                     struct found *found)
{
    found->count = 0;
    if (host == NULL)
        return find_self(hints, found);
    int numeric = psock_guest_numeric(host, &found->addresses[0]);
    if (numeric < 0)
        return numeric;
    if (numeric > 0) {
        found->count = 1;
        return fit(hints, &found->addresses[0]);
    }
    if ((hints->ai_flags & AI_NUMERICHOST) != 0)
        return EAI_NONAME;
    return find_named(host, hints, found);
}

/* --- Results ---------------------------------------------------------------------- */

/* Each is memory of its own, so that any part of a chain can be freed. */
struct node {
    struct addrinfo info;
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } address;
    char name[];
};

static struct addrinfo *new_node(const psock_address *address,
                                 const struct psock_guest_kind *kind, int flags,
                                 const char *name)
{
    size_t name_size = name == NULL ? 0 : strlen(name) + 1;
    struct node *node = calloc(1, sizeof *node + name_size);
    if (node == NULL)
        return NULL;
    node->info.ai_flags = flags;
    node->info.ai_socktype = kind->type;
    node->info.ai_protocol = kind->protocol;
    node->info.ai_addrlen = sizeof node->address;
    node->info.ai_addr = &node->address.any;
    psock_guest_address_out(address, &node->address.any,
                            &node->info.ai_addrlen);
    node->info.ai_family = node->address.any.sa_family;
    node->address.in.sin_port = htons(kind->port);
    if (name != NULL)
        node->info.ai_canonname = memcpy(node->name, name, name_size);
    return &node->info;
}

static int make_chain(const struct found *found,
                      const struct psock_guest_kinds *kinds, int flags,
                      const char *name, struct addrinfo **result)
{
    struct addrinfo *first = NULL;
    struct addrinfo **next = &first;
    for (int i = 0; i < found->count; i++) {
        for (int k = 0; k < kinds->count; k++) {
            *next = new_node(&found->addresses[i], &kinds->kind[k], flags,
                             next == &first ? name : NULL);
            if (*next == NULL) {
                freeaddrinfo(first);
                return EAI_MEMORY;
            }
            next = &(*next)->ai_next;
        }
    }
    *result = first;
    return 0;
}

void freeaddrinfo(struct addrinfo *result)
{
    while (result != NULL) {
        struct addrinfo *next = result->ai_next;
        free(result);
        result = next;
    }
}

/* --- getaddrinfo() ----------------------------------------------------------------- */

static const struct addrinfo default_hints = {.ai_flags =
                                                  AI_V4MAPPED | AI_ADDRCONFIG};

static int hints_error(const struct addrinfo *hints, const char *host)
{
    if ((hints->ai_flags & ~KNOWN_FLAGS) != 0)
        return EAI_BADFLAGS;
    if ((hints->ai_flags & AI_CANONNAME) != 0 && host == NULL)
        return EAI_BADFLAGS;
    if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET &&
        hints->ai_family != AF_INET6)
        return EAI_FAMILY;
    return 0;
}

/* "*" is as good as nothing. */
static const char *unless_any(const char *text)
{
    return text != NULL && strcmp(text, "*") == 0 ? NULL : text;
}

static const char *canonical_name(const char *host, const struct found *found)
{
    return found->name[0] == '\0' ? host : found->name;
}

int getaddrinfo(const char *host, const char *service,
                const struct addrinfo *hints, struct addrinfo **result)
{
    struct psock_guest_kinds kinds;
    struct found found = {.count = 0, .name = ""};
    host = unless_any(host);
    service = unless_any(service);
    if (host == NULL && service == NULL)
        return EAI_NONAME;
    if (hints == NULL)
        hints = &default_hints;
    int error = hints_error(hints, host);
    if (error == 0)
        error = psock_guest_find_kinds(service, hints, &kinds);
    if (error == 0)
        error = find_host(host, hints, &found);
    if (error != 0)
        return error;
    return make_chain(&found, &kinds, hints->ai_flags,
                      (hints->ai_flags & AI_CANONNAME) != 0
                          ? canonical_name(host, &found)
                          : NULL,
                      result);
}
