/* unix_rights.c: descriptors that are passed by messages. */
#include "unix_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>

enum {
    FDS_MAX = 16
};

/* Control data, aligned. */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

static ssize_t pass(int through, const char *text, const int *fds, int count)
{
    union control control;
    struct iovec piece = {(void *)(uintptr_t)text, strlen(text)};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(item), fds, (size_t)count * sizeof(int));
    return sendmsg(through, &message, MSG_NOSIGNAL);
}

/* What came: the number of descriptors, kept, and the bytes. */
struct came {
    ssize_t size;
    int count;
    int fds[FDS_MAX];
    int flags;
    char bytes[64];
};

static struct came take_with(int from, size_t size, size_t room, int flags)
{
    struct came came;
    union control control;
    struct iovec piece = {came.bytes, size};
    struct msghdr message;
    memset(&came, 0, sizeof came);
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = room == 0 ? NULL : &control;
    message.msg_controllen = room;
    came.size = recvmsg(from, &message, flags);
    came.flags = message.msg_flags;
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    for (; item != NULL; item = CMSG_NXTHDR(&message, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS)
            continue;
        int count = (int)((item->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(came.fds + came.count, CMSG_DATA(item),
               (size_t)count * sizeof(int));
        for (int i = 0; i < count; i++)
            keep(came.fds[came.count++]);
    }
    return came;
}

static struct came take(int from)
{
    return take_with(from, sizeof(((struct came *)0)->bytes),
                     sizeof(union control), 0);
}

/* --- What can be passed ------------------------------------------------------ */

static void a_socket_arrives_by_every_type(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        struct ends passed = pair_of(SOCK_STREAM);
        assert_call(pass(ends.client, "x", &passed.client, 1), 1);
        close_kept(passed.client);
        struct came came = take(ends.server);
        assert_int_equal(came.size, 1);
        assert_int_equal(came.count, 1);
        assert_int_equal(came.flags & MSG_CTRUNC, 0);
        send_text(came.fds[0], "through");
        assert_received(passed.server, "through");
    }
}

static void a_connection_by_a_path_passes_them_too(void **state)
{
    (void)state;
    struct ends ends = accepted(SOCK_STREAM);
    struct ends passed = stream(AF_INET);
    assert_call(pass(ends.client, "x", &passed.client, 1), 1);
    struct came came = take(ends.server);
    assert_int_equal(came.count, 1);
    send_text(came.fds[0], "internet");
    wait_readable(passed.server);
    assert_received(passed.server, "internet");
}

static void a_file_shares_its_position(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    int file = temporary_file();
    assert_call(write(file, "content", 7), 7);
    assert_call(pass(ends.client, "x", &file, 1), 1);
    struct came came = take(ends.server);
    assert_int_equal(came.count, 1);
    assert_int_not_equal(came.fds[0], file);
    assert_call(lseek(file, 3, SEEK_SET), 3);
    assert_call(read(came.fds[0], buffer, sizeof buffer), 4);
    assert_memory_equal(buffer, "tent", 4);
}

static void a_pipe_goes_on_working(void **state)
{
    int ends_of_pipe[2];
    char buffer[8];
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    assert_call(pipe(ends_of_pipe), 0);
    keep(ends_of_pipe[0]);
    keep(ends_of_pipe[1]);
    assert_call(pass(ends.client, "x", &ends_of_pipe[1], 1), 1);
    close_kept(ends_of_pipe[1]);
    struct came came = take(ends.server);
    assert_int_equal(came.count, 1);
    assert_call(write(came.fds[0], "piped", 5), 5);
    assert_call(read(ends_of_pipe[0], buffer, sizeof buffer), 5);
}

static void several_keep_their_order(void **state)
{
    struct ends passed[3];
    int fds[3];
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    for (int i = 0; i < 3; i++) {
        passed[i] = pair_of(SOCK_STREAM);
        fds[i] = passed[i].client;
    }
    assert_call(pass(ends.client, "three", fds, 3), 5);
    struct came came = take(ends.server);
    assert_int_equal(came.count, 3);
    for (int i = 0; i < 3; i++) {
        send_text(came.fds[i], "here");
        assert_received(passed[i].server, "here");
    }
}

/* --- Where in the stream ----------------------------------------------------- */

static void they_come_with_their_bytes(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    struct ends passed = pair_of(SOCK_STREAM);
    send_text(ends.client, "before");
    assert_call(pass(ends.client, "with", &passed.client, 1), 4);
    send_text(ends.client, "after");
    struct came came =
        take_with(ends.server, 6, sizeof(union control), MSG_WAITALL);
    assert_int_equal(came.size, 6);
    assert_int_equal(came.count, 0);
    came = take(ends.server);
    assert_int_equal(came.size, 4);
    assert_memory_equal(came.bytes, "with", 4);
    assert_int_equal(came.count, 1);
    came = take(ends.server);
    assert_int_equal(came.size, 5);
    assert_int_equal(came.count, 0);
}

static void those_of_two_messages_stay_apart(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    struct ends passed = pair_of(SOCK_STREAM);
    assert_call(pass(ends.client, "one", &passed.client, 1), 3);
    assert_call(pass(ends.client, "two", &passed.server, 1), 3);
    struct came first = take(ends.server);
    struct came second = take(ends.server);
    assert_int_equal(first.size, 3);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count, 1);
    send_text(first.fds[0], "ab");
    assert_received(second.fds[0], "ab");
}

