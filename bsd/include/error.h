/* <error.h> of GNU.  That of the C runtime has the numbers of Windows' errors, and
 * nothing includes it. */
#ifndef _PSOCK_BSD_ERROR_H
#define _PSOCK_BSD_ERROR_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <stdio.h>

_PSOCK_BSD_BEGIN
extern void (*error_print_progname)(void)
    _PSOCK_BSD_NAME(error_print_progname);
extern unsigned int error_message_count _PSOCK_BSD_NAME(error_message_count);
extern int error_one_per_line _PSOCK_BSD_NAME(error_one_per_line);

/* Ends the program unless `status` is 0. */
void error(int __status, int __number, const char *__format, ...)
    _PSOCK_BSD_NAME(error) _PSOCK_BSD_PRINTF(3, 4);
void error_at_line(int __status, int __number, const char *__file,
                   unsigned int __line, const char *__format, ...)
    _PSOCK_BSD_NAME(error_at_line) _PSOCK_BSD_PRINTF(5, 6);
_PSOCK_BSD_END

#endif
