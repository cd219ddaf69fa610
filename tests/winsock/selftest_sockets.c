/* selftest_sockets.c: the fake opens, binds, listens, accepts, connects and
 * closes as Windows does. */
#include "claim.h"

/* --- Startup --------------------------------------------------------------- */

static int open_before_start(void)
{
    psock_winsock.WSACleanup();
    int error = claim_socket_outcome(psock_winsock.WSASocketW(
        AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED));
    WSADATA data;
    psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
    return error;
}

static int old_socket_after_restart(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    const struct sockaddr_in name = claim_ipv4(CLAIM_LOOPBACK, 0);
    WSADATA data;
    psock_winsock.WSACleanup();
    psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
    return claim_bind(s, &name, sizeof name);
}

static int cleanup_once_too_often(void)
{
    WSADATA data;
    psock_winsock.WSACleanup();
    int error = claim_outcome(psock_winsock.WSACleanup());
    psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
    return error;
}

static int starts_are_counted(void)
{
    WSADATA data;
    psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
    psock_winsock.WSACleanup();
    return claim_socket_outcome(claim_open(SOCK_STREAM));
}

/* --- Opening --------------------------------------------------------------- */

static int open_kind(int family, int type, int protocol)
{
    return claim_socket_outcome(psock_winsock.WSASocketW(
        family, type, protocol, NULL, 0, WSA_FLAG_OVERLAPPED));
}

#define OPENS(name, family, type, protocol)                                    \
    static int name(void)                                                      \
    {                                                                          \
        return open_kind(family, type, protocol);                              \
    }

OPENS(open_stream, AF_INET, SOCK_STREAM, 0)
OPENS(open_stream_for_udp, AF_INET, SOCK_STREAM, IPPROTO_UDP)
OPENS(open_datagram_for_tcp, AF_INET, SOCK_DGRAM, IPPROTO_TCP)
OPENS(open_odd_protocol, AF_INET, SOCK_STREAM, 9999)
OPENS(open_odd_type, AF_INET, 99, 0)
OPENS(open_no_family, AF_UNSPEC, SOCK_STREAM, 0)
OPENS(open_odd_family, 12345, SOCK_STREAM, 0)
OPENS(open_ipv6, AF_INET6, SOCK_STREAM, 0)
OPENS(open_unix, AF_UNIX, SOCK_STREAM, 0)
OPENS(open_unix_datagram, AF_UNIX, SOCK_DGRAM, 0)

static int open_unix_on_windows_7(void)
{
    WSADATA data;
    fake_begin(&win7_like);
    psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
    return open_unix();
}

static int open_flagged(const struct fake_profile *profile)
{
    WSADATA data;
    fake_begin(profile);
    psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
    return claim_socket_outcome(psock_winsock.WSASocketW(
        AF_INET, SOCK_STREAM, 0, NULL, 0,
        WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
}

static int open_not_inherited(void)
{
    return open_flagged(&win10_2004plus);
}

static int open_not_inherited_on_windows_7(void)
{
    return open_flagged(&win7_like);
}

static int open_odd_flag(void)
{
    return claim_socket_outcome(psock_winsock.WSASocketW(
        AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED | 0x4000));
}

/* --- Descriptors ----------------------------------------------------------- */

static int values_are_multiples_of_four(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, (int)(s % 4));
}

static int values_need_their_width(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, sizeof s == 4 || s > 0xffffffffu);
}

static int close_twice(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.closesocket(s);
    return claim_outcome(psock_winsock.closesocket(s));
}

static int send_on_closed(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.closesocket(s);
    return claim_outcome(psock_winsock.send(s, "a", 1, 0));
}

static int send_on_nothing(void)
{
    return claim_outcome(psock_winsock.send(INVALID_SOCKET, "a", 1, 0));
}

static int send_on_a_file(void)
{
    psock_t file = fake_open_file();
    int error = claim_outcome(psock_winsock.send((SOCKET)file, "a", 1, 0));
    fake_close_foreign(file);
    return error;
}

static int sockets_are_inherited(void)
{
    DWORD flags = 0;
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.GetHandleInformation((HANDLE)s, &flags);
    return claim_close(s, (int)flags);
}

static int information_about_nothing(void)
{
    DWORD flags = 0;
    BOOL known = psock_winsock.GetHandleInformation(NULL, &flags);
    return known ? 0 : -psock_winsock.WSAGetLastError();
}

