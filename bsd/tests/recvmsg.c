/* recvmsg.c: receiving messages into pieces, with the sender's name. */
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

/* --- What is received --------------------------------------------------------------- */

static void datagram_fills_one_piece_after_the_other(void **state)
{
    (void)state;
    char first[3];
    char second[8] = "........";
    struct iovec pieces[] = {{first, 3}, {NULL, 0}, {second, 8}};
    struct msghdr message = message_of(pieces, COUNT_OF(pieces));
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(recvmsg(ends.server, &message, 0), 6);
    assert_memory_equal(first, "abc", 3);
    assert_memory_equal(second, "def.....", 8);
    assert_int_equal(message.msg_flags, 0);
    assert_int_equal(message.msg_controllen, 0);
    assert_int_equal(pieces[0].iov_len, 3);
}

static void stream_fills_one_piece_after_the_other(void **state)
{
    (void)state;
    char first[3];
    char second[3];
    struct iovec pieces[] = {{first, 3}, {second, 3}};
    struct msghdr message = message_of(pieces, COUNT_OF(pieces));
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(recvmsg(ends.server, &message, MSG_WAITALL), 6);
    assert_memory_equal(first, "abc", 3);
    assert_memory_equal(second, "def", 3);
    assert_int_equal(message.msg_flags, 0);
}

static void name_is_the_senders(void **state)
{
    (void)state;
    char buffer[8];
    struct address from;
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET);
    struct address sender = name_of(ends.client);
    memset(&from, 0, sizeof from);
    message.msg_name = &from.storage;
    message.msg_namelen = sizeof from.storage;
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(recvmsg(ends.server, &message, 0), 5);
    assert_int_equal(message.msg_namelen, sizeof(struct sockaddr_in));
    assert_memory_equal(&from.storage, &sender.storage,
                        sizeof(struct sockaddr_in));
}

static void name_is_cut_to_its_room_and_its_length_told(void **state)
{
    (void)state;
    char buffer[8];
    struct sockaddr_in from;
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET);
    memset(&from, 0xaa, sizeof from);
    message.msg_name = &from;
    message.msg_namelen = 4;
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(recvmsg(ends.server, &message, 0), 5);
    assert_int_equal(message.msg_namelen, sizeof from);
    assert_int_equal(from.sin_family, AF_INET);
    assert_int_equal(from.sin_addr.s_addr, 0xaaaaaaaa);
}

static void stream_has_no_name(void **state)
{
    (void)state;
    char buffer[8];
    struct address from;
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = stream(AF_INET);
    message.msg_name = &from.storage;
    message.msg_namelen = sizeof from.storage;
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(recvmsg(ends.server, &message, 0), 5);
    assert_int_equal(message.msg_namelen, 0);
}

static void datagram_too_long_is_cut_and_told(void **state)
{
    (void)state;
    char buffer[4] = "....";
    struct iovec piece = {buffer, 3};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(send(ends.client, "gh", 2, 0), 2);
    assert_call(recvmsg(ends.server, &message, 0), 3);
    assert_int_equal(message.msg_flags, MSG_TRUNC);
    assert_memory_equal(buffer, "abc.", 4);
    assert_call(recvmsg(ends.server, &message, 0), 2);
    assert_int_equal(message.msg_flags, 0);
    assert_memory_equal(buffer, "gh", 2);
}

static void whole_length_is_returned_on_request(void **state)
{
    (void)state;
    char buffer[4] = "....";
    struct iovec piece = {buffer, 3};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abcdef", 6, 0), 6);
    assert_call(recvmsg(ends.server, &message, MSG_TRUNC | MSG_PEEK), 6);
    assert_int_equal(message.msg_flags & MSG_TRUNC, MSG_TRUNC);
    assert_call(recvmsg(ends.server, &message, MSG_TRUNC), 6);
    assert_int_equal(message.msg_flags & MSG_TRUNC, MSG_TRUNC);
    assert_memory_equal(buffer, "abc.", 4);
}

static void peeked_message_is_received_again(void **state)
{
    (void)state;
    char buffer[8];
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(recvmsg(ends.server, &message, MSG_PEEK), 5);
    memset(buffer, 0, sizeof buffer);
    assert_call(recvmsg(ends.server, &message, 0), 5);
    assert_memory_equal(buffer, "hello", 5);
    assert_fails(recvmsg(ends.server, &message, MSG_DONTWAIT), EAGAIN);
}

