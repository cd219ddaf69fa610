/* fake_socket.c: sockets from WSASocketW to closesocket. */
#include "fake_world.h"

#include <string.h>

#define FIRST_PORT 49152

/* How long a refusal takes without SIO_TCP_INITIAL_RTO: some two seconds, in
 * truth. */
#define SLOW_REFUSAL_NS ((int64_t)60 * 1000000)

static u_short next_port(void)
{
    static unsigned port = FIRST_PORT;
    if (++port > UINT16_MAX)
        port = FIRST_PORT;
    return (u_short)port;
}

/* --- Opening --------------------------------------------------------------- */

static int family_error(int family)
{
    if (family == AF_INET || family == AF_INET6)
        return 0;
    if (family == AF_UNIX && fake_script.profile->unix_streams)
        return 0;
    return family == AF_UNSPEC ? WSAEINVAL : WSAEAFNOSUPPORT;
}

static int kind_error(int family, int type, int protocol)
{
    int wanted = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
    int error = family_error(family);
    if (error != 0)
        return error;
    if (type == SOCK_RAW && family != AF_UNIX)
        return fake_script.privileged ? 0 : WSAEACCES;
    if (type != SOCK_STREAM && (type != SOCK_DGRAM || family == AF_UNIX))
        return WSAESOCKTNOSUPPORT;
    return protocol == 0 || protocol == wanted ? 0 : WSAEPROTONOSUPPORT;
}

static int flags_error(DWORD flags)
{
    DWORD known = WSA_FLAG_OVERLAPPED;
    if (fake_script.profile->no_inherit_flag)
        known |= WSA_FLAG_NO_HANDLE_INHERIT;
    return (flags & ~known) != 0 ? WSAEINVAL : 0;
}

static struct fake_object *new_socket(int family, int type)
{
    struct fake_object *s = fake_new_object(FAKE_SOCKET);
    s->family = family;
    s->type = type;
    s->protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
    s->inheritable = 1;
    fake_set_initial_options(s);
    s->numbers[FAKE_CONNECT_RESET] = 1;
    s->numbers[FAKE_NET_RESET] = 1;
    return s;
}

/* The handle of a parcel becomes a socket; what it was made of is in the info. */
static int take_over(int from_info, const WSAPROTOCOL_INFOW *info,
                     SOCKET *handle)
{
    struct fake_object *s;
    ULONG_PTR opened;
    if (from_info != FROM_PROTOCOL_INFO)
        fake_complain("WSASocketW with an info and something else");
    int error = fake_open_from_info(info, &s, &opened);
    if (error == 0)
        *handle = opened;
    return error;
}

static SOCKET WSAAPI open_socket(int family, int type, int protocol,
                                 WSAPROTOCOL_INFOW *info, GROUP group,
                                 DWORD flags)
{
    struct fake_visit visit;
    SOCKET handle = INVALID_SOCKET;
    int error = fake_enter(&visit, FAKE_WSASocketW,
                           "family %d type %d protocol %d flags %x", family,
                           type, protocol, (unsigned)flags);
    if (group != 0)
        fake_complain("WSASocketW with a group");
    if ((flags & WSA_FLAG_OVERLAPPED) == 0)
        fake_complain("a socket that is not overlapped has no timeouts");
    if (error == 0 && fake_script.starts == 0)
        error = WSANOTINITIALISED;
    if (error == 0)
        error = flags_error(flags);
    if (error == 0 && info != NULL)
        error = take_over(family & type & protocol, info, &handle);
    else if (error == 0)
        error = kind_error(family, type, protocol);
    if (error == 0 && info == NULL) {
        struct fake_object *s = new_socket(family, type);
        s->inheritable = (flags & WSA_FLAG_NO_HANDLE_INHERIT) == 0;
        if (type == SOCK_RAW)
            s->protocol = protocol;
        fake_give_handle(s);
        handle = s->handle;
    }
    fake_leave(&visit, error);
    return handle;
}

psock_t fake_open_foreign(int family, int type)
{
    fake_take_lock();
    struct fake_object *s = new_socket(family, type);
    fake_give_handle(s);
    fake_give_lock();
    return (psock_t)s->handle;
}

void fake_close_foreign(psock_t handle)
{
    fake_take_lock();
    struct fake_object *object = fake_find((ULONG_PTR)handle);
    if (object->kind == FAKE_SOCKET)
        fake_drop_socket(object);
    else
        fake_drop_object(object);
    fake_give_lock();
}

