/* sys_socket.c: from WSASocketW() to getpeername().
 *
 * A socket is overlapped, so that two threads can use it at once, and is always
 * non-blocking: Windows has no way to ask for the mode or to say "do not wait"
 * per call, and all waiting is done in sys_wait.c, where it can be ended. */
#include "platform.h"

#define PROTOCOL_OF_THE_TYPE 0

static int native_family(int family)
{
    switch (family) {
    case PSOCK_IPV4:
        return AF_INET;
    case PSOCK_IPV6:
        return AF_INET6;
    default:
        return AF_UNIX;
    }
}

static int native_type(int type)
{
    switch (type) {
    case PSOCK_STREAM:
        return SOCK_STREAM;
    case PSOCK_DATAGRAM:
        return SOCK_DGRAM;
    default:
        return SOCK_SEQPACKET;
    }
}

/* Closes a socket that is not needed after all, keeping the error that was the
 * reason. */
static PSOCK_APART int give_up(SOCKET s, int error)
{
    int native = psock_winsock.WSAGetLastError();
    psock_winsock.closesocket(s);
    psock_winsock.WSASetLastError(native);
    return error;
}

/* Windows 7 before its first service pack does not know the flag; there a child
 * started by another thread at this very moment may inherit the socket. */
static SOCKET make_inherited_socket(int family, int type, int protocol,
                                    WSAPROTOCOL_INFOW *info)
{
    SOCKET s = psock_winsock.WSASocketW(family, type, protocol, info, 0,
                                        WSA_FLAG_OVERLAPPED);
    if (s == INVALID_SOCKET)
        return s;
    int error = psock_win32_set_not_inherited((psock_t)s, HANDLE_FLAG_INHERIT);
    if (error < 0) {
        (void)give_up(s, error);
        return INVALID_SOCKET;
    }
    return s;
}

SOCKET psock_win32_make_socket(int family, int type, int protocol,
                               WSAPROTOCOL_INFOW *info)
{
    SOCKET s = psock_winsock.WSASocketW(family, type, protocol, info, 0,
                                        WSA_FLAG_OVERLAPPED |
                                            WSA_FLAG_NO_HANDLE_INHERIT);
    if (s != INVALID_SOCKET || psock_winsock.WSAGetLastError() != WSAEINVAL)
        return s;
    return make_inherited_socket(family, type, protocol, info);
}

static int set_option(psock_t s, int level, int option, int value)
{
    DWORD wide = (DWORD)value;
    if (psock_winsock.setsockopt((SOCKET)s, level, option, (const char *)&wide,
                                 sizeof wide) != 0)
        return psock_win32_socket_error(s);
    return 0;
}

/* Some options answer with one byte: the rest of `value` must be zero before.
 */
static int get_option(psock_t s, int level, int option, int *value)
{
    DWORD wide = 0;
    int length = sizeof wide;
    if (psock_winsock.getsockopt((SOCKET)s, level, option, (char *)&wide,
                                 &length) != 0)
        return psock_win32_socket_error(s);
    *value = (int)wide;
    return 0;
}

/* Systems differ in what an IPv6 socket serves, so it is always said. */
static int set_stack(psock_t s, int family, unsigned flags)
{
    if (family != PSOCK_IPV6)
        return 0;
    return set_option(s, IPPROTO_IPV6, IPV6_V6ONLY,
                      (flags & PSOCK_DUAL_STACK) == 0);
}

psock_t psock_sys_open(int family, int type, unsigned flags)
{
    SOCKET made = psock_win32_make_socket(
        native_family(family), native_type(type), PROTOCOL_OF_THE_TYPE, NULL);
    if (made == INVALID_SOCKET)
        return psock_win32_error();
    psock_t s = (psock_t)made;
    psock_win32_unsettle(s);
    int error = set_stack(s, family, flags);
    if (error == 0)
        error = psock_win32_set_nonblocking(s, 1);
    if (error == 0 && type == PSOCK_DATAGRAM)
        psock_win32_ignore_undelivered(s);
    return error < 0 ? give_up(made, error) : s;
}

