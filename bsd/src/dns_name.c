/* dns_name.c: names out of messages of DNS (RFC 1035, 4.1.4): dn_expand(). */
#include "dns.h"

#include <string.h>

/* More than a name can have: who follows more goes round in circles. */
#define JUMPS_MAX 128

/* --- Labels ---------------------------------------------------------------- */

static bool jump(struct psock_guest_cursor *cursor)
{
    if (cursor->end - cursor->at < 2 || ++cursor->jumps > JUMPS_MAX)
        return false;
    size_t offset = psock_guest_get16(cursor->at) & 0x3fffU;
    if (cursor->after == NULL)
        cursor->after = cursor->at + 2;
    cursor->at = cursor->message + offset;
    return offset < (size_t)(cursor->end - cursor->message);
}

const unsigned char *psock_guest_next_label(struct psock_guest_cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at >= NS_CMPRSFLGS)
        if (!jump(cursor))
            return NULL;
    if (cursor->at >= cursor->end || *cursor->at > NS_MAXLABEL ||
        cursor->end - cursor->at <= *cursor->at)
        return NULL;
    const unsigned char *label = cursor->at;
    cursor->at += *label + 1;
    return label;
}

/* --- Text ---------------------------------------------------------------------------- */

/* Where text is written, with a byte left for the zero. */
struct writer {
    char *at;
    int left;
};

static bool put(struct writer *writer, char c)
{
    if (writer->left < 2)
        return false;
    *writer->at++ = c;
    writer->left--;
    return true;
}

/* A byte that is no plain character is written "\046", or "\." if it means
 * something in a name. */
static bool put_byte(struct writer *writer, unsigned char byte)
{
    if (byte > ' ' && byte < 0x7f)
        return (strchr(".\\\"@$;()", byte) == NULL || put(writer, '\\')) &&
               put(writer, (char)byte);
    return put(writer, '\\') && put(writer, (char)('0' + byte / 100)) &&
           put(writer, (char)('0' + byte / 10 % 10)) &&
           put(writer, (char)('0' + byte % 10));
}

static bool put_label(struct writer *writer, const unsigned char *label)
{
    for (int i = 1; i <= label[0]; i++)
        if (!put_byte(writer, label[i]))
            return false;
    return true;
}

int dn_expand(const unsigned char *message, const unsigned char *end,
              const unsigned char *at, char *name, int size)
{
    struct psock_guest_cursor cursor = {message, end, at, NULL, 0};
    struct writer writer = {name, size};
    bool fits = size > 0;
    const unsigned char *label = psock_guest_next_label(&cursor);
    for (bool first = true; label != NULL && *label != 0 && fits;
         first = false) {
        fits = (first || put(&writer, '.')) && put_label(&writer, label);
        label = psock_guest_next_label(&cursor);
    }
    if (label == NULL || !fits)
        return psock_guest_fail(EMSGSIZE);
    *writer.at = '\0';
    return (int)((cursor.after == NULL ? cursor.at : cursor.after) - at);
}

int dn_skipname(const unsigned char *at, const unsigned char *end)
{
    const unsigned char *start = at;
    while (at < end && *at != 0) {
        if (*at >= NS_CMPRSFLGS)
            return end - at < 2 ? psock_guest_fail(EMSGSIZE)
                                : (int)(at + 2 - start);
        if (*at > NS_MAXLABEL || end - at <= *at)
            return psock_guest_fail(EMSGSIZE);
        at += *at + 1;
    }
    return at < end ? (int)(at + 1 - start) : psock_guest_fail(EMSGSIZE);
}

int ns_name_uncompress(const unsigned char *message, const unsigned char *end,
                       const unsigned char *at, char *name, size_t size)
{
    int used =
        dn_expand(message, end, at, name, size > 65536 ? 65536 : (int)size);
    if (used >= 0 && name[0] == '\0' && size > 1)
        strcpy(name, ".");
    return used;
}
