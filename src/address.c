/* address.c: addresses as values: making them, looking inside, comparing. */
#include <string.h>

#include "policy.h"

/* Takes `address` apart; a null one is no address. */
static struct psock_address_view look(const psock_address *address)
{
    struct psock_address_view view = {.family = PSOCK_NONE};
    if (address != NULL)
        psock_sys_address_view(address, &view);
    return view;
}

/* Those that make an address copy what they are given first: it may lie inside
 * the address that they make. */

int psock_address_ipv4(const unsigned char bytes[4], uint16_t port,
                       psock_address *address)
{
    if (bytes == NULL || address == NULL)
        return PSOCK_EFAULT;
    unsigned char copy[4];
    memcpy(copy, bytes, sizeof copy);
    psock_sys_address_ipv4(copy, port, address);
    return 0;
}

int psock_address_ipv6(const unsigned char bytes[16], uint16_t port,
                       uint32_t scope, psock_address *address)
{
    if (bytes == NULL || address == NULL)
        return PSOCK_EFAULT;
    unsigned char copy[16];
    memcpy(copy, bytes, sizeof copy);
    psock_sys_address_ipv6(copy, port, scope, address);
    return 0;
}

/* What is wrong with a path or an abstract name on any system, or 0. */
static int path_error(const char *path, size_t length)
{
    const size_t is_abstract = length > 0 && path[0] == '\0';
    if (length - is_abstract > PSOCK_ADDRESS_PATH_MAX)
        return PSOCK_ENAMETOOLONG;
    if (!is_abstract && memchr(path, 0, length) != NULL)
        return PSOCK_EINVAL;
    return 0;
}

int psock_address_unix(const char *path, size_t length, psock_address *address)
{
    if (path == NULL || address == NULL)
        return PSOCK_EFAULT;
    int error = path_error(path, length);
    if (error != 0)
        return error;
    char copy[1 + PSOCK_ADDRESS_PATH_MAX];
    memcpy(copy, path, length);
    return psock_sys_address_unix(copy, length, address);
}

/* Makes the address of `family` that is all zero bytes but for these. */
static int make_special(int family, unsigned char first, unsigned char last,
                        uint16_t port, psock_address *address)
{
    const unsigned char ipv4[4] = {first, 0, 0, last};
    const unsigned char ipv6[16] = {[15] = last};
    if (address == NULL)
        return PSOCK_EFAULT;
    if (family == PSOCK_IPV4)
        return psock_address_ipv4(ipv4, port, address);
    if (family == PSOCK_IPV6)
        return psock_address_ipv6(ipv6, port, 0, address);
    return PSOCK_EAFNOSUPPORT;
}

int psock_address_any(int family, uint16_t port, psock_address *address)
{
    return make_special(family, 0, 0, port, address);
}

int psock_address_loopback(int family, uint16_t port, psock_address *address)
{
    return make_special(family, 127, 1, port, address);
}

static const unsigned char v4_mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

static _Bool is_v4_mapped(const struct psock_address_view *view)
{
    return view->family == PSOCK_IPV6 &&
           memcmp(view->bytes, v4_mapped_prefix, sizeof v4_mapped_prefix) == 0;
}

int psock_address_unmap(const psock_address *from, psock_address *to)
{
    if (from == NULL || to == NULL)
        return PSOCK_EFAULT;
    const struct psock_address_view view = look(from);
    if (!is_v4_mapped(&view)) {
        *to = *from;
        return 0;
    }
    return psock_address_ipv4(view.bytes + 12, view.port, to);
}

int psock_address_family(const psock_address *address)
{
    return look(address).family;
}

uint16_t psock_address_port(const psock_address *address)
{
    return look(address).port;
}

int psock_address_set_port(psock_address *address, uint16_t port)
{
    if (address == NULL)
        return PSOCK_EFAULT;
    const int family = look(address).family;
    if (!psock_is_internet(family))
        return PSOCK_EAFNOSUPPORT;
    psock_sys_address_set_port(address, port);
    return 0;
}

uint32_t psock_address_scope(const psock_address *address)
{
    return look(address).scope;
}

const unsigned char *psock_address_bytes(const psock_address *address,
                                         size_t *length)
{
    const struct psock_address_view view = look(address);
    if (length != NULL)
        *length = view.length;
    return view.bytes;
}

/* A block of addresses and what those in it are. */
struct block {
    unsigned char first[16];
    unsigned bits;
    unsigned kind;
};

static const struct block ipv4_blocks[] = {
    {{0, 0, 0, 0}, 32, PSOCK_ADDRESS_ANY},
    {{127}, 8, PSOCK_ADDRESS_LOOPBACK},
    {{169, 254}, 16, PSOCK_ADDRESS_LINK_LOCAL},
    {{10}, 8, PSOCK_ADDRESS_PRIVATE},
    {{172, 16}, 12, PSOCK_ADDRESS_PRIVATE},
    {{192, 168}, 16, PSOCK_ADDRESS_PRIVATE},
    {{224}, 4, PSOCK_ADDRESS_MULTICAST},
    {{255, 255, 255, 255}, 32, PSOCK_ADDRESS_BROADCAST},
    {{192, 0, 2}, 24, PSOCK_ADDRESS_DOCUMENTATION},
    {{198, 51, 100}, 24, PSOCK_ADDRESS_DOCUMENTATION},
    {{203, 0, 113}, 24, PSOCK_ADDRESS_DOCUMENTATION},
};

