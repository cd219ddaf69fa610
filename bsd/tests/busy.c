/* busy.c: signals come to a program that calls and calls and never waits. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    PATIENCE_S = 5
};

static volatile sig_atomic_t came;

static void note(int number)
{
    came = number;
}

static void alarm_soon(void)
{
    const struct sigaction action = {.sa_handler = note,
                                     .sa_flags = SA_RESTART};
    const struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    came = 0;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
    assert_call(setitimer(ITIMER_REAL, &soon, NULL), 0);
}

/* Calls `step` until the alarm has come, and fails when it does not. */
static void assert_alarm_comes(void (*step)(const int *fds), const int *fds)
{
    const time_t end = time(NULL) + PATIENCE_S;
    alarm_soon();
    while (!came && time(NULL) < end)
        step(fds);
    signal(SIGALRM, SIG_DFL);
    assert_int_equal(came, SIGALRM);
}

static void pair_of(int type, int *fds)
{
    assert_call(socketpair(AF_UNIX, type, 0, fds), 0);
    keep(fds[0]);
    keep(fds[1]);
}

static void write_file(const int *fds)
{
    assert_call(lseek(fds[0], 0, SEEK_SET), 0);
    assert_call(write(fds[0], "words", 5), 5);
}

static void writer_of_files_is_signalled(void **state)
{
    int fd = temporary_file();
    (void)state;
    assert_alarm_comes(write_file, &fd);
}

static void read_file(const int *fds)
{
    char byte;
    assert_call(read(fds[0], &byte, 1), 0);
}

static void reader_of_files_is_signalled(void **state)
{
    int fd = temporary_file();
    (void)state;
    assert_alarm_comes(read_file, &fd);
}

static void send_and_recv(const int *fds)
{
    char byte;
    assert_call(send(fds[0], "x", 1, 0), 1);
    assert_call(recv(fds[1], &byte, 1, 0), 1);
}

static void streams_are_signalled(void **state)
{
    int fds[2];
    (void)state;
    pair_of(SOCK_STREAM, fds);
    assert_alarm_comes(send_and_recv, fds);
}

static void datagrams_are_signalled(void **state)
{
    int fds[2];
    (void)state;
    pair_of(SOCK_DGRAM, fds);
    assert_alarm_comes(send_and_recv, fds);
}

static void messages_are_signalled(void **state)
{
    int fds[2];
    (void)state;
    pair_of(SOCK_SEQPACKET, fds);
    assert_alarm_comes(send_and_recv, fds);
}

static struct msghdr message_of(struct iovec *piece)
{
    return (struct msghdr){.msg_iov = piece, .msg_iovlen = 1};
}

static void send_message(const int *fds)
{
    char byte = 'x';
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece);
    assert_call(sendmsg(fds[0], &message, 0), 1);
    assert_call(recv(fds[0], &byte, 1, MSG_DONTWAIT) != 0, 1);
}

static int udp_to_itself(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof own;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_call(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    assert_call(getsockname(fd, (struct sockaddr *)&own, &length), 0);
    assert_call(connect(fd, (struct sockaddr *)&own, sizeof own), 0);
    return fd;
}

static void sender_of_messages_is_signalled(void **state)
{
    int fd = udp_to_itself();
    (void)state;
    assert_alarm_comes(send_message, &fd);
}

static void receive_message(const int *fds)
{
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_of(&piece);
    assert_fails(recvmsg(fds[0], &message, MSG_DONTWAIT), EAGAIN);
}

static void receiver_of_messages_is_signalled(void **state)
{
    int fd = udp_to_itself();
    (void)state;
    assert_alarm_comes(receive_message, &fd);
}

static void send_file(const int *fds)
{
    char bytes[5];
    off_t offset = 0;
    assert_call(sendfile(fds[0], fds[2], &offset, 5), 5);
    assert_call(recv(fds[1], bytes, 5, MSG_WAITALL), 5);
}

static void sender_of_files_is_signalled(void **state)
{
    int fds[3];
    (void)state;
    pair_of(SOCK_STREAM, fds);
    fds[2] = temporary_file();
    assert_call(write(fds[2], "words", 5), 5);
    assert_alarm_comes(send_file, fds);
}

static void look(const int *fds)
{
    struct pollfd entry = {.fd = fds[0], .events = POLLIN};
    assert_call(poll(&entry, 1, 0) <= 0, 1);
}

static void poll_without_a_wait_is_signalled(void **state)
{
    int fds[2];
    (void)state;
    pair_of(SOCK_STREAM, fds);
    assert_alarm_comes(look, fds);
}

static void look_into_set(const int *fds)
{
    struct epoll_event event;
    assert_call(epoll_wait(fds[0], &event, 1, 0) <= 0, 1);
}

static void set_without_a_wait_is_signalled(void **state)
{
    int fd = keep(epoll_create1(0));
    (void)state;
    assert_alarm_comes(look_into_set, &fd);
}

static void count(const int *fds)
{
    eventfd_t value;
    assert_call(eventfd_write(fds[0], 1), 0);
    assert_call(eventfd_read(fds[0], &value), 0);
}

static void counter_is_signalled(void **state)
{
    int fd = keep(eventfd(0, 0));
    (void)state;
    assert_alarm_comes(count, &fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(writer_of_files_is_signalled),
        claim(reader_of_files_is_signalled),
        claim(streams_are_signalled),
        claim(datagrams_are_signalled),
        claim(messages_are_signalled),
        claim(sender_of_messages_is_signalled),
        claim(receiver_of_messages_is_signalled),
        claim(sender_of_files_is_signalled),
        claim(poll_without_a_wait_is_signalled),
        claim(set_without_a_wait_is_signalled),
        claim(counter_is_signalled),
    };
    return cmocka_run_group_tests_name("busy", tests, NULL, NULL);
}
