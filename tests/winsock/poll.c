/* poll.c: psock_poll() on polls of AFD, below layers, and on select(). */
#include "happening.h"

#include "host.h"

/* The value of `came` before a call, which must stay if the call fails. */
#define UNTOUCHED UINT32_C(0x5a5a5a5a)

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static psock_pollable entry_of(psock_t s, uint32_t wanted)
{
    return (psock_pollable){.socket = s, .wanted = wanted, .came = UNTOUCHED};
}

static psock_pollable waker_entry(psock_waker *waker)
{
    return (psock_pollable){
        .socket = PSOCK_INVALID, .waker = waker, .came = UNTOUCHED};
}

static psock_waker *open_waker(void)
{
    psock_waker *waker = NULL;
    assert_int_equal(psock_waker_open(&waker), 0);
    return waker;
}

/* --- Every state, by every way -------------------------------------------- */

static uint32_t poll_now(psock_t s, uint32_t wanted)
{
    psock_pollable entry = entry_of(s, wanted);
    int result = psock_poll(&entry, 1, PSOCK_NOW);
    if (result == 1)
        return entry.came;
    assert_int_equal(result, PSOCK_EAGAIN);
    assert_int_equal(entry.came, UNTOUCHED);
    return 0;
}

static void check_wishes(psock_t s, uint32_t came)
{
    for (size_t i = 0; i < WISH_COUNT; i++)
        for (int again = 0; again < 2; again++)
            assert_int_equal(poll_now(s, states_wishes[i]),
                             states_due(came, states_wishes[i]));
}

static void state_is_told(void **state)
{
    const struct state *row = *state;
    check_wishes(row->make(), row->came);
    assert_int_equal(fake_calls(FAKE_select), 0);
}

static void state_is_told_below(const struct state *row, enum fake_layer layer)
{
    psock_t s = row->make();
    fake_put_layer(s, layer);
    check_wishes(s, row->came);
    assert_int_equal(fake_calls(FAKE_select), 0);
}

static void state_is_told_by_base_handle(void **state)
{
    state_is_told_below(*state, FAKE_LAYER_BASE_HANDLE);
}

static void state_is_told_by_bsp_handle(void **state)
{
    state_is_told_below(*state, FAKE_LAYER_BSP_POLL);
}

static void check_wish_by_select(const struct state *row, psock_t s,
                                 uint32_t wanted)
{
    const uint32_t reading = PSOCK_READABLE | PSOCK_READ_ENDED;
    uint32_t came = row->came;
    if (row->by_select == SELECT_TELLS_READERS && (wanted & reading) == 0)
        return;
    if (row->by_select == SELECT_MISSES_END)
        came &= ~(uint32_t)PSOCK_READ_ENDED;
    assert_int_equal(poll_now(s, wanted), states_due(came, wanted));
}

static void state_is_told_by_select(void **state)
{
    const struct state *row = *state;
    psock_t s = row->make();
    fake_put_layer(s, FAKE_LAYER_CLOSED);
    for (size_t i = 0; i < WISH_COUNT; i++)
        check_wish_by_select(row, s, states_wishes[i]);
    assert_true(fake_calls(FAKE_select) > 0);
}

/* --- What ends a wait ----------------------------------------------------- */

/* The second of three that are asked about. */
static void check_ending(const struct ending *ending, psock_t before,
                         psock_t after, _Bool layered)
{
    struct happening happening;
    happening.s = states_connected(&happening.peer);
    psock_pollable entries[] = {entry_of(before, PSOCK_READABLE),
                                entry_of(happening.s, ending->wanted),
                                entry_of(after, PSOCK_READABLE)};
    if (layered)
        fake_put_layer(happening.s, FAKE_LAYER_CLOSED);
    fake_when_waiting(ending->happens, &happening);
    assert_int_equal(psock_poll(entries, 3, PSOCK_FOREVER), 1);
    assert_int_equal(entries[0].came, 0);
    assert_int_equal(entries[1].came, ending->came);
    assert_int_equal(entries[2].came, 0);
}

static void what_happens_ends_the_wait(void **state)
{
    psock_t before = states_datagram();
    psock_t after = states_datagram();
    (void)state;
    for (size_t i = 0; i < ENDING_COUNT; i++)
        check_ending(&happening_endings[i], before, after, 0);
    assert_int_equal(fake_calls(FAKE_select), 0);
}

