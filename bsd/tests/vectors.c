/* vectors.c: readv(), writev(), preadv() and pwritev(). */
#include "fixture.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

static struct iovec piece(void *bytes, size_t size)
{
    struct iovec result;
    result.iov_base = bytes;
    result.iov_len = size;
    return result;
}

static char one[] = "one", two[] = "twoo", three[] = "three";

static void pieces_go_out_in_order(void **state)
{
    (void)state;
    char buffer[16];
    struct ends ends = stream(AF_INET);
    struct iovec out[] = {piece(one, 3), piece(NULL, 0), piece(two, 3),
                          piece(three, 5)};
    assert_call(writev(ends.client, out, 4), 11);
    assert_call(recv(ends.server, buffer, 11, MSG_WAITALL), 11);
    assert_memory_equal(buffer, "onetwothree", 11);
}

static void pieces_are_filled_in_order(void **state)
{
    (void)state;
    char first[2], second[4], third[8];
    struct ends ends = stream(AF_INET);
    struct iovec in[] = {piece(first, 2), piece(NULL, 0), piece(second, 4),
                         piece(third, 8)};
    assert_call(write(ends.client, "0123456", 7), 7);
    assert_call(readv(ends.server, in, 4), 7);
    assert_memory_equal(first, "01", 2);
    assert_memory_equal(second, "2345", 4);
    assert_memory_equal(third, "6", 1);
}

static void a_datagram_is_one_of_all_pieces(void **state)
{
    (void)state;
    char first[2], second[16];
    struct ends ends = datagrams(AF_INET);
    struct iovec out[] = {piece(one, 3), piece(two, 3)};
    struct iovec in[] = {piece(first, 2), piece(second, 16)};
    assert_call(writev(ends.client, out, 2), 6);
    assert_call(writev(ends.client, out, 1), 3);
    assert_call(readv(ends.server, in, 2), 6);
    assert_memory_equal(second, "etwo", 4);
    assert_call(readv(ends.server, in, 2), 3);
}

static void files_and_pipes_take_pieces(void **state)
{
    (void)state;
    char first[2], second[16];
    int ends[2];
    struct iovec out[] = {piece(one, 3), piece(two, 3)};
    struct iovec in[] = {piece(first, 2), piece(second, 16)};
    int file = temporary_file();
    assert_call(writev(file, out, 2), 6);
    assert_call(lseek(file, 0, SEEK_SET), 0);
    assert_call(readv(file, in, 2), 6);
    assert_memory_equal(second, "etwo", 4);
    assert_call(pwritev(file, out, 1, 3), 3);
    assert_call(preadv(file, in, 2, 1), 5);
    assert_memory_equal(second, "one", 3);
    assert_call(pipe(ends), 0);
    keep(ends[0]);
    keep(ends[1]);
    assert_call(writev(ends[1], out, 2), 6);
    assert_call(readv(ends[0], in, 2), 6);
    assert_memory_equal(second, "etwo", 4);
}

static void as_many_pieces_go_as_the_system_tells(void **state)
{
    (void)state;
    static char bytes[IOV_MAX], back[IOV_MAX];
    static struct iovec pieces[IOV_MAX + 1];
    struct ends ends = stream(AF_INET);
    for (int i = 0; i <= IOV_MAX; i++) {
        bytes[i % IOV_MAX] = (char)i;
        pieces[i] = piece(&bytes[i % IOV_MAX], 1);
    }
    assert_call(writev(ends.client, pieces, IOV_MAX), IOV_MAX);
    assert_call(recv(ends.server, back, sizeof back, MSG_WAITALL), IOV_MAX);
    assert_memory_equal(back, bytes, sizeof back);
    assert_fails(writev(ends.client, pieces, IOV_MAX + 1), EINVAL);
    assert_fails(readv(ends.server, pieces, IOV_MAX + 1), EINVAL);
}

static void no_pieces_are_no_bytes(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct iovec empty = piece(one, 0);
    const volatile int below_zero = -1;
    assert_call(writev(ends.client, &empty, 0), 0);
    assert_call(writev(ends.client, &empty, 1), 0);
    assert_call(readv(ends.server, &empty, 0), 0);
    assert_call(readv(ends.server, &empty, 1), 0);
    assert_fails(writev(ends.client, &empty, below_zero), EINVAL);
    assert_fails(readv(ends.server, &empty, below_zero), EINVAL);
}

static void a_sum_that_no_result_holds_is_einval(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct iovec pieces[] = {piece(one, SSIZE_MAX), piece(two, 1)};
    assert_fails_either(writev(ends.client, pieces, 2), EINVAL, EFAULT);
    assert_fails_either(readv(ends.server, pieces, 2), EINVAL, EFAULT);
    struct iovec negative = piece(one, (size_t)-1);
    assert_fails(writev(ends.client, &negative, 1), EINVAL);
}

static void no_memory_is_efault(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct iovec nowhere = piece(NULL, 4);
    assert_fails(writev(ends.client, &nowhere, 1), EFAULT);
    ssize_t (*volatile writes)(int, const struct iovec *, int) = writev;
    assert_fails(writes(ends.client, NULL, 1), EFAULT);
}

static void nothing_open_is_ebadf(void **state)
{
    (void)state;
    struct iovec out = piece(one, 3);
    int fd = closed_descriptor();
    assert_fails(writev(fd, &out, 1), EBADF);
    assert_fails(readv(fd, &out, 1), EBADF);
    assert_fails(writev(-1, &out, 1), EBADF);
}

static void o_nonblock_is_obeyed(void **state)
{
    (void)state;
    char buffer[4];
    struct iovec in = piece(buffer, sizeof buffer);
    struct ends ends = stream(AF_INET);
    set_nonblocking(ends.server);
    assert_fails(readv(ends.server, &in, 1), EAGAIN);
}

static void pieces_of_nothing_are_not_sent(void **state)
{
    struct iovec nothing = piece(NULL, 0);
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(writev(ends.client, &nothing, 1), 0);
    assert_call(writev(keep(socket(AF_INET, SOCK_DGRAM, 0)), &nothing, 1), 0);
    assert_call(writev(keep(socket(AF_UNIX, SOCK_DGRAM, 0)), &nothing, 1), 0);
}

static void pieces_of_nothing_take_nothing(void **state)
{
    struct iovec nothing = piece(NULL, 0);
    (void)state;
    assert_call(readv(keep(socket(AF_UNIX, SOCK_DGRAM, 0)), &nothing, 1), 0);
    assert_call(readv(keep(socket(AF_UNIX, SOCK_STREAM, 0)), &nothing, 1), 0);
    assert_call(readv(keep(eventfd(0, 0)), &nothing, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(pieces_go_out_in_order),
        claim(pieces_are_filled_in_order),
        claim(a_datagram_is_one_of_all_pieces),
        claim(files_and_pipes_take_pieces),
        claim(as_many_pieces_go_as_the_system_tells),
        claim(no_pieces_are_no_bytes),
        claim(pieces_of_nothing_are_not_sent),
        claim(pieces_of_nothing_take_nothing),
        claim(a_sum_that_no_result_holds_is_einval),
        claim(no_memory_is_efault),
        claim(nothing_open_is_ebadf),
        claim(o_nonblock_is_obeyed),
    };
    return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
