/* Control data in the layout of a system that nobody knows, above all those that
 * nobody has made properly. */
#include "sys_fake.h"

#include <limits.h>
#include <string.h>

enum {
    LEVEL = 41,
    TYPE = 50,
    UNTOUCHED = 77
};

static unsigned char room[4 * PSOCK_CONTROL_MAX];

static psock_control control_of(size_t size)
{
    return (psock_control){room, sizeof room, size};
}

static int put(psock_control *control, int level, const char *text)
{
    return psock_control_put(control, level, TYPE, text, strlen(text));
}

static void check_item(const psock_control_item *item, int level,
                       const char *text)
{
    assert_int_equal(item->level, level);
    assert_int_equal(item->type, TYPE);
    assert_int_equal(item->size, strlen(text));
    assert_memory_equal(item->data, text, strlen(text));
}

/* --- Room ----------------------------------------------------------------- */

static void room_is_what_the_system_says(void **state)
{
    (void)state;
    assert_int_equal(psock_control_space(0), 6);
    assert_int_equal(psock_control_space(2), 6);
    assert_int_equal(psock_control_space(3), 9);
    assert_int_equal(psock_control_space(PSOCK_CONTROL_MAX), 1029);
}

static void size_above_the_most_has_no_room(void **state)
{
    (void)state;
    assert_int_equal(psock_control_space(PSOCK_CONTROL_MAX + 1), 0);
    assert_int_equal(psock_control_space(SIZE_MAX / 2), 0);
    assert_int_equal(psock_control_space(SIZE_MAX), 0);
}

/* --- Building and finding ------------------------------------------------- */

static void items_put_are_found_in_their_order(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a", "ab", "abc", "abcd", ""};
    psock_control control = control_of(0);
    psock_control_item item;
    size_t position = 0;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_result(put(&control, (int)i, texts[i]), 0);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_result(psock_control_next(&control, &position, &item), 1);
        check_item(&item, (int)i, texts[i]);
    }
    assert_int_equal(position, control.size);
    assert_result(psock_control_next(&control, &position, &item), 0);
}

static void item_of_the_most_bytes_comes_back_whole(void **state)
{
    (void)state;
    static unsigned char most[PSOCK_CONTROL_MAX + 1];
    psock_control control = control_of(0);
    psock_control_item item;
    size_t position = 0;
    for (size_t i = 0; i < sizeof most; i++)
        most[i] = (unsigned char)(i * 7 + 1);
    assert_result(psock_control_put(&control, LEVEL, TYPE, most, sizeof most),
                  PSOCK_ENOSPC);
    assert_int_equal(control.size, 0);
    assert_result(
        psock_control_put(&control, LEVEL, TYPE, most, PSOCK_CONTROL_MAX), 0);
    assert_int_equal(control.size, psock_control_space(PSOCK_CONTROL_MAX));
    assert_result(psock_control_next(&control, &position, &item), 1);
    assert_int_equal(item.size, PSOCK_CONTROL_MAX);
    assert_memory_equal(item.data, most, PSOCK_CONTROL_MAX);
}

/* What a system delivers may be longer than what a program may send. */
static void longer_item_than_can_be_put_is_found_and_followed(void **state)
{
    (void)state;
    const size_t size = PSOCK_CONTROL_MAX + 500;
    psock_control control = control_of(FAKE_CONTROL_HEADER + size);
    psock_control_item item;
    size_t position = 0;
    memset(room, 0, sizeof room);
    room[0] = (unsigned char)(control.size >> 8);
    room[1] = (unsigned char)control.size;
    assert_result(psock_control_next(&control, &position, &item), 1);
    assert_int_equal(item.size, size);
    assert_int_equal(position, control.size);
    position = 0;
    assert_result(put(&control, LEVEL, "abc"), 0);
    assert_result(psock_control_next(&control, &position, &item), 1);
    assert_int_equal(item.size, size);
    assert_result(psock_control_next(&control, &position, &item), 1);
    check_item(&item, LEVEL, "abc");
}

static void item_goes_into_room_that_just_holds_it(void **state)
{
    (void)state;
    for (size_t size = 0; size < 20; size++) {
        const size_t space = psock_control_space(size);
        psock_control control = {room, space - 1, 0};
        assert_result(psock_control_put(&control, LEVEL, TYPE, room, size),
                      PSOCK_ENOSPC);
        assert_int_equal(control.size, 0);
        control.room = space;
        assert_result(
            psock_control_put(&control, LEVEL, TYPE, room + 100, size), 0);
        assert_int_equal(control.size, space);
        assert_result(put(&control, LEVEL, ""), PSOCK_ENOSPC);
        assert_int_equal(control.size, space);
    }
}

static void put_in_vain_leaves_every_byte(void **state)
{
    (void)state;
    psock_control control = {room, 14, 0};
    unsigned char before[32];
    memset(room, '#', sizeof room);
    assert_result(put(&control, LEVEL, "abc"), 0);
    memcpy(before, room, sizeof before);
    assert_result(put(&control, LEVEL, ""), PSOCK_ENOSPC);
    assert_memory_equal(room, before, sizeof before);
}

