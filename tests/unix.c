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

static psock_t listening_at(const psock_address *address, int type)
{
    psock_t s = bound_to(address, type);
    assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
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

static void stream_never_connected_receives_nothing(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE], byte;
    psock_address address = fresh_path(path);
    psock_t s = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    psock_t listener = listening_at(&address, PSOCK_STREAM);
    remove(path);
    assert_result(psock_recv(s, &byte, 1, 0, in_time()), PSOCK_ENOTCONN);
    assert_result(psock_recv(s, &byte, 1, PSOCK_PEEK, PSOCK_NOW),
                  PSOCK_ENOTCONN);
    assert_result(psock_recv(listener, &byte, 1, 0, in_time()), PSOCK_ENOTCONN);
    assert_result(psock_send(s, "x", 1, 0, in_time()), PSOCK_ENOTCONN);
}

static void check_not_shared(int capability, int type)
{
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    if (psock_capability(capability) < 0)
        return;
    psock_t s = open_kept(PSOCK_UNIX, type);
    int bound = psock_bind(s, &address, PSOCK_BIND_SHARED);
    remove(path);
    assert_result(bound, PSOCK_ENOTSUP);
}

static void nobody_shares_a_path(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    check_not_shared(PSOCK_CAP_UNIX_STREAM, PSOCK_STREAM);
    check_not_shared(PSOCK_CAP_UNIX_DATAGRAM, PSOCK_DATAGRAM);
    check_not_shared(PSOCK_CAP_UNIX_SEQPACKET, PSOCK_SEQPACKET);
}

static ptrdiff_t send_one(void *argument)
{
    return psock_send(*(psock_t *)argument, "x", 1, 0, in_time());
}

/* As it does of every other stream; not every system tells the waiting thread
 * of it. */
