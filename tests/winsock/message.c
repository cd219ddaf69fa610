/* message.c: messages with metadata, one and many, by WSASendMsg and WSARecvMsg.
 */
#include "post.h"

#include <stdlib.h>

#include "host.h"

static psock_t receiver(psock_address *where)
{
    return post_open(PSOCK_IPV4, 0, "127.0.0.1", where);
}

static psock_t receiver_6(psock_address *where)
{
    return post_open(PSOCK_IPV6, 0, "[::1]", where);
}

static psock_t dual_receiver(psock_address *where)
{
    return post_open(PSOCK_IPV6, PSOCK_DUAL_STACK, "127.0.0.1", where);
}

static void assert_address(const psock_address *address, const char *text)
{
    const psock_address expected = scene_address(text);
    assert_int_equal(psock_address_compare(address, &expected), 0);
}

/* Sends `post` from `s` and receives it as `told` at `to`. */
static void carry(psock_t s, struct post *post, psock_t to, struct post *told)
{
    assert_int_equal(post_send(s, post), 1);
    post_expect(to, told);
}

/* --- Where to and where from -------------------------------------------------- */

#define SOURCE (PSOCK_META_LOCAL | PSOCK_META_INTERFACE)

static void check_local(psock_t s, psock_t sender, const psock_address *where,
                        const char *local)
{
    struct post post;
    struct post told;
    assert_int_equal(psock_want_metadata(s, SOURCE), SOURCE);
    post_make(&post, 10, where);
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.size, 10);
    assert_int_equal(told.message.valid, SOURCE);
    assert_address(&told.message.local, local);
    assert_int_equal(told.message.interface_index, 1);
    scene_close_two(s, sender);
}

static void dgram_pktinfo_tells_where_a_message_went(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    check_local(s, scene_open(PSOCK_DATAGRAM), &where, "127.0.0.1");
}

static void dgram_pktinfo_tells_where_an_ipv6_message_went(void **state)
{
    psock_address where;
    psock_t s = receiver_6(&where);
    (void)state;
    check_local(s, psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, 0), &where, "[::1]");
}

static void dgram_pktinfo_of_both_stacks_names_alike(void **state)
{
    psock_address where;
    psock_t s = dual_receiver(&where);
    (void)state;
    check_local(s, scene_open(PSOCK_DATAGRAM), &where, "[::ffff:127.0.0.1]");
}

static void dgram_pktinfo_is_told_only_when_asked(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 1, &where);
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.valid, 0);
    assert_int_equal(psock_want_metadata(s, SOURCE), SOURCE);
    assert_int_equal(psock_want_metadata(s, 0), 0);
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.valid, 0);
    scene_close_two(s, sender);
}

/* What the peer sees of a message from `local`. */
static void check_source(psock_t sender, const psock_address *where, psock_t s,
                         const char *local)
{
    struct post post;
    struct post told;
    post_make(&post, 10, where);
    post.message.valid = PSOCK_META_LOCAL;
    post.message.local = scene_address(local);
    carry(sender, &post, s, &told);
    assert_int_equal(psock_address_set_port(&told.message.peer, 0), 0);
    assert_int_equal(
        psock_address_compare(&told.message.peer, &post.message.local), 0);
}

static void dgram_pktinfo_sends_from_an_address(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    check_source(sender, &where, s, "127.0.0.5");
    check_source(sender, &where, s, "192.0.2.10");
    assert_int_equal(fake_recorded(" IP_PKTINFO "), 2 + 1); /* one to see */
    scene_close_two(s, sender);
}

static void dgram_pktinfo_sends_from_an_ipv6_address(void **state)
{
    psock_address where;
    psock_t s = receiver_6(&where);
    psock_t sender = psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, 0);
    (void)state;
    check_source(sender, &where, s, "[2001:db8::10]");
    assert_int_equal(fake_recorded(" IPV6_PKTINFO "), 1);
    scene_close_two(s, sender);
}

static void dgram_pktinfo_of_both_stacks_sends_by_ipv4(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, PSOCK_DUAL_STACK);
    psock_address mapped = scene_address("[::ffff:127.0.0.1]");
    (void)state;
    assert_int_equal(
        psock_address_set_port(&mapped, psock_address_port(&where)), 0);
    post_make(&post, 10, &mapped);
    post.message.valid = PSOCK_META_LOCAL;
    post.message.local = scene_address("[::ffff:127.0.0.7]");
    carry(sender, &post, s, &told);
    assert_int_equal(psock_address_set_port(&told.message.peer, 0), 0);
    assert_address(&told.message.peer, "127.0.0.7");
    assert_int_equal(fake_recorded(" IP_PKTINFO "), 1 + 1);
    scene_close_two(s, sender);
}

static void dgram_pktinfo_of_a_connected_socket_goes_by_its_peer(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(psock_connect(sender, &where, PSOCK_NOW), 0);
    post_make(&post, 10, NULL);
    post.message.valid = SOURCE;
    post.message.local = scene_address("127.0.0.5");
    post.message.interface_index = 1;
    carry(sender, &post, s, &told);
    assert_int_equal(psock_address_set_port(&told.message.peer, 0), 0);
    assert_address(&told.message.peer, "127.0.0.5");
    scene_close_two(s, sender);
}

