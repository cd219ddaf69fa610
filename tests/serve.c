#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum {
    CONNECTIONS = 200,
    WAITING = 24,
    ACCEPTORS = 4
};

/* --- Services ----------------------------------------------------------------- */

/* Remembers the sockets of a service, to be closed after the test. */
static psock_listeners kept_service(int result, psock_listeners listeners)
{
    assert_result(result, 0);
    assert_in_range(listeners.count, 1, PSOCK_LISTENERS_MAX);
    for (size_t i = 0; i < listeners.count; i++)
        (void)keep(listeners.sockets[i]);
    return listeners;
}

static psock_listeners serve_as(const char *host, const char *service,
                                const psock_serve_options *options)
{
    psock_listeners listeners = {.count = 0};
    int result = psock_serve(host, service, options, &listeners, in_time());
    return kept_service(result, listeners);
}

static psock_listeners serve_by(int mode)
{
    const psock_serve_options options = {.mode = mode};
    return serve_as(NULL, NULL, &options);
}

static psock_listeners serve_localhost(void)
{
    return serve_as("localhost", NULL, NULL);
}

static void close_service(psock_listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++)
        (void)let_go(listeners->sockets[i]);
    assert_result(psock_serve_close(listeners), 0);
    assert_int_equal(listeners->count, 0);
}

static uint16_t port_of(const psock_listeners *listeners)
{
    int port = psock_serve_port(listeners);
    assert_in_range(port, 1, 65535);
    return (uint16_t)port;
}

/* What serving at `port` says; what is there after all is closed. */
static int serve_at(const char *host, uint16_t port, int mode, int family)
{
    char service[8];
    psock_listeners listeners = {.count = 77};
    const psock_serve_options options = {.mode = mode, .family = family};
    snprintf(service, sizeof service, "%u", (unsigned)port);
    int result = psock_serve(host, service, &options, &listeners, in_time());
    if (result == 0)
        psock_serve_close(&listeners);
    else
        assert_int_equal(listeners.count, 77);
    return result;
}

static int connect_at(psock_t s, int family, uint16_t port)
{
    psock_address address = loopback(family, port);
    return psock_connect(s, &address, in_time());
}

static psock_t client_at(int family, uint16_t port)
{
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(connect_at(s, family, port), 0);
    return s;
}

/* A client of `family` gets through, and is known by its own address. */
static void check_served(const psock_listeners *listeners, int family)
{
    psock_address peer;
    psock_t client = client_at(family, port_of(listeners));
    psock_t server = keep(psock_serve_accept(listeners, &peer, in_time()));
    psock_address local = local_of(client);
    assert_int_equal(psock_address_family(&peer), family);
    assert_true(same_address(&peer, &local));
    send_text(client, "hello");
    recv_text(server, "hello");
    close_kept(client);
    close_kept(server);
}

static void check_not_served(const psock_listeners *listeners, int family)
{
    psock_t client = open_kept(family, PSOCK_STREAM);
    assert_result(connect_at(client, family, port_of(listeners)),
                  PSOCK_ECONNREFUSED);
    close_kept(client);
}

/* --- All addresses -------------------------------------------------------------- */

static void clients_of_both_families_get_through(void **state)
{
    (void)family_of(state);
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++) {
        psock_listeners listeners = serve_by(mode);
        check_served(&listeners, PSOCK_IPV4);
        check_served(&listeners, PSOCK_IPV6);
        check_served(&listeners, PSOCK_IPV4);
        close_service(&listeners);
    }
}

static void all_listeners_have_one_port(void **state)
{
    (void)family_of(state);
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++) {
        psock_listeners services[] = {serve_by(mode), serve_localhost()};
        for (size_t i = 0; i < COUNT_OF(services); i++)
            for (size_t k = 0; k < services[i].count; k++) {
                psock_address local = local_of(services[i].sockets[k]);
                assert_int_equal(psock_address_port(&local),
                                 port_of(&services[i]));
            }
        close_service(&services[0]);
        close_service(&services[1]);
    }
}