static void desc_lsp_ifs_what_happens_ends_the_wait_by_select(void **state)
{
    psock_t before = states_datagram();
    psock_t after = states_datagram();
    (void)state;
    for (size_t i = 0; i < ENDINGS_BY_SELECT; i++)
        check_ending(&happening_endings[i], before, after, 1);
    assert_true(fake_calls(FAKE_select) > 0);
}

static void thr_io_cancel_on_exit_polls_begin_again(void **state)
{
    struct happening happening;
    (void)state;
    happening.s = states_connected(&happening.peer);
    psock_pollable entries[] = {entry_of(states_datagram(), PSOCK_READABLE),
                                entry_of(happening.s, PSOCK_READABLE)};
    fake_when_waiting(happening_cancels, &happening);
    assert_int_equal(psock_poll(entries, 2, PSOCK_FOREVER), 1);
    assert_int_equal(entries[1].came, PSOCK_READABLE);
}

/* There was no room, and will be none: a send would not wait any more. */
static void shut_down_for_writing_is_writable(void **state)
{
    struct happening happening;
    (void)state;
    happening.s = states_connected(&happening.peer);
    psock_pollable entry = entry_of(happening.s, PSOCK_WRITABLE);
    fake_set_room(1);
    scene_send(happening.s, "full");
    fake_when_waiting(happening_shut_writing, &happening);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), 1);
    assert_int_equal(entry.came, PSOCK_WRITABLE);
}

/* --- Failures to connect -------------------------------------------------- */

static void check_refusal(uint32_t wanted, _Bool layered)
{
    psock_t s = states_keep(scene_connecting());
    const psock_address peer = scene_address("192.0.2.99:80");
    psock_pollable entry = entry_of(s, wanted);
    if (layered)
        fake_put_layer(s, FAKE_LAYER_CLOSED);
    fake_when_waiting(happening_refusal, &s);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), 1);
    assert_int_equal(entry.came, states_due(BROKEN_BITS, wanted));
    assert_int_equal(psock_connect(s, &peer, PSOCK_NOW), PSOCK_ECONNREFUSED);
    assert_int_equal(poll_now(s, wanted), HUNG_UP_BITS);
}

static void connect_fail_wsapoll_refusal_is_told_unasked(void **state)
{
    (void)state;
    for (size_t i = 0; i < WISH_COUNT; i++)
        check_refusal(states_wishes[i], 0);
    assert_int_equal(fake_calls(FAKE_select), 0);
}

static void connect_fail_select_refusal_is_told_unasked(void **state)
{
    (void)state;
    for (size_t i = 0; i < WISH_COUNT; i++)
        check_refusal(states_wishes[i], 1);
    assert_true(fake_recorded("except 1") > 0);
}

static void decision_ends_the_wait(void **state)
{
    psock_address where;
    psock_t s = states_keep(scene_open(PSOCK_STREAM));
    (void)state;
    states_keep(scene_listener(&where));
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EAGAIN);
    psock_pollable entry = entry_of(s, EVERYTHING);
    fake_when_waiting(happening_success, &s);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), 1);
    assert_int_equal(entry.came, PSOCK_WRITABLE);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), 0);
}

/* --- Sets ----------------------------------------------------------------- */

static void each_entry_has_its_answer(void **state)
{
    psock_t peer;
    psock_t with_data = states_connected(&peer);
    (void)state;
    scene_send(peer, "data");
    psock_pollable entries[] = {
        entry_of(states_datagram(), PSOCK_READABLE),
        entry_of(with_data, PSOCK_READABLE),
        entry_of(PSOCK_INVALID, EVERYTHING),
        entry_of(states_datagram(), EVERYTHING),
        entry_of(states_keep(scene_listener(NULL)), EVERYTHING),
        entry_of(states_keep(scene_open(PSOCK_STREAM)), 0),
        entry_of(with_data, PSOCK_WRITABLE)};
    static const uint32_t due[] = {
        0, PSOCK_READABLE, 0, PSOCK_WRITABLE, 0, HUNG_UP_BITS, PSOCK_WRITABLE};
    assert_int_equal(psock_poll(entries, COUNT_OF(entries), PSOCK_FOREVER), 4);
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        assert_int_equal(entries[i].came, due[i]);
}

