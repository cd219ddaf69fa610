/* shutdown_close.c: ending directions and sockets. */
#include "scene.h"

#include "host.h"

/* --- Reading ------------------------------------------------------------------ */

static void shut_rd_recv_sd_receive_is_never_issued(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    assert_int_equal(fake_calls(FAKE_shutdown), 0);
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_BOTH), 0);
    assert_int_equal(fake_calls(FAKE_shutdown), 1);
    assert_int_equal(fake_recorded("shutdown #2 how 1 = 0"), 1);
    scene_close_two(s, peer);
}

static void shut_rd_recv_what_came_is_read_and_then_the_end(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "came");
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    scene_expect(s, "came");
    assert_int_equal(scene_receive(s), 0);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close_two(s, peer);
}

static void shut_rd_recv_later_data_do_no_harm(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    scene_send(peer, "late");
    scene_expect(s, "late");
    assert_int_equal(scene_receive(s), 0);
    scene_send(s, "answer");
    scene_expect(peer, "answer");
    scene_close_two(s, peer);
}

static void shut_rd_recv_vectors_and_addresses_end_too(void **state)
{
    char byte;
    psock_t peer;
    psock_address from = scene_address("127.0.0.1:1");
    psock_t s = scene_connected(&peer);
    const psock_buffer in = {&byte, 1};
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    assert_int_equal(psock_recv_vector(s, &in, 1, 0, PSOCK_FOREVER), 0);
    assert_int_equal(psock_recv_from(s, &byte, 1, 0, &from, PSOCK_FOREVER), 0);
    assert_int_equal(psock_address_family(&from), PSOCK_NONE);
    scene_close_two(s, peer);
}

static void end_reading(void *context)
{
    assert_int_equal(psock_shutdown(*(psock_t *)context, PSOCK_SHUT_READ), 0);
}

static void shut_wakes_recv_who_waits(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_when_waiting(end_reading, &s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close_two(s, peer);
}

/* Shut down after the attempt to receive and before the wait. */
static void shut_wakes_recv_who_is_about_to_wait(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_after(FAKE_recv, end_reading, &s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(5000)), 0);
    scene_close_two(s, peer);
}

static void shut_wakes_recv_of_datagrams(void **state)
{
    char byte;
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    (void)state;
    fake_when_waiting(end_reading, &s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close(s);
}

/* --- Writing -------------------------------------------------------------------- */

static void end_writing(void *context)
{
    assert_int_equal(psock_shutdown(*(psock_t *)context, PSOCK_SHUT_WRITE), 0);
}

static psock_t full(psock_t *peer)
{
    psock_t s = scene_connected(peer);
    fake_set_room(1);
    scene_send(s, "full");
    return s;
}

static void shut_wakes_send_who_waits(void **state)
{
    psock_t peer;
    psock_t s = full(&peer);
    (void)state;
    fake_when_waiting(end_writing, &s);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER), PSOCK_EPIPE);
    scene_close_two(peer, s);
}

static void shut_wakes_send_who_is_about_to_wait(void **state)
{
    psock_t peer;
    psock_t s = full(&peer);
    (void)state;
    fake_after(FAKE_send, end_writing, &s);
    assert_int_equal(psock_send(s, "a", 1, 0, psock_deadline_ms(5000)),
                     PSOCK_EPIPE);
    scene_close_two(peer, s);
}

/* A direction ended wakes those of the other too, who go on waiting. */
static void shutting_one_direction_leaves_the_other(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_when_waiting(end_writing, &s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(20)),
                     PSOCK_ETIMEDOUT);
    scene_close_two(s, peer);
}

static void shut_twice_is_harmless(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    for (int how = PSOCK_SHUT_READ; how <= PSOCK_SHUT_BOTH; how++) {
        assert_int_equal(psock_shutdown(s, how), 0);
        assert_int_equal(psock_shutdown(s, how), 0);
    }
    scene_close_two(s, peer);
}

static void shut_unconnected_streams_are_told(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    for (int how = PSOCK_SHUT_READ; how <= PSOCK_SHUT_BOTH; how++) {
        assert_int_equal(psock_shutdown(s, how), PSOCK_ENOTCONN);
        assert_int_equal(psock_error_native(), WSAENOTCONN);
    }
    scene_close(s);
}

static void shut_unconnected_datagrams_are_shut(void **state)
{
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    for (int how = PSOCK_SHUT_READ; how <= PSOCK_SHUT_BOTH; how++)
        assert_int_equal(psock_shutdown(s, how), 0);
    scene_close(s);
}

/* --- Listeners -------------------------------------------------------------------- */

static void shut_listener_ends_accepting(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_READ), 0);
    assert_int_equal(fake_calls(FAKE_shutdown), 0);
    assert_int_equal(psock_accept(s, NULL, PSOCK_FOREVER), PSOCK_EINVAL);
    scene_close(s);
}

static void shut_listener_wakes_accept(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    fake_when_waiting(end_reading, &s);
    assert_int_equal(psock_accept(s, NULL, PSOCK_FOREVER), PSOCK_EINVAL);
    scene_close(s);
}

static void shut_listener_wakes_accept_about_to_wait(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    fake_after(FAKE_accept, end_reading, &s);
    assert_int_equal(psock_accept(s, NULL, psock_deadline_ms(5000)),
                     PSOCK_EINVAL);
    scene_close(s);
}

static void shut_listener_for_writing_changes_nothing(void **state)
{
    psock_t s = scene_listener(NULL);
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    assert_int_equal(psock_accept(s, NULL, PSOCK_NOW), PSOCK_EAGAIN);
    scene_close(s);
}

