/* wait.c: waiting for one socket: by AFD, below layers, by select(). */
#include "scene.h"

#include "host.h"

static void send_from_peer(void *context)
{
    scene_send(*(psock_t *)context, "came");
}

static void end_from_peer(void *context)
{
    assert_int_equal(psock_shutdown(*(psock_t *)context, PSOCK_SHUT_WRITE), 0);
}

static void read_by_peer(void *context)
{
    scene_receive(*(psock_t *)context);
}

static void reset_by_peer(void *context)
{
    assert_int_equal(psock_close_reset(*(psock_t *)context), 0);
}

/* --- What ends a wait ------------------------------------------------------------ */

static void data_end_the_wait(void **state)
{
    char buffer[8];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_when_waiting(send_from_peer, &peer);
    assert_int_equal(psock_recv(s, buffer, sizeof buffer, 0, PSOCK_FOREVER), 4);
    scene_close_two(s, peer);
}

static void cancel_and_send(void *context)
{
    fake_cancel_polls();
    send_from_peer(context);
}

static void thr_io_cancel_on_exit_polls_begin_again(void **state)
{
    char buffer[8];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_when_waiting(cancel_and_send, &peer);
    assert_int_equal(psock_recv(s, buffer, sizeof buffer, 0, PSOCK_FOREVER), 4);
    scene_close_two(s, peer);
}

/* Windows calls it a hang-up and not readable. */
static void poll_hup_vs_in_the_end_ends_the_wait(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_when_waiting(end_from_peer, &peer);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close_two(s, peer);
}

static void poll_rst_a_reset_ends_the_wait(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_when_waiting(reset_by_peer, &peer);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER),
                     PSOCK_ECONNRESET);
    scene_close(s);
}

static void poll_rst_a_reset_ends_the_wait_to_send(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_set_room(1);
    scene_send(s, "full");
    fake_when_waiting(reset_by_peer, &peer);
    assert_int_equal(psock_send(s, "a", 1, 0, PSOCK_FOREVER), PSOCK_ECONNRESET);
    scene_close(s);
}

static void room_ends_the_wait_to_send(void **state)
{
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    fake_set_room(1);
    scene_send(s, "full");
    fake_when_waiting(read_by_peer, &peer);
    assert_int_equal(psock_send(s, "more", 4, 0, PSOCK_FOREVER), 4);
    scene_close_two(peer, s);
}

struct visit {
    psock_t s;
    psock_address where;
};

static void connect_there(void *context)
{
    struct visit *visit = context;
    assert_int_equal(psock_connect(visit->s, &visit->where, PSOCK_NOW),
                     PSOCK_EAGAIN);
}

static void a_connection_ends_the_wait_to_accept(void **state)
{
    struct visit visit = {.s = scene_open(PSOCK_STREAM)};
    psock_t listener = scene_listener(&visit.where);
    (void)state;
    fake_when_waiting(connect_there, &visit);
    psock_t accepted = psock_accept(listener, NULL, PSOCK_FOREVER);
    assert_true(accepted >= 0);
    scene_close(listener);
    scene_close_two(visit.s, accepted);
}

static void decide_well(void *context)
{
    fake_decide_connect(*(psock_t *)context, 0);
}

static void a_decision_ends_the_wait_to_connect(void **state)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_hold_connects(1);
    fake_when_waiting(decide_well, &s);
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), 0);
    scene_close_two(s, listener);
}

/* --- Time ------------------------------------------------------------------------- */

static void time_clock_no_wait_ends_before_its_time(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const int64_t before_ns = scene_clock_ns();
    (void)state;
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(30)),
                     PSOCK_ETIMEDOUT);
    assert_true(scene_clock_ns() - before_ns >= 30000000);
    scene_close_two(s, peer);
}

/* Windows's timers go by ticks, and end some waits too early. */
static void poll_timeout_round_early_ends_are_waited_out(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    const int64_t before_ns = scene_clock_ns();
    (void)state;
    fake_hurry(10);
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(30)),
                     PSOCK_ETIMEDOUT);
    assert_true(scene_clock_ns() - before_ns >= 30000000);
    scene_close_two(s, peer);
}

static void past_deadlines_are_tried_once(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_recv(s, &byte, 1, 0, 1), PSOCK_ETIMEDOUT);
    scene_send(peer, "a");
    assert_int_equal(psock_recv(s, &byte, 1, 0, 1), 1);
    scene_close_two(s, peer);
}

