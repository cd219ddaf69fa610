/* transfer.h: how a call that sends or receives tries, and tries again: for io.c
 * and message.c. */
#ifndef PSOCK_TRANSFER_H
#define PSOCK_TRANSFER_H

#include "policy.h"

/* A call kept together, so that it can be tried again.  Filled before the first
 * attempt, and by hand as far as the call needs it: what lies in memory need
 * not be kept in registers meanwhile, which costs more than all else here. */
struct transfer {
    psock_t socket;
    union {
        const void *data; /* what to send, or the buffers of a vector */
        void *room;       /* where to receive, or the messages */
    };
    size_t size; /* in bytes, or the count of buffers or messages */
    psock_deadline deadline;
    union {
        const psock_address *to;
        psock_address *from;
    };
    unsigned flags; /* for receiving */
};

typedef ptrdiff_t attempt_call(const struct transfer *transfer);

/* Whether `result` is the caller's, with nothing left to try. */
static inline _Bool is_final(ptrdiff_t result, psock_deadline deadline)
{
    if (PSOCK_LIKELY(result >= 0))
        return 1;
    if (result == PSOCK_EAGAIN)
        return deadline == PSOCK_NOW;
    return result != PSOCK_EINTR;
}

/* A receive that may wait for ever may do so in the system, where that saves a
 * call and nobody can want to cancel it.  Whether it is this thread that is
 * bound is not asked: a call to find out would cost all receives more than it
 * could save a few. */
static inline unsigned receive_flags(const struct transfer *t)
{
    return t->deadline == PSOCK_FOREVER ? t->flags | psock_may_wait()
                                        : t->flags;
}

/* io.c: what follows an attempt in vain, until there is a result or the deadline
 * has passed.  Returns 0 to a receive of anything for which nothing more will
 * come. */
ptrdiff_t psock_try_again(attempt_call *attempt,
                          const struct transfer *transfer, unsigned event,
                          ptrdiff_t result);

/* The first attempt may be one that is shorter and does less. */
static inline ptrdiff_t try_first(attempt_call *first, attempt_call *attempt,
                                  const struct transfer *transfer,
                                  unsigned event)
{
    ptrdiff_t result = first(transfer);
    if (PSOCK_LIKELY(is_final(result, transfer->deadline)))
        return result;
    return psock_try_again(attempt, transfer, event, result);
}

static inline ptrdiff_t try_it(attempt_call *attempt,
                               const struct transfer *transfer, unsigned event)
{
    return try_first(attempt, attempt, transfer, event);
}

static inline int flags_error(unsigned flags, unsigned known_flags)
{
    return PSOCK_LIKELY((flags & ~known_flags) == 0) ? 0 : PSOCK_EINVAL;
}

#endif
