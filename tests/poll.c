/* psock_poll(): what it takes, what it answers and what ends it.  What the bits
 * mean is in readiness.c. */
#include "fixture.h"

#include <limits.h>
#include <string.h>

#define ALL_WANTED                                                             \
    (PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE | PSOCK_READ_ENDED)

/* The value of `came` before a call, which must stay if the call fails. */
#define UNTOUCHED UINT32_C(0x5a5a5a5a)

static psock_pollable entry_of(psock_t s, uint32_t wanted)
{
    return (psock_pollable){.socket = s, .wanted = wanted, .came = UNTOUCHED};
}

static psock_pollable waker_entry(psock_waker *waker)
{
    return (psock_pollable){
        .socket = PSOCK_INVALID, .waker = waker, .came = UNTOUCHED};
}

/* --- Time ----------------------------------------------------------------- */

static void nothing_ready_now_is_said_at_once(void **state)
{
    int family = family_of(state);
    psock_pollable entries[] = {
        entry_of(datagram(family), PSOCK_READABLE),
        entry_of(listening(family), ALL_WANTED),
        entry_of(stream_over(family).client, PSOCK_READABLE | PSOCK_URGENT),
        entry_of(clogged(family).client, ALL_WANTED)};
    for (size_t i = 0; i <= COUNT_OF(entries); i++)
        assert_result(psock_poll(entries, i, PSOCK_NOW), PSOCK_EAGAIN);
}

static void check_times(psock_pollable *entries, size_t count)
{
    static const int64_t timeouts_ns[] = {1,       100000,  900000,
                                          1000000, 1100000, SHORT_NS};
    for (size_t i = 0; i < COUNT_OF(timeouts_ns); i++) {
        int64_t before_ns = clock_ns();
        assert_result(
            psock_poll(entries, count, psock_deadline_ns(timeouts_ns[i])),
            PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= timeouts_ns[i]);
    }
}

static void deadline_is_never_early(void **state)
{
    int family = family_of(state);
    psock_pollable entries[] = {entry_of(datagram(family), PSOCK_READABLE),
                                entry_of(listening(family), ALL_WANTED),
                                entry_of(stream_over(family).client, 0),
                                waker_entry(kept_waker())};
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        check_times(&entries[i], 1);
    check_times(entries, COUNT_OF(entries));
}

static void no_entries_just_wait(void **state)
{
    psock_pollable entry = entry_of(PSOCK_INVALID, ALL_WANTED);
    (void)state;
    check_times(NULL, 0);
    check_times(&entry, 0);
    assert_result(psock_poll(NULL, 0, PSOCK_NOW), PSOCK_EAGAIN);
}

static void passed_over_entries_just_wait(void **state)
{
    psock_pollable entries[] = {entry_of(PSOCK_INVALID, ALL_WANTED),
                                entry_of(INTPTR_MIN, PSOCK_READABLE),
                                entry_of(-2, 0)};
    (void)state;
    check_times(entries, COUNT_OF(entries));
    assert_result(psock_poll(entries, 3, PSOCK_NOW), PSOCK_EAGAIN);
}

static void past_deadline_still_looks_once(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_pollable entry = entry_of(ends.client, PSOCK_READABLE);
    assert_result(psock_poll(&entry, 1, -1), PSOCK_ETIMEDOUT);
    assert_result(psock_poll(&entry, 1, psock_deadline_ms(0)), PSOCK_ETIMEDOUT);
    entry.wanted = PSOCK_WRITABLE;
    assert_result(psock_poll(&entry, 1, -1), 1);
    assert_result(psock_poll(&entry, 1, psock_deadline_ms(0)), 1);
}

static void what_is_ready_ends_every_wait(void **state)
{
    struct stream ends = stream_over(family_of(state));
    const psock_deadline deadlines[] = {PSOCK_NOW, in_time(), PSOCK_FOREVER,
                                        -1};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        psock_pollable entry = entry_of(ends.client, PSOCK_WRITABLE);
        assert_result(psock_poll(&entry, 1, deadlines[i]), 1);
        assert_int_equal(entry.came, PSOCK_WRITABLE);
    }
}

