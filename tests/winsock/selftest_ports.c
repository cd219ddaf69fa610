/* selftest_ports.c: the fake's devices and completion ports do as Windows's, and
 * it complains of what no caller may do with them. */
#include "claim.h"

#include "host.h"

#define IOCTL_AFD_POLL 0x00012024
#define AFD_READ 0x001
#define AFD_WRITE 0x004
#define AFD_CLOSE 0x020
#define AFD_ALL 0x1ff

#define NT_PENDING 0x103
#define NT_INVALID_HANDLE ((int)0xC0000008)
#define NT_INVALID_PARAMETER ((int)0xC000000D)
#define NT_ACCESS_DENIED ((int)0xC0000022)
#define NT_NAME_INVALID ((int)0xC0000033)
#define NT_NAME_NOT_FOUND ((int)0xC0000034)
#define NT_PATH_SYNTAX_BAD ((int)0xC000003B)
#define NT_CANCELLED ((int)0xC0000120)

#define NOT_IN_TIME ((int)WAIT_TIMEOUT)

static int complained(void)
{
    return fake_complaints()[0] != '\0';
}

/* --- Devices -------------------------------------------------------------- */

/* What there is to get wrong in opening one. */
struct opening {
    const char *name;
    ACCESS_MASK access;
    ULONG attributes;
    ULONG options;
    ULONG disposition;
};

static const struct opening proper = {.name = "\\Device\\Afd\\claim",
                                      .access = SYNCHRONIZE,
                                      .disposition = FILE_OPEN};

#define NAME_ROOM 40

static UNICODE_STRING wide_name(const char *name, WCHAR wide[NAME_ROOM])
{
    USHORT length = (USHORT)strlen(name);
    for (USHORT i = 0; i < length; i++)
        wide[i] = (unsigned char)name[i];
    length = (USHORT)(length * sizeof *wide);
    return (UNICODE_STRING){
        .Length = length, .MaximumLength = length, .Buffer = wide};
}

static NTSTATUS open_as(struct opening opening, HANDLE *device)
{
    WCHAR wide[NAME_ROOM];
    UNICODE_STRING name = wide_name(opening.name, wide);
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                    .ObjectName = &name,
                                    .Attributes = opening.attributes};
    IO_STATUS_BLOCK status;
    return psock_winsock.NtCreateFile(
        device, opening.access, &attributes, &status, NULL, 0, FILE_SHARE_READ,
        opening.disposition, opening.options, NULL, 0);
}

static HANDLE open_device(void)
{
    HANDLE device = NULL;
    open_as(proper, &device);
    return device;
}

/* The status; what was opened is closed. */
static int opened_as(struct opening opening)
{
    HANDLE device = NULL;
    int status = open_as(opening, &device);
    if (status == 0)
        psock_winsock.CloseHandle(device);
    return status;
}

static int opened_by(const char *name)
{
    struct opening opening = proper;
    opening.name = name;
    return opened_as(opening);
}

static int device_opens(void)
{
    return opened_as(proper);
}

static int device_opens_by_its_own_name(void)
{
    return opened_by("\\Device\\Afd");
}

static int device_opens_in_small_letters(void)
{
    return opened_by("\\device\\afd\\x");
}

static int other_name(void)
{
    return opened_by("\\Device\\Tcp");
}

static int longer_name(void)
{
    return opened_by("\\Device\\Afdx");
}

static int no_name(void)
{
    return opened_by("");
}

static int no_synchronize(void)
{
    struct opening opening = proper;
    opening.access = 0;
    return opened_as(opening);
}

static int no_attributes(void)
{
    HANDLE device;
    IO_STATUS_BLOCK status;
    return psock_winsock.NtCreateFile(&device, SYNCHRONIZE, NULL, &status, NULL,
                                      0, 0, FILE_OPEN, 0, NULL, 0);
}

static int half_a_character(void)
{
    HANDLE device;
    IO_STATUS_BLOCK status;
    WCHAR wide[NAME_ROOM];
    UNICODE_STRING name = wide_name(proper.name, wide);
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes,
                                    .ObjectName = &name};
    name.Length--;
    return psock_winsock.NtCreateFile(&device, SYNCHRONIZE, &attributes,
                                      &status, NULL, 0, 0, FILE_OPEN, 0, NULL,
                                      0);
}

static int scripted_failure(void)
{
    fake_fail_next(FAKE_NtCreateFile, NT_ACCESS_DENIED, 1);
    return opened_as(proper);
}

