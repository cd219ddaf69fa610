/* poller.h: waiting for thousands of sockets.
 *
 * Sockets are put in once and waited for often; the cost of a wait depends on
 * how many are ready, not on how many there are.
 *
 *     psock_poller_add(poller, s, PSOCK_READABLE, connection);
 *     for (;;) {
 *         int count = psock_poller_wait(poller, events, 64, PSOCK_FOREVER);
 *         for (int i = 0; i < count; i++)
 *             serve(events[i].token, events[i].came);
 *     }
 *
 * Readiness is told by its level: what stays true is told again by the next
 * wait (poll.h says what is true when).  With PSOCK_ONE_SHOT it is told once,
 * to one thread, until psock_poller_modify() asks again.
 *
 * Threads: everything here may be called by any thread at any time, also while
 * others wait in the same poller; what is changed counts for them at once.
 * Several threads may wait; then without PSOCK_ONE_SHOT the same readiness may
 * be told to more than one.  With it, a thread can be told before the call that
 * asked has returned in another: if it is going to close the socket, let it
 * remove it first, which waits for that call.
 *
 * After psock_poller_remove() or psock_close() has returned, the socket is not
 * told of any more, neither by waits that begin then nor by those that are under
 * way.  What was told before is the program's to expect: events further on in
 * an array it is going through, and those of another thread whose wait is just
 * returning.  Sockets closed past psock must be removed before they are closed.
 *
 * Linux: epoll.  The BSDs and macOS: kqueue.  Windows: polls of the AFD driver
 * that arrive at a completion port.  Other systems: poll(). */
#ifndef PSOCK_POLLER_H
#define PSOCK_POLLER_H

#include <psock/poll.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct psock_poller psock_poller;

/* What a wait tells: `came`, enum psock_readiness bits, of whatever was added
 * with `token`. */
typedef struct psock_poller_event {
    void *token;
    uint32_t came;
    unsigned char reserved[12 - sizeof(void *)];
} psock_poller_event;

/* Beside enum psock_readiness in `wanted`: tell once, then not again, not even
 * failures, until psock_poller_modify(). */
#define PSOCK_ONE_SHOT ((uint32_t)1 << 31)

/* Makes a poller with nothing in it.
 *
 * poller  receives it, yours to close
 *
 * Returns 0, or PSOCK_EFAULT for a null `poller`, PSOCK_ENOMEM, PSOCK_EMFILE or
 * PSOCK_ENFILE.  It is not inherited by child processes, and a process forked
 * off must not use it. */
PSOCK_API PSOCK_CHECKED int psock_poller_open(psock_poller **poller);

/* Closes `poller`; what is in it stays open.
 *
 * Returns 0, PSOCK_EFAULT for null, or PSOCK_EBUSY, with nothing changed, when
 * a thread is waiting in it: wake it and let it leave first. */
PSOCK_API int psock_poller_close(psock_poller *poller);

/* Puts `s` in.
 *
 * wanted  READABLE, URGENT, WRITABLE and READ_ENDED together, and ONE_SHOT; 0
 *         tells only of what comes unasked
 * token   comes with each event; anything
 *
 * Returns 0, or
 *   PSOCK_EBADF, PSOCK_ENOTSOCK  `s` is negative or not open; is no socket
 *   PSOCK_EEXIST   it is in this poller already
 *   PSOCK_EINVAL   unknown bits in `wanted`
 *   PSOCK_EFAULT   `poller` is null
 *   PSOCK_ENOMEM, PSOCK_ENOSPC  no memory; the system's limit is reached
 *   PSOCK_ENOTSUP  a socket that the system cannot wait for so */
PSOCK_API PSOCK_CHECKED int psock_poller_add(psock_poller *poller, psock_t s,
                                             uint32_t wanted, void *token);

/* Changes what is wanted of `s`, and asks again if it was told of with
 * ONE_SHOT.  Without ONE_SHOT, what is wanted already costs no system call.
 *
 * Returns 0, or PSOCK_ENOENT when `s` is not in this poller, and otherwise as
 * psock_poller_add(). */
PSOCK_API PSOCK_CHECKED int psock_poller_modify(psock_poller *poller, psock_t s,
                                                uint32_t wanted);

/* Takes `s` out.  Returns 0, or as psock_poller_modify(). */
PSOCK_API int psock_poller_remove(psock_poller *poller, psock_t s);

/* Puts `waker` in: READABLE is told for as long as it is rung.
 *
 * Returns 0, PSOCK_EEXIST, PSOCK_ENOMEM, PSOCK_ENOSPC, or PSOCK_EFAULT when one
 * of the two is null. */
PSOCK_API PSOCK_CHECKED int
psock_poller_add_waker(psock_poller *poller, psock_waker *waker, void *token);

/* Takes `waker` out.  Returns 0, PSOCK_ENOENT, or PSOCK_EFAULT. */
PSOCK_API int psock_poller_remove_waker(psock_poller *poller,
                                        psock_waker *waker);

/* Waits until something in `poller` is ready, it is woken, or `deadline`.
 *
 * events  receives up to `count` events; of more that are ready the next waits
 *         tell, all in their turn
 *
 * Returns how many were written, 0 if the wait was only woken by
 * psock_poller_wake(), or
 *   PSOCK_EAGAIN     PSOCK_NOW, and nothing is ready
 *   PSOCK_ETIMEDOUT  the deadline passed (it may be noticed up to a millisecond
 *                    late)
 *   PSOCK_ECANCELED  ended by psock_cancel_with()
 *   PSOCK_EFAULT     `poller` or `events` is null
 *   PSOCK_EINVAL     `count` is 0
 *
 * Allocates nothing; where poll() has to do, only when more threads wait than
 * ever before. */
PSOCK_API PSOCK_CHECKED int psock_poller_wait(psock_poller *poller,
                                              psock_poller_event *events,
                                              size_t count,
                                              psock_deadline deadline);

/* Makes one wait return: one that is under way, or else the next.  However
 * often it is called before that, one wait is woken; what was done before the
 * call is visible to the thread that is woken.
 *
 * Any thread may call it; on POSIX systems a signal handler too.
 *
 * Returns 0, or PSOCK_EFAULT for null. */
PSOCK_API int psock_poller_wake(psock_poller *poller);

#ifdef __cplusplus
}
#endif

#endif
