/* sys_fake_address.c: addresses in a representation that no system has.
 *
 * family, port (two bytes), scope (four bytes), then the address proper.  Only
 * the names of scopes are asked of the system, so only they are scripted. */
#include "sys_fake.h"

#include <string.h>

enum {
    FAMILY_AT = 0,
    PORT_AT = 1,
    SCOPE_AT = 3,
    BYTES_AT = 7
};

static void store(int family, const void *bytes, size_t length,
                  psock_address *address)
{
    fake_require(length <= sizeof address->storage.bytes - BYTES_AT);
    memset(address, 0, sizeof *address);
    address->storage.bytes[FAMILY_AT] = (unsigned char)family;
    if (length > 0)
        memcpy(address->storage.bytes + BYTES_AT, bytes, length);
    address->length = (uint32_t)(BYTES_AT + length);
}

void psock_sys_address_ipv4(const unsigned char bytes[4], uint16_t port,
                            psock_address *address)
{
    psock_address made;
    store(PSOCK_IPV4, bytes, 4, &made);
    memcpy(made.storage.bytes + PORT_AT, &port, sizeof port);
    *address = made;
}

void psock_sys_address_ipv6(const unsigned char bytes[16], uint16_t port,
                            uint32_t scope, psock_address *address)
{
    psock_address made;
    store(PSOCK_IPV6, bytes, 16, &made);
    memcpy(made.storage.bytes + PORT_AT, &port, sizeof port);
    memcpy(made.storage.bytes + SCOPE_AT, &scope, sizeof scope);
    *address = made;
}

static _Bool has_abstract_names;

void fake_set_abstract_names(_Bool has)
{
    has_abstract_names = has;
}

int psock_sys_address_unix(const char *path, size_t length,
                           psock_address *address)
{
    const _Bool is_abstract = length > 0 && path[0] == '\0';
    fake_require(length <= PSOCK_ADDRESS_PATH_MAX + (size_t)is_abstract);
    fake_require(is_abstract || memchr(path, 0, length) == NULL);
    if (is_abstract && !has_abstract_names)
        return PSOCK_ENOTSUP;
    store(PSOCK_UNIX, path, length, address);
    return 0;
}

/* The lengths that an address of a family has. */
static _Bool is_well_formed(int family, size_t length)
{
    switch (family) {
    case PSOCK_IPV4:
        return length == 4;
    case PSOCK_IPV6:
        return length == 16;
    default:
        return family == PSOCK_UNIX;
    }
}

void psock_sys_address_view(const psock_address *address,
                            struct psock_address_view *view)
{
    const unsigned char *bytes = address->storage.bytes;
    const size_t length = address->length - (size_t)BYTES_AT;
    *view = (struct psock_address_view){.family = PSOCK_NONE};
    if (address->length < BYTES_AT ||
        address->length > sizeof address->storage.bytes ||
        !is_well_formed(bytes[FAMILY_AT], length))
        return;
    view->family = bytes[FAMILY_AT];
    memcpy(&view->port, bytes + PORT_AT, sizeof view->port);
    memcpy(&view->scope, bytes + SCOPE_AT, sizeof view->scope);
    view->length = length;
    view->bytes = length > 0 ? bytes + BYTES_AT : NULL;
}

void psock_sys_address_set_port(psock_address *address, uint16_t port)
{
    int family = address->storage.bytes[FAMILY_AT];
    fake_require(family == PSOCK_IPV4 || family == PSOCK_IPV6);
    memcpy(address->storage.bytes + PORT_AT, &port, sizeof port);
}

/* --- Scopes --------------------------------------------------------------- */

static struct call scope_index_call(const char *name)
{
    return (struct call){.name = "scope_index", .text = name};
}

static struct call scope_name_call(uint32_t index)
{
    return FAKE_CALL("scope_name", index);
}

void expect_scope_index(const char *name, struct answer answer)
{
    fake_expect(scope_index_call(name), answer);
}

void expect_scope_name(uint32_t index, struct answer answer)
{
    fake_expect(scope_name_call(index), answer);
}

uint32_t psock_sys_scope_index(const char *name)
{
    fake_require(name != NULL);
    return (uint32_t)fake_answer(scope_index_call(name)).result;
}

_Bool psock_sys_scope_name(uint32_t index, char *name)
{
    fake_require(name != NULL);
    struct answer answer = fake_answer(scope_name_call(index));
    if (answer.data == NULL)
        return 0;
    fake_require(strlen(answer.data) < PSOCK_SYS_SCOPE_NAME_SIZE);
    memcpy(name, answer.data, strlen(answer.data) + 1);
    return 1;
}
