/* conversation.c: calls on a handful of descriptors, chosen by a number.
 *
 *     conversation <first> <count> [steps]
 *
 * Each of `count` conversations is told as a line per call.  The same number makes
 * the same calls everywhere.  No descriptor ever waits; what the other end has done
 * is waited for before anybody looks. */
#include "kinds.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

enum {
    SLOTS = 6,
    LONGEST = 300,
    PATIENCE_MS = 4
};

static int slots[SLOTS];
static int families[SLOTS];
static bool is_stale[SLOTS]; /* something may be under way to it */
static int set = -1;

/* --- Chance ------------------------------------------------------------------- */

static uint64_t chance;

static unsigned below(unsigned limit)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(chance >> 33) % limit;
}

/* --- Telling ------------------------------------------------------------------ */

static void tell(const char *call, int slot, long long result)
{
    int number = errno;
    printf("%s %d: ", call, slot);
    errno = number;
    say_result(result);
    printf("\n");
}

static void tell_bytes(const char *call, int slot, ssize_t result,
                       const void *bytes, size_t room)
{
    int number = errno;
    printf("%s %d: ", call, slot);
    errno = number;
    say_result(result);
    if (result > 0)
        printf(" of %08x",
               hash_of(bytes, (size_t)result < room ? (size_t)result : room));
    printf("\n");
}

static void stir(void)
{
    for (int i = 0; i < SLOTS; i++)
        is_stale[i] = true;
}

/* Lets everything arrive that is to be seen at `slot`. */
static void look_at(int slot)
{
    struct pollfd entry = {.fd = slots[slot],
                           .events = POLLIN | POLLRDHUP | POLLPRI};
    if (is_stale[slot] && slots[slot] >= 0)
        poll(&entry, 1, PATIENCE_MS);
    is_stale[slot] = false;
}

static void put(int slot, int fd, int family)
{
    if (slots[slot] >= 0)
        tell("close", slot, close(slots[slot]));
    slots[slot] = fd;
    families[slot] = family;
    stir();
}

/* --- Making ------------------------------------------------------------------- */

struct socket_kind {
    int family;
    int type;
    const char *name;
};

static const struct socket_kind socket_kinds[] = {
    {AF_INET, SOCK_STREAM, "tcp"},    {AF_INET6, SOCK_STREAM, "tcp6"},
    {AF_UNIX, SOCK_STREAM, "stream"}, {AF_UNIX, SOCK_SEQPACKET, "seqpacket"},
    {AF_INET, SOCK_DGRAM, "udp"},     {AF_INET6, SOCK_DGRAM, "udp6"},
    {AF_UNIX, SOCK_DGRAM, "dgram"},
};

static void make_socket(int slot, const struct socket_kind *kind)
{
    int fd = socket(kind->family, kind->type | SOCK_NONBLOCK, 0);
    tell(kind->name, slot, fd < 0 ? fd : 0);
    put(slot, fd, kind->family);
}

static void make_pair(int one, int other)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    int fds[2] = {-1, -1};
    unsigned type = below(COUNT_OF(types));
    printf("type %u: ", type);
    tell("socketpair", one,
         socketpair(AF_UNIX, types[type] | SOCK_NONBLOCK, 0, fds));
    put(one, fds[0], AF_UNIX);
    put(other, fds[1], AF_UNIX);
}

static void make_pipe(int one, int other)
{
    int fds[2] = {-1, -1};
    tell("pipe", one, pipe2(fds, O_NONBLOCK));
    put(one, fds[0], AF_UNSPEC);
    put(other, fds[1], AF_UNSPEC);
}

static void make_eventfd(int slot, int other)
{
    (void)other;
    unsigned flags = below(2) == 0 ? 0 : EFD_SEMAPHORE;
    int fd = eventfd(below(3), (int)flags | EFD_NONBLOCK);
    tell("eventfd", slot, fd < 0 ? fd : 0);
    put(slot, fd, AF_UNSPEC);
}

static void make_any(int slot, int other)
{
    (void)other;
    make_socket(slot, &socket_kinds[below(COUNT_OF(socket_kinds))]);
}

