/* options_socket.c: getsockopt() and setsockopt() at SOL_SOCKET. */
#include "fixture.h"

#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static int get(int fd, int option)
{
    int value = -77;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, option, &value, &length), 0);
    assert_int_equal(length, sizeof value);
    return value;
}

static int set(int fd, int option, int value)
{
    return setsockopt(fd, SOL_SOCKET, option, &value, sizeof value);
}

static int fresh(int type)
{
    return keep(socket(AF_INET, type, 0));
}

/* --- What a socket is --------------------------------------------------------- */

static void type_domain_and_protocol_are_those_of_the_socket(void **state)
{
    (void)state;
    static const struct {
        int domain;
        int type;
        int protocol;
    } kinds[] = {
        {AF_INET, SOCK_STREAM, IPPROTO_TCP},
        {AF_INET, SOCK_DGRAM, IPPROTO_UDP},
        {AF_INET6, SOCK_STREAM, IPPROTO_TCP},
        {AF_INET6, SOCK_DGRAM, IPPROTO_UDP},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        int fd = keep(socket(kinds[i].domain, kinds[i].type, 0));
        assert_int_equal(get(fd, SO_TYPE), kinds[i].type);
        assert_int_equal(get(fd, SO_DOMAIN), kinds[i].domain);
        assert_int_equal(get(fd, SO_PROTOCOL), kinds[i].protocol);
    }
}

static void type_has_no_flags_in_it(void **state)
{
    (void)state;
    int fd =
        keep(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    assert_int_equal(get(fd, SO_TYPE), SOCK_DGRAM);
}

static void accepted_socket_has_the_kind_of_its_listener(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET6);
    assert_int_equal(get(ends.server, SO_TYPE), SOCK_STREAM);
    assert_int_equal(get(ends.server, SO_DOMAIN), AF_INET6);
    assert_int_equal(get(ends.server, SO_PROTOCOL), IPPROTO_TCP);
}

static void only_a_listener_accepts_connections(void **state)
{
    (void)state;
    int fd = bound(AF_INET, SOCK_STREAM);
    assert_int_equal(get(fd, SO_ACCEPTCONN), 0);
    assert_call(listen(fd, 4), 0);
    assert_int_equal(get(fd, SO_ACCEPTCONN), 1);
    struct ends ends = stream(AF_INET);
    assert_int_equal(get(ends.client, SO_ACCEPTCONN), 0);
    assert_int_equal(get(ends.server, SO_ACCEPTCONN), 0);
    assert_int_equal(get(fresh(SOCK_DGRAM), SO_ACCEPTCONN), 0);
}

static void options_that_are_only_told_cannot_be_set(void **state)
{
    (void)state;
    static const int options[] = {SO_TYPE,       SO_DOMAIN, SO_PROTOCOL,
                                  SO_ACCEPTCONN, SO_ERROR,  SO_SNDLOWAT};
    int fd = fresh(SOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(options); i++)
        assert_fails(set(fd, options[i], 1), ENOPROTOOPT);
}

/* --- Errors ------------------------------------------------------------------- */

static void error_of_a_fresh_socket_is_none(void **state)
{
    (void)state;
    assert_int_equal(get(fresh(SOCK_STREAM), SO_ERROR), 0);
    assert_int_equal(get(fresh(SOCK_DGRAM), SO_ERROR), 0);
}

static void error_of_a_refused_attempt_is_told_once(void **state)
{
    (void)state;
    struct address nobody = deserted(AF_INET, SOCK_STREAM);
    int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    if (connect(fd, as_sockaddr(&nobody), nobody.length) == 0)
        fail();
    if (errno == EINPROGRESS) {
        wait_writable(fd);
        assert_int_equal(get(fd, SO_ERROR), ECONNREFUSED);
    }
    assert_int_equal(get(fd, SO_ERROR), 0);
}