static void only_the_family_asked_for_is_served(void **state)
{
    (void)family_of(state);
    const psock_serve_options ipv6 = {.family = PSOCK_IPV6};
    const psock_serve_options ipv4 = {.family = PSOCK_IPV4};
    psock_listeners services[] = {
        serve_as(NULL, NULL, &ipv6), serve_as("::", NULL, NULL),
        serve_as(NULL, NULL, &ipv4), serve_as("0.0.0.0", NULL, NULL)};
    for (size_t i = 0; i < COUNT_OF(services); i++) {
        assert_int_equal(services[i].count, 1);
        check_served(&services[i], i < 2 ? PSOCK_IPV6 : PSOCK_IPV4);
        check_not_served(&services[i], i < 2 ? PSOCK_IPV4 : PSOCK_IPV6);
    }
}

static void localhost_is_both_loopbacks_and_nothing_else(void **state)
{
    (void)family_of(state);
    psock_listeners listeners = serve_localhost();
    assert_int_equal(listeners.count, 2);
    for (size_t i = 0; i < 2; i++) {
        psock_address local = local_of(listeners.sockets[i]);
        psock_address expected =
            loopback(psock_address_family(&local), port_of(&listeners));
        assert_true(same_address(&local, &expected));
    }
    check_served(&listeners, PSOCK_IPV6);
    check_served(&listeners, PSOCK_IPV4);
}

/* --- Ports that are taken ----------------------------------------------------------- */

static void service_has_its_port_for_itself(void **state)
{
    (void)family_of(state);
    static const int families[] = {PSOCK_NONE, PSOCK_IPV4, PSOCK_IPV6};
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++) {
        psock_listeners listeners = serve_by(mode);
        for (size_t i = 0; i < COUNT_OF(families); i++)
            assert_result(
                serve_at(NULL, port_of(&listeners), mode, families[i]),
                PSOCK_EADDRINUSE);
        check_served(&listeners, PSOCK_IPV4);
        check_served(&listeners, PSOCK_IPV6);
        close_service(&listeners);
    }
}

/* Whichever family has it, all addresses cannot be had. */
static void port_taken_for_one_family_is_taken(void **state)
{
    int family = family_of(state);
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++) {
        const psock_serve_options options = {.family = family, .mode = mode};
        psock_listeners first = serve_as(NULL, NULL, &options);
        for (int second = PSOCK_BIND_FRESH; second <= PSOCK_BIND_REBIND;
             second++)
            assert_result(serve_at(NULL, port_of(&first), second, PSOCK_NONE),
                          PSOCK_EADDRINUSE);
        check_served(&first, family);
        close_service(&first);
    }
}

/* A port that neither family has taken. */
static uint16_t free_port(void)
{
    psock_listeners listeners = serve_localhost();
    const uint16_t port = port_of(&listeners);
    close_service(&listeners);
    return port;
}

/* Nothing of it stays: the other family's port can be had at once. */
static void refused_service_leaves_nothing_open(void **state)
{
    int family = family_of(state);
    int other = family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4;
    const uint16_t port = free_port();
    psock_address address = loopback(family, port);
    psock_listeners first = {.count = 0};
    int result = psock_serve_address(&address, NULL, &first);
    (void)kept_service(result, first);
    assert_result(serve_at("localhost", port, 0, PSOCK_NONE), PSOCK_EADDRINUSE);
    assert_result(serve_at("localhost", port, 0, other), 0);
    assert_result(serve_at("localhost", port, 0, family), PSOCK_EADDRINUSE);
}