static void peeked_bytes_are_received_again(void **state)
{
    (void)state;
    char buffer[8];
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(recvmsg(ends.server, &message, MSG_PEEK), 5);
    assert_call(recvmsg(ends.server, &message, 0), 5);
    assert_fails(recvmsg(ends.server, &message, MSG_DONTWAIT), EAGAIN);
}

static void all_is_waited_for_on_a_stream(void **state)
{
    (void)state;
    char buffer[6];
    struct iovec pieces[] = {{buffer, 2}, {buffer + 2, 4}};
    struct msghdr message = message_of(pieces, 2);
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    assert_call(send(ends.client, "def", 3, 0), 3);
    assert_call(recvmsg(ends.server, &message, MSG_WAITALL), 6);
    assert_memory_equal(buffer, "abcdef", 6);
    assert_int_equal(pieces[0].iov_len, 2);
    assert_ptr_equal(pieces[1].iov_base, buffer + 2);
}

static void end_of_a_stream_is_nothing(void **state)
{
    (void)state;
    char buffer[6];
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(recvmsg(ends.server, &message, MSG_WAITALL), 3);
    assert_call(recvmsg(ends.server, &message, 0), 0);
}

static void empty_datagram_is_nothing_with_a_name(void **state)
{
    (void)state;
    char buffer[6];
    struct address from;
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET6);
    message.msg_name = &from.storage;
    message.msg_namelen = sizeof from.storage;
    assert_call(send(ends.client, "", 0, 0), 0);
    assert_call(recvmsg(ends.server, &message, 0), 0);
    assert_int_equal(message.msg_namelen, sizeof(struct sockaddr_in6));
}

static void no_pieces_take_a_datagram(void **state)
{
    (void)state;
    char buffer[6];
    struct msghdr message = message_of(NULL, 0);
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "abc", 3, 0), 3);
    assert_call(recvmsg(ends.server, &message, 0), 0);
    assert_int_equal(message.msg_flags, MSG_TRUNC);
    assert_fails(recv(ends.server, buffer, sizeof buffer, MSG_DONTWAIT),
                 EAGAIN);
}

static void check_many(struct ends ends)
{
    static struct iovec pieces[MANY];
    static char bytes[MANY];
    char sent[MANY];
    for (size_t i = 0; i < MANY; i++) {
        sent[i] = (char)('a' + i % 26);
        pieces[i].iov_base = &bytes[i];
        pieces[i].iov_len = 1;
    }
    memset(bytes, 0, sizeof bytes);
    struct msghdr message = message_of(pieces, MANY);
    assert_call(send(ends.client, sent, sizeof sent, 0), MANY);
    assert_call(recvmsg(ends.server, &message, MSG_WAITALL), MANY);
    assert_memory_equal(bytes, sent, MANY);
}

static void as_many_pieces_as_posix_has_are_filled(void **state)
{
    (void)state;
    check_many(datagrams(AF_INET));
    check_many(stream(AF_INET));
}

static void datagram_longer_than_many_pieces_is_cut(void **state)
{
    (void)state;
    static struct iovec pieces[100];
    char bytes[100];
    char sent[150];
    struct ends ends = datagrams(AF_INET);
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        pieces[i].iov_base = &bytes[i];
        pieces[i].iov_len = 1;
    }
    memset(sent, 'q', sizeof sent);
    struct msghdr message = message_of(pieces, COUNT_OF(pieces));
    assert_call(send(ends.client, sent, sizeof sent, 0), sizeof sent);
    assert_call(recvmsg(ends.server, &message, 0), COUNT_OF(pieces));
    assert_int_equal(message.msg_flags, MSG_TRUNC);
}

static void socket_of_both_families_names_clients_of_ipv4(void **state)
{
    (void)state;
    char buffer[8];
    struct sockaddr_in6 from;
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = message_of(&piece, 1);
    struct address any = loopback(AF_INET6, 0);
    int server = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    ((struct sockaddr_in6 *)&any.storage)->sin6_addr = in6addr_any;
    assert_call(bind(server, as_sockaddr(&any), any.length), 0);
    struct address name = name_of(server);
    struct address to = loopback(AF_INET, port_of(&name));
    int client = bound(AF_INET, SOCK_DGRAM);
    assert_call(sendto(client, "hi", 2, 0, as_sockaddr(&to), to.length), 2);
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    assert_call(recvmsg(server, &message, 0), 2);
    assert_int_equal(from.sin6_family, AF_INET6);
    assert_true(IN6_IS_ADDR_V4MAPPED(&from.sin6_addr));
    struct address answer;
    memcpy(&answer.storage, &from, sizeof from);
    message.msg_namelen = sizeof from;
    piece.iov_len = 2;
    assert_call(sendmsg(server, &message, 0), 2);
    assert_call(recv(client, buffer, sizeof buffer, 0), 2);
}