static void error_of_a_connection_is_none(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_int_equal(get(ends.client, SO_ERROR), 0);
    close_kept(ends.server);
    wait_readable(ends.client);
    assert_int_equal(get(ends.client, SO_ERROR), 0);
}

static void
error_of_a_connecting_socket_is_none_when_it_is_connected(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    if (connect(fd, as_sockaddr(&address), address.length) != 0)
        assert_int_equal(errno, EINPROGRESS);
    wait_writable(fd);
    assert_int_equal(get(fd, SO_ERROR), 0);
}

/* --- Switches ------------------------------------------------------------------- */

static const int switches[] = {SO_REUSEADDR, SO_KEEPALIVE, SO_DONTROUTE,
                               SO_BROADCAST, SO_OOBINLINE};

static void check_switches(int fd)
{
    for (size_t i = 0; i < COUNT_OF(switches); i++) {
        assert_int_equal(get(fd, switches[i]), 0);
        assert_call(set(fd, switches[i], 1), 0);
        assert_int_equal(get(fd, switches[i]), 1);
        assert_call(set(fd, switches[i], 0), 0);
        assert_int_equal(get(fd, switches[i]), 0);
    }
}

static void switches_are_off_until_they_are_set(void **state)
{
    (void)state;
    check_switches(fresh(SOCK_STREAM));
    check_switches(fresh(SOCK_DGRAM));
}

static void switches_are_told_of_sockets_of_ipv6(void **state)
{
    (void)state;
    check_switches(keep(socket(AF_INET6, SOCK_STREAM, 0)));
    check_switches(keep(socket(AF_INET6, SOCK_DGRAM, 0)));
}

static void switches_are_told_of_unix_sockets(void **state)
{
    (void)state;
    int pair[2];
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    keep(pair[0]);
    keep(pair[1]);
    assert_call(set(pair[0], SO_REUSEADDR, 1), 0);
    assert_int_equal(get(pair[0], SO_REUSEADDR), 1);
    assert_int_equal(get(pair[0], SO_TYPE), SOCK_STREAM);
    assert_int_equal(get(pair[0], SO_DOMAIN), AF_UNIX);
    assert_int_equal(get(pair[0], SO_ERROR), 0);
}

static void any_number_but_zero_switches_on(void **state)
{
    (void)state;
    static const int numbers[] = {1, 2, 0x100, 0x10000, -1, INT_MIN};
    int fd = fresh(SOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        for (size_t j = 0; j < COUNT_OF(switches); j++) {
            assert_call(set(fd, switches[j], numbers[i]), 0);
            assert_int_equal(get(fd, switches[j]), 1);
            assert_call(set(fd, switches[j], 0), 0);
        }
    }
}

static void switch_writes_all_bytes_of_the_int(void **state)
{
    (void)state;
    int fd = fresh(SOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(switches); i++) {
        int value;
        socklen_t length = sizeof value;
        memset(&value, 0xaa, sizeof value);
        assert_call(getsockopt(fd, SOL_SOCKET, switches[i], &value, &length),
                    0);
        assert_int_equal(value, 0);
        assert_int_equal(length, 4);
    }
}

static void options_can_be_set_on_a_connection_that_is_over(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct linger reset = {1, 0};
    assert_call(
        setsockopt(ends.server, SOL_SOCKET, SO_LINGER, &reset, sizeof reset),
        0);
    close_kept(ends.server);
    wait_readable(ends.client);
    assert_call(set(ends.client, SO_KEEPALIVE, 1), 0);
    assert_int_equal(get(ends.client, SO_KEEPALIVE), 1);
}

/* --- Buffers ---------------------------------------------------------------------- */

static void check_buffer(int fd, int option)
{
    assert_true(get(fd, option) > 0);
    assert_call(set(fd, option, 16384), 0);
    assert_in_range(get(fd, option), 16384, 65536);
    assert_call(set(fd, option, 65536), 0);
    assert_in_range(get(fd, option), 65536, 262144);
}

