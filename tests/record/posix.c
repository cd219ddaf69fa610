/* posix.c: system.h for POSIX systems. */
#include "system.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>

/* --- The program ---------------------------------------------------------- */

const char *raw_system_name(void)
{
    static struct utsname name;
    uname(&name);
    return name.sysname;
}

void raw_start(void)
{
    signal(SIGPIPE, SIG_IGN);
}

int64_t raw_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void raw_pause(int pause_ms)
{
    struct timespec pause = {.tv_nsec = pause_ms * 1000000L};
    nanosleep(&pause, NULL);
}

/* --- Errors --------------------------------------------------------------- */

int raw_error(void)
{
    return errno;
}

void raw_set_error(int code)
{
    errno = code;
}

#define NAME(code)                                                             \
    {                                                                          \
        code, #code                                                            \
    }

static const struct {
    int code;
    const char *name;
} names[] = {
    NAME(EACCES),       NAME(EADDRINUSE),      NAME(EADDRNOTAVAIL),
    NAME(EAFNOSUPPORT), NAME(EAGAIN),          NAME(EALREADY),
    NAME(EBADF),        NAME(ECONNABORTED),    NAME(ECONNREFUSED),
    NAME(ECONNRESET),   NAME(EDESTADDRREQ),    NAME(EFAULT),
    NAME(EHOSTUNREACH), NAME(EINPROGRESS),     NAME(EINTR),
    NAME(EINVAL),       NAME(EISCONN),         NAME(EMFILE),
    NAME(EMSGSIZE),     NAME(ENETUNREACH),     NAME(ENOBUFS),
    NAME(ENOPROTOOPT),  NAME(ENOSPC),          NAME(ENOTCONN),
    NAME(ENOTSOCK),     NAME(ENOTTY),          NAME(EOPNOTSUPP),
    NAME(EPERM),        NAME(EPIPE),           NAME(EPROTONOSUPPORT),
    NAME(EPROTOTYPE),   NAME(ESOCKTNOSUPPORT), NAME(ETIMEDOUT),
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
    return close(s);
}

long raw_send(raw s, const void *data, size_t size, int flags)
{
    return send(s, data, size, flags);
}

long raw_recv(raw s, void *buffer, size_t size, int flags)
{
    return recv(s, buffer, size, flags);
}

int raw_set(raw s, int level, int option, const void *value, int size)
{
    return setsockopt(s, level, option, value, (socklen_t)size);
}

int raw_get(raw s, int level, int option, void *value, int *size)
{
    socklen_t length = (socklen_t)*size;
    int result = getsockopt(s, level, option, value, &length);
    *size = (int)length;
    return result;
}

int raw_set_nonblocking(raw s, int on)
{
    return ioctl(s, FIONBIO, &on);
}

int raw_set_mode_by_null(raw s)
{
    return ioctl(s, FIONBIO, NULL);
}

int raw_set_timeout(raw s, int option, int timeout_ms)
{
    struct timeval timeout = {.tv_sec = timeout_ms / 1000,
                              .tv_usec = timeout_ms % 1000 * 1000L};
    return raw_set(s, SOL_SOCKET, option, &timeout, sizeof timeout);
}

int raw_set_linger(raw s, int seconds)
{
    struct linger linger = {.l_onoff = 1, .l_linger = seconds};
    return raw_set(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

long raw_bytes_waiting(raw s)
{
    int count = 0;
    return ioctl(s, FIONREAD, &count) < 0 ? -1 : count;
}

long raw_is_at_mark(raw s)
{
    int is_there = 0;
    return ioctl(s, SIOCATMARK, &is_there) < 0 ? -1 : is_there;
}

#define MOST_BUFFERS 2048

static char bytes[MOST_BUFFERS];

static struct iovec *buffers_of(int count)
{
    static struct iovec buffers[MOST_BUFFERS];
    for (int i = 0; i < count; i++)
        buffers[i] = (struct iovec){.iov_base = &bytes[i], .iov_len = 1};
    return buffers;
}

long raw_send_vector(raw s, int count)
{
    return writev(s, buffers_of(count), count);
}

long raw_recv_vector(raw s, int count)
{
    return readv(s, buffers_of(count), count);
}

void raw_hurry_refusal(raw s)
{
    (void)s;
}

raw raw_open_file(void)
{
    return open("/dev/null", O_RDWR);
}

void raw_close_file(raw file)
{
    close(file);
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

const char *raw_select(raw s, int timeout_ms)
{
    static const char *const words[] = {"r", "w", "x", NULL};
    struct timeval timeout = {.tv_usec = timeout_ms * 1000L};
    fd_set sets[3];
    unsigned bits = 0;
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        FD_SET(s, &sets[i]);
    }
    if (select(s + 1, &sets[0], &sets[1], &sets[2], &timeout) < 0)
        return raw_error_name(errno);
    for (unsigned i = 0; i < 3; i++)
        if (FD_ISSET(s, &sets[i]))
            bits |= 1u << i;
    return join(bits, words);
}

static const short poll_bits[] = {POLLIN,  POLLPRI,  POLLOUT,  POLLERR,
                                  POLLHUP, POLLNVAL, POLLRDHUP};
static const char *const poll_words[] = {"IN",  "PRI",  "OUT",   "ERR",
                                         "HUP", "NVAL", "RDHUP", NULL};

const char *raw_poll(raw s, int wanted, int timeout_ms)
{
    int events = ((wanted & WANT_IN) != 0 ? POLLIN | POLLRDHUP : 0) |
                 ((wanted & WANT_OUT) != 0 ? POLLOUT : 0) |
                 ((wanted & WANT_PRI) != 0 ? POLLPRI : 0);
    struct pollfd entry = {.fd = s, .events = (short)events};
    unsigned bits = 0;
    if (poll(&entry, 1, timeout_ms) < 0)
        return raw_error_name(errno);
    for (unsigned i = 0; i < sizeof poll_bits / sizeof *poll_bits; i++)
        if ((entry.revents & poll_bits[i]) != 0)
            bits |= 1u << i;
    return join(bits, poll_words);
}
