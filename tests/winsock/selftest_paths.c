/* selftest_paths.c: that the fake treats sockets with a path, their files, and
 * handles of other processes as Windows does. */
#include "claim.h"

#define FILE_KIND FileAttributeTagInfo

static struct sockaddr_un path_name(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    return name;
}

static SOCKET open_path(void)
{
    u_long on = 1;
    SOCKET s = psock_winsock.WSASocketW(AF_UNIX, SOCK_STREAM, 0, NULL, 0,
                                        WSA_FLAG_OVERLAPPED);
    psock_winsock.ioctlsocket(s, (long)FIONBIO, &on);
    return s;
}

static int bind_path(SOCKET s, const char *path)
{
    const struct sockaddr_un name = path_name(path);
    return claim_outcome(
        psock_winsock.bind(s, (const struct sockaddr *)&name, sizeof name));
}

/* The outcome of an attempt, which is decided by the next call. */
static int connect_path(SOCKET s, const char *path)
{
    const struct sockaddr_un name = path_name(path);
    psock_winsock.connect(s, (const struct sockaddr *)&name, sizeof name);
    return -claim_error_of(s);
}

static SOCKET path_listener(const char *path)
{
    SOCKET s = open_path();
    bind_path(s, path);
    psock_winsock.listen(s, 5);
    return s;
}

/* --- Files -------------------------------------------------------------------- */

static int bind_makes_a_file(void)
{
    SOCKET s = open_path();
    bind_path(s, "a");
    int made = fake_has_file("a");
    claim_close(s, 0);
    made += fake_has_file("a");
    fake_remove_files();
    return made;
}

static int bind_to_a_file(void)
{
    SOCKET s = open_path();
    fake_make_file("a", FAKE_PLAIN_FILE);
    int result = bind_path(s, "a");
    fake_remove_files();
    return claim_close(s, result);
}

static int bind_new(const char *path)
{
    SOCKET s = open_path();
    return claim_close(s, bind_path(s, path));
}

static int bind_without_a_directory(void)
{
    return bind_new(FAKE_NO_DIRECTORY "a");
}

static int bind_to_nothing(void)
{
    return bind_new("");
}

static int bind_with_option(int option)
{
    const DWORD on = 1;
    SOCKET s = open_path();
    int set = psock_winsock.setsockopt(s, SOL_SOCKET, option, (const char *)&on,
                                       sizeof on);
    return claim_close(s, set != 0 ? set : bind_path(s, "a"));
}

static int bind_reusing(void)
{
    return bind_with_option(SO_REUSEADDR);
}

static int bind_exclusively(void)
{
    return bind_with_option(SO_EXCLUSIVEADDRUSE);
}

static int keep_alive(void)
{
    const DWORD on = 1;
    SOCKET s = open_path();
    int result = claim_outcome(psock_winsock.setsockopt(
        s, SOL_SOCKET, SO_KEEPALIVE, (const char *)&on, sizeof on));
    return claim_close(s, result);
}

/* --- Connecting ------------------------------------------------------------------ */

static int connect_new(const char *path)
{
    SOCKET s = open_path();
    int outcome = connect_path(s, path);
    fake_remove_files();
    return claim_close(s, outcome);
}

static int connect_to_nothing(void)
{
    return connect_new("a");
}

static int connect_to_a_file(void)
{
    fake_make_file("a", FAKE_PLAIN_FILE);
    return connect_new("a");
}

static int connect_to_a_stale_path(void)
{
    bind_new("a");
    return connect_new("a");
}

static int connect_to_a_listener(void)
{
    SOCKET listener = path_listener("a");
    return claim_close(listener, connect_new("a"));
}

/* The name leads to the file, not to who had it once. */
static int connect_to_a_removed_path(void)
{
    SOCKET listener = path_listener("a");
    fake_remove_file("a");
    return claim_close(listener, connect_new("a"));
}

static int unnamed_length(void)
{
    struct sockaddr_un name;
    int length = sizeof name;
    SOCKET listener = path_listener("a");
    SOCKET s = open_path();
    connect_path(s, "a");
    SOCKET server = psock_winsock.accept(listener, NULL, NULL);
    psock_winsock.getpeername(server, (struct sockaddr *)&name, &length);
    fake_remove_files();
    claim_close(listener, 0);
    return claim_close_two(s, server, length);
}

/* --- Handles --------------------------------------------------------------------- */

