/* Dialing what needs no name server: by number, by "localhost" and by address. */
#include "fixture.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define NANOSECONDS_PER_MS INT64_C(1000000)

/* Where refusing takes one to two seconds, a dial does not end within this. */
#define AT_ONCE_MS 900

enum {
    ATTEMPTS = 8
};

/* A report, and options that ask for it. */
struct told {
    psock_dial_attempt attempts[ATTEMPTS];
    psock_dial_report report;
    psock_dial_options options;
};

static psock_dial_options *ask_for_report(struct told *told)
{
    memset(told, 0xab, sizeof told->attempts);
    told->report = (psock_dial_report){
        .attempts = told->attempts, .capacity = ATTEMPTS, .count = 99};
    told->options = (psock_dial_options){.report = &told->report};
    return &told->options;
}

/* A port as a service, in room that the next call takes again. */
static const char *service_of(const psock_address *address)
{
    static char text[PSOCK_SERVICE_NAME_SIZE];
    snprintf(text, sizeof text, "%d", psock_address_port(address));
    return text;
}

static const char *host_of(const psock_address *address)
{
    static char text[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address_format(address, PSOCK_FORMAT_NO_PORT, text, sizeof text);
    return text;
}

static void check_peer(psock_t s, const psock_address *expected)
{
    psock_address peer = peer_of(s);
    assert_true(same_address(&peer, expected));
}

/* Talks through both ends of a connection that was dialed. */
static void check_talk(psock_t s, psock_t listener)
{
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    send_text(s, "hello");
    recv_text(server, "hello");
    send_text(server, "well met");
    recv_text(s, "well met");
}

static void check_attempt(const struct told *told, size_t place,
                          const psock_address *peer, int error)
{
    const psock_dial_attempt *attempt = &told->attempts[place];
    assert_true(told->report.count > place);
    assert_true(same_address(&attempt->peer, peer));
    assert_result(attempt->error, error);
    assert_true(attempt->began_ns >= 0);
    assert_true(attempt->ended_ns >= attempt->began_ns);
    if (place > 0)
        assert_true(attempt->began_ns >= attempt[-1].began_ns);
}

static void check_look_up_of_nobody(const psock_dial_look_up *look_up)
{
    assert_int_equal(look_up->result, 0);
    assert_int_equal(look_up->ended_ns, 0);
}

/* Listeners of both families at one port, the first of them IPv4. */
struct two_listeners {
    psock_t sockets[2];
    psock_address addresses[2];
};

static _Bool listen_at_port_of(psock_t listener, struct two_listeners *both)
{
    psock_address first = local_of(listener);
    psock_t second = open_kept(PSOCK_IPV6, PSOCK_STREAM);
    psock_address address = loopback(PSOCK_IPV6, psock_address_port(&first));
    if (psock_bind(second, &address, PSOCK_BIND_FRESH) < 0)
        return 0;
    assert_result(psock_listen(second, PSOCK_BACKLOG_DEFAULT), 0);
    *both = (struct two_listeners){{listener, second}, {first, address}};
    return 1;
}

static struct two_listeners two_listeners(void)
{
    struct two_listeners both;
    (void)family_of(&(void *){&fixture_ipv6});
    for (int i = 0; i < 50; i++)
        if (listen_at_port_of(listening(PSOCK_IPV4), &both))
            return both;
    fail_msg("no port is free in both families");
    return both;
}

/* --- Reaching a listener ----------------------------------------------------- */

static void dial_reaches_a_numeric_host(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    const psock_deadline deadlines[] = {in_time(), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        psock_t s = keep(psock_dial(host_of(&address), service_of(&address),
                                    NULL, deadlines[i]));
        check_peer(s, &address);
        check_talk(s, listener);
    }
}

/* Whichever family it listens in. */
static void dial_finds_a_listener_by_any_name_of_loopback(void **state)
{
    static const char *const names[] = {"localhost", "LocalHost", "a.localhost",
                                        NULL};
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        psock_t s = keep(psock_dial(names[i], service_of(&address), NULL,
                                    psock_deadline_ms(AT_ONCE_MS)));
        check_peer(s, &address);
        check_talk(s, listener);
    }
}

static void dial_by_address_reaches_it(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    psock_t s = keep(psock_dial_addresses(&address, 1, NULL, in_time()));
    if (psock_address_family(&address) != PSOCK_UNIX)
        check_peer(s, &address);
    check_talk(s, listener);
}

static ptrdiff_t recv_forever(void *argument)
{
    return psock_recv(*(psock_t *)argument, &(char){0}, 1, 0, PSOCK_FOREVER);
}