static const struct block ipv6_blocks[] = {
    {{0}, 128, PSOCK_ADDRESS_ANY},
    {{[15] = 1}, 128, PSOCK_ADDRESS_LOOPBACK},
    {{0xfe, 0x80}, 10, PSOCK_ADDRESS_LINK_LOCAL},
    {{0xfc}, 7, PSOCK_ADDRESS_PRIVATE},
    {{0xff}, 8, PSOCK_ADDRESS_MULTICAST},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, PSOCK_ADDRESS_DOCUMENTATION},
    {{0x3f, 0xff}, 20, PSOCK_ADDRESS_DOCUMENTATION},
};

/* Whether the first `bits` bits of `a` and `b` are the same. */
static _Bool same_bits(const unsigned char *a, const unsigned char *b,
                       unsigned bits)
{
    const unsigned whole = bits / 8;
    const unsigned rest = bits % 8;
    if (memcmp(a, b, whole) != 0)
        return 0;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/* The blocks of a family do not overlap. */
static unsigned kind_in(const struct block *blocks, size_t count,
                        const unsigned char *bytes)
{
    for (size_t i = 0; i < count; i++)
        if (same_bits(bytes, blocks[i].first, blocks[i].bits))
            return blocks[i].kind;
    return 0;
}

static unsigned ipv4_kind(const unsigned char *bytes)
{
    return kind_in(ipv4_blocks, sizeof ipv4_blocks / sizeof *ipv4_blocks,
                   bytes);
}

static unsigned ipv6_kind(const struct psock_address_view *view)
{
    if (is_v4_mapped(view))
        return PSOCK_ADDRESS_V4_MAPPED | ipv4_kind(view->bytes + 12);
    return kind_in(ipv6_blocks, sizeof ipv6_blocks / sizeof *ipv6_blocks,
                   view->bytes);
}

static unsigned unix_kind(const struct psock_address_view *view)
{
    if (view->length == 0)
        return PSOCK_ADDRESS_UNNAMED;
    return view->bytes[0] == 0 ? PSOCK_ADDRESS_ABSTRACT : 0;
}

unsigned psock_address_kind(const psock_address *address)
{
    const struct psock_address_view view = look(address);
    switch (view.family) {
    case PSOCK_UNIX:
        return unix_kind(&view);
    case PSOCK_IPV4:
        return ipv4_kind(view.bytes);
    case PSOCK_IPV6:
        return ipv6_kind(&view);
    default:
        return 0;
    }
}

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int order_bytes(const struct psock_address_view *a,
                       const struct psock_address_view *b)
{
    const size_t shorter = a->length < b->length ? a->length : b->length;
    const int result = shorter == 0 ? 0 : memcmp(a->bytes, b->bytes, shorter);
    return result != 0 ? result : order(a->length, b->length);
}

int psock_address_compare(const psock_address *a, const psock_address *b)
{
    const struct psock_address_view left = look(a);
    const struct psock_address_view right = look(b);
    int result = order((unsigned)left.family, (unsigned)right.family);
    if (result == 0)
        result = order_bytes(&left, &right);
    if (result == 0)
        result = order(left.port, right.port);
    return result != 0 ? result : order(left.scope, right.scope);
}

/* --- Hashing --------------------------------------------------------------
 *
 * The sum of products of NH (Black and others, UMAC, 1999): each word's halves
 * are added to the halves of a key of its own and multiplied.  Unlike a chain
 * of multiplications with constants, it leaves a stranger who does not know the
 * seed no two addresses that collide under every seed. */

/* Spreads every bit over all: multiply and shift, twice. */
static uint64_t spread(uint64_t x)
{
    x = (x ^ (x >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 29)) * UINT64_C(0x6a09e667f3bcc909);
    return x ^ (x >> 32);
}

/* One word's share of the sum, under the key of its place. */
static uint64_t share(uint64_t word, uint64_t place, uint64_t seed)
{
    const uint64_t key =
        spread(seed + (place + 1) * UINT64_C(0xbb67ae8584caa73b));
    const uint32_t low = (uint32_t)word + (uint32_t)key;
    const uint32_t high = (uint32_t)(word >> 32) + (uint32_t)(key >> 32);
    return (uint64_t)low * high;
}

/* Everything that is not bytes, in one word. */
static uint64_t head_word(const struct psock_address_view *view)
{
    return (uint64_t)view->scope << 32 | (uint64_t)view->port << 16 |
           (uint64_t)view->length << 8 | (uint64_t)view->family;
}

/* The word at `bytes`, of which `size` are left. */
static uint64_t byte_word(const unsigned char *bytes, size_t size)
{
    uint64_t word = 0;
    if (size >= sizeof word)
        memcpy(&word, bytes, sizeof word);
    else
        for (size_t i = 0; i < size; i++)
            word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

uint64_t psock_address_hash(const psock_address *address, uint64_t seed)
{
    const struct psock_address_view view = look(address);
    uint64_t sum = share(head_word(&view), 0, seed);
    for (size_t at = 0; at < view.length; at += 8)
        sum +=
            share(byte_word(view.bytes + at, view.length - at), at + 1, seed);
    return spread(sum ^ seed);
}
