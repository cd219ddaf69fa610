/* io.c: streams: lengths, flags, vectors, ends and breaks. */
#include "scene.h"

#include <stdlib.h>

#define LONGEST_SEND (256 * 1024)
#define LONGEST_RECEIVE (1 << 30)

/* --- Lengths and flags -------------------------------------------------------- */

static void io_length_int_receives_are_clamped(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "a");
    fake_limit_buffers(LONGEST_RECEIVE);
    assert_int_equal(psock_recv(s, &byte, SIZE_MAX, 0, PSOCK_NOW), 1);
    scene_close_two(s, peer);
}

static void nb_send_whole_buffer_sends_are_clamped(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    char *data = calloc(1, 4 * LONGEST_SEND);
    (void)state;
    fake_set_room(SIZE_MAX);
    assert_int_equal(psock_send(s, data, 4 * LONGEST_SEND, 0, PSOCK_NOW),
                     LONGEST_SEND);
    assert_int_equal(fake_recorded("size 262144 flags 0 = 262144"), 1);
    free(data);
    scene_close_two(peer, s);
}

static void nb_send_whole_buffer_full_would_wait(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_set_room(4);
    scene_send(s, "fills");
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(psock_send(s, "a", 1, 0, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
    scene_expect(peer, "fills");
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_NOW), 1);
    scene_close_two(peer, s);
}

static void io_unknown_flags_none_but_peek_is_passed(void **state)
{
    char buffer[8];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "peek");
    assert_int_equal(psock_recv(s, buffer, 8, PSOCK_PEEK, PSOCK_FOREVER), 4);
    scene_expect(s, "peek");
    assert_int_equal(fake_recorded("flags 2 = 4"), 1);
    assert_int_equal(fake_recorded("flags 0 = 4"), 2);
    scene_close_two(s, peer);
}

static void io_unknown_flags_stop_at_psock(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_recv(s, &byte, 1, 0x40, PSOCK_NOW), PSOCK_EINVAL);
    assert_int_equal(psock_send(s, "a", 1, 0x4000, PSOCK_NOW), PSOCK_EINVAL);
    assert_int_equal(fake_calls(FAKE_recv) + fake_calls(FAKE_send), 0);
    scene_close_two(s, peer);
}

static void nb_msg_dontwait_now_never_waits(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    assert_int_equal(fake_calls(FAKE_recv), 1);
    assert_int_equal(fake_calls(FAKE_NtDeviceIoControlFile), 0);
    scene_close_two(s, peer);
}

/* --- Ends ----------------------------------------------------------------------- */

static void half_close_ok_the_end_is_zero(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(s, "last");
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    scene_expect(peer, "last");
    assert_int_equal(scene_receive(peer), 0);
    scene_send(peer, "still");
    scene_expect(s, "still");
    scene_close_two(s, peer);
}

static void err_epipe_own_end_of_sending(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    char byte = 'a';
    const psock_buffer buffer = {&byte, 1};
    const psock_address anywhere = scene_address("127.0.0.1:9");
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER), PSOCK_EPIPE);
    assert_int_equal(psock_error_native(), WSAESHUTDOWN);
    assert_int_equal(psock_send_vector(s, &buffer, 1, 0, PSOCK_FOREVER),
                     PSOCK_EPIPE);
    assert_int_equal(psock_send_to(s, "a", 1, 0, &anywhere, PSOCK_FOREVER),
                     PSOCK_EPIPE);
    scene_close_two(s, peer);
}

/* psock never asks Windows to end receiving, but the socket's former owner may
 * have, and some providers have codes for the end. */
static void err_eshutdown_recv_is_the_end(void **state)
{
    static const int codes[] = {WSAESHUTDOWN, WSAEDISCON,
                                ERROR_GRACEFUL_DISCONNECT};
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake_fail_next(FAKE_recv, codes[i], 1);
        assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
    }
    scene_close_two(s, peer);
}

/* --- Breaks ---------------------------------------------------------------------- */

