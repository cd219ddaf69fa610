/* undelivered.c: reports of datagrams that did not arrive: as failures of a
 * receive, as Windows always had them, and with details. */
#include "post.h"

/* A socket that wants reports; those with details are to be had or not. */
static psock_t reported_to(_Bool details)
{
    psock_address where;
    psock_t s = post_open(PSOCK_IPV4, 0, "127.0.0.1", &where);
    if (!details)
        fake_fail_next(FAKE_setsockopt, WSAENOPROTOOPT, 1);
    assert_int_equal(psock_want_undelivered(s, 1), 0);
    return s;
}

static void assert_report(psock_t s, int reason, const psock_address *peer)
{
    struct post told;
    unsigned char bytes[64];
    psock_control control = {bytes, sizeof bytes, 5};
    post_empty(&told, 100);
    told.message.control = &control;
    assert_int_equal(post_receive(s, &told, PSOCK_WITH_UNDELIVERED), 1);
    assert_int_equal(told.message.flags, PSOCK_UNDELIVERED);
    assert_int_equal(told.message.undelivered, reason);
    assert_int_equal(told.message.size, 0);
    assert_int_equal(told.message.valid, 0);
    assert_int_equal(control.size, 0);
    assert_int_equal(psock_address_compare(&told.message.peer, peer), 0);
    assert_int_equal(psock_address_family(&told.message.reporter), PSOCK_NONE);
}

static void send_to_nobody(psock_t s, const psock_address *nobody)
{
    struct post post;
    post_make(&post, 10, nobody);
    assert_int_equal(post_send(s, &post), 1);
}

/* --- Failures of a receive ------------------------------------------------------- */

static void dgram_connreset_is_a_report(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(0);
    struct post told;
    (void)state;
    send_to_nobody(s, &nobody);
    assert_report(s, PSOCK_UNDELIVERED_PORT, &nobody);
    post_empty(&told, 10);
    assert_int_equal(post_receive(s, &told, PSOCK_WITH_UNDELIVERED),
                     PSOCK_EAGAIN);
    scene_close(s);
}

static void dgram_netreset_is_a_report(void **state)
{
    const psock_address far_away = scene_address("192.0.2.99:9");
    psock_t s = reported_to(0);
    (void)state;
    fake_report_undelivered_to(s, WSAENETRESET, &far_away);
    assert_report(s, PSOCK_UNDELIVERED_HOPS, &far_away);
    scene_close(s);
}

static void dgram_connreset_by_other_codes_is_a_report(void **state)
{
    static const struct {
        int native;
        int reason;
    } codes[] = {{WSAEHOSTUNREACH, PSOCK_UNDELIVERED_HOST},
                 {WSAENETUNREACH, PSOCK_UNDELIVERED_NETWORK},
                 {ERROR_PORT_UNREACHABLE, PSOCK_UNDELIVERED_PORT},
                 {ERROR_HOST_UNREACHABLE, PSOCK_UNDELIVERED_HOST},
                 {ERROR_NETWORK_UNREACHABLE, PSOCK_UNDELIVERED_NETWORK},
                 {ERROR_PROTOCOL_UNREACHABLE, PSOCK_UNDELIVERED_OTHER}};
    const psock_address far_away = scene_address("192.0.2.99:9");
    psock_t s = reported_to(0);
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake_report_undelivered_to(s, codes[i].native, &far_away);
        assert_report(s, codes[i].reason, &far_away);
    }
    scene_close(s);
}

static void dgram_connreset_by_other_codes_is_passed_over(void **state)
{
    psock_address where;
    psock_t s = post_open(PSOCK_IPV4, 0, "127.0.0.1", &where);
    (void)state;
    fake_report_undelivered(s, WSAEHOSTUNREACH);
    fake_report_undelivered(s, WSAENETUNREACH);
    fake_report_undelivered(s, ERROR_PORT_UNREACHABLE);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    scene_close(s);
}