/* It waits, however many attempts it was one of. */
static void dialed_stream_waits_like_any_other(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address addresses[] = {deserted(family, PSOCK_STREAM),
                                 local_of(listener)};
    for (size_t count = 1; count <= 2; count++) {
        psock_t s = keep(psock_dial_addresses(addresses + 2 - count, count,
                                              NULL, in_time()));
        psock_t server = keep(psock_accept(listener, NULL, in_time()));
        struct running_call *call = begin_call(recv_forever, &s);
        let_it_wait(call, 100);
        send_text(server, "x");
        assert_result(end_call(call), 1);
        assert_result(psock_recv(s, &(char){0}, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    }
}

static void unspecified_address_is_dialed_as_loopback(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener), any;
    assert_result(psock_address_any(family, psock_address_port(&address), &any),
                  0);
    psock_t s = keep(psock_dial_addresses(&any, 1, NULL, in_time()));
    check_peer(s, &address);
    check_talk(s, listener);
}

/* --- Families ------------------------------------------------------------------ */

static void dial_takes_ipv6_first(void **state)
{
    struct two_listeners both = two_listeners();
    (void)state;
    psock_t s = keep(psock_dial("localhost", service_of(&both.addresses[0]),
                                NULL, in_time()));
    check_peer(s, &both.addresses[1]);
}

static void dial_takes_the_preferred_family_first(void **state)
{
    struct two_listeners both = two_listeners();
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const psock_dial_options options = {
            .preferred_family = psock_address_family(&both.addresses[i])};
        psock_t s = keep(psock_dial("localhost", service_of(&both.addresses[0]),
                                    &options, in_time()));
        check_peer(s, &both.addresses[i]);
    }
}

static void preferred_family_is_not_the_only_one(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    const psock_dial_options options = {
        .preferred_family = family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4};
    psock_t s = keep(
        psock_dial("localhost", service_of(&address), &options, in_time()));
    check_peer(s, &address);
}

static void dial_of_one_family_leaves_the_other_alone(void **state)
{
    struct two_listeners both = two_listeners();
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct told told;
        ask_for_report(&told)->family =
            psock_address_family(&both.addresses[i]);
        psock_t s = keep(psock_dial("localhost", service_of(&both.addresses[0]),
                                    &told.options, in_time()));
        check_peer(s, &both.addresses[i]);
        close_kept(both.sockets[i]);
        assert_result(psock_dial("localhost", service_of(&both.addresses[0]),
                                 &told.options, in_time()),
                      PSOCK_ECONNREFUSED);
        assert_int_equal(told.report.count, 1);
        both = two_listeners();
    }
}

static void addresses_of_another_family_are_passed_over(void **state)
{
    struct two_listeners both = two_listeners();
    struct told told;
    (void)state;
    ask_for_report(&told)->family = PSOCK_IPV6;
    psock_t s =
        keep(psock_dial_addresses(both.addresses, 2, &told.options, in_time()));
    check_peer(s, &both.addresses[1]);
    assert_int_equal(told.report.count, 1);
    assert_result(
        psock_dial_addresses(both.addresses, 1, &told.options, in_time()),
        PSOCK_EAI_NODATA);
    assert_int_equal(told.report.count, 0);
}

static void numeric_host_of_another_family_is_refused(void **state)
{
    static const psock_dial_options ipv4 = {.family = PSOCK_IPV4};
    static const psock_dial_options ipv6 = {.family = PSOCK_IPV6};
    (void)state;
    assert_result(psock_dial("::1", "80", &ipv4, in_time()), PSOCK_EAI_FAMILY);
    assert_result(psock_dial("127.0.0.1", "80", &ipv6, in_time()),
                  PSOCK_EAI_FAMILY);
}

/* Whatever family is preferred. */
static void addresses_are_tried_in_the_order_in_which_they_stand(void **state)
{
    struct two_listeners both = two_listeners();
    const psock_dial_options options = {.preferred_family = PSOCK_IPV6};
    (void)state;
    psock_t s =
        keep(psock_dial_addresses(both.addresses, 2, &options, in_time()));
    check_peer(s, &both.addresses[0]);
}

/* --- Refusals ------------------------------------------------------------------- */

static void refused_dial_fails_at_once(void **state)
{
    int family = family_of(state);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    assert_result(psock_dial(host_of(&nobody), service_of(&nobody), NULL,
                             psock_deadline_ms(AT_ONCE_MS)),
                  PSOCK_ECONNREFUSED);
    assert_result(psock_dial("localhost", service_of(&nobody), NULL,
                             psock_deadline_ms(AT_ONCE_MS)),
                  PSOCK_ECONNREFUSED);
    assert_result(
        psock_dial_addresses(&nobody, 1, NULL, psock_deadline_ms(AT_ONCE_MS)),
        PSOCK_ECONNREFUSED);
}

/* Without the delay that the next one has beside an attempt that is open. */
static void refused_address_makes_room_for_the_next_at_once(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address addresses[] = {deserted(family, PSOCK_STREAM),
                                 deserted(family, PSOCK_STREAM),
                                 local_of(listener)};
    struct told told;
    ask_for_report(&told)->attempt_delay_ms = 2000;
    psock_t s = keep(psock_dial_addresses(addresses, 3, &told.options,
                                          psock_deadline_ms(AT_ONCE_MS)));
    check_talk(s, listener);
    assert_int_equal(told.report.count, 3);
    check_attempt(&told, 0, &addresses[0], PSOCK_ECONNREFUSED);
    check_attempt(&told, 1, &addresses[1], PSOCK_ECONNREFUSED);
    check_attempt(&told, 2, &addresses[2], 0);
}

