/* afd.c: one request to AFD, and from its events to psock's readiness. */
#include "platform.h"

#define IOCTL_AFD_POLL 0x00012024

/* --- Events, kept for the next wait --------------------------------------- */

#define EVENTS_KEPT 16

static SRWLOCK events_lock = SRWLOCK_INIT;
static HANDLE events_kept[EVENTS_KEPT];
static size_t event_count;

HANDLE psock_win32_take_event(void)
{
    HANDLE event = NULL;
    AcquireSRWLockExclusive(&events_lock);
    if (event_count > 0)
        event = events_kept[--event_count];
    ReleaseSRWLockExclusive(&events_lock);
    return event != NULL ? event
                         : psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
}

void psock_win32_give_event(HANDLE event)
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

/* --- Timeouts ------------------------------------------------------------- */

LARGE_INTEGER psock_win32_afd_timeout(int64_t timeout_ns)
{
    LARGE_INTEGER timeout = {.QuadPart = INT64_MAX};
    if (timeout_ns >= 0)
        timeout.QuadPart = -(timeout_ns / 100 + (timeout_ns % 100 != 0));
    return timeout;
}

DWORD psock_win32_timeout_ms(int64_t timeout_ns)
{
    const int64_t longest_ms = 86400000;
    if (timeout_ns < 0)
        return INFINITE;
    int64_t timeout_ms = timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    return (DWORD)(timeout_ms < longest_ms ? timeout_ms : longest_ms);
}

/* --- The request ---------------------------------------------------------- */

NTSTATUS psock_win32_ask(HANDLE file, HANDLE event, void *context,
                         IO_STATUS_BLOCK *status, void *poll, ULONG size)
{
    return psock_winsock.NtDeviceIoControlFile(file, event, NULL, context,
                                               status, IOCTL_AFD_POLL, poll,
                                               size, poll, size);
}

static NTSTATUS await_end(NTSTATUS status, const OVERLAPPED *overlapped)
{
    if (status != STATUS_PENDING)
        return status;
    psock_winsock.WaitForSingleObject(overlapped->hEvent, INFINITE);
    return (NTSTATUS)overlapped->Internal;
}

static void cancel_request(struct shadow_waiter *waiter)
{
    psock_winsock.CancelIoEx(waiter->handle, &waiter->overlapped);
}

/* AFD keeps the time, so the end of the wait is certain. */
NTSTATUS psock_win32_ask_and_wait(struct shadow_waiter *waiter, HANDLE file,
                                  HANDLE event, waiter_start *start, void *poll)
{
    waiter->disturb = cancel_request;
    waiter->handle = file;
    waiter->overlapped.hEvent = event;
    NTSTATUS status = psock_win32_waiter_enter(waiter, start, poll);
    status = await_end(status, &waiter->overlapped);
    psock_win32_waiter_leave(waiter);
    return status;
}

NTSTATUS psock_win32_look(HANDLE handle, HANDLE event, ULONG wanted,
                          ULONG *events)
{
    OVERLAPPED overlapped = {.hEvent = event};
    struct afd_poll_of_one one = {
        .poll = {.count = 1}, .entry = {.handle = handle, .events = wanted}};
    NTSTATUS status = psock_win32_ask(
        handle, event, NULL, (IO_STATUS_BLOCK *)&overlapped, &one, sizeof one);
    status = await_end(status, &overlapped);
    *events = status == 0 && one.poll.count != 0 ? one.entry.events : 0;
    return status;
}

HANDLE psock_win32_handle_below(psock_t s, unsigned way)
{
    static const DWORD requests[WAYS_BELOW] = {SIO_BASE_HANDLE,
                                               SIO_BSP_HANDLE_POLL};
    SOCKET below = INVALID_SOCKET;
    DWORD returned;
    if (psock_winsock.WSAIoctl((SOCKET)s, requests[way], NULL, 0, &below,
                               sizeof below, &returned, NULL, NULL) != 0)
        return NULL;
    return below == (SOCKET)s ? NULL : (HANDLE)below;
}

/* --- Readiness ------------------------------------------------------------ */

#define HUNG_UP_BITS (PSOCK_HUNG_UP | PSOCK_READABLE | PSOCK_WRITABLE)
#define BROKEN_BITS (PSOCK_FAILED | HUNG_UP_BITS | PSOCK_READ_ENDED)

/* An urgent byte is not among what is readable, as a receive would not get it.
 */
static const struct {
    uint32_t wanted;
    ULONG events;
} questions[] = {
    {PSOCK_READABLE, AFD_READ_EVENTS},
    {PSOCK_URGENT, AFD_POLL_RECEIVE_EXPEDITED},
    {PSOCK_WRITABLE, AFD_POLL_SEND},
    {PSOCK_READ_ENDED, AFD_POLL_DISCONNECT},
};

