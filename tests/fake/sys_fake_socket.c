/* sys_fake_socket.c: what src/posix/sys_socket.c has, from the script. */
#include "sys_fake.h"

#include "net.h"

static void require_address(const psock_address *address)
{
    fake_require(address != NULL);
    fake_require(psock_address_family(address) != PSOCK_NONE);
}

/* A new descriptor, or an error. */
static psock_t opened(struct answer answer)
{
    if (answer.result >= 0)
        fake_note_opened(answer.result);
    return answer.result;
}

/* --- open ----------------------------------------------------------------- */

static struct call open_call(int family, int type, unsigned flags)
{
    return FAKE_CALL("open", family, type, flags);
}

void expect_open(int family, int type, unsigned flags, struct answer answer)
{
    fake_expect(open_call(family, type, flags), answer);
}

psock_t psock_sys_open(int family, int type, unsigned flags)
{
    fake_require(family == PSOCK_UNIX || family == PSOCK_IPV4 ||
                 family == PSOCK_IPV6);
    fake_require(type == PSOCK_STREAM || type == PSOCK_DATAGRAM ||
                 (type == PSOCK_SEQPACKET && family == PSOCK_UNIX));
    fake_require(flags == 0 ||
                 (flags == PSOCK_DUAL_STACK && family == PSOCK_IPV6));
    fake_require_started();
    if (net_is_there())
        return net_open(family, type);
    return opened(fake_answer(open_call(family, type, flags)));
}

static struct call open_raw_call(int family, int protocol)
{
    return FAKE_CALL("open_raw", family, protocol);
}

void expect_open_raw(int family, int protocol, struct answer answer)
{
    fake_expect(open_raw_call(family, protocol), answer);
}

psock_t psock_sys_open_raw(int family, int protocol)
{
    fake_require(family == PSOCK_IPV4 || family == PSOCK_IPV6);
    fake_require(protocol >= 1 && protocol <= 255);
    fake_require_started();
    return opened(fake_answer(open_raw_call(family, protocol)));
}

/* --- check, kind, index --------------------------------------------------------- */

static struct call check_call(psock_t s)
{
    return FAKE_CALL("check", s);
}

void expect_checking(psock_t s, struct answer answer)
{
    fake_expect(check_call(s), answer);
}

int psock_sys_check(psock_t s)
{
    if (fake_is_crowded())
        return 0;
    return (int)fake_answer(check_call(s)).result;
}

static struct call kind_call(psock_t s)
{
    return FAKE_CALL("kind", s);
}

void expect_kind(psock_t s, struct answer answer)
{
    fake_expect(kind_call(s), answer);
}

int psock_sys_kind(psock_t s, int *family, int *type)
{
    fake_require(family != NULL && type != NULL);
    struct answer answer = fake_answer(kind_call(s));
    if (answer.result == 0) {
        *family = (int)answer.numbers[0];
        *type = (int)answer.numbers[1];
    }
    return (int)answer.result;
}

/* Not the descriptor itself, as it is not on every system. */
size_t fake_index_of(psock_t s)
{
    return (size_t)s / 2;
}

psock_t fake_descriptor_of(size_t index)
{
    return (psock_t)index * 2;
}

size_t psock_sys_index(psock_t s)
{
    fake_require(s >= 0 && s % 2 == 0);
    return fake_index_of(s);
}

/* --- close, close_reset --------------------------------------------------- */

static struct call close_call(psock_t s)
{
    return FAKE_CALL("close", s);
}

static struct call close_reset_call(psock_t s)
{
    return FAKE_CALL("close_reset", s);
}

void expect_close(psock_t s, struct answer answer)
{
    fake_expect(close_call(s), answer);
}

void expect_close_reset(psock_t s, struct answer answer)
{
    fake_expect(close_reset_call(s), answer);
}

/* Unlike others, a call that closes and succeeds leaves the system's code as it
 * was: closing is what follows a failure. */
static int close_by(struct call call, psock_t s)
{
    fake_note_closed(s);
    fake_leave_pollers(s);
    return (int)fake_answer_quietly(call).result;
}

int psock_sys_close(psock_t s)
{
    if (net_is_there())
        return net_close(s);
    return close_by(close_call(s), s);
}

int psock_sys_close_reset(psock_t s)
{
    return close_by(close_reset_call(s), s);
}

/* --- bind, listen --------------------------------------------------------- */

static struct call bind_call(psock_t s, const psock_address *local, int mode)
{
    struct call call = FAKE_CALL("bind", s, mode);
    call.address = *local;
    return call;
}

static struct call listen_call(psock_t s, int backlog)
{
    return FAKE_CALL("listen", s, backlog);
}