static void report_explains_each_refusal(void **state)
{
    int family = family_of(state);
    psock_address addresses[4];
    struct told told;
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        addresses[i] = deserted(family, PSOCK_STREAM);
    int64_t before_ns = clock_ns();
    assert_result(psock_dial_addresses(addresses, COUNT_OF(addresses),
                                       ask_for_report(&told),
                                       psock_deadline_ms(AT_ONCE_MS)),
                  PSOCK_ECONNREFUSED);
    int64_t took_ns = clock_ns() - before_ns;
    assert_int_equal(told.report.count, COUNT_OF(addresses));
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        check_attempt(&told, i, &addresses[i], PSOCK_ECONNREFUSED);
        assert_in_range(told.attempts[i].ended_ns, 0, took_ns);
    }
    check_look_up_of_nobody(&told.report.ipv6);
    check_look_up_of_nobody(&told.report.ipv4);
}

static void report_counts_more_attempts_than_it_holds(void **state)
{
    int family = family_of(state);
    psock_address addresses[3];
    struct told told;
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        addresses[i] = deserted(family, PSOCK_STREAM);
    (void)ask_for_report(&told);
    told.report.capacity = 1;
    assert_result(psock_dial_addresses(addresses, 3, &told.options, in_time()),
                  PSOCK_ECONNREFUSED);
    assert_int_equal(told.report.count, 3);
    check_attempt(&told, 0, &addresses[0], PSOCK_ECONNREFUSED);
    assert_int_equal(told.attempts[1].error, (int)0xabababab);
    told.report.attempts = NULL;
    told.report.capacity = 0;
    assert_result(psock_dial_addresses(addresses, 2, &told.options, in_time()),
                  PSOCK_ECONNREFUSED);
    assert_int_equal(told.report.count, 2);
}

static void address_that_stands_twice_is_tried_once(void **state)
{
    int family = family_of(state);
    psock_address nobody = deserted(family, PSOCK_STREAM);
    const psock_address addresses[] = {nobody, nobody, nobody};
    struct told told;
    assert_result(
        psock_dial_addresses(addresses, 3, ask_for_report(&told), in_time()),
        PSOCK_ECONNREFUSED);
    assert_int_equal(told.report.count, 1);
}

/* --- Source --------------------------------------------------------------------- */

static void dial_comes_from_its_source(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    psock_t former = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    psock_address source = local_of(former), peer;
    close_kept(former);
    const psock_dial_options options = {.source = &source};
    psock_t s = keep(psock_dial(host_of(&address), service_of(&address),
                                &options, in_time()));
    psock_address local = local_of(s);
    assert_true(same_address(&local, &source));
    keep(psock_accept(listener, &peer, in_time()));
    assert_true(same_address(&peer, &source));
}

static void source_without_a_port_gets_one(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    psock_address source = loopback(family, 0);
    const psock_dial_options options = {.source = &source};
    psock_t s = keep(psock_dial_addresses(&address, 1, &options, in_time()));
    psock_address local = local_of(s);
    assert_int_not_equal(psock_address_port(&local), 0);
    assert_result(psock_address_set_port(&local, 0), 0);
    assert_true(same_address(&local, &source));
}

static void only_peers_of_the_sources_family_are_tried(void **state)
{
    struct two_listeners both = two_listeners();
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        psock_address source =
            loopback(psock_address_family(&both.addresses[i]), 0);
        struct told told;
        ask_for_report(&told)->source = &source;
        psock_t s = keep(psock_dial("localhost", service_of(&both.addresses[0]),
                                    &told.options, in_time()));
        check_peer(s, &both.addresses[i]);
        s = keep(
            psock_dial_addresses(both.addresses, 2, &told.options, in_time()));
        check_peer(s, &both.addresses[i]);
        assert_int_equal(told.report.count, 1);
    }
}

static void source_of_somebody_else_is_refused(void **state)
{
    int family = family_of(state);
    psock_address address = local_of(listening(family));
    psock_address taken = deserted(family, PSOCK_STREAM);
    struct told told;
    ask_for_report(&told)->source = &taken;
    assert_result(psock_dial_addresses(&address, 1, &told.options, in_time()),
                  PSOCK_EADDRINUSE);
    check_attempt(&told, 0, &address, PSOCK_EADDRINUSE);
}

/* --- What cannot be dialed ------------------------------------------------------ */

static void port_zero_is_not_dialed(void **state)
{
    psock_address address = loopback(family_of(state), 0);
    assert_result(psock_dial(host_of(&address), "0", NULL, in_time()),
                  PSOCK_EINVAL);
    assert_result(psock_dial("localhost", "0", NULL, in_time()), PSOCK_EINVAL);
    assert_result(psock_dial(NULL, "0", NULL, in_time()), PSOCK_EINVAL);
    assert_result(psock_dial_addresses(&address, 1, NULL, in_time()),
                  PSOCK_EINVAL);
}

static void dial_without_its_arguments_is_refused(void **state)
{
    (void)state;
    assert_result(psock_dial("localhost", NULL, NULL, in_time()), PSOCK_EFAULT);
    assert_result(psock_dial(NULL, NULL, NULL, in_time()), PSOCK_EFAULT);
    assert_result(psock_dial_addresses(NULL, 1, NULL, in_time()), PSOCK_EFAULT);
    assert_result(psock_dial_addresses(NULL, 0, NULL, in_time()),
                  PSOCK_EAI_NODATA);
}

