/* text.c: what string.h and strings.h of the C runtime lack. */
#include "guest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- Strings --------------------------------------------------------------- */

char *strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = malloc(length + 1);
    if (copy == NULL)
        return NULL;
    copy[length] = '\0';
    return memcpy(copy, text, length);
}

char *strsep(char **restrict text, const char *restrict separators)
{
    char *part = *text;
    if (part == NULL)
        return NULL;
    char *end = part + strcspn(part, separators);
    *text = *end != '\0' ? end + 1 : NULL;
    *end = '\0';
    return part;
}

char *stpcpy(char *restrict to, const char *restrict from)
{
    size_t length = strlen(from);
    memcpy(to, from, length + 1);
    return to + length;
}

char *stpncpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t length = strnlen(from, size);
    memcpy(to, from, length);
    memset(to + length, 0, size - length);
    return to + length;
}

char *strchrnul(const char *text, int character)
{
    while (*text != '\0' && *text != (char)character)
        text++;
    return (char *)(uintptr_t)text;
}

char *strcasestr(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (;; text++) {
        if (strncasecmp(text, part, length) == 0)
            return (char *)(uintptr_t)text;
        if (*text == '\0')
            return NULL;
    }
}

char *index(const char *text, int character)
{
    return strchr(text, character);
}

char *rindex(const char *text, int character)
{
    return strrchr(text, character);
}

char *psock_guest_basename_of(const char *path) _PSOCK_BSD_NAME(basename_of);

char *psock_guest_basename_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return (char *)(uintptr_t)(slash != NULL ? slash + 1 : path);
}

/* --- Versions -------------------------------------------------------------- */

static size_t digits_in(const char *text)
{
    size_t count = 0;
    while (isdigit((unsigned char)text[count]))
        count++;
    return count;
}

/* After zeros alone more digits make a smaller fraction. */
static int compare_after_zeros(const char *first, const char *second)
{
    bool one = isdigit((unsigned char)*first);
    bool other = isdigit((unsigned char)*second);
    if (one != other)
        return one ? -1 : 1;
    return (unsigned char)*first - (unsigned char)*second;
}

/* The longer run of digits is the larger number. */
static int compare_numbers(const char *first, const char *second)
{
    size_t length = digits_in(first);
    size_t other = digits_in(second);
    if (length != other)
        return length < other ? -1 : 1;
    return (unsigned char)*first - (unsigned char)*second;
}

/* A digit that begins a number: not 0, which begins a fraction. */
static bool begins_number(char letter)
{
    return isdigit((unsigned char)letter) && letter != '0';
}

/* Names with numbers in them, in the order of the numbers; those that begin with 0
 * are fractions. */
int strverscmp(const char *first, const char *second)
{
    size_t at = 0;
    size_t number = 0; /* where the digits begin that `at` is among */
    while (first[at] != '\0' && first[at] == second[at]) {
        number = isdigit((unsigned char)first[at]) ? number : at + 1;
        at++;
    }
    if (first[at] == second[at])
        return 0;
    size_t zeros = strspn(first + number, "0");
    if (number < at && number + zeros >= at)
        return compare_after_zeros(first + at, second + at);
    if (zeros == 0 && (number < at ||
                       (begins_number(first[at]) && begins_number(second[at]))))
        return compare_numbers(first + at, second + at);
    return (unsigned char)first[at] - (unsigned char)second[at];
}

/* --- Memory ---------------------------------------------------------------- */

void *memmem(const void *block, size_t size, const void *part, size_t part_size)
{
    const char *at = block;
    if (part_size == 0)
        return (void *)(uintptr_t)at;
    for (; size >= part_size; at++, size--) {
        size_t starts = size - part_size + 1;
        const char *start = memchr(at, *(const unsigned char *)part, starts);
        if (start == NULL)
            return NULL;
        size -= (size_t)(start - at);
        at = start;
        if (memcmp(at, part, part_size) == 0)
            return (void *)(uintptr_t)at;
    }
    return NULL;
}

void *memrchr(const void *block, int byte, size_t size)
{
    const unsigned char *bytes = block;
    while (size-- > 0) {
        if (bytes[size] == (unsigned char)byte)
            return (void *)(uintptr_t)&bytes[size];
    }
    return NULL;
}

void *rawmemchr(const void *block, int byte)
{
    const unsigned char *at = block;
    while (*at != (unsigned char)byte)
        at++;
    return (void *)(uintptr_t)at;
}

/* What the compiler cannot see through, so that it leaves it in. */
static void *(*volatile set_memory)(void *, int, size_t) = memset;

void explicit_bzero(void *block, size_t size)
{
    set_memory(block, 0, size);
}

void bzero(void *block, size_t size)
{
    memset(block, 0, size);
}

void bcopy(const void *from, void *to, size_t size)
{
    memmove(to, from, size);
}

int bcmp(const void *first, const void *second, size_t size)
{
    return memcmp(first, second, size);
}

/* --- Bits ------------------------------------------------------------------ */

int ffs(int bits)
{
    return ffsll(bits);
}

int ffsl(long bits)
{
    return ffsll(bits);
}

int ffsll(long long bits)
{
    for (int i = 0; i < 64; i++) {
        if (((unsigned long long)bits >> i & 1) != 0)
            return i + 1;
    }
    return 0;
}
