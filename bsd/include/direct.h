/* <direct.h> of the C runtime, without what POSIX has in <unistd.h> and
 * <sys/stat.h>. */
#ifndef _PSOCK_BSD_DIRECT_H
#define _PSOCK_BSD_DIRECT_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

#include <io.h>

#pragma push_macro("NO_OLDNAMES")
#undef NO_OLDNAMES
#define NO_OLDNAMES 1
#include <psock_bsd/begin.h>
#include_next <direct.h>
#include <psock_bsd/end.h>
#undef NO_OLDNAMES
#pragma pop_macro("NO_OLDNAMES")

#endif
