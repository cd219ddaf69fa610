/* cmsg.c: the macros of control data, on data made by hand. */
#include "fixture.h"

#include <string.h>

union room {
    struct cmsghdr align;
    unsigned char bytes[512];
};

static struct msghdr message_in(union room *room, size_t size)
{
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_control = room->bytes;
    message.msg_controllen = size;
    return message;
}

static void lengths_count_the_header(void **state)
{
    (void)state;
    assert_true(CMSG_LEN(0) >= sizeof(struct cmsghdr));
    assert_int_equal(CMSG_LEN(5), CMSG_LEN(0) + 5);
    assert_true(CMSG_SPACE(5) >= CMSG_LEN(5));
    assert_int_equal(CMSG_SPACE(5) % sizeof(size_t), 0);
    assert_int_equal(CMSG_SPACE(0), CMSG_LEN(0));
    assert_int_equal(CMSG_ALIGN(1), sizeof(size_t));
    assert_int_equal(CMSG_ALIGN(sizeof(size_t)), sizeof(size_t));
}

static void lengths_are_constants(void **state)
{
    (void)state;
    static unsigned char bytes[CMSG_SPACE(sizeof(int))];
    enum {
        LENGTH = CMSG_LEN(sizeof(int))
    };
    assert_int_equal(sizeof bytes, CMSG_SPACE(sizeof(int)));
    assert_int_equal(LENGTH, CMSG_LEN(sizeof(int)));
}

static void data_stand_behind_the_header(void **state)
{
    (void)state;
    union room room;
    struct cmsghdr *item = &room.align;
    assert_int_equal(CMSG_DATA(item) - room.bytes, CMSG_LEN(0));
}

static void first_header_needs_room(void **state)
{
    (void)state;
    union room room;
    memset(&room, 0, sizeof room);
    struct msghdr message = message_in(&room, sizeof(struct cmsghdr));
    assert_ptr_equal(CMSG_FIRSTHDR(&message), &room.align);
    message.msg_controllen = sizeof(struct cmsghdr) - 1;
    assert_null(CMSG_FIRSTHDR(&message));
    message.msg_controllen = 0;
    assert_null(CMSG_FIRSTHDR(&message));
}

static size_t put(union room *room, size_t at, int type, const void *data,
                  size_t size)
{
    struct cmsghdr *item = (struct cmsghdr *)(room->bytes + at);
    item->cmsg_len = CMSG_LEN(size);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = type;
    memcpy(CMSG_DATA(item), data, size);
    return at + CMSG_SPACE(size);
}

static void items_are_found_one_after_the_other(void **state)
{
    (void)state;
    union room room;
    int number = 0;
    memset(&room, 0, sizeof room);
    size_t size = put(&room, 0, 1, "a", 1);
    size = put(&room, size, 2, "bcdefghij", 9);
    size = put(&room, size, 3, "", 0);
    struct msghdr message = message_in(&room, size);
    struct cmsghdr *item;
    for (item = CMSG_FIRSTHDR(&message); item != NULL;
         item = CMSG_NXTHDR(&message, item)) {
        number++;
        assert_int_equal(item->cmsg_type, number);
        if (number == 2)
            assert_memory_equal(CMSG_DATA(item), "bcdefghij", 9);
    }
    assert_int_equal(number, 3);
}

static void last_item_may_end_without_padding(void **state)
{
    (void)state;
    union room room;
    memset(&room, 0, sizeof room);
    size_t at = put(&room, 0, 1, "abcdefgh", 8);
    put(&room, at, 2, "x", 1);
    struct msghdr message = message_in(&room, at + CMSG_LEN(1));
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    item = CMSG_NXTHDR(&message, item);
    assert_non_null(item);
    assert_int_equal(item->cmsg_type, 2);
    assert_null(CMSG_NXTHDR(&message, item));
}

static void bad_lengths_are_the_end(void **state)
{
    (void)state;
    static const size_t lengths[] = {0,
                                     1,
                                     sizeof(struct cmsghdr) - 1,
                                     sizeof(union room) + 1,
                                     (size_t)-1,
                                     (size_t)-8,
                                     (size_t)1 << (sizeof(size_t) * 8 - 1)};
    union room room;
    struct msghdr message = message_in(&room, sizeof room);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        memset(&room, 0, sizeof room);
        room.align.cmsg_len = lengths[i];
        assert_null(CMSG_NXTHDR(&message, CMSG_FIRSTHDR(&message)));
    }
}