static int devices_are_counted(void)
{
    HANDLE device = open_device();
    int count = (int)fake_open_devices();
    psock_winsock.CloseHandle(device);
    return 10 * count + (int)fake_open_devices();
}

static int complains_of_an_inherited_device(void)
{
    struct opening opening = proper;
    opening.attributes = OBJ_INHERIT;
    opened_as(opening);
    return complained();
}

static int complains_of_a_synchronous_device(void)
{
    struct opening opening = proper;
    opening.options = FILE_SYNCHRONOUS_IO_NONALERT;
    opened_as(opening);
    return complained();
}

/* --- Ports ---------------------------------------------------------------- */

static HANDLE open_port(void)
{
    return psock_winsock.CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0,
                                                0);
}

/* The result, or the error below zero. */
static int associated(HANDLE file, HANDLE port)
{
    HANDLE result = psock_winsock.CreateIoCompletionPort(file, port, 7, 0);
    return result == NULL ? -psock_winsock.WSAGetLastError() : result == port;
}

static int finish_two(HANDLE a, HANDLE b, int result)
{
    psock_winsock.CloseHandle(a);
    psock_winsock.CloseHandle(b);
    return result;
}

static int device_goes_to_a_port(void)
{
    HANDLE device = open_device();
    HANDLE port = open_port();
    return finish_two(device, port, associated(device, port));
}

static int device_goes_to_one_port_only(void)
{
    HANDLE device = open_device();
    HANDLE port = open_port();
    associated(device, port);
    return finish_two(device, port, associated(device, port));
}

static int event_goes_to_no_port(void)
{
    HANDLE event = psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE port = open_port();
    return finish_two(event, port, associated(event, port));
}

static int closed_port(void)
{
    HANDLE device = open_device();
    HANDLE port = open_port();
    psock_winsock.CloseHandle(port);
    int result = associated(device, port);
    psock_winsock.CloseHandle(device);
    return result;
}

static int ports_are_counted(void)
{
    HANDLE port = open_port();
    int count = (int)fake_open_ports();
    psock_winsock.CloseHandle(port);
    return 10 * count + (int)fake_open_ports();
}

static int complains_of_a_socket_at_a_port(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    HANDLE port = open_port();
    associated((HANDLE)s, port);
    psock_winsock.CloseHandle(port);
    return claim_close(s, complained());
}

/* --- Packets -------------------------------------------------------------- */

static void post(HANDLE port, ULONG_PTR key)
{
    psock_winsock.PostQueuedCompletionStatus(port, 0, key, NULL);
}

/* The keys that come, as a number; or the error below zero. */
static int taken(HANDLE port, ULONG room, DWORD timeout_ms)
{
    OVERLAPPED_ENTRY entries[4];
    ULONG count = 0;
    int number = 0;
    if (!psock_winsock.GetQueuedCompletionStatusEx(port, entries, room, &count,
                                                   timeout_ms, FALSE))
        return -psock_winsock.WSAGetLastError();
    for (ULONG i = 0; i < count; i++)
        number = 10 * number + (int)entries[i].lpCompletionKey;
    return number;
}

static HANDLE port_with_packets(int count)
{
    HANDLE port = open_port();
    for (int i = 1; i <= count; i++)
        post(port, (ULONG_PTR)i);
    return port;
}

static int finish_port(HANDLE port, int result)
{
    psock_winsock.CloseHandle(port);
    return result;
}

static int packets_come_in_order(void)
{
    HANDLE port = port_with_packets(3);
    return finish_port(port, taken(port, 4, 0));
}

static int packets_come_as_there_is_room(void)
{
    HANDLE port = port_with_packets(3);
    int first = taken(port, 2, INFINITE);
    return finish_port(port, 10 * first + taken(port, 2, INFINITE));
}

static int nothing_comes_at_once(void)
{
    HANDLE port = open_port();
    return finish_port(port, taken(port, 1, 0));
}

static int nothing_comes_in_time(void)
{
    HANDLE port = open_port();
    return finish_port(port, taken(port, 1, 2));
}

static int no_room(void)
{
    HANDLE port = port_with_packets(1);
    return finish_port(port, taken(port, 0, 0));
}

static void post_from_elsewhere(void *port)
{
    post(*(HANDLE *)port, 5);
}

static int packet_ends_a_wait(void)
{
    HANDLE port = open_port();
    fake_when_waiting(post_from_elsewhere, &port);
    return finish_port(port, taken(port, 4, INFINITE));
}

struct taker {
    HANDLE port;
    int taken;
};

static void take_one(void *context)
{
    struct taker *taker = context;
    taker->taken = taken(taker->port, 1, INFINITE);
}