/* What was ready and is taken by another before it can be used. */
static void take_away(void *context)
{
    scene_expect(*(psock_t *)context, "a");
}

static void nb_spurious_wouldblock_waits_on(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    scene_send(peer, "a");
    fake_fail_next(FAKE_recv, WSAEWOULDBLOCK, 1);
    fake_after(FAKE_recv, take_away, &s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(10)),
                     PSOCK_ETIMEDOUT);
    scene_close_two(s, peer);
}

/* --- Failures of the means ---------------------------------------------------------- */

static void an_event_that_cannot_be_had_is_told(void **state)
{
    char byte;
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    (void)state;
    fake_fail_next(FAKE_CreateEventW, ERROR_NOT_ENOUGH_MEMORY, 1);
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(5000)),
                     PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    scene_close(s);
}

static void events_are_kept_for_the_next_wait(void **state)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(1)),
                         PSOCK_ETIMEDOUT);
    assert_true(fake_open_events() <= 1);
    scene_close_two(s, peer);
}

static void check_afd_failure(int status)
{
    char buffer[8];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    fake_fail_next(FAKE_NtDeviceIoControlFile, status, 1000);
    fake_when_waiting(send_from_peer, &peer);
    assert_int_equal(
        psock_recv(s, buffer, sizeof buffer, 0, psock_deadline_ms(5000)), 4);
    assert_true(fake_calls(FAKE_select) > 0);
    fake_fail_next(FAKE_NtDeviceIoControlFile, 0, 0);
    scene_close_two(s, peer);
}

static void afd_that_does_not_answer_is_done_without(void **state)
{
    (void)state;
    check_afd_failure((int)0xC0000002); /* not implemented */
    check_afd_failure((int)0xC0000022); /* access denied */
    check_afd_failure((int)0xC000009A); /* insufficient resources */
}

static void waiting_on_a_closed_socket_is_told(void **state)
{
    char byte;
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    (void)state;
    fake_fail_next(FAKE_recv, WSAEWOULDBLOCK, 1);
    scene_close(s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), PSOCK_EBADF);
}

/* --- Layers -------------------------------------------------------------------------- */

/* All that waits, on sockets of a layered provider. */
static void check_layer(enum fake_layer layer)
{
    char buffer[8];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    fake_put_layer(s, layer);
    fake_when_waiting(send_from_peer, &peer);
    assert_int_equal(psock_recv(s, buffer, sizeof buffer, 0, PSOCK_FOREVER), 4);
    fake_when_waiting(end_from_peer, &peer);
    assert_int_equal(psock_recv(s, buffer, 8, 0, PSOCK_FOREVER), 0);
    fake_set_room(1);
    scene_send(s, "full");
    fake_when_waiting(read_by_peer, &peer);
    assert_int_equal(psock_send(s, "more", 4, 0, PSOCK_FOREVER), 4);
    fake_set_room(100000);
    assert_int_equal(psock_recv(s, buffer, 8, 0, psock_deadline_ms(5)), 0);
    scene_close_two(peer, s);
}

static void desc_lsp_ifs_base_handle_is_polled(void **state)
{
    (void)state;
    check_layer(FAKE_LAYER_BASE_HANDLE);
    assert_true(fake_recorded("SIO_BASE_HANDLE") > 0);
    assert_int_equal(fake_calls(FAKE_select), 0);
}

static void desc_lsp_ifs_bsp_handle_is_polled(void **state)
{
    (void)state;
    check_layer(FAKE_LAYER_BSP_POLL);
    assert_true(
        fake_recorded_in_order("SIO_BASE_HANDLE", "SIO_BSP_HANDLE_POLL", NULL));
    assert_int_equal(fake_calls(FAKE_select), 0);
}

static void desc_lsp_ifs_select_serves_in_the_end(void **state)
{
    (void)state;
    check_layer(FAKE_LAYER_CLOSED);
    assert_true(fake_calls(FAKE_select) > 0);
}

static void end_reading(void *context)
{
    assert_int_equal(psock_shutdown(*(psock_t *)context, PSOCK_SHUT_READ), 0);
}

static void check_layer_wakes(enum fake_layer layer)
{
    char byte;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    fake_put_layer(s, layer);
    fake_when_waiting(end_reading, &s);
    assert_int_equal(psock_recv(s, &byte, 1, 0, PSOCK_FOREVER), 0);
    scene_close_two(s, peer);
}

