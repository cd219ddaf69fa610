#include "fixture.h"

#include <limits.h>
#include <string.h>

static const char *const names[] = {
    [PSOCK_CAP_IPV4] = "ipv4",
    [PSOCK_CAP_IPV6] = "ipv6",
    [PSOCK_CAP_DUAL_STACK] = "dual-stack",
    [PSOCK_CAP_SHARED_LISTENER] = "shared-listener",
    [PSOCK_CAP_UNIX_STREAM] = "unix-stream",
    [PSOCK_CAP_UNIX_DATAGRAM] = "unix-datagram",
    [PSOCK_CAP_UNIX_ABSTRACT] = "unix-abstract",
    [PSOCK_CAP_UNIX_SEQPACKET] = "unix-seqpacket",
    [PSOCK_CAP_UNIX_PAIR] = "unix-pair",
    [PSOCK_CAP_PEER_CREDENTIALS] = "peer-credentials",
    [PSOCK_CAP_PASS_SOCKETS] = "pass-sockets",
    [PSOCK_CAP_RAW] = "raw",
    [PSOCK_CAP_BATCHES] = "batches",
    [PSOCK_CAP_SEND_SEGMENTS] = "send-segments",
    [PSOCK_CAP_RECV_SEGMENTS] = "recv-segments",
    [PSOCK_CAP_UNDELIVERED] = "undelivered",
    [PSOCK_CAP_RECV_LOCAL] = "recv-local",
    [PSOCK_CAP_RECV_ECN] = "recv-ecn",
    [PSOCK_CAP_RECV_TRAFFIC_CLASS] = "recv-traffic-class",
    [PSOCK_CAP_RECV_HOP_LIMIT] = "recv-hop-limit",
    [PSOCK_CAP_RECV_TIMESTAMP] = "recv-timestamp",
    [PSOCK_CAP_SEND_LOCAL] = "send-local",
    [PSOCK_CAP_SEND_ECN] = "send-ecn",
    [PSOCK_CAP_SEND_TRAFFIC_CLASS] = "send-traffic-class",
    [PSOCK_CAP_SEND_HOP_LIMIT] = "send-hop-limit",
    [PSOCK_CAP_SEND_DONT_FRAGMENT] = "send-dont-fragment",
    [PSOCK_CAP_MULTICAST] = "multicast",
    [PSOCK_CAP_MULTICAST_SOURCE] = "multicast-source",
    [PSOCK_CAP_KEEPALIVE_TIMES] = "keepalive-times",
    [PSOCK_CAP_DEAD_PEER] = "dead-peer",
    [PSOCK_CAP_TCP_INFO] = "tcp-info",
    [PSOCK_CAP_BIND_INTERFACE] = "bind-interface",
    [PSOCK_CAP_FAST_OPEN] = "fast-open",
    [PSOCK_CAP_INTERNATIONAL_NAMES] = "international-names",
    [PSOCK_CAP_STOP_LOOK_UP] = "stop-look-up",
    [PSOCK_CAP_SEND_FILE] = "send-file",
    [PSOCK_CAP_WATCH_INTERFACES] = "watch-interfaces",
};

static const int strangers[] = {-1, PSOCK_CAP_COUNT, INT_MAX, INT_MIN};

/* --- Numbers and names ---------------------------------------------------- */

static void numbers_never_change(void **state)
{
    (void)state;
    assert_int_equal(PSOCK_CAP_IPV4, 0);
    assert_int_equal(PSOCK_CAP_IPV6, 1);
    assert_int_equal(PSOCK_CAP_DUAL_STACK, 2);
    assert_int_equal(PSOCK_CAP_SHARED_LISTENER, 3);
    assert_int_equal(PSOCK_CAP_UNIX_STREAM, 4);
    assert_int_equal(PSOCK_CAP_UNIX_DATAGRAM, 5);
    assert_int_equal(PSOCK_CAP_UNIX_ABSTRACT, 6);
    assert_int_equal(PSOCK_CAP_UNIX_SEQPACKET, 7);
    assert_int_equal(PSOCK_CAP_UNIX_PAIR, 8);
    assert_int_equal(PSOCK_CAP_PEER_CREDENTIALS, 9);
    assert_int_equal(PSOCK_CAP_PASS_SOCKETS, 10);
    assert_int_equal(PSOCK_CAP_RAW, 11);
    assert_int_equal(PSOCK_CAP_BATCHES, 12);
    assert_int_equal(PSOCK_CAP_SEND_SEGMENTS, 13);
    assert_int_equal(PSOCK_CAP_RECV_SEGMENTS, 14);
    assert_int_equal(PSOCK_CAP_UNDELIVERED, 15);
    assert_int_equal(PSOCK_CAP_RECV_LOCAL, 16);
    assert_int_equal(PSOCK_CAP_RECV_ECN, 17);
    assert_int_equal(PSOCK_CAP_RECV_TRAFFIC_CLASS, 18);
    assert_int_equal(PSOCK_CAP_RECV_HOP_LIMIT, 19);
    assert_int_equal(PSOCK_CAP_RECV_TIMESTAMP, 20);
    assert_int_equal(PSOCK_CAP_SEND_LOCAL, 21);
    assert_int_equal(PSOCK_CAP_SEND_ECN, 22);
    assert_int_equal(PSOCK_CAP_SEND_TRAFFIC_CLASS, 23);
    assert_int_equal(PSOCK_CAP_SEND_HOP_LIMIT, 24);
    assert_int_equal(PSOCK_CAP_SEND_DONT_FRAGMENT, 25);
    assert_int_equal(PSOCK_CAP_MULTICAST, 26);
    assert_int_equal(PSOCK_CAP_MULTICAST_SOURCE, 27);
    assert_int_equal(PSOCK_CAP_KEEPALIVE_TIMES, 28);
    assert_int_equal(PSOCK_CAP_DEAD_PEER, 29);
    assert_int_equal(PSOCK_CAP_TCP_INFO, 30);
    assert_int_equal(PSOCK_CAP_BIND_INTERFACE, 31);
    assert_int_equal(PSOCK_CAP_FAST_OPEN, 32);
    assert_int_equal(PSOCK_CAP_INTERNATIONAL_NAMES, 33);
    assert_int_equal(PSOCK_CAP_STOP_LOOK_UP, 34);
    assert_int_equal(PSOCK_CAP_SEND_FILE, 35);
    assert_int_equal(PSOCK_CAP_WATCH_INTERFACES, 36);
}

