/* policy.h: what the files of src/ lend each other. */
#ifndef PSOCK_POLICY_H
#define PSOCK_POLICY_H

#include "sys.h"

/* LIKELY keeps the path where all is well in one line of code; APART keeps the
 * rest out of its way. */
#if defined(__GNUC__)
#define PSOCK_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define PSOCK_APART __attribute__((noinline, cold))
#else
#define PSOCK_LIKELY(condition) (condition)
#define PSOCK_APART
#endif

/* startup.c: makes sure the system's socket library runs. */
int psock_ensure_started(void);

/* deadline.c: waits for `events` on `s` after an attempt that would have to
 * wait.  Returns psock_sys_event bits, above zero; PSOCK_EAGAIN when `deadline`
 * is PSOCK_NOW; PSOCK_ETIMEDOUT when it has passed; or an error. */
int psock_wait_for(psock_t s, unsigned events, psock_deadline deadline);

#endif