static void desc_lsp_ifs_shutdown_wakes_them_all(void **state)
{
    (void)state;
    check_layer_wakes(FAKE_LAYER_BASE_HANDLE);
    check_layer_wakes(FAKE_LAYER_BSP_POLL);
    check_layer_wakes(FAKE_LAYER_CLOSED);
}

static void connect_fail_select_is_seen_among_the_exceptions(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = scene_open(PSOCK_STREAM);
    (void)state;
    fake_put_layer(s, FAKE_LAYER_CLOSED);
    assert_int_equal(psock_connect(s, &nobody, psock_deadline_ms(20000)),
                     PSOCK_ECONNREFUSED);
    assert_true(fake_recorded("except 1") > 0);
    scene_close(s);
}

static void give_up(void *context)
{
    assert_int_equal(psock_shutdown(*(psock_t *)context, PSOCK_SHUT_BOTH), 0);
}

static void desc_lsp_ifs_attempts_given_up_are_noticed(void **state)
{
    const psock_address peer = scene_address("192.0.2.99:80");
    psock_t s = scene_connecting();
    (void)state;
    fake_put_layer(s, FAKE_LAYER_CLOSED);
    fake_when_waiting(give_up, &s);
    assert_int_equal(psock_connect(s, &peer, psock_deadline_ms(20000)),
                     PSOCK_ECONNABORTED);
    scene_close(s);
}

/* --- Several threads -------------------------------------------------------------------- */

struct talk {
    psock_t s;
    ptrdiff_t total;
};

#define TALK_SIZE 200000

static void read_all(void *context)
{
    struct talk *talk = context;
    static char buffer[1000];
    ptrdiff_t got = 1;
    while (got > 0) {
        got = psock_recv(talk->s, buffer, sizeof buffer, 0,
                         psock_deadline_ms(20000));
        if (got > 0)
            talk->total += got;
    }
}

static void desc_overlapped_two_threads_use_one_socket(void **state)
{
    static char data[TALK_SIZE];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    struct talk talk = {.s = peer};
    (void)state;
    fake_set_room(5000);
    fake_send_at_most(3000);
    struct host_thread *thread = host_thread_start(read_all, &talk);
    ptrdiff_t sent = 0;
    while (sent < TALK_SIZE) {
        ptrdiff_t part = psock_send(s, data + sent, (size_t)(TALK_SIZE - sent),
                                    0, psock_deadline_ms(20000));
        assert_true(part > 0);
        sent += part;
    }
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    assert_true(host_thread_join(thread, 20000));
    assert_int_equal(talk.total, TALK_SIZE);
    scene_close_two(s, peer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_BOTH(data_end_the_wait),
        ON_WINDOWS_10(thr_io_cancel_on_exit_polls_begin_again),
        ON_WINDOWS_10(poll_hup_vs_in_the_end_ends_the_wait),
        ON_WINDOWS_10(poll_rst_a_reset_ends_the_wait),
        ON_WINDOWS_10(poll_rst_a_reset_ends_the_wait_to_send),
        ON_WINDOWS_10(room_ends_the_wait_to_send),
        ON_WINDOWS_10(a_connection_ends_the_wait_to_accept),
        ON_WINDOWS_10(a_decision_ends_the_wait_to_connect),
        ON_WINDOWS_10(time_clock_no_wait_ends_before_its_time),
        ON_WINDOWS_10(poll_timeout_round_early_ends_are_waited_out),
        ON_WINDOWS_10(past_deadlines_are_tried_once),
        ON_WINDOWS_10(nb_spurious_wouldblock_waits_on),
        ON_WINDOWS_10(an_event_that_cannot_be_had_is_told),
        ON_WINDOWS_10(events_are_kept_for_the_next_wait),
        ON_WINDOWS_10(afd_that_does_not_answer_is_done_without),
        ON_WINDOWS_10(waiting_on_a_closed_socket_is_told),
        ON_WINDOWS_10(desc_lsp_ifs_base_handle_is_polled),
        ON_WINDOWS_10(desc_lsp_ifs_bsp_handle_is_polled),
        ON_WINDOWS_10(desc_lsp_ifs_select_serves_in_the_end),
        ON_WINDOWS_10(desc_lsp_ifs_shutdown_wakes_them_all),
        ON_WINDOWS_10(connect_fail_select_is_seen_among_the_exceptions),
        ON_WINDOWS_10(desc_lsp_ifs_attempts_given_up_are_noticed),
        ON_WINDOWS_10(desc_overlapped_two_threads_use_one_socket),
    };
    return cmocka_run_group_tests_name("winsock.wait", tests, NULL, NULL);
}
