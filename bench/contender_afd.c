/* contender_afd.c: Windows itself.
 *
 * The AFD driver, which is under Winsock, takes a request that ends when a
 * socket becomes ready, and the end arrives at a completion port.  A request is
 * good for once: it is made again, before the next wait, for those sockets that
 * were told of.  Each handle of the driver has few requests, since what it has
 * open it searches when one is to be cancelled. */
#include "contender.h"

#include <winsock2.h>
#include <windows.h>
#include <winternl.h>

#include <stdlib.h>

#include "answer.h"

#define MOST_EVENTS 64
#define REQUESTS_OF_A_HANDLE 32
#define MOST_HANDLES 64

/* The driver's interface, as it has been since Windows 2000. */
#define IOCTL_OF_POLL 0x00012024
#define EVENT_RECEIVE 0x0001
#define EVENT_DISCONNECT 0x0008
#define EVENT_ABORT 0x0010
#define EVENT_LOCAL_CLOSE 0x0020
#define EVENT_ACCEPT 0x0080
#define IOCTL_OF_BASE_HANDLE 0x48000022 /* SIO_BASE_HANDLE */

struct poll_request {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    HANDLE socket;
    ULONG events;
    NTSTATUS status;
};

/* What is kept of a socket that is in. */
struct watch {
    IO_STATUS_BLOCK status; /* the completion comes with its address */
    struct poll_request request;
    struct connection *connection;
    HANDLE driver;
    HANDLE base;
};

struct set {
    HANDLE port;
    HANDLE drivers[MOST_HANDLES];
    size_t watches;
    struct watch *due[MOST_EVENTS]; /* to be asked for again */
    size_t due_count;
};

/* --- The driver ----------------------------------------------------------- */

static HANDLE open_driver(HANDLE port)
{
    static WCHAR name[] = L"\\Device\\Afd\\bench";
    UNICODE_STRING path = {.Length = sizeof name - sizeof *name,
                           .MaximumLength = sizeof name,
                           .Buffer = name};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                    .ObjectName = &path};
    IO_STATUS_BLOCK status;
    HANDLE driver;
    BENCH_REQUIRE(NtCreateFile(&driver, SYNCHRONIZE, &attributes, &status, NULL,
                               0, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN,
                               0, NULL, 0) == 0);
    BENCH_REQUIRE(CreateIoCompletionPort(driver, port, 0, 0) == port);
    BENCH_REQUIRE(SetFileCompletionNotificationModes(
        driver, FILE_SKIP_SET_EVENT_ON_HANDLE));
    return driver;
}

static void request(struct watch *watch)
{
    watch->request = (struct poll_request){
        .timeout.QuadPart = INT64_MAX,
        .count = 1,
        .socket = watch->base,
        .events = EVENT_RECEIVE | EVENT_ACCEPT | EVENT_DISCONNECT |
                  EVENT_ABORT | EVENT_LOCAL_CLOSE};
    NTSTATUS result = NtDeviceIoControlFile(
        watch->driver, NULL, NULL, watch, &watch->status, IOCTL_OF_POLL,
        &watch->request, sizeof watch->request, &watch->request,
        sizeof watch->request);
    BENCH_REQUIRE(result == STATUS_PENDING || result == 0);
}

/* --- The set -------------------------------------------------------------- */

static void *open_set(void)
{
    struct set *set = calloc(1, sizeof *set);
    BENCH_REQUIRE(set != NULL);
    set->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    BENCH_REQUIRE(set->port != NULL);
    return set;
}

static void close_set(void *context)
{
    struct set *set = context;
    for (size_t i = 0; i < MOST_HANDLES && set->drivers[i] != NULL; i++)
        CloseHandle(set->drivers[i]);
    CloseHandle(set->port);
    free(set);
}

/* The handle that the next request goes to. */
static HANDLE next_driver(struct set *set)
{
    HANDLE *driver = &set->drivers[set->watches++ / REQUESTS_OF_A_HANDLE];
    if (*driver == NULL)
        *driver = open_driver(set->port);
    return *driver;
}

/* The socket as the driver knows it. */
static HANDLE base_of(intptr_t s)
{
    SOCKET base;
    DWORD size;
    BENCH_REQUIRE(WSAIoctl((SOCKET)s, IOCTL_OF_BASE_HANDLE, NULL, 0, &base,
                           sizeof base, &size, NULL, NULL) == 0);
    return (HANDLE)base;
}

static void add(void *context, struct connection *connection)
{
    struct set *set = context;
    struct watch *watch = calloc(1, sizeof *watch);
    BENCH_REQUIRE(watch != NULL);
    watch->connection = connection;
    watch->base = base_of(connection->socket);
    watch->driver = next_driver(set);
    connection->handle = watch;
    request(watch);
}

/* Takes what has arrived; none of it matters any more. */
static void drain(const struct set *set)
{
    OVERLAPPED_ENTRY entries[MOST_EVENTS];
    ULONG count;
    while (GetQueuedCompletionStatusEx(set->port, entries, MOST_EVENTS, &count,
                                       0, FALSE))
        continue;
}

/* Only at the very end, so whatever is due is forgotten. */
static void take_out(void *context, struct connection *connection)
{
    struct set *set = context;
    struct watch *watch = connection->handle;
    CancelIoEx(watch->driver, (OVERLAPPED *)&watch->status);
    set->due_count = 0;
    drain(set);
    free(watch);
}

/* --- Waiting -------------------------------------------------------------- */

static void request_due(struct set *set)
{
    for (size_t i = 0; i < set->due_count; i++)
        request(set->due[i]);
    set->due_count = 0;
}

static ULONG wait_for(struct set *set, OVERLAPPED_ENTRY *entries)
{
    ULONG count;
    request_due(set);
    BENCH_REQUIRE(GetQueuedCompletionStatusEx(set->port, entries, MOST_EVENTS,
                                              &count, INFINITE, FALSE));
    return count;
}

static void serve_one(struct set *set, struct watch *watch)
{
    BENCH_REQUIRE(watch->status.Status == 0 &&
                  (watch->request.events & EVENT_RECEIVE) != 0);
    answer(watch->connection->socket);
    set->due[set->due_count++] = watch;
}

static void serve(void *context, uint64_t count)
{
    struct set *set = context;
    OVERLAPPED_ENTRY entries[MOST_EVENTS];
    while (count > 0) {
        ULONG ready = wait_for(set, entries);
        for (ULONG i = 0; i < ready; i++)
            serve_one(set, (struct watch *)entries[i].lpOverlapped);
        count -= ready;
    }
}

const struct contender contender_raw = {.name = "raw",
                                        .role = ROLE_RAW,
                                        .open = open_set,
                                        .close = close_set,
                                        .add = add,
                                        .remove = take_out,
                                        .serve = serve};
