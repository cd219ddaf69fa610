/* process.c: what a process says of itself, and what cannot be. */
#include "process.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* One user and one group, who are not root: nothing that only root may do works. */
enum {
    OWN_USER = 1000,
    OWN_GROUP = 1000
};

pid_t getppid(void)
{
    return psock_guest_parent();
}

int getentropy(void *bytes, size_t size)
{
    if (size > 256)
        return psock_guest_fail(EIO);
    return (int)psock_guest_returned(psock_guest_random(bytes, size));
}

ssize_t getrandom(void *bytes, size_t size, unsigned flags)
{
    const unsigned known = GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE;
    if ((flags & ~known) != 0)
        return psock_guest_fail(EINVAL);
    if (bytes == NULL && size > 0)
        return psock_guest_fail(EFAULT);
    int number = psock_guest_random(bytes, size);
    return psock_guest_returned(number != 0 ? number : (ssize_t)size);
}

/* --- The user ------------------------------------------------------------------- */

uid_t getuid(void)
{
    return OWN_USER;
}

uid_t geteuid(void)
{
    return OWN_USER;
}

gid_t getgid(void)
{
    return OWN_GROUP;
}

gid_t getegid(void)
{
    return OWN_GROUP;
}

int psock_guest_become(unsigned int wanted, unsigned int own)
{
    unsigned int same = (unsigned int)-1;
    return wanted == own || wanted == same ? 0 : psock_guest_fail(EPERM);
}

/* There the number that leaves all as it is does not exist. */
static int become_only(unsigned int wanted, unsigned int own)
{
    if (wanted == (unsigned int)-1)
        return psock_guest_fail(EINVAL);
    return psock_guest_become(wanted, own);
}

int setuid(uid_t user)
{
    return become_only(user, OWN_USER);
}

int seteuid(uid_t user)
{
    return become_only(user, OWN_USER);
}

int setreuid(uid_t real, uid_t effective)
{
    return psock_guest_become(real, OWN_USER) == 0
               ? psock_guest_become(effective, OWN_USER)
               : -1;
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return setreuid(real, effective) == 0 ? psock_guest_become(saved, OWN_USER)
                                          : -1;
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    *real = *effective = *saved = OWN_USER;
    return 0;
}

int setgid(gid_t group)
{
    return become_only(group, OWN_GROUP);
}

int setegid(gid_t group)
{
    return become_only(group, OWN_GROUP);
}

int setregid(gid_t real, gid_t effective)
{
    return psock_guest_become(real, OWN_GROUP) == 0
               ? psock_guest_become(effective, OWN_GROUP)
               : -1;
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return setregid(real, effective) == 0 ? psock_guest_become(saved, OWN_GROUP)
                                          : -1;
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    *real = *effective = *saved = OWN_GROUP;
    return 0;
}

int getgroups(int size, gid_t *groups)
{
    if (size < 0)
        return psock_guest_fail(EINVAL);
    if (size > 0)
        groups[0] = OWN_GROUP;
    return 1;
}

int setgroups(size_t count, const gid_t *groups)
{
    (void)count;
    (void)groups;
    return psock_guest_fail(EPERM);
}

int initgroups(const char *name, gid_t group)
{
    (void)name;
    (void)group;
    return psock_guest_fail(EPERM);
}

/* --- Sessions: each process leads its own ---------------------------------------- */

/* Whoever leads a group cannot begin a session. */
pid_t setsid(void)
{
    return psock_guest_fail(EPERM);
}

static pid_t own_or_none(pid_t process)
{
    if (process == 0 || process == getpid())
        return getpid();
    return psock_guest_fail(ESRCH);
}

pid_t getsid(pid_t process)
{
    return own_or_none(process);
}

pid_t getpgid(pid_t process)
{
    return own_or_none(process);
}

pid_t getpgrp(void)
{
    return getpid();
}

int setpgid(pid_t process, pid_t group)
{
    if (group < 0)
        return psock_guest_fail(EINVAL);
    if (own_or_none(process) < 0)
        return -1;
    return group == 0 || group == getpid() ? 0 : psock_guest_fail(EPERM);
}

int setpgrp(void)
{
    return 0;
}

pid_t tcgetpgrp(int fd)
{
    if (!isatty(fd))
        return psock_guest_fail(errno == EBADF ? EBADF : ENOTTY);
    return getpid();
}

int tcsetpgrp(int fd, pid_t group)
{
    if (tcgetpgrp(fd) < 0)
        return -1;
    return group == getpid() ? 0 : psock_guest_fail(EPERM);
}
