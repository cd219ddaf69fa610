/* errors.c: errno: its numbers, and what every call on sockets says of bad
 * descriptors. */
#include "fixture.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- Numbers ---------------------------------------------------------------- */

static const int numbers[] = {EACCES,       EADDRINUSE,      EADDRNOTAVAIL,
                              EAFNOSUPPORT, EAGAIN,          EALREADY,
                              EBADF,        ECANCELED,       ECONNABORTED,
                              ECONNREFUSED, ECONNRESET,      EDESTADDRREQ,
                              EFAULT,       EHOSTDOWN,       EHOSTUNREACH,
                              EINPROGRESS,  EINTR,           EINVAL,
                              EIO,          EISCONN,         EMFILE,
                              EMSGSIZE,     ENAMETOOLONG,    ENETDOWN,
                              ENETRESET,    ENETUNREACH,     ENFILE,
                              ENOBUFS,      ENOENT,          ENOMEM,
                              ENOPROTOOPT,  ENOTCONN,        ENOTSOCK,
                              ENOTTY,       EOPNOTSUPP,      EPERM,
                              EPFNOSUPPORT, EPIPE,           EPROTONOSUPPORT,
                              EPROTOTYPE,   ESHUTDOWN,       ETIMEDOUT,
                              ETOOMANYREFS, ESOCKTNOSUPPORT, EOVERFLOW,
                              ENOSYS,       ENODEV,          EPROTO,
                              EUSERS,       EDQUOT,          ESTALE,
                              EREMOTE};

static void every_error_has_a_number_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        assert_true(numbers[i] > 0);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(numbers[i], numbers[j]);
    }
}

static void every_error_has_a_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        const char *text = strerror(numbers[i]);
        assert_non_null(text);
        assert_true(strlen(text) > 3);
        assert_null(strstr(text, "nknown"));
    }
}

static void two_names_are_one_error(void **state)
{
    (void)state;
    assert_int_equal(EWOULDBLOCK, EAGAIN);
    assert_int_equal(ENOTSUP, EOPNOTSUPP);
}

/* --- Descriptors ------------------------------------------------------------ */

static long long call_accept(int fd)
{
    return accept(fd, NULL, NULL);
}

static long long call_accept4(int fd)
{
    return accept4(fd, NULL, NULL, SOCK_CLOEXEC);
}

static long long call_bind(int fd)
{
    struct address address = loopback(AF_INET, 0);
    return bind(fd, as_sockaddr(&address), address.length);
}

static long long call_connect(int fd)
{
    struct address address = loopback(AF_INET, 9);
    return connect(fd, as_sockaddr(&address), address.length);
}

static long long call_getpeername(int fd)
{
    struct address address = {.length = sizeof address.storage};
    return getpeername(fd, as_sockaddr(&address), &address.length);
}

static long long call_getsockname(int fd)
{
    struct address address = {.length = sizeof address.storage};
    return getsockname(fd, as_sockaddr(&address), &address.length);
}

static long long call_getsockopt(int fd)
{
    int value;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length);
}

static long long call_setsockopt(int fd)
{
    int one = 1;
    return setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

static long long call_listen(int fd)
{
    return listen(fd, 1);
}

static long long call_recv(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT);
}

static long long call_recvfrom(int fd)
{
    char byte;
    struct address from = {.length = sizeof from.storage};
    return recvfrom(fd, &byte, 1, MSG_DONTWAIT, as_sockaddr(&from),
                    &from.length);
}

static struct msghdr message_of(struct iovec *piece, char *byte)
{
    struct msghdr message;
    memset(&message, 0, sizeof message);
    piece->iov_base = byte;
    piece->iov_len = 1;
    message.msg_iov = piece;
    message.msg_iovlen = 1;
    return message;
}

static long long call_recvmsg(int fd)
{
    char byte;
    struct iovec piece;
    struct msghdr message = message_of(&piece, &byte);
    return recvmsg(fd, &message, MSG_DONTWAIT);
}

static long long call_send(int fd)
{
    return send(fd, "x", 1, MSG_NOSIGNAL);
}

static long long call_sendto(int fd)
{
    struct address to = loopback(AF_INET, 9);
    return sendto(fd, "x", 1, MSG_NOSIGNAL, as_sockaddr(&to), to.length);
}

static long long call_sendmsg(int fd)
{
    char byte = 'x';
    struct iovec piece;
    struct msghdr message = message_of(&piece, &byte);
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static long long call_shutdown(int fd)
{
    return shutdown(fd, SHUT_RDWR);
}

static const struct {
    const char *name;
    long long (*call)(int fd);
} calls[] = {
    {"accept", call_accept},
    {"accept4", call_accept4},
    {"bind", call_bind},
    {"connect", call_connect},
    {"getpeername", call_getpeername},
    {"getsockname", call_getsockname},
    {"getsockopt", call_getsockopt},
    {"setsockopt", call_setsockopt},
    {"listen", call_listen},
    {"recv", call_recv},
    {"recvfrom", call_recvfrom},
    {"recvmsg", call_recvmsg},
    {"send", call_send},
    {"sendto", call_sendto},
    {"sendmsg", call_sendmsg},
    {"shutdown", call_shutdown},
};

static void all_calls_fail(int fd, int error)
{
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        errno = 0;
        long long result = calls[i].call(fd);
        check_fails(result, error, calls[i].name, __FILE__, __LINE__);
    }
}

static void what_is_no_descriptor_is_ebadf(void **state)
{
    static const int bad[] = {-1, -2, INT_MIN, INT_MAX, 1000000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        all_calls_fail(bad[i], EBADF);
}

static void what_was_closed_is_ebadf(void **state)
{
    (void)state;
    all_calls_fail(closed_descriptor(), EBADF);
}

static void a_file_is_enotsock(void **state)
{
    (void)state;
    all_calls_fail(temporary_file(), ENOTSOCK);
}

static void a_pipe_is_enotsock(void **state)
{
    int ends[2];
    (void)state;
    assert_call(pipe(ends), 0);
    all_calls_fail(keep(ends[0]), ENOTSOCK);
    all_calls_fail(keep(ends[1]), ENOTSOCK);
}

static void standard_output_is_enotsock(void **state)
{
    (void)state;
    fflush(stdout);
    all_calls_fail(STDOUT_FILENO, ENOTSOCK);
}

/* --- errno ------------------------------------------------------------------ */

static void success_leaves_it_alone(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    errno = 4321;
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
    (void)name_of(ends.client);
    (void)peer_of(ends.client);
    assert_call(shutdown(ends.client, SHUT_RDWR), 0);
    assert_call(recv(ends.server, &byte, 1, 0), 0);
    assert_int_equal(errno, 4321);
}

static void closing_afterwards_keeps_it(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_fails(recv(ends.client, &byte, 1, MSG_DONTWAIT), EAGAIN);
    close_kept(ends.client);
    assert_int_equal(errno, EAGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(every_error_has_a_number_of_its_own),
        claim(every_error_has_a_text),
        claim(two_names_are_one_error),
        claim(what_is_no_descriptor_is_ebadf),
        claim(what_was_closed_is_ebadf),
        claim(a_file_is_enotsock),
        claim(a_pipe_is_enotsock),
        claim(standard_output_is_enotsock),
        claim(success_leaves_it_alone),
        claim(closing_afterwards_keeps_it),
    };
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
