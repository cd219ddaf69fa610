/* fdopen.c: streams of the C library over sockets. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a socket whose number the stream closes. */
static FILE *stream_of(int fd, const char *mode)
{
    FILE *file = fdopen(let_go(fd), mode);
    assert_non_null(file);
    return file;
}

static void send_text(int fd, const char *text)
{
    assert_call(send(fd, text, strlen(text), 0), strlen(text));
}

/* All that comes until the peer ends. */
static void expect_all(int fd, const char *text)
{
    char buffer[256];
    size_t size = 0;
    ssize_t got;
    while ((got = recv(fd, buffer + size, sizeof buffer - 1 - size, 0)) > 0)
        size += (size_t)got;
    assert_call(got, 0);
    buffer[size] = '\0';
    assert_string_equal(buffer, text);
}

static void expect_text(int fd, const char *text)
{
    char buffer[256];
    size_t length = strlen(text);
    assert_call(recv(fd, buffer, length, MSG_WAITALL), length);
    assert_memory_equal(buffer, text, length);
}

/* --- Making ------------------------------------------------------------------- */

static void a_stream_knows_its_number(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "r+");
    assert_int_equal(fileno(file), ends.client);
    assert_int_equal(fclose(file), 0);
}

static void a_closed_number_is_ebadf(void **state)
{
    (void)state;
    int fd = closed_descriptor();
    errno = 0;
    assert_null(fdopen(fd, "r"));
    assert_int_equal(errno, EBADF);
}

static void a_strange_mode_is_einval(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    errno = 0;
    assert_null(fdopen(ends.client, "z"));
    assert_int_equal(errno, EINVAL);
}

static void closing_the_stream_closes_the_socket(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "r+");
    assert_int_equal(fclose(file), 0);
    assert_fails(send(ends.client, "x", 1, 0), EBADF);
    char byte;
    assert_call(recv(ends.server, &byte, 1, 0), 0);
}

/* --- Writing ------------------------------------------------------------------ */

static void closing_sends_what_is_buffered(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    assert_int_equal(fprintf(file, "%s %d\n", "hello", 42), 9);
    assert_true(fputs("bye", file) >= 0);
    assert_int_equal(fclose(file), 0);
    expect_all(ends.server, "hello 42\nbye");
}

static void nothing_goes_before_a_flush(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    char byte;
    assert_int_equal(fputs("first\n", file) >= 0, 1);
    let_others_wait();
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
    assert_int_equal(fflush(file), 0);
    expect_text(ends.server, "first\n");
    fclose(file);
}

static void flushing_all_flushes_sockets_too(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    assert_int_equal(putc('x', file), 'x');
    assert_int_equal(fflush(NULL), 0);
    expect_text(ends.server, "x");
    fclose(file);
}

static void line_buffering_sends_whole_lines(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    assert_int_equal(setvbuf(file, NULL, _IOLBF, 0), 0);
    fputs("one\ntwo", file);
    expect_text(ends.server, "one\n");
    let_others_wait();
    char byte;
    assert_fails(recv(ends.server, &byte, 1, MSG_DONTWAIT), EAGAIN);
    fputs("\n", file);
    expect_text(ends.server, "two\n");
    fclose(file);
}

static void no_buffering_sends_at_once(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    setbuf(file, NULL);
    fputc('a', file);
    expect_text(ends.server, "a");
    fprintf(file, "%d-%d", 1, 2);
    expect_text(ends.server, "1-2");
    fclose(file);
}

static void *read_to_the_end(void *context)
{
    static char block[65536];
    size_t *sum = context;
    int fd = (int)*sum;
    ssize_t size;
    *sum = 0;
    while ((size = recv(fd, block, sizeof block, 0)) > 0)
        *sum += (size_t)size;
    return NULL;
}

static void a_large_block_goes_whole(void **state)
{
    static char block[300001];
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    size_t sum = (size_t)ends.server;
    struct helper *reader = begin(read_to_the_end, &sum);
    assert_int_equal(fputc('.', file), '.');
    assert_int_equal(fwrite(block, 1, sizeof block, file), sizeof block);
    assert_int_equal(fclose(file), 0);
    finish(reader);
    assert_int_equal(sum, sizeof block + 1);
}

static void a_long_text_is_printed_whole(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    size_t sum = (size_t)ends.server;
    struct helper *reader = begin(read_to_the_end, &sum);
    assert_int_equal(fprintf(file, "%100000s|", "end"), 100001);
    assert_int_equal(fclose(file), 0);
    finish(reader);
    assert_int_equal(sum, 100001);
}

