#include "fixture.h"

#include <string.h>

#define ROOM 4096

static unsigned char bytes[ROOM + 16];

static psock_control room_for(size_t room)
{
    memset(bytes, 0xa5, sizeof bytes);
    return (psock_control){bytes, room, 0};
}

static void assert_next(const psock_control *control, size_t *position,
                        int level, int type, const void *data, size_t size)
{
    psock_control_item item;
    assert_result(psock_control_next(control, position, &item), 1);
    assert_int_equal(item.level, level);
    assert_int_equal(item.type, type);
    assert_int_equal(item.size, size);
    if (size > 0)
        assert_memory_equal(item.data, data, size);
}

static void items_are_read_back_in_order(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 100};
    unsigned char data[100];
    psock_control control = room_for(ROOM);
    psock_control_item item;
    size_t position = 0;
    (void)state;
    fill(data, sizeof data, 3);
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_result(
            psock_control_put(&control, (int)i, -(int)i, data, sizes[i]), 0);
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_next(&control, &position, (int)i, -(int)i, data, sizes[i]);
    assert_int_equal(position, control.size);
    assert_result(psock_control_next(&control, &position, &item), 0);
    assert_result(psock_control_next(&control, &position, &item), 0);
}

static void space_is_what_an_item_takes(void **state)
{
    unsigned char data[PSOCK_CONTROL_MAX] = {0};
    (void)state;
    for (size_t size = 0; size <= PSOCK_CONTROL_MAX; size++) {
        const size_t space = psock_control_space(size);
        psock_control control = room_for(space);
        assert_in_range(space, size + 1, size + 64);
        assert_result(psock_control_put(&control, 1, 2, data, size), 0);
        assert_int_equal(control.size, space);
        assert_int_equal(bytes[space], 0xa5);
        control = room_for(space - 1);
        assert_result(psock_control_put(&control, 1, 2, data, size),
                      PSOCK_ENOSPC);
        assert_int_equal(control.size, 0);
        assert_int_equal(bytes[0], 0xa5);
    }
}

static void item_too_long_for_any_room_is_refused(void **state)
{
    static unsigned char data[PSOCK_CONTROL_MAX + 1];
    psock_control control = room_for(ROOM);
    (void)state;
    assert_int_equal(psock_control_space(PSOCK_CONTROL_MAX + 1), 0);
    assert_int_equal(psock_control_space(SIZE_MAX), 0);
    assert_result(
        psock_control_put(&control, 1, 2, data, PSOCK_CONTROL_MAX + 1),
        PSOCK_ENOSPC);
    assert_result(psock_control_put(&control, 1, 2, data, SIZE_MAX),
                  PSOCK_ENOSPC);
    assert_int_equal(control.size, 0);
}

/* Memory of any alignment, and the item copied from where it lies. */
static void control_data_may_lie_anywhere(void **state)
{
    static const unsigned char first[] = {1, 2, 3}, second[] = {4, 5};
    (void)state;
    for (size_t offset = 0; offset < 16; offset++) {
        psock_control control = {bytes + offset, ROOM, 0};
        size_t position = 0;
        memset(bytes, 0xa5, sizeof bytes);
        assert_result(psock_control_put(&control, 7, 8, first, 3), 0);
        assert_result(psock_control_put(&control, 9, 10, second, 2), 0);
        assert_next(&control, &position, 7, 8, first, 3);
        assert_next(&control, &position, 9, 10, second, 2);
        assert_int_equal(position, control.size);
    }
}

static void item_is_put_in_whole_or_not_at_all(void **state)
{
    static const unsigned char data[20];
    const size_t space = psock_control_space(20);
    psock_control control = room_for(2 * space + 3);
    psock_control_item item;
    size_t position = 0;
    (void)state;
    assert_result(psock_control_put(&control, 1, 1, data, 20), 0);
    assert_result(psock_control_put(&control, 2, 2, data, 20), 0);
    assert_result(psock_control_put(&control, 3, 3, data, 0), PSOCK_ENOSPC);
    assert_int_equal(control.size, 2 * space);
    assert_int_equal(bytes[2 * space], 0xa5);
    assert_next(&control, &position, 1, 1, data, 20);
    assert_next(&control, &position, 2, 2, data, 20);
    assert_result(psock_control_next(&control, &position, &item), 0);
}

