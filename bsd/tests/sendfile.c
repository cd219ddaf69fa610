/* sendfile.c: sendfile(). */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

static int file_of(const char *text)
{
    int fd = temporary_file();
    const ssize_t size = (ssize_t)strlen(text);
    assert_call(write(fd, text, strlen(text)), size);
    assert_call(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void without_an_offset_the_position_moves(void **state)
{
    (void)state;
    char buffer[16];
    struct ends ends = stream(AF_INET);
    int file = file_of("0123456789");
    assert_call(sendfile(ends.client, file, NULL, 4), 4);
    assert_call(lseek(file, 0, SEEK_CUR), 4);
    assert_call(sendfile(ends.client, file, NULL, 100), 6);
    assert_call(sendfile(ends.client, file, NULL, 100), 0);
    assert_call(recv(ends.server, buffer, 10, MSG_WAITALL), 10);
    assert_memory_equal(buffer, "0123456789", 10);
}

static void an_offset_moves_instead_of_the_position(void **state)
{
    (void)state;
    char buffer[16];
    off_t offset = 3;
    struct ends ends = stream(AF_INET);
    int file = file_of("0123456789");
    assert_call(lseek(file, 8, SEEK_SET), 8);
    assert_call(sendfile(ends.client, file, &offset, 4), 4);
    assert_int_equal(offset, 7);
    assert_call(lseek(file, 0, SEEK_CUR), 8);
    assert_call(recv(ends.server, buffer, 4, MSG_WAITALL), 4);
    assert_memory_equal(buffer, "3456", 4);
    offset = 100;
    assert_call(sendfile(ends.client, file, &offset, 4), 0);
    assert_int_equal(offset, 100);
}

static void no_bytes_are_none(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(sendfile(ends.client, file_of("0123"), NULL, 0), 0);
}

/* Only what went counts, and the rest goes later. */
static void a_nonblocking_socket_takes_what_it_can(void **state)
{
    (void)state;
    static char buffer[65536];
    enum {
        SIZE = 32 << 20
    };
    struct ends ends = stream(AF_INET);
    int file = temporary_file();
    off_t offset = 0, received = 0;
    assert_call(ftruncate(file, SIZE), 0);
    set_nonblocking(ends.client);
    ssize_t size = sendfile(ends.client, file, &offset, SIZE);
    assert_true(size > 0 && size < SIZE);
    assert_true(offset == size);
    while (sendfile(ends.client, file, &offset, (size_t)(SIZE - offset)) > 0)
        continue;
    assert_int_equal(errno, EAGAIN);
    while (received < offset) {
        size = recv(ends.server, buffer, sizeof buffer, 0);
        assert_true(size > 0);
        received += size;
    }
    set_nonblocking(ends.server);
    assert_fails(recv(ends.server, buffer, 1, 0), EAGAIN);
}

static void files_and_pipes_can_be_sent_to(void **state)
{
    (void)state;
    char buffer[16];
    int ends[2];
    off_t offset = 2;
    int file = file_of("0123456789");
    int copy = temporary_file();
    assert_call(sendfile(copy, file, &offset, 5), 5);
    assert_call(pread(copy, buffer, sizeof buffer, 0), 5);
    assert_memory_equal(buffer, "23456", 5);
    assert_call(pipe(ends), 0);
    keep(ends[0]);
    keep(ends[1]);
    assert_call(sendfile(ends[1], file, NULL, 3), 3);
    assert_call(read(ends[0], buffer, sizeof buffer), 3);
    assert_memory_equal(buffer, "012", 3);
}

static void only_files_can_be_sent(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int file = file_of("0123");
    off_t offset = -1;
    assert_fails(sendfile(ends.client, ends.server, NULL, 1), EINVAL);
    assert_fails(sendfile(ends.client, file, &offset, 1), EINVAL);
}

static void the_wrong_direction_is_ebadf(void **state)
{
    (void)state;
    const char *path = temporary_path();
    struct ends ends = stream(AF_INET);
    int writer = keep(open(path, O_WRONLY | O_CREAT, 0600));
    assert_call(write(writer, "abc", 3), 3);
    int reader = keep(open(path, O_RDONLY));
    assert_fails(sendfile(ends.client, writer, NULL, 1), EBADF);
    assert_fails(sendfile(reader, temporary_file(), NULL, 1), EBADF);
    int closed = closed_descriptor();
    assert_fails(sendfile(closed, reader, NULL, 1), EBADF);
    assert_fails(sendfile(ends.client, closed, NULL, 1), EBADF);
}

static void a_connection_that_ended_is_epipe(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int file = file_of("0123");
    signal(SIGPIPE, SIG_IGN);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_fails(sendfile(ends.client, file, NULL, 4), EPIPE);
    assert_call(lseek(file, 0, SEEK_CUR), 0);
    signal(SIGPIPE, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(without_an_offset_the_position_moves),
        claim(an_offset_moves_instead_of_the_position),
        claim(no_bytes_are_none),
        claim(a_nonblocking_socket_takes_what_it_can),
        claim(files_and_pipes_can_be_sent_to),
        claim(only_files_can_be_sent),
        claim(the_wrong_direction_is_ebadf),
        claim(a_connection_that_ended_is_epipe),
    };
    return cmocka_run_group_tests_name("sendfile", tests, NULL, NULL);
}