static ptrdiff_t send_from(const char *local, uint32_t interface_index)
{
    struct post post;
    const psock_address peer = scene_address("127.0.0.1:9");
    psock_t s = scene_open(PSOCK_DATAGRAM);
    post_make(&post, 10, &peer);
    if (local != NULL) {
        post.message.valid |= PSOCK_META_LOCAL;
        post.message.local = scene_address(local);
    }
    if (interface_index != 0) {
        post.message.valid |= PSOCK_META_INTERFACE;
        post.message.interface_index = interface_index;
    }
    ptrdiff_t result = post_send(s, &post);
    const int native = psock_error_native();
    scene_close(s);
    assert_int_equal(native, result == PSOCK_EAFNOSUPPORT ? WSAEAFNOSUPPORT
                             : result == PSOCK_ENOTSUP    ? WSAEOPNOTSUPP
                                                          : WSAEINVAL);
    return result;
}

static void dgram_pktinfo_of_another_machine_is_told(void **state)
{
    (void)state;
    assert_int_equal(send_from("198.51.100.1", 0), PSOCK_EADDRNOTAVAIL);
    assert_int_equal(fake_open_sockets(), 0);
}

static void dgram_pktinfo_of_no_interface_is_told(void **state)
{
    (void)state;
    assert_int_equal(send_from(NULL, 7777), PSOCK_ENODEV);
    assert_int_equal(send_from("127.0.0.1", 7777), PSOCK_ENODEV);
}

static void dgram_pktinfo_is_refused_where_it_would_be_ignored(void **state)
{
    (void)state;
    fake_ignore_control();
    assert_int_equal(send_from("127.0.0.1", 0), PSOCK_ENOTSUP);
    assert_int_equal(send_from(NULL, 1), PSOCK_ENOTSUP);
    assert_int_equal(fake_open_sockets(), 0);
}

static void dgram_pktinfo_of_another_family_is_told(void **state)
{
    (void)state;
    assert_int_equal(send_from("[::1]", 0), PSOCK_EAFNOSUPPORT);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 0);
}

/* --- ECN, traffic class, hop limit --------------------------------------------- */

static void check_ecn(psock_t s, const psock_address *where, int family)
{
    struct post post;
    struct post told;
    psock_t sender = psock_open(family, PSOCK_DATAGRAM, 0);
    assert_int_equal(psock_want_metadata(s, PSOCK_META_ECN), PSOCK_META_ECN);
    for (uint8_t ecn = 0; ecn < 3; ecn++) {
        post_make(&post, 10, where);
        post.message.valid = PSOCK_META_ECN;
        post.message.ecn = ecn;
        carry(sender, &post, s, &told);
        assert_int_equal(told.message.valid, PSOCK_META_ECN);
        assert_int_equal(told.message.ecn, ecn);
    }
    scene_close_two(s, sender);
}

static void dgram_ecn_is_carried(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    check_ecn(s, &where, PSOCK_IPV4);
    assert_int_equal(fake_recorded(" IP_ECN 2"), 1);
}

static void dgram_ecn_of_ipv6_is_carried(void **state)
{
    psock_address where;
    psock_t s = receiver_6(&where);
    (void)state;
    check_ecn(s, &where, PSOCK_IPV6);
    assert_int_equal(fake_recorded(" IPV6_ECN 1"), 1);
}

static void dgram_ecn_of_both_stacks_is_told_of_ipv4(void **state)
{
    psock_address where;
    psock_t s = dual_receiver(&where);
    (void)state;
    check_ecn(s, &where, PSOCK_IPV4);
}

static void dgram_ecn_congestion_is_told_by_the_network(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_mark_datagrams(3);
    assert_int_equal(psock_want_metadata(s, PSOCK_META_ECN), PSOCK_META_ECN);
    post_make(&post, 10, &where);
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.ecn, 3);
    scene_close_two(s, sender);
}

static ptrdiff_t send_with(unsigned valid, uint8_t value)
{
    struct post post;
    const psock_address peer = scene_address("127.0.0.1:9");
    psock_t s = scene_open(PSOCK_DATAGRAM);
    post_make(&post, 10, &peer);
    post.message.valid = valid;
    post.message.ecn = value & 3;
    post.message.traffic_class = value;
    post.message.hop_limit = value;
    post.message.dont_fragment = value;
    ptrdiff_t result = post_send(s, &post);
    scene_close(s);
    return result;
}

static void dgram_ecn_congestion_is_not_to_be_sent(void **state)
{
    (void)state;
    assert_int_equal(send_with(PSOCK_META_ECN, 3), PSOCK_ENOTSUP);
    assert_int_equal(send_with(PSOCK_META_TRAFFIC_CLASS, 0xbb), PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 0);
}

static void dgram_ecn_is_refused_where_it_would_be_lost(void **state)
{
    (void)state;
    assert_int_equal(send_with(PSOCK_META_ECN, 2), PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAEOPNOTSUPP);
    assert_int_equal(send_with(PSOCK_META_TRAFFIC_CLASS, 8), PSOCK_ENOTSUP);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 0);
}

static void dgram_ecn_is_asked_for_once(void **state)
{
    (void)state;
    assert_int_equal(send_with(PSOCK_META_ECN, 1), 1);
    fake_forget();
    assert_int_equal(send_with(PSOCK_META_ECN, 1), 1);
    assert_int_equal(fake_recorded("IP_RECVECN"), 0);
}

static void dgram_ecn_is_told_by_the_class_where_not_alone(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_fail_after(FAKE_setsockopt, 1, WSAENOPROTOOPT, 1);
    assert_int_equal(psock_want_metadata(s, PSOCK_META_ECN), PSOCK_META_ECN);
    assert_int_equal(fake_option(s, IPPROTO_IP, IP_RECVTOS), 1);
    fake_mark_datagrams(0xb9);
    post_make(&post, 10, &where);
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.ecn, 1);
    scene_close_two(s, sender);
}

