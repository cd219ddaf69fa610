/* unix_errors.c: what calls on Unix sockets refuse. */
#include "unix_socket.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* --- socket() --------------------------------------------------------------- */

static void unknown_types_are_refused(void **state)
{
    (void)state;
    assert_fails(socket(AF_UNIX, SOCK_RDM, 0), ESOCKTNOSUPPORT);
    assert_fails(socket(AF_UNIX, SOCK_STREAM, 6), EPROTONOSUPPORT);
    keep(socket(AF_UNIX, SOCK_STREAM, PF_UNIX));
}

/* --- bind() ----------------------------------------------------------------- */

static void a_path_that_is_there_is_in_use(void **state)
{
    const char *path = temporary_path();
    const char *plain = temporary_path();
    (void)state;
    bound_at(SOCK_STREAM, path);
    close(keep(open(plain, O_RDWR | O_CREAT, 0600)));
    assert_fails(bind_to(unix_socket(SOCK_STREAM), path), EADDRINUSE);
    assert_fails(bind_to(unix_socket(SOCK_DGRAM), path), EADDRINUSE);
    assert_fails(bind_to(unix_socket(SOCK_STREAM), plain), EADDRINUSE);
    assert_fails(bind_to(unix_socket(SOCK_STREAM), "."), EADDRINUSE);
}

static void a_path_in_no_folder_is_enoent(void **state)
{
    (void)state;
    assert_fails(bind_to(unix_socket(SOCK_STREAM), "no-such-folder/socket"),
                 ENOENT);
}

static void a_path_below_a_file_is_enotdir(void **state)
{
    const char *plain = temporary_path();
    char path[96];
    (void)state;
    close(keep(open(plain, O_RDWR | O_CREAT, 0600)));
    snprintf(path, sizeof path, "%s/socket", plain);
    assert_fails_either(bind_to(unix_socket(SOCK_STREAM), path), ENOTDIR,
                        ENOENT);
}

static void a_second_name_is_einval(void **state)
{
    const char *second = temporary_path();
    (void)state;
    int fd = bound_at(SOCK_STREAM, temporary_path());
    assert_fails(bind_to(fd, second), EINVAL);
    assert_fails(access(second, F_OK), ENOENT);
}

static void lengths_and_families_that_do_not_fit_are_einval(void **state)
{
    struct address address = path_address("x");
    (void)state;
    int fd = unix_socket(SOCK_STREAM);
    assert_fails(bind(fd, as_sockaddr(&address), 1), EINVAL);
    assert_fails(
        bind(fd, as_sockaddr(&address), sizeof(struct sockaddr_un) + 1),
        EINVAL);
    assert_fails(connect(fd, as_sockaddr(&address), PATH_AT), EINVAL);
    assert_fails(
        connect(fd, as_sockaddr(&address), sizeof(struct sockaddr_un) + 1),
        EINVAL);
    address.storage.ss_family = AF_INET;
    assert_fails(bind(fd, as_sockaddr(&address), address.length), EINVAL);
    assert_fails(connect(fd, as_sockaddr(&address), address.length), EINVAL);
}

static void no_address_is_efault(void **state)
{
    struct sockaddr *volatile nowhere = NULL;
    (void)state;
    int fd = unix_socket(SOCK_STREAM);
    assert_fails(bind(fd, nowhere, 10), EFAULT);
    assert_fails(connect(fd, nowhere, 10), EFAULT);
}

/* --- listen() and accept() --------------------------------------------------- */

static void listening_without_a_name_is_einval(void **state)
{
    (void)state;
    assert_fails(listen(unix_socket(SOCK_STREAM), 1), EINVAL);
}

static void datagrams_do_not_listen(void **state)
{
    (void)state;
    int fd = bound_at(SOCK_DGRAM, temporary_path());
    assert_fails(listen(fd, 1), EOPNOTSUPP);
    assert_fails(accept(fd, NULL, NULL), EOPNOTSUPP);
}

