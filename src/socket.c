/* socket.c: argument checks, and the waiting that accept and connect do. */
#include "policy.h"

/* Only a known family can be bound or connected: systems read meanings of their
 * own into the others. */
static int address_error(psock_t s, const psock_address *address)
{
    if (s < 0)
        return PSOCK_EBADF;
    if (address == NULL)
        return PSOCK_EFAULT;
    return psock_address_family(address) == PSOCK_NONE ? PSOCK_EAFNOSUPPORT : 0;
}

static int open_flags_error(int family, unsigned flags)
{
    if ((flags & ~(unsigned)PSOCK_DUAL_STACK) != 0)
        return PSOCK_EINVAL;
    return flags != 0 && family != PSOCK_IPV6 ? PSOCK_EINVAL : 0;
}

static int open_kind_error(int family, int type)
{
    if (!psock_is_internet(family) && family != PSOCK_UNIX)
        return PSOCK_EAFNOSUPPORT;
    if (type == PSOCK_STREAM || type == PSOCK_DATAGRAM)
        return 0;
    return type == PSOCK_SEQPACKET && family == PSOCK_UNIX
               ? 0
               : PSOCK_ESOCKTNOSUPPORT;
}

psock_t psock_open(int family, int type, unsigned flags)
{
    int error = open_kind_error(family, type);
    if (error == 0)
        error = open_flags_error(family, flags);
    if (error == 0)
        error = psock_ensure_started();
    return error < 0 ? error : psock_sys_open(family, type, flags);
}

psock_t psock_open_raw(int family, int protocol)
{
    if (!psock_is_internet(family))
        return PSOCK_EAFNOSUPPORT;
    if (protocol < 1 || protocol > 255)
        return PSOCK_EINVAL;
    int error = psock_ensure_started();
    return error < 0 ? error : psock_sys_open_raw(family, protocol);
}

/* Pollers forget the socket first: once it is closed, its number may come back
 * as another's. */
int psock_close(psock_t s)
{
    if (s < 0)
        return PSOCK_EBADF;
    psock_descriptor_closes(s);
    return psock_sys_close(s);
}

int psock_close_reset(psock_t s)
{
    if (s < 0)
        return PSOCK_EBADF;
    psock_descriptor_closes(s);
    return psock_sys_close_reset(s);
}

/* A socket can be bound once; asking first keeps a second attempt from changing
 * the options of the first. */
static int bound_error(psock_t s)
{
    psock_address current;
    size_t length;
    int error = psock_sys_local(s, &current);
    if (error < 0)
        return error;
    psock_address_bytes(&current, &length);
    _Bool named = psock_address_family(&current) == PSOCK_UNIX && length > 0;
    return named || psock_address_port(&current) != 0 ? PSOCK_EINVAL : 0;
}

/* How long the system may wait by itself for a connection: not at all where
 * somebody may want to cancel it. */
static int64_t patience_ns(psock_deadline deadline)
{
    return psock_canceler() == NULL ? psock_timeout_ns(deadline) : 0;
}

/* PSOCK_EAGAIN is a Unix listener whose queue is full: no attempt has begun,
 * and no event tells when one could, so all there is to wait with is the
 * system's own patience and, where it has none, pauses. */
static int begin_again(psock_t s, const psock_address *peer,
                       psock_deadline deadline)
{
    int result = PSOCK_EAGAIN;
    while (result == PSOCK_EAGAIN && deadline != PSOCK_NOW) {
        int error = psock_pause(deadline);
        if (error < 0)
            return error;
        result = psock_sys_connect(s, peer, patience_ns(deadline));
    }
    return result;
}

static _Bool connect_is_open(int result)
{
    return result == PSOCK_EINPROGRESS || result == PSOCK_EALREADY ||
           result == PSOCK_EINTR;
}

/* What follows a beginning that is not the end. */
static PSOCK_APART int connect_later(psock_t s, const psock_address *peer,
                                     psock_deadline deadline, int result)
{
    if (result == PSOCK_EAGAIN)
        result = begin_again(s, peer, deadline);
    while (connect_is_open(result)) {
        int event = psock_wait_for(s, PSOCK_SYS_WRITE, deadline);
        if (event < 0)
            return event;
        result = psock_sys_connect_result(s, peer);
    }
    return result;
}

/* How long a listener may take to answer whether it is there; all known systems
 * answer at once. */
#define ANSWER_MS 1000

/* A full queue is an answer, too. */
static int ask_at(psock_t asker, const psock_address *path)
{
    int result = psock_sys_connect(asker, path, 0);
    return result == PSOCK_EAGAIN || result == 0
               ? 0
               : connect_later(asker, path, psock_deadline_ms(ANSWER_MS),
                               result);
}

