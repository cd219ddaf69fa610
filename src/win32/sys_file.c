/* sys_file.c: regular files, and TransmitFile.
 *
 * TransmitFile cannot do what psock promises: once it is ended before its time,
 * by CancelIoEx, nothing tells how much went; and client editions run two at once
 * and let the rest wait, so two silent readers anywhere on the machine would hold
 * up all others.  So it is used where nobody can end it and the system is a
 * server's, and files are read and sent elsewhere (src/file.c). */
#include "platform.h"

#include <limits.h>
#include <stdlib.h>

static int fail(int native, int error)
{
    psock_winsock.WSASetLastError(native);
    return error;
}

/* --- Files ----------------------------------------------------------------- */

/* As UTF-16, which has no more units than UTF-8 has bytes; null, with the system's
 * code.  What is no UTF-8 is no file's name. */
static WCHAR *widen(const char *path)
{
    const size_t size = strlen(path) + 1;
    WCHAR *wide = NULL;
    if (size <= INT_MAX)
        wide = malloc(size * sizeof *wide);
    if (wide == NULL) {
        psock_win32_no_memory();
        return NULL;
    }
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide,
                            (int)size) != 0)
        return wide;
    free(wide);
    psock_winsock.WSASetLastError(ERROR_INVALID_NAME);
    return NULL;
}

/* Directories can be opened, to tell them from what may not be.  What is a pipe
 * may not act in the name of this process. */
static HANDLE open_wide(const WCHAR *path)
{
    return psock_winsock.CreateFileW(
        path, GENERIC_READ,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
        OPEN_EXISTING,
        FILE_FLAG_BACKUP_SEMANTICS | SECURITY_SQOS_PRESENT |
            SECURITY_IDENTIFICATION,
        NULL);
}

static int information_error(void)
{
    const int error = psock_win32_error();
    return error == PSOCK_EBADF ? PSOCK_EBADF
                                : fail(ERROR_INVALID_PARAMETER, PSOCK_EINVAL);
}

/* Devices and pipes have no such information, or are no disk's. */
static int look_at(HANDLE file, FILE_STANDARD_INFO *info)
{
    if (!psock_winsock.GetFileInformationByHandleEx(file, FileStandardInfo,
                                                    info, sizeof *info))
        return information_error();
    if (info->Directory)
        return fail(ERROR_DIRECTORY_NOT_SUPPORTED, PSOCK_EISDIR);
    if (psock_winsock.GetFileType(file) != FILE_TYPE_DISK)
        return fail(ERROR_INVALID_PARAMETER, PSOCK_EINVAL);
    return 0;
}

/* A Unix socket's file is there and is no regular one. */
static int opening_error(void)
{
    return psock_winsock.WSAGetLastError() == ERROR_CANT_ACCESS_FILE
               ? PSOCK_EINVAL
               : psock_win32_error();
}

static psock_file open_and_look(const WCHAR *path)
{
    FILE_STANDARD_INFO info;
    HANDLE file = open_wide(path);
    if (file == INVALID_HANDLE_VALUE)
        return opening_error();
    const int error = look_at(file, &info);
    if (error == 0)
        return (psock_file)file;
    const int native = psock_winsock.WSAGetLastError();
    psock_winsock.CloseHandle(file);
    return fail(native, error);
}

/* A console has handles that are none to others, and where there is no console, its
 * name leads to such a one. */
psock_file psock_sys_file_open(const char *path)
{
    WCHAR *wide = widen(path);
    if (wide == NULL)
        return psock_win32_error();
    psock_file file = open_and_look(wide);
    free(wide); /* which leaves the system's last code alone */
    return file == PSOCK_EBADF ? PSOCK_EINVAL : file;
}

int psock_sys_file_close(psock_file file)
{
    return psock_winsock.CloseHandle((HANDLE)file) ? 0 : psock_win32_error();
}

int64_t psock_sys_file_size(psock_file file)
{
    FILE_STANDARD_INFO info;
    int error = look_at((HANDLE)file, &info);
    return error < 0 ? error : info.EndOfFile.QuadPart;
}

static OVERLAPPED at_offset(int64_t offset, HANDLE event)
{
    return (OVERLAPPED){.Offset = (DWORD)offset,
                        .OffsetHigh = (DWORD)((uint64_t)offset >> 32),
                        .hEvent = event};
}

/* The lowest bit of an event keeps the end out of a port that the program may have
 * for the handle. */
static HANDLE past_ports(HANDLE event)
{
    return (HANDLE)((ULONG_PTR)event | (ULONG_PTR)1);
}

#define LONGEST_READ (1u << 30)

/* The position that others may read at goes along with what reads elsewhere, and
 * has to be put back. */