static void accepting_without_listening_is_einval(void **state)
{
    (void)state;
    int fd = bound_at(SOCK_STREAM, temporary_path());
    assert_fails(accept(fd, NULL, NULL), EINVAL);
}

static void listening_again_is_fine(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int fd = listening_at(SOCK_STREAM, path, 1);
    assert_call(listen(fd, 5), 0);
    connected_to(SOCK_STREAM, path);
}

/* --- connect() --------------------------------------------------------------- */

static void a_path_that_is_not_there_is_enoent(void **state)
{
    const char *path = temporary_path();
    (void)state;
    assert_fails(connect_path(unix_socket(SOCK_STREAM), path), ENOENT);
    assert_fails(connect_path(unix_socket(SOCK_DGRAM), path), ENOENT);
    assert_fails(connect_path(unix_socket(SOCK_SEQPACKET), path), ENOENT);
}

static void what_is_no_socket_refuses(void **state)
{
    const char *plain = temporary_path();
    (void)state;
    int file = keep(open(plain, O_RDWR | O_CREAT, 0600));
    assert_fails(connect_path(unix_socket(SOCK_STREAM), plain), ECONNREFUSED);
    assert_call(write(file, "something else\n", 15), 15);
    assert_fails(connect_path(unix_socket(SOCK_STREAM), plain), ECONNREFUSED);
    assert_fails(connect_path(unix_socket(SOCK_STREAM), "."), ECONNREFUSED);
}

static void who_does_not_listen_refuses(void **state)
{
    const char *path = temporary_path();
    (void)state;
    bound_at(SOCK_STREAM, path);
    assert_fails(connect_path(unix_socket(SOCK_STREAM), path), ECONNREFUSED);
}

static void another_type_is_eprototype(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        const char *path = temporary_path();
        bound_at(types[i], path);
        for (size_t j = 0; j < COUNT_OF(types); j++) {
            if (i != j)
                assert_fails(connect_path(unix_socket(types[j]), path),
                             EPROTOTYPE);
        }
    }
}

static void connecting_twice_is_eisconn(void **state)
{
    const char *path = temporary_path();
    (void)state;
    listening_at(SOCK_STREAM, path, 4);
    int fd = connected_to(SOCK_STREAM, path);
    assert_fails(connect_path(fd, path), EISCONN);
}

static void a_listener_cannot_connect(void **state)
{
    const char *path = temporary_path();
    (void)state;
    listening_at(SOCK_STREAM, path, 4);
    int fd = listening_at(SOCK_STREAM, temporary_path(), 4);
    assert_fails(connect_path(fd, path), EINVAL);
}

static void a_refused_socket_can_try_again(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = bound_at(SOCK_STREAM, path);
    int fd = unix_socket(SOCK_STREAM);
    assert_fails(connect_path(fd, path), ECONNREFUSED);
    assert_call(listen(listener, 1), 0);
    assert_call(connect_path(fd, path), 0);
    send_text(fd, "at last");
    assert_received(keep(accept(listener, NULL, NULL)), "at last");
}

/* --- Data -------------------------------------------------------------------- */

static void a_socket_without_a_peer_has_nobody(void **state)
{
    char byte;
    struct address name;
    (void)state;
    int fd = unix_socket(SOCK_STREAM);
    name.length = sizeof name.storage;
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), ENOTCONN);
    assert_fails(recv(fd, &byte, 1, 0), EINVAL);
    assert_fails(getpeername(fd, as_sockaddr(&name), &name.length), ENOTCONN);
    fd = unix_socket(SOCK_DGRAM);
    assert_fails(send(fd, "x", 1, 0), ENOTCONN);
    assert_fails(getpeername(fd, as_sockaddr(&name), &name.length), ENOTCONN);
    fd = unix_socket(SOCK_SEQPACKET);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), ENOTCONN);
    assert_fails(recv(fd, &byte, 1, 0), ENOTCONN);
}