psock_t fake_listener(void)
{
    fake_take_lock();
    struct fake_object *each = fake_each(NULL);
    while (each != NULL && each->state != FAKE_LISTENING)
        each = fake_each(each);
    psock_t listener = each == NULL ? -1 : (psock_t)each->handle;
    fake_give_lock();
    return listener;
}

/* --- Closing --------------------------------------------------------------- */

/* Unread data, or a linger time of zero, end a connection by a reset. */
static _Bool ends_by_reset(const struct fake_object *s)
{
    return s->received_size > 0 ||
           (s->linger.l_onoff != 0 && s->linger.l_linger == 0);
}

void fake_end_connection(struct fake_object *s)
{
    struct fake_object *peer = s->peer;
    if (peer == NULL)
        return;
    s->peer = NULL;
    peer->peer = NULL;
    if (ends_by_reset(s))
        fake_break_stream(peer, WSAECONNRESET);
    else
        peer->peer_ended = 1;
}

/* A close that must linger would have to wait. */
static _Bool would_linger(const struct fake_object *s)
{
    return s->state == FAKE_CONNECTED && s->nonblocking &&
           s->linger.l_onoff != 0 && s->linger.l_linger != 0;
}

static int WSAAPI close_socket(SOCKET handle)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error =
        fake_enter_socket(&visit, FAKE_closesocket, handle, &s, "%s", "");
    if (error == 0 && would_linger(s))
        error = WSAEWOULDBLOCK;
    if (error == 0) {
        if (fake_has_waiting_poll(s))
            fake_complain("closesocket of #%u while a poll of it is under way",
                          s->id);
        if (!fake_drop_handle(handle))
            fake_drop_socket(s);
    }
    return fake_leave(&visit, error);
}

/* --- Binding --------------------------------------------------------------- */

enum sharing {
    PLAIN,
    REUSE,
    EXCLUSIVE
};

enum relation {
    SAME,
    FIRST_IS_WIDER,
    SECOND_IS_WIDER,
    RELATIONS
};

/* What the second bind to a port says, by who was first, who comes, and how
 * their addresses stand to each other. */
static const int bind_outcomes[RELATIONS][3][3] = {
    [SAME] = {[PLAIN] = {WSAEADDRINUSE, WSAEACCES, WSAEADDRINUSE},
              [REUSE] = {WSAEADDRINUSE, 0, WSAEADDRINUSE},
              [EXCLUSIVE] = {WSAEADDRINUSE, WSAEACCES, WSAEADDRINUSE}},
    [FIRST_IS_WIDER] = {[PLAIN] = {0, 0, 0},
                        [REUSE] = {0, 0, 0},
                        [EXCLUSIVE] = {WSAEACCES, WSAEACCES, WSAEACCES}},
    [SECOND_IS_WIDER] = {[PLAIN] = {0, 0, WSAEADDRINUSE},
                         [REUSE] = {0, 0, WSAEADDRINUSE},
                         [EXCLUSIVE] = {0, 0, WSAEADDRINUSE}},
};

static enum sharing sharing_of(const struct fake_object *s)
{
    if (s->numbers[FAKE_EXCLUSIVE])
        return EXCLUSIVE;
    return s->numbers[FAKE_REUSE] ? REUSE : PLAIN;
}

/* Connections that came from a listener stand in the way only of those who want
 * the port for themselves, or if their listener did. */
static int conflict_with(const struct fake_object *first,
                         const struct fake_object *second,
                         const struct fake_name *name)
{
    struct fake_object comer = {
        .kind = FAKE_SOCKET, .family = second->family, .local = *name};
    comer.numbers[FAKE_V6_ONLY] = second->numbers[FAKE_V6_ONLY];
    if (first->accepted && sharing_of(first) != EXCLUSIVE &&
        sharing_of(second) != EXCLUSIVE)
        return 0;
    enum relation relation = SAME;
    if (!fake_same_place(&first->local, name)) {
        if (fake_match(first, name) > 0)
            relation = FIRST_IS_WIDER;
        else if (fake_match(&comer, &first->local) > 0)
            relation = SECOND_IS_WIDER;
        else
            return 0;
    }
    return bind_outcomes[relation][sharing_of(first)][sharing_of(second)];
}

static int conflict(const struct fake_object *s, const struct fake_name *name)
{
    int error = 0;
    if (fake_port(name) == 0)
        return 0;
    for (struct fake_object *each = fake_each(NULL); each != NULL && error == 0;
         each = fake_each(each))
        if (each != s && each->kind == FAKE_SOCKET && each->type == s->type &&
            each->local.length != 0)
            error = conflict_with(each, s, name);
    return error;
}