/* --- Several entries ------------------------------------------------------- */

static void each_entry_has_its_answer(void **state)
{
    int family = family_of(state);
    psock_pollable entries[] = {
        entry_of(datagram(family), PSOCK_READABLE),
        entry_of(PSOCK_INVALID, ALL_WANTED),
        entry_of(datagram(family), ALL_WANTED),
        entry_of(listening(family), ALL_WANTED),
        entry_of(open_kept(family, PSOCK_STREAM), 0),
        entry_of(stream_over(family).client, PSOCK_WRITABLE)};
    assert_result(psock_poll(entries, COUNT_OF(entries), in_time()), 3);
    assert_int_equal(entries[0].came, 0);
    assert_int_equal(entries[1].came, 0);
    assert_int_equal(entries[2].came, PSOCK_WRITABLE);
    assert_int_equal(entries[3].came, 0);
    assert_int_equal(entries[4].came,
                     PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP);
    assert_int_equal(entries[5].came, PSOCK_WRITABLE);
}

static void socket_there_twice_has_two_answers(void **state)
{
    struct stream ends = stream_over(family_of(state));
    send_text(ends.client, "x");
    assert_result(psock_recv(ends.server, &(char){0}, 1, PSOCK_PEEK, in_time()),
                  1);
    psock_pollable entries[] = {
        entry_of(ends.server, PSOCK_READABLE),
        entry_of(ends.server, PSOCK_WRITABLE),
        entry_of(ends.server, PSOCK_URGENT),
        entry_of(ends.server, PSOCK_READABLE | PSOCK_WRITABLE),
        entry_of(ends.server, PSOCK_READABLE)};
    assert_result(psock_poll(entries, COUNT_OF(entries), in_time()), 4);
    assert_int_equal(entries[0].came, PSOCK_READABLE);
    assert_int_equal(entries[1].came, PSOCK_WRITABLE);
    assert_int_equal(entries[2].came, 0);
    assert_int_equal(entries[3].came, PSOCK_READABLE | PSOCK_WRITABLE);
    assert_int_equal(entries[4].came, PSOCK_READABLE);
}

static void closed_socket_ends_the_wait_of_all(void **state)
{
    int family = family_of(state);
    struct stream ends = stream_over(family);
    psock_pollable entries[] = {entry_of(datagram(family), PSOCK_READABLE),
                                entry_of(ends.client, ALL_WANTED),
                                entry_of(datagram(family), PSOCK_WRITABLE)};
    close_kept(ends.client);
    assert_result(psock_poll(entries, 1, psock_deadline_ms(1)),
                  PSOCK_ETIMEDOUT);
    assert_result(psock_poll(entries, 2, PSOCK_FOREVER), 1);
    assert_int_equal(entries[0].came, 0);
    assert_int_equal(entries[1].came, PSOCK_NO_SOCKET);
    assert_result(psock_poll(entries, 3, PSOCK_FOREVER), 2);
    assert_int_equal(entries[1].came, PSOCK_NO_SOCKET);
    assert_int_equal(entries[2].came, PSOCK_WRITABLE);
}

static void other_descriptor_ends_the_wait_of_all(void **state)
{
    psock_t foreign = host_foreign_open();
    psock_pollable entries[] = {
        entry_of(foreign, 0),
        entry_of(datagram(family_of(state)), PSOCK_READABLE)};
    assert_result(psock_poll(entries, 2, PSOCK_FOREVER), 1);
    assert_int_equal(entries[0].came, PSOCK_NO_SOCKET);
    assert_int_equal(entries[1].came, 0);
    host_foreign_close(foreign);
}

