/* numeric.c: hosts that are numbers already, in all the forms that are read. */
#include "names.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

/* Interface names belong to addresses of one link only. */
static bool has_link(const struct in6_addr *address)
{
    return IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MC_LINKLOCAL(address);
}

/* Decimal, of 32 bits. */
static bool read_scope_number(const char *text, uint32_t *scope)
{
    uint64_t number = 0;
    const char *start = text;
    for (; *text >= '0' && *text <= '9'; text++) {
        number = number * 10 + (uint64_t)(*text - '0');
        if (number > UINT32_MAX)
            return false;
    }
    *scope = (uint32_t)number;
    return text > start && *text == '\0';
}

static bool read_scope(const char *text, const struct in6_addr *address,
                       uint32_t *scope)
{
    *scope = has_link(address) ? if_nametoindex(text) : 0;
    return *scope != 0 || read_scope_number(text, scope);
}

/* Cuts `text` before its '%'; false where that is no address anyway. */
static bool copy_until_scope(const char *text, char *copy, size_t size)
{
    size_t length = strcspn(text, "%");
    if (length >= size)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return true;
}

static int read_ipv6(const char *text, psock_address *out)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr address;
    uint32_t scope = 0;
    if (!copy_until_scope(text, copy, sizeof copy) ||
        inet_pton(AF_INET6, copy, &address) != 1)
        return 0;
    const char *percent = strchr(text, '%');
    if (percent != NULL && !read_scope(percent + 1, &address, &scope))
        return EAI_NONAME;
    return psock_address_ipv6(address.s6_addr, 0, scope, out) == 0;
}

int psock_guest_numeric(const char *text, psock_address *out)
{
    uint32_t address;
    unsigned char bytes[sizeof address];
    const char *end;
    if (!psock_guest_aton(text, &address, &end) || *end != '\0')
        return read_ipv6(text, out);
    memcpy(bytes, &address, sizeof bytes);
    return psock_address_ipv4(bytes, 0, out) == 0;
}
