/* sys_option.c: options, as Windows has them.
 *
 * Most are a number at a level, in the two tables below.  What Windows takes
 * without doing anything about it is not in them: SO_DONTROUTE, which its
 * providers ignore, IP_TOS, which counts only where an administrator lets it,
 * and TCP_MAXSEG, which can be asked only. */
#include "platform.h"

#include <stdlib.h>

/* --- A number at a level --------------------------------------------------- */

enum form {
    NUMBER,
    SWITCH,
    INDEX,      /* of an interface, told in network byte order */
    GROUP_INDEX /* the same, or an address of the interface */
};

enum since {
    ALWAYS,
    LATER /* some Windows lack it, and may say that by "invalid" */
};

struct native {
    int level;
    int name; /* 0: Windows has none */
    enum form form;
    enum since since;
};

/* Those of IPv4 are for IPv6 sockets too, in what they do by mapped addresses.
 */
static const struct native natives[PSOCK_OPTION_COUNT] = {
    [PSOCK_OPTION_RECEIVE_BUFFER_BYTES] = {SOL_SOCKET, SO_RCVBUF, NUMBER,
                                           ALWAYS},
    [PSOCK_OPTION_SEND_BUFFER_BYTES] = {SOL_SOCKET, SO_SNDBUF, NUMBER, ALWAYS},
    [PSOCK_OPTION_INTERFACE] = {IPPROTO_IP, IP_UNICAST_IF, INDEX, ALWAYS},
    [PSOCK_OPTION_NO_DELAY] = {IPPROTO_TCP, TCP_NODELAY, SWITCH, ALWAYS},
    [PSOCK_OPTION_KEEPALIVE] = {SOL_SOCKET, SO_KEEPALIVE, SWITCH, ALWAYS},
    [PSOCK_OPTION_SEGMENT_BYTES] = {IPPROTO_TCP, TCP_MAXSEG, NUMBER, LATER},
    [PSOCK_OPTION_FAST_OPEN] = {IPPROTO_TCP, TCP_FASTOPEN, SWITCH, LATER},
    [PSOCK_OPTION_URGENT_INLINE] = {SOL_SOCKET, SO_OOBINLINE, SWITCH, ALWAYS},
    [PSOCK_OPTION_HOP_LIMIT] = {IPPROTO_IP, IP_TTL, NUMBER, ALWAYS},
    [PSOCK_OPTION_DONT_FRAGMENT] = {IPPROTO_IP, IP_DONTFRAGMENT, SWITCH,
                                    ALWAYS},
    [PSOCK_OPTION_PATH_MTU_BYTES] = {IPPROTO_IP, IP_MTU, NUMBER, LATER},
    [PSOCK_OPTION_BROADCAST] = {SOL_SOCKET, SO_BROADCAST, SWITCH, ALWAYS},
    [PSOCK_OPTION_MULTICAST_HOP_LIMIT] = {IPPROTO_IP, IP_MULTICAST_TTL, NUMBER,
                                          ALWAYS},
    [PSOCK_OPTION_MULTICAST_LOOP] = {IPPROTO_IP, IP_MULTICAST_LOOP, SWITCH,
                                     ALWAYS},
    [PSOCK_OPTION_MULTICAST_INTERFACE] = {IPPROTO_IP, IP_MULTICAST_IF,
                                          GROUP_INDEX, ALWAYS},
    [PSOCK_OPTION_HEADER_INCLUDED] = {IPPROTO_IP, IP_HDRINCL, SWITCH, ALWAYS},
};

static const struct native ipv6_natives[PSOCK_OPTION_COUNT] = {
    [PSOCK_OPTION_INTERFACE] = {IPPROTO_IPV6, IPV6_UNICAST_IF, NUMBER, ALWAYS},
    [PSOCK_OPTION_HOP_LIMIT] = {IPPROTO_IPV6, IPV6_UNICAST_HOPS, NUMBER,
                                ALWAYS},
    [PSOCK_OPTION_DONT_FRAGMENT] = {IPPROTO_IPV6, IPV6_DONTFRAG, SWITCH,
                                    ALWAYS},
    [PSOCK_OPTION_PATH_MTU_BYTES] = {IPPROTO_IPV6, IPV6_MTU, NUMBER, LATER},
    [PSOCK_OPTION_IPV6_ONLY] = {IPPROTO_IPV6, IPV6_V6ONLY, SWITCH, ALWAYS},
    [PSOCK_OPTION_MULTICAST_HOP_LIMIT] = {IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
                                          NUMBER, ALWAYS},
    [PSOCK_OPTION_MULTICAST_LOOP] = {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, SWITCH,
                                     ALWAYS},
    [PSOCK_OPTION_MULTICAST_INTERFACE] = {IPPROTO_IPV6, IPV6_MULTICAST_IF,
                                          NUMBER, ALWAYS},
};

