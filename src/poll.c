/* poll.c: what psock_poll() can be asked, and the waiting until its deadline.
 */
#include "policy.h"

#include <limits.h>

static _Bool is_sound(const psock_pollable *entry)
{
    return (entry->wanted & ~(uint32_t)PSOCK_CAN_BE_WANTED) == 0 &&
           (entry->waker == NULL || entry->socket < 0);
}

static int entries_error(const psock_pollable *entries, size_t count)
{
    if (entries == NULL && count != 0)
        return PSOCK_EFAULT;
    if (count > INT_MAX)
        return PSOCK_EINVAL;
    for (size_t i = 0; i < count; i++)
        if (!is_sound(&entries[i]))
            return PSOCK_EINVAL;
    return 0;
}

/* One look is always taken, also after the deadline. */
static int poll_until(psock_pollable *entries, size_t count,
                      psock_deadline deadline)
{
    int64_t timeout_ns;
    int result;
    do {
        timeout_ns = psock_timeout_ns(deadline);
        result = psock_sys_poll(entries, count,
                                psock_canceler_within(timeout_ns), timeout_ns);
    } while ((result == 0 && timeout_ns != 0) || result == PSOCK_EINTR);
    if (result != 0)
        return result;
    return deadline == PSOCK_NOW ? PSOCK_EAGAIN : PSOCK_ETIMEDOUT;
}

int psock_poll(psock_pollable *entries, size_t count, psock_deadline deadline)
{
    int error = entries_error(entries, count);
    if (error == 0)
        error = psock_ensure_started();
    return error < 0 ? error : poll_until(entries, count, deadline);
}