static void check_class(psock_t s, const psock_address *where, int family)
{
    struct post post;
    struct post told;
    const unsigned both = PSOCK_META_TRAFFIC_CLASS | PSOCK_META_ECN;
    psock_t sender = psock_open(family, PSOCK_DATAGRAM, 0);
    assert_int_equal(psock_want_metadata(s, both), both);
    post_make(&post, 10, where);
    post.message.valid = PSOCK_META_TRAFFIC_CLASS;
    post.message.traffic_class = 0xba;
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.valid, both);
    assert_int_equal(told.message.traffic_class, 0xba);
    post.message.valid = both;
    post.message.ecn = 1;
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.traffic_class, 0xb9);
    assert_int_equal(told.message.ecn, 1);
    scene_close_two(s, sender);
}

static void dgram_ttl_tos_cmsg_class_is_carried(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    check_class(s, &where, PSOCK_IPV4);
    assert_int_equal(fake_recorded(" IP_TOS 185"), 1);
    assert_int_equal(fake_recorded(" IP_ECN"), 0);
}

static void dgram_ttl_tos_cmsg_class_of_ipv6_is_carried(void **state)
{
    psock_address where;
    psock_t s = receiver_6(&where);
    (void)state;
    check_class(s, &where, PSOCK_IPV6);
}

static void dgram_tos_set_is_tried_on_a_socket_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(send_with(PSOCK_META_TRAFFIC_CLASS, 8), 1);
    assert_int_equal(fake_recorded("setsockopt #1 "), 0);
    assert_int_equal(fake_recorded("setsockopt #2 IPV6_TCLASS 01000000"), 1);
    assert_int_equal(fake_open_sockets(), 0);
}

static void check_hops(psock_t s, const psock_address *where, int family,
                       int level, int option)
{
    struct post post;
    struct post told;
    psock_t sender = psock_open(family, PSOCK_DATAGRAM, 0);
    assert_int_equal(psock_want_metadata(s, PSOCK_META_HOP_LIMIT),
                     PSOCK_META_HOP_LIMIT);
    post_make(&post, 10, where);
    post.message.valid = PSOCK_META_HOP_LIMIT;
    post.message.hop_limit = 5;
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.valid, PSOCK_META_HOP_LIMIT);
    assert_int_equal(told.message.hop_limit, 5);
    assert_int_equal(fake_option(sender, level, option), 128);
    post.message.valid = 0;
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.hop_limit, 128);
    scene_close_two(s, sender);
}

static void dgram_ttl_tos_cmsg_hops_are_of_one_message(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    check_hops(s, &where, PSOCK_IPV4, IPPROTO_IP, IP_TTL);
}

static void dgram_ttl_tos_cmsg_hops_of_ipv6_are_of_one_message(void **state)
{
    psock_address where;
    psock_t s = receiver_6(&where);
    (void)state;
    check_hops(s, &where, PSOCK_IPV6, IPPROTO_IPV6, IPV6_UNICAST_HOPS);
}

static void dgram_ttl_tos_cmsg_hops_to_a_group_are_another_option(void **state)
{
    struct post post;
    const psock_address group = scene_address("239.1.2.3:9");
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 10, &group);
    post.message.valid = PSOCK_META_HOP_LIMIT;
    post.message.hop_limit = 5;
    assert_int_equal(post_send(s, &post), 1);
    assert_true(fake_recorded_in_order("IP_MULTICAST_TTL 05000000",
                                       "WSASendMsg",
                                       "IP_MULTICAST_TTL 01000000", NULL));
    assert_int_equal(fake_recorded("IP_TTL "), 0);
    scene_close(s);
}

/* --- For the moment, by two threads ------------------------------------------------- */

static struct intruder {
    psock_t s;
    psock_address to;
    struct host_thread *thread;
    _Bool ended_early;
    ptrdiff_t sent;
} intruder;

static ptrdiff_t send_hopping(uint8_t hop_limit)
{
    struct post post;
    post_make(&post, 1, &intruder.to);
    post.message.valid = PSOCK_META_HOP_LIMIT;
    post.message.hop_limit = hop_limit;
    return post_send(intruder.s, &post);
}

static void send_too(void *context)
{
    (void)context;
    intruder.sent = send_hopping(9);
}

static void intrude(void *context)
{
    (void)context;
    intruder.thread = host_thread_start(send_too, NULL);
    intruder.ended_early = host_thread_join(intruder.thread, 100);
}

static void expect_hops(psock_t s, uint8_t hop_limit)
{
    struct post told;
    post_expect(s, &told);
    assert_int_equal(told.message.hop_limit, hop_limit);
}

/* The other would find what is set for the moment, and put that back later. */
static void dgram_ttl_of_another_thread_waits_for_the_moment(void **state)
{
    psock_t s = receiver(&intruder.to);
    (void)state;
    intruder.s = scene_open(PSOCK_DATAGRAM);
    assert_int_equal(psock_want_metadata(s, PSOCK_META_HOP_LIMIT),
                     PSOCK_META_HOP_LIMIT);
    fake_after(FAKE_setsockopt, intrude, NULL);
    assert_int_equal(send_hopping(5), 1);
    assert_false(intruder.ended_early);
    assert_true(host_thread_join(intruder.thread, 20000));
    assert_int_equal(intruder.sent, 1);
    expect_hops(s, 5);
    expect_hops(s, 9);
    assert_int_equal(fake_option(intruder.s, IPPROTO_IP, IP_TTL), 128);
    scene_close_two(s, intruder.s);
}

