/* process.c: who is at the other end, and sockets that go there, in a world with
 * more than one process. */
#include "scene.h"

#define OURS FAKE_FIRST_PROCESS
#define ANOTHER 2000
#define THIRD 3000

/* --- Channels: one end is this process's, the other another's ----------------- */

struct channel {
    psock_t here;
    psock_t there;
};

static psock_t listen_at(const char *text, unsigned flags)
{
    const psock_address at = scene_address(text);
    psock_t s = psock_open(psock_address_family(&at), PSOCK_STREAM, flags);
    assert_int_equal(psock_bind(s, &at, PSOCK_BIND_FRESH), 0);
    assert_int_equal(psock_listen(s, 1), 0);
    return s;
}

/* Connects from `from`, null for anywhere, to the other process's `to`. */
static struct channel connect_to(psock_t listener, const psock_address *to,
                                 const char *from)
{
    struct channel channel;
    channel.here = psock_open(psock_address_family(to), PSOCK_STREAM, 0);
    if (from != NULL) {
        const psock_address local = scene_address(from);
        assert_int_equal(psock_bind(channel.here, &local, PSOCK_BIND_FRESH), 0);
    }
    assert_int_equal(psock_connect(channel.here, to, PSOCK_FOREVER), 0);
    fake_become(ANOTHER);
    channel.there = psock_accept(listener, NULL, PSOCK_NOW);
    assert_true(channel.there >= 0);
    scene_close(listener);
    fake_become(OURS);
    fake_forget();
    return channel;
}

static struct channel channel_by(const char *text)
{
    psock_address where;
    fake_become(ANOTHER);
    psock_t listener = listen_at(text, 0);
    assert_int_equal(psock_local(listener, &where), 0);
    fake_become(OURS);
    struct channel channel = connect_to(listener, &where, NULL);
    if (psock_address_family(&where) == PSOCK_UNIX)
        assert_int_equal(psock_remove_path(&where), 0);
    return channel;
}

static struct channel tcp_channel(void)
{
    return channel_by("127.0.0.1:0");
}

static struct channel path_channel(void)
{
    return channel_by("unix:C:\\way");
}

static void close_there(psock_t s)
{
    fake_become(ANOTHER);
    scene_close(s);
    fake_become(OURS);
}

static void close_channel(struct channel channel)
{
    scene_close(channel.here);
    close_there(channel.there);
}

/* --- Who is there ---------------------------------------------------------------- */

static void check_peer(psock_t s, uint32_t process)
{
    psock_credentials peer;
    memset(&peer, 0xff, sizeof peer);
    assert_int_equal(psock_peer_credentials(s, &peer), 0);
    assert_int_equal(peer.valid, PSOCK_CREDENTIALS_PROCESS);
    assert_int_equal(peer.process, process);
    assert_int_equal(peer.user, 0);
    assert_int_equal(peer.group, 0);
}

static void check_peers(struct channel channel)
{
    check_peer(channel.here, ANOTHER);
    fake_become(ANOTHER);
    check_peer(channel.there, OURS);
    fake_become(OURS);
    close_channel(channel);
}

static void unix_peerpid_is_told_of_both_ends(void **state)
{
    (void)state;
    check_peers(path_channel());
    assert_int_equal(fake_calls(FAKE_GetExtendedTcpTable), 0);
}

static void opt_peercred_of_tcp_is_the_owner_of_the_other_end(void **state)
{
    (void)state;
    check_peers(tcp_channel());
}

static void opt_peercred_of_tcp_over_ipv6_is_found_too(void **state)
{
    (void)state;
    check_peers(channel_by("[::1]:0"));
}

static void opt_peercred_of_mapped_addresses_is_found_too(void **state)
{
    psock_address where;
    psock_address mapped;
    (void)state;
    fake_become(ANOTHER);
    psock_t listener = listen_at("[::]:0", PSOCK_DUAL_STACK);
    assert_int_equal(psock_local(listener, &where), 0);
    fake_become(OURS);
    mapped = scene_address("127.0.0.1");
    assert_int_equal(
        psock_address_set_port(&mapped, psock_address_port(&where)), 0);
    check_peers(connect_to(listener, &mapped, NULL));
}

