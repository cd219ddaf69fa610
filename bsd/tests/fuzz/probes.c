/* probes.c: calls, right and wrong, each a line of the table. */
#include "probes.h"
#include "kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static char room[70000];
static union any_address address;
static struct iovec one_piece[] = {{room, 10}};
static struct iovec bad_piece[] = {{NULL, 10}};
static struct iovec too_much[] = {{room, SIZE_MAX / 2 + 1}, {room, 10}};
static struct iovec many[1025];

/* A call that makes a descriptor: 0 or its error. */
static long long opened(int fd)
{
    return fd < 0 ? fd : close(fd);
}

/* --- Addresses ---------------------------------------------------------------- */

typedef int (*with_address)(int fd, const struct sockaddr *to,
                            socklen_t length);

static ssize_t send_to(int fd, const struct sockaddr *to, socklen_t length)
{
    return sendto(fd, "12345", 5, 0, to, length);
}

static int send_five(int fd, const struct sockaddr *to, socklen_t length)
{
    return (int)send_to(fd, to, length);
}

static int to_loopback(with_address call, int fd, int family, int port)
{
    socklen_t length = loopback(&address, family, port);
    return call(fd, &address.any, length);
}

static int to_deserted(with_address call, int fd, int family, int type)
{
    socklen_t length = deserted(&address, family, type);
    return call(fd, &address.any, length);
}

static int of_length(with_address call, int fd, long long length)
{
    loopback(&address, AF_INET, 1);
    return call(fd, &address.any, (socklen_t)length);
}

static int to_ipv4(with_address call, int fd, uint32_t number, int port)
{
    socklen_t length = loopback(&address, AF_INET, port);
    address.in.sin_addr.s_addr = htonl(number);
    return call(fd, &address.any, length);
}

static int to_family(with_address call, int fd, int family, socklen_t length)
{
    loopback(&address, AF_INET, 1);
    address.any.sa_family = (sa_family_t)family;
    return call(fd, &address.any, length);
}

static int to_path_of(with_address call, int fd, size_t length)
{
    fresh_path(&address);
    memset(address.un.sun_path, 'x', sizeof address.un.sun_path);
    return call(fd, &address.any,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
}

/* --- Names -------------------------------------------------------------------- */

typedef int (*tells_name)(int fd, struct sockaddr *name, socklen_t *length);

static int accept_name(int fd, struct sockaddr *name, socklen_t *length)
{
    return (int)opened(accept(fd, name, length));
}

/* The length of the name, or the error. */
static int name_into(tells_name call, int fd, long long length)
{
    socklen_t given = (socklen_t)length;
    int result = call(fd, &address.any, &given);
    return result < 0 ? result : (int)given;
}

static int name_without_room(tells_name call, int fd)
{
    socklen_t given = 100;
    return call(fd, NULL, &given);
}

/* --- Messages ----------------------------------------------------------------- */

typedef ssize_t (*moves_message)(int fd, struct msghdr *message);

static ssize_t send_it(int fd, struct msghdr *message)
{
    return sendmsg(fd, message, 0);
}

static ssize_t receive_it(int fd, struct msghdr *message)
{
    return recvmsg(fd, message, 0);
}

static ssize_t pieces(moves_message call, int fd, struct iovec *list,
                      size_t count)
{
    struct msghdr message = {.msg_iov = list};
    message.msg_iovlen = count;
    return call(fd, &message);
}

static ssize_t named(moves_message call, int fd, void *name, long long length)
{
    struct msghdr message = {.msg_iov = one_piece, .msg_iovlen = 1};
    message.msg_name = name;
    message.msg_namelen = (socklen_t)length;
    return call(fd, &message);
}

static ssize_t controlled(moves_message call, int fd, void *control,
                          size_t length)
{
    struct msghdr message = {.msg_iov = one_piece, .msg_iovlen = 1};
    message.msg_control = control;
    message.msg_controllen = length;
    return call(fd, &message);
}

static ssize_t item(int fd, int level, int type, size_t size)
{
    union {
        struct cmsghdr head;
        char bytes[64];
    } control = {{0}};
    control.head.cmsg_level = level;
    control.head.cmsg_type = type;
    control.head.cmsg_len = CMSG_LEN(size);
    return controlled(send_it, fd, &control, CMSG_SPACE(size));
}

/* --- Waiting ------------------------------------------------------------------ */

static int ready_for(int fd, short events)
{
    struct pollfd entry = {.fd = fd, .events = events};
    int count = poll(&entry, 1, 0);
    return count <= 0 ? count : entry.revents;
}

static int has(int fd, short events, short event)
{
    return (ready_for(fd, events) & event) != 0;
}

static int selected(int fd, int which)
{
    struct timeval at_once = {0, 0};
    fd_set sets[3];
    if (fd < 0 || fd >= FD_SETSIZE)
        return -2;
    for (int i = 0; i < 3; i++)
        FD_ZERO(&sets[i]);
    FD_SET(fd, &sets[which]);
    return select(fd + 1, &sets[0], &sets[1], &sets[2], &at_once);
}

static int in_set(int fd, int first, int then, int then_fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT};
    int set = epoll_create1(0);
    int result = epoll_ctl(set, first, fd, &event);
    if (result == 0 && then != 0)
        result = epoll_ctl(set, then, then_fd, &event);
    int number = errno;
    close(set);
    errno = number;
    return result;
}