static const struct {
    ULONG events;
    uint32_t bits;
} answers[] = {
    {AFD_POLL_RECEIVE | AFD_POLL_ACCEPT, PSOCK_READABLE},
    {AFD_POLL_RECEIVE_EXPEDITED, PSOCK_URGENT},
    {AFD_POLL_SEND, PSOCK_WRITABLE},
    {AFD_POLL_DISCONNECT, PSOCK_READABLE | PSOCK_READ_ENDED},
    {AFD_POLL_ABORT | AFD_POLL_CONNECT_FAIL, BROKEN_BITS},
    {NEVER_CONNECTED, HUNG_UP_BITS},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Of one that was shut down for writing, the end of the other direction is the
 * end of all, which is told unasked. */
ULONG psock_win32_afd_events(uint32_t wanted, unsigned state)
{
    ULONG events = AFD_FAILURE_EVENTS;
    for (size_t i = 0; i < COUNT_OF(questions); i++)
        if ((wanted & questions[i].wanted) != 0)
            events |= questions[i].events;
    if ((state & SHADOW_WRITE_ENDED) != 0)
        events |= AFD_POLL_DISCONNECT;
    return events;
}

static uint32_t bits_of_events(ULONG events)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < COUNT_OF(answers); i++)
        if ((events & answers[i].events) != 0)
            bits |= answers[i].bits;
    return bits;
}

/* What was shut down by this end adds to what AFD knows. */
static uint32_t with_shadow(uint32_t bits, unsigned state)
{
    if ((state & SHADOW_READ_ENDED) != 0)
        bits |= PSOCK_READABLE | PSOCK_READ_ENDED;
    if ((state & SHADOW_WRITE_ENDED) != 0)
        bits |= PSOCK_WRITABLE;
    if ((state & SHADOW_WRITE_ENDED) != 0 && (bits & PSOCK_READ_ENDED) != 0)
        bits |= HUNG_UP_BITS;
    return bits;
}

static uint32_t what_is_wanted(uint32_t bits, uint32_t wanted)
{
    uint32_t kept = wanted | PSOCK_FAILED | PSOCK_HUNG_UP;
    if ((bits & (PSOCK_FAILED | PSOCK_HUNG_UP)) != 0)
        kept |= PSOCK_READABLE | PSOCK_WRITABLE;
    if ((wanted & PSOCK_READABLE) != 0)
        kept |= PSOCK_READ_ENDED;
    return bits & kept;
}

/* A failure to connect that is not waiting to be told is an old one, which AFD
 * repeats until there is another attempt.  Wine, where it is a connection that
 * broke, or a datagram that was refused, says the same. */
static PSOCK_APART uint32_t bits_of_failure(psock_t s)
{
    ULONG events = 0;
    if (psock_win32_is_datagram(s))
        return PSOCK_FAILED | PSOCK_READABLE | PSOCK_WRITABLE;
    HANDLE event = psock_win32_take_event();
    if (event == NULL)
        return HUNG_UP_BITS;
    (void)psock_win32_look((HANDLE)s, event, AFD_POLL_CONNECT, &events);
    psock_win32_give_event(event);
    return events != 0 ? BROKEN_BITS : HUNG_UP_BITS;
}

uint32_t psock_win32_came(psock_t s, uint32_t wanted, ULONG events,
                          unsigned state)
{
    uint32_t bits = 0;
    if ((events & AFD_POLL_LOCAL_CLOSE) != 0)
        return PSOCK_NO_SOCKET;
    if ((state & SHADOW_UNLISTENED) != 0)
        return HUNG_UP_BITS;
    if ((state & SHADOW_ABANDONED) != 0)
        events |= AFD_POLL_CONNECT_FAIL;
    if ((events & AFD_POLL_CONNECT_FAIL) != 0 &&
        (state & SHADOW_CONNECTING) == 0) {
        events &= ~AFD_POLL_CONNECT_FAIL;
        bits = bits_of_failure(s);
    }
    bits |= bits_of_events(events);
    return what_is_wanted(with_shadow(bits, state), wanted);
}

_Bool psock_win32_is_fresh(psock_t s)
{
    int native = psock_winsock.WSAGetLastError();
    _Bool fresh = (psock_win32_shadow(s) & SHADOW_CONNECTING) == 0 &&
                  !psock_win32_is_listener(s) && !psock_win32_is_datagram(s) &&
                  !psock_win32_has_peer(s);
    psock_winsock.WSASetLastError(native);
    return fresh;
}
