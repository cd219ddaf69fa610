/* Every function that takes a socket, given what it cannot work with. */
#include "fixture.h"

#include <psock/native.h>

#include <limits.h>
#include <string.h>

/* --- Every call, with nothing wrong but the socket ------------------------ */

static ptrdiff_t call_bind(psock_t s)
{
    psock_address address = loopback(PSOCK_IPV4, 0);
    return psock_bind(s, &address, PSOCK_BIND_FRESH);
}

static ptrdiff_t call_bind_rebind(psock_t s)
{
    psock_address address = loopback(PSOCK_IPV4, 0);
    return psock_bind(s, &address, PSOCK_BIND_REBIND);
}

static ptrdiff_t call_listen(psock_t s)
{
    return psock_listen(s, PSOCK_BACKLOG_DEFAULT);
}

static ptrdiff_t call_accept(psock_t s)
{
    return psock_accept(s, NULL, PSOCK_NOW);
}

static ptrdiff_t call_accept_forever(psock_t s)
{
    return psock_accept(s, NULL, PSOCK_FOREVER);
}

static ptrdiff_t call_connect(psock_t s)
{
    psock_address address = loopback(PSOCK_IPV4, 9);
    return psock_connect(s, &address, PSOCK_NOW);
}

static ptrdiff_t call_connect_forever(psock_t s)
{
    psock_address address = loopback(PSOCK_IPV4, 9);
    return psock_connect(s, &address, PSOCK_FOREVER);
}

static ptrdiff_t call_shutdown(psock_t s)
{
    return psock_shutdown(s, PSOCK_SHUT_BOTH);
}

static ptrdiff_t call_local(psock_t s)
{
    psock_address address;
    return psock_local(s, &address);
}

static ptrdiff_t call_peer(psock_t s)
{
    psock_address address;
    return psock_peer(s, &address);
}

static ptrdiff_t call_send(psock_t s)
{
    return psock_send(s, "x", 1, 0, PSOCK_NOW);
}

static ptrdiff_t call_send_forever(psock_t s)
{
    return psock_send(s, "x", 1, 0, PSOCK_FOREVER);
}

static ptrdiff_t call_send_nothing(psock_t s)
{
    return psock_send(s, NULL, 0, 0, PSOCK_NOW);
}

static ptrdiff_t call_recv(psock_t s)
{
    char byte;
    return psock_recv(s, &byte, 1, 0, PSOCK_NOW);
}

static ptrdiff_t call_recv_forever(psock_t s)
{
    char byte;
    return psock_recv(s, &byte, 1, 0, PSOCK_FOREVER);
}

static ptrdiff_t call_send_to(psock_t s)
{
    psock_address address = loopback(PSOCK_IPV4, 9);
    return psock_send_to(s, "x", 1, 0, &address, PSOCK_NOW);
}

static ptrdiff_t call_recv_from(psock_t s)
{
    char byte;
    psock_address address;
    return psock_recv_from(s, &byte, 1, 0, &address, PSOCK_NOW);
}

static ptrdiff_t call_send_vector(psock_t s)
{
    char byte = 'x';
    psock_buffer buffer = {&byte, 1};
    return psock_send_vector(s, &buffer, 1, 0, PSOCK_NOW);
}

static ptrdiff_t call_recv_vector(psock_t s)
{
    char byte;
    psock_buffer buffer = {&byte, 1};
    return psock_recv_vector(s, &buffer, 1, 0, PSOCK_NOW);
}

static ptrdiff_t call_adopt(psock_t s)
{
    return psock_adopt((psock_native)s);
}

static ptrdiff_t call_release(psock_t s)
{
    psock_native native;
    return psock_release(s, &native);
}

static ptrdiff_t call_close(psock_t s)
{
    return psock_close(s);
}

static ptrdiff_t call_close_reset(psock_t s)
{
    return psock_close_reset(s);
}

#define CALL(name)                                                             \
    {                                                                          \
#name, call_##name                                                     \
    }

static const struct call {
    const char *name;
    ptrdiff_t (*call)(psock_t s);
} calls[] = {
    CALL(bind),
    CALL(bind_rebind),
    CALL(listen),
    CALL(accept),
    CALL(accept_forever),
    CALL(connect),
    CALL(connect_forever),
    CALL(shutdown),
    CALL(local),
    CALL(peer),
    CALL(send),
    CALL(send_forever),
    CALL(send_nothing),
    CALL(recv),
    CALL(recv_forever),
    CALL(send_to),
    CALL(recv_from),
    CALL(send_vector),
    CALL(recv_vector),
    CALL(adopt),
    CALL(release),
    CALL(close),
    CALL(close_reset),
};

static void check_call(const struct call *call, psock_t s, int expected)
{
    ptrdiff_t result = call->call(s);
    if (result != expected)
        print_error("socket %lld: ", (long long)s);
    check_result(result, expected, call->name, __FILE__, __LINE__);
}