static void dgram_connreset_is_passed_over_unless_asked(void **state)
{
    struct post post;
    psock_address where;
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(0);
    (void)state;
    assert_int_equal(psock_local(s, &where), 0);
    send_to_nobody(s, &nobody);
    post_empty(&post, 10);
    assert_int_equal(post_receive(s, &post, 0), PSOCK_EAGAIN);
    send_to_nobody(s, &nobody);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    assert_int_equal(psock_want_undelivered(s, 0), 0);
    send_to_nobody(s, &nobody);
    assert_int_equal(fake_recorded("= error 10054"), 2);
    scene_close(s);
}

static void dgram_connreset_comes_between_messages(void **state)
{
    static struct post posts[3];
    psock_message messages[3];
    psock_address where;
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(0);
    (void)state;
    assert_int_equal(psock_local(s, &where), 0);
    const uint16_t port = psock_address_port(&where);
    where = scene_address("127.0.0.1");
    assert_int_equal(psock_address_set_port(&where, port), 0);
    send_to_nobody(s, &where);
    send_to_nobody(s, &nobody);
    send_to_nobody(s, &where);
    for (size_t i = 0; i < 3; i++) {
        post_empty(&posts[i], 100);
        messages[i] = posts[i].message;
    }
    assert_int_equal(
        psock_recv_messages(s, messages, 3, PSOCK_WITH_UNDELIVERED, PSOCK_NOW),
        3);
    assert_int_equal(messages[0].flags, 0);
    assert_int_equal(messages[1].flags, PSOCK_UNDELIVERED);
    assert_int_equal(messages[2].flags, 0);
    assert_int_equal(messages[2].size, 10);
    scene_close(s);
}

static void dgram_connreset_needs_the_wish(void **state)
{
    struct post post;
    psock_address where;
    psock_t s = post_open(PSOCK_IPV4, 0, "127.0.0.1", &where);
    (void)state;
    fake_report_undelivered(s, WSAEHOSTUNREACH);
    post_empty(&post, 10);
    assert_int_equal(post_receive(s, &post, PSOCK_WITH_UNDELIVERED),
                     PSOCK_EAGAIN);
    scene_close(s);
}

static void dgram_connreset_of_the_peer_is_a_report(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(0);
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), 0);
    fake_report_undelivered(s, WSAECONNRESET);
    assert_report(s, PSOCK_UNDELIVERED_PORT, &nobody);
    fake_report_undelivered(s, WSAENETRESET);
    assert_report(s, PSOCK_UNDELIVERED_HOPS, &nobody);
    scene_close(s);
}

static void dgram_connreset_of_the_peer_stays_without_the_wish(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(0);
    struct post post;
    (void)state;
    assert_int_equal(psock_connect(s, &nobody, PSOCK_NOW), 0);
    assert_int_equal(psock_want_undelivered(s, 0), 0);
    send_to_nobody(s, NULL);
    post_empty(&post, 10);
    assert_int_equal(post_receive(s, &post, PSOCK_WITH_UNDELIVERED),
                     PSOCK_ECONNREFUSED);
    scene_close(s);
}

static void dgram_netreset_is_needed_for_reports(void **state)
{
    psock_address where;
    psock_t s = post_open(PSOCK_IPV4, 0, "127.0.0.1", &where);
    (void)state;
    fake_forget();
    assert_int_equal(psock_want_undelivered(s, 1), PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAEOPNOTSUPP);
    assert_int_equal(fake_recorded("SIO_UDP_CONNRESET 01000000"), 0);
    assert_int_equal(psock_want_undelivered(s, 0), 0);
    scene_close(s);
}

/* --- With details ------------------------------------------------------------------ */

