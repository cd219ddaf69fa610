/* system_ahead.c: pipes that can be read and not looked into, by Windows. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winternl.h>

#include "ahead.h"

#include <io.h>

/* --- Which they are ------------------------------------------------------------- */

typedef LONG(WINAPI *query_function)(HANDLE handle, int what, void *answer,
                                     ULONG size, ULONG *used);

/* What the handle may be used for; nothing where Windows does not tell. */
static DWORD access_of(HANDLE handle)
{
    PUBLIC_OBJECT_BASIC_INFORMATION about = {0};
    HMODULE module = GetModuleHandleA("ntdll.dll");
    FARPROC found =
        module != NULL ? GetProcAddress(module, "NtQueryObject") : NULL;
    if (found == NULL || ((query_function)(uintptr_t)found)(
                             handle, 0, &about, sizeof about, NULL) != 0)
        return 0;
    return about.GrantedAccess;
}

/* A pipe whose other end is gone tells so, and the end for writing refuses. */
static bool can_be_looked_into(HANDLE pipe)
{
    if (PeekNamedPipe(pipe, NULL, 0, NULL, NULL, NULL))
        return true;
    const DWORD error = GetLastError();
    return error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED ||
           error == ERROR_ACCESS_DENIED;
}

bool psock_guest_is_dark(int fd)
{
    HANDLE handle = (HANDLE)_get_osfhandle(fd);
    const DWORD type = GetFileType(handle) & ~(DWORD)FILE_TYPE_REMOTE;
    return type == FILE_TYPE_PIPE && !can_be_looked_into(handle) &&
           (access_of(handle) & FILE_READ_DATA) != 0;
}

/* --- Their handles ---------------------------------------------------------------- */

/* Closing the number does not wait for who reads from the other handle. */
intptr_t psock_guest_second_handle(int fd)
{
    HANDLE second = NULL;
    if (!DuplicateHandle(GetCurrentProcess(), (HANDLE)_get_osfhandle(fd),
                         GetCurrentProcess(), &second, 0, FALSE,
                         DUPLICATE_SAME_ACCESS))
        return -EMFILE;
    return (intptr_t)second;
}

ssize_t psock_guest_read_handle(intptr_t handle, void *buffer, size_t size)
{
    DWORD count = 0;
    if (ReadFile((HANDLE)handle, buffer, (DWORD)size, &count, NULL))
        return (ssize_t)count;
    switch (GetLastError()) {
    case ERROR_BROKEN_PIPE:
    case ERROR_HANDLE_EOF:
    case ERROR_PIPE_NOT_CONNECTED:
        return 0;
    default:
        return -EIO;
    }
}

bool psock_guest_can_write(intptr_t handle)
{
    return (access_of((HANDLE)handle) & FILE_WRITE_DATA) != 0;
}

ssize_t psock_guest_write_handle(intptr_t handle, const void *data, size_t size)
{
    DWORD count = 0;
    if (WriteFile((HANDLE)handle, data, (DWORD)size, &count, NULL))
        return (ssize_t)count;
    return -EPIPE;
}
