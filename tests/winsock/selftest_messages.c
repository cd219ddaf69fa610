/* selftest_messages.c: the fake sends and receives messages as Windows does. */
#include "claim.h"

#include "fake_option.h"

static LPFN_WSARECVMSG receiving_function(SOCKET s)
{
    GUID id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG function = NULL;
    DWORD returned;
    psock_winsock.WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id,
                           sizeof id, &function, sizeof function, &returned,
                           NULL, NULL);
    return function;
}

/* --- What a claim is made with ------------------------------------------------ */

struct letter {
    WSAMSG message;
    WSABUF buffer;
    struct sockaddr_in name;
    DWORD count;
    char data[32];
    union {
        WSACMSGHDR header;
        char bytes[64];
    } control;
};

static void make_letter(struct letter *letter, ULONG size)
{
    memset(letter, 0, sizeof *letter);
    letter->buffer = (WSABUF){.len = size, .buf = letter->data};
    letter->message.lpBuffers = &letter->buffer;
    letter->message.dwBufferCount = 1;
    letter->message.name = (struct sockaddr *)&letter->name;
    letter->message.namelen = sizeof letter->name;
}

static void put_control(struct letter *letter, int level, int type, int value)
{
    letter->control.header.cmsg_len = sizeof(WSACMSGHDR) + sizeof value;
    letter->control.header.cmsg_level = level;
    letter->control.header.cmsg_type = type;
    memcpy(letter->control.bytes + sizeof(WSACMSGHDR), &value, sizeof value);
    letter->message.Control.buf = letter->control.bytes;
    letter->message.Control.len = (ULONG)letter->control.header.cmsg_len;
}

static int send_letter(SOCKET s, struct letter *letter)
{
    int result = psock_winsock.WSASendMsg(s, &letter->message, 0,
                                          &letter->count, NULL, NULL);
    return result == 0 ? (int)letter->count : claim_outcome(result);
}

static int receive_letter(SOCKET s, struct letter *letter)
{
    int result =
        receiving_function(s)(s, &letter->message, &letter->count, NULL, NULL);
    return result == 0 ? (int)letter->count : claim_outcome(result);
}

/* --- Sending -------------------------------------------------------------------- */

/* What a message of ten bytes to the loopback says, with control data if there
 * is a level. */
static int send_with(int level, int type, int value)
{
    struct letter letter;
    SOCKET s = claim_open(SOCK_DGRAM);
    SOCKET other = claim_open_bound(SOCK_DGRAM);
    make_letter(&letter, 10);
    letter.name = claim_name_of(other);
    if (level >= 0)
        put_control(&letter, level, type, value);
    return claim_close_two(s, other, send_letter(s, &letter));
}

static int send_plain_message(void)
{
    return send_with(-1, 0, 0);
}

static int send_ecn(void)
{
    return send_with(IPPROTO_IP, IP_ECN, 2);
}

static int send_congestion(void)
{
    return send_with(IPPROTO_IP, IP_ECN, 3);
}

static int send_ecn_of_ipv6_by_ipv4(void)
{
    return send_with(IPPROTO_IPV6, IPV6_ECN, 2);
}

static int send_class(void)
{
    return send_with(IPPROTO_IP, IP_TOS, 8);
}

static int send_pieces(void)
{
    return send_with(IPPROTO_UDP, UDP_SEND_MSG_SIZE, 4);
}

static int send_unknown_control(void)
{
    return send_with(IPPROTO_IP, 99, 0);
}

static int send_short_source(void)
{
    return send_with(IPPROTO_IP, IP_PKTINFO, 0);
}

static int send_cut_control(void)
{
    struct letter letter;
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    make_letter(&letter, 10);
    letter.name = claim_name_of(s);
    put_control(&letter, IPPROTO_IP, IP_ECN, 1);
    letter.message.Control.len -= 1;
    return claim_close(s, send_letter(s, &letter));
}

static int send_by_stream(void)
{
    struct letter letter;
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    make_letter(&letter, 10);
    letter.message.name = NULL;
    letter.message.namelen = 0;
    return claim_close_two(s, peer, send_letter(s, &letter));
}