static void
opt_peercred_of_other_addresses_of_this_machine_is_found_too(void **state)
{
    psock_address where;
    (void)state;
    fake_become(ANOTHER);
    psock_t listener = listen_at("192.0.2.10:0", 0);
    assert_int_equal(psock_local(listener, &where), 0);
    fake_become(OURS);
    check_peers(connect_to(listener, &where, "127.0.0.1:0"));
}

static void opt_peercred_among_many_connections_is_found(void **state)
{
    struct channel channels[20];
    psock_t peer;
    (void)state;
    psock_t own = scene_connected(&peer);
    for (int i = 0; i < 20; i++)
        channels[i] = tcp_channel();
    check_peer(channels[7].here, ANOTHER);
    check_peer(own, OURS);
    for (int i = 0; i < 20; i++)
        close_channel(channels[i]);
    scene_close_two(own, peer);
}

static psock_t late[2];

static void add_connections(void *context)
{
    (void)context;
    late[0] = scene_connected(&late[1]);
}

static void opt_peercred_table_may_grow_while_it_is_asked_for(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    fake_after(FAKE_GetExtendedTcpTable, add_connections, NULL);
    check_peer(channel.here, ANOTHER);
    assert_true(fake_calls(FAKE_GetExtendedTcpTable) >= 2);
    scene_close_two(late[0], late[1]);
    close_channel(channel);
}

static int credentials_error(psock_t s)
{
    psock_credentials peer = {.valid = 77};
    int error = psock_peer_credentials(s, &peer);
    assert_true(error < 0);
    assert_int_equal(peer.valid, 77);
    return error;
}

static void opt_peercred_without_owners_is_not_supported(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    fake_hide_owners();
    assert_int_equal(credentials_error(channel.here), PSOCK_ENOTSUP);
    close_channel(channel);
}

static void opt_peercred_of_closed_ends_is_nobody(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    close_there(channel.there);
    assert_int_equal(credentials_error(channel.here), PSOCK_ENOTCONN);
    fake_hide_connections();
    assert_int_equal(credentials_error(channel.here), PSOCK_ENOTCONN);
    scene_close(channel.here);
}

static void opt_peercred_of_other_machines_there_is_none(void **state)
{
    psock_address where;
    (void)state;
    fake_become(ANOTHER);
    psock_t listener = listen_at("192.0.2.10:0", 0);
    assert_int_equal(psock_local(listener, &where), 0);
    fake_become(OURS);
    struct channel channel = connect_to(listener, &where, "127.0.0.1:0");
    fake_hide_connections();
    assert_int_equal(credentials_error(channel.here), PSOCK_EOPNOTSUPP);
    assert_int_equal(psock_send_socket(channel.here, channel.here, PSOCK_NOW),
                     PSOCK_EOPNOTSUPP);
    close_channel(channel);
}

static void opt_peercred_of_what_has_no_peer_there_is_none(void **state)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    psock_t fresh = scene_open(PSOCK_STREAM);
    psock_t datagrams = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(credentials_error(listener), PSOCK_ENOTCONN);
    assert_int_equal(credentials_error(fresh), PSOCK_ENOTCONN);
    assert_int_equal(credentials_error(datagrams), PSOCK_EOPNOTSUPP);
    scene_close_two(listener, fresh);
    scene_close(datagrams);
}

static void unix_peerpid_of_what_has_no_peer_there_is_none(void **state)
{
    psock_t listener = listen_at("unix:C:\\a", 0);
    psock_t fresh = psock_open(PSOCK_UNIX, PSOCK_STREAM, 0);
    (void)state;
    assert_int_equal(credentials_error(listener), PSOCK_ENOTCONN);
    assert_int_equal(credentials_error(fresh), PSOCK_ENOTCONN);
    scene_close_two(listener, fresh);
    fake_remove_file("C:\\a");
}