static void duplicate(int slot, int other)
{
    int fd = dup(slots[slot]);
    tell("dup", slot, fd < 0 ? fd : 0);
    put(other, fd, families[slot]);
}

static void duplicate_to(int slot, int other)
{
    int fd = dup2(slots[slot], slots[other]);
    tell("dup2", slot, fd < 0 ? fd : fd == slots[other]);
    if (fd >= 0)
        families[other] = families[slot];
    stir();
}

static void end(int slot, int other)
{
    (void)other;
    tell("close", slot, close(slots[slot]));
    slots[slot] = -1;
    stir();
}

/* --- Names and connections ---------------------------------------------------- */

static void bind_it(int slot, int other)
{
    union any_address address;
    int family = families[slot];
    (void)other;
    socklen_t length = family == AF_UNIX ? fresh_path(&address)
                                         : loopback(&address, family, 0);
    tell("bind", slot, bind(slots[slot], &address.any, length));
}

static void listen_it(int slot, int other)
{
    (void)other;
    look_at(slot);
    tell("listen", slot, listen(slots[slot], 8));
}

static bool name_of(int slot, union any_address *address, socklen_t *length)
{
    *length = sizeof *address;
    if (getsockname(slots[slot], &address->any, length) != 0)
        return false;
    return families[slot] == AF_UNIX ? *length > 2 : address->in.sin_port != 0;
}

static void connect_it(int slot, int other)
{
    union any_address address;
    socklen_t length;
    if (!name_of(other, &address, &length))
        return;
    look_at(slot);
    tell("connect", slot, connect(slots[slot], &address.any, length));
    stir();
}

static void disconnect_it(int slot, int other)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    (void)other;
    look_at(slot);
    tell("disconnect", slot, connect(slots[slot], &nobody, sizeof nobody));
    stir();
}

static void accept_it(int slot, int other)
{
    look_at(slot);
    int fd = accept4(slots[slot], NULL, NULL, SOCK_NONBLOCK);
    tell("accept", slot, fd < 0 ? fd : 0);
    if (fd >= 0)
        put(other, fd, families[slot]);
}

static void tell_names(int slot, int other)
{
    union any_address address;
    (void)other;
    look_at(slot);
    socklen_t length = sizeof address;
    int result = getsockname(slots[slot], &address.any, &length);
    tell("getsockname", slot, result < 0 ? result : families[slot] != AF_UNIX);
    length = sizeof address;
    result = getpeername(slots[slot], &address.any, &length);
    tell("getpeername", slot, result < 0 ? result : families[slot] != AF_UNIX);
}

static void shut_it(int slot, int other)
{
    static const int directions[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
    unsigned which = below(3);
    (void)other;
    look_at(slot);
    printf("direction %u: ", which);
    tell("shutdown", slot, shutdown(slots[slot], directions[which]));
    stir();
}

/* --- Moving data -------------------------------------------------------------- */

static char bytes[LONGEST];

static size_t some_bytes(void)
{
    size_t size = below(8) == 0 ? 0 : below(LONGEST);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)below(256);
    return size;
}

static void send_it(int slot, int other)
{
    static const int flags[] = {0, 0, 0, 0, MSG_DONTWAIT, MSG_EOR, MSG_WAITALL};
    size_t size = some_bytes();
    (void)other;
    look_at(slot);
    tell("send", slot,
         send(slots[slot], bytes, size, flags[below(COUNT_OF(flags))]));
    stir();
}

static void write_it(int slot, int other)
{
    size_t size = some_bytes();
    (void)other;
    look_at(slot);
    tell("write", slot, write(slots[slot], bytes, size));
    stir();
}

static void sendto_it(int slot, int other)
{
    union any_address address;
    socklen_t length;
    size_t size = some_bytes();
    if (!name_of(other, &address, &length))
        return;
    look_at(slot);
    tell("sendto", slot,
         sendto(slots[slot], bytes, size, 0, &address.any, length));
    stir();
}