static void peerrst_recv_every_call_tells_the_reset(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_close_reset(peer), 0);
    assert_int_equal(scene_receive(s), PSOCK_ECONNRESET);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER), PSOCK_ECONNRESET);
    assert_int_equal(scene_receive(s), PSOCK_ECONNRESET);
    scene_close(s);
}

static void rst_discards_received_data_as_windows_does(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "lost");
    assert_int_equal(psock_close_reset(peer), 0);
    assert_int_equal(scene_receive(s), PSOCK_ECONNRESET);
    scene_close(s);
}

static void close_unread_data_resets_the_peer(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(s, "unread");
    scene_close(peer);
    assert_int_equal(scene_receive(s), PSOCK_ECONNRESET);
    scene_close(s);
}

static void peername_after_reset_is_there(void **state)
{
    psock_t peer;
    psock_address address;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_close_reset(peer), 0);
    assert_int_equal(psock_peer(s, &address), 0);
    scene_close(s);
}

/* Sending to a peer that has closed goes well once. */
static void err_econnaborted_is_a_reset(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_close(peer);
    scene_send(s, "too late");
    assert_int_equal(scene_receive(s), PSOCK_ECONNRESET);
    assert_int_equal(psock_error_native(), WSAECONNABORTED);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER), PSOCK_ECONNRESET);
    scene_close(s);
}

static void check_break(int native, int error)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    fake_break(s, native);
    assert_int_equal(scene_receive(s), error);
    assert_int_equal(psock_error_native(), native);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_NOW), error);
    assert_int_equal(psock_error_native(), native);
    scene_close_two(s, peer);
}

static void err_enetreset_of_keepalive_is_a_timeout(void **state)
{
    (void)state;
    check_break(WSAENETRESET, PSOCK_ETIMEDOUT);
}

static void connections_break_in_other_ways(void **state)
{
    (void)state;
    check_break(WSAETIMEDOUT, PSOCK_ETIMEDOUT);
    check_break(WSAENETDOWN, PSOCK_ENETDOWN);
    check_break(WSAEHOSTUNREACH, PSOCK_EHOSTUNREACH);
}

static void err_ntstatus_leak_codes_from_below_are_known(void **state)
{
    (void)state;
    check_break(ERROR_NETNAME_DELETED, PSOCK_ECONNRESET);
    check_break(ERROR_CONNECTION_ABORTED, PSOCK_ECONNRESET);
    check_break(ERROR_SEM_TIMEOUT, PSOCK_ETIMEDOUT);
}

static void io_unconnected_send_and_receive_are_told(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    psock_t listener = scene_listener(NULL);
    (void)state;
    assert_int_equal(scene_receive(s), PSOCK_ENOTCONN);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER), PSOCK_ENOTCONN);
    assert_int_equal(scene_receive(listener), PSOCK_ENOTCONN);
    assert_int_equal(psock_error_native(), WSAENOTCONN);
    scene_close_two(s, listener);
}

/* --- Out of buffers ---------------------------------------------------------------- */

static void err_emfile_enobufs_less_is_sent(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    char *data = calloc(1, LONGEST_SEND);
    (void)state;
    fake_limit_buffers(40000);
    assert_int_equal(psock_send(s, data, LONGEST_SEND, 0, PSOCK_NOW), 32768);
    assert_true(fake_recorded_in_order("size 262144", "size 131072",
                                       "size 65536", "size 32768", NULL));
    free(data);
    scene_close_two(peer, s);
}

static void err_emfile_enobufs_less_of_a_vector_is_sent(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    char *data = calloc(2, 60000);
    const psock_buffer buffers[] = {
        {NULL, 0}, {data, 60000}, {data + 60000, 60000}};
    (void)state;
    fake_limit_buffers(40000);
    assert_int_equal(psock_send_vector(s, buffers, 3, 0, PSOCK_NOW), 30000);
    free(data);
    scene_close_two(peer, s);
}

