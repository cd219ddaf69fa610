/* sys_option.c: options, by a table of what they are to the system.
 *
 * A line says under which levels and numbers a system may have an option, for
 * IPv4 (and all that is not IPv6) and for IPv6, and the way in which its value
 * is told there.  The first that the system knows counts. */
#include "option_numbers.h"

struct native_option {
    const struct way *way;
    int level;
    int name;
};

struct way {
    int (*get)(int fd, const struct native_option *native, int64_t *value);
    int (*set)(int fd, const struct native_option *native, int64_t value);
};

static int absent(void)
{
    errno = ENOPROTOOPT;
    return PSOCK_ENOTSUP;
}

/* What the system does not know of a socket of the right kind, it lacks. */
static int option_failure(void)
{
    if (errno == ENOPROTOOPT || errno == EOPNOTSUPP || errno == ENOTTY)
        return PSOCK_ENOTSUP;
    return psock_posix_error();
}

/* --- What Linux reports of a TCP connection ------------------------------- */

/* Headers have less of this than systems do, or more: each tells the length of
 * what it knows, from the front (linux/tcp.h). */
struct tcp_report {
    uint8_t state;
    uint8_t others[7];
    uint32_t retransmission_timeout_us;
    uint32_t acknowledgement_timeout_us;
    uint32_t send_segment_size;
    uint32_t receive_segment_size;
    uint32_t segment_counts[5];
    uint32_t since_ms[4];
    uint32_t path_mtu;
    uint32_t receive_threshold;
    uint32_t round_trip_us;
    uint32_t round_trip_variation_us;
    uint32_t send_threshold;
    uint32_t congestion_window;
    uint32_t advertised_segment_size;
    uint32_t reordering;
    uint32_t receive_round_trip_us;
    uint32_t receive_space;
    uint32_t retransmissions;
    uint64_t pacing_rates[2];
    uint64_t bytes_acknowledged;
    uint64_t bytes_received;
    uint32_t segments[2];
    uint32_t not_sent_bytes;
    uint32_t least_round_trip_us;
    uint32_t data_segments[2];
    uint64_t delivery_rate;
    uint64_t limited_us[3];
    uint32_t delivered[2];
    uint64_t bytes_sent;
    uint64_t bytes_retransmitted;
    uint32_t oddities[3];
    uint32_t send_window;
    uint32_t receive_window;
    uint32_t rehashed;
};

_Static_assert(offsetof(struct tcp_report, round_trip_us) == 68 &&
                   offsetof(struct tcp_report, bytes_acknowledged) == 120 &&
                   offsetof(struct tcp_report, not_sent_bytes) == 144 &&
                   offsetof(struct tcp_report, bytes_sent) == 200 &&
                   offsetof(struct tcp_report, send_window) == 228,
               "this is the layout of Linux");

/* The length of what the system knows, up to `size`; or an error. */
#ifdef PSOCK_HAVE_TCP_REPORT
static const uint8_t state_of[] = {
    [0] = PSOCK_TCP_CLOSED,        [1] = PSOCK_TCP_ESTABLISHED,
    [2] = PSOCK_TCP_SYN_SENT,      [3] = PSOCK_TCP_SYN_RECEIVED,
    [4] = PSOCK_TCP_FIN_WAIT_1,    [5] = PSOCK_TCP_FIN_WAIT_2,
    [6] = PSOCK_TCP_TIME_WAIT,     [7] = PSOCK_TCP_CLOSED,
    [8] = PSOCK_TCP_CLOSE_WAIT,    [9] = PSOCK_TCP_LAST_ACK,
    [10] = PSOCK_TCP_LISTEN,       [11] = PSOCK_TCP_CLOSING,
    [12] = PSOCK_TCP_SYN_RECEIVED,
};

static int read_report(int fd, struct tcp_report *report, size_t size)
{
    socklen_t length = (socklen_t)size;
    memset(report, 0, sizeof *report);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, report, &length) < 0)
        return option_failure();
    report->state = report->state < sizeof state_of ? state_of[report->state]
                                                    : PSOCK_TCP_CLOSED;
    return (int)length;
}
#else
static int read_report(int fd, struct tcp_report *report, size_t size)
{
    (void)fd;
    (void)report;
    (void)size;
    return absent();
}
#endif