static void a_stream_to_read_cannot_be_written(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "r");
    errno = 0;
    assert_int_equal(fputc('x', file), EOF);
    assert_int_equal(errno, EBADF);
    assert_true(ferror(file));
    fclose(file);
}

static void a_broken_connection_is_an_error(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    signal(SIGPIPE, SIG_IGN);
    FILE *file = stream_of(ends.client, "w");
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_true(fputs("lost", file) >= 0);
    assert_false(ferror(file));
    errno = 0;
    assert_int_equal(fflush(file), EOF);
    assert_int_equal(errno, EPIPE);
    assert_true(ferror(file));
    clearerr(file);
    assert_false(ferror(file));
    fclose(file);
    signal(SIGPIPE, SIG_DFL);
}

/* --- Reading ------------------------------------------------------------------ */

static void lines_are_read_one_by_one(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    char line[32];
    send_text(ends.client, "GET / HTTP/1.0\r\nHost: x\r\n\r\nrest");
    close_kept(ends.client);
    assert_string_equal(fgets(line, sizeof line, file), "GET / HTTP/1.0\r\n");
    assert_string_equal(fgets(line, sizeof line, file), "Host: x\r\n");
    assert_string_equal(fgets(line, sizeof line, file), "\r\n");
    assert_string_equal(fgets(line, sizeof line, file), "rest");
    assert_true(feof(file));
    assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

static void a_short_buffer_gets_a_part_of_a_line(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    char part[4];
    send_text(ends.client, "abcdef\n");
    assert_string_equal(fgets(part, sizeof part, file), "abc");
    assert_string_equal(fgets(part, sizeof part, file), "def");
    assert_string_equal(fgets(part, sizeof part, file), "\n");
    fclose(file);
}

static void a_line_does_not_wait_for_more(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    char line[32];
    send_text(ends.client, "only\n");
    assert_string_equal(fgets(line, sizeof line, file), "only\n");
    fclose(file);
}

static void getc_and_ungetc(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    send_text(ends.client, "ab");
    close_kept(ends.client);
    assert_int_equal(getc(file), 'a');
    assert_int_equal(ungetc('A', file), 'A');
    assert_int_equal(fgetc(file), 'A');
    assert_int_equal(getc(file), 'b');
    assert_int_equal(getc(file), EOF);
    assert_true(feof(file));
    assert_int_equal(ungetc('z', file), 'z');
    assert_false(feof(file));
    assert_int_equal(getc(file), 'z');
    assert_int_equal(ungetc(EOF, file), EOF);
    fclose(file);
}

static void fread_reads_until_the_end(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    char block[64];
    send_text(ends.client, "0123456789");
    close_kept(ends.client);
    assert_int_equal(fread(block, 4, 2, file), 2);
    assert_memory_equal(block, "01234567", 8);
    assert_int_equal(fread(block, 4, 2, file), 0);
    assert_true(feof(file));
    assert_false(ferror(file));
    fclose(file);
}

static void getline_takes_lines_of_any_length(void **state)
{
    static char block[5000];
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    memset(block, 'x', sizeof block);
    block[sizeof block - 1] = '\n';
    assert_call(send(ends.client, block, sizeof block, 0), sizeof block);
    send_text(ends.client, "short\nlast");
    close_kept(ends.client);
    char *line = NULL;
    size_t size = 0;
    assert_int_equal(getline(&line, &size, file), sizeof block);
    assert_true(size > sizeof block);
    assert_int_equal(getline(&line, &size, file), 6);
    assert_string_equal(line, "short\n");
    assert_int_equal(getline(&line, &size, file), 4);
    assert_string_equal(line, "last");
    assert_int_equal(getline(&line, &size, file), -1);
    free(line);
    fclose(file);
}

static void getdelim_ends_where_it_is_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    send_text(ends.client, "key=value;");
    char *part = NULL;
    size_t size = 0;
    assert_int_equal(getdelim(&part, &size, '=', file), 4);
    assert_string_equal(part, "key=");
    assert_int_equal(getdelim(&part, &size, ';', file), 6);
    assert_string_equal(part, "value;");
    free(part);
    fclose(file);
}

static void nothing_there_yet_is_an_error_and_eagain(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    set_nonblocking(ends.server);
    FILE *file = stream_of(ends.server, "r");
    errno = 0;
    assert_int_equal(getc(file), EOF);
    assert_int_equal(errno, EAGAIN);
    assert_true(ferror(file));
    assert_false(feof(file));
    clearerr(file);
    send_text(ends.client, "q");
    wait_readable(ends.server);
    assert_int_equal(getc(file), 'q');
    fclose(file);
}

