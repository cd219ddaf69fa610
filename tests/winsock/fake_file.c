/* fake_file.c: a file system, as far as the files of Unix sockets need one.
 *
 * Names are compared byte by byte.  All directories are there but one. */
#include "fake_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISPOSITION_EX ((FILE_INFO_BY_HANDLE_CLASS)21)

struct fake_file {
    struct fake_file *next;
    char path[512];
    DWORD tag;
    unsigned id;
    unsigned handles;
    _Bool is_leaving; /* when the last handle is closed */
    _Bool is_nameless;
    struct fake_content content;
};

static struct fake_file *files;
static unsigned last_id;

struct fake_file *fake_find_file(const char *path)
{
    struct fake_file *each = files;
    while (each != NULL && (each->is_nameless || strcmp(each->path, path) != 0))
        each = each->next;
    return each;
}

struct fake_file *fake_add_file(const char *path, DWORD tag)
{
    struct fake_file *file = calloc(1, sizeof *file);
    snprintf(file->path, sizeof file->path, "%s", path);
    file->tag = tag;
    file->id = ++last_id;
    file->next = files;
    files = file;
    return file;
}

unsigned fake_file_id(const struct fake_file *file)
{
    return file->id;
}

struct fake_content *fake_file_content(struct fake_file *file)
{
    return &file->content;
}

DWORD fake_file_tag(const struct fake_file *file)
{
    return file->tag;
}

_Bool fake_has_directory(const char *path)
{
    return strncmp(path, FAKE_NO_DIRECTORY, sizeof FAKE_NO_DIRECTORY - 1) != 0;
}

static void drop_file(struct fake_file *file)
{
    struct fake_file **link = &files;
    while (*link != file)
        link = &(*link)->next;
    *link = file->next;
    free(file->content.bytes);
    free(file);
}

void fake_close_file(struct fake_object *handle)
{
    struct fake_file *file = handle->file;
    handle->file = NULL;
    if (file != NULL && --file->handles == 0 &&
        (file->is_leaving || file->is_nameless))
        drop_file(file);
}

void fake_drop_files(void)
{
    while (files != NULL)
        drop_file(files);
}

/* --- What tests make and ask ------------------------------------------------ */

void fake_make_file(const char *path, DWORD tag)
{
    fake_take_lock();
    fake_add_file(path, tag);
    fake_give_lock();
}

void fake_remove_file(const char *path)
{
    fake_take_lock();
    struct fake_file *file = fake_find_file(path);
    if (file != NULL)
        drop_file(file);
    fake_give_lock();
}

void fake_remove_files(void)
{
    fake_take_lock();
    fake_drop_files();
    fake_give_lock();
}

_Bool fake_has_file(const char *path)
{
    fake_take_lock();
    _Bool answer = fake_find_file(path) != NULL;
    fake_give_lock();
    return answer;
}

unsigned fake_files(void)
{
    unsigned count = 0;
    fake_take_lock();
    for (const struct fake_file *each = files; each != NULL; each = each->next)
        count++;
    fake_give_lock();
    return count;
}

/* --- The calls -------------------------------------------------------------- */

#define TEXT_SIZE 2048

static const char *text_of(const WCHAR *path)
{
    static _Thread_local char text[TEXT_SIZE];
    if (path == NULL || WideCharToMultiByte(CP_UTF8, 0, path, -1, text,
                                            TEXT_SIZE, NULL, NULL) == 0)
        text[0] = '\0';
    return text;
}

static int path_error(const char *path)
{
    if (strpbrk(path, "*?<>|\"") != NULL || path[0] == '\0')
        return ERROR_INVALID_NAME;
    if (!fake_has_directory(path))
        return ERROR_PATH_NOT_FOUND;
    return fake_find_file(path) == NULL ? ERROR_FILE_NOT_FOUND : 0;
}

static DWORD attributes_of(const struct fake_file *file)
{
    return file->tag != FAKE_PLAIN_FILE ? FILE_ATTRIBUTE_REPARSE_POINT
                                        : FILE_ATTRIBUTE_NORMAL;
}

static DWORD WINAPI get_attributes(const WCHAR *path)
{
    struct fake_visit visit;
    DWORD attributes = INVALID_FILE_ATTRIBUTES;
    const char *text = text_of(path);
    int error = fake_enter(&visit, FAKE_GetFileAttributesW, "%s", text);
    if (error == 0)
        error = path_error(text);
    if (error == 0)
        attributes = attributes_of(fake_find_file(text));
    fake_leave_bool(&visit, error);
    return attributes;
}

static void complain_of_opening_to_read(DWORD flags)
{
    if ((flags & FILE_FLAG_OPEN_REPARSE_POINT) != 0)
        fake_complain("CreateFileW reads what leads to a file");
    if ((flags & FILE_FLAG_BACKUP_SEMANTICS) == 0)
        fake_complain("CreateFileW cannot tell directories");
    if ((flags & SECURITY_SQOS_PRESENT) == 0)
        fake_complain("CreateFileW lets a pipe's server act for this user");
}