/* The end of a direction counts as a byte that is sent and acknowledged. */
static _Bool end_was_received(const struct tcp_report *report)
{
    return report->state == PSOCK_TCP_CLOSE_WAIT ||
           report->state == PSOCK_TCP_CLOSING ||
           report->state == PSOCK_TCP_LAST_ACK ||
           report->state == PSOCK_TCP_TIME_WAIT;
}

static _Bool end_is_under_way(const struct tcp_report *report)
{
    return report->state == PSOCK_TCP_FIN_WAIT_1 ||
           report->state == PSOCK_TCP_CLOSING ||
           report->state == PSOCK_TCP_LAST_ACK;
}

/* --- Ways to a value ------------------------------------------------------ */

static int read_option(int fd, const struct native_option *native, void *value,
                       socklen_t size)
{
    socklen_t length = size;
    if (getsockopt(fd, native->level, native->name, value, &length) < 0)
        return option_failure();
    return 0;
}

static int write_option(int fd, const struct native_option *native,
                        const void *value, socklen_t size)
{
    if (setsockopt(fd, native->level, native->name, value, size) < 0)
        return option_failure();
    return 0;
}

static int get_int(int fd, const struct native_option *native, int64_t *value)
{
    int held = 0;
    int error = read_option(fd, native, &held, sizeof held);
    if (error == 0)
        *value = held;
    return error;
}

/* Also of what has no sign: the bits are the same. */
static int set_int(int fd, const struct native_option *native, int64_t value)
{
    int wanted = (int)(uint32_t)value;
    return write_option(fd, native, &wanted, sizeof wanted);
}

static const struct way as_int = {get_int, set_int};

/* Some systems tell another bit than the lowest of a switch that is on. */
static int get_switch(int fd, const struct native_option *native,
                      int64_t *value)
{
    int error = get_int(fd, native, value);
    if (error == 0)
        *value = *value != 0;
    return error;
}

static const struct way as_switch = {get_switch, set_int};

static int get_unsigned(int fd, const struct native_option *native,
                        int64_t *value)
{
    uint32_t held = 0;
    int error = read_option(fd, native, &held, sizeof held);
    if (error == 0)
        *value = held;
    return error;
}

static const struct way as_unsigned = {get_unsigned, set_int};

/* What RFC 1112's options of IPv4 are everywhere. */
static int get_byte(int fd, const struct native_option *native, int64_t *value)
{
    unsigned char held = 0;
    int error = read_option(fd, native, &held, sizeof held);
    if (error == 0)
        *value = held;
    return error;
}

static int set_byte(int fd, const struct native_option *native, int64_t value)
{
    unsigned char wanted = (unsigned char)value;
    return write_option(fd, native, &wanted, sizeof wanted);
}

static const struct way as_byte = {get_byte, set_byte};

/* Linux doubles what it is asked for, as room for what it needs itself. */
#ifdef PSOCK_HAVE_DOUBLED_BUFFERS
static int get_buffer(int fd, const struct native_option *native,
                      int64_t *value)
{
    int error = get_int(fd, native, value);
    if (error == 0)
        *value /= 2;
    return error;
}
#else
static int get_buffer(int fd, const struct native_option *native,
                      int64_t *value)
{
    return get_int(fd, native, value);
}
#endif

static const struct way as_buffer = {get_buffer, set_int};

static int get_error(int fd, const struct native_option *native, int64_t *value)
{
    int64_t held = 0;
    int error = get_int(fd, native, &held);
    if (error == 0)
        *value = held == 0 ? 0 : psock_sys_error((int)held);
    return error;
}

static const struct way as_error = {get_error, NULL};

static int get_cookie(int fd, const struct native_option *native,
                      int64_t *value)
{
    uint64_t held = 0;
    int error = read_option(fd, native, &held, sizeof held);
    if (error == 0)
        *value = (int64_t)held;
    return error;
}