static int say(int native, int error)
{
    psock_winsock.WSASetLastError(native);
    return error;
}

static int not_here(void)
{
    return say(WSAEOPNOTSUPP, PSOCK_ENOTSUP);
}

/* That the option is one of this kind of socket has been seen to before. */
static int failure(psock_t s)
{
    int error = psock_win32_socket_error(s);
    return error == PSOCK_ENOPROTOOPT || error == PSOCK_EOPNOTSUPP
               ? PSOCK_ENOTSUP
               : error;
}

/* Some options answer with one byte: the rest of the value must be zero before.
 */
static int ask(psock_t s, const struct native *native, DWORD *value)
{
    int length = sizeof *value;
    *value = 0;
    if (psock_winsock.getsockopt((SOCKET)s, native->level, native->name,
                                 (char *)value, &length) == 0)
        return 0;
    int error = failure(s);
    return error == PSOCK_EINVAL && native->since == LATER ? PSOCK_ENOTSUP
                                                           : error;
}

/* "Invalid" is the value or the option: one that can be asked for is known. */
static int tell(psock_t s, const struct native *native, DWORD value)
{
    DWORD old;
    if (psock_winsock.setsockopt((SOCKET)s, native->level, native->name,
                                 (const char *)&value, sizeof value) == 0)
        return 0;
    int code = psock_winsock.WSAGetLastError();
    int error = failure(s);
    if (error == PSOCK_EINVAL && native->since == LATER &&
        ask(s, native, &old) < 0)
        error = PSOCK_ENOTSUP;
    return say(code, error);
}

#define LARGEST_INDEX 0xffffff /* that has a zero before it as an address */

/* Windows tells in host byte order what it is told in the other; some systems
 * tell just that, or the address. */
static uint32_t index_of(DWORD told)
{
    if (told <= LARGEST_INDEX)
        return told;
    return ntohl(told) <= LARGEST_INDEX ? ntohl(told)
                                        : psock_win32_interface_at(told);
}

static int64_t value_of(const struct native *native, DWORD number)
{
    switch (native->form) {
    case SWITCH:
        return number != 0;
    case INDEX:
    case GROUP_INDEX:
        return index_of(number);
    default:
        return number;
    }
}

static int get_native(psock_t s, const struct native *native, int64_t *value)
{
    DWORD number;
    int error = native->name == 0 ? not_here() : ask(s, native, &number);
    if (error == 0)
        *value = value_of(native, number);
    return error;
}

/* Some systems know interfaces by their addresses only. */
static int tell_group_index(psock_t s, const struct native *native,
                            DWORD interface_index)
{
    int error = tell(s, native, htonl(interface_index));
    if (error != PSOCK_EINVAL && error != PSOCK_EADDRNOTAVAIL)
        return error;
    int code = psock_winsock.WSAGetLastError();
    const DWORD address = psock_win32_interface_address(interface_index);
    if (address != 0 && tell(s, native, address) == 0)
        return 0;
    return say(code, error);
}

static int set_native(psock_t s, const struct native *native, int64_t value)
{
    if (native->name == 0)
        return not_here();
    switch (native->form) {
    case SWITCH:
        return tell(s, native, value != 0);
    case INDEX:
        return tell(s, native, htonl((DWORD)value));
    case GROUP_INDEX:
        return tell_group_index(s, native, (DWORD)value);
    default:
        return tell(s, native, (DWORD)value);
    }
}

/* A socket and what it is. */
struct subject {
    psock_t s;
    int family;
    int type;
    int option;
};

static const struct native *native_of(const struct subject *subject)
{
    const int option = subject->option;
    return subject->family == PSOCK_IPV6 && ipv6_natives[option].name != 0
               ? &ipv6_natives[option]
               : &natives[option];
}

