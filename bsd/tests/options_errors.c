/* options_errors.c: what getsockopt() and setsockopt() refuse. */
#include "fixture.h"

#include <netinet/tcp.h>
#include <string.h>

#define NO_LEVEL 12345
#define NO_OPTION 54321
#define NEGATIVE ((socklen_t)-1)

static int one = 1;

static void closed_descriptor_is_ebadf(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = closed_descriptor();
    assert_fails(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length), EBADF);
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one),
                 EBADF);
    assert_fails(getsockopt(-1, SOL_SOCKET, SO_TYPE, &value, &length), EBADF);
    assert_fails(setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one),
                 EBADF);
}

static void file_is_enotsock(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = temporary_file();
    assert_fails(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length),
                 ENOTSOCK);
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one),
                 ENOTSOCK);
}

static void null_is_efault(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, NULL), EFAULT);
    assert_fails(getsockopt(fd, SOL_SOCKET, SO_TYPE, NULL, &length), EFAULT);
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, NULL, sizeof one),
                 EFAULT);
    assert_fails(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, NULL, sizeof one),
                 EFAULT);
    assert_fails(setsockopt(fd, IPPROTO_IP, IP_TTL, NULL, sizeof one), EFAULT);
}

static void negative_length_is_einval(void **state)
{
    (void)state;
    int value;
    socklen_t length = NEGATIVE;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length), EINVAL);
    assert_fails(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &length),
                 EINVAL);
    assert_fails(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, NEGATIVE),
                 EINVAL);
    assert_fails(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, NEGATIVE),
                 EINVAL);
}

static void less_than_an_int_is_einval(void **state)
{
    (void)state;
    int stream_fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    int v6 = keep(socket(AF_INET6, SOCK_STREAM, 0));
    for (socklen_t length = 0; length < sizeof one; length++) {
        assert_fails(
            setsockopt(stream_fd, SOL_SOCKET, SO_KEEPALIVE, &one, length),
            EINVAL);
        assert_fails(
            setsockopt(stream_fd, IPPROTO_TCP, TCP_NODELAY, &one, length),
            EINVAL);
        assert_fails(setsockopt(v6, IPPROTO_IPV6, IPV6_V6ONLY, &one, length),
                     EINVAL);
    }
}

static void more_than_an_int_is_taken(void **state)
{
    (void)state;
    char large[64] = {0};
    int value = 0;
    socklen_t length = sizeof value;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    large[0] = 1;
    assert_call(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, large, sizeof large),
                0);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &length), 0);
    assert_int_equal(value, 1);
}

static void more_room_than_needed_is_not_used(void **state)
{
    (void)state;
    unsigned char large[64];
    int value;
    socklen_t length = sizeof large;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    memset(large, 0xaa, sizeof large);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_TYPE, large, &length), 0);
    assert_int_equal(length, sizeof value);
    memcpy(&value, large, sizeof value);
    assert_int_equal(value, SOCK_DGRAM);
    assert_int_equal(large[sizeof value], 0xaa);
}

static void less_room_gets_less(void **state)
{
    (void)state;
    unsigned char small[4];
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    for (socklen_t room = 0; room < sizeof small; room++) {
        socklen_t length = room;
        memset(small, 0xaa, sizeof small);
        assert_call(getsockopt(fd, SOL_SOCKET, SO_TYPE, small, &length), 0);
        assert_int_equal(length, room);
        assert_int_equal(small[room], 0xaa);
        if (room > 0)
            assert_int_equal(small[0], SOCK_DGRAM);
    }
}

static void no_room_needs_no_memory(void **state)
{
    (void)state;
    socklen_t length = 0;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_call(getsockopt(fd, SOL_SOCKET, SO_TYPE, NULL, &length), 0);
    assert_int_equal(length, 0);
}

