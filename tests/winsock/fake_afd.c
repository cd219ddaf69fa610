/* fake_afd.c: polls of AFD, the driver below Winsock: how they begin and end.
 *
 * Of a poll that finds something at once, the answer has all that is ready.  One
 * that has to wait ends with the first socket that is, and tells of no other. */
#include "fake_afd.h"

#include <stdio.h>
#include <stdlib.h>

struct fake_poll_entry {
    struct fake_object *socket;
    HANDLE handle;
    ULONG events;
};

struct fake_poll {
    struct fake_poll *next;
    HANDLE file;
    struct fake_object *device; /* when `file` is one, not a socket */
    struct fake_object *event;
    void *context;
    IO_STATUS_BLOCK *status;
    struct afd_info *answer;
    ULONG room; /* for entries in the answer */
    LARGE_INTEGER timeout;
    int64_t due_ns; /* below zero: never */
    DWORD thread;
    _Bool cancelled;
    ULONG count;
    struct fake_poll_entry entries[];
};

static struct fake_poll *polls; /* in order of beginning */

/* --- Ends of polls --------------------------------------------------------- */

static ULONG ready_events(const struct fake_poll_entry *entry)
{
    return fake_ready_events(entry->socket) & entry->events;
}

static _Bool is_anything_ready(const struct fake_poll *poll)
{
    for (ULONG i = 0; i < poll->count; i++)
        if (ready_events(&poll->entries[i]) != 0)
            return 1;
    return 0;
}

static void tell(const struct fake_poll *poll,
                 const struct fake_poll_entry *entry, ULONG events)
{
    struct afd_info *answer = poll->answer;
    if (answer->count == poll->room)
        return;
    struct afd_entry *told = &answer->entries[answer->count++];
    told->handle = entry->handle;
    told->events = events;
    told->status = (events & AFD_CONNECT_ERROR) != 0 ? NT_CONNECTION_REFUSED
                                                     : NT_SUCCESS_CODE;
}

/* How often an answer has an entry whose handle may be there more often. */
static unsigned times_told(const struct fake_poll *poll, ULONG index)
{
    unsigned before = 0;
    unsigned in_all = 0;
    for (ULONG i = 0; i < poll->count; i++) {
        in_all += poll->entries[i].handle == poll->entries[index].handle;
        before +=
            i < index && poll->entries[i].handle == poll->entries[index].handle;
    }
    if (fake_script.duplicates == FAKE_DUPLICATES_FIRST)
        return before == 0;
    return fake_script.duplicates == FAKE_DUPLICATES_SQUARED ? in_all : 1;
}

static void tell_all(const struct fake_poll *poll)
{
    for (ULONG i = 0; i < poll->count; i++) {
        ULONG events = ready_events(&poll->entries[i]);
        unsigned times = events != 0 ? times_told(poll, i) : 0;
        while (times-- > 0)
            tell(poll, &poll->entries[i], events);
    }
}

static void tell_first(const struct fake_poll *poll)
{
    for (ULONG i = 0; i < poll->count && poll->answer->count == 0; i++) {
        ULONG events = ready_events(&poll->entries[i]);
        if (events != 0)
            tell(poll, &poll->entries[i], events);
    }
}

static void begin_answer(const struct fake_poll *poll)
{
    poll->answer->timeout = poll->timeout;
    poll->answer->exclusive = 0;
    poll->answer->count = 0;
}

static void send_packet(const struct fake_poll *poll)
{
    if (poll->device == NULL || poll->device->port == NULL)
        return;
    fake_queue_packet(
        poll->device->port,
        (struct fake_packet){.key = poll->device->key,
                             .overlapped = poll->context,
                             .status = poll->status,
                             .code = (ULONG_PTR)(ULONG)poll->status->Status,
                             .size = (DWORD)poll->status->Information});
}

static void unlink_poll(const struct fake_poll *poll)
{
    struct fake_poll **link = &polls;
    while (*link != poll)
        link = &(*link)->next;
    *link = poll->next;
}