static LARGE_INTEGER position_of(psock_file file)
{
    LARGE_INTEGER position = {.QuadPart = 0};
    psock_winsock.SetFilePointerEx((HANDLE)file, position, &position,
                                   FILE_CURRENT);
    return position;
}

static void put_back(psock_file file, LARGE_INTEGER position)
{
    const int native = psock_winsock.WSAGetLastError();
    psock_winsock.SetFilePointerEx((HANDLE)file, position, NULL, FILE_BEGIN);
    psock_winsock.WSASetLastError(native);
}

/* A handle that psock has opened waits for the disk; one of somebody else's may be
 * for overlapped calls, and then the end comes by the event. */
static BOOL read_or_wait(HANDLE file, void *buffer, DWORD size, DWORD *count,
                         OVERLAPPED *place, HANDLE event)
{
    if (psock_winsock.ReadFile(file, buffer, size, count, place))
        return TRUE;
    if (psock_winsock.WSAGetLastError() != ERROR_IO_PENDING)
        return FALSE;
    psock_winsock.WaitForSingleObject(event, INFINITE);
    return psock_winsock.GetOverlappedResult(file, place, count, FALSE);
}

static ptrdiff_t read_there(psock_file file, int64_t offset, void *buffer,
                            DWORD size, HANDLE event)
{
    DWORD count = 0;
    OVERLAPPED place = at_offset(offset, past_ports(event));
    if (read_or_wait((HANDLE)file, buffer, size, &count, &place, event))
        return (ptrdiff_t)count;
    return psock_winsock.WSAGetLastError() == ERROR_HANDLE_EOF
               ? 0
               : psock_win32_error();
}

ptrdiff_t psock_sys_file_read(psock_file file, int64_t offset, void *buffer,
                              size_t size)
{
    HANDLE event = psock_win32_take_event();
    if (event == NULL)
        return psock_win32_error();
    const LARGE_INTEGER position = position_of(file);
    ptrdiff_t count =
        read_there(file, offset, buffer,
                   size < LONGEST_READ ? (DWORD)size : LONGEST_READ, event);
    put_back(file, position);
    psock_win32_give_event(event);
    return count;
}

/* --- Sending them ---------------------------------------------------------- */

int psock_sys_send_file_ready(psock_t s)
{
    int family;
    int type;
    if (!psock_win32_kind(s, &family, &type))
        return psock_win32_socket_error(s);
    return type == SOCK_STREAM ? 0 : fail(WSAEOPNOTSUPP, PSOCK_EOPNOTSUPP);
}

/* Server editions run as many at once as are asked for. */
static _Bool is_unlimited(void)
{
    RTL_OSVERSIONINFOEXW version = {.dwOSVersionInfoSize = sizeof version};
    return psock_winsock.RtlGetVersion((RTL_OSVERSIONINFOW *)&version) >= 0 &&
           version.wProductType != VER_NT_WORKSTATION;
}

static LPFN_TRANSMITFILE find_transmit_file(psock_t s)
{
    GUID id = WSAID_TRANSMITFILE;
    LPFN_TRANSMITFILE found = NULL;
    DWORD returned;
    int family;
    int type;
    if (!psock_win32_kind(s, &family, &type) || family == AF_UNIX ||
        psock_winsock.WSAIoctl((SOCKET)s, SIO_GET_EXTENSION_FUNCTION_POINTER,
                               &id, sizeof id, &found, sizeof found, &returned,
                               NULL, NULL) != 0)
        return NULL;
    return found;
}

/* One call takes less than 2 GiB, and it refuses more than there is. */
#define LONGEST_TRANSMISSION (INT64_C(1) << 30)

static int64_t size_there_is(psock_file file, int64_t offset, size_t size)
{
    const int64_t end = psock_sys_file_size(file);
    int64_t left = end < offset ? 0 : end - offset;
    if (end < 0)
        return end;
    if ((uint64_t)left > size)
        left = (int64_t)size;
    return left < LONGEST_TRANSMISSION ? left : LONGEST_TRANSMISSION;
}

/* A shutdown of this direction ends it, and nothing else, as nobody could tell
 * what went until then. */
static void end_transmission(struct shadow_waiter *waiter)
{
    const psock_t s = waiter->entries->socket;
    if ((psock_win32_shadow_held(s) & SHADOW_WRITE_ENDED) != 0)
        psock_winsock.CancelIoEx(waiter->handle, &waiter->overlapped);
}

static NTSTATUS do_nothing(struct shadow_waiter *waiter, void *context)
{
    (void)waiter;
    (void)context;
    return 0;
}

