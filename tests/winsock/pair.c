/* pair.c: pairs, which Windows does not make: by way of a path, or of the
 * loopback network. */
#include "scene.h"

static void close_pair(const psock_t pair[2])
{
    scene_close_two(pair[0], pair[1]);
}

static void check_echo(const psock_t pair[2])
{
    scene_send(pair[0], "ping");
    scene_expect(pair[1], "ping");
    scene_send(pair[1], "pong");
    scene_expect(pair[0], "pong");
}

static int family_of(psock_t s)
{
    psock_address local;
    assert_int_equal(psock_local(s, &local), 0);
    return psock_address_family(&local);
}

/* --- Which way ------------------------------------------------------------------ */

static void io_socketpair_streams_go_by_a_path_and_leave_none(void **state)
{
    psock_t pair[2];
    (void)state;
    assert_int_equal(psock_pair(PSOCK_STREAM, pair), 0);
    assert_int_equal(family_of(pair[0]), PSOCK_UNIX);
    assert_int_equal(family_of(pair[1]), PSOCK_UNIX);
    assert_int_equal(fake_open_sockets(), 2);
    assert_int_equal(fake_files(), 0);
    check_echo(pair);
    close_pair(pair);
}

static void io_socketpair_paths_that_connect_at_once_do_too(void **state)
{
    psock_t pair[2];
    (void)state;
    fake_decide_paths_at_once();
    assert_int_equal(psock_pair(PSOCK_STREAM, pair), 0);
    check_echo(pair);
    close_pair(pair);
}

static void io_socketpair_paths_are_in_the_directory_for_them(void **state)
{
    psock_t pair[2];
    (void)state;
    assert_int_equal(psock_pair(PSOCK_STREAM, pair), 0);
    assert_true(fake_recorded("CreateFileW C:\\Temp\\psock-") >= 2);
    close_pair(pair);
}

static void check_loopback_pair(void)
{
    psock_t pair[2];
    assert_int_equal(psock_pair(PSOCK_STREAM, pair), 0);
    assert_int_equal(family_of(pair[0]), PSOCK_IPV4);
    assert_int_equal(fake_open_sockets(), 2);
    assert_int_equal(fake_option(pair[0], IPPROTO_TCP, TCP_NODELAY), 1);
    assert_int_equal(fake_option(pair[1], IPPROTO_TCP, TCP_NODELAY), 1);
    check_echo(pair);
    close_pair(pair);
}

static void io_socketpair_streams_go_by_loopback_without_paths(void **state)
{
    (void)state;
    check_loopback_pair();
    assert_int_equal(fake_recorded("SO_EXCLUSIVEADDRUSE 01000000"), 1);
}

static void set_directory_of(size_t length)
{
    char directory[200];
    memset(directory, 'x', length);
    memcpy(directory, "C:\\", 3);
    directory[length - 1] = '\\';
    directory[length] = '\0';
    fake_set_temporary_directory(directory);
}

static void
io_socketpair_streams_go_by_loopback_when_no_directory_will_do(void **state)
{
    (void)state;
    set_directory_of(190);
    check_loopback_pair();
    fake_set_temporary_directory(FAKE_NO_DIRECTORY);
    check_loopback_pair();
    fake_fail_next(FAKE_GetTempPathW, ERROR_NOT_ENOUGH_MEMORY, 1);
    check_loopback_pair();
}

/* 85 bytes of a directory are the most that leave room for a name. */
static void io_socketpair_longest_directory_serves(void **state)
{
    psock_t pair[2];
    (void)state;
    set_directory_of(85);
    assert_int_equal(psock_pair(PSOCK_STREAM, pair), 0);
    assert_int_equal(family_of(pair[0]), PSOCK_UNIX);
    close_pair(pair);
    set_directory_of(86);
    check_loopback_pair();
}

static void io_socketpair_datagrams_go_by_loopback(void **state)
{
    psock_t pair[2];
    (void)state;
    assert_int_equal(psock_pair(PSOCK_DATAGRAM, pair), 0);
    check_echo(pair);
    close_pair(pair);
}

static void io_socketpair_sequenced_packets_there_are_none(void **state)
{
    psock_t pair[2] = {-7, -7};
    (void)state;
    assert_int_equal(psock_pair(PSOCK_SEQPACKET, pair), PSOCK_ESOCKTNOSUPPORT);
    assert_true(pair[0] == -7 && pair[1] == -7);
}

/* --- Nobody else ------------------------------------------------------------------ */

/* Whoever comes first, as soon as there is a listener. */
static void come_first(void *context)
{
    SOCKET *stranger = context;
    struct sockaddr_storage where;
    int length = sizeof where;
    u_long on = 1;
    psock_winsock.getsockname((SOCKET)fake_listener(),
                              (struct sockaddr *)&where, &length);
    *stranger = psock_winsock.WSASocketW(where.ss_family, SOCK_STREAM, 0, NULL,
                                         0, WSA_FLAG_OVERLAPPED);
    psock_winsock.ioctlsocket(*stranger, (long)FIONBIO, &on);
    psock_winsock.connect(*stranger, (struct sockaddr *)&where, length);
}

