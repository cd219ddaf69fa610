/* unix_stream.c: connections of Unix streams. */
#include "unix_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>

static void a_connection_carries_bytes(void **state)
{
    (void)state;
    struct ends ends = accepted(SOCK_STREAM);
    send_text(ends.client, "hello");
    assert_received(ends.server, "hello");
    send_text(ends.server, "good bye");
    assert_received(ends.client, "good bye");
}

static void connecting_does_not_wait_for_accept(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int client = connected_to(SOCK_STREAM, path);
    send_text(client, "early");
    int server = keep(accept(listener, NULL, NULL));
    assert_received(server, "early");
}

static void connections_are_accepted_in_order(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int first = connected_to(SOCK_STREAM, path);
    int second = connected_to(SOCK_STREAM, path);
    send_text(second, "second");
    send_text(first, "first");
    assert_received(keep(accept(listener, NULL, NULL)), "first");
    assert_received(keep(accept(listener, NULL, NULL)), "second");
}

static void an_idle_listener_has_nothing_to_accept(void **state)
{
    (void)state;
    int listener = listening_at(SOCK_STREAM, temporary_path(), 4);
    set_nonblocking(listener);
    assert_fails(accept(listener, NULL, NULL), EAGAIN);
}

static void a_listener_is_readable_when_somebody_is_there(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    struct pollfd entry = {listener, POLLIN | POLLOUT, 0};
    assert_call(poll(&entry, 1, 0), 0);
    connected_to(SOCK_STREAM, path);
    assert_call(poll(&entry, 1, 5000), 1);
    assert_int_equal(entry.revents, POLLIN);
    keep(accept(listener, NULL, NULL));
    assert_call(poll(&entry, 1, 0), 0);
}

static void *connect_later(void *context)
{
    struct address address = path_address(context);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    let_others_wait();
    if (connect(fd, as_sockaddr(&address), address.length) != 0)
        return NULL;
    send(fd, "x", 1, 0);
    close(fd);
    return context;
}

static void accepting_waits(void **state)
{
    char path[64];
    (void)state;
    strcpy(path, temporary_path());
    int listener = listening_at(SOCK_STREAM, path, 4);
    struct helper *helper = begin(connect_later, path);
    assert_received(keep(accept(listener, NULL, NULL)), "x");
    assert_non_null(finish(helper));
}

static void polling_a_listener_waits(void **state)
{
    char path[64];
    (void)state;
    strcpy(path, temporary_path());
    int listener = listening_at(SOCK_STREAM, path, 4);
    struct helper *helper = begin(connect_later, path);
    wait_readable(listener);
    keep(accept(listener, NULL, NULL));
    assert_non_null(finish(helper));
}

static void a_time_to_wait_holds_for_accept(void **state)
{
    struct timeval soon = {0, 50000};
    (void)state;
    int listener = listening_at(SOCK_STREAM, temporary_path(), 4);
    assert_call(
        setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon), 0);
    assert_fails(accept(listener, NULL, NULL), EAGAIN);
}

static void what_is_accepted_blocks(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    set_nonblocking(listener);
    connected_to(SOCK_STREAM, path);
    wait_readable(listener);
    int server = keep(accept(listener, NULL, NULL));
    assert_int_equal(fcntl(server, F_GETFL) & O_NONBLOCK, 0);
}

static void accept4_sets_flags(void **state)
{
    const char *path = temporary_path();
    char byte;
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    connected_to(SOCK_STREAM, path);
    int server = keep(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
    assert_fails(recv(server, &byte, 1, 0), EAGAIN);
}

/* --- A full queue ----------------------------------------------------------- */

static void one_more_than_the_backlog_fits(void **state)
{
    const char *path = temporary_path();
    (void)state;
    listening_at(SOCK_STREAM, path, 1);
    connected_to(SOCK_STREAM, path);
    connected_to(SOCK_STREAM, path);
    int third = unix_socket(SOCK_STREAM);
    set_nonblocking(third);
    assert_fails(connect_path(third, path), EAGAIN);
    assert_fails(connect_path(third, path), EAGAIN);
}

static void room_in_the_queue_lets_the_next_one_in(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 0);
    connected_to(SOCK_STREAM, path);
    int second = unix_socket(SOCK_STREAM);
    set_nonblocking(second);
    assert_fails(connect_path(second, path), EAGAIN);
    keep(accept(listener, NULL, NULL));
    assert_call(connect_path(second, path), 0);
    send_text(second, "in");
    assert_received(keep(accept(listener, NULL, NULL)), "in");
}

