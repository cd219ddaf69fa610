/* afd.h: polls of AFD, the driver below Winsock, and what they mean.
 *
 * IOCTL_AFD_POLL is what select() itself is made of.  Used directly it has none
 * of select's and WSAPoll's faults (failed connects unreported, limits, unknown
 * bits), it can be canceled, and its answers can arrive at a completion port.
 * The calls that carry it are documented; the request and its structures are
 * not, but event libraries have rested on them since Windows 2000. */
#ifndef PSOCK_WIN32_AFD_H
#define PSOCK_WIN32_AFD_H

#define AFD_POLL_RECEIVE 0x0001u
#define AFD_POLL_RECEIVE_EXPEDITED 0x0002u
#define AFD_POLL_SEND 0x0004u
#define AFD_POLL_DISCONNECT 0x0008u
#define AFD_POLL_ABORT 0x0010u
#define AFD_POLL_LOCAL_CLOSE 0x0020u
#define AFD_POLL_CONNECT 0x0040u
#define AFD_POLL_ACCEPT 0x0080u
#define AFD_POLL_CONNECT_FAIL 0x0100u

/* What a reader waits for, and what is asked for whatever is wanted. */
#define AFD_READ_EVENTS                                                        \
    (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT | AFD_POLL_DISCONNECT)
#define AFD_FAILURE_EVENTS                                                     \
    (AFD_POLL_ABORT | AFD_POLL_LOCAL_CLOSE | AFD_POLL_CONNECT_FAIL)

/* No event of AFD's: a stream that has no connection and had none, or one whose
 * failure to connect was told. */
#define NEVER_CONNECTED 0x80000000u

#ifndef STATUS_PENDING
#define STATUS_PENDING ((NTSTATUS)0x00000103)
#endif
#define STATUS_OF_TIMEOUT ((NTSTATUS)0x00000102)
#define STATUS_OF_CANCEL ((NTSTATUS)0xC0000120)

/* Whether the driver has refused, for whatever reason. */
static inline _Bool psock_win32_is_refusal(NTSTATUS status)
{
    return status < 0 && status != STATUS_OF_CANCEL;
}

/* What the driver reads and writes: this, and `count` entries behind it. */
struct afd_poll {
    LARGE_INTEGER timeout; /* in 100 ns; below zero counts from now */
    ULONG count;
    ULONG exclusive;
};

struct afd_entry {
    HANDLE handle;
    ULONG events;
    NTSTATUS status;
};

struct afd_poll_of_one {
    struct afd_poll poll;
    struct afd_entry entry;
};

/* --- afd.c: the request --------------------------------------------------- */

/* Asks `file`, a socket or a device of AFD's, about the entries of `poll`.  The
 * end shows in `event`, or as a packet with `context` in the port of `file`. */
NTSTATUS psock_win32_ask(HANDLE file, HANDLE event, void *context,
                         IO_STATUS_BLOCK *status, void *poll, ULONG size);

/* The same for a thread that waits for the end: begun by `start` in step with
 * those that disturb `waiter`, whose members for the wait are filled here; `file`
 * may be null and left to `start`. */
NTSTATUS psock_win32_ask_and_wait(struct shadow_waiter *waiter, HANDLE file,
                                  HANDLE event, waiter_start *start,
                                  void *poll);

/* The same without waiting: what there is now of the `wanted` events. */
NTSTATUS psock_win32_look(HANDLE handle, HANDLE event, ULONG wanted,
                          ULONG *events);

/* Timeouts, rounded up so that a wait never ends before its time: in AFD's
 * units, and in milliseconds, where more than a day is cut. */
LARGE_INTEGER psock_win32_afd_timeout(int64_t timeout_ns);
DWORD psock_win32_timeout_ms(int64_t timeout_ns);

/* Layered providers hand out handles of their own, which AFD does not know.
 * Returns the handle below `s` that the request numbered `way` tells, or null.
 */
#define WAYS_BELOW 2

HANDLE psock_win32_handle_below(psock_t s, unsigned way);

/* Events to end a request on, kept for the next; null when there are none. */
HANDLE psock_win32_take_event(void);
void psock_win32_give_event(HANDLE event);

/* --- afd.c: the answer ---------------------------------------------------- */

/* The events that matter to those who want `wanted`, enum psock_readiness bits,
 * of a socket whose shadow is `state`. */
ULONG psock_win32_afd_events(uint32_t wanted, unsigned state);

/* The readiness that `events` and the shadow make, of which `wanted` is wanted.
 * Without events no call is made. */
uint32_t psock_win32_came(psock_t s, uint32_t wanted, ULONG events,
                          unsigned state);

/* Whether `s`, of which AFD has nothing to tell, is a stream that was never
 * connected, nor listens or is connecting. */
_Bool psock_win32_is_fresh(psock_t s);

#endif