/* --- Names ----------------------------------------------------------------- */

static int name_with_room(SOCKET s, int room)
{
    struct sockaddr_in name;
    int error = claim_outcome(
        psock_winsock.getsockname(s, (struct sockaddr *)&name, &room));
    return claim_close(s, error);
}

static int name_of_unbound(void)
{
    return name_with_room(claim_open(SOCK_STREAM), sizeof(struct sockaddr_in));
}

static int name_of_unbound_datagram(void)
{
    return name_with_room(claim_open(SOCK_DGRAM), sizeof(struct sockaddr_in));
}

static int name_with_little_room(void)
{
    return name_with_room(claim_open_bound(SOCK_DGRAM), 4);
}

static int name_into_nothing(void)
{
    int room = sizeof(struct sockaddr_in);
    SOCKET s = claim_open_bound(SOCK_DGRAM);
    return claim_close(
        s, claim_outcome(psock_winsock.getsockname(s, NULL, &room)));
}

static int peer_name(SOCKET s)
{
    struct sockaddr_in name;
    int room = sizeof name;
    return claim_outcome(
        psock_winsock.getpeername(s, (struct sockaddr *)&name, &room));
}

static int peer_name_of_unconnected(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, peer_name(s));
}

/* --- Binding --------------------------------------------------------------- */

static int bind_to(int type, ULONG address, int length)
{
    SOCKET s = claim_open(type);
    const struct sockaddr_in name = claim_ipv4(address, 0);
    return claim_close(s, claim_bind(s, &name, length));
}

#define BINDS(name, type, address, length)                                     \
    static int name(void)                                                      \
    {                                                                          \
        return bind_to(type, address, length);                                 \
    }

BINDS(bind_short, SOCK_STREAM, CLAIM_LOOPBACK, 8)
BINDS(bind_almost, SOCK_STREAM, CLAIM_LOOPBACK, 15)
BINDS(bind_loopback, SOCK_STREAM, CLAIM_LOOPBACK, 16)
BINDS(bind_not_local, SOCK_STREAM, 0xc0000263u, 16)
BINDS(bind_broadcast, SOCK_DGRAM, 0xffffffffu, 16)
BINDS(bind_group, SOCK_DGRAM, 0xe0000001u, 16)

static int bind_family(ADDRESS_FAMILY family)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct sockaddr_in name = claim_ipv4(0, 0);
    ((struct sockaddr *)&name)->sa_family = family;
    return claim_close(s, claim_bind(s, &name, sizeof name));
}

static int bind_no_family(void)
{
    return bind_family(AF_UNSPEC);
}

static int bind_twice(void)
{
    SOCKET s = claim_open_bound(SOCK_STREAM);
    const struct sockaddr_in name = claim_ipv4(CLAIM_LOOPBACK, 0);
    return claim_close(s, claim_bind(s, &name, sizeof name));
}

enum {
    PLAIN = 0,
    REUSE = SO_REUSEADDR,
    EXCLUSIVE = SO_EXCLUSIVEADDRUSE
};

static SOCKET open_with(int option)
{
    BOOL on = TRUE;
    SOCKET s = claim_open(SOCK_STREAM);
    if (option != PLAIN)
        psock_winsock.setsockopt(s, SOL_SOCKET, option, (const char *)&on,
                                 sizeof on);
    return s;
}

/* Two sockets bind to one port, the second to `second_address`. */
static int bind_second(int first_option, ULONG first_address, int second_option,
                       ULONG second_address)
{
    SOCKET first = open_with(first_option);
    SOCKET second = open_with(second_option);
    struct sockaddr_in name = claim_ipv4(first_address, 0);
    claim_bind(first, &name, sizeof name);
    name = claim_name_of(first);
    name.sin_addr.s_addr = htonl(second_address);
    return claim_close_two(first, second,
                           claim_bind(second, &name, sizeof name));
}

#define SECOND(name, first_option, first_address, second_option,               \
               second_address)                                                 \
    static int name(void)                                                      \
    {                                                                          \
        return bind_second(first_option, first_address, second_option,         \
                           second_address);                                    \
    }

