/* <spawn.h> of POSIX.1-2024: beginning other programs.  Sockets are not inherited;
 * standard input and output, and files without FD_CLOEXEC, are. */
#ifndef _PSOCK_BSD_SPAWN_H
#define _PSOCK_BSD_SPAWN_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <signal.h>
#include <psock_bsd/types.h>

typedef struct {
    short __flags;
} posix_spawnattr_t;

typedef struct {
    int __count;
} posix_spawn_file_actions_t;

#define POSIX_SPAWN_RESETIDS 0x01
#define POSIX_SPAWN_SETPGROUP 0x02
#define POSIX_SPAWN_SETSIGDEF 0x04
#define POSIX_SPAWN_SETSIGMASK 0x08

_PSOCK_BSD_BEGIN

/* All return an error of POSIX. */
int posix_spawn(pid_t *_PSOCK_BSD_RESTRICT __process,
                const char *_PSOCK_BSD_RESTRICT __path,
                const posix_spawn_file_actions_t *__actions,
                const posix_spawnattr_t *_PSOCK_BSD_RESTRICT __attributes,
                char *const __words[], char *const __environment[])
    _PSOCK_BSD_NAME(posix_spawn);
int posix_spawnp(pid_t *_PSOCK_BSD_RESTRICT __process,
                 const char *_PSOCK_BSD_RESTRICT __file,
                 const posix_spawn_file_actions_t *__actions,
                 const posix_spawnattr_t *_PSOCK_BSD_RESTRICT __attributes,
                 char *const __words[], char *const __environment[])
    _PSOCK_BSD_NAME(posix_spawnp);

int posix_spawnattr_init(posix_spawnattr_t *__attributes)
    _PSOCK_BSD_NAME(posix_spawnattr_init);
int posix_spawnattr_destroy(posix_spawnattr_t *__attributes)
    _PSOCK_BSD_NAME(posix_spawnattr_destroy);
int posix_spawnattr_setflags(posix_spawnattr_t *__attributes, short __flags)
    _PSOCK_BSD_NAME(posix_spawnattr_setflags);
int posix_spawnattr_getflags(
    const posix_spawnattr_t *_PSOCK_BSD_RESTRICT __attributes,
    short *_PSOCK_BSD_RESTRICT __flags)
    _PSOCK_BSD_NAME(posix_spawnattr_getflags);

/* Actions cannot be had: those that add one return ENOSYS. */
int posix_spawn_file_actions_init(posix_spawn_file_actions_t *__actions)
    _PSOCK_BSD_NAME(posix_spawn_file_actions_init);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *__actions)
    _PSOCK_BSD_NAME(posix_spawn_file_actions_destroy);
int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *__actions,
                                      int __fd)
    _PSOCK_BSD_NAME(posix_spawn_file_actions_addclose);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *__actions,
                                     int __from, int __to)
    _PSOCK_BSD_NAME(posix_spawn_file_actions_adddup2);
int posix_spawn_file_actions_addopen(
    posix_spawn_file_actions_t *_PSOCK_BSD_RESTRICT __actions, int __fd,
    const char *_PSOCK_BSD_RESTRICT __path, int __flags, mode_t __mode)
    _PSOCK_BSD_NAME(posix_spawn_file_actions_addopen);

_PSOCK_BSD_END

#endif
