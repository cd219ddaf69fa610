/* send.c: send() on streams. */
#include "fixture.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static void it_sends_all_that_it_is_given(void **state)
{
    char buffer[16];
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "hello, world", 12, 0), 12);
    assert_call(recv(ends.server, buffer, 12, MSG_WAITALL), 12);
    assert_memory_equal(buffer, "hello, world", 12);
}

static void nothing_is_sent_as_nothing(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "x", 0, 0), 0);
    assert_call(send(ends.client, NULL, 0, 0), 0);
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

/* Reads to the end, and returns how many bytes were in order. */
static void *read_to_the_end(void *fd)
{
    static size_t sum;
    static unsigned char buffer[65536];
    ssize_t size;
    sum = 0;
    while ((size = recv(*(int *)fd, buffer, sizeof buffer, 0)) > 0)
        for (ssize_t i = 0; i < size; i++)
            sum += buffer[i] == (unsigned char)((sum & 0xff) ^ (sum >> 16 & 7));
    return &sum;
}

static void a_large_blocking_send_sends_all(void **state)
{
    enum {
        LARGE = 8 * 1024 * 1024
    };
    (void)state;
    unsigned char *data = malloc(LARGE);
    assert_non_null(data);
    for (size_t i = 0; i < LARGE; i++)
        data[i] = (unsigned char)((i & 0xff) ^ (i >> 16 & 7));
    struct ends ends = stream(AF_INET);
    struct helper *helper = begin(read_to_the_end, &ends.server);
    ssize_t sent = send(ends.client, data, LARGE, 0);
    int result = shutdown(ends.client, SHUT_WR);
    size_t received = *(size_t *)finish(helper);
    free(data);
    assert_int_equal(sent, LARGE);
    assert_int_equal(result, 0);
    assert_int_equal(received, LARGE);
}

static void a_large_nonblocking_send_sends_a_part(void **state)
{
    enum {
        LARGE = 64 * 1024 * 1024
    };
    (void)state;
    char *data = calloc(1, LARGE);
    assert_non_null(data);
    struct ends ends = stream(AF_INET);
    set_nonblocking(ends.client);
    ssize_t sent = send(ends.client, data, LARGE, 0);
    free(data);
    assert_true(sent > 0 && sent < LARGE);
}

static void without_room_it_is_eagain(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_true(fill(ends.client) > 0);
    assert_fails(send(ends.client, "x", 1, MSG_DONTWAIT), EAGAIN);
    set_nonblocking(ends.client);
    assert_fails(send(ends.client, "x", 1, 0), EWOULDBLOCK);
}

static void *drain_later(void *fd)
{
    static char buffer[65536];
    size_t left = 0;
    let_others_wait();
    ssize_t size;
    while ((size = recv(*(int *)fd, buffer, sizeof buffer, 0)) > 0)
        left += (size_t)size;
    (void)left;
    return NULL;
}

static void it_waits_for_room(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fill(ends.client);
    struct helper *helper = begin(drain_later, &ends.server);
    ssize_t sent = send(ends.client, "x", 1, 0);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    finish(helper);
    assert_int_equal(sent, 1);
}

static void set_send_timeout(int fd, long microseconds)
{
    struct timeval patience = {0, microseconds};
    assert_call(
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience), 0);
}

static void so_sndtimeo_ends_the_wait_with_eagain(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fill(ends.client);
    set_send_timeout(ends.client, 100000);
    long long begin_ms = clock_ms();
    assert_fails(send(ends.client, "x", 1, 0), EAGAIN);
    long long taken_ms = clock_ms() - begin_ms;
    assert_true(taken_ms >= 80 && taken_ms < 3000);
}

static void so_sndtimeo_leaves_what_was_sent(void **state)
{
    enum {
        LARGE = 64 * 1024 * 1024
    };
    (void)state;
    char *data = calloc(1, LARGE);
    assert_non_null(data);
    struct ends ends = stream(AF_INET);
    set_send_timeout(ends.client, 100000);
    ssize_t sent = send(ends.client, data, LARGE, 0);
    free(data);
    assert_true(sent > 0 && sent < LARGE);
}

static void flags_that_mean_nothing_here_are_fine(void **state)
{
    static const int flags[] = {MSG_NOSIGNAL, MSG_DONTWAIT, MSG_DONTROUTE,
                                MSG_CONFIRM,  MSG_EOR,      MSG_WAITALL,
                                MSG_TRUNC,    MSG_CTRUNC,   MSG_PEEK,
                                0x200000,     MSG_MORE};
    char buffer[COUNT_OF(flags)];
    (void)state;
    struct ends ends = stream(AF_INET);
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        assert_call(send(ends.client, "x", 1, flags[i]), 1);
    assert_call(send(ends.client, "y", 1, 0), 1);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL),
                sizeof buffer);
}

static void never_connected_is_epipe(void **state)
{
    (void)state;
    assert_fails(
        send(keep(socket(AF_INET, SOCK_STREAM, 0)), "x", 1, MSG_NOSIGNAL),
        EPIPE);
    assert_fails(send(bound(AF_INET6, SOCK_STREAM), "x", 1, MSG_NOSIGNAL),
                 EPIPE);
    assert_fails(send(listening(AF_INET), "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void memory_that_is_not_there_is_efault(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_fails(send(ends.client, NULL, 4, 0), EFAULT);
}

static void bad_descriptors_are_told(void **state)
{
    (void)state;
    assert_fails(send(-1, "x", 1, 0), EBADF);
    assert_fails(send(INT_MAX, "x", 1, 0), EBADF);
    assert_fails(send(closed_descriptor(), "x", 1, 0), EBADF);
    assert_fails(send(temporary_file(), "x", 1, 0), ENOTSOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(it_sends_all_that_it_is_given),
        claim(nothing_is_sent_as_nothing),
        claim(a_large_blocking_send_sends_all),
        claim(a_large_nonblocking_send_sends_a_part),
        claim(without_room_it_is_eagain),
        claim(it_waits_for_room),
        claim(so_sndtimeo_ends_the_wait_with_eagain),
        claim(so_sndtimeo_leaves_what_was_sent),
        claim(flags_that_mean_nothing_here_are_fine),
        claim(never_connected_is_epipe),
        claim(memory_that_is_not_there_is_efault),
        claim(bad_descriptors_are_told),
    };
    return cmocka_run_group_tests_name("send", tests, NULL, NULL);
}