static int told_by_set(int fd, uint32_t events, uint32_t bit)
{
    struct epoll_event event = {.events = events};
    int set = epoll_create1(0);
    int result = epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
    event.events = 0;
    if (result == 0)
        epoll_wait(set, &event, 1, 0);
    int number = errno;
    close(set);
    errno = number;
    return result < 0 ? result : (event.events & bit) != 0;
}

static int controls_itself(int fd, int other)
{
    struct epoll_event event = {.events = EPOLLIN};
    return epoll_ctl(fd, EPOLL_CTL_ADD, other, &event);
}

static int waits_for(int fd, struct epoll_event *events, int count)
{
    static struct epoll_event found[4];
    return epoll_wait(fd, events == NULL ? NULL : found, count, 0);
}

static struct epoll_event some_events[1];

/* --- Others ------------------------------------------------------------------- */

static int controlled_by(int fd, unsigned long request)
{
    int value = 0;
    int result = ioctl(fd, request, &value);
    return result < 0 ? result : value;
}

static int is_kind_of_file(int fd, mode_t kind)
{
    struct stat status;
    int result = fstat(fd, &status);
    return result < 0 ? result : (status.st_mode & S_IFMT) == kind;
}

static int flags_of(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? flags : (flags & O_ACCMODE) == O_RDWR;
}

static ssize_t file_to(int fd)
{
    int from = open("/dev/null", O_RDONLY);
    ssize_t result = sendfile(fd, from, NULL, 10);
    int number = errno;
    close(from);
    errno = number;
    return result;
}

/* --- The table ---------------------------------------------------------------- */