/* --- What is refused ---------------------------------------------------------------- */

static void bad_descriptors_are_refused(void **state)
{
    (void)state;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece, 1);
    assert_fails(recvmsg(closed_descriptor(), &message, 0), EBADF);
    assert_fails(recvmsg(-1, &message, 0), EBADF);
    assert_fails(recvmsg(temporary_file(), &message, 0), ENOTSOCK);
}

static void null_is_efault(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    struct msghdr message = message_of(NULL, 1);
    assert_fails(recvmsg(ends.server, NULL, MSG_DONTWAIT), EFAULT);
    assert_fails(recvmsg(ends.server, &message, MSG_DONTWAIT), EFAULT);
}

static void too_many_pieces_are_emsgsize(void **state)
{
    (void)state;
    static struct iovec pieces[MANY + 1];
    struct msghdr message = message_of(pieces, MANY + 1);
    assert_fails(recvmsg(stream(AF_INET).server, &message, MSG_DONTWAIT),
                 EMSGSIZE);
}

static void name_of_negative_length_is_einval(void **state)
{
    (void)state;
    char byte;
    struct address from;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &from.storage;
    message.msg_namelen = (socklen_t)-1;
    assert_fails(recvmsg(datagrams(AF_INET).server, &message, MSG_DONTWAIT),
                 EINVAL);
}

static void nothing_there_is_eagain(void **state)
{
    (void)state;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece, 1);
    int fd = datagrams(AF_INET).server;
    assert_fails(recvmsg(fd, &message, MSG_DONTWAIT), EAGAIN);
    set_nonblocking(fd);
    assert_fails(recvmsg(fd, &message, 0), EAGAIN);
    assert_fails(recvmsg(stream(AF_INET).server, &message, MSG_DONTWAIT),
                 EAGAIN);
}

static void queue_of_errors_is_empty(void **state)
{
    (void)state;
    char byte;
    int one = 1;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET);
    assert_call(
        setsockopt(ends.server, IPPROTO_IP, IP_RECVERR, &one, sizeof one), 0);
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_fails(recvmsg(ends.server, &message, MSG_ERRQUEUE), EAGAIN);
    assert_call(recvmsg(ends.server, &message, 0), 1);
}

static void nothing_is_urgent_among_datagrams(void **state)
{
    (void)state;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece, 1);
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_call(recvmsg(ends.server, &message, MSG_OOB), 1);
    assert_int_equal(byte, 'x');
}

static void stream_never_connected_is_enotconn(void **state)
{
    (void)state;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece, 1);
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(recvmsg(fd, &message, 0), ENOTCONN);
}

static void failure_leaves_the_message_as_it_is(void **state)
{
    (void)state;
    char byte;
    struct address from;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece, 1);
    message.msg_name = &from.storage;
    message.msg_namelen = sizeof from.storage;
    assert_fails(recvmsg(datagrams(AF_INET).server, &message, MSG_DONTWAIT),
                 EAGAIN);
    assert_int_equal(message.msg_namelen, sizeof from.storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(datagram_fills_one_piece_after_the_other),
        claim(stream_fills_one_piece_after_the_other),
        claim(name_is_the_senders),
        claim(name_is_cut_to_its_room_and_its_length_told),
        claim(stream_has_no_name),
        claim(datagram_too_long_is_cut_and_told),
        claim(whole_length_is_returned_on_request),
        claim(peeked_message_is_received_again),
        claim(peeked_bytes_are_received_again),
        claim(all_is_waited_for_on_a_stream),
        claim(end_of_a_stream_is_nothing),
        claim(empty_datagram_is_nothing_with_a_name),
        claim(no_pieces_take_a_datagram),
        claim(as_many_pieces_as_posix_has_are_filled),
        claim(datagram_longer_than_many_pieces_is_cut),
        claim(socket_of_both_families_names_clients_of_ipv4),
        claim(bad_descriptors_are_refused),
        claim(null_is_efault),
        claim(too_many_pieces_are_emsgsize),
        claim(name_of_negative_length_is_einval),
        claim(nothing_there_is_eagain),
        claim(queue_of_errors_is_empty),
        claim(nothing_is_urgent_among_datagrams),
        claim(stream_never_connected_is_enotconn),
        claim(failure_leaves_the_message_as_it_is),
    };
    return cmocka_run_group_tests_name("recvmsg", tests, NULL, NULL);
}
