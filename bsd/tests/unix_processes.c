/* unix_processes.c: Unix sockets between processes.  The program starts itself
 * again, to be the other one. */
#include "unix_socket.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MANY = 700
};

static const char *program;

/* --- The other process ------------------------------------------------------- */

static int greet(const char *path)
{
    char buffer[16];
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect_path(fd, path) == 0 && send(fd, "hello", 5, 0) == 5 &&
           recv(fd, buffer, sizeof buffer, 0) == 6 &&
           memcmp(buffer, "answer", 6) == 0 &&
           recv(fd, buffer, sizeof buffer, 0) == 0;
}

static int greet_with_a_name(const char *path)
{
    char mine[80];
    char byte;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(mine, sizeof mine, "%s-2", path);
    int done = bind_to(fd, mine) == 0 && connect_path(fd, path) == 0 &&
               send(fd, "x", 1, 0) == 1 && recv(fd, &byte, 1, 0) == 0;
    unlink(mine);
    return done;
}

static int ask_by_datagrams(const char *path)
{
    char mine[80];
    char buffer[16];
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    snprintf(mine, sizeof mine, "%s-2", path);
    int done = bind_to(fd, mine) == 0 && connect_path(fd, path) == 0 &&
               send(fd, "?", 1, 0) == 1 &&
               recv(fd, buffer, sizeof buffer, 0) == 6 &&
               memcmp(buffer, "answer", 6) == 0;
    unlink(mine);
    return done;
}

static int send_many(const char *path)
{
    struct address to = path_address(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    for (int i = 0; i < MANY; i++) {
        if (sendto(fd, &i, sizeof i, 0, as_sockaddr(&to), to.length) !=
            sizeof i)
            return 0;
    }
    return 1;
}

static int leave_a_listener(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return bind_to(fd, path) == 0 && listen(fd, 1) == 0;
}

static int leave_a_receiver(const char *path)
{
    return bind_to(socket(AF_UNIX, SOCK_DGRAM, 0), path) == 0;
}

static int fails_with(int result, int number)
{
    return result == -1 && errno == number;
}

static int find_it_full(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    return fails_with(connect_path(fd, path), EAGAIN);
}

static int wait_for_room(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect_path(fd, path) == 0 && send(fd, "in", 2, 0) == 2;
}

static int find_errors(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    int second = socket(AF_UNIX, SOCK_STREAM, 0);
    return fails_with(connect_path(fd, path), EPROTOTYPE) &&
           fails_with(bind_to(fd, path), EADDRINUSE) &&
           fails_with(connect_path(second, path), ECONNREFUSED);
}

static int be_a_stranger(const char *path)
{
    struct address to = path_address(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    return fails_with((int)sendto(fd, "x", 1, 0, as_sockaddr(&to), to.length),
                      EPERM);
}

static int fill_it(const char *path)
{
    struct address to = path_address(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    ssize_t sent = 1;
    while (sent == 1)
        sent = sendto(fd, "x", 1, MSG_DONTWAIT, as_sockaddr(&to), to.length);
    return fails_with((int)sent, EAGAIN);
}

static const struct {
    const char *name;
    int (*play)(const char *path);
} roles[] = {
    {"greet", greet},
    {"greet-with-a-name", greet_with_a_name},
    {"ask-by-datagrams", ask_by_datagrams},
    {"send-many", send_many},
    {"leave-a-listener", leave_a_listener},
    {"leave-a-receiver", leave_a_receiver},
    {"find-it-full", find_it_full},
    {"wait-for-room", wait_for_room},
    {"find-errors", find_errors},
    {"be-a-stranger", be_a_stranger},
    {"fill-it", fill_it},
};

static int play(const char *name, const char *path)
{
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].play(path) ? 0 : 1;
    }
    return 2;
}

/* --- This process ------------------------------------------------------------ */

struct other {
    char command[512];
    struct helper *helper;
};

static void *run(void *context)
{
    struct other *other = context;
    return system(other->command) == 0 ? context : NULL;
}

static void start(struct other *other, const char *role, const char *path)
{
    snprintf(other->command, sizeof other->command, "\"%s\" %s %s", program,
             role, path);
    other->helper = begin(run, other);
}

static void assert_done(struct other *other)
{
    assert_non_null(finish(other->helper));
}

static void a_connection_comes_from_another_process(void **state)
{
    struct other other;
    struct ucred peer;
    socklen_t length = sizeof peer;
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 2);
    start(&other, "greet", path);
    wait_readable(listener);
    int server = keep(accept(listener, NULL, NULL));
    assert_received(server, "hello");
    assert_call(getsockopt(server, SOL_SOCKET, SO_PEERCRED, &peer, &length), 0);
    assert_true(peer.pid != getpid() && peer.pid > 0);
    assert_int_equal(peer.uid, getuid());
    send_text(server, "answer");
    close_kept(server);
    assert_done(&other);
}