/* --- Fragments -------------------------------------------------------------------- */

static void dgram_df_is_set_for_the_moment(void **state)
{
    (void)state;
    assert_int_equal(send_with(PSOCK_META_DONT_FRAGMENT, 1), 1);
    assert_true(fake_recorded_in_order("IP_DONTFRAGMENT 01000000", "WSASendMsg",
                                       "IP_DONTFRAGMENT 00000000", NULL));
}

static void dgram_df_is_left_alone_when_it_is_so(void **state)
{
    (void)state;
    assert_int_equal(send_with(PSOCK_META_DONT_FRAGMENT, 0), 1);
    assert_int_equal(fake_recorded("setsockopt #1 IP_DONTFRAGMENT"), 0);
}

static void dgram_df_is_put_back_after_a_failure(void **state)
{
    (void)state;
    fake_fail_next(FAKE_WSASendMsg, WSAEMSGSIZE, 1);
    assert_int_equal(
        send_with(PSOCK_META_DONT_FRAGMENT | PSOCK_META_HOP_LIMIT, 1),
        PSOCK_EMSGSIZE);
    assert_int_equal(psock_error_native(), WSAEMSGSIZE);
    assert_true(fake_recorded_in_order(
        "IP_TTL 01000000", "IP_DONTFRAGMENT 01000000", "WSASendMsg",
        "IP_DONTFRAGMENT 00000000", "IP_TTL 80000000", NULL));
}

static void dgram_df_is_refused_where_there_is_no_such_option(void **state)
{
    (void)state;
    fake_fail_next(FAKE_getsockopt, WSAENOPROTOOPT, 0);
    fake_fail_after(FAKE_setsockopt, 1, WSAENOPROTOOPT, 1);
    assert_int_equal(
        send_with(PSOCK_META_DONT_FRAGMENT | PSOCK_META_HOP_LIMIT, 1),
        PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAENOPROTOOPT);
    assert_int_equal(fake_recorded("IP_TTL 80000000"), 1);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 0);
}

/* --- Control data of the caller's own -------------------------------------------------- */

static void dgram_cmsg_layout_goes_out_behind_the_members(void **state)
{
    struct post post;
    struct post told;
    unsigned char bytes[64];
    const int ecn = 2;
    psock_control control = {bytes + 1, sizeof bytes - 1, 0};
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(
        psock_control_put(&control, IPPROTO_IP, IP_ECN, &ecn, sizeof ecn), 0);
    post_make(&post, 10, &where);
    post.message.control = &control;
    post.message.valid = PSOCK_META_LOCAL;
    post.message.local = scene_address("127.0.0.9");
    assert_int_equal(psock_want_metadata(s, PSOCK_META_ECN), PSOCK_META_ECN);
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.ecn, 2);
    assert_int_equal(fake_recorded(" IP_PKTINFO 0 IP_ECN 2"), 1);
    scene_close_two(s, sender);
}

static void dgram_cmsg_layout_is_refused_where_it_is_ignored(void **state)
{
    struct post post;
    const psock_address peer = scene_address("127.0.0.1:9");
    unsigned char bytes[64];
    const int ecn = 2;
    psock_control control = {bytes, sizeof bytes, 0};
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_ignore_control();
    assert_int_equal(
        psock_control_put(&control, IPPROTO_IP, IP_ECN, &ecn, sizeof ecn), 0);
    post_make(&post, 10, &peer);
    post.message.control = &control;
    assert_int_equal(post_send(s, &post), PSOCK_ENOTSUP);
    scene_close(s);
}

static void dgram_cmsg_layout_that_is_none_is_invalid(void **state)
{
    struct post post;
    const psock_address peer = scene_address("127.0.0.1:9");
    unsigned char bytes[32] = {0xff, 0xff};
    psock_control control = {bytes, sizeof bytes, sizeof bytes};
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 10, &peer);
    post.message.control = &control;
    assert_int_equal(post_send(s, &post), PSOCK_EINVAL);
    scene_close(s);
}

/* Receives with `room` bytes for control data of all kinds. */
static void receive_control(psock_control *control, struct post *told)
{
    struct post post;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    const unsigned wanted = SOURCE | PSOCK_META_HOP_LIMIT;
    assert_int_equal(psock_want_metadata(s, wanted), wanted);
    post_make(&post, 10, &where);
    assert_int_equal(post_send(sender, &post), 1);
    post_empty(told, POST_ROOM);
    told->message.control = control;
    assert_int_equal(post_receive(s, told, 0), 1);
    assert_int_equal(told->message.valid, wanted);
    scene_close_two(s, sender);
}

static void dgram_cmsg_layout_comes_in_whole(void **state)
{
    struct post told;
    unsigned char bytes[128];
    psock_control control = {bytes + 3, 100, 77};
    psock_control_item item;
    size_t position = 0;
    (void)state;
    receive_control(&control, &told);
    assert_int_equal(told.message.flags, 0);
    assert_int_equal(psock_control_next(&control, &position, &item), 1);
    assert_int_equal(item.level, IPPROTO_IP);
    assert_int_equal(item.type, IP_PKTINFO);
    assert_int_equal(item.size, 8);
    assert_int_equal(psock_control_next(&control, &position, &item), 1);
    assert_int_equal(item.type, IP_TTL);
    assert_int_equal(item.size, 4);
    assert_int_equal(psock_control_next(&control, &position, &item), 0);
}

