/* ready.h: what waiting calls share: the bits of poll() for any description. */
#ifndef PSOCK_GUEST_READY_H
#define PSOCK_GUEST_READY_H

#include "guest.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#define READ_BITS (POLLIN | POLLRDNORM)
#define UNASKED_BITS (POLLERR | POLLHUP | POLLNVAL)

/* How often is looked at what nobody rings for. */
#define LOOK_AGAIN_MS 10

/* What to ask psock for, so that the bits of `events` can be told. */
uint32_t psock_guest_wanted(const struct psock_guest *guest, short events);

/* The bits of `events`, and those that come unasked, for what came of a wait for
 * psock_guest_wanted(). */
short psock_guest_came(const struct psock_guest *guest, uint32_t came,
                       short events);

/* poll() until `deadline`, not begun anew after a signal: the count of entries
 * that have bits, or an error of psock, the entries then as they were. */
ptrdiff_t psock_guest_poll(struct pollfd *entries, size_t count,
                           psock_deadline deadline);

/* The deadline of a timeout that may be null, in `*deadline`; 0 or -EINVAL. */
int psock_guest_timeout(const struct timespec *timeout,
                        psock_deadline *deadline);

/* Runs `call` until no signal asks for another turn, under `mask` unless that is
 * null, while the caller holds `held`, or null; what a POSIX call returns, with
 * errno. */
ptrdiff_t psock_guest_masked(ptrdiff_t (*call)(void *context), void *context,
                             const sigset_t *mask, struct psock_guest *held);

#endif
