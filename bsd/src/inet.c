/* inet.c: addresses of IPv4 as the old functions read them, and byte order. */
#include "names.h"

#include <arpa/inet.h>
#include <string.h>

/* --- Byte order ------------------------------------------------------------------ */

/* The parentheses keep out the macros of the same names. */
uint32_t(htonl)(uint32_t number)
{
    return __builtin_bswap32(number);
}

uint32_t(ntohl)(uint32_t number)
{
    return __builtin_bswap32(number);
}

uint16_t(htons)(uint16_t number)
{
    return __builtin_bswap16(number);
}

uint16_t(ntohs)(uint16_t number)
{
    return __builtin_bswap16(number);
}

const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
const struct in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

/* --- Numbers ---------------------------------------------------------------------- */

/* Of any of the bases that are used here; 16 for no digit. */
static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes "0x" or "0" away, which say what base the number has. */
static unsigned take_base(const char **text)
{
    if (**text != '0')
        return 10;
    if (((*text)[1] | 0x20) != 'x')
        return 8;
    *text += 2;
    return 16;
}

/* Reads digits as long as there are any; false for none, or for too many. */
static bool read_digits(const char **text, unsigned base, uint32_t *number)
{
    const char *start = *text;
    uint64_t sum = 0;
    for (; digit_of(**text) < base; ++*text) {
        sum = sum * base + digit_of(**text);
        if (sum > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)sum;
    return *text > start;
}

static bool read_number(const char **text, uint32_t *number)
{
    if (digit_of(**text) > 9)
        return false;
    unsigned base = take_base(text);
    return read_digits(text, base, number);
}

/* --- Addresses -------------------------------------------------------------------- */

/* Up to four numbers with dots between: the last one fills what the ones before it,
 * a byte each, leave. */
bool psock_guest_aton(const char *text, uint32_t *address, const char **end)
{
    uint32_t high = 0;
    uint32_t number;
    unsigned bits = 32;
    while (read_number(&text, &number)) {
        if (*text != '.') {
            *end = text;
            *address = htonl(high | number);
            return bits == 32 || number >> bits == 0;
        }
        if (bits == 8 || number > 0xff)
            return false;
        bits -= 8;
        high |= number << bits;
        text++;
    }
    return false;
}

int inet_aton(const char *text, struct in_addr *address)
{
    uint32_t read;
    const char *end;
    if (!psock_guest_aton(text, &read, &end) ||
        (*end != '\0' && !is_blank(*end)))
        return 0;
    if (address != NULL)
        address->s_addr = read;
    return 1;
}

in_addr_t inet_addr(const char *text)
{
    struct in_addr address;
    return inet_aton(text, &address) ? address.s_addr : INADDR_NONE;
}

char *inet_ntoa(struct in_addr address)
{
    static _Thread_local char text[INET_ADDRSTRLEN];
    (void)inet_ntop(AF_INET, &address, text, sizeof text);
    return text;
}

/* --- Networks --------------------------------------------------------------------- */

/* A byte; here a hexadecimal one may begin with the "x" alone. */
static bool read_byte(const char **text, uint32_t *byte)
{
    bool read;
    if ((**text | 0x20) == 'x') {
        ++*text;
        read = read_digits(text, 16, byte);
    } else {
        read = read_number(text, byte);
    }
    return read && *byte <= 0xff;
}

static bool take_dot(const char **text)
{
    bool is_there = **text == '.';
    *text += is_there;
    return is_there;
}

/* Bytes in a row, as many as there are: "10.1" is 0x0a01. */
in_addr_t inet_network(const char *text)
{
    in_addr_t network = 0;
    uint32_t byte;
    int parts = 0;
    do {
        if (parts++ == 4 || !read_byte(&text, &byte))
            return INADDR_NONE;
        network = network << 8 | byte;
    } while (take_dot(&text));
    while (is_blank(*text))
        text++;
    return *text == '\0' ? network : INADDR_NONE;
}

struct in_addr inet_makeaddr(in_addr_t network, in_addr_t host)
{
    struct in_addr address;
    if (network < 128)
        host = network << IN_CLASSA_NSHIFT | (host & IN_CLASSA_HOST);
    else if (network < 65536)
        host = network << IN_CLASSB_NSHIFT | (host & IN_CLASSB_HOST);
    else if (network < 16777216)
        host = network << IN_CLASSC_NSHIFT | (host & IN_CLASSC_HOST);
    else
        host = network | host;
    address.s_addr = htonl(host);
    return address;
}

/* How many bits of an address are the host's, by its class. */
static unsigned host_bits(in_addr_t address)
{
    if (IN_CLASSA(address))
        return IN_CLASSA_NSHIFT;
    return IN_CLASSB(address) ? IN_CLASSB_NSHIFT : IN_CLASSC_NSHIFT;
}

in_addr_t inet_lnaof(struct in_addr address)
{
    in_addr_t number = ntohl(address.s_addr);
    return number & ((1U << host_bits(number)) - 1);
}

in_addr_t inet_netof(struct in_addr address)
{
    in_addr_t number = ntohl(address.s_addr);
    return number >> host_bits(number);
}
