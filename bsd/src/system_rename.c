/* system_rename.c: giving files other names, by Windows. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "plain.h"

#include <stdio.h>
#include <stdlib.h>

/* As newer kits than the compiler's have them. */
#define RENAME_INFO_EX ((FILE_INFO_BY_HANDLE_CLASS)22)

enum {
    REPLACE = 1,
    AS_POSIX_DOES = 2,
    ALSO_READ_ONLY = 64
};

struct wish {
    DWORD flags;
    HANDLE root;
    DWORD length; /* in bytes */
    WCHAR name[1];
};

/* The whole path, as Windows wants it here; null when there is none. */
static struct wish *wish_for(const char *path)
{
    WCHAR given[MAX_PATH];
    if (MultiByteToWideChar(CP_ACP, 0, path, -1, given, MAX_PATH) == 0)
        return NULL;
    const DWORD room = GetFullPathNameW(given, 0, NULL, NULL);
    struct wish *wish = calloc(1, sizeof *wish + room * sizeof(WCHAR));
    if (wish == NULL)
        return NULL;
    wish->flags = REPLACE | AS_POSIX_DOES | ALSO_READ_ONLY;
    wish->length =
        GetFullPathNameW(given, room, wish->name, NULL) * (DWORD)sizeof(WCHAR);
    return wish;
}

/* Where Windows is new enough. */
static bool rename_at_once(const char *from, const char *to)
{
    struct wish *wish = wish_for(to);
    HANDLE file = CreateFileA(
        from, DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        NULL, OPEN_EXISTING,
        FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    bool done =
        wish != NULL && file != INVALID_HANDLE_VALUE &&
        SetFileInformationByHandle(file, RENAME_INFO_EX, wish,
                                   (DWORD)offsetof(struct wish, name) +
                                       wish->length + (DWORD)sizeof(WCHAR));
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
    free(wish);
    return done;
}

/* Elsewhere what is open can be renamed itself.  It goes when it is closed. */
static bool rename_in_steps(const char *from, const char *to)
{
    char aside[MAX_PATH];
    unsigned number = 0;
    if (psock_guest_random(&number, sizeof number) != 0 ||
        snprintf(aside, sizeof aside, "%s.%08x", to, number) >= MAX_PATH ||
        !MoveFileExA(to, aside, 0))
        return false;
    const bool done = MoveFileExA(from, to, 0);
    if (done)
        (void)psock_guest_remove_file(aside);
    else
        MoveFileExA(aside, to, 0);
    return done;
}

/* Over a file that somebody has open, or that is read-only. */
static bool rename_anyway(const char *from, const char *to)
{
    return rename_at_once(from, to) || rename_in_steps(from, to);
}

int psock_guest_rename_file(const char *from, const char *to)
{
    if (MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING))
        return 0;
    int error = psock_guest_last_error();
    const bool is_refused = error == -EACCES || error == -EBUSY;
    return is_refused && rename_anyway(from, to) ? 0 : error;
}
