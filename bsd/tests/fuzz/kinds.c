/* kinds.c: descriptors of every kind and state. */
#include "kinds.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- What lives as long as a probe -------------------------------------------- */

static int helpers[32];
static size_t helper_count;
static char paths[64][sizeof(((struct sockaddr_un *)0)->sun_path)];
static size_t path_count;

static int helper(int fd)
{
    if (fd >= 0 && helper_count < COUNT_OF(helpers))
        helpers[helper_count++] = fd;
    return fd;
}

void lose_helpers(void)
{
    while (helper_count > 0)
        close(helpers[--helper_count]);
    while (path_count > 0)
        unlink(paths[--path_count]);
}

static const char *new_path(void)
{
    static unsigned counter;
    char *path = paths[path_count < COUNT_OF(paths) - 1 ? path_count++ : 0];
    snprintf(path, sizeof paths[0], "differ-%u", counter++);
    unlink(path);
    return path;
}

bool settle(int fd, int events)
{
    struct pollfd entry = {.fd = fd, .events = (short)events};
    return poll(&entry, 1, 500) > 0;
}

/* --- Addresses ---------------------------------------------------------------- */

socklen_t loopback(union any_address *address, int family, int port)
{
    memset(address, 0, sizeof *address);
    address->any.sa_family = (sa_family_t)family;
    if (family == AF_INET6) {
        address->in6.sin6_port = htons((in_port_t)port);
        address->in6.sin6_addr = in6addr_loopback;
        return sizeof address->in6;
    }
    address->in.sin_port = htons((in_port_t)port);
    address->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof address->in;
}

socklen_t fresh_path(union any_address *address)
{
    memset(address, 0, sizeof *address);
    address->un.sun_family = AF_UNIX;
    strcpy(address->un.sun_path, new_path());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                       strlen(address->un.sun_path) + 1);
}

static socklen_t own_address(union any_address *address, int family)
{
    if (family == AF_UNIX)
        return fresh_path(address);
    return loopback(address, family, 0);
}

static socklen_t name_of(int fd, union any_address *address)
{
    socklen_t length = sizeof *address;
    getsockname(fd, &address->any, &length);
    return length;
}

static int bound(int family, int type)
{
    union any_address address;
    int fd = socket(family, type, 0);
    socklen_t length = own_address(&address, family);
    bind(fd, &address.any, length);
    return fd;
}

socklen_t deserted(union any_address *address, int family, int type)
{
    if (family == AF_UNIX)
        return fresh_path(address);
    return name_of(helper(bound(family, type)), address);
}

static int listening(int family, int type, int backlog)
{
    int fd = bound(family, type);
    listen(fd, backlog);
    return fd;
}

static int connected_to(int other, int family, int type)
{
    union any_address address;
    int fd = socket(family, type, 0);
    connect(fd, &address.any, name_of(other, &address));
    return fd;
}

/* --- Kinds of two ends -------------------------------------------------------- */

struct ends {
    int one;
    int other;
};

static struct ends stream(int family, int type)
{
    int listener = helper(listening(family, type, 5));
    struct ends ends = {.one = connected_to(listener, family, type)};
    settle(listener, POLLIN);
    ends.other = accept(listener, NULL, NULL);
    return ends;
}

static struct ends datagrams(int family)
{
    struct ends ends = {.other = bound(family, SOCK_DGRAM)};
    union any_address address;
    ends.one = bound(family, SOCK_DGRAM);
    connect(ends.one, &address.any, name_of(ends.other, &address));
    connect(ends.other, &address.any, name_of(ends.one, &address));
    return ends;
}

static struct ends pair(int type)
{
    int fds[2] = {-1, -1};
    socketpair(AF_UNIX, type, 0, fds);
    return (struct ends){fds[0], fds[1]};
}

static int one_of(struct ends ends)
{
    helper(ends.other);
    return ends.one;
}

static int with_data(struct ends ends)
{
    send(ends.other, "data", 4, 0);
    settle(ends.one, POLLIN);
    return one_of(ends);
}

static int shut(struct ends ends, int how)
{
    shutdown(ends.one, how);
    return one_of(ends);
}

static int shut_by_the_other(struct ends ends)
{
    shutdown(ends.other, SHUT_WR);
    settle(ends.one, POLLIN | POLLRDHUP);
    return one_of(ends);
}

static int left_alone(struct ends ends)
{
    close(ends.other);
    settle(ends.one, POLLIN | POLLRDHUP);
    return ends.one;
}

/* Nothing tells a datagram socket that its peer is gone. */
static int left_in_silence(struct ends ends)
{
    close(ends.other);
    return ends.one;
}