static void icmp_kinds_are_told_apart(void **state)
{
    static const struct {
        struct fake_icmp icmp;
        int reason;
    } kinds[] = {
        {{IPPROTO_ICMP, 3, 0, 0}, PSOCK_UNDELIVERED_NETWORK},
        {{IPPROTO_ICMP, 3, 1, 0}, PSOCK_UNDELIVERED_HOST},
        {{IPPROTO_ICMP, 3, 2, 0}, PSOCK_UNDELIVERED_OTHER},
        {{IPPROTO_ICMP, 3, 3, 0}, PSOCK_UNDELIVERED_PORT},
        {{IPPROTO_ICMP, 3, 4, 1400}, PSOCK_UNDELIVERED_SIZE},
        {{IPPROTO_ICMP, 3, 13, 0}, PSOCK_UNDELIVERED_PROHIBITED},
        {{IPPROTO_ICMP, 11, 0, 0}, PSOCK_UNDELIVERED_HOPS},
        {{IPPROTO_ICMP, 11, 1, 0}, PSOCK_UNDELIVERED_OTHER},
        {{IPPROTO_ICMP, 12, 0, 0}, PSOCK_UNDELIVERED_OTHER},
    };
    const psock_address far_away = scene_address("192.0.2.99:9");
    psock_t s = reported_to(1);
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fake_report_icmp(s, &far_away, kinds[i].icmp);
        assert_report(s, kinds[i].reason, &far_away);
    }
    scene_close(s);
}

static void icmp_kinds_of_ipv6_are_told_apart(void **state)
{
    static const struct {
        struct fake_icmp icmp;
        int reason;
    } kinds[] = {
        {{IPPROTO_ICMPV6, 1, 0, 0}, PSOCK_UNDELIVERED_NETWORK},
        {{IPPROTO_ICMPV6, 1, 1, 0}, PSOCK_UNDELIVERED_PROHIBITED},
        {{IPPROTO_ICMPV6, 1, 2, 0}, PSOCK_UNDELIVERED_OTHER},
        {{IPPROTO_ICMPV6, 1, 3, 0}, PSOCK_UNDELIVERED_HOST},
        {{IPPROTO_ICMPV6, 1, 4, 0}, PSOCK_UNDELIVERED_PORT},
        {{IPPROTO_ICMPV6, 2, 0, 1280}, PSOCK_UNDELIVERED_SIZE},
        {{IPPROTO_ICMPV6, 3, 0, 0}, PSOCK_UNDELIVERED_HOPS},
    };
    psock_address where;
    const psock_address far_away = scene_address("[2001:db8::99]:9");
    psock_t s = post_open(PSOCK_IPV6, 0, "[::1]", &where);
    (void)state;
    assert_int_equal(psock_want_undelivered(s, 1), 0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fake_report_icmp(s, &far_away, kinds[i].icmp);
        assert_report(s, kinds[i].reason, &far_away);
    }
    scene_close(s);
}

static void icmp_too_long_tells_what_would_go(void **state)
{
    struct post told;
    const psock_address far_away = scene_address("192.0.2.99:9");
    const struct fake_icmp too_long = {IPPROTO_ICMP, 3, 4, 1400};
    psock_t s = reported_to(1);
    (void)state;
    fake_report_icmp(s, &far_away, too_long);
    post_empty(&told, 100);
    assert_int_equal(post_receive(s, &told, PSOCK_WITH_UNDELIVERED), 1);
    assert_int_equal(told.message.undelivered, PSOCK_UNDELIVERED_SIZE);
    assert_int_equal(told.message.mtu, 1400);
    scene_close(s);
}

