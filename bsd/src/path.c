/* path.c: calls that take a path and open nothing. */
#include "plain.h"

#include <ctype.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Paths below a directory -------------------------------------------------- */

static bool is_absolute(const char *path)
{
    return path[0] == '/' || path[0] == '\\' ||
           (isalpha((unsigned char)path[0]) && path[1] == ':');
}

int psock_guest_at(int directory, const char *path)
{
    if (path == NULL)
        return EFAULT;
    if (directory == AT_FDCWD || is_absolute(path))
        return 0;
    return psock_guest_is_plain(directory) ? ENOTSUP : EBADF;
}

/* --- Whether and how it may be used -------------------------------------------- */

int access(const char *path, int mode)
{
    struct stat status;
    if ((mode & ~(R_OK | W_OK | X_OK)) != 0)
        return psock_guest_fail(EINVAL);
    if (stat(path, &status) != 0)
        return -1;
    if ((mode & W_OK) != 0 && (status.st_mode & S_IWUSR) == 0)
        return psock_guest_fail(EACCES);
    if ((mode & X_OK) != 0 && (status.st_mode & S_IXUSR) == 0)
        return psock_guest_fail(EACCES);
    return 0;
}

int faccessat(int directory, const char *path, int mode, int flags)
{
    int number = psock_guest_at(directory, path);
    (void)flags;
    return number != 0 ? psock_guest_fail(number) : access(path, mode);
}

/* --- Taking away ---------------------------------------------------------------- */

int unlink(const char *path)
{
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    return (int)psock_guest_returned(psock_guest_remove_file(path));
}

int rmdir(const char *path)
{
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    return _rmdir(path);
}

int unlinkat(int directory, const char *path, int flags)
{
    int number = psock_guest_at(directory, path);
    if (number == 0 && (flags & ~AT_REMOVEDIR) != 0)
        number = EINVAL;
    if (number != 0)
        return psock_guest_fail(number);
    return (flags & AT_REMOVEDIR) != 0 ? rmdir(path) : unlink(path);
}

/* --- Directories ---------------------------------------------------------------- */

int mkdir(const char *path, mode_t mode)
{
    (void)mode;
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    return _mkdir(path);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    int number = psock_guest_at(directory, path);
    return number != 0 ? psock_guest_fail(number) : mkdir(path, mode);
}

int chdir(const char *path)
{
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    return _chdir(path);
}

static char *copied(const char *text, char *buffer, size_t size)
{
    const size_t needed = strlen(text) + 1;
    const bool allocates = buffer == NULL;
    if (allocates && size == 0)
        size = needed;
    if (size < needed) {
        errno = size == 0 ? EINVAL : ERANGE;
        return NULL;
    }
    if (allocates)
        buffer = malloc(size);
    return buffer == NULL ? NULL : memcpy(buffer, text, needed);
}

/* With the slashes that programs look for. */
char *getcwd(char *buffer, size_t size)
{
    char *path = _getcwd(NULL, 0);
    if (path == NULL)
        return NULL;
    for (char *c = path; *c != '\0'; c++) {
        if (*c == '\\')
            *c = '/';
    }
    char *result = copied(path, buffer, size);
    int number = errno;
    free(path);
    errno = number;
    return result;
}

/* --- What there is not ----------------------------------------------------------- */

int mknod(const char *path, mode_t mode, dev_t device)
{
    struct stat status;
    int number = errno;
    (void)mode;
    (void)device;
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    int found = stat(path, &status);
    errno = number;
    return psock_guest_fail(found == 0 ? EEXIST : EPERM);
}

int mkfifo(const char *path, mode_t mode)
{
    return mknod(path, mode | S_IFIFO, 0);
}
