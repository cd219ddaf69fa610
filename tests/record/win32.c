/* win32.c: system.h for Windows. */
#include "system.h"

#include <stdio.h>
#include <string.h>

/* --- The program ---------------------------------------------------------- */

/* Wine says so by a function that Windows does not have; its version, and not
 * that of the Windows it plays, is what counts. */
typedef const char *wine_version_call(void);

const char *raw_system_name(void)
{
    static char text[64] = "Windows";
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    FARPROC found = GetProcAddress(ntdll, "wine_get_version");
    wine_version_call *wine_version;
    memcpy(&wine_version, &found, sizeof wine_version);
    if (wine_version != NULL)
        snprintf(text, sizeof text, "Wine %s", wine_version());
    return text;
}

void raw_start(void)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        ExitProcess(1);
}

int64_t raw_clock_ms(void)
{
    return (int64_t)GetTickCount64();
}

void raw_pause(int pause_ms)
{
    Sleep((DWORD)pause_ms);
}

/* --- Errors --------------------------------------------------------------- */

int raw_error(void)
{
    return WSAGetLastError();
}

void raw_set_error(int code)
{
    WSASetLastError(code);
}

#define NAME(code)                                                             \
    {                                                                          \
        code, #code                                                            \
    }

static const struct {
    int code;
    const char *name;
} names[] = {
    NAME(ERROR_ACCESS_DENIED),
    NAME(ERROR_INVALID_HANDLE),
    NAME(ERROR_INVALID_PARAMETER),
    NAME(ERROR_NETNAME_DELETED),
    NAME(ERROR_OPERATION_ABORTED),
    NAME(ERROR_IO_PENDING),
    NAME(WSAEACCES),
    NAME(WSAEADDRINUSE),
    NAME(WSAEADDRNOTAVAIL),
    NAME(WSAEAFNOSUPPORT),
    NAME(WSAEALREADY),
    NAME(WSAEBADF),
    NAME(WSAECONNABORTED),
    NAME(WSAECONNREFUSED),
    NAME(WSAECONNRESET),
    NAME(WSAEDESTADDRREQ),
    NAME(WSAEFAULT),
    NAME(WSAEHOSTUNREACH),
    NAME(WSAEINPROGRESS),
    NAME(WSAEINTR),
    NAME(WSAEINVAL),
    NAME(WSAEISCONN),
    NAME(WSAEMFILE),
    NAME(WSAEMSGSIZE),
    NAME(WSAENETRESET),
    NAME(WSAENETUNREACH),
    NAME(WSAENOBUFS),
    NAME(WSAENOPROTOOPT),
    NAME(WSAENOTCONN),
    NAME(WSAENOTSOCK),
    NAME(WSAEOPNOTSUPP),
    NAME(WSAEPROTONOSUPPORT),
    NAME(WSAEPROTOTYPE),
    NAME(WSAESHUTDOWN),
    NAME(WSAESOCKTNOSUPPORT),
    NAME(WSAETIMEDOUT),
    NAME(WSAEWOULDBLOCK),
    NAME(WSANOTINITIALISED),
};

const char *raw_error_name(int code)
{
    static char number[16];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    snprintf(number, sizeof number, "%d", code);
    return number;
}

/* --- Calls of different shape --------------------------------------------- */

int raw_close(raw s)
{
    return closesocket(s);
}

long raw_send(raw s, const void *data, size_t size, int flags)
{
    return send(s, data, (int)size, flags);
}

long raw_recv(raw s, void *buffer, size_t size, int flags)
{
    return recv(s, buffer, (int)size, flags);
}

int raw_set(raw s, int level, int option, const void *value, int size)
{
    return setsockopt(s, level, option, value, size);
}

int raw_get(raw s, int level, int option, void *value, int *size)
{
    return getsockopt(s, level, option, value, size);
}

int raw_set_nonblocking(raw s, int on)
{
    u_long value = on != 0;
    return ioctlsocket(s, (long)FIONBIO, &value);
}

int raw_set_mode_by_null(raw s)
{
    return ioctlsocket(s, (long)FIONBIO, NULL);
}

int raw_set_timeout(raw s, int option, int timeout_ms)
{
    DWORD timeout = (DWORD)timeout_ms;
    return raw_set(s, SOL_SOCKET, option, &timeout, sizeof timeout);
}

