/* fake_group.c: members of multicast groups.
 *
 * What is refused, and how, is as Microsoft documents it ("Multicast Socket Option
 * Behavior"); reports have another code for a second membership, for which there
 * is a script.  A member hears what is sent to its own groups and to no other
 * socket's, unless it does not want what comes from this machine. */
#include "fake_option.h"

#include <stdlib.h>
#include <string.h>

#define SOURCES_MAX 8
#define INTERFACE_INDEX 1 /* there is one */
#define LOOPBACK_ADDRESS 0x7f000001u

struct fake_member {
    struct fake_member *next;
    struct fake_name group;
    _Bool named; /* from the sources, else from all but these */
    size_t source_count;
    struct fake_name sources[SOURCES_MAX];
};

/* What is asked for. */
struct wish {
    int name;
    ULONG interface_index;
    struct fake_name group;
    struct fake_name source;
};

void fake_drop_members(struct fake_object *s)
{
    while (s->members != NULL) {
        struct fake_member *first = s->members;
        s->members = first->next;
        free(first);
    }
}

static struct fake_member *find_member(const struct fake_object *s,
                                       const struct fake_name *group)
{
    struct fake_member *each = s->members;
    while (each != NULL && !fake_same_place(&each->group, group))
        each = each->next;
    return each;
}

static size_t find_source(const struct fake_member *member,
                          const struct fake_name *source)
{
    size_t i = 0;
    while (i < member->source_count &&
           !fake_same_place(&member->sources[i], source))
        i++;
    return i;
}

/* --- Changes ----------------------------------------------------------------- */

static struct fake_member *add_member(struct fake_object *s,
                                      const struct fake_name *group)
{
    struct fake_member *member = calloc(1, sizeof *member);
    member->group = *group;
    member->next = s->members;
    s->members = member;
    return member;
}

static void remove_member(struct fake_object *s, struct fake_member *member)
{
    struct fake_member **link = &s->members;
    while (*link != member)
        link = &(*link)->next;
    *link = member->next;
    free(member);
}

static int add_source(struct fake_member *member,
                      const struct fake_name *source)
{
    if (find_source(member, source) < member->source_count)
        return fake_script.second_membership;
    if (member->source_count == SOURCES_MAX)
        return WSAENOBUFS;
    member->sources[member->source_count++] = *source;
    return 0;
}

static int remove_source(struct fake_member *member,
                         const struct fake_name *source)
{
    const size_t place = find_source(member, source);
    if (place == member->source_count)
        return WSAEINVAL;
    member->sources[place] = member->sources[--member->source_count];
    return 0;
}

static int join(struct fake_object *s, const struct wish *wish)
{
    if (find_member(s, &wish->group) != NULL)
        return fake_script.second_membership;
    add_member(s, &wish->group);
    return 0;
}

static int leave(struct fake_object *s, const struct wish *wish)
{
    struct fake_member *member = find_member(s, &wish->group);
    if (member == NULL)
        return WSAEINVAL;
    remove_member(s, member);
    return 0;
}

static int join_source(struct fake_object *s, const struct wish *wish)
{
    struct fake_member *member = find_member(s, &wish->group);
    if (member != NULL && !member->named)
        return fake_script.second_membership;
    if (member == NULL)
        member = add_member(s, &wish->group);
    member->named = 1;
    return add_source(member, &wish->source);
}

static int leave_source(struct fake_object *s, const struct wish *wish)
{
    struct fake_member *member = find_member(s, &wish->group);
    if (member == NULL || !member->named)
        return WSAEINVAL;
    int error = remove_source(member, &wish->source);
    if (member->source_count == 0)
        remove_member(s, member);
    return error;
}

static int block(struct fake_object *s, const struct wish *wish)
{
    struct fake_member *member = find_member(s, &wish->group);
    return member == NULL || member->named ? WSAEINVAL
                                           : add_source(member, &wish->source);
}

static int unblock(struct fake_object *s, const struct wish *wish)
{
    struct fake_member *member = find_member(s, &wish->group);
    return member == NULL || member->named
               ? WSAEINVAL
               : remove_source(member, &wish->source);
}

/* --- Reading what is asked for ----------------------------------------------- */

static int read_name(const struct fake_object *s, const void *storage,
                     struct fake_name *name)
{
    const struct sockaddr *given = storage;
    if (given->sa_family != s->family)
        return WSAEINVAL;
    *name = fake_name_of(given, sizeof(struct sockaddr_storage));
    if (fake_port(name) != 0)
        fake_complain("#%u joins a group with a port", s->id);
    return 0;
}

static int read_group_request(const struct fake_object *s, const char *value,
                              int length, struct wish *wish)
{
    GROUP_REQ request;
    if (length < (int)sizeof request)
        return WSAEFAULT;
    memcpy(&request, value, sizeof request);
    wish->interface_index = request.gr_interface;
    return read_name(s, &request.gr_group, &wish->group);
}

static int read_source_request(const struct fake_object *s, const char *value,
                               int length, struct wish *wish)
{
    GROUP_SOURCE_REQ request;
    if (length < (int)sizeof request)
        return WSAEFAULT;
    memcpy(&request, value, sizeof request);
    wish->interface_index = request.gsr_interface;
    int error = read_name(s, &request.gsr_group, &wish->group);
    return error != 0 ? error
                      : read_name(s, &request.gsr_source, &wish->source);
}

