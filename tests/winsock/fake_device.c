/* fake_device.c: AFD's device, opened by its name: a handle to poll through. */
#include "fake_afd.h"

/* One of these, the latter with anything behind it. */
static const char device_name[] = "\\Device\\Afd";

static unsigned lower(unsigned character)
{
    return character >= 'A' && character <= 'Z' ? character + ('a' - 'A')
                                                : character;
}

/* Whether the name is that of the device, or begins with it and a backslash. */
static _Bool names_the_device(const UNICODE_STRING *name)
{
    size_t length = name->Length / sizeof(WCHAR);
    size_t known = sizeof device_name - 1;
    if (length < known)
        return 0;
    for (size_t i = 0; i < known; i++)
        if (name->Buffer[i] > 0x7f ||
            lower(name->Buffer[i]) != lower((unsigned char)device_name[i]))
            return 0;
    return length == known || name->Buffer[known] == '\\';
}

static NTSTATUS name_error(const UNICODE_STRING *name)
{
    if (name == NULL || name->Buffer == NULL || name->Length == 0)
        return NT_PATH_SYNTAX_BAD;
    if (name->Length % sizeof(WCHAR) != 0 || name->Length > name->MaximumLength)
        return NT_NAME_INVALID;
    return names_the_device(name) ? NT_SUCCESS_CODE : NT_NAME_NOT_FOUND;
}

static NTSTATUS attributes_error(const OBJECT_ATTRIBUTES *attributes)
{
    if (attributes == NULL || attributes->Length != sizeof *attributes)
        return NT_INVALID_PARAMETER;
    if (attributes->RootDirectory != NULL)
        return NT_PATH_SYNTAX_BAD; /* the name is a whole one */
    return name_error(attributes->ObjectName);
}

#define SYNCHRONOUS (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)

/* What would open something, but not what is wanted. */
static void complain_of_opening(const OBJECT_ATTRIBUTES *attributes,
                                ULONG disposition, ULONG options,
                                const void *extended)
{
    if ((attributes->Attributes & OBJ_INHERIT) != 0)
        fake_complain("a device that child processes inherit");
    if ((options & SYNCHRONOUS) != 0)
        fake_complain("a device on which a poll does not return");
    if (disposition != FILE_OPEN)
        fake_complain("a device that is to be made, not opened");
    if (extended != NULL)
        fake_complain("a device opened as a socket");
}

static NTSTATUS opening_error(HANDLE *file, ACCESS_MASK access,
                              const OBJECT_ATTRIBUTES *attributes,
                              const IO_STATUS_BLOCK *status)
{
    if (file == NULL || status == NULL)
        return NT_ACCESS_VIOLATION;
    NTSTATUS error = attributes_error(attributes);
    if (error == 0 && (access & SYNCHRONIZE) == 0)
        error = NT_ACCESS_DENIED;
    return error;
}

static HANDLE open_device(void)
{
    struct fake_object *device = fake_new_object(FAKE_DEVICE);
    fake_give_handle(device);
    return (HANDLE)device->handle;
}

/* A scripted failure is a status. */
static NTSTATUS NTAPI create_file(HANDLE *file, ACCESS_MASK access,
                                  OBJECT_ATTRIBUTES *attributes,
                                  IO_STATUS_BLOCK *status,
                                  LARGE_INTEGER *allocation,
                                  ULONG file_attributes, ULONG share,
                                  ULONG disposition, ULONG options,
                                  void *extended, ULONG extended_size)
{
    struct fake_visit visit;
    NTSTATUS result =
        fake_enter(&visit, FAKE_NtCreateFile, "access %x", (unsigned)access);
    (void)allocation;
    (void)file_attributes;
    (void)share;
    (void)extended_size;
    if (result == 0)
        result = opening_error(file, access, attributes, status);
    if (result == 0) {
        complain_of_opening(attributes, disposition, options, extended);
        *file = open_device();
        status->Status = result;
        status->Information = 1; /* opened */
    }
    return fake_leave_status(&visit, result);
}

void fake_install_device(struct psock_winsock_table *table)
{
    table->NtCreateFile = create_file;
}
