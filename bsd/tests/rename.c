/* rename.c: rename(), renameat() and remove(). */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file with these words in it; open. */
static int file_of(const char *path, const char *words)
{
    int fd = keep(open(path, O_RDWR | O_CREAT | O_TRUNC, 0600));
    assert_call(write(fd, words, strlen(words)), strlen(words));
    return fd;
}

static void make_file(const char *path, const char *words)
{
    close_kept(file_of(path, words));
}

static void assert_words_of(int fd, const char *words)
{
    char found[32] = "";
    assert_call(pread(fd, found, sizeof found - 1, 0), strlen(words));
    assert_string_equal(found, words);
}

static void assert_words(const char *path, const char *words)
{
    int fd = keep(open(path, O_RDONLY));
    assert_words_of(fd, words);
    close_kept(fd);
}

static void file_has_the_new_name_only(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    (void)state;
    make_file(from, "words");
    assert_call(rename(from, to), 0);
    assert_fails(access(from, F_OK), ENOENT);
    assert_words(to, "words");
}

static void file_takes_the_place_of_another(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    (void)state;
    make_file(from, "new");
    make_file(to, "older");
    assert_call(rename(from, to), 0);
    assert_fails(access(from, F_OK), ENOENT);
    assert_words(to, "new");
}

static void file_that_is_read_only_is_replaced(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    (void)state;
    make_file(from, "new");
    make_file(to, "old");
    assert_call(chmod(to, 0400), 0);
    assert_call(rename(from, to), 0);
    assert_words(to, "new");
}

static void open_file_goes_on_under_another_name(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    (void)state;
    int fd = file_of(from, "one ");
    assert_call(rename(from, to), 0);
    assert_call(write(fd, "two", 3), 3);
    assert_words(to, "one two");
}

static void file_that_is_open_is_replaced(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    (void)state;
    make_file(from, "new");
    int fd = file_of(to, "old");
    assert_call(rename(from, to), 0);
    assert_words_of(fd, "old");
    assert_words(to, "new");
}

static void streams_do_not_hold_names(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    (void)state;
    FILE *file = fopen(from, "w");
    assert_non_null(file);
    assert_true(fputs("a stream", file) >= 0);
    assert_call(rename(from, to), 0);
    assert_call(fclose(file), 0);
    assert_words(to, "a stream");
}

static void its_own_name_is_nothing_new(void **state)
{
    const char *path = temporary_path();
    (void)state;
    make_file(path, "same");
    assert_call(rename(path, path), 0);
    assert_words(path, "same");
}

static void directory_takes_the_place_of_an_empty_one(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    char inside[128];
    (void)state;
    assert_call(mkdir(from, 0700), 0);
    assert_call(mkdir(to, 0700), 0);
    snprintf(inside, sizeof inside, "%s/file", from);
    make_file(inside, "inside");
    assert_call(rename(from, to), 0);
    assert_fails(access(from, F_OK), ENOENT);
    snprintf(inside, sizeof inside, "%s/file", to);
    assert_words(inside, "inside");
    assert_call(remove(inside), 0);
    assert_call(remove(to), 0);
}

static void directory_with_files_is_not_replaced(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    char inside[128];
    (void)state;
    assert_call(mkdir(from, 0700), 0);
    assert_call(mkdir(to, 0700), 0);
    snprintf(inside, sizeof inside, "%s/file", to);
    make_file(inside, "inside");
    assert_fails_either(rename(from, to), ENOTEMPTY, EEXIST);
    assert_fails_either(remove(to), ENOTEMPTY, EEXIST);
    assert_call(remove(inside), 0);
    assert_call(remove(to), 0);
    assert_call(remove(from), 0);
}

static void directories_and_files_do_not_replace_each_other(void **state)
{
    const char *directory = temporary_path();
    const char *file = temporary_path();
    (void)state;
    assert_call(mkdir(directory, 0700), 0);
    make_file(file, "file");
    assert_fails(rename(file, directory), EISDIR);
    assert_fails(rename(directory, file), ENOTDIR);
    assert_words(file, "file");
    assert_call(rmdir(directory), 0);
}

static void directory_does_not_go_below_itself(void **state)
{
    const char *directory = temporary_path();
    char below[128];
    (void)state;
    assert_call(mkdir(directory, 0700), 0);
    snprintf(below, sizeof below, "%s/below", directory);
    assert_fails(rename(directory, below), EINVAL);
    assert_call(rmdir(directory), 0);
}

static void rename_says_why_not(void **state)
{
    const char *path = temporary_path();
    const char *other = temporary_path();
    int (*volatile renames)(const char *, const char *) = rename;
    (void)state;
    assert_fails(rename(path, other), ENOENT);
    assert_fails(rename("", other), ENOENT);
    make_file(path, "words");
    assert_fails(rename(path, ""), ENOENT);
    assert_fails(renames(NULL, other), EFAULT);
    assert_fails(renames(path, NULL), EFAULT);
    assert_fails(rename(path, "no-such-directory/file"), ENOENT);
    assert_words(path, "words");
}

static void renameat_takes_the_working_directory(void **state)
{
    const char *from = temporary_path();
    const char *to = temporary_path();
    (void)state;
    make_file(from, "words");
    assert_call(renameat(AT_FDCWD, from, AT_FDCWD, to), 0);
    assert_words(to, "words");
    assert_fails(renameat(closed_descriptor(), to, AT_FDCWD, from), EBADF);
}

static void remove_takes_files_and_directories(void **state)
{
    const char *path = temporary_path();
    (void)state;
    make_file(path, "words");
    errno = 0;
    assert_call(remove(path), 0);
    assert_fails(remove(path), ENOENT);
    assert_call(mkdir(path, 0700), 0);
    assert_call(remove(path), 0);
    assert_fails(access(path, F_OK), ENOENT);
}

static void removed_file_is_open_still(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int fd = file_of(path, "words");
    assert_call(remove(path), 0);
    assert_words_of(fd, "words");
    close_kept(fd);
    assert_fails(open(path, O_RDONLY), ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(file_has_the_new_name_only),
        claim(file_takes_the_place_of_another),
        claim(file_that_is_read_only_is_replaced),
        claim(open_file_goes_on_under_another_name),
        claim(file_that_is_open_is_replaced),
        claim(streams_do_not_hold_names),
        claim(its_own_name_is_nothing_new),
        claim(directory_takes_the_place_of_an_empty_one),
        claim(directory_with_files_is_not_replaced),
        claim(directories_and_files_do_not_replace_each_other),
        claim(directory_does_not_go_below_itself),
        claim(rename_says_why_not),
        claim(renameat_takes_the_working_directory),
        claim(remove_takes_files_and_directories),
        claim(removed_file_is_open_still),
    };
    return cmocka_run_group_tests_name("rename", tests, NULL, NULL);
}
