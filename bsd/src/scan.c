/* scan.c: scanf() and its kin.  A stream of ours gives its bytes one by one, and
 * not one more is taken than the format asks for. */
#include "scan.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

/* --- Bytes -------------------------------------------------------------------- */

int psock_guest_scan_peek(struct psock_guest_scan *scan)
{
    struct psock_guest_stream *stream = scan->stream;
    return psock_guest_stream_fill(stream) ? stream->input[stream->input_at]
                                           : EOF;
}

void psock_guest_scan_take(struct psock_guest_scan *scan)
{
    scan->stream->input_at++;
    scan->taken++;
}

static void skip_space(struct psock_guest_scan *scan)
{
    while (isspace(psock_guest_scan_peek(scan)))
        psock_guest_scan_take(scan);
}

/* --- The format ----------------------------------------------------------------- */

static const char *read_size(const char *format,
                             struct psock_guest_conversion *what)
{
    bool twice = format[0] == format[1];
    switch (*format) {
    case 'h':
        what->size = twice ? 'H' : 'h';
        break;
    case 'l':
        what->size = twice ? 'q' : 'l';
        break;
    case 'j':
    case 'z':
    case 't':
    case 'L':
    case 'q':
        what->size = *format;
        return format + 1;
    default:
        return format;
    }
    return format + (twice ? 2 : 1);
}

/* Behind the bracket that ends it: the first may be one of the set. */
static const char *read_set(const char *format,
                            struct psock_guest_conversion *what)
{
    what->set = format;
    format += *format == '^';
    format += *format == ']';
    while (*format != '\0' && *format != ']')
        format++;
    what->set_end = format;
    return *format == ']' ? format + 1 : format;
}

static const char *read_conversion(const char *format,
                                   struct psock_guest_conversion *what)
{
    memset(what, 0, sizeof *what);
    what->assigned = *format != '*';
    format += !what->assigned;
    for (; isdigit((unsigned char)*format); format++)
        what->width = what->width * 10 + (*format - '0');
    what->allocates = *format == 'm';
    format += what->allocates;
    format = read_size(format, what);
    what->letter = *format;
    if (*format == '\0')
        return format;
    format++;
    return what->letter == '[' ? read_set(format, what) : format;
}

/* --- All of it -------------------------------------------------------------------- */

static bool scan_one(struct psock_guest_scan *scan,
                     const struct psock_guest_conversion *what, void *to)
{
    switch (what->letter) {
    case 'c':
        return psock_guest_scan_text(scan, what, to) >=
               (what->width > 0 ? what->width : 1);
    case 's':
    case '[':
        return psock_guest_scan_text(scan, what, to) > 0;
    default:
        return what->letter != '\0' &&
               strchr("diouxXpaAeEfFgG", what->letter) != NULL &&
               psock_guest_scan_number(scan, what, to);
    }
}

/* Returns whether the byte of the format was there. */
static bool match(struct psock_guest_scan *scan, char wanted)
{
    if (psock_guest_scan_peek(scan) != (unsigned char)wanted)
        return false;
    psock_guest_scan_take(scan);
    return true;
}

/* `done` counts what was assigned.  Returns false at the end of the input, or where
 * it does not fit. */
static bool scan_next(struct psock_guest_scan *scan,
                      const struct psock_guest_conversion *what, void *to,
                      int *done)
{
    if (what->letter == 'n') {
        if (to != NULL)
            psock_guest_scan_store(what, to, scan->taken);
        return true;
    }
    if (what->letter != 'c' && what->letter != '[')
        skip_space(scan);
    if (what->letter == '%')
        return match(scan, '%');
    if (psock_guest_scan_peek(scan) == EOF) {
        *done = *done == 0 ? EOF : *done;
        return false;
    }
    if (!scan_one(scan, what, to))
        return false;
    *done += to != NULL;
    return true;
}

static int scan_ours(struct psock_guest_stream *stream, const char *format,
                     va_list arguments)
{
    struct psock_guest_scan scan = {stream, 0};
    int done = 0;
    while (*format != '\0') {
        struct psock_guest_conversion what;
        if (isspace((unsigned char)*format)) {
            skip_space(&scan);
            format++;
            continue;
        }
        if (*format != '%') {
            if (!match(&scan, *format++))
                return done == 0 && psock_guest_scan_peek(&scan) == EOF ? EOF
                                                                        : done;
            continue;
        }
        format = read_conversion(format + 1, &what);
        void *to = what.assigned && what.letter != '%'
                       ? va_arg(arguments, void *)
                       : NULL;
        if (!scan_next(&scan, &what, to, &done))
            break;
    }
    return done;
}

int _psock_bsd_vfscanf(FILE *restrict file, const char *restrict format,
                       va_list arguments)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return __mingw_vfscanf(file, format, arguments);
    int done = scan_ours(stream, format, arguments);
    psock_guest_stream_leave(stream);
    return done;
}
