/* Pollers: what is in them, what they tell, to whom and how often.  What the
 * bits mean is in readiness.c. */
#include "fixture.h"

#include <stdatomic.h>
#include <string.h>

#define ALL_WANTED                                                             \
    (PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE | PSOCK_READ_ENDED)

enum {
    ROUNDS = 40,
    EVENTS = 8
};

/* Tokens: their addresses differ, which is all. */
static char tokens[4096];

/* --- Looking -------------------------------------------------------------- */

/* One wait, which must tell of `token` alone. */
static void check_told(psock_poller *poller, psock_deadline deadline,
                       const void *token, uint32_t came)
{
    psock_poller_event events[EVENTS];
    assert_result(psock_poller_wait(poller, events, EVENTS, deadline), 1);
    assert_ptr_equal(events[0].token, token);
    assert_int_equal(events[0].came, came);
}

static void check_nothing(psock_poller *poller)
{
    psock_poller_event events[EVENTS];
    assert_result(psock_poller_wait(poller, events, EVENTS, PSOCK_NOW),
                  PSOCK_EAGAIN);
    assert_result(
        psock_poller_wait(poller, events, EVENTS, psock_deadline_ms(1)),
        PSOCK_ETIMEDOUT);
}

/* A stream whose server end has a byte to receive. */
static struct stream stream_with_data(int family)
{
    struct stream ends = stream_over(family);
    send_text(ends.client, "x");
    assert_result(psock_recv(ends.server, &(char){0}, 1, PSOCK_PEEK, in_time()),
                  1);
    return ends;
}

/* The same for one datagram socket. */
static psock_t datagram_with_data(int family)
{
    psock_t s = datagram(family);
    psock_address address = local_of(s);
    assert_result(psock_send_to(s, "x", 1, 0, &address, in_time()), 1);
    assert_result(psock_recv(s, &(char){0}, 1, PSOCK_PEEK, in_time()), 1);
    return s;
}

static void close_both(const struct stream *ends)
{
    close_kept(ends->client);
    close_kept(ends->server);
}

/* --- Mistakes -------------------------------------------------------------- */

static void null_is_refused(void **state)
{
    psock_poller_event event;
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    assert_result(psock_poller_open(NULL), PSOCK_EFAULT);
    assert_result(psock_poller_close(NULL), PSOCK_EFAULT);
    assert_result(psock_poller_add(NULL, s, 0, NULL), PSOCK_EFAULT);
    assert_result(psock_poller_modify(NULL, s, 0), PSOCK_EFAULT);
    assert_result(psock_poller_remove(NULL, s), PSOCK_EFAULT);
    assert_result(psock_poller_wait(NULL, &event, 1, PSOCK_NOW), PSOCK_EFAULT);
    assert_result(psock_poller_wait(poller, NULL, 1, PSOCK_NOW), PSOCK_EFAULT);
    assert_result(psock_poller_wait(poller, NULL, 1, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_poller_wake(NULL), PSOCK_EFAULT);
    assert_result(psock_poller_add_waker(poller, NULL, NULL), PSOCK_EFAULT);
    assert_result(psock_poller_add_waker(NULL, kept_waker(), NULL),
                  PSOCK_EFAULT);
    assert_result(psock_poller_remove_waker(poller, NULL), PSOCK_EFAULT);
    assert_result(psock_poller_remove_waker(NULL, kept_waker()), PSOCK_EFAULT);
}

static void room_for_no_event_is_refused(void **state)
{
    psock_poller_event event;
    psock_poller *poller = kept_poller();
    (void)state;
    assert_result(psock_poller_wait(poller, &event, 0, PSOCK_NOW),
                  PSOCK_EINVAL);
    assert_result(psock_poller_wait(poller, &event, 0, PSOCK_FOREVER),
                  PSOCK_EINVAL);
}

static void unknown_bits_are_refused(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t inside = datagram(family_of(state));
    psock_t outside = datagram(family_of(state));
    assert_result(psock_poller_add(poller, inside, 0, NULL), 0);
    for (unsigned i = 0; i < 32; i++) {
        uint32_t bit = UINT32_C(1) << i;
        if ((bit & (ALL_WANTED | PSOCK_ONE_SHOT)) != 0)
            continue;
        assert_result(psock_poller_add(poller, outside, bit, NULL),
                      PSOCK_EINVAL);
        assert_result(psock_poller_modify(poller, inside, bit), PSOCK_EINVAL);
        assert_result(psock_poller_modify(poller, inside, bit | PSOCK_WRITABLE),
                      PSOCK_EINVAL);
    }
    check_nothing(poller);
    assert_result(psock_poller_remove(poller, outside), PSOCK_ENOENT);
}

static void check_refused(psock_poller *poller, psock_t s, int error)
{
    assert_result(psock_poller_add(poller, s, PSOCK_READABLE, NULL), error);
    assert_result(psock_poller_modify(poller, s, PSOCK_READABLE), error);
    assert_result(psock_poller_modify(poller, s, PSOCK_ONE_SHOT), error);
    assert_result(psock_poller_remove(poller, s), error);
    check_nothing(poller);
}

static void what_is_no_socket_is_refused(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t closed = datagram(family_of(state));
    close_kept(closed);
    check_refused(poller, closed, PSOCK_EBADF);
    check_refused(poller, PSOCK_INVALID, PSOCK_EBADF);
    check_refused(poller, INTPTR_MIN, PSOCK_EBADF);
    psock_t foreign = host_foreign_open();
    check_refused(poller, foreign, PSOCK_ENOTSOCK);
    host_foreign_close(foreign);
}

static void socket_is_added_once(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, &tokens[1]), 0);
    assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, &tokens[2]),
                  PSOCK_EEXIST);
    assert_result(psock_poller_add(poller, s, PSOCK_READABLE | PSOCK_ONE_SHOT,
                                   &tokens[3]),
                  PSOCK_EEXIST);
    check_told(poller, in_time(), &tokens[1], PSOCK_WRITABLE);
}

static void socket_outside_is_not_changed(void **state)
{
    psock_poller *poller = kept_poller(), *other = kept_poller();
    psock_t s = datagram(family_of(state));
    assert_result(psock_poller_modify(poller, s, PSOCK_WRITABLE), PSOCK_ENOENT);
    assert_result(psock_poller_remove(poller, s), PSOCK_ENOENT);
    assert_result(psock_poller_add(other, s, PSOCK_READABLE, NULL), 0);
    assert_result(psock_poller_modify(poller, s, PSOCK_WRITABLE), PSOCK_ENOENT);
    assert_result(psock_poller_remove(poller, s), PSOCK_ENOENT);
    check_nothing(poller);
    check_nothing(other);
}

static void removed_socket_is_outside(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    for (int i = 0; i < 3; i++) {
        assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, &tokens[i]),
                      0);
        check_told(poller, in_time(), &tokens[i], PSOCK_WRITABLE);
        assert_result(psock_poller_remove(poller, s), 0);
        check_nothing(poller);
        assert_result(psock_poller_modify(poller, s, PSOCK_WRITABLE),
                      PSOCK_ENOENT);
        assert_result(psock_poller_remove(poller, s), PSOCK_ENOENT);
        check_nothing(poller);
    }
}

