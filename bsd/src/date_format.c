/* date_format.c: strftime(), with all that POSIX has and the C runtime lacks. */
#include "dates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const psock_guest_days[7] = {"Sunday",    "Monday",   "Tuesday",
                                         "Wednesday", "Thursday", "Friday",
                                         "Saturday"};
const char *const psock_guest_months[12] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

struct text {
    char *at;
    size_t left; /* 0 when it was too much */
    const struct tm *date;
};

static void add(struct text *text, const char *part, size_t size)
{
    if (size >= text->left) {
        text->left = 0;
        return;
    }
    memcpy(text->at, part, size);
    text->at += size;
    text->left -= size;
}

static void add_text(struct text *text, const char *part)
{
    add(text, part, strlen(part));
}

static void add_number(struct text *text, const char *format, long long number)
{
    char digits[32];
    int size = __mingw_snprintf(digits, sizeof digits, format, number);
    add(text, digits, (size_t)size);
}

static const char *name_of(const char *const *names, int count, int index)
{
    return index >= 0 && index < count ? names[index] : "?";
}

/* The first three letters, which are enough for all. */
static void add_short(struct text *text, const char *name)
{
    add(text, name, strnlen(name, 3));
}

/* --- Weeks of ISO 8601 ------------------------------------------------------------ */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* A week belongs to the year that its Thursday is in. */
static int iso_week(const struct tm *date, int *year)
{
    int thursday = date->tm_yday - (date->tm_wday + 6) % 7 + 3;
    *year = date->tm_year + 1900;
    if (thursday < 0) {
        --*year;
        thursday += 365 + is_leap(*year);
    } else if (thursday >= 365 + is_leap(*year)) {
        thursday -= 365 + is_leap(*year);
        ++*year;
    }
    return thursday / 7 + 1;
}

/* --- Conversions -------------------------------------------------------------------- */

static void format_into(struct text *text, const char *format);

static long offset_of(const struct tm *date)
{
    struct tm copy = *date;
    struct tm local = *date;
    time_t as_if = timegm(&copy);
    time_t moment = mktime(&local);
    return (long)(as_if - moment);
}

static void add_offset(struct text *text)
{
    long minutes = offset_of(text->date) / 60;
    add_text(text, minutes < 0 ? "-" : "+");
    minutes = labs(minutes);
    add_number(text, "%04lld", minutes / 60 * 100 + minutes % 60);
}

static void add_zone(struct text *text)
{
    char zone[64];
    if (strftime_of_runtime(zone, sizeof zone, "%Z", text->date) > 0)
        add_text(text, zone);
}

static void add_moment(struct text *text)
{
    struct tm copy = *text->date;
    add_number(text, "%lld", (long long)mktime(&copy));
}

static int hour_of_12(const struct tm *date)
{
    return (date->tm_hour + 11) % 12 + 1;
}

const char *psock_guest_compound_of(char letter)
{
    switch (letter) {
    case 'c':
        return "%a %b %e %H:%M:%S %Y";
    case 'x':
    case 'D':
        return "%m/%d/%y";
    case 'X':
    case 'T':
        return "%H:%M:%S";
    case 'F':
        return "%Y-%m-%d";
    case 'R':
        return "%H:%M";
    case 'r':
        return "%I:%M:%S %p";
    default:
        return NULL;
    }
}

/* The same, and what stands for white space. */
static const char *compound(char letter)
{
    switch (letter) {
    case 'n':
        return "\n";
    case 't':
        return "\t";
    default:
        return psock_guest_compound_of(letter);
    }
}

/* Those that are a number of so many digits; null for no such letter. */
static const char *number_of(const struct tm *date, char letter, int *number)
{
    int year = date->tm_year + 1900;
    int week_year;
    switch (letter) {
    case 'd':
        return *number = date->tm_mday, "%02lld";
    case 'e':
        return *number = date->tm_mday, "%2lld";
    case 'm':
        return *number = date->tm_mon + 1, "%02lld";
    case 'Y':
        return *number = year, "%lld";
    case 'y':
        return *number = (year % 100 + 100) % 100, "%02lld";
    case 'C':
        return *number = year / 100, "%02lld";
    case 'H':
        return *number = date->tm_hour, "%02lld";
    case 'k':
        return *number = date->tm_hour, "%2lld";
    case 'I':
        return *number = hour_of_12(date), "%02lld";
    case 'l':
        return *number = hour_of_12(date), "%2lld";
    case 'M':
        return *number = date->tm_min, "%02lld";
    case 'S':
        return *number = date->tm_sec, "%02lld";
    case 'j':
        return *number = date->tm_yday + 1, "%03lld";
    case 'u':
        return *number = (date->tm_wday + 6) % 7 + 1, "%lld";
    case 'w':
        return *number = date->tm_wday, "%lld";
    case 'U':
        return *number = (date->tm_yday + 7 - date->tm_wday) / 7, "%02lld";
    case 'W':
        return *number = (date->tm_yday + 7 - (date->tm_wday + 6) % 7) / 7,
               "%02lld";
    case 'V':
        return *number = iso_week(date, &week_year), "%02lld";
    case 'G':
        return iso_week(date, number), "%lld";
    case 'g':
        iso_week(date, number);
        return *number %= 100, "%02lld";
    default:
        return NULL;
    }
}

static void add_word(struct text *text, char letter)
{
    const char *day = name_of(psock_guest_days, 7, text->date->tm_wday);
    const char *month = name_of(psock_guest_months, 12, text->date->tm_mon);
    bool afternoon = text->date->tm_hour >= 12;
    switch (letter) {
    case 'a':
        add_short(text, day);
        break;
    case 'A':
        add_text(text, day);
        break;
    case 'b':
    case 'h':
        add_short(text, month);
        break;
    case 'B':
        add_text(text, month);
        break;
    case 'p':
        add_text(text, afternoon ? "PM" : "AM");
        break;
    case 'P':
        add_text(text, afternoon ? "pm" : "am");
        break;
    case 'z':
        add_offset(text);
        break;
    case 'Z':
        add_zone(text);
        break;
    case 's':
        add_moment(text);
        break;
    default:
        add(text, &letter, 1);
    }
}

static void convert(struct text *text, char letter)
{
    int number;
    const char *several = compound(letter);
    if (several != NULL) {
        format_into(text, several);
        return;
    }
    const char *digits = number_of(text->date, letter, &number);
    if (digits != NULL)
        add_number(text, digits, number);
    else
        add_word(text, letter);
}

/* E, O and the flags of GNU change nothing in this locale, or little. */
static void format_into(struct text *text, const char *format)
{
    for (; *format != '\0' && text->left > 0; format++) {
        if (*format != '%') {
            add(text, format, 1);
            continue;
        }
        format++;
        format += strspn(format, "EO_-0^#");
        if (*format == '\0')
            return;
        convert(text, *format);
    }
}

size_t strftime(char *restrict text, size_t size, const char *restrict format,
                const struct tm *restrict date)
{
    struct text out = {text, size, date};
    format_into(&out, format);
    if (out.left == 0)
        return 0;
    *out.at = '\0';
    return (size_t)(out.at - text);
}
