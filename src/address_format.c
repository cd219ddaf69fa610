/* address_format.c: addresses to text.
 *
 * Each writer puts its part where `to` points and returns the place behind it.
 * The room is PSOCK_ADDRESS_TEXT_SIZE, enough for anything written here.  A
 * smaller buffer gets the text only once it is known to fit, by way of one on
 * the stack. */
#include <string.h>

#include "sys.h"

static const char digits[] = "0123456789abcdef";

static inline char *write_text(const char *text, size_t length, char *to)
{
    memcpy(to, text, length);
    return to + length;
}

/* A number up to 255. */
static inline char *write_byte(unsigned number, char *to)
{
    if (number >= 100)
        *to++ = digits[number / 100];
    if (number >= 10)
        *to++ = digits[number / 10 % 10];
    *to++ = digits[number % 10];
    return to;
}

static char *write_number(uint32_t number, char *to)
{
    char reversed[10];
    size_t count = 0;
    do {
        reversed[count++] = digits[number % 10];
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *to++ = reversed[--count];
    return to;
}

static char *write_ipv4(const unsigned char *bytes, char *to)
{
    to = write_byte(bytes[0], to);
    for (size_t i = 1; i < 4; i++) {
        *to++ = '.';
        to = write_byte(bytes[i], to);
    }
    return to;
}

static char *write_port(uint16_t port, char *to)
{
    *to++ = ':';
    return write_number(port, to);
}

/* --- IPv6, as RFC 5952 says ----------------------------------------------- */

/* Groups of zeros side by side. */
struct run {
    size_t start;
    size_t length;
};

static inline unsigned group_at(const unsigned char *bytes, size_t i)
{
    return (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* The run that "::" stands for: the longest, the first of equals (4.2.3), none
 * shorter than two (4.2.2). */
static struct run longest_run(const unsigned char *bytes)
{
    struct run longest = {.start = 8, .length = 1};
    struct run run = {.start = 0, .length = 0};
    for (size_t i = 0; i < 8; i++) {
        if (group_at(bytes, i) != 0) {
            run = (struct run){.start = i + 1, .length = 0};
            continue;
        }
        run.length++;
        if (run.length > longest.length)
            longest = run;
    }
    return longest;
}

/* A group without leading zeros. */
static inline char *write_group(unsigned group, char *to)
{
    if (group > 0xfff)
        *to++ = digits[group >> 12];
    if (group > 0xff)
        *to++ = digits[group >> 8 & 15];
    if (group > 0xf)
        *to++ = digits[group >> 4 & 15];
    *to++ = digits[group & 15];
    return to;
}

static char *write_groups(const unsigned char *bytes, size_t first, size_t end,
                          char *to)
{
    for (size_t i = first; i < end; i++) {
        if (i > first)
            *to++ = ':';
        to = write_group(group_at(bytes, i), to);
    }
    return to;
}

static char *write_ipv6(const unsigned char *bytes, char *to)
{
    const struct run run = longest_run(bytes);
    to = write_groups(bytes, 0, run.start, to);
    if (run.start == 8)
        return to;
    to = write_text("::", 2, to);
    if (run.start == 0 && run.length == 5 && group_at(bytes, 5) == 0xffff)
        return write_ipv4(bytes + 12, write_text("ffff:", 5, to));
    return write_groups(bytes, run.start + run.length, 8, to);
}

/* Whether psock_address_parse() would take `name` for this name: it is no
 * number, and nothing in it ends a scope. */
static _Bool is_readable(const char *name)
{
    return name[strspn(name, "0123456789")] != '\0' &&
           name[strcspn(name, ":]")] == '\0';
}

static char *write_scope(uint32_t scope, unsigned flags, char *to)
{
    char name[PSOCK_SYS_SCOPE_NAME_SIZE];
    *to++ = '%';
    if ((flags & PSOCK_FORMAT_SCOPE_NAME) != 0 &&
        psock_sys_scope_name(scope, name) && is_readable(name))
        return write_text(name, strlen(name), to);
    return write_number(scope, to);
}

/* --- Unix names ----------------------------------------------------------- */

static char *write_escaped(unsigned char byte, char *to)
{
    *to++ = '%';
    *to++ = "0123456789ABCDEF"[byte >> 4];
    *to++ = "0123456789ABCDEF"[byte & 15];
    return to;
}

/* One word of printable ASCII, whatever the bytes are. */
static char *write_name(const unsigned char *bytes, size_t length, char *to)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] > ' ' && bytes[i] < 0x7f && bytes[i] != '%')
            *to++ = (char)bytes[i];
        else
            to = write_escaped(bytes[i], to);
    }
    return to;
}

static char *write_unix(const struct psock_address_view *view, char *to)
{
    const unsigned char *bytes = view->bytes;
    size_t length = view->length;
    to = write_text("unix:", 5, to);
    if (length == 0)
        return to;
    if (bytes[0] == '\0')
        *to++ = '@';
    else if (bytes[0] == '@')
        to = write_escaped('@', to);
    else
        to = write_name(bytes, 1, to);
    return write_name(bytes + 1, length - 1, to);
}

/* --- Whole addresses ------------------------------------------------------ */

static char *write_ipv6_scoped(const struct psock_address_view *view,
                               unsigned flags, char *to)
{
    to = write_ipv6(view->bytes, to);
    return view->scope == 0 ? to : write_scope(view->scope, flags, to);
}

static char *write_host(const struct psock_address_view *view, unsigned flags,
                        char *to)
{
    switch (view->family) {
    case PSOCK_UNIX:
        return write_unix(view, to);
    case PSOCK_IPV4:
        return write_ipv4(view->bytes, to);
    case PSOCK_IPV6:
        return write_ipv6_scoped(view, flags, to);
    default:
        return to;
    }
}

static char *write_bracketed(const struct psock_address_view *view,
                             unsigned flags, char *to)
{
    *to++ = '[';
    to = write_ipv6_scoped(view, flags, to);
    *to++ = ']';
    return to;
}

static char *write_address(const struct psock_address_view *view,
                           unsigned flags, char *to)
{
    const _Bool is_ipv6 = view->family == PSOCK_IPV6;
    const _Bool has_port = is_ipv6 || view->family == PSOCK_IPV4;
    if (!has_port || (flags & PSOCK_FORMAT_NO_PORT) != 0)
        return write_host(view, flags, to);
    to = is_ipv6 ? write_bracketed(view, flags, to)
                 : write_ipv4(view->bytes, to);
    return write_port(view->port, to);
}

int psock_address_format(const psock_address *address, unsigned flags,
                         char *text, size_t size)
{
    const unsigned known = PSOCK_FORMAT_NO_PORT | PSOCK_FORMAT_SCOPE_NAME;
    struct psock_address_view view;
    char apart[PSOCK_ADDRESS_TEXT_SIZE];
    if (address == NULL || text == NULL)
        return PSOCK_EFAULT;
    if ((flags & ~known) != 0)
        return PSOCK_EINVAL;
    psock_sys_address_view(address, &view);
    char *const to = size < sizeof apart ? apart : text;
    const size_t length = (size_t)(write_address(&view, flags, to) - to);
    if (length >= size)
        return PSOCK_ENOSPC;
    if (to == apart)
        memcpy(text, apart, length);
    text[length] = '\0';
    return (int)length;
}