static void check_all(psock_t s, int expected)
{
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        check_call(&calls[i], s, expected);
}

static void closed_socket_is_refused(void **state)
{
    static const int types[] = {PSOCK_STREAM, PSOCK_DATAGRAM};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        psock_t s = psock_open(family_of(state), types[i], 0);
        assert_result(psock_close(s), 0);
        check_all(s, PSOCK_EBADF);
    }
}

static void negative_socket_is_refused(void **state)
{
    static const psock_t sockets[] = {PSOCK_INVALID, -2, PSOCK_EMFILE, -1000,
                                      INT_MIN};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        check_all(sockets[i], PSOCK_EBADF);
}

static void socket_that_no_system_makes_is_refused(void **state)
{
    (void)state;
    check_all(INTPTR_MAX, PSOCK_EBADF);
    check_all(INT_MAX - 3, PSOCK_EBADF);
}

/* Adopting takes the system's own type, which may be narrower. */
static void check_wide(psock_t s)
{
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i].call != call_adopt)
            check_call(&calls[i], s, PSOCK_EBADF);
}

/* A value is taken whole: its lower half may be an open descriptor. */
static void socket_is_not_known_by_half_its_value(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    psock_t wide = (psock_t)((uintptr_t)s | (uintptr_t)1 << 16 << 16);
    if (wide == s)
        skip_because("a socket's value has no more bits than a descriptor");
    check_wide(wide);
    check_wide(INTPTR_MIN);
    check_wide(INTPTR_MIN | s);
}

static _Bool is_closing(const struct call *call)
{
    return call->call == call_close || call->call == call_close_reset;
}

static void open_descriptor_that_is_no_socket_is_refused(void **state)
{
    psock_t foreign = host_foreign_open();
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (!is_closing(&calls[i]))
            check_call(&calls[i], foreign, PSOCK_ENOTSOCK);
    assert_true(host_foreign_is_open(foreign));
    host_foreign_close(foreign);
}

/* Whatever the result says, somebody else's descriptor must stay open. */
static void check_closing(ptrdiff_t (*closing)(psock_t s))
{
    psock_t foreign = host_foreign_open();
    ptrdiff_t result = closing(foreign);
    _Bool still_open = host_foreign_is_open(foreign);
    if (still_open)
        host_foreign_close(foreign);
    assert_result(result, PSOCK_ENOTSOCK);
    assert_true(still_open);
}

static void closing_what_is_no_socket_is_refused(void **state)
{
    (void)state;
    check_closing(call_close);
}

static void resetting_what_is_no_socket_is_refused(void **state)
{
    (void)state;
    check_closing(call_close_reset);
}

/* --- Null pointers -------------------------------------------------------- */

static const psock_deadline deadlines[] = {PSOCK_NOW, PSOCK_FOREVER};

static void null_address_is_refused(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_bind(s, NULL, PSOCK_BIND_FRESH), PSOCK_EFAULT);
    assert_result(psock_local(s, NULL), PSOCK_EFAULT);
    assert_result(psock_peer(s, NULL), PSOCK_EFAULT);
    for (size_t i = 0; i < COUNT_OF(deadlines); i++)
        assert_result(psock_connect(s, NULL, deadlines[i]), PSOCK_EFAULT);
}

static void null_memory_is_refused(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_address peer = peer_of(ends.client);
    send_text(ends.server, "x");
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        psock_deadline until = deadlines[i];
        assert_result(psock_send(ends.client, NULL, 1, 0, until), PSOCK_EFAULT);
        assert_result(psock_recv(ends.client, NULL, 1, 0, until), PSOCK_EFAULT);
        assert_result(psock_send_to(ends.client, NULL, 1, 0, &peer, until),
                      PSOCK_EFAULT);
        assert_result(psock_recv_from(ends.client, NULL, 1, 0, &peer, until),
                      PSOCK_EFAULT);
    }
    recv_text(ends.client, "x");
}

static void null_destination_is_refused(void **state)
{
    psock_t s = datagram(family_of(state));
    assert_result(psock_send_to(s, "x", 1, 0, NULL, PSOCK_NOW), PSOCK_EFAULT);
    assert_result(psock_send_to(s, NULL, 0, 0, NULL, PSOCK_NOW), PSOCK_EFAULT);
}

static void null_vector_is_refused(void **state)
{
    static char byte;
    static const psock_buffer bad[] = {{&byte, 1}, {NULL, 1}};
    struct stream ends = stream_over(family_of(state));
    const struct {
        const psock_buffer *buffers;
        size_t count;
    } vectors[] = {{NULL, 1}, {NULL, PSOCK_BUFFERS_MAX}, {bad, 2}};
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        assert_result(psock_send_vector(ends.client, vectors[i].buffers,
                                        vectors[i].count, 0, PSOCK_NOW),
                      PSOCK_EFAULT);
        assert_result(psock_recv_vector(ends.client, vectors[i].buffers,
                                        vectors[i].count, 0, PSOCK_NOW),
                      PSOCK_EFAULT);
    }
}