static int bind_error(const struct fake_object *s, const struct sockaddr *to,
                      int length)
{
    int error = fake_name_error(s, to, length);
    if (error != 0)
        return error;
    if (s->local.length != 0)
        return WSAEINVAL;
    const struct fake_name name = fake_name_of(to, length);
    if (s->family == AF_UNIX)
        return 0; /* the path is asked for when it is taken */
    if (!fake_is_any(&name) && !fake_is_local(&name))
        return WSAEADDRNOTAVAIL; /* groups and broadcast too */
    return conflict(s, &name);
}

static void take_name(struct fake_object *s, const struct fake_name *name)
{
    s->local = *name;
    if (s->family != AF_UNIX && fake_port(name) == 0)
        fake_set_port(&s->local, next_port());
    if (s->state == FAKE_FRESH)
        s->state = FAKE_BOUND;
}

static int WSAAPI bind_socket(SOCKET handle, const struct sockaddr *name,
                              int length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(&visit, FAKE_bind, handle, &s, "%s length %d",
                                  fake_name_text(name, length), length);
    if (error == 0)
        error = bind_error(s, name, length);
    if (error == 0) {
        const struct fake_name copy = fake_name_of(name, length);
        error = s->family == AF_UNIX ? fake_unix_bind(s, &copy) : 0;
        if (error == 0)
            take_name(s, &copy);
    }
    return fake_leave(&visit, error);
}

int fake_bind_any(struct fake_object *s)
{
    const struct fake_name any = fake_any_name(s->family);
    if (s->local.length == 0)
        take_name(s, &any);
    return 0;
}

/* --- Listening and accepting ----------------------------------------------- */

static int listen_error(const struct fake_object *s)
{
    if (s->type != SOCK_STREAM)
        return WSAEOPNOTSUPP;
    if (s->state == FAKE_CONNECTED)
        return WSAEISCONN;
    return s->state == FAKE_BOUND || s->state == FAKE_LISTENING ? 0 : WSAEINVAL;
}

static int WSAAPI listen_socket(SOCKET handle, int backlog)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(&visit, FAKE_listen, handle, &s, "backlog %d",
                                  backlog);
    if (error == 0)
        error = listen_error(s);
    if (error == 0)
        s->state = FAKE_LISTENING;
    return fake_leave(&visit, error);
}

static int accept_error(const struct fake_object *s, struct sockaddr *name,
                        const int *length)
{
    if (s->type != SOCK_STREAM)
        return WSAEOPNOTSUPP;
    if (s->state != FAKE_LISTENING)
        return WSAEINVAL;
    if (s->first_waiting == NULL && !s->nonblocking)
        fake_complain("accept would block for ever");
    if (s->first_waiting == NULL)
        return WSAEWOULDBLOCK;
    if (name != NULL && length != NULL &&
        *length < s->first_waiting->remote.length)
        return WSAEFAULT;
    return 0;
}

/* The mode is the listener's; being inherited is the default again. */
static struct fake_object *take_waiting(struct fake_object *listener)
{
    struct fake_object *s = listener->first_waiting;
    listener->first_waiting = s->next_waiting;
    s->next_waiting = NULL;
    s->nonblocking = listener->nonblocking;
    s->inheritable = 1;
    fake_give_handle(s);
    return s;
}

static SOCKET WSAAPI accept_socket(SOCKET handle, struct sockaddr *name,
                                   int *length)
{
    struct fake_visit visit;
    struct fake_object *s;
    SOCKET accepted = INVALID_SOCKET;
    int error = fake_enter_socket(&visit, FAKE_accept, handle, &s, "room %d",
                                  length == NULL ? -1 : *length);
    if (error == 0)
        error = accept_error(s, name, length);
    if (error == 0) {
        const struct fake_object *taken = take_waiting(s);
        if (name != NULL && length != NULL)
            fake_copy_name(&taken->remote, name, length);
        accepted = taken->handle;
    }
    fake_leave(&visit, error);
    return accepted;
}

/* --- Connecting ------------------------------------------------------------ */

static struct fake_object *find_listener(const struct fake_name *to)
{
    struct fake_object *best = NULL;
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (each->kind == FAKE_SOCKET && each->state == FAKE_LISTENING &&
            fake_match(each, to) > (best == NULL ? 0 : fake_match(best, to)))
            best = each;
    return best;
}

