/* selftest_transfers.c: the fake sends, receives and keeps options as Windows
 * does. */
#include "claim.h"

#include <stdlib.h>

static int receive(SOCKET s, int size, int flags)
{
    char buffer[64];
    return claim_outcome(psock_winsock.recv(s, buffer, size, flags));
}

static int send_text(SOCKET s, const char *text, int flags)
{
    return claim_outcome(psock_winsock.send(s, text, (int)strlen(text), flags));
}

/* --- Streams -------------------------------------------------------------- */

static int unconnected_receive(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, receive(s, 1, 0));
}

static int unconnected_send(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, send_text(s, "a", 0));
}

static int listener_receive(void)
{
    SOCKET s = claim_listener();
    return claim_close(s, receive(s, 1, 0));
}

/* What the peer says to one receive after one send. */
static int after_send(const char *text, int size, int flags)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    send_text(s, text, 0);
    int result = receive(peer, size, flags);
    return claim_close_two(peer, s, result);
}

static int receive_data(void)
{
    return after_send("hello", 10, 0);
}

static int receive_nothing(void)
{
    return after_send("", 10, 0);
}

static int receive_none_of_none(void)
{
    return after_send("", 0, 0);
}

static int receive_none_of_some(void)
{
    return after_send("hello", 0, 0);
}

static int receive_negative(void)
{
    return after_send("hello", -1, 0);
}

static int receive_peeking(void)
{
    return after_send("hello", 10, MSG_PEEK);
}

static int receive_waiting_for_all(void)
{
    return after_send("hello", 10, MSG_WAITALL);
}

static int receive_with_foreign_flag(void)
{
    return after_send("hello", 10, 0x40);
}

static int send_with_foreign_flag(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    return claim_close_two(s, peer, send_text(s, "a", 0x4000));
}

static int send_nothing(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    return claim_close_two(s, peer, send_text(s, "", 0));
}

static int send_to_an_address(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    const struct sockaddr_in name = claim_ipv4(CLAIM_LOOPBACK, 1234);
    return claim_close_two(s, peer, claim_send_to(s, "q", &name, sizeof name));
}

/* The room for an address comes back as it went. */
static int receive_with_address(void)
{
    char buffer[8];
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    struct sockaddr name;
    int room = sizeof name;
    memset(&name, 0xaa, sizeof name);
    send_text(s, "q", 0);
    psock_winsock.recvfrom(peer, buffer, sizeof buffer, 0, &name, &room);
    return claim_close_two(s, peer, name.sa_family == 0xaaaa && room == 16);
}

static int end_is_zero(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.shutdown(s, SD_SEND);
    return claim_close_two(s, peer, receive(peer, 1, 0));
}

static int send_after_end(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.shutdown(s, SD_SEND);
    return claim_close_two(s, peer, send_text(s, "a", 0));
}

static int first_send_to_closed(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.closesocket(peer);
    return claim_close(s, send_text(s, "a", 0));
}

static int receive_after_send_to_closed(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.closesocket(peer);
    send_text(s, "a", 0);
    return claim_close(s, receive(s, 1, 0));
}

/* One end of a connection that the other has reset. */
static SOCKET reset_by_peer(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    send_text(peer, "lost", 0);
    psock_winsock.setsockopt(peer, SOL_SOCKET, SO_LINGER,
                             (const char *)&at_once, sizeof at_once);
    psock_winsock.closesocket(peer);
    return s;
}

static int receive_after_reset(void)
{
    SOCKET s = reset_by_peer();
    return claim_close(s, receive(s, 10, 0));
}

static int receive_again_after_reset(void)
{
    SOCKET s = reset_by_peer();
    receive(s, 10, 0);
    return claim_close(s, receive(s, 10, 0));
}

static int send_after_reset(void)
{
    SOCKET s = reset_by_peer();
    return claim_close(s, send_text(s, "a", 0));
}

static int error_after_reset(void)
{
    SOCKET s = reset_by_peer();
    return claim_close(s, claim_error_of(s));
}