static int get_number(const struct subject *subject, int64_t *value)
{
    return get_native(subject->s, native_of(subject), value);
}

/* Windows keeps apart what an IPv6 socket does by IPv4, and may refuse to set it
 * for one that serves IPv6 only. */
static int set_number(const struct subject *subject, int64_t value)
{
    const struct native *native = native_of(subject);
    const struct native *ipv4 = &natives[subject->option];
    int error = set_native(subject->s, native, value);
    if (error == 0 && native != ipv4)
        (void)set_native(subject->s, ipv4, value);
    return error;
}

/* --- What a socket is ------------------------------------------------------ */

static int get_protocol(const struct subject *subject, int64_t *value)
{
    psock_t s = subject->s;
    WSAPROTOCOL_INFOW info = {.iProtocol = 0};
    int length = sizeof info;
    if (psock_winsock.getsockopt((SOCKET)s, SOL_SOCKET, SO_PROTOCOL_INFOW,
                                 (char *)&info, &length) != 0)
        return failure(s);
    *value = info.iProtocol;
    return 0;
}

/* Windows goes on to listen after psock_shutdown(). */
static _Bool listens(psock_t s)
{
    return psock_win32_is_listener(s) &&
           (psock_win32_shadow(s) & SHADOW_UNLISTENED) == 0;
}

static int get_listening(const struct subject *subject, int64_t *value)
{
    *value = listens(subject->s);
    return 0;
}

/* --- What waits to be told or read ----------------------------------------- */

/* The outcome of connecting, if it is a failure.  A success stays to be told by
 * psock_connect(). */
static int connect_failure_of(psock_t s)
{
    static const struct native error = {SOL_SOCKET, SO_ERROR, NUMBER, ALWAYS};
    const psock_address nobody = {.length = 0};
    DWORD native = 0;
    if (psock_sys_wait(s, PSOCK_SYS_WRITE, NULL, 0) == 0 ||
        ask(s, &error, &native) < 0)
        return 0;
    if (native == 0 && (psock_win32_shadow(s) & SHADOW_ABANDONED) == 0)
        return 0;
    return psock_sys_connect_result(s, &nobody);
}

/* Whether a receive fails because of what happened, not for want of it. */
static _Bool has_happened(ptrdiff_t result)
{
    return result < 0 && result != PSOCK_EAGAIN && result != PSOCK_EINTR &&
           result != PSOCK_ENOTCONN && result != PSOCK_EINVAL;
}

/* Windows takes a report of undelivered datagrams away when it has told of it,
 * and tells of a broken stream again and again. */
static ptrdiff_t receive_failure_of(const struct subject *subject)
{
    char byte;
    psock_t s = subject->s;
    if (subject->type != PSOCK_STREAM)
        return psock_win32_has_peer(s)
                   ? psock_sys_recv(s, &byte, sizeof byte, PSOCK_PEEK)
                   : 0;
    if ((psock_win32_shadow(s) & SHADOW_TOLD) != 0)
        return 0;
    ptrdiff_t result = psock_sys_recv(s, &byte, sizeof byte, PSOCK_PEEK);
    if (has_happened(result))
        (void)psock_win32_shadow_add(s, SHADOW_TOLD);
    return result;
}

/* SO_ERROR tells nothing but how connecting went; what else there is shows where
 * a receive looks. */
static int get_error(const struct subject *subject, int64_t *value)
{
    const unsigned state = psock_win32_shadow(subject->s);
    ptrdiff_t result = (state & SHADOW_CONNECTING) != 0
                           ? connect_failure_of(subject->s)
                           : receive_failure_of(subject);
    if (result == PSOCK_EBADF || result == PSOCK_ENOTSOCK)
        return (int)result;
    *value = has_happened(result) ? result : 0;
    return 0;
}

/* No datagram is longer, but several in one that were sent as one. */
#define LONGEST_DATAGRAM 65535

/* The size of the next datagram, which only a look at all of it tells.  `total`
 * is that of all. */
static int measure_next(psock_t s, u_long total, int64_t *value)
{
    size_t room = total > LONGEST_DATAGRAM ? total : LONGEST_DATAGRAM;
    char *buffer = malloc(room);
    if (buffer == NULL)
        return psock_win32_no_memory();
    ptrdiff_t size = psock_sys_recv(s, buffer, room, PSOCK_PEEK);
    int native = psock_winsock.WSAGetLastError();
    free(buffer);
    if (size == PSOCK_EBADF || size == PSOCK_ENOTSOCK)
        return say(native, (int)size);
    *value = size > 0 ? size : 0;
    return 0;
}

