/* rename.c: rename() and remove(), which know files and directories. */
#include "plain.h"

#include <direct.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- What is there already ------------------------------------------------------ */

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_ino != 0;
}

/* Makes room for a directory or a file at `path`, where `there` is: 0 or -errno. */
static int make_room(const char *path, bool for_directory,
                     const struct stat *there)
{
    const bool is_directory = S_ISDIR(there->st_mode);
    if (for_directory != is_directory)
        return for_directory ? -ENOTDIR : -EISDIR;
    return is_directory && _rmdir(path) != 0 ? -errno : 0;
}

/* --- Directories below themselves ------------------------------------------------- */

static bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

static bool is_below(const char *path, const char *directory)
{
    char *whole = _fullpath(NULL, path, 0);
    char *above = _fullpath(NULL, directory, 0);
    size_t length = above == NULL ? 0 : strlen(above);
    while (length > 0 && is_slash(above[length - 1]))
        length--;
    bool is = whole != NULL && length > 0 &&
              _strnicmp(whole, above, length) == 0 && is_slash(whole[length]);
    free(whole);
    free(above);
    return is;
}

/* --- The calls -------------------------------------------------------------------- */

/* Another name of the same file stays, unless it only is written otherwise. */
static int rename_to(const char *from, const struct stat *old, const char *to)
{
    struct stat there;
    const bool is_directory = S_ISDIR(old->st_mode);
    if (is_directory && is_below(to, from))
        return -EINVAL;
    if (stat(to, &there) != 0)
        return errno == ENOENT ? psock_guest_rename_file(from, to) : -errno;
    if (is_same(old, &there))
        return _stricmp(from, to) != 0 ? 0 : psock_guest_rename_file(from, to);
    int error = make_room(to, is_directory, &there);
    return error < 0 ? error : psock_guest_rename_file(from, to);
}

int rename(const char *from, const char *to)
{
    struct stat old;
    int before = errno;
    if (from == NULL || to == NULL)
        return psock_guest_fail(EFAULT);
    if (to[0] == '\0')
        return psock_guest_fail(ENOENT);
    if (stat(from, &old) != 0)
        return -1;
    int error = rename_to(from, &old, to);
    errno = before;
    return (int)psock_guest_returned(error);
}

int renameat(int from_directory, const char *from, int to_directory,
             const char *to)
{
    int number = psock_guest_at(from_directory, from);
    if (number == 0)
        number = psock_guest_at(to_directory, to);
    return number != 0 ? psock_guest_fail(number) : rename(from, to);
}

int remove(const char *path)
{
    int before = errno;
    if (unlink(path) == 0)
        return 0;
    if (errno != EISDIR)
        return -1;
    errno = before;
    return rmdir(path);
}