/* The other end, in the listener's queue. */
static struct fake_object *make_other_end(struct fake_object *s,
                                          struct fake_object *listener)
{
    struct fake_object *other = new_socket(listener->family, SOCK_STREAM);
    memcpy(other->numbers, listener->numbers, sizeof other->numbers);
    other->linger = listener->linger;
    other->accepted = 1;
    other->state = FAKE_CONNECTED;
    other->local = fake_name_for(other->family, &s->remote);
    other->remote = fake_name_for(other->family, &s->local);
    other->peer = s;
    return other;
}

static void put_in_queue(struct fake_object *listener,
                         struct fake_object *waiting)
{
    struct fake_object **link = &listener->first_waiting;
    while (*link != NULL)
        link = &(*link)->next_waiting;
    *link = waiting;
}

static void establish(struct fake_object *s, struct fake_object *listener)
{
    s->peer = make_other_end(s, listener);
    s->peer_process = listener->process;
    s->peer->peer_process = s->process;
    put_in_queue(listener, s->peer);
    s->state = FAKE_CONNECTED;
    s->connect_error = 0;
    s->broken = 0;
    s->peer_ended = 0;
}

static void fail_connect(struct fake_object *s, int error)
{
    s->state = FAKE_BOUND;
    s->connect_failed = 1;
    s->connect_error = error;
}

static void settle_connect(struct fake_object *s)
{
    struct fake_object *listener = find_listener(&s->remote);
    s->decided = 0;
    if (s->outcome != 0)
        fail_connect(s, s->outcome);
    else if (listener == NULL)
        fail_connect(s, WSAECONNREFUSED);
    else
        establish(s, listener);
}

static _Bool is_undecided(const struct fake_object *s)
{
    return s->kind == FAKE_SOCKET && s->state == FAKE_CONNECTING && s->decided;
}

void fake_settle_connects(void)
{
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (is_undecided(each) && each->due_ns <= fake_now_ns())
            settle_connect(each);
}

int64_t fake_next_connect_ns(void)
{
    int64_t next_ns = -1;
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (is_undecided(each) && (next_ns < 0 || each->due_ns < next_ns))
            next_ns = each->due_ns;
    return next_ns;
}

static void decide(struct fake_object *s, int outcome, int64_t after_ns)
{
    s->decided = 1;
    s->outcome = outcome;
    s->due_ns = fake_now_ns() + after_ns;
}

void fake_decide_connect(psock_t handle, int error)
{
    fake_take_lock();
    struct fake_object *s = fake_find_socket((SOCKET)handle);
    if (s == NULL || s->state != FAKE_CONNECTING)
        fake_complain("no attempt to connect is under way");
    else
        decide(s, error, 0);
    fake_give_lock();
}

static int connect_stream_error(const struct fake_object *s)
{
    switch (s->state) {
    case FAKE_LISTENING:
        return WSAEINVAL;
    case FAKE_CONNECTING:
        return WSAEALREADY;
    case FAKE_CONNECTED:
        return WSAEISCONN;
    default:
        return 0;
    }
}

static int connect_name_error(const struct fake_object *s,
                              const struct fake_name *to)
{
    if (s->family == AF_UNIX)
        return 0;
    if (fake_is_any(to) || (s->type == SOCK_STREAM && fake_port(to) == 0))
        return WSAEADDRNOTAVAIL;
    if (s->type == SOCK_STREAM && fake_is_group(to))
        return WSAEADDRNOTAVAIL;
    if (s->family == AF_INET6 && s->numbers[FAKE_V6_ONLY] && fake_is_mapped(to))
        return WSAENETUNREACH;
    return 0;
}

/* Nobody answers for an address of another machine. */
static void start_to_connect(struct fake_object *s)
{
    s->state = FAKE_CONNECTING;
    s->connect_failed = 0;
    s->decided = 0;
    if (fake_script.hold_connects)
        return;
    if (s->family == AF_UNIX)
        decide(s, fake_unix_outcome(&s->remote), 0);
    else if (find_listener(&s->remote) != NULL)
        decide(s, 0, 0);
    else if (fake_is_local(&s->remote))
        decide(s, WSAECONNREFUSED, s->fast_refusal ? 0 : SLOW_REFUSAL_NS);
}

