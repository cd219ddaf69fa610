/* poller_changes.c: what is changed in a poller, at every stage of a poll. */
#include "pollers.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- Changes in every state of a registration ----------------------------- */

/* How far a registration for READABLE has come when something changes. */
static void not_begun(struct happening *happening)
{
    (void)happening;
}

static void poll_is_under_way(struct happening *happening)
{
    assert_int_equal(pollers_came_now(happening->poller), 0);
    assert_int_equal(fake_pending_polls(), 1);
}

static void packet_is_queued(struct happening *happening)
{
    poll_is_under_way(happening);
    scene_send(happening->peer, "data");
    assert_int_equal(fake_queued_packets(), 1);
}

static void told(struct happening *happening)
{
    packet_is_queued(happening);
    assert_int_equal(pollers_came_now(happening->poller), PSOCK_READABLE);
}

static void told_once(struct happening *happening)
{
    pollers_modify(happening->poller, happening->s,
                   PSOCK_READABLE | PSOCK_ONE_SHOT);
    scene_send(happening->peer, "data");
    assert_int_equal(pollers_came_now(happening->poller), PSOCK_READABLE);
    assert_int_equal(pollers_came_now(happening->poller), 0);
}

static void (*const stages[])(struct happening *happening) = {
    not_begun, poll_is_under_way, packet_is_queued, told, told_once};

static void then_modified(struct happening *happening)
{
    pollers_modify(happening->poller, happening->s, PSOCK_WRITABLE);
    for (int again = 0; again < 2; again++)
        assert_int_equal(pollers_came_now(happening->poller), PSOCK_WRITABLE);
    pollers_modify(happening->poller, happening->s, PSOCK_URGENT);
    assert_int_equal(pollers_came_now(happening->poller), 0);
}

static void then_removed(struct happening *happening)
{
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    assert_int_equal(psock_poller_remove(happening->poller, happening->s),
                     PSOCK_ENOENT);
    assert_int_equal(pollers_came_now(happening->poller), 0);
}

static void then_put_in_again(struct happening *happening)
{
    then_removed(happening);
    pollers_add(happening->poller, happening->s, PSOCK_WRITABLE);
    assert_int_equal(pollers_came_now(happening->poller), PSOCK_WRITABLE);
}

static void then_closed(struct happening *happening)
{
    scene_close(happening->s);
    assert_int_equal(pollers_came_now(happening->poller), 0);
    assert_int_equal(psock_poller_remove(happening->poller, happening->s),
                     PSOCK_EBADF);
    happening->s = PSOCK_INVALID;
}

/* A datagram socket that gets the number of one just closed. */
static psock_t open_with_number(psock_t number)
{
    fake_reuse_handles();
    for (int i = 0; i < 10; i++) {
        psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
        if (s == number)
            return s;
        states_keep(s);
    }
    return PSOCK_INVALID;
}

static void then_another_takes_its_number(struct happening *happening)
{
    const psock_t before = happening->s;
    scene_close(before);
    happening->s = open_with_number(before);
    assert_int_equal(happening->s, before);
    assert_int_equal(pollers_came_now(happening->poller), 0);
    assert_int_equal(psock_poller_modify(happening->poller, before, 0),
                     PSOCK_ENOENT);
    pollers_add(happening->poller, happening->s, PSOCK_READABLE);
    assert_int_equal(pollers_came_now(happening->poller), 0);
    pollers_modify(happening->poller, happening->s, PSOCK_WRITABLE);
    assert_int_equal(pollers_came_now(happening->poller), PSOCK_WRITABLE);
}

/* It is removed, then closed, and the poller knows nothing of it. */
static void then_closed_past_psock(struct happening *happening)
{
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    assert_int_equal(psock_winsock.closesocket((SOCKET)happening->s), 0);
    assert_int_equal(pollers_came_now(happening->poller), 0);
    happening->s = PSOCK_INVALID;
}

static void then_the_poller_is_closed(struct happening *happening)
{
    pollers_close(happening->poller);
    happening->poller = NULL;
}

