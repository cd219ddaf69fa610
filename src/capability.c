/* capability.c: finding out by trying. */
#include "policy.h"

/* --- Sockets to try with -------------------------------------------------- */

/* Closes `s` and keeps `error` as the system's last word. */
static int done_with(psock_t s, int error)
{
    int closed = psock_close(s);
    return error < 0 ? error : closed;
}

/* What somebody tries on a socket: 0, or the error. */
typedef int trial(psock_t s, int argument);

static int try_on(int family, int type, trial *try_it, int argument)
{
    psock_t s = psock_open(family, type, 0);
    return s < 0 ? (int)s : done_with(s, try_it(s, argument));
}

static int bind_to_loopback(psock_t s, int family, int mode)
{
    psock_address address;
    int error = psock_address_loopback(family, 0, &address);
    return error < 0 ? error : psock_bind(s, &address, mode);
}

/* Binds `s` to the loopback address and tells which it got. */
static int bind_and_ask(psock_t s, psock_address *local)
{
    int error = bind_to_loopback(s, PSOCK_IPV4, PSOCK_BIND_FRESH);
    return error < 0 ? error : psock_local(s, local);
}

typedef int pair_trial(const psock_t pair[2]);

static int try_on_pair(pair_trial *try_it)
{
    psock_t pair[2];
    int error = psock_pair(PSOCK_STREAM, pair);
    if (error < 0)
        return error;
    return done_with(pair[0], done_with(pair[1], try_it(pair)));
}

/* Asks what needs no socket, of a system that runs. */
static int ask_system(int (*question)(void))
{
    int error = psock_ensure_started();
    return error < 0 ? error : question();
}

/* --- Families and types --------------------------------------------------- */

static int do_nothing(psock_t s, int argument)
{
    (void)s;
    (void)argument;
    return 0;
}

static int bind_ipv4(psock_t s, int mode)
{
    return bind_to_loopback(s, PSOCK_IPV4, mode);
}

static int bind_ipv6(psock_t s, int mode)
{
    return bind_to_loopback(s, PSOCK_IPV6, mode);
}

static int try_ipv4(int argument)
{
    (void)argument;
    return try_on(PSOCK_IPV4, PSOCK_STREAM, bind_ipv4, PSOCK_BIND_FRESH);
}

static int try_ipv6(int argument)
{
    (void)argument;
    return try_on(PSOCK_IPV6, PSOCK_STREAM, bind_ipv6, PSOCK_BIND_FRESH);
}

static int try_dual_stack(int argument)
{
    (void)argument;
    psock_t s = psock_open(PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK);
    return s < 0 ? (int)s : done_with(s, 0);
}

static int try_shared_listener(int argument)
{
    (void)argument;
    return try_on(PSOCK_IPV4, PSOCK_STREAM, bind_ipv4, PSOCK_BIND_SHARED);
}

static int try_unix(int type)
{
    return try_on(PSOCK_UNIX, type, do_nothing, 0);
}

static int try_unix_abstract(int argument)
{
    psock_address address;
    (void)argument;
    return psock_address_unix("\0psock", 6, &address);
}

static int try_raw(int argument)
{
    (void)argument;
    const int icmp = 1;
    psock_t s = psock_open_raw(PSOCK_IPV4, icmp);
    return s < 0 ? (int)s : done_with(s, 0);
}

/* --- Between processes ---------------------------------------------------- */

static int is_unix(const psock_t pair[2])
{
    psock_address local;
    int error = psock_local(pair[0], &local);
    if (error < 0)
        return error;
    return psock_address_family(&local) == PSOCK_UNIX ? 0 : PSOCK_ENOTSUP;
}

static int try_unix_pair(int argument)
{
    (void)argument;
    int error = try_unix(PSOCK_STREAM);
    return error < 0 ? error : try_on_pair(is_unix);
}

static int ask_credentials(const psock_t pair[2])
{
    psock_credentials credentials;
    return psock_peer_credentials(pair[0], &credentials);
}

static int try_credentials(int argument)
{
    (void)argument;
    return try_on_pair(ask_credentials);
}