/* The server closes first, so the connection dies out on its side. */
static void service_starts_again_over_its_dying_connections(void **state)
{
    int family = family_of(state);
    psock_listeners listeners = serve_by(PSOCK_BIND_REBIND);
    const uint16_t port = port_of(&listeners);
    psock_t client = client_at(family, port);
    psock_t server = keep(psock_serve_accept(&listeners, NULL, in_time()));
    char byte;
    close_kept(server);
    assert_result(psock_recv(client, &byte, 1, 0, in_time()), 0);
    close_kept(client);
    close_service(&listeners);
    assert_result(serve_at(NULL, port, PSOCK_BIND_REBIND, PSOCK_NONE), 0);
}

/* --- Names and addresses ---------------------------------------------------------------- */

static void check_refused(const char *host, const char *service,
                          psock_serve_options options, int error)
{
    psock_listeners listeners = {.count = 77};
    assert_result(psock_serve(host, service, &options, &listeners, in_time()),
                  error);
    assert_int_equal(listeners.count, 77);
}

static void bad_wishes_of_a_service_change_nothing(void **state)
{
    static const psock_serve_options options[] = {
        {.family = PSOCK_UNIX},          {.flags = 1},    {.mode = -1},
        {.mode = PSOCK_BIND_SHARED + 1}, {.backlog = -1},
    };
    const psock_serve_options usual = {.family = PSOCK_NONE};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(options); i++)
        check_refused("127.0.0.1", NULL, options[i], PSOCK_EINVAL);
    check_refused("a\xff", NULL, usual, PSOCK_EINVAL);
    check_refused("127.0.0.1:80", NULL, usual, PSOCK_EAI_NONAME);
    check_refused("127.0.0.1", "65536", usual, PSOCK_EAI_SERVICE);
    assert_result(psock_serve("127.0.0.1", NULL, NULL, NULL, in_time()),
                  PSOCK_EFAULT);
}

static void all_addresses_of_ipv6_are_none_of_ipv4(void **state)
{
    (void)family_of(state);
    psock_listeners listeners = serve_as("::", NULL, NULL);
    assert_int_equal(listeners.count, 1);
    check_served(&listeners, PSOCK_IPV6);
    check_not_served(&listeners, PSOCK_IPV4);
}

static void closed_service_has_nothing_left(void **state)
{
    psock_address local = loopback(family_of(state), 0);
    psock_listeners listeners;
    assert_result(psock_serve_address(&local, NULL, &listeners), 0);
    assert_result(psock_serve_close(&listeners), 0);
    assert_int_equal(listeners.count, 0);
    assert_result(psock_serve_port(&listeners), 0);
    assert_result(psock_serve_accept(&listeners, NULL, PSOCK_NOW),
                  PSOCK_EINVAL);
    assert_result(psock_serve_close(&listeners), 0);
}

/* What is no value of psock_serve() is not touched. */
static void listeners_of_nobody_are_refused(void **state)
{
    psock_listeners many = {.count = PSOCK_LISTENERS_MAX + 1};
    (void)state;
    assert_result(psock_serve_accept(&many, NULL, in_time()), PSOCK_EINVAL);
    assert_result(psock_serve_port(&many), PSOCK_EINVAL);
    assert_result(psock_serve_close(&many), PSOCK_EINVAL);
    assert_int_equal(many.count, PSOCK_LISTENERS_MAX + 1);
    assert_result(psock_serve_accept(NULL, NULL, in_time()), PSOCK_EFAULT);
    assert_result(psock_serve_port(NULL), PSOCK_EFAULT);
    assert_result(psock_serve_close(NULL), PSOCK_EFAULT);
}

static void name_of_nobody_is_not_served(void **state)
{
    (void)state;
    psock_listeners listeners = {.count = 77};
    assert_result(
        psock_serve("nobody.invalid", "0", NULL, &listeners, in_time()),
        PSOCK_EAI_NONAME);
    assert_result(psock_serve(NULL, "65536", NULL, &listeners, in_time()),
                  PSOCK_EAI_SERVICE);
    assert_result(psock_serve("198.51.100.1", "0", NULL, &listeners, in_time()),
                  PSOCK_EADDRNOTAVAIL);
    assert_int_equal(listeners.count, 77);
}

