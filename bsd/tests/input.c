/* input.c: a standard input that is a pipe of another program's. */
#include "fixture.h"
#include "input.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#define IN STDIN_FILENO

static short bits_of(int timeout_ms)
{
    struct pollfd entry = {.fd = IN, .events = POLLIN | POLLRDNORM};
    return poll(&entry, 1, timeout_ms) < 0 ? -1 : entry.revents;
}

static void assert_line(const char *expected)
{
    char line[64] = "";
    assert_call(read(IN, line, sizeof line - 1), strlen(expected));
    assert_string_equal(line, expected);
}

static void silent_input_is_not_ready(void **state)
{
    (void)state;
    assert_int_equal(bits_of(0), 0);
    assert_int_equal(bits_of(50), 0);
}

static void input_is_a_fifo(void **state)
{
    struct stat status;
    (void)state;
    assert_call(fstat(IN, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_fails(lseek(IN, 0, SEEK_CUR), ESPIPE);
    assert_false(isatty(IN));
}

static void socket_is_told_of_beside_silent_input(void **state)
{
    int pair[2];
    (void)state;
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    keep(pair[0]);
    keep(pair[1]);
    struct pollfd entries[] = {{.fd = IN, .events = POLLIN},
                               {.fd = pair[0], .events = POLLIN}};
    assert_call(write(pair[1], "x", 1), 1);
    assert_call(poll(entries, 2, -1), 1);
    assert_int_equal(entries[0].revents, 0);
    assert_int_equal(entries[1].revents, POLLIN);
}

static void poll_waits_for_input(void **state)
{
    (void)state;
    ask_for("one");
    assert_int_equal(bits_of(-1), POLLIN | POLLRDNORM);
    assert_line("one\n");
    assert_int_equal(bits_of(0), 0);
}

static void read_waits_for_input(void **state)
{
    (void)state;
    ask_for("two");
    assert_line("two\n");
}

static void what_is_left_is_ready_still(void **state)
{
    char byte;
    (void)state;
    ask_for("ab");
    assert_call(read(IN, &byte, 1), 1);
    assert_int_equal(byte, 'a');
    assert_int_equal(bits_of(0), POLLIN | POLLRDNORM);
    assert_line("b\n");
}

static void pieces_are_filled_with_input(void **state)
{
    char first[2], second[8];
    const struct iovec pieces[] = {{first, sizeof first},
                                   {second, sizeof second}};
    (void)state;
    ask_for("pieces");
    assert_int_equal(bits_of(-1), POLLIN | POLLRDNORM);
    assert_call(readv(IN, pieces, 2), 7);
    assert_memory_equal(first, "pi", 2);
    assert_memory_equal(second, "eces\n", 5);
}

static void unread_bytes_of_input_are_counted(void **state)
{
    int unread = -1;
    (void)state;
    assert_call(ioctl(IN, FIONREAD, &unread), 0);
    assert_int_equal(unread, 0);
    ask_for("count");
    assert_int_equal(bits_of(-1), POLLIN | POLLRDNORM);
    assert_call(ioctl(IN, FIONREAD, &unread), 0);
    assert_int_equal(unread, 6);
    assert_line("count\n");
}

static void nonblocking_read_of_silent_input_is_eagain(void **state)
{
    char byte;
    (void)state;
    set_nonblocking(IN);
    assert_fails(read(IN, &byte, 1), EAGAIN);
    ask_for("now");
    assert_int_equal(bits_of(-1), POLLIN | POLLRDNORM);
    assert_line("now\n");
    assert_fails(read(IN, &byte, 1), EAGAIN);
    set_blocking(IN);
}

static void select_and_streams_go_together(void **state)
{
    char line[64];
    fd_set set;
    (void)state;
    ask_for("a line");
    FD_ZERO(&set);
    FD_SET(IN, &set);
    assert_call(select(IN + 1, &set, NULL, NULL, NULL), 1);
    assert_non_null(fgets(line, sizeof line, stdin));
    assert_string_equal(line, "a line\n");
    assert_int_equal(bits_of(0), 0);
}

static void set_tells_of_input(void **state)
{
    struct epoll_event event = {.events = EPOLLIN};
    int set = keep(epoll_create1(0));
    (void)state;
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, IN, &event), 0);
    assert_call(epoll_wait(set, &event, 1, 0), 0);
    ask_for("set");
    assert_call(epoll_wait(set, &event, 1, -1), 1);
    assert_int_equal(event.events, EPOLLIN);
    assert_line("set\n");
    assert_call(epoll_wait(set, &event, 1, 0), 0);
}

static void set_tells_of_edges_of_input(void **state)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    int set = keep(epoll_create1(0));
    (void)state;
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, IN, &event), 0);
    for (int i = 0; i < 3; i++) {
        ask_for("edge");
        assert_call(epoll_wait(set, &event, 1, -1), 1);
        assert_call(epoll_wait(set, &event, 1, 0), 0);
        assert_line("edge\n");
    }
}

static void duplicates_share_the_input(void **state)
{
    char line[8] = "";
    int copy = keep(dup(IN));
    (void)state;
    ask_for("dup");
    assert_int_equal(bits_of(-1), POLLIN | POLLRDNORM);
    assert_call(read(copy, line, sizeof line), 4);
    assert_string_equal(line, "dup\n");
    assert_int_equal(bits_of(0), 0);
}

static void ignore(int number)
{
    (void)number;
}

static void signal_interrupts_a_read_of_input(void **state)
{
    const struct sigaction action = {.sa_handler = ignore};
    const struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    struct sigaction before;
    char byte;
    (void)state;
    assert_call(sigaction(SIGALRM, &action, &before), 0);
    assert_call(setitimer(ITIMER_REAL, &soon, NULL), 0);
    assert_fails(read(IN, &byte, 1), EINTR);
    assert_call(sigaction(SIGALRM, &before, NULL), 0);
}

static void errors_of_input_are_those_of_pipes(void **state)
{
    void *volatile nowhere = NULL;
    (void)state;
    assert_fails(write(IN, "x", 1), EBADF);
    assert_fails(recv(IN, NULL, 0, 0), ENOTSOCK);
    ask_for("kept");
    assert_int_equal(bits_of(-1), POLLIN | POLLRDNORM);
    assert_fails(read(IN, nowhere, 5), EFAULT);
    assert_line("kept\n");
}

static void end_of_input_is_a_hang_up(void **state)
{
    char byte;
    (void)state;
    ask_for_the_end();
    assert_int_equal(bits_of(-1), POLLHUP);
    assert_call(read(IN, &byte, 1), 0);
    assert_int_equal(bits_of(0), POLLHUP);
    assert_int_equal(getchar(), EOF);
    assert_true(feof(stdin));
    assert_call(close(IN), 0);
    assert_fails(read(IN, &byte, 1), EBADF);
}

/* In this order: the input ends once, and nobody has waited for it when it is first
 * read. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(input_is_a_fifo),
        claim(signal_interrupts_a_read_of_input),
        claim(silent_input_is_not_ready),
        claim(socket_is_told_of_beside_silent_input),
        claim(poll_waits_for_input),
        claim(read_waits_for_input),
        claim(what_is_left_is_ready_still),
        claim(pieces_are_filled_with_input),
        claim(unread_bytes_of_input_are_counted),
        claim(nonblocking_read_of_silent_input_is_eagain),
        claim(select_and_streams_go_together),
        claim(set_tells_of_input),
        claim(set_tells_of_edges_of_input),
        claim(duplicates_share_the_input),
        claim(errors_of_input_are_those_of_pipes),
        claim(end_of_input_is_a_hang_up),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