static int pass_one(const psock_t pair[2])
{
    const psock_deadline deadline = psock_deadline_ms(1000);
    int error = psock_send_socket(pair[0], pair[0], deadline);
    if (error < 0)
        return error;
    psock_t passed = psock_recv_socket(pair[1], deadline);
    return passed < 0 ? (int)passed : done_with(passed, 0);
}

static int try_passing(int argument)
{
    (void)argument;
    return try_on_pair(pass_one);
}

/* --- Messages ------------------------------------------------------------- */

static int try_batches(int argument)
{
    (void)argument;
    return ask_system(psock_sys_batches);
}

/* A message of two datagrams to itself, sent with one of enum psock_metadata. */
static int send_with(psock_t s, int metadata)
{
    static char data[2];
    psock_buffer buffer = {data, sizeof data};
    psock_message message = {.buffers = &buffer,
                             .buffer_count = 1,
                             .valid = (unsigned)metadata,
                             .segment_size = 1,
                             .ecn = 2,
                             .traffic_class = 0x20,
                             .hop_limit = 9,
                             .dont_fragment = 1};
    int error = bind_and_ask(s, &message.peer);
    if (error < 0)
        return error;
    message.local = message.peer;
    ptrdiff_t sent = psock_sys_send_messages(s, &message, 1);
    if (sent == PSOCK_ENOPROTOOPT)
        return PSOCK_ENOTSUP;
    return sent < 0 ? (int)sent : 0;
}

static int try_sending(int metadata)
{
    return try_on(PSOCK_IPV4, PSOCK_DATAGRAM, send_with, metadata);
}

static int want(psock_t s, int metadata)
{
    int granted = psock_want_metadata(s, (unsigned)metadata);
    if (granted < 0)
        return granted;
    return (granted & metadata) == metadata ? 0 : PSOCK_ENOTSUP;
}

static int try_receiving(int metadata)
{
    return try_on(PSOCK_IPV4, PSOCK_DATAGRAM, want, metadata);
}

/* How long a report from this machine may take. */
#define REPORT_MS 250

/* Whether a datagram to the port `gone`, which nobody has, is reported to it. */
static int send_into_the_void(psock_t s, const psock_address *gone)
{
    char byte = 0;
    psock_message report = {.size = 0};
    int error = psock_want_undelivered(s, 1);
    if (error < 0)
        return error;
    ptrdiff_t result = psock_send_to(s, &byte, 1, 0, gone, PSOCK_NOW);
    if (result >= 0)
        result = psock_recv_messages(s, &report, 1, PSOCK_WITH_UNDELIVERED,
                                     psock_deadline_ms(REPORT_MS));
    if (result < 0)
        return result == PSOCK_ETIMEDOUT ? PSOCK_ENOTSUP : (int)result;
    return report.undelivered == PSOCK_UNDELIVERED_PORT &&
                   psock_address_port(&report.peer) == psock_address_port(gone)
               ? 0
               : PSOCK_ENOTSUP;
}

static int find_port(psock_address *free_one)
{
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0);
    return s < 0 ? (int)s : done_with(s, bind_and_ask(s, free_one));
}

static int be_told(psock_t s, int argument)
{
    psock_address gone;
    psock_address local;
    (void)argument;
    int error = bind_and_ask(s, &local);
    if (error == 0)
        error = find_port(&gone);
    return error < 0 ? error : send_into_the_void(s, &gone);
}

static int try_undelivered(int argument)
{
    return try_on(PSOCK_IPV4, PSOCK_DATAGRAM, be_told, argument);
}

/* --- Groups --------------------------------------------------------------- */

/* 239.255.0.0/16 stays within the site, 232.0.0.0/8 is for named sources. */
static int join(psock_t s, int with_source)
{
    static const unsigned char any_source[] = {239, 255, 80, 83};
    static const unsigned char one_source[] = {232, 80, 83, 1};
    psock_address group;
    psock_address source;
    int error =
        psock_address_ipv4(with_source ? one_source : any_source, 0, &group);
    if (error == 0)
        error = psock_address_loopback(PSOCK_IPV4, 0, &source);
    if (error < 0)
        return error;
    return with_source ? psock_multicast_join_source(s, &group, &source, 0)
                       : psock_multicast_join(s, &group, 0);
}