static void known_address_is_served(void **state)
{
    int family = family_of(state);
    psock_address address = loopback(family, 0);
    psock_listeners listeners = {.count = 0};
    int result = psock_serve_address(&address, NULL, &listeners);
    listeners = kept_service(result, listeners);
    assert_int_equal(listeners.count, 1);
    check_served(&listeners, family);
}

static void mapped_address_is_served_as_what_it_is(void **state)
{
    (void)state;
    psock_listeners listeners = serve_as("::ffff:127.0.0.1", NULL, NULL);
    psock_address local = local_of(listeners.sockets[0]);
    assert_int_equal(psock_address_family(&local), PSOCK_IPV4);
    check_served(&listeners, PSOCK_IPV4);
}

static psock_address fresh_unix_path(void)
{
    char path[64];
    psock_address address;
    snprintf(path, sizeof path, "psock-serve-%llx.sock",
             (unsigned long long)clock_ns());
    assert_result(psock_address_unix(path, strlen(path), &address), 0);
    return address;
}

static void path_is_served_without_a_port(void **state)
{
    (void)family_of(state);
    psock_address address = fresh_unix_path();
    psock_listeners listeners = {.count = 0};
    int result = psock_serve_address(&address, NULL, &listeners);
    listeners = kept_service(result, listeners);
    assert_result(psock_serve_port(&listeners), 0);
    psock_t client = open_kept(PSOCK_UNIX, PSOCK_STREAM);
    assert_result(psock_connect(client, &address, in_time()), 0);
    psock_t server = keep(psock_serve_accept(&listeners, NULL, in_time()));
    send_text(client, "hello");
    recv_text(server, "hello");
    close_service(&listeners);
    assert_result(psock_serve_address(&address, NULL, &listeners),
                  PSOCK_EADDRINUSE);
    assert_result(psock_remove_path(&address), 0);
}

struct preparation {
    int count;
    int family;
    psock_address first;
};

static int prepare(psock_t s, const psock_address *local, void *context)
{
    struct preparation *preparation = context;
    int64_t family = 0;
    int error = psock_get_option(s, PSOCK_OPTION_FAMILY, &family);
    if (preparation->count++ == 0)
        preparation->first = *local;
    preparation->family = (int)family;
    return error < 0 ? error : psock_local(s, &(psock_address){.length = 0});
}

static void each_listener_can_be_prepared(void **state)
{
    int family = family_of(state);
    struct preparation preparation = {.count = 0};
    const psock_serve_options options = {
        .family = family, .prepare = prepare, .context = &preparation};
    psock_listeners listeners = serve_as("localhost", NULL, &options);
    assert_int_equal(preparation.count, 1);
    assert_int_equal(preparation.family, family);
    psock_address expected = loopback(family, 0);
    assert_true(same_address(&preparation.first, &expected));
    check_served(&listeners, family);
}

/* --- Accepting ------------------------------------------------------------------------------ */

static void accepting_from_all_keeps_its_deadline(void **state)
{
    (void)family_of(state);
    psock_listeners services[] = {serve_by(PSOCK_BIND_FRESH),
                                  serve_localhost()};
    for (size_t i = 0; i < COUNT_OF(services); i++) {
        assert_result(psock_serve_accept(&services[i], NULL, PSOCK_NOW),
                      PSOCK_EAGAIN);
        assert_result(psock_serve_accept(&services[i], NULL, 1),
                      PSOCK_ETIMEDOUT);
        int64_t before = clock_ns();
        assert_result(
            psock_serve_accept(&services[i], NULL, psock_deadline_ms(SHORT_MS)),
            PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before >= SHORT_NS);
    }
}

struct acceptor {
    const psock_listeners *listeners;
    psock_waker *waker;
};

