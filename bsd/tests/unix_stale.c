/* unix_stale.c: files that sockets have left. */
#include "unix_socket.h"

static void closing_leaves_the_file(void **state)
{
    const char *path = temporary_path();
    (void)state;
    close_kept(listening_at(SOCK_STREAM, path, 1));
    assert_call(access(path, F_OK), 0);
}

static void what_is_left_refuses(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        const char *path = temporary_path();
        close_kept(bound_at(types[i], path));
        assert_fails(connect_path(unix_socket(types[i]), path), ECONNREFUSED);
    }
}

static void a_datagram_to_what_is_left_is_refused(void **state)
{
    const char *path = temporary_path();
    struct address address = path_address(path);
    (void)state;
    close_kept(bound_at(SOCK_DGRAM, path));
    assert_fails(sendto(unix_socket(SOCK_DGRAM), "x", 1, 0,
                        as_sockaddr(&address), address.length),
                 ECONNREFUSED);
}

static void what_is_left_is_in_use(void **state)
{
    const char *path = temporary_path();
    (void)state;
    close_kept(listening_at(SOCK_STREAM, path, 1));
    assert_fails(bind_to(unix_socket(SOCK_STREAM), path), EADDRINUSE);
}

static void once_removed_the_path_is_free(void **state)
{
    const char *path = temporary_path();
    (void)state;
    close_kept(listening_at(SOCK_STREAM, path, 1));
    assert_call(unlink(path), 0);
    listening_at(SOCK_STREAM, path, 1);
    connected_to(SOCK_STREAM, path);
}

static void a_removed_name_leaves_connections_alone(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 1);
    int client = connected_to(SOCK_STREAM, path);
    assert_call(unlink(path), 0);
    int server = keep(accept(listener, NULL, NULL));
    send_text(client, "still");
    assert_received(server, "still");
}

static void the_next_owner_of_a_path_gets_what_comes(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int first = listening_at(SOCK_STREAM, path, 1);
    assert_call(unlink(path), 0);
    int second = listening_at(SOCK_STREAM, path, 1);
    set_nonblocking(first);
    connected_to(SOCK_STREAM, path);
    keep(accept(second, NULL, NULL));
    assert_fails(accept(first, NULL, NULL), EAGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(closing_leaves_the_file),
        claim(what_is_left_refuses),
        claim(a_datagram_to_what_is_left_is_refused),
        claim(what_is_left_is_in_use),
        claim(once_removed_the_path_is_free),
        claim(a_removed_name_leaves_connections_alone),
        claim(the_next_owner_of_a_path_gets_what_comes),
    };
    return cmocka_run_group_tests_name("unix_stale", tests, NULL, NULL);
}