/* What was sent comes with the report, and must not be taken for received. */
static void icmp_reports_are_no_data_to_anybody(void **state)
{
    char bytes[16];
    struct post post;
    psock_address peer;
    const psock_buffer buffer = {bytes, sizeof bytes};
    const psock_address far_away = scene_address("192.0.2.99:9");
    const struct fake_icmp too_long = {IPPROTO_ICMP, 3, 4, 1400};
    psock_t s = reported_to(1);
    (void)state;
    fake_report_icmp(s, &far_away, too_long);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    fake_report_icmp(s, &far_away, too_long);
    assert_int_equal(
        psock_recv_from(s, bytes, sizeof bytes, 0, &peer, PSOCK_NOW),
        PSOCK_EAGAIN);
    fake_report_icmp(s, &far_away, too_long);
    assert_int_equal(psock_recv_vector(s, &buffer, 1, 0, PSOCK_NOW),
                     PSOCK_EAGAIN);
    fake_report_icmp(s, &far_away, too_long);
    post_empty(&post, 10);
    assert_int_equal(post_receive(s, &post, 0), PSOCK_EAGAIN);
    scene_close(s);
}

static void icmp_reports_leave_data_to_plain_receives(void **state)
{
    char bytes[16];
    psock_address own;
    psock_address peer;
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(1);
    psock_t sender = scene_bound(PSOCK_DATAGRAM, &own);
    (void)state;
    assert_int_equal(psock_local(s, &peer), 0);
    psock_address where = scene_address("127.0.0.1");
    assert_int_equal(psock_address_set_port(&where, psock_address_port(&peer)),
                     0);
    send_to_nobody(s, &nobody);
    send_to_nobody(sender, &where);
    send_to_nobody(sender, &where);
    assert_int_equal(
        psock_recv_from(s, bytes, sizeof bytes, 0, &peer, PSOCK_NOW), 10);
    assert_int_equal(psock_address_compare(&peer, &own), 0);
    assert_int_equal(psock_recv(s, bytes, 4, 0, PSOCK_NOW), 4);
    scene_close_two(s, sender);
}

/* One room that is too small even for what comes with a report. */
static void icmp_reports_are_none_the_less_in_little_room(void **state)
{
    struct post told;
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(1);
    (void)state;
    send_to_nobody(s, &nobody);
    send_to_nobody(s, &nobody);
    post_empty(&told, 2);
    assert_int_equal(post_receive(s, &told, PSOCK_WITH_UNDELIVERED), 1);
    assert_int_equal(told.message.flags, PSOCK_UNDELIVERED);
    assert_int_equal(told.message.undelivered, PSOCK_UNDELIVERED_PORT);
    assert_int_equal(told.message.size, 0);
    assert_int_equal(psock_address_compare(&told.message.peer, &nobody), 0);
    post_empty(&told, 2);
    assert_int_equal(post_receive(s, &told, 0), PSOCK_EAGAIN);
    scene_close(s);
}

/* A look that finds a report finds what is behind it. */
static void icmp_reports_do_not_keep_a_look_from_data(void **state)
{
    char bytes[16];
    struct post told;
    const psock_buffer buffer = {bytes, sizeof bytes};
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(1);
    (void)state;
    send_to_nobody(s, &nobody);
    assert_int_equal(psock_recv(s, bytes, 16, PSOCK_PEEK, PSOCK_NOW),
                     PSOCK_EAGAIN);
    send_to_nobody(s, &nobody);
    assert_int_equal(psock_recv_vector(s, &buffer, 1, PSOCK_PEEK, PSOCK_NOW),
                     PSOCK_EAGAIN);
    send_to_nobody(s, &nobody);
    post_empty(&told, 100);
    assert_int_equal(post_receive(s, &told, PSOCK_PEEK), PSOCK_EAGAIN);
    send_to_nobody(s, &nobody);
    assert_int_equal(
        post_receive(s, &told, PSOCK_PEEK | PSOCK_WITH_UNDELIVERED), 1);
    assert_report(s, PSOCK_UNDELIVERED_PORT, &nobody);
    scene_close(s);
}

