/* open.c: open(), creat(), access() and unlink(). */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_new_file_is_made_once(void **state)
{
    (void)state;
    const char *path = temporary_path();
    assert_fails(open(path, O_RDWR), ENOENT);
    keep(open(path, O_RDWR | O_CREAT | O_EXCL, 0600));
    assert_fails(open(path, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    keep(open(path, O_RDWR | O_CREAT, 0600));
}

static void o_trunc_empties(void **state)
{
    (void)state;
    const char *path = temporary_path();
    int fd = keep(open(path, O_WRONLY | O_CREAT, 0600));
    assert_call(write(fd, "abc", 3), 3);
    assert_call(lseek(keep(open(path, O_RDWR)), 0, SEEK_END), 3);
    assert_call(lseek(keep(open(path, O_RDWR | O_TRUNC)), 0, SEEK_END), 0);
    assert_call(write(fd, "d", 1), 1);
    assert_call(lseek(keep(creat(path, 0600)), 0, SEEK_END), 0);
}

static void o_append_writes_at_the_end(void **state)
{
    (void)state;
    char buffer[8];
    const char *path = temporary_path();
    int fd = keep(open(path, O_RDWR | O_CREAT | O_APPEND, 0600));
    int other = keep(open(path, O_RDWR));
    assert_call(write(fd, "abc", 3), 3);
    assert_call(lseek(other, 0, SEEK_END), 3);
    assert_call(write(other, "de", 2), 2);
    assert_call(write(fd, "f", 1), 1);
    assert_call(pread(fd, buffer, sizeof buffer, 0), 6);
    assert_memory_equal(buffer, "abcdef", 6);
}

static void flags_of_sockets_do_no_harm(void **state)
{
    (void)state;
    char buffer[4];
    const char *path = temporary_path();
    int fd = keep(open(
        path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | O_SYNC,
        0600));
    assert_call(write(fd, "ab\n", 3), 3);
    assert_call(pread(fd, buffer, sizeof buffer, 0), 3);
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void the_lowest_free_number_is_taken(void **state)
{
    (void)state;
    int fd = closed_descriptor();
    int file = temporary_file();
    assert_int_equal(file, fd);
    int next = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_true(next > file);
    close_kept(file);
    assert_int_equal(keep(socket(AF_INET, SOCK_STREAM, 0)), file);
}

static void a_directory_is_not_written_to(void **state)
{
    (void)state;
    assert_fails(open(".", O_WRONLY), EISDIR);
    assert_fails(open(".", O_RDWR), EISDIR);
    int fd = keep(open(".", O_RDONLY | O_DIRECTORY));
    char byte;
    struct stat status;
    assert_fails(read(fd, &byte, 1), EISDIR);
    assert_call(fstat(fd, &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    const char *path = temporary_path();
    keep(open(path, O_RDWR | O_CREAT, 0600));
    assert_fails(open(path, O_RDONLY | O_DIRECTORY), ENOTDIR);
}

static void unlinking_leaves_what_is_open(void **state)
{
    (void)state;
    char buffer[4];
    const char *path = temporary_path();
    int fd = keep(open(path, O_RDWR | O_CREAT, 0600));
    assert_call(write(fd, "abc", 3), 3);
    assert_call(unlink(path), 0);
    assert_call(pread(fd, buffer, sizeof buffer, 0), 3);
    close_kept(fd);
    assert_fails(open(path, O_RDONLY), ENOENT);
}

static void a_read_only_file_can_be_unlinked(void **state)
{
    (void)state;
    const char *path = temporary_path();
    assert_call(close(open(path, O_RDWR | O_CREAT, 0400)), 0);
    assert_call(unlink(path), 0);
    assert_fails(access(path, F_OK), ENOENT);
}

static void unlink_says_why_not(void **state)
{
    (void)state;
    int (*volatile unlinks)(const char *) = unlink;
    assert_fails(unlink(temporary_path()), ENOENT);
    assert_fails(unlinks(NULL), EFAULT);
    const char *path = temporary_path();
    assert_call(mkdir(path, 0700), 0);
    assert_fails_either(unlink(path), EISDIR, EPERM);
    assert_call(rmdir(path), 0);
}

static void access_tells_what_may_be_done(void **state)
{
    (void)state;
    const char *path = temporary_path();
    assert_fails(access(path, F_OK), ENOENT);
    keep(open(path, O_RDWR | O_CREAT, 0600));
    assert_call(access(path, F_OK), 0);
    assert_call(access(path, R_OK | W_OK), 0);
    assert_fails(access(path, X_OK), EACCES);
    assert_call(access(".", R_OK | X_OK), 0);
    assert_fails(access(path, 64), EINVAL);
}

static void openat_takes_the_current_directory(void **state)
{
    (void)state;
    struct stat status;
    const char *path = temporary_path();
    keep(openat(AT_FDCWD, path, O_RDWR | O_CREAT, 0600));
    assert_call(fstatat(AT_FDCWD, path, &status, 0), 0);
    assert_call(faccessat(AT_FDCWD, path, R_OK, 0), 0);
    assert_call(unlinkat(AT_FDCWD, path, 0), 0);
    assert_fails(openat(closed_descriptor(), path, O_RDONLY), EBADF);
}

static void random_bytes_can_be_read(void **state)
{
    (void)state;
    char one[16] = {0}, other[16] = {0};
    int fd = keep(open("/dev/urandom", O_RDONLY));
    assert_call(read(fd, one, sizeof one), sizeof one);
    assert_call(read(fd, other, sizeof other), sizeof other);
    assert_true(memcmp(one, other, sizeof one) != 0);
}

static void the_working_directory_has_a_name(void **state)
{
    (void)state;
    char buffer[4096], small[1];
    assert_non_null(getcwd(buffer, sizeof buffer));
    assert_non_null(strchr(buffer, '/'));
    assert_null(getcwd(small, sizeof small));
    assert_int_equal(errno, ERANGE);
    errno = 0;
    assert_null(getcwd(NULL, sizeof small));
    assert_int_equal(errno, ERANGE);
    assert_call(chdir(buffer), 0);
    assert_fails(chdir(temporary_path()), ENOENT);
}

static void a_file_is_cut_by_name(void **state)
{
    (void)state;
    const char *path = temporary_path();
    int fd = keep(open(path, O_RDWR | O_CREAT, 0600));
    assert_call(write(fd, "abcdef", 6), 6);
    assert_call(truncate(path, 2), 0);
    assert_call(lseek(fd, 0, SEEK_END), 2);
    assert_fails(truncate(path, -1), EINVAL);
    assert_fails(truncate(temporary_path(), 0), ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_new_file_is_made_once),
        claim(o_trunc_empties),
        claim(o_append_writes_at_the_end),
        claim(flags_of_sockets_do_no_harm),
        claim(the_lowest_free_number_is_taken),
        claim(a_directory_is_not_written_to),
        claim(unlinking_leaves_what_is_open),
        claim(a_read_only_file_can_be_unlinked),
        claim(unlink_says_why_not),
        claim(access_tells_what_may_be_done),
        claim(openat_takes_the_current_directory),
        claim(random_bytes_can_be_read),
        claim(the_working_directory_has_a_name),
        claim(a_file_is_cut_by_name),
    };
    return cmocka_run_group_tests_name("open", tests, NULL, NULL);
}