static void the_end_stays_until_it_is_cleared(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    close_kept(ends.client);
    assert_int_equal(getc(file), EOF);
    assert_int_equal(getc(file), EOF);
    assert_true(feof(file));
    clearerr(file);
    assert_false(feof(file));
    fclose(file);
}

static void no_buffering_leaves_the_rest_in_the_socket(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    setvbuf(file, NULL, _IONBF, 0);
    send_text(ends.client, "one\ntwo");
    char line[16];
    assert_string_equal(fgets(line, sizeof line, file), "one\n");
    expect_text(ends.server, "two");
    fclose(file);
}

/* --- Formats -------------------------------------------------------------------- */

static void fscanf_reads_words_and_numbers(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    char word[16];
    int number;
    unsigned hex;
    double real;
    long long large;
    send_text(ends.client, "PORT 6010 0xff 2.5e1 -5000000000\nnext");
    assert_int_equal(
        fscanf(file, "%15s %d %x %lf %lld", word, &number, &hex, &real, &large),
        5);
    assert_string_equal(word, "PORT");
    assert_int_equal(number, 6010);
    assert_int_equal(hex, 255);
    assert_true(real == 25.0);
    assert_true(large == -5000000000LL);
    assert_int_equal(getc(file), '\n');
    fclose(file);
}

static void fscanf_takes_sets_and_characters(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    char key[16], value[16], end[2];
    int count = -1;
    send_text(ends.client, "name=[a value]!!");
    assert_int_equal(
        fscanf(file, "%15[a-z]=[%15[^]]]%2c%n", key, value, end, &count), 3);
    assert_string_equal(key, "name");
    assert_string_equal(value, "a value");
    assert_memory_equal(end, "!!", 2);
    assert_int_equal(count, 16);
    fclose(file);
}

static void fscanf_stops_where_it_does_not_fit(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    int first = 0, second = 0;
    send_text(ends.client, "12,x");
    close_kept(ends.client);
    assert_int_equal(fscanf(file, "%d,%d", &first, &second), 1);
    assert_int_equal(first, 12);
    assert_int_equal(getc(file), 'x');
    assert_int_equal(fscanf(file, "%d", &first), EOF);
    fclose(file);
}

static void fscanf_skips_and_allocates(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.server, "r");
    char *word = NULL;
    short small = 0;
    send_text(ends.client, "skipped allocated 123456 ");
    assert_int_equal(fscanf(file, "%*s %ms %3hd", &word, &small), 2);
    assert_string_equal(word, "allocated");
    assert_int_equal(small, 123);
    free(word);
    fclose(file);
}

/* --- Both ways ------------------------------------------------------------------ */

static void *greet(void *context)
{
    FILE *file = fdopen(*(int *)context, "r+");
    char name[32];
    fputs("name?\n", file);
    fflush(file);
    assert_non_null(fgets(name, sizeof name, file));
    name[strcspn(name, "\n")] = '\0';
    fprintf(file, "hello, %s\n", name);
    fclose(file);
    return NULL;
}

static void one_stream_reads_and_writes_in_turn(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int server = let_go(ends.server);
    struct helper *helper = begin(greet, &server);
    FILE *file = stream_of(ends.client, "r+");
    char line[32];
    assert_string_equal(fgets(line, sizeof line, file), "name?\n");
    fputs("world\n", file);
    assert_int_equal(fflush(file), 0);
    assert_string_equal(fgets(line, sizeof line, file), "hello, world\n");
    assert_null(fgets(line, sizeof line, file));
    finish(helper);
    fclose(file);
}

static void reading_sends_what_was_written_before(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int server = let_go(ends.server);
    struct helper *helper = begin(greet, &server);
    FILE *file = stream_of(ends.client, "r+");
    char line[32];
    assert_string_equal(fgets(line, sizeof line, file), "name?\n");
    fputs("you\n", file);
    assert_string_equal(fgets(line, sizeof line, file), "hello, you\n");
    finish(helper);
    fclose(file);
}

static void two_streams_in_and_out_of_one_socket(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *in = stream_of(keep(dup(ends.client)), "r");
    FILE *out = stream_of(ends.client, "w");
    send_text(ends.server, "ping\n");
    char line[16];
    assert_string_equal(fgets(line, sizeof line, in), "ping\n");
    fputs("pong\n", out);
    assert_int_equal(fclose(out), 0);
    expect_text(ends.server, "pong\n");
    send_text(ends.server, "more\n");
    assert_string_equal(fgets(line, sizeof line, in), "more\n");
    assert_int_equal(fclose(in), 0);
    char byte;
    assert_call(recv(ends.server, &byte, 1, 0), 0);
}