static void unix_peerpid_not_known_to_windows_is_not_supported(void **state)
{
    struct channel channel = path_channel();
    (void)state;
    fake_fail_next(FAKE_WSAIoctl, WSAEOPNOTSUPP, 1);
    assert_int_equal(credentials_error(channel.here), PSOCK_ENOTSUP);
    fake_fail_next(FAKE_WSAIoctl, WSAEINVAL, 1);
    assert_int_equal(credentials_error(channel.here), PSOCK_ENOTSUP);
    fake_fail_next(FAKE_WSAIoctl, WSAENETDOWN, 1);
    assert_int_equal(credentials_error(channel.here), PSOCK_ENETDOWN);
    close_channel(channel);
}

static void opt_peercred_table_that_fails_is_the_error(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    fake_fail_next(FAKE_GetExtendedTcpTable, ERROR_ACCESS_DENIED, 1);
    assert_int_equal(credentials_error(channel.here), PSOCK_EACCES);
    assert_int_equal(psock_error_native(), ERROR_ACCESS_DENIED);
    fake_fail_after(FAKE_GetExtendedTcpTable, 1, ERROR_NOT_ENOUGH_MEMORY, 1);
    assert_int_equal(credentials_error(channel.here), PSOCK_ENOMEM);
    close_channel(channel);
}

/* --- Sockets that go there ----------------------------------------------------------- */

/* What the other process gets, with the sender's own closed before. */
static psock_t pass(struct channel channel, psock_t s)
{
    assert_int_equal(psock_send_socket(channel.here, s, PSOCK_NOW), 0);
    scene_close(s);
    fake_become(ANOTHER);
    psock_t passed = psock_recv_socket(channel.there, PSOCK_NOW);
    assert_true(passed >= 0);
    assert_true(fake_is_nonblocking(passed));
    assert_false(fake_is_inheritable(passed));
    return passed;
}

static void check_passing(struct channel channel)
{
    psock_t peer;
    psock_t passed = pass(channel, scene_connected(&peer));
    scene_send(passed, "there");
    fake_become(OURS);
    scene_expect(peer, "there");
    close_there(passed);
    assert_int_equal(scene_receive(peer), 0);
    scene_close(peer);
    close_channel(channel);
}

static void inh_scm_rights_sockets_go_by_tcp(void **state)
{
    (void)state;
    check_passing(tcp_channel());
}

static void inh_scm_rights_sockets_go_by_a_path(void **state)
{
    (void)state;
    check_passing(path_channel());
}

static void inh_scm_rights_sockets_of_paths_go_too(void **state)
{
    struct channel passed = path_channel();
    struct channel channel = tcp_channel();
    (void)state;
    psock_t there = pass(channel, passed.here);
    scene_send(there, "here");
    scene_expect(passed.there, "here");
    scene_close_two(there, passed.there);
    fake_become(OURS);
    close_channel(channel);
}

static void inh_scm_rights_sockets_stay_within_one_process_too(void **state)
{
    psock_t pair[2];
    psock_t peer;
    (void)state;
    assert_int_equal(psock_pair(PSOCK_STREAM, pair), 0);
    psock_t s = scene_connected(&peer);
    assert_int_equal(psock_send_socket(pair[0], s, PSOCK_NOW), 0);
    psock_t other = psock_recv_socket(pair[1], PSOCK_NOW);
    assert_true(other >= 0 && other != s);
    scene_close(s);
    scene_send(other, "still");
    scene_expect(peer, "still");
    scene_close_two(other, peer);
    scene_close_two(pair[0], pair[1]);
}

