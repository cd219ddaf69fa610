/* Started with an argument, this program is the child: its exit code is 1 when it
 * finds a file open under that value. */
#include "fixture.h"

#include <psock/native.h>

#include <stdlib.h>
#include <string.h>

static const char *program;

/* --- The files of the tests ------------------------------------------------- */

static char directory[HOST_PATH_SIZE];

static const char *path_of(const char *name)
{
    static char paths[4][2 * HOST_PATH_SIZE];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s%s", directory, name);
    return path;
}

/* Makes a file of bytes that differ by place. */
static const char *made(const char *name, size_t size)
{
    const char *path = path_of(name);
    unsigned char *bytes = malloc(size + 1);
    fill(bytes, size, 0);
    host_file_write(path, 0, bytes, size);
    free(bytes);
    return path;
}

static psock_file opened(const char *path)
{
    psock_file file = psock_file_open(path);
    if (file < 0)
        print_error("%s: %s\n", path, psock_error_name((int)file));
    assert_true(file >= 0);
    return file;
}

static void close_and_remove(psock_file file, const char *path)
{
    assert_result(psock_file_close(file), 0);
    host_file_remove(path);
}

/* Receives `size` bytes, which must be those at `offset` of such a file. */
static void expect_bytes(psock_t s, size_t offset, size_t size)
{
    unsigned char *received = malloc(size + 1);
    unsigned char *expected = malloc(size + 1);
    recv_all(s, received, size);
    fill(expected, size, offset);
    assert_memory_equal(received, expected, size);
    free(received);
    free(expected);
}

static void expect_end(psock_t s)
{
    char byte;
    assert_result(psock_recv(s, &byte, 1, 0, in_time()), 0);
}

/* --- Opening ------------------------------------------------------------------ */

static void size_of_an_open_file_is_told(void **state)
{
    (void)state;
    const char *path = made("size", 1234);
    psock_file file = opened(path);
    assert_true(psock_file_size(file) == 1234);
    host_file_write(path, 1234, "more", 4);
    assert_true(psock_file_size(file) == 1238);
    host_file_cut(path, 0);
    assert_true(psock_file_size(file) == 0);
    close_and_remove(file, path);
}

static void path_may_have_any_letters(void **state)
{
    (void)state;
    const char *path = made("Stra\xc3\x9f"
                            "e \xe6\x96\x87\xe4\xbb\xb6 \xf0\x9f\x93\x84.txt",
                            77);
    psock_file file = opened(path);
    assert_true(psock_file_size(file) == 77);
    close_and_remove(file, path);
}

static void path_that_leads_nowhere_is_no_file(void **state)
{
    char under[HOST_PATH_SIZE + 16];
    (void)state;
    const char *path = made("plain", 1);
    snprintf(under, sizeof under, "%s/under", path);
    assert_true(psock_file_open(path_of("missing")) == PSOCK_ENOENT);
    assert_true(psock_file_open(path_of("no/where")) == PSOCK_ENOENT);
    assert_true(psock_file_open("") == PSOCK_ENOENT);
    assert_either(psock_file_open(under), PSOCK_ENOENT, PSOCK_ENOTDIR);
    assert_true(psock_file_open(NULL) == PSOCK_EFAULT);
    host_file_remove(path);
}

static void path_that_is_too_long_is_no_file(void **state)
{
    enum {
        TOO_LONG = 100000
    };
    (void)state;
    char *path = malloc(TOO_LONG + 1);
    memset(path, 'x', TOO_LONG);
    path[TOO_LONG] = '\0';
    assert_either(psock_file_open(path), PSOCK_ENAMETOOLONG, PSOCK_ENOENT);
    free(path);
}

static void directory_is_told_from_a_file(void **state)
{
    char name[HOST_PATH_SIZE];
    (void)state;
    snprintf(name, sizeof name, "%s", directory);
    assert_true(psock_file_open(name) == PSOCK_EISDIR);
    name[strlen(name) - 1] = '\0';
    assert_true(psock_file_open(name) == PSOCK_EISDIR);
    assert_true(psock_file_open(".") == PSOCK_EISDIR);
}

static void device_is_told_from_a_file(void **state)
{
    (void)state;
    assert_true(psock_file_open(host_device_path()) == PSOCK_EINVAL);
}