#define TAKERS 3

/* Their sum, since nobody knows who gets which. */
static int each_waiting_thread_gets_one(void)
{
    int sum = 0;
    HANDLE port = open_port();
    struct taker takers[TAKERS];
    struct host_thread *threads[TAKERS];
    for (int i = 0; i < TAKERS; i++) {
        takers[i] = (struct taker){.port = port};
        threads[i] = host_thread_start(take_one, &takers[i]);
    }
    fake_await_waiting(TAKERS);
    for (int i = 0; i < TAKERS; i++)
        post(port, (ULONG_PTR)1 << i);
    for (int i = 0; i < TAKERS; i++)
        sum += host_thread_join(threads[i], 20000) ? takers[i].taken : 1000;
    return finish_port(port, sum);
}

static int complains_of_an_alertable_wait(void)
{
    OVERLAPPED_ENTRY entry;
    ULONG count;
    HANDLE port = port_with_packets(1);
    psock_winsock.GetQueuedCompletionStatusEx(port, &entry, 1, &count, 0, TRUE);
    return finish_port(port, complained());
}

static int complains_of_posting_nowhere(void)
{
    HANDLE port = open_port();
    psock_winsock.CloseHandle(port);
    post(port, 1);
    return complained();
}

static int complains_of_waiting_for_no_packet(void)
{
    HANDLE port = open_port();
    fake_lose_patience();
    taken(port, 1, INFINITE);
    return finish_port(port, complained());
}

static void close_it(void *port)
{
    psock_winsock.CloseHandle(*(HANDLE *)port);
}

static int closing_under_a_wait(void)
{
    HANDLE port = open_port();
    fake_when_waiting(close_it, &port);
    int result = taken(port, 1, INFINITE);
    return complained() ? result : 0;
}

/* --- Polls that end in a port --------------------------------------------- */

/* A port, a device that sends there, and one poll. */
struct setting {
    HANDLE port;
    HANDLE device;
    IO_STATUS_BLOCK status;
    struct {
        LARGE_INTEGER timeout;
        ULONG count;
        ULONG exclusive;
        HANDLE handle;
        ULONG events;
        NTSTATUS status;
    } poll;
};

static void set_up(struct setting *setting)
{
    memset(setting, 0, sizeof *setting);
    setting->port = open_port();
    setting->device = open_device();
    associated(setting->device, setting->port);
}

static NTSTATUS begin_with(struct setting *setting, SOCKET s, ULONG events,
                           int64_t timeout, void *context)
{
    setting->poll.timeout.QuadPart = timeout;
    setting->poll.count = 1;
    setting->poll.handle = (HANDLE)s;
    setting->poll.events = events;
    return psock_winsock.NtDeviceIoControlFile(
        setting->device, NULL, NULL, context, &setting->status, IOCTL_AFD_POLL,
        &setting->poll, sizeof setting->poll, &setting->poll,
        sizeof setting->poll);
}

static NTSTATUS begin(struct setting *setting, SOCKET s, ULONG events,
                      int64_t timeout)
{
    return begin_with(setting, s, events, timeout, setting);
}

static BOOL cancel(struct setting *setting)
{
    return psock_winsock.CancelIoEx(setting->device,
                                    (OVERLAPPED *)(void *)&setting->status);
}

/* The status that comes with a packet, or the error below zero. */
static int ended(struct setting *setting, DWORD timeout_ms)
{
    OVERLAPPED_ENTRY entry = {0};
    ULONG count = 0;
    if (!psock_winsock.GetQueuedCompletionStatusEx(setting->port, &entry, 1,
                                                   &count, timeout_ms, FALSE))
        return -psock_winsock.WSAGetLastError();
    assert_int_equal(entry.lpCompletionKey, 7);
    assert_ptr_equal(entry.lpOverlapped, setting);
    assert_int_equal(entry.Internal, (ULONG)setting->status.Status);
    return setting->status.Status;
}

static int take_down(struct setting *setting, SOCKET s, int result)
{
    psock_winsock.closesocket(s);
    return finish_two(setting->device, setting->port, result);
}

static int packet_comes_later(void)
{
    struct setting setting;
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    set_up(&setting);
    int result = begin(&setting, s, AFD_READ, INT64_MAX) == NT_PENDING;
    result = 10 * result + (ended(&setting, 0) == -NOT_IN_TIME);
    psock_winsock.send(peer, "a", 1, 0);
    result = 10 * result + (ended(&setting, INFINITE) == 0);
    result = 10 * result + (setting.poll.events == AFD_READ);
    psock_winsock.closesocket(peer);
    return take_down(&setting, s, result);
}

