/* sys_socket.c: from socket() to getpeername(). */
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

int psock_posix_type(int type)
{
    static const int types[] = {[PSOCK_STREAM] = SOCK_STREAM,
                                [PSOCK_DATAGRAM] = SOCK_DGRAM,
                                [PSOCK_SEQPACKET] = SOCK_SEQPACKET,
                                [PSOCK_RAW] = SOCK_RAW};
    return types[type];
}

/* Where the type cannot carry the flag, there is a moment in which a child
 * started by another thread inherits the socket; such systems offer nothing
 * better. */
#ifdef PSOCK_HAVE_SOCK_CLOEXEC
static int make_socket(int family, int type, int protocol)
{
    return socket(family, type | SOCK_CLOEXEC, protocol);
}
#else
static int make_socket(int family, int type, int protocol)
{
    int fd = socket(family, type, protocol);
    if (fd >= 0)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}
#endif

/* Closes a descriptor that is not needed after all, keeping the error that was
 * the reason. */
static PSOCK_APART int give_up(int fd, int error)
{
    int native = errno;
    close(fd);
    errno = native;
    return error;
}

static int set_option(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof value) < 0)
        return psock_posix_error();
    return 0;
}

static int get_option(int fd, int level, int option, int *value)
{
    socklen_t length = sizeof *value;
    if (getsockopt(fd, level, option, value, &length) < 0)
        return psock_posix_error();
    return 0;
}

/* Systems differ in what an IPv6 socket serves, so it is always said. */
static int set_stack(int fd, int family, unsigned flags)
{
    if (family != PSOCK_IPV6)
        return 0;
    return set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY,
                      (flags & PSOCK_DUAL_STACK) == 0);
}

psock_t psock_sys_open(int family, int type, unsigned flags)
{
    int fd = make_socket(native_family(family), psock_posix_type(type),
                         PROTOCOL_OF_THE_TYPE);
    if (fd < 0)
        return psock_posix_error();
    int error = set_stack(fd, family, flags);
    if (error == 0)
        error = psock_posix_equip(fd);
    return error < 0 ? give_up(fd, error) : fd;
}

/* Systems believe of one protocol that its packets bring their header. */
#ifdef IPV6_HDRINCL
static int set_header(int fd, int family, int protocol)
{
    if (protocol != IPPROTO_RAW)
        return 0;
    return family == PSOCK_IPV6 ? set_option(fd, IPPROTO_IPV6, IPV6_HDRINCL, 0)
                                : set_option(fd, IPPROTO_IP, IP_HDRINCL, 0);
}
#else
static int set_header(int fd, int family, int protocol)
{
    if (protocol != IPPROTO_RAW || family == PSOCK_IPV6)
        return 0;
    return set_option(fd, IPPROTO_IP, IP_HDRINCL, 0);
}
#endif

/* Some systems say "access" where it takes privileges. */
psock_t psock_sys_open_raw(int family, int protocol)
{
    int fd = make_socket(native_family(family), SOCK_RAW, protocol);
    if (fd < 0)
        return errno == EACCES ? PSOCK_EPERM : psock_posix_error();
    int error = set_header(fd, family, protocol);
    if (error == 0)
        error = psock_posix_equip(fd);
    return error < 0 ? give_up(fd, error) : fd;
}

int psock_sys_check(psock_t s)
{
    int type;
    return get_option(psock_posix_fd(s), SOL_SOCKET, SO_TYPE, &type);
}

static int family_of(sa_family_t family)
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
    struct sockaddr_storage local = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof local;
    int native = 0;
    int fd = psock_posix_fd(s);
    int error = get_option(fd, SOL_SOCKET, SO_TYPE, &native);
    if (error < 0)
        return error;
    if (getsockname(fd, (struct sockaddr *)&local, &length) < 0)
        return psock_posix_error();
    *family = family_of(local.ss_family);
    *type = type_of(native);
    return 0;
}

size_t psock_sys_index(psock_t s)
{
    return (size_t)s;
}

/* close() is never repeated: on Linux the descriptor is gone whatever it says,
 * and may be somebody else's by now. */
static int close_socket(int fd)
{
    psock_posix_poller_forget(fd);
    if (close(fd) < 0 && errno != EINTR)
        return psock_posix_error();
    return 0;
}

/* close() would take any descriptor, a file of somebody's too, so it is asked
 * first what it is. */
int psock_sys_close(psock_t s)
{
    int error = psock_sys_check(s);
    return error < 0 ? error : close_socket(psock_posix_fd(s));
}