static void a_listener_carries_no_data(void **state)
{
    char byte;
    (void)state;
    int fd = listening_at(SOCK_STREAM, temporary_path(), 1);
    assert_fails(send(fd, "x", 1, MSG_NOSIGNAL), ENOTCONN);
    assert_fails(recv(fd, &byte, 1, 0), EINVAL);
}

static void a_stream_takes_no_address(void **state)
{
    struct address nowhere = path_address("nowhere");
    (void)state;
    assert_fails(sendto(unix_socket(SOCK_STREAM), "x", 1, MSG_NOSIGNAL,
                        as_sockaddr(&nowhere), nowhere.length),
                 EOPNOTSUPP);
}

static void a_datagram_to_nowhere_says_why(void **state)
{
    struct address nowhere = path_address(temporary_path());
    const char *path = temporary_path();
    struct address stream_address = path_address(path);
    (void)state;
    int fd = unix_socket(SOCK_DGRAM);
    listening_at(SOCK_STREAM, path, 1);
    assert_fails(sendto(fd, "x", 1, 0, as_sockaddr(&nowhere), nowhere.length),
                 ENOENT);
    assert_fails(sendto(fd, "x", 1, 0, as_sockaddr(&stream_address),
                        stream_address.length),
                 EPROTOTYPE);
    assert_fails(sendto(fd, "x", 1, 0, as_sockaddr(&nowhere), PATH_AT), EINVAL);
}

static void shutting_what_is_not_connected(void **state)
{
    (void)state;
    assert_fails(shutdown(closed_descriptor(), SHUT_RD), EBADF);
    assert_call(shutdown(unix_socket(SOCK_DGRAM), SHUT_WR), 0);
    int fd = unix_socket(SOCK_DGRAM);
    assert_call(shutdown(fd, SHUT_WR), 0);
}

static void an_address_of_nothing_is_einval(void **state)
{
    (void)state;
    assert_fails(bind(unix_socket(SOCK_STREAM), NULL, 0), EINVAL);
    assert_fails(connect(unix_socket(SOCK_STREAM), NULL, 0), EINVAL);
}

static void a_name_without_room_is_efault(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    socklen_t length = 100;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_fails(getpeername(ends.client, NULL, &length), EFAULT);
        assert_fails(getsockname(ends.client, NULL, &length), EFAULT);
    }
}

static void nothing_to_a_closed_end_is_epipe(void **state)
{
    (void)state;
    struct ends ends = pair_of(SOCK_STREAM);
    close_kept(ends.server);
    assert_fails(send(ends.client, "", 0, MSG_NOSIGNAL), EPIPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(unknown_types_are_refused),
        claim(a_path_that_is_there_is_in_use),
        claim(an_address_of_nothing_is_einval),
        claim(a_name_without_room_is_efault),
        claim(nothing_to_a_closed_end_is_epipe),
        claim(a_path_in_no_folder_is_enoent),
        claim(a_path_below_a_file_is_enotdir),
        claim(a_second_name_is_einval),
        claim(lengths_and_families_that_do_not_fit_are_einval),
        claim(no_address_is_efault),
        claim(listening_without_a_name_is_einval),
        claim(datagrams_do_not_listen),
        claim(accepting_without_listening_is_einval),
        claim(listening_again_is_fine),
        claim(a_path_that_is_not_there_is_enoent),
        claim(what_is_no_socket_refuses),
        claim(who_does_not_listen_refuses),
        claim(another_type_is_eprototype),
        claim(connecting_twice_is_eisconn),
        claim(a_listener_cannot_connect),
        claim(a_refused_socket_can_try_again),
        claim(a_socket_without_a_peer_has_nobody),
        claim(a_listener_carries_no_data),
        claim(a_stream_takes_no_address),
        claim(a_datagram_to_nowhere_says_why),
        claim(shutting_what_is_not_connected),
    };
    return cmocka_run_group_tests_name("unix_errors", tests, NULL, NULL);
}