static void the_first_byte_brings_them(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    struct ends passed = pair_of(SOCK_STREAM);
    assert_call(pass(ends.client, "long", &passed.client, 1), 4);
    struct came came = take_with(ends.server, 1, sizeof(union control), 0);
    assert_int_equal(came.size, 1);
    assert_int_equal(came.count, 1);
    came = take(ends.server);
    assert_int_equal(came.size, 3);
    assert_int_equal(came.count, 0);
}

struct sending {
    int through;
    int fd;
};

static void *pass_later(void *context)
{
    struct sending *sending = context;
    let_others_wait();
    pass(sending->through, "late", &sending->fd, 1);
    return NULL;
}

static void who_waits_gets_them(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        struct ends passed = pair_of(SOCK_STREAM);
        struct sending sending = {ends.client, passed.client};
        struct helper *helper = begin(pass_later, &sending);
        struct came came = take(ends.server);
        finish(helper);
        assert_int_equal(came.size, 4);
        assert_int_equal(came.count, 1);
    }
}

/* --- What becomes of them ---------------------------------------------------- */

static int ended(int fd)
{
    char byte;
    wait_readable(fd);
    return recv(fd, &byte, 1, 0) == 0;
}

static void nobody_takes_them_and_they_are_closed(void **state)
{
    char buffer[8];
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    struct ends passed = pair_of(SOCK_STREAM);
    assert_call(pass(ends.client, "x", &passed.client, 1), 1);
    close_kept(passed.client);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 1);
    assert_true(ended(passed.server));
}

static void closing_the_way_closes_them(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        struct ends passed = pair_of(SOCK_STREAM);
        assert_call(pass(ends.client, "x", &passed.client, 1), 1);
        close_kept(passed.client);
        close_kept(ends.server);
        assert_true(ended(passed.server));
    }
}

static void too_little_room_is_told(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    struct ends passed = pair_of(SOCK_STREAM);
    int fds[2] = {passed.client, passed.server};
    assert_call(pass(ends.client, "x", fds, 2), 1);
    struct came came = take_with(ends.server, 8, CMSG_LEN(sizeof(int)), 0);
    assert_int_equal(came.size, 1);
    assert_int_equal(came.count, 1);
    assert_int_equal(came.flags & MSG_CTRUNC, MSG_CTRUNC);
}

static void no_room_at_all_is_told(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_DGRAM);
    struct ends passed = pair_of(SOCK_STREAM);
    assert_call(pass(ends.client, "x", &passed.client, 1), 1);
    struct came came = take_with(ends.server, 8, 0, 0);
    assert_int_equal(came.size, 1);
    assert_int_equal(came.flags & MSG_CTRUNC, MSG_CTRUNC);
}