static const struct way as_cookie = {get_cookie, NULL};

static int get_linger(int fd, const struct native_option *native,
                      int64_t *value)
{
    struct linger held = {0};
    int error = read_option(fd, native, &held, sizeof held);
    if (error == 0)
        *value = held.l_onoff == 0 ? -1 : held.l_linger;
    return error;
}

static int set_linger(int fd, const struct native_option *native, int64_t value)
{
    struct linger wanted = {.l_onoff = value >= 0};
    if (value >= 0)
        wanted.l_linger = (int)value;
    return write_option(fd, native, &wanted, sizeof wanted);
}

static const struct way as_linger = {get_linger, set_linger};

/* Milliseconds here, whole seconds there. */
static int get_seconds(int fd, const struct native_option *native,
                       int64_t *value)
{
    int error = get_int(fd, native, value);
    if (error == 0)
        *value *= 1000;
    return error;
}

static int set_seconds(int fd, const struct native_option *native,
                       int64_t value)
{
    return set_int(fd, native, value / 1000 + (value % 1000 != 0));
}

static const struct way as_seconds = {get_seconds, set_seconds};

/* A request, not an option.  Listeners refuse it: they have nothing. */
static int get_queue(int fd, const struct native_option *native, int64_t *value)
{
    int held = 0;
    if (ioctl(fd, (unsigned long)(unsigned)native->name, &held) < 0 &&
        errno != EINVAL)
        return option_failure();
    *value = held;
    return 0;
}

static const struct way as_queue = {get_queue, NULL};

/* Looks at the state first: the end can come to be under way in between, and
 * counts for a byte too many then, but for none too few. */
static int get_unsent(int fd, const struct native_option *native,
                      int64_t *value)
{
    struct tcp_report report;
    int known = read_report(fd, &report, sizeof report.state);
    int error = get_queue(fd, native, value);
    if (error == 0 && *value > 0 && known > 0 && end_is_under_way(&report))
        --*value;
    return error;
}

static const struct way as_unsent = {get_unsent, NULL};

/* --- Ways to an interface ------------------------------------------------- */

/* The system's own check comes as another error, later, or not at all.  Asking
 * takes a descriptor, and where there is none left that check has to do. */
static int index_error(int64_t index)
{
    char name[IF_NAMESIZE];
    if (index == 0 || if_indextoname((unsigned)index, name) != NULL ||
        errno != ENXIO)
        return 0;
    return PSOCK_ENODEV;
}

static int set_index(int fd, const struct native_option *native, int64_t value)
{
    int error = index_error(value);
    return error < 0 ? error : set_int(fd, native, value);
}

static const struct way as_index = {get_int, set_index};

/* Linux before 5.0 knows the interface of a socket by name only. */
static int get_device(int fd, const struct native_option *native,
                      int64_t *value)
{
    char name[IF_NAMESIZE] = "";
    int error = read_option(fd, native, name, sizeof name);
    if (error == 0)
        *value = *name == '\0' ? 0 : if_nametoindex(name);
    return error;
}

static int set_device(int fd, const struct native_option *native, int64_t value)
{
    char name[IF_NAMESIZE] = "";
    if (value != 0 && if_indextoname((unsigned)value, name) == NULL)
        return PSOCK_ENODEV;
    return write_option(fd, native, name, sizeof name);
}

static const struct way as_device = {get_device, set_device};

/* Linux tells only an address, which it has not when it was set by index, and
 * which it would send from when it had it. */
#ifdef PSOCK_HAVE_IP_MREQN
static int get_group_device(int fd, const struct native_option *native,
                            int64_t *value)
{
    struct ip_mreqn held = {.imr_ifindex = 0};
    socklen_t length = sizeof held;
    if (getsockopt(fd, native->level, native->name, &held, &length) < 0)
        return option_failure();
    if (length < sizeof held)
        return absent();
    *value = held.imr_ifindex;
    return 0;
}