static void check_duplicates(enum fake_duplicates how)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_t idle = states_connected(NULL);
    scene_send(peer, "data");
    psock_pollable entries[] = {
        entry_of(s, PSOCK_READABLE), entry_of(idle, PSOCK_READABLE),
        entry_of(s, PSOCK_WRITABLE), entry_of(s, PSOCK_URGENT),
        entry_of(s, EVERYTHING),     entry_of(idle, PSOCK_WRITABLE)};
    fake_answer_duplicates(how);
    assert_int_equal(psock_poll(entries, COUNT_OF(entries), PSOCK_NOW), 4);
    assert_int_equal(entries[0].came, PSOCK_READABLE);
    assert_int_equal(entries[1].came, 0);
    assert_int_equal(entries[2].came, PSOCK_WRITABLE);
    assert_int_equal(entries[3].came, 0);
    assert_int_equal(entries[4].came, PSOCK_READABLE | PSOCK_WRITABLE);
    assert_int_equal(entries[5].came, PSOCK_WRITABLE);
}

static void poll_dup_entries_are_each_told(void **state)
{
    (void)state;
    check_duplicates(FAKE_DUPLICATES_EACH);
    check_duplicates(FAKE_DUPLICATES_FIRST);
    check_duplicates(FAKE_DUPLICATES_SQUARED);
}

static void poll_dup_entries_wait_for_what_each_wants(void **state)
{
    struct happening happening;
    (void)state;
    happening.s = states_connected(&happening.peer);
    psock_pollable entries[] = {entry_of(happening.s, PSOCK_URGENT),
                                entry_of(happening.s, PSOCK_READABLE),
                                entry_of(happening.s, PSOCK_READABLE)};
    fake_when_waiting(happening_data, &happening);
    assert_int_equal(psock_poll(entries, 3, PSOCK_FOREVER), 2);
    assert_int_equal(entries[0].came, 0);
    assert_int_equal(entries[1].came, PSOCK_READABLE);
    assert_int_equal(entries[2].came, PSOCK_READABLE);
}

/* --- What is no socket ---------------------------------------------------- */

static psock_t closed_socket(void)
{
    psock_t s = scene_open(PSOCK_STREAM);
    scene_close(s);
    return s;
}

static void poll_invalid_fd_is_told_and_counted(void **state)
{
    psock_t file = fake_open_file();
    psock_pollable entries[] = {entry_of(states_datagram(), PSOCK_READABLE),
                                entry_of(closed_socket(), EVERYTHING),
                                entry_of(states_datagram(), PSOCK_WRITABLE),
                                entry_of(file, 0),
                                entry_of(states_datagram(), PSOCK_READABLE)};
    static const uint32_t due[] = {0, PSOCK_NO_SOCKET, PSOCK_WRITABLE,
                                   PSOCK_NO_SOCKET, 0};
    (void)state;
    assert_int_equal(psock_poll(entries, 5, PSOCK_FOREVER), 3);
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        assert_int_equal(entries[i].came, due[i]);
    fake_close_foreign(file);
}

static void poll_invalid_fd_alone_is_told(void **state)
{
    psock_pollable entry = entry_of(closed_socket(), 0);
    (void)state;
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), 1);
    assert_int_equal(entry.came, PSOCK_NO_SOCKET);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_NOW), 1);
    assert_int_equal(entry.came, PSOCK_NO_SOCKET);
}

static void poll_invalid_fd_does_not_hide_others_behind_layers(void **state)
{
    psock_t layered = states_datagram();
    psock_pollable entries[] = {entry_of(closed_socket(), EVERYTHING),
                                entry_of(layered, EVERYTHING)};
    (void)state;
    fake_put_layer(layered, FAKE_LAYER_CLOSED);
    assert_int_equal(psock_poll(entries, 2, PSOCK_FOREVER), 2);
    assert_int_equal(entries[0].came, PSOCK_NO_SOCKET);
    assert_int_equal(entries[1].came, PSOCK_WRITABLE);
}

/* --- Crowds --------------------------------------------------------------- */