static int peer_name_after_reset(void)
{
    struct sockaddr_in name;
    int room = sizeof name;
    SOCKET s = reset_by_peer();
    return claim_close(s, claim_outcome(psock_winsock.getpeername(
                              s, (struct sockaddr *)&name, &room)));
}

static int close_with_unread_data(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    send_text(s, "unread", 0);
    psock_winsock.closesocket(peer);
    return claim_close(s, receive(s, 10, 0));
}

#define MANY (1 << 20)

static int send_many(_Bool again)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    char *data = calloc(1, MANY);
    int result = claim_outcome(psock_winsock.send(s, data, MANY, 0));
    if (again)
        result = claim_outcome(psock_winsock.send(s, data, MANY, 0));
    free(data);
    return claim_close_two(peer, s, result);
}

static int send_whole_buffer(void)
{
    return send_many(0);
}

static int send_second_buffer(void)
{
    return send_many(1);
}

static int receive_no_buffers(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    WSABUF none = {.len = 0};
    DWORD received;
    DWORD flags = 0;
    int result = claim_outcome(
        psock_winsock.WSARecv(s, &none, 0, &received, &flags, NULL, NULL));
    return claim_close_two(s, peer, result);
}

/* --- Datagrams ------------------------------------------------------------ */

static int datagram_unbound_receive(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    return claim_close(s, receive(s, 1, 0));
}

static int datagram_unconnected_send(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    return claim_close(s, send_text(s, "a", 0));
}

static int datagram_to(ULONG address, u_short port, int length)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    const struct sockaddr_in name = claim_ipv4(address, port);
    return claim_close(s, claim_send_to(s, "a", &name, length));
}

static int datagram_to_any(void)
{
    return datagram_to(0, 9999, 16);
}

static int datagram_to_port_zero(void)
{
    return datagram_to(CLAIM_LOOPBACK, 0, 16);
}

static int datagram_to_everybody(void)
{
    return datagram_to(0xffffffffu, 9999, 16);
}

static int datagram_to_short(void)
{
    return datagram_to(CLAIM_LOOPBACK, 9999, 8);
}

/* A socket that "0123456789" and "abc" were sent to. */
static SOCKET visited(void)
{
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    SOCKET sender = claim_open(SOCK_DGRAM);
    const struct sockaddr_in name = claim_name_of(s);
    claim_send_to(sender, "0123456789", &name, sizeof name);
    claim_send_to(sender, "abc", &name, sizeof name);
    return claim_close(sender, 0) == 0 ? s : INVALID_SOCKET;
}

static int datagram_cut(void)
{
    SOCKET s = visited();
    return claim_close(s, receive(s, 4, 0));
}

static int datagram_after_cut(void)
{
    SOCKET s = visited();
    receive(s, 4, 0);
    return claim_close(s, receive(s, 10, 0));
}

static int datagram_peeked_cut(void)
{
    SOCKET s = visited();
    return claim_close(s, receive(s, 4, MSG_PEEK));
}

static int datagram_after_peek(void)
{
    SOCKET s = visited();
    receive(s, 20, MSG_PEEK);
    return claim_close(s, receive(s, 20, 0));
}

static int datagram_without_room(void)
{
    SOCKET s = visited();
    return claim_close(s, receive(s, 0, 0));
}

static int receive_from(SOCKET s, int room)
{
    char buffer[20];
    struct sockaddr_in name;
    return claim_outcome(psock_winsock.recvfrom(
        s, buffer, sizeof buffer, 0, (struct sockaddr *)&name, &room));
}

static int datagram_with_little_address(void)
{
    SOCKET s = visited();
    return claim_close(s, receive_from(s, 4));
}

static int datagram_stays_for_its_address(void)
{
    SOCKET s = visited();
    receive_from(s, 4);
    return claim_close(s, receive_from(s, 16));
}

static int datagram_unread(void)
{
    u_long unread = 0;
    SOCKET s = visited();
    psock_winsock.ioctlsocket(s, (long)FIONREAD, &unread);
    return claim_close(s, (int)unread);
}