static void every_capability_has_its_name(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(names), PSOCK_CAP_COUNT);
    for (int i = 0; i < PSOCK_CAP_COUNT; i++)
        assert_string_equal(psock_capability_name(i), names[i]);
}

static void numbers_that_are_no_capability_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        assert_result(psock_capability(strangers[i]), PSOCK_EINVAL);
        assert_null(psock_capability_name(strangers[i]));
    }
}

/* --- Answers agree with what happens -------------------------------------- */

static int result_of(psock_t s)
{
    return s < 0 ? (int)s : psock_close(s);
}

static int open_and_close(int family, int type, unsigned flags)
{
    return result_of(psock_open(family, type, flags));
}

static void every_system_has_ipv4(void **state)
{
    (void)state;
    assert_result(psock_capability(PSOCK_CAP_IPV4), 0);
}

static void ipv6_is_told_as_binding_finds_it(void **state)
{
    (void)state;
    psock_address address = loopback(PSOCK_IPV6, 0);
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_STREAM, 0);
    int result = s < 0 ? (int)s : psock_bind(s, &address, PSOCK_BIND_FRESH);
    if (s >= 0)
        assert_result(psock_close(s), 0);
    assert_result(psock_capability(PSOCK_CAP_IPV6), result);
}

static void dual_stack_is_told_as_opening_finds_it(void **state)
{
    (void)state;
    assert_result(psock_capability(PSOCK_CAP_DUAL_STACK),
                  open_and_close(PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK));
}

static void shared_listener_is_told_as_binding_finds_it(void **state)
{
    (void)state;
    psock_address address = loopback(PSOCK_IPV4, 0);
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    int result = psock_bind(s, &address, PSOCK_BIND_SHARED);
    assert_result(psock_capability(PSOCK_CAP_SHARED_LISTENER), result);
}

static void unix_sockets_are_told_as_opening_finds_them(void **state)
{
    (void)state;
    assert_result(psock_capability(PSOCK_CAP_UNIX_STREAM),
                  open_and_close(PSOCK_UNIX, PSOCK_STREAM, 0));
    assert_result(psock_capability(PSOCK_CAP_UNIX_DATAGRAM),
                  open_and_close(PSOCK_UNIX, PSOCK_DATAGRAM, 0));
    assert_result(psock_capability(PSOCK_CAP_UNIX_SEQPACKET),
                  open_and_close(PSOCK_UNIX, PSOCK_SEQPACKET, 0));
}

static void raw_sockets_are_told_as_opening_finds_them(void **state)
{
    (void)state;
    const int icmp = 1;
    assert_result(psock_capability(PSOCK_CAP_RAW),
                  result_of(psock_open_raw(PSOCK_IPV4, icmp)));
}

static void unix_pair_is_told_by_the_address_of_a_pair(void **state)
{
    (void)state;
    psock_t pair[2];
    psock_address local;
    assert_result(psock_pair(PSOCK_STREAM, pair), 0);
    assert_result(psock_local(pair[0], &local), 0);
    assert_int_equal(psock_capability(PSOCK_CAP_UNIX_PAIR) == 0,
                     psock_address_family(&local) == PSOCK_UNIX);
    assert_result(psock_close(pair[0]), 0);
    assert_result(psock_close(pair[1]), 0);
}