/* Windows neither sends nor binds raw TCP, so there is no use in having it. */
psock_t psock_sys_open_raw(int family, int protocol)
{
    SOCKET made = INVALID_SOCKET;
    if (protocol == IPPROTO_TCP)
        psock_winsock.WSASetLastError(WSAEPROTONOSUPPORT);
    else
        made = psock_win32_make_socket(native_family(family), SOCK_RAW,
                                       protocol, NULL);
    if (made == INVALID_SOCKET) {
        int error = psock_win32_error();
        return error == PSOCK_EACCES ? PSOCK_EPERM : error;
    }
    int error = psock_win32_set_nonblocking((psock_t)made, 1);
    return error < 0 ? give_up(made, error) : (psock_t)made;
}

int psock_sys_check(psock_t s)
{
    int type;
    return get_option(s, SOL_SOCKET, SO_TYPE, &type);
}

static int family_of(int family)
{
    switch (family) {
    case AF_INET:
        return PSOCK_IPV4;
    case AF_INET6:
        return PSOCK_IPV6;
    case AF_UNIX:
        return PSOCK_UNIX;
    default:
        return PSOCK_NONE;
    }
}

static int type_of(int type)
{
    switch (type) {
    case SOCK_STREAM:
        return PSOCK_STREAM;
    case SOCK_DGRAM:
        return PSOCK_DATAGRAM;
    case SOCK_SEQPACKET:
        return PSOCK_SEQPACKET;
    case SOCK_RAW:
        return PSOCK_RAW;
    default:
        return 0;
    }
}

int psock_sys_kind(psock_t s, int *family, int *type)
{
    int native_family = AF_UNSPEC;
    int native_type = 0;
    if (!psock_win32_kind(s, &native_family, &native_type))
        return psock_win32_socket_error(s);
    *family = family_of(native_family);
    *type = type_of(native_type);
    return 0;
}

/* Handles are multiples of four, and on 64-bit Windows too of 32 bits. */
size_t psock_sys_index(psock_t s)
{
    return (uint32_t)s / 4;
}

/* A non-blocking socket with a linger time refuses to close, and stays open,
 * while data are on their way. */
static int close_after_lingering(psock_t s)
{
    int error = psock_win32_set_nonblocking(s, 0);
    if (error < 0)
        return error;
    if (psock_winsock.closesocket((SOCKET)s) != 0)
        return psock_win32_socket_error(s);
    return 0;
}

int psock_sys_close(psock_t s)
{
    int native = psock_winsock.WSAGetLastError();
    int error = 0;
    psock_win32_leave_pollers(s);
    psock_win32_forget(s);
    if (psock_winsock.closesocket((SOCKET)s) != 0)
        error = psock_win32_socket_error(s);
    if (error == PSOCK_EAGAIN)
        error = close_after_lingering(s);
    if (error == 0)
        psock_winsock.WSASetLastError(native);
    return error;
}

int psock_sys_close_reset(psock_t s)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    psock_winsock.setsockopt((SOCKET)s, SOL_SOCKET, SO_LINGER,
                             (const char *)&at_once, sizeof at_once);
    return psock_sys_close(s);
}

_Bool psock_win32_kind(psock_t s, int *family, int *type)
{
    WSAPROTOCOL_INFOW info;
    int length = sizeof info;
    if (psock_winsock.getsockopt((SOCKET)s, SOL_SOCKET, SO_PROTOCOL_INFOW,
                                 (char *)&info, &length) != 0)
        return 0;
    *family = info.iAddressFamily;
    *type = info.iSocketType;
    return 1;
}

_Bool psock_win32_is_datagram(psock_t s)
{
    int type = 0;
    return get_option(s, SOL_SOCKET, SO_TYPE, &type) == 0 &&
           (type == SOCK_DGRAM || type == SOCK_RAW);
}

_Bool psock_win32_is_listener(psock_t s)
{
    int listens = 0;
    return get_option(s, SOL_SOCKET, SO_ACCEPTCONN, &listens) == 0 &&
           listens != 0;
}

