/* sendmsg.c: sending messages in pieces, with and without a name. */
#include "fixture.h"

#include <string.h>

#define MANY 1024

static struct msghdr message_of(struct iovec *pieces, size_t count)
{
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    return message;
}

static struct iovec piece_of(const char *text)
{
    struct iovec piece;
    piece.iov_base = (void *)(uintptr_t)text;
    piece.iov_len = strlen(text);
    return piece;
}

static void check_received(int fd, const char *text)
{
    char buffer[4096];
    assert_call(recv(fd, buffer, sizeof buffer, 0), strlen(text));
    assert_memory_equal(buffer, text, strlen(text));
}

/* --- What is sent ------------------------------------------------------------------ */

static void pieces_make_one_datagram(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct iovec pieces[] = {piece_of("one "), piece_of(""), piece_of("two"),
                             piece_of(" three")};
    struct msghdr message = message_of(pieces, COUNT_OF(pieces));
    assert_call(sendmsg(ends.client, &message, 0), 13);
    check_received(ends.server, "one two three");
}

static void pieces_go_one_after_the_other_on_a_stream(void **state)
{
    (void)state;
    char buffer[16];
    struct ends ends = stream(AF_INET);
    struct iovec pieces[] = {piece_of("abc"), piece_of("defg")};
    struct msghdr message = message_of(pieces, COUNT_OF(pieces));
    assert_call(sendmsg(ends.client, &message, 0), 7);
    assert_call(recv(ends.server, buffer, 7, MSG_WAITALL), 7);
    assert_memory_equal(buffer, "abcdefg", 7);
}

static void name_is_where_the_datagram_goes(void **state)
{
    (void)state;
    int from = bound(AF_INET, SOCK_DGRAM);
    int to = bound(AF_INET, SOCK_DGRAM);
    struct address name = name_of(to);
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &name.storage;
    message.msg_namelen = name.length;
    assert_call(sendmsg(from, &message, 0), 5);
    check_received(to, "hello");
}

static void name_of_no_length_is_none(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    char nothing = 0;
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &nothing;
    assert_call(sendmsg(ends.client, &message, 0), 5);
    check_received(ends.server, "hello");
}

static void name_on_a_connected_stream_counts_for_nothing(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct address name = loopback(AF_INET, 1);
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &name.storage;
    message.msg_namelen = name.length;
    assert_call(sendmsg(ends.client, &message, 0), 5);
    check_received(ends.server, "hello");
}

static void no_pieces_make_an_empty_datagram(void **state)
{
    (void)state;
    char byte;
    struct ends ends = datagrams(AF_INET);
    struct msghdr message = message_of(NULL, 0);
    assert_call(sendmsg(ends.client, &message, 0), 0);
    wait_readable(ends.server);
    assert_call(recv(ends.server, &byte, 1, 0), 0);
}