static SOCKET open_parcel(WSAPROTOCOL_INFOW *info)
{
    return psock_winsock.WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                    FROM_PROTOCOL_INFO, info, 0,
                                    WSA_FLAG_OVERLAPPED);
}

static int duplicate_outlives_the_first(void)
{
    WSAPROTOCOL_INFOW info;
    struct sockaddr_in name;
    int length = sizeof name;
    SOCKET s = claim_open_bound(SOCK_STREAM);
    psock_winsock.WSADuplicateSocketW(s, FAKE_FIRST_PROCESS, &info);
    claim_close(s, 0);
    SOCKET other = open_parcel(&info);
    int result = claim_outcome(
        psock_winsock.getsockname(other, (struct sockaddr *)&name, &length));
    return claim_close(other, result);
}

static int parcel_opens_once(void)
{
    WSAPROTOCOL_INFOW info;
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.WSADuplicateSocketW(s, FAKE_FIRST_PROCESS, &info);
    SOCKET other = open_parcel(&info);
    int again = claim_socket_outcome(open_parcel(&info));
    return claim_close_two(s, other, again);
}

static int parcel_is_the_receivers(void)
{
    WSAPROTOCOL_INFOW info;
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.WSADuplicateSocketW(s, 2000, &info);
    int outcome = claim_socket_outcome(open_parcel(&info));
    fake_drop_parcels();
    return claim_close(s, outcome);
}

static int parcel_not_opened_is_left_over(void)
{
    WSAPROTOCOL_INFOW info;
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.WSADuplicateSocketW(s, 2000, &info);
    claim_close(s, 0);
    int left = (int)fake_open_sockets();
    fake_drop_parcels();
    return left;
}

static int socket_of_another_process(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    fake_become(2000);
    int outcome = claim_outcome(psock_winsock.closesocket(s));
    fake_become(FAKE_FIRST_PROCESS);
    return claim_close(s, outcome);
}

/* --- Complaints ------------------------------------------------------------------ */

static int following_links_is_complained_of(void)
{
    const WCHAR path[] = {'a', 0};
    psock_winsock.CreateFileW(path, DELETE, 0, NULL, OPEN_EXISTING, 0, NULL);
    return strstr(fake_complaints(), "reparse points") != NULL;
}

static int kind_of_a_file(void)
{
    FILE_ATTRIBUTE_TAG_INFO info;
    const WCHAR path[] = {'a', 0};
    fake_make_file("a", FAKE_SOCKET_FILE);
    HANDLE file =
        psock_winsock.CreateFileW(path, DELETE, 0, NULL, OPEN_EXISTING,
                                  FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    psock_winsock.GetFileInformationByHandleEx(file, FILE_KIND, &info,
                                               sizeof info);
    psock_winsock.CloseHandle(file);
    fake_remove_files();
    return info.ReparseTag == FAKE_SOCKET_FILE;
}

int main(void)
{
    static const struct claim claims[] = {
        {"unix.bind.file", bind_makes_a_file, 2},
        {"unix.bind.exists", bind_to_a_file, -WSAEADDRINUSE},
        {"unix.bind.nodir", bind_without_a_directory, -WSAENETDOWN},
        {"unix.bind.unnamed", bind_to_nothing, -WSAEINVAL},
        {"unix.bind.reuse", bind_reusing, -WSAEOPNOTSUPP},
        {"unix.bind.exclusive", bind_exclusively, -WSAEOPNOTSUPP},
        {"unix.keepalive", keep_alive, -WSAENOPROTOOPT},
        {"unix.connect.missing", connect_to_nothing, -WSAECONNREFUSED},
        {"unix.connect.plain", connect_to_a_file, -WSAEINVAL},
        {"unix.connect.stale", connect_to_a_stale_path, -WSAECONNREFUSED},
        {"unix.connect.listener", connect_to_a_listener, 0},
        {"unix.connect.removed", connect_to_a_removed_path, -WSAECONNREFUSED},
        {"unix.unnamed.length", unnamed_length, 2},
        {"dup.outlives", duplicate_outlives_the_first, 0},
        {"dup.once", parcel_opens_once, -WSAEINVAL},
        {"dup.receiver", parcel_is_the_receivers, -WSAEINVAL},
        {"dup.leak", parcel_not_opened_is_left_over, 1},
        {"handle.process", socket_of_another_process, -WSAENOTSOCK},
        {"file.follow", following_links_is_complained_of, 1},
        {"file.tag", kind_of_a_file, 1},
    };
    return CLAIM_RUN("winsock.selftest_paths", claims);
}
