/* stdio_file.c: streams of files, which sockets have left as they are. */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *fresh(const char **path)
{
    *path = temporary_path();
    FILE *file = fopen(*path, "w+");
    assert_non_null(file);
    return file;
}

static void a_line_ends_as_it_was_written(void **state)
{
    (void)state;
    const char *path;
    FILE *file = fresh(&path);
    assert_int_equal(fprintf(file, "one\ntwo\r\n%c", 26), 10);
    assert_int_equal(ftell(file), 10);
    assert_int_equal(fclose(file), 0);
    struct stat status;
    assert_call(stat(path, &status), 0);
    assert_int_equal(status.st_size, 10);
    char text[16];
    file = fopen(path, "r");
    assert_int_equal(fread(text, 1, sizeof text, file), 10);
    assert_memory_equal(text, "one\ntwo\r\n\x1a", 10);
    assert_true(feof(file));
    assert_int_equal(fclose(file), 0);
}

static void places_are_told_and_found(void **state)
{
    (void)state;
    const char *path;
    FILE *file = fresh(&path);
    fputs("0123456789", file);
    assert_int_equal(fseek(file, 3, SEEK_SET), 0);
    assert_int_equal(getc(file), '3');
    assert_true(ftello(file) == 4);
    assert_int_equal(fseeko(file, -2, SEEK_END), 0);
    assert_int_equal(getc(file), '8');
    fpos_t place;
    assert_int_equal(fgetpos(file, &place), 0);
    rewind(file);
    assert_int_equal(getc(file), '0');
    assert_int_equal(fsetpos(file, &place), 0);
    assert_int_equal(getc(file), '9');
    assert_int_equal(getc(file), EOF);
    assert_int_equal(fclose(file), 0);
}

static void places_beyond_four_gigabytes(void **state)
{
    (void)state;
    const char *path;
    FILE *file = fresh(&path);
    off_t far = (off_t)5 << 30;
    assert_int_equal(sizeof(off_t), 8);
    assert_int_equal(fseeko(file, far, SEEK_SET), 0);
    assert_true(ftello(file) == far);
    assert_int_equal(fclose(file), 0);
}

static void lines_are_read_whole(void **state)
{
    (void)state;
    const char *path;
    FILE *file = fresh(&path);
    fputs("short\nlonger line\nlast", file);
    rewind(file);
    char *line = NULL;
    size_t size = 0;
    assert_int_equal(getline(&line, &size, file), 6);
    assert_string_equal(line, "short\n");
    assert_int_equal(getline(&line, &size, file), 12);
    assert_int_equal(getline(&line, &size, file), 4);
    assert_int_equal(getline(&line, &size, file), -1);
    assert_true(feof(file));
    free(line);
    assert_int_equal(fclose(file), 0);
}

static void formats_are_read_and_written(void **state)
{
    (void)state;
    const char *path;
    FILE *file = fresh(&path);
    fprintf(file, "%zu %lld %.2f %s", (size_t)7, -5000000000LL, 1.5, "word");
    rewind(file);
    size_t count = 0;
    long long large = 0;
    double real = 0;
    char word[8] = "";
    assert_int_equal(
        fscanf(file, "%zu %lld %lf %7s", &count, &large, &real, word), 4);
    assert_int_equal(count, 7);
    assert_true(large == -5000000000LL);
    assert_true(real == 1.5);
    assert_string_equal(word, "word");
    assert_int_equal(fclose(file), 0);
}

static void a_stream_over_open(void **state)
{
    (void)state;
    int fd = temporary_file();
    FILE *file = fdopen(dup(fd), "r+");
    assert_non_null(file);
    fputs("through the stream", file);
    assert_int_equal(fclose(file), 0);
    char text[32];
    assert_call(lseek(fd, 0, SEEK_SET), 0);
    assert_call(read(fd, text, sizeof text), 18);
}

static void freopen_goes_on_with_another_file(void **state)
{
    (void)state;
    const char *path;
    FILE *file = fresh(&path);
    const char *other = temporary_path();
    fputs("first", file);
    assert_ptr_equal(freopen(other, "we", file), file);
    fputs("second", file);
    assert_ptr_equal(freopen(path, "r", file), file);
    char text[16];
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "first");
    assert_ptr_equal(freopen(other, "r", file), file);
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "second");
    assert_int_equal(fclose(file), 0);
}

static void a_missing_file_is_enoent(void **state)
{
    (void)state;
    errno = 0;
    assert_null(fopen(temporary_path(), "r"));
    assert_int_equal(errno, ENOENT);
    errno = 0;
    assert_null(fopen(temporary_path(), "?"));
    assert_int_equal(errno, EINVAL);
}