static void its_name_comes_with_it(void **state)
{
    struct other other;
    struct address peer;
    char expected[96];
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 2);
    start(&other, "greet-with-a-name", path);
    peer.length = sizeof peer.storage;
    int server = keep(accept(listener, as_sockaddr(&peer), &peer.length));
    assert_received(server, "x");
    close_kept(server);
    snprintf(expected, sizeof expected, "%s-2", path);
    assert_named(&peer, expected);
    assert_done(&other);
}

static void a_datagram_is_answered(void **state)
{
    struct other other;
    struct address from;
    char buffer[8];
    char expected[96];
    const char *path = temporary_path();
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    start(&other, "ask-by-datagrams", path);
    from.length = sizeof from.storage;
    assert_call(recvfrom(receiver, buffer, sizeof buffer, 0, as_sockaddr(&from),
                         &from.length),
                1);
    snprintf(expected, sizeof expected, "%s-2", path);
    assert_named(&from, expected);
    assert_call(
        sendto(receiver, "answer", 6, 0, as_sockaddr(&from), from.length), 6);
    assert_done(&other);
}

static void no_datagram_is_lost(void **state)
{
    struct other other;
    const char *path = temporary_path();
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    start(&other, "send-many", path);
    wait_readable(receiver);
    let_others_wait();
    for (int i = 0; i < MANY; i++) {
        int number = -1;
        assert_call(recv(receiver, &number, sizeof number, 0), sizeof number);
        assert_int_equal(number, i);
    }
    assert_done(&other);
}

static void what_a_process_left_refuses(void **state)
{
    struct other other;
    const char *path = temporary_path();
    const char *datagrams = temporary_path();
    (void)state;
    start(&other, "leave-a-listener", path);
    assert_done(&other);
    assert_fails(connect_path(unix_socket(SOCK_STREAM), path), ECONNREFUSED);
    assert_fails(bind_to(unix_socket(SOCK_STREAM), path), EADDRINUSE);
    start(&other, "leave-a-receiver", datagrams);
    assert_done(&other);
    assert_fails(connect_path(unix_socket(SOCK_DGRAM), datagrams),
                 ECONNREFUSED);
}

static void a_full_queue_is_full_for_others(void **state)
{
    struct other other;
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 0);
    connected_to(SOCK_STREAM, path);
    start(&other, "find-it-full", path);
    assert_done(&other);
    start(&other, "wait-for-room", path);
    let_others_wait();
    keep(accept(listener, NULL, NULL));
    assert_received(keep(accept(listener, NULL, NULL)), "in");
    assert_done(&other);
}

static void errors_are_the_same_for_others(void **state)
{
    struct other other;
    const char *path = temporary_path();
    (void)state;
    bound_at(SOCK_STREAM, path);
    start(&other, "find-errors", path);
    assert_done(&other);
}

static void a_connected_socket_takes_nothing_from_others(void **state)
{
    struct other other;
    const char *path = temporary_path();
    const char *friendly = temporary_path();
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    bound_at(SOCK_DGRAM, friendly);
    assert_call(connect_path(receiver, friendly), 0);
    start(&other, "be-a-stranger", path);
    assert_done(&other);
}

static void a_full_receiver_is_full_for_others(void **state)
{
    struct other other;
    const char *path = temporary_path();
    (void)state;
    bound_at(SOCK_DGRAM, path);
    start(&other, "fill-it", path);
    assert_done(&other);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        claim(a_connection_comes_from_another_process),
        claim(its_name_comes_with_it),
        claim(a_datagram_is_answered),
        claim(no_datagram_is_lost),
        claim(what_a_process_left_refuses),
        claim(a_full_queue_is_full_for_others),
        claim(errors_are_the_same_for_others),
        claim(a_connected_socket_takes_nothing_from_others),
        claim(a_full_receiver_is_full_for_others),
    };
    program = argv[0];
    if (argc == 3)
        return play(argv[1], argv[2]);
    return cmocka_run_group_tests_name("unix_processes", tests, NULL, NULL);
}
