/* errors.c: every code that Windows's calls can raise, as psock tells it. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
    const char *name;
    int native;
    int error;
};

#define ROW(native, error)                                                     \
    {                                                                          \
        "error_" #native, native, error                                        \
    }

/* By a call that gives its codes no meaning of its own. */
static const struct row rows[] = {
    ROW(ERROR_FILE_NOT_FOUND, PSOCK_ENOENT),
    ROW(ERROR_PATH_NOT_FOUND, PSOCK_ENOENT),
    ROW(ERROR_TOO_MANY_OPEN_FILES, PSOCK_EMFILE),
    ROW(ERROR_ACCESS_DENIED, PSOCK_EACCES),
    ROW(WSA_INVALID_HANDLE, PSOCK_EBADF),
    ROW(WSA_NOT_ENOUGH_MEMORY, PSOCK_ENOMEM),
    ROW(ERROR_OUTOFMEMORY, PSOCK_ENOMEM),
    ROW(ERROR_NOT_SUPPORTED, PSOCK_ENOTSUP),
    ROW(ERROR_NETNAME_DELETED, PSOCK_ECONNRESET),
    ROW(WSA_INVALID_PARAMETER, PSOCK_EINVAL),
    ROW(ERROR_BROKEN_PIPE, PSOCK_EPIPE),
    ROW(ERROR_SEM_TIMEOUT, PSOCK_ETIMEDOUT),
    ROW(ERROR_INSUFFICIENT_BUFFER, PSOCK_ENOSPC),
    ROW(ERROR_MORE_DATA, PSOCK_EMSGSIZE),
    ROW(WSA_OPERATION_ABORTED, PSOCK_ECANCELED),
    ROW(WSA_IO_INCOMPLETE, PSOCK_EINPROGRESS),
    ROW(WSA_IO_PENDING, PSOCK_EINPROGRESS),
    ROW(ERROR_NOT_FOUND, PSOCK_ENOENT),
    ROW(ERROR_CONNECTION_REFUSED, PSOCK_ECONNREFUSED),
    ROW(ERROR_GRACEFUL_DISCONNECT, PSOCK_EPIPE),
    ROW(ERROR_ADDRESS_ALREADY_ASSOCIATED, PSOCK_EADDRINUSE),
    ROW(ERROR_NETWORK_UNREACHABLE, PSOCK_ENETUNREACH),
    ROW(ERROR_HOST_UNREACHABLE, PSOCK_EHOSTUNREACH),
    ROW(ERROR_PROTOCOL_UNREACHABLE, PSOCK_ENETUNREACH),
    ROW(ERROR_PORT_UNREACHABLE, PSOCK_ECONNREFUSED),
    ROW(ERROR_REQUEST_ABORTED, PSOCK_ECANCELED),
    ROW(ERROR_CONNECTION_ABORTED, PSOCK_ECONNABORTED),
    ROW(WSAEINTR, PSOCK_ECANCELED),
    ROW(WSAEBADF, PSOCK_EBADF),
    ROW(WSAEACCES, PSOCK_EACCES),
    ROW(WSAEFAULT, PSOCK_EFAULT),
    ROW(WSAEINVAL, PSOCK_EINVAL),
    ROW(WSAEMFILE, PSOCK_EMFILE),
    ROW(WSAEWOULDBLOCK, PSOCK_EAGAIN),
    ROW(WSAEINPROGRESS, PSOCK_EINPROGRESS),
    ROW(WSAEALREADY, PSOCK_EALREADY),
    ROW(WSAENOTSOCK, PSOCK_ENOTSOCK),
    ROW(WSAEDESTADDRREQ, PSOCK_EDESTADDRREQ),
    ROW(WSAEMSGSIZE, PSOCK_EMSGSIZE),
    ROW(WSAEPROTOTYPE, PSOCK_EPROTOTYPE),
    ROW(WSAENOPROTOOPT, PSOCK_ENOPROTOOPT),
    ROW(WSAEPROTONOSUPPORT, PSOCK_EPROTONOSUPPORT),
    ROW(WSAESOCKTNOSUPPORT, PSOCK_ESOCKTNOSUPPORT),
    ROW(WSAEOPNOTSUPP, PSOCK_EOPNOTSUPP),
    ROW(WSAEPFNOSUPPORT, PSOCK_EPFNOSUPPORT),
    ROW(WSAEAFNOSUPPORT, PSOCK_EAFNOSUPPORT),
    ROW(WSAEADDRINUSE, PSOCK_EADDRINUSE),
    ROW(WSAEADDRNOTAVAIL, PSOCK_EADDRNOTAVAIL),
    ROW(WSAENETDOWN, PSOCK_ENETDOWN),
    ROW(WSAENETUNREACH, PSOCK_ENETUNREACH),
    ROW(WSAENETRESET, PSOCK_ENETRESET),
    ROW(WSAECONNABORTED, PSOCK_ECONNABORTED),
    ROW(WSAECONNRESET, PSOCK_ECONNRESET),
    ROW(WSAENOBUFS, PSOCK_ENOBUFS),
    ROW(WSAEISCONN, PSOCK_EISCONN),
    ROW(WSAENOTCONN, PSOCK_ENOTCONN),
    ROW(WSAESHUTDOWN, PSOCK_ESHUTDOWN),
    ROW(WSAETOOMANYREFS, PSOCK_ETOOMANYREFS),
    ROW(WSAETIMEDOUT, PSOCK_ETIMEDOUT),
    ROW(WSAECONNREFUSED, PSOCK_ECONNREFUSED),
    ROW(WSAELOOP, PSOCK_ELOOP),
    ROW(WSAENAMETOOLONG, PSOCK_ENAMETOOLONG),
    ROW(WSAEHOSTDOWN, PSOCK_EHOSTDOWN),
    ROW(WSAEHOSTUNREACH, PSOCK_EHOSTUNREACH),
    ROW(WSAENOTEMPTY, PSOCK_ENOTEMPTY),
    ROW(WSAEPROCLIM, PSOCK_EMFILE),
    ROW(WSAEUSERS, PSOCK_EUSERS),
    ROW(WSAEDQUOT, PSOCK_EDQUOT),
    ROW(WSAESTALE, PSOCK_ESTALE),
    ROW(WSAEREMOTE, PSOCK_EREMOTE),
    ROW(WSASYSNOTREADY, PSOCK_ENETDOWN),
    ROW(WSAVERNOTSUPPORTED, PSOCK_ENOTSUP),
    ROW(WSAEDISCON, PSOCK_EPIPE),
    ROW(WSAENOMORE, PSOCK_ENOENT),
    ROW(WSA_E_NO_MORE, PSOCK_ENOENT),
    ROW(WSAECANCELLED, PSOCK_ECANCELED),
    ROW(WSA_E_CANCELLED, PSOCK_ECANCELED),
    ROW(WSAEINVALIDPROCTABLE, PSOCK_EIO),
    ROW(WSAEINVALIDPROVIDER, PSOCK_EIO),
    ROW(WSAEPROVIDERFAILEDINIT, PSOCK_EIO),
    ROW(WSASYSCALLFAILURE, PSOCK_EIO),
    ROW(WSASERVICE_NOT_FOUND, PSOCK_ENOENT),
    ROW(WSATYPE_NOT_FOUND, PSOCK_EAI_SERVICE),
    ROW(WSAEREFUSED, PSOCK_ECONNREFUSED),
    ROW(WSAHOST_NOT_FOUND, PSOCK_EAI_NONAME),
    ROW(WSATRY_AGAIN, PSOCK_EAI_AGAIN),
    ROW(WSANO_RECOVERY, PSOCK_EAI_FAIL),
    ROW(WSANO_DATA, PSOCK_EAI_NODATA),
    ROW(11005, PSOCK_EIO), /* the first of the quality-of-service codes */
    ROW(11031, PSOCK_EIO), /* the last of them */
    ROW(12345, PSOCK_EIO), /* nobody's */
};

