/* <string.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_STRING_H
#define _PSOCK_BSD_STRING_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

/* Names that are the program's own on Linux. */
#pragma push_macro("stricmp")
#undef stricmp
#define stricmp _psock_bsd_hidden_stricmp
#pragma push_macro("strcmpi")
#undef strcmpi
#define strcmpi _psock_bsd_hidden_strcmpi
#pragma push_macro("strnicmp")
#undef strnicmp
#define strnicmp _psock_bsd_hidden_strnicmp
#pragma push_macro("memicmp")
#undef memicmp
#define memicmp _psock_bsd_hidden_memicmp
#pragma push_macro("strlwr")
#undef strlwr
#define strlwr _psock_bsd_hidden_strlwr
#pragma push_macro("strupr")
#undef strupr
#define strupr _psock_bsd_hidden_strupr
#pragma push_macro("strrev")
#undef strrev
#define strrev _psock_bsd_hidden_strrev
#pragma push_macro("strset")
#undef strset
#define strset _psock_bsd_hidden_strset
#pragma push_macro("strnset")
#undef strnset
#define strnset _psock_bsd_hidden_strnset
#pragma push_macro("wcsicmp")
#undef wcsicmp
#define wcsicmp _psock_bsd_hidden_wcsicmp
#pragma push_macro("wcsicoll")
#undef wcsicoll
#define wcsicoll _psock_bsd_hidden_wcsicoll
#pragma push_macro("wcsnicmp")
#undef wcsnicmp
#define wcsnicmp _psock_bsd_hidden_wcsnicmp
#pragma push_macro("wcsnset")
#undef wcsnset
#define wcsnset _psock_bsd_hidden_wcsnset
#pragma push_macro("wcsrev")
#undef wcsrev
#define wcsrev _psock_bsd_hidden_wcsrev
#pragma push_macro("wcsset")
#undef wcsset
#define wcsset _psock_bsd_hidden_wcsset
#pragma push_macro("wcslwr")
#undef wcslwr
#define wcslwr _psock_bsd_hidden_wcslwr
#pragma push_macro("wcsupr")
#undef wcsupr
#define wcsupr _psock_bsd_hidden_wcsupr
#include <psock_bsd/begin.h>
#include_next <string.h>
#include <psock_bsd/end.h>
#undef wcswcs
#undef stricmp
#pragma pop_macro("stricmp")
#undef strcmpi
#pragma pop_macro("strcmpi")
#undef strnicmp
#pragma pop_macro("strnicmp")
#undef memicmp
#pragma pop_macro("memicmp")
#undef strlwr
#pragma pop_macro("strlwr")
#undef strupr
#pragma pop_macro("strupr")
#undef strrev
#pragma pop_macro("strrev")
#undef strset
#pragma pop_macro("strset")
#undef strnset
#pragma pop_macro("strnset")
#undef wcsicmp
#pragma pop_macro("wcsicmp")
#undef wcsicoll
#pragma pop_macro("wcsicoll")
#undef wcsnicmp
#pragma pop_macro("wcsnicmp")
#undef wcsnset
#pragma pop_macro("wcsnset")
#undef wcsrev
#pragma pop_macro("wcsrev")
#undef wcsset
#pragma pop_macro("wcsset")
#undef wcslwr
#pragma pop_macro("wcslwr")
#undef wcsupr
#pragma pop_macro("wcsupr")

_PSOCK_BSD_BEGIN

/* The texts are those of Linux, for all numbers of <errno.h>. */
char *strerror(int __number) _PSOCK_BSD_NAME(strerror);
#if defined(_GNU_SOURCE) || defined(__cplusplus)
char *strerror_r(int __number, char *__buffer, size_t __size)
    _PSOCK_BSD_NAME(strerror_r_text);
#else
int strerror_r(int __number, char *__buffer, size_t __size)
    _PSOCK_BSD_NAME(strerror_r);
#endif
const char *strerrorname_np(int __number) _PSOCK_BSD_NAME(strerrorname_np);
const char *strerrordesc_np(int __number) _PSOCK_BSD_NAME(strerrordesc_np);
char *strsignal(int __signal) _PSOCK_BSD_NAME(strsignal);
const char *sigabbrev_np(int __signal) _PSOCK_BSD_NAME(sigabbrev_np);
const char *sigdescr_np(int __signal) _PSOCK_BSD_NAME(sigdescr_np);

/* The C runtime has these, but shows them to nobody with -std=c11. */
char *strdup(const char *__text);
void *memccpy(void *_PSOCK_BSD_RESTRICT __to,
              const void *_PSOCK_BSD_RESTRICT __from, int __stop,
              size_t __size);

char *strndup(const char *__text, size_t __size) _PSOCK_BSD_NAME(strndup);
char *strsep(char **_PSOCK_BSD_RESTRICT __text,
             const char *_PSOCK_BSD_RESTRICT __separators)
    _PSOCK_BSD_NAME(strsep);
char *stpcpy(char *_PSOCK_BSD_RESTRICT __to,
             const char *_PSOCK_BSD_RESTRICT __from) _PSOCK_BSD_NAME(stpcpy);
char *stpncpy(char *_PSOCK_BSD_RESTRICT __to,
              const char *_PSOCK_BSD_RESTRICT __from, size_t __size)
    _PSOCK_BSD_NAME(stpncpy);
char *strchrnul(const char *__text, int __character) _PSOCK_BSD_NAME(strchrnul);
char *strcasestr(const char *__text, const char *__part)
    _PSOCK_BSD_NAME(strcasestr);
int strverscmp(const char *__first, const char *__second)
    _PSOCK_BSD_NAME(strverscmp);
void *memmem(const void *__block, size_t __size, const void *__part,
             size_t __part_size) _PSOCK_BSD_NAME(memmem);
void *memrchr(const void *__block, int __byte, size_t __size)
    _PSOCK_BSD_NAME(memrchr);
void *rawmemchr(const void *__block, int __byte) _PSOCK_BSD_NAME(rawmemchr);
void explicit_bzero(void *__block, size_t __size)
    _PSOCK_BSD_NAME(explicit_bzero);

/* GNU's, which changes nothing; <libgen.h> has that of POSIX. */
#if defined(_GNU_SOURCE) && !defined(basename)
char *basename(const char *__path) _PSOCK_BSD_NAME(basename_of);
#endif

_PSOCK_BSD_END

#ifdef _GNU_SOURCE
#define strdupa(text)                                                          \
    (__extension__({                                                           \
        const char *__old = (text);                                            \
        size_t __size = __builtin_strlen(__old) + 1;                           \
        (char *)__builtin_memcpy(__builtin_alloca(__size), __old, __size);     \
    }))
#define strndupa(text, size)                                                   \
    (__extension__({                                                           \
        const char *__old = (text);                                            \
        size_t __size = strnlen(__old, (size));                                \
        char *__new = (char *)__builtin_alloca(__size + 1);                    \
        __new[__size] = '\0';                                                  \
        (char *)__builtin_memcpy(__new, __old, __size);                        \
    }))
#endif

#include <strings.h>

#endif