/* --- Time ----------------------------------------------------------------- */

static void check_times(psock_poller *poller)
{
    static const int64_t timeouts_ns[] = {1,       100000,  900000,
                                          1000000, 1100000, SHORT_NS};
    psock_poller_event event;
    assert_result(psock_poller_wait(poller, &event, 1, PSOCK_NOW),
                  PSOCK_EAGAIN);
    assert_result(psock_poller_wait(poller, &event, 1, -1), PSOCK_ETIMEDOUT);
    for (size_t i = 0; i < COUNT_OF(timeouts_ns); i++) {
        int64_t before_ns = clock_ns();
        assert_result(psock_poller_wait(poller, &event, 1,
                                        psock_deadline_ns(timeouts_ns[i])),
                      PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= timeouts_ns[i]);
    }
}

static void deadline_is_never_early(void **state)
{
    psock_poller *poller = kept_poller();
    check_times(poller);
    assert_result(psock_poller_add(poller, stream_over(family_of(state)).client,
                                   PSOCK_READABLE, NULL),
                  0);
    assert_result(psock_poller_add_waker(poller, kept_waker(), NULL), 0);
    check_times(poller);
}

static void what_is_ready_ends_every_wait(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER,
                                        -1};
    assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, &tokens[1]), 0);
    for (size_t i = 0; i < COUNT_OF(deadlines); i++)
        check_told(poller, deadlines[i], &tokens[1], PSOCK_WRITABLE);
}

/* --- What is told ---------------------------------------------------------- */

static void token_is_anything(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    void *const values[] = {
        NULL,   tokens, (void *)(intptr_t)-1, (void *)(uintptr_t)0x5a5a5a5a,
        poller, &s};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, values[i]),
                      0);
        check_told(poller, PSOCK_NOW, values[i], PSOCK_WRITABLE);
        assert_result(psock_poller_modify(poller, s, PSOCK_READABLE), 0);
        assert_result(psock_poller_modify(poller, s, PSOCK_WRITABLE), 0);
        check_told(poller, PSOCK_NOW, values[i], PSOCK_WRITABLE);
        assert_result(psock_poller_remove(poller, s), 0);
    }
}

static void sockets_may_share_a_token(void **state)
{
    psock_poller_event events[EVENTS];
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < 3; i++)
        assert_result(
            psock_poller_add(poller, datagram(family), PSOCK_WRITABLE, tokens),
            0);
    assert_result(psock_poller_wait(poller, events, EVENTS, in_time()), 3);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(events[i].token, tokens);
}

static void level_is_told_until_it_falls(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    assert_result(
        psock_poller_add(poller, ends.server, PSOCK_READABLE, &tokens[1]), 0);
    check_nothing(poller);
    for (int i = 0; i < 3; i++) {
        send_text(ends.client, "xy");
        check_told(poller, in_time(), &tokens[1], PSOCK_READABLE);
        check_told(poller, in_time(), &tokens[1], PSOCK_READABLE);
        recv_text(ends.server, "x");
        check_told(poller, in_time(), &tokens[1], PSOCK_READABLE);
        recv_text(ends.server, "y");
        check_nothing(poller);
    }
}

static void once_is_told_once(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_poller_add(poller, ends.server,
                                   PSOCK_READABLE | PSOCK_ONE_SHOT, &tokens[1]),
                  0);
    for (int i = 0; i < 3; i++) {
        check_nothing(poller);
        send_text(ends.client, "x");
        check_told(poller, in_time(), &tokens[1], PSOCK_READABLE);
        check_nothing(poller);
        send_text(ends.client, "y");
        check_nothing(poller);
        recv_text(ends.server, "xy");
        assert_result(psock_poller_modify(poller, ends.server,
                                          PSOCK_READABLE | PSOCK_ONE_SHOT),
                      0);
    }
}

static void asking_again_tells_what_is_true_still(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_with_data(family_of(state));
    assert_result(psock_poller_add(poller, ends.server,
                                   PSOCK_READABLE | PSOCK_ONE_SHOT, tokens),
                  0);
    for (int i = 0; i < 5; i++) {
        check_told(poller, in_time(), tokens, PSOCK_READABLE);
        check_nothing(poller);
        assert_result(psock_poller_modify(poller, ends.server,
                                          PSOCK_READABLE | PSOCK_ONE_SHOT),
                      0);
    }
}

static void what_was_told_once_keeps_failures_to_itself(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_poller_add(poller, ends.client,
                                   PSOCK_WRITABLE | PSOCK_ONE_SHOT, tokens),
                  0);
    check_told(poller, in_time(), tokens, PSOCK_WRITABLE);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_BOTH), 0);
    assert_result(psock_close_reset(let_go(ends.server)), 0);
    check_nothing(poller);
    assert_result(psock_poller_modify(poller, ends.client, PSOCK_ONE_SHOT), 0);
    psock_poller_event event;
    assert_result(psock_poller_wait(poller, &event, 1, in_time()), 1);
    assert_true((event.came & PSOCK_HUNG_UP) != 0);
    check_nothing(poller);
}

static void once_becomes_level_and_level_once(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    const uint32_t once = PSOCK_WRITABLE | PSOCK_ONE_SHOT;
    assert_result(psock_poller_add(poller, s, once, tokens), 0);
    for (int i = 0; i < 3; i++) {
        check_told(poller, in_time(), tokens, PSOCK_WRITABLE);
        check_nothing(poller);
        assert_result(psock_poller_modify(poller, s, PSOCK_WRITABLE), 0);
        check_told(poller, in_time(), tokens, PSOCK_WRITABLE);
        check_told(poller, in_time(), tokens, PSOCK_WRITABLE);
        assert_result(psock_poller_modify(poller, s, once), 0);
    }
}

static void modify_changes_what_is_told(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_with_data(family_of(state));
    static const uint32_t wishes[] = {PSOCK_READABLE, PSOCK_WRITABLE,
                                      PSOCK_READABLE | PSOCK_WRITABLE,
                                      PSOCK_WRITABLE, PSOCK_READABLE};
    assert_result(psock_poller_add(poller, ends.server, 0, tokens), 0);
    for (size_t i = 0; i < COUNT_OF(wishes); i++) {
        check_nothing(poller);
        for (int again = 0; again < 2; again++) {
            assert_result(psock_poller_modify(poller, ends.server, wishes[i]),
                          0);
            check_told(poller, in_time(), tokens, wishes[i]);
        }
        assert_result(psock_poller_modify(poller, ends.server, 0), 0);
    }
}

static void refused_change_changes_nothing(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, tokens), 0);
    assert_result(psock_poller_modify(poller, s, PSOCK_FAILED), PSOCK_EINVAL);
    check_told(poller, in_time(), tokens, PSOCK_WRITABLE);
    assert_result(psock_poller_modify(poller, s, PSOCK_READABLE), 0);
    check_nothing(poller);
}

