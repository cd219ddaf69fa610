/* pipe.c: pipe() and pipe2(). */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct pipe_ends {
    int reader;
    int writer;
};

static struct pipe_ends kept_pipe(int flags)
{
    int ends[2];
    struct pipe_ends result;
    assert_call(pipe2(ends, flags), 0);
    result.reader = keep(ends[0]);
    result.writer = keep(ends[1]);
    return result;
}

static short events_of(int fd, short wanted)
{
    struct pollfd entry;
    entry.fd = fd;
    entry.events = wanted;
    entry.revents = 0;
    assert_true(poll(&entry, 1, 0) >= 0);
    return entry.revents;
}

static void what_is_written_comes_out(void **state)
{
    (void)state;
    int ends[2];
    char buffer[16];
    assert_call(pipe(ends), 0);
    int reader = keep(ends[0]), writer = keep(ends[1]);
    assert_call(write(writer, "hello", 5), 5);
    assert_call(write(writer, " you", 4), 4);
    assert_call(read(reader, buffer, 5), 5);
    wait_readable(reader);
    assert_call(read(reader, buffer + 5, 4), 4);
    assert_memory_equal(buffer, "hello you", 9);
}

static void without_a_writer_it_ends(void **state)
{
    (void)state;
    char buffer[8];
    struct pipe_ends ends = kept_pipe(0);
    assert_call(write(ends.writer, "abc", 3), 3);
    close_kept(ends.writer);
    assert_call(read(ends.reader, buffer, sizeof buffer), 3);
    assert_call(read(ends.reader, buffer, sizeof buffer), 0);
    assert_call(read(ends.reader, buffer, sizeof buffer), 0);
}

static void without_a_reader_writing_is_epipe(void **state)
{
    (void)state;
    struct pipe_ends ends = kept_pipe(0);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    close_kept(ends.reader);
    assert_fails(write(ends.writer, "abc", 3), EPIPE);
    assert_fails(write(ends.writer, "abc", 3), EPIPE);
    signal(SIGPIPE, before);
}

static volatile sig_atomic_t pipe_signals;

static void count_signal(int number)
{
    (void)number;
    pipe_signals++;
}

static void without_a_reader_writing_is_a_signal(void **state)
{
    (void)state;
    struct pipe_ends ends = kept_pipe(0);
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = count_signal;
    assert_call(sigaction(SIGPIPE, &action, &before), 0);
    pipe_signals = 0;
    close_kept(ends.reader);
    assert_fails(write(ends.writer, "abc", 3), EPIPE);
    assert_int_equal(pipe_signals, 1);
    assert_call(sigaction(SIGPIPE, &before, NULL), 0);
}

static void each_end_has_one_direction(void **state)
{
    (void)state;
    char byte = 0;
    struct pipe_ends ends = kept_pipe(0);
    assert_fails(write(ends.reader, &byte, 1), EBADF);
    assert_fails(read(ends.writer, &byte, 1), EBADF);
    assert_call(fcntl(ends.reader, F_GETFL), O_RDONLY);
    assert_call(fcntl(ends.writer, F_GETFL), O_WRONLY);
}

static void flags_are_taken(void **state)
{
    (void)state;
    char byte;
    struct pipe_ends ends = kept_pipe(O_NONBLOCK | O_CLOEXEC);
    assert_call(fcntl(ends.reader, F_GETFD), FD_CLOEXEC);
    assert_call(fcntl(ends.writer, F_GETFD), FD_CLOEXEC);
    assert_call(fcntl(ends.writer, F_GETFL), O_WRONLY | O_NONBLOCK);
    assert_fails(read(ends.reader, &byte, 1), EAGAIN);
}

static void a_full_pipe_is_eagain(void **state)
{
    (void)state;
    static const char block[4096];
    static char buffer[65536];
    struct pipe_ends ends = kept_pipe(O_NONBLOCK);
    size_t sum = 0;
    ssize_t size;
    while ((size = write(ends.writer, block, sizeof block)) > 0)
        sum += (size_t)size;
    assert_int_equal(errno, EAGAIN);
    assert_true(sum >= 16384);
    assert_call(events_of(ends.writer, POLLOUT), 0);
    while (sum > 0) {
        wait_readable(ends.reader);
        size = read(ends.reader, buffer, sizeof buffer);
        assert_true(size > 0);
        sum -= (size_t)size;
    }
    assert_fails(read(ends.reader, buffer, 1), EAGAIN);
    wait_writable(ends.writer);
}

static void *write_much(void *context)
{
    static char block[1000000];
    static ssize_t result;
    memset(block, 'm', sizeof block);
    result = write(*(int *)context, block, sizeof block);
    return &result;
}

