/* <err.h> of the BSDs: messages with the program's name. */
#ifndef _PSOCK_BSD_ERR_H
#define _PSOCK_BSD_ERR_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <stdarg.h>
#include <stdio.h>

#define _PSOCK_BSD_ENDS __attribute__((__noreturn__))

_PSOCK_BSD_BEGIN
void warn(const char *__format, ...) _PSOCK_BSD_NAME(warn)
    _PSOCK_BSD_PRINTF(1, 2);
void vwarn(const char *__format, va_list __arguments) _PSOCK_BSD_NAME(vwarn)
    _PSOCK_BSD_PRINTF(1, 0);
void warnx(const char *__format, ...) _PSOCK_BSD_NAME(warnx)
    _PSOCK_BSD_PRINTF(1, 2);
void vwarnx(const char *__format, va_list __arguments) _PSOCK_BSD_NAME(vwarnx)
    _PSOCK_BSD_PRINTF(1, 0);
void err(int __status, const char *__format, ...) _PSOCK_BSD_NAME(err)
    _PSOCK_BSD_PRINTF(2, 3) _PSOCK_BSD_ENDS;
void verr(int __status, const char *__format, va_list __arguments)
    _PSOCK_BSD_NAME(verr) _PSOCK_BSD_PRINTF(2, 0) _PSOCK_BSD_ENDS;
void errx(int __status, const char *__format, ...) _PSOCK_BSD_NAME(errx)
    _PSOCK_BSD_PRINTF(2, 3) _PSOCK_BSD_ENDS;
void verrx(int __status, const char *__format, va_list __arguments)
    _PSOCK_BSD_NAME(verrx) _PSOCK_BSD_PRINTF(2, 0) _PSOCK_BSD_ENDS;
_PSOCK_BSD_END

#endif
