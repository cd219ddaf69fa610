/* waker.c: wakers, and which of them ends the waits of which thread. */
#include "policy.h"

atomic_uint psock_leave_to_wait = PSOCK_SYS_MAY_WAIT;

static _Thread_local psock_waker *bound_waker;

psock_waker *psock_bound_waker(void)
{
    return bound_waker;
}

/* The count is only there to spare all other threads the look at what is their
 * own; it says nothing to them that needs an order. */
psock_waker *psock_cancel_with(psock_waker *waker)
{
    psock_waker *before = bound_waker;
    bound_waker = waker;
    if (before == NULL && waker != NULL)
        atomic_fetch_sub_explicit(&psock_leave_to_wait, 1,
                                  memory_order_relaxed);
    if (before != NULL && waker == NULL)
        atomic_fetch_add_explicit(&psock_leave_to_wait, 1,
                                  memory_order_relaxed);
    return before;
}

int psock_waker_open(psock_waker **waker)
{
    if (waker == NULL)
        return PSOCK_EFAULT;
    int error = psock_ensure_started();
    return error < 0 ? error : psock_sys_waker_open(waker);
}

int psock_waker_close(psock_waker *waker)
{
    if (waker == NULL)
        return PSOCK_EFAULT;
    psock_descriptor_closes(psock_sys_waker_descriptor(waker));
    psock_sys_waker_close(waker);
    return 0;
}

int psock_waker_ring(psock_waker *waker)
{
    if (waker == NULL)
        return PSOCK_EFAULT;
    psock_sys_waker_ring(waker);
    return 0;
}

int psock_waker_reset(psock_waker *waker)
{
    return waker == NULL ? PSOCK_EFAULT : psock_sys_waker_reset(waker);
}