void expect_bind(psock_t s, const psock_address *local, int mode,
                 struct answer answer)
{
    fake_expect(bind_call(s, local, mode), answer);
}

void expect_listen(psock_t s, int backlog, struct answer answer)
{
    fake_expect(listen_call(s, backlog), answer);
}

int psock_sys_bind(psock_t s, const psock_address *local, int mode)
{
    require_address(local);
    fake_require(mode == PSOCK_BIND_FRESH || mode == PSOCK_BIND_REBIND ||
                 mode == PSOCK_BIND_SHARED);
    if (net_is_there())
        return net_bind(s, local);
    return (int)fake_answer(bind_call(s, local, mode)).result;
}

static _Bool keeps_both;

void fake_set_keeping_both(_Bool keeps)
{
    keeps_both = keeps;
}

_Bool psock_sys_keeps_both(int mode)
{
    fake_require(mode == PSOCK_BIND_FRESH || mode == PSOCK_BIND_REBIND ||
                 mode == PSOCK_BIND_SHARED);
    return keeps_both;
}

int psock_sys_listen(psock_t s, int backlog)
{
    fake_require(backlog >= 0);
    return (int)fake_answer(listen_call(s, backlog)).result;
}

/* --- accept --------------------------------------------------------------- */

static struct call accept_call(psock_t listener, const psock_address *peer)
{
    return FAKE_CALL("accept", listener, fake_place(peer));
}

void expect_accept(psock_t listener, const psock_address *peer,
                   struct answer answer)
{
    fake_expect(accept_call(listener, peer), answer);
}

psock_t psock_sys_accept(psock_t listener, psock_address *peer)
{
    struct answer answer = fake_answer(accept_call(listener, peer));
    if (answer.result >= 0 && peer != NULL)
        *peer = answer.address;
    return opened(answer);
}

/* --- connect, shutdown ---------------------------------------------------- */

static struct call connect_call(psock_t s, const psock_address *peer,
                                int64_t patience_ns)
{
    struct call call = FAKE_CALL("connect", s, patience_ns);
    call.address = *peer;
    return call;
}

static struct call connect_result_call(psock_t s, const psock_address *peer)
{
    struct call call = FAKE_CALL("connect_result", s);
    call.address = *peer;
    return call;
}

static struct call shutdown_call(psock_t s, int how)
{
    return FAKE_CALL("shutdown", s, how);
}

void expect_connect(psock_t s, const psock_address *peer, int64_t patience_ns,
                    struct answer answer)
{
    fake_expect(connect_call(s, peer, patience_ns), answer);
}

void expect_connect_result(psock_t s, const psock_address *peer,
                           struct answer answer)
{
    fake_expect(connect_result_call(s, peer), answer);
}

void expect_shutdown(psock_t s, int how, struct answer answer)
{
    fake_expect(shutdown_call(s, how), answer);
}

int psock_sys_connect(psock_t s, const psock_address *peer, int64_t patience_ns)
{
    require_address(peer);
    if (net_is_there())
        return net_connect(s, peer, patience_ns);
    return (int)fake_answer(connect_call(s, peer, patience_ns)).result;
}

int psock_sys_connect_result(psock_t s, const psock_address *peer)
{
    require_address(peer);
    if (net_is_there())
        return net_connect_result(s, peer);
    return (int)fake_answer(connect_result_call(s, peer)).result;
}

int psock_sys_shutdown(psock_t s, int how)
{
    fake_require(how == PSOCK_SHUT_READ || how == PSOCK_SHUT_WRITE ||
                 how == PSOCK_SHUT_BOTH);
    return (int)fake_answer(shutdown_call(s, how)).result;
}

/* --- local, peer ---------------------------------------------------------- */

static struct call local_call(psock_t s)
{
    return FAKE_CALL("local", s);
}

static struct call peer_call(psock_t s)
{
    return FAKE_CALL("peer", s);
}

void expect_local(psock_t s, struct answer answer)
{
    fake_expect(local_call(s), answer);
}

void expect_peer(psock_t s, struct answer answer)
{
    fake_expect(peer_call(s), answer);
}

static int named(struct answer answer, psock_address *address)
{
    if (answer.result == 0)
        *address = answer.address;
    return (int)answer.result;
}

int psock_sys_local(psock_t s, psock_address *local)
{
    fake_require(local != NULL);
    if (net_is_there())
        return net_local(s, local);
    return named(fake_answer(local_call(s)), local);
}

int psock_sys_peer(psock_t s, psock_address *peer)
{
    fake_require(peer != NULL);
    if (net_is_there())
        return net_peer(s, peer);
    return named(fake_answer(peer_call(s)), peer);
}