static psock_dial_options options_out_of_range(size_t i)
{
    const psock_dial_options all[] = {
        {.family = 99},
        {.family = PSOCK_UNIX},
        {.preferred_family = 99},
        {.preferred_family = PSOCK_UNIX},
        {.flags = 1},
        {.attempt_delay_ms = -1},
        {.attempt_delay_ms = 9},
        {.attempt_delay_ms = 2001},
    };
    return i < COUNT_OF(all) ? all[i] : (psock_dial_options){0};
}

/* The listener is never come to, and the report is as it was. */
static void options_out_of_range_are_refused(void **state)
{
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    for (size_t i = 0; i < 8; i++) {
        psock_dial_options options = options_out_of_range(i);
        psock_dial_report report = {.count = 7};
        options.report = &report;
        assert_result(psock_dial_addresses(&address, 1, &options, in_time()),
                      PSOCK_EINVAL);
        assert_result(psock_dial(host_of(&address), service_of(&address),
                                 &options, in_time()),
                      PSOCK_EINVAL);
        assert_int_equal(report.count, 7);
    }
    assert_result(psock_accept(listener, NULL, PSOCK_NOW), PSOCK_EAGAIN);
}

static void delays_at_the_ends_of_their_range_are_taken(void **state)
{
    static const int64_t delays_ms[] = {0, 10, 2000};
    psock_t listener = listening(family_of(state));
    psock_address address = local_of(listener);
    for (size_t i = 0; i < COUNT_OF(delays_ms); i++) {
        const psock_dial_options options = {.attempt_delay_ms = delays_ms[i],
                                            .resolution_delay_ms = -1};
        keep(psock_dial_addresses(&address, 1, &options, in_time()));
    }
}

static void source_that_fits_no_family_is_refused(void **state)
{
    int family = family_of(state);
    psock_address address = local_of(listening(family));
    psock_address other =
        loopback(family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4, 0);
    psock_address none = {.length = 0};
    psock_dial_options options = {.family = family, .source = &other};
    assert_result(psock_dial_addresses(&address, 1, &options, in_time()),
                  PSOCK_EAFNOSUPPORT);
    options = (psock_dial_options){.source = &none};
    assert_result(psock_dial_addresses(&address, 1, &options, in_time()),
                  PSOCK_EAFNOSUPPORT);
    options = (psock_dial_options){.source = &other};
    assert_result(psock_dial_addresses(&address, 1, &options, in_time()),
                  PSOCK_EAI_NODATA);
}

static void report_without_room_for_what_it_says_is_refused(void **state)
{
    psock_address address = local_of(listening(family_of(state)));
    psock_dial_report report = {.capacity = 1};
    const psock_dial_options options = {.report = &report};
    assert_result(psock_dial_addresses(&address, 1, &options, in_time()),
                  PSOCK_EFAULT);
}

static void names_that_nobody_has_are_not_asked_for(void **state)
{
    static const char *const names[] = {"host.invalid", "127.1", "0x7f.1", ""};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_result(psock_dial(names[i], "80", NULL, PSOCK_NOW),
                      PSOCK_EAI_NONAME);
    assert_result(psock_dial("localhost", "65536", NULL, PSOCK_NOW),
                  PSOCK_EAI_SERVICE);
}

/* --- Silent peers ----------------------------------------------------------------- */

