/* dns_compress.c: names into messages of DNS (RFC 1035, 4.1.4): dn_comp(). */
#include "dns.h"

#include <string.h>

/* --- Text --------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads a byte, which may be escaped; -1 for a bad escape. */
static int read_byte(const char **text)
{
    const char *at = *text;
    if (*at != '\\' || at[1] == '\0') {
        *text = at + 1;
        return *at == '\\' ? -1 : (unsigned char)*at;
    }
    if (!is_digit(at[1])) {
        *text = at + 2;
        return (unsigned char)at[1];
    }
    if (!is_digit(at[2]) || !is_digit(at[3]))
        return -1;
    *text = at + 4;
    int byte = (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
    return byte > 255 ? -1 : byte;
}

/* Reads a label up to its dot into `wire`; its length, or -1. */
static int read_label(const char **text, unsigned char *wire)
{
    int length = 0;
    while (**text != '\0' && **text != '.') {
        int byte = read_byte(text);
        if (byte < 0 || length == NS_MAXLABEL)
            return -1;
        wire[++length] = (unsigned char)byte;
    }
    wire[0] = (unsigned char)length;
    return length;
}

/* A whole name without pointers, of at most NS_MAXCDNAME bytes; false for no name. */
static bool read_name(const char *text, unsigned char *wire)
{
    unsigned char *at = wire;
    if (strcmp(text, ".") == 0)
        text++;
    while (*text != '\0') {
        unsigned char label[NS_MAXLABEL + 1];
        int length = read_label(&text, label);
        if (length <= 0 || at - wire + length + 2 > NS_MAXCDNAME)
            return false;
        memcpy(at, label, (size_t)length + 1);
        at += length + 1;
        if (*text == '.')
            text++;
    }
    *at = 0;
    return true;
}

/* --- Names in the message already --------------------------------------------------- */

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

static bool same_label(const unsigned char *a, const unsigned char *b)
{
    for (int i = 0; i <= a[0]; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

static bool same_name(struct psock_guest_cursor cursor,
                      const unsigned char *wire)
{
    for (;;) {
        const unsigned char *label = psock_guest_next_label(&cursor);
        if (label == NULL || !same_label(wire, label))
            return false;
        if (*wire == 0)
            return true;
        wire += *wire + 1;
    }
}

/* Where `wire` stands in the message already, by the list of names in it; -1. */
static int find_name(const unsigned char *wire, unsigned char **names,
                     const unsigned char *end)
{
    if (names == NULL || names[0] == NULL || *wire == 0)
        return -1;
    for (unsigned char **name = names + 1; *name != NULL; name++) {
        struct psock_guest_cursor cursor = {names[0], end, *name, NULL, 0};
        if (same_name(cursor, wire))
            return (int)(*name - names[0]);
    }
    return -1;
}

/* Adds a name to the list, where there is room and a pointer can reach it. */
static void remember(unsigned char *at, unsigned char **names,
                     unsigned char **names_end)
{
    if (names == NULL || names[0] == NULL || names_end == NULL ||
        at - names[0] >= 0x4000)
        return;
    while (*names != NULL)
        names++;
    if (names + 1 < names_end) {
        names[0] = at;
        names[1] = NULL;
    }
}

int dn_comp(const char *name, unsigned char *at, int size,
            unsigned char **names, unsigned char **names_end)
{
    unsigned char whole[NS_MAXCDNAME + 1];
    const unsigned char *wire = whole;
    unsigned char *start = at;
    if (!read_name(name, whole))
        return psock_guest_fail(EMSGSIZE);
    for (;;) {
        int offset = find_name(wire, names, at);
        int needed = offset >= 0 ? 2 : *wire + 1;
        if (at + needed - start > size)
            return psock_guest_fail(EMSGSIZE);
        if (offset >= 0) {
            psock_guest_put16((uint16_t)(offset | NS_CMPRSFLGS << 8), at);
            return (int)(at + 2 - start);
        }
        memcpy(at, wire, (size_t)needed);
        if (*wire == 0)
            return (int)(at + 1 - start);
        remember(at, names, names_end);
        at += needed;
        wire += needed;
    }
}