static void buffers_are_at_least_as_large_as_asked_for(void **state)
{
    (void)state;
    check_buffer(fresh(SOCK_STREAM), SO_SNDBUF);
    check_buffer(fresh(SOCK_STREAM), SO_RCVBUF);
    check_buffer(fresh(SOCK_DGRAM), SO_SNDBUF);
    check_buffer(fresh(SOCK_DGRAM), SO_RCVBUF);
}

static void buffer_of_nothing_is_as_small_as_possible(void **state)
{
    (void)state;
    int fd = fresh(SOCK_DGRAM);
    assert_call(set(fd, SO_SNDBUF, 0), 0);
    assert_in_range(get(fd, SO_SNDBUF), 1, 65536);
    assert_call(set(fd, SO_RCVBUF, 0), 0);
    assert_in_range(get(fd, SO_RCVBUF), 1, 65536);
}

static void stream_with_small_buffers_carries_all(void **state)
{
    (void)state;
    static char from[100000];
    static char to[sizeof from];
    struct ends ends = stream(AF_INET);
    size_t sent = 0;
    size_t received = 0;
    assert_call(set(ends.client, SO_SNDBUF, 0), 0);
    assert_call(set(ends.server, SO_RCVBUF, 0), 0);
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (char)(i * 7);
    while (received < sizeof to) {
        ssize_t size =
            send(ends.client, from + sent, sizeof from - sent, MSG_DONTWAIT);
        if (size > 0)
            sent += (size_t)size;
        wait_readable(ends.server);
        size = recv(ends.server, to + received, sizeof to - received, 0);
        assert_true(size > 0);
        received += (size_t)size;
    }
    assert_memory_equal(from, to, sizeof from);
}

static void low_water_marks_are_one_byte(void **state)
{
    (void)state;
    int fd = fresh(SOCK_STREAM);
    assert_int_equal(get(fd, SO_RCVLOWAT), 1);
    assert_int_equal(get(fd, SO_SNDLOWAT), 1);
    assert_call(set(fd, SO_RCVLOWAT, 1), 0);
    assert_int_equal(get(fd, SO_RCVLOWAT), 1);
    assert_call(set(fd, SO_RCVLOWAT, 0), 0);
    assert_int_equal(get(fd, SO_RCVLOWAT), 1);
}

/* --- Others ----------------------------------------------------------------------- */

static void priority_is_told_as_it_was_set(void **state)
{
    (void)state;
    int fd = fresh(SOCK_DGRAM);
    assert_int_equal(get(fd, SO_PRIORITY), 0);
    assert_call(set(fd, SO_PRIORITY, 6), 0);
    assert_int_equal(get(fd, SO_PRIORITY), 6);
}

static void debugging_is_off(void **state)
{
    (void)state;
    int fd = fresh(SOCK_STREAM);
    assert_int_equal(get(fd, SO_DEBUG), 0);
    assert_call(set(fd, SO_DEBUG, 0), 0);
}

static void one_kind_of_timestamp_is_told_at_a_time(void **state)
{
    (void)state;
    int fd = fresh(SOCK_DGRAM);
    assert_int_equal(get(fd, SO_TIMESTAMP), 0);
    assert_int_equal(get(fd, SO_TIMESTAMPNS), 0);
    assert_call(set(fd, SO_TIMESTAMP, 1), 0);
    assert_int_equal(get(fd, SO_TIMESTAMP), 1);
    assert_call(set(fd, SO_TIMESTAMPNS, 1), 0);
    assert_int_equal(get(fd, SO_TIMESTAMPNS), 1);
    assert_int_equal(get(fd, SO_TIMESTAMP), 0);
    assert_call(set(fd, SO_TIMESTAMPNS, 0), 0);
    assert_int_equal(get(fd, SO_TIMESTAMPNS), 0);
}

static void fresh_socket_is_bound_to_no_device(void **state)
{
    (void)state;
    char name[IFNAMSIZ] = "x";
    socklen_t length = sizeof name;
    int fd = fresh(SOCK_DGRAM);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length), 0);
    assert_int_equal(length, 0);
}