static void dial_of_a_silent_peer_keeps_its_deadline(void **state)
{
    struct queue queue = full_queue(family_of(state));
    struct told told;
    int64_t before_ns = clock_ns();
    assert_result(psock_dial_addresses(&queue.address, 1, ask_for_report(&told),
                                       psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_in_range(clock_ns() - before_ns, SHORT_NS, 20 * SHORT_NS);
    assert_int_equal(told.report.count, 1);
    check_attempt(&told, 0, &queue.address, PSOCK_ECANCELED);
}

static void dial_of_silent_peers_keeps_one_deadline_over_all(void **state)
{
    int family = family_of(state);
    struct queue one = full_queue(family), two = full_queue(family);
    const psock_address addresses[] = {one.address, two.address};
    struct told told;
    int64_t before_ns = clock_ns();
    ask_for_report(&told)->attempt_delay_ms = 10;
    assert_result(psock_dial_addresses(addresses, 2, &told.options,
                                       psock_deadline_ms(4 * SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_in_range(clock_ns() - before_ns, 4 * SHORT_NS, 20 * SHORT_NS);
    assert_int_equal(told.report.count, 2);
    check_attempt(&told, 0, &one.address, PSOCK_ECANCELED);
    check_attempt(&told, 1, &two.address, PSOCK_ECANCELED);
    assert_true(told.attempts[1].began_ns - told.attempts[0].began_ns >=
                10 * NANOSECONDS_PER_MS);
}

static void dial_now_does_not_wait_for_a_silent_peer(void **state)
{
    struct queue queue = full_queue(family_of(state));
    const psock_address addresses[] = {queue.address, queue.address};
    for (size_t count = 1; count <= 2; count++)
        assert_result(psock_dial_addresses(addresses, count, NULL, PSOCK_NOW),
                      PSOCK_EAGAIN);
    assert_result(psock_dial(host_of(&queue.address),
                             service_of(&queue.address), NULL, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

/* Past, it tries once, and what answers at once may still be had. */
static void dial_past_its_deadline_ends_at_once(void **state)
{
    struct queue queue = full_queue(family_of(state));
    assert_result(psock_dial_addresses(&queue.address, 1, NULL, -1),
                  PSOCK_ETIMEDOUT);
    psock_address address = local_of(listening(family_of(state)));
    psock_t s = psock_dial_addresses(&address, 1, NULL, -1);
    if (s >= 0)
        keep(s);
    else
        assert_result(s, PSOCK_ETIMEDOUT);
}

/* The second attempt begins beside the first, and wins. */
static void peer_after_a_silent_one_is_reached_after_the_delay(void **state)
{
    int family = family_of(state);
    struct queue queue = full_queue(family);
    psock_t listener = listening(family);
    const psock_address addresses[] = {queue.address, local_of(listener)};
    static const int64_t delays_ms[] = {10, 100};
    for (size_t i = 0; i < COUNT_OF(delays_ms); i++) {
        struct told told;
        const int64_t delay_ns = delays_ms[i] * NANOSECONDS_PER_MS;
        int64_t before_ns = clock_ns();
        ask_for_report(&told)->attempt_delay_ms = delays_ms[i];
        psock_t s =
            keep(psock_dial_addresses(addresses, 2, &told.options, in_time()));
        assert_in_range(clock_ns() - before_ns, delay_ns,
                        delay_ns + AT_ONCE_MS * NANOSECONDS_PER_MS);
        check_talk(s, listener);
        check_attempt(&told, 0, &addresses[0], PSOCK_ECANCELED);
        check_attempt(&told, 1, &addresses[1], 0);
    }
}

/* Not by the delay, but by the refusal. */
static void refusal_beside_a_silent_peer_begins_the_next(void **state)
{
    int family = family_of(state);
    struct queue queue = full_queue(family);
    psock_t listener = listening(family);
    const psock_address addresses[] = {
        queue.address, deserted(family, PSOCK_STREAM), local_of(listener)};
    struct told told;
    ask_for_report(&told)->attempt_delay_ms = 400;
    psock_t s = keep(psock_dial_addresses(addresses, 3, &told.options,
                                          psock_deadline_ms(700)));
    check_talk(s, listener);
    check_attempt(&told, 0, &addresses[0], PSOCK_ECANCELED);
    check_attempt(&told, 1, &addresses[1], PSOCK_ECONNREFUSED);
    check_attempt(&told, 2, &addresses[2], 0);
}

/* A refusal says more of the peer than silence; silence to the deadline ends the
 * dial all the same. */
static void silence_to_the_deadline_is_no_refusal(void **state)
{
    int family = family_of(state);
    struct queue queue = full_queue(family);
    const psock_address addresses[] = {deserted(family, PSOCK_STREAM),
                                       queue.address};
    struct told told;
    assert_result(psock_dial_addresses(addresses, 2, ask_for_report(&told),
                                       psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    check_attempt(&told, 0, &addresses[0], PSOCK_ECONNREFUSED);
    check_attempt(&told, 1, &addresses[1], PSOCK_ECANCELED);
}

/* --- Wakers ------------------------------------------------------------------------ */

struct silent_dial {
    const psock_address *addresses;
    size_t count;
    psock_waker *waker;
    struct told told;
};

static ptrdiff_t dial_bound(void *argument)
{
    struct silent_dial *dial = argument;
    psock_waker *before = psock_cancel_with(dial->waker);
    psock_t s = psock_dial_addresses(dial->addresses, dial->count,
                                     ask_for_report(&dial->told), in_time());
    (void)psock_cancel_with(before);
    return s;
}

static void ring_ends_a_dial_of_silent_peers(void **state)
{
    enum {
        ROUNDS = 60
    };
    int family = family_of(state);
    struct queue one = full_queue(family), two = full_queue(family);
    const psock_address addresses[] = {one.address, two.address};
    for (int i = 0; i < ROUNDS; i++) {
        struct silent_dial dial = {.addresses = addresses,
                                   .count = (size_t)(i % 2 + 1),
                                   .waker = kept_waker()};
        struct running_call *call = begin_call(dial_bound, &dial);
        let_it_wait(call, i);
        assert_result(psock_waker_ring(dial.waker), 0);
        assert_result(end_call(call), PSOCK_ECANCELED);
        if (dial.told.report.count > 0)
            check_attempt(&dial.told, 0, &one.address, PSOCK_ECANCELED);
    }
}

static void rung_waker_ends_a_dial_that_would_wait(void **state)
{
    struct queue queue = full_queue(family_of(state));
    psock_waker *waker = kept_waker();
    assert_result(psock_waker_ring(waker), 0);
    (void)psock_cancel_with(waker);
    assert_result(psock_dial_addresses(&queue.address, 1, NULL, in_time()),
                  PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

/* --- Preparing ---------------------------------------------------------------------- */

struct prepared {
    psock_address peers[ATTEMPTS];
    size_t count;
    size_t failures; /* how many of the first fail */
};

/* What it is given is neither bound nor connected. */
static int prepare(psock_t s, const psock_address *peer, void *context)
{
    struct prepared *prepared = context;
    psock_address nobody;
    if (prepared->count == ATTEMPTS || psock_peer(s, &nobody) != PSOCK_ENOTCONN)
        return PSOCK_EPROTO;
    prepared->peers[prepared->count++] = *peer;
    if (prepared->count <= prepared->failures)
        return PSOCK_EACCES;
    return psock_set_option(s, PSOCK_OPTION_KEEPALIVE, 1);
}

static void preparation_sees_each_socket(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    const psock_address addresses[] = {deserted(family, PSOCK_STREAM),
                                       local_of(listener)};
    psock_address source = loopback(family, 0);
    struct prepared prepared = {.count = 0};
    const psock_dial_options options = {
        .prepare = prepare, .context = &prepared, .source = &source};
    psock_t s = keep(psock_dial_addresses(addresses, 2, &options, in_time()));
    int64_t value = 0;
    assert_int_equal(prepared.count, 2);
    assert_true(same_address(&prepared.peers[0], &addresses[0]));
    assert_true(same_address(&prepared.peers[1], &addresses[1]));
    assert_result(psock_get_option(s, PSOCK_OPTION_KEEPALIVE, &value), 0);
    assert_int_equal(value, 1);
}

static void failed_preparation_is_a_failed_attempt(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family), unreached = listening(family);
    const psock_address addresses[] = {local_of(unreached), local_of(listener)};
    struct prepared prepared = {.failures = 1};
    struct told told;
    ask_for_report(&told)->prepare = prepare;
    told.options.context = &prepared;
    psock_t s =
        keep(psock_dial_addresses(addresses, 2, &told.options, in_time()));
    check_talk(s, listener);
    check_attempt(&told, 0, &addresses[0], PSOCK_EACCES);
    check_attempt(&told, 1, &addresses[1], 0);
    assert_result(psock_accept(unreached, NULL, PSOCK_NOW), PSOCK_EAGAIN);
}

static void dial_fails_as_its_preparation_does(void **state)
{
    psock_address address = local_of(listening(family_of(state)));
    const psock_address addresses[] = {address, address};
    for (size_t count = 1; count <= 2; count++) {
        struct prepared prepared = {.failures = ATTEMPTS};
        const psock_dial_options options = {.prepare = prepare,
                                            .context = &prepared};
        assert_result(
            psock_dial_addresses(addresses, count, &options, in_time()),
            PSOCK_EACCES);
    }
}

static int fail_as_told(psock_t s, const psock_address *peer, void *context)
{
    (void)s;
    (void)peer;
    return *(const int *)context;
}

/* Whatever the error means elsewhere, it is that of the attempt, and no reason to
 * go on waiting. */
static void preparation_fails_with_the_error_it_says(void **state)
{
    psock_address address = local_of(listening(family_of(state)));
    const psock_address addresses[] = {address,
                                       deserted(PSOCK_IPV4, PSOCK_STREAM)};
    for (int error = PSOCK_EAGAIN; error >= PSOCK_EISDIR; error--) {
        struct told told;
        ask_for_report(&told)->prepare = fail_as_told;
        told.options.context = &error;
        for (size_t count = 1; count <= 2; count++) {
            const psock_deadline deadline = in_time();
            assert_result(
                psock_dial_addresses(addresses, count, &told.options, deadline),
                error);
            assert_int_equal(told.report.count, count);
            check_attempt(&told, 0, &address, error);
            assert_true(psock_deadline_left_ns(deadline) > 0);
        }
    }
}

/* What is wrong with the call is not of what a report tells. */
static void report_of_a_wrong_argument_stays_as_it_was(void **state)
{
    struct told told;
    psock_dial_options *options = ask_for_report(&told);
    psock_address path;
    (void)state;
    assert_result(psock_address_unix("/path", 5, &path), 0);
    assert_result(psock_dial("localhost", "0", options, in_time()),
                  PSOCK_EINVAL);
    assert_result(psock_dial("a\xff", "80", options, in_time()), PSOCK_EINVAL);
    assert_result(psock_dial("localhost", NULL, options, in_time()),
                  PSOCK_EFAULT);
    assert_result(psock_dial_addresses(NULL, 1, options, in_time()),
                  PSOCK_EFAULT);
    options->source = &path;
    assert_result(psock_dial("localhost", "80", options, in_time()),
                  PSOCK_EAFNOSUPPORT);
    assert_int_equal(told.report.count, 99);
    options->source = NULL;
    assert_result(psock_dial("host.invalid", "80", options, in_time()),
                  PSOCK_EAI_NONAME);
    assert_int_equal(told.report.count, 0);
}

/* More peers than may be open at once, none of which keeps anybody waiting. */
enum {
    MANY_FAILURES = 200,
    FAILURES_BEFORE_THE_END = 40,
    OPEN_AT_ONCE = 32
};

struct many_failures {
    int count;
    psock_waker *waker;      /* what to ring, or null, */
    psock_deadline deadline; /* and what to wait for otherwise */
};

static int fail_and_end(psock_t s, const psock_address *peer, void *context)
{
    struct many_failures *failures = context;
    (void)s;
    (void)peer;
    if (++failures->count != FAILURES_BEFORE_THE_END)
        return PSOCK_EACCES;
    if (failures->waker != NULL)
        (void)psock_waker_ring(failures->waker);
    else
        (void)!psock_poll(NULL, 0, failures->deadline);
    return PSOCK_EACCES;
}

static void check_many_failures(struct many_failures *failures, int error)
{
    static psock_address addresses[MANY_FAILURES];
    const psock_dial_options options = {.prepare = fail_and_end,
                                        .context = failures};
    for (int i = 0; i < MANY_FAILURES; i++)
        addresses[i] = loopback(PSOCK_IPV4, (uint16_t)(i + 1));
    assert_result(psock_dial_addresses(addresses, MANY_FAILURES, &options,
                                       failures->deadline),
                  error);
    assert_in_range(failures->count, FAILURES_BEFORE_THE_END,
                    FAILURES_BEFORE_THE_END + OPEN_AT_ONCE);
}

static void many_failures_at_once_keep_the_deadline(void **state)
{
    (void)state;
    struct many_failures failures = {.deadline = psock_deadline_ms(50)};
    check_many_failures(&failures, PSOCK_ETIMEDOUT);
}

static void many_failures_at_once_can_be_canceled(void **state)
{
    (void)state;
    struct many_failures failures = {.deadline = in_time()};
    failures.waker = kept_waker();
    (void)psock_cancel_with(failures.waker);
    check_many_failures(&failures, PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

/* That it reached the other side says most. */
static void refusal_explains_more_than_a_failed_preparation(void **state)
{
    int family = family_of(state);
    const psock_address addresses[] = {deserted(family, PSOCK_STREAM),
                                       deserted(family, PSOCK_STREAM)};
    struct prepared prepared = {.failures = 1};
    const psock_dial_options options = {.prepare = prepare,
                                        .context = &prepared};
    assert_result(psock_dial_addresses(addresses, 2, &options, in_time()),
                  PSOCK_ECONNREFUSED);
}

/* --- Unix ---------------------------------------------------------------------------- */

static void dial_goes_from_a_path_to_a_port(void **state)
{
    psock_t listener = listening(PSOCK_IPV4);
    const psock_address addresses[] = {deserted(family_of(state), PSOCK_STREAM),
                                       local_of(listener)};
    struct told told;
    psock_t s = keep(
        psock_dial_addresses(addresses, 2, ask_for_report(&told), in_time()));
    check_talk(s, listener);
    check_attempt(&told, 0, &addresses[0], PSOCK_ECONNREFUSED);
    check_attempt(&told, 1, &addresses[1], 0);
}

static void dial_goes_from_a_port_to_a_path(void **state)
{
    psock_t listener = listening(family_of(state));
    const psock_address addresses[] = {deserted(PSOCK_IPV4, PSOCK_STREAM),
                                       local_of(listener)};
    check_talk(keep(psock_dial_addresses(addresses, 2, NULL, in_time())),
               listener);
}

/* --- Very many ------------------------------------------------------------------------ */

enum {
    THREADS = 8,
    DIALS = 200
};

struct crowd {
    psock_address addresses[2]; /* nobody, and a listener */
    atomic_int dialed;
};

/* Accepts and closes what has come, so that the queue is never full; not by a
 * reset, which might come before the dial has looked. */
static void accept_some(psock_t listener)
{
    psock_t s = psock_accept(listener, NULL, PSOCK_NOW);
    for (; s >= 0; s = psock_accept(listener, NULL, PSOCK_NOW))
        assert_result(psock_close(s), 0);
    assert_result(s, PSOCK_EAGAIN);
}

/* By list and by name in turn. */
static psock_t dial_in_a_crowd(const struct crowd *crowd, int i)
{
    char port[PSOCK_SERVICE_NAME_SIZE];
    snprintf(port, sizeof port, "%d", psock_address_port(&crowd->addresses[1]));
    return i % 2 == 0
               ? psock_dial_addresses(crowd->addresses, 2, NULL, in_time())
               : psock_dial("localhost", port, NULL, in_time());
}

static ptrdiff_t dial_often(void *argument)
{
    struct crowd *crowd = argument;
    ptrdiff_t dialed = 0;
    for (int i = 0; i < DIALS; i++) {
        psock_t s = dial_in_a_crowd(crowd, i);
        dialed += s >= 0;
        if (s >= 0)
            (void)psock_close_reset(s);
    }
    atomic_fetch_add(&crowd->dialed, 1);
    return dialed;
}

static void many_threads_dial_at_once(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    struct crowd crowd = {
        .addresses = {deserted(family, PSOCK_STREAM), local_of(listener)}};
    struct running_call *calls[THREADS];
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(dial_often, &crowd);
    while (atomic_load(&crowd.dialed) < THREADS) {
        accept_some(listener);
        host_yield();
    }
    for (int i = 0; i < THREADS; i++)
        assert_result(end_call(calls[i]), DIALS);
    accept_some(listener);
}

/* More than could be open at once, had any stayed so; after each test it is
 * counted what did. */
static void refused_dials_leave_nothing_open(void **state)
{
    int family = family_of(state);
    const psock_address addresses[] = {deserted(family, PSOCK_STREAM),
                                       deserted(family, PSOCK_STREAM)};
    for (int i = 0; i < 2000; i++)
        assert_result(psock_dial_addresses(addresses, (size_t)(i % 2 + 1), NULL,
                                           in_time()),
                      PSOCK_ECONNREFUSED);
}

static void dials_given_up_leave_nothing_open(void **state)
{
    int family = family_of(state);
    struct queue queue = full_queue(family);
    const psock_address addresses[] = {deserted(family, PSOCK_STREAM),
                                       queue.address};
    for (int i = 0; i < 500; i++)
        assert_result(psock_dial_addresses(addresses + i % 2,
                                           (size_t)(2 - i % 2), NULL,
                                           psock_deadline_ns(i * 2000)),
                      PSOCK_ETIMEDOUT);
}

/* --- Oneself -------------------------------------------------------------------------- */

/* A socket that is bound to the very port which it dials would be let through to
 * itself. */
static void dial_from_the_port_that_it_dials_is_refused(void **state)
{
    int family = family_of(state);
    psock_t former = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    psock_address own = local_of(former), any;
    close_kept(former);
    assert_result(psock_address_any(family, psock_address_port(&own), &any), 0);
    const psock_address addresses[] = {own, any};
    const psock_dial_options options = {.source = &own};
    for (size_t i = 0; i < 2; i++)
        for (size_t count = 1; count <= 2 - i; count++)
            assert_result(
                psock_dial_addresses(addresses + i, count, &options, in_time()),
                PSOCK_ECONNREFUSED);
}

/* The ports from which the system takes those of sockets that dial. */
static void check_nobody_answers(psock_address *address, uint16_t port)
{
    assert_result(psock_address_set_port(address, port), 0);
    psock_t s = psock_dial_addresses(address, 1, NULL, in_time());
    if (s < 0)
        return;
    psock_address local = local_of(keep(s));
    assert_false(same_address(&local, address));
    close_kept(s);
}

static void dial_never_reaches_itself(void **state)
{
    int family = family_of(state);
    psock_address address = deserted(family, PSOCK_STREAM);
    const uint16_t base = psock_address_port(&address);
    psock_deadline end = psock_deadline_ms(2000);
    for (int i = 0; i < 20000 && psock_deadline_left_ns(end) > 0; i++)
        check_nobody_answers(&address, (uint16_t)(base - i % 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(dial_reaches_a_numeric_host),
        test_both(dial_finds_a_listener_by_any_name_of_loopback),
        test_all(dial_by_address_reaches_it),
        test_all(dialed_stream_waits_like_any_other),
        test_both(unspecified_address_is_dialed_as_loopback),
        test_once(dial_takes_ipv6_first),
        test_once(dial_takes_the_preferred_family_first),
        test_both(preferred_family_is_not_the_only_one),
        test_once(dial_of_one_family_leaves_the_other_alone),
        test_once(addresses_of_another_family_are_passed_over),
        test_once(numeric_host_of_another_family_is_refused),
        test_once(addresses_are_tried_in_the_order_in_which_they_stand),
        test_both(refused_dial_fails_at_once),
        test_all(refused_address_makes_room_for_the_next_at_once),
        test_all(report_explains_each_refusal),
        test_both(report_counts_more_attempts_than_it_holds),
        test_all(address_that_stands_twice_is_tried_once),
        test_both(dial_comes_from_its_source),
        test_both(source_without_a_port_gets_one),
        test_once(only_peers_of_the_sources_family_are_tried),
        test_both(source_of_somebody_else_is_refused),
        test_both(port_zero_is_not_dialed),
        test_once(dial_without_its_arguments_is_refused),
        test_both(options_out_of_range_are_refused),
        test_both(delays_at_the_ends_of_their_range_are_taken),
        test_both(source_that_fits_no_family_is_refused),
        test_both(report_without_room_for_what_it_says_is_refused),
        test_once(names_that_nobody_has_are_not_asked_for),
        test_both(dial_of_a_silent_peer_keeps_its_deadline),
        test_both(dial_of_silent_peers_keeps_one_deadline_over_all),
        test_both(dial_now_does_not_wait_for_a_silent_peer),
        test_both(dial_past_its_deadline_ends_at_once),
        test_both(peer_after_a_silent_one_is_reached_after_the_delay),
        test_both(refusal_beside_a_silent_peer_begins_the_next),
        test_both(silence_to_the_deadline_is_no_refusal),
        test_both(ring_ends_a_dial_of_silent_peers),
        test_both(rung_waker_ends_a_dial_that_would_wait),
        test_both(preparation_sees_each_socket),
        test_both(failed_preparation_is_a_failed_attempt),
        test_both(dial_fails_as_its_preparation_does),
        test_both(preparation_fails_with_the_error_it_says),
        test_once(report_of_a_wrong_argument_stays_as_it_was),
        test_once(many_failures_at_once_keep_the_deadline),
        test_once(many_failures_at_once_can_be_canceled),
        test_both(refusal_explains_more_than_a_failed_preparation),
        test_unix(dial_goes_from_a_path_to_a_port),
        test_unix(dial_goes_from_a_port_to_a_path),
        test_both(many_threads_dial_at_once),
        test_all(refused_dials_leave_nothing_open),
        test_both(dials_given_up_leave_nothing_open),
        test_both(dial_from_the_port_that_it_dials_is_refused),
        test_both(dial_never_reaches_itself),
    };
    return cmocka_run_group_tests_name("dial", tests, warm_up, NULL);
}
