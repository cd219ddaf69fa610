/* <limits.h> of POSIX.1-2024, and what Linux adds.  The compiler's comes first, and
 * includes the C runtime's. */
#ifndef _PSOCK_BSD_LIMITS_H
#define _PSOCK_BSD_LIMITS_H

#pragma GCC system_header

#include <psock_bsd/begin.h>
#include_next <limits.h>
#include <psock_bsd/end.h>

#include <psock_bsd/prelude.h>

/* Numbers are those of the C runtime, which has so many and no more. */
#undef OPEN_MAX
#define OPEN_MAX 2048

#undef PATH_MAX
#define PATH_MAX 4096
#undef NAME_MAX
#define NAME_MAX 255
#define PIPE_BUF 4096
#define IOV_MAX 1024
#define HOST_NAME_MAX 64
#define LOGIN_NAME_MAX 256
#define TTY_NAME_MAX 32
#define LINE_MAX 2048
#define NGROUPS_MAX 65536
#define SYMLOOP_MAX 40
#define SYMLINK_MAX 4096
#define RE_DUP_MAX 255
#define NL_ARGMAX 9
#define NL_TEXTMAX 2048
#define NZERO 20
#define CHILD_MAX 999
#undef ARG_MAX
#define ARG_MAX 32767

#ifndef SSIZE_MAX
#ifdef __x86_64__
#define SSIZE_MAX 9223372036854775807LL
#else
#define SSIZE_MAX 2147483647
#endif
#endif
#ifndef LONG_BIT
#define LONG_BIT 32
#define WORD_BIT 32
#endif

#define _POSIX_ARG_MAX 4096
#define _POSIX_CHILD_MAX 25
#define _POSIX_HOST_NAME_MAX 255
#define _POSIX_LINK_MAX 8
#define _POSIX_LOGIN_NAME_MAX 9
#define _POSIX_NAME_MAX 14
#define _POSIX_NGROUPS_MAX 8
#define _POSIX_OPEN_MAX 20
#define _POSIX_PATH_MAX 256
#define _POSIX_PIPE_BUF 512
#define _POSIX_SSIZE_MAX 32767
#define _POSIX_STREAM_MAX 8
#define _POSIX_SYMLINK_MAX 255
#define _POSIX_SYMLOOP_MAX 8
#define _POSIX_TTY_NAME_MAX 9
#define _POSIX_TZNAME_MAX 6
#define _POSIX2_LINE_MAX 2048
#define _XOPEN_IOV_MAX 16
#define _XOPEN_NAME_MAX 255
#define _XOPEN_PATH_MAX 1024

#endif
