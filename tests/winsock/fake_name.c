/* fake_name.c: addresses, and which sockets they reach.
 *
 * This machine has 127.0.0.0/8, ::1, 192.0.2.10 and 2001:db8::10.  To compare,
 * an IPv4 address is taken as the IPv4-mapped IPv6 address it is. */
#include "fake_world.h"

#include <stdio.h>
#include <string.h>

struct place {
    unsigned char bytes[16];
    u_short port;
};

static const unsigned char mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};
static const unsigned char machine_ipv4[4] = {192, 0, 2, 10};
static const unsigned char machine_ipv6[16] = {0x20, 0x01, 0x0d,
                                               0xb8, [15] = 0x10};
static const unsigned char loopback_ipv6[16] = {[15] = 1};

static int family_of(const struct fake_name *name)
{
    return name->length == 0 ? AF_UNSPEC : name->storage.ss_family;
}

static int least_length(int family)
{
    switch (family) {
    case AF_INET:
        return sizeof(struct sockaddr_in);
    case AF_INET6:
        return sizeof(struct sockaddr_in6);
    default:
        return (int)offsetof(struct sockaddr_un, sun_path) + 1;
    }
}

int fake_name_error(const struct fake_object *s, const struct sockaddr *name,
                    int length)
{
    if (name == NULL || length < least_length(s->family))
        return WSAEFAULT;
    return name->sa_family == s->family ? 0 : WSAEAFNOSUPPORT;
}

/* Keeps the family's own length, whatever the caller's buffer. */
struct fake_name fake_name_of(const struct sockaddr *name, int length)
{
    struct fake_name copy = {.length = sizeof(struct sockaddr_un)};
    if (name->sa_family != AF_UNIX)
        copy.length = least_length(name->sa_family);
    if (length > copy.length)
        length = copy.length;
    memcpy(&copy.storage, name, (size_t)length);
    return copy;
}

struct fake_name fake_any_name(int family)
{
    struct fake_name name = {.length = least_length(family)};
    ((struct sockaddr *)&name.storage)->sa_family = (u_short)family;
    if (family == AF_UNIX)
        name.length = sizeof(struct sockaddr_un);
    return name;
}

static struct sockaddr_in *ipv4_of(struct fake_name *name)
{
    return (struct sockaddr_in *)&name->storage;
}

static struct sockaddr_in6 *ipv6_of(struct fake_name *name)
{
    return (struct sockaddr_in6 *)&name->storage;
}

static struct place place_of(const struct fake_name *name)
{
    struct fake_name copy = *name;
    struct place place = {.port = 0};
    if (family_of(name) == AF_INET) {
        memcpy(place.bytes, mapped_prefix, sizeof mapped_prefix);
        memcpy(place.bytes + 12, &ipv4_of(&copy)->sin_addr, 4);
        place.port = ntohs(ipv4_of(&copy)->sin_port);
    } else if (family_of(name) == AF_INET6) {
        memcpy(place.bytes, &ipv6_of(&copy)->sin6_addr, 16);
        place.port = ntohs(ipv6_of(&copy)->sin6_port);
    }
    return place;
}

static _Bool is_mapped(const struct place *place)
{
    return memcmp(place->bytes, mapped_prefix, sizeof mapped_prefix) == 0;
}

static _Bool all_zero(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != 0)
            return 0;
    return 1;
}

static _Bool place_is_any(const struct place *place)
{
    return is_mapped(place) ? all_zero(place->bytes + 12, 4)
                            : all_zero(place->bytes, 16);
}

static _Bool is_loopback(const struct place *place)
{
    if (is_mapped(place))
        return place->bytes[12] == 127;
    return memcmp(place->bytes, loopback_ipv6, 16) == 0;
}

_Bool fake_is_unnamed(const struct fake_name *name)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&name->storage;
    return family_of(name) == AF_UNIX && un->sun_path[0] == '\0';
}

_Bool fake_is_mapped(const struct fake_name *name)
{
    const struct place place = place_of(name);
    return family_of(name) == AF_INET6 && is_mapped(&place);
}

_Bool fake_is_any(const struct fake_name *name)
{
    const struct place place = place_of(name);
    return family_of(name) != AF_UNIX && place_is_any(&place);
}

_Bool fake_is_local(const struct fake_name *name)
{
    const struct place place = place_of(name);
    if (is_loopback(&place))
        return 1;
    return is_mapped(&place) ? memcmp(place.bytes + 12, machine_ipv4, 4) == 0
                             : memcmp(place.bytes, machine_ipv6, 16) == 0;
}

_Bool fake_is_broadcast(const struct fake_name *name)
{
    static const unsigned char all_ones[4] = {255, 255, 255, 255};
    const struct place place = place_of(name);
    return is_mapped(&place) && memcmp(place.bytes + 12, all_ones, 4) == 0;
}