/* Every way to cut a row short leaves nothing that could be read beyond. */
static void row_cut_short_ends_in_an_error(void **state)
{
    unsigned char data[24], cut[512];
    psock_control whole = room_for(512);
    (void)state;
    fill(data, sizeof data, 0);
    assert_result(psock_control_put(&whole, 1, 2, data, 24), 0);
    assert_result(psock_control_put(&whole, 3, 4, data, 24), 0);
    const size_t one = psock_control_space(24);
    for (size_t size = 0; size < whole.size; size++) {
        psock_control control = {cut, size, size};
        psock_control_item item = {99, 99, NULL, 99};
        size_t position = 0;
        int found;
        memcpy(cut, bytes, size);
        int items = 0;
        while ((found = psock_control_next(&control, &position, &item)) == 1) {
            items++;
            assert_true((const unsigned char *)item.data >= cut);
            assert_true((const unsigned char *)item.data + item.size <=
                        cut + size);
        }
        assert_in_range(items, 0, 2);
        if (size % one == 0)
            assert_int_equal(found, 0);
        if (size < one && size > 0 && items == 0)
            assert_int_equal(found, PSOCK_EINVAL);
    }
}

/* The length comes first, in whatever width. */
static void lengths_that_lie_are_refused(void **state)
{
    static const unsigned char lies[] = {0, 1, 7, 11, 15, 255};
    unsigned char data[8] = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lies); i++) {
        psock_control control = room_for(512);
        psock_control_item item = {99, 99, NULL, 99};
        size_t position = 0;
        assert_result(psock_control_put(&control, 1, 2, data, 8), 0);
        memset(bytes, 0, sizeof(size_t));
        bytes[0] = lies[i];
        int found = psock_control_next(&control, &position, &item);
        if (found == 1) /* long enough for a header where that is short */
            assert_true((const unsigned char *)item.data + item.size <=
                        bytes + control.size);
        else {
            assert_int_equal(found, PSOCK_EINVAL);
            assert_int_equal(item.level, 99);
            assert_int_equal(position, 0);
            assert_result(psock_control_put(&control, 1, 2, data, 8),
                          PSOCK_EINVAL);
        }
        memset(bytes, 0xff, sizeof(size_t));
        position = 0;
        assert_result(psock_control_next(&control, &position, &item),
                      PSOCK_EINVAL);
    }
}

static void row_that_claims_more_than_its_room_is_refused(void **state)
{
    psock_control control = room_for(64);
    psock_control_item item;
    size_t position = 0;
    (void)state;
    control.size = 65;
    assert_result(psock_control_put(&control, 1, 2, NULL, 0), PSOCK_EINVAL);
    assert_result(psock_control_next(&control, &position, &item), PSOCK_EINVAL);
    control.size = 0;
    position = 1;
    assert_result(psock_control_next(&control, &position, &item), PSOCK_EINVAL);
}

static void control_pointers_may_not_be_null(void **state)
{
    psock_control control = room_for(256);
    psock_control nothing = {NULL, 8, 0};
    psock_control_item item;
    size_t position = 0;
    (void)state;
    assert_result(psock_control_put(NULL, 1, 2, NULL, 0), PSOCK_EFAULT);
    assert_result(psock_control_put(&nothing, 1, 2, NULL, 0), PSOCK_EFAULT);
    assert_result(psock_control_put(&control, 1, 2, NULL, 1), PSOCK_EFAULT);
    assert_result(psock_control_put(&control, 1, 2, NULL, 0), 0);
    assert_result(psock_control_next(NULL, &position, &item), PSOCK_EFAULT);
    assert_result(psock_control_next(&control, NULL, &item), PSOCK_EFAULT);
    assert_result(psock_control_next(&control, &position, NULL), PSOCK_EFAULT);
    assert_result(psock_control_next(&nothing, &position, &item), PSOCK_EFAULT);
}

static void no_control_data_are_a_row_without_items(void **state)
{
    const psock_control nothing = {NULL, 0, 0};
    psock_control_item item;
    size_t position = 0;
    (void)state;
    assert_result(psock_control_next(&nothing, &position, &item), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(items_are_read_back_in_order),
        test_once(space_is_what_an_item_takes),
        test_once(item_too_long_for_any_room_is_refused),
        test_once(control_data_may_lie_anywhere),
        test_once(item_is_put_in_whole_or_not_at_all),
        test_once(row_cut_short_ends_in_an_error),
        test_once(lengths_that_lie_are_refused),
        test_once(row_that_claims_more_than_its_room_is_refused),
        test_once(control_pointers_may_not_be_null),
        test_once(no_control_data_are_a_row_without_items),
    };
    return cmocka_run_group_tests_name("control", tests, warm_up, NULL);
}