static int packet_comes_at_once_too(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_DGRAM);
    set_up(&setting);
    int result = begin(&setting, s, AFD_WRITE, INT64_MAX) == 0;
    result = 10 * result + (ended(&setting, 0) == 0);
    result = 10 * result + (setting.poll.events == AFD_WRITE);
    return take_down(&setting, s, result);
}

static int looking_finds_nothing(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    int result = begin(&setting, s, AFD_ALL, 0) == 0;
    result = 10 * result + (ended(&setting, 0) == 0);
    return take_down(&setting, s, 10 * result + (int)setting.poll.count);
}

static int failure_sends_no_packet(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    psock_winsock.closesocket(s);
    int result = begin(&setting, s, AFD_ALL, 0) == NT_INVALID_HANDLE;
    result = 10 * result + (ended(&setting, 0) == -NOT_IN_TIME);
    return finish_two(setting.device, setting.port, result);
}

static int closing_tells(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    begin(&setting, s, 0, INT64_MAX);
    psock_winsock.closesocket(s);
    int result = ended(&setting, 0) == 0 ? (int)setting.poll.events : -1;
    return finish_two(setting.device, setting.port, result);
}

static int cancelling_sends_a_packet(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    begin(&setting, s, AFD_ALL, INT64_MAX);
    int found = cancel(&setting);
    int status = ended(&setting, 0);
    return take_down(&setting, s, found ? status : 0);
}

static int cancelling_comes_too_late(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_DGRAM);
    set_up(&setting);
    begin(&setting, s, AFD_WRITE, INT64_MAX);
    int result = cancel(&setting) ? 1 : -psock_winsock.WSAGetLastError();
    ended(&setting, 0);
    return take_down(&setting, s, result);
}

static int cancelled_by_the_system(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    begin(&setting, s, AFD_ALL, INT64_MAX);
    fake_cancel_polls();
    return take_down(&setting, s, ended(&setting, 0));
}

static int slow_cancels_may_end_well(void)
{
    struct setting setting;
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    set_up(&setting);
    fake_cancel_slowly();
    begin(&setting, s, AFD_READ, INT64_MAX);
    int result = cancel(&setting);
    psock_winsock.send(peer, "a", 1, 0);
    result = 10 * result + (ended(&setting, 0) == 0);
    psock_winsock.closesocket(peer);
    return take_down(&setting, s, result);
}

static int slow_cancels_end_with_a_wait(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    fake_cancel_slowly();
    begin(&setting, s, AFD_READ, INT64_MAX);
    cancel(&setting);
    int result = (int)fake_pending_polls();
    result = 10 * result + (ended(&setting, INFINITE) == NT_CANCELLED);
    return take_down(&setting, s, result);
}

/* --- What nobody may do with them ----------------------------------------- */

static int complains_of_closing_a_device(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    begin(&setting, s, AFD_ALL, INT64_MAX);
    psock_winsock.CloseHandle(setting.device);
    int result = complained();
    psock_winsock.closesocket(s); /* which ends the poll */
    return finish_port(setting.port, result);
}

static int complains_of_closing_a_port(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    begin(&setting, s, AFD_ALL, INT64_MAX);
    psock_winsock.CloseHandle(setting.port);
    int result = complained();
    psock_winsock.closesocket(s);
    return finish_port(setting.device, result);
}

static int does_not_mind_packets_left(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_DGRAM);
    set_up(&setting);
    begin(&setting, s, AFD_WRITE, INT64_MAX);
    return take_down(&setting, s, complained());
}

static int complains_of_memory_of_two_polls(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    begin(&setting, s, AFD_ALL, INT64_MAX);
    begin(&setting, s, AFD_ALL, INT64_MAX);
    return take_down(&setting, s, complained());
}

static int complains_of_memory_of_a_packet(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_DGRAM);
    set_up(&setting);
    begin(&setting, s, AFD_WRITE, INT64_MAX);
    begin(&setting, s, AFD_WRITE, INT64_MAX);
    return take_down(&setting, s, complained());
}

static int complains_of_no_context(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_DGRAM);
    set_up(&setting);
    begin_with(&setting, s, AFD_WRITE, INT64_MAX, NULL);
    return take_down(&setting, s, complained());
}

static int complains_of_no_port(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_DGRAM);
    set_up(&setting);
    HANDLE associated_device = setting.device;
    setting.device = open_device();
    begin(&setting, s, AFD_WRITE, INT64_MAX);
    int result = complained();
    psock_winsock.CloseHandle(associated_device);
    return take_down(&setting, s, result);
}