/* Whether nobody answers at the path that `s` is to have. */
static _Bool is_deserted(psock_t s, const psock_address *path)
{
    int family = PSOCK_NONE;
    int type = 0;
    if (psock_sys_kind(s, &family, &type) < 0 || type == 0)
        return 0;
    psock_t asker = psock_sys_open(PSOCK_UNIX, type, 0);
    if (asker < 0)
        return 0;
    int result = ask_at(asker, path);
    psock_sys_close(asker);
    return result == PSOCK_ECONNREFUSED;
}

/* The file of a Unix socket outlives it, unlike a port.  What happens between
 * the question and the removal is lost: a socket that another process binds, or
 * lets listen, just then loses its file, and no system has a call to prevent it.
 * The last word is the system's, on one more attempt. */
static PSOCK_APART int bind_again(psock_t s, const psock_address *local)
{
    psock_waker *canceler = psock_cancel_with(NULL); /* nobody's to end */
    const _Bool deserted = is_deserted(s, local);
    psock_cancel_with(canceler);
    if (deserted)
        psock_remove_path(local);
    return psock_sys_bind(s, local, PSOCK_BIND_REBIND);
}

int psock_bind(psock_t s, const psock_address *local, int mode)
{
    int error = address_error(s, local);
    if (error < 0)
        return error;
    if (mode < PSOCK_BIND_FRESH || mode > PSOCK_BIND_SHARED)
        return PSOCK_EINVAL;
    error = bound_error(s);
    if (error == 0)
        error = psock_sys_bind(s, local, mode);
    return error == PSOCK_EADDRINUSE && mode == PSOCK_BIND_REBIND &&
                   psock_address_family(local) == PSOCK_UNIX
               ? bind_again(s, local)
               : error;
}

int psock_listen(psock_t s, int backlog)
{
    if (s < 0)
        return PSOCK_EBADF;
    return backlog < 0 ? PSOCK_EINVAL : psock_sys_listen(s, backlog);
}

/* Errors after which the next connection in the queue may well be fine. */
static _Bool accept_goes_on(psock_t error)
{
    return error == PSOCK_ECONNABORTED || error == PSOCK_EINTR ||
           error == PSOCK_EPROTO;
}

/* What follows an attempt in vain. */
static PSOCK_APART psock_t accept_later(psock_t listener, psock_address *peer,
                                        psock_deadline deadline, psock_t result)
{
    while (result == PSOCK_EAGAIN || accept_goes_on(result)) {
        if (result == PSOCK_EAGAIN) {
            int event = psock_wait_for(listener, PSOCK_SYS_READ, deadline);
            if (event < 0)
                return event;
        }
        result = psock_sys_accept(listener, peer);
    }
    return result;
}

psock_t psock_accept(psock_t listener, psock_address *peer,
                     psock_deadline deadline)
{
    if (listener < 0)
        return PSOCK_EBADF;
    psock_t s = psock_sys_accept(listener, peer);
    return PSOCK_LIKELY(s >= 0) ? s : accept_later(listener, peer, deadline, s);
}

int psock_connect(psock_t s, const psock_address *peer, psock_deadline deadline)
{
    int result = address_error(s, peer);
    if (result < 0)
        return result;
    result = psock_sys_connect(s, peer, patience_ns(deadline));
    return PSOCK_LIKELY(result == 0) ? 0
                                     : connect_later(s, peer, deadline, result);
}

int psock_shutdown(psock_t s, int how)
{
    if (s < 0)
        return PSOCK_EBADF;
    if (how < PSOCK_SHUT_READ || how > PSOCK_SHUT_BOTH)
        return PSOCK_EINVAL;
    return psock_sys_shutdown(s, how);
}

int psock_local(psock_t s, psock_address *local)
{
    if (s < 0)
        return PSOCK_EBADF;
    return local == NULL ? PSOCK_EFAULT : psock_sys_local(s, local);
}

int psock_peer(psock_t s, psock_address *peer)
{
    if (s < 0)
        return PSOCK_EBADF;
    return peer == NULL ? PSOCK_EFAULT : psock_sys_peer(s, peer);
}

int psock_remove_path(const psock_address *local)
{
    size_t length;
    if (local == NULL)
        return PSOCK_EFAULT;
    if (psock_address_family(local) != PSOCK_UNIX)
        return PSOCK_EAFNOSUPPORT;
    const unsigned char *path = psock_address_bytes(local, &length);
    if (length == 0 || path[0] == 0)
        return PSOCK_EINVAL;
    return psock_sys_remove_path(local);
}