static int try_multicast(int with_source)
{
    return try_on(PSOCK_IPV4, PSOCK_DATAGRAM, join, with_source);
}

/* --- Options -------------------------------------------------------------- */

static int ask_option(psock_t s, int option)
{
    int64_t value;
    return psock_get_option(s, option, &value);
}

static int try_option(int option)
{
    return try_on(PSOCK_IPV4, PSOCK_STREAM, ask_option, option);
}

static int set_times(psock_t s, int argument)
{
    static const psock_keepalive times = {60000, 10000, 5, 0};
    (void)argument;
    return psock_set_keepalive(s, &times, NULL);
}

static int try_keepalive(int argument)
{
    return try_on(PSOCK_IPV4, PSOCK_STREAM, set_times, argument);
}

/* Some systems tell of connections only. */
static int connect_and_ask(psock_t listener, int argument)
{
    psock_address address;
    psock_tcp_info info;
    (void)argument;
    int error = bind_and_ask(listener, &address);
    if (error == 0)
        error = psock_listen(listener, PSOCK_BACKLOG_DEFAULT);
    psock_t s = error < 0 ? error : psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    if (s < 0)
        return (int)s;
    error = psock_connect(s, &address, psock_deadline_ms(1000));
    if (error == 0)
        error = psock_get_tcp_info(s, &info);
    return done_with(s, error);
}

static int try_tcp_info(int argument)
{
    return try_on(PSOCK_IPV4, PSOCK_STREAM, connect_and_ask, argument);
}

/* --- Names, files and interfaces ------------------------------------------ */

static int try_international_names(int argument)
{
    (void)argument;
    return ask_system(psock_sys_can_name_internationally);
}

static int try_stopping(int argument)
{
    (void)argument;
    return ask_system(psock_sys_can_stop_look_up);
}

static int try_sending_files(int argument)
{
    (void)argument;
    return ask_system(psock_sys_can_send_file);
}

static int watch_with(psock_waker *waker)
{
    psock_interface_watch *watch;
    int error = psock_interface_watch_open(waker, &watch);
    return error < 0 ? error : psock_interface_watch_close(watch);
}

static int try_watching(int argument)
{
    psock_waker *waker;
    (void)argument;
    int error = psock_waker_open(&waker);
    if (error < 0)
        return error;
    error = watch_with(waker);
    int closed = psock_waker_close(waker);
    return error < 0 ? error : closed;
}

/* --- All of them ---------------------------------------------------------- */