static void listener_is_told_until_all_are_accepted(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t listener = listening(family_of(state));
    assert_result(psock_poller_add(poller, listener, PSOCK_READABLE, tokens),
                  0);
    check_nothing(poller);
    connected_to(listener);
    connected_to(listener);
    for (int i = 0; i < 2; i++) {
        check_told(poller, in_time(), tokens, PSOCK_READABLE);
        keep(psock_accept(listener, NULL, in_time()));
    }
    check_nothing(poller);
}

static void datagrams_are_told_until_all_are_received(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = datagrams_over(family_of(state));
    assert_result(psock_poller_add(poller, ends.server, PSOCK_READABLE, tokens),
                  0);
    check_nothing(poller);
    send_text(ends.client, "x");
    assert_result(psock_send(ends.client, NULL, 0, 0, in_time()), 0);
    for (int i = 0; i < 2; i++) {
        check_told(poller, in_time(), tokens, PSOCK_READABLE);
        assert_result(psock_recv(ends.server, &(char){0}, 1, 0, in_time()),
                      1 - i);
    }
    check_nothing(poller);
}

static void socket_is_in_two_pollers(void **state)
{
    psock_poller *one = kept_poller(), *two = kept_poller();
    struct stream ends = stream_with_data(family_of(state));
    assert_result(psock_poller_add(one, ends.server, PSOCK_READABLE, tokens),
                  0);
    assert_result(psock_poller_add(two, ends.server,
                                   PSOCK_WRITABLE | PSOCK_ONE_SHOT, &tokens[1]),
                  0);
    check_told(one, in_time(), tokens, PSOCK_READABLE);
    check_told(two, in_time(), &tokens[1], PSOCK_WRITABLE);
    check_told(one, in_time(), tokens, PSOCK_READABLE);
    check_nothing(two);
    assert_result(psock_poller_remove(one, ends.server), 0);
    check_nothing(one);
    assert_result(psock_poller_modify(two, ends.server, PSOCK_READABLE), 0);
    check_told(two, in_time(), &tokens[1], PSOCK_READABLE);
    close_kept(ends.server);
    check_nothing(two);
}

static void closed_poller_leaves_its_sockets_alone(void **state)
{
    struct stream ends = stream_with_data(family_of(state));
    for (int i = 0; i < 3; i++) {
        psock_poller *poller;
        assert_result(psock_poller_open(&poller), 0);
        assert_result(
            psock_poller_add(poller, ends.server, PSOCK_READABLE, tokens), 0);
        if (i > 0)
            check_told(poller, in_time(), tokens, PSOCK_READABLE);
        assert_result(psock_poller_close(poller), 0);
    }
    recv_text(ends.server, "x");
    send_text(ends.server, "y");
    recv_text(ends.client, "y");
}

/* --- More than fits -------------------------------------------------------- */

enum {
    SOME = 10
};

static void small_array_tells_all_in_their_turn(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < SOME; i++)
        assert_result(psock_poller_add(poller, datagram(family), PSOCK_WRITABLE,
                                       &tokens[i]),
                      0);
    for (size_t room = 1; room <= 3; room++) {
        int told[SOME] = {0};
        psock_poller_event events[3];
        for (size_t i = 0; i < SOME * 3 / room; i++) {
            int count = psock_poller_wait(poller, events, room, PSOCK_NOW);
            assert_result(count, (ptrdiff_t)room);
            for (size_t j = 0; j < room; j++)
                told[(char *)events[j].token - tokens]++;
        }
        for (int i = 0; i < SOME; i++)
            assert_in_range(told[i], 1, SOME * 3);
    }
}

static void small_array_tells_each_once(void **state)
{
    psock_poller *poller = kept_poller();
    int told[SOME] = {0};
    for (int i = 0; i < SOME; i++)
        assert_result(psock_poller_add(poller, datagram(family_of(state)),
                                       PSOCK_WRITABLE | PSOCK_ONE_SHOT,
                                       &tokens[i]),
                      0);
    for (int i = 0; i < SOME; i++) {
        psock_poller_event event;
        assert_result(psock_poller_wait(poller, &event, 1, in_time()), 1);
        told[(char *)event.token - tokens]++;
    }
    for (int i = 0; i < SOME; i++)
        assert_int_equal(told[i], 1);
    check_nothing(poller);
}

static void large_array_is_written_as_far_as_told(void **state)
{
    static psock_poller_event events[5000];
    psock_poller *poller = kept_poller();
    memset(events, 0x5a, sizeof events);
    for (int i = 0; i < SOME; i++)
        assert_result(psock_poller_add(poller, datagram(family_of(state)),
                                       PSOCK_WRITABLE, &tokens[i]),
                      0);
    assert_result(
        psock_poller_wait(poller, events, COUNT_OF(events), in_time()), SOME);
    for (int i = 0; i < SOME; i++)
        assert_int_equal(events[i].came, PSOCK_WRITABLE);
    assert_int_equal(events[SOME + SOME].came, 0x5a5a5a5a);
}

enum {
    MANY = 1100,
    READY = 37
};

static void check_ready_of_many(psock_poller *poller, const psock_t *sockets)
{
    static psock_poller_event events[MANY];
    for (int i = 0; i < READY; i++) {
        psock_t s = sockets[i * 29];
        psock_address address = local_of(s);
        assert_result(psock_send_to(s, "x", 1, 0, &address, in_time()), 1);
        assert_result(psock_recv(s, &(char){0}, 1, PSOCK_PEEK, in_time()), 1);
    }
    assert_result(psock_poller_wait(poller, events, MANY, in_time()), READY);
    for (int i = 0; i < READY; i++) {
        ptrdiff_t place = (char *)events[i].token - tokens;
        assert_int_equal(place % 29, 0);
        assert_int_equal(events[i].came, PSOCK_READABLE);
        recv_text(sockets[place], "x");
    }
    check_nothing(poller);
}

static void many_sockets_are_waited_for(void **state)
{
    static psock_t sockets[MANY];
    static psock_poller_event events[MANY];
    int family = family_of(state);
    if (!host_allow_descriptors(MANY + 100))
        skip_because("this process may not open so many sockets");
    psock_poller *poller = kept_poller();
    for (int i = 0; i < MANY; i++) {
        sockets[i] = datagram(family);
        assert_result(
            psock_poller_add(poller, sockets[i], PSOCK_READABLE, &tokens[i]),
            0);
    }
    check_nothing(poller);
    check_ready_of_many(poller, sockets);
    check_ready_of_many(poller, sockets);
    for (int i = 0; i < MANY; i++)
        assert_result(psock_poller_modify(poller, sockets[i],
                                          PSOCK_WRITABLE | PSOCK_ONE_SHOT),
                      0);
    int told = 0;
    while (told < MANY) {
        int count = psock_poller_wait(poller, events, MANY, in_time());
        assert_in_range(count, 1, MANY - told);
        told += count;
    }
    check_nothing(poller);
}