static void a_blocking_connect_waits_for_room(void **state)
{
    char path[64];
    (void)state;
    strcpy(path, temporary_path());
    int listener = listening_at(SOCK_STREAM, path, 0);
    connected_to(SOCK_STREAM, path);
    struct helper *helper = begin(connect_later, path);
    let_others_wait();
    let_others_wait();
    keep(accept(listener, NULL, NULL));
    assert_received(keep(accept(listener, NULL, NULL)), "x");
    assert_non_null(finish(helper));
}

static void a_time_to_send_ends_a_blocking_connect(void **state)
{
    const char *path = temporary_path();
    struct timeval soon = {0, 50000};
    (void)state;
    listening_at(SOCK_STREAM, path, 0);
    connected_to(SOCK_STREAM, path);
    int second = unix_socket(SOCK_STREAM);
    assert_call(setsockopt(second, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon),
                0);
    assert_fails(connect_path(second, path), EAGAIN);
}

/* --- The end ---------------------------------------------------------------- */

static void closing_the_listener_resets_who_waits(void **state)
{
    const char *path = temporary_path();
    char byte;
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int client = connected_to(SOCK_STREAM, path);
    close_kept(listener);
    wait_readable(client);
    assert_fails(recv(client, &byte, 1, 0), ECONNRESET);
}

static void accepted_ones_outlive_the_listener(void **state)
{
    (void)state;
    struct ends ends = accepted(SOCK_STREAM);
    send_text(ends.client, "still");
    assert_received(ends.server, "still");
}

static void closing_is_the_end_for_the_peer(void **state)
{
    char byte;
    (void)state;
    struct ends ends = accepted(SOCK_STREAM);
    close_kept(ends.client);
    assert_call(recv(ends.server, &byte, 1, 0), 0);
    assert_fails(send(ends.server, "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void shutting_a_listener_ends_accepting(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    assert_call(shutdown(listener, SHUT_RDWR), 0);
    assert_fails(accept(listener, NULL, NULL), EINVAL);
    assert_fails(connect_path(unix_socket(SOCK_STREAM), path), ECONNREFUSED);
}

/* --- Many ------------------------------------------------------------------- */

static void pieces_are_one_after_another(void **state)
{
    char first[2];
    char second[4];
    struct iovec out[] = {{(void *)"ab", 2}, {NULL, 0}, {(void *)"cde", 3}};
    struct iovec in[] = {{first, sizeof first}, {second, sizeof second}};
    (void)state;
    struct ends ends = accepted(SOCK_STREAM);
    assert_call(writev(ends.client, out, 3), 5);
    wait_readable(ends.server);
    assert_call(readv(ends.server, in, 2), 5);
    assert_memory_equal(first, "ab", 2);
    assert_memory_equal(second, "cde", 3);
}

static void many_connections_are_all_served(void **state)
{
    enum {
        MANY = 50
    };
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, MANY);
    int clients[MANY];
    for (int i = 0; i < MANY; i++)
        clients[i] = connected_to(SOCK_STREAM, path);
    for (int i = 0; i < MANY; i++) {
        int server = keep(accept(listener, NULL, NULL));
        send_text(clients[i], "mine");
        assert_received(server, "mine");
    }
}

static void the_file_is_a_socket(void **state)
{
    const char *path = temporary_path();
    struct stat status;
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 1);
    assert_call(stat(path, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
    assert_call(fstat(listener, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_connection_carries_bytes),
        claim(connecting_does_not_wait_for_accept),
        claim(connections_are_accepted_in_order),
        claim(an_idle_listener_has_nothing_to_accept),
        claim(a_listener_is_readable_when_somebody_is_there),
        claim(accepting_waits),
        claim(polling_a_listener_waits),
        claim(a_time_to_wait_holds_for_accept),
        claim(what_is_accepted_blocks),
        claim(accept4_sets_flags),
        claim(one_more_than_the_backlog_fits),
        claim(room_in_the_queue_lets_the_next_one_in),
        claim(a_blocking_connect_waits_for_room),
        claim(a_time_to_send_ends_a_blocking_connect),
        claim(closing_the_listener_resets_who_waits),
        claim(accepted_ones_outlive_the_listener),
        claim(closing_is_the_end_for_the_peer),
        claim(shutting_a_listener_ends_accepting),
        claim(pieces_are_one_after_another),
        claim(many_connections_are_all_served),
        claim(the_file_is_a_socket),
    };
    return cmocka_run_group_tests_name("unix_stream", tests, NULL, NULL);
}