/* The answer is written. */
static void complete(struct fake_poll *poll, NTSTATUS status)
{
    unlink_poll(poll);
    poll->status->Status = status;
    poll->status->Information = offsetof(struct afd_info, entries) +
                                poll->answer->count * sizeof(struct afd_entry);
    if (poll->event != NULL)
        poll->event->signalled = 1;
    if (poll->context != NULL)
        send_packet(poll);
    free(poll);
}

static void complete_empty(struct fake_poll *poll, NTSTATUS status)
{
    begin_answer(poll);
    complete(poll, status);
}

static _Bool is_due(const struct fake_poll *poll)
{
    int64_t early_ns = (int64_t)fake_script.early_ms * 1000000;
    return poll->due_ns >= 0 && fake_now_ns() >= poll->due_ns - early_ns;
}

/* The answer is not touched before there is one. */
static void settle(struct fake_poll *poll)
{
    if (is_anything_ready(poll)) {
        begin_answer(poll);
        tell_first(poll);
        complete(poll, NT_SUCCESS_CODE);
    } else if (is_due(poll)) {
        complete_empty(poll, NT_TIMEOUT);
    }
}

void fake_settle_polls(void)
{
    fake_settle_transmissions();
    for (struct fake_poll *poll = polls, *next; poll != NULL; poll = next) {
        next = poll->next;
        settle(poll);
    }
}

void fake_settle_cancels(void)
{
    for (struct fake_poll *poll = polls, *next; poll != NULL; poll = next) {
        next = poll->next;
        if (poll->cancelled)
            complete_empty(poll, NT_CANCELLED);
    }
}

static const struct fake_poll_entry *entry_of(const struct fake_poll *poll,
                                              const struct fake_object *socket)
{
    for (ULONG i = 0; i < poll->count; i++)
        if (poll->entries[i].socket == socket)
            return &poll->entries[i];
    return NULL;
}

/* Told whether it was asked for or not. */
void fake_end_polls_of(struct fake_object *socket)
{
    fake_end_transmissions_of(socket);
    for (struct fake_poll *poll = polls, *next; poll != NULL; poll = next) {
        const struct fake_poll_entry *entry = entry_of(poll, socket);
        next = poll->next;
        if (entry != NULL) {
            begin_answer(poll);
            tell(poll, entry, AFD_CLOSE);
            complete(poll, NT_SUCCESS_CODE);
        }
    }
}

/* What is closed nobody hears of any more, though the poll goes on. */
void fake_forget_in_polls(const struct fake_object *object)
{
    for (struct fake_poll *poll = polls; poll != NULL; poll = poll->next) {
        if (poll->device == object)
            poll->device = NULL;
        if (poll->event == object)
            poll->event = NULL;
    }
}

/* --- What is under way ----------------------------------------------------- */

_Bool fake_has_waiting_poll(const struct fake_object *socket)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->event != NULL && entry_of(poll, socket) != NULL)
            return 1;
    return 0;
}

_Bool fake_event_has_poll(const struct fake_object *event)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->event == event)
            return 1;
    return fake_event_has_transmission(event);
}

_Bool fake_device_has_poll(const struct fake_object *device)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->device == device)
            return 1;
    return 0;
}

_Bool fake_port_has_poll(const struct fake_object *port)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->device != NULL && poll->device->port == port)
            return 1;
    return 0;
}

/* Those with an event: their memory is on the thread's stack. */
_Bool fake_thread_has_poll(void)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->event != NULL && poll->thread == GetCurrentThreadId())
            return 1;
    return fake_thread_has_transmission();
}

