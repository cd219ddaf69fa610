/* socketpair.c: socketpair(), and what its ends do. */
#include "unix_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>

static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};

static int option_of(int fd, int option)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, option, &value, &length), 0);
    return value;
}

/* --- What it makes ---------------------------------------------------------- */

static void both_ways_carry(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        send_text(ends.client, "there");
        assert_received(ends.server, "there");
        send_text(ends.server, "and back");
        assert_received(ends.client, "and back");
    }
}

static void read_and_write_work(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        char buffer[8];
        assert_call(write(ends.client, "abc", 3), 3);
        assert_call(read(ends.server, buffer, sizeof buffer), 3);
        assert_memory_equal(buffer, "abc", 3);
    }
}

static void it_has_its_domain_and_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_int_equal(option_of(ends.client, SO_DOMAIN), AF_UNIX);
        assert_int_equal(option_of(ends.server, SO_TYPE), types[i]);
        assert_int_equal(option_of(ends.server, SO_PROTOCOL), 0);
        assert_int_equal(option_of(ends.server, SO_ACCEPTCONN), 0);
        assert_int_equal(option_of(ends.server, SO_ERROR), 0);
    }
}

static void names_are_unnamed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        struct address local = name_of(ends.client);
        struct address peer = peer_of(ends.client);
        assert_unnamed(&local);
        assert_unnamed(&peer);
    }
}

static void flags_of_the_type_count(void **state)
{
    int fds[2];
    char byte;
    (void)state;
    assert_call(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
        0);
    for (int i = 0; i < 2; i++) {
        keep(fds[i]);
        assert_true((fcntl(fds[i], F_GETFL) & O_NONBLOCK) != 0);
        assert_true((fcntl(fds[i], F_GETFD) & FD_CLOEXEC) != 0);
        assert_fails(recv(fds[i], &byte, 1, 0), EAGAIN);
    }
}

static void without_flags_it_blocks_and_is_inherited(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    assert_true((fcntl(ends.client, F_GETFL) & O_NONBLOCK) == 0);
    assert_int_equal(fcntl(ends.client, F_GETFD) & FD_CLOEXEC, 0);
    assert_int_equal(fcntl(ends.client, F_GETFL) & O_ACCMODE, O_RDWR);
}

static void the_protocol_may_be_that_of_the_family(void **state)
{
    int fds[2];
    (void)state;
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, PF_UNIX, fds), 0);
    keep(fds[0]);
    keep(fds[1]);
}

/* --- What it refuses -------------------------------------------------------- */

static void other_families_have_no_pairs(void **state)
{
    int fds[2];
    (void)state;
    assert_fails(socketpair(AF_INET, SOCK_STREAM, 0, fds), EOPNOTSUPP);
    assert_fails(socketpair(AF_INET6, SOCK_DGRAM, 0, fds), EOPNOTSUPP);
    assert_fails(socketpair(12345, SOCK_STREAM, 0, fds), EAFNOSUPPORT);
}

static void unknown_types_and_protocols_are_refused(void **state)
{
    int fds[2];
    (void)state;
    assert_fails(socketpair(AF_UNIX, SOCK_RDM, 0, fds), ESOCKTNOSUPPORT);
    assert_fails(socketpair(AF_UNIX, SOCK_STREAM, 17, fds), EPROTONOSUPPORT);
}

static void nowhere_to_put_them_is_efault(void **state)
{
    int *volatile nowhere = NULL;
    (void)state;
    assert_fails(socketpair(AF_UNIX, SOCK_STREAM, 0, nowhere), EFAULT);
}

/* --- The end ---------------------------------------------------------------- */

static void closing_one_end_ends_the_other(void **state)
{
    static const int connected[] = {SOCK_STREAM, SOCK_SEQPACKET};
    char byte;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(connected); i++) {
        struct ends ends = pair_of(connected[i]);
        send_text(ends.client, "last");
        close_kept(ends.client);
        assert_received(ends.server, "last");
        assert_call(recv(ends.server, &byte, 1, 0), 0);
        assert_call(recv(ends.server, &byte, 1, 0), 0);
    }
}

static void sending_to_a_closed_end_is_epipe(void **state)
{
    static const int connected[] = {SOCK_STREAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(connected); i++) {
        struct ends ends = pair_of(connected[i]);
        close_kept(ends.server);
        assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
        assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
    }
}

static void a_datagram_to_a_closed_end_is_refused(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_DGRAM);
    close_kept(ends.server);
    assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), ECONNREFUSED);
    assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), ENOTCONN);
}

static volatile sig_atomic_t pipes;

