/* pair.c: two sockets connected to each other and to nobody else.
 *
 * Where the system makes no such pair by itself, one socket connects to another
 * by an address, and until that is done anybody on the machine can come there,
 * too.  So what is handed out is made sure of: each end's own address is what
 * the other one is connected to. */
#include "policy.h"

enum {
    BACKLOG = 4,
    STRANGERS_MAX = 64,
    STRAYS_MAX = 65536 /* datagrams; a receive buffer holds fewer */
};

/* How long the two may take to find each other: by a path they do at once, or
 * something is in the way. */
#define PATH_MS 1000
#define LOOPBACK_MS 10000

static void close_opened(psock_t s)
{
    if (s >= 0)
        psock_close(s);
}

static int close_both(const psock_t ends[2], int error)
{
    close_opened(ends[0]);
    close_opened(ends[1]);
    return error;
}

/* Whether the address of `other` is what `s` is connected to: 1, 0, or an
 * error. */
static int is_connected_to(psock_t s, psock_t other)
{
    psock_address peer;
    psock_address local;
    int error = psock_peer(s, &peer);
    if (error == 0)
        error = psock_local(other, &local);
    return error < 0 ? error : psock_address_compare(&peer, &local) == 0;
}

/* Opens a socket and binds it to `local`, unless that is null.  Writes `s` only
 * on success. */
static int open_at(int family, int type, const psock_address *local, psock_t *s)
{
    psock_t opened = psock_open(family, type, 0);
    if (opened < 0)
        return (int)opened;
    int error = local == NULL ? 0 : psock_bind(opened, local, PSOCK_BIND_FRESH);
    if (error < 0)
        psock_close(opened);
    else
        *s = opened;
    return error;
}

/* --- Streams ---------------------------------------------------------------- */

/* Takes the connection of `client`, and sends all others away that came before
 * it. */
static psock_t accept_from(psock_t listener, psock_t client,
                           psock_deadline deadline)
{
    for (int i = 0; i < STRANGERS_MAX; i++) {
        psock_t s = psock_accept(listener, NULL, deadline);
        int found = s < 0 ? 1 : is_connected_to(s, client);
        if (found > 0)
            return s;
        psock_close(s);
        if (found < 0 && found != PSOCK_ENOTCONN)
            return found;
    }
    return PSOCK_ECONNABORTED;
}

/* Accepting goes on before the connection is there, so that strangers cannot
 * keep it from coming.
 *
 * The connecting end is the second: some systems know whose such an end is and
 * not whose an accepted one is, and the first is more likely the one that asks. */
static int meet(psock_t listener, psock_t ends[2], psock_deadline deadline)
{
    psock_address address;
    int begun = psock_local(listener, &address);
    if (begun == 0)
        begun = psock_connect(ends[1], &address, PSOCK_NOW);
    if (begun < 0 && begun != PSOCK_EAGAIN)
        return begun;
    ends[0] = accept_from(listener, ends[1], deadline);
    if (ends[0] < 0)
        return (int)ends[0];
    int error = begun == 0 ? 0 : psock_connect(ends[1], &address, deadline);
    if (error < 0)
        return error;
    int found = is_connected_to(ends[1], ends[0]);
    return found == 0 ? PSOCK_ECONNABORTED : found < 0 ? found : 0;
}

/* A path that was bound is needed no more once both are connected.  What never
 * was bound is left alone: the vain attempt would be the system's last word. */
static void forget_path(psock_t s, const psock_address *path)
{
    if (s >= 0 && path != NULL && psock_address_family(path) == PSOCK_UNIX)
        psock_sys_remove_path(path);
}

/* Makes a pair by way of a listener at `at`.  `from` is for the connecting end,
 * null for an address of the system's choice. */
static int connect_streams(const psock_address *at, const psock_address *from,
                           int64_t limit_ms, psock_t pair[2])
{
    const int family = psock_address_family(at);
    psock_t listener = -1;
    psock_t ends[2] = {-1, -1};
    int error = open_at(family, PSOCK_STREAM, at, &listener);
    if (error == 0)
        error = psock_listen(listener, BACKLOG);
    if (error == 0)
        error = open_at(family, PSOCK_STREAM, from, &ends[1]);
    if (error == 0)
        error = meet(listener, ends, psock_deadline_ms(limit_ms));
    const psock_t bound[2] = {listener, ends[1]};
    close_opened(listener);
    if (error < 0)
        (void)close_both(ends, error);
    forget_path(bound[0], at);
    forget_path(bound[1], from);
    if (error < 0)
        return error;
    pair[0] = ends[0];
    pair[1] = ends[1];
    return 0;
}

static int streams_by_path(psock_t pair[2])
{
    psock_address at;
    psock_address from;
    int error = psock_sys_temporary_path(&at);
    if (error == 0)
        error = psock_sys_temporary_path(&from);
    if (error < 0)
        return error;
    return connect_streams(&at, &from, PATH_MS, pair);
}