#define CROWD 1500

static psock_pollable crowd[CROWD];

/* Of which the last receives what `sender` sends. */
static void gather_crowd(psock_t *sender)
{
    for (size_t i = 0; i + 1 < CROWD; i++)
        crowd[i] = entry_of(states_datagram(), PSOCK_READABLE);
    crowd[CROWD - 1] = entry_of(states_datagrams(sender), PSOCK_READABLE);
}

static void check_crowd(size_t count)
{
    struct happening happening;
    gather_crowd(&happening.peer);
    psock_pollable *entries = crowd + CROWD - count;
    assert_int_equal(psock_poll(entries, count, PSOCK_NOW), PSOCK_EAGAIN);
    fake_when_waiting(happening_data, &happening);
    assert_int_equal(psock_poll(entries, count, PSOCK_FOREVER), 1);
    for (size_t i = 0; i + 1 < count; i++)
        assert_int_equal(entries[i].came, 0);
    assert_int_equal(entries[count - 1].came, PSOCK_READABLE);
    for (size_t i = 0; i < count; i++)
        entries[i].wanted = EVERYTHING;
    assert_int_equal(psock_poll(entries, count, PSOCK_NOW), count);
    assert_int_equal(entries[0].came, PSOCK_WRITABLE);
    states_close_all();
}

static void sel_fdset_repr_more_than_64_are_polled(void **state)
{
    (void)state;
    check_crowd(65);
    assert_int_equal(fake_calls(FAKE_select), 0);
}

static void more_than_1024_are_polled(void **state)
{
    (void)state;
    check_crowd(CROWD);
    assert_int_equal(fake_calls(FAKE_select), 0);
}

#define NT_NOT_IMPLEMENTED ((int)0xC0000002)

static void sel_fdset_repr_more_than_64_are_selected(void **state)
{
    (void)state;
    fake_fail_next(FAKE_NtDeviceIoControlFile, NT_NOT_IMPLEMENTED, INT32_MAX);
    check_crowd(65);
    check_crowd(CROWD);
    assert_true(fake_recorded("read 1500") > 0);
}

/* --- Layers --------------------------------------------------------------- */

static void check_mixture(enum fake_layer layer)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    psock_pollable entries[] = {entry_of(states_datagram(), PSOCK_READABLE),
                                entry_of(s, PSOCK_READABLE),
                                entry_of(states_datagram(), PSOCK_WRITABLE),
                                entry_of(s, PSOCK_WRITABLE)};
    fake_put_layer(s, layer);
    scene_send(peer, "data");
    assert_int_equal(psock_poll(entries, 4, PSOCK_FOREVER), 3);
    assert_int_equal(entries[0].came, 0);
    assert_int_equal(entries[1].came, PSOCK_READABLE);
    assert_int_equal(entries[2].came, PSOCK_WRITABLE);
    assert_int_equal(entries[3].came, PSOCK_WRITABLE);
}

static void desc_lsp_ifs_one_of_many_may_be_layered(void **state)
{
    (void)state;
    check_mixture(FAKE_LAYER_BASE_HANDLE);
    check_mixture(FAKE_LAYER_BSP_POLL);
    assert_int_equal(fake_calls(FAKE_select), 0);
    check_mixture(FAKE_LAYER_CLOSED);
    assert_true(fake_calls(FAKE_select) > 0);
}

/* --- Time ----------------------------------------------------------------- */

static void check_time(psock_pollable *entries, size_t count)
{
    static const int64_t timeout_ns = 20000000;
    int64_t before_ns = scene_clock_ns();
    assert_int_equal(psock_poll(entries, count, psock_deadline_ns(timeout_ns)),
                     PSOCK_ETIMEDOUT);
    assert_true(scene_clock_ns() - before_ns >= timeout_ns);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(entries[i].came, UNTOUCHED);
}

static void check_times(void)
{
    psock_waker *waker = open_waker();
    psock_pollable entries[] = {entry_of(states_datagram(), PSOCK_READABLE),
                                entry_of(PSOCK_INVALID, EVERYTHING),
                                waker_entry(waker)};
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        check_time(&entries[i], 1);
    check_time(entries, COUNT_OF(entries));
    check_time(NULL, 0);
    assert_int_equal(psock_waker_close(waker), 0);
}

