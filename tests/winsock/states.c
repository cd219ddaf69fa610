/* states.c: sockets in every state, made by psock's own calls. */
#include "states.h"

#include <stdio.h>

const uint32_t states_wishes[WISH_COUNT] = {EVERYTHING,     0,
                                            PSOCK_READABLE, PSOCK_URGENT,
                                            PSOCK_WRITABLE, PSOCK_READ_ENDED};

uint32_t states_due(uint32_t came, uint32_t wanted)
{
    uint32_t mask = wanted | PSOCK_FAILED | PSOCK_HUNG_UP | PSOCK_NO_SOCKET;
    if ((came & (PSOCK_FAILED | PSOCK_HUNG_UP)) != 0)
        mask |= PSOCK_READABLE | PSOCK_WRITABLE;
    if ((wanted & PSOCK_READABLE) != 0)
        mask |= PSOCK_READ_ENDED;
    return came & mask;
}

/* --- What is kept --------------------------------------------------------- */

#define KEPT_ROOM 4096

static psock_t kept[KEPT_ROOM];
static size_t kept_count;

psock_t states_keep(psock_t s)
{
    assert_true(s >= 0);
    assert_true(kept_count < KEPT_ROOM);
    kept[kept_count++] = s;
    return s;
}

void states_close_all(void)
{
    while (kept_count > 0)
        scene_close(kept[--kept_count]);
}

/* Closed by the test before all others are. */
static psock_t let_go(psock_t s)
{
    for (size_t i = 0; i < kept_count; i++)
        if (kept[i] == s)
            kept[i] = kept[--kept_count];
    return s;
}

/* --- Pieces --------------------------------------------------------------- */

psock_t states_connected(psock_t *peer)
{
    psock_t other;
    psock_t s = states_keep(scene_connected(&other));
    states_keep(other);
    if (peer != NULL)
        *peer = other;
    return s;
}

psock_t states_datagram(void)
{
    return states_keep(scene_bound(PSOCK_DATAGRAM, NULL));
}

psock_t states_datagrams(psock_t *peer)
{
    psock_address where;
    psock_t s = states_datagram();
    assert_int_equal(psock_local(s, &where), 0);
    *peer = states_keep(scene_open(PSOCK_DATAGRAM));
    assert_int_equal(psock_connect(*peer, &where, PSOCK_NOW), 0);
    return s;
}

static void shut(psock_t s, int how)
{
    assert_int_equal(psock_shutdown(s, how), 0);
}

static psock_t with_data(psock_t *peer)
{
    psock_t s = states_connected(peer);
    scene_send(*peer, "data");
    return s;
}

/* --- Streams that are not connected --------------------------------------- */

static psock_t fresh(void)
{
    return states_keep(scene_open(PSOCK_STREAM));
}

static psock_t bound(void)
{
    return states_keep(scene_bound(PSOCK_STREAM, NULL));
}

static psock_t idle_listener(void)
{
    return states_keep(scene_listener(NULL));
}

static psock_t visited_listener(void)
{
    psock_address where;
    psock_t listener = states_keep(scene_listener(&where));
    psock_t s = states_keep(scene_open(PSOCK_STREAM));
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), 0);
    return listener;
}

static psock_t connecting(void)
{
    return states_keep(scene_connecting());
}

static psock_t refused(void)
{
    psock_t s = connecting();
    fake_decide_connect(s, WSAECONNREFUSED);
    return s;
}

static psock_t refused_and_told(void)
{
    const psock_address far_away = scene_address("192.0.2.99:80");
    psock_t s = refused();
    assert_int_equal(psock_connect(s, &far_away, PSOCK_NOW),
                     PSOCK_ECONNREFUSED);
    return s;
}

static psock_t refused_within_the_call(void)
{
    const psock_address nobody = scene_nobody();
    psock_t s = fresh();
    assert_int_equal(psock_connect(s, &nobody, PSOCK_FOREVER),
                     PSOCK_ECONNREFUSED);
    return s;
}

static psock_t connecting_once_more(void)
{
    const psock_address far_away = scene_address("192.0.2.99:80");
    psock_t s = refused_and_told();
    assert_int_equal(psock_connect(s, &far_away, PSOCK_NOW), PSOCK_EAGAIN);
    return s;
}