/* A pair of the system's own does not wait to send small pieces together. */
static int send_at_once(const psock_t ends[2])
{
    int error = psock_set_option(ends[0], PSOCK_OPTION_NO_DELAY, 1);
    return error < 0 ? error
                     : psock_set_option(ends[1], PSOCK_OPTION_NO_DELAY, 1);
}

static int streams_by_loopback(const psock_address *at, psock_t pair[2])
{
    psock_t ends[2];
    int error = connect_streams(at, NULL, LOOPBACK_MS, ends);
    if (error < 0)
        return error;
    error = send_at_once(ends);
    if (error < 0)
        return close_both(ends, error);
    pair[0] = ends[0];
    pair[1] = ends[1];
    return 0;
}

/* --- Datagrams -------------------------------------------------------------- */

static int connect_both(const psock_t ends[2])
{
    psock_address names[2];
    int error = psock_local(ends[0], &names[0]);
    if (error == 0)
        error = psock_local(ends[1], &names[1]);
    if (error == 0)
        error = psock_connect(ends[0], &names[1], PSOCK_NOW);
    if (error == 0)
        error = psock_connect(ends[1], &names[0], PSOCK_NOW);
    return error;
}

/* Drops what strangers sent while `s` was not connected yet. */
static int drain(psock_t s)
{
    char byte;
    for (int i = 0; i < STRAYS_MAX; i++)
        if (psock_recv(s, &byte, 1, 0, PSOCK_NOW) == PSOCK_EAGAIN)
            return 0;
    return PSOCK_ECONNABORTED;
}

static int datagrams_by_loopback(const psock_address *at, psock_t pair[2])
{
    const int family = psock_address_family(at);
    psock_t ends[2] = {-1, -1};
    int error = open_at(family, PSOCK_DATAGRAM, at, &ends[0]);
    if (error == 0)
        error = open_at(family, PSOCK_DATAGRAM, at, &ends[1]);
    if (error == 0)
        error = connect_both(ends);
    if (error == 0)
        error = drain(ends[0]);
    if (error == 0)
        error = drain(ends[1]);
    if (error < 0)
        return close_both(ends, error);
    pair[0] = ends[0];
    pair[1] = ends[1];
    return 0;
}

/* --- Which way --------------------------------------------------------------- */

/* Whether the system has no such family, type or address. */
static _Bool is_lacking(int error)
{
    static const int lacks[] = {PSOCK_ENOTSUP,         PSOCK_EAFNOSUPPORT,
                                PSOCK_EPFNOSUPPORT,    PSOCK_ESOCKTNOSUPPORT,
                                PSOCK_EPROTONOSUPPORT, PSOCK_EOPNOTSUPP,
                                PSOCK_EADDRNOTAVAIL,   PSOCK_ENETUNREACH};
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++)
        if (error == lacks[i])
            return 1;
    return 0;
}

/* Whether the other ways would fail, too. */
static _Bool is_exhausted(int error)
{
    return error == PSOCK_EMFILE || error == PSOCK_ENFILE ||
           error == PSOCK_ENOBUFS || error == PSOCK_ENOMEM;
}

typedef int loopback_way(const psock_address *at, psock_t pair[2]);

static int by_loopback(loopback_way *way, psock_t pair[2])
{
    static const int families[] = {PSOCK_IPV4, PSOCK_IPV6};
    int error = PSOCK_EAFNOSUPPORT;
    for (int i = 0; i < 2 && is_lacking(error); i++) {
        psock_address at;
        error = psock_address_loopback(families[i], 0, &at);
        if (error == 0)
            error = way(&at, pair);
    }
    return error;
}

static int by_addresses(int type, psock_t pair[2])
{
    if (type == PSOCK_SEQPACKET)
        return PSOCK_ESOCKTNOSUPPORT;
    if (type == PSOCK_DATAGRAM)
        return by_loopback(datagrams_by_loopback, pair);
    int error = streams_by_path(pair);
    if (error == 0 || is_exhausted(error))
        return error;
    return by_loopback(streams_by_loopback, pair);
}

static int make_pair(int type, psock_t pair[2])
{
    int error = psock_sys_pair(type, pair);
    return is_lacking(error) ? by_addresses(type, pair) : error;
}

/* All that is waited for is done by this thread, so there is nothing in it for
 * others to end. */
int psock_pair(int type, psock_t pair[2])
{
    if (pair == NULL)
        return PSOCK_EFAULT;
    if (type < PSOCK_STREAM || type > PSOCK_SEQPACKET)
        return PSOCK_ESOCKTNOSUPPORT;
    int error = psock_ensure_started();
    if (error < 0)
        return error;
    psock_waker *canceler = psock_cancel_with(NULL);
    error = make_pair(type, pair);
    psock_cancel_with(canceler);
    return error;
}