static void poll_timeout_round_no_poll_ends_before_its_time(void **state)
{
    (void)state;
    check_times();
}

static void poll_timeout_round_early_ends_are_waited_out(void **state)
{
    (void)state;
    fake_hurry(8);
    check_times();
}

/* Less than what Windows can wait for is not waited for by asking again and
 * again. */
static void poll_timeout_round_short_waits_do_not_spin(void **state)
{
    psock_waker *waker = open_waker();
    psock_pollable entry = waker_entry(waker);
    (void)state;
    assert_int_equal(psock_poll(&entry, 1, psock_deadline_ns(900000)),
                     PSOCK_ETIMEDOUT);
    assert_in_range(fake_calls(FAKE_WaitForSingleObject), 1, 4);
    assert_int_equal(psock_waker_close(waker), 0);
}

static void poll_nfds0_asks_windows_for_nothing(void **state)
{
    psock_pollable entry = entry_of(PSOCK_INVALID, EVERYTHING);
    (void)state;
    assert_int_equal(psock_poll(NULL, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_NOW), PSOCK_EAGAIN);
    assert_int_equal(fake_calls(FAKE_select), 0);
    assert_int_equal(fake_calls(FAKE_NtDeviceIoControlFile), 0);
}

/* --- Wakers --------------------------------------------------------------- */

static void check_ring(psock_waker *waker, psock_pollable *entries,
                       size_t count)
{
    fake_when_waiting(happening_ring, waker);
    assert_int_equal(psock_poll(entries, count, PSOCK_FOREVER), 1);
    assert_int_equal(entries[count - 1].came, PSOCK_READABLE);
    assert_int_equal(psock_poll(entries, count, PSOCK_FOREVER), 1);
    assert_int_equal(psock_poll(entries, count, PSOCK_NOW), 1);
    assert_int_equal(entries[count - 1].came, PSOCK_READABLE);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(psock_poll(entries, count, PSOCK_NOW), PSOCK_EAGAIN);
}

static void ring_ends_the_poll(void **state)
{
    psock_waker *waker = open_waker();
    psock_t layered = states_datagram();
    psock_pollable plain[] = {entry_of(states_datagram(), PSOCK_READABLE),
                              waker_entry(waker)};
    psock_pollable selected[] = {entry_of(layered, PSOCK_READABLE),
                                 waker_entry(waker)};
    (void)state;
    fake_put_layer(layered, FAKE_LAYER_CLOSED);
    check_ring(waker, plain, 2);
    check_ring(waker, plain + 1, 1);
    check_ring(waker, selected, 2);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* An idle listener is looked at closely, which takes several calls; but once. */
static void ring_while_looking_is_not_lost(void **state)
{
    psock_waker *waker = open_waker();
    psock_pollable entries[] = {
        entry_of(states_keep(scene_listener(NULL)), PSOCK_READABLE),
        waker_entry(waker)};
    (void)state;
    fake_after(FAKE_getsockopt, happening_ring, waker);
    assert_int_equal(psock_poll(entries, 2, PSOCK_FOREVER), 1);
    assert_int_equal(entries[1].came, PSOCK_READABLE);
    assert_int_equal(psock_waker_reset(waker), 1);
    psock_cancel_with(waker);
    entries[0].socket = states_keep(scene_listener(NULL));
    fake_after(FAKE_getsockopt, happening_ring, waker);
    assert_int_equal(psock_poll(entries, 1, PSOCK_FOREVER), PSOCK_ECANCELED);
    psock_cancel_with(NULL);
    assert_int_equal(psock_waker_close(waker), 0);
}

static void shutdown_while_looking_is_not_lost(void **state)
{
    struct happening happening = {.s = states_keep(scene_listener(NULL))};
    psock_pollable entry = entry_of(happening.s, PSOCK_READABLE);
    (void)state;
    fake_after(FAKE_getsockopt, happening_shut_reading, &happening);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), 1);
    assert_int_equal(entry.came & PSOCK_READABLE, PSOCK_READABLE);
}

