/* system_path.c: which file it is, what is a terminal, removing and locking, by
 * Windows. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "plain.h"

#include <io.h>
#include <limits.h>

static HANDLE handle_of(int fd)
{
    return (HANDLE)_get_osfhandle(fd);
}

/* --- Terminals ---------------------------------------------------------------- */

bool psock_guest_is_terminal(int fd)
{
    DWORD mode;
    return GetConsoleMode(handle_of(fd), &mode);
}

bool psock_guest_terminal_size(int fd, unsigned short *rows,
                               unsigned short *columns)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    if (!GetConsoleScreenBufferInfo(handle_of(fd), &info))
        return false;
    *rows = (unsigned short)(info.srWindow.Bottom - info.srWindow.Top + 1);
    *columns = (unsigned short)(info.srWindow.Right - info.srWindow.Left + 1);
    return true;
}

/* --- Which file it is ----------------------------------------------------------- */

static bool identity(HANDLE handle, struct psock_guest_identity *out)
{
    BY_HANDLE_FILE_INFORMATION info;
    if (!GetFileInformationByHandle(handle, &info))
        return false;
    out->device = info.dwVolumeSerialNumber;
    out->links = info.nNumberOfLinks;
    out->is_directory = (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    out->number =
        ((unsigned long long)info.nFileIndexHigh << 32) | info.nFileIndexLow;
    return true;
}

bool psock_guest_identity_of(int fd, struct psock_guest_identity *out)
{
    return identity(handle_of(fd), out);
}

bool psock_guest_identity_at(const char *path, struct psock_guest_identity *out)
{
    HANDLE handle = CreateFileA(
        path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return false;
    bool known = identity(handle, out);
    CloseHandle(handle);
    return known;
}

/* --- Sockets -------------------------------------------------------------------- */

/* As the kit for drivers has it. */
#define TAG_OF_UNIX_SOCKETS 0x80000023u

static DWORD tag_at(const char *path)
{
    FILE_ATTRIBUTE_TAG_INFO about = {0, 0};
    HANDLE handle = CreateFileA(
        path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING,
        FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return 0;
    GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &about,
                                 sizeof about);
    CloseHandle(handle);
    return about.ReparseTag;
}

bool psock_guest_is_system_socket(const char *path)
{
    const DWORD attributes = GetFileAttributesA(path);
    return attributes != INVALID_FILE_ATTRIBUTES &&
           (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
           tag_at(path) == TAG_OF_UNIX_SOCKETS;
}

/* --- Removing ------------------------------------------------------------------- */

/* A file that is read-only is like any other there. */
static int remove_read_only(const char *path, DWORD attributes)
{
    if (!SetFileAttributesA(path, attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY))
        return psock_guest_last_error();
    if (DeleteFileA(path))
        return 0;
    int error = psock_guest_last_error();
    SetFileAttributesA(path, attributes);
    return error;
}

int psock_guest_remove_file(const char *path)
{
    if (DeleteFileA(path))
        return 0;
    int error = psock_guest_last_error();
    const DWORD attributes = GetFileAttributesA(path);
    if (error != -EACCES || attributes == INVALID_FILE_ATTRIBUTES)
        return error;
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
        return -EISDIR;
    return (attributes & FILE_ATTRIBUTE_READONLY) != 0
               ? remove_read_only(path, attributes)
               : error;
}

/* --- Locks ---------------------------------------------------------------------- */

static OVERLAPPED at(int64_t offset)
{
    OVERLAPPED place = {0};
    place.Offset = (DWORD)offset;
    place.OffsetHigh = (DWORD)(offset >> 32);
    return place;
}

/* As far as a lock can go that has no end. */
static OVERLAPPED length(int64_t start, int64_t size)
{
    return at(size != 0 ? size : LLONG_MAX - start);
}

int psock_guest_lock_file(int fd, int64_t start, int64_t size, int kind,
                          bool waits)
{
    OVERLAPPED place = at(start);
    const OVERLAPPED span = length(start, size);
    DWORD flags = waits ? 0 : LOCKFILE_FAIL_IMMEDIATELY;
    BOOL done;
    if (kind == PSOCK_GUEST_EXCLUSIVE)
        flags |= LOCKFILE_EXCLUSIVE_LOCK;
    if (kind == PSOCK_GUEST_UNLOCKED)
        done = UnlockFileEx(handle_of(fd), 0, span.Offset, span.OffsetHigh,
                            &place) ||
               GetLastError() == ERROR_NOT_LOCKED;
    else
        done = LockFileEx(handle_of(fd), flags, 0, span.Offset, span.OffsetHigh,
                          &place);
    return done ? 0 : psock_guest_last_error();
}
