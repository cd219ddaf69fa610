/* multicast.c: who may be a member of what; arguments, and the one error that
 * systems have several names for. */
#include "policy.h"

/* What is asked for, taken together. */
struct change {
    enum psock_sys_membership kind;
    const psock_address *group;
    const psock_address *source; /* null where any will do */
    uint32_t interface_index;
};

static _Bool is_group(const psock_address *address)
{
    const unsigned kinds = PSOCK_ADDRESS_MULTICAST | PSOCK_ADDRESS_V4_MAPPED;
    return (psock_address_kind(address) & kinds) == PSOCK_ADDRESS_MULTICAST;
}

static _Bool is_source(const psock_address *address)
{
    const unsigned kinds =
        PSOCK_ADDRESS_MULTICAST | PSOCK_ADDRESS_BROADCAST | PSOCK_ADDRESS_ANY;
    return (psock_address_kind(address) & kinds) == 0;
}

/* A group's scope, where it has one, is the interface. */
static int scope_error(const struct change *change)
{
    const uint32_t scope = psock_address_scope(change->group);
    return scope == 0 || scope == change->interface_index ? 0 : PSOCK_EINVAL;
}

static int value_error(const struct change *change)
{
    if (!is_group(change->group))
        return PSOCK_EINVAL;
    if (change->source != NULL && !is_source(change->source))
        return PSOCK_EINVAL;
    return scope_error(change);
}

static int family_error(const struct change *change, int family)
{
    if (psock_address_family(change->group) != family)
        return PSOCK_EAFNOSUPPORT;
    if (change->source != NULL &&
        psock_address_family(change->source) != family)
        return PSOCK_EAFNOSUPPORT;
    return 0;
}

/* Only such sockets hear groups, whatever some systems pretend. */
static int kind_error(psock_t s, const struct change *change)
{
    int family = PSOCK_NONE;
    int type = 0;
    int error = psock_sys_kind(s, &family, &type);
    if (error < 0)
        return error;
    if (type != PSOCK_DATAGRAM && type != PSOCK_RAW)
        return PSOCK_EOPNOTSUPP;
    return family_error(change, family);
}

/* Whether there is an interface of that number, or none was named. */
static _Bool interface_exists(uint32_t interface_index)
{
    char name[PSOCK_SYS_SCOPE_NAME_SIZE];
    return interface_index == 0 || psock_sys_scope_name(interface_index, name);
}

/* Who is no member on an interface that is not there is told of the latter. */
static int apply(psock_t s, const struct change *change)
{
    int result = psock_sys_multicast(s, change->kind, change->group,
                                     change->source, change->interface_index);
    if (result == PSOCK_EADDRNOTAVAIL &&
        !interface_exists(change->interface_index))
        return PSOCK_ENODEV;
    return result;
}

static int check_and_apply(psock_t s, struct change change)
{
    if (change.interface_index == 0)
        change.interface_index = psock_address_scope(change.group);
    int error = kind_error(s, &change);
    if (error == 0)
        error = value_error(&change);
    return error < 0 ? error : apply(s, &change);
}

static int change_group(psock_t s, enum psock_sys_membership kind,
                        const psock_address *group, uint32_t interface_index)
{
    if (s < 0)
        return PSOCK_EBADF;
    if (group == NULL)
        return PSOCK_EFAULT;
    return check_and_apply(s,
                           (struct change){kind, group, NULL, interface_index});
}

static int change_source(psock_t s, enum psock_sys_membership kind,
                         const psock_address *group,
                         const psock_address *source, uint32_t interface_index)
{
    if (s < 0)
        return PSOCK_EBADF;
    if (group == NULL || source == NULL)
        return PSOCK_EFAULT;
    return check_and_apply(
        s, (struct change){kind, group, source, interface_index});
}

int psock_multicast_join(psock_t s, const psock_address *group,
                         uint32_t interface_index)
{
    return change_group(s, PSOCK_SYS_JOIN, group, interface_index);
}

int psock_multicast_leave(psock_t s, const psock_address *group,
                          uint32_t interface_index)
{
    return change_group(s, PSOCK_SYS_LEAVE, group, interface_index);
}

int psock_multicast_join_source(psock_t s, const psock_address *group,
                                const psock_address *source,
                                uint32_t interface_index)
{
    return change_source(s, PSOCK_SYS_JOIN_SOURCE, group, source,
                         interface_index);
}

int psock_multicast_leave_source(psock_t s, const psock_address *group,
                                 const psock_address *source,
                                 uint32_t interface_index)
{
    return change_source(s, PSOCK_SYS_LEAVE_SOURCE, group, source,
                         interface_index);
}

int psock_multicast_block_source(psock_t s, const psock_address *group,
                                 const psock_address *source,
                                 uint32_t interface_index)
{
    return change_source(s, PSOCK_SYS_BLOCK_SOURCE, group, source,
                         interface_index);
}

int psock_multicast_unblock_source(psock_t s, const psock_address *group,
                                   const psock_address *source,
                                   uint32_t interface_index)
{
    return change_source(s, PSOCK_SYS_UNBLOCK_SOURCE, group, source,
                         interface_index);
}