/* A last item need not be filled up: the system that delivers it counts it only
 * as far as it goes. */
static void item_put_after_one_not_filled_up_is_found(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < FAKE_CONTROL_STEP; cut++) {
        psock_control control = control_of(0);
        psock_control_item item;
        size_t position = 0;
        memset(room, '#', sizeof room);
        assert_result(put(&control, 1, ""), 0);
        control.size -= cut;
        if (control.size < FAKE_CONTROL_HEADER)
            break;
        assert_result(put(&control, 2, "abc"), 0);
        assert_int_equal(control.size, 6 + 9);
        assert_result(psock_control_next(&control, &position, &item), 1);
        check_item(&item, 1, "");
        assert_result(psock_control_next(&control, &position, &item), 1);
        check_item(&item, 2, "abc");
        assert_result(psock_control_next(&control, &position, &item), 0);
    }
}

static void room_that_ends_in_the_filling_takes_no_more(void **state)
{
    (void)state;
    psock_control control = {room, sizeof room, 0};
    assert_result(put(&control, LEVEL, ""), 0);
    for (size_t end = FAKE_CONTROL_HEADER; end < 12; end++) {
        control.size = FAKE_CONTROL_HEADER;
        control.room = end;
        assert_result(put(&control, LEVEL, ""), PSOCK_ENOSPC);
        assert_int_equal(control.size, FAKE_CONTROL_HEADER);
    }
    control.room = 12;
    assert_result(put(&control, LEVEL, ""), 0);
    assert_int_equal(control.size, 12);
}

/* --- Arguments ------------------------------------------------------------ */

static void null_control_data_are_refused(void **state)
{
    (void)state;
    psock_control none = {NULL, 0, 0};
    psock_control nowhere = {NULL, 100, 0};
    psock_control_item item;
    size_t position = 0;
    assert_result(put(NULL, LEVEL, ""), PSOCK_EFAULT);
    assert_result(put(&nowhere, LEVEL, ""), PSOCK_EFAULT);
    assert_result(put(&none, LEVEL, ""), PSOCK_ENOSPC);
    assert_result(psock_control_next(NULL, &position, &item), PSOCK_EFAULT);
    assert_result(psock_control_next(&nowhere, &position, &item), PSOCK_EFAULT);
    assert_result(psock_control_next(&none, &position, &item), 0);
}

static void null_outputs_of_a_search_are_refused(void **state)
{
    (void)state;
    psock_control control = control_of(0);
    psock_control_item item;
    size_t position = 0;
    assert_result(put(&control, LEVEL, "a"), 0);
    assert_result(psock_control_next(&control, NULL, &item), PSOCK_EFAULT);
    assert_result(psock_control_next(&control, &position, NULL), PSOCK_EFAULT);
    assert_int_equal(position, 0);
}

static void item_without_data_may_have_no_place(void **state)
{
    (void)state;
    psock_control control = control_of(0);
    psock_control_item item;
    size_t position = 0;
    assert_result(psock_control_put(&control, LEVEL, TYPE, NULL, 1),
                  PSOCK_EFAULT);
    assert_int_equal(control.size, 0);
    assert_result(psock_control_put(&control, LEVEL, TYPE, NULL, 0), 0);
    assert_result(psock_control_next(&control, &position, &item), 1);
    check_item(&item, LEVEL, "");
}

static void more_in_use_than_there_is_room_for_is_refused(void **state)
{
    (void)state;
    psock_control control = {room, 12, 13};
    psock_control_item item = {UNTOUCHED, UNTOUCHED, room, UNTOUCHED};
    size_t position = 0;
    memset(room, 0, sizeof room);
    assert_result(psock_control_next(&control, &position, &item), PSOCK_EINVAL);
    assert_result(put(&control, LEVEL, ""), PSOCK_EINVAL);
    control.size = SIZE_MAX;
    assert_result(psock_control_next(&control, &position, &item), PSOCK_EINVAL);
    assert_result(put(&control, LEVEL, ""), PSOCK_EINVAL);
    assert_int_equal(position, 0);
    assert_int_equal(item.size, UNTOUCHED);
}

static void position_behind_the_end_is_refused(void **state)
{
    (void)state;
    psock_control control = control_of(0);
    psock_control_item item = {.size = UNTOUCHED};
    assert_result(put(&control, LEVEL, "a"), 0);
    for (size_t position = control.size + 1; position != 0; position *= 2) {
        size_t here = position;
        assert_result(psock_control_next(&control, &here, &item), PSOCK_EINVAL);
        assert_true(here == position);
    }
    assert_int_equal(item.size, UNTOUCHED);
}

