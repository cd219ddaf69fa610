/* control.h: control data as the system has them: a row of items, each with a
 * level, a type and some bytes (RFC 3542, section 20; POSIX <sys/socket.h>).
 *
 * For what message.h has no member for.  What levels, types and bytes mean is
 * the system's business and not the same everywhere, nor are the lengths; these
 * functions know the layout, and trust no length that they find. */
#ifndef PSOCK_CONTROL_H
#define PSOCK_CONTROL_H

#include <psock/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for control data: `room` bytes at `bytes`, of which the first `size` are
 * in use.  The memory is the caller's, and need not be aligned. */
typedef struct psock_control {
    void *bytes;
    size_t room;
    size_t size;
} psock_control;

/* The most control data of the caller's own that one message takes. */
#define PSOCK_CONTROL_MAX 1024

/* One item.  `data` points into the control data, aligned or not: copy it. */
typedef struct psock_control_item {
    int level;
    int type;
    const void *data;
    size_t size;
} psock_control_item;

/* The room that an item with `size` bytes of data needs; 0 for a size that no
 * control data can have. */
PSOCK_API size_t psock_control_space(size_t size);

/* Appends an item with a copy of `size` bytes of `data`.
 *
 * Returns 0, or with nothing changed
 *   PSOCK_ENOSPC  it does not fit in the room
 *   PSOCK_EINVAL  `control` claims more in use than it has room for, or what is
 *                 in use is not a row of whole items
 *   PSOCK_EFAULT  a null pointer (`data` may be null for a size of 0) */
PSOCK_API PSOCK_CHECKED int psock_control_put(psock_control *control, int level,
                                              int type, const void *data,
                                              size_t size);

/* Finds the item at `*position`, which is 0 in the beginning, and moves
 * `*position` behind it.
 *
 * Returns 1 with the item; 0 at the end; or PSOCK_EINVAL when what is there is
 * no item: cut short, or of a length that does not fit.  Neither output is
 * written then.  PSOCK_EFAULT for a null pointer. */
PSOCK_API PSOCK_CHECKED int psock_control_next(const psock_control *control,
                                               size_t *position,
                                               psock_control_item *item);

#ifdef __cplusplus
}
#endif

#endif
