/* What of mingw-w64 has a struct stat of the C runtime, without it: that of POSIX
 * is in <sys/stat.h>. */
#ifndef _PSOCK_BSD_MINGW_STAT64_H
#define _PSOCK_BSD_MINGW_STAT64_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

#pragma push_macro("stat")
#undef stat
#define stat _psock_bsd_hidden_stat
#include <psock_bsd/begin.h>
#include_next <_mingw_stat64.h>
#include <psock_bsd/end.h>
#undef stat
#pragma pop_macro("stat")

#endif
