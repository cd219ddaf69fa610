/* unix.c: sockets that have a path, the files that they leave, and raw sockets,
 * which are as seldom to be had. */
#include "scene.h"

#define SYMBOLIC_LINK_TAG 0xA000000C

static psock_address path_at(const char *path)
{
    psock_address address;
    assert_int_equal(psock_address_unix(path, strlen(path), &address), 0);
    return address;
}

static psock_t path_open(void)
{
    psock_t s = psock_open(PSOCK_UNIX, PSOCK_STREAM, 0);
    assert_true(s >= 0);
    return s;
}

static int bind_new(const char *path, int mode)
{
    const psock_address address = path_at(path);
    psock_t s = path_open();
    int result = psock_bind(s, &address, mode);
    scene_close(s);
    return result;
}

static psock_t path_listener(const char *path)
{
    const psock_address address = path_at(path);
    psock_t s = path_open();
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH), 0);
    assert_int_equal(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    return s;
}

static int remove_at(const char *path)
{
    const psock_address address = path_at(path);
    return psock_remove_path(&address);
}

static int connect_new(const char *path)
{
    const psock_address address = path_at(path);
    psock_t s = path_open();
    int result = psock_connect(s, &address, PSOCK_FOREVER);
    scene_close(s);
    return result;
}

/* A connection by way of a path, which is gone already. */
static psock_t path_connected(psock_t *server)
{
    const psock_address address = path_at("C:\\way");
    psock_t listener = path_listener("C:\\way");
    psock_t client = path_open();
    assert_int_equal(psock_connect(client, &address, PSOCK_FOREVER), 0);
    *server = psock_accept(listener, NULL, PSOCK_NOW);
    assert_true(*server >= 0);
    scene_close(listener);
    assert_int_equal(remove_at("C:\\way"), 0);
    fake_forget();
    return client;
}

/* --- Types ------------------------------------------------------------------ */

static void unix_types_sequenced_packets_there_are_none(void **state)
{
    (void)state;
    assert_int_equal(psock_open(PSOCK_UNIX, PSOCK_SEQPACKET, 0),
                     PSOCK_ESOCKTNOSUPPORT);
    assert_int_equal(psock_error_native(), WSAESOCKTNOSUPPORT);
}

static void
unix_types_abstract_names_are_refused_before_windows_sees_them(void **state)
{
    psock_address address;
    (void)state;
    assert_int_equal(psock_address_unix("\0name", 5, &address), PSOCK_ENOTSUP);
}

static void unix_availability_lacking_is_an_error_of_the_family(void **state)
{
    (void)state;
    assert_int_equal(psock_open(PSOCK_UNIX, PSOCK_STREAM, 0),
                     PSOCK_EAFNOSUPPORT);
    assert_int_equal(psock_error_native(), WSAEAFNOSUPPORT);
}

static void unix_types_there_are_no_urgent_bytes_by_a_path(void **state)
{
    psock_t server;
    psock_t client = path_connected(&server);
    (void)state;
    assert_int_equal(psock_send_urgent(client, 'u', PSOCK_NOW),
                     PSOCK_EOPNOTSUPP);
    scene_close_two(client, server);
}

/* --- Binding ---------------------------------------------------------------- */

/* Either option is taken, and makes binding fail. */
static void unix_path_is_bound_without_options(void **state)
{
    (void)state;
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_FRESH), 0);
    assert_int_equal(bind_new("C:\\b", PSOCK_BIND_REBIND), 0);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    assert_int_equal(remove_at("C:\\a"), 0);
    assert_int_equal(remove_at("C:\\b"), 0);
}

static void unix_path_has_no_shared_listeners(void **state)
{
    (void)state;
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_SHARED), PSOCK_ENOTSUP);
    assert_int_equal(fake_files(), 0);
}

static void unix_path_stays_after_closing_until_it_is_removed(void **state)
{
    (void)state;
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_FRESH), 0);
    assert_true(fake_has_file("C:\\a"));
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_FRESH), PSOCK_EADDRINUSE);
    assert_int_equal(remove_at("C:\\a"), 0);
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_FRESH), 0);
    assert_int_equal(remove_at("C:\\a"), 0);
}

static void unix_path_that_nobody_answers_at_is_bound_again(void **state)
{
    (void)state;
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_REBIND), 0);
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_REBIND), 0);
    assert_int_equal(remove_at("C:\\a"), 0);
}

