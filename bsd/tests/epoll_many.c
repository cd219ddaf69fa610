/* epoll_many.c: sets with many sockets, and many threads. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PAIRS 110

struct crowd {
    int set;
    int fds[PAIRS][2];
};

/* Datagram sockets are cheaper, and as writable. */
static void make_pair(int pair[2], uint32_t events)
{
    if ((events & EPOLLIN) != 0) {
        assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        keep(pair[1]);
    } else {
        pair[0] = socket(AF_INET, SOCK_DGRAM, 0);
    }
    keep(pair[0]);
}

static struct crowd *gather(uint32_t events)
{
    static struct crowd crowd;
    crowd.set = keep(epoll_create1(0));
    for (uint32_t i = 0; i < PAIRS; i++) {
        struct epoll_event event = {.events = events, .data = {.u32 = i}};
        make_pair(crowd.fds[i], events);
        assert_call(
            epoll_ctl(crowd.set, EPOLL_CTL_ADD, crowd.fds[i][0], &event), 0);
    }
    return &crowd;
}

/* Waits until each pair was told of, `room` at a time, and says how often. */
static size_t collect(struct crowd *crowd, int room, unsigned char told[PAIRS])
{
    struct epoll_event events[PAIRS];
    size_t different = 0, sum = 0;
    memset(told, 0, PAIRS);
    while (different < PAIRS) {
        int count = epoll_wait(crowd->set, events, room, 5000);
        assert_true(count > 0 && count <= room);
        sum += (size_t)count;
        for (int i = 0; i < count; i++)
            different += told[events[i].data.u32]++ == 0;
    }
    return sum;
}

static void all_that_are_ready_are_told_at_once_if_there_is_room(void **state)
{
    (void)state;
    struct crowd *crowd = gather(EPOLLOUT);
    struct epoll_event events[PAIRS];
    assert_call(epoll_wait(crowd->set, events, PAIRS, 5000), PAIRS);
}

static void with_little_room_all_have_their_turn(void **state)
{
    (void)state;
    unsigned char told[PAIRS];
    collect(gather(EPOLLOUT), 7, told);
}

static void one_shots_are_told_once_each(void **state)
{
    (void)state;
    unsigned char told[PAIRS];
    assert_int_equal(collect(gather(EPOLLOUT | EPOLLONESHOT), 32, told), PAIRS);
}

static void the_one_that_is_ready_is_told(void **state)
{
    (void)state;
    struct crowd *crowd = gather(EPOLLIN);
    struct epoll_event event;
    char byte;
    for (uint32_t i = 0; i < PAIRS; i += 17) {
        assert_call(send(crowd->fds[i][1], "x", 1, 0), 1);
        assert_call(epoll_wait(crowd->set, &event, 1, 5000), 1);
        assert_int_equal(event.data.u32, i);
        assert_call(recv(crowd->fds[i][0], &byte, 1, 0), 1);
    }
    assert_call(epoll_wait(crowd->set, &event, 1, 0), 0);
}

static void many_counters_are_told(void **state)
{
    (void)state;
    int set = keep(epoll_create1(0)), fds[80];
    struct epoll_event events[80];
    for (uint32_t i = 0; i < 80; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = i}};
        fds[i] = keep(eventfd(0, 0));
        assert_call(epoll_ctl(set, EPOLL_CTL_ADD, fds[i], &event), 0);
    }
    assert_call(eventfd_write(fds[79], 1), 0);
    assert_call(epoll_wait(set, events, 80, 5000), 1);
    assert_int_equal(events[0].data.u32, 79);
    for (size_t i = 0; i < 79; i++)
        assert_call(eventfd_write(fds[i], 1), 0);
    assert_call(epoll_wait(set, events, 80, 5000), 80);
}

/* --- Threads ---------------------------------------------------------------------------- */

#define WORKERS 4
#define ROUNDS 220

struct work {
    struct crowd *crowd;
    int stop;
    long done;
};

static void answer(struct crowd *crowd, uint32_t i)
{
    char byte;
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT,
                                .data = {.u32 = i}};
    assert_call(recv(crowd->fds[i][0], &byte, 1, 0), 1);
    assert_call(send(crowd->fds[i][0], "y", 1, 0), 1);
    assert_call(epoll_ctl(crowd->set, EPOLL_CTL_MOD, crowd->fds[i][0], &event),
                0);
}

static void *serve(void *context)
{
    struct work *work = context;
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(work->crowd->set, &event, 1, -1) != 1)
            return work;
        if (event.data.u32 == PAIRS)
            return NULL;
        answer(work->crowd, event.data.u32);
    }
}

static void threads_share_a_set_of_one_shots(void **state)
{
    (void)state;
    struct work work = {.crowd = gather(EPOLLIN | EPOLLONESHOT),
                        .stop = keep(eventfd(0, 0))};
    struct epoll_event stop = {.events = EPOLLIN, .data = {.u32 = PAIRS}};
    struct helper *workers[WORKERS];
    char byte;
    assert_call(epoll_ctl(work.crowd->set, EPOLL_CTL_ADD, work.stop, &stop), 0);
    for (size_t i = 0; i < WORKERS; i++)
        workers[i] = begin(serve, &work);
    for (size_t i = 0; i < ROUNDS; i++) {
        int fd = work.crowd->fds[i % PAIRS][1];
        assert_call(send(fd, "x", 1, 0), 1);
        assert_call(recv(fd, &byte, 1, 0), 1);
    }
    assert_call(eventfd_write(work.stop, 1), 0);
    for (size_t i = 0; i < WORKERS; i++)
        assert_null(finish(workers[i]));
}

static void *open_and_close(void *context)
{
    struct work *work = context;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                                .data = {.u32 = PAIRS}};
    for (size_t i = 0; i < 100; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (fd < 0 ||
            epoll_ctl(work->crowd->set, EPOLL_CTL_ADD, fd, &event) != 0)
            return work;
        close(fd);
    }
    return NULL;
}

static void sockets_come_and_go_while_a_thread_waits(void **state)
{
    (void)state;
    struct work work = {.crowd = gather(EPOLLIN)};
    struct helper *helpers[2];
    struct epoll_event event;
    for (size_t i = 0; i < 2; i++)
        helpers[i] = begin(open_and_close, &work);
    for (size_t i = 0; i < 100; i++) {
        int count = epoll_wait(work.crowd->set, &event, 1, 1);
        assert_true(count == 0 || (count == 1 && event.data.u32 == PAIRS));
    }
    for (size_t i = 0; i < 2; i++)
        assert_null(finish(helpers[i]));
    assert_call(epoll_wait(work.crowd->set, &event, 1, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(all_that_are_ready_are_told_at_once_if_there_is_room),
        claim(with_little_room_all_have_their_turn),
        claim(one_shots_are_told_once_each),
        claim(the_one_that_is_ready_is_told),
        claim(many_counters_are_told),
        claim(threads_share_a_set_of_one_shots),
        claim(sockets_come_and_go_while_a_thread_waits),
    };
    return cmocka_run_group_tests_name("epoll_many", tests, NULL, NULL);
}