static void check_change(void (*stage)(struct happening *happening),
                         void (*change)(struct happening *happening))
{
    struct happening happening;
    happening.s = scene_connected(&happening.peer);
    happening.poller = pollers_with(happening.s, PSOCK_READABLE);
    stage(&happening);
    change(&happening);
    if (happening.poller != NULL)
        pollers_close(happening.poller);
    if (happening.s >= 0)
        scene_close(happening.s);
    scene_close(happening.peer);
}

static void check_changes(void (*change)(struct happening *happening))
{
    for (size_t i = 0; i < COUNT_OF(stages); i++)
        check_change(stages[i], change);
    fake_cancel_slowly();
    for (size_t i = 0; i < COUNT_OF(stages); i++)
        check_change(stages[i], change);
}

static void modified_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_modified);
}

static void removed_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_removed);
}

static void put_in_again_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_put_in_again);
}

static void closed_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_closed);
}

static void closed_past_psock_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_closed_past_psock);
}

static void number_taken_by_another_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_another_takes_its_number);
}

static void poller_closed_at_every_stage(void **state)
{
    (void)state;
    check_changes(then_the_poller_is_closed);
}

/* --- Changes while a thread waits ----------------------------------------- */

static void take_out(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_poller_remove(happening->poller, happening->s), 0);
    scene_send(happening->peer, "data");
}

static void close_it(void *context)
{
    struct happening *happening = context;
    scene_send(happening->peer, "data");
    scene_close(happening->s);
}

static void ask_for_nothing(void *context)
{
    struct happening *happening = context;
    pollers_modify(happening->poller, happening->s,
                   PSOCK_WRITABLE | PSOCK_ONE_SHOT);
    pollers_modify(happening->poller, happening->s, PSOCK_URGENT);
    scene_send(happening->peer, "data");
}

/* The poll under way need not be another, but what it found is gone. */
static void receive_and_ask_for_more(void *context)
{
    struct happening *happening = context;
    scene_send(happening->peer, "data");
    scene_expect(happening->s, "data");
    pollers_modify(happening->poller, happening->s,
                   PSOCK_READABLE | PSOCK_READ_ENDED);
}

static void (*const silencers[])(void *context) = {
    take_out, close_it, ask_for_nothing, receive_and_ask_for_more};

/* Nothing is told of what was changed so before the wait returns. */
static void check_silence(void (*silence)(void *context))
{
    psock_poller_event event;
    struct happening happening;
    happening.s = scene_connected(&happening.peer);
    happening.poller = pollers_with(happening.s, PSOCK_READABLE);
    fake_when_waiting(silence, &happening);
    assert_int_equal(
        psock_poller_wait(happening.poller, &event, 1, psock_deadline_ms(20)),
        PSOCK_ETIMEDOUT);
    pollers_close(happening.poller);
    if (silence != close_it)
        scene_close(happening.s);
    scene_close(happening.peer);
}

static void what_is_changed_during_a_wait_is_not_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(silencers); i++)
        check_silence(silencers[i]);
    fake_cancel_slowly();
    for (size_t i = 0; i < COUNT_OF(silencers); i++)
        check_silence(silencers[i]);
}

/* The kernel tells of that, and psock has nothing to tell. */
static void close_past_psock(void *context)
{
    psock_winsock.closesocket((SOCKET) * (psock_t *)context);
}

static void closing_past_psock_is_not_told(void **state)
{
    psock_poller_event event;
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    psock_poller *poller = pollers_with(s, PSOCK_READABLE);
    (void)state;
    fake_when_waiting(close_past_psock, &s);
    assert_int_equal(
        psock_poller_wait(poller, &event, 1, psock_deadline_ms(20)),
        PSOCK_ETIMEDOUT);
    assert_int_equal(pollers_came_now(poller), 0);
    pollers_close(poller);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(modified_at_every_stage),
        CASE(removed_at_every_stage),
        CASE(put_in_again_at_every_stage),
        CASE(closed_at_every_stage),
        CASE(closed_past_psock_at_every_stage),
        CASE(number_taken_by_another_at_every_stage),
        CASE(poller_closed_at_every_stage),
        CASE(what_is_changed_during_a_wait_is_not_told),
        CASE(closing_past_psock_is_not_told),
    };
    return cmocka_run_group_tests_name("winsock.poller_changes", tests, NULL,
                                       NULL);
}