static int set_group_device(int fd, const struct native_option *native,
                            int64_t value)
{
    struct ip_mreqn wanted = {.imr_ifindex = (int)value};
    int error = index_error(value);
    return error < 0 ? error : write_option(fd, native, &wanted, sizeof wanted);
}

static const struct way as_group_device = {get_group_device, set_group_device};
#else
static const struct way as_group_device = {NULL, NULL};
#endif

/* --- The way to fragments ------------------------------------------------- */

/* Beside these two there are others, and Linux begins with one of them. */
#ifdef IP_PMTUDISC_DO
static int get_discovery(int fd, const struct native_option *native,
                         int64_t *value)
{
    int error = get_int(fd, native, value);
    if (error == 0)
        *value = *value == IP_PMTUDISC_DO || *value == IP_PMTUDISC_PROBE;
    return error;
}

static int set_discovery(int fd, const struct native_option *native,
                         int64_t value)
{
    return set_int(fd, native, value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT);
}

static const struct way as_discovery = {get_discovery, set_discovery};
#else
static const struct way as_discovery = {get_switch, set_int};
#endif

/* --- The table ------------------------------------------------------------ */

#define ALTERNATIVES 3

struct native_options {
    struct native_option ipv4[ALTERNATIVES];
    struct native_option ipv6[ALTERNATIVES];
};

#define ANY_IP(...)                                                            \
    {                                                                          \
        {__VA_ARGS__},                                                         \
        {                                                                      \
            __VA_ARGS__                                                        \
        }                                                                      \
    }
#define OF_SOCKETS(way, name) ANY_IP({&way, SOL_SOCKET, name})
#define OF_TCP(way, name) ANY_IP({&way, IPPROTO_TCP, name})
#define OF_IP(way4, name4, way6, name6)                                        \
    {                                                                          \
        {{&way4, IPPROTO_IP, name4}},                                          \
        {                                                                      \
            {                                                                  \
                &way6, IPPROTO_IPV6, name6                                     \
            }                                                                  \
        }                                                                      \
    }