/* An end without a path has a name of any length, with or without a family in
 * it, depending on who asks for it. */
static void tidy_name(psock_t s, psock_address *address)
{
    int family;
    int type;
    char path[sizeof(struct sockaddr_un)];
    struct psock_address_view view;
    psock_sys_address_view(address, &view);
    if (view.family == PSOCK_IPV4 || view.family == PSOCK_IPV6)
        return;
    if (view.family != PSOCK_UNIX &&
        (!psock_win32_kind(s, &family, &type) || family != AF_UNIX))
        return;
    if (view.length > 0)
        memcpy(path, view.bytes, view.length);
    (void)psock_sys_address_unix(path, view.length, address);
}

/* Both calls for names have this shape. */
typedef int WSAAPI name_call(SOCKET s, struct sockaddr *name, int *length);

static int ask_name(psock_t s, name_call *call, psock_address *address)
{
    psock_address answer = {.length = 0};
    int length = sizeof answer.storage.bytes;
    if (call((SOCKET)s, (struct sockaddr *)answer.storage.bytes, &length) != 0)
        return psock_win32_socket_error(s);
    answer.length = (uint32_t)length;
    tidy_name(s, &answer);
    *address = answer;
    return 0;
}

_Bool psock_win32_has_peer(psock_t s)
{
    psock_address peer;
    return ask_name(s, psock_winsock.getpeername, &peer) == 0;
}

_Bool psock_win32_is_bound(psock_t s)
{
    psock_address local;
    return ask_name(s, psock_winsock.getsockname, &local) == 0;
}

/* "Any" of a native family, as an address to bind to or to report; an address
 * of no family for the others. */
static psock_address any_address(int family)
{
    static const unsigned char zeros[16];
    psock_address any = {.length = 0};
    if (family == AF_INET)
        psock_sys_address_ipv4(zeros, 0, &any);
    else if (family == AF_INET6)
        psock_sys_address_ipv6(zeros, 0, 0, &any);
    else if (family == AF_UNIX)
        (void)psock_sys_address_unix("", 0, &any);
    return any;
}

/* The option that binding by `mode` needs, 0 for none.
 *
 * Without SO_EXCLUSIVEADDRUSE any program can put a socket of its own in the
 * place of this one.  SO_REUSEADDR means just that on Windows, so it is for
 * datagram sockets that want to share, never for listeners; and an address of a
 * dying connection can be had without it.  A Unix socket takes either option and
 * then cannot be bound, and raw sockets share everything. */
static int bind_option(psock_t s, int mode, int *option)
{
    int family;
    int type;
    if (!psock_win32_kind(s, &family, &type))
        return psock_win32_socket_error(s);
    *option = 0;
    if (mode == PSOCK_BIND_SHARED && type == SOCK_STREAM) {
        psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
        return PSOCK_ENOTSUP;
    }
    if (family == AF_UNIX || type == SOCK_RAW)
        return 0;
    if (mode == PSOCK_BIND_SHARED)
        *option = SO_REUSEADDR;
    else if (mode == PSOCK_BIND_FRESH || type != SOCK_STREAM)
        *option = SO_EXCLUSIVEADDRUSE;
    return 0;
}

/* What to make of a failure with an address: Winsock has several codes for one
 * of the wrong family. */
PSOCK_APART int psock_win32_address_error(psock_t s,
                                          const psock_address *address)
{
    int family;
    int type;
    struct psock_address_view view;
    int native = psock_winsock.WSAGetLastError();
    int error = psock_win32_socket_error(s);
    psock_sys_address_view(address, &view);
    if (error != PSOCK_EBADF && error != PSOCK_ENOTSOCK &&
        psock_win32_kind(s, &family, &type) &&
        family != native_family(view.family))
        error = PSOCK_EAFNOSUPPORT;
    psock_winsock.WSASetLastError(native);
    return error;
}

static _Bool is_everybody(const struct psock_address_view *view)
{
    static const unsigned char everybody[] = {255, 255, 255, 255};
    return view->family == PSOCK_IPV4 &&
           memcmp(view->bytes, everybody, sizeof everybody) == 0;
}