static void complain_of_opening(DWORD access, DWORD disposition, DWORD flags)
{
    if (disposition != OPEN_EXISTING)
        fake_complain("CreateFileW that may make a file");
    if (access == GENERIC_READ) {
        complain_of_opening_to_read(flags);
        return;
    }
    if ((access & ~(DWORD)(DELETE | FILE_READ_ATTRIBUTES)) != 0)
        fake_complain("CreateFileW with more access than is needed");
    if ((flags & FILE_FLAG_OPEN_REPARSE_POINT) == 0)
        fake_complain("CreateFileW follows reparse points");
}

static HANDLE WINAPI create_file(const WCHAR *path, DWORD access, DWORD share,
                                 SECURITY_ATTRIBUTES *security,
                                 DWORD disposition, DWORD flags, HANDLE pattern)
{
    struct fake_visit visit;
    HANDLE handle = INVALID_HANDLE_VALUE;
    const char *text = text_of(path);
    int error = fake_enter(&visit, FAKE_CreateFileW, "%s share %u", text,
                           (unsigned)share);
    (void)pattern;
    complain_of_opening(access, disposition, flags);
    if (error == 0)
        error = path_error(text);
    if (error == 0 && access == GENERIC_READ &&
        fake_find_file(text)->tag == FAKE_SOCKET_FILE)
        error = ERROR_CANT_ACCESS_FILE;
    if (error == 0) {
        struct fake_object *object = fake_new_object(FAKE_FILE);
        object->inheritable = security != NULL && security->bInheritHandle;
        object->file = fake_find_file(text);
        object->file->handles++;
        fake_give_handle(object);
        handle = (HANDLE)object->handle;
    }
    fake_leave_bool(&visit, error);
    return handle;
}

static int file_error(const struct fake_object *handle)
{
    return handle == NULL || handle->kind != FAKE_FILE || handle->file == NULL
               ? ERROR_INVALID_HANDLE
               : 0;
}

static BOOL WINAPI get_information(HANDLE handle,
                                   FILE_INFO_BY_HANDLE_CLASS kind, void *info,
                                   DWORD size)
{
    struct fake_visit visit;
    FILE_ATTRIBUTE_TAG_INFO answer;
    int error = fake_enter(&visit, FAKE_GetFileInformationByHandleEx,
                           "class %d", (int)kind);
    const struct fake_object *object = fake_find((ULONG_PTR)handle);
    if (error == 0)
        error = file_error(object);
    if (error == 0 && kind == FileStandardInfo) {
        error = fake_tell_standard_info(&object->file->content, info, size);
        return fake_leave_bool(&visit, error);
    }
    if (error == 0 && (kind != FileAttributeTagInfo || size < sizeof answer))
        error = ERROR_INVALID_PARAMETER;
    if (error == 0) {
        answer.FileAttributes = attributes_of(object->file);
        answer.ReparseTag = object->file->tag;
        memcpy(info, &answer, sizeof answer);
    }
    return fake_leave_bool(&visit, error);
}

/* Deleting (1) with the semantics of POSIX (2). */
static int take_name_away(struct fake_file *file, const void *info, DWORD size)
{
    DWORD flags = 0;
    if (!fake_script.profile->frees_names || size < sizeof flags)
        return ERROR_INVALID_PARAMETER;
    memcpy(&flags, info, sizeof flags);
    if (flags != 3)
        return ERROR_INVALID_PARAMETER;
    file->is_nameless = 1;
    return 0;
}

static int let_leave(struct fake_file *file, const void *info, DWORD size)
{
    FILE_DISPOSITION_INFO wanted;
    if (size < sizeof wanted)
        return ERROR_INVALID_PARAMETER;
    memcpy(&wanted, info, sizeof wanted);
    file->is_leaving = wanted.DeleteFile != 0;
    return 0;
}

static BOOL WINAPI set_information(HANDLE handle,
                                   FILE_INFO_BY_HANDLE_CLASS kind, void *info,
                                   DWORD size)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_SetFileInformationByHandle, "class %d",
                           (int)kind);
    const struct fake_object *object = fake_find((ULONG_PTR)handle);
    if (error == 0)
        error = file_error(object);
    if (error == 0 && kind == DISPOSITION_EX)
        error = take_name_away(object->file, info, size);
    else if (error == 0 && kind == FileDispositionInfo)
        error = let_leave(object->file, info, size);
    else if (error == 0)
        error = ERROR_INVALID_PARAMETER;
    return fake_leave_bool(&visit, error);
}

/* The length that is told counts the zero only where there is no room. */
static DWORD WINAPI get_temp_path(DWORD room, WCHAR *path)
{
    struct fake_visit visit;
    DWORD length = 0;
    WCHAR wide[512];
    int error =
        fake_enter(&visit, FAKE_GetTempPathW, "room %u", (unsigned)room);
    if (error == 0)
        length = (DWORD)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS,
                                            fake_script.temporary_directory, -1,
                                            wide, 512);
    if (error == 0 && length <= room)
        memcpy(path, wide, length-- * sizeof *wide);
    fake_leave_bool(&visit, error);
    return length;
}

void fake_install_files(struct psock_winsock_table *table)
{
    table->GetTempPathW = get_temp_path;
    table->GetFileAttributesW = get_attributes;
    table->CreateFileW = create_file;
    table->GetFileInformationByHandleEx = get_information;
    table->SetFileInformationByHandle = set_information;
}