static const struct native_options table[PSOCK_OPTION_COUNT] = {
    [PSOCK_OPTION_PROTOCOL] = OF_SOCKETS(as_int, SO_PROTOCOL),
    [PSOCK_OPTION_LISTENING] = OF_SOCKETS(as_switch, SO_ACCEPTCONN),
    [PSOCK_OPTION_ERROR] = OF_SOCKETS(as_error, SO_ERROR),
    [PSOCK_OPTION_RECEIVE_BUFFER_BYTES] = OF_SOCKETS(as_buffer, SO_RCVBUF),
    [PSOCK_OPTION_SEND_BUFFER_BYTES] = OF_SOCKETS(as_buffer, SO_SNDBUF),
    [PSOCK_OPTION_UNREAD_BYTES] = ANY_IP({&as_queue, 0, UNREAD}),
    [PSOCK_OPTION_UNSENT_BYTES] =
        ANY_IP({&as_int, SOL_SOCKET, SO_NWRITE}, {&as_unsent, 0, UNSENT}),
    [PSOCK_OPTION_RECEIVE_LOW_BYTES] = OF_SOCKETS(as_int, SO_RCVLOWAT),
    [PSOCK_OPTION_DONT_ROUTE] = OF_SOCKETS(as_switch, SO_DONTROUTE),
    [PSOCK_OPTION_INTERFACE] = {{{&as_index, SOL_SOCKET, BIND_TO_INDEX},
                                 {&as_device, SOL_SOCKET, SO_BINDTODEVICE},
                                 {&as_index, IPPROTO_IP, IP_BOUND_IF}},
                                {{&as_index, SOL_SOCKET, BIND_TO_INDEX},
                                 {&as_device, SOL_SOCKET, SO_BINDTODEVICE},
                                 {&as_index, IPPROTO_IPV6, IPV6_BOUND_IF}}},
    [PSOCK_OPTION_PRIORITY] = OF_SOCKETS(as_int, SO_PRIORITY),
    [PSOCK_OPTION_MARK] = OF_SOCKETS(as_unsigned, SO_MARK),
    [PSOCK_OPTION_BUSY_POLL_US] = OF_SOCKETS(as_int, SO_BUSY_POLL),
    [PSOCK_OPTION_INCOMING_CPU] = OF_SOCKETS(as_int, SO_INCOMING_CPU),
    [PSOCK_OPTION_COOKIE] = OF_SOCKETS(as_cookie, SO_COOKIE),

    [PSOCK_OPTION_NO_DELAY] = OF_TCP(as_switch, TCP_NODELAY),
    [PSOCK_OPTION_CORK] = OF_TCP(as_switch, CORK),
    [PSOCK_OPTION_KEEPALIVE] = OF_SOCKETS(as_switch, SO_KEEPALIVE),
    [PSOCK_OPTION_LINGER_S] = OF_SOCKETS(as_linger, SO_LINGER),
    [PSOCK_OPTION_DEAD_PEER_MS] =
        ANY_IP({&as_int, IPPROTO_TCP, TCP_USER_TIMEOUT},
               {&as_seconds, IPPROTO_TCP, DEAD_PEER_S}),
    [PSOCK_OPTION_SEGMENT_BYTES] = OF_TCP(as_int, TCP_MAXSEG),
    [PSOCK_OPTION_QUICK_ACK] = OF_TCP(as_switch, TCP_QUICKACK),
    [PSOCK_OPTION_UNSENT_LOW_BYTES] = OF_TCP(as_int, TCP_NOTSENT_LOWAT),
    [PSOCK_OPTION_THIN_STREAM] = OF_TCP(as_switch, TCP_THIN_LINEAR_TIMEOUTS),
    [PSOCK_OPTION_DEFER_ACCEPT_S] = OF_TCP(as_int, TCP_DEFER_ACCEPT),
    [PSOCK_OPTION_FAST_OPEN] = OF_TCP(as_int, TCP_FASTOPEN),
    [PSOCK_OPTION_FAST_OPEN_CONNECT] = OF_TCP(as_switch, TCP_FASTOPEN_CONNECT),
    [PSOCK_OPTION_URGENT_INLINE] = OF_SOCKETS(as_switch, SO_OOBINLINE),

    [PSOCK_OPTION_HOP_LIMIT] = OF_IP(as_int, IP_TTL, as_int, IPV6_UNICAST_HOPS),
    [PSOCK_OPTION_TRAFFIC_CLASS] = OF_IP(as_int, IP_TOS, as_int, IPV6_TCLASS),
    [PSOCK_OPTION_DONT_FRAGMENT] =
        {{{&as_discovery, IPPROTO_IP, IP_MTU_DISCOVER},
          {&as_switch, IPPROTO_IP, IP_DONTFRAG}},
         {{&as_discovery, IPPROTO_IPV6, IPV6_MTU_DISCOVER},
          {&as_switch, IPPROTO_IPV6, IPV6_DONTFRAG}}},
    [PSOCK_OPTION_PATH_MTU_BYTES] = OF_IP(as_int, IP_MTU, as_int, IPV6_MTU),
    [PSOCK_OPTION_IPV6_ONLY] = OF_IP(as_switch, ABSENT, as_switch, IPV6_V6ONLY),
    [PSOCK_OPTION_FREE_BIND] =
        OF_IP(as_switch, IP_FREEBIND, as_switch, IPV6_FREEBIND),
    [PSOCK_OPTION_TRANSPARENT] =
        OF_IP(as_switch, IP_TRANSPARENT, as_switch, IPV6_TRANSPARENT),

    [PSOCK_OPTION_BROADCAST] = OF_SOCKETS(as_switch, SO_BROADCAST),
    [PSOCK_OPTION_MULTICAST_HOP_LIMIT] =
        OF_IP(as_byte, IP_MULTICAST_TTL, as_int, IPV6_MULTICAST_HOPS),
    [PSOCK_OPTION_MULTICAST_LOOP] =
        OF_IP(as_byte, IP_MULTICAST_LOOP, as_switch, IPV6_MULTICAST_LOOP),
    [PSOCK_OPTION_MULTICAST_INTERFACE] =
        OF_IP(as_group_device, IP_MULTICAST_IF, as_index, IPV6_MULTICAST_IF),
    [PSOCK_OPTION_MULTICAST_ALL] =
        OF_IP(as_switch, IP_MULTICAST_ALL, as_switch, IPV6_MULTICAST_ALL),

    [PSOCK_OPTION_HEADER_INCLUDED] =
        OF_IP(as_switch, IP_HDRINCL, as_switch, ABSENT),
    [PSOCK_OPTION_PASS_CREDENTIALS] = OF_SOCKETS(as_switch, SO_PASSCRED),
};