/* Not even one byte, and it is not the connection's fault. */
static void err_emfile_enobufs_none_is_told_in_the_end(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    char *data = calloc(1, LONGEST_SEND);
    (void)state;
    fake_fail_next(FAKE_send, WSAENOBUFS, INT32_MAX);
    ptrdiff_t sent = psock_send(s, data, LONGEST_SEND, 0, PSOCK_NOW);
    assert_true(sent == PSOCK_ENOBUFS || sent == PSOCK_EAGAIN);
    assert_true(fake_calls(FAKE_send) < 30);
    free(data);
    fake_fail_next(FAKE_send, 0, 0);
    scene_close_two(peer, s);
}

static void err_emfile_enobufs_a_break_meanwhile_is_told(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_fail_next(FAKE_send, WSAENOBUFS, 1);
    fake_break(s, WSAECONNRESET);
    assert_int_equal(psock_send(s, "data", 4, 0, PSOCK_NOW), PSOCK_ECONNRESET);
    scene_close_two(s, peer);
}

/* --- Vectors ------------------------------------------------------------------------ */

static void io_iovec_buffers_go_and_come_in_order(void **state)
{
    char first[3];
    char second[8];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    char text[] = "abcdef";
    const psock_buffer out[] = {{text, 2}, {NULL, 0}, {text + 2, 4}};
    const psock_buffer in[] = {{first, 3}, {NULL, 0}, {second, 8}};
    (void)state;
    assert_int_equal(psock_send_vector(s, out, 3, 0, PSOCK_NOW), 6);
    assert_int_equal(psock_recv_vector(peer, in, 3, 0, PSOCK_NOW), 6);
    assert_memory_equal(first, "abc", 3);
    assert_memory_equal(second, "def", 3);
    assert_int_equal(fake_calls(FAKE_WSASend), 1);
    assert_int_equal(fake_calls(FAKE_WSARecv), 1);
    scene_close_two(s, peer);
}

static void io_iovec_vectors_peek_too(void **state)
{
    char buffer[4];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const psock_buffer in = {buffer, 4};
    (void)state;
    scene_send(peer, "peek");
    assert_int_equal(psock_recv_vector(s, &in, 1, PSOCK_PEEK, PSOCK_NOW), 4);
    scene_expect(s, "peek");
    scene_close_two(s, peer);
}

static void io_zero_recv_no_buffers_are_never_passed(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const psock_buffer empty[] = {{NULL, 0}, {NULL, 0}};
    (void)state;
    scene_send(peer, "data");
    assert_int_equal(psock_recv_vector(s, NULL, 0, 0, PSOCK_NOW), 0);
    assert_int_equal(psock_recv_vector(s, empty, 2, 0, PSOCK_NOW), 0);
    assert_int_equal(psock_send_vector(s, NULL, 0, 0, PSOCK_NOW), 0);
    assert_int_equal(psock_send_vector(s, empty, 2, 0, PSOCK_NOW), 0);
    assert_int_equal(fake_recorded("buffers 0"), 0);
    scene_expect(s, "data");
    scene_close_two(s, peer);
}

static void lim_iov_never_more_buffers_than_all_systems_take(void **state)
{
    static psock_buffer buffers[PSOCK_BUFFERS_MAX + 1];
    char byte = 'x';
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    for (size_t i = 0; i <= PSOCK_BUFFERS_MAX; i++)
        buffers[i] = (psock_buffer){&byte, 1};
    assert_int_equal(
        psock_send_vector(s, buffers, PSOCK_BUFFERS_MAX, 0, PSOCK_NOW),
        PSOCK_BUFFERS_MAX);
    assert_int_equal(fake_recorded("WSASend #2 buffers 1024 size 1024"), 1);
    assert_int_equal(
        psock_send_vector(s, buffers, PSOCK_BUFFERS_MAX + 1, 0, PSOCK_NOW),
        PSOCK_EINVAL);
    scene_close_two(peer, s);
}

static void x64_lengths_vectors_are_clamped(void **state)
{
    static char data[3 * LONGEST_SEND / 2];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const psock_buffer buffers[] = {{data, sizeof data / 2},
                                    {data, sizeof data / 2},
                                    {data, sizeof data / 2}};
    (void)state;
    fake_set_room(SIZE_MAX);
    assert_int_equal(psock_send_vector(s, buffers, 3, 0, PSOCK_NOW),
                     LONGEST_SEND);
    assert_int_equal(fake_recorded("buffers 2 size 262144"), 1);
    scene_close_two(peer, s);
}

