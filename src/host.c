/* host.c: what can be said of a host and a service without asking anybody.
 *
 * Systems differ in what else than numbers they read as an address ("127.1",
 * "0x7f.1", "[::1]"), in what they make of an empty host, and in where they look
 * for "localhost".  All of it is decided here, so that none of them sees it. */
#include <string.h>

#include "query.h"

/* --- Text ------------------------------------------------------------------ */

/* The sequences of UTF-8 (RFC 3629, section 4) by their first byte, and what the
 * second one can be; all others are 0x80 to 0xbf. */
struct utf8_sequence {
    unsigned char first_from;
    unsigned char first_to;
    unsigned char second_from;
    unsigned char second_to;
    size_t length;
};

static const struct utf8_sequence utf8_sequences[] = {
    {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static _Bool is_within(unsigned char byte, unsigned char from, unsigned char to)
{
    return byte >= from && byte <= to;
}

/* Whether the bytes behind the first are as they have to be.  A zero byte is
 * not, so nothing is read behind it. */
static _Bool goes_on(const unsigned char *bytes,
                     const struct utf8_sequence *sequence)
{
    if (sequence->length > 1 &&
        !is_within(bytes[1], sequence->second_from, sequence->second_to))
        return 0;
    for (size_t i = 2; i < sequence->length; i++)
        if (!is_within(bytes[i], 0x80, 0xbf))
            return 0;
    return 1;
}

/* The length of the character at `bytes`; 0 where there is none. */
static size_t utf8_length(const unsigned char *bytes)
{
    for (size_t i = 0; i < sizeof utf8_sequences / sizeof *utf8_sequences;
         i++) {
        const struct utf8_sequence *sequence = &utf8_sequences[i];
        if (is_within(*bytes, sequence->first_from, sequence->first_to))
            return goes_on(bytes, sequence) ? sequence->length : 0;
    }
    return 0;
}

_Bool psock_is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        const size_t length = utf8_length(at);
        if (length == 0)
            return 0;
        at += length;
    }
    return 1;
}

_Bool psock_is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text > 0x7f)
            return 0;
    return 1;
}

/* What is wrong with `text` as such; null is fine. */
static int text_error(const char *text, size_t size)
{
    if (text == NULL)
        return 0;
    if (memchr(text, '\0', size) == NULL)
        return PSOCK_ENAMETOOLONG;
    return psock_is_utf8(text) ? 0 : PSOCK_EINVAL;
}

static unsigned char lower(char c)
{
    const unsigned char byte = (unsigned char)c;
    return is_within(byte, 'A', 'Z') ? byte | 0x20 : byte;
}

/* --- Names ----------------------------------------------------------------- */

/* Part of a name. */
struct part {
    const char *text;
    size_t length;
};

/* A name without the dot that may end it. */
static struct part whole_name(const char *host)
{
    const size_t length = strlen(host);
    return (struct part){host, length - (host[length - 1] == '.')};
}

static struct part last_label(struct part name)
{
    struct part label = {name.text + name.length, 0};
    while (label.length < name.length && label.text[-1] != '.') {
        label.text--;
        label.length++;
    }
    return label;
}

static _Bool is_word(struct part part, const char *word)
{
    if (part.length != strlen(word))
        return 0;
    for (size_t i = 0; i < part.length; i++)
        if (lower(part.text[i]) != (unsigned char)word[i])
            return 0;
    return 1;
}

/* How many characters of `part` from `begin` on are in `set`. */
static size_t span(struct part part, size_t begin, const char *set)
{
    size_t end = begin;
    while (end < part.length && strchr(set, part.text[end]) != NULL)
        end++;
    return end - begin;
}

/* "0x", with or without digits behind it: what the URL standard takes for a
 * hexadecimal number. */
static _Bool is_hexadecimal(struct part label)
{
    return label.length >= 2 && label.text[0] == '0' &&
           lower(label.text[1]) == 'x' &&
           span(label, 2, "0123456789abcdefABCDEF") == label.length - 2;
}

_Bool psock_ends_in_number(const char *host)
{
    if (*host == '\0')
        return 0;
    const struct part label = last_label(whole_name(host));
    return is_hexadecimal(label) ||
           (label.length > 0 && span(label, 0, "0123456789") == label.length);
}

/* What is in no name of a host: control characters, and what means something
 * around one (the URL standard's forbidden domain code points). */
static _Bool has_foreign_characters(struct part name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.text[i] <= ' ' || name.text[i] == 0x7f ||
            strchr("#%/:<>?@[\\]^|", name.text[i]) != NULL)
            return 1;
    return 0;
}

/* The limits of DNS (RFC 1035, section 2.3.4), in what is ASCII already. */
enum {
    LABEL_MAX = 63,
    NAME_MAX_LENGTH = 253
};