struct transmission {
    struct shadow_waiter waiter;
    psock_pollable entry; /* the waiter's only one */
    LPFN_TRANSMITFILE transmit_file;
    psock_file file;
    DWORD size;
};

/* Whoever has ended this direction before it could be canceled has left word. */
static _Bool begin_transmission(struct transmission *transmission)
{
    const psock_t s = transmission->entry.socket;
    OVERLAPPED *overlapped = &transmission->waiter.overlapped;
    if (transmission->transmit_file((SOCKET)s, (HANDLE)transmission->file,
                                    transmission->size, 0, overlapped, NULL, 0))
        return 1;
    if (psock_winsock.WSAGetLastError() != ERROR_IO_PENDING)
        return 0;
    if ((psock_win32_shadow(s) & SHADOW_WRITE_ENDED) != 0)
        psock_winsock.CancelIoEx((HANDLE)s, overlapped);
    return 1;
}

/* What is refused has not begun; whatever fails later may have sent some that are
 * not told, and is over. */
static ptrdiff_t failure(psock_t s)
{
    if (psock_winsock.WSAGetLastError() == ERROR_HANDLE_EOF)
        return 0;
    if ((psock_win32_shadow(s) & SHADOW_WRITE_ENDED) != 0)
        return fail(WSAESHUTDOWN, PSOCK_EPIPE);
    return psock_win32_send_failure(s);
}

static ptrdiff_t refusal(psock_t s)
{
    switch (psock_winsock.WSAGetLastError()) {
    case WSAEINVAL:
    case WSAEOPNOTSUPP:
    case ERROR_INVALID_PARAMETER:
    case ERROR_NOT_SUPPORTED:
        return PSOCK_ENOTSUP;
    default:
        return failure(s);
    }
}

static ptrdiff_t end_of_transmission(struct transmission *transmission,
                                     HANDLE event)
{
    DWORD sent = 0;
    DWORD flags;
    const psock_t s = transmission->entry.socket;
    psock_winsock.WaitForSingleObject(event, INFINITE);
    if (psock_winsock.WSAGetOverlappedResult((SOCKET)s,
                                             &transmission->waiter.overlapped,
                                             &sent, FALSE, &flags) ||
        sent > 0)
        return (ptrdiff_t)sent;
    return failure(s);
}

/* Begins it when others can end it already, and without their lock, since it may
 * read from the disk. */
static ptrdiff_t transmit(struct transmission *transmission, int64_t offset,
                          HANDLE event)
{
    const psock_t s = transmission->entry.socket;
    struct shadow_waiter *waiter = &transmission->waiter;
    *waiter = (struct shadow_waiter){.entries = &transmission->entry,
                                     .count = 1,
                                     .disturb = end_transmission,
                                     .handle = (HANDLE)s,
                                     .overlapped =
                                         at_offset(offset, past_ports(event))};
    psock_win32_waiter_enter(waiter, do_nothing, NULL);
    const _Bool has_begun = begin_transmission(transmission);
    ptrdiff_t sent =
        has_begun ? end_of_transmission(transmission, event) : refusal(s);
    psock_win32_waiter_leave(waiter);
    return sent;
}

static ptrdiff_t transmit_with_event(struct transmission *transmission,
                                     int64_t offset)
{
    HANDLE event = psock_win32_take_event();
    if (event == NULL)
        return psock_win32_error();
    const LARGE_INTEGER position = position_of(transmission->file);
    ptrdiff_t sent = transmit(transmission, offset, event);
    put_back(transmission->file, position);
    psock_win32_give_event(event);
    return sent;
}

/* How much of it this way can have: 0 at the end, PSOCK_ENOTSUP for none. */
static int64_t transmittable(psock_file file, int64_t offset, size_t size,
                             _Bool may_end)
{
    if (may_end || !is_unlimited())
        return PSOCK_ENOTSUP;
    return size_there_is(file, offset, size);
}

ptrdiff_t psock_sys_send_file(psock_t s, psock_file file, int64_t offset,
                              size_t size, psock_waker *canceler,
                              int64_t timeout_ns)
{
    struct transmission transmission = {.entry = {.socket = s}, .file = file};
    const int64_t there_is =
        transmittable(file, offset, size, timeout_ns >= 0 || canceler != NULL);
    if (there_is <= 0)
        return (ptrdiff_t)there_is;
    transmission.size = (DWORD)there_is;
    transmission.transmit_file = find_transmit_file(s);
    return transmission.transmit_file == NULL
               ? PSOCK_ENOTSUP
               : transmit_with_event(&transmission, offset);
}

int psock_sys_can_send_file(void)
{
    return is_unlimited() ? 0 : fail(WSAEOPNOTSUPP, PSOCK_ENOTSUP);
}
