/* net_socket.c: the sockets of the network: attempts to connect, and what
 * becomes of them. */
#include "net.h"

#include <string.h>

/* Descriptors are not given out again, so one that is used after it was closed
 * is found out. */
enum {
    FIRST_DESCRIPTOR = 100
};

struct net_attempt *net_attempt_of(psock_t s)
{
    const size_t place = (size_t)(s - FIRST_DESCRIPTOR) / 2;
    fake_require(s >= FIRST_DESCRIPTOR && s % 2 == 0);
    fake_require(place < net_books.attempt_count);
    struct net_attempt *attempt = &net_books.attempts[place];
    fake_require(attempt->socket == s && attempt->is_open);
    return attempt;
}

/* An outcome of which somebody was told. */
static int told(struct net_attempt *attempt, int error)
{
    attempt->error = error;
    attempt->told_ns = script_clock_now();
    if (error < 0)
        fake_set_native(native_of(error));
    return error;
}

/* --- open, close ---------------------------------------------------------- */

psock_t net_open(int family, int type)
{
    const psock_t number = (psock_t)net_books.attempt_count;
    const int error = net_failure("open");
    fake_require(type == PSOCK_STREAM);
    fake_require(net_books.attempt_count < NET_ATTEMPTS_MAX);
    struct net_attempt *attempt = &net_books.attempts[net_books.attempt_count];
    net_books.attempt_count++;
    *attempt = (struct net_attempt){.family = family,
                                    .opened_ns = script_clock_now(),
                                    .is_open = error == 0,
                                    .decided_ns = INT64_MAX};
    attempt->socket =
        error < 0 ? told(attempt, error) : FIRST_DESCRIPTOR + 2 * number;
    return attempt->socket;
}

int net_close(psock_t s)
{
    net_attempt_of(s)->is_open = 0;
    return 0;
}

int net_prepare(psock_t s, const psock_address *peer)
{
    struct net_attempt *attempt = net_attempt_of(s);
    fake_require(!attempt->is_prepared && attempt->source == 0);
    fake_require(!attempt->is_begun);
    fake_require(psock_address_family(peer) == attempt->family);
    attempt->is_prepared = 1;
    attempt->peer = scene_letter(peer);
    const int error = net_failure("prepare");
    return error < 0 ? told(attempt, error) : 0;
}

int net_bind(psock_t s, const psock_address *local)
{
    struct net_attempt *attempt = net_attempt_of(s);
    fake_require(attempt->source == 0 && !attempt->is_begun);
    fake_require(psock_address_family(local) == attempt->family);
    const int error = net_failure("bind");
    if (error < 0)
        return told(attempt, error);
    attempt->source = scene_letter(local);
    return 0;
}

/* --- connect -------------------------------------------------------------- */

static _Bool peer_is(const struct net_attempt *attempt, const char *word)
{
    return attempt->how.count > 1 && strcmp(attempt->how.words[1], word) == 0;
}

int net_outcome(const struct net_attempt *attempt)
{
    return attempt->how.count > 1 ? scene_error(attempt->how.words[1]) : 0;
}

static void require_source(const struct net_attempt *attempt)
{
    const char *source = net_scene()->source;
    fake_require(attempt->source == (source == NULL ? 0 : source[0]));
}

static void require_peer(const struct net_attempt *attempt,
                         const psock_address *peer)
{
    fake_require(psock_address_family(peer) == attempt->family);
    fake_require(attempt->family == PSOCK_UNIX ||
                 psock_address_port(peer) == NET_PORT);
    fake_require(attempt->peer == 0 || attempt->peer == scene_letter(peer));
}

static void begin_connecting(struct net_attempt *attempt,
                             const psock_address *peer)
{
    char name[2] = {scene_letter(peer), 0};
    fake_require(name[0] != 0);
    attempt->peer = name[0];
    attempt->is_begun = 1;
    attempt->begun_ns = script_clock_now();
    if (!scene_find(net_scene()->peers, name, &attempt->how))
        return;
    const int64_t delay_ns = scene_moment(attempt->how.words[0]);
    attempt->decided_ns =
        attempt->begun_ns + (delay_ns == SCENE_NOW ? 0 : delay_ns);
}

