/* datagram.c: what holds of datagrams: whole, in order here, and refused. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>

static void they_come_one_by_one(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    assert_call(send(ends.client, "de", 2, 0), 2);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 3);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), 2);
    assert_memory_equal(buffer, "de", 2);
}

static void what_does_not_fit_is_lost(void **state)
{
    char buffer[8] = "";
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(send(ends.client, "next", 4, 0), 4);
    assert_call(recv(ends.server, buffer, 4, 0), 4);
    assert_string_equal(buffer, "abcd");
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 4);
    assert_memory_equal(buffer, "next", 4);
}

static void what_does_not_fit_is_lost_by_recvfrom_too(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = datagrams(AF_INET6);
    struct address from = {.length = sizeof from.storage};
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(
        recvfrom(ends.server, buffer, 2, 0, as_sockaddr(&from), &from.length),
        2);
    assert_int_equal(from.length, sizeof(struct sockaddr_in6));
    assert_fails(recv(ends.server, buffer, 8, MSG_DONTWAIT), EAGAIN);
}

static void room_for_nothing_takes_one(void **state)
{
    char byte;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "0123456789", 10, 0), 10);
    wait_readable(ends.server);
    assert_call(recv(ends.server, &byte, 0, 0), 0);
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static void an_empty_one_is_received_as_0(void **state)
{
    char byte;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, NULL, 0, 0), 0);
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 0);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
}

static void msg_peek_leaves_it(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(recv(ends.server, buffer, 4, MSG_PEEK), 4);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_PEEK), 6);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 6);
}

static void msg_trunc_tells_the_whole_length(void **state)
{
    char buffer[8] = "unseen";
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(recv(ends.server, buffer, 2, MSG_TRUNC | MSG_PEEK), 6);
    assert_string_equal(buffer, "abseen");
    assert_call(recv(ends.server, NULL, 0, MSG_TRUNC | MSG_PEEK), 6);
    struct address from = {.length = sizeof from.storage};
    assert_call(recvfrom(ends.server, buffer, 1, MSG_TRUNC, as_sockaddr(&from),
                         &from.length),
                6);
    assert_int_equal(from.length, sizeof(struct sockaddr_in));
    assert_fails(recv(ends.server, buffer, 1, MSG_DONTWAIT), EAGAIN);
}

static void fionread_tells_the_next_ones_length(void **state)
{
    char buffer[16];
    int size = -1;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(ioctl(ends.server, FIONREAD, &size), 0);
    assert_int_equal(size, 0);
    assert_call(send(ends.client, "0123456789", 10, 0), 10);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    wait_readable(ends.server);
    assert_call(ioctl(ends.server, FIONREAD, &size), 0);
    assert_int_equal(size, 10);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 10);
    wait_readable(ends.server);
    assert_call(ioctl(ends.server, FIONREAD, &size), 0);
    assert_int_equal(size, 3);
}

static void the_longest_goes_and_longer_is_emsgsize(void **state)
{
    enum {
        LONGEST = 65507,
        LONGER = LONGEST + 1,
        MUCH_LONGER = 300000
    };
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct address to = name_of(ends.server);
    char *data = calloc(1, MUCH_LONGER);
    assert_non_null(data);
    ssize_t sent = send(ends.client, data, LONGEST, 0);
    ssize_t received = recv(ends.server, data, LONGER, 0);
    ssize_t longer = send(ends.client, data, LONGER, 0);
    int error = errno;
    ssize_t much_longer =
        sendto(ends.client, data, MUCH_LONGER, 0, as_sockaddr(&to), to.length);
    int second_error = errno;
    free(data);
    assert_int_equal(sent, LONGEST);
    assert_int_equal(received, LONGEST);
    assert_int_equal(longer, -1);
    assert_int_equal(error, EMSGSIZE);
    assert_int_equal(much_longer, -1);
    assert_int_equal(second_error, EMSGSIZE);
}

static void an_unbound_socket_has_nothing_yet(void **state)
{
    char byte;
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    assert_fails(recv(fd, &byte, 1, 0), EAGAIN);
    fd = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    struct timeval patience = {0, 50000};
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_fails(recv(fd, &byte, 1, 0), EAGAIN);
}

/* A socket that is connected to where nobody is, and has sent there. */
static int refused(void)
{
    struct timeval patience = {0, 500000};
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    int gone = bound(AF_INET, SOCK_DGRAM);
    struct address nobody = name_of(gone);
    close_kept(gone);
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_call(connect(fd, as_sockaddr(&nobody), nobody.length), 0);
    assert_call(send(fd, "x", 1, 0), 1);
    return fd;
}