static _Bool is_in_use(const IO_STATUS_BLOCK *status)
{
    for (const struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        if (poll->status == status)
            return 1;
    return fake_is_queued(status);
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
    fake_drop_transmissions();
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

/* --- Beginnings ------------------------------------------------------------ */

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

/* What a call on AFD comes with. */
struct request {
    HANDLE file;
    HANDLE event_handle;
    struct fake_object *device;
    struct fake_object *event;
    void *context;
    IO_STATUS_BLOCK *status;
    ULONG code;
    const struct afd_info *in;
    ULONG in_size;
    struct afd_info *out;
    ULONG out_size;
};

static _Bool is_signalling(const struct request *request)
{
    return request->event_handle == NULL ||
           (request->event != NULL && request->event->kind == FAKE_EVENT);
}

static NTSTATUS file_error(const struct request *request)
{
    if (request->code != IOCTL_AFD_POLL)
        return NT_INVALID_DEVICE_REQUEST;
    if (!is_signalling(request) || fake_find((ULONG_PTR)request->file) == NULL)
        return NT_INVALID_HANDLE;
    if (request->device == NULL && afd_socket(request->file) == NULL)
        return NT_INVALID_DEVICE_REQUEST;
    return NT_SUCCESS_CODE;
}

static ULONG entries_in(ULONG size)
{
    ULONG head = offsetof(struct afd_info, entries);
    return size < head ? 0 : (size - head) / (ULONG)sizeof(struct afd_entry);
}

static NTSTATUS size_error(const struct request *request)
{
    if (request->in == NULL || request->out == NULL ||
        request->out_size < request->in_size)
        return NT_INVALID_PARAMETER;
    ULONG room = entries_in(request->in_size);
    return room == 0 || request->in->count == 0 || request->in->count > room
               ? NT_INVALID_PARAMETER
               : NT_SUCCESS_CODE;
}

/* One that is no socket spoils it for all. */
static NTSTATUS entries_error(const struct request *request)
{
    for (ULONG i = 0; i < request->in->count; i++)
        if (afd_socket(request->in->entries[i].handle) == NULL)
            return NT_INVALID_HANDLE;
    return NT_SUCCESS_CODE;
}

static NTSTATUS request_error(const struct request *request)
{
    NTSTATUS error = file_error(request);
    if (error == 0)
        error = size_error(request);
    return error == 0 ? entries_error(request) : error;
}

static void complain_of_event_and_port(const struct request *request)
{
    _Bool to_port = request->device != NULL && request->device->port != NULL;
    if (request->event_handle == NULL && (!to_port || request->context == NULL))
        fake_complain("an AFD poll of whose end nobody will hear");
    if (request->event_handle != NULL && request->context != NULL)
        fake_complain("an AFD poll with an event and a context");
}

static void complain_of_request(const struct request *request)
{
    complain_of_event_and_port(request);
    if (is_in_use(request->status))
        fake_complain("an AFD poll with a status block that another one has");
    if (request->in->exclusive != 0)
        fake_complain("an exclusive AFD poll ends those of others");
    for (ULONG i = 0; i < request->in->count; i++)
        if ((request->in->entries[i].events & ~AFD_KNOWN) != 0)
            fake_complain("an AFD poll for unknown events");
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

static void append(struct fake_poll *poll)
{
    struct fake_poll **link = &polls;
    while (*link != NULL)
        link = &(*link)->next;
    *link = poll;
}

/* The question may lie where the answer will. */
static struct fake_poll *make_poll(const struct request *request)
{
    const struct afd_info *in = request->in;
    struct fake_poll *poll =
        calloc(1, sizeof *poll + in->count * sizeof *poll->entries);
    *poll = (struct fake_poll){.file = request->file,
                               .device = request->device,
                               .event = request->event,
                               .context = request->context,
                               .status = request->status,
                               .answer = request->out,
                               .room = entries_in(request->out_size),
                               .timeout = in->timeout,
                               .due_ns = due_of(in->timeout.QuadPart),
                               .thread = GetCurrentThreadId(),
                               .count = in->count};
    for (ULONG i = 0; i < in->count; i++)
        poll->entries[i] = (struct fake_poll_entry){
            .socket = afd_socket(in->entries[i].handle),
            .handle = in->entries[i].handle,
            .events = in->entries[i].events};
    return poll;
}

static NTSTATUS begin_poll(const struct request *request)
{
    struct fake_poll *poll = make_poll(request);
    append(poll);
    if (poll->event != NULL)
        poll->event->signalled = 0;
    if (!is_anything_ready(poll) && poll->timeout.QuadPart != 0)
        return NT_PENDING;
    begin_answer(poll);
    tell_all(poll);
    complete(poll, NT_SUCCESS_CODE);
    return NT_SUCCESS_CODE;
}

static void describe(const struct request *request, char *text, size_t size)
{
    const struct afd_info *in = request->in;
    if (in == NULL || entries_in(request->in_size) == 0)
        snprintf(text, size, "nothing");
    else
        snprintf(text, size, "%s count %u events %x timeout %d",
                 request->event_handle == NULL ? "packet" : "event",
                 (unsigned)in->count, (unsigned)in->entries[0].events,
                 in->timeout.QuadPart == INT64_MAX
                     ? -1
                     : (int)(-in->timeout.QuadPart / 10000));
}

static struct fake_object *find_kind(HANDLE handle, enum fake_kind kind)
{
    struct fake_object *object = fake_find((ULONG_PTR)handle);
    return object != NULL && object->kind == kind ? object : NULL;
}

/* A scripted failure is a status. */
static NTSTATUS NTAPI device_io_control(HANDLE file, HANDLE event,
                                        PIO_APC_ROUTINE routine, void *context,
                                        IO_STATUS_BLOCK *status, ULONG code,
                                        void *in, ULONG in_size, void *out,
                                        ULONG out_size)
{
    char text[80];
    struct fake_visit visit;
    struct request request = {.file = file,
                              .event_handle = event,
                              .context = context,
                              .status = status,
                              .code = code,
                              .in = in,
                              .in_size = in_size,
                              .out = out,
                              .out_size = out_size};
    describe(&request, text, sizeof text);
    NTSTATUS result =
        fake_enter(&visit, FAKE_NtDeviceIoControlFile, "%s", text);
    request.device = find_kind(file, FAKE_DEVICE);
    request.event = find_kind(event, FAKE_EVENT);
    if (routine != NULL)
        fake_complain("an AFD poll with a routine");
    if (event == NULL && request.device == NULL)
        fake_complain("an AFD poll without event on what is no open device");
    if (result == 0)
        result = request_error(&request);
    if (result == 0) {
        complain_of_request(&request);
        result = begin_poll(&request);
    }
    return fake_leave_status(&visit, result);
}

/* --- Cancelling ------------------------------------------------------------ */

/* The status block is what tells one poll from another. */
static _Bool is_meant(const struct fake_poll *poll, HANDLE file,
                      const OVERLAPPED *overlapped)
{
    return poll->file == file &&
           (overlapped == NULL || (const void *)poll->status == overlapped);
}

static unsigned cancel_polls(HANDLE file, const OVERLAPPED *overlapped)
{
    unsigned found = 0;
    for (struct fake_poll *poll = polls, *next; poll != NULL; poll = next) {
        next = poll->next;
        if (!is_meant(poll, file, overlapped))
            continue;
        found++;
        poll->cancelled = 1;
    }
    if (!fake_script.slow_cancels)
        fake_settle_cancels();
    return found;
}

void fake_cancel_polls(void)
{
    fake_take_lock();
    for (struct fake_poll *poll = polls; poll != NULL; poll = poll->next)
        poll->cancelled = 1;
    fake_settle_cancels();
    fake_give_lock();
}

static BOOL WINAPI cancel_io(HANDLE file, OVERLAPPED *overlapped)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_CancelIoEx, "%s",
                           overlapped == NULL ? "all" : "one");
    if (error == 0 && fake_find((ULONG_PTR)file) == NULL)
        error = ERROR_INVALID_HANDLE;
    if (error == 0 && cancel_polls(file, overlapped) == 0 &&
        fake_cancel_transmission(file, overlapped) == 0)
        error = ERROR_NOT_FOUND;
    return fake_leave_bool(&visit, error);
}

void fake_install_afd(struct psock_winsock_table *table)
{
    table->NtDeviceIoControlFile = device_io_control;
    table->CancelIoEx = cancel_io;
}
