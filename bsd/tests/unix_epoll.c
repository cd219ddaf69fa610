/* unix_epoll.c: Unix sockets in sets of epoll. */
#include "unix_socket.h"

#include <sys/epoll.h>

static int set_with(int fd, unsigned events)
{
    struct epoll_event event;
    int set = keep(epoll_create1(EPOLL_CLOEXEC));
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.fd = fd;
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event), 0);
    return set;
}

static unsigned next_events(int set, int timeout_ms)
{
    struct epoll_event event;
    int count = epoll_wait(set, &event, 1, timeout_ms);
    assert_true(count >= 0);
    return count == 0 ? 0 : event.events;
}

static void a_listener_tells_of_connections(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int set = set_with(listener, EPOLLIN);
    assert_int_equal(next_events(set, 0), 0);
    connected_to(SOCK_STREAM, path);
    assert_int_equal(next_events(set, 5000), EPOLLIN);
    keep(accept(listener, NULL, NULL));
    assert_int_equal(next_events(set, 0), 0);
}

static void one_that_came_before_listening_tells_too(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = bound_at(SOCK_STREAM, path);
    int set = set_with(listener, EPOLLIN);
    assert_call(listen(listener, 4), 0);
    connected_to(SOCK_STREAM, path);
    assert_int_equal(next_events(set, 5000) & EPOLLIN, EPOLLIN);
    keep(accept(listener, NULL, NULL));
}

static void messages_are_told(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        int set = set_with(ends.server, EPOLLIN);
        assert_int_equal(next_events(set, 0), 0);
        send_text(ends.client, "x");
        assert_int_equal(next_events(set, 5000), EPOLLIN);
        assert_received(ends.server, "x");
        assert_int_equal(next_events(set, 0), 0);
    }
}

static void each_message_is_an_edge(void **state)
{
    static const int types[] = {SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        int set = set_with(ends.server, EPOLLIN | EPOLLET);
        send_text(ends.client, "x");
        assert_int_equal(next_events(set, 5000), EPOLLIN);
        assert_int_equal(next_events(set, 0), 0);
        send_text(ends.client, "y");
        assert_int_equal(next_events(set, 5000), EPOLLIN);
    }
}

static void a_client_in_a_set_before_it_connects(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int client = unix_socket(SOCK_STREAM);
    int set = set_with(client, EPOLLIN);
    assert_call(connect_path(client, path), 0);
    int server = keep(accept(listener, NULL, NULL));
    assert_int_equal(next_events(set, 0), 0);
    send_text(server, "x");
    assert_int_equal(next_events(set, 5000), EPOLLIN);
}

static void *send_later(void *context)
{
    let_others_wait();
    send(*(int *)context, "late", 4, 0);
    return NULL;
}

static void a_set_waits_for_messages(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        int set = set_with(ends.server, EPOLLIN);
        struct helper *helper = begin(send_later, &ends.client);
        assert_int_equal(next_events(set, 5000), EPOLLIN);
        finish(helper);
    }
}

/* --- Several senders ---------------------------------------------------------- */

enum {
    ROUNDS = 1000,
    SENDERS = 3
};

struct sender {
    int start; /* a byte comes for each message that is to be sent */
    int to;
};

static void *send_when_told(void *context)
{
    const struct sender *sender = context;
    char byte;
    while (read(sender->start, &byte, 1) == 1)
        (void)!send(sender->to, "x", 1, 0);
    return NULL;
}

static int receive_all(int fd)
{
    char byte;
    int count = 0;
    while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
        count++;
    return count;
}

/* Returns how many came, `count` unless the set was silent for seconds. */
static int await(int set, int fd, int count)
{
    int got = 0;
    while (got < count && next_events(set, 3000) != 0)
        got += receive_all(fd);
    return got;
}

static void messages_that_come_at_once_are_all_told(void **state)
{
    struct ends ends = pair_of(SOCK_DGRAM);
    struct ends starts[SENDERS];
    struct sender senders[SENDERS];
    struct helper *helpers[SENDERS];
    int set = set_with(ends.server, EPOLLIN);
    int got = SENDERS;
    (void)state;
    for (size_t i = 0; i < SENDERS; i++) {
        starts[i] = pair_of(SOCK_STREAM);
        senders[i] = (struct sender){starts[i].server, ends.client};
        helpers[i] = begin(send_when_told, &senders[i]);
    }
    for (int round = 0; round < ROUNDS && got == SENDERS; round++) {
        for (size_t i = 0; i < SENDERS; i++)
            assert_call(write(starts[i].client, "x", 1), 1);
        got = await(set, ends.server, SENDERS);
    }
    for (size_t i = 0; i < SENDERS; i++) {
        close_kept(starts[i].client);
        finish(helpers[i]);
    }
    assert_int_equal(got, SENDERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_listener_tells_of_connections),
        claim(one_that_came_before_listening_tells_too),
        claim(messages_are_told),
        claim(each_message_is_an_edge),
        claim(a_client_in_a_set_before_it_connects),
        claim(a_set_waits_for_messages),
        claim(messages_that_come_at_once_are_all_told),
    };
    return cmocka_run_group_tests_name("unix_epoll", tests, NULL, NULL);
}