static void idle_listener_is_looked_at_once(void **state)
{
    psock_t listener = states_keep(scene_listener(NULL));
    (void)state;
    assert_int_equal(poll_now(listener, PSOCK_READABLE), 0);
    const unsigned calls = (unsigned)fake_calls(FAKE_getsockopt);
    assert_int_equal(poll_now(listener, PSOCK_READABLE), 0);
    assert_int_equal(fake_calls(FAKE_getsockopt), calls);
}

/* Its number may be that of one of which more was known. */
static void new_socket_is_looked_at_anew(void **state)
{
    (void)state;
    for (int turn = 0; turn < 3; turn++) {
        psock_t peer;
        psock_t s = scene_connected(&peer);
        assert_int_equal(poll_now(s, PSOCK_WRITABLE), PSOCK_WRITABLE);
        assert_int_equal(poll_now(peer, PSOCK_READABLE), 0);
        scene_close(s);
        scene_close(peer);
        s = scene_open(PSOCK_STREAM);
        assert_int_equal(poll_now(s, 0), HUNG_UP_BITS);
        scene_close(s);
    }
}

static void waker_beside_what_is_ready_is_told_too(void **state)
{
    psock_waker *waker = open_waker();
    psock_pollable entries[] = {waker_entry(waker),
                                entry_of(states_datagram(), PSOCK_WRITABLE)};
    (void)state;
    assert_int_equal(psock_poll(entries, 2, PSOCK_FOREVER), 1);
    assert_int_equal(entries[0].came, 0);
    assert_int_equal(psock_waker_ring(waker), 0);
    assert_int_equal(psock_poll(entries, 2, PSOCK_FOREVER), 2);
    assert_int_equal(entries[0].came, PSOCK_READABLE);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* --- Failures ------------------------------------------------------------- */

static void poll_that_gets_no_event_says_so(void **state)
{
    psock_pollable entry = entry_of(states_datagram(), EVERYTHING);
    (void)state;
    fake_fail_next(FAKE_CreateEventW, ERROR_NOT_ENOUGH_MEMORY, 1);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    assert_int_equal(entry.came, UNTOUCHED);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), 1);
}

static void check_afd_failure(int status, int skip)
{
    struct happening happening;
    happening.s = states_connected(&happening.peer);
    psock_pollable entries[] = {entry_of(states_datagram(), PSOCK_READABLE),
                                entry_of(happening.s, PSOCK_READABLE)};
    fake_fail_after(FAKE_NtDeviceIoControlFile, skip, status, INT32_MAX);
    fake_when_waiting(happening_data, &happening);
    assert_int_equal(psock_poll(entries, 2, PSOCK_FOREVER), 1);
    assert_int_equal(entries[1].came, PSOCK_READABLE);
    assert_true(fake_calls(FAKE_select) > 0);
    fake_fail_next(FAKE_NtDeviceIoControlFile, 0, 0);
    fake_forget();
}

static void afd_that_does_not_answer_is_done_without(void **state)
{
    static const int statuses[] = {NT_NOT_IMPLEMENTED,
                                   (int)0xC0000022,  /* access denied */
                                   (int)0xC000009A}; /* no resources */
    (void)state;
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        for (int skip = 0; skip < 2; skip++)
            check_afd_failure(statuses[i], skip);
}

static void select_that_fails_is_told(void **state)
{
    psock_t s = states_datagram();
    psock_pollable entry = entry_of(s, PSOCK_READABLE);
    (void)state;
    fake_put_layer(s, FAKE_LAYER_CLOSED);
    fake_fail_next(FAKE_select, WSAENOBUFS, 1);
    assert_int_equal(psock_poll(&entry, 1, PSOCK_FOREVER), PSOCK_ENOBUFS);
    assert_int_equal(psock_error_native(), WSAENOBUFS);
    assert_int_equal(entry.came, UNTOUCHED);
}

static void events_are_kept_for_the_next_poll(void **state)
{
    psock_pollable entry = entry_of(states_datagram(), PSOCK_WRITABLE);
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(psock_poll(&entry, 1, PSOCK_NOW), 1);
    assert_int_equal(fake_calls(FAKE_CreateEventW), 1);
}

