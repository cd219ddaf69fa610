/* unix_names.c: the names of Unix sockets. */
#include "unix_socket.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static void a_new_socket_is_unnamed(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct address local = name_of(unix_socket(types[i]));
        assert_unnamed(&local);
    }
}

static void a_bound_one_has_its_path(void **state)
{
    const char *path = temporary_path();
    (void)state;
    struct address local = name_of(bound_at(SOCK_STREAM, path));
    assert_named(&local, path);
}

static void both_ends_know_the_path(void **state)
{
    const char *path = temporary_path();
    struct address peer;
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 1);
    int client = connected_to(SOCK_STREAM, path);
    peer.length = sizeof peer.storage;
    int server = keep(accept(listener, as_sockaddr(&peer), &peer.length));
    assert_unnamed(&peer);
    peer = peer_of(client);
    assert_named(&peer, path);
    peer = name_of(server);
    assert_named(&peer, path);
    peer = peer_of(server);
    assert_unnamed(&peer);
    peer = name_of(client);
    assert_unnamed(&peer);
}

static void a_client_may_have_a_path_too(void **state)
{
    const char *path = temporary_path();
    const char *mine = temporary_path();
    struct address peer;
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 1);
    int client = bound_at(SOCK_STREAM, mine);
    assert_call(connect_path(client, path), 0);
    peer.length = sizeof peer.storage;
    int server = keep(accept(listener, as_sockaddr(&peer), &peer.length));
    assert_named(&peer, mine);
    peer = peer_of(server);
    assert_named(&peer, mine);
    peer = name_of(client);
    assert_named(&peer, mine);
}

static void the_zero_byte_may_be_left_out(void **state)
{
    const char *path = temporary_path();
    struct address address = bytes_address(path, strlen(path));
    (void)state;
    int fd = unix_socket(SOCK_STREAM);
    assert_call(bind(fd, as_sockaddr(&address), address.length), 0);
    struct address local = name_of(fd);
    assert_named(&local, path);
    assert_call(listen(fd, 1), 0);
    connected_to(SOCK_STREAM, path);
}

static void bytes_behind_the_zero_byte_do_not_count(void **state)
{
    const char *path = temporary_path();
    struct address address = path_address(path);
    (void)state;
    int fd = unix_socket(SOCK_STREAM);
    assert_call(bind(fd, as_sockaddr(&address), sizeof(struct sockaddr_un)), 0);
    struct address local = name_of(fd);
    assert_named(&local, path);
}

static void a_name_is_cut_to_the_room_for_it(void **state)
{
    const char *path = temporary_path();
    struct sockaddr_un name;
    socklen_t length = PATH_AT + 3;
    (void)state;
    int fd = bound_at(SOCK_STREAM, path);
    memset(&name, 'z', sizeof name);
    assert_call(getsockname(fd, (struct sockaddr *)&name, &length), 0);
    assert_int_equal(length, PATH_AT + strlen(path) + 1);
    assert_memory_equal(name.sun_path, path, 3);
    assert_int_equal(name.sun_path[3], 'z');
}

static void a_path_in_a_folder_works(void **state)
{
    char folder[64];
    char path[96];
    (void)state;
    strcpy(folder, temporary_path());
    assert_call(mkdir(folder, 0700), 0);
    snprintf(path, sizeof path, "%s/socket", folder);
    int listener = listening_at(SOCK_STREAM, path, 1);
    connected_to(SOCK_STREAM, path);
    close_kept(listener);
    assert_call(unlink(path), 0);
    assert_call(rmdir(folder), 0);
}

static void a_path_of_all_bytes_works(void **state)
{
    char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
    const char *prefix = temporary_path();
    (void)state;
    memset(path, 'p', sizeof path);
    memcpy(path, prefix, strlen(prefix));
    path[sizeof path - 1] = 0;
    struct address address = bytes_address(path, sizeof path - 1);
    int listener = unix_socket(SOCK_STREAM);
    unlink(path);
    assert_call(bind(listener, as_sockaddr(&address), address.length), 0);
    assert_call(listen(listener, 1), 0);
    int client = unix_socket(SOCK_STREAM);
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    assert_call(unlink(path), 0);
}

