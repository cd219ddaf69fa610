/* fake_content.c: what is in files, and reading it. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

/* --- What tests make and ask ------------------------------------------------ */

static struct fake_content *content_at(const char *path)
{
    struct fake_file *file = fake_find_file(path);
    return fake_file_content(
        file != NULL ? file : fake_add_file(path, FAKE_PLAIN_FILE));
}

void fake_write_file(const char *path, int64_t hole, const void *bytes,
                     size_t size)
{
    fake_take_lock();
    struct fake_content *content = content_at(path);
    content->bytes = realloc(content->bytes, size + 1);
    memcpy(content->bytes, bytes, size);
    content->hole = hole;
    content->size = hole + (int64_t)size;
    fake_give_lock();
}

void fake_make_directory(const char *path)
{
    fake_take_lock();
    content_at(path)->is_directory = 1;
    fake_give_lock();
}

void fake_make_device(const char *path, DWORD type)
{
    fake_take_lock();
    content_at(path)->device = type;
    fake_give_lock();
}

int64_t fake_position(intptr_t file)
{
    fake_take_lock();
    const struct fake_object *object = fake_find((ULONG_PTR)file);
    const int64_t position = object == NULL ? -1 : object->position;
    fake_give_lock();
    return position;
}

void fake_move_position(intptr_t file, int64_t position)
{
    fake_take_lock();
    fake_find((ULONG_PTR)file)->position = position;
    fake_give_lock();
}

void fake_make_overlapped(intptr_t file)
{
    fake_take_lock();
    fake_find((ULONG_PTR)file)->is_overlapped = 1;
    fake_give_lock();
}

unsigned fake_open_files(void)
{
    fake_take_lock();
    const unsigned count = fake_count_kind(FAKE_FILE);
    fake_give_lock();
    return count;
}

/* --- For the bodies ----------------------------------------------------------- */

struct fake_content *fake_content_of(HANDLE handle)
{
    struct fake_object *object = fake_find((ULONG_PTR)handle);
    return object == NULL || object->kind != FAKE_FILE || object->file == NULL
               ? NULL
               : fake_file_content(object->file);
}

size_t fake_read_content(const struct fake_content *content, int64_t offset,
                         char *buffer, size_t size)
{
    size_t count = 0;
    while (count < size && offset + (int64_t)count < content->size) {
        const int64_t at = offset + (int64_t)count - content->hole;
        buffer[count++] = (char)(at < 0 ? 0 : content->bytes[at]);
    }
    return count;
}

int fake_tell_standard_info(const struct fake_content *content, void *info,
                            DWORD size)
{
    FILE_STANDARD_INFO answer = {.NumberOfLinks = 1};
    if (content->device != 0)
        return ERROR_INVALID_PARAMETER;
    if (size < sizeof answer)
        return ERROR_INSUFFICIENT_BUFFER;
    answer.EndOfFile.QuadPart = content->size;
    answer.Directory = content->is_directory;
    memcpy(info, &answer, sizeof answer);
    return 0;
}

int64_t fake_offset_of(const OVERLAPPED *overlapped)
{
    return (int64_t)((uint64_t)overlapped->OffsetHigh << 32 |
                     overlapped->Offset);
}

/* --- The calls ------------------------------------------------------------------ */

static DWORD WINAPI get_file_type(HANDLE file)
{
    struct fake_visit visit;
    DWORD type = FILE_TYPE_UNKNOWN;
    int error = fake_enter(&visit, FAKE_GetFileType, "handle");
    const struct fake_content *content = fake_content_of(file);
    if (error == 0 && content == NULL)
        error = ERROR_INVALID_HANDLE;
    if (error == 0)
        type = content->device != 0 ? content->device : FILE_TYPE_DISK;
    fake_leave_bool(&visit, error);
    return type;
}

static BOOL WINAPI set_pointer(HANDLE file, LARGE_INTEGER distance,
                               LARGE_INTEGER *position, DWORD from)
{
    struct fake_visit visit;
    struct fake_object *object = fake_find((ULONG_PTR)file);
    int error = fake_enter(&visit, FAKE_SetFilePointerEx, "%lld from %u",
                           (long long)distance.QuadPart, (unsigned)from);
    if (error == 0 && fake_content_of(file) == NULL)
        error = ERROR_INVALID_HANDLE;
    if (error == 0 && (distance.QuadPart < 0 || from > FILE_CURRENT))
        error = ERROR_INVALID_PARAMETER;
    if (error == 0) {
        object->position =
            distance.QuadPart + (from == FILE_CURRENT ? object->position : 0);
        if (position != NULL)
            position->QuadPart = object->position;
    }
    return fake_leave_bool(&visit, error);
}

