/* fake_poll.c: readiness, told by AFD polls and by select(). */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

#define IOCTL_AFD_POLL 0x00012024

#define AFD_READ 0x0001u
#define AFD_WRITE 0x0004u
#define AFD_HANGUP 0x0008u
#define AFD_RESET 0x0010u
#define AFD_CLOSE 0x0020u
#define AFD_CONNECT 0x0040u
#define AFD_ACCEPT 0x0080u
#define AFD_CONNECT_ERROR 0x0100u
#define AFD_KNOWN 0x01ffu

#define NT_SUCCESS_CODE ((NTSTATUS)0)
#define NT_TIMEOUT ((NTSTATUS)0x00000102)
#define NT_PENDING ((NTSTATUS)0x00000103)
#define NT_INVALID_HANDLE ((NTSTATUS)0xC0000008)
#define NT_INVALID_PARAMETER ((NTSTATUS)0xC000000D)
#define NT_INVALID_DEVICE_REQUEST ((NTSTATUS)0xC0000010)
#define NT_CANCELLED ((NTSTATUS)0xC0000120)
#define NT_CONNECTION_REFUSED ((NTSTATUS)0xC0000236)

/* What AFD reads and writes, for one socket. */
struct afd_info {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct {
        HANDLE handle;
        ULONG events;
        NTSTATUS status;
    } entry;
};

#define INFO_WITHOUT_ENTRY offsetof(struct afd_info, entry)

struct fake_poll {
    struct fake_poll *next;
    HANDLE file;
    struct fake_object *socket;
    struct fake_object *event;
    IO_STATUS_BLOCK *status;
    struct afd_info *info;
    ULONG events;
    HANDLE handle;
    int64_t due_ns; /* below zero: never */
    DWORD thread;
};

static struct fake_poll *polls;

/* --- What is ready --------------------------------------------------------- */

static ULONG connected_events(const struct fake_object *s)
{
    ULONG events = AFD_CONNECT;
    if (s->broken != 0)
        return events | AFD_WRITE | AFD_RESET;
    if (fake_room(s) > 0)
        events |= AFD_WRITE;
    if (s->received_size > 0 && !s->shut_receive)
        events |= AFD_READ;
    if (s->peer_ended)
        events |= AFD_HANGUP; /* not readable, though a receive gives 0 */
    return events;
}

static ULONG ready_events(const struct fake_object *s)
{
    if (s->type == SOCK_DGRAM)
        return AFD_WRITE | (s->datagrams != NULL ? AFD_READ : 0);
    if (s->state == FAKE_CONNECTED)
        return connected_events(s);
    if (s->state == FAKE_LISTENING)
        return s->first_waiting != NULL ? AFD_ACCEPT : 0;
    return s->connect_failed ? AFD_CONNECT_ERROR : 0;
}

/* --- AFD polls ------------------------------------------------------------- */

static void write_answer(const struct fake_poll *poll, NTSTATUS status,
                         ULONG events)
{
    struct afd_info *info = poll->info;
    info->count = events != 0;
    if (events != 0) {
        info->entry.handle = poll->handle;
        info->entry.events = events;
        info->entry.status = (events & AFD_CONNECT_ERROR) != 0
                                 ? NT_CONNECTION_REFUSED
                                 : NT_SUCCESS_CODE;
    }
    poll->status->Status = status;
    poll->status->Information = events != 0 ? sizeof *info : INFO_WITHOUT_ENTRY;
    poll->event->signalled = 1;
}

static void complete(struct fake_poll *poll, NTSTATUS status, ULONG events)
{
    struct fake_poll **link = &polls;
    while (*link != poll)
        link = &(*link)->next;
    *link = poll->next;
    write_answer(poll, status, events);
    free(poll);
}

static void settle(struct fake_poll *poll)
{
    ULONG ready = ready_events(poll->socket) & poll->events;
    int64_t early_ns = (int64_t)fake_script.early_ms * 1000000;
    if (ready != 0)
        complete(poll, NT_SUCCESS_CODE, ready);
    else if (poll->due_ns >= 0 && fake_now_ns() >= poll->due_ns - early_ns)
        complete(poll, NT_TIMEOUT, 0);
}

void fake_settle_polls(void)
{
    for (struct fake_poll *poll = polls, *next; poll != NULL; poll = next) {
        next = poll->next;
        settle(poll);
    }
}

/* Told whether it was asked for or not. */
void fake_end_polls_of(struct fake_object *socket)
{
    for (struct fake_poll *poll = polls, *next; poll != NULL; poll = next) {
        next = poll->next;
        if (poll->socket == socket)
            complete(poll, NT_SUCCESS_CODE, AFD_CLOSE);
    }
}