static int send_without_peer(void)
{
    struct letter letter;
    SOCKET s = claim_open(SOCK_DGRAM);
    make_letter(&letter, 10);
    letter.message.name = NULL;
    letter.message.namelen = 0;
    return claim_close(s, send_letter(s, &letter));
}

static int send_with_length_of_no_name(void)
{
    struct letter letter;
    SOCKET s = claim_open(SOCK_DGRAM);
    make_letter(&letter, 10);
    letter.message.name = NULL;
    return claim_close(s, send_letter(s, &letter));
}

static int send_no_buffers(void)
{
    struct letter letter;
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    make_letter(&letter, 10);
    letter.name = claim_name_of(s);
    letter.message.dwBufferCount = 0;
    return claim_close(s, send_letter(s, &letter));
}

/* --- Receiving ------------------------------------------------------------------ */

/* Receives a datagram of ten bytes in a room for `size`, and in `letter` what
 * there is of control data when `option` is on. */
static int receive_into(struct letter *letter, ULONG size, int option,
                        ULONG control, DWORD flags)
{
    const DWORD on = 1;
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    const struct sockaddr_in name = claim_name_of(s);
    if (option != 0)
        psock_winsock.setsockopt(s, IPPROTO_IP, option, (const char *)&on,
                                 sizeof on);
    claim_send_to(s, "0123456789", &name, sizeof name);
    make_letter(letter, size);
    letter->message.Control.len = control;
    letter->message.Control.buf = control == 0 ? NULL : letter->control.bytes;
    letter->message.dwFlags = flags;
    return claim_close(s, receive_letter(s, letter));
}

static int receive_message(void)
{
    struct letter letter;
    return receive_into(&letter, 32, 0, 0, 0);
}

static int receive_truncated(void)
{
    struct letter letter;
    return receive_into(&letter, 4, 0, 0, 0);
}

static int receive_truncated_flags(void)
{
    struct letter letter;
    receive_into(&letter, 4, 0, 0, 0);
    return (int)letter.message.dwFlags;
}

static int receive_truncated_count(void)
{
    struct letter letter;
    receive_into(&letter, 4, 0, 0, 0);
    return (int)letter.count;
}

static int receive_short_control(void)
{
    struct letter letter;
    return receive_into(&letter, 32, IP_PKTINFO, 1, 0);
}

static int receive_short_control_flags(void)
{
    struct letter letter;
    receive_into(&letter, 32, IP_PKTINFO, 1, 0);
    return (int)letter.message.dwFlags;
}

static int receive_control_length(void)
{
    struct letter letter;
    receive_into(&letter, 32, IP_PKTINFO, 64, 0);
    return (int)letter.message.Control.len;
}

static int receive_hops_type(void)
{
    struct letter letter;
    receive_into(&letter, 32, IP_RECVTTL, 64, 0);
    return letter.control.header.cmsg_type;
}

static int receive_with_other_flags(void)
{
    struct letter letter;
    return receive_into(&letter, 32, 0, 0, MSG_OOB);
}

static int receive_errors_by_flag(void)
{
    struct letter letter;
    return receive_into(&letter, 32, 0, 0, MSG_ERRQUEUE);
}

static int receive_by_stream(void)
{
    struct letter letter;
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    make_letter(&letter, 10);
    return claim_close_two(s, peer, receive_letter(s, &letter));
}

static int receive_unbound(void)
{
    struct letter letter;
    SOCKET s = claim_open(SOCK_DGRAM);
    make_letter(&letter, 10);
    return claim_close(s, receive_letter(s, &letter));
}

static int receive_in_short_name(void)
{
    struct letter letter;
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    const struct sockaddr_in name = claim_name_of(s);
    claim_send_to(s, "a", &name, sizeof name);
    make_letter(&letter, 10);
    letter.message.namelen = 8;
    int result = receive_letter(s, &letter);
    letter.message.namelen = sizeof letter.name;
    return claim_close(s, result * 10 + receive_letter(s, &letter));
}