static void device_that_is_not_there_is_refused(void **state)
{
    (void)state;
    int fd = fresh(SOCK_DGRAM);
    assert_fails(
        setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nosuchdevice0", 14),
        ENODEV);
}

static void unix_pair_knows_its_process(void **state)
{
    (void)state;
    int pair[2];
    struct ucred peer = {0, 0, 0};
    socklen_t length = sizeof peer;
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    keep(pair[0]);
    keep(pair[1]);
    assert_call(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length),
                0);
    assert_int_equal(length, sizeof peer);
    assert_int_equal(peer.pid, getpid());
    assert_int_equal(peer.uid, getuid());
}

static void peer_of_an_internet_socket_has_no_process(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct ucred peer = {1, 1, 1};
    socklen_t length = sizeof peer;
    assert_call(
        getsockopt(ends.client, SOL_SOCKET, SO_PEERCRED, &peer, &length), 0);
    assert_int_equal(peer.pid, 0);
    assert_int_equal(peer.uid, (uid_t)-1);
    assert_int_equal(peer.gid, (gid_t)-1);
}

static void accepted_socket_has_the_options_of_its_listener(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    struct timeval timeout = {3, 250000};
    struct linger linger = {1, 5};
    socklen_t length = sizeof timeout;
    assert_call(set(listener, SO_KEEPALIVE, 1), 0);
    assert_call(set(listener, SO_OOBINLINE, 1), 0);
    assert_call(
        setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout),
        0);
    assert_call(
        setsockopt(listener, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    int client = fresh(SOCK_STREAM);
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    int server = keep(accept(listener, NULL, NULL));
    assert_int_equal(get(server, SO_KEEPALIVE), 1);
    assert_int_equal(get(server, SO_OOBINLINE), 1);
    memset(&timeout, 0, sizeof timeout);
    assert_call(getsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &timeout, &length),
                0);
    assert_int_equal(timeout.tv_sec, 3);
    assert_in_range(timeout.tv_usec, 250000, 270000);
    memset(&linger, 0, sizeof linger);
    length = sizeof linger;
    assert_call(getsockopt(server, SOL_SOCKET, SO_LINGER, &linger, &length), 0);
    assert_int_equal(linger.l_onoff, 1);
    assert_int_equal(linger.l_linger, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(type_domain_and_protocol_are_those_of_the_socket),
        claim(type_has_no_flags_in_it),
        claim(accepted_socket_has_the_kind_of_its_listener),
        claim(only_a_listener_accepts_connections),
        claim(options_that_are_only_told_cannot_be_set),
        claim(error_of_a_fresh_socket_is_none),
        claim(error_of_a_refused_attempt_is_told_once),
        claim(error_of_a_connection_is_none),
        claim(error_of_a_connecting_socket_is_none_when_it_is_connected),
        claim(switches_are_off_until_they_are_set),
        claim(switches_are_told_of_sockets_of_ipv6),
        claim(switches_are_told_of_unix_sockets),
        claim(any_number_but_zero_switches_on),
        claim(switch_writes_all_bytes_of_the_int),
        claim(options_can_be_set_on_a_connection_that_is_over),
        claim(buffers_are_at_least_as_large_as_asked_for),
        claim(buffer_of_nothing_is_as_small_as_possible),
        claim(stream_with_small_buffers_carries_all),
        claim(low_water_marks_are_one_byte),
        claim(priority_is_told_as_it_was_set),
        claim(debugging_is_off),
        claim(one_kind_of_timestamp_is_told_at_a_time),
        claim(fresh_socket_is_bound_to_no_device),
        claim(device_that_is_not_there_is_refused),
        claim(unix_pair_knows_its_process),
        claim(peer_of_an_internet_socket_has_no_process),
        claim(accepted_socket_has_the_options_of_its_listener),
    };
    return cmocka_run_group_tests_name("options_socket", tests, NULL, NULL);
}
