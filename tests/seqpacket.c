/* PSOCK_SEQPACKET: connections of messages, where the system has them. */
#include "fixture.h"

#include <string.h>

static void need_seqpacket(void)
{
    if (psock_capability(PSOCK_CAP_UNIX_SEQPACKET) < 0)
        skip_because("this system has no such Unix sockets");
}

/* Its file is removed by the fixture. */
static psock_t listening_for_messages(void)
{
    need_seqpacket();
    psock_t s = bound(PSOCK_UNIX, PSOCK_SEQPACKET, PSOCK_BIND_FRESH);
    assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    return s;
}

static struct stream connection(void)
{
    struct stream ends;
    psock_t listener = listening_for_messages();
    psock_address address = local_of(listener);
    ends.client = open_kept(PSOCK_UNIX, PSOCK_SEQPACKET);
    assert_result(psock_connect(ends.client, &address, in_time()), 0);
    ends.server = keep(psock_accept(listener, NULL, in_time()));
    close_kept(listener);
    return ends;
}

static void expect_message(psock_t s, const char *text)
{
    char received[64];
    ptrdiff_t size = psock_recv(s, received, sizeof received, 0, in_time());
    assert_result(size, (ptrdiff_t)strlen(text));
    assert_memory_equal(received, text, strlen(text));
}

static void messages_arrive_whole_and_in_order(void **state)
{
    (void)state;
    struct stream ends = connection();
    send_text(ends.client, "a");
    send_text(ends.client, "longer");
    send_text(ends.client, "b");
    expect_message(ends.server, "a");
    expect_message(ends.server, "longer");
    expect_message(ends.server, "b");
    send_text(ends.server, "back");
    expect_message(ends.client, "back");
}

static void empty_message_is_not_the_end(void **state)
{
    (void)state;
    struct stream ends = connection();
    assert_result(psock_send(ends.client, NULL, 0, 0, in_time()), 0);
    send_text(ends.client, "next");
    expect_message(ends.server, "");
    expect_message(ends.server, "next");
    assert_result(psock_recv(ends.server, &(char){0}, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void empty_messages_in_a_row_are_all_received(void **state)
{
    (void)state;
    struct stream ends = connection();
    psock_message messages[8] = {{.size = 1}};
    for (int i = 0; i < 3; i++)
        assert_result(psock_send(ends.client, NULL, 0, 0, in_time()), 0);
    for (ptrdiff_t received = 0; received < 3;) {
        ptrdiff_t more =
            psock_recv_messages(ends.server, messages, 8, 0, in_time());
        assert_in_range(more, 1, 3 - received);
        assert_int_equal(messages[more - 1].size, 0);
        received += more;
    }
    psock_close(let_go(ends.client));
    assert_result(psock_recv_messages(ends.server, messages, 8, 0, in_time()),
                  1);
    assert_int_equal(messages[0].size, 0);
}

static void rest_of_a_message_is_lost_for_want_of_room(void **state)
{
    (void)state;
    char text[3];
    struct stream ends = connection();
    send_text(ends.client, "four");
    send_text(ends.client, "five");
    assert_result(psock_recv(ends.server, text, sizeof text, 0, in_time()), 3);
    assert_memory_equal(text, "fou", 3);
    expect_message(ends.server, "five");
}

static void peeked_message_stays(void **state)
{
    (void)state;
    char text[8];
    struct stream ends = connection();
    send_text(ends.client, "look");
    assert_result(psock_recv(ends.server, text, 8, PSOCK_PEEK, in_time()), 4);
    expect_message(ends.server, "look");
}

static void vector_is_one_message(void **state)
{
    (void)state;
    struct stream ends = connection();
    char one[] = "one", two[] = "two";
    psock_buffer buffers[] = {{one, 3}, {two, 3}};
    assert_result(psock_send_vector(ends.client, buffers, 2, 0, in_time()), 6);
    expect_message(ends.server, "onetwo");
}

static void end_comes_after_the_messages(void **state)
{
    (void)state;
    struct stream ends = connection();
    send_text(ends.client, "last");
    close_kept(ends.client);
    expect_message(ends.server, "last");
    expect_message(ends.server, "");
    assert_either(psock_send(ends.server, "x", 1, 0, in_time()), PSOCK_EPIPE,
                  PSOCK_ECONNRESET);
}

static void connection_can_be_shut_down_for_sending(void **state)
{
    (void)state;
    struct stream ends = connection();
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    expect_message(ends.server, "");
    send_text(ends.server, "still");
    expect_message(ends.client, "still");
}

static void message_longer_than_can_be_is_refused(void **state)
{
    (void)state;
    static unsigned char huge[1 << 22];
    struct stream ends = connection();
    assert_result(psock_send(ends.client, huge, sizeof huge, 0, in_time()),
                  PSOCK_EMSGSIZE);
    send_text(ends.client, "short");
    expect_message(ends.server, "short");
}

static void stream_does_not_connect_to_messages(void **state)
{
    (void)state;
    psock_address address = local_of(listening_for_messages());
    assert_result(
        psock_connect(open_kept(PSOCK_UNIX, PSOCK_STREAM), &address, in_time()),
        PSOCK_EPROTOTYPE);
}

static void path_of_messages_is_taken_when_stale_only(void **state)
{
    (void)state;
    psock_t listener = listening_for_messages();
    psock_address address = local_of(listener);
    psock_t heir = open_kept(PSOCK_UNIX, PSOCK_SEQPACKET);
    assert_result(psock_bind(heir, &address, PSOCK_BIND_REBIND),
                  PSOCK_EADDRINUSE);
    close_kept(listener);
    assert_result(psock_bind(heir, &address, PSOCK_BIND_REBIND), 0);
    assert_result(psock_listen(heir, 1), 0);
}

static void internet_has_no_connections_of_messages(void **state)
{
    (void)state;
    assert_result(psock_open(PSOCK_IPV4, PSOCK_SEQPACKET, 0),
                  PSOCK_ESOCKTNOSUPPORT);
    assert_result(psock_open(PSOCK_IPV6, PSOCK_SEQPACKET, 0),
                  PSOCK_ESOCKTNOSUPPORT);
}

static void seqpacket_capability_is_what_opening_says(void **state)
{
    (void)state;
    psock_t s = psock_open(PSOCK_UNIX, PSOCK_SEQPACKET, 0);
    int result = s < 0 ? (int)s : psock_close(s);
    assert_result(psock_capability(PSOCK_CAP_UNIX_SEQPACKET), result);
    assert_true(result == 0 || result == PSOCK_EAFNOSUPPORT ||
                result == PSOCK_ESOCKTNOSUPPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_unix(messages_arrive_whole_and_in_order),
        test_unix(empty_message_is_not_the_end),
        test_unix(empty_messages_in_a_row_are_all_received),
        test_unix(rest_of_a_message_is_lost_for_want_of_room),
        test_unix(peeked_message_stays),
        test_unix(vector_is_one_message),
        test_unix(end_comes_after_the_messages),
        test_unix(connection_can_be_shut_down_for_sending),
        test_unix(message_longer_than_can_be_is_refused),
        test_unix(stream_does_not_connect_to_messages),
        test_unix(path_of_messages_is_taken_when_stale_only),
        test_once(internet_has_no_connections_of_messages),
        test_once(seqpacket_capability_is_what_opening_says),
    };
    return cmocka_run_group_tests_name("seqpacket", tests, warm_up, NULL);
}
