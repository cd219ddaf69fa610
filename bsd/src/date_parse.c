/* date_parse.c: strptime(). */
#include "dates.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is known when all of the text was read. */
struct parse {
    struct tm *date;
    bool afternoon;
    bool of_12;   /* the hour is one of twelve */
    int century;  /* -1: not told */
    bool has_day; /* so that the day of the week can be found */
};

static const char *parse_all(struct parse *parse, const char *text,
                             const char *format);

static const char *skip_space(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* As many digits as may make a number up to `most`.  Null if it is another. */
static const char *read_number(const char *text, int least, int most,
                               int *number)
{
    text = skip_space(text);
    int value = 0;
    int digits = 0;
    for (int room = most; room > 0 && isdigit((unsigned char)*text);
         room /= 10) {
        value = value * 10 + (*text++ - '0');
        digits++;
    }
    if (digits == 0 || value < least || value > most)
        return NULL;
    *number = value;
    return text;
}

/* A whole name or its first three letters. */
static const char *read_name(const char *text, const char *const *names,
                             int count, int *index)
{
    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (strncasecmp(text, names[i], length) != 0)
            length = 3;
        if (strncasecmp(text, names[i], length) == 0) {
            *index = i;
            return text + length;
        }
    }
    return NULL;
}

static const char *read_half(struct parse *parse, const char *text)
{
    bool afternoon = strncasecmp(text, "PM", 2) == 0;
    if (!afternoon && strncasecmp(text, "AM", 2) != 0)
        return NULL;
    parse->afternoon = afternoon;
    return text + 2;
}

/* "+0130", "-01:30" or "Z": read, and not kept, as struct tm has no place for it. */
static const char *read_offset(const char *text)
{
    text = skip_space(text);
    if (*text == 'Z')
        return text + 1;
    if (*text != '+' && *text != '-')
        return NULL;
    int number;
    text = read_number(text + 1, 0, 99, &number);
    if (text == NULL || (*text != ':' && !isdigit((unsigned char)*text)))
        return text;
    return read_number(text + (*text == ':'), 0, 59, &number);
}

static const char *read_moment(struct parse *parse, const char *text)
{
    char *end;
    time_t moment = (time_t)strtoll(text, &end, 10);
    return end != text && localtime_r(&moment, parse->date) != NULL ? end
                                                                    : NULL;
}

static const char *read_short_year(struct parse *parse, const char *text)
{
    int year;
    text = read_number(text, 0, 99, &year);
    if (text != NULL)
        parse->date->tm_year = year < 69 ? year + 100 : year;
    return text;
}

static const char *read_year(struct parse *parse, const char *text)
{
    int year;
    text = read_number(text, 0, 9999, &year);
    if (text != NULL)
        parse->date->tm_year = year - 1900;
    parse->has_day = true;
    return text;
}

static const char *read_counted(const char *text, int least, int most,
                                int *field)
{
    int number;
    text = read_number(text, least, most, &number);
    if (text != NULL)
        *field = number - least;
    return text;
}

static const char *convert(struct parse *parse, const char *text, char letter)
{
    struct tm *date = parse->date;
    int ignored;
    switch (letter) {
    case 'a':
    case 'A':
        return read_name(text, psock_guest_days, 7, &date->tm_wday);
    case 'b':
    case 'B':
    case 'h':
        parse->has_day = true;
        return read_name(text, psock_guest_months, 12, &date->tm_mon);
    case 'd':
    case 'e':
        parse->has_day = true;
        return read_number(text, 1, 31, &date->tm_mday);
    case 'm':
        parse->has_day = true;
        return read_counted(text, 1, 12, &date->tm_mon);
    case 'Y':
        return read_year(parse, text);
    case 'y':
        parse->has_day = true;
        return read_short_year(parse, text);
    case 'C':
        return read_number(text, 0, 99, &parse->century);
    case 'H':
    case 'k':
        return read_number(text, 0, 23, &date->tm_hour);
    case 'I':
    case 'l':
        parse->of_12 = true;
        return read_number(text, 1, 12, &date->tm_hour);
    case 'M':
        return read_number(text, 0, 59, &date->tm_min);
    case 'S':
        return read_number(text, 0, 60, &date->tm_sec);
    case 'j':
        return read_counted(text, 1, 366, &date->tm_yday);
    case 'w':
        return read_number(text, 0, 6, &date->tm_wday);
    case 'u':
        text = read_number(text, 1, 7, &date->tm_wday);
        date->tm_wday %= 7;
        return text;
    case 'U':
    case 'W':
    case 'V':
        return read_number(text, 0, 53, &ignored);
    case 'p':
    case 'P':
        return read_half(parse, text);
    case 'z':
        return read_offset(text);
    case 's':
        return read_moment(parse, text);
    case 'n':
    case 't':
        return skip_space(text);
    case '%':
        return *text == '%' ? text + 1 : NULL;
    default:
        return NULL;
    }
}

static const char *parse_all(struct parse *parse, const char *text,
                             const char *format)
{
    for (; *format != '\0' && text != NULL; format++) {
        if (isspace((unsigned char)*format)) {
            text = skip_space(text);
        } else if (*format != '%') {
            text = *text == *format ? text + 1 : NULL;
        } else {
            format++;
            format += strspn(format, "EO_-0^#");
            const char *several = psock_guest_compound_of(*format);
            text = several != NULL ? parse_all(parse, text, several)
                                   : convert(parse, text, *format);
        }
    }
    return text;
}

/* What follows from what was read. */
static void complete(struct parse *parse)
{
    struct tm *date = parse->date;
    if (parse->of_12)
        date->tm_hour = date->tm_hour % 12 + (parse->afternoon ? 12 : 0);
    if (parse->century >= 0)
        date->tm_year =
            parse->century * 100 - 1900 + (date->tm_year % 100 + 100) % 100;
    if (parse->has_day && date->tm_mday > 0) {
        struct tm copy = {.tm_year = date->tm_year,
                          .tm_mon = date->tm_mon,
                          .tm_mday = date->tm_mday};
        timegm(&copy);
        date->tm_wday = copy.tm_wday;
        date->tm_yday = copy.tm_yday;
    }
}

char *strptime(const char *restrict text, const char *restrict format,
               struct tm *restrict date)
{
    struct parse parse = {date, false, false, -1, false};
    const char *end = parse_all(&parse, text, format);
    if (end != NULL)
        complete(&parse);
    return (char *)(uintptr_t)end;
}