_Bool fake_has_polls(const struct fake_object *socket)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->socket == socket)
            return 1;
    return 0;
}

_Bool fake_event_has_poll(const struct fake_object *event)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->event == event)
            return 1;
    return 0;
}

_Bool fake_thread_has_poll(void)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->thread == GetCurrentThreadId())
            return 1;
    return 0;
}

unsigned fake_count_polls(void)
{
    unsigned count = 0;
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        count++;
    return count;
}

void fake_drop_polls(void)
{
    while (polls != NULL) {
        struct fake_poll *poll = polls;
        polls = poll->next;
        free(poll);
    }
}

int64_t fake_next_timeout_ns(void)
{
    int64_t next_ns = -1;
    int64_t early_ns = (int64_t)fake_script.early_ms * 1000000;
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->due_ns >= 0 && (next_ns < 0 || poll->due_ns < next_ns))
            next_ns = poll->due_ns;
    if (next_ns < 0)
        return -1;
    return next_ns > early_ns ? next_ns - early_ns : 0;
}

/* The socket that AFD knows by this handle: one of a layered provider is none
 * of its own. */
static struct fake_object *afd_socket(HANDLE handle)
{
    struct fake_object *object = fake_find((ULONG_PTR)handle);
    if (object != NULL && object->kind == FAKE_BASE)
        return object->above;
    if (object == NULL || object->kind != FAKE_SOCKET || object->layered)
        return NULL;
    return object;
}

static NTSTATUS request_error(HANDLE file, const struct fake_object *event,
                              ULONG code, const struct afd_info *in,
                              ULONG in_size, const void *out, ULONG out_size)
{
    if (code != IOCTL_AFD_POLL)
        return NT_INVALID_DEVICE_REQUEST;
    if (event == NULL || event->kind != FAKE_EVENT)
        return NT_INVALID_HANDLE;
    if (fake_find((ULONG_PTR)file) == NULL)
        return NT_INVALID_HANDLE;
    if (afd_socket(file) == NULL)
        return NT_INVALID_DEVICE_REQUEST;
    if (in == NULL || out == NULL || in_size < sizeof *in || out_size < in_size)
        return NT_INVALID_PARAMETER;
    if (in->count != 1)
        return NT_INVALID_PARAMETER; /* the fake serves one socket a poll */
    if (afd_socket(in->entry.handle) == NULL)
        return NT_INVALID_HANDLE;
    if ((in->entry.events & ~AFD_KNOWN) != 0)
        fake_complain("an AFD poll for unknown events");
    return NT_SUCCESS_CODE;
}

/* Below zero counts from now in 100 ns; zero does not wait; above zero is a
 * moment, either past long since or never to come. */
static int64_t due_of(int64_t timeout)
{
    if (timeout == INT64_MAX)
        return -1;
    if (timeout > 0)
        return 0;
    if (timeout < -(INT64_MAX / 200))
        return -1;
    return fake_now_ns() - timeout * 100;
}

static NTSTATUS begin_poll(HANDLE file, struct fake_object *event,
                           IO_STATUS_BLOCK *status, const struct afd_info *in,
                           struct afd_info *out)
{
    struct fake_poll *poll = calloc(1, sizeof *poll);
    struct fake_object *socket = afd_socket(in->entry.handle);
    *poll = (struct fake_poll){.next = polls,
                               .file = file,
                               .socket = socket,
                               .event = event,
                               .status = status,
                               .info = out,
                               .events = in->entry.events,
                               .handle = in->entry.handle,
                               .due_ns = due_of(in->timeout.QuadPart),
                               .thread = GetCurrentThreadId()};
    polls = poll;
    event->signalled = 0;
    ULONG ready = ready_events(socket) & poll->events;
    if (ready == 0 && in->timeout.QuadPart != 0)
        return NT_PENDING;
    complete(poll, NT_SUCCESS_CODE, ready);
    return NT_SUCCESS_CODE;
}

/* A scripted failure is a status below zero. */
static NTSTATUS NTAPI device_io_control(HANDLE file, HANDLE event,
                                        PIO_APC_ROUTINE routine, void *context,
                                        IO_STATUS_BLOCK *status, ULONG code,
                                        void *in, ULONG in_size, void *out,
                                        ULONG out_size)
{
    struct fake_visit visit;
    struct fake_object *signal;
    const struct afd_info *info = in;
    NTSTATUS result =
        fake_enter(&visit, FAKE_NtDeviceIoControlFile, "events %x timeout %d",
                   info == NULL ? 0 : (unsigned)info->entry.events,
                   info == NULL ? 0 : (int)(info->timeout.QuadPart / 10000));
    signal = fake_find((ULONG_PTR)event);
    if (routine != NULL || context != NULL)
        fake_complain("an AFD poll with a routine or a context");
    if (result == 0)
        result = request_error(file, signal, code, in, in_size, out, out_size);
    if (result == 0)
        result = begin_poll(file, signal, status, in, out);
    fake_leave_bool(&visit, 0);
    return result;
}

