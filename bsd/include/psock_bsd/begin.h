/* begin.h: stands before the C runtime's own headers, which ask for these.  A program
 * may have been compiled without them, so that branches of its own for Windows are
 * not taken (docs/porting.md). */
#pragma GCC system_header

#pragma push_macro("_WIN32")
#undef _WIN32
#define _WIN32 1
#pragma push_macro("__MINGW32__")
#undef __MINGW32__
#define __MINGW32__ 1
#ifdef __x86_64__
#pragma push_macro("_WIN64")
#undef _WIN64
#define _WIN64 1
#pragma push_macro("__MINGW64__")
#undef __MINGW64__
#define __MINGW64__ 1
#endif

/* errno is <errno.h>'s alone, and `_errno` a name of the program's. */
#ifndef _CRT_ERRNO_DEFINED
#define _CRT_ERRNO_DEFINED
#endif