/* A group, or everybody: addresses that Windows lets nobody bind. */
static _Bool is_for_many(const struct psock_address_view *view)
{
    if (view->family == PSOCK_IPV6)
        return view->bytes[0] == 0xff;
    return view->family == PSOCK_IPV4 &&
           ((view->bytes[0] & 0xf0) == 0xe0 || is_everybody(view));
}

static psock_address bindable_address(psock_t s, const psock_address *local)
{
    struct psock_address_view view;
    psock_sys_address_view(local, &view);
    if (!is_for_many(&view) || !psock_win32_is_datagram(s))
        return *local;
    psock_address any = any_address(native_family(view.family));
    psock_sys_address_set_port(&any, view.port);
    return any;
}

static const struct sockaddr *native_name(const psock_address *address)
{
    return (const struct sockaddr *)address->storage.bytes;
}

/* Where there is no such directory, the network is said to be down. */
static PSOCK_APART int unix_bind_failure(const psock_address *local, int error)
{
    int native = psock_winsock.WSAGetLastError();
    if (error != PSOCK_ENETDOWN && error != PSOCK_EINVAL)
        return error;
    if (psock_win32_path_code(local) == ERROR_PATH_NOT_FOUND)
        error = PSOCK_ENOENT;
    psock_winsock.WSASetLastError(native);
    return error;
}

/* Windows has no privileged ports: "access denied" is another's exclusive use,
 * or a range that the system keeps for itself, which is in use just so. */
static int bind_failure(psock_t s, const psock_address *local)
{
    struct psock_address_view view;
    int error = psock_win32_address_error(s, local);
    psock_sys_address_view(local, &view);
    if (view.family == PSOCK_UNIX)
        return unix_bind_failure(local, error);
    return error == PSOCK_EACCES ? PSOCK_EADDRINUSE : error;
}

static int bind_with(psock_t s, const psock_address *local, int option)
{
    psock_address address = bindable_address(s, local);
    int error = option == 0 ? 0 : set_option(s, SOL_SOCKET, option, 1);
    if (error < 0)
        return error;
    if (psock_winsock.bind((SOCKET)s, native_name(&address),
                           (int)address.length) == 0)
        return 0;
    error = bind_failure(s, local);
    int native = psock_winsock.WSAGetLastError();
    if (option != 0)
        set_option(s, SOL_SOCKET, option, 0);
    psock_winsock.WSASetLastError(native);
    return error;
}

int psock_sys_bind(psock_t s, const psock_address *local, int mode)
{
    int option = 0;
    int error = bind_option(s, mode, &option);
    return error < 0 ? error : bind_with(s, local, option);
}

/* Windows looks at both families where use is to be exclusive, and elsewhere
 * takes an IPv4 socket of the same port for a narrower one, which may be there
 * beside the wider. */
_Bool psock_sys_keeps_both(int mode)
{
    return mode == PSOCK_BIND_FRESH;
}

int psock_win32_bind_any(psock_t s)
{
    int family;
    int type;
    if (!psock_win32_kind(s, &family, &type))
        return psock_win32_socket_error(s);
    psock_address any = any_address(family);
    return psock_sys_bind(s, &any, PSOCK_BIND_FRESH);
}

static int listen_failure(psock_t s)
{
    int native = psock_winsock.WSAGetLastError();
    int error = psock_win32_socket_error(s);
    if (error == PSOCK_EISCONN)
        error = PSOCK_EINVAL;
    if (error == PSOCK_EINVAL && psock_win32_is_datagram(s))
        error = PSOCK_EOPNOTSUPP;
    psock_winsock.WSASetLastError(native);
    return error;
}

/* Windows listens on no address that was not bound.  A Unix listener needs a
 * path that somebody knows. */
