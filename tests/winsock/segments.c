/* segments.c: messages that Windows cuts, and datagrams that it joins. */
#include "post.h"

static psock_t receiver(psock_address *where)
{
    return post_open(PSOCK_IPV4, 0, "127.0.0.1", where);
}

/* --- Cut --------------------------------------------------------------------- */

/* Sends 250 bytes in pieces of `size`. */
static ptrdiff_t send_cut(const psock_address *where, uint32_t size)
{
    struct post post;
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    post_make(&post, 250, where);
    post.message.valid = PSOCK_META_SEGMENT_SIZE;
    post.message.segment_size = size;
    ptrdiff_t result = post_send(sender, &post);
    assert_int_equal(post.message.size, 250);
    scene_close(sender);
    return result;
}

static void expect_pieces(psock_t s)
{
    assert_int_equal(scene_receive(s), 64);
    for (size_t i = 1; i < 3; i++) {
        struct post told;
        post_expect(s, &told);
        assert_int_equal(told.message.size, i == 1 ? 100 : 50);
    }
    assert_int_equal(scene_receive(s), PSOCK_EAGAIN);
}

static void dgram_gso_gro_windows_cuts(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    assert_int_equal(send_cut(&where, 100), 1);
    expect_pieces(s);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 1);
    assert_int_equal(fake_recorded(" UDP_SEND_MSG_SIZE 100 = "), 1);
    assert_int_equal(fake_recorded("setsockopt #2 UDP_SEND_MSG_SIZE"), 0);
    scene_close(s);
}

static void dgram_gso_gro_is_asked_for_once(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    assert_int_equal(send_cut(&where, 100), 1);
    assert_int_equal(send_cut(&where, 100), 1);
    assert_int_equal(fake_recorded("UDP_SEND_MSG_SIZE room"), 1);
    scene_close(s);
}

static void dgram_gso_gro_an_older_windows_does_not_cut(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    assert_int_equal(send_cut(&where, 100), 1);
    expect_pieces(s);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 0);
    assert_int_equal(fake_calls(FAKE_sendto), 3);
    scene_close(s);
}

static void dgram_gso_gro_pieces_too_long_for_the_way_go_alone(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    fake_limit_segments(99);
    assert_int_equal(send_cut(&where, 100), 1);
    expect_pieces(s);
    assert_int_equal(fake_calls(FAKE_WSASendMsg), 1);
    scene_close(s);
}

static void dgram_gso_gro_one_piece_is_not_cut(void **state)
{
    psock_address where;
    struct post told;
    psock_t s = receiver(&where);
    (void)state;
    assert_int_equal(send_cut(&where, 250), 1);
    post_expect(s, &told);
    assert_int_equal(told.message.size, 250);
    assert_int_equal(fake_recorded("UDP_SEND_MSG_SIZE"), 0);
    scene_close(s);
}

/* --- Joined ------------------------------------------------------------------ */

#define ANYWAY (PSOCK_META_SEGMENT_SIZE | PSOCK_META_SEGMENT_SIZE_ANYWAY)

static psock_t joining_receiver(psock_address *where)
{
    psock_t s = receiver(where);
    int granted = psock_want_metadata(s, ANYWAY);
    assert_int_equal(granted, PSOCK_META_SEGMENT_SIZE);
    return s;
}

static int join_option(psock_t s)
{
    return fake_option(s, IPPROTO_UDP, 3);
}

static void dgram_gso_gro_is_not_joined_unless_anyway(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    assert_int_equal(psock_want_metadata(s, PSOCK_META_SEGMENT_SIZE), 0);
    assert_int_equal(join_option(s), 0);
    scene_close(s);
}

static void dgram_gso_gro_is_not_joined_by_an_older_windows(void **state)
{
    psock_address where;
    psock_t s = receiver(&where);
    (void)state;
    assert_int_equal(psock_want_metadata(s, ANYWAY), 0);
    scene_close(s);
}