/* Names that some systems have for devices, wherever they stand; to others they are
 * names like all. */
static void name_of_a_device_is_that_of_no_file(void **state)
{
    static const char *const names[] = {"CON",  "con.txt", "NUL",    "nul.x",
                                        "AUX",  "PRN",     "COM1",   "LPT1",
                                        "CON ", "CONIN$",  "CONOUT$"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_either(psock_file_open(path_of(names[i])), PSOCK_ENOENT,
                      PSOCK_EINVAL);
}

static void closed_file_is_refused(void **state)
{
    int64_t done = -1;
    (void)state;
    struct stream ends = stream_over(PSOCK_IPV4);
    const char *path = made("closed", 10);
    psock_file file = opened(path);
    assert_result(psock_file_close(file), 0);
    assert_result(psock_file_close(file), PSOCK_EBADF);
    assert_true(psock_file_size(file) == PSOCK_EBADF);
    assert_result(psock_send_file(ends.client, file, 0, 10, in_time(), &done),
                  PSOCK_EBADF);
    assert_int_equal(done, 0);
    assert_result(psock_send_file(ends.client, file, 0, 0, in_time(), NULL),
                  PSOCK_EBADF);
    assert_result(psock_send_file(ends.client, -1, 0, 0, in_time(), NULL),
                  PSOCK_EBADF);
    assert_result(psock_file_close(-1), PSOCK_EBADF);
    host_file_remove(path);
}

static void others_may_take_an_open_file_away(void **state)
{
    (void)state;
    struct stream ends = stream_over(PSOCK_IPV4);
    const char *path = made("taken", 1000);
    psock_file file = opened(path);
    host_file_remove(path);
    assert_result(psock_send_file(ends.client, file, 0, 1000, in_time(), NULL),
                  0);
    expect_bytes(ends.server, 0, 1000);
    assert_result(psock_file_close(file), 0);
}

static void child_inherits_no_file(void **state)
{
    char value[24];
    (void)state;
    const char *path = made("inherited", 4711);
    psock_file file = opened(path);
    snprintf(value, sizeof value, "%lld", (long long)file);
    const char *const arguments[] = {value, NULL};
    assert_int_equal(host_child_end(host_child_start(program, arguments)), 0);
    close_and_remove(file, path);
}

static int be_the_child(const char *value)
{
    int64_t size = psock_file_size((psock_file)strtoll(value, NULL, 10));
    while (getchar() != EOF)
        continue;
    return size == 4711;
}

static void file_for_which_there_is_no_descriptor_is_not_opened(void **state)
{
    (void)state;
    const char *path = made("one more", 1);
    if (!host_forbid_descriptors(1)) {
        host_file_remove(path);
        skip_because("this system has descriptors without end");
    }
    psock_file file = psock_file_open(path);
    host_forbid_descriptors(0);
    assert_true(file == PSOCK_EMFILE);
    host_file_remove(path);
}

/* --- Ranges ------------------------------------------------------------------- */

/* A call in a thread of its own, so that the test can receive. */
struct sending {
    psock_t socket;
    psock_file file;
    int64_t offset;
    int64_t size;
    psock_deadline deadline;
    psock_waker *waker; /* null for nobody */
    int64_t done;
    struct running_call *call;
};

static ptrdiff_t send_it(void *argument)
{
    struct sending *sending = argument;
    (void)psock_cancel_with(sending->waker);
    ptrdiff_t result =
        psock_send_file(sending->socket, sending->file, sending->offset,
                        sending->size, sending->deadline, &sending->done);
    (void)psock_cancel_with(NULL);
    return result;
}

static void begin_sending(struct sending *sending)
{
    sending->done = -1;
    sending->call = begin_call(send_it, sending);
}

static ptrdiff_t end_sending(struct sending *sending, int64_t done)
{
    ptrdiff_t result = end_call(sending->call);
    assert_true(sending->done == done);
    return result;
}

/* Sends a range that is there, and sees it arrive. */
static void send_and_expect(const struct stream *ends, psock_file file,
                            int64_t offset, int64_t size, psock_deadline end)
{
    struct sending sending = {.socket = ends->client,
                              .file = file,
                              .offset = offset,
                              .size = size,
                              .deadline = end};
    begin_sending(&sending);
    expect_bytes(ends->server, (size_t)offset, (size_t)size);
    assert_result(end_sending(&sending, size), 0);
}

static void whole_file_arrives(void **state)
{
    static const size_t sizes[] = {0, 1, 4095, 4096, 16385, 100000, 9 << 20};
    struct stream ends = stream_over(family_of(state));
    for (size_t i = 0; i < COUNT_OF(sizes) * 2; i++) {
        const size_t size = sizes[i / 2];
        const char *path = made("whole", size);
        psock_file file = opened(path);
        send_and_expect(&ends, file, 0, (int64_t)size,
                        i % 2 == 0 ? in_time() : PSOCK_FOREVER);
        close_and_remove(file, path);
    }
}

static void every_range_of_a_file_arrives(void **state)
{
    enum {
        SIZE = 50000
    };
    struct stream ends = stream_over(family_of(state));
    const char *path = made("ranges", SIZE);
    psock_file file = opened(path);
    for (int64_t offset = 0; offset < SIZE; offset += 4093)
        for (int64_t size = 0; size <= SIZE - offset; size += 8191)
            send_and_expect(&ends, file, offset, size, in_time());
    close_and_remove(file, path);
}

static void rest_of_a_file_is_all_that_is_behind_the_offset(void **state)
{
    static const int64_t offsets[] = {0, 1, 9999, 10000, 10001, INT64_MAX};
    struct stream ends = stream_over(family_of(state));
    const char *path = made("rest", 10000);
    psock_file file = opened(path);
    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        const int64_t left = offsets[i] < 10000 ? 10000 - offsets[i] : 0;
        int64_t done = -1;
        assert_result(psock_send_file(ends.client, file, offsets[i],
                                      PSOCK_FILE_REST, in_time(), &done),
                      0);
        assert_true(done == left);
        expect_bytes(ends.server, (size_t)(10000 - left), (size_t)left);
    }
    close_and_remove(file, path);
}

