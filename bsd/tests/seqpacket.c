/* seqpacket.c: connections of whole messages. */
#include "unix_socket.h"

#include <poll.h>

static void messages_stay_apart(void **state)
{
    (void)state;
    struct ends ends = accepted(SOCK_SEQPACKET);
    send_text(ends.client, "one");
    send_text(ends.client, "two");
    send_text(ends.server, "back");
    assert_received(ends.server, "one");
    assert_received(ends.server, "two");
    assert_received(ends.client, "back");
}

static void what_does_not_fit_is_lost(void **state)
{
    char buffer[3];
    (void)state;
    struct ends ends = accepted(SOCK_SEQPACKET);
    send_text(ends.client, "longer");
    send_text(ends.client, "next");
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 3);
    assert_received(ends.server, "next");
}

static void connecting_does_not_wait_for_accept(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_SEQPACKET, path, 2);
    int client = connected_to(SOCK_SEQPACKET, path);
    send_text(client, "early");
    wait_readable(listener);
    assert_received(keep(accept(listener, NULL, NULL)), "early");
}

static void names_are_those_of_the_path(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_SEQPACKET, path, 2);
    int client = connected_to(SOCK_SEQPACKET, path);
    int server = keep(accept(listener, NULL, NULL));
    struct address address = peer_of(client);
    assert_named(&address, path);
    address = name_of(server);
    assert_named(&address, path);
    address = peer_of(server);
    assert_unnamed(&address);
}

static void an_address_to_send_to_does_not_count(void **state)
{
    struct address nowhere = path_address("nowhere");
    (void)state;
    struct ends ends = accepted(SOCK_SEQPACKET);
    assert_call(
        sendto(ends.client, "x", 1, 0, as_sockaddr(&nowhere), nowhere.length),
        1);
    assert_received(ends.server, "x");
}

static void a_full_queue_is_eagain(void **state)
{
    const char *path = temporary_path();
    (void)state;
    listening_at(SOCK_SEQPACKET, path, 0);
    connected_to(SOCK_SEQPACKET, path);
    int second = unix_socket(SOCK_SEQPACKET);
    set_nonblocking(second);
    assert_fails(connect_path(second, path), EAGAIN);
}

static void connecting_twice_is_eisconn(void **state)
{
    const char *path = temporary_path();
    (void)state;
    listening_at(SOCK_SEQPACKET, path, 4);
    assert_fails(connect_path(connected_to(SOCK_SEQPACKET, path), path),
                 EISCONN);
}

static void closing_is_the_end(void **state)
{
    char byte;
    (void)state;
    struct ends ends = accepted(SOCK_SEQPACKET);
    send_text(ends.client, "last");
    close_kept(ends.client);
    struct pollfd entry = {ends.server, POLLIN, 0};
    assert_call(poll(&entry, 1, 5000), 1);
    assert_int_equal(entry.revents, POLLIN | POLLHUP);
    assert_received(ends.server, "last");
    assert_call(recv(ends.server, &byte, 1, 0), 0);
    assert_fails(send(ends.server, "x", 1, MSG_NOSIGNAL), EPIPE);
}

static void an_unconnected_one_hangs_up(void **state)
{
    struct pollfd entry = {unix_socket(SOCK_SEQPACKET), POLLIN, 0};
    (void)state;
    assert_call(poll(&entry, 1, 0), 1);
    assert_int_equal(entry.revents, POLLHUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(messages_stay_apart),
        claim(what_does_not_fit_is_lost),
        claim(connecting_does_not_wait_for_accept),
        claim(names_are_those_of_the_path),
        claim(an_address_to_send_to_does_not_count),
        claim(a_full_queue_is_eagain),
        claim(connecting_twice_is_eisconn),
        claim(closing_is_the_end),
        claim(an_unconnected_one_hangs_up),
    };
    return cmocka_run_group_tests_name("seqpacket", tests, NULL, NULL);
}