static void dgram_cmsg_layout_is_cut_between_items(void **state)
{
    struct post told;
    unsigned char bytes[128];
    psock_control control = {bytes, psock_control_space(8) + 7, 0};
    (void)state;
    receive_control(&control, &told);
    assert_int_equal(told.message.flags, PSOCK_CONTROL_TRUNCATED);
    assert_int_equal(control.size, psock_control_space(8));
}

static void dgram_cmsg_layout_without_room_is_told(void **state)
{
    struct post told;
    psock_control control = {NULL, 0, 0};
    (void)state;
    receive_control(&control, &told);
    assert_int_equal(told.message.flags, PSOCK_CONTROL_TRUNCATED);
    assert_int_equal(control.size, 0);
}

static void dgram_cmsg_layout_cut_by_windows_keeps_the_data(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_limit_control(20);
    assert_int_equal(psock_want_metadata(s, SOURCE), SOURCE);
    post_make(&post, 10, &where);
    carry(sender, &post, s, &told);
    assert_int_equal(told.message.size, 10);
    assert_int_equal(told.message.flags, PSOCK_CONTROL_TRUNCATED);
    assert_int_equal(told.message.valid, 0);
    scene_close_two(s, sender);
}

/* --- Cut short --------------------------------------------------------------------------- */

static void dgram_trunc_of_a_message_is_flagged(void **state)
{
    struct post post;
    psock_address where;
    psock_address own;
    psock_t s = receiver(&where);
    psock_t sender = scene_bound(PSOCK_DATAGRAM, &own);
    (void)state;
    post_make(&post, 10, &where);
    assert_int_equal(post_send(sender, &post), 1);
    post_empty(&post, 4);
    assert_int_equal(psock_want_metadata(s, SOURCE), SOURCE);
    assert_int_equal(post_receive(s, &post, 0), 1);
    assert_int_equal(post.message.size, 4);
    assert_memory_equal(post.bytes, "mmmm\0", 5);
    assert_int_equal(post.message.flags, PSOCK_TRUNCATED);
    assert_int_equal(post.message.valid, SOURCE);
    assert_int_equal(psock_address_compare(&post.message.peer, &own), 0);
    assert_int_equal(post_receive(s, &post, 0), PSOCK_EAGAIN);
    scene_close_two(s, sender);
}

/* Wine says nothing else of it. */
static void dgram_trunc_of_a_message_is_known_by_the_code_alone(void **state)
{
    struct post post;
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    post_empty(&post, 7);
    fake_fail_next(FAKE_WSARecvMsg, WSAEMSGSIZE, 1);
    assert_int_equal(post_receive(s, &post, 0), 1);
    assert_int_equal(post.message.size, 7);
    assert_int_equal(post.message.flags, PSOCK_TRUNCATED);
    assert_int_equal(post.message.valid, 0);
    assert_int_equal(psock_address_family(&post.message.peer), PSOCK_NONE);
    scene_close(s);
}

static void dgram_zero_recv_takes_a_message(void **state)
{
    struct post post;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 10, &where);
    assert_int_equal(post_send(sender, &post), 1);
    post.message.buffer_count = 0;
    assert_int_equal(post_receive(s, &post, 0), 1);
    assert_int_equal(post.message.size, 0);
    assert_int_equal(post.message.flags, PSOCK_TRUNCATED);
    assert_int_equal(post_receive(s, &post, 0), PSOCK_EAGAIN);
    scene_close_two(s, sender);
}

static void dgram_peek_trunc_leaves_a_message_whole(void **state)
{
    struct post post;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 10, &where);
    assert_int_equal(post_send(sender, &post), 1);
    post_empty(&post, 4);
    assert_int_equal(post_receive(s, &post, PSOCK_PEEK), 1);
    assert_int_equal(post.message.flags, PSOCK_TRUNCATED);
    post_expect(s, &post);
    assert_int_equal(post.message.size, 10);
    assert_int_equal(post.message.flags, 0);
    scene_close_two(s, sender);
}

static void dgram_from_short_has_no_message(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 10, &where);
    carry(sender, &post, s, &told);
    assert_int_equal(fake_recorded("WSARecvMsg #1 size 4096 room 128"), 1);
    scene_close_two(s, sender);
}

/* --- Many ----------------------------------------------------------------------------------- */

#define MANY 4

static void make_many(struct post *posts, psock_message *messages,
                      const psock_address *peer)
{
    for (size_t i = 0; i < MANY; i++) {
        post_make(&posts[i], i + 1, peer);
        messages[i] = posts[i].message;
        messages[i].size = 99;
    }
}

