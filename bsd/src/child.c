/* child.c: beginning programs, and waiting for them. */
#include "process.h"

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum {
    CHILDREN_MAX = 256,
    LOOK_EVERY_MS = 10
};

struct child {
    pid_t process; /* 0: nobody */
    intptr_t handle;
};

static struct psock_guest_mutex lock;
static struct child children[CHILDREN_MAX];

/* --- Beginning ----------------------------------------------------------------------- */

static bool remember(intptr_t handle, pid_t process)
{
    bool done = false;
    psock_guest_lock(&lock);
    for (size_t i = 0; i < CHILDREN_MAX && !done; i++) {
        if (children[i].process != 0)
            continue;
        children[i] = (struct child){process, handle};
        done = true;
    }
    psock_guest_unlock(&lock);
    return done;
}

static int spawn(pid_t *process, const char *path, bool search,
                 char *const words[], char *const environment[])
{
    intptr_t handle;
    int number = psock_guest_spawn(path, search, words, environment, &handle);
    if (number != 0)
        return number;
    pid_t child = psock_guest_process_of(handle);
    if (process != NULL)
        *process = child;
    if (!remember(handle, child))
        psock_guest_forget_process(handle);
    return 0;
}

int posix_spawn(pid_t *process, const char *path,
                const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const words[],
                char *const environment[])
{
    (void)actions;
    (void)attributes;
    return spawn(process, path, false, words, environment);
}

int posix_spawnp(pid_t *process, const char *file,
                 const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const words[],
                 char *const environment[])
{
    (void)actions;
    (void)attributes;
    return spawn(process, file, true, words, environment);
}

int posix_spawnattr_init(posix_spawnattr_t *attributes)
{
    attributes->__flags = 0;
    return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attributes)
{
    (void)attributes;
    return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags)
{
    attributes->__flags = flags;
    return 0;
}

int posix_spawnattr_getflags(const posix_spawnattr_t *attributes, short *flags)
{
    *flags = attributes->__flags;
    return 0;
}

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    actions->__count = 0;
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
    (void)actions;
    return 0;
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions,
                                      int fd)
{
    (void)actions;
    return fd < 0 ? EBADF : ENOSYS;
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions,
                                     int from, int to)
{
    (void)actions;
    return from < 0 || to < 0 ? EBADF : ENOSYS;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *actions,
                                     int fd, const char *path, int flags,
                                     mode_t mode)
{
    (void)actions;
    (void)path;
    (void)flags;
    (void)mode;
    return fd < 0 ? EBADF : ENOSYS;
}

/* --- Waiting ---------------------------------------------------------------------------- */

static bool is_wanted(const struct child *child, pid_t process)
{
    return child->process != 0 &&
           (process == -1 || process == 0 || child->process == process);
}

/* The one that has ended, 0 while none has, -ECHILD where there is none. */
static pid_t look(pid_t process, int *status, bool keep)
{
    pid_t found = -ECHILD;
    psock_guest_lock(&lock);
    for (size_t i = 0; i < CHILDREN_MAX && found <= 0; i++) {
        if (!is_wanted(&children[i], process))
            continue;
        found = 0;
        if (!psock_guest_has_ended(children[i].handle, status))
            continue;
        found = children[i].process;
        if (keep)
            break;
        psock_guest_forget_process(children[i].handle);
        children[i].process = 0;
    }
    psock_guest_unlock(&lock);
    return found;
}

/* There is nothing that ends a wait both for processes and for signals, so it looks
 * from time to time. */
static pid_t wait_for(pid_t process, int *status, int options, bool keep)
{
    pid_t found;
    psock_guest_may_wait();
    while ((found = look(process, status, keep)) == 0 &&
           (options & WNOHANG) == 0) {
        ptrdiff_t result =
            psock_poll(NULL, 0, psock_deadline_ms(LOOK_EVERY_MS));
        bool again = psock_guest_goes_on(&result, true);
        if (!again && result == PSOCK_EINTR)
            return -EINTR;
    }
    return found;
}

pid_t waitpid(pid_t process, int *status, int options)
{
    int unused;
    if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED)) != 0)
        return psock_guest_fail(EINVAL);
    return (pid_t)psock_guest_returned(
        wait_for(process, status != NULL ? status : &unused, options, false));
}

pid_t wait(int *status)
{
    return waitpid(-1, status, 0);
}

pid_t wait4(pid_t process, int *status, int options, struct rusage *usage)
{
    if (usage != NULL)
        memset(usage, 0, sizeof *usage);
    return waitpid(process, status, options);
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
    return wait4(-1, status, options, usage);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    int status = 0;
    if ((options & WEXITED) == 0)
        return psock_guest_fail(EINVAL);
    pid_t process = wait_for(type == P_PID ? (pid_t)id : -1, &status, options,
                             (options & WNOWAIT) != 0);
    if (process < 0)
        return psock_guest_fail(-process);
    if (info == NULL)
        return 0;
    memset(info, 0, sizeof *info);
    if (process == 0)
        return 0;
    info->si_signo = SIGCHLD;
    info->si_code = WIFSIGNALED(status) ? CLD_KILLED : CLD_EXITED;
    info->si_pid = process;
    info->si_status =
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return 0;
}
