/* status.c: stat(), chmod() and their kin. */
#include "plain.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utime.h>
#include <time.h>
#include <unistd.h>

/* They are members of what the runtime tells, too. */
#undef st_atime
#undef st_mtime
#undef st_ctime

enum {
    BLOCK = 512,
    BEST_SIZE = 4096
};

/* --- stat() ------------------------------------------------------------------- */

static struct timespec seconds(__time64_t time)
{
    const struct timespec result = {(time_t)time, 0};
    return result;
}

/* Who may do a thing as the owner may do it as somebody else. */
static struct stat told_by_runtime(const struct _stat64 *from,
                                   const struct psock_guest_identity *identity)
{
    struct stat to = {0};
    to.st_dev = identity->device;
    to.st_ino = identity->number;
    to.st_nlink = identity->links;
    to.st_mode = identity->is_directory ? S_IFDIR | 0700 : from->st_mode;
    to.st_rdev = from->st_rdev;
    to.st_size = from->st_size;
    to.st_blksize = BEST_SIZE;
    to.st_blocks = (from->st_size + BLOCK - 1) / BLOCK;
    to.st_atim = seconds(from->st_atime);
    to.st_mtim = seconds(from->st_mtime);
    to.st_ctim = seconds(from->st_ctime);
    return to;
}

/* The runtime knows no directory by a name that ends in a slash. */
static char *without_slashes(const char *path)
{
    char *copy = strdup(path);
    size_t length = copy == NULL ? 0 : strlen(copy);
    while (length > 1 &&
           (copy[length - 1] == '/' || copy[length - 1] == '\\') &&
           copy[length - 2] != ':')
        copy[--length] = '\0';
    return copy;
}

static int stat_bare(const char *path, struct stat *status)
{
    struct _stat64 found;
    struct psock_guest_identity identity = {0, 1, 0, false};
    if (_stat64(path, &found) != 0)
        return -1;
    psock_guest_identity_at(path, &identity);
    *status = told_by_runtime(&found, &identity);
    if (psock_guest_unix_is_socket_file(path) ||
        psock_guest_is_system_socket(path))
        status->st_mode = S_IFSOCK | 0777;
    return 0;
}

/* A file is no directory, whatever its name ends with. */
static int stat_named(const char *path, const char *bare, struct stat *status)
{
    if (stat_bare(bare, status) != 0)
        return -1;
    if (strlen(bare) < strlen(path) && !S_ISDIR(status->st_mode))
        return psock_guest_fail(ENOTDIR);
    return 0;
}

int stat(const char *path, struct stat *status)
{
    if (path == NULL || status == NULL)
        return psock_guest_fail(EFAULT);
    if (strcmp(path, "/dev/null") == 0)
        path = "NUL";
    int before = errno;
    char *bare = without_slashes(path);
    if (bare == NULL)
        return psock_guest_fail(ENOMEM);
    int result = stat_named(path, bare, status);
    int number = result == 0 ? before : errno;
    free(bare);
    errno = number;
    return result;
}

int lstat(const char *path, struct stat *status)
{
    return stat(path, status);
}

int fstatat(int directory, const char *path, struct stat *status, int flags)
{
    int number = psock_guest_at(directory, path);
    if (number == 0 && (flags & ~AT_SYMLINK_NOFOLLOW) != 0)
        number = EINVAL;
    return number != 0 ? psock_guest_fail(number) : stat(path, status);
}

/* --- fstat() ------------------------------------------------------------------ */

/* What has several numbers is the same by all of them. */
static struct stat told_by_class(const struct psock_guest *guest)
{
    struct stat status = {0};
    status.st_ino = (uintptr_t)guest / sizeof *guest;
    status.st_nlink = 1;
    status.st_mode = guest->class->format;
    status.st_mode |= status.st_mode == S_IFSOCK ? 0777 : 0600;
    status.st_blksize = BEST_SIZE;
    return status;
}

static int fstat_plain(int fd, struct stat *status)
{
    struct _stat64 found;
    struct psock_guest_identity identity = {0, 1, 0, false};
    if (!psock_guest_is_plain(fd) || _fstat64(fd, &found) != 0)
        return psock_guest_fail(EBADF);
    psock_guest_identity_of(fd, &identity);
    *status = told_by_runtime(&found, &identity);
    return 0;
}

int fstat(int fd, struct stat *status)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL && !psock_guest_is_plain(fd))
        return psock_guest_fail(EBADF);
    if (guest == NULL)
        return status == NULL ? psock_guest_fail(EFAULT)
                              : fstat_plain(fd, status);
    if (status != NULL)
        *status = told_by_class(guest);
    psock_guest_drop(guest);
    return status == NULL ? psock_guest_fail(EFAULT) : 0;
}

/* --- Permissions: whether it can be written to ----------------------------------- */

int chmod(const char *path, mode_t mode)
{
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    return _chmod(path, S_IREAD | (mode & S_IWRITE));
}

/* Of an open file it cannot be changed, and need not be. */
int fchmod(int fd, mode_t mode)
{
    (void)mode;
    return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

mode_t umask(mode_t mask)
{
    static _Atomic(mode_t) current = 022;
    _umask(mask & (S_IREAD | S_IWRITE));
    return atomic_exchange(&current, (mode_t)(mask & 0777));
}

/* --- Times -------------------------------------------------------------------- */

static __time64_t chosen(const struct timespec *wanted, __time64_t now,
                         __time64_t old)
{
    if (wanted == NULL || wanted->tv_nsec == UTIME_NOW)
        return now;
    return wanted->tv_nsec == UTIME_OMIT ? old : wanted->tv_sec;
}

static struct __utimbuf64 both(const struct timespec *times,
                               const struct _stat64 *old)
{
    const __time64_t now = _time64(NULL);
    struct __utimbuf64 result;
    result.actime = chosen(times, now, old->st_atime);
    result.modtime =
        chosen(times == NULL ? NULL : times + 1, now, old->st_mtime);
    return result;
}

int futimens(int fd, const struct timespec times[2])
{
    struct _stat64 old;
    if (!psock_guest_is_plain(fd) || _fstat64(fd, &old) != 0)
        return psock_guest_fail(EBADF);
    struct __utimbuf64 wanted = both(times, &old);
    return _futime64(fd, &wanted);
}

int utimensat(int directory, const char *path, const struct timespec times[2],
              int flags)
{
    struct _stat64 old;
    int number = psock_guest_at(directory, path);
    if (number == 0 && (flags & ~AT_SYMLINK_NOFOLLOW) != 0)
        number = EINVAL;
    if (number != 0)
        return psock_guest_fail(number);
    if (_stat64(path, &old) != 0)
        return -1;
    struct __utimbuf64 wanted = both(times, &old);
    return _utime64(path, &wanted);
}