static void size_beyond_the_end_is_told_with_the_count(void **state)
{
    static const struct {
        int64_t offset, size, done;
    } ranges[] = {{0, 10001, 10000},
                  {9000, INT64_MAX - 1, 1000},
                  {10000, 1, 0},
                  {INT64_MAX - 1, 5, 0},
                  {INT64_MAX, INT64_MAX - 1, 0}};
    struct stream ends = stream_over(family_of(state));
    const char *path = made("short", 10000);
    psock_file file = opened(path);
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        int64_t done = -1;
        assert_result(psock_send_file(ends.client, file, ranges[i].offset,
                                      ranges[i].size, in_time(), &done),
                      PSOCK_EEOF);
        assert_true(done == ranges[i].done);
        if (done > 0)
            expect_bytes(ends.server, (size_t)ranges[i].offset, (size_t)done);
    }
    close_and_remove(file, path);
}

static void file_that_grows_is_followed(void **state)
{
    unsigned char bytes[1000];
    int64_t done = 0;
    struct stream ends = stream_over(family_of(state));
    const char *path = made("growing", 0);
    psock_file file = opened(path);
    for (size_t at = 0; at < 10000; at += sizeof bytes) {
        fill(bytes, sizeof bytes, at);
        host_file_write(path, (int64_t)at, bytes, sizeof bytes);
        assert_result(psock_send_file(ends.client, file, (int64_t)at,
                                      PSOCK_FILE_REST, in_time(), &done),
                      0);
        assert_int_equal(done, sizeof bytes);
        expect_bytes(ends.server, at, sizeof bytes);
    }
    close_and_remove(file, path);
}

/* Where a 32-bit number of any kind has come round. */
static void bytes_behind_four_gigabytes_are_sent(void **state)
{
    const int64_t place = (INT64_C(5) << 30) + 100;
    unsigned char bytes[1100] = {0};
    unsigned char received[1100];
    int64_t done;
    struct stream ends = stream_over(family_of(state));
    const char *path = path_of("far");
    fill(bytes + 100, 1000, 7);
    host_file_write(path, place, bytes + 100, 1000);
    psock_file file = opened(path);
    assert_true(psock_file_size(file) == place + 1000);
    assert_result(psock_send_file(ends.client, file, place - 100,
                                  PSOCK_FILE_REST, in_time(), &done),
                  0);
    assert_int_equal(done, 1100);
    recv_all(ends.server, received, 1100);
    assert_memory_equal(received, bytes, 1100);
    close_and_remove(file, path);
}

