/* <stdlib.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_STDLIB_H
#define _PSOCK_BSD_STDLIB_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

#pragma push_macro("mkstemp")
#undef mkstemp
#define mkstemp _psock_bsd_hidden_mkstemp
#pragma push_macro("swab")
#undef swab
#define swab _psock_bsd_hidden_swab
/* Names that are the program's own on Linux. */
#pragma push_macro("itoa")
#undef itoa
#define itoa _psock_bsd_hidden_itoa
#pragma push_macro("ltoa")
#undef ltoa
#define ltoa _psock_bsd_hidden_ltoa
#pragma push_macro("ultoa")
#undef ultoa
#define ultoa _psock_bsd_hidden_ultoa
#pragma push_macro("lltoa")
#undef lltoa
#define lltoa _psock_bsd_hidden_lltoa
#pragma push_macro("ulltoa")
#undef ulltoa
#define ulltoa _psock_bsd_hidden_ulltoa
#pragma push_macro("lltow")
#undef lltow
#define lltow _psock_bsd_hidden_lltow
#pragma push_macro("ulltow")
#undef ulltow
#define ulltow _psock_bsd_hidden_ulltow
#pragma push_macro("wtoll")
#undef wtoll
#define wtoll _psock_bsd_hidden_wtoll
#pragma push_macro("onexit")
#undef onexit
#define onexit _psock_bsd_hidden_onexit
#pragma push_macro("NOMINMAX")
#undef NOMINMAX
#define NOMINMAX
#include <psock_bsd/begin.h>
#include_next <stdlib.h>
#include <psock_bsd/end.h>
#undef NOMINMAX
#pragma pop_macro("NOMINMAX")
#undef sys_errlist
#undef sys_nerr
#undef itoa
#pragma pop_macro("itoa")
#undef ltoa
#pragma pop_macro("ltoa")
#undef ultoa
#pragma pop_macro("ultoa")
#undef lltoa
#pragma pop_macro("lltoa")
#undef ulltoa
#pragma pop_macro("ulltoa")
#undef lltow
#pragma pop_macro("lltow")
#undef ulltow
#pragma pop_macro("ulltow")
#undef wtoll
#pragma pop_macro("wtoll")
#undef onexit
#pragma pop_macro("onexit")
#undef mkstemp
#pragma pop_macro("mkstemp")
#undef swab
#pragma pop_macro("swab")
#undef rand_r

#ifndef environ
#define environ _environ
#endif

_PSOCK_BSD_BEGIN
int putenv(const char *__entry);
int setenv(const char *__name, const char *__value, int __replace)
    _PSOCK_BSD_NAME(setenv);
int unsetenv(const char *__name) _PSOCK_BSD_NAME(unsetenv);
int clearenv(void) _PSOCK_BSD_NAME(clearenv);
char *secure_getenv(const char *__name) _PSOCK_BSD_NAME(secure_getenv);

int rand_r(unsigned int *__seed) _PSOCK_BSD_NAME(rand_r);
long random(void) _PSOCK_BSD_NAME(random);
void srandom(unsigned int __seed) _PSOCK_BSD_NAME(srandom);
double drand48(void) _PSOCK_BSD_NAME(drand48);
double erand48(unsigned short __state[3]) _PSOCK_BSD_NAME(erand48);
long lrand48(void) _PSOCK_BSD_NAME(lrand48);
long nrand48(unsigned short __state[3]) _PSOCK_BSD_NAME(nrand48);
long mrand48(void) _PSOCK_BSD_NAME(mrand48);
long jrand48(unsigned short __state[3]) _PSOCK_BSD_NAME(jrand48);
void srand48(long __seed) _PSOCK_BSD_NAME(srand48);
uint32_t arc4random(void) _PSOCK_BSD_NAME(arc4random);
void arc4random_buf(void *__bytes, size_t __size)
    _PSOCK_BSD_NAME(arc4random_buf);
uint32_t arc4random_uniform(uint32_t __bound)
    _PSOCK_BSD_NAME(arc4random_uniform);

int mkstemp(char *__template) _PSOCK_BSD_NAME(mkstemp);
int mkostemp(char *__template, int __flags) _PSOCK_BSD_NAME(mkostemp);
char *mkdtemp(char *__template) _PSOCK_BSD_NAME(mkdtemp);
char *realpath(const char *_PSOCK_BSD_RESTRICT __path,
               char *_PSOCK_BSD_RESTRICT __resolved) _PSOCK_BSD_NAME(realpath);

void *reallocarray(void *__block, size_t __count, size_t __size)
    _PSOCK_BSD_NAME(reallocarray);
int getsubopt(char **__options, char *const *__names, char **__value)
    _PSOCK_BSD_NAME(getsubopt);
int getloadavg(double __averages[], int __count) _PSOCK_BSD_NAME(getloadavg);
_PSOCK_BSD_END

#endif
