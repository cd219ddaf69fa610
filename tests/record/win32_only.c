/* win32_only.c: what only Windows can be asked. */
#include "record.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif
#ifndef SIO_BASE_HANDLE
#define SIO_BASE_HANDLE _WSAIOR(IOC_WS2, 34)
#endif
#ifndef SO_PAUSE_ACCEPT
#define SO_PAUSE_ACCEPT 0x3003
#endif

/* --- Starting ------------------------------------------------------------- */

static void observe_unstarted(void)
{
    char name[256];
    struct addrinfo *found = NULL;
    raw s = socket(AF_INET, SOCK_STREAM, 0);
    observe("startup-required.socket", "%s",
            s == NO_RAW ? result_text(-1) : "ok");
    observe_result("startup-required.gethostname",
                   gethostname(name, sizeof name));
    observe("startup-required.getaddrinfo", "%s",
            raw_error_name(getaddrinfo("127.0.0.1", NULL, NULL, &found)));
    observe("startup-required.htons", "%#x", (unsigned)htons(0x1234));
}

static void observe_versions(void)
{
    WSADATA data;
    observe("startup-version.1.1", "%s",
            raw_error_name(WSAStartup(MAKEWORD(1, 1), &data)));
    observe("startup-version.1.1-gives", "%d.%d", LOBYTE(data.wVersion),
            HIBYTE(data.wVersion));
    WSACleanup();
}

static void observe_counting(void)
{
    WSADATA data;
    struct sockaddr_in any = ipv4_address(INADDR_ANY, 0);
    observe_result("startup-refcount.cleanup-too-many", WSACleanup());
    WSAStartup(MAKEWORD(2, 2), &data);
    WSAStartup(MAKEWORD(2, 2), &data);
    raw s = socket(AF_INET, SOCK_STREAM, 0);
    WSACleanup();
    observe_result("startup-refcount.bind-after-one-of-two", bind_to(s, &any));
    WSACleanup();
    WSAStartup(MAKEWORD(2, 2), &data);
    observe_result("startup-refcount.bind-after-the-last", bind_to(s, &any));
    WSACleanup();
}

void observe_before_start(void)
{
    observe_unstarted();
    observe_versions();
    observe_counting();
}

/* --- Descriptors ---------------------------------------------------------- */

static void ignore_parameter(const wchar_t *expression, const wchar_t *function,
                             const wchar_t *file, unsigned line, uintptr_t more)
{
    (void)expression;
    (void)function;
    (void)file;
    (void)line;
    (void)more;
}

/* The C runtime has numbers of its own. */
static void observe_runtime(void)
{
    int value;
    int size = sizeof value;
    raw s = open_stream();
    _set_invalid_parameter_handler(ignore_parameter);
    errno = 0;
    observe("desc-not-fd.write", "%s",
            _write((int)s, "x", 1) < 0 && errno == EBADF ? "EBADF" : "other");
    errno = 0;
    observe("close-api.close", "%s",
            _close((int)s) < 0 && errno == EBADF ? "EBADF" : "other");
    int number = _open_osfhandle((intptr_t)s, _O_BINARY);
    observe("desc-osfhandle.open", "%s", number >= 0 ? "ok" : "refused");
    forget(s);
    if (number < 0)
        return;
    observe("desc-osfhandle.close", "%d", _close(number));
    observe_result("desc-osfhandle.socket-after-that",
                   raw_get(s, SOL_SOCKET, SO_TYPE, &value, &size));
}

static void observe_copies(void)
{
    int value;
    int size = sizeof value;
    HANDLE copy;
    raw s = open_stream();
    if (DuplicateHandle(GetCurrentProcess(), (HANDLE)s, GetCurrentProcess(),
                        &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        observe_result("desc-dup.duplicated-handle-as-socket",
                       raw_get((raw)copy, SOL_SOCKET, SO_TYPE, &value, &size));
        CloseHandle(copy);
    }
    WSAPROTOCOL_INFOW info;
    observe_result("inh-fork.wsaduplicatesocket",
                   WSADuplicateSocketW(s, GetCurrentProcessId(), &info));
    observe_socket("inh-fork.socket-from-it",
                   WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                              FROM_PROTOCOL_INFO, &info, 0,
                              WSA_FLAG_OVERLAPPED));
}

static void observe_provider(void)
{
    WSAPROTOCOL_INFOW info;
    int size = sizeof info;
    raw base = NO_RAW;
    DWORD returned;
    raw s = open_stream();
    raw_get(s, SOL_SOCKET, SO_PROTOCOL_INFOW, &info, &size);
    observe_yes_or_no("desc-lsp-ifs.sockets-are-handles",
                      (info.dwServiceFlags1 & XP1_IFS_HANDLES) != 0);
    WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, &returned, NULL,
             NULL);
    observe_yes_or_no("desc-lsp-ifs.is-its-own-base", base == s);
}