/* The answer was under way when something else ended the wait. */
static void slow_cancels_are_waited_for(void **state)
{
    psock_waker *waker = open_waker();
    psock_pollable entries[] = {entry_of(states_datagram(), PSOCK_READABLE),
                                waker_entry(waker)};
    (void)state;
    fake_cancel_slowly();
    check_ring(waker, entries, 2);
    assert_int_equal(psock_waker_close(waker), 0);
}

/* --- Several threads ------------------------------------------------------ */

#define POLLS_BY_THREAD 200

struct polling {
    psock_t s;
    psock_waker *waker;
    int told;
};

static void poll_often(void *context)
{
    struct polling *polling = context;
    for (int i = 0; i < POLLS_BY_THREAD; i++) {
        psock_pollable entries[] = {entry_of(polling->s, PSOCK_READABLE),
                                    waker_entry(polling->waker)};
        polling->told += psock_poll(entries, 2, psock_deadline_ms(20000)) == 1;
        psock_waker_reset(polling->waker);
    }
}

static void threads_poll_one_socket(void **state)
{
    struct polling polling[2] = {{.s = states_datagram()}};
    struct host_thread *threads[2];
    (void)state;
    polling[1].s = polling[0].s;
    for (int i = 0; i < 2; i++) {
        polling[i].waker = open_waker();
        threads[i] = host_thread_start(poll_often, &polling[i]);
    }
    for (int i = 0; i < 2; i++) {
        while (!host_thread_join(threads[i], 0)) {
            psock_waker_ring(polling[0].waker);
            psock_waker_ring(polling[1].waker);
            host_yield();
        }
        assert_int_equal(polling[i].told, POLLS_BY_THREAD);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(psock_waker_close(polling[i].waker), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE_ON_BOTH(what_happens_ends_the_wait),
        CASE(desc_lsp_ifs_what_happens_ends_the_wait_by_select),
        CASE(thr_io_cancel_on_exit_polls_begin_again),
        CASE(shut_down_for_writing_is_writable),
        CASE_ON_BOTH(connect_fail_wsapoll_refusal_is_told_unasked),
        CASE_ON_BOTH(connect_fail_select_refusal_is_told_unasked),
        CASE_ON_BOTH(decision_ends_the_wait),
        CASE(each_entry_has_its_answer),
        CASE(poll_dup_entries_are_each_told),
        CASE(poll_dup_entries_wait_for_what_each_wants),
        CASE(poll_invalid_fd_is_told_and_counted),
        CASE(poll_invalid_fd_alone_is_told),
        CASE(poll_invalid_fd_does_not_hide_others_behind_layers),
        CASE(sel_fdset_repr_more_than_64_are_polled),
        CASE(more_than_1024_are_polled),
        CASE(sel_fdset_repr_more_than_64_are_selected),
        CASE(desc_lsp_ifs_one_of_many_may_be_layered),
        CASE(poll_timeout_round_no_poll_ends_before_its_time),
        CASE(poll_timeout_round_early_ends_are_waited_out),
        CASE(poll_timeout_round_short_waits_do_not_spin),
        CASE(poll_nfds0_asks_windows_for_nothing),
        CASE(ring_ends_the_poll),
        CASE(ring_while_looking_is_not_lost),
        CASE(shutdown_while_looking_is_not_lost),
        CASE(idle_listener_is_looked_at_once),
        CASE(new_socket_is_looked_at_anew),
        CASE(waker_beside_what_is_ready_is_told_too),
        CASE(poll_that_gets_no_event_says_so),
        CASE(afd_that_does_not_answer_is_done_without),
        CASE(select_that_fails_is_told),
        CASE(events_are_kept_for_the_next_poll),
        CASE(slow_cancels_are_waited_for),
        CASE(threads_poll_one_socket),
    };
    int failed = cmocka_run_group_tests_name("winsock.poll", tests, NULL, NULL);
    failed += states_run("polled", scene_on_windows_10, state_is_told);
    failed +=
        states_run("polled_on_windows_7", scene_on_windows_7, state_is_told);
    failed += states_run("polled_by_base_handle", scene_on_windows_10,
                         state_is_told_by_base_handle);
    failed += states_run("polled_by_bsp_handle", scene_on_windows_10,
                         state_is_told_by_bsp_handle);
    return failed + states_run("polled_by_select", scene_on_windows_10,
                               state_is_told_by_select);
}
