/* <io.h> of the C runtime, without the names that it gives to what POSIX has in
 * <unistd.h>, <fcntl.h> and <sys/stat.h>, or that are a program's own: several
 * headers of the C runtime include it. */
#ifndef _PSOCK_BSD_IO_H
#define _PSOCK_BSD_IO_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <string.h>

/* lseek() is no macro. */
#define _FILE_OFFSET_BITS_SET_LSEEK

#pragma push_macro("NO_OLDNAMES")
#undef NO_OLDNAMES
#define NO_OLDNAMES 1
#pragma push_macro("lseek64")
#undef lseek64
#define lseek64 _psock_bsd_hidden_lseek64
#include <psock_bsd/begin.h>
#include_next <io.h>
#include <psock_bsd/end.h>
#undef lseek64
#pragma pop_macro("lseek64")
#undef NO_OLDNAMES
#pragma pop_macro("NO_OLDNAMES")

#endif