static void they_are_inherited_unless_told_otherwise(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    int fds[2] = {temporary_file(), pair_of(SOCK_STREAM).client};
    for (int i = 0; i < 2; i++) {
        assert_call(pass(ends.client, "x", &fds[i], 1), 1);
        struct came came = take(ends.server);
        assert_int_equal(fcntl(came.fds[0], F_GETFD) & FD_CLOEXEC, 0);
        assert_call(pass(ends.client, "x", &fds[i], 1), 1);
        came =
            take_with(ends.server, 8, sizeof(union control), MSG_CMSG_CLOEXEC);
        assert_int_equal(fcntl(came.fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    }
}

static void peeking_gives_one_of_its_own(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_DGRAM);
    struct ends passed = pair_of(SOCK_STREAM);
    assert_call(pass(ends.client, "x", &passed.client, 1), 1);
    struct came first =
        take_with(ends.server, 8, sizeof(union control), MSG_PEEK);
    struct came second = take(ends.server);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count, 1);
    assert_int_not_equal(first.fds[0], second.fds[0]);
}

/* --- What cannot be passed --------------------------------------------------- */

static void what_is_not_open_is_ebadf(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    int fds[2] = {ends.client, closed_descriptor()};
    char byte;
    assert_fails(pass(ends.client, "x", fds, 2), EBADF);
    fds[1] = -1;
    assert_fails(pass(ends.client, "x", fds, 2), EBADF);
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static void too_many_are_einval(void **state)
{
    enum {
        TOO_MANY = 254
    };
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(TOO_MANY * sizeof(int))];
    } control;
    struct iovec piece = {(void *)"x", 1};
    struct msghdr message;
    int fds[TOO_MANY];
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    for (int i = 0; i < TOO_MANY; i++)
        fds[i] = ends.client;
    memset(&message, 0, sizeof message);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(sizeof fds);
    memcpy(CMSG_DATA(item), fds, sizeof fds);
    assert_fails(sendmsg(ends.client, &message, 0), EINVAL);
}

/* --- A handler in the midst of it --------------------------------------------------- */

static int way;
static ssize_t result_within;
static int error_within;

/* The way is full: this must not wait for the call that it interrupts. */
static void pass_within(int number)
{
    (void)number;
    set_nonblocking(way);
    errno = 0;
    result_within = pass(way, "x", &way, 1);
    error_within = errno;
    set_blocking(way);
}

static void a_handler_may_pass_some_while_others_wait(void **state)
{
    struct sigaction action;
    struct itimerval timer;
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    way = ends.client;
    /* What is on its way makes room a moment later. */
    for (int i = 0; i < 3; i++) {
        fill(way);
        let_others_wait();
    }
    memset(&action, 0, sizeof action);
    memset(&timer, 0, sizeof timer);
    action.sa_handler = pass_within;
    timer.it_value.tv_usec = 30000;
    assert_call(sigaction(SIGALRM, &action, NULL), 0);
    assert_call(setitimer(ITIMER_REAL, &timer, NULL), 0);
    assert_fails(pass(way, "x", &way, 1), EINTR);
    assert_call(result_within, -1);
    assert_int_equal(error_within, EAGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_socket_arrives_by_every_type),
        claim(a_connection_by_a_path_passes_them_too),
        claim(a_file_shares_its_position),
        claim(a_pipe_goes_on_working),
        claim(several_keep_their_order),
        claim(they_come_with_their_bytes),
        claim(those_of_two_messages_stay_apart),
        claim(the_first_byte_brings_them),
        claim(who_waits_gets_them),
        claim(nobody_takes_them_and_they_are_closed),
        claim(closing_the_way_closes_them),
        claim(too_little_room_is_told),
        claim(no_room_at_all_is_told),
        claim(they_are_inherited_unless_told_otherwise),
        claim(peeking_gives_one_of_its_own),
        claim(what_is_not_open_is_ebadf),
        claim(too_many_are_einval),
        claim(a_handler_may_pass_some_while_others_wait),
    };
    return cmocka_run_group_tests_name("unix_rights", tests, NULL, NULL);
}