/* --- Nothing stale --------------------------------------------------------- */

static void pending_events_go_with_what_is_removed(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    psock_t sockets[SOME];
    for (int i = 0; i < SOME; i++) {
        sockets[i] = datagram_with_data(family);
        assert_result(psock_poller_add(poller, sockets[i],
                                       PSOCK_READABLE | PSOCK_WRITABLE,
                                       &tokens[i]),
                      0);
    }
    psock_poller_event event;
    assert_result(psock_poller_wait(poller, &event, 1, in_time()), 1);
    for (int i = 0; i < SOME; i++)
        if (i % 2 == 0)
            assert_result(psock_poller_remove(poller, sockets[i]), 0);
        else if (i != 5)
            close_kept(sockets[i]);
    for (int i = 0; i < 5; i++)
        check_told(poller, in_time(), &tokens[5],
                   PSOCK_READABLE | PSOCK_WRITABLE);
}

static void pending_events_go_with_a_change(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    psock_t sockets[SOME];
    for (int i = 0; i < SOME; i++) {
        sockets[i] = datagram(family);
        assert_result(
            psock_poller_add(poller, sockets[i], PSOCK_WRITABLE, &tokens[i]),
            0);
    }
    psock_poller_event event;
    assert_result(psock_poller_wait(poller, &event, 1, in_time()), 1);
    for (int i = 0; i < SOME; i++)
        assert_result(psock_poller_modify(poller, sockets[i],
                                          i % 2 == 0 ? PSOCK_READABLE : 0),
                      0);
    check_nothing(poller);
}

static void readiness_that_fell_is_not_told(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    psock_t sockets[SOME];
    for (int i = 0; i < SOME; i++) {
        sockets[i] = datagram_with_data(family);
        assert_result(
            psock_poller_add(poller, sockets[i], PSOCK_READABLE, &tokens[i]),
            0);
    }
    psock_poller_event event;
    assert_result(psock_poller_wait(poller, &event, 1, in_time()), 1);
    for (int i = 0; i < SOME; i++)
        recv_text(sockets[i], "x");
    check_nothing(poller);
}

static psock_t close_and_open(psock_t s)
{
    psock_address address = local_of(s);
    int family = psock_address_family(&address);
    close_kept(s);
    return datagram_with_data(family);
}

/* The new socket often has the number of the old one. */
static void closed_socket_is_never_told_of_again(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram_with_data(family_of(state));
    int same_numbers = 0;
    for (int i = 0; i < 200; i++) {
        psock_t before = s;
        assert_result(psock_poller_add(poller, s, PSOCK_READABLE, &tokens[i]),
                      0);
        if (i % 3 != 0)
            check_told(poller, in_time(), &tokens[i], PSOCK_READABLE);
        if (i % 3 == 2)
            assert_result(psock_poller_remove(poller, s), 0);
        s = close_and_open(s);
        same_numbers += s == before;
        assert_result(psock_poller_modify(poller, s, PSOCK_READABLE),
                      PSOCK_ENOENT);
        assert_result(psock_poller_remove(poller, s), PSOCK_ENOENT);
        if (i % 4 == 0)
            check_nothing(poller);
    }
    assert_true(same_numbers > 0);
}

static void connection_closed_by_a_reset_is_never_told_of_again(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_with_data(family);
        assert_result(
            psock_poller_add(poller, ends.server, PSOCK_READABLE, &tokens[i]),
            0);
        if (i % 2 == 0)
            check_told(poller, in_time(), &tokens[i], PSOCK_READABLE);
        assert_result(psock_close_reset(let_go(ends.server)), 0);
        check_nothing(poller);
        close_kept(ends.client);
    }
}

/* What was closed while it was told once, or wanted nothing, is as forgotten. */
static void closed_socket_is_forgotten_whatever_was_wanted(void **state)
{
    static const uint32_t wishes[] = {
        0, PSOCK_ONE_SHOT, PSOCK_WRITABLE | PSOCK_ONE_SHOT,
        PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_ONE_SHOT, ALL_WANTED};
    psock_poller *poller = kept_poller();
    psock_poller_event event;
    for (int i = 0; i < ROUNDS; i++)
        for (size_t j = 0; j < COUNT_OF(wishes); j++) {
            psock_t s = datagram(family_of(state));
            assert_result(psock_poller_add(poller, s, wishes[j], tokens), 0);
            if (i % 2 == 0 && (wishes[j] & PSOCK_WRITABLE) != 0)
                assert_result(psock_poller_wait(poller, &event, 1, in_time()),
                              1);
            close_kept(s);
            check_nothing(poller);
        }
}

/* --- Threads --------------------------------------------------------------- */

struct wait {
    psock_poller *poller;
    psock_deadline deadline;
    psock_poller_event event;
};

static ptrdiff_t wait_in_poller(void *argument)
{
    struct wait *wait = argument;
    return psock_poller_wait(wait->poller, &wait->event, 1, wait->deadline);
}

static struct wait wait_of(psock_poller *poller, int round)
{
    return (struct wait){.poller = poller,
                         .deadline =
                             round % 2 == 0 ? PSOCK_FOREVER : in_time()};
}

static void check_ended(struct running_call *call, const struct wait *wait,
                        const void *token, uint32_t came)
{
    assert_result(end_call(call), 1);
    assert_ptr_equal(wait->event.token, token);
    assert_int_equal(wait->event.came, came);
}

static void arriving_data_end_a_wait(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_poller_add(poller, ends.client, PSOCK_READABLE, tokens),
                  0);
    for (int i = 0; i < ROUNDS; i++) {
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        send_text(ends.server, "x");
        check_ended(call, &wait, tokens, PSOCK_READABLE);
        recv_text(ends.client, "x");
    }
}

static void arriving_connection_ends_a_wait(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t listener = listening(family_of(state));
    assert_result(psock_poller_add(poller, listener, PSOCK_READABLE, tokens),
                  0);
    for (int i = 0; i < ROUNDS; i++) {
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        psock_t client = connected_to(listener);
        check_ended(call, &wait, tokens, PSOCK_READABLE);
        close_kept(keep(psock_accept(listener, NULL, in_time())));
        close_kept(client);
    }
}

static void what_is_added_is_told_to_those_who_wait(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        psock_t s = datagram(family);
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, &tokens[i]),
                      0);
        check_ended(call, &wait, &tokens[i], PSOCK_WRITABLE);
        close_kept(s);
    }
}

static void what_is_changed_is_told_to_those_who_wait(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram_with_data(family_of(state));
    assert_result(psock_poller_add(poller, s, 0, tokens), 0);
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t wanted = i % 4 < 2 ? PSOCK_READABLE : PSOCK_WRITABLE;
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_poller_modify(poller, s, wanted | PSOCK_ONE_SHOT),
                      0);
        check_ended(call, &wait, tokens, wanted);
    }
}