static ptrdiff_t wait_for_a_client(void *argument)
{
    struct acceptor *acceptor = argument;
    (void)psock_cancel_with(acceptor->waker);
    ptrdiff_t result = psock_serve_accept(acceptor->listeners, NULL, in_time());
    (void)psock_cancel_with(NULL);
    return result;
}

static void accepting_from_all_can_be_canceled(void **state)
{
    (void)family_of(state);
    psock_listeners listeners = serve_localhost();
    for (int round = 0; round < 20; round++) {
        psock_waker *waker = kept_waker();
        struct acceptor acceptor = {&listeners, waker};
        struct running_call *call = begin_call(wait_for_a_client, &acceptor);
        let_it_wait(call, round * 10);
        assert_result(psock_waker_ring(waker), 0);
        assert_result(end_call(call), PSOCK_ECANCELED);
    }
}

/* Wherever it is, and however late. */
static void client_of_any_listener_ends_the_wait(void **state)
{
    int family = family_of(state);
    psock_listeners listeners = serve_localhost();
    for (int round = 0; round < 20; round++) {
        struct acceptor acceptor = {&listeners, NULL};
        struct running_call *call = begin_call(wait_for_a_client, &acceptor);
        let_it_wait(call, round * 10);
        psock_t client = client_at(family, port_of(&listeners));
        close_kept(keep(end_call(call)));
        close_kept(client);
    }
}

static void shut_down_listener_ends_the_wait_for_all(void **state)
{
    (void)family_of(state);
    for (size_t which = 0; which < 2; which++) {
        psock_listeners listeners = serve_localhost();
        struct acceptor acceptor = {&listeners, NULL};
        struct running_call *call = begin_call(wait_for_a_client, &acceptor);
        let_it_wait(call, 100);
        assert_result(psock_shutdown(listeners.sockets[which], PSOCK_SHUT_READ),
                      0);
        assert_result(end_call(call), PSOCK_EINVAL);
        close_service(&listeners);
    }
}

static void closed_listener_is_an_error_of_all(void **state)
{
    (void)family_of(state);
    for (size_t which = 0; which < 2; which++) {
        psock_listeners listeners = serve_localhost();
        close_kept(listeners.sockets[which]);
        (void)let_go(listeners.sockets[1 - which]);
        assert_result(psock_serve_accept(&listeners, NULL, in_time()),
                      PSOCK_EBADF);
        assert_result(psock_serve_close(&listeners), PSOCK_EBADF);
        assert_int_equal(listeners.count, 0);
    }
}

/* --- Fairness --------------------------------------------------------------------------------- */

static int accept_family(const psock_listeners *listeners)
{
    psock_address peer;
    psock_t s = keep(psock_serve_accept(listeners, &peer, in_time()));
    close_kept(s);
    return psock_address_family(&peer);
}

/* As many clients of each family as there are places. */
static void let_wait(const psock_listeners *listeners, int count)
{
    for (int i = 0; i < count; i++) {
        (void)client_at(PSOCK_IPV4, port_of(listeners));
        (void)client_at(PSOCK_IPV6, port_of(listeners));
    }
}

static void no_listener_is_always_first(void **state)
{
    (void)family_of(state);
    int accepted[2] = {0, 0};
    psock_listeners listeners = serve_localhost();
    let_wait(&listeners, WAITING);
    for (int i = 0; i < WAITING; i++)
        accepted[accept_family(&listeners) == PSOCK_IPV4]++;
    assert_in_range(accepted[0], WAITING / 4, 3 * WAITING / 4);
    assert_in_range(accepted[1], WAITING / 4, 3 * WAITING / 4);
}

