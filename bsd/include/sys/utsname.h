/* <sys/utsname.h> of POSIX.1-2024. */
#ifndef _PSOCK_BSD_SYS_UTSNAME_H
#define _PSOCK_BSD_SYS_UTSNAME_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#define _UTSNAME_LENGTH 65

struct utsname {
    char sysname[_UTSNAME_LENGTH];
    char nodename[_UTSNAME_LENGTH];
    char release[_UTSNAME_LENGTH];
    char version[_UTSNAME_LENGTH];
    char machine[_UTSNAME_LENGTH];
    char domainname[_UTSNAME_LENGTH];
};

_PSOCK_BSD_BEGIN

int uname(struct utsname *__names) _PSOCK_BSD_NAME(uname);

_PSOCK_BSD_END

#endif