static void dgram_gso_gro_joined_datagrams_are_found(void **state)
{
    struct post told;
    psock_buffer segment;
    psock_address where;
    const psock_address sender = scene_address("127.0.0.1:9");
    psock_t s = joining_receiver(&where);
    (void)state;
    fake_deliver_joined(s, &sender, 2500, 1000, 1);
    post_expect(s, &told);
    assert_int_equal(told.message.size, 2500);
    assert_int_equal(told.message.valid, PSOCK_META_SEGMENT_SIZE);
    assert_int_equal(told.message.segment_size, 1000);
    assert_int_equal(told.message.flags, 0);
    assert_int_equal(psock_message_segment(&told.message, 2, &segment), 1);
    assert_int_equal(segment.size, 500);
    assert_ptr_equal(segment.data, told.bytes + 2000);
    assert_int_equal(psock_message_segment(&told.message, 3, &segment), 0);
    assert_int_equal(join_option(s), PSOCK_DATAGRAM_MAX);
    scene_close(s);
}

static void dgram_gso_gro_a_lost_size_ends_joining(void **state)
{
    struct post told;
    psock_address where;
    const psock_address sender = scene_address("127.0.0.1:9");
    psock_t s = joining_receiver(&where);
    (void)state;
    fake_deliver_joined(s, &sender, 2500, 1000, 0);
    post_expect(s, &told);
    assert_int_equal(told.message.size, 2500);
    assert_int_equal(told.message.valid, 0);
    assert_int_equal(told.message.flags, PSOCK_MAYBE_JOINED);
    assert_int_equal(join_option(s), 0);
    fake_deliver_joined(s, &sender, 2500, 1000, 0);
    for (int i = 0; i < 3; i++) {
        post_expect(s, &told);
        assert_int_equal(told.message.size, i < 2 ? 1000 : 500);
        assert_int_equal(told.message.flags, 0);
    }
    scene_close(s);
}

static void dgram_gso_gro_what_fits_a_frame_is_not_suspected(void **state)
{
    struct post told;
    psock_address where;
    const psock_address sender = scene_address("127.0.0.1:9");
    psock_t s = joining_receiver(&where);
    (void)state;
    fake_deliver_joined(s, &sender, 1472, 1000, 0);
    post_expect(s, &told);
    assert_int_equal(told.message.flags, 0);
    assert_int_equal(join_option(s), PSOCK_DATAGRAM_MAX);
    scene_close(s);
}

static void dgram_gso_gro_others_may_have_long_datagrams(void **state)
{
    struct post post;
    struct post told;
    psock_address where;
    psock_t s = receiver(&where);
    psock_t sender = scene_open(PSOCK_DATAGRAM);
    (void)state;
    post_make(&post, 3000, &where);
    assert_int_equal(post_send(sender, &post), 1);
    post_expect(s, &told);
    assert_int_equal(told.message.flags, 0);
    assert_int_equal(fake_recorded("setsockopt #1 UDP"), 0);
    scene_close_two(s, sender);
}

static void dgram_gso_gro_joining_ends_with_the_wish(void **state)
{
    psock_address where;
    psock_t s = joining_receiver(&where);
    (void)state;
    assert_int_equal(psock_want_metadata(s, 0), 0);
    assert_int_equal(join_option(s), 0);
    scene_close(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WINDOWS_10(dgram_gso_gro_windows_cuts),
        ON_WINDOWS_10(dgram_gso_gro_is_asked_for_once),
        ON_WINDOWS_7(dgram_gso_gro_an_older_windows_does_not_cut),
        ON_WINDOWS_10(dgram_gso_gro_pieces_too_long_for_the_way_go_alone),
        ON_BOTH(dgram_gso_gro_one_piece_is_not_cut),
        ON_BOTH(dgram_gso_gro_is_not_joined_unless_anyway),
        ON_WINDOWS_7(dgram_gso_gro_is_not_joined_by_an_older_windows),
        ON_WINDOWS_10(dgram_gso_gro_joined_datagrams_are_found),
        ON_WINDOWS_10(dgram_gso_gro_a_lost_size_ends_joining),
        ON_WINDOWS_10(dgram_gso_gro_what_fits_a_frame_is_not_suspected),
        ON_BOTH(dgram_gso_gro_others_may_have_long_datagrams),
        ON_WINDOWS_10(dgram_gso_gro_joining_ends_with_the_wish),
    };
    return cmocka_run_group_tests_name("winsock.segments", tests, NULL, NULL);
}