/* Where nothing can come, some do not take the question. */
static int count_unread(psock_t s, u_long *total)
{
    *total = 0;
    if (psock_winsock.ioctlsocket((SOCKET)s, (long)FIONREAD, total) == 0)
        return 0;
    int error = failure(s);
    return error == PSOCK_EINVAL || error == PSOCK_ENOTCONN ? 0 : error;
}

static int get_unread(const struct subject *subject, int64_t *value)
{
    u_long total;
    int error = count_unread(subject->s, &total);
    if (error < 0)
        return error;
    if (subject->type != PSOCK_STREAM && total != 0)
        return measure_next(subject->s, total, value);
    *value = (int64_t)total;
    return 0;
}

/* --- Of TCP ---------------------------------------------------------------- */

static int get_linger(const struct subject *subject, int64_t *value)
{
    psock_t s = subject->s;
    struct linger linger = {.l_onoff = 0, .l_linger = 0};
    int length = sizeof linger;
    if (psock_winsock.getsockopt((SOCKET)s, SOL_SOCKET, SO_LINGER,
                                 (char *)&linger, &length) != 0)
        return failure(s);
    *value = linger.l_onoff != 0 ? linger.l_linger : -1;
    return 0;
}

static int set_linger(const struct subject *subject, int64_t value)
{
    psock_t s = subject->s;
    const struct linger linger = {.l_onoff = value >= 0,
                                  .l_linger = value >= 0 ? (u_short)value : 0};
    if (psock_winsock.setsockopt((SOCKET)s, SOL_SOCKET, SO_LINGER,
                                 (const char *)&linger, sizeof linger) != 0)
        return failure(s);
    return 0;
}

/* Windows chooses the size itself. */
static int set_segment_size(const struct subject *subject, int64_t value)
{
    (void)subject;
    (void)value;
    return not_here();
}

#define MS_PER_S 1000

static DWORD seconds_of(int64_t ms)
{
    return (DWORD)((ms + MS_PER_S - 1) / MS_PER_S);
}

static const struct native patience_ms = {IPPROTO_TCP, TCP_MAXRTMS, NUMBER,
                                          LATER};
static const struct native patience_s = {IPPROTO_TCP, TCP_MAXRT, NUMBER, LATER};

static int get_dead_peer(const struct subject *subject, int64_t *value)
{
    psock_t s = subject->s;
    DWORD number;
    int error = ask(s, &patience_ms, &number);
    if (error == 0)
        *value = number;
    if (error != PSOCK_ENOTSUP)
        return error;
    error = ask(s, &patience_s, &number);
    if (error == 0)
        *value = (int64_t)number * MS_PER_S;
    return error;
}

/* Windows may make whole seconds of it by leaving out the rest, none of them by
 * that being the system's default. */
static int set_dead_peer(const struct subject *subject, int64_t value)
{
    psock_t s = subject->s;
    DWORD taken;
    int error = tell(s, &patience_ms, (DWORD)value);
    if (error == PSOCK_ENOTSUP)
        return tell(s, &patience_s, seconds_of(value));
    if (error < 0 || ask(s, &patience_ms, &taken) < 0 || taken >= value)
        return error;
    return tell(s, &patience_ms, seconds_of(value) * MS_PER_S);
}

/* What has been set cannot be asked for. */
static int set_ack_frequency(const struct subject *subject, int64_t value)
{
    psock_t s = subject->s;
    DWORD frequency = (DWORD)value;
    DWORD returned;
    if (psock_winsock.WSAIoctl((SOCKET)s, SIO_TCP_SET_ACK_FREQUENCY, &frequency,
                               sizeof frequency, NULL, 0, &returned, NULL,
                               NULL) != 0)
        return failure(s);
    return 0;
}

/* --- Of IPv4 and IPv6 ------------------------------------------------------ */

/* It is not said anywhere that Windows looks whether there is such an interface.
 */
static int set_interface(const struct subject *subject, int64_t value)
{
    char name[PSOCK_SYS_SCOPE_NAME_SIZE];
    if (value != 0 && !psock_sys_scope_name((uint32_t)value, name))
        return say(WSAEINVAL, PSOCK_ENODEV);
    return set_number(subject, value);
}

