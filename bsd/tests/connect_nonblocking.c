/* connect_nonblocking.c: connect() on a socket that does not wait, step by step. */
#include "fixture.h"

#include <poll.h>
#include <sys/time.h>

static int connect_to(int fd, struct address address)
{
    return connect(fd, as_sockaddr(&address), address.length);
}

static int nonblocking(void)
{
    return keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
}

static int pending_error(int fd)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length), 0);
    return value;
}

static short events_of(int fd, short wanted)
{
    struct pollfd entry = {.fd = fd, .events = wanted};
    assert_call(poll(&entry, 1, 5000), 1);
    return entry.revents;
}

/* A listener whose queue is full, so that an attempt to connect stays under way;
 * those who fill it are kept.  -1 where there is no such state. */
static int busy_listener(void)
{
    enum {
        ATTEMPTS = 64
    };
    int listener = bound(AF_INET, SOCK_STREAM);
    assert_call(listen(listener, 0), 0);
    for (int i = 0; i < ATTEMPTS; i++) {
        struct pollfd entry = {.fd = nonblocking(), .events = POLLOUT};
        if (connect_to(entry.fd, name_of(listener)) != 0)
            assert_int_equal(errno, EINPROGRESS);
        if (poll(&entry, 1, 50) == 0)
            return listener;
    }
    return -1;
}

/* A socket whose attempt is under way and stays so. */
static int pending_socket(struct address *to)
{
    int listener = busy_listener();
    if (listener < 0)
        skip_because("the system lets no attempt stay under way");
    *to = name_of(listener);
    int fd = nonblocking();
    assert_fails(connect_to(fd, *to), EINPROGRESS);
    return fd;
}

static void it_says_einprogress(void **state)
{
    (void)state;
    int fd = nonblocking();
    assert_fails(connect_to(fd, name_of(listening(AF_INET))), EINPROGRESS);
    assert_int_equal(events_of(fd, POLLOUT), POLLOUT);
    assert_int_equal(pending_error(fd), 0);
    assert_int_equal(pending_error(fd), 0);
}

static void success_is_told_once_then_eisconn(void **state)
{
    (void)state;
    int fd = nonblocking();
    struct address to = name_of(listening(AF_INET));
    assert_fails(connect_to(fd, to), EINPROGRESS);
    events_of(fd, POLLOUT);
    assert_call(connect_to(fd, to), 0);
    assert_fails(connect_to(fd, to), EISCONN);
    assert_fails(connect_to(fd, to), EISCONN);
}

static void a_loop_until_eisconn_ends(void **state)
{
    (void)state;
    int fd = nonblocking();
    struct address to = name_of(listening(AF_INET));
    int result = 0;
    for (int i = 0; i < 1000; i++) {
        result = connect_to(fd, to);
        if (result != 0 && errno == EISCONN)
            break;
        if (result != 0 && errno != EINPROGRESS && errno != EALREADY)
            break;
        if (result != 0)
            events_of(fd, POLLOUT);
    }
    assert_int_equal(result, -1);
    assert_int_equal(errno, EISCONN);
}

static void a_connected_socket_sends_without_asking(void **state)
{
    char byte = 0;
    (void)state;
    int listener = listening(AF_INET);
    int fd = nonblocking();
    assert_fails(connect_to(fd, name_of(listener)), EINPROGRESS);
    events_of(fd, POLLOUT);
    assert_call(send(fd, "x", 1, 0), 1);
    int server = keep(accept(listener, NULL, NULL));
    assert_call(recv(server, &byte, 1, 0), 1);
    assert_call(send(server, "y", 1, 0), 1);
    wait_readable(fd);
    assert_call(recv(fd, &byte, 1, 0), 1);
    assert_int_equal(byte, 'y');
}

/* Begins an attempt that nobody answers to, and waits for its end. */
static int refused(void)
{
    int fd = nonblocking();
    int result = connect_to(fd, deserted(AF_INET, SOCK_STREAM));
    assert_int_equal(result, -1);
    assert_int_equal(errno, EINPROGRESS);
    short events = events_of(fd, POLLIN | POLLOUT);
    assert_int_equal(events & (POLLOUT | POLLERR | POLLHUP),
                     POLLOUT | POLLERR | POLLHUP);
    return fd;
}

static void so_error_tells_of_a_refusal_once(void **state)
{
    (void)state;
    int fd = refused();
    assert_int_equal(pending_error(fd), ECONNREFUSED);
    assert_int_equal(pending_error(fd), 0);
    assert_int_equal(pending_error(fd), 0);
}

static void connect_tells_of_a_refusal_once(void **state)
{
    (void)state;
    int fd = refused();
    struct address nobody = deserted(AF_INET, SOCK_STREAM);
    assert_fails(connect_to(fd, nobody), ECONNREFUSED);
    assert_int_equal(pending_error(fd), 0);
}

static void after_so_error_connect_is_econnaborted_once(void **state)
{
    (void)state;
    int fd = refused();
    assert_int_equal(pending_error(fd), ECONNREFUSED);
    struct address to = name_of(listening(AF_INET));
    assert_fails(connect_to(fd, to), ECONNABORTED);
    assert_fails(connect_to(fd, to), EINPROGRESS);
    events_of(fd, POLLOUT);
    assert_call(connect_to(fd, to), 0);
}

