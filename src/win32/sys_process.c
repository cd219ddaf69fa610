/* sys_process.c: the files of Unix sockets, the process at the other end, and
 * sockets that are duplicated for it. */
#include "mapped.h"

#include <stdlib.h>

/* --- Pairs ---------------------------------------------------------------- */

int psock_sys_pair(int type, psock_t pair[2])
{
    (void)type;
    (void)pair;
    psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
    return PSOCK_ENOTSUP;
}

/* --- The files of Unix sockets --------------------------------------------- */

enum {
    PATH_MAX_LENGTH = sizeof((struct sockaddr_un *)0)->sun_path - 1,
    PATH_ROOM = sizeof((struct sockaddr_un *)0)->sun_path + 1,
    SHARED_BY_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE
};

/* Paths are UTF-8 in addresses, and UTF-16, which is not longer, elsewhere. */
static int widen(const psock_address *local, WCHAR path[PATH_ROOM])
{
    char text[PATH_ROOM] = "";
    struct psock_address_view view;
    psock_sys_address_view(local, &view);
    if (view.length > 0)
        memcpy(text, view.bytes, view.length);
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, path,
                            PATH_ROOM) != 0)
        return 0;
    psock_winsock.WSASetLastError(WSAEINVAL);
    return PSOCK_EINVAL;
}

int psock_win32_path_code(const psock_address *local)
{
    WCHAR path[PATH_ROOM];
    if (widen(local, path) == 0 &&
        psock_winsock.GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES)
        return 0;
    return psock_winsock.WSAGetLastError();
}

