/* shadow.h: what Windows cannot be asked about a socket, and who waits for it.
 *
 * A psock_t has nothing allocated behind it, so the sockets in an unusual state
 * are kept in one table of the process: those shut down, those whose connecting
 * is under way, and those that receive what others do not.  While there are none,
 * that costs one load of a counter, and only where a call has found nothing to do
 * or, once some socket has wanted reports, receives. */
#ifndef PSOCK_WIN32_SHADOW_H
#define PSOCK_WIN32_SHADOW_H

enum shadow_state {
    SHADOW_READ_ENDED = 1 << 0,  /* psock_shutdown() for reading */
    SHADOW_CONNECTING = 1 << 1,  /* an attempt whose outcome was not told yet */
    SHADOW_ABANDONED = 1 << 2,   /* psock_shutdown() of such an attempt */
    SHADOW_WRITE_ENDED = 1 << 3, /* psock_shutdown() for writing */
    SHADOW_UNLISTENED = 1 << 4,  /* psock_shutdown() of a listener */
    SHADOW_REPORTS = 1 << 5,     /* psock_want_undelivered() */
    SHADOW_ERROR_QUEUE = 1 << 6, /* the same, and reports are messages */
    SHADOW_JOINS = 1 << 7,       /* the system may join datagrams in one */
    SHADOW_TOLD = 1 << 8         /* that the stream is broken, when asked */
};

/* The shadow_state bits of `s`. */
unsigned psock_win32_shadow(psock_t s);

/* Adds bits; PSOCK_ENOMEM when there is no room to remember them. */
int psock_win32_shadow_add(psock_t s, unsigned bits);

/* Takes bits away. */
void psock_win32_shadow_remove(psock_t s, unsigned bits);

/* Takes all bits away, and what is settled: due before a socket is closed or given away, since its
 * number may come back. */
void psock_win32_forget(psock_t s);

/* A thread that waits: for the sockets and wakers of `entries`, and for a
 * canceler that may end it.  It lives on that thread's stack; a program has few
 * enough of them for a plain list. */
struct shadow_waiter {
    const psock_pollable *entries;
    size_t count;
    psock_waker *canceler; /* may be null */
    _Bool woken;           /* by psock_win32_wake() */

    /* Ends the wait in the system, or what comes of it. */
    void (*disturb)(struct shadow_waiter *waiter);
    HANDLE handle; /* that of the request, or the port */
    OVERLAPPED overlapped;

    struct shadow_waiter *next;
};

/* Begins what `waiter` waits for.  The lock is held: what is seen here by
 * psock_win32_shadow_held() or psock_win32_is_rung() and changes later, disturbs
 * the waiter. */
typedef NTSTATUS waiter_start(struct shadow_waiter *waiter, void *context);

/* Puts `waiter` on the list and, in the same breath, calls `start`, so that no
 * waking can fall between.  Returns what `start` returned. */
NTSTATUS psock_win32_waiter_enter(struct shadow_waiter *waiter,
                                  waiter_start *start, void *context);

void psock_win32_waiter_leave(struct shadow_waiter *waiter);

/* The shadow_state bits of `s`, for `start`. */
unsigned psock_win32_shadow_held(psock_t s);

/* Wakes all who wait for `s`, in pollers too. */
void psock_win32_wake(psock_t s);

/* Wakes all who wait for `waker` or may be canceled by it, but in pollers that
 * have it. */
void psock_win32_wake_listeners(const psock_waker *waker);

#endif
