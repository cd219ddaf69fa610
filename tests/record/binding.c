/* binding.c: local addresses, listeners, and what they accept. */
#include "record.h"

#include <stdio.h>
#include <string.h>

/* --- Two sockets, one address ---------------------------------------------- */

/* How both got on: "bind EADDRINUSE", "listen EADDRINUSE", "both". */
struct rivalry {
    const char *what;
    int type;
    int first_reuses;
    int second_reuses;
    uint32_t first_host;
    uint32_t second_host;
    int first_listens; /* before the second binds */
};

#define LOOP INADDR_LOOPBACK
#define ANY INADDR_ANY

static const struct rivalry rivalries[] = {
    {"bind-reuseaddr.none-none", SOCK_STREAM, 0, 0, LOOP, LOOP, 0},
    {"bind-reuseaddr.none-reuse", SOCK_STREAM, 0, 1, LOOP, LOOP, 0},
    {"bind-reuseaddr.reuse-none", SOCK_STREAM, 1, 0, LOOP, LOOP, 0},
    {"bind-reuseaddr.reuse-reuse", SOCK_STREAM, 1, 1, LOOP, LOOP, 0},
    {"bind-reuseaddr.reuse-reuse-listening", SOCK_STREAM, 1, 1, LOOP, LOOP, 1},
    {"bind-reuseaddr.datagram-none-none", SOCK_DGRAM, 0, 0, LOOP, LOOP, 0},
    {"bind-reuseaddr.datagram-reuse-reuse", SOCK_DGRAM, 1, 1, LOOP, LOOP, 0},
    {"bind-wildcard-vs-specific.any-then-one", SOCK_STREAM, 0, 0, ANY, LOOP, 0},
    {"bind-wildcard-vs-specific.one-then-any", SOCK_STREAM, 0, 0, LOOP, ANY, 0},
};

static raw open_rival(int type, int reuses)
{
    raw s = keep(socket(AF_INET, type, 0));
    if (reuses)
        raw_set(s, SOL_SOCKET, SO_REUSEADDR, &reuses, sizeof reuses);
    return s;
}

static void observe_rivalry(const struct rivalry *rivalry)
{
    raw first = open_rival(rivalry->type, rivalry->first_reuses);
    raw second = open_rival(rivalry->type, rivalry->second_reuses);
    struct sockaddr_in address = ipv4_address(rivalry->first_host, 0);
    bind_to(first, &address);
    if (rivalry->first_listens)
        listen(first, 1);
    address =
        ipv4_address(rivalry->second_host, ntohs(own_address(first).sin_port));
    if (bind_to(second, &address) != 0)
        observe(rivalry->what, "bind %s", result_text(-1));
    else if (rivalry->type == SOCK_STREAM &&
             (listen(first, 1) != 0 || listen(second, 1) != 0))
        observe(rivalry->what, "listen %s", result_text(-1));
    else
        observe(rivalry->what, "both");
}

/* What a server that has closed its connection first leaves behind. */
static void observe_dying(const char *what, int reuses)
{
    char byte;
    struct ends ends;
    raw listener = open_rival(SOCK_STREAM, reuses);
    bind_loopback(listener);
    listen(listener, 1);
    struct sockaddr_in address = own_address(listener);
    ends = connected_to(listener);
    forget(ends.server);
    raw_close(ends.server);
    raw_recv(ends.client, &byte, 1, 0);
    forget(ends.client);
    raw_close(ends.client);
    forget(listener);
    raw_close(listener);
    observe_result(what, bind_to(open_rival(SOCK_STREAM, reuses), &address));
}

static void observe_sharing(void)
{
    for (size_t i = 0; i < sizeof rivalries / sizeof *rivalries; i++)
        observe_rivalry(&rivalries[i]);
    observe_dying("bind-exclusive-vs-timewait.none", 0);
    observe_dying("bind-exclusive-vs-timewait.reuse", 1);
}

/* --- Addresses ------------------------------------------------------------ */

static void observe_families(void)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in unspecified = ipv4_address(INADDR_ANY, 0);
    unspecified.sin_family = AF_UNSPEC;
    observe_result("bind-af-unspec-any.bind",
                   bind_to(open_stream(), &unspecified));
    observe_result("bind-wrong-family.bind",
                   bind(open_stream(), (struct sockaddr *)&six, sizeof six));
}

static void observe_for_many(void)
{
    struct sockaddr_in group = ipv4_address(0xe0000001, 0);
    struct sockaddr_in everybody = ipv4_address(INADDR_BROADCAST, 0);
    observe_result("bind-multicast-addr.datagram",
                   bind_to(open_datagram(), &group));
    observe_result("bind-broadcast-addr.datagram",
                   bind_to(open_datagram(), &everybody));
}

static long bind_scoped(const char *text, uint32_t scope)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_scope_id = scope};
    raw s = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    inet_pton(AF_INET6, text, &address.sin6_addr);
    return bind(s, (struct sockaddr *)&address, sizeof address);
}

static void observe_scopes(void)
{
    raw s = socket(AF_INET6, SOCK_DGRAM, 0);
    if (s == NO_RAW)
        return;
    keep(s);
    observe_result("bind-scope-id.loopback-in-9999", bind_scoped("::1", 9999));
    observe_result("bind-scope-id.link-local-in-none",
                   bind_scoped("fe80::1234:5678", 0));
}

