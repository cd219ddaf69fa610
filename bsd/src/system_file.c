/* system_file.c: what files need of Windows beside the C runtime. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "plain.h"

#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

static HANDLE handle_of(int fd)
{
    return (HANDLE)_get_osfhandle(fd);
}

/* --- Errors ------------------------------------------------------------------- */

static const struct {
    DWORD error;
    int number;
} numbers[] = {
    {ERROR_FILE_NOT_FOUND, ENOENT},
    {ERROR_PATH_NOT_FOUND, ENOENT},
    {ERROR_INVALID_NAME, ENOENT},
    {ERROR_BAD_NETPATH, ENOENT},
    {ERROR_BAD_PATHNAME, ENOENT},
    {ERROR_ACCESS_DENIED, EACCES},
    {ERROR_SHARING_VIOLATION, EBUSY},
    {ERROR_LOCK_VIOLATION, EAGAIN},
    {ERROR_IO_PENDING, EAGAIN},
    {ERROR_FILE_EXISTS, EEXIST},
    {ERROR_ALREADY_EXISTS, EEXIST},
    {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
    {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
    {ERROR_DIRECTORY, ENOTDIR},
    {ERROR_NOT_SAME_DEVICE, EXDEV},
    {ERROR_DISK_FULL, ENOSPC},
    {ERROR_WRITE_PROTECT, EROFS},
    {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
    {ERROR_INVALID_HANDLE, EBADF},
};

int psock_guest_last_error(void)
{
    const DWORD error = GetLastError();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i].error == error)
            return -numbers[i].number;
    }
    return -EIO;
}

/* --- Opening ------------------------------------------------------------------ */

static DWORD access_of(int flags)
{
    static const DWORD accesses[] = {GENERIC_READ, GENERIC_WRITE,
                                     GENERIC_READ | GENERIC_WRITE, 0};
    return accesses[flags & O_ACCMODE];
}

static DWORD disposition_of(int flags)
{
    if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)
        return CREATE_NEW;
    bool empties = (flags & O_TRUNC) != 0 && (flags & O_ACCMODE) != O_RDONLY;
    if ((flags & O_CREAT) != 0)
        return empties ? CREATE_ALWAYS : OPEN_ALWAYS;
    return empties ? TRUNCATE_EXISTING : OPEN_EXISTING;
}

static DWORD attributes_of(int flags, mode_t mode)
{
    DWORD attributes = FILE_FLAG_BACKUP_SEMANTICS;
    if ((flags & O_CREAT) != 0 && (mode & S_IWUSR) == 0)
        attributes |= FILE_ATTRIBUTE_READONLY;
    if ((flags & O_SYNC) != 0)
        attributes |= FILE_FLAG_WRITE_THROUGH;
    if ((flags & O_TEMPORARY) != 0)
        attributes |= FILE_FLAG_DELETE_ON_CLOSE;
    return attributes;
}

/* What is wrong with the kind of file, or 0. */
static int kind_error(const char *path, int flags)
{
    const DWORD attributes = GetFileAttributesA(path);
    const bool there = attributes != INVALID_FILE_ATTRIBUTES;
    const bool directory =
        there && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0 && there)
        return -EEXIST;
    if (directory &&
        ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0))
        return -EISDIR;
    return there && !directory && (flags & O_DIRECTORY) != 0 ? -ENOTDIR : 0;
}

/* Others may rename and remove it, as everywhere. */
intptr_t psock_guest_open_handle(const char *path, int flags, mode_t mode)
{
    SECURITY_ATTRIBUTES inheritance = {sizeof inheritance, NULL,
                                       (flags & O_CLOEXEC) == 0};
    int error = kind_error(path, flags);
    if (error < 0)
        return error;
    HANDLE handle = CreateFileA(
        path, access_of(flags),
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &inheritance,
        disposition_of(flags), attributes_of(flags, mode), NULL);
    return handle == INVALID_HANDLE_VALUE ? psock_guest_last_error()
                                          : (intptr_t)handle;
}

void psock_guest_close_handle(intptr_t handle)
{
    CloseHandle((HANDLE)handle);
}

void psock_guest_set_inherited(int fd, bool inherited)
{
    SetHandleInformation(handle_of(fd), HANDLE_FLAG_INHERIT,
                         inherited ? HANDLE_FLAG_INHERIT : 0);
}

/* --- Reading and writing at a place --------------------------------------------- */

static OVERLAPPED at(int64_t offset)
{
    OVERLAPPED place = {0};
    place.Offset = (DWORD)offset;
    place.OffsetHigh = (DWORD)(offset >> 32);
    return place;
}

static DWORD clamped(size_t size)
{
    return size < PSOCK_GUEST_MOST ? (DWORD)size : PSOCK_GUEST_MOST;
}

/* Windows moves the position, too. */
static void restore(HANDLE handle, bool known, LARGE_INTEGER position)
{
    if (known)
        SetFilePointerEx(handle, position, NULL, FILE_BEGIN);
}

static bool position_of(HANDLE handle, LARGE_INTEGER *position)
{
    const LARGE_INTEGER nowhere = {.QuadPart = 0};
    return SetFilePointerEx(handle, nowhere, position, FILE_CURRENT);
}

/* What a file opened for the other direction says. */
static int transfer_error(void)
{
    return GetLastError() == ERROR_ACCESS_DENIED ? -EBADF
                                                 : psock_guest_last_error();
}

ssize_t psock_guest_read_at(int fd, void *buffer, size_t size, int64_t offset)
{
    HANDLE handle = handle_of(fd);
    OVERLAPPED place = at(offset);
    LARGE_INTEGER position;
    DWORD count = 0;
    bool known = position_of(handle, &position);
    ssize_t result = 0;
    if (ReadFile(handle, buffer, clamped(size), &count, &place))
        result = (ssize_t)count;
    else if (GetLastError() != ERROR_HANDLE_EOF)
        result = transfer_error();
    restore(handle, known, position);
    return result;
}

ssize_t psock_guest_write_at(int fd, const void *data, size_t size,
                             int64_t offset)
{
    HANDLE handle = handle_of(fd);
    OVERLAPPED place = at(offset);
    LARGE_INTEGER position;
    DWORD count = 0;
    bool known = position_of(handle, &position);
    BOOL done = WriteFile(handle, data, clamped(size), &count, &place);
    ssize_t result = done ? (ssize_t)count : transfer_error();
    restore(handle, known, position);
    return result;
}