static _Bool is_there(const struct native_option *native)
{
    return native->way != NULL && native->name != ABSENT;
}

static int get_native(int fd, const struct native_option *natives,
                      int64_t *value)
{
    int error = absent();
    for (int i = 0; i < ALTERNATIVES && error == PSOCK_ENOTSUP; i++)
        if (is_there(&natives[i]))
            error = natives[i].way->get(fd, &natives[i], value);
    return error;
}

static int set_native(int fd, const struct native_option *natives,
                      int64_t value)
{
    int error = absent();
    for (int i = 0; i < ALTERNATIVES && error == PSOCK_ENOTSUP; i++)
        if (is_there(&natives[i]))
            error = natives[i].way->set(fd, &natives[i], value);
    return error;
}

/* --- What waits to be received -------------------------------------------- */

/* Linux tells the size of the next datagram, and others of all that are there.
 */
#ifdef PSOCK_HAVE_NEXT_SIZE
static _Bool has_to_peek(int type)
{
    return type == PSOCK_SEQPACKET;
}

static ssize_t peek_size(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
}
#else
static _Bool has_to_peek(int type)
{
    return type != PSOCK_STREAM;
}

/* Longer messages than this are taken for as long. */
#define SCRATCH_SIZE 8192
#define SCRATCH_COUNT 32

/* Everything goes to one place, where nobody looks at it. */
static ssize_t peek_size(int fd)
{
    char scratch[SCRATCH_SIZE];
    struct iovec vector[SCRATCH_COUNT];
    struct msghdr message = {.msg_iov = vector, .msg_iovlen = SCRATCH_COUNT};
    for (int i = 0; i < SCRATCH_COUNT; i++)
        vector[i] = (struct iovec){scratch, sizeof scratch};
    return recvmsg(fd, &message, MSG_PEEK | MSG_DONTWAIT);
}
#endif

/* Where a failure waits, a peek would take it, and a receive give no data. */
static int get_next_size(int fd, int64_t *value)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    if (poll(&entry, 1, 0) < 0)
        return psock_posix_error();
    ssize_t size = 0;
    if ((entry.revents & (POLLIN | POLLERR)) == POLLIN)
        size = peek_size(fd);
    *value = size < 0 ? 0 : size;
    return 0;
}

/* --- Any option ----------------------------------------------------------- */

int psock_sys_get_option(psock_t s, int family, int type, int option,
                         int64_t *value)
{
    int fd = psock_posix_fd(s);
    const struct native_options *natives = &table[option];
    if (option == PSOCK_OPTION_UNREAD_BYTES && has_to_peek(type))
        return get_next_size(fd, value);
    return get_native(fd, family == PSOCK_IPV6 ? natives->ipv6 : natives->ipv4,
                      value);
}

/* Raw ones never do, whatever they say. */
static _Bool serves_ipv4_too(int fd, int type)
{
    int only = 1;
    socklen_t length = sizeof only;
    return type != PSOCK_RAW &&
           getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &length) == 0 &&
           !only;
}

int psock_sys_set_option(psock_t s, int family, int type, int option,
                         int64_t value)
{
    int fd = psock_posix_fd(s);
    const struct native_options *natives = &table[option];
    if (family != PSOCK_IPV6)
        return set_native(fd, natives->ipv4, value);
    int error = set_native(fd, natives->ipv6, value);
    if (error == 0 && natives->ipv4[0].level == IPPROTO_IP &&
        serves_ipv4_too(fd, type))
        (void)set_native(fd, natives->ipv4, value);
    return error;
}

