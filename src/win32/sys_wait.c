/* sys_wait.c: waiting for one socket by an AFD poll.
 *
 * AFD is the driver below Winsock, and IOCTL_AFD_POLL what select() itself is
 * made of.  Used directly it has none of select's and WSAPoll's faults (failed
 * connects unreported, limits, unknown bits), and it can be canceled, which is
 * how psock_shutdown() wakes those who wait.  NtDeviceIoControlFile() and
 * CancelIoEx() are documented; the request is not, but event libraries have
 * rested on it since Windows 2000, and where it fails select() serves. */
#include "platform.h"

#define IOCTL_AFD_POLL 0x00012024

#define AFD_POLL_RECEIVE 0x0001
#define AFD_POLL_SEND 0x0004
#define AFD_POLL_DISCONNECT 0x0008
#define AFD_POLL_ABORT 0x0010
#define AFD_POLL_LOCAL_CLOSE 0x0020
#define AFD_POLL_ACCEPT 0x0080
#define AFD_POLL_CONNECT_FAIL 0x0100

#define FAILURE_EVENTS                                                         \
    (AFD_POLL_ABORT | AFD_POLL_LOCAL_CLOSE | AFD_POLL_CONNECT_FAIL)
#define READ_EVENTS (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT | AFD_POLL_DISCONNECT)
#define WRITE_EVENTS AFD_POLL_SEND
#define ENDED_EVENTS                                                           \
    (AFD_POLL_DISCONNECT | AFD_POLL_ABORT | AFD_POLL_LOCAL_CLOSE)

#ifndef STATUS_PENDING
#define STATUS_PENDING ((NTSTATUS)0x00000103)
#endif
#define STATUS_OF_TIMEOUT ((NTSTATUS)0x00000102)
#define STATUS_OF_CANCEL ((NTSTATUS)0xC0000120)

/* What the driver reads and writes. */
struct afd_poll {
    LARGE_INTEGER timeout; /* in 100 ns; below zero counts from now */
    ULONG count;
    ULONG exclusive;
    struct {
        HANDLE handle;
        ULONG events;
        NTSTATUS status;
    } entry;
};

/* --- Events, kept for the next wait --------------------------------------- */

#define EVENTS_KEPT 16

static SRWLOCK events_lock = SRWLOCK_INIT;
static HANDLE events_kept[EVENTS_KEPT];
static size_t event_count;

static HANDLE take_event(void)
{
    HANDLE event = NULL;
    AcquireSRWLockExclusive(&events_lock);
    if (event_count > 0)
        event = events_kept[--event_count];
    ReleaseSRWLockExclusive(&events_lock);
    return event != NULL ? event
                         : psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
}

static void give_event(HANDLE event)
{
    AcquireSRWLockExclusive(&events_lock);
    _Bool kept = event_count < EVENTS_KEPT;
    if (kept)
        events_kept[event_count++] = event;
    ReleaseSRWLockExclusive(&events_lock);
    if (!kept)
        psock_winsock.CloseHandle(event);
}

void psock_win32_drop_events(void)
{
    AcquireSRWLockExclusive(&events_lock);
    while (event_count > 0)
        psock_winsock.CloseHandle(events_kept[--event_count]);
    ReleaseSRWLockExclusive(&events_lock);
}

/* --- One poll ------------------------------------------------------------- */

static ULONG afd_events(unsigned events)
{
    ULONG wanted = FAILURE_EVENTS;
    if ((events & PSOCK_SYS_READ) != 0)
        wanted |= READ_EVENTS;
    if ((events & PSOCK_SYS_WRITE) != 0)
        wanted |= WRITE_EVENTS;
    return wanted;
}

/* Failures count as ready in every direction: the attempt will tell. */
static int came_events(unsigned events, ULONG afd)
{
    unsigned came = 0;
    if ((afd & FAILURE_EVENTS) != 0)
        came |= events;
    if ((afd & READ_EVENTS) != 0)
        came |= PSOCK_SYS_READ;
    if ((afd & WRITE_EVENTS) != 0)
        came |= PSOCK_SYS_WRITE;
    if ((afd & ENDED_EVENTS) != 0)
        came |= PSOCK_SYS_ENDED;
    return (int)came;
}

/* In 100 ns, rounded up so that a wait never ends before its time. */
static LARGE_INTEGER afd_timeout(int64_t timeout_ns)
{
    LARGE_INTEGER timeout = {.QuadPart = INT64_MAX};
    if (timeout_ns >= 0)
        timeout.QuadPart = -(timeout_ns / 100 + (timeout_ns % 100 != 0));
    return timeout;
}

/* Whether psock_shutdown() has ended what those who wait for `afd` wait for. */
static _Bool is_over(unsigned state, ULONG afd)
{
    if ((state & SHADOW_ABANDONED) != 0)
        return 1;
    return ((state & SHADOW_READ_ENDED) != 0 && (afd & READ_EVENTS) != 0) ||
           ((state & SHADOW_WRITE_ENDED) != 0 && (afd & WRITE_EVENTS) != 0);
}

/* Begins the poll, under the lock that psock_win32_wake() takes: one that comes
 * too late to be woken by psock_shutdown() does not begin. */
