/* result.c: what psock's results of sending and receiving are to POSIX.
 *
 * A connection that broke says so once: to whoever sends, receives or asks for
 * SO_ERROR first.  From then on it has ended: receiving is 0, sending EPIPE.  The
 * system may repeat the error, or forget it; so what was told is kept here. */
#include "socket.h"

void psock_guest_told(struct psock_guest *guest)
{
    int pending = PSOCK_GUEST_PENDING;
    if (guest->type != SOCK_STREAM)
        return;
    if (!atomic_compare_exchange_strong(&guest->connecting, &pending,
                                        PSOCK_GUEST_FAILED) &&
        pending == PSOCK_GUEST_CONNECTED)
        atomic_store(&guest->connecting, PSOCK_GUEST_BROKEN);
}

/* Whether a failure is the first there is to tell: not one of a connection that the
 * peer had ended before. */
static bool is_news(const struct psock_guest *guest)
{
    const int state = atomic_load(&guest->connecting);
    return (state == PSOCK_GUEST_PENDING || state == PSOCK_GUEST_CONNECTED) &&
           (atomic_load(&guest->options) & PSOCK_GUEST_ENDED) == 0;
}

bool psock_guest_is_broken(const struct psock_guest *guest)
{
    psock_pollable entry = {.socket = guest->socket};
    return guest->type == SOCK_STREAM && is_news(guest) &&
           psock_poll(&entry, 1, PSOCK_NOW) == 1 &&
           (entry.came & PSOCK_FAILED) != 0;
}

/* Errors of a connection, not of a call. */
static bool is_lost(ptrdiff_t error)
{
    switch (error) {
    case PSOCK_ECONNREFUSED:
    case PSOCK_ECONNRESET:
    case PSOCK_ECONNABORTED:
    case PSOCK_ETIMEDOUT:
    case PSOCK_EHOSTUNREACH:
    case PSOCK_EHOSTDOWN:
    case PSOCK_ENETUNREACH:
    case PSOCK_ENETDOWN:
    case PSOCK_ENETRESET:
        return true;
    default:
        return false;
    }
}

/* The deadline of SO_RCVTIMEO and the like is ours; a connection may have one of
 * its own. */
static bool is_late(ptrdiff_t result, psock_deadline deadline)
{
    return result == PSOCK_ETIMEDOUT && deadline != PSOCK_NOW &&
           deadline != PSOCK_FOREVER && psock_deadline_left_ns(deadline) == 0;
}

/* Why an attempt to connect failed whose end was not told yet.  A transfer that
 * finds the socket so may see something else, the end among it. */
static int failure_to_connect(struct psock_guest *guest, ptrdiff_t result)
{
    if (atomic_load_explicit(&guest->connecting, memory_order_relaxed) !=
            PSOCK_GUEST_PENDING ||
        (result < 0 && result != PSOCK_ENOTCONN && !is_lost(result)))
        return 0;
    return psock_guest_take_error(guest);
}

/* --- Sending --------------------------------------------------------------- */

/* `error`, or the end where it was told before or there is nothing that broke. */
static ptrdiff_t stream_send_error(struct psock_guest *guest, ptrdiff_t error)
{
    if (error == PSOCK_ENOTCONN)
        return PSOCK_EPIPE;
    if (!is_lost(error))
        return error;
    const bool is_new = is_news(guest);
    psock_guest_told(guest);
    return is_new ? error : PSOCK_EPIPE;
}

ssize_t psock_guest_send_result(struct psock_guest *guest, ptrdiff_t result,
                                psock_deadline deadline, int flags)
{
    if (result >= 0)
        return result;
    if (is_late(result, deadline))
        return -EAGAIN;
    const int failure = failure_to_connect(guest, result);
    if (failure != 0)
        return -failure;
    if (guest->type == SOCK_STREAM)
        result = stream_send_error(guest, result);
    return -psock_guest_errno(psock_guest_sent(guest, result, flags));
}

/* --- Receiving ------------------------------------------------------------- */

/* What was kept for SO_ERROR goes first. */
static int kept_error(struct psock_guest *guest, ptrdiff_t error)
{
    return error == PSOCK_ENOTCONN ? atomic_exchange(&guest->error, 0) : 0;
}

static ptrdiff_t stream_recv_error(struct psock_guest *guest, ptrdiff_t error)
{
    if (error != PSOCK_ENOTCONN && !is_lost(error))
        return error;
    const int state = atomic_load(&guest->connecting);
    if (state == PSOCK_GUEST_FAILED || state == PSOCK_GUEST_BROKEN)
        return 0;
    if (is_lost(error))
        psock_guest_told(guest);
    return error;
}

static ssize_t recv_error(struct psock_guest *guest, ptrdiff_t error)
{
    const int kept = kept_error(guest, error);
    if (kept != 0)
        return -kept;
    if (guest->type == SOCK_STREAM)
        error = stream_recv_error(guest, error);
    return -psock_guest_errno(error);
}

static ssize_t end_of(struct psock_guest *guest)
{
    if (psock_guest_is_broken(guest))
        return recv_error(guest, PSOCK_ECONNRESET);
    if (guest->type == SOCK_STREAM)
        atomic_fetch_or(&guest->options, PSOCK_GUEST_ENDED);
    return 0;
}

ssize_t psock_guest_recv_result(struct psock_guest *guest, ptrdiff_t result,
                                psock_deadline deadline)
{
    if (result > 0)
        return result;
    if (is_late(result, deadline))
        return -EAGAIN;
    const int failure = failure_to_connect(guest, result);
    if (failure != 0)
        return -failure;
    return result == 0 ? end_of(guest) : recv_error(guest, result);
}
