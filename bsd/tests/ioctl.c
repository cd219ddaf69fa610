/* ioctl.c: ioctl() of descriptors. */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void fionbio_is_o_nonblock(void **state)
{
    (void)state;
    char byte;
    int on = 1, off = 0;
    int fd = bound(AF_INET, SOCK_DGRAM);
    assert_call(ioctl(fd, FIONBIO, &on), 0);
    assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    assert_fails(recv(fd, &byte, 1, 0), EAGAIN);
    assert_call(ioctl(fd, FIONBIO, &off), 0);
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
}

static void fionread_tells_what_came(void **state)
{
    (void)state;
    int unread = -1;
    struct ends ends = stream(AF_INET);
    assert_call(ioctl(ends.server, FIONREAD, &unread), 0);
    assert_int_equal(unread, 0);
    assert_call(send(ends.client, "hello", 5, 0), 5);
    wait_readable(ends.server);
    assert_call(ioctl(ends.server, FIONREAD, &unread), 0);
    assert_int_equal(unread, 5);
}

/* No byte beyond the int is touched. */
static void fionread_writes_an_int(void **state)
{
    (void)state;
    int values[3] = {-1, -1, -1};
    struct ends ends = stream(AF_INET);
    assert_call(ioctl(ends.server, FIONREAD, &values[1]), 0);
    assert_int_equal(values[0], -1);
    assert_int_equal(values[1], 0);
    assert_int_equal(values[2], -1);
}

static void fionread_of_a_file_is_its_rest(void **state)
{
    (void)state;
    int unread = -1;
    int file = temporary_file();
    assert_call(write(file, "0123456789", 10), 10);
    assert_call(lseek(file, 4, SEEK_SET), 4);
    assert_call(ioctl(file, FIONREAD, &unread), 0);
    assert_int_equal(unread, 6);
}

static void fioclex_is_fd_cloexec(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(ioctl(fd, FIOCLEX), 0);
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_call(ioctl(fd, FIONCLEX), 0);
    assert_call(fcntl(fd, F_GETFD), 0);
}

static void no_memory_is_efault(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(ioctl(fd, FIONBIO, NULL), EFAULT);
}

static void a_socket_is_no_terminal(void **state)
{
    (void)state;
    struct winsize size;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(ioctl(fd, TIOCGWINSZ, &size), ENOTTY);
    assert_call(isatty(fd), 0);
    assert_int_equal(errno, ENOTTY);
    int file = temporary_file();
    assert_fails(ioctl(file, TIOCGWINSZ, &size), ENOTTY);
    assert_call(isatty(file), 0);
    assert_int_equal(errno, ENOTTY);
    assert_call(isatty(closed_descriptor()), 0);
    assert_int_equal(errno, EBADF);
    assert_null(ttyname(fd));
}

static void an_unknown_request_is_enotty(void **state)
{
    (void)state;
    int value = 0;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    int file = temporary_file();
    assert_fails(ioctl(fd, 0x4711, &value), ENOTTY);
    assert_fails(ioctl(file, 0x4711, &value), ENOTTY);
}

static void no_descriptor_is_ebadf(void **state)
{
    (void)state;
    int value = 1;
    assert_fails(ioctl(closed_descriptor(), FIONBIO, &value), EBADF);
    assert_fails(ioctl(-1, FIONREAD, &value), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(fionbio_is_o_nonblock),   claim(fionread_tells_what_came),
        claim(fionread_writes_an_int),  claim(fionread_of_a_file_is_its_rest),
        claim(fioclex_is_fd_cloexec),   claim(no_memory_is_efault),
        claim(a_socket_is_no_terminal), claim(an_unknown_request_is_enotty),
        claim(no_descriptor_is_ebadf),
    };
    return cmocka_run_group_tests_name("ioctl", tests, NULL, NULL);
}
