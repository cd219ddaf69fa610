/* control.c: a fuzzer of psock_control_next() and psock_control_put().
 *
 * Whatever bytes are taken for control data: nothing outside of them is read,
 * every search ends, what is found lies within, and what is put behind them is
 * refused or found again, with all that was there before. */
#include "fuzz.h"

enum {
    ITEMS_MAX = 8,
    ITEM_SIZE_MAX = 40
};

/* Control data in memory of their own, begun at any alignment. */
struct row {
    unsigned char *memory;
    psock_control control;
};

static struct row make_row(size_t room, size_t offset)
{
    struct row row = {.memory = make_memory(offset + room)};
    row.control.bytes = row.memory + offset;
    row.control.room = room;
    return row;
}

static struct row copy_row(const psock_control *control, size_t room,
                           size_t offset)
{
    struct row row = make_row(room, offset);
    if (control->size > 0)
        memcpy(row.control.bytes, control->bytes, control->size);
    row.control.size = control->size;
    return row;
}

/* --- Searching ------------------------------------------------------------ */

static void check_item(const psock_control *control, size_t before,
                       size_t behind, const psock_control_item *item)
{
    const unsigned char *begin = control->bytes;
    const unsigned char *data = item->data;
    unsigned sum = 0;
    require(behind > before && behind <= control->size);
    require(data >= begin + before && data <= begin + behind);
    require(item->size <= (size_t)(begin + behind - data));
    for (size_t i = 0; i < item->size; i++)
        sum += data[i];
    require(sum <= item->size * 255);
}

/* One step: an item that lies within, or nothing written. */
static int step(const psock_control *control, size_t *position,
                psock_control_item *item)
{
    const psock_control_item untouched = {77, 78, control, 79};
    const size_t before = *position;
    *item = untouched;
    const int found = psock_control_next(control, position, item);
    if (found == 1) {
        check_item(control, before, *position, item);
        return 1;
    }
    require(found == 0 || found == PSOCK_EINVAL);
    require(*position == before && item->data == untouched.data);
    require(item->level == untouched.level && item->type == untouched.type);
    require(item->size == untouched.size);
    return found;
}

/* How many items there are, or PSOCK_EINVAL where not all of it is items. */
static int walk(const psock_control *control)
{
    psock_control_item item;
    size_t position = 0;
    int items = 0;
    int found;
    while ((found = step(control, &position, &item)) == 1)
        items++;
    require(found < 0 || position == control->size);
    return found < 0 ? found : items;
}

/* From anywhere on, too. */
static void check_position(const psock_control *control, size_t position)
{
    psock_control_item item;
    const size_t before = position;
    const int found = step(control, &position, &item);
    require(before <= control->size || found == PSOCK_EINVAL);
    require(before != control->size || found == 0);
}

/* --- Putting -------------------------------------------------------------- */

