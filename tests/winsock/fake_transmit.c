/* fake_transmit.c: TransmitFile, and which edition of Windows this is.
 *
 * A transmission goes on as the peer reads.  One that is ended before its end, by
 * CancelIoEx or with the connection, tells of no byte, whatever went. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

#define NT_SUCCESS_CODE ((NTSTATUS)0)
#define NT_PENDING ((NTSTATUS)0x00000103)
#define NT_END_OF_FILE ((NTSTATUS)0xC0000011)
#define NT_CANCELLED ((NTSTATUS)0xC0000120)
#define NT_CONNECTION_RESET ((NTSTATUS)0xC000020D)
#define NT_CONNECTION_ABORTED ((NTSTATUS)0xC0000241)

/* A call takes less than 2 GiB. */
#define LONGEST_CALL 0x7ffffffeu

struct fake_transmission {
    struct fake_transmission *next;
    struct fake_object *socket;
    HANDLE file;
    int64_t offset;
    int64_t left;
    DWORD size;
    OVERLAPPED *overlapped;
    struct fake_object *event;
    DWORD thread;
};

static struct fake_transmission *transmissions;

/* --- What is under way --------------------------------------------------------- */

static void unlink_transmission(const struct fake_transmission *transmission)
{
    struct fake_transmission **link = &transmissions;
    while (*link != transmission)
        link = &(*link)->next;
    *link = transmission->next;
}

static void complete(struct fake_transmission *transmission, NTSTATUS status)
{
    unlink_transmission(transmission);
    transmission->overlapped->Internal = (ULONG_PTR)status;
    transmission->overlapped->InternalHigh =
        status == NT_SUCCESS_CODE ? transmission->size : 0;
    transmission->event->signalled = 1;
    free(transmission);
}

/* Sends what there is room for.  Returns whether it can go on. */
static _Bool send_some(struct fake_transmission *transmission,
                       const struct fake_content *content)
{
    char piece[4096];
    int sent = 0;
    size_t size = fake_room(transmission->socket);
    if (size > sizeof piece)
        size = sizeof piece;
    if ((int64_t)size > transmission->left)
        size = (size_t)transmission->left;
    size = fake_read_content(content, transmission->offset, piece, size);
    if (size == 0 ||
        fake_stream_send(transmission->socket, piece, (int)size, &sent) != 0)
        return 0;
    transmission->offset += sent;
    transmission->left -= sent;
    return transmission->left > 0;
}

static NTSTATUS status_of_end(const struct fake_transmission *transmission,
                              const struct fake_content *content)
{
    if (transmission->left == 0)
        return NT_SUCCESS_CODE;
    if (transmission->socket->broken != 0)
        return transmission->socket->broken == WSAECONNRESET
                   ? NT_CONNECTION_RESET
                   : NT_CONNECTION_ABORTED;
    return transmission->offset >= content->size ? NT_END_OF_FILE : NT_PENDING;
}

static void settle(struct fake_transmission *transmission)
{
    const struct fake_content *content = fake_content_of(transmission->file);
    if (content == NULL) {
        fake_complain("closing the file of a TransmitFile under way");
        complete(transmission, NT_CANCELLED);
        return;
    }
    while (transmission->socket->broken == 0 &&
           send_some(transmission, content))
        continue;
    const NTSTATUS status = status_of_end(transmission, content);
    if (status != NT_PENDING)
        complete(transmission, status);
}

void fake_settle_transmissions(void)
{
    for (struct fake_transmission *each = transmissions, *next; each != NULL;
         each = next) {
        next = each->next;
        settle(each);
    }
}

_Bool fake_event_has_transmission(const struct fake_object *event)
{
    const struct fake_transmission *each = transmissions;
    while (each != NULL && each->event != event)
        each = each->next;
    return each != NULL;
}

_Bool fake_thread_has_transmission(void)
{
    const struct fake_transmission *each = transmissions;
    while (each != NULL && each->thread != GetCurrentThreadId())
        each = each->next;
    return each != NULL;
}

void fake_end_transmissions_of(struct fake_object *socket)
{
    for (struct fake_transmission *each = transmissions, *next; each != NULL;
         each = next) {
        next = each->next;
        if (each->socket == socket) {
            fake_complain("closesocket with a TransmitFile under way");
            complete(each, NT_CANCELLED);
        }
    }
}

void fake_drop_transmissions(void)
{
    while (transmissions != NULL) {
        struct fake_transmission *first = transmissions;
        transmissions = first->next;
        free(first);
    }
}

/* How much of it has gone nobody can tell, so the connection is given up. */
unsigned fake_cancel_transmission(HANDLE socket, const OVERLAPPED *overlapped)
{
    struct fake_transmission *each = transmissions;
    while (each != NULL &&
           ((HANDLE)each->socket->handle != socket ||
            (overlapped != NULL && each->overlapped != overlapped)))
        each = each->next;
    if (each == NULL)
        return 0;
    struct fake_object *s = each->socket;
    complete(each, NT_CANCELLED);
    if (s->peer != NULL)
        fake_break_stream(s->peer, WSAECONNRESET);
    fake_break_stream(s, WSAECONNABORTED);
    return 1;
}

/* --- TransmitFile ----------------------------------------------------------------- */

static struct fake_object *event_of(const OVERLAPPED *overlapped)
{
    struct fake_object *event =
        fake_find((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)3);
    if (((ULONG_PTR)overlapped->hEvent & 1) == 0)
        fake_complain("a TransmitFile whose end may go to a port");
    if (event == NULL || event->kind != FAKE_EVENT)
        fake_complain("a TransmitFile without an event");
    return event;
}