static void sockets_of_all_families_are_waited_for_together(void **state)
{
    struct stream inner = stream_over(family_of(state));
    struct stream outer = stream_over(PSOCK_IPV4);
    psock_pollable entries[] = {entry_of(inner.client, PSOCK_READABLE),
                                entry_of(outer.client, PSOCK_READABLE)};
    send_text(inner.server, "x");
    assert_result(psock_poll(entries, 2, in_time()), 1);
    assert_int_equal(entries[0].came, PSOCK_READABLE);
    recv_text(inner.client, "x");
    send_text(outer.server, "x");
    assert_result(psock_poll(entries, 2, in_time()), 1);
    assert_int_equal(entries[1].came, PSOCK_READABLE);
}

static void wakers_and_sockets_are_waited_for_together(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_waker *waker = kept_waker(), *other = kept_waker();
    psock_pollable entries[] = {waker_entry(other),
                                entry_of(ends.client, PSOCK_READABLE),
                                waker_entry(waker)};
    assert_result(psock_poll(entries, 3, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_waker_ring(waker), 0);
    assert_result(psock_poll(entries, 3, PSOCK_FOREVER), 1);
    assert_int_equal(entries[0].came, 0);
    assert_int_equal(entries[1].came, 0);
    assert_int_equal(entries[2].came, PSOCK_READABLE);
    entries[1].wanted = PSOCK_WRITABLE;
    assert_result(psock_poll(entries, 3, PSOCK_FOREVER), 2);
    assert_int_equal(entries[1].came, PSOCK_WRITABLE);
    assert_int_equal(entries[2].came, PSOCK_READABLE);
    assert_result(psock_waker_reset(waker), 1);
    assert_result(psock_poll(entries, 3, PSOCK_FOREVER), 1);
    assert_int_equal(entries[2].came, 0);
}

static void waker_is_told_whatever_was_wanted(void **state)
{
    psock_pollable entry = waker_entry(kept_waker());
    (void)state;
    assert_result(psock_waker_ring(entry.waker), 0);
    for (uint32_t wanted = 0; wanted <= ALL_WANTED; wanted++) {
        if ((wanted & ~(uint32_t)ALL_WANTED) != 0)
            continue;
        entry.wanted = wanted;
        entry.came = UNTOUCHED;
        assert_result(psock_poll(&entry, 1, in_time()), 1);
        assert_int_equal(entry.came, PSOCK_READABLE);
    }
}

/* --- Many entries ---------------------------------------------------------- */

enum {
    MANY_MAX = 1500
};

/* Datagram sockets, as they need no peers. */
static void open_many(int family, psock_pollable *entries, size_t count)
{
    if (!host_allow_descriptors((int)count + 100))
        skip_because("this process may not open so many sockets");
    for (size_t i = 0; i < count; i++)
        entries[i] = entry_of(datagram(family), PSOCK_READABLE);
}

/* Far more than a process may usually have open. */
static void most_entries_may_be_passed_over(void **state)
{
    static psock_pollable entries[100000];
    const size_t places[] = {0, COUNT_OF(entries) / 2, COUNT_OF(entries) - 1};
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        entries[i] = entry_of(PSOCK_INVALID, ALL_WANTED);
    assert_result(psock_poll(entries, COUNT_OF(entries), PSOCK_NOW),
                  PSOCK_EAGAIN);
    psock_t s = datagram(family_of(state));
    for (size_t i = 0; i < COUNT_OF(places); i++)
        entries[places[i]] = entry_of(s, PSOCK_WRITABLE);
    assert_result(psock_poll(entries, COUNT_OF(entries), in_time()),
                  COUNT_OF(places));
    for (size_t i = 0; i < COUNT_OF(places); i++)
        assert_int_equal(entries[places[i]].came, PSOCK_WRITABLE);
    assert_int_equal(entries[1].came, 0);
    assert_int_equal(entries[COUNT_OF(entries) - 2].came, 0);
}

/* Sends something to one, and looks who says that it came. */
static void check_one_of_many(psock_pollable *entries, size_t count, size_t one)
{
    psock_address address = local_of(entries[one].socket);
    psock_t sender = open_kept(psock_address_family(&address), PSOCK_DATAGRAM);
    assert_result(psock_send_to(sender, "x", 1, 0, &address, in_time()), 1);
    assert_result(psock_poll(entries, count, in_time()), 1);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(entries[i].came, i == one ? PSOCK_READABLE : 0);
    recv_text(entries[one].socket, "x");
    close_kept(sender);
}

static void check_many(int family, size_t count)
{
    static psock_pollable entries[MANY_MAX];
    const size_t places[] = {0,         count / 2, count - 2, count - 1,
                             count / 3, 62,        63,        count - 3};
    open_many(family, entries, count);
    assert_result(psock_poll(entries, count, PSOCK_NOW), PSOCK_EAGAIN);
    for (size_t i = 0; i < COUNT_OF(places); i++)
        check_one_of_many(entries, count, places[i]);
    for (size_t i = 0; i < count; i++)
        entries[i].wanted = PSOCK_WRITABLE;
    assert_result(psock_poll(entries, count, in_time()), (ptrdiff_t)count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(entries[i].came, PSOCK_WRITABLE);
}

static void sixty_five_sockets_are_waited_for(void **state)
{
    check_many(family_of(state), 65);
}

static void two_hundred_sockets_are_waited_for(void **state)
{
    check_many(family_of(state), 200);
}

static void more_than_1024_sockets_are_waited_for(void **state)
{
    check_many(family_of(state), 1100);
}

static void same_socket_is_waited_for_by_many_entries(void **state)
{
    static psock_pollable entries[10000];
    if (!host_allow_descriptors(COUNT_OF(entries)))
        skip_because("this process may not wait for so many entries");
    psock_t s = datagram(family_of(state));
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        entries[i] = entry_of(i % 10 == 0 ? PSOCK_INVALID : s,
                              i % 2 == 0 ? PSOCK_READABLE : PSOCK_WRITABLE);
    assert_result(psock_poll(entries, COUNT_OF(entries), in_time()), 5000);
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        assert_int_equal(entries[i].came, i % 2 == 0 ? 0 : PSOCK_WRITABLE);
}

/* --- Mistakes -------------------------------------------------------------- */

static void null_entries_are_refused(void **state)
{
    (void)state;
    assert_result(psock_poll(NULL, 1, in_time()), PSOCK_EFAULT);
    assert_result(psock_poll(NULL, SIZE_MAX, PSOCK_NOW), PSOCK_EFAULT);
}

static void too_many_entries_are_refused(void **state)
{
    psock_pollable entry = entry_of(datagram(family_of(state)), PSOCK_WRITABLE);
    assert_result(psock_poll(&entry, (size_t)INT_MAX + 1, in_time()),
                  PSOCK_EINVAL);
    assert_result(psock_poll(&entry, SIZE_MAX, in_time()), PSOCK_EINVAL);
    assert_int_equal(entry.came, UNTOUCHED);
}

/* Wherever the entry is, and whatever else is ready. */
static void check_refused(psock_pollable wrong, psock_t ready)
{
    for (size_t place = 0; place < 3; place++) {
        psock_pollable entries[3];
        for (size_t i = 0; i < 3; i++)
            entries[i] = i == place ? wrong : entry_of(ready, PSOCK_WRITABLE);
        assert_result(psock_poll(entries, 3, in_time()), PSOCK_EINVAL);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(entries[i].came, UNTOUCHED);
    }
}

static void unknown_bits_are_refused(void **state)
{
    psock_t s = datagram(family_of(state));
    psock_pollable rung = waker_entry(kept_waker());
    assert_result(psock_waker_ring(rung.waker), 0);
    for (unsigned i = 0; i < 32; i++) {
        uint32_t bit = UINT32_C(1) << i;
        if ((bit & ALL_WANTED) != 0)
            continue;
        check_refused(entry_of(s, bit | PSOCK_WRITABLE), s);
        check_refused(entry_of(PSOCK_INVALID, bit), s);
        rung.wanted = bit;
        check_refused(rung, s);
    }
}

static void socket_and_waker_in_one_entry_are_refused(void **state)
{
    psock_t s = datagram(family_of(state));
    psock_pollable both = entry_of(s, PSOCK_WRITABLE);
    both.waker = kept_waker();
    assert_result(psock_waker_ring(both.waker), 0);
    check_refused(both, s);
}

static void failures_leave_the_entries_alone(void **state)
{
    psock_pollable entries[3] = {
        entry_of(datagram(family_of(state)), PSOCK_READABLE),
        entry_of(PSOCK_INVALID, ALL_WANTED), waker_entry(kept_waker())};
    psock_pollable before[3];
    memcpy(before, entries, sizeof before);
    assert_result(psock_poll(entries, 3, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_poll(entries, 3, psock_deadline_ms(1)),
                  PSOCK_ETIMEDOUT);
    assert_result(psock_poll(entries, 3, -1), PSOCK_ETIMEDOUT);
    assert_memory_equal(before, entries, sizeof before);
}

static void success_leaves_all_but_the_answer_alone(void **state)
{
    psock_waker *waker = kept_waker();
    psock_t s = datagram(family_of(state));
    psock_pollable entries[] = {entry_of(s, PSOCK_WRITABLE),
                                waker_entry(waker)};
    assert_result(psock_poll(entries, 2, in_time()), 1);
    assert_true(entries[0].socket == s);
    assert_null(entries[0].waker);
    assert_int_equal(entries[0].wanted, PSOCK_WRITABLE);
    assert_true(entries[1].socket == PSOCK_INVALID);
    assert_ptr_equal(entries[1].waker, waker);
    assert_int_equal(entries[1].wanted, 0);
}

/* --- What others do ends a wait -------------------------------------------- */

enum {
    ROUNDS = 40
};

struct poll {
    psock_pollable entry;
    psock_deadline deadline;
};

static ptrdiff_t wait_to_poll(void *argument)
{
    struct poll *poll = argument;
    return psock_poll(&poll->entry, 1, poll->deadline);
}

static struct poll poll_of(psock_t s, uint32_t wanted, int round)
{
    return (struct poll){entry_of(s, wanted),
                         round % 2 == 0 ? PSOCK_FOREVER : in_time()};
}

/* Looks again once the wait has ended, as bits may come one after another. */
static void check_ended(struct running_call *call, const struct poll *poll,
                        uint32_t expected)
{
    psock_deadline end = in_time();
    assert_result(end_call(call), 1);
    psock_pollable entry = poll->entry;
    assert_int_not_equal(poll->entry.came & expected, 0);
    while (psock_poll(&entry, 1, PSOCK_NOW) == 1 && entry.came != expected &&
           psock_deadline_left_ns(end) > 0)
        host_yield();
    assert_int_equal(entry.came, expected);
}

static void arriving_data_end_a_poll(void **state)
{
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < ROUNDS; i++) {
        struct poll poll = poll_of(ends.client, PSOCK_READABLE, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i);
        send_text(ends.server, "x");
        check_ended(call, &poll, PSOCK_READABLE);
        recv_text(ends.client, "x");
    }
}

static void arriving_connection_ends_a_poll(void **state)
{
    psock_t listener = listening(family_of(state));
    for (int i = 0; i < ROUNDS; i++) {
        struct poll poll = poll_of(listener, PSOCK_READABLE, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i);
        psock_t client = connected_to(listener);
        check_ended(call, &poll, PSOCK_READABLE);
        close_kept(keep(psock_accept(listener, NULL, in_time())));
        close_kept(client);
    }
}

static void end_of_the_peer_ends_a_poll(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        uint32_t wanted = i % 4 < 2 ? PSOCK_READABLE : PSOCK_READ_ENDED;
        struct poll poll = poll_of(ends.client, wanted, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i);
        assert_result(psock_shutdown(ends.server, PSOCK_SHUT_WRITE), 0);
        check_ended(call, &poll, wanted | PSOCK_READ_ENDED);
        close_kept(ends.client);
        close_kept(ends.server);
    }
}

static void reset_by_the_peer_ends_a_poll_for_nothing(void **state)
{
    need_resets();
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        struct stream ends = stream_over(family);
        struct poll poll = poll_of(ends.client, 0, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i);
        assert_result(psock_close_reset(let_go(ends.server)), 0);
        check_ended(call, &poll,
                    PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_FAILED |
                        PSOCK_HUNG_UP);
        close_kept(ends.client);
    }
}