int psock_sys_close_reset(psock_t s)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    int fd = psock_posix_fd(s);
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0 &&
        (errno == ENOTSOCK || errno == EBADF))
        return psock_posix_error();
    return close_socket(fd);
}

/* The options that let several sockets have one address; 0 for none. */
#if defined(SO_REUSEPORT) && defined(__linux__)
#define SHARE_STREAMS SO_REUSEPORT
#define SHARE_DATAGRAMS SO_REUSEADDR
#elif defined(SO_REUSEPORT)
#define SHARE_STREAMS SO_REUSEPORT
#define SHARE_DATAGRAMS SO_REUSEPORT
#else
#define SHARE_STREAMS 0
#define SHARE_DATAGRAMS SO_REUSEADDR
#endif

/* Unix sockets share no address, though some systems take the option. */
static int sharing_option(int family, int type, int *option)
{
    *option = type == PSOCK_STREAM ? SHARE_STREAMS : SHARE_DATAGRAMS;
    if (family != PSOCK_UNIX && *option != 0)
        return 0;
    errno = EOPNOTSUPP;
    return PSOCK_ENOTSUP;
}

/* The option that binding by `mode` needs, 0 for none.  Datagram sockets leave
 * nothing behind that could be in a new one's way, and SO_REUSEADDR means
 * sharing to them. */
static int bind_option(int fd, int mode, int *option)
{
    int family = PSOCK_NONE;
    int type = 0;
    *option = 0;
    if (mode == PSOCK_BIND_FRESH)
        return 0;
    int error = psock_sys_kind(fd, &family, &type);
    if (error < 0)
        return error;
    if (mode == PSOCK_BIND_SHARED)
        return sharing_option(family, type, option);
    *option = type == PSOCK_STREAM ? SO_REUSEADDR : 0;
    return 0;
}

/* What to make of a failure with an address: systems have several codes for one
 * of the wrong family, and keep quiet about others. */
PSOCK_APART int psock_posix_address_error(int fd, const psock_address *address)
{
    int native = errno;
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    struct psock_address_view view;
    socklen_t length = sizeof own;
    psock_sys_address_view(address, &view);
    int known = getsockname(fd, (struct sockaddr *)&own, &length) == 0;
    errno = native;
    if (known && own.ss_family != native_family(view.family))
        return PSOCK_EAFNOSUPPORT;
    return psock_sys_error(native);
}

static int bind_with(int fd, const psock_address *local, int option)
{
    const void *name = local->storage.bytes;
    int error = option == 0 ? 0 : set_option(fd, SOL_SOCKET, option, 1);
    if (error < 0)
        return error;
    if (bind(fd, name, local->length) == 0)
        return 0;
    error = psock_posix_address_error(fd, local);
    int native = errno;
    if (option != 0)
        set_option(fd, SOL_SOCKET, option, 0);
    errno = native;
    return error;
}

int psock_sys_bind(psock_t s, const psock_address *local, int mode)
{
    int option;
    int error = bind_option(psock_posix_fd(s), mode, &option);
    if (error < 0)
        return error;
    return bind_with(psock_posix_fd(s), local, option);
}

_Bool psock_sys_keeps_both(int mode)
{
    (void)mode;
    return 1;
}

/* accept() has no MSG_DONTWAIT, so listeners alone are non-blocking. */
int psock_sys_listen(psock_t s, int backlog)
{
    int fd = psock_posix_fd(s);
    if (backlog == PSOCK_BACKLOG_DEFAULT)
        backlog = SOMAXCONN;
    if (listen(fd, backlog) < 0)
        return psock_posix_error();
    return psock_posix_set_nonblocking(fd, 1);
}

#ifdef PSOCK_HAVE_ACCEPT4
static inline int accept_one(int fd, struct sockaddr *name, socklen_t *length)
{
    return accept4(fd, name, length, SOCK_CLOEXEC);
}

static inline int equip_accepted(int fd)
{
    (void)fd;
    return 0;
}
#else
static inline int accept_one(int fd, struct sockaddr *name, socklen_t *length)
{
    return accept(fd, name, length);
}

static inline int equip_accepted(int fd)
{
    int error = psock_posix_equip(fd);
    return error < 0 ? give_up(fd, error) : 0;
}
#endif

/* The system writes the peer where it belongs, as in psock_sys_recv_from(). */
psock_t psock_sys_accept(psock_t listener, psock_address *peer)
{
    socklen_t length = sizeof peer->storage;
    void *name = peer == NULL ? NULL : peer->storage.bytes;
    int fd = accept_one(psock_posix_fd(listener), name, &length);
    if (!PSOCK_LIKELY(fd >= 0))
        return psock_posix_error();
    int error = equip_accepted(fd);
    if (error < 0)
        return error;
    if (PSOCK_LIKELY(peer != NULL)) {
        peer->length = length;
        peer->reserved = 0;
    }
    return fd;
}