static void a_refused_socket_can_try_again(void **state)
{
    (void)state;
    int fd = refused();
    struct address nobody = deserted(AF_INET, SOCK_STREAM);
    assert_fails(connect_to(fd, nobody), ECONNREFUSED);
    assert_fails(connect_to(fd, nobody), EINPROGRESS);
    events_of(fd, POLLOUT);
    assert_int_equal(pending_error(fd), ECONNREFUSED);
}

static void recv_tells_of_a_refusal_once(void **state)
{
    char byte;
    (void)state;
    int fd = refused();
    assert_fails(recv(fd, &byte, 1, 0), ECONNREFUSED);
    assert_int_equal(pending_error(fd), 0);
    assert_call(recv(fd, &byte, 1, 0), 0);
}

static void send_tells_of_a_refusal_once(void **state)
{
    (void)state;
    int fd = refused();
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), ECONNREFUSED);
    assert_int_equal(pending_error(fd), 0);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void a_refused_socket_has_no_peer(void **state)
{
    (void)state;
    int fd = refused();
    struct address peer = {.length = sizeof peer.storage};
    assert_fails(getpeername(fd, as_sockaddr(&peer), &peer.length), ENOTCONN);
    assert_int_equal(pending_error(fd), ECONNREFUSED);
    assert_fails(getpeername(fd, as_sockaddr(&peer), &peer.length), ENOTCONN);
}

static void under_way_it_is_ealready(void **state)
{
    struct address to;
    (void)state;
    int fd = pending_socket(&to);
    assert_fails(connect_to(fd, to), EALREADY);
    assert_fails(connect_to(fd, to), EALREADY);
    assert_int_equal(pending_error(fd), 0);
}

static void under_way_nothing_is_moved(void **state)
{
    char byte;
    struct address to;
    (void)state;
    int fd = pending_socket(&to);
    assert_fails(recv(fd, &byte, 1, 0), EAGAIN);
    assert_fails(send(fd, "x", 1, 0), EAGAIN);
}

static void under_way_there_is_no_peer(void **state)
{
    struct address to;
    (void)state;
    int fd = pending_socket(&to);
    struct address peer = {.length = sizeof peer.storage};
    assert_fails(getpeername(fd, as_sockaddr(&peer), &peer.length), ENOTCONN);
    struct address name = name_of(fd);
    assert_true(port_of(&name) > 0);
}

static void under_way_it_is_not_ready(void **state)
{
    struct address to;
    (void)state;
    struct pollfd entry = {.fd = pending_socket(&to),
                           .events = POLLIN | POLLOUT};
    assert_call(poll(&entry, 1, 0), 0);
}

static void under_way_options_can_be_set(void **state)
{
    int one = 1;
    struct address to;
    (void)state;
    int fd = pending_socket(&to);
    assert_call(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one), 0);
}

static void under_way_it_can_be_shut_down(void **state)
{
    char byte;
    struct address to;
    (void)state;
    int fd = pending_socket(&to);
    assert_call(shutdown(fd, SHUT_RDWR), 0);
    assert_int_equal(pending_error(fd), ECONNRESET);
    assert_fails(recv(fd, &byte, 1, 0), ENOTCONN);
    assert_call(connect_to(fd, name_of(listening(AF_INET))), -1);
    assert_int_equal(errno, EINPROGRESS);
}

static void under_way_it_cannot_listen(void **state)
{
    struct address to;
    (void)state;
    assert_fails(listen(pending_socket(&to), 1), EINVAL);
}

static void so_sndtimeo_ends_waiting_but_not_the_attempt(void **state)
{
    struct timeval patience = {0, 100000};
    (void)state;
    int listener = busy_listener();
    if (listener < 0)
        skip_because("the system lets no attempt stay under way");
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience), 0);
    assert_fails(connect_to(fd, name_of(listener)), EINPROGRESS);
    assert_fails(connect_to(fd, name_of(listener)), EALREADY);
}

static void it_can_wait_for_what_was_begun(void **state)
{
    (void)state;
    int fd = nonblocking();
    struct address to = name_of(listening(AF_INET));
    assert_fails(connect_to(fd, to), EINPROGRESS);
    set_blocking(fd);
    assert_call(connect_to(fd, to), 0);
    assert_fails(connect_to(fd, to), EISCONN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(it_says_einprogress),
        claim(success_is_told_once_then_eisconn),
        claim(a_loop_until_eisconn_ends),
        claim(a_connected_socket_sends_without_asking),
        claim(so_error_tells_of_a_refusal_once),
        claim(connect_tells_of_a_refusal_once),
        claim(after_so_error_connect_is_econnaborted_once),
        claim(a_refused_socket_can_try_again),
        claim(recv_tells_of_a_refusal_once),
        claim(send_tells_of_a_refusal_once),
        claim(a_refused_socket_has_no_peer),
        claim(under_way_it_is_ealready),
        claim(under_way_nothing_is_moved),
        claim(under_way_there_is_no_peer),
        claim(under_way_it_is_not_ready),
        claim(under_way_options_can_be_set),
        claim(under_way_it_can_be_shut_down),
        claim(under_way_it_cannot_listen),
        claim(so_sndtimeo_ends_waiting_but_not_the_attempt),
        claim(it_can_wait_for_what_was_begun),
    };
    return cmocka_run_group_tests_name("connect_nonblocking", tests, NULL,
                                       NULL);
}
