/* fake_tcp.c: the controls of TCP. */
#include "fake_option.h"

#include <string.h>

int fake_keep_alive(struct fake_object *s, const struct fake_control *control)
{
    struct tcp_keepalive times;
    if (s->type != SOCK_STREAM)
        return WSAEOPNOTSUPP;
    if (control->in == NULL || control->in_size < sizeof times)
        return WSAEFAULT;
    memcpy(&times, control->in, sizeof times);
    s->numbers[FAKE_KEEPALIVE] = times.onoff != 0;
    s->keep_idle_ms = times.keepalivetime;
    s->keep_interval_ms = times.keepaliveinterval;
    return 0;
}

void fake_kept_alive(psock_t handle, DWORD *idle_ms, DWORD *interval_ms)
{
    fake_take_lock();
    const struct fake_object *s = fake_find_socket((SOCKET)handle);
    *idle_ms = s->keep_idle_ms;
    *interval_ms = s->keep_interval_ms;
    fake_give_lock();
}

/* One byte is what counts. */
int fake_ack_frequency(struct fake_object *s,
                       const struct fake_control *control)
{
    if (fake_script.profile->build < WINDOWS_8 || s->type != SOCK_STREAM)
        return WSAEOPNOTSUPP;
    if (control->in == NULL || control->in_size < 1)
        return WSAEFAULT;
    memcpy(&s->ack_frequency, control->in, 1);
    return 0;
}

int fake_acks_each(psock_t handle)
{
    fake_take_lock();
    int frequency = fake_find_socket((SOCKET)handle)->ack_frequency;
    fake_give_lock();
    return frequency;
}

/* --- Statistics ------------------------------------------------------------- */

/* As the documents list the members, and no two alike. */
struct tcp_info_0 {
    ULONG State;
    ULONG Mss;
    ULONG64 ConnectionTimeMs;
    BOOLEAN TimestampsEnabled;
    ULONG RttUs;
    ULONG MinRttUs;
    ULONG BytesInFlight;
    ULONG Cwnd;
    ULONG SndWnd;
    ULONG RcvWnd;
    ULONG RcvBuf;
    ULONG64 BytesOut;
    ULONG64 BytesIn;
    ULONG BytesReordered;
    ULONG BytesRetrans;
    ULONG FastRetrans;
    ULONG DupAcksIn;
    ULONG TimeoutEpisodes;
    UCHAR SynRetrans;
};

struct tcp_info_1 {
    struct tcp_info_0 first;
    ULONG SndLimTransRwin;
    ULONG SndLimTimeRwin;
    ULONG64 SndLimBytesRwin;
    ULONG SndLimTransCwnd;
    ULONG SndLimTimeCwnd;
    ULONG64 SndLimBytesCwnd;
    ULONG SndLimTransSnd;
    ULONG SndLimTimeSnd;
    ULONG64 SndLimBytesSnd;
};

static const struct tcp_info_1 statistics = {
    .first = {.State = 4,
              .Mss = 1460,
              .ConnectionTimeMs = 5000000000,
              .TimestampsEnabled = 1,
              .RttUs = 1500,
              .MinRttUs = 900,
              .BytesInFlight = 77,
              .Cwnd = 14600,
              .SndWnd = 65535,
              .RcvWnd = 65280,
              .RcvBuf = 65536,
              .BytesOut = 6000000000,
              .BytesIn = 7000000000,
              .BytesReordered = 21,
              .BytesRetrans = 2920,
              .FastRetrans = 23,
              .DupAcksIn = 24,
              .TimeoutEpisodes = 25,
              .SynRetrans = 26}};

/* Version 0 is of 1703, version 1 of 1809. */
static size_t size_of_version(DWORD version)
{
    const enum fake_build build = fake_script.profile->build;
    if (version == 0 && build >= WINDOWS_10_1703)
        return sizeof statistics.first;
    return version == 1 && build >= WINDOWS_10_1809 ? sizeof statistics : 0;
}

int fake_tcp_info(struct fake_object *s, const struct fake_control *control)
{
    DWORD version;
    if (fake_script.profile->build < WINDOWS_10_1703 || s->type != SOCK_STREAM)
        return WSAEOPNOTSUPP;
    if (control->in == NULL || control->in_size < sizeof version)
        return WSAEFAULT;
    memcpy(&version, control->in, sizeof version);
    const size_t size = size_of_version(version);
    if (size == 0 || s->state != FAKE_CONNECTED)
        return WSAEINVAL;
    if (control->out == NULL || control->out_size < size)
        return WSAEFAULT;
    memcpy(control->out, &statistics, size);
    *control->returned = (DWORD)size;
    return 0;
}