static void null_for_a_released_descriptor_is_refused(void **state)
{
    struct stream ends = stream_over(family_of(state));
    char byte;
    assert_result(psock_release(ends.client, NULL), PSOCK_EFAULT);
    assert_result(psock_recv(ends.client, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void null_where_nothing_is_wanted_is_fine(void **state)
{
    char byte;
    psock_t listener = listening(family_of(state));
    psock_t client = connected_to(listener);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    send_text(client, "x");
    assert_result(psock_recv_from(server, &byte, 1, 0, NULL, in_time()), 1);
}

/* --- Outputs of what failed ----------------------------------------------- */

static psock_address canary(void)
{
    psock_address address;
    memset(&address, 0xC5, sizeof address);
    return address;
}

static void check_canary(const psock_address *address)
{
    psock_address fresh = canary();
    assert_memory_equal(address, &fresh, sizeof fresh);
}

static void failed_names_leave_their_output_alone(void **state)
{
    psock_address address = canary();
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_peer(s, &address), PSOCK_ENOTCONN);
    assert_result(psock_local(PSOCK_INVALID, &address), PSOCK_EBADF);
    assert_result(psock_peer(PSOCK_INVALID, &address), PSOCK_EBADF);
    close_kept(s);
    assert_result(psock_local(s, &address), PSOCK_EBADF);
    assert_result(psock_peer(s, &address), PSOCK_EBADF);
    check_canary(&address);
}

static void failed_accept_leaves_its_output_alone(void **state)
{
    psock_address address = canary();
    psock_t listener = listening(family_of(state));
    psock_t idle = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_accept(listener, &address, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_accept(listener, &address, psock_deadline_ms(1)),
                  PSOCK_ETIMEDOUT);
    assert_result(psock_accept(idle, &address, in_time()), PSOCK_EINVAL);
    assert_result(psock_accept(PSOCK_INVALID, &address, PSOCK_NOW),
                  PSOCK_EBADF);
    check_canary(&address);
}

static void failed_receive_leaves_its_outputs_alone(void **state)
{
    char buffer[4] = "####";
    psock_address address = canary();
    const psock_buffer vector = {buffer, 4};
    int family = family_of(state);
    psock_t sockets[] = {datagram(family), stream_over(family).client};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        psock_t s = sockets[i];
        assert_result(psock_recv_from(s, buffer, 4, 0, &address, PSOCK_NOW),
                      PSOCK_EAGAIN);
        assert_result(
            psock_recv_from(s, buffer, 4, 0, &address, psock_deadline_ms(1)),
            PSOCK_ETIMEDOUT);
        assert_result(
            psock_recv_from(s, buffer, 4, 1u << 20, &address, PSOCK_NOW),
            PSOCK_EINVAL);
        assert_result(psock_recv(s, buffer, 4, 0, PSOCK_NOW), PSOCK_EAGAIN);
        assert_result(psock_recv_vector(s, &vector, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
    }
    assert_memory_equal(buffer, "####", 4);
    check_canary(&address);
}

static void failed_release_leaves_its_output_alone(void **state)
{
    psock_native native = (psock_native)12345;
    psock_t foreign = host_foreign_open();
    (void)state;
    assert_result(psock_release(PSOCK_INVALID, &native), PSOCK_EBADF);
    assert_result(psock_release(foreign, &native), PSOCK_ENOTSOCK);
    host_foreign_close(foreign);
    assert_true(native == (psock_native)12345);
}

static void only_unix_addresses_have_files(void **state)
{
    (void)state;
    psock_address internet = loopback(PSOCK_IPV4, 9), none = {.length = 0};
    assert_result(psock_remove_path(&internet), PSOCK_EAFNOSUPPORT);
    assert_result(psock_remove_path(&none), PSOCK_EAFNOSUPPORT);
    assert_result(psock_remove_path(NULL), PSOCK_EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(closed_socket_is_refused),
        test_once(negative_socket_is_refused),
        test_once(socket_that_no_system_makes_is_refused),
        test_once(socket_is_not_known_by_half_its_value),
        test_once(open_descriptor_that_is_no_socket_is_refused),
        test_once(closing_what_is_no_socket_is_refused),
        test_once(resetting_what_is_no_socket_is_refused),
        test_both(null_address_is_refused),
        test_both(null_memory_is_refused),
        test_both(null_destination_is_refused),
        test_both(null_vector_is_refused),
        test_both(null_for_a_released_descriptor_is_refused),
        test_both(null_where_nothing_is_wanted_is_fine),
        test_both(failed_names_leave_their_output_alone),
        test_both(failed_accept_leaves_its_output_alone),
        test_both(failed_receive_leaves_its_outputs_alone),
        test_once(failed_release_leaves_its_output_alone),
        test_once(only_unix_addresses_have_files),
    };
    return cmocka_run_group_tests_name("misuse", tests, warm_up, NULL);
}
