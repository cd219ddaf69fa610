/* fstat.c: fstat(), stat(), lstat(), chmod() and mkdir(). */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t format_of(int fd)
{
    struct stat status;
    assert_call(fstat(fd, &status), 0);
    return status.st_mode & S_IFMT;
}

static void sockets_are_sockets(void **state)
{
    (void)state;
    struct stat status;
    struct ends ends = stream(AF_INET);
    assert_call(fstat(ends.client, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
    assert_false(S_ISREG(status.st_mode));
    assert_int_equal(format_of(bound(AF_INET, SOCK_DGRAM)), S_IFSOCK);
}

static void a_file_has_its_size_and_kind(void **state)
{
    (void)state;
    struct stat status;
    int fd = temporary_file();
    assert_call(write(fd, "12345", 5), 5);
    assert_call(fstat(fd, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    assert_int_equal(status.st_size, 5);
    assert_true(status.st_nlink == 1);
    assert_true(status.st_blksize > 0);
    assert_true(status.st_mtime > 1500000000);
}

static void a_file_is_the_same_by_name_and_number(void **state)
{
    (void)state;
    struct stat by_name, by_number, another;
    const char *path = temporary_path();
    int fd = keep(open(path, O_RDWR | O_CREAT, 0600));
    assert_call(fstat(fd, &by_number), 0);
    assert_call(stat(path, &by_name), 0);
    assert_true(by_name.st_ino == by_number.st_ino);
    assert_true(by_name.st_dev == by_number.st_dev);
    assert_call(fstat(temporary_file(), &another), 0);
    assert_true(another.st_ino != by_number.st_ino);
    assert_call(lstat(path, &another), 0);
    assert_true(another.st_ino == by_number.st_ino);
}

static void a_directory_is_one(void **state)
{
    (void)state;
    struct stat status;
    char name[80];
    const char *path = temporary_path();
    assert_call(mkdir(path, 0700), 0);
    assert_call(stat(path, &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    snprintf(name, sizeof name, "%s/", path);
    assert_call(stat(name, &status), 0);
    assert_fails(mkdir(path, 0700), EEXIST);
    assert_call(rmdir(path), 0);
    assert_fails(stat(path, &status), ENOENT);
    assert_fails(rmdir(path), ENOENT);
}

static void the_null_device_is_a_device(void **state)
{
    (void)state;
    char byte;
    int fd = keep(open("/dev/null", O_RDWR));
    assert_int_equal(format_of(fd), S_IFCHR);
    assert_call(isatty(fd), 0);
    assert_call(write(fd, "x", 1), 1);
    assert_call(read(fd, &byte, 1), 0);
}

static void what_is_not_there_is_enoent(void **state)
{
    (void)state;
    struct stat status;
    const char *path = temporary_path();
    assert_fails(stat(path, &status), ENOENT);
    assert_fails(lstat(path, &status), ENOENT);
    assert_fails(stat("", &status), ENOENT);
    assert_fails(chmod(path, 0600), ENOENT);
}

static void no_descriptor_is_ebadf(void **state)
{
    (void)state;
    struct stat status;
    assert_fails(fstat(closed_descriptor(), &status), EBADF);
    assert_fails(fstat(-1, &status), EBADF);
}

static void whether_it_can_be_written_to_can_be_changed(void **state)
{
    (void)state;
    struct stat status;
    const char *path = temporary_path();
    int fd = keep(open(path, O_RDWR | O_CREAT, 0600));
    assert_call(chmod(path, 0400), 0);
    assert_call(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0200, 0);
    assert_call(chmod(path, 0600), 0);
    assert_call(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0200, 0200);
    assert_call(fchmod(fd, 0600), 0);
    assert_fails(fchmod(closed_descriptor(), 0600), EBADF);
}

static void umask_returns_what_was(void **state)
{
    (void)state;
    mode_t before = umask(027);
    assert_int_equal(umask(before), 027);
}

static void success_leaves_errno(void **state)
{
    (void)state;
    struct stat status;
    const char *path = temporary_path();
    int fd = keep(open(path, O_RDWR | O_CREAT, 0600));
    errno = EDOM;
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(errno, EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(sockets_are_sockets),
        claim(a_file_has_its_size_and_kind),
        claim(a_file_is_the_same_by_name_and_number),
        claim(a_directory_is_one),
        claim(the_null_device_is_a_device),
        claim(what_is_not_there_is_enoent),
        claim(no_descriptor_is_ebadf),
        claim(whether_it_can_be_written_to_can_be_changed),
        claim(umask_returns_what_was),
        claim(success_leaves_errno),
    };
    return cmocka_run_group_tests_name("fstat", tests, NULL, NULL);
}