static const struct {
    int capability;
    unsigned metadata;
} received[] = {
    {PSOCK_CAP_RECV_SEGMENTS, PSOCK_META_SEGMENT_SIZE},
    {PSOCK_CAP_RECV_LOCAL, PSOCK_META_LOCAL | PSOCK_META_INTERFACE},
    {PSOCK_CAP_RECV_ECN, PSOCK_META_ECN},
    {PSOCK_CAP_RECV_TRAFFIC_CLASS, PSOCK_META_TRAFFIC_CLASS},
    {PSOCK_CAP_RECV_HOP_LIMIT, PSOCK_META_HOP_LIMIT},
    {PSOCK_CAP_RECV_TIMESTAMP, PSOCK_META_TIMESTAMP},
};

static void metadata_are_told_as_asking_for_them_finds_them(void **state)
{
    (void)state;
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_DATAGRAM);
    for (size_t i = 0; i < COUNT_OF(received); i++) {
        int granted = psock_want_metadata(s, received[i].metadata);
        assert_result(psock_capability(received[i].capability),
                      granted == (int)received[i].metadata ? 0 : PSOCK_ENOTSUP);
    }
}

static const struct {
    int capability;
    int option;
} options[] = {
    {PSOCK_CAP_DEAD_PEER, PSOCK_OPTION_DEAD_PEER_MS},
    {PSOCK_CAP_BIND_INTERFACE, PSOCK_OPTION_INTERFACE},
    {PSOCK_CAP_FAST_OPEN, PSOCK_OPTION_FAST_OPEN},
};

static void options_are_told_as_asking_finds_them(void **state)
{
    (void)state;
    int64_t value;
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(options); i++)
        assert_result(psock_capability(options[i].capability),
                      psock_get_option(s, options[i].option, &value));
}

static void abstract_names_are_told_as_making_one_finds_them(void **state)
{
    (void)state;
    psock_address address;
    assert_result(psock_capability(PSOCK_CAP_UNIX_ABSTRACT),
                  psock_address_parse("unix:@psock", &address));
}

/* The ASCII form of this one is longer than a name may be, so nobody is asked for
 * it. */
static void
international_names_are_told_as_resolving_one_finds_them(void **state)
{
    (void)state;
    char name[121] = "";
    psock_address address;
    for (int i = 0; i < 60; i++)
        strcat(name, "\xc3\xbc");
    int found =
        psock_resolve(name, "80", NULL, &address, 1, psock_deadline_ms(10000));
    int lacks = psock_capability(PSOCK_CAP_INTERNATIONAL_NAMES);
    assert_result(found, lacks < 0 ? lacks : PSOCK_EAI_NONAME);
}

static void watching_is_told_as_a_watch_finds_it(void **state)
{
    (void)state;
    psock_waker *waker;
    psock_interface_watch *watch;
    assert_result(psock_waker_open(&waker), 0);
    int result = psock_interface_watch_open(waker, &watch);
    if (result == 0)
        assert_result(psock_interface_watch_close(watch), 0);
    assert_result(psock_waker_close(waker), 0);
    assert_result(psock_capability(PSOCK_CAP_WATCH_INTERFACES), result);
}

static void answers_stay_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < PSOCK_CAP_COUNT; i++)
        assert_result(psock_capability(i), psock_capability(i));
}

static void lack_comes_with_the_systems_reason(void **state)
{
    (void)state;
    for (int i = 0; i < PSOCK_CAP_COUNT; i++) {
        int error = psock_capability(i);
        if (error < 0 && error != PSOCK_ENOTSUP)
            assert_int_not_equal(psock_error_native(), 0);
    }
}

/* The descriptors are counted after each test. */
static void asking_often_leaves_nothing_open(void **state)
{
    (void)state;
    for (int i = 0; i < 3 * PSOCK_CAP_COUNT; i++)
        (void)psock_capability(i % PSOCK_CAP_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(numbers_never_change),
        test_once(every_capability_has_its_name),
        test_once(numbers_that_are_no_capability_are_refused),
        test_once(every_system_has_ipv4),
        test_once(ipv6_is_told_as_binding_finds_it),
        test_once(dual_stack_is_told_as_opening_finds_it),
        test_once(shared_listener_is_told_as_binding_finds_it),
        test_once(unix_sockets_are_told_as_opening_finds_them),
        test_once(raw_sockets_are_told_as_opening_finds_them),
        test_once(unix_pair_is_told_by_the_address_of_a_pair),
        test_once(metadata_are_told_as_asking_for_them_finds_them),
        test_once(options_are_told_as_asking_finds_them),
        test_once(abstract_names_are_told_as_making_one_finds_them),
        test_once(international_names_are_told_as_resolving_one_finds_them),
        test_once(watching_is_told_as_a_watch_finds_it),
        test_once(answers_stay_the_same),
        test_once(lack_comes_with_the_systems_reason),
        test_once(asking_often_leaves_nothing_open),
    };
    return cmocka_run_group_tests_name("capability", tests, warm_up, NULL);
}