static int connect_now(int fd, const psock_address *peer)
{
    const void *name = peer->storage.bytes;
    if (connect(fd, name, peer->length) == 0)
        return 0;
    return errno == EINPROGRESS ? PSOCK_EINPROGRESS
                                : psock_posix_address_error(fd, peer);
}

/* Whether a socket with this result may be connected later, or is now. */
static _Bool has_a_future(int result)
{
    return result == 0 || result == PSOCK_EINPROGRESS ||
           result == PSOCK_EALREADY || result == PSOCK_EAGAIN;
}

/* Starts without waiting.  The mode is not put back after a refusal: a listener
 * is refused here and has to keep its own. */
static int connect_without_waiting(int fd, const psock_address *peer)
{
    int error = psock_posix_set_nonblocking(fd, 1);
    if (error < 0)
        return error;
    int result = connect_now(fd, peer);
    int native = errno;
    if (has_a_future(result))
        psock_posix_set_nonblocking(fd, 0);
    errno = native;
    return result;
}

/* Linux lets SO_SNDTIMEO bound a connect (socket(7)), which takes fewer calls
 * than asking, waiting and asking again.  It stays set, as nothing else of psock's
 * waits in a send, until the socket is somebody else's. */
#ifdef PSOCK_HAVE_CONNECT_TIMEOUT
static void set_connect_limit(int fd, int64_t limit_ns)
{
    struct timeval limit = {.tv_sec = (time_t)(limit_ns / 1000000000),
                            .tv_usec = limit_ns % 1000000000 / 1000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static PSOCK_APART int connect_with_patience(int fd, const psock_address *peer,
                                             int64_t patience_ns)
{
    if (patience_ns < 1000) /* zero microseconds would mean no limit */
        return connect_without_waiting(fd, peer);
    set_connect_limit(fd, patience_ns);
    return connect_now(fd, peer);
}
#else
static int connect_with_patience(int fd, const psock_address *peer,
                                 int64_t patience_ns)
{
    (void)patience_ns;
    return connect_without_waiting(fd, peer);
}
#endif

int psock_sys_connect(psock_t s, const psock_address *peer, int64_t patience_ns)
{
    if (patience_ns < 0)
        return connect_now(psock_posix_fd(s), peer);
    return connect_with_patience(psock_posix_fd(s), peer, patience_ns);
}

/* Connecting once more tells the outcome and, unlike SO_ERROR, lets the system
 * know that it has been told. */
int psock_sys_connect_result(psock_t s, const psock_address *peer)
{
    int result = connect_now(psock_posix_fd(s), peer);
    return result == PSOCK_EISCONN ? 0 : result;
}

static const int native_hows[] = {
    [PSOCK_SHUT_READ] = SHUT_RD,
    [PSOCK_SHUT_WRITE] = SHUT_WR,
    [PSOCK_SHUT_BOTH] = SHUT_RDWR,
};

/* An unconnected datagram socket is shut down and its waiters are woken, but
 * Linux reports that it was not connected, as of a stream. */
static int shutdown_failure(int fd)
{
    int type;
    int native = errno;
    if (native == ENOTCONN && get_option(fd, SOL_SOCKET, SO_TYPE, &type) == 0 &&
        type == SOCK_DGRAM)
        return 0;
    errno = native;
    return psock_posix_error();
}

int psock_sys_shutdown(psock_t s, int how)
{
    if (shutdown(psock_posix_fd(s), native_hows[how]) < 0)
        return shutdown_failure(psock_posix_fd(s));
    return 0;
}

/* Both calls for names have this shape. */
typedef int name_call(int fd, struct sockaddr *name, socklen_t *length);

static int ask_name(psock_t s, name_call *call, psock_address *address)
{
    psock_address answer = {.length = 0};
    void *name = answer.storage.bytes;
    socklen_t length = sizeof answer.storage.bytes;
    if (call(psock_posix_fd(s), name, &length) < 0)
        return psock_posix_error();
    answer.length = length;
    *address = answer;
    return 0;
}

int psock_sys_local(psock_t s, psock_address *local)
{
    return ask_name(s, getsockname, local);
}

int psock_sys_peer(psock_t s, psock_address *peer)
{
    return ask_name(s, getpeername, peer);
}