/* --- Stopping, and going on ----------------------------------------------------- */

enum {
    MUCH = 32 << 20, /* more than the system takes for a silent reader */
    PIECE = 256 << 10
};

/* Takes what is there, which must be what comes next. */
static void receive_some(psock_t s, size_t *received)
{
    static unsigned char piece[PIECE];
    static unsigned char expected[PIECE];
    ptrdiff_t count = psock_recv(s, piece, sizeof piece, 0, PSOCK_NOW);
    if (count == PSOCK_EAGAIN)
        return;
    assert_in_range(count, 1, PIECE);
    fill(expected, (size_t)count, *received);
    assert_memory_equal(piece, expected, (size_t)count);
    *received += (size_t)count;
}

static void file_goes_on_where_it_stopped(void **state)
{
    size_t received = 0;
    int64_t sent = 0;
    unsigned stops = 0;
    struct stream ends = stream_over(family_of(state));
    const char *path = made("stops", MUCH);
    psock_file file = opened(path);
    while (received < MUCH) {
        int64_t done = -1;
        const _Bool may_wait = stops % 8 == 7;
        int result =
            psock_send_file(ends.client, file, sent, MUCH - sent,
                            may_wait ? psock_deadline_ms(1) : PSOCK_NOW, &done);
        if (result != 0)
            assert_result(result, may_wait ? PSOCK_ETIMEDOUT : PSOCK_EAGAIN);
        assert_in_range(done, 0, MUCH - sent);
        sent += done;
        stops += result != 0;
        receive_some(ends.server, &received);
    }
    assert_int_equal(sent, MUCH);
    assert_true(stops > 8);
    close_and_remove(file, path);
}

/* Ends the sending, so that all that comes is what was counted. */
static void expect_just(const struct stream *ends, int64_t done)
{
    assert_in_range(done, 1, MUCH - 1);
    assert_result(psock_shutdown(ends->client, PSOCK_SHUT_WRITE), 0);
    expect_bytes(ends->server, 0, (size_t)done);
    expect_end(ends->server);
}

static void deadline_is_kept_and_the_count_is_exact(void **state)
{
    int64_t done = -1;
    struct stream ends = stream_over(family_of(state));
    const char *path = made("late", MUCH);
    psock_file file = opened(path);
    const int64_t before_ns = clock_ns();
    assert_result(psock_send_file(ends.client, file, 0, MUCH,
                                  psock_deadline_ms(SHORT_MS), &done),
                  PSOCK_ETIMEDOUT);
    const int64_t taken_ns = clock_ns() - before_ns;
    assert_true(taken_ns >= SHORT_NS);
    assert_true(taken_ns < 100 * SHORT_NS);
    expect_just(&ends, done);
    close_and_remove(file, path);
}

static void waker_ends_a_file_and_the_count_is_exact(void **state)
{
    enum {
        ROUNDS = 6
    };
    int family = family_of(state);
    const char *path = made("canceled", MUCH);
    psock_file file = opened(path);
    for (int round = 0; round < ROUNDS; round++) {
        struct sending sending = {
            .socket = -1, .file = file, .size = MUCH, .waker = kept_waker()};
        struct stream ends = stream_over(family);
        sending.socket = ends.client;
        sending.deadline = round % 2 == 0 ? PSOCK_FOREVER : in_time();
        begin_sending(&sending);
        char byte;
        assert_result(psock_recv(ends.server, &byte, 1, PSOCK_PEEK, in_time()),
                      1);
        let_it_wait(sending.call, round * 100);
        assert_result(psock_waker_ring(sending.waker), 0);
        assert_result(end_call(sending.call), PSOCK_ECANCELED);
        expect_just(&ends, sending.done);
    }
    close_and_remove(file, path);
}

/* --- Broken connections ----------------------------------------------------------- */

static _Bool is_of_a_broken_connection(ptrdiff_t result)
{
    return result == PSOCK_ECONNRESET || result == PSOCK_EPIPE ||
           result == PSOCK_ENOTCONN;
}