static int datagram_of(int size)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    SOCKET receiver = claim_open_bound(SOCK_DGRAM);
    const struct sockaddr_in name = claim_name_of(receiver);
    char *data = calloc(1, (size_t)size);
    int result = claim_outcome(psock_winsock.sendto(
        s, data, size, 0, (const struct sockaddr *)&name, sizeof name));
    free(data);
    return claim_close_two(s, receiver, result);
}

static int datagram_longest(void)
{
    return datagram_of(65507);
}

static int datagram_too_long(void)
{
    return datagram_of(65508);
}

/* --- Datagrams that reach nobody ------------------------------------------ */

static SOCKET unheard(_Bool quiet)
{
    BOOL off = FALSE;
    DWORD returned;
    SOCKET gone = claim_open_bound(SOCK_DGRAM);
    const struct sockaddr_in name = claim_name_of(gone);
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    psock_winsock.closesocket(gone);
    if (quiet)
        psock_winsock.WSAIoctl(s, SIO_UDP_CONNRESET, &off, sizeof off, NULL, 0,
                               &returned, NULL, NULL);
    claim_send_to(s, "a", &name, sizeof name);
    return s;
}

static int unheard_receive(void)
{
    SOCKET s = unheard(0);
    return claim_close(s, receive(s, 1, 0));
}

static int unheard_receive_again(void)
{
    SOCKET s = unheard(0);
    receive(s, 1, 0);
    return claim_close(s, receive(s, 1, 0));
}

static int unheard_receive_quietly(void)
{
    SOCKET s = unheard(1);
    return claim_close(s, receive(s, 1, 0));
}

static int control_net_reset(const struct fake_profile *profile)
{
    WSADATA data;
    BOOL off = FALSE;
    DWORD returned;
    fake_begin(profile);
    psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET s = claim_open(SOCK_DGRAM);
    int result =
        psock_winsock.WSAIoctl(s, _WSAIOW(IOC_VENDOR, 15), &off, sizeof off,
                               NULL, 0, &returned, NULL, NULL);
    return claim_close(s, claim_outcome(result));
}

static int net_reset_on_windows_10(void)
{
    return control_net_reset(&win10_2004plus);
}

static int net_reset_on_windows_7(void)
{
    return control_net_reset(&win7_like);
}

/* --- Options -------------------------------------------------------------- */

/* The length that an option's answer has when there is room for four bytes. */
static int answer_length(int level, int option)
{
    char value[4];
    int length = sizeof value;
    SOCKET s = claim_open(SOCK_STREAM);
    int result = claim_outcome(
        psock_winsock.getsockopt(s, level, option, value, &length));
    return claim_close(s, result < 0 ? result : length);
}

static int nodelay_length(void)
{
    return answer_length(IPPROTO_TCP, TCP_NODELAY);
}

static int keepalive_length(void)
{
    return answer_length(SOL_SOCKET, SO_KEEPALIVE);
}

static int v6only_length(void)
{
    return answer_length(IPPROTO_IPV6, IPV6_V6ONLY);
}

static int reuse_length(void)
{
    return answer_length(SOL_SOCKET, SO_REUSEADDR);
}

static int linger_length(void)
{
    return answer_length(SOL_SOCKET, SO_LINGER);
}

static int odd_level(void)
{
    return answer_length(77, 1);
}

static int odd_option(void)
{
    return answer_length(SOL_SOCKET, 0x7777);
}

static int low_water(void)
{
    return answer_length(SOL_SOCKET, SO_RCVLOWAT);
}

static int seconds_connected(void)
{
    int seconds = 0;
    int length = sizeof seconds;
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds,
                             &length);
    return claim_close(s, seconds);
}

static int little_room_for_error(void)
{
    char value[4];
    int length = 3;
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, claim_outcome(psock_winsock.getsockopt(
                              s, SOL_SOCKET, SO_ERROR, value, &length)));
}

static int short_buffer_size(void)
{
    int size = 4096;
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(
        s, claim_outcome(psock_winsock.setsockopt(s, SOL_SOCKET, SO_SNDBUF,
                                                  (const char *)&size, 1)));
}

static int only_the_low_byte_counts(void)
{
    DWORD value = 0x100;
    unsigned char answer = 9;
    int length = sizeof answer;
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (const char *)&value,
                             sizeof value);
    psock_winsock.getsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&answer,
                             &length);
    return claim_close(s, answer);
}

