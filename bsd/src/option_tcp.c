/* option_tcp.c: the options of IPPROTO_TCP. */
#include "option.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* --- Probing of silent connections ------------------------------------------- */

/* As Linux has them. */
#define USUAL_IDLE_S 7200
#define USUAL_INTERVAL_S 75
#define USUAL_PROBES 9

#define MOST_S 32767
#define MOST_PROBES 127
#define MS_PER_S 1000

int psock_guest_probe(struct psock_guest *guest)
{
    const psock_keepalive wanted = {
        .idle_ms =
            (int64_t)MS_PER_S *
            psock_guest_kept(guest, PSOCK_GUEST_KEPT_KEEPIDLE, USUAL_IDLE_S),
        .interval_ms = (int64_t)MS_PER_S *
                       psock_guest_kept(guest, PSOCK_GUEST_KEPT_KEEPINTVL,
                                        USUAL_INTERVAL_S),
        .probes =
            psock_guest_kept(guest, PSOCK_GUEST_KEPT_KEEPCNT, USUAL_PROBES),
    };
    return psock_set_keepalive(guest->socket, &wanted, NULL);
}

/* psock sets the times when it switches probing on, so until then they are kept.
 */
static int set_probing(struct psock_guest *guest,
                       const struct psock_guest_option *option, int value)
{
    psock_guest_keep(guest, option->kept, option->usual, value);
    if (psock_guest_kept(guest, PSOCK_GUEST_KEPT_KEEPALIVE, 0) != 0)
        (void)psock_guest_probe(guest);
    return 0;
}

#define PROBING(the_name, the_kept, the_usual, most)                           \
    {                                                                          \
        .name = (the_name), .core = PSOCK_GUEST_NO_OPTION, .kept = (the_kept), \
        .usual = (the_usual), .minimum = 1, .maximum = (most),                 \
        .set = set_probing                                                     \
    }

/* --- Segments ----------------------------------------------------------------- */

#define LEAST_SEGMENT 88
#define MOST_SEGMENT 32767
#define USUAL_SEGMENT 536

/* 0 is the system's choice. */
static int set_segment(struct psock_guest *guest,
                       const struct psock_guest_option *option, int value)
{
    if (value != 0 && value < LEAST_SEGMENT)
        return -EINVAL;
    if (value == 0)
        return 0;
    return psock_guest_set_usual(guest, option, value);
}

/* --- Opening with data ---------------------------------------------------------- */

static int set_fast_open(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    const int state = atomic_load(&guest->connecting);
    if (state != PSOCK_GUEST_IDLE && state != PSOCK_GUEST_LISTENING)
        return -EINVAL;
    return psock_guest_set_usual(guest, option, value);
}

/* --- Congestion control ----------------------------------------------------------- */

static int give_congestion(struct psock_guest *guest,
                           const struct psock_guest_option *option, void *value,
                           socklen_t *length)
{
    char name[PSOCK_CONGESTION_NAME_SIZE];
    (void)option;
    memset(name, 0, sizeof name);
    int error = psock_get_congestion(guest->socket, name, sizeof name);
    return error < 0 ? psock_guest_option_error(error)
                     : psock_guest_give(name, sizeof name, value, length);
}

static int take_congestion(struct psock_guest *guest,
                           const struct psock_guest_option *option,
                           const void *value, socklen_t length)
{
    char name[PSOCK_CONGESTION_NAME_SIZE] = "";
    (void)option;
    if (length < 1)
        return -EINVAL;
    if (value == NULL)
        return -EFAULT;
    memcpy(name, value, length < sizeof name ? length : sizeof name - 1);
    int error = psock_set_congestion(guest->socket, name);
    return error < 0 ? psock_guest_option_error(error) : 0;
}

/* --- Statistics ---------------------------------------------------------------------- */

/* Linux numbers the states otherwise than RFC 9293 lists them. */
static const uint8_t states[] = {
    [PSOCK_TCP_CLOSED] = TCP_CLOSE,
    [PSOCK_TCP_LISTEN] = TCP_LISTEN,
    [PSOCK_TCP_SYN_SENT] = TCP_SYN_SENT,
    [PSOCK_TCP_SYN_RECEIVED] = TCP_SYN_RECV,
    [PSOCK_TCP_ESTABLISHED] = TCP_ESTABLISHED,
    [PSOCK_TCP_FIN_WAIT_1] = TCP_FIN_WAIT1,
    [PSOCK_TCP_FIN_WAIT_2] = TCP_FIN_WAIT2,
    [PSOCK_TCP_CLOSE_WAIT] = TCP_CLOSE_WAIT,
    [PSOCK_TCP_CLOSING] = TCP_CLOSING,
    [PSOCK_TCP_LAST_ACK] = TCP_LAST_ACK,
    [PSOCK_TCP_TIME_WAIT] = TCP_TIME_WAIT,
};

static uint32_t segments_of(uint64_t bytes, const psock_tcp_info *from)
{
    if (from->segment_size_bytes == 0)
        return 0;
    return (uint32_t)((bytes + from->segment_size_bytes - 1) /
                      from->segment_size_bytes);
}