static void unknown_option_is_enoprotoopt(void **state)
{
    (void)state;
    static const int levels[] = {SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP};
    int value;
    socklen_t length;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        length = sizeof value;
        assert_fails(getsockopt(fd, levels[i], NO_OPTION, &value, &length),
                     ENOPROTOOPT);
        assert_fails(setsockopt(fd, levels[i], NO_OPTION, &one, sizeof one),
                     ENOPROTOOPT);
    }
    fd = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    length = sizeof value;
    assert_fails(getsockopt(fd, IPPROTO_IPV6, NO_OPTION, &value, &length),
                 ENOPROTOOPT);
    assert_fails(setsockopt(fd, IPPROTO_IPV6, NO_OPTION, &one, sizeof one),
                 ENOPROTOOPT);
}

static void unknown_level_is_no_level_of_the_socket(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(setsockopt(fd, NO_LEVEL, 1, &one, sizeof one), ENOPROTOOPT);
    assert_fails_either(getsockopt(fd, NO_LEVEL, 1, &value, &length),
                        EOPNOTSUPP, ENOPROTOOPT);
    fd = keep(socket(AF_INET6, SOCK_STREAM, 0));
    assert_fails(setsockopt(fd, NO_LEVEL, 1, &one, sizeof one), ENOPROTOOPT);
    length = sizeof value;
    assert_fails(getsockopt(fd, NO_LEVEL, 1, &value, &length), ENOPROTOOPT);
}

static void tcp_option_is_none_of_a_datagram_socket(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_fails(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one),
                 ENOPROTOOPT);
    assert_fails_either(
        getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &length), EOPNOTSUPP,
        ENOPROTOOPT);
}

static void ipv6_option_is_none_of_an_ipv4_socket(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one),
                 ENOPROTOOPT);
    assert_fails_either(
        getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &length), EOPNOTSUPP,
        ENOPROTOOPT);
}

static void unix_sockets_have_no_other_level(void **state)
{
    (void)state;
    int pair[2];
    int value;
    socklen_t length = sizeof value;
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    keep(pair[0]);
    keep(pair[1]);
    assert_fails(
        setsockopt(pair[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one),
        EOPNOTSUPP);
    assert_fails(getsockopt(pair[0], IPPROTO_TCP, TCP_NODELAY, &value, &length),
                 EOPNOTSUPP);
}

static void standard_input_is_enotsock(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    assert_fails(getsockopt(0, NO_LEVEL, 1, &value, &length), ENOTSOCK);
}

static void failure_changes_neither_value_nor_length(void **state)
{
    (void)state;
    int value = 99;
    socklen_t length = sizeof value;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_fails(getsockopt(fd, SOL_SOCKET, NO_OPTION, &value, &length),
                 ENOPROTOOPT);
    assert_int_equal(value, 99);
    assert_int_equal(length, sizeof value);
}

static void success_leaves_errno(void **state)
{
    (void)state;
    int value;
    socklen_t length = sizeof value;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    errno = EXDEV;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length), 0);
    assert_call(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one), 0);
    assert_int_equal(errno, EXDEV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(closed_descriptor_is_ebadf),
        claim(file_is_enotsock),
        claim(null_is_efault),
        claim(negative_length_is_einval),
        claim(less_than_an_int_is_einval),
        claim(more_than_an_int_is_taken),
        claim(more_room_than_needed_is_not_used),
        claim(less_room_gets_less),
        claim(no_room_needs_no_memory),
        claim(unknown_option_is_enoprotoopt),
        claim(unknown_level_is_no_level_of_the_socket),
        claim(tcp_option_is_none_of_a_datagram_socket),
        claim(ipv6_option_is_none_of_an_ipv4_socket),
        claim(unix_sockets_have_no_other_level),
        claim(standard_input_is_enotsock),
        claim(failure_changes_neither_value_nor_length),
        claim(success_leaves_errno),
    };
    return cmocka_run_group_tests_name("options_errors", tests, NULL, NULL);
}