static void row_is_told(void **state)
{
    const struct row *row = *state;
    psock_address address;
    psock_t s = scene_open(PSOCK_STREAM);
    fake_fail_next(FAKE_getpeername, row->native, 1);
    assert_int_equal(psock_peer(s, &address), row->error);
    assert_int_equal(psock_error_native(), row->native);
    scene_close(s);
}

static void row_is_described_with_its_number(void **state)
{
    const struct row *row = *state;
    char text[PSOCK_ERROR_TEXT_SIZE];
    char number[16];
    psock_address address;
    psock_t s = scene_open(PSOCK_STREAM);
    fake_fail_next(FAKE_getpeername, row->native, 1);
    int error = psock_peer(s, &address);
    assert_true(psock_error_describe(error, text, sizeof text) > 0);
    snprintf(number, sizeof number, "(%d)", row->native);
    assert_non_null(strstr(text, number));
    scene_close(s);
}

/* --- Codes that a call gives a meaning of its own --------------------------- */

static void desc_badfd_error_closed_socket_is_not_open(void **state)
{
    psock_address address;
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    scene_close(s);
    assert_int_equal(psock_peer(s, &address), PSOCK_EBADF);
    assert_int_equal(psock_error_native(), WSAENOTSOCK);
}

static void desc_badfd_error_file_is_no_socket(void **state)
{
    psock_address address;
    psock_t file = fake_open_file();
    (void)state;
    scene_close(scene_open(PSOCK_STREAM)); /* starts Winsock */
    assert_int_equal(psock_local(file, &address), PSOCK_ENOTSOCK);
    assert_int_equal(psock_error_native(), WSAENOTSOCK);
    fake_close_foreign(file);
}