static void x64_lengths_received_vectors_are_clamped(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const psock_buffer buffers[] = {{&byte, PTRDIFF_MAX / 2},
                                    {&byte, PTRDIFF_MAX / 2}};
    (void)state;
    scene_send(peer, "a");
    fake_limit_buffers(LONGEST_RECEIVE);
    assert_int_equal(psock_recv_vector(s, buffers, 2, 0, PSOCK_NOW), 1);
    scene_close_two(s, peer);
}

/* --- Addresses of streams ------------------------------------------------------------- */

static void io_recvfrom_tcp_addr_is_none(void **state)
{
    char buffer[4];
    psock_address from = scene_address("127.0.0.1:1");
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "data");
    assert_int_equal(
        psock_recv_from(s, buffer, sizeof buffer, 0, &from, PSOCK_NOW), 4);
    assert_int_equal(psock_address_family(&from), PSOCK_NONE);
    scene_close_two(s, peer);
}

static void io_sendto_tcp_addr_does_not_matter(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const psock_address elsewhere = scene_address("192.0.2.99:0");
    (void)state;
    assert_int_equal(psock_send_to(s, "data", 4, 0, &elsewhere, PSOCK_NOW), 4);
    scene_expect(peer, "data");
    scene_close_two(s, peer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(io_length_int_receives_are_clamped),
        ON_WINDOWS_10(nb_send_whole_buffer_sends_are_clamped),
        ON_WINDOWS_10(nb_send_whole_buffer_full_would_wait),
        ON_WINDOWS_10(io_unknown_flags_none_but_peek_is_passed),
        ON_WINDOWS_10(io_unknown_flags_stop_at_psock),
        ON_WINDOWS_10(nb_msg_dontwait_now_never_waits),
        ON_WINDOWS_10(half_close_ok_the_end_is_zero),
        ON_WINDOWS_10(err_epipe_own_end_of_sending),
        ON_WINDOWS_10(err_eshutdown_recv_is_the_end),
        ON_WINDOWS_10(peerrst_recv_every_call_tells_the_reset),
        ON_WINDOWS_10(rst_discards_received_data_as_windows_does),
        ON_WINDOWS_10(close_unread_data_resets_the_peer),
        ON_WINDOWS_10(peername_after_reset_is_there),
        ON_WINDOWS_10(err_econnaborted_is_a_reset),
        ON_WINDOWS_10(err_enetreset_of_keepalive_is_a_timeout),
        ON_WINDOWS_10(connections_break_in_other_ways),
        ON_WINDOWS_10(err_ntstatus_leak_codes_from_below_are_known),
        ON_WINDOWS_10(io_unconnected_send_and_receive_are_told),
        ON_WINDOWS_10(err_emfile_enobufs_less_is_sent),
        ON_WINDOWS_10(err_emfile_enobufs_less_of_a_vector_is_sent),
        ON_WINDOWS_10(err_emfile_enobufs_none_is_told_in_the_end),
        ON_WINDOWS_10(err_emfile_enobufs_a_break_meanwhile_is_told),
        ON_WINDOWS_10(io_iovec_buffers_go_and_come_in_order),
        ON_WINDOWS_10(io_iovec_vectors_peek_too),
        ON_WINDOWS_10(io_zero_recv_no_buffers_are_never_passed),
        ON_WINDOWS_10(lim_iov_never_more_buffers_than_all_systems_take),
        ON_WINDOWS_10(x64_lengths_vectors_are_clamped),
        ON_WINDOWS_10(x64_lengths_received_vectors_are_clamped),
        ON_WINDOWS_10(io_recvfrom_tcp_addr_is_none),
        ON_WINDOWS_10(io_sendto_tcp_addr_does_not_matter),
    };
    return cmocka_run_group_tests_name("winsock.io", tests, NULL, NULL);
}