/* Opens it as it is: what is a socket's cannot be opened otherwise. */
static HANDLE open_file(const WCHAR *path, DWORD access)
{
    return psock_winsock.CreateFileW(
        path, access, SHARED_BY_ALL, NULL, OPEN_EXISTING,
        FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

static void close_file(HANDLE file)
{
    int native = psock_winsock.WSAGetLastError();
    psock_winsock.CloseHandle(file);
    psock_winsock.WSASetLastError(native);
}

static int check_socket_file(HANDLE file)
{
    FILE_ATTRIBUTE_TAG_INFO info;
    if (!psock_winsock.GetFileInformationByHandleEx(file, FileAttributeTagInfo,
                                                    &info, sizeof info))
        return psock_win32_error();
    if ((info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
        info.ReparseTag == IO_REPARSE_TAG_AF_UNIX)
        return 0;
    psock_winsock.WSASetLastError(ERROR_FILE_EXISTS);
    return PSOCK_EEXIST;
}

/* FILE_DISPOSITION_INFO_EX, which not all headers have: the name is free at once,
 * even while somebody has the file open. */
#define FILE_DISPOSITION_INFO_EX_CLASS ((FILE_INFO_BY_HANDLE_CLASS)21)
#define DISPOSITION_DELETE 0x1
#define DISPOSITION_POSIX_SEMANTICS 0x2

static int remove_file(HANDLE file)
{
    DWORD at_once = DISPOSITION_DELETE | DISPOSITION_POSIX_SEMANTICS;
    FILE_DISPOSITION_INFO when_closed = {.DeleteFile = TRUE};
    if (psock_winsock.SetFileInformationByHandle(
            file, FILE_DISPOSITION_INFO_EX_CLASS, &at_once, sizeof at_once) ||
        psock_winsock.SetFileInformationByHandle(
            file, FileDispositionInfo, &when_closed, sizeof when_closed))
        return 0;
    return psock_win32_error();
}

/* What may not be removed can still be something else than a socket's, as a
 * directory that somebody is in. */
static int opening_failure(const WCHAR *path)
{
    int native = psock_winsock.WSAGetLastError();
    int error = psock_sys_error(native);
    HANDLE file = error == PSOCK_ENOENT ? INVALID_HANDLE_VALUE
                                        : open_file(path, FILE_READ_ATTRIBUTES);
    if (file != INVALID_HANDLE_VALUE) {
        const _Bool is_other = check_socket_file(file) == PSOCK_EEXIST;
        close_file(file);
        if (is_other)
            return PSOCK_EEXIST;
    }
    psock_winsock.WSASetLastError(native);
    return error;
}

/* What is looked at is what is removed, since both are done by one handle. */
int psock_sys_remove_path(const psock_address *local)
{
    WCHAR path[PATH_ROOM];
    int error = widen(local, path);
    if (error < 0)
        return error;
    int native = psock_winsock.WSAGetLastError();
    HANDLE file = open_file(path, DELETE | FILE_READ_ATTRIBUTES);
    if (file == INVALID_HANDLE_VALUE)
        return opening_failure(path);
    error = check_socket_file(file);
    if (error == 0)
        error = remove_file(file);
    close_file(file);
    if (error == 0)
        psock_winsock.WSASetLastError(native);
    return error;
}

/* A number that is not the same twice, and that is not to be guessed by the few
 * who may write to the directory; binding to the path tells whether it is. */
static uint64_t draw_number(void)
{
    static LONG volatile drawn;
    uint64_t number = (uint64_t)psock_sys_clock_ns();
    number ^= (uint64_t)psock_winsock.GetCurrentProcessId() << 40;
    number += (uint64_t)InterlockedIncrement(&drawn) * 0x9e3779b97f4a7c15u;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9u;
    number = (number ^ number >> 27) * 0x94d049bb133111ebu;
    return number ^ number >> 31;
}

static const char file_name[] = "psock-0123456789abcdef";

static void write_file_name(char *to)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t number = draw_number();
    memcpy(to, file_name, sizeof file_name);
    for (char *at = to + sizeof file_name - 2; *at != '-'; at--) {
        *at = digits[number & 15];
        number >>= 4;
    }
}

/* Writes the user's directory for such, and tells its length, zero byte left
 * out; 0 when it does not fit. */
static int temporary_directory(char *path, int room)
{
    WCHAR wide[MAX_PATH + 1];
    DWORD length = psock_winsock.GetTempPathW(MAX_PATH + 1, wide);
    if (length == 0 || length > MAX_PATH)
        return 0;
    int size =
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, room, NULL, NULL);
    return size == 0 ? 0 : size - 1;
}

int psock_sys_temporary_path(psock_address *local)
{
    char path[PATH_MAX_LENGTH + 1];
    const int room = (int)(sizeof path - sizeof file_name);
    const int length = temporary_directory(path, room + 1);
    if (length == 0) {
        psock_winsock.WSASetLastError(WSAENAMETOOLONG);
        return PSOCK_ENAMETOOLONG;
    }
    write_file_name(path + length);
    return psock_sys_address_unix(path, strlen(path), local);
}

/* --- Who is at the other end: of a Unix socket ------------------------------- */

static int process_of_path(psock_t s, uint32_t *process)
{
    ULONG answer = 0;
    DWORD returned = 0;
    if (psock_winsock.WSAIoctl((SOCKET)s, SIO_AF_UNIX_GETPEERPID, NULL, 0,
                               &answer, sizeof answer, &returned, NULL,
                               NULL) != 0) {
        int error = psock_win32_socket_error(s);
        return error == PSOCK_EINVAL || error == PSOCK_EOPNOTSUPP
                   ? PSOCK_ENOTSUP
                   : error;
    }
    *process = answer; /* what was returned is not told on every Windows */
    return 0;
}

/* --- Of TCP: the owner of the connection that is this one seen from there ----- */

/* An end of a connection.  IPv4 addresses are IPv4-mapped. */
struct end {
    unsigned char bytes[16];
    uint16_t port;
};

struct ends {
    struct end here;
    struct end there;
};

static struct end end_of_ipv4(DWORD address, DWORD port)
{
    struct end end = {.port = ntohs((u_short)port)};
    psock_win32_map(&address, end.bytes);
    return end;
}

static struct end end_of_ipv6(const UCHAR *bytes, DWORD port)
{
    struct end end = {.port = ntohs((u_short)port)};
    memcpy(end.bytes, bytes, sizeof end.bytes);
    return end;
}

static struct end end_at(const psock_address *address)
{
    struct end end = {.port = 0};
    struct psock_address_view view;
    psock_sys_address_view(address, &view);
    end.port = view.port;
    if (view.family == PSOCK_IPV4)
        psock_win32_map(view.bytes, end.bytes);
    else if (view.family == PSOCK_IPV6)
        memcpy(end.bytes, view.bytes, sizeof end.bytes);
    return end;
}

static _Bool is_same_end(const struct end *a, const struct end *b)
{
    return a->port == b->port &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* A connection as the table has it, from the point of view of its owner. */
struct owned {
    struct ends ends;
    DWORD state;
    DWORD process;
};

static _Bool is_other_side(const struct owned *row, const struct ends *ends)
{
    return is_same_end(&row->ends.here, &ends->there) &&
           is_same_end(&row->ends.there, &ends->here);
}

static struct owned row_of_ipv4(const void *table, DWORD index)
{
    const MIB_TCPROW_OWNER_PID *row =
        &((const MIB_TCPTABLE_OWNER_PID *)table)->table[index];
    return (struct owned){
        .ends = {end_of_ipv4(row->dwLocalAddr, row->dwLocalPort),
                 end_of_ipv4(row->dwRemoteAddr, row->dwRemotePort)},
        .state = row->dwState,
        .process = row->dwOwningPid};
}

static struct owned row_of_ipv6(const void *table, DWORD index)
{
    const MIB_TCP6ROW_OWNER_PID *row =
        &((const MIB_TCP6TABLE_OWNER_PID *)table)->table[index];
    return (struct owned){
        .ends = {end_of_ipv6(row->ucLocalAddr, row->dwLocalPort),
                 end_of_ipv6(row->ucRemoteAddr, row->dwRemotePort)},
        .state = row->dwState,
        .process = row->dwOwningPid};
}

static DWORD ask_table(int family, void *table, DWORD *size)
{
    return psock_winsock.GetExtendedTcpTable(table, size, FALSE, (ULONG)family,
                                             TCP_TABLE_OWNER_PID_ALL, 0);
}

/* The table grows while it is asked for; null, with the system's code. */
static void *take_table(int family)
{
    DWORD size = 0;
    void *table = NULL;
    DWORD code = ask_table(family, NULL, &size);
    while (code == ERROR_INSUFFICIENT_BUFFER) {
        free(table);
        size += size / 4;
        table = malloc(size);
        code = table == NULL ? ERROR_NOT_ENOUGH_MEMORY
                             : ask_table(family, table, &size);
    }
    if (code == 0)
        return table;
    free(table);
    psock_winsock.WSASetLastError((int)code);
    return NULL;
}

/* Looks among the connections of `family`.  Returns whether there is one, or an
 * error. */
static int find_owned(int family, const struct ends *ends, struct owned *found)
{
    DWORD count;
    int result = 0;
    void *table = take_table(family);
    if (table == NULL)
        return psock_win32_error();
    memcpy(&count, table, sizeof count); /* which both kinds begin with */
    for (DWORD i = 0; i < count && result == 0; i++) {
        *found =
            family == AF_INET ? row_of_ipv4(table, i) : row_of_ipv6(table, i);
        result = is_other_side(found, ends);
    }
    free(table);
    return result;
}

/* A connection of IPv6 sockets by IPv4-mapped addresses may be in either. */
static int find_other_side(const struct ends *ends, struct owned *found)
{
    int result = 0;
    if (psock_win32_is_mapped(ends->here.bytes))
        result = find_owned(AF_INET, ends, found);
    return result == 0 ? find_owned(AF_INET6, ends, found) : result;
}

static int ask_ends(psock_t s, struct ends *ends)
{
    psock_address here;
    psock_address there;
    int error = psock_sys_peer(s, &there);
    if (error == 0)
        error = psock_sys_local(s, &here);
    if (error < 0)
        return error;
    ends->here = end_at(&here);
    ends->there = end_at(&there);
    return 0;
}

/* Whether nobody but this machine can be at the other end. */
static _Bool stays_here(const struct ends *ends)
{
    static const unsigned char loopback[16] = {[15] = 1};
    const unsigned char *there = ends->there.bytes;
    if (psock_win32_is_mapped(there) && there[12] == 127)
        return 1;
    return memcmp(there, loopback, sizeof loopback) == 0 ||
           memcmp(there, ends->here.bytes, sizeof ends->here.bytes) == 0;
}

static int fail(int native, int error)
{
    psock_winsock.WSASetLastError(native);
    return error;
}

/* What an end without an owner is: closed, or nobody's to tell (Wine knows those
 * who have sent or received). */
static int owner_error(const struct owned *row)
{
    return row->state == MIB_TCP_STATE_ESTAB ||
                   row->state == MIB_TCP_STATE_CLOSE_WAIT
               ? fail(WSAEOPNOTSUPP, PSOCK_ENOTSUP)
               : fail(WSAENOTCONN, PSOCK_ENOTCONN);
}

static int process_of_connection(psock_t s, uint32_t *process)
{
    struct ends ends;
    struct owned row;
    int result = ask_ends(s, &ends);
    if (result < 0)
        return result;
    result = find_other_side(&ends, &row);
    if (result == 0)
        return stays_here(&ends) ? fail(WSAENOTCONN, PSOCK_ENOTCONN)
                                 : fail(WSAEOPNOTSUPP, PSOCK_EOPNOTSUPP);
    if (result > 0 && row.process == 0)
        return owner_error(&row);
    *process = row.process;
    return result < 0 ? result : 0;
}

static int process_of_peer(psock_t s, uint32_t *process)
{
    int family = PSOCK_NONE;
    int type = 0;
    psock_address peer;
    int error = psock_sys_kind(s, &family, &type);
    if (error < 0)
        return error;
    if (type != PSOCK_STREAM)
        return fail(WSAEOPNOTSUPP, PSOCK_EOPNOTSUPP);
    if (family != PSOCK_UNIX)
        return process_of_connection(s, process);
    error = psock_sys_peer(s, &peer);
    return error < 0 ? error : process_of_path(s, process);
}

int psock_sys_peer_credentials(psock_t s, psock_credentials *credentials)
{
    uint32_t process = 0;
    int error = process_of_peer(s, &process);
    if (error < 0)
        return error;
    if (process == 0)
        return fail(WSAEOPNOTSUPP, PSOCK_ENOTSUP);
    *credentials = (psock_credentials){.valid = PSOCK_CREDENTIALS_PROCESS,
                                       .process = process};
    return 0;
}

/* --- Sockets on their way to another process -------------------------------- */

/* A handle that the sender has put among those of the receiver, which is named
 * because in any other process the same number is something else. */
struct parcel {
    uint32_t receiver;
    WSAPROTOCOL_INFOW info;
};

_Static_assert(sizeof(struct parcel) <= PSOCK_SYS_PACKED_MAX,
               "a packed socket must fit the space for it");

size_t psock_sys_packed_size(void)
{
    return sizeof(struct parcel);
}

static int check_connection(psock_t channel)
{
    struct ends ends;
    struct owned row;
    int result = ask_ends(channel, &ends);
    if (result < 0 || stays_here(&ends))
        return result;
    result = find_other_side(&ends, &row);
    if (result == 0)
        return fail(WSAEOPNOTSUPP, PSOCK_EOPNOTSUPP);
    return result < 0 ? result : 0;
}

/* A listener never becomes writable, so waiting for that would have no end. */
static int check_path(psock_t channel)
{
    return psock_win32_is_listener(channel) ? fail(WSAENOTCONN, PSOCK_ENOTCONN)
                                            : 0;
}

/* Datagrams name nobody who could be given anything. */
int psock_sys_check_channel(psock_t channel)
{
    int family = PSOCK_NONE;
    int type = 0;
    int error = psock_sys_kind(channel, &family, &type);
    if (error < 0)
        return error;
    if (type != PSOCK_STREAM)
        return fail(WSAEOPNOTSUPP, PSOCK_EOPNOTSUPP);
    return family == PSOCK_UNIX ? check_path(channel)
                                : check_connection(channel);
}

/* The receiver may be another user's, or gone. */
static int duplicating_error(psock_t passed)
{
    int error = psock_win32_socket_error(passed);
    if (error == PSOCK_EACCES)
        return PSOCK_EPERM;
    return error == PSOCK_EINVAL ? PSOCK_EPIPE : error;
}

int psock_sys_pack_socket(psock_t channel, psock_t passed,
                          unsigned char *packed)
{
    struct parcel parcel;
    psock_credentials peer;
    int error = psock_sys_peer_credentials(channel, &peer);
    if (error < 0)
        return error;
    memset(&parcel, 0, sizeof parcel);
    parcel.receiver = peer.process;
    if (psock_winsock.WSADuplicateSocketW((SOCKET)passed, peer.process,
                                          &parcel.info) != 0)
        return duplicating_error(passed);
    memcpy(packed, &parcel, sizeof parcel);
    return 0;
}

ptrdiff_t psock_sys_send_carrying(psock_t channel, const void *data,
                                  size_t size, psock_t carried)
{
    (void)carried;
    return psock_sys_send(channel, data, size);
}

ptrdiff_t psock_sys_recv_carrying(psock_t channel, void *buffer, size_t size,
                                  psock_t *carried)
{
    ptrdiff_t received = psock_sys_recv(channel, buffer, size, 0);
    if (received >= 0)
        *carried = -1;
    return received;
}

/* Windows has several words for a parcel with nothing in it. */
static int opening_error(void)
{
    int error = psock_win32_error();
    switch (error) {
    case PSOCK_EMFILE:
    case PSOCK_ENOBUFS:
    case PSOCK_ENOMEM:
    case PSOCK_ENETDOWN:
        return error;
    default:
        return PSOCK_EPROTO;
    }
}

static int give_up_socket(SOCKET s, int error)
{
    int native = psock_winsock.WSAGetLastError();
    psock_winsock.closesocket(s);
    psock_winsock.WSASetLastError(native);
    return error == PSOCK_ENOTSOCK || error == PSOCK_EBADF ? PSOCK_EPROTO
                                                           : error;
}

/* The duplicate is there since it was packed, whatever the sender has done with
 * its own since. */
psock_t psock_sys_unpack_socket(const unsigned char *packed, psock_t carried)
{
    struct parcel parcel;
    (void)carried;
    memcpy(&parcel, packed, sizeof parcel);
    if (parcel.receiver != psock_winsock.GetCurrentProcessId())
        return fail(WSAEINVAL, PSOCK_EPROTO);
    SOCKET s = psock_win32_make_socket(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                       FROM_PROTOCOL_INFO, &parcel.info);
    if (s == INVALID_SOCKET)
        return opening_error();
    int error = psock_sys_adopt((psock_t)s);
    return error < 0 ? give_up_socket(s, error) : (psock_t)s;
}