/* Sends until the system has said all that it has to say of a peer that is gone. */
static int send_to_nobody(int family)
{
    int result = 0;
    struct stream ends = stream_over(family);
    const char *path = made("nobody", 1 << 20);
    psock_file file = opened(path);
    close_kept(ends.server);
    for (int i = 0; i < 100 && result != PSOCK_EPIPE; i++) {
        int64_t done = -1;
        result =
            psock_send_file(ends.client, file, 0, 1 << 20, in_time(), &done);
        assert_in_range(done, 0, 1 << 20);
        if (i > 1)
            assert_true(is_of_a_broken_connection(result));
    }
    close_and_remove(file, path);
    return result;
}

/* A signal would have ended this program. */
static void peer_that_is_gone_is_an_error_and_no_signal(void **state)
{
    assert_true(is_of_a_broken_connection(send_to_nobody(family_of(state))));
}

static void hold_signals(void)
{
    if (!host_hold_pipe_signals())
        skip_because("this system has no signals of broken connections");
}

static void no_signal_waits_where_they_are_held_back(void **state)
{
    int family = family_of(state);
    hold_signals();
    int result = send_to_nobody(family);
    assert_false(host_take_pipe_signal());
    assert_result(result, PSOCK_EPIPE);
}

static void signal_of_somebody_elses_waits_on(void **state)
{
    int family = family_of(state);
    hold_signals();
    host_send_pipe_signal();
    int result = send_to_nobody(family);
    assert_true(host_take_pipe_signal());
    assert_result(result, PSOCK_EPIPE);
}

static void file_after_a_shutdown_is_refused(void **state)
{
    int64_t done = -1;
    struct stream ends = stream_over(family_of(state));
    const char *path = made("shut", 100);
    psock_file file = opened(path);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    assert_result(psock_send_file(ends.client, file, 0, 100, in_time(), &done),
                  PSOCK_EPIPE);
    assert_int_equal(done, 0);
    expect_end(ends.server);
    close_and_remove(file, path);
}

static void shutdown_ends_a_file_that_waits(void **state)
{
    enum {
        ROUNDS = 6
    };
    int family = family_of(state);
    const char *path = made("shut too", MUCH);
    psock_file file = opened(path);
    for (int round = 0; round < ROUNDS; round++) {
        struct sending sending = {.file = file, .size = MUCH};
        struct stream ends = stream_over(family);
        sending.socket = ends.client;
        sending.deadline = round % 2 == 0 ? PSOCK_FOREVER : in_time();
        begin_sending(&sending);
        let_it_wait(sending.call, round * 100);
        assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
        assert_result(end_call(sending.call), PSOCK_EPIPE);
        assert_in_range(sending.done, 0, MUCH - 1);
        close_kept(ends.client);
        close_kept(ends.server);
    }
    close_and_remove(file, path);
}

/* --- What is no stream --------------------------------------------------------------- */

static psock_file file_of_streams_only;

static void check_refused(psock_t s, int error)
{
    int64_t done = -1;
    assert_result(
        psock_send_file(s, file_of_streams_only, 0, 10, PSOCK_NOW, &done),
        error);
    assert_int_equal(done, 0);
}

static void files_go_over_streams_only(void **state)
{
    int family = family_of(state);
    const char *path = made("streams", 10);
    file_of_streams_only = opened(path);
    check_streams_only(family, check_refused);
    close_and_remove(file_of_streams_only, path);
}

static void listener_sends_no_file(void **state)
{
    psock_t listener = listening(family_of(state));
    const char *path = made("listener", 10);
    psock_file file = opened(path);
    ptrdiff_t result = psock_send_file(listener, file, 0, 10, in_time(), NULL);
    close_and_remove(file, path);
    if (result == PSOCK_ECONNRESET)
        skip_because("this system says reset of a stream never connected");
    assert_result(result, PSOCK_ENOTCONN);
}

static void bad_range_sends_nothing(void **state)
{
    int64_t done = -1;
    struct stream ends = stream_over(family_of(state));
    const char *path = made("bad", 10);
    psock_file file = opened(path);
    assert_result(psock_send_file(ends.client, file, -1, 5, in_time(), &done),
                  PSOCK_EINVAL);
    assert_result(psock_send_file(ends.client, file, 0, -5, in_time(), &done),
                  PSOCK_EINVAL);
    assert_int_equal(done, 0);
    assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
    expect_end(ends.server);
    close_and_remove(file, path);
}