/* --- Listening ------------------------------------------------------------ */

static void observe_listening(void)
{
    struct ends ends = connected();
    raw s = open_stream();
    observe_result("listen-unbound.listen", listen(s, 1));
    s = open_datagram();
    observe_result("listen-dgram.unbound", listen(s, 1));
    bind_loopback(s);
    observe_result("listen-dgram.bound", listen(s, 1));
    s = listening(1);
    observe_result("listen-twice.second", listen(s, 5));
    observe_result("listen-backlog.negative", listen(s, -1));
    observe_result("listen-connected.listen", listen(ends.client, 1));
}

/* Knocks more often than there is room for. */
static void observe_backlog(void)
{
    struct sockaddr_in address = own_address(listening(1));
    int refusals = 0;
    raw callers[12];
    for (size_t i = 0; i < 12; i++) {
        callers[i] = open_stream();
        raw_hurry_refusal(callers[i]);
        raw_set_nonblocking(callers[i], 1);
        connect_to(callers[i], &address);
    }
    raw_pause(200);
    for (size_t i = 0; i < 12; i++)
        refusals += strcmp(pending_error(callers[i]), "0") != 0;
    observe("listen-backlog.overflow", "%s",
            refusals > 0 ? "refused" : "left waiting");
}

/* --- Accepting ------------------------------------------------------------ */

static raw knocked_at(void)
{
    raw listener = listening(5);
    struct sockaddr_in address = own_address(listener);
    connect_to(open_stream(), &address);
    raw_select(listener, 900);
    raw_set_nonblocking(listener, 1);
    return listener;
}

static void observe_accepting(void)
{
    struct sockaddr_in peer;
    struct sockaddr *name = (struct sockaddr *)&peer;
    socklen_t length = 4;
    raw listener = knocked_at();
    observe_socket("accept-addrlen-small.accept",
                   accept(listener, name, &length));
    observe("accept-addrlen-small.length", "%d", (int)length);
    observe_socket("accept-addrlen-small.again", accept(listener, NULL, NULL));
    observe_socket("accept-addr-null-len.accept",
                   accept(knocked_at(), name, NULL));
}

static void observe_dead_caller(void)
{
    char byte;
    raw listener = listening(5);
    struct sockaddr_in address = own_address(listener);
    raw caller = open_stream();
    connect_to(caller, &address);
    raw_select(listener, 900);
    reset(caller);
    raw_pause(20);
    raw_set_nonblocking(listener, 1);
    raw accepted = accept(listener, NULL, NULL);
    observe_socket("accept-after-rst.accept", accepted);
    if (accepted != NO_RAW)
        observe_result("accept-after-rst.recv",
                       raw_recv(accepted, &byte, 1, 0));
}

static int option_of(raw s, int level, int option)
{
    int value = 0;
    int size = sizeof value;
    raw_get(s, level, option, &value, &size);
    return value;
}

static void observe_inherited_options(void)
{
    int on = 1;
    raw listener = listening(5);
    raw_set(listener, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    raw_set(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    raw_set(listener, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
    raw s = connected_to(listener).server;
    observe("accept-inherits-options.keepalive-nodelay-oobinline", "%d %d %d",
            option_of(s, SOL_SOCKET, SO_KEEPALIVE),
            option_of(s, IPPROTO_TCP, TCP_NODELAY),
            option_of(s, SOL_SOCKET, SO_OOBINLINE));
}

static void knock(void *context)
{
    struct sockaddr_in address = own_address(*(raw *)context);
    connect_to(open_stream(), &address);
}

static void observe_accept_timeout(void)
{
    raw listener = listening(5);
    raw_set_timeout(listener, SO_RCVTIMEO, 50);
    observe("accept-rcvtimeo.accept", "%s",
            blocked(IN_ACCEPT, listener, NULL, knock, &listener, 300));
}

/* --- Names ---------------------------------------------------------------- */

static void observe_names(void)
{
    struct sockaddr_in name = ipv4_address(INADDR_ANY, 0);
    socklen_t length = sizeof name;
    int on = 1;
    observe_result(
        "sockname-unbound.stream",
        getsockname(open_stream(), (struct sockaddr *)&name, &length));
    struct sockaddr_in peer = own_address(listening(1));
    raw s = open_datagram();
    bind_to(s, &(struct sockaddr_in){.sin_family = AF_INET});
    connect_to(s, &peer);
    observe_yes_or_no("sockname-after-connect-any.tells-the-source",
                      own_address(s).sin_addr.s_addr == htonl(LOOP));
    observe_result("sockopt-acceptconn.set",
                   raw_set(s, SOL_SOCKET, SO_ACCEPTCONN, &on, sizeof on));
}

static void observe_name_after_reset(void)
{
    char byte;
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    struct ends ends = connected();
    reset(ends.server);
    raw_recv(ends.client, &byte, 1, 0);
    observe_result("peername-after-reset.getpeername",
                   getpeername(ends.client, (struct sockaddr *)&peer, &length));
}

void observe_binding(void)
{
    observe_sharing();
    observe_families();
    observe_for_many();
    observe_scopes();
    observe_listening();
    observe_backlog();
    observe_accepting();
    observe_dead_caller();
    observe_inherited_options();
    observe_accept_timeout();
    observe_names();
    observe_name_after_reset();
}