static int listen_unbound(psock_t s, int backlog)
{
    int family = AF_UNSPEC;
    int type = 0;
    (void)psock_win32_kind(s, &family, &type);
    if (family == AF_UNIX) {
        psock_winsock.WSASetLastError(WSAEINVAL);
        return PSOCK_EINVAL;
    }
    int error =
        psock_win32_is_datagram(s) ? PSOCK_EOPNOTSUPP : psock_win32_bind_any(s);
    if (error < 0)
        return error;
    if (psock_winsock.listen((SOCKET)s, backlog) != 0)
        return listen_failure(s);
    return 0;
}

int psock_sys_listen(psock_t s, int backlog)
{
    if (backlog == PSOCK_BACKLOG_DEFAULT)
        backlog = SOMAXCONN;
    if (psock_winsock.listen((SOCKET)s, backlog) == 0)
        return 0;
    int error = listen_failure(s);
    int native = psock_winsock.WSAGetLastError();
    if (error == PSOCK_EINVAL && !psock_win32_is_bound(s))
        return listen_unbound(s, backlog);
    psock_winsock.WSASetLastError(native);
    return error;
}

/* A connection that died in the queue is "reset" here, or without a peer to
 * name, and "aborted" elsewhere. */
static PSOCK_APART int accept_failure(psock_t listener)
{
    int error = psock_win32_socket_error(listener);
    if (error == PSOCK_ECONNRESET || error == PSOCK_ENOTCONN)
        return PSOCK_ECONNABORTED;
    return error;
}

/* The flags of a new handle.  Given all of them, the system need not read those
 * that are to stay. */
#define HANDLE_FLAGS (HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE)

/* The socket comes out non-blocking, like its listener, and inherited. */
psock_t psock_sys_accept(psock_t listener, psock_address *peer)
{
    psock_address from = {.length = 0};
    int length = sizeof from.storage.bytes;
    if ((psock_win32_shadow(listener) & SHADOW_READ_ENDED) != 0)
        return PSOCK_EINVAL;
    SOCKET s = psock_winsock.accept(
        (SOCKET)listener, (struct sockaddr *)from.storage.bytes, &length);
    if (s == INVALID_SOCKET)
        return accept_failure(listener);
    int error = psock_win32_set_not_inherited((psock_t)s, HANDLE_FLAGS);
    if (error < 0)
        return give_up(s, error);
    if (peer != NULL) {
        from.length = (uint32_t)length;
        tidy_name((psock_t)s, &from);
        *peer = from;
    }
    return (psock_t)s;
}

static const unsigned char ipv4_loopback[4] = {127, 0, 0, 1};
static const unsigned char ipv6_loopback[16] = {[15] = 1};

static _Bool is_zero(const unsigned char *bytes, size_t length)
{
    static const unsigned char zeros[16];
    return length != 0 && length <= sizeof zeros &&
           memcmp(bytes, zeros, length) == 0;
}

/* Windows connects and sends to no unspecified address. */
const psock_address *psock_win32_reachable(const psock_address *peer,
                                           psock_address *loopback)
{
    struct psock_address_view view;
    psock_sys_address_view(peer, &view);
    if (view.family == PSOCK_UNIX || !is_zero(view.bytes, view.length))
        return peer;
    if (view.family == PSOCK_IPV4)
        psock_sys_address_ipv4(ipv4_loopback, view.port, loopback);
    else if (view.family == PSOCK_IPV6)
        psock_sys_address_ipv6(ipv6_loopback, view.port, 0, loopback);
    else
        return peer;
    return loopback;
}

static _Bool is_loopback(const struct psock_address_view *view)
{
    if (view->family == PSOCK_IPV4)
        return view->bytes[0] == 127;
    return view->family == PSOCK_IPV6 &&
           memcmp(view->bytes, ipv6_loopback, sizeof ipv6_loopback) == 0;
}

/* Windows repeats a refused attempt for two seconds unless told that nothing
 * can have been lost on the way.  Where it cannot be told, it is just slow. */