/* As many as a vector can have, which are more than of a message. */
static void icmp_reports_leave_room_for_long_vectors(void **state)
{
    static char bytes[PSOCK_BUFFERS_MAX];
    static psock_buffer buffers[PSOCK_BUFFERS_MAX];
    struct post post;
    psock_address where;
    psock_t s = post_open(PSOCK_IPV4, 0, "127.0.0.1", &where);
    psock_t sender = scene_bound(PSOCK_DATAGRAM, NULL);
    (void)state;
    assert_int_equal(psock_want_undelivered(s, 1), 0);
    for (size_t i = 0; i < PSOCK_BUFFERS_MAX; i++)
        buffers[i] = (psock_buffer){&bytes[i], 1};
    post_make(&post, PSOCK_BUFFERS_MAX, &where);
    assert_int_equal(post_send(sender, &post), 1);
    assert_int_equal(
        psock_recv_vector(s, buffers, PSOCK_BUFFERS_MAX, 0, PSOCK_NOW),
        PSOCK_BUFFERS_MAX);
    for (size_t i = 0; i < PSOCK_BUFFERS_MAX; i++)
        assert_int_equal(bytes[i], 'm');
    scene_close_two(s, sender);
}

/* Who gives a socket away need not say what was wanted of it. */
static void icmp_reports_are_known_to_whoever_adopts(void **state)
{
    const psock_address nobody = scene_nobody();
    psock_t s = reported_to(1);
    (void)state;
    assert_int_equal(psock_native_release(s), 0);
    assert_true(psock_native_adopt(s) == s);
    send_to_nobody(s, &nobody);
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
    send_to_nobody(s, &nobody);
    assert_report(s, PSOCK_UNDELIVERED_PORT, &nobody);
    scene_close(s);
}

/* Details of one protocol and none of the other would not be expected. */
static void icmp_details_are_of_both_protocols_or_none(void **state)
{
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, PSOCK_DUAL_STACK);
    (void)state;
    fake_fail_after(FAKE_setsockopt, 1, WSAENOPROTOOPT, 1);
    assert_int_equal(psock_want_undelivered(s, 1), 0);
    assert_true(fake_recorded_in_order(
        " IP_RECVERR 01000000 length 4 = 0", "IPV6_RECVERR 01000000",
        " IP_RECVERR 00000000 length 4 = 0", NULL));
    scene_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(dgram_connreset_is_a_report),
        ON_WINDOWS_10(dgram_netreset_is_a_report),
        ON_WINDOWS_10(dgram_connreset_by_other_codes_is_a_report),
        ON_BOTH(dgram_connreset_by_other_codes_is_passed_over),
        ON_WINDOWS_10(dgram_connreset_is_passed_over_unless_asked),
        ON_WINDOWS_10(dgram_connreset_comes_between_messages),
        ON_BOTH(dgram_connreset_needs_the_wish),
        ON_WINDOWS_10(dgram_connreset_of_the_peer_is_a_report),
        ON_WINDOWS_10(dgram_connreset_of_the_peer_stays_without_the_wish),
        ON_WINDOWS_7(dgram_netreset_is_needed_for_reports),
        ON_WINDOWS_10(icmp_kinds_are_told_apart),
        ON_WINDOWS_10(icmp_kinds_of_ipv6_are_told_apart),
        ON_WINDOWS_10(icmp_too_long_tells_what_would_go),
        ON_WINDOWS_10(icmp_reports_are_no_data_to_anybody),
        ON_WINDOWS_10(icmp_reports_leave_data_to_plain_receives),
        ON_WINDOWS_10(icmp_reports_are_none_the_less_in_little_room),
        ON_WINDOWS_10(icmp_reports_do_not_keep_a_look_from_data),
        ON_WINDOWS_10(icmp_reports_leave_room_for_long_vectors),
        ON_WINDOWS_10(icmp_reports_are_known_to_whoever_adopts),
        ON_WINDOWS_10(icmp_details_are_of_both_protocols_or_none),
    };
    return cmocka_run_group_tests_name("winsock.undelivered", tests, NULL,
                                       NULL);
}
