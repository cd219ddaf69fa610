/* lock.c: locks on files: flock(), lockf() and those of fcntl().
 *
 * They are locks of Windows far behind the end of any file, as those forbid what
 * they cover: these only hold off who asks for one too. */
#include "plain.h"

#include <fcntl.h>
#include <io.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define REGIONS ((int64_t)1 << 62)
#define WHOLE (REGIONS - 1)

/* --- flock() ------------------------------------------------------------------ */

static int kind_of(int operation)
{
    switch (operation & ~LOCK_NB) {
    case LOCK_SH:
        return PSOCK_GUEST_SHARED;
    case LOCK_EX:
        return PSOCK_GUEST_EXCLUSIVE;
    case LOCK_UN:
        return PSOCK_GUEST_UNLOCKED;
    default:
        return -EINVAL;
    }
}

int flock(int fd, int operation)
{
    int kind = kind_of(operation);
    if (!psock_guest_is_plain(fd))
        kind = fcntl(fd, F_GETFD) < 0 ? -EBADF : -EINVAL;
    if (kind < 0)
        return psock_guest_fail(-kind);
    psock_guest_lock_file(fd, WHOLE, 1, PSOCK_GUEST_UNLOCKED, false);
    if (kind == PSOCK_GUEST_UNLOCKED)
        return 0;
    return (int)psock_guest_returned(
        psock_guest_lock_file(fd, WHOLE, 1, kind, (operation & LOCK_NB) == 0));
}

/* --- fcntl() ------------------------------------------------------------------ */

/* Where the lock begins, from the beginning of the file, or -EINVAL. */
static int64_t start_of(int fd, const struct flock *lock)
{
    int64_t base = 0;
    if (lock->l_whence == SEEK_CUR)
        base = _lseeki64(fd, 0, SEEK_CUR);
    else if (lock->l_whence == SEEK_END)
        base = _filelengthi64(fd);
    else if (lock->l_whence != SEEK_SET)
        return -EINVAL;
    int64_t start = base + lock->l_start;
    return base < 0 || start < 0 || lock->l_len < 0 ? -EINVAL : start;
}

static int kind_of_type(int type)
{
    switch (type) {
    case F_RDLCK:
        return PSOCK_GUEST_SHARED;
    case F_WRLCK:
        return PSOCK_GUEST_EXCLUSIVE;
    case F_UNLCK:
        return PSOCK_GUEST_UNLOCKED;
    default:
        return -EINVAL;
    }
}

/* A lock that is asked for again is had anew. */
static int set_lock(int fd, int64_t start, int64_t size, int kind, bool waits)
{
    psock_guest_lock_file(fd, REGIONS + start, size, PSOCK_GUEST_UNLOCKED,
                          false);
    if (kind == PSOCK_GUEST_UNLOCKED)
        return 0;
    return psock_guest_lock_file(fd, REGIONS + start, size, kind, waits);
}

static int test_lock(int fd, int64_t start, int kind, struct flock *lock)
{
    int result =
        psock_guest_lock_file(fd, REGIONS + start, lock->l_len, kind, false);
    if (result == -EAGAIN) {
        lock->l_type = F_WRLCK;
        lock->l_pid = -1;
        return 0;
    }
    if (result < 0)
        return result;
    lock->l_type = F_UNLCK;
    return psock_guest_lock_file(fd, REGIONS + start, lock->l_len,
                                 PSOCK_GUEST_UNLOCKED, false);
}

static int control(int fd, int command, struct flock *lock)
{
    if (lock == NULL)
        return -EFAULT;
    if (!psock_guest_is_plain(fd))
        return -EINVAL;
    int kind = kind_of_type(lock->l_type);
    int64_t start = start_of(fd, lock);
    if (kind < 0 || start < 0)
        return -EINVAL;
    return command == F_GETLK
               ? test_lock(fd, start, kind, lock)
               : set_lock(fd, start, lock->l_len, kind, command == F_SETLKW);
}

int psock_guest_control_lock(int fd, int command, struct flock *lock)
{
    return (int)psock_guest_returned(control(fd, command, lock));
}

/* --- lockf() ------------------------------------------------------------------ */

static int test_for_others(int fd, struct flock *lock)
{
    if (fcntl(fd, F_GETLK, lock) != 0)
        return -1;
    return lock->l_type == F_UNLCK ? 0 : psock_guest_fail(EACCES);
}

int lockf(int fd, int command, off64_t size)
{
    struct flock lock = {F_WRLCK, SEEK_CUR, 0, size, 0};
    switch (command) {
    case F_ULOCK:
        lock.l_type = F_UNLCK;
        return fcntl(fd, F_SETLK, &lock);
    case F_LOCK:
        return fcntl(fd, F_SETLKW, &lock);
    case F_TLOCK:
        return fcntl(fd, F_SETLK, &lock);
    case F_TEST:
        return test_for_others(fd, &lock);
    default:
        return psock_guest_fail(EINVAL);
    }
}