static void expect_prompt_answer(psock_t s)
{
    TCP_INITIAL_RTO_PARAMETERS once = {
        .Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT,
        .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
    DWORD returned;
    psock_winsock.WSAIoctl((SOCKET)s, SIO_TCP_INITIAL_RTO, &once, sizeof once,
                           NULL, 0, &returned, NULL, NULL);
}

/* Whether there is a file or not, and of which kind, the refusal is the same, or
 * none that would tell. */
static PSOCK_APART int unix_connect_failure(const psock_address *peer,
                                            int error)
{
    struct psock_address_view view;
    psock_sys_address_view(peer, &view);
    if (view.family != PSOCK_UNIX || view.length == 0 ||
        (error != PSOCK_ECONNREFUSED && error != PSOCK_ENETDOWN &&
         error != PSOCK_EINVAL))
        return error;
    int code = psock_win32_path_code(peer);
    if (code == 0)
        return PSOCK_ECONNREFUSED;
    return psock_sys_error(code) == PSOCK_ENOENT ? PSOCK_ENOENT : error;
}

/* A pending attempt is remembered, because Windows forgets to tell its outcome
 * once and only once. */
static int connect_failure(psock_t s, const psock_address *peer)
{
    int native = psock_winsock.WSAGetLastError();
    if (native == WSAEWOULDBLOCK) {
        int error = psock_win32_shadow_add(s, SHADOW_CONNECTING);
        return error < 0 ? error : PSOCK_EINPROGRESS;
    }
    struct psock_address_view view;
    psock_sys_address_view(peer, &view);
    int error = psock_win32_address_error(s, peer);
    if (error == PSOCK_EINVAL && psock_win32_is_listener(s))
        error = PSOCK_EISCONN;
    if (error == PSOCK_EADDRNOTAVAIL && view.port == 0)
        error = PSOCK_ECONNREFUSED;
    if (view.family == PSOCK_UNIX)
        error = unix_connect_failure(peer, error);
    psock_winsock.WSASetLastError(native);
    return error;
}

/* AFD is asked, which knows it for certain: Winsock keeps the failure of an
 * earlier attempt, and cannot tell a connection from one that has ended. */
static _Bool is_connecting(psock_t s)
{
    return (psock_win32_shadow(s) & SHADOW_CONNECTING) != 0 &&
           psock_sys_wait(s, PSOCK_SYS_WRITE, NULL, 0) == 0;
}

/* Windows asks for permission to broadcast in sending to a destination, but not
 * in connecting, nor in sending then. */
static _Bool is_forbidden(psock_t s, const struct psock_address_view *view)
{
    int allowed = 0;
    if (!is_everybody(view) || !psock_win32_is_datagram(s) ||
        get_option(s, SOL_SOCKET, SO_BROADCAST, &allowed) < 0 || allowed)
        return 0;
    psock_winsock.WSASetLastError(WSAEACCES);
    return 1;
}

static int connect_anew(psock_t s, const psock_address *peer)
{
    psock_address loopback;
    struct psock_address_view view;
    const psock_address *to = psock_win32_reachable(peer, &loopback);
    psock_sys_address_view(to, &view);
    if (is_loopback(&view))
        expect_prompt_answer(s);
    if (is_forbidden(s, &view))
        return PSOCK_EACCES;
    if (psock_winsock.connect((SOCKET)s, native_name(to), (int)to->length) != 0)
        return connect_failure(s, to);
    if (psock_win32_is_datagram(s))
        psock_win32_report_refusal(s);
    return 0;
}

int psock_sys_connect(psock_t s, const psock_address *peer, int64_t patience_ns)
{
    (void)patience_ns;
    if ((psock_win32_shadow(s) & SHADOW_CONNECTING) == 0)
        return connect_anew(s, peer);
    return is_connecting(s) ? PSOCK_EALREADY
                            : psock_sys_connect_result(s, peer);
}

/* SO_ERROR keeps its value on Windows, so it is asked only as long as the
 * attempt counts as pending. */
int psock_sys_connect_result(psock_t s, const psock_address *peer)
{
    int native = 0;
    int error = get_option(s, SOL_SOCKET, SO_ERROR, &native);
    if (error < 0)
        return error;
    if (native == 0 && (psock_win32_shadow(s) & SHADOW_ABANDONED) != 0)
        native = WSAECONNABORTED;
    psock_win32_shadow_remove(s, SHADOW_CONNECTING | SHADOW_ABANDONED);
    if (native == 0)
        return 0;
    error = unix_connect_failure(peer, psock_sys_error(native));
    psock_winsock.WSASetLastError(native);
    return error;
}

static int end_reading(psock_t s, unsigned bits)
{
    int error = psock_win32_shadow_add(s, bits);
    if (error == 0)
        psock_win32_wake(s);
    return error;
}

static int end_writing(psock_t s)
{
    if (psock_winsock.shutdown((SOCKET)s, SD_SEND) != 0)
        return psock_win32_socket_error(s);
    int error = psock_win32_shadow_add(s, SHADOW_WRITE_ENDED);
    psock_win32_wake(s);
    return error;
}

/* Whether there is something to shut down: as elsewhere, streams need a peer.
 */
static int shutdown_error(psock_t s)
{
    if (psock_win32_has_peer(s))
        return 0;
    int native = psock_winsock.WSAGetLastError();
    int error = psock_win32_socket_error(s);
    if (error == PSOCK_ENOTCONN && psock_win32_is_datagram(s))
        return 0;
    psock_winsock.WSASetLastError(native);
    return error;
}

/* Windows cannot shut down what is not connected yet; the attempt is given up
 * as far as this program goes. */
static int abandon_connecting(psock_t s)
{
    int error = psock_win32_shadow_add(s, SHADOW_ABANDONED);
    if (error == 0)
        psock_win32_wake(s);
    return error;
}

/* SD_RECEIVE is never used: data that come after it would make Windows reset
 * the connection, and it would take what has come already. */
int psock_sys_shutdown(psock_t s, int how)
{
    if (psock_win32_is_listener(s))
        return how == PSOCK_SHUT_WRITE
                   ? 0
                   : end_reading(s, SHADOW_READ_ENDED | SHADOW_UNLISTENED);
    if (is_connecting(s))
        return abandon_connecting(s);
    int error = shutdown_error(s);
    if (error == 0 && how != PSOCK_SHUT_READ)
        error = end_writing(s);
    if (error == 0 && how != PSOCK_SHUT_WRITE)
        error = end_reading(s, SHADOW_READ_ENDED);
    return error;
}

static int unbound_address(psock_t s, psock_address *local)
{
    int family;
    int type;
    int error = psock_win32_socket_error(s);
    if (error != PSOCK_EINVAL || !psock_win32_kind(s, &family, &type))
        return error;
    *local = any_address(family);
    return 0;
}

/* A connected datagram socket may still say "any" until it has sent; the route
 * to its peer tells what it will be. */
static void ask_route(psock_t s, psock_address *local)
{
    psock_address peer = {.length = 0};
    psock_address route = {.length = 0};
    DWORD returned = 0;
    struct psock_address_view view;
    psock_sys_address_view(local, &view);
    if (!is_zero(view.bytes, view.length) ||
        ask_name(s, psock_winsock.getpeername, &peer) < 0)
        return;
    if (psock_winsock.WSAIoctl((SOCKET)s, SIO_ROUTING_INTERFACE_QUERY,
                               peer.storage.bytes, peer.length,
                               route.storage.bytes, sizeof route.storage.bytes,
                               &returned, NULL, NULL) != 0)
        return;
    route.length = returned;
    psock_sys_address_set_port(&route, view.port);
    *local = route;
}

int psock_sys_local(psock_t s, psock_address *local)
{
    psock_address answer;
    if (ask_name(s, psock_winsock.getsockname, &answer) < 0)
        return unbound_address(s, local);
    ask_route(s, &answer);
    *local = answer;
    return 0;
}

/* Windows names the peer before it has agreed. */
int psock_sys_peer(psock_t s, psock_address *peer)
{
    if (is_connecting(s)) {
        psock_winsock.WSASetLastError(WSAENOTCONN);
        return PSOCK_ENOTCONN;
    }
    return ask_name(s, psock_winsock.getpeername, peer);
}
