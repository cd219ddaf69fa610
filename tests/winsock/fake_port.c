/* fake_port.c: completion ports, and the packets that wait in them. */
#include "fake_world.h"

#include <stdlib.h>

/* --- Packets -------------------------------------------------------------- */

struct queued_packet {
    struct queued_packet *next;
    struct fake_packet packet;
};

void fake_queue_packet(struct fake_object *port, struct fake_packet packet)
{
    struct queued_packet **link = &port->packets;
    struct queued_packet *queued = calloc(1, sizeof *queued);
    while (*link != NULL)
        link = &(*link)->next;
    queued->packet = packet;
    *link = queued;
}

static struct fake_packet take_packet(struct fake_object *port)
{
    struct queued_packet *first = port->packets;
    struct fake_packet packet = first->packet;
    port->packets = first->next;
    free(first);
    return packet;
}

void fake_drop_packets(struct fake_object *port)
{
    while (port->packets != NULL)
        take_packet(port);
}

/* Devices that go on after their port is closed send nowhere. */
void fake_forget_port(const struct fake_object *port)
{
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (each->kind == FAKE_DEVICE && each->port == port)
            each->port = NULL;
}

static _Bool has_status(const struct fake_object *port,
                        const IO_STATUS_BLOCK *status)
{
    for (const struct queued_packet *each = port->packets; each != NULL;
         each = each->next)
        if (each->packet.status == status)
            return 1;
    return 0;
}

_Bool fake_is_queued(const IO_STATUS_BLOCK *status)
{
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (each->kind == FAKE_PORT && has_status(each, status))
            return 1;
    return 0;
}

static unsigned count_packets(const struct fake_object *port)
{
    unsigned count = 0;
    for (const struct queued_packet *each = port->packets; each != NULL;
         each = each->next)
        count++;
    return count;
}

unsigned fake_count_packets(void)
{
    unsigned count = 0;
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (each->kind == FAKE_PORT)
            count += count_packets(each);
    return count;
}

/* --- Making and filling --------------------------------------------------- */

static struct fake_object *find_port(HANDLE handle)
{
    struct fake_object *object = fake_find((ULONG_PTR)handle);
    return object != NULL && object->kind == FAKE_PORT ? object : NULL;
}

static int association_error(const struct fake_object *file,
                             const struct fake_object *port)
{
    if (file == NULL || port == NULL)
        return ERROR_INVALID_HANDLE;
    if (file->kind == FAKE_SOCKET)
        fake_complain("a socket's only port is its owner's to choose");
    if (file->kind != FAKE_DEVICE || file->port != NULL)
        return ERROR_INVALID_PARAMETER;
    return 0;
}

static int make_port(HANDLE existing, struct fake_object **port)
{
    if (existing != NULL)
        return ERROR_INVALID_PARAMETER;
    *port = fake_new_object(FAKE_PORT);
    fake_give_handle(*port);
    return 0;
}

/* Makes a port, or sends the packets of a file to one that there is.  Doing both
 * at once the fake does not know. */
static int port_for(HANDLE file, HANDLE existing, ULONG_PTR key,
                    struct fake_object **port)
{
    struct fake_object *object = fake_find((ULONG_PTR)file);
    if (file == INVALID_HANDLE_VALUE)
        return make_port(existing, port);
    int error = association_error(object, find_port(existing));
    if (error != 0)
        return error;
    *port = find_port(existing);
    object->port = *port;
    object->key = key;
    return 0;
}

static HANDLE WINAPI create_port(HANDLE file, HANDLE existing, ULONG_PTR key,
                                 DWORD threads)
{
    struct fake_visit visit;
    struct fake_object *port = NULL;
    int error = fake_enter(&visit, FAKE_CreateIoCompletionPort, "%s threads %u",
                           file == INVALID_HANDLE_VALUE ? "new" : "file",
                           (unsigned)threads);
    if (error == 0)
        error = port_for(file, existing, key, &port);
    HANDLE handle = port == NULL ? NULL : (HANDLE)port->handle;
    fake_leave_bool(&visit, error);
    return handle;
}

