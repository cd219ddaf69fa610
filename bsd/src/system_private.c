/* system_private.c: files that nobody but their owner can open, by Windows. */
#include "guest.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <sddl.h>
#include <stdio.h>

static const struct {
    DWORD code;
    int number;
} reasons[] = {
    {ERROR_FILE_EXISTS, EEXIST},
    {ERROR_ALREADY_EXISTS, EEXIST},
    {ERROR_PATH_NOT_FOUND, ENOENT},
    {ERROR_FILE_NOT_FOUND, ENOENT},
    {ERROR_DIRECTORY, ENOTDIR},
    {ERROR_INVALID_NAME, ENOENT},
    {ERROR_BAD_PATHNAME, ENOENT},
    {ERROR_ACCESS_DENIED, EACCES},
    {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
    {ERROR_DISK_FULL, ENOSPC},
    {ERROR_WRITE_PROTECT, EROFS},
};

static int reason(void)
{
    DWORD code = GetLastError();
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].code == code)
            return -reasons[i].number;
    }
    return -EIO;
}

/* The user as text, "S-1-5-21-...", to be freed with LocalFree(); null. */
static char *user(void)
{
    union {
        TOKEN_USER user;
        char room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } token;
    HANDLE process = NULL;
    char *text = NULL;
    DWORD size = 0;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &process))
        return NULL;
    if (!GetTokenInformation(process, TokenUser, &token, sizeof token, &size) ||
        !ConvertSidToStringSidA(token.user.User.Sid, &text))
        text = NULL;
    CloseHandle(process);
    return text;
}

/* All rights for the user, none for others, none inherited. */
static PSECURITY_DESCRIPTOR owner_only(void)
{
    char rules[256];
    PSECURITY_DESCRIPTOR descriptor = NULL;
    char *name = user();
    if (name == NULL)
        return NULL;
    snprintf(rules, sizeof rules, "D:P(A;;FA;;;%s)", name);
    LocalFree(name);
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(
            rules, SDDL_REVISION_1, &descriptor, NULL))
        return NULL;
    return descriptor;
}

static int fill(HANDLE file, const char *path, const void *bytes, size_t size)
{
    DWORD written = 0;
    bool done =
        WriteFile(file, bytes, (DWORD)size, &written, NULL) && written == size;
    int result = done ? 0 : reason();
    CloseHandle(file);
    if (!done)
        DeleteFileA(path);
    return result;
}

int psock_guest_private_file(const char *path, const void *bytes, size_t size)
{
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, owner_only(), FALSE};
    if (attributes.lpSecurityDescriptor == NULL)
        return -EACCES;
    HANDLE file = CreateFileA(path, GENERIC_WRITE, FILE_SHARE_READ, &attributes,
                              CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    int result =
        file == INVALID_HANDLE_VALUE ? reason() : fill(file, path, bytes, size);
    LocalFree(attributes.lpSecurityDescriptor);
    return result;
}
