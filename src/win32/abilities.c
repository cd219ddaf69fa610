/* abilities.c: what Windows has to be asked for once.
 *
 * Only that it can do something is remembered: that it cannot may have been due
 * to the socket.  Nothing is asked in a way that changes the socket. */
#include "metadata.h"

static _Atomic(LPFN_WSARECVMSG) known_recv_msg;
static atomic_int known_abilities[PSOCK_WIN32_ABILITIES];

void psock_win32_forget_abilities(void)
{
    atomic_store(&known_recv_msg, NULL);
    for (size_t i = 0; i < PSOCK_WIN32_ABILITIES; i++)
        atomic_store(&known_abilities[i], 0);
}

/* --- WSARecvMsg ------------------------------------------------------------ */

static PSOCK_APART LPFN_WSARECVMSG find_recv_msg(psock_t s)
{
    GUID id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG found = NULL;
    DWORD returned;
    if (psock_winsock.WSAIoctl((SOCKET)s, SIO_GET_EXTENSION_FUNCTION_POINTER,
                               &id, sizeof id, &found, sizeof found, &returned,
                               NULL, NULL) != 0)
        return NULL;
    atomic_store(&known_recv_msg, found);
    return found;
}

LPFN_WSARECVMSG psock_win32_recv_msg(psock_t s)
{
    LPFN_WSARECVMSG known =
        atomic_load_explicit(&known_recv_msg, memory_order_relaxed);
    return PSOCK_LIKELY(known != NULL) ? known : find_recv_msg(s);
}

/* --- What can be sent ------------------------------------------------------ */

/* What Windows says of a datagram that `s`, bound, sends itself from an address
 * of no machine (RFC 5737). */
static _Bool refuses_a_foreign_source(psock_t s)
{
    static const struct psock_win32_source_4 foreign = {
        .address = {198, 51, 100, 1}};
    static const unsigned char loopback[] = {127, 0, 0, 1};
    struct psock_win32_control control = {.size = 0};
    struct psock_address_view local;
    psock_address to;
    WSABUF nothing = {.len = 0, .buf = NULL};
    DWORD sent;
    if (psock_sys_local(s, &to) < 0)
        return 0;
    psock_sys_address_view(&to, &local);
    psock_sys_address_ipv4(loopback, local.port, &to);
    psock_win32_put_item(&control, IPPROTO_IP, IP_PKTINFO, &foreign,
                         sizeof foreign);
    WSAMSG message = {
        .name = (struct sockaddr *)to.storage.bytes,
        .namelen = (int)to.length,
        .lpBuffers = &nothing,
        .dwBufferCount = 1,
        .Control = {.buf = (char *)control.bytes, .len = (ULONG)control.size}};
    return psock_winsock.WSASendMsg((SOCKET)s, &message, 0, &sent, NULL,
                                    NULL) != 0;
}

/* Wine takes control data without a word and does not look at them. */
static _Bool reads_control(psock_t s)
{
    (void)s;
    psock_t trial = psock_sys_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0);
    if (trial < 0)
        return 0;
    _Bool reads =
        psock_win32_bind_any(trial) == 0 && refuses_a_foreign_source(trial);
    psock_sys_close(trial);
    return reads;
}

static _Bool has_option(psock_t s, int level, int option)
{
    DWORD value = 0;
    int length = sizeof value;
    return psock_winsock.getsockopt((SOCKET)s, level, option, (char *)&value,
                                    &length) == 0;
}

static _Bool takes_traffic_class(psock_t s)
{
    const DWORD lower_effort = 1;
    return has_option(s, IPPROTO_IPV6, IPV6_RECVECN) &&
           psock_winsock.setsockopt((SOCKET)s, IPPROTO_IPV6, IPV6_TCLASS,
                                    (const char *)&lower_effort,
                                    sizeof lower_effort) == 0;
}

/* Older systems take the traffic class of IPv4 without a word and ignore it.
 * Those that send with one can set it for IPv6, which is tried on a socket of
 * its own; Wine, which takes that and ignores the control data, knows no ECN. */
static _Bool sends_traffic_class(psock_t s)
{
    (void)s;
    SOCKET trial =
        psock_win32_make_socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP, NULL);
    if (trial == INVALID_SOCKET)
        return 0;
    _Bool takes = takes_traffic_class((psock_t)trial);
    psock_winsock.closesocket(trial);
    return takes;
}

static _Bool sends_ecn_4(psock_t s)
{
    return has_option(s, IPPROTO_IP, IP_RECVECN);
}

static _Bool sends_ecn_6(psock_t s)
{
    return has_option(s, IPPROTO_IPV6, IPV6_RECVECN);
}

static _Bool sends_segments(psock_t s)
{
    return has_option(s, IPPROTO_UDP, UDP_SEND_MSG_SIZE);
}

_Bool psock_win32_can(psock_t s, enum psock_win32_ability ability)
{
    static _Bool (*const questions[PSOCK_WIN32_ABILITIES])(psock_t s) = {
        [PSOCK_WIN32_READS_CONTROL] = reads_control,
        [PSOCK_WIN32_SENDS_ECN_4] = sends_ecn_4,
        [PSOCK_WIN32_SENDS_ECN_6] = sends_ecn_6,
        [PSOCK_WIN32_SENDS_TRAFFIC_CLASS] = sends_traffic_class,
        [PSOCK_WIN32_SENDS_SEGMENTS] = sends_segments};
    if (atomic_load_explicit(&known_abilities[ability], memory_order_relaxed))
        return 1;
    if (!questions[ability](s))
        return 0;
    atomic_store(&known_abilities[ability], 1);
    return 1;
}
