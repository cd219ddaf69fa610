/* serve.c: who has a port when both families are served.
 *
 * Windows looks at both families when a socket for both is to be exclusive.
 * Otherwise an IPv4 socket counts as a narrower one, which may have the same
 * port: so there psock serves by two. */
#include "scene.h"

#include <stdio.h>

enum {
    UNTOUCHED = 77
};

static int serve_at(uint16_t port, int family, int mode,
                    psock_listeners *listeners)
{
    char service[8];
    const psock_serve_options options = {.family = family, .mode = mode};
    snprintf(service, sizeof service, "%u", (unsigned)port);
    return psock_serve(NULL, service, &options, listeners, PSOCK_NOW);
}

static psock_listeners serve(int family, int mode)
{
    psock_listeners listeners;
    assert_int_equal(serve_at(0, family, mode, &listeners), 0);
    return listeners;
}

static uint16_t port_of(const psock_listeners *listeners)
{
    const int port = psock_serve_port(listeners);
    assert_in_range(port, 1, 65535);
    return (uint16_t)port;
}

static void end(psock_listeners *listeners)
{
    assert_int_equal(psock_serve_close(listeners), 0);
}

static void check_taken(uint16_t port, int family, int mode)
{
    psock_listeners listeners = {.count = UNTOUCHED};
    assert_int_equal(serve_at(port, family, mode, &listeners),
                     PSOCK_EADDRINUSE);
    assert_int_equal(listeners.count, UNTOUCHED);
}

/* A client of each family gets through, and is known by its own address. */
static void check_served(const psock_listeners *listeners, int family)
{
    psock_address where;
    psock_address peer;
    psock_address local;
    const psock_t client = psock_open(family, PSOCK_STREAM, 0);
    assert_int_equal(psock_address_loopback(family, port_of(listeners), &where),
                     0);
    assert_int_equal(psock_connect(client, &where, PSOCK_FOREVER), 0);
    const psock_t s = psock_serve_accept(listeners, &peer, PSOCK_NOW);
    assert_true(s >= 0);
    assert_int_equal(psock_local(client, &local), 0);
    assert_int_equal(psock_address_compare(&peer, &local), 0);
    scene_close_two(client, s);
}

/* --- Which sockets --------------------------------------------------------------- */

static void
opt_v6only_default_fresh_service_is_one_exclusive_socket(void **state)
{
    (void)state;
    psock_listeners listeners = serve(PSOCK_NONE, PSOCK_BIND_FRESH);
    assert_int_equal(listeners.count, 1);
    assert_true(fake_recorded_in_order(
        "IPV6_V6ONLY 00000000", "SO_EXCLUSIVEADDRUSE 01000000 length 4 = 0",
        "bind #1 [0:0:0:0:0:0:0:0]:0", "listen #1", NULL));
    check_served(&listeners, PSOCK_IPV4);
    check_served(&listeners, PSOCK_IPV6);
    end(&listeners);
}

static void
opt_v6only_default_service_that_is_rebound_is_two_sockets(void **state)
{
    (void)state;
    psock_listeners listeners = serve(PSOCK_NONE, PSOCK_BIND_REBIND);
    assert_int_equal(listeners.count, 2);
    assert_true(fake_recorded_in_order(
        "IPV6_V6ONLY 01000000", "bind #1 [0:0:0:0:0:0:0:0]:0",
        "bind #2 0.0.0.0:", "listen #1", "listen #2", NULL));
    assert_int_equal(fake_recorded("SO_EXCLUSIVEADDRUSE"), 0);
    check_served(&listeners, PSOCK_IPV4);
    check_served(&listeners, PSOCK_IPV6);
    end(&listeners);
}