static void room_ends_a_poll(void **state)
{
    static char drain[1 << 20];
    struct stream ends = clogged(family_of(state));
    struct poll poll = poll_of(ends.client, PSOCK_WRITABLE, 0);
    struct running_call *call = begin_call(wait_to_poll, &poll);
    let_it_wait(call, ROUNDS);
    while (psock_recv(ends.server, drain, sizeof drain, 0,
                      psock_deadline_ms(SHORT_MS)) > 0)
        continue;
    check_ended(call, &poll, PSOCK_WRITABLE);
}

static void shutdown_ends_a_poll(void **state)
{
    static const struct {
        int how;
        uint32_t wanted, came;
    } rows[] = {
        {PSOCK_SHUT_READ, PSOCK_READABLE, PSOCK_READABLE | PSOCK_READ_ENDED},
        {PSOCK_SHUT_READ, PSOCK_READ_ENDED, PSOCK_READ_ENDED},
        {PSOCK_SHUT_BOTH, 0, PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP},
        {PSOCK_SHUT_BOTH, PSOCK_READABLE,
         PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_READ_ENDED | PSOCK_HUNG_UP}};
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        size_t row = (size_t)i / 2 % COUNT_OF(rows);
        struct stream ends = stream_over(family);
        struct poll poll = poll_of(ends.client, rows[row].wanted, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i);
        assert_result(psock_shutdown(ends.client, rows[row].how), 0);
        check_ended(call, &poll, rows[row].came);
        close_kept(ends.client);
        close_kept(ends.server);
    }
}