static _Bool is_label(const char *text, size_t length)
{
    _Bool is_ascii = 1;
    for (size_t i = 0; i < length; i++)
        is_ascii &= (unsigned char)text[i] <= 0x7f;
    return length > 0 && (length <= LABEL_MAX || !is_ascii);
}

/* Whether all between the dots are labels. */
static _Bool has_labels(struct part name)
{
    size_t begin = 0;
    for (size_t i = 0; i <= name.length; i++) {
        if (i < name.length && name.text[i] != '.')
            continue;
        if (!is_label(name.text + begin, i - begin))
            return 0;
        begin = i + 1;
    }
    return 1;
}

/* Whether somebody may know `host`, which is no address. */
static _Bool can_be_a_name(const char *host)
{
    const struct part name = whole_name(host);
    return !has_foreign_characters(name) && has_labels(name) &&
           (name.length <= NAME_MAX_LENGTH || !psock_is_ascii(host)) &&
           !psock_ends_in_number(host) && !is_word(last_label(name), "invalid");
}

/* --- Hosts ----------------------------------------------------------------- */

/* What makes the address of a family that a host stands for. */
typedef int maker(int family, uint16_t port, psock_address *address);

/* Both families are known everywhere, so no error comes of this. */
static void know(int family, int wanted, maker *make,
                 struct psock_target *target)
{
    if (wanted == PSOCK_NONE || wanted == family)
        target->count +=
            make(family, target->port, &target->addresses[target->count]) == 0;
}

static int know_both(int wanted, maker *make, struct psock_target *target)
{
    know(PSOCK_IPV6, wanted, make, target);
    know(PSOCK_IPV4, wanted, make, target);
    return 0;
}

/* Takes the address that is the first of `target`. */
static int know_number(int wanted, struct psock_target *target)
{
    const int family = psock_address_family(&target->addresses[0]);
    if (wanted != PSOCK_NONE && wanted != family)
        return PSOCK_EAI_FAMILY;
    target->count = 1;
    psock_sys_address_set_port(&target->addresses[0], target->port);
    return 0;
}

static int read_name(const char *host, int family, unsigned flags,
                     struct psock_target *target)
{
    if ((flags & PSOCK_RESOLVE_NUMERIC_HOST) != 0 || !can_be_a_name(host))
        return PSOCK_EAI_NONAME;
    if (is_word(last_label(whole_name(host)), "localhost"))
        return know_both(family, psock_address_loopback, target);
    target->host = host;
    return 0;
}

static int read_host(const char *host, int family, unsigned flags,
                     struct psock_target *target)
{
    if (host == NULL)
        return know_both(family,
                         (flags & PSOCK_RESOLVE_PASSIVE) != 0
                             ? psock_address_any
                             : psock_address_loopback,
                         target);
    if (*host == '\0')
        return PSOCK_EAI_NONAME;
    const int error = psock_address_parse_bare(host, &target->addresses[0]);
    if (error == 0)
        return know_number(family, target);
    return error == PSOCK_EINVAL ? read_name(host, family, flags, target)
                                 : error;
}

/* --- Services -------------------------------------------------------------- */

/* Names of services have a letter in them (RFC 6335, section 5.1), and nothing
 * that is not printable ASCII. */
static _Bool can_be_a_service(const char *service)
{
    _Bool has_letter = 0;
    for (; *service != '\0'; service++) {
        const unsigned char c = lower(*service);
        if (c <= ' ' || c >= 0x7f)
            return 0;
        has_letter |= c >= 'a' && c <= 'z';
    }
    return has_letter;
}

static int read_service(const char *service, unsigned flags,
                        struct psock_target *target)
{
    if (service == NULL ||
        psock_address_parse_port(service, &target->port) == 0)
        return 0;
    if ((flags & PSOCK_RESOLVE_NUMERIC_SERVICE) != 0 ||
        !can_be_a_service(service))
        return PSOCK_EAI_SERVICE;
    target->service = service;
    return 0;
}

/* --- Both ------------------------------------------------------------------ */

/* What addresses there are, their count says. */
static void empty(struct psock_target *target)
{
    target->host = NULL;
    target->service = NULL;
    target->port = 0;
    target->count = 0;
}

int psock_target_read(const char *host, const char *service, int family,
                      unsigned flags, struct psock_target *target)
{
    int error = text_error(host, PSOCK_HOST_NAME_SIZE);
    if (error == 0)
        error = text_error(service, PSOCK_SERVICE_NAME_SIZE);
    empty(target);
    if (error == 0)
        error = read_service(service, flags, target);
    if (error == 0)
        error = read_host(host, family, flags, target);
    return error;
}