/* What a waiting thread asked for may change again before anything comes. */
static void what_is_wanted_no_more_does_not_end_a_wait(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    psock_t other = datagram(family_of(state));
    assert_result(
        psock_poller_add(poller, ends.client, PSOCK_READABLE, &tokens[1]), 0);
    assert_result(psock_poller_add(poller, other, 0, &tokens[2]), 0);
    for (int i = 0; i < ROUNDS; i++) {
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_poller_modify(poller, ends.client, 0), 0);
        send_text(ends.server, "x");
        recv_text(ends.client, "x");
        assert_result(psock_poller_modify(poller, ends.client, PSOCK_READABLE),
                      0);
        assert_result(
            psock_poller_modify(poller, other, PSOCK_WRITABLE | PSOCK_ONE_SHOT),
            0);
        check_ended(call, &wait, &tokens[2], PSOCK_WRITABLE);
    }
}

static void removed_socket_does_not_end_a_wait(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < ROUNDS; i++) {
        assert_result(
            psock_poller_add(poller, ends.client, PSOCK_READABLE, &tokens[1]),
            0);
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_poller_remove(poller, ends.client), 0);
        send_text(ends.server, "x");
        recv_text(ends.client, "x");
        assert_result(psock_poller_wake(poller), 0);
        assert_result(end_call(call), 0);
    }
}

static void closed_socket_does_not_end_a_wait(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        assert_result(
            psock_poller_add(poller, ends.client, PSOCK_READABLE, &tokens[1]),
            0);
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        close_both(&ends);
        let_it_wait(call, i);
        assert_result(psock_poller_wake(poller), 0);
        assert_result(end_call(call), 0);
    }
}

static void shutdown_is_told_to_those_who_wait(void **state)
{
    static const struct {
        int how;
        uint32_t wanted, came;
    } rows[] = {
        {PSOCK_SHUT_READ, PSOCK_READABLE, PSOCK_READABLE | PSOCK_READ_ENDED},
        {PSOCK_SHUT_READ, PSOCK_READ_ENDED, PSOCK_READ_ENDED},
        {PSOCK_SHUT_BOTH, 0, PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP}};
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        size_t row = (size_t)i / 2 % COUNT_OF(rows);
        struct stream ends = stream_over(family);
        assert_result(
            psock_poller_add(poller, ends.client, rows[row].wanted, tokens), 0);
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_shutdown(ends.client, rows[row].how), 0);
        assert_result(end_call(call), 1);
        assert_ptr_equal(wait.event.token, tokens);
        assert_int_not_equal(wait.event.came & rows[row].came, 0);
        check_told(poller, in_time(), tokens, rows[row].came);
        close_both(&ends);
    }
}

static void shutdown_of_a_listener_is_told(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        psock_t s = listening(family);
        assert_result(psock_poller_add(poller, s, PSOCK_READABLE, tokens), 0);
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_shutdown(s, PSOCK_SHUT_READ), 0);
        assert_result(end_call(call), 1);
        assert_true((wait.event.came & PSOCK_READABLE) != 0);
        close_kept(s);
    }
}

static void refused_connect_is_told_to_those_who_wait(void **state)
{
    psock_poller *poller = kept_poller();
    struct queue queue = full_queue(family_of(state));
    assert_result(psock_poller_add(poller, queue.pending, 0, tokens), 0);
    check_nothing(poller);
    struct wait wait = wait_of(poller, 0);
    struct running_call *call = begin_call(wait_in_poller, &wait);
    let_it_wait(call, ROUNDS);
    close_kept(queue.listener);
    check_ended(call, &wait, tokens,
                PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP | PSOCK_FAILED);
    assert_result(psock_connect(queue.pending, &queue.address, PSOCK_NOW),
                  PSOCK_ECONNREFUSED);
}

static void completed_connect_is_told_to_those_who_wait(void **state)
{
    psock_poller *poller = kept_poller();
    struct queue queue = full_queue(family_of(state));
    assert_result(
        psock_poller_add(poller, queue.pending, PSOCK_WRITABLE, tokens), 0);
    check_nothing(poller);
    struct wait wait = wait_of(poller, 0);
    struct running_call *call = begin_call(wait_in_poller, &wait);
    let_it_wait(call, ROUNDS);
    for (psock_t s = 0; s >= 0;) {
        s = psock_accept(queue.listener, NULL, PSOCK_NOW);
        if (s >= 0)
            keep(s);
    }
    check_ended(call, &wait, tokens, PSOCK_WRITABLE);
    assert_result(psock_connect(queue.pending, &queue.address, PSOCK_NOW), 0);
}

/* --- Several who wait ------------------------------------------------------- */

enum {
    THREADS = 4,
    SHARED = 200
};

/* Threads that share the telling of events, until each has been told. */
struct sharing {
    psock_poller *poller;
    size_t room;
    psock_deadline deadline;
    atomic_int told[SHARED];
    atomic_int total;
};

static ptrdiff_t share(void *argument)
{
    struct sharing *sharing = argument;
    psock_poller_event events[EVENTS];
    while (atomic_load(&sharing->total) < SHARED) {
        int count = psock_poller_wait(sharing->poller, events, sharing->room,
                                      sharing->deadline);
        for (int i = 0; i < count; i++)
            atomic_fetch_add(&sharing->told[(char *)events[i].token - tokens],
                             1);
        if (count > 0)
            atomic_fetch_add(&sharing->total, count);
        if (count < 0)
            return count;
    }
    return psock_poller_wake(sharing->poller); /* the next one ends, too */
}

static void check_shared(struct sharing *sharing, struct running_call **calls)
{
    for (int i = 0; i < THREADS; i++)
        assert_result(end_call(calls[i]), 0);
    assert_int_equal(atomic_load(&sharing->total), SHARED);
    for (int i = 0; i < SHARED; i++)
        assert_int_equal(atomic_load(&sharing->told[i]), 1);
}

/* Half of the sockets are ready before the threads wait. */
static void each_of_several_threads_is_told_of_others(void **state)
{
    psock_t sockets[SHARED];
    struct running_call *calls[THREADS];
    int family = family_of(state);
    for (size_t room = 1; room <= EVENTS; room += 3) {
        struct sharing sharing = {
            .poller = kept_poller(), .room = room, .deadline = in_time()};
        for (int i = 0; i < SHARED; i++) {
            uint32_t wanted = i % 2 == 0 ? PSOCK_WRITABLE : 0;
            sockets[i] = datagram(family);
            assert_result(psock_poller_add(sharing.poller, sockets[i],
                                           wanted | PSOCK_ONE_SHOT, &tokens[i]),
                          0);
        }
        for (int i = 0; i < THREADS; i++)
            calls[i] = begin_call(share, &sharing);
        for (int i = 1; i < SHARED; i += 2)
            assert_result(psock_poller_modify(sharing.poller, sockets[i],
                                              PSOCK_WRITABLE | PSOCK_ONE_SHOT),
                          0);
        check_shared(&sharing, calls);
        for (int i = 0; i < SHARED; i++)
            close_kept(sockets[i]);
    }
}

