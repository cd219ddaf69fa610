/* mmsg.c: sendmmsg() and recvmmsg(). */
#include "fixture.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#define COUNT 4
#define ROOM 16

struct batch {
    struct mmsghdr messages[COUNT];
    struct iovec pieces[COUNT];
    char bytes[COUNT][ROOM];
};

static void prepare(struct batch *batch)
{
    memset(batch, 0, sizeof *batch);
    for (size_t i = 0; i < COUNT; i++) {
        batch->pieces[i].iov_base = batch->bytes[i];
        batch->pieces[i].iov_len = ROOM;
        batch->messages[i].msg_hdr.msg_iov = &batch->pieces[i];
        batch->messages[i].msg_hdr.msg_iovlen = 1;
        batch->messages[i].msg_len = 77;
    }
}

/* Datagrams of 1, 2, 3 and 4 bytes. */
static void prepare_to_send(struct batch *batch)
{
    prepare(batch);
    for (size_t i = 0; i < COUNT; i++) {
        memset(batch->bytes[i], (int)('a' + i), ROOM);
        batch->pieces[i].iov_len = i + 1;
    }
}

static void send_all(int fd)
{
    struct batch batch;
    prepare_to_send(&batch);
    assert_call(sendmmsg(fd, batch.messages, COUNT, 0), COUNT);
}

static void messages_are_sent_and_received_together(void **state)
{
    (void)state;
    struct batch sent;
    struct batch received;
    struct ends ends = datagrams(AF_INET);
    prepare_to_send(&sent);
    prepare(&received);
    assert_call(sendmmsg(ends.client, sent.messages, COUNT, 0), COUNT);
    assert_call(recvmmsg(ends.server, received.messages, COUNT, 0, NULL),
                COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(sent.messages[i].msg_len, i + 1);
        assert_int_equal(received.messages[i].msg_len, i + 1);
        assert_memory_equal(received.bytes[i], sent.bytes[i], i + 1);
        assert_int_equal(received.messages[i].msg_hdr.msg_flags, 0);
    }
}

static void messages_have_the_names_of_their_senders(void **state)
{
    (void)state;
    struct batch batch;
    struct sockaddr_in names[COUNT];
    struct ends ends = datagrams(AF_INET);
    struct address client = name_of(ends.client);
    prepare(&batch);
    for (size_t i = 0; i < COUNT; i++) {
        batch.messages[i].msg_hdr.msg_name = &names[i];
        batch.messages[i].msg_hdr.msg_namelen = sizeof names[i];
    }
    send_all(ends.client);
    assert_call(recvmmsg(ends.server, batch.messages, COUNT, 0, NULL), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(ntohs(names[i].sin_port), port_of(&client));
        assert_int_equal(batch.messages[i].msg_hdr.msg_namelen,
                         sizeof names[i]);
    }
}

static void without_waiting_there_are_those_that_have_come(void **state)
{
    (void)state;
    struct batch batch;
    struct ends ends = datagrams(AF_INET);
    prepare(&batch);
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_call(send(ends.client, "yz", 2, 0), 2);
    wait_readable(ends.server);
    assert_call(
        recvmmsg(ends.server, batch.messages, COUNT, MSG_DONTWAIT, NULL), 2);
    assert_int_equal(batch.messages[1].msg_len, 2);
    assert_int_equal(batch.messages[2].msg_len, 77);
    assert_fails(
        recvmmsg(ends.server, batch.messages, COUNT, MSG_DONTWAIT, NULL),
        EAGAIN);
}

static void after_the_first_nothing_is_waited_for(void **state)
{
    (void)state;
    struct batch batch;
    struct ends ends = datagrams(AF_INET);
    prepare(&batch);
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_call(
        recvmmsg(ends.server, batch.messages, COUNT, MSG_WAITFORONE, NULL), 1);
    assert_int_equal(batch.messages[0].msg_len, 1);
}

static void time_is_looked_at_after_each_message(void **state)
{
    (void)state;
    struct batch batch;
    struct timespec no_time = {0, 0};
    struct ends ends = datagrams(AF_INET);
    prepare(&batch);
    send_all(ends.client);
    assert_call(recvmmsg(ends.server, batch.messages, COUNT, 0, &no_time), 1);
}

