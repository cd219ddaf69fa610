/* read_write.c: read(), write(), pread(), pwrite() and lseek(). */
#include "fixture.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void a_stream_is_read_and_written(void **state)
{
    (void)state;
    char buffer[16];
    struct ends ends = stream(AF_INET);
    assert_call(write(ends.client, "hello", 5), 5);
    assert_call(read(ends.server, buffer, 2), 2);
    assert_call(read(ends.server, buffer + 2, sizeof buffer - 2), 3);
    assert_memory_equal(buffer, "hello", 5);
}

static void datagrams_keep_their_ends(void **state)
{
    (void)state;
    char buffer[16];
    struct ends ends = datagrams(AF_INET);
    assert_call(write(ends.client, "one", 3), 3);
    assert_call(write(ends.client, "three", 5), 5);
    assert_call(read(ends.server, buffer, sizeof buffer), 3);
    assert_call(read(ends.server, buffer, 2), 2);
    set_nonblocking(ends.server);
    assert_fails(read(ends.server, buffer, sizeof buffer), EAGAIN);
}

static void an_empty_datagram_is_zero_bytes(void **state)
{
    (void)state;
    char buffer[4];
    struct ends ends = datagrams(AF_INET);
    assert_call(write(ends.client, buffer, 0), 0);
    wait_readable(ends.server);
    assert_call(read(ends.server, buffer, sizeof buffer), 0);
}

static void reading_no_bytes_is_zero_at_once(void **state)
{
    (void)state;
    char byte;
    struct ends ends = stream(AF_INET);
    assert_call(read(ends.server, &byte, 0), 0);
    assert_call(write(ends.client, &byte, 0), 0);
    int file = temporary_file();
    assert_call(read(file, &byte, 0), 0);
    assert_call(write(file, &byte, 0), 0);
}

static void no_memory_is_efault(void **state)
{
    (void)state;
    ssize_t (*volatile reads)(int, void *, size_t) = read;
    ssize_t (*volatile writes)(int, const void *, size_t) = write;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "x", 1, 0), 1);
    wait_readable(ends.server);
    assert_fails(reads(ends.server, NULL, 1), EFAULT);
    assert_fails(writes(ends.client, NULL, 1), EFAULT);
    int file = temporary_file();
    assert_call(write(file, "x", 1), 1);
    assert_call(lseek(file, 0, SEEK_SET), 0);
    assert_fails(reads(file, NULL, 1), EFAULT);
    assert_fails(writes(file, NULL, 1), EFAULT);
}

static void a_stream_that_is_not_connected_says_so(void **state)
{
    (void)state;
    char byte = 0;
    signal(SIGPIPE, SIG_IGN);
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(read(fd, &byte, 1), ENOTCONN);
    assert_fails(write(fd, &byte, 1), EPIPE);
    int datagram = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_fails(write(datagram, &byte, 1), EDESTADDRREQ);
    signal(SIGPIPE, SIG_DFL);
}

static void nothing_open_is_ebadf(void **state)
{
    (void)state;
    char byte = 0;
    int fd = closed_descriptor();
    assert_fails(read(fd, &byte, 1), EBADF);
    assert_fails(write(fd, &byte, 1), EBADF);
    assert_fails(read(-1, &byte, 1), EBADF);
    assert_fails(write(1 << 20, &byte, 1), EBADF);
    assert_fails(pread(fd, &byte, 1, 0), EBADF);
    assert_fails(pwrite(fd, &byte, 1, 0), EBADF);
    assert_fails(lseek(fd, 0, SEEK_CUR), EBADF);
    assert_fails(fsync(fd), EBADF);
    assert_fails(ftruncate(fd, 0), EBADF);
}

static void the_wrong_direction_is_ebadf(void **state)
{
    (void)state;
    char byte = 0;
    const char *path = temporary_path();
    int writer = keep(open(path, O_WRONLY | O_CREAT, 0600));
    assert_fails(read(writer, &byte, 1), EBADF);
    assert_fails(pread(writer, &byte, 1, 0), EBADF);
    int reader = keep(open(path, O_RDONLY));
    assert_fails(write(reader, &byte, 1), EBADF);
    assert_fails(pwrite(reader, &byte, 1, 0), EBADF);
    assert_fails(ftruncate(reader, 0), EINVAL);
}

static void bytes_are_not_changed(void **state)
{
    (void)state;
    static const char text[] = "a\r\nb\nc\x1a d\n";
    char buffer[32];
    int file = temporary_file();
    const ssize_t size = sizeof text - 1;
    assert_call(write(file, text, sizeof text - 1), size);
    assert_call(lseek(file, 0, SEEK_CUR), size);
    assert_call(lseek(file, 0, SEEK_SET), 0);
    assert_call(read(file, buffer, sizeof buffer), size);
    assert_memory_equal(buffer, text, sizeof text - 1);
    assert_call(read(file, buffer, sizeof buffer), 0);
}

static void a_socket_has_no_position(void **state)
{
    (void)state;
    char byte = 0;
    struct ends ends = stream(AF_INET);
    assert_fails(lseek(ends.client, 0, SEEK_SET), ESPIPE);
    assert_fails(pread(ends.client, &byte, 1, 0), ESPIPE);
    assert_fails(pwrite(ends.client, &byte, 1, 0), ESPIPE);
    assert_fails(ftruncate(ends.client, 0), EINVAL);
    assert_fails(fsync(ends.client), EINVAL);
}