static void no_pieces_are_nothing_on_a_stream(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    struct msghdr message = message_of(NULL, 0);
    assert_call(sendmsg(ends.client, &message, 0), 0);
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static void fill_pieces(struct iovec *pieces, char *bytes)
{
    for (size_t i = 0; i < MANY; i++) {
        bytes[i] = (char)('a' + i % 26);
        pieces[i].iov_base = &bytes[i];
        pieces[i].iov_len = 1;
    }
}

static void check_many(struct ends ends)
{
    static struct iovec pieces[MANY];
    static char bytes[MANY];
    char buffer[MANY];
    fill_pieces(pieces, bytes);
    struct msghdr message = message_of(pieces, MANY);
    assert_call(sendmsg(ends.client, &message, 0), MANY);
    assert_call(recv(ends.server, buffer, sizeof buffer, MSG_WAITALL), MANY);
    assert_memory_equal(buffer, bytes, MANY);
}

static void as_many_pieces_as_posix_has_are_sent(void **state)
{
    (void)state;
    check_many(datagrams(AF_INET));
    check_many(stream(AF_INET));
}

static void *receive_all(void *context)
{
    size_t *sum = context;
    static char buffer[65536];
    int fd = (int)*sum;
    ssize_t size;
    *sum = 0;
    while ((size = recv(fd, buffer, sizeof buffer, 0)) > 0)
        *sum += (size_t)size;
    return NULL;
}

static void blocking_stream_sends_all(void **state)
{
    (void)state;
    static char much[8 * 1024 * 1024];
    struct ends ends = stream(AF_INET);
    struct iovec pieces[] = {{much, sizeof much / 2},
                             {much + sizeof much / 2, sizeof much / 2}};
    struct msghdr message = message_of(pieces, 2);
    size_t sum = (size_t)ends.server;
    struct helper *helper = begin(receive_all, &sum);
    assert_call(sendmsg(ends.client, &message, 0), sizeof much);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    finish(helper);
    assert_int_equal(sum, sizeof much);
}

static void nonblocking_stream_sends_what_goes(void **state)
{
    (void)state;
    static char much[32 * 1024 * 1024];
    struct ends ends = stream(AF_INET);
    struct iovec piece = {much, sizeof much};
    struct msghdr message = message_of(&piece, 1);
    ssize_t sent = sendmsg(ends.client, &message, MSG_DONTWAIT);
    assert_in_range(sent, 1, sizeof much - 1);
    fill(ends.client);
    assert_fails(sendmsg(ends.client, &message, MSG_DONTWAIT), EAGAIN);
}

static void message_is_left_as_it_is(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    struct msghdr before;
    message.msg_flags = 0x55;
    before = message;
    assert_call(sendmsg(ends.client, &message, 0), 5);
    assert_memory_equal(&message, &before, sizeof message);
    assert_int_equal(piece.iov_len, 5);
}

static void socket_of_both_families_sends_by_ipv4(void **state)
{
    (void)state;
    int from = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    int to = bound(AF_INET, SOCK_DGRAM);
    struct address name = name_of(to);
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &name.storage;
    message.msg_namelen = name.length;
    assert_call(sendmsg(from, &message, 0), 5);
    check_received(to, "hello");
}

/* --- What is refused --------------------------------------------------------------- */

static void bad_descriptors_are_refused(void **state)
{
    (void)state;
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    assert_fails(sendmsg(closed_descriptor(), &message, 0), EBADF);
    assert_fails(sendmsg(-1, &message, 0), EBADF);
    assert_fails(sendmsg(temporary_file(), &message, 0), ENOTSOCK);
}

static void null_is_efault(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct iovec piece = {NULL, 5};
    struct msghdr message = message_of(&piece, 1);
    assert_fails(sendmsg(ends.client, NULL, 0), EFAULT);
    assert_fails(sendmsg(ends.client, &message, 0), EFAULT);
    message = message_of(NULL, 1);
    assert_fails(sendmsg(ends.client, &message, 0), EFAULT);
}

static void too_many_pieces_are_emsgsize(void **state)
{
    (void)state;
    static struct iovec pieces[MANY + 1];
    struct ends ends = stream(AF_INET);
    struct msghdr message = message_of(pieces, MANY + 1);
    assert_fails(sendmsg(ends.client, &message, 0), EMSGSIZE);
}

static void datagram_too_long_is_emsgsize(void **state)
{
    (void)state;
    static char much[70000];
    struct ends ends = datagrams(AF_INET);
    struct iovec piece = {much, sizeof much};
    struct msghdr message = message_of(&piece, 1);
    assert_fails(sendmsg(ends.client, &message, 0), EMSGSIZE);
}

static void datagram_to_nobody_is_edestaddrreq(void **state)
{
    (void)state;
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    assert_fails(sendmsg(bound(AF_INET, SOCK_DGRAM), &message, 0),
                 EDESTADDRREQ);
}

static void name_too_short_is_einval(void **state)
{
    (void)state;
    struct address name = loopback(AF_INET, 9);
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &name.storage;
    message.msg_namelen = 7;
    assert_fails(sendmsg(bound(AF_INET, SOCK_DGRAM), &message, 0), EINVAL);
    message.msg_namelen = (socklen_t)-1;
    assert_fails(sendmsg(bound(AF_INET, SOCK_DGRAM), &message, 0), EINVAL);
}

static void name_of_another_family_is_eafnosupport(void **state)
{
    (void)state;
    struct address name = loopback(AF_INET6, 9);
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &name.storage;
    message.msg_namelen = name.length;
    assert_fails(sendmsg(bound(AF_INET, SOCK_DGRAM), &message, 0),
                 EAFNOSUPPORT);
}

static void stream_without_a_peer_is_epipe(void **state)
{
    (void)state;
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails_either(sendmsg(fd, &message, MSG_NOSIGNAL), EPIPE, ENOTCONN);
}

static void stream_that_was_shut_down_is_epipe(void **state)
{
    (void)state;
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_fails(sendmsg(ends.client, &message, MSG_NOSIGNAL), EPIPE);
}

static void urgent_datagrams_are_eopnotsupp(void **state)
{
    (void)state;
    struct iovec piece = piece_of("hello");
    struct msghdr message = message_of(&piece, 1);
    assert_fails(sendmsg(datagrams(AF_INET).client, &message, MSG_OOB),
                 EOPNOTSUPP);
}

static void control_data_nowhere_are_efault(void **state)
{
    char byte = 0;
    struct iovec piece = {&byte, 1};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    (void)state;
    message.msg_controllen = 100;
    assert_fails(sendmsg(stream(AF_INET).client, &message, 0), EFAULT);
    assert_fails(sendmsg(datagrams(AF_INET).client, &message, 0), EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(pieces_make_one_datagram),
        claim(pieces_go_one_after_the_other_on_a_stream),
        claim(name_is_where_the_datagram_goes),
        claim(name_of_no_length_is_none),
        claim(name_on_a_connected_stream_counts_for_nothing),
        claim(no_pieces_make_an_empty_datagram),
        claim(no_pieces_are_nothing_on_a_stream),
        claim(as_many_pieces_as_posix_has_are_sent),
        claim(blocking_stream_sends_all),
        claim(nonblocking_stream_sends_what_goes),
        claim(message_is_left_as_it_is),
        claim(socket_of_both_families_sends_by_ipv4),
        claim(bad_descriptors_are_refused),
        claim(null_is_efault),
        claim(control_data_nowhere_are_efault),
        claim(too_many_pieces_are_emsgsize),
        claim(datagram_too_long_is_emsgsize),
        claim(datagram_to_nobody_is_edestaddrreq),
        claim(name_too_short_is_einval),
        claim(name_of_another_family_is_eafnosupport),
        claim(stream_without_a_peer_is_epipe),
        claim(stream_that_was_shut_down_is_epipe),
        claim(urgent_datagrams_are_eopnotsupp),
    };
    return cmocka_run_group_tests_name("sendmsg", tests, NULL, NULL);
}