static void time_that_is_left_is_told(void **state)
{
    (void)state;
    struct batch batch;
    struct timespec time = {100, 0};
    struct ends ends = datagrams(AF_INET);
    prepare(&batch);
    send_all(ends.client);
    assert_call(recvmmsg(ends.server, batch.messages, COUNT, 0, &time), COUNT);
    assert_in_range(time.tv_sec, 90, 100);
    assert_true(time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
}

static void bad_times_are_einval(void **state)
{
    (void)state;
    static const struct timespec times[] = {{-1, 0}, {0, -1}, {0, 1000000000}};
    struct batch batch;
    int fd = datagrams(AF_INET).server;
    prepare(&batch);
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        struct timespec time = times[i];
        assert_fails(recvmmsg(fd, batch.messages, COUNT, MSG_DONTWAIT, &time),
                     EINVAL);
    }
}

static void message_that_is_wrong_ends_the_row(void **state)
{
    (void)state;
    struct batch batch;
    char buffer[ROOM];
    struct ends ends = datagrams(AF_INET);
    prepare_to_send(&batch);
    batch.pieces[2].iov_base = NULL;
    assert_call(sendmmsg(ends.client, batch.messages, COUNT, 0), 2);
    assert_int_equal(batch.messages[1].msg_len, 2);
    assert_int_equal(batch.messages[2].msg_len, 77);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 1);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 2);
    assert_fails(recv(ends.server, buffer, sizeof buffer, MSG_DONTWAIT),
                 EAGAIN);
    assert_fails(sendmmsg(ends.client, batch.messages + 2, 2, 0), EFAULT);
}

static void error_that_is_put_off_is_polled(void **state)
{
    struct batch batch;
    struct pollfd entry = {.events = POLLIN};
    int number = 0;
    socklen_t length = sizeof number;
    (void)state;
    struct ends ends = datagrams(AF_INET);
    send_all(ends.client);
    prepare(&batch);
    batch.messages[1].msg_hdr.msg_iovlen = 100000;
    assert_call(recvmmsg(ends.server, batch.messages, COUNT, 0, NULL), 1);
    entry.fd = ends.server;
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLIN | POLLERR);
    entry.events = 0;
    assert_call(poll(&entry, 1, -1), 1);
    assert_int_equal(entry.revents, POLLERR);
    assert_call(getsockopt(ends.server, SOL_SOCKET, SO_ERROR, &number, &length),
                0);
    assert_int_equal(number, EMSGSIZE);
    assert_call(poll(&entry, 1, 0), 0);
}

static void no_messages_are_none(void **state)
{
    (void)state;
    struct batch batch;
    struct ends ends = datagrams(AF_INET);
    prepare(&batch);
    assert_call(sendmmsg(ends.client, batch.messages, 0, 0), 0);
    assert_call(recvmmsg(ends.server, batch.messages, 0, 0, NULL), 0);
}

static void streams_have_messages_too(void **state)
{
    (void)state;
    struct batch batch;
    char buffer[10];
    struct ends ends = stream(AF_INET);
    prepare_to_send(&batch);
    assert_call(sendmmsg(ends.client, batch.messages, COUNT, 0), COUNT);
    assert_call(recv(ends.server, buffer, 10, MSG_WAITALL), 10);
    assert_memory_equal(buffer, "abbcccdddd", 10);
}

static void bad_descriptors_are_refused(void **state)
{
    (void)state;
    struct batch batch;
    prepare_to_send(&batch);
    assert_fails(sendmmsg(closed_descriptor(), batch.messages, COUNT, 0),
                 EBADF);
    assert_fails(recvmmsg(closed_descriptor(), batch.messages, COUNT, 0, NULL),
                 EBADF);
    int fd = temporary_file();
    assert_fails(sendmmsg(fd, batch.messages, COUNT, 0), ENOTSOCK);
    assert_fails(recvmmsg(fd, batch.messages, COUNT, 0, NULL), ENOTSOCK);
}

static void null_is_efault(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_fails(sendmmsg(ends.client, NULL, 1, 0), EFAULT);
    assert_fails(recvmmsg(ends.server, NULL, 1, MSG_DONTWAIT, NULL), EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(messages_are_sent_and_received_together),
        claim(messages_have_the_names_of_their_senders),
        claim(without_waiting_there_are_those_that_have_come),
        claim(after_the_first_nothing_is_waited_for),
        claim(time_is_looked_at_after_each_message),
        claim(time_that_is_left_is_told),
        claim(bad_times_are_einval),
        claim(message_that_is_wrong_ends_the_row),
        claim(error_that_is_put_off_is_polled),
        claim(no_messages_are_none),
        claim(streams_have_messages_too),
        claim(bad_descriptors_are_refused),
        claim(null_is_efault),
    };
    return cmocka_run_group_tests_name("mmsg", tests, NULL, NULL);
}
