/* control.c: control data as a row of items; the twins know the layout of one.
 */
#include <string.h>

#include "policy.h"

size_t psock_control_space(size_t size)
{
    return size > PSOCK_CONTROL_MAX ? 0 : psock_sys_control_space(size);
}

/* What is wrong with `control` as such, or 0. */
static int control_error(const psock_control *control)
{
    if (control == NULL)
        return PSOCK_EFAULT;
    if (control->bytes == NULL && control->room != 0)
        return PSOCK_EFAULT;
    return control->size > control->room ? PSOCK_EINVAL : 0;
}

/* Finds where the next item goes: behind the last, filled up if it is not. */
static int find_end(const psock_control *control, size_t *end)
{
    psock_control_item item;
    size_t position = 0;
    for (;;) {
        const size_t begin = position;
        int found = psock_control_next(control, &position, &item);
        if (found <= 0)
            return found;
        *end = begin + psock_sys_control_space(item.size);
    }
}

int psock_control_put(psock_control *control, int level, int type,
                      const void *data, size_t size)
{
    psock_control_item item = {level, type, data, size};
    size_t end = 0;
    int error = control_error(control);
    if (error == 0)
        error =
            data == NULL && size != 0 ? PSOCK_EFAULT : find_end(control, &end);
    if (error < 0)
        return error;
    size_t space = psock_control_space(size);
    if (space == 0 || end > control->room || space > control->room - end)
        return PSOCK_ENOSPC;
    unsigned char *bytes = control->bytes;
    if (end > control->size)
        memset(bytes + control->size, 0, end - control->size);
    psock_sys_control_write(bytes + end, &item);
    control->size = end + space;
    return 0;
}

int psock_control_next(const psock_control *control, size_t *position,
                       psock_control_item *item)
{
    int error = control_error(control);
    if (error < 0)
        return error;
    if (position == NULL || item == NULL)
        return PSOCK_EFAULT;
    if (*position > control->size)
        return PSOCK_EINVAL;
    if (*position == control->size)
        return 0;
    size_t step = psock_sys_control_read((const unsigned char *)control->bytes +
                                             *position,
                                         control->size - *position, item);
    *position += step;
    return step == 0 ? PSOCK_EINVAL : 1;
}