static void shutdown_for_writing_ends_a_poll(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < 4; i++) {
        struct stream ends = clogged(family);
        struct poll poll = poll_of(ends.client, PSOCK_WRITABLE, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i * 10);
        assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
        check_ended(call, &poll, PSOCK_WRITABLE);
        close_kept(ends.client);
        close_kept(ends.server);
    }
}

static void shutdown_of_a_listener_ends_a_poll(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < ROUNDS; i++) {
        psock_t s = listening(family);
        struct poll poll = poll_of(s, PSOCK_READABLE, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i);
        assert_result(psock_shutdown(s, PSOCK_SHUT_READ), 0);
        assert_result(end_call(call), 1);
        assert_true((poll.entry.came & PSOCK_READABLE) != 0);
        assert_result(psock_accept(s, NULL, PSOCK_NOW), PSOCK_EINVAL);
        close_kept(s);
    }
}

static void ring_ends_a_poll(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_waker *waker = kept_waker();
    for (int i = 0; i < ROUNDS; i++) {
        struct poll poll = {waker_entry(waker), PSOCK_FOREVER};
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i);
        assert_result(psock_waker_ring(waker), 0);
        check_ended(call, &poll, PSOCK_READABLE);
        assert_result(psock_waker_reset(waker), 1);
    }
    (void)ends;
}

