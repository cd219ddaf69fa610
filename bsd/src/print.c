/* print.c: printf() and its kin, to streams of both kinds and to memory. */
#include "stream.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Most texts are shorter, and need no memory of their own. */
#define SHORT_TEXT 512

/* --- %m ----------------------------------------------------------------------- */

/* Where "%m" stands, or null.  "%%m" is none. */
static const char *find_m(const char *format)
{
    for (; (format = strchr(format, '%')) != NULL; format += 2) {
        if (format[1] == 'm')
            return format;
        if (format[1] == '\0')
            return NULL;
    }
    return NULL;
}

static char *append_doubled(char *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '%')
            *to++ = '%';
        *to++ = *text;
    }
    return to;
}

/* Puts the text of the error in its place, as the C runtime's printf() does not.
 * Null without memory. */
static char *expand_m(const char *format, int number)
{
    const char *error = strerror(number);
    size_t each = 2 * strlen(error);
    char *expanded = malloc((strlen(format) / 2 + 1) * (each + 2));
    char *to = expanded;
    const char *place;
    if (expanded == NULL)
        return NULL;
    for (; (place = find_m(format)) != NULL; format = place + 2) {
        memcpy(to, format, (size_t)(place - format));
        to = append_doubled(to + (place - format), error);
    }
    strcpy(to, format);
    return expanded;
}

/* --- To memory ------------------------------------------------------------------ */

int _psock_bsd_vsnprintf(char *restrict text, size_t size,
                         const char *restrict format, va_list arguments)
{
    if (find_m(format) == NULL)
        return __mingw_vsnprintf(text, size, format, arguments);
    char *expanded = expand_m(format, errno);
    if (expanded == NULL)
        return psock_guest_fail(ENOMEM);
    int length = __mingw_vsnprintf(text, size, expanded, arguments);
    free(expanded);
    return length;
}

int _psock_bsd_vsprintf(char *restrict text, const char *restrict format,
                        va_list arguments)
{
    return vsnprintf(text, INT32_MAX, format, arguments);
}

int vasprintf(char **restrict text, const char *restrict format,
              va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *text = length >= 0 ? malloc((size_t)length + 1) : NULL;
    if (*text == NULL)
        return -1;
    return vsnprintf(*text, (size_t)length + 1, format, arguments);
}

/* The whole text, in `small` or in memory to be freed; null with errno. */
static char *print_whole(char small[SHORT_TEXT], int *length,
                         const char *format, va_list arguments)
{
    char *text = small;
    va_list again;
    va_copy(again, arguments);
    *length = vsnprintf(small, SHORT_TEXT, format, again);
    va_end(again);
    if (*length >= SHORT_TEXT)
        *length = vasprintf(&text, format, arguments);
    return *length >= 0 ? text : NULL;
}

/* --- To streams and numbers ------------------------------------------------------- */

/* In one piece, so that it goes out at once where nothing is buffered. */
static int print_to_ours(struct psock_guest_stream *stream, const char *format,
                         va_list arguments)
{
    char small[SHORT_TEXT];
    int length;
    char *text = print_whole(small, &length, format, arguments);
    if (text == NULL)
        return -1;
    size_t size = (size_t)length;
    if (psock_guest_stream_put(stream, text, size) < size)
        length = -1;
    if (text != small)
        free(text);
    return length;
}

static int print_to_runtime(FILE *file, const char *format, va_list arguments)
{
    if (find_m(format) == NULL)
        return __mingw_vfprintf(file, format, arguments);
    char *expanded = expand_m(format, errno);
    if (expanded == NULL)
        return psock_guest_fail(ENOMEM);
    int length = __mingw_vfprintf(file, expanded, arguments);
    free(expanded);
    return length;
}

int _psock_bsd_vfprintf(FILE *restrict file, const char *restrict format,
                        va_list arguments)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return print_to_runtime(file, format, arguments);
    int length = print_to_ours(stream, format, arguments);
    psock_guest_stream_leave(stream);
    return length;
}

static bool write_whole(int fd, const char *text, size_t size)
{
    for (size_t sum = 0; sum < size;) {
        ssize_t written = write(fd, text + sum, size - sum);
        if (written < 0)
            return false;
        sum += (size_t)written;
    }
    return true;
}

int vdprintf(int fd, const char *restrict format, va_list arguments)
{
    char small[SHORT_TEXT];
    int length;
    char *text = print_whole(small, &length, format, arguments);
    if (text == NULL)
        return -1;
    if (!write_whole(fd, text, (size_t)length))
        length = -1;
    if (text != small)
        free(text);
    return length;
}

void perror(const char *what)
{
    char error[SHORT_TEXT];
    strerror_r(errno, error, sizeof error);
    bool named = what != NULL && *what != '\0';
    fprintf(stderr, "%s%s%s\n", named ? what : "", named ? ": " : "", error);
}

/* --- With the arguments themselves ------------------------------------------------ */

int dprintf(int fd, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vdprintf(fd, format, arguments);
    va_end(arguments);
    return length;
}

int _psock_bsd_sprintf(char *restrict text, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

int _psock_bsd_snprintf(char *restrict text, size_t size,
                        const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int asprintf(char **restrict text, const char *restrict format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}
