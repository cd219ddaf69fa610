/* scan_text.c: the texts of scanf(): %s, %c and %[. */
#include "scan.h"

#include <ctype.h>
#include <stdlib.h>

static bool is_in_set(const struct psock_guest_conversion *what, int byte)
{
    const char *at = what->set;
    bool but = *at == '^';
    const char *first = at += but;
    for (; at < what->set_end; at++) {
        bool range = *at == '-' && at > first && at + 1 < what->set_end;
        if (range
                ? byte >= (unsigned char)at[-1] && byte <= (unsigned char)at[1]
                : byte == (unsigned char)*at)
            return !but;
    }
    return but;
}

static bool belongs(const struct psock_guest_conversion *what, int byte)
{
    if (byte == EOF)
        return false;
    if (what->letter == 'c')
        return true;
    return what->letter == 's' ? !isspace(byte) : is_in_set(what, byte);
}

/* Where a text goes: an array of the caller's, or memory that grows. */
static bool add(char **text, size_t length, char byte, bool allocates)
{
    if (allocates && (length & (length - 1)) == 0) {
        char *grown = realloc(*text, length == 0 ? 2 : length * 2 + 1);
        if (grown == NULL)
            return false;
        *text = grown;
    }
    if (*text != NULL)
        (*text)[length] = byte;
    return true;
}

/* Returns how many bytes there were, or -1 without memory. */
int psock_guest_scan_text(struct psock_guest_scan *scan,
                          const struct psock_guest_conversion *what,
                          void *result)
{
    bool allocates = what->allocates && result != NULL;
    char *text = allocates ? NULL : result;
    size_t limit = what->width > 0       ? (size_t)what->width
                   : what->letter == 'c' ? 1
                                         : SIZE_MAX;
    size_t length = 0;
    while (length < limit && belongs(what, psock_guest_scan_peek(scan))) {
        int byte = psock_guest_scan_peek(scan);
        if (!add(&text, length, (char)byte, allocates))
            return free(text), -1;
        psock_guest_scan_take(scan);
        length++;
    }
    if (length > 0 && what->letter != 'c')
        add(&text, length, '\0', allocates);
    if (allocates)
        *(char **)result = text;
    return (int)length;
}
