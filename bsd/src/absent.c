/* absent.c: calls for what cannot be had, or is not there. */
#include "process.h"

#include <sys/stat.h>
#include <unistd.h>

/* --- Copies of the process --------------------------------------------------------- */

pid_t fork(void)
{
    return psock_guest_fail(ENOSYS);
}

pid_t vfork(void)
{
    return psock_guest_fail(ENOSYS);
}

int daemon(int stays, int keeps_output)
{
    (void)stays;
    (void)keeps_output;
    return psock_guest_fail(ENOSYS);
}

/* --- Files -------------------------------------------------------------------------- */

/* 0 if there is a file, -1 with errno if not. */
static int look(const char *path)
{
    struct stat about;
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    return stat(path, &about);
}

int chroot(const char *path)
{
    return look(path) == 0 ? psock_guest_fail(EPERM) : -1;
}

static int give(uid_t user, gid_t group)
{
    if (psock_guest_become(user, getuid()) != 0)
        return -1;
    return psock_guest_become(group, getgid());
}

int chown(const char *path, uid_t user, gid_t group)
{
    return look(path) == 0 ? give(user, group) : -1;
}

int lchown(const char *path, uid_t user, gid_t group)
{
    return chown(path, user, group);
}

int fchown(int fd, uid_t user, gid_t group)
{
    struct stat about;
    return fstat(fd, &about) == 0 ? give(user, group) : -1;
}

/* POSIX's answer of a file system without links. */
int link(const char *from, const char *to)
{
    (void)to;
    return look(from) == 0 ? psock_guest_fail(EPERM) : -1;
}

int symlink(const char *text, const char *path)
{
    (void)text;
    return psock_guest_fail(look(path) == 0 ? EEXIST : EPERM);
}

ssize_t readlink(const char *path, char *buffer, size_t size)
{
    (void)buffer;
    (void)size;
    return look(path) == 0 ? psock_guest_fail(EINVAL) : -1;
}

void sync(void)
{
}