static void nothing_of_a_file_needs_a_stream(void **state)
{
    int64_t done = -1;
    struct stream ends = stream_over(family_of(state));
    const char *path = made("nothing", 10);
    psock_file file = opened(path);
    assert_result(psock_send_file(ends.client, file, 3, 0, PSOCK_NOW, &done),
                  0);
    assert_int_equal(done, 0);
    close_kept(ends.client);
    assert_result(psock_send_file(ends.client, file, 3, 0, in_time(), NULL),
                  PSOCK_EBADF);
    close_and_remove(file, path);
}

/* --- Beside others -------------------------------------------------------------------- */

static void two_threads_send_of_one_file_and_of_two(void **state)
{
    enum {
        SIZE = 4 << 20
    };
    struct stream ends[3];
    struct sending sendings[3];
    const char *paths[] = {made("one", SIZE), made("two", SIZE)};
    psock_file files[] = {opened(paths[0]), opened(paths[1])};
    for (int i = 0; i < 3; i++) {
        ends[i] = stream_over(family_of(state));
        sendings[i] = (struct sending){.socket = ends[i].client,
                                       .file = files[i / 2],
                                       .offset = i * 1000,
                                       .size = SIZE - 10000,
                                       .deadline = in_time()};
        begin_sending(&sendings[i]);
    }
    for (int i = 0; i < 3; i++) {
        expect_bytes(ends[i].server, (size_t)i * 1000, SIZE - 10000);
        assert_result(end_sending(&sendings[i], SIZE - 10000), 0);
    }
    close_and_remove(files[0], paths[0]);
    close_and_remove(files[1], paths[1]);
}

/* Without a buffer each character comes from where the file stands. */
static void file_of_stdio_stays_where_it_stands(void **state)
{
    unsigned char expected[2];
    struct stream ends = stream_over(family_of(state));
    const char *path = made("stdio", 100000);
    FILE *stream = host_file_open(path, "rb");
    setvbuf(stream, NULL, _IONBF, 0);
    fill(expected, 2, 1000);
    assert_int_equal(fseek(stream, 1000, SEEK_SET), 0);
    assert_int_equal(fgetc(stream), expected[0]);
    psock_file file = psock_file_from_stdio(stream);
    assert_true(psock_file_size(file) == 100000);
    send_and_expect(&ends, file, 50000, 40000, in_time());
    assert_int_equal(ftell(stream), 1001);
    assert_int_equal(fgetc(stream), expected[1]);
    assert_int_equal(fclose(stream), 0);
    host_file_remove(path);
}

static void what_was_flushed_to_stdio_is_sent(void **state)
{
    struct stream ends = stream_over(family_of(state));
    const char *path = path_of("flushed");
    FILE *stream = host_file_open(path, "wb+");
    assert_true(fputs("hello", stream) >= 0);
    assert_int_equal(fflush(stream), 0);
    assert_result(psock_send_file(ends.client, psock_file_from_stdio(stream), 0,
                                  PSOCK_FILE_REST, in_time(), NULL),
                  0);
    recv_text(ends.server, "hello");
    assert_int_equal(fclose(stream), 0);
    host_file_remove(path);
}

/* Some systems would send of it what it gives, without an end. */
static void device_of_stdio_is_not_sent(void **state)
{
    int64_t done = -1;
    struct stream ends = stream_over(family_of(state));
    FILE *stream = host_file_open(host_device_path(), "rb");
    const psock_file file = psock_file_from_stdio(stream);
    assert_true(psock_file_size(file) == PSOCK_EINVAL);
    assert_result(psock_send_file(ends.client, file, 0, PSOCK_FILE_REST,
                                  in_time(), &done),
                  PSOCK_EINVAL);
    assert_int_equal(done, 0);
    assert_result(psock_send_file(ends.client, file, 0, 1, in_time(), NULL),
                  PSOCK_EINVAL);
    assert_int_equal(fclose(stream), 0);
}

static void stdio_without_a_file_is_told(void **state)
{
    (void)state;
    assert_true(psock_file_from_stdio(NULL) == PSOCK_EFAULT);
    FILE *device = host_file_open(host_device_path(), "rb");
    assert_true(psock_file_size(psock_file_from_stdio(device)) == PSOCK_EINVAL);
    assert_int_equal(fclose(device), 0);
}