static void inh_scm_rights_many_arrive_in_order(void **state)
{
    struct channel channel = tcp_channel();
    psock_t peers[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        psock_t s = scene_connected(&peers[i]);
        assert_int_equal(psock_send_socket(channel.here, s, PSOCK_NOW), 0);
        scene_close(s);
    }
    for (int i = 0; i < 3; i++) {
        fake_become(ANOTHER);
        psock_t s = psock_recv_socket(channel.there, PSOCK_NOW);
        scene_send(s, "one");
        scene_close(s);
        fake_become(OURS);
        scene_expect(peers[i], "one");
        scene_close(peers[i]);
    }
    close_channel(channel);
}

static int passing_error(struct channel channel)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    int error = psock_send_socket(channel.here, s, PSOCK_NOW);
    scene_close_two(s, peer);
    return error;
}

static void inh_scm_rights_guarded_processes_get_nothing(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    fake_guard_process(ANOTHER);
    assert_int_equal(passing_error(channel), PSOCK_EPERM);
    assert_int_equal(psock_error_native(), WSAEACCES);
    close_channel(channel);
}

static void inh_scm_rights_processes_that_are_gone_get_nothing(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    fake_fail_next(FAKE_WSADuplicateSocketW, WSAEINVAL, 1);
    assert_int_equal(passing_error(channel), PSOCK_EPIPE);
    close_channel(channel);
}

static void inh_scm_rights_nothing_goes_where_owners_are_hidden(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    fake_hide_owners();
    assert_int_equal(passing_error(channel), PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_WSADuplicateSocketW), 0);
    close_channel(channel);
}

static void inh_scm_rights_datagrams_are_no_channel(void **state)
{
    psock_t pair[2];
    (void)state;
    assert_int_equal(psock_pair(PSOCK_DATAGRAM, pair), 0);
    assert_int_equal(psock_send_socket(pair[0], pair[1], PSOCK_NOW),
                     PSOCK_EOPNOTSUPP);
    assert_int_equal(psock_recv_socket(pair[0], PSOCK_NOW), PSOCK_EOPNOTSUPP);
    scene_close_two(pair[0], pair[1]);
}

/* Nothing would ever end the wait for room. */
static void inh_scm_rights_listeners_are_no_channel(void **state)
{
    static const char *const places[] = {"127.0.0.1:0", "unix:C:\\way"};
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        psock_t listener = listen_at(places[i], 0);
        psock_address where;
        assert_int_equal(psock_local(listener, &where), 0);
        assert_int_equal(psock_send_socket(listener, listener, PSOCK_NOW),
                         PSOCK_ENOTCONN);
        assert_int_equal(psock_recv_socket(listener, PSOCK_NOW),
                         PSOCK_ENOTCONN);
        assert_int_equal(psock_error_native(), WSAENOTCONN);
        scene_close(listener);
        if (i == 1)
            assert_int_equal(psock_remove_path(&where), 0);
    }
}

/* An end that was itself passed on: the system goes on naming who made it. */
static void inh_scm_rights_parcels_of_others_are_refused(void **state)
{
    struct channel channel = tcp_channel();
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_send_socket(channel.here, s, PSOCK_NOW), 0);
    fake_become(ANOTHER);
    psock_t also = fake_hand_over(channel.there, THIRD);
    fake_become(THIRD);
    fake_forget();
    assert_int_equal(psock_recv_socket(also, PSOCK_NOW), PSOCK_EPROTO);
    assert_int_equal(fake_calls(FAKE_WSASocketW), 0);
    scene_close(also);
    fake_become(OURS);
    scene_close_two(s, peer);
    close_channel(channel);
    fake_drop_parcels();
}

/* --- Hostile parcels ------------------------------------------------------------------ */