static void letters_of_the_mode(void **state)
{
    (void)state;
    const char *path = temporary_path();
    FILE *file = fopen(path, "wxe");
    assert_non_null(file);
    assert_call(fcntl(fileno(file), F_GETFD), FD_CLOEXEC);
    fputs("one", file);
    assert_int_equal(fclose(file), 0);
    errno = 0;
    assert_null(fopen(path, "wx"));
    assert_int_equal(errno, EEXIST);
    file = fopen(path, "ab");
    assert_int_equal(fputs("two", file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
    char text[16];
    file = fopen(path, "rb");
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "onetwo");
    assert_int_equal(fclose(file), 0);
}

/* A program that is watched through a pipe says so to be heard at once. */
static void line_buffering_holds_for_files_too(void **state)
{
    (void)state;
    int fd = temporary_file();
    FILE *file = fdopen(dup(fd), "w");
    char text[32];
    assert_int_equal(setvbuf(file, NULL, _IOLBF, 0), 0);
    fputs("whole\nbegun", file);
    assert_call(lseek(fd, 0, SEEK_END), 6);
    assert_int_equal(fclose(file), 0);
    assert_call(lseek(fd, 0, SEEK_SET), 0);
    assert_call(read(fd, text, sizeof text), 11);
    assert_memory_equal(text, "whole\nbegun", 11);
}

static void nothing_is_read_from_the_null_device(void **state)
{
    (void)state;
    FILE *file = fopen("/dev/null", "r+");
    assert_non_null(file);
    assert_int_equal(getc(file), EOF);
    assert_true(feof(file));
    assert_int_equal(fclose(file), 0);
}

static void a_stream_into_memory_grows(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    assert_int_equal(fprintf(file, "%s %d", "number", 1), 8);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(size, 8);
    assert_string_equal(text, "number 1");
    for (int i = 0; i < 2000; i++)
        fputs(" and more", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(size, 8 + 2000 * 9);
    assert_int_equal(strlen(text), size);
    free(text);
}

static void text_in_memory_is_written_at_any_place(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    assert_int_equal(ftell(file), 0);
    fputs("written", file);
    assert_int_equal(ftell(file), 7);
    assert_int_equal(fseek(file, 9, SEEK_SET), 0);
    fputs("after", file);
    assert_int_equal(ftello(file), 14);
    assert_int_equal(fseek(file, -5, SEEK_CUR), 0);
    fputs("A", file);
    assert_int_equal(fseeko(file, 14, SEEK_SET), 0);
    errno = 0;
    assert_int_equal(fseek(file, -1, SEEK_SET), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(size, 14);
    assert_memory_equal(text, "written\0\0After", 15);
    free(text);
}

static void a_temporary_file_can_be_read_again(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    fputs("again", file);
    rewind(file);
    char text[8];
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "again");
    assert_int_equal(fclose(file), 0);
}

static void a_closed_stream_frees_its_number(void **state)
{
    (void)state;
    const char *path;
    FILE *file = fresh(&path);
    int fd = fileno(file);
    assert_int_equal(fclose(file), 0);
    assert_fails(close(fd), EBADF);
}

static void a_stream_to_read_cannot_be_written(void **state)
{
    (void)state;
    const char *path;
    assert_int_equal(fclose(fresh(&path)), 0);
    FILE *file = fopen(path, "r");
    errno = 0;
    assert_int_equal(fputc('x', file), EOF);
    assert_int_equal(errno, EBADF);
    assert_true(ferror(file));
    clearerr(file);
    assert_false(ferror(file));
    assert_int_equal(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_line_ends_as_it_was_written),
        claim(places_are_told_and_found),
        claim(places_beyond_four_gigabytes),
        claim(lines_are_read_whole),
        claim(formats_are_read_and_written),
        claim(a_stream_over_open),
        claim(freopen_goes_on_with_another_file),
        claim(a_missing_file_is_enoent),
        claim(letters_of_the_mode),
        claim(line_buffering_holds_for_files_too),
        claim(nothing_is_read_from_the_null_device),
        claim(a_stream_into_memory_grows),
        claim(text_in_memory_is_written_at_any_place),
        claim(a_temporary_file_can_be_read_again),
        claim(a_closed_stream_frees_its_number),
        claim(a_stream_to_read_cannot_be_written),
    };
    return cmocka_run_group_tests_name("stdio_file", tests, NULL, NULL);
}