static void a_refusal_reaches_the_connected_once(void **state)
{
    char byte;
    (void)state;
    int fd = refused();
    assert_call(recv(fd, &byte, 1, 0), -1);
    if (errno == EAGAIN)
        skip_because("this system does not always tell of a refusal");
    assert_int_equal(errno, ECONNREFUSED);
    assert_fails(recv(fd, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static int pending_error(int fd)
{
    int error = -1;
    socklen_t length = sizeof error;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
    return error;
}

static void so_error_tells_of_a_refusal_too(void **state)
{
    (void)state;
    int fd = refused();
    let_others_wait();
    int error = pending_error(fd);
    if (error == 0)
        skip_because("this system does not always tell of a refusal");
    assert_int_equal(error, ECONNREFUSED);
    assert_int_equal(pending_error(fd), 0);
}

static void a_refusal_does_not_reach_the_unconnected(void **state)
{
    char byte;
    (void)state;
    int gone = bound(AF_INET, SOCK_DGRAM);
    struct address nobody = name_of(gone);
    close_kept(gone);
    int fd = bound(AF_INET, SOCK_DGRAM);
    for (int i = 0; i < 3; i++)
        assert_call(sendto(fd, "x", 1, 0, as_sockaddr(&nobody), nobody.length),
                    1);
    let_others_wait();
    assert_fails(recv(fd, &byte, 1, MSG_DONTWAIT), EAGAIN);
    struct address own = name_of(fd);
    assert_call(sendto(fd, "y", 1, 0, as_sockaddr(&own), own.length), 1);
    assert_call(recv(fd, &byte, 1, 0), 1);
}

static void urgent_data_are_for_streams(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_fails(send(ends.client, "x", 1, MSG_OOB), EOPNOTSUPP);
}

static void memory_that_is_not_there_is_efault(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct address to = name_of(ends.server);
    assert_fails(send(ends.client, NULL, 4, 0), EFAULT);
    assert_fails(sendto(ends.client, NULL, 4, 0, as_sockaddr(&to), to.length),
                 EFAULT);
}

static void so_rcvtimeo_ends_the_wait_with_eagain(void **state)
{
    char byte;
    struct timeval patience = {0, 100000};
    (void)state;
    int fd = bound(AF_INET, SOCK_DGRAM);
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    long long begin_ms = clock_ms();
    assert_fails(recv(fd, &byte, 1, 0), EAGAIN);
    struct address from = {.length = sizeof from.storage};
    assert_fails(recvfrom(fd, &byte, 1, 0, as_sockaddr(&from), &from.length),
                 EAGAIN);
    long long taken_ms = clock_ms() - begin_ms;
    assert_true(taken_ms >= 160 && taken_ms < 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(they_come_one_by_one),
        claim(what_does_not_fit_is_lost),
        claim(what_does_not_fit_is_lost_by_recvfrom_too),
        claim(room_for_nothing_takes_one),
        claim(an_empty_one_is_received_as_0),
        claim(msg_peek_leaves_it),
        claim(msg_trunc_tells_the_whole_length),
        claim(fionread_tells_the_next_ones_length),
        claim(the_longest_goes_and_longer_is_emsgsize),
        claim(an_unbound_socket_has_nothing_yet),
        claim(a_refusal_reaches_the_connected_once),
        claim(so_error_tells_of_a_refusal_too),
        claim(a_refusal_does_not_reach_the_unconnected),
        claim(urgent_data_are_for_streams),
        claim(memory_that_is_not_there_is_efault),
        claim(so_rcvtimeo_ends_the_wait_with_eagain),
    };
    return cmocka_run_group_tests_name("datagram", tests, NULL, NULL);
}