static void unix_path_of_a_listener_is_not_bound_again(void **state)
{
    psock_t listener = path_listener("C:\\a");
    (void)state;
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_REBIND), PSOCK_EADDRINUSE);
    assert_true(fake_has_file("C:\\a"));
    scene_close(listener);
    assert_int_equal(remove_at("C:\\a"), 0);
}

static void unix_path_of_another_file_is_left_alone(void **state)
{
    (void)state;
    fake_make_file("C:\\plain", FAKE_PLAIN_FILE);
    assert_int_equal(bind_new("C:\\plain", PSOCK_BIND_REBIND),
                     PSOCK_EADDRINUSE);
    assert_true(fake_has_file("C:\\plain"));
    fake_remove_file("C:\\plain");
}

static void
unix_errors_missing_directory_of_a_bind_is_no_dead_network(void **state)
{
    (void)state;
    assert_int_equal(bind_new(FAKE_NO_DIRECTORY "a", PSOCK_BIND_FRESH),
                     PSOCK_ENOENT);
    assert_int_equal(psock_error_native(), WSAENETDOWN);
}

static void unix_path_is_utf8(void **state)
{
    (void)state;
    assert_int_equal(bind_new("C:\\\xc3\xa4\xe2\x82\xac", PSOCK_BIND_FRESH), 0);
    assert_int_equal(remove_at("C:\\\xc3\xa4\xe2\x82\xac"), 0);
    assert_int_equal(bind_new("C:\\\xe4", PSOCK_BIND_FRESH), PSOCK_ENETDOWN);
    assert_int_equal(remove_at("C:\\\xe4"), PSOCK_EINVAL);
}

static void unix_path_refused_for_lack_of_rights_is_not_in_use(void **state)
{
    (void)state;
    fake_fail_next(FAKE_bind, WSAEACCES, 1);
    assert_int_equal(bind_new("C:\\a", PSOCK_BIND_FRESH), PSOCK_EACCES);
}

static void unix_path_is_needed_for_listening(void **state)
{
    psock_t s = path_open();
    (void)state;
    assert_int_equal(psock_listen(s, 1), PSOCK_EINVAL);
    assert_int_equal(fake_calls(FAKE_bind), 0);
    scene_close(s);
}

/* --- Connecting -------------------------------------------------------------- */

static void check_refusals(void)
{
    fake_make_file("C:\\plain", FAKE_PLAIN_FILE);
    assert_int_equal(bind_new("C:\\stale", PSOCK_BIND_FRESH), 0);
    assert_int_equal(connect_new("C:\\none"), PSOCK_ENOENT);
    assert_int_equal(psock_error_native(), WSAECONNREFUSED);
    assert_int_equal(connect_new("C:\\stale"), PSOCK_ECONNREFUSED);
    assert_int_equal(connect_new("C:\\plain"), PSOCK_ECONNREFUSED);
    assert_int_equal(connect_new(FAKE_NO_DIRECTORY "a"), PSOCK_ENOENT);
    assert_int_equal(psock_error_native(), WSAENETDOWN);
    assert_int_equal(remove_at("C:\\stale"), 0);
    fake_remove_file("C:\\plain");
}

static void unix_errors_of_connecting_are_told_by_the_file(void **state)
{
    (void)state;
    check_refusals();
}

static void unix_errors_of_connecting_at_once_are_told_by_the_file(void **state)
{
    (void)state;
    fake_decide_paths_at_once();
    check_refusals();
}

static void unix_errors_files_are_looked_at_only_then(void **state)
{
    psock_t server;
    (void)state;
    psock_t client = path_connected(&server);
    psock_address where = scene_nobody();
    psock_t other = scene_open(PSOCK_STREAM);
    assert_int_equal(psock_connect(other, &where, PSOCK_FOREVER),
                     PSOCK_ECONNREFUSED);
    assert_int_equal(fake_calls(FAKE_GetFileAttributesW), 0);
    scene_close(other);
    scene_close_two(client, server);
}

static void unix_errors_listener_does_not_connect(void **state)
{
    const psock_address address = path_at("C:\\a");
    psock_t listener = path_listener("C:\\a");
    (void)state;
    assert_int_equal(psock_connect(listener, &address, PSOCK_NOW),
                     PSOCK_EISCONN);
    scene_close(listener);
    assert_int_equal(remove_at("C:\\a"), 0);
}