static psock_t given_up(void)
{
    psock_t s = connecting();
    shut(s, PSOCK_SHUT_BOTH);
    return s;
}

static psock_t decided_well(void)
{
    psock_address where;
    states_keep(scene_listener(&where));
    psock_t s = fresh();
    fake_hold_connects(1);
    assert_int_equal(psock_connect(s, &where, PSOCK_NOW), PSOCK_EAGAIN);
    fake_decide_connect(s, 0);
    return s;
}

/* --- Connections ---------------------------------------------------------- */

static psock_t connected(void)
{
    return states_connected(NULL);
}

static psock_t clogged(void)
{
    psock_t s = connected();
    fake_set_room(1);
    scene_send(s, "full");
    return s;
}

static psock_t data(void)
{
    psock_t peer;
    return with_data(&peer);
}

static psock_t data_received(void)
{
    psock_t s = data();
    scene_expect(s, "data");
    return s;
}

static psock_t urgent(void)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    assert_int_equal(psock_send_urgent(peer, '!', PSOCK_NOW), 0);
    return s;
}

static psock_t urgent_behind_data(void)
{
    psock_t peer;
    psock_t s = with_data(&peer);
    assert_int_equal(psock_send_urgent(peer, '!', PSOCK_NOW), 0);
    return s;
}

static psock_t urgent_received(void)
{
    psock_t s = urgent();
    assert_int_equal(psock_recv_urgent(s), '!');
    return s;
}

static psock_t ended(void)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    shut(peer, PSOCK_SHUT_WRITE);
    return s;
}

static psock_t ended_behind_data(void)
{
    psock_t peer;
    psock_t s = with_data(&peer);
    shut(peer, PSOCK_SHUT_WRITE);
    return s;
}

static psock_t closed_by_peer(void)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    scene_close(let_go(peer));
    return s;
}

static psock_t reset(void)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    assert_int_equal(psock_close_reset(let_go(peer)), 0);
    return s;
}

static psock_t reset_without_room(void)
{
    psock_t peer;
    psock_t s = states_connected(&peer);
    fake_set_room(1);
    scene_send(s, "full");
    assert_int_equal(psock_close_reset(let_go(peer)), 0);
    return s;
}

/* --- Shut down by this end ------------------------------------------------ */

static psock_t shut_reading(void)
{
    psock_t s = connected();
    shut(s, PSOCK_SHUT_READ);
    return s;
}

static psock_t shut_writing(void)
{
    psock_t s = connected();
    shut(s, PSOCK_SHUT_WRITE);
    return s;
}

static psock_t shut_both(void)
{
    psock_t s = connected();
    shut(s, PSOCK_SHUT_BOTH);
    return s;
}

static psock_t shut_one_by_one(void)
{
    psock_t s = shut_writing();
    shut(s, PSOCK_SHUT_READ);
    return s;
}

static psock_t shut_by_each_end(void)
{
    psock_t s = ended();
    shut(s, PSOCK_SHUT_WRITE);
    return s;
}

static psock_t shut_writing_with_data(void)
{
    psock_t s = data();
    shut(s, PSOCK_SHUT_WRITE);
    return s;
}

/* --- Datagrams ------------------------------------------------------------ */

static psock_t idle_datagram(void)
{
    return states_datagram();
}

static psock_t unbound_datagram(void)
{
    return states_keep(scene_open(PSOCK_DATAGRAM));
}

static psock_t datagram(void)
{
    psock_t peer;
    psock_t s = states_datagrams(&peer);
    scene_send(peer, "data");
    return s;
}

static psock_t empty_datagram(void)
{
    psock_t peer;
    psock_t s = states_datagrams(&peer);
    assert_int_equal(psock_send(peer, NULL, 0, 0, PSOCK_NOW), 0);
    return s;
}

/* --- No sockets ----------------------------------------------------------- */

#define END_BITS (PSOCK_READABLE | PSOCK_READ_ENDED)