/* Connected by a mapped address, an IPv6 socket has a path of IPv4. */
static int get_path_mtu(const struct subject *subject, int64_t *value)
{
    int error = get_number(subject, value);
    int code = psock_winsock.WSAGetLastError();
    if (error == 0 || subject->family == PSOCK_IPV4)
        return error;
    if (get_native(subject->s, &natives[subject->option], value) == 0)
        return 0;
    return say(code, error);
}

/* --- All of them ----------------------------------------------------------- */

/* Those that take more than a number at a level. */
static const struct {
    int (*get)(const struct subject *subject, int64_t *value);
    int (*set)(const struct subject *subject, int64_t value);
} specials[PSOCK_OPTION_COUNT] = {
    [PSOCK_OPTION_PROTOCOL] = {get_protocol, NULL},
    [PSOCK_OPTION_LISTENING] = {get_listening, NULL},
    [PSOCK_OPTION_ERROR] = {get_error, NULL},
    [PSOCK_OPTION_UNREAD_BYTES] = {get_unread, NULL},
    [PSOCK_OPTION_INTERFACE] = {NULL, set_interface},
    [PSOCK_OPTION_LINGER_S] = {get_linger, set_linger},
    [PSOCK_OPTION_DEAD_PEER_MS] = {get_dead_peer, set_dead_peer},
    [PSOCK_OPTION_SEGMENT_BYTES] = {NULL, set_segment_size},
    [PSOCK_OPTION_ACK_FREQUENCY] = {NULL, set_ack_frequency},
    [PSOCK_OPTION_PATH_MTU_BYTES] = {get_path_mtu, NULL},
    [PSOCK_OPTION_MULTICAST_INTERFACE] = {NULL, set_interface},
};

int psock_sys_get_option(psock_t s, int family, int type, int option,
                         int64_t *value)
{
    const struct subject subject = {s, family, type, option};
    if (specials[option].get != NULL)
        return specials[option].get(&subject, value);
    return get_number(&subject, value);
}

int psock_sys_set_option(psock_t s, int family, int type, int option,
                         int64_t value)
{
    const struct subject subject = {s, family, type, option};
    if (specials[option].set != NULL)
        return specials[option].set(&subject, value);
    return set_number(&subject, value);
}

/* --- Probing of silent connections ------------------------------------------ */

static const struct native keep_alive = {SOL_SOCKET, SO_KEEPALIVE, SWITCH,
                                         ALWAYS};
static const struct native keep_idle = {IPPROTO_TCP, TCP_KEEPIDLE, NUMBER,
                                        LATER};
static const struct native keep_interval = {IPPROTO_TCP, TCP_KEEPINTVL, NUMBER,
                                            LATER};
static const struct native keep_count = {IPPROTO_TCP, TCP_KEEPCNT, NUMBER,
                                         LATER};

/* What Windows does when it is not told otherwise, and before 10 cannot be asked
 * for. */
#define DEFAULT_IDLE_MS 7200000
#define DEFAULT_INTERVAL_MS 1000
#define DEFAULT_PROBES 10

/* What holds as far as it can be asked for, and so be set, by options. */
struct probing {
    DWORD on;
    _Bool has_times;
    DWORD idle_s;
    DWORD interval_s;
    _Bool has_count;
    DWORD count;
};

static int ask_probing(psock_t s, struct probing *now)
{
    int error = ask(s, &keep_alive, &now->on);
    if (error < 0)
        return error;
    now->has_times = ask(s, &keep_idle, &now->idle_s) == 0 &&
                     ask(s, &keep_interval, &now->interval_s) == 0;
    now->has_count = ask(s, &keep_count, &now->count) == 0;
    return 0;
}

static void put_back(psock_t s, const struct probing *old)
{
    int native = psock_winsock.WSAGetLastError();
    if (old->has_count)
        (void)tell(s, &keep_count, old->count);
    if (old->has_times) {
        (void)tell(s, &keep_idle, old->idle_s);
        (void)tell(s, &keep_interval, old->interval_s);
    }
    (void)tell(s, &keep_alive, old->on != 0);
    psock_winsock.WSASetLastError(native);
}