/* A parcel whose last bytes are another's, or all of it. */
static int receive_spoilt(struct channel channel, size_t from,
                          unsigned char byte)
{
    unsigned char message[1024];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    assert_int_equal(psock_send_socket(channel.here, s, PSOCK_NOW), 0);
    fake_become(ANOTHER);
    const ptrdiff_t size =
        psock_recv(channel.there, message, sizeof message, 0, PSOCK_NOW);
    assert_true(size > (ptrdiff_t)from);
    memset(message + from, byte, (size_t)size - from);
    fake_become(OURS);
    assert_int_equal(
        psock_send(channel.here, message, (size_t)size, 0, PSOCK_NOW), size);
    fake_become(ANOTHER);
    psock_t got = psock_recv_socket(channel.there, PSOCK_NOW);
    fake_become(OURS);
    scene_close_two(s, peer);
    fake_drop_parcels();
    assert_true(got < 0);
    return (int)got;
}

#define GREETING_SIZE 8
#define HEAD_SIZE 12 /* the greeting and the receiver */

static void inh_scm_rights_spoilt_parcels_are_refused(void **state)
{
    struct channel channel = tcp_channel();
    (void)state;
    assert_int_equal(receive_spoilt(channel, HEAD_SIZE, 0), PSOCK_EPROTO);
    assert_int_equal(receive_spoilt(channel, HEAD_SIZE, 0xff), PSOCK_EPROTO);
    assert_int_equal(receive_spoilt(channel, GREETING_SIZE, 0x55),
                     PSOCK_EPROTO);
    close_channel(channel);
}

static void inh_scm_rights_parcels_cut_short_are_refused(void **state)
{
    struct channel channel = tcp_channel();
    psock_t peer;
    psock_t s = scene_connected(&peer);
    unsigned char message[1024];
    (void)state;
    assert_int_equal(psock_send_socket(channel.here, s, PSOCK_NOW), 0);
    fake_become(ANOTHER);
    const ptrdiff_t size =
        psock_recv(channel.there, message, sizeof message, 0, PSOCK_NOW);
    fake_become(OURS);
    assert_int_equal(
        psock_send(channel.here, message, (size_t)size - 1, 0, PSOCK_NOW),
        size - 1);
    scene_close(channel.here);
    fake_become(ANOTHER);
    assert_int_equal(psock_recv_socket(channel.there, PSOCK_FOREVER),
                     PSOCK_EPROTO);
    scene_close(channel.there);
    fake_become(OURS);
    scene_close_two(s, peer);
    fake_drop_parcels();
}

/* Wine makes a socket of any handle that a parcel names. */
static void
inh_scm_rights_parcels_of_files_are_refused_and_leave_them(void **state)
{
    struct channel channel = tcp_channel();
    unsigned char message[1024];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_trust_parcels();
    assert_int_equal(psock_send_socket(channel.here, s, PSOCK_NOW), 0);
    fake_become(ANOTHER);
    const ptrdiff_t size =
        psock_recv(channel.there, message, sizeof message, 0, PSOCK_NOW);
    psock_t file = fake_open_file();
    const DWORD number = (DWORD)file;
    memcpy(message + HEAD_SIZE +
               offsetof(WSAPROTOCOL_INFOW, dwProviderReserved),
           &number, sizeof number);
    fake_become(OURS);
    assert_int_equal(
        psock_send(channel.here, message, (size_t)size, 0, PSOCK_NOW), size);
    fake_become(ANOTHER);
    assert_int_equal(psock_recv_socket(channel.there, PSOCK_NOW), PSOCK_EPROTO);
    fake_close_foreign(file);
    fake_become(OURS);
    scene_close_two(s, peer);
    close_channel(channel);
    fake_drop_parcels();
}

/* --- Receiving that fails ---------------------------------------------------------------- */

static int receive_failing(enum fake_call call, int skip, int code)
{
    struct channel channel = tcp_channel();
    psock_t peer;
    psock_t s = scene_connected(&peer);
    assert_int_equal(psock_send_socket(channel.here, s, PSOCK_NOW), 0);
    fake_become(ANOTHER);
    fake_fail_after(call, skip, code, 1);
    psock_t got = psock_recv_socket(channel.there, PSOCK_NOW);
    assert_int_equal(psock_error_native(), code);
    fake_become(OURS);
    scene_close_two(s, peer);
    close_channel(channel);
    fake_drop_parcels();
    assert_int_equal(fake_open_sockets(), 0);
    return (int)got;
}

