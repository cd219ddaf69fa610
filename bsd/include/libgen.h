/* <libgen.h> of POSIX.1-2024. */
#ifndef _PSOCK_BSD_LIBGEN_H
#define _PSOCK_BSD_LIBGEN_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

/* <string.h> may have that of GNU: this one is the program's then, as with glibc. */
#undef basename
#define basename _psock_bsd_hidden_basename
#include <psock_bsd/begin.h>
#include_next <libgen.h>
#include <psock_bsd/end.h>
#undef basename
#define basename __xpg_basename

_PSOCK_BSD_BEGIN
/* The C runtime's, which know drives and both kinds of slash. */
char *__xpg_basename(char *__path)
    __asm__(_PSOCK_BSD_TEXT(__USER_LABEL_PREFIX__) "basename");
_PSOCK_BSD_END

#endif
