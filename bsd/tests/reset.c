/* reset.c: connections that the peer has reset. */
#include "fixture.h"

#include <poll.h>
#include <string.h>

static void reset(int fd)
{
    struct linger at_once = {1, 0};
    assert_call(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
                0);
    close_kept(fd);
}

static int pending_error(int fd)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length), 0);
    return value;
}

/* An end whose peer has reset the connection, and that is known here. */
static int reset_end(void)
{
    struct ends ends = stream(AF_INET);
    reset(ends.server);
    wait_readable(ends.client);
    return ends.client;
}

static void recv_tells_of_it_once(void **state)
{
    char byte;
    (void)state;
    int fd = reset_end();
    assert_fails(recv(fd, &byte, 1, 0), ECONNRESET);
    assert_call(recv(fd, &byte, 1, 0), 0);
    assert_call(recv(fd, &byte, 1, MSG_WAITALL), 0);
    assert_int_equal(pending_error(fd), 0);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void send_tells_of_it_once(void **state)
{
    char byte;
    (void)state;
    int fd = reset_end();
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), ECONNRESET);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
    assert_call(recv(fd, &byte, 1, 0), 0);
    assert_int_equal(pending_error(fd), 0);
}

static void so_error_tells_of_it_once(void **state)
{
    char byte;
    (void)state;
    int fd = reset_end();
    assert_int_equal(pending_error(fd), ECONNRESET);
    assert_int_equal(pending_error(fd), 0);
    assert_call(recv(fd, &byte, 1, 0), 0);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void poll_tells_of_it(void **state)
{
    (void)state;
    struct pollfd entry = {.fd = reset_end(), .events = POLLIN | POLLOUT};
    assert_call(poll(&entry, 1, 5000), 1);
    assert_int_equal(entry.revents & (POLLIN | POLLERR | POLLHUP),
                     POLLIN | POLLERR | POLLHUP);
}

struct wait {
    int fd;
    ssize_t result;
    int error;
};

static void *wait_in_recv(void *context)
{
    char byte;
    struct wait *wait = context;
    wait->result = recv(wait->fd, &byte, 1, 0);
    wait->error = errno;
    return NULL;
}

static void it_ends_a_wait(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct wait wait = {.fd = ends.client};
    struct helper *helper = begin(wait_in_recv, &wait);
    let_others_wait();
    reset(ends.server);
    finish(helper);
    assert_int_equal(wait.result, -1);
    assert_int_equal(wait.error, ECONNRESET);
}

static void afterwards_there_is_no_peer(void **state)
{
    char byte;
    (void)state;
    int fd = reset_end();
    assert_fails(recv(fd, &byte, 1, 0), ECONNRESET);
    struct address peer = {.length = sizeof peer.storage};
    assert_fails(getpeername(fd, as_sockaddr(&peer), &peer.length), ENOTCONN);
    assert_fails(shutdown(fd, SHUT_RDWR), ENOTCONN);
    struct address name = name_of(fd);
    assert_true(port_of(&name) > 0);
}

static void afterwards_it_is_still_a_connected_socket(void **state)
{
    char byte;
    (void)state;
    int fd = reset_end();
    struct address to = name_of(listening(AF_INET));
    assert_fails(recv(fd, &byte, 1, 0), ECONNRESET);
    assert_fails(connect(fd, as_sockaddr(&to), to.length), EISCONN);
}

static void unread_data_make_closing_a_reset(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "unread", 6, 0), 6);
    wait_readable(ends.server);
    close_kept(ends.server);
    wait_readable(ends.client);
    assert_fails(recv(ends.client, &byte, 1, 0), ECONNRESET);
}

static void sending_to_who_has_closed_fails_in_the_end(void **state)
{
    ssize_t result = 1;
    (void)state;
    struct ends ends = stream(AF_INET);
    close_kept(ends.server);
    for (int i = 0; i < 50 && result > 0; i++) {
        result = send(ends.client, "x", 1, MSG_NOSIGNAL);
        if (result > 0)
            let_others_wait();
    }
    assert_int_equal(result, -1);
    assert_true(errno == EPIPE || errno == ECONNRESET);
    assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void who_saw_the_end_gets_epipe(void **state)
{
    char byte;
    ssize_t result = 1;
    (void)state;
    struct ends ends = stream(AF_INET);
    close_kept(ends.server);
    assert_call(recv(ends.client, &byte, 1, 0), 0);
    for (int i = 0; i < 50 && result > 0; i++) {
        result = send(ends.client, "x", 1, MSG_NOSIGNAL);
        if (result > 0)
            let_others_wait();
    }
    assert_int_equal(result, -1);
    assert_int_equal(errno, EPIPE);
    assert_call(recv(ends.client, &byte, 1, 0), 0);
}

static void a_connection_reset_in_the_queue_can_be_accepted(void **state)
{
    char byte;
    (void)state;
    int listener = listening(AF_INET);
    struct address name = name_of(listener);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(connect(client, as_sockaddr(&name), name.length), 0);
    wait_readable(listener);
    reset(client);
    set_nonblocking(listener);
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) {
        assert_true(errno == EAGAIN || errno == ECONNABORTED);
        skip_because("a connection that was reset leaves the queue");
    }
    assert_fails(recv(keep(fd), &byte, 1, 0), ECONNRESET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(recv_tells_of_it_once),
        claim(send_tells_of_it_once),
        claim(so_error_tells_of_it_once),
        claim(poll_tells_of_it),
        claim(it_ends_a_wait),
        claim(afterwards_there_is_no_peer),
        claim(afterwards_it_is_still_a_connected_socket),
        claim(unread_data_make_closing_a_reset),
        claim(sending_to_who_has_closed_fails_in_the_end),
        claim(who_saw_the_end_gets_epipe),
        claim(a_connection_reset_in_the_queue_can_be_accepted),
    };
    return cmocka_run_group_tests_name("reset", tests, NULL, NULL);
}