static void inh_scm_rights_exhaustion_is_told_by_the_receiver(void **state)
{
    (void)state;
    assert_int_equal(receive_failing(FAKE_WSASocketW, 0, WSAEMFILE),
                     PSOCK_EMFILE);
    assert_int_equal(receive_failing(FAKE_WSASocketW, 0, WSAENOBUFS),
                     PSOCK_ENOBUFS);
}

static void
inh_scm_rights_sockets_that_cannot_be_equipped_are_closed(void **state)
{
    (void)state;
    assert_int_equal(receive_failing(FAKE_ioctlsocket, 0, WSAENETDOWN),
                     PSOCK_ENETDOWN);
    assert_int_equal(
        receive_failing(FAKE_SetHandleInformation, 0, ERROR_ACCESS_DENIED),
        PSOCK_EACCES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(unix_peerpid_is_told_of_both_ends),
        ON_BOTH(opt_peercred_of_tcp_is_the_owner_of_the_other_end),
        ON_WINDOWS_10(opt_peercred_of_tcp_over_ipv6_is_found_too),
        ON_WINDOWS_10(opt_peercred_of_mapped_addresses_is_found_too),
        ON_WINDOWS_10(
            opt_peercred_of_other_addresses_of_this_machine_is_found_too),
        ON_WINDOWS_10(opt_peercred_among_many_connections_is_found),
        ON_WINDOWS_10(opt_peercred_table_may_grow_while_it_is_asked_for),
        ON_WINDOWS_10(opt_peercred_without_owners_is_not_supported),
        ON_WINDOWS_10(opt_peercred_of_closed_ends_is_nobody),
        ON_WINDOWS_10(opt_peercred_of_other_machines_there_is_none),
        ON_WINDOWS_10(opt_peercred_of_what_has_no_peer_there_is_none),
        ON_WINDOWS_10(unix_peerpid_of_what_has_no_peer_there_is_none),
        ON_WINDOWS_10(unix_peerpid_not_known_to_windows_is_not_supported),
        ON_WINDOWS_10(opt_peercred_table_that_fails_is_the_error),
        ON_BOTH(inh_scm_rights_sockets_go_by_tcp),
        ON_WINDOWS_10(inh_scm_rights_sockets_go_by_a_path),
        ON_WINDOWS_10(inh_scm_rights_sockets_of_paths_go_too),
        ON_BOTH(inh_scm_rights_sockets_stay_within_one_process_too),
        ON_WINDOWS_10(inh_scm_rights_many_arrive_in_order),
        ON_WINDOWS_10(inh_scm_rights_guarded_processes_get_nothing),
        ON_WINDOWS_10(inh_scm_rights_processes_that_are_gone_get_nothing),
        ON_WINDOWS_10(inh_scm_rights_nothing_goes_where_owners_are_hidden),
        ON_WINDOWS_10(inh_scm_rights_datagrams_are_no_channel),
        ON_WINDOWS_10(inh_scm_rights_listeners_are_no_channel),
        ON_WINDOWS_10(inh_scm_rights_parcels_of_others_are_refused),
        ON_WINDOWS_10(inh_scm_rights_spoilt_parcels_are_refused),
        ON_WINDOWS_10(inh_scm_rights_parcels_cut_short_are_refused),
        ON_WINDOWS_10(
            inh_scm_rights_parcels_of_files_are_refused_and_leave_them),
        ON_WINDOWS_10(inh_scm_rights_exhaustion_is_told_by_the_receiver),
        ON_WINDOWS_10(
            inh_scm_rights_sockets_that_cannot_be_equipped_are_closed),
    };
    return cmocka_run_group_tests_name("winsock.process", tests, NULL, NULL);
}