static void a_write_that_waits_writes_all(void **state)
{
    (void)state;
    static char buffer[65536];
    struct pipe_ends ends = kept_pipe(0);
    struct helper *helper = begin(write_much, &ends.writer);
    size_t sum = 0;
    while (sum < 1000000) {
        ssize_t size = read(ends.reader, buffer, sizeof buffer);
        assert_true(size > 0);
        sum += (size_t)size;
    }
    assert_int_equal(*(ssize_t *)finish(helper), 1000000);
}

static void nothing_is_asked_for_no_bytes(void **state)
{
    (void)state;
    char byte;
    struct pipe_ends ends = kept_pipe(0);
    assert_call(read(ends.reader, &byte, 0), 0);
    assert_call(write(ends.writer, &byte, 0), 0);
}

static void poll_tells_of_both_ends(void **state)
{
    (void)state;
    char byte;
    struct pipe_ends ends = kept_pipe(0);
    assert_call(events_of(ends.reader, POLLIN), 0);
    assert_call(events_of(ends.writer, POLLOUT), POLLOUT);
    assert_call(write(ends.writer, "x", 1), 1);
    wait_readable(ends.reader);
    assert_call(events_of(ends.reader, POLLIN), POLLIN);
    assert_call(read(ends.reader, &byte, 1), 1);
    close_kept(ends.writer);
    let_others_wait();
    assert_call(events_of(ends.reader, POLLIN), POLLHUP);
}

static void poll_tells_a_writer_that_nobody_reads(void **state)
{
    (void)state;
    struct pipe_ends ends = kept_pipe(0);
    close_kept(ends.reader);
    let_others_wait();
    assert_true((events_of(ends.writer, POLLOUT) & POLLERR) != 0);
}

static void it_is_a_pipe_and_no_socket(void **state)
{
    (void)state;
    struct stat status;
    char byte = 0;
    struct pipe_ends ends = kept_pipe(0);
    assert_call(fstat(ends.reader, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_fails(send(ends.writer, &byte, 1, 0), ENOTSOCK);
    assert_fails(recv(ends.reader, &byte, 1, 0), ENOTSOCK);
    assert_fails(shutdown(ends.writer, SHUT_WR), ENOTSOCK);
    assert_fails(lseek(ends.reader, 0, SEEK_CUR), ESPIPE);
    assert_fails(pread(ends.reader, &byte, 1, 0), ESPIPE);
    assert_fails(ftruncate(ends.writer, 0), EINVAL);
    assert_fails(fsync(ends.writer), EINVAL);
}

static void fionread_tells_what_is_in_it(void **state)
{
    (void)state;
    int unread = -1;
    struct pipe_ends ends = kept_pipe(0);
    assert_call(ioctl(ends.reader, FIONREAD, &unread), 0);
    assert_int_equal(unread, 0);
    assert_call(write(ends.writer, "abc", 3), 3);
    wait_readable(ends.reader);
    assert_call(ioctl(ends.reader, FIONREAD, &unread), 0);
    assert_int_equal(unread, 3);
}

static void a_duplicate_keeps_it_open(void **state)
{
    (void)state;
    char byte;
    struct pipe_ends ends = kept_pipe(0);
    int copy = keep(dup(ends.writer));
    close_kept(ends.writer);
    assert_call(write(copy, "x", 1), 1);
    assert_call(read(ends.reader, &byte, 1), 1);
    close_kept(copy);
    assert_call(read(ends.reader, &byte, 1), 0);
}

static void what_cannot_be_made_says_why(void **state)
{
    (void)state;
    int ends[2];
    assert_fails(pipe2(ends, O_CREAT), EINVAL);
    int (*volatile with_nothing)(int *) = pipe;
    assert_fails(with_nothing(NULL), EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(what_is_written_comes_out),
        claim(without_a_writer_it_ends),
        claim(without_a_reader_writing_is_epipe),
        claim(without_a_reader_writing_is_a_signal),
        claim(each_end_has_one_direction),
        claim(flags_are_taken),
        claim(a_full_pipe_is_eagain),
        claim(a_write_that_waits_writes_all),
        claim(nothing_is_asked_for_no_bytes),
        claim(poll_tells_of_both_ends),
        claim(poll_tells_a_writer_that_nobody_reads),
        claim(it_is_a_pipe_and_no_socket),
        claim(fionread_tells_what_is_in_it),
        claim(a_duplicate_keeps_it_open),
        claim(what_cannot_be_made_says_why),
    };
    return cmocka_run_group_tests_name("pipe", tests, NULL, NULL);
}
