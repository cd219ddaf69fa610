/* poller_device.c: AFD's own handles, by which a poller asks about sockets.
 *
 * Whoever opens a name below \Device\Afd that is none of its own gets one.  A
 * device serves few sockets, as canceling a request takes as long as there are
 * requests on its handle. */
#include "platform.h"
#include "poller.h"

#include <stdlib.h>

#define USERS_OF_A_DEVICE 32

static NTSTATUS open_device(HANDLE *handle)
{
    static WCHAR name[] = {'\\', 'D', 'e',  'v', 'i', 'c', 'e', '\\', 'A',
                           'f',  'd', '\\', 'p', 's', 'o', 'c', 'k'};
    UNICODE_STRING string = {
        .Length = sizeof name, .MaximumLength = sizeof name, .Buffer = name};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                    .ObjectName = &string};
    IO_STATUS_BLOCK status;
    return psock_winsock.NtCreateFile(
        handle, SYNCHRONIZE, &attributes, &status, NULL, 0,
        FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, 0, NULL, 0);
}

static int open_device_for(struct psock_sys_poller *poller, HANDLE *handle)
{
    NTSTATUS status = open_device(handle);
    if (status < 0)
        return psock_win32_status_error(status);
    if (psock_winsock.CreateIoCompletionPort(*handle, poller->port,
                                             PACKET_OF_POLL, 0) != NULL)
        return 0;
    int error = psock_win32_error();
    int native = psock_winsock.WSAGetLastError();
    psock_winsock.CloseHandle(*handle);
    psock_winsock.WSASetLastError(native);
    return error;
}

/* Null, with `error` written, where there can be no more. */
static struct poller_device *add_device(struct psock_sys_poller *poller,
                                        int *error)
{
    struct poller_device *made = calloc(1, sizeof *made);
    if (made == NULL) {
        *error = psock_win32_no_memory();
        return NULL;
    }
    *error = open_device_for(poller, &made->handle);
    if (*error < 0) {
        free(made);
        return NULL;
    }
    made->next = poller->devices;
    poller->devices = made;
    made->next_with_room = poller->devices_with_room;
    poller->devices_with_room = made;
    return made;
}

int psock_win32_take_device(struct psock_sys_poller *poller,
                            struct poller_device **device)
{
    int error = 0;
    struct poller_device *taken = poller->devices_with_room;
    if (taken == NULL)
        taken = add_device(poller, &error);
    if (taken == NULL)
        return error;
    if (++taken->users == USERS_OF_A_DEVICE)
        poller->devices_with_room = taken->next_with_room;
    *device = taken;
    return 0;
}

void psock_win32_give_device(struct psock_sys_poller *poller,
                             struct poller_device *device)
{
    if (device->users-- < USERS_OF_A_DEVICE)
        return;
    device->next_with_room = poller->devices_with_room;
    poller->devices_with_room = device;
}

void psock_win32_close_devices(struct psock_sys_poller *poller)
{
    while (poller->devices != NULL) {
        struct poller_device *device = poller->devices;
        poller->devices = device->next;
        psock_winsock.CloseHandle(device->handle);
        free(device);
    }
}
