/* address_parse.c: addresses from text.
 *
 * The text is read once, from left to right.  Each reader takes the place where
 * its part begins and returns the place behind it, or null when the part is
 * malformed.  What the system has to be asked (the name of an interface) waits
 * until the whole text is known to be well formed. */
#include <string.h>

#include "sys.h"

/* The value of a decimal digit; above 9 for any other character. */
static inline unsigned decimal(char c)
{
    return (unsigned)(unsigned char)c - '0';
}

/* The value of a hexadecimal digit; 16 for any other character. */
static inline unsigned hexadecimal(char c)
{
    const unsigned letter = ((unsigned)(unsigned char)c | 0x20) - 'a';
    if (decimal(c) <= 9)
        return decimal(c);
    return letter <= 5 ? letter + 10 : 16;
}

/* A number up to `max`, without leading zeros. */
static inline const char *read_number(const char *text, uint32_t max,
                                      uint32_t *number)
{
    uint64_t value = decimal(*text++);
    if (value > 9)
        return NULL;
    for (; decimal(*text) <= 9; text++) {
        if (value == 0)
            return NULL;
        value = value * 10 + decimal(*text);
        if (value > max)
            return NULL;
    }
    *number = (uint32_t)value;
    return text;
}

/* Four numbers with dots between. */
static const char *read_ipv4(const char *text, unsigned char *bytes)
{
    for (size_t i = 0; i < 4; i++) {
        uint32_t byte = 0;
        if (i > 0 && *text++ != '.')
            return NULL;
        text = read_number(text, 255, &byte);
        if (text == NULL)
            return NULL;
        bytes[i] = (unsigned char)byte;
    }
    return text;
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

enum {
    NO_GAP = 17
};

/* An IPv6 address being read. */
struct ipv6 {
    unsigned char bytes[16];
    size_t filled; /* bytes read so far */
    size_t gap;    /* where "::" stood among them, or NO_GAP */
};

static const char *read_gap(const char *text, struct ipv6 *ipv6)
{
    if (text[1] != ':' || ipv6->gap != NO_GAP)
        return NULL;
    ipv6->gap = ipv6->filled;
    return text + 2;
}

/* The last four bytes as an IPv4 address. */
static const char *read_ipv4_tail(const char *text, struct ipv6 *ipv6)
{
    if (ipv6->filled > 12)
        return NULL;
    text = read_ipv4(text, ipv6->bytes + ipv6->filled);
    ipv6->filled += 4;
    return text;
}

/* One group of up to four digits; what looks like one and goes on with a dot is
 * an IPv4 tail. */
static inline const char *read_group(const char *text, struct ipv6 *ipv6)
{
    const char *const start = text;
    unsigned group = 0;
    unsigned digit = 0;
    while (text < start + 4 && (digit = hexadecimal(*text)) < 16) {
        group = group << 4 | digit;
        text++;
    }
    if (*text == '.')
        return read_ipv4_tail(start, ipv6);
    if (ipv6->filled > 14)
        return NULL;
    ipv6->bytes[ipv6->filled++] = (unsigned char)(group >> 8);
    ipv6->bytes[ipv6->filled++] = (unsigned char)group;
    return text;
}

/* Fills the gap with zeros.  Returns whether the address is whole; a gap stands
 * for one group at least. */
static _Bool close_gap(struct ipv6 *ipv6)
{
    if (ipv6->gap == NO_GAP)
        return ipv6->filled == 16;
    size_t from = ipv6->filled;
    size_t to = 16;
    while (from > ipv6->gap)
        ipv6->bytes[--to] = ipv6->bytes[--from];
    while (to > ipv6->gap)
        ipv6->bytes[--to] = 0;
    return ipv6->filled < 16;
}

static const char *read_ipv6(const char *text, struct ipv6 *ipv6)
{
    ipv6->filled = 0;
    ipv6->gap = NO_GAP;
    if (*text == ':')
        text = read_gap(text, ipv6);
    while (text != NULL && hexadecimal(*text) < 16) {
        text = read_group(text, ipv6);
        if (text == NULL || *text != ':')
            break;
        if (hexadecimal(text[1]) < 16)
            text++;
        else
            text = read_gap(text, ipv6);
    }
    return text != NULL && close_gap(ipv6) ? text : NULL;
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
    uint16_t port = 0;
    text = read_ipv4(text, bytes);
    if (text == NULL)
        return PSOCK_EINVAL;
    text = read_port(text, &port);
    if (text == NULL || *text != '\0')
        return PSOCK_EINVAL;
    psock_sys_address_ipv4(bytes, port, address);
    return 0;
}

/* The end of both IPv6 forms: `text` is what follows the address. */
static int finish_ipv6(const char *text, const struct ipv6 *ipv6,
                       const struct scope *scope, uint16_t port,
                       psock_address *address)
{
    uint32_t index = 0;
    if (text == NULL || *text != '\0')
        return PSOCK_EINVAL;
    int error = find_scope(scope, &index);
    if (error == 0)
        psock_sys_address_ipv6(ipv6->bytes, port, index, address);
    return error;
}

static int parse_ipv6(const char *text, psock_address *address)
{
    struct ipv6 ipv6;
    struct scope scope;
    text = read_ipv6(text, &ipv6);
    if (text == NULL)
        return PSOCK_EINVAL;
    text = read_scope(text, &scope);
    return finish_ipv6(text, &ipv6, &scope, 0, address);
}

/* What stands behind the opening bracket. */
static int parse_bracketed(const char *text, psock_address *address)
{
    struct ipv6 ipv6;
    struct scope scope;
    uint16_t port = 0;
    text = read_ipv6(text, &ipv6);
    if (text == NULL)
        return PSOCK_EINVAL;
    text = read_scope(text, &scope);
    if (text == NULL || *text++ != ']')
        return PSOCK_EINVAL;
    text = read_port(text, &port);
    return finish_ipv6(text, &ipv6, &scope, port, address);
}

/* One byte of a Unix name: as it is, or behind a percent sign. */
static const char *read_name_byte(const char *text, char *byte)
{
    *byte = *text;
    if (*text != '%')
        return (unsigned char)*text < 0x20 || *text == 0x7f ? NULL : text + 1;
    const unsigned high = hexadecimal(text[1]);
    const unsigned low = high < 16 ? hexadecimal(text[2]) : 16;
    *byte = (char)(high << 4 | low);
    return low < 16 ? text + 3 : NULL;
}

/* What stands behind "unix:".  A name too long is read to its end nonetheless,
 * since it may be malformed there. */
static int parse_unix(const char *text, psock_address *address)
{
    char name[1 + PSOCK_ADDRESS_PATH_MAX] = {0};
    const size_t start = *text == '@';
    size_t length = start;
    char byte = 0;
    for (text += start; *text != '\0'; length++) {
        text = read_name_byte(text, &byte);
        if (text == NULL || (byte == '\0' && start == 0))
            return PSOCK_EINVAL;
        if (length < sizeof name)
            name[length] = byte;
    }
    return psock_address_unix(name, length, address);
}

int psock_address_parse(const char *text, psock_address *address)
{
    if (text == NULL || address == NULL)
        return PSOCK_EFAULT;
    if (*text == '[')
        return parse_bracketed(text + 1, address);
    if (strncmp(text, "unix:", 5) == 0)
        return parse_unix(text + 5, address);
    int error = parse_ipv4(text, address);
    return error == 0 ? 0 : parse_ipv6(text, address);
}