const struct state states[] = {
    {"fresh", fresh, HUNG_UP_BITS, SELECT_TELLS},
    {"bound", bound, HUNG_UP_BITS, SELECT_TELLS},
    {"idle_listener", idle_listener, 0, SELECT_TELLS},
    {"visited_listener", visited_listener, PSOCK_READABLE, SELECT_TELLS},
    {"connecting", connecting, 0, SELECT_TELLS},
    {"refused", refused, BROKEN_BITS, SELECT_TELLS},
    {"refused_and_told", refused_and_told, HUNG_UP_BITS, SELECT_TELLS},
    {"refused_within_the_call", refused_within_the_call, HUNG_UP_BITS,
     SELECT_TELLS},
    {"connecting_once_more", connecting_once_more, 0, SELECT_TELLS},
    {"given_up", given_up, BROKEN_BITS, SELECT_TELLS},
    {"decided_well", decided_well, PSOCK_WRITABLE, SELECT_TELLS},
    {"connected", connected, PSOCK_WRITABLE, SELECT_TELLS},
    {"clogged", clogged, 0, SELECT_TELLS},
    {"data", data, PSOCK_READABLE | PSOCK_WRITABLE, SELECT_TELLS},
    {"data_received", data_received, PSOCK_WRITABLE, SELECT_TELLS},
    {"urgent", urgent, PSOCK_URGENT | PSOCK_WRITABLE, SELECT_TELLS},
    {"urgent_behind_data", urgent_behind_data,
     PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE, SELECT_TELLS},
    {"urgent_received", urgent_received, PSOCK_WRITABLE, SELECT_TELLS},
    {"ended", ended, END_BITS | PSOCK_WRITABLE, SELECT_TELLS},
    {"ended_behind_data", ended_behind_data, END_BITS | PSOCK_WRITABLE,
     SELECT_MISSES_END},
    {"closed_by_peer", closed_by_peer, END_BITS | PSOCK_WRITABLE, SELECT_TELLS},
    {"reset", reset, BROKEN_BITS, SELECT_TELLS_READERS},
    {"reset_without_room", reset_without_room, BROKEN_BITS,
     SELECT_TELLS_READERS},
    {"shut_reading", shut_reading, END_BITS | PSOCK_WRITABLE, SELECT_TELLS},
    {"shut_writing", shut_writing, PSOCK_WRITABLE, SELECT_TELLS},
    {"shut_both", shut_both, HUNG_UP_BITS | PSOCK_READ_ENDED, SELECT_TELLS},
    {"shut_one_by_one", shut_one_by_one, HUNG_UP_BITS | PSOCK_READ_ENDED,
     SELECT_TELLS},
    {"shut_by_each_end", shut_by_each_end, HUNG_UP_BITS | PSOCK_READ_ENDED,
     SELECT_TELLS_READERS},
    {"shut_writing_with_data", shut_writing_with_data,
     PSOCK_READABLE | PSOCK_WRITABLE, SELECT_TELLS},
    {"idle_datagram", idle_datagram, PSOCK_WRITABLE, SELECT_TELLS},
    {"unbound_datagram", unbound_datagram, PSOCK_WRITABLE, SELECT_TELLS},
    {"datagram", datagram, PSOCK_READABLE | PSOCK_WRITABLE, SELECT_TELLS},
    {"empty_datagram", empty_datagram, PSOCK_READABLE | PSOCK_WRITABLE,
     SELECT_TELLS},
    {NULL, NULL, 0, SELECT_TELLS},
};

/* --- Running -------------------------------------------------------------- */

#define STATE_COUNT (sizeof states / sizeof *states - 1)
#define NAME_ROOM 80

int states_end(void **state)
{
    psock_cancel_with(NULL);
    states_close_all();
    return scene_end(state);
}

int states_run(const char *group, int (*begin)(void **state),
               void (*check)(void **state))
{
    static char names[STATE_COUNT][NAME_ROOM];
    struct CMUnitTest tests[STATE_COUNT];
    for (size_t i = 0; i < STATE_COUNT; i++) {
        snprintf(names[i], NAME_ROOM, "%s_%s", group, states[i].name);
        tests[i] =
            (struct CMUnitTest){.name = names[i],
                                .test_func = check,
                                .setup_func = begin,
                                .teardown_func = states_end,
                                .initial_state = (void *)(uintptr_t)&states[i]};
    }
    return _cmocka_run_group_tests(group, tests, STATE_COUNT, NULL, NULL);
}