static void fill_info(const psock_tcp_info *from, struct tcp_info *info)
{
    if (from->state < sizeof states)
        info->tcpi_state = states[from->state];
    info->tcpi_snd_mss = (uint32_t)from->segment_size_bytes;
    info->tcpi_rcv_mss = (uint32_t)from->segment_size_bytes;
    info->tcpi_advmss = (uint32_t)from->segment_size_bytes;
    info->tcpi_unacked = segments_of(from->unacknowledged_bytes, from);
    info->tcpi_rtt = (uint32_t)from->round_trip_us;
    info->tcpi_rttvar = (uint32_t)from->round_trip_variation_us;
    info->tcpi_min_rtt = (uint32_t)from->least_round_trip_us;
    info->tcpi_snd_cwnd = segments_of(from->congestion_window_bytes, from);
    info->tcpi_snd_wnd = (uint32_t)from->send_window_bytes;
    info->tcpi_rcv_space = (uint32_t)from->receive_window_bytes;
    info->tcpi_total_retrans = (uint32_t)from->retransmissions;
    info->tcpi_bytes_sent = from->bytes_sent;
    info->tcpi_bytes_retrans = from->bytes_retransmitted;
    info->tcpi_bytes_received = from->bytes_received;
    if (from->bytes_sent > from->unacknowledged_bytes)
        info->tcpi_bytes_acked = from->bytes_sent - from->unacknowledged_bytes;
}

static int give_info(struct psock_guest *guest,
                     const struct psock_guest_option *option, void *value,
                     socklen_t *length)
{
    psock_tcp_info told;
    struct tcp_info info;
    (void)option;
    int error = psock_get_tcp_info(guest->socket, &told);
    if (error < 0)
        return psock_guest_option_error(error);
    memset(&info, 0, sizeof info);
    fill_info(&told, &info);
    return psock_guest_give(&info, sizeof info, value, length);
}

/* --- The rows -------------------------------------------------------------------------- */

static const struct psock_guest_option options[] = {
    PSOCK_GUEST_CORE_SWITCH(TCP_NODELAY, PSOCK_OPTION_NO_DELAY,
                            PSOCK_GUEST_KEPT_NODELAY),
    PSOCK_GUEST_CORE_SWITCH(TCP_CORK, PSOCK_OPTION_CORK, PSOCK_GUEST_KEPT_CORK),
    {.name = TCP_QUICKACK,
     .form = PSOCK_GUEST_SWITCH,
     .lack = PSOCK_GUEST_KEEP,
     .core = PSOCK_OPTION_QUICK_ACK,
     .kept = PSOCK_GUEST_KEPT_QUICKACK,
     .usual = 1},
    PROBING(TCP_KEEPIDLE, PSOCK_GUEST_KEPT_KEEPIDLE, USUAL_IDLE_S, MOST_S),
    PROBING(TCP_KEEPINTVL, PSOCK_GUEST_KEPT_KEEPINTVL, USUAL_INTERVAL_S,
            MOST_S),
    PROBING(TCP_KEEPCNT, PSOCK_GUEST_KEPT_KEEPCNT, USUAL_PROBES, MOST_PROBES),
    {.name = TCP_MAXSEG,
     .lack = PSOCK_GUEST_KEEP,
     .core = PSOCK_OPTION_SEGMENT_BYTES,
     .kept = PSOCK_GUEST_KEPT_MAXSEG,
     .usual = USUAL_SEGMENT,
     .minimum = 0,
     .maximum = MOST_SEGMENT,
     .set = set_segment},
    {.name = TCP_USER_TIMEOUT,
     .core = PSOCK_OPTION_DEAD_PEER_MS,
     .minimum = 0,
     .maximum = INT_MAX},
    PSOCK_GUEST_CORE_NUMBER(TCP_DEFER_ACCEPT, PSOCK_OPTION_DEFER_ACCEPT_S,
                            PSOCK_GUEST_KEPT_DEFER_ACCEPT, 0, INT_MIN, INT_MAX),
    {.name = TCP_FASTOPEN,
     .lack = PSOCK_GUEST_KEEP,
     .core = PSOCK_OPTION_FAST_OPEN,
     .kept = PSOCK_GUEST_KEPT_FASTOPEN,
     .minimum = 0,
     .maximum = INT_MAX,
     .set = set_fast_open},
    PSOCK_GUEST_CORE_NUMBER(TCP_NOTSENT_LOWAT, PSOCK_OPTION_UNSENT_LOW_BYTES,
                            PSOCK_GUEST_KEPT_NOTSENT_LOWAT, 0, INT_MIN,
                            INT_MAX),
    PSOCK_GUEST_OWN_BYTES(TCP_CONGESTION, give_congestion, take_congestion),
    PSOCK_GUEST_OWN_BYTES(TCP_INFO, give_info, psock_guest_cannot_set_bytes),
};

const struct psock_guest_options_of psock_guest_tcp_options = {
    options, sizeof options / sizeof *options};
