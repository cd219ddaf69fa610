/* inet_text.c: inet_pton() and inet_ntop(), whose texts have one form only. */
#include "guest.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define GROUPS 8

/* --- Reading ---------------------------------------------------------------------- */

static bool is_decimal(char c)
{
    return c >= '0' && c <= '9';
}

/* One of the four, without a leading zero. */
static bool read_byte(const char **text, uint8_t *byte)
{
    unsigned number = 0;
    const char *start = *text;
    for (; is_decimal(**text); ++*text) {
        number = number * 10 + (unsigned)(**text - '0');
        if (number > 255 || (*text > start && *start == '0'))
            return false;
    }
    *byte = (uint8_t)number;
    return *text > start;
}

static bool read_ipv4(const char *text, uint8_t bytes[4])
{
    for (int i = 0; i < 4; i++) {
        if (!read_byte(&text, &bytes[i]) || *text != (i < 3 ? '.' : '\0'))
            return false;
        text++;
    }
    return true;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    if (c >= 'A' && c <= 'F')
        c = (char)(c + ('a' - 'A'));
    const char *found = c == '\0' ? NULL : strchr(digits, c);
    return found == NULL ? -1 : (int)(found - digits);
}

/* One of the eight, of one to four digits. */
static bool read_group(const char **text, uint16_t *group)
{
    unsigned number = 0;
    int length = 0;
    for (int digit; (digit = hex_digit(**text)) >= 0; ++*text) {
        number = number << 4 | (unsigned)digit;
        if (++length > 4)
            return false;
    }
    *group = (uint16_t)number;
    return length > 0;
}

/* What has been read of an address of IPv6: groups in host order, and how many of
 * them stand before "::", or -1. */
struct groups {
    uint16_t group[GROUPS];
    int count;
    int gap;
};

/* The end of an address may be written as one of IPv4. */
static bool read_ipv4_end(const char *text, struct groups *groups)
{
    uint8_t bytes[4];
    if (groups->count > GROUPS - 2 || !read_ipv4(text, bytes))
        return false;
    groups->group[groups->count++] = (uint16_t)(bytes[0] << 8 | bytes[1]);
    groups->group[groups->count++] = (uint16_t)(bytes[2] << 8 | bytes[3]);
    return true;
}

/* Reads the ':' or "::" after a group.  A single one has a group after it. */
static bool read_colons(const char **text, struct groups *groups)
{
    if (*(*text)++ != ':')
        return false;
    if (**text != ':')
        return **text != '\0';
    if (groups->gap >= 0)
        return false;
    groups->gap = groups->count;
    ++*text;
    return true;
}

static bool read_groups(const char *text, struct groups *groups)
{
    if (text[0] == ':' && (text[1] != ':' || !read_colons(&text, groups)))
        return false;
    while (*text != '\0') {
        const char *start = text;
        uint16_t group;
        if (!read_group(&text, &group) || groups->count == GROUPS)
            return false;
        if (*text == '.')
            return read_ipv4_end(start, groups);
        groups->group[groups->count++] = group;
        if (*text != '\0' && !read_colons(&text, groups))
            return false;
    }
    return true;
}

static void write_groups(const struct groups *groups, uint8_t bytes[16])
{
    int before = groups->gap < 0 ? groups->count : groups->gap;
    memset(bytes, 0, 16);
    for (int i = 0; i < groups->count; i++) {
        int at = i < before ? i : GROUPS - groups->count + i;
        bytes[2 * at] = (uint8_t)(groups->group[i] >> 8);
        bytes[2 * at + 1] = (uint8_t)groups->group[i];
    }
}

static bool read_ipv6(const char *text, uint8_t bytes[16])
{
    struct groups groups = {{0}, 0, -1};
    if (!read_groups(text, &groups) ||
        (groups.gap < 0) != (groups.count == GROUPS))
        return false;
    write_groups(&groups, bytes);
    return true;
}

int inet_pton(int family, const char *text, void *address)
{
    uint8_t bytes[16];
    size_t size = family == AF_INET ? 4 : 16;
    if (family != AF_INET && family != AF_INET6)
        return psock_guest_fail(EAFNOSUPPORT);
    if (family == AF_INET ? !read_ipv4(text, bytes) : !read_ipv6(text, bytes))
        return 0;
    memcpy(address, bytes, size);
    return 1;
}

/* --- Writing ---------------------------------------------------------------------- */

static int write_ipv4(const uint8_t bytes[4], char *text)
{
    return sprintf(text, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* A run of groups that are zero. */
struct run {
    int start;
    int length;
};

static struct run zeros_from(const uint16_t group[GROUPS], int start)
{
    struct run run = {start, 0};
    while (start < GROUPS && group[start++] == 0)
        run.length++;
    return run;
}

/* The longest and first of them, of two groups or more; of none if there is none. */
static struct run longest_zeros(const uint16_t group[GROUPS])
{
    struct run longest = {GROUPS, 1};
    for (int i = 0; i < GROUPS; i++) {
        struct run run = zeros_from(group, i);
        if (run.length > longest.length)
            longest = run;
    }
    return longest;
}

/* Addresses that hold one of IPv4: compatible ones and mapped ones. */
static bool holds_ipv4(const uint16_t group[GROUPS], struct run zeros)
{
    return zeros.start == 0 &&
           (zeros.length == 6 || (zeros.length == 5 && group[5] == 0xffff));
}

static void write_ipv6(const uint8_t bytes[16], char *text)
{
    uint16_t group[GROUPS];
    for (int i = 0; i < GROUPS; i++)
        group[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    struct run zeros = longest_zeros(group);
    int hexadecimal = holds_ipv4(group, zeros) ? 6 : GROUPS;
    int i = 0;
    while (i < hexadecimal) {
        if (i == zeros.start) {
            text += sprintf(text, i == 0 ? "::" : ":");
            i += zeros.length;
        } else {
            text += sprintf(text, i + 1 < GROUPS ? "%x:" : "%x", group[i]);
            i++;
        }
    }
    if (hexadecimal < GROUPS)
        write_ipv4(bytes + 12, text);
}

const char *inet_ntop(int family, const void *address, char *text,
                      socklen_t size)
{
    char whole[INET6_ADDRSTRLEN] = "";
    if (family == AF_INET)
        write_ipv4(address, whole);
    else if (family == AF_INET6)
        write_ipv6(address, whole);
    size_t wanted = strlen(whole) + 1;
    if (wanted == 1 || wanted > size) {
        errno = wanted == 1 ? EAFNOSUPPORT : ENOSPC;
        return NULL;
    }
    return memcpy(text, whole, wanted);
}