/* --- Waking from another thread ------------------------------------------------------ */

struct reader {
    psock_t socket;
    struct host_gate *started;
    ptrdiff_t result;
};

static void read_for_ever(void *context)
{
    struct reader *reader = context;
    char byte;
    host_gate_open(reader->started);
    reader->result =
        psock_recv(reader->socket, &byte, 1, 0, psock_deadline_ms(20000));
}

/* Whether the thread waits already or not yet makes no difference. */
static void shut_wakes_recv_in_another_thread(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        psock_t peer;
        struct reader reader = {.socket = scene_connected(&peer),
                                .started = host_gate_make(),
                                .result = -1};
        struct host_thread *thread = host_thread_start(read_for_ever, &reader);
        host_gate_wait(reader.started);
        assert_int_equal(psock_shutdown(reader.socket, PSOCK_SHUT_READ), 0);
        assert_true(host_thread_join(thread, 20000));
        assert_int_equal(reader.result, 0);
        host_gate_free(reader.started);
        scene_close_two(reader.socket, peer);
    }
}

/* --- Closing ---------------------------------------------------------------------------- */

static void set_linger(psock_t s, u_short seconds)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = seconds};
    psock_winsock.setsockopt((SOCKET)s, SOL_SOCKET, SO_LINGER,
                             (const char *)&linger, sizeof linger);
}

/* Windows refuses, and the socket would be left open. */
static void close_linger_nonblocking_is_closed_all_the_same(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    set_linger(s, 2);
    assert_int_equal(psock_close(s), 0);
    assert_true(fake_recorded_in_order("closesocket #2  = error 10035",
                                       "ioctlsocket #2 FIONBIO 0",
                                       "closesocket #2  = 0", NULL));
    assert_int_equal(fake_open_sockets(), 1);
    scene_close(peer);
}

static void close_linger_zero_resets_the_peer(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_close_reset(s), 0);
    assert_true(fake_recorded_in_order("SO_LINGER 01000000 length 4 = 0",
                                       "closesocket #2  = 0", NULL));
    assert_int_equal(scene_receive(peer), PSOCK_ECONNRESET);
    scene_close(peer);
}

static void close_linger_zero_of_others_just_closes(void **state)
{
    (void)state;
    assert_int_equal(psock_close_reset(scene_open(PSOCK_STREAM)), 0);
    assert_int_equal(psock_close_reset(scene_open(PSOCK_DATAGRAM)), 0);
    assert_int_equal(psock_close_reset(scene_listener(NULL)), 0);
    assert_int_equal(fake_open_sockets(), 0);
}

static void close_default_graceful_the_peer_reads_on(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(s, "last words");
    scene_close(s);
    scene_expect(peer, "last words");
    assert_int_equal(scene_receive(peer), 0);
    scene_close(peer);
}

static void closing_twice_is_told(void **state)
{
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    scene_close(s);
    assert_int_equal(psock_close(s), PSOCK_EBADF);
    assert_int_equal(psock_close_reset(s), PSOCK_EBADF);
}

/* Closing under another's wait is an error in the program, but one that ends
 * the wait. */
static void close_under(void *context)
{
    psock_close(*(psock_t *)context);
}

static void close_cancels_blocked_recv_ends_the_wait(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_when_waiting(close_under, &s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(5000)),
                     PSOCK_EBADF);
    assert_string_not_equal(fake_complaints(), "");
    scene_close(peer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(shut_rd_recv_sd_receive_is_never_issued),
        ON_WINDOWS_10(shut_rd_recv_what_came_is_read_and_then_the_end),
        ON_WINDOWS_10(shut_rd_recv_later_data_do_no_harm),
        ON_WINDOWS_10(shut_rd_recv_vectors_and_addresses_end_too),
        ON_WINDOWS_10(shut_wakes_recv_who_waits),
        ON_WINDOWS_10(shut_wakes_recv_who_is_about_to_wait),
        ON_WINDOWS_10(shut_wakes_recv_of_datagrams),
        ON_WINDOWS_10(shut_wakes_send_who_waits),
        ON_WINDOWS_10(shut_wakes_send_who_is_about_to_wait),
        ON_WINDOWS_10(shutting_one_direction_leaves_the_other),
        ON_WINDOWS_10(shut_twice_is_harmless),
        ON_WINDOWS_10(shut_unconnected_streams_are_told),
        ON_WINDOWS_10(shut_unconnected_datagrams_are_shut),
        ON_WINDOWS_10(shut_listener_ends_accepting),
        ON_WINDOWS_10(shut_listener_wakes_accept),
        ON_WINDOWS_10(shut_listener_wakes_accept_about_to_wait),
        ON_WINDOWS_10(shut_listener_for_writing_changes_nothing),
        ON_BOTH(shut_wakes_recv_in_another_thread),
        ON_WINDOWS_10(close_linger_nonblocking_is_closed_all_the_same),
        ON_WINDOWS_10(close_linger_zero_resets_the_peer),
        ON_WINDOWS_10(close_linger_zero_of_others_just_closes),
        ON_WINDOWS_10(close_default_graceful_the_peer_reads_on),
        ON_WINDOWS_10(closing_twice_is_told),
        ON_WINDOWS_10(close_cancels_blocked_recv_ends_the_wait),
    };
    return cmocka_run_group_tests_name("winsock.shutdown_close", tests, NULL,
                                       NULL);
}