SECOND(plain_plain, PLAIN, CLAIM_LOOPBACK, PLAIN, CLAIM_LOOPBACK)
SECOND(plain_reuse, PLAIN, CLAIM_LOOPBACK, REUSE, CLAIM_LOOPBACK)
SECOND(reuse_plain, REUSE, CLAIM_LOOPBACK, PLAIN, CLAIM_LOOPBACK)
SECOND(reuse_reuse, REUSE, CLAIM_LOOPBACK, REUSE, CLAIM_LOOPBACK)
SECOND(plain_wide_plain, PLAIN, 0, PLAIN, CLAIM_LOOPBACK)
SECOND(plain_plain_wide, PLAIN, CLAIM_LOOPBACK, PLAIN, 0)
SECOND(exclusive_plain, EXCLUSIVE, CLAIM_LOOPBACK, PLAIN, CLAIM_LOOPBACK)
SECOND(exclusive_reuse, EXCLUSIVE, CLAIM_LOOPBACK, REUSE, CLAIM_LOOPBACK)
SECOND(plain_exclusive, PLAIN, CLAIM_LOOPBACK, EXCLUSIVE, CLAIM_LOOPBACK)
SECOND(exclusive_wide_plain, EXCLUSIVE, 0, PLAIN, CLAIM_LOOPBACK)
SECOND(exclusive_plain_wide, EXCLUSIVE, CLAIM_LOOPBACK, PLAIN, 0)

static int set_both(int first, int second)
{
    BOOL on = TRUE;
    SOCKET s = open_with(first);
    int error = claim_outcome(psock_winsock.setsockopt(
        s, SOL_SOCKET, second, (const char *)&on, sizeof on));
    return claim_close(s, error);
}

static int exclusive_after_reuse(void)
{
    return set_both(REUSE, EXCLUSIVE);
}

static int reuse_after_exclusive(void)
{
    return set_both(EXCLUSIVE, REUSE);
}

/* --- Listening and accepting ----------------------------------------------- */

static int listen_on(SOCKET s)
{
    return claim_close(s, claim_outcome(psock_winsock.listen(s, 5)));
}

static int listen_unbound(void)
{
    return listen_on(claim_open(SOCK_STREAM));
}

static int listen_datagram(void)
{
    return listen_on(claim_open(SOCK_DGRAM));
}

static int listen_twice(void)
{
    return listen_on(claim_listener());
}

static int accept_on(SOCKET s)
{
    SOCKET accepted = psock_winsock.accept(s, NULL, NULL);
    return claim_close(s, claim_socket_outcome(accepted));
}

static int accept_not_listening(void)
{
    return accept_on(claim_open_bound(SOCK_STREAM));
}

static int accept_datagram(void)
{
    return accept_on(claim_open(SOCK_DGRAM));
}

static int accept_nothing(void)
{
    return accept_on(claim_listener());
}

/* A listener with a connection in its queue. */
static SOCKET visited_listener(SOCKET *visitor)
{
    SOCKET listener = claim_listener();
    const struct sockaddr_in name = claim_name_of(listener);
    *visitor = claim_open(SOCK_STREAM);
    claim_connect(*visitor, &name, sizeof name);
    return listener;
}

static int accept_with_little_room(void)
{
    SOCKET visitor;
    SOCKET listener = visited_listener(&visitor);
    struct sockaddr_in name;
    int room = 4;
    SOCKET s = psock_winsock.accept(listener, (struct sockaddr *)&name, &room);
    return claim_close_two(listener, visitor, claim_socket_outcome(s));
}

static int accept_without_length(void)
{
    SOCKET visitor;
    SOCKET listener = visited_listener(&visitor);
    struct sockaddr_in name;
    SOCKET s = psock_winsock.accept(listener, (struct sockaddr *)&name, NULL);
    return claim_close_two(listener, visitor, claim_socket_outcome(s));
}

static int accepted_is_inherited(void)
{
    SOCKET peer;
    DWORD flags = 0;
    SOCKET s = claim_connected(&peer);
    psock_winsock.GetHandleInformation((HANDLE)peer, &flags);
    return claim_close_two(s, peer, (int)flags);
}

static int accepted_is_nonblocking(void)
{
    char byte;
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    return claim_close_two(
        s, peer, claim_outcome(psock_winsock.recv(peer, &byte, 1, 0)));
}

/* --- Connecting ------------------------------------------------------------ */