static void item_that_fills_the_room_is_the_last(void **state)
{
    (void)state;
    union room room;
    memset(&room, 0, sizeof room);
    struct msghdr message = message_in(&room, CMSG_SPACE(40));
    room.align.cmsg_len = CMSG_LEN(40);
    assert_null(CMSG_NXTHDR(&message, CMSG_FIRSTHDR(&message)));
    message.msg_controllen = CMSG_SPACE(40) + sizeof(struct cmsghdr) - 1;
    assert_null(CMSG_NXTHDR(&message, CMSG_FIRSTHDR(&message)));
}

/* --- What sendmsg() thinks of them --------------------------------------------------- */

static int send_with(int fd, union room *room, size_t size)
{
    char byte = 'x';
    struct iovec piece = {&byte, 1};
    struct msghdr message = message_in(room, size);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    return (int)sendmsg(fd, &message, 0);
}

static void items_with_bad_lengths_are_einval(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, sizeof(struct cmsghdr) - 1,
                                     CMSG_SPACE(64) + 1, (size_t)-1};
    int fd = datagrams(AF_INET).client;
    union room room;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        memset(&room, 0, sizeof room);
        room.align.cmsg_len = lengths[i];
        room.align.cmsg_level = IPPROTO_IP;
        room.align.cmsg_type = IP_TTL;
        assert_fails(send_with(fd, &room, CMSG_SPACE(64)), EINVAL);
    }
}

static void unknown_items_are_einval(void **state)
{
    (void)state;
    static const int levels[] = {IPPROTO_IP, SOL_SOCKET};
    int fd = datagrams(AF_INET).client;
    union room room;
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        memset(&room, 0, sizeof room);
        room.align.cmsg_len = CMSG_LEN(4);
        room.align.cmsg_level = levels[i];
        room.align.cmsg_type = 9999;
        assert_fails(send_with(fd, &room, CMSG_SPACE(4)), EINVAL);
    }
}

static void items_of_other_levels_are_passed_over(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    union room room;
    char byte;
    memset(&room, 0, sizeof room);
    room.align.cmsg_len = CMSG_LEN(4);
    room.align.cmsg_level = 9999;
    room.align.cmsg_type = 1;
    assert_call(send_with(ends.client, &room, CMSG_SPACE(4)), 1);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
}

static void less_than_a_header_counts_for_nothing(void **state)
{
    (void)state;
    union room room;
    memset(&room, 0xff, sizeof room);
    assert_call(
        send_with(datagrams(AF_INET).client, &room, sizeof(struct cmsghdr) - 1),
        1);
}

static void items_of_a_wrong_size_are_einval(void **state)
{
    (void)state;
    static const int types[] = {IP_TTL, IP_PKTINFO};
    int fd = datagrams(AF_INET).client;
    union room room;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        memset(&room, 0, sizeof room);
        room.align.cmsg_len = CMSG_LEN(3);
        room.align.cmsg_level = IPPROTO_IP;
        room.align.cmsg_type = types[i];
        assert_fails(send_with(fd, &room, CMSG_SPACE(3)), EINVAL);
    }
}

static void bad_items_on_a_stream_are_einval(void **state)
{
    (void)state;
    union room room;
    memset(&room, 0, sizeof room);
    room.align.cmsg_len = 1;
    assert_fails(send_with(stream(AF_INET).client, &room, CMSG_SPACE(4)),
                 EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(lengths_count_the_header),
        claim(lengths_are_constants),
        claim(data_stand_behind_the_header),
        claim(first_header_needs_room),
        claim(items_are_found_one_after_the_other),
        claim(last_item_may_end_without_padding),
        claim(bad_lengths_are_the_end),
        claim(item_that_fills_the_room_is_the_last),
        claim(items_with_bad_lengths_are_einval),
        claim(unknown_items_are_einval),
        claim(items_of_other_levels_are_passed_over),
        claim(less_than_a_header_counts_for_nothing),
        claim(items_of_a_wrong_size_are_einval),
        claim(bad_items_on_a_stream_are_einval),
    };
    return cmocka_run_group_tests_name("cmsg", tests, NULL, NULL);
}