static int left_with_unread_data(struct ends ends)
{
    send(ends.one, "unread", 6, 0);
    settle(ends.other, POLLIN);
    return left_alone(ends);
}

static int reset(void)
{
    struct linger at_once = {1, 0};
    struct ends ends = stream(AF_INET, SOCK_STREAM);
    setsockopt(ends.other, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return left_alone(ends);
}

static int told_of_reset(void)
{
    char byte;
    int fd = reset();
    recv(fd, &byte, 1, 0);
    return fd;
}

static int connecting_to(int family, int type, socklen_t length,
                         const union any_address *address)
{
    int fd = socket(family, type | SOCK_NONBLOCK, 0);
    connect(fd, &address->any, length);
    return fd;
}

/* A listener whose queue is full, once for all. */
static socklen_t full_address(union any_address *address)
{
    static int full = -1;
    if (full >= 0)
        return name_of(full, address);
    full = listening(AF_INET, SOCK_STREAM, 0);
    socklen_t length = name_of(full, address);
    for (int i = 0; i < 3; i++)
        settle(connecting_to(AF_INET, SOCK_STREAM, length, address), POLLOUT);
    return length;
}

static int connecting(void)
{
    union any_address address;
    socklen_t length = full_address(&address);
    return connecting_to(AF_INET, SOCK_STREAM, length, &address);
}

static int refused(void)
{
    union any_address address;
    socklen_t length = deserted(&address, AF_INET, SOCK_STREAM);
    int fd = connecting_to(AF_INET, SOCK_STREAM, length, &address);
    settle(fd, POLLOUT);
    return fd;
}

static int told_of_refusal(void)
{
    int error;
    socklen_t length = sizeof error;
    int fd = refused();
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return fd;
}

static int listening_with_one(int family, int type)
{
    int fd = listening(family, type, 5);
    helper(connected_to(fd, family, type));
    settle(fd, POLLIN);
    return fd;
}

static int no_longer_connected(void)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    int fd = one_of(datagrams(AF_INET));
    connect(fd, &nobody, sizeof nobody);
    return fd;
}

static int pipe_end(int which, bool alone)
{
    int fds[2] = {-1, -1};
    pipe(fds);
    if (alone)
        close(fds[1 - which]);
    else
        helper(fds[1 - which]);
    return fds[which];
}

static int file(int flags)
{
    const char *path = new_path();
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(fd, "a file", 6);
    lseek(fd, 0, SEEK_SET);
    helper(fd);
    return open(path, flags);
}

/* --- The table ---------------------------------------------------------------- */

#define KIND(name, call)                                                       \
    static int make_##name(void)                                               \
    {                                                                          \
        return call;                                                           \
    }