static int connect_stream(struct fake_object *s, const struct fake_name *to)
{
    if (s->local.length == 0) {
        const struct fake_name source = fake_source_for(s->family, to);
        take_name(s, &source);
    } else if (s->family != AF_UNIX && fake_is_any(&s->local)) {
        u_short port = fake_port(&s->local);
        s->local = fake_source_for(s->family, to);
        fake_set_port(&s->local, port);
    }
    s->remote = *to;
    start_to_connect(s);
    if (s->family == AF_UNIX && fake_script.paths_at_once) {
        settle_connect(s);
        return s->connect_error;
    }
    if (!s->nonblocking)
        fake_complain("connect would block");
    return WSAEWOULDBLOCK;
}

/* The local address stays what it is until something is sent: "any". */
static int connect_datagram(struct fake_object *s, const struct fake_name *to)
{
    fake_bind_any(s);
    s->remote = *to;
    s->state = FAKE_CONNECTED;
    return 0;
}

static int disconnect_datagram(struct fake_object *s)
{
    s->remote.length = 0;
    if (s->state == FAKE_CONNECTED)
        s->state = FAKE_BOUND;
    return 0;
}

static int connect_checked(struct fake_object *s, const struct sockaddr *name,
                           int length)
{
    if (s->type == SOCK_DGRAM && name != NULL && length >= 16 &&
        name->sa_family == AF_UNSPEC)
        return disconnect_datagram(s);
    int error = s->type == SOCK_STREAM ? connect_stream_error(s) : 0;
    if (error == 0)
        error = fake_name_error(s, name, length);
    if (error != 0)
        return error;
    const struct fake_name to = fake_name_of(name, length);
    error = connect_name_error(s, &to);
    if (error != 0)
        return error;
    return s->type == SOCK_STREAM ? connect_stream(s, &to)
                                  : connect_datagram(s, &to);
}

static int WSAAPI connect_socket(SOCKET handle, const struct sockaddr *name,
                                 int length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error =
        fake_enter_socket(&visit, FAKE_connect, handle, &s, "%s length %d",
                          fake_name_text(name, length), length);
    if (error == 0)
        error = connect_checked(s, name, length);
    return fake_leave(&visit, error);
}

/* --- Shutting down --------------------------------------------------------- */

static int shutdown_error(const struct fake_object *s, int how)
{
    if (how != SD_RECEIVE && how != SD_SEND && how != SD_BOTH)
        return WSAEINVAL;
    if (s->type == SOCK_STREAM && s->state != FAKE_CONNECTED)
        return WSAENOTCONN;
    return 0;
}

/* Data that arrive after SD_RECEIVE reset the connection, so it is never the
 * right thing to do. */
static int shutdown_checked(struct fake_object *s, int how)
{
    int error = shutdown_error(s, how);
    if (error != 0)
        return error;
    if (how != SD_SEND) {
        fake_complain("SD_RECEIVE of #%u resets the connection when more data"
                      " come",
                      s->id);
        s->shut_receive = 1;
    }
    if (how != SD_RECEIVE) {
        s->shut_send = 1;
        if (s->peer != NULL)
            s->peer->peer_ended = 1;
    }
    return 0;
}

static int WSAAPI shutdown_socket(SOCKET handle, int how)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error =
        fake_enter_socket(&visit, FAKE_shutdown, handle, &s, "how %d", how);
    if (error == 0)
        error = shutdown_checked(s, how);
    return fake_leave(&visit, error);
}

/* --- Names ----------------------------------------------------------------- */

static int WSAAPI get_sock_name(SOCKET handle, struct sockaddr *name,
                                int *length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(&visit, FAKE_getsockname, handle, &s,
                                  "room %d", length == NULL ? -1 : *length);
    if (error == 0 && s->local.length == 0)
        error = WSAEINVAL;
    if (error == 0)
        error = fake_copy_name(&s->local, name, length);
    return fake_leave(&visit, error);
}

/* There is a peer's name from the attempt on, and after a reset too. */
static int WSAAPI get_peer_name(SOCKET handle, struct sockaddr *name,
                                int *length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(&visit, FAKE_getpeername, handle, &s,
                                  "room %d", length == NULL ? -1 : *length);
    if (error == 0 && s->state != FAKE_CONNECTED && s->state != FAKE_CONNECTING)
        error = WSAENOTCONN;
    if (error == 0)
        error = fake_copy_name(&s->remote, name, length);
    return fake_leave(&visit, error);
}

void fake_install_sockets(struct psock_winsock_table *table)
{
    table->WSASocketW = open_socket;
    table->closesocket = close_socket;
    table->bind = bind_socket;
    table->listen = listen_socket;
    table->accept = accept_socket;
    table->connect = connect_socket;
    table->shutdown = shutdown_socket;
    table->getsockname = get_sock_name;
    table->getpeername = get_peer_name;
}