static void a_socket_has_no_places(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "r+");
    assert_fails(fseek(file, 0, SEEK_SET), ESPIPE);
    assert_fails(ftell(file), ESPIPE);
    fclose(file);
}

static void a_stream_may_be_locked_twice(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *file = stream_of(ends.client, "w");
    flockfile(file);
    flockfile(file);
    fputs("in", file);
    putc_unlocked('!', file);
    funlockfile(file);
    funlockfile(file);
    fclose(file);
    expect_all(ends.server, "in!");
}

static void *write_lines(void *context)
{
    FILE *file = context;
    for (int i = 0; i < 500; i++)
        fprintf(file, "%s\n", "the whole of one line");
    return NULL;
}

static void lines_of_two_threads_do_not_mix(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    FILE *out = stream_of(ends.client, "w");
    FILE *in = stream_of(ends.server, "r");
    struct helper *first = begin(write_lines, out);
    struct helper *second = begin(write_lines, out);
    char line[64];
    for (int i = 0; i < 500; i++) {
        assert_non_null(fgets(line, sizeof line, in));
        assert_string_equal(line, "the whole of one line\n");
    }
    finish(first);
    finish(second);
    assert_int_equal(fclose(out), 0);
    for (int i = 0; i < 500; i++) {
        assert_non_null(fgets(line, sizeof line, in));
        assert_string_equal(line, "the whole of one line\n");
    }
    assert_null(fgets(line, sizeof line, in));
    assert_int_equal(fclose(in), 0);
}

static void many_streams_are_open_at_once(void **state)
{
    (void)state;
    FILE *files[100];
    int peers[COUNT_OF(files)];
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct ends ends = stream(AF_INET);
        files[i] = stream_of(ends.client, "w");
        peers[i] = ends.server;
        fprintf(files[i], "%zu", i % 10);
    }
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        assert_int_equal(fclose(files[i]), 0);
        char digit;
        assert_call(recv(peers[i], &digit, 1, 0), 1);
        assert_int_equal(digit, '0' + i % 10);
        close_kept(peers[i]);
    }
}

static void a_pipe_is_a_stream_too(void **state)
{
    (void)state;
    int ends[2];
    assert_call(pipe(ends), 0);
    FILE *in = fdopen(ends[0], "r");
    FILE *out = fdopen(ends[1], "w");
    assert_non_null(in);
    assert_non_null(out);
    assert_true(fprintf(out, "%d\n", 7) > 0);
    assert_int_equal(fclose(out), 0);
    int number = 0;
    assert_int_equal(fscanf(in, "%d", &number), 1);
    assert_int_equal(number, 7);
    assert_int_equal(fclose(in), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_stream_knows_its_number),
        claim(a_closed_number_is_ebadf),
        claim(a_strange_mode_is_einval),
        claim(closing_the_stream_closes_the_socket),
        claim(closing_sends_what_is_buffered),
        claim(nothing_goes_before_a_flush),
        claim(flushing_all_flushes_sockets_too),
        claim(line_buffering_sends_whole_lines),
        claim(no_buffering_sends_at_once),
        claim(a_large_block_goes_whole),
        claim(a_long_text_is_printed_whole),
        claim(a_stream_to_read_cannot_be_written),
        claim(a_broken_connection_is_an_error),
        claim(lines_are_read_one_by_one),
        claim(a_short_buffer_gets_a_part_of_a_line),
        claim(a_line_does_not_wait_for_more),
        claim(getc_and_ungetc),
        claim(fread_reads_until_the_end),
        claim(getline_takes_lines_of_any_length),
        claim(getdelim_ends_where_it_is_told),
        claim(nothing_there_yet_is_an_error_and_eagain),
        claim(the_end_stays_until_it_is_cleared),
        claim(no_buffering_leaves_the_rest_in_the_socket),
        claim(fscanf_reads_words_and_numbers),
        claim(fscanf_takes_sets_and_characters),
        claim(fscanf_stops_where_it_does_not_fit),
        claim(fscanf_skips_and_allocates),
        claim(one_stream_reads_and_writes_in_turn),
        claim(reading_sends_what_was_written_before),
        claim(two_streams_in_and_out_of_one_socket),
        claim(a_socket_has_no_places),
        claim(a_stream_may_be_locked_twice),
        claim(lines_of_two_threads_do_not_mix),
        claim(many_streams_are_open_at_once),
        claim(a_pipe_is_a_stream_too),
    };
    return cmocka_run_group_tests_name("fdopen", tests, NULL, NULL);
}