/* Nobody listens there. */
static struct sockaddr_in free_name(void)
{
    SOCKET s = claim_open_bound(SOCK_STREAM);
    const struct sockaddr_in name = claim_name_of(s);
    psock_winsock.closesocket(s);
    return name;
}

static void refuse_at_once(SOCKET s)
{
    TCP_INITIAL_RTO_PARAMETERS once = {
        .Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT,
        .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
    DWORD returned;
    psock_winsock.WSAIoctl(s, SIO_TCP_INITIAL_RTO, &once, sizeof once, NULL, 0,
                           &returned, NULL, NULL);
}

static SOCKET refused(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    const struct sockaddr_in name = free_name();
    refuse_at_once(s);
    claim_connect(s, &name, sizeof name);
    return s;
}

static int connect_refused(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    const struct sockaddr_in name = free_name();
    return claim_close(s, claim_connect(s, &name, sizeof name));
}

static int refusal_is_slow(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    const struct sockaddr_in name = free_name();
    claim_connect(s, &name, sizeof name);
    return claim_close(s, claim_error_of(s));
}

static int refusal_is_told(void)
{
    SOCKET s = refused();
    return claim_close(s, claim_error_of(s));
}

static int refusal_is_told_again(void)
{
    SOCKET s = refused();
    claim_error_of(s);
    return claim_close(s, claim_error_of(s));
}

static int refused_connects_again(void)
{
    SOCKET s = refused();
    const struct sockaddr_in name = free_name();
    return claim_close(s, claim_connect(s, &name, sizeof name));
}

static int refused_receives(void)
{
    char byte;
    SOCKET s = refused();
    return claim_close(s, claim_outcome(psock_winsock.recv(s, &byte, 1, 0)));
}

static int connected_connects_again(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    const struct sockaddr_in name = claim_name_of(peer);
    return claim_close_two(s, peer, claim_connect(s, &name, sizeof name));
}

/* An attempt that nobody answers. */
static SOCKET pending(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    const struct sockaddr_in name = claim_ipv4(0xc0000263u, 81);
    claim_connect(s, &name, sizeof name);
    return s;
}

static int pending_again(void)
{
    SOCKET s = pending();
    const struct sockaddr_in name = claim_ipv4(0xc0000263u, 81);
    return claim_close(s, claim_connect(s, &name, sizeof name));
}

static int pending_peer_name(void)
{
    SOCKET s = pending();
    return claim_close(s, peer_name(s));
}

static int pending_receive(void)
{
    char byte;
    SOCKET s = pending();
    return claim_close(s, claim_outcome(psock_winsock.recv(s, &byte, 1, 0)));
}

static int pending_send(void)
{
    SOCKET s = pending();
    return claim_close(s, claim_outcome(psock_winsock.send(s, "a", 1, 0)));
}

static int pending_keepalive(void)
{
    BOOL on = TRUE;
    SOCKET s = pending();
    return claim_close(
        s, claim_outcome(psock_winsock.setsockopt(
               s, SOL_SOCKET, SO_KEEPALIVE, (const char *)&on, sizeof on)));
}

static int pending_shutdown(void)
{
    SOCKET s = pending();
    return claim_close(s, claim_outcome(psock_winsock.shutdown(s, SD_SEND)));
}

static int connect_to(int type, ULONG address, u_short port, int length)
{
    SOCKET s = claim_open(type);
    const struct sockaddr_in name = claim_ipv4(address, port);
    return claim_close(s, claim_connect(s, &name, length));
}

static int connect_any(void)
{
    return connect_to(SOCK_STREAM, 0, 80, 16);
}

static int connect_port_zero(void)
{
    return connect_to(SOCK_STREAM, CLAIM_LOOPBACK, 0, 16);
}

static int connect_short(void)
{
    return connect_to(SOCK_STREAM, CLAIM_LOOPBACK, 80, 8);
}

static int connect_datagram(void)
{
    return connect_to(SOCK_DGRAM, CLAIM_LOOPBACK, 9999, 16);
}

static int connect_listener(void)
{
    SOCKET s = claim_listener();
    const struct sockaddr_in name = claim_name_of(s);
    return claim_close(s, claim_connect(s, &name, sizeof name));
}

static int disconnect_datagram(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    struct sockaddr_in name = claim_ipv4(CLAIM_LOOPBACK, 9999);
    claim_connect(s, &name, sizeof name);
    memset(&name, 0, sizeof name);
    claim_connect(s, &name, sizeof name);
    return claim_close(s, peer_name(s));
}

/* --- Shutting down and closing --------------------------------------------- */

static int shutdown_unconnected(int type)
{
    SOCKET s = claim_open(type);
    return claim_close(s, claim_outcome(psock_winsock.shutdown(s, SD_SEND)));
}

static int shutdown_unconnected_stream(void)
{
    return shutdown_unconnected(SOCK_STREAM);
}

static int shutdown_unconnected_datagram(void)
{
    return shutdown_unconnected(SOCK_DGRAM);
}

static int shutdown_listener(void)
{
    SOCKET s = claim_listener();
    return claim_close(s, claim_outcome(psock_winsock.shutdown(s, SD_SEND)));
}

static int shutdown_odd(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    return claim_close_two(s, peer,
                           claim_outcome(psock_winsock.shutdown(s, 99)));
}

static int close_lingering(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    u_long off = 0;
    const struct linger linger = {.l_onoff = 1, .l_linger = 2};
    psock_winsock.setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&linger,
                             sizeof linger);
    int error = claim_outcome(psock_winsock.closesocket(s));
    psock_winsock.ioctlsocket(s, (long)FIONBIO, &off);
    return claim_close_two(s, peer, error);
}