/* A thread may serve several in turn, and so see each second turn only. */
static void no_listener_is_always_first_of_several_services(void **state)
{
    (void)family_of(state);
    int accepted[2][2] = {{0, 0}, {0, 0}};
    psock_listeners services[2] = {serve_localhost(), serve_localhost()};
    for (int i = 0; i < 2; i++)
        let_wait(&services[i], WAITING);
    for (int i = 0; i < 2 * WAITING; i++)
        accepted[i % 2][accept_family(&services[i % 2]) == PSOCK_IPV4]++;
    for (int i = 0; i < 4; i++)
        assert_in_range(accepted[i / 2][i % 2], WAITING / 4, 3 * WAITING / 4);
}

/* --- Many threads ------------------------------------------------------------------------------- */

struct crew {
    const psock_listeners *listeners;
    psock_waker *stop;
};

/* Greets every client with one byte, until it is stopped.  Returns how many. */
static ptrdiff_t greet(void *argument)
{
    struct crew *crew = argument;
    ptrdiff_t count = 0;
    (void)psock_cancel_with(crew->stop);
    for (;;) {
        psock_address peer;
        psock_t s = psock_serve_accept(crew->listeners, &peer, PSOCK_FOREVER);
        if (s < 0)
            return s == PSOCK_ECANCELED ? count : s;
        if (psock_address_family(&peer) == PSOCK_NONE ||
            psock_send(s, "!", 1, 0, PSOCK_NOW) != 1)
            return PSOCK_EIO;
        psock_close(s);
        count++;
    }
}

static void meet(uint16_t port, int i)
{
    psock_t client = client_at(i % 3 == 0 ? PSOCK_IPV4 : PSOCK_IPV6, port);
    recv_text(client, "!");
    close_kept(client);
}

static void threads_that_race_take_each_client_once(void **state)
{
    (void)family_of(state);
    struct running_call *calls[ACCEPTORS];
    psock_listeners listeners = serve_localhost();
    struct crew crew = {&listeners, kept_waker()};
    for (int i = 0; i < ACCEPTORS; i++)
        calls[i] = begin_call(greet, &crew);
    for (int i = 0; i < CONNECTIONS; i++)
        meet(port_of(&listeners), i);
    assert_result(psock_waker_ring(crew.stop), 0);
    ptrdiff_t total = 0;
    for (int i = 0; i < ACCEPTORS; i++) {
        ptrdiff_t count = end_call(calls[i]);
        assert_true(count >= 0);
        total += count;
    }
    assert_int_equal(total, CONNECTIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_ipv6(clients_of_both_families_get_through),
        test_ipv6(all_listeners_have_one_port),
        test_ipv6(only_the_family_asked_for_is_served),
        test_ipv6(localhost_is_both_loopbacks_and_nothing_else),
        test_ipv6(service_has_its_port_for_itself),
        test_both(port_taken_for_one_family_is_taken),
        test_both(refused_service_leaves_nothing_open),
        test_both(service_starts_again_over_its_dying_connections),
        test_once(bad_wishes_of_a_service_change_nothing),
        test_ipv6(all_addresses_of_ipv6_are_none_of_ipv4),
        test_both(closed_service_has_nothing_left),
        test_once(listeners_of_nobody_are_refused),
        test_once(name_of_nobody_is_not_served),
        test_both(known_address_is_served),
        test_once(mapped_address_is_served_as_what_it_is),
        test_unix(path_is_served_without_a_port),
        test_both(each_listener_can_be_prepared),
        test_ipv6(accepting_from_all_keeps_its_deadline),
        test_ipv6(accepting_from_all_can_be_canceled),
        test_both(client_of_any_listener_ends_the_wait),
        test_ipv6(shut_down_listener_ends_the_wait_for_all),
        test_ipv6(closed_listener_is_an_error_of_all),
        test_ipv6(no_listener_is_always_first),
        test_ipv6(no_listener_is_always_first_of_several_services),
        test_ipv6(threads_that_race_take_each_client_once),
    };
    return cmocka_run_group_tests_name("serve", tests, warm_up, NULL);
}