/* --- The socket afterwards --------------------------------------------------------------- */

static ptrdiff_t receive_one(void *argument)
{
    char byte;
    return psock_recv(*(psock_t *)argument, &byte, 1, 0, PSOCK_FOREVER);
}

static struct stream after_a_file(int family)
{
    struct stream ends = stream_over(family);
    const char *path = made("before", 1000);
    psock_file file = opened(path);
    send_and_expect(&ends, file, 0, 1000, in_time());
    close_and_remove(file, path);
    return ends;
}

static void socket_waits_as_before_after_a_file(void **state)
{
    char byte;
    struct stream ends = after_a_file(family_of(state));
    assert_result(psock_recv(ends.client, &byte, 1, 0, PSOCK_NOW),
                  PSOCK_EAGAIN);
    const int64_t before_ns = clock_ns();
    assert_result(
        psock_recv(ends.client, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
        PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - before_ns >= SHORT_NS);
    struct running_call *call = begin_call(receive_one, &ends.client);
    let_it_wait(call, 100);
    send_text(ends.server, "x");
    assert_result(end_call(call), 1);
    send_text(ends.client, "still here");
    recv_text(ends.server, "still here");
}

/* Only a blocking socket waits in the system's own receive. */
static void socket_released_after_a_file_is_a_blocking_one(void **state)
{
    char byte;
    psock_native native = (psock_native)-1;
    struct stream ends = after_a_file(family_of(state));
    assert_result(psock_release(ends.client, &native), 0);
    const int64_t before_ns = clock_ns();
    assert_true(host_native_recv(ends.client, &byte, 1, SHORT_MS) < 0);
    assert_true(clock_ns() - before_ns >= SHORT_NS / 2);
    host_native_close(let_go(ends.client));
}

static int make_directory(void **state)
{
    host_directory_make(directory);
    return warm_up(state);
}

static int remove_directory(void **state)
{
    (void)state;
    host_directory_remove(directory);
    return 0;
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        test_once(size_of_an_open_file_is_told),
        test_once(path_may_have_any_letters),
        test_once(path_that_leads_nowhere_is_no_file),
        test_once(path_that_is_too_long_is_no_file),
        test_once(directory_is_told_from_a_file),
        test_once(device_is_told_from_a_file),
        test_once(name_of_a_device_is_that_of_no_file),
        test_once(closed_file_is_refused),
        test_once(others_may_take_an_open_file_away),
        test_once(child_inherits_no_file),
        test_once(file_for_which_there_is_no_descriptor_is_not_opened),
        test_all(whole_file_arrives),
        test_once(every_range_of_a_file_arrives),
        test_all(rest_of_a_file_is_all_that_is_behind_the_offset),
        test_all(size_beyond_the_end_is_told_with_the_count),
        test_once(file_that_grows_is_followed),
        test_all(bytes_behind_four_gigabytes_are_sent),
        test_all(file_goes_on_where_it_stopped),
        test_all(deadline_is_kept_and_the_count_is_exact),
        test_all(waker_ends_a_file_and_the_count_is_exact),
        test_all(peer_that_is_gone_is_an_error_and_no_signal),
        test_all(no_signal_waits_where_they_are_held_back),
        test_all(signal_of_somebody_elses_waits_on),
        test_all(file_after_a_shutdown_is_refused),
        test_all(shutdown_ends_a_file_that_waits),
        test_both(files_go_over_streams_only),
        test_both(listener_sends_no_file),
        test_all(bad_range_sends_nothing),
        test_all(nothing_of_a_file_needs_a_stream),
        test_once(two_threads_send_of_one_file_and_of_two),
        test_all(file_of_stdio_stays_where_it_stands),
        test_once(what_was_flushed_to_stdio_is_sent),
        test_once(device_of_stdio_is_not_sent),
        test_once(stdio_without_a_file_is_told),
        test_all(socket_waits_as_before_after_a_file),
        test_all(socket_released_after_a_file_is_a_blocking_one),
    };
    if (count > 1)
        return be_the_child(arguments[1]);
    program = arguments[0];
    return cmocka_run_group_tests_name("file", tests, make_directory,
                                       remove_directory);
}