/* The outcome, which is decided. */
static int tell(struct net_attempt *attempt)
{
    const int error = net_outcome(attempt);
    attempt->is_connected = error == 0;
    return told(attempt, error);
}

/* Before there is room in the queue nothing is begun. */
static int enter_queue(struct net_attempt *attempt, int64_t room_ns)
{
    if (room_ns != INT64_MAX)
        attempt->decided_ns = room_ns; /* it was full before */
    if (attempt->decided_ns <= script_clock_now())
        return tell(attempt);
    attempt->is_begun = 0;
    return told(attempt, PSOCK_EAGAIN);
}

/* What is decided in this very moment shows with the next look, but for peers
 * that answer from within the call. */
static int wait_patiently(struct net_attempt *attempt, int64_t patience_ns)
{
    const _Bool at_once =
        attempt->how.count > 0 && strcmp(attempt->how.words[0], "now") == 0;
    if (!net_has(NET_IS_IMPATIENT))
        net_wait_for(attempt, net_limit(patience_ns));
    if (attempt->decided_ns <= script_clock_now() &&
        (at_once || patience_ns != 0))
        return tell(attempt);
    return net_has(NET_INTERRUPTS) ? PSOCK_EINTR : PSOCK_EINPROGRESS;
}

/* Nobody may wait in here whom a waker is to reach. */
int net_connect(psock_t s, const psock_address *peer, int64_t patience_ns)
{
    struct net_attempt *attempt = net_attempt_of(s);
    const int64_t room_ns = attempt->decided_ns;
    fake_require(!attempt->is_begun);
    fake_require(net_scene()->cancel == NULL || patience_ns == 0);
    require_source(attempt);
    require_peer(attempt, peer);
    begin_connecting(attempt, peer);
    return peer_is(attempt, "full") ? enter_queue(attempt, room_ns)
                                    : wait_patiently(attempt, patience_ns);
}

int net_connect_result(psock_t s, const psock_address *peer)
{
    struct net_attempt *attempt = net_attempt_of(s);
    fake_require(attempt->is_begun && !attempt->is_connected);
    fake_require(attempt->peer == scene_letter(peer));
    const _Bool once_more =
        net_has(NET_INTERRUPTS) && !attempt->was_open_once_more;
    attempt->was_open_once_more = 1;
    if (once_more || attempt->decided_ns > script_clock_now())
        return PSOCK_EALREADY;
    return tell(attempt);
}

/* --- local, peer ---------------------------------------------------------- */

/* Peers at the unspecified address are at loopback. */
static char at_loopback(char letter)
{
    if (letter == 'o')
        return 'l';
    if (letter == 'O')
        return 'L';
    return letter;
}

/* Without a choice the system has one. */
static char source_of(const struct net_attempt *attempt)
{
    if (attempt->source != 0)
        return attempt->source;
    return attempt->family == PSOCK_IPV6 ? 'y' : 'Y';
}

int net_local(psock_t s, psock_address *local)
{
    const struct net_attempt *attempt = net_attempt_of(s);
    if (attempt->family == PSOCK_UNIX)
        return psock_address_unix("", 0, local);
    if (!attempt->is_begun)
        return psock_address_any(attempt->family, 0, local);
    if (peer_is(attempt, "self"))
        *local = scene_address(at_loopback(attempt->peer), NET_PORT);
    else
        *local = scene_address(source_of(attempt), 40000);
    return 0;
}

int net_peer(psock_t s, psock_address *peer)
{
    const struct net_attempt *attempt = net_attempt_of(s);
    if (!attempt->is_connected)
        return PSOCK_ENOTCONN;
    *peer = scene_address(at_loopback(attempt->peer), NET_PORT);
    return 0;
}