/* A position need not come from the search before. */
static void position_inside_an_item_is_read_for_what_is_there(void **state)
{
    (void)state;
    psock_control control = control_of(0);
    psock_control_item item = {.size = UNTOUCHED};
    size_t position = 1;
    assert_result(put(&control, 0, "\1\2"), 0);
    assert_result(psock_control_next(&control, &position, &item), PSOCK_EINVAL);
    assert_int_equal(position, 1);
    assert_int_equal(item.size, UNTOUCHED);
}

/* --- Lies ----------------------------------------------------------------- */

/* Every string of these bytes: lengths that are too short, just long enough, of
 * items that are filled up and that are not, and far too long. */
static const unsigned char alphabet[] = {0, 4, 6, 7};

enum {
    LONGEST = 10
};

/* How many items a string has, by the layout of this system; -1 when not all of
 * it is items. */
static int items_in(const unsigned char *bytes, size_t size)
{
    int items = 0;
    while (size > 0) {
        const size_t length = size < 4 ? 0 : bytes[0] * 256u + bytes[1];
        size_t step = length;
        if (length < 4 || length > size)
            return -1;
        while (step % 3 != 0 && step < size)
            step++;
        bytes += step;
        size -= step;
        items++;
    }
    return items;
}

static void require(_Bool condition)
{
    assert_true(condition);
}

/* Walks to the end; each item lies within and each step goes on. */
static int walk(const psock_control *control, psock_control_item *last)
{
    const unsigned char *begin = control->bytes;
    size_t position = 0;
    int items = 0;
    for (;;) {
        const size_t before = position;
        psock_control_item item = {.size = UNTOUCHED};
        const int found = psock_control_next(control, &position, &item);
        if (found <= 0) {
            require(position == before && item.size == UNTOUCHED);
            require(found == PSOCK_EINVAL || position == control->size);
            return found < 0 ? -1 : items;
        }
        const unsigned char *data = item.data;
        require(position > before && position <= control->size);
        require(data >= begin + before && data <= begin + position);
        require(item.size <= (size_t)(begin + position - data));
        *last = item;
        items++;
    }
}

static void check_string(const unsigned char *bytes, size_t size)
{
    psock_control control = {room, 64, size};
    psock_control_item last;
    memcpy(room, bytes, size);
    const int items = items_in(bytes, size);
    require(walk(&control, &last) == items);
    const int result = put(&control, LEVEL, "xyz");
    require(result == (items < 0 ? PSOCK_EINVAL : 0));
    if (result < 0) {
        require(control.size == size && memcmp(room, bytes, size) == 0);
        return;
    }
    require(walk(&control, &last) == items + 1);
    check_item(&last, LEVEL, "xyz");
}

/* The next string in the order of the alphabet; false after the last. */
static _Bool go_on(unsigned char *digits, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (++digits[i] < COUNT_OF(alphabet))
            return 1;
        digits[i] = 0;
    }
    return 0;
}

static void no_short_string_leads_astray(void **state)
{
    (void)state;
    unsigned char digits[LONGEST] = {0};
    unsigned char bytes[LONGEST];
    for (size_t size = 0; size <= LONGEST; size++)
        do {
            for (size_t i = 0; i < size; i++)
                bytes[i] = alphabet[digits[i]];
            check_string(bytes, size);
        } while (go_on(digits, size));
}

static void length_of_every_value_is_taken_at_its_word_or_refused(void **state)
{
    (void)state;
    for (size_t length = 0; length <= UINT16_MAX; length++) {
        psock_control control = control_of(300);
        psock_control_item item = {.size = UNTOUCHED};
        size_t position = 0;
        room[0] = (unsigned char)(length >> 8);
        room[1] = (unsigned char)length;
        const int found = psock_control_next(&control, &position, &item);
        const _Bool fits = length >= FAKE_CONTROL_HEADER && length <= 300;
        require(found == (fits ? 1 : PSOCK_EINVAL));
        require(item.size ==
                (fits ? length - FAKE_CONTROL_HEADER : (size_t)UNTOUCHED));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(room_is_what_the_system_says),
        test(size_above_the_most_has_no_room),
        test(items_put_are_found_in_their_order),
        test(item_of_the_most_bytes_comes_back_whole),
        test(longer_item_than_can_be_put_is_found_and_followed),
        test(item_goes_into_room_that_just_holds_it),
        test(put_in_vain_leaves_every_byte),
        test(item_put_after_one_not_filled_up_is_found),
        test(room_that_ends_in_the_filling_takes_no_more),
        test(null_control_data_are_refused),
        test(null_outputs_of_a_search_are_refused),
        test(item_without_data_may_have_no_place),
        test(more_in_use_than_there_is_room_for_is_refused),
        test(position_behind_the_end_is_refused),
        test(position_inside_an_item_is_read_for_what_is_there),
        test(no_short_string_leads_astray),
        test(length_of_every_value_is_taken_at_its_word_or_refused),
    };
    return cmocka_run_group_tests_name("fake.control", tests, NULL, NULL);
}