static void unix_path_takes_no_internet_address(void **state)
{
    const psock_address address = scene_address("127.0.0.1:9");
    psock_t s = path_open();
    (void)state;
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH),
                     PSOCK_EAFNOSUPPORT);
    assert_int_equal(psock_connect(s, &address, PSOCK_NOW), PSOCK_EAFNOSUPPORT);
    scene_close(s);
}

/* --- Names ------------------------------------------------------------------- */

static _Bool is_unnamed(const psock_address *address)
{
    return psock_address_family(address) == PSOCK_UNIX &&
           (psock_address_kind(address) & PSOCK_ADDRESS_UNNAMED) != 0;
}

static void check_unnamed(int length)
{
    const psock_address address = path_at("C:\\way");
    psock_address name;
    fake_set_unnamed_length(length);
    psock_t listener = path_listener("C:\\way");
    psock_t client = path_open();
    assert_int_equal(psock_connect(client, &address, PSOCK_FOREVER), 0);
    psock_t server = psock_accept(listener, &name, PSOCK_NOW);
    assert_true(server >= 0);
    assert_true(is_unnamed(&name));
    assert_int_equal(psock_peer(server, &name), 0);
    assert_true(is_unnamed(&name));
    assert_int_equal(psock_local(client, &name), 0);
    assert_true(is_unnamed(&name));
    scene_close(listener);
    scene_close_two(client, server);
    assert_int_equal(remove_at("C:\\way"), 0);
}

static void unix_names_of_no_path_have_any_length(void **state)
{
    static const int lengths[] = {0, 1, 2, 3, 16, 110, 128, 129, 4242, -1};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        check_unnamed(lengths[i]);
}

static void unix_names_of_paths_are_told_as_given(void **state)
{
    const psock_address at = path_at("C:\\at");
    const psock_address from = path_at("C:\\from");
    psock_address name;
    psock_t listener = path_listener("C:\\at");
    psock_t client = path_open();
    (void)state;
    assert_int_equal(psock_bind(client, &from, PSOCK_BIND_FRESH), 0);
    assert_int_equal(psock_connect(client, &at, PSOCK_FOREVER), 0);
    psock_t server = psock_accept(listener, &name, PSOCK_NOW);
    assert_int_equal(psock_address_compare(&name, &from), 0);
    assert_int_equal(psock_local(server, &name), 0);
    assert_int_equal(psock_address_compare(&name, &at), 0);
    assert_int_equal(psock_peer(client, &name), 0);
    assert_int_equal(psock_address_compare(&name, &at), 0);
    scene_close(listener);
    scene_close_two(client, server);
    assert_int_equal(remove_at("C:\\at"), 0);
    assert_int_equal(remove_at("C:\\from"), 0);
}

static void unix_names_of_a_fresh_socket_are_unnamed_and_none(void **state)
{
    psock_address name;
    psock_t s = path_open();
    (void)state;
    assert_int_equal(psock_local(s, &name), 0);
    assert_true(is_unnamed(&name));
    assert_int_equal(psock_peer(s, &name), PSOCK_ENOTCONN);
    scene_close(s);
}

/* --- What streams do ---------------------------------------------------------- */

static void check_stream(void)
{
    psock_t server;
    psock_t client = path_connected(&server);
    scene_send(client, "ping");
    scene_expect(server, "ping");
    scene_send(server, "pong");
    scene_expect(client, "pong");
    assert_int_equal(scene_receive(client), PSOCK_EAGAIN);
    assert_int_equal(psock_shutdown(server, PSOCK_SHUT_WRITE), 0);
    assert_int_equal(scene_receive(client), 0);
    scene_send(client, "more");
    scene_expect(server, "more");
    scene_close_two(client, server);
}

static void unix_streams_carry_data_both_ways(void **state)
{
    (void)state;
    check_stream();
}

static void unix_streams_that_connect_at_once_do_so_too(void **state)
{
    (void)state;
    fake_decide_paths_at_once();
    check_stream();
}

struct ending {
    psock_t s;
    int how;
};

static void end_it(void *context)
{
    const struct ending *ending = context;
    psock_shutdown(ending->s, ending->how);
}