/* --- Attempts to connect --------------------------------------------------- */

/* Three polls of one attempt, each for something else. */
static const uint32_t connect_wishes[] = {PSOCK_WRITABLE, PSOCK_READABLE, 0};

enum {
    CONNECT_WISHES = 3
};

static void refused_connect_ends_polls_for_anything(void **state)
{
    struct queue queue = full_queue(family_of(state));
    struct poll polls[CONNECT_WISHES];
    struct running_call *calls[CONNECT_WISHES];
    for (int i = 0; i < CONNECT_WISHES; i++) {
        polls[i] = poll_of(queue.pending, connect_wishes[i], i);
        calls[i] = begin_call(wait_to_poll, &polls[i]);
        let_it_wait(calls[i], ROUNDS);
    }
    close_kept(queue.listener);
    for (int i = 0; i < CONNECT_WISHES; i++) {
        assert_result(end_call(calls[i]), 1);
        assert_int_equal(polls[i].entry.came & ~(unsigned)PSOCK_READ_ENDED,
                         PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_FAILED |
                             PSOCK_HUNG_UP);
    }
    assert_result(psock_connect(queue.pending, &queue.address, PSOCK_NOW),
                  PSOCK_ECONNREFUSED);
}

static void refused_connect_is_told_to_whoever_comes_later(void **state)
{
    int family = family_of(state);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    for (int i = 0; i < CONNECT_WISHES; i++) {
        psock_t s = open_kept(family, PSOCK_STREAM);
        psock_pollable entry = entry_of(s, connect_wishes[i]);
        assert_either(psock_connect(s, &nobody, PSOCK_NOW), PSOCK_EAGAIN,
                      PSOCK_ECONNREFUSED);
        assert_result(psock_poll(&entry, 1, in_time()), 1);
        assert_int_equal(entry.came &
                             (PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP),
                         PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP);
    }
}