#define KINDS(X)                                                               \
    X(below_zero, -1)                                                          \
    X(never_open, 1900)                                                        \
    X(huge, 2000000000)                                                        \
    X(file, file(O_RDWR))                                                      \
    X(file_to_read, file(O_RDONLY))                                            \
    X(file_to_write, file(O_WRONLY))                                           \
    X(pipe_to_read, pipe_end(0, false))                                        \
    X(pipe_to_write, pipe_end(1, false))                                       \
    X(pipe_without_writer, pipe_end(0, true))                                  \
    X(pipe_without_reader, pipe_end(1, true))                                  \
    X(eventfd, eventfd(0, 0))                                                  \
    X(eventfd_counting, eventfd(7, EFD_SEMAPHORE))                             \
    X(epoll, epoll_create1(0))                                                 \
    X(tcp, socket(AF_INET, SOCK_STREAM, 0))                                    \
    X(tcp_bound, bound(AF_INET, SOCK_STREAM))                                  \
    X(tcp_listening, listening(AF_INET, SOCK_STREAM, 5))                       \
    X(tcp_listening_with_one, listening_with_one(AF_INET, SOCK_STREAM))        \
    X(tcp_connecting, connecting())                                            \
    X(tcp_refused, refused())                                                  \
    X(tcp_told_of_refusal, told_of_refusal())                                  \
    X(tcp_connected, one_of(stream(AF_INET, SOCK_STREAM)))                     \
    X(tcp_with_data, with_data(stream(AF_INET, SOCK_STREAM)))                  \
    X(tcp_shut_rd, shut(stream(AF_INET, SOCK_STREAM), SHUT_RD))                \
    X(tcp_shut_wr, shut(stream(AF_INET, SOCK_STREAM), SHUT_WR))                \
    X(tcp_shut_rdwr, shut(stream(AF_INET, SOCK_STREAM), SHUT_RDWR))            \
    X(tcp_ended, shut_by_the_other(stream(AF_INET, SOCK_STREAM)))              \
    X(tcp_left, left_alone(stream(AF_INET, SOCK_STREAM)))                      \
    X(tcp_reset, reset())                                                      \
    X(tcp_told_of_reset, told_of_reset())                                      \
    X(tcp6, socket(AF_INET6, SOCK_STREAM, 0))                                  \
    X(tcp6_listening, listening(AF_INET6, SOCK_STREAM, 5))                     \
    X(tcp6_connected, one_of(stream(AF_INET6, SOCK_STREAM)))                   \
    X(udp, socket(AF_INET, SOCK_DGRAM, 0))                                     \
    X(udp_bound, bound(AF_INET, SOCK_DGRAM))                                   \
    X(udp_connected, one_of(datagrams(AF_INET)))                               \
    X(udp_with_data, with_data(datagrams(AF_INET)))                            \
    X(udp_shut_rd, shut(datagrams(AF_INET), SHUT_RD))                          \
    X(udp_shut_wr, shut(datagrams(AF_INET), SHUT_WR))                          \
    X(udp_no_longer_connected, no_longer_connected())                          \
    X(udp6, socket(AF_INET6, SOCK_DGRAM, 0))                                   \
    X(udp6_connected, one_of(datagrams(AF_INET6)))                             \
    X(unix_stream, socket(AF_UNIX, SOCK_STREAM, 0))                            \
    X(unix_stream_bound, bound(AF_UNIX, SOCK_STREAM))                          \
    X(unix_stream_listening, listening(AF_UNIX, SOCK_STREAM, 5))               \
    X(unix_stream_listening_with_one,                                          \
      listening_with_one(AF_UNIX, SOCK_STREAM))                                \
    X(unix_stream_connected, one_of(stream(AF_UNIX, SOCK_STREAM)))             \
    X(unix_stream_pair, one_of(pair(SOCK_STREAM)))                             \
    X(unix_stream_with_data, with_data(pair(SOCK_STREAM)))                     \
    X(unix_stream_shut_rd, shut(pair(SOCK_STREAM), SHUT_RD))                   \
    X(unix_stream_shut_wr, shut(pair(SOCK_STREAM), SHUT_WR))                   \
    X(unix_stream_ended, shut_by_the_other(pair(SOCK_STREAM)))                 \
    X(unix_stream_left, left_alone(pair(SOCK_STREAM)))                         \
    X(unix_stream_reset, left_with_unread_data(pair(SOCK_STREAM)))             \
    X(unix_dgram, socket(AF_UNIX, SOCK_DGRAM, 0))                              \
    X(unix_dgram_bound, bound(AF_UNIX, SOCK_DGRAM))                            \
    X(unix_dgram_connected, one_of(datagrams(AF_UNIX)))                        \
    X(unix_dgram_pair, one_of(pair(SOCK_DGRAM)))                               \
    X(unix_dgram_with_data, with_data(pair(SOCK_DGRAM)))                       \
    X(unix_dgram_shut_rd, shut(pair(SOCK_DGRAM), SHUT_RD))                     \
    X(unix_dgram_shut_wr, shut(pair(SOCK_DGRAM), SHUT_WR))                     \
    X(unix_dgram_left, left_in_silence(pair(SOCK_DGRAM)))                      \
    X(seqpacket, socket(AF_UNIX, SOCK_SEQPACKET, 0))                           \
    X(seqpacket_listening, listening(AF_UNIX, SOCK_SEQPACKET, 5))              \
    X(seqpacket_connected, one_of(stream(AF_UNIX, SOCK_SEQPACKET)))            \
    X(seqpacket_with_data, with_data(pair(SOCK_SEQPACKET)))                    \
    X(seqpacket_shut_wr, shut(pair(SOCK_SEQPACKET), SHUT_WR))                  \
    X(seqpacket_ended, shut_by_the_other(pair(SOCK_SEQPACKET)))                \
    X(seqpacket_left, left_alone(pair(SOCK_SEQPACKET)))                        \
    X(seqpacket_reset, left_with_unread_data(pair(SOCK_SEQPACKET)))

KINDS(KIND)

#define ENTRY(name, call) {#name, make_##name},
const struct kind kinds[] = {KINDS(ENTRY)};
const size_t kind_count = COUNT_OF(kinds);

int make_kind(const struct kind *kind)
{
    int fd = kind->make();
    int flags = fcntl(fd, F_GETFL);
    if (flags != -1)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return fd;
}