/* --- Keepalive ------------------------------------------------------------ */

enum keepalive_member {
    IDLE_S,
    INTERVAL_S,
    PROBES,
    MEMBERS
};

static const struct native_option keepalive_members[MEMBERS][ALTERNATIVES] = {
    [IDLE_S] = {{&as_int, IPPROTO_TCP, KEEPALIVE_IDLE}},
    [INTERVAL_S] = {{&as_int, IPPROTO_TCP, TCP_KEEPINTVL}},
    [PROBES] = {{&as_int, IPPROTO_TCP, TCP_KEEPCNT}},
};

static int get_members(int fd, int64_t held[MEMBERS])
{
    int error = 0;
    for (int i = 0; i < MEMBERS && error == 0; i++)
        error = get_native(fd, keepalive_members[i], &held[i]);
    return error;
}

/* Leaves those alone that are 0. */
static int set_members(int fd, const int64_t wanted[MEMBERS])
{
    int error = 0;
    for (int i = 0; i < MEMBERS && error == 0; i++)
        if (wanted[i] != 0)
            error = set_native(fd, keepalive_members[i], wanted[i]);
    return error;
}

/* What is too much for the system it has to see as such. */
static int64_t whole_seconds(int64_t ms)
{
    int64_t seconds = ms / 1000 + (ms % 1000 != 0);
    return seconds < INT_MAX ? seconds : INT_MAX;
}

/* All of it, or nothing. */
static int switch_on(int fd, const int64_t wanted[MEMBERS],
                     const int64_t held[MEMBERS])
{
    int error = set_members(fd, wanted);
    if (error == 0)
        error = set_native(fd, table[PSOCK_OPTION_KEEPALIVE].ipv4, 1);
    int native = errno;
    if (error < 0)
        (void)set_members(fd, held);
    errno = native;
    return error;
}

int psock_sys_set_keepalive(psock_t s, const psock_keepalive *wanted,
                            psock_keepalive *applied)
{
    int fd = psock_posix_fd(s);
    const int64_t members[MEMBERS] = {
        [IDLE_S] = whole_seconds(wanted->idle_ms),
        [INTERVAL_S] = whole_seconds(wanted->interval_ms),
        [PROBES] = wanted->probes,
    };
    int64_t held[MEMBERS] = {0};
    int error = get_members(fd, held);
    if (error == 0)
        error = switch_on(fd, members, held);
    if (error == 0)
        error = get_members(fd, held);
    if (error < 0)
        return error;
    applied->idle_ms = held[IDLE_S] * 1000;
    applied->interval_ms = held[INTERVAL_S] * 1000;
    applied->probes = (int32_t)held[PROBES];
    return 0;
}

/* --- Congestion control --------------------------------------------------- */

static const struct native_option congestion = {NULL, IPPROTO_TCP,
                                                TCP_CONGESTION};

int psock_sys_get_congestion(psock_t s, char name[PSOCK_CONGESTION_NAME_SIZE])
{
    char held[PSOCK_CONGESTION_NAME_SIZE] = "";
    int error =
        read_option(psock_posix_fd(s), &congestion, held, sizeof held - 1);
    if (error == 0)
        memcpy(name, held, sizeof held);
    return error;
}

int psock_sys_set_congestion(psock_t s, const char *name)
{
    return write_option(psock_posix_fd(s), &congestion, name,
                        (socklen_t)strlen(name) + 1);
}

/* --- TCP info ------------------------------------------------------------- */

#define UP_TO(member)                                                          \
    (offsetof(struct tcp_report, member) +                                     \
     sizeof((struct tcp_report *)NULL)->member)
#define PART(valid, member, source)                                            \
    {                                                                          \
        valid, offsetof(psock_tcp_info, member),                               \
            sizeof((psock_tcp_info *)NULL)->member, UP_TO(source)              \
    }

/* Each part of the answer, where it is, and how long a report has to be to have
 * what it is made of. */
