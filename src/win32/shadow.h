/* shadow.h: what Windows cannot be asked about a socket, and who waits on it.
 *
 * A psock_t has nothing allocated behind it, so the sockets in an unusual state
 * are kept in one table of the process: those shut down, and those whose
 * connecting is under way.  While there are none, that costs one load of a
 * counter, and only where a call has found nothing to do. */
#ifndef PSOCK_WIN32_SHADOW_H
#define PSOCK_WIN32_SHADOW_H

enum shadow_state {
    SHADOW_READ_ENDED = 1 << 0, /* psock_shutdown() for reading */
    SHADOW_CONNECTING = 1 << 1, /* an attempt whose outcome was not told yet */
    SHADOW_ABANDONED = 1 << 2,  /* psock_shutdown() of such an attempt */
    SHADOW_WRITE_ENDED = 1 << 3 /* psock_shutdown() for writing */
};

/* The shadow_state bits of `s`. */
unsigned psock_win32_shadow(psock_t s);

/* Adds bits; PSOCK_ENOMEM when there is no room to remember them. */
int psock_win32_shadow_add(psock_t s, unsigned bits);

/* Takes bits away. */
void psock_win32_shadow_remove(psock_t s, unsigned bits);

/* Takes all bits away: due before a socket is closed or given away, since its
 * number may come back. */
void psock_win32_forget(psock_t s);

/* A thread inside psock_sys_wait().  It lives on that thread's stack; a program
 * has few enough of them for a plain list. */
struct shadow_waiter {
    psock_t socket;
    HANDLE handle; /* what CancelIoEx() wants: the socket or its base */
    OVERLAPPED overlapped;
    unsigned state; /* the socket's shadow_state bits when it came in */
    struct shadow_waiter *next;
};

/* Puts `waiter` on the list and, in the same breath, calls `start` to begin its
 * I/O, so that no waking can fall between.  Returns what `start` returned. */
NTSTATUS psock_win32_waiter_enter(
    struct shadow_waiter *waiter,
    NTSTATUS (*start)(struct shadow_waiter *waiter, void *context),
    void *context);

void psock_win32_waiter_leave(struct shadow_waiter *waiter);

/* Wakes all who wait on `s`. */
void psock_win32_wake(psock_t s);

#endif
