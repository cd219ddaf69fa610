/* sys_fake_multicast.c: what src/posix/sys_multicast.c has, from the script. */
#include "sys_fake.h"

static struct call multicast_call(psock_t s, enum psock_sys_membership change,
                                  const psock_address *group,
                                  const psock_address *source,
                                  uint32_t interface_index)
{
    struct call call = FAKE_CALL("multicast", s, (int64_t)change,
                                 interface_index, source != NULL);
    call.address = *group;
    if (source != NULL)
        call.second = *source;
    return call;
}

void expect_multicast(psock_t s, enum psock_sys_membership change,
                      const psock_address *group, const psock_address *source,
                      uint32_t interface_index, struct answer answer)
{
    fake_expect(multicast_call(s, change, group, source, interface_index),
                answer);
}

static _Bool is_group(const psock_address *address)
{
    return (psock_address_kind(address) & PSOCK_ADDRESS_MULTICAST) != 0;
}

/* The source of a group: somebody, of the group's family. */
static _Bool is_source(const psock_address *address, const psock_address *group)
{
    const unsigned nobody = PSOCK_ADDRESS_MULTICAST | PSOCK_ADDRESS_ANY;
    return psock_address_family(address) == psock_address_family(group) &&
           (psock_address_kind(address) & nobody) == 0;
}

static void require_membership(enum psock_sys_membership change,
                               const psock_address *group,
                               const psock_address *source)
{
    const _Bool is_from_any =
        change == PSOCK_SYS_JOIN || change == PSOCK_SYS_LEAVE;
    fake_require(change <= PSOCK_SYS_UNBLOCK_SOURCE);
    fake_require(group != NULL && is_group(group));
    fake_require((source == NULL) == is_from_any);
    fake_require(source == NULL || is_source(source, group));
}

int psock_sys_multicast(psock_t s, enum psock_sys_membership change,
                        const psock_address *group, const psock_address *source,
                        uint32_t interface_index)
{
    require_membership(change, group, source);
    return (int)fake_answer(
               multicast_call(s, change, group, source, interface_index))
        .result;
}
