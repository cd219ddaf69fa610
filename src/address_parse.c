/* address_parse.c: addresses from text.
 *
 * The text is read once, from left to right.  Each reader takes the place where
 * its part begins and returns the place behind it, or null when the part is
 * malformed.  What the system has to be asked (the name of an interface) waits
 * until the whole text is known to be well formed. */
#include <string.h>

#include "policy.h"

/* The value of a decimal digit; above 9 for any other character. */
static inline unsigned decimal(char c)
{
    return (unsigned)(unsigned char)c - '0';
}

/* One more than the value of a hexadecimal digit; 0 for any other character. */
static const unsigned char hexadecimal_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
    ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
    ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* The value of a hexadecimal digit; above 15 for any other character. */
static inline unsigned hexadecimal(char c)
{
    return hexadecimal_digits[(unsigned char)c] - 1u;
}

/* A decimal number up to `max`, without leading zeros. */
static const char *read_number(const char *text, uint32_t max, uint32_t *number)
{
    uint64_t value = decimal(*text++);
    if (value > 9)
        return NULL;
    for (; decimal(*text) <= 9; text++) {
        value = value != 0 ? value * 10 + decimal(*text) : UINT64_MAX;
        if (value > max)
            return NULL;
    }
    *number = (uint32_t)value;
    return text;
}

/* --- IPv4 ----------------------------------------------------------------- */

/* A number up to 255, put behind those already in `ipv4`.  A leading zero ends
 * the number, and with it the address. */
static inline const char *read_byte(const char *text, uint32_t *ipv4)
{
    uint32_t value = decimal(*text++);
    if (value > 9)
        return NULL;
    for (int i = 0; i < 2 && value != 0 && decimal(*text) <= 9; i++)
        value = value * 10 + decimal(*text++);
    *ipv4 = *ipv4 << 8 | value;
    return value <= 255 ? text : NULL;
}

/* Four numbers with dots between. */
static inline const char *read_ipv4(const char *text, uint32_t *ipv4)
{
    text = read_byte(text, ipv4);
    for (int i = 0; i < 3; i++) {
        if (text == NULL || *text != '.')
            return NULL;
        text = read_byte(text + 1, ipv4);
    }
    return text;
}

static inline void put_ipv4(uint32_t ipv4, unsigned char *bytes)
{
    bytes[0] = (unsigned char)(ipv4 >> 24);
    bytes[1] = (unsigned char)(ipv4 >> 16);
    bytes[2] = (unsigned char)(ipv4 >> 8);
    bytes[3] = (unsigned char)ipv4;
}

/* A colon and a port, or nothing, which is port 0. */
static const char *read_port(const char *text, uint16_t *port)
{
    uint32_t number = 0;
    if (*text == ':')
        text = read_number(text + 1, UINT16_MAX, &number);
    *port = (uint16_t)number;
    return text;
}

/* --- IPv6 ----------------------------------------------------------------- */

/* An IPv6 address being read.  `bytes` start out as zeros. */
struct ipv6 {
    unsigned char *bytes;
    size_t filled; /* how many have been read */
    size_t gap;    /* where "::" stood among them, or NO_GAP */
};

enum {
    NO_GAP = 17
};

static inline const char *read_gap(const char *text, struct ipv6 *ipv6)
{
    if (text[1] != ':' || ipv6->gap != NO_GAP)
        return NULL;
    ipv6->gap = ipv6->filled;
    return text + 2;
}

/* The last four bytes as an IPv4 address, after which no group may come. */
static inline const char *read_tail(const char *text, struct ipv6 *ipv6)
{
    uint32_t ipv4 = 0;
    if (ipv6->filled > 12)
        return NULL;
    text = read_ipv4(text, &ipv4);
    put_ipv4(ipv4, ipv6->bytes + ipv6->filled);
    ipv6->filled += 4;
    return text != NULL && *text != ':' ? text : NULL;
}