/* Sockets come and go while threads wait; what they are told is of sockets that
 * are there. */
struct churn {
    psock_poller *poller;
    atomic_bool is_over;
    atomic_int told;
    atomic_int strange;
};

static ptrdiff_t watch_churn(void *argument)
{
    struct churn *churn = argument;
    psock_poller_event events[EVENTS];
    while (!atomic_load(&churn->is_over)) {
        int count =
            psock_poller_wait(churn->poller, events, EVENTS, PSOCK_FOREVER);
        if (count < 0)
            return count;
        for (int i = 0; i < count; i++) {
            ptrdiff_t place = (char *)events[i].token - tokens;
            atomic_fetch_add(&churn->told, 1);
            if (place < 0 || place >= SOME || events[i].came != PSOCK_WRITABLE)
                atomic_fetch_add(&churn->strange, 1);
        }
    }
    return psock_poller_wake(churn->poller);
}

static void churn_sockets(struct churn *churn, int family)
{
    psock_t sockets[SOME];
    for (int i = 0; i < SOME; i++) {
        sockets[i] = datagram(family);
        assert_result(psock_poller_add(churn->poller, sockets[i],
                                       i % 2 == 0 ? PSOCK_WRITABLE : 0,
                                       &tokens[i]),
                      0);
    }
    for (int i = 0; i < SOME; i++)
        assert_result(psock_poller_modify(churn->poller, sockets[i],
                                          i % 3 == 0 ? 0 : PSOCK_WRITABLE),
                      0);
    for (int i = 0; i < SOME; i++) {
        if (i % 3 != 1)
            assert_result(psock_poller_remove(churn->poller, sockets[i]), 0);
        close_kept(sockets[i]);
    }
}

static void sockets_come_and_go_while_threads_wait(void **state)
{
    struct churn churn = {.poller = kept_poller()};
    struct running_call *calls[THREADS];
    int family = family_of(state);
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(watch_churn, &churn);
    psock_deadline end = in_time();
    for (int i = 0; i < 50 || (atomic_load(&churn.told) == 0 &&
                               psock_deadline_left_ns(end) > 0);
         i++)
        churn_sockets(&churn, family);
    atomic_store(&churn.is_over, 1);
    assert_result(psock_poller_wake(churn.poller), 0);
    for (int i = 0; i < THREADS; i++)
        assert_result(end_call(calls[i]), 0);
    assert_true(atomic_load(&churn.told) > 0);
    assert_int_equal(atomic_load(&churn.strange), 0);
}

/* Several threads add, change and remove sockets of their own in one poller. */
struct changer {
    psock_poller *poller;
    psock_t sockets[SOME];
};

static ptrdiff_t change_often(void *argument)
{
    struct changer *changer = argument;
    int error = 0;
    for (int round = 0; round < 200 && error == 0; round++) {
        for (int i = 0; i < SOME && error == 0; i++)
            error = psock_poller_add(changer->poller, changer->sockets[i],
                                     PSOCK_READABLE, NULL);
        for (int i = 0; i < SOME && error == 0; i++)
            error = psock_poller_modify(changer->poller, changer->sockets[i],
                                        PSOCK_URGENT);
        for (int i = 0; i < SOME && error == 0; i++)
            error = psock_poller_remove(changer->poller, changer->sockets[i]);
    }
    return error;
}

static void several_threads_change_one_poller(void **state)
{
    psock_poller *poller = kept_poller();
    struct changer changers[THREADS];
    struct running_call *calls[THREADS];
    for (int i = 0; i < THREADS; i++) {
        changers[i].poller = poller;
        for (int j = 0; j < SOME; j++)
            changers[i].sockets[j] = datagram(family_of(state));
    }
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(change_often, &changers[i]);
    for (int i = 0; i < THREADS; i++)
        assert_result(end_call(calls[i]), 0);
    check_nothing(poller);
}

/* All want to add the same socket, and one does. */
static ptrdiff_t add_one(void *argument)
{
    struct changer *changer = argument;
    return psock_poller_add(changer->poller, changer->sockets[0],
                            PSOCK_READABLE, NULL);
}

static void same_socket_is_added_by_one_of_several_threads(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int round = 0; round < ROUNDS; round++) {
        struct changer changer = {poller, {datagram(family)}};
        struct running_call *calls[THREADS];
        int added = 0;
        for (int i = 0; i < THREADS; i++)
            calls[i] = begin_call(add_one, &changer);
        for (int i = 0; i < THREADS; i++) {
            ptrdiff_t result = end_call(calls[i]);
            assert_either(result, 0, PSOCK_EEXIST);
            added += result == 0;
        }
        assert_int_equal(added, 1);
        assert_result(psock_poller_remove(poller, changer.sockets[0]), 0);
        close_kept(changer.sockets[0]);
    }
}

/* --- Waking ---------------------------------------------------------------- */

static void check_woken(psock_poller *poller, psock_deadline deadline)
{
    psock_poller_event event;
    assert_result(psock_poller_wait(poller, &event, 1, deadline), 0);
}

static void wake_before_a_wait_ends_it(void **state)
{
    psock_poller *poller = kept_poller();
    const psock_deadline deadlines[] = {PSOCK_NOW, -1, in_time(),
                                        PSOCK_FOREVER};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        assert_result(psock_poller_wake(poller), 0);
        check_woken(poller, deadlines[i]);
        check_nothing(poller);
    }
}

static void wake_during_a_wait_ends_it(void **state)
{
    psock_poller *poller = kept_poller();
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_poller_wake(poller), 0);
        assert_result(end_call(call), 0);
        check_nothing(poller);
    }
}

static void many_wakes_end_one_wait(void **state)
{
    psock_poller *poller = kept_poller();
    (void)state;
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 1000; j++)
            assert_result(psock_poller_wake(poller), 0);
        check_woken(poller, PSOCK_FOREVER);
        check_nothing(poller);
    }
}

static void wakes_end_as_many_waits_one_by_one(void **state)
{
    psock_poller *poller = kept_poller();
    struct wait waits[THREADS];
    struct running_call *calls[THREADS];
    (void)state;
    for (int round = 0; round < ROUNDS / 2; round++) {
        for (int i = 0; i < THREADS; i++) {
            waits[i] = wait_of(poller, i);
            calls[i] = begin_call(wait_in_poller, &waits[i]);
        }
        for (int ended = 0; ended < THREADS;) {
            assert_result(psock_poller_wake(poller), 0);
            for (int i = 0; i < THREADS; i++)
                if (calls[i] != NULL && has_ended(calls[i], 1)) {
                    assert_result(end_call(calls[i]), 0);
                    calls[i] = NULL;
                    ended++;
                }
        }
        psock_poller_event event; /* the last wake may have come too late */
        assert_either(psock_poller_wait(poller, &event, 1, PSOCK_NOW), 0,
                      PSOCK_EAGAIN);
    }
}

