/* <process.h> of the C runtime, without the names that POSIX has in <unistd.h>, or
 * that are a program's own: headers of the C runtime include it. */
#ifndef _PSOCK_BSD_PROCESS_OF_RUNTIME_H
#define _PSOCK_BSD_PROCESS_OF_RUNTIME_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

#pragma push_macro("NO_OLDNAMES")
#undef NO_OLDNAMES
#define NO_OLDNAMES 1
#include <psock_bsd/begin.h>
#include_next <process.h>
#include <psock_bsd/end.h>
#undef NO_OLDNAMES
#pragma pop_macro("NO_OLDNAMES")

#endif