/* 0 leaves it as it is. */
static int tell_unless_zero(psock_t s, const struct native *native, DWORD value)
{
    return value == 0 ? 0 : tell(s, native, value);
}

/* The two times as SIO_KEEPALIVE_VALS has them.  With a number of probes that
 * cannot be set, the interval makes up for it. */
struct times {
    int64_t idle_ms;
    int64_t interval_ms;
};

static struct times times_of(const psock_keepalive *wanted, _Bool has_count)
{
    struct times times = {
        wanted->idle_ms != 0 ? wanted->idle_ms : DEFAULT_IDLE_MS,
        wanted->interval_ms != 0 ? wanted->interval_ms : DEFAULT_INTERVAL_MS};
    if (wanted->probes != 0 && !has_count)
        times.interval_ms =
            (times.interval_ms * wanted->probes + DEFAULT_PROBES - 1) /
            DEFAULT_PROBES;
    return times;
}

static int tell_times(psock_t s, const struct times *times)
{
    DWORD returned;
    struct tcp_keepalive both = {
        .onoff = 1,
        .keepalivetime = (u_long)times->idle_ms,
        .keepaliveinterval = (u_long)times->interval_ms,
    };
    if (psock_winsock.WSAIoctl((SOCKET)s, SIO_KEEPALIVE_VALS, &both,
                               sizeof both, NULL, 0, &returned, NULL,
                               NULL) != 0)
        return failure(s);
    return 0;
}

/* Whether something is wanted that only SIO_KEEPALIVE_VALS can do here. */
static _Bool needs_times(const struct probing *old,
                         const psock_keepalive *wanted)
{
    if (old->has_times)
        return 0;
    return wanted->idle_ms != 0 || wanted->interval_ms != 0 ||
           (wanted->probes != 0 && !old->has_count);
}

static int probe_as(psock_t s, const struct probing *old,
                    const psock_keepalive *wanted)
{
    int error = tell(s, &keep_alive, 1);
    if (error == 0 && old->has_count)
        error = tell_unless_zero(s, &keep_count, (DWORD)wanted->probes);
    if (error == 0 && old->has_times)
        error = tell_unless_zero(s, &keep_idle, seconds_of(wanted->idle_ms));
    if (error == 0 && old->has_times)
        error = tell_unless_zero(s, &keep_interval,
                                 seconds_of(wanted->interval_ms));
    if (error < 0 || !needs_times(old, wanted))
        return error;
    const struct times times = times_of(wanted, old->has_count);
    return tell_times(s, &times);
}

static psock_keepalive holds_now(psock_t s, const struct probing *old,
                                 const psock_keepalive *wanted)
{
    struct probing now = *old;
    struct times times = {0, 0};
    psock_keepalive holds = {.probes = DEFAULT_PROBES};
    if (needs_times(old, wanted))
        times = times_of(wanted, old->has_count);
    if (ask_probing(s, &now) == 0 && now.has_times)
        times = (struct times){(int64_t)now.idle_s * MS_PER_S,
                               (int64_t)now.interval_s * MS_PER_S};
    if (now.has_count)
        holds.probes = (int32_t)now.count;
    holds.idle_ms = times.idle_ms;
    holds.interval_ms = times.interval_ms;
    return holds;
}

/* Windows counts probes in a byte, and milliseconds in a DWORD; the members are
 * looked at one by one, so that no product of them is too large. */
static _Bool can_hold(const struct probing *old, const psock_keepalive *wanted)
{
    if (wanted->idle_ms > UINT32_MAX || wanted->interval_ms > UINT32_MAX ||
        wanted->probes > UINT8_MAX)
        return 0;
    return times_of(wanted, old->has_count).interval_ms <= UINT32_MAX;
}

int psock_sys_set_keepalive(psock_t s, const psock_keepalive *wanted,
                            psock_keepalive *applied)
{
    struct probing old;
    int error = ask_probing(s, &old);
    if (error < 0)
        return error;
    if (!can_hold(&old, wanted))
        return say(WSAEINVAL, PSOCK_EINVAL);
    error = probe_as(s, &old, wanted);
    if (error < 0)
        put_back(s, &old);
    else
        *applied = holds_now(s, &old, wanted);
    return error;
}

/* --- Congestion control and statistics ------------------------------------- */

int psock_sys_get_congestion(psock_t s, char name[PSOCK_CONGESTION_NAME_SIZE])
{
    (void)s;
    (void)name;
    return not_here();
}

