/* win32_afd.c: what AFD, the driver below Winsock, says of a socket in each
 * state, and how it takes the requests that psock makes. */
#include "record.h"

#include <stdio.h>
#include <string.h>
#include <winternl.h>

#define IOCTL_AFD_POLL 0x00012024

#ifndef STATUS_PENDING
#define STATUS_PENDING ((NTSTATUS)0x00000103)
#endif

struct afd_poll {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct {
        HANDLE handle;
        ULONG events;
        NTSTATUS status;
    } entries[2];
};

#define HEADER_SIZE offsetof(struct afd_poll, entries)
#define ENTRY_SIZE sizeof(((struct afd_poll *)NULL)->entries[0])

static const char *const event_words[] = {
    "RECEIVE", "EXPEDITED", "SEND",   "DISCONNECT",  "ABORT",
    "CLOSE",   "CONNECT",   "ACCEPT", "CONNECT_FAIL"};

#define ALL_EVENTS 0x1ffu

static const char *event_text(ULONG events)
{
    static char text[96];
    text[0] = '\0';
    for (size_t i = 0; i < sizeof event_words / sizeof *event_words; i++)
        if ((events & 1ul << i) != 0) {
            strcat(text, text[0] == '\0' ? "" : ",");
            strcat(text, event_words[i]);
        }
    return text[0] == '\0' ? "-" : text;
}

/* One request about `count` sockets, waiting at most 60 ms. */
static NTSTATUS poll_afd(HANDLE file, struct afd_poll *poll, ULONG count)
{
    IO_STATUS_BLOCK status = {.Information = 0};
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    ULONG size = (ULONG)(HEADER_SIZE + count * ENTRY_SIZE);
    poll->timeout.QuadPart = -600000;
    poll->count = count;
    NTSTATUS result =
        NtDeviceIoControlFile(file, event, NULL, NULL, &status, IOCTL_AFD_POLL,
                              poll, size, poll, size);
    if (result == STATUS_PENDING) {
        WaitForSingleObject(event, INFINITE);
        result = status.Status;
    }
    CloseHandle(event);
    return result;
}

static const char *ask_afd(raw s)
{
    struct afd_poll poll = {
        .entries = {{.handle = (HANDLE)s, .events = ALL_EVENTS}}};
    NTSTATUS status = poll_afd((HANDLE)s, &poll, 1);
    if (status < 0)
        return "refused";
    return event_text(poll.count == 0 ? 0 : poll.entries[0].events);
}

/* --- Several sockets in one request ------------------------------------------ */

static const char *ask_two(raw first, raw second)
{
    static char text[32];
    struct afd_poll poll = {
        .entries = {{.handle = (HANDLE)first, .events = ALL_EVENTS},
                    {.handle = (HANDLE)second, .events = ALL_EVENTS}}};
    NTSTATUS status = poll_afd((HANDLE)first, &poll, 2);
    if (status < 0)
        return "refused";
    snprintf(text, sizeof text, "%lu told", (unsigned long)poll.count);
    return text;
}

static void observe_several(void)
{
    raw idle = listening(5);
    raw ready = open_datagram();
    raw closed = open_stream();
    raw file = raw_open_file();
    bind_loopback(ready);
    forget(closed);
    raw_close(closed);
    observe("poll-epoll.afd-one-of-two", "%s", ask_two(idle, ready));
    observe("poll-dup-entries.afd-twice", "%s", ask_two(ready, ready));
    observe("poll-invalid-fd.afd-closed", "%s", ask_two(ready, closed));
    observe("poll-invalid-fd.afd-file", "%s", ask_two(ready, file));
    raw_close_file(file);
}

/* --- The device, and its completion port -------------------------------------- */

static HANDLE open_device(void)
{
    static WCHAR name[] = L"\\Device\\Afd\\psock";
    UNICODE_STRING path = {.Length = sizeof name - sizeof *name,
                           .MaximumLength = sizeof name,
                           .Buffer = name};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                    .ObjectName = &path};
    IO_STATUS_BLOCK status;
    HANDLE device = NULL;
    NTSTATUS result =
        NtCreateFile(&device, SYNCHRONIZE, &attributes, &status, NULL, 0,
                     FILE_SHARE_READ | FILE_SHARE_WRITE, 1, 0, NULL, 0);
    return result < 0 ? NULL : device;
}

/* Whether a request that is done at once leaves a packet in the port too. */
static const char *packet_of(HANDLE device, raw s)
{
    DWORD size;
    ULONG_PTR key;
    OVERLAPPED *done = NULL;
    static OVERLAPPED request;
    static struct afd_poll poll;
    HANDLE port = CreateIoCompletionPort(device, NULL, 7, 0);
    poll = (struct afd_poll){
        .timeout = {.QuadPart = INT64_MAX},
        .count = 1,
        .entries = {{.handle = (HANDLE)s, .events = ALL_EVENTS}}};
    NTSTATUS status = NtDeviceIoControlFile(
        device, NULL, NULL, &request, (IO_STATUS_BLOCK *)&request,
        IOCTL_AFD_POLL, &poll, (ULONG)(HEADER_SIZE + ENTRY_SIZE), &poll,
        (ULONG)(HEADER_SIZE + ENTRY_SIZE));
    BOOL came = GetQueuedCompletionStatus(port, &size, &key, &done, 500);
    CloseHandle(port);
    if (status < 0)
        return "refused";
    return came && done == &request && key == 7 ? "comes" : "does not come";
}

static void observe_device(void)
{
    raw s = open_datagram();
    HANDLE device = open_device();
    observe("poll-epoll.device", "%s", device == NULL ? "refused" : "opens");
    bind_loopback(s);
    if (device == NULL)
        return;
    observe("poll-epoll.packet-of-what-is-ready", "%s", packet_of(device, s));
    CloseHandle(device);
}

void observe_afd(void)
{
    for_each_state("afd", ask_afd);
    observe_several();
    observe_device();
}
