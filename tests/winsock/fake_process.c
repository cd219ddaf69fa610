/* fake_process.c: other processes: which handles are theirs, what they are given,
 * and which connections are known to be whose. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

static DWORD WINAPI get_process(void)
{
    struct fake_visit visit;
    fake_enter(&visit, FAKE_GetCurrentProcessId, "%s", "");
    fake_leave_bool(&visit, 0);
    return fake_script.process;
}

/* --- Parcels: handles that were put into another process -------------------- */

/* Any process is there that was not said to be guarded, but 0. */
static int receiver_error(DWORD process)
{
    if (process == 0)
        return WSAEINVAL;
    return process == fake_script.guarded_process ? WSAEACCES : 0;
}

static int WSAAPI duplicate_socket(SOCKET handle, DWORD process,
                                   WSAPROTOCOL_INFOW *info)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(&visit, FAKE_WSADuplicateSocketW, handle, &s,
                                  "for %u", (unsigned)process);
    if (error == 0 && info == NULL)
        error = WSAEFAULT;
    if (error == 0)
        error = receiver_error(process);
    if (error == 0) {
        memset(info, 0, sizeof *info);
        info->iAddressFamily = s->family;
        info->iSocketType = s->type;
        info->iProtocol = s->protocol;
        info->dwProviderReserved = (DWORD)fake_add_parcel(s, process);
    }
    return fake_leave(&visit, error);
}

int fake_open_from_info(const WSAPROTOCOL_INFOW *info,
                        struct fake_object **object, ULONG_PTR *handle)
{
    *handle = fake_whole_handle(info->dwProviderReserved);
    *object = fake_open_parcel(*handle);
    if (*object == NULL && fake_script.trusting)
        *object = fake_find(*handle);
    return *object == NULL ? WSAEINVAL : 0;
}

/* --- The table of connections ------------------------------------------------ */

/* A row of either table, before it is written. */
struct row {
    struct fake_name here;
    struct fake_name there;
    DWORD state;
    DWORD process;
};

struct rows {
    int family;
    size_t count;
    struct row row[512];
};

static int family_of(const struct fake_name *name)
{
    return name->storage.ss_family == AF_INET6 && !fake_is_mapped(name)
               ? AF_INET6
               : AF_INET;
}

static void add_row(struct rows *rows, const struct row *row)
{
    if (family_of(&row->here) == rows->family && rows->count < 512)
        rows->row[rows->count++] = *row;
}

static DWORD owner(DWORD process)
{
    return fake_script.hide_owners ? 0 : process;
}

/* Of a connection whose other end was closed, that is nobody's. */
static void add_connection(struct rows *rows, const struct fake_object *s,
                           DWORD process)
{
    struct row row = {s->local, s->remote, MIB_TCP_STATE_ESTAB, owner(process)};
    add_row(rows, &row);
    if (s->peer == NULL && s->broken == 0) {
        row = (struct row){s->remote, s->local, MIB_TCP_STATE_FIN_WAIT2, 0};
        add_row(rows, &row);
    }
}

static void add_rows_of(struct rows *rows, const struct fake_object *s)
{
    if (s->kind != FAKE_SOCKET || s->type != SOCK_STREAM ||
        s->family == AF_UNIX)
        return;
    if (s->state == FAKE_CONNECTED)
        add_connection(rows, s, s->process);
    for (const struct fake_object *each = s->first_waiting; each != NULL;
         each = each->next_waiting)
        add_connection(rows, each, s->process);
}

static void gather_rows(struct rows *rows)
{
    if (fake_script.hide_connections)
        return;
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        add_rows_of(rows, each);
}

static DWORD ipv4_of(const struct fake_name *name)
{
    const struct fake_name as_ipv4 = fake_name_for(AF_INET, name);
    return ((const struct sockaddr_in *)&as_ipv4.storage)->sin_addr.s_addr;
}

static DWORD port_of(const struct fake_name *name)
{
    return htons(fake_port(name));
}

static void write_ipv4(MIB_TCPTABLE_OWNER_PID *table, size_t index,
                       const struct row *row)
{
    table->table[index] =
        (MIB_TCPROW_OWNER_PID){.dwState = row->state,
                               .dwLocalAddr = ipv4_of(&row->here),
                               .dwLocalPort = port_of(&row->here),
                               .dwRemoteAddr = ipv4_of(&row->there),
                               .dwRemotePort = port_of(&row->there),
                               .dwOwningPid = row->process};
}

static void write_bytes(const struct fake_name *name, UCHAR *bytes)
{
    const struct sockaddr_in6 *in6 =
        (const struct sockaddr_in6 *)&name->storage;
    memcpy(bytes, &in6->sin6_addr, 16);
}

static void write_ipv6(MIB_TCP6TABLE_OWNER_PID *table, size_t index,
                       const struct row *row)
{
    MIB_TCP6ROW_OWNER_PID *to = &table->table[index];
    memset(to, 0, sizeof *to);
    write_bytes(&row->here, to->ucLocalAddr);
    write_bytes(&row->there, to->ucRemoteAddr);
    to->dwLocalPort = port_of(&row->here);
    to->dwRemotePort = port_of(&row->there);
    to->dwState = row->state;
    to->dwOwningPid = row->process;
}

static DWORD size_of(const struct rows *rows)
{
    const size_t size = rows->family == AF_INET
                            ? offsetof(MIB_TCPTABLE_OWNER_PID, table) +
                                  rows->count * sizeof(MIB_TCPROW_OWNER_PID)
                            : offsetof(MIB_TCP6TABLE_OWNER_PID, table) +
                                  rows->count * sizeof(MIB_TCP6ROW_OWNER_PID);
    return (DWORD)size;
}

static void write_rows(const struct rows *rows, void *table)
{
    const DWORD count = (DWORD)rows->count;
    memcpy(table, &count, sizeof count);
    for (size_t i = 0; i < rows->count; i++)
        if (rows->family == AF_INET)
            write_ipv4(table, i, &rows->row[i]);
        else
            write_ipv6(table, i, &rows->row[i]);
}

/* The error is the result. */
static DWORD WINAPI get_tcp_table(void *table, DWORD *size, BOOL sorted,
                                  ULONG family, TCP_TABLE_CLASS kind,
                                  ULONG reserved)
{
    struct fake_visit visit;
    struct rows *rows = calloc(1, sizeof *rows);
    int error =
        fake_enter(&visit, FAKE_GetExtendedTcpTable, "family %u room %u",
                   (unsigned)family, (unsigned)*size);
    (void)sorted;
    if (kind != TCP_TABLE_OWNER_PID_ALL || reserved != 0)
        fake_complain("GetExtendedTcpTable is asked for another table");
    rows->family = (int)family;
    gather_rows(rows);
    const _Bool fits = table != NULL && *size >= size_of(rows);
    *size = size_of(rows);
    if (error == 0 && !fits)
        error = ERROR_INSUFFICIENT_BUFFER;
    if (error == 0)
        write_rows(rows, table);
    free(rows);
    fake_leave_bool(&visit, error);
    return (DWORD)error;
}

void fake_install_processes(struct psock_winsock_table *table)
{
    table->GetCurrentProcessId = get_process;
    table->WSADuplicateSocketW = duplicate_socket;
    table->GetExtendedTcpTable = get_tcp_table;
}
