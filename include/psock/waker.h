/* waker.h: ending a wait from another thread.
 *
 * A waker is rung by any thread and stays rung until it is reset, however often
 * it was rung.  It can be waited for beside sockets (poll.h, poller.h), and it
 * ends whatever the threads that are bound to it wait for:
 *
 *     one thread                           another
 *     psock_cancel_with(waker);
 *     psock_recv(s, ..., PSOCK_FOREVER);   psock_waker_ring(waker);
 *
 * This is the one way to end any call of psock that waits, the same for all of
 * them and on every system.  (psock_shutdown() also ends the waits on a socket,
 * and with them its connection.) */
#ifndef PSOCK_WAKER_H
#define PSOCK_WAKER_H

#include <psock/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct psock_waker psock_waker;

/* Makes a waker, not rung.
 *
 * waker  receives it, yours to close
 *
 * Returns 0, or PSOCK_EFAULT for a null `waker`, PSOCK_ENOMEM, or PSOCK_EMFILE
 * or PSOCK_ENFILE where it takes a descriptor.  It is not inherited by child
 * processes.
 *
 * Linux: an eventfd.  Other POSIX systems: a pipe.  Windows: an event. */
PSOCK_API PSOCK_CHECKED int psock_waker_open(psock_waker **waker);

/* Closes `waker`.  No thread may wait for it, ring it or be bound to it any more;
 * pollers that have it forget it.  Returns 0, or PSOCK_EFAULT for null. */
PSOCK_API int psock_waker_close(psock_waker *waker);

/* Rings: everybody who waits for `waker` wakes, and so does whoever comes to
 * wait before the next psock_waker_reset().  Ringing again until then changes
 * nothing and costs no system call.  Never waits.
 *
 * Any thread may ring; on POSIX systems a signal handler too.  errno, and what
 * WSAGetLastError() says, stay as they were.
 *
 * Returns 0, or PSOCK_EFAULT for null. */
PSOCK_API int psock_waker_ring(psock_waker *waker);

/* Lets `waker` be rung anew.  Reset it first and look at what it stands for
 * afterwards: then no ring is lost.
 *
 * Returns 1 if it was rung, 0 if not, or PSOCK_EFAULT for null. */
PSOCK_API int psock_waker_reset(psock_waker *waker);

/* Binds this thread to `waker`, or to none for null.  While it is bound, every
 * call of psock on this thread that would have to wait (in io.h, socket.h,
 * poll.h, poller.h and whatever builds on them) returns PSOCK_ECANCELED when
 * `waker` is rung, or was before.  A call that need not wait is not affected,
 * and as after any failure to wait nothing was sent, taken or changed.
 *
 * While any thread is bound, receives that have to wait take two system calls
 * more on some systems.
 *
 * Returns what this thread was bound to before, null for none.  Unbind before
 * the thread ends or `waker` is closed. */
PSOCK_API psock_waker *psock_cancel_with(psock_waker *waker);

#ifdef __cplusplus
}
#endif

#endif