static int success_clears_the_error(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.WSASetLastError(WSAEINVAL);
    psock_winsock.listen(s, 1);
    const struct sockaddr_in name = claim_ipv4(CLAIM_LOOPBACK, 0);
    claim_bind(s, &name, sizeof name);
    return claim_close(s, psock_winsock.WSAGetLastError());
}

int main(void)
{
    static const struct claim claims[] = {
        {"startup.none", open_before_start, -WSANOTINITIALISED},
        {"startup.refcount", starts_are_counted, 1},
        {"startup.restart", old_socket_after_restart, -WSAENOTSOCK},
        {"startup.cleanup.extra", cleanup_once_too_often, -WSANOTINITIALISED},
        {"socket.stream", open_stream, 1},
        {"socket.stream.udp", open_stream_for_udp, -WSAEPROTONOSUPPORT},
        {"socket.dgram.tcp", open_datagram_for_tcp, -WSAEPROTONOSUPPORT},
        {"socket.stream.9999", open_odd_protocol, -WSAEPROTONOSUPPORT},
        {"socket.type.99", open_odd_type, -WSAESOCKTNOSUPPORT},
        {"socket.unspec", open_no_family, -WSAEINVAL},
        {"socket.family.12345", open_odd_family, -WSAEAFNOSUPPORT},
        {"socket.ipv6", open_ipv6, 1},
        {"socket.unix", open_unix, 1},
        {"socket.unix.dgram", open_unix_datagram, -WSAESOCKTNOSUPPORT},
        {"socket.unix.win7", open_unix_on_windows_7, -WSAEAFNOSUPPORT},
        {"socket.not_inherited", open_not_inherited, 1},
        {"socket.not_inherited.win7", open_not_inherited_on_windows_7,
         -WSAEINVAL},
        {"socket.odd_flag", open_odd_flag, -WSAEINVAL},
        {"desc.values", values_are_multiples_of_four, 0},
        {"desc.values.width", values_need_their_width, 1},
        {"desc.close.twice", close_twice, -WSAENOTSOCK},
        {"desc.closed.send", send_on_closed, -WSAENOTSOCK},
        {"desc.-1.send", send_on_nothing, -WSAENOTSOCK},
        {"desc.file.send", send_on_a_file, -WSAENOTSOCK},
        {"inh-default", sockets_are_inherited, HANDLE_FLAG_INHERIT},
        {"handle.none", information_about_nothing, -ERROR_INVALID_HANDLE},
        {"name.unbound", name_of_unbound, -WSAEINVAL},
        {"name.unbound.udp", name_of_unbound_datagram, -WSAEINVAL},
        {"name.short", name_with_little_room, -WSAEFAULT},
        {"name.NULL", name_into_nothing, -WSAEFAULT},
        {"name.peer.unconn", peer_name_of_unconnected, -WSAENOTCONN},
        {"bind.short", bind_short, -WSAEFAULT},
        {"bind.len15", bind_almost, -WSAEFAULT},
        {"bind.loopback", bind_loopback, 0},
        {"bind.nonlocal", bind_not_local, -WSAEADDRNOTAVAIL},
        {"bind.bcast", bind_broadcast, -WSAEADDRNOTAVAIL},
        {"bind.mcast.udp", bind_group, -WSAEADDRNOTAVAIL},
        {"bind.af_unspec.any", bind_no_family, -WSAEAFNOSUPPORT},
        {"bind.twice", bind_twice, -WSAEINVAL},
        {"reuse.tcp.def.def", plain_plain, -WSAEADDRINUSE},
        {"reuse.tcp.def.re", plain_reuse, -WSAEACCES},
        {"reuse.tcp.re.def", reuse_plain, -WSAEADDRINUSE},
        {"reuse.tcp.re.re", reuse_reuse, 0},
        {"reuse.tcp.def.wild.spec", plain_wide_plain, 0},
        {"reuse.tcp.def.spec.wild", plain_plain_wide, 0},
        {"reuse.tcp.ex.def", exclusive_plain, -WSAEADDRINUSE},
        {"reuse.tcp.ex.re", exclusive_reuse, -WSAEACCES},
        {"reuse.tcp.def.ex", plain_exclusive, -WSAEADDRINUSE},
        {"reuse.tcp.ex.wild.spec", exclusive_wide_plain, -WSAEACCES},
        {"reuse.tcp.ex.spec.wild", exclusive_plain_wide, 0},
        {"bind-reuse-exclusive-conflict", exclusive_after_reuse, -WSAEINVAL},
        {"bind-reuse-exclusive-conflict.2", reuse_after_exclusive, -WSAEINVAL},
        {"listen.unbound", listen_unbound, -WSAEINVAL},
        {"listen.udp", listen_datagram, -WSAEOPNOTSUPP},
        {"listen.twice", listen_twice, 0},
        {"accept.notlisten", accept_not_listening, -WSAEINVAL},
        {"accept.udp", accept_datagram, -WSAEOPNOTSUPP},
        {"accept.nb.none", accept_nothing, -WSAEWOULDBLOCK},
        {"accept.shortlen", accept_with_little_room, -WSAEFAULT},
        {"accept.addr.nulllen", accept_without_length, 1},
        {"accept.inherited", accepted_is_inherited, HANDLE_FLAG_INHERIT},
        {"accept.nb.inherit", accepted_is_nonblocking, -WSAEWOULDBLOCK},
        {"connect.nb.refused", connect_refused, -WSAEWOULDBLOCK},
        {"connect-refused-delay", refusal_is_slow, 0},
        {"connect.nb.soerr", refusal_is_told, WSAECONNREFUSED},
        {"connect.nb.soerr.2", refusal_is_told_again, WSAECONNREFUSED},
        {"connect.nb.again", refused_connects_again, -WSAEWOULDBLOCK},
        {"connect.nb.refused.recv", refused_receives, -WSAENOTCONN},
        {"connect.connected", connected_connects_again, -WSAEISCONN},
        {"connect.pending.again", pending_again, -WSAEALREADY},
        {"connect.pending.peername", pending_peer_name, 0},
        {"connect.pending.recv", pending_receive, -WSAENOTCONN},
        {"connect.pending.send", pending_send, -WSAENOTCONN},
        {"connect.pending.keepalive", pending_keepalive, -WSAEINVAL},
        {"connect.pending.shutdown", pending_shutdown, -WSAENOTCONN},
        {"connect.anyaddr", connect_any, -WSAEADDRNOTAVAIL},
        {"connect.port0", connect_port_zero, -WSAEADDRNOTAVAIL},
        {"connect.short", connect_short, -WSAEFAULT},
        {"connect.listening", connect_listener, -WSAEINVAL},
        {"udp.connect", connect_datagram, 0},
        {"udp.unspec.peer", disconnect_datagram, -WSAENOTCONN},
        {"tcp.unconn.shutdown", shutdown_unconnected_stream, -WSAENOTCONN},
        {"shut.udp.unconn", shutdown_unconnected_datagram, 0},
        {"tcp.listen.shutdown", shutdown_listener, -WSAENOTCONN},
        {"shut.bad", shutdown_odd, -WSAEINVAL},
        {"close-linger-nonblocking", close_lingering, -WSAEWOULDBLOCK},
        {"err.success", success_clears_the_error, 0},
    };
    return CLAIM_RUN("fake.sockets", claims);
}
