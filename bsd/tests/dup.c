/* dup.c: dup(), dup2(), dup3() and F_DUPFD. */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_nonblocking(int fd)
{
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

static int is_closed_on_exec(int fd)
{
    return fcntl(fd, F_GETFD) == FD_CLOEXEC;
}

static void a_duplicate_is_the_same_socket(void **state)
{
    (void)state;
    char buffer[8];
    struct ends ends = stream(AF_INET);
    int copy = keep(dup(ends.client));
    assert_true(copy != ends.client);
    close_kept(ends.client);
    assert_call(write(copy, "still", 5), 5);
    assert_call(read(ends.server, buffer, sizeof buffer), 5);
    close_kept(copy);
    assert_call(read(ends.server, buffer, sizeof buffer), 0);
}

static void duplicates_share_flags_of_the_description(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    int copy = keep(dup(ends.server));
    set_nonblocking(ends.server);
    assert_true(is_nonblocking(copy));
    assert_fails(read(copy, &byte, 1), EAGAIN);
    set_blocking(copy);
    assert_false(is_nonblocking(ends.server));
}

static void duplicates_share_options_and_names(void **state)
{
    (void)state;
    int value = 0;
    socklen_t size = sizeof value;
    int fd = bound(AF_INET, SOCK_STREAM);
    int copy = keep(dup(fd));
    const int on = 1;
    assert_call(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on), 0);
    assert_call(getsockopt(copy, SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
    assert_true(value != 0);
    struct address one = name_of(fd), other = name_of(copy);
    assert_int_equal(port_of(&one), port_of(&other));
}

static void a_duplicate_has_its_own_flag_of_exec(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    assert_true(is_closed_on_exec(fd));
    assert_false(is_closed_on_exec(keep(dup(fd))));
    assert_true(is_closed_on_exec(keep(fcntl(fd, F_DUPFD_CLOEXEC, 0))));
    assert_false(is_closed_on_exec(keep(fcntl(fd, F_DUPFD, 0))));
}

static void dup_takes_the_lowest_free_number(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    int low = keep(dup(fd));
    int high = keep(dup(fd));
    assert_true(low < high);
    close_kept(low);
    assert_int_equal(keep(dup(fd)), low);
}

static void dup2_takes_the_number_it_is_told(void **state)
{
    (void)state;
    char buffer[8];
    struct ends ends = stream(AF_INET);
    int free_number = closed_descriptor() + 20;
    assert_int_equal(keep(dup2(ends.client, free_number)), free_number);
    assert_call(write(free_number, "abc", 3), 3);
    assert_call(read(ends.server, buffer, sizeof buffer), 3);
}

static void dup2_closes_what_was_there(void **state)
{
    (void)state;
    char buffer[8];
    struct ends one = stream(AF_INET);
    struct ends other = stream(AF_INET);
    assert_call(dup2(one.client, other.client), other.client);
    assert_call(read(other.server, buffer, sizeof buffer), 0);
    assert_call(write(other.client, "abc", 3), 3);
    assert_call(read(one.server, buffer, sizeof buffer), 3);
}

static void dup2_onto_itself_changes_nothing(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    assert_call(dup2(fd, fd), fd);
    assert_true(is_closed_on_exec(fd));
    assert_fails(dup2(closed_descriptor(), closed_descriptor()), EBADF);
}

static void dup2_puts_a_socket_in_the_place_of_a_file(void **state)
{
    (void)state;
    char buffer[8];
    struct stat status;
    int file = temporary_file();
    struct ends ends = stream(AF_INET);
    assert_call(dup2(ends.client, file), file);
    assert_call(fstat(file, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
    assert_call(write(file, "abc", 3), 3);
    assert_call(read(ends.server, buffer, sizeof buffer), 3);
}

static void dup2_puts_a_file_in_the_place_of_a_socket(void **state)
{
    (void)state;
    struct stat status;
    char buffer[8];
    int file = temporary_file();
    struct ends ends = stream(AF_INET);
    assert_call(dup2(file, ends.client), ends.client);
    assert_call(read(ends.server, buffer, sizeof buffer), 0);
    assert_call(fstat(ends.client, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    assert_call(write(ends.client, "abc", 3), 3);
    assert_call(lseek(file, 0, SEEK_CUR), 3);
    assert_fails(send(ends.client, "x", 1, 0), ENOTSOCK);
}

/* As a server hands its connection to a program that knows only these. */
static void standard_output_can_be_a_socket(void **state)
{
    (void)state;
    char buffer[8];
    struct ends ends = stream(AF_INET);
    int saved = keep(dup(STDOUT_FILENO));
    assert_call(dup2(ends.client, STDOUT_FILENO), STDOUT_FILENO);
    ssize_t written = write(STDOUT_FILENO, "out", 3);
    assert_call(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    assert_int_equal(written, 3);
    assert_call(read(ends.server, buffer, sizeof buffer), 3);
    assert_memory_equal(buffer, "out", 3);
}

static void dup3_sets_the_flag_of_exec(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    int other = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(dup3(fd, other, O_CLOEXEC), other);
    assert_true(is_closed_on_exec(other));
    assert_call(dup3(fd, other, 0), other);
    assert_false(is_closed_on_exec(other));
    assert_fails(dup3(fd, fd, 0), EINVAL);
    assert_fails(dup3(fd, other, O_APPEND), EINVAL);
}

static void f_dupfd_begins_at_a_number(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    int file = temporary_file();
    int first = keep(fcntl(fd, F_DUPFD, 40));
    assert_int_equal(first, 40);
    assert_int_equal(keep(fcntl(file, F_DUPFD, 40)), 41);
    assert_int_equal(keep(fcntl(fd, F_DUPFD, 40)), 42);
    assert_fails(fcntl(fd, F_DUPFD, -1), EINVAL);
    assert_fails(fcntl(fd, F_DUPFD, 1 << 30), EINVAL);
}

static void what_is_not_open_cannot_be_duplicated(void **state)
{
    (void)state;
    int fd = closed_descriptor();
    int open_one = keep(socket(AF_INET, SOCK_STREAM, 0));
    int closed = closed_descriptor();
    (void)fd;
    assert_fails(dup(closed), EBADF);
    assert_fails(dup(-1), EBADF);
    assert_fails(dup2(closed, open_one), EBADF);
    assert_fails(dup2(open_one, -1), EBADF);
    assert_fails(dup2(open_one, 1 << 30), EBADF);
    assert_fails(dup3(closed, open_one, 0), EBADF);
    assert_fails(fcntl(closed, F_DUPFD, 0), EBADF);
}

static void a_duplicate_of_a_file_shares_its_position(void **state)
{
    (void)state;
    int file = temporary_file();
    int copy = keep(dup(file));
    assert_call(write(file, "abc", 3), 3);
    assert_call(lseek(copy, 0, SEEK_CUR), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_duplicate_is_the_same_socket),
        claim(duplicates_share_flags_of_the_description),
        claim(duplicates_share_options_and_names),
        claim(a_duplicate_has_its_own_flag_of_exec),
        claim(dup_takes_the_lowest_free_number),
        claim(dup2_takes_the_number_it_is_told),
        claim(dup2_closes_what_was_there),
        claim(dup2_onto_itself_changes_nothing),
        claim(dup2_puts_a_socket_in_the_place_of_a_file),
        claim(dup2_puts_a_file_in_the_place_of_a_socket),
        claim(standard_output_can_be_a_socket),
        claim(dup3_sets_the_flag_of_exec),
        claim(f_dupfd_begins_at_a_number),
        claim(what_is_not_open_cannot_be_duplicated),
        claim(a_duplicate_of_a_file_shares_its_position),
    };
    return cmocka_run_group_tests_name("dup", tests, NULL, NULL);
}
