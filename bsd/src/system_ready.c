/* system_ready.c: whether pipes, consoles and files are ready, by Windows. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "guest.h"

#include <io.h>
#include <limits.h>
#include <poll.h>

#define READ_BITS (POLLIN | POLLRDNORM)
#define WRITE_BITS (POLLOUT | POLLWRNORM)
#define EVENTS_AT_ONCE 64

/* --- Pipes ----------------------------------------------------------------- */

/* The end for writing cannot be peeked at.  Windows does not tell whether there is
 * room in it, and no one who writes waits long.  Of other pipes that cannot be
 * looked into nothing is known, and a read may have to wait. */
static short pipe_bits(HANDLE pipe)
{
    DWORD unread = 0;
    if (PeekNamedPipe(pipe, NULL, 0, NULL, &unread, NULL))
        return unread > 0 ? READ_BITS : 0;
    switch (GetLastError()) {
    case ERROR_BROKEN_PIPE:
    case ERROR_PIPE_NOT_CONNECTED:
        return POLLHUP;
    case ERROR_ACCESS_DENIED:
        return WRITE_BITS;
    default:
        return READ_BITS | WRITE_BITS;
    }
}

static int pipe_unread(HANDLE pipe)
{
    DWORD unread = 0;
    if (PeekNamedPipe(pipe, NULL, 0, NULL, &unread, NULL))
        return (int)unread;
    return GetLastError() == ERROR_BROKEN_PIPE ? 0 : -EINVAL;
}

/* --- Consoles -------------------------------------------------------------- */

static bool gives_a_character(const INPUT_RECORD *record)
{
    return record->EventType == KEY_EVENT && record->Event.KeyEvent.bKeyDown &&
           record->Event.KeyEvent.uChar.UnicodeChar != 0;
}

/* Mice, sizes and keys that are let go are events that no read() returns for.
 * Below zero: it is no input of a console. */
static int characters_in(HANDLE console)
{
    INPUT_RECORD records[EVENTS_AT_ONCE];
    DWORD count = 0;
    int characters = 0;
    if (!PeekConsoleInputW(console, records, EVENTS_AT_ONCE, &count))
        return -1;
    for (DWORD i = 0; i < count; i++)
        characters += gives_a_character(&records[i]);
    return characters;
}

/* Devices such as NUL are of this type too, and never make anyone wait. */
static short character_bits(HANDLE device)
{
    int characters = characters_in(device);
    if (characters < 0)
        return READ_BITS | WRITE_BITS;
    return characters > 0 ? READ_BITS | WRITE_BITS : WRITE_BITS;
}

/* --- Numbers ---------------------------------------------------------------- */

static short handle_bits(HANDLE handle)
{
    switch (GetFileType(handle) & ~(DWORD)FILE_TYPE_REMOTE) {
    case FILE_TYPE_PIPE:
        return pipe_bits(handle);
    case FILE_TYPE_CHAR:
        return character_bits(handle);
    default:
        return READ_BITS | WRITE_BITS;
    }
}

short psock_guest_plain_now(int fd, short wanted)
{
    if (!psock_guest_is_plain(fd))
        return POLLNVAL;
    short bits = handle_bits((HANDLE)_get_osfhandle(fd));
    return bits & (wanted | POLLERR | POLLHUP);
}

bool psock_guest_plain_waits(int fd)
{
    HANDLE handle = (HANDLE)_get_osfhandle(fd);
    switch (GetFileType(handle) & ~(DWORD)FILE_TYPE_REMOTE) {
    case FILE_TYPE_PIPE:
        return true;
    case FILE_TYPE_CHAR:
        return characters_in(handle) >= 0;
    default:
        return false;
    }
}

int psock_guest_plain_unread(int fd)
{
    if (!psock_guest_is_plain(fd))
        return -EBADF;
    HANDLE handle = (HANDLE)_get_osfhandle(fd);
    switch (GetFileType(handle) & ~(DWORD)FILE_TYPE_REMOTE) {
    case FILE_TYPE_PIPE:
        return pipe_unread(handle);
    case FILE_TYPE_CHAR: {
        int characters = characters_in(handle);
        return characters < 0 ? 0 : characters;
    }
    default:
        return -ENOTTY;
    }
}

/* --- Sockets ------------------------------------------------------------------ */

/* As <winsock2.h> has them, which cannot be included beside BSD sockets. */
#define WINSOCK_FIONREAD 0x4004667fL
__declspec(dllimport) int WINAPI
    ioctlsocket(UINT_PTR s, long command, unsigned long *argument);

int psock_guest_socket_unread(psock_t s)
{
    unsigned long size = 0;
    if (ioctlsocket((UINT_PTR)s, WINSOCK_FIONREAD, &size) != 0)
        return -EINVAL;
    return size < INT_MAX ? (int)size : INT_MAX;
}