int psock_sys_set_congestion(psock_t s, const char *name)
{
    (void)s;
    (void)name;
    return not_here();
}

/* Version 0 of what SIO_TCP_INFO answers: later ones tell nothing more that is
 * asked for here.  The headers have it only for programs that need a Windows 10.
 */
struct tcp_info {
    DWORD state; /* numbered as RFC 9293 lists them, and enum psock_tcp_state */
    DWORD segment_size;
    ULONG64 connected_for_ms;
    BYTE has_timestamps;
    DWORD round_trip_us;
    DWORD least_round_trip_us;
    DWORD in_flight;
    DWORD congestion_window;
    DWORD send_window;
    DWORD receive_window;
    DWORD receive_buffer;
    ULONG64 bytes_out;
    ULONG64 bytes_in;
    DWORD bytes_reordered;
    DWORD bytes_retransmitted;
    DWORD fast_retransmissions;
    DWORD duplicate_acks;
    DWORD timeouts;
    BYTE syn_retransmissions;
};

_Static_assert(sizeof(struct tcp_info) == 88, "as Windows lays it out");

static int ask_tcp_info(psock_t s, struct tcp_info *native)
{
    DWORD version = 0;
    DWORD returned = 0;
    if (psock_winsock.WSAIoctl((SOCKET)s, SIO_TCP_INFO, &version,
                               sizeof version, native, sizeof *native,
                               &returned, NULL, NULL) != 0)
        return failure(s);
    return returned < sizeof *native ? not_here() : 0;
}

#define TOLD                                                                   \
    (PSOCK_TCP_STATE | PSOCK_TCP_ROUND_TRIP | PSOCK_TCP_LEAST_ROUND_TRIP |     \
     PSOCK_TCP_CONGESTION_WINDOW | PSOCK_TCP_SEND_WINDOW |                     \
     PSOCK_TCP_RECEIVE_WINDOW | PSOCK_TCP_SEGMENT_SIZE |                       \
     PSOCK_TCP_UNACKNOWLEDGED | PSOCK_TCP_BYTES_SENT |                         \
     PSOCK_TCP_BYTES_RECEIVED | PSOCK_TCP_BYTES_RETRANSMITTED |                \
     PSOCK_TCP_CONNECTED_FOR)

static psock_tcp_info info_of(const struct tcp_info *native)
{
    return (psock_tcp_info){
        .valid = TOLD,
        .state = native->state,
        .round_trip_us = native->round_trip_us,
        .least_round_trip_us = native->least_round_trip_us,
        .congestion_window_bytes = native->congestion_window,
        .send_window_bytes = native->send_window,
        .receive_window_bytes = native->receive_window,
        .segment_size_bytes = native->segment_size,
        .unacknowledged_bytes = native->in_flight,
        .bytes_sent = native->bytes_out,
        .bytes_received = native->bytes_in,
        .bytes_retransmitted = native->bytes_retransmitted,
        .connected_for_ms = (int64_t)native->connected_for_ms,
    };
}

/* Windows tells of connections only.  Of others there is no more to know than
 * which of these they are. */
static psock_tcp_info info_without_connection(psock_t s)
{
    psock_tcp_info info = {.valid = PSOCK_TCP_STATE, .state = PSOCK_TCP_CLOSED};
    if (listens(s))
        info.state = PSOCK_TCP_LISTEN;
    else if ((psock_win32_shadow(s) & SHADOW_CONNECTING) != 0 &&
             psock_sys_wait(s, PSOCK_SYS_WRITE, NULL, 0) == 0)
        info.state = PSOCK_TCP_SYN_SENT;
    return info;
}

int psock_sys_get_tcp_info(psock_t s, psock_tcp_info *info)
{
    struct tcp_info native;
    psock_address peer;
    int error = ask_tcp_info(s, &native);
    int code = psock_winsock.WSAGetLastError();
    if (error == 0)
        *info = info_of(&native);
    else if ((error == PSOCK_EINVAL || error == PSOCK_ENOTCONN) &&
             psock_sys_peer(s, &peer) == PSOCK_ENOTCONN)
        *info = info_without_connection(s);
    else
        return say(code, error == PSOCK_EINVAL ? PSOCK_ENOTSUP : error);
    return 0;
}