_Bool fake_is_group(const struct fake_name *name)
{
    const struct place place = place_of(name);
    if (is_mapped(&place))
        return place.bytes[12] >> 4 == 14 || fake_is_broadcast(name);
    return place.bytes[0] == 0xff;
}

u_short fake_port(const struct fake_name *name)
{
    return place_of(name).port;
}

void fake_set_port(struct fake_name *name, u_short port)
{
    if (family_of(name) == AF_INET)
        ipv4_of(name)->sin_port = htons(port);
    else if (family_of(name) == AF_INET6)
        ipv6_of(name)->sin6_port = htons(port);
}

static _Bool same_path(const struct fake_name *a, const struct fake_name *b)
{
    return memcmp(&a->storage, &b->storage, sizeof(struct sockaddr_un)) == 0;
}

_Bool fake_same_place(const struct fake_name *a, const struct fake_name *b)
{
    const struct place one = place_of(a);
    const struct place other = place_of(b);
    if (family_of(a) == AF_UNIX || family_of(b) == AF_UNIX)
        return family_of(a) == family_of(b) && same_path(a, b);
    return one.port == other.port && memcmp(one.bytes, other.bytes, 16) == 0;
}

/* `place` as a socket of `family` tells it. */
static struct fake_name name_of_place(int family, const struct place *place)
{
    struct fake_name name = fake_any_name(family);
    if (family == AF_INET)
        memcpy(&ipv4_of(&name)->sin_addr, place->bytes + 12, 4);
    else
        memcpy(&ipv6_of(&name)->sin6_addr, place->bytes, 16);
    fake_set_port(&name, place->port);
    return name;
}

struct fake_name fake_name_for(int family, const struct fake_name *name)
{
    const struct place place = place_of(name);
    if (family == AF_UNIX || family_of(name) == family)
        return *name;
    return name_of_place(family, &place);
}

/* The address of this machine from which `remote` is reached; port 0. */
struct fake_name fake_source_for(int family, const struct fake_name *remote)
{
    struct place place = place_of(remote);
    place.port = 0;
    if (family == AF_UNIX)
        return fake_any_name(family);
    if (!is_loopback(&place) && is_mapped(&place))
        memcpy(place.bytes + 12, machine_ipv4, 4);
    else if (!is_loopback(&place))
        memcpy(place.bytes, machine_ipv6, 16);
    return name_of_place(family, &place);
}

static int match_any(const struct fake_object *s, const struct place *bound,
                     const struct place *to)
{
    if (is_mapped(bound))
        return is_mapped(to) ? 2 : 0;
    if (is_mapped(to))
        return s->numbers[FAKE_V6_ONLY] ? 0 : 1;
    return 2;
}

int fake_match(const struct fake_object *s, const struct fake_name *to)
{
    const struct place bound = place_of(&s->local);
    const struct place place = place_of(to);
    if (s->kind != FAKE_SOCKET || s->local.length == 0)
        return 0;
    if (s->family == AF_UNIX || family_of(to) == AF_UNIX)
        return family_of(to) == s->family && fake_unix_is_at(s, to) ? 3 : 0;
    if (fake_same_place(&s->local, to))
        return 3;
    if (bound.port != place.port || !place_is_any(&bound))
        return 0;
    return match_any(s, &bound, &place);
}

int fake_copy_name(const struct fake_name *name, struct sockaddr *to,
                   int *length)
{
    if (fake_is_unnamed(name))
        return fake_unix_tell_unnamed(to, length);
    if (to == NULL || length == NULL || *length < name->length)
        return WSAEFAULT;
    memcpy(to, &name->storage, (size_t)name->length);
    *length = name->length;
    return 0;
}

static const char *ipv6_text(const unsigned char *bytes, char *text,
                             size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < 16; i += 2)
        length += (size_t)snprintf(text + length, size - length, "%s%x",
                                   i == 0 ? "" : ":",
                                   (unsigned)(bytes[i] << 8 | bytes[i + 1]));
    return text;
}

/* For the record; good until the next call of the thread. */
const char *fake_name_text(const struct sockaddr *name, int length)
{
    static _Thread_local char text[64];
    char inner[48];
    if (name == NULL)
        return "null";
    if (length < least_length(name->sa_family) ||
        (name->sa_family != AF_INET && name->sa_family != AF_INET6)) {
        snprintf(text, sizeof text, "family %u", (unsigned)name->sa_family);
        return text;
    }
    const struct fake_name copy = fake_name_of(name, length);
    const struct place place = place_of(&copy);
    if (name->sa_family == AF_INET)
        snprintf(inner, sizeof inner, "%u.%u.%u.%u", place.bytes[12],
                 place.bytes[13], place.bytes[14], place.bytes[15]);
    else
        ipv6_text(place.bytes, inner, sizeof inner);
    snprintf(text, sizeof text,
             name->sa_family == AF_INET ? "%s:%u" : "[%s]:%u", inner,
             (unsigned)place.port);
    return text;
}
