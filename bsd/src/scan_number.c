/* scan_number.c: the numbers of scanf(). */
#include "scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* As long as a number may be. */
#define NUMBER_MAX 512

struct number {
    char text[NUMBER_MAX + 1];
    size_t length;
    size_t limit;
};

/* Takes the next byte if it is one of `allowed`. */
static bool take_one_of(struct psock_guest_scan *scan, struct number *number,
                        const char *allowed)
{
    int byte =
        number->length < number->limit ? psock_guest_scan_peek(scan) : EOF;
    if (byte == EOF || byte == '\0' || strchr(allowed, byte) == NULL)
        return false;
    number->text[number->length++] = (char)byte;
    psock_guest_scan_take(scan);
    return true;
}

static bool take_digits(struct psock_guest_scan *scan, struct number *number,
                        const char *digits)
{
    bool some = false;
    while (take_one_of(scan, number, digits))
        some = true;
    return some;
}

static const char *digits_of(int base)
{
    return base == 16  ? "0123456789abcdefABCDEF"
           : base == 8 ? "01234567"
                       : "0123456789";
}

/* Returns whether it is a number.  A base of 0 is told by what it begins with. */
static bool scan_integer(struct psock_guest_scan *scan, struct number *number,
                         int *base)
{
    take_one_of(scan, number, "+-");
    bool zero = take_one_of(scan, number, "0");
    if (zero && (*base == 0 || *base == 16) &&
        take_one_of(scan, number, "xX")) {
        *base = 16;
        return take_digits(scan, number, digits_of(16));
    }
    if (*base == 0)
        *base = zero ? 8 : 10;
    return take_digits(scan, number, digits_of(*base)) || zero;
}

static bool scan_word(struct psock_guest_scan *scan, struct number *number)
{
    return take_digits(scan, number, "infatyINFATY");
}

static bool scan_real(struct psock_guest_scan *scan, struct number *number)
{
    take_one_of(scan, number, "+-");
    if (isalpha(psock_guest_scan_peek(scan)))
        return scan_word(scan, number);
    bool zero = take_one_of(scan, number, "0");
    bool hex = zero && take_one_of(scan, number, "xX");
    const char *digits = digits_of(hex ? 16 : 10);
    bool some = take_digits(scan, number, digits) || (zero && !hex);
    if (take_one_of(scan, number, "."))
        some |= take_digits(scan, number, digits);
    if (some && take_one_of(scan, number, hex ? "pP" : "eE")) {
        take_one_of(scan, number, "+-");
        some = take_digits(scan, number, digits_of(10));
    }
    return some;
}

void psock_guest_scan_store(const struct psock_guest_conversion *what, void *to,
                            long long value)
{
    switch (what->size) {
    case 'H':
        *(signed char *)to = (signed char)value;
        break;
    case 'h':
        *(short *)to = (short)value;
        break;
    case 'l':
        *(long *)to = (long)value;
        break;
    case 'j':
    case 'q':
    case 'L':
        *(long long *)to = value;
        break;
    case 'z':
    case 't':
        *(ptrdiff_t *)to = (ptrdiff_t)value;
        break;
    default:
        *(int *)to = (int)value;
    }
}

static void store_real(const struct psock_guest_conversion *what, void *to,
                       const char *text)
{
    if (what->size == 'L')
        *(long double *)to = strtold(text, NULL);
    else if (what->size == 'l')
        *(double *)to = strtod(text, NULL);
    else
        *(float *)to = strtof(text, NULL);
}

static long long value_of(const struct number *number, char letter, int base)
{
    return letter == 'd' || letter == 'i'
               ? strtoll(number->text, NULL, base)
               : (long long)strtoull(number->text, NULL, base);
}

static int base_of(char letter)
{
    switch (letter) {
    case 'i':
        return 0;
    case 'o':
        return 8;
    case 'x':
    case 'X':
    case 'p':
        return 16;
    default:
        return 10;
    }
}

static void start(struct number *number,
                  const struct psock_guest_conversion *what)
{
    bool limited = what->width > 0 && what->width < NUMBER_MAX;
    number->length = 0;
    number->limit = limited ? (size_t)what->width : NUMBER_MAX;
}

/* Returns whether there was one. */
bool psock_guest_scan_number(struct psock_guest_scan *scan,
                             const struct psock_guest_conversion *what,
                             void *to)
{
    struct number number;
    int base = base_of(what->letter);
    bool real = strchr("aAeEfFgG", what->letter) != NULL;
    start(&number, what);
    if (!(real ? scan_real(scan, &number) : scan_integer(scan, &number, &base)))
        return false;
    number.text[number.length] = '\0';
    if (to == NULL)
        return true;
    if (real)
        store_real(what, to, number.text);
    else if (what->letter == 'p')
        *(void **)to = (void *)(uintptr_t)value_of(&number, 'x', 16);
    else
        psock_guest_scan_store(what, to, value_of(&number, what->letter, base));
    return true;
}