/* All calls, on a number that is not open and on a file. */
static void check_every_call(psock_t s, int error)
{
    char byte = 0;
    psock_address address = scene_address("127.0.0.1:9");
    psock_buffer buffer = {&byte, 1};
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_FRESH), error);
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_REBIND), error);
    assert_int_equal(psock_bind(s, &address, PSOCK_BIND_SHARED), error);
    assert_int_equal(psock_listen(s, 1), error);
    assert_int_equal(psock_accept(s, NULL, PSOCK_NOW), error);
    assert_int_equal(psock_connect(s, &address, PSOCK_NOW), error);
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), error);
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), error);
    assert_int_equal(psock_local(s, &address), error);
    assert_int_equal(psock_peer(s, &address), error);
    address = scene_address("127.0.0.1:9");
    assert_int_equal(psock_send(s, &byte, 1, 0, PSOCK_NOW), error);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_NOW), error);
    assert_int_equal(psock_send_to(s, &byte, 1, 0, &address, PSOCK_NOW), error);
    assert_int_equal(psock_recv_from(s, &byte, 1, 0, NULL, PSOCK_NOW), error);
    assert_int_equal(psock_send_vector(s, &buffer, 1, 0, PSOCK_NOW), error);
    assert_int_equal(psock_recv_vector(s, &buffer, 1, 0, PSOCK_NOW), error);
    assert_int_equal(psock_close(s), error);
    assert_int_equal(psock_close_reset(s), error);
}

static void desc_badfd_error_every_call_knows_closed_sockets(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    scene_close(s);
    check_every_call(s, PSOCK_EBADF);
}

static void desc_badfd_error_every_call_knows_files(void **state)
{
    psock_t file = fake_open_file();
    (void)state;
    scene_close(scene_open(PSOCK_STREAM));
    check_every_call(file, PSOCK_ENOTSOCK);
    fake_close_foreign(file);
}

static void desc_badfd_error_before_the_start_nothing_is_open(void **state)
{
    char byte;
    (void)state;
    assert_int_equal(psock_recv(4096, &byte, 1, 0, PSOCK_NOW), PSOCK_EBADF);
}

/* The handle is asked only to tell the two apart, and the error stays. */
static void err_success_clobbers_asking_keeps_the_error(void **state)
{
    psock_address address;
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    scene_close(s);
    fake_forget();
    assert_int_equal(psock_peer(s, &address), PSOCK_EBADF);
    assert_int_equal(fake_calls(FAKE_GetHandleInformation), 1);
    assert_int_equal(psock_error_native(), WSAENOTSOCK);
}

static void err_success_clobbers_closing_keeps_the_first_error(void **state)
{
    (void)state;
    fake_fail_next(FAKE_ioctlsocket, WSAENOBUFS, 1);
    assert_int_equal(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), PSOCK_ENOBUFS);
    assert_int_equal(psock_error_native(), WSAENOBUFS);
    assert_int_equal(fake_open_sockets(), 0);
}