static void check_stranger(void)
{
    psock_t pair[2];
    char byte;
    SOCKET stranger = INVALID_SOCKET;
    fake_after(FAKE_listen, come_first, &stranger);
    assert_int_equal(psock_pair(PSOCK_STREAM, pair), 0);
    assert_true(stranger != INVALID_SOCKET);
    check_echo(pair);
    assert_int_equal(scene_receive(pair[0]), PSOCK_EAGAIN);
    assert_int_equal(psock_winsock.recv(stranger, &byte, 1, 0), 0);
    close_pair(pair);
    psock_winsock.closesocket(stranger);
    assert_int_equal(fake_open_sockets(), 0);
}

static void io_socketpair_strangers_are_turned_away(void **state)
{
    (void)state;
    check_stranger();
}

/* --- Failures ----------------------------------------------------------------------- */

/* What pairs are made of.  Looking, closing and what comes of it are not among
 * it. */
static const enum fake_call steps[] = {
    FAKE_WSASocketW,
    FAKE_ioctlsocket,
    FAKE_setsockopt,
    FAKE_bind,
    FAKE_listen,
    FAKE_accept,
    FAKE_connect,
    FAKE_getsockopt,
    FAKE_SetHandleInformation,
    FAKE_GetTempPathW,
    FAKE_CreateFileW, /* then files stay */
    FAKE_GetFileInformationByHandleEx,
    FAKE_NtDeviceIoControlFile,
    FAKE_CreateEventW,
};

static int code_of(enum fake_call call)
{
    if (call == FAKE_NtDeviceIoControlFile)
        return (int)0xC000009A; /* STATUS_INSUFFICIENT_RESOURCES */
    return call == FAKE_CreateEventW || call == FAKE_GetTempPathW
               ? ERROR_NOT_ENOUGH_MEMORY
               : WSAENOBUFS;
}

/* Returns whether there was such a call. */
static _Bool fail_once(int type, enum fake_call call, int skip)
{
    psock_t pair[2] = {-7, -7};
    const unsigned before = fake_calls(call);
    fake_fail_after(call, skip, code_of(call), 1);
    int result = psock_pair(type, pair);
    const _Bool reached = fake_calls(call) - before > (unsigned)skip;
    fake_fail_after(call, 0, 0, 0);
    if (result == 0)
        close_pair(pair);
    else
        assert_true(pair[0] == -7 && pair[1] == -7);
    assert_int_equal(fake_open_sockets(), 0);
    if (call != FAKE_CreateFileW && call != FAKE_GetFileInformationByHandleEx)
        assert_int_equal(fake_files(), 0);
    fake_remove_files();
    return reached;
}

static void fail_each_step(int type)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        for (int skip = 0; skip < 40 && fail_once(type, steps[i], skip); skip++)
            continue;
}

static void io_socketpair_steps_that_fail_leak_nothing(void **state)
{
    (void)state;
    fail_each_step(PSOCK_STREAM);
    fail_each_step(PSOCK_DATAGRAM);
}

/* An end whose name cannot be had is taken for a stranger's, until the way by a
 * path is given up. */
static void io_socketpair_names_that_cannot_be_had_leak_nothing(void **state)
{
    (void)state;
    for (int skip = 0; fail_once(PSOCK_STREAM, FAKE_getpeername, skip); skip++)
        continue;
    for (int skip = 0; fail_once(PSOCK_STREAM, FAKE_getsockname, skip); skip++)
        continue;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(io_socketpair_streams_go_by_a_path_and_leave_none),
        ON_WINDOWS_10(io_socketpair_paths_that_connect_at_once_do_too),
        ON_WINDOWS_10(io_socketpair_paths_are_in_the_directory_for_them),
        ON_WINDOWS_7(io_socketpair_streams_go_by_loopback_without_paths),
        ON_WINDOWS_10(
            io_socketpair_streams_go_by_loopback_when_no_directory_will_do),
        ON_WINDOWS_10(io_socketpair_longest_directory_serves),
        ON_BOTH(io_socketpair_datagrams_go_by_loopback),
        ON_BOTH(io_socketpair_sequenced_packets_there_are_none),
        ON_BOTH(io_socketpair_strangers_are_turned_away),
        ON_BOTH(io_socketpair_steps_that_fail_leak_nothing),
        ON_WINDOWS_10(io_socketpair_names_that_cannot_be_had_leak_nothing),
    };
    return cmocka_run_group_tests_name("winsock.pair", tests, NULL, NULL);
}