static void a_place_leaves_the_position(void **state)
{
    (void)state;
    char buffer[8];
    int file = temporary_file();
    assert_call(write(file, "0123456789", 10), 10);
    assert_call(lseek(file, 5, SEEK_SET), 5);
    assert_call(pread(file, buffer, 3, 2), 3);
    assert_memory_equal(buffer, "234", 3);
    assert_call(pwrite(file, "ab", 2, 8), 2);
    assert_call(lseek(file, 0, SEEK_CUR), 5);
    assert_call(read(file, buffer, sizeof buffer), 5);
    assert_memory_equal(buffer, "567ab", 5);
    assert_call(pread(file, buffer, sizeof buffer, 100), 0);
    assert_fails(pread(file, buffer, 1, -1), EINVAL);
    assert_fails(pwrite(file, buffer, 1, -1), EINVAL);
}

static void positions_are_from_three_places(void **state)
{
    (void)state;
    int file = temporary_file();
    assert_call(write(file, "0123456789", 10), 10);
    assert_call(lseek(file, 3, SEEK_SET), 3);
    assert_call(lseek(file, 2, SEEK_CUR), 5);
    assert_call(lseek(file, -1, SEEK_END), 9);
    assert_fails(lseek(file, -11, SEEK_END), EINVAL);
    assert_fails(lseek(file, -1, SEEK_SET), EINVAL);
    assert_fails(lseek(file, 0, 99), EINVAL);
    assert_call(lseek(file, 5000000000, SEEK_SET), 5000000000);
}

static void a_file_is_cut_and_grown(void **state)
{
    (void)state;
    char buffer[8];
    int file = temporary_file();
    assert_call(write(file, "0123456789", 10), 10);
    assert_call(ftruncate(file, 3), 0);
    assert_call(lseek(file, 0, SEEK_END), 3);
    assert_call(ftruncate(file, 5), 0);
    assert_call(pread(file, buffer, sizeof buffer, 0), 5);
    assert_memory_equal(buffer, "012\0\0", 5);
    assert_fails(ftruncate(file, -1), EINVAL);
    assert_call(fsync(file), 0);
    assert_call(fdatasync(file), 0);
}

static void what_is_open_for_reading_can_be_synchronized(void **state)
{
    (void)state;
    const char *path = temporary_path();
    keep(open(path, O_WRONLY | O_CREAT, 0600));
    assert_call(fsync(keep(open(path, O_RDONLY))), 0);
}

static void a_device_is_not_synchronized(void **state)
{
    (void)state;
    assert_fails(fsync(keep(open("/dev/null", O_RDWR))), EINVAL);
    assert_fails(fdatasync(keep(open("/dev/null", O_RDONLY))), EINVAL);
}

static void writing_after_the_peer_is_gone_is_epipe(void **state)
{
    (void)state;
    char byte = 0;
    struct ends ends = stream(AF_INET);
    signal(SIGPIPE, SIG_IGN);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_fails(write(ends.client, &byte, 1), EPIPE);
    signal(SIGPIPE, SIG_DFL);
}

static void success_leaves_errno(void **state)
{
    (void)state;
    char buffer[4];
    struct ends ends = stream(AF_INET);
    int file = temporary_file();
    errno = EDOM;
    assert_int_equal(write(ends.client, "ab", 2), 2);
    assert_int_equal(read(ends.server, buffer, sizeof buffer), 2);
    assert_int_equal(write(file, "ab", 2), 2);
    assert_int_equal(lseek(file, 0, SEEK_SET), 0);
    assert_int_equal(read(file, buffer, sizeof buffer), 2);
    assert_int_equal(pread(file, buffer, 1, 0), 1);
    assert_int_equal(errno, EDOM);
}

/* A length that only a larger type holds is no error, and no overflow. */
static void a_length_beyond_an_int_is_taken(void **state)
{
    (void)state;
    char buffer[8];
    struct ends ends = stream(AF_INET);
    assert_call(write(ends.client, "abc", 3), 3);
    volatile size_t huge = (size_t)INT_MAX + 4096;
    ssize_t result = read(ends.server, buffer, huge);
    if (result < 0)
        assert_int_equal(errno, EFAULT);
    else
        assert_int_equal(result, 3);
}

static void room_for_nothing_takes_nothing_from_a_socket(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    char byte;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        assert_call(read(keep(socket(AF_UNIX, types[i], 0)), &byte, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_stream_is_read_and_written),
        claim(datagrams_keep_their_ends),
        claim(an_empty_datagram_is_zero_bytes),
        claim(reading_no_bytes_is_zero_at_once),
        claim(no_memory_is_efault),
        claim(a_stream_that_is_not_connected_says_so),
        claim(nothing_open_is_ebadf),
        claim(room_for_nothing_takes_nothing_from_a_socket),
        claim(the_wrong_direction_is_ebadf),
        claim(bytes_are_not_changed),
        claim(a_socket_has_no_position),
        claim(a_place_leaves_the_position),
        claim(positions_are_from_three_places),
        claim(a_file_is_cut_and_grown),
        claim(what_is_open_for_reading_can_be_synchronized),
        claim(a_device_is_not_synchronized),
        claim(writing_after_the_peer_is_gone_is_epipe),
        claim(success_leaves_errno),
        claim(a_length_beyond_an_int_is_taken),
    };
    return cmocka_run_group_tests_name("read_write", tests, NULL, NULL);
}