/* Whatever is asked after a failure, its code is the last word. */
static void check_code_is_kept(psock_t s, int native)
{
    char byte = 0;
    psock_address address;
    const psock_address peer = scene_address("127.0.0.1:9");
    const psock_buffer buffer = {&byte, 1};
#define KEEPS(name, call)                                                      \
    do {                                                                       \
        fake_fail_next(FAKE_##name, native, 1);                                \
        SetLastError(0);                                                       \
        assert_true((call) < 0);                                               \
        assert_int_equal(psock_error_native(), native);                        \
    } while (0)
    KEEPS(bind, psock_bind(s, &peer, PSOCK_BIND_FRESH));
    KEEPS(listen, psock_listen(s, 1));
    KEEPS(accept, psock_accept(s, NULL, PSOCK_NOW));
    KEEPS(connect, psock_connect(s, &peer, PSOCK_NOW));
    KEEPS(getsockname, psock_local(s, &address));
    KEEPS(getpeername, psock_peer(s, &address));
    KEEPS(send, psock_send(s, &byte, 1, 0, PSOCK_NOW));
    KEEPS(recv, psock_recv(s, &byte, 1, 0, PSOCK_NOW));
    KEEPS(sendto, psock_send_to(s, &byte, 1, 0, &peer, PSOCK_NOW));
    KEEPS(recvfrom, psock_recv_from(s, &byte, 1, 0, NULL, PSOCK_NOW));
    KEEPS(WSASend, psock_send_vector(s, &buffer, 1, 0, PSOCK_NOW));
    KEEPS(WSARecv, psock_recv_vector(s, &buffer, 1, 0, PSOCK_NOW));
#undef KEEPS
}

static void err_success_clobbers_every_failure_keeps_its_code(void **state)
{
    static const int codes[] = {WSAENETDOWN, WSAEFAULT, WSAEACCES,
                                WSAEADDRNOTAVAIL, WSAEPROTOTYPE};
    psock_t stream = scene_open(PSOCK_STREAM);
    psock_t datagram = scene_open(PSOCK_DATAGRAM);
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        check_code_is_kept(stream, codes[i]);
        check_code_is_kept(datagram, codes[i]);
    }
    scene_close_two(stream, datagram);
}

static void err_success_clobbers_shutting_down_keeps_its_code(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_fail_next(FAKE_shutdown, WSAENETDOWN, 1);
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), PSOCK_ENETDOWN);
    assert_int_equal(psock_error_native(), WSAENETDOWN);
    scene_close_two(s, peer);
}

/* What psock finds out by itself has no code of the system behind it. */
static void own_findings_are_described_without_a_number(void **state)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    (void)state;
    scene_close(scene_open(PSOCK_STREAM));
    assert_int_equal(psock_close(-1), PSOCK_EBADF);
    psock_error_describe(PSOCK_EBADF, text, sizeof text);
    assert_string_equal(text, "EBADF: not an open descriptor");
}

static const struct CMUnitTest others[] = {
    ON_BOTH(desc_badfd_error_closed_socket_is_not_open),
    ON_BOTH(desc_badfd_error_file_is_no_socket),
    ON_BOTH(desc_badfd_error_every_call_knows_closed_sockets),
    ON_BOTH(desc_badfd_error_every_call_knows_files),
    ON_WINDOWS_10(desc_badfd_error_before_the_start_nothing_is_open),
    ON_WINDOWS_10(err_success_clobbers_asking_keeps_the_error),
    ON_WINDOWS_10(err_success_clobbers_closing_keeps_the_first_error),
    ON_WINDOWS_10(err_success_clobbers_every_failure_keeps_its_code),
    ON_WINDOWS_10(err_success_clobbers_shutting_down_keeps_its_code),
    ON_WINDOWS_10(own_findings_are_described_without_a_number),
};

#define ROW_COUNT (sizeof rows / sizeof *rows)
#define OTHER_COUNT (sizeof others / sizeof *others)

static struct CMUnitTest row_test(const struct row *row, CMUnitTestFunction run)
{
    return (struct CMUnitTest){.name = row->name,
                               .test_func = run,
                               .setup_func = scene_on_windows_10,
                               .teardown_func = scene_end,
                               .initial_state = (void *)(uintptr_t)row};
}

int main(void)
{
    static char names[ROW_COUNT][80];
    static struct CMUnitTest tests[2 * ROW_COUNT + OTHER_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        tests[count++] = row_test(&rows[i], row_is_told);
        tests[count] = row_test(&rows[i], row_is_described_with_its_number);
        snprintf(names[i], sizeof names[i], "%s_described", rows[i].name);
        tests[count++].name = names[i];
    }
    for (size_t i = 0; i < OTHER_COUNT; i++)
        tests[count++] = others[i];
    return cmocka_run_group_tests_name("winsock.errors", tests, NULL, NULL);
}
