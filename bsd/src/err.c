/* err.c: err(), warn() and error(): messages with the program's name. */
#include "guest.h"

#include <err.h>
#include <error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* That of argv[0], without its folders. */
static const char *program_name(void)
{
    const char *path = __argv != NULL && __argv[0] != NULL ? __argv[0] : "?";
    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '/' || *at == '\\')
            path = at + 1;
    }
    return path;
}

/* --- BSD's ---------------------------------------------------------------------- */

/* "program: message: error"; a `number` below zero has no text. */
static void tell(int number, const char *format, va_list arguments)
{
    fflush(stdout);
    flockfile(stderr);
    fprintf(stderr, "%s: ", program_name());
    if (format != NULL)
        vfprintf(stderr, format, arguments);
    if (number >= 0)
        fprintf(stderr, "%s%s", format != NULL ? ": " : "", strerror(number));
    putc('\n', stderr);
    funlockfile(stderr);
}

void vwarn(const char *format, va_list arguments)
{
    tell(errno, format, arguments);
}

void vwarnx(const char *format, va_list arguments)
{
    tell(-1, format, arguments);
}

void verr(int status, const char *format, va_list arguments)
{
    tell(errno, format, arguments);
    exit(status);
}

void verrx(int status, const char *format, va_list arguments)
{
    tell(-1, format, arguments);
    exit(status);
}

void warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vwarn(format, arguments);
    va_end(arguments);
}

void warnx(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vwarnx(format, arguments);
    va_end(arguments);
}

void err(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    verr(status, format, arguments);
}

void errx(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    verrx(status, format, arguments);
}

/* --- GNU's ---------------------------------------------------------------------- */

void (*error_print_progname)(void);
unsigned error_message_count;
int error_one_per_line;

static void print_name(void)
{
    if (error_print_progname != NULL)
        error_print_progname();
    else
        fprintf(stderr, "%s:", program_name());
}

static void finish(int status, int number, const char *format,
                   va_list arguments)
{
    vfprintf(stderr, format, arguments);
    if (number != 0)
        fprintf(stderr, ": %s", strerror(number));
    putc('\n', stderr);
    error_message_count++;
    if (status != 0)
        exit(status);
}

void error(int status, int number, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    print_name();
    putc(' ', stderr);
    finish(status, number, format, arguments);
    va_end(arguments);
}

static bool is_told_already(const char *file, unsigned line)
{
    static const char *last_file;
    static unsigned last_line;
    bool same = error_one_per_line != 0 && last_file != NULL &&
                last_line == line && strcmp(last_file, file) == 0;
    last_file = file;
    last_line = line;
    return same;
}

void error_at_line(int status, int number, const char *file, unsigned line,
                   const char *format, ...)
{
    va_list arguments;
    if (is_told_already(file, line))
        return;
    va_start(arguments, format);
    fflush(stdout);
    print_name();
    fprintf(stderr, "%s:%u: ", file, line);
    finish(status, number, format, arguments);
    va_end(arguments);
}
