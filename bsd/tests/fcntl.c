/* fcntl.c: fcntl(), but for F_DUPFD. */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void a_socket_is_for_both_directions(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(fcntl(fd, F_GETFL), O_RDWR);
}

static void o_nonblock_reads_back(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_call(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    assert_call(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
    assert_call(fcntl(fd, F_SETFL, 0), 0);
    assert_call(fcntl(fd, F_GETFL), O_RDWR);
}

static void o_nonblock_decides_whether_a_receive_waits(void **state)
{
    (void)state;
    char byte;
    int fd = bound(AF_INET, SOCK_DGRAM);
    set_nonblocking(fd);
    assert_fails(recv(fd, &byte, 1, 0), EAGAIN);
    assert_fails(read(fd, &byte, 1), EWOULDBLOCK);
}

static void f_setfl_changes_neither_direction_nor_creation(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(fcntl(fd, F_SETFL, O_WRONLY | O_CREAT | O_EXCL | O_NONBLOCK),
                0);
    assert_call(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
}

static void flags_of_a_type_are_those_of_fcntl(void **state)
{
    (void)state;
    int fd =
        keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    assert_call(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void fd_cloexec_reads_back(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(fcntl(fd, F_GETFD), 0);
    assert_call(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_call(fcntl(fd, F_SETFD, 0), 0);
    assert_call(fcntl(fd, F_GETFD), 0);
}

static void a_number_used_again_has_no_flags(void **state)
{
    (void)state;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_call(close(fd), 0);
    assert_int_equal(keep(socket(AF_INET, SOCK_STREAM, 0)), fd);
    assert_call(fcntl(fd, F_GETFD), 0);
    assert_call(fcntl(fd, F_GETFL), O_RDWR);
}

static void a_file_tells_what_it_was_opened_for(void **state)
{
    (void)state;
    const char *path = temporary_path();
    int fd = keep(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    assert_call(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK),
                O_WRONLY | O_APPEND);
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
    fd = keep(open(path, O_RDONLY));
    assert_call(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND), O_RDONLY);
    assert_call(fcntl(fd, F_GETFD), 0);
}

static void o_append_can_be_set_later(void **state)
{
    (void)state;
    int fd = temporary_file();
    assert_call(write(fd, "abc", 3), 3);
    assert_call(fcntl(fd, F_SETFL, O_APPEND), 0);
    assert_call(lseek(fd, 0, SEEK_SET), 0);
    assert_call(write(fd, "d", 1), 1);
    assert_call(lseek(fd, 0, SEEK_END), 4);
}

static void standard_input_has_flags(void **state)
{
    (void)state;
    int fd = keep(dup(STDIN_FILENO));
    int flags = fcntl(fd, F_GETFL);
    assert_true(flags >= 0);
    assert_call(fcntl(fd, F_SETFL, flags), 0);
}

static void an_owner_is_remembered(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(fcntl(fd, F_GETOWN), 0);
    assert_call(fcntl(fd, F_SETOWN, getpid()), 0);
    assert_call(fcntl(fd, F_GETOWN), getpid());
}

static void an_unknown_command_is_einval(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(fcntl(fd, 4711, 0), EINVAL);
}

static void no_descriptor_is_ebadf(void **state)
{
    (void)state;
    int fd = closed_descriptor();
    assert_fails(fcntl(fd, F_GETFL), EBADF);
    assert_fails(fcntl(fd, F_SETFL, O_NONBLOCK), EBADF);
    assert_fails(fcntl(fd, F_GETFD), EBADF);
    assert_fails(fcntl(fd, F_SETFD, FD_CLOEXEC), EBADF);
    assert_fails(fcntl(-1, F_GETFL), EBADF);
}

static void success_leaves_errno(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    errno = EDOM;
    assert_int_equal(fcntl(fd, F_GETFL), O_RDWR);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(errno, EDOM);
}

/* --- Locks -------------------------------------------------------------------- */

static void a_file_can_be_locked_and_read_meanwhile(void **state)
{
    (void)state;
    struct flock lock;
    char byte;
    const char *path = temporary_path();
    int fd = keep(open(path, O_RDWR | O_CREAT, 0600));
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    assert_call(fcntl(fd, F_SETLK, &lock), 0);
    assert_call(write(fd, "x", 1), 1);
    int other = keep(open(path, O_RDONLY));
    assert_call(read(other, &byte, 1), 1);
    lock.l_type = F_UNLCK;
    assert_call(fcntl(fd, F_SETLK, &lock), 0);
    lock.l_type = 77;
    assert_fails(fcntl(fd, F_SETLK, &lock), EINVAL);
}

static void a_lock_of_the_whole_file_keeps_others_out(void **state)
{
    (void)state;
    const char *path = temporary_path();
    int one = keep(open(path, O_RDWR | O_CREAT, 0600));
    int other = keep(open(path, O_RDWR));
    assert_call(flock(one, LOCK_EX), 0);
    assert_fails(flock(other, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    assert_fails(flock(other, LOCK_SH | LOCK_NB), EWOULDBLOCK);
    assert_call(flock(one, LOCK_SH), 0);
    assert_call(flock(other, LOCK_SH | LOCK_NB), 0);
    assert_call(flock(one, LOCK_UN), 0);
    assert_call(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_fails(flock(one, 64), EINVAL);
    assert_fails(flock(closed_descriptor(), LOCK_EX), EBADF);
}

static void lockf_locks_from_where_the_file_is(void **state)
{
    (void)state;
    int fd = temporary_file();
    assert_call(lockf(fd, F_TLOCK, 10), 0);
    assert_call(lockf(fd, F_ULOCK, 10), 0);
    assert_fails(lockf(fd, 99, 10), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_socket_is_for_both_directions),
        claim(o_nonblock_reads_back),
        claim(o_nonblock_decides_whether_a_receive_waits),
        claim(f_setfl_changes_neither_direction_nor_creation),
        claim(flags_of_a_type_are_those_of_fcntl),
        claim(fd_cloexec_reads_back),
        claim(a_number_used_again_has_no_flags),
        claim(a_file_tells_what_it_was_opened_for),
        claim(o_append_can_be_set_later),
        claim(standard_input_has_flags),
        claim(an_owner_is_remembered),
        claim(an_unknown_command_is_einval),
        claim(no_descriptor_is_ebadf),
        claim(success_leaves_errno),
        claim(a_file_can_be_locked_and_read_meanwhile),
        claim(a_lock_of_the_whole_file_keeps_others_out),
        claim(lockf_locks_from_where_the_file_is),
    };
    return cmocka_run_group_tests_name("fcntl", tests, NULL, NULL);
}