int raw_set_linger(raw s, int seconds)
{
    struct linger linger = {.l_onoff = 1, .l_linger = (u_short)seconds};
    return raw_set(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

long raw_bytes_waiting(raw s)
{
    u_long count = 0;
    return ioctlsocket(s, (long)FIONREAD, &count) != 0 ? -1 : (long)count;
}

long raw_is_at_mark(raw s)
{
    u_long is_there = 0;
    return ioctlsocket(s, (long)SIOCATMARK, &is_there) != 0 ? -1
                                                            : (long)is_there;
}

#define MOST_BUFFERS 2048

static char bytes[MOST_BUFFERS];

static WSABUF *buffers_of(int count)
{
    static WSABUF buffers[MOST_BUFFERS];
    for (int i = 0; i < count; i++)
        buffers[i] = (WSABUF){.len = 1, .buf = &bytes[i]};
    return buffers;
}

long raw_send_vector(raw s, int count)
{
    DWORD sent = 0;
    if (WSASend(s, buffers_of(count), (DWORD)count, &sent, 0, NULL, NULL) != 0)
        return -1;
    return (long)sent;
}

long raw_recv_vector(raw s, int count)
{
    DWORD received = 0;
    DWORD flags = 0;
    if (WSARecv(s, buffers_of(count), (DWORD)count, &received, &flags, NULL,
                NULL) != 0)
        return -1;
    return (long)received;
}

void raw_hurry_refusal(raw s)
{
    TCP_INITIAL_RTO_PARAMETERS once = {
        .Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT,
        .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
    DWORD returned;
    WSAIoctl(s, SIO_TCP_INITIAL_RTO, &once, sizeof once, NULL, 0, &returned,
             NULL, NULL);
}

raw raw_open_file(void)
{
    return (raw)CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL,
                            OPEN_EXISTING, 0, NULL);
}

void raw_close_file(raw file)
{
    CloseHandle((HANDLE)file);
}

/* --- Readiness ------------------------------------------------------------ */

/* Joins the words whose bits are set. */
static const char *join(unsigned bits, const char *const *words)
{
    static char text[64];
    text[0] = '\0';
    for (unsigned i = 0; words[i] != NULL; i++)
        if ((bits & 1u << i) != 0) {
            if (text[0] != '\0')
                strcat(text, ",");
            strcat(text, words[i]);
        }
    return text[0] == '\0' ? "-" : text;
}

static int is_in(const fd_set *set, raw s)
{
    return set->fd_count > 0 && set->fd_array[0] == s;
}

const char *raw_select(raw s, int timeout_ms)
{
    static const char *const words[] = {"r", "w", "x", NULL};
    struct timeval timeout = {.tv_usec = timeout_ms * 1000L};
    fd_set sets[3];
    unsigned bits = 0;
    for (int i = 0; i < 3; i++) {
        sets[i].fd_count = 1;
        sets[i].fd_array[0] = s;
    }
    if (select(0, &sets[0], &sets[1], &sets[2], &timeout) < 0)
        return raw_error_name(WSAGetLastError());
    for (unsigned i = 0; i < 3; i++)
        if (is_in(&sets[i], s))
            bits |= 1u << i;
    return join(bits, words);
}

static const short poll_bits[] = {POLLRDNORM, POLLRDBAND, POLLPRI, POLLWRNORM,
                                  POLLERR,    POLLHUP,    POLLNVAL};
static const char *const poll_words[] = {"RDNORM", "RDBAND", "PRI",  "WRNORM",
                                         "ERR",    "HUP",    "NVAL", NULL};

const char *raw_poll(raw s, int wanted, int timeout_ms)
{
    int events = ((wanted & WANT_IN) != 0 ? POLLIN : 0) |
                 ((wanted & WANT_OUT) != 0 ? POLLOUT : 0) |
                 ((wanted & WANT_PRI) != 0 ? POLLPRI : 0);
    WSAPOLLFD entry = {.fd = s, .events = (short)events};
    unsigned bits = 0;
    if (WSAPoll(&entry, 1, timeout_ms) < 0)
        return raw_error_name(WSAGetLastError());
    for (unsigned i = 0; i < sizeof poll_bits / sizeof *poll_bits; i++)
        if ((entry.revents & poll_bits[i]) != 0)
            bits |= 1u << i;
    return join(bits, poll_words);
}