static BOOL WINAPI post_packet(HANDLE handle, DWORD transferred, ULONG_PTR key,
                               OVERLAPPED *overlapped)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_PostQueuedCompletionStatus, "packet");
    struct fake_object *port = find_port(handle);
    if (error == 0 && port == NULL) {
        fake_complain("PostQueuedCompletionStatus to what is no open port");
        error = ERROR_INVALID_HANDLE;
    }
    if (error == 0)
        fake_queue_packet(port, (struct fake_packet){.key = key,
                                                     .overlapped = overlapped,
                                                     .size = transferred});
    return fake_leave_bool(&visit, error);
}

/* --- Taking --------------------------------------------------------------- */

static ULONG take_packets(struct fake_object *port, OVERLAPPED_ENTRY *entries,
                          ULONG room)
{
    ULONG count = 0;
    while (count < room && port->packets != NULL) {
        const struct fake_packet packet = take_packet(port);
        entries[count++] =
            (OVERLAPPED_ENTRY){.lpCompletionKey = packet.key,
                               .lpOverlapped = packet.overlapped,
                               .Internal = packet.code,
                               .dwNumberOfBytesTransferred = packet.size};
    }
    return count;
}

static _Bool has_come(int64_t due_ns)
{
    int64_t early_ns = (int64_t)fake_script.early_ms * 1000000;
    return due_ns >= 0 && fake_now_ns() >= due_ns - early_ns;
}

/* Under the lock, which is given up while it sleeps; so the port is looked for
 * anew each time. */
static int wait_for_packets(HANDLE handle, int64_t due_ns)
{
    const int64_t give_up_ns = fake_patience_ends_ns();
    for (;;) {
        const struct fake_object *port = find_port(handle);
        if (port == NULL) {
            fake_complain("a port closed while a thread waits for it");
            return ERROR_ABANDONED_WAIT_0;
        }
        if (port->packets != NULL)
            return 0;
        if (has_come(due_ns))
            return WAIT_TIMEOUT;
        if (due_ns < 0 && fake_now_ns() >= give_up_ns) {
            fake_complain("waiting for ever for a packet nobody will send");
            return ERROR_ABANDONED_WAIT_0;
        }
        fake_settle_cancels();
        if (port->packets == NULL && !fake_act_while_waiting())
            fake_sleep(due_ns < 0 ? give_up_ns : due_ns);
    }
}

static int taking_error(HANDLE handle, const OVERLAPPED_ENTRY *entries,
                        ULONG room, const ULONG *count)
{
    if (find_port(handle) == NULL) {
        fake_complain("waiting for what is no open port");
        return ERROR_INVALID_HANDLE;
    }
    return room == 0 || entries == NULL || count == NULL
               ? ERROR_INVALID_PARAMETER
               : 0;
}

static BOOL WINAPI get_packets(HANDLE handle, OVERLAPPED_ENTRY *entries,
                               ULONG room, ULONG *count, DWORD timeout_ms,
                               BOOL alertable)
{
    struct fake_visit visit;
    int64_t due_ns = -1;
    int error = fake_enter(&visit, FAKE_GetQueuedCompletionStatusEx,
                           "room %u timeout %d ms", (unsigned)room,
                           timeout_ms == INFINITE ? -1 : (int)timeout_ms);
    if (timeout_ms != INFINITE)
        due_ns = fake_now_ns() + (int64_t)timeout_ms * 1000000;
    if (alertable)
        fake_complain("a wait that runs the procedures of others");
    if (error == 0)
        error = taking_error(handle, entries, room, count);
    if (error == 0)
        error = wait_for_packets(handle, due_ns);
    if (error == 0)
        *count = take_packets(find_port(handle), entries, room);
    return fake_leave_bool(&visit, error);
}

void fake_install_ports(struct psock_winsock_table *table)
{
    table->CreateIoCompletionPort = create_port;
    table->PostQueuedCompletionStatus = post_packet;
    table->GetQueuedCompletionStatusEx = get_packets;
}