/* Whether a wait, which tells of nothing but `tokens`, was only woken. */
static _Bool was_only_woken(psock_poller *poller, size_t room)
{
    psock_poller_event events[EVENTS];
    int count = psock_poller_wait(poller, events, room, PSOCK_FOREVER);
    if (count == 0)
        return 1;
    assert_result(count, 1);
    assert_ptr_equal(events[0].token, tokens);
    assert_int_equal(events[0].came, PSOCK_READABLE);
    return 0;
}

/* The wait that is woken may tell events, too; then nothing tells of waking. */
static void wake_and_events_are_both_told(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_with_data(family_of(state));
    assert_result(psock_poller_add(poller, ends.server, PSOCK_READABLE, tokens),
                  0);
    for (size_t room = 1; room <= EVENTS; room++) {
        assert_result(psock_poller_wake(poller), 0);
        _Bool woken = was_only_woken(poller, room);
        assert_false(was_only_woken(poller, room) && woken);
    }
    recv_text(ends.server, "x");
    psock_poller_event event; /* one wake may be left, and no more */
    assert_either(psock_poller_wait(poller, &event, 1, PSOCK_NOW), 0,
                  PSOCK_EAGAIN);
    check_nothing(poller);
}

static void wake_keeps_events_that_come_once(void **state)
{
    psock_poller *poller = kept_poller();
    psock_t s = datagram(family_of(state));
    assert_result(psock_poller_add(poller, s, 0, tokens), 0);
    for (int i = 0; i < ROUNDS; i++) {
        psock_poller_event event;
        int told = 0;
        assert_result(
            psock_poller_modify(poller, s, PSOCK_WRITABLE | PSOCK_ONE_SHOT), 0);
        assert_result(psock_poller_wake(poller), 0);
        for (int j = 0; j < 3; j++) {
            int count = psock_poller_wait(poller, &event, 1, PSOCK_NOW);
            if (count != 0 && count != 1)
                assert_result(count, PSOCK_EAGAIN);
            told += count == 1;
        }
        assert_int_equal(told, 1);
    }
}

static void interrupt_wake(void *argument)
{
    (void)psock_poller_wake(argument);
}

static void signal_handler_wakes_its_own_wait(void **state)
{
    psock_poller *poller = kept_poller();
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        if (!interrupt_call(call, interrupt_wake, poller)) {
            assert_result(psock_poller_wake(poller), 0);
            assert_result(end_call(call), 0);
            skip_because("this system has no signal handlers");
        }
        assert_result(end_call(call), 0);
        check_nothing(poller);
    }
}

/* --- Closing too early ------------------------------------------------------ */

/* A wait that tells nothing is visible to nobody, so here it has to be given
 * time: far more than it takes to begin. */
static void poller_in_use_is_not_closed(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_poller_add(poller, ends.client, PSOCK_READABLE, tokens),
                  0);
    struct wait wait = wait_of(poller, 0);
    struct running_call *call = begin_call(wait_in_poller, &wait);
    let_it_wait(call, 20000);
    for (int i = 0; i < 3; i++)
        assert_result(psock_poller_close(poller), PSOCK_EBUSY);
    send_text(ends.server, "x");
    check_ended(call, &wait, tokens, PSOCK_READABLE);
    check_told(poller, in_time(), tokens, PSOCK_READABLE);
    recv_text(ends.client, "x");
    check_nothing(poller);
    assert_result(psock_poller_wake(poller), 0);
    check_woken(poller, PSOCK_FOREVER);
}

/* --- Wakers in it ----------------------------------------------------------- */

static void rung_waker_is_told_until_it_is_reset(void **state)
{
    psock_poller *poller = kept_poller();
    psock_waker *waker = kept_waker();
    (void)state;
    assert_result(psock_poller_add_waker(poller, waker, tokens), 0);
    for (int i = 0; i < 3; i++) {
        check_nothing(poller);
        assert_result(psock_waker_ring(waker), 0);
        check_told(poller, PSOCK_FOREVER, tokens, PSOCK_READABLE);
        check_told(poller, PSOCK_NOW, tokens, PSOCK_READABLE);
        assert_result(psock_waker_ring(waker), 0);
        check_told(poller, PSOCK_NOW, tokens, PSOCK_READABLE);
        assert_result(psock_waker_reset(waker), 1);
    }
}

static void waker_rung_before_it_is_added_is_told(void **state)
{
    psock_poller *poller = kept_poller();
    psock_waker *waker = kept_waker();
    (void)state;
    assert_result(psock_waker_ring(waker), 0);
    assert_result(psock_poller_add_waker(poller, waker, tokens), 0);
    check_told(poller, PSOCK_NOW, tokens, PSOCK_READABLE);
}

static void waker_is_added_once_and_removed_once(void **state)
{
    psock_poller *poller = kept_poller();
    psock_waker *waker = kept_waker();
    (void)state;
    assert_result(psock_poller_remove_waker(poller, waker), PSOCK_ENOENT);
    assert_result(psock_waker_ring(waker), 0);
    for (int i = 0; i < 3; i++) {
        assert_result(psock_poller_add_waker(poller, waker, &tokens[i]), 0);
        assert_result(psock_poller_add_waker(poller, waker, &tokens[9]),
                      PSOCK_EEXIST);
        check_told(poller, PSOCK_NOW, &tokens[i], PSOCK_READABLE);
        assert_result(psock_poller_remove_waker(poller, waker), 0);
        check_nothing(poller);
        assert_result(psock_poller_remove_waker(poller, waker), PSOCK_ENOENT);
    }
}

static void closed_waker_is_forgotten(void **state)
{
    psock_poller *poller = kept_poller();
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        psock_waker *waker;
        assert_result(psock_waker_open(&waker), 0);
        if (i % 4 < 2)
            assert_result(psock_poller_remove_waker(poller, waker),
                          PSOCK_ENOENT);
        assert_result(psock_poller_add_waker(poller, waker, &tokens[i]), 0);
        assert_result(psock_waker_ring(waker), 0);
        if (i % 2 == 0)
            check_told(poller, in_time(), &tokens[i], PSOCK_READABLE);
        assert_result(psock_waker_close(waker), 0);
        check_nothing(poller);
    }
}

static void sockets_and_wakers_replace_each_other(void **state)
{
    psock_poller *poller = kept_poller();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        psock_waker *waker;
        psock_t s = datagram(family);
        assert_result(psock_poller_add(poller, s, PSOCK_WRITABLE, tokens), 0);
        check_told(poller, in_time(), tokens, PSOCK_WRITABLE);
        close_kept(s);
        assert_result(psock_waker_open(&waker), 0);
        assert_result(psock_poller_add_waker(poller, waker, &tokens[1]), 0);
        check_nothing(poller);
        assert_result(psock_waker_ring(waker), 0);
        check_told(poller, in_time(), &tokens[1], PSOCK_READABLE);
        assert_result(psock_waker_close(waker), 0);
    }
}