static inline const char *put_group(const char *text, unsigned group,
                                    struct ipv6 *ipv6)
{
    if (ipv6->filled > 14)
        return NULL;
    ipv6->bytes[ipv6->filled++] = (unsigned char)(group >> 8);
    ipv6->bytes[ipv6->filled++] = (unsigned char)group;
    return text;
}

/* One to four digits, or, where the first of them go on with a dot, an IPv4
 * tail. */
static inline const char *read_group(const char *text, struct ipv6 *ipv6)
{
    const char *const start = text;
    unsigned group = 0;
    unsigned digit = 0;
    for (; (digit = hexadecimal(*text)) <= 15; text++)
        group = group << 4 | digit;
    if (*text == '.')
        return read_tail(start, ipv6);
    if (text == start || text - start > 4)
        return NULL;
    return put_group(text, group, ipv6);
}

/* Groups with colons between, "::" among them or at their end. */
static inline const char *read_groups(const char *text, struct ipv6 *ipv6)
{
    for (;;) {
        text = read_group(text, ipv6);
        if (text == NULL || *text != ':')
            return text;
        if (text[1] != ':') {
            text++;
            continue;
        }
        text = read_gap(text, ipv6);
        if (text == NULL || hexadecimal(*text) > 15)
            return text;
    }
}

/* Moves what came behind the gap to the end.  Returns whether the address is
 * whole; a gap stands for one group at least. */
static inline _Bool close_gap(const struct ipv6 *ipv6)
{
    size_t from = ipv6->filled;
    size_t to = 16;
    if (ipv6->gap == NO_GAP || from == to)
        return ipv6->gap == NO_GAP && from == to;
    while (from > ipv6->gap) {
        ipv6->bytes[--to] = ipv6->bytes[--from];
        ipv6->bytes[from] = 0;
    }
    return 1;
}

static const char *read_ipv6(const char *text, unsigned char *bytes)
{
    struct ipv6 ipv6 = {.bytes = bytes, .filled = 0, .gap = NO_GAP};
    memset(bytes, 0, 16);
    if (*text == ':')
        text = read_gap(text, &ipv6);
    if (text == NULL)
        return NULL;
    if (ipv6.gap == NO_GAP || hexadecimal(*text) <= 15)
        text = read_groups(text, &ipv6);
    return text != NULL && close_gap(&ipv6) ? text : NULL;
}

/* --- Scopes --------------------------------------------------------------- */

/* The text of a scope; length 0 where there is none. */
struct scope {
    const char *text;
    size_t length;
};

/* A percent sign and a number or a name, or nothing. */
static const char *read_scope(const char *text, struct scope *scope)
{
    scope->text = text + 1;
    scope->length = 0;
    if (*text != '%')
        return text;
    scope->length = strcspn(scope->text, ":]");
    return scope->length > 0 ? scope->text + scope->length : NULL;
}

static int find_named_scope(const struct scope *scope, uint32_t *index)
{
    char name[PSOCK_SYS_SCOPE_NAME_SIZE];
    if (scope->length >= sizeof name)
        return PSOCK_ENODEV;
    memcpy(name, scope->text, scope->length);
    name[scope->length] = '\0';
    *index = psock_sys_scope_index(name);
    return *index != 0 ? 0 : PSOCK_ENODEV;
}

/* The index that a scope stands for.  What has only digits is a number. */
static int find_scope(const struct scope *scope, uint32_t *index)
{
    *index = 0;
    if (scope->length == 0)
        return 0;
    if (strspn(scope->text, "0123456789") < scope->length)
        return find_named_scope(scope, index);
    if (read_number(scope->text, UINT32_MAX, index) == NULL || *index == 0)
        return PSOCK_EINVAL;
    return 0;
}

/* --- The forms of text ---------------------------------------------------- */

static int parse_ipv4(const char *text, psock_address *address)
{
    unsigned char bytes[4];
    uint32_t ipv4 = 0;
    uint16_t port = 0;
    text = read_ipv4(text, &ipv4);
    if (text == NULL)
        return PSOCK_EINVAL;
    text = read_port(text, &port);
    if (text == NULL || *text != '\0')
        return PSOCK_EINVAL;
    put_ipv4(ipv4, bytes);
    psock_sys_address_ipv4(bytes, port, address);
    return 0;
}

