/* socket.c: socket(), and what becomes of its flags. */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct wanted {
    int domain;
    int type;
    int protocol;
};

static void sockets_of_each_kind_can_be_made(void **state)
{
    static const struct wanted kinds[] = {
        {AF_INET, SOCK_STREAM, 0},  {AF_INET, SOCK_STREAM, IPPROTO_TCP},
        {AF_INET, SOCK_DGRAM, 0},   {AF_INET, SOCK_DGRAM, IPPROTO_UDP},
        {AF_INET6, SOCK_STREAM, 0}, {AF_INET6, SOCK_STREAM, IPPROTO_TCP},
        {AF_INET6, SOCK_DGRAM, 0},  {AF_INET6, SOCK_DGRAM, IPPROTO_UDP},
        {AF_UNIX, SOCK_STREAM, 0},  {AF_UNIX, SOCK_DGRAM, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        keep(socket(kinds[i].domain, kinds[i].type, kinds[i].protocol));
}

static void what_makes_no_socket_says_why(void **state)
{
    static const struct {
        struct wanted wanted;
        int error;
    } cases[] = {
        {{AF_INET, 0, 0}, ESOCKTNOSUPPORT},
        {{AF_INET, SOCK_RDM, 0}, ESOCKTNOSUPPORT},
        {{AF_INET6, SOCK_RDM, 0}, ESOCKTNOSUPPORT},
        {{AF_INET, 9, 0}, ESOCKTNOSUPPORT},
        {{AF_INET, 11, 0}, EINVAL},
        {{AF_INET, 15, 0}, EINVAL},
        {{AF_INET, 99, 0}, EINVAL},
        {{AF_INET6, 12, 0}, EINVAL},
        {{AF_INET, SOCK_STREAM, IPPROTO_UDP}, EPROTONOSUPPORT},
        {{AF_INET, SOCK_DGRAM, IPPROTO_TCP}, EPROTONOSUPPORT},
        {{AF_INET, SOCK_STREAM, IPPROTO_ICMP}, EPROTONOSUPPORT},
        {{AF_INET6, SOCK_STREAM, IPPROTO_UDP}, EPROTONOSUPPORT},
        {{AF_INET6, SOCK_DGRAM, IPPROTO_TCP}, EPROTONOSUPPORT},
        {{AF_INET, SOCK_STREAM, 250}, EPROTONOSUPPORT},
        {{AF_INET, SOCK_STREAM, -1}, EINVAL},
        {{AF_INET, SOCK_STREAM, 99999}, EINVAL},
        {{AF_INET6, SOCK_STREAM, 99999}, EINVAL},
        {{AF_INET, SOCK_RAW, 0}, EPROTONOSUPPORT},
        {{AF_INET6, SOCK_RAW, 0}, EPROTONOSUPPORT},
        {{AF_UNSPEC, SOCK_STREAM, 0}, EAFNOSUPPORT},
        {{AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP}, EAFNOSUPPORT},
        {{AF_UNSPEC, SOCK_DGRAM, IPPROTO_UDP}, EAFNOSUPPORT},
        {{12345, SOCK_STREAM, 0}, EAFNOSUPPORT},
        {{-1, SOCK_STREAM, 0}, EAFNOSUPPORT},
        {{12345, SOCK_STREAM, 99999}, EAFNOSUPPORT},
        {{AF_UNIX, SOCK_STREAM, IPPROTO_TCP}, EPROTONOSUPPORT},
        {{AF_UNIX, 0, 0}, ESOCKTNOSUPPORT},
        {{AF_UNIX, SOCK_RDM, 0}, ESOCKTNOSUPPORT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct wanted *wanted = &cases[i].wanted;
        char call[64];
        snprintf(call, sizeof call, "socket(%d, %d, %d)", wanted->domain,
                 wanted->type, wanted->protocol);
        errno = 0;
        check_fails(socket(wanted->domain, wanted->type, wanted->protocol),
                    cases[i].error, call, __FILE__, __LINE__);
    }
}

static void unknown_flags_of_a_type_are_einval(void **state)
{
    (void)state;
    assert_fails(socket(AF_INET, SOCK_STREAM | 0x100000, 0), EINVAL);
    assert_fails(socket(AF_INET, SOCK_STREAM | 0x40000000, 0), EINVAL);
}

static int option_of(int fd, int option)
{
    int value = -1;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, option, &value, &length), 0);
    return value;
}

static void a_socket_tells_what_it_was_made_as(void **state)
{
    (void)state;
    int stream = keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    assert_int_equal(option_of(stream, SO_TYPE), SOCK_STREAM);
    assert_int_equal(option_of(stream, SO_DOMAIN), AF_INET);
    assert_int_equal(option_of(stream, SO_PROTOCOL), IPPROTO_TCP);
    int datagram = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    assert_int_equal(option_of(datagram, SO_TYPE), SOCK_DGRAM);
    assert_int_equal(option_of(datagram, SO_DOMAIN), AF_INET6);
    assert_int_equal(option_of(datagram, SO_PROTOCOL), IPPROTO_UDP);
}

static void a_socket_blocks_and_is_inherited_unless_told(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    assert_call(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
    assert_call(fcntl(fd, F_GETFD), 0);
}

static void sock_nonblock_makes_it_nonblocking(void **state)
{
    (void)state;
    char byte;
    int fd = keep(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    assert_call(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_call(fcntl(fd, F_GETFD), 0);
    assert_fails(recv(fd, &byte, 1, 0), EAGAIN);
}

static void sock_cloexec_sets_fd_cloexec(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_call(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
}

static void both_flags_go_together(void **state)
{
    (void)state;
    int fd =
        keep(socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    assert_call(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_call(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

static void numbers_are_small_and_the_lowest_comes_first(void **state)
{
    (void)state;
    int first = keep(socket(AF_INET, SOCK_STREAM, 0));
    int second = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_true(first >= 3);
    assert_true(second < 64);
    close_kept(first);
    int third = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_int_equal(third, first);
}

static void files_and_sockets_share_one_row_of_numbers(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    int file = temporary_file();
    assert_int_not_equal(fd, file);
    close_kept(fd);
    int another = temporary_file();
    assert_int_equal(another, fd);
}

static void a_closed_socket_is_ebadf(void **state)
{
    (void)state;
    char byte;
    int fd = closed_descriptor();
    assert_fails(recv(fd, &byte, 1, 0), EBADF);
    assert_fails(close(fd), EBADF);
}

static void isfdtype_tells_sockets_from_files(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    int file = temporary_file();
    assert_call(isfdtype(fd, S_IFSOCK), 1);
    assert_call(isfdtype(fd, S_IFREG), 0);
    assert_call(isfdtype(file, S_IFSOCK), 0);
    assert_call(isfdtype(file, S_IFREG), 1);
    assert_call(isfdtype(-1, S_IFSOCK), -1);
}

static void success_leaves_errno_alone(void **state)
{
    (void)state;
    errno = 4321;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_int_equal(errno, 4321);
    struct address address = loopback(AF_INET, 0);
    assert_call(bind(fd, as_sockaddr(&address), address.length), 0);
    assert_call(listen(fd, 1), 0);
    assert_int_equal(errno, 4321);
    close_kept(fd);
    assert_int_equal(errno, 4321);
}

static void raw_sockets_need_rights(void **state)
{
    (void)state;
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (fd >= 0) {
        assert_int_equal(option_of(keep(fd), SO_TYPE), SOCK_RAW);
        assert_int_equal(option_of(fd, SO_PROTOCOL), IPPROTO_ICMP);
        return;
    }
    assert_int_equal(errno, EPERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(sockets_of_each_kind_can_be_made),
        claim(what_makes_no_socket_says_why),
        claim(unknown_flags_of_a_type_are_einval),
        claim(a_socket_tells_what_it_was_made_as),
        claim(a_socket_blocks_and_is_inherited_unless_told),
        claim(sock_nonblock_makes_it_nonblocking),
        claim(sock_cloexec_sets_fd_cloexec),
        claim(both_flags_go_together),
        claim(numbers_are_small_and_the_lowest_comes_first),
        claim(files_and_sockets_share_one_row_of_numbers),
        claim(a_closed_socket_is_ebadf),
        claim(isfdtype_tells_sockets_from_files),
        claim(success_leaves_errno_alone),
        claim(raw_sockets_need_rights),
    };
    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