static void the_name_leads_to_the_file(void **state)
{
    const char *path = temporary_path();
    const char *other = temporary_path();
    (void)state;
    listening_at(SOCK_STREAM, path, 1);
    assert_call(rename(path, other), 0);
    connected_to(SOCK_STREAM, other);
    assert_fails(connect_path(unix_socket(SOCK_STREAM), path), ENOENT);
}

/* --- Names without a file --------------------------------------------------- */

static struct address abstract_address(const char *name)
{
    char bytes[64] = {0};
    int length = snprintf(bytes + 1, sizeof bytes - 1, "bsd-test-%d-%s",
                          (int)getpid(), name);
    return bytes_address(bytes, (size_t)length + 1);
}

static void an_abstract_name_needs_no_file(void **state)
{
    struct address address = abstract_address("listener");
    (void)state;
    int listener = unix_socket(SOCK_STREAM);
    assert_call(bind(listener, as_sockaddr(&address), address.length), 0);
    assert_call(listen(listener, 1), 0);
    int client = unix_socket(SOCK_STREAM);
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    struct address peer = peer_of(client);
    assert_int_equal(peer.length, address.length);
    assert_memory_equal(path_in(&peer), path_in(&address),
                        address.length - PATH_AT);
}

static void an_abstract_name_is_free_once_closed(void **state)
{
    struct address address = abstract_address("again");
    (void)state;
    int first = unix_socket(SOCK_DGRAM);
    int second = unix_socket(SOCK_DGRAM);
    assert_call(bind(first, as_sockaddr(&address), address.length), 0);
    assert_fails(bind(second, as_sockaddr(&address), address.length),
                 EADDRINUSE);
    close_kept(first);
    assert_call(bind(second, as_sockaddr(&address), address.length), 0);
}

static void an_abstract_name_has_zero_bytes(void **state)
{
    struct address one = abstract_address("zero");
    struct address other = one;
    (void)state;
    one.length += 1;
    other.length += 2;
    int first = unix_socket(SOCK_DGRAM);
    int second = unix_socket(SOCK_DGRAM);
    assert_call(bind(first, as_sockaddr(&one), one.length), 0);
    assert_call(bind(second, as_sockaddr(&other), other.length), 0);
}

static void an_abstract_name_of_nobody_refuses(void **state)
{
    struct address address = abstract_address("nobody");
    (void)state;
    assert_fails(connect(unix_socket(SOCK_STREAM), as_sockaddr(&address),
                         address.length),
                 ECONNREFUSED);
}

static void binding_to_the_family_alone_finds_a_name(void **state)
{
    struct sockaddr_un any;
    (void)state;
    memset(&any, 0, sizeof any);
    any.sun_family = AF_UNIX;
    int first = unix_socket(SOCK_DGRAM);
    int second = unix_socket(SOCK_DGRAM);
    assert_call(bind(first, (struct sockaddr *)&any, PATH_AT), 0);
    assert_call(bind(second, (struct sockaddr *)&any, PATH_AT), 0);
    struct address one = name_of(first);
    struct address other = name_of(second);
    assert_int_equal(one.length, PATH_AT + 6);
    assert_int_equal(path_in(&one)[0], 0);
    assert_memory_not_equal(path_in(&one), path_in(&other), 6);
    assert_call(sendto(first, "x", 1, 0, as_sockaddr(&other), other.length), 1);
    assert_received(second, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_new_socket_is_unnamed),
        claim(a_bound_one_has_its_path),
        claim(both_ends_know_the_path),
        claim(a_client_may_have_a_path_too),
        claim(the_zero_byte_may_be_left_out),
        claim(bytes_behind_the_zero_byte_do_not_count),
        claim(a_name_is_cut_to_the_room_for_it),
        claim(a_path_in_a_folder_works),
        claim(a_path_of_all_bytes_works),
        claim(the_name_leads_to_the_file),
        claim(an_abstract_name_needs_no_file),
        claim(an_abstract_name_is_free_once_closed),
        claim(an_abstract_name_has_zero_bytes),
        claim(an_abstract_name_of_nobody_refuses),
        claim(binding_to_the_family_alone_finds_a_name),
    };
    return cmocka_run_group_tests_name("unix_names", tests, NULL, NULL);
}
