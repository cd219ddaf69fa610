/* <pwd.h> of POSIX.1-2024, and what Linux adds: of the user who runs the program. */
#ifndef _PSOCK_BSD_PWD_H
#define _PSOCK_BSD_PWD_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

struct passwd {
    char *pw_name;
    char *pw_passwd;
    uid_t pw_uid;
    gid_t pw_gid;
    char *pw_gecos;
    char *pw_dir;
    char *pw_shell;
};

_PSOCK_BSD_BEGIN

/* Null with errno as it was where there is no such user. */
struct passwd *getpwnam(const char *__name) _PSOCK_BSD_NAME(getpwnam);
struct passwd *getpwuid(uid_t __user) _PSOCK_BSD_NAME(getpwuid);
int getpwnam_r(const char *__name, struct passwd *__entry, char *__buffer,
               size_t __size, struct passwd **__result)
    _PSOCK_BSD_NAME(getpwnam_r);
int getpwuid_r(uid_t __user, struct passwd *__entry, char *__buffer,
               size_t __size, struct passwd **__result)
    _PSOCK_BSD_NAME(getpwuid_r);

struct passwd *getpwent(void) _PSOCK_BSD_NAME(getpwent);
void setpwent(void) _PSOCK_BSD_NAME(setpwent);
void endpwent(void) _PSOCK_BSD_NAME(endpwent);

_PSOCK_BSD_END

#endif