static void completed_connect_ends_a_poll(void **state)
{
    struct queue queue = full_queue(family_of(state));
    struct poll poll = poll_of(queue.pending, ALL_WANTED, 0);
    struct running_call *call = begin_call(wait_to_poll, &poll);
    let_it_wait(call, ROUNDS);
    for (psock_t s = 0; s >= 0;) {
        s = psock_accept(queue.listener, NULL, PSOCK_NOW);
        if (s >= 0)
            keep(s);
    }
    check_ended(call, &poll, PSOCK_WRITABLE);
    assert_result(psock_connect(queue.pending, &queue.address, PSOCK_NOW), 0);
}

static void connect_now_is_finished_after_a_poll(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    for (int i = 0; i < ROUNDS; i++) {
        psock_t s = open_kept(family, PSOCK_STREAM);
        psock_pollable entry = entry_of(s, PSOCK_WRITABLE);
        int result = psock_connect(s, &address, PSOCK_NOW);
        assert_result(psock_poll(&entry, 1, in_time()), 1);
        assert_int_equal(entry.came, PSOCK_WRITABLE);
        if (result == PSOCK_EAGAIN)
            result = psock_connect(s, &address, PSOCK_NOW);
        assert_result(result, 0);
        close_kept(keep(psock_accept(listener, NULL, in_time())));
        close_kept(s);
    }
}

static void shutdown_of_an_attempt_ends_polls_for_anything(void **state)
{
    int family = family_of(state);
    for (int i = 0; i < CONNECT_WISHES; i++) {
        struct queue queue = full_queue(family);
        struct poll poll = poll_of(queue.pending, connect_wishes[i], i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        let_it_wait(call, i * ROUNDS);
        assert_result(psock_shutdown(queue.pending, i), 0);
        assert_result(end_call(call), 1);
        assert_int_equal(poll.entry.came &
                             (PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP),
                         PSOCK_READABLE | PSOCK_WRITABLE | PSOCK_HUNG_UP);
    }
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

static void disturbed_poll_lasts_until_its_deadline(void **state)
{
    psock_t sockets[] = {datagram(family_of(state)), PSOCK_INVALID};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        int64_t before_ns = clock_ns();
        struct poll poll = {entry_of(sockets[i], PSOCK_READABLE),
                            psock_deadline_ms(SHORT_MS)};
        struct running_call *call = begin_call(wait_to_poll, &poll);
        host_gate_wait(call->about_to_wait);
        disturb(call);
        assert_result(end_call(call), PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= SHORT_NS);
    }
}

static void disturbed_poll_still_gets_its_data(void **state)
{
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < 2; i++) {
        struct poll poll = poll_of(ends.client, PSOCK_READABLE, i);
        struct running_call *call = begin_call(wait_to_poll, &poll);
        host_gate_wait(call->about_to_wait);
        disturb(call);
        send_text(ends.server, "x");
        disturb(call);
        assert_result(end_call(call), 1);
        assert_int_equal(poll.entry.came, PSOCK_READABLE);
        recv_text(ends.client, "x");
    }
}

