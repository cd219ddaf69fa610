/* <strings.h> of POSIX.1-2001, and what Linux adds. */
#ifndef _PSOCK_BSD_STRINGS_H
#define _PSOCK_BSD_STRINGS_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <string.h>

_PSOCK_BSD_BEGIN
int bcmp(const void *__first, const void *__second, size_t __size)
    _PSOCK_BSD_NAME(bcmp);
void bcopy(const void *__from, void *__to, size_t __size)
    _PSOCK_BSD_NAME(bcopy);
void bzero(void *__block, size_t __size) _PSOCK_BSD_NAME(bzero);
char *index(const char *__text, int __character) _PSOCK_BSD_NAME(index);
char *rindex(const char *__text, int __character) _PSOCK_BSD_NAME(rindex);
int ffs(int __bits) _PSOCK_BSD_NAME(ffs);
int ffsl(long __bits) _PSOCK_BSD_NAME(ffsl);
int ffsll(long long __bits) _PSOCK_BSD_NAME(ffsll);

/* The C runtime's, also with -std=c11. */
#ifndef strcasecmp
int strcasecmp(const char *__first, const char *__second);
int strncasecmp(const char *__first, const char *__second, size_t __size);
#endif
_PSOCK_BSD_END

#endif
