/* stdio_socket.c: stdin and stdout, and streams of files, when dup2() has put a
 * socket behind their numbers. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int kept_number;
static int kept_copy;

/* Puts `fd` behind `number` until put_back(). */
static void redirect(int number, int fd)
{
    fflush(NULL);
    kept_number = number;
    kept_copy = dup(number);
    assert_true(kept_copy >= 0);
    assert_call(dup2(fd, number), number);
}

static void put_back(void)
{
    fflush(NULL);
    assert_call(dup2(kept_copy, kept_number), kept_number);
    assert_call(close(kept_copy), 0);
}

static void expect_text(int fd, const char *text)
{
    char buffer[256];
    size_t length = strlen(text);
    assert_call(recv(fd, buffer, length, MSG_WAITALL), length);
    buffer[length] = '\0';
    assert_string_equal(buffer, text);
}

static void expect_nothing(int fd)
{
    char byte;
    let_others_wait();
    assert_fails(recv(fd, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static void send_text(int fd, const char *text)
{
    assert_call(send(fd, text, strlen(text), 0), strlen(text));
}

static void printf_goes_to_the_socket(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    redirect(STDOUT_FILENO, ends.client);
    int printed = printf("%s %d|", "number", 1);
    int put = puts("line");
    int character = putchar('x');
    int text = fputs("text", stdout);
    size_t written = fwrite("block", 1, 5, stdout);
    int flushed = fflush(stdout);
    put_back();
    assert_int_equal(printed, 9);
    assert_true(put >= 0);
    assert_int_equal(character, 'x');
    assert_true(text >= 0);
    assert_int_equal(written, 5);
    assert_int_equal(flushed, 0);
    expect_text(ends.server, "number 1|line\nxtextblock");
}

static void printf_of_a_constant_goes_there_too(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    redirect(STDOUT_FILENO, ends.client);
    printf("hello\n");
    printf("%c", 'c');
    printf("%s\n", "line");
    fprintf(stdout, "plain");
    fprintf(stdout, "%s", "text");
    put_back();
    expect_text(ends.server, "hello\ncline\nplaintext");
}

static void stdout_is_whole_again_afterwards(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int file = temporary_file();
    redirect(STDOUT_FILENO, ends.client);
    printf("to the socket");
    put_back();
    redirect(STDOUT_FILENO, file);
    printf("to the %s", "file");
    put_back();
    expect_text(ends.server, "to the socket");
    expect_nothing(ends.server);
    char text[32];
    assert_call(lseek(file, 0, SEEK_SET), 0);
    assert_call(read(file, text, sizeof text), 11);
    assert_memory_equal(text, "to the file", 11);
}

static void stdin_reads_from_the_socket(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    char line[32] = "";
    int number = 0;
    send_text(ends.client, "first line\n42 x");
    close_kept(ends.client);
    redirect(STDIN_FILENO, ends.server);
    char *got = fgets(line, sizeof line, stdin);
    int scanned = scanf("%d", &number);
    int space = getchar();
    int back = ungetc(getc(stdin), stdin);
    int letter = fgetc(stdin);
    int end = getchar();
    int ended = feof(stdin);
    clearerr(stdin);
    put_back();
    assert_ptr_equal(got, line);
    assert_string_equal(line, "first line\n");
    assert_int_equal(scanned, 1);
    assert_int_equal(number, 42);
    assert_int_equal(space, ' ');
    assert_int_equal(back, 'x');
    assert_int_equal(letter, 'x');
    assert_int_equal(end, EOF);
    assert_true(ended);
}

static void stderr_is_not_buffered(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int kept = keep(dup(STDERR_FILENO));
    assert_call(dup2(ends.client, STDERR_FILENO), STDERR_FILENO);
    fprintf(stderr, "at %s", "once");
    expect_text(ends.server, "at once");
    perror("perror");
    assert_call(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    char text[8];
    assert_call(recv(ends.server, text, 7, MSG_WAITALL), 7);
    assert_memory_equal(text, "perror:", 7);
}

static void the_modes_of_buffering(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = fdopen(dup(ends.client), "w");
    assert_non_null(file);
    assert_int_equal(setvbuf(file, NULL, _IOFBF, 0), 0);
    fputs("full\n", file);
    expect_nothing(ends.server);
    assert_int_equal(fflush(file), 0);
    expect_text(ends.server, "full\n");
    setlinebuf(file);
    fputs("line\nrest", file);
    expect_text(ends.server, "line\n");
    expect_nothing(ends.server);
    assert_int_equal(fclose(file), 0);
    expect_text(ends.server, "rest");
}

/* That of a file: what was a file's is a socket's now. */
static void a_stream_follows_its_number(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    const char *path = temporary_path();
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("file", file);
    assert_int_equal(fflush(file), 0);
    assert_call(dup2(ends.client, fileno(file)), fileno(file));
    fputs("socket", file);
    assert_int_equal(fflush(file), 0);
    expect_text(ends.server, "socket");
    assert_int_equal(fclose(file), 0);
    close_kept(ends.client);
    char byte;
    assert_call(recv(ends.server, &byte, 1, 0), 0);
    file = fopen(path, "r");
    char text[16];
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "file");
    assert_int_equal(fclose(file), 0);
}

static void what_was_not_flushed_goes_along(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = fopen(temporary_path(), "w");
    fputs("kept, ", file);
    assert_call(dup2(ends.client, fileno(file)), fileno(file));
    fputs("added", file);
    assert_int_equal(fclose(file), 0);
    expect_text(ends.server, "kept, added");
}

static void what_was_not_read_is_read_first(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    const char *path = temporary_path();
    FILE *file = fopen(path, "w");
    fputs("one\ntwo\n", file);
    assert_int_equal(fclose(file), 0);
    file = fopen(path, "r");
    char line[16];
    assert_non_null(fgets(line, sizeof line, file));
    assert_call(dup2(ends.client, fileno(file)), fileno(file));
    send_text(ends.server, "three\n");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "two\n");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "three\n");
    assert_int_equal(fclose(file), 0);
}

static void a_stream_of_a_socket_follows_its_number_to_a_file(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = fdopen(let_go(ends.client), "w");
    int other = temporary_file();
    assert_call(dup2(other, fileno(file)), fileno(file));
    fprintf(file, "%s", "written");
    assert_int_equal(fclose(file), 0);
    char text[16];
    assert_call(lseek(other, 0, SEEK_SET), 0);
    assert_call(read(other, text, sizeof text), 7);
    assert_memory_equal(text, "written", 7);
}

static void closing_a_stream_frees_its_number(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = fopen(temporary_path(), "w");
    int number = fileno(file);
    assert_call(dup2(ends.client, number), number);
    fputs("x", file);
    assert_int_equal(fclose(file), 0);
    expect_text(ends.server, "x");
    assert_fails(close(number), EBADF);
}

static void freopen_makes_a_file_of_it(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = fdopen(let_go(ends.client), "w");
    fputs("bye", file);
    const char *path = temporary_path();
    assert_ptr_equal(freopen(path, "w", file), file);
    expect_text(ends.server, "bye");
    char byte;
    assert_call(recv(ends.server, &byte, 1, 0), 0);
    fputs("file", file);
    assert_int_equal(fclose(file), 0);
    file = fopen(path, "r");
    char text[16];
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "file");
    assert_int_equal(fclose(file), 0);
}

static void dprintf_writes_to_a_number(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_int_equal(dprintf(ends.client, "%s:%d\r\n", "host", 80), 9);
    expect_text(ends.server, "host:80\r\n");
    assert_fails(dprintf(closed_descriptor(), "x"), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(printf_goes_to_the_socket),
        claim(printf_of_a_constant_goes_there_too),
        claim(stdout_is_whole_again_afterwards),
        claim(stdin_reads_from_the_socket),
        claim(stderr_is_not_buffered),
        claim(the_modes_of_buffering),
        claim(a_stream_follows_its_number),
        claim(what_was_not_flushed_goes_along),
        claim(what_was_not_read_is_read_first),
        claim(a_stream_of_a_socket_follows_its_number_to_a_file),
        claim(closing_a_stream_frees_its_number),
        claim(freopen_makes_a_file_of_it),
        claim(dprintf_writes_to_a_number),
    };
    return cmocka_run_group_tests_name("stdio_socket", tests, NULL, NULL);
}
