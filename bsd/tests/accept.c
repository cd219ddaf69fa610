/* accept.c: accept() and accept4(). */
#include "fixture.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static int connected_to(int listener)
{
    struct address name = name_of(listener);
    int fd = keep(socket(name.storage.ss_family, SOCK_STREAM, 0));
    assert_call(connect(fd, as_sockaddr(&name), name.length), 0);
    return fd;
}

static void the_address_is_the_peers(void **state)
{
    static const int families[] = {AF_INET, AF_INET6};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        int listener = listening(families[i]);
        struct address client = name_of(connected_to(listener));
        struct address told = {.length = sizeof told.storage};
        keep(accept(listener, as_sockaddr(&told), &told.length));
        assert_int_equal(told.length, client.length);
        assert_int_equal(told.storage.ss_family, families[i]);
        assert_int_equal(port_of(&told), port_of(&client));
    }
}

static void no_address_need_be_told(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    connected_to(listener);
    connected_to(listener);
    socklen_t length = 77;
    keep(accept(listener, NULL, NULL));
    keep(accept(listener, NULL, &length));
    assert_int_equal(length, 77);
}

static void a_short_address_is_cut(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    connected_to(listener);
    struct address told;
    memset(&told, 0x5a, sizeof told);
    told.length = 4;
    keep(accept(listener, as_sockaddr(&told), &told.length));
    assert_int_equal(told.length, sizeof(struct sockaddr_in));
    assert_int_equal(((unsigned char *)&told.storage)[4], 0x5a);
    assert_int_equal(told.storage.ss_family, AF_INET);
}

static void room_for_nothing_is_fine(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    connected_to(listener);
    struct address told;
    memset(&told, 0x5a, sizeof told);
    told.length = 0;
    keep(accept(listener, as_sockaddr(&told), &told.length));
    assert_int_equal(told.length, sizeof(struct sockaddr_in));
    assert_int_equal(((unsigned char *)&told.storage)[0], 0x5a);
}

static void an_address_needs_a_length(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    connected_to(listener);
    struct address told;
    assert_fails(accept(listener, as_sockaddr(&told), NULL), EFAULT);
}

static void a_negative_length_is_einval(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    connected_to(listener);
    struct address told = {.length = (socklen_t)-1};
    assert_fails(accept(listener, as_sockaddr(&told), &told.length), EINVAL);
}

static void the_connection_blocks_whatever_the_listener_does(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    set_nonblocking(listener);
    connected_to(listener);
    wait_readable(listener);
    int fd = keep(accept(listener, NULL, NULL));
    assert_call(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    assert_call(fcntl(listener, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

static void accept4_sets_flags(void **state)
{
    static const int flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC,
                                SOCK_NONBLOCK | SOCK_CLOEXEC};
    (void)state;
    int listener = listening(AF_INET);
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        connected_to(listener);
        int fd = keep(accept4(listener, NULL, NULL, flags[i]));
        assert_int_equal((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0,
                         (flags[i] & SOCK_NONBLOCK) != 0);
        assert_int_equal(fcntl(fd, F_GETFD) == FD_CLOEXEC,
                         (flags[i] & SOCK_CLOEXEC) != 0);
    }
}

static void unknown_flags_are_einval(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    connected_to(listener);
    assert_fails(accept4(listener, NULL, NULL, 1), EINVAL);
    assert_fails(accept4(listener, NULL, NULL, 0x100000), EINVAL);
    assert_fails(accept4(temporary_file(), NULL, NULL, 1), EINVAL);
    assert_fails(accept4(-1, NULL, NULL, 1), EBADF);
    keep(accept4(listener, NULL, NULL, 0));
}

static void nobody_there_is_eagain(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    set_nonblocking(listener);
    assert_fails(accept(listener, NULL, NULL), EAGAIN);
    assert_fails(accept(listener, NULL, NULL), EWOULDBLOCK);
}

static void so_rcvtimeo_is_for_accept_too(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct timeval patience = {0, 100000};
    assert_call(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience,
                           sizeof patience),
                0);
    long long begin_ms = clock_ms();
    assert_fails(accept(listener, NULL, NULL), EAGAIN);
    long long taken_ms = clock_ms() - begin_ms;
    assert_true(taken_ms >= 80 && taken_ms < 3000);
}

static void options_are_inherited(void **state)
{
    (void)state;
    int one = 1;
    struct timeval patience = {7, 0};
    struct linger linger = {1, 3};
    int listener = listening(AF_INET);
    assert_call(
        setsockopt(listener, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one), 0);
    assert_call(
        setsockopt(listener, SOL_SOCKET, SO_OOBINLINE, &one, sizeof one), 0);
    assert_call(
        setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), 0);
    assert_call(
        setsockopt(listener, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    assert_call(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience,
                           sizeof patience),
                0);
    connected_to(listener);
    int fd = keep(accept(listener, NULL, NULL));
    int value = 0;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &length), 0);
    assert_int_equal(value != 0, 1);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &value, &length), 0);
    assert_int_equal(value != 0, 1);
    assert_call(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &length), 0);
    assert_int_equal(value != 0, 1);
    memset(&linger, 0, sizeof linger);
    length = sizeof linger;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length), 0);
    assert_int_equal(linger.l_linger, 3);
    memset(&patience, 0, sizeof patience);
    length = sizeof patience;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, &length), 0);
    assert_int_equal(patience.tv_sec, 7);
}