static _Bool same_items(const psock_control_item *a,
                        const psock_control_item *b)
{
    return a->level == b->level && a->type == b->type && a->size == b->size &&
           (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

/* `after` has the items of `before`, and then just this one. */
static void check_grown(const psock_control *before, const psock_control *after,
                        const psock_control_item *last)
{
    psock_control_item old, new;
    size_t old_position = 0, new_position = 0;
    while (step(before, &old_position, &old) == 1) {
        require(step(after, &new_position, &new) == 1);
        require(same_items(&old, &new));
    }
    require(step(after, &new_position, &new) == 1);
    require(same_items(last, &new));
    require(step(after, &new_position, &new) == 0);
}

/* What is behind the control data stays as it is, and after a failure all. */
static void check_untouched(const struct row *row, const struct row *before)
{
    const size_t kept = row->control.size;
    const unsigned char *bytes = row->control.bytes;
    const unsigned char *bytes_before = before->control.bytes;
    require(memcmp(bytes + kept, bytes_before + kept,
                   row->control.room - kept) == 0);
}

static void check_put(const psock_control *control, size_t extra, size_t offset,
                      const psock_control_item *item)
{
    const size_t room = control->size + extra;
    const int items = walk(control);
    struct row row = copy_row(control, room, offset);
    struct row before = copy_row(control, room, offset);
    const int result = psock_control_put(&row.control, item->level, item->type,
                                         item->data, item->size);
    check_untouched(&row, &before);
    if (result == 0) {
        require(items >= 0);
        require(row.control.size <= room);
        require(row.control.size >= control->size + item->size);
        check_grown(control, &row.control, item);
    } else {
        require(result == (items < 0 ? PSOCK_EINVAL : PSOCK_ENOSPC));
        require(row.control.size == control->size);
        require(memcmp(row.memory, before.memory, offset + room) == 0);
    }
    free(row.memory);
    free(before.memory);
}

/* Where there is room enough, only garbage is a reason to refuse. */
static void check_put_with_room(const psock_control *control, size_t offset,
                                const psock_control_item *item)
{
    const size_t room = control->size + 64 + psock_control_space(item->size);
    struct row row = copy_row(control, room, offset);
    const int result = psock_control_put(&row.control, item->level, item->type,
                                         item->data, item->size);
    require(result == (walk(control) < 0 ? PSOCK_EINVAL : 0));
    free(row.memory);
}

/* --- Garbage -------------------------------------------------------------- */

static void check_bytes(struct input input)
{
    const size_t offset = take_byte(&input) % 16;
    const size_t extra = take_byte(&input);
    const size_t position = (size_t)take_number(&input, 2);
    const psock_control_item item = {(int)take_number(&input, 4),
                                     (int)take_number(&input, 4), &item,
                                     take_byte(&input) % sizeof item};
    const psock_control control = {(void *)(uintptr_t)input.bytes, input.left,
                                   input.left};
    struct row row = copy_row(&control, input.left, offset);
    walk(&row.control);
    check_position(&row.control, position);
    check_put(&row.control, extra, offset, &item);
    check_put_with_room(&row.control, offset, &item);
    free(row.memory);
}

/* --- Rows that were made properly ----------------------------------------- */

static psock_control_item take_item(struct input *input, unsigned char *data)
{
    psock_control_item item = {(int)take_number(input, 4),
                               (int)take_number(input, 4), data,
                               take_byte(input) % (ITEM_SIZE_MAX + 1)};
    for (size_t i = 0; i < item.size; i++)
        data[i] = (unsigned char)take_byte(input);
    return item;
}

/* Puts items until the input or the room is used up; finds them again. */
static void fill_row(struct row *row, struct input *input)
{
    unsigned char data[ITEMS_MAX][ITEM_SIZE_MAX];
    psock_control_item items[ITEMS_MAX], found;
    size_t count = 0, position = 0;
    while (count < ITEMS_MAX && input->left > 0) {
        items[count] = take_item(input, data[count]);
        if (psock_control_put(&row->control, items[count].level,
                              items[count].type, items[count].data,
                              items[count].size) < 0)
            break;
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        require(step(&row->control, &position, &found) == 1);
        require(same_items(&items[i], &found));
    }
    require(step(&row->control, &position, &found) == 0);
}

/* Changes a byte, which may well be one of a length, and cuts the end off. */
static void spoil_row(struct row *row, struct input change)
{
    unsigned char *bytes = row->control.bytes;
    const size_t place = (size_t)take_number(&change, 2);
    const unsigned char value = (unsigned char)take_byte(&change);
    const size_t cut = take_byte(&change) % 32;
    if (row->control.size > 0)
        bytes[place % row->control.size] = value;
    row->control.size -= cut < row->control.size ? cut : row->control.size;
}

static void check_row(struct input input)
{
    struct input change = input;
    const psock_control_item item = {1, 2, &item, 3};
    for (int i = 0; i < 4; i++)
        take_byte(&input);
    const size_t offset = take_byte(&input) % 16;
    struct row row = make_row((size_t)take_number(&input, 2) % 1024, offset);
    fill_row(&row, &input);
    spoil_row(&row, change);
    struct row spoiled = copy_row(&row.control, row.control.size, offset);
    walk(&spoiled.control);
    check_put_with_room(&spoiled.control, offset, &item);
    check_put(&spoiled.control, 48, offset, &item);
    free(spoiled.memory);
    free(row.memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    if (take_byte(&input) % 2 == 0)
        check_bytes(input);
    else
        check_row(input);
    return 0;
}