/* --- Several threads -------------------------------------------------------- */

enum {
    THREADS = 4
};

static void several_threads_poll_one_socket(void **state)
{
    struct stream ends = stream_over(family_of(state));
    for (int round = 0; round < ROUNDS / 2; round++) {
        struct poll polls[THREADS];
        struct running_call *calls[THREADS];
        for (int i = 0; i < THREADS; i++) {
            polls[i] = poll_of(ends.client, PSOCK_READABLE, i);
            calls[i] = begin_call(wait_to_poll, &polls[i]);
        }
        for (int i = 0; i < THREADS; i++)
            let_it_wait(calls[i], round);
        send_text(ends.server, "x");
        for (int i = 0; i < THREADS; i++) {
            assert_result(end_call(calls[i]), 1);
            assert_int_equal(polls[i].entry.came, PSOCK_READABLE);
        }
        recv_text(ends.client, "x");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(nothing_ready_now_is_said_at_once),
        test_both(deadline_is_never_early),
        test_once(no_entries_just_wait),
        test_once(passed_over_entries_just_wait),
        test_both(past_deadline_still_looks_once),
        test_both(what_is_ready_ends_every_wait),
        test_both(each_entry_has_its_answer),
        test_both(socket_there_twice_has_two_answers),
        test_both(closed_socket_ends_the_wait_of_all),
        test_once(other_descriptor_ends_the_wait_of_all),
        test_ipv6(sockets_of_all_families_are_waited_for_together),
        test_unix(sockets_of_all_families_are_waited_for_together),
        test_both(wakers_and_sockets_are_waited_for_together),
        test_once(waker_is_told_whatever_was_wanted),
        test_both(sixty_five_sockets_are_waited_for),
        test_once(two_hundred_sockets_are_waited_for),
        test_both(more_than_1024_sockets_are_waited_for),
        test_once(same_socket_is_waited_for_by_many_entries),
        test_once(most_entries_may_be_passed_over),
        test_once(null_entries_are_refused),
        test_once(too_many_entries_are_refused),
        test_once(unknown_bits_are_refused),
        test_once(socket_and_waker_in_one_entry_are_refused),
        test_once(failures_leave_the_entries_alone),
        test_once(success_leaves_all_but_the_answer_alone),
        test_all(arriving_data_end_a_poll),
        test_all(arriving_connection_ends_a_poll),
        test_all(end_of_the_peer_ends_a_poll),
        test_both(reset_by_the_peer_ends_a_poll_for_nothing),
        test_all(room_ends_a_poll),
        test_all(shutdown_ends_a_poll),
        test_both(shutdown_for_writing_ends_a_poll),
        test_both(shutdown_of_a_listener_ends_a_poll),
        test_once(ring_ends_a_poll),
        test_once(refused_connect_ends_polls_for_anything),
        test_both(refused_connect_is_told_to_whoever_comes_later),
        test_once(completed_connect_ends_a_poll),
        test_both(connect_now_is_finished_after_a_poll),
        test_both(shutdown_of_an_attempt_ends_polls_for_anything),
        test_both(disturbed_poll_lasts_until_its_deadline),
        test_both(disturbed_poll_still_gets_its_data),
        test_both(several_threads_poll_one_socket),
    };
    return cmocka_run_group_tests_name("poll", tests, warm_up, NULL);
}