static void count_pipe(int number)
{
    (void)number;
    pipes++;
}

static void a_stream_to_nobody_raises_sigpipe(void **state)
{
    void (*before)(int) = signal(SIGPIPE, count_pipe);
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    close_kept(ends.server);
    pipes = 0;
    assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
    assert_int_equal(pipes, 0);
    assert_fails(write(ends.client, "x", 1), EPIPE);
    assert_int_equal(pipes, 1);
    signal(SIGPIPE, before);
}

static void unread_data_reset_the_other_end_once(void **state)
{
    static const int connected[] = {SOCK_STREAM, SOCK_SEQPACKET};
    char byte;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(connected); i++) {
        struct ends ends = pair_of(connected[i]);
        send_text(ends.client, "unread");
        close_kept(ends.server);
        wait_readable(ends.client);
        assert_fails(recv(ends.client, &byte, 1, 0), ECONNRESET);
        assert_call(recv(ends.client, &byte, 1, 0), 0);
    }
}

static void what_was_sent_before_a_reset_arrives(void **state)
{
    char byte;
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    send_text(ends.client, "unread");
    send_text(ends.server, "answer");
    close_kept(ends.server);
    assert_received(ends.client, "answer");
    assert_fails(recv(ends.client, &byte, 1, 0), ECONNRESET);
}

/* --- Shutting --------------------------------------------------------------- */

static void shut_for_writing_ends_the_peers_reading(void **state)
{
    static const int connected[] = {SOCK_STREAM, SOCK_SEQPACKET};
    char byte;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(connected); i++) {
        struct ends ends = pair_of(connected[i]);
        send_text(ends.client, "one");
        assert_call(shutdown(ends.client, SHUT_WR), 0);
        assert_received(ends.server, "one");
        assert_call(recv(ends.server, &byte, 1, 0), 0);
        assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
        send_text(ends.server, "other way");
        assert_received(ends.client, "other way");
    }
}

static void shut_for_reading_makes_the_peers_sending_epipe(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_call(shutdown(ends.server, SHUT_RD), 0);
        assert_fails(send(ends.client, "x", 1, MSG_NOSIGNAL), EPIPE);
    }
}

static void a_direction_that_is_none_is_einval(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    assert_fails(shutdown(ends.client, 3), EINVAL);
    assert_fails(shutdown(ends.client, -1), EINVAL);
}

static void *shut_it(void *context)
{
    let_others_wait();
    shutdown(*(int *)context, SHUT_RDWR);
    return NULL;
}

static void shutting_wakes_who_receives(void **state)
{
    char byte;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        struct helper *helper = begin(shut_it, &ends.server);
        assert_call(recv(ends.server, &byte, 1, 0), 0);
        finish(helper);
    }
}

/* --- Readiness -------------------------------------------------------------- */

static short ready(int fd, short events)
{
    struct pollfd entry = {fd, events, 0};
    assert_true(poll(&entry, 1, 0) >= 0);
    return entry.revents;
}

static void it_is_writable_and_not_readable(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_int_equal(ready(ends.client, POLLIN | POLLOUT), POLLOUT);
        send_text(ends.server, "x");
        wait_readable(ends.client);
        assert_int_equal(ready(ends.client, POLLIN | POLLOUT),
                         POLLIN | POLLOUT);
    }
}

static void a_closed_peer_hangs_up(void **state)
{
    static const int connected[] = {SOCK_STREAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(connected); i++) {
        struct ends ends = pair_of(connected[i]);
        close_kept(ends.server);
        wait_readable(ends.client);
        assert_int_equal(ready(ends.client, POLLIN) & POLLIN, POLLIN);
    }
}

static void a_full_end_is_not_writable_until_it_is_read(void **state)
{
    static char buffer[65536];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_true(fill(ends.client) > 0);
        assert_int_equal(ready(ends.client, POLLOUT), 0);
        set_nonblocking(ends.server);
        while (recv(ends.server, buffer, sizeof buffer, 0) > 0) {
        }
        wait_writable(ends.client);
        set_blocking(ends.server);
    }
}

static void *receive_all(void *context)
{
    static char buffer[65536];
    size_t sum = 0;
    for (;;) {
        ssize_t size = recv(*(int *)context, buffer, sizeof buffer, 0);
        if (size <= 0)
            return (void *)sum;
        sum += (size_t)size;
    }
}

static void a_blocking_send_sends_all(void **state)
{
    enum {
        SIZE = 2000000
    };
    static char data[SIZE];
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    struct helper *helper = begin(receive_all, &ends.server);
    assert_call(send(ends.client, data, SIZE, 0), SIZE);
    close_kept(ends.client);
    assert_int_equal((size_t)finish(helper), SIZE);
}