static NTSTATUS start_poll(struct shadow_waiter *waiter, void *context)
{
    struct afd_poll *poll = context;
    IO_STATUS_BLOCK *status = (IO_STATUS_BLOCK *)&waiter->overlapped;
    if (is_over(waiter->state, poll->entry.events))
        return STATUS_OF_CANCEL;
    return psock_winsock.NtDeviceIoControlFile(
        waiter->handle, waiter->overlapped.hEvent, NULL, NULL, status,
        IOCTL_AFD_POLL, poll, sizeof *poll, poll, sizeof *poll);
}

/* AFD keeps the time, so the end of the wait is certain. */
static NTSTATUS poll_handle(struct shadow_waiter *waiter, HANDLE handle,
                            struct afd_poll *poll)
{
    waiter->handle = handle;
    poll->entry.handle = handle;
    NTSTATUS status = psock_win32_waiter_enter(waiter, start_poll, poll);
    if (status == STATUS_PENDING) {
        psock_winsock.WaitForSingleObject(waiter->overlapped.hEvent, INFINITE);
        status = (NTSTATUS)waiter->overlapped.Internal;
    }
    psock_win32_waiter_leave(waiter);
    return status;
}

/* Tries the socket's own handle, with an event to end on. */
static NTSTATUS poll_socket(psock_t s, HANDLE handle, HANDLE event,
                            int64_t timeout_ns, ULONG *events)
{
    struct afd_poll poll = {.timeout = afd_timeout(timeout_ns),
                            .count = 1,
                            .entry = {.events = *events}};
    struct shadow_waiter waiter = {.socket = s,
                                   .overlapped = {.hEvent = event}};
    NTSTATUS status = poll_handle(&waiter, handle, &poll);
    *events = status == 0 && poll.count != 0 ? poll.entry.events : 0;
    return status;
}

/* --- Where AFD does not know the handle ----------------------------------- */

/* Layered providers hand out handles of their own; these requests tell the
 * handle below. */
static HANDLE handle_below(psock_t s, DWORD request)
{
    SOCKET below = INVALID_SOCKET;
    DWORD returned;
    if (psock_winsock.WSAIoctl((SOCKET)s, request, NULL, 0, &below,
                               sizeof below, &returned, NULL, NULL) != 0)
        return NULL;
    return (HANDLE)below;
}

static NTSTATUS poll_below(psock_t s, HANDLE event, int64_t timeout_ns,
                           ULONG *events, NTSTATUS status)
{
    static const DWORD requests[] = {SIO_BASE_HANDLE, SIO_BSP_HANDLE_POLL};
    const ULONG wanted = *events;
    for (size_t i = 0; i < 2 && status < 0; i++) {
        HANDLE below = handle_below(s, requests[i]);
        *events = wanted;
        if (below != NULL && below != (HANDLE)s)
            status = poll_socket(s, below, event, timeout_ns, events);
    }
    return status;
}

/* A canceled poll is one that psock_shutdown() ended, for this direction or for
 * the other: trying again tells which, except where nothing will come. */
static int canceled_events(psock_t s, unsigned events)
{
    if ((events & PSOCK_SYS_READ) != 0 &&
        (psock_win32_shadow(s) & SHADOW_READ_ENDED) != 0)
        return (int)(events | PSOCK_SYS_ENDED);
    return (int)events;
}

/* select() cannot be woken, so it looks up now and then. */
#define LONGEST_SELECT_US 20000

static struct timeval select_timeout(int64_t timeout_ns)
{
    struct timeval timeout = {.tv_usec = LONGEST_SELECT_US};
    if (timeout_ns >= 0 && timeout_ns < LONGEST_SELECT_US * INT64_C(1000))
        timeout.tv_usec = (long)((timeout_ns + 999) / 1000);
    return timeout;
}

/* Failed connects show in the third set and nowhere else. */
static int wait_by_select(psock_t s, unsigned events, int64_t timeout_ns)
{
    fd_set read = {.fd_count = (events & PSOCK_SYS_READ) != 0,
                   .fd_array = {(SOCKET)s}};
    fd_set write = {.fd_count = (events & PSOCK_SYS_WRITE) != 0,
                    .fd_array = {(SOCKET)s}};
    fd_set except = {.fd_count = 1, .fd_array = {(SOCKET)s}};
    struct timeval timeout = select_timeout(timeout_ns);
    if (is_over(psock_win32_shadow(s), afd_events(events)))
        return canceled_events(s, events);
    int ready = psock_winsock.select(0, &read, &write, &except, &timeout);
    if (ready == SOCKET_ERROR)
        return psock_win32_socket_error(s);
    return ready == 0 ? 0 : (int)events;
}

/* --- The wait ------------------------------------------------------------- */

static int wait_with_event(psock_t s, unsigned events, int64_t timeout_ns,
                           HANDLE event)
{
    ULONG came = afd_events(events);
    NTSTATUS status = poll_socket(s, (HANDLE)s, event, timeout_ns, &came);
    if (status < 0 && status != STATUS_OF_CANCEL) {
        came = afd_events(events);
        status = poll_below(s, event, timeout_ns, &came, status);
    }
    if (status == STATUS_OF_CANCEL)
        return canceled_events(s, events);
    if (status < 0)
        return wait_by_select(s, events, timeout_ns);
    return came_events(events, came);
}

int psock_sys_wait(psock_t s, unsigned events, int64_t timeout_ns)
{
    HANDLE event = take_event();
    if (event == NULL)
        return psock_win32_error();
    int result = wait_with_event(s, events, timeout_ns, event);
    give_event(event);
    return result;
}