static void unix_streams_readers_are_woken_by_shutdown(void **state)
{
    char byte;
    psock_t server;
    psock_t client = path_connected(&server);
    struct ending ending = {client, PSOCK_SHUT_READ};
    (void)state;
    fake_when_waiting(end_it, &ending);
    assert_int_equal(psock_recv(client, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close_two(client, server);
}

static void unix_streams_readers_are_told_of_the_end(void **state)
{
    char byte;
    psock_t server;
    psock_t client = path_connected(&server);
    struct ending ending = {server, PSOCK_SHUT_WRITE};
    (void)state;
    fake_when_waiting(end_it, &ending);
    assert_int_equal(psock_recv(client, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close_two(client, server);
}

static void unix_poll_mixed_families_are_waited_for_at_once(void **state)
{
    psock_t unix_server;
    psock_t tcp_server;
    psock_t by_path = path_connected(&unix_server);
    psock_t by_tcp = scene_connected(&tcp_server);
    psock_pollable both[] = {{.socket = by_path, .wanted = PSOCK_READABLE},
                             {.socket = by_tcp, .wanted = PSOCK_READABLE}};
    (void)state;
    scene_send(unix_server, "a");
    scene_send(tcp_server, "b");
    assert_int_equal(psock_poll(both, 2, PSOCK_FOREVER), 2);
    assert_int_equal(both[0].came, PSOCK_READABLE);
    assert_int_equal(both[1].came, PSOCK_READABLE);
    assert_int_equal(fake_calls(FAKE_select), 0);
    scene_expect(by_path, "a");
    scene_expect(by_tcp, "b");
    scene_close_two(by_path, unix_server);
    scene_close_two(by_tcp, tcp_server);
}

static void unix_poll_mixed_families_share_a_poller(void **state)
{
    psock_poller *poller;
    psock_poller_event events[2];
    psock_t unix_server;
    psock_t tcp_server;
    psock_t by_path = path_connected(&unix_server);
    psock_t by_tcp = scene_connected(&tcp_server);
    (void)state;
    assert_int_equal(psock_poller_open(&poller), 0);
    assert_int_equal(
        psock_poller_add(poller, by_path, PSOCK_READABLE, &by_path), 0);
    assert_int_equal(psock_poller_add(poller, by_tcp, PSOCK_READABLE, &by_tcp),
                     0);
    scene_send(unix_server, "a");
    assert_int_equal(psock_poller_wait(poller, events, 2, PSOCK_FOREVER), 1);
    assert_ptr_equal(events[0].token, &by_path);
    scene_close_two(by_path, unix_server);
    scene_close_two(by_tcp, tcp_server);
    assert_int_equal(psock_poller_close(poller), 0);
}

static void unix_streams_reset_by_closing_without_lingering(void **state)
{
    psock_t server;
    psock_t client = path_connected(&server);
    (void)state;
    assert_int_equal(psock_close_reset(client), 0);
    assert_int_equal(scene_receive(server), PSOCK_ECONNRESET);
    scene_close(server);
}

/* --- Removing files ------------------------------------------------------------ */

static void unix_path_only_the_files_of_sockets_are_removed(void **state)
{
    (void)state;
    fake_make_file("C:\\plain", FAKE_PLAIN_FILE);
    fake_make_file("C:\\link", SYMBOLIC_LINK_TAG);
    assert_int_equal(remove_at("C:\\plain"), PSOCK_EEXIST);
    assert_int_equal(remove_at("C:\\link"), PSOCK_EEXIST);
    assert_int_equal(psock_error_native(), ERROR_FILE_EXISTS);
    assert_int_equal(fake_files(), 2);
    assert_int_equal(remove_at("C:\\none"), PSOCK_ENOENT);
    assert_int_equal(remove_at(FAKE_NO_DIRECTORY "a"), PSOCK_ENOENT);
    fake_remove_file("C:\\plain");
    fake_remove_file("C:\\link");
}

static void unix_path_is_removed_the_old_way_too(void **state)
{
    (void)state;
    fake_make_file("C:\\a", FAKE_SOCKET_FILE);
    assert_int_equal(remove_at("C:\\a"), 0);
    assert_int_equal(fake_calls(FAKE_SetFileInformationByHandle), 2);
    assert_int_equal(fake_files(), 0);
}

static void unix_path_that_cannot_be_removed_is_closed(void **state)
{
    (void)state;
    fake_make_file("C:\\a", FAKE_SOCKET_FILE);
    fake_fail_next(FAKE_SetFileInformationByHandle, ERROR_ACCESS_DENIED, 2);
    assert_int_equal(remove_at("C:\\a"), PSOCK_EACCES);
    assert_int_equal(psock_error_native(), ERROR_ACCESS_DENIED);
    fake_fail_next(FAKE_GetFileInformationByHandleEx, ERROR_NOT_SUPPORTED, 1);
    assert_int_equal(remove_at("C:\\a"), PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_CloseHandle), 2);
    fake_fail_next(FAKE_CreateFileW, ERROR_SHARING_VIOLATION, 1);
    assert_int_equal(remove_at("C:\\a"), PSOCK_EBUSY);
    assert_int_equal(psock_error_native(), ERROR_SHARING_VIOLATION);
    fake_fail_next(FAKE_CreateFileW, ERROR_ACCESS_DENIED, 2);
    assert_int_equal(remove_at("C:\\a"), PSOCK_EACCES);
    assert_int_equal(remove_at("C:\\a"), 0);
}

static void unix_path_of_a_directory_in_use_is_no_sockets(void **state)
{
    (void)state;
    fake_make_file("C:\\in use", FAKE_PLAIN_FILE);
    fake_fail_next(FAKE_CreateFileW, ERROR_SHARING_VIOLATION, 1);
    assert_int_equal(remove_at("C:\\in use"), PSOCK_EEXIST);
    assert_int_equal(psock_error_native(), ERROR_FILE_EXISTS);
    fake_remove_file("C:\\in use");
}

static void unix_path_of_an_open_listener_can_be_removed(void **state)
{
    psock_t listener = path_listener("C:\\a");
    (void)state;
    assert_int_equal(remove_at("C:\\a"), 0);
    assert_int_equal(connect_new("C:\\a"), PSOCK_ENOENT);
    psock_t successor = path_listener("C:\\a");
    assert_int_equal(connect_new("C:\\a"), 0);
    assert_int_equal(psock_accept(listener, NULL, PSOCK_NOW), PSOCK_EAGAIN);
    scene_close_two(listener, successor);
    assert_int_equal(remove_at("C:\\a"), 0);
}

/* --- Raw sockets ----------------------------------------------------------------- */

static void desc_raw_privilege_lacking_is_told(void **state)
{
    (void)state;
    assert_int_equal(psock_open_raw(PSOCK_IPV4, 1), PSOCK_EPERM);
    assert_int_equal(psock_error_native(), WSAEACCES);
    assert_int_equal(psock_open_raw(PSOCK_IPV6, 58), PSOCK_EPERM);
}

static void desc_raw_privilege_gives_sockets_like_others(void **state)
{
    int type;
    int length = sizeof type;
    (void)state;
    fake_set_privileged(1);
    psock_t s = psock_open_raw(PSOCK_IPV4, 1);
    assert_true(s >= 0);
    assert_int_equal(fake_recorded("WSASocketW family 2 type 3 protocol 1"), 1);
    assert_true(fake_is_nonblocking(s));
    assert_false(fake_is_inheritable(s));
    assert_int_equal(psock_winsock.getsockopt((SOCKET)s, SOL_SOCKET, SO_TYPE,
                                              (char *)&type, &length),
                     0);
    assert_int_equal(type, SOCK_RAW);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    scene_close(s);
}

static void
desc_raw_privilege_inheriting_is_prevented_on_old_windows(void **state)
{
    (void)state;
    fake_set_privileged(1);
    psock_t s = psock_open_raw(PSOCK_IPV6, 58);
    assert_true(s >= 0);
    assert_false(fake_is_inheritable(s));
    scene_close(s);
}

static void raw_tcp_is_refused_before_windows_half_takes_it(void **state)
{
    (void)state;
    fake_set_privileged(1);
    assert_int_equal(psock_open_raw(PSOCK_IPV4, 6), PSOCK_EPROTONOSUPPORT);
    assert_int_equal(psock_error_native(), WSAEPROTONOSUPPORT);
    assert_int_equal(fake_calls(FAKE_WSASocketW), 0);
}

static void raw_sockets_that_stay_blocking_are_closed(void **state)
{
    (void)state;
    fake_set_privileged(1);
    fake_fail_next(FAKE_ioctlsocket, WSAENETDOWN, 1);
    assert_int_equal(psock_open_raw(PSOCK_IPV4, 1), PSOCK_ENETDOWN);
    assert_int_equal(fake_open_sockets(), 0);
}

static void raw_sockets_are_bound_without_options(void **state)
{
    const psock_address address = scene_address("127.0.0.1");
    (void)state;
    fake_set_privileged(1);
    psock_t s = psock_open_raw(PSOCK_IPV4, 1);
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH), 0);
    assert_int_equal(fake_calls(FAKE_setsockopt), 0);
    scene_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(unix_types_sequenced_packets_there_are_none),
        ON_WINDOWS_10(
            unix_types_abstract_names_are_refused_before_windows_sees_them),
        ON_WINDOWS_7(unix_availability_lacking_is_an_error_of_the_family),
        ON_WINDOWS_10(unix_types_there_are_no_urgent_bytes_by_a_path),
        ON_WINDOWS_10(unix_path_is_bound_without_options),
        ON_WINDOWS_10(unix_path_has_no_shared_listeners),
        ON_WINDOWS_10(unix_path_stays_after_closing_until_it_is_removed),
        ON_WINDOWS_10(unix_path_that_nobody_answers_at_is_bound_again),
        ON_WINDOWS_10(unix_path_of_a_listener_is_not_bound_again),
        ON_WINDOWS_10(unix_path_of_another_file_is_left_alone),
        ON_WINDOWS_10(
            unix_errors_missing_directory_of_a_bind_is_no_dead_network),
        ON_WINDOWS_10(unix_path_is_utf8),
        ON_WINDOWS_10(unix_path_refused_for_lack_of_rights_is_not_in_use),
        ON_WINDOWS_10(unix_path_is_needed_for_listening),
        ON_WINDOWS_10(unix_errors_of_connecting_are_told_by_the_file),
        ON_WINDOWS_10(unix_errors_of_connecting_at_once_are_told_by_the_file),
        ON_WINDOWS_10(unix_errors_files_are_looked_at_only_then),
        ON_WINDOWS_10(unix_errors_listener_does_not_connect),
        ON_WINDOWS_10(unix_path_takes_no_internet_address),
        ON_WINDOWS_10(unix_names_of_no_path_have_any_length),
        ON_WINDOWS_10(unix_names_of_paths_are_told_as_given),
        ON_WINDOWS_10(unix_names_of_a_fresh_socket_are_unnamed_and_none),
        ON_WINDOWS_10(unix_streams_carry_data_both_ways),
        ON_WINDOWS_10(unix_streams_that_connect_at_once_do_so_too),
        ON_WINDOWS_10(unix_streams_readers_are_woken_by_shutdown),
        ON_WINDOWS_10(unix_streams_readers_are_told_of_the_end),
        ON_WINDOWS_10(unix_poll_mixed_families_are_waited_for_at_once),
        ON_WINDOWS_10(unix_poll_mixed_families_share_a_poller),
        ON_WINDOWS_10(unix_streams_reset_by_closing_without_lingering),
        ON_WINDOWS_10(unix_path_only_the_files_of_sockets_are_removed),
        ON_WINDOWS_7(unix_path_is_removed_the_old_way_too),
        ON_WINDOWS_10(unix_path_that_cannot_be_removed_is_closed),
        ON_WINDOWS_10(unix_path_of_a_directory_in_use_is_no_sockets),
        ON_WINDOWS_10(unix_path_of_an_open_listener_can_be_removed),
        ON_BOTH(desc_raw_privilege_lacking_is_told),
        ON_WINDOWS_10(desc_raw_privilege_gives_sockets_like_others),
        ON_WINDOWS_7(desc_raw_privilege_inheriting_is_prevented_on_old_windows),
        ON_WINDOWS_10(raw_tcp_is_refused_before_windows_half_takes_it),
        ON_WINDOWS_10(raw_sockets_that_stay_blocking_are_closed),
        ON_WINDOWS_10(raw_sockets_are_bound_without_options),
    };
    return cmocka_run_group_tests_name("winsock.unix", tests, NULL, NULL);
}