static void sendmsg_it(int slot, int other)
{
    size_t size = some_bytes();
    size_t first = size == 0 ? 0 : below((unsigned)size);
    struct iovec pieces[] = {{bytes, first}, {bytes + first, size - first}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    (void)other;
    look_at(slot);
    tell("sendmsg", slot, sendmsg(slots[slot], &message, 0));
    stir();
}

static void recv_it(int slot, int other)
{
    static const int flags[] = {
        0, 0, 0, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_PEEK | MSG_TRUNC};
    char room[LONGEST] = {0};
    unsigned which = below(COUNT_OF(flags));
    size_t size = below(6) == 0 ? below(10) : sizeof room;
    (void)other;
    look_at(slot);
    ssize_t result = recv(slots[slot], room, size, flags[which]);
    printf("flags %u, room %u: ", which, (unsigned)size);
    tell_bytes("recv", slot, result, room, size);
    stir();
}

static void read_it(int slot, int other)
{
    char room[LONGEST] = {0};
    size_t size = below(6) == 0 ? below(10) : sizeof room;
    (void)other;
    look_at(slot);
    ssize_t result = read(slots[slot], room, size);
    tell_bytes("read", slot, result, room, size);
    stir();
}

static void recvmsg_it(int slot, int other)
{
    char room[LONGEST] = {0};
    struct iovec pieces[] = {{room, 7}, {room + 7, below(LONGEST - 7)}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    (void)other;
    look_at(slot);
    ssize_t result = recvmsg(slots[slot], &message, 0);
    if (result >= 0)
        printf("%s%s: ", message.msg_flags & MSG_TRUNC ? "cut" : "whole",
               message.msg_flags & MSG_EOR ? " to its end" : "");
    tell_bytes("recvmsg", slot, result, room, sizeof room);
    stir();
}

/* --- Looking ------------------------------------------------------------------ */

static void poll_all(int slot, int other)
{
    struct pollfd entries[SLOTS];
    (void)slot;
    (void)other;
    for (int i = 0; i < SLOTS; i++) {
        look_at(i);
        entries[i] = (struct pollfd){.fd = slots[i],
                                     .events = POLLIN | POLLOUT | POLLPRI};
        entries[i].events |= below(2) == 0 ? POLLRDHUP : 0;
    }
    tell("poll", 0, poll(entries, SLOTS, 0));
    for (int i = 0; i < SLOTS; i++) {
        printf("poll %d: ", i);
        say_events(entries[i].revents);
        printf("\n");
    }
}

static void select_all(int slot, int other)
{
    struct timeval at_once = {0, 0};
    fd_set sets[3];
    int highest = -1;
    (void)slot;
    (void)other;
    for (int k = 0; k < 3; k++)
        FD_ZERO(&sets[k]);
    for (int i = 0; i < SLOTS; i++) {
        look_at(i);
        highest = slots[i] > highest ? slots[i] : highest;
        for (int k = 0; k < 3 && slots[i] >= 0; k++)
            FD_SET(slots[i], &sets[k]);
    }
    tell("select", 0,
         select(highest + 1, &sets[0], &sets[1], &sets[2], &at_once));
    for (int i = 0; i < SLOTS; i++)
        if (slots[i] >= 0)
            printf("select %d: %d%d%d\n", i, !!FD_ISSET(slots[i], &sets[0]),
                   !!FD_ISSET(slots[i], &sets[1]),
                   !!FD_ISSET(slots[i], &sets[2]));
}

static void change_set(int slot, int other)
{
    static const int changes[] = {EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_MOD,
                                  EPOLL_CTL_DEL};
    static const uint32_t wishes[] = {EPOLLIN, EPOLLOUT, EPOLLIN | EPOLLRDHUP,
                                      EPOLLIN | EPOLLOUT | EPOLLONESHOT, 0};
    struct epoll_event event = {.events = wishes[below(COUNT_OF(wishes))]};
    unsigned change = below(COUNT_OF(changes));
    (void)other;
    event.data.u32 = (uint32_t)slot;
    printf("change %u: ", change);
    tell("epoll_ctl", slot,
         epoll_ctl(set, changes[change], slots[slot], &event));
}

static void wait_for_set(int slot, int other)
{
    struct epoll_event events[2 * SLOTS];
    int found[SLOTS] = {0};
    (void)slot;
    (void)other;
    for (int i = 0; i < SLOTS; i++)
        look_at(i);
    int count = epoll_wait(set, events, COUNT_OF(events), 0);
    tell("epoll_wait", 0, count);
    for (int i = 0; i < count; i++)
        found[events[i].data.u32] |= (int)events[i].events;
    for (int i = 0; i < SLOTS; i++) {
        printf("epoll_wait %d: ", i);
        say_events(found[i]);
        printf("\n");
    }
}

static void tell_error(int slot, int other)
{
    int error = 0;
    socklen_t length = sizeof error;
    (void)other;
    look_at(slot);
    int result = getsockopt(slots[slot], SOL_SOCKET, SO_ERROR, &error, &length);
    tell("getsockopt", slot, result);
    errno = error;
    if (result == 0)
        tell("SO_ERROR", slot, error == 0 ? 0 : -1);
}

static void tell_unread(int slot, int other)
{
    int count = -3;
    (void)other;
    look_at(slot);
    int result = ioctl(slots[slot], FIONREAD, &count);
    tell("FIONREAD", slot, result < 0 ? result : count);
}

static void set_linger(int slot, int other)
{
    struct linger linger = {1, 0};
    (void)other;
    tell(
        "SO_LINGER", slot,
        setsockopt(slots[slot], SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

/* --- Conversations ------------------------------------------------------------ */

typedef void (*step)(int slot, int other);

static const step steps[] = {
    make_any,     make_pair,  make_pipe,     make_eventfd, duplicate,
    duplicate_to, end,        end,           bind_it,      listen_it,
    connect_it,   connect_it, disconnect_it, accept_it,    accept_it,
    tell_names,   shut_it,    shut_it,       send_it,      send_it,
    send_it,      write_it,   sendto_it,     sendmsg_it,   recv_it,
    recv_it,      recv_it,    read_it,       recvmsg_it,   recvmsg_it,
    poll_all,     poll_all,   select_all,    change_set,   change_set,
    wait_for_set, tell_error, tell_unread,   set_linger,
};

/* Most conversations begin with two that know each other, in slots 0 and 1. */
static void introduce(void)
{
    const struct socket_kind *kind =
        &socket_kinds[below(COUNT_OF(socket_kinds))];
    if (below(4) == 0)
        return;
    for (int slot = 0; slot < 3; slot++)
        make_socket(slot, kind);
    for (int slot = 0; slot < 3; slot++)
        bind_it(slot, 0);
    listen_it(2, 0);
    if (kind->type != SOCK_DGRAM) {
        connect_it(0, 2);
        accept_it(2, 1);
    } else if (below(3) != 0) {
        connect_it(0, 1);
        connect_it(1, 0);
    }
}

static void converse(unsigned number, unsigned count)
{
    printf("conversation %u\n", number);
    chance = number * 0x9e3779b97f4a7c15u + 1;
    set = epoll_create1(0);
    for (int i = 0; i < SLOTS; i++)
        slots[i] = -1;
    introduce();
    for (unsigned i = 0; i < count; i++) {
        unsigned which = below(COUNT_OF(steps));
        int slot = (int)(below(3) == 0 ? below(SLOTS) : below(3));
        int other = (int)below(SLOTS);
        errno = 0;
        steps[which](slot, other);
    }
    for (int i = 0; i < SLOTS; i++)
        close(slots[i]);
    close(set);
    lose_helpers();
}

int main(int count, char **words)
{
    static char room[1 << 16];
    setvbuf(stdout, room, _IOFBF, sizeof room);
    signal(SIGPIPE, SIG_IGN);
    unsigned first = count > 1 ? (unsigned)atoi(words[1]) : 1;
    unsigned all = count > 2 ? (unsigned)atoi(words[2]) : 1;
    for (unsigned i = 0; i < all; i++)
        converse(first + i, count > 3 ? (unsigned)atoi(words[3]) : 30);
    return 0;
}
