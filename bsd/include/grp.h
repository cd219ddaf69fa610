/* <grp.h> of POSIX.1-2024, and what Linux adds: of the user who runs the program. */
#ifndef _PSOCK_BSD_GRP_H
#define _PSOCK_BSD_GRP_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

struct group {
    char *gr_name;
    char *gr_passwd;
    gid_t gr_gid;
    char **gr_mem;
};

_PSOCK_BSD_BEGIN

/* Null with errno as it was where there is no such group. */
struct group *getgrnam(const char *__name) _PSOCK_BSD_NAME(getgrnam);
struct group *getgrgid(gid_t __group) _PSOCK_BSD_NAME(getgrgid);
int getgrnam_r(const char *__name, struct group *__entry, char *__buffer,
               size_t __size, struct group **__result)
    _PSOCK_BSD_NAME(getgrnam_r);
int getgrgid_r(gid_t __group, struct group *__entry, char *__buffer,
               size_t __size, struct group **__result)
    _PSOCK_BSD_NAME(getgrgid_r);

struct group *getgrent(void) _PSOCK_BSD_NAME(getgrent);
void setgrent(void) _PSOCK_BSD_NAME(setgrent);
void endgrent(void) _PSOCK_BSD_NAME(endgrent);

int getgrouplist(const char *__name, gid_t __group, gid_t *__groups,
                 int *__count) _PSOCK_BSD_NAME(getgrouplist);
int setgroups(size_t __count, const gid_t *__groups)
    _PSOCK_BSD_NAME(setgroups);
int initgroups(const char *__name, gid_t __group) _PSOCK_BSD_NAME(initgroups);

_PSOCK_BSD_END

#endif