/* clang-format off */
#define PROBES(X) \
    X(read, read(fd, room, 10)) \
    X(read_nothing, read(fd, room, 0)) \
    X(read_nothing_nowhere, read(fd, NULL, 0)) \
    X(read_nowhere, read(fd, NULL, 10)) \
    X(write, write(fd, room, 10)) \
    X(write_nothing, write(fd, room, 0)) \
    X(write_from_nowhere, write(fd, NULL, 10)) \
    X(readv, readv(fd, one_piece, 1)) \
    X(readv_none, readv(fd, one_piece, 0)) \
    X(readv_none_nowhere, readv(fd, NULL, 0)) \
    X(readv_nowhere, readv(fd, NULL, 1)) \
    X(readv_bad_piece, readv(fd, bad_piece, 1)) \
    X(readv_below_zero, readv(fd, one_piece, -1)) \
    X(readv_many, readv(fd, many, 1025)) \
    X(readv_too_much, readv(fd, too_much, 2)) \
    X(writev, writev(fd, one_piece, 1)) \
    X(writev_none, writev(fd, one_piece, 0)) \
    X(writev_nowhere, writev(fd, NULL, 1)) \
    X(writev_bad_piece, writev(fd, bad_piece, 1)) \
    X(writev_below_zero, writev(fd, one_piece, -1)) \
    X(writev_many, writev(fd, many, 1025)) \
    X(writev_too_much, writev(fd, too_much, 2)) \
    X(pread, pread(fd, room, 4, 0)) \
    X(pread_below_zero, pread(fd, room, 4, -1)) \
    X(pwrite, pwrite(fd, room, 4, 0)) \
    X(lseek, lseek(fd, 0, SEEK_CUR)) \
    X(lseek_bad, lseek(fd, 0, 77)) \
    X(ftruncate, ftruncate(fd, 3)) \
    X(fsync, fsync(fd)) \
    X(isatty, isatty(fd) - 1) \
    X(fstat_socket, is_kind_of_file(fd, S_IFSOCK)) \
    X(fstat_pipe, is_kind_of_file(fd, S_IFIFO)) \
    X(fstat_file, is_kind_of_file(fd, S_IFREG)) \
    X(sendfile_to, file_to(fd)) \
    X(sendfile_from, sendfile(fd, fd, NULL, 10)) \
    X(recv, recv(fd, room, 10, 0)) \
    X(recv_nothing, recv(fd, room, 0, 0)) \
    X(recv_nowhere, recv(fd, NULL, 10, 0)) \
    X(recv_nothing_nowhere, recv(fd, NULL, 0, 0)) \
    X(recv_peek, recv(fd, room, 10, MSG_PEEK)) \
    X(recv_oob, recv(fd, room, 10, MSG_OOB)) \
    X(recv_trunc, recv(fd, room, 2, MSG_TRUNC)) \
    X(recv_peek_trunc, recv(fd, room, 2, MSG_PEEK | MSG_TRUNC)) \
    X(recv_waitall, recv(fd, room, 10, MSG_WAITALL)) \
    X(recv_dontwait, recv(fd, room, 10, MSG_DONTWAIT)) \
    X(recv_errqueue, recv(fd, room, 10, MSG_ERRQUEUE)) \
    X(recv_unknown, recv(fd, room, 10, 0x8000000)) \
    X(recvfrom_no_length, recvfrom(fd, room, 10, 0, &address.any, NULL)) \
    X(recvfrom_below_zero, recvfrom(fd, room, 10, 0, &address.any, &(socklen_t){-1})) \
    X(recvfrom_no_room, recvfrom(fd, room, 10, 0, NULL, &(socklen_t){10})) \
    X(send, send(fd, room, 10, 0)) \
    X(send_nothing, send(fd, room, 0, 0)) \
    X(send_from_nowhere, send(fd, NULL, 10, 0)) \
    X(send_nothing_from_nowhere, send(fd, NULL, 0, 0)) \
    X(send_oob, send(fd, room, 1, MSG_OOB)) \
    X(send_eor, send(fd, room, 1, MSG_EOR)) \
    X(send_more, send(fd, room, 1, MSG_MORE)) \
    X(send_dontroute, send(fd, room, 1, MSG_DONTROUTE)) \
    X(send_confirm, send(fd, room, 1, MSG_CONFIRM)) \
    X(send_unknown, send(fd, room, 10, 0x8000000)) \
    X(send_waitall, send(fd, room, 10, MSG_WAITALL)) \
    X(send_much, send(fd, room, 65600, 0)) \
    X(sendto_nobody, sendto(fd, room, 5, 0, NULL, 16)) \
    ADDRESSED(X, sendto, send_five) \
    ADDRESSED(X, connect, connect) \
    ADDRESSED(X, bind, bind) \
    X(bind_foreign, to_ipv4(bind, fd, 0xc0000201, 0)) \
    X(bind_any, to_ipv4(bind, fd, 0, 0)) \
    X(bind_everybody, to_ipv4(bind, fd, 0xffffffff, 0)) \
    X(bind_group, to_ipv4(bind, fd, 0xe0000001, 0)) \
    X(bind_none_any, (loopback(&address, AF_UNSPEC, 0), address.in.sin_addr.s_addr = 0, bind(fd, &address.any, sizeof address.in))) \
    X(bind_autobind, (address.any.sa_family = AF_UNIX, bind(fd, &address.any, 2))) \
    X(connect_everybody, to_ipv4(connect, fd, 0xffffffff, 9)) \
    X(connect_group, to_ipv4(connect, fd, 0xe0000001, 9)) \
    X(sendto_everybody, to_ipv4(send_five, fd, 0xffffffff, 9)) \
    X(listen, listen(fd, 1)) \
    X(listen_0, listen(fd, 0)) \
    X(listen_below_zero, listen(fd, -1)) \
    X(listen_much, listen(fd, INT_MAX)) \
    X(accept, opened(accept(fd, NULL, NULL))) \
    X(accept_name, name_into(accept_name, fd, 100) >= 0 ? 0 : -1) \
    X(accept_no_length, accept_name(fd, &address.any, NULL)) \
    X(accept_below_zero, name_into(accept_name, fd, -1)) \
    X(accept4_flags, opened(accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC))) \
    X(accept4_bad_flags, opened(accept4(fd, NULL, NULL, 1))) \
    X(shutdown_rd, shutdown(fd, SHUT_RD)) \
    X(shutdown_wr, shutdown(fd, SHUT_WR)) \
    X(shutdown_rdwr, shutdown(fd, SHUT_RDWR)) \
    X(shutdown_3, shutdown(fd, 3)) \
    X(shutdown_below_zero, shutdown(fd, -1)) \
    NAMED(X, getsockname) \
    NAMED(X, getpeername) \
    X(sendmsg, pieces(send_it, fd, one_piece, 1)) \
    X(sendmsg_null, sendmsg(fd, NULL, 0)) \
    X(sendmsg_none, pieces(send_it, fd, NULL, 0)) \
    X(sendmsg_nowhere, pieces(send_it, fd, NULL, 1)) \
    X(sendmsg_bad_piece, pieces(send_it, fd, bad_piece, 1)) \
    X(sendmsg_many, pieces(send_it, fd, many, 1025)) \
    X(sendmsg_too_much, pieces(send_it, fd, too_much, 2)) \
    X(sendmsg_no_name, named(send_it, fd, NULL, 10)) \
    X(sendmsg_name_of_nothing, named(send_it, fd, &address, 0)) \
    X(sendmsg_name_below_zero, named(send_it, fd, &address, -1)) \
    X(sendmsg_no_control, controlled(send_it, fd, NULL, 100)) \
    X(sendmsg_short_control, controlled(send_it, fd, room, 3)) \
    X(sendmsg_item_of_0, item(fd, 0, 0, 0)) \
    X(sendmsg_item_of_socket, item(fd, SOL_SOCKET, 77, 4)) \
    X(sendmsg_item_of_ip, item(fd, IPPROTO_IP, 777, 4)) \
    X(sendmsg_item_of_ipv6, item(fd, IPPROTO_IPV6, 777, 4)) \
    X(sendmsg_rights_of_none, item(fd, SOL_SOCKET, SCM_RIGHTS, 0)) \
    X(sendmsg_credentials_short, item(fd, SOL_SOCKET, SCM_CREDENTIALS, 4)) \
    X(sendmsg_unknown, sendmsg(fd, &(struct msghdr){.msg_iov = one_piece, .msg_iovlen = 1}, 0x8000000)) \
    X(recvmsg, pieces(receive_it, fd, one_piece, 1)) \
    X(recvmsg_null, recvmsg(fd, NULL, 0)) \
    X(recvmsg_none, pieces(receive_it, fd, NULL, 0)) \
    X(recvmsg_nowhere, pieces(receive_it, fd, NULL, 1)) \
    X(recvmsg_bad_piece, pieces(receive_it, fd, bad_piece, 1)) \
    X(recvmsg_many, pieces(receive_it, fd, many, 1025)) \
    X(recvmsg_no_name, named(receive_it, fd, NULL, 10)) \
    X(recvmsg_name_below_zero, named(receive_it, fd, &address, -1)) \
    X(recvmsg_no_control, controlled(receive_it, fd, NULL, 100)) \
    X(sendmmsg_none, sendmmsg(fd, NULL, 0, 0)) \
    X(sendmmsg_null, sendmmsg(fd, NULL, 1, 0)) \
    X(recvmmsg_none, recvmmsg(fd, NULL, 0, 0, NULL)) \
    X(recvmmsg_null, recvmmsg(fd, NULL, 1, 0, NULL)) \
    X(poll_in, has(fd, POLLIN, POLLIN)) \
    X(poll_out, has(fd, POLLOUT, POLLOUT)) \
    X(poll_pri, has(fd, POLLPRI, POLLPRI)) \
    X(poll_rdhup, has(fd, POLLRDHUP, POLLRDHUP)) \
    X(poll_rdnorm, has(fd, POLLRDNORM, POLLRDNORM)) \
    X(poll_wrnorm, has(fd, POLLWRNORM, POLLWRNORM)) \
    X(poll_err, has(fd, 0, POLLERR)) \
    X(poll_hup, has(fd, 0, POLLHUP)) \
    X(poll_nval, has(fd, 0, POLLNVAL)) \
    X(select_read, selected(fd, 0)) \
    X(select_write, selected(fd, 1)) \
    X(select_except, selected(fd, 2)) \
    X(epoll_add, in_set(fd, EPOLL_CTL_ADD, 0, 0)) \
    X(epoll_add_twice, in_set(fd, EPOLL_CTL_ADD, EPOLL_CTL_ADD, fd)) \
    X(epoll_add_mod, in_set(fd, EPOLL_CTL_ADD, EPOLL_CTL_MOD, fd)) \
    X(epoll_add_del, in_set(fd, EPOLL_CTL_ADD, EPOLL_CTL_DEL, fd)) \
    X(epoll_mod, in_set(fd, EPOLL_CTL_MOD, 0, 0)) \
    X(epoll_del, in_set(fd, EPOLL_CTL_DEL, 0, 0)) \
    X(epoll_bad, in_set(fd, 77, 0, 0)) \
    X(epoll_tells_in, told_by_set(fd, EPOLLIN, EPOLLIN)) \
    X(epoll_tells_out, told_by_set(fd, EPOLLOUT, EPOLLOUT)) \
    X(epoll_tells_hup, told_by_set(fd, 0, EPOLLHUP)) \
    X(epoll_tells_err, told_by_set(fd, 0, EPOLLERR)) \
    X(epoll_tells_rdhup, told_by_set(fd, EPOLLRDHUP, EPOLLRDHUP)) \
    X(epoll_ctl_itself, controls_itself(fd, fd)) \
    X(epoll_ctl_other, controls_itself(fd, 0)) \
    X(epoll_ctl_null, epoll_ctl(fd, EPOLL_CTL_ADD, fd, NULL)) \
    X(epoll_wait, waits_for(fd, some_events, 1)) \
    X(epoll_wait_for_0, waits_for(fd, some_events, 0)) \
    X(epoll_wait_for_less, waits_for(fd, some_events, -1)) \
    X(dup, opened(dup(fd))) \
    X(dup2_same, dup2(fd, fd) < 0 ? -1 : 0) \
    X(dup2_below_zero, dup2(fd, -1)) \
    X(dup2_huge, dup2(fd, INT_MAX)) \
    X(dup3_same, dup3(fd, fd, 0)) \
    X(dup3_flags, dup3(fd, 600, 77)) \
    X(f_dupfd, opened(fcntl(fd, F_DUPFD, 0))) \
    X(f_dupfd_below_zero, fcntl(fd, F_DUPFD, -1)) \
    X(f_dupfd_huge, fcntl(fd, F_DUPFD, INT_MAX)) \
    X(f_getfd, fcntl(fd, F_GETFD)) \
    X(f_setfd, fcntl(fd, F_SETFD, FD_CLOEXEC)) \
    X(f_getfl, flags_of(fd)) \
    X(f_setfl, fcntl(fd, F_SETFL, O_NONBLOCK)) \
    X(f_getown, fcntl(fd, F_GETOWN)) \
    X(f_unknown, fcntl(fd, 7777)) \
    X(fionread, controlled_by(fd, FIONREAD)) \
    X(fionread_null, ioctl(fd, FIONREAD, NULL)) \
    X(fionbio, controlled_by(fd, FIONBIO)) \
    X(fionbio_null, ioctl(fd, FIONBIO, NULL)) \
    X(fioclex, ioctl(fd, FIOCLEX)) \
    X(siocoutq, controlled_by(fd, TIOCOUTQ)) \
    X(siocatmark, controlled_by(fd, SIOCATMARK)) \
    X(sockatmark, sockatmark(fd)) \
    X(ioctl_unknown, controlled_by(fd, 0x7777)) \
    X(close, close(fd)) \
    X(close_twice, (close(fd), close(fd)))