static const struct {
    const char *name;
    int (*try_it)(int argument);
    int argument;
} capabilities[PSOCK_CAP_COUNT] = {
    [PSOCK_CAP_IPV4] = {"ipv4", try_ipv4, 0},
    [PSOCK_CAP_IPV6] = {"ipv6", try_ipv6, 0},
    [PSOCK_CAP_DUAL_STACK] = {"dual-stack", try_dual_stack, 0},
    [PSOCK_CAP_SHARED_LISTENER] = {"shared-listener", try_shared_listener, 0},
    [PSOCK_CAP_UNIX_STREAM] = {"unix-stream", try_unix, PSOCK_STREAM},
    [PSOCK_CAP_UNIX_DATAGRAM] = {"unix-datagram", try_unix, PSOCK_DATAGRAM},
    [PSOCK_CAP_UNIX_ABSTRACT] = {"unix-abstract", try_unix_abstract, 0},
    [PSOCK_CAP_UNIX_SEQPACKET] = {"unix-seqpacket", try_unix, PSOCK_SEQPACKET},
    [PSOCK_CAP_UNIX_PAIR] = {"unix-pair", try_unix_pair, 0},
    [PSOCK_CAP_PEER_CREDENTIALS] = {"peer-credentials", try_credentials, 0},
    [PSOCK_CAP_PASS_SOCKETS] = {"pass-sockets", try_passing, 0},
    [PSOCK_CAP_RAW] = {"raw", try_raw, 0},
    [PSOCK_CAP_BATCHES] = {"batches", try_batches, 0},
    [PSOCK_CAP_SEND_SEGMENTS] = {"send-segments", try_sending,
                                 PSOCK_META_SEGMENT_SIZE},
    [PSOCK_CAP_RECV_SEGMENTS] = {"recv-segments", try_receiving,
                                 PSOCK_META_SEGMENT_SIZE},
    [PSOCK_CAP_UNDELIVERED] = {"undelivered", try_undelivered, 0},
    [PSOCK_CAP_RECV_LOCAL] = {"recv-local", try_receiving,
                              PSOCK_META_LOCAL | PSOCK_META_INTERFACE},
    [PSOCK_CAP_RECV_ECN] = {"recv-ecn", try_receiving, PSOCK_META_ECN},
    [PSOCK_CAP_RECV_TRAFFIC_CLASS] = {"recv-traffic-class", try_receiving,
                                      PSOCK_META_TRAFFIC_CLASS},
    [PSOCK_CAP_RECV_HOP_LIMIT] = {"recv-hop-limit", try_receiving,
                                  PSOCK_META_HOP_LIMIT},
    [PSOCK_CAP_RECV_TIMESTAMP] = {"recv-timestamp", try_receiving,
                                  PSOCK_META_TIMESTAMP},
    [PSOCK_CAP_SEND_LOCAL] = {"send-local", try_sending, PSOCK_META_LOCAL},
    [PSOCK_CAP_SEND_ECN] = {"send-ecn", try_sending, PSOCK_META_ECN},
    [PSOCK_CAP_SEND_TRAFFIC_CLASS] = {"send-traffic-class", try_sending,
                                      PSOCK_META_TRAFFIC_CLASS},
    [PSOCK_CAP_SEND_HOP_LIMIT] = {"send-hop-limit", try_sending,
                                  PSOCK_META_HOP_LIMIT},
    [PSOCK_CAP_SEND_DONT_FRAGMENT] = {"send-dont-fragment", try_sending,
                                      PSOCK_META_DONT_FRAGMENT},
    [PSOCK_CAP_MULTICAST] = {"multicast", try_multicast, 0},
    [PSOCK_CAP_MULTICAST_SOURCE] = {"multicast-source", try_multicast, 1},
    [PSOCK_CAP_KEEPALIVE_TIMES] = {"keepalive-times", try_keepalive, 0},
    [PSOCK_CAP_DEAD_PEER] = {"dead-peer", try_option,
                             PSOCK_OPTION_DEAD_PEER_MS},
    [PSOCK_CAP_TCP_INFO] = {"tcp-info", try_tcp_info, 0},
    [PSOCK_CAP_BIND_INTERFACE] = {"bind-interface", try_option,
                                  PSOCK_OPTION_INTERFACE},
    [PSOCK_CAP_FAST_OPEN] = {"fast-open", try_option, PSOCK_OPTION_FAST_OPEN},
    [PSOCK_CAP_INTERNATIONAL_NAMES] = {"international-names",
                                       try_international_names, 0},
    [PSOCK_CAP_STOP_LOOK_UP] = {"stop-look-up", try_stopping, 0},
    [PSOCK_CAP_SEND_FILE] = {"send-file", try_sending_files, 0},
    [PSOCK_CAP_WATCH_INTERFACES] = {"watch-interfaces", try_watching, 0},
};

int psock_capability(int capability)
{
    if (capability < 0 || capability >= PSOCK_CAP_COUNT)
        return PSOCK_EINVAL;
    psock_waker *canceler = psock_cancel_with(NULL); /* nobody's to end */
    int result =
        capabilities[capability].try_it(capabilities[capability].argument);
    psock_cancel_with(canceler);
    return result;
}

const char *psock_capability_name(int capability)
{
    if (capability < 0 || capability >= PSOCK_CAP_COUNT)
        return NULL;
    return capabilities[capability].name;
}