static void what_does_not_listen_is_einval(void **state)
{
    (void)state;
    assert_fails(accept(keep(socket(AF_INET, SOCK_STREAM, 0)), NULL, NULL),
                 EINVAL);
    assert_fails(accept(bound(AF_INET, SOCK_STREAM), NULL, NULL), EINVAL);
    assert_fails(accept(stream(AF_INET).client, NULL, NULL), EINVAL);
}

static void datagrams_have_nothing_to_accept(void **state)
{
    (void)state;
    assert_fails(accept(bound(AF_INET, SOCK_DGRAM), NULL, NULL), EOPNOTSUPP);
}

static void after_shutdown_it_is_einval(void **state)
{
    static const int hows[] = {SHUT_RD, SHUT_RDWR};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        int listener = listening(AF_INET);
        assert_call(shutdown(listener, hows[i]), 0);
        assert_fails(accept(listener, NULL, NULL), EINVAL);
    }
}

static void *wait_in_accept(void *listener)
{
    static int error;
    error = accept(*(int *)listener, NULL, NULL) < 0 ? errno : 0;
    return &error;
}

static void shutdown_ends_waiting(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct helper *helper = begin(wait_in_accept, &listener);
    let_others_wait();
    assert_call(shutdown(listener, SHUT_RD), 0);
    assert_int_equal(*(int *)finish(helper), EINVAL);
}

static void *connect_later(void *listener)
{
    let_others_wait();
    connected_to(*(int *)listener);
    return NULL;
}

static void it_waits_for_a_connection(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct helper *helper = begin(connect_later, &listener);
    int fd = accept(listener, NULL, NULL);
    finish(helper);
    keep(fd);
}

static void without_a_number_the_connection_stays(void **state)
{
    enum {
        MANY = 70000
    };
    static int taken[MANY];
    int count = 0;
    (void)state;
    int listener = listening(AF_INET);
    connected_to(listener);
    wait_readable(listener);
    for (; count < MANY; count++) {
        taken[count] = dup(listener);
        if (taken[count] < 0)
            break;
    }
    int number = errno;
    errno = 0;
    int fd = count < MANY ? accept(listener, NULL, NULL) : -1;
    int error = errno;
    while (count > 0)
        close(taken[--count]);
    if (fd >= 0)
        close(fd);
    if (count == MANY)
        skip_because("there is no limit that can be reached");
    assert_int_equal(number, EMFILE);
    assert_int_equal(fd, -1);
    assert_int_equal(error, EMFILE);
    keep(accept(listener, NULL, NULL));
}

static void bad_descriptors_are_told(void **state)
{
    (void)state;
    assert_fails(accept(-1, NULL, NULL), EBADF);
    assert_fails(accept(closed_descriptor(), NULL, NULL), EBADF);
    assert_fails(accept(temporary_file(), NULL, NULL), ENOTSOCK);
    assert_fails(accept4(-1, NULL, NULL, 0), EBADF);
    assert_fails(accept4(temporary_file(), NULL, NULL, 0), ENOTSOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(the_address_is_the_peers),
        claim(no_address_need_be_told),
        claim(a_short_address_is_cut),
        claim(room_for_nothing_is_fine),
        claim(an_address_needs_a_length),
        claim(a_negative_length_is_einval),
        claim(the_connection_blocks_whatever_the_listener_does),
        claim(accept4_sets_flags),
        claim(unknown_flags_are_einval),
        claim(nobody_there_is_eagain),
        claim(so_rcvtimeo_is_for_accept_too),
        claim(options_are_inherited),
        claim(what_does_not_listen_is_einval),
        claim(datagrams_have_nothing_to_accept),
        claim(after_shutdown_it_is_einval),
        claim(shutdown_ends_waiting),
        claim(it_waits_for_a_connection),
        claim(without_a_number_the_connection_stays),
        claim(bad_descriptors_are_told),
    };
    return cmocka_run_group_tests_name("accept", tests, NULL, NULL);
}
