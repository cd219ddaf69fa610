/* prelude.h: what every header of psock-bsd begins with. */
#ifndef _PSOCK_BSD_PRELUDE_H
#define _PSOCK_BSD_PRELUDE_H

#pragma GCC system_header

#if !defined(_WIN32) && !defined(__declspec)
#error psock-bsd is for Windows: elsewhere the system has these headers itself
#endif
#ifndef __GNUC__
#error psock-bsd needs GCC or Clang, for its names are given by assembler labels
#endif

/* As on Linux: offsets of 64 bits, printf() that knows %zu and %lld, and what
 * POSIX adds to the headers of the C runtime. */
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif
#ifndef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 1
#endif
#ifndef _POSIX_THREAD_SAFE_FUNCTIONS
#define _POSIX_THREAD_SAFE_FUNCTIONS 200809L
#endif

/* A process has a number as small as everywhere. */
#ifndef _PID_T_
#define _PID_T_
typedef int _pid_t;
typedef int pid_t;
#endif

/* A set of signals has room for 64. */
#ifndef _SIGSET_T_
#define _SIGSET_T_
__extension__ typedef unsigned long long _sigset_t;
#endif

/* A struct timeval as POSIX has it, whose seconds are a time_t. */
#include <psock_bsd/begin.h>
#include <crtdefs.h>
#include <psock_bsd/end.h>
#ifndef _TIMEVAL_DEFINED
#define _TIMEVAL_DEFINED
#define _PSOCK_BSD_TIMEVAL
struct timeval {
    time_t tv_sec;
    long tv_usec;
};
#endif

#ifdef __cplusplus
#define _PSOCK_BSD_BEGIN extern "C" {
#define _PSOCK_BSD_END }
#define _PSOCK_BSD_RESTRICT __restrict__
#else
#define _PSOCK_BSD_BEGIN
#define _PSOCK_BSD_END
#define _PSOCK_BSD_RESTRICT __restrict__
#endif

/* What a function, or an object, is called for the linker.  So a program's own
 * names stay its own: a member called `close`, a macro, a function pointer. */
#define _PSOCK_BSD_TEXT_OF(text) #text
#define _PSOCK_BSD_TEXT(text) _PSOCK_BSD_TEXT_OF(text)
#define _PSOCK_BSD_LINK(name)                                                  \
    __asm__(_PSOCK_BSD_TEXT(__USER_LABEL_PREFIX__) "psock_bsd_" #name)

/* The same for what the library exports when it is a DLL. */
#ifdef _PSOCK_BSD_EXPORTS
#define _PSOCK_BSD_NAME(name)                                                  \
    _PSOCK_BSD_LINK(name) __attribute__((dllexport))
#else
#define _PSOCK_BSD_NAME(name) _PSOCK_BSD_LINK(name)
#endif

#endif