static void observe_inheriting(void)
{
    DWORD flags = 0;
    GetHandleInformation((HANDLE)open_stream(), &flags);
    observe_yes_or_no("inh-default.inherited",
                      (flags & HANDLE_FLAG_INHERIT) != 0);
    GetHandleInformation((HANDLE)connected().server, &flags);
    observe_yes_or_no("inh-default.accepted-is-inherited",
                      (flags & HANDLE_FLAG_INHERIT) != 0);
    raw s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0,
                       WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    observe_socket("inh-default.flag-against-it", s);
    GetHandleInformation((HANDLE)s, &flags);
    observe_yes_or_no("inh-default.inherited-in-spite-of-flag",
                      (flags & HANDLE_FLAG_INHERIT) != 0);
}

/* --- Timeouts without overlapping ------------------------------------------ */

static void send_byte(void *context)
{
    sendto(open_datagram(), "x", 1, 0, (struct sockaddr *)context,
           sizeof(struct sockaddr_in));
}

static void observe_not_overlapped(void)
{
    raw s = keep(WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, 0));
    bind_loopback(s);
    struct sockaddr_in address = own_address(s);
    raw_set_timeout(s, SO_RCVTIMEO, 50);
    observe("desc-overlapped.timeout-without", "%s",
            blocked(IN_RECV, s, NULL, send_byte, &address, 400));
}

/* --- Modes ---------------------------------------------------------------- */

static void observe_events(void)
{
    raw s = open_stream();
    WSAEVENT event = WSACreateEvent();
    WSAEventSelect(s, event, FD_READ);
    observe_result("nb-eventselect-side-effect.blocking-again",
                   raw_set_nonblocking(s, 0));
    WSAEventSelect(s, NULL, 0);
    observe_result("nb-eventselect-side-effect.after-cancel",
                   raw_set_nonblocking(s, 0));
    WSACloseEvent(event);
}

/* --- Connecting ----------------------------------------------------------- */

static void observe_initial_rto(void)
{
    TCP_INITIAL_RTO_PARAMETERS once = {
        .Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT,
        .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
    DWORD returned;
    observe_result("connect-refused-delay.sio-tcp-initial-rto",
                   WSAIoctl(open_stream(), SIO_TCP_INITIAL_RTO, &once,
                            sizeof once, NULL, 0, &returned, NULL, NULL));
    observe_yes_or_no("connect-refused-delay.refused-with-it",
                      strcmp(raw_select(refused(), 900), "-") != 0);
}

static int calls_made;

static void CALLBACK count_call(ULONG_PTR unused)
{
    (void)unused;
    calls_made++;
}

static void observe_asynchronous_calls(void)
{
    char byte;
    struct ends ends = connected();
    raw_set_timeout(ends.client, SO_RCVTIMEO, 50);
    QueueUserAPC(count_call, GetCurrentThread(), 0);
    raw_recv(ends.client, &byte, 1, 0);
    observe_yes_or_no("connect-apc-alertable.runs-inside-recv", calls_made > 0);
    SleepEx(0, TRUE);
}

/* --- Exclusive addresses --------------------------------------------------- */

static raw open_exclusive(void)
{
    int on = 1;
    raw s = open_stream();
    raw_set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, &on, sizeof on);
    return s;
}