static void dgram_mmsg_goes_one_by_one(void **state)
{
    static struct post posts[MANY];
    psock_message messages[MANY];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    make_many(posts, messages, &where);
    assert_int_equal(psock_send_messages(sender, messages, MANY, 0, PSOCK_NOW),
                     MANY);
    assert_int_equal(fake_calls(FAKE_sendto), MANY);
    assert_int_equal(fake_recorded("SO_TYPE"), 0);
    make_many(posts, messages, NULL);
    for (size_t i = 0; i < MANY; i++)
        posts[i].buffer.size = POST_ROOM;
    assert_int_equal(psock_recv_messages(s, messages, MANY, 0, PSOCK_NOW),
                     MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(messages[i].size, i + 1);
    scene_close_two(s, sender);
}

static void dgram_mmsg_counts_what_went(void **state)
{
    static struct post posts[MANY];
    psock_message messages[MANY];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    fake_limit_datagrams(2);
    make_many(posts, messages, &where);
    assert_int_equal(psock_send_messages(sender, messages, MANY, 0, PSOCK_NOW),
                     2);
    assert_int_equal(messages[0].size, 1);
    assert_int_equal(messages[1].size, 2);
    assert_int_equal(messages[2].size, 0);
    assert_int_equal(psock_send_messages(sender, messages + 2, 2, 0, PSOCK_NOW),
                     PSOCK_EAGAIN);
    scene_close_two(s, sender);
}

static void dgram_mmsg_stops_before_what_is_wrong(void **state)
{
    static struct post posts[MANY];
    psock_message messages[MANY];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    make_many(posts, messages, &where);
    assert_int_equal(psock_address_set_port(&messages[1].peer, 0), 0);
    assert_int_equal(psock_send_messages(sender, messages, MANY, 0, PSOCK_NOW),
                     1);
    assert_int_equal(psock_send_messages(sender, messages + 1, 3, 0, PSOCK_NOW),
                     PSOCK_EINVAL);
    scene_close_two(s, sender);
}

static void dgram_mmsg_of_a_connected_socket_needs_no_names(void **state)
{
    static struct post posts[MANY];
    psock_message messages[MANY];
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(psock_connect(sender, &where, PSOCK_NOW), 0);
    make_many(posts, messages, NULL);
    assert_int_equal(psock_send_messages(sender, messages, MANY, 0, PSOCK_NOW),
                     MANY);
    assert_int_equal(fake_calls(FAKE_send), MANY);
    scene_close_two(s, sender);
}

static void dgram_mmsg_of_many_buffers_is_one_datagram(void **state)
{
    const char one[] = "abc";
    const char other[] = "defg";
    union {
        const char *text;
        void *data;
    } first = {one}, second = {other};
    const psock_buffer buffers[] = {
        {first.data, 3}, {NULL, 0}, {second.data, 4}};
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    psock_message message = {
        .peer = where, .buffers = buffers, .buffer_count = 3};
    (void)state;
    assert_int_equal(psock_send_messages(sender, &message, 1, 0, PSOCK_NOW), 1);
    assert_int_equal(message.size, 7);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 1);
    post_expect(s, &told);
    assert_int_equal(told.message.size, 7);
    assert_memory_equal(told.bytes, "abcdefg", 7);
    scene_close_two(s, sender);
}

static void dgram_recv_unbound_has_no_message_yet(void **state)
{
    struct post post;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_empty(&post, 10);
    assert_int_equal(post_receive(s, &post, 0), PSOCK_EAGAIN);
    assert_int_equal(fake_calls(FAKE_bind), 1);
    scene_close(s);
}

static void dgram_send_unconnected_message_has_no_destination(void **state)
{
    struct post post;
    psock_t s = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 10, NULL);
    assert_int_equal(post_send(s, &post), PSOCK_EDESTADDRREQ);
    post.message.valid = PSOCK_META_LOCAL | PSOCK_META_HOP_LIMIT;
    post.message.local = scene_address("127.0.0.1");
    post.message.hop_limit = 1;
    assert_int_equal(post_send(s, &post), PSOCK_EDESTADDRREQ);
    scene_close(s);
}

static void connect_anyaddr_messages_to_any_are_for_loopback(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_address any;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    assert_int_equal(
        psock_address_any(PSOCK_IPV4, psock_address_port(&where), &any), 0);
    post_make(&post, 10, &any);
    carry(sender, &post, s, &told);
    post.message.valid = PSOCK_META_HOP_LIMIT;
    post.message.hop_limit = 3;
    carry(sender, &post, s, &told);
    scene_close_two(s, sender);
}

/* --- The function ----------------------------------------------------------------------------- */

static void the_receiving_function_is_found_once(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 10, &where);
    carry(sender, &post, s, &told);
    carry(sender, &post, s, &told);
    assert_int_equal(fake_recorded("SIO_GET_EXTENSION_FUNCTION_POINTER"), 1);
    assert_int_equal(fake_calls(FAKE_WSARecvMsg), 2);
    scene_close_two(s, sender);
}

static void without_the_receiving_function_all_but_metadata_come(void **state)
{
    struct post post;
    psock_address where;
    psock_address own;
    psock_t s = receiver(&where);
    psock_t sender = scene_bound(PSOCK_DATAGRAM, &own);
    (void)state;
    fake_fail_next(FAKE_WSAIoctl, WSAEOPNOTSUPP, 5);
    assert_int_equal(psock_want_metadata(s, SOURCE | PSOCK_META_TIMESTAMP), 0);
    post_make(&post, 10, &where);
    assert_int_equal(post_send(sender, &post), 1);
    post_empty(&post, 4);
    assert_int_equal(post_receive(s, &post, 0), 1);
    assert_int_equal(fake_calls(FAKE_WSARecvFrom), 1);
    assert_int_equal(post.message.flags, PSOCK_TRUNCATED);
    assert_int_equal(psock_address_compare(&post.message.peer, &own), 0);
    assert_int_equal(post_receive(s, &post, 0), PSOCK_EAGAIN);
    scene_close_two(s, sender);
}

/* --- Streams ------------------------------------------------------------------------------------ */