static int complains_of_a_closed_device(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_DGRAM);
    set_up(&setting);
    psock_winsock.CloseHandle(setting.device);
    int status = begin(&setting, s, AFD_WRITE, INT64_MAX);
    int result = complained() && status == NT_INVALID_HANDLE;
    psock_winsock.CloseHandle(setting.port);
    return claim_close(s, result);
}

static int does_not_mind_closing_sockets(void)
{
    struct setting setting;
    SOCKET s = claim_open(SOCK_STREAM);
    set_up(&setting);
    begin(&setting, s, AFD_ALL, INT64_MAX);
    return take_down(&setting, s, complained());
}

int main(void)
{
    static const struct claim claims[] = {
        {"device", device_opens, 0},
        {"device.itself", device_opens_by_its_own_name, 0},
        {"device.case", device_opens_in_small_letters, 0},
        {"device.other", other_name, NT_NAME_NOT_FOUND},
        {"device.longer", longer_name, NT_NAME_NOT_FOUND},
        {"device.nameless", no_name, NT_PATH_SYNTAX_BAD},
        {"device.half", half_a_character, NT_NAME_INVALID},
        {"device.access", no_synchronize, NT_ACCESS_DENIED},
        {"device.attributes", no_attributes, NT_INVALID_PARAMETER},
        {"device.scripted", scripted_failure, NT_ACCESS_DENIED},
        {"device.count", devices_are_counted, 10},
        {"port.device", device_goes_to_a_port, 1},
        {"port.device.again", device_goes_to_one_port_only,
         -ERROR_INVALID_PARAMETER},
        {"port.event", event_goes_to_no_port, -ERROR_INVALID_PARAMETER},
        {"port.closed", closed_port, -ERROR_INVALID_HANDLE},
        {"port.count", ports_are_counted, 10},
        {"packet.order", packets_come_in_order, 123},
        {"packet.room", packets_come_as_there_is_room, 123},
        {"packet.none", nothing_comes_at_once, -NOT_IN_TIME},
        {"packet.timeout", nothing_comes_in_time, -NOT_IN_TIME},
        {"packet.room.none", no_room, -ERROR_INVALID_PARAMETER},
        {"packet.wait", packet_ends_a_wait, 5},
        {"packet.threads", each_waiting_thread_gets_one, 7},
        {"poll.packet", packet_comes_later, 1111},
        {"poll.packet.at_once", packet_comes_at_once_too, 111},
        {"poll.packet.look", looking_finds_nothing, 110},
        {"poll.packet.failure", failure_sends_no_packet, 11},
        {"poll.packet.close", closing_tells, AFD_CLOSE},
        {"poll.packet.cancel", cancelling_sends_a_packet, NT_CANCELLED},
        {"poll.packet.cancel.late", cancelling_comes_too_late,
         -ERROR_NOT_FOUND},
        {"poll.packet.cancel.all", cancelled_by_the_system, NT_CANCELLED},
        {"poll.packet.cancel.well", slow_cancels_may_end_well, 11},
        {"poll.packet.cancel.slow", slow_cancels_end_with_a_wait, 11},
        {"complaint.device.inherit", complains_of_an_inherited_device, 1},
        {"complaint.device.sync", complains_of_a_synchronous_device, 1},
        {"complaint.device.close", complains_of_closing_a_device, 1},
        {"complaint.device.closed", complains_of_a_closed_device, 1},
        {"complaint.port.socket", complains_of_a_socket_at_a_port, 1},
        {"complaint.port.alertable", complains_of_an_alertable_wait, 1},
        {"complaint.port.post", complains_of_posting_nowhere, 1},
        {"complaint.port.wait", complains_of_waiting_for_no_packet, 1},
        {"complaint.port.waiting", closing_under_a_wait,
         -ERROR_ABANDONED_WAIT_0},
        {"complaint.port.close", complains_of_closing_a_port, 1},
        {"complaint.memory.poll", complains_of_memory_of_two_polls, 1},
        {"complaint.memory.packet", complains_of_memory_of_a_packet, 1},
        {"complaint.context", complains_of_no_context, 1},
        {"complaint.no_port", complains_of_no_port, 1},
        {"no_complaint.packets", does_not_mind_packets_left, 0},
        {"no_complaint.closesocket", does_not_mind_closing_sockets, 0},
    };
    return CLAIM_RUN("fake.ports", claims);
}
