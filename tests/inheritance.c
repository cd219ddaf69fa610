/* Started with arguments, this program is the child: it gets pairs of a socket's
 * value and its port, and its exit code has a bit for each that it finds open
 * under that value, once its standard input has ended. */
#include "fixture.h"

#include <psock/native.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program;

/* --- The child ------------------------------------------------------------ */

static _Bool is_inherited(const char *value, const char *port)
{
    psock_address local;
    psock_t s = (psock_t)strtoll(value, NULL, 10);
    return psock_local(s, &local) == 0 &&
           psock_address_port(&local) == strtoul(port, NULL, 10);
}

static int be_the_child(int count, char **arguments)
{
    int found = 0;
    for (int i = 0; i + 1 < count; i += 2)
        found |= is_inherited(arguments[i], arguments[i + 1]) << (i / 2);
    while (getchar() != EOF)
        continue;
    return found;
}

/* --- The parent ----------------------------------------------------------- */

enum {
    SOCKETS_MAX = 8,
    WORD_SIZE = 24
};

static void name_socket(psock_t s, char value[WORD_SIZE], char port[WORD_SIZE])
{
    psock_address local = local_of(s);
    snprintf(value, WORD_SIZE, "%lld", (long long)s);
    snprintf(port, WORD_SIZE, "%u", (unsigned)psock_address_port(&local));
}

static struct host_child *start_child(const psock_t *sockets, size_t count)
{
    char words[SOCKETS_MAX * 2][WORD_SIZE];
    const char *arguments[SOCKETS_MAX * 2 + 1] = {NULL};
    assert_in_range(count, 1, SOCKETS_MAX);
    for (size_t i = 0; i < count; i++)
        name_socket(sockets[i], words[i * 2], words[i * 2 + 1]);
    for (size_t i = 0; i < count * 2; i++)
        arguments[i] = words[i];
    return host_child_start(program, arguments);
}

static psock_t adopted(int type)
{
    psock_address address = loopback(PSOCK_IPV4, 0);
    psock_t native = host_native_open(PSOCK_IPV4, type);
    psock_t s = keep(psock_adopt((psock_native)native));
    assert_result(psock_bind(s, &address, PSOCK_BIND_FRESH), 0);
    return s;
}

static void child_inherits_no_socket_of_any_origin(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_t client = connected_to(listener);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    psock_t sockets[] = {bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH),
                         listener,
                         client,
                         server,
                         datagram(family),
                         adopted(PSOCK_STREAM),
                         adopted(PSOCK_DATAGRAM)};
    assert_int_equal(host_child_end(start_child(sockets, COUNT_OF(sockets))),
                     0);
}

static void child_inherits_no_end_of_a_pair(void **state)
{
    (void)state;
    psock_t sockets[4];
    for (int i = 0; i < 4; i += 2) {
        int type = i == 0 ? PSOCK_STREAM : PSOCK_DATAGRAM;
        psock_t pair[2];
        assert_result(psock_pair(type, pair), 0);
        sockets[i] = keep(pair[0]);
        sockets[i + 1] = keep(pair[1]);
    }
    assert_int_equal(host_child_end(start_child(sockets, COUNT_OF(sockets))),
                     0);
}

/* Shows that the child would find an end of a pair, too. */
static void child_finds_an_end_that_it_does_inherit(void **state)
{
    (void)state;
    psock_t pair[2];
    assert_result(psock_pair(PSOCK_STREAM, pair), 0);
    psock_t sockets[] = {keep(pair[0]), keep(pair[1])};
    host_make_inheritable(pair[1]);
    assert_int_equal(host_child_end(start_child(sockets, COUNT_OF(sockets))),
                     1 << 1);
}

static void child_does_not_inherit_what_was_passed(void **state)
{
    (void)state;
    if (psock_capability(PSOCK_CAP_PASS_SOCKETS) < 0)
        skip_because("this system passes no sockets");
    psock_t pair[2], s = datagram(PSOCK_IPV4);
    assert_result(psock_pair(PSOCK_STREAM, pair), 0);
    keep(pair[0]);
    keep(pair[1]);
    assert_result(psock_send_socket(pair[0], s, in_time()), 0);
    psock_t passed = keep(psock_recv_socket(pair[1], in_time()));
    assert_int_equal(host_child_end(start_child(&passed, 1)), 0);
}

/* Shows that the child would find a socket if it had one. */
static void child_finds_what_it_does_inherit(void **state)
{
    int family = family_of(state);
    psock_t sockets[] = {datagram(family),
                         bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH),
                         datagram(family)};
    host_make_inheritable(sockets[1]);
    assert_int_equal(host_child_end(start_child(sockets, COUNT_OF(sockets))),
                     1 << 1);
}

/* Whether the address of a listener is free again after it was closed here
 * while a child, started before, lives. */
static int rebind_beside_a_child(int family, _Bool inheritable)
{
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    psock_t next = open_kept(family, PSOCK_STREAM);
    if (inheritable)
        host_make_inheritable(listener);
    struct host_child *child = start_child(&listener, 1);
    close_kept(listener);
    int error = psock_bind(next, &address, PSOCK_BIND_FRESH);
    assert_int_equal(host_child_end(child), inheritable);
    return error;
}

static void listeners_address_is_free_while_a_child_lives(void **state)
{
    assert_result(rebind_beside_a_child(family_of(state), 0), 0);
}

/* Shows that it would not be if the child had the listener. */
static void inherited_listener_holds_its_address(void **state)
{
    assert_result(rebind_beside_a_child(family_of(state), 1), PSOCK_EADDRINUSE);
}

static void peer_sees_the_end_while_a_child_lives(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct host_child *child = start_child(&ends.server, 1);
    close_kept(ends.server);
    char byte;
    ptrdiff_t received = psock_recv(ends.client, &byte, 1, 0, in_time());
    assert_int_equal(host_child_end(child), 0);
    assert_result(received, 0);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        test_both(child_inherits_no_socket_of_any_origin),
        test_once(child_inherits_no_end_of_a_pair),
        test_once(child_finds_an_end_that_it_does_inherit),
        test_once(child_does_not_inherit_what_was_passed),
        test_once(child_finds_what_it_does_inherit),
        test_once(listeners_address_is_free_while_a_child_lives),
        test_once(inherited_listener_holds_its_address),
        test_once(peer_sees_the_end_while_a_child_lives),
    };
    if (count > 1)
        return be_the_child(count - 1, arguments + 1);
    program = arguments[0];
    return cmocka_run_group_tests_name("inheritance", tests, warm_up, NULL);
}
