/* Unix sockets, on systems that have them: each test takes what
 * psock_capability() promises, and no more. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static void need(int capability)
{
    if (psock_capability(capability) < 0)
        skip_because("this system has no such Unix sockets");
}

/* --- Names that nobody else has -------------------------------------------- */

enum {
    PATH_SIZE = 64
};

/* A path in the working directory, to be removed by whoever binds to it. */
static psock_address fresh_path(char path[PATH_SIZE])
{
    static int count;
    psock_address address;
    snprintf(path, PATH_SIZE, "psock-test-%llx-%d.sock",
             (unsigned long long)clock_ns(), count++);
    assert_result(psock_address_unix(path, strlen(path), &address), 0);
    return address;
}

static psock_t bound_to(const psock_address *address, int type)
{
    psock_t s = open_kept(PSOCK_UNIX, type);
    assert_result(psock_bind(s, address, PSOCK_BIND_FRESH), 0);
    return s;
}

static void check_echo(psock_t client, psock_t server)
{
    send_text(client, "ping");
    recv_text(server, "ping");
    send_text(server, "pong");
    recv_text(client, "pong");
}

/* --- Streams -------------------------------------------------------------- */

static void stream_works_over_a_path(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path), peer;
    psock_t listener = bound_to(&address, PSOCK_STREAM);
    int listened = psock_listen(listener, PSOCK_BACKLOG_DEFAULT);
    psock_t client = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    int connected = psock_connect(client, &address, in_time());
    remove(path);
    assert_result(listened, 0);
    assert_result(connected, 0);
    psock_t server = keep(psock_accept(listener, &peer, in_time()));
    assert_true(psock_address_kind(&peer) & PSOCK_ADDRESS_UNNAMED);
    check_echo(client, server);
}

static void stream_works_over_an_abstract_name(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_ABSTRACT);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    path[0] = '\0';
    assert_result(psock_address_unix(path, strlen(path + 1) + 1, &address), 0);
    psock_t listener = bound_to(&address, PSOCK_STREAM);
    assert_result(psock_listen(listener, PSOCK_BACKLOG_DEFAULT), 0);
    psock_t client = connected_to(listener);
    check_echo(client, keep(psock_accept(listener, NULL, in_time())));
    psock_address peer = peer_of(client);
    assert_true(same_address(&peer, &address));
}

static void bound_path_is_told_as_local_address(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    psock_address local = local_of(bound_to(&address, PSOCK_STREAM));
    remove(path);
    assert_true(same_address(&local, &address));
}

static void unbound_socket_has_the_unnamed_address(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    psock_address local = local_of(open_kept(PSOCK_UNIX, PSOCK_STREAM));
    assert_int_equal(psock_address_family(&local), PSOCK_UNIX);
    assert_true(psock_address_kind(&local) & PSOCK_ADDRESS_UNNAMED);
}

static void path_in_use_is_refused(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    bound_to(&address, PSOCK_STREAM);
    psock_t rival = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    int fresh = psock_bind(rival, &address, PSOCK_BIND_FRESH);
    int rebind = psock_bind(rival, &address, PSOCK_BIND_REBIND);
    remove(path);
    assert_result(fresh, PSOCK_EADDRINUSE);
    assert_result(rebind, PSOCK_EADDRINUSE);
}

static void path_that_is_not_there_is_refused(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    assert_result(
        psock_connect(open_kept(PSOCK_UNIX, PSOCK_STREAM), &address, in_time()),
        PSOCK_ENOENT);
}

static void path_that_nobody_listens_at_is_refused(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    bound_to(&address, PSOCK_STREAM);
    int result =
        psock_connect(open_kept(PSOCK_UNIX, PSOCK_STREAM), &address, in_time());
    remove(path);
    assert_result(result, PSOCK_ECONNREFUSED);
}

static void internet_address_is_refused(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    psock_address address = loopback(PSOCK_IPV4, 9);
    psock_t s = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    assert_result(psock_bind(s, &address, PSOCK_BIND_FRESH),
                  PSOCK_EAFNOSUPPORT);
    assert_result(psock_connect(s, &address, in_time()), PSOCK_EAFNOSUPPORT);
}

/* --- Datagrams ------------------------------------------------------------ */

static void datagrams_name_their_sender(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_DATAGRAM);
    char path_a[PATH_SIZE], path_b[PATH_SIZE], text[8];
    psock_address a = fresh_path(path_a), b = fresh_path(path_b), sender;
    psock_t from = bound_to(&a, PSOCK_DATAGRAM);
    psock_t to = bound_to(&b, PSOCK_DATAGRAM);
    ptrdiff_t sent = psock_send_to(from, "hello", 5, 0, &b, in_time());
    remove(path_a);
    remove(path_b);
    assert_result(sent, 5);
    assert_result(psock_recv_from(to, text, 8, 0, &sender, in_time()), 5);
    assert_memory_equal(text, "hello", 5);
    assert_true(same_address(&sender, &a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(stream_works_over_a_path),
        test_once(stream_works_over_an_abstract_name),
        test_once(bound_path_is_told_as_local_address),
        test_once(unbound_socket_has_the_unnamed_address),
        test_once(path_in_use_is_refused),
        test_once(path_that_is_not_there_is_refused),
        test_once(path_that_nobody_listens_at_is_refused),
        test_once(internet_address_is_refused),
        test_once(datagrams_name_their_sender),
    };
    return cmocka_run_group_tests_name("unix", tests, warm_up, NULL);
}