static void complain_of_call(DWORD size, DWORD size_of_each,
                             const TRANSMIT_FILE_BUFFERS *around, DWORD flags)
{
    if (!fake_script.is_server)
        fake_complain("TransmitFile where two run at once and others wait");
    if (size == 0)
        fake_complain("TransmitFile of a file whatever its size");
    if (size_of_each != 0 || around != NULL || flags != 0)
        fake_complain("TransmitFile with what nobody needs");
}

static int transmitting_error(const struct fake_object *s, HANDLE file,
                              DWORD size, const OVERLAPPED *overlapped)
{
    const struct fake_content *content = fake_content_of(file);
    if (content == NULL)
        return ERROR_INVALID_HANDLE;
    if (s->type != SOCK_STREAM || size > LONGEST_CALL)
        return WSAEINVAL;
    if (s->family == AF_UNIX)
        return WSAEOPNOTSUPP;
    if (s->state != FAKE_CONNECTED)
        return WSAENOTCONN;
    if (s->broken != 0)
        return s->broken;
    if (s->shut_send)
        return WSAESHUTDOWN;
    return fake_offset_of(overlapped) + (int64_t)size > content->size
               ? ERROR_HANDLE_EOF
               : 0;
}

static void begin(struct fake_object *s, HANDLE file, DWORD size,
                  OVERLAPPED *overlapped, struct fake_object *event)
{
    struct fake_transmission *made = calloc(1, sizeof *made);
    made->socket = s;
    made->file = file;
    made->offset = fake_offset_of(overlapped);
    made->left = size;
    made->size = size;
    made->overlapped = overlapped;
    made->event = event;
    made->thread = GetCurrentThreadId();
    made->next = transmissions;
    transmissions = made;
    event->signalled = 0;
    overlapped->Internal = (ULONG_PTR)NT_PENDING;
    fake_find((ULONG_PTR)file)->position = made->offset + size;
    fake_settle_transmissions();
}

static BOOL WSAAPI transmit_file(SOCKET handle, HANDLE file, DWORD size,
                                 DWORD size_of_each, OVERLAPPED *overlapped,
                                 TRANSMIT_FILE_BUFFERS *around, DWORD flags)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(&visit, FAKE_TransmitFile, handle, &s,
                                  "size %u at %lld", (unsigned)size,
                                  (long long)fake_offset_of(overlapped));
    complain_of_call(size, size_of_each, around, flags);
    struct fake_object *event = event_of(overlapped);
    if (error == 0)
        error = transmitting_error(s, file, size, overlapped);
    if (error == 0) {
        begin(s, file, size, overlapped, event);
        if ((NTSTATUS)overlapped->Internal == NT_PENDING)
            error = ERROR_IO_PENDING;
    }
    return fake_leave_bool(&visit, error);
}

fake_function *fake_transmit_function(void)
{
    return (fake_function *)transmit_file;
}

/* --- Its end ------------------------------------------------------------------------ */

static const struct {
    NTSTATUS status;
    int error;
} meanings[] = {
    {NT_SUCCESS_CODE, 0},
    {NT_PENDING, ERROR_IO_INCOMPLETE},
    {NT_END_OF_FILE, ERROR_HANDLE_EOF},
    {NT_CANCELLED, ERROR_OPERATION_ABORTED},
    {NT_CONNECTION_RESET, WSAECONNRESET},
    {NT_CONNECTION_ABORTED, WSAECONNABORTED},
};

static int error_of(const OVERLAPPED *overlapped)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if ((NTSTATUS)overlapped->Internal == meanings[i].status)
            return meanings[i].error;
    return ERROR_INVALID_PARAMETER;
}

static BOOL WSAAPI get_overlapped_result(SOCKET handle,
                                         WSAOVERLAPPED *overlapped,
                                         DWORD *transferred, BOOL wait,
                                         DWORD *flags)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(&visit, FAKE_WSAGetOverlappedResult, handle,
                                  &s, "wait %d", wait);
    if (transferred == NULL || flags == NULL)
        fake_complain("WSAGetOverlappedResult without room for its answer");
    if (wait)
        fake_complain("WSAGetOverlappedResult that may wait");
    if (error == 0) {
        error = error_of(overlapped);
        *transferred = (DWORD)overlapped->InternalHigh;
        *flags = 0;
    }
    return fake_leave_bool(&visit, error);
}

/* --- The edition -------------------------------------------------------------------- */

static NTSTATUS NTAPI get_version(RTL_OSVERSIONINFOW *version)
{
    struct fake_visit visit;
    RTL_OSVERSIONINFOEXW answer = {.dwMajorVersion = 10};
    NTSTATUS error = fake_enter(&visit, FAKE_RtlGetVersion, "size %u",
                                (unsigned)version->dwOSVersionInfoSize);
    if (version->dwOSVersionInfoSize != sizeof answer)
        fake_complain("RtlGetVersion without room for the edition");
    answer.dwOSVersionInfoSize = sizeof answer;
    answer.dwBuildNumber = fake_script.profile->build;
    answer.wProductType =
        fake_script.is_server ? VER_NT_SERVER : VER_NT_WORKSTATION;
    if (error == 0)
        memcpy(version, &answer, sizeof answer);
    return fake_leave_status(&visit, error);
}

void fake_install_transmissions(struct psock_winsock_table *table)
{
    table->WSAGetOverlappedResult = get_overlapped_result;
    table->RtlGetVersion = get_version;
}