static void io_sendmsg_tcp_messages_go_as_vectors(void **state)
{
    static struct post posts[MANY];
    psock_message messages[MANY];
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    make_many(posts, messages, NULL);
    assert_int_equal(psock_send_messages(s, messages + 3, 1, 0, PSOCK_NOW), 1);
    assert_int_equal(messages[3].size, 4);
    make_many(posts, messages, NULL);
    for (size_t i = 0; i < MANY; i++)
        posts[i].buffer.size = 3;
    assert_int_equal(psock_recv_messages(peer, messages, 1, 0, PSOCK_NOW), 1);
    assert_int_equal(messages[0].size, 3);
    assert_int_equal(messages[0].flags, 0);
    assert_int_equal(psock_address_family(&messages[0].peer), PSOCK_NONE);
    assert_true(fake_recorded_in_order("WSARecvMsg #", "WSARecv #", NULL));
    assert_int_equal(fake_recorded("= error 10022"), 1);
    scene_close_two(peer, s);
}

/* What says so of streams elsewhere. */
static void io_sendmsg_tcp_other_codes_mean_the_same(void **state)
{
    const psock_buffer halves[] = {{NULL, 0}, {NULL, 0}};
    struct post post;
    psock_address where;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_peer(s, &where), 0);
    post_make(&post, 4, &where);
    post.message.valid = PSOCK_META_ECN;
    assert_int_equal(post_send(s, &post), PSOCK_EOPNOTSUPP);
    fake_fail_next(FAKE_WSASendMsg, WSAEOPNOTSUPP, 1);
    assert_int_equal(post_send(s, &post), PSOCK_EOPNOTSUPP);
    scene_send(s, "text");
    fake_fail_next(FAKE_WSARecvMsg, WSAEOPNOTSUPP, 1);
    post_empty(&post, 10);
    assert_int_equal(post_receive(peer, &post, 0), 1);
    assert_int_equal(post.message.size, 4);
    post.message.buffers = halves;
    post.message.buffer_count = 2;
    post.message.peer = where;
    fake_fail_next(FAKE_WSASendMsg, WSAEOPNOTSUPP, 1);
    assert_int_equal(post_send(s, &post), 1);
    scene_close_two(peer, s);
}

/* A peer does not make a stream's messages datagrams. */
static void io_sendmsg_tcp_stops_at_what_goes_in_part(void **state)
{
    static struct post posts[MANY];
    psock_message messages[MANY];
    psock_address where;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_peer(s, &where), 0);
    make_many(posts, messages, &where);
    fake_send_at_most(2);
    assert_int_equal(psock_send_messages(s, messages, MANY, 0, PSOCK_NOW), 3);
    assert_int_equal(messages[2].size, 2);
    scene_expect(peer, "mmmmm");
    scene_close_two(peer, s);
}

static void io_sendmsg_tcp_has_no_metadata(void **state)
{
    struct post post;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    post_make(&post, 10, NULL);
    post.message.valid = PSOCK_META_HOP_LIMIT;
    post.message.hop_limit = 3;
    assert_int_equal(post_send(s, &post), PSOCK_EOPNOTSUPP);
    assert_int_equal(psock_want_metadata(s, SOURCE), PSOCK_EOPNOTSUPP);
    scene_close_two(s, peer);
}

static void io_sendmsg_tcp_end_is_an_empty_message(void **state)
{
    struct post post;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    (void)state;
    assert_int_equal(psock_shutdown(s, PSOCK_SHUT_WRITE), 0);
    post_empty(&post, 10);
    assert_int_equal(post_receive(peer, &post, 0), 1);
    assert_int_equal(post.message.size, 0);
    scene_close_two(peer, s);
}

/* --- Times ---------------------------------------------------------------------------------------- */

static int64_t now_ns(void)
{
    FILETIME time;
    GetSystemTimePreciseAsFileTime(&time);
    const uint64_t units =
        (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    return ((int64_t)units - INT64_C(116444736000000000)) * 100;
}

static uint32_t receive_stamped(struct post *told)
{
    struct post post;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    assert_int_equal(psock_want_metadata(s, PSOCK_META_TIMESTAMP),
                     PSOCK_META_TIMESTAMP);
    post_make(&post, 10, &where);
    carry(sender, &post, s, told);
    scene_close_two(s, sender);
    return told->message.valid;
}

#define SLACK_NS INT64_C(5000000) /* two clocks are read one after the other */

static void opt_timestamps_are_times_of_day(void **state)
{
    struct post told;
    const int64_t before_ns = now_ns();
    (void)state;
    assert_int_equal(receive_stamped(&told), PSOCK_META_TIMESTAMP);
    assert_true(told.message.timestamp_ns >= before_ns - SLACK_NS);
    assert_true(told.message.timestamp_ns <= now_ns() + SLACK_NS);
}

static void opt_timestamps_are_of_when_it_came(void **state)
{
    struct post told;
    LARGE_INTEGER count;
    LARGE_INTEGER rate;
    (void)state;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&rate);
    fake_stamp_datagrams(count.QuadPart - 3 * rate.QuadPart);
    const int64_t then_ns = now_ns() - INT64_C(3000000000);
    assert_int_equal(receive_stamped(&told), PSOCK_META_TIMESTAMP);
    const int64_t difference_ns = told.message.timestamp_ns - then_ns;
    assert_true(llabs(difference_ns) < INT64_C(1000000000));
}

static void opt_timestamps_of_nobody_are_none(void **state)
{
    struct post told;
    (void)state;
    fake_stamp_datagrams(0);
    assert_int_equal(receive_stamped(&told), 0);
}

static void opt_timestamps_of_another_clock_are_none(void **state)
{
    struct post told;
    (void)state;
    fake_stamp_datagrams(INT64_MAX);
    assert_int_equal(receive_stamped(&told), 0);
}

