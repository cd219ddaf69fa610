/* sys_fake_control.c: control data in a layout that no system has, so that
 * nothing can rely on one.
 *
 * The length of the whole item (two bytes, the high one first), its type and its
 * level (one byte each), then the data; the next item begins at a multiple of
 * three bytes after this one.  The length counts all but what fills up. */
#include "sys_fake.h"

#include <string.h>

enum {
    TYPE_AT = 2,
    LEVEL_AT = 3,
    DATA_AT = FAKE_CONTROL_HEADER,
    STEP = FAKE_CONTROL_STEP
};

static size_t filled_up(size_t length)
{
    return (length + STEP - 1) / STEP * STEP;
}

size_t psock_sys_control_space(size_t size)
{
    fake_require(size <= UINT16_MAX); /* what a length of it can say */
    return filled_up(DATA_AT + size);
}

void psock_sys_control_write(unsigned char *at, const psock_control_item *item)
{
    const size_t length = DATA_AT + item->size;
    fake_require(at != NULL);
    fake_require(item->data != NULL || item->size == 0);
    fake_require(item->size <= PSOCK_CONTROL_MAX);
    memset(at, 0, filled_up(length));
    at[0] = (unsigned char)(length >> 8);
    at[1] = (unsigned char)length;
    at[TYPE_AT] = (unsigned char)item->type;
    at[LEVEL_AT] = (unsigned char)item->level;
    if (item->size > 0)
        memcpy(at + DATA_AT, item->data, item->size);
}

size_t psock_sys_control_read(const unsigned char *at, size_t left,
                              psock_control_item *item)
{
    fake_require(at != NULL);
    fake_require(left > 0 && left <= SIZE_MAX / 2);
    fake_require(item != NULL);
    if (left < DATA_AT)
        return 0;
    const size_t length = (size_t)at[0] << 8 | at[1];
    if (length < DATA_AT || length > left)
        return 0;
    item->type = at[TYPE_AT];
    item->level = at[LEVEL_AT];
    item->data = at + DATA_AT;
    item->size = length - DATA_AT;
    return filled_up(length) < left ? filled_up(length) : left;
}