static int reading_error(const struct fake_content *content, DWORD size,
                         const DWORD *count, const OVERLAPPED *overlapped)
{
    if (overlapped == NULL)
        fake_complain("ReadFile at a position that others move");
    if (count == NULL)
        fake_complain("ReadFile whose count nobody will know");
    if (content == NULL)
        return ERROR_INVALID_HANDLE;
    if (content->is_directory)
        return ERROR_INVALID_PARAMETER;
    return fake_offset_of(overlapped) < 0 ||
                   fake_offset_of(overlapped) > INT64_MAX - (int64_t)size
               ? ERROR_INVALID_PARAMETER
               : 0;
}

/* Handles for overlapped calls have no position, and their reads end behind the
 * call: here when their event is waited for. */
struct pending_read {
    struct fake_object *event;
    const struct fake_content *content;
    OVERLAPPED *overlapped;
    char *buffer;
    DWORD size;
};

static struct pending_read pending;

#define PENDING ((NTSTATUS)0x00000103)
#define END_OF_FILE ((NTSTATUS)0xC0000011)

static int begin_reading(const struct fake_content *content, char *buffer,
                         DWORD size, OVERLAPPED *overlapped)
{
    struct fake_object *event =
        fake_find((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)3);
    if (((ULONG_PTR)overlapped->hEvent & 1) == 0)
        fake_complain("a ReadFile whose end may go to a port");
    if (event == NULL || event->kind != FAKE_EVENT) {
        fake_complain("a ReadFile whose end nobody will see");
        return ERROR_INVALID_HANDLE;
    }
    event->signalled = 0;
    overlapped->Internal = (ULONG_PTR)PENDING;
    pending = (struct pending_read){event, content, overlapped, buffer, size};
    return ERROR_IO_PENDING;
}

void fake_settle_read(const struct fake_object *event)
{
    if (pending.event == NULL || pending.event != event)
        return;
    const int64_t offset = fake_offset_of(pending.overlapped);
    const size_t count = fake_read_content(pending.content, offset,
                                           pending.buffer, pending.size);
    pending.overlapped->Internal =
        (ULONG_PTR)(count == 0 ? END_OF_FILE : (NTSTATUS)0);
    pending.overlapped->InternalHigh = count;
    pending.event->signalled = 1;
    pending.event = NULL;
}

static BOOL WINAPI get_overlapped_result(HANDLE file, OVERLAPPED *overlapped,
                                         DWORD *transferred, BOOL wait)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_GetOverlappedResult, "wait %d", wait);
    if (error == 0 && fake_content_of(file) == NULL)
        error = ERROR_INVALID_HANDLE;
    if (error == 0 && (NTSTATUS)overlapped->Internal == PENDING)
        error = ERROR_IO_INCOMPLETE;
    if (error == 0 && (NTSTATUS)overlapped->Internal == END_OF_FILE)
        error = ERROR_HANDLE_EOF;
    *transferred = (DWORD)overlapped->InternalHigh;
    return fake_leave_bool(&visit, error);
}

/* The position goes along although it is not where this reads. */
static BOOL WINAPI read_file(HANDLE file, void *buffer, DWORD size,
                             DWORD *count, OVERLAPPED *overlapped)
{
    struct fake_visit visit;
    const int64_t offset = fake_offset_of(overlapped);
    int error = fake_enter(&visit, FAKE_ReadFile, "size %u at %lld",
                           (unsigned)size, (long long)offset);
    const struct fake_content *content = fake_content_of(file);
    if (error == 0)
        error = reading_error(content, size, count, overlapped);
    if (error == 0 && fake_find((ULONG_PTR)file)->is_overlapped)
        error = begin_reading(content, buffer, size, overlapped);
    if (error == 0 && offset >= content->size)
        error = ERROR_HANDLE_EOF;
    if (error == 0) {
        *count = (DWORD)fake_read_content(content, offset, buffer, size);
        fake_find((ULONG_PTR)file)->position = offset + *count;
    }
    return fake_leave_bool(&visit, error);
}

void fake_install_contents(struct psock_winsock_table *table)
{
    table->GetFileType = get_file_type;
    table->SetFilePointerEx = set_pointer;
    table->ReadFile = read_file;
    table->GetOverlappedResult = get_overlapped_result;
}
