/* policy.h: what the files of src/ lend each other. */
#ifndef PSOCK_POLICY_H
#define PSOCK_POLICY_H

#include "sys.h"

/* LIKELY keeps the path where all is well in one line of code; APART keeps the
 * rest out of its way, and ASIDE what is done often but not most often. */
#if defined(__GNUC__)
#define PSOCK_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define PSOCK_APART __attribute__((noinline, cold))
#define PSOCK_ASIDE __attribute__((noinline))
#else
#define PSOCK_LIKELY(condition) (condition)
#define PSOCK_APART
#define PSOCK_ASIDE
#endif

#include <stdatomic.h>

/* startup.c: makes sure the system's socket library runs. */
int psock_ensure_started(void);

/* deadline.c: waits for `events` on `s` after an attempt that would have to
 * wait.  Returns psock_sys_event bits, above zero; PSOCK_EAGAIN when `deadline`
 * is PSOCK_NOW; PSOCK_ETIMEDOUT when it has passed; PSOCK_ECANCELED; or an
 * error. */
int psock_wait_for(psock_t s, unsigned events, psock_deadline deadline);

/* deadline.c: waits a little, where no event tells when to try again.  Returns 0,
 * or as psock_wait_for(). */
int psock_pause(psock_deadline deadline);

/* deadline.c: whether a call that is made of many, and of more than its caller can
 * count, may go on after a step that did not wait: 0, PSOCK_ETIMEDOUT or
 * PSOCK_ECANCELED. */
int psock_may_go_on(psock_deadline deadline);

/* deadline.c: the timeout of one wait, for sys.h: what is left until
 * `deadline`, below zero for PSOCK_FOREVER. */
int64_t psock_timeout_ns(psock_deadline deadline);

/* waker.c: PSOCK_SYS_MAY_WAIT less one for each thread that is bound to a waker,
 * so this flag is set while there are none, which is the rule. */
extern atomic_uint psock_leave_to_wait;

/* Whether a call may wait in the system, where nobody could end it: the flag, or
 * 0. */
static inline unsigned psock_may_wait(void)
{
    return atomic_load_explicit(&psock_leave_to_wait, memory_order_relaxed) &
           PSOCK_SYS_MAY_WAIT;
}

/* waker.c: what this thread is bound to, or null; it takes a look at what is
 * each thread's own. */
psock_waker *psock_bound_waker(void);

static inline psock_waker *psock_canceler(void)
{
    return PSOCK_LIKELY(psock_may_wait()) ? NULL : psock_bound_waker();
}

/* The same for a call that may wait `timeout_ns`: one that may not has nothing
 * to cancel. */
static inline psock_waker *psock_canceler_within(int64_t timeout_ns)
{
    psock_waker *canceler = psock_canceler();
    return timeout_ns == 0 ? NULL : canceler;
}

/* The bytes of the data of a message, or of its room. */
static inline size_t psock_message_bytes(const psock_message *message)
{
    size_t size = 0;
    for (size_t i = 0; i < message->buffer_count; i++)
        size += message->buffers[i].size;
    return size;
}

/* Whether it is a family of addresses with ports. */
static inline _Bool psock_is_internet(int family)
{
    return family == PSOCK_IPV4 || family == PSOCK_IPV6;
}

/* What of enum psock_readiness can be asked for. */
#define PSOCK_CAN_BE_WANTED                                                    \
    (PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE | PSOCK_READ_ENDED)

/* interest.c: tells that the descriptor `s` is about to be closed, so that what
 * pollers know of it does not count for the next one of its number. */
void psock_descriptor_closes(psock_t s);

/* address_parse.c: IPv4 and IPv6 addresses without brackets or port, of port 0,
 * and ports by themselves, as strict as psock_address_parse().  Each returns 0,
 * or PSOCK_EINVAL or PSOCK_ENODEV with nothing written. */
int psock_address_parse_bare(const char *text, psock_address *address);
int psock_address_parse_port(const char *text, uint16_t *port);

#endif