/* An IPv6 address, with its scope if it has one. */
static const char *read_host(const char *text, unsigned char *bytes,
                             struct scope *scope)
{
    text = read_ipv6(text, bytes);
    return text == NULL ? NULL : read_scope(text, scope);
}

/* The end of both forms of IPv6: the text was read up to `text`. */
static int finish_ipv6(const char *text, const unsigned char *bytes,
                       uint16_t port, const struct scope *scope,
                       psock_address *address)
{
    uint32_t index = 0;
    if (text == NULL || *text != '\0')
        return PSOCK_EINVAL;
    int error = find_scope(scope, &index);
    if (error == 0)
        psock_sys_address_ipv6(bytes, port, index, address);
    return error;
}

static int parse_ipv6(const char *text, psock_address *address)
{
    unsigned char bytes[16];
    struct scope scope;
    text = read_host(text, bytes, &scope);
    return finish_ipv6(text, bytes, 0, &scope, address);
}

static int parse_bracketed(const char *text, psock_address *address)
{
    unsigned char bytes[16];
    struct scope scope;
    uint16_t port = 0;
    text = read_host(text + 1, bytes, &scope);
    if (text == NULL || *text != ']')
        return PSOCK_EINVAL;
    text = read_port(text + 1, &port);
    return finish_ipv6(text, bytes, port, &scope, address);
}

/* One byte of a Unix name, as it is or behind a percent sign. */
static const char *read_name_byte(const char *text, char *byte)
{
    const _Bool is_control = (unsigned char)*text < 0x20 || *text == 0x7f;
    *byte = *text;
    if (*text != '%')
        return is_control ? NULL : text + 1;
    const unsigned high = hexadecimal(text[1]);
    const unsigned low = high <= 15 ? hexadecimal(text[2]) : high;
    *byte = (char)(high << 4 | low);
    return low <= 15 ? text + 3 : NULL;
}

/* What stands behind "unix:".  A name too long is read to its end nonetheless,
 * for it may be malformed there. */
static int parse_unix(const char *text, psock_address *address)
{
    char name[1 + PSOCK_ADDRESS_PATH_MAX] = {0};
    const size_t is_abstract = *text == '@';
    size_t length = is_abstract;
    text += is_abstract;
    for (; *text != '\0'; length++) {
        char byte = 0;
        text = read_name_byte(text, &byte);
        if (text == NULL || (byte == '\0' && !is_abstract))
            return PSOCK_EINVAL;
        if (length < sizeof name)
            name[length] = byte;
    }
    return psock_address_unix(name, length, address);
}

/* Four numbers with dots between, and nothing behind them. */
static int parse_bare_ipv4(const char *text, psock_address *address)
{
    unsigned char bytes[4];
    uint32_t ipv4 = 0;
    text = read_ipv4(text, &ipv4);
    if (text == NULL || *text != '\0')
        return PSOCK_EINVAL;
    put_ipv4(ipv4, bytes);
    psock_sys_address_ipv4(bytes, 0, address);
    return 0;
}

int psock_address_parse_bare(const char *text, psock_address *address)
{
    const int error = parse_bare_ipv4(text, address);
    return error == 0 ? 0 : parse_ipv6(text, address);
}

int psock_address_parse_port(const char *text, uint16_t *port)
{
    uint32_t number = 0;
    text = read_number(text, UINT16_MAX, &number);
    if (text == NULL || *text != '\0')
        return PSOCK_EINVAL;
    *port = (uint16_t)number;
    return 0;
}

int psock_address_parse(const char *text, psock_address *address)
{
    if (text == NULL || address == NULL)
        return PSOCK_EFAULT;
    if (*text == '[')
        return parse_bracketed(text, address);
    if (*text == 'u' && strncmp(text, "unix:", 5) == 0)
        return parse_unix(text + 5, address);
    const int error = parse_ipv4(text, address);
    return error == 0 ? 0 : parse_ipv6(text, address);
}