static void observe_exclusive(void)
{
    int on = 1;
    raw first = open_exclusive();
    observe_result("bind-reuse-exclusive-conflict.reuse-after-exclusive",
                   raw_set(first, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    raw reuser = open_stream();
    raw_set(reuser, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    observe_result(
        "bind-reuse-exclusive-conflict.exclusive-after-reuse",
        raw_set(reuser, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, &on, sizeof on));

    first = open_exclusive();
    bind_loopback(first);
    struct sockaddr_in address = own_address(first);
    observe_result("bind-eacces.plain-on-exclusive",
                   bind_to(open_stream(), &address));
    observe_result("bind-eacces.reuse-on-exclusive", bind_to(reuser, &address));

    first = open_exclusive();
    struct sockaddr_in any = ipv4_address(INADDR_ANY, 0);
    bind_to(first, &any);
    address = ipv4_address(INADDR_LOOPBACK, ntohs(own_address(first).sin_port));
    observe_result("bind-wildcard-vs-specific.exclusive-any-then-one",
                   bind_to(open_stream(), &address));
    first = open_exclusive();
    bind_loopback(first);
    any.sin_port = own_address(first).sin_port;
    observe_result("bind-wildcard-vs-specific.exclusive-one-then-any",
                   bind_to(open_stream(), &any));
}

/* --- Extension functions --------------------------------------------------- */

/* Fetches a function into the pointer at `function`; null if there is none. */
static void fetch(raw s, GUID id, void *function)
{
    DWORD returned;
    memset(function, 0, sizeof(void *));
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, function,
             sizeof(void *), &returned, NULL, NULL);
}

static void observe_connectex(void)
{
    struct sockaddr_in peer = own_address(listening(5));
    socklen_t length = sizeof peer;
    DWORD count = 0;
    DWORD flags = 0;
    WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
    raw s = open_stream();
    LPFN_CONNECTEX connect_ex;
    fetch(s, (GUID)WSAID_CONNECTEX, &connect_ex);
    bind_loopback(s);
    if (connect_ex == NULL)
        return;
    connect_ex(s, (struct sockaddr *)&peer, sizeof peer, NULL, 0, NULL,
               &overlapped);
    WaitForSingleObject(overlapped.hEvent, 900);
    WSAGetOverlappedResult(s, &overlapped, &count, FALSE, &flags);
    observe_result("accept-acceptex-context.peer-before-update",
                   getpeername(s, (struct sockaddr *)&peer, &length));
    setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0);
    observe_result("accept-acceptex-context.peer-after-update",
                   getpeername(s, (struct sockaddr *)&peer, &length));
    WSACloseEvent(overlapped.hEvent);
}

static void observe_messages(void)
{
    char byte = 'x';
    DWORD sent = 0;
    WSABUF buffer = {.len = 1, .buf = &byte};
    WSAMSG message = {.lpBuffers = &buffer, .dwBufferCount = 1};
    struct ends ends = connected();
    LPFN_WSASENDMSG send_message;
    fetch(open_datagram(), (GUID)WSAID_WSASENDMSG, &send_message);
    if (send_message == NULL)
        return;
    observe_result("io-sendmsg-tcp.sendmsg",
                   send_message(ends.client, &message, 0, &sent, NULL, NULL));
}

static void observe_accept_options(void)
{
    int on = 1;
    raw s = open_stream();
    observe_result(
        "accept-conditional.set",
        raw_set(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, &on, sizeof on));
    observe_result("accept-pause.set",
                   raw_set(s, SOL_SOCKET, SO_PAUSE_ACCEPT, &on, sizeof on));
}

/* --- Threads -------------------------------------------------------------- */

struct started_receive {
    raw socket;
    char byte;
    WSAOVERLAPPED overlapped;
};

static DWORD WINAPI start_receive(void *argument)
{
    struct started_receive *started = argument;
    WSABUF buffer = {.len = 1, .buf = &started->byte};
    DWORD flags = 0;
    WSARecv(started->socket, &buffer, 1, NULL, &flags, &started->overlapped,
            NULL);
    return 0;
}

/* A receive that was begun by a thread that has ended. */
static void observe_orphan(void)
{
    DWORD count = 0;
    DWORD flags = 0;
    struct ends ends = connected();
    struct started_receive started = {.socket = ends.server};
    started.overlapped.hEvent = WSACreateEvent();
    HANDLE thread = CreateThread(NULL, 0, start_receive, &started, 0, NULL);
    WaitForSingleObject(thread, 900);
    CloseHandle(thread);
    raw_pause(50);
    raw_send(ends.client, "x", 1, 0);
    WaitForSingleObject(started.overlapped.hEvent, 900);
    BOOL ended = WSAGetOverlappedResult(ends.server, &started.overlapped,
                                        &count, FALSE, &flags);
    observe_result("thr-io-cancel-on-exit.receive", ended ? (long)count : -1);
    WSACloseEvent(started.overlapped.hEvent);
}

/* --- The rest -------------------------------------------------------------- */

static void observe_rest(void)
{
    raw_set_error(0);
    SetLastError(5);
    observe_yes_or_no("err-channel.is-getlasterror", WSAGetLastError() == 5);
    observe_socket("io-socketpair.unix", socket(AF_UNIX, SOCK_STREAM, 0));
    observe("x64-lengths.u_long-and-pointer", "%d %d", (int)sizeof(u_long),
            (int)sizeof(void *));
}

void observe_system(void)
{
    observe_runtime();
    observe_copies();
    observe_provider();
    observe_inheriting();
    observe_not_overlapped();
    observe_events();
    observe_initial_rto();
    observe_asynchronous_calls();
    observe_exclusive();
    observe_connectex();
    observe_messages();
    observe_accept_options();
    observe_orphan();
    observe_afd();
    observe_rest();
}