/* This is what the second is for. */
static void
bind_wildcard_vs_specific_socket_for_both_keeps_no_ipv4_out(void **state)
{
    (void)state;
    psock_listeners ipv4 = serve(PSOCK_IPV4, PSOCK_BIND_REBIND);
    psock_address where;
    const psock_t s = psock_open(PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK);
    assert_int_equal(psock_address_any(PSOCK_IPV6, port_of(&ipv4), &where), 0);
    assert_int_equal(psock_bind(s, &where, PSOCK_BIND_REBIND), 0);
    scene_close(s);
    end(&ipv4);
}

static void machine_without_ipv6_is_served_by_ipv4(void **state)
{
    (void)state;
    fake_fail_next(FAKE_WSASocketW, WSAEAFNOSUPPORT, 2);
    psock_listeners listeners = serve(PSOCK_NONE, PSOCK_BIND_FRESH);
    assert_int_equal(listeners.count, 1);
    check_served(&listeners, PSOCK_IPV4);
    end(&listeners);
}

/* --- Ports that are taken ---------------------------------------------------------- */

static const int families[] = {PSOCK_NONE, PSOCK_IPV4, PSOCK_IPV6};

static void bind_wildcard_vs_specific_service_has_its_port(void **state)
{
    (void)state;
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++) {
        psock_listeners listeners = serve(PSOCK_NONE, mode);
        for (int i = 0; i < 3; i++)
            for (int other = PSOCK_BIND_FRESH; other <= PSOCK_BIND_REBIND;
                 other++)
                check_taken(port_of(&listeners), families[i], other);
        end(&listeners);
    }
}

static void bind_wildcard_vs_specific_port_of_one_family_is_taken(void **state)
{
    (void)state;
    for (int i = 1; i < 3; i++)
        for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_REBIND; mode++) {
            psock_listeners listeners = serve(families[i], mode);
            check_taken(port_of(&listeners), PSOCK_NONE, PSOCK_BIND_FRESH);
            check_taken(port_of(&listeners), PSOCK_NONE, PSOCK_BIND_REBIND);
            end(&listeners);
        }
}

/* The next port that Windows will choose, made somebody's for IPv4 alone. */
static psock_t take_next_port(void)
{
    psock_listeners listeners = serve(PSOCK_IPV6, PSOCK_BIND_REBIND);
    psock_address where;
    const uint16_t next = (uint16_t)(port_of(&listeners) + 1);
    const psock_t s = scene_open(PSOCK_STREAM);
    end(&listeners);
    assert_int_equal(psock_address_any(PSOCK_IPV4, next, &where), 0);
    assert_int_equal(psock_bind(s, &where, PSOCK_BIND_REBIND), 0);
    return s;
}

static void chosen_port_of_somebody_else_is_chosen_anew(void **state)
{
    (void)state;
    const psock_t other = take_next_port();
    psock_address where;
    fake_forget();
    psock_listeners listeners = serve(PSOCK_NONE, PSOCK_BIND_REBIND);
    assert_int_equal(listeners.count, 2);
    assert_int_equal(psock_local(other, &where), 0);
    assert_int_equal(port_of(&listeners), psock_address_port(&where) + 1);
    assert_int_equal(fake_calls(FAKE_bind), 4);
    check_served(&listeners, PSOCK_IPV4);
    check_served(&listeners, PSOCK_IPV6);
    end(&listeners);
    scene_close(other);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_BOTH(opt_v6only_default_fresh_service_is_one_exclusive_socket),
        ON_BOTH(opt_v6only_default_service_that_is_rebound_is_two_sockets),
        ON_WINDOWS_10(
            bind_wildcard_vs_specific_socket_for_both_keeps_no_ipv4_out),
        ON_WINDOWS_10(machine_without_ipv6_is_served_by_ipv4),
        ON_BOTH(bind_wildcard_vs_specific_service_has_its_port),
        ON_BOTH(bind_wildcard_vs_specific_port_of_one_family_is_taken),
        ON_WINDOWS_10(chosen_port_of_somebody_else_is_chosen_anew),
    };
    return cmocka_run_group_tests_name("winsock.serve", tests, NULL, NULL);
}
