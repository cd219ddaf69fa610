/* epoll_edge.c: EPOLLET: what comes is told once. */
#include "fixture.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int set_with(int fd, uint32_t events)
{
    int set = keep(epoll_create1(0));
    struct epoll_event event = {.events = events | EPOLLET, .data = {.fd = fd}};
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event), 0);
    return set;
}

static void assert_told(int set, uint32_t events)
{
    struct epoll_event event = {0};
    assert_call(epoll_wait(set, &event, 1, 5000), 1);
    assert_int_equal(event.events, events);
}

/* A moment is given to what must not come. */
static void assert_silent(int set)
{
    struct epoll_event event;
    assert_call(epoll_wait(set, &event, 1, 30), 0);
}

static void put(int fd, size_t size)
{
    static const char bytes[1000];
    assert_call(send(fd, bytes, size, 0), size);
}

static void take(int fd, size_t size)
{
    char bytes[1000];
    assert_call(recv(fd, bytes, size, MSG_WAITALL), size);
}

static void drain(int fd)
{
    char bytes[1000];
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        continue;
    assert_int_equal(errno, EAGAIN);
}

/* --- Reading ----------------------------------------------------------------------------- */

static void data_are_told_once(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    assert_silent(set);
}

static void after_reading_all_new_data_are_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN);
    for (int i = 0; i < 3; i++) {
        put(ends.client, 10);
        assert_told(set, EPOLLIN);
        drain(ends.server);
        assert_silent(set);
    }
}

static void after_reading_exactly_all_new_data_are_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    take(ends.server, 10);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
}

static void what_a_read_leaves_is_not_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    take(ends.server, 4);
    assert_silent(set);
    put(ends.client, 1);
    assert_told(set, EPOLLIN);
    assert_silent(set);
}

static void more_data_are_told_though_nobody_has_read(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    assert_silent(set);
}

static void peeking_takes_nothing(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    char bytes[20];
    int set = set_with(ends.server, EPOLLIN);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    assert_call(recv(ends.server, bytes, sizeof bytes, MSG_PEEK), 10);
    assert_silent(set);
}

static void the_end_is_told_once(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    char byte;
    int set = set_with(ends.server, EPOLLIN | EPOLLRDHUP);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    take(ends.server, 10);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_told(set, EPOLLIN | EPOLLRDHUP);
    assert_silent(set);
    assert_call(recv(ends.server, &byte, 1, 0), 0);
    assert_silent(set);
}

static void connections_are_told(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    set_nonblocking(listener);
    int set = set_with(listener, EPOLLIN);
    for (int i = 0; i < 3; i++) {
        int client = keep(socket(AF_INET, SOCK_STREAM, 0));
        assert_call(connect(client, as_sockaddr(&address), address.length), 0);
        assert_told(set, EPOLLIN);
        keep(accept(listener, NULL, NULL));
        assert_fails(accept(listener, NULL, NULL), EAGAIN);
        assert_silent(set);
    }
}

static void datagrams_are_told(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    int set = set_with(ends.server, EPOLLIN);
    for (int i = 0; i < 3; i++) {
        put(ends.client, 10);
        assert_told(set, EPOLLIN);
        drain(ends.server);
        assert_silent(set);
    }
}

/* --- Writing ------------------------------------------------------------------------------------ */

static void room_is_told_once_and_after_it_was_lacking(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.client, EPOLLOUT);
    assert_told(set, EPOLLOUT);
    assert_silent(set);
    size_t sum = fill(ends.client);
    assert_silent(set);
    for (char bytes[65536]; sum > 0;) {
        ssize_t size = recv(ends.server, bytes, sizeof bytes, 0);
        assert_true(size > 0);
        sum -= (size_t)size;
    }
    assert_told(set, EPOLLOUT);
    assert_silent(set);
}

static void room_is_told_along_with_data(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN | EPOLLOUT);
    assert_told(set, EPOLLOUT);
    put(ends.client, 10);
    assert_told(set, EPOLLIN | EPOLLOUT);
    drain(ends.server);
    assert_silent(set);
}

/* --- Other kinds ----------------------------------------------------------------------------------- */

static void every_write_to_a_counter_is_told(void **state)
{
    (void)state;
    int fd = keep(eventfd(0, 0));
    int set = set_with(fd, EPOLLIN);
    assert_silent(set);
    for (int i = 0; i < 3; i++) {
        assert_call(eventfd_write(fd, 1), 0);
        assert_told(set, EPOLLIN);
        assert_silent(set);
    }
}

static void a_pipe_is_told_once(void **state)
{
    (void)state;
    int ends[2];
    char byte;
    assert_call(pipe(ends), 0);
    keep(ends[0]);
    keep(ends[1]);
    int set = set_with(ends[0], EPOLLIN);
    for (int i = 0; i < 2; i++) {
        assert_call(write(ends[1], "x", 1), 1);
        assert_told(set, EPOLLIN);
        assert_silent(set);
        assert_call(read(ends[0], &byte, 1), 1);
    }
    close_kept(ends[1]);
    assert_told(set, EPOLLHUP);
    assert_silent(set);
}

/* --- Changes ------------------------------------------------------------------------------------------- */

static void a_change_tells_again(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    assert_call(epoll_ctl(set, EPOLL_CTL_MOD, ends.server, &event), 0);
    assert_told(set, EPOLLIN);
    assert_silent(set);
}

static void with_one_shot_nothing_follows(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = set_with(ends.server, EPOLLIN | EPOLLONESHOT);
    put(ends.client, 10);
    assert_told(set, EPOLLIN);
    drain(ends.server);
    put(ends.client, 10);
    assert_silent(set);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    assert_call(epoll_ctl(set, EPOLL_CTL_MOD, ends.server, &event), 0);
    assert_told(set, EPOLLIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(data_are_told_once),
        claim(after_reading_all_new_data_are_told),
        claim(after_reading_exactly_all_new_data_are_told),
        claim(what_a_read_leaves_is_not_told),
        claim(more_data_are_told_though_nobody_has_read),
        claim(peeking_takes_nothing),
        claim(the_end_is_told_once),
        claim(connections_are_told),
        claim(datagrams_are_told),
        claim(room_is_told_once_and_after_it_was_lacking),
        claim(room_is_told_along_with_data),
        claim(every_write_to_a_counter_is_told),
        claim(a_pipe_is_told_once),
        claim(a_change_tells_again),
        claim(with_one_shot_nothing_follows),
    };
    return cmocka_run_group_tests_name("epoll_edge", tests, NULL, NULL);
}