static int tcp_option_of_datagram(void)
{
    char value[4];
    int length = sizeof value;
    SOCKET s = claim_open(SOCK_DGRAM);
    return claim_close(s, claim_outcome(psock_winsock.getsockopt(
                              s, IPPROTO_TCP, TCP_NODELAY, value, &length)));
}

static int v6only_after_bind(void)
{
    DWORD off = 0;
    SOCKET s = claim_open_bound(SOCK_STREAM);
    return claim_close(
        s, claim_outcome(psock_winsock.setsockopt(
               s, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&off, sizeof off)));
}

static int mode_from_nothing(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(
        s, claim_outcome(psock_winsock.ioctlsocket(s, (long)FIONBIO, NULL)));
}

/* --- Urgent data ---------------------------------------------------------- */

/* What the peer receives in that way of an urgent "ab": the last byte is apart,
 * and the count or error is in front of it. */
static int received_of_urgent(int flags)
{
    char buffer[8] = "-";
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    send_text(s, "ab", MSG_OOB);
    int count = claim_outcome(psock_winsock.recv(peer, buffer, 8, flags));
    return claim_close_two(peer, s, 1000 * count + buffer[0]);
}

static int urgent_byte_is_apart(void)
{
    return received_of_urgent(MSG_OOB);
}

static int what_comes_with_it_is_not(void)
{
    return received_of_urgent(0);
}

static int urgent_bytes_are_kept(void)
{
    char first;
    char second;
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    send_text(s, "a", MSG_OOB);
    send_text(s, "b", MSG_OOB);
    psock_winsock.recv(peer, &first, 1, MSG_OOB);
    psock_winsock.recv(peer, &second, 1, MSG_OOB);
    return claim_close_two(peer, s, 1000 * first + second);
}

static int no_urgent_byte(void)
{
    return after_send("a", 1, MSG_OOB);
}

static int urgent_datagram(void)
{
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    return claim_close(s, receive(s, 1, MSG_OOB));
}

static int urgent_datagram_sent(void)
{
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    const struct sockaddr_in name = claim_name_of(s);
    claim_connect(s, &name, sizeof name);
    return claim_close(s, send_text(s, "a", MSG_OOB));
}