/* The status block is what tells one poll from another. */
static BOOL WINAPI cancel_io(HANDLE file, OVERLAPPED *overlapped)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_CancelIoEx, "%s",
                           overlapped == NULL ? "all" : "one");
    unsigned found = 0;
    if (error == 0 && fake_find((ULONG_PTR)file) == NULL)
        error = ERROR_INVALID_HANDLE;
    for (struct fake_poll *poll = polls, *next; error == 0 && poll != NULL;
         poll = next) {
        next = poll->next;
        if (poll->file != file)
            continue;
        if (overlapped != NULL && (void *)poll->status != (void *)overlapped)
            continue;
        complete(poll, NT_CANCELLED, 0);
        found++;
    }
    if (error == 0 && found == 0)
        error = ERROR_NOT_FOUND;
    return fake_leave_bool(&visit, error);
}

/* --- select ---------------------------------------------------------------- */

/* AFD's events, as select() sorts them. */
#define SELECT_READ (AFD_READ | AFD_ACCEPT | AFD_HANGUP | AFD_RESET)
#define SELECT_WRITE AFD_WRITE
#define SELECT_EXCEPT AFD_CONNECT_ERROR

static u_int set_count(const fd_set *set)
{
    return set == NULL ? 0 : set->fd_count;
}

/* More than FD_SETSIZE are honoured, where the set has the room. */
static int set_error(const fd_set *set)
{
    for (u_int i = 0; i < set_count(set); i++)
        if (fake_find_socket(set->fd_array[i]) == NULL)
            return WSAENOTSOCK;
    return 0;
}

static int select_error(const fd_set *read, const fd_set *write,
                        const fd_set *except, const struct timeval *timeout)
{
    if (set_count(read) + set_count(write) + set_count(except) == 0)
        return WSAEINVAL;
    if (timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_usec < 0))
        return WSAEINVAL;
    int error = set_error(read);
    if (error == 0)
        error = set_error(write);
    return error == 0 ? set_error(except) : error;
}

static u_int count_ready(const fd_set *set, ULONG events)
{
    u_int count = 0;
    for (u_int i = 0; i < set_count(set); i++) {
        const struct fake_object *s = fake_find_socket(set->fd_array[i]);
        count += s == NULL || (ready_events(s) & events) != 0;
    }
    return count;
}

static void keep_ready(fd_set *set, ULONG events)
{
    u_int kept = 0;
    for (u_int i = 0; i < set_count(set); i++) {
        const struct fake_object *s = fake_find_socket(set->fd_array[i]);
        if (s == NULL || (ready_events(s) & events) != 0)
            set->fd_array[kept++] = set->fd_array[i];
    }
    if (set != NULL)
        set->fd_count = kept;
}

static int64_t select_due_ns(const struct timeval *timeout)
{
    if (timeout == NULL)
        return -1;
    return fake_now_ns() + (int64_t)timeout->tv_sec * 1000000000 +
           (int64_t)timeout->tv_usec * 1000;
}

static int wait_for_ready(fd_set *read, fd_set *write, fd_set *except,
                          int64_t due_ns)
{
    for (;;) {
        u_int count = count_ready(read, SELECT_READ) +
                      count_ready(write, SELECT_WRITE) +
                      count_ready(except, SELECT_EXCEPT);
        if (count != 0 || (due_ns >= 0 && fake_now_ns() >= due_ns))
            return (int)count;
        if (!fake_act_while_waiting())
            fake_sleep(due_ns);
    }
}

static int WSAAPI select_sockets(int ignored, fd_set *read, fd_set *write,
                                 fd_set *except, const PTIMEVAL timeout)
{
    struct fake_visit visit;
    int count = 0;
    int error =
        fake_enter(&visit, FAKE_select, "read %u write %u except %u",
                   set_count(read), set_count(write), set_count(except));
    (void)ignored;
    if (error == 0 && fake_script.starts == 0)
        error = WSANOTINITIALISED;
    if (error == 0)
        error = select_error(read, write, except, timeout);
    if (error == 0) {
        count = wait_for_ready(read, write, except, select_due_ns(timeout));
        keep_ready(read, SELECT_READ);
        keep_ready(write, SELECT_WRITE);
        keep_ready(except, SELECT_EXCEPT);
    }
    return fake_leave_count(&visit, error, count);
}

void fake_install_polls(struct psock_winsock_table *table)
{
    table->NtDeviceIoControlFile = device_io_control;
    table->CancelIoEx = cancel_io;
    table->select = select_sockets;
}