#define ADDRESSED(X, name, call) \
    X(name##_null, call(fd, NULL, 16)) \
    X(name##_null_of_nothing, call(fd, NULL, 0)) \
    X(name##_of_nothing, of_length(call, fd, 0)) \
    X(name##_of_1, of_length(call, fd, 1)) \
    X(name##_of_2, of_length(call, fd, 2)) \
    X(name##_of_8, of_length(call, fd, 8)) \
    X(name##_of_15, of_length(call, fd, 15)) \
    X(name##_of_128, of_length(call, fd, 128)) \
    X(name##_of_129, of_length(call, fd, 129)) \
    X(name##_below_zero, of_length(call, fd, -1)) \
    X(name##_ipv4, to_deserted(call, fd, AF_INET, SOCK_DGRAM)) \
    X(name##_ipv6, to_deserted(call, fd, AF_INET6, SOCK_DGRAM)) \
    X(name##_ipv4_port_0, to_loopback(call, fd, AF_INET, 0)) \
    X(name##_ipv6_port_0, to_loopback(call, fd, AF_INET6, 0)) \
    X(name##_path, to_deserted(call, fd, AF_UNIX, 0)) \
    X(name##_path_of_0, to_path_of(call, fd, 0)) \
    X(name##_path_of_109, to_path_of(call, fd, 109)) \
    X(name##_no_family, to_family(call, fd, AF_UNSPEC, 16)) \
    X(name##_no_family_short, to_family(call, fd, AF_UNSPEC, 2)) \
    X(name##_unknown_family, to_family(call, fd, 77, 16))

#define NAMED(X, name) \
    X(name, name_into(name, fd, 128)) \
    X(name##_of_0, name_into(name, fd, 0)) \
    X(name##_of_5, name_into(name, fd, 5)) \
    X(name##_below_zero, name_into(name, fd, -1)) \
    X(name##_nowhere, name_without_room(name, fd)) \
    X(name##_no_length, name(fd, &address.any, NULL))
/* clang-format on */

#define CALL(name, expression)                                                 \
    static long long call_##name(int fd)                                       \
    {                                                                          \
        return expression;                                                     \
    }
PROBES(CALL)

#define ENTRY(name, expression) {#name, call_##name},
const struct probe probes[] = {PROBES(ENTRY)};
const size_t probe_count = COUNT_OF(probes);