int main(void)
{
    static const struct claim claims[] = {
        {"tcp.unconn.recv", unconnected_receive, -WSAENOTCONN},
        {"tcp.unconn.send", unconnected_send, -WSAENOTCONN},
        {"tcp.listen.recv", listener_receive, -WSAENOTCONN},
        {"tcp.recv", receive_data, 5},
        {"tcp.recv.none", receive_nothing, -WSAEWOULDBLOCK},
        {"tcp.recv0.nodata", receive_none_of_none, -WSAEWOULDBLOCK},
        {"tcp.recv0.data", receive_none_of_some, 0},
        {"tcp.recv.neg", receive_negative, -WSAEFAULT},
        {"tcp.peek", receive_peeking, 5},
        {"tcp.waitall.nb", receive_waiting_for_all, -WSAEOPNOTSUPP},
        {"tcp.flags.0x40", receive_with_foreign_flag, -WSAEOPNOTSUPP},
        {"tcp.flags.0x4000", send_with_foreign_flag, -WSAEOPNOTSUPP},
        {"tcp.send0", send_nothing, 0},
        {"tcp.sendto.addr", send_to_an_address, 1},
        {"tcp.recvfrom.addr", receive_with_address, 1},
        {"half.peer.recv", end_is_zero, 0},
        {"half.send.after", send_after_end, -WSAESHUTDOWN},
        {"peerclose.send1", first_send_to_closed, 1},
        {"peerclose.recv2", receive_after_send_to_closed, -WSAECONNABORTED},
        {"peerrst.pending", receive_after_reset, -WSAECONNRESET},
        {"peerrst.recv", receive_again_after_reset, -WSAECONNRESET},
        {"peerrst.send", send_after_reset, -WSAECONNRESET},
        {"peerrst.soerr", error_after_reset, 0},
        {"peerrst2.peername", peer_name_after_reset, 0},
        {"close.unread", close_with_unread_data, -WSAECONNRESET},
        {"bigsend.nb", send_whole_buffer, MANY},
        {"bigsend.nb2", send_second_buffer, -WSAEWOULDBLOCK},
        {"WSARecv.0", receive_no_buffers, -WSAEINVAL},
        {"udp.unbound.recv", datagram_unbound_receive, -WSAEINVAL},
        {"udp.unconn.send", datagram_unconnected_send, -WSAENOTCONN},
        {"udp.sendto.any", datagram_to_any, -WSAEADDRNOTAVAIL},
        {"udp.sendto.port0", datagram_to_port_zero, 1},
        {"udp.bcast.noopt", datagram_to_everybody, -WSAEACCES},
        {"udp.sendto.short", datagram_to_short, -WSAEFAULT},
        {"udp.trunc", datagram_cut, -WSAEMSGSIZE},
        {"udp.trunc.next", datagram_after_cut, 3},
        {"udp.peek.trunc", datagram_peeked_cut, -WSAEMSGSIZE},
        {"udp.peek.next", datagram_after_peek, 10},
        {"udp.recv.len0", datagram_without_room, -WSAEMSGSIZE},
        {"udp.recvfrom.shortlen", datagram_with_little_address, -WSAEFAULT},
        {"udp.recvfrom.shortlen.next", datagram_stays_for_its_address, 10},
        {"udp.fionread", datagram_unread, 13},
        {"udp.max", datagram_longest, 65507},
        {"udp.max+1", datagram_too_long, -WSAEMSGSIZE},
        {"icmp.unconn.recv", unheard_receive, -WSAECONNRESET},
        {"icmp.unconn.recv2", unheard_receive_again, -WSAEWOULDBLOCK},
        {"icmp.ioctl.recv", unheard_receive_quietly, -WSAEWOULDBLOCK},
        {"icmp.ioctl.netreset", net_reset_on_windows_10, 0},
        {"icmp.ioctl.netreset.win7", net_reset_on_windows_7, -WSAEOPNOTSUPP},
        {"opt.TCP_NODELAY", nodelay_length, 1},
        {"opt.TCP_NODELAY.0x100", only_the_low_byte_counts, 0},
        {"opt.SO_KEEPALIVE", keepalive_length, 1},
        {"v6only.default", v6only_length, 1},
        {"v6only.set.afterbind", v6only_after_bind, -WSAEINVAL},
        {"opt.SO_REUSEADDR", reuse_length, 4},
        {"opt.SO_LINGER", linger_length, 4},
        {"opt.SO_RCVLOWAT", low_water, -WSAEINVAL},
        {"opt.SO_SNDBUF", short_buffer_size, -WSAEFAULT},
        {"opt.SO_ERROR", little_room_for_error, -WSAEFAULT},
        {"opt.SO_CONNECT_TIME", seconds_connected, -1},
        {"opt.badlevel", odd_level, -WSAEINVAL},
        {"opt.badname", odd_option, -WSAENOPROTOOPT},
        {"opt.tcp.on.udp", tcp_option_of_datagram, -WSAEINVAL},
        {"nb-set", mode_from_nothing, -WSAEFAULT},
        {"oob.recv", urgent_byte_is_apart, 1000 + 'b'},
        {"oob.recv.rest", what_comes_with_it_is_not, 1000 + 'a'},
        {"oob.recv.two", urgent_bytes_are_kept, 1000 * 'a' + 'b'},
        {"oob.recv.none", no_urgent_byte, -WSAEWOULDBLOCK},
        {"oob.udp.recv", urgent_datagram, -WSAEOPNOTSUPP},
        {"oob.udp.send", urgent_datagram_sent, -WSAEOPNOTSUPP},
    };
    static const struct claim older[] = {
        {"oob.recv.none", no_urgent_byte, -WSAEINVAL},
    };
    return CLAIM_RUN("fake.transfers", claims) +
           CLAIM_RUN_ON("fake.transfers.windows_7", &win7_like, older);
}