static void shutdown_ends_a_send_over_a_path(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    for (int i = 0; i < 4; i++) {
        struct stream ends = clogged(PSOCK_UNIX);
        struct running_call *call = begin_call(send_one, &ends.client);
        let_it_wait(call, i * 20);
        assert_result(psock_shutdown(ends.client, PSOCK_SHUT_WRITE), 0);
        assert_true(has_ended(call, 5000));
        assert_result(end_call(call), PSOCK_EPIPE);
        close_kept(ends.client);
        close_kept(ends.server);
    }
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
    listening_at(&address, PSOCK_STREAM);
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

/* --- Paths that outlive their sockets --------------------------------------- */

/* Leaves a socket's file behind that nobody answers to. */
static psock_address stale_path(char path[PATH_SIZE], int type)
{
    psock_address address = fresh_path(path);
    close_kept(bound_to(&address, type));
    return address;
}

static int bind_at(const psock_address *address, int type, int mode)
{
    return psock_bind(open_kept(PSOCK_UNIX, type), address, mode);
}

static void stale_path_is_taken_by_rebinding(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = stale_path(path, PSOCK_STREAM);
    psock_t heir = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    int bound = psock_bind(heir, &address, PSOCK_BIND_REBIND);
    int listened = psock_listen(heir, 1);
    int connected =
        psock_connect(open_kept(PSOCK_UNIX, PSOCK_STREAM), &address, in_time());
    remove(path);
    assert_result(bound, 0);
    assert_result(listened, 0);
    assert_result(connected, 0);
}

static void stale_path_is_not_taken_by_others(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = stale_path(path, PSOCK_STREAM);
    int fresh = bind_at(&address, PSOCK_STREAM, PSOCK_BIND_FRESH);
    int rebind = bind_at(&address, PSOCK_STREAM, PSOCK_BIND_REBIND);
    remove(path);
    assert_result(fresh, PSOCK_EADDRINUSE);
    assert_result(rebind, 0);
}

/* It sees somebody who came and went. */
static void live_listener_keeps_its_path(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    psock_t listener = listening_at(&address, PSOCK_STREAM);
    int result = bind_at(&address, PSOCK_STREAM, PSOCK_BIND_REBIND);
    psock_t client = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    int connected = psock_connect(client, &address, in_time());
    remove(path);
    assert_result(result, PSOCK_EADDRINUSE);
    assert_result(connected, 0);
    psock_t asker = keep(psock_accept(listener, NULL, in_time()));
    assert_result(psock_recv(asker, &(char){0}, 1, 0, in_time()), 0);
    check_echo(client, keep(psock_accept(listener, NULL, in_time())));
}

static void listener_with_a_full_queue_keeps_its_path(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    struct queue queue = full_queue(PSOCK_UNIX);
    assert_result(bind_at(&queue.address, PSOCK_STREAM, PSOCK_BIND_REBIND),
                  PSOCK_EADDRINUSE);
    assert_result(psock_connect(open_kept(PSOCK_UNIX, PSOCK_STREAM),
                                &queue.address, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

static void regular_file_is_not_taken_away(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE], text[8] = "";
    psock_address address = fresh_path(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("mine", file);
    fclose(file);
    int result = bind_at(&address, PSOCK_STREAM, PSOCK_BIND_REBIND);
    int removed = psock_remove_path(&address);
    file = fopen(path, "r");
    const _Bool is_there = file != NULL && fgets(text, sizeof text, file);
    if (file != NULL)
        fclose(file);
    remove(path);
    assert_result(result, PSOCK_EADDRINUSE);
    assert_result(removed, PSOCK_EEXIST);
    assert_true(is_there);
    assert_string_equal(text, "mine");
}

static void path_of_another_type_is_not_taken_away(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_DATAGRAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    psock_t listener = listening_at(&address, PSOCK_STREAM);
    int result = bind_at(&address, PSOCK_DATAGRAM, PSOCK_BIND_REBIND);
    psock_t client = connected_to(listener);
    remove(path);
    assert_result(result, PSOCK_EADDRINUSE);
    check_echo(client, keep(psock_accept(listener, NULL, in_time())));
}

static void failed_rebinding_leaves_the_socket_unbound(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE], other_path[PATH_SIZE];
    psock_address address = fresh_path(path), other = fresh_path(other_path);
    listening_at(&address, PSOCK_STREAM);
    psock_t s = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    int result = psock_bind(s, &address, PSOCK_BIND_REBIND);
    int next = psock_bind(s, &other, PSOCK_BIND_FRESH);
    remove(path);
    remove(other_path);
    assert_result(result, PSOCK_EADDRINUSE);
    assert_result(next, 0);
}

static void datagram_path_is_taken_when_stale_only(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_DATAGRAM);
    char path[PATH_SIZE];
    psock_address address = stale_path(path, PSOCK_DATAGRAM);
    int stale = bind_at(&address, PSOCK_DATAGRAM, PSOCK_BIND_REBIND);
    int live = bind_at(&address, PSOCK_DATAGRAM, PSOCK_BIND_REBIND);
    remove(path);
    assert_result(stale, 0);
    assert_result(live, PSOCK_EADDRINUSE);
}

static psock_address abstract_name(void)
{
    char name[PATH_SIZE];
    psock_address address = fresh_path(name);
    name[0] = '\0';
    assert_result(psock_address_unix(name, strlen(name + 1) + 1, &address), 0);
    return address;
}

static void abstract_name_in_use_is_refused_to_rebinding(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_ABSTRACT);
    psock_address address = abstract_name();
    psock_t owner = bound_to(&address, PSOCK_STREAM);
    assert_result(bind_at(&address, PSOCK_STREAM, PSOCK_BIND_REBIND),
                  PSOCK_EADDRINUSE);
    close_kept(owner);
    assert_result(bind_at(&address, PSOCK_STREAM, PSOCK_BIND_REBIND), 0);
}

/* --- Taking paths away -------------------------------------------------------- */

static void removed_path_is_gone(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = stale_path(path, PSOCK_STREAM);
    assert_result(psock_remove_path(&address), 0);
    assert_result(psock_remove_path(&address), PSOCK_ENOENT);
    int fresh = bind_at(&address, PSOCK_STREAM, PSOCK_BIND_FRESH);
    remove(path);
    assert_result(fresh, 0);
}

static void path_is_removed_by_the_address_that_the_socket_tells(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    char path[PATH_SIZE];
    psock_address address = fresh_path(path);
    psock_address told = local_of(bound_to(&address, PSOCK_STREAM));
    assert_result(psock_remove_path(&told), 0);
    assert_result(psock_remove_path(&address), PSOCK_ENOENT);
}

static void names_without_a_file_cannot_be_removed(void **state)
{
    (void)state;
    need(PSOCK_CAP_UNIX_STREAM);
    psock_address unnamed = local_of(open_kept(PSOCK_UNIX, PSOCK_STREAM));
    assert_result(psock_remove_path(&unnamed), PSOCK_EINVAL);
    if (psock_capability(PSOCK_CAP_UNIX_ABSTRACT) == 0) {
        psock_address name = abstract_name();
        assert_result(psock_remove_path(&name), PSOCK_EINVAL);
    }
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
        test_once(stream_never_connected_receives_nothing),
        test_once(nobody_shares_a_path),
        test_once(shutdown_ends_a_send_over_a_path),
        test_once(bound_path_is_told_as_local_address),
        test_once(unbound_socket_has_the_unnamed_address),
        test_once(path_in_use_is_refused),
        test_once(path_that_is_not_there_is_refused),
        test_once(path_that_nobody_listens_at_is_refused),
        test_once(internet_address_is_refused),
        test_once(stale_path_is_taken_by_rebinding),
        test_once(stale_path_is_not_taken_by_others),
        test_once(live_listener_keeps_its_path),
        test_once(listener_with_a_full_queue_keeps_its_path),
        test_once(regular_file_is_not_taken_away),
        test_once(path_of_another_type_is_not_taken_away),
        test_once(failed_rebinding_leaves_the_socket_unbound),
        test_once(datagram_path_is_taken_when_stale_only),
        test_once(abstract_name_in_use_is_refused_to_rebinding),
        test_once(removed_path_is_gone),
        test_once(path_is_removed_by_the_address_that_the_socket_tells),
        test_once(names_without_a_file_cannot_be_removed),
        test_once(datagrams_name_their_sender),
    };
    return cmocka_run_group_tests_name("unix", tests, warm_up, NULL);
}