/* An interface goes by its address, or by its number as 0.x.y.z. */
static ULONG index_of(const struct in_addr *address)
{
    const ULONG number = ntohl(address->s_addr);
    if (number == LOOPBACK_ADDRESS)
        return INTERFACE_INDEX;
    return number >> 24 == 0 ? number : (ULONG)-1;
}

static int read_old_request_4(const char *value, int length, struct wish *wish)
{
    struct ip_mreq request;
    struct sockaddr_in group;
    if (length < (int)sizeof request)
        return WSAEFAULT;
    memcpy(&request, value, sizeof request);
    memset(&group, 0, sizeof group);
    group.sin_family = AF_INET;
    group.sin_addr = request.imr_multiaddr;
    wish->interface_index = index_of(&request.imr_interface);
    wish->group = fake_name_of((struct sockaddr *)&group, sizeof group);
    return 0;
}

static int read_old_request_6(const char *value, int length, struct wish *wish)
{
    struct ipv6_mreq request;
    struct sockaddr_in6 group;
    if (length < (int)sizeof request)
        return WSAEFAULT;
    memcpy(&request, value, sizeof request);
    memset(&group, 0, sizeof group);
    group.sin6_family = AF_INET6;
    group.sin6_addr = request.ipv6mr_multiaddr;
    wish->interface_index = request.ipv6mr_interface;
    wish->group = fake_name_of((struct sockaddr *)&group, sizeof group);
    return 0;
}

static int read_wish(const struct fake_object *s, const char *value, int length,
                     struct wish *wish)
{
    switch (wish->name) {
    case IP_ADD_MEMBERSHIP: /* IPv6's names have the same numbers */
    case IP_DROP_MEMBERSHIP:
        return s->family == AF_INET ? read_old_request_4(value, length, wish)
                                    : read_old_request_6(value, length, wish);
    case MCAST_JOIN_GROUP:
    case MCAST_LEAVE_GROUP:
        return read_group_request(s, value, length, wish);
    default:
        return read_source_request(s, value, length, wish);
    }
}

static int wish_error(const struct fake_object *s, const struct wish *wish)
{
    if (wish->interface_index > INTERFACE_INDEX)
        return WSAEADDRNOTAVAIL;
    if (fake_script.binding_before_joining && s->local.length == 0)
        return WSAEINVAL;
    return fake_is_group(&wish->group) && !fake_is_broadcast(&wish->group)
               ? 0
               : WSAEINVAL;
}

static const struct {
    int name;
    int (*body)(struct fake_object *s, const struct wish *wish);
} changes[] = {
    {IP_ADD_MEMBERSHIP, join},
    {IP_DROP_MEMBERSHIP, leave},
    {MCAST_JOIN_GROUP, join},
    {MCAST_LEAVE_GROUP, leave},
    {MCAST_JOIN_SOURCE_GROUP, join_source},
    {MCAST_LEAVE_SOURCE_GROUP, leave_source},
    {MCAST_BLOCK_SOURCE, block},
    {MCAST_UNBLOCK_SOURCE, unblock},
};

int fake_change_membership(struct fake_object *s, int name, const char *value,
                           int length)
{
    struct wish wish = {.name = name};
    const _Bool is_request =
        name >= MCAST_JOIN_GROUP && name <= MCAST_LEAVE_SOURCE_GROUP;
    if (is_request && fake_script.no_group_requests)
        return WSAENOPROTOOPT;
    int error = read_wish(s, value, length, &wish);
    if (error == 0)
        error = wish_error(s, &wish);
    for (size_t i = 0; error == 0 && i < sizeof changes / sizeof *changes; i++)
        if (changes[i].name == name)
            return changes[i].body(s, &wish);
    return error;
}

/* --- Who hears what ------------------------------------------------------------ */

static _Bool takes_from_this_machine(struct fake_object *s)
{
    const struct fake_option *option =
        s->family == AF_INET
            ? fake_find_option(IPPROTO_IP, IP_MULTICAST_LOOP)
            : fake_find_option(IPPROTO_IPV6, IPV6_MULTICAST_LOOP);
    return *fake_number_of(s, option) != 0;
}

_Bool fake_hears(struct fake_object *s, const struct fake_name *to,
                 const struct fake_name *from)
{
    struct fake_name group = *to;
    struct fake_name source = *from;
    fake_set_port(&group, 0);
    fake_set_port(&source, 0);
    const struct fake_member *member = find_member(s, &group);
    if (member == NULL || fake_match(s, to) == 0 || !takes_from_this_machine(s))
        return 0;
    return (find_source(member, &source) < member->source_count) ==
           member->named;
}

/* --- The addresses of interfaces ------------------------------------------------ */

static DWORD WINAPI list_addresses(MIB_IPADDRTABLE *table, ULONG *size,
                                   BOOL sorted)
{
    struct fake_visit visit;
    const ULONG needed = sizeof *table;
    int error = fake_enter(&visit, FAKE_GetIpAddrTable, "room %d sorted %d",
                           (int)*size, (int)sorted);
    if (error == 0 && (table == NULL || *size < needed)) {
        *size = needed;
        error = ERROR_INSUFFICIENT_BUFFER;
    }
    if (error == 0) {
        memset(table, 0, needed);
        table->dwNumEntries = 1;
        table->table[0].dwAddr = htonl(LOOPBACK_ADDRESS);
        table->table[0].dwIndex = INTERFACE_INDEX;
    }
    fake_leave_bool(&visit, error);
    return (DWORD)error;
}

void fake_install_groups(struct psock_winsock_table *table)
{
    table->GetIpAddrTable = list_addresses;
}