static void opt_timestamps_need_a_newer_system(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    assert_int_equal(psock_want_metadata(s, PSOCK_META_TIMESTAMP |
                                                PSOCK_META_ECN |
                                                PSOCK_META_TRAFFIC_CLASS |
                                                PSOCK_META_HOP_LIMIT),
                     PSOCK_META_HOP_LIMIT);
    scene_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_BOTH(dgram_pktinfo_tells_where_a_message_went),
        ON_BOTH(dgram_pktinfo_tells_where_an_ipv6_message_went),
        ON_BOTH(dgram_pktinfo_of_both_stacks_names_alike),
        ON_BOTH(dgram_pktinfo_is_told_only_when_asked),
        ON_BOTH(dgram_pktinfo_sends_from_an_address),
        ON_BOTH(dgram_pktinfo_sends_from_an_ipv6_address),
        ON_BOTH(dgram_pktinfo_of_both_stacks_sends_by_ipv4),
        ON_BOTH(dgram_pktinfo_of_a_connected_socket_goes_by_its_peer),
        ON_BOTH(dgram_pktinfo_of_another_machine_is_told),
        ON_BOTH(dgram_pktinfo_of_no_interface_is_told),
        ON_BOTH(dgram_pktinfo_is_refused_where_it_would_be_ignored),
        ON_BOTH(dgram_pktinfo_of_another_family_is_told),
        ON_WINDOWS_10(dgram_ecn_is_carried),
        ON_WINDOWS_10(dgram_ecn_of_ipv6_is_carried),
        ON_WINDOWS_10(dgram_ecn_of_both_stacks_is_told_of_ipv4),
        ON_WINDOWS_10(dgram_ecn_congestion_is_told_by_the_network),
        ON_BOTH(dgram_ecn_congestion_is_not_to_be_sent),
        ON_WINDOWS_7(dgram_ecn_is_refused_where_it_would_be_lost),
        ON_WINDOWS_10(dgram_ecn_is_asked_for_once),
        ON_WINDOWS_10(dgram_ecn_is_told_by_the_class_where_not_alone),
        ON_WINDOWS_10(dgram_ttl_tos_cmsg_class_is_carried),
        ON_WINDOWS_10(dgram_ttl_tos_cmsg_class_of_ipv6_is_carried),
        ON_WINDOWS_10(dgram_tos_set_is_tried_on_a_socket_of_its_own),
        ON_BOTH(dgram_ttl_tos_cmsg_hops_are_of_one_message),
        ON_BOTH(dgram_ttl_tos_cmsg_hops_of_ipv6_are_of_one_message),
        ON_BOTH(dgram_ttl_tos_cmsg_hops_to_a_group_are_another_option),
        ON_BOTH(dgram_ttl_of_another_thread_waits_for_the_moment),
        ON_BOTH(dgram_df_is_set_for_the_moment),
        ON_BOTH(dgram_df_is_left_alone_when_it_is_so),
        ON_BOTH(dgram_df_is_put_back_after_a_failure),
        ON_WINDOWS_10(dgram_df_is_refused_where_there_is_no_such_option),
        ON_WINDOWS_10(dgram_cmsg_layout_goes_out_behind_the_members),
        ON_BOTH(dgram_cmsg_layout_is_refused_where_it_is_ignored),
        ON_BOTH(dgram_cmsg_layout_that_is_none_is_invalid),
        ON_WINDOWS_10(dgram_cmsg_layout_comes_in_whole),
        ON_BOTH(dgram_cmsg_layout_is_cut_between_items),
        ON_BOTH(dgram_cmsg_layout_without_room_is_told),
        ON_BOTH(dgram_cmsg_layout_cut_by_windows_keeps_the_data),
        ON_BOTH(dgram_trunc_of_a_message_is_flagged),
        ON_BOTH(dgram_trunc_of_a_message_is_known_by_the_code_alone),
        ON_BOTH(dgram_zero_recv_takes_a_message),
        ON_BOTH(dgram_peek_trunc_leaves_a_message_whole),
        ON_WINDOWS_10(dgram_from_short_has_no_message),
        ON_BOTH(dgram_mmsg_goes_one_by_one),
        ON_BOTH(dgram_mmsg_counts_what_went),
        ON_BOTH(dgram_mmsg_stops_before_what_is_wrong),
        ON_BOTH(dgram_mmsg_of_a_connected_socket_needs_no_names),
        ON_BOTH(dgram_mmsg_of_many_buffers_is_one_datagram),
        ON_BOTH(dgram_recv_unbound_has_no_message_yet),
        ON_BOTH(dgram_send_unconnected_message_has_no_destination),
        ON_BOTH(connect_anyaddr_messages_to_any_are_for_loopback),
        ON_WINDOWS_10(the_receiving_function_is_found_once),
        ON_BOTH(without_the_receiving_function_all_but_metadata_come),
        ON_BOTH(io_sendmsg_tcp_messages_go_as_vectors),
        ON_BOTH(io_sendmsg_tcp_other_codes_mean_the_same),
        ON_BOTH(io_sendmsg_tcp_stops_at_what_goes_in_part),
        ON_BOTH(io_sendmsg_tcp_has_no_metadata),
        ON_BOTH(io_sendmsg_tcp_end_is_an_empty_message),
        ON_WINDOWS_10(opt_timestamps_are_times_of_day),
        ON_WINDOWS_10(opt_timestamps_are_of_when_it_came),
        ON_WINDOWS_10(opt_timestamps_of_nobody_are_none),
        ON_WINDOWS_10(opt_timestamps_of_another_clock_are_none),
        ON_WINDOWS_7(opt_timestamps_need_a_newer_system),
    };
    return cmocka_run_group_tests_name("winsock.message", tests, NULL, NULL);
}
