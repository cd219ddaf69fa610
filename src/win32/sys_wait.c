/* sys_wait.c: waiting for one socket by an AFD poll (afd.h).
 *
 * It goes to the socket's own handle, so no other has to be opened.  Where that
 * fails select() serves. */
#include "platform.h"

#define WRITE_EVENTS AFD_POLL_SEND
#define ENDED_EVENTS                                                           \
    (AFD_POLL_DISCONNECT | AFD_POLL_ABORT | AFD_POLL_LOCAL_CLOSE)

/* --- One poll ------------------------------------------------------------- */

static ULONG wait_afd_events(unsigned events)
{
    ULONG wanted = AFD_FAILURE_EVENTS;
    if ((events & PSOCK_SYS_READ) != 0)
        wanted |= AFD_READ_EVENTS;
    if ((events & PSOCK_SYS_WRITE) != 0)
        wanted |= WRITE_EVENTS;
    return wanted;
}

/* Failures count as ready in every direction: the attempt will tell. */
static int came_events(unsigned events, ULONG afd)
{
    unsigned came = 0;
    if ((afd & AFD_FAILURE_EVENTS) != 0)
        came |= events;
    if ((afd & AFD_READ_EVENTS) != 0)
        came |= PSOCK_SYS_READ;
    if ((afd & WRITE_EVENTS) != 0)
        came |= PSOCK_SYS_WRITE;
    if ((afd & ENDED_EVENTS) != 0)
        came |= PSOCK_SYS_ENDED;
    return (int)came;
}

/* Whether psock_shutdown() has ended what those who wait for `afd` wait for. */
static _Bool is_over(unsigned state, ULONG afd)
{
    if ((state & SHADOW_ABANDONED) != 0)
        return 1;
    return ((state & SHADOW_READ_ENDED) != 0 && (afd & AFD_READ_EVENTS) != 0) ||
           ((state & SHADOW_WRITE_ENDED) != 0 && (afd & WRITE_EVENTS) != 0);
}

/* What one wait is made of. */
struct one_wait {
    struct shadow_waiter waiter;
    psock_pollable entry; /* the waiter's only one */
    HANDLE event;
    unsigned events;
    int64_t timeout_ns;
    ULONG came; /* AFD's events */
};

/* Begins the poll, unless it comes too late to be woken by psock_shutdown().
 * One that comes too late to be canceled just looks. */
static NTSTATUS start_wait(struct shadow_waiter *waiter, void *context)
{
    struct afd_poll_of_one *one = context;
    unsigned state = psock_win32_shadow_held(waiter->entries->socket);
    waiter->woken = is_over(state, one->entry.events);
    if (waiter->woken)
        return STATUS_OF_CANCEL;
    if (psock_win32_is_rung(waiter->canceler))
        one->poll.timeout.QuadPart = 0;
    return psock_win32_ask(waiter->handle, waiter->overlapped.hEvent, NULL,
                           (IO_STATUS_BLOCK *)&waiter->overlapped, one,
                           sizeof *one);
}

static NTSTATUS wait_by_handle(struct one_wait *wait, HANDLE handle)
{
    struct afd_poll_of_one one = {
        .poll = {.timeout = psock_win32_afd_timeout(wait->timeout_ns),
                 .count = 1},
        .entry = {.handle = handle, .events = wait_afd_events(wait->events)}};
    NTSTATUS status = psock_win32_ask_and_wait(&wait->waiter, handle,
                                               wait->event, start_wait, &one);
    wait->came = status == 0 && one.poll.count != 0 ? one.entry.events : 0;
    return status;
}

/* --- Where AFD does not know the handle ----------------------------------- */

static NTSTATUS wait_by_handle_below(struct one_wait *wait, NTSTATUS status)
{
    for (unsigned way = 0; way < WAYS_BELOW && psock_win32_is_refusal(status);
         way++) {
        HANDLE below = psock_win32_handle_below(wait->entry.socket, way);
        if (below != NULL)
            status = wait_by_handle(wait, below);
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
    if (is_over(psock_win32_shadow(s), wait_afd_events(events)))
        return canceled_events(s, events);
    int ready = psock_winsock.select(0, &read, &write, &except, &timeout);
    if (ready == SOCKET_ERROR)
        return psock_win32_socket_error(s);
    return ready == 0 ? 0 : (int)events;
}

/* --- The wait ------------------------------------------------------------- */

PSOCK_APART int psock_win32_canceled(void)
{
    psock_winsock.WSASetLastError(WSAECANCELLED);
    return PSOCK_ECANCELED;
}

static int wait_with_event(struct one_wait *wait)
{
    NTSTATUS status = wait_by_handle(wait, (HANDLE)wait->entry.socket);
    if (psock_win32_is_refusal(status))
        status = wait_by_handle_below(wait, status);
    if (status == STATUS_OF_CANCEL)
        return wait->waiter.woken
                   ? canceled_events(wait->entry.socket, wait->events)
                   : 0;
    if (status < 0)
        return wait_by_select(wait->entry.socket, wait->events,
                              wait->timeout_ns);
    return came_events(wait->events, wait->came);
}

int psock_sys_wait(psock_t s, unsigned events, psock_waker *canceler,
                   int64_t timeout_ns)
{
    struct one_wait wait = {.entry = {.socket = s},
                            .event = psock_win32_take_event(),
                            .events = events,
                            .timeout_ns = timeout_ns};
    if (wait.event == NULL)
        return psock_win32_error();
    wait.waiter.entries = &wait.entry;
    wait.waiter.count = 1;
    wait.waiter.canceler = canceler;
    int result = wait_with_event(&wait);
    psock_win32_give_event(wait.event);
    if (result == 0 && psock_win32_is_rung(canceler))
        return psock_win32_canceled();
    return result;
}