static void no_datagram_is_lost(void **state)
{
    enum {
        COUNT = 3000
    };
    static char data[1000];
    static const int kinds[] = {SOCK_SEQPACKET, SOCK_DGRAM};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct ends ends = pair_of(kinds[i]);
        struct helper *helper = begin(receive_all, &ends.server);
        for (int n = 0; n < COUNT; n++)
            assert_call(send(ends.client, data, sizeof data, 0), sizeof data);
        assert_call(send(ends.client, data, 0, 0), 0);
        assert_int_equal((size_t)finish(helper), COUNT * sizeof data);
    }
}

static void *send_later(void *context)
{
    let_others_wait();
    send(*(int *)context, "late", 4, 0);
    return NULL;
}

static void receiving_waits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        struct helper *helper = begin(send_later, &ends.client);
        assert_received(ends.server, "late");
        finish(helper);
    }
}

static void a_time_to_wait_is_kept(void **state)
{
    struct timeval soon = {0, 50000};
    char byte;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_call(setsockopt(ends.client, SOL_SOCKET, SO_RCVTIMEO, &soon,
                               sizeof soon),
                    0);
        long long begun = clock_ms();
        assert_fails(recv(ends.client, &byte, 1, 0), EAGAIN);
        assert_true(clock_ms() - begun >= 40);
    }
}

/* --- Flags ------------------------------------------------------------------ */

static void peeking_leaves_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        char buffer[8];
        send_text(ends.client, "look");
        wait_readable(ends.server);
        assert_call(recv(ends.server, buffer, 8, MSG_PEEK), 4);
        assert_received(ends.server, "look");
    }
}

static void waiting_for_all_waits_for_all(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    send_text(ends.client, "abcd");
    struct helper *helper = begin(send_later, &ends.client);
    assert_call(recv(ends.server, buffer, 8, MSG_WAITALL), 8);
    assert_memory_equal(buffer, "abcdlate", 8);
    finish(helper);
}

static void a_connected_stream_takes_no_other_address(void **state)
{
    struct address nowhere = path_address("nowhere");
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    assert_fails(
        sendto(ends.client, "x", 1, 0, as_sockaddr(&nowhere), nowhere.length),
        EISCONN);
}

static void it_cannot_be_connected_or_made_to_listen(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    const char *path = temporary_path();
    listening_at(SOCK_STREAM, path, 1);
    assert_fails(connect_path(ends.client, path), EISCONN);
    assert_fails(listen(ends.client, 1), EINVAL);
    assert_fails(accept(ends.client, NULL, NULL), EINVAL);
}

static void a_copy_keeps_it_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        int copy = keep(dup(ends.client));
        close_kept(ends.client);
        send_text(copy, "still");
        assert_received(ends.server, "still");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(both_ways_carry),
        claim(read_and_write_work),
        claim(it_has_its_domain_and_type),
        claim(names_are_unnamed),
        claim(flags_of_the_type_count),
        claim(without_flags_it_blocks_and_is_inherited),
        claim(the_protocol_may_be_that_of_the_family),
        claim(other_families_have_no_pairs),
        claim(unknown_types_and_protocols_are_refused),
        claim(nowhere_to_put_them_is_efault),
        claim(closing_one_end_ends_the_other),
        claim(sending_to_a_closed_end_is_epipe),
        claim(a_datagram_to_a_closed_end_is_refused),
        claim(a_stream_to_nobody_raises_sigpipe),
        claim(unread_data_reset_the_other_end_once),
        claim(what_was_sent_before_a_reset_arrives),
        claim(shut_for_writing_ends_the_peers_reading),
        claim(shut_for_reading_makes_the_peers_sending_epipe),
        claim(a_direction_that_is_none_is_einval),
        claim(shutting_wakes_who_receives),
        claim(it_is_writable_and_not_readable),
        claim(a_closed_peer_hangs_up),
        claim(a_full_end_is_not_writable_until_it_is_read),
        claim(a_blocking_send_sends_all),
        claim(no_datagram_is_lost),
        claim(receiving_waits),
        claim(a_time_to_wait_is_kept),
        claim(peeking_leaves_it),
        claim(waiting_for_all_waits_for_all),
        claim(a_connected_stream_takes_no_other_address),
        claim(it_cannot_be_connected_or_made_to_listen),
        claim(a_copy_keeps_it_open),
    };
    return cmocka_run_group_tests_name("socketpair", tests, NULL, NULL);
}