static void wakers_and_sockets_are_told_together(void **state)
{
    psock_poller *poller = kept_poller();
    psock_poller_event events[EVENTS];
    psock_waker *one = kept_waker(), *two = kept_waker();
    assert_result(psock_poller_add_waker(poller, one, &tokens[1]), 0);
    assert_result(psock_poller_add_waker(poller, two, &tokens[2]), 0);
    assert_result(psock_poller_add(poller, datagram(family_of(state)),
                                   PSOCK_WRITABLE, &tokens[3]),
                  0);
    assert_result(psock_waker_ring(one), 0);
    assert_result(psock_waker_ring(two), 0);
    assert_result(psock_poller_wait(poller, events, EVENTS, in_time()), 3);
    int seen = 0;
    for (int i = 0; i < 3; i++)
        seen |= 1 << ((char *)events[i].token - tokens);
    assert_int_equal(seen, 1 << 1 | 1 << 2 | 1 << 3);
}

static void ring_ends_a_wait(void **state)
{
    psock_poller *poller = kept_poller();
    psock_waker *waker = kept_waker();
    (void)state;
    assert_result(psock_poller_add_waker(poller, waker, tokens), 0);
    for (int i = 0; i < ROUNDS; i++) {
        struct wait wait = wait_of(poller, i);
        struct running_call *call = begin_call(wait_in_poller, &wait);
        let_it_wait(call, i);
        assert_result(psock_waker_ring(waker), 0);
        check_ended(call, &wait, tokens, PSOCK_READABLE);
        assert_result(psock_waker_reset(waker), 1);
    }
}

static void waker_is_in_several_pollers(void **state)
{
    psock_poller *one = kept_poller(), *two = kept_poller();
    psock_waker *waker = kept_waker();
    (void)state;
    assert_result(psock_poller_add_waker(one, waker, &tokens[1]), 0);
    assert_result(psock_poller_add_waker(two, waker, &tokens[2]), 0);
    assert_result(psock_waker_ring(waker), 0);
    check_told(one, in_time(), &tokens[1], PSOCK_READABLE);
    check_told(two, in_time(), &tokens[2], PSOCK_READABLE);
    assert_result(psock_waker_reset(waker), 1);
    check_nothing(one);
    check_nothing(two);
}

/* --- Disturbances ---------------------------------------------------------- */

static void disturb(struct running_call *call)
{
    psock_deadline end = psock_deadline_ms(5);
    do {
        host_thread_disturb(call->thread);
        host_yield();
    } while (psock_deadline_left_ns(end) > 0);
}

static void disturbed_wait_lasts_until_its_deadline(void **state)
{
    psock_poller *poller = kept_poller();
    int64_t before_ns = clock_ns();
    struct wait wait = {.poller = poller,
                        .deadline = psock_deadline_ms(SHORT_MS)};
    (void)state;
    struct running_call *call = begin_call(wait_in_poller, &wait);
    host_gate_wait(call->about_to_wait);
    disturb(call);
    assert_result(end_call(call), PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
}

static void disturbed_wait_still_gets_its_event(void **state)
{
    psock_poller *poller = kept_poller();
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_poller_add(poller, ends.client, PSOCK_READABLE, tokens),
                  0);
    struct wait wait = wait_of(poller, 0);
    struct running_call *call = begin_call(wait_in_poller, &wait);
    host_gate_wait(call->about_to_wait);
    disturb(call);
    send_text(ends.server, "x");
    disturb(call);
    check_ended(call, &wait, tokens, PSOCK_READABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(null_is_refused),
        test_once(room_for_no_event_is_refused),
        test_once(unknown_bits_are_refused),
        test_both(what_is_no_socket_is_refused),
        test_both(socket_is_added_once),
        test_both(socket_outside_is_not_changed),
        test_both(removed_socket_is_outside),
        test_once(deadline_is_never_early),
        test_once(what_is_ready_ends_every_wait),
        test_once(token_is_anything),
        test_once(sockets_may_share_a_token),
        test_all(level_is_told_until_it_falls),
        test_all(once_is_told_once),
        test_all(asking_again_tells_what_is_true_still),
        test_all(what_was_told_once_keeps_failures_to_itself),
        test_both(once_becomes_level_and_level_once),
        test_all(modify_changes_what_is_told),
        test_once(refused_change_changes_nothing),
        test_all(listener_is_told_until_all_are_accepted),
        test_both(datagrams_are_told_until_all_are_received),
        test_all(socket_is_in_two_pollers),
        test_both(closed_poller_leaves_its_sockets_alone),
        test_once(small_array_tells_all_in_their_turn),
        test_once(small_array_tells_each_once),
        test_once(large_array_is_written_as_far_as_told),
        test_both(many_sockets_are_waited_for),
        test_both(pending_events_go_with_what_is_removed),
        test_both(pending_events_go_with_a_change),
        test_both(readiness_that_fell_is_not_told),
        test_both(closed_socket_is_never_told_of_again),
        test_both(connection_closed_by_a_reset_is_never_told_of_again),
        test_once(closed_socket_is_forgotten_whatever_was_wanted),
        test_all(arriving_data_end_a_wait),
        test_all(arriving_connection_ends_a_wait),
        test_both(what_is_added_is_told_to_those_who_wait),
        test_both(what_is_changed_is_told_to_those_who_wait),
        test_both(what_is_wanted_no_more_does_not_end_a_wait),
        test_both(removed_socket_does_not_end_a_wait),
        test_both(closed_socket_does_not_end_a_wait),
        test_all(shutdown_is_told_to_those_who_wait),
        test_both(shutdown_of_a_listener_is_told),
        test_once(refused_connect_is_told_to_those_who_wait),
        test_once(completed_connect_is_told_to_those_who_wait),
        test_both(each_of_several_threads_is_told_of_others),
        test_once(sockets_come_and_go_while_threads_wait),
        test_once(several_threads_change_one_poller),
        test_once(same_socket_is_added_by_one_of_several_threads),
        test_once(wake_before_a_wait_ends_it),
        test_once(wake_during_a_wait_ends_it),
        test_once(many_wakes_end_one_wait),
        test_once(wakes_end_as_many_waits_one_by_one),
        test_both(wake_and_events_are_both_told),
        test_once(wake_keeps_events_that_come_once),
        test_once(signal_handler_wakes_its_own_wait),
        test_once(poller_in_use_is_not_closed),
        test_once(rung_waker_is_told_until_it_is_reset),
        test_once(waker_rung_before_it_is_added_is_told),
        test_once(waker_is_added_once_and_removed_once),
        test_once(closed_waker_is_forgotten),
        test_once(sockets_and_wakers_replace_each_other),
        test_once(wakers_and_sockets_are_told_together),
        test_once(ring_ends_a_wait),
        test_once(waker_is_in_several_pollers),
        test_once(disturbed_wait_lasts_until_its_deadline),
        test_both(disturbed_wait_still_gets_its_event),
    };
    return cmocka_run_group_tests_name("poller", tests, warm_up, NULL);
}