static int receive_nothing_yet(void)
{
    struct letter letter;
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    make_letter(&letter, 10);
    return claim_close(s, receive_letter(s, &letter));
}

static int unreachable_is_named(void)
{
    struct letter letter;
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    struct sockaddr_in nobody = claim_ipv4(CLAIM_LOOPBACK, 9);
    claim_send_to(s, "a", &nobody, sizeof nobody);
    make_letter(&letter, 10);
    int result = receive_letter(s, &letter);
    return claim_close(s, letter.name.sin_port == nobody.sin_port ? result : 0);
}

static int segment_option(void)
{
    DWORD size = 1;
    int length = sizeof size;
    SOCKET s = claim_open(SOCK_DGRAM);
    int result = claim_outcome(psock_winsock.getsockopt(
        s, IPPROTO_UDP, UDP_SEND_MSG_SIZE, (char *)&size, &length));
    return claim_close(s, result == 0 ? (int)size : result);
}

int main(void)
{
    static const struct claim claims[] = {
        {"sendmsg.plain", send_plain_message, 10},
        {"sendmsg.ecn", send_ecn, 10},
        {"sendmsg.ecn.congestion", send_congestion, -WSAEINVAL},
        {"sendmsg.ecn.other_version", send_ecn_of_ipv6_by_ipv4, -WSAEINVAL},
        {"sendmsg.tos", send_class, 10},
        {"sendmsg.segments", send_pieces, 10},
        {"sendmsg.unknown_control", send_unknown_control, -WSAEINVAL},
        {"sendmsg.short_pktinfo", send_short_source, -WSAEINVAL},
        {"sendmsg.cut_control", send_cut_control, -WSAEINVAL},
        {"sendmsg.stream", send_by_stream, -WSAEINVAL},
        {"sendmsg.unconnected", send_without_peer, -WSAENOTCONN},
        {"sendmsg.length_of_no_name", send_with_length_of_no_name, -WSAEFAULT},
        {"sendmsg.no_buffers", send_no_buffers, -WSAEINVAL},
        {"recvmsg.plain", receive_message, 10},
        {"recvmsg.trunc", receive_truncated, -WSAEMSGSIZE},
        {"recvmsg.trunc.flags", receive_truncated_flags, MSG_TRUNC},
        {"recvmsg.trunc.count", receive_truncated_count, 4},
        {"recvmsg.ctrunc", receive_short_control, -WSAEMSGSIZE},
        {"recvmsg.ctrunc.flags", receive_short_control_flags, MSG_CTRUNC},
        {"recvmsg.control.length", receive_control_length,
         sizeof(WSACMSGHDR) + 8},
        {"recvmsg.ttl.type", receive_hops_type, IP_TTL},
        {"recvmsg.flags", receive_with_other_flags, -WSAEOPNOTSUPP},
        {"recvmsg.errqueue_flag", receive_errors_by_flag, -WSAEOPNOTSUPP},
        {"recvmsg.stream", receive_by_stream, -WSAEINVAL},
        {"recvmsg.unbound", receive_unbound, -WSAEINVAL},
        {"recvmsg.shortname", receive_in_short_name, -WSAEFAULT * 10 + 1},
        {"recvmsg.nothing", receive_nothing_yet, -WSAEWOULDBLOCK},
        {"recvmsg.unreachable_name", unreachable_is_named, -WSAECONNRESET},
        {"udp.send_msg_size", segment_option, 0},
    };
    static const struct claim older[] = {
        {"sendmsg.ecn", send_ecn, -WSAEINVAL},
        {"sendmsg.tos", send_class, -WSAEINVAL},
        {"sendmsg.segments", send_pieces, -WSAEINVAL},
        {"recvmsg.ttl.type", receive_hops_type, IP_HOPLIMIT},
        {"udp.send_msg_size", segment_option, -WSAEINVAL},
    };
    return CLAIM_RUN("fake.messages", claims) +
           CLAIM_RUN_ON("fake.messages.windows_7", &win7_like, older);
}