static const struct part {
    uint32_t valid;
    size_t offset;
    size_t size;
    size_t length;
} parts[] = {
    PART(PSOCK_TCP_STATE, state, state),
    PART(PSOCK_TCP_ROUND_TRIP, round_trip_us, round_trip_us),
    PART(PSOCK_TCP_ROUND_TRIP_VARIATION, round_trip_variation_us,
         round_trip_variation_us),
    PART(PSOCK_TCP_LEAST_ROUND_TRIP, least_round_trip_us, least_round_trip_us),
    PART(PSOCK_TCP_CONGESTION_WINDOW, congestion_window_bytes,
         congestion_window),
    PART(PSOCK_TCP_SEND_WINDOW, send_window_bytes, send_window),
    PART(PSOCK_TCP_RECEIVE_WINDOW, receive_window_bytes, receive_window),
    PART(PSOCK_TCP_SEGMENT_SIZE, segment_size_bytes, send_segment_size),
    PART(PSOCK_TCP_UNACKNOWLEDGED, unacknowledged_bytes, not_sent_bytes),
    PART(PSOCK_TCP_BYTES_SENT, bytes_sent, bytes_sent),
    PART(PSOCK_TCP_BYTES_RECEIVED, bytes_received, bytes_received),
    PART(PSOCK_TCP_BYTES_RETRANSMITTED, bytes_retransmitted,
         bytes_retransmitted),
    PART(PSOCK_TCP_RETRANSMISSIONS, retransmissions, retransmissions),
};

/* What means nothing in the state of `report`, though it is there. */
static uint32_t without_meaning(const struct tcp_report *report)
{
    uint32_t none = 0;
    if (report->state == PSOCK_TCP_LISTEN)
        return ~(uint32_t)PSOCK_TCP_STATE;
    if (report->state == PSOCK_TCP_CLOSED)
        none |= PSOCK_TCP_BYTES_RECEIVED | PSOCK_TCP_UNACKNOWLEDGED;
    if (report->round_trip_us == 0)
        none |= PSOCK_TCP_ROUND_TRIP | PSOCK_TCP_ROUND_TRIP_VARIATION;
    if (report->least_round_trip_us == UINT32_MAX)
        none |= PSOCK_TCP_LEAST_ROUND_TRIP;
    return none;
}

/* Of what was sent, and of the end: the report counts segments, not bytes. */
static uint64_t unacknowledged(int fd, const struct tcp_report *report)
{
    int64_t queued = 0;
    (void)get_native(fd, table[PSOCK_OPTION_UNSENT_BYTES].ipv4, &queued);
    return queued > report->not_sent_bytes
               ? (uint64_t)queued - report->not_sent_bytes
               : 0;
}

static void take_over(int fd, const struct tcp_report *report,
                      psock_tcp_info *info)
{
    info->state = report->state;
    info->round_trip_us = report->round_trip_us;
    info->round_trip_variation_us = report->round_trip_variation_us;
    info->least_round_trip_us = report->least_round_trip_us;
    info->congestion_window_bytes =
        (uint64_t)report->congestion_window * report->send_segment_size;
    info->send_window_bytes = report->send_window;
    info->receive_window_bytes = report->receive_window;
    info->segment_size_bytes = report->send_segment_size;
    info->unacknowledged_bytes = unacknowledged(fd, report);
    info->bytes_sent = report->bytes_sent;
    info->bytes_received = report->bytes_received - end_was_received(report);
    info->bytes_retransmitted = report->bytes_retransmitted;
    info->retransmissions = report->retransmissions;
}

int psock_sys_get_tcp_info(psock_t s, psock_tcp_info *info)
{
    struct tcp_report report;
    int fd = psock_posix_fd(s);
    int length = read_report(fd, &report, sizeof report);
    if (length < 0)
        return length;
    uint32_t none = without_meaning(&report);
    take_over(fd, &report, info);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct part *part = &parts[i];
        if (part->length <= (size_t)length && (part->valid & none) == 0)
            info->valid |= part->valid;
        else
            memset((char *)info + part->offset, 0, part->size);
    }
    return 0;
}
